//! Which links count on the day of the assessment, and what each of them is for.
//!
//! Goods (`supplies`, `subcontracts`) carry the walk. `lists` says that a place is somewhere upstream; it fills what a focal
//! company's own chain leaves unseen. `owns` is control, never supply. `recruits` is spend on labour only where money or a
//! share stands beside it: a recruiter without one would take an equal share of the goods that a site buys.
//!
//! A link with an end still to come, or without one, is in force from its first day. A disclosure of a closed period stands until
//! a later one of the same discloser replaces it: per scope and relation (without scope: per buyer and relation) the latest closed
//! period that began by `as_of` is in force, unless the buyer also has links that run on.

use crate::base::{Date, NodeIx, Period, Symbol};
use crate::resolve::Resolution;
use crate::validate::inputs::{Basis, Inputs, LinkRow, OPEN_END, OPEN_START, Relation};
use std::collections::{BTreeMap, BTreeSet};

/// One link of the data with the use that is made of it.
#[derive(Clone, Debug)]
pub struct Placed {
    pub supplier: NodeIx,
    pub buyer: NodeIx,
    pub relation: Relation,
    pub product: Option<Symbol>,
    pub value: Option<f64>,
    pub quantity: Option<f64>,
    pub unit: Option<Symbol>,
    pub share: Option<f64>,
    pub basis: Basis,
    pub scope: Option<NodeIx>,
    /// First and last day; none where the link has neither.
    pub valid: Option<Period>,
    /// Day of the last consignment that tells of this link, in the four quarters up to the day of the assessment or to its own end.
    pub last_consigned: Option<Date>,
    /// Two other records of the same nodes tell the same purchase.
    pub told_again: bool,
    pub use_: Use,
}

/// What a link is used for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Use {
    /// Carries the walk upstream.
    Supply,
    /// Says that a place is somewhere upstream.
    Listing,
    /// Control: grouping and leverage.
    Control,
    /// Labour without money or share beside it.
    Labour,
    /// Of a period that has ended or not begun.
    NotInForce,
    /// From a node to itself, or between two records of one node.
    SelfLink,
    /// The same purchase as another two records of the same nodes tell.
    Repeated,
}

impl Use {
    pub fn as_str(self) -> &'static str {
        match self {
            Use::Supply => "supply",
            Use::Listing => "listing",
            Use::Control => "control",
            Use::Labour => "labour",
            Use::NotInForce => "not_in_force",
            Use::SelfLink => "self_link",
            Use::Repeated => "repeated",
        }
    }
}

/// Takes the places that a buyer lists as its suppliers, where the buyer is not focal, the list is nobody's disclosure in particular, and the
/// buyer has no recorded chain of that product (data, "Links"). A focal company's lists fill its own view instead.
pub fn lists_as_supply(links: &mut [Placed], focal: &[NodeIx]) {
    let chains: BTreeSet<(NodeIx, Option<Symbol>)> = links.iter().filter(|l| l.use_ == Use::Supply).map(|l| (l.buyer, l.product)).collect();
    for link in links.iter_mut().filter(|l| l.use_ == Use::Listing && l.scope.is_none()) {
        if focal.binary_search(&link.buyer).is_err() && !chains.contains(&(link.buyer, link.product)) {
            link.use_ = Use::Supply;
        }
    }
}

/// The discloser of a link: a scope, or the buyer where there is none.
type Discloser = (Option<NodeIx>, Option<NodeIx>, Relation);

