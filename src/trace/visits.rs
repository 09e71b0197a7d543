//! How often one unit of a start node's spend stands at each node upstream: y = start + A' y (model 2, "Contributions"; `oracle.visits`).
//!
//! Mass is pushed from buyers to suppliers, components in buyers-first order. A node in no circle, or in a small one, is exact in one push;
//! a larger circle is swept until next to nothing of what entered it is on the way. What is still on the way is kept as
//! `left`, so that visits and `left` together account for the start mass exactly.

use super::circle::{Circle, Positions};
use super::elimination::Elimination;
use super::side_by_side::{MEDIUM, MOST_SWEEPS, PATIENCE, SMALL, Steps};
use super::walk::{Problem, steps_of};
use crate::base::{Error, NodeIx, Result};
use crate::graph::SupplyGraph;

/// Expected visits from one start.
#[derive(Clone, PartialEq, Debug)]
pub struct Visits {
    /// Expected number of times that the unit stands at each node, length N; the start counts its first stand.
    pub at: Vec<f64>,
    /// Mass not followed to its end, by node.
    pub left: Vec<(u32, f64)>,
    /// Sweeps over the component that took most.
    pub sweeps: u32,
}

impl Visits {
    /// Mass not followed to its end, in all.
    pub fn left_over(&self) -> f64 {
        self.left.iter().map(|(_, r)| r).sum()
    }
}

/// What may stay on the way in a circle, of what entered it.
const ON_THE_WAY: f64 = 1e-13;

/// Expected visits of the mass that starts at `start` (node, mass).
///
/// # Errors
/// Columns that do not fit the graph, or a start outside it.
pub fn visits(graph: &SupplyGraph, problem: &Problem<'_>, start: &[(u32, f64)]) -> Result<Visits> {
    problem.checked(graph)?;
    push(&steps_of(graph, &[*problem]), start)
}

/// Expected stands at all vertices of the node that one of them names.
pub fn stands_at(graph: &SupplyGraph, visits: &Visits, node: u32) -> f64 {
    let at = |n: u32| visits.at.get(n as usize).copied().unwrap_or(0.0);
    at(node) + graph.places().others(node).map(at).sum::<f64>()
}

/// Where a unit from `start` first comes to each vertex of a node, by vertex: the walk ends there. Their sum is the probability that it ever comes.
///
/// # Errors
/// As [`visits`].
pub fn first_stands(graph: &SupplyGraph, problem: &Problem<'_>, start: u32, node: u32) -> Result<Vec<(u32, f64)>> {
    problem.checked(graph)?;
    let mut steps = steps_of(graph, &[*problem]);
    graph.places().vertices(node).for_each(|v| steps.absorb(v));
    let seen = push(&steps, &[(start, 1.0)])?;
    Ok(graph.places().vertices(node).map(|v| (v, seen.at.get(v as usize).copied().unwrap_or(0.0))).collect())
}

pub(crate) fn push(steps: &Steps<'_, 1>, start: &[(u32, f64)]) -> Result<Visits> {
    let nodes = steps.graph.nodes();
    let mut pass = Pass { steps, waiting: vec![0.0; nodes], at: vec![0.0; nodes], positions: Positions::new(nodes), sweeps: 0 };
    for (n, mass) in start {
        match pass.waiting.get_mut(*n as usize) {
            Some(w) => *w += mass,
            None => return Err(Error::internal(format!("a walk starts at node {n} of {nodes}"))),
        }
    }
    let components = steps.graph.components();
    for c in (0..components.len()).rev() {
        let members = components.members(c);
        let entered: f64 = members.iter().map(|n| pass.waiting[*n as usize]).sum();
        if entered > 0.0 {
            match members {
                [n] => pass.single(*n as usize, c as u32),
                members => pass.circle(c as u32, members, entered),
            }
        }
    }
    let left = (0..).zip(&pass.waiting).filter(|(_, r)| **r > 0.0).map(|(n, r)| (n, *r)).collect();
    Ok(Visits { at: pass.at, left, sweeps: pass.sweeps })
}

struct Pass<'a> {
    steps: &'a Steps<'a, 1>,
    /// Mass that came to a node and was not followed yet.
    waiting: Vec<f64>,
    at: Vec<f64>,
    positions: Positions,
    sweeps: u32,
}

