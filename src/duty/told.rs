//! Of how many people sources told at a place, norm by norm, in steps of 5, 10, 20, 50, 100, ...: enough to know how wide a harm reaches, too coarse to
//! find a person by. Fewer than five is not told at all.
//!
//! Rows of grievances, statements, audit findings and cases state people. Of several rows the largest counts: nothing says that they speak of
//! different people.

use crate::base::{NodeIx, Norm};
use crate::evidence::assemble::EvidenceByNode;
use crate::evidence::book::Item;
use crate::findings::{Case, Finding, Level};
use crate::validate::Inputs;
use crate::validate::inputs::RowRef;
use std::collections::BTreeMap;

/// The largest step that is not above a number of people; 0 under five.
///
/// ```
/// use onus::duty::told::step;
/// assert_eq!([4.0, 5.0, 9.0, 10.0, 49.0, 50.0, 180.0].map(step), [0.0, 5.0, 5.0, 10.0, 20.0, 50.0, 100.0]);
/// ```
pub fn step(people: f64) -> f64 {
    if !people.is_finite() || people < 5.0 {
        return 0.0;
    }
    let mut at = 5.0;
    for factor in [2.0, 2.0, 2.5].into_iter().cycle().take(64) {
        if at * factor > people {
            break;
        }
        at *= factor;
    }
    at
}

/// Steps by norm, of the places of which anybody told a number.
#[derive(Clone, Debug, Default)]
pub struct Told(BTreeMap<NodeIx, [f64; Norm::COUNT]>);

impl Told {
    /// From the reports that count, and the cases on which a rule says possible or more.
    pub fn of(inputs: &Inputs, evidence: &EvidenceByNode, cases: &[Case], findings: &[Finding]) -> Self {
        let mut people: BTreeMap<(&'static str, RowRef), f64> = BTreeMap::new();
        let mut note = |table: &'static str, row: RowRef, told: Option<f64>| {
            if let Some(told) = told {
                people.insert((table, row), told);
            }
        };
        inputs.grievances.iter().for_each(|r| note("grievances", r.row, r.people));
        inputs.statements.iter().for_each(|r| note("statements", r.row, r.people));
        inputs.audit_findings.iter().for_each(|r| note("audit_findings", r.row, r.people));
        inputs.inspection_findings.iter().for_each(|r| note("audit_findings", r.row, r.people));
        inputs.surveys.iter().for_each(|r| note("surveys", r.row, Some(r.yes)));
        let mut told = Told::default();
        for (node, said) in evidence {
            for row in said.rows.iter().filter(|r| r.item == Item::Report && r.why_not.is_empty()) {
                // Inspections and audits share a table of findings.
                let stated = people.get(&(row.table, row.row)).or_else(|| people.get(&("audit_findings", row.row)));
                if let Some(stated) = stated {
                    row.norms.iter().for_each(|norm| told.add(*node, norm, *stated));
                }
            }
        }
        for f in findings.iter().filter(|f| f.level >= Level::Possible) {
            if let Some(stated) = cases.get(f.case as usize).and_then(|c| c.people) {
                told.add(f.node, f.norm, stated);
                f.norm.implied().iter().for_each(|norm| told.add(f.node, norm, stated));
            }
        }
        told
    }

    fn add(&mut self, node: NodeIx, norm: Norm, people: f64) {
        let told = step(people);
        if told > 0.0 {
            let known = &mut self.0.entry(node).or_insert([0.0; Norm::COUNT])[norm.at()];
            *known = known.max(told);
        }
    }

    /// Steps of a place, zeros where nothing is told.
    pub fn at(&self, node: NodeIx) -> [f64; Norm::COUNT] {
        self.0.get(&node).copied().unwrap_or_default()
    }
}
