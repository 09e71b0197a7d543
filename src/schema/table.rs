//! What a declaration of a table says.

/// A table: its file name without extension, its key, its columns in order.
#[derive(Debug)]
pub struct TableSchema {
    pub name: &'static str,
    /// What one row is.
    pub row: &'static str,
    pub required: bool,
    /// Columns that together name a row; empty where rows have no key of their own.
    pub key: &'static [&'static str],
    pub columns: &'static [ColumnSchema],
}

/// A column: type, unit, whether each row must fill it, and one line of meaning.
#[derive(Debug)]
pub struct ColumnSchema {
    pub name: &'static str,
    pub kind: ColumnType,
    /// Unit of a number (`people`, `money per year`, `share`), else empty.
    pub unit: &'static str,
    pub required: bool,
    pub personal: Personal,
    pub meaning: &'static str,
}

/// How a cell is read.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ColumnType {
    /// Opaque identifier, leading zeros kept.
    Id,
    /// Reference to `nodes.node_id`.
    NodeId,
    Text,
    /// One of a closed list.
    Code(&'static [&'static str]),
    /// One or more norms or signs, separated by `;` or blanks.
    Covers,
    /// A sign of the method pack.
    Sign,
    Country,
    Subdivision,
    Product,
    Sector,
    Currency,
    Date,
    Period,
    Year,
    /// 0 to 1; a percentage sign is read.
    Share,
    /// Whole number, at least 0.
    Count,
    /// Decimal number, at least 0.
    Amount,
    /// Decimal number in the range given.
    Number {
        low: f64,
        high: f64,
    },
    YesNo,
    Lei,
    OsId,
}

/// Whether a column may hold what identifies a person. Mapping a foreign column onto `Forbidden` is fatal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Personal {
    No,
    /// Says something of few people: shown in bands or quarters.
    Sensitive,
}
