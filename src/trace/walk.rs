//! The problem of one walk, and what it says of one step at a node: model 2.

use super::side_by_side::Steps;
use crate::base::{Error, Result};
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
        self.ends_checked(graph)?;
        shares(graph, "origin prior", self.origin_prior)?;
        if self.on_evidence.len() != graph.nodes() {
            return Err(Error::internal(format!("{} evidence flags for {} nodes", self.on_evidence.len(), graph.nodes())));
        }
        Ok(())
    }

    /// As [`checked`](Self::checked), of the columns that say where the walk ends: p, mapped, exited.
    ///
    /// # Errors
    /// As [`checked`](Self::checked).
    pub fn ends_checked(&self, graph: &SupplyGraph) -> Result<()> {
        shares(graph, "p", self.p)?;
        shares(graph, "mapped share", self.mapped)?;
        if self.exited.is_empty() { Ok(()) } else { shares(graph, "exited share", self.exited) }
    }

    /// What goes on from a node to its suppliers, or ends clear where it has none.
    #[inline]
    pub(crate) fn goes_on(&self, node: usize) -> f64 {
        (1.0 - self.p[node]) * self.mapped[node] * (1.0 - self.exited_at(node))
    }

    /// What stops at a node.
    #[inline]
    pub(crate) fn stops(&self, node: usize) -> f64 {
        let (p, m, e) = (self.p[node], self.mapped[node], self.exited_at(node));
        p + (1.0 - p) * (1.0 - m) + (1.0 - p) * m * e
    }

    /// What ends at a node itself, touched, unseen, exited and clear; `buys`: it has suppliers.
    #[inline]
    pub(crate) fn ends(&self, node: usize, buys: bool) -> [f64; 4] {
        let (p, m) = (self.p[node], self.mapped[node]);
        let clear = if buys { 0.0 } else { self.goes_on(node) };
        [p, (1.0 - p) * (1.0 - m), (1.0 - p) * m * self.exited_at(node), clear]
    }

    /// e of a node.
    #[inline]
    pub fn exited_at(&self, node: usize) -> f64 {
        self.exited.get(node).copied().unwrap_or(0.0)
    }
}

fn shares(graph: &SupplyGraph, what: &'static str, column: &[f64]) -> Result<()> {
    if column.len() != graph.nodes() {
        return Err(Error::internal(format!("{} {what}s for {} nodes", column.len(), graph.nodes())));
    }
    match column.iter().copied().find(|x| !(0.0..=1.0).contains(x)) {
        Some(value) => Err(Error::OutOfRange { what, value }),
        None => Ok(()),
    }
}

/// One step of each walk at every node, taken from the problems once.
pub(crate) fn steps_of<'a, const S: usize>(graph: &'a SupplyGraph, problems: &[Problem<'_>; S]) -> Steps<'a, S> {
    let nodes = graph.nodes();
    let (mut goes_on, mut stops) = (Vec::with_capacity(nodes), Vec::with_capacity(nodes));
    for n in 0..nodes {
        goes_on.push(problems.each_ref().map(|problem| problem.goes_on(n)));
        stops.push(problems.each_ref().map(|problem| problem.stops(n)));
    }
    Steps { graph, goes_on, stops }
}

impl<const S: usize> Steps<'_, S> {
    /// Makes every walk end at a node.
    pub fn absorb(&mut self, node: u32) {
        if let (Some(on), Some(stop)) = (self.goes_on.get_mut(node as usize), self.stops.get_mut(node as usize)) {
            (*on, *stop) = ([0.0; S], [1.0; S]);
        }
    }
}
