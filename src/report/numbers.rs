//! Numbers and days as each language writes them, by one fixed rule a language: `1,234.5` and `12.3 %` in English, `1.234,5` and `12,3 %` in
//! German, `1 234,5` and `12,3 %` (with spaces that do not break) in French; days and quarters in words.
//!
//! Something is never shown as nothing: a share below 0.05 % is `<0.1 %`, one above 99.95 % and below 1 is `>99.9 %`.

use super::messages::Language;

/// The space that keeps a number and its unit on one line.
const SPACE: char = '\u{00A0}';

impl Language {
    fn decimal(self) -> char {
        match self {
            Language::En => '.',
            Language::De | Language::Fr => ',',
        }
    }

    fn group(self) -> char {
        match self {
            Language::En => ',',
            Language::De => '.',
            Language::Fr => '\u{202F}',
        }
    }

    /// A number with that many decimals.
    pub fn number(self, x: f64, decimals: usize) -> String {
        if !x.is_finite() {
            return "\u{2013}".to_owned();
        }
        let text = format!("{:.decimals$}", x.abs());
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
        let mut out = String::new();
        if x < 0.0 && !is_zero {
            out.push('\u{2212}');
        }
        let grouped = whole.len() > 3;
        for (i, digit) in whole.chars().enumerate() {
            if grouped && i > 0 && (whole.len() - i).is_multiple_of(3) {
                out.push(self.group());
            }
            out.push(digit);
        }
        if !rest.is_empty() {
            out.push(self.decimal());
            out.push_str(rest);
        }
        out
    }

    pub fn count(self, n: u64) -> String {
        self.number(n as f64, 0)
    }

    /// A share as a percentage.
    pub fn share(self, x: f64) -> String {
        let percent = x * 100.0;
        if percent == 0.0 {
            format!("0{SPACE}%")
        } else if percent.abs() < 0.05 {
            format!("<{}{SPACE}%", self.number(0.1, 1))
        } else if percent > 99.95 && percent < 100.0 {
            format!(">{}{SPACE}%", self.number(99.9, 1))
        } else {
            format!("{}{SPACE}%", self.number(percent, 1))
        }
    }

    /// A range of shares, `12.3 - 45.6 %` with a dash.
    pub fn range(self, low: f64, high: f64) -> String {
        let (low, high) = (self.share(low), self.share(high));
        if low == high {
            return high;
        }
        format!("{}\u{2013}{high}", low.trim_end_matches('%').trim_end_matches(SPACE))
    }

    /// People expected, never as more exact than they are: whole above ten, one decimal below, `<0.1` for less.
    pub fn people(self, x: f64) -> String {
        if x == 0.0 {
            "0".to_owned()
        } else if x < 0.05 {
            format!("<{}", self.number(0.1, 1))
        } else if x < 10.0 {
            self.number(x, 1)
        } else {
            self.number(x, 0)
        }
    }

    /// `2026-06-30` as `30 June 2026`; anything else as it is.
    pub fn day(self, iso: &str) -> String {
        let mut parts = iso.split('-');
        let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return iso.to_owned();
        };
        let month = month.parse::<usize>().ok().and_then(|m| self.months().get(m.checked_sub(1)?).copied());
        match (month, day.parse::<u8>()) {
            (Some(month), Ok(1)) if self == Language::Fr => format!("1er{SPACE}{month} {year}"),
            (Some(month), Ok(day)) if self == Language::De => format!("{day}.{SPACE}{month} {year}"),
            (Some(month), Ok(day)) => format!("{day}{SPACE}{month} {year}"),
            _ => iso.to_owned(),
        }
    }

    fn months(self) -> [&'static str; 12] {
        match self {
            Language::En => {
                ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
            }
            Language::De => {
                ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"]
            }
            Language::Fr => {
                ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]
            }
        }
    }

    /// `2026Q2` as `Q2 2026`, `T2 2026` in French; anything else as it is.
    pub fn quarter(self, text: &str) -> String {
        match text.split_once('Q') {
            Some((year, quarter)) if year.len() == 4 && quarter.len() == 1 => {
                let letter = if self == Language::Fr { 'T' } else { 'Q' };
                format!("{letter}{quarter}{SPACE}{year}")
            }
            _ => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_numbers_by_its_own_rule() {
        assert_eq!(Language::En.number(1234.5, 1), "1,234.5");
        assert_eq!(Language::De.number(1234.5, 1), "1.234,5");
        assert_eq!(Language::Fr.number(1_234_567.0, 0), "1\u{202F}234\u{202F}567");
        assert_eq!(Language::De.share(0.1234), "12,3\u{A0}%");
        assert_eq!(Language::En.number(-0.001, 2), "0.00");
        assert_eq!(Language::En.number(-1.5, 1), "\u{2212}1.5");
    }

    #[test]
    fn something_is_never_shown_as_nothing() {
        assert_eq!(Language::En.share(0.0), "0\u{A0}%");
        assert_eq!(Language::En.share(1e-9), "<0.1\u{A0}%");
        assert_eq!(Language::De.share(0.99999), ">99,9\u{A0}%");
        assert_eq!(Language::En.share(1.0), "100.0\u{A0}%");
        assert_eq!(Language::En.people(0.001), "<0.1");
        assert_eq!(Language::Fr.range(0.1, 0.25), "10,0\u{2013}25,0\u{A0}%");
    }

    #[test]
    fn days_and_quarters_are_written_out() {
        assert_eq!(Language::En.day("2026-06-30"), "30\u{A0}June 2026");
        assert_eq!(Language::De.day("2026-03-01"), "1.\u{A0}März 2026");
        assert_eq!(Language::Fr.day("2026-03-01"), "1er\u{A0}mars 2026");
        assert_eq!(Language::En.day("undated"), "undated");
        assert_eq!(Language::Fr.quarter("2025Q4"), "T4\u{A0}2025");
    }
}
