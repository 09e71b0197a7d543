//! What leaving would do to the people at the places that are left: orders lost there and further up the chain, where the volume goes, and
//! what is believed of the places that take over. Leaving moves the risk of a buyer; it remedies nothing.
//!
//! ```text
//! lost(s)  = value of the links left             at a node that is left
//! lost(u)  = sum over its other buyers b of lost(b) / sales(b) x value(u -> b)
//! ```
//!
//! A place that sells less buys less, from each of its suppliers alike. A trader or another node that keeps commodities apart buys less of what it sells
//! less of: of what it buys from u, v(u -> b), it cuts
//!
//! ```text
//! sum over its vertices c of lost(c) w(u | c) / sum of sales(c) w(u | c)      w(u | c) = v(u -> b) / all that feeds c
//! ```
//! `sales` is what recorded links with a value carry, so that lost(u) never
//! exceeds sales(u). Links without a value carry nothing here and are counted. What suppliers further up gain through whoever takes over
//! is not set against it: people lose work at one place and may find it at another, or not.

use super::Parts;
use super::apply::LeftLink;
use crate::base::{Branch, NodeIx, Norm, Result, Symbol, Traced};
use crate::findings::Level;
use crate::graph::commodities::Commodities;
use crate::graph::csr::{Entry, SupplyGraph};
use crate::graph::trade::NO_PRODUCT;
use crate::pipeline::prepared::{Believed, Prepared};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Suppliers further up that are named.
const UPSTREAM_MOST: usize = 10;
/// Rounds in one circle of trade; what is then still on its way is below any order.
const ROUNDS_MOST: u32 = 10_000;
/// A circle rests where no node's loss moves by more than this part of what the place that is left loses.
const STILL: f64 = 1e-10;

/// A place that buyers leave.
#[derive(Clone, Debug, Serialize)]
pub struct Leaving {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
    pub people: Option<f64>,
    pub people_standing: Option<String>,
    /// What is believed of it now.
    pub risk: Option<Risk>,
    /// Whether a rule finds that children are among the affected; how many is never told.
    pub children_affected: bool,
    /// Orders lost, money a year, over the links that are left and have a value.
    pub orders_lost: Option<f64>,
    /// Of them, what its recorded sales are in all.
    pub recorded_sales: Option<f64>,
    /// orders_lost / recorded_sales; 1 where every buyer leaves.
    pub share_of_sales: Option<f64>,
    /// The same of the output that the place states for itself.
    pub share_of_output: Option<f64>,
    pub links_left: u64,
    pub links_left_without_value: u64,
    pub lost: Vec<LostOrder>,
    /// Suppliers further up, the largest loss first.
    pub upstream: Vec<UpstreamLoss>,
    /// All of them, and what they lose together; figures of different tiers are not added to those of the place itself.
    pub upstream_nodes: u64,
    pub upstream_lost: f64,
    pub upstream_people: f64,
    /// Whether a cut here would count as exited, and never as clear (model 2, "Exits"): a finding or evidence stands there.
    pub would_count_as_exited: bool,
}

/// One link that is left.
#[derive(Clone, Debug, Serialize)]
pub struct LostOrder {
    pub buyer_id: String,
    pub buyer: String,
    pub product: Option<String>,
    pub value: Option<f64>,
    /// Part of the buyer's recorded purchases.
    pub share_of_purchases: f64,
    pub goes_to: Vec<Destination>,
    /// The part of the link that nobody takes over: it stays in the buyer's figures, as unseen.
    pub unseen: f64,
}

/// A place that takes over.
#[derive(Clone, Debug, Serialize)]
pub struct Destination {
    pub node_id: String,
    pub name: String,
    pub country: Option<String>,
    /// Part of the link, and of its value.
    pub part: f64,
    pub value: Option<f64>,
    pub people: Option<f64>,
    pub risk: Option<Risk>,
}

/// What is believed of a place; `None` where nobody works.
#[derive(Clone, Debug, Serialize)]
pub struct Risk {
    /// Probability of any norm.
    pub any: f64,
    /// `indicated`, `possible`, `site_signal` or `context_risk`.
    pub state: String,
    pub on_evidence: bool,
    /// Probability that it would have been heard of, for the root norm of each branch.
    pub coverage: [(&'static str, f64); 3],
}

/// A supplier of a place that is left.
#[derive(Clone, Debug, Serialize)]
pub struct UpstreamLoss {
    pub node_id: String,
    pub name: String,
    pub country: Option<String>,
    pub lost: f64,
    pub share_of_sales: f64,
    pub people: Option<f64>,
    pub state: Option<String>,
}

/// What is known of the places before the changes.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub prepared: &'a Prepared,
    pub believed: &'a Believed,
    /// Supplier and buyer of the cuts that follow an adverse finding.
    pub adverse: &'a BTreeSet<(NodeIx, NodeIx)>,
}

impl Known<'_> {
    pub fn parts(&self, node: NodeIx) -> Parts {
        let n = self.prepared.resolution.nodes.get(node.at());
        Parts {
            node_id: n.map_or_else(String::new, |n| n.shown_id.to_string()),
            name: n.map_or_else(String::new, |n| n.shown_name.to_string()),
            kind: n.map_or_else(String::new, |n| n.kind.as_str().to_owned()),
            country: n.and_then(|n| n.country).map(|c| c.to_string()),
        }
    }

