//! The walk's kernels at several sizes: building the graph, solving, one sweep against a loop that only gathers, visits.
//!
//! ```sh
//! cargo bench --bench trace                 # 10,000, 100,000 and 1,000,000 nodes with 10.6 links each
//! cargo bench --bench trace -- 3000000      # one size of one's own
//! ```
//!
//! The gather-only loop reads the rows of the largest circle in the order of the sweep, adds up eight figures of each supplier and keeps nothing. A
//! sweep is the whole solve by the number of sweeps over that circle, with all that is done before and after them. Networks are drawn with heavy tails, 11 % of the nodes without suppliers, 10 % without buyers.

use onus::base::{NodeIx, par};
use onus::graph::{Entry, SupplyGraph};
use onus::trace::{Follow, Problem, Pusher, TOLERANCE, open_circles, solve_figures, visits};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::hint::black_box;
use std::time::Instant;

const LINKS_A_NODE: f64 = 10.6;

struct Drawn {
    entries: Vec<Entry>,
    p: [Vec<f64>; 4],
    mapped: Vec<f64>,
}

fn draw(nodes: usize) -> Drawn {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(20_261_122);
    let mut unit = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let kind: Vec<f64> = (0..nodes).map(|_| unit()).collect();
    // Numbers are drawn at random, so a node's number says nothing of its size; the pools hold them by size.
    let mut cumulated = [Vec::with_capacity(nodes), Vec::with_capacity(nodes)];
    let mut pools: [Vec<u32>; 2] = [Vec::new(), Vec::new()];
    let mut sums = [0.0; 2];
    for (n, kind) in kind.iter().enumerate() {
        let size = (1.0 - unit()).powf(-1.0 / 1.6) - 0.8;
        for (at, holds) in [(0, *kind > 0.11), (1, *kind <= 0.90)] {
            if holds {
                sums[at] += size;
                cumulated[at].push(sums[at]);
                pools[at].push(n as u32);
            }
        }
    }
    let mut pick = |at: usize| {
        let target = unit() * sums[at];
        let found = cumulated[at].partition_point(|c| *c <= target).min(pools[at].len() - 1);
        pools[at][found]
    };
    let links = (nodes as f64 * LINKS_A_NODE) as usize;
    let mut entries: Vec<Entry> = (0..links).map(|_| Entry { buyer: pick(0), supplier: pick(1), weight: 1.0 }).collect();
    entries.retain(|e| e.buyer != e.supplier);
    let mut p: [Vec<f64>; 4] = Default::default();
    for (k, p) in p.iter_mut().enumerate() {
        p.extend((0..nodes).map(|_| unit() * if unit() < 0.05 { 0.3 } else { 0.01 * (k + 1) as f64 }));
    }
    let mapped = kind.iter().map(|kind| if *kind > 0.11 { 0.6 + 0.4 * unit() } else { 1.0 }).collect();
    for e in &mut entries {
        e.weight = (9.0 + 1.4 * (unit() + unit() + unit() - 1.5) * 2.0).exp();
    }
    Drawn { entries, p, mapped }
}

/// The links inside the largest circle, renumbered in the order of its sweep: what a sweep reads.
struct Rows {
    starts: Vec<u32>,
    nodes: Vec<u32>,
    weights: Vec<f64>,
}

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Eight([f64; 8]);

impl Rows {
    fn of(graph: &SupplyGraph) -> Self {
        let largest = graph.components().iter().max_by_key(|c| c.len()).unwrap_or(&[]);
        let mut place = vec![u32::MAX; graph.nodes()];
        largest.iter().zip(0..).for_each(|(n, at)| place[*n as usize] = at);
        let mut rows = Rows { starts: vec![0], nodes: Vec::new(), weights: Vec::new() };
        for n in largest {
            for (s, w) in graph.suppliers_of(NodeIx(*n)).iter().filter(|(s, _)| place[*s] != u32::MAX) {
                rows.nodes.push(place[s]);
                rows.weights.push(w);
            }
            rows.starts.push(rows.nodes.len() as u32);
        }
        rows
    }

    /// Adds up eight figures of each supplier, and keeps nothing.
    fn gather(&self, x: &[Eight]) -> f64 {
        let mut all = 0.0;
        for ends in self.starts.windows(2) {
            let mut sum = [0.0; 8];
            let range = ends[0] as usize..ends[1] as usize;
            for (s, w) in self.nodes[range.clone()].iter().zip(&self.weights[range]) {
                for (sum, x) in sum.iter_mut().zip(&x[*s as usize].0) {
                    *sum += w * x;
                }
            }
            all += sum[0] + sum[7];
        }
        all
    }
}

