//! The tables in effect: embedded text, rows of an overlay folder laid over them by key, and their common hash.
//!
//! A row keeps the place that it came from, so that every later complaint names file and line. An embedded row that cannot be read is
//! a fault of the engine, an overlay row is a fault of the settings.

use crate::base::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Largest overlay file that is read, in bytes.
const LARGEST_OVERLAY: u64 = 64 << 20;

/// What a table is: file name, columns, the columns that name a row, the embedded text.
struct Declared {
    name: &'static str,
    columns: &'static [&'static str],
    key: &'static [&'static str],
    text: &'static str,
}

macro_rules! table {
    ($name:literal, [$($key:literal),+], [$($column:literal),*]) => {
        Declared { name: $name, columns: &[$($key,)+ $($column),*], key: &[$($key),+], text: include_str!(concat!("tables/", $name)) }
    };
}

/// Every table, in the order in which they are hashed.
static DECLARED: &[Declared] = &[
    table!("sources.csv", ["source"], ["title", "locator", "year", "licence", "standing", "tables"]),
    table!("countries.csv", ["country"], ["alpha2", "name", "region", "subregion", "child_labour_region", "ilo_region", "ilo_subregion"]),
    table!("country_names.csv", ["name"], ["country"]),
    table!("isic.csv", ["sector"], ["level", "parent", "section", "name"]),
    table!("sector_stages.csv", ["sector"], ["stage"]),
    table!("hs.csv", ["product"], ["name"]),
    table!("hs_sections.csv", ["section"], ["name", "first_chapter", "last_chapter"]),
    table!("origins.csv", ["hs"], ["kind", "sector", "stage", "note", "source", "standing"]),
    table!("product_inputs.csv", ["product", "input"], ["share", "domestic", "note", "source", "standing"]),
    table!("text_codes.csv", ["text"], ["products", "sector", "stage"]),
    table!(
        "base_rates.csv",
        ["norm", "area", "product", "sector", "stage", "denominator"],
        ["q", "level", "source", "year", "standing", "sd"]
    ),
    table!("conditional_shares.csv", ["norm", "sector_group", "denominator"], ["parent", "share", "source", "year", "standing", "note"]),
    table!("child_labour_sectors.csv", ["area"], ["agriculture", "industry", "services", "source", "year", "standing"]),
    table!("employment.csv", ["area"], ["agriculture", "industry_of_rest", "under15", "source", "year", "standing"]),
    table!("forced_labour_sectors.csv", ["group"], ["sections", "millions", "employment_share", "source", "year", "standing"]),
    table!("parameters.csv", ["parameter"], ["value", "unit", "source", "year", "standing", "note"]),
    table!("state_imposed.csv", ["area", "product", "sector", "stage"], ["q", "source", "year", "standing", "note"]),
    table!("tvpra_goods.csv", ["good", "country"], ["child_labour", "forced_labour", "forced_child_labour", "derived"]),
    table!("tvpra_stages.csv", ["good"], ["products", "sectors", "stage", "sector_alone"]),
    table!("ratifications.csv", ["country", "instrument"], ["ratified", "source", "year"]),
    table!(
        "enforcement.csv",
        ["country"],
        [
            "year",
            "inspectors",
            "inspections",
            "child_labour_violations",
            "investigations",
            "prosecutions",
            "convictions",
            "unannounced_inspections",
            "complaint_mechanism",
            "inspectors_meet_standard"
        ]
    ),
    table!("minimum_ages.csv", ["country"], ["general_age", "light_age", "compulsory_to", "hazardous_age", "source", "year", "standing"]),
    table!("context_factors.csv", ["factor"], ["unit", "risk_direction", "layer", "source", "year_from", "year_to", "note"]),
    table!("country_context.csv", ["country", "factor"], ["value", "year"]),
    table!("harvest_seasons.csv", ["product", "country"], ["months", "source", "year", "standing", "note"]),
];

/// One row with its place.
#[derive(Clone, Debug)]
pub(super) struct Row {
    columns: &'static [&'static str],
    cells: Vec<String>,
    file: &'static str,
    line: u64,
    overlay: bool,
}

