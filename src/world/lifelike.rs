//! Evidence as it comes about in life: many signs present together, visits that hear something and itemise some of it, channels that
//! workers use or do not, reports from outside, sites that hide what is there, reports told twice.
//!
//! Rates are the method's own detection and false-report rates (or a factor on them), but not its assumptions: signs of one family come
//! together, no discount has a counterpart, statements can only accuse, a channel that nobody trusts hears nothing however long it is
//! open. What no study gives (how often visits come, how many signs one itemises, how many channels are used) is invented and written
//! here as such.

use super::accounts::{Accounts, Channel, Finding, Grievance, Lie, Outcome, Statement, Visit, Visitor};
use super::draw::{Draws, Urn};
use super::exact::Habits;
use super::truth::{Truth, presence};
use crate::base::NormSet;
use crate::pack::{Layer, MethodPack, SignIx, SourceIx};

/// Seven years, the reach of evidence.
const WINDOW_DAYS: usize = 2_556;
const QUARTER_DAYS: usize = 91;
/// Of the channels: those that the workers of a place would use at all.
const USED_CHANNELS: f64 = 0.8;
/// Most signs that a visit itemises beside what it heard, and most signs that one document tells.
const ITEMISED_MOST: usize = 8;
const TOLD_MOST: usize = 3;

/// What a lifelike world draws from.
pub struct Scene<'a> {
    /// The method with the rates that sources really have.
    pub real: &'a MethodPack,
    pub truths: &'a [Option<Truth>],
    /// Places by how often anybody looks.
    pub places: &'a Urn,
    pub habits: Habits,
    /// Of the families at a place: those whose signs are there all together or not at all, as far as their grades allow.
    pub family_together: f64,
}

struct Stage<'a> {
    scene: &'a Scene<'a>,
    /// Signs that bear on norms.
    signs: Vec<SignIx>,
    speakers: Vec<SourceIx>,
    schemes: Vec<(String, NormSet)>,
    /// Signs there at a place, drawn when somebody first looks.
    present: Vec<Option<Vec<SignIx>>>,
    all: Accounts,
}

/// Draws rows until there are `rows` of them; the last place looked at may pass that number.
pub fn accounts(scene: &Scene<'_>, rows: usize, draws: &mut Draws) -> Accounts {
    let pack = scene.real;
    let bears = |s: &SignIx| {
        let sign = &pack.signs[s.0 as usize];
        sign.layer == Layer::Evidence && sign.norms.iter().any(Option::is_some)
    };
    let mut stage = Stage {
        scene,
        signs: (0..pack.signs.len()).map(|i| SignIx(i as u16)).filter(bears).collect(),
        speakers: pack.sources_of("statements").collect(),
        schemes: pack.schemes.values().map(|s| (s.id.clone(), s.covers)).collect(),
        present: vec![None; scene.truths.len()],
        all: Accounts::default(),
    };
    while stage.all.rows() < rows {
        let Some(node) = scene.places.draw(draws) else { break };
        let Some(truth) = scene.truths.get(node as usize).copied().flatten() else { continue };
        match draws.pick(&[(0, 0.45), (1, 0.15), (2, 0.4)]) {
            Some(0) => stage.visit(node, &truth, draws),
            Some(1) => stage.channel(node, &truth, draws),
            _ => stage.document(node, &truth, draws),
        }
    }
    stage.all
}

fn people(draws: &mut Draws) -> Option<u64> {
    let count = draws.log_normal(6.0, 1.2).round().max(1.0) as u64;
    Some(count).filter(|_| !draws.chance(0.3))
}

