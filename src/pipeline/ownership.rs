//! Whose each node is in the end: `nodes.parent_id`, else the `owns` link in force with the largest share (data, "Links"). For grouping alone: control
//! is never supply.

use crate::base::NodeIx;
use crate::graph::in_force::{Placed, Use};
use crate::resolve::Resolution;
use crate::validate::Inputs;
use std::collections::BTreeMap;

/// The owner at the top of every node's chain of owners.
#[derive(Clone, Debug, Default)]
pub struct Ownership {
    /// Number of each node's top owner in `owners`; `u32::MAX` where nobody owns it and it owns nobody.
    pub of_node: Vec<u32>,
    /// Rising.
    pub owners: Vec<NodeIx>,
}

impl Ownership {
    pub fn of(inputs: &Inputs, resolution: &Resolution, links: &[Placed]) -> Self {
        let direct = direct_owners(inputs, resolution, links);
        let mut top: BTreeMap<NodeIx, NodeIx> = BTreeMap::new();
        for node in direct.keys() {
            top.insert(*node, top_of(*node, &direct));
        }
        // An owner that nobody owns is its own group.
        let mut owners: Vec<NodeIx> = top.values().copied().collect();
        owners.sort_unstable();
        owners.dedup();
        let number = |n: &NodeIx| owners.binary_search(n).map_or(u32::MAX, |i| i as u32);
        let of_node = (0..resolution.len() as u32).map(|i| number(top.get(&NodeIx(i)).unwrap_or(&NodeIx(i)))).collect();
        Ownership { of_node, owners }
    }
}

/// The one owner of each owned node. Of several parents or equal shares the first by id.
fn direct_owners(inputs: &Inputs, resolution: &Resolution, links: &[Placed]) -> BTreeMap<NodeIx, NodeIx> {
    let mut by_link: BTreeMap<NodeIx, (f64, NodeIx)> = BTreeMap::new();
    for l in links.iter().filter(|l| l.use_ == Use::Control) {
        let share = l.share.unwrap_or(0.0);
        let known = by_link.entry(l.supplier).or_insert((share, l.buyer));
        if share > known.0 || (share == known.0 && l.buyer < known.1) {
            *known = (share, l.buyer);
        }
    }
    let mut owners: BTreeMap<NodeIx, NodeIx> = by_link.into_iter().map(|(node, (_, owner))| (node, owner)).collect();
    let mut parents: BTreeMap<NodeIx, NodeIx> = BTreeMap::new();
    for row in &inputs.nodes {
        if let (Some(node), Some(parent)) = (resolution.node(row.id), row.parent.and_then(|p| resolution.node(p)))
            && node != parent
        {
            let known = parents.entry(node).or_insert(parent);
            *known = (*known).min(parent);
        }
    }
    owners.extend(parents);
    owners
}

/// The end of a chain of owners; of owners that own each other the first by id.
fn top_of(node: NodeIx, direct: &BTreeMap<NodeIx, NodeIx>) -> NodeIx {
    let mut met = vec![node];
    let mut at = node;
    while let Some(owner) = direct.get(&at).copied() {
        if let Some(from) = met.iter().position(|n| *n == owner) {
            return met.iter().skip(from).copied().min().unwrap_or(owner);
        }
        met.push(owner);
        at = owner;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_owners_end_at_the_top_and_rings_of_owners_at_their_first() {
        let direct: BTreeMap<NodeIx, NodeIx> = [(1, 2), (2, 3), (5, 7), (7, 6), (6, 7)].map(|(n, o)| (NodeIx(n), NodeIx(o))).into();
        assert_eq!(top_of(NodeIx(1), &direct), NodeIx(3));
        assert_eq!(top_of(NodeIx(3), &direct), NodeIx(3));
        assert_eq!([5, 6, 7].map(|n| top_of(NodeIx(n), &direct)), [NodeIx(6); 3]);
    }
}
