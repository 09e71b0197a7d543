//! The laws of belief (model, "Laws" B1 to B5, B7, B10) as properties of the kernels, with the embedded method; and the worked examples
//! of `methodology.md` 7 that concern silence, decay and families.

use crate::site;
use onus::base::norm::STATES;
use onus::base::{Norm, NormSet};
use onus::belief::{JointPrior, people_bin, people_of_bin, posterior, prior_marginal};
use onus::evidence::items::{Look, NodeEvidence, Report, Silence};
use onus::evidence::weights::{Item, Unused, coverage, drivers, item_weights, norm_weights, reports_weight, state_weights};
use onus::pack::{MethodPack, SignIx, SourceIx};
use proptest::prelude::*;
use std::sync::LazyLock;

static PACK: LazyLock<MethodPack> = LazyLock::new(|| MethodPack::embedded().unwrap_or_else(|e| panic!("{e}")));
const MONTH: f64 = 30.4375;

fn report_of(sign: SignIx, source: usize, origin: u32, age_days: f64) -> Report {
    site::report_of(&PACK, sign, SourceIx(source as u16), origin, age_days)
}

fn look_of(sign: SignIx, source: usize, age_days: f64) -> Look {
    let s = &PACK.sources[source];
    let source = SourceIx(source as u16);
    Look { sign, source, class: PACK.class_of(source), detection: s.detection_sign, half_life_days: s.half_life_negative_days, age_days }
}

fn silence_of(source: usize, norms: NormSet, age_days: f64) -> Silence {
    let s = &PACK.sources[source];
    let detection = Norm::ALL.map(|n| if norms.contains(n) { s.detection[n.at()] } else { 0.0 });
    let source = SourceIx(source as u16);
    Silence { source, class: PACK.class_of(source), detection, half_life_days: s.half_life_negative_days, age_days }
}

fn source(id: &str) -> usize {
    PACK.source(id).unwrap().0 as usize
}

fn sign(id: &str) -> SignIx {
    PACK.sign(id).unwrap()
}

prop_compose! {
    fn any_sign()(i in 0..PACK.signs.len()) -> SignIx { SignIx(i as u16) }
}
prop_compose! {
    fn any_age()(kind in 0..4, age in 0.0..3000.0f64) -> f64 { match kind { 0 => 0.0, 1 => age / 20.0, 2 => PACK.lapse_days, _ => age } }
}
prop_compose! {
    fn any_report()(sign in any_sign(), source in 0..PACK.sources.len(), origin in 0u32..6, age in any_age(), open in prop::bool::weighted(0.2),
        remedied in prop::sample::select(vec![0.0, 0.0, 0.3, 0.6, 0.85, 1.0])) -> Report {
        Report { open, remedied, ..report_of(sign, source, origin, age) }
    }
}
prop_compose! {
    fn any_look()(sign in any_sign(), source in 0..PACK.sources.len(), age in any_age()) -> Look { look_of(sign, source, age) }
}
prop_compose! {
    fn any_silence()(source in 0..PACK.sources.len(), norms in 1u8..=255, age in any_age()) -> Silence { silence_of(source, NormSet(norms), age) }
}
prop_compose! {
    fn any_evidence()(reports in prop::collection::vec(any_report(), 0..14), looks in prop::collection::vec(any_look(), 0..10),
        silences in prop::collection::vec(any_silence(), 0..8)) -> NodeEvidence {
        NodeEvidence { reports, looks, silences }
    }
}
prop_compose! {
    /// Marginals of every size, off, on the border, near 0 and near 1.
    fn any_marginals()(m in prop::array::uniform8((0..7, 0.0..1.0f64))) -> [f64; Norm::COUNT] {
        m.map(|(kind, x)| match kind {
            0 => 0.0,
            1 => 1e-9,
            2 => 1.0 - 1e-9,
            3 => 10f64.powf(-9.0 * x),
            4 => 1.0,
            _ => x,
        })
    }
}

fn usual_prior() -> JointPrior {
    JointPrior::fit(&[0.08, 0.05, 0.01, 0.05, 0.02, 0.001, 0.008, 0.002], &PACK.couplings)
}

fn bears_on(s: SignIx) -> Vec<Norm> {
    Norm::ALL.into_iter().filter(|n| PACK.signs[s.0 as usize].norms[n.at()].is_some()).collect()
}

