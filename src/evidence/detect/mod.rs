//! Detectors: what counted and measured tables (payroll, recruitment, purchasing, shipments, surveys, certificates) say of a place, one file
//! each. Thresholds are rows of the pack.

use super::book::{Book, EvidenceRow};
use super::items::Silence;
use crate::base::{Date, NodeIx, NormSet, Period, Symbol};
use crate::validate::inputs::RowRef;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A circumstance of one place that enters its prior as an odds ratio, and nothing else: a factor lives in one layer only.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteFactor {
    /// Id under `odds_ratio.` in the pack.
    pub id: &'static str,
    pub norms: NormSet,
    /// Above 1 raises.
    pub odds_ratio: f64,
    /// What the circumstance rests on.
    pub source: &'static str,
    pub table: &'static str,
    pub row: RowRef,
}

/// What a buyer did to a supplier in a quarter: involvement of the buyer, never a finding on the supplier.
#[derive(Clone, Debug, PartialEq)]
pub struct BuyerPractice {
    pub buyer: NodeIx,
    pub supplier: NodeIx,
    pub quarter: Period,
    /// Id of the practice (`pp_price_below_cost`, ...).
    pub sign: &'static str,
    /// In the unit of the threshold's parameter.
    pub value: f64,
    pub threshold: f64,
    pub row: RowRef,
}

/// A party of a consignment: a node, or the name on the bill where no node has it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Party {
    Node(NodeIx),
    Name(Arc<str>),
}

/// Goods that moved from a shipper to a consignee between whom no link declares a supply.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscoveredLink {
    pub supplier: Party,
    pub buyer: Party,
    /// HS code as text, or the product text where no code is known.
    pub product: Option<Symbol>,
    pub shipments: u64,
    /// Sum in base currency of the consignments that state it.
    pub value: Option<f64>,
    pub first: Date,
    pub last: Date,
    /// The newest consignment.
    pub row: RowRef,
}

/// A figure that made a report or a look, with what it was held against.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub node: NodeIx,
    /// Id of the sign.
    pub sign: &'static str,
    pub value: f64,
    pub threshold: f64,
    /// People asked or counted, where the table says.
    pub people: Option<f64>,
    pub table: &'static str,
    pub row: RowRef,
}

/// What the measured tables say of all nodes.
#[derive(Clone, Debug, Default)]
pub struct Detected {
    pub rows: Vec<EvidenceRow>,
    /// What would have been heard, for coverage.
    pub covering: Vec<(NodeIx, Silence)>,
    /// One factor of an id per node, however many rows show it.
    pub context: BTreeMap<NodeIx, Vec<SiteFactor>>,
    pub practices: Vec<BuyerPractice>,
    pub discovered: Vec<DiscoveredLink>,
    pub measured: Vec<Measured>,
    /// What could not be told, in plain words, each once.
    pub notes: Vec<String>,
}

/// Runs every detector.
pub fn detect(_: &Book<'_>) -> Detected {
    Detected::default()
}
