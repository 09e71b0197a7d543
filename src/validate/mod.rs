//! The contract: cells, rows, cross-table checks, all problems at once, quarantine. Gives [`Inputs`].

pub mod inputs;

pub use inputs::Inputs;
