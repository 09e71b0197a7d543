//! Calibration in worlds with known truth: it holds where the method's numbers are the world's, and is seen to fail where they are not.

use onus::base::{Norm, par};
use onus::belief::draws::Draws;
use onus::calibration::coverage::{self, Coverage};
use onus::calibration::degradation::{METHODS, SCENARIOS, scenario};
use onus::calibration::drawn::Drawn;
use onus::calibration::ground::Ground;
use onus::calibration::reliability::{Reliability, joint_bound};
use onus::calibration::run::{reliability_of, worlds_of};
use onus::evidence::assemble::assemble;
use onus::pack::MethodPack;
use onus::reference::Reference;
use onus::world::truth::Off;
use onus::world::{Manner, Reality, Telling};
use std::sync::LazyLock;

static METHOD: LazyLock<(MethodPack, Reference)> =
    LazyLock::new(|| (MethodPack::embedded().expect("the pack"), Reference::embedded().expect("the reference")));
static GROUND: LazyLock<Ground> = LazyLock::new(|| Ground::new(500, 77, &METHOD.0, &METHOD.1).expect("places"));

fn over_worlds(count: usize, off: Off) -> Reliability {
    let (pack, reference) = &*METHOD;
    let mut all = Reliability::default();
    for seed in 0..count as u64 {
        all.join(&reliability_of(&GROUND, &Reality { off, ..Reality::AS_THE_METHOD_SAYS }, pack, reference, 500 + seed));
    }
    all
}

#[test]
fn where_the_numbers_of_the_method_are_the_worlds_every_bin_holds_within_sampling_error() {
    let found = over_worlds(60, Off::NONE);
    let (judged, outside, most) = found.verdict();
    let any: u64 = found.bins[Norm::COUNT].iter().map(|b| b.n).sum();
    assert!(any > 25_000 && judged >= 30, "{any} places, {judged} bins judged");
    assert!(found.bins[Norm::COUNT].iter().all(|b| b.n > 0), "a bin of `any` is empty");
    assert!(most < joint_bound(judged), "farthest bin {most:.2} standard deviations, bound {:.2}", joint_bound(judged));
    assert!(outside as f64 <= 0.05 * judged as f64 + 3.0 * (0.05 * 0.95 * judged as f64).sqrt(), "{outside} of {judged} bins outside 95 %");
}

#[test]
fn where_they_are_not_the_bins_say_so() {
    for off in [Off { detection: 4.0, ..Off::NONE }, Off { false_reports: 4.0, ..Off::NONE }] {
        let (judged, _, most) = over_worlds(60, off).verdict();
        assert!(most > joint_bound(judged), "{off:?} went unseen: farthest bin {most:.2}");
    }
}

#[test]
fn a_draw_moves_what_was_said_as_reading_it_anew_with_the_drawn_method_would() {
    let (pack, reference) = &*METHOD;
    let drawn = Drawn::new(pack, &GROUND, 5);
    assert_ne!(drawn.pack.sources[0].detection, pack.sources[0].detection);
    let telling = Telling { manner: Manner::ByTheMethod, reality: Reality::AS_THE_METHOD_SAYS, rows: None, seed: 9 };
    let happened = GROUND.happen(&drawn.pack, |i| drawn.prior(&GROUND, i), &telling, pack, reference);
    let anew = assemble(&happened.inputs, &GROUND.resolution, &drawn.pack, None, GROUND.as_of).by_node;
    assert!(happened.evidence.len() > 200);
    for (node, said) in &happened.evidence {
        assert_eq!(format!("{:?}", drawn.evidence(&said.evidence)), format!("{:?}", anew[node].evidence));
    }
}

#[test]
fn drawn_priors_are_distributions_and_drawn_grades_keep_their_order() {
    let (pack, _) = &*METHOD;
    for seed in 0..50 {
        let drawn = Drawn::new(pack, &GROUND, seed);
        assert!(drawn.pack.strengths.windows(2).all(|w| w[0].present <= w[1].present && w[0].absent >= w[1].absent));
        assert!(drawn.pack.strengths.iter().all(|s| s.absent <= s.present));
        assert!(drawn.pack.sources.iter().all(|s| s.false_report <= 0.5 && (0.0..1.0).contains(&s.detection_sign)));
        let place = (0..GROUND.resolution.len()).find(|i| GROUND.prior(*i).is_some()).expect("a place");
        let weight = drawn.prior(&GROUND, place).expect("a prior");
        assert!((weight.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn the_range_holds_the_true_figure_in_about_nine_places_of_ten() {
    let (pack, reference) = &*METHOD;
    let draws = Draws::new(pack, 1, 100).expect("draws");
    let mut all = Coverage::default();
    let worlds: Vec<u64> = (0..12).collect();
    for one in par::map_each(&worlds, |seed| coverage::one(&GROUND, pack, reference, &draws, *seed)) {
        all.join(&one);
    }
    let (share, error) = (all.share_within(0).expect("places"), all.sampling_error().expect("worlds"));
    // Twelve worlds judge the bound loosely; the command measures it on a thousand.
    assert!((share - 0.9).abs() < 0.02 + 2.0 * error && (0.8..0.98).contains(&share), "{share:.3} +- {error:.3}");
    assert!(all.places[1] > 0 && all.places[2] > 0 && all.places[0] == all.places[1] + all.places[2]);
}

#[test]
fn where_the_method_is_right_it_beats_every_baseline() {
    let (pack, reference) = &*METHOD;
    let grounds = std::slice::from_ref(&*GROUND);
    let lines = scenario(&SCENARIOS[0], &worlds_of(10, 3, 1), grounds, pack, reference);
    assert_eq!(lines.len(), 3 * METHODS.len());
    for lines in lines.chunks(METHODS.len()) {
        let [engine, average, audits, flags] = lines else { panic!("four methods") };
        for other in [average, audits] {
            assert!(engine.brier < other.brier, "{engine:?} {other:?}");
        }
        for other in [average, audits, flags] {
            assert!(engine.auc > other.auc, "{engine:?} {other:?}");
        }
        assert_eq!((flags.brier, flags.calibration_error), (None, None));
    }
}

#[test]
fn worlds_are_the_same_for_any_number_of_threads() {
    let (pack, reference) = &*METHOD;
    let grounds = std::slice::from_ref(&*GROUND);
    let with =
        |threads| par::with_threads(threads, || scenario(&SCENARIOS[11], &worlds_of(4, 3, 1), grounds, pack, reference)).expect("threads");
    assert_eq!(with(1), with(3));
}