    fn people(&self, node: NodeIx) -> Option<(f64, String)> {
        let works = self.prepared.resolution.nodes.get(node.at()).is_some_and(|n| n.kind.has_posterior());
        works.then(|| self.believed.priors.people(node)).map(|(people, standing)| (people, standing.as_str().to_owned()))
    }

    pub fn risk(&self, node: NodeIx) -> Option<Risk> {
        let belief = self.believed.beliefs.get(node.at())?.as_ref()?;
        let state = match self.believed.rules.highest(node) {
            Some((level @ (Level::Possible | Level::Indicated), _)) => level.as_str(),
            _ if belief.site_signal => "site_signal",
            _ => "context_risk",
        };
        let coverage = |n: Norm| (n.as_str(), belief.coverage[n.at()]);
        Some(Risk {
            any: belief.posterior.any,
            state: state.to_owned(),
            on_evidence: belief.on_evidence(Traced::Any),
            coverage: [coverage(Norm::ChildLabour), coverage(Norm::ForcedLabour), coverage(Norm::Trafficking)],
        })
    }

    /// Whether a rule finds a norm of the child branch, or trafficking of a child, at least possible.
    fn children_affected(&self, node: NodeIx) -> bool {
        let of_children = |n: Norm| n.branch() == Branch::Child || n == Norm::ChildTrafficking;
        self.believed.rules.found.nodes.iter().any(|f| f.node == node && f.level >= Level::Possible && of_children(f.norm))
    }

    fn product(&self, product: u32) -> Option<String> {
        if product == NO_PRODUCT { None } else { self.prepared.network.product(product).map(str::to_owned) }
    }
}

/// What leaving does, for every place that is left, in order of shown ids.
///
/// # Errors
/// Only where the graph broke its own rules.
pub(super) fn leaving(left: &[LeftLink], known: Known<'_>) -> Result<Vec<Leaving>> {
    let sales = Sales::of(known.prepared)?;
    let outputs = outputs(known.prepared);
    let mut all: Vec<Leaving> = left.chunk_by(|a, b| a.supplier == b.supplier).map(|links| one(links, &sales, &outputs, known)).collect();
    all.sort_by(|a, b| a.node_id.cmp(&b.node_id));
    Ok(all)
}

/// What places state as their output, by the symbol of their record.
fn outputs(prepared: &Prepared) -> BTreeMap<Symbol, f64> {
    prepared.inputs.nodes.iter().filter_map(|n| Some((n.id, n.output_value.filter(|v| *v > 0.0)?))).collect()
}

fn one(links: &[LeftLink], sales: &Sales, outputs: &BTreeMap<Symbol, f64>, known: Known<'_>) -> Leaving {
    let supplier = links.first().map_or(NodeIx(0), |l| l.supplier);
    let Parts { node_id, name, kind, country } = known.parts(supplier);
    let valued: Vec<f64> = links.iter().filter_map(|l| l.value).collect();
    let orders_lost = (!valued.is_empty()).then(|| valued.iter().sum::<f64>());
    let recorded_sales = sales.of.get(supplier.at()).copied().filter(|s| *s > 0.0);
    let every_buyer = sales.buyers(supplier).all(|b| links.iter().any(|l| l.buyer == b));
    let share_of_sales = if every_buyer { Some(1.0) } else { orders_lost.zip(recorded_sales).map(|(lost, all)| (lost / all).min(1.0)) };
    let output = known.prepared.resolution.nodes.get(supplier.at()).and_then(|n| outputs.get(&n.symbol));
    let (people, people_standing) = known.people(supplier).unzip();
    let risk = known.risk(supplier);
    let (upstream, rest) = upstream(links, supplier, sales, known);
    Leaving {
        children_affected: known.children_affected(supplier),
        share_of_output: orders_lost.zip(output).map(|(lost, all)| (lost / all).min(1.0)),
        links_left: links.len() as u64,
        links_left_without_value: links.iter().filter(|l| l.value.is_none()).count() as u64,
        lost: links.iter().map(|l| lost_order(l, known)).collect(),
        upstream,
        upstream_nodes: rest.nodes,
        upstream_lost: rest.lost,
        upstream_people: rest.people,
        would_count_as_exited: links.iter().any(|l| known.adverse.contains(&(l.supplier, l.buyer))),
        node_id,
        name,
        kind,
        country,
        people,
        people_standing,
        risk,
        orders_lost,
        recorded_sales,
        share_of_sales,
    }
}

