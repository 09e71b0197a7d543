//! The belief kernels against the reference model, which shares no code with them: its golden results (`tests/golden/golden.json`, the
//! output of the project's own `oracle.py`), cases drawn from it by `tests/golden/draw_cases.py`, and fresh ones where Python and the
//! reference are at hand.

use flate2::read::GzDecoder;
use onus::base::norm::{STATE_COUNT, STATES};
use onus::base::{Branch, Norm, NormSet};
use onus::belief::{JointPrior, Posterior, admissible, posterior, prior_marginal};
use onus::evidence::items::{Look, NodeEvidence, Report, Silence};
use onus::evidence::weights::state_weights;
use onus::pack::text::PackText;
use onus::pack::{
    ChannelParameters, Grade, Layer, MethodPack, Phase, PriorParameters, Sign, SourceClass, SourceIx, Standing, Strength, TraceParameters,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::process::Command;

const TOLERANCE: f64 = 1e-6;

fn manifest(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn golden() -> Value {
    serde_json::from_slice(&std::fs::read(manifest("tests/golden/golden.json")).unwrap()).unwrap()
}

fn number(v: &Value) -> f64 {
    v.as_f64().unwrap_or_else(|| panic!("not a number: {v}"))
}

fn text(v: &Value) -> String {
    v.as_str().unwrap_or_else(|| panic!("not a text: {v}")).to_owned()
}

fn rows(v: &Value) -> &Vec<Value> {
    v.as_array().unwrap()
}

fn entries(v: &Value) -> &Map<String, Value> {
    v.as_object().unwrap()
}

fn by_norm(v: &Value) -> [f64; Norm::COUNT] {
    let mut out = [0.0; Norm::COUNT];
    for (norm, x) in entries(v) {
        out[Norm::parse(norm).unwrap().at()] = number(x);
    }
    out
}

/// A reference pack as the engine's types; what the reference does not know takes its defaults.
pub fn pack_of(v: &Value) -> MethodPack {
    let strength = |g: &str| Strength { present: number(&v["strengths"][g]["present"]), absent: number(&v["strengths"][g]["absent"]) };
    let mut signs: Vec<Sign> = entries(&v["signs"])
        .iter()
        .map(|(id, s)| {
            let mut norms = [None; Norm::COUNT];
            for (norm, grade) in entries(&s["norms"]) {
                norms[Norm::parse(norm).unwrap().at()] = Some(match grade.as_str() {
                    Some("strong") => Grade::Strong,
                    Some("medium") => Grade::Medium,
                    _ => Grade::Weak,
                });
            }
            Sign {
                layer: Layer::Evidence,
                phase: Phase::Any,
                seen_in: Vec::new(),
                delphi: None,
                survey: Vec::new(),
                same_fact_as: None,
                id: id.clone(),
                definition: String::new(),
                branch: Branch::parse(&text(&s["branch"])).unwrap(),
                family: text(&s["family"]),
                norms,
                about: onus::base::NormSet::EMPTY,
                effect: None,
                citation: String::new(),
                standing: Standing::ExpertDefault,
            }
        })
        .collect();
    signs.sort_by(|a, b| a.id.cmp(&b.id));
    let mut sources: Vec<SourceClass> = entries(&v["sources"])
        .iter()
        .map(|(id, s)| SourceClass {
            id: id.clone(),
            definition: String::new(),
            class: text(&s["class"]),
            detection: by_norm(&s["detection"]),
            detection_sign: number(&s["detection_sign"]),
            false_report: number(&s["false_report"]),
            half_life_negative_days: number(&s["half_life_negative_days"]),
            half_life_positive_days: number(&s["half_life_positive_days"]),
            positive_only: false,
            tables: Vec::new(),
            citation: String::new(),
            standing: Standing::ExpertDefault,
        })
        .collect();
    sources.sort_by(|a, b| a.id.cmp(&b.id));
    MethodPack {
        id: "reference".into(),
        version: "0".into(),
        hash: String::new(),
        strengths: [strength("weak"), strength("medium"), strength("strong")],
        halving: 0.5,
        lapse_days: 84.0 * 30.4375,
        signal_weight: 3f64.ln(),
        signs,
        sources,
        couplings: Vec::new(),
        prior: PriorParameters {
            clustering: 0.2,
            discount: 0.7,
            cap: 2.5,
            children_per_worker: 1.0,
            model_error: 0.02,
            people_bins_per_decade: 24,
            odds_ratios: BTreeMap::new(),
        },
        channels: ChannelParameters {
            trust: BTreeMap::new(),
            rows: Vec::new(),
            use_tested: 0.7,
            use_default: 0.3,
            use_silent: 0.1,
            silent_people: 100.0,
            tested_within_days: 365,
            child_factor: 0.3,
        },
        trace: TraceParameters {
            closed_mapped: 0.5,
            tolerance: 1e-9,
            rest_share: 0.05,
            rows_share: 0.8,
            rows_most: 1000,
            exit_quarters: 8.0,
        },
        kinds: BTreeMap::new(),
        schemes: BTreeMap::new(),
        citations: BTreeMap::new(),
        classes: Vec::new(),
        text: PackText::default(),
        overridden: Vec::new(),
    }
}

fn source_number(pack: &MethodPack, row: &Value) -> SourceIx {
    pack.source(&text(&row["source"])).unwrap()
}

fn class_number(pack: &MethodPack, class: &str) -> u16 {
    let mut classes: Vec<&str> = pack.sources.iter().map(|s| s.class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    classes.binary_search(&class).unwrap() as u16
}

pub fn evidence_of(case: &Value, pack: &MethodPack) -> NodeEvidence {
    let source = |v: &Value| &pack.sources[pack.source(&text(&v["source"])).unwrap().0 as usize];
    let sign = |v: &Value| pack.sign(&text(&v["sign"])).unwrap();
    let mut origins: Vec<String> = Vec::new();
    let mut evidence = NodeEvidence::default();
    for r in rows(&case["reports"]) {
        let origin = text(&r["origin"]);
        let known = origins.iter().position(|o| *o == origin);
        let at = known.unwrap_or_else(|| {
            origins.push(origin);
            origins.len() - 1
        });
        evidence.reports.push(Report {
            sign: sign(r),
            source: source_number(pack, r),
            origin: at as u32,
            detection: source(r).detection_sign,
            false_report: source(r).false_report,
            half_life_days: source(r).half_life_positive_days,
            age_days: number(&r["age_days"]),
            open: r["open"].as_bool().unwrap_or(false),
            remedied: r["remedied"].as_f64().unwrap_or(0.0),
        });
    }
    for l in rows(&case["looks"]) {
        evidence.looks.push(Look {
            sign: sign(l),
            source: source_number(pack, l),
            class: class_number(pack, &source(l).class),
            detection: source(l).detection_sign,
            half_life_days: source(l).half_life_negative_days,
            age_days: number(&l["age_days"]),
        });
    }
    for s in rows(&case["silences"]) {
        let mut detection = [0.0; Norm::COUNT];
        for norm in rows(&s["norms"]) {
            let norm = Norm::parse(&text(norm)).unwrap();
            detection[norm.at()] = source(s).detection[norm.at()];
        }
        evidence.silences.push(Silence {
            source: source_number(pack, s),
            class: class_number(pack, &source(s).class),
            detection,
            half_life_days: source(s).half_life_negative_days,
            age_days: number(&s["age_days"]),
        });
    }
    evidence
}

pub fn couplings_of(v: &Value) -> Vec<(Norm, Norm, f64)> {
    rows(v).iter().map(|c| (Norm::parse(&text(&c[0])).unwrap(), Norm::parse(&text(&c[1])).unwrap(), number(&c[2]))).collect()
}

fn close(what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= TOLERANCE, "{what} [{i}]: {f}, the reference says {e}");
    }
}

fn numbers(v: &Value) -> Vec<f64> {
    rows(v).iter().map(number).collect()
}

#[test]
fn states_stand_in_the_order_of_the_reference() {
    let states = &golden()["states"];
    assert_eq!(rows(states).len(), STATE_COUNT);
    for (state, expected) in STATES.iter().zip(rows(states)) {
        let digits: Vec<f64> = Norm::ALL.map(|n| f64::from(u8::from(state.contains(n)))).to_vec();
        assert_eq!(digits, numbers(expected));
    }
    let names: Vec<String> = rows(&golden()["norms"]).iter().map(text).collect();
    assert_eq!(names, Norm::ALL.map(|n| n.as_str().to_owned()).to_vec());
}

fn check_priors(cases: &Value) -> usize {
    for case in rows(cases) {
        let parameters = PriorParameters {
            clustering: number(&case["clustering"]),
            discount: 0.7,
            cap: 2.5,
            children_per_worker: 1.0,
            model_error: 0.02,
            people_bins_per_decade: 24,
            odds_ratios: BTreeMap::new(),
        };
        let p = prior_marginal(number(&case["base_rate"]), number(&case["people"]), &numbers(&case["log_odds_ratios"]), &parameters);
        let expected = number(&case["p"]);
        // The reference takes differences of large log-gammas; past 1e-8 its own digits are lost.
        assert!((p - expected).abs() <= 1e-8, "{case}: found {p}");
    }
    rows(cases).len()
}

#[test]
fn prior_marginals_are_those_of_the_reference() {
    assert_eq!(check_priors(&golden()["prior_marginal"]), 7);
    let drawn: Value = serde_json::from_slice(&std::fs::read(manifest("tests/golden/prior_cases.json")).unwrap()).unwrap();
    assert_eq!(check_priors(&drawn), 300);
}

#[test]
fn one_person_has_the_base_rate_and_few_have_the_product_of_the_urn() {
    let parameters = PriorParameters {
        clustering: 0.2,
        discount: 0.7,
        cap: 2.5,
        children_per_worker: 1.0,
        model_error: 0.02,
        people_bins_per_decade: 24,
        odds_ratios: BTreeMap::new(),
    };
    for q in [1e-9, 1e-4, 0.05, 0.5, 0.9] {
        assert!((prior_marginal(q, 1.0, &[], &parameters) / q - 1.0).abs() < 1e-12, "{q}");
        // 12 people drawn from a Polya urn, one factor a person
        let (a, b) = (q * 4.0, (1.0 - q) * 4.0);
        let nobody: f64 = (0..12).map(|i| (-a / (a + b + f64::from(i))).ln_1p()).sum();
        let p = prior_marginal(q, 12.0, &[], &parameters);
        assert!((p / -nobody.exp_m1() - 1.0).abs() < 1e-12, "{q}");
    }
    assert_eq!(prior_marginal(0.0, 1e6, &[], &parameters), 0.0);
    assert!(prior_marginal(1.0, 1e6, &[9.0], &parameters) <= 1.0);
}

#[test]
fn golden_beliefs_hold() {
    let golden = golden();
    let pack = pack_of(&golden["pack"]);
    let couplings = couplings_of(&golden["couplings"]);
    assert_eq!(rows(&golden["belief"]).len(), 20);
    for case in rows(&golden["belief"]) {
        let name = text(&case["name"]);
        let marginals = by_norm(&case["prior"]);
        let prior = JointPrior::fit(&marginals, &couplings);
        let evidence = evidence_of(case, &pack);
        if let Some(expected) = case.get("state_weights") {
            close(&name, &state_weights(&evidence, &pack, None), &numbers(expected));
        }
        if let Some(expected) = case.get("admissible") {
            close(&name, &admissible(&marginals).marginals, &by_norm(expected));
        }
        let found = posterior(&prior, &evidence, &pack);
        let mut expected = case["coupled"].clone();
        let any = expected.as_object_mut().unwrap().remove("any").unwrap();
        close(&name, &found.coupled, &by_norm(&expected));
        close(&name, &found.decoupled, &by_norm(&case["decoupled"]));
        close(&name, &[found.any, found.gap], &[number(&any), number(&case["protection_gap"])]);
    }
}

/// The largest distance from the reference over all cases of a drawn file.
fn check_drawn(drawn: &Value, origin: &str) -> (usize, f64) {
    let packs: Vec<MethodPack> = rows(&drawn["packs"]).iter().map(pack_of).collect();
    let mut most = 0.0;
    for (i, case) in rows(&drawn["cases"]).iter().enumerate() {
        let pack = &packs[case["pack"].as_u64().unwrap() as usize];
        let marginals = by_norm(&case["prior"]);
        let what = format!("{origin}, case {i}");
        let interior = admissible(&marginals);
        close(&format!("{what}: admissible"), &interior.marginals, &by_norm(&case["admissible"]));
        let kept: NormSet = entries(&case["admissible"]).keys().fold(NormSet::EMPTY, |mut set, n| {
            set.insert(Norm::parse(n).unwrap());
            set
        });
        assert_eq!(interior.kept, kept, "{what}");
        let prior = JointPrior::fit(&marginals, &couplings_of(&case["couplings"]));
        assert!(prior.defect < 1e-11, "{what}: the marginals are met to {} only", prior.defect);
        let evidence = evidence_of(case, pack);
        if let Some(expected) = case.get("state_weights") {
            close(&format!("{what}: state weights"), &state_weights(&evidence, pack, None), &numbers(expected));
        }
        let Posterior { coupled, any, decoupled, gap } = posterior(&prior, &evidence, pack);
        let found: Vec<f64> = coupled.into_iter().chain(decoupled).chain([any, gap]).collect();
        let mut expected = numbers(&case["coupled"]);
        expected.extend(numbers(&case["decoupled"]));
        expected.extend([number(&case["any"]), number(&case["gap"])]);
        close(&what, &found, &expected);
        most = found.iter().zip(&expected).map(|(f, e)| (f - e).abs()).fold(most, f64::max);
    }
    (rows(&drawn["cases"]).len(), most)
}

#[test]
fn a_thousand_drawn_beliefs_are_those_of_the_reference() {
    let mut json = String::new();
    GzDecoder::new(std::fs::File::open(manifest("tests/golden/belief_cases.json.gz")).unwrap()).read_to_string(&mut json).unwrap();
    let (count, most) = check_drawn(&serde_json::from_str(&json).unwrap(), "belief_cases.json.gz");
    assert_eq!(count, 1000);
    println!("largest distance from the reference: {most:.1e}");
}

#[test]
fn fresh_drawn_beliefs_are_those_of_the_reference() {
    let shared = std::env::var_os("ONUS_SHARED").map_or_else(|| manifest("../shared"), PathBuf::from);
    let python = Command::new("python3").args(["-c", "import sys, numpy; sys.exit(sys.version_info < (3, 11))"]).output();
    if !shared.join("oracle/oracle.py").is_file() || !python.is_ok_and(|o| o.status.success()) {
        println!("skipped: no python3 >= 3.11 with numpy, or no reference model");
        return;
    }
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let drawn = Command::new("python3")
        .arg(manifest("tests/golden/draw_cases.py"))
        .args(["belief", "--count", "200", "--seed", &seed.to_string()])
        .env("ONUS_SHARED", &shared)
        .output()
        .unwrap();
    assert!(drawn.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&drawn.stderr));
    let (count, most) = check_drawn(&serde_json::from_slice(&drawn.stdout).unwrap(), &format!("fresh cases of seed {seed}"));
    assert_eq!(count, 200);
    println!("seed {seed}: largest distance from the reference: {most:.1e}");
}
