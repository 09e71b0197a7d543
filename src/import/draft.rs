//! Rows on their way into a dataset, each with its origin, and the account of every foreign row: taken, refused, or passed over and why.

use super::cells::without_contacts;
use crate::base::Date;
use crate::mapping::{CodeText, fold};
use crate::read::RawTable;
use crate::schema::{ColumnType, TableSchema, input_table};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Two statements of a position that lie within this many degrees are one (5 km at the equator): lists round differently.
const DEGREES_ALIKE: f64 = 0.05;

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
    /// What was found; a foreign text only as [`shown`] tells it.
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
    /// Row of each key or, without key, of each content, as a hash of it.
    known: HashMap<[u8; 16], usize>,
}

/// What `onus.toml` has to say for the rows to mean what they mean.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Settings {
    pub name: Option<String>,
    /// Currency of values that a table keeps in base currency.
    pub base_currency: Option<String>,
    pub as_of: Option<Date>,
    /// Units of the base currency per unit of the currency.
    pub fx: BTreeMap<String, f64>,
    /// Codes of sector and product texts that the engine's own table has not got.
    pub codes: BTreeMap<String, CodeText>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftRow {
    /// One text per column of the table; blank = not told.
    pub cells: Vec<String>,
    pub origin: Origin,
}

/// File, sheet and name of a foreign column.
pub type ForeignColumn = (Arc<str>, Option<Arc<str>>, String);

/// A dataset in the making.
#[derive(Debug, Default)]
pub struct Draft {
    pub tables: BTreeMap<&'static str, DraftTable>,
    pub refused: Vec<Refusal>,
    /// Foreign columns that nothing reads: file, sheet, column; and why where it is on purpose.
    pub columns_left: BTreeMap<ForeignColumn, &'static str>,
    pub accounts: BTreeMap<(Arc<str>, Option<Arc<str>>), Account>,
    pub settings: Settings,
    /// Nodes whose own name is that of a person, by their foreign ids, with the ids that stand for them; never written.
    pub hidden: BTreeMap<String, String>,
    /// What the user must know of how a file was read, one sentence each.
    pub notes: BTreeSet<String>,
    /// Row at work, and whether it gave anything, was refused or passed.
    open: Option<(Origin, Fate)>,
}