/// Equal, or lower by what rounding can do.
fn not_below(after: f64, before: f64) -> bool {
    after >= before - 1e-12
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn b1_an_added_report_never_lowers_any_nor_the_norms_it_bears_on(evidence in any_evidence(), report in any_report(), marginals in any_marginals()) {
        let prior = JointPrior::fit(&marginals, &PACK.couplings);
        let before = posterior(&prior, &evidence, &PACK);
        let mut more = evidence.clone();
        more.reports.push(report);
        let after = posterior(&prior, &more, &PACK);
        prop_assert!(not_below(after.any, before.any), "{} {}", before.any, after.any);
        for n in bears_on(report.sign) {
            prop_assert!(not_below(after.decoupled[n.at()], before.decoupled[n.at()]), "{n:?}");
        }
    }

    #[test]
    fn b1_an_added_look_or_silence_never_raises_any_nor_the_norms_it_bears_on(evidence in any_evidence(), look in any_look(), silence in any_silence()) {
        let prior = usual_prior();
        let before = posterior(&prior, &evidence, &PACK);
        let mut looked = evidence.clone();
        looked.looks.push(look);
        let after = posterior(&prior, &looked, &PACK);
        prop_assert!(not_below(before.any, after.any));
        for n in bears_on(look.sign) {
            prop_assert!(not_below(before.decoupled[n.at()], after.decoupled[n.at()]), "{n:?}");
        }
        let mut silent = evidence.clone();
        silent.silences.push(silence);
        let after = posterior(&prior, &silent, &PACK);
        prop_assert!(not_below(before.any, after.any));
        for n in Norm::ALL {
            prop_assert!(not_below(before.decoupled[n.at()], after.decoupled[n.at()]), "{n:?}");
        }
    }

    #[test]
    fn b2_the_order_of_rows_changes_no_bit(evidence in any_evidence(), seed in any::<u64>()) {
        let mut shuffled = evidence.clone();
        let mut state = seed | 1;
        let mut next = move |n: usize| { state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407); (state >> 33) as usize % n };
        for i in (1..shuffled.reports.len()).rev() { shuffled.reports.swap(i, next(i + 1)); }
        for i in (1..shuffled.looks.len()).rev() { shuffled.looks.swap(i, next(i + 1)); }
        for i in (1..shuffled.silences.len()).rev() { shuffled.silences.swap(i, next(i + 1)); }
        let bits = |e: &NodeEvidence| state_weights(e, &PACK, None).map(f64::to_bits);
        prop_assert_eq!(bits(&evidence), bits(&shuffled));
        let (a, b) = (posterior(&usual_prior(), &evidence, &PACK), posterior(&usual_prior(), &shuffled, &PACK));
        prop_assert_eq!(a.coupled.map(f64::to_bits), b.coupled.map(f64::to_bits));
        prop_assert_eq!(a.decoupled.map(f64::to_bits), b.decoupled.map(f64::to_bits));
        prop_assert_eq!((a.any.to_bits(), a.gap.to_bits()), (b.any.to_bits(), b.gap.to_bits()));
    }

    #[test]
    fn b2_other_numbers_for_origins_and_classes_change_nothing(evidence in any_evidence()) {
        let mut relabelled = evidence.clone();
        for r in &mut relabelled.reports { r.origin = 1000 - r.origin * 7; }
        for l in &mut relabelled.looks { l.class = 500 - l.class; }
        for s in &mut relabelled.silences { s.class = 500 - s.class; }
        let (a, b) = (state_weights(&evidence, &PACK, None), state_weights(&relabelled, &PACK, None));
        prop_assert!(a.iter().zip(&b).all(|(x, y)| (x - y).abs() <= 1e-9));
    }

    #[test]
    fn b3_rows_of_which_nobody_could_have_heard_change_no_bit(evidence in any_evidence(), report in any_report(), look in any_look(), silence in any_silence()) {
        let mut more = evidence.clone();
        more.reports.push(Report { detection: 0.0, ..report });
        more.looks.push(Look { detection: 0.0, ..look });
        more.silences.push(Silence { detection: [0.0; Norm::COUNT], ..silence });
        let bits = |e: &NodeEvidence| state_weights(e, &PACK, None).map(f64::to_bits);
        prop_assert_eq!(bits(&evidence), bits(&more));
    }

    #[test]
    fn b4_what_implies_is_never_likelier_than_what_it_implies(evidence in any_evidence(), marginals in any_marginals()) {
        let p = posterior(&JointPrior::fit(&marginals, &PACK.couplings), &evidence, &PACK);
        for norm in Norm::ALL {
            for above in norm.implied().iter() {
                prop_assert!(not_below(p.coupled[above.at()], p.coupled[norm.at()]), "{norm:?}");
                prop_assert!(not_below(p.decoupled[above.at()], p.decoupled[norm.at()]), "{norm:?}");
            }
            prop_assert!(not_below(p.any, p.coupled[norm.at()]), "{norm:?}");
        }
    }

    #[test]
    fn b5_rows_past_the_lapse_change_no_bit(evidence in any_evidence(), report in any_report(), look in any_look(), silence in any_silence(), days in 0.001..4000.0f64) {
        let age_days = PACK.lapse_days + days;
        let mut more = evidence.clone();
        more.reports.push(Report { age_days, open: false, ..report });
        more.looks.push(Look { age_days, ..look });
        more.silences.push(Silence { age_days, ..silence });
        let bits = |e: &NodeEvidence| state_weights(e, &PACK, None).map(f64::to_bits);
        prop_assert_eq!(bits(&evidence), bits(&more));
    }

    #[test]
    fn b7_no_state_outweighs_its_documents_nor_its_families(evidence in any_evidence()) {
        let spoken: f64 = (0..6).map(|o| {
            let of = evidence.reports.iter().filter(|r| r.origin == o);
            of.map(|r| onus::evidence::weights::log_lr(r, PACK.lapse_days)).fold(0.0, f64::max)
        }).sum();
        let mut families: Vec<&str> = evidence.reports.iter().map(|r| PACK.signs[r.sign.0 as usize].family.as_str()).collect();
        families.sort_unstable();
        families.dedup();
        // 1 + 1/2 + 1/4 + ... = 2 of the most that a sign can say
        let most = f64::min(spoken, families.len() as f64 * 2.0 * 30f64.ln());
        for w in state_weights(&evidence, &PACK, None) {
            prop_assert!(w.is_finite() && w <= most + 1e-9, "{w} {most}");
        }
    }

    #[test]
    fn b10_the_gap_is_never_negative_and_no_branch_alone_has_one(evidence in any_evidence(), marginals in any_marginals()) {
        let prior = JointPrior::fit(&marginals, &PACK.couplings);
        let p = posterior(&prior, &evidence, &PACK);
        prop_assert!(p.gap >= 0.0 && p.gap <= p.any);
        let mut one = evidence.clone();
        one.reports.retain(|r| PACK.signs[r.sign.0 as usize].branch == onus::base::Branch::Forced);
        prop_assert_eq!(posterior(&prior, &one, &PACK).gap, 0.0);
    }

    #[test]
    fn posteriors_are_probabilities_whatever_the_marginals(evidence in any_evidence(), marginals in any_marginals(), times in 1usize..20) {
        let prior = JointPrior::fit(&marginals, &PACK.couplings);
        prop_assert!(prior.defect <= 1e-9, "the marginals are met to {} only", prior.defect);
        let mut loud = NodeEvidence::default();
        for copy in 0..times as u32 {
            loud.reports.extend(evidence.reports.iter().map(|r| Report { origin: r.origin + 100 * copy, ..*r }));
            loud.looks.extend(&evidence.looks);
            loud.silences.extend(&evidence.silences);
        }
        let p = posterior(&prior, &loud, &PACK);
        for x in p.coupled.into_iter().chain(p.decoupled).chain([p.any, p.gap]) {
            prop_assert!((0.0..=1.0).contains(&x), "{p:?}");
        }
    }

    #[test]
    fn coverage_grows_with_every_channel_and_stays_below_certainty(channels in prop::collection::vec(any_silence(), 0..12), more in any_silence()) {
        let before = coverage(&channels, &PACK);
        let after = coverage(&[channels, vec![more]].concat(), &PACK);
        for h in 0..Norm::COUNT {
            prop_assert!(not_below(after[h], before[h]) && (0.0..1.0).contains(&after[h]));
        }
    }

    #[test]
    fn a_prior_grows_with_the_base_rate_the_people_and_what_raises_it(q in 1e-8..0.5f64, people in 1.0..1e5f64, context in prop::collection::vec(-2.0..2.0f64, 0..5)) {
        let p = |q, people, context: &[f64]| prior_marginal(q, people, context, &PACK.prior);
        let at = p(q, people, &context);
        prop_assert!((0.0..=1.0).contains(&at));
        prop_assert!(p(q * 1.1, people, &context) >= at);
        prop_assert!(p(q, people * 1.1, &context) >= at);
        prop_assert!(p(q, people, &[context.clone(), vec![0.7]].concat()) >= at - 1e-15);
        prop_assert!(p(q, people, &[context.clone(), vec![-0.7]].concat()) <= at + 1e-15);
        let mut turned = context.clone();
        turned.reverse();
        prop_assert_eq!(p(q, people, &turned).to_bits(), at.to_bits());
    }

    #[test]
    fn a_bin_of_people_is_within_five_percent(people in 1.0..1e7f64) {
        let binned = people_of_bin(people_bin(people, 24), 24);
        prop_assert!((binned / people).ln().abs() <= 10f64.ln() / 48.0 + 1e-12);
    }
}

