//! What one focal node sees upstream: model 2, "Perspective".
//!
//! At every buyer the links scoped to the focal node count where there are any, else the unscoped ones, and weights are taken among the
//! links that count. Only what the focal node reaches is in the view, as a compact graph of its own. Tier is the shortest
//! distance from the focal node.

use super::csr::{Entry, SupplyGraph};
use super::listing::Listing;
use super::trade::{Scope, Trade, TradeLink};
use super::weights::{BuyerRow, WeightedLink};
use crate::base::{Error, Kind, NodeIx, Result};

/// The tier of a node that no recorded chain reaches: it is in the view through the focal node's list of places alone.
pub const LISTED: u32 = u32::MAX;

/// A focal node's supply graph. n local nodes, m links.
///
/// Local numbers run 0..n, the focal node is 0. With a listing the graph has one node more, `nodes.len()`: the list itself.
#[derive(Clone, Debug)]
pub struct View {
    pub focal: NodeIx,
    /// Local to global number, by distance from the focal node.
    pub nodes: Vec<NodeIx>,
    /// Shortest distance from the focal node along recorded chains, [`LISTED`] where there is none.
    pub tier: Vec<u32>,
    /// What the links say of each node as a buyer.
    pub rows: Vec<BuyerRow>,
    /// The links that count, global numbers, by local number of the buyer.
    pub links: Vec<WeightedLink>,
    /// Recorded chains alone, local numbers.
    pub graph: SupplyGraph,
    /// The focal node's published places, where `with_listing` was asked and has somewhere to lead.
    pub listing: Option<Listing>,
    by_global: Vec<(NodeIx, u32)>,
}

/// Every node's supply graph with all scopes merged, global numbers. Never a substitute for a focal figure.
#[derive(Clone, Debug)]
pub struct WholeGraph {
    pub graph: SupplyGraph,
    /// The links as weighed, by buyer, product, supplier.
    pub links: Vec<WeightedLink>,
    /// What the links say of each node as a buyer, length N.
    pub rows: Vec<BuyerRow>,
}

impl WholeGraph {
    /// Weighs all rows with all scopes merged.
    ///
    /// # Errors
    /// Only where `Trade` broke its own rules.
    pub fn new(trade: &Trade) -> Result<Self> {
        let (mut links, mut buffer) = (Vec::with_capacity(trade.links().len()), Vec::new());
        let rows = (0..trade.nodes() as u32).map(|b| trade.weigh(NodeIx(b), Scope::All, &mut buffer, &mut links)).collect::<Vec<_>>();
        let entries: Vec<Entry> = links.iter().map(|l| Entry { buyer: l.buyer.0, supplier: l.supplier.0, weight: l.weight }).collect();
        Ok(WholeGraph { graph: SupplyGraph::new(trade.nodes(), &entries)?, links, rows })
    }
}

impl View {
    /// The view of `focal` along recorded chains.
    ///
    /// # Errors
    /// A focal node outside the graph.
    pub fn new(trade: &Trade, focal: NodeIx) -> Result<Self> {
        Walk::from(trade, focal)?.into_view(None)
    }

    /// The view of `focal` with the places of its published lists (model 2, "`lists` links"); `kinds` by global number.
    ///
    /// Lists lead to the listed places that no recorded chain reaches, to all of them where every one is reached. What is upstream of
    /// those joins the view. Filled are the focal node and the intermediaries of its recorded chains; a filled node is no
    /// target of its own list. [`View::fill`] then moves the mass; `graph` stays as recorded.
    ///
    /// # Errors
    /// A focal node outside the graph.
    pub fn with_listing(trade: &Trade, focal: NodeIx, listed: &[NodeIx], kinds: &[Kind]) -> Result<Self> {
        let mut walk = Walk::from(trade, focal)?;
        let is_intermediary = |n: &NodeIx| kinds.get(n.at()).is_some_and(|k| k.is_intermediary());
        let filled: Vec<u32> = (0..walk.nodes.len() as u32).filter(|n| *n == 0 || is_intermediary(&walk.nodes[*n as usize])).collect();
        let mut places: Vec<NodeIx> = listed.iter().copied().filter(|n| n.at() < trade.nodes()).collect();
        places.sort_unstable();
        places.dedup();
        places.retain(|n| *n != focal && !(walk.reached(*n) && is_intermediary(n)));
        let every_place_reached = places.iter().all(|n| walk.reached(*n));
        if !every_place_reached {
            places.retain(|n| !walk.reached(*n));
        }
        if places.is_empty() {
            return walk.into_view(None);
        }
        let targets = places.iter().map(|n| walk.join(*n, LISTED)).collect();
        walk.onward();
        let node = walk.nodes.len() as u32;
        walk.into_view(Some(Listing { node, targets, filled, every_place_reached }))
    }

