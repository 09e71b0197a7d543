//! Does the 5-95 % range of a place hold the probability that the true numbers would give?
//!
//! In each world the numbers of the method are one draw from the pack's own uncertainty, truth and evidence follow from them, and the p that
//! they give the evidence is compared with the range that 200 other draws give it. The central figure is the pack's own.

use super::drawn::Drawn;
use super::ground::{Ground, figure};
use super::scores::spearman;
use crate::base::{NodeIx, Norm, Traced};
use crate::belief::JointPrior;
use crate::belief::posterior::coupled;
use crate::evidence::weights::state_weights;
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::world::{Manner, Reality, Telling};

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

/// Quantile of type 7 (Hyndman and Fan 1996) of sorted values.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len().saturating_sub(1)) as f64;
    let low = sorted.get(at.floor() as usize).copied().unwrap_or(0.0);
    let high = sorted.get(at.ceil() as usize).copied().unwrap_or(low);
    low + (at - at.floor()) * (high - low)
}

/// P(any) of a place under a draw.
fn any(drawn: &Drawn, weight: &[f64; crate::base::norm::STATE_COUNT], log_evidence: Option<&[f64; crate::base::norm::STATE_COUNT]>) -> f64 {
    let Some(log_evidence) = log_evidence else { return weight.iter().skip(1).sum() };
    let prior = JointPrior {
        log_weight: weight.map(f64::ln),
        weight: *weight,
        marginals: [0.0; Norm::COUNT],
        kept: crate::base::NormSet::EVERY,
        lifted: crate::base::NormSet::EMPTY,
        defect: 0.0,
    };
    coupled(&prior, log_evidence, drawn.pack.prior.model_error).1
}

/// One world, its numbers drawn by `seed`; `draws` are the ranges' own.
pub fn one(ground: &Ground, pack: &MethodPack, reference: &Reference, draws: &[Drawn], seed: u64) -> Coverage {
    let truth = Drawn::new(pack, ground, seed);
    let telling = Telling { manner: Manner::ByTheMethod, reality: Reality::AS_THE_METHOD_SAYS, rows: None, seed };
    let world = ground.happen(&truth.pack, |i| truth.prior(ground, i), &telling, pack, reference);
    let central = ground.posteriors(&world.evidence, pack);
    let mut sum = Coverage { worlds: 1, ..Coverage::default() };
    let (mut told, mut right) = (Vec::new(), Vec::new());
    let mut range = Vec::with_capacity(draws.len());
    for (i, central) in central.iter().enumerate() {
        let Some(central) = central else { continue };
        let said = world.evidence.get(&NodeIx(i as u32)).map(|g| &g.evidence);
        let under = |drawn: &Drawn| {
            let weight = drawn.prior(ground, i)?;
            let log_evidence = said.map(|s| state_weights(&drawn.evidence(s), &drawn.pack, None));
            Some(any(drawn, &weight, log_evidence.as_ref()))
        };
        let Some(p) = under(&truth) else { continue };
        range.clear();
        range.extend(draws.iter().filter_map(under));
        range.sort_by(f64::total_cmp);
        let (low, high) = (quantile(&range, 0.05), quantile(&range, 0.95));
        for group in [0, if said.is_some() { 1 } else { 2 }] {
            sum.places[group] += 1;
            sum.below[group] += u64::from(p < low);
            sum.within[group] += u64::from((low..=high).contains(&p));
        }
        told.push(figure(central, Traced::Any));
        right.push(p);
    }
    let share = sum.share_within(0).unwrap_or(0.0);
    (sum.share, sum.share_squared) = (share, share * share);
    sum.rank = spearman(&told, &right).unwrap_or(0.0);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_type_seven() {
        // R: quantile(c(1, 2, 4, 8), c(.05, .5, .95)) is 1.15, 3, 7.4.
        let x = [1.0, 2.0, 4.0, 8.0];
        assert!((quantile(&x, 0.05) - 1.15).abs() < 1e-12);
        assert!((quantile(&x, 0.5) - 3.0).abs() < 1e-12);
        assert!((quantile(&x, 0.95) - 7.4).abs() < 1e-12);
    }
}
