//! Which norms count at a place, how grave the gravest of them is, and the keys of its priority.
//!
//! A norm counts where its coupled probability reaches the method's least (0.05), or where a rule finds it possible or indicated: a finding is
//! never lost to a low probability. The band of a place is the gravest of the norms that count; severity, people and children are of the
//! norms in that band.

use super::severity::{Ages, SeverityBook, about_children};
use crate::base::{Norm, NormSet};
use crate::measures::{Band, Severity};

/// What is known of a place.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// P by norm, all norms read together.
    pub coupled: [f64; Norm::COUNT],
    /// Norms that a rule finds possible or indicated, with what they imply.
    pub found: NormSet,
    /// Of them, indicated.
    pub indicated: NormSet,
    /// Norms on which reports make a signal.
    pub signalled: NormSet,
    /// Reports that make a signal, or a finding.
    pub speaks: bool,
    /// A sign of danger to life was reported.
    pub danger_told: bool,
    pub ages: Ages,
    /// Whom each norm would reach.
    pub reach: [f64; Norm::COUNT],
    /// Of how many people sources told, in steps.
    pub told: [f64; Norm::COUNT],
    /// Expected people affected.
    pub expected: [f64; Norm::COUNT],
}

/// The keys of the order, the first first.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Keys {
    /// A rule indicates a norm of band A, or there is danger to life.
    pub acts_first: bool,
    /// `None` where no norm counts.
    pub band: Option<Band>,
    /// Expected people affected; where nothing counts, over all norms.
    pub people: f64,
    pub children: bool,
    pub on_evidence: bool,
}

/// Severity and priority of a place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Standing {
    pub keys: Keys,
    /// Norms in the band that count.
    pub norms: NormSet,
    /// Largest severity of them; 0 where none counts.
    pub severity: f64,
    pub danger: bool,
    /// Largest step told of the norms in the band; 0 where not told.
    pub told: f64,
}

impl Known {
    /// Severity of a norm here; it knows no probability.
    pub fn severity(&self, norm: Norm, book: &SeverityBook) -> Option<Severity> {
        book.severity(norm, self.ages, self.reach[norm.at()].max(self.told[norm.at()]))
    }

    /// Where it stands in the order. `least`: the probability from which a norm counts.
    pub fn standing(&self, book: &SeverityBook, least: f64) -> Standing {
        let counts = |n: Norm| self.coupled[n.at()] >= least || self.found.contains(n);
        let graded: Vec<(Norm, Severity)> =
            Norm::ALL.into_iter().filter(|n| counts(*n)).filter_map(|n| self.severity(n, book).map(|s| (n, s))).collect();
        let band = graded.iter().map(|(_, s)| s.band).min();
        let mut norms = NormSet::EMPTY;
        let (mut severity, mut told) = (0.0f64, 0.0f64);
        for (norm, s) in graded.iter().filter(|(_, s)| Some(s.band) == band) {
            norms.insert(*norm);
            severity = severity.max(s.score);
            told = told.max(self.told[norm.at()]);
        }
        // Where sources told of people and a finding or a signal stands on it, at least so many are affected.
        let people_of = |n: Norm| {
            let stands = self.found.contains(n) || self.signalled.contains(n);
            self.expected[n.at()].max(if stands { self.told[n.at()] } else { 0.0 })
        };
        let over = |set: NormSet| set.iter().map(people_of).fold(0.0, f64::max);
        let danger = self.danger_told && self.speaks;
        let grave = self.indicated.iter().any(|n| book.band(n, self.ages) == Some(Band::A));
        let of_children = about_children();
        let meets = |a: NormSet| a.0 & of_children.0 != 0;
        Standing {
            keys: Keys {
                acts_first: grave || danger,
                band,
                people: if norms.is_empty() { over(NormSet::EVERY) } else { over(norms) },
                children: meets(norms) || meets(self.found),
                on_evidence: self.speaks,
            },
            norms,
            severity,
            danger,
            told,
        }
    }
}
