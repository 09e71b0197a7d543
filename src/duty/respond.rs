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
    /// Norms found of their own.
    pub found_itself: NormSet,
    /// Norms on which reports make a signal by themselves.
    pub signalled: NormSet,
    /// Norms that count in the order: probability at least the method's least, or found.
    pub counting: NormSet,
    /// A signal or a finding.
    pub speaks: bool,
    /// Signs of reports that count.
    pub reported: BTreeSet<SignIx>,
    /// Signs among the supported or established facts of findings that are possible or more.
    pub in_findings: BTreeSet<SignIx>,
    /// A child that is, or may be, under 15 does hazardous work; where no case tells an age, a sign or a case of child labour says so of a child.
    pub under_15: bool,
    /// Under 15, and no case of hazardous work is, or may be, of 15 and over.
    pub only_under_15: bool,
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
    /// No signal, no finding and no official flag, and either a norm counts and coverage is low (near 0 nobody could have heard), or something was
    /// reported.
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
            // A flag of the region alone does not answer what was found or reported at the place itself.
            state_imposed |= row.when == Some(Circumstance::OfficialFlag) && one.basis < Basis::Context;
            chosen.push(one);
        }
    }
    chosen.sort_by_key(|c| rows.get(c.row).map(|r| (r.order, r.number)));
    chosen
}

fn choose(at: usize, row: &ResponseText, place: &PlaceFacts, pack: &MethodPack, state_imposed: bool) -> Option<Chosen> {
    let forbidden = match row.when {
        Some(Circumstance::Under15) => !place.under_15,
        Some(Circumstance::NotUnder15) => place.only_under_15,
        Some(Circumstance::Adults) => !place.adults,
        Some(Circumstance::NotStateImposed) => state_imposed,
        _ => false,
    };
    if forbidden {
        return None;
    }
    let told = |s: &SignIx| place.reported.contains(s) || place.in_findings.contains(s);
    let signs: Vec<SignIx> = row.signs.iter().filter_map(|s| pack.sign(s)).filter(told).collect();
    let mut reasons = Reasons::default();
    for norm in row.norms.iter().filter_map(|n| Norm::parse(n)).filter(|n| !(signs.is_empty() && by_graver_work_alone(*n, place))) {
        match place.found[norm.at()] {
            Some(level) => reasons.add(Basis::Finding, format!("{} {}", norm.as_str(), level.as_str()), NormSet::of(&[norm])),
            None if row.least == Reached::Signal && place.signalled.contains(norm) => {
                reasons.add(Basis::Signal, format!("reports make a signal of {}", norm.as_str()), NormSet::of(&[norm]));
            }
            None => {}
        }
    }
    circumstance(row, place, &mut reasons);
    // One report that makes no signal names nobody as the place of a harm, and none but a signal, a finding or an official flag ends orders.
    let may_choose = if row.ends_orders { reasons.basis.is_some() } else { row.norms.is_empty() || place.speaks };
    for sign in signs.into_iter().filter(|_| may_choose) {
        let Some(told) = pack.signs.get(sign.0 as usize) else { continue };
        let in_case = place.in_findings.contains(&sign);
        let basis = match told.layer {
            Layer::Integrity if row.when == Some(Circumstance::NoChannel) => Basis::Gap,
            Layer::Integrity => Basis::Integrity,
            _ if in_case => Basis::Finding,
            _ if place.speaks => Basis::Signal,
            _ => Basis::Report,
        };
        let basis = if row.ends_orders { reasons.basis.unwrap_or(basis) } else { basis };
        let mut norms = NormSet::EMPTY;
        Norm::ALL.into_iter().filter(|n| told.norms[n.at()].is_some() && place.counting.contains(*n)).for_each(|n| norms.insert(n));
        let how = if place.reported.contains(&sign) { "reported" } else { "told in a case" };
        reasons.add(basis, format!("{} {how}", told.id), norms);
    }
    let basis = reasons.basis?;
    Some(Chosen { row: at, basis, why: reasons.why, norms: reasons.norms })
}

/// Whether child labour stands only because graver work of children implies it: that has rows of its own, which say otherwise of the child.
fn by_graver_work_alone(norm: Norm, place: &PlaceFacts) -> bool {
    let graver = [Norm::HazardousChildWork, Norm::WorstForms, Norm::ChildTrafficking];
    norm == Norm::ChildLabour
        && !place.found_itself.contains(norm)
        && (graver.iter().any(|n| place.found[n.at()].is_some()) || place.signalled.contains(Norm::HazardousChildWork))
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
    fn hazardous_work_is_answered_by_the_ages_of_its_cases() {
        let pack = pack();
        let mut place = PlaceFacts { speaks: true, adults: true, ..PlaceFacts::default() };
        place.found[Norm::HazardousChildWork.at()] = Some(Level::Possible);
        assert_eq!(ids(&place, &pack), ["hazardous_15_17"]);
        (place.under_15, place.only_under_15) = (true, true);
        assert_eq!(ids(&place, &pack), ["hazardous_under_15"]);
        // One case of a child under 15 and one of a young worker: each has its row.
        place.only_under_15 = false;
        assert_eq!(ids(&place, &pack), ["hazardous_under_15", "hazardous_15_17"]);
    }

    #[test]
    fn hazardous_work_of_a_young_worker_is_not_answered_as_work_below_the_minimum_age() {
        let pack = pack();
        let mut place = PlaceFacts { speaks: true, adults: true, ..PlaceFacts::default() };
        // Hazardous work implies child labour.
        place.found[Norm::HazardousChildWork.at()] = Some(Level::Indicated);
        place.found[Norm::ChildLabour.at()] = Some(Level::Indicated);
        place.found_itself = NormSet::of(&[Norm::HazardousChildWork]);
        assert_eq!(ids(&place, &pack), ["hazardous_15_17"]);
        place.found_itself.insert(Norm::ChildLabour);
        assert_eq!(ids(&place, &pack), ["child_below_age", "hazardous_15_17"]);
    }

    #[test]
    fn one_report_that_makes_no_signal_names_no_harm_and_ends_no_orders() {
        let pack = pack();
        let mut place = PlaceFacts { adults: true, unheard: true, ..PlaceFacts::default() };
        for sign in ["si_prison_labour_private", "act_recruited", "ex_no_education_access"] {
            place.reported = [pack.sign(sign).unwrap()].into();
            assert_eq!(ids(&place, &pack), ["look_first"], "{sign}");
        }
        // With a signal of something else a sign of the state's is still no reason to leave.
        place = PlaceFacts { speaks: true, adults: true, signalled: NormSet::of(&[Norm::ForcedLabour]), ..PlaceFacts::default() };
        place.reported = [pack.sign("si_prison_labour_private").unwrap()].into();
        assert_eq!(ids(&place, &pack), ["private_forced_labour"]);
        place.official_flag = true;
        assert_eq!(ids(&place, &pack), ["state_imposed", "private_forced_labour"]);
    }

    #[test]
    fn what_a_case_tells_chooses_as_what_is_reported() {
        let pack = pack();
        let mut place = PlaceFacts { speaks: true, adults: true, ..PlaceFacts::default() };
        place.in_findings.insert(pack.sign("work_document_confiscation").unwrap());
        assert_eq!(ids(&place, &pack), ["document_retention"]);
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