fn lost_order(link: &LeftLink, known: Known<'_>) -> LostOrder {
    let Parts { node_id: buyer_id, name: buyer, .. } = known.parts(link.buyer);
    let mut goes_to: Vec<Destination> = link
        .goes_to
        .iter()
        .map(|(to, part)| {
            let Parts { node_id, name, country, .. } = known.parts(*to);
            let people = known.people(*to).map(|(people, _)| people);
            Destination { node_id, name, country, part: *part, value: link.value.map(|v| v * part), people, risk: known.risk(*to) }
        })
        .collect();
    goes_to.sort_by(|a, b| b.part.total_cmp(&a.part).then_with(|| a.node_id.cmp(&b.node_id)));
    let product = known.product(link.product);
    LostOrder { buyer_id, buyer, product, value: link.value, share_of_purchases: link.weight, goes_to, unseen: link.unplaced }
}

/// What all suppliers further up lose together.
#[derive(Default)]
struct Rest {
    nodes: u64,
    lost: f64,
    people: f64,
}

fn upstream(links: &[LeftLink], supplier: NodeIx, sales: &Sales, known: Known<'_>) -> (Vec<UpstreamLoss>, Rest) {
    let gone: BTreeSet<NodeIx> = links.iter().map(|l| l.buyer).collect();
    let lost = sales.lost(supplier, &gone);
    let mut all: Vec<UpstreamLoss> = Vec::new();
    let mut rest = Rest::default();
    for (node, lost) in lost.into_iter().filter(|(node, lost)| *lost > 0.0 && *node != supplier) {
        let Parts { node_id, name, country, .. } = known.parts(node);
        let people = known.people(node).map(|(people, _)| people);
        rest.nodes += 1;
        rest.lost += lost;
        rest.people += people.unwrap_or(0.0);
        let share_of_sales = sales.of.get(node.at()).filter(|s| **s > 0.0).map_or(0.0, |s| (lost / s).min(1.0));
        all.push(UpstreamLoss { node_id, name, country, lost, share_of_sales, people, state: known.risk(node).map(|r| r.state) });
    }
    all.sort_by(|a, b| b.lost.total_cmp(&a.lost).then_with(|| a.node_id.cmp(&b.node_id)));
    all.truncate(UPSTREAM_MOST);
    (all, rest)
}

/// Recorded sales in money, by supplier.
struct Sales {
    /// Who buys from whom, goods of every kind together.
    graph: SupplyGraph,
    /// Which nodes sell headings apart; of every vertex what it sells and what feeds it.
    commodities: Commodities,
    sold: Vec<f64>,
    feeding: Vec<f64>,
    /// Length N + 1.
    starts: Vec<usize>,
    /// Buyer, product and value (0 where it is not told), by supplier. Products are told apart where any node keeps them apart.
    to: Vec<(NodeIx, u32, f64)>,
    /// All that recorded links of each node carry.
    of: Vec<f64>,
}

impl Sales {
    fn of(prepared: &Prepared) -> Result<Self> {
        let nodes = prepared.resolution.len();
        let commodities = prepared.network.trade.commodities().clone();
        let mut pairs: BTreeMap<(NodeIx, NodeIx, u32), f64> = BTreeMap::new();
        for l in prepared.network.trade.links() {
            let product = if commodities.is_plain() { NO_PRODUCT } else { l.product };
            *pairs.entry((l.supplier, l.buyer, product)).or_default() += l.value.unwrap_or(0.0);
        }
        let (mut sold, mut feeding) = (vec![0.0; commodities.vertices()], vec![0.0; commodities.vertices()]);
        for ((supplier, buyer, product), value) in &pairs {
            let add = |column: &mut Vec<f64>, vertex: u32| {
                if let Some(sum) = column.get_mut(vertex as usize) {
                    *sum += value;
                }
            };
            add(&mut sold, commodities.vertex(*supplier, *product));
            commodities.fed_by(*buyer, *product).for_each(|vertex| add(&mut feeding, vertex));
        }
        let entries: Vec<Entry> =
            pairs.keys().map(|(supplier, buyer, _)| Entry { buyer: buyer.0, supplier: supplier.0, weight: 1.0 }).collect();
        let graph = SupplyGraph::of_entries(nodes, entries)?;
        let (mut starts, mut of, mut to) = (vec![0usize; nodes + 1], vec![0.0; nodes], Vec::with_capacity(pairs.len()));
        for ((supplier, buyer, product), value) in pairs {
            if let (Some(start), Some(sum)) = (starts.get_mut(supplier.at() + 1), of.get_mut(supplier.at())) {
                *start += 1;
                *sum += value;
            }
            to.push((buyer, product, value));
        }
        for n in 0..nodes {
            starts[n + 1] += starts[n];
        }
        Ok(Sales { graph, commodities, sold, feeding, starts, to, of })
    }

