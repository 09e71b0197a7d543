//! The published lists in the pack, the numbers of the rules, what lint refuses, and the sample overlay.

use onus::base::Norm;
use onus::pack::lists::PublishedList;
use onus::pack::{DelphiDimension, Grade, Layer, MethodPack, Sign, SurveyDimension, SurveyRole, changes};
use std::path::Path;

fn core() -> MethodPack {
    MethodPack::embedded().unwrap_or_else(|e| panic!("{e}"))
}

fn sign<'a>(pack: &'a MethodPack, id: &str) -> &'a Sign {
    &pack.signs[pack.sign(id).unwrap_or_else(|| panic!("{id} is missing")).0 as usize]
}

/// Every problem of a pack file laid over the method; whether it loads must say the same.
fn problems(toml: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("mine.toml"), toml).unwrap();
    let found: Vec<String> = core().lint_overlay(dir.path()).iter().map(ToString::to_string).collect();
    assert_eq!(found.is_empty(), core().with_overlay(dir.path()).is_ok(), "{toml}\n{found:#?}");
    found
}

// Published lists

#[test]
fn the_delphi_lists_have_the_counts_of_the_publication() {
    // ILO and European Commission 2009 (methodology 2.2, G12): strong / medium / weak, D1 to D6
    let pack = core();
    let adult = [[1, 8, 1], [1, 9, 0], [0, 14, 2], [1, 7, 1], [4, 10, 1], [0, 5, 2]];
    let child = [[2, 8, 0], [4, 6, 0], [0, 15, 0], [1, 7, 0], [8, 7, 0], [0, 7, 0]];
    assert_eq!(PublishedList::DelphiAdult.counted(&pack), adult);
    assert_eq!(PublishedList::DelphiChild.counted(&pack), child);
    let total = |counts: [[usize; 3]; 6]| [0, 1, 2].map(|g| counts.iter().map(|row| row[g]).sum::<usize>());
    assert_eq!((total(adult), total(child)), ([7, 53, 7], [15, 50, 0]));
    // Two adult indicators stand in no child list.
    let adults_alone: Vec<&str> =
        pack.signs.iter().filter(|s| s.delphi.is_some_and(|d| d.child.is_none())).map(|s| s.id.as_str()).collect();
    assert_eq!(adults_alone, ["ex_no_social_protection", "rv_false_law_information"]);
    assert_eq!(pack.signs.iter().filter(|s| s.id.starts_with("fl11_")).count(), 11);
}

#[test]
fn a_delphi_sign_bears_on_trafficking_by_its_adult_grade() {
    for s in core().signs {
        if let Some(adult) = s.delphi.and_then(|d| d.adult) {
            assert_eq!(s.norms[Norm::Trafficking.at()], Some(adult), "{}", s.id);
        }
    }
}

#[test]
fn delphi_grades_on_which_worked_cases_turn_are_those_of_the_publication() {
    use DelphiDimension::{D2, D3, D4, D5, D6};
    use Grade::{Medium, Strong, Weak};
    let pack = core();
    let cases = [
        ("ex_no_social_protection", D4, Some(Medium), None),
        ("ex_no_education_access", D4, Some(Weak), Some(Medium)),
        ("rv_belief_abuse", D3, Some(Weak), Some(Medium)),
        ("rv_general_context", D3, Some(Weak), Some(Medium)),
        ("rec_debt_bondage", D2, Some(Medium), Some(Strong)),
        ("rec_violence", D2, Some(Strong), Some(Strong)),
        ("rec_document_confiscation", D2, Some(Medium), Some(Medium)),
        ("work_threat_violence", D5, Some(Medium), Some(Strong)),
        ("work_threat_expose", D5, Some(Weak), Some(Medium)),
        ("vd_personal_characteristics", D6, Some(Weak), Some(Medium)),
    ];
    for (id, dimension, adult, child) in cases {
        let place = sign(&pack, id).delphi.unwrap();
        assert_eq!((place.dimension, place.adult, place.child), (dimension, adult, child), "{id}");
    }
}

