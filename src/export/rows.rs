//! The rows of sites, priors, evidence, links and diagnostics, as the pipeline fills them: plain fields in the field's words, borrowed texts
//! where they are long-lived. The rows of the trace stand in `walk_rows`.

use super::duty_rows::band_word;
use super::sink::{Row, Sink};
use crate::base::{CountryCode, Date, Diagnostic, Kind, Level, Locator, Norm, NormSet, Stage};
use crate::duty;
use crate::pack::Standing;
use crate::schema::outputs::{self, OutputTable};
use crate::validate::inputs::Relation;
use std::borrow::Cow;
use std::cmp::Ordering;

type Text<'a> = Cow<'a, str>;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word in the files.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    };
}
pub(super) use words;

words!(
    /// How the number of people at a node is known.
    PeopleBasis { Recorded => "recorded", Range => "range", Assumed => "assumed" }
);
words!(
    /// What a source did.
    Item { Report => "report", Look => "look", Silence => "silence" }
);
words!(
    /// How a link is known.
    LinkBasis { Declared => "declared", Shipment => "shipment", Certificate => "certificate", Inferred => "inferred", Listed => "listed" }
);
words!(
    /// What a link's weight was made from.
    WeightBasis { Share => "share", Value => "value", Quantity => "quantity", Equal => "equal", Median => "median" }
);

/// The word of a standing.
pub fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Published => "published",
        Standing::Secondary => "secondary",
        Standing::FromMemory => "from_memory",
        Standing::ExpertDefault => "expert_default",
    }
}

/// The word of a relation.
pub fn relation_word(relation: Relation) -> &'static str {
    match relation {
        Relation::Supplies => "supplies",
        Relation::Subcontracts => "subcontracts",
        Relation::Recruits => "recruits",
        Relation::Lists => "lists",
        Relation::Owns => "owns",
    }
}

/// Norms as `child_labour;forced_labour`, in the order of [`Norm::ALL`].
pub fn norm_list(norms: NormSet) -> String {
    let mut out = String::new();
    for norm in norms.iter() {
        if !out.is_empty() {
            out.push(';');
        }
        out.push_str(norm.as_str());
    }
    out
}

/// The last day of the quarter of an event: what may be said of a report that must not be dated to the day.
pub fn quarter_end(date: Date) -> Date {
    date.quarter_period().to
}

/// Days from the end of the quarter of `date` to `as_of`, 0 where it has not ended.
pub fn quarter_age_days(date: Date, as_of: Date) -> i64 {
    i64::from(as_of.days_since(quarter_end(date)).max(0))
}

/// One row of `sites.parquet`.
#[derive(Clone, Debug)]
pub struct SiteRow<'a> {
    pub node_id: Text<'a>,
    pub name: Text<'a>,
    pub kind: Kind,
    pub country: Option<CountryCode>,
    pub sector: Option<Text<'a>>,
    pub product: Option<Text<'a>>,
    pub stage: Option<Stage>,
    pub people: Option<(f64, PeopleBasis)>,
    /// `None` for parties and regions.
    pub posterior: Option<SitePosterior>,
    pub newest_evidence: Option<Date>,
    pub as_of: Date,
    pub independent_origins: i64,
    pub reports: i64,
    pub looks: i64,
    pub silences: i64,
    pub focal: bool,
    pub drivers: Text<'a>,
    /// The highest level of the rules over its cases, and whether it is a cluster concern; `None`: no case.
    pub finding: Option<(&'static str, bool)>,
    /// Severity and place in the order; `None` without a posterior.
    pub duty: Option<SiteDuty>,
    /// People's own judgements in force.
    pub overrides: Option<Text<'a>>,
}

/// Severity of a place and where it stands in the one order of what to do first.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SiteDuty {
    /// By norm, in the order of [`Norm::ALL`].
    pub severity: [f64; Norm::COUNT],
    pub standing: duty::Standing,
    pub priority: i64,
}

/// Probabilities of a place, arrays of H norms in the order of [`Norm::ALL`].
#[derive(Clone, Copy, Debug)]
pub struct SitePosterior {
    pub coupled: [f64; Norm::COUNT],
    pub decoupled: [f64; Norm::COUNT],
    pub any: f64,
    pub protection_gap: f64,
    pub coverage: [f64; Norm::COUNT],
    /// Whether the reports' weight reaches the pack's threshold.
    pub site_signal: bool,
    pub signal_norms: NormSet,
    /// Norms on which a rule finds possible or indicated, with what they imply.
    pub found_norms: NormSet,
    /// 5 % and 95 % over the draws; `None` without draws.
    pub ranges: Option<SiteRanges>,
    /// Range of the position in the order of the register.
    pub rank: Option<(i64, i64)>,
    /// Among the places whose mean chance of a false alarm stays under the pack's limit.
    pub alert: bool,
}