/// Errors of spreadsheet cells, which say nothing but themselves.
const CELL_ERRORS: [&str; 9] = ["#N/A", "#NAME?", "#DIV/0!", "#REF!", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"];

/// A foreign value as a message may tell it: digits and signs of at most 32 characters as they are, unless 7 digits or more follow each
/// other (a telephone or identity number); a word that says that nothing is stated; of all else its length and class.
pub fn shown(text: &str) -> String {
    let text = text.trim();
    let length = text.chars().count();
    let letters = text.chars().any(char::is_alphabetic);
    let digits = text.chars().any(char::is_numeric);
    let longest = text.split(|c: char| !c.is_numeric()).map(|run| run.chars().count()).max().unwrap_or(0);
    let plain = !letters && longest < 7 && !text.chars().any(char::is_control);
    if length <= 32 && (plain || CELL_ERRORS.contains(&text) || super::cells::is_no_name(text)) {
        return text.to_owned();
    }
    let class = match (letters, digits) {
        (true, true) => "letters and digits",
        (true, false) => "letters",
        (false, true) => "digits",
        (false, false) => "signs",
    };
    format!("text of {length} characters ({class})")
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
            // Taken stands before all, what is left out for a reason before a repetition, and that before nothing.
            *fate = match (*fate, next) {
                (Fate::Taken, _) | (_, Fate::Taken) => Fate::Taken,
                (Fate::Nothing | Fate::Repeated, next) => next,
                (known, _) => known,
            };
        }
    }

    /// Refuses the row at work; what it gave already stays.
    pub fn refuse_row(&mut self, column: Option<&str>, reason: &'static str, found: impl Into<Cow<'static, str>>) {
        self.fate(Fate::Refused);
        self.tell(column, true, reason, found.into());
    }

    /// Leaves the row at work out because it says something else than this format's rows, with the reason.
    pub fn pass_row(&mut self, column: Option<&str>, reason: &'static str, found: impl Into<Cow<'static, str>>) {
        self.fate(Fate::Passed);
        self.tell(column, true, reason, found.into());
    }

    /// The row at work says again what an earlier one said.
    pub fn repeat_row(&mut self) {
        self.fate(Fate::Repeated);
    }

    /// The row at work went into a sum, which is added once all rows are read ([`add_from`](Self::add_from)).
    pub fn take_row(&mut self) {
        self.fate(Fate::Taken);
    }

    /// Whether the row at work has said something new.
    pub fn is_taken(&self) -> bool {
        self.open.as_ref().is_some_and(|(_, fate)| *fate == Fate::Taken)
    }

    /// Leaves one cell of the row at work out.
    pub fn refuse_cell(&mut self, column: &str, reason: &'static str, found: impl Into<Cow<'static, str>>) {
        self.tell(Some(column), false, reason, found.into());
    }

    fn tell(&mut self, column: Option<&str>, row: bool, reason: &'static str, found: Cow<'static, str>) {
        if let Some((at, _)) = &self.open {
            self.refused.push(Refusal { at: at.clone(), column: column.map(str::to_owned), row, reason, found: found.into_owned() });
        }
    }

    /// Takes over what a reader refused for its shape, as rows of this file.
    pub fn shapeless(&mut self, file: &Arc<str>, sheet: Option<&Arc<str>>, raw: &RawTable) {
        for r in &raw.refused {
            self.begin(&Origin { file: file.clone(), sheet: sheet.cloned(), line: r.line });
            self.refuse_row(None, r.code.code, r.found.clone());
        }
        for r in &raw.passed {
            self.begin(&Origin { file: file.clone(), sheet: sheet.cloned(), line: r.line });
            self.pass_row(None, r.code.code, r.found.clone());
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
        let new = self.add_from(&at, table, cells);
        self.fate(if new { Fate::Taken } else { Fate::Repeated });
    }

    /// As [`add`](Self::add), from any row: for what stands for several rows, of which the first is named. Says whether anything new was said.
    pub fn add_from(&mut self, at: &Origin, table: &'static str, cells: &[(&'static str, &str)]) -> bool {
        let Some(schema) = input_table(table) else { return false };
        let mut texts = vec![String::new(); schema.columns.len()];
        for (column, text) in cells {
            debug_assert!(schema.position(column).is_some(), "{table} has no column {column}");
            if let Some(slot) = schema.position(column).and_then(|i| texts.get_mut(i)) {
                let told = if *column == "address" { without_contacts(text) } else { text };
                if told.trim().len() < text.trim().len() {
                    let found = "a contact and what follows it: never read".to_owned();
                    let refusal =
                        Refusal { at: at.clone(), column: Some("address".to_owned()), row: false, reason: "contact-in-address", found };
                    self.refused.push(refusal);
                }
                *slot = told.trim().to_owned();
            }
        }
        let key = if schema.key.is_empty() {
            // Who says it does not make a name, an identifier or an owner another one.
            let sourceless = matches!(schema.name, "aliases" | "identifiers") || texts.iter().any(|t| t == "owns");
            let source = schema.position("source").filter(|_| sourceless);
            hashed(texts.iter().enumerate().filter(|(i, _)| Some(*i) != source).map(|(_, t)| t))
        } else {
            hashed(schema.key.iter().filter_map(|k| schema.position(k).and_then(|i| texts.get(i))))
        };
        let drawn = self.tables.entry(schema.name).or_insert_with(|| DraftTable { schema, rows: Vec::new(), known: HashMap::new() });
        let Some(known) = drawn.known.get(&key).copied() else {
            drawn.known.insert(key, drawn.rows.len());
            drawn.rows.push(DraftRow { cells: texts, origin: at.clone() });
            return true;
        };
        let mut differing = Vec::new();
        let mut new = false;
        if let Some(row) = drawn.rows.get_mut(known) {
            for (column, (old, text)) in schema.columns.iter().zip(row.cells.iter_mut().zip(texts)) {
                if old.is_empty() && !text.is_empty() {
                    *old = text;
                    new = true;
                } else if !text.is_empty() && column.name != "source" && !alike(column.kind, old, &text) {
                    differing.push((column.name, row.origin.line));
                }
            }
        }
        for (column, line) in differing {
            let found = format!("another {column} than at line {line}, which stays");
            let refusal = Refusal { at: at.clone(), column: Some(column.to_owned()), row: false, reason: "differs-within-file", found };
            self.refused.push(refusal);
        }
        new
    }

    /// The cell of the row of that key; `None` where there is no such row.
    pub fn known(&self, table: &str, key: &[&str], column: &str) -> Option<&str> {
        let drawn = self.tables.get(table)?;
        let row = drawn.rows.get(*drawn.known.get(&hashed(key.iter()))?)?;
        drawn.schema.position(column).and_then(|i| row.cells.get(i)).map(String::as_str)
    }

    /// Fills the blank cells of a column from their rows, once all rows are read.
    pub fn fill_blank(&mut self, table: &str, column: &str, text: impl Fn(&DraftRow) -> String) {
        let Some(drawn) = self.tables.get_mut(table) else { return };
        let Some(at) = drawn.schema.position(column) else { return };
        for row in &mut drawn.rows {
            if row.cells.get(at).is_some_and(String::is_empty) {
                let filled = text(row);
                if let Some(slot) = row.cells.get_mut(at) {
                    *slot = filled;
                }
            }
        }
    }

    /// The row of a table that has this key, blanks at its ends aside.
    pub fn row_mut(&mut self, table: &str, key: &[&str]) -> Option<&mut DraftRow> {
        let table = self.tables.get_mut(table)?;
        table.known.get(&hashed(key.iter())).and_then(|at| table.rows.get_mut(*at))
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

fn hashed(parts: impl Iterator<Item = impl AsRef<str>>) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        let bytes = part.as_ref().trim().as_bytes();
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    let mut head = [0; 16];
    head.copy_from_slice(hasher.finalize().as_bytes().split_at(16).0);
    head
}

/// Whether two texts say the same: case and blanks apart, numbers by value, positions as far as lists round them.
fn alike(kind: ColumnType, old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    match (kind, old.parse::<f64>(), new.parse::<f64>()) {
        (ColumnType::Number { low, .. }, Ok(a), Ok(b)) if low < 0.0 => (a - b).abs() <= DEGREES_ALIKE,
        (ColumnType::Text | ColumnType::Product | ColumnType::Sector, ..) => fold(old) == fold(new),
        (_, Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32) -> Origin {
        Origin { file: "list.csv".into(), sheet: None, line }
    }

    #[test]
    fn foreign_values_are_told_by_length_and_class() {
        for plain in ["31/02/2024", "-3.5", "120 %", "610910", "N/A", "#REF!", ""] {
            assert_eq!(shown(plain), plain);
        }
        assert_eq!(shown("Anna Example"), "text of 12 characters (letters)");
        assert_eq!(shown("Anna 5550100"), "text of 12 characters (letters and digits)");
        assert_eq!(shown("+15550100"), "text of 9 characters (digits)");
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
