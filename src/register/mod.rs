//! `register.xlsx`: the register of a result as a workbook that a team fills in, with real days and numbers, and what it filled in carried over from an earlier
//! one by node id.
//!
//! | file | what it answers |
//! | --- | --- |
//! | `columns` | what the columns of the register are: kind, unit, meaning, from the result's own codebook |
//! | `team` | what a team filled in an earlier workbook |
//! | `book` | the workbook |
//!
//! Nothing of an earlier workbook is ever overwritten or lost: a file that stands at the place is refused, or, where it is the one that is carried over, is
//! kept beside under another name; rows of nodes that the register no longer holds stand in a sheet of their own.

mod book;
mod columns;
mod team;

pub use columns::{STATUSES, TEAM};

use crate::base::{Error, Result};
use crate::export::read_manifest;
use crate::schema::book::ROWS_MOST;
use columns::Register;
use std::fs;
use std::path::{Path, PathBuf};
use team::Filled;

/// The name of the workbook in a result folder.
pub const FILE: &str = "register.xlsx";

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Written {
    pub path: PathBuf,
    /// Rows of the register.
    pub rows: u64,
    /// Rows to which something was carried over.
    pub carried: u64,
    /// Rows with something filled in whose node the register no longer holds.
    pub no_longer: u64,
    /// Columns that a team had added.
    pub added_columns: Vec<String>,
    /// Where the earlier workbook of the same place was kept.
    pub kept: Option<PathBuf>,
}

/// A workbook that is ready to be written.
pub struct Ready {
    bytes: Vec<u8>,
    in_place: bool,
    written: Written,
}

/// Writes the register of the result at `result` as a workbook at `path`, with what was filled in at `previous`.
///
/// # Errors
/// As [`ready`]; the file cannot be written.
pub fn write_register(result: &Path, path: &Path, previous: Option<&Path>) -> Result<Written> {
    ready(result, path, previous)?.write()
}

impl Ready {
    /// Puts the workbook in place.
    ///
    /// # Errors
    /// The file cannot be written, or something stands there by now.
    pub fn write(self) -> Result<Written> {
        let kept = put(&self.written.path, &self.bytes, self.in_place)?;
        Ok(Written { kept, ..self.written })
    }
}

/// Makes the workbook and writes nothing: whatever is wrong with it or with `previous` is known before any file is touched.
///
/// # Errors
/// No result; a workbook stands at `path` and is not `previous`; `previous` is no register, or a node stands in it twice; more rows than a
/// sheet has.
pub fn ready(result: &Path, path: &Path, previous: Option<&Path>) -> Result<Ready> {
    let Some(manifest) = read_manifest(result)? else {
        return Err(Error::output(result.display().to_string(), "no result of onus", "a result folder of `onus assess`"));
    };
    let in_place = previous.is_some_and(|p| is_same(p, path));
    if path.exists() && !in_place {
        let expected = "carry over what was filled in (--previous-register with this very file), write elsewhere, or move it away";
        return Err(Error::output(path.display().to_string(), "a workbook that somebody may have filled in", expected));
    }
    let register = Register::read(result)?;
    // A sheet holds its header, too.
    if register.rows.len() >= ROWS_MOST as usize {
        let found = format!("the register has {} rows, and a sheet {ROWS_MOST} with its header", register.rows.len());
        return Err(Error::output(path.display().to_string(), found, "use register.csv or sites.parquet; nothing was cut"));
    }
    let filled = previous.map_or_else(|| Ok(Filled::default()), |p| Filled::read(p, &register))?;
    let placed = filled.placed(&register, &manifest.stamp.as_of);
    let bytes = book::workbook(&register, &placed, &manifest)?;
    let written = Written {
        path: path.to_owned(),
        rows: register.rows.len() as u64,
        carried: placed.rows.len() as u64,
        no_longer: placed.no_longer.len() as u64,
        added_columns: placed.added,
        kept: None,
    };
    Ok(Ready { bytes, in_place, written })
}

fn is_same(a: &Path, b: &Path) -> bool {
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// Puts a workbook in place whole or not at all; one that stands there is kept under another name.
fn put(path: &Path, bytes: &[u8], in_place: bool) -> Result<Option<PathBuf>> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let partial = path.with_file_name(format!(".{name}.partial-{}", std::process::id()));
    let written = fs::File::create_new(&partial).and_then(|mut file| {
        std::io::Write::write_all(&mut file, bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| {
        let kept = if in_place { Some(keep(path)?) } else { None };
        if !in_place && path.exists() {
            return Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists));
        }
        fs::rename(&partial, path)?;
        Ok(kept)
    });
    placed.map_err(|e| {
        // Half a workbook is none.
        let _ = fs::remove_file(&partial);
        Error::io(path, e)
    })
}

/// Renames a workbook to the first free `NAME.before-N.xlsx`.
fn keep(path: &Path) -> std::io::Result<PathBuf> {
    let stem = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let free = (1..10_000).map(|n| path.with_file_name(format!("{stem}.before-{n}.xlsx"))).find(|p| !p.exists());
    let to = free.ok_or_else(|| std::io::Error::other("too many earlier workbooks beside it"))?;
    fs::rename(path, &to)?;
    Ok(to)
}
