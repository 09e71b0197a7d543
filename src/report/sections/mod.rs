//! The sections of the report, one a file, in the order of the page.

pub mod brief;
pub mod changes;
pub mod choke;
pub mod first;
pub mod glance;
pub mod ledger;
pub mod method;
pub mod node;
pub mod node_belief;
pub mod node_duty;
pub mod node_evidence;
pub mod origin;
pub mod pictures;
pub mod portfolio;
pub mod register;
pub mod short_node;
pub mod unknown;
