//! The walk's kernels at several sizes: building the graph, solving, one sweep against a loop that only gathers, visits.
//!
//! ```sh
//! cargo bench --bench trace                 # 10,000, 100,000 and 1,000,000 nodes with 10.6 links each
//! cargo bench --bench trace -- 1000000 10000000    # sizes of one's own; beyond two million without the thousand companies
//! cargo bench --bench trace -- files NODES.csv LINKS.csv OUT.f32    # kernels on the tables of benches/peers/kernel_peers.py
//! ```
//!
//! The gather-only loop reads the rows of the largest circle in the order of the sweep, adds up eight figures of each supplier and keeps nothing. A
//! sweep is the whole solve by the number of sweeps over that circle, with all that is done before and after them. Networks are drawn with heavy tails, 11 % of the nodes without suppliers, 10 % without buyers.

mod networks;

use networks::{Drawn, draw};
use onus::base::{Interner, NodeIx, Symbol, par};
use onus::graph::{Entry, SupplyGraph};
use onus::trace::draws::{TOUCHED_LANES, touched_draws};
use onus::trace::{Follow, Problem, Pusher, TOLERANCE, open_circles, reach_of_all, solve_figures, visits};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

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
    let times = if nodes > COMPANIES_MOST {
        1
    } else if nodes >= 1_000_000 {
        2
    } else {
        5
    };
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
    let (gathered, _) = least(times.max(3), || black_box(rows.gather(&x)));
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

/// Nodes of the largest network that is walked more than once, and from a thousand companies.
const COMPANIES_MOST: usize = 2_000_000;
/// Draws of touched, as the peers make them: draw r has p (0.5 + r / 100).
const DRAWS: usize = 100;
/// Starts whose reach is counted.
const STARTS: usize = 64;

/// The columns `node_id, mapped_share, p_*` and `supplier_id, buyer_id, value`, nodes in the order of their ids.
fn read(nodes: &Path, links: &Path) -> Drawn {
    let mut table = csv::Reader::from_path(nodes).unwrap_or_else(|e| panic!("{e}"));
    let mut rows: Vec<(String, [f64; 5])> = table
        .records()
        .map(|r| {
            let r = r.unwrap_or_else(|e| panic!("{e}"));
            (r[0].to_owned(), std::array::from_fn(|i| r[i + 1].parse().unwrap_or_else(|e| panic!("{e}"))))
        })
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let mut ids = Interner::default();
    for (id, _) in &rows {
        ids.intern(id);
    }
    let mut table = csv::Reader::from_path(links).unwrap_or_else(|e| panic!("{e}"));
    let entries = table
        .records()
        .map(|r| {
            let r = r.unwrap_or_else(|e| panic!("{e}"));
            let (Symbol(supplier), Symbol(buyer)) = (ids.intern(&r[0]), ids.intern(&r[1]));
            Entry { buyer, supplier, weight: r[2].parse().unwrap_or_else(|e| panic!("{e}")) }
        })
        .collect();
    let column = |k: usize| rows.iter().map(|(_, x)| x[k]).collect();
    Drawn { entries, mapped: column(0), p: std::array::from_fn(|k| column(k + 1)) }
}

/// Kernels on the tables that peers read, as one line of JSON; touched of every draw goes to `out`, by node.
fn files(nodes: &Path, links: &Path, out: &Path) {
    let Drawn { entries, p, mapped } = read(nodes, links);
    let n = mapped.len();
    let (build, graph) = seconds(|| SupplyGraph::new(n, &entries).unwrap_or_else(|e| panic!("{e}")));
    let mapped = open_circles(&graph, &mapped, 0.5).unwrap_or_else(|e| panic!("{e}")).mapped;
    let rows: Vec<&[u32]> = (0..n as u32).map(|b| graph.suppliers_of(NodeIx(b)).nodes).collect();
    let (components, found) = least(2, || onus::graph::Components::of(n, |b| rows[b]));
    let mut starts: Vec<u32> = (0..n as u32).collect();
    starts.sort_by_key(|b| (std::cmp::Reverse(rows[*b as usize].len()), *b));
    starts.truncate(STARTS);
    let (reach, reached) = least(2, || reach_of_all(&graph, &starts, |_| false));
    let lanes = |b: usize, from: usize| -> [f32; TOUCHED_LANES] {
        std::array::from_fn(|l| (p[3][b] * (0.5 + (from + l) as f64 / 100.0)).min(1.0) as f32)
    };
    let (draws, drawn) = least(2, || touched_draws(&graph, &mapped, lanes, DRAWS).unwrap_or_else(|e| panic!("{e}")));
    let one = par::with_threads(1, || touched_draws(&graph, &mapped, lanes, DRAWS)).unwrap_or_else(|e| panic!("{e}"));
    assert!(one.is_ok_and(|one| one == drawn), "several threads gave other bits than one");
    let mut bytes = Vec::with_capacity(4 * n * DRAWS);
    let of_node = |b: usize| drawn.iter().flat_map(move |block| block[b]).take(DRAWS);
    (0..n).flat_map(of_node).for_each(|touched| bytes.extend(touched.to_le_bytes()));
    std::fs::write(out, bytes).unwrap_or_else(|e| panic!("{e}"));
    println!(
        "{{\"build\": {build}, \"components\": {components}, \"count\": {}, \"largest\": {}, \"reach\": {reach}, \"reached\": {}, \"draws\": {draws}, \"starts\": {starts:?}}}",
        found.len(),
        found.largest(),
        reached.iter().map(|r| r.total().nodes).sum::<u64>(),
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [mode, nodes, links, out] = arguments.as_slice()
        && mode == "files"
    {
        files(Path::new(nodes), Path::new(links), Path::new(out));
        return;
    }
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
    for nodes in sizes.into_iter().filter(|n| *n <= COMPANIES_MOST) {
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
