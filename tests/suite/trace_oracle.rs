//! The trace against the reference model: `tests/golden/golden.json` and 500 random cases, both written by the oracle.

use onus::base::NodeIx;
use onus::graph::{NO_PRODUCT, NO_UNIT, SupplyGraph, Trade, TradeLink, WholeGraph, outside_share, sales};
use onus::trace::{Problem, TOLERANCE, Written, contributions, footprint, open_circles, sale_returns, solve, tier_sums, visits};
use serde_json::Value;

const CLOSE: f64 = 1e-9;

fn read(name: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn graph_of(n: usize, links: &Value) -> SupplyGraph {
    let links: Vec<TradeLink> = links
        .as_array()
        .unwrap()
        .iter()
        .map(|l| TradeLink {
            supplier: NodeIx(l[0].as_u64().unwrap() as u32),
            buyer: NodeIx(l[1].as_u64().unwrap() as u32),
            product: NO_PRODUCT,
            value: l[2].as_f64(),
            quantity: None,
            unit: NO_UNIT,
            share: None,
            scope: None,
        })
        .collect();
    WholeGraph::new(&Trade::new(n, &links).unwrap()).unwrap().graph
}

fn all_close(what: &str, ours: &[f64], oracle: &[f64]) {
    assert_eq!(ours.len(), oracle.len(), "{what}");
    for (i, (a, b)) in ours.iter().zip(oracle).enumerate() {
        assert!((a - b).abs() <= CLOSE * b.abs().max(1.0), "{what} of node {i}: {a}, the oracle has {b}");
    }
}

/// `exits` and `plain` name the oracle's exited shares and its touched without them; its visits are always of the walk without exits.
fn check(case: &Value, exits: &str, plain: Option<&str>) {
    let p = numbers(&case["p"]);
    let n = p.len();
    let graph = graph_of(n, &case["links"]);
    let opened = open_circles(&graph, &numbers(&case["mapped"]), 0.5).unwrap();
    if let Some(oracle) = case.get("opened") {
        assert_eq!(opened.mapped, numbers(oracle));
    }
    let on_evidence: Vec<bool> = (0..n).map(|i| i % 3 == 0).collect();
    let origin_prior = vec![0.3; n];
    let problem = Problem { p: &p, on_evidence: &on_evidence, mapped: &opened.mapped, origin_prior: &origin_prior, exited: &[] };
    let exited = if case[exits].is_null() { Vec::new() } else { numbers(&case[exits]) };
    let left = solve(&graph, &Problem { exited: &exited, ..problem }, TOLERANCE).unwrap();
    assert!(left.largest_defect() <= TOLERANCE);
    all_close("touched", &(0..n).map(|i| left.touched(i)).collect::<Vec<f64>>(), &numbers(&case["touched"]));
    all_close("unseen", &left.unseen, &numbers(&case["unseen"]));
    all_close("clear", &left.clear, &numbers(&case["clear"]));
    all_close("exited", &left.exited, &numbers(&case["exited"]));
    let solution = solve(&graph, &problem, TOLERANCE).unwrap();
    if let Some(column) = plain {
        all_close("touched without exits", &(0..n).map(|i| solution.touched(i)).collect::<Vec<f64>>(), &numbers(&case[column]));
    }
    let seen = visits(&graph, &problem, &[(0, 1.0)]).unwrap();
    all_close("visits from 0", &seen.at, &numbers(&case["visits_from_0"]));
    let parts = contributions(&graph, &problem, &seen, &solution, Written { share: 1.1, most: n });
    let mut by_node = vec![0.0; n];
    for r in &parts.rows {
        by_node[r.node as usize] = r.touched;
    }
    all_close("contribution to 0", &by_node, &numbers(&case["contribution_to_0"]));
    let sums = tier_sums(&graph, &problem, 0, None, 64).unwrap();
    let tiers: Vec<f64> = match case.get("tiers_from_0") {
        Some(stands) => stands.as_array().unwrap().iter().map(|row| numbers(row).iter().zip(&p).map(|(v, p)| v * p).sum()).collect(),
        None => numbers(&case["touched_by_tier_from_0"]),
    };
    for (k, oracle) in tiers.iter().enumerate() {
        let ours = sums.tiers.get(k).map_or(0.0, |e| e.touched());
        assert!((ours - oracle).abs() <= CLOSE, "tier {k}: {ours}, the oracle has {oracle}");
    }
}

#[test]
fn golden_trace_case_agrees_with_the_oracle() {
    check(&read("golden.json")["trace"], "exited_share", Some("touched_without_exits"));
}

#[test]
fn five_hundred_random_networks_agree_with_the_oracle() {
    let cases = read("trace_cases.json");
    let cases = cases.as_array().unwrap();
    assert_eq!(cases.len(), 500);
    for case in cases {
        check(case, "exits", None);
    }
    assert!(cases.iter().filter(|c| !c["exits"].is_null()).count() > 200);
}

#[test]
fn footprints_agree_with_the_oracle_and_t7_leaves_sum_to_the_burden() {
    let golden = read("golden.json");
    let cases = read("trace_cases.json");
    let random = cases.as_array().unwrap().iter().map(|c| (c["n"].as_u64().unwrap() as usize, c));
    let mut circles = 0;
    for (n, case) in random.chain([(numbers(&golden["trace"]["burden"]).len(), &golden["trace"])]) {
        let (burden, outside) = (numbers(&case["burden"]), numbers(&case["sold_outside"]));
        let link = |l: &Value| (l[0].as_u64().unwrap() as u32, l[1].as_u64().unwrap() as u32, l[2].as_f64().unwrap());
        let links: Vec<(u32, u32, f64)> = case["links"].as_array().unwrap().iter().map(link).collect();
        let turned: Vec<TradeLink> = links.iter().map(|(s, b, v)| crate::graph::valued(*s, *b, *v)).collect();
        let sold = sales(&Trade::new(n, &turned).unwrap()).unwrap();
        let kept: Vec<f64> = (0..n)
            .map(|i| {
                let on_map: f64 = links.iter().filter(|l| l.0 as usize == i).map(|l| l.2).sum();
                1.0 - outside_share(&sold.rows[i], Some(on_map + outside[i]), 0.3).0
            })
            .collect();
        let returned = sale_returns(&sold.graph, &kept, &[]).unwrap();
        circles += returned.iter().flatten().filter(|g| **g > 1.0).count();
        let found = footprint(&sold.graph, &kept, &burden, &returned).unwrap();
        all_close("carried", &found.carried.iter().map(|c| c.unwrap()).collect::<Vec<f64>>(), &numbers(&case["carried"]));
        all_close("leaves", &found.leaves, &numbers(&case["leaves"]));
        let all: f64 = burden.iter().sum();
        assert!(
            (found.leaves.iter().sum::<f64>() - all).abs() <= CLOSE * all.max(1.0),
            "T7: {} of {all} leave",
            found.leaves.iter().sum::<f64>()
        );
    }
    assert!(circles > 100, "the cases hold circles: {circles}");
}
