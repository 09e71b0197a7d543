//! What the response matrix asks of a place, gathered from findings, reports, channels, practices and remedies.

use super::{FIFTEEN, Sources, Standings};
use crate::base::{Date, NodeIx, Norm, NormSet};
use crate::duty::PlaceFacts;
use crate::evidence::book::{EvidenceRow, Item};
use crate::evidence::detect::BuyerPractice;
use crate::evidence::remedy::Verifier;
use crate::findings::{Finding, Level};
use crate::pack::load::MONTH_DAYS;
use crate::pack::{SignIx, is_about_children};
use crate::schema::outputs::ROOT_NORMS;
use crate::validate::inputs::{FactStatus, RemediationRow};
use std::collections::BTreeMap;

/// Signs that say of a child that it is younger than a young worker.
const UNDER_15: [&str; 4] = ["cl_light_band_excess", "cl_light_band_not_light", "cl_under_general_age", "cl_under_light_age"];
/// Days after which a silent quarter no longer shows that a channel is open.
const CHANNEL_DAYS: f64 = 200.0;
/// The class of channels in the method.
const CHANNELS: &str = "grievance";
/// Of remedies, what is none.
const RESPONSIBLE_EXIT: &str = "responsible_exit";

/// Whether a row tells of a sign and counts.
fn is_told(row: &EvidenceRow) -> bool {
    row.item == Item::Report && row.why_not.is_empty()
}

/// The signs that a finding rests on.
pub(super) fn told_facts(finding: &Finding) -> impl Iterator<Item = SignIx> + '_ {
    let told = |status: FactStatus| matches!(status, FactStatus::Supported | FactStatus::Established);
    finding.facts.iter().filter(move |(_, status, _)| told(*status)).map(|(sign, _, _)| *sign)
}

/// Looks up what is known of each place.
pub struct PlaceBook<'a> {
    sources: Sources<'a>,
    standings: &'a Standings,
    findings: BTreeMap<NodeIx, Vec<&'a Finding>>,
    practices: BTreeMap<NodeIx, Vec<&'a BuyerPractice>>,
    remedies: BTreeMap<NodeIx, Vec<&'a RemediationRow>>,
    as_of: Date,
    coverage_low: f64,
    channel_least: f64,
    refusal_days: f64,
}

impl<'a> PlaceBook<'a> {
    pub fn new(sources: Sources<'a>, standings: &'a Standings, practices: &'a [BuyerPractice], as_of: Date) -> Self {
        let number = |id: &str| sources.pack.parameter(id).map_or(0.0, |p| p.value);
        let mut book = PlaceBook {
            sources,
            standings,
            findings: BTreeMap::new(),
            practices: BTreeMap::new(),
            remedies: BTreeMap::new(),
            as_of,
            coverage_low: number("response.coverage_low"),
            channel_least: number("response.channel_least"),
            refusal_days: number("response.refusal_months") * MONTH_DAYS,
        };
        for f in sources.rules.found.findings.iter().filter(|f| f.level >= Level::Possible) {
            book.findings.entry(f.node).or_default().push(f);
        }
        for p in practices {
            book.practices.entry(p.supplier).or_default().push(p);
        }
        for row in sources.inputs.remediation.iter().filter(|r| &*r.action != RESPONSIBLE_EXIT) {
            if let Some(node) = sources.resolution.node(row.node) {
                book.remedies.entry(node).or_default().push(row);
            }
        }
        book
    }

    /// Whether anything but context may ask for a response here.
    pub fn is_told(&self, node: NodeIx) -> bool {
        let reported = || self.sources.evidence.get(&node).is_some_and(|s| s.rows.iter().any(is_told));
        self.practices.contains_key(&node) || self.standings.found.contains_key(&node) || reported()
    }