    fn row(&self, supplier: NodeIx) -> &[(NodeIx, u32, f64)] {
        match (self.starts.get(supplier.at()), self.starts.get(supplier.at() + 1)) {
            (Some(from), Some(to)) => self.to.get(*from..*to).unwrap_or_default(),
            _ => &[],
        }
    }

    fn buyers(&self, supplier: NodeIx) -> impl Iterator<Item = NodeIx> + '_ {
        self.row(supplier).iter().map(|(b, _, _)| *b)
    }

    /// Part of what a buyer buys over a link with that product that it cuts, where its vertices lose `lost`.
    fn cut(&self, lost: &[f64], buyer: NodeIx, product: u32) -> f64 {
        let at = |column: &[f64], vertex: u32| column.get(vertex as usize).copied().unwrap_or(0.0);
        let (mut less, mut all) = (0.0, 0.0);
        for vertex in self.commodities.fed_by(buyer, product) {
            // The value of the link itself stands above and below and falls out; a node of one vertex needs no weights.
            let weight = match at(&self.feeding, vertex) {
                _ if self.commodities.is_plain() => 1.0,
                fed if fed > 0.0 => 1.0 / fed,
                _ => continue,
            };
            less += weight * at(lost, vertex);
            all += weight * at(&self.sold, vertex);
        }
        if all > 0.0 { (less / all).min(1.0) } else { 0.0 }
    }

    /// What `left` loses with its sales to the buyers `gone`, and what every node upstream of it loses with that.
    fn lost(&self, left: NodeIx, gone: &BTreeSet<NodeIx>) -> Vec<(NodeIx, f64)> {
        let components = self.graph.components();
        let mut reached = vec![false; self.of.len()];
        let mut order = vec![left];
        let mut followed = 0;
        while let Some(buyer) = order.get(followed).copied() {
            followed += 1;
            for n in self.graph.suppliers_of(buyer).nodes {
                if let Some(seen) = reached.get_mut(*n as usize).filter(|_| *n != left.0)
                    && !std::mem::replace(seen, true)
                {
                    order.push(NodeIx(*n));
                }
            }
        }
        // Each component after all that it sells to: a figure outside a circle is final when it is read. In a circle nearest first.
        order.sort_by_key(|n| std::cmp::Reverse(components.of_node(n.at())));
        let mut lost = vec![0.0; self.of.len()];
        let mut of_vertex = vec![0.0; self.commodities.vertices()];
        for component in order.chunk_by(|a, b| components.of_node(a.at()) == components.of_node(b.at())) {
            for _ in 0..if component.len() == 1 { 1 } else { ROUNDS_MOST } {
                let mut moved = 0.0f64;
                for node in component {
                    let now = self.sold_less(*node, (*node == left).then_some(gone), &mut of_vertex);
                    if let Some(before) = lost.get_mut(node.at()) {
                        moved = moved.max((now - *before).abs());
                        *before = now;
                    }
                }
                if moved <= STILL * lost.get(left.at()).copied().unwrap_or(0.0) {
                    break;
                }
            }
        }
        order.iter().map(|n| (*n, lost.get(n.at()).copied().unwrap_or(0.0))).collect()
    }

    /// What a node sells less, with the buyers `gone` buying nothing more; told to its vertices.
    fn sold_less(&self, node: NodeIx, gone: Option<&BTreeSet<NodeIx>>, of_vertex: &mut [f64]) -> f64 {
        let row = self.row(node);
        let cuts: Vec<f64> = row
            .iter()
            .map(|(b, product, value)| if gone.is_some_and(|g| g.contains(b)) { *value } else { self.cut(of_vertex, *b, *product) * value })
            .collect();
        for (_, product, _) in row {
            if let Some(sum) = of_vertex.get_mut(self.commodities.vertex(node, *product) as usize) {
                *sum = 0.0;
            }
        }
        for ((_, product, _), cut) in row.iter().zip(&cuts) {
            if let Some(sum) = of_vertex.get_mut(self.commodities.vertex(node, *product) as usize) {
                *sum += cut;
            }
        }
        cuts.iter().sum()
    }
}
