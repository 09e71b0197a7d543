//! People's own judgements and suppliers' answers, beside what the run says of the same node. Neither changes a figure of the machine here.

use super::actions::Actions;
use super::{Sources, Standings};
use crate::base::{Date, NodeIx, Norm};
use crate::evidence::answers::{norms_answered, why_not};
use crate::export::duty_rows::{ContestOut, OverrideOut, band_word};
use crate::findings::Level;
use crate::schema::OVERRIDE_FIELDS;
use crate::validate::inputs::{ContestRow, OverrideRow, RowRef};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Answers that one cell shows.
const ANSWERS_SHOWN: usize = 5;
const AFTER: &str = "dated after as_of";

/// Judgements and answers by node.
#[derive(Debug, Default)]
pub struct Beside<'a> {
    pub judged: BTreeMap<NodeIx, Vec<&'a OverrideRow>>,
    pub answered: BTreeMap<NodeIx, Vec<&'a ContestRow>>,
    as_of: Option<Date>,
}

impl<'a> Beside<'a> {
    /// As of a day: a judgement dated after it is kept, and not in force yet.
    pub fn of(sources: Sources<'a>, as_of: Date) -> Self {
        let mut beside = Beside { as_of: Some(as_of), ..Beside::default() };
        for row in &sources.inputs.overrides {
            if let Some(node) = sources.resolution.node(row.node) {
                beside.judged.entry(node).or_default().push(row);
            }
        }
        for row in &sources.inputs.contests {
            if let Some(node) = sources.resolution.node(row.node) {
                beside.answered.entry(node).or_default().push(row);
            }
        }
        beside
    }

    /// The newest judgement of each field; of one day the one that is last in the order of content.
    fn in_force(&self, node: NodeIx) -> BTreeMap<u8, &'a OverrideRow> {
        let mut newest: BTreeMap<u8, &'a OverrideRow> = BTreeMap::new();
        let by_then = |r: &&&'a OverrideRow| self.as_of.is_none_or(|day| r.date <= day);
        for row in self.judged.get(&node).into_iter().flatten().filter(by_then) {
            let known = newest.entry(row.field).or_insert(row);
            let key = |r: &OverrideRow| (r.date, r.value.clone(), r.by_role, r.reason.clone());
            if key(row) >= key(known) {
                *known = row;
            }
        }
        newest
    }

    /// The judgements in force as `field=value (role, date)`.
    pub fn judgement_text(&self, node: NodeIx) -> Option<String> {
        let of_node = self.in_force(node);
        let text = |(field, row): (&u8, &&OverrideRow)| format!("{}={} ({}, {})", field_name(*field), row.value, row.by_role, row.date);
        (!of_node.is_empty()).then(|| of_node.iter().map(text).collect::<Vec<_>>().join(";"))
    }

    /// Answers of a node that bear on a norm of the place (`None`: any), as `claim quarter (role)`.
    pub fn answer_text(&self, node: NodeIx, norm: Option<Norm>, sources: Sources<'_>) -> Option<String> {
        let bears = |r: &&&ContestRow| {
            let norms = norms_answered(r, sources.pack);
            norm.is_none_or(|n| r.case.is_none() && (norms.contains(n) || (r.norm.is_none() && r.sign.is_none())))
        };
        joined(self.answered.get(&node).into_iter().flatten().filter(bears).copied())
    }

    /// Answers to one case: those that name it, and those that name a sign among its facts.
    pub fn answer_to_case(&self, node: NodeIx, case_id: &str, signs: &[crate::pack::SignIx], sources: Sources<'_>) -> Option<String> {
        let bears = |r: &&&ContestRow| {
            let names = r.case.is_some_and(|c| sources.inputs.ids.text(c) == case_id);
            names || (r.case.is_none() && r.sign.is_some_and(|s| signs.iter().any(|f| sources.pack.fact_of(*f) == sources.pack.fact_of(s))))
        };
        joined(self.answered.get(&node).into_iter().flatten().filter(bears).copied())
    }

    /// Rows of `overrides.parquet`.
    pub fn override_rows(
        &self,
        sources: Sources<'a>,
        standings: &Standings,
        actions: &Actions,
        alert: &dyn Fn(NodeIx) -> Option<bool>,
        order: &[NodeIx],
    ) -> Vec<OverrideOut<'a>> {
        let mut rows = Vec::new();
        for node in order.iter().filter(|n| self.judged.contains_key(n)) {
            let in_force = self.in_force(*node);
            let first = rows.len();
            for row in self.judged.get(node).into_iter().flatten() {
                let field = field_name(row.field);
                let machine = match field {
                    "severity_band" => standings.standing(*node).and_then(|s| s.keys.band).map(|b| band_word(b).to_owned()),
                    "priority" => standings.position(*node).map(|p| p.to_string()),
                    "response" => {
                        let first = actions.first(*node).and_then(|a| sources.pack.text.response.get(a.chosen.row));
                        first.map(|r| r.id.clone())
                    }
                    "involvement" => actions.companies.get(node).and_then(|c| c.first()).map(|(i, _)| i.as_str().to_owned()),
                    "alert" => alert(*node).map(|a| if a { "yes" } else { "no" }.to_owned()),
                    _ => None,
                };
                rows.push(OverrideOut {
                    node_id: shown(sources, *node),
                    field,
                    machine,
                    value: Cow::Borrowed(&*row.value),
                    reason: Cow::Borrowed(&*row.reason),
                    by_role: row.by_role,
                    date: row.date.to_string(),
                    in_force: in_force.get(&row.field).is_some_and(|r| std::ptr::eq(*r, *row)),
                    file: file(sources, row.row),
                });
            }
            rows[first..].sort_by(crate::export::sink::Row::order);
        }
        rows
    }

    /// Rows of `contests.parquet`.
    pub fn contest_rows(&self, sources: Sources<'a>, standings: &Standings, as_of: Date, order: &[NodeIx]) -> Vec<ContestOut<'a>> {
        let mut rows = Vec::new();
        for node in order {
            for row in self.answered.get(node).into_iter().flatten() {
                let weightless = why_not(row, sources.pack);
                rows.push(ContestOut {
                    node_id: shown(sources, *node),
                    contest_id: Cow::Borrowed(sources.inputs.ids.text(row.contest)),
                    claim: row.claim,
                    norm: row.norm,
                    sign: row.sign.and_then(|s| sources.pack.signs.get(s.0 as usize)).map(|s| Cow::Borrowed(s.id.as_str())),
                    answers: answers(*node, row, sources, standings),
                    quarter: row.date.quarter(),
                    by_role: row.by_role,
                    evidence: row.evidence.map(|e| Cow::Borrowed(sources.inputs.ids.text(e))),
                    why_not: if weightless.is_empty() && row.date > as_of { AFTER } else { weightless },
                    file: file(sources, row.row),
                });
            }
        }
        rows
    }
}

