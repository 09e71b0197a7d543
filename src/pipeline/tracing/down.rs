//! Which companies under assessment and which buyers a node's goods reach, and what of their touched part is due to it.
//!
//! ```text
//! reaches  h = P(one unit of the company's purchases ever comes to the node)   the node's expected visits / its expected returns
//! at it      = expected visits x p                                             touched at the node itself
//! through it = h x touched(node)                                               touched there or further up, on ways that pass the node
//! ```

use super::roads::{CLOSE, Chain, Place, Roads};
use crate::base::{Result, par};
use crate::trace::sums::Ends;
use crate::trace::visits::{first_stands, stands_at};
use crate::trace::{TOLERANCE, solve, visits};
use serde::Serialize;
use std::path::Path;

const CHAINS_MOST: usize = 3;

/// Everything downstream of a node.
#[derive(Clone, Debug, Serialize)]
pub struct Down {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
    pub norm: &'static str,
    pub mapped_rule: &'static str,
    /// `None` where nobody works.
    pub probability: Option<f64>,
    pub on_evidence: bool,
    pub people: Option<f64>,
    /// Companies whose purchases reach it, the largest share first.
    pub reached: Vec<Reached>,
    /// Companies under assessment whose purchases do not.
    pub not_reached: u64,
    /// Buyers, the one to whom it matters most first; all links merged.
    pub buyers: Vec<Buyer>,
}

/// A company under assessment.
#[derive(Clone, Debug, Serialize)]
pub struct Reached {
    pub focal_id: String,
    pub name: String,
    /// Fewest links to the node; `None`: by its published list alone.
    pub tier: Option<u32>,
    /// Part of its purchases that comes through the node.
    pub share: f64,
    /// Expected stands of one unit of its purchases at the node; more than `share` only where goods go in circles.
    pub visits: f64,
    /// The company's own figures, and of them what is touched at the node and what on ways through it.
    pub touched_on_evidence: f64,
    pub touched_by_context: f64,
    pub at_node: f64,
    pub through_on_evidence: f64,
    pub through_by_context: f64,
    pub chains: Vec<Chain>,
    /// Largest difference of the walk to the figures of exposure.parquet, where it misses them.
    pub differs_by: Option<f64>,
}

/// A direct buyer.
#[derive(Clone, Debug, Serialize)]
pub struct Buyer {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
    /// Part of all that it buys, links and mapped share together.
    pub share_of_purchases: f64,
    pub products: Vec<String>,
}

/// Follows a node's goods downstream.
///
/// # Errors
/// No such node in the result.
pub fn down(out: &Path, roads: &Roads, node: &str) -> Result<Down> {
    let target = roads.find(out, node)?;
    let companies: Vec<u32> = (0..roads.places.len() as u32).filter(|n| *n != target && roads.place(*n).is_some_and(|p| p.focal)).collect();
    let found = par::map_each(&companies, |company| reached(roads, *company, target)).into_iter().collect::<Result<Vec<_>>>()?;
    let mut reached: Vec<Reached> = found.into_iter().flatten().collect();
    reached.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.focal_id.cmp(&b.focal_id)));
    let mut buyers: Vec<Buyer> = roads
        .buyers(target)
        .into_iter()
        .filter_map(|(buyer, share)| {
            let place = roads.place(buyer)?;
            let products = roads.products.get(&(buyer, target)).map(|p| p.iter().cloned().collect()).unwrap_or_default();
            let Place { id, name, kind, country, .. } = place.clone();
            Some(Buyer { node_id: id, name, kind: kind.as_str().to_owned(), country, share_of_purchases: share, products })
        })
        .collect();
    buyers.sort_by(|a, b| b.share_of_purchases.total_cmp(&a.share_of_purchases).then_with(|| a.node_id.cmp(&b.node_id)));
    let empty = Place::nobody();
    let place = roads.place(target).unwrap_or(&empty);
    Ok(Down {
        node_id: place.id.clone(),
        name: place.name.clone(),
        kind: place.kind.as_str().to_owned(),
        country: place.country.clone(),
        norm: roads.traced.as_str(),
        mapped_rule: roads.rule.as_str(),
        probability: place.kind.has_posterior().then_some(place.p),
        on_evidence: place.on_evidence,
        people: place.people,
        not_reached: (companies.len() - reached.len()) as u64,
        reached,
        buyers,
    })
}

fn reached(roads: &Roads, company: u32, target: u32) -> Result<Option<Reached>> {
    let sight = roads.sight(company)?;
    let Some(local) = sight.local(target) else { return Ok(None) };
    let (graph, problem) = (sight.graph(), sight.problem());
    let visited = stands_at(graph, &visits(graph, &problem, &[(0, 1.0)])?, local);
    if visited <= 0.0 {
        return Ok(None);
    }
    let solution = solve(graph, &problem, TOLERANCE)?;
    let whole = Ends::of_walk_from(&solution, 0);
    // Where it first comes to, of a node that keeps commodities apart: from there on the ways differ.
    let (mut share, mut through) = (0.0, Ends::default());
    for (vertex, first) in first_stands(graph, &problem, 0, local)? {
        share += first;
        through.add(&Ends::of_walk_from(&solution, vertex as usize), first);
    }
    let empty = Place::nobody();
    let place = roads.place(company).unwrap_or(&empty);
    let differs_by = roads.told_own.get(&company).map(|t| {
        let pairs = [
            (t.on_evidence, whole.on_evidence),
            (t.by_context, whole.by_context),
            (t.unseen, whole.unseen),
            (t.exited, whole.exited),
            (t.clear, whole.clear),
        ];
        pairs.iter().fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()))
    });
    Ok(Some(Reached {
        focal_id: place.id.clone(),
        name: place.name.clone(),
        tier: sight.tier(local),
        share: share.min(1.0),
        visits: visited,
        touched_on_evidence: whole.on_evidence,
        touched_by_context: whole.by_context,
        at_node: visited * sight.p.get(local as usize).copied().unwrap_or(0.0),
        through_on_evidence: through.on_evidence,
        through_by_context: through.by_context,
        chains: sight.chains(roads, local, CHAINS_MOST)?,
        differs_by: differs_by.filter(|d| *d > CLOSE),
    }))
}