impl Stage<'_> {
    /// The signs there at a place, the same for everybody who looks.
    fn present(&mut self, node: u32, truth: &Truth, draws: &mut Draws) -> Vec<SignIx> {
        if let Some(Some(known)) = self.present.get(node as usize) {
            return known.clone();
        }
        let pack = self.scene.real;
        let mut families: Vec<(&str, f64, bool)> = Vec::new();
        let mut found = Vec::new();
        for at in &self.signs {
            let sign = &pack.signs[at.0 as usize];
            let (shared, together) = match families.iter().find(|f| f.0 == sign.family) {
                Some((_, u, together)) => (*u, *together),
                None => {
                    let fresh = (draws.unit(), draws.chance(self.scene.family_together));
                    families.push((&sign.family, fresh.0, fresh.1));
                    fresh
                }
            };
            let u = if together { shared } else { draws.unit() };
            if u < presence(pack, &sign.norms, truth.told_of) {
                found.push(*at);
            }
        }
        if let Some(slot) = self.present.get_mut(node as usize) {
            *slot = Some(found.clone());
        }
        found
    }

    /// Some of the signs that are there and bear on one of the norms; none where none does.
    fn some_of(&self, present: &[SignIx], norms: NormSet, most: usize, draws: &mut Draws) -> Vec<SignIx> {
        let pack = self.scene.real;
        let bears = |s: &&SignIx| norms.iter().any(|n| pack.signs[s.0 as usize].norms[n.at()].is_some());
        let mut fitting: Vec<SignIx> = present.iter().filter(bears).copied().collect();
        draws.shuffle(&mut fitting);
        fitting.truncate(1 + draws.below(most));
        fitting
    }

    /// Any sign, there or not.
    fn any_sign(&self, draws: &mut Draws) -> Option<SignIx> {
        self.signs.get(draws.below(self.signs.len())).copied()
    }

    fn visit(&mut self, node: u32, truth: &Truth, draws: &mut Draws) {
        let terms = [
            (Visitor::Announced, 0.55),
            (Visitor::SemiAnnounced, 0.15),
            (Visitor::Unannounced, 0.1),
            (Visitor::UnannouncedOffsite, 0.08),
            (Visitor::Inspector, 0.12),
        ];
        let Some(visitor) = draws.pick(&terms) else { return };
        let pack = self.scene.real;
        let Some(class) = visitor.source(pack).and_then(|s| pack.sources.get(s.0 as usize)) else { return };
        let present = self.present(node, truth, draws);
        let coached = visitor == Visitor::Announced && draws.chance(self.scene.habits.coached_share);
        let days_before = draws.below(WINDOW_DAYS) as u16;
        let by_scheme = visitor != Visitor::Inspector && !self.schemes.is_empty() && draws.chance(0.8);
        let scheme = self.schemes.get(draws.below(self.schemes.len())).filter(|_| by_scheme).cloned();
        let covered = scheme.as_ref().map_or(NormSet::EVERY, |(_, covers)| *covers);
        let at = self.all.visits.len() as u32;
        self.all.visits.push(Visit {
            node,
            days_before,
            visitor,
            covers: scheme.is_none().then_some(NormSet::EVERY),
            scheme: scheme.map(|(id, _)| id),
            union_present: (visitor != Visitor::Inspector).then(|| draws.chance(0.15)),
            lie: coached.then_some(Lie::Coached),
        });
        // The visit as a whole hears of what it covers, then looks for single signs.
        let there = NormSet(covered.0 & truth.told_of.0);
        let heard = there.iter().map(|n| class.detection[n.at()]).fold(0.0, f64::max);
        let mut seen = if draws.chance(heard) && !coached { self.some_of(&present, there, TOLD_MOST, draws) } else { Vec::new() };
        if seen.is_empty() && !covered.is_empty() && draws.chance(class.false_report) {
            seen.extend(self.any_sign(draws));
        }
        let mut results: Vec<(SignIx, Outcome)> = seen.iter().map(|s| (*s, Outcome::Seen)).collect();
        for _ in 0..draws.below(ITEMISED_MOST + 1) {
            let Some(sign) = self.any_sign(draws).filter(|s| results.iter().all(|r| r.0 != *s)) else { continue };
            let rate = if present.contains(&sign) && !coached { class.detection_sign } else { class.false_report };
            let outcome = match (draws.chance(0.1), draws.chance(rate)) {
                (true, _) => Outcome::NotAssessed,
                (false, true) => Outcome::Seen,
                (false, false) => Outcome::NotSeen,
            };
            results.push((sign, outcome));
        }
        for (sign, outcome) in &results {
            let saw = *outcome == Outcome::Seen;
            // What a coached visit sees, it sees by chance.
            let lie = saw && (coached || !present.contains(sign));
            let (count, confirmed, closed) = (people(draws), draws.chance(if lie { 0.05 } else { 0.3 }), draws.chance(0.4));
            self.all.findings.push(Finding {
                visit: at,
                sign: *sign,
                outcome: *outcome,
                people: count.filter(|_| saw),
                corroborated: saw && confirmed,
                closed: saw && closed,
                lie: lie.then_some(Lie::FalseReport),
            });
        }
        let seen: Vec<SignIx> = results.iter().filter(|r| r.1 == Outcome::Seen).map(|r| r.0).collect();
        self.copy(node, days_before, &seen, draws);
    }

    fn copy(&mut self, node: u32, days_before: u16, signs: &[SignIx], draws: &mut Draws) {
        if !signs.is_empty() && draws.chance(self.scene.habits.copied_share) {
            self.all.copy_told(node, days_before, signs, self.scene.real);
        }
    }

    fn channel(&mut self, node: u32, truth: &Truth, draws: &mut Draws) {
        let pack = self.scene.real;
        let present = self.present(node, truth, draws);
        let since_days = draws.below(WINDOW_DAYS) as u16;
        let tested_days = draws.chance(0.4).then(|| draws.below(usize::from(since_days) + 1) as u16);
        let operator = draws.pick(&[("company", 0.6), ("union", 0.15), ("ngo", 0.15), ("public", 0.1)]).unwrap_or("company");
        let reach = (draws.unit() * 100.0).round() / 100.0;
        let number = self.all.channels.len() as u32;
        self.all.channels.push(Channel { node, operator, reach, since_days, tested_days });
        let terms = pack.channel(Some(operator), Some(operator != "company"));
        let false_report = pack.sources.get(terms.source.0 as usize).map_or(0.0, |s| s.false_report);
        let usage = if tested_days.is_some() { pack.channels.use_tested } else { pack.channels.use_default };
        let used = draws.chance(USED_CHANNELS);
        let detection = pack.channel_detection(if used { reach } else { 0.0 }, terms.trust, usage);
        let heard = truth.told_of.iter().map(|n| detection[n.at()]).fold(0.0, f64::max);
        for quarter in 0..usize::from(since_days) / QUARTER_DAYS {
            let days_before = (quarter * QUARTER_DAYS + draws.below(QUARTER_DAYS)) as u16;
            let mut told = if draws.chance(heard) { self.some_of(&present, truth.told_of, 2, draws) } else { Vec::new() };
            // False complaints come once a year at the rate of the method, whatever the quarter.
            if told.is_empty() && draws.chance(false_report / 4.0) {
                told.extend(self.any_sign(draws));
            }
            for sign in told {
                let lie = !present.contains(&sign);
                let (count, confirmed) = (people(draws), draws.chance(if lie { 0.05 } else { 0.25 }));
                self.all.grievances.push(Grievance {
                    node,
                    channel: Some(number).filter(|_| !draws.chance(0.1)),
                    days_before,
                    sign,
                    people: count,
                    corroborated: confirmed,
                    lie: lie.then_some(Lie::FalseReport),
                });
            }
        }
    }

    /// Somebody outside looks into a place; only what is found is ever told.
    fn document(&mut self, node: u32, truth: &Truth, draws: &mut Draws) {
        let pack = self.scene.real;
        let present = self.present(node, truth, draws);
        let Some(source) = self.speakers.get(draws.below(self.speakers.len())).copied() else { return };
        let Some(class) = pack.sources.get(source.0 as usize) else { return };
        let days_before = draws.below(WINDOW_DAYS) as u16;
        let mut told =
            if draws.chance(class.detection_sign) { self.some_of(&present, truth.told_of, TOLD_MOST, draws) } else { Vec::new() };
        if told.is_empty() && draws.chance(class.false_report) {
            told.extend(self.any_sign(draws));
        }
        if told.is_empty() {
            return;
        }
        let origin = self.all.document();
        for sign in &told {
            let lie = !present.contains(sign);
            let people = people(draws);
            let lie = lie.then_some(Lie::FalseReport);
            self.all.statements.push(Statement { node, days_before, sign: *sign, source, origin, people, lie });
        }
        self.copy(node, days_before, &told, draws);
    }
}

/// How often places of a tier are visited and heard, relative to each other: eyes are on the factories.
pub fn attention(tier: super::firms::Tier) -> f64 {
    use super::firms::Tier;
    match tier {
        Tier::Factory => 10.0,
        Tier::Processor => 5.0,
        Tier::HomeWork | Tier::Collector | Tier::Seller => 1.0,
        Tier::Origin => 0.6,
        Tier::Brand | Tier::Retail | Tier::Recruiter => 0.0,
    }
}