    /// `None` where nobody works.
    pub fn facts(&self, node: NodeIx) -> Option<PlaceFacts> {
        let Sources { evidence, priors, beliefs, pack, .. } = self.sources;
        let belief = beliefs.get(node.at())?.as_ref()?;
        let said = evidence.get(&node);
        let found = self.standings.found.get(&node).copied().unwrap_or_default();
        let least = self.standings.least;
        let mut counting = belief.found_norms;
        Norm::ALL.into_iter().filter(|n| belief.posterior.coupled[n.at()] >= least).for_each(|n| counting.insert(n));
        let reports = || said.into_iter().flat_map(|s| &s.rows).filter(|r| is_told(r));
        let findings = || self.findings.get(&node).into_iter().flatten();
        let names_under_15 = |s: SignIx| pack.signs.get(s.0 as usize).is_some_and(|s| UNDER_15.contains(&s.id.as_str()));
        let of_cases =
            |norm: Norm| findings().filter(move |f| f.norm == norm).filter_map(|f| self.sources.rules.cases.get(f.case as usize));
        let speaks = belief.speaks();
        let covered = ROOT_NORMS.iter().map(|(_, n)| belief.coverage[n.at()]).fold(1.0, f64::min);
        let flagged = priors.of(node).is_some_and(|p| p.joint.kept.contains(Norm::StateImposed));
        let reported = reports().filter_map(|r| r.sign).collect::<std::collections::BTreeSet<_>>();
        let official_flag = flagged && belief.posterior.coupled[Norm::StateImposed.at()] >= least;
        let mut hazardous = of_cases(Norm::HazardousChildWork).peekable();
        let (under_15, fifteen_and_over) = match hazardous.peek() {
            Some(_) => (found.ages.hazardous_under_15, hazardous.any(|c| c.age.high.is_none_or(|high| high >= FIFTEEN))),
            None => {
                let under = reported.iter().any(|s| names_under_15(*s))
                    || of_cases(Norm::ChildLabour).any(|c| c.age.low.is_some_and(|low| low < FIFTEEN));
                (under, !under)
            }
        };
        Some(PlaceFacts {
            found: found.levels,
            found_itself: found.itself,
            // Reports that make a signal only together make one of the norms they bear on.
            signalled: match (belief.site_signal, belief.signal_norms.is_empty()) {
                (false, _) => NormSet::EMPTY,
                (true, false) => belief.signal_norms,
                (true, true) => NormSet(reports().fold(0, |all, r| all | r.norms.0) & counting.0),
            },
            counting,
            speaks,
            in_findings: findings().flat_map(|f| told_facts(f)).collect(),
            under_15,
            only_under_15: under_15 && !fifteen_and_over,
            adults: of_cases(Norm::Trafficking).next().is_none()
                || of_cases(Norm::Trafficking).any(|c| c.age.high.is_none_or(|high| high >= super::EIGHTEEN)),
            age_unverified: findings().any(|f| is_about_children(f.norm) && f.age_unverified),
            family: findings().any(|f| {
                let case = self.sources.rules.cases.get(f.case as usize);
                case.is_some_and(|c| c.circumstances.parents_in_forced_labour == Some(true))
            }),
            official_flag,
            no_channel: !self.has_channel(node),
            practices: self.practices(node),
            unheard: !speaks && !official_flag && ((!counting.is_empty() && covered < self.coverage_low) || !reported.is_empty()),
            relapse: self.relapse(node, speaks),
            reported,
        })
    }

    /// A channel in force whose detection reaches the method's least, whatever it said.
    fn has_channel(&self, node: NodeIx) -> bool {
        let Some(said) = self.sources.evidence.get(&node) else { return false };
        let is_channel = |class: u16| self.sources.pack.classes.get(usize::from(class)).is_some_and(|c| c == CHANNELS);
        said.covering
            .iter()
            .filter(|s| is_channel(s.class) && s.age_days <= CHANNEL_DAYS)
            .any(|s| s.detection.iter().any(|d| *d >= self.channel_least))
    }

    /// Each practice of each buyer once.
    fn practices(&self, node: NodeIx) -> Vec<String> {
        let id = |n: NodeIx| self.sources.resolution.nodes.get(n.at()).map_or("", |n| &*n.shown_id);
        let mut all: Vec<String> =
            self.practices.get(&node).into_iter().flatten().map(|p| format!("{} by {}", p.sign, id(p.buyer))).collect();
        all.sort();
        all.dedup();
        all
    }

    /// A sign reported again after a verified remedy of it; else a remedy opened long ago and not completed, while something stands.
    /// Of a place with a signal or a finding alone: one report that makes neither is no reason to prepare to leave.
    fn relapse(&self, node: NodeIx, speaks: bool) -> Option<String> {
        let pack = self.sources.pack;
        let rows = self.remedies.get(&node).filter(|_| speaks)?;
        let name = |s: SignIx| pack.signs.get(s.0 as usize).map_or("", |s| s.id.as_str());
        for row in rows {
            let verified = row.verified_by.as_deref().and_then(|by| Verifier::of(by, &row.actor)).is_some();
            let Some(done) = row.completed.filter(|d| *d <= self.as_of && verified) else { continue };
            let again = self.sources.evidence.get(&node).into_iter().flat_map(|s| &s.rows).find(|r| {
                let same = r.sign.is_some_and(|s| row.sign.is_none_or(|of| pack.fact_of(of) == pack.fact_of(s)));
                r.item == Item::Report && r.why_not.is_empty() && same && r.day > done && !r.norms.is_empty()
            });
            if let Some(sign) = again.and_then(|r| r.sign) {
                return Some(format!("{} reported again after a remedy verified in {}", name(sign), done.quarter()));
            }
        }
        let stalled = rows.iter().find(|r| {
            let open = r.completed.is_none_or(|d| d > self.as_of);
            open && f64::from(self.as_of.days_since(r.opened)) > self.refusal_days
        });
        stalled.map(|r| format!("a remedy opened in {} and not completed", r.opened.quarter()))
    }
}
