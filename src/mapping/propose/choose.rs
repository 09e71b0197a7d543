//! Which of our tables a foreign one is: that whose columns explain most of the foreign ones, and whose required columns are there.
//!
//! ```text
//! score(table) = sum over proposed columns of confidence x weight
//!              - 0.8 for each required column that nothing fills
//!              - 1.5 where nothing but identifiers is found
//!              + 0.3 to 1.2 where headers tell of places (nodes), + 1 x how far the name of file or sheet is the table's
//! ```

use super::assign::best;
use super::fit::{Likelihood, PERHAPS, PROPOSED, likelihood};
use super::profile::Profile;
use super::words::Dictionary;
use super::{COLUMNS_MOST, Foreign};
use crate::reference::Reference;
use crate::schema::{ColumnType, INPUT_TABLES, TableSchema, personal_word};

/// What is known of each foreign column before any table is thought of.
#[derive(Debug)]
pub struct Looked {
    /// Scores of the header's meanings; empty for a column that is not looked at.
    pub scores: Vec<Vec<f64>>,
    pub profiles: Vec<Profile>,
    /// The word or the reason for which a column is personal.
    pub personal: Vec<Option<String>>,
}

/// Share of cells from which a column of addresses of persons is one.
const CONTACTS: f64 = 0.3;

impl Looked {
    pub fn at(foreign: &Foreign<'_>, words: &Dictionary, reference: &Reference) -> Self {
        let mut looked = Self { scores: Vec::new(), profiles: Vec::new(), personal: Vec::new() };
        for (i, header) in foreign.header.iter().enumerate() {
            let mut personal = personal_word(header).map(|word| format!("header: {word}"));
            let column = foreign.raw.columns.get(i).and_then(Option::as_ref).filter(|_| i < COLUMNS_MOST && personal.is_none());
            let mut profile = column.map_or_else(Profile::default, |cells| Profile::of(cells, words, reference));
            if profile.share(profile.contacts) >= CONTACTS {
                personal = Some("cells look like e-mail addresses or telephone numbers".to_owned());
                profile = Profile::default();
            }
            let seen = i < COLUMNS_MOST && personal.is_none() && !header.trim().is_empty();
            looked.scores.push(if seen { words.scores(header) } else { Vec::new() });
            looked.profiles.push(profile);
            looked.personal.push(personal);
        }
        looked
    }

    /// The column whose header has this meaning best, from a score on.
    pub fn column_of(&self, meaning: &str, words: &Dictionary, from: f64) -> Option<usize> {
        let number = words.number(meaning)?;
        let score = |i: usize| self.scores.get(i).and_then(|s| s.get(number)).copied().unwrap_or(0.0);
        let nearest = |i: usize| self.scores.get(i).map_or(0.0, |s| s.iter().copied().fold(0.0, f64::max));
        (0..self.scores.len())
            .filter(|i| score(*i) >= from && score(*i) >= nearest(*i) - 0.05)
            .max_by(|a, b| score(*a).total_cmp(&score(*b)).then(b.cmp(a)))
    }
}

