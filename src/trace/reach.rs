//! Distinct upstream nodes by tier: model 2, "Reach". It counts, it weighs nothing: on real networks almost every node is soon in reach.

use crate::graph::{LISTED, View};

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
