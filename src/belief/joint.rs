//! The joint prior over the 60 states whose marginals are exactly the given ones (model 1.1):
//!
//! ```text
//! log pi(x) = sum_h theta_h x_h + sum_gh kappa_gh x_g x_h - log Z
//! ```
//!
//! kappa >= 0 from the pack, theta fitted by damped Newton steps on the dual, whose gradient is the gap between marginals and whose
//! Hessian is their covariance. It exists and is unique whenever 0 < mu < 1 and what is implied is likelier than what implies it.

use super::prior::{Admissible, admissible};
use crate::base::norm::{STATE_COUNT, STATES};
use crate::base::{Norm, NormSet};
use crate::evidence::lanes::sum;
use std::sync::LazyLock;

/// The joint prior of one context; fitted once and shared by every node of that context.
#[derive(Clone, Debug, PartialEq)]
pub struct JointPrior {
    /// log pi(x) in the order of [`STATES`]; minus infinity where a norm that is off would be true.
    pub log_weight: [f64; STATE_COUNT],
    /// pi(x), summing to 1.
    pub weight: [f64; STATE_COUNT],
    /// The interior marginals, 0 where the norm is off.
    pub marginals: [f64; Norm::COUNT],
    pub kept: NormSet,
    /// Norms raised to what implies them.
    pub lifted: NormSet,
    /// Largest distance between the marginals of `weight` and `marginals`.
    pub defect: f64,
    /// What `weight` says of each norm: `marginals` up to `defect`.
    pub(super) met: [f64; Norm::COUNT],
    pub(super) any: f64,
}

const STEPS_MOST: usize = 500;
const SWEEPS_MOST: usize = 2000;
/// Relative to the variance mu (1 - mu) of a norm, so that a marginal of 1e-9 is met as sharply as one of 0.5.
const CLOSE: f64 = 1e-13;
const CLOSE_ENOUGH: f64 = 1e-8;

impl JointPrior {
    /// Fits the joint prior to per-norm marginals (made interior first) and couplings (norm, norm, log odds).
    pub fn fit(marginals: &[f64; Norm::COUNT], couplings: &[(Norm, Norm, f64)]) -> Self {
        Self::fit_admissible(&admissible(marginals), couplings)
    }

    /// Fits the joint prior to marginals that are interior already.
    pub fn fit_admissible(target: &Admissible, couplings: &[(Norm, Norm, f64)]) -> Self {
        let mut energy = [f64::NEG_INFINITY; STATE_COUNT];
        for (e, x) in energy.iter_mut().zip(STATES.iter()) {
            if x.0 & !target.kept.0 == 0 {
                *e = couplings.iter().filter(|(g, h, _)| x.contains(*g) && x.contains(*h)).map(|(_, _, kappa)| kappa).sum();
            }
        }
        let mu = target.marginals;
        let mut theta = mu.map(|m| if m > 0.0 { (m / (1.0 - m)).ln() } else { 0.0 });
        let (mut log_weight, mut weight) = states_of(&theta, &energy);
        let mut defect = f64::INFINITY;
        let mut best = (log_weight, weight);
        for _ in 0..STEPS_MOST {
            let (gap, centre) = gap_of(&weight, &mu, target.kept);
            let now = relative(&gap, &mu);
            let nearer = now < defect;
            if nearer {
                (defect, best) = (now, (log_weight, weight));
            }
            if defect < CLOSE || (!nearer && defect < CLOSE_ENOUGH) {
                break; // met, or as near as rounding lets it come
            }
            let Some(step) = newton_step(&weight, &centre, &gap, target.kept) else { break };
            let longest = step.iter().fold(0.0, |most: f64, s| most.max(s.abs()));
            let damping = f64::min(1.0, 1.0 / longest);
            for (t, s) in theta.iter_mut().zip(step) {
                *t += s * damping;
            }
            (log_weight, weight) = states_of(&theta, &energy);
        }
        if defect > CLOSE_ENOUGH {
            let (swept, gap) = proportional(&best.1, &mu, target.kept);
            if gap < defect {
                best = (swept.map(f64::ln), swept);
            }
        }
        let (log_weight, weight) = best;
        let defect = gap_of(&weight, &mu, target.kept).0.into_iter().map(f64::abs).fold(0.0, f64::max);
        let met = marginals_of(&weight);
        Self { log_weight, weight, marginals: mu, kept: target.kept, lifted: target.lifted, defect, met, any: sum(&weight[1..]).min(1.0) }
    }

