//! Cells onto ours once a column has its place: words for codes, ranges of workers, long product codes, percents, thousands, decimal signs.

use super::cells::{outline, range};
use super::fit::code_of;
use super::profile::Profile;
use super::words::Dictionary;
use super::{Scaled, Translated};
use crate::base::{ProductCode, SectorCode};
use crate::read::cell::{is_missing, yes_no};
use crate::read::{Cells, NumberStyle};
use crate::reference::Reference;
use crate::schema::{ColumnSchema, ColumnType};
use std::collections::BTreeMap;

/// Distinct cells of one column that a mapping lists.
const LISTED_MOST: usize = 200;
/// Unknown ones that it lists as comments.
const UNKNOWN_MOST: usize = 40;

/// Every distinct cell with its rows, most common first, then by text.
pub fn distinct(cells: &Cells, kind: ColumnType) -> Vec<(&str, u64)> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for row in 0..cells.len() {
        let cell = cells.get(row);
        if !is_missing(cell, kind) {
            *counts.entry(cell).or_default() += 1;
        }
    }
    let mut all: Vec<(&str, u64)> = counts.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    all
}

/// Translations of the cells of one column; `None` where the engine reads all of them as they are, or none can be told.
pub fn translated(
    column: &'static ColumnSchema,
    cells: &Cells,
    profile: &Profile,
    words: &Dictionary,
    reference: &Reference,
) -> Option<Translated> {
    let of = |means: &dyn Fn(&str) -> Meant| listed(column, cells, means);
    match column.kind {
        ColumnType::Code(list) => of(&|cell| match code_of(column.name, list, cell, words) {
            Some(code) if read_as_is(cell, code) => Meant::Itself,
            Some(code) => Meant::Code(code.to_owned()),
            None => Meant::Unknown,
        }),
        ColumnType::YesNo => of(&|cell| match (yes_no(cell), words.value("yes_no", cell)) {
            (Some(_), _) => Meant::Itself,
            (None, Some(code)) => Meant::Code(code.to_owned()),
            _ => Meant::Unknown,
        }),
        ColumnType::Country => of(&|cell| {
            let read = reference.parse_country(cell).or_else(|| reference.country_by_name(cell));
            match (read, words.country(cell)) {
                (Some(_), _) => Meant::Itself,
                (None, Some(code)) => Meant::Code(code.to_owned()),
                _ => Meant::Unknown,
            }
        }),
        ColumnType::Currency => of(&|cell| match cell.trim().to_uppercase() {
            upper if upper == "RMB" => Meant::Code("CNY".to_owned()),
            upper if upper == cell => Meant::Itself,
            upper if upper.len() == 3 => Meant::Code(upper),
            _ => Meant::Unknown,
        }),
        ColumnType::Product if profile.share(profile.hs_long) > 0.2 => of(&|cell| {
            let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
            match digits.get(..6) {
                Some(six) if digits.len() > 6 => Meant::Code(six.to_owned()),
                _ => Meant::Itself,
            }
        }),
        ColumnType::Count if matches!(column.name, "workers" | "workers_low" | "workers_high") && profile.ranges > 0 => {
            of(&|cell| match range(cell) {
                None => Meant::Itself,
                Some((low, high)) => {
                    let end = match column.name {
                        "workers_low" => low,
                        "workers_high" => high,
                        _ => None,
                    };
                    Meant::Code(end.map_or_else(String::new, |n| n.to_string()))
                }
            })
        }
        ColumnType::Sign | ColumnType::Source if profile.repeats() => of(&|_| Meant::Unknown),
        _ => None,
    }
}

enum Meant {
    Itself,
    Code(String),
    Unknown,
}

/// Capitals, blanks and hyphens of a code are read as they are.
fn read_as_is(cell: &str, code: &str) -> bool {
    let bare: String = cell.chars().map(|c| if matches!(c, ' ' | '-') { '_' } else { c.to_ascii_lowercase() }).collect();
    bare == code
}

