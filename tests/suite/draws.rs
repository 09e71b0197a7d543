//! Draws of the method (model 1.6): against the reference model under the same drawn parameters, and their laws.

use crate::belief_oracle::{couplings_of, evidence_of, pack_of};
use crate::site::report_of;
use onus::base::{CountryCode, Kind, NodeIx, Norm, SectorCode, Symbol, par};
use onus::belief::context::{PriorBook, priors};
use onus::belief::draws::{DrawnNode, Draws, SpreadPrior, Spreads, in_order, range_book};
use onus::belief::normal::{Drawn, z};
use onus::belief::posterior::posterior_with;
use onus::belief::{JointPrior, Posterior, posterior};
use onus::evidence::items::{NodeEvidence, Report};
use onus::evidence::kernel::{Kernel, Scratch};
use onus::pack::{MethodPack, SourceIx, Strength};
use onus::reference::{RateLevel, Reference};
use onus::resolve::{Node, Resolution};
use serde_json::Value;
use std::path::PathBuf;

const SPREADS: Spreads = Spreads { source: 0.5, strength: 0.3, mapped: 1.0, tau: [0.6, 0.8, 1.0, 1.5], count: 200 };

fn read(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn embedded() -> MethodPack {
    MethodPack::embedded().unwrap_or_else(|e| panic!("{e}"))
}

fn report(pack: &MethodPack, sign: &str, source: &str, origin: u32, age_days: f64) -> Report {
    report_of(pack, pack.sign(sign).unwrap(), pack.source(source).unwrap(), origin, age_days)
}

#[test]
fn drawn_numbers_are_those_of_a_second_implementation() {
    let expected = read("draws_cases.json");
    let kinds = [Drawn::Country, Drawn::Sector, Drawn::Detection, Drawn::FalseReport, Drawn::Present, Drawn::Absent, Drawn::Mapped];
    let rows = expected["z"].as_array().unwrap();
    assert_eq!(rows.len(), 27);
    for row in rows {
        let kind = kinds.into_iter().find(|k| Some(k.as_str()) == row["kind"].as_str()).unwrap();
        let found = z(1, kind, row["key"].as_str().unwrap(), row["r"].as_u64().unwrap() as u32);
        assert!((found - row["z"].as_f64().unwrap()).abs() < 1e-13, "{row}: {found}");
    }
    assert_ne!(z(1, Drawn::Country, "IND", 1), z(2, Drawn::Country, "IND", 1));
}

#[test]
fn drawn_numbers_are_standard_normal() {
    let values: Vec<f64> = (1..=20_000).map(|r| z(1, Drawn::Country, "IND", r)).collect();
    let mean = values.iter().sum::<f64>() / 20_000.0;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 20_000.0;
    // four standard errors
    assert!(mean.abs() < 4.0 / 20_000f64.sqrt() && (variance - 1.0).abs() < 4.0 * (2.0 / 20_000f64).sqrt(), "{mean} {variance}");
}

#[test]
fn the_reference_model_says_the_same_under_the_same_drawn_parameters() {
    let (golden, expected) = (read("golden.json"), read("draws_cases.json"));
    let pack = pack_of(&golden["pack"]);
    let draws = Draws::with(&pack, SPREADS, 1);
    for row in expected["strengths"].as_array().unwrap() {
        let found = draws.rates(row["r"].as_u64().unwrap() as u32).strengths;
        for (grade, s) in ["weak", "medium", "strong"].into_iter().zip(found) {
            assert!((s.present - row[grade]["present"].as_f64().unwrap()).abs() < 1e-13, "{row}");
            assert!((s.absent - row[grade]["absent"].as_f64().unwrap()).abs() < 1e-13, "{row}");
        }
    }
    let couplings = couplings_of(&golden["couplings"]);
    let (mut compared, mut most): (usize, f64) = (0, 0.0);
    let mut scratch = Scratch::default();
    for (case, drawn) in golden["belief"].as_array().unwrap().iter().zip(expected["cases"].as_array().unwrap()) {
        assert_eq!(case["name"], drawn["name"]);
        let mut marginals = [0.0; Norm::COUNT];
        for (norm, m) in case["prior"].as_object().unwrap() {
            marginals[Norm::parse(norm).unwrap().at()] = m.as_f64().unwrap();
        }
        let joint = JointPrior::fit(&marginals, &couplings);
        let tau = numbers(&drawn["tau"]);
        let prior = SpreadPrior { joint: &joint, tau: [tau[0], tau[1], tau[2]] };
        let country = drawn["country"].as_str().and_then(CountryCode::new);
        let sector = drawn["sector"].as_str().and_then(SectorCode::parse);
        let evidence = evidence_of(case, &pack);
        let place = draws.place(country, sector);
        let all = draws.posteriors(&prior, &place, Some(&evidence), &mut scratch);
        for row in drawn["draws"].as_array().unwrap() {
            let r = row["r"].as_u64().unwrap() as u32;
            let found = draws.posterior(&prior, country, sector, Some(&evidence), r, &mut scratch);
            let pairs = found.coupled.into_iter().chain([found.any]).chain(found.decoupled);
            let mut told = numbers(&row["coupled"]);
            told.push(row["any"].as_f64().unwrap());
            assert_eq!(all[r as usize - 1].to_vec(), found.coupled.into_iter().chain([found.any]).collect::<Vec<f64>>());
            told.extend(numbers(&row["decoupled"]));
            for (f, e) in pairs.zip(told) {
                most = most.max((f - e).abs());
                assert!((f - e).abs() <= 1e-9, "{}, draw {r}: {f}, the reference says {e}", case["name"]);
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 80);
    println!("largest distance from the reference: {most:.1e}");
}

#[test]
fn stronger_grades_stay_stronger_in_every_draw() {
    let pack = embedded();
    let draws = Draws::new(&pack, 1, 500).unwrap();
    for r in 1..=draws.count() {
        let [weak, medium, strong] = draws.rates(r).strengths;
        assert!(weak.present <= medium.present && medium.present <= strong.present, "{r}");
        assert!(weak.absent >= medium.absent && medium.absent >= strong.absent, "{r}");
        assert!([weak, medium, strong].iter().all(|s| s.absent <= s.present && s.present < 1.0), "{r}");
        assert!(draws.rates(r).false_report.len() == pack.sources.len());
    }
    let of = |present, absent| Strength { present, absent };
    let restored = in_order([of(0.3, 0.1), of(0.25, 0.12), of(0.6, 0.02)]);
    assert_eq!(restored, [of(0.3, 0.1), of(0.3, 0.1), of(0.6, 0.02)]);
}

#[test]
fn draw_nought_is_the_central_figure_to_the_last_bit() {
    let pack = embedded();
    let draws = Draws::new(&pack, 1, 5).unwrap();
    let joint = JointPrior::fit(&[0.08, 0.05, 0.01, 0.05, 0.02, 0.001, 0.008, 0.002], &pack.couplings);
    let prior = SpreadPrior { joint: &joint, tau: [1.5; 3] };
    let reports = vec![report(&pack, "work_document_confiscation", "ngo_investigation", 0, 300.0)];
    let evidence = NodeEvidence { reports, ..NodeEvidence::default() };
    let mut scratch = Scratch::default();
    let india = CountryCode::new("IND");
    let central = posterior(&joint, &evidence, &pack);
    let found = draws.posterior(&prior, india, None, Some(&evidence), 0, &mut scratch);
    assert_eq!((found.coupled, found.any, found.decoupled), (central.coupled, central.any, central.decoupled));
    let silent = Posterior::of_prior(&joint);
    let found = draws.posterior(&prior, india, None, None, 0, &mut scratch);
    assert_eq!((found.coupled, found.any, found.decoupled), (silent.coupled, silent.any, silent.decoupled));
    assert_ne!(draws.posterior(&prior, india, None, Some(&evidence), 1, &mut scratch).any, central.any);
    assert_eq!(draws.mapped_shift(Kind::Mill, 0), 0.0);
    assert!((draws.mapped_shift(Kind::Mill, 1) - z(1, Drawn::Mapped, "mill", 1)).abs() < 1e-15);
}

#[test]
fn certain_and_impossible_detection_stay_so_in_every_draw() {
    let pack = embedded();
    let draws = Draws::new(&pack, 1, 50).unwrap();
    let joint = JointPrior::fit(&[0.08, 0.05, 0.01, 0.05, 0.02, 0.001, 0.008, 0.002], &pack.couplings);
    let prior = SpreadPrior { joint: &joint, tau: [0.0; 3] };
    let mut scratch = Scratch::default();
    let place = draws.place(None, None);
    let of = |detection| {
        let sure = Report { detection, ..report(&pack, "work_document_confiscation", "ngo_investigation", 0, 0.0) };
        NodeEvidence { reports: vec![sure], ..NodeEvidence::default() }
    };
    let unheard = draws.ranges(&prior, &place, Some(&of(0.0)), &mut scratch);
    assert!((unheard.any.low - joint.any()).abs() < 1e-12 && (unheard.any.high - joint.any()).abs() < 1e-12);
    // d = 1: LR+ = 1 / f, moved by f and the grades alone
    let (sure, nearly) = (
        draws.posteriors(&prior, &place, Some(&of(1.0)), &mut scratch),
        draws.posteriors(&prior, &place, Some(&of(1.0 - 1e-12)), &mut scratch),
    );
    assert!(sure.iter().zip(nearly).all(|(a, b)| (a[8] - b[8]).abs() < 1e-9));
}

#[test]
fn the_order_of_rows_changes_no_bit_of_a_range() {
    let pack = embedded();
    let draws = Draws::new(&pack, 1, 40).unwrap();
    let joint = JointPrior::fit(&[0.08, 0.05, 0.01, 0.05, 0.02, 0.001, 0.008, 0.002], &pack.couplings);
    let prior = SpreadPrior { joint: &joint, tau: [1.0; 3] };
    let place = draws.place(CountryCode::new("BGD"), SectorCode::parse("1410"));
    let names = ["work_document_confiscation", "il_stay_for_due_wages", "cl_not_enrolled", "work_document_confiscation"];
    let sources = ["audit_announced", "ngo_investigation", "media_single", "union_or_elected_reps"];
    let reports: Vec<Report> = (0..4).map(|i| report(&pack, names[i], sources[i], (i % 2) as u32, 90.0 * i as f64)).collect();
    let mut turned = reports.clone();
    turned.reverse();
    let mut scratch = Scratch::default();
    let mut ranges = |reports| draws.ranges(&prior, &place, Some(&NodeEvidence { reports, ..NodeEvidence::default() }), &mut scratch);
    assert_eq!(ranges(reports), ranges(turned));
}

fn node(id: &str, country: &str, sector: Option<&str>) -> Node {
    Node {
        id: id.into(),
        symbol: Symbol(0),
        shown_id: id.into(),
        shown_name: id.into(),
        kind: Kind::Factory,
        country: CountryCode::new(country),
        subdivision: None,
        sector: sector.and_then(SectorCode::parse),
        product: None,
        stage: None,
        focal: false,
        people: Some(200.0),
        people_from_range: false,
        places_count: None,
        known_since: None,
        informal_share: None,
        union: None,
        purchases_value: None,
        mapped_share: None,
        row: None,
    }
}

fn book() -> (MethodPack, Resolution, PriorBook) {
    let pack = embedded();
    let mut resolution = Resolution::default();
    resolution.nodes = vec![
        node("a", "IND", Some("1410")),
        node("b", "IND", Some("1410")),
        node("c", "MYS", None),
        Node { kind: Kind::Brand, ..node("d", "MYS", None) },
        node("e", "IND", Some("1410")),
    ];
    let book = priors(&resolution, &pack, &Reference::embedded().unwrap(), &std::collections::BTreeMap::new()).unwrap();
    (pack, resolution, book)
}

#[test]
fn nodes_without_evidence_share_the_range_of_their_context_and_threads_change_no_bit() {
    let (pack, resolution, priors) = book();
    let draws = Draws::new(&pack, 1, 60).unwrap();
    let said = NodeEvidence {
        reports: vec![report(&pack, "work_document_confiscation", "ngo_investigation", 0, 10.0)],
        ..NodeEvidence::default()
    };
    let nodes: Vec<DrawnNode<'_>> = resolution
        .nodes
        .iter()
        .enumerate()
        .map(|(i, n)| DrawnNode { node: NodeIx(i as u32), country: n.country, sector: n.sector, evidence: (i == 4).then_some(&said) })
        .collect();
    let found = range_book(&nodes, &priors, &draws);
    let of = |i: u32| found.of(NodeIx(i)).copied();
    assert_eq!(of(0), of(1));
    assert_ne!(of(0), of(2));
    assert_eq!(of(3), None);
    let india = CountryCode::new("IND");
    let prior = draws.spread(priors.of(NodeIx(0)).unwrap());
    let own = draws.ranges(&prior, &draws.place(india, SectorCode::parse("1410")), None, &mut Scratch::default());
    assert_eq!(of(0), Some(own));
    assert!(own.any.low < own.any.high && own.any.low > 0.0);
    let central = priors.of(NodeIx(0)).unwrap().silent.any;
    assert!(own.any.low < central && central < own.any.high, "{own:?} {central}");
    assert!(of(4).unwrap().any.low > own.any.low);
    for threads in [1, 3] {
        let again = par::with_threads(threads, || range_book(&nodes, &priors, &draws)).unwrap();
        for i in 0..5 {
            assert_eq!(again.of(NodeIx(i)), found.of(NodeIx(i)));
        }
    }
}

#[test]
fn the_spread_of_a_prior_follows_the_level_of_its_base_rate() {
    let (pack, _, priors) = book();
    let draws = Draws::new(&pack, 1, 1).unwrap();
    let spreads = Spreads::of(&pack).unwrap();
    assert_eq!(spreads, SPREADS);
    let levels =
        [(RateLevel::SubnationalSector, 0.6), (RateLevel::NationalSector, 0.8), (RateLevel::CountrySector, 1.0), (RateLevel::World, 1.5)];
    for (level, tau) in levels {
        assert_eq!(spreads.tau_of(level), tau);
        assert_eq!(level.tau(), tau);
    }
    let prior = priors.of(NodeIx(2)).unwrap();
    let of = |n: Norm| spreads.tau_of(prior.base[n.at()].as_ref().unwrap().level);
    assert_eq!(draws.spread(prior).tau, [of(Norm::ChildLabour), of(Norm::ForcedLabour), of(Norm::Trafficking)]);
}

#[test]
fn a_source_that_the_pack_does_not_hold_keeps_its_rates() {
    let pack = embedded();
    let draws = Draws::new(&pack, 1, 20).unwrap();
    let joint = JointPrior::fit(&[0.08, 0.05, 0.01, 0.05, 0.02, 0.001, 0.008, 0.002], &pack.couplings);
    let prior = SpreadPrior { joint: &joint, tau: [0.0; 3] };
    let own = report(&pack, "work_document_confiscation", "ngo_investigation", 0, 0.0);
    let foreign = Report { source: SourceIx(u16::MAX), ..own };
    let mut scratch = Scratch::default();
    let place = draws.place(None, None);
    let mut width = |report| {
        let range =
            draws.ranges(&prior, &place, Some(&NodeEvidence { reports: vec![report], ..NodeEvidence::default() }), &mut scratch).any;
        range.high - range.low
    };
    let (own, foreign) = (width(own), width(foreign));
    assert!(foreign < own && foreign > 0.0, "{foreign} {own}");
}

#[test]
fn a_method_compiled_for_the_rows_alone_says_the_same_to_the_last_bit() {
    let golden = read("golden.json");
    let pack = pack_of(&golden["pack"]);
    let (whole, mut scratch) = (Kernel::new(&pack), Scratch::default());
    let joint = JointPrior::fit(&[0.08, 0.05, 0.01, 0.05, 0.02, 0.001, 0.008, 0.002], &couplings_of(&golden["couplings"]));
    for case in golden["belief"].as_array().unwrap() {
        let evidence = evidence_of(case, &pack);
        assert_eq!(posterior_with(&whole, &joint, &evidence, &mut scratch), posterior(&joint, &evidence, &pack), "{}", case["name"]);
    }
}