/// Ranges of the coupled probabilities and of `any`.
#[derive(Clone, Copy, Debug)]
pub struct SiteRanges {
    pub coupled: [(f64, f64); Norm::COUNT],
    pub any: (f64, f64),
}

fn norm_columns(suffix: &str) -> [String; Norm::COUNT] {
    Norm::ALL.map(|n| format!("{}_{suffix}", n.as_str()))
}

static NORM_COLUMNS: std::sync::LazyLock<[[String; Norm::COUNT]; 6]> =
    std::sync::LazyLock::new(|| ["coupled", "decoupled", "coverage", "coupled_low", "coupled_high", "severity"].map(norm_columns));

impl Row for SiteRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::SITES
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.node_id.cmp(&other.node_id)
    }

    fn fill(&self, sink: &mut impl Sink) {
        let [coupled, decoupled, coverage, low, high, severity] = &*NORM_COLUMNS;
        let p = self.posterior.as_ref();
        sink.put("node_id", &self.node_id);
        sink.put("name", &self.name);
        sink.put("kind", self.kind.as_str());
        sink.put("country", self.country.as_ref().map(CountryCode::as_str));
        sink.put("sector", self.sector.as_ref());
        sink.put("product", self.product.as_ref());
        sink.put("stage", self.stage.map(Stage::as_str));
        sink.put("people", self.people.map(|(people, _)| people));
        sink.put("people_standing", self.people.map(|(_, basis)| basis.as_str()));
        sink.put("has_posterior", p.is_some());
        for (i, column) in coupled.iter().enumerate() {
            sink.put(column, p.map(|p| p.coupled[i]));
        }
        for (i, column) in decoupled.iter().enumerate() {
            sink.put(column, p.map(|p| p.decoupled[i]));
        }
        sink.put("any", p.map(|p| p.any));
        sink.put("protection_gap", p.map(|p| p.protection_gap));
        for (i, column) in coverage.iter().enumerate() {
            sink.put(column, p.map(|p| p.coverage[i]));
        }
        let state = match p {
            None => "no_posterior",
            Some(p) if !p.found_norms.is_empty() => self.finding.map_or("possible", |(level, _)| level),
            Some(p) if p.site_signal => "site_signal",
            Some(_) => "context_risk",
        };
        sink.put("state", state);
        sink.put("signal_norms", &norm_list(p.filter(|p| p.site_signal).map_or(NormSet::EMPTY, |p| p.signal_norms)));
        sink.put("finding_norms", &norm_list(p.map_or(NormSet::EMPTY, |p| p.found_norms)));
        sink.put("newest_evidence", self.newest_evidence.map(Date::quarter).as_ref());
        sink.put("evidence_age_days", self.newest_evidence.map(|d| quarter_age_days(d, self.as_of)));
        sink.put("independent_origins", self.independent_origins);
        sink.put("reports", self.reports);
        sink.put("looks", self.looks);
        sink.put("silences", self.silences);
        sink.put("focal", self.focal);
        sink.put("drivers", &self.drivers);
        let ranges = p.and_then(|p| p.ranges);
        for (i, column) in low.iter().enumerate() {
            sink.put(column, ranges.map(|r| r.coupled[i].0));
        }
        for (i, column) in high.iter().enumerate() {
            sink.put(column, ranges.map(|r| r.coupled[i].1));
        }
        sink.put("any_low", ranges.map(|r| r.any.0));
        sink.put("any_high", ranges.map(|r| r.any.1));
        sink.put("rank_low", p.and_then(|p| p.rank).map(|(low, _)| low));
        sink.put("rank_high", p.and_then(|p| p.rank).map(|(_, high)| high));
        sink.put("alert", p.is_some_and(|p| p.alert));
        sink.put("finding", self.finding.map_or("no_case", |(level, _)| level));
        sink.put("cluster_concern", self.finding.is_some_and(|(_, concern)| concern));
        let d = self.duty.as_ref();
        for (i, column) in severity.iter().enumerate() {
            sink.put(column, d.map(|d| d.severity[i]));
        }
        let s = d.map(|d| &d.standing);
        sink.put("severity_band", s.and_then(|s| s.keys.band).map(band_word));
        sink.put("severity", s.filter(|s| s.keys.band.is_some()).map(|s| s.severity));
        sink.put("severity_norms", &norm_list(s.map_or(NormSet::EMPTY, |s| s.norms)));
        sink.put("people_affected", s.map(|s| s.keys.people));
        sink.put("people_told_at_least", s.filter(|s| s.told > 0.0).map(|s| s.told as i64));
        sink.put("acts_first", s.is_some_and(|s| s.keys.acts_first));
        sink.put("danger_to_life", s.is_some_and(|s| s.danger));
        sink.put("children", s.is_some_and(|s| s.keys.children));
        sink.put("priority", d.map(|d| d.priority));
        sink.put("overrides", self.overrides.as_ref());
    }
}

