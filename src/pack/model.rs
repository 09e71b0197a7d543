//! The types of a method pack, as the rooms above use them.

use crate::base::{Branch, Kind, Norm, NormSet};
use std::collections::BTreeMap;

/// Where a number comes from, in falling order of trust.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Standing {
    Published,
    Secondary,
    FromMemory,
    ExpertDefault,
}

/// A work that a number or a definition is taken from.
#[derive(Clone, Debug)]
pub struct Citation {
    pub id: String,
    pub title: String,
    /// Paragraph, table or page.
    pub locator: String,
    pub year: i32,
    /// When it was read for this pack.
    pub read_on: String,
}

/// How strongly a sign speaks for a norm.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Grade {
    Weak,
    Medium,
    Strong,
}

/// P(sign | norm violated) and P(sign | not violated) of one grade.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Strength {
    pub present: f64,
    pub absent: f64,
}

/// Position of a sign in [`MethodPack::signs`], which is sorted by id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SignIx(pub u16);

/// Position of a source class in [`MethodPack::sources`], which is sorted by id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceIx(pub u16);

/// One observable indicator.
#[derive(Clone, Debug)]
pub struct Sign {
    pub id: String,
    pub definition: String,
    pub branch: Branch,
    /// Signs of one family de-correlate: the j-th counts 0.5^j.
    pub family: String,
    /// Strength per norm that it bears on.
    pub norms: [Option<Grade>; Norm::COUNT],
    pub citation: String,
    pub standing: Standing,
}

/// A class of source: what it detects, how often it reports falsely, how fast it ages.
#[derive(Clone, Debug)]
pub struct SourceClass {
    pub id: String,
    pub definition: String,
    /// Sources of one class share a blind spot (`site_visit`, `offsite`, `grievance`, ...).
    pub class: String,
    /// Detection per norm, for silence that does not itemise.
    pub detection: [f64; Norm::COUNT],
    /// Detection of one sign, for reports and looks.
    pub detection_sign: f64,
    pub false_report: f64,
    pub half_life_negative_days: f64,
    pub half_life_positive_days: f64,
    pub citation: String,
    pub standing: Standing,
}

/// Defaults of a kind of node.
#[derive(Clone, Copy, Debug)]
pub struct KindDefaults {
    pub people: f64,
    /// Share of output sold outside the map, for the footprint.
    pub outside_share: f64,
    /// Share of purchases that recorded links are assumed to hold where nothing says.
    pub assumed_mapped: f64,
    pub standing: Standing,
}

/// What an audit scheme looks at, and as which source it counts by announcement.
#[derive(Clone, Debug)]
pub struct Scheme {
    pub id: String,
    pub title: String,
    pub covers: NormSet,
    pub citation: String,
}

/// Parameters of `prior_marginal` and of the context layer (model 1.1).
#[derive(Clone, Debug)]
pub struct PriorParameters {
    /// Intra-site correlation rho of the beta-binomial.
    pub clustering: f64,
    pub discount: f64,
    /// Cap of the combined log odds, raising and lowering apart.
    pub cap: f64,
    /// Share of the prior mixed back into every posterior.
    pub model_error: f64,
    /// Bins of people per decade.
    pub people_bins_per_decade: u32,
    /// Odds ratio of each context factor by id (`tvpra_listed` 3.0, ...).
    pub odds_ratios: BTreeMap<String, f64>,
}

/// Parameters of grievance channels: d = reach x trust x use (conventions, "Audits and channels").
#[derive(Clone, Debug)]
pub struct ChannelParameters {
    /// Trust by operator: company .3, public .5, union .6, independent ngo .8; `default` .3.
    pub trust: BTreeMap<String, f64>,
    pub use_tested: f64,
    pub use_default: f64,
    /// A channel silent for a year among `silent_people` or more.
    pub use_silent: f64,
    pub silent_people: f64,
    pub tested_within_days: i32,
    /// Factor on d for norms of the child branch.
    pub child_factor: f64,
}

/// Parameters of the trace (model 2).
#[derive(Clone, Debug)]
pub struct TraceParameters {
    /// mapped of a node in a closed circle.
    pub closed_mapped: f64,
    pub tolerance: f64,
    /// Share of touched down to which residuals are pushed.
    pub rest_share: f64,
    /// Share of touched that written contribution rows cover.
    pub rows_share: f64,
    pub rows_most: usize,
}

/// The whole method.
#[derive(Clone, Debug)]
pub struct MethodPack {
    pub id: String,
    pub version: String,
    /// BLAKE3 of the canonical text of everything in effect, overlays included, as hex.
    pub hash: String,
    /// Indexed by [`Grade`] as weak, medium, strong.
    pub strengths: [Strength; 3],
    /// Share of the whole detection that the j-th further item keeps (0.5).
    pub halving: f64,
    pub lapse_days: f64,
    /// Log weight from which reports make a site signal (ln 3).
    pub signal_weight: f64,
    pub signs: Vec<Sign>,
    pub sources: Vec<SourceClass>,
    /// Log odds kappa >= 0 between two norms.
    pub couplings: Vec<(Norm, Norm, f64)>,
    pub prior: PriorParameters,
    pub channels: ChannelParameters,
    pub trace: TraceParameters,
    pub kinds: BTreeMap<Kind, KindDefaults>,
    pub schemes: BTreeMap<String, Scheme>,
    pub citations: BTreeMap<String, Citation>,
}

impl MethodPack {
    pub fn sign(&self, id: &str) -> Option<SignIx> {
        self.signs.binary_search_by(|s| s.id.as_str().cmp(id)).ok().map(|i| SignIx(i as u16))
    }

    pub fn source(&self, id: &str) -> Option<SourceIx> {
        self.sources.binary_search_by(|s| s.id.as_str().cmp(id)).ok().map(|i| SourceIx(i as u16))
    }

    pub fn strength(&self, grade: Grade) -> Strength {
        self.strengths[grade as usize]
    }
}
