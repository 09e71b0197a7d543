//! A file as columns of text: one arena per column, no allocation per cell.

use super::below;
use super::bytes::Limits;
use super::columnar::ColumnarFile;
use super::delimited::DelimitedFile;
use super::folder::{DataFile, Format};
use super::layout::Layout;
use super::sheet_table::SheetTable;
use super::workbook::{self, Sheet};
use crate::schema::Code;
use crate::schema::codes::FILE_UNREADABLE;
use std::sync::Arc;

/// A problem of a file or a row, without its file.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub code: &'static Code,
    /// 0 where the whole file is meant.
    pub line: u64,
    pub column: Option<String>,
    pub found: String,
}

impl Trouble {
    pub fn file(code: &'static Code, found: impl Into<String>) -> Self {
        Self { code, line: 0, column: None, found: found.into() }
    }

    pub fn line(code: &'static Code, line: u64, found: impl Into<String>) -> Self {
        Self { code, line, column: None, found: found.into() }
    }
}

/// A row that has no shape: never filled up, never stored.
#[derive(Clone, Debug)]
pub struct RefusedRow {
    pub code: &'static Code,
    pub line: u32,
    pub found: String,
}

/// The cells of one column, end to end.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    text: String,
    ends: Vec<u32>,
}

impl Cells {
    /// Adds a cell; false where the column is full (4 GiB).
    pub fn push(&mut self, cell: &str) -> bool {
        let Ok(end) = u32::try_from(self.text.len() + cell.len()) else { return false };
        self.text.push_str(cell);
        self.ends.push(end);
        true
    }

    /// The cell of a row; blank beyond the last.
    #[inline]
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends.get(row - 1).map_or(0, |e| *e as usize) };
        self.ends.get(row).and_then(|end| self.text.get(start..*end as usize)).unwrap_or("")
    }

    /// Keeps the first cells.
    pub fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows);
        self.text.truncate(self.ends.last().map_or(0, |e| *e as usize));
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// The rows of a file that have a shape, as text.
#[derive(Debug, Default)]
pub struct RawTable {
    /// One entry per column of the file; `None` where the caller did not ask for it.
    pub columns: Vec<Option<Cells>>,
    /// 1-based line of each row (text) or row number (Parquet).
    pub lines: Vec<u32>,
    pub refused: Vec<RefusedRow>,
    /// Totals and remarks below the table.
    pub passed: Vec<RefusedRow>,
    /// Rows without any value, passed over.
    pub blank: u64,
    pub first_blank: u32,
}

impl RawTable {
    /// The cell of a row; blank where the column was not asked for.
    #[inline]
    pub fn cell(&self, column: usize, row: usize) -> &str {
        self.columns.get(column).and_then(Option::as_ref).map_or("", |c| c.get(row))
    }
}

/// A file whose header is known.
#[derive(Debug)]
pub struct OpenTable {
    pub header: Vec<String>,
    /// The line or row of the header.
    pub header_line: u64,
    /// What the file's encoding cost, and what was passed over above the header.
    pub warnings: Vec<Trouble>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Text(DelimitedFile),
    Columnar(ColumnarFile),
    Sheet(SheetTable),
}

impl OpenTable {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// The file cannot be opened, is broken, beyond the limits, or has no usable header.
    pub fn open(file: &DataFile, limits: &Limits) -> Result<Self, Trouble> {
        Self::open_as(file, &Layout::default(), limits)
    }

    /// Opens a file of which something is known beforehand.
    ///
    /// # Errors
    /// As [`OpenTable::open`].
    pub fn open_as(file: &DataFile, layout: &Layout, limits: &Limits) -> Result<Self, Trouble> {
        match (&file.sheet, file.format) {
            (Some(sheet), _) => Self::of_sheet(sheet, layout),
            (None, Format::Csv | Format::CsvGz) => {
                let encoding = layout.dialect.encoding.as_deref();
                let (text, warnings) = super::bytes::load_text(&file.path, file.format == Format::CsvGz, encoding, limits)?;
                Self::of_text(text, warnings, layout)
            }
            (None, Format::Workbook) => Self::of_sheet(&only_sheet(&workbook::open(&file.path, limits)?)?, layout),
            (None, Format::Parquet) => {
                let (header, body) = ColumnarFile::open(&file.path, limits)?;
                Self::checked(header, 1, Vec::new(), Body::Columnar(body))
            }
        }
    }

