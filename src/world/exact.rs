//! Evidence whose likelihood is exactly what the method says, so that calibration can be tested strictly.
//!
//! The method gives ratios of likelihoods; a world needs probabilities that sum to 1. With D the aged detection of a silence, L the aged
//! LR+ of a report, P the presence of the sign and E = "one of the covered norms is violated":
//!
//! - A *covering visit* covers the norms of one sign, all of one grade and one detection. It is silent with probability c (1 - D [E]), else
//!   it reports the sign. Both of the method's ratios hold where `c (1 - D) + (1 - c) R = 1`, R = (1 + P(E)(L - 1)) / (1 + P(not E)(L -
//!   1)), so `c = (R - 1) / (R - 1 + D)`.
//! - An *itemised sign* is there with probability P(x) and is looked for by several sources of different classes: each sees it with
//!   probability u where it is not and u L where it is, `u L + (1 - u)(1 - D) = 1`, so `u = D / (L - 1 + D)`; where report and silence
//!   have aged alike u is the source's own false-report rate.
//!
//! Each blind-spot class visits a place once, the signs of one place are of different families, and each visit is an origin of its own:
//! then none of the method's discounts applies, and nothing is left that the world does not have. Statements and channels stay out: a
//! source whose silence the method never counts can only accuse, so no probabilities fit its ratios; and a channel hears on every norm at
//! once, each with a ratio of its own, for which none fit either. Both are in the lifelike world ([`super::lifelike`]).

use super::accounts::{Accounts, Finding, Lie, Outcome, Visit, Visitor};
use super::draw::Draws;
use super::truth::{Truth, presence};
use crate::base::{Norm, NormSet};
use crate::pack::{Layer, MethodPack, SignIx};

/// The signs that each visitor may be sent for.
pub struct Menu<'a> {
    pack: &'a MethodPack,
    /// Per visitor, the signs that it can cover, in groups of equal norms.
    covering: Vec<(Visitor, Vec<Vec<SignIx>>)>,
    itemised: Vec<SignIx>,
}

/// A visit that covers the norms of one sign.
#[derive(Clone, Debug)]
pub struct CoveringVisit {
    pub visitor: Visitor,
    pub sign: SignIx,
    pub days_before: u16,
}

/// One sign looked for by several.
#[derive(Clone, Debug)]
pub struct ItemisedSign {
    pub sign: SignIx,
    pub looks: Vec<(Visitor, u16)>,
}

/// Who comes to a place and for what, settled before anything is seen.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub visits: Vec<CoveringVisit>,
    pub itemised: Option<ItemisedSign>,
}

/// What came of a plan: per visit and per look, whether the sign was seen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seen {
    pub visits: Vec<bool>,
    pub looks: Vec<bool>,
}

/// Site visits, interviews away from the site, inspections: three blind spots.
const TEAMS: [&[(Visitor, f64)]; 3] = [
    &[(Visitor::Announced, 0.5), (Visitor::SemiAnnounced, 0.2), (Visitor::Unannounced, 0.3)],
    &[(Visitor::UnannouncedOffsite, 1.0)],
    &[(Visitor::Inspector, 1.0)],
];
/// Share of places to which each team comes to cover, and to look for the one sign.
const COVERS: [f64; 3] = [0.5, 0.3, 0.3];
const LOOKS: [f64; 3] = [0.35, 0.3, 0.3];
/// Two and a half years: past that little is left of what was seen.
const OLDEST_DAYS: usize = 913;

/// A rate after so many days.
fn aged(rate: f64, days: u16, half_life_days: f64) -> f64 {
    rate * 0.5f64.powf(f64::from(days) / half_life_days)
}

/// (D of the silence, LR+ of a report) of a sign looked for on a day.
fn look_rates(pack: &MethodPack, visitor: Visitor, days: u16) -> Option<(f64, f64)> {
    let class = pack.sources.get(visitor.source(pack)?.0 as usize)?;
    let told = aged(class.detection_sign, days, class.half_life_positive_days);
    let missed = aged(class.detection_sign, days, class.half_life_negative_days);
    Some((missed, (told + (1.0 - told) * class.false_report) / class.false_report))
}

