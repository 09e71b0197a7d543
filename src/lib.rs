//! **onus**: human-rights due diligence over multi-tier supply graphs.
//!
//! Data flow one way, and a room imports only from floors below its own
//! (`tests/suite/layers.rs` holds this list):
//!
//! ```text
//! read -> validate -> resolve -> graph -> evidence -> belief, findings -> trace -> export
//! ```
//!
//! | floor | rooms |
//! | --- | --- |
//! | 0 | `base` |
//! | 1 | `schema`, `pack`, `reference`, `measures` |
//! | 2 | `read`, `matching` |
//! | 3 | `mapping` |
//! | 4 | `validate`, `import` |
//! | 5 | `resolve` |
//! | 6 | `graph` |
//! | 7 | `evidence` |
//! | 8 | `belief`, `findings` |
//! | 9 | `trace` |
//! | 10 | `export` |
//! | 11 | `world` |
//! | 12 | `pipeline` |
//! | 13 | `sensitivity`, `calibration`, `compare`, `register` |
//! | 14 | `report` |
//! | 15 | `cli` |
#![forbid(unsafe_code)]

pub mod base;
pub mod belief;
pub mod calibration;
pub mod cli;
pub mod compare;
pub mod evidence;
pub mod export;
pub mod findings;
pub mod graph;
pub mod import;
pub mod mapping;
pub mod matching;
pub mod measures;
pub mod pack;
pub mod pipeline;
pub mod read;
pub mod reference;
pub mod register;
pub mod report;
pub mod resolve;
pub mod schema;
pub mod sensitivity;
pub mod trace;
pub mod validate;
pub mod world;
