//! From the links of the data to the graphs that the walk runs on, and the mapped share of every node under both rules.

use crate::base::{Kind, NodeIx, Result, Symbol};
use crate::export::walk_rows::MappedRule;
use crate::graph::exits::Exits;
use crate::graph::in_force::{Placed, Use};
use crate::graph::mapped::{MappedBasis, mapped_share};
use crate::graph::perspective::{View, WholeGraph};
use crate::graph::trade::{AskedRows, NO_PRODUCT, NO_UNIT, Scope, Trade, TradeLink};
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
    pub any_scope: bool,
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
        let trade = Trade::new(resolution.len(), &trade_links)?;
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
            kinds: resolution.nodes.iter().map(|n| n.kind).collect(),
            products: names.into_iter().map(|(_, t)| t).collect(),
            product_numbers: products,
            listings,
            any_scope: trade_links.iter().any(|l| l.scope.is_some()),
        })
    }

    /// The same network with these rows and published lists in place of its own.
    ///
    /// # Errors
    /// Only where `Trade` broke its own rules.
    pub fn with_asked(&self, rows: AskedRows, listings: BTreeMap<NodeIx, Vec<NodeIx>>) -> Result<Self> {
        let trade = self.trade.with_asked(rows);
        Ok(Network {
            whole: WholeGraph::new(&trade)?,
            trade,
            kinds: self.kinds.clone(),
            products: self.products.clone(),
            product_numbers: self.product_numbers.clone(),
            listings,
            any_scope: self.any_scope,
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

    /// Mapped shares of all nodes, all scopes merged.
    pub fn whole(network: &Network, exits: &Exits, resolution: &Resolution, pack: &MethodPack) -> Self {
        let rows = (0..resolution.len()).map(|i| (NodeIx(i as u32), network.whole.rows.get(i)));
        Self::of(rows, exits, Scope::All, resolution, pack)
    }

    /// Mapped shares of the nodes of a focal view, by local number.
    pub fn view(view: &View, exits: &Exits, resolution: &Resolution, pack: &MethodPack) -> Self {
        let rows = view.nodes.iter().enumerate().map(|(i, n)| (*n, view.rows.get(i)));
        Self::of(rows, exits, Scope::Focal(view.focal), resolution, pack)
    }

    fn of<'a>(
        rows: impl Iterator<Item = (NodeIx, Option<&'a BuyerRow>)>,
        exits: &Exits,
        scope: Scope,
        resolution: &Resolution,
        pack: &MethodPack,
    ) -> Self {
        let mut mapped = Mapped::default();
        let nothing = BuyerRow::default();
        for (node, row) in rows {
            let Some(n) = resolution.nodes.get(node.at()) else { continue };
            let assumed = pack.kinds.get(&n.kind).map_or(0.5, |k| k.assumed_mapped);
            let row = row.unwrap_or(&nothing);
            // What one company's disclosure records is no part of all that a supplier buys, only of what it buys for that company.
            let purchases = n.purchases_value.filter(|_| !row.scoped);
            let recorded = exits.with_left(node, scope, row);
            let (share, basis) = match row.asked_mapped {
                Some(asked) => (asked, MappedBasis::Declared),
                None => mapped_share(n.kind, &recorded, n.mapped_share, purchases, assumed),
            };
            let mut shares = [share, if basis == MappedBasis::Assumed { 1.0 } else { share }].map(|s| s * (1.0 - row.unplaced));
            if !exits.is_empty() {
                let mut e = exits.share(node, scope, row);
                if e > 0.0 && row.links == 0 && !n.kind.is_origin() {
                    // Nothing in force is left to pass the rest on to: it is as unseen as before.
                    (shares, e) = (shares.map(|s| s * e), 1.0);
                }
                mapped.exited.push(e);
            }
            let [cautious, as_listed] = shares;
            mapped.cautious.push(cautious);
            mapped.as_listed.push(as_listed);
            mapped.basis.push(basis);
        }
        mapped
    }
}
