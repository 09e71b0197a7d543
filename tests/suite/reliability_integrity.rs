//! How far a visit can be believed (methodology 2.9): signs of integrity seen in it or told of the place. Laws B1, B3, B5.
//! Expected values are worked out by hand from the published defaults; the laws are properties.

use crate::site::{CHILD, MONTH, PACK, Site, any_told, as_of, believed, close, date_of, day, not_below, silence, site_of};
use onus::base::{Kind, Norm};
use onus::evidence::book::Item;
use onus::evidence::items::Report;
use onus::evidence::reliability::factors_text;
use onus::evidence::weights::{coverage, norm_weights};
use onus::validate::inputs::Status;
use proptest::prelude::*;

const INTEGRITY: [&str; 14] = [
    "gi_coached_workers",
    "gi_supervised_interviews",
    "gi_double_books",
    "gi_hidden_workers",
    "gi_site_cleaned",
    "gi_access_refused",
    "gi_copy_paste_report",
    "gi_low_training",
    "gi_supplier_paid",
    "gm_absent",
    "gm_untrusted",
    "gm_management_run",
    "gm_zero_use_implausible",
    "si_no_credible_due_diligence",
];

// Signs seen in the visit itself.

#[test]
fn coached_workers_void_the_silence_and_looks_of_their_visit_and_leave_what_it_saw() {
    let mut site = Site::new();
    site.audit("A", "2026-03-01").not_seen("A", "cl_under_general_age").seen("A", "work_document_confiscation").audit("B", "2026-03-01");
    let before = site.said();
    assert_eq!((before.evidence.reports.len(), before.evidence.silences.len()), (1, 2));
    let after = site.seen("A", "gi_coached_workers").said();
    let kept: Vec<&Report> = after.evidence.reports.iter().filter(|r| r.sign == PACK.sign("work_document_confiscation").unwrap()).collect();
    assert_eq!(kept.len(), 1);
    assert!(close(kept[0].detection, 0.10), "what was seen keeps the detection of an announced audit");
    assert_eq!((after.evidence.looks.len(), after.evidence.silences.len(), after.covering.len()), (0, 1, 1), "visit B still counts");
    let look = after.rows.iter().find(|r| r.item == Item::Look).unwrap();
    assert_eq!((look.detection, look.why_not), (0.0, "void: the source could not have seen it (d = 0)"));
    assert_eq!(factors_text(&look.factors), "gi_coached_workers (seen in the visit) 0.00");
}

#[test]
fn concealment_is_a_sign_of_its_own_family_where_the_pack_grades_it() {
    let mut site = Site::new();
    let said = site.audit("A", "2026-06-30").seen("A", "gi_double_books").said();
    // One medium sign told by an announced audit on the day: LR+ = (.10 + .90 x .02) / .02 = 5.9, r = (1 + .4 x 4.9) / (1 + .08 x 4.9).
    let expected = (2.96_f64 / 1.392).ln();
    assert!(close(norm_weights(&said.evidence, &PACK, Norm::ForcedLabour)[1], expected));
    assert_eq!(PACK.signs[PACK.sign("gi_double_books").unwrap().0 as usize].family, "concealment");
}

#[test]
fn lesser_signs_scale_a_visit_once_each_and_multiply() {
    let mut site = Site::new();
    site.audit("A", "2026-03-01").seen("A", "gi_copy_paste_report");
    let (child, forced, factors, why_not) = silence(&site.said(), "audit:A");
    assert!(close(child, 0.125) && close(forced, 0.05), "{child} {forced}");
    assert_eq!((factors.as_str(), why_not), ("gi_copy_paste_report (seen in the visit) 0.50", ""));
    let (child, ..) = silence(&site.seen("A", "gi_low_training").seen("A", "gi_low_training").said(), "audit:A");
    assert!(close(child, 0.25 * 0.5 * 0.85), "told twice counts once: {child}");
    let covered = coverage(&site.said().covering, &PACK)[CHILD];
    let aged = 0.25 * 0.5 * 0.85 * 2f64.powf(-f64::from(as_of().days_since(day("2026-03-01"))) / (9.0 * MONTH));
    assert!(close(covered, aged), "coverage takes the same factors");
}

#[test]
fn a_refuted_sign_of_integrity_voids_nothing() {
    let mut site = Site::new();
    site.audit("A", "2026-03-01").seen("A", "gi_site_cleaned");
    site.inputs.audit_findings[0].status = Status::Rejected;
    assert_eq!(silence(&site.said(), "audit:A"), (0.25, 0.1, String::new(), ""));
}

#[test]
fn an_auditor_who_also_made_the_visit_before_is_derived_from_the_audits() {
    let mut site = Site::new();
    site.audit_by("A", "2023-03-01", "X").audit_by("B", "2024-03-01", "X").audit_by("C", "2025-03-01", "Y").audit_by(
        "D",
        "2026-03-01",
        "X",
    );
    let said = site.said();
    let (child, forced, factors, _) = silence(&said, "audit:B");
    assert!(close(child, 0.25 * 0.85) && close(forced, 0.1 * 0.85));
    assert_eq!(factors, "gi_same_auditor_again (the firm of the visit before, by audits.auditor) 0.85");
    for other in ["audit:A", "audit:C", "audit:D"] {
        assert_eq!(silence(&said, other), (0.25, 0.1, String::new(), ""), "{other}");
    }
}

