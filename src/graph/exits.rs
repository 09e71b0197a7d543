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
//!
//! A buyer that keeps commodities apart ([`super::commodities`]) left a supplier as to what it bought from it: e is weighed once more for every heading,
//! in the row of that heading. Who left the mill but not the farm has exited nothing of what the farm grows.

use super::commodities::NO_HEADING;
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
pub fn is_trade(link: &Placed) -> bool {
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
    /// The same as part of all that the buyer buys: e of the links of the heading among those of all headings.
    of_all: f64,
}

/// Exited shares of all buyers that have any.
#[derive(Clone, Debug, Default)]
pub struct Exits {
    /// By buyer and heading ([`NO_HEADING`]: all that it buys); by disclosure there.
    scoped: BTreeMap<(NodeIx, u16), BTreeMap<Option<NodeIx>, Left>>,
    merged: BTreeMap<(NodeIx, u16), Left>,
    rows: BTreeMap<NodeIx, Vec<Exit>>,
    /// Headings of what buyers that keep commodities apart bought.
    bought: BTreeMap<NodeIx, BTreeSet<u16>>,
}

/// Stands for every heading of which a buyer bought nothing: what it left without product bears on those too.
const ANY_OTHER: u16 = NO_HEADING - 1;

/// What of a buyer's purchases is kept apart.
#[derive(Clone, Copy)]
pub struct Apart<'a> {
    /// Whether a node keeps commodities apart.
    pub of_node: &'a dyn Fn(NodeIx) -> bool,
    /// The heading of a product; [`NO_HEADING`] where it has none.
    pub heading: &'a dyn Fn(Option<Symbol>) -> u16,
}

impl Apart<'_> {
    /// Every node mixes what it buys.
    pub const NOTHING: Apart<'static> = Apart { of_node: &|_| false, heading: &|_| NO_HEADING };
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
        Self::apart(links, left, Apart::NOTHING)
    }

    /// As [`new`](Self::new), and once more for every heading of buyers that keep commodities apart.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn apart(links: &[Placed], left: &[Ended], apart: Apart<'_>) -> Result<Self> {
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
        for (buyer, row) in of_buyer.iter().filter(|(buyer, _)| (apart.of_node)(**buyer)) {
            let headings: BTreeSet<u16> = row.iter().map(|l| (apart.heading)(l.product)).filter(|h| *h != NO_HEADING).collect();
            if !headings.is_empty() {
                exits.bought.insert(*buyer, headings);
            }
        }
        let mut numbers = Numbers::default();
        for day in days {
            let row = of_buyer.get(&day.buyer).map_or(&[][..], Vec::as_slice);
            let whole = weigh(&day, row, &mut numbers)?;
            let frozen = exits.add(&day, NO_HEADING, whole.left);
            let bought = exits.bought.get(&day.buyer);
            for heading in bought.map_or_else(Vec::new, |b| b.iter().copied().chain([ANY_OTHER]).collect()) {
                let feeds = |product: Option<Symbol>| [heading, NO_HEADING].contains(&(apart.heading)(product));
                let own: Vec<&Placed> = row.iter().copied().filter(|l| feeds(l.product)).collect();
                let Weighed { left, .. } = weigh(&day, &own, &mut numbers)?;
                let of_all = whole.by_product.iter().filter(|(product, _)| feeds(*product)).map(|(_, part)| frozen * part).sum();
                exits.add(&day, heading, Left { of_all, ..left });
            }
            if let Some(scope) = day.scope {
                let row = |(supplier, part): (NodeIx, f64)| Exit { supplier, scope, day: day.day, share: frozen * part };
                exits.rows.entry(day.buyer).or_default().extend(whole.by_supplier.into_iter().map(row));
            }
        }
        Ok(exits)
    }

    /// Adds what was left on one day; the part of the purchases that had not been left before.
    fn add(&mut self, day: &Day, heading: u16, left: Left) -> f64 {
        let key = (day.buyer, heading);
        let known = match day.scope {
            Some(scope) => self.scoped.entry(key).or_default().entry(scope).or_default(),
            None => self.merged.entry(key).or_default(),
        };
        let frozen = 1.0 - known.share;
        let is_first = known.links == 0;
        let sum = |a: Option<f64>, b: Option<f64>| if is_first { b } else { a.zip(b).map(|(a, b)| a + b) };
        *known = Left {
            share: (known.share + frozen * left.share).min(1.0),
            links: known.links + left.links,
            value: sum(known.value, left.value),
            stated: sum(known.stated, left.stated),
            of_all: known.of_all + left.of_all,
        };
        frozen
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Suppliers left after an adverse finding, by buyer; each buyer's by scope, day, supplier.
    pub fn iter(&self) -> impl Iterator<Item = (NodeIx, &[Exit])> {
        self.rows.iter().map(|(b, rows)| (*b, rows.as_slice()))
    }

    fn left(&self, buyer: NodeIx, heading: u16, scope: Scope, row: &BuyerRow) -> Option<&Left> {
        let is_bought = heading == NO_HEADING || self.bought.get(&buyer).is_some_and(|b| b.contains(&heading));
        let key = (buyer, if is_bought { heading } else { ANY_OTHER });
        let Scope::Focal(focal) = scope else { return self.merged.get(&key) };
        let of = self.scoped.get(&key)?;
        // As the row: the focal node's disclosure where it has links in force, else the unscoped ones; where nothing is in force, whichever
        // says that it left. Who withdraws a disclosure has not undone what it told there.
        let (own, unscoped) = (of.get(&Some(focal)), of.get(&None));
        if row.scoped {
            own
        } else if row.links > 0 {
            unscoped.or(own)
        } else {
            own.or(unscoped)
        }
    }

    /// e of a buyer whose links in force are summed in `row`, 0 to 1.
    pub fn share(&self, buyer: NodeIx, scope: Scope, row: &BuyerRow) -> f64 {
        self.left(buyer, NO_HEADING, scope, row).map_or(0.0, |l| l.share)
    }

    /// What a buyer left of one heading; `row` is that of the buyer as a whole.
    pub fn of_heading(&self, buyer: NodeIx, heading: u16, scope: Scope, row: &BuyerRow) -> LeftOfHeading {
        let left = self.left(buyer, heading, scope, row).copied().unwrap_or_default();
        LeftOfHeading { share: left.share, links: left.links, of_all: left.of_all.min(1.0) }
    }

    /// A buyer's row with what it left counted as recorded: what its mapped share is taken from.
    pub fn with_left(&self, buyer: NodeIx, scope: Scope, row: &BuyerRow) -> BuyerRow {
        let Some(left) = self.left(buyer, NO_HEADING, scope, row) else { return *row };
        let sum = |now: Option<f64>, left: Option<f64>| if row.links == 0 { left } else { now.zip(left).map(|(a, b)| a + b) };
        BuyerRow {
            links: row.links + left.links,
            recorded_value: sum(row.recorded_value, left.value),
            recorded_share: sum(row.recorded_share, left.stated).map(|s| s.min(1.0)),
            ..*row
        }
    }
}

