//! The types of a method pack, as the rooms above use them.

use super::text::{ChannelText, PackText, ParameterText};
use crate::base::{Branch, Kind, Norm, NormSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a number comes from, in falling order of trust.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Published,
    Secondary,
    FromMemory,
    #[default]
    ExpertDefault,
}

impl Standing {
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Published => "published",
            Standing::Secondary => "secondary",
            Standing::FromMemory => "from_memory",
            Standing::ExpertDefault => "expert_default",
        }
    }
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Weak,
    Medium,
    Strong,
}

impl Grade {
    pub fn as_str(self) -> &'static str {
        match self {
            Grade::Weak => "weak",
            Grade::Medium => "medium",
            Grade::Strong => "strong",
        }
    }
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

/// What a sign is used for; each sign has exactly one layer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Bears on norms by its grades, and on rules.
    #[default]
    Evidence,
    /// Enters priors alone, never a finding (methodology 2.6).
    Context,
    /// Changes what a visit or a channel is worth (methodology 2.9); concealment is graded besides, since it speaks of something to hide.
    Integrity,
    /// An act of trafficking: for the rules, never graded.
    Act,
    /// Decent-work deficits and exploitation outside the cluster: a profile, no probability.
    Profile,
}

impl Layer {
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Evidence => "evidence",
            Layer::Context => "context",
            Layer::Integrity => "integrity",
            Layer::Act => "act",
            Layer::Profile => "profile",
        }
    }
}

/// Phase of an episode that a sign speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Recruitment,
    Work,
    Leaving,
    #[default]
    Any,
}

impl Phase {
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Recruitment => "recruitment",
            Phase::Work => "work",
            Phase::Leaving => "leaving",
            Phase::Any => "any",
        }
    }
}

/// Dimension of the Delphi indicators (ILO/EC 2009).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum DelphiDimension {
    /// Deceptive recruitment.
    D1,
    /// Coercive recruitment.
    D2,
    /// Recruitment by abuse of vulnerability.
    D3,
    /// Exploitative conditions of work.
    D4,
    /// Coercion at destination.
    D5,
    /// Abuse of vulnerability at destination.
    D6,
}

/// Where a sign stands in the Delphi lists, adult and child; `None` = not in that list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelphiPlace {
    pub dimension: DelphiDimension,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adult: Option<Grade>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<Grade>,
}

/// Dimension of the forced-labour survey rule (ILO, Hard to see, harder to count, 2012).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurveyDimension {
    UnfreeRecruitment,
    WorkUnderDuress,
    ImpossibilityOfLeaving,
}

impl SurveyDimension {
    pub fn as_str(self) -> &'static str {
        match self {
            SurveyDimension::UnfreeRecruitment => "unfree_recruitment",
            SurveyDimension::WorkUnderDuress => "work_under_duress",
            SurveyDimension::ImpossibilityOfLeaving => "impossibility_of_leaving",
        }
    }
}

/// What a sign shows in the forced-labour survey rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurveyRole {
    Involuntariness,
    Penalty,
}

impl SurveyRole {
    pub fn as_str(self) -> &'static str {
        match self {
            SurveyRole::Involuntariness => "involuntariness",
            SurveyRole::Penalty => "penalty",
        }
    }
}

/// One place of a sign in the forced-labour survey rule; a penalty may stand in several dimensions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveyPlace {
    pub dimension: SurveyDimension,
    pub role: SurveyRole,
    /// `strong` or `medium`.
    pub grade: Grade,
}

/// What a sign of integrity does to the visit or channel that it was told of (methodology 2.9); what was seen there keeps its weight.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrityEffect {
    /// Factor on the detection of everything that was not seen: 0 voids the silence, 1 leaves it.
    pub silence_factor: f64,
    /// Most trust that a grievance channel keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_most: Option<f64>,
    /// Most use that a grievance channel keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_most: Option<f64>,
}