#[test]
fn the_survey_rule_lists_are_those_of_the_handbook() {
    // ILO, Hard to see, harder to count, 2012: the table of methodology 2.3. Penalties that stand in the Delphi lists too are the same facts
    // seen in one phase; they are held apart below.
    use Grade::{Medium, Strong};
    use SurveyDimension::{ImpossibilityOfLeaving, UnfreeRecruitment, WorkUnderDuress};
    use SurveyRole::{Involuntariness, Penalty};
    let pack = core();
    let at = |dimension, role, grade, delphi: bool| -> Vec<&str> {
        let there = |s: &&Sign| s.survey.iter().any(|p| p.dimension == dimension && p.role == role && p.grade == grade);
        pack.signs.iter().filter(there).filter(|s| role == Involuntariness || s.delphi.is_some() == delphi).map(|s| s.id.as_str()).collect()
    };
    let words = |text: &'static str| -> Vec<&str> {
        let mut ids: Vec<&str> = text.split_whitespace().collect();
        ids.sort_unstable();
        ids
    };
    let ur = "pen_denounce pen_documents pen_sexual_violence pen_physical_violence pen_other_punishment pen_loss_of_privileges \
              pen_religious_retribution pen_assets_withheld pen_threat_family";
    let wd = "pen_denounce pen_documents pen_sexual_violence pen_physical_violence pen_other_punishment pen_loss_of_privileges \
              pen_religious_retribution pen_assets_withheld pen_threat_family pen_phone_taken pen_worse_conditions pen_isolation \
              pen_locked_in pen_violence_before_others pen_surveillance pen_wages_withheld";
    let cases = [
        (
            UnfreeRecruitment,
            Involuntariness,
            Strong,
            "ur_birth_or_descent rec_abduction_sale rec_confinement rec_debt_bondage rec_deceived_job",
        ),
        (
            UnfreeRecruitment,
            Involuntariness,
            Medium,
            "rec_deceived_conditions rec_deceived_contract rec_deceived_housing rec_deceived_legal_status rec_deceived_location_employer \
             rec_deceived_wages rec_deceived_marriage_adoption",
        ),
        (UnfreeRecruitment, Penalty, Strong, ur),
        (UnfreeRecruitment, Penalty, Medium, "pen_excluded_future_jobs pen_excluded_community pen_fines pen_expose"),
        (
            WorkUnderDuress,
            Involuntariness,
            Strong,
            "wd_forced_overtime wd_on_call_day_night wd_limited_movement_communication wd_degrading_living",
        ),
        (
            WorkUnderDuress,
            Involuntariness,
            Medium,
            "work_forced_illicit wd_work_in_employers_home wd_induced_addiction wd_inflated_debt wd_multiple_dependency \
             wd_prior_dependency work_strong_influence",
        ),
        (WorkUnderDuress, Penalty, Strong, wd),
        (
            WorkUnderDuress,
            Penalty,
            Medium,
            "pen_dismissal pen_excluded_future_jobs pen_excluded_community pen_extra_work pen_fines pen_expose",
        ),
        (
            ImpossibilityOfLeaving,
            Involuntariness,
            Strong,
            "il_cannot_quit_after_training il_no_freedom_to_resign il_stay_for_due_wages il_unlimited_term_for_debt",
        ),
        (ImpossibilityOfLeaving, Involuntariness, Medium, ""),
        (ImpossibilityOfLeaving, Penalty, Strong, wd),
        (ImpossibilityOfLeaving, Penalty, Medium, "pen_excluded_future_jobs pen_extra_work pen_fines pen_expose pen_dismissal"),
    ];
    for (dimension, role, grade, expected) in cases {
        assert_eq!(at(dimension, role, grade, false), words(expected), "{dimension:?} {role:?} {grade:?}");
    }
    let twins = "rec_document_confiscation rec_threat_denounce rec_violence rec_violence_family";
    assert_eq!(at(UnfreeRecruitment, Penalty, Strong, true), words(twins));
    let twins = "work_document_confiscation work_threat_denounce work_threat_worse work_violence work_violence_family work_wages_withheld";
    assert_eq!(at(WorkUnderDuress, Penalty, Strong, true), words(twins));
    assert_eq!(at(ImpossibilityOfLeaving, Penalty, Strong, true), [""; 0]);
}

