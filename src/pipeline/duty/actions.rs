//! Responses by place, each company's part in it, and what leaving would do: from standings, the response matrix and the sales graph.
//!
//! Every place that something was said of is read; of the others those within the register's rows, where nobody could have told. A row that
//! speaks of ending orders never stands without the ledger of what that would do to the people there.

use super::facts::PlaceBook;
use super::{Sources, Standings};
use crate::base::Traced;
use crate::base::{Date, NodeIx, Norm, Result};
use crate::duty::leverage::{leaves_at_itself, leverage};
use crate::duty::{Basis, Chosen, Involvement, Sold, respond};
use crate::evidence::detect::BuyerPractice;
use crate::export::duty_rows::Ledger;
use crate::export::register::MOST_ROWS;
use crate::graph::{LISTED, SupplyGraph};
use crate::measures::Band;
use crate::pipeline::exposure::FocalExposure;
use crate::pipeline::footprints::Footprints;
use crate::pipeline::network::Network;
use crate::pipeline::ownership::Ownership;
use crate::pipeline::walk_tables::is_main;
use std::collections::{BTreeMap, BTreeSet};

/// Links that counting the suppliers behind places reads at most; of places beyond that the count is left empty.
const UPSTREAM_LINKS: usize = 300_000_000;
/// Suppliers towards whom a company's practices are followed one by one.
const PRACTISED_MOST: usize = 1_000;

/// A row of the matrix at a place.
#[derive(Clone, Debug)]
pub struct Action {
    pub node: NodeIx,
    pub chosen: Chosen,
    /// Gravest band and largest severity of the norms it answers.
    pub severity: Option<(Band, f64)>,
    pub ledger: Option<Ledger>,
}

/// A company's part in a place.
#[derive(Clone, Debug)]
pub struct CompanyPart {
    pub focal: NodeIx,
    pub node: NodeIx,
    pub tier: Option<u32>,
    pub involvement: Involvement,
    pub why: String,
    pub direct: f64,
    pub leverage: f64,
    pub assumed: f64,
    pub touched: Option<(f64, f64)>,
    pub remedy_share: f64,
}

/// All of a run.
#[derive(Clone, Debug, Default)]
pub struct Actions {
    /// By place in the order of priority, then by step.
    pub actions: Vec<Action>,
    /// By focal company in the order of the run, then by priority.
    pub parts: Vec<CompanyPart>,
    /// Companies of each place, closest involvement first.
    pub companies: BTreeMap<NodeIx, Vec<(Involvement, NodeIx)>>,
    /// Where the actions of each place begin.
    first: BTreeMap<NodeIx, usize>,
}

/// What actions are read from beside the sources.
#[derive(Clone, Copy)]
pub struct Chain<'a> {
    pub network: &'a Network,
    pub footprints: &'a Footprints,
    pub focal: &'a [FocalExposure],
    pub ownership: &'a Ownership,
    pub practices: &'a [BuyerPractice],
    pub as_of: Date,
}

impl Actions {
    /// Chooses responses, then each company's part.
    ///
    /// # Errors
    /// Only where a walk broke its own rules.
    pub fn of(sources: Sources<'_>, standings: &Standings, chain: Chain<'_>) -> Result<Self> {
        let book = PlaceBook::new(sources, standings, chain.practices, chain.as_of);
        let mut all = Actions::default();
        for (node, at) in standings.order.iter().zip(0..) {
            if at >= MOST_ROWS && !book.is_told(*node) {
                continue;
            }
            let Some(facts) = book.facts(*node) else { continue };
            all.first.insert(*node, all.actions.len());
            for chosen in respond(&facts, sources.pack) {
                let ends_orders = sources.pack.text.response.get(chosen.row).is_some_and(|r| r.ends_orders);
                all.actions.push(Action {
                    node: *node,
                    severity: severity(*node, &chosen, standings, sources),
                    ledger: ends_orders.then(Ledger::default),
                    chosen,
                });
            }
        }
        let leaving: BTreeSet<NodeIx> = all.actions.iter().filter(|a| a.ledger.is_some()).map(|a| a.node).collect();
        let sales = sales_of(&leaving, chain);
        let sold = chain.footprints.sold();
        let mut followed = UPSTREAM_LINKS / (sold.graph.links() + sold.graph.nodes()).max(1);
        for action in all.actions.iter_mut().filter(|a| a.ledger.is_some()) {
            let behind = (followed > 0).then(|| upstream(sold, action.node).len() as i64);
            followed = followed.saturating_sub(1);
            action.ledger = Some(ledger(action.node, behind, sales.get(&action.node).map_or(&[], Vec::as_slice), sources, chain));
        }
        all.parts = parts(&all.actions, sources, standings, chain)?;
        for p in &all.parts {
            all.companies.entry(p.node).or_default().push((p.involvement, p.focal));
        }
        let id = |n: NodeIx| sources.resolution.nodes.get(n.at()).map_or("", |n| &*n.shown_id);
        for of_place in all.companies.values_mut() {
            of_place.sort_by(|a, b| (a.0, id(a.1)).cmp(&(b.0, id(b.1))));
        }
        Ok(all)
    }

