//! The commodity walk on random networks, against vertices laid out by hand and solved by elimination: touched, unseen, visits by node, choke points,
//! returns and strongest chains. Nothing here is shared with the engine but the links.

use onus::base::{Kind, NodeIx};
use onus::graph::commodities::{Commodities, heading};
use onus::graph::{NO_PRODUCT, NO_UNIT, Places, SupplyGraph, Trade, TradeLink, View, WholeGraph};
use onus::trace::returns::returns_from;
use onus::trace::visits::{first_stands, stands_at};
use onus::trace::{Problem, TOLERANCE, Written, choke_points, contributions, reach, solve, strongest_paths, visits};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// By product number; the last two are no headings.
const PRODUCTS: [&str; 6] = ["1201", "120190", "1511", "0901", "15", "palm oil"];

/// A small network: kinds, links (supplier, buyer, product, value), p and mapped by node.
#[derive(Clone, Debug)]
struct World {
    kinds: Vec<Kind>,
    links: Vec<(u32, u32, u32, f64)>,
    p: Vec<f64>,
    mapped: Vec<f64>,
}

fn keeps_apart(kind: Kind) -> bool {
    [Kind::Trader, Kind::Agent, Kind::Importer, Kind::Cooperative, Kind::Warehouse].contains(&kind)
}

/// The four digits that a link with this product trades as.
fn four(product: u32) -> Option<&'static str> {
    match PRODUCTS.get(product as usize) {
        Some(&"1201" | &"120190") => Some("1201"),
        Some(&"1511") => Some("1511"),
        Some(&"0901") => Some("0901"),
        _ => None,
    }
}

fn world() -> impl Strategy<Value = World> {
    (4..9u32).prop_flat_map(|n| {
        let kinds = prop::collection::vec(
            prop::sample::select(vec![
                Kind::Trader,
                Kind::Agent,
                Kind::Importer,
                Kind::Cooperative,
                Kind::Warehouse,
                Kind::Factory,
                Kind::Recruiter,
            ]),
            n as usize,
        );
        let product = prop_oneof![4 => 0..PRODUCTS.len() as u32, 1 => Just(NO_PRODUCT)];
        let link = (0..n, 0..n, product, 0.1..9.0f64).prop_filter("no link to itself", |(s, b, _, _)| s != b);
        let links = prop::collection::vec(link, 1..28);
        let p = prop::collection::vec(prop_oneof![Just(0.0), 0.05..0.6f64], n as usize);
        let mapped = prop::collection::vec(0.2..0.95f64, n as usize);
        (kinds, links, p, mapped).prop_map(|(kinds, links, p, mapped)| World { kinds, links, p, mapped })
    })
}

impl World {
    fn trade_links(&self) -> Vec<TradeLink> {
        let link = |(s, b, product, value): &(u32, u32, u32, f64)| TradeLink {
            supplier: NodeIx(*s),
            buyer: NodeIx(*b),
            product: *product,
            value: Some(*value),
            quantity: None,
            unit: NO_UNIT,
            share: None,
            scope: None,
        };
        self.links.iter().map(link).collect()
    }

    fn trade(&self) -> Trade {
        let links = self.trade_links();
        let headings = PRODUCTS.map(heading).to_vec();
        let commodities = Commodities::of(&links, &self.kinds, headings, std::iter::empty());
        Trade::new(self.kinds.len(), &links).unwrap().with_commodities(commodities)
    }

    /// mapped of the vertices of a graph: the node's, 0 where a heading is bought from nobody.
    fn columns(&self, graph: &SupplyGraph, nodes: &[NodeIx], has_links: impl Fn(usize) -> bool) -> (Vec<f64>, Vec<f64>) {
        assert_eq!(graph.nodes(), nodes.len());
        let p = nodes.iter().map(|n| self.p[n.at()]).collect();
        (p, nodes.iter().enumerate().map(|(i, n)| if has_links(i) { self.mapped[n.at()] } else { 0.0 }).collect())
    }

