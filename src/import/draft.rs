//! Rows on their way into a dataset, each with its origin, and the account of every foreign row: taken, refused, or passed over and why.

use crate::read::RawTable;
use crate::schema::{TableSchema, input_table};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// File, sheet and line of a foreign row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Origin {
    /// Without its folder.
    pub file: Arc<str>,
    pub sheet: Option<Arc<str>>,
    /// 1-based; 0 where the whole file is meant.
    pub line: u32,
}

/// A foreign row or cell that was not taken over.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Refusal {
    pub at: Origin,
    pub column: Option<String>,
    /// Whether the whole row gave nothing.
    pub row: bool,
    /// Kebab-case reason, stable.
    pub reason: &'static str,
    /// What was found; never a person's name.
    pub found: String,
}

/// What became of the rows of one file or sheet: rows = taken + refused + repeated + passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Account {
    pub rows: u64,
    pub taken: u64,
    pub refused: u64,
    /// Rows that say again what an earlier row said.
    pub repeated: u64,
    /// Rows that say something else than a place, party, link or flow (a title, a total, "not yet identified"), each with its reason.
    pub passed: u64,
}

/// The rows of one table.
#[derive(Debug)]
pub struct DraftTable {
    pub schema: &'static TableSchema,
    pub rows: Vec<DraftRow>,
    /// Row of each key or, without key, of each content.
    known: HashMap<Vec<String>, usize>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftRow {
    /// One text per column of the table; blank = not told.
    pub cells: Vec<String>,
    pub origin: Origin,
}

/// A dataset in the making.
#[derive(Debug, Default)]
pub struct Draft {
    pub tables: BTreeMap<&'static str, DraftTable>,
    pub refused: Vec<Refusal>,
    /// Foreign columns that nothing reads: file, sheet, column; and why where it is on purpose.
    pub columns_left: BTreeMap<(Arc<str>, Option<Arc<str>>, String), &'static str>,
    pub accounts: BTreeMap<(Arc<str>, Option<Arc<str>>), Account>,
    /// Row at work, and whether it gave anything, was refused or passed.
    open: Option<(Origin, Fate)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Nothing,
    Taken,
    Repeated,
    Refused,
    Passed,
}

impl Draft {
    /// Begins a foreign row; it ends where the next begins or at [`finish`](Self::finish).
    pub fn begin(&mut self, at: &Origin) {
        self.close();
        self.open = Some((at.clone(), Fate::Nothing));
    }

    /// Ends the row at work and puts refusals in order.
    pub fn finish(&mut self) {
        self.close();
        self.refused.sort();
    }

    fn close(&mut self) {
        let Some((at, fate)) = self.open.take() else { return };
        let account = self.accounts.entry((at.file.clone(), at.sheet.clone())).or_default();
        account.rows += 1;
        match fate {
            Fate::Taken => account.taken += 1,
            Fate::Repeated => account.repeated += 1,
            Fate::Passed => account.passed += 1,
            Fate::Refused => account.refused += 1,
            Fate::Nothing => {
                account.refused += 1;
                let found = "the row gives nothing that is known here".to_owned();
                self.refused.push(Refusal { at, column: None, row: true, reason: "row-without-meaning", found });
            }
        }
    }

    fn fate(&mut self, next: Fate) {
        if let Some((_, fate)) = &mut self.open {
            // Taken stands before all; a repetition before nothing.
            *fate = match (*fate, next) {
                (Fate::Taken, _) | (_, Fate::Taken) => Fate::Taken,
                (Fate::Nothing, next) => next,
                (known, _) => known,
            };
        }
    }

    /// Refuses the row at work; what it gave already stays.
    pub fn refuse_row(&mut self, column: Option<&str>, reason: &'static str, found: impl Into<String>) {
        self.fate(Fate::Refused);
        if let Some((at, _)) = &self.open {
            self.refused.push(Refusal { at: at.clone(), column: column.map(str::to_owned), row: true, reason, found: found.into() });
        }
    }

    /// Leaves the row at work out because it says something else than this format's rows, with the reason.
    pub fn pass_row(&mut self, column: Option<&str>, reason: &'static str, found: impl Into<String>) {
        self.fate(Fate::Passed);
        if let Some((at, _)) = &self.open {
            self.refused.push(Refusal { at: at.clone(), column: column.map(str::to_owned), row: true, reason, found: found.into() });
        }
    }

    /// Leaves one cell of the row at work out.
    pub fn refuse_cell(&mut self, column: &str, reason: &'static str, found: impl Into<String>) {
        if let Some((at, _)) = &self.open {
            self.refused.push(Refusal { at: at.clone(), column: Some(column.to_owned()), row: false, reason, found: found.into() });
        }
    }

