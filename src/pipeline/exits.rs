//! Which suppliers were left after an adverse finding: model 2, "Exits".
//!
//! A supplier relation that has ended ([`ended`]) counts as an exit where, on its last day, one of these had been told of the supplier:
//!
//! - a finding by rule of *possible* or more, dated by the newest of the rows that its facts stand in (a row without a day is taken as told before);
//! - reports that together weighed as much as a site signal does (`signal_weight`, ln 3), taken with their ages on that day.
//!
//! It does not count where what was found has been remedied and somebody independent of the company verified it (facts so remedied are left out
//! of both), or where `remediation` holds a *responsible_exit* from that supplier, unless its actor is another node than the buyer. Everything dated
//! after the day of the assessment is as if it had not been written.

use super::rules::RuleFindings;
use crate::base::{Date, NodeIx, Norm, Result, Symbol};
use crate::evidence::assemble::EvidenceByNode;
use crate::evidence::book::{EvidenceRow, Gathered, Item};
use crate::evidence::items::{NodeEvidence, Report};
use crate::evidence::remedy::Verifier;
use crate::evidence::weights::reports_weight;
use crate::findings::{Finding, Level};
use crate::graph::commodities::{NO_HEADING, heading, keeps_apart};
use crate::graph::exits::{Apart, Ended, Exits, ended};
use crate::graph::in_force::Placed;
use crate::pack::{MethodPack, SignIx};
use crate::resolve::Resolution;
use crate::validate::Inputs;
use crate::validate::inputs::{OPEN_START, RowRef};
use std::collections::{BTreeMap, BTreeSet};

/// The action of `remediation` that says a supplier was left responsibly.
const RESPONSIBLE_EXIT: &str = "responsible_exit";

/// What is known of suppliers that were left.
pub struct Told<'a> {
    pub inputs: &'a Inputs,
    pub resolution: &'a Resolution,
    pub links: &'a [Placed],
    pub evidence: &'a EvidenceByNode,
    pub rules: &'a RuleFindings,
    pub pack: &'a MethodPack,
    pub as_of: Date,
}

