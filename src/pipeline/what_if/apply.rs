//! The rows of the buyers who leave or engage somebody, as they then stand, and where the volume goes.
//!
//! Within one buyer, account (scope) and product, with weights w that sum to 1 over the row:
//!
//! ```text
//! replaced by t    w of the link left goes to t, for the same product
//! dropped          w of the links left goes to the buyer's other suppliers of that product, in proportion to their w
//! nobody else      w stays where it was, with nobody named: mapped' = mapped (1 - w), so that it ends unseen
//! ```
//!
//! Where the cut follows an adverse finding, w stands as exited (model 2, "Exits"), and the rest goes on in proportion, with the one that takes over
//! among it: the row is what it will be, and leaving changes touched into exited, not into unseen or clear.
//!
//! A product that is not stated counts as one product of its own. Shares of other products stay. On a published list a node that is replaced is
//! changed for the other. A node that is dropped stays on a list that leads to it, with its part of what the list fills: who
//! would take that over nobody knows, and no figure gets better because a name is taken off a list. A list that does not lead to it, since
//! recorded chains did, does not begin to.

use super::change::{Change, Leave, Settled};
use crate::base::{NodeIx, Result};
use crate::graph::commodities::NO_HEADING;
use crate::graph::perspective::View;
use crate::graph::trade::{Account, AskedRow, AskedRows, Scope, TradeLink};
use crate::graph::weights::{BuyerRow, WeightedLink, weigh_row};
use crate::pipeline::network::Network;
use std::collections::{BTreeMap, BTreeSet};

/// One link that is left, over all scopes.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftLink {
    pub supplier: NodeIx,
    pub buyer: NodeIx,
    pub product: u32,
    /// Money a year, where it is told.
    pub value: Option<f64>,
    /// Part of the buyer's recorded purchases.
    pub weight: f64,
    /// Who takes over which part of it, by rising number; what the parts leave over goes to nobody who is known.
    pub goes_to: Vec<(NodeIx, f64)>,
    /// The part of it that nobody takes over.
    pub unplaced: f64,
}

/// The network with all changes, and the links that were left.
#[derive(Debug)]
pub struct Applied {
    pub network: Network,
    /// By supplier, buyer, product.
    pub left: Vec<LeftLink>,
    /// Places that are dropped and the companies whose published lists still lead to them.
    pub still_listed: Vec<(NodeIx, NodeIx)>,
}

/// Every supplier that a change leaves, with each buyer that does.
pub fn cuts(network: &Network, changes: &[Settled]) -> BTreeSet<(NodeIx, NodeIx)> {
    let leaves = leaves_of(changes);
    let links = network.trade.links().iter().filter(|l| leave_of(&leaves, l.supplier, l.buyer).is_some());
    links.map(|l| (l.supplier, l.buyer)).collect()
}

fn leaves_of(changes: &[Settled]) -> Leaves {
    let leave = |s: &Settled| match s.change {
        Change::Leave(leave) => Some(((leave.supplier, leave.buyer), leave)),
        _ => None,
    };
    changes.iter().filter_map(leave).collect()
}

/// Makes the changes of links and mapped shares hold; remedies change no link. `adverse`: the [`cuts`] that follow an adverse finding.
///
/// # Errors
/// Only where the graph broke its own rules.
pub fn apply(network: &Network, changes: &[Settled], adverse: &BTreeSet<(NodeIx, NodeIx)>) -> Result<Applied> {
    let leaves = leaves_of(changes);
    let mut engaged: BTreeMap<NodeIx, f64> = BTreeMap::new();
    for s in changes {
        if let Change::Engage { node, mapped } = s.change {
            engaged.insert(node, mapped);
        }
    }
    let mut buyers: BTreeSet<NodeIx> = engaged.keys().copied().collect();
    buyers.extend(network.trade.links().iter().filter(|l| leave_of(&leaves, l.supplier, l.buyer).is_some()).map(|l| l.buyer));
    let asked_changes = Asked { leaves: &leaves, engaged: &engaged, adverse };
    let (mut rows, mut left) = (AskedRows::new(), Vec::new());
    for buyer in &buyers {
        of_each_account(network, *buyer, |account, told| {
            let asked = asked_row(told, *buyer, &asked_changes, &mut |link| {
                if account == Account::Merged {
                    let value = told.iter().find(|t| (t.product, t.supplier) == (link.product, link.supplier)).and_then(|t| t.value);
                    left.push(LeftLink { value, ..link });
                }
            });
            rows.extend(asked.map(|asked| ((*buyer, NO_HEADING, account), asked)));
        });
    }
    // The same changes in the row of every heading that a buyer keeps apart, weighed as that row is; what the changes make it sell is one of them.
    let commodities = network.trade.commodities_with(&rows);
    for buyer in &buyers {
        for heading in commodities.headings_of(*buyer) {
            of_each_account(network, *buyer, |account, told| {
                let own: Vec<TradeLink> = told.iter().filter(|l| commodities.feeds(l.product, heading)).copied().collect();
                let asked = asked_row(&own, *buyer, &asked_changes, &mut |_| {});
                rows.extend(asked.map(|asked| ((*buyer, heading, account), asked)));
            });
        }
    }
    left.sort_by_key(|l| (l.supplier, l.buyer, l.product));
    let mut listings = network.listings.clone();
    let mut still_listed = Vec::new();
    for (focal, places) in &mut listings {
        if places.iter().all(|place| leave_of(&leaves, *place, *focal).is_none()) {
            continue;
        }
        let view = View::with_listing(&network.trade, *focal, places, &network.kinds)?;
        let leads_to = |place: NodeIx| {
            let local = view.local(place);
            view.listing.as_ref().is_some_and(|list| local.is_some_and(|l| list.targets.contains(&l)))
        };
        let mut kept = BTreeSet::new();
        for place in places.iter().copied() {
            match leave_of(&leaves, place, *focal) {
                None => kept.extend([place]),
                Some(Leave { by: Some(by), .. }) => kept.extend([by]),
                Some(_) if leads_to(place) => {
                    kept.insert(place);
                    still_listed.push((place, *focal));
                }
                Some(_) => {}
            }
        }
        *places = kept.into_iter().collect();
    }
    Ok(Applied { network: network.with_asked(rows, listings)?, left, still_listed })
}

