//! The contract: cells, rows, cross-table checks, all problems at once, quarantine. Gives [`Inputs`].
//!
//! [`validate_dataset`] is the way in. `typed` reads a cell after its column's declaration, `table_run` the rows of a table,
//! `rows_chain`, `rows_evidence`, `rows_measured` and `rows_cases` make typed rows, `across` compares rows and tables, `canonical` puts
//! them in order of content.

mod across;
mod canonical;
mod context;
pub mod dataset;
pub mod inputs;
mod quarantine;
mod rows_cases;
mod rows_chain;
mod rows_duty;
mod rows_evidence;
mod rows_identity;
mod rows_measured;
mod sources;
mod table_run;
mod typed;
pub mod vocabulary;

pub use context::TableTexts;
pub use dataset::{Validated, root_of, texts_of_dataset, validate_dataset};
pub use inputs::Inputs;
pub use quarantine::QuarantineRow;
pub use vocabulary::{ListedVocabulary, TextCode, Vocabulary};
