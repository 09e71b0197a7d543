//! A mapping proposed for an unknown table: which of our tables it is, which foreign column is which of ours, and how sure that is.
//!
//! Nothing here decides: a proposal is written as an `onus.toml` that a person reads, corrects and keeps. Headers are compared with words
//! of twelve languages ([`words`]), cells are counted ([`profile`]), both make a confidence ([`fit`]), and columns are given out one to one
//! with the best total ([`assign`]). What stays below the threshold is listed, never mapped. Columns whose header or cells
//! identify persons are never proposed, and those whose header does are not even read.
//!
//! It takes a header and the text of its rows, so that any reader can stand before it.

pub mod assign;
pub mod cells;
pub mod choose;
mod draft;
pub mod fit;
pub mod profile;
mod screen;
mod settle;
mod translate;
pub mod words;

use crate::base::{DateOrder, Result};
use crate::read::RawTable;
use crate::reference::Reference;
use crate::schema::{ColumnSchema, TableSchema, personal_word};
use choose::{Looked, choose};
use words::Dictionary;

/// A foreign table, opened and read by whichever reader knows its format.
#[derive(Clone, Copy, Debug)]
pub struct Foreign<'a> {
    /// Its path as the mapping shall name it, inside the dataset.
    pub file: &'a str,
    pub sheet: Option<&'a str>,
    pub header: &'a [String],
    /// Columns of which [`wanted`] is false may be `None`: they are never looked at.
    pub raw: &'a RawTable,
    /// Cells are separated by semicolons, so that a comma is likely a decimal comma.
    pub semicolons: bool,
}

/// Columns of a table that are looked at; more are a matrix or a mistake.
pub const COLUMNS_MOST: usize = 2_000;

/// Which columns a proposal may look at: of the first [`COLUMNS_MOST`], those whose header names no person.
pub fn wanted(header: &[String]) -> Vec<bool> {
    header.iter().enumerate().map(|(i, h)| i < COLUMNS_MOST && !h.trim().is_empty() && personal_word(h).is_none()).collect()
}

/// One of our columns and the foreign one proposed for it.
#[derive(Clone, Debug)]
pub struct Pair {
    pub ours: &'static ColumnSchema,
    /// Header of the foreign column.
    pub theirs: String,
    /// Further foreign columns that fill what the first leaves blank.
    pub also: Vec<String>,
    /// 0 to 1, never 1; see [`fit`].
    pub confidence: f64,
    /// What it rests on, in words.
    pub rests_on: String,
    /// The form of the most common cell, without its content.
    pub looks_like: String,
    /// Another column of ours that would be as likely.
    pub tie: Option<&'static str>,
    /// Why it is only named and not proposed.
    pub not_proposed: Option<String>,
}

/// A foreign column that is left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub header: String,
    pub why: String,
}

/// A value that is the same in every row, or where a cell is blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    pub ours: &'static str,
    pub value: String,
    pub why: String,
    /// Written as a comment only.
    pub comment: bool,
    /// For blank cells alone.
    pub default: bool,
}

/// Cells of a column that become others; `None` where nobody knows what a cell means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translated {
    pub ours: &'static str,
    pub cells: Vec<(String, Option<String>, u64)>,
    /// Cells beyond those listed.
    pub more: usize,
}

/// A factor on the numbers of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    pub ours: &'static str,
    pub factor: f64,
    pub why: String,
}

/// A column that holds names of nodes in place of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookedUp {
    pub ours: &'static str,
    pub why: String,
}

/// The links that stand in the rows of a list of places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinksWithin {
    pub supplier: String,
    /// The foreign column of the buyer, and whether it holds names; `None` where the file has one buyer that it does not name.
    pub buyer: Option<(String, bool)>,
    pub tier: Option<String>,
    pub why: String,
}

/// What is proposed for a foreign table.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub file: String,
    pub sheet: Option<String>,
    /// Rows of the file, and rows looked at.
    pub rows: usize,
    pub looked_at: usize,
    pub table: &'static TableSchema,
    /// Whether the caller named the table.
    pub table_given: bool,
    /// Tables by how far the file fits them, best first; at most three.
    pub tables: Vec<(&'static str, f64)>,
    /// In the order of our columns.
    pub pairs: Vec<Pair>,
    /// Below the threshold, or against their cells.
    pub perhaps: Vec<Pair>,
    pub personal: Vec<LeftOut>,
    pub unmapped: Vec<LeftOut>,
    /// Columns that each row must fill and nothing fills.
    pub missing: Vec<&'static str>,
    pub fixed: Vec<Fixed>,
    pub scaled: Vec<Scaled>,
    pub decimal: Option<char>,
    pub dates: Option<DateOrder>,
    pub translated: Vec<Translated>,
    pub lookups: Vec<LookedUp>,
    /// Sector and product texts without a code, with their rows.
    pub uncoded: Vec<(String, u64)>,
    pub links_within: Option<LinksWithin>,
    /// What a person should know or do, in whole sentences.
    pub notes: Vec<String>,
}

impl Proposal {
    /// The proposal as an `onus.toml` that [`crate::mapping::load`] reads, with what each line rests on beside it.
    pub fn to_toml(&self) -> String {
        draft::to_toml(self)
    }

    /// The proposal as a table for the screen.
    pub fn to_screen(&self) -> String {
        screen::to_screen(self)
    }

    /// The foreign column proposed for a column of ours.
    pub fn source_of(&self, ours: &str) -> Option<&str> {
        self.pairs.iter().find(|p| p.ours.name == ours).map(|p| p.theirs.as_str())
    }
}

/// Proposes mappings; the dictionary is read once.
#[derive(Debug)]
pub struct Proposer<'r> {
    words: Dictionary,
    reference: &'r Reference,
}

impl<'r> Proposer<'r> {
    /// # Errors
    /// An embedded list of words that does not read.
    pub fn new(reference: &'r Reference) -> Result<Self> {
        Ok(Self { words: Dictionary::embedded()?, reference })
    }

    /// What the table is and how its columns map; `table` settles the first.
    pub fn propose(&self, foreign: &Foreign<'_>, table: Option<&'static TableSchema>) -> Proposal {
        let looked = Looked::at(foreign, &self.words, self.reference);
        let chosen = choose(&looked, foreign, table, &self.words);
        settle::settle(foreign, looked, chosen, table.is_some(), &self.words, self.reference)
    }
}
