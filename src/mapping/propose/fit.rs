//! How far a foreign column is one of ours: by its header, by its cells, by both.
//!
//! ```text
//! header   h   0-1   best meaning of the column, less where the header has another meaning better
//! fit      s   0-1   share of the filled cells that the column could take
//! telling  t   0-1   how far such cells alone say which column it is (a LEI nearly always, a number hardly ever)
//!
//! confidence = (1 - (1 - 0.88 h) (1 - t s)) x p(s),   p(s) = 1 for s >= 1/2, else 0.3 + 1.4 s
//! ```
//!
//! Where the header speaks for the column (h >= 1/2), cells of a strict type that all fit count as telling at least 0.5, free text 0.15.
//! An empty column has its header alone, 0.75 h. No confidence is 1. The constants were set by hand and are not calibrated; what share of
//! columns they place rightly is measured in `tests/suite/propose.rs`.

use super::profile::Profile;
use super::words::{Dictionary, Reads};
use crate::mapping::own_name;
use crate::schema::{ColumnSchema, ColumnType, TableSchema};

/// From this confidence a column is proposed.
pub const PROPOSED: f64 = 0.5;
/// From this it is named as possible.
pub const PERHAPS: f64 = 0.3;
/// Two columns of ours whose confidence differs by less are a tie.
pub const TIE: f64 = 0.04;

/// How far the cells of a column speak for a column of ours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    pub fit: f64,
    pub telling: f64,
    /// What the cells are; empty where they say nothing.
    pub what: &'static str,
}

/// The confidence that a foreign column is one of ours, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likelihood {
    pub confidence: f64,
    pub header: f64,
    pub shape: Shape,
}

/// How far a header speaks for a column: its meanings weighted, less where another meaning is nearer.
pub fn header_score(scores: &[f64], reads: &[Reads]) -> f64 {
    let of = |m: usize| scores.get(m).copied().unwrap_or(0.0);
    let nearest = scores.iter().copied().fold(0.0, f64::max);
    let one = |r: &Reads| {
        let own = of(r.meaning);
        let behind = nearest - own;
        r.weight * if behind > 0.1 { (own - 0.6 * behind).max(0.0) } else { own }
    };
    reads.iter().map(one).fold(0.0, f64::max)
}

/// Confidence of a column of a table for a foreign column; `scores` are those of the header's meanings.
pub fn likelihood(
    table: &TableSchema,
    column: &ColumnSchema,
    header: &str,
    scores: &[f64],
    profile: &Profile,
    words: &Dictionary,
) -> Likelihood {
    let own = own_name(header) == column.name;
    // A column named as ours stands before one that merely means the same.
    let h = if own { 1.0 } else { header_score(scores, words.of_column(table.name, column.name)).min(0.99) };
    if profile.filled == 0 {
        let shape = Shape { fit: 0.0, telling: 0.0, what: "no cell is filled" };
        return Likelihood { confidence: 0.75 * h, header: h, shape };
    }
    let shape = shape(table, column, profile, words);
    let agreed = if strict(column.kind) { 0.5 } else { 0.15 };
    let telling = if h >= 0.5 { shape.telling.max(agreed) } else { shape.telling };
    let spoils = if shape.fit >= 0.5 { 1.0 } else { 0.3 + 1.4 * shape.fit };
    let confidence = (1.0 - (1.0 - 0.88 * h) * (1.0 - telling * shape.fit)) * spoils;
    Likelihood { confidence: confidence.clamp(0.0, 0.99), header: h, shape }
}

fn strict(kind: ColumnType) -> bool {
    use ColumnType::{Covers, Id, NodeId, Sign, Source, Text};
    !matches!(kind, Id | NodeId | Text | Sign | Source | Covers)
}

