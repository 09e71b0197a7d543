//! Entries of screening lists that are nodes of the dataset: by a shared identifier, or because somebody decided so after comparing.
//!
//! A name alone is never a hit: most names that look alike are of others, and a supplier is not accused by likeness. `onus match` asks
//! about them; the answer stands in `decisions`.

use super::identity::{self, Identifier, Names, Thing, names, thing};
use super::join::decisions;
use super::{Resolution, Why};
use crate::base::{NodeIx, Symbol};
use crate::validate::Inputs;
use crate::validate::inputs::ListingScope;
use std::collections::BTreeMap;

/// An entry that is a node.
#[derive(Clone, Debug)]
pub struct Hit {
    pub node: NodeIx,
    /// Position in `Inputs::listings`.
    pub listing: usize,
    pub why: Why,
}

/// Every hit, in order of nodes and entries.
pub(super) fn hits(inputs: &Inputs, resolution: &Resolution, identifiers: &[Vec<Identifier>]) -> Vec<Hit> {
    if inputs.listings.is_empty() {
        return Vec::new();
    }
    let decided = decisions(inputs);
    let of_entry: BTreeMap<Symbol, usize> = inputs.listings.iter().enumerate().map(|(i, l)| (l.entry, i)).collect();
    let mut found: BTreeMap<(NodeIx, usize), (bool, Why)> = BTreeMap::new();
    let mut holders: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (i, list) in identifiers.iter().enumerate() {
        for (scheme, value) in list {
            holders.entry((scheme, value)).or_default().push(i);
        }
    }
    for (i, entry) in inputs.listings.iter().enumerate().filter(|(_, e)| e.scope != ListingScope::Region) {
        for (scheme, value) in identity::of_listing(entry) {
            for record in holders.get(&(&*scheme, value.as_str())).into_iter().flatten() {
                let Some(row) = inputs.nodes.get(*record) else { continue };
                // A place that states its operator's LEI is a place of whoever is listed.
                // Numbers of schemes that are not known here accuse nobody.
                let known = names(&scheme) != Names::Either;
                let fits = known && thing(row.kind) != Thing::Other && (names(&scheme) != Names::Place || thing(row.kind) == Thing::Place);
                if let Some(node) = resolution.node(row.id).filter(|_| fits) {
                    found.entry((node, i)).or_insert((true, Why::Identifier(format!("{scheme}:{value}"))));
                }
            }
        }
    }
    for ((left, right), row) in decided {
        let sides = [(left, right), (right, left)];
        for (entry, node) in sides {
            if let Some((i, node)) = of_entry.get(&entry).copied().zip(resolution.node(node)) {
                found.insert((node, i), (row.same, Why::Decision(row.row)));
            }
        }
    }
    found.into_iter().filter(|(_, (same, _))| *same).map(|((node, listing), (_, why))| Hit { node, listing, why }).collect()
}
