//! What a row gives and what a file takes: named cells in declared order, each checked against its declaration.
//!
//! A cell that its column does not allow (a number that is no number, a word outside the closed list, a missing value in a column that may
//! not be empty) never reaches a file: it is a fault of the engine, not of the data.

use crate::base::{Error, Result};
use crate::schema::outputs::{OutputColumn, OutputTable, OutputType};
use std::borrow::Cow;
use std::cmp::Ordering;

/// One cell on its way to a file.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell<'a> {
    Text(&'a str),
    Float(f64),
    Int(i64),
    Bool(bool),
    Missing,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(x: &'a str) -> Self {
        Cell::Text(x)
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(x: &'a String) -> Self {
        Cell::Text(x)
    }
}

impl<'a> From<&'a Cow<'_, str>> for Cell<'a> {
    fn from(x: &'a Cow<'_, str>) -> Self {
        Cell::Text(x)
    }
}

impl From<f64> for Cell<'_> {
    fn from(x: f64) -> Self {
        Cell::Float(x)
    }
}

impl From<i64> for Cell<'_> {
    fn from(x: i64) -> Self {
        Cell::Int(x)
    }
}

impl From<bool> for Cell<'_> {
    fn from(x: bool) -> Self {
        Cell::Bool(x)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(x: Option<T>) -> Self {
        x.map_or(Cell::Missing, Into::into)
    }
}

/// Takes the cells of a row one by one.
pub trait Sink {
    /// The cell of the next column, which must be `column`.
    fn put<'a>(&mut self, column: &str, cell: impl Into<Cell<'a>>);
}

/// A row of one output table.
pub trait Row {
    fn table() -> &'static OutputTable;
    /// The value of the column that the table is sorted by.
    fn lead(&self) -> &str;
    /// Order among rows with one lead; total for rows that differ.
    fn order(&self, other: &Self) -> Ordering;
    /// Puts every column in declared order.
    fn fill(&self, sink: &mut impl Sink);
}

/// Holds cells against declarations, in order; remembers the first that does not fit.
#[derive(Debug)]
pub(super) struct Checker {
    table: &'static OutputTable,
    at: usize,
    broken: Option<String>,
}

impl Checker {
    pub(super) fn new(table: &'static OutputTable) -> Self {
        Self { table, at: 0, broken: None }
    }

    fn refuse<'a>(&mut self, why: String) -> (usize, Cell<'a>) {
        if self.broken.is_none() {
            self.broken = Some(why);
        }
        (usize::MAX, Cell::Missing)
    }

    /// The position of the column and the cell to write: NaN becomes missing where the column may be empty.
    pub(super) fn admit<'a>(&mut self, column: &str, cell: Cell<'a>) -> (usize, Cell<'a>) {
        let at = self.at;
        self.at += 1;
        let Some(declared) = self.table.columns.get(at).filter(|c| c.name == column) else {
            return self.refuse(format!("{}.{column} is not declared as column {}", self.table.name, at + 1));
        };
        let cell = if matches!(cell, Cell::Float(x) if x.is_nan()) && declared.nullable { Cell::Missing } else { cell };
        match fits(declared, cell) {
            Ok(()) => (at, cell),
            Err(why) => self.refuse(format!("{}.{column}: {why}", self.table.name)),
        }
    }

    /// Ends a row.
    ///
    /// # Errors
    /// When a cell did not fit or columns are left over; `whose` names the row.
    pub(super) fn end_row(&mut self, whose: &str) -> Result<()> {
        let given = std::mem::take(&mut self.at);
        if self.broken.is_none() && given != self.table.columns.len() {
            self.broken = Some(format!("{}: {given} of {} columns given", self.table.name, self.table.columns.len()));
        }
        match self.broken.take() {
            None => Ok(()),
            Some(why) => Err(Error::internal(format!("{why}, in the row of {whose}"))),
        }
    }
}

fn fits(declared: &OutputColumn, cell: Cell<'_>) -> Result<(), String> {
    match (declared.kind, cell) {
        (_, Cell::Missing) if declared.nullable => Ok(()),
        (_, Cell::Missing) => Err("missing where a value must stand".to_owned()),
        (OutputType::Text, Cell::Text(text)) => {
            if declared.allowed.is_empty() || declared.allowed.contains(&text) {
                Ok(())
            } else {
                Err(format!("'{text}' is not in its closed list"))
            }
        }
        (OutputType::Float, Cell::Float(x)) if x.is_finite() => Ok(()),
        (OutputType::Float, Cell::Float(x)) => Err(format!("{x} is not a finite number")),
        (OutputType::Int, Cell::Int(_)) | (OutputType::Bool, Cell::Bool(_)) => Ok(()),
        (kind, cell) => Err(format!("{cell:?} is not of type {}", kind.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::outputs::CODEBOOK;

    fn outcome(cells: &[(&str, Cell<'_>)]) -> Option<String> {
        let mut checker = Checker::new(&CODEBOOK);
        for (column, cell) in cells {
            checker.admit(column, *cell);
        }
        checker.end_row("mill").err().map(|e| e.to_string())
    }

    #[test]
    fn cells_in_another_order_of_another_type_or_too_few_are_refused() {
        let (table, file) = (("table", Cell::Text("a")), ("file", Cell::Text("b")));
        let refused =
            |cells: &[(&str, Cell<'_>)], why: &str| assert!(outcome(cells).is_some_and(|w| w.contains(why)), "{:?}", outcome(cells));
        refused(&[file, table], "file is not declared as column 1");
        refused(&[table, file, ("position", Cell::Float(1.0))], "is not of type int64");
        refused(&[("table", Cell::Missing)], "missing where a value must stand");
        refused(&[table, file], "2 of 11 columns given");
    }

    #[test]
    fn a_fault_of_one_row_does_not_spoil_the_next() {
        let mut checker = Checker::new(&CODEBOOK);
        checker.admit("nonsense", Cell::Missing);
        assert!(checker.end_row("mill").is_err());
        for c in &CODEBOOK.columns {
            let cell = match c.kind {
                OutputType::Text => Cell::Text("x"),
                OutputType::Int => Cell::Int(1),
                OutputType::Float => Cell::Float(1.0),
                OutputType::Bool => Cell::Bool(true),
            };
            checker.admit(&c.name, cell);
        }
        assert!(checker.end_row("mill").is_ok());
    }

    #[test]
    fn a_word_outside_the_closed_list_is_refused() {
        let state = crate::schema::outputs::SITES.columns.iter().find(|c| c.name == "state");
        assert!(state.is_some_and(|c| fits(c, Cell::Text("site_signal")).is_ok() && fits(c, Cell::Text("guilty")).is_err()));
    }
}