impl Pass<'_> {
    /// Lets `mass` stand at n and moves it on to the suppliers for which `counts` holds.
    #[inline]
    fn stand(&mut self, n: usize, mass: f64, counts: impl Fn(usize) -> bool) {
        self.at[n] += mass;
        let on = mass * self.steps.goes_on[n][0];
        if on > 0.0 {
            for (s, w) in self.steps.graph.suppliers_of(NodeIx(n as u32)).iter() {
                if counts(s) {
                    self.waiting[s] += on * w;
                }
            }
        }
    }

    fn single(&mut self, n: usize, c: u32) {
        self.sweeps = self.sweeps.max(1);
        let mut mass = self.waiting[n];
        if self.steps.graph.suppliers_of(NodeIx(n as u32)).nodes.binary_search(&(n as u32)).is_ok() {
            let [leak] = self.steps.leak(n, c);
            if leak <= 0.0 {
                return;
            }
            mass /= leak;
        }
        self.waiting[n] = 0.0;
        self.stand(n, mass, |s| s != n);
    }

    fn circle(&mut self, c: u32, members: &[u32], entered: f64) {
        let circle = Circle::of(self.steps, c, members, &mut self.positions);
        if circle.leak.iter().all(|l| l[0] <= 0.0) {
            return; // The mass would go round for ever: it stays on the way.
        }
        let mut waiting: Vec<f64> = members.iter().map(|n| self.waiting[*n as usize]).collect();
        let mut stands = vec![0.0; circle.len()];
        if circle.len() > SMALL || !eliminate(&circle, &mut waiting, &mut stands) {
            let patience = if circle.len() <= MEDIUM { PATIENCE } else { MOST_SWEEPS };
            let sweeps = sweep(&circle, &mut waiting, &mut stands, ON_THE_WAY * entered, patience);
            self.sweeps = self.sweeps.max(sweeps);
            if circle.len() <= MEDIUM && waiting.iter().sum::<f64>() > ON_THE_WAY * entered {
                eliminate(&circle, &mut waiting, &mut stands);
            }
        }
        self.sweeps = self.sweeps.max(1);
        let components = self.steps.graph.components();
        for ((n, waiting), stands) in members.iter().zip(waiting).zip(stands) {
            self.waiting[*n as usize] = waiting;
            self.stand(*n as usize, stands, |s| components.of_node(s) != c);
        }
    }
}

/// Follows all waiting mass to its end, unless the circle lets nothing out.
fn eliminate(circle: &Circle<1>, waiting: &mut [f64], stands: &mut [f64]) -> bool {
    let Some(elimination) = Elimination::of(circle, 0) else { return false };
    elimination.visits(waiting);
    for (stands, more) in stands.iter_mut().zip(waiting) {
        *stands += std::mem::take(more);
    }
    true
}

/// Pushes mass round, buyers first, until no more than `enough` waits, at most `most` times; the number of sweeps.
///
/// Every sixth sweep is carried on, as in `solve`: where all that waits after a sweep is at least rho times what waited before it, the sweep's
/// stands are repeated rho / (1 - rho) times at once, and what then waits is known without another pass, and not negative.
fn sweep(circle: &Circle<1>, waiting: &mut [f64], stands: &mut [f64], enough: f64, most: u32) -> u32 {
    const STRIDE: u32 = 6;
    let (mut waited, mut stood) = (Vec::new(), Vec::new());
    for sweep in 1..=most {
        if sweep % STRIDE == 0 {
            (waited, stood) = (waiting.to_vec(), stands.to_vec());
        }
        for i in (0..circle.len()).rev() {
            let mass = std::mem::take(&mut waiting[i]);
            if mass > 0.0 {
                stands[i] += mass;
                let on = mass * circle.goes_on[i][0];
                for (s, w) in circle.row(i) {
                    waiting[s] += on * w;
                }
            }
        }
        if waiting.iter().sum::<f64>() <= enough {
            return sweep;
        }
        if sweep % STRIDE == 0 {
            let ratios = waiting.iter().zip(&waited).filter(|(_, before)| **before > 0.0).map(|(now, before)| now / before);
            let rho = ratios.fold(1.0, f64::min);
            let further = if rho < 1.0 { rho / (1.0 - rho) } else { 0.0 };
            for i in 0..circle.len() {
                stands[i] += further * (stands[i] - stood[i]);
                waiting[i] = (waiting[i] + further * (waiting[i] - waited[i])).max(0.0);
            }
        }
    }
    most
}
