//! What one focal node sees upstream: model 2, "Perspective".
//!
//! At every buyer the links scoped to the focal node count where there are any, else the unscoped ones, and weights are taken among the
//! links that count. Only what the focal node reaches is in the view, as a compact graph of its own. Tier is the shortest
//! distance from the focal node.
//!
//! A node that keeps commodities apart stands in a graph once as a whole and once for every heading ([`super::commodities`]): as far as they are
//! reached, each is a vertex of its own with the node's number beside it.

use super::csr::{Entry, SupplyGraph};
use super::listing::Listing;
use super::places::Places;
use super::trade::{Scope, Trade, TradeLink, VertexRow};
use super::weights::{BuyerRow, WeightedLink};
use crate::base::{Error, Kind, NodeIx, Result};
use std::borrow::Cow;

/// The tier of a node that no recorded chain reaches: it is in the view through the focal node's list of places alone.
pub const LISTED: u32 = u32::MAX;

/// A focal node's supply graph. n local nodes, m links.
///
/// Local numbers run 0..n, the focal node is 0. With a listing the graph has one node more, `nodes.len()`: the list itself.
#[derive(Clone, Debug)]
pub struct View {
    pub focal: NodeIx,
    /// Local to global number, by distance from the focal node. A node that keeps commodities apart stands here once for each of its vertices.
    pub nodes: Vec<NodeIx>,
    /// HS-4 heading of each vertex, [`super::commodities::NO_HEADING`] where it is a node as a whole.
    pub headings: Vec<u16>,
    /// Shortest distance from the focal node along recorded chains, [`LISTED`] where there is none.
    pub tier: Vec<u32>,
    /// What the links say of each node as a buyer.
    pub rows: Vec<BuyerRow>,
    /// The part of the recorded purchases of its node that the links of each vertex are.
    pub parts: Vec<f64>,
    /// The links that count, global numbers, by local number of the buyer.
    pub links: Vec<WeightedLink>,
    /// Recorded chains alone, local numbers.
    pub graph: SupplyGraph,
    /// The focal node's published places, where `with_listing` was asked and has somewhere to lead.
    pub listing: Option<Listing>,
    by_global: Vec<(NodeIx, u32)>,
}

/// Every node's supply graph with all scopes merged, global numbers; after the N nodes the vertices of those that keep commodities apart. Never
/// a substitute for a focal figure.
#[derive(Clone, Debug)]
pub struct WholeGraph {
    pub graph: SupplyGraph,
    /// The links as weighed among all that their buyer buys, by buyer, product, supplier.
    pub links: Vec<WeightedLink>,
    /// What the links say of each vertex as a buyer, nodes first.
    pub rows: Vec<BuyerRow>,
    /// The part of the recorded purchases of its node that the links of each vertex are; 1 of the N nodes.
    pub parts: Vec<f64>,
    /// The node of each vertex after the N nodes.
    apart: Vec<NodeIx>,
}

impl WholeGraph {
    /// Weighs all rows with all scopes merged.
    ///
    /// # Errors
    /// Only where `Trade` broke its own rules.
    pub fn new(trade: &Trade) -> Result<Self> {
        let (mut links, mut buffer) = (Vec::with_capacity(trade.links().len()), Vec::new());
        let mut rows = (0..trade.nodes() as u32).map(|b| trade.weigh(NodeIx(b), Scope::All, &mut buffer, &mut links)).collect::<Vec<_>>();
        let commodities = trade.commodities();
        let entry = |buyer: u32, l: &WeightedLink| Entry { buyer, supplier: commodities.vertex(l.supplier, l.product), weight: l.weight };
        let mut entries: Vec<Entry> = links.iter().map(|l| entry(l.buyer.0, l)).collect();
        let mut parts = vec![1.0; rows.len()];
        let (mut apart, mut own) = (Vec::new(), Vec::new());
        for vertex in trade.nodes() as u32..commodities.vertices() as u32 {
            own.clear();
            let VertexRow { row, part } = trade.weigh_vertex(vertex, Scope::All, &mut buffer, &mut own);
            entries.extend(own.iter().map(|l| entry(vertex, l)));
            rows.push(row);
            parts.push(part);
            apart.push(commodities.of_vertex(vertex).0);
        }
        let graph = SupplyGraph::new(commodities.vertices(), &entries)?;
        let graph = if apart.is_empty() {
            graph
        } else {
            let nodes = (0..trade.nodes() as u32).map(NodeIx).chain(apart.iter().copied());
            graph.with_places(Places::of(&nodes.collect::<Vec<_>>()))
        };
        Ok(WholeGraph { graph, links, rows, parts, apart })
    }

