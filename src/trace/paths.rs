//! The strongest chains from a start to a node, with the share of the start's spend that comes along each.
//!
//! A chain's share is the product of (1-p) mapped (1-e) W along it, and it visits no node twice. Best first, guided by the strongest share still
//! possible from each node to the target (P. E. Hart, N. J. Nilsson, B. Raphael, IEEE Trans. Syst. Sci. Cybern. 4 (1968) 100-107),
//! so chains come out strongest first; work is bounded, and said to be cut where it was. A target that stands in the graph as several vertices is reached at
//! the first of them.

use super::side_by_side::Steps;
use super::walk::{Problem, steps_of};
use crate::base::{Error, NodeIx, Result};
use crate::graph::SupplyGraph;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// One chain.
#[derive(Clone, PartialEq, Debug)]
pub struct Path {
    /// From the start to the target, both included.
    pub nodes: Vec<u32>,
    /// Part of one unit of the start's spend that comes to the target along this chain, 0 to 1.
    pub share: f64,
}

/// The chains found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Paths {
    /// Strongest first, equal ones in the order of their nodes' numbers as far as they were told apart.
    pub paths: Vec<Path>,
    /// Whether work ended before `k` chains, or all there are, were found.
    pub cut: bool,
}

/// A key of a heap: the larger share first, then the smaller number.
#[derive(Clone, Copy, PartialEq)]
struct Key {
    share: f64,
    number: u32,
}

impl Eq for Key {}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.share.total_cmp(&other.share).then(other.number.cmp(&self.number))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A chain under way: the node it stands at, the chain one node shorter, and the share so far.
struct Stub {
    node: u32,
    before: u32,
    share: f64,
}

const FIRST: u32 = u32::MAX;

/// The `k` strongest chains from `start` to `target`, or to any vertex of the node that `target` names; no more once `most_work` chains are under way.
///
/// # Errors
/// Columns that do not fit the graph, or a node outside it.
pub fn strongest_paths(graph: &SupplyGraph, problem: &Problem<'_>, start: u32, target: u32, k: usize, most_work: usize) -> Result<Paths> {
    problem.checked(graph)?;
    if start as usize >= graph.nodes() || target as usize >= graph.nodes() {
        return Err(Error::internal(format!("a path from {start} to {target} in a graph of {} nodes", graph.nodes())));
    }
    let steps = steps_of(graph, &[*problem]);
    let targets: Vec<u32> = graph.places().vertices(target).collect();
    let possible = strongest_share_to(&steps, &targets);
    let mut found = Paths::default();
    if possible[start as usize] <= 0.0 {
        return Ok(found);
    }
    let mut stubs = vec![Stub { node: start, before: FIRST, share: 1.0 }];
    let mut open = BinaryHeap::from([Key { share: possible[start as usize], number: 0 }]);
    while let Some(Key { number, .. }) = open.pop() {
        if found.paths.len() >= k {
            break;
        }
        let Stub { node, share, .. } = stubs[number as usize];
        if targets.contains(&node) {
            found.paths.push(Path { nodes: chain(&stubs, number), share });
            continue;
        }
        if stubs.len() > most_work {
            found.cut = true;
            break;
        }
        let on = share * steps.goes_on[node as usize][0];
        let behind = chain(&stubs, number);
        for (s, w) in graph.suppliers_of(NodeIx(node)).iter() {
            let share = on * w;
            if share * possible[s] > 0.0 && !behind.contains(&(s as u32)) {
                open.push(Key { share: share * possible[s], number: stubs.len() as u32 });
                stubs.push(Stub { node: s as u32, before: number, share });
            }
        }
    }
    Ok(found)
}

fn chain(stubs: &[Stub], mut at: u32) -> Vec<u32> {
    let mut nodes = Vec::new();
    while let Some(stub) = stubs.get(at as usize) {
        nodes.push(stub.node);
        at = stub.before;
    }
    nodes.reverse();
    nodes
}

/// The largest share that any chain from each node brings to a target; 0 where none leads there.
fn strongest_share_to(steps: &Steps<'_, 1>, targets: &[u32]) -> Vec<f64> {
    let mut best = vec![0.0; steps.graph.nodes()];
    let mut open: BinaryHeap<Key> = targets.iter().map(|target| Key { share: 1.0, number: *target }).collect();
    targets.iter().for_each(|target| best[*target as usize] = 1.0);
    while let Some(Key { share, number }) = open.pop() {
        if share < best[number as usize] {
            continue;
        }
        for (b, w) in steps.graph.buyers_of(NodeIx(number)).iter() {
            let through = share * steps.goes_on[b][0] * w;
            if through > best[b] {
                best[b] = through;
                open.push(Key { share: through, number: b as u32 });
            }
        }
    }
    best
}
