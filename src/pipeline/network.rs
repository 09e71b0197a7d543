//! From the links of the data to the graphs that the walk runs on, and the mapped share of every node under both rules.

use crate::base::{Kind, NodeIx, Result, Symbol};
use crate::export::walk_rows::MappedRule;
use crate::graph::commodities::{Commodities, NO_HEADING, heading};
use crate::graph::exits::{Exits, is_trade};
use crate::graph::in_force::{Placed, Use};
use crate::graph::mapped::{MappedBasis, mapped_share};
use crate::graph::perspective::{View, WholeGraph};
use crate::graph::trade::{AskedRows, NO_PRODUCT, NO_UNIT, Scope, Trade, TradeLink, VertexRow};
use crate::graph::weights::BuyerRow;
use crate::pack::MethodPack;
use crate::resolve::Resolution;
use crate::validate::Inputs;
use std::collections::BTreeMap;

/// The usable links and what stands beside them.
#[derive(Debug)]
pub struct Network {
    pub trade: Trade,
    pub whole: WholeGraph,
    pub kinds: Vec<Kind>,
    /// Texts of the product numbers of [`TradeLink::product`], in byte order.
    pub products: Vec<String>,
    product_numbers: BTreeMap<Symbol, u32>,
    /// Listed places of each focal node.
    pub listings: BTreeMap<NodeIx, Vec<NodeIx>>,
    /// Whether any supply link, ended or not, belongs to one company's disclosure.
    pub any_scope: bool,
    /// Whether an asked row leaves somebody after an adverse finding.
    pub asks_exits: bool,
}

impl Network {
    /// Builds the graph of all nodes from the links in force.
    ///
    /// # Errors
    /// More than 2^32 links.
    pub fn build(inputs: &Inputs, resolution: &Resolution, links: &[Placed]) -> Result<Self> {
        let usable = || links.iter().filter(|l| l.use_ == Use::Supply);
        let products = ranked(inputs, usable().filter_map(|l| l.product));
        let units = ranked(inputs, usable().filter_map(|l| l.unit));
        let number = |ranks: &BTreeMap<Symbol, u32>, s: Option<Symbol>, none: u32| s.and_then(|s| ranks.get(&s).copied()).unwrap_or(none);
        let trade_links: Vec<TradeLink> = usable()
            .map(|l| TradeLink {
                supplier: l.supplier,
                buyer: l.buyer,
                product: number(&products, l.product, NO_PRODUCT),
                value: l.value,
                quantity: l.quantity,
                unit: number(&units, l.unit, NO_UNIT),
                share: l.share,
                scope: l.scope,
            })
            .collect();
        let kinds: Vec<Kind> = resolution.nodes.iter().map(|n| n.kind).collect();
        let heading_of = |s: Symbol| heading(inputs.ids.text(s));
        let mut headings = vec![NO_HEADING; products.len()];
        for (s, number) in &products {
            if let Some(slot) = headings.get_mut(*number as usize) {
                *slot = heading_of(*s);
            }
        }
        let bought_before = links.iter().filter(|l| l.use_ == Use::NotInForce && is_trade(l));
        let bought_before = bought_before.filter_map(|l| l.product.map(|s| (l.buyer, heading_of(s))));
        let commodities = Commodities::of(&trade_links, &kinds, headings, bought_before);
        let trade = Trade::new(resolution.len(), &trade_links)?.with_commodities(commodities);
        let whole = WholeGraph::new(&trade)?;
        let mut names: Vec<(u32, String)> = products.iter().map(|(s, n)| (*n, inputs.ids.text(*s).to_owned())).collect();
        names.sort_unstable();
        names.dedup_by_key(|(n, _)| *n);
        let mut listings: BTreeMap<NodeIx, Vec<NodeIx>> = BTreeMap::new();
        for l in links.iter().filter(|l| l.use_ == Use::Listing) {
            // A list holds for the focal node whose disclosure it is; without scope, for the buyer that publishes it.
            listings.entry(l.scope.unwrap_or(l.buyer)).or_default().push(l.supplier);
        }
        for places in listings.values_mut() {
            places.sort_unstable();
            places.dedup();
        }
        Ok(Network {
            trade,
            whole,
            kinds,
            products: names.into_iter().map(|(_, t)| t).collect(),
            product_numbers: products,
            listings,
            any_scope: links.iter().any(|l| is_trade(l) && l.scope.is_some()),
            asks_exits: false,
        })
    }

    /// The same network with these rows and published lists in place of its own.
    ///
    /// # Errors
    /// Only where `Trade` broke its own rules.
    pub fn with_asked(&self, rows: AskedRows, listings: BTreeMap<NodeIx, Vec<NodeIx>>) -> Result<Self> {
        let asks_exits = rows.values().any(|asked| asked.row.asked_left > 0.0);
        let trade = self.trade.with_asked(rows);
        Ok(Network {
            whole: WholeGraph::new(&trade)?,
            trade,
            kinds: self.kinds.clone(),
            products: self.products.clone(),
            product_numbers: self.product_numbers.clone(),
            listings,
            any_scope: self.any_scope,
            asks_exits,
        })
    }

    /// The number of a product of a usable link.
    pub fn product_number(&self, product: Option<Symbol>) -> u32 {
        product.and_then(|s| self.product_numbers.get(&s).copied()).unwrap_or(NO_PRODUCT)
    }

    /// The text of a product number.
    pub fn product(&self, number: u32) -> Option<&str> {
        self.products.get(number as usize).map(String::as_str)
    }
}

