//! The order in which rows and numbers come out: by content alone, so that the order of rows in the files never shows.

use super::inputs::{
    AliasRow, AuditFindingRow, AuditRow, CaseRow, CertificateRow, ChannelRow, ContestRow, DecisionRow, GrievanceRow, HoldingRow,
    IdentifierRow, Inputs, LinkRow, ListingRow, NodeRow, OverrideRow, PayrollRow, PurchasingRow, RecruitmentRow, RemediationRow,
    ShipmentRow, StatementRow, SurveyRow, TradeFlowRow,
};
use crate::base::{Interner, Symbol, par};

/// A row that names texts by number.
trait Symbols {
    fn each(&mut self, change: &mut dyn FnMut(&mut Symbol));
}

macro_rules! symbols {
    ($($row:ty: $($one:ident),* ; $($maybe:ident),*;)*) => {
        $(impl Symbols for $row {
            fn each(&mut self, change: &mut dyn FnMut(&mut Symbol)) {
                $(change(&mut self.$one);)*
                $(if let Some(symbol) = &mut self.$maybe { change(symbol); })*
            }
        })*
    };
}

symbols! {
    NodeRow: id; parent;
    LinkRow: supplier, buyer; product, unit, scope;
    AuditRow: audit, node; auditor;
    AuditFindingRow: audit; origin;
    ChannelRow: channel, node; ;
    GrievanceRow: grievance, node; channel, origin;
    StatementRow: statement, node, origin; ;
    CaseRow: case, node; ;
    RemediationRow: case, node; currency;
    AliasRow: node; ;
    IdentifierRow: node; ;
    ListingRow: entry, origin; ;
    DecisionRow: left, right; ;
    OverrideRow: node; ;
    ContestRow: contest, node; case, evidence;
    SurveyRow: node; origin;
    RecruitmentRow: node; agency, fee_currency;
    PayrollRow: node; ;
    PurchasingRow: buyer, supplier; ;
    HoldingRow: node; ;
    ShipmentRow: shipment; shipper, consignee, product_text, heading, unit;
    CertificateRow: node; ;
}

fn each_symbol(inputs: &mut Inputs, change: &mut dyn FnMut(&mut Symbol)) {
    inputs.nodes.iter_mut().for_each(|r| r.each(change));
    inputs.links.iter_mut().for_each(|r| r.each(change));
    inputs.audits.iter_mut().for_each(|r| r.each(change));
    inputs.audit_findings.iter_mut().for_each(|r| r.each(change));
    inputs.inspections.iter_mut().for_each(|r| r.each(change));
    inputs.inspection_findings.iter_mut().for_each(|r| r.each(change));
    inputs.channels.iter_mut().for_each(|r| r.each(change));
    inputs.grievances.iter_mut().for_each(|r| r.each(change));
    inputs.statements.iter_mut().for_each(|r| r.each(change));
    inputs.cases.iter_mut().for_each(|r| r.each(change));
    inputs.remediation.iter_mut().for_each(|r| r.each(change));
    inputs.aliases.iter_mut().for_each(|r| r.each(change));
    inputs.identifiers.iter_mut().for_each(|r| r.each(change));
    inputs.listings.iter_mut().for_each(|r| r.each(change));
    inputs.decisions.iter_mut().for_each(|r| r.each(change));
    inputs.overrides.iter_mut().for_each(|r| r.each(change));
    inputs.contests.iter_mut().for_each(|r| r.each(change));
    inputs.surveys.iter_mut().for_each(|r| r.each(change));
    inputs.recruitment.iter_mut().for_each(|r| r.each(change));
    inputs.payroll.iter_mut().for_each(|r| r.each(change));
    inputs.purchasing.iter_mut().for_each(|r| r.each(change));
    inputs.portfolio.iter_mut().for_each(|r| r.each(change));
    inputs.shipments.iter_mut().for_each(|r| r.each(change));
    inputs.certificates.iter_mut().for_each(|r| r.each(change));
}

