//! Files to columns of text, every row with its line: CSV (plain or gz), workbooks and Parquet.
//!
//! [`folder`] finds the files of a dataset, [`bytes`] loads and decodes a text file within limits, [`delimited`] and [`columnar`] split
//! files into cells, [`workbook`] reads whole workbooks, [`header`] and [`sheet_table`] make a table of a sheet, [`json_lines`] reads JSON
//! records, [`streamed`] takes large tables straight to numbers, [`cell`] reads one cell as number, date, share and so on. Rows that have no shape (too short, too long, NUL bytes) are refused
//! here with their line and never filled up. What a column means is for the rooms above to say.

mod below;
pub mod bytes;
pub mod cell;
pub mod columnar;
pub mod data_package;
pub mod delimited;
pub mod folder;
pub mod header;
pub mod json_lines;
pub mod layout;
pub mod sheet_table;
pub mod streamed;
pub mod table;
pub mod workbook;

pub use bytes::Limits;
pub use cell::NumberStyle;
pub use folder::{DataFile, Folder, Format};
pub use layout::{Dialect, Layout, column_key};
pub use streamed::{Streamed, Unused, Wanted};
pub use table::{Cells, OpenTable, RawTable, RefusedRow, Trouble};
