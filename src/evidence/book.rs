//! One item of evidence with its place, and the rules that every table shares: which norms a sign bears on, when a reported state still
//! holds, what a report counts as, and how a node's rows become numbers.

use super::integrity::Integrity;
use super::items::{Look, NodeEvidence, Report, Silence};
use super::levels::levels_with;
use super::reliability::{Factor, Rule};
use super::remedy::Remedies;
use crate::base::{Date, NodeIx, Norm, NormSet, Symbol};
use crate::pack::load::MONTH_DAYS;
use crate::pack::{MethodPack, SignIx, SourceIx};
use crate::reference::Reference;
use crate::resolve::Resolution;
use crate::validate::inputs::{Inputs, RowRef, Status};
use std::collections::{BTreeMap, BTreeSet};

/// What an item of evidence is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Item {
    Report,
    Look,
    Silence,
}

impl Item {
    pub fn as_str(self) -> &'static str {
        match self {
            Item::Report => "report",
            Item::Look => "look",
            Item::Silence => "silence",
        }
    }
}

/// One item with its place: what `evidence.parquet` and `explain` show.
#[derive(Clone, Debug)]
pub struct EvidenceRow {
    pub node: NodeIx,
    pub item: Item,
    pub sign: Option<SignIx>,
    /// Norms that the item speaks to.
    pub norms: NormSet,
    pub source: SourceIx,
    /// Who first said it; the channel or visit for silence.
    pub origin: String,
    /// The day of the report or visit; the last day of a silent quarter.
    pub day: Date,
    /// After all `factors` but remedies, before ageing; for silence the largest over its norms.
    pub detection: f64,
    /// Detection of silence by norm; zeros for reports and looks.
    pub by_norm: [f64; Norm::COUNT],
    pub false_report: f64,
    pub half_life_days: f64,
    pub open: bool,
    /// What its detection was multiplied by, or is made of (a channel), each with its reason; the remedy of a report among them.
    pub factors: Vec<Factor>,
    /// Why the item counts nothing; empty where it counts.
    pub why_not: &'static str,
    pub table: &'static str,
    pub row: RowRef,
}

/// All that was said of one node, in numbers and in rows.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    pub evidence: NodeEvidence,
    /// Every channel and visit in force as if it had been silent: what coverage is made of.
    pub covering: Vec<Silence>,
    /// Sorted by item, sign, day, origin, row.
    pub rows: Vec<EvidenceRow>,
    /// Looks that the silence of their visit tells already: nothing for the probability, yet a look for the state of their sign.
    pub told_looks: Vec<Look>,
    pub newest: Option<Date>,
    /// Distinct origins of reports that bear on a norm.
    pub origins: usize,
}

impl Gathered {
    /// log Lambda of every sign of which somebody says something that counts: the sum over origins of the strongest log LR+ and over classes
    /// of the looks' log(1 - d), for the state of the sign in a finding by rule (methodology 5.5). Sorted by sign; a sign that is
    /// missing is unknown, and so is one of which all is void or lapsed. A fact with several names stands under its `fact_of`.
    pub fn sign_levels(&self, pack: &MethodPack) -> Vec<(SignIx, f64)> {
        levels_with(&self.evidence, &self.told_looks, pack)
    }
}

/// What every table of evidence is read against.
pub struct Book<'a> {
    pub inputs: &'a Inputs,
    pub resolution: &'a Resolution,
    pub pack: &'a MethodPack,
    /// What is known of countries and crops; without it nothing follows from them.
    pub reference: Option<&'a Reference>,
    pub as_of: Date,
    pub(super) rule: Rule,
    pub(super) integrity: Integrity,
    remedies: Remedies,
    /// The half-life of silence that a node's turnover allows, in days.
    turnover: BTreeMap<NodeIx, f64>,
}

pub(super) const SILENT_ON_ALL: &str = "the silence of the visit tells it already";
pub(super) const VOIDED: &str = "void: the source could not have seen it (d = 0)";
pub(super) const NO_HAZARD: &str = "says nothing of the hazard";
pub(super) const AFTER: &str = "dated after as_of";
pub(super) const REJECTED: &str = "rejected on review";
pub(super) const LAPSED: &str = "older than the horizon";

