//! The prior of one norm at a node: share of persons in the situation, people at the node, context (model 1.1).
//!
//! With q the share of persons, m the people and rho their likeness within a site, persons are beta-binomial:
//!
//! ```text
//! a = q (1 - rho) / rho,  b = (1 - q)(1 - rho) / rho
//! P(nobody) = G(b + m) G(a + b) / (G(a + b + m) G(b))
//! logit p = log(1 / P(nobody) - 1) + context
//! ```
//!
//! so that large sites do not saturate as under the binomial. Context log odds ratios are sorted by size, the j-th times discount^j,
//! capped, those that raise and those that lower apart.

use crate::base::{Norm, NormSet};
use crate::pack::PriorParameters;

/// A marginal below this turns its norm off.
pub const LEAST_MARGINAL: f64 = 1e-9;
/// No marginal stands closer to what implies it than this factor.
const INTERIOR: f64 = 0.999;

/// P(at least one person at the node is in the situation), in [0, 1].
///
/// `base_rate`: share of persons in the country and sector; `people`: persons in scope, taken as at least 1; `log_odds_ratios`: one per
/// context factor. A base rate of 0 or less, or none, gives 0.
pub fn prior_marginal(base_rate: f64, people: f64, log_odds_ratios: &[f64], parameters: &PriorParameters) -> f64 {
    if base_rate.is_nan() || base_rate <= 0.0 {
        return 0.0;
    }
    let q = base_rate.min(1.0 - 1e-12);
    let m = if people.is_finite() { people.max(1.0) } else { 1.0 };
    let spread = (1.0 - parameters.clustering) / parameters.clustering;
    let (a, b) = (q * spread, (1.0 - q) * spread);
    let nobody = log_gamma_step(b + m, a) - log_gamma_step(b, a);
    // log(1/P - 1); past the range of exp the 1 is lost anyway
    let odds = if nobody > -700.0 { (-nobody).exp_m1().ln() } else { -nobody };
    let logit = odds + context_log_odds(log_odds_ratios, parameters.discount, parameters.cap);
    1.0 / (1.0 + (-logit).exp())
}

/// The context factors of a node as one log odds ratio: by falling size, the j-th times `discount`^j, at most `cap`, raising minus lowering.
pub fn context_log_odds(log_odds_ratios: &[f64], discount: f64, cap: f64) -> f64 {
    let part = |sign: f64| {
        let mut sizes: Vec<f64> = log_odds_ratios.iter().map(|x| x * sign).filter(|x| *x > 0.0).collect();
        sizes.sort_unstable_by(|x, y| y.total_cmp(x));
        let mut weight = 1.0;
        let mut total = 0.0;
        for size in sizes {
            total += size * weight;
            weight *= discount;
        }
        f64::min(cap, total)
    };
    part(1.0) - part(-1.0)
}

/// log G(x) - log G(x + a) for x > 0, a >= 0, to about 1e-14 of its own size also where a is tiny: the difference is taken term by term
/// of Stirling's series (Abramowitz and Stegun 6.1.41) at x >= 16, reached by G(x + 1) = x G(x).
fn log_gamma_step(x: f64, a: f64) -> f64 {
    let (mut x, mut risen) = (x, 0.0);
    while x < 16.0 {
        risen += (a / x).ln_1p();
        x += 1.0;
    }
    let y = x + a;
    let main = a - a * y.ln() - (x - 0.5) * (a / x).ln_1p();
    let tail = a / (12.0 * x * y) - (x.powi(-3) - y.powi(-3)) / 360.0 + (x.powi(-5) - y.powi(-5)) / 1260.0
        - (x.powi(-7) - y.powi(-7)) / 1680.0
        + (x.powi(-9) - y.powi(-9)) / 1188.0;
    risen + main + tail
}

/// The bin of a number of people, `per_decade` bins a decade, so that nodes of like size share one prior; 1 person is bin 0.
pub fn people_bin(people: f64, per_decade: u32) -> i32 {
    if people > 1.0 && people.is_finite() { (people.log10() * f64::from(per_decade)).round() as i32 } else { 0 }
}

/// The number of people that a bin stands for.
pub fn people_of_bin(bin: i32, per_decade: u32) -> f64 {
    10f64.powf(f64::from(bin) / f64::from(per_decade.max(1)))
}

/// Marginals that a joint prior exists for, and what was done to get them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Admissible {
    /// Per norm, 0 where the norm is off.
    pub marginals: [f64; Norm::COUNT],
    pub kept: NormSet,
    /// Norms that were raised to what implies them (diagnostic `prior-lifted`).
    pub lifted: NormSet,
}

/// Makes marginals interior: those below 1e-9 (or missing) turn their norm off, parents are lifted over what implies them, what implies stands
/// at most at 0.999 of what it implies, and nothing is certain.
pub fn admissible(marginals: &[f64; Norm::COUNT]) -> Admissible {
    let mut m = marginals.map(|x| if x >= LEAST_MARGINAL { x.min(1.0 - LEAST_MARGINAL) } else { 0.0 });
    let mut lifted = NormSet::EMPTY;
    for norm in Norm::ALL.into_iter().rev() {
        for above in norm.implied().iter() {
            if m[norm.at()] > m[above.at()] {
                m[above.at()] = m[norm.at()];
                lifted.insert(above);
            }
        }
    }
    let mut kept = NormSet::EMPTY;
    for norm in Norm::ALL {
        if m[norm.at()] > 0.0 {
            kept.insert(norm);
            let least = norm.implied().iter().map(|above| m[above.at()]).fold(f64::INFINITY, f64::min);
            m[norm.at()] = m[norm.at()].min(INTERIOR * least);
        }
    }
    Admissible { marginals: m, kept, lifted }
}
