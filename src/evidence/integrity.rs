//! Signs that a source could not see: coached workers, double books, an auditor who came again, a channel that nobody trusts. They void or
//! scale silence and looks, never a sign that was seen (methodology 2.9 and 3.3).
//!
//! - Seen in a visit (`gi_*` in its findings, or a sign of another list that has an effect, as children hidden from it): that visit alone.
//! - Told of the place by somebody else (a statement, a grievance): its visits of the months before that day (`reliability.
//!   told_within_months`); what deceived (factor 0) voids audits and inspections, what only dulled the eye scales audits.
//! - `gi_same_auditor_again` also follows from `audits.auditor`: the firm of the visit before at that place.
//! - `si_no_credible_due_diligence`, and places with an official flag of state-imposed labour: nobody can ask freely there, so every visit
//!   and every interview is void.
//! - `gm_*`: the channels of the place, from those months before on until the row's closing: none is there (d = 0), trust or use capped;
//!   `gm_management_run` speaks of channels that the company runs.
//! - Public inspections where inspectors are too few or `st_corruption` is told of the place; channels where `st_no_firewall` is.
//!
//! What grievances alone told stands in the factors without its sign: one complaint would show through it.
//!
//! A sign counts once per visit however often it is told, factors of several signs multiply. Rows that were refuted, are dated after `as_of`
//! or have lapsed say nothing.

use super::book::Book;
use super::reliability::Factor;
use crate::base::{Date, NodeIx, Norm, Symbol};
use crate::pack::{IntegrityEffect, MethodPack, Sign, SignIx};
use crate::reference::Place;
use crate::validate::inputs::{AuditFindingRow, AuditRow, ChannelRow, FindingResult, Status};
use std::collections::{BTreeMap, BTreeSet};

const SAME_AUDITOR: &str = "gi_same_auditor_again";
const NOT_FREE: &str = "si_no_credible_due_diligence";
const CORRUPTION: &str = "st_corruption";
const NO_FIREWALL: &str = "st_no_firewall";
const MANAGEMENT_RUN: &str = "gm_management_run";

/// Whom a sign of integrity concerns, by the group of the list that it stands in (methodology 2.4, 2.6, 2.9).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Concerns {
    /// `gi_*`, and the signs of deceit in other lists: the visit.
    Visit,
    /// `gm_*`: grievance channels.
    Channels,
    /// All who come and ask.
    Everybody,
    /// Context that dulls public inspections.
    Inspections,
    /// Context that dulls channels.
    Callers,
}

impl Concerns {
    /// Context says nothing of sources but for the two factors that the published rules name.
    fn of(sign: &Sign) -> Option<Self> {
        match sign.id.as_str() {
            NOT_FREE => Some(Concerns::Everybody),
            CORRUPTION => Some(Concerns::Inspections),
            NO_FIREWALL => Some(Concerns::Callers),
            _ if sign.effect.is_none() => None,
            id if id.starts_with("gm_") => Some(Concerns::Channels),
            _ => Some(Concerns::Visit),
        }
    }
}

/// What a sign does to its source; nothing where the pack gives it no effect.
fn effect(pack: &MethodPack, sign: SignIx) -> IntegrityEffect {
    let none = IntegrityEffect { silence_factor: 1.0, trust_most: None, use_most: None };
    pack.signs.get(sign.0 as usize).and_then(|s| s.effect).unwrap_or(none)
}

/// A sign told of a place by somebody who was not the visit in question.
#[derive(Clone, Copy, Debug)]
struct Told {
    sign: SignIx,
    concerns: Concerns,
    day: Date,
    /// Day from which it no longer holds.
    ended: Option<Date>,
    /// By a grievance: which sign it was may show who complained.
    in_confidence: bool,
}

/// How a sign is known; of several ways the first here is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum How {
    Seen,
    SameFirm,
    Told,
    /// Grievances alone told it: the factor names no sign, since one complaint would show through it.
    ToldInConfidence,
}

impl How {
    fn of(told: &Told) -> Self {
        if told.in_confidence { How::ToldInConfidence } else { How::Told }
    }

    /// What a factor by this sign is called.
    fn names(self, sign: &str) -> String {
        match self {
            How::Seen => format!("{sign} (seen in the visit)"),
            How::SameFirm => format!("{sign} (the firm of the visit before, by audits.auditor)"),
            How::Told => format!("{sign} (told of the place)"),
            How::ToldInConfidence => "told of the place".to_owned(),
        }
    }
}

/// Every sign of integrity in the tables, as of a day.
#[derive(Clone, Debug, Default)]
pub(super) struct Integrity {
    /// By table (inspections or audits) and visit.
    visits: BTreeMap<(bool, Symbol), BTreeSet<SignIx>>,
    nodes: BTreeMap<NodeIx, Vec<Told>>,
    /// Audits by the firm of the audit before.
    same_auditor: BTreeSet<Symbol>,
}

