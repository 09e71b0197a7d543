//! Writes register, quarantine and codebook as CSV that a spreadsheet can open without running anything in it.
//!
//! A text cell that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay plain.

use super::sink::{Cell, Checker, Row, Sink};
use crate::base::{Error, Result};
use crate::schema::outputs::{self, OutputColumn, OutputTable};
use crate::schema::{ColumnType, TableSchema};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::path::Path;

/// The text with an apostrophe before it where it begins (after blanks) with `=`, `+`, `-`, `@`, or with a tab or line break.
pub fn inert(text: &str) -> Cow<'_, str> {
    let formula = text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// How many cells of free text a spreadsheet would run. In a dataset they stay as they are: they are data, and are read again.
pub fn formula_like<'c>(schema: &TableSchema, cells: impl IntoIterator<Item = (&'c str, &'c str)>) -> u64 {
    let text = |name: &str| schema.columns.iter().any(|c| c.name == name && matches!(c.kind, ColumnType::Text));
    cells.into_iter().filter(|(column, cell)| text(column) && matches!(inert(cell), Cow::Owned(_))).count() as u64
}

/// What is said of such cells.
pub fn formula_note(count: u64) -> Option<String> {
    let open = "open the files as text, or import its columns as text into a spreadsheet";
    match count {
        0 => None,
        1 => Some(format!("1 text cell begins with a formula sign (= + - @): {open}")),
        n => Some(format!("{n} text cells begin with a formula sign (= + - @): {open}")),
    }
}

/// Four significant digits, for tables that are read by eye.
pub fn four_digits(x: f64) -> f64 {
    let rounded: f64 = format!("{x:.3e}").parse().unwrap_or(x);
    rounded + 0.0 // no negative zero
}

struct Record {
    checker: Checker,
    fields: Vec<String>,
}

impl Sink for Record {
    fn put<'a>(&mut self, column: &str, cell: impl Into<Cell<'a>>) {
        let (_, cell) = self.checker.admit(column, cell.into());
        self.fields.push(match cell {
            Cell::Text(text) => inert(text).into_owned(),
            Cell::Float(x) => x.to_string(),
            Cell::Int(x) => x.to_string(),
            Cell::Bool(x) => x.to_string(),
            Cell::Missing => String::new(),
        });
    }
}

/// Writes rows in the order given. Returns how many.
///
/// # Errors
/// A cell that its declaration does not allow (a fault of the engine), or a full disk.
pub fn write_csv<R: Row>(path: &Path, rows: impl IntoIterator<Item = R>) -> Result<u64> {
    let table = R::table();
    let trouble = |e: csv::Error| Error::io(path, std::io::Error::other(e.to_string()));
    let mut writer = csv::Writer::from_path(path).map_err(trouble)?;
    writer.write_record(table.columns.iter().map(|c| c.name.as_ref())).map_err(trouble)?;
    let mut record = Record { checker: Checker::new(table), fields: Vec::with_capacity(table.columns.len()) };
    let mut written = 0;
    for row in rows {
        record.fields.clear();
        row.fill(&mut record);
        record.checker.end_row(row.lead())?;
        writer.write_record(&record.fields).map_err(trouble)?;
        written += 1;
    }
    writer.flush().map_err(|e| Error::io(path, e))?;
    Ok(written)
}

/// One row of `codebook.csv`.
pub(super) struct CodebookRow {
    table: &'static OutputTable,
    position: usize,
    column: &'static OutputColumn,
}

/// Every declared column of every table, in declared order.
pub(super) fn codebook() -> impl Iterator<Item = CodebookRow> {
    outputs::tables()
        .into_iter()
        .flat_map(|table| table.columns.iter().enumerate().map(move |(i, column)| CodebookRow { table, position: i + 1, column }))
}

fn unless_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

impl Row for CodebookRow {
    fn table() -> &'static OutputTable {
        &outputs::CODEBOOK
    }

    fn lead(&self) -> &str {
        self.table.name
    }

    fn order(&self, other: &Self) -> Ordering {
        self.position.cmp(&other.position)
    }

    fn fill(&self, sink: &mut impl Sink) {
        let c = self.column;
        sink.put("table", self.table.name);
        sink.put("file", self.table.file);
        sink.put("position", self.position as i64);
        sink.put("column", &c.name);
        sink.put("type", c.kind.as_str());
        sink.put("unit", unless_empty(c.unit));
        sink.put("range", unless_empty(&c.range_text()));
        sink.put("direction", unless_empty(c.direction.as_str()));
        sink.put("values", unless_empty(&c.allowed.join("|")));
        sink.put("may_be_empty", c.nullable);
        sink.put("meaning", &c.meaning);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_becomes_plain_text() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"] {
            assert_eq!(inert(bad), format!("'{bad}"));
        }
        for plain in ["", "mill", "a=b", "'quoted", "3"] {
            assert_eq!(inert(plain), plain);
        }
    }

    #[test]
    fn numbers_for_the_eye_keep_four_digits_however_small() {
        assert_eq!(four_digits(0.123_456), 0.1235);
        assert_eq!(four_digits(0.000_001_234_56).to_string(), "0.000001235");
        assert_eq!(four_digits(123_456.0), 123_500.0);
        assert_eq!(four_digits(0.0), 0.0);
    }
}
