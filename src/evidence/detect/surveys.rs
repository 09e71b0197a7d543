//! Surveys of workers: one row asks one sign (methodology 3.3, `worker_survey_confidential`).
//!
//! Where anybody said yes, the sign is reported, with the detection and false-report rate of the source class, whatever the number asked: a
//! sign that was seen was seen. Where nobody did, the row is a look for that sign with
//!
//! ```text
//! d = 1 - (1 - q r)^n, at most detect.surveys.detection_most
//! ```
//!
//! n people asked, q = `survey.within_site_share` of them concerned where the sign is present, r = `survey.truthful_share` of those who say so.
//! The row itemises, so its silence counts through the sign: a norm is no more refuted than the signs asked bear on it, and who asks about
//! hours alone has not cleared debt bondage. For coverage a survey covers the norms of the signs that it asked, with d x P(sign | norm), the
//! largest over its signs, and none where nobody can speak freely. Where the pack lacks a figure of d, nobody's no is a look. A `method` that is a source class of the pack speaking in surveys counts as that class, with its own detection.

use super::teller::{At, Teller};
use crate::base::{Date, NodeIx, Norm, Symbol};
use crate::evidence::items::Silence;
use crate::measures::survey_detection;
use crate::pack::SourceIx;
use crate::validate::inputs::SurveyRow;
use std::collections::BTreeMap;

const DEFAULT_CLASS: &str = "worker_survey_confidential";

pub(super) fn detect(teller: &mut Teller<'_, '_>) {
    if teller.book.inputs.surveys.is_empty() {
        return;
    }
    let Some(default) = teller.source(DEFAULT_CLASS, "surveys") else { return };
    let (concerned, truthful) = (teller.limit("survey.within_site_share"), teller.limit("survey.truthful_share"));
    let most = teller.limit("detect.surveys.detection_most");
    let (pack, inputs, as_of) = (teller.book.pack, teller.book.inputs, teller.book.as_of);
    let mut covered: BTreeMap<(NodeIx, Date, Option<Symbol>, SourceIx), [f64; Norm::COUNT]> = BTreeMap::new();
    for row in &inputs.surveys {
        let Some(node) = teller.node(row.node) else { continue };
        let source = named_class(teller, row).unwrap_or(default);
        let at = At { node, table: "surveys", row: row.row, day: row.date, origin: row.origin };
        let Some(sign) = pack.signs.get(row.sign.0 as usize) else { continue };
        let detection = if source == default {
            survey_detection(row.asked, concerned, truthful).filter(|_| most.is_finite()).map(|d| d.min(most))
        } else if row.asked > 0.0 {
            Some(pack.sources[source.0 as usize].detection_sign)
        } else {
            Some(0.0)
        };
        if row.yes > 0.0 {
            teller.report_sign(source, at, row.sign);
        } else if let Some(detection) = detection {
            teller.look_sign(source, at, row.sign, detection);
        }
        // What nobody could say freely is not covered.
        let free = teller.book.not_free(node, row.date).map_or(1.0, |factor| factor.value);
        if let Some(detection) = detection.map(|d| d * free).filter(|_| row.date <= as_of) {
            let norms = covered.entry((node, row.date, row.origin, source)).or_insert([0.0; Norm::COUNT]);
            for (d, grade) in norms.iter_mut().zip(sign.norms) {
                *d = grade.map_or(*d, |g| d.max(detection * pack.strength(g).present));
            }
        }
    }
    for ((node, day, _, source), detection) in covered {
        if detection.iter().any(|d| *d > 0.0) {
            let half_life_days = pack.sources[source.0 as usize].half_life_negative_days;
            let (class, age_days) = (pack.class_of(source), f64::from(as_of.days_since(day)));
            teller.found.covering.push((node, Silence { source, class, detection, half_life_days, age_days }));
        }
    }
}

fn named_class(teller: &Teller<'_, '_>, row: &SurveyRow) -> Option<SourceIx> {
    let source = teller.book.pack.source(row.method.as_deref()?)?;
    teller.book.pack.sources_of("surveys").find(|s| *s == source)
}
