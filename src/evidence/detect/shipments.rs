//! Shipments: who sent goods to whom, and whether that fits what the map declares (methodology 2.8, `hs_*`).
//!
//! | tells | where |
//! | --- | --- |
//! | a discovered link | goods moved between two parties between whom no link declares a supply |
//! | hs_capacity_mismatch | the volume of a calendar year above 1.2 x the shipper's declared capacity, in its unit |
//! | hs_origin_mismatch | goods whose origin is not the country of the place that ships them, where that place makes goods |
//!
//! A name on a bill stands for a node where exactly one node has it as name or alias. A trader or a warehouse ships goods of any origin: no
//! mismatch. The papers of a year are one row per node, at its newest consignment. What they do not show clears nobody: no looks.

use super::teller::{At, Figure, Teller};
use super::{DiscoveredLink, Party};
use crate::base::{Date, Kind, NodeIx, Symbol};
use crate::mapping::fold;
use crate::validate::inputs::{RowRef, ShipmentRow};
use crate::validate::parties::{End, Names, declared, is_declared};
use std::collections::BTreeMap;

pub(super) fn detect(teller: &mut Teller<'_, '_>) {
    let (inputs, as_of) = (teller.book.inputs, teller.book.as_of);
    if inputs.shipments.is_empty() {
        return;
    }
    let (names, links) = (Names::of(inputs), declared(inputs));
    let mut discovered: BTreeMap<(Party, Party, Option<Symbol>), DiscoveredLink> = BTreeMap::new();
    let mut years: BTreeMap<(NodeIx, i32), Year> = BTreeMap::new();
    let capacities: BTreeMap<NodeIx, (f64, String)> = inputs
        .nodes
        .iter()
        .filter_map(|n| Some((teller.node(n.id)?, (n.capacity?, fold(n.capacity_unit.as_deref()?)))))
        .filter(|(_, (capacity, _))| *capacity > 0.0)
        .collect();
    for s in inputs.shipments.iter().filter(|s| s.date <= as_of) {
        let (Some(from), Some(to)) = (names.shipper(s), names.consignee(s)) else { continue };
        if !is_declared(&links, &from, &to) {
            let (supplier, buyer) = (party(teller, &from), party(teller, &to));
            let key = (supplier.clone(), buyer.clone(), s.product_text);
            discovered.entry(key).and_modify(|d| add(d, s)).or_insert_with(|| DiscoveredLink {
                supplier,
                buyer,
                product: s.product_text,
                shipments: 1,
                value: s.value,
                first: s.date,
                last: s.date,
                row: s.row,
            });
        }
        let End::Known(symbol) = from else { continue };
        let Some(node) = teller.node(symbol) else { continue };
        let year = years.entry((node, s.date.year())).or_default();
        let unit = s.unit.map(|u| fold(teller.book.text(u)));
        if let Some(quantity) = s.quantity.filter(|_| unit.is_some() && unit.as_ref() == capacities.get(&node).map(|c| &c.1)) {
            year.volume += quantity;
            newest(&mut year.measured, s);
        }
        if ships_foreign_goods(teller, node, s) {
            year.foreign += 1;
            newest(&mut year.mismatched, s);
        }
    }
    teller.found.discovered.extend(discovered.into_values());
    if let Some(source) = teller.source("trade_anomaly", "shipments") {
        let most = teller.limit("detect.shipments.capacity_ratio");
        for ((node, _), year) in years {
            let at = |(day, row): (Date, RowRef)| At { node, table: "shipments", row, day, origin: None };
            if let (Some(place), Some((capacity, _))) = (year.measured, capacities.get(&node)) {
                let ratio = year.volume / capacity;
                if ratio > most {
                    teller.report(source, at(place), &["hs_capacity_mismatch"], Figure::new(ratio, most));
                }
            }
            if let Some(place) = year.mismatched {
                teller.report(source, at(place), &["hs_origin_mismatch"], Figure::new(f64::from(year.foreign), 0.0));
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
    foreign: u32,
    mismatched: Option<(Date, RowRef)>,
}

fn newest(place: &mut Option<(Date, RowRef)>, s: &ShipmentRow) {
    if place.is_none_or(|(day, row)| s.date > day || (s.date == day && s.row < row)) {
        *place = Some((s.date, s.row));
    }
}

fn add(link: &mut DiscoveredLink, s: &ShipmentRow) {
    link.shipments += 1;
    link.value = link.value.map(|v| v + s.value.unwrap_or(0.0)).or(s.value);
    link.first = link.first.min(s.date);
    if s.date > link.last || (s.date == link.last && s.row < link.row) {
        link.row = s.row;
    }
    link.last = link.last.max(s.date);
}

fn party(teller: &Teller<'_, '_>, end: &End) -> Party {
    match end {
        End::Known(symbol) => teller.node(*symbol).map_or_else(|| Party::Name(teller.book.text(*symbol).into()), Party::Node),
        End::Named(name) => Party::Name(name.clone()),
    }
}

/// Whether a place that makes goods ships goods of another country.
fn ships_foreign_goods(teller: &Teller<'_, '_>, node: NodeIx, s: &ShipmentRow) -> bool {
    let Some(place) = teller.book.resolution.nodes.get(node.at()) else { return false };
    let makes = place.kind.has_posterior() && !place.kind.is_intermediary() && place.kind != Kind::Warehouse;
    makes && matches!((place.country, s.origin_country), (Some(here), Some(origin)) if here != origin)
}
