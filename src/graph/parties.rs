//! Who stands on a bill of lading: the node of the id, else the one node that has exactly this name or alias (case and blanks aside), never
//! one by likeness. Records of one node are one node here: a name that two of them have means it.

use crate::base::NodeIx;
use crate::mapping::fold;
use crate::resolve::Resolution;
use crate::validate::inputs::{Inputs, ShipmentRow};
use std::collections::HashMap;
use std::sync::Arc;

/// An end of a consignment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Party {
    Node(NodeIx),
    /// A name that no node has, or more than one.
    Unplaced,
}

/// Nodes by name. Looked up, never walked.
#[derive(Debug, Default)]
pub struct Parties {
    of_name: HashMap<String, Option<NodeIx>>,
}

impl Parties {
    /// Names and aliases of all nodes; empty where every consignment has ids, so that nobody pays for names that nobody looks up.
    pub fn of(inputs: &Inputs, resolution: &Resolution) -> Self {
        let by_name = |s: &ShipmentRow| s.shipper.is_none() || s.consignee.is_none();
        let mut of_name: HashMap<String, Option<NodeIx>> = HashMap::new();
        if inputs.shipments.iter().any(by_name) {
            let known = inputs.nodes.iter().map(|n| (&n.name, n.id)).chain(inputs.aliases.iter().map(|a| (&a.name, a.node)));
            for (name, id) in known {
                let Some(node) = resolution.node(id) else { continue };
                of_name.entry(fold(name)).and_modify(|one| *one = one.filter(|n| *n == node)).or_insert(Some(node));
            }
        }
        Parties { of_name }
    }

    fn by_name(&self, name: Option<&Arc<str>>) -> Party {
        let named = name.and_then(|n| self.of_name.get(&fold(n)).copied().flatten());
        named.map_or(Party::Unplaced, Party::Node)
    }

    /// Who sent a consignment: the id, else the node of the name.
    pub fn shipper(&self, resolution: &Resolution, s: &ShipmentRow) -> Party {
        s.shipper.and_then(|id| resolution.node(id)).map_or_else(|| self.by_name(s.shipper_name.as_ref()), Party::Node)
    }

    /// Who received a consignment.
    pub fn consignee(&self, resolution: &Resolution, s: &ShipmentRow) -> Party {
        s.consignee.and_then(|id| resolution.node(id)).map_or_else(|| self.by_name(s.consignee_name.as_ref()), Party::Node)
    }
}
