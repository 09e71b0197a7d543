//! The sections of the report, one a file, in the order of the page.

pub mod brief;
pub mod changes;
pub mod choke;
pub mod first;
pub mod glance;
pub mod ledger;
pub mod method;
pub mod node;
pub mod origin;
pub mod pictures;
pub mod portfolio;
pub mod register;
pub mod unknown;
