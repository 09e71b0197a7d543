//! Laws of the rules over random facts: monotone (P3, P9), a child is never protected less than an adult (B9, P10), no prior (B8, P11), no
//! other case (B8, P12).

use super::findings::{LISTS, PACK, adult};
use onus::base::{NodeIx, Norm};
use onus::findings::rules::{hshc_2012, icls_2018};
use onus::findings::{Age, AgeRules, Case, Fact, Level, Linking, Question, Reading, findings, of_case};
use onus::pack::{Layer, MethodPack, Phase, SignIx};
use onus::validate::inputs::{AgeProof, CarveOut, Circumstances, CoercionBy, FactStatus, RowRef, StatePurpose};
use proptest::prelude::*;

fn status() -> impl Strategy<Value = FactStatus> {
    use FactStatus::{Absent, Established, Supported, Unknown};
    prop::sample::select(vec![Absent, Unknown, Supported, Established, Established])
}

/// Signs that have a place in a rule, so that random facts meet one often.
fn rule_signs() -> Vec<SignIx> {
    let has_place = |s: &onus::pack::Sign| s.delphi.is_some() || !s.survey.is_empty() || s.layer == Layer::Act || s.id.starts_with("cl_");
    let all = PACK.signs.iter().enumerate();
    all.filter(|(_, s)| has_place(s) || s.id.starts_with("si_")).map(|(i, _)| SignIx(i as u16)).collect()
}

fn a_fact() -> impl Strategy<Value = Fact> {
    let phase = prop::sample::select(vec![None, None, None, Some(Phase::Recruitment), Some(Phase::Work), Some(Phase::Leaving)]);
    let row = RowRef { file: 0, line: 2 };
    (prop::sample::select(rule_signs()), phase, status()).prop_map(move |(sign, phase, status)| Fact { sign, phase, status, row })
}

fn yes_no() -> impl Strategy<Value = Option<bool>> {
    prop::sample::select(vec![None, None, Some(true), Some(false)])
}

fn circumstances() -> impl Strategy<Value = Circumstances> {
    let coercion = prop::sample::select(vec![None, None, Some(CoercionBy::ThirdParty), Some(CoercionBy::OwnParents)]);
    let carve_out = prop::sample::select(vec![None, None, None, Some(CarveOut::ConvictLabour), Some(CarveOut::Emergency)]);
    let purpose = prop::sample::select(vec![None, None, None, Some(StatePurpose::Discrimination)]);
    let debt = prop::option::of((0.0..5_000.0, 0.0..0.1, 0.0..300.0, 0.0..400.0));
    (
        prop::option::of(0.0..90.0f64),
        [yes_no(), yes_no(), yes_no(), yes_no()],
        [yes_no(), yes_no(), yes_no()],
        coercion,
        carve_out,
        purpose,
        debt,
    )
        .prop_map(|(hours, a, b, coercion_by, carve_out, state_purpose, debt)| Circumstances {
            hours_per_week: hours,
            in_school: a[0],
            work_is_light: a[1],
            parents_in_forced_labour: a[2],
            handed_over: a[3],
            task_on_hazardous_list: b[0],
            protected_and_trained: b[1],
            written_term: b[2],
            coercion_by,
            carve_out,
            state_purpose,
            debt: debt.map(|d| d.0),
            debt_monthly_interest: debt.map(|d| d.1),
            debt_monthly_credit: debt.map(|d| d.2),
            service_value: debt.map(|d| d.3),
            ..Circumstances::default()
        })
}

fn age() -> impl Strategy<Value = Age> {
    let proof = prop::sample::select(vec![None, Some(AgeProof::Documented), Some(AgeProof::Doubtful), Some(AgeProof::Missing)]);
    (prop::option::of((5..40u8, 0..5u8)), proof, any::<bool>(), any::<bool>()).prop_map(|(years, proof, reason, contested)| Age {
        low: years.map(|y| f64::from(y.0)),
        high: years.map(|y| f64::from(y.0 + y.1)),
        proof,
        reason_to_believe_minor: reason,
        contested,
    })
}

fn a_case() -> impl Strategy<Value = Case> {
    let unlisted = prop::sample::select(vec![FactStatus::Absent, FactStatus::Unknown]);
    let linking = prop::sample::select(vec![Linking::Person, Linking::Loose]);
    (prop::collection::vec(a_fact(), 0..25), age(), circumstances(), unlisted, linking).prop_map(
        |(mut facts, age, circumstances, unlisted, linking)| {
            facts.sort();
            Case { facts, age, circumstances, unlisted, linking, ..adult(&[]) }
        },
    )
}

fn levels(case: &Case, reading: Reading) -> [Level; Norm::COUNT] {
    of_case(case, &LISTS, &AgeRules::default(), reading).map(|o| o.level())
}

fn raised(status: FactStatus) -> FactStatus {
    match status {
        FactStatus::Absent => FactStatus::Unknown,
        FactStatus::Unknown => FactStatus::Supported,
        _ => FactStatus::Established,
    }
}

