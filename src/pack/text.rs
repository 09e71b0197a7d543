//! The method as it is written: the tables of a pack's TOML files, before names become numbers.
//!
//! Every row carries `citation` (an id of a `[[citation]]`) and `standing`; all numbers of a row share them. Unknown keys are refused.
//! Rows of an overlay replace rows of the same id; a row cannot be merged in parts, so that a number never stands under a foreign source.

use super::model::{DelphiPlace, Grade, IntegrityEffect, Layer, Phase, Standing, SurveyPlace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that the files of a pack may hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PackText {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<Header>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub citation: Vec<CitationText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameter: Vec<ParameterText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coupling: Vec<CouplingText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<ChannelText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<SourceText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sign: Vec<SignText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<KindText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scheme: Vec<SchemeText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deviation: Vec<DeviationText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response: Vec<ResponseText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub danger: Vec<DangerText>,
}

/// Name and version of a pack; a revision is a new version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub id: String,
    pub version: String,
    pub title: String,
}

/// A work that numbers or definitions are taken from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CitationText {
    pub id: String,
    pub title: String,
    /// Paragraph, table or page.
    pub locator: String,
    pub year: i32,
    /// Month or day on which it was read for this pack; empty where it was not (quoted from memory or through another work).
    #[serde(default)]
    pub read_on: String,
}

/// One number of the method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterText {
    pub id: String,
    pub value: f64,
    pub unit: String,
    pub meaning: String,
    pub citation: String,
    pub standing: Standing,
}

/// kappa of two norms in the joint prior.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CouplingText {
    pub a: String,
    pub b: String,
    /// Log odds, at least 0.
    pub log_odds: f64,
    pub citation: String,
    pub standing: Standing,
}

/// Trust in a grievance channel by who runs it; the first row that fits counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelText {
    /// As in `grievance_channels.operator`; `default` for any other.
    pub operator: String,
    pub independence: Independence,
    pub trust: f64,
    /// The source class that its reports and its silence count as.
    pub source: String,
    pub citation: String,
    pub standing: Standing,
}

/// What `grievance_channels.independent` must say for a row of channel trust to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Independence {
    /// Must be stated as independent.
    Required,
    /// Blank counts as independent.
    UnlessDenied,
    Any,
}

/// A class of source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceText {
    pub id: String,
    pub definition: String,
    /// Sources of one class share a blind spot.
    pub class: String,
    /// Detection by a silence, for norms about children (child branch and child_trafficking).
    pub detection_child: f64,
    /// Detection by a silence, for all other norms.
    pub detection_adult: f64,
    /// Detection of one sign.
    pub detection_sign: f64,
    pub false_report: f64,
    pub half_life_negative_months: f64,
    pub half_life_positive_months: f64,
    /// Its silence says nothing.
    #[serde(default)]
    pub positive_only: bool,
    /// Input tables that it speaks in.
    pub tables: Vec<String>,
    /// As in `audits.announcement`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announcement: Option<String>,
    /// Whether workers were heard away from the site; blank where it makes no difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offsite_interviews: Option<bool>,
    pub citation: String,
    pub standing: Standing,
}

/// An observable indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignText {
    pub id: String,
    pub definition: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub layer: Layer,
    #[serde(default, skip_serializing_if = "is_default")]
    pub phase: Phase,
    /// Kinds of evidence by which it can be seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen_in: Vec<String>,
    /// The sign that tells the same fact in another instrument.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_fact_as: Option<String>,
    pub branch: String,
    pub family: String,
    /// Source of the definition.
    pub citation: String,
    /// Standing of the definition.
    pub standing: Standing,
    /// Standing of the grades; expert default where blank.
    #[serde(default = "expert_default")]
    pub grades_standing: Standing,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub norms: BTreeMap<String, Grade>,
    /// Norms whose prior a context sign bears on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delphi: Option<DelphiPlace>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub survey: Vec<SurveyPlace>,
    /// What the sign does to the visit or channel that it was told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<IntegrityEffect>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn expert_default() -> Standing {
    Standing::ExpertDefault
}

