//! A workbook as what stands in its sheets: every cell as the text that a CSV would hold, by the sheet's own row and column, with merged
//! areas and error cells told apart. Which row is a header is for [`header`](super::header) to find.
//!
//! Reads `.xlsx`, `.xlsm`, `.xlsb` and `.xls` through calamine (ECMA-376, MS-XLSB, MS-XLS) and `.ods` itself (OASIS OpenDocument 1.2,
//! part 1), by content, not by ending. Formulas give the value that was stored with them; nothing is computed. Styles other than the number
//! format, pictures, comments and macros are never read. Hidden rows and columns are read as the others; hidden sheets are marked.

mod archive;
mod compound;
mod excel;
mod kind;
mod ods;
mod quiet;
mod sheet;
mod text;

pub use kind::{FileKind, kind_of};
#[cfg(test)]
pub(super) use sheet::test_sheet;
pub use sheet::{Area, CellKind, CellRef, Row, Sheet, column_letters};
pub use text::of_number as number_text;

use super::bytes::Limits;
use super::table::Trouble;
use crate::schema::codes::{FILE_TOO_LARGE, FILE_UNREADABLE};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// The sheets of a workbook, in its own order. Chart and macro sheets are left out.
#[derive(Debug, Default)]
pub struct Workbook {
    pub sheets: Vec<Arc<Sheet>>,
}

impl Workbook {
    /// The sheet of that name, in any case.
    pub fn sheet(&self, name: &str) -> Option<&Arc<Sheet>> {
        let exact = self.sheets.iter().find(|s| &*s.name == name);
        exact.or_else(|| self.sheets.iter().find(|s| s.name.to_lowercase() == name.trim().to_lowercase()))
    }

    /// The sheets that a person sees.
    pub fn visible(&self) -> impl Iterator<Item = &Arc<Sheet>> {
        self.sheets.iter().filter(|s| !s.hidden)
    }
}

/// Reads a workbook from disk.
///
/// # Errors
/// The file cannot be opened, is no workbook, is protected by a password, is broken, or is beyond the limits.
pub fn open(path: &Path, limits: &Limits) -> Result<Workbook, Trouble> {
    let unreadable = |e: std::io::Error| Trouble::file(&FILE_UNREADABLE, e.to_string());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(limits.unpacked_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    open_bytes(&bytes, limits)
}

/// Reads a workbook from memory.
///
/// # Errors
/// As [`open`].
pub fn open_bytes(bytes: &[u8], limits: &Limits) -> Result<Workbook, Trouble> {
    if bytes.len() as u64 > limits.unpacked_bytes {
        return Err(Trouble::file(&FILE_TOO_LARGE, format!("more than {} bytes", limits.unpacked_bytes)));
    }
    match kind_of(bytes) {
        FileKind::Zip => {
            let archive = archive::inspect(bytes, limits)?;
            match archive.kind {
                archive::Kind::Xlsx => quiet::guarded(|| excel::xlsx(bytes, &archive, limits)),
                archive::Kind::Xlsb => quiet::guarded(|| excel::xlsb(bytes, &archive, limits)),
                archive::Kind::Ods => ods::ods(bytes, limits),
            }
        }
        FileKind::Compound => {
            compound::inspect(bytes, limits)?;
            quiet::guarded(|| excel::xls(bytes, limits))
        }
        FileKind::Html => Err(Trouble::file(&FILE_UNREADABLE, "a web page (HTML) under a workbook's name: open it and save it as .xlsx")),
        FileKind::Xml => {
            Err(Trouble::file(&FILE_UNREADABLE, "an XML spreadsheet of 2003 under a workbook's name: open it and save it as .xlsx"))
        }
        FileKind::Text => Err(Trouble::file(&FILE_UNREADABLE, "text, not a workbook: name it .csv")),
        FileKind::Unknown => Err(Trouble::file(&FILE_UNREADABLE, "neither a workbook nor text")),
    }
}