impl Row {
    /// The cell of a column, blanks trimmed; empty where the table has no such column.
    pub(super) fn text(&self, column: &str) -> &str {
        self.columns.iter().position(|c| *c == column).and_then(|i| self.cells.get(i)).map_or("", |c| c.trim())
    }

    /// The complaint about a cell of this row.
    pub(super) fn refuse(&self, column: &str, expected: &str) -> Error {
        let place = format!("{}:{}: {column}", self.file, self.line);
        let found = format!("\"{}\"", self.text(column));
        if self.overlay { Error::settings(place, found, expected) } else { Error::internal(format!("{place}: {found}; {expected}")) }
    }

    /// A cell as read by `read`, which must succeed.
    pub(super) fn parsed<T>(&self, column: &str, expected: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        read(self.text(column)).ok_or_else(|| self.refuse(column, expected))
    }

    /// A cell as read by `read`, or nothing where it is empty.
    pub(super) fn optional<T>(&self, column: &str, expected: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>> {
        if self.text(column).is_empty() { Ok(None) } else { self.parsed(column, expected, read).map(Some) }
    }

    /// A decimal number from `low` to `high`.
    pub(super) fn number(&self, column: &str, low: f64, high: f64) -> Result<f64> {
        self.parsed(column, &format!("a number from {low} to {high}"), |t| t.parse().ok().filter(|v: &f64| (low..=high).contains(v)))
    }

    /// A calendar year.
    pub(super) fn year(&self, column: &str) -> Result<i32> {
        self.parsed(column, "a year from 1900 to 2199", |t| t.parse().ok().filter(|y| (1900..2200).contains(y)))
    }

    /// `yes` or `no`.
    pub(super) fn claim(&self, column: &str) -> Result<bool> {
        self.parsed(column, "yes or no", yes_or_no)
    }

    /// Several codes between `;`, each read by `read`.
    pub(super) fn list<T>(&self, column: &str, expected: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>> {
        self.text(column)
            .split(';')
            .map(str::trim)
            .filter(|t| !t.is_empty())
            .map(|t| read(t).ok_or_else(|| self.refuse(column, expected)))
            .collect()
    }
}

pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// The rows of every table by name, each table sorted by its key.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    rows: BTreeMap<&'static str, BTreeMap<Vec<String>, Row>>,
    /// Overlay files in effect, by name, with the BLAKE3 of their bytes.
    pub(super) overlays: Vec<(String, String)>,
}

impl Tables {
    pub(super) fn embedded() -> Result<Self> {
        let mut tables = Tables { rows: BTreeMap::new(), overlays: Vec::new() };
        for declared in DECLARED {
            let header: Vec<&str> = declared.text.lines().next().unwrap_or("").split(',').collect();
            let all_there = declared.columns.iter().all(|c| header.contains(c));
            if !all_there {
                return Err(Error::internal(format!("{}: columns {header:?}, expected {:?}", declared.name, declared.columns)));
            }
            tables.lay(declared, declared.text.as_bytes(), false)?;
        }
        Ok(tables)
    }

    /// Lays every CSV file of a folder over the table of the same name.
    ///
    /// # Errors
    /// A folder or file that cannot be read, a file that is no table, a column that its table does not have, a missing key, a key
    /// that stands twice.
    pub(super) fn overlay(&mut self, dir: &Path) -> Result<()> {
        let mut found = BTreeMap::new();
        for entry in std::fs::read_dir(dir).map_err(|e| Error::io(dir, e))? {
            let entry = entry.map_err(|e| Error::io(dir, e))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') {
                found.insert(name, entry.path());
            }
        }
        for (name, path) in found {
            let declared = DECLARED.iter().find(|d| d.name == name).ok_or_else(|| {
                let known: Vec<&str> = DECLARED.iter().map(|d| d.name).collect();
                Error::settings(&name, "no reference table has this name", format!("expected one of {}", known.join(", ")))
            })?;
            let size = std::fs::metadata(&path).map_err(|e| Error::io(&path, e))?.len();
            if size > LARGEST_OVERLAY {
                return Err(Error::settings(&name, format!("{size} bytes"), format!("a reference table has at most {LARGEST_OVERLAY}")));
            }
            let bytes = std::fs::read(&path).map_err(|e| Error::io(&path, e))?;
            self.lay(declared, &bytes, true)?;
            self.overlays.push((name, blake3::hash(&bytes).to_hex().to_string()));
        }
        Ok(())
    }

