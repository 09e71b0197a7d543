//! The kernels of the walk at three sizes, measured by criterion: building the graph with its order, solving, visits, pushing, draws, reach.
//!
//! ```sh
//! cargo bench --bench kernels                     # 10,000, 100,000 and 1,000,000 nodes with 10.6 links each
//! cargo bench --bench kernels -- solve/100000     # one kernel at one size
//! ```

mod networks;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use networks::draw;
use onus::base::NodeIx;
use onus::graph::SupplyGraph;
use onus::trace::draws::{TOUCHED_LANES, touched_draws};
use onus::trace::{Follow, Problem, Pusher, TOLERANCE, open_circles, reach_of_all, solve_figures, visits};
use std::time::Duration;

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

fn kernels(c: &mut Criterion) {
    for nodes in SIZES {
        let drawn = draw(nodes);
        let graph = SupplyGraph::new(nodes, &drawn.entries).unwrap_or_else(|e| panic!("{e}"));
        let mapped = open_circles(&graph, &drawn.mapped, 0.5).unwrap_or_else(|e| panic!("{e}")).mapped;
        let on_evidence = vec![false; nodes];
        let problem = |k: usize| Problem { p: &drawn.p[k], on_evidence: &on_evidence, mapped: &mapped, origin_prior: &mapped, exited: &[] };
        let [figures] = solve_figures(&graph, &[problem(0)], TOLERANCE).unwrap_or_else(|e| panic!("{e}"));
        let touched: Vec<f64> = (0..nodes).map(|n| figures.touched(n)).collect();
        let mut starts: Vec<u32> = (0..nodes as u32).collect();
        starts.sort_by_key(|n| (std::cmp::Reverse(graph.suppliers_of(NodeIx(*n)).len()), *n));
        starts.truncate(64);

        let mut group = c.benchmark_group("walk");
        group.sample_size(10).measurement_time(Duration::from_secs(5)).throughput(Throughput::Elements(graph.links() as u64));
        let id = |kernel: &str| BenchmarkId::new(kernel, nodes);
        group.bench_function(id("build"), |b| b.iter(|| SupplyGraph::new(nodes, &drawn.entries)));
        group.bench_function(id("solve"), |b| b.iter(|| solve_figures(&graph, &[problem(0), problem(1)], TOLERANCE)));
        group.bench_function(id("visits"), |b| b.iter(|| visits(&graph, &problem(0), &[(starts[0], 1.0)])));
        group.bench_function(id("reach"), |b| b.iter(|| reach_of_all(&graph, &starts, |_| false)));
        group.bench_function(id("draws"), |b| {
            b.iter(|| {
                let p = |n: usize, from: usize| -> [f32; TOUCHED_LANES] {
                    std::array::from_fn(|l| drawn.p[0][n] as f32 * (1.0 + (from + l) as f32 / 50.0))
                };
                touched_draws(&graph, &mapped, p, TOUCHED_LANES)
            });
        });
        // A start takes as long as a solve: beyond this size the bench `trace` measures it.
        if nodes <= 100_000 {
            group.bench_function(id("push"), |b| {
                b.iter(|| Pusher::new(&graph, &problem(0), &touched).map(|pusher| pusher.push_all(&starts[..8], Follow::default())));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);
