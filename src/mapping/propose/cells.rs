//! What one cell looks like: a number and how it is written, a date and in which order, a range of workers, a code with a check digit.

use crate::base::{Date, Period};
use crate::read::NumberStyle;
use crate::read::cell::{BadNumber, number};

/// In which order a date is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DateForm {
    /// `2024-03-05`, the form that is read.
    Iso,
    /// `05.03.2024` or `25/03/2024`.
    DayMonthYear,
    /// `03/25/2024`.
    MonthDayYear,
    /// `05/03/2024`: both are possible.
    DayOrMonthFirst,
    /// `2024/03/05`, `2024年3月5日`, `20240305`.
    YearMonthDay,
    /// `5 March 2024`, `05-Mar-24`.
    MonthInWords,
}

impl DateForm {
    pub fn in_words(self) -> &'static str {
        match self {
            DateForm::Iso => "YYYY-MM-DD",
            DateForm::DayMonthYear => "day, month, year (31.12.2024)",
            DateForm::MonthDayYear => "month, day, year (12/31/2024)",
            DateForm::DayOrMonthFirst => "day or month first: no cell decides",
            DateForm::YearMonthDay => "year, month, day (2024/12/31)",
            DateForm::MonthInWords => "month in words (31 Dec 2024)",
        }
    }
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai", "okt", "dez", "mrz"];

/// The form of a date, if the cell is one.
pub fn date_form(cell: &str) -> Option<DateForm> {
    let cell = cell.trim();
    if Date::parse(cell).is_some() {
        return Some(DateForm::Iso);
    }
    if cell.len() > 24 {
        return None;
    }
    let east: String = cell.chars().map(|c| if matches!(c, '年' | '月' | '日') { '-' } else { c }).collect();
    let day = east.trim_end_matches('-').split([' ', 'T']).next().unwrap_or("");
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    let digits = |p: &&str| !p.is_empty() && p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit());
    if let ([a, b, c], true) = (parts.as_slice(), parts.iter().all(digits)) {
        let n = |t: &str| t.parse::<u32>().unwrap_or(0);
        let year = |t: &str| (t.len() == 4 && (1900..2200).contains(&n(t))) || t.len() == 2;
        let (first, second) = (n(a), n(b));
        return match () {
            _ if a.len() == 4 && year(a) && (1..=12).contains(&second) && (1..=31).contains(&n(c)) => Some(DateForm::YearMonthDay),
            _ if !year(c) || first == 0 || second == 0 || first > 31 || second > 31 => None,
            _ if first > 12 && second > 12 => None,
            _ if day.contains('.') || first > 12 => Some(DateForm::DayMonthYear),
            _ if second > 12 => Some(DateForm::MonthDayYear),
            _ => Some(DateForm::DayOrMonthFirst),
        };
    }
    if cell.len() == 8 && cell.bytes().all(|b| b.is_ascii_digit()) {
        let iso = format!("{}-{}-{}", cell.get(..4)?, cell.get(4..6)?, cell.get(6..)?);
        return Date::parse(&iso).map(|_| DateForm::YearMonthDay);
    }
    let lower = cell.to_lowercase();
    let words: Vec<&str> = lower.split([' ', '-', ',', '.', '/']).filter(|w| !w.is_empty()).collect();
    let month = words.iter().any(|w| w.len() >= 3 && w.is_char_boundary(3) && MONTHS.iter().any(|m| w.starts_with(m)) && w.len() <= 9);
    let numbers = words.iter().filter(|w| w.bytes().all(|b| b.is_ascii_digit())).count();
    (words.len() == 3 && month && numbers == 2).then_some(DateForm::MonthInWords)
}

/// Whether the cell is a year, a period or a day.
pub fn is_period(cell: &str) -> bool {
    Period::parse(cell.trim()).is_some()
}

