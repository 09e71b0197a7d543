//! The walk under many draws of a method at once: what probabilities and assumed mapped shares leave open of every traced figure (model 1.6).
//!
//! Draws differ in p and in mapped, not in who supplies whom: [`LANES`] of them are solved side by side in `f32`, each link read once for all.
//! The equations are those of `solve`; figures are right to [`TOLERANCE`].

use super::real::Real;
use super::side_by_side::{Closing, Figures, Line, Steps, solve_side_by_side};
use crate::base::{Error, NodeIx, Result, par};
use crate::graph::SupplyGraph;

/// Draws solved side by side.
pub const LANES: usize = 8;

/// Draws of touched alone that are solved side by side.
pub const TOUCHED_LANES: usize = 15;

/// The defect below which a sweep stops, everywhere: more than a range can tell, and within what `f32` holds.
pub const TOLERANCE: f64 = 1e-5;

/// Positions of the figures of a drawn walk.
pub const ON_EVIDENCE: usize = 0;
pub const BY_CONTEXT: usize = 1;
pub const UNSEEN: usize = 2;
pub const EXITED: usize = 3;
pub const CLEAR: usize = 4;
pub const EXPECTED: usize = 5;
/// How many figures a drawn walk has.
pub const FIGURES: usize = 6;
/// The first five close a walk.
const CLOSING: Closing = Closing::Sum(5);

/// The problem of one walk under R draws. `p` and `mapped` give the values at a node in draws from..from + LANES; past R any value.
pub struct DrawnProblem<'a, P, M> {
    pub p: P,
    pub mapped: M,
    /// Held at what they are: a draw moves numbers, not claims. Of length N; `exited` may be empty.
    pub on_evidence: &'a [bool],
    pub origin_prior: &'a [f64],
    pub exited: &'a [f64],
    /// R.
    pub draws: usize,
}

/// The six figures of one node in each of R draws: `[figure][draw]`.
pub type Drawn = [Vec<f32>; FIGURES];

