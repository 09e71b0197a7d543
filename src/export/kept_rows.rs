//! The rows that keep the walk of a focal company as it was taken: its vertices, and the steps between them (model 2, "Perspective").

use super::sink::{Row, Sink};
use super::walk_rows::MappedRule;
use crate::base::Traced;
use crate::schema::outputs::{self, OutputTable};
use std::cmp::Ordering;
use std::sync::LazyLock;

/// Where the purchases of a vertex go, under one mapped rule.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Purchases {
    /// Share that links hold, before a published list fills what is not mapped.
    pub mapped: f64,
    /// Of what is mapped, the share that stood with suppliers left after an adverse finding.
    pub left: f64,
    /// Of what is not mapped, the share that passes to the company's published list.
    pub listed: f64,
}

/// What is believed at a vertex of one norm.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct BelievedAt {
    /// Probability that the walk uses.
    pub p: f64,
    /// The same before any report.
    pub prior: f64,
    /// Prior of the likely origins of what is not mapped.
    pub origin: f64,
    pub on_evidence: bool,
}

/// One row of `walk_nodes.parquet`.
#[derive(Clone, Debug)]
pub struct WalkNodeRow<'a> {
    pub focal_id: &'a str,
    pub vertex: u32,
    /// `None`: the company's published list.
    pub node_id: Option<&'a str>,
    pub heading: Option<String>,
    /// In the order of [`MappedRule::ALL`].
    pub purchases: [Purchases; 2],
    /// In the order of [`Traced::ALL`].
    pub believed: [BelievedAt; Traced::COUNT],
    pub has_suppliers: bool,
}

static PURCHASES: LazyLock<Vec<[String; 3]>> =
    LazyLock::new(|| MappedRule::ALL.iter().map(|r| ["mapped", "left", "listed"].map(|what| format!("{what}_{}", r.as_str()))).collect());
static BELIEVED: LazyLock<[[String; 4]; Traced::COUNT]> =
    LazyLock::new(|| Traced::NAMES.map(|t| ["p", "prior", "origin", "on_evidence"].map(|what| format!("{what}_{t}"))));

/// Columns of [`Purchases`] under each rule: mapped, left, listed.
pub fn purchases_columns() -> &'static [[String; 3]] {
    &PURCHASES
}

/// Columns of [`BelievedAt`] of each norm: p, prior, origin, on_evidence.
pub fn believed_columns() -> &'static [[String; 4]; Traced::COUNT] {
    &BELIEVED
}

impl Row for WalkNodeRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::WALK_NODES
    }

    fn lead(&self) -> &str {
        self.focal_id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.vertex.cmp(&other.vertex)
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("focal_id", self.focal_id);
        sink.put("vertex", i64::from(self.vertex));
        sink.put("node_id", self.node_id);
        sink.put("heading", self.heading.as_ref());
        for ([mapped, left, listed], of) in PURCHASES.iter().zip(&self.purchases) {
            sink.put(mapped, of.mapped);
            sink.put(left, of.left);
            sink.put(listed, of.listed);
        }
        for ([p, prior, origin, on_evidence], of) in BELIEVED.iter().zip(&self.believed) {
            sink.put(p, of.p);
            sink.put(prior, of.prior);
            sink.put(origin, of.origin);
            sink.put(on_evidence, of.on_evidence);
        }
        sink.put("has_suppliers", self.has_suppliers);
    }
}

/// One row of `walk_links.parquet`.
#[derive(Clone, Copy, Debug)]
pub struct WalkLinkRow<'a> {
    pub focal_id: &'a str,
    pub buyer: u32,
    pub supplier: u32,
    pub weight: f64,
}

impl Row for WalkLinkRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::WALK_LINKS
    }

    fn lead(&self) -> &str {
        self.focal_id
    }

    fn order(&self, other: &Self) -> Ordering {
        (self.buyer, self.supplier).cmp(&(other.buyer, other.supplier))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("focal_id", self.focal_id);
        sink.put("buyer", i64::from(self.buyer));
        sink.put("supplier", i64::from(self.supplier));
        sink.put("weight", self.weight);
    }
}