/// One row of `priors.parquet`.
#[derive(Clone, Debug)]
pub struct PriorRow<'a> {
    pub node_id: Text<'a>,
    pub norm: Norm,
    pub marginal: f64,
    pub base_rate: f64,
    pub level: Text<'a>,
    pub tau: f64,
    pub denominator: Text<'a>,
    pub base_source: Text<'a>,
    pub base_year: Option<i32>,
    pub base_standing: Standing,
    pub people: f64,
    pub people_assumed: bool,
    /// From [`factor_list`].
    pub factors: Text<'a>,
    pub lifted: bool,
    pub off: bool,
}

/// Context factors as `id:odds_ratio:source;...`, in the order given; the marks `:` and `;` inside a text become blanks.
pub fn factor_list<'a>(factors: impl IntoIterator<Item = (&'a str, f64, &'a str)>) -> String {
    let plain = |t: &str| t.replace([':', ';'], " ");
    factors.into_iter().map(|(id, ratio, source)| format!("{}:{ratio}:{}", plain(id), plain(source))).collect::<Vec<_>>().join(";")
}

impl Row for PriorRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::PRIORS
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.norm.cmp(&other.norm)
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("norm", self.norm.as_str());
        sink.put("marginal", self.marginal);
        sink.put("base_rate", self.base_rate);
        sink.put("level", &self.level);
        sink.put("tau", self.tau);
        sink.put("denominator", &self.denominator);
        sink.put("base_source", &self.base_source);
        sink.put("base_year", self.base_year.map(i64::from));
        sink.put("base_standing", standing_word(self.base_standing));
        sink.put("people", self.people);
        sink.put("people_assumed", self.people_assumed);
        sink.put("factors", &self.factors);
        sink.put("lifted", self.lifted);
        sink.put("off", self.off);
    }
}

/// One row of `evidence.parquet`, before what must not be told is withheld (`privacy::withhold`).
#[derive(Clone, Debug)]
pub struct EvidenceRow<'a> {
    pub node_id: Text<'a>,
    pub item: Item,
    pub sign: Option<Text<'a>>,
    pub norms: NormSet,
    pub source: Text<'a>,
    pub source_class: Text<'a>,
    pub record: Option<Text<'a>>,
    pub origin: Option<Text<'a>>,
    pub date: Date,
    pub detection: f64,
    pub false_report: Option<f64>,
    pub age_days: f64,
    pub half_life_days: f64,
    pub detection_now: f64,
    pub log_weight: f64,
    pub used: bool,
    pub why_not: Option<Text<'a>>,
    /// What changed its worth: `source x 0.85; ...`.
    pub factors: Option<Text<'a>>,
    pub table: Text<'a>,
    pub file: Text<'a>,
    pub sheet: Option<Text<'a>>,
    pub line: Option<i64>,
}

impl Row for EvidenceRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::EVIDENCE
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    // Places in files come last, so that shuffled rows move nothing but the place of equal items.
    fn order(&self, other: &Self) -> Ordering {
        let key = |r: &Self| (r.item, r.date.quarter_period().from, r.used);
        (key(self).cmp(&key(other)))
            .then_with(|| self.sign.cmp(&other.sign))
            .then_with(|| self.source.cmp(&other.source))
            .then_with(|| self.origin.cmp(&other.origin))
            .then_with(|| self.record.cmp(&other.record))
            .then_with(|| self.norms.cmp(&other.norms))
            .then_with(|| self.detection.total_cmp(&other.detection))
            .then_with(|| self.detection_now.total_cmp(&other.detection_now))
            .then_with(|| self.log_weight.total_cmp(&other.log_weight))
            .then_with(|| self.age_days.total_cmp(&other.age_days))
            .then_with(|| self.why_not.cmp(&other.why_not))
            .then_with(|| (&self.table, &self.file, &self.sheet, self.line).cmp(&(&other.table, &other.file, &other.sheet, other.line)))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("item", self.item.as_str());
        sink.put("sign", self.sign.as_ref());
        sink.put("norms", &norm_list(self.norms));
        sink.put("source", &self.source);
        sink.put("source_class", &self.source_class);
        sink.put("record", self.record.as_ref());
        sink.put("origin", self.origin.as_ref());
        sink.put("quarter", &self.date.quarter());
        sink.put("detection", self.detection);
        sink.put("false_report", self.false_report);
        sink.put("age_days", self.age_days);
        sink.put("half_life_days", self.half_life_days);
        sink.put("detection_now", self.detection_now);
        sink.put("log_weight", self.log_weight);
        sink.put("effect", if self.item == Item::Report { "raises" } else { "lowers" });
        sink.put("used", self.used);
        sink.put("why_not", self.why_not.as_ref());
        sink.put("factors", self.factors.as_ref());
        sink.put("table", &self.table);
        sink.put("file", &self.file);
        sink.put("sheet", self.sheet.as_ref());
        sink.put("line", self.line);
    }
}