#[test]
fn six_thousand_reports_of_one_sign_stay_within_its_strength() {
    let mut evidence = NodeEvidence::default();
    for origin in 0..6000 {
        evidence.reports.push(report_of(sign("work_document_confiscation"), source("authority_or_court"), origin, 0.0));
    }
    let most = state_weights(&evidence, &PACK, None).into_iter().fold(0.0, f64::max);
    assert!((most - 30f64.ln()).abs() < 1e-9, "{most}");
    assert!(reports_weight(&evidence, &PACK).most == most);
    let p = posterior(&usual_prior(), &evidence, &PACK);
    assert!(p.any > 0.5 && p.any < 0.99);
}

/// pi x factor over its complement, the factor being exp of the log weight.
fn updated(pi: f64, log_weight: f64) -> f64 {
    let odds = pi / (1.0 - pi) * log_weight.exp();
    odds / (1.0 + odds)
}

fn forced(evidence: &NodeEvidence) -> f64 {
    norm_weights(evidence, &PACK, Norm::ForcedLabour)[1]
}

fn quiet(id: &str, months: f64) -> Silence {
    silence_of(source(id), NormSet::of(&[Norm::ForcedLabour]), months * MONTH)
}

fn hotline() -> Silence {
    let source = PACK.source("grievance_independent").unwrap();
    let detection = PACK.channel_detection(0.9, 0.8, 0.7);
    Silence { source, class: PACK.class_of(source), detection, half_life_days: 6.0 * MONTH, age_days: 0.0 }
}

