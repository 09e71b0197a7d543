//! Distinct upstream nodes by tier: model 2, "Reach". It counts, it weighs nothing: on real networks almost every node is soon in reach.
//!
//! Of many starts 64 are searched at once, a bit each: every node keeps who has come to it, and passes on who came last (M. Then et al., "The more
//! the merrier: efficient multi-source graph traversal", PVLDB 8 (2014) 449-460).

use crate::base::{NodeIx, par};
use crate::graph::{LISTED, SupplyGraph, View};

/// Nodes at one distance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TierCount {
    pub nodes: u64,
    /// Of them, those for which the caller's mark holds.
    pub marked: u64,
}

/// Nodes upstream of a focal node.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// `tiers[k]`: nodes whose shortest recorded chain has k + 1 links; direct suppliers first.
    pub tiers: Vec<TierCount>,
    /// Nodes that only the focal node's list of places leads to, and what is upstream of those alone.
    pub listed: TierCount,
}

impl Reach {
    /// All upstream nodes.
    pub fn total(&self) -> TierCount {
        let all = self.tiers.iter().chain([&self.listed]);
        all.fold(TierCount::default(), |a, b| TierCount { nodes: a.nodes + b.nodes, marked: a.marked + b.marked })
    }
}

/// Counts a view's nodes without the focal node itself; `marked` by local number, e.g. indicated by rule.
pub fn reach(view: &View, marked: impl Fn(usize) -> bool) -> Reach {
    let mut reach = Reach::default();
    let places = view.graph.places();
    // The vertex that names a node is the first that the search came to: none of the others is nearer.
    for (n, tier) in view.tier.iter().enumerate().filter(|(n, t)| **t > 0 && places.names_its_node(*n as u32)) {
        let count = if *tier == LISTED {
            &mut reach.listed
        } else {
            let at = *tier as usize - 1;
            if reach.tiers.len() <= at {
                reach.tiers.resize(at + 1, TierCount::default());
            }
            &mut reach.tiers[at]
        };
        count.nodes += 1;
        count.marked += u64::from(marked(n));
    }
    reach
}

/// Starts searched at once.
const BITS: usize = u64::BITS as usize;

/// Counts the nodes upstream of each start, itself left out, in the order of the starts; `marked` by node. A start outside the graph reaches nothing.
/// The same for any number of threads.
pub fn reach_of_all(graph: &SupplyGraph, starts: &[u32], marked: impl Fn(usize) -> bool + Sync) -> Vec<Reach> {
    let groups: Vec<&[u32]> = starts.chunks(BITS).collect();
    par::map_each(&groups, |group| together(graph, group, &marked)).into_iter().flatten().collect()
}

fn together(graph: &SupplyGraph, starts: &[u32], marked: &impl Fn(usize) -> bool) -> Vec<Reach> {
    let nodes = graph.nodes();
    let places = graph.places();
    // Who came to each vertex, and to each node: one that keeps commodities apart is counted once.
    let (mut seen, mut told) = (vec![0u64; nodes], vec![0u64; nodes]);
    let (mut came, mut comes) = (vec![0u64; nodes], vec![0u64; nodes]);
    let (mut front, mut next): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    for (bit, start) in starts.iter().enumerate().filter(|(_, s)| (**s as usize) < nodes) {
        let at = *start as usize;
        if came[at] == 0 {
            front.push(*start);
        }
        seen[at] |= 1 << bit;
        came[at] |= 1 << bit;
        told[places.node(*start) as usize] |= 1 << bit;
    }
    let mut reaches = vec![Reach::default(); starts.len()];
    while !front.is_empty() {
        for n in front.drain(..) {
            let bits = std::mem::take(&mut came[n as usize]);
            for s in graph.suppliers_of(NodeIx(n)).nodes {
                let new = bits & !seen[*s as usize];
                if new != 0 {
                    if comes[*s as usize] == 0 {
                        next.push(*s);
                    }
                    comes[*s as usize] |= new;
                }
            }
        }
        let mut counts = [TierCount::default(); BITS];
        for n in &next {
            let at = *n as usize;
            seen[at] |= comes[at];
            let node = places.node(*n) as usize;
            let mut bits = comes[at] & !told[node];
            told[node] |= bits;
            let is_marked = u64::from(bits != 0 && marked(node));
            while bits != 0 {
                let count = &mut counts[bits.trailing_zeros() as usize];
                count.nodes += 1;
                count.marked += is_marked;
                bits &= bits - 1;
            }
        }
        for (reach, count) in reaches.iter_mut().zip(counts).filter(|(_, c)| c.nodes > 0) {
            reach.tiers.push(count);
        }
        std::mem::swap(&mut front, &mut next);
        std::mem::swap(&mut came, &mut comes);
    }
    reaches
}

/// Every vertex upstream of any of some starts, by rising numbers; a start where it is upstream of itself or another.
pub fn upstream_of(graph: &SupplyGraph, starts: &[u32]) -> Vec<u32> {
    let mut seen = vec![false; graph.nodes()];
    let mut open: Vec<u32> = starts.to_vec();
    while let Some(n) = open.pop() {
        for s in graph.suppliers_of(NodeIx(n)).nodes {
            if !std::mem::replace(&mut seen[*s as usize], true) {
                open.push(*s);
            }
        }
    }
    (0..).zip(seen).filter(|(_, seen)| *seen).map(|(n, _)| n).collect()
}