#[test]
fn one_fact_under_two_names_counts_under_the_one_that_is_named() {
    let pack = core();
    let fact = |id: &str| pack.signs[pack.fact_of(pack.sign(id).unwrap()).0 as usize].id.as_str();
    // methodology 2.3, aliases
    assert_eq!(fact("pen_documents"), "work_document_confiscation");
    assert_eq!(fact("pen_wages_withheld"), "work_wages_withheld");
    assert_eq!(fact("pen_denounce"), "work_threat_denounce");
    assert_eq!(fact("pen_physical_violence"), "work_violence");
    assert_eq!(fact("work_violence"), "work_violence");
    let names: Vec<&str> =
        pack.names_of(pack.sign("pen_documents").unwrap()).iter().map(|s| pack.signs[s.0 as usize].id.as_str()).collect();
    assert_eq!(names, ["work_document_confiscation", "fl11_document_retention", "pen_documents"]);
}

#[test]
fn every_sign_says_by_what_it_can_be_seen_and_only_graded_layers_have_grades() {
    for s in core().signs {
        let graded = s.norms.iter().any(Option::is_some);
        assert!(!s.seen_in.is_empty(), "{}", s.id);
        match s.layer {
            Layer::Evidence => assert!(graded, "{}", s.id),
            Layer::Integrity => assert!(s.effect.is_some(), "{}", s.id),
            Layer::Context => assert!(!graded && !s.about.is_empty(), "{}", s.id),
            Layer::Act | Layer::Profile => assert!(!graded, "{}", s.id),
        }
    }
}

#[test]
fn signs_of_integrity_do_what_the_method_says() {
    // methodology 2.9
    let pack = core();
    let effect = |id: &str| {
        let e = sign(&pack, id).effect.unwrap_or_else(|| panic!("{id}"));
        (e.silence_factor, e.trust_most, e.use_most)
    };
    for id in
        ["gi_coached_workers", "gi_supervised_interviews", "gi_double_books", "gi_hidden_workers", "gi_site_cleaned", "gi_access_refused"]
    {
        assert_eq!(effect(id), (0.0, None, None), "{id}");
    }
    assert_eq!(effect("gi_copy_paste_report"), (0.5, None, None));
    for id in ["gi_same_auditor_again", "gi_all_male_team", "gi_low_training", "gi_supplier_paid"] {
        assert_eq!(effect(id), (0.85, None, None), "{id}");
    }
    assert_eq!(effect("gm_absent").0, 0.0);
    for id in ["gm_untrusted", "gm_reprisals", "gm_management_run"] {
        assert_eq!(effect(id), (1.0, Some(0.2), None), "{id}");
    }
    assert_eq!(effect("gm_zero_use_implausible"), (1.0, None, Some(0.1)));
}

// Numbers