impl<'a> Book<'a> {
    /// Reads what bears on every table: signs of integrity, remedies, turnover.
    pub fn new(
        inputs: &'a Inputs,
        resolution: &'a Resolution,
        pack: &'a MethodPack,
        reference: Option<&'a Reference>,
        as_of: Date,
    ) -> Self {
        let rule = Rule::of(pack);
        let remedies = Remedies::of(inputs, resolution, pack, &rule, as_of);
        let mut turnover: BTreeMap<NodeIx, f64> = BTreeMap::new();
        for node in &inputs.nodes {
            if let (Some(at), Some(yearly)) = (resolution.node(node.id), node.yearly_turnover.filter(|t| *t > 0.0)) {
                let most = 12.0 * std::f64::consts::LN_2 / yearly * MONTH_DAYS;
                turnover.entry(at).and_modify(|known| *known = known.min(most)).or_insert(most);
            }
        }
        let mut book = Book { inputs, resolution, pack, reference, as_of, rule, integrity: Integrity::default(), remedies, turnover };
        book.integrity = Integrity::of(&book);
        book
    }
}

impl Book<'_> {
    pub(super) fn text(&self, symbol: Symbol) -> &str {
        self.inputs.ids.text(symbol)
    }

    pub(super) fn norms_of(&self, sign: SignIx) -> NormSet {
        let mut set = NormSet::EMPTY;
        for norm in Norm::ALL {
            if self.pack.signs[sign.0 as usize].norms[norm.at()].is_some() {
                set.insert(norm);
            }
        }
        set
    }

    /// H- = min(default, 12 ln 2 / T months) where a node states its yearly turnover T (methodology 3.3).
    fn half_life_of_silence(&self, node: NodeIx, default: f64) -> f64 {
        self.turnover.get(&node).map_or(default, |most| default.min(*most))
    }

    /// Norms on which a sign that was told ends a silence: its whole branch and what it bears on. A sign without grades (context, an act, a
    /// profile) tells of no norm and ends none.
    pub(super) fn ends_silence_on(&self, sign: SignIx) -> NormSet {
        let norms = self.norms_of(sign);
        if norms.is_empty() { norms } else { NormSet(norms.0 | self.pack.signs[sign.0 as usize].branch.norms().0) }
    }

    /// Whether a state that a row declares held on the day of the assessment.
    pub(super) fn open(&self, status: Status, corroborated: bool, ended: Option<Date>) -> bool {
        let closed = matches!(status, Status::Closed) && ended.is_none_or(|d| d <= self.as_of);
        corroborated && !closed && !matches!(status, Status::Rejected) && ended.is_none_or(|d| d > self.as_of)
    }

    #[expect(clippy::too_many_arguments, reason = "one row of evidence has this many parts")]
    pub(super) fn report(
        &self,
        node: NodeIx,
        sign: SignIx,
        source: SourceIx,
        origin: String,
        day: Date,
        open: bool,
        status: Status,
        table: &'static str,
        row: RowRef,
    ) -> EvidenceRow {
        let class = &self.pack.sources[source.0 as usize];
        EvidenceRow {
            node,
            item: Item::Report,
            sign: Some(sign),
            norms: self.norms_of(sign),
            source,
            origin,
            day,
            detection: class.detection_sign,
            by_norm: [0.0; Norm::COUNT],
            false_report: class.false_report,
            half_life_days: class.half_life_positive_days,
            open,
            factors: Vec::new(),
            why_not: match status {
                _ if day > self.as_of => AFTER,
                Status::Rejected => REJECTED,
                _ => "",
            },
            table,
            row,
        }
    }

    /// Turns a node's rows into numbers: sorts them by content, numbers origins, marks what has lapsed, applies remedies and turnover.
    pub(super) fn number(&self, node: NodeIx, gathered: &mut Gathered) {
        let as_of = self.as_of;
        for row in &mut gathered.rows {
            let age = f64::from(as_of.days_since(row.day));
            if row.item != Item::Report {
                row.half_life_days = self.half_life_of_silence(node, row.half_life_days);
            }
            // An interview where nobody can speak freely is void, whichever table tells of it; visits know it themselves.
            if row.table == "surveys" && row.item != Item::Report && row.why_not.is_empty() {
                self.void_where_not_free(node, row);
            }
            if row.why_not.is_empty() && !row.open && age > self.pack.lapse_days {
                row.why_not = LAPSED;
            }
        }
        gathered.rows.sort_by(|a, b| {
            (a.item, a.sign, a.day, a.source, &a.origin, a.norms, a.open, a.row)
                .cmp(&(b.item, b.sign, b.day, b.source, &b.origin, b.norms, b.open, b.row))
        });
        let used = |r: &&EvidenceRow| r.why_not.is_empty();
        let origins: BTreeSet<&str> =
            gathered.rows.iter().filter(used).filter(|r| r.item == Item::Report).map(|r| r.origin.as_str()).collect();
        let numbers: BTreeMap<String, u32> = origins.iter().enumerate().map(|(i, o)| ((*o).to_owned(), i as u32)).collect();
        for row in &mut gathered.rows {
            let age_days = f64::from(as_of.days_since(row.day));
            // A fact under the name of another instrument is the same fact: it counts once in any probability.
            let look = |sign: SignIx| Look {
                sign: self.pack.fact_of(sign),
                source: row.source,
                class: self.pack.class_of(row.source),
                detection: row.detection,
                half_life_days: row.half_life_days,
                age_days,
            };
            match (row.item, row.sign, row.why_not) {
                (Item::Report, Some(sign), "") => {
                    let remedy = self.remedies.strongest(self.inputs, node, self.pack.fact_of(sign), row.day);
                    let remedied = remedy.as_ref().map_or(0.0, |(share, _)| *share);
                    row.factors.extend(remedy.map(|(_, factor)| factor));
                    gathered.evidence.reports.push(Report {
                        sign: self.pack.fact_of(sign),
                        source: row.source,
                        origin: numbers.get(&row.origin).copied().unwrap_or(0),
                        detection: row.detection,
                        false_report: row.false_report,
                        half_life_days: row.half_life_days,
                        age_days,
                        open: row.open,
                        remedied,
                    });
                }
                (Item::Look, Some(sign), "") => gathered.evidence.looks.push(look(sign)),
                (Item::Look, Some(sign), SILENT_ON_ALL) => gathered.told_looks.push(look(sign)),
                (Item::Silence, _, "") => gathered.evidence.silences.push(Silence {
                    source: row.source,
                    class: self.pack.class_of(row.source),
                    detection: row.by_norm,
                    half_life_days: row.half_life_days,
                    age_days,
                }),
                _ => {}
            }
        }
        for silence in &mut gathered.covering {
            silence.half_life_days = self.half_life_of_silence(node, silence.half_life_days);
        }
        gathered
            .covering
            .sort_by(|a, b| a.class.cmp(&b.class).then(a.age_days.total_cmp(&b.age_days)).then(a.detection[3].total_cmp(&b.detection[3])));
        let bearing = gathered.rows.iter().filter(used).filter(|r| r.item == Item::Report && !r.norms.is_empty());
        gathered.origins = bearing.map(|r| r.origin.as_str()).collect::<BTreeSet<_>>().len();
        // A denial makes nothing fresh: the newest evidence is what somebody else saw or heard.
        gathered.newest = gathered.rows.iter().filter(used).filter(|r| r.table != super::answers::TABLE).map(|r| r.day).max();
    }

    fn void_where_not_free(&self, node: NodeIx, row: &mut EvidenceRow) {
        if let Some(factor) = self.not_free(node, row.day) {
            row.detection *= factor.value;
            row.by_norm = row.by_norm.map(|d| d * factor.value);
            row.why_not = if factor.value == 0.0 { VOIDED } else { row.why_not };
            row.factors.push(factor);
        }
    }
}

pub(super) fn largest(by_norm: &[f64; Norm::COUNT]) -> f64 {
    by_norm.iter().copied().fold(0.0, f64::max)
}
