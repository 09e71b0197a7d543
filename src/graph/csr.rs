//! The supply graph as compressed sparse rows, both ways where both are asked for: 12 bytes a link and direction, 4 a node and direction,
//! and the order of `components`.
//!
//! Row b holds W[b, s], the part of b's recorded purchases that comes from s; a row sums to 1, or is empty. Parallel links of one pair
//! (several products) are one entry. Built by two counting sorts in O(N + M); the links' order does not show.

use super::components::Components;
use super::places::Places;
use crate::base::{Error, NodeIx, Result};
use std::sync::OnceLock;

/// One weight of a buyer's row; several entries of one pair add up.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Entry {
    pub buyer: u32,
    pub supplier: u32,
    pub weight: f64,
}

/// A node's neighbours in one direction, by rising number, with W[buyer, supplier] of each link.
#[derive(Clone, Copy, Debug)]
pub struct Neighbours<'a> {
    pub nodes: &'a [u32],
    pub weights: &'a [f64],
}

impl<'a> Neighbours<'a> {
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = (usize, f64)> + Clone + 'a {
        self.nodes.iter().map(|n| *n as usize).zip(self.weights.iter().copied())
    }

    pub fn is_empty(self) -> bool {
        self.nodes.is_empty()
    }

    pub fn len(self) -> usize {
        self.nodes.len()
    }
}

#[derive(Clone, Debug, Default)]
struct Rows {
    starts: Vec<u32>,
    nodes: Vec<u32>,
    weights: Vec<f64>,
}

impl Rows {
    #[inline]
    fn of(&self, node: usize) -> Neighbours<'_> {
        match (self.starts.get(node), self.starts.get(node + 1)) {
            (Some(from), Some(to)) => {
                let range = *from as usize..*to as usize;
                Neighbours { nodes: &self.nodes[range.clone()], weights: &self.weights[range] }
            }
            _ => Neighbours { nodes: &[], weights: &[] },
        }
    }
}

/// Who buys what share from whom. N nodes, M entries with positive weight.
#[derive(Clone, Debug)]
pub struct SupplyGraph {
    suppliers: Rows,
    /// Made when first asked for: most walks only look upstream.
    buyers: OnceLock<Rows>,
    components: Components,
    /// Which of its nodes are vertices of one.
    places: Places,
}

impl SupplyGraph {
    /// Builds the graph; rows are scaled to sum to 1, entries without positive finite weight carry nothing and are left out.
    ///
    /// # Errors
    /// An entry that names a node outside the graph, or 2^32 entries and more.
    pub fn new(nodes: usize, entries: &[Entry]) -> Result<Self> {
        let by_supplier = by_supplier(nodes, entries)?;
        Ok(Self::of_columns(nodes, by_supplier))
    }

    /// As [`new`](Self::new), and lets go of the entries as soon as they are sorted once: 28 bytes a link at most.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of_entries(nodes: usize, entries: Vec<Entry>) -> Result<Self> {
        let by_supplier = by_supplier(nodes, &entries)?;
        drop(entries);
        Ok(Self::of_columns(nodes, by_supplier))
    }

    /// Sorted by supplier, then stably by buyer: each row comes out by rising supplier.
    fn of_columns(nodes: usize, by_supplier: Rows) -> Self {
        let mut suppliers = scattered(nodes, transposed(&by_supplier));
        drop(by_supplier);
        merge_and_scale(&mut suppliers);
        let components = Components::of(nodes, |n| {
            let row = suppliers.of(n);
            row.nodes
        });
        SupplyGraph { suppliers, buyers: OnceLock::new(), components, places: Places::default() }
    }

    /// The same graph, some of whose nodes are vertices of one: what is told by node is then told of all of them together.
    pub fn with_places(self, places: Places) -> Self {
        SupplyGraph { places, ..self }
    }

    /// Which nodes of the graph are vertices of one.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// N, the number of nodes.
    pub fn nodes(&self) -> usize {
        self.suppliers.starts.len() - 1
    }

    /// M, the number of distinct (supplier, buyer) pairs.
    pub fn links(&self) -> usize {
        self.suppliers.nodes.len()
    }

    /// Row of W: the suppliers of a buyer with their shares of its recorded purchases, sum 1; empty where none is recorded.
    #[inline]
    pub fn suppliers_of(&self, buyer: NodeIx) -> Neighbours<'_> {
        self.suppliers.of(buyer.at())
    }

    /// Column of W: the buyers of a supplier, each with the share that the supplier has in *that buyer's* recorded purchases.
    #[inline]
    pub fn buyers_of(&self, supplier: NodeIx) -> Neighbours<'_> {
        self.buyers.get_or_init(|| scattered(self.nodes(), transposed(&self.suppliers))).of(supplier.at())
    }

    /// The strongly connected components, suppliers first.
    pub fn components(&self) -> &Components {
        &self.components
    }
}

