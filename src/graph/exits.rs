//! What share of a buyer's purchases stood with suppliers that it left: model 2, "Exits".
//!
//! A supplier has been *left* by a buyer where every supply link between the two, in one disclosure, has ended by the day of the assessment and none is in
//! force (a link of a closed period that still stands for want of a later one is in force; buying less is not leaving), and no consignment of the last
//! four quarters is younger than that end. Which of those follow
//! an adverse finding is for the caller to say: this file knows links alone.
//!
//! ```text
//! row(b, day) = supply links of b in the 365 days up to the day, value, quantity and share times the part of those days in which they held,
//!               without the suppliers that b left after a finding on an earlier day
//! s(b, day)   = weight in that row, by the rules of `weights`, of what b leaves on that day
//! e(b)        = s_1 + (1 - s_1) s_2 + ... over the days in order: what was left is part of what b bought, and the rest is shared as it was
//! ```
//!
//! The share is frozen: later purchases do not change it. It counts for the quarters that the method names, then no more. What was left stays part of
//! what the buyer has mapped ([`Exits::with_left`]), so that leaving turns mass from touched into exited and not into unseen or clear.

use super::in_force::{Placed, Use};
use super::trade::{NO_PRODUCT, NO_UNIT, Scope, Trade, TradeLink};
use super::weights::{BuyerRow, weigh_row};
use crate::base::{Date, NodeIx, Period, Result, Symbol};
use crate::validate::inputs::{OPEN_END, OPEN_START, Relation};
use std::collections::{BTreeMap, BTreeSet};

/// A supplier whose links to a buyer have all ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Ended {
    pub buyer: NodeIx,
    /// The disclosure that says so; none: it holds for all.
    pub scope: Option<NodeIx>,
    pub supplier: NodeIx,
    /// Last day of the last link.
    pub day: Date,
}

/// Days of the four quarters whose purchases count.
const YEAR_DAYS: i32 = 365;

/// Mean days of a quarter.
const QUARTER_DAYS: f64 = 365.25 / 4.0;

/// Suppliers whose links ended no more than `quarters` before `as_of`, sorted by buyer, scope, supplier.
pub fn ended(links: &[Placed], as_of: Date, quarters: f64) -> Vec<Ended> {
    /// The last day, or none where a link still stands.
    type Last = Option<Date>;
    let mut pairs: BTreeMap<(NodeIx, Option<NodeIx>, NodeIx), Last> = BTreeMap::new();
    for link in links.iter().filter(|l| is_trade(l)) {
        let last = link.valid.map(|p| p.to).filter(|to| link.use_ == Use::NotInForce && *to <= as_of);
        // A link that has yet to begin says nothing of those that ended.
        if link.use_ == Use::NotInForce && last.is_none() {
            continue;
        }
        let known = pairs.entry((link.buyer, link.scope, link.supplier)).or_insert(last);
        *known = match (*known, last) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
    }
    // Goods that still come after the declared end, whichever disclosure tells of them: the relation goes on.
    let mut goes_on: BTreeMap<(NodeIx, NodeIx), Date> = BTreeMap::new();
    for (link, day) in links.iter().filter(|l| is_trade(l) && l.use_ != Use::NotInForce).filter_map(|l| Some((l, l.last_consigned?))) {
        let last = goes_on.entry((link.buyer, link.supplier)).or_insert(day);
        *last = (*last).max(day);
    }
    pairs.retain(|(buyer, _, supplier), day| goes_on.get(&(*buyer, *supplier)).is_none_or(|on| day.is_none_or(|day| *on <= day)));
    let frozen = |day: &Date| f64::from(as_of.days_since(*day)) < quarters * QUARTER_DAYS;
    let one = |((buyer, scope, supplier), last): ((NodeIx, Option<NodeIx>, NodeIx), Last)| {
        last.filter(frozen).map(|day| Ended { buyer, scope, supplier, day })
    };
    pairs.into_iter().filter_map(one).collect()
}

/// Goods, or labour that is paid for by the link: what carries the walk while it is in force.
fn is_trade(link: &Placed) -> bool {
    let paid = link.value.is_some() || link.share.is_some();
    link.supplier != link.buyer
        && !link.told_again
        && match link.relation {
            Relation::Supplies | Relation::Subcontracts => true,
            Relation::Recruits => paid,
            Relation::Lists | Relation::Owns => false,
        }
}

/// One supplier left after an adverse finding.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Exit {
    pub supplier: NodeIx,
    pub scope: Option<NodeIx>,
    pub day: Date,
    /// Part of the buyer's purchases in that disclosure, 0 to 1.
    pub share: f64,
}

/// What one buyer left, in one disclosure or in all as one.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Left {
    /// e, 0 to 1.
    share: f64,
    links: u32,
    /// Money and shares of the four quarters before, where every link has them.
    value: Option<f64>,
    stated: Option<f64>,
}