/// Places every link of the dataset on the nodes, in canonical order (supplier, buyer, relation, product, scope, then content).
pub fn place_links(inputs: &Inputs, resolution: &Resolution, as_of: Date) -> Vec<Placed> {
    let mut ends: Vec<(Discloser, NodeIx, NodeIx, &LinkRow)> = Vec::with_capacity(inputs.links.len());
    let mut latest: BTreeMap<Discloser, Period> = BTreeMap::new();
    for row in &inputs.links {
        let (Some(supplier), Some(buyer)) = (resolution.node(row.supplier), resolution.node(row.buyer)) else { continue };
        let scope = row.scope.and_then(|s| resolution.node(s));
        let discloser = (scope, scope.is_none().then_some(buyer), row.relation);
        // A link without dates runs on.
        let period = row.valid.unwrap_or(Period { from: OPEN_START, to: OPEN_END });
        if period.from <= as_of {
            let best = latest.entry(discloser).or_insert(period);
            if (period.to, period.from) > (best.to, best.from) {
                *best = period;
            }
        }
        ends.push((discloser, supplier, buyer, row));
    }
    let again = told_again(&ends, resolution);
    let mut placed: Vec<Placed> = ends
        .into_iter()
        .enumerate()
        .map(|(i, (discloser, supplier, buyer, row))| {
            let in_force =
                row.valid.is_none_or(|p| p.from <= as_of && (p.to > as_of || latest.get(&discloser).is_none_or(|best| best.to == p.to)));
            let paid = row.value.is_some() || row.share.is_some();
            let use_ = match row.relation {
                _ if supplier == buyer => Use::SelfLink,
                _ if !in_force => Use::NotInForce,
                _ if again.contains(&i) => Use::Repeated,
                Relation::Supplies | Relation::Subcontracts => Use::Supply,
                Relation::Recruits if paid => Use::Supply,
                Relation::Recruits => Use::Labour,
                Relation::Lists => Use::Listing,
                Relation::Owns => Use::Control,
            };
            Placed {
                supplier,
                buyer,
                relation: row.relation,
                product: row.product,
                value: row.value,
                quantity: row.quantity,
                unit: row.unit,
                share: row.share,
                basis: row.basis,
                scope: discloser.0,
                valid: row.valid,
                last_consigned: None,
                told_again: again.contains(&i),
                use_,
            }
        })
        .collect();
    put_in_order(&mut placed, inputs);
    placed
}

/// The canonical order: supplier, buyer, relation, scope, use, basis, product, then content.
pub fn put_in_order(placed: &mut [Placed], inputs: &Inputs) {
    let text = |s: Option<Symbol>| s.map_or("", |s| inputs.ids.text(s));
    let number = |x: Option<f64>| x.map_or(-1.0, |v| v);
    placed.sort_by(|a, b| {
        (a.supplier, a.buyer, a.relation, a.scope, a.use_, a.basis)
            .cmp(&(b.supplier, b.buyer, b.relation, b.scope, b.use_, b.basis))
            .then_with(|| text(a.product).cmp(text(b.product)))
            .then_with(|| number(a.value).total_cmp(&number(b.value)))
            .then_with(|| number(a.quantity).total_cmp(&number(b.quantity)))
            .then_with(|| number(a.share).total_cmp(&number(b.share)))
    });
}

/// Positions of links that two records of the same nodes tell again: of each pair of nodes, relation, product, scope and period the records
/// with most to say count, by value, then share, then quantity, then the first by id. Several rows between the same two records stay: they are
/// several purchases.
fn told_again(ends: &[(Discloser, NodeIx, NodeIx, &LinkRow)], resolution: &Resolution) -> BTreeSet<usize> {
    type Purchase = (NodeIx, NodeIx, Relation, Option<Symbol>, Option<NodeIx>, Option<Period>);
    let several: BTreeSet<NodeIx> = resolution.records.iter().map(|r| r.node).collect();
    let mut told: BTreeMap<Purchase, BTreeMap<(Symbol, Symbol), Vec<usize>>> = BTreeMap::new();
    for (i, (discloser, supplier, buyer, row)) in ends.iter().enumerate() {
        if supplier != buyer && !several.is_empty() && (several.contains(supplier) || several.contains(buyer)) {
            let purchase = (*supplier, *buyer, row.relation, row.product, discloser.0, row.valid);
            told.entry(purchase).or_default().entry((row.supplier, row.buyer)).or_default().push(i);
        }
    }
    let worth = |rows: &[usize]| {
        let sum =
            |one: fn(&LinkRow) -> Option<f64>| rows.iter().filter_map(|i| ends.get(*i).and_then(|e| one(e.3))).fold(0.0, |a: f64, b| a + b);
        [sum(|r| r.value), sum(|r| r.share), sum(|r| r.quantity)]
    };
    let mut again = BTreeSet::new();
    for pairs in told.into_values().filter(|p| p.len() > 1) {
        let by_worth = |a: &[f64; 3], b: &[f64; 3]| {
            a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        };
        let best = pairs.iter().map(|(pair, rows)| (worth(rows), *pair)).max_by(|(a, p), (b, q)| by_worth(a, b).then_with(|| q.cmp(p)));
        again.extend(pairs.into_iter().filter(|(pair, _)| best.is_none_or(|(_, b)| b != *pair)).flat_map(|(_, rows)| rows));
    }
    again
}
