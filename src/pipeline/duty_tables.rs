//! From actions, duties, owings, judgements and answers to their rows, and to the first lines of what to do.

use super::summary::DoFirst;
use super::tables::Facts;
use crate::base::NodeIx;
use crate::duty::Basis;
use crate::export::Register;
use crate::export::duty_rows::{ActionRow, ContestOut, DutyRow, OverrideOut, RemedyRow, RemedyShareRow, band_word};
use crate::export::register::Beside;
use crate::export::sink::Row;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Companies named in one row.
const COMPANIES_MOST: usize = 5;
/// Lines of what to do first.
const FIRST_MOST: usize = 5;

impl<'a> Facts<'a> {
    /// Rows of `actions.parquet`.
    pub fn actions(&self) -> Vec<ActionRow<'a>> {
        let mut rows = Vec::with_capacity(self.actions.actions.len());
        let mut last: Option<(NodeIx, i64)> = None;
        for action in &self.actions.actions {
            let step = last.filter(|(n, _)| *n == action.node).map_or(1, |(_, s)| s + 1);
            last = Some((action.node, step));
            let Some(response) = self.pack.text.response.get(action.chosen.row) else { continue };
            let companies = self.actions.companies.get(&action.node).map_or(&[][..], Vec::as_slice);
            rows.push(ActionRow {
                node_id: self.id(action.node),
                name: Cow::Borrowed(self.resolution.nodes.get(action.node.at()).map_or("", |n| &*n.shown_name)),
                priority: self.standings.position(action.node).unwrap_or_default(),
                step,
                response,
                basis: action.chosen.basis,
                why: action.chosen.why.join("; "),
                norms: action.chosen.norms,
                severity: action.severity,
                ledger: action.ledger.clone(),
                companies: companies.iter().take(COMPANIES_MOST).map(|(_, n)| self.id(*n)).collect(),
                companies_count: companies.len() as i64,
                overrides: self.beside.judgement_text(action.node),
            });
        }
        rows.sort_by(|a, b| a.lead().cmp(b.lead()).then_with(|| a.order(b)));
        rows
    }

    /// Rows of `duties.parquet`.
    pub fn duties(&self) -> Vec<DutyRow<'a>> {
        let row = |p: &crate::pipeline::duty::CompanyPart| DutyRow {
            focal_id: self.id(p.focal),
            node_id: self.id(p.node),
            priority: self.standings.position(p.node).unwrap_or_default(),
            tier: p.tier.map(i64::from),
            involvement: p.involvement,
            why: p.why.clone(),
            leverage_direct: p.direct,
            leverage: p.leverage,
            leverage_assumed: p.assumed,
            touched: p.touched.map(|(touched, _)| touched),
            share_of_touched: p.touched.map(|(_, share)| share),
            remedy_share: p.remedy_share,
        };
        let mut rows: Vec<DutyRow<'a>> = self.actions.parts.iter().map(row).collect();
        rows.sort_by(|a, b| a.lead().cmp(b.lead()).then_with(|| a.order(b)));
        rows
    }

    /// Rows of `remedies.parquet`.
    pub fn remedies(&self) -> Vec<RemedyRow<'a>> {
        self.owings.rows(self.sources(), self.shown_order)
    }

    /// Rows of `remedy_shares.parquet`.
    pub fn remedy_shares(&self) -> Vec<RemedyShareRow<'a>> {
        let mut rows = self.owings.share_rows(self.sources(), self.shown_order, &|n| self.is_focal(n));
        rows.sort_by(|a, b| a.lead().cmp(b.lead()).then_with(|| a.order(b)));
        rows
    }

    /// Rows of `overrides.parquet`.
    pub fn overrides(&self) -> Vec<OverrideOut<'a>> {
        let alert = |n: NodeIx| self.beliefs.get(n.at()).and_then(Option::as_ref).map(|_| self.spread.alert(n));
        let mut rows = self.beside.override_rows(self.sources(), self.standings, self.actions, &alert, self.shown_order);
        rows.sort_by(|a, b| a.lead().cmp(b.lead()).then_with(|| a.order(b)));
        rows
    }

    /// Rows of `contests.parquet`.
    pub fn contests(&self) -> Vec<ContestOut<'a>> {
        let mut rows = self.beside.contest_rows(self.sources(), self.standings, self.as_of, self.shown_order);
        rows.sort_by(|a, b| a.lead().cmp(b.lead()).then_with(|| a.order(b)));
        rows
    }

    /// Tells the register the first response of each place, and who answered.
    pub(super) fn tell_register(&self, register: &mut Register) {
        let mut nodes: BTreeSet<NodeIx> = self.beside.answered.keys().copied().collect();
        let mut last = None;
        for action in self.actions.actions.iter() {
            if last == Some(action.node) {
                continue;
            }
            last = Some(action.node);
            nodes.remove(&action.node);
            let response = self.pack.text.response.get(action.chosen.row);
            let beside = Beside {
                response: response.map(|r| (r.id.clone(), r.first_72h.clone(), r.lead.join(";"))),
                contested: self.beside.answer_text(action.node, None, self.sources()),
            };
            register.add_beside(&self.id(action.node), beside);
        }
        for node in nodes {
            let contested = self.beside.answer_text(node, None, self.sources());
            register.add_beside(&self.id(node), Beside { response: None, contested });
        }
    }

    /// The first places that ask for something, each with its first response.
    pub(super) fn do_first(&self) -> Vec<DoFirst> {
        let mut lines: Vec<DoFirst> = Vec::new();
        let mut last = None;
        for action in &self.actions.actions {
            if lines.len() == FIRST_MOST {
                break;
            }
            if last == Some(action.node) {
                continue;
            }
            last = Some(action.node);
            let Some(response) = self.pack.text.response.get(action.chosen.row) else { continue };
            let more = self.actions.actions.iter().filter(|a| a.node == action.node).count() as u64 - 1;
            lines.push(DoFirst {
                priority: self.standings.position(action.node).unwrap_or_default() as u64,
                node_id: self.id(action.node).into_owned(),
                name: self.resolution.nodes.get(action.node.at()).map_or_else(String::new, |n| n.shown_name.to_string()),
                response: response.id.clone(),
                pattern: response.pattern.clone(),
                basis: action.chosen.basis.as_str().to_owned(),
                why: action.chosen.why.join("; "),
                severity_band: self.standings.standing(action.node).and_then(|s| s.keys.band).map(|b| band_word(b).to_owned()),
                // Of a place that nothing was said of, the first thing is to accuse nobody; the second is what to do.
                what: match action.chosen.basis {
                    Basis::Context => format!("{} {}", response.first_72h, response.days_30_90),
                    _ => response.first_72h.clone(),
                },
                lead: response.lead.clone(),
                never: response.never.clone(),
                ends_orders: response.ends_orders,
                ledger: action.ledger.as_ref().map(ledger_words),
                more,
            });
        }
        lines
    }
}

/// What leaving would do, in a sentence.
fn ledger_words(l: &crate::export::duty_rows::Ledger) -> String {
    let people = l.people.map_or_else(|| "an unknown number of people depends".to_owned(), |p| format!("{p:.0} people depend"));
    let orders = match (l.orders, l.share_of_sales) {
        (Some(orders), Some(share)) => {
            format!("; orders of {orders:.0} a year, {:.1} % of its recorded sales, would be lost", share * 100.0)
        }
        (Some(orders), None) => format!("; orders of {orders:.0} a year would be lost"),
        _ => String::new(),
    };
    let behind = l.upstream_nodes.filter(|n| *n > 0).map_or_else(String::new, |n| format!("; {n} suppliers behind it would lose orders"));
    format!("{people} on this place{orders}{behind}")
}
