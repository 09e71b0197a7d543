//! Where unseen mass goes when a focal node publishes only a list of places: model 2, "`lists` links".
//!
//! The mass that would end unseen at the focal node or at an intermediary of its chains goes in equal shares to the listed places.
//! One node more, the list itself, stands for that step: p = 0, mapped 1, equal weights to the places. A filled node with
//! mapped share m then passes m on along its links and 1 - m to the list, and ends nothing unseen:
//!
//! ```text
//! W'[n, s] = m W[n, s]     W'[n, list] = 1 - m     mapped'[n] = 1
//! ```
//!
//! Where a filled node left suppliers with the share e of what it has mapped, m e ends exited there, and the rest is shared as above:
//! e' = m e, W'[n, s] in proportion to m (1 - e) W[n, s], W'[n, list] to 1 - m.

use super::csr::{Entry, SupplyGraph};
use super::perspective::View;
use crate::base::{Error, NodeIx, Result};

/// A focal node's published places in its view, local numbers.
#[derive(Clone, PartialEq, Debug)]
pub struct Listing {
    /// The list itself: the last node of the view's graph.
    pub node: u32,
    /// The places that the list leads to, in equal shares, by rising global number.
    pub targets: Vec<u32>,
    /// The focal node and the intermediaries of its recorded chains.
    pub filled: Vec<u32>,
    /// Whether recorded chains reach every listed place, so that the list leads to all of them.
    pub every_place_reached: bool,
}

/// The view with the list filled in.
#[derive(Clone, Debug)]
pub struct Filled {
    /// As the view's graph, with what leads from filled nodes to the list.
    pub graph: SupplyGraph,
    /// Mapped shares that go with it: 1 at filled nodes and at the list.
    pub mapped: Vec<f64>,
    /// Exited shares that go with it; empty where nobody left anybody.
    pub exited: Vec<f64>,
    /// How many nodes pass mass to the list: counted as assumed.
    pub assumed: u32,
}

impl View {
    /// The view with the mass of its list moved, or none where it has no list. `mapped` and `exited` by local number, with or without the list
    /// itself; `exited` may be empty.
    ///
    /// # Errors
    /// A column shorter than the view.
    pub fn fill(&self, mapped: &[f64], exited: &[f64]) -> Result<Option<Filled>> {
        let Some(list) = &self.listing else { return Ok(None) };
        let nodes = self.nodes.len();
        let Some(mapped) = mapped.get(..nodes) else {
            return Err(Error::internal(format!("{} mapped shares for {nodes} nodes", mapped.len())));
        };
        let mut mapped = mapped.to_vec();
        mapped.push(1.0);
        let mut exited = if exited.is_empty() { Vec::new() } else { exited.iter().copied().take(nodes).collect() };
        if !exited.is_empty() {
            exited.resize(nodes + 1, 0.0);
        }
        let mut moved = vec![0.0; nodes + 1];
        for n in &list.filled {
            let n = *n as usize;
            // Without suppliers nothing is passed on, whatever the share says.
            let left = mapped[n] * exited.get(n).copied().unwrap_or(0.0);
            let passed = if self.graph.suppliers_of(NodeIx(n as u32)).is_empty() { left } else { mapped[n] };
            moved[n] = 1.0 - passed;
            mapped[n] = 1.0;
            if let Some(e) = exited.get_mut(n) {
                *e = left;
            }
        }
        let mut entries = Vec::with_capacity(self.graph.links() + list.filled.len());
        for buyer in 0..=nodes as u32 {
            let is_filled = moved[buyer as usize] > 0.0;
            let left = exited.get(buyer as usize).copied().filter(|_| is_filled).unwrap_or(0.0);
            let kept = 1.0 - moved[buyer as usize] - left;
            let row = self.graph.suppliers_of(NodeIx(buyer)).iter();
            entries.extend(row.map(|(s, w)| Entry { buyer, supplier: s as u32, weight: w * kept }));
            entries.push(Entry { buyer, supplier: list.node, weight: moved[buyer as usize] });
        }
        let assumed = moved.iter().filter(|m| **m > 0.0).count() as u32;
        let graph = SupplyGraph::new(nodes + 1, &entries)?.with_places(self.graph.places().clone());
        Ok(Some(Filled { graph, mapped, exited, assumed }))
    }
}
