//! Which rows of the response matrix a place asks for, why, and in which order (methodology 6). The rows are data of the method; this file reads
//! their triggers.
//!
//! A row is chosen where one of its norms reaches what the row asks (a finding by rule, or reports that make a signal), where one of its signs
//! was reported, or where its circumstance alone is enough. What a circumstance forbids (a child of 15 in the row for those under 15) no norm overrides.

use crate::base::{Norm, NormSet};
use crate::findings::Level;
use crate::pack::{Circumstance, Layer, MethodPack, Reached, ResponseText, SignIx};
use std::collections::BTreeSet;

/// What chose a row, the strongest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Basis {
    Finding,
    Signal,
    Report,
    Practice,
    Integrity,
    Gap,
    Context,
}

impl Basis {
    pub const ALL: [Basis; 7] =
        [Basis::Finding, Basis::Signal, Basis::Report, Basis::Practice, Basis::Integrity, Basis::Gap, Basis::Context];

    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Finding => "finding",
            Basis::Signal => "signal",
            Basis::Report => "report",
            Basis::Practice => "practice",
            Basis::Integrity => "integrity",
            Basis::Gap => "gap",
            Basis::Context => "context",
        }
    }
}

/// What the matrix asks of a place.
#[derive(Clone, Debug, Default)]
pub struct PlaceFacts {
    /// Level of each norm by rule, of its own or of what implies it; `None` below possible.
    pub found: [Option<Level>; Norm::COUNT],
    /// Norms on which reports make a signal by themselves.
    pub signalled: NormSet,
    /// Norms that count in the order: probability at least the method's least, or found.
    pub counting: NormSet,
    /// A signal or a finding.
    pub speaks: bool,
    /// Signs of reports that count.
    pub reported: BTreeSet<SignIx>,
    /// Signs among the facts of findings that are possible or more.
    pub in_findings: BTreeSet<SignIx>,
    /// A child that is, or may be, under 15 is among those found; or a sign says so.
    pub under_15: bool,
    /// Somebody other than a child is concerned, or nobody's age is told.
    pub adults: bool,
    /// A finding of a norm about children rests on an age without a document.
    pub age_unverified: bool,
    /// Parents in forced labour beside the child.
    pub family: bool,
    /// State-imposed forced labour is flagged officially for the place's region and product.
    pub official_flag: bool,
    /// Workers have no channel that reaches the method's least.
    pub no_channel: bool,
    /// Buyers' practices towards the place beyond their thresholds, as `practice (buyer)`.
    pub practices: Vec<String>,
    /// No signal and no finding, a norm counts, and either coverage is low (near 0 nobody could have heard) or something was reported.
    pub unheard: bool,
    /// What was reported again after a verified remedy, or which remedy was opened long ago and never completed.
    pub relapse: Option<String>,
}

/// A row of the matrix at a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Chosen {
    /// Position in the method's rows.
    pub row: usize,
    pub basis: Basis,
    pub why: Vec<String>,
    /// Norms that it answers here.
    pub norms: NormSet,
}

/// The rows that a place asks for, in the order in which they are to be done.
pub fn respond(place: &PlaceFacts, pack: &MethodPack) -> Vec<Chosen> {
    let rows = &pack.text.response;
    let mut chosen: Vec<Chosen> = Vec::new();
    // The row on state-imposed forced labour decides about another one.
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|i| rows.get(*i).map(|r| (r.when == Some(Circumstance::NotStateImposed), r.order)));
    let mut state_imposed = false;
    for i in order {
        let Some(row) = rows.get(i) else { continue };
        if let Some(one) = choose(i, row, place, pack, state_imposed) {
            state_imposed |= row.when == Some(Circumstance::OfficialFlag);
            chosen.push(one);
        }
    }
    chosen.sort_by_key(|c| rows.get(c.row).map(|r| (r.order, r.number)));
    chosen
}

fn choose(at: usize, row: &ResponseText, place: &PlaceFacts, pack: &MethodPack, state_imposed: bool) -> Option<Chosen> {
    let forbidden = match row.when {
        Some(Circumstance::Under15) => !place.under_15,
        Some(Circumstance::NotUnder15) => place.under_15,
        Some(Circumstance::Adults) => !place.adults,
        Some(Circumstance::NotStateImposed) => state_imposed,
        _ => false,
    };
    if forbidden {
        return None;
    }
    let mut reasons = Reasons::default();
    for norm in row.norms.iter().filter_map(|n| Norm::parse(n)) {
        match place.found[norm.at()] {
            Some(level) => reasons.add(Basis::Finding, format!("{} {}", norm.as_str(), level.as_str()), NormSet::of(&[norm])),
            None if row.least == Reached::Signal && place.signalled.contains(norm) => {
                reasons.add(Basis::Signal, format!("reports make a signal of {}", norm.as_str()), NormSet::of(&[norm]));
            }
            None => {}
        }
    }
    for sign in row.signs.iter().filter_map(|s| pack.sign(s)).filter(|s| place.reported.contains(s)) {
        let Some(told) = pack.signs.get(sign.0 as usize) else { continue };
        let basis = match told.layer {
            Layer::Integrity if row.when == Some(Circumstance::NoChannel) => Basis::Gap,
            Layer::Integrity => Basis::Integrity,
            _ if place.in_findings.contains(&sign) => Basis::Finding,
            _ if place.speaks => Basis::Signal,
            _ => Basis::Report,
        };
        let mut norms = NormSet::EMPTY;
        Norm::ALL.into_iter().filter(|n| told.norms[n.at()].is_some() && place.counting.contains(*n)).for_each(|n| norms.insert(n));
        reasons.add(basis, format!("{} reported", told.id), norms);
    }
    circumstance(row, place, &mut reasons);
    let basis = reasons.basis?;
    Some(Chosen { row: at, basis, why: reasons.why, norms: reasons.norms })
}

