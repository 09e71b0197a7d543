//! The usable supply links by buyer, each (supplier, buyer, product, scope) once, in an order that the files' order never shows in.
//!
//! Links come filtered by period and relation. Told more than once, a link's values, quantities and shares are summed
//! (conventions, "Weights": one supplier, buyer, product, scope is one link).

use super::commodities::{Commodities, NO_HEADING};
use super::weights::{BuyerRow, WeightedLink, weigh_row};
use crate::base::{Error, NodeIx, Result};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// No product is stated.
pub const NO_PRODUCT: u32 = u32::MAX;
/// No unit is stated.
pub const NO_UNIT: u32 = u32::MAX;

/// One usable supply link: goods or labour from `supplier` to `buyer`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TradeLink {
    pub supplier: NodeIx,
    pub buyer: NodeIx,
    /// Number of the product, [`NO_PRODUCT`] where none is stated.
    pub product: u32,
    /// Money a year, in the base currency.
    pub value: Option<f64>,
    /// Amount a year in `unit`.
    pub quantity: Option<f64>,
    /// Number of the unit, [`NO_UNIT`] where none is stated.
    pub unit: u32,
    /// Part of the buyer's purchases over all products, 0 to 1.
    pub share: Option<f64>,
    /// The focal node whose disclosure the link belongs to; none: it holds for all.
    pub scope: Option<NodeIx>,
}

/// Whose disclosures count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// At every buyer the links scoped to this node where there are any, else the unscoped ones.
    Focal(NodeIx),
    /// The links of all scopes as one; never a substitute for a focal figure.
    All,
}

/// Which account of a buyer's purchases a row is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Account {
    /// That of one disclosure; without scope: the one that holds for all.
    Of(Option<NodeIx>),
    /// All scopes as one.
    Merged,
}

/// A buyer's row as somebody asks it to be, in place of what its links say: what if a supplier were dropped or replaced.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AskedRow {
    /// By product, then supplier; summing to 1, or empty.
    pub links: Vec<WeightedLink>,
    pub row: BuyerRow,
}

/// Asked rows by buyer, heading of its vertex ([`NO_HEADING`]: the buyer as a whole) and account.
pub type AskedRows = BTreeMap<(NodeIx, u16, Account), AskedRow>;

/// What the links say of one vertex as a buyer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct VertexRow {
    pub row: BuyerRow,
    /// The part of the recorded purchases of its node that its links are, before anything that somebody asks; 1 of a node as a whole.
    pub part: f64,
}

/// All usable links, by buyer, then scope (unscoped first), product, supplier. 4 bytes a node and 72 a link.
#[derive(Clone, Debug)]
pub struct Trade {
    starts: Vec<u32>,
    links: Vec<TradeLink>,
    /// Empty but where somebody asks what if.
    asked: AskedRows,
    commodities: Commodities,
}

impl Trade {
    /// Sorts and merges the links of a graph of `nodes` nodes. A negative or infinite amount counts as missing.
    ///
    /// # Errors
    /// A link that names a node outside the graph, or 2^32 links and more.
    pub fn new(nodes: usize, links: &[TradeLink]) -> Result<Self> {
        if links.len() >= u32::MAX as usize || nodes >= u32::MAX as usize {
            return Err(Error::internal(format!("{} nodes and {} links are more than 32 bits number", nodes, links.len())));
        }
        if let Some(l) = links.iter().find(|l| l.supplier.at() >= nodes || l.buyer.at() >= nodes) {
            return Err(Error::internal(format!("a link from {} to {} in a graph of {nodes} nodes", l.supplier.0, l.buyer.0)));
        }
        let mut starts = vec![0u32; nodes + 1];
        for l in links {
            starts[l.buyer.at() + 1] += 1;
        }
        for b in 0..nodes {
            starts[b + 1] += starts[b];
        }
        let mut next = starts.clone();
        let mut by_buyer = vec![0u32; links.len()];
        for (i, l) in links.iter().enumerate() {
            by_buyer[next[l.buyer.at()] as usize] = i as u32;
            next[l.buyer.at()] += 1;
        }
        let mut out = Trade {
            starts: Vec::with_capacity(nodes + 1),
            links: Vec::with_capacity(links.len()),
            asked: AskedRows::new(),
            commodities: Commodities::none(nodes),
        };
        out.starts.push(0);
        let mut row: Vec<TradeLink> = Vec::new();
        for b in 0..nodes {
            row.clear();
            row.extend(by_buyer[starts[b] as usize..starts[b + 1] as usize].iter().map(|i| cleaned(links[*i as usize])));
            row.sort_unstable_by(canonical);
            merge_into(&row, &mut out.links, |a, b| key(a) == key(b), joined_parts);
            out.starts.push(out.links.len() as u32);
        }
        Ok(out)
    }

