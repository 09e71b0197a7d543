//! What is known of a table before it is opened: the names its columns may have, and what a mapping or a data package says of the file.

use std::collections::BTreeSet;

/// How a table lies in its file. The default is found out from the file itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// Names that columns of this table may have, folded by [`column_key`]; a header is the row that has most of them.
    pub known: BTreeSet<String>,
    /// The row of the header, from 1, where somebody states it.
    pub header_row: Option<u32>,
    /// The last row of the table, from 1, where somebody states it.
    pub last_row: Option<u32>,
    /// The decimal sign of numbers in text, where somebody states it: number cells of a sheet are written with it, too.
    pub decimal: Option<u8>,
    pub dialect: Dialect,
}

/// How a delimited text is written, where a data package says it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Dialect {
    pub delimiter: Option<u8>,
    pub quote: Option<u8>,
    /// Rows that begin with this sign are comments.
    pub comment: Option<u8>,
    /// Rows that are comments, from 1.
    pub comment_rows: Vec<u32>,
    /// `utf-8`, `windows-1252` and so on, as WHATWG Encoding labels them.
    pub encoding: Option<String>,
}

impl Layout {
    /// A layout of which the names of columns are known.
    pub fn of_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self { known: names.into_iter().map(column_key).collect(), ..Self::default() }
    }

    pub fn knows(&self, name: &str) -> bool {
        self.known.contains(&column_key(name))
    }
}

/// A column's name without regard to case, and with `_` for blanks and hyphens: as tables compare their own names with those of a file.
pub fn column_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for word in name.split(|c: char| c.is_whitespace() || c == '-' || c == '_').filter(|w| !w.is_empty()) {
        if !key.is_empty() {
            key.push('_');
        }
        key.extend(word.chars().flat_map(char::to_lowercase));
    }
    key
}
