//! The posterior of one node, read in two ways (model 1.3).
//!
//! *Coupled*: (1 - eps) prior x evidence over the 60 states + eps prior, eps the model error; marginals, and `any`. *Decoupled*: each norm
//! on its own prior and on the evidence that bears on it; an implied norm takes the largest of what implies it. *Protection gap*: `any` minus
//! the most that the reports of one branch alone would give; 0 where one branch holds all reports.
//!
//! A report never lowers `any` (law B1), so a branch without reports is never the one that says most and is not tried.

use super::joint::{JointPrior, marginals_of};
use crate::base::norm::STATE_COUNT;
use crate::base::{Branch, Norm, NormSet};
use crate::evidence::items::NodeEvidence;
use crate::evidence::kernel::{Kernel, Scratch};
use crate::evidence::lanes::{Row, sum};
use crate::evidence::said::Rates;
use crate::pack::MethodPack;

/// What we believe of one node. All in [0, 1]; higher is worse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    /// P(norm violated), the norms read together.
    pub coupled: [f64; Norm::COUNT],
    /// P(at least one norm violated), coupled.
    pub any: f64,
    /// P(norm violated), each norm on its own.
    pub decoupled: [f64; Norm::COUNT],
    /// What is seen only when the branches are read together.
    pub gap: f64,
}

impl Posterior {
    /// The posterior of a node of which nobody said anything: its prior.
    pub fn of_prior(prior: &JointPrior) -> Self {
        Self { coupled: bounded(prior.met), any: prior.any(), decoupled: prior.marginals, gap: 0.0 }
    }
}

/// The posterior of one node from its prior and what was said of it. For many nodes make a [`Kernel`] once and call [`posterior_with`].
pub fn posterior(prior: &JointPrior, evidence: &NodeEvidence, pack: &MethodPack) -> Posterior {
    posterior_with(&Kernel::of_rows(pack, evidence), prior, evidence, &mut Scratch::default())
}

/// As [`posterior`], with a compiled method and room to work in.
pub fn posterior_with(kernel: &Kernel, prior: &JointPrior, evidence: &NodeEvidence, scratch: &mut Scratch) -> Posterior {
    if evidence.reports.is_empty() && evidence.looks.is_empty() && evidence.silences.is_empty() {
        return Posterior::of_prior(prior);
    }
    scratch.prepare(kernel, evidence);
    let rates = kernel.central();
    let prior = PriorStates::of(prior);
    let (coupled, any, decoupled) = read(kernel, &prior, rates, scratch);
    let told = scratch.told();
    let mut gap = 0.0;
    if told.iter().filter(|t| **t).count() > 1 {
        let mut alone: f64 = 0.0;
        for branch in Branch::ALL.into_iter().filter(|b| told[*b as usize]) {
            kernel.weigh_branch(rates, branch, scratch);
            let weight = updated(&prior, &scratch.likelihood);
            alone = alone.max(mixed_any(&prior, &weight, kernel.model_error()));
        }
        gap = (any - alone).max(0.0);
    }
    Posterior { coupled, any, decoupled, gap }
}

/// A prior on the linear scale: what the posterior needs of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct PriorStates {
    pub(super) weight: [f64; STATE_COUNT],
    /// Prior of each norm on its own.
    pub(super) alone: [f64; Norm::COUNT],
    /// Marginals of `weight`, and its sum without the empty state.
    pub(super) met: [f64; Norm::COUNT],
    pub(super) any: f64,
    pub(super) kept: NormSet,
}

impl PriorStates {
    pub(super) fn of(prior: &JointPrior) -> Self {
        Self { weight: prior.weight, alone: prior.marginals, met: prior.met, any: prior.any(), kept: prior.kept }
    }
}

/// Coupled marginals, `any` and the decoupled reading of the rows prepared in `scratch`.
pub(super) fn read(
    kernel: &Kernel,
    prior: &PriorStates,
    rates: &Rates,
    scratch: &mut Scratch,
) -> ([f64; Norm::COUNT], f64, [f64; Norm::COUNT]) {
    kernel.weigh(rates, scratch);
    let eps = kernel.model_error();
    let weight = updated(prior, &scratch.likelihood);
    let mut coupled = marginals_of(&weight);
    let total = weight[0] + sum(&weight[1..]);
    for (m, p) in coupled.iter_mut().zip(prior.met) {
        *m = (1.0 - eps) * (*m / total) + eps * p;
    }
    let mut decoupled = [0.0; Norm::COUNT];
    for norm in prior.kept.iter() {
        let p = prior.alone[norm.at()];
        let violated = p * scratch.likelihood[STATE_COUNT + norm.at()];
        decoupled[norm.at()] = ((1.0 - eps) * (violated / (violated + (1.0 - p))) + eps * p).clamp(0.0, 1.0);
    }
    for norm in Norm::ALL.into_iter().rev() {
        for above in norm.implied().iter() {
            decoupled[above.at()] = f64::max(decoupled[above.at()], decoupled[norm.at()]);
        }
    }
    (bounded(coupled), mixed_any(prior, &weight, eps), decoupled)
}

/// Prior x evidence over the states, not normalised.
fn updated(prior: &PriorStates, likelihood: &Row) -> [f64; STATE_COUNT] {
    let mut weight = prior.weight;
    for (w, l) in weight.iter_mut().zip(likelihood) {
        *w *= l;
    }
    weight
}

fn mixed_any(prior: &PriorStates, weight: &[f64; STATE_COUNT], model_error: f64) -> f64 {
    let violated = sum(&weight[1..]);
    ((1.0 - model_error) * (violated / (weight[0] + violated)) + model_error * prior.any).clamp(0.0, 1.0)
}

fn bounded(m: [f64; Norm::COUNT]) -> [f64; Norm::COUNT] {
    m.map(|p| p.clamp(0.0, 1.0))
}
