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
//! Components are taken suppliers first. A node in no circle is exact in one step. A circle of few nodes is eliminated exactly; a larger one
//! is swept (Gauss-Seidel, depth-first post-order) from 0, so that every figure rises to its value and the defect 1 - touched - unseen
//! - exited - clear bounds what it lacks. No figure is ever taken as the remainder of the others.

use super::circle::{Circle, Positions};
use super::elimination::Elimination;
use super::walk::{Problem, Steps};
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

/// A step this small is rounding, and says nothing of the steps to come.
const NOISE: f64 = 1e-14;

/// The defect below which a sweep stops, everywhere (law T1).
pub const TOLERANCE: f64 = 1e-9;

const LANES: usize = 6;
const ON_EVIDENCE: usize = 0;
const BY_CONTEXT: usize = 1;
const UNSEEN: usize = 2;
const CLEAR: usize = 3;
const EXPECTED: usize = 4;
const EXITED: usize = 5;

/// Circles up to this size are eliminated at once.
pub(crate) const SMALL: usize = 48;
/// Circles up to this size are eliminated where [`PATIENCE`] sweeps were not enough.
pub(crate) const MEDIUM: usize = 768;
pub(crate) const PATIENCE: u32 = 64;
/// No circle is swept more often; what it then lacks shows as defect.
pub(crate) const MOST_SWEEPS: u32 = 20_000;

/// Solves the walk from every node until the defect is below `tolerance` everywhere. Sequential; O(N + M) on a graph without circles.
///
/// # Errors
/// Columns that do not fit the graph ([`Problem::checked`]).
pub fn solve(graph: &SupplyGraph, problem: &Problem<'_>, tolerance: f64) -> Result<Solution> {
    problem.checked(graph)?;
    let mut pass = Pass {
        steps: Steps::of(graph, problem),
        problem: *problem,
        at: vec![[0.0; LANES]; graph.nodes()],
        positions: Positions::new(graph.nodes()),
        sweeps: 0,
    };
    for c in 0..graph.components().len() {
        match graph.components().members(c) {
            [n] => pass.single(*n as usize, c as u32),
            members => pass.circle(c as u32, members, tolerance),
        }
    }
    let lane = |l: usize| pass.at.iter().map(|x| x[l]).collect();
    Ok(Solution {
        on_evidence: lane(ON_EVIDENCE),
        by_context: lane(BY_CONTEXT),
        unseen: lane(UNSEEN),
        exited: lane(EXITED),
        clear: lane(CLEAR),
        expected: lane(EXPECTED),
        defect: pass.at.iter().map(defect).collect(),
        sweeps: pass.sweeps,
    })
}

fn defect(x: &[f64; LANES]) -> f64 {
    1.0 - (x[ON_EVIDENCE] + x[BY_CONTEXT] + x[UNSEEN] + x[EXITED] + x[CLEAR])
}

struct Pass<'a> {
    steps: Steps<'a>,
    problem: Problem<'a>,
    at: Vec<[f64; LANES]>,
    positions: Positions,
    sweeps: u32,
}

