//! Choke points against brute force on small networks: cover is monotone and submodular, greedy is as good as promised, its gain is what solving again
//! gives, and no choice covers more than the certificate.

use crate::graph::{network, valued};
use onus::graph::{SupplyGraph, Trade, TradeLink, WholeGraph};
use onus::trace::{Problem, choke_points, open_circles, returns, solve, visits};
use proptest::prelude::*;

const TIGHT: f64 = 1e-14;

#[derive(Clone, Debug)]
struct Small {
    links: Vec<(u32, u32, f64)>,
    p: Vec<f64>,
    mapped: Vec<f64>,
    exited: Vec<f64>,
}

impl Small {
    fn graph(&self) -> SupplyGraph {
        let links: Vec<TradeLink> = self.links.iter().map(|(s, b, v)| valued(*s, *b, *v)).collect();
        WholeGraph::new(&Trade::new(self.p.len(), &links).unwrap()).unwrap().graph
    }

    /// What stays touched of a unit from node 0 with the rows and p of `out` set to 0, by the definition.
    fn touched(&self, graph: &SupplyGraph, out: &[u32]) -> f64 {
        let (mut p, mut mapped) = (self.p.clone(), self.mapped.clone());
        for n in out {
            (p[*n as usize], mapped[*n as usize]) = (0.0, 0.0);
        }
        with(&p, &mapped, &self.exited, |problem| solve(graph, problem, TIGHT).unwrap().touched(0))
    }

    fn cover(&self, graph: &SupplyGraph, out: &[u32]) -> f64 {
        self.touched(graph, &[]) - self.touched(graph, out)
    }
}