    fn lay(&mut self, declared: &'static Declared, bytes: &[u8], overlay: bool) -> Result<()> {
        let complain = |place: String, found: String, expected: &str| {
            if overlay { Error::settings(place, found, expected) } else { Error::internal(format!("{place}: {found}; {expected}")) }
        };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let unreadable =
            |e: csv::Error| complain(declared.name.to_owned(), e.to_string(), "a comma-separated table in UTF-8 with a header");
        let header = reader.headers().map_err(unreadable)?.clone();
        let mut seat = Vec::with_capacity(header.len());
        for column in &header {
            let at = declared.columns.iter().position(|c| *c == column);
            let at = at.ok_or_else(|| {
                complain(
                    format!("{}: {column}", declared.name),
                    "unknown column".into(),
                    &format!("columns are {}", declared.columns.join(", ")),
                )
            })?;
            if seat.contains(&at) {
                return Err(complain(format!("{}: {column}", declared.name), "the column stands twice".into(), "keep one"));
            }
            seat.push(at);
        }
        if let Some(missing) = declared.key.iter().find(|k| !header.iter().any(|h| h == **k)) {
            return Err(complain(format!("{}: {missing}", declared.name), "the column is missing".into(), "it names the row"));
        }
        let rows = self.rows.entry(declared.name).or_default();
        let mut seen = BTreeSet::new();
        for record in reader.records() {
            let record = record.map_err(unreadable)?;
            let line = record.position().map_or(0, |p| p.line());
            let cell = |name: &str| header.iter().position(|h| h == name).and_then(|i| record.get(i)).unwrap_or("");
            let key: Vec<String> = declared.key.iter().map(|k| cell(k).to_owned()).collect();
            if !seen.insert(key.clone()) {
                return Err(complain(format!("{}:{line}", declared.name), format!("{key:?} stands twice"), "keep one of the rows"));
            }
            // An overlay may leave columns out: what it does not say stays as it was.
            let mut cells = rows.get(&key).map_or_else(|| vec![String::new(); declared.columns.len()], |r| r.cells.clone());
            for (value, at) in record.iter().zip(&seat) {
                if let Some(slot) = cells.get_mut(*at) {
                    value.clone_into(slot);
                }
            }
            rows.insert(key, Row { columns: declared.columns, cells, file: declared.name, line, overlay });
        }
        Ok(())
    }

    /// The rows of a table, by key.
    pub(super) fn of<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Row> + use<'a> {
        self.rows.get(name).into_iter().flat_map(|rows| rows.values())
    }

    /// BLAKE3 over every cell of every table in effect, as hex; the order of rows in a file does not count.
    pub(super) fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for declared in DECLARED {
            hasher.update(declared.name.as_bytes());
            for row in self.of(declared.name) {
                for cell in &row.cells {
                    hasher.update(&(cell.len() as u64).to_le_bytes());
                    hasher.update(cell.as_bytes());
                }
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// That every row names a source of the register, and every table without such a column stands in the register itself.
    ///
    /// # Errors
    /// A row whose source is not registered.
    pub(super) fn check_sources(&self) -> Result<()> {
        let known: BTreeSet<&str> = self.of("sources.csv").map(|r| r.text("source")).collect();
        let whole: BTreeSet<&str> = self.of("sources.csv").flat_map(|r| r.text("tables").split_whitespace()).collect();
        for declared in DECLARED.iter().filter(|d| d.name != "sources.csv") {
            if !declared.columns.contains(&"source") {
                if !whole.contains(declared.name) {
                    return Err(Error::internal(format!("{}: no source in sources.csv", declared.name)));
                }
                continue;
            }
            if let Some(row) = self.of(declared.name).find(|r| !known.contains(r.text("source"))) {
                return Err(row.refuse("source", "an id of sources.csv; a source of your own stands in a sources.csv beside the table"));
            }
        }
        Ok(())
    }
}
