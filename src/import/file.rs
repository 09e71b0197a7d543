//! A foreign file as sheets of cells. CSV and Parquet have one sheet, workbooks several.

use super::{Draft, Options, Origin};
use crate::base::Level;
use crate::read::{Cells, DataFile, Format, Layout, Limits, OpenTable, RawTable, RefusedRow, Trouble, folder, workbook};
use crate::schema::codes::{Code, FILE_UNREADABLE};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A row that says the header again.
static HEADER_REPEATED: Code =
    Code { code: "header-repeated", level: Level::Note, meaning: "A row says the header again.", remedy: "Nothing, or remove it." };

/// Rows among which a header may stand.
const HEADER_WITHIN: usize = 30;

/// A file to import.
#[derive(Clone, Debug)]
pub struct ForeignFile {
    pub path: PathBuf,
    /// Without its folder, as it stands in every origin.
    pub name: Arc<str>,
}

/// A table of a foreign file: its header, and its rows as text.
#[derive(Debug)]
pub struct Sheet {
    pub file: Arc<str>,
    pub name: Option<Arc<str>>,
    pub header: Vec<String>,
    pub raw: RawTable,
    /// What the encoding cost.
    pub warnings: Vec<Trouble>,
}

/// A filled sheet of a workbook that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub name: Arc<str>,
    pub why: String,
    /// Rows with at least one filled cell.
    pub rows: usize,
}

impl ForeignFile {
    pub fn new(path: &Path) -> Self {
        let name = path.file_name().map_or_else(|| "file".into(), |n| n.to_string_lossy().into_owned());
        Self { path: path.to_owned(), name: name.into() }
    }

    /// File name without its endings.
    pub fn stem(&self) -> &str {
        let lower = self.name.to_lowercase();
        let end = [".csv.gz", ".jsonl.gz", ".json.gz"]
            .iter()
            .find(|e| lower.ends_with(**e))
            .map_or_else(|| self.name.rfind('.').unwrap_or(self.name.len()), |e| self.name.len() - e.len());
        self.name.get(..end).filter(|s| !s.is_empty()).unwrap_or(&self.name)
    }

    /// The only table of the file, or the first of a workbook, with all its columns.
    ///
    /// # Errors
    /// The file cannot be read or is of no known format.
    pub fn table(&self, limits: &Limits) -> Result<Sheet, Trouble> {
        let mut tables = self.tables(None, limits)?;
        if tables.is_empty() {
            return Err(Trouble::file(&FILE_UNREADABLE, "no sheet holds a table"));
        }
        Ok(tables.swap_remove(0))
    }

    /// The tables of the file, as [`ForeignFile::tables_and_skipped`] has them.
    ///
    /// # Errors
    /// The file cannot be read, is of no known format, or has no such sheet.
    pub fn tables(&self, sheet: Option<&str>, limits: &Limits) -> Result<Vec<Sheet>, Trouble> {
        self.tables_and_skipped(sheet, limits).map(|(tables, _)| tables)
    }

    /// The tables of the file: the only one of a text file, those of the visible sheets of a workbook, or the one that `sheet` names.
    /// Then the filled sheets that were left out where none was named.
    ///
    /// # Errors
    /// The file cannot be read, is of no known format, or has no such sheet.
    pub fn tables_and_skipped(&self, sheet: Option<&str>, limits: &Limits) -> Result<(Vec<Sheet>, Vec<Skipped>), Trouble> {
        let file = self.data_file()?;
        if file.format != Format::Workbook {
            if let Some(wanted) = sheet {
                return Err(Trouble::file(&FILE_UNREADABLE, format!("no sheet {wanted}: the file has one table")));
            }
            return Ok((vec![self.read(OpenTable::open(&file, limits)?, None, limits)?], Vec::new()));
        }
        let book = workbook::open(&file.path, limits)?;
        if let Some(wanted) = sheet {
            let found = book.sheet(wanted).ok_or_else(|| {
                let names: Vec<&str> = book.sheets.iter().map(|s| &*s.name).collect();
                Trouble::file(&FILE_UNREADABLE, format!("no sheet {wanted}; there are {}", names.join(", ")))
            })?;
            let opened = OpenTable::of_sheet(found, &Layout::default())?;
            return Ok((vec![self.read(opened, Some(found.name.clone()), limits)?], Vec::new()));
        }
        let (mut tables, mut skipped, mut first) = (Vec::new(), Vec::new(), None);
        for found in &book.sheets {
            let mut skip = |why: String| {
                if !found.is_empty() {
                    skipped.push(Skipped { name: found.name.clone(), why, rows: found.rows().count() });
                }
            };
            if found.hidden {
                skip("hidden; name it with --sheet".to_owned());
                continue;
            }
            let table = OpenTable::of_sheet(found, &Layout::default());
            match table.and_then(|opened| self.read(opened, Some(found.name.clone()), limits)) {
                Ok(table) => tables.push(table),
                // A sheet of text is none that is missed, where another one is a table; it is still said.
                Err(trouble) => {
                    skip(trouble.found.clone());
                    first = first.or(Some(trouble));
                }
            }
        }
        match first {
            Some(trouble) if tables.is_empty() => Err(trouble),
            _ => Ok((tables, skipped)),
        }
    }