/// A table with its best assignment.
#[derive(Debug)]
pub struct Chosen {
    pub table: &'static TableSchema,
    /// By column of ours: the foreign column.
    pub taken: Vec<Option<usize>>,
    /// By column of ours, by foreign column.
    pub likely: Vec<Vec<Likelihood>>,
    /// The three best tables.
    pub tables: Vec<(&'static str, f64)>,
}

/// Headers that tell of places: they speak for `nodes` though it may have no column for them.
const PLACE: [&str; 5] = ["address", "city", "postal_code", "subdivision", "site_name"];

/// The table that fits best, or the one given.
pub fn choose(looked: &Looked, foreign: &Foreign<'_>, given: Option<&'static TableSchema>, words: &Dictionary) -> Chosen {
    let mut fits: Vec<(f64, Chosen)> = INPUT_TABLES
        .into_iter()
        .map(|table| {
            let (taken, likely) = assigned(looked, foreign, table, words);
            let score = score(looked, foreign, table, words, &taken, &likely);
            (score, Chosen { table, taken, likely, tables: Vec::new() })
        })
        .collect();
    // Stable: of equal scores the earlier table of the declaration.
    fits.sort_by(|a, b| b.0.total_cmp(&a.0));
    let tables: Vec<(&'static str, f64)> = fits.iter().take(3).map(|(s, c)| (c.table.name, *s)).collect();
    let at = given.and_then(|g| fits.iter().position(|f| f.1.table.name == g.name)).unwrap_or(0);
    let (_, mut chosen) = fits.swap_remove(at);
    chosen.tables = tables;
    chosen
}

fn assigned(
    looked: &Looked,
    foreign: &Foreign<'_>,
    table: &'static TableSchema,
    words: &Dictionary,
) -> (Vec<Option<usize>>, Vec<Vec<Likelihood>>) {
    let none = Likelihood { confidence: 0.0, header: 0.0, shape: super::fit::Shape { fit: 0.0, telling: 0.0, what: "" } };
    let likely: Vec<Vec<Likelihood>> = table
        .columns
        .iter()
        .map(|column| {
            let columns = foreign.header.iter().zip(&looked.scores).zip(&looked.profiles);
            columns.map(|((h, s), p)| if s.is_empty() { none } else { likelihood(table, column, h, s, p, words) }).collect()
        })
        .collect();
    let gain = |l: &Likelihood| if l.confidence >= PERHAPS { (l.confidence * 1e6) as i64 } else { 0 };
    let gains: Vec<Vec<i64>> = likely.iter().map(|row| row.iter().map(gain).collect()).collect();
    (best(&gains), likely)
}

fn score(
    looked: &Looked,
    foreign: &Foreign<'_>,
    table: &'static TableSchema,
    words: &Dictionary,
    taken: &[Option<usize>],
    likely: &[Vec<Likelihood>],
) -> f64 {
    let mut score = 0.0;
    for ((column, at), row) in table.columns.iter().zip(taken).zip(likely) {
        let found = at.and_then(|at| row.get(at)).map_or(0.0, |l| l.confidence);
        if found >= PROPOSED {
            let weight = match column.kind {
                _ if column.required => 1.3,
                ColumnType::Text | ColumnType::Id if column.name == "source" || column.name == "origin" => 0.5,
                _ => 1.0,
            };
            score += found * weight;
        } else if column.required {
            score -= match (table.name, column.name) {
                // A kind can be said for the whole file, and a name can stand for an id.
                ("nodes", "kind") => 0.0,
                ("nodes", "node_id") => 0.2,
                _ => 0.8,
            };
        }
    }
    let tells = |(column, at): (&crate::schema::ColumnSchema, &Option<usize>)| {
        at.is_some() && !matches!(column.kind, ColumnType::Id | ColumnType::NodeId)
    };
    if table.name != "nodes" && table.name != "links" && !table.columns.iter().zip(taken).any(tells) {
        // Identifiers alone say that something is a list of parties, not what is told of them.
        score -= 1.5;
    }
    if table.name == "nodes" {
        let places = PLACE.iter().filter(|m| looked.column_of(m, words, 0.8).is_some()).count();
        score += (0.3 * places as f64).min(1.2);
    }
    if matches!(table.name, "shipments") {
        let either = ["shipper_id", "shipper_name", "consignee_id", "consignee_name"];
        let held = table.columns.iter().zip(taken).filter(|(c, t)| either.contains(&c.name) && t.is_some()).count();
        score -= if held < 2 { 0.8 } else { 0.0 };
    }
    let file = foreign.file.rsplit('/').next().unwrap_or(foreign.file);
    let stem = file.split('.').next().unwrap_or(file);
    let named = words.of_file(table.name, stem).max(foreign.sheet.map_or(0.0, |s| words.of_file(table.name, s)));
    score + if named >= 0.6 { named } else { 0.0 }
}