/// What a circumstance adds where it is enough by itself.
fn circumstance(row: &ResponseText, place: &PlaceFacts, reasons: &mut Reasons) {
    let none = NormSet::EMPTY;
    match row.when {
        Some(Circumstance::OfficialFlag) if place.official_flag => {
            let why = "an official flag of region and product; nothing of it was said of this place by itself".to_owned();
            reasons.add(Basis::Context, why, NormSet::of(&[Norm::StateImposed]));
        }
        Some(Circumstance::NoChannel) if place.speaks && place.no_channel => {
            reasons.add(Basis::Gap, "no channel on record that workers could trust and reach".to_owned(), none);
        }
        Some(Circumstance::Practice) => {
            for practice in &place.practices {
                reasons.add(Basis::Practice, practice.clone(), none);
            }
        }
        Some(Circumstance::AgeUnverified) if place.age_unverified => {
            reasons.add(Basis::Finding, "a finding rests on an age that no document shows".to_owned(), none);
        }
        Some(Circumstance::Unheard) if place.unheard => {
            let (basis, why) = match place.reported.is_empty() {
                true => (Basis::Context, "country, product and stage alone; nobody could have told"),
                false => (Basis::Report, "what was reported makes no signal"),
            };
            reasons.add(basis, why.to_owned(), place.counting);
        }
        Some(Circumstance::Family) if place.family => {
            reasons.add(Basis::Finding, "a case tells of parents in forced labour beside the child".to_owned(), none);
        }
        Some(Circumstance::Relapse) => {
            if let Some(why) = &place.relapse {
                reasons.add(if place.speaks { Basis::Signal } else { Basis::Report }, why.clone(), none);
            }
        }
        _ => {}
    }
}

#[derive(Default)]
struct Reasons {
    basis: Option<Basis>,
    why: Vec<String>,
    norms: NormSet,
}

impl Reasons {
    fn add(&mut self, basis: Basis, why: String, norms: NormSet) {
        self.basis = Some(self.basis.map_or(basis, |known| known.min(basis)));
        self.why.push(why);
        self.norms.0 |= norms.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack() -> MethodPack {
        MethodPack::embedded().unwrap()
    }

    fn ids(place: &PlaceFacts, pack: &MethodPack) -> Vec<String> {
        respond(place, pack).iter().map(|c| pack.text.response[c.row].id.clone()).collect()
    }

    #[test]
    fn a_place_of_which_nothing_is_known_asks_for_nothing() {
        assert!(ids(&PlaceFacts { adults: true, ..PlaceFacts::default() }, &pack()).is_empty());
    }

    #[test]
    fn state_imposed_work_ends_orders_first_and_is_never_answered_by_staying() {
        let pack = pack();
        let mut place = PlaceFacts { speaks: true, adults: true, ..PlaceFacts::default() };
        place.signalled = NormSet::of(&[Norm::ForcedLabour]);
        assert_eq!(ids(&place, &pack), ["private_forced_labour"]);
        place.signalled = NormSet::of(&[Norm::ForcedLabour, Norm::StateImposed]);
        let rows = respond(&place, &pack);
        assert_eq!(pack.text.response[rows[0].row].id, "state_imposed");
        assert!(rows.iter().all(|c| pack.text.response[c.row].id != "private_forced_labour"));
        assert!(rows.iter().enumerate().all(|(i, c)| pack.text.response[c.row].ends_orders == (i == 0)));
    }

    #[test]
    fn hazardous_work_is_answered_by_age_and_never_by_both_rows() {
        let pack = pack();
        let mut place = PlaceFacts { speaks: true, adults: true, ..PlaceFacts::default() };
        place.found[Norm::HazardousChildWork.at()] = Some(Level::Possible);
        assert_eq!(ids(&place, &pack), ["hazardous_15_17"]);
        place.under_15 = true;
        assert_eq!(ids(&place, &pack), ["hazardous_under_15"]);
    }

    #[test]
    fn trafficking_needs_a_finding_or_an_act_and_a_signal_alone_does_not_choose_its_row() {
        let pack = pack();
        let mut place = PlaceFacts { speaks: true, adults: true, signalled: NormSet::of(&[Norm::Trafficking]), ..PlaceFacts::default() };
        assert_eq!(ids(&place, &pack), ["private_forced_labour"], "a signal asks to stay and mend");
        place.reported.insert(pack.sign("act_recruited").unwrap());
        assert_eq!(ids(&place, &pack), ["trafficking_adult", "private_forced_labour"]);
    }
}
