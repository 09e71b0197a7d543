//! What a node is that several records tell of: each figure from the first record that states it, the node's own record before the others in
//! order of their ids; what they state differently is said, never averaged.

use super::Node;
use super::identity::{Identifier, Names, Thing, names, thing};
use super::join::{locate, said};
use crate::base::{Diagnostic, Kind, Symbol, holdings};
use crate::schema::codes as c;
use crate::validate::Inputs;
use crate::validate::inputs::{NodeRow, RowRef};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The record after which the node is named: a focal company's, else the first by id.
pub(super) fn first(inputs: &Inputs, records: &[usize]) -> usize {
    let focal = |i: &&usize| inputs.nodes.get(**i).is_some_and(|n| n.focal);
    records.iter().find(focal).or(records.first()).copied().unwrap_or_default()
}

/// A node of one record.
pub(super) fn known(row: &NodeRow, inputs: &Inputs) -> Node {
    let range = match (row.workers_low, row.workers_high) {
        (Some(low), Some(high)) => Some((low + high) / 2.0),
        (one, other) => one.or(other),
    };
    let id = inputs.ids.text(row.id);
    let (shown_id, shown_name) = if holdings::looks_person_operated(row.kind, &row.name) {
        let (id, name) = holdings::shown_as(id, row.country);
        (Arc::from(id), Arc::from(name))
    } else {
        (Arc::from(id), row.name.clone())
    };
    Node {
        id: Arc::from(id),
        symbol: row.id,
        shown_id,
        shown_name,
        kind: row.kind,
        country: row.country,
        subdivision: row.subdivision.clone(),
        sector: row.sector,
        product: row.product,
        stage: row.stage,
        focal: row.focal,
        people: row.workers.or(range),
        people_from_range: row.workers.is_none() && range.is_some(),
        places_count: row.places_count,
        known_since: row.known_since,
        informal_share: row.informal_share,
        union: row.union,
        purchases_value: row.purchases_value,
        mapped_share: row.mapped_share,
        row: Some(row.row),
    }
}

/// The node of several records, and what they state differently.
pub(super) fn merge(
    inputs: &Inputs,
    first: usize,
    records: impl Iterator<Item = usize>,
    identifiers: &[Vec<Identifier>],
) -> (Node, Vec<Diagnostic>) {
    let mut order: Vec<usize> = records.collect();
    order.sort_by_key(|i| (*i != first, *i));
    let rows: Vec<&NodeRow> = order.iter().filter_map(|i| inputs.nodes.get(*i)).collect();
    let alone: Vec<Node> = rows.iter().map(|r| known(r, inputs)).collect();
    let Some(mut node) = alone.first().cloned() else { return (unknown(Symbol(0), inputs), Vec::new()) };
    fn told<'n, T>(alone: &'n [Node], one: impl Fn(&'n Node) -> Option<T>) -> Option<T> {
        alone.iter().find_map(one)
    }
    node.kind = alone.iter().map(|n| n.kind).min_by_key(|k| (unspecific(*k), alone.iter().position(|n| n.kind == *k))).unwrap_or(node.kind);
    node.country = told(&alone, |n| n.country);
    node.subdivision = told(&alone, |n| n.subdivision.clone());
    node.sector = told(&alone, |n| n.sector);
    node.product = told(&alone, |n| n.product);
    node.stage = told(&alone, |n| n.stage);
    node.focal = alone.iter().any(|n| n.focal);
    // A count that somebody states stands before the middle of a range.
    let counted = alone.iter().find(|n| n.people.is_some() && !n.people_from_range).or_else(|| alone.iter().find(|n| n.people.is_some()));
    node.people = counted.and_then(|n| n.people);
    node.people_from_range = counted.is_some_and(|n| n.people_from_range);
    node.places_count = told(&alone, |n| n.places_count);
    node.known_since = alone.iter().filter_map(|n| n.known_since).min();
    node.informal_share = told(&alone, |n| n.informal_share);
    node.union = told(&alone, |n| n.union);
    node.purchases_value = told(&alone, |n| n.purchases_value);
    node.mapped_share = told(&alone, |n| n.mapped_share);
    // Where one record hides a person, none of the others names it.
    if let Some(hidden) = alone.iter().find(|n| n.shown_id != n.id) {
        (node.shown_id, node.shown_name) = (hidden.shown_id.clone(), hidden.shown_name.clone());
    }
    let differences = differences(inputs, &node, &rows, &order, identifiers);
    (node, differences)
}

/// How little a kind says: a company may be a trader, a facility a factory.
fn unspecific(kind: Kind) -> u8 {
    match kind {
        Kind::Facility | Kind::Company => 1,
        Kind::Group => 2,
        k if thing(k) == Thing::Other => 3,
        _ => 0,
    }
}

fn differences(inputs: &Inputs, node: &Node, rows: &[&NodeRow], order: &[usize], identifiers: &[Vec<Identifier>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut differ = |row: RowRef, column: &str, what: String| {
        found.push(said(&c::RECORDS_DIFFER, locate(inputs, row, column), format!("{what} of {}", node.shown_id)));
    };
    for row in rows.iter().skip(1) {
        if row.country.is_some_and(|country| Some(country) != node.country) {
            differ(row.row, "country", "another country than another record".to_owned());
        }
        if row.kind != node.kind && unspecific(row.kind) == 0 {
            differ(row.row, "kind", format!("the kind {}, where another record says {},", row.kind.as_str(), node.kind.as_str()));
        }
        if let (Some(here), Some(people)) = (row.workers, node.people)
            && !(0.5..=2.0).contains(&(here.max(1.0) / people.max(1.0)))
        {
            differ(row.row, "workers", "a number of workers beyond half and double that of another record".to_owned());
        }
    }
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (scheme, value) in order.iter().filter_map(|i| identifiers.get(*i)).flatten().filter(|(s, _)| names(s) != Names::Either) {
        values.entry(scheme).or_default().insert(value);
    }
    for (scheme, values) in values.into_iter().filter(|(_, v)| v.len() > 1) {
        let all: Vec<&str> = values.into_iter().take(4).collect();
        if let Some(row) = rows.first() {
            let found_here = format!("records of {} have several {scheme}: {}", node.shown_id, all.join(", "));
            found.push(said(&c::IDENTIFIERS_DIFFER, locate(inputs, row.row, "node_id"), found_here));
        }
    }
    found
}

/// A node that only other tables name.
pub(super) fn unknown(symbol: Symbol, inputs: &Inputs) -> Node {
    Node {
        id: Arc::from(inputs.ids.text(symbol)),
        symbol,
        shown_id: Arc::from(inputs.ids.text(symbol)),
        shown_name: Arc::from(inputs.ids.text(symbol)),
        kind: Kind::Unknown,
        country: None,
        subdivision: None,
        sector: None,
        product: None,
        stage: None,
        focal: false,
        people: None,
        people_from_range: false,
        places_count: None,
        known_since: None,
        informal_share: None,
        union: None,
        purchases_value: None,
        mapped_share: None,
        row: None,
    }
}
