//! Certificates: a weak silence on the norms that their scheme covers, never evidence of absence (methodology 3.4).
//!
//! ```text
//! d = k x label.detection_child_per_criterion   for norms about children
//! d = k x label.detection_adult_per_criterion   for all others
//! ```
//!
//! with k of the four criteria of a reliable label that the scheme meets (quantified indicators, independent third party, main impacts
//! guaranteed, full life cycle). A certificate speaks from its issue, when somebody looked, and ages from there; it counts while in force
//! (issued to expires, a year where no expiry is stated). One that has expired, or of a scheme that the pack does not know, that is no label
//! or covers no norm, counts nothing, and its row says why.

use super::teller::{At, Teller};
use crate::base::{Date, Norm, NormSet};
use crate::evidence::book::{EvidenceRow, Item, largest};
use crate::evidence::items::Silence;
use crate::pack::load::MONTH_DAYS;
use crate::pack::model::is_about_children;
use crate::validate::inputs::CertificateRow;

const EXPIRED: &str = "the certificate has expired";
const UNKNOWN: &str = "the method pack does not know the scheme";
const NO_LABEL: &str = "the scheme is no label";
const COVERS_NOTHING: &str = "the scheme covers no norm of the cluster";

pub(super) fn detect(teller: &mut Teller<'_, '_>) {
    if teller.book.inputs.certificates.is_empty() {
        return;
    }
    let Some(source) = teller.source("label_certificate", "certificates") else { return };
    let per_child = teller.limit("label.detection_child_per_criterion");
    let per_adult = teller.limit("label.detection_adult_per_criterion");
    let days = teller.limit("detect.certificates.months") * MONTH_DAYS;
    let (pack, inputs, as_of) = (teller.book.pack, teller.book.inputs, teller.book.as_of);
    let class = &pack.sources[source.0 as usize];
    for row in &inputs.certificates {
        let Some(node) = teller.node(row.node) else { continue };
        let at = At { node, table: "certificates", row: row.row, day: row.issued, origin: None };
        let scheme = pack.scheme(&row.scheme);
        let covers = scheme.map_or(NormSet::EMPTY, |s| s.covers);
        let criteria = scheme.and_then(|s| s.label_criteria);
        let why_not = match (teller.why_not(row.issued), scheme, criteria) {
            ("", None, _) => UNKNOWN,
            ("", _, None) => NO_LABEL,
            ("", ..) if covers.is_empty() => COVERS_NOTHING,
            ("", ..) if as_of > last_day(row, days) => EXPIRED,
            (late, ..) => late,
        };
        let k = f64::from(criteria.unwrap_or(0));
        let mut by_norm = [0.0; Norm::COUNT];
        for norm in covers.iter() {
            by_norm[norm.at()] = k * if is_about_children(norm) { per_child } else { per_adult };
        }
        let silence = Silence {
            source,
            class: pack.class_of(source),
            detection: by_norm,
            half_life_days: class.half_life_negative_days,
            age_days: f64::from(as_of.days_since(row.issued)),
        };
        if why_not.is_empty() && largest(&by_norm) > 0.0 {
            teller.found.covering.push((node, silence));
        }
        let origin = teller.origin(at);
        teller.found.rows.push(EvidenceRow {
            node,
            item: Item::Silence,
            sign: None,
            norms: covers,
            source,
            origin,
            day: row.issued,
            detection: largest(&by_norm),
            by_norm,
            false_report: class.false_report,
            half_life_days: class.half_life_negative_days,
            open: false,
            why_not,
            factors: Vec::new(),
            table: at.table,
            row: row.row,
        });
    }
}

/// The last day on which a certificate is in force.
fn last_day(row: &CertificateRow, days: f64) -> Date {
    row.expires.unwrap_or_else(|| row.issued.plus_days(days.round() as i32))
}
