//! What verified remedies, ages, levels and origins do to a report (methodology 2.9, 3.3). Laws P5, P6, P17.
//! Expected values are worked out by hand from the published defaults; the laws are properties.

use crate::site::{PACK, Site, any_told, believed, close, date_of, not_below, site_of};
use onus::base::{Norm, NormSet};
use onus::evidence::items::{NodeEvidence, Report, Silence};
use onus::evidence::levels::sign_levels;
use onus::evidence::reliability::factors_text;
use onus::evidence::weights::norm_weights;
use onus::pack::SourceIx;
use proptest::prelude::*;

// Remedies.

#[test]
fn a_verified_remedy_scales_down_the_reports_before_it_and_the_strongest_wins() {
    let remedied = |remedies: &[(Option<&str>, &str, Option<&str>, &str)]| {
        let mut site = Site::new();
        site.statement("NGO", "2025-01-10", "work_document_confiscation");
        for (sign, action, completed, verified_by) in remedies {
            site.remedy(*sign, action, *completed, verified_by);
        }
        let said = site.said();
        assert_eq!(said.evidence.reports.len(), 1);
        said.evidence.reports[0].remedied
    };
    let (sign, returned, done) = (Some("work_document_confiscation"), "documents_returned", Some("2025-06-01"));
    for (by, share) in [
        ("company", 0.3),
        ("Union B", 0.6),
        ("NGO B, workers confirm", 0.85),
        ("Education Trust A", 0.3),
        ("not independent", 0.3),
        ("no auditor", 0.3),
        ("Site", 0.3), // who acted cannot verify itself
    ] {
        assert_eq!(remedied(&[(sign, returned, done, by)]), share, "{by}");
        assert_eq!(remedied(&[(None, returned, done, by)]), share, "{by}, all signs of the place");
    }
    assert_eq!(remedied(&[(sign, returned, done, "company"), (None, "training", done, "Union B")]), 0.6, "the strongest, no sum");
    for (why, sign, action, done, by) in [
        ("nobody verified it", sign, returned, done, ""),
        ("not complete", sign, returned, None, "Union B"),
        ("complete after as_of", sign, returned, Some("2026-07-01"), "Union B"),
        ("complete before the report", sign, returned, Some("2025-01-10"), "Union B"),
        ("of another sign", Some("work_wages_withheld"), "wages_paid", done, "Union B"),
        ("leaving is no remedy", None, "responsible_exit", done, "Union B"),
    ] {
        assert_eq!(remedied(&[(sign, action, done, by)]), 0.0, "{why}");
    }
}

#[test]
fn the_row_of_a_remedied_report_names_the_remedy_and_no_case() {
    let mut site = Site::new();
    site.statement("NGO", "2025-01-10", "work_document_confiscation");
    let said = site.remedy(None, "documents_returned", Some("2025-06-01"), "Education Trust A").said();
    let expected = "remedied, verified by one who is not known to be independent, counted as the company 0.70";
    assert_eq!(factors_text(&said.rows[0].factors), expected);
}

// The state of a sign, and origins.

#[test]
fn the_level_of_a_sign_counts_looks_that_silence_tells_and_leaves_void_ones_unknown() {
    let (age, papers) = (PACK.sign("cl_under_general_age").unwrap(), PACK.sign("work_document_confiscation").unwrap());
    let mut site = Site::new();
    site.audit("A", "2026-06-30").not_seen("A", "cl_under_general_age").seen("A", "work_document_confiscation");
    let said = site.said();
    let seen = (0.118_f64 / 0.02).ln(); // (.10 + .90 x .02) / .02
    let levels = said.sign_levels(&PACK);
    assert_eq!(levels.iter().map(|l| l.0).collect::<Vec<_>>(), [age, papers]);
    assert!(close(levels[0].1, 0.9_f64.ln()) && close(levels[1].1, seen), "{levels:?}");
    assert_eq!(sign_levels(&said.evidence, &PACK).len(), 1, "for the probability the visit's silence tells the look already");
    let voided = site.seen("A", "gi_coached_workers").said().sign_levels(&PACK);
    assert!(voided.iter().all(|l| l.0 != age) && voided.iter().any(|l| l.0 == papers));
}

#[test]
fn rows_of_one_origin_in_different_tables_are_one_voice() {
    let papers = "work_document_confiscation";
    let forced = |site: &Site| norm_weights(&site.said().evidence, &PACK, Norm::ForcedLabour)[1];
    let mut one = Site::new();
    one.statement("NGO-1", "2026-05-01", papers);
    let alone = forced(&one);
    one.grievance("NGO-1", "2026-05-02", papers).audit("A", "2026-05-03").seen("A", papers);
    let told = one.id("NGO-1");
    one.inputs.audit_findings[0].origin = Some(told);
    one.inputs.audits[0].covers_norms = NormSet::EMPTY;
    let said = one.said();
    assert_eq!((said.origins, said.evidence.reports.len()), (1, 3));
    assert!(said.evidence.reports.iter().all(|r| r.origin == 0));
    let best = forced(&one);
    one.inputs.audit_findings[0].origin = None;
    let two = forced(&one);
    assert!(best >= alone && two > best, "{alone} {best} {two}");
    assert_eq!(one.said().origins, 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn p17_a_verified_remedy_only_lowers_and_an_unverified_one_changes_nothing(told in any_told(), done in 0..2600i32, by in 0..4usize) {
        let mut site = site_of(&told);
        let before = site.said();
        let words = ["", "company", "Union B", "independent, workers confirm"][by];
        site.remedy(None, "compensation", Some(&date_of(done)), words);
        let after = site.said();
        let (p, q) = (believed(&before), believed(&after));
        prop_assert!(not_below(p.any, q.any));
        for n in Norm::ALL {
            prop_assert!(not_below(p.decoupled[n.at()], q.decoupled[n.at()]), "{n:?}");
        }
        if words.is_empty() {
            prop_assert_eq!(format!("{:?}", before.evidence), format!("{:?}", after.evidence));
        }
    }

    #[test]
    fn p5_p6_an_item_weighs_less_with_age_and_more_with_detection(source in 0..PACK.sources.len(), d in 0.01..0.9f64, more in 0.01..0.09f64,
        age in 0.0..2000.0f64, older in 1.0..500.0f64) {
        let class = &PACK.sources[source];
        let sign = PACK.sign("work_document_confiscation").unwrap();
        let report = |detection: f64, age_days: f64| {
            let report = Report { sign, source: SourceIx(source as u16), origin: 0, detection, false_report: class.false_report,
                half_life_days: class.half_life_positive_days, age_days, open: false, remedied: 0.0 };
            norm_weights(&NodeEvidence { reports: vec![report], ..NodeEvidence::default() }, &PACK, Norm::ForcedLabour)[1]
        };
        let silence = |d: f64, age_days: f64| {
            let silence = Silence { source: SourceIx(source as u16), class: 0, detection: [d; 8], half_life_days: class.half_life_negative_days, age_days };
            norm_weights(&NodeEvidence { silences: vec![silence], ..NodeEvidence::default() }, &PACK, Norm::ForcedLabour)[1]
        };
        prop_assert!(report(d, age) > 0.0 && silence(d, age) < 0.0);
        prop_assert!(report(d, age + older) < report(d, age) && silence(d, age + older) > silence(d, age));
        prop_assert!(report(d + more, age) > report(d, age) && silence(d + more, age) < silence(d, age));
        prop_assert_eq!(report(d, PACK.lapse_days + 1.0), 0.0);
        prop_assert_eq!(silence(d, PACK.lapse_days + 1.0), 0.0);
    }
}