/// What stands at a place that an answer is about.
fn answers(node: NodeIx, row: &ContestRow, sources: Sources<'_>, standings: &Standings) -> String {
    let norms = norms_answered(row, sources.pack);
    let levels: Vec<String> = match row.case {
        Some(case) => {
            let is_case = |i: u32| sources.rules.cases.get(i as usize).is_some_and(|c| *c.id == *sources.inputs.ids.text(case));
            let of_case = sources.rules.found.findings.iter().filter(|f| f.node == node && f.level >= Level::Possible && is_case(f.case));
            of_case.map(|f| format!("a case: {} {}", f.norm.as_str(), f.level.as_str())).collect()
        }
        None => {
            let found = standings.found.get(&node).copied().unwrap_or_default();
            let of = |n: &Norm| found.levels[n.at()].filter(|_| norms.is_empty() || norms.contains(*n));
            Norm::ALL.iter().filter_map(|n| of(n).map(|level| format!("{} {}", n.as_str(), level.as_str()))).collect()
        }
    };
    let signals = || sources.beliefs.get(node.at()).and_then(Option::as_ref).is_some_and(|b| b.site_signal);
    match levels.is_empty() {
        false => levels.join(";"),
        true if signals() => "site signal".to_owned(),
        true => "nothing found".to_owned(),
    }
}

fn joined<'r>(rows: impl Iterator<Item = &'r ContestRow>) -> Option<String> {
    let mut all: Vec<String> = rows.map(|r| format!("{} {} ({})", r.claim.as_str(), r.date.quarter(), r.by_role)).collect();
    let more = all.len().saturating_sub(ANSWERS_SHOWN);
    all.truncate(ANSWERS_SHOWN);
    if more > 0 {
        all.push(format!("{more} more in contests.parquet"));
    }
    (!all.is_empty()).then(|| all.join(";"))
}

fn field_name(field: u8) -> &'static str {
    OVERRIDE_FIELDS.get(usize::from(field)).copied().unwrap_or_default()
}

fn file(sources: Sources<'_>, row: RowRef) -> String {
    sources.inputs.file(row).map_or_else(String::new, ToString::to_string)
}

fn shown<'a>(sources: Sources<'a>, node: NodeIx) -> Cow<'a, str> {
    Cow::Borrowed(sources.resolution.nodes.get(node.at()).map_or("", |n| &*n.shown_id))
}