fn not_lower(before: [Level; Norm::COUNT], after: [Level; Norm::COUNT]) -> bool {
    before.iter().zip(after).all(|(b, a)| a >= *b)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_fact_that_is_better_known_lowers_no_finding(case in a_case(), which in any::<prop::sample::Index>(), operational in any::<bool>()) {
        prop_assume!(!case.facts.is_empty());
        let reading = if operational { Reading::OPERATIONAL } else { Reading::STRICT };
        let mut more = case.clone();
        let at = which.index(more.facts.len());
        more.facts[at].status = raised(more.facts[at].status);
        more.facts.sort();
        prop_assert!(not_lower(levels(&case, reading), levels(&more, reading)), "{:?} {:?}", levels(&case, reading), levels(&more, reading));
    }

    #[test]
    fn an_added_positive_fact_lowers_no_finding(case in a_case(), fact in a_fact(), established in any::<bool>()) {
        let mut more = case.clone();
        more.facts.push(Fact { status: if established { FactStatus::Established } else { FactStatus::Supported }, ..fact });
        more.facts.sort();
        prop_assert!(not_lower(levels(&case, Reading::STRICT), levels(&more, Reading::STRICT)));
    }

    #[test]
    fn a_reading_that_is_wider_lowers_no_finding(case in a_case()) {
        prop_assert!(not_lower(levels(&case, Reading::STRICT), levels(&case, Reading::OPERATIONAL)));
    }

    #[test]
    fn the_survey_rule_implies_the_statistical_concept(case in a_case()) {
        let ages = AgeRules::default();
        let q = Question::new(&case, &LISTS, &ages, Reading::STRICT);
        prop_assert!(icls_2018::rule(&q).status >= hshc_2012::rule(&q).status);
    }

    #[test]
    fn a_child_in_place_of_an_adult_never_lowers_the_highest_finding(case in a_case(), years in 5..18u8, operational in any::<bool>()) {
        let reading = if operational { Reading::OPERATIONAL } else { Reading::STRICT };
        let of_age = |years: u8| Case {
            age: Age { low: Some(f64::from(years)), high: Some(f64::from(years)), proof: Some(AgeProof::Documented), ..Age::default() },
            ..case.clone()
        };
        let (grown, young) = (levels(&of_age(35), reading), levels(&of_age(years), reading));
        prop_assert!(young.iter().max() >= grown.iter().max(), "{grown:?} {young:?}");
        // Nor that of forced labour or trafficking by itself: the rules for persons run for children too.
        for norm in [Norm::ForcedLabour, Norm::Trafficking, Norm::DebtBondage, Norm::StateImposed] {
            prop_assert!(young[norm.at()] >= grown[norm.at()], "{norm:?}");
        }
    }

    #[test]
    fn a_documented_adult_has_no_finding_on_a_norm_about_children(case in a_case()) {
        let age = Age { low: Some(18.0), high: Some(60.0), proof: Some(AgeProof::Documented), ..Age::default() };
        let found = levels(&Case { age, ..case }, Reading::OPERATIONAL);
        for norm in [Norm::ChildLabour, Norm::HazardousChildWork, Norm::WorstForms, Norm::ChildTrafficking] {
            prop_assert_eq!(found[norm.at()], Level::NotIndicated);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn an_added_positive_fact_lowers_no_cluster(case in a_case(), fact in a_fact()) {
        let mut more = case.clone();
        more.facts.push(Fact { status: FactStatus::Supported, ..fact });
        more.facts.sort();
        let concern = |c: &Case| {
            let all = findings(std::slice::from_ref(c), &PACK, &|_| AgeRules::default(), Reading::STRICT);
            all.clusters[0].level
        };
        prop_assert!(concern(&more) >= concern(&case));
    }

    #[test]
    fn no_prior_and_no_context_moves_a_finding(case in a_case(), q in 0.01..0.9f64, grade in 0.3..0.9f64) {
        let mut other: MethodPack = PACK.clone();
        other.prior.clustering = q;
        other.prior.odds_ratios.values_mut().for_each(|r| *r = 50.0);
        other.strengths[2].present = grade;
        let mut told = case.clone();
        let context = PACK.signs.iter().position(|s| s.layer == Layer::Context).unwrap();
        told.facts.push(Fact { sign: SignIx(context as u16), phase: None, status: FactStatus::Established, row: told.row });
        let of = |c: &Case, pack: &MethodPack| {
            findings(std::slice::from_ref(c), pack, &|_| AgeRules::default(), Reading::STRICT)
        };
        prop_assert_eq!(of(&case, &PACK), of(&case, &other));
        prop_assert_eq!(levels(&case, Reading::STRICT), levels(&told, Reading::STRICT));
    }

    #[test]
    fn no_other_case_moves_the_finding_of_a_case(one in a_case(), others in prop::collection::vec(a_case(), 0..6), far in any::<bool>()) {
        let alone = findings(std::slice::from_ref(&one), &PACK, &|_| AgeRules::default(), Reading::STRICT);
        let mut cases = vec![one];
        cases.extend(others.into_iter().map(|c| Case { node: NodeIx(u32::from(far)), ..c }));
        let among = findings(&cases, &PACK, &|_| AgeRules::default(), Reading::STRICT);
        let own: Vec<_> = among.findings.iter().filter(|f| f.case == 0).cloned().collect();
        prop_assert_eq!(own, alone.findings);
        // The most of a node is the most of its cases.
        for n in &among.nodes {
            let most = among.findings.iter().filter(|f| f.node == n.node && f.norm == n.norm).map(|f| f.level).max();
            prop_assert_eq!(Some(n.level), most);
        }
    }
}

/// A law over random facts says little if they never meet a rule.
#[test]
fn the_random_cases_reach_every_level_of_the_main_norms() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let strategy = a_case();
    let mut reached = [[0u32; 4]; Norm::COUNT];
    for _ in 0..600 {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        for (norm, level) in levels(&case, Reading::STRICT).into_iter().enumerate() {
            reached[norm][level as usize] += 1;
        }
    }
    for norm in [Norm::ChildLabour, Norm::WorstForms, Norm::ForcedLabour, Norm::Trafficking] {
        assert!(reached[norm.at()].iter().all(|n| *n > 0), "{norm:?} {:?}", reached[norm.at()]);
    }
}
