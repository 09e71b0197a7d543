//! What share of a buyer's purchases each of its links is: conventions, "Weights".
//!
//! From one buyer's distinct (supplier, product) links, in this order:
//!
//! 1. *share* where at least as many links state a share as state a value: pooled over all products;
//! 2. else *value*: within a product and across products;
//! 3. else, product by product, *quantity* where the product's links have one unit, else an *equal* part per distinct supplier.
//!
//! A link without the figure that its buyer goes by takes the *median* of the known figures of that buyer and product, else of that buyer.
//! A valued buyer's product in which no link has a value weighs as many medians of the buyer as it has links, split as in 3.
//! Without values, products weigh alike; links without a product weigh by their number, so that one row with an empty cell
//! is not worth a product. What is taken by median or equal part is `assumed`. A row sums to 1.

use super::trade::{NO_PRODUCT, TradeLink};
use crate::base::NodeIx;

/// By which figure a link is weighed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Basis {
    Share,
    Value,
    Quantity,
    Equal,
    Median,
}

impl Basis {
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Share => "share",
            Basis::Value => "value",
            Basis::Quantity => "quantity",
            Basis::Equal => "equal",
            Basis::Median => "median",
        }
    }
}

/// One distinct (supplier, buyer, product) link as used.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct WeightedLink {
    pub supplier: NodeIx,
    pub buyer: NodeIx,
    pub product: u32,
    /// Part of the buyer's recorded purchases, 0 to 1; the links of a buyer sum to 1.
    pub weight: f64,
    pub basis: Basis,
    /// Whether a median, an equal part or an equal weight of products entered.
    pub assumed: bool,
}

/// What the links say of one buyer as a whole.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct BuyerRow {
    /// Distinct (supplier, product) links.
    pub links: u32,
    /// Of them, those weighed by an assumption.
    pub assumed_links: u32,
    /// Money a year over all links, where every link has a value.
    pub recorded_value: Option<f64>,
    /// Part of the buyer's purchases that the links state, at most 1, where every link has a share.
    pub recorded_share: Option<f64>,
    /// Whether the row is one disclosure's account of the buyer, not the buyer's whole trade.
    pub scoped: bool,
    /// The mapped share that somebody asks to assume; `None` but in [`super::trade::AskedRow`].
    pub asked_mapped: Option<f64>,
    /// Part of the recorded purchases whose supplier somebody asks to take away and for which no other is known, 0 to 1: it ends
    /// unseen. 0 but in [`super::trade::AskedRow`].
    pub unplaced: f64,
    /// Part of the row's weight that is asked to stand with suppliers left after an adverse finding, 0 to 1.
    pub asked_left: f64,
}

/// Weighs one buyer's row (sorted by product, then supplier, each pair once) and appends it to `out`.
pub fn weigh_row(row: &[TradeLink], out: &mut Vec<WeightedLink>) -> BuyerRow {
    let from = out.len();
    let known = |figure: fn(&TradeLink) -> Option<f64>| row.iter().filter(|l| figure(l).is_some()).count();
    let total = |figure: fn(&TradeLink) -> Option<f64>| row.iter().filter_map(figure).sum::<f64>();
    let (shares, values) = (known(|l| l.share), known(|l| l.value));
    let (share_sum, value_sum) = (total(|l| l.share), total(|l| l.value));
    let share_stands = share_sum > 0.0 && (shares >= values || value_sum <= 0.0);
    if share_stands {
        by_figure(row, |l| l.share, Basis::Share, out);
    } else if value_sum > 0.0 {
        by_figure(row, |l| l.value, Basis::Value, out);
    } else {
        by_product(row, out);
    }
    let weighed = &mut out[from..];
    let sum: f64 = weighed.iter().map(|l| l.weight).sum();
    for l in weighed.iter_mut() {
        l.weight = if sum > 0.0 { l.weight / sum } else { 0.0 };
    }
    let all = |n: usize, sum: f64| (n == row.len() && n > 0).then_some(sum);
    BuyerRow {
        links: row.len() as u32,
        assumed_links: weighed.iter().filter(|l| l.assumed).count() as u32,
        recorded_value: all(values, value_sum),
        recorded_share: all(shares, share_sum.min(1.0)),
        scoped: row.iter().any(|l| l.scope.is_some()),
        ..BuyerRow::default()
    }
}

fn products(row: &[TradeLink]) -> impl Iterator<Item = &[TradeLink]> {
    row.chunk_by(|a, b| a.product == b.product)
}

fn weighted(l: &TradeLink, weight: f64, basis: Basis, assumed: bool) -> WeightedLink {
    WeightedLink { supplier: l.supplier, buyer: l.buyer, product: l.product, weight, basis, assumed }
}

/// Every link by its share or value, the median where it has none.
fn by_figure(row: &[TradeLink], figure: fn(&TradeLink) -> Option<f64>, basis: Basis, out: &mut Vec<WeightedLink>) {
    let of_buyer = median(row, figure).unwrap_or(0.0);
    for group in products(row) {
        match median(group, figure) {
            Some(of_product) => out.extend(group.iter().map(|l| match figure(l) {
                Some(x) => weighted(l, x, basis, false),
                None => weighted(l, of_product, Basis::Median, true),
            })),
            None => within_product(group, of_buyer * group.len() as f64, Basis::Median, true, out),
        }
    }
}

/// No figure in money: products alike, within a product by quantity or alike.
fn by_product(row: &[TradeLink], out: &mut Vec<WeightedLink>) {
    let without = row.iter().filter(|l| l.product == NO_PRODUCT).count() as f64 / row.len().max(1) as f64;
    let named = products(row).filter(|g| g.iter().all(|l| l.product != NO_PRODUCT)).count();
    let several = products(row).count() > 1;
    for group in products(row) {
        let is_named = group.iter().all(|l| l.product != NO_PRODUCT);
        let of_product = if is_named { (1.0 - without) / named as f64 } else { without };
        within_product(group, of_product, Basis::Equal, several, out);
    }
}

/// Splits the weight of one product over its links, by quantity where there is one unit, else alike (`alike` names the basis then).
fn within_product(group: &[TradeLink], weight: f64, alike: Basis, assumed: bool, out: &mut Vec<WeightedLink>) {
    let mut units = group.iter().filter(|l| l.quantity.is_some()).map(|l| l.unit);
    let first = units.next();
    let one_unit = first.is_some() && units.all(|u| Some(u) == first);
    let sum: f64 = group.iter().filter_map(|l| l.quantity).sum();
    if !one_unit || sum <= 0.0 {
        out.extend(group.iter().map(|l| weighted(l, weight / group.len() as f64, alike, true)));
        return;
    }
    let middle = median(group, |l| l.quantity).unwrap_or(0.0);
    let total: f64 = group.iter().map(|l| l.quantity.unwrap_or(middle)).sum();
    out.extend(group.iter().map(|l| match l.quantity {
        Some(q) => weighted(l, weight * q / total, Basis::Quantity, assumed),
        None => weighted(l, weight * middle / total, Basis::Median, true),
    }));
}

fn median(links: &[TradeLink], figure: fn(&TradeLink) -> Option<f64>) -> Option<f64> {
    middle(links.iter().filter_map(figure).collect())
}

/// The middle of some figures, the mean of the two middle ones where their number is even; none of none.
pub fn middle(mut known: Vec<f64>) -> Option<f64> {
    known.sort_unstable_by(f64::total_cmp);
    let upper = *known.get(known.len() / 2)?;
    if known.len() % 2 == 1 { Some(upper) } else { known.get(known.len() / 2 - 1).map(|lower| (lower + upper) / 2.0) }
}
