//! Circles of trade that goods cannot come from: model 2, "A closed circle"; `oracle.opened`.

use crate::base::{Error, NodeIx, Result};
use crate::graph::SupplyGraph;

/// Mapped shares with closed circles opened.
#[derive(Clone, PartialEq, Debug)]
pub struct Opened {
    /// Length N.
    pub mapped: Vec<f64>,
    /// How many nodes had their share replaced: counted as assumed.
    pub count: usize,
}

/// Gives `closed_mapped` to every node from which no way upstream leads to a node without suppliers or with mapped < 1.
///
/// One search from those ways out towards the buyers: O(N + M).
///
/// # Errors
/// A column of another length than the graph.
pub fn open_circles(graph: &SupplyGraph, mapped: &[f64], closed_mapped: f64) -> Result<Opened> {
    if mapped.len() != graph.nodes() {
        return Err(Error::internal(format!("{} mapped shares for {} nodes", mapped.len(), graph.nodes())));
    }
    let is_way_out = |n: &u32| mapped[*n as usize] < 1.0 || graph.suppliers_of(NodeIx(*n)).is_empty();
    let mut open: Vec<u32> = (0..graph.nodes() as u32).filter(is_way_out).collect();
    let mut is_open = vec![false; graph.nodes()];
    for n in &open {
        is_open[*n as usize] = true;
    }
    while let Some(n) = open.pop() {
        for b in graph.buyers_of(NodeIx(n)).nodes {
            if !std::mem::replace(&mut is_open[*b as usize], true) {
                open.push(*b);
            }
        }
    }
    let opened = mapped.iter().zip(&is_open).map(|(m, open)| if *open { *m } else { closed_mapped }).collect();
    Ok(Opened { mapped: opened, count: is_open.iter().filter(|open| !**open).count() })
}
