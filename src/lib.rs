//! **onus**: human-rights due diligence over multi-tier supply graphs.
//!
//! Data flow one way, and a room imports only from floors below its own
//! (`tests/suite/layers.rs` holds this list):
//!
//! ```text
//! read -> validate -> resolve -> graph -> evidence -> belief, findings -> trace -> duty -> export
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
//! | 10 | `duty` |
//! | 11 | `export` |
//! | 12 | `world` |
//! | 13 | `pipeline` |
//! | 14 | `sensitivity`, `calibration`, `compare`, `register` |
//! | 15 | `report` |
//! | 16 | `cli` |
#![forbid(unsafe_code)]

pub mod base;
pub mod belief;
pub mod calibration;
pub mod cli;
pub mod compare;
pub mod duty;
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
