//! Shipments: whether what a place sends fits what it declares of itself (methodology 2.8, `hs_*`).
//!
//! | tells | where |
//! | --- | --- |
//! | hs_capacity_mismatch | the volume of a calendar year above 1.2 x the shipper's declared capacity, in its unit |
//! | hs_origin_mismatch | goods whose origin is not the country of the place that ships them, where that place makes goods |
//!
//! What the consignments say of links is told in [`crate::graph::consigned`]. A name on a bill stands for a node where exactly one node has it as name or alias. A trader or a warehouse ships goods of any origin: no
//! mismatch. The papers of a year are one row per node, at its newest consignment. What they do not show clears nobody: no looks.

use super::teller::{At, Teller};
use crate::base::{Date, Kind, NodeIx};
use crate::graph::parties::{Parties, Party};
use crate::mapping::fold;
use crate::validate::inputs::{RowRef, ShipmentRow};
use std::collections::BTreeMap;

pub(super) fn detect(teller: &mut Teller<'_, '_>) {
    let (inputs, as_of) = (teller.book.inputs, teller.book.as_of);
    if inputs.shipments.is_empty() {
        return;
    }
    let parties = Parties::of(inputs, teller.book.resolution);
    let mut years: BTreeMap<(NodeIx, i32), Year> = BTreeMap::new();
    let capacities: BTreeMap<NodeIx, (f64, String)> = inputs
        .nodes
        .iter()
        .filter_map(|n| Some((teller.node(n.id)?, (n.capacity?, fold(n.capacity_unit.as_deref()?)))))
        .filter(|(_, (capacity, _))| *capacity > 0.0)
        .collect();
    for s in inputs.shipments.iter().filter(|s| s.date <= as_of) {
        let Party::Node(node) = parties.shipper(teller.book.resolution, s) else { continue };
        let year = years.entry((node, s.date.year())).or_default();
        let unit = s.unit.map(|u| fold(teller.book.text(u)));
        if let Some(quantity) = s.quantity.filter(|_| unit.is_some() && unit.as_ref() == capacities.get(&node).map(|c| &c.1)) {
            year.volume += quantity;
            newest(&mut year.measured, s);
        }
        if ships_foreign_goods(teller, node, s) {
            newest(&mut year.mismatched, s);
        }
    }
    if let Some(source) = teller.source("trade_anomaly", "shipments") {
        let most = teller.limit("detect.shipments.capacity_ratio");
        for ((node, _), year) in years {
            let at = |(day, row): (Date, RowRef)| At { node, table: "shipments", row, day, origin: None };
            if let (Some(place), Some((capacity, _))) = (year.measured, capacities.get(&node)) {
                let ratio = year.volume / capacity;
                if ratio > most {
                    teller.report(source, at(place), &["hs_capacity_mismatch"]);
                }
            }
            if let Some(place) = year.mismatched {
                teller.report(source, at(place), &["hs_origin_mismatch"]);
            }
        }
    }
}

/// What the papers of one shipper and calendar year add up to.
#[derive(Default)]
struct Year {
    volume: f64,
    /// Newest consignment in the unit of the capacity.
    measured: Option<(Date, RowRef)>,
    mismatched: Option<(Date, RowRef)>,
}

fn newest(place: &mut Option<(Date, RowRef)>, s: &ShipmentRow) {
    if place.is_none_or(|(day, row)| s.date > day || (s.date == day && s.row < row)) {
        *place = Some((s.date, s.row));
    }
}

/// Whether a place that makes goods ships goods of another country.
fn ships_foreign_goods(teller: &Teller<'_, '_>, node: NodeIx, s: &ShipmentRow) -> bool {
    let Some(place) = teller.book.resolution.nodes.get(node.at()) else { return false };
    let makes = place.kind.has_posterior() && !place.kind.is_intermediary() && place.kind != Kind::Warehouse;
    makes && matches!((place.country, s.origin_country), (Some(here), Some(origin)) if here != origin)
}