    /// The node of every vertex.
    pub fn nodes(&self) -> impl Iterator<Item = NodeIx> + '_ {
        (0..(self.rows.len() - self.apart.len()) as u32).map(NodeIx).chain(self.apart.iter().copied())
    }

    /// A column by node, taken to vertices.
    ///
    /// # Errors
    /// A column shorter than the nodes.
    pub fn column<'a, T: Copy>(&self, of_node: &'a [T]) -> Result<Cow<'a, [T]>> {
        if self.apart.is_empty() {
            return Ok(Cow::Borrowed(of_node));
        }
        let value = |n: NodeIx| of_node.get(n.at()).copied().ok_or_else(|| Error::internal("a column is shorter than the nodes"));
        self.nodes().map(value).collect::<Result<Vec<T>>>().map(Cow::Owned)
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
        let is_filled = |n: &NodeIx| *n == focal || is_intermediary(n);
        let filled: Vec<u32> = walk.nodes.iter().zip(0..).filter(|(n, _)| is_filled(n)).map(|(_, local)| local).collect();
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
        let targets = places.iter().map(|n| walk.join(n.0, LISTED)).collect();
        walk.onward();
        let node = walk.nodes.len() as u32;
        walk.into_view(Some(Listing { node, targets, filled, every_place_reached }))
    }

    /// The local number that names a node, where it is in the view: the least of its vertices.
    pub fn local(&self, node: NodeIx) -> Option<u32> {
        let at = self.by_global.partition_point(|(n, _)| *n < node);
        self.by_global.get(at).filter(|(n, _)| *n == node).map(|(_, local)| *local)
    }

    /// The global number behind a local one; none for the list itself.
    pub fn global(&self, local: u32) -> Option<NodeIx> {
        self.nodes.get(local as usize).copied()
    }

    /// Sets the probabilities of the focal node to 0, all its vertices: a focal figure starts at its purchases, and its own place is a line apart.
    pub fn start_at_purchases(&self, p: &mut [f64]) {
        for (p, _) in p.iter_mut().zip(&self.nodes).filter(|(_, n)| **n == self.focal) {
            *p = 0.0;
        }
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
    /// Vertex of the trade to local number.
    number: Vec<u32>,
    /// Local number to vertex of the trade.
    vertices: Vec<u32>,
    nodes: Vec<NodeIx>,
    headings: Vec<u16>,
    /// By node, where commodities are kept apart: whether any of its vertices is reached.
    is_reached: Vec<bool>,
    tier: Vec<u32>,
    rows: Vec<BuyerRow>,
    parts: Vec<f64>,
    links: Vec<WeightedLink>,
    entries: Vec<Entry>,
}

const ABSENT: u32 = u32::MAX;

impl<'a> Walk<'a> {
    fn from(trade: &'a Trade, focal: NodeIx) -> Result<Self> {
        if focal.at() >= trade.nodes() {
            return Err(Error::internal(format!("focal node {} in a graph of {} nodes", focal.0, trade.nodes())));
        }
        let mut walk = Walk {
            trade,
            focal,
            number: vec![ABSENT; trade.commodities().vertices().max(trade.nodes())],
            vertices: Vec::new(),
            nodes: Vec::new(),
            headings: Vec::new(),
            is_reached: vec![false; if trade.commodities().is_plain() { 0 } else { trade.nodes() }],
            tier: Vec::new(),
            rows: Vec::new(),
            parts: Vec::new(),
            links: Vec::new(),
            entries: Vec::new(),
        };
        walk.join(focal.0, 0);
        walk.onward();
        Ok(walk)
    }

    fn reached(&self, node: NodeIx) -> bool {
        match self.is_reached.get(node.at()) {
            Some(reached) => *reached,
            None => self.number.get(node.at()).is_some_and(|n| *n != ABSENT),
        }
    }

    fn join(&mut self, vertex: u32, tier: u32) -> u32 {
        let number = &mut self.number[vertex as usize];
        if *number == ABSENT {
            *number = self.nodes.len() as u32;
            let (node, heading) = self.trade.commodities().of_vertex(vertex);
            self.vertices.push(vertex);
            self.nodes.push(node);
            self.headings.push(heading);
            self.tier.push(tier);
            if let Some(reached) = self.is_reached.get_mut(node.at()) {
                *reached = true;
            }
        }
        *number
    }

    /// Weighs every joined node that has no row yet, and what it leads to.
    fn onward(&mut self) {
        let mut buffer: Vec<TradeLink> = Vec::new();
        while let (Some(vertex), Some(tier)) = (self.vertices.get(self.rows.len()).copied(), self.tier.get(self.rows.len()).copied()) {
            let buyer = self.rows.len() as u32;
            let first = self.links.len();
            let VertexRow { row, part } = self.trade.weigh_vertex(vertex, Scope::Focal(self.focal), &mut buffer, &mut self.links);
            self.rows.push(row);
            self.parts.push(part);
            for i in first..self.links.len() {
                let WeightedLink { supplier, product, weight, .. } = self.links[i];
                if weight > 0.0 {
                    let supplier = self.trade.commodities().vertex(supplier, product);
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
        let graph = SupplyGraph::new(size, &self.entries)?.with_places(Places::of(&self.nodes));
        let Walk { focal, nodes, headings, tier, rows, parts, links, .. } = self;
        Ok(View { focal, nodes, headings, tier, rows, parts, links, graph, listing, by_global })
    }
}