/// Defaults of a kind of node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindText {
    pub id: String,
    pub people: f64,
    pub outside_share: f64,
    pub assumed_mapped: f64,
    pub citation: String,
    pub standing: Standing,
}

/// What a scheme looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeText {
    pub id: String,
    pub title: String,
    /// Other spellings, beside id and title; case, blanks and marks do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Norms that a visit under the scheme covers; empty = it says nothing of the cluster.
    pub covers: Vec<String>,
    /// How many of the four criteria of a reliable label it meets (ADEME); blank = not a label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_criteria: Option<u8>,
    pub citation: String,
    pub standing: Standing,
}

/// A published list that this pack knowingly changes: without this row a pack whose list has other counts than the published one is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviationText {
    /// `delphi_adult` or `delphi_child`.
    pub list: String,
    pub reason: String,
    pub citation: String,
    pub standing: Standing,
}

/// A row of the response matrix: what to do about a pattern, who leads, and what must never be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseText {
    pub id: String,
    /// Number in the matrix, 1 to 18.
    pub number: u32,
    /// Sorts the rows of one place, least first.
    pub order: u32,
    pub pattern: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub context: String,
    pub first_72h: String,
    pub days_30_90: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub systemic: String,
    /// Of `government`, `workers`, `employer`, `buyer`, `child_protection`.
    pub lead: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub support: Vec<String>,
    pub never: String,
    /// What its norms must reach.
    pub least: Reached,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub norms: Vec<String>,
    /// Signs of which one report that counts is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<String>,
    /// A circumstance that chooses the row, or without which norms do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Circumstance>,
    /// Whether it speaks of ending orders: then never without the ledger of what that would do.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ends_orders: bool,
    /// Every work that the row is condensed from.
    pub citations: Vec<String>,
    pub citation: String,
    pub standing: Standing,
}

/// What a norm must reach for a row of the response matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// A rule says possible or indicated.
    Finding,
    /// That, or reports that make a site signal for it.
    Signal,
}

/// A circumstance of a place in the response matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Circumstance {
    /// Needed: a case says, or leaves open, that a child is under 15.
    #[serde(rename = "under_15")]
    Under15,
    /// Needed: no case says that a child is under 15.
    #[serde(rename = "not_under_15")]
    NotUnder15,
    /// Needed: somebody other than a child is concerned, or nobody's age is told.
    Adults,
    /// Needed: the row on state-imposed forced labour is not chosen.
    NotStateImposed,
    /// Enough: an official flag of region and product, and the probability reaches the least of the order.
    OfficialFlag,
    /// Enough: something was said of the place, and workers have no channel that they can trust.
    NoChannel,
    /// Enough: a practice of a buyer towards the place is beyond its threshold.
    Practice,
    /// Enough: a finding of a norm about children rests on an age that no document shows.
    AgeUnverified,
    /// Enough: no signal and no finding, the probability counts, and coverage is low or something was reported.
    Unheard,
    /// Enough: a case tells of parents in forced labour beside the child.
    Family,
    /// Enough: a sign was reported again after a verified remedy, or a remedy was opened long ago and not completed while a signal stands.
    Relapse,
}

/// Signs that tell of danger to life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DangerText {
    pub id: String,
    pub signs: Vec<String>,
    pub citation: String,
    pub standing: Standing,
}

/// A row that is known by an id.
pub trait Identified {
    /// The table and the key, `sign work_violence`.
    fn key(&self) -> String;
}

macro_rules! identified {
    ($($row:ty, $table:literal);* $(;)?) => {
        $(impl Identified for $row {
            fn key(&self) -> String {
                format!("{} {}", $table, self.id)
            }
        })*
    };
}