fn seconds<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let made = work();
    (start.elapsed().as_secs_f64(), made)
}

fn least<T>(times: usize, mut work: impl FnMut() -> T) -> (f64, T) {
    let mut best = seconds(&mut work);
    for _ in 1..times {
        let next = seconds(&mut work);
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}

fn size(nodes: usize) {
    let drawn = draw(nodes);
    let times = if nodes >= 1_000_000 { 2 } else { 5 };
    let (build, graph) = least(times, || SupplyGraph::new(nodes, &drawn.entries).unwrap_or_else(|e| panic!("{e}")));
    let mapped = open_circles(&graph, &drawn.mapped, 0.5).unwrap_or_else(|e| panic!("{e}")).mapped;
    let problem = |k: usize| Problem { p: &drawn.p[k], on_evidence: &[], mapped: &mapped, origin_prior: &[], exited: &[] };
    let one = |at: usize| solve_figures(&graph, &[problem(at), problem(at + 1)], TOLERANCE).unwrap_or_else(|e| panic!("{e}"));
    let (pair, solved) = least(times, || one(0));
    let sweeps = solved[0].sweeps;
    let (all, same) = least(times, || par::map_each(&[0, 2], |at| one(*at)));
    assert!(same[0] == solved, "two threads gave other bits than one");
    let rows = Rows::of(&graph);
    let x: Vec<Eight> = (0..rows.starts.len()).map(|n| Eight([drawn.p[0][n % nodes]; 8])).collect();
    let (gathered, _) = least(times, || black_box(rows.gather(&x)));
    let (walked, _) =
        least(times, || visits(&graph, &Problem { on_evidence: &vec![false; nodes], origin_prior: &mapped, ..problem(0) }, &[(0, 1.0)]));
    println!(
        "| {nodes} | {} | {} | {build:.3} | {pair:.3} | {all:.3} | {sweeps} | {:.4} | {gathered:.4} | {:.2} | {walked:.3} |",
        graph.links(),
        graph.components().largest(),
        pair / f64::from(sweeps),
        gathered / (pair / f64::from(sweeps)),
    );
}

/// A thousand starts among the nodes that nobody buys from, or else the first thousand with most suppliers, to 5 % of touched.
fn focal(graph: &SupplyGraph, problem: &Problem<'_>, what: &str) {
    let [figures] = solve_figures(graph, &[*problem], TOLERANCE).unwrap_or_else(|e| panic!("{e}"));
    let touched: Vec<f64> = (0..graph.nodes()).map(|n| figures.touched(n)).collect();
    let mut starts: Vec<u32> = (0..graph.nodes() as u32).collect();
    starts.sort_by_key(|n| (std::cmp::Reverse(graph.suppliers_of(NodeIx(*n)).len()), *n));
    starts.truncate(1000);
    let mut p = problem.p.to_vec();
    p.sort_by(f64::total_cmp);
    let pusher = Pusher::new(graph, problem, &touched).unwrap_or_else(|e| panic!("{e}"));
    let (took, all) = seconds(|| pusher.push_all(&starts, Follow::default()));
    let most = all.iter().map(|f| f.rest / (f.found + f.rest).max(1e-300)).fold(0.0, f64::max);
    let rows: usize = all.iter().map(|f| f.visits.len()).sum();
    println!("| {} | {what} | {:.4} | {} | {took:.2} | {most:.3} | {} |", graph.nodes(), p[p.len() / 2], starts.len(), rows / starts.len());
}

fn main() {
    let stated: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    println!(
        "| nodes | links | largest circle | build, s | two norms, one thread, s | four norms, all threads, s | sweeps | a sweep, s | gather only, s | gather / sweep | visits, s |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let sizes = if stated.is_empty() { vec![10_000, 100_000, 1_000_000] } else { stated };
    for nodes in &sizes {
        size(*nodes);
    }
    println!("\n| nodes | p | median p | starts | seconds | largest part open | rows a start |");
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    for nodes in sizes {
        let drawn = draw(nodes);
        let graph = SupplyGraph::new(nodes, &drawn.entries).unwrap_or_else(|e| panic!("{e}"));
        let common: Vec<f64> = drawn.p[3].iter().map(|p| (p + 0.01).min(1.0)).collect();
        // Rare: one node in a thousand.
        let rare: Vec<f64> = drawn.p[0].iter().enumerate().map(|(n, p)| if n % 1000 == 7 { *p } else { 0.0 }).collect();
        for (what, p) in [("everywhere", &common), ("one node in a thousand", &rare)] {
            focal(&graph, &Problem { p, on_evidence: &[], mapped: &drawn.mapped, origin_prior: &[], exited: &[] }, what);
        }
    }
}
