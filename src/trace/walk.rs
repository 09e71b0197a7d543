//! The problem of one walk, and what it says of one step at a node: model 2.

use crate::base::{Error, NodeIx, Result};
use crate::graph::SupplyGraph;

/// What decides where a unit of spend stops. All of length N; all numbers in [0, 1].
///
/// A focal figure starts at its purchases: give the focal node p = 0.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// Probability that the unit stops touched at the node: its coupled posterior, 0 at parties.
    pub p: &'a [f64],
    /// Whether p rests on a site signal or a finding, and not on context alone.
    pub on_evidence: &'a [bool],
    /// Part of the node's purchases that its links account for, closed circles opened ([`super::open_circles`]).
    pub mapped: &'a [f64],
    /// Context prior of where the unseen part of the node's purchases likely comes from.
    pub origin_prior: &'a [f64],
    /// e: part of the mapped purchases that stood with suppliers the node left after an adverse finding. Empty where nobody left anybody.
    pub exited: &'a [f64],
}

impl Problem<'_> {
    /// Holds the columns against the graph.
    ///
    /// # Errors
    /// A column of another length than the graph, or a number outside [0, 1].
    pub fn checked(&self, graph: &SupplyGraph) -> Result<()> {
        let nodes = graph.nodes();
        for (what, column) in [("p", self.p), ("mapped share", self.mapped), ("origin prior", self.origin_prior)] {
            if column.len() != nodes {
                return Err(Error::internal(format!("{} {what}s for {nodes} nodes", column.len())));
            }
            if let Some(value) = column.iter().copied().find(|x| !(0.0..=1.0).contains(x)) {
                return Err(Error::OutOfRange { what, value });
            }
        }
        if !self.exited.is_empty() && self.exited.len() != nodes {
            return Err(Error::internal(format!("{} exited shares for {nodes} nodes", self.exited.len())));
        }
        if let Some(value) = self.exited.iter().copied().find(|x| !(0.0..=1.0).contains(x)) {
            return Err(Error::OutOfRange { what: "exited share", value });
        }
        if self.on_evidence.len() != nodes {
            return Err(Error::internal(format!("{} evidence flags for {nodes} nodes", self.on_evidence.len())));
        }
        Ok(())
    }

    /// e of a node.
    #[inline]
    pub fn exited_at(&self, node: usize) -> f64 {
        self.exited.get(node).copied().unwrap_or(0.0)
    }
}

/// One step of the walk at every node, taken from the problem once. 16 bytes a node.
#[derive(Clone, Debug)]
pub(crate) struct Steps<'a> {
    pub graph: &'a SupplyGraph,
    /// (1 - p) mapped (1 - e): what goes on to the suppliers, or ends clear where there are none.
    pub goes_on: Vec<f64>,
    /// p + (1 - p)(1 - mapped) + (1 - p) mapped e: what stops here. Kept apart from `goes_on`, so that a circle that leaks next to nothing is still solved to
    /// the last digit.
    pub stops: Vec<f64>,
}

impl<'a> Steps<'a> {
    pub fn of(graph: &'a SupplyGraph, problem: &Problem<'_>) -> Self {
        let rows = || problem.p.iter().zip(problem.mapped).zip(0..).map(|((p, m), n)| (p, m, problem.exited_at(n)));
        let goes_on = rows().map(|(p, m, e)| (1.0 - p) * m * (1.0 - e)).collect();
        let stops = rows().map(|(p, m, e)| p + (1.0 - p) * (1.0 - m) + (1.0 - p) * m * e).collect();
        Steps { graph, goes_on, stops }
    }

    /// Makes the walk end at a node.
    pub fn absorb(&mut self, node: u32) {
        if let (Some(on), Some(stop)) = (self.goes_on.get_mut(node as usize), self.stops.get_mut(node as usize)) {
            (*on, *stop) = (0.0, 1.0);
        }
    }

    /// What leaves component c in one step from node i of it: what stops, and what goes to suppliers outside.
    pub fn leak(&self, i: usize, c: u32) -> f64 {
        let row = self.graph.suppliers_of(NodeIx(i as u32));
        if row.is_empty() {
            return 1.0;
        }
        let outside: f64 = row.iter().filter(|(s, _)| self.graph.components().of_node(*s) != c).map(|(_, w)| w).sum();
        self.stops[i] + self.goes_on[i] * outside
    }
}
