//! Answers of suppliers to what is said of them: evidence of an interested party.
//!
//! A denial is a silence of the source class `supplier_answer` on the norms that it answers: somebody who would have to know says that there is
//! nothing, and has every reason to say so. Its detection in the pack is far below that of any visit, it raises no coverage, and it is never read by a
//! rule: no finding moves by it. All other answers weigh nothing here: what was remedied counts once a remedy is verified (`remediation`), an
//! explanation is for people to read, and a place that is not the supplier's is a matter of links and decisions.

use super::book::{AFTER, Book, EvidenceRow, Item, largest};
use crate::base::{Norm, NormSet};
use crate::pack::{MethodPack, SourceClass};
use crate::validate::inputs::{Claim, ContestRow};

/// The source class of the answers.
pub const SOURCE: &str = "supplier_answer";
/// The table that they stand in.
pub const TABLE: &str = "contests";

const ONE_CASE: &str = "names one case: nothing is said of the place";
const NO_NORM: &str = "names no norm and no sign that bears on one";
const NOT_WEIGHED: &str = "no denial: it is shown and weighs nothing";
const NO_SOURCE: &str = "the method pack gives answers of suppliers no weight";

/// The norms that an answer is about; all of a case or of a place is none, since a denial of everything says nothing in particular.
pub fn norms_answered(row: &ContestRow, pack: &MethodPack) -> NormSet {
    let mut norms = row.norm.map_or(NormSet::EMPTY, |n| NormSet::of(&[n]));
    if let Some(sign) = row.sign.and_then(|s| pack.signs.get(s.0 as usize)).filter(|_| row.norm.is_none()) {
        for norm in Norm::ALL.into_iter().filter(|n| sign.norms[n.at()].is_some()) {
            norms.insert(norm);
        }
    }
    norms
}

/// Why an answer weighs nothing; empty where it does.
pub fn why_not(row: &ContestRow, pack: &MethodPack) -> &'static str {
    let weighs = |s: &SourceClass| s.detection.iter().any(|d| *d > 0.0);
    let source = pack.source(SOURCE).and_then(|s| pack.sources.get(s.0 as usize));
    match row.claim {
        Claim::Denies if row.names_case => ONE_CASE,
        Claim::Denies if norms_answered(row, pack).is_empty() => NO_NORM,
        Claim::Denies if !source.is_some_and(weighs) => NO_SOURCE,
        Claim::Denies => "",
        _ => NOT_WEIGHED,
    }
}

impl Book<'_> {
    pub(super) fn answers(&self, rows: &mut Vec<EvidenceRow>) {
        let Some(source) = self.pack.source(SOURCE) else { return };
        let class = &self.pack.sources[source.0 as usize];
        for row in self.inputs.contests.iter().filter(|r| why_not(r, self.pack).is_empty()) {
            let Some(node) = self.resolution.node(row.node) else { continue };
            let norms = norms_answered(row, self.pack);
            let mut by_norm = [0.0; Norm::COUNT];
            for norm in norms.iter() {
                by_norm[norm.at()] = class.detection[norm.at()];
            }
            rows.push(EvidenceRow {
                node,
                item: Item::Silence,
                sign: None,
                norms,
                source,
                origin: self.text(row.contest).to_owned(),
                day: row.date,
                detection: largest(&by_norm),
                by_norm,
                false_report: class.false_report,
                half_life_days: class.half_life_negative_days,
                open: false,
                why_not: if row.date > self.as_of { AFTER } else { "" },
                factors: Vec::new(),
                table: TABLE,
                row: row.row,
            });
        }
    }
}