    /// The first action of a place.
    pub fn first(&self, node: NodeIx) -> Option<&Action> {
        self.first.get(&node).and_then(|at| self.actions.get(*at))
    }
}

fn severity(node: NodeIx, chosen: &Chosen, standings: &Standings, sources: Sources<'_>) -> Option<(Band, f64)> {
    let all = standings.severities(node, sources)?;
    let of = || chosen.norms.iter().map(|n: Norm| all[n.at()]);
    let band = of().map(|s| s.band).min()?;
    Some((band, of().filter(|s| s.band == band).map(|s| s.score).fold(0.0, f64::max)))
}

/// Buyers and values of the links of some suppliers.
fn sales_of(suppliers: &BTreeSet<NodeIx>, chain: Chain<'_>) -> BTreeMap<NodeIx, Vec<(NodeIx, Option<f64>)>> {
    let mut sales: BTreeMap<NodeIx, Vec<(NodeIx, Option<f64>)>> = BTreeMap::new();
    if !suppliers.is_empty() {
        for l in chain.network.trade.links().iter().filter(|l| suppliers.contains(&l.supplier)) {
            sales.entry(l.supplier).or_default().push((l.buyer, l.value));
        }
    }
    sales
}

/// What the place and those behind it would lose if every company under assessment that buys from it directly left.
fn ledger(node: NodeIx, upstream_nodes: Option<i64>, sales: &[(NodeIx, Option<f64>)], sources: Sources<'_>, chain: Chain<'_>) -> Ledger {
    let id = |n: NodeIx| sources.resolution.nodes.get(n.at()).map_or("", |n| &*n.shown_id);
    let to_focal = || sales.iter().filter(|(buyer, _)| chain.focal.iter().any(|f| f.focal == *buyer));
    let buyers: BTreeSet<&str> = to_focal().map(|(buyer, _)| id(*buyer)).collect();
    let valued: Vec<f64> = to_focal().filter_map(|(_, value)| *value).collect();
    let orders = (!valued.is_empty()).then(|| valued.iter().sum::<f64>());
    let all: f64 = sales.iter().filter_map(|(_, value)| *value).sum();
    // Names that a shell, or the words of a change, would read otherwise stand in no command.
    let is_plain = |id: &str| !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || "._:-/".contains(c)) && !id.contains("->");
    let plain = buyers.iter().chain([&id(node)]).all(|id| is_plain(id));
    let changes: Vec<String> = buyers.iter().filter(|_| plain).map(|b| format!("--change 'drop {} -> {b}'", id(node))).collect();
    Ledger {
        people: Some(sources.priors.people(node).0),
        orders,
        share_of_sales: orders.filter(|_| all > 0.0).map(|o| (o / all).min(1.0)),
        upstream_nodes,
        command: (!changes.is_empty()).then(|| format!("onus what-if DATASET {}", changes.join(" "))),
    }
}

/// Everybody whose goods come to a node, itself left out.
fn upstream(sold: Sold<'_>, node: NodeIx) -> Vec<NodeIx> {
    let graph: &SupplyGraph = sold.graph;
    let mut seen = vec![false; graph.nodes()];
    let (mut next, mut found) = (vec![node.0], Vec::new());
    if let Some(start) = seen.get_mut(node.at()) {
        *start = true;
    }
    while let Some(at) = next.pop() {
        // In the sales graph the seller stands as the buyer of its row.
        for (seller, _) in graph.buyers_of(NodeIx(at)).iter() {
            if let Some(mark) = seen.get_mut(seller).filter(|mark| !**mark) {
                *mark = true;
                next.push(seller as u32);
                found.push(NodeIx(seller as u32));
            }
        }
    }
    found
}

