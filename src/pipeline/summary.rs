//! What a run says first: counts, what was assumed, the focal figures, where it goes dark, what to ask for.

use super::focal::FocalRule;
use crate::graph::ConsignedCounts;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first screen as data; `--json` prints it.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Summary {
    pub dataset: String,
    pub as_of: String,
    pub as_of_rule: String,
    pub nodes: u64,
    pub places: u64,
    pub links_in_use: u64,
    pub tables: Vec<TableLine>,
    pub problems: Vec<ProblemLine>,
    /// What measured tables show and the method has no word for, each once.
    pub untold: Vec<String>,
    pub assumptions: Assumptions,
    /// What became of the consignments.
    #[serde(default)]
    pub consigned: ConsignedCounts,
    /// What the likely origins in `expected` rest on.
    #[serde(default)]
    pub origins: OriginCounts,
    pub identity: IdentityCounts,
    pub evidence: EvidenceCounts,
    pub rules: RuleCounts,
    pub ranges: RangeSummary,
    /// Suppliers left after an adverse finding, largest share first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exits: Vec<ExitLine>,
    pub focal_rule: FocalRule,
    pub focal: Vec<FocalSummary>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portfolios: Vec<PortfolioSummary>,
    /// Largest 1 - (touched + unseen + exited + clear) over all nodes, norms, rules and views.
    pub closure_defect: f64,
    pub calibrated: bool,
    /// The first places of the order that ask for something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub do_first: Vec<DoFirst>,
    #[serde(default)]
    pub duty: DutyCounts,
}

/// What to do first at one place.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct DoFirst {
    /// Place in the order.
    pub priority: u64,
    pub node_id: String,
    pub name: String,
    /// Row of the response matrix, and what it is about.
    pub response: String,
    pub pattern: String,
    /// What chose it: `finding`, `signal`, `report`, `practice`, `integrity`, `gap` or `context`.
    pub basis: String,
    pub why: String,
    pub severity_band: Option<String>,
    /// The first 72 hours.
    pub what: String,
    pub lead: Vec<String>,
    pub never: String,
    pub ends_orders: bool,
    /// What leaving would do; where the row speaks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
    /// Further rows for the place.
    pub more: u64,
}

/// How much there is to do, and what people and suppliers say beside it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct DutyCounts {
    /// Places with an action on more than context, with one on context alone, and rows in all.
    pub places: u64,
    pub places_by_context: u64,
    pub actions: u64,
    /// Places that act first: a norm of band A indicated, or danger to life.
    pub acts_first: u64,
    /// Places where something is owed, and those of them where no amount is known.
    pub remedies: u64,
    pub remedies_unknown: u64,
    /// Judgements of people in force, and those that differ from the machine.
    pub overrides: u64,
    pub overrides_differ: u64,
    /// Answers of suppliers, and those that weigh as evidence.
    pub contests: u64,
    pub contests_weigh: u64,
}

/// A portfolio: its companies' figures by weight, unknown mapped shares taken cautiously, any norm.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct PortfolioSummary {
    /// Empty where it has none.
    pub name: String,
    pub holdings: u64,
    pub touched_on_evidence: f64,
    pub touched_by_context: f64,
    pub unseen: f64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub exited: f64,
    pub clear: f64,
    pub expected: f64,
    /// Expected people affected whose work comes to any of its companies, each once, by norm.
    pub people_carried: BTreeMap<String, f64>,
}

/// One supplier that a buyer left after an adverse finding.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct ExitLine {
    pub buyer_id: String,
    pub supplier_id: String,
    /// Quarter of the last day.
    pub quarter: String,
    /// Part of the buyer's purchases of the four quarters before.
    pub share: f64,
}

/// What the likely origins of unseen purchases rest on, over the nodes that have any.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct OriginCounts {
    /// Import shares of flows of trade.
    pub by_flows: u64,
    /// The node's own country alone.
    pub by_own_country: u64,
    /// Latest year of the flows in use.
    pub latest_year: Option<i32>,
}

