//! What a team filled in an earlier workbook: its columns owner, due, status and comment, and every column that it added itself, by node id.

use super::book::{COLUMNS_SHEET, GONE_SHEET, REGISTER_SHEET};
use super::columns::{Register, Shown, TEAM};
use crate::base::{Error, Result};
use crate::read::Limits;
use crate::read::workbook::{CellKind, CellRef, Row, Sheet, Workbook, column_letters, open};
use crate::schema::book::READ_ME;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A cell that somebody filled in.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    Text(String),
    Number(f64),
    YesNo(bool),
    /// A day or a day and a time, as ISO 8601.
    Day(String),
}

/// What was filled in of one node.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Entry {
    pub node_id: String,
    pub name: String,
    /// By column.
    pub cells: BTreeMap<String, Cell>,
    /// Day of the first register without the node, where that was said before.
    pub gone_since: Option<String>,
}

/// Everything that was filled in.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filled {
    /// Of the register, by node id.
    entries: BTreeMap<String, Entry>,
    /// Rows without a node id, and of the sheet of those that left.
    others: Vec<Entry>,
    /// Columns that a team had added, in their order.
    added: Vec<String>,
}

/// What was filled in, where it goes in a new workbook.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Placed {
    pub rows: BTreeMap<String, BTreeMap<String, Cell>>,
    pub no_longer: Vec<Entry>,
    pub added: Vec<String>,
}

/// Column of the sheet of those that left.
pub const GONE_SINCE: &str = "not_in_register_of";
/// Columns of the engine beside node_id that a sheet of another name must have to be the register.
const MACHINE_LEAST: usize = 2;
/// Rows above the header that somebody may have put there.
const HEADER_WITHIN: usize = 20;

impl Filled {
    /// Reads an earlier workbook.
    ///
    /// # Errors
    /// No workbook, no register in it, or a node that stands in it twice with something filled in.
    pub fn read(path: &Path, register: &Register) -> Result<Self> {
        let place = || path.display().to_string();
        let trouble =
            |found: String| Error::settings(place(), found, "give a register.xlsx that `onus report` wrote (--previous-register)");
        let book = open(path, &Limits::default()).map_err(|t| trouble(t.found.clone()))?;
        let (sheet, head) = the_register(&book, register).map_err(trouble)?;
        let machine = machine_columns(&book, register);
        let mut filled = Filled::default();
        let columns = team_columns(sheet, &head, &machine, register);
        filled.added = columns.iter().map(|(_, name)| name.clone()).filter(|name| TEAM.iter().all(|t| t.id != name)).collect();
        let mut first_row: BTreeMap<String, (u32, bool)> = BTreeMap::new();
        for row in sheet.rows().filter(|r| r.number > head.row) {
            let entry = entry(sheet, &row, &head, &columns);
            let says = !entry.cells.is_empty();
            if entry.node_id.is_empty() {
                if says {
                    filled.others.push(entry);
                }
                continue;
            }
            match first_row.get(&entry.node_id) {
                Some((first, first_says)) if says || *first_says => {
                    return Err(Error::settings(
                        format!("{}: sheet '{}', row {}", place(), sheet.name, row.number),
                        format!("node_id '{}' stands in row {first}, too, and something is filled in", entry.node_id),
                        "leave each node one row, with all that was filled in",
                    ));
                }
                _ => {
                    first_row.insert(entry.node_id.clone(), (row.number, says));
                }
            }
            if says {
                filled.entries.insert(entry.node_id.clone(), entry);
            }
        }
        if let Some(gone) = book.sheet(GONE_SHEET)
            && let Some(head) = header(gone)
        {
            let machine: BTreeSet<&str> = ["node_id", "name", GONE_SINCE].into_iter().collect();
            let columns = team_columns(gone, &head, &machine, register);
            let since = head.columns.iter().find(|(_, name)| name == GONE_SINCE).map(|(at, _)| *at);
            for row in gone.rows().filter(|r| r.number > head.row) {
                let gone_since = since.and_then(|c| row.cell(c)).map(|c| c.text.to_owned());
                let entry = Entry { gone_since, ..entry(gone, &row, &head, &columns) };
                if !entry.cells.is_empty() {
                    filled.others.push(entry);
                }
            }
            for (_, name) in columns {
                if TEAM.iter().all(|t| t.id != name) && !filled.added.contains(&name) {
                    filled.added.push(name);
                }
            }
        }
        Ok(filled)
    }

