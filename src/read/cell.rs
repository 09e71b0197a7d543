//! One cell as a number, share, date, yes/no; and which texts count as missing.
//!
//! Blank is missing everywhere. `-`, `--`, `n/a`, `#N/A`, `NULL`, `None` and `NaN` are missing everywhere but in text, where only
//! `-`, `n/a`, `#N/A` and `NULL` are. `NA` is missing in numbers, dates, lists and yes/no; in a country it is Namibia, and in
//! identifiers and text it is itself.

use crate::base::DateOrder;
use crate::schema::ColumnType;

/// How a file writes numbers and dates.
#[derive(Clone, Copy, Debug, Default)]
pub struct NumberStyle {
    /// Order of the parts of a date, where the mapping says so; `YYYY-MM-DD` is read in any case.
    pub dates: Option<DateOrder>,
    /// `.` or `,`, where the mapping says so.
    pub decimal: Option<u8>,
    /// Cells are separated by semicolons: a point before three digits may be a thousands separator.
    pub semicolons: bool,
    /// Written by a program: a point is decimal, there are no other separators.
    pub exact: bool,
}

/// Why a cell is no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadNumber {
    NotANumber,
    /// A separator could be read both ways; whole numbers read it as thousands.
    Ambiguous,
}

/// Whether the text counts as missing in a column of this type.
pub fn is_missing(text: &str, kind: ColumnType) -> bool {
    let short = match text.len() {
        0 => return true,
        1..=4 => text,
        _ => return text.trim().is_empty(),
    };
    let word = short.trim();
    if word.is_empty() {
        return true;
    }
    let is = |list: &[&str]| list.iter().any(|w| word.eq_ignore_ascii_case(w));
    let common = is(&["-", "--", "n/a", "#N/A", "null"]);
    match kind {
        ColumnType::Text => common,
        ColumnType::Id | ColumnType::NodeId | ColumnType::Country => common || is(&["none", "nan"]),
        _ => common || is(&["none", "nan", "na"]),
    }
}

/// Marks the text of an error cell of a workbook: SUBSTITUTE, the sign that ASCII keeps for what was found in error.
const ERROR_MARK: char = '\u{1a}';

/// The text that stands for an error cell of a workbook.
pub fn error_cell(name: &str) -> String {
    format!("{ERROR_MARK}{name}")
}

/// The name of the error where a text is one: an error cell of a workbook, or what a spreadsheet writes into a CSV in its place. `#N/A` in a
/// CSV is missing rather than wrong: many programs write it where there is no value.
pub fn error_of(text: &str) -> Option<&str> {
    if let Some(name) = text.strip_prefix(ERROR_MARK) {
        return Some(name);
    }
    let is = |w: &&&str| w.eq_ignore_ascii_case(text.trim());
    ["#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"].iter().find(is).copied()
}

/// Reads a finite number. Thousands separators (comma, point, blank, apostrophe) are read where groups of three leave no doubt.
///
/// # Errors
/// No number, or one that could be read both as decimal and as thousands (`1,234`).
pub fn number(text: &str, style: NumberStyle) -> Result<f64, BadNumber> {
    let text = text.trim();
    if text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')) {
        let points = memchr::memchr_iter(b'.', text.as_bytes()).count();
        if points == 0 || (points == 1 && style.decimal != Some(b',') && (style.exact || style.decimal.is_some() || !style.semicolons)) {
            return finite(text);
        }
    }
    if style.exact {
        return Err(BadNumber::NotANumber);
    }
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => (-1.0, &text[1..]),
        Some(b'+') => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    grouped(digits, style).map(|v| sign * v)
}

/// Reads a share: `0.65`, `0,65` or `65%`.
///
/// # Errors
/// As [`number`]. The range is for the caller to check.
pub fn share(text: &str, style: NumberStyle) -> Result<f64, BadNumber> {
    match text.trim().strip_suffix('%') {
        Some(percent) => number(percent, style).map(|v| v / 100.0),
        None => number(text, style),
    }
}

