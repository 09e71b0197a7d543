//! What importers of companies, vessels and owners share: identifiers with their check digits, dates, control by holdings, and notes that
//! are told once with their number.

use super::cells::is_no_name;
use super::draft::{Draft, Origin, Refusal, shown};
use super::names::withheld;
use crate::base::identifiers::{cid_holds, duns_holds, lei_holds};
use crate::base::{Date, Period};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A holding from which control is read, where a file states how much is held: ownership of more than 25 % is an indication of it.
///
/// # Source
/// Directive (EU) 2015/849, art. 3(6)(a)(i); FATF Guidance on beneficial ownership of legal persons, 2023, section 4.
pub const CONTROL_FROM: f64 = 0.25;

/// Whether an IMO number has seven digits and its check digit holds: the first six weigh 7 to 2, and the sum ends in the seventh.
///
/// # Source
/// IMO Resolution A.1117(30), IMO ship identification number scheme.
pub fn imo_holds(imo: &str) -> bool {
    let digits: Vec<u32> = imo.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits.iter().take(6).zip([7, 6, 5, 4, 3, 2]).map(|(d, weight)| d * weight).sum();
    imo.len() == 7 && digits.len() == 7 && digits.last() == Some(&(sum % 10)) && sum > 0
}

/// An identifier that a file states, as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Identifier {
    /// A column of `nodes`.
    Column(&'static str, String),
    /// Scheme and value of `identifiers`.
    Row(String, String),
    /// Not kept, and why.
    Bad(&'static str),
}

/// Puts an identifier into its form and tests it where its standard has a test.
pub fn identifier(scheme: &str, value: &str) -> Identifier {
    let value = value.trim();
    let bare = || value.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect::<String>().to_uppercase();
    let test = |holds: bool, good: Identifier, reason| if holds { good } else { Identifier::Bad(reason) };
    match scheme {
        _ if value.is_empty() || value.len() > 128 || value.chars().any(char::is_control) => Identifier::Bad("identifier-unreadable"),
        _ if stated_as_none(scheme, value) => Identifier::Bad("no-identifier-stated"),
        "lei" => test(lei_holds(&bare()), Identifier::Column("lei", bare()), "lei-check-digits"),
        "duns" => test(duns_holds(&bare()), Identifier::Column("duns", bare()), "duns-form"),
        "cid" => test(cid_holds(&bare()), Identifier::Row("cid".into(), bare()), "cid-form"),
        "imo" => {
            let number = bare().trim_start_matches("IMO").to_owned();
            test(imo_holds(&number), Identifier::Row("imo".into(), number.clone()), "imo-check-digit")
        }
        _ => Identifier::Row(scheme.to_owned(), value.to_owned()),
    }
}

/// Whether a text in an identifier's place says that there is none: words such as `N/A`, noughts, and anything without a digit but the codes
/// of banks, which may have letters alone.
fn stated_as_none(scheme: &str, value: &str) -> bool {
    let banks = scheme.starts_with("bic") || scheme.starts_with("swift");
    let numeric = value.chars().any(char::is_numeric);
    let noughts = !value.chars().any(|c| c.is_alphabetic() || (c.is_numeric() && c != '0'));
    withheld(value) || is_no_name(value) || noughts || !(numeric || (banks && matches!(value.chars().count(), 8 | 11)))
}

/// Adds identifiers of a node: the first of each kind stands in `nodes`, others in `identifiers`. Returns the columns for `nodes` and
/// all that were kept, as scheme and value.
pub fn identify(
    draft: &mut Draft,
    node_id: &str,
    stated: &[(String, String, String)],
    source: &str,
) -> (BTreeMap<&'static str, String>, Vec<(String, String)>) {
    let mut columns: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut kept = Vec::new();
    for (column, scheme, value) in stated {
        let (scheme, value) = match identifier(scheme, value) {
            Identifier::Bad(reason) => {
                draft.refuse_cell(column, reason, shown(value));
                continue;
            }
            Identifier::Column(name, value) => {
                if columns.get(name).is_none_or(|known| *known == value) {
                    columns.insert(name, value.clone());
                    kept.push((name.to_owned(), value));
                    continue;
                }
                (name.to_owned(), value)
            }
            Identifier::Row(scheme, value) => (scheme, value),
        };
        draft.add("identifiers", &[("node_id", node_id), ("scheme", &scheme), ("value", &value), ("source", source)]);
        kept.push((scheme, value));
    }
    kept.dedup();
    (columns, kept)
}

/// A day or period as a table of links reads it: `2020`, `2020-05`, a day with or without a time.
pub fn period(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(day) = Date::parse(text) {
        return Some(day.to_string());
    }
    Period::parse(text).map(|_| text.to_owned())
}

/// What is held, from 0 to 1, as a text says it: `60`, `60%`, `25,5`, `25-50`. Of a span the upper end counts.
pub fn holding(text: &str) -> Option<f64> {
    let plain: String = text.trim().trim_end_matches('%').replace(['–', '—'], "-").replace(',', ".").replace('%', "");
    let last = plain.trim_start_matches(['>', '<', '=', '~', ' ']).rsplit('-').next()?.trim();
    let value: f64 = last.parse().ok()?;
    (value.is_finite() && (0.0..=100.0).contains(&value)).then_some(value / 100.0)
}

/// Names for `aliases` of a listing: none holds the separator.
pub fn joined<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let clean: Vec<String> = names.into_iter().map(|n| n.replace(';', ",").trim().to_owned()).filter(|n| !n.is_empty()).collect();
    clean.join("; ")
}