fn shape(table: &TableSchema, column: &ColumnSchema, p: &Profile, words: &Dictionary) -> Shape {
    let s = |count: usize| p.share(count);
    let of = |fit: f64, telling: f64, what: &'static str| Shape { fit, telling, what };
    match (column.kind, column.name) {
        (ColumnType::Lei, _) => of(s(p.leis), 0.97, "LEIs whose check digits hold"),
        (ColumnType::OsId, _) => of(s(p.os_ids), 0.97, "OS IDs whose check symbol holds"),
        (ColumnType::Gln, _) => of(s(p.glns), 0.9, "GLNs whose check digit holds"),
        (ColumnType::Duns, _) => of(s(p.whole), 0.0, ""),
        (ColumnType::Id, name) if table.key.contains(&name) => {
            let alone = table.key.len() == 1;
            let whole = p.filled_share() > 0.95 && (!alone || p.distinct_share() >= 0.9);
            let fit = if whole { 1.0 - 0.5 * s(p.fine) } else { 0.3 };
            let told = if alone && p.distinct_share() > 0.99 && s(p.id_like) > 0.9 && p.filled_share() > 0.99 { 0.3 } else { 0.0 };
            of(fit, told, if told > 0.0 { "a different code in every row" } else { "" })
        }
        (ColumnType::Id, _) => of(1.0 - s(p.fine), 0.0, ""),
        (ColumnType::NodeId, _) => of(1.0 - s(p.fine).max(s(p.dates())), 0.0, ""),
        (ColumnType::Text, "name") => {
            let told = if s(p.wordy) > 0.8 && p.distinct_share() > 0.5 && s(p.countries()) < 0.1 { 0.2 } else { 0.0 };
            of(1.0 - s(p.numbers).max(s(p.dates())), told, if told > 0.0 { "names, most of them different" } else { "" })
        }
        (ColumnType::Text, _) => of(1.0 - 0.6 * s(p.numbers).max(s(p.dates())), 0.0, ""),
        (ColumnType::Code(list), name) => code_shape(name, list, p, words),
        (ColumnType::Sign | ColumnType::Source | ColumnType::Covers, _) => of(1.0 - s(p.numbers).max(s(p.dates())), 0.0, ""),
        (ColumnType::Country, _) => {
            // Two letters are many things; three are the code of the standard.
            let told = match () {
                _ if 2 * p.alpha2 > p.countries() => 0.45,
                _ if 2 * p.alpha3 > p.countries() => 0.75,
                _ => 0.7,
            };
            of(s(p.countries()), told, "countries")
        }
        (ColumnType::Subdivision, _) => of(s(p.subdivisions), 0.5, "ISO 3166-2 codes"),
        (ColumnType::Product, _) => {
            let codes = p.hs + p.hs_long;
            if s(codes) > 0.5 {
                let told = if s(p.whole) < 0.5 || s(p.hs_long) > 0.5 { 0.5 } else { 0.15 };
                return of(s(codes), told, "codes of the Harmonized System");
            }
            let told = 0.4 * s(p.coded_texts);
            of(s(p.wordy).max(s(p.coded_texts)), told, if told > 0.0 { "texts of the code table" } else { "" })
        }
        (ColumnType::Sector, _) => {
            if s(p.sectors) > 0.8 && s(p.whole) > 0.5 {
                return of(s(p.sectors), 0.1, "codes of ISIC Rev. 4");
            }
            let told = 0.3 * s(p.coded_texts);
            of(s(p.wordy).max(s(p.coded_texts)), told, if told > 0.0 { "texts of the code table" } else { "" })
        }
        (ColumnType::Currency, _) => of(s(p.currencies), 0.85, "currencies"),
        (ColumnType::Date, _) => of(s(p.dates()), 0.3, "dates"),
        (ColumnType::PeriodStart | ColumnType::PeriodEnd | ColumnType::Period, _) => {
            let dated = s(p.dates()).max(s(p.periods));
            of(dated, if s(p.years) > 0.9 { 0.05 } else { 0.15 }, "dates or periods")
        }
        (ColumnType::Year, _) => of(s(p.years), 0.5, "years"),
        (ColumnType::Share, _) => {
            let from_0 = s(p.hundred.max(p.unit));
            let told = if s(p.percent_signs) > 0.5 { 0.2 } else { 0.05 };
            of(from_0, told, if s(p.percent_signs) > 0.5 { "percentages" } else { "numbers from 0 to 100" })
        }
        (ColumnType::Count, "workers_low" | "workers_high") if s(p.ranges) > 0.5 => of(s(p.ranges), 0.3, "ranges of numbers"),
        (ColumnType::Count, "workers") if s(p.ranges) > 0.3 => of(s(p.whole).max(0.5), 0.25, "ranges of numbers"),
        (ColumnType::Count, _) => of(s(p.whole.saturating_sub(p.negative)), 0.05, "whole numbers"),
        (ColumnType::Amount, _) => of(s(p.numbers.saturating_sub(p.negative)), 0.05, "numbers"),
        (ColumnType::Number { .. }, "latitude") => of(s(p.ninety), 0.3 * s(p.fine), "decimal degrees up to 90"),
        (ColumnType::Number { .. }, "longitude") => {
            let told = if p.beyond_ninety > 0 { 0.5 } else { 0.28 };
            of(s(p.half_turn), told * s(p.fine), "decimal degrees up to 180")
        }
        (ColumnType::Number { .. }, _) => of(s(p.half_turn.saturating_sub(p.negative)), 0.05, "numbers"),
        (ColumnType::YesNo, _) => of(s(p.yes_no), 0.1, "yes and no"),
    }
}

/// Distinct cells of a column up to which each may be a code under another name.
const CLASSES_MOST: usize = 40;

fn code_shape(name: &str, list: &[&str], p: &Profile, words: &Dictionary) -> Shape {
    let known = known_codes(name, list, p, words);
    if p.distinct > CLASSES_MOST || p.common.is_empty() {
        return Shape { fit: 0.1, telling: 0.0, what: "" };
    }
    let share = known as f64 / p.common.len() as f64;
    let telling = if p.distinct >= 2 { 0.55 * share } else { 0.3 * share };
    Shape {
        fit: share + 0.35 * (1.0 - share),
        telling,
        what: if share > 0.995 {
            "words of the list"
        } else if known > 0 {
            "some words of the list"
        } else {
            ""
        },
    }
}

/// How many of the common cells are codes of the list or words for one.
pub fn known_codes(name: &str, list: &[&str], p: &Profile, words: &Dictionary) -> usize {
    p.common.iter().filter(|(cell, _)| code_of(name, list, cell, words).is_some()).count()
}

/// The code of ours that a cell means.
pub fn code_of<'w>(name: &str, list: &[&'w str], cell: &str, words: &'w Dictionary) -> Option<&'w str> {
    let own = own_name(cell);
    list.iter().find(|c| **c == own).copied().or_else(|| words.value(name, cell))
}
