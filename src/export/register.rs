//! `register.csv`: what an analyst opens first.
//!
//! One row per place where people work, in the one order of what to do first (model 3): that of `priority` in sites and actions. What stands
//! on reports or a finding is told from what only country, product and stage speak of. Beside each place stands the company whose touched
//! figure it makes up most.

use super::csv_file::four_digits;
use super::duty_rows::band_word;
use super::rows::{PeopleBasis, SiteRow, norm_list};
use super::sink::{Row, Sink};
use super::walk_rows::{ContributionRow, MappedRule, View};
use crate::base::{CountryCode, Date, Kind, NormSet, Traced};
use crate::duty::Standing;
use crate::schema::outputs::{self, OutputTable, ROOT_NORMS};
use std::cmp::Ordering;
use std::collections::HashMap;

/// Most rows of the register: a spreadsheet opens them; `sites.parquet` holds the rest.
pub const MOST_ROWS: usize = 100_000;

#[derive(Clone, Debug)]
struct Entry {
    node_id: String,
    name: String,
    kind: Kind,
    country: Option<CountryCode>,
    product: Option<String>,
    on_evidence: bool,
    norms: NormSet,
    any: f64,
    people: f64,
    basis: PeopleBasis,
    gap: f64,
    coverage: f64,
    reports: i64,
    origins: i64,
    newest: Option<Date>,
    drivers: String,
    any_range: Option<(f64, f64)>,
    rank_range: Option<(i64, i64)>,
    alert: bool,
    finding: Option<(&'static str, bool)>,
    priority: i64,
    standing: Option<Standing>,
    overrides: Option<String>,
}

impl Entry {
    fn weighted(&self) -> f64 {
        self.people * self.any
    }

    fn look_first(&self, other: &Self) -> Ordering {
        (self.priority, &self.node_id).cmp(&(other.priority, &other.node_id))
    }
}

/// What the register tells of a place from other tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// First row of the response matrix: id, the first 72 hours, who leads.
    pub response: Option<(String, String, String)>,
    pub contested: Option<String>,
}

/// Gathers places while they are written.
#[derive(Debug, Default)]
pub struct Register {
    entries: Vec<Entry>,
    /// The largest share of a focal node's touched that ends at a node.
    shares: HashMap<String, (f64, String)>,
    beside: HashMap<String, Beside>,
    places: u64,
}

impl Register {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a site; one without a posterior has no row.
    pub fn add(&mut self, site: &SiteRow<'_>) {
        let Some(p) = site.posterior.as_ref() else { return };
        self.places += 1;
        let likeliest = || {
            let roots = ROOT_NORMS.iter().map(|(_, n)| *n);
            roots.reduce(|a, b| if p.coupled[b.at()] > p.coupled[a.at()] { b } else { a }).map_or(NormSet::EMPTY, |n| NormSet::of(&[n]))
        };
        let (people, basis) = site.people.unwrap_or((0.0, PeopleBasis::Assumed));
        self.entries.push(Entry {
            node_id: site.node_id.to_string(),
            name: site.name.to_string(),
            kind: site.kind,
            country: site.country,
            product: site.product.as_ref().map(ToString::to_string),
            on_evidence: p.site_signal || !p.found_norms.is_empty(),
            norms: match NormSet(if p.site_signal { p.signal_norms.0 } else { 0 } | p.found_norms.0) {
                told if p.site_signal || !told.is_empty() => told,
                _ => likeliest(),
            },
            any: p.any,
            people,
            basis,
            gap: p.protection_gap,
            coverage: ROOT_NORMS.iter().map(|(_, n)| p.coverage[n.at()]).fold(1.0, f64::min),
            reports: site.reports,
            origins: site.independent_origins,
            newest: site.newest_evidence,
            drivers: site.drivers.to_string(),
            any_range: p.ranges.map(|r| r.any),
            rank_range: p.rank,
            alert: p.alert,
            finding: site.finding,
            priority: site.duty.map_or(i64::MAX, |d| d.priority),
            standing: site.duty.map(|d| d.standing),
            overrides: site.overrides.as_ref().map(ToString::to_string),
        });
        // Keeps memory bounded: what stands below the last row now can never rise above it.
        if self.entries.len() >= 2 * MOST_ROWS {
            self.cut();
        }
    }

