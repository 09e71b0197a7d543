//! A node's rows as the kernel reads them, and the rates that they are read with.
//!
//! What no draw changes is done once: rows that say nothing are dropped, the others sorted and aged (model 1.2). What a draw changes, d and f
//! by source and the strengths of the grades, stands in [`Rates`] (model 1.6).

use super::items::{Look, NodeEvidence, Report, Silence};
use super::kernel::{BRANCHES, Kernel};
use super::lanes::{LANES, Row, meets};
use super::weights::decayed;
use crate::base::{Norm, NormSet};
use crate::pack::{MethodPack, Strength};

/// False-report rates below this count as this.
const LEAST_FALSE: f64 = 1e-12;

/// The rates that a draw moves; [`Rates::central`] are those of the pack.
#[derive(Clone, Debug, PartialEq)]
pub struct Rates {
    pub strengths: [Strength; 3],
    /// Factor on the odds of d by source; no entry = 1.
    pub detection_odds: Vec<f64>,
    /// Factor on f by source, f at most [`Rates::MOST_FALSE`]; no entry = 1.
    pub false_report: Vec<f64>,
}

impl Rates {
    /// No drawn false-report rate stands above this (model 1.6).
    pub const MOST_FALSE: f64 = 0.5;

    pub fn central(pack: &MethodPack) -> Self {
        Self { strengths: pack.strengths, detection_odds: Vec::new(), false_report: Vec::new() }
    }

    /// d moved on the logit; 0 and 1 stay.
    #[inline]
    pub(super) fn detection(&self, d: f64, source: u16) -> f64 {
        match self.detection_odds.get(usize::from(source)) {
            Some(&odds) if odds != 1.0 => {
                let raised = d * odds;
                raised / (raised + (1.0 - d))
            }
            _ => d,
        }
    }

    #[inline]
    pub(super) fn false_report(&self, f: f64, source: u16) -> f64 {
        match self.false_report.get(usize::from(source)) {
            Some(&factor) if factor != 1.0 => (f * factor).clamp(LEAST_FALSE, Self::MOST_FALSE),
            _ => f,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct SaidReport {
    pub(super) sign: u16,
    pub(super) source: u16,
    pub(super) origin: u32,
    pub(super) document: u32,
    pub(super) detection: f64,
    pub(super) false_report: f64,
    /// Share of d left after ageing and remedy.
    pub(super) left: f64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct SaidLook {
    pub(super) sign: u16,
    pub(super) class: u16,
    pub(super) source: u16,
    pub(super) detection: f64,
    pub(super) left: f64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct SaidSilence {
    pub(super) class: u16,
    pub(super) source: u16,
    pub(super) detection: [f64; Norm::COUNT],
    pub(super) left: f64,
}

/// A node's rows as the kernel reads them: those that say nothing dropped, the others sorted and aged. The same for every draw.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub(super) reports: Vec<SaidReport>,
    pub(super) looks: Vec<SaidLook>,
    pub(super) silences: Vec<SaidSilence>,
    pub(super) origins: Vec<u32>,
    /// An origin told more than one sign: what it may say in all is capped.
    pub(super) one_told_several: bool,
    /// By branch, whether a sign of it was reported.
    pub(super) told: [bool; BRANCHES],
}

impl Kernel {
    /// Sorts and ages a node's rows.
    pub fn prepare(&self, evidence: &NodeEvidence, said: &mut Said) {
        said.clear();
        self.add_reports(&evidence.reports, said);
        self.add_looks(&evidence.looks, said);
        self.add_silences(&evidence.silences, said);
    }

    /// As [`Kernel::prepare`], as if nobody had looked or been silent.
    pub fn prepare_reports(&self, reports: &[Report], said: &mut Said) {
        said.clear();
        self.add_reports(reports, said);
    }

    /// As [`Kernel::prepare`], with silences alone.
    pub fn prepare_silences(&self, silences: &[Silence], said: &mut Said) {
        said.clear();
        self.add_silences(silences, said);
    }

    fn left(&self, age_days: f64, half_life_days: f64, remedied: f64, open: bool) -> f64 {
        decayed(1.0, age_days, half_life_days, remedied, open, self.lapse_days)
    }

    fn add_reports(&self, reports: &[Report], said: &mut Said) {
        for r in reports {
            let Some(table) = self.table(r.sign.0) else { continue };
            let left = self.left(r.age_days, r.half_life_days, r.remedied, r.open);
            let detection = r.detection.clamp(0.0, 1.0);
            if detection * left > 0.0 {
                said.told[table.branch] = true;
                let false_report = r.false_report.clamp(LEAST_FALSE, 1.0);
                said.reports.push(SaidReport {
                    sign: r.sign.0,
                    source: r.source.0,
                    origin: r.origin,
                    document: 0,
                    detection,
                    false_report,
                    left,
                });
            }
        }
        said.reports.sort_unstable_by_key(|r| (r.sign, r.origin));
        said.number_documents();
    }

    fn add_looks(&self, looks: &[Look], said: &mut Said) {
        for l in looks {
            let left = self.left(l.age_days, l.half_life_days, 0.0, false);
            let detection = l.detection.clamp(0.0, 1.0);
            if detection * left > 0.0 && self.table(l.sign.0).is_some() {
                said.looks.push(SaidLook { sign: l.sign.0, class: l.class, source: l.source.0, detection, left });
            }
        }
        said.looks.sort_unstable_by_key(|l| (l.sign, l.class));
    }

    fn add_silences(&self, silences: &[Silence], said: &mut Said) {
        for s in silences {
            let left = self.left(s.age_days, s.half_life_days, 0.0, false);
            let detection = s.detection.map(|d| d.clamp(0.0, 1.0));
            if detection.iter().any(|d| d * left > 0.0) {
                said.silences.push(SaidSilence { class: s.class, source: s.source.0, detection, left });
            }
        }
        said.silences.sort_unstable_by_key(|s| s.class);
    }
}

impl Said {
    fn clear(&mut self) {
        self.reports.clear();
        self.looks.clear();
        self.silences.clear();
        self.origins.clear();
        self.one_told_several = false;
        self.told = [false; BRANCHES];
    }

    fn number_documents(&mut self) {
        if self.reports.len() < 2 {
            return;
        }
        self.origins.extend(self.reports.iter().map(|r| r.origin));
        self.origins.sort_unstable();
        self.origins.dedup();
        let distinct_pairs = self.reports.chunk_by(|a, b| (a.sign, a.origin) == (b.sign, b.origin)).count();
        self.one_told_several = distinct_pairs > self.origins.len();
        if self.one_told_several {
            for r in &mut self.reports {
                r.document = self.origins.binary_search(&r.origin).unwrap_or(0) as u32;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reports.is_empty() && self.looks.is_empty() && self.silences.is_empty()
    }
}

/// The largest d of a silence over the norms true in each lane.
pub(super) fn silent_row(silence: &SaidSilence, rates: &Rates, row: &mut Row) {
    let d = silence.detection.map(|d| rates.detection(d, silence.source) * silence.left);
    *row = [0.0; LANES];
    let mut done = NormSet::EMPTY;
    for norm in Norm::ALL {
        if d[norm.at()] > 0.0 && !done.contains(norm) {
            // Norms of one rate share a pass.
            let mut alike = NormSet::EMPTY;
            for other in Norm::ALL {
                if d[other.at()] == d[norm.at()] {
                    alike.insert(other);
                }
            }
            done.0 |= alike.0;
            for (r, met) in row.iter_mut().zip(meets(alike)) {
                let here = met * d[norm.at()];
                *r = if here > *r { here } else { *r };
            }
        }
    }
}
