//! Which records are one node, and the dense number of each.
//!
//! Today every distinct `node_id` is one node. Ids that only links or evidence name become nodes of kind [`Kind::Unknown`]: no
//! posterior, nothing mapped, so that their share stays in the figures as unseen. Numbers follow the byte order of the ids,
//! so that the order of rows and files never shows.

use crate::base::holdings;
use crate::base::{CountryCode, Date, Kind, NodeIx, ProductCode, SectorCode, Stage, Symbol};
use crate::validate::Inputs;
use crate::validate::inputs::{NodeRow, RowRef};
use std::sync::Arc;

/// All nodes in order of their ids, with the way from an input symbol to a node.
#[derive(Debug, Default)]
pub struct Resolution {
    pub nodes: Vec<Node>,
    /// Node of each symbol of `Inputs::ids`; `None` where the symbol is no node.
    of_symbol: Vec<Option<NodeIx>>,
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

    /// The node of an id, by binary search.
    pub fn find(&self, id: &str) -> Option<NodeIx> {
        self.nodes.binary_search_by(|n| (*n.id).cmp(id)).ok().map(|i| NodeIx(i as u32))
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
    let mut nodes: Vec<Node> = inputs.nodes.iter().map(|row| known(row, inputs)).collect();
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
            nodes.push(unknown(symbol, inputs));
        }
    }
    nodes.sort_by(|a, b| a.id.cmp(&b.id));
    let mut of_symbol = vec![None; inputs.ids.len()];
    for (i, node) in nodes.iter().enumerate() {
        if let Some(slot) = of_symbol.get_mut(node.symbol.0 as usize) {
            *slot = Some(NodeIx(i as u32));
        }
    }
    Resolution { nodes, of_symbol }
}

fn known(row: &NodeRow, inputs: &Inputs) -> Node {
    let range = match (row.workers_low, row.workers_high) {
        (Some(low), Some(high)) => Some((low + high) / 2.0),
        (one, other) => one.or(other),
    };
    let id = inputs.ids.text(row.id);
    let (shown_id, shown_name) = if holdings::looks_person_operated(row.kind, &row.name) {
        let (id, name) = holdings::shown_as(id, row.country);
        (Arc::from(id), Arc::from(name))
    } else {
        (Arc::from(id), row.name.clone())
    };
    Node {
        id: Arc::from(id),
        symbol: row.id,
        shown_id,
        shown_name,
        kind: row.kind,
        country: row.country,
        subdivision: row.subdivision.clone(),
        sector: row.sector,
        product: row.product,
        stage: row.stage,
        focal: row.focal,
        people: row.workers.or(range),
        people_from_range: row.workers.is_none() && range.is_some(),
        places_count: row.places_count,
        known_since: row.known_since,
        informal_share: row.informal_share,
        union: row.union,
        purchases_value: row.purchases_value,
        mapped_share: row.mapped_share,
        row: Some(row.row),
    }
}

fn unknown(symbol: Symbol, inputs: &Inputs) -> Node {
    Node {
        id: Arc::from(inputs.ids.text(symbol)),
        symbol,
        shown_id: Arc::from(inputs.ids.text(symbol)),
        shown_name: Arc::from(inputs.ids.text(symbol)),
        kind: Kind::Unknown,
        country: None,
        subdivision: None,
        sector: None,
        product: None,
        stage: None,
        focal: false,
        people: None,
        people_from_range: false,
        places_count: None,
        known_since: None,
        informal_share: None,
        union: None,
        purchases_value: None,
        mapped_share: None,
        row: None,
    }
}