    /// The local number of a node, where it is in the view.
    pub fn local(&self, node: NodeIx) -> Option<u32> {
        let at = self.by_global.binary_search_by_key(&node, |(n, _)| *n).ok()?;
        self.by_global.get(at).map(|(_, local)| *local)
    }

    /// The global number behind a local one; none for the list itself.
    pub fn global(&self, local: u32) -> Option<NodeIx> {
        self.nodes.get(local as usize).copied()
    }

    /// A column by global number, taken to local numbers; `at_list` stands at the list itself, where the view has one.
    ///
    /// # Errors
    /// A column shorter than the graph.
    pub fn column<T: Copy>(&self, global: &[T], at_list: T) -> Result<Vec<T>> {
        let value = |n: &NodeIx| global.get(n.at()).copied().ok_or_else(|| Error::internal("a column is shorter than the nodes"));
        let mut local = self.nodes.iter().map(value).collect::<Result<Vec<T>>>()?;
        local.extend(self.listing.as_ref().map(|_| at_list));
        Ok(local)
    }
}

/// A search upstream under way: breadth first, each buyer weighed once, suppliers numbered as they are met.
struct Walk<'a> {
    trade: &'a Trade,
    focal: NodeIx,
    /// Global to local number.
    number: Vec<u32>,
    nodes: Vec<NodeIx>,
    tier: Vec<u32>,
    rows: Vec<BuyerRow>,
    links: Vec<WeightedLink>,
    entries: Vec<Entry>,
}

const ABSENT: u32 = u32::MAX;

impl<'a> Walk<'a> {
    fn from(trade: &'a Trade, focal: NodeIx) -> Result<Self> {
        if focal.at() >= trade.nodes() {
            return Err(Error::internal(format!("focal node {} in a graph of {} nodes", focal.0, trade.nodes())));
        }
        let number = vec![ABSENT; trade.nodes()];
        let (nodes, tier, rows, links, entries) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut walk = Walk { trade, focal, number, nodes, tier, rows, links, entries };
        walk.join(focal, 0);
        walk.onward();
        Ok(walk)
    }

    fn reached(&self, node: NodeIx) -> bool {
        self.number.get(node.at()).is_some_and(|n| *n != ABSENT)
    }

    fn join(&mut self, node: NodeIx, tier: u32) -> u32 {
        let number = &mut self.number[node.at()];
        if *number == ABSENT {
            *number = self.nodes.len() as u32;
            self.nodes.push(node);
            self.tier.push(tier);
        }
        *number
    }

    /// Weighs every joined node that has no row yet, and what it leads to.
    fn onward(&mut self) {
        let mut buffer: Vec<TradeLink> = Vec::new();
        while let (Some(node), Some(tier)) = (self.nodes.get(self.rows.len()).copied(), self.tier.get(self.rows.len()).copied()) {
            let buyer = self.rows.len() as u32;
            let first = self.links.len();
            let row = self.trade.weigh(node, Scope::Focal(self.focal), &mut buffer, &mut self.links);
            self.rows.push(row);
            for i in first..self.links.len() {
                let WeightedLink { supplier, weight, .. } = self.links[i];
                if weight > 0.0 {
                    let supplier = self.join(supplier, if tier == LISTED { LISTED } else { tier + 1 });
                    self.entries.push(Entry { buyer, supplier, weight });
                }
            }
        }
    }

    fn into_view(mut self, listing: Option<Listing>) -> Result<View> {
        let mut size = self.nodes.len();
        if let Some(list) = &listing {
            size += 1;
            self.entries.extend(list.targets.iter().map(|t| Entry { buyer: list.node, supplier: *t, weight: 1.0 }));
        }
        let mut by_global: Vec<(NodeIx, u32)> = self.nodes.iter().copied().zip(0..).collect();
        by_global.sort_unstable();
        let graph = SupplyGraph::new(size, &self.entries)?;
        let Walk { focal, nodes, tier, rows, links, .. } = self;
        Ok(View { focal, nodes, tier, rows, links, graph, listing, by_global })
    }
}