#[test]
fn the_numbers_of_the_rules_are_those_of_the_method() {
    // methodology 1.2, 2.7, 5.5, 5.7, 5.8
    let pack = core();
    let value = |id: &str| pack.parameter(id).unwrap_or_else(|| panic!("{id}")).value;
    let expected = [
        ("rule.established_ratio", 19.0),
        ("rule.supported_ratio", 3.0),
        ("rule.absent_ratio", 0.2),
        ("rule.hours_5_11", 1.0),
        ("rule.hours_12_14", 14.0),
        ("rule.hours_15_17", 43.0),
        ("rule.boundary_43_inclusive", 0.0),
        ("rule.household_hours", 21.0),
        ("rule.age_general", 15.0),
        ("rule.age_light", 13.0),
        ("rule.age_general_developing", 14.0),
        ("rule.age_light_developing", 12.0),
        ("rule.debt_fair_share", 0.8),
        ("rule.cost_months_weak", 1.0),
        ("rule.cost_months_medium", 3.0),
        ("alert.false_discovery", 0.2),
        ("severity.worst_forms.scale", 1.0),
        ("severity.debt_bondage.irremediability", 0.8),
        ("severity.band_a", 0.85),
        ("severity.band_b", 0.6),
    ];
    for (id, number) in expected {
        assert_eq!(value(id), number, "{id}");
    }
    // G51: a cost of 1,500 at a first wage of 250 is 6.0 months, strong
    let strong = value("rule.cost_months_strong");
    assert!(1500.0 / 250.0 >= strong && 1499.0 / 250.0 < strong);
    // established: 95 % at even odds
    let established = value("rule.established_ratio");
    assert!((established / (1.0 + established) - 0.95).abs() < 1e-12);
}

#[test]
fn the_numbers_of_the_sources_are_those_of_the_method() {
    // methodology 3.3: d child, d forced, f, H- and H+ in months
    let pack = core();
    let source = |id: &str| &pack.sources[pack.source(id).unwrap_or_else(|| panic!("{id}")).0 as usize];
    let cases = [
        ("self_assessment", 0.05, 0.02, 0.002, 6.0, 36.0),
        ("audit_announced", 0.25, 0.10, 0.02, 9.0, 36.0),
        ("audit_semi_announced", 0.35, 0.15, 0.02, 9.0, 36.0),
        ("audit_unannounced", 0.50, 0.25, 0.03, 12.0, 36.0),
        ("audit_unannounced_offsite", 0.60, 0.45, 0.04, 12.0, 36.0),
        ("inspection_public", 0.50, 0.30, 0.02, 12.0, 48.0),
        ("child_interview_safeguarded", 0.85, 0.50, 0.05, 9.0, 36.0),
        ("adult_household_direct", 0.40, 0.30, 0.03, 9.0, 36.0),
        ("clmrs_visit", 0.55, 0.15, 0.03, 9.0, 36.0),
        ("union_or_elected_reps", 0.60, 0.60, 0.04, 9.0, 36.0),
        ("ngo_investigation", 0.70, 0.70, 0.05, 12.0, 48.0),
        ("payroll_forensic", 0.10, 0.30, 0.01, 12.0, 36.0),
        ("recruitment_file_forensic", 0.10, 0.25, 0.01, 12.0, 60.0),
        ("remote_sensing", 0.20, 0.30, 0.10, 6.0, 24.0),
    ];
    for (id, child, forced, false_report, negative, positive) in cases {
        let s = source(id);
        assert_eq!(
            (s.detection[Norm::ChildLabour.at()], s.detection[Norm::ForcedLabour.at()], s.false_report),
            (child, forced, false_report),
            "{id}"
        );
        assert!((s.half_life_negative_days / 30.4375 - negative).abs() < 1e-9, "{id}");
        assert!((s.half_life_positive_days / 30.4375 - positive).abs() < 1e-9, "{id}");
    }
    let of_a_sign = [
        ("authority_or_court", 0.95),
        ("media_single", 0.40),
        ("trade_anomaly", 0.50),
        ("payroll_forensic", 0.50),
        ("recruitment_file_forensic", 0.60),
    ];
    for (id, d) in of_a_sign {
        assert_eq!(source(id).detection_sign, d, "{id}");
    }
}

// What lint refuses

/// A sign of our own; `parts` replace or add fields, an empty value takes the field away.
fn own_sign(parts: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("id", "'zz_mine'"),
        ("definition", "'Mine alone.'"),
        ("branch", "'forced'"),
        ("family", "'wages'"),
        ("norms", "{ forced_labour = 'medium' }"),
        ("citation", "'c029'"),
        ("standing", "'published'"),
    ];
    for (field, value) in parts {
        fields.retain(|f| f.0 != *field);
        if !value.is_empty() {
            fields.push((field, value));
        }
    }
    fields.iter().fold("[[sign]]\n".to_owned(), |text, (field, value)| format!("{text}{field} = {value}\n"))
}