/// Notes that would stand at a great many rows: each is told once a file, with its number and its first line.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<(&'static str, &'static str), (u64, u32)>);

impl Tally {
    /// Counts one more; `what` is said after the number.
    pub fn count(&mut self, reason: &'static str, what: &'static str, line: u32) {
        let (n, first) = self.0.entry((reason, what)).or_insert((0, line));
        *n += 1;
        *first = line.min(*first);
    }

    /// Tells all at the file as a whole.
    pub fn tell(self, draft: &mut Draft, file: &Arc<str>, sheet: Option<&Arc<str>>) {
        for ((reason, what), (n, first)) in self.0 {
            let at = Origin { file: file.clone(), sheet: sheet.cloned(), line: 0 };
            draft.refused.push(Refusal { at, column: None, row: false, reason, found: format!("{n} {what}, the first in line {first}") });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_tested_before_they_are_kept() {
        // The example of the resolution's annex: IMO 9074729.
        assert!(imo_holds("9074729") && !imo_holds("9074728") && !imo_holds("0000000") && !imo_holds("907472"));
        assert_eq!(identifier("imo", "IMO 9074729"), Identifier::Row("imo".into(), "9074729".into()));
        assert_eq!(identifier("lei", "506700ge1g29325qx363"), Identifier::Column("lei", "506700GE1G29325QX363".into()));
        assert_eq!(identifier("lei", "506700GE1G29325QX364"), Identifier::Bad("lei-check-digits"));
        assert_eq!(identifier("register:GB", " 01234567 "), Identifier::Row("register:GB".into(), "01234567".into()));
    }

    #[test]
    fn holdings_are_read_as_parts_of_a_hundred() {
        for (text, held) in [("60", 0.6), ("60%", 0.6), ("25,5 %", 0.255), ("25-50", 0.5), ("0.5", 0.005), (">75", 0.75), ("100.00", 1.0)] {
            assert_eq!(holding(text), Some(held), "{text}");
        }
        for text in ["", "many", "150", "-5%x", "NaN", "1e400"] {
            assert_eq!(holding(text), None, "{text}");
        }
    }

    #[test]
    fn periods_are_kept_as_the_tables_read_them() {
        assert_eq!(period("2020-05-01T00:00:00.000Z").as_deref(), Some("2020-05-01"));
        assert_eq!(period("2020").as_deref(), Some("2020"));
        assert_eq!(period("01/05/2020"), None);
    }
}