/// Reads `yes`, `no`, `true`, `false`, `y`, `n`, `1`, `0`, in any case.
pub fn yes_no(text: &str) -> Option<bool> {
    let is = |list: &[&str]| list.iter().any(|w| text.trim().eq_ignore_ascii_case(w));
    if is(&["yes", "true", "y", "1"]) {
        Some(true)
    } else if is(&["no", "false", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}

fn finite(text: &str) -> Result<f64, BadNumber> {
    text.parse().ok().filter(|v: &f64| v.is_finite()).ok_or(BadNumber::NotANumber)
}

/// Digits with separators. Whatever stands last and once, or is declared, is the decimal sign; the rest must set off groups of three.
fn grouped(text: &str, style: NumberStyle) -> Result<f64, BadNumber> {
    let count = |c: char| text.chars().filter(|x| *x == c).count();
    let (commas, points) = (count(','), count('.'));
    let decimal = match style.decimal {
        Some(d) => Some(d as char),
        None => match (commas, points) {
            (0, 0) => None,
            (1, 0) => Some(','),
            (0, 1) => Some('.'),
            (_, 0) | (0, _) => None,
            _ => text.rfind([',', '.']).and_then(|i| text[i..].chars().next()),
        },
    };
    let (whole, fraction) = match decimal {
        Some(d) if count(d) > 1 => return Err(BadNumber::NotANumber),
        Some(d) => text.split_once(d).unwrap_or((text, "")),
        None => (text, ""),
    };
    let bare = ungroup(whole).ok_or(BadNumber::NotANumber)?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadNumber::NotANumber);
    }
    let lone = style.decimal.is_none() && commas + points == 1 && whole.bytes().all(|b| b.is_ascii_digit());
    if lone && fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0') {
        return Err(BadNumber::Ambiguous);
    }
    finite(&format!("{bare}.{fraction}"))
}

/// The digits of a whole part whose groups, if any, are set off by one kind of sign and have three digits each after the first.
fn ungroup(whole: &str) -> Option<String> {
    let sign = whole.chars().find(|c| !c.is_ascii_digit());
    let Some(sign) = sign else { return (!whole.is_empty()).then(|| whole.to_owned()).or(Some("0".to_owned())) };
    if !matches!(sign, ',' | '.' | ' ' | '\'' | '\u{a0}' | '\u{202f}' | '\u{2019}') {
        return None;
    }
    let groups: Vec<&str> = whole.split(sign).collect();
    let digits = |g: &&str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
    let ok = groups.iter().all(digits) && groups.first().is_some_and(|g| g.len() <= 3) && groups.iter().skip(1).all(|g| g.len() == 3);
    ok.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_where_nothing_is_in_doubt() {
        let n = |t| number(t, NumberStyle::default());
        for (text, value) in [
            ("12", 12.0),
            ("-3", -3.0),
            ("1.5", 1.5),
            ("1,5", 1.5),
            ("1.234", 1.234),
            ("0,123", 0.123),
            ("1,234,567", 1_234_567.0),
            ("1.234.567", 1_234_567.0),
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1 234,5", 1234.5),
            ("1'234.50", 1234.5),
            ("12,3456", 12.3456),
            ("2e3", 2000.0),
            ("-1,5", -1.5),
        ] {
            assert_eq!(n(text), Ok(value), "{text}");
        }
        assert_eq!(n("1,234"), Err(BadNumber::Ambiguous));
        for text in ["", "abc", "12a", "inf", "NaN", "1,23,4", "1.2.3", "--3", "1,,2", "$5", "1 23"] {
            assert_eq!(n(text), Err(BadNumber::NotANumber), "{text}");
        }
    }

    #[test]
    fn a_declared_decimal_sign_settles_the_doubt() {
        let comma = NumberStyle { decimal: Some(b','), ..NumberStyle::default() };
        assert_eq!(number("1,234", comma), Ok(1.234));
        assert_eq!(number("1.234", comma), Ok(1234.0));
        let point = NumberStyle { decimal: Some(b'.'), semicolons: true, ..NumberStyle::default() };
        assert_eq!(number("1,234", point), Ok(1234.0));
        assert_eq!(number("1.234", point), Ok(1.234));
        let semicolons = NumberStyle { semicolons: true, ..NumberStyle::default() };
        assert_eq!(number("1.234", semicolons), Err(BadNumber::Ambiguous));
        assert_eq!(number("1.25", semicolons), Ok(1.25));
    }

    #[test]
    fn shares_may_be_percentages() {
        assert_eq!(share("65%", NumberStyle::default()), Ok(0.65));
        assert_eq!(share("0,65", NumberStyle::default()), Ok(0.65));
        assert_eq!(share("12.5 %", NumberStyle::default()), Ok(0.125));
    }

    #[test]
    fn na_is_namibia_where_a_country_stands() {
        assert!(!is_missing("NA", ColumnType::Country));
        assert!(!is_missing("NA", ColumnType::Id));
        assert!(is_missing("NA", ColumnType::Amount));
        assert!(is_missing("n/a", ColumnType::Id));
        assert!(is_missing("NULL", ColumnType::Text));
        assert!(!is_missing("None", ColumnType::Text));
        assert!(!is_missing("Nandi", ColumnType::Date));
    }
}