    /// P(at least one norm is violated).
    pub fn any(&self) -> f64 {
        self.any
    }
}

/// What is missing to each marginal, and (false, true) as seen from the mean of each norm: (-m, 1 - m). Both halves are sums of their own,
/// since 1 - m of a norm that is all but certain would have lost its digits.
fn gap_of(weight: &[f64; STATE_COUNT], mu: &[f64; Norm::COUNT], kept: NormSet) -> ([f64; Norm::COUNT], [[f64; 2]; Norm::COUNT]) {
    let mut mass = [[0.0; 2]; Norm::COUNT];
    for (w, x) in weight.iter().zip(STATES.iter()) {
        for (h, m) in mass.iter_mut().enumerate() {
            m[usize::from(x.0 >> h & 1)] += w;
        }
    }
    let gap = std::array::from_fn(|h| match (kept.contains(Norm::ALL[h]), mu[h] > 0.5) {
        (false, _) => 0.0,
        (true, false) => mu[h] - mass[h][1],
        (true, true) => mass[h][0] - (1.0 - mu[h]),
    });
    (gap, mass.map(|[off, on]| [-on, off]))
}

/// The largest gap in units of the norm's variance.
fn relative(gap: &[f64; Norm::COUNT], mu: &[f64; Norm::COUNT]) -> f64 {
    gap.iter().zip(mu).filter(|(_, m)| **m > 0.0).map(|(g, m)| g.abs() / (m * (1.0 - m))).fold(0.0, f64::max)
}

/// 1 where the norm is true in the state, else 0.
static TRUE: LazyLock<[[f64; Norm::COUNT]; STATE_COUNT]> =
    LazyLock::new(|| STATES.map(|x| Norm::ALL.map(|n| if x.contains(n) { 1.0 } else { 0.0 })));

/// Marginals of weights over the states; states at even and odd places are summed apart, then joined.
pub(super) fn marginals_of(weight: &[f64; STATE_COUNT]) -> [f64; Norm::COUNT] {
    let (mut even, mut odd) = ([0.0; Norm::COUNT], [0.0; Norm::COUNT]);
    for (w, x) in weight.chunks_exact(2).zip(TRUE.chunks_exact(2)) {
        if let ([a, b], [in_a, in_b]) = (w, x) {
            for ((e, o), (x, y)) in even.iter_mut().zip(&mut odd).zip(in_a.iter().zip(in_b)) {
                *e += a * x;
                *o += b * y;
            }
        }
    }
    std::array::from_fn(|h| even[h] + odd[h])
}

fn states_of(theta: &[f64; Norm::COUNT], energy: &[f64; STATE_COUNT]) -> ([f64; STATE_COUNT], [f64; STATE_COUNT]) {
    let mut log_weight = *energy;
    for (l, x) in log_weight.iter_mut().zip(STATES.iter()) {
        *l += x.iter().map(|h| theta[h.at()]).sum::<f64>();
    }
    let most = log_weight.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw = log_weight.map(|l| (l - most).exp());
    let total: f64 = raw.iter().sum();
    let log_total = most + total.ln();
    (log_weight.map(|l| l - log_total), raw.map(|w| w / total))
}