/// Numbers the texts that accepted rows use in byte order, and sorts rows by their ids. Rows of one id keep the order that they have,
/// which must be one of content.
pub(super) fn put_in_order(inputs: &mut Inputs) {
    let mut used = vec![false; inputs.ids.len()];
    each_symbol(inputs, &mut |s| {
        if let Some(slot) = used.get_mut(s.0 as usize) {
            *slot = true;
        }
    });
    let mut texts: Vec<(&str, u32)> =
        inputs.ids.iter().filter(|(s, _)| used.get(s.0 as usize) == Some(&true)).map(|(s, t)| (t, s.0)).collect();
    texts.sort_unstable();
    let mut ids = Interner::default();
    let mut renumbered = vec![Symbol(0); used.len()];
    for (text, old) in texts {
        let new = ids.intern(text);
        if let Some(slot) = renumbered.get_mut(old as usize) {
            *slot = new;
        }
    }
    inputs.ids = ids;
    each_symbol(inputs, &mut |s| *s = renumbered.get(s.0 as usize).copied().unwrap_or(*s));
    inputs.nodes.sort_by_key(|r| r.id);
    let of_link = |r: &LinkRow| (r.buyer, r.supplier, r.relation, r.product, r.scope, r.valid);
    par::sort_by(&mut inputs.links, |a, b| of_link(a).cmp(&of_link(b)));
    inputs.audits.sort_by_key(|r| (r.audit, r.node));
    inputs.inspections.sort_by_key(|r| (r.audit, r.node));
    inputs.audit_findings.sort_by_key(|r| (r.audit, r.sign));
    inputs.inspection_findings.sort_by_key(|r| (r.audit, r.sign));
    inputs.channels.sort_by_key(|r| (r.channel, r.node));
    inputs.grievances.sort_by_key(|r| r.grievance);
    inputs.statements.sort_by_key(|r| r.statement);
    inputs.cases.sort_by_key(|r| r.case);
    inputs.remediation.sort_by_key(|r| r.case);
    inputs.identifiers.sort_by(|a, b| (a.node, &a.scheme, &a.value).cmp(&(b.node, &b.scheme, &b.value)));
    inputs.listings.sort_by_key(|r| r.entry);
    inputs.decisions.sort_by_key(|r| (r.left, r.right, r.decided_on, r.same));
    inputs.overrides.sort_by(|a, b| (a.node, a.field, a.date, &a.value, a.by_role).cmp(&(b.node, b.field, b.date, &b.value, b.by_role)));
    inputs.contests.sort_by_key(|r| r.contest);
    inputs.aliases.sort_by(|a, b| (a.node, &a.name).cmp(&(b.node, &b.name)));
    inputs.surveys.sort_by_key(|r| (r.node, r.date, r.sign));
    inputs.recruitment.sort_by_key(|r| (r.node, r.period));
    inputs.payroll.sort_by_key(|r| (r.node, r.period));
    inputs.purchasing.sort_by_key(|r| (r.supplier, r.buyer, r.quarter));
    inputs.portfolio.sort_by(|a, b| (&a.portfolio, a.node).cmp(&(&b.portfolio, b.node)).then(a.weight.total_cmp(&b.weight)));
    inputs.shipments.sort_by_key(|r| r.shipment);
    let of_flow = |r: &TradeFlowRow| (r.importer, r.product, r.year, r.exporter);
    par::sort_by(&mut inputs.trade_flows, |a, b| of_flow(a).cmp(&of_flow(b)).then_with(|| a.value.total_cmp(&b.value)));
    inputs.certificates.sort_by(|a, b| (a.node, a.issued, &a.scheme).cmp(&(b.node, b.issued, &b.scheme)));
}

/// BLAKE3 over the sorted hashes of rows, as hex.
pub(super) fn dataset_hash(mut rows: Vec<[u8; 32]>) -> String {
    rows.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for row in &rows {
        hasher.update(row);
    }
    hasher.finalize().to_hex().to_string()
}
