//! How severe a harm is: scale, irremediability, scope (UN Guiding Principles, principle 14 and its commentary; OECD due diligence
//! guidance), apart from how likely it is.
//!
//! ```text
//! o = min(1, log10(1 + people) / 4)      core = max(scale, irremediability)
//! S = 0.5 core + 0.25 min(scale, irremediability) + 0.25 o
//! ```
//!
//! Bands go by the core alone: many people touched by a light harm do not outrank few touched by a grave one.

use super::figure;

/// Band of severity; A is the gravest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Band {
    A,
    B,
    C,
}

/// Lower limits of the core for bands A and B (defaults of the method 0.85 and 0.6).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BandLimits {
    pub a: f64,
    pub b: f64,
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
    /// use onus::measures::{Band, BandLimits, Severity};
    /// let limits = BandLimits { a: 0.85, b: 0.6 };
    /// let three_children = Severity::of(1.0, 1.0, 3.0, limits).unwrap();
    /// let thousand_workers = Severity::of(0.4, 0.2, 1_000.0, limits).unwrap();
    /// assert!((three_children.score - 0.7876).abs() < 5e-5);
    /// assert!((thousand_workers.score - 0.4375).abs() < 5e-5);
    /// assert_eq!((three_children.band, thousand_workers.band), (Band::A, Band::C));
    /// ```
    pub fn of(scale: f64, irremediability: f64, people: f64, limits: BandLimits) -> Option<Self> {
        let fraction = |x: f64| (0.0..=1.0).contains(&x).then_some(x);
        let (scale, irremediability, people) = (fraction(scale)?, fraction(irremediability)?, figure(people)?);
        let core = scale.max(irremediability);
        let scope = ((1.0 + people).log10() / 4.0).min(1.0);
        let score = 0.5 * core + 0.25 * scale.min(irremediability) + 0.25 * scope;
        let band = if core >= limits.a {
            Band::A
        } else if core >= limits.b {
            Band::B
        } else {
            Band::C
        };
        Some(Self { score, core, scope, band })
    }
}