/// A number and how it was written.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Figure {
    pub value: f64,
    pub percent: bool,
    /// `€`, `$` and the like stood beside it: the engine refuses it so.
    pub money_sign: bool,
    /// Only a comma or only a point can be the decimal sign.
    pub comma: bool,
    pub point: bool,
    /// Digits after the decimal sign.
    pub decimals: u8,
}

/// Reads a cell as a number.
pub fn figure(cell: &str) -> Option<Figure> {
    let cell = cell.trim();
    let bare = cell.trim_end_matches('%').trim();
    let (percent, mut text) = (bare.len() < cell.len(), bare);
    let signs = ['$', '€', '£', '¥', '￥', '₹', '₫', '₺'];
    let without = text.trim_matches(|c| signs.contains(&c)).trim();
    let money_sign = without.len() < text.len();
    text = without;
    if text.is_empty() || text.len() > 40 {
        return None;
    }
    let value = match number(text, NumberStyle::default()) {
        Ok(v) => v,
        // `1,234`: thousands far more often than three decimals.
        Err(BadNumber::Ambiguous) => number(text, NumberStyle { decimal: Some(b'.'), ..NumberStyle::default() }).ok()?,
        Err(BadNumber::NotANumber) => return None,
    };
    let last = text.rfind([',', '.']);
    let after = last.and_then(|i| text.get(i + 1..)).unwrap_or("");
    let sign = last.and_then(|i| text.get(i..=i)).unwrap_or("");
    let once = !sign.is_empty() && text.matches(sign).count() == 1;
    let both = text.contains(',') && text.contains('.');
    let sure = once && (both || after.len() != 3 || text.starts_with('0') || text.starts_with("-0"));
    let decimals = if once && (sure || sign == ".") { u8::try_from(after.len()).unwrap_or(u8::MAX) } else { 0 };
    Some(Figure { value, percent, money_sign, comma: sure && sign == ",", point: sure && sign == ".", decimals })
}

/// The ends of a range of workers: `501-1000`, `1,001 to 5,000`, `<1000`, `>10000`, `5000+`, `less than 1000`.
pub fn range(cell: &str) -> Option<(Option<u64>, Option<u64>)> {
    let lower = cell.trim().to_lowercase();
    let bare: String = lower.chars().filter(|c| !matches!(c, ',' | '.' | ' ' | '\'' | '\u{a0}' | '人' | '名')).collect();
    let whole = |t: &str| (!t.is_empty() && t.len() <= 9).then(|| t.parse::<u64>().ok()).flatten();
    for sign in ["-", "–", "—", "~", "～", "to", "bis", "à", "a", "tot", "至", "から"] {
        if let Some((low, high)) = bare.split_once(sign)
            && let (Some(low), Some(high)) = (whole(low), whole(high))
        {
            return Some((Some(low), Some(high)));
        }
    }
    for start in
        ["<=", "≤", "<", "lessthan", "under", "below", "upto", "fewerthan", "unter", "weniger als", "moinsde", "menosde", "menode", "少于"]
    {
        if let Some(high) = bare.strip_prefix(start).and_then(whole) {
            return Some((None, Some(high)));
        }
    }
    for start in [">=", "≥", ">", "morethan", "over", "above", "über", "mehrals", "plusde", "másde", "masde", "maisde", "piùdi", "大于"]
    {
        if let Some(low) = bare.strip_prefix(start).and_then(whole) {
            return Some((Some(low), None));
        }
    }
    for end in ["+", "以上"] {
        if let Some(low) = bare.strip_suffix(end).and_then(whole) {
            return Some((Some(low), None));
        }
    }
    bare.strip_suffix("以下").and_then(whole).map(|high| (None, Some(high)))
}

/// Whether a cell looks like an address of a person rather than of a place: an e-mail address or a telephone number.
pub fn is_contact(cell: &str) -> bool {
    let cell = cell.trim();
    let mail = cell.split_once('@').is_some_and(|(who, at)| !who.is_empty() && !who.contains(' ') && at.contains('.') && !at.contains(' '));
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let dialled = cell.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'(' | b')' | b' ' | b'-' | b'.' | b'/'));
    mail || (dialled && (8..=15).contains(&digits) && (cell.starts_with('+') || cell.starts_with("(+") || cell.starts_with("00 ")))
}

