//! The register of a result with what its own codebook says of each column.

use crate::base::{Date, Error, Period, Result};
use crate::export::csv_file::inert;
use crate::schema::outputs;
use std::borrow::Cow;
use std::path::Path;

/// How the cells of a column stand in a sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    Text,
    Number,
    Whole,
    /// A share or probability, in percent.
    Percent,
    YesNo,
    /// A day; of a quarter its last.
    Day,
}

/// A column of the register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    pub id: String,
    pub shown: Shown,
    pub unit: String,
    pub meaning: String,
    /// Words that may stand there; empty: any.
    pub values: String,
}

/// A column that a team fills in.
pub struct TeamColumn {
    pub id: &'static str,
    pub meaning: &'static str,
}

/// What a team fills in, in the order of the sheet.
pub const TEAM: [TeamColumn; 4] = [
    TeamColumn { id: "owner", meaning: "Who sees to it: a role or team, no person's name. At most 100 characters." },
    TeamColumn { id: "due", meaning: "Day by which the next step is taken." },
    TeamColumn { id: "status", meaning: "Where it stands; one of the list." },
    TeamColumn {
        id: "comment",
        meaning: "What was done or is in the way; no names of workers, children or witnesses. At most 2,000 characters.",
    },
];

/// Words of `status`.
pub const STATUSES: [&str; 6] = ["open", "looking into it", "in dialogue", "remedy under way", "waiting for others", "closed"];

/// The register as rows of texts.
pub struct Register {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    pub node_id: usize,
}

impl Register {
    /// Reads `register.csv` and `codebook.csv` of a result.
    ///
    /// # Errors
    /// A file that is missing or damaged.
    pub fn read(result: &Path) -> Result<Self> {
        let path = result.join(outputs::REGISTER.file);
        let damaged = |what: String| Error::output(path.display().to_string(), what, "a whole result; assess again");
        let (header, rows) = csv_file(&path)?;
        let said = codebook(result)?;
        let mut columns: Vec<Column> = header
            .iter()
            .map(|id| {
                let text =
                    || Column { id: id.clone(), shown: Shown::Text, unit: String::new(), meaning: String::new(), values: String::new() };
                said.iter().find(|c| c.id == *id).cloned().unwrap_or_else(text)
            })
            .collect();
        for (at, column) in columns.iter_mut().enumerate().filter(|(_, c)| is_dated(c)) {
            let mut filled = rows.iter().filter_map(|r| r.get(at)).filter(|c| !c.is_empty()).peekable();
            if filled.peek().is_some() && filled.all(|c| day_of(c).is_some()) {
                column.shown = Shown::Day;
            }
        }
        let at = |id: &str| header.iter().position(|c| c == id).ok_or_else(|| damaged(format!("no column {id}")));
        Ok(Register { node_id: at("node_id")?, columns, rows })
    }

    /// The node of a row.
    pub fn id<'a>(&self, row: &'a [String]) -> &'a str {
        row.get(self.node_id).map_or("", String::as_str)
    }
}

/// Free text that is no identifier can be days or quarters.
fn is_dated(column: &Column) -> bool {
    column.shown == Shown::Text && column.values.is_empty() && !column.id.ends_with("_id") && column.id != "name"
}

/// A day, or the last day of a quarter written `2026Q2`.
pub fn day_of(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let is_day = text.len() == 10 && bytes.iter().filter(|b| **b == b'-').count() == 2;
    let is_quarter = text.len() == 6 && bytes.get(4) == Some(&b'Q');
    match (is_day, is_quarter) {
        (true, _) => Date::parse(text),
        (_, true) => Period::parse(text).map(|p| p.to),
        _ => None,
    }
}

fn codebook(result: &Path) -> Result<Vec<Column>> {
    let path = result.join(outputs::CODEBOOK.file);
    let (header, rows) = csv_file(&path)?;
    let at = |name: &str| header.iter().position(|c| c == name);
    let of_register = |row: &&Vec<String>| at("table").and_then(|i| row.get(i)).is_some_and(|t| t == outputs::REGISTER.name);
    Ok(rows
        .iter()
        .filter(of_register)
        .map(|row| {
            let cell = |name: &str| at(name).and_then(|i| row.get(i)).cloned().unwrap_or_default();
            let unit = cell("unit");
            let shown = match (cell("type").as_str(), unit.as_str()) {
                ("float64", "share" | "probability") => Shown::Percent,
                ("float64", _) => Shown::Number,
                ("int64", _) => Shown::Whole,
                ("boolean", _) => Shown::YesNo,
                _ => Shown::Text,
            };
            Column { id: cell("column"), shown, unit, meaning: cell("meaning"), values: cell("values") }
        })
        .collect())
}

/// Header and rows of a CSV of a result, its cells as they were before they were made inert.
fn csv_file(path: &Path) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let trouble = |e: csv::Error| Error::output(path.display().to_string(), e.to_string(), "a whole result; assess again");
    let mut reader = csv::Reader::from_path(path).map_err(trouble)?;
    let header = reader.headers().map_err(trouble)?.iter().map(str::to_owned).collect();
    let plain = |cell: &str| match cell.strip_prefix('\'') {
        Some(rest) if matches!(inert(rest), Cow::Owned(_)) => rest.to_owned(),
        _ => cell.to_owned(),
    };
    let rows = reader.records().map(|r| r.map(|r| r.iter().map(plain).collect())).collect::<Result<_, _>>().map_err(trouble)?;
    Ok((header, rows))
}