/// Gives every account of a buyer's purchases with the links that are told in it.
fn of_each_account(network: &Network, buyer: NodeIx, mut each: impl FnMut(Account, &[TradeLink])) {
    let row = network.trade.row(buyer);
    for disclosure in row.chunk_by(|a, b| a.scope == b.scope) {
        each(Account::Of(disclosure.first().and_then(|l| l.scope)), disclosure);
    }
    each(Account::Merged, network.trade.row_in(buyer, Scope::All, &mut Vec::new()));
}

/// A row with the changes; none where they do not meet it.
fn asked_row(told: &[TradeLink], buyer: NodeIx, changes: &Asked<'_>, tell: &mut dyn FnMut(LeftLink)) -> Option<AskedRow> {
    let mut weighed = Vec::with_capacity(told.len());
    let row = weigh_row(told, &mut weighed);
    let gone = |l: &WeightedLink| leave_of(changes.leaves, l.supplier, buyer);
    if weighed.iter().all(|l| gone(l).is_none()) && !changes.engaged.contains_key(&buyer) {
        return None;
    }
    let mut asked = without(&weighed, row, &gone, &|l| changes.adverse.contains(&(l.supplier, buyer)), tell);
    asked.row.asked_mapped = changes.engaged.get(&buyer).copied();
    Some(asked)
}

/// What is asked of rows.
struct Asked<'a> {
    leaves: &'a Leaves,
    engaged: &'a BTreeMap<NodeIx, f64>,
    adverse: &'a BTreeSet<(NodeIx, NodeIx)>,
}

/// Who is left, by whom.
type Leaves = BTreeMap<(NodeIx, Option<NodeIx>), Leave>;

/// The change by which a buyer leaves a supplier; with a supplier that would be the buyer itself it is left for nobody in particular.
fn leave_of(leaves: &Leaves, supplier: NodeIx, buyer: NodeIx) -> Option<Leave> {
    let leave = leaves.get(&(supplier, Some(buyer))).or_else(|| leaves.get(&(supplier, None)))?;
    Some(Leave { by: leave.by.filter(|by| *by != buyer), ..*leave })
}

/// A weighed row without the links that are left.
fn without(
    row: &[WeightedLink],
    told: BuyerRow,
    gone: &dyn Fn(&WeightedLink) -> Option<Leave>,
    is_adverse: &dyn Fn(&WeightedLink) -> bool,
    tell: &mut dyn FnMut(LeftLink),
) -> AskedRow {
    let mut links: BTreeMap<(u32, NodeIx), WeightedLink> = BTreeMap::new();
    let mut add = |link: WeightedLink, weight: f64| {
        links.entry((link.product, link.supplier)).or_insert(WeightedLink { weight: 0.0, ..link }).weight += weight;
    };
    let (mut unplaced, mut exited) = (0.0, 0.0);
    for product in row.chunk_by(|a, b| a.product == b.product) {
        let others: f64 = product.iter().filter(|l| gone(l).is_none()).map(|l| l.weight).sum();
        let mut shared = 0.0;
        for link in product {
            let Some(leave) = gone(link) else {
                add(*link, link.weight);
                continue;
            };
            let goes_to = match leave.by {
                Some(by) => {
                    add(WeightedLink { supplier: by, ..*link }, link.weight);
                    vec![(by, 1.0)]
                }
                None if others > 0.0 => {
                    shared += if is_adverse(link) { 0.0 } else { link.weight };
                    product.iter().filter(|l| gone(l).is_none() && l.weight > 0.0).map(|l| (l.supplier, l.weight / others)).collect()
                }
                None => {
                    unplaced += if is_adverse(link) { 0.0 } else { link.weight };
                    Vec::new()
                }
            };
            exited += if is_adverse(link) { link.weight } else { 0.0 };
            let lost = if goes_to.is_empty() && !is_adverse(link) { 1.0 } else { 0.0 };
            let WeightedLink { supplier, buyer, product, weight, .. } = *link;
            tell(LeftLink { supplier, buyer, product, value: None, weight, goes_to, unplaced: lost });
        }
        if shared > 0.0 {
            for link in product.iter().filter(|l| gone(l).is_none()) {
                add(*link, shared * link.weight / others);
            }
        }
    }
    let placed: f64 = links.values().map(|l| l.weight).sum();
    let links = links.into_values().filter(|_| placed > 0.0).map(|l| WeightedLink { weight: l.weight / placed, ..l }).collect();
    AskedRow { links, row: BuyerRow { unplaced: unplaced.clamp(0.0, 1.0), asked_left: exited.clamp(0.0, 1.0), ..told } }
}