    /// Every vertex that there can be, whether it matters or not: nodes first, then each node that keeps apart as each heading.
    fn by_hand(&self) -> Dense {
        let mut vertices: Vec<(u32, Option<&str>)> = (0..self.kinds.len() as u32).map(|n| (n, None)).collect();
        for (n, _) in self.kinds.iter().enumerate().filter(|(_, k)| keeps_apart(**k)) {
            vertices.extend(["1201", "1511", "0901"].map(|h| (n as u32, Some(h))));
        }
        let place = |node: u32, heading: Option<&str>| {
            let apart = heading.filter(|_| keeps_apart(self.kinds[node as usize]));
            vertices.iter().position(|v| *v == (node, apart)).unwrap()
        };
        let rows: Vec<Vec<(usize, f64)>> = vertices
            .iter()
            .map(|(node, apart)| {
                let feeds = |product: u32| apart.is_none() || four(product).is_none() || four(product) == *apart;
                let row: Vec<&(u32, u32, u32, f64)> = self.links.iter().filter(|l| l.1 == *node && feeds(l.2)).collect();
                let all: f64 = row.iter().map(|l| l.3).sum();
                row.iter().map(|l| (place(l.0, four(l.2)), l.3 / all)).collect()
            })
            .collect();
        let goes_on = |v: usize, row: &[(usize, f64)]| {
            let node = vertices[v].0 as usize;
            if row.is_empty() { 0.0 } else { (1.0 - self.p[node]) * self.mapped[node] }
        };
        let steps = rows.iter().enumerate().map(|(v, row)| row.iter().map(|(s, w)| (*s, goes_on(v, row) * w)).collect()).collect();
        Dense { node: vertices.iter().map(|(n, _)| *n).collect(), p: vertices.iter().map(|(n, _)| self.p[*n as usize]).collect(), steps }
    }
}

/// Vertices with what goes on from each to each.
struct Dense {
    node: Vec<u32>,
    p: Vec<f64>,
    steps: Vec<Vec<(usize, f64)>>,
}

impl Dense {
    /// Touched of every vertex, with the vertices of `out` taken out.
    fn touched(&self, out: &[u32]) -> Vec<f64> {
        let n = self.p.len();
        let is_out = |v: usize| out.contains(&self.node[v]);
        let mut rows = vec![vec![0.0; n + 1]; n];
        for (v, row) in rows.iter_mut().enumerate() {
            row[v] = 1.0;
            if !is_out(v) {
                row[n] = self.p[v];
                self.steps[v].iter().for_each(|(s, a)| row[*s] -= a);
            }
        }
        eliminated(rows)
    }

    /// Expected stands of one unit from vertex `start`, by vertex.
    fn stands(&self, start: usize, out: &[u32]) -> Vec<f64> {
        let n = self.p.len();
        let mut rows = vec![vec![0.0; n + 1]; n];
        for (v, (node, steps)) in self.node.iter().zip(&self.steps).enumerate() {
            rows[v][v] += 1.0;
            if !out.contains(node) {
                steps.iter().for_each(|(s, a)| rows[*s][v] -= a);
            }
        }
        rows[start][n] = 1.0;
        eliminated(rows)
    }

    fn of_node(&self, by_vertex: &[f64], node: u32) -> f64 {
        by_vertex.iter().zip(&self.node).filter(|(_, n)| **n == node).map(|(x, _)| x).sum()
    }
}

fn eliminated(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let n = rows.len();
    for k in 0..n {
        let pivot = (k..n).max_by(|a, b| rows[*a][k].abs().total_cmp(&rows[*b][k].abs())).unwrap();
        rows.swap(k, pivot);
        let row = rows[k].clone();
        for (_, other) in rows.iter_mut().enumerate().filter(|(i, _)| *i != k) {
            let factor = other[k] / row[k];
            other.iter_mut().zip(&row).for_each(|(x, y)| *x -= factor * y);
        }
    }
    (0..n).map(|i| rows[i][n] / rows[i][i]).collect()
}