/// Solves every draw and keeps the figures of the nodes asked for, in the order asked. Blocks of draws run in parallel; the same bits for any
/// number of threads.
///
/// # Errors
/// Columns that do not fit the graph, or a node outside it.
pub fn solve_draws<P, M>(graph: &SupplyGraph, problem: &DrawnProblem<'_, P, M>, wanted: &[u32]) -> Result<Vec<Drawn>>
where
    P: Fn(usize, usize) -> [f32; LANES] + Sync,
    M: Fn(usize, usize) -> [f32; LANES] + Sync,
{
    let nodes = graph.nodes();
    let fits = problem.on_evidence.len() == nodes
        && problem.origin_prior.len() == nodes
        && (problem.exited.is_empty() || problem.exited.len() == nodes)
        && wanted.iter().all(|n| (*n as usize) < nodes);
    if !fits {
        return Err(Error::internal(format!("columns of draws do not fit {nodes} nodes")));
    }
    let at = |n: usize, from: usize| {
        let (p, mapped) = ((problem.p)(n, from), (problem.mapped)(n, from));
        let e = f32::of(problem.exited.get(n).copied().unwrap_or(0.0));
        let origin = f32::of(problem.origin_prior[n]);
        let ends = graph.suppliers_of(NodeIx(n as u32)).is_empty();
        let mut step = Step { goes_on: [0.0; LANES], stops: [0.0; LANES], source: [[0.0; LANES]; FIGURES] };
        for l in 0..LANES {
            let (p, m) = (p[l], mapped[l]);
            let (unseen, exited) = ((1.0 - p) * (1.0 - m), (1.0 - p) * m * e);
            step.goes_on[l] = (1.0 - p) * m * (1.0 - e);
            step.stops[l] = p + unseen + exited;
            step.source[if problem.on_evidence[n] { ON_EVIDENCE } else { BY_CONTEXT }][l] = p;
            step.source[UNSEEN][l] = unseen;
            step.source[EXITED][l] = exited;
            step.source[CLEAR][l] = if ends { step.goes_on[l] } else { 0.0 };
            step.source[EXPECTED][l] = p + unseen * origin;
        }
        step
    };
    let keep = |all: Vec<Line<LANES, FIGURES, f32>>| wanted.iter().map(|n| all[*n as usize].0).collect::<Vec<_>>();
    let solved = solve_blocks(graph, problem.draws, LANES, CLOSING, at, keep);
    let empty = || std::array::from_fn(|_| Vec::with_capacity(problem.draws));
    let mut drawn: Vec<Drawn> = wanted.iter().map(|_| empty()).collect();
    for (from, figures) in (0..problem.draws).step_by(LANES).zip(solved) {
        let lanes = LANES.min(problem.draws - from);
        for (drawn, figures) in drawn.iter_mut().zip(figures) {
            for (kept, lane) in drawn.iter_mut().zip(figures) {
                kept.extend(&lane[..lanes]);
            }
        }
    }
    Ok(drawn)
}

/// Touched alone of every node, [`TOUCHED_LANES`] draws side by side: `[block of draws][node]`.
///
/// The last of sixteen lanes, which fill one line of the cache, walks as far as any draw does and counts all that ends: what it lacks of 1 bounds
/// what every draw lacks, and no draw needs figures that close it.
///
/// # Errors
/// As [`solve_draws`].
pub fn touched_draws<P>(graph: &SupplyGraph, mapped: &[f64], p: P, draws: usize) -> Result<Vec<Vec<[f32; TOUCHED_LANES]>>>
where
    P: Fn(usize, usize) -> [f32; TOUCHED_LANES] + Sync,
{
    const LINE: usize = TOUCHED_LANES + 1;
    if mapped.len() != graph.nodes() {
        return Err(Error::internal(format!("{} mapped shares for {} nodes", mapped.len(), graph.nodes())));
    }
    let at = |n: usize, from: usize| {
        let (p, m) = (p(n, from), f32::of(mapped[n]));
        let ends = graph.suppliers_of(NodeIx(n as u32)).is_empty();
        let mut step = Step { goes_on: [0.0; LINE], stops: [0.0; LINE], source: [[0.0; LINE]] };
        for (l, p) in p.into_iter().enumerate() {
            step.goes_on[l] = (1.0 - p) * m;
            step.stops[l] = p + (1.0 - p) * (1.0 - m);
            step.source[0][l] = p;
        }
        let (most, least) =
            (step.goes_on.into_iter().fold(0.0, f32::larger), step.stops[..TOUCHED_LANES].iter().copied().fold(1.0, f32::min));
        (step.goes_on[TOUCHED_LANES], step.stops[TOUCHED_LANES]) = (most, least);
        step.source[0][TOUCHED_LANES] = if ends { 1.0 } else { least };
        step
    };
    let touched = |all: Vec<Line<LINE, 1, f32>>| {
        let first = |x: &Line<LINE, 1, f32>| std::array::from_fn(|l| x.0[0][l]);
        all.iter().map(first).collect()
    };
    Ok(solve_blocks(graph, draws, TOUCHED_LANES, Closing::LastWalk, at, touched))
}

/// What decides one step of L draws at a node, and what ends there.
struct Step<const L: usize, const K: usize> {
    goes_on: [f32; L],
    stops: [f32; L],
    source: Figures<L, K, f32>,
}

/// Solves all blocks of `stride` draws in L lanes, and keeps of each what `keep` takes.
fn solve_blocks<const L: usize, const K: usize, R: Send>(
    graph: &SupplyGraph,
    draws: usize,
    stride: usize,
    closing: Closing,
    at: impl Fn(usize, usize) -> Step<L, K> + Sync,
    keep: impl Fn(Vec<Line<L, K, f32>>) -> R + Sync,
) -> Vec<R> {
    let blocks: Vec<usize> = (0..draws).step_by(stride.max(1)).collect();
    par::map_each(&blocks, |from| {
        let nodes = graph.nodes();
        let mut steps = Steps { graph, goes_on: Vec::with_capacity(nodes), stops: Vec::with_capacity(nodes) };
        let mut sources = Vec::with_capacity(nodes);
        for n in 0..nodes {
            let step = at(n, *from);
            steps.goes_on.push(step.goes_on);
            steps.stops.push(step.stops);
            sources.push(step.source);
        }
        keep(solve_side_by_side(&steps, |n| sources[n], closing, TOLERANCE).at)
    })
}
