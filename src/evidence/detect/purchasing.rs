//! Purchasing: what a buyer does to a supplier in a quarter (methodology 2.8, 5.7).
//!
//! | practice | where |
//! | --- | --- |
//! | pp_price_below_cost | unit price / cost of lawful production below 1 |
//! | pp_short_lead_time | lead time below 0.8 of the median of the supplier's other rows |
//! | pp_late_payment | more than 60 days |
//! | pp_late_order_change | share of orders changed above the limit |
//! | pp_unilateral_penalty | share of orders cancelled above the limit |
//!
//! Each is involvement of the buyer, and no evidence on the supplier. A price below cost in the last twelve months is beside that a
//! circumstance of the supplier: one factor of its prior, however many quarters and buyers show it. What a site with the volume of an order
//! could deliver is not known from these columns, so a lead time is held against the supplier's usual one.

use super::BuyerPractice;
use super::teller::{At, Teller};
use crate::base::{Norm, NormSet, Symbol};
use crate::measures::squeeze_ratio;
use std::collections::BTreeMap;

pub(super) fn detect(teller: &mut Teller<'_, '_>) {
    if teller.book.inputs.purchasing.is_empty() {
        return;
    }
    let price_to_cost = teller.limit("detect.purchasing.price_to_cost");
    let lead_time_ratio = teller.limit("detect.purchasing.lead_time_ratio");
    let lead_time_rows = teller.limit("detect.purchasing.lead_time_rows");
    let payment_days = teller.limit("detect.purchasing.payment_days");
    let order_change = teller.limit("detect.purchasing.order_change_share");
    let cancelled = teller.limit("detect.purchasing.cancelled_share");
    let context_months = teller.limit("detect.purchasing.context_months");
    let (inputs, as_of) = (teller.book.inputs, teller.book.as_of);
    let past = || inputs.purchasing.iter().filter(|r| r.quarter.to <= as_of);
    let mut lead_times: BTreeMap<Symbol, Vec<f64>> = BTreeMap::new();
    for row in past() {
        lead_times.entry(row.supplier).or_default().extend(row.lead_time_days);
    }
    lead_times.values_mut().for_each(|v| v.sort_by(f64::total_cmp));
    for row in past() {
        let (Some(buyer), Some(supplier)) = (teller.node(row.buyer), teller.node(row.supplier)) else { continue };
        let mut practise = |sign: &'static str, value: f64, threshold: f64| {
            teller.found.practices.push(BuyerPractice { buyer, supplier, quarter: row.quarter, sign, value, threshold, row: row.row });
        };
        let ratio = row.unit_price.zip(row.cost_benchmark).and_then(|(price, cost)| squeeze_ratio(price, cost));
        let below_cost = ratio.filter(|r| *r < price_to_cost);
        if let Some(ratio) = below_cost {
            practise("pp_price_below_cost", ratio, price_to_cost);
        }
        let usual = lead_times.get(&row.supplier).filter(|v| v.len() as f64 > lead_time_rows);
        if let (Some(days), Some(usual)) = (row.lead_time_days, usual.zip(row.lead_time_days).and_then(|(v, d)| median_without(v, d))) {
            let ratio = days / usual;
            if ratio < lead_time_ratio {
                practise("pp_short_lead_time", ratio, lead_time_ratio);
            }
        }
        if let Some(days) = row.payment_days.filter(|d| *d > payment_days) {
            practise("pp_late_payment", days, payment_days);
        }
        if let Some(share) = row.order_change_share.filter(|s| *s > order_change) {
            practise("pp_late_order_change", share, order_change);
        }
        if let Some(share) = row.cancelled_share.filter(|s| *s > cancelled) {
            practise("pp_unilateral_penalty", share, cancelled);
        }
        if below_cost.is_some() && teller.within(row.quarter.to, context_months) {
            let at = At { node: supplier, table: "purchasing", row: row.row, day: row.quarter.to, origin: None };
            let norms = NormSet::of(&[Norm::ChildLabour, Norm::ForcedLabour]);
            teller.circumstance(at, "price_below_cost", norms, "purchasing: a buyer pays less than lawful production costs");
        }
    }
    teller
        .found
        .practices
        .sort_by(|a, b| (a.buyer, a.supplier, a.quarter, a.sign, a.row).cmp(&(b.buyer, b.supplier, b.quarter, b.sign, b.row)));
}

/// The median of sorted values without one that equals `own`, above 0.
fn median_without(sorted: &[f64], own: f64) -> Option<f64> {
    let out = sorted.partition_point(|x| *x < own);
    let at = |i: usize| sorted.get(if i < out { i } else { i + 1 }).copied();
    let left = sorted.len().checked_sub(1).filter(|n| *n > 0)?;
    let median = (at((left - 1) / 2)? + at(left / 2)?) / 2.0;
    (median > 0.0).then_some(median)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_lead_time_leaves_the_row_itself_out() {
        assert_eq!(median_without(&[40.0, 90.0, 100.0], 40.0), Some(95.0));
        assert_eq!(median_without(&[40.0, 90.0, 100.0], 90.0), Some(70.0));
        assert_eq!(median_without(&[40.0, 40.0, 100.0, 120.0], 40.0), Some(100.0));
        assert_eq!(median_without(&[40.0], 40.0), None);
    }
}
