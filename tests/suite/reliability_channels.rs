//! How far silence can be believed (methodology 2.9, 3.3): channels, inspectorates, harvests, turnover. Law P15.
//! Expected values are worked out by hand from the published defaults; the laws are properties.

use crate::site::{FORCED, MONTH, PACK, Site, any_told, close, date_of, day, not_below, silence, site_of};
use onus::base::{Kind, Norm, NormSet};
use onus::evidence::book::Item;

use onus::evidence::weights::coverage;
use onus::validate::inputs::AuditRow;
use proptest::prelude::*;

// Channels.

#[test]
fn channels_lose_trust_use_or_all_by_what_is_told_of_them() {
    let with = |sign: Option<&str>| {
        let mut site = Site::new();
        site.hotline();
        if let Some(sign) = sign {
            site.statement("NGO", "2026-06-15", sign);
        }
        silence(&site.said(), "channel:CH")
    };
    let (child, forced, parts, _) = with(None);
    assert!(close(forced, 0.504) && close(child, 0.504 * 0.3), "G32: {forced}");
    assert_eq!(parts, "reach 0.90; trust 0.80; use 0.70");
    let (_, forced, parts, _) = with(Some("gm_untrusted"));
    assert!(close(forced, 0.9 * 0.2 * 0.7));
    assert_eq!(parts, "reach 0.90; trust, at most by gm_untrusted 0.20; use 0.70");
    assert!(close(with(Some("gm_reprisals")).1, 0.9 * 0.2 * 0.7));
    assert!(close(with(Some("gm_zero_use_implausible")).1, 0.9 * 0.8 * 0.1));
    assert!(close(with(Some("st_no_firewall")).1, 0.504 * 0.5));
    assert_eq!(with(Some("gm_absent")).3, "nobody could have heard (d = 0)");
    assert!(close(with(Some("gm_management_run")).1, 0.504), "the company does not run this one");
}

#[test]
fn a_silent_channel_of_unknown_age_or_among_an_unknown_number_counts_as_an_old_one_among_many() {
    let used = |people: Option<f64>, since: Option<&str>| {
        let mut site = Site::new();
        site.hotline();
        site.inputs.nodes[0].workers = people;
        site.inputs.channels[0].last_tested = None;
        site.inputs.channels[0].since = since.map(day);
        // The newest quarter.
        site.said().rows.iter().rfind(|r| r.item == Item::Silence).unwrap().by_norm[FORCED]
    };
    let (rule, year_before) = (&PACK.channels, Some("2025-01-01"));
    let (full, least) = (0.9 * 0.8 * rule.use_default, 0.9 * 0.8 * rule.use_silent);
    assert!(rule.use_silent < rule.use_default);
    assert!(close(used(Some(99.0), year_before), full) && close(used(Some(100.0), year_before), least));
    assert!(close(used(None, year_before), least), "nobody knows how many could have called");
    assert!(close(used(Some(200.0), Some("2026-04-01")), full), "open for a quarter");
    assert!(close(used(Some(200.0), None), least), "nobody knows for how long");
}

#[test]
fn what_only_a_grievance_tells_of_a_place_is_not_named_in_a_factor() {
    let mut site = Site::new();
    site.audit("A", "2026-03-01").hotline();
    site.grievance("W-1", "2026-06-15", "gm_reprisals").grievance("W-2", "2026-06-16", "gi_supplier_paid");
    site.grievance("W-3", "2026-06-16", "st_no_firewall");
    let said = site.said();
    assert_eq!(silence(&said, "audit:A").2, "told of the place 0.85");
    let channel = silence(&said, "channel:CH").2;
    assert_eq!(channel, "reach 0.90; trust, at most by what was told of the place 0.20; use 0.70; told of the place 0.50");
    // Once somebody says it in the open, it is named, whichever came first.
    let said = site.statement("NGO", "2026-06-20", "gi_supplier_paid").statement("NGO", "2026-06-20", "gm_reprisals").said();
    assert_eq!(silence(&said, "audit:A").2, "gi_supplier_paid (told of the place) 0.85");
    assert!(silence(&said, "channel:CH").2.contains("trust, at most by gm_reprisals 0.20"));
    let mut site = Site::new();
    site.audit("A", "2026-03-01").grievance("W-1", "2026-06-15", "si_no_credible_due_diligence");
    assert_eq!(silence(&site.said(), "audit:A").2, "told of the place 0.00");
}