    /// N, the number of nodes.
    pub fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    /// All links, each once, in canonical order.
    pub fn links(&self) -> &[TradeLink] {
        &self.links
    }

    /// The same trade with these rows in place of what the links say. The links themselves stay as they are told; what a node is asked to sell, it
    /// sells.
    pub fn with_asked(&self, asked: AskedRows) -> Self {
        let commodities = self.commodities_with(&asked);
        Trade { asked, commodities, ..self.clone() }
    }

    /// The vertices of the same trade with these rows in place of what the links say.
    pub fn commodities_with(&self, asked: &AskedRows) -> Commodities {
        self.commodities.also_sold(asked.values().flat_map(|row| row.links.iter().map(|l| (l.supplier, l.product))))
    }

    /// The same trade with the commodities of some nodes kept apart.
    pub fn with_commodities(self, commodities: Commodities) -> Self {
        Trade { commodities, ..self }
    }

    /// Which nodes stand in the graph once for every heading as which they sell.
    pub fn commodities(&self) -> &Commodities {
        &self.commodities
    }

    /// As [`weigh`](Self::weigh), for a vertex of [`commodities`](Self::commodities): of the links that count at its node those of its heading and those
    /// without.
    pub fn weigh_vertex(&self, vertex: u32, scope: Scope, buffer: &mut Vec<TradeLink>, out: &mut Vec<WeightedLink>) -> VertexRow {
        let (buyer, heading) = self.commodities.of_vertex(vertex);
        if heading == NO_HEADING {
            return VertexRow { row: self.weigh(buyer, scope, buffer, out), part: 1.0 };
        }
        let told = self.row_in(buyer, scope, buffer);
        let feeds = |product: u32| self.commodities.feeds(product, heading);
        let mut whole = Vec::with_capacity(told.len());
        weigh_row(told, &mut whole);
        let part = whole.iter().filter(|l| feeds(l.product)).map(|l| l.weight).sum::<f64>().clamp(0.0, 1.0);
        if let Some(asked) = self.asked_row(buyer, heading, scope, told) {
            out.extend_from_slice(&asked.links);
            return VertexRow { row: asked.row, part };
        }
        let own: Vec<TradeLink> = told.iter().filter(|l| feeds(l.product)).copied().collect();
        // An account stays that of its disclosure, where nothing of the heading is in it.
        let row = BuyerRow { scoped: told.iter().any(|l| l.scope.is_some()), ..weigh_row(&own, out) };
        VertexRow { row, part }
    }

    fn asked_row(&self, buyer: NodeIx, heading: u16, scope: Scope, told: &[TradeLink]) -> Option<&AskedRow> {
        if self.asked.is_empty() {
            return None;
        }
        let account = match scope {
            Scope::All => Account::Merged,
            Scope::Focal(_) => Account::Of(told.first().and_then(|l| l.scope)),
        };
        self.asked.get(&(buyer, heading, account))
    }

    /// Weighs the links that count at `buyer` in that scope and appends them to `out`; `buffer` is room to work in.
    pub fn weigh(&self, buyer: NodeIx, scope: Scope, buffer: &mut Vec<TradeLink>, out: &mut Vec<WeightedLink>) -> BuyerRow {
        let row = self.row_in(buyer, scope, buffer);
        if let Some(asked) = self.asked_row(buyer, NO_HEADING, scope, row) {
            out.extend_from_slice(&asked.links);
            return asked.row;
        }
        weigh_row(row, out)
    }