impl<'a> Menu<'a> {
    pub fn new(pack: &'a MethodPack) -> Self {
        let bears = |s: &crate::pack::Sign| s.layer == Layer::Evidence && s.same_fact_as.is_none() && s.norms.iter().any(Option::is_some);
        let usable: Vec<SignIx> = (0..pack.signs.len()).map(|i| SignIx(i as u16)).filter(|s| bears(&pack.signs[s.0 as usize])).collect();
        let covering = Visitor::ALL
            .into_iter()
            .filter_map(|visitor| {
                let class = pack.sources.get(visitor.source(pack)?.0 as usize)?;
                let mut groups: Vec<(NormSet, Vec<SignIx>)> = Vec::new();
                for sign in &usable {
                    let graded = &pack.signs[sign.0 as usize].norms;
                    let mut rates = Norm::ALL.into_iter().filter_map(|n| graded[n.at()].map(|g| (g, class.detection[n.at()])));
                    let Some(first) = rates.next() else { continue };
                    if first.1 > 0.0 && rates.all(|r| r == first) {
                        let norms = norms_of(pack, *sign);
                        match groups.iter_mut().find(|(n, _)| *n == norms) {
                            Some((_, signs)) => signs.push(*sign),
                            None => groups.push((norms, vec![*sign])),
                        }
                    }
                }
                Some((visitor, groups.into_iter().map(|(_, signs)| signs).collect()))
            })
            .collect();
        Self { pack, covering, itemised: usable }
    }

    /// Whom chance sends to one place.
    pub fn plan(&self, draws: &mut Draws) -> Plan {
        let mut plan = Plan::default();
        let mut families: Vec<&str> = Vec::new();
        let family = |sign: SignIx| self.pack.signs.get(sign.0 as usize).map_or("", |s| s.family.as_str());
        for (team, share) in TEAMS.into_iter().zip(COVERS) {
            let comes = draws.chance(share);
            let Some(visitor) = draws.pick(team) else { continue };
            let days_before = draws.below(OLDEST_DAYS) as u16;
            let groups = self.covering.iter().find(|(v, _)| *v == visitor).map_or(&[][..], |(_, g)| g);
            let Some(sign) = groups.get(draws.below(groups.len())).and_then(|g| g.get(draws.below(g.len()))) else { continue };
            if comes && !families.contains(&family(*sign)) {
                families.push(family(*sign));
                plan.visits.push(CoveringVisit { visitor, sign: *sign, days_before });
            }
        }
        let sign = self.itemised.get(draws.below(self.itemised.len())).copied();
        let mut looks = Vec::new();
        for (team, share) in TEAMS.into_iter().zip(LOOKS) {
            let (comes, visitor, days) = (draws.chance(share), draws.pick(team), draws.below(OLDEST_DAYS) as u16);
            looks.extend(visitor.filter(|v| comes && v.source(self.pack).is_some()).map(|v| (v, days)));
        }
        plan.itemised = sign.filter(|s| !looks.is_empty() && !families.contains(&family(*s))).map(|sign| ItemisedSign { sign, looks });
        plan
    }

    /// P(a covering visit reports its sign | state).
    pub fn reports(&self, visit: &CoveringVisit, state: NormSet) -> f64 {
        let Some((detection, covered, ratio)) = self.covering_rates(visit) else { return 0.0 };
        let silent = (ratio - 1.0) / (ratio - 1.0 + detection);
        1.0 - silent * if covered.0 & state.0 == 0 { 1.0 } else { 1.0 - detection }
    }

    /// (D, the covered norms, R) of a covering visit.
    fn covering_rates(&self, visit: &CoveringVisit) -> Option<(f64, NormSet, f64)> {
        let class = self.pack.sources.get(visit.visitor.source(self.pack)?.0 as usize)?;
        let covered = norms_of(self.pack, visit.sign);
        let detection = aged(class.detection[covered.iter().next()?.at()], visit.days_before, class.half_life_negative_days);
        let (_, lr) = look_rates(self.pack, visit.visitor, visit.days_before)?;
        let norms = &self.pack.signs.get(visit.sign.0 as usize)?.norms;
        let told = |state: NormSet| 1.0 + presence(self.pack, norms, state) * (lr - 1.0);
        Some((detection, covered, told(covered) / told(NormSet::EMPTY)))
    }

    /// P(a look sees the sign): (where it is not, where it is).
    fn sees(&self, visitor: Visitor, days: u16) -> (f64, f64) {
        let (missed, lr) = look_rates(self.pack, visitor, days).unwrap_or((0.0, 1.0));
        let u = if missed > 0.0 { missed / (lr - 1.0 + missed) } else { 0.0 };
        (u, u * lr)
    }