    /// Takes a contribution: any norm, cautious rule, own perspective count here.
    pub fn add_contribution(&mut self, row: &ContributionRow<'_>) {
        let Some(node) = &row.node else { return };
        if (row.walk.norm, row.walk.view, row.walk.mapped_rule) != (Traced::Any, View::Own, MappedRule::Cautious) {
            return;
        }
        let candidate = (row.share_of_touched, row.focal_id.to_string());
        let larger = |old: &(f64, String)| candidate.0.total_cmp(&old.0).then_with(|| old.1.cmp(&candidate.1)) == Ordering::Greater;
        if self.shares.get(&*node.node_id).is_none_or(larger) {
            self.shares.insert(node.node_id.to_string(), candidate);
        }
    }

    /// Takes what other tables tell of a place.
    pub fn add_beside(&mut self, node_id: &str, beside: Beside) {
        self.beside.insert(node_id.to_owned(), beside);
    }

    /// Places with a posterior so far, whether or not the register has room for them.
    pub fn places(&self) -> u64 {
        self.places
    }

    fn cut(&mut self) {
        self.entries.sort_by(Entry::look_first);
        self.entries.truncate(MOST_ROWS);
    }

    pub(super) fn into_rows(mut self) -> impl Iterator<Item = RegisterRow> {
        self.cut();
        let (mut shares, mut beside) = (self.shares, self.beside);
        self.entries.into_iter().enumerate().map(move |(i, entry)| {
            let focal = shares.remove(&entry.node_id);
            let beside = beside.remove(&entry.node_id).unwrap_or_default();
            RegisterRow { rank: i as i64 + 1, entry, focal, beside }
        })
    }
}

/// One row of `register.csv`.
pub(super) struct RegisterRow {
    rank: i64,
    entry: Entry,
    focal: Option<(f64, String)>,
    beside: Beside,
}

impl Row for RegisterRow {
    fn table() -> &'static OutputTable {
        &outputs::REGISTER
    }

    fn lead(&self) -> &str {
        &self.entry.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank)
    }

    fn fill(&self, sink: &mut impl Sink) {
        let e = &self.entry;
        sink.put("rank", self.rank);
        sink.put("node_id", &e.node_id);
        sink.put("name", &e.name);
        sink.put("kind", e.kind.as_str());
        sink.put("country", e.country.as_ref().map(CountryCode::as_str));
        sink.put("product", e.product.as_ref());
        sink.put("basis", if e.on_evidence { "on evidence" } else { "by context" });
        sink.put("norms", &norm_list(e.norms));
        sink.put("finding", e.finding.map_or("no_case", |(level, _)| level));
        sink.put("cluster_concern", e.finding.is_some_and(|(_, concern)| concern));
        sink.put("any", four_digits(e.any));
        sink.put("any_low", e.any_range.map(|(low, _)| four_digits(low)));
        sink.put("any_high", e.any_range.map(|(_, high)| four_digits(high)));
        sink.put("rank_low", e.rank_range.map(|(low, _)| low));
        sink.put("rank_high", e.rank_range.map(|(_, high)| high));
        sink.put("alert", e.alert);
        sink.put("people", four_digits(e.people));
        sink.put("people_standing", e.basis.as_str());
        sink.put("people_weighted", four_digits(e.weighted()));
        sink.put("protection_gap", four_digits(e.gap));
        sink.put("coverage", four_digits(e.coverage));
        sink.put("reports", e.reports);
        sink.put("independent_origins", e.origins);
        sink.put("newest_evidence", e.newest.map(Date::quarter).as_ref());
        sink.put("focal_id", self.focal.as_ref().map(|(_, id)| id));
        sink.put("share_of_touched", self.focal.as_ref().map(|(share, _)| four_digits(*share)));
        sink.put("drivers", &e.drivers);
        let s = e.standing.as_ref();
        sink.put("severity_band", s.and_then(|s| s.keys.band).map(band_word));
        sink.put("severity", s.filter(|s| s.keys.band.is_some()).map(|s| four_digits(s.severity)));
        sink.put("people_affected", s.map(|s| four_digits(s.keys.people)));
        sink.put("acts_first", s.is_some_and(|s| s.keys.acts_first));
        sink.put("children", s.is_some_and(|s| s.keys.children));
        let response = self.beside.response.as_ref();
        sink.put("response", response.map(|(id, _, _)| id));
        sink.put("do_first", response.map(|(_, first, _)| first));
        sink.put("lead", response.map(|(_, _, lead)| lead));
        sink.put("contested", self.beside.contested.as_ref());
        sink.put("overrides", e.overrides.as_ref());
        sink.put("calibrated", "no");
    }
}