    fn data_file(&self) -> Result<DataFile, Trouble> {
        if let Some(file) = folder::single(&self.path) {
            return Ok(file);
        }
        if self.name.to_lowercase().ends_with(".txt") {
            return Ok(DataFile::new(self.path.clone(), self.name.clone(), Format::Csv));
        }
        let found = "no table: its name ends in none of .csv, .tsv, .txt, .csv.gz, .parquet, .xlsx, .xls, .ods";
        Err(Trouble::file(&FILE_UNREADABLE, found))
    }

    fn read(&self, opened: OpenTable, sheet: Option<Arc<str>>, limits: &Limits) -> Result<Sheet, Trouble> {
        let (header, warnings) = (opened.header.clone(), opened.warnings.clone());
        let raw = opened.read(&vec![true; header.len()], limits)?;
        Ok(Sheet { file: self.name.clone(), name: sheet, header, raw, warnings })
    }
}

/// The tables of a file; sheets that are hidden or cannot be read are noted.
///
/// # Errors
/// As [`ForeignFile::tables`].
pub fn tables_told(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<Vec<Sheet>, Trouble> {
    let (tables, skipped) = file.tables_and_skipped(options.sheet.as_deref(), &Limits::default())?;
    for Skipped { name, why, rows } in skipped {
        draft.notes.insert(format!("{}: sheet {name} was not read: {why}, {rows} filled rows", file.name));
    }
    Ok(tables)
}

/// Reads each table of a file. A table that is none of the format is noted where another one is of it.
///
/// # Errors
/// The file cannot be read, or no table of it is of the format.
pub fn each_table(
    file: &ForeignFile,
    options: &Options<'_>,
    draft: &mut Draft,
    mut read: impl FnMut(Sheet, &mut Draft) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let (mut any, mut others) = (false, Vec::new());
    for mut sheet in tables_told(file, options, draft)? {
        let name = sheet.name.clone();
        sheet.pass_repeated_header();
        match read(sheet, draft) {
            Ok(()) => any = true,
            Err(trouble) => others.push((name, trouble)),
        }
    }
    for (name, trouble) in others {
        if !any {
            return Err(trouble);
        }
        let name = name.unwrap_or_default();
        draft.notes.insert(format!("{}: the sheet {name} was not read: {}", file.name, trouble.found));
    }
    Ok(())
}

impl Sheet {
    /// Passes over rows that say the header again: files put together from several have them.
    fn pass_repeated_header(&mut self) {
        let width = self.header.len();
        let named = self.header.iter().filter(|h| !h.trim().is_empty()).count();
        let repeats = |row: usize| (0..width).all(|c| self.header.get(c).is_some_and(|h| h.trim() == self.raw.cell(c, row).trim()));
        let repeated: BTreeSet<usize> = if named < 2 { BTreeSet::new() } else { (0..self.len()).filter(|row| repeats(*row)).collect() };
        if repeated.is_empty() {
            return;
        }
        let kept: Vec<usize> = (0..self.len()).filter(|row| !repeated.contains(row)).collect();
        for column in self.raw.columns.iter_mut().flatten() {
            let mut rest = Cells::default();
            for row in &kept {
                rest.push(column.get(*row));
            }
            *column = rest;
        }
        let lines = std::mem::take(&mut self.raw.lines);
        for (row, line) in lines.into_iter().enumerate() {
            if repeated.contains(&row) {
                self.raw.passed.push(RefusedRow { code: &HEADER_REPEATED, line, found: "the header once more".to_owned() });
            } else {
                self.raw.lines.push(line);
            }
        }
    }

    /// Moves the header down to the first of the rows at the top that holds at least two known names where the first row holds fewer: lists
    /// often begin with a title. What stands above it is dropped.
    pub fn find_header(&mut self, known: impl Fn(&str) -> bool) {
        let score = |cells: &mut dyn Iterator<Item = &str>| cells.filter(|c| known(c)).count();
        if score(&mut self.header.iter().map(String::as_str)) >= 2 {
            return;
        }
        let width = self.header.len();
        let rows = self.raw.lines.len().min(HEADER_WITHIN);
        let found = (0..rows).find(|row| score(&mut (0..width).map(|c| self.raw.cell(c, *row))) >= 2);
        let Some(at) = found else { return };
        self.header = (0..width).map(|c| self.raw.cell(c, at).trim().to_owned()).collect();
        let lines = self.raw.lines.split_off(at + 1);
        for column in self.raw.columns.iter_mut().flatten() {
            let mut below = Cells::default();
            for row in at + 1..at + 1 + lines.len() {
                below.push(column.get(row));
            }
            *column = below;
        }
        let header_line = self.raw.lines.last().copied().unwrap_or(0);
        self.raw.refused.retain(|r| r.line > header_line);
        self.raw.lines = lines;
        self.pass_repeated_header();
    }

    /// The origin of a row.
    pub fn origin(&self, row: usize) -> Origin {
        Origin { file: self.file.clone(), sheet: self.name.clone(), line: self.raw.lines.get(row).copied().unwrap_or(0) }
    }

    /// Position of the first header that is one of these, case, blanks, `_` and `-` aside.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        let bare = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
        names.iter().find_map(|name| self.header.iter().position(|h| bare(h) == bare(name)))
    }

    /// The cell, blank where the column is not there.
    pub fn cell(&self, column: Option<usize>, row: usize) -> &str {
        column.map_or("", |c| self.raw.cell(c, row)).trim()
    }

    pub fn len(&self) -> usize {
        self.raw.lines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.raw.lines.is_empty()
    }
}