/// How a channel's trust and use are capped, and what its detection is multiplied by.
pub(super) struct ChannelLimits {
    /// With the words for what sets the cap.
    pub trust_most: Option<(String, f64)>,
    pub use_most: Option<(String, f64)>,
    pub factors: Vec<Factor>,
}

impl Integrity {
    /// Reads findings, grievances and statements; `book` still has no integrity of its own.
    pub(super) fn of(book: &Book<'_>) -> Self {
        let mut all = Integrity::default();
        let tables = [(&book.inputs.audits, &book.inputs.audit_findings), (&book.inputs.inspections, &book.inputs.inspection_findings)];
        for (inspections, (visits, findings)) in [false, true].into_iter().zip(tables) {
            let by_id: BTreeMap<Symbol, &AuditRow> = visits.iter().map(|v| (v.audit, v)).collect();
            let seen = findings.iter().filter(|f| f.result == FindingResult::Seen && !book.refuted(f));
            for finding in seen {
                let Some(visit) = by_id.get(&finding.audit) else { continue };
                match all.concerns(book, finding.sign) {
                    Some(Concerns::Visit) => {
                        all.visits.entry((inspections, finding.audit)).or_default().insert(finding.sign);
                    }
                    Some(_) => all.tell(book, visit.node, finding.sign, visit.date, finding.closed_on, false),
                    None => {}
                }
            }
        }
        for g in book.inputs.grievances.iter().filter(|g| g.status != Status::Rejected) {
            all.tell(book, g.node, g.sign, g.received_on, g.remedied_on, true);
        }
        for s in book.inputs.statements.iter().filter(|s| s.status != Status::Rejected) {
            all.tell(book, s.node, s.sign, s.date, None, false);
        }
        all.same_auditor = same_auditor(book);
        all
    }

    fn concerns(&self, book: &Book<'_>, sign: SignIx) -> Option<Concerns> {
        book.pack.signs.get(sign.0 as usize).and_then(Concerns::of)
    }

    fn tell(&mut self, book: &Book<'_>, node: Symbol, sign: SignIx, day: Date, ended: Option<Date>, in_confidence: bool) {
        let (Some(concerns), Some(node)) = (self.concerns(book, sign), book.resolution.node(node)) else { return };
        let lapsed = f64::from(book.as_of.days_since(day)) > book.pack.lapse_days;
        if day <= book.as_of && !lapsed {
            self.nodes.entry(node).or_default().push(Told { sign, concerns, day, ended, in_confidence });
        }
    }

    fn told(&self, node: NodeIx, concerns: Concerns) -> impl Iterator<Item = &Told> {
        self.nodes.get(&node).into_iter().flatten().filter(move |t| t.concerns == concerns)
    }

    /// How this was told of the place, where it still held on that day; in the open before in confidence.
    fn held(&self, node: NodeIx, concerns: Concerns, day: Date) -> Option<How> {
        self.told(node, concerns).filter(|t| t.ended.is_none_or(|e| day <= e)).map(How::of).min()
    }
}

/// Audits whose firm also made the audit before at that place; of one day the earlier id comes first.
fn same_auditor(book: &Book<'_>) -> BTreeSet<Symbol> {
    let mut by_place: BTreeMap<NodeIx, Vec<&AuditRow>> = BTreeMap::new();
    for audit in &book.inputs.audits {
        if let Some(node) = book.resolution.node(audit.node) {
            by_place.entry(node).or_default().push(audit);
        }
    }
    let mut again = BTreeSet::new();
    for visits in by_place.values_mut() {
        visits.sort_by(|a, b| a.date.cmp(&b.date).then_with(|| book.text(a.audit).cmp(book.text(b.audit))));
        let by_one_firm = |w: &&[&AuditRow]| matches!(w, [a, b] if a.auditor.is_some() && a.auditor == b.auditor);
        again.extend(visits.windows(2).filter(by_one_firm).filter_map(|w| w.last()).map(|v| v.audit));
    }
    again
}

