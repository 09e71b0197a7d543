//! How far evidence can be believed (methodology 2.9, 3.3): signs of integrity, verified remedies, harvests, turnover, inspectorates, origins.
//! Expected values are worked out by hand from the published defaults; laws B1, B3, B5, P5, P6, P15 and P17 are properties.

use onus::base::{CountryCode, Date, Kind, Norm, NormSet, ProductCode, Stage, Symbol};
use onus::belief::{JointPrior, Posterior, posterior};
use onus::evidence::assemble::assemble;
use onus::evidence::book::{EvidenceRow, Gathered, Item};
use onus::evidence::items::{NodeEvidence, Report, Silence};
use onus::evidence::levels::sign_levels;
use onus::evidence::reliability::factors_text;
use onus::evidence::weights::{coverage, norm_weights};
use onus::pack::{MethodPack, SourceIx};
use onus::reference::Reference;
use onus::resolve::resolve;
use onus::validate::inputs::{
    Announcement, AuditFindingRow, AuditRow, ChannelRow, FindingResult, GrievanceRow, Inputs, NodeRow, RemediationRow, RowRef,
    StatementRow, Status,
};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

static PACK: LazyLock<MethodPack> = LazyLock::new(|| MethodPack::embedded().unwrap());
static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().unwrap());
const MONTH: f64 = 30.4375;
const CHILD: usize = Norm::ChildLabour as usize;
const FORCED: usize = Norm::ForcedLabour as usize;
const BOTH: NormSet = NormSet::of(&[Norm::ChildLabour, Norm::ForcedLabour]);

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn as_of() -> Date {
    day("2026-06-30")
}

/// One place and what is said of it; rows are numbered as they come.
#[derive(Default)]
struct Site {
    inputs: Inputs,
    rows: u32,
}

impl Site {
    fn new() -> Self {
        Self::at(Kind::Factory, "ALB", None)
    }

    fn at(kind: Kind, country: &str, product: Option<&str>) -> Self {
        let mut site = Site::default();
        let (id, row) = (site.id("SITE"), site.row());
        site.inputs.nodes.push(NodeRow {
            id,
            name: "Site".into(),
            kind,
            capacity: None,
            capacity_unit: None,
            country: CountryCode::new(country),
            subdivision: None,
            latitude: None,
            longitude: None,
            sector: None,
            product: product.and_then(ProductCode::parse),
            stage: (kind == Kind::Farm).then_some(Stage::Farm),
            focal: false,
            parent: None,
            workers: Some(200.0),
            workers_low: None,
            workers_high: None,
            places_count: None,
            known_since: None,
            informal_share: None,
            young_worker_share: None,
            union: None,
            yearly_turnover: None,
            output_value: None,
            purchases_value: None,
            mapped_share: None,
            row,
        });
        site
    }

    fn id(&mut self, text: &str) -> Symbol {
        self.inputs.ids.intern(text)
    }

    fn row(&mut self) -> RowRef {
        self.rows += 1;
        RowRef { file: 0, line: self.rows }
    }

    fn visit(&mut self, id: &str, date: &str, auditor: Option<&str>) -> AuditRow {
        AuditRow {
            audit: self.id(id),
            node: self.id("SITE"),
            date: day(date),
            scheme: None,
            covers_norms: BOTH,
            covers_signs: Vec::new(),
            covers_stated: true,
            announcement: Announcement::Announced,
            auditor: auditor.map(|a| self.id(a)),
            interviews_onsite: None,
            interviews_offsite: None,
            union_present: None,
            row: self.row(),
        }
    }

    fn audit(&mut self, id: &str, date: &str) -> &mut Self {
        let row = self.visit(id, date, None);
        self.inputs.audits.push(row);
        self
    }

    fn audit_by(&mut self, id: &str, date: &str, firm: &str) -> &mut Self {
        let row = self.visit(id, date, Some(firm));
        self.inputs.audits.push(row);
        self
    }

    fn inspection(&mut self, id: &str, date: &str) -> &mut Self {
        let row = self.visit(id, date, None);
        self.inputs.inspections.push(row);
        self
    }

    fn finding(&mut self, audit: &str, sign: &str, result: FindingResult) -> AuditFindingRow {
        AuditFindingRow {
            audit: self.id(audit),
            sign: PACK.sign(sign).unwrap_or_else(|| panic!("no sign {sign}")),
            result,
            origin: None,
            people: None,
            children: None,
            corroborated: false,
            status: Status::Open,
            closed_on: None,
            row: self.row(),
        }
    }

    fn seen(&mut self, audit: &str, sign: &str) -> &mut Self {
        let row = self.finding(audit, sign, FindingResult::Seen);
        self.inputs.audit_findings.push(row);
        self
    }

    fn not_seen(&mut self, audit: &str, sign: &str) -> &mut Self {
        let row = self.finding(audit, sign, FindingResult::NotSeen);
        self.inputs.audit_findings.push(row);
        self
    }

    fn statement(&mut self, origin: &str, date: &str, sign: &str) -> &mut Self {
        let row = StatementRow {
            statement: self.id(&format!("ST-{}", self.rows)),
            node: self.id("SITE"),
            date: day(date),
            sign: PACK.sign(sign).unwrap_or_else(|| panic!("no sign {sign}")),
            source: PACK.source("ngo_investigation").unwrap(),
            origin: self.id(origin),
            people: None,
            status: Status::Open,
            row: self.row(),
        };
        self.inputs.statements.push(row);
        self
    }