fn with<T>(p: &[f64], mapped: &[f64], run: impl Fn(&Problem<'_>) -> T) -> T {
    let on_evidence = vec![true; p.len()];
    let prior = vec![0.0; p.len()];
    run(&Problem { p, on_evidence: &on_evidence, mapped, origin_prior: &prior, exited: &[] })
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

proptest! {
    #[test]
    fn every_node_is_touched_as_vertices_laid_out_by_hand_say(w in world()) {
        let hand = w.by_hand().touched(&[]);
        let trade = w.trade();
        let whole = WholeGraph::new(&trade).unwrap();
        let nodes: Vec<NodeIx> = whole.nodes().collect();
        let (p, mapped) = w.columns(&whole.graph, &nodes, |v| whole.rows[v].links > 0);
        let s = with(&p, &mapped, |problem| solve(&whole.graph, problem, 1e-12).unwrap());
        for (n, expected) in hand.iter().enumerate().take(w.kinds.len()) {
            prop_assert!(close(s.touched(n), *expected), "node {}: {} where {} was expected", n, s.touched(n), expected);
            prop_assert!((s.touched(n) + s.unseen[n] + s.clear[n] - 1.0).abs() < 1e-9);
        }
        // The same from one node's own view.
        for focal in 0..w.kinds.len() as u32 {
            let view = View::new(&trade, NodeIx(focal)).unwrap();
            let (p, mapped) = w.columns(&view.graph, &view.nodes, |v| view.rows[v].links > 0);
            let s = with(&p, &mapped, |problem| solve(&view.graph, problem, 1e-12).unwrap());
            prop_assert!(close(s.touched(0), hand[focal as usize]));
        }
    }

    #[test]
    fn what_is_told_by_node_is_of_all_its_vertices(w in world()) {
        let hand = w.by_hand();
        let touched = hand.touched(&[]);
        let stands = hand.stands(0, &[]);
        let view = View::new(&w.trade(), NodeIx(0)).unwrap();
        let places = view.graph.places();
        let (p, mapped) = w.columns(&view.graph, &view.nodes, |v| view.rows[v].links > 0);
        with(&p, &mapped, |problem| {
            let s = solve(&view.graph, problem, 1e-12).unwrap();
            let y = visits(&view.graph, problem, &[(0, 1.0)]).unwrap();
            // T2: rows and rest are touched, one row a node.
            let found = contributions(&view.graph, problem, &y, &s, Written { share: 1.1, most: 1000 });
            let told: BTreeMap<NodeIx, f64> = found.rows.iter().map(|r| (view.nodes[r.node as usize], r.touched)).collect();
            assert_eq!(told.len(), found.rows.len(), "a node has one row");
            let sum: f64 = found.rows.iter().map(|r| r.touched).sum::<f64>() + found.rest.touched;
            assert!(close(sum, s.touched(0)));
            for (node, told) in &told {
                assert!(close(*told, hand.of_node(&stands, node.0) * w.p[node.at()]));
            }
            for n in 0..w.kinds.len() as u32 {
                let of = |local: u32| (stands_at(&view.graph, &y, local), first_stands(&view.graph, problem, 0, local).unwrap());
                let (stood, first) = view.local(NodeIx(n)).map_or((0.0, Vec::new()), of);
                assert!(close(stood, hand.of_node(&stands, n)));
                let ever: f64 = first.iter().map(|(_, f)| f).sum();
                let by_hand = hand.of_node(&hand.stands(0, &[n]), n);
                assert!(close(ever, by_hand), "node {n} is ever met with {ever}, by hand {by_hand}");
                if let Some(local) = view.local(NodeIx(n)).filter(|_| ever > 1e-9) {
                    let [back] = returns_from(&view.graph, problem, 0, &y, &[local]).unwrap()[..] else { panic!() };
                    assert!((back.unwrap() - stood / ever).abs() < 1e-6, "node {n}");
                }
            }
            // Reach counts nodes, each at its nearest.
            let seen: BTreeSet<NodeIx> = view.nodes.iter().copied().collect();
            let reached = reach(&view, |_| true);
            assert_eq!(reached.total().nodes as usize, seen.len() - 1);
            for n in seen {
                let nearest = (0..).zip(&view.nodes).filter(|(_, m)| **m == n).map(|(v, _)| view.tier[v]).min();
                assert_eq!(view.local(n).map(|l| view.tier[l as usize]), nearest);
                assert!(view.local(n).is_some_and(|l| places.names_its_node(l)));
            }
            // Greedy choke points: all vertices of a node at once, the best at every step, and no choice beats the certificate.
            let cover = |out: &[u32]| touched[0] - hand.touched(out)[0];
            let mut chosen: Vec<u32> = Vec::new();
            for point in choke_points(&view.graph, problem, 0, 2, 1e-12, |_| true).unwrap() {
                let best = (1..w.kinds.len() as u32).map(|j| cover(&[&chosen[..], &[j]].concat())).fold(0.0, f64::max);
                chosen.push(view.nodes[point.node as usize].0);
                let covered = cover(&chosen);
                assert!((point.cover - covered).abs() < 1e-8, "{} covers {covered}, told {}", point.node, point.cover);
                assert!(covered >= best - 1e-8, "{covered} where {best} was to be had");
                let size = chosen.len();
                let pairs = (1..w.kinds.len() as u32).flat_map(|a| (1..w.kinds.len() as u32).map(move |b| [a, b]));
                let most = pairs.map(|pair| cover(&pair[..size])).fold(0.0, f64::max);
                assert!(most <= point.at_most + 1e-8);
            }
            // Chains to a node end where they first meet it; all of them together are P(ever), where no chain comes by a node twice.
            for local in (1..view.nodes.len() as u32).filter(|l| places.names_its_node(*l)) {
                let found = strongest_paths(&view.graph, problem, 0, local, 5, 100_000).unwrap();
                assert!(found.paths.windows(2).all(|w| w[0].share >= w[1].share - 1e-12));
                let distinct: BTreeSet<&Vec<u32>> = found.paths.iter().map(|p| &p.nodes).collect();
                assert_eq!(distinct.len(), found.paths.len());
                for path in &found.paths {
                    let at_target = path.nodes.iter().filter(|v| places.node(**v) == local).count();
                    assert_eq!(at_target, 1, "a chain ends at the first vertex of its target");
                }
            }
        });
    }

    #[test]
    fn t5_a_link_split_into_parallel_parts_changes_nothing(w in world(), at in any::<prop::sample::Index>(), part in 0.1..0.9f64) {
        let mut split = w.clone();
        let at = at.index(split.links.len());
        let whole = split.links[at];
        split.links[at].3 *= part;
        split.links.push((whole.0, whole.1, whole.2, whole.3 * (1.0 - part)));
        let touched = |w: &World| {
            let whole = WholeGraph::new(&w.trade()).unwrap();
            let nodes: Vec<NodeIx> = whole.nodes().collect();
            let (p, mapped) = w.columns(&whole.graph, &nodes, |v| whole.rows[v].links > 0);
            let s = with(&p, &mapped, |problem| solve(&whole.graph, problem, TOLERANCE).unwrap());
            (0..w.kinds.len()).map(|n| s.touched(n)).collect::<Vec<_>>()
        };
        for (a, b) in touched(&w).into_iter().zip(touched(&split)) {
            prop_assert!(close(a, b));
        }
    }

    #[test]
    fn shuffled_links_give_the_same_bits(w in world(), seed in any::<u64>()) {
        use rand::{SeedableRng, seq::SliceRandom};
        let bits = |w: &World| {
            let trade = w.trade();
            let view = View::new(&trade, NodeIx(0)).unwrap();
            let whole = WholeGraph::new(&trade).unwrap();
            let rows: Vec<u64> = (0..whole.graph.nodes() as u32)
                .flat_map(|v| whole.graph.suppliers_of(NodeIx(v)).iter().map(|(_, x)| x.to_bits()).collect::<Vec<_>>())
                .collect();
            let own: Vec<(usize, u64)> = (0..view.graph.nodes() as u32)
                .flat_map(|v| view.graph.suppliers_of(NodeIx(v)).iter().map(|(s, x)| (s, x.to_bits())).collect::<Vec<_>>())
                .collect();
            (view.nodes, view.headings, rows, own)
        };
        let mut turned = w.clone();
        turned.links.shuffle(&mut rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(seed));
        prop_assert_eq!(bits(&w), bits(&turned));
    }
}

#[test]
fn a_network_in_which_nobody_sells_another_heading_than_it_buys_stays_as_it_is() {
    let w = World {
        kinds: vec![Kind::Brand, Kind::Trader, Kind::Trader, Kind::Factory, Kind::Farm],
        links: vec![
            (1, 0, 0, 1.0),
            (4, 1, 1, 1.0),
            (2, 0, 2, 1.0),
            (4, 2, 5, 1.0),
            (4, 2, NO_PRODUCT, 1.0),
            (3, 0, 2, 1.0),
            (4, 3, 0, 1.0),
        ],
        p: vec![0.0; 5],
        mapped: vec![1.0; 5],
    };
    let trade = w.trade();
    assert!(trade.commodities().is_plain());
    let plain = Trade::new(5, &w.trade_links()).unwrap();
    let (a, b) = (WholeGraph::new(&trade).unwrap(), WholeGraph::new(&plain).unwrap());
    assert_eq!((a.graph.nodes(), a.links, a.rows), (5, b.links, b.rows));
    assert_eq!(*View::new(&trade, NodeIx(0)).unwrap().graph.places(), Places::default());
}