// Countries, harvests, turnover.

#[test]
fn an_inspection_counts_half_where_inspectors_are_too_few_or_bought() {
    let of = |country: &str, corrupt: bool| {
        let mut site = Site::at(Kind::Factory, country, None);
        site.inspection("I", "2026-06-01").audit("A", "2026-06-01");
        if corrupt {
            site.statement("NGO", "2026-06-15", "st_corruption");
        }
        let said = site.said();
        assert_eq!(silence(&said, "audit:A").0, 0.25, "an audit is no inspection");
        silence(&said, "inspection:I")
    };
    assert_eq!(of("ALB", false), (0.5, 0.3, String::new(), ""), "Albania has inspectors enough (2022)");
    let turkey = of("TUR", false);
    assert_eq!((turkey.0, turkey.1), (0.25, 0.15));
    assert_eq!(turkey.2, "st_inspector_ratio (too few inspectors in the country) 0.50");
    assert_eq!(of("TUR", true).0, 0.25, "once, not twice");
    assert_eq!(of("ALB", true).2, "st_corruption (told of the place) 0.50");
}

#[test]
fn a_farm_visited_outside_the_harvest_says_less_of_child_labour_alone() {
    let of = |kind: Kind, product: &str, date: &str| {
        let mut site = Site::at(kind, "CIV", Some(product));
        let row = site.visit("A", date, None);
        site.inputs.audits.push(AuditRow { covers_norms: NormSet::EMPTY, ..row });
        site.not_seen("A", "cl_under_general_age").not_seen("A", "work_document_confiscation");
        let looks = site.said().evidence.looks;
        looks.iter().map(|l| l.detection).collect::<Vec<_>>()
    };
    assert_eq!(of(Kind::Farm, "1801", "2025-11-10"), [0.1, 0.1]);
    assert_eq!(of(Kind::Farm, "180100", "2025-07-10"), [0.1 * 0.3, 0.1]);
    assert_eq!(of(Kind::Factory, "1801", "2025-07-10"), [0.1, 0.1], "a factory has no harvest");
    let mut site = Site::at(Kind::Farm, "CIV", Some("1801"));
    let (child, forced, factors, _) = silence(&site.audit("A", "2025-07-10").said(), "audit:A");
    assert!(close(child, 0.25 * 0.3) && close(forced, 0.1));
    assert_eq!(factors, "outside the harvest (child labour alone) 0.30");
}

#[test]
fn silence_ages_faster_where_people_change_faster() {
    let half_life = |turnover: Option<f64>| {
        let mut site = Site::new();
        site.inputs.nodes[0].yearly_turnover = turnover;
        let said = site.audit("A", "2026-01-10").not_seen("A", "cl_under_general_age").seen("A", "work_document_confiscation").said();
        assert!(close(said.evidence.reports[0].half_life_days, 36.0 * MONTH), "what was seen ages as before");
        assert!(close(said.covering[0].half_life_days, said.evidence.silences[0].half_life_days));
        said.evidence.silences[0].half_life_days / MONTH
    };
    assert!(close(half_life(None), 9.0));
    assert!(close(half_life(Some(0.0)), 9.0));
    assert!(close(half_life(Some(0.5)), 9.0), "12 ln 2 / 0.5 is more than the default");
    assert!(close(half_life(Some(1.5)), 12.0 * std::f64::consts::LN_2 / 1.5));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn p15_coverage_does_not_fall_when_a_visit_or_channel_is_added(told in any_told(), age in 0..2600i32, inspected in any::<bool>()) {
        let mut site = site_of(&told);
        let before = coverage(&site.said().covering, &PACK);
        if inspected { site.inspection("MORE", &date_of(age)); } else { site.audit("MORE", &date_of(age)); }
        let after = coverage(&site.said().covering, &PACK);
        prop_assert!(Norm::ALL.iter().all(|n| not_below(after[n.at()], before[n.at()]) && after[n.at()] < 1.0));
    }
}
