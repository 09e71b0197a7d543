//! From findings by rule and buyers' practices to their rows. A case is named by a number within its place, never by its own id; how many
//! people it holds is not told. Of children the rows say *at least one*: one row for each way through a rule, without a number. For the
//! shared audience no case is told.

use super::tables::Facts;
use crate::base::NodeIx;
use crate::export::Audience;
use crate::export::claim_rows::{FindingRow, PracticeRow};
use crate::export::sink::Row;
use crate::findings::{Case, Finding, NodeFinding, OF_A_CHILD};
use crate::pack::is_about_children;
use crate::validate::inputs::{FactStatus, RowRef};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// All that is told of how many children there are.
const AT_LEAST_ONE: &str = "at least one";

/// A count of cases; of few it tells only that there are few.
fn few(n: usize) -> String {
    match n {
        0 => "0".to_owned(),
        1..=4 => "<5".to_owned(),
        _ => n.to_string(),
    }
}

impl<'a> Facts<'a> {
    /// Rows of `findings.parquet`: of each place with a case its most over all cases, and every case that a rule speaks of.
    pub fn findings(&self, audience: Audience) -> Vec<FindingRow<'a>> {
        let mut of_place: BTreeMap<NodeIx, Vec<&'a NodeFinding>> = BTreeMap::new();
        for finding in &self.rules.found.nodes {
            of_place.entry(finding.node).or_default().push(finding);
        }
        let mut of_case: BTreeMap<NodeIx, Vec<&'a Finding>> = BTreeMap::new();
        for finding in &self.rules.found.findings {
            of_case.entry(finding.node).or_default().push(finding);
        }
        let keys = self.case_keys();
        let mut rows = Vec::new();
        for node in self.shown_order {
            let mut here: Vec<FindingRow<'a>> = of_place.get(node).into_iter().flatten().map(|f| self.place_finding(f)).collect();
            let cases = of_case.get(node).into_iter().flatten().filter(|_| audience == Audience::Internal);
            here.extend(cases.map(|f| self.case_finding(f, &keys)));
            here.sort_by(Row::order);
            let mut told = BTreeSet::new();
            here.retain(|r| r.case_key.as_deref() != Some(AT_LEAST_ONE) || told.insert((r.norm, r.level, r.rule, r.path)));
            rows.append(&mut here);
        }
        rows
    }

    /// Numbers the cases of each place in the order in which the rules read them, which is one of content.
    fn case_keys(&self) -> Vec<String> {
        let mut counted: BTreeMap<NodeIx, usize> = BTreeMap::new();
        let key = |case: &Case| {
            let n = counted.entry(case.node).or_default();
            *n += 1;
            format!("case {:04}", *n)
        };
        self.rules.cases.iter().map(key).collect()
    }

    fn place_finding(&self, f: &NodeFinding) -> FindingRow<'a> {
        FindingRow {
            node_id: self.id(f.node),
            case_key: None,
            norm: f.norm,
            level: f.level.as_str(),
            rule: f.rule,
            path: f.path,
            elements_met: String::new(),
            elements_missing: String::new(),
            facts: String::new(),
            files: None,
            age_rule: None,
            single_testimony: f.single_testimony,
            unlinked_group: f.unlinked_group,
            age_unverified: f.age_unverified,
            historic: f.historic,
            contested: self.beside.answer_text(f.node, Some(f.norm), self.sources()),
            cases: Some((
                few(f.cases_read as usize),
                if is_about_children(f.norm) && !f.cases.is_empty() { AT_LEAST_ONE.to_owned() } else { few(f.cases.len()) },
            )),
        }
    }

    fn case_finding(&self, f: &Finding, keys: &[String]) -> FindingRow<'a> {
        let status = |s: FactStatus| match s {
            FactStatus::Absent => "absent",
            FactStatus::Unknown => "unknown",
            FactStatus::Supported => "supported",
            FactStatus::Established => "established",
        };
        let sign = |s: crate::pack::SignIx| self.pack.signs.get(s.0 as usize).map_or("", |s| s.id.as_str());
        let told: BTreeSet<String> = f.facts.iter().map(|(_, _, row)| self.told_in(*row)).collect();
        FindingRow {
            node_id: self.id(f.node),
            case_key: Some(if is_about_children(f.norm) || f.elements_met.contains(&OF_A_CHILD) {
                AT_LEAST_ONE.to_owned()
            } else {
                keys.get(f.case as usize).cloned().unwrap_or_default()
            }),
            norm: f.norm,
            level: f.level.as_str(),
            rule: f.rule,
            path: f.path,
            elements_met: f.elements_met.join(";"),
            elements_missing: f.elements_missing.iter().map(|(name, s)| format!("{name} ({})", status(*s))).collect::<Vec<_>>().join(";"),
            facts: f.facts.iter().map(|(s, state, _)| format!("{} ({})", sign(*s), status(*state))).collect::<Vec<_>>().join(";"),
            files: (!told.is_empty()).then(|| told.into_iter().collect::<Vec<_>>().join(";")),
            age_rule: f.age_rule.as_ref().map(ToString::to_string),
            single_testimony: f.single_testimony,
            unlinked_group: f.unlinked_group,
            age_unverified: f.age_unverified,
            historic: f.historic,
            contested: self.rules.cases.get(f.case as usize).and_then(|case| {
                let signs: Vec<crate::pack::SignIx> = f.facts.iter().map(|(s, _, _)| *s).collect();
                self.beside.answer_to_case(f.node, &case.id, &signs, self.sources())
            }),
            cases: None,
        }
    }

    /// The file alone: lines stand in `evidence.parquet`, so that the order of rows in the files moves nothing here.
    fn told_in(&self, row: RowRef) -> String {
        self.inputs.file(row).map_or_else(String::new, ToString::to_string)
    }

    /// Rows of `practices.parquet`.
    pub fn practices(&self) -> Vec<PracticeRow<'a>> {
        let mut rows: Vec<PracticeRow<'a>> = self
            .practices
            .iter()
            .map(|p| PracticeRow {
                buyer_id: self.id(p.buyer),
                supplier_id: self.id(p.supplier),
                quarter: p.quarter.from.quarter(),
                practice: p.sign,
                value: p.value,
                threshold: p.threshold,
                file: Cow::Owned(self.told_in(p.row)),
            })
            .collect();
        rows.sort_by(|a, b| a.lead().cmp(b.lead()).then_with(|| a.order(b)));
        rows
    }
}