/// What a buyer left of one heading.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LeftOfHeading {
    /// e of the heading's row, 0 to 1.
    pub share: f64,
    pub links: u32,
    /// The same as part of all that the buyer buys, 0 to 1.
    pub of_all: f64,
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
    by_number: Vec<Symbol>,
}

impl Numbers {
    fn of(&mut self, symbol: Option<Symbol>, none: u32) -> u32 {
        let Some(symbol) = symbol else { return none };
        *self.symbols.entry(symbol).or_insert_with(|| {
            self.by_number.push(symbol);
            self.by_number.len() as u32 - 1
        })
    }
}

/// What one buyer left on one day, and the part of each supplier and of each link's product.
struct Weighed {
    left: Left,
    by_supplier: Vec<(NodeIx, f64)>,
    by_product: Vec<(Option<Symbol>, f64)>,
}

fn weigh(day: &Day, row: &[&Placed], numbers: &mut Numbers) -> Result<Weighed> {
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
    let mut by_product = Vec::new();
    for l in &weighed {
        if let Some(supplier) = is_left(l.supplier) {
            *parts.entry(supplier).or_default() += l.weight;
            by_product.push((numbers.by_number.get(l.product as usize).copied(), l.weight));
        }
    }
    let gone: Vec<&TradeLink> = row.iter().filter(|l| is_left(l.supplier).is_some()).collect();
    let all = |figure: fn(&TradeLink) -> Option<f64>| gone.iter().map(|l| figure(l)).sum::<Option<f64>>();
    let left = Left {
        share: parts.values().sum::<f64>().min(1.0),
        links: gone.len() as u32,
        value: all(|l| l.value),
        stated: all(|l| l.share),
        of_all: 0.0,
    };
    Ok(Weighed { left, by_supplier: parts.into_iter().collect(), by_product })
}
