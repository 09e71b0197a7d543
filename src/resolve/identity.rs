//! What a shared identifier proves of two records.
//!
//! An identifier of a *place* (OS ID, GLN, key of the Universal Mill List, smelter number) makes two records of workplaces one place. An
//! identifier of a *party* (LEI, D-U-N-S, number of a register) makes two records of organisations one organisation; two workplaces that
//! share it have one operator and stay two places. A number of a vessel is that of the vessel.

use crate::base::Kind;
use crate::base::identifiers::{cid_holds, duns_holds, gln_holds, lei_holds, os_id_holds, uml_id_holds};
use crate::validate::Inputs;
use crate::validate::inputs::{ListingRow, NodeRow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Of what kind of thing a scheme gives identifiers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Names {
    Place,
    Party,
    /// A scheme that is not known here: of places and of parties.
    Either,
}

/// What a scheme names.
pub fn names(scheme: &str) -> Names {
    match scheme {
        "os_id" | "gln" | "uml" | "cid" | "imo" | "sedex" | "slcp" => Names::Place,
        "lei" | "duns" => Names::Party,
        s if s.starts_with("register:") || s.starts_with("vat") => Names::Party,
        _ => Names::Either,
    }
}

/// The form in which values of a scheme are compared; `None` where the value has not the form of its scheme or its check digit fails: such a
/// value proves nothing.
pub fn canonical(scheme: &str, value: &str) -> Option<String> {
    let bare: String = value.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/')).flat_map(char::to_uppercase).collect();
    let holds = match scheme {
        "lei" => lei_holds(&bare),
        "os_id" => os_id_holds(&bare),
        "gln" => gln_holds(&bare),
        "duns" => duns_holds(&bare),
        "uml" => uml_id_holds(&bare),
        "cid" => cid_holds(&bare),
        _ => tells_apart(&bare),
    };
    holds.then_some(bare)
}

/// Shortest identifier of a scheme without a form of its own.
const SHORTEST: usize = 4;

/// Whether a value can tell records apart: it has four signs or more, a digit among them, and is not one sign over and over, as what people
/// write where they know no number: `0`, `n/a`, `unknown`, `pending`, `9999`.
fn tells_apart(bare: &str) -> bool {
    let mut signs = bare.chars();
    let first = signs.next();
    bare.chars().count() >= SHORTEST && bare.chars().any(|c| c.is_ascii_digit()) && signs.any(|c| Some(c) != first)
}

/// Whether a kind is a workplace fixed in place, an organisation, or neither (a list, a region, a person).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Thing {
    Place,
    Party,
    Other,
}

/// What a node of this kind is. Traders and the like are organisations here, although people work there.
pub fn thing(kind: Kind) -> Thing {
    match kind {
        Kind::List | Kind::Region | Kind::Unknown | Kind::Person => Thing::Other,
        k if k.is_party() || k.is_intermediary() => Thing::Party,
        _ => Thing::Place,
    }
}

/// Whether an identifier of this scheme makes records of these two kinds one.
pub fn proves(scheme: &str, a: Kind, b: Kind) -> bool {
    matches!(
        (names(scheme), thing(a), thing(b)),
        (Names::Place | Names::Either, Thing::Place, Thing::Place) | (Names::Party | Names::Either, Thing::Party, Thing::Party)
    )
}

/// An identifier: scheme in small letters, value in the form in which it is compared.
pub type Identifier = (Arc<str>, String);

/// The identifiers of every record, by position in `Inputs::nodes`, sorted.
pub fn of_nodes(inputs: &Inputs) -> Vec<Vec<Identifier>> {
    let mut all: Vec<Vec<Identifier>> = inputs.nodes.iter().map(own).collect();
    if inputs.identifiers.is_empty() {
        all.iter_mut().for_each(|list| list.sort());
        return all;
    }
    let at: BTreeMap<_, usize> = inputs.nodes.iter().enumerate().map(|(i, n)| (n.id, i)).collect();
    for row in &inputs.identifiers {
        if let (Some(slot), Some(value)) = (at.get(&row.node).and_then(|i| all.get_mut(*i)), canonical(&row.scheme, &row.value)) {
            slot.push((row.scheme.clone(), value));
        }
    }
    for list in &mut all {
        list.sort();
        list.dedup();
    }
    all
}

fn own(node: &NodeRow) -> Vec<Identifier> {
    let columns = [("lei", &node.lei), ("os_id", &node.os_id), ("gln", &node.gln), ("duns", &node.duns)];
    columns.into_iter().filter_map(|(scheme, value)| Some((scheme.into(), canonical(scheme, value.as_deref()?)?))).collect()
}

/// The identifiers of an entry of a screening list.
pub fn of_listing(entry: &ListingRow) -> Vec<Identifier> {
    entry.identifiers.iter().filter_map(|(scheme, value)| Some((scheme.clone(), canonical(scheme, value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_factories_of_one_company_share_its_lei_and_stay_two() {
        assert!(!proves("lei", Kind::Factory, Kind::Factory));
        assert!(proves("lei", Kind::Company, Kind::Trader));
        assert!(proves("uml", Kind::Mill, Kind::Facility));
        assert!(!proves("uml", Kind::Mill, Kind::Company));
        assert!(!proves("customer_no", Kind::List, Kind::List));
    }

    #[test]
    fn what_stands_in_place_of_a_number_proves_nothing() {
        for nothing in ["0", "N/A", "unknown", "pending", "TBC", "x", "0000000", "9999", "12", "---"] {
            assert_eq!(canonical("register:vn", nothing), None, "{nothing}");
            assert_eq!(canonical("customer_no", nothing), None, "{nothing}");
        }
        assert_eq!(canonical("duns", "123456789"), None);
        assert_eq!(canonical("customer_no", "AS-0001").as_deref(), Some("AS0001"));
    }

    #[test]
    fn an_identifier_whose_check_digit_fails_proves_nothing() {
        assert_eq!(canonical("lei", "5067 00GE1G29325QX363").as_deref(), Some("506700GE1G29325QX363"));
        assert_eq!(canonical("lei", "506700GE1G29325QX364"), None);
        assert_eq!(canonical("uml", "NO UML MATCH"), None);
        assert_eq!(canonical("register:gb-coh", "0 123-4567").as_deref(), Some("01234567"));
    }
}
