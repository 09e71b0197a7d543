//! The result of a run, as a folder of files that anybody can open: Parquet tables, CSV for the eye, manifests with hashes.
//!
//! The pipeline fills rows; this room writes them in declared columns, whole or not at all, reads them back, and checks a folder against
//! its own manifest and sums. It computes no figure of the model. Imported rows become a dataset folder here, too.

pub mod claim_rows;
pub mod convert;
pub mod csv_file;
pub mod dataset;
pub mod decisions;
pub mod downstream_rows;
pub mod duty_rows;
pub mod folder;
pub mod kept_rows;
pub mod manifest;
pub mod parquet_file;
pub mod plain_columns;
pub mod portfolio_rows;
pub mod privacy;
pub mod reading;
pub mod record_rows;
pub mod register;
pub mod rows;
pub mod sink;
pub mod swap;
pub mod verify;
mod verify_duty;
pub mod walk_rows;

pub use dataset::{WrittenDataset, write_dataset, write_into};
pub use folder::{Committed, ResultFolder};
pub use manifest::{
    Closure, Counts, DatasetStamp, InputFile, PackStamp, REPORT, RunManifest, Settings, Stamp, TableEntry, Timing, peak_memory,
    read_manifest,
};
pub use privacy::{Audience, withhold};
pub use reading::{RowView, Rows, read_all, read_if_there, rows_where};
pub use register::Register;
pub use swap::recover;
pub use verify::{VerifyReport, verify};