    /// P(what was seen | state), for a plan.
    pub fn likelihood(&self, plan: &Plan, seen: &Seen, state: NormSet) -> f64 {
        let visits: f64 = plan
            .visits
            .iter()
            .zip(&seen.visits)
            .map(|(visit, seen)| {
                let p = self.reports(visit, state);
                if *seen { p } else { 1.0 - p }
            })
            .product();
        let Some(item) = &plan.itemised else { return visits };
        let Some(sign) = self.pack.signs.get(item.sign.0 as usize) else { return visits };
        let there = presence(self.pack, &sign.norms, state);
        let (mut without, mut with) = (1.0, 1.0);
        for ((visitor, days), seen) in item.looks.iter().zip(&seen.looks) {
            let (u, v) = self.sees(*visitor, *days);
            without *= if *seen { u } else { 1.0 - u };
            with *= if *seen { v } else { 1.0 - v };
        }
        visits * (there * with + (1.0 - there) * without)
    }

    /// What comes of a plan at a place in that state.
    pub fn see(&self, plan: &Plan, state: NormSet, draws: &mut Draws) -> Seen {
        let visits = plan.visits.iter().map(|v| draws.chance(self.reports(v, state))).collect();
        let looks = plan.itemised.as_ref().map_or_else(Vec::new, |item| {
            let norms = self.pack.signs.get(item.sign.0 as usize).map(|s| &s.norms);
            let there = draws.chance(norms.map_or(0.0, |n| presence(self.pack, n, state)));
            let sees = |(visitor, days): &(Visitor, u16)| {
                let (u, v) = self.sees(*visitor, *days);
                draws.chance(if there { v } else { u })
            };
            item.looks.iter().map(sees).collect()
        });
        Seen { visits, looks }
    }
}

/// What the sources of an exact world do besides.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Habits {
    /// Of the reports: those that the press tells again as its own.
    pub copied_share: f64,
    /// Of the announced visits: those for which the site hides what is there.
    pub coached_share: f64,
}

/// Writes down what came of a plan at a place.
pub fn tell(node: u32, truth: &Truth, plan: &Plan, menu: &Menu<'_>, habits: Habits, all: &mut Accounts, draws: &mut Draws) {
    let mut seen = menu.see(plan, truth.told_of, draws);
    record(node, plan, &mut seen, menu.pack, habits, all, draws);
}

/// Writes down given outcomes of a plan.
pub fn record(node: u32, plan: &Plan, seen: &mut Seen, pack: &MethodPack, habits: Habits, all: &mut Accounts, draws: &mut Draws) {
    let finding = |visit: u32, sign, outcome| Finding { visit, sign, outcome, people: None, corroborated: false, closed: false, lie: None };
    let covering = plan.visits.iter().zip(&mut seen.visits).map(|(v, seen)| (v.visitor, v.days_before, v.sign, true, seen));
    let looked = plan.itemised.iter().flat_map(|item| item.looks.iter().map(|(visitor, days)| (*visitor, *days, item.sign)));
    let looked = looked.zip(&mut seen.looks).map(|((visitor, days, sign), seen)| (visitor, days, sign, false, seen));
    for (visitor, days_before, sign, covers, seen) in covering.chain(looked) {
        let coached = habits.coached_share > 0.0 && visitor == Visitor::Announced && draws.chance(habits.coached_share);
        *seen &= !coached;
        let visit = all.visits.len() as u32;
        all.visits.push(Visit {
            node,
            days_before,
            visitor,
            scheme: None,
            covers: covers.then(|| norms_of(pack, sign)),
            union_present: None,
            lie: coached.then_some(Lie::Coached),
        });
        match (*seen, covers) {
            (true, _) => all.findings.push(finding(visit, sign, Outcome::Seen)),
            (false, false) => all.findings.push(finding(visit, sign, Outcome::NotSeen)),
            (false, true) => {}
        }
        if *seen && habits.copied_share > 0.0 && draws.chance(habits.copied_share) {
            all.copy_told(node, days_before, &[sign], pack);
        }
    }
}

fn norms_of(pack: &MethodPack, sign: SignIx) -> NormSet {
    let mut set = NormSet::EMPTY;
    if let Some(s) = pack.signs.get(sign.0 as usize) {
        Norm::ALL.into_iter().filter(|n| s.norms[n.at()].is_some()).for_each(|n| set.insert(n));
    }
    set
}