#[test]
fn a_sign_that_contradicts_itself_or_another_is_refused() {
    let wages = ("norms", "{ forced_labour = 'strong', trafficking = 'medium' }");
    let act = ("layer", "'act'");
    let ungraded = ("norms", "");
    let cases: [(&[(&str, &str)], &str); 22] = [
        (&[("seen_in", "['rumour']")], "rumour"),
        (&[("definition", "'At work:  WAGES retained to keep the worker'")], "has the definition of work_wages_withheld"),
        (&[("same_fact_as", "'nothing'")], "'nothing', which is not there"),
        (&[("same_fact_as", "'zz_mine'")], "same fact as itself"),
        (&[("same_fact_as", "'pen_wages_withheld'"), wages], "names a third"),
        (&[("same_fact_as", "'work_wages_withheld'")], "other grades, family or layer"),
        (&[("layer", "'context'"), ("about", "['forced_labour']")], "is context and has grades"),
        (&[("layer", "'context'"), ungraded], "about no norm"),
        (&[("layer", "'integrity'")], "without effect"),
        (&[act], "of layer act and has grades"),
        (&[("layer", "'profile'")], "of layer profile and has grades"),
        (&[act, ungraded, ("delphi", "{ dimension = 'D5', adult = 'weak' }")], "stands in a published rule"),
        (&[act, ungraded, ("effect", "{ silence_factor = 0.0 }")], "has an effect"),
        (&[("about", "['forced_labour']")], "has `about`"),
        (&[("about", "['slavery']")], "slavery"),
        (&[("effect", "{ silence_factor = 1.5 }")], "effect.silence_factor is 1.5"),
        (&[("effect", "{ silence_factor = 1.0 }")], "changes nothing"),
        (&[("delphi", "{ dimension = 'D5' }")], "neither Delphi list"),
        (&[("delphi", "{ dimension = 'D1', child = 'weak' }"), ("phase", "'work'")], "is of phase work and stands in D1"),
        (
            &[(
                "survey",
                "[{ dimension = 'work_under_duress', role = 'penalty', grade = 'strong' }, { dimension = 'work_under_duress', role = 'penalty', grade = 'medium' }]",
            )],
            "stands twice in work_under_duress penalty",
        ),
        (&[("survey", "[{ dimension = 'work_under_duress', role = 'penalty', grade = 'weak' }]")], "is weak in work_under_duress penalty"),
        (
            &[("survey", "[{ dimension = 'unfree_recruitment', role = 'penalty', grade = 'strong' }]"), ("phase", "'leaving'")],
            "is of phase leaving",
        ),
    ];
    for (parts, told) in cases {
        let found = problems(&own_sign(parts));
        assert!(found.iter().any(|p| p.contains("sign zz_mine") && p.contains(told)), "{parts:?}\n{found:#?}");
    }
    assert_eq!(problems(&own_sign(&[])), [""; 0]);
    assert_eq!(problems(&own_sign(&[("same_fact_as", "'work_wages_withheld'"), wages])), [""; 0]);
}

