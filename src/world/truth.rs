//! What is true at the places of a world: joint states drawn from the fitted priors, and the rates that sources really have.
//!
//! A state is one draw from the joint prior of its place's context, the very prior that the engine fits (model 1.1). With the model error
//! as probability the records of a place are those of another place of its kind: then, and only then, is a share of the prior mixed back
//! into the posterior right, since `P(x, E) = (1 - eps) pi(x) P(E | x) + eps pi(x) P(E)`.

use super::draw::Draws;
use crate::base::norm::{STATE_COUNT, STATES};
use crate::base::{Norm, NormSet};
use crate::belief::JointPrior;
use crate::pack::MethodPack;

/// What is true at one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Truth {
    pub state: NormSet,
    /// The state that its evidence comes from: its own, but for records of another place.
    pub told_of: NormSet,
    /// Whether the records are those of another place.
    pub misfiled: bool,
}

/// By how much a world's own numbers differ from the method's.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Off {
    /// Factor on every detection probability, which stays below 0.98.
    pub detection: f64,
    /// Factor on every false-report rate, which stays at or below 0.5.
    pub false_reports: f64,
    /// Factor on the odds of every marginal prior.
    pub prior: f64,
}

impl Off {
    /// The method's numbers are the world's.
    pub const NONE: Off = Off { detection: 1.0, false_reports: 1.0, prior: 1.0 };

    /// The method with the rates of this world in the place of its own.
    pub fn rates(&self, pack: &MethodPack) -> MethodPack {
        let mut real = pack.clone();
        if *self == Off::NONE {
            return real;
        }
        let more = |d: f64| if d > 0.0 { (d * self.detection).min(0.98) } else { 0.0 };
        for source in &mut real.sources {
            source.detection = source.detection.map(more);
            source.detection_sign = more(source.detection_sign);
            source.false_report = (source.false_report * self.false_reports).min(0.5);
        }
        for row in &mut real.channels.rows {
            row.trust = more(row.trust);
        }
        real
    }

    /// The prior of this world where the method believes `prior`.
    pub fn prior(&self, prior: &JointPrior, pack: &MethodPack) -> [f64; STATE_COUNT] {
        if self.prior == 1.0 {
            return prior.weight;
        }
        let marginals = prior.marginals.map(|m| if m > 0.0 { self.prior * m / (1.0 - m + self.prior * m) } else { 0.0 });
        JointPrior::fit(&marginals, &pack.couplings).weight
    }
}

/// One state by its weights, which sum to 1.
pub fn draw_state(weight: &[f64; STATE_COUNT], draws: &mut Draws) -> NormSet {
    let mut left = draws.unit();
    let mut last = NormSet::EMPTY;
    for (w, state) in weight.iter().zip(STATES.iter()).filter(|(w, _)| **w > 0.0) {
        last = *state;
        left -= w;
        if left < 0.0 {
            break;
        }
    }
    last
}

/// What is true at a place whose states have these weights.
pub fn draw_truth(weight: &[f64; STATE_COUNT], model_error: f64, draws: &mut Draws) -> Truth {
    let state = draw_state(weight, draws);
    let misfiled = draws.chance(model_error);
    let another = draw_state(weight, draws);
    Truth { state, told_of: if misfiled { another } else { state }, misfiled }
}

/// How likely a sign is to be there: the largest `present` among its norms that are true, where none is the smallest `absent` (model 1.2).
pub fn presence(pack: &MethodPack, norms: &[Option<crate::pack::Grade>; Norm::COUNT], state: NormSet) -> f64 {
    let grades = |only: Option<NormSet>| {
        Norm::ALL.into_iter().filter(move |n| only.is_none_or(|s| s.contains(*n))).filter_map(|n| norms[n.at()]).map(|g| pack.strength(g))
    };
    let present = grades(Some(state)).map(|s| s.present).fold(f64::NEG_INFINITY, f64::max);
    if present.is_finite() {
        return present;
    }
    let absent = grades(None).map(|s| s.absent).fold(f64::INFINITY, f64::min);
    if absent.is_finite() { absent } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_drawn_as_often_as_their_weight_says() {
        let mut weight = [0.0; STATE_COUNT];
        (weight[0], weight[3], weight[59]) = (0.5, 0.2, 0.3);
        let mut draws = Draws::new(1, 0);
        let mut seen = [0usize; 3];
        for _ in 0..100_000 {
            let state = draw_state(&weight, &mut draws);
            let at = [0, 3, 59].into_iter().position(|i| STATES[i] == state).expect("a state with weight");
            seen[at] += 1;
        }
        // Four standard deviations of a share of 100,000 draws are at most 0.0063.
        assert!(seen.iter().zip([0.5, 0.2, 0.3]).all(|(n, p)| (*n as f64 / 1e5 - p).abs() < 0.0063), "{seen:?}");
    }

    #[test]
    fn a_factor_on_the_prior_is_one_on_the_odds() {
        let pack = MethodPack::embedded().expect("the pack");
        let prior = JointPrior::fit(&[0.2, 0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0], &pack.couplings);
        let real = Off { prior: 2.0, ..Off::NONE }.prior(&prior, &pack);
        let child: f64 = real.iter().zip(STATES.iter()).filter(|(_, s)| s.contains(Norm::ChildLabour)).map(|(w, _)| w).sum();
        assert!((child - 0.4 / 1.2).abs() < 1e-9, "odds of 1 to 4 doubled are 1 to 2, not {child}");
    }
}