fn with<T>(p: &[f64], mapped: &[f64], exited: &[f64], f: impl FnOnce(&Problem<'_>) -> T) -> T {
    let (evidence, prior) = (vec![true; p.len()], vec![0.0; p.len()]);
    f(&Problem { p, on_evidence: &evidence, mapped, origin_prior: &prior, exited })
}

fn small() -> impl Strategy<Value = Small> {
    network(8, 4).prop_flat_map(|(n, links)| {
        let column =
            |pinned: f64| prop::collection::vec((0..3u32, 0.0..1.0f64).prop_map(move |(k, x)| if k == 0 { pinned } else { x }), n as usize);
        let exited = prop::collection::vec((0..6u32, 0.0..1.0f64).prop_map(|(k, x)| if k == 0 { x } else { 0.0 }), n as usize);
        (Just(links), column(0.0), column(1.0), exited).prop_map(|(links, p, mapped, exited)| {
            let mut small = Small { links, p, mapped, exited };
            small.mapped = open_circles(&small.graph(), &small.mapped, 0.5).unwrap().mapped;
            small
        })
    })
}

/// All sets of k of the nodes 1..n.
fn sets(n: u32, k: usize) -> Vec<Vec<u32>> {
    (0u32..1 << (n - 1))
        .filter(|bits| bits.count_ones() as usize == k)
        .map(|bits| (1..n).filter(|i| bits & (1 << (i - 1)) != 0).collect())
        .collect()
}

proptest! {
    #[test]
    fn cover_is_monotone_and_submodular(w in small()) {
        let graph = w.graph();
        let n = w.p.len() as u32;
        for j in 1..n {
            for set in sets(n, 2).into_iter().filter(|s| !s.contains(&j)) {
                let gain = |out: &[u32]| w.cover(&graph, &[out, &[j]].concat()) - w.cover(&graph, out);
                let (alone, after_one, after_two) = (gain(&[]), gain(&set[..1]), gain(&set));
                prop_assert!(alone >= -1e-10 && after_one >= -1e-10 && after_two >= -1e-10);
                prop_assert!(alone >= after_one - 1e-10 && after_one >= after_two - 1e-10);
            }
        }
    }

    #[test]
    fn the_gain_of_a_node_is_visits_times_touched_over_returns_and_never_above_its_bound(w in small()) {
        let graph = w.graph();
        let nodes: Vec<u32> = (0..w.p.len() as u32).collect();
        with(&w.p, &w.mapped, &w.exited, |problem| {
            let s = solve(&graph, problem, TIGHT).unwrap();
            let y = visits(&graph, problem, &[(0, 1.0)]).unwrap();
            let g = returns(&graph, problem, &nodes).unwrap();
            for (j, returned) in g.iter().enumerate().skip(1) {
                let returned = returned.unwrap();
                let bound = y.at[j] * s.touched(j);
                let gain = w.cover(&graph, &[j as u32]);
                assert!((gain - bound / returned).abs() < 1e-9 && gain <= bound + 1e-10, "{j}: {gain}, bound {bound}, returns {returned}");
            }
        });
    }

    #[test]
    fn greedy_is_as_good_as_promised_and_no_choice_beats_the_certificate(w in small()) {
        let graph = w.graph();
        let n = w.p.len() as u32;
        let points = with(&w.p, &w.mapped, &w.exited, |problem| choke_points(&graph, problem, 0, 3, TIGHT, |_| true).unwrap());
        let mut chosen: Vec<u32> = Vec::new();
        for (k, point) in points.iter().enumerate() {
            let before = w.cover(&graph, &chosen);
            let best_one = (1..n).map(|j| w.cover(&graph, &[&chosen[..], &[j]].concat())).fold(0.0, f64::max);
            chosen.push(point.node);
            let cover = w.cover(&graph, &chosen);
            prop_assert!((point.cover - cover).abs() < 1e-9 && (point.gain - (cover - before)).abs() < 1e-9);
            prop_assert!(cover >= best_one - 1e-9, "another node would have gained more");
            let best = sets(n, k + 1).iter().map(|s| w.cover(&graph, s)).fold(0.0, f64::max);
            let promised = 1.0 - (1.0 - 1.0 / (k as f64 + 1.0)).powi(k as i32 + 1);
            prop_assert!(cover >= promised * best - 1e-9, "{cover} of {best}");
            prop_assert!(best <= point.at_most + 1e-9, "{best} beats the certificate {}", point.at_most);
            prop_assert!(point.at_most <= w.touched(&graph, &[]) + 1e-9);
        }
        // All that can be covered is, where points are left over.
        if points.len() < 3 {
            let all: Vec<u32> = (1..n).collect();
            prop_assert!((w.cover(&graph, &chosen) - w.cover(&graph, &all)).abs() < 1e-9);
        }
    }
}

#[test]
fn the_one_mill_behind_two_traders_is_the_choke_point_and_not_either_trader() {
    // 0 buys half from each of 1 and 2, both all from mill 3, of which p = 0.4; farm 4 behind it never touched.
    let links = [(1, 0, 1.0), (2, 0, 1.0), (3, 1, 1.0), (3, 2, 1.0), (4, 3, 1.0)].map(|(s, b, v)| valued(s, b, v));
    let graph = WholeGraph::new(&Trade::new(5, &links).unwrap()).unwrap().graph;
    let points = with(&[0.0, 0.0, 0.0, 0.4, 0.0], &[1.0; 5], &[], |p| choke_points(&graph, p, 0, 10, TIGHT, |_| true).unwrap());
    assert_eq!(points.iter().map(|p| p.node).collect::<Vec<_>>(), [3]);
    assert!((points[0].cover - 0.4).abs() < 1e-12 && (points[0].at_most - 0.4).abs() < 1e-12);
    // Where the mill may not be named, the traders are, one after the other.
    let points = with(&[0.0, 0.0, 0.0, 0.4, 0.0], &[1.0; 5], &[], |p| choke_points(&graph, p, 0, 10, TIGHT, |n| n != 3).unwrap());
    assert_eq!(points.iter().map(|p| p.node).collect::<Vec<_>>(), [1, 2]);
    assert!((points[0].cover - 0.2).abs() < 1e-12 && (points[1].cover - 0.4).abs() < 1e-12);
}

#[test]
fn returns_in_a_ring_are_those_of_going_round_and_in_a_large_one_computed_for_the_first_asked_alone() {
    for (n, go) in [(2u32, 0.5f64), (100, 0.99), (1000, 0.9999)] {
        // Each node buys all from the next; what goes on is `go` a step, so a unit is back with go^n.
        let links: Vec<TradeLink> = (0..n).map(|b| valued((b + 1) % n, b, 1.0)).collect();
        let graph = WholeGraph::new(&Trade::new(n as usize, &links).unwrap()).unwrap().graph;
        let p = vec![1.0 - go; n as usize];
        let asked: Vec<u32> = (0..n.min(20)).rev().collect();
        let found = with(&p, &vec![1.0; n as usize], &[], |problem| returns(&graph, problem, &asked).unwrap());
        let expected = 1.0 / (1.0 - go.powi(n as i32));
        for (i, g) in found.iter().enumerate() {
            match g {
                Some(g) => assert!((g - expected).abs() < 1e-7 * expected, "{n}: {g}, by hand {expected}"),
                None => assert!(n == 1000 && i >= 8, "{n}: the {i}th asked was not computed"),
            }
        }
        assert_eq!(found.iter().filter(|g| g.is_none()).count(), if n == 1000 { 12 } else { 0 });
    }
    let alone = WholeGraph::new(&Trade::new(2, &[valued(1, 0, 1.0)]).unwrap()).unwrap().graph;
    with(&[0.1, 0.2], &[1.0, 1.0], &[], |problem| {
        assert_eq!(returns(&alone, problem, &[1, 0]).unwrap(), [Some(1.0), Some(1.0)]);
        assert!(returns(&alone, problem, &[2]).is_err());
    });
}
