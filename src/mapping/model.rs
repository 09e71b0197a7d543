//! What a mapping says, once read.

use crate::base::{Date, DateOrder, Kind, ProductCode, SectorCode, Stage};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A whole mapping; the empty one maps each column to itself.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Name of the file, for locators.
    pub file: Arc<str>,
    pub name: Option<String>,
    pub base_currency: Option<String>,
    pub as_of: Option<Date>,
    /// Units of the base currency per unit of the currency.
    pub fx: BTreeMap<String, f64>,
    /// Codes by folded text.
    pub codes: BTreeMap<String, CodeText>,
    /// By name of the table.
    pub tables: BTreeMap<String, TableMapping>,
}

/// What a sector or product text stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CodeText {
    pub product: Option<ProductCode>,
    pub sector: Option<SectorCode>,
    pub stage: Option<Stage>,
}

/// How one table is read. Keys of the maps are our column names.
#[derive(Clone, Debug, Default)]
pub struct TableMapping {
    /// Paths inside the dataset; empty: found by the table's name.
    pub files: Vec<String>,
    pub files_line: u64,
    /// The sheet of a workbook, where it has several.
    pub sheet: Option<String>,
    /// The row of the column names, from 1, where it is not found.
    pub header_row: Option<u32>,
    /// The last row of the table, from 1: what stands below it is not read.
    pub last_row: Option<u32>,
    /// The decimal sign, `.` or `,`.
    pub decimal: Option<u8>,
    /// The order of the parts of a date, where it is not `YYYY-MM-DD`.
    pub dates: Option<DateOrder>,
    pub ignore: Vec<String>,
    /// Foreign columns of ours, first filled one first, with the line in the mapping.
    pub columns: BTreeMap<String, (Vec<String>, u64)>,
    pub constants: BTreeMap<String, String>,
    pub defaults: BTreeMap<String, String>,
    pub scale: BTreeMap<String, f64>,
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    pub lookup: BTreeMap<String, Lookup>,
    pub rules: Vec<Rule>,
}

/// A column that holds names of nodes in place of ids.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    /// Kinds among which the name is searched; empty: all.
    pub kinds: Vec<Kind>,
    /// Names that stand for nothing.
    pub none: Vec<String>,
}

/// Rows that meet all conditions get these values.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    pub when: Vec<Condition>,
    /// Position of our column and the final value.
    pub set: Vec<(usize, String)>,
    /// Supplier and buyer change places.
    pub swap_ends: bool,
}

/// A cell, or the kind of the node that it names, is one of these.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Position of our column.
    pub column: usize,
    /// Whether the kind of the node is meant.
    pub kind_of_node: bool,
    /// A `*` at the end stands for any ending.
    pub patterns: Vec<String>,
}

impl Condition {
    /// Whether a text meets the condition.
    pub fn holds(&self, text: &str) -> bool {
        self.patterns.iter().any(|p| match p.strip_suffix('*') {
            Some(head) => text.starts_with(head),
            None => text == p,
        })
    }
}
