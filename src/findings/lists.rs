//! Where signs stand in the published lists, read from the pack, and what a case tells of them.
//!
//! One fact may have several names (`same_fact_as`): told under any of them it is told, and in a list it counts once. Each name keeps its
//! own places; a fact told for one phase counts in the places of that phase alone. A survey penalty that can be of several phases and
//! whose phase was not told is at most supported in each: nobody said in which it happened.

use super::ages::AgeRules;
use super::case::{Case, Fact, Linking};
use super::element::{Element, Outcome};
use super::parameters::RuleParameters;
use crate::base::Norm;
use crate::pack::{DelphiDimension, Grade, Layer, MethodPack, Phase, SignIx, SurveyDimension, SurveyRole};
use crate::validate::inputs::FactStatus;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Which of two published readings counts where they differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reading {
    /// Exploitation alone (dimension 4) is a purpose of trafficking of a child (ILO-IPEC practice); else at most possible.
    pub delphi_operational: bool,
    /// Exactly 43 hours at 15-17 are child labour.
    pub inclusive_43_hours: bool,
}

impl Reading {
    /// The default: Palermo's own minimum, the SDG metadata's wording.
    pub const STRICT: Reading = Reading { delphi_operational: false, inclusive_43_hours: false };
    /// The wider, protective reading.
    pub const OPERATIONAL: Reading = Reading { delphi_operational: true, inclusive_43_hours: true };
}

/// A sign in a Delphi dimension.
#[derive(Clone, Copy, Debug)]
pub(super) struct DelphiItem {
    pub fact: SignIx,
    pub adult: Option<Grade>,
    pub child: Option<Grade>,
}

/// A sign in a dimension of the survey rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct SurveyItem {
    pub fact: SignIx,
    pub role: SurveyRole,
    pub grade: Grade,
    /// It stands in no other dimension.
    pub alone: bool,
}

/// The published lists of a pack, and the numbers of the rules.
#[derive(Clone, Debug)]
pub struct Lists {
    by_id: BTreeMap<String, SignIx>,
    /// The sign under which each sign counts.
    facts: Vec<SignIx>,
    /// The phase that a fact is of where none is told.
    phases: Vec<Phase>,
    usable: Vec<bool>,
    pub(super) delphi: [Vec<DelphiItem>; 6],
    pub(super) survey: [Vec<SurveyItem>; 3],
    pub(super) acts: Vec<SignIx>,
    /// Signs that are of the phase of work: where one is told, there is work.
    pub(super) at_work: Vec<SignIx>,
    /// Conditions of hazardous work: graded medium or strong on hazardous_child_work.
    pub(super) hazards: Vec<SignIx>,
    pub parameters: RuleParameters,
}

impl Lists {
    pub fn of(pack: &MethodPack) -> Self {
        let all = || (0..pack.signs.len() as u16).map(SignIx).zip(&pack.signs);
        let facts: Vec<SignIx> = all().map(|(ix, _)| pack.fact_of(ix)).collect();
        let phase_of = |ix: SignIx| pack.signs.get(ix.0 as usize).map_or(Phase::Any, |s| s.phase);
        let phases = all().zip(&facts).map(|((_, s), fact)| if s.phase == Phase::Any { phase_of(*fact) } else { s.phase }).collect();
        let mut delphi: [Vec<DelphiItem>; 6] = Default::default();
        let mut survey: [Vec<SurveyItem>; 3] = Default::default();
        for ((_, sign), fact) in all().zip(&facts) {
            if let Some(place) = sign.delphi
                && let Some(list) = delphi.get_mut(place.dimension as usize)
            {
                list.push(DelphiItem { fact: *fact, adult: place.adult, child: place.child });
            }
            for place in &sign.survey {
                let alone = sign.survey.iter().all(|p| p.dimension == place.dimension);
                if let Some(list) = survey.get_mut(place.dimension as usize) {
                    list.push(SurveyItem { fact: *fact, role: place.role, grade: place.grade, alone });
                }
            }
        }
        let hazardous = |s: &crate::pack::Sign| s.norms[Norm::HazardousChildWork.at()].is_some_and(|g| g >= Grade::Medium);
        let at_work = |s: &crate::pack::Sign| s.layer == Layer::Evidence && s.phase == Phase::Work;
        Self {
            by_id: all().map(|(ix, s)| (s.id.clone(), ix)).collect(),
            facts,
            phases,
            usable: pack.signs.iter().map(|s| s.layer != Layer::Context).collect(),
            delphi,
            survey,
            acts: all().filter(|(_, s)| s.layer == Layer::Act).map(|(ix, _)| ix).collect(),
            at_work: all().filter(|(_, s)| at_work(s)).map(|(ix, _)| ix).collect(),
            hazards: all().filter(|(_, s)| hazardous(s)).map(|(ix, _)| ix).collect(),
            parameters: RuleParameters::of(pack),
        }
    }

    fn fact(&self, sign: SignIx) -> SignIx {
        self.facts.get(sign.0 as usize).copied().unwrap_or(sign)
    }
}

/// What several rules ask of one case, worked out once.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    pub child: OnceCell<Element>,
    pub dimensions: OnceCell<[Element; 6]>,
    pub forced_labour: OnceCell<Outcome>,
    pub debt_bondage: OnceCell<Outcome>,
    pub trafficking: OnceCell<Outcome>,
    pub child_trafficking: OnceCell<Outcome>,
}

/// A case before the rules.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub case: &'a Case,
    pub lists: &'a Lists,
    pub ages: &'a AgeRules,
    pub reading: Reading,
    pub(super) answered: Answered,
}

