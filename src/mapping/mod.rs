//! Foreign columns, words and units onto ours: `onus.toml` in the dataset, or the file of `--mapping`.
//!
//! ```toml
//! [dataset]
//! name = "Palm oil 2026"
//! base_currency = "USD"
//! as_of = "2026-06-30"
//!
//! [fx]                                  # units of the base currency per unit
//! EUR = 1.08
//!
//! [codes]                               # exact texts of sector and product columns, case aside
//! "crude palm oil" = { product = "1511.10", sector = "1040", stage = "processing" }
//!
//! [tables.nodes]
//! file = "sites.csv"                    # or files = ["a.csv", "b.csv"]; inside the dataset
//! sheet = "Suppliers 2026"              # of a workbook; or in the path: files = ["book.xlsx#North", "book.xlsx#South"]
//! header_row = 5                        # where the row of the column names is not found
//! last_row = 214                        # what stands below it is not read
//! decimal = ","                         # where numbers leave a doubt
//! dates = "day-month-year"              # or month-day-year, year-month-day; YYYY-MM-DD is read in any case
//! ignore = ["remark_2"]                 # left out on purpose: no note
//! columns = { node_id = "id", country = ["iso3", "iso2"] }   # ours = theirs; the first that is filled counts
//! constants = { focal = "no" }          # the same in every row
//! defaults = { kind = "facility" }      # where the cell is blank
//! scale = { output_value = 1000 }       # units of ours per unit of theirs
//! values.kind = { supplier_group = "group" }
//!
//! [tables.links.lookup.scope]           # the cell is the name of a node, not its id
//! kinds = ["brand"]
//! none = ["Universal Mill List"]        # these names mean: no scope
//!
//! [[tables.links.rules]]                # in order; on our columns, before `values`; `*` at the end stands for any ending
//! when = { relation = "buys_from", "supplier_id.kind" = "estate" }
//! set = { relation = "supplies", scope = "" }
//! swap_ends = false
//! ```
//!
//! Columns named as ours need no entry. Any key that nothing reads is fatal, so that a misspelt one does not silently do nothing.

pub mod load;
pub mod model;
pub mod plan;
pub mod propose;
pub mod suggest;

pub use load::{Loaded, load};
pub use model::{CodeText, Condition, Lookup, Mapping, Rule, TableMapping};
pub use plan::{Plan, own_name};
pub use suggest::{fold, nearest};
