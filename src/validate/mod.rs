//! The contract: cells, rows, cross-table checks, all problems at once, quarantine. Gives [`Inputs`].

mod check_digits;
pub mod inputs;
mod quarantine;
mod typed;
pub mod vocabulary;

pub use inputs::Inputs;
pub use quarantine::QuarantineRow;
pub use vocabulary::{ListedVocabulary, Vocabulary};