/// What a case tells of one place of a list.
pub(super) struct Place {
    pub status: FactStatus,
    pub facts: Vec<u32>,
}

impl<'a> Question<'a> {
    pub fn new(case: &'a Case, lists: &'a Lists, ages: &'a AgeRules, reading: Reading) -> Self {
        Self { case, lists, ages, reading, answered: Answered::default() }
    }
}

impl Question<'_> {
    pub fn parameters(&self) -> &RuleParameters {
        &self.lists.parameters
    }

    /// Facts that a rule may use, with their positions; context signs never enter a finding.
    fn facts(&self) -> impl Iterator<Item = (u32, &Fact)> {
        let usable = |sign: SignIx| self.lists.usable.get(sign.0 as usize) == Some(&true);
        self.case.facts.iter().enumerate().filter(move |(_, f)| usable(f.sign)).map(|(i, f)| (i as u32, f))
    }

    /// Met by any of these signs, under any of their names.
    pub fn any(&self, name: &'static str, ids: &[&str]) -> Element {
        self.met(name, &self.signs(ids), self.case.unlisted)
    }

    /// Met by any of these signs as far as they are told: what is not told is absent.
    pub(super) fn any_told(&self, name: &'static str, ids: &[&str]) -> Element {
        self.met(name, &self.signs(ids), FactStatus::Absent)
    }

    /// A sign that the pack has not got is `None`: nobody can have told it.
    fn signs(&self, ids: &[&str]) -> Vec<Option<SignIx>> {
        ids.iter().map(|id| self.lists.by_id.get(*id).copied()).collect()
    }

    fn met(&self, name: &'static str, signs: &[Option<SignIx>], unlisted: FactStatus) -> Element {
        let mut element = Element::new(name, FactStatus::Absent);
        let mut told = vec![false; signs.len()];
        for (i, fact) in self.facts() {
            let names = [Some(fact.sign), Some(self.lists.fact(fact.sign))];
            for (t, _) in told.iter_mut().zip(signs).filter(|(_, sign)| names.contains(sign)) {
                *t = true;
                element.status = element.status.max(fact.status);
                if fact.status >= FactStatus::Supported && element.facts.last() != Some(&i) {
                    element.facts.push(i);
                }
            }
        }
        if told.contains(&false) {
            element.status = element.status.max(unlisted);
        }
        element
    }

    /// A circumstance that the row tells, and signs that name the same: what is told stands before what untold signs leave open, and a
    /// sign that is told stands beside it.
    pub(super) fn circumstance(&self, name: &'static str, told: Option<bool>, signs: &[&str]) -> Element {
        let mut said = self.any(name, signs);
        if told.is_some() && said.status < FactStatus::Supported {
            said.status = FactStatus::Absent;
        }
        Element::any(name, &[&Element::new(name, self.case.told(told)), &said])
    }

    /// Facts that are not linked to persons say at most *possible* of forced labour and trafficking, unless they are collective by nature.
    pub(super) fn loose_cap(&self) -> FactStatus {
        let loose = self.case.linking == Linking::Loose && !self.case.collective && self.parameters().group_cap > 0.0;
        if loose { FactStatus::Supported } else { FactStatus::Established }
    }

    /// Met by any of these signs of the pack.
    pub(super) fn any_of(&self, name: &'static str, signs: &[SignIx]) -> Element {
        self.met(name, &signs.iter().copied().map(Some).collect::<Vec<_>>(), self.case.unlisted)
    }

    /// Met by any of these signs of the pack as far as they are told.
    pub(super) fn any_told_of(&self, name: &'static str, signs: &[SignIx]) -> Element {
        self.met(name, &signs.iter().copied().map(Some).collect::<Vec<_>>(), FactStatus::Absent)
    }

    /// What is told of the fact at a place of these phases; with `alone` false a fact of no told phase is at most supported there.
    pub(super) fn at(&self, fact: SignIx, phases: &[Phase], alone: bool) -> Place {
        let mut place: Option<Place> = None;
        for (i, told) in self.facts().filter(|(_, f)| self.lists.fact(f.sign) == fact) {
            let phase = told.phase.unwrap_or_else(|| self.lists.phases.get(told.sign.0 as usize).copied().unwrap_or(Phase::Any));
            let status = match phase {
                _ if phases.is_empty() => told.status,
                Phase::Any if alone => told.status,
                Phase::Any => told.status.min(FactStatus::Supported),
                known if phases.contains(&known) => told.status,
                _ => continue,
            };
            let here = place.get_or_insert(Place { status: FactStatus::Absent, facts: Vec::new() });
            here.status = here.status.max(status);
            if status >= FactStatus::Supported {
                here.facts.push(i);
            }
        }
        place.unwrap_or(Place { status: self.case.unlisted, facts: Vec::new() })
    }
}

/// The phases that a Delphi dimension is about; empty = any.
pub(super) fn phases_of_dimension(dimension: DelphiDimension) -> &'static [Phase] {
    match dimension {
        DelphiDimension::D1 | DelphiDimension::D2 | DelphiDimension::D3 => &[Phase::Recruitment],
        DelphiDimension::D4 => &[],
        DelphiDimension::D5 | DelphiDimension::D6 => &[Phase::Work, Phase::Leaving],
    }
}

/// The phase that a dimension of the survey rule is about.
pub(super) fn phases_of_survey(dimension: SurveyDimension) -> &'static [Phase] {
    match dimension {
        SurveyDimension::UnfreeRecruitment => &[Phase::Recruitment],
        SurveyDimension::WorkUnderDuress => &[Phase::Work],
        SurveyDimension::ImpossibilityOfLeaving => &[Phase::Leaving],
    }
}
