//! How severe a harm is: scale, irremediability, scope (UN Guiding Principles, principle 14 and its commentary; OECD due diligence
//! guidance), apart from how likely it is.
//!
//! ```text
//! o = min(1, log10(1 + people) / 4)      core = max(scale, irremediability)
//! S = 0.5 core + 0.25 min(scale, irremediability) + 0.25 o
//! ```
//!
//! Bands go by the core alone: many people touched by a light harm do not outrank few touched by a grave one.

use super::{divisor, figure};

/// Band of severity; A is the gravest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Band {
    A,
    B,
    C,
}

/// The numbers of the measure (the method pack holds them: `severity.*`).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SeverityRule {
    /// Weights of the core, of the lesser of scale and irremediability, and of scope; together 1.
    pub weight_core: f64,
    pub weight_other: f64,
    pub weight_scope: f64,
    /// People at which scope is 1, as a power of ten.
    pub scope_decades: f64,
    /// Lower limits of the core for bands A and B.
    pub band_a: f64,
    pub band_b: f64,
}

/// Severity with its parts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Severity {
    /// S, 0 to 1, higher is graver.
    pub score: f64,
    /// 0 to 1.
    pub core: f64,
    /// o, 0 to 1.
    pub scope: f64,
    pub band: Band,
}

impl Severity {
    /// Severity of a harm of this scale and irremediability, both in [0, 1], to this many people.
    ///
    /// ```
    /// use onus::measures::{Band, Severity, SeverityRule};
    /// let rule = SeverityRule {
    ///     weight_core: 0.5,
    ///     weight_other: 0.25,
    ///     weight_scope: 0.25,
    ///     scope_decades: 4.0,
    ///     band_a: 0.85,
    ///     band_b: 0.6,
    /// };
    /// let three_children = Severity::of(1.0, 1.0, 3.0, &rule).unwrap();
    /// let thousand_workers = Severity::of(0.4, 0.2, 1_000.0, &rule).unwrap();
    /// assert!((three_children.score - 0.7876).abs() < 5e-5);
    /// assert!((thousand_workers.score - 0.4375).abs() < 5e-5);
    /// assert_eq!((three_children.band, thousand_workers.band), (Band::A, Band::C));
    /// ```
    pub fn of(scale: f64, irremediability: f64, people: f64, rule: &SeverityRule) -> Option<Self> {
        let fraction = |x: f64| (0.0..=1.0).contains(&x).then_some(x);
        let (scale, irremediability, people) = (fraction(scale)?, fraction(irremediability)?, figure(people)?);
        let core = scale.max(irremediability);
        let scope = ((1.0 + people).log10() / divisor(rule.scope_decades)?).min(1.0);
        let score = rule.weight_core * core + rule.weight_other * scale.min(irremediability) + rule.weight_scope * scope;
        let band = if core >= rule.band_a {
            Band::A
        } else if core >= rule.band_b {
            Band::B
        } else {
            Band::C
        };
        Some(Self { score, core, scope, band })
    }
}