/// One observable indicator.
#[derive(Clone, Debug)]
pub struct Sign {
    pub id: String,
    pub definition: String,
    pub layer: Layer,
    pub phase: Phase,
    /// Kinds of evidence by which it can be seen (`audit`, `interview`, `grievance`, `payroll`, ...), as in the published lists.
    pub seen_in: Vec<String>,
    pub delphi: Option<DelphiPlace>,
    pub survey: Vec<SurveyPlace>,
    /// The same fact under the name of another instrument: counted once.
    pub same_fact_as: Option<String>,
    pub branch: Branch,
    /// Signs of one family de-correlate: the j-th counts 0.5^j.
    pub family: String,
    /// Strength per norm that it bears on.
    pub norms: [Option<Grade>; Norm::COUNT],
    /// Norms whose prior a context sign bears on; empty in every other layer.
    pub about: NormSet,
    /// What the sign does to the visit or channel that it was told of.
    pub effect: Option<IntegrityEffect>,
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
    /// Its silence says nothing: nobody expects it to look at every site. All of `detection` is 0.
    pub positive_only: bool,
    /// Input tables that it speaks in (`audits`, `statements`, ...).
    pub tables: Vec<String>,
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
    /// How well its numbers are founded.
    pub standing: Standing,
}

/// What an audit scheme looks at, and as which source it counts by announcement.
#[derive(Clone, Debug)]
pub struct Scheme {
    pub id: String,
    pub title: String,
    /// Norms that a visit under the scheme covers; empty = it says nothing of the cluster.
    pub covers: NormSet,
    /// How many of the four criteria of a reliable label it meets; `None` = not a label.
    pub label_criteria: Option<u8>,
    pub citation: String,
    pub standing: Standing,
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
    /// Children of 5 to 17 in the households of one worker, where families work.
    pub children_per_worker: f64,
    /// Odds ratio of each context factor by id (`tvpra_listed` 3.0, ...).
    pub odds_ratios: BTreeMap<String, f64>,
}

/// Parameters of grievance channels: d = reach x trust x use (conventions, "Audits and channels").
#[derive(Clone, Debug)]
pub struct ChannelParameters {
    /// Trust by operator: company .3, public .5, union .6, independent ngo .8; `default` .3.
    pub trust: BTreeMap<String, f64>,
    /// The same with what each asks for and the source that it counts as.
    pub rows: Vec<ChannelText>,
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
    /// Quarters for which the share of a supplier that was left stays in the figures.
    pub exit_quarters: f64,
}

/// A grievance channel as the pack sees it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ChannelTrust {
    /// The class that its reports and its silence count as.
    pub source: SourceIx,
    pub trust: f64,
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
    /// Distinct blind-spot classes of the sources, sorted: a class number is a position here.
    pub classes: Vec<String>,
    /// Everything in effect as written, rows sorted; what `write_effective` prints and the hash covers.
    pub text: PackText,
    /// Keys of rows that an overlay replaced or added (`sign work_violence`), sorted; empty for the embedded pack.
    pub overridden: Vec<String>,
}

impl MethodPack {
    pub fn sign(&self, id: &str) -> Option<SignIx> {
        self.signs.binary_search_by(|s| s.id.as_str().cmp(id)).ok().map(|i| SignIx(i as u16))
    }

    pub fn source(&self, id: &str) -> Option<SourceIx> {
        self.sources.binary_search_by(|s| s.id.as_str().cmp(id)).ok().map(|i| SourceIx(i as u16))
    }

    /// The sign under which a fact counts: the one that `same_fact_as` names, else the sign itself. Facts told under several names count
    /// once in any probability; for the rules each name keeps its own places.
    pub fn fact_of(&self, sign: SignIx) -> SignIx {
        let named = self.signs.get(sign.0 as usize).and_then(|s| s.same_fact_as.as_deref());
        named.and_then(|id| self.sign(id)).unwrap_or(sign)
    }

    /// Every name of a fact, the one under which it counts first, then by id.
    pub fn names_of(&self, sign: SignIx) -> Vec<SignIx> {
        let fact = self.fact_of(sign);
        let others = (0..self.signs.len() as u16).map(SignIx).filter(|s| *s != fact && self.fact_of(*s) == fact);
        std::iter::once(fact).chain(others).collect()
    }

    pub fn strength(&self, grade: Grade) -> Strength {
        self.strengths[grade as usize]
    }