    /// Every link into `buyer`, of all scopes.
    pub fn row(&self, buyer: NodeIx) -> &[TradeLink] {
        match (self.starts.get(buyer.at()), self.starts.get(buyer.at() + 1)) {
            (Some(from), Some(to)) => &self.links[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// The links that count at `buyer` in that scope, distinct by product and supplier and sorted so; `buffer` is room to work in.
    pub fn row_in<'a>(&'a self, buyer: NodeIx, scope: Scope, buffer: &'a mut Vec<TradeLink>) -> &'a [TradeLink] {
        let row = self.row(buyer);
        let unscoped = row.partition_point(|l| l.scope.is_none());
        match scope {
            Scope::Focal(focal) => {
                let scoped = &row[unscoped..];
                let from = scoped.partition_point(|l| l.scope < Some(focal));
                let to = scoped.partition_point(|l| l.scope <= Some(focal));
                if from < to { &scoped[from..to] } else { &row[..unscoped] }
            }
            Scope::All if unscoped == row.len() => row,
            Scope::All => {
                let mut all = row.to_vec();
                all.sort_by_key(|l| (l.product, l.supplier, l.scope));
                buffer.clear();
                merge_into(&all, buffer, |a, b| (a.product, a.supplier) == (b.product, b.supplier), joined_scopes);
                buffer
            }
        }
    }
}

fn key(l: &TradeLink) -> (Option<NodeIx>, u32, NodeIx) {
    (l.scope, l.product, l.supplier)
}

/// A total order of links of one buyer: equal only where all that counts is equal, so that sums run in one order whatever the files' order.
fn canonical(a: &TradeLink, b: &TradeLink) -> Ordering {
    let amount = |x: Option<f64>| x.unwrap_or(-1.0);
    key(a)
        .cmp(&key(b))
        .then(a.unit.cmp(&b.unit))
        .then(amount(a.value).total_cmp(&amount(b.value)))
        .then(amount(a.quantity).total_cmp(&amount(b.quantity)))
        .then(amount(a.share).total_cmp(&amount(b.share)))
}

fn cleaned(mut l: TradeLink) -> TradeLink {
    let usable = |x: Option<f64>| x.filter(|x| x.is_finite() && *x >= 0.0);
    (l.value, l.quantity, l.share) = (usable(l.value), usable(l.quantity), usable(l.share));
    l
}

fn merge_into(
    row: &[TradeLink],
    out: &mut Vec<TradeLink>,
    same: impl Fn(&TradeLink, &TradeLink) -> bool,
    join: impl Fn(&TradeLink, &TradeLink) -> TradeLink,
) {
    for group in row.chunk_by(|a, b| same(a, b)) {
        out.extend(group.iter().copied().reduce(|a, b| join(&a, &b)));
    }
}

fn sum(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (known, None) | (None, known) => known,
    }
}

/// Two parts of one link. Quantities of different units are no sum: the quantity is then unknown.
fn joined_parts(a: &TradeLink, b: &TradeLink) -> TradeLink {
    let mixed = a.quantity.is_some() && b.quantity.is_some() && a.unit != b.unit;
    TradeLink {
        value: sum(a.value, b.value),
        quantity: if mixed { None } else { sum(a.quantity, b.quantity) },
        unit: if mixed {
            NO_UNIT
        } else if a.quantity.is_some() {
            a.unit
        } else {
            b.unit
        },
        share: sum(a.share, b.share),
        ..*a
    }
}

/// One link as two disclosures tell it. Values and quantities are parts of the trade; a share is told of the same whole, so the larger stands.
fn joined_scopes(a: &TradeLink, b: &TradeLink) -> TradeLink {
    let share = match (a.share, b.share) {
        (Some(x), Some(y)) => Some(x.max(y)),
        (known, None) | (None, known) => known,
    };
    TradeLink { share, ..joined_parts(a, b) }
}