    /// Puts what was filled in beside the nodes of a register; what has no node there is no longer in the register.
    pub fn placed(self, register: &Register, as_of: &str) -> Placed {
        let here: BTreeSet<&str> = register.rows.iter().map(|r| register.id(r)).collect();
        let mut placed = Placed { added: self.added, ..Placed::default() };
        let mut gone = Vec::new();
        for (id, entry) in self.entries {
            if here.contains(id.as_str()) {
                placed.rows.insert(id, entry.cells);
            } else {
                gone.push(Entry { gone_since: Some(as_of.to_owned()), ..entry });
            }
        }
        for entry in self.others {
            // A node that comes back takes up what was filled in before, unless somebody wrote anew meanwhile.
            if here.contains(entry.node_id.as_str()) && !placed.rows.contains_key(&entry.node_id) {
                placed.rows.insert(entry.node_id, entry.cells);
            } else {
                gone.push(entry);
            }
        }
        gone.sort_by(|a, b| (&a.node_id, &a.gone_since).cmp(&(&b.node_id, &b.gone_since)));
        placed.no_longer = gone;
        placed
    }
}

/// The header of a sheet: its row, where node_id and name stand, and every column's name.
struct Header {
    row: u32,
    node_id: u32,
    name: Option<u32>,
    columns: Vec<(u32, String)>,
}

fn header(sheet: &Sheet) -> Option<Header> {
    let row = sheet.rows().take(HEADER_WITHIN).find(|r| r.cells().any(|c| c.text.trim() == "node_id"))?;
    let columns: Vec<(u32, String)> = row.cells().map(|c| (c.column, c.text.trim().to_owned())).collect();
    let at = |id: &str| columns.iter().find(|(_, name)| name == id).map(|(at, _)| *at);
    Some(Header { row: row.number, node_id: at("node_id")?, name: at("name"), columns })
}

/// The sheet of the register with its header: the one of that name, else the only visible one that has the columns of one.
fn the_register<'a>(book: &'a Workbook, register: &Register) -> Result<(&'a Sheet, Header), String> {
    if let Some(sheet) = book.sheet(REGISTER_SHEET) {
        let head = header(sheet).ok_or_else(|| format!("no sheet '{REGISTER_SHEET}' with a column node_id"))?;
        return Ok((sheet.as_ref(), head));
    }
    let is_other = |s: &Sheet| [READ_ME, GONE_SHEET, COLUMNS_SHEET].iter().any(|name| s.name.trim().eq_ignore_ascii_case(name));
    let mut found: Vec<(&Sheet, Header)> = book
        .visible()
        .filter(|s| !is_other(s))
        .filter_map(|s| Some((s.as_ref(), header(s)?)))
        .filter(|(_, head)| is_register(head, register))
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some((last, _)), false) => {
            let names: Vec<String> = found.iter().map(|(s, _)| format!("'{}'", s.name)).collect();
            Err(format!(
                "the sheets {} and '{}' may each be the register; name the one that is '{REGISTER_SHEET}'",
                names.join(", "),
                last.name
            ))
        }
        (None, _) => Err(format!(
            "no sheet '{REGISTER_SHEET}' with a column node_id, and no other with the columns of a register beside it: name yours \
             '{REGISTER_SHEET}'"
        )),
    }
}

/// Whether a header is that of a register under whatever name: most columns of a team, some that the engine fills, and not those of the rows
/// that left.
fn is_register(head: &Header, register: &Register) -> bool {
    let has = |id: &str| head.columns.iter().any(|(_, name)| name == id);
    let of_team = TEAM.iter().filter(|t| has(t.id)).count();
    let of_onus = register.columns.iter().filter(|c| c.id != "node_id" && has(&c.id)).count();
    2 * of_team > TEAM.len() && of_onus >= MACHINE_LEAST && !has(GONE_SINCE)
}