/// Who is who.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct IdentityCounts {
    /// Nodes that several records tell of, and those records.
    pub nodes_of_several: u64,
    pub records_of_several: u64,
    /// Entries of screening lists, and those that are nodes by an identifier or a decision.
    pub listings: u64,
    pub hits: u64,
}

/// One table as read.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct TableLine {
    pub table: String,
    pub rows: u64,
    pub refused: u64,
    pub cells_missing: u64,
    /// Whether anything in this version draws on it.
    pub used: bool,
}

/// How many problems of one code.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct ProblemLine {
    pub level: String,
    pub code: String,
    pub count: u64,
    /// One of them, as it is printed but for its line.
    pub example: String,
}

/// Everything that the figures take for granted, counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct Assumptions {
    /// Places whose number of people is the pack's figure for the kind.
    pub people_by_kind: u64,
    /// Places without a country.
    pub places_without_country: u64,
    /// Buyers whose mapped share is the pack's figure for the kind.
    pub mapped_by_kind: u64,
    /// Links that share their buyer's purchases equally, or take a median.
    pub links_without_value: u64,
    /// Nodes that links name and the nodes table does not hold; their share ends unseen.
    pub unknown_nodes: u64,
    /// Nodes in closed circles of trade.
    pub closed_circle_nodes: u64,
    /// Listed places that a focal company's own chain does not reach, over all focal nodes.
    pub listed_places_filled: u64,
    /// Sector and product texts that no code table holds, over nodes.
    pub texts_without_code: u64,
    /// Places shown by key, since they look person-operated.
    pub holdings_masked: u64,
    /// Listed places of buyers that are not focal and have no recorded chain of the product: taken as supply in equal shares.
    pub lists_as_supply: u64,
    /// Labour links without money: not walked.
    pub labour_links_not_walked: u64,
    /// Links of periods that have ended or not begun.
    pub links_not_in_force: u64,
    /// Of them, links that earlier results know and the data no longer hold; and those that could not be placed, since an end is no node any more.
    #[serde(default, skip_serializing_if = "is_none")]
    pub links_only_before: u64,
    #[serde(default, skip_serializing_if = "is_none")]
    pub links_only_before_unplaced: u64,
}

/// What was said, and how much of it counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct EvidenceCounts {
    pub reports: u64,
    pub looks: u64,
    pub silences: u64,
    pub unused: u64,
    pub nodes_with_evidence: u64,
    pub nodes_with_signal: u64,
}

/// What published rules say of the cases in the data.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct RuleCounts {
    /// Cases told as such, and those that rows of other tables tell.
    pub cases_told: u64,
    pub cases_derived: u64,
    /// Places by the highest level over their cases.
    pub indicated: u64,
    pub possible: u64,
    pub insufficient_evidence: u64,
    pub not_indicated: u64,
    /// Places raised to possible because harm falls between norms.
    pub cluster_concerns: u64,
    /// Places by norm at which a rule says indicated or possible.
    pub by_norm: Vec<NormFindings>,
    /// Practices of buyers beyond a threshold.
    pub buyer_practices: u64,
}

/// Places of one norm.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct NormFindings {
    pub norm: String,
    pub indicated: u64,
    pub possible: u64,
}

/// Draws, alerts and the poverty audit.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct RangeSummary {
    pub draws: u64,
    /// Focal companies whose traced figures were not drawn, for the work it would have taken.
    #[serde(default)]
    pub companies_left_out: u64,
    /// Places at the head of the register of which the same holds.
    #[serde(default)]
    pub places_left_out: u64,
    /// Places in the list of alerts, the mean chance of a false alarm over them, and its limit.
    pub alerts: u64,
    pub alerts_mean_miss: f64,
    pub alerts_limit: f64,
    /// Rank correlation with national income of the whole ranking, of context alone, of evidence alone.
    pub income_whole: Option<f64>,
    pub income_context: Option<f64>,
    pub income_evidence: Option<f64>,
    pub income_places: u64,
}