/// Ranks texts by their bytes, so that numbers do not depend on the order of rows.
fn ranked(inputs: &Inputs, symbols: impl Iterator<Item = Symbol>) -> BTreeMap<Symbol, u32> {
    let mut distinct: Vec<Symbol> = symbols.collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.sort_by(|a, b| inputs.ids.text(*a).cmp(inputs.ids.text(*b)));
    distinct.into_iter().zip(0..).collect()
}

/// Mapped shares of a set of nodes under both rules, and what they rest on.
#[derive(Clone, Debug, Default)]
pub struct Mapped {
    pub cautious: Vec<f64>,
    pub as_listed: Vec<f64>,
    pub basis: Vec<MappedBasis>,
    /// Part of what is mapped that stood with suppliers that the node left; empty where nobody left anybody.
    pub exited: Vec<f64>,
}

impl Mapped {
    pub fn of_rule(&self, rule: MappedRule) -> &[f64] {
        match rule {
            MappedRule::Cautious => &self.cautious,
            MappedRule::AsListed => &self.as_listed,
        }
    }

    /// Mapped shares of all vertices, nodes first, all scopes merged.
    pub fn whole(network: &Network, exits: &Exits, resolution: &Resolution, pack: &MethodPack) -> Self {
        let of = Method { network, exits, scope: Scope::All, resolution, pack };
        let mut mapped = Mapped::default();
        for (vertex, (row, part)) in (0..).zip(network.whole.rows.iter().zip(&network.whole.parts)) {
            let (node, heading) = network.trade.commodities().of_vertex(vertex);
            mapped.push(&of, node, heading, VertexRow { row: *row, part: *part });
        }
        mapped
    }

    /// Mapped shares of the vertices of a focal view, by local number.
    pub fn view(view: &View, network: &Network, exits: &Exits, resolution: &Resolution, pack: &MethodPack) -> Self {
        let of = Method { network, exits, scope: Scope::Focal(view.focal), resolution, pack };
        let mut mapped = Mapped::default();
        for ((node, heading), (row, part)) in view.nodes.iter().zip(&view.headings).zip(view.rows.iter().zip(&view.parts)) {
            mapped.push(&of, *node, *heading, VertexRow { row: *row, part: *part });
        }
        mapped
    }

    fn push(&mut self, of: &Method<'_>, node: NodeIx, heading: u16, vertex: VertexRow) {
        let Some(n) = of.resolution.nodes.get(node.at()) else { return };
        let assumed = of.pack.kinds.get(&n.kind).map_or(0.5, |k| k.assumed_mapped);
        let row = if heading == NO_HEADING { vertex.row } else { of.row_of(node) };
        // What one company's disclosure records is no part of all that a supplier buys, only of what it buys for that company.
        let purchases = n.purchases_value.filter(|_| !row.scoped);
        let recorded = of.exits.with_left(node, of.scope, &row);
        let (share, mut basis) = match row.asked_mapped {
            Some(asked) => (asked, MappedBasis::Declared),
            None => mapped_share(n.kind, &recorded, n.mapped_share, purchases, assumed),
        };
        let (mut share, mut e) = (share, of.exits.share(node, of.scope, &row));
        if heading != NO_HEADING {
            let left = of.exits.of_heading(node, heading, of.scope, &row);
            if vertex.row.links + left.links == 0 {
                (share, basis) = (0.0, MappedBasis::NoLinks);
            } else if matches!(basis, MappedBasis::Declared | MappedBasis::Recorded) {
                share = of_heading(share, (1.0 - e) * vertex.part + left.of_all);
            }
            e = left.share;
        }
        // Of what is in force, what nobody takes over is unseen, and what is left after a finding exits.
        let BuyerRow { unplaced, asked_left, .. } = vertex.row;
        let placed = 1.0 - (1.0 - e) * unplaced;
        let mut shares = [share, if basis == MappedBasis::Assumed { 1.0 } else { share }].map(|s| s * placed);
        if !of.exits.is_empty() || of.network.asks_exits {
            if placed > 0.0 {
                e = ((e + (1.0 - e) * asked_left) / placed).min(1.0);
            }
            if e > 0.0 && vertex.row.links == 0 && !n.kind.is_origin() {
                // Nothing in force is left to pass the rest on to: it is as unseen as before.
                (shares, e) = (shares.map(|s| s * e), 1.0);
            }
            self.exited.push(e);
        }
        let [cautious, as_listed] = shares;
        self.cautious.push(cautious);
        self.as_listed.push(as_listed);
        self.basis.push(basis);
    }
}

/// What mapped shares are taken from.
struct Method<'a> {
    network: &'a Network,
    exits: &'a Exits,
    scope: Scope,
    resolution: &'a Resolution,
    pack: &'a MethodPack,
}

impl Method<'_> {
    /// What the links say of a node as a whole.
    fn row_of(&self, node: NodeIx) -> BuyerRow {
        match self.scope {
            Scope::All => self.network.whole.rows.get(node.at()).copied().unwrap_or_default(),
            Scope::Focal(_) => self.network.trade.weigh(node, self.scope, &mut Vec::new(), &mut Vec::new()),
        }
    }
}

/// The mapped share of one heading of a node that keeps commodities apart, from that of the node and the part of its recorded purchases that its links
/// of the heading, and those without product, are.
///
/// ```text
/// mapped(node, heading) = mapped part / (mapped part + 1 - mapped)
/// ```
///
/// Of what is not mapped nobody knows the product: like a link without product it may be of any heading, and counts in every one. So who hides a supplier
/// of one heading narrows the range of none (law T4). The share that the method assumes holds for every heading as it is.
pub(super) fn of_heading(mapped: f64, part: f64) -> f64 {
    let (known, open) = (mapped * part, 1.0 - mapped);
    if open <= 0.0 {
        1.0
    } else if known + open > 0.0 {
        (known / (known + open)).clamp(0.0, 1.0)
    } else {
        0.0
    }
}
