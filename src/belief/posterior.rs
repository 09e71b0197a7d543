//! The posterior of one node, read in two ways (model 1.3).
//!
//! *Coupled*: (1 - eps) prior x evidence over the 60 states + eps prior, eps the model error; marginals, and `any`. *Decoupled*: each norm
//! on its own prior and on the evidence that bears on it; an implied norm takes the largest of what implies it. *Protection gap*: `any` minus
//! the most that the reports of one branch alone would give; 0 where one branch holds all reports.

use super::joint::{JointPrior, marginals_of, normalised};
use crate::base::norm::STATE_COUNT;
use crate::base::{Branch, Norm};
use crate::evidence::items::NodeEvidence;
use crate::evidence::weights::{norm_weights, state_weights};
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
        Self { coupled: bounded(marginals_of(&prior.weight)), any: prior.any(), decoupled: prior.marginals, gap: 0.0 }
    }
}

/// The posterior of one node from its prior and what was said of it.
pub fn posterior(prior: &JointPrior, evidence: &NodeEvidence, pack: &MethodPack) -> Posterior {
    if evidence.reports.is_empty() && evidence.looks.is_empty() && evidence.silences.is_empty() {
        return Posterior::of_prior(prior);
    }
    let (coupled, any) = coupled(prior, &state_weights(evidence, pack, None), pack.prior.model_error);
    let mut told = [false; Branch::ALL.len()];
    for report in &evidence.reports {
        if let Some(sign) = pack.signs.get(report.sign.0 as usize) {
            told[sign.branch as usize] = true;
        }
    }
    let gap = if told.iter().filter(|t| **t).count() < 2 {
        0.0
    } else {
        let alone = Branch::ALL.map(|b| self::coupled(prior, &state_weights(evidence, pack, Some(b)), pack.prior.model_error).1);
        (any - alone.into_iter().fold(0.0, f64::max)).max(0.0) + 0.0 // no negative zero
    };
    Posterior { coupled, any, decoupled: decoupled(prior, evidence, pack), gap }
}

/// Marginals and `any` of (1 - eps) prior x evidence + eps prior.
pub fn coupled(prior: &JointPrior, weights: &[f64; STATE_COUNT], model_error: f64) -> ([f64; Norm::COUNT], f64) {
    let mut log_weight = prior.log_weight;
    for (l, w) in log_weight.iter_mut().zip(weights) {
        *l += w;
    }
    let mut mixed = normalised(&log_weight);
    for (m, p) in mixed.iter_mut().zip(prior.weight) {
        *m = (1.0 - model_error) * *m + model_error * p;
    }
    (bounded(marginals_of(&mixed)), mixed[1..].iter().sum::<f64>().clamp(0.0, 1.0))
}

/// Each norm on its own prior and evidence; an implied norm is never less likely than what implies it.
pub fn decoupled(prior: &JointPrior, evidence: &NodeEvidence, pack: &MethodPack) -> [f64; Norm::COUNT] {
    let eps = pack.prior.model_error;
    let mut out = [0.0; Norm::COUNT];
    for norm in prior.kept.iter() {
        let p = prior.marginals[norm.at()];
        let [_, weight] = norm_weights(evidence, pack, norm);
        let told = 1.0 / (1.0 + ((-p).ln_1p() - p.ln() - weight).exp());
        out[norm.at()] = ((1.0 - eps) * told + eps * p).clamp(0.0, 1.0);
    }
    for norm in Norm::ALL.into_iter().rev() {
        for above in norm.implied().iter() {
            out[above.at()] = f64::max(out[above.at()], out[norm.at()]);
        }
    }
    out
}

fn bounded(m: [f64; Norm::COUNT]) -> [f64; Norm::COUNT] {
    m.map(|p| p.clamp(0.0, 1.0))
}
