//! The real disclosures through the shipped mappings, where they are present: counts as measured in the files, figures as recomputed by
//! a few lines that share no code with the engine.

use super::runs::{self, Row, number, rows};
use onus::base::holdings::holding_key;
use onus::pipeline::RunConfig;
use onus::pipeline::summary::Summary;
use onus::schema::outputs;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

struct Assessed {
    _room: tempfile::TempDir,
    data: PathBuf,
    out: PathBuf,
    summary: Summary,
}

fn assessed(name: &str) -> Option<Assessed> {
    let data = runs::shared(&format!("data/{name}"))?;
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    let mapping = Some(runs::inside(&format!("data-samples/mappings/{name}.toml")));
    let summary = runs::assess_with(&RunConfig { dataset: data.clone(), mapping, ..RunConfig::default() }, &out);
    Some(Assessed { _room: room, data, out, summary })
}

static PALM: LazyLock<Option<Assessed>> = LazyLock::new(|| assessed("real-palmoil"));
static APPAREL: LazyLock<Option<Assessed>> = LazyLock::new(|| assessed("real-apparel"));

fn counted(a: &Assessed) -> [(u64, u64); 2] {
    ["nodes", "links"].map(|table| {
        let t = a.summary.tables.iter().find(|t| t.table == table).unwrap();
        (t.rows, t.refused)
    })
}

fn assert_whole(a: &Assessed) {
    assert!(a.summary.problems.iter().all(|p| p.level != "fatal"), "{:?}", a.summary.problems);
    assert!(a.summary.closure_defect <= 1e-9, "{}", a.summary.closure_defect);
    let report = onus::export::verify(&a.out).unwrap();
    let wrong: Vec<&str> = report.lines.iter().filter(|l| !l.holds).map(|l| l.text.as_str()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // No public data of audits or grievances exist: every figure is context, and says so.
    let e = &a.summary.evidence;
    assert_eq!((e.reports, e.looks, e.silences, e.nodes_with_signal), (0, 0, 0, 0));
    for f in a.summary.focal.iter().flat_map(|f| &f.figures) {
        assert_eq!(f.touched_on_evidence, 0.0);
    }
}

#[test]
fn palm_oil_is_assessed_whole() {
    let Some(palm) = &*PALM else { return };
    assert_eq!(counted(palm), [(4_909, 0), (66_786, 0)]);
    assert_whole(palm);
    let brands = runs::Csv::read_file(&palm.data.join("nodes.csv"));
    let brands: BTreeSet<&str> = brands.rows.iter().filter(|r| brands.cell(r, "kind") == "brand").map(|r| brands.cell(r, "id")).collect();
    let focal: BTreeSet<&str> = palm.summary.focal.iter().map(|f| f.node_id.as_str()).collect();
    assert_eq!(focal.len(), 14);
    assert_eq!(focal, brands);
}

#[test]
fn apparel_is_assessed_whole() {
    let Some(apparel) = &*APPAREL else { return };
    assert_eq!(counted(apparel), [(4_441, 0), (6_343, 0)]);
    assert_whole(apparel);
    // Factories have no suppliers in these data: nothing is clear.
    assert!(apparel.summary.focal.iter().flat_map(|f| &f.figures).all(|f| f.clear == 0.0));
}

#[test]
fn ferreros_chain_reaches_the_estates_where_its_palm_oil_begins() {
    let Some(palm) = &*PALM else { return };
    let ferrero = palm.summary.focal.iter().find(|f| f.node_id == "brand:ferrero").unwrap();
    for f in ferrero.figures.iter().filter(|f| f.view == "own") {
        assert!(f.clear > 0.0, "{} {}", f.norm, f.mapped_rule);
    }
    let clear: Vec<Row> = rows(&palm.out, &outputs::CONTRIBUTION_SUMS)
        .into_iter()
        .filter(|r| r["focal_id"] == "brand:ferrero" && r["dimension"] == "kind" && r["view"] == "own" && number(r, "clear") > 0.0)
        .collect();
    assert!(!clear.is_empty() && clear.iter().all(|r| ["estate", "smallholders", "farm"].contains(&r["value"].as_str())), "{clear:?}");
}

#[test]
fn no_output_names_an_estate_under_the_name_of_a_person() {
    let Some(palm) = &*PALM else { return };
    let nodes = runs::Csv::read_file(&palm.data.join("nodes.csv"));
    let shown: BTreeSet<String> = rows(&palm.out, &outputs::SITES).into_iter().map(|r| r["node_id"].clone()).collect();
    let hidden: Vec<(String, String)> = nodes
        .rows
        .iter()
        .map(|r| (nodes.cell(r, "id").to_owned(), nodes.cell(r, "name").to_owned()))
        .filter(|(id, _)| shown.contains(&format!("holding:{}", holding_key(id))))
        .collect();
    assert_eq!(hidden.len() as u64, palm.summary.assumptions.holdings_masked);
    assert!(!hidden.is_empty());
    let texts = runs::texts(&palm.out);
    for (id, name) in &hidden {
        assert_eq!(runs::holding(&texts, id), [""; 0]);
        assert!(name.len() < 9 || runs::holding(&texts, name).is_empty(), "a hidden name stands in an output");
    }
}

/// Python, where it is at hand.
fn python() -> Option<&'static str> {
    ["python3", "python"].into_iter().find(|p| Command::new(p).arg("--version").output().is_ok_and(|o| o.status.success()))
}