// Signs told of the place.

#[test]
fn who_tells_of_deceived_visits_speaks_of_those_of_the_year_before() {
    let mut site = Site::new();
    site.audit("OLD", "2025-03-14")
        .audit("A", "2025-03-16")
        .audit("B", "2026-03-15")
        .audit("NEW", "2026-03-16")
        .inspection("I", "2026-01-10");
    let said = site.statement("NGO", "2026-03-15", "gi_hidden_workers").said();
    let void = |origin: &str| silence(&said, origin).3;
    assert_eq!([void("audit:OLD"), void("audit:NEW")], ["", ""]);
    let reason = "void: the source could not have seen it (d = 0)";
    assert_eq!([void("audit:A"), void("audit:B"), void("inspection:I")], [reason; 3]);
}

#[test]
fn what_only_dulls_an_auditors_eye_does_not_touch_a_public_inspection() {
    let mut site = Site::new();
    site.audit("A", "2026-01-10").inspection("I", "2026-01-10");
    let said = site.statement("NGO", "2026-03-15", "gi_supplier_paid").said();
    assert!(close(silence(&said, "audit:A").0, 0.25 * 0.85));
    assert_eq!(silence(&said, "inspection:I").2, "");
}

#[test]
fn nobody_asks_freely_where_that_is_told_or_where_state_imposed_labour_is_flagged() {
    let mut site = Site::new();
    let said = site.audit("A", "2024-01-10").audit("B", "2026-06-01").statement("NGO", "2026-03-15", "si_no_credible_due_diligence").said();
    assert_eq!((said.evidence.silences.len(), said.covering.len()), (0, 0));
    let mut korea = Site::at(Kind::Factory, "PRK", None);
    let said = korea.audit("A", "2026-06-01").hotline().said();
    assert_eq!(silence(&said, "audit:A").2, "si_no_credible_due_diligence (official flag of state-imposed labour) 0.00");
    assert_eq!(said.evidence.silences.len(), 1, "a channel is judged by its own reach, trust and use");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn b1_a_sign_of_integrity_may_only_raise(told in any_told(), sign in 0..INTEGRITY.len(), age in 0..2600i32, by in 0..3u8) {
        let mut site = site_of(&told);
        let before = site.said();
        let sign = INTEGRITY[sign];
        match (by, told.0.is_empty()) {
            (0, false) => { site.seen("A0", sign); },
            (1, _) => { site.grievance("WORKER", &date_of(age), sign); },
            _ => { site.statement("OTHER", &date_of(age), sign); },
        }
        let after = site.said();
        let (p, q) = (believed(&before), believed(&after));
        prop_assert!(not_below(q.any, p.any), "{sign}: {} {}", p.any, q.any);
        for n in Norm::ALL {
            prop_assert!(not_below(q.decoupled[n.at()], p.decoupled[n.at()]), "{sign} {n:?}");
        }
        let (c, d) = (coverage(&before.covering, &PACK), coverage(&after.covering, &PACK));
        prop_assert!(Norm::ALL.iter().all(|n| not_below(c[n.at()], d[n.at()])), "{sign} widens coverage");
    }

    #[test]
    fn b3_a_void_visit_says_what_no_visit_says(told in any_told(), age in 0..2000i32) {
        let mut site = site_of(&told);
        site.statement("OTHER", &date_of(age), "si_no_credible_due_diligence");
        let without = site.said();
        let with = site.audit("VOID", &date_of(age + 1)).not_seen("VOID", "cl_hazard_chemicals").said();
        prop_assert_eq!(format!("{:?}", without.evidence), format!("{:?}", with.evidence));
        prop_assert_eq!(coverage(&without.covering, &PACK), coverage(&with.covering, &PACK));
        prop_assert_eq!(without.sign_levels(&PACK), with.sign_levels(&PACK));
    }

    #[test]
    fn b5_what_is_dated_after_the_day_changes_nothing(told in any_told(), ahead in 1..900i32, sign in 0..INTEGRITY.len()) {
        let mut site = site_of(&told);
        let before = site.said();
        let later = date_of(-ahead);
        site.statement("OTHER", &later, INTEGRITY[sign]).remedy(None, "fees_repaid", Some(&later), "Union B");
        site.audit_by("LATE", &later, "FIRM-0").seen("LATE", INTEGRITY[sign]);
        let after = site.said();
        prop_assert_eq!(format!("{:?}", before.evidence), format!("{:?}", after.evidence));
        prop_assert_eq!(coverage(&before.covering, &PACK), coverage(&after.covering, &PACK));
    }

    #[test]
    fn b6_a_sign_of_integrity_told_again_changes_no_silence(told in any_told(), sign in 0..INTEGRITY.len(), age in 0..2600i32) {
        let mut site = site_of(&told);
        site.statement("OTHER", &date_of(age), INTEGRITY[sign]);
        let once = site.said();
        site.statement("OTHER", &date_of(age), INTEGRITY[sign]);
        let twice = site.said();
        prop_assert_eq!(format!("{:?}", once.evidence.silences), format!("{:?}", twice.evidence.silences));
        prop_assert_eq!(believed(&once).any, believed(&twice).any);
    }
}
