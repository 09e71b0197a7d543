//! The words that closed columns may hold.

use crate::base::{Kind, Norm};

pub const STATES: [&str; 5] = ["context_risk", "site_signal", "possible", "indicated", "no_posterior"];
pub const PEOPLE_BASIS: [&str; 3] = ["recorded", "range", "assumed"];
pub const ITEMS: [&str; 3] = ["report", "look", "silence"];
pub const SIGNS_OF_WEIGHT: [&str; 2] = ["raises", "lowers"];
pub const FINDINGS: [&str; 5] = ["no_case", "not_indicated", "insufficient_evidence", "possible", "indicated"];
pub const SCOPES: [&str; 2] = ["case", "place"];
pub const TRACED: [&str; 4] = ["child_labour", "forced_labour", "trafficking", "any"];
pub const VIEWS: [&str; 3] = ["all", "own", "own_unfilled"];
pub const MAPPED_RULES: [&str; 2] = ["cautious", "as_listed"];
pub const DIMENSIONS: [&str; 5] = ["tier", "country", "product", "kind", "group"];
pub const ROOT_NORMS: [&str; 3] = ["child_labour", "forced_labour", "trafficking"];
pub const RELATIONS: [&str; 5] = ["supplies", "subcontracts", "recruits", "lists", "owns"];
/// Figures of `exposure.parquet` that have a range over the draws.
pub const RANGED: [&str; 7] = ["touched_on_evidence", "touched_by_context", "touched", "unseen", "exited", "clear", "expected"];
/// Figures by which companies are set beside each other.
pub const RANKED: [&str; 3] = ["touched_on_evidence", "unseen", "expected"];
pub const LINK_BASIS: [&str; 5] = ["declared", "shipment", "certificate", "inferred", "listed"];
pub const WEIGHT_BASIS: [&str; 5] = ["share", "value", "quantity", "equal", "median"];
pub const STANDINGS: [&str; 4] = ["published", "secondary", "from_memory", "expert_default"];
pub const ACTION_BASIS: [&str; 7] = ["finding", "signal", "report", "practice", "integrity", "gap", "context"];
/// Bands of severity, the gravest first.
pub const BANDS: [&str; 3] = ["A", "B", "C"];
pub const INVOLVEMENT: [&str; 3] = ["cause", "contribute", "linked"];
pub const REMEDY_ITEMS: [&str; 5] = ["fees", "shortfall", "deductions", "wages_withheld", "child_income"];
pub const REGISTER_BASIS: [&str; 2] = ["on evidence", "by context"];

/// Figures of a company whose move is split.
pub const CHANGE_FIGURES: [&str; 7] = ["touched_on_evidence", "touched_by_context", "touched", "unseen", "exited", "clear", "expected"];
pub const CHANGE_LEVELS: [&str; 4] = ["figure", "part", "node", "rest"];
/// What a move consists of.
pub const CHANGE_PARTS: [&str; 12] = [
    "evidence",
    "time",
    "first_signal",
    "context",
    "context_and_method",
    "links_added",
    "links_lost",
    "links_reweighted",
    "coverage",
    "exits",
    "method",
    "not_split",
];
pub const NODE_IN: [&str; 3] = ["both", "new alone", "old alone"];
pub const CHANGE_THINGS: [&str; 9] = ["finding", "signal", "stale", "alert", "cut_link", "first_20", "node", "company", "record"];
pub const CHANGE_WAYS: [&str; 5] = ["new", "gone", "up", "down", "other"];

/// Every kind of node.
pub(super) fn kinds() -> Vec<&'static str> {
    let mut all = Kind::NAMES.to_vec();
    all.push(Kind::Unknown.as_str());
    all
}

/// Every norm.
pub(super) fn norm_names() -> Vec<&'static str> {
    Norm::ALL.iter().map(|n| n.as_str()).collect()
}