    /// Takes over what a reader refused for its shape, as rows of this file.
    pub fn shapeless(&mut self, file: &Arc<str>, sheet: Option<&Arc<str>>, raw: &RawTable) {
        for r in &raw.refused {
            self.begin(&Origin { file: file.clone(), sheet: sheet.cloned(), line: r.line });
            self.refuse_row(None, r.code.code, r.found.clone());
        }
        self.close();
    }

    /// Notes a foreign column that nothing reads; `why` is blank where no reason is known.
    pub fn column_left(&mut self, file: &Arc<str>, sheet: Option<&Arc<str>>, column: &str, why: &'static str) {
        self.columns_left.insert((file.clone(), sheet.cloned(), column.to_owned()), why);
    }

    /// Adds a row to a table from the row at work: pairs of our column and text; blank texts are not told. A row with the key of an earlier
    /// one fills its blanks; where both say something else, the first stays and the cell is noted. A row that says nothing new is a repetition.
    /// Unknown tables and columns are an internal error, noted as such.
    pub fn add(&mut self, table: &'static str, cells: &[(&'static str, &str)]) {
        let Some((at, _)) = self.open.clone() else { return };
        let Some(schema) = input_table(table) else { return };
        let mut texts = vec![String::new(); schema.columns.len()];
        for (column, text) in cells {
            debug_assert!(schema.position(column).is_some(), "{table} has no column {column}");
            if let Some(slot) = schema.position(column).and_then(|i| texts.get_mut(i)) {
                *slot = text.trim().to_owned();
            }
        }
        let key: Vec<String> = if schema.key.is_empty() {
            texts.clone()
        } else {
            schema.key.iter().filter_map(|k| schema.position(k).and_then(|i| texts.get(i)).cloned()).collect()
        };
        let drawn = self.tables.entry(schema.name).or_insert_with(|| DraftTable { schema, rows: Vec::new(), known: HashMap::new() });
        let Some(known) = drawn.known.get(&key).copied() else {
            drawn.known.insert(key, drawn.rows.len());
            drawn.rows.push(DraftRow { cells: texts, origin: at });
            return self.fate(Fate::Taken);
        };
        let mut differing = Vec::new();
        let mut new = false;
        if let Some(row) = drawn.rows.get_mut(known) {
            for (column, (old, text)) in schema.columns.iter().zip(row.cells.iter_mut().zip(texts)) {
                if old.is_empty() && !text.is_empty() {
                    *old = text;
                    new = true;
                } else if !text.is_empty() && *old != text {
                    differing.push((column.name, row.origin.line));
                }
            }
        }
        self.fate(if new { Fate::Taken } else { Fate::Repeated });
        for (column, line) in differing {
            self.refuse_cell(column, "differs-within-file", format!("another {column} than at line {line}, which stays"));
        }
    }

    /// The row of a table that has this key, blanks at its ends aside.
    pub fn row_mut(&mut self, table: &str, key: &[&str]) -> Option<&mut DraftRow> {
        let table = self.tables.get_mut(table)?;
        let key: Vec<String> = key.iter().map(|k| k.trim().to_owned()).collect();
        table.known.get(&key).and_then(|at| table.rows.get_mut(*at))
    }

    /// The rows of a table.
    pub fn rows(&self, table: &str) -> &[DraftRow] {
        self.tables.get(table).map_or(&[], |t| &t.rows)
    }

    /// The cell of a row by column.
    pub fn cell<'d>(&'d self, table: &str, row: &'d DraftRow, column: &str) -> &'d str {
        let at = self.tables.get(table).and_then(|t| t.schema.position(column));
        at.and_then(|i| row.cells.get(i)).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32) -> Origin {
        Origin { file: "list.csv".into(), sheet: None, line }
    }

    #[test]
    fn every_row_is_accounted_for_once() {
        let mut draft = Draft::default();
        draft.begin(&at(2));
        draft.add("nodes", &[("node_id", "a"), ("name", "A"), ("kind", "mill")]);
        draft.begin(&at(3));
        draft.add("nodes", &[("node_id", "a"), ("name", "A"), ("kind", "mill")]);
        draft.begin(&at(4));
        draft.add("nodes", &[("node_id", "a"), ("name", "B"), ("kind", "mill"), ("country", "IDN")]);
        draft.begin(&at(5));
        draft.refuse_row(Some("mill"), "no-name", "a mill without name");
        draft.begin(&at(6));
        draft.begin(&at(7));
        draft.pass_row(None, "total", "a total");
        draft.finish();
        let account = draft.accounts.values().next().unwrap();
        assert_eq!(*account, Account { rows: 6, taken: 2, refused: 2, repeated: 1, passed: 1 });
        let row = &draft.rows("nodes")[0];
        assert_eq!((draft.cell("nodes", row, "name"), draft.cell("nodes", row, "country")), ("A", "IDN"));
        let reasons: Vec<_> = draft.refused.iter().map(|r| (r.at.line, r.reason)).collect();
        assert_eq!(reasons, [(4, "differs-within-file"), (5, "no-name"), (6, "row-without-meaning"), (7, "total")]);
    }
}