impl Pass<'_> {
    /// What ends at node n itself.
    fn source(&self, n: usize) -> [f64; LANES] {
        let p = self.problem.p[n];
        let unseen = (1.0 - p) * (1.0 - self.problem.mapped[n]);
        let mut x = [0.0; LANES];
        x[if self.problem.on_evidence[n] { ON_EVIDENCE } else { BY_CONTEXT }] = p;
        x[UNSEEN] = unseen;
        x[EXITED] = (1.0 - p) * self.problem.mapped[n] * self.problem.exited_at(n);
        x[EXPECTED] = p + unseen * self.problem.origin_prior[n];
        if self.steps.graph.suppliers_of(NodeIx(n as u32)).is_empty() {
            x[CLEAR] = self.steps.goes_on[n];
        }
        x
    }

    /// Source plus what comes from the suppliers for which `counts` holds.
    #[inline]
    fn step(&self, n: usize, counts: impl Fn(usize) -> bool) -> [f64; LANES] {
        let mut sum = [0.0; LANES];
        for (s, w) in self.steps.graph.suppliers_of(NodeIx(n as u32)).iter() {
            if counts(s) {
                let x = &self.at[s];
                for (total, x) in sum.iter_mut().zip(x) {
                    *total += w * x;
                }
            }
        }
        let mut x = self.source(n);
        for (x, sum) in x.iter_mut().zip(sum) {
            *x += self.steps.goes_on[n] * sum;
        }
        x
    }

    /// A component of one node: exact; one that also supplies itself is divided by what does not come back.
    fn single(&mut self, n: usize, c: u32) {
        self.sweeps = self.sweeps.max(1);
        let mut x = self.step(n, |s| s != n);
        if self.steps.graph.suppliers_of(NodeIx(n as u32)).nodes.binary_search(&(n as u32)).is_ok() {
            let leak = self.steps.leak(n, c);
            x = if leak > 0.0 { x.map(|x| x / leak) } else { [0.0; LANES] };
        }
        self.at[n] = x;
    }

    fn circle(&mut self, c: u32, members: &[u32], tolerance: f64) {
        let circle = Circle::of(&self.steps, c, members, &mut self.positions);
        if circle.is_closed() {
            return; // Nothing ever ends in there: the defect stays 1.
        }
        let components = self.steps.graph.components();
        let source: Vec<[f64; LANES]> = members.iter().map(|n| self.step(*n as usize, |s| components.of_node(s) != c)).collect();
        let solved = (circle.len() <= SMALL).then(|| eliminated(&circle, &source)).flatten();
        let x = solved.unwrap_or_else(|| {
            let enough = self.enough(c, members, tolerance);
            let patience = if circle.len() <= MEDIUM { PATIENCE } else { MOST_SWEEPS };
            let (x, sweeps, largest) = swept(&circle, &source, enough, patience);
            self.sweeps = self.sweeps.max(sweeps);
            let is_short = largest > tolerance && circle.len() <= MEDIUM;
            is_short.then(|| eliminated(&circle, &source)).flatten().unwrap_or(x)
        });
        self.sweeps = self.sweeps.max(1);
        for (n, x) in members.iter().zip(x) {
            self.at[*n as usize] = x;
        }
    }

    /// The defect at which a circle is swept enough: half of what its suppliers outside leave to the tolerance, so that a chain of
    /// circles never adds up to more than it.
    fn enough(&self, c: u32, members: &[u32], tolerance: f64) -> f64 {
        let components = self.steps.graph.components();
        let mut inherited = 0.0f64;
        for n in members {
            for (s, _) in self.steps.graph.suppliers_of(NodeIx(*n)).iter() {
                if components.of_node(s) != c {
                    inherited = inherited.max(defect(&self.at[s]));
                }
            }
        }
        inherited + (tolerance - inherited).max(0.0) / 2.0
    }
}

fn eliminated(circle: &Circle, source: &[[f64; LANES]]) -> Option<Vec<[f64; LANES]>> {
    let elimination = Elimination::of(circle)?;
    let mut x = source.to_vec();
    elimination.solve(&mut x);
    Some(x)
}

/// Sweeps from 0 until the defect is `enough`, at most `most` times: the figures, the sweeps, the largest defect.
///
/// Every sixth sweep is carried on. A sweep is x -> G x + g with G >= 0, so where each step is at least rho times the one before, all later steps
/// are too, and what they add is at least step rho / (1 - rho): figures stay below their values, and the defect stays their bound.
fn swept(circle: &Circle, source: &[[f64; LANES]], enough: f64, most: u32) -> (Vec<[f64; LANES]>, u32, f64) {
    const STRIDE: u32 = 6;
    let mut at = vec![[0.0; LANES]; circle.len()];
    let mut steps = vec![[0.0; LANES]; circle.len()];
    let mut largest = 1.0;
    for sweep in 1..=most {
        let mut moved = false;
        largest = 0.0f64;
        let mut slowest = [1.0f64; LANES];
        for i in 0..circle.len() {
            let mut x = source[i];
            for (s, passes) in circle.row(i) {
                let supplier = at[s];
                for (x, y) in x.iter_mut().zip(supplier) {
                    *x += passes * y;
                }
            }
            let (at, step) = (&mut at[i], &mut steps[i]);
            for l in 0..LANES {
                x[l] = x[l].max(at[l]); // Rounding alone could lower a figure.
                let next = x[l] - at[l];
                if step[l] > NOISE && next < slowest[l] * step[l] {
                    slowest[l] = next / step[l];
                }
                step[l] = next;
                moved |= next > 0.0;
            }
            largest = largest.max(defect(&x));
            *at = x;
        }
        if largest <= enough || !moved {
            return (at, sweep, largest);
        }
        if sweep % STRIDE == 0 {
            let further = slowest.map(|rho| if rho < 1.0 { rho / (1.0 - rho) } else { 0.0 });
            for (x, step) in at.iter_mut().zip(&mut steps) {
                for l in 0..LANES {
                    if step[l] > NOISE {
                        x[l] += further[l] * step[l];
                    }
                }
                *step = [0.0; LANES];
            }
        }
    }
    (at, most, largest)
}
