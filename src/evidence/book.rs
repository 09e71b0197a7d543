//! One item of evidence with its place, and the rules that every table shares: which norms a sign bears on, when a reported state still
//! holds, what a report counts as, and how a node's rows become numbers.

use super::items::{Look, NodeEvidence, Report, Silence};
use crate::base::{Date, NodeIx, Norm, NormSet, Symbol};
use crate::pack::{MethodPack, SignIx, SourceIx};
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
    /// Before ageing; for silence the largest over its norms.
    pub detection: f64,
    /// Detection of silence by norm; zeros for reports and looks.
    pub by_norm: [f64; Norm::COUNT],
    pub false_report: f64,
    pub half_life_days: f64,
    pub open: bool,
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
    pub newest: Option<Date>,
    pub origins: usize,
}

/// What every table of evidence is read against.
pub struct Book<'a> {
    pub inputs: &'a Inputs,
    pub resolution: &'a Resolution,
    pub pack: &'a MethodPack,
    pub as_of: Date,
}

pub(super) const AFTER: &str = "dated after as_of";
pub(super) const REJECTED: &str = "rejected on review";
pub(super) const LAPSED: &str = "older than the horizon";

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
            why_not: match status {
                _ if day > self.as_of => AFTER,
                Status::Rejected => REJECTED,
                _ => "",
            },
            table,
            row,
        }
    }

    /// Turns a node's rows into numbers: sorts them by content, numbers origins, marks what has lapsed.
    pub(super) fn number(&self, gathered: &mut Gathered) {
        let as_of = self.as_of;
        for row in &mut gathered.rows {
            let age = f64::from(as_of.days_since(row.day));
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
        let numbers: BTreeMap<&str, u32> = origins.iter().enumerate().map(|(i, o)| (*o, i as u32)).collect();
        for row in gathered.rows.iter().filter(used) {
            let age_days = f64::from(as_of.days_since(row.day));
            match (row.item, row.sign) {
                (Item::Report, Some(sign)) => gathered.evidence.reports.push(Report {
                    sign,
                    source: row.source,
                    origin: numbers.get(row.origin.as_str()).copied().unwrap_or(0),
                    detection: row.detection,
                    false_report: row.false_report,
                    half_life_days: row.half_life_days,
                    age_days,
                    open: row.open,
                    remedied: 0.0,
                }),
                (Item::Look, Some(sign)) => gathered.evidence.looks.push(Look {
                    sign,
                    source: row.source,
                    class: self.pack.class_of(row.source),
                    detection: row.detection,
                    half_life_days: row.half_life_days,
                    age_days,
                }),
                (Item::Silence, _) => gathered.evidence.silences.push(Silence {
                    source: row.source,
                    class: self.pack.class_of(row.source),
                    detection: row.by_norm,
                    half_life_days: row.half_life_days,
                    age_days,
                }),
                _ => {}
            }
        }
        gathered
            .covering
            .sort_by(|a, b| a.class.cmp(&b.class).then(a.age_days.total_cmp(&b.age_days)).then(a.detection[3].total_cmp(&b.detection[3])));
        gathered.origins = origins.len();
        gathered.newest = gathered.rows.iter().filter(used).map(|r| r.day).max();
    }
}

pub(super) fn largest(by_norm: &[f64; Norm::COUNT]) -> f64 {
    by_norm.iter().copied().fold(0.0, f64::max)
}
