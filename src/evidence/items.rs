//! What sources said of one node, in the numbers that the likelihood needs.

use crate::base::Norm;
use crate::pack::{SignIx, SourceIx};

/// A source says that a sign is there.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    pub sign: SignIx,
    /// Whose rates `detection` and `false_report` are: what a draw moves together.
    pub source: SourceIx,
    /// Who first said it; equal numbers are one origin. Numbers are local to a node.
    pub origin: u32,
    /// Detection d before ageing, in [0, 1].
    pub detection: f64,
    /// False-report rate f, in (0, 1).
    pub false_report: f64,
    pub half_life_days: f64,
    /// Days from the report to `as_of`, at least 0.
    pub age_days: f64,
    /// An open, corroborated finding neither ages nor lapses.
    pub open: bool,
    /// Share by which a verified remedy scales d down, in [0, 1].
    pub remedied: f64,
}

/// A source looked for this very sign and did not see it.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub sign: SignIx,
    pub source: SourceIx,
    /// Looks of one class share a blind spot. Numbers are local to a pack.
    pub class: u16,
    pub detection: f64,
    pub half_life_days: f64,
    pub age_days: f64,
}

/// A source that covers norms without itemising said nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    pub source: SourceIx,
    pub class: u16,
    /// Detection before ageing per norm; 0 where the norm is not covered.
    pub detection: [f64; Norm::COUNT],
    pub half_life_days: f64,
    pub age_days: f64,
}

/// All that was said of one node.
#[derive(Clone, Debug, Default)]
pub struct NodeEvidence {
    pub reports: Vec<Report>,
    pub looks: Vec<Look>,
    pub silences: Vec<Silence>,
}
