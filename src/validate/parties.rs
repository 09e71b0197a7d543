//! Names on bills of lading to nodes: by the exact name or alias of one node, case and blanks aside, never by likeness.

use super::inputs::{Inputs, Relation, ShipmentRow};
use crate::base::Symbol;
use crate::mapping::fold;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An end of a consignment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum End {
    Known(Symbol),
    /// The name on the bill, where no node or more than one has it.
    Named(Arc<str>),
}

/// Who may be meant by a name.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<String, Option<Symbol>>);

impl Names {
    /// Names and aliases of all nodes; a name of two nodes means neither.
    pub fn of(inputs: &Inputs) -> Self {
        let mut names: BTreeMap<String, Option<Symbol>> = BTreeMap::new();
        let known = inputs.nodes.iter().map(|n| (&n.name, n.id)).chain(inputs.aliases.iter().map(|a| (&a.name, a.node)));
        for (name, node) in known {
            names.entry(fold(name)).and_modify(|one| *one = one.filter(|s| *s == node)).or_insert(Some(node));
        }
        Names(names)
    }

    fn end(&self, id: Option<Symbol>, name: Option<&Arc<str>>) -> Option<End> {
        let by_name = || name.map(|n| self.0.get(&fold(n)).copied().flatten().map_or_else(|| End::Named(n.clone()), End::Known));
        id.map(End::Known).or_else(by_name)
    }

    /// Who sent a consignment: the id, else the node of the name.
    pub fn shipper(&self, s: &ShipmentRow) -> Option<End> {
        self.end(s.shipper, s.shipper_name.as_ref())
    }

    /// Who received a consignment.
    pub fn consignee(&self, s: &ShipmentRow) -> Option<End> {
        self.end(s.consignee, s.consignee_name.as_ref())
    }
}

/// Pairs of supplier and buyer between whom a link declares a supply, of any product, scope and time.
pub fn declared(inputs: &Inputs) -> BTreeSet<(Symbol, Symbol)> {
    let supplies = |r: Relation| matches!(r, Relation::Supplies | Relation::Subcontracts);
    inputs.links.iter().filter(|l| supplies(l.relation)).map(|l| (l.supplier, l.buyer)).collect()
}

/// Whether goods between these two are what some link declares; goods that stay with one party need no link.
pub fn is_declared(declared: &BTreeSet<(Symbol, Symbol)>, shipper: &End, consignee: &End) -> bool {
    match (shipper, consignee) {
        (End::Known(from), End::Known(to)) => from == to || declared.contains(&(*from, *to)),
        _ => false,
    }
}