    /// Opens a sheet of a workbook.
    ///
    /// # Errors
    /// No row of the sheet is a header, or two columns have one name.
    pub fn of_sheet(sheet: &Arc<Sheet>, layout: &Layout) -> Result<Self, Trouble> {
        let (header, warnings, table) = SheetTable::open(sheet, layout)?;
        Ok(Self { header, header_line: u64::from(table.header_row()), warnings, body: Body::Sheet(table) })
    }

    /// Opens delimited text in memory, in any encoding.
    ///
    /// # Errors
    /// As [`OpenTable::open`].
    pub fn of_text_bytes(bytes: Vec<u8>, layout: &Layout) -> Result<Self, Trouble> {
        let (text, warnings) = super::bytes::decode(bytes, layout.dialect.encoding.as_deref())?;
        Self::of_text(text, warnings, layout)
    }

    fn of_text(text: String, mut warnings: Vec<Trouble>, layout: &Layout) -> Result<Self, Trouble> {
        let (header, body) = DelimitedFile::open(text, layout)?;
        warnings.extend(body.passed_over());
        Self::checked(header, body.header_line(), warnings, Body::Text(body))
    }

    fn checked(header: Vec<String>, header_line: u64, warnings: Vec<Trouble>, body: Body) -> Result<Self, Trouble> {
        for (i, name) in header.iter().enumerate() {
            if !name.is_empty() && header.iter().take(i).any(|earlier| earlier == name) {
                let mut trouble = Trouble::line(&crate::schema::codes::HEADER_TWICE, header_line, "this name stands twice in the header");
                trouble.column = Some(name.clone());
                return Err(trouble);
            }
        }
        Ok(Self { header, header_line, warnings, body })
    }

    /// Whether cells are separated by semicolons, so that a comma is likely a decimal comma.
    pub fn semicolons(&self) -> bool {
        matches!(&self.body, Body::Text(t) if t.delimiter() == b';')
    }

    /// Whether numbers were written by a program, so that no separator needs a guess.
    pub fn exact_numbers(&self) -> bool {
        matches!(self.body, Body::Columnar(_))
    }

    /// Reads the columns of which `wanted` is true.
    ///
    /// # Errors
    /// The file is broken further down, or a column is beyond the limits.
    pub fn read(self, wanted: &[bool], limits: &Limits) -> Result<RawTable, Trouble> {
        let mut raw = match self.body {
            Body::Columnar(c) => return c.read(&self.header, wanted, limits),
            Body::Text(t) => t.read(self.header.len(), wanted, limits)?,
            Body::Sheet(s) => s.read(wanted, limits)?,
        };
        below::pass_over(&mut raw);
        Ok(raw)
    }
}

/// The sheet of a workbook that is meant where none is named: the only one that is shown and has cells.
fn only_sheet(book: &workbook::Workbook) -> Result<Arc<Sheet>, Trouble> {
    let mut filled = book.visible().filter(|s| !s.is_empty());
    match (filled.next(), filled.next()) {
        (Some(sheet), None) => Ok(sheet.clone()),
        (None, _) => Err(Trouble::file(&FILE_UNREADABLE, "no sheet of the workbook has a filled cell")),
        (Some(_), Some(_)) => {
            let names: Vec<&str> = book.visible().map(|s| &*s.name).collect();
            Err(Trouble::file(&FILE_UNREADABLE, format!("the workbook has several sheets, name one: {}", names.join(", "))))
        }
    }
}
