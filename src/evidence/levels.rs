//! What sources say of one sign at one node, whatever it means for any norm: the level from which a finding by rule takes the state of a
//! fact (methodology 5.5).

use super::items::{Look, NodeEvidence};
use super::weights::{decayed, log_lr};
use crate::pack::{MethodPack, SignIx};

/// log Lambda of every sign of which a report or look says something that counts, sorted by sign: what a finding by rule takes the state of
/// a sign from (methodology 5.5). Signs that bear on no norm are among them; a sign that is missing is unknown.
///
/// ```text
/// log Lambda = sum over origins of the strongest log LR+  +  sum over classes of log(1 - halving^j d_j) over looks
/// ```
///
/// Natural log; positive speaks for the sign. Looks that the silence of their visit tells already are not among `evidence`:
/// [`Gathered::sign_levels`](super::book::Gathered::sign_levels) counts them too.
pub fn sign_levels(evidence: &NodeEvidence, pack: &MethodPack) -> Vec<(SignIx, f64)> {
    levels_with(evidence, &[], pack)
}

/// [`sign_levels`] with looks that stand beside the evidence.
pub(super) fn levels_with(evidence: &NodeEvidence, looks: &[Look], pack: &MethodPack) -> Vec<(SignIx, f64)> {
    let heard = heard(evidence, pack.lapse_days);
    let mut level = levels(&heard, evidence.looks.iter().chain(looks), pack);
    level.retain(|(_, log_lambda)| *log_lambda != 0.0);
    level
}

/// log LR+ by sign and origin: one origin speaks once of one sign, at its strongest. Sorted by sign and origin.
fn heard(evidence: &NodeEvidence, lapse_days: f64) -> Vec<(SignIx, u32, f64)> {
    let mut heard: Vec<(SignIx, u32, f64)> = Vec::with_capacity(evidence.reports.len());
    heard.extend(evidence.reports.iter().map(|r| (r.sign, r.origin, log_lr(r, lapse_days))));
    heard.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.total_cmp(&a.2)));
    heard.dedup_by_key(|x| (x.0, x.1));
    heard
}

/// log Lambda by sign: origins multiply, looks of one class share a blind spot. Sorted by sign.
fn levels<'l>(heard: &[(SignIx, u32, f64)], looks: impl Iterator<Item = &'l Look>, pack: &MethodPack) -> Vec<(SignIx, f64)> {
    let mut level: Vec<(SignIx, f64)> = Vec::new();
    for of_sign in heard.chunk_by(|a, b| a.0 == b.0) {
        level.push((of_sign[0].0, sum_sorted(of_sign.iter().map(|x| x.2).collect())));
    }
    let mut looked: Vec<(SignIx, u16, f64)> =
        looks.map(|l| (l.sign, l.class, decayed(l.detection, l.age_days, l.half_life_days, 0.0, false, pack.lapse_days))).collect();
    looked.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.total_cmp(&a.2)));
    for of_sign in looked.chunk_by(|a, b| a.0 == b.0) {
        let missed: f64 = of_sign.chunk_by(|a, b| a.1 == b.1).map(|class| blind_spot(class.iter().map(|x| x.2), pack.halving)).sum();
        let sign = of_sign[0].0;
        match level.binary_search_by_key(&sign, |x| x.0) {
            Ok(i) => level[i].1 += missed,
            Err(i) => level.insert(i, (sign, missed)),
        }
    }
    level
}

/// Sum of log(1 - halving^j d_j), d falling: sources of one class fail alike.
fn blind_spot(falling: impl Iterator<Item = f64>, halving: f64) -> f64 {
    let mut weight = 1.0;
    let mut total = 0.0;
    for d in falling {
        total += (-d * weight).ln_1p();
        weight *= halving;
    }
    total
}

fn sum_sorted(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    values.into_iter().sum()
}