fn by_supplier(nodes: usize, entries: &[Entry]) -> Result<Rows> {
    if entries.len() >= u32::MAX as usize || nodes >= u32::MAX as usize {
        return Err(Error::internal(format!("{nodes} nodes and {} links are more than 32 bits number", entries.len())));
    }
    if let Some(e) = entries.iter().find(|e| e.buyer as usize >= nodes || e.supplier as usize >= nodes) {
        return Err(Error::internal(format!("an entry from {} to {} in a graph of {nodes} nodes", e.supplier, e.buyer)));
    }
    let kept = entries.iter().filter(|e| e.weight > 0.0 && e.weight.is_finite());
    Ok(scattered(nodes, kept.map(|e| (e.supplier, e.buyer, e.weight))))
}

/// (row, column, weight) triples as rows, in the order in which they come.
fn scattered(nodes: usize, triples: impl Iterator<Item = (u32, u32, f64)> + Clone) -> Rows {
    let mut starts = vec![0u32; nodes + 1];
    for (row, _, _) in triples.clone() {
        starts[row as usize + 1] += 1;
    }
    for n in 0..nodes {
        starts[n + 1] += starts[n];
    }
    let size = starts.last().map_or(0, |s| *s as usize);
    let (mut columns, mut weights) = (vec![0u32; size], vec![0.0; size]);
    let mut next = starts.clone();
    for (row, column, weight) in triples {
        let at = next[row as usize] as usize;
        next[row as usize] += 1;
        columns[at] = column;
        weights[at] = weight;
    }
    Rows { starts, nodes: columns, weights }
}

fn transposed(rows: &Rows) -> impl Iterator<Item = (u32, u32, f64)> + Clone {
    (0..rows.starts.len().saturating_sub(1)).flat_map(move |n| rows.of(n).iter().map(move |(c, w)| (c as u32, n as u32, w)))
}

/// Adds up equal columns, smallest weight first so that the sum has one order, and scales every row to 1, in place.
fn merge_and_scale(rows: &mut Rows) {
    let mut kept = 0usize;
    for n in 0..rows.starts.len().saturating_sub(1) {
        let (from, to) = (rows.starts[n] as usize, rows.starts[n + 1] as usize);
        let first = kept;
        let mut at = from;
        while at < to {
            let column = rows.nodes[at];
            let mut end = at + 1;
            while end < to && rows.nodes[end] == column {
                end += 1;
            }
            rows.weights[at..end].sort_unstable_by(f64::total_cmp);
            let weight = rows.weights[at..end].iter().sum();
            rows.nodes[kept] = column;
            rows.weights[kept] = weight;
            kept += 1;
            at = end;
        }
        let sum: f64 = rows.weights[first..kept].iter().sum();
        for w in &mut rows.weights[first..kept] {
            *w /= sum;
        }
        rows.starts[n] = first as u32;
    }
    if let Some(last) = rows.starts.last_mut() {
        *last = kept as u32;
    }
    rows.nodes.truncate(kept);
    rows.weights.truncate(kept);
    rows.nodes.shrink_to_fit();
    rows.weights.shrink_to_fit();
}