/// One row of `links.parquet`.
#[derive(Clone, Debug)]
pub struct LinkUsedRow<'a> {
    pub supplier_id: Text<'a>,
    pub buyer_id: Text<'a>,
    pub relation: Relation,
    pub product: Option<Text<'a>>,
    pub scope: Option<Text<'a>>,
    /// Share among the links of its scope, and what it was made from.
    pub weight: Option<(f64, WeightBasis)>,
    /// Its part of the share with all scopes merged.
    pub weight_merged: Option<f64>,
    pub basis: LinkBasis,
    pub assumed: bool,
    pub in_force: bool,
}

impl Row for LinkUsedRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::LINKS
    }

    fn lead(&self) -> &str {
        &self.supplier_id
    }

    fn order(&self, other: &Self) -> Ordering {
        fn key<'r>(r: &'r LinkUsedRow<'_>) -> (&'r str, Relation, Option<&'r str>, Option<&'r str>, LinkBasis, bool) {
            (&r.buyer_id, r.relation, r.product.as_deref(), r.scope.as_deref(), r.basis, r.in_force)
        }
        let weight = |r: &Self| r.weight.map_or(-1.0, |(w, _)| w);
        key(self).cmp(&key(other)).then_with(|| weight(self).total_cmp(&weight(other)))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("supplier_id", &self.supplier_id);
        sink.put("buyer_id", &self.buyer_id);
        sink.put("relation", relation_word(self.relation));
        sink.put("product", self.product.as_ref());
        sink.put("scope", self.scope.as_ref());
        sink.put("weight", self.weight.map(|(w, _)| w));
        sink.put("weight_merged", self.weight_merged);
        sink.put("basis", self.basis.as_str());
        sink.put("weight_basis", self.weight.map(|(_, basis)| basis.as_str()));
        sink.put("assumed", self.assumed);
        sink.put("in_force", self.in_force);
    }
}

/// One row of `warnings.parquet`.
#[derive(Clone, Copy, Debug)]
pub struct WarningRow<'a> {
    pub diagnostic: &'a Diagnostic,
    /// Whether the line may be told.
    pub with_line: bool,
}

impl Row for WarningRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::WARNINGS
    }

    fn lead(&self) -> &str {
        &self.diagnostic.at.file
    }

    fn order(&self, other: &Self) -> Ordering {
        fn key<'r>(r: &WarningRow<'r>) -> (&'r Locator, std::cmp::Reverse<Level>, &'static str) {
            (&r.diagnostic.at, std::cmp::Reverse(r.diagnostic.level), r.diagnostic.code)
        }
        key(self)
            .cmp(&key(other))
            .then_with(|| (&self.diagnostic.found, &self.diagnostic.expected).cmp(&(&other.diagnostic.found, &other.diagnostic.expected)))
    }

    fn fill(&self, sink: &mut impl Sink) {
        let d = self.diagnostic;
        sink.put("level", d.level.as_str());
        sink.put("code", d.code);
        sink.put("file", &*d.at.file);
        sink.put("part", d.at.part.as_deref());
        sink.put("line", line_of(d, self.with_line));
        sink.put("column", d.at.column.as_deref());
        sink.put("found", &d.found);
        sink.put("expected", &d.expected);
    }
}

/// One row of `quarantine.csv`.
#[derive(Clone, Copy, Debug)]
pub struct QuarantineRow<'a> {
    pub row: &'a crate::validate::QuarantineRow,
    pub with_line: bool,
}

impl Row for QuarantineRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::QUARANTINE
    }

    fn lead(&self) -> &str {
        &self.row.file
    }

    fn order(&self, other: &Self) -> Ordering {
        self.row.cmp(other.row)
    }

    fn fill(&self, sink: &mut impl Sink) {
        let r = self.row;
        sink.put("file", &*r.file);
        sink.put("part", r.part.as_deref());
        sink.put("line", (self.with_line && r.line > 0).then(|| i64::try_from(r.line).unwrap_or(i64::MAX)));
        sink.put("column", r.column.as_deref());
        sink.put("code", r.code);
        sink.put("reason", &r.reason);
        sink.put("value", (!r.value_shown.is_empty()).then_some(r.value_shown.as_str()));
    }
}

fn line_of(d: &Diagnostic, with_line: bool) -> Option<i64> {
    (with_line && d.at.line > 0).then(|| i64::try_from(d.at.line).unwrap_or(i64::MAX))
}
