//! Which nodes the report tells in full, which in short, and which stand in the tables of the result alone: by importance, within a size that a mail
//! and a browser take.
//!
//! In full: the companies under assessment, the nodes that the first screen, the choke points and the contributions name, and then the register from
//! its top. In short: the rest of the register's first rows, from compact data by the own script; without script they have their row.

use super::facts::{Facts, Site, is_main_walk};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of the register in the report; `register.csv` and `sites.parquet` hold the rest.
pub const ROWS_MOST: usize = 5_000;
/// Bytes that all rows, with what the script tells of them in short, may take.
const ROWS_BYTES_MOST: usize = 3_300_000;
/// Pages in full.
pub const PAGES_MOST: usize = 260;
/// Nodes of each company's contributions that are important.
const CONTRIBUTORS_MOST: usize = 25;

/// The nodes of the report.
pub struct Selection<'a> {
    /// Places of the register's rows, in its order.
    pub rows: Vec<Site<'a>>,
    /// All places.
    pub places: usize,
    /// Pages in full: important ones first, then by the register.
    pub pages: Vec<Site<'a>>,
    full: BTreeSet<&'a str>,
    short: BTreeSet<&'a str>,
}

impl<'a> Selection<'a> {
    /// Chooses by importance and size.
    pub fn of(facts: &'a Facts, sites: &BTreeMap<&'a str, Site<'a>>, pages_most: usize) -> Self {
        let places = facts.places();
        let count = places.len();
        let mut bytes = 0;
        let fits = |site: &Site<'a>| {
            bytes += row_bytes(site);
            bytes <= ROWS_BYTES_MOST
        };
        let rows: Vec<Site<'_>> = places.into_iter().take(ROWS_MOST).take_while(fits).collect();
        let mut pages: Vec<Site<'_>> = Vec::new();
        let mut full = BTreeSet::new();
        let important = important(facts);
        let named = important.iter().filter_map(|id| sites.get(id.as_str()).copied());
        for site in named.chain(rows.iter().copied()) {
            if pages.len() < pages_most && full.insert(site.id()) {
                pages.push(site);
            }
        }
        let short = rows.iter().map(Site::id).filter(|id| !full.contains(id)).collect();
        Self { rows, places: count, pages, full, short }
    }

    /// Whether the report has a page or a row of it.
    pub fn is_shown(&self, id: &str) -> bool {
        self.full.contains(id) || self.short.contains(id)
    }

    pub fn is_full(&self, id: &str) -> bool {
        self.full.contains(id)
    }

    pub fn is_short(&self, id: &str) -> bool {
        self.short.contains(id)
    }
}

/// What a row and its short page take at most: markup and numbers, the name, the id in the row, in its address and in the data.
fn row_bytes(site: &Site<'_>) -> usize {
    560 + site.name().len().min(320) + 3 * site.id().len()
}

/// Ids that the sections of the report name, the most telling first, each once.
fn important(facts: &Facts) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for focal in &facts.summary.focal {
        ids.push(focal.node_id.clone());
    }
    if let Some(actions) = &facts.actions {
        let mut first: Vec<(i64, &str)> =
            actions.iter().filter_map(|r| Some((r.int("priority")?, r.text("node_id")?))).filter(|(p, _)| *p <= 20).collect();
        first.sort_unstable();
        ids.extend(first.into_iter().map(|(_, id)| id.to_owned()));
    }
    for focal in &facts.summary.focal {
        ids.extend(focal.look_ups.iter().take(5).map(|l| l.node_id.clone()));
        ids.extend(focal.choke_points.iter().map(|c| c.node_id.clone()));
    }
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for row in facts.contributions.iter().filter(|r| is_main_walk(r, "any")) {
        let (Some(focal), Some(node)) = (row.text("focal_id"), row.text("node_id")) else { continue };
        let n = taken.entry(focal).or_default();
        if *n < CONTRIBUTORS_MOST {
            *n += 1;
            ids.push(node.to_owned());
        }
    }
    ids
}
