//! A sheet as a table: header, rows by the sheet's own numbers, cells as the text that a CSV would hold.
//!
//! A cell merged downwards counts for each row that it covers, one merged sideways counts once, in its first column. An error cell is kept
//! as [`error_cell`] of its name, so that the rooms above can refuse the cell and keep its row. Rows below the table (totals, footnotes)
//! are rows like others; nothing is left out in silence.

use super::bytes::Limits;
use super::cell::error_cell;
use super::header::{self, Header};
use super::layout::Layout;
use super::table::{Cells, RawTable, RefusedRow, Trouble};
use super::workbook::{CellKind, CellRef, Sheet, column_letters};
use crate::schema::codes::{COLUMN_SKIPPED, FILE_EMPTY, FILE_TOO_LARGE, HEADER_FOUND, HEADER_MISSING, HEADER_TWICE, ROW_NUL};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A sheet of which the header is known.
#[derive(Debug)]
pub struct SheetTable {
    sheet: Arc<Sheet>,
    header: Header,
    last_row: u32,
    /// Number cells are written with a decimal comma, as the texts of the table are.
    comma: bool,
}

/// Text that all columns of a table may hold together: a sheet has at most a million rows.
const TEXT_MOST: u64 = 2 << 30;

impl SheetTable {
    /// Finds the header; the warnings say what was passed over to find it.
    pub(super) fn open(sheet: &Arc<Sheet>, layout: &Layout) -> Result<(Vec<String>, Vec<Trouble>, Self), Trouble> {
        if sheet.is_empty() {
            return Err(Trouble::file(&FILE_EMPTY, "a sheet without a filled cell"));
        }
        let Some(header) = header::find(sheet, layout) else {
            let line = u64::from(layout.header_row.unwrap_or(0));
            return Err(Trouble::line(&HEADER_MISSING, line, "no row of column names"));
        };
        twice(&header)?;
        let mut warnings = Vec::new();
        let above = sheet.rows().take_while(|r| r.number < header.first_row).count();
        if above > 0 && layout.header_row.is_none() {
            let found = format!("the column names stand here; {above} rows above them were not read");
            warnings.push(Trouble::line(&HEADER_FOUND, u64::from(header.row), found));
        }
        let last_row = layout.last_row.unwrap_or(u32::MAX);
        let table = Self { sheet: sheet.clone(), last_row, header, comma: layout.decimal == Some(b',') };
        warnings.extend(table.nameless());
        Ok((table.header.names.clone(), warnings, table))
    }

    /// The row of the column names.
    pub fn header_row(&self) -> u32 {
        self.header.row
    }

    fn rows(&self) -> impl Iterator<Item = super::workbook::Row<'_>> {
        self.sheet.rows().skip_while(|r| r.number <= self.header.row).take_while(|r| r.number <= self.last_row)
    }

    /// Columns with values but without a name: skipped like any that nothing reads, and said by their letter.
    fn nameless(&self) -> Vec<Trouble> {
        let mut cells: BTreeMap<u32, u64> = BTreeMap::new();
        for cell in self.rows().flat_map(|r| r.cells()) {
            if self.name(cell.column).is_none() {
                *cells.entry(cell.column).or_default() += 1;
            }
        }
        let said = |(column, n): (u32, u64)| Trouble {
            code: &COLUMN_SKIPPED,
            line: u64::from(self.header.row),
            column: Some(column_letters(column)),
            found: format!("{n} filled cells in a column without a name"),
        };
        cells.into_iter().map(said).collect()
    }

    fn name(&self, column: u32) -> Option<&str> {
        let at = column.checked_sub(self.header.first_column)?;
        self.header.names.get(at as usize).map(String::as_str).filter(|n| !n.is_empty())
    }

    /// What a cell counts as: itself, or the cell merged downwards over it.
    fn cell(&self, row: u32, column: u32) -> Option<CellRef<'_>> {
        self.sheet.cell(row, column).or_else(|| {
            let area = self.sheet.area(row, column)?;
            let down = area.first_column == column && area.first_row > self.header.row;
            down.then(|| self.sheet.cell(area.first_row, column))?
        })
    }

    pub(super) fn read(self, wanted: &[bool], limits: &Limits) -> Result<RawTable, Trouble> {
        let names = &self.header.names;
        let mut table = RawTable {
            columns: (0..names.len()).map(|c| wanted.get(c).copied().unwrap_or(false).then(Cells::default)).collect(),
            ..RawTable::default()
        };
        let full = || Trouble::file(&FILE_TOO_LARGE, format!("sheet {} holds more text than a table may", self.sheet.name));
        let mut room = limits.unpacked_bytes.min(TEXT_MOST);
        for row in self.rows() {
            if !row.cells().any(|c| self.name(c.column).is_some()) {
                continue;
            }
            if row.cells().any(|c| memchr::memchr(0, c.text.as_bytes()).is_some()) {
                table.refused.push(RefusedRow { code: &ROW_NUL, line: row.number, found: "a NUL byte".to_owned() });
                continue;
            }
            for (cells, column) in table.columns.iter_mut().zip(self.header.first_column..) {
                let Some(cells) = cells else { continue };
                let kept = match self.cell(row.number, column) {
                    Some(c) if c.kind == CellKind::Error => cells.push(&error_cell(c.text)),
                    Some(c) if c.kind == CellKind::Number && self.comma => cells.push(&c.text.replace('.', ",")),
                    Some(c) => {
                        room = room.checked_sub(c.text.len() as u64).ok_or_else(full)?;
                        cells.push(c.text)
                    }
                    None => cells.push(""),
                };
                if !kept {
                    return Err(full());
                }
            }
            table.lines.push(row.number);
        }
        Ok(table)
    }
}

fn twice(header: &Header) -> Result<(), Trouble> {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for (name, column) in header.names.iter().zip(header.first_column..) {
        if name.is_empty() {
            continue;
        }
        if let Some(first) = seen.insert(name, column) {
            let mut trouble = Trouble::line(
                &HEADER_TWICE,
                u64::from(header.row),
                format!("this name stands in columns {} and {}", column_letters(first), column_letters(column)),
            );
            trouble.column = Some(name.clone());
            return Err(trouble);
        }
    }
    Ok(())
}
