//! Files to columns of text, every row with its line: CSV (plain or gz) and Parquet.
//!
//! [`folder`] finds the files of a dataset, [`bytes`] loads and decodes a text file within limits, [`delimited`] and [`columnar`] split
//! files into cells, [`cell`] reads one cell as number, date, share and so on. Rows that have no shape (too short, too long, NUL bytes)
//! are refused here with their line and never filled up. What a column means is for the rooms above to say.

pub mod bytes;
pub mod cell;
pub mod columnar;
pub mod delimited;
pub mod folder;
pub mod json_lines;
pub mod table;
pub mod workbook;

pub use bytes::Limits;
pub use cell::NumberStyle;
pub use folder::{DataFile, Folder, Format};
pub use table::{Cells, OpenTable, RawTable, RefusedRow, Trouble};
