//! Every table declared once: inputs, outputs, columns, units, meanings; and every diagnostic code.
//!
//! Validation, the data dictionary, the CSV templates, the codebook and the test generators all read these declarations.

pub mod book;
pub mod codes;
pub mod dictionary;
pub mod frictionless;
pub mod inputs;
pub mod inputs_cases;
pub mod inputs_chain;
pub mod inputs_duty;
pub mod inputs_evidence;
pub mod outputs;
pub mod personal;
pub mod table;

pub use codes::{CODES, Code, code_of};
pub use dictionary::{dictionary_json, dictionary_markdown, template_csv, templates};
pub use frictionless::{data_package, frictionless_json};
pub use inputs::{INPUT_TABLES, input_table};
pub use inputs_duty::{CLAIMS, OVERRIDE_FIELDS};
pub use personal::personal_word;
pub use table::{ColumnSchema, ColumnType, Personal, TAKEN_FROM, TableSchema};