#[test]
fn silence_weighs_as_in_the_worked_examples() {
    let p = |silences: Vec<Silence>| updated(0.10, forced(&NodeEvidence { silences, ..NodeEvidence::default() }));
    // methodology 7, G29 to G34
    for (months, expected) in [(0.0, 0.090909), (9.0, 0.095477), (18.0, 0.097744), (36.0, 0.099437)] {
        assert!((p(vec![quiet("audit_announced", months)]) - expected).abs() < 1e-6, "{months}");
    }
    for (months, expected) in [(0.0, 0.057592), (12.0, 0.079284), (24.0, 0.089760)] {
        assert!((p(vec![quiet("audit_unannounced_offsite", months)]) - expected).abs() < 1e-6, "{months}");
    }
    assert!((p(vec![]) - 0.10).abs() < 1e-15);
    assert!((p(vec![hotline()]) - 0.052233).abs() < 1e-6);
    assert!((p(vec![quiet("audit_announced", 0.0); 10]) - 0.082860).abs() < 1e-6);
    let all = vec![quiet("audit_unannounced_offsite", 12.0), quiet("audit_announced", 18.0), hotline()];
    assert!((p(all.clone()) - 0.039978).abs() < 1e-6);
    assert!((coverage(&all, &PACK)[Norm::ForcedLabour.at()] - 0.625210).abs() < 1e-6);
    assert_eq!(coverage(&[], &PACK), [0.0; Norm::COUNT]);
}

