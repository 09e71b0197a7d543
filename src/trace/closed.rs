//! Circles of trade that goods cannot come from: model 2, "A closed circle"; `oracle.opened`.

use crate::base::{Error, NodeIx, Result};
use crate::graph::SupplyGraph;

/// Mapped shares with closed circles opened.
#[derive(Clone, PartialEq, Debug)]
pub struct Opened {
    /// Length N.
    pub mapped: Vec<f64>,
    /// How many nodes had their share replaced, of several vertices as one: counted as assumed.
    pub count: usize,
}

/// Gives `closed_mapped` to every node from which no way upstream leads to a node without suppliers or with mapped < 1.
///
/// Components come suppliers first, so one pass over them tells which are open: O(N + M).
///
/// # Errors
/// A column of another length than the graph.
pub fn open_circles(graph: &SupplyGraph, mapped: &[f64], closed_mapped: f64) -> Result<Opened> {
    if mapped.len() != graph.nodes() {
        return Err(Error::internal(format!("{} mapped shares for {} nodes", mapped.len(), graph.nodes())));
    }
    let components = graph.components();
    let mut is_open = vec![false; components.len()];
    for (c, members) in components.iter().enumerate() {
        is_open[c] = members.iter().any(|n| {
            let row = graph.suppliers_of(NodeIx(*n));
            mapped[*n as usize] < 1.0 || row.is_empty() || row.nodes.iter().any(|s| is_open[components.of_node(*s as usize) as usize])
        });
    }
    let stays_open = |n: usize| is_open[components.of_node(n) as usize];
    let opened = mapped.iter().enumerate().map(|(n, m)| if stays_open(n) { *m } else { closed_mapped }).collect();
    let places = graph.places();
    let is_counted = |n: &u32| places.names_its_node(*n) && places.vertices(*n).any(|v| !stays_open(v as usize));
    let count = (0..graph.nodes() as u32).filter(is_counted).count();
    Ok(Opened { mapped: opened, count })
}
