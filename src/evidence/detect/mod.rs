//! Detectors: what counted and measured tables (payroll, recruitment, purchasing, shipments, surveys, certificates) say of a place, one file
//! each. Thresholds are rows of the pack (`detect.*`, `corridor.*`, `odds_ratio.*`, `survey.*`, `label.*`).
//!
//! - A figure beyond its threshold is a report of its sign; a filled cell that shows nothing is a look for that sign, never evidence that the
//!   site is clean beyond it. The day is the last day of the period.
//! - One table of one node is one origin, unless the row names another: a payroll that shows long hours in eight quarters is one voice that
//!   speaks once, at its strongest. Looks of later periods still count, and share the blind spot of their class.
//! - A circumstance (a price below cost, a tied permit, a corridor) enters the prior alone, once per node however many rows show it.
//! - What a buyer does to a supplier is the buyer's involvement, never a finding on the supplier.
//! - Rows dated after `as_of` are as if they had not been written. A sign that the pack does not hold is not told, and that is said once.

mod certificates;
mod payroll;
mod purchasing;
pub(super) mod recruitment;
mod shipments;
mod surveys;
mod teller;

use super::book::{Book, EvidenceRow};
use super::items::Silence;
use crate::base::{NodeIx, NormSet, Period};
use crate::validate::inputs::RowRef;
use std::collections::BTreeMap;

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

/// What the measured tables say of all nodes.
#[derive(Clone, Debug, Default)]
pub struct Detected {
    pub rows: Vec<EvidenceRow>,
    /// What would have been heard, for coverage.
    pub covering: Vec<(NodeIx, Silence)>,
    /// One factor of an id per node, however many rows show it.
    pub context: BTreeMap<NodeIx, Vec<SiteFactor>>,
    pub practices: Vec<BuyerPractice>,
    /// What could not be told, in plain words, each once.
    pub notes: Vec<String>,
}

/// Runs every detector over the tables of a book.
pub fn detect(book: &Book<'_>) -> Detected {
    let mut teller = teller::Teller::new(book);
    payroll::detect(&mut teller);
    recruitment::detect(&mut teller);
    purchasing::detect(&mut teller);
    shipments::detect(&mut teller);
    certificates::detect(&mut teller);
    surveys::detect(&mut teller);
    teller.finish()
}
