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

impl TableSchema {
    /// Position of the column of that name.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }
}

/// Columns that any table may have beside its own: where a row stood in the file that it was taken over from. Evidence and warnings name
/// that place; the content of the row does not depend on it.
pub static TAKEN_FROM: [ColumnSchema; 3] = [
    ColumnSchema::optional("from_file", ColumnType::Text, "", "File that the row was taken over from, without its folder."),
    ColumnSchema::optional("from_sheet", ColumnType::Text, "", "Its sheet, where it has several."),
    ColumnSchema::optional("from_line", ColumnType::Count, "line", "Line or row in it."),
];

/// A column: type, unit, whether each row must fill it, and one line of meaning.
#[derive(Debug)]
pub struct ColumnSchema {
    pub name: &'static str,
    pub kind: ColumnType,
    /// Unit of a number (`people`, `money per year`, `share`), else empty.
    pub unit: &'static str,
    pub required: bool,
    /// A bad cell refuses its row even where a blank one is allowed: without it the row would say something else.
    pub strict: bool,
    pub personal: Personal,
    pub meaning: &'static str,
}

impl ColumnSchema {
    /// A column that a row may leave empty.
    pub const fn optional(name: &'static str, kind: ColumnType, unit: &'static str, meaning: &'static str) -> Self {
        Self { name, kind, unit, required: false, strict: false, personal: Personal::No, meaning }
    }

    /// A column that each row must fill.
    pub const fn required(name: &'static str, kind: ColumnType, unit: &'static str, meaning: &'static str) -> Self {
        Self { name, kind, unit, required: true, strict: true, personal: Personal::No, meaning }
    }

    /// The same column; a bad cell refuses its row, a blank one does not.
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The same column, marked as saying something of few people.
    pub const fn sensitive(mut self) -> Self {
        self.personal = Personal::Sensitive;
        self
    }
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
    /// A source class of the method pack.
    Source,
    Country,
    Subdivision,
    Product,
    Sector,
    Currency,
    Date,
    /// A day, or the first day of a period (`2020H1`).
    PeriodStart,
    /// A day, or the last day of a period (`2020H1`).
    PeriodEnd,
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
    Gln,
    Duns,
}

impl ColumnType {
    /// The type in words, as the dictionary and the messages say it.
    pub fn in_words(self) -> &'static str {
        match self {
            ColumnType::Id => "identifier",
            ColumnType::NodeId => "identifier of a node",
            ColumnType::Text => "text",
            ColumnType::Code(_) => "one of a list",
            ColumnType::Covers => "norms or signs, separated by ;",
            ColumnType::Sign => "sign of the method pack",
            ColumnType::Source => "source class of the method pack",
            ColumnType::Country => "ISO 3166-1 country (alpha-2 or alpha-3)",
            ColumnType::Subdivision => "ISO 3166-2 subdivision",
            ColumnType::Product => "HS code of 2 to 6 digits, or a product text",
            ColumnType::Sector => "ISIC Rev. 4 code, or a sector text",
            ColumnType::Currency => "ISO 4217 currency",
            ColumnType::Date => "date (YYYY-MM-DD)",
            ColumnType::PeriodStart => "date, or a period whose first day counts (2020H1)",
            ColumnType::PeriodEnd => "date, or a period whose last day counts (2020H1)",
            ColumnType::Period => "period (2020, 2020H1, 2020Q3, 2020-05 or a day)",
            ColumnType::Year => "year",
            ColumnType::Share => "share from 0 to 1 (or 65%)",
            ColumnType::Count => "whole number, at least 0",
            ColumnType::Amount => "number, at least 0",
            ColumnType::Number { .. } => "number in a range",
            ColumnType::YesNo => "yes or no",
            ColumnType::Lei => "LEI (ISO 17442)",
            ColumnType::OsId => "OS ID (Open Supply Hub)",
            ColumnType::Gln => "GLN (GS1)",
            ColumnType::Duns => "D-U-N-S number",
        }
    }
}

/// Whether a column may hold what identifies a person. A foreign column that names a person is refused by
/// [`personal`](super::personal) before it reaches any of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Personal {
    No,
    /// Says something of few people: shown in bands or quarters.
    Sensitive,
}