/// Columns that the engine filled in that workbook: those that it says itself, else those that it fills now.
fn machine_columns<'a>(book: &'a Workbook, register: &'a Register) -> BTreeSet<&'a str> {
    let said: BTreeSet<&str> = book
        .sheet(COLUMNS_SHEET)
        .into_iter()
        .flat_map(|sheet| sheet.rows())
        .filter(|r| r.cell(2).is_some_and(|c| c.text == "onus"))
        .filter_map(|r| r.cell(1).map(|c| c.text))
        .collect();
    if said.contains("node_id") { said } else { register.columns.iter().map(|c| c.id.as_str()).collect() }
}

/// Columns that a team fills, with the names under which they are carried over: another one where the engine fills a column of that name now.
fn team_columns(sheet: &Sheet, head: &Header, machine: &BTreeSet<&str>, register: &Register) -> Vec<(u32, String)> {
    let named: BTreeMap<u32, &str> = head.columns.iter().map(|(at, name)| (*at, name.as_str())).collect();
    let mut found: Vec<(u32, String)> = Vec::new();
    let mut used: BTreeSet<String> = register.columns.iter().map(|c| c.id.clone()).collect();
    for column in 1..=sheet.last_column() {
        let name = named.get(&column).copied().unwrap_or("");
        if machine.contains(name) || column == head.node_id {
            continue;
        }
        // A column without a name is carried over only where something stands in it.
        let holds = || sheet.rows().any(|r| r.number > head.row && r.cell(column).is_some());
        if name.is_empty() && !holds() {
            continue;
        }
        let base = if name.is_empty() { format!("column {}", column_letters(column)) } else { name.to_owned() };
        let name = (1..).map(|n| if n == 1 { base.clone() } else { format!("{base} ({n})") }).find(|n| !used.contains(n));
        if let Some(name) = name {
            used.insert(name.clone());
            found.push((column, name));
        }
    }
    found
}

fn entry(sheet: &Sheet, row: &Row<'_>, head: &Header, columns: &[(u32, String)]) -> Entry {
    let text = |at: Option<u32>| at.and_then(|at| row.cell(at)).map_or("", |c| c.text).trim().to_owned();
    let node_id = text(Some(head.node_id));
    // A cell merged over rows of one column is meant for each node of them; what is merged over columns stands where it begins.
    let below_one = |at: u32| sheet.area(row.number, at).is_some_and(|a| a.first_column == a.last_column && a.first_row > head.row);
    let shown = |at: u32| row.cell(at).or_else(|| sheet.shown_at(row.number, at).filter(|_| !node_id.is_empty() && below_one(at)));
    let cells = columns.iter().filter_map(|(at, name)| Some((name.clone(), cell(name, &shown(*at)?)?))).collect();
    Entry { name: text(head.name), cells, gone_since: None, node_id }
}

fn cell(column: &str, cell: &CellRef<'_>) -> Option<Cell> {
    if cell.text.trim().is_empty() {
        return None;
    }
    let text = || Cell::Text(cell.text.to_owned());
    Some(match cell.kind {
        CellKind::Number => cell.text.parse().map_or_else(|_| text(), Cell::Number),
        CellKind::Date => Cell::Day(cell.text.to_owned()),
        CellKind::YesNo => match cell.text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Cell::YesNo(true),
            "false" | "no" | "0" => Cell::YesNo(false),
            _ => text(),
        },
        // Somebody's own way to write a day is a day where it cannot be read otherwise.
        CellKind::Text if column == "due" && super::columns::day_of(cell.text.trim()).is_some() => Cell::Day(cell.text.trim().to_owned()),
        _ => text(),
    })
}

/// How a team's own column looks.
pub fn shown(id: &str) -> Shown {
    if id == "due" { Shown::Day } else { Shown::Text }
}
