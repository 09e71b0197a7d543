//! Seeded worlds: a dataset folder of any size in which everything is invented, for measuring speed and for tests.
//!
//! A world has the shape of real supply networks (heavy-tailed numbers of partners, tiers from brands down to farms, mines and vessels,
//! one giant component with cycles, closed rings of traders, links without value, places that brands list without a chain) and rows of
//! evidence over its places. The same settings give the same bytes on every machine and for any number of threads.
//!
//! What a world does not hold: what is true at its places. The evidence here is drawn at random, so a result on it measures nothing
//! but the machine.

mod accounts;
mod commerce;
mod draw;
mod firms;
mod tables;

use crate::base::{Date, Error, Result};
use std::path::Path;

/// How large a world is and what it is made of. Shares are of all links unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldSettings {
    pub seed: u64,
    /// N, nodes in all.
    pub nodes: usize,
    /// M, links in all, of every relation.
    pub links: usize,
    /// Rows of audits, findings, channels, grievances and statements together.
    pub evidence_rows: usize,
    /// Focal companies.
    pub brands: usize,
    /// Rings of three traders that no origin feeds.
    pub closed_rings: usize,
    /// Of the purchases of traders, factories and processors: from such firms whatever their tier.
    pub sideways_share: f64,
    /// Of the firms below retail: those without any supplier on record.
    pub dark_share: f64,
    /// Of the supply links: those with a value.
    pub valued_share: f64,
    /// Of the supply links below retail: those that one brand disclosed for itself.
    pub scoped_share: f64,
    pub listed_share: f64,
    pub owned_share: f64,
    /// Links from a supplier that `nodes` does not hold.
    pub unknown_share: f64,
    /// The newest day in the data.
    pub as_of: Date,
}

impl Default for WorldSettings {
    /// The standard scale run: 100,000 nodes, 1,000,000 links, 200,000 rows of evidence, as of 2026-06-30.
    fn default() -> Self {
        Self {
            seed: 1,
            nodes: 100_000,
            links: 1_000_000,
            evidence_rows: 200_000,
            brands: 3,
            closed_rings: 20,
            sideways_share: 0.15,
            dark_share: 0.08,
            valued_share: 0.8,
            scoped_share: 0.02,
            listed_share: 0.005,
            owned_share: 0.002,
            unknown_share: 0.002,
            as_of: Date(20_634),
        }
    }
}

/// The words of the method pack that a world uses.
#[derive(Clone, Copy, Debug)]
pub struct PackWords<'a> {
    /// Ids of signs.
    pub signs: &'a [String],
    /// Ids of the source classes that a statement may have.
    pub source_classes: &'a [String],
    /// Ids of audit schemes; where there are none, every visit lists the norms that it covered.
    pub schemes: &'a [String],
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldSummary {
    /// Rows of each table, in the order of writing.
    pub rows: Vec<(&'static str, u64)>,
    /// Ids of the focal companies.
    pub focal: Vec<String>,
    /// Links whose supplier `nodes` does not hold.
    pub unknown_suppliers: u64,
}

/// Streams of draws, one for each part of a world.
#[derive(Clone, Copy)]
enum Stream {
    Firms,
    Links,
    Figures,
    Accounts,
}

impl Stream {
    fn draws(self, seed: u64) -> draw::Draws {
        draw::Draws::new(seed, self as u32)
    }
}

/// Writes a world as a dataset into `dir`, which is made where it is not there; files of the same names are replaced.
///
/// # Errors
/// Settings that no world can have (too few nodes for every tier, too few or too many links, no sign or source class for evidence), and
/// files that cannot be written.
pub fn write_world(settings: &WorldSettings, words: &PackWords<'_>, dir: &Path) -> Result<WorldSummary> {
    check(settings, words)?;
    std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    let firms = firms::firms(settings, &mut Stream::Firms.draws(settings.seed));
    let links = commerce::links(settings, &firms, &mut Stream::Links.draws(settings.seed))?;
    let mut rows =
        vec![("nodes", tables::write_nodes(dir, &firms, &links, settings)?), ("links", tables::write_links(dir, &firms, &links)?)];
    let choices = accounts::Choices { signs: words.signs.len(), sources: words.source_classes.len(), schemes: words.schemes.len() };
    let all = accounts::accounts(settings, &firms, &choices, &mut Stream::Accounts.draws(settings.seed));
    rows.extend(tables::write_accounts(dir, &firms, &all, words, settings)?);
    tables::write_settings(dir, settings)?;
    let unknown_suppliers = links.iter().filter(|l| l.supplier as usize >= firms.len()).count() as u64;
    Ok(WorldSummary { rows, focal: tables::focal_ids(&firms), unknown_suppliers })
}

/// Fewest nodes with which every tier of every trade line is held by somebody.
const FEWEST_NODES: usize = 500;

fn check(settings: &WorldSettings, words: &PackWords<'_>) -> Result<()> {
    let refuse = |what: &str, found: String, expected: &str| Err(Error::settings(format!("world: {what}"), found, expected));
    if settings.nodes < FEWEST_NODES {
        return refuse("nodes", settings.nodes.to_string(), "a world needs at least 500 nodes to hold every tier");
    }
    if settings.nodes > 100_000_000 {
        return refuse("nodes", settings.nodes.to_string(), "a world has at most 100 million nodes");
    }
    if settings.links < settings.nodes * 2 || settings.links > 2_000_000_000 {
        return refuse("links", settings.links.to_string(), "give at least two links a node, and at most 2 billion");
    }
    if settings.brands == 0 || settings.brands > settings.nodes / 100 {
        return refuse("brands", settings.brands.to_string(), "give at least one brand, and at most one in a hundred nodes");
    }
    if settings.closed_rings > settings.nodes / 500 {
        return refuse("closed_rings", settings.closed_rings.to_string(), "give at most one ring to 500 nodes, or traders run out");
    }
    if settings.evidence_rows > 0 && (words.signs.len() < 2 || words.source_classes.is_empty()) {
        let found = format!("{} signs, {} source classes", words.signs.len(), words.source_classes.len());
        return refuse("evidence", found, "name at least two signs and one source class of the method pack, or ask for no evidence");
    }
    for (what, share) in [
        ("sideways_share", settings.sideways_share),
        ("dark_share", settings.dark_share),
        ("valued_share", settings.valued_share),
        ("scoped_share", settings.scoped_share),
        ("listed_share", settings.listed_share),
        ("owned_share", settings.owned_share),
        ("unknown_share", settings.unknown_share),
    ] {
        if !(0.0..=1.0).contains(&share) {
            return refuse(what, share.to_string(), "a share lies between 0 and 1");
        }
    }
    Ok(())
}