#[test]
fn reports_weigh_as_in_the_worked_examples() {
    let (audit, ngo) = (source("audit_unannounced_offsite"), source("ngo_investigation"));
    let strong = sign("il_stay_for_due_wages");
    let mut reports = vec![report_of(strong, audit, 0, 0.0)];
    let weight = |reports: &[Report]| forced(&NodeEvidence { reports: reports.to_vec(), ..NodeEvidence::default() });
    // G35, G36, G37
    assert!((weight(&reports).exp() - 6.1513).abs() < 1e-4);
    reports.push(report_of(strong, ngo, 1, 0.0));
    assert!((weight(&reports).exp() - 23.3407).abs() < 1e-4);
    assert!((updated(0.05, weight(&reports)) - 0.55126).abs() < 1e-5);
    let newspaper = report_of(strong, source("media_single"), 1, 0.0);
    assert_eq!(weight(&[reports.clone(), vec![newspaper]].concat()), weight(&reports));
    // G38: a family of three, the strong sign and two medium ones told by others
    reports.push(report_of(sign("ex_low_no_pay"), ngo, 2, 0.0));
    reports.push(report_of(sign("ex_wage_manipulation"), audit, 3, 0.0));
    assert!((weight(&reports) - 3.9719).abs() < 1e-4);
    assert!((updated(0.05, weight(&reports)) - 0.73643).abs() < 1e-5);
}

#[test]
fn every_row_says_what_it_weighs_or_why_it_does_not() {
    let (audit, medium) = (source("audit_announced"), source("media_single"));
    let kept = sign("work_document_confiscation");
    let evidence = NodeEvidence {
        reports: vec![
            report_of(kept, audit, 0, 0.0),
            report_of(kept, medium, 0, 0.0),
            report_of(kept, audit, 1, 90.0 * MONTH),
            Report { remedied: 1.0, ..report_of(kept, audit, 2, 0.0) },
            Report { open: true, ..report_of(kept, audit, 3, 90.0 * MONTH) },
            report_of(SignIx(u16::MAX), audit, 4, 0.0),
        ],
        looks: vec![look_of(sign("cl_not_enrolled"), audit, 0.0)],
        silences: vec![quiet("audit_announced", 9.0), quiet("media_single", 0.0)],
    };
    let rows = item_weights(&evidence, &PACK);
    let unused: Vec<Option<Unused>> = rows.iter().map(|w| w.unused).collect();
    let expected = [
        None,
        Some(Unused::SameOrigin),
        Some(Unused::Lapsed),
        Some(Unused::NoDetection),
        None,
        Some(Unused::NoNorm),
        None,
        None,
        Some(Unused::NoDetection),
    ];
    assert_eq!(unused, expected);
    assert!((rows[0].log_weight - (0.1 + 0.9 * 0.02f64).ln() + 0.02f64.ln()).abs() < 1e-12);
    assert!((rows[7].detection - 0.05).abs() < 1e-12);
    let found = drivers(&evidence, &PACK, Norm::ForcedLabour, 50);
    assert_eq!(found.first().map(|d| d.0), Some(Item::Report(4))); // alone of its origin, and open
    assert!(found.iter().any(|(item, change)| *item == Item::Silence(0) && *change < 0.0));
    assert!(found.iter().all(|(item, _)| *item != Item::Look(0) && *item != Item::Report(1)));
}

#[test]
fn a_joint_prior_has_exactly_its_marginals_and_no_state_of_a_norm_that_is_off() {
    let prior = JointPrior::fit(&[0.08, 0.05, 0.01, 0.05, 0.02, 0.0, 0.008, 0.002], &PACK.couplings);
    let off = Norm::StateImposed;
    for (x, w) in STATES.iter().zip(prior.weight) {
        assert!(!x.contains(off) || w == 0.0);
    }
    for (norm, expected) in [(Norm::ChildLabour, 0.08), (Norm::Trafficking, 0.008), (Norm::ChildTrafficking, 0.002)] {
        let m: f64 = STATES.iter().zip(prior.weight).filter(|(x, _)| x.contains(norm)).map(|(_, w)| w).sum();
        assert!((m - expected).abs() < 1e-13, "{norm:?}");
    }
    let lifted = JointPrior::fit(&[0.01, 0.0, 0.03, 0.05, 0.0, 0.0, 0.0, 0.0], &[]);
    assert_eq!(lifted.lifted, NormSet::of(&[Norm::ChildLabour]));
    assert!((lifted.marginals[Norm::ChildLabour.at()] - 0.03).abs() < 1e-15);
}