/// Solves covariance x step = gap over the norms kept; `None` where the covariance has lost its rank in floating point.
fn newton_step(
    weight: &[f64; STATE_COUNT],
    centre: &[[f64; 2]; Norm::COUNT],
    gap: &[f64; Norm::COUNT],
    kept: NormSet,
) -> Option<[f64; Norm::COUNT]> {
    const H: usize = Norm::COUNT;
    let mut a = [[0.0; H + 1]; H];
    for (w, x) in weight.iter().zip(STATES.iter()) {
        // Centred products: near certain norms E[xy] - E[x]E[y] would lose all digits.
        let centred: [f64; H] = std::array::from_fn(|h| centre[h][usize::from(x.0 >> h & 1)]);
        for (row, cg) in a.iter_mut().zip(centred) {
            let scaled = w * cg;
            for (cell, ch) in row.iter_mut().zip(centred) {
                *cell += scaled * ch;
            }
        }
    }
    for g in 0..H {
        a[g][H] = gap[g];
        if !kept.contains(Norm::ALL[g]) {
            a[g] = [0.0; H + 1];
            a[g][g] = 1.0;
        }
    }
    for g in 0..H {
        if !kept.contains(Norm::ALL[g]) {
            for (h, row) in a.iter_mut().enumerate() {
                if h != g {
                    row[g] = 0.0;
                }
            }
        }
    }
    // Scaled to unit diagonal, so that rare and common norms pivot alike.
    let scale: [f64; H] = std::array::from_fn(|g| a[g][g].sqrt());
    if scale.iter().any(|s| !s.is_finite() || *s <= 0.0) {
        return None;
    }
    for g in 0..H {
        for h in 0..H {
            a[g][h] /= scale[g] * scale[h];
        }
        a[g][H] /= scale[g];
    }
    for c in 0..H {
        let pivot = (c..H).max_by(|i, j| a[*i][c].abs().total_cmp(&a[*j][c].abs())).unwrap_or(c);
        a.swap(c, pivot);
        if a[c][c].abs() < 1e-14 {
            return None;
        }
        let row = a[c];
        for below in a.iter_mut().skip(c + 1) {
            let factor = below[c] / row[c];
            for (b, r) in below.iter_mut().zip(row).skip(c) {
                *b -= factor * r;
            }
        }
    }
    let mut step = [0.0; H];
    for c in (0..H).rev() {
        let known: f64 = (c + 1..H).map(|h| a[c][h] * step[h]).sum();
        step[c] = (a[c][H] - known) / a[c][c];
    }
    for (s, scale) in step.iter_mut().zip(scale) {
        *s /= scale;
    }
    step.iter().all(|s| s.is_finite()).then_some(step)
}

/// Iterative proportional fitting: scales the states in which each norm is true, in turn; slow, but it holds the couplings' odds ratios and
/// cannot diverge. For marginals so close to their border that Newton's matrix has no rank left.
fn proportional(start: &[f64; STATE_COUNT], mu: &[f64; Norm::COUNT], kept: NormSet) -> ([f64; STATE_COUNT], f64) {
    let mut weight = *start;
    let mut defect = f64::INFINITY;
    for _ in 0..SWEEPS_MOST {
        for norm in kept.iter() {
            let (mut on, mut off) = (0.0, 0.0);
            for (w, x) in weight.iter().zip(STATES.iter()) {
                *(if x.contains(norm) { &mut on } else { &mut off }) += w;
            }
            if on > 0.0 && off > 0.0 {
                let (raise, lower) = (mu[norm.at()] / on, (1.0 - mu[norm.at()]) / off);
                for (w, x) in weight.iter_mut().zip(STATES.iter()) {
                    *w *= if x.contains(norm) { raise } else { lower };
                }
            }
        }
        defect = relative(&gap_of(&weight, mu, kept).0, mu);
        if defect < CLOSE {
            break;
        }
    }
    (weight, defect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeps_and_newton_steps_find_the_same_prior() {
        let couplings = [(Norm::ForcedLabour, Norm::Trafficking, 2.0), (Norm::ChildLabour, Norm::ForcedLabour, 0.7)];
        let marginals = [0.2, 0.1, 0.05, 0.15, 0.07, 0.0, 0.1, 0.03];
        let newton = JointPrior::fit(&marginals, &couplings);
        let mut start = [0.0; STATE_COUNT];
        for (w, x) in start.iter_mut().zip(STATES.iter()) {
            if !x.contains(Norm::StateImposed) {
                *w = couplings.iter().filter(|(g, h, _)| x.contains(*g) && x.contains(*h)).map(|c| c.2).sum::<f64>().exp();
            }
        }
        let total: f64 = start.iter().sum();
        let (swept, _) = proportional(&start.map(|w| w / total), &newton.marginals, newton.kept);
        assert!(swept.iter().zip(newton.weight).all(|(a, b)| (a - b).abs() < 1e-10));
    }
}
