//! Which records are one node, and the dense number of each.
//!
//! Every row of `nodes` is a record. Records are one node where somebody decided so ([`join`]) or where they share an identifier that says
//! so ([`identity`]); likeness of names asks a question and joins nothing. A node keeps all its records; [`merge`] says what it is where
//! they differ. Ids that only links or evidence name become nodes of kind [`Kind::Unknown`]: no posterior, nothing mapped, so that their
//! share stays in the figures as unseen. Entries of screening lists meet nodes in the same two ways ([`screening`]).
//!
//! Numbers follow the byte order of the ids, so that the order of rows and files never shows.

pub mod identity;
pub mod join;
mod merge;
pub mod screening;

pub use join::Why;
pub use screening::Hit;

use crate::base::{CountryCode, Date, Diagnostic, Kind, NodeIx, ProductCode, SectorCode, Stage, Symbol};
use crate::validate::Inputs;
use crate::validate::inputs::RowRef;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All nodes in order of their ids, with the way from an input symbol to a node.
#[derive(Debug, Default)]
pub struct Resolution {
    pub nodes: Vec<Node>,
    /// Node of each symbol of `Inputs::ids`; `None` where the symbol is no node.
    of_symbol: Vec<Option<NodeIx>>,
    /// The records of every node that has more than one, in order of nodes and records.
    pub records: Vec<Record>,
    /// Nodes of the ids of records that no node has as its own.
    other_ids: BTreeMap<Arc<str>, NodeIx>,
    /// Entries of screening lists that are nodes.
    pub hits: Vec<Hit>,
    /// Identifiers and decisions that contradict each other, records of one node that differ.
    pub diagnostics: Vec<Diagnostic>,
}

/// One of several records of a node.
#[derive(Clone, Debug)]
pub struct Record {
    pub node: NodeIx,
    /// As outputs show it.
    pub shown_id: Arc<str>,
    pub shown_name: Arc<str>,
    pub why: Why,
    pub row: RowRef,
}

/// One node as the rooms above see it.
#[derive(Clone, Debug)]
pub struct Node {
    pub id: Arc<str>,
    pub symbol: Symbol,
    /// Id and name in every output: the node's own, or a key where the place looks person-operated.
    pub shown_id: Arc<str>,
    pub shown_name: Arc<str>,
    pub kind: Kind,
    pub country: Option<CountryCode>,
    pub subdivision: Option<Arc<str>>,
    pub sector: Option<SectorCode>,
    pub product: Option<ProductCode>,
    pub stage: Option<Stage>,
    pub focal: bool,
    /// People stated: workers, else the middle of the stated range.
    pub people: Option<f64>,
    /// Whether `people` is the middle of a range.
    pub people_from_range: bool,
    pub places_count: Option<f64>,
    pub known_since: Option<Date>,
    pub informal_share: Option<f64>,
    pub union: Option<bool>,
    pub purchases_value: Option<f64>,
    pub mapped_share: Option<f64>,
    /// Place in the files; `None` for a node that `nodes` does not hold.
    pub row: Option<RowRef>,
}

impl Resolution {
    /// The node of an input symbol.
    pub fn node(&self, symbol: Symbol) -> Option<NodeIx> {
        self.of_symbol.get(symbol.0 as usize).copied().flatten()
    }

    /// The node of an id: its own, or that of any of its records.
    pub fn find(&self, id: &str) -> Option<NodeIx> {
        let own = self.nodes.binary_search_by(|n| (*n.id).cmp(id)).ok().map(|i| NodeIx(i as u32));
        own.or_else(|| self.other_ids.get(id).copied())
    }

    /// The node that outputs show under an id.
    pub fn find_shown(&self, id: &str) -> Option<NodeIx> {
        self.nodes.iter().position(|n| &*n.shown_id == id).map(|i| NodeIx(i as u32))
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// Numbers every node that the dataset names.
pub fn resolve(inputs: &Inputs) -> Resolution {
    let identifiers = identity::of_nodes(inputs);
    let mut joined = join::join(inputs, &identifiers);
    // The record after which a record's node is named; itself where it is alone.
    let mut head: Vec<u32> = (0..inputs.nodes.len() as u32).collect();
    let mut nodes: Vec<Node> = Vec::with_capacity(inputs.nodes.len());
    let mut clusters: BTreeMap<u32, Vec<(usize, Why)>> = BTreeMap::new();
    for cluster in std::mem::take(&mut joined.clusters) {
        let rows: Vec<usize> = cluster.iter().map(|(i, _)| *i).collect();
        let first = merge::first(inputs, &rows);
        for i in rows {
            if let Some(slot) = head.get_mut(i) {
                *slot = first as u32;
            }
        }
        clusters.insert(first as u32, cluster);
    }
    for (i, row) in inputs.nodes.iter().enumerate() {
        match clusters.get(&(i as u32)) {
            _ if head.get(i) != Some(&(i as u32)) => {}
            Some(cluster) => {
                let (node, differences) = merge::merge(inputs, i, cluster.iter().map(|(at, _)| *at), &identifiers);
                nodes.push(node);
                joined.diagnostics.extend(differences);
            }
            None => nodes.push(merge::known(row, inputs)),
        }
    }
    let mut held = vec![false; inputs.ids.len()];
    let mut mark = |symbol: Symbol| held.get_mut(symbol.0 as usize).is_some_and(|h| !std::mem::replace(h, true));
    for row in &inputs.nodes {
        mark(row.id);
    }
    let named =
        inputs.links.iter().flat_map(|l| [l.supplier, l.buyer]).chain(inputs.audits.iter().chain(&inputs.inspections).map(|a| a.node));
    let named = named.chain(inputs.channels.iter().map(|c| c.node)).chain(inputs.grievances.iter().map(|g| g.node));
    for symbol in named.chain(inputs.statements.iter().map(|s| s.node)) {
        if mark(symbol) {
            nodes.push(merge::unknown(symbol, inputs));
        }
    }
    nodes.sort_by(|a, b| a.id.cmp(&b.id));
    let mut of_symbol = vec![None; inputs.ids.len()];
    for (i, node) in nodes.iter().enumerate() {
        if let Some(slot) = of_symbol.get_mut(node.symbol.0 as usize) {
            *slot = Some(NodeIx(i as u32));
        }
    }
    let mut resolution = Resolution { nodes, of_symbol, diagnostics: joined.diagnostics, ..Resolution::default() };
    for (first, cluster) in clusters {
        resolution.keep_records(inputs, first as usize, &cluster);
    }
    resolution.records.sort_by(|a, b| (a.node, &a.shown_id).cmp(&(b.node, &b.shown_id)));
    resolution.hits = screening::hits(inputs, &resolution, &identifiers);
    resolution
}

impl Resolution {
    fn keep_records(&mut self, inputs: &Inputs, first: usize, cluster: &[(usize, Why)]) {
        let Some(node) = inputs.nodes.get(first).and_then(|row| self.node(row.id)) else { return };
        for (i, why) in cluster {
            let Some(row) = inputs.nodes.get(*i) else { continue };
            if let Some(slot) = self.of_symbol.get_mut(row.id.0 as usize) {
                *slot = Some(node);
            }
            let own = *i == first;
            if !own {
                self.other_ids.insert(Arc::from(inputs.ids.text(row.id)), node);
            }
            let alone = merge::known(row, inputs);
            let why = if own { Why::Own } else { why.clone() };
            self.records.push(Record { node, shown_id: alone.shown_id, shown_name: alone.shown_name, why, row: row.row });
        }
    }
}
