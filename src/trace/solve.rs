//! Touched, unseen, exited, clear and expected at every node, from one pass over the supply graph: model 2; `oracle.trace`.
//!
//! ```text
//! touched  = p + A touched                    on evidence and by context apart: p stands in one of the two
//! unseen   = (1-p)(1-mapped) + A unseen       A = diag((1-p) mapped (1-e)) W
//! exited   = (1-p) mapped e + A exited
//! clear    = (1-p) mapped (1-e) [no suppliers] + A clear
//! expected = p + (1-p)(1-mapped) origin_prior + A expected
//! ```
//!
//! `side_by_side` solves it. No figure is ever taken as the remainder of the others: the defect 1 - touched - unseen - exited - clear bounds what
//! each lacks.

use super::side_by_side::{Closing, defects, solve_side_by_side};
use super::walk::{Problem, steps_of};
use crate::base::{NodeIx, Result};
use crate::graph::SupplyGraph;

/// Where the walk from each node ends. All of length N, all in [0, 1].
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Solution {
    /// Touched at nodes with a site signal or a finding.
    pub on_evidence: Vec<f64>,
    /// Touched at nodes with context alone.
    pub by_context: Vec<f64>,
    pub unseen: Vec<f64>,
    /// With suppliers that were left after an adverse finding.
    pub exited: Vec<f64>,
    pub clear: Vec<f64>,
    /// Touched, with the unseen part followed to the context prior of its likely origins.
    pub expected: Vec<f64>,
    /// 1 - touched - unseen - exited - clear: what each figure lacks at most.
    pub defect: Vec<f64>,
    /// Sweeps over the component that took most.
    pub sweeps: u32,
}

impl Solution {
    /// Both touched columns of a node together.
    #[inline]
    pub fn touched(&self, node: usize) -> f64 {
        self.on_evidence[node] + self.by_context[node]
    }

    /// The largest defect of any node, in size.
    pub fn largest_defect(&self) -> f64 {
        self.defect.iter().fold(0.0, |most, d| most.max(d.abs()))
    }
}

/// The defect below which a sweep stops, everywhere (law T1).
pub const TOLERANCE: f64 = 1e-9;

const FIGURES: usize = 6;
/// The first five close a walk.
const CLOSING: Closing = Closing::Sum(5);
const ON_EVIDENCE: usize = 0;
const BY_CONTEXT: usize = 1;
const UNSEEN: usize = 2;
const EXITED: usize = 3;
const CLEAR: usize = 4;
const EXPECTED: usize = 5;

/// Solves the walk from every node until the defect is below `tolerance` everywhere. Sequential; O(N + M) on a graph without circles.
///
/// # Errors
/// Columns that do not fit the graph ([`Problem::checked`]).
pub fn solve(graph: &SupplyGraph, problem: &Problem<'_>, tolerance: f64) -> Result<Solution> {
    let [solution] = solve_all(graph, &[*problem], tolerance)?;
    Ok(solution)
}

/// [`solve`] of S problems on one graph, side by side: the graph is read once for all of them.
///
/// # Errors
/// As [`solve`].
pub fn solve_all<const S: usize>(graph: &SupplyGraph, problems: &[Problem<'_>; S], tolerance: f64) -> Result<[Solution; S]> {
    for problem in problems {
        problem.checked(graph)?;
    }
    let steps = steps_of(graph, problems);
    let source = |n: usize| {
        let buys = !graph.suppliers_of(NodeIx(n as u32)).is_empty();
        let mut sources = [[0.0; S]; FIGURES];
        for (s, problem) in problems.iter().enumerate() {
            sources.iter_mut().zip(source_of(problem, n, buys)).for_each(|(figure, x)| figure[s] = x);
        }
        sources
    };
    let solved = solve_side_by_side(&steps, source, CLOSING, tolerance);
    Ok(std::array::from_fn(|s| {
        let figure = |k: usize| solved.at.iter().map(|x| x.0[k][s]).collect();
        Solution {
            on_evidence: figure(ON_EVIDENCE),
            by_context: figure(BY_CONTEXT),
            unseen: figure(UNSEEN),
            exited: figure(EXITED),
            clear: figure(CLEAR),
            expected: figure(EXPECTED),
            defect: solved.at.iter().map(|x| defects(&x.0, CLOSING)[s]).collect(),
            sweeps: solved.sweeps,
        }
    }))
}

/// What ends at node n itself; `buys`: it has suppliers.
fn source_of(problem: &Problem<'_>, n: usize, buys: bool) -> [f64; FIGURES] {
    let [p, unseen, exited, clear] = problem.ends(n, buys);
    let mut x = [0.0; FIGURES];
    x[if problem.on_evidence[n] { ON_EVIDENCE } else { BY_CONTEXT }] = p;
    x[UNSEEN] = unseen;
    x[EXITED] = exited;
    x[CLEAR] = clear;
    x[EXPECTED] = p + unseen * problem.origin_prior[n];
    x
}

/// Where the walk from each node ends, nothing told apart and nothing expected: what [`solve_figures`] gives.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Figures {
    /// Touched, unseen, exited, clear by node.
    pub(super) at: Vec<[f64; ENDS]>,
    pub sweeps: u32,
}

pub(super) const ENDS: usize = 4;

impl Figures {
    pub const NAMES: [&'static str; 5] = ["touched", "unseen", "exited", "clear", "defect"];

    /// The k-th of [`NAMES`](Self::NAMES) at a node.
    #[inline]
    pub fn at(&self, node: usize, k: usize) -> f64 {
        self.at.get(node).map_or(0.0, |x| x.get(k).copied().unwrap_or_else(|| defect(x)))
    }

    #[inline]
    pub fn touched(&self, node: usize) -> f64 {
        self.at(node, 0)
    }

    /// The largest defect of any node, in size.
    pub fn largest_defect(&self) -> f64 {
        self.at.iter().map(|x| defect(x).abs()).fold(0.0, f64::max)
    }
}

/// Touched, unseen, exited and clear alone, for S problems side by side; `on_evidence` and `origin_prior` may be empty.
///
/// # Errors
/// As [`solve`].
pub fn solve_figures<const S: usize>(graph: &SupplyGraph, problems: &[Problem<'_>; S], tolerance: f64) -> Result<[Figures; S]> {
    for problem in problems {
        problem.ends_checked(graph)?;
    }
    let steps = steps_of(graph, problems);
    let source = |n: usize| {
        let buys = !graph.suppliers_of(NodeIx(n as u32)).is_empty();
        let mut sources = [[0.0; S]; ENDS];
        for (s, problem) in problems.iter().enumerate() {
            sources.iter_mut().zip(problem.ends(n, buys)).for_each(|(figure, x)| figure[s] = x);
        }
        sources
    };
    let solved = solve_side_by_side(&steps, source, Closing::Sum(ENDS), tolerance);
    Ok(std::array::from_fn(|s| Figures { at: solved.at.iter().map(|x| x.0.map(|figure| figure[s])).collect(), sweeps: solved.sweeps }))
}

/// What a walk lacks at a node.
pub(super) fn defect(x: &[f64; ENDS]) -> f64 {
    1.0 - x.iter().sum::<f64>()
}
