//! Does the 5-95 % range of a place hold the probability that the true numbers would give?
//!
//! In each world the numbers of the method are one draw from the pack's own uncertainty, truth and evidence follow from them, and the p
//! that they give the evidence is compared with the range that the engine's own draws give it. The world's draw is made by [`Drawn`], which
//! shares no code with the engine's, nor its random numbers. The central figure is the pack's own.

use super::drawn::Drawn;
use super::ground::{Ground, figure};
use crate::base::norm::STATE_COUNT;
use crate::base::{NodeIx, Traced};
use crate::belief::audit::rank_correlation;
use crate::belief::draws::Draws;
use crate::belief::quantile::Range;
use crate::evidence::kernel::Scratch;
use crate::evidence::weights::state_weights;
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::world::{Manner, Reality, Telling};
use std::collections::BTreeMap;

/// What one world, or all of them, say of the ranges.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coverage {
    pub places: [u64; GROUPS],
    /// p below, within and above the range.
    pub below: [u64; GROUPS],
    pub within: [u64; GROUPS],
    pub worlds: u64,
    /// Sum over worlds of the share within, and of its square: places of one world share their numbers, so worlds are the sample.
    pub share: f64,
    pub share_squared: f64,
    /// Sum over worlds of the rank correlation between central figure and true p.
    pub rank: f64,
}

/// All places, places of which something was said, places of which nothing was.
pub const GROUPS: usize = 3;
pub const GROUP_NAMES: [&str; GROUPS] = ["all places", "with evidence", "without evidence"];

impl Coverage {
    pub fn join(&mut self, other: &Coverage) {
        for g in 0..GROUPS {
            self.places[g] += other.places[g];
            self.below[g] += other.below[g];
            self.within[g] += other.within[g];
        }
        self.worlds += other.worlds;
        self.share += other.share;
        self.share_squared += other.share_squared;
        self.rank += other.rank;
    }

    /// Share of the places of a group whose p lies within the range.
    pub fn share_within(&self, group: usize) -> Option<f64> {
        (self.places[group] > 0).then(|| self.within[group] as f64 / self.places[group] as f64)
    }

    /// Half the width of the 95 % range of the share over all places, by the spread between worlds.
    pub fn sampling_error(&self) -> Option<f64> {
        let n = self.worlds as f64;
        let variance = (self.share_squared - self.share * self.share / n) / (n - 1.0);
        (self.worlds > 1).then(|| 1.96 * (variance.max(0.0) / n).sqrt())
    }

    pub fn mean_rank(&self) -> Option<f64> {
        (self.worlds > 0).then(|| self.rank / self.worlds as f64)
    }
}

/// P(any) under one draw: (1 - eps) prior x evidence + eps prior, summed over the states in which some norm is violated.
fn any(weight: &[f64; STATE_COUNT], log_evidence: Option<&[f64; STATE_COUNT]>, model_error: f64) -> f64 {
    let before: f64 = weight.iter().skip(1).sum();
    let Some(log_evidence) = log_evidence else { return before };
    let most = log_evidence.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let told = weight.iter().zip(log_evidence).map(|(w, l)| w * (l - most).exp()).collect::<Vec<f64>>();
    let after = told.iter().skip(1).sum::<f64>() / told.iter().sum::<f64>();
    (1.0 - model_error) * after + model_error * before
}

/// One world, its numbers drawn by `seed`; `draws` are the engine's own, from which its ranges come.
pub fn one(ground: &Ground, pack: &MethodPack, reference: &Reference, draws: &Draws, seed: u64) -> Coverage {
    let truth = Drawn::new(pack, ground, seed);
    let telling = Telling { manner: Manner::ByTheMethod, reality: Reality::AS_THE_METHOD_SAYS, rows: None, seed };
    let world = ground.happen(&truth.pack, |i| truth.prior(ground, i), &telling, pack, reference);
    let central = ground.posteriors(&world.evidence, pack);
    let mut sum = Coverage { worlds: 1, ..Coverage::default() };
    let (mut told, mut right) = (Vec::new(), Vec::new());
    let mut scratch = Scratch::default();
    let mut values = Vec::with_capacity(draws.count() as usize);
    let mut shifts = BTreeMap::new();
    for (i, central) in central.iter().enumerate() {
        let Some(central) = central else { continue };
        let said = world.evidence.get(&NodeIx(i as u32)).map(|g| &g.evidence);
        let (Some(prior), Some(weight), Some(at)) = (ground.prior(i), truth.prior(ground, i), ground.resolution.nodes.get(i)) else {
            continue;
        };
        let log_evidence = said.map(|s| state_weights(&truth.evidence(s), &truth.pack, None));
        let p = any(&weight, log_evidence.as_ref(), truth.pack.prior.model_error);
        let shift = shifts.entry((at.country, at.sector)).or_insert_with(|| draws.place(at.country, at.sector));
        values.clear();
        draws.each(&draws.spread(prior), shift, said, &mut scratch, |_, drawn| values.push(drawn.any));
        let range = Range::of(&mut values);
        for group in [0, if said.is_some() { 1 } else { 2 }] {
            sum.places[group] += 1;
            sum.below[group] += u64::from(p < range.low);
            sum.within[group] += u64::from((range.low..=range.high).contains(&p));
        }
        told.push(figure(central, Traced::Any));
        right.push(p);
    }
    let share = sum.share_within(0).unwrap_or(0.0);
    (sum.share, sum.share_squared) = (share, share * share);
    sum.rank = rank_correlation(&told, &right).unwrap_or(0.0);
    sum
}