impl Told<'_> {
    /// The exits of the dataset, weighed.
    ///
    /// # Errors
    /// Only where the graph broke its own rules.
    pub fn exits(&self) -> Result<Exits> {
        let candidates = ended(self.links, self.as_of, self.pack.trace.exit_quarters);
        if candidates.is_empty() {
            return Ok(Exits::default());
        }
        let left = self.adverse(candidates);
        let of_node = |n: NodeIx| self.resolution.nodes.get(n.at()).is_some_and(|n| keeps_apart(n.kind));
        let heading = |product: Option<Symbol>| product.map_or(NO_HEADING, |s| heading(self.inputs.ids.text(s)));
        Exits::apart(self.links, &left, Apart { of_node: &of_node, heading: &heading })
    }

    /// Those of some ended relations that follow an adverse finding.
    pub fn adverse(&self, ended: Vec<Ended>) -> Vec<Ended> {
        let suppliers: BTreeSet<NodeIx> = ended.iter().map(|e| e.supplier).collect();
        let remedies = self.remedies(&suppliers);
        let found = self.findings(&suppliers, &remedies);
        let responsible = self.responsible(&suppliers);
        let is_adverse = |e: &Ended| {
            let by_rule = found.get(&e.supplier).is_some_and(|first| *first <= e.day);
            let excused = responsible.iter().any(|(supplier, buyer)| *supplier == e.supplier && buyer.is_none_or(|b| b == e.buyer));
            !excused && (by_rule || self.evidence.get(&e.supplier).is_some_and(|said| self.signals_on(said, e, &remedies)))
        };
        ended.into_iter().filter(is_adverse).collect()
    }

    /// The day on which a remedy of each fact of a supplier was complete, where somebody independent verified it; of all facts under none.
    fn remedies(&self, suppliers: &BTreeSet<NodeIx>) -> Remedied {
        let mut remedies = Remedied::default();
        for row in self.inputs.remediation.iter().filter(|r| &*r.action != RESPONSIBLE_EXIT) {
            let node = self.resolution.node(row.node).filter(|n| suppliers.contains(n));
            let completed = row.completed.filter(|d| *d <= self.as_of);
            let verified =
                row.verified_by.as_deref().and_then(|by| Verifier::of(by, &row.actor)).is_some_and(|v| v >= Verifier::Independent);
            if let (Some(node), Some(completed), true) = (node, completed, verified) {
                let day = remedies.0.entry((node, row.sign.map(|s| self.pack.fact_of(s)))).or_insert(completed);
                *day = (*day).max(completed);
            }
        }
        remedies
    }

    /// The earliest day on which a rule could say *possible* of each supplier.
    fn findings(&self, suppliers: &BTreeSet<NodeIx>, remedies: &Remedied) -> BTreeMap<NodeIx, Date> {
        let adverse = |f: &&Finding| f.level >= Level::Possible && suppliers.contains(&f.node);
        let found: Vec<&Finding> = self.rules.found.findings.iter().filter(adverse).collect();
        if found.is_empty() {
            return BTreeMap::new();
        }
        let days = self.days_of_rows(suppliers);
        let mut first: BTreeMap<NodeIx, Date> = BTreeMap::new();
        for f in found {
            let told = |row: &RowRef| days.get(row).copied().unwrap_or(OPEN_START);
            let day = f.facts.iter().map(|(_, _, row)| told(row)).max().unwrap_or(OPEN_START);
            let is_remedied =
                !f.facts.is_empty() && f.facts.iter().all(|(sign, _, row)| remedies.of(f.node, self.pack.fact_of(*sign), told(row)));
            if !is_remedied {
                let known = first.entry(f.node).or_insert(day);
                *known = (*known).min(day);
            }
        }
        first
    }

    /// The day of every row that can hold a fact of these suppliers.
    fn days_of_rows(&self, suppliers: &BTreeSet<NodeIx>) -> BTreeMap<RowRef, Date> {
        let mut days: BTreeMap<RowRef, Date> = BTreeMap::new();
        for said in suppliers.iter().filter_map(|s| self.evidence.get(s)) {
            days.extend(said.rows.iter().map(|r| (r.row, r.day)));
        }
        for case in &self.inputs.cases {
            if let (true, Some(period)) = (self.resolution.node(case.node).is_some_and(|n| suppliers.contains(&n)), case.period) {
                days.insert(case.row, period.from);
            }
        }
        days
    }

    /// Whether the reports told by the last day of a relation made a site signal on that day.
    fn signals_on(&self, said: &Gathered, e: &Ended, remedies: &Remedied) -> bool {
        let report = |row: &EvidenceRow| -> Option<Report> {
            let sign = self.pack.fact_of(row.sign?);
            let told = row.item == Item::Report && row.day <= e.day && row.why_not.is_empty();
            (told && !remedies.of(e.supplier, sign, row.day)).then(|| Report {
                sign,
                source: row.source,
                origin: said.rows.iter().map(|r| r.origin.as_str()).collect::<BTreeSet<_>>().range(..row.origin.as_str()).count() as u32,
                detection: row.detection,
                false_report: row.false_report,
                half_life_days: row.half_life_days,
                age_days: f64::from(e.day.days_since(row.day)),
                open: row.open,
                remedied: 0.0,
            })
        };
        let reports: Vec<Report> = said.rows.iter().filter_map(report).collect();
        if reports.is_empty() {
            return false;
        }
        let weight = reports_weight(&NodeEvidence { reports, ..NodeEvidence::default() }, self.pack);
        let most = Norm::ALL.into_iter().map(|n| weight.by_norm[n.at()]).fold(weight.most, f64::max);
        most >= self.pack.signal_weight
    }

    /// Suppliers left responsibly, each with the buyer that did, or none where the record names no node.
    fn responsible(&self, suppliers: &BTreeSet<NodeIx>) -> Vec<(NodeIx, Option<NodeIx>)> {
        let records = self.inputs.remediation.iter().filter(|r| &*r.action == RESPONSIBLE_EXIT && r.opened <= self.as_of);
        let supplier = |symbol| self.resolution.node(symbol).filter(|n| suppliers.contains(n));
        records.filter_map(|r| supplier(r.node).map(|n| (n, self.node_named(&r.actor)))).collect()
    }

    /// The node that a text names, by an id or by its whole name.
    fn node_named(&self, text: &str) -> Option<NodeIx> {
        let name = text.trim().to_lowercase();
        let by_name = || {
            let rows = self.inputs.nodes.iter().filter(|n| n.name.to_lowercase() == name);
            rows.filter_map(|n| self.resolution.node(n.id)).min()
        };
        self.resolution.find(text.trim()).or_else(by_name)
    }
}

/// Facts of a supplier with a verified remedy, and the last day on which one was complete.
#[derive(Default)]
struct Remedied(BTreeMap<(NodeIx, Option<SignIx>), Date>);

impl Remedied {
    /// Whether what was told of a fact on a day has been remedied since.
    fn of(&self, node: NodeIx, fact: SignIx, day: Date) -> bool {
        [Some(fact), None].iter().any(|f| self.0.get(&(node, *f)).is_some_and(|completed| day <= *completed))
    }
}