#[test]
fn numbers_that_contradict_each_other_are_refused() {
    let parameter = |id: &str, value: f64, unit: &str| {
        format!(
            "[[parameter]]\nid = '{id}'\nvalue = {value:?}\nunit = '{unit}'\nmeaning = 'mine'\ncitation = 'onus-defaults'\nstanding = 'expert_default'\n"
        )
    };
    let cases = [
        (parameter("rule.supported_ratio", 20.0, ""), "rule.established_ratio", "not above"),
        (parameter("rule.cost_months_medium", 7.0, ""), "rule.cost_months_strong", "not above"),
        (parameter("rule.boundary_43_inclusive", 0.5, "yes/no"), "rule.boundary_43_inclusive", "0.5"),
        (parameter("severity.band_b", 0.9, ""), "severity.band_a", "not above"),
        (parameter("severity.worst_forms.scale", 1.2, ""), "severity.worst_forms.scale", "1.2"),
        (parameter("odds_ratio.work_violence", 2.0, "odds ratio"), "odds_ratio.work_violence", "layer evidence"),
        (parameter("rule.colour", 1.0, ""), "rule.colour", "no parameter"),
    ];
    for (toml, place, told) in cases {
        let found = problems(&toml);
        assert!(found.iter().any(|p| p.contains(place) && p.contains(told)), "{toml}\n{found:#?}");
    }
    assert_eq!(problems(&parameter("rule.boundary_43_inclusive", 1.0, "yes/no")), [""; 0]);
}

#[test]
fn a_list_that_differs_from_the_published_one_must_say_so_and_why() {
    let change = own_sign(&[("delphi", "{ dimension = 'D5', adult = 'weak' }")]);
    let deviation = |list: &str, reason: &str| {
        format!("[[deviation]]\nlist = '{list}'\nreason = '{reason}'\ncitation = 'onus-defaults'\nstanding = 'expert_default'\n")
    };
    let told = |toml: &str, what: &[&str]| {
        let found = problems(toml);
        assert!(found.iter().any(|p| what.iter().all(|w| p.contains(w))), "{toml}\n{found:#?}");
    };
    told(&change, &["list delphi_adult D5", "4/10/2", "4/10/1 as published"]);
    assert_eq!(problems(&format!("{change}{}", deviation("delphi_adult", "our own panel"))), [""; 0]);
    told(&format!("{change}{}", deviation("delphi_child", "the wrong list")), &["list delphi_adult D5"]);
    told(&format!("{change}{}", deviation("delphi_adult", "")), &["no reason"]);
    told(&deviation("delphi_adult", "nothing changed"), &["published counts"]);
    told(&deviation("ilo_eleven", "no such list"), &["no published list"]);
}

#[test]
fn a_folder_that_cannot_be_read_is_one_problem() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(core().lint_overlay(&dir.path().join("nowhere")).len(), 1);
    std::fs::write(dir.path().join("mine.toml"), "[[sign]]\nid = ").unwrap();
    assert_eq!(core().lint_overlay(dir.path()).len(), 1);
}

// The sample

#[test]
fn the_sample_overlay_changes_what_its_head_says() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/overlays/own-audit-rates");
    assert_eq!(core().lint_overlay(&dir), Vec::new());
    let pack = core().with_overlay(&dir).unwrap_or_else(|e| panic!("{e}"));
    let found = changes(&core().text, &pack.text).unwrap();
    let old_and_new: Vec<(&str, &str, &str, &str)> =
        found.iter().filter_map(|c| Some((c.row.as_str(), c.field.as_str(), c.old.as_deref()?, c.new.as_deref()?))).collect();
    assert_eq!(
        old_and_new,
        [
            ("pack", "version", "1.0.0", "1.0.0+overlay"),
            ("source audit_announced", "citation", "onus-defaults", "own-audit-review-2026"),
            ("source audit_announced", "detection_adult", "0.1", "0.15"),
            ("source audit_announced", "detection_sign", "0.1", "0.15"),
            ("source audit_announced", "standing", "expert_default", "secondary"),
        ]
    );
    let mut added: Vec<&str> = found.iter().filter(|c| c.old.is_none()).map(|c| c.row.as_str()).collect();
    added.dedup();
    assert_eq!(added, ["citation own-audit-review-2026", "sign own_toilet_passes"]);
    assert!(found.iter().all(|c| c.new.is_some()), "an overlay takes nothing away");
    assert_eq!(changes(&core().text, &core().text).unwrap(), Vec::new());
    assert!(sign(&pack, "own_toilet_passes").norms[Norm::ForcedLabour.at()].is_some());
}