identified!(CitationText, "citation"; ParameterText, "parameter"; SourceText, "source"; SignText, "sign"; KindText, "kind"; SchemeText, "scheme";
    ResponseText, "response"; DangerText, "danger");

impl Identified for CouplingText {
    fn key(&self) -> String {
        let (a, b) = if self.a <= self.b { (&self.a, &self.b) } else { (&self.b, &self.a) };
        format!("coupling {a}+{b}")
    }
}

impl Identified for DeviationText {
    fn key(&self) -> String {
        format!("deviation {}", self.list)
    }
}

impl Identified for ChannelText {
    fn key(&self) -> String {
        format!("channel {}", self.operator)
    }
}

impl PackText {
    /// Takes every row of `over` in place of the row of the same key; returns the keys replaced and those added, sorted.
    pub fn overlay(&mut self, over: PackText) -> (Vec<String>, Vec<String>) {
        let (mut replaced, mut added) = (Vec::new(), Vec::new());
        if let Some(header) = over.pack {
            self.pack = Some(header);
        }
        fn merge<T: Identified>(into: &mut Vec<T>, rows: Vec<T>, replaced: &mut Vec<String>, added: &mut Vec<String>) {
            for row in rows {
                let key = row.key();
                match into.iter_mut().find(|r| r.key() == key) {
                    Some(old) => {
                        *old = row;
                        replaced.push(key);
                    }
                    None => {
                        into.push(row);
                        added.push(key);
                    }
                }
            }
        }
        merge(&mut self.citation, over.citation, &mut replaced, &mut added);
        merge(&mut self.parameter, over.parameter, &mut replaced, &mut added);
        merge(&mut self.coupling, over.coupling, &mut replaced, &mut added);
        merge(&mut self.channel, over.channel, &mut replaced, &mut added);
        merge(&mut self.source, over.source, &mut replaced, &mut added);
        merge(&mut self.sign, over.sign, &mut replaced, &mut added);
        merge(&mut self.kind, over.kind, &mut replaced, &mut added);
        merge(&mut self.scheme, over.scheme, &mut replaced, &mut added);
        merge(&mut self.deviation, over.deviation, &mut replaced, &mut added);
        merge(&mut self.response, over.response, &mut replaced, &mut added);
        merge(&mut self.danger, over.danger, &mut replaced, &mut added);
        replaced.sort();
        added.sort();
        (replaced, added)
    }

    /// Rows in the order of their keys, so that equal methods are equal texts. Channel rows too: their keys exclude one another.
    pub fn sort(&mut self) {
        self.citation.sort_by_key(Identified::key);
        self.parameter.sort_by_key(Identified::key);
        self.coupling.sort_by_key(Identified::key);
        self.channel.sort_by_key(Identified::key);
        self.source.sort_by_key(Identified::key);
        self.sign.sort_by_key(Identified::key);
        self.kind.sort_by_key(Identified::key);
        self.scheme.sort_by_key(Identified::key);
        self.deviation.sort_by_key(Identified::key);
        self.response.sort_by_key(Identified::key);
        self.danger.sort_by_key(Identified::key);
    }

    /// Keys that stand more than once; call after [`sort`](Self::sort).
    pub fn duplicates(&self) -> Vec<String> {
        fn twice<T: Identified>(rows: &[T]) -> impl Iterator<Item = String> + '_ {
            rows.windows(2).filter(|w| w[0].key() == w[1].key()).map(|w| w[0].key())
        }
        twice(&self.citation)
            .chain(twice(&self.parameter))
            .chain(twice(&self.coupling))
            .chain(twice(&self.channel))
            .chain(twice(&self.source))
            .chain(twice(&self.sign))
            .chain(twice(&self.kind))
            .chain(twice(&self.scheme))
            .chain(twice(&self.deviation))
            .chain(twice(&self.response))
            .chain(twice(&self.danger))
            .collect()
    }
}