/// The figures of one focal company.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct FocalSummary {
    pub node_id: String,
    pub name: String,
    /// Of a company that is a workplace itself: its own probability, no part of the figures, which start at its purchases.
    pub own_site: Option<OwnSite>,
    /// How often a unit of its goods comes by, the first time included, where it trades in a circle (any norm, cautious rule).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<f64>,
    /// Distinct upstream nodes by tier, tier 1 first.
    pub reach: Vec<u64>,
    /// Nodes that only its published lists lead to.
    pub reach_listed: u64,
    pub figures: Vec<Figure>,
    /// Expected people affected whose work comes to it, by norm; figures of different companies are never added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub footprint: Vec<FootprintLine>,
    /// The nodes at which most of the touched part can be reached, first chosen first (any norm, cautious rule).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choke_points: Vec<ChokeLine>,
    /// Where its spend goes dark, largest first (any norm, cautious rule).
    pub dark: Vec<DarkPlace>,
    /// What to ask for first: the largest parts of `unseen` that one answer would open.
    pub look_ups: Vec<LookUp>,
    /// Where the touched part comes from, largest first (any norm, cautious rule).
    pub contributors: Vec<ContributorLine>,
}

impl FocalSummary {
    /// What is said of the company beside its table of figures, in plain sentences; nothing where there is nothing to add.
    pub fn asides(&self) -> Vec<String> {
        let exited = |f: &&Figure| f.norm == "any" && f.view == "own" && f.exited > 0.0;
        let mut of_any = self.figures.iter().filter(exited);
        let line = |f: &Figure| {
            let percent = (f.exited * 1000.0).round() / 10.0;
            let much = if percent > 0.0 { format!("{percent:.1} %") } else { "under 0.1 %".to_owned() };
            format!("exited {much} more: stood with suppliers that were left after an adverse finding, with no remedy on record")
        };
        of_any.find(|f| f.mapped_rule == "cautious").map(line).into_iter().collect()
    }
}

impl Summary {
    /// The parts that sum to 1 at every node, as the closure line names them.
    pub fn parts_in_words(&self) -> &'static str {
        let any_exited = self.focal.iter().flat_map(|f| &f.figures).any(|f| f.exited > 0.0);
        if any_exited { "touched + unseen + exited + clear" } else { "touched + unseen + clear" }
    }
}

/// People affected of one norm, at one company.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct FootprintLine {
    pub norm: String,
    /// Whose work passes through at least once; absent in large circles of trade.
    pub carried: Option<f64>,
    /// Whose work leaves the map here.
    pub leaves: f64,
}

/// One choke point.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct ChokeLine {
    pub node_id: String,
    pub name: String,
    /// With those before it, part of one unit of purchases.
    pub cover: f64,
    /// No choice of as many nodes covers more.
    pub at_most: f64,
}

/// The site of a focal company itself.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct OwnSite {
    pub any: f64,
    pub on_evidence: bool,
}

fn is_none(n: &u64) -> bool {
    *n == 0
}

fn is_zero(x: &f64) -> bool {
    *x == 0.0
}

/// One norm under one rule.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Figure {
    pub norm: String,
    /// `cautious` or `as_listed`.
    pub mapped_rule: String,
    /// `own`, or `own_unfilled`: without the places of its published lists.
    pub view: String,
    pub touched_on_evidence: f64,
    pub touched_by_context: f64,
    pub unseen: f64,
    /// With suppliers left after an adverse finding; absent where there are none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub exited: f64,
    pub clear: f64,
    pub expected: f64,
    /// What the draws of the method leave open; of the company's own view and the cautious rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn: Option<DrawnFigure>,
}

/// 5 % and 95 % of the draws.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct DrawnFigure {
    /// By figure.
    pub ranges: BTreeMap<String, [f64; 2]>,
    /// Place among the focal companies, largest first, by figure; where all of them are drawn.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ranks: BTreeMap<String, [i64; 2]>,
}

/// A kind of place, country and product where the walk ends unseen.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct DarkPlace {
    pub kind: String,
    pub country: String,
    pub product: String,
    pub share: f64,
}

/// One question, and how much of the spend its answer would open.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct LookUp {
    pub node_id: String,
    pub name: String,
    pub share: f64,
    pub question: String,
}

/// One node and what part of the focal company's touched figure it holds.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct ContributorLine {
    pub node_id: String,
    pub name: String,
    pub touched: f64,
    pub on_evidence: bool,
}