fn parts(actions: &[Action], sources: Sources<'_>, standings: &Standings, chain: Chain<'_>) -> Result<Vec<CompanyPart>> {
    // Of a place, whether anything but context asks for a response.
    let mut places: BTreeMap<NodeIx, bool> = BTreeMap::new();
    for a in actions {
        *places.entry(a.node).or_default() |= a.chosen.basis != Basis::Context;
    }
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let by_priority: Vec<NodeIx> = {
        let mut all: Vec<NodeIx> = places.keys().copied().collect();
        all.sort_by_key(|n| standings.position(*n));
        all
    };
    let sold = chain.footprints.sold();
    let owner = |n: NodeIx| chain.ownership.of_node.get(n.at()).copied().filter(|o| *o != u32::MAX);
    let id = |n: NodeIx| sources.resolution.nodes.get(n.at()).map_or("", |n| &*n.shown_id);
    let behind = behind_practices(chain, sold, &places);
    let mut all = Vec::new();
    for f in chain.focal {
        let company = f.focal;
        let through = leverage(sold, company)?;
        let leaves = leaves_at_itself(sold, company)?;
        let practised = practised(company, chain, &behind, &places);
        let local: BTreeMap<NodeIx, usize> =
            f.nodes.iter().enumerate().filter(|(_, n)| places.contains_key(n)).rev().map(|(i, n)| (*n, i)).collect();
        let walk = f.walks.iter().find(|w| is_main(w) && w.traced == Traced::Any);
        // A node that keeps commodities apart has several rows.
        let mut contributed: BTreeMap<NodeIx, f64> = BTreeMap::new();
        for row in walk.into_iter().flat_map(|w| &w.contributions.rows) {
            if let Some(n) = f.nodes.get(row.node as usize) {
                *contributed.entry(*n).or_default() += row.touched;
            }
        }
        for node in &by_priority {
            let leverage = through.get(node.at()).copied().unwrap_or(0.0);
            let own = *node == company || owner(company).is_some_and(|o| owner(*node) == Some(o));
            let at = local.get(node).copied();
            let row = contributed.get(node).copied();
            let is_told = places.get(node).copied().unwrap_or(false);
            if !(own || row.is_some() || (is_told && (at.is_some() || leverage > 0.0))) {
                continue;
            }
            let speaks = sources.beliefs.get(node.at()).and_then(Option::as_ref).is_some_and(|b| b.speaks());
            let adverse = practised.get(node);
            let involvement = Involvement::of(own, adverse.is_some(), speaks);
            let why = match (involvement, adverse) {
                (Involvement::Cause, _) if *node == company => "its own site".to_owned(),
                (Involvement::Cause, _) => {
                    let top = owner(*node).and_then(|o| chain.ownership.owners.get(o as usize)).map_or("", |o| id(*o));
                    format!("a site of its group, under {top}")
                }
                (Involvement::Contribute, Some(practices)) => practices.iter().cloned().collect::<Vec<_>>().join("; "),
                (_, Some(practices)) => {
                    format!(
                        "no finding or signal stands there; its practices on the path: {}",
                        practices.iter().cloned().collect::<Vec<_>>().join("; ")
                    )
                }
                _ => "no site of its own, and no practice of its own beyond a threshold on the path".to_owned(),
            };
            let total = walk.map_or(0.0, |w| w.ends.touched());
            all.push(CompanyPart {
                focal: company,
                node: *node,
                tier: at.and_then(|i| f.tier.get(i)).copied().filter(|t| *t != LISTED),
                involvement,
                why,
                direct: sold.direct(*node, company),
                leverage,
                assumed: chain.footprints.assumed_output(*node),
                touched: row.map(|touched| (touched, if total > 0.0 { (touched / total).min(1.0) } else { 0.0 })),
                remedy_share: (leverage * leaves).clamp(0.0, 1.0),
            });
        }
    }
    Ok(all)
}

/// Of suppliers towards whom a company under assessment has practices beyond a threshold, the places whose goods come through them.
fn behind_practices(chain: Chain<'_>, sold: Sold<'_>, places: &BTreeMap<NodeIx, bool>) -> BTreeMap<NodeIx, Vec<NodeIx>> {
    let of_focal = chain.practices.iter().filter(|p| chain.focal.iter().any(|f| f.focal == p.buyer));
    let suppliers: BTreeSet<NodeIx> = of_focal.map(|p| p.supplier).collect();
    let behind = |s: NodeIx| upstream(sold, s).into_iter().filter(|n| places.contains_key(n)).collect();
    suppliers.into_iter().take(PRACTISED_MOST).map(|s| (s, behind(s))).collect()
}

/// Places that stand behind a supplier towards whom the company's practices are beyond a threshold, with these practices.
fn practised(
    company: NodeIx,
    chain: Chain<'_>,
    behind: &BTreeMap<NodeIx, Vec<NodeIx>>,
    places: &BTreeMap<NodeIx, bool>,
) -> BTreeMap<NodeIx, BTreeSet<String>> {
    let mut of_supplier: BTreeMap<NodeIx, BTreeSet<&'static str>> = BTreeMap::new();
    for p in chain.practices.iter().filter(|p| p.buyer == company) {
        of_supplier.entry(p.supplier).or_default().insert(p.sign);
    }
    let mut found: BTreeMap<NodeIx, BTreeSet<String>> = BTreeMap::new();
    for (supplier, signs) in &of_supplier {
        let words = signs.iter().copied().collect::<Vec<_>>().join(", ");
        if places.contains_key(supplier) {
            found.entry(*supplier).or_default().insert(format!("{words} towards it"));
        }
        for node in behind.get(supplier).into_iter().flatten() {
            found.entry(*node).or_default().insert(format!("{words} towards a buyer of its goods"));
        }
    }
    found
}