/// Writes the probability of every place under its input id.
fn write_p(palm: &Assessed, norm: &str, to: &Path) {
    let column = if norm == "any" { "any".to_owned() } else { format!("{norm}_coupled") };
    let p: BTreeMap<String, String> =
        rows(&palm.out, &outputs::SITES).into_iter().map(|r| (r["node_id"].clone(), r[&column].clone())).collect();
    let nodes = runs::Csv::read_file(&palm.data.join("nodes.csv"));
    let mut table = runs::Csv { header: vec!["node_id".to_owned(), "p".to_owned()], rows: Vec::new() };
    for id in nodes.column("id") {
        let found = p.get(&id).or_else(|| p.get(&format!("holding:{}", holding_key(&id)))).unwrap();
        if !found.is_empty() {
            table.rows.push(vec![id, found.clone()]);
        }
    }
    assert!(table.rows.len() > 2_900);
    table.write_as(to, b',');
}

#[test]
fn contributions_are_those_recomputed_by_hand_from_the_sources() {
    const BRANDS: [(&str, &str); 2] = [("brand:colgate-palmolive", "Colgate-Palmolive"), ("brand:hershey", "Hershey")];
    let (Some(palm), Some(python)) = (&*PALM, python()) else { return };
    let room = tempfile::tempdir().unwrap();
    for norm in ["any", "child_labour"] {
        let p = room.path().join("p.csv");
        write_p(palm, norm, &p);
        let by_hand = Command::new(python)
            .arg(runs::inside("tests/readback/by_hand.py"))
            .args([palm.data.join("nodes.csv"), palm.data.join("links.csv.gz"), p])
            .args(BRANDS.map(|(_, name)| name))
            .output()
            .unwrap();
        assert!(by_hand.status.success(), "{}", String::from_utf8_lossy(&by_hand.stderr));
        let path = room.path().join("by_hand.csv");
        std::fs::write(&path, by_hand.stdout).unwrap();
        let by_hand = runs::Csv::read_file(&path);
        for (brand, _) in BRANDS {
            let mut expected: BTreeMap<String, (f64, f64)> = BTreeMap::new();
            for r in by_hand.rows.iter().filter(|r| r[0] == brand) {
                let figures = (r[2].parse().unwrap(), r[3].parse().unwrap());
                expected.insert(format!("holding:{}", holding_key(&r[1])), figures);
                expected.insert(r[1].clone(), figures);
            }
            let total: f64 = by_hand.rows.iter().filter(|r| r[0] == brand).map(|r| r[3].parse::<f64>().unwrap()).sum();
            let told: Vec<Row> = rows(&palm.out, &outputs::CONTRIBUTIONS)
                .into_iter()
                .filter(|r| r["focal_id"] == brand && r["norm"] == norm && r["view"] == "own_unfilled" && r["mapped_rule"] == "cautious")
                .collect();
            assert!(told.len() > 20, "{brand}: {} rows", told.len());
            let mut sum = 0.0;
            for r in &told {
                sum += number(r, "touched");
                if r["is_rest"] == "true" {
                    continue;
                }
                let (visits, touched) =
                    expected.get(&r["node_id"]).unwrap_or_else(|| panic!("{brand}: {} is not reached by hand", r["node_id"]));
                assert!(
                    (visits - number(r, "visits")).abs() < 1e-6,
                    "{brand} {norm} {}: {visits} visits by hand, {}",
                    r["node_id"],
                    r["visits"]
                );
                assert!(
                    (touched - number(r, "touched")).abs() < 1e-6,
                    "{brand} {norm} {}: {touched} by hand, {}",
                    r["node_id"],
                    r["touched"]
                );
            }
            assert!(total > 1e-3 && (total - sum).abs() < 1e-6, "{brand} {norm}: {total} by hand, {sum}");
        }
    }
}
