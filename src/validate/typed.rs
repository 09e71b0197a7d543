//! One text to one typed cell, after its column's declaration.

use super::quarantine::{inert, shown};
use super::vocabulary::Vocabulary;
use crate::base::identifiers::{duns_holds, gln_holds, lei_holds, os_id_holds};
use crate::base::{CountryCode, Date, Norm, NormSet, Period};
use crate::mapping::nearest;
use crate::pack::{SignIx, SourceIx};
use crate::read::NumberStyle;
use crate::read::cell::{BadNumber, error_of, is_missing, number, share, yes_no};
use crate::schema::codes as c;
use crate::schema::{Code, ColumnSchema, ColumnType};

/// A cell that passed.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Cell<'a> {
    Missing,
    Text(&'a str),
    Number(f64),
    Date(Date),
    Period(Period),
    /// Position in the column's closed list, and the word.
    Code(usize, &'static str),
    YesNo(bool),
    Country(CountryCode),
    /// The word stands beside its number, which depends on the pack.
    Sign(SignIx, &'a str),
    Source(SourceIx, &'a str),
    Covers(NormSet, Vec<SignIx>, &'a str),
}

/// Why a cell did not pass.
#[derive(Debug)]
pub(super) struct Bad {
    pub code: &'static Code,
    pub found: String,
    pub expected: String,
    pub shown: String,
}

impl Bad {
    fn new(code: &'static Code, shown: String, what: &str) -> Self {
        Self { code, found: format!("{shown} {what}"), expected: code.remedy.to_owned(), shown }
    }
}

/// Longest identifier.
const ID_BYTES: usize = 256;

/// Reads a cell. The second part is what is wrong; the cell is then missing, but for `covers`, which keeps what is known.
pub(super) fn read<'a>(
    text: &'a str,
    column: &ColumnSchema,
    style: NumberStyle,
    scale: Option<f64>,
    words: &dyn Vocabulary,
) -> (Cell<'a>, Option<Bad>) {
    if is_missing(text, column.kind) {
        return (Cell::Missing, None);
    }
    if let Some(error) = error_of(text) {
        return (Cell::Missing, Some(Bad::new(&c::CELL_ERROR, inert(error), "is an error of the spreadsheet")));
    }
    if column.kind == ColumnType::Covers {
        return covers(text, words);
    }
    match read_one(text, column, style, scale, words) {
        Ok(cell) => (cell, None),
        Err(bad) => (Cell::Missing, Some(bad)),
    }
}

fn read_one<'a>(
    text: &'a str,
    column: &ColumnSchema,
    style: NumberStyle,
    scale: Option<f64>,
    words: &dyn Vocabulary,
) -> Result<Cell<'a>, Bad> {
    let or_bad = |cell: Option<Cell<'a>>, code: &'static Code, what: &str| cell.ok_or_else(|| Bad::new(code, shown(text), what));
    match column.kind {
        ColumnType::Id | ColumnType::NodeId => {
            let good = text.len() <= ID_BYTES && !text.chars().any(char::is_control);
            or_bad(good.then_some(Cell::Text(text)), &c::CELL_ID, "is no identifier")
        }
        ColumnType::Text | ColumnType::Product | ColumnType::Sector | ColumnType::Covers => Ok(Cell::Text(text)),
        ColumnType::Code(list) => one_of(text, list),
        ColumnType::Sign => words
            .sign(text)
            .map(|s| Cell::Sign(s, text))
            .ok_or_else(|| unknown(&c::SIGN_UNKNOWN, text, &words.sign_ids(), "is no sign of the method pack")),
        ColumnType::Source => words
            .source(text)
            .map(|s| Cell::Source(s, text))
            .ok_or_else(|| unknown(&c::SOURCE_UNKNOWN, text, &words.source_ids(), "is no source class of the method pack")),
        ColumnType::Country => {
            let country = words.country(text).or_else(|| words.country(&text.to_uppercase())).or_else(|| words.country_by_name(text));
            or_bad(country.map(Cell::Country), &c::CELL_COUNTRY, "is no country")
        }
        ColumnType::Subdivision => or_bad(is_subdivision(text).then_some(Cell::Text(text)), &c::CELL_SUBDIVISION, "is no subdivision code"),
        ColumnType::Currency => {
            let good = text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
            or_bad(good.then_some(Cell::Text(text)), &c::CELL_CURRENCY, "is no currency")
        }
        ColumnType::Date => or_bad(Date::parse_in(text, style.dates).map(Cell::Date), &c::CELL_DATE, "is no date"),
        ColumnType::PeriodStart => or_bad(period(text, style).map(|p| Cell::Date(p.from)), &c::CELL_DATE, "is no date or period"),
        ColumnType::PeriodEnd => or_bad(period(text, style).map(|p| Cell::Date(p.to)), &c::CELL_DATE, "is no date or period"),
        ColumnType::Period => or_bad(period(text, style).map(Cell::Period), &c::CELL_PERIOD, "is no period"),
        ColumnType::Year => {
            let year = (text.len() == 4).then(|| text.parse::<u16>().ok()).flatten().filter(|y| (1900..2200).contains(y));
            or_bad(year.map(|y| Cell::Number(f64::from(y))), &c::CELL_YEAR, "is no year")
        }
        ColumnType::Share | ColumnType::Count | ColumnType::Amount | ColumnType::Number { .. } => figure(text, column.kind, style, scale),
        ColumnType::YesNo => or_bad(yes_no(text).map(Cell::YesNo), &c::CELL_YES_NO, "is neither yes nor no"),
        ColumnType::Lei => or_bad(lei_holds(text).then_some(Cell::Text(text)), &c::CELL_LEI, "is no LEI"),
        ColumnType::OsId => or_bad(os_id_holds(text).then_some(Cell::Text(text)), &c::CELL_OS_ID, "is no OS ID"),
        ColumnType::Gln => or_bad(gln_holds(text).then_some(Cell::Text(text)), &c::CELL_GLN, "is no GLN"),
        ColumnType::Duns => or_bad(duns_holds(text).then_some(Cell::Text(text)), &c::CELL_DUNS, "is no DUNS number"),
    }
}

/// A period, or a day in the order that the file is said to write.
fn period(text: &str, style: NumberStyle) -> Option<Period> {
    Period::parse(text).or_else(|| Date::parse_in(text, style.dates).map(|day| Period { from: day, to: day }))
}

fn figure<'a>(text: &str, kind: ColumnType, style: NumberStyle, scale: Option<f64>) -> Result<Cell<'a>, Bad> {
    let read = if kind == ColumnType::Share { share(text, style) } else { number(text, style) };
    let value = match (read, kind) {
        (Ok(v), _) => v,
        // A whole number has no decimals, so the comma of 1,234 sets off thousands.
        (Err(BadNumber::Ambiguous), ColumnType::Count) if text.contains(',') => number(text, NumberStyle { decimal: Some(b'.'), ..style })
            .map_err(|_| Bad::new(&c::CELL_NUMBER, shown(text), "is no number"))?,
        // Thousands would lie outside the range, so the sign is decimal.
        (Err(BadNumber::Ambiguous), ColumnType::Number { .. } | ColumnType::Share) => {
            let plain = text.replace(',', ".");
            number(&plain, NumberStyle { decimal: Some(b'.'), ..style })
                .map_err(|_| Bad::new(&c::CELL_NUMBER, shown(text), "is no number"))?
        }
        (Err(BadNumber::Ambiguous), _) => {
            return Err(Bad::new(&c::CELL_AMBIGUOUS, shown(text), "can be read with decimals or with thousands"));
        }
        (Err(BadNumber::NotANumber), _) => return Err(Bad::new(&c::CELL_NUMBER, shown(text), "is no number")),
    };
    // Adding 0 makes -0 the 0 that it is.
    let value = value * scale.unwrap_or(1.0) + 0.0;
    let bad = |code: &'static Code, what: String| Err(Bad::new(code, shown(text), &what));
    match kind {
        ColumnType::Number { low, high } if !(low..=high).contains(&value) => {
            bad(&c::CELL_RANGE, format!("is not between {low} and {high}"))
        }
        ColumnType::Number { .. } => Ok(Cell::Number(value)),
        _ if value < 0.0 => bad(&c::CELL_NEGATIVE, "is below 0".to_owned()),
        ColumnType::Share if value > 1.0 => bad(&c::CELL_SHARE, "is above 1".to_owned()),
        ColumnType::Count if value.fract() != 0.0 => bad(&c::CELL_WHOLE, "is no whole number".to_owned()),
        _ => Ok(Cell::Number(value)),
    }
}

/// A word of a closed list, in any case, with blanks or hyphens for underscores.
fn one_of<'a>(text: &str, list: &'static [&'static str]) -> Result<Cell<'a>, Bad> {
    let find = |word: &str| list.iter().enumerate().find(|(_, w)| **w == word).map(|(i, w)| Cell::Code(i, w));
    if let Some(cell) = find(text) {
        return Ok(cell);
    }
    let word: String = text.chars().map(|c| if matches!(c, ' ' | '-') { '_' } else { c.to_ascii_lowercase() }).collect();
    if let Some(cell) = find(&word) {
        return Ok(cell);
    }
    let mut bad = unknown(&c::CELL_CODE, text, list, "is not allowed here");
    bad.expected = format!("use one of {}, or map the text in onus.toml", list.join(", "));
    Err(bad)
}

/// A word near a known one is surely no person's name and is shown, with the known one.
fn unknown(code: &'static Code, text: &str, known: &[&str], what: &str) -> Bad {
    match nearest(text, known.iter().copied()) {
        Some(near) => {
            let mut bad = Bad::new(code, inert(text), &format!("{what}; did you mean {near}?"));
            bad.shown = inert(text);
            bad
        }
        None => Bad::new(code, shown(text), what),
    }
}

fn covers<'a>(text: &'a str, words: &dyn Vocabulary) -> (Cell<'a>, Option<Bad>) {
    let (mut norms, mut signs, mut bad) = (NormSet::EMPTY, Vec::new(), None);
    for word in text.split(|ch: char| matches!(ch, ';' | ',' | '|') || ch.is_whitespace()).filter(|w| !w.is_empty()) {
        match (Norm::parse(word), words.sign(word)) {
            (Some(norm), _) => norms.insert(norm),
            (None, Some(sign)) => signs.push(sign),
            (None, None) if bad.is_none() => {
                let mut known = words.sign_ids();
                known.extend(Norm::ALL.map(Norm::as_str));
                bad = Some(unknown(&c::COVERS_UNKNOWN, word, &known, "is neither norm nor sign"));
            }
            (None, None) => {}
        }
    }
    signs.sort();
    signs.dedup();
    (Cell::Covers(norms, signs, text), bad)
}

/// `CC-X` to `CC-XXX`: country, hyphen, one to three capitals or digits (ISO 3166-2).
fn is_subdivision(text: &str) -> bool {
    match text.as_bytes() {
        [a, b, b'-', rest @ ..] => {
            a.is_ascii_uppercase()
                && b.is_ascii_uppercase()
                && (1..=3).contains(&rest.len())
                && rest.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        }
        _ => false,
    }
}
