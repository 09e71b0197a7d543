//! Every table declared once: inputs, outputs, columns, units, meanings; and every diagnostic code.
//!
//! Validation, the data dictionary, the CSV templates, the codebook and the test generators all read these declarations.

pub mod outputs;
pub mod table;

pub use table::{ColumnSchema, ColumnType, Personal, TableSchema};