    /// The number of the blind-spot class of a source, as looks and silences carry it.
    pub fn class_of(&self, source: SourceIx) -> u16 {
        let class = self.sources.get(source.0 as usize).map_or("", |s| s.class.as_str());
        self.classes.binary_search_by(|c| c.as_str().cmp(class)).map_or(u16::MAX, |i| i as u16)
    }

    /// A number of the method by id (`remediation.independent`), with its unit, meaning and source.
    pub fn parameter(&self, id: &str) -> Option<&ParameterText> {
        self.text.parameter.iter().find(|p| p.id == id)
    }

    /// The source class of an audit: by announcement (as in `audits.announcement`; unknown counts as announced), and whether workers
    /// were heard away from the site.
    pub fn audit_source(&self, announcement: &str, offsite_interviews: bool) -> SourceIx {
        let of = |announcement: &str| {
            let fits = |s: &&super::text::SourceText| {
                s.announcement.as_deref() == Some(announcement) && s.offsite_interviews.is_none_or(|o| o == offsite_interviews)
            };
            self.text.source.iter().find(fits).and_then(|s| self.source(&s.id))
        };
        of(announcement).or_else(|| of("announced")).unwrap_or(SourceIx(0)) // the loader refuses a pack without an announced audit
    }

    /// The source classes that may speak in an input table, in order of their ids.
    pub fn sources_of(&self, table: &str) -> impl Iterator<Item = SourceIx> {
        let speaks = move |s: &SourceClass| s.tables.iter().any(|t| t == table);
        self.sources.iter().enumerate().filter(move |(_, s)| speaks(s)).map(|(i, _)| SourceIx(i as u16))
    }

    /// Trust in a grievance channel by who runs it and whether that is independent of the employer; the row `default` where none fits.
    pub fn channel(&self, operator: Option<&str>, independent: Option<bool>) -> ChannelTrust {
        use super::text::Independence::{Any, Required, UnlessDenied};
        let independence_fits = |c: &&ChannelText| match c.independence {
            Required => independent == Some(true),
            UnlessDenied => independent != Some(false),
            Any => true,
        };
        let named = self.channels.rows.iter().filter(|c| Some(c.operator.as_str()) == operator).find(independence_fits);
        let row = named.or_else(|| self.channels.rows.iter().find(|c| c.operator == "default"));
        row.map_or(ChannelTrust { source: SourceIx(0), trust: 0.0 }, |c| ChannelTrust {
            source: self.source(&c.source).unwrap_or(SourceIx(0)),
            trust: c.trust,
        })
    }

    /// Detection per norm of a channel, d = reach x trust x use, norms about children x the child factor.
    pub fn channel_detection(&self, reach: f64, trust: f64, usage: f64) -> [f64; Norm::COUNT] {
        let d = (reach * trust * usage).clamp(0.0, 1.0);
        Norm::ALL.map(|n| if is_about_children(n) { d * self.channels.child_factor } else { d })
    }

    /// The scheme that a text names, by id, title or alias; case, blanks and marks do not count.
    pub fn scheme(&self, text: &str) -> Option<&Scheme> {
        let names = |s: &super::text::SchemeText| {
            std::iter::once(&s.id).chain(std::iter::once(&s.title)).chain(&s.aliases).any(|name| bare(name).eq(bare(text)))
        };
        self.text.scheme.iter().find(|s| names(s)).and_then(|s| self.schemes.get(&s.id))
    }

    /// LR+ = (d + (1 - d) f) / f of a fresh report by source class, the most telling first.
    pub fn likelihood_ratios(&self) -> Vec<(&str, f64)> {
        let ratio = |s: &SourceClass| (s.detection_sign + (1.0 - s.detection_sign) * s.false_report) / s.false_report;
        let mut all: Vec<(&str, f64)> = self.sources.iter().map(|s| (s.id.as_str(), ratio(s))).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        all
    }
}

/// Norms whose victims are children by definition: the child branch and child_trafficking.
pub fn is_about_children(norm: Norm) -> bool {
    norm.branch() == Branch::Child || norm == Norm::ChildTrafficking
}

/// A name without case, blanks and marks.
pub(super) fn bare(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