/// Exited shares of all buyers that have any.
#[derive(Clone, Debug, Default)]
pub struct Exits {
    /// By buyer; by disclosure there.
    scoped: BTreeMap<NodeIx, BTreeMap<Option<NodeIx>, Left>>,
    merged: BTreeMap<NodeIx, Left>,
    rows: BTreeMap<NodeIx, Vec<Exit>>,
}

/// One day on which a buyer left suppliers.
struct Day {
    buyer: NodeIx,
    /// `None`: all disclosures as one.
    scope: Option<Option<NodeIx>>,
    day: Date,
    left: BTreeSet<NodeIx>,
    before: BTreeSet<NodeIx>,
}

impl Exits {
    /// Weighs what was left; `left` are those of [`ended`] that follow an adverse finding, in any order.
    ///
    /// # Errors
    /// Only where `Trade` broke its own rules.
    pub fn new(links: &[Placed], left: &[Ended]) -> Result<Self> {
        if left.is_empty() {
            return Ok(Exits::default());
        }
        let days = days_of(links, left);
        let mut of_buyer: BTreeMap<NodeIx, Vec<&Placed>> = left.iter().map(|e| (e.buyer, Vec::new())).collect();
        for link in links.iter().filter(|l| is_trade(l)) {
            if let Some(row) = of_buyer.get_mut(&link.buyer) {
                row.push(link);
            }
        }
        let mut exits = Exits::default();
        let mut numbers = Numbers::default();
        for day in days {
            let row = of_buyer.get(&day.buyer).map_or(&[][..], Vec::as_slice);
            let (left, parts) = weigh(&day, row, &mut numbers)?;
            let known = match day.scope {
                Some(scope) => exits.scoped.entry(day.buyer).or_default().entry(scope).or_default(),
                None => exits.merged.entry(day.buyer).or_default(),
            };
            let frozen = 1.0 - known.share;
            let is_first = known.links == 0;
            let sum = |a: Option<f64>, b: Option<f64>| if is_first { b } else { a.zip(b).map(|(a, b)| a + b) };
            *known = Left {
                share: (known.share + frozen * left.share).min(1.0),
                links: known.links + left.links,
                value: sum(known.value, left.value),
                stated: sum(known.stated, left.stated),
            };
            if let Some(scope) = day.scope {
                let row = |(supplier, part): (NodeIx, f64)| Exit { supplier, scope, day: day.day, share: frozen * part };
                exits.rows.entry(day.buyer).or_default().extend(parts.into_iter().map(row));
            }
        }
        Ok(exits)
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Suppliers left after an adverse finding, by buyer; each buyer's by scope, day, supplier.
    pub fn iter(&self) -> impl Iterator<Item = (NodeIx, &[Exit])> {
        self.rows.iter().map(|(b, rows)| (*b, rows.as_slice()))
    }

    fn left(&self, buyer: NodeIx, scope: Scope, row: &BuyerRow) -> Option<&Left> {
        let Scope::Focal(focal) = scope else { return self.merged.get(&buyer) };
        let of = self.scoped.get(&buyer)?;
        // As the row: the focal node's disclosure where it has links in force, else the unscoped ones, else whichever says that it left.
        if row.scoped {
            of.get(&Some(focal))
        } else if row.links > 0 {
            of.get(&None)
        } else {
            of.get(&Some(focal)).or_else(|| of.get(&None))
        }
    }

    /// e of a buyer whose links in force are summed in `row`, 0 to 1.
    pub fn share(&self, buyer: NodeIx, scope: Scope, row: &BuyerRow) -> f64 {
        self.left(buyer, scope, row).map_or(0.0, |l| l.share)
    }

    /// A buyer's row with what it left counted as recorded: what its mapped share is taken from.
    pub fn with_left(&self, buyer: NodeIx, scope: Scope, row: &BuyerRow) -> BuyerRow {
        let Some(left) = self.left(buyer, scope, row) else { return *row };
        let sum = |now: Option<f64>, left: Option<f64>| if row.links == 0 { left } else { now.zip(left).map(|(a, b)| a + b) };
        BuyerRow {
            links: row.links + left.links,
            recorded_value: sum(row.recorded_value, left.value),
            recorded_share: sum(row.recorded_share, left.stated).map(|s| s.min(1.0)),
            ..*row
        }
    }
}

/// Buyer, disclosure (`None`: all as one), day.
type BuyersDay = (NodeIx, Option<Option<NodeIx>>, Date);

/// The days on which each buyer left somebody, by buyer, disclosure and day; those of all disclosures as one after those of each.
fn days_of(links: &[Placed], left: &[Ended]) -> Vec<Day> {
    let buyers: BTreeSet<NodeIx> = left.iter().map(|e| e.buyer).collect();
    // Disclosures in which a buyer still trades with a supplier: then it has not left it altogether.
    let mut told: BTreeMap<(NodeIx, NodeIx), BTreeSet<Option<NodeIx>>> = BTreeMap::new();
    for l in links.iter().filter(|l| buyers.contains(&l.buyer) && is_trade(l) && l.use_ != Use::NotInForce) {
        told.entry((l.buyer, l.supplier)).or_default().insert(l.scope);
    }
    let mut last: BTreeMap<(NodeIx, NodeIx), Date> = BTreeMap::new();
    let mut by_day: BTreeMap<BuyersDay, BTreeSet<NodeIx>> = BTreeMap::new();
    for e in left {
        by_day.entry((e.buyer, Some(e.scope), e.day)).or_default().insert(e.supplier);
        let day = last.entry((e.buyer, e.supplier)).or_insert(e.day);
        *day = (*day).max(e.day);
    }
    for ((buyer, supplier), day) in last {
        if !told.contains_key(&(buyer, supplier)) {
            by_day.entry((buyer, None, day)).or_default().insert(supplier);
        }
    }
    let mut days: Vec<Day> = Vec::with_capacity(by_day.len());
    for ((buyer, scope, day), left) in by_day {
        let before = match days.last() {
            Some(d) if (d.buyer, d.scope) == (buyer, scope) => d.before.union(&d.left).copied().collect(),
            _ => BTreeSet::new(),
        };
        days.push(Day { buyer, scope, day, left, before });
    }
    days
}

/// Dense numbers of the products, units and nodes of one row, so that a row is weighed by itself.
#[derive(Default)]
struct Numbers {
    symbols: BTreeMap<Symbol, u32>,
}

impl Numbers {
    fn of(&mut self, symbol: Option<Symbol>, none: u32) -> u32 {
        let Some(symbol) = symbol else { return none };
        let next = self.symbols.len() as u32;
        *self.symbols.entry(symbol).or_insert(next)
    }
}

/// What one buyer left on one day, and the part of each supplier.
fn weigh(day: &Day, row: &[&Placed], numbers: &mut Numbers) -> Result<(Left, Vec<(NodeIx, f64)>)> {
    let first = day.day.plus_days(1 - YEAR_DAYS);
    let held = |p: Option<Period>| {
        let p = p.unwrap_or(Period { from: OPEN_START, to: OPEN_END });
        f64::from(p.to.min(day.day).days_since(p.from.max(first)) + 1) / f64::from(YEAR_DAYS)
    };
    let mut suppliers: Vec<NodeIx> = row.iter().map(|l| l.supplier).collect();
    suppliers.sort_unstable();
    suppliers.dedup();
    let local = |n: NodeIx| NodeIx(suppliers.binary_search(&n).map_or(0, |i| i as u32 + 1));
    let counts = |l: &&&Placed| held(l.valid) > 0.0 && !day.before.contains(&l.supplier) && day.scope.is_none_or(|s| s == l.scope);
    let in_year: Vec<TradeLink> = row
        .iter()
        .filter(counts)
        .map(|l| TradeLink {
            supplier: local(l.supplier),
            buyer: NodeIx(0),
            product: numbers.of(l.product, NO_PRODUCT),
            value: l.value.map(|v| v * held(l.valid)),
            quantity: l.quantity.map(|q| q * held(l.valid)),
            unit: numbers.of(l.unit, NO_UNIT),
            share: l.share.map(|s| s * held(l.valid)),
            scope: if day.scope.is_some() { None } else { l.scope },
        })
        .collect();
    let trade = Trade::new(suppliers.len() + 1, &in_year)?;
    let (mut buffer, mut weighed) = (Vec::new(), Vec::new());
    let row = trade.row_in(NodeIx(0), Scope::All, &mut buffer);
    weigh_row(row, &mut weighed);
    let is_left = |local: NodeIx| suppliers.get((local.0 as usize).wrapping_sub(1)).filter(|s| day.left.contains(s)).copied();
    let mut parts: BTreeMap<NodeIx, f64> = BTreeMap::new();
    for l in &weighed {
        if let Some(supplier) = is_left(l.supplier) {
            *parts.entry(supplier).or_default() += l.weight;
        }
    }
    let gone: Vec<&TradeLink> = row.iter().filter(|l| is_left(l.supplier).is_some()).collect();
    let all = |figure: fn(&TradeLink) -> Option<f64>| gone.iter().map(|l| figure(l)).sum::<Option<f64>>();
    let left =
        Left { share: parts.values().sum::<f64>().min(1.0), links: gone.len() as u32, value: all(|l| l.value), stated: all(|l| l.share) };
    Ok((left, parts.into_iter().collect()))
}