    fn grievance(&mut self, origin: &str, date: &str, sign: &str) -> &mut Self {
        let row = GrievanceRow {
            grievance: self.id(&format!("GR-{}", self.rows)),
            node: self.id("SITE"),
            received_on: day(date),
            channel: None,
            sign: PACK.sign(sign).unwrap_or_else(|| panic!("no sign {sign}")),
            origin: Some(self.id(origin)),
            people: None,
            corroborated: false,
            status: Status::Open,
            remedied_on: None,
            row: self.row(),
        };
        self.inputs.grievances.push(row);
        self
    }

    /// A tested independent hotline known to nine in ten, for one quarter: d = .9 x .8 x .7 (G32).
    fn hotline(&mut self) -> &mut Self {
        let row = ChannelRow {
            channel: self.id("CH"),
            node: self.id("SITE"),
            operator: Some("ngo".into()),
            independent: Some(true),
            languages_covered_share: None,
            reach_share: Some(0.9),
            since: Some(day("2026-04-01")),
            until: None,
            last_tested: Some(day("2026-05-01")),
            row: self.row(),
        };
        self.inputs.channels.push(row);
        self
    }

    fn remedy(&mut self, sign: Option<&str>, action: &str, completed: Option<&str>, verified_by: &str) -> &mut Self {
        let row = RemediationRow {
            case: self.id(&format!("RM-{}", self.rows)),
            node: self.id("SITE"),
            sign: sign.map(|s| PACK.sign(s).unwrap()),
            action: action.into(),
            actor: "Site".into(),
            opened: day("2024-01-01"),
            completed: completed.map(day),
            verified_by: Some(Arc::from(verified_by)).filter(|v: &Arc<str>| !v.is_empty()),
            row: self.row(),
        };
        self.inputs.remediation.push(row);
        self
    }

    fn said(&self) -> Gathered {
        let resolution = resolve(&self.inputs);
        assemble(&self.inputs, &resolution, &PACK, Some(&REFERENCE), as_of()).by_node.into_values().next().unwrap_or_default()
    }
}

/// The silence of a visit or channel: detection for child and forced labour, its factors, and why it does not count.
fn silence(said: &Gathered, origin: &str) -> (f64, f64, String, &'static str) {
    let row: &EvidenceRow = said.rows.iter().find(|r| r.item == Item::Silence && r.origin == origin).unwrap();
    (row.by_norm[CHILD], row.by_norm[FORCED], factors_text(&row.factors), row.why_not)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

fn believed(said: &Gathered) -> Posterior {
    let prior = JointPrior::fit(&[0.08, 0.05, 0.01, 0.05, 0.02, 0.001, 0.008, 0.002], &PACK.couplings);
    posterior(&prior, &said.evidence, &PACK)
}

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

// Laws.

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
const SIGNS: [&str; 4] = ["cl_under_general_age", "work_document_confiscation", "cl_hazard_chemicals", "work_wages_withheld"];

fn date_of(days_before: i32) -> String {
    as_of().plus_days(-days_before).to_string()
}

/// A place with visits, findings, statements and perhaps a channel and a remedy, each a few numbers.
type Told = (Vec<(i32, u8, u8)>, Vec<(i32, u8)>, bool, u8);

fn any_told() -> impl Strategy<Value = Told> {
    (prop::collection::vec((0..2600i32, 0..8u8, 0..4u8), 0..5), prop::collection::vec((0..2600i32, 0..4u8), 0..4), any::<bool>(), 0..4u8)
}

fn site_of(told: &Told) -> Site {
    let mut site = Site::new();
    for (i, (age, what, sign)) in told.0.iter().enumerate() {
        let (id, date, sign) = (format!("A{i}"), date_of(*age), SIGNS[usize::from(*sign)]);
        match what {
            0..=2 => site.audit(&id, &date),
            3 => site.audit(&id, &date).not_seen(&id, sign),
            4 => site.audit(&id, &date).seen(&id, sign),
            5 => site.inspection(&id, &date),
            6 => site.audit_by(&id, &date, &format!("FIRM-{i}")).seen(&id, "gi_copy_paste_report"),
            _ => site.audit(&id, &date).not_seen(&id, sign).seen(&id, "cl_apparent_minor"),
        };
    }
    for (i, (age, sign)) in told.1.iter().enumerate() {
        site.statement(&format!("NGO-{i}"), &date_of(*age), SIGNS[usize::from(*sign)]);
    }
    if told.2 {
        site.hotline();
    }
    site
}

fn not_below(after: f64, before: f64) -> bool {
    after >= before - 1e-12
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

    #[test]
    fn p15_coverage_does_not_fall_when_a_visit_or_channel_is_added(told in any_told(), age in 0..2600i32, inspected in any::<bool>()) {
        let mut site = site_of(&told);
        let before = coverage(&site.said().covering, &PACK);
        if inspected { site.inspection("MORE", &date_of(age)); } else { site.audit("MORE", &date_of(age)); }
        let after = coverage(&site.said().covering, &PACK);
        prop_assert!(Norm::ALL.iter().all(|n| not_below(after[n.at()], before[n.at()]) && after[n.at()] < 1.0));
    }

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