impl Book<'_> {
    /// A finding that was refuted on review counts as not seen.
    pub(super) fn refuted(&self, finding: &AuditFindingRow) -> bool {
        finding.status == Status::Rejected && finding.closed_on.is_none_or(|d| d <= self.as_of)
    }

    /// What the silence and the looks of a visit are multiplied by, each with its reason; none where nothing is known against it.
    pub(super) fn visit_factors(&self, inspection: bool, node: NodeIx, audit: &AuditRow) -> Vec<Factor> {
        let mut known: BTreeMap<SignIx, How> = BTreeMap::new();
        for sign in self.integrity.visits.get(&(inspection, audit.audit)).into_iter().flatten() {
            known.insert(*sign, How::Seen);
        }
        if !inspection && self.integrity.same_auditor.contains(&audit.audit) {
            // A pack without the sign does not hold the firm against the visit.
            if let Some(sign) = self.pack.sign(SAME_AUDITOR) {
                known.entry(sign).or_insert(How::SameFirm);
            }
        }
        for told in self.integrity.told(node, Concerns::Visit) {
            let before = told.day.days_since(audit.date);
            let deceived = effect(self.pack, told.sign).silence_factor == 0.0;
            if (0..=self.rule.told_within_days).contains(&before) && (deceived || !inspection) {
                let how = How::of(told);
                known.entry(told.sign).and_modify(|known| *known = how.min(*known)).or_insert(how);
            }
        }
        let mut factors: Vec<Factor> = known
            .into_iter()
            .map(|(sign, how)| Factor::new(how.names(&self.pack.signs[sign.0 as usize].id), effect(self.pack, sign).silence_factor))
            .filter(|f| f.value != 1.0)
            .collect();
        factors.extend(self.not_free(node, audit.date));
        if inspection {
            factors.extend(self.weak_inspection(node, audit.date));
        }
        factors
    }

    /// Where nobody can ask freely: the factor (0 in the embedded pack) on every visit and every interview of that day.
    pub(super) fn not_free(&self, node: NodeIx, day: Date) -> Option<Factor> {
        let kept = effect(self.pack, self.pack.sign(NOT_FREE)?).silence_factor;
        if let Some(how) = self.integrity.held(node, Concerns::Everybody, day) {
            return Some(Factor::new(how.names(NOT_FREE), kept));
        }
        let n = self.resolution.nodes.get(node.at())?;
        let place = Place {
            country: n.country,
            subdivision: n.subdivision.as_deref(),
            sector: n.sector,
            product: n.product,
            stage: n.stage,
            kind: n.kind,
        };
        let flagged = self.reference?.base_rate(Norm::StateImposed, &place).is_some();
        flagged.then(|| Factor::new(format!("{NOT_FREE} (official flag of state-imposed labour)"), kept))
    }

    /// Too few inspectors, by the country's own benchmark where somebody judged it, else by the least of any economy; or corruption told.
    fn weak_inspection(&self, node: NodeIx, day: Date) -> Option<Factor> {
        let keep = self.rule.inspection_weak;
        if let Some(how) = self.integrity.held(node, Concerns::Inspections, day) {
            return Some(Factor::new(how.names(CORRUPTION), keep));
        }
        let (country, reference) = (self.resolution.nodes.get(node.at())?.country?, self.reference?);
        let too_few = match reference.enforcement(country).and_then(|e| e.inspectors_meet_standard) {
            Some(meets) => !meets,
            None => reference.context(country, "inspectors_per_10000").is_some_and(|v| v.value < self.rule.inspectors_per_10000_least),
        };
        too_few.then(|| Factor::new("st_inspector_ratio (too few inspectors in the country)", keep))
    }

    /// Caps and factors of a channel in the quarter that ends on `day`.
    pub(super) fn channel_limits(&self, channel: &ChannelRow, node: NodeIx, day: Date) -> ChannelLimits {
        let mut limits = ChannelLimits { trust_most: None, use_most: None, factors: Vec::new() };
        let by_company = channel.independent != Some(true) && matches!(channel.operator.as_deref(), Some("company") | None);
        let mut signs: BTreeMap<SignIx, How> = BTreeMap::new();
        for told in self.integrity.told(node, Concerns::Channels) {
            let management = self.pack.signs[told.sign.0 as usize].id == MANAGEMENT_RUN;
            let from = told.day.plus_days(-self.rule.told_within_days);
            if day >= from && told.ended.is_none_or(|e| day <= e) && (by_company || !management) {
                let how = How::of(told);
                signs.entry(told.sign).and_modify(|known| *known = how.min(*known)).or_insert(how);
            }
        }
        let least = |slot: &mut Option<(String, f64)>, by: String, cap: Option<f64>| {
            if let Some(cap) = cap.filter(|c| slot.as_ref().is_none_or(|(_, known)| c < known)) {
                *slot = Some((by, cap));
            }
        };
        for (sign, how) in signs {
            let effect = effect(self.pack, sign);
            let id = &self.pack.signs[sign.0 as usize].id;
            let by = || if how == How::ToldInConfidence { "what was told of the place".to_owned() } else { id.clone() };
            least(&mut limits.trust_most, by(), effect.trust_most);
            least(&mut limits.use_most, by(), effect.use_most);
            if effect.silence_factor != 1.0 {
                limits.factors.push(Factor::new(how.names(id), effect.silence_factor));
            }
        }
        if let Some(how) = self.integrity.held(node, Concerns::Callers, day) {
            limits.factors.push(Factor::new(how.names(NO_FIREWALL), self.rule.no_firewall));
        }
        limits
    }
}
