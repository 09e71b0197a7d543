//! Which companies the figures are for.

use crate::base::{Error, Kind, NodeIx, Result};
use crate::graph::in_force::{Placed, Use};
use crate::resolve::Resolution;

/// At most this many focal nodes are chosen where nobody named any.
const CHOSEN_MOST: usize = 50;

/// How the focal nodes were found; printed by every run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FocalRule {
    /// `--focal`.
    Named,
    /// The `focal` column of `nodes`.
    Column,
    /// Brands and retailers with supply links or published lists.
    BrandsAndRetailers,
    /// Buyers that nobody buys from, at most 50, those with the most suppliers first.
    EndBuyers,
    /// No node buys anything.
    None,
}

impl FocalRule {
    /// The word in `run.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            FocalRule::Named => "named",
            FocalRule::Column => "column",
            FocalRule::BrandsAndRetailers => "brands_and_retailers",
            FocalRule::EndBuyers => "end_buyers",
            FocalRule::None => "none",
        }
    }

    pub fn sentence(self) -> &'static str {
        match self {
            FocalRule::Named => "named on the command line",
            FocalRule::Column => "marked in the focal column of nodes",
            FocalRule::BrandsAndRetailers => "brands and retailers that buy or publish lists (no node is marked focal)",
            FocalRule::EndBuyers => "buyers that nobody here buys from, at most 50 (no node is marked focal, no brand or retailer buys)",
            FocalRule::None => "none: no node buys anything",
        }
    }
}

/// The focal nodes, in order of their numbers, and the rule that found them.
///
/// # Errors
/// A named node that the data do not hold.
pub fn choose(named: &[String], resolution: &Resolution, links: &[Placed]) -> Result<(Vec<NodeIx>, FocalRule)> {
    if !named.is_empty() {
        let mut found = Vec::with_capacity(named.len());
        for id in named {
            let node = resolution.find(id).or_else(|| resolution.find_shown(id));
            found.push(
                node.ok_or_else(|| Error::settings("--focal", format!("no node has the id {id}"), "give a node_id of the nodes table"))?,
            );
        }
        found.sort_unstable();
        found.dedup();
        return Ok((found, FocalRule::Named));
    }
    let all = || (0..resolution.len() as u32).map(NodeIx);
    let marked: Vec<NodeIx> = all().filter(|n| resolution.nodes[n.at()].focal).collect();
    if !marked.is_empty() {
        return Ok((marked, FocalRule::Column));
    }
    let (mut suppliers, mut sells) = (vec![0u32; resolution.len()], vec![false; resolution.len()]);
    for link in links.iter().filter(|l| matches!(l.use_, Use::Supply | Use::Listing)) {
        suppliers[link.buyer.at()] += 1;
        sells[link.supplier.at()] = true;
    }
    let buys = |n: &NodeIx| suppliers[n.at()] > 0;
    let brands: Vec<NodeIx> =
        all().filter(|n| matches!(resolution.nodes[n.at()].kind, Kind::Brand | Kind::Retailer)).filter(buys).collect();
    if !brands.is_empty() {
        return Ok((brands, FocalRule::BrandsAndRetailers));
    }
    let mut ends: Vec<NodeIx> = all().filter(buys).filter(|n| !sells[n.at()]).collect();
    ends.sort_by_key(|n| (std::cmp::Reverse(suppliers[n.at()]), *n));
    ends.truncate(CHOSEN_MOST);
    ends.sort_unstable();
    let rule = if ends.is_empty() { FocalRule::None } else { FocalRule::EndBuyers };
    Ok((ends, rule))
}