/// The form of a text without its content: `Aaa 9.9`; runs longer than three are cut.
pub fn outline(cell: &str) -> String {
    let mut form = String::new();
    let (mut last, mut run) = (' ', 0);
    for c in cell.chars().take(60) {
        let f = match c {
            c if c.is_numeric() => '9',
            c if c.is_uppercase() => 'A',
            c if c.is_lowercase() => 'a',
            c if c.is_alphabetic() => '字',
            c if c.is_control() => ' ',
            c => c,
        };
        run = if f == last { run + 1 } else { 1 };
        last = f;
        match run {
            1..=3 => form.push(f),
            4 => form.push('…'),
            _ => {}
        }
    }
    form.chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_say_their_order_or_that_they_do_not() {
        for (cell, form) in [
            ("2024-03-05", DateForm::Iso),
            ("2024-03-05 00:00:00", DateForm::Iso),
            ("25.03.2024", DateForm::DayMonthYear),
            ("05.03.2024", DateForm::DayMonthYear),
            ("25/03/24", DateForm::DayMonthYear),
            ("03/25/2024", DateForm::MonthDayYear),
            ("03/05/2024", DateForm::DayOrMonthFirst),
            ("2024/3/5", DateForm::YearMonthDay),
            ("2024年3月5日", DateForm::YearMonthDay),
            ("20240305", DateForm::YearMonthDay),
            ("5 Mar 2024", DateForm::MonthInWords),
            ("05-Mar-24", DateForm::MonthInWords),
        ] {
            assert_eq!(date_form(cell), Some(form), "{cell}");
        }
        for cell in ["", "12345678", "1.5", "31.31.2024", "May 7", "Market street 5", "99/99/2024"] {
            assert_eq!(date_form(cell), None, "{cell}");
        }
    }

    #[test]
    fn worker_bands_have_ends() {
        for (cell, ends) in [
            ("501-1000", (Some(501), Some(1000))),
            ("1,001 – 5,000", (Some(1001), Some(5000))),
            ("1001 to 5000", (Some(1001), Some(5000))),
            ("<1000", (None, Some(1000))),
            ("Less than 1000", (None, Some(1000))),
            (">10000", (Some(10000), None)),
            ("10.000+", (Some(10000), None)),
            ("More than 10,000", (Some(10000), None)),
            ("1000以上", (Some(1000), None)),
        ] {
            assert_eq!(range(cell), Some(ends), "{cell}");
        }
        for cell in ["", "1000", "A-B", "-", "<", "2024-03-05"] {
            assert_eq!(range(cell), None, "{cell}");
        }
    }

    #[test]
    fn numbers_say_how_they_are_written() {
        assert!(figure("15,76595556").unwrap().comma && figure("1.5").unwrap().point);
        assert!(!figure("1,234").unwrap().comma);
        assert_eq!(figure("65 %").map(|f| (f.value, f.percent)), Some((65.0, true)));
        assert_eq!(figure("€ 1.234,50").map(|f| (f.value, f.money_sign, f.comma)), Some((1234.5, true, true)));
        assert_eq!(figure("Unit 5"), None);
    }

    #[test]
    fn contacts_are_known_by_their_looks_and_coordinates_are_none() {
        for cell in ["a.b@example.org", "+49 30 1234567", "(+84) 28-3812-3456"] {
            assert!(is_contact(cell), "{cell}");
        }
        for cell in ["10.9515949", "12-345-6789", "6291041500213", "@home", "PO1000000017"] {
            assert!(!is_contact(cell), "{cell}");
        }
        assert_eq!(outline("PO1000000017"), "AA999…");
        assert_eq!(outline("Jane Doe"), "Aaaa Aaa");
    }
}