fn listed(column: &'static ColumnSchema, cells: &Cells, means: &dyn Fn(&str) -> Meant) -> Option<Translated> {
    let mut found: Vec<(String, Option<String>, u64)> = Vec::new();
    let (mut unknown, mut more) = (0, 0);
    for (cell, rows) in distinct(cells, column.kind) {
        let meant = match means(cell) {
            Meant::Itself => continue,
            Meant::Code(code) => Some(code),
            Meant::Unknown => {
                unknown += 1;
                None
            }
        };
        let long = cell.chars().count() > 80;
        if found.len() >= LISTED_MOST || (meant.is_none() && (unknown > UNKNOWN_MOST || long)) {
            more += 1;
        } else {
            found.push((cell.to_owned(), meant, rows));
        }
    }
    (!found.is_empty() || more > 0).then_some(Translated { ours: column.name, cells: found, more })
}

/// The factor that a column needs: percents to shares, thousands and millions to units.
pub fn scaled(column: &'static ColumnSchema, header: &str, profile: &Profile) -> Option<Scaled> {
    let of = |factor: f64, why: &str| Some(Scaled { ours: column.name, factor, why: why.to_owned() });
    let lower = header.to_lowercase();
    match column.kind {
        ColumnType::Share if profile.numbers > 0 && profile.percent_signs * 2 <= profile.numbers => {
            let said = ["%", "pct", "percent", "prozent", "pourcent", "porcent", "porcient", "persen", "yüzde", "百分"]
                .iter()
                .any(|w| lower.contains(w));
            let above = profile.hundred.saturating_sub(profile.unit);
            let mean = if profile.hundred > 0 { profile.hundred_sum / profile.hundred as f64 } else { 0.0 };
            if above > 0 && (said || mean > 1.0) { of(0.01, "cells go from 0 to 100: percents") } else { None }
        }
        ColumnType::Amount => {
            let tokens: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
            let says = |list: &[&str]| tokens.iter().any(|t| list.contains(t));
            if says(&[
                "million",
                "millions",
                "mio",
                "mln",
                "mn",
                "millionen",
                "millones",
                "milhões",
                "milioni",
                "miljoen",
                "juta",
                "milyon",
                "triệu",
            ]) || lower.contains("百万")
            {
                of(1e6, "the header says millions")
            } else if says(&[
                "thousand",
                "thousands",
                "tsd",
                "teur",
                "tusd",
                "000",
                "1000",
                "keur",
                "kusd",
                "milliers",
                "miles",
                "milhares",
                "migliaia",
                "duizend",
                "ribu",
                "bin",
                "nghìn",
            ]) || lower.contains('千')
            {
                of(1e3, "the header says thousands")
            } else if lower.contains("万元") {
                of(1e4, "the header says ten thousands")
            } else {
                None
            }
        }
        _ => None,
    }
}

/// The decimal sign of all numbers together, where they leave no doubt and it needs saying; and whether they contradict each other.
pub fn decimal(profiles: &[&Profile], semicolons: bool) -> (Option<char>, bool) {
    let commas: usize = profiles.iter().map(|p| p.commas).sum();
    let points: usize = profiles.iter().map(|p| p.points).sum();
    match (commas > 0, points > 0) {
        (true, false) => (Some(','), false),
        (false, true) if semicolons => (Some('.'), false),
        (true, true) => (None, true),
        _ => (None, false),
    }
}

/// Sector and product texts that neither are codes nor stand in the shipped code table, with their rows.
pub fn uncoded(column: &'static ColumnSchema, cells: &Cells, reference: &Reference) -> (Vec<(String, u64)>, usize) {
    let coded = |cell: &str| match column.kind {
        ColumnType::Product => ProductCode::parse(cell).is_some(),
        _ => SectorCode::parse(cell).is_some(),
    };
    let number = |cell: &str| crate::read::cell::number(cell, NumberStyle::default()).is_ok();
    let texts: Vec<(&str, u64)> = distinct(cells, column.kind)
        .into_iter()
        .filter(|(cell, _)| !coded(cell) && !number(cell) && reference.text_code(cell).is_none())
        .collect();
    let more = texts.len().saturating_sub(UNKNOWN_MOST);
    let shown = texts.into_iter().take(UNKNOWN_MOST).filter(|(cell, _)| cell.chars().count() <= 80);
    (shown.map(|(cell, rows)| (cell.to_owned(), rows)).collect(), more)
}

/// The form of the most common cell.
pub fn looks_like(profile: &Profile) -> String {
    profile.common.first().map_or_else(|| "(empty)".to_owned(), |(cell, _)| outline(cell))
}
