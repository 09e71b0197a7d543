//! Calendar days and reporting periods, without a clock.

use chrono::{Datelike, NaiveDate};
use std::fmt;

/// A day, counted from 1970-01-01. Evidence ages in days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date(pub i32);

const EPOCH_FROM_CE: i32 = 719_163;

impl Date {
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(|d| Date(d.num_days_from_ce() - EPOCH_FROM_CE))
    }

    /// Reads `YYYY-MM-DD`, with or without a time of day after it (`T` or a blank), years 1900 to 2199.
    pub fn parse(text: &str) -> Option<Self> {
        let day = text.split(['T', ' ']).next()?;
        let mut parts = day.split('-');
        let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || y.len() != 4 || m.len() != 2 || d.len() != 2 {
            return None;
        }
        let year: i32 = y.parse().ok()?;
        if !(1900..2200).contains(&year) {
            return None;
        }
        Self::from_ymd(year, m.parse().ok()?, d.parse().ok()?)
    }

    /// Reads a day as [`Date::parse`] does, or as three numbers in the order that a file is said to write them, set apart by `.`, `/`, `-`
    /// or 年月日. The year has four digits: of two nobody knows the century.
    pub fn parse_in(text: &str, order: Option<DateOrder>) -> Option<Self> {
        let (None, Some(order)) = (Self::parse(text), order) else { return Self::parse(text) };
        let day = text.trim().split(['T', ' ']).next()?.trim_end_matches('日');
        let mut parts = day.split(['.', '/', '-', '年', '月']);
        let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
        let (y, m, d) = match order {
            DateOrder::DayMonthYear => (c, b, a),
            DateOrder::MonthDayYear => (c, a, b),
            DateOrder::YearMonthDay => (a, b, c),
        };
        let digits = |t: &str, most: usize| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
        if parts.next().is_some() || y.len() != 4 || !digits(y, 4) || !digits(m, 2) || !digits(d, 2) {
            return None;
        }
        Self::parse(&format!("{y}-{m:0>2}-{d:0>2}"))
    }

    fn calendar(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0 + EPOCH_FROM_CE).unwrap_or_default()
    }

    pub fn year(self) -> i32 {
        self.calendar().year()
    }

    /// Calendar month, 1 to 12.
    pub fn month(self) -> u32 {
        self.calendar().month()
    }

    /// The quarter as outputs show it, `2026Q3`.
    pub fn quarter(self) -> String {
        let d = self.calendar();
        format!("{}Q{}", d.year(), d.month0() / 3 + 1)
    }

    /// The period of the calendar quarter that holds this day.
    pub fn quarter_period(self) -> Period {
        let d = self.calendar();
        let first = d.month0() / 3 * 3 + 1;
        Period::months(d.year(), first, 3).unwrap_or(Period { from: self, to: self })
    }

    /// Days from `earlier` to this day; negative where this day is the earlier one.
    pub fn days_since(self, earlier: Date) -> i32 {
        self.0 - earlier.0
    }

    pub fn plus_days(self, days: i32) -> Date {
        Date(self.0.saturating_add(days))
    }
}

/// In which order a file writes the parts of a day, where it is not `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DateOrder {
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
}

impl DateOrder {
    pub const NAMES: [&'static str; 3] = ["day-month-year", "month-day-year", "year-month-day"];

    pub fn as_str(self) -> &'static str {
        match self {
            DateOrder::DayMonthYear => "day-month-year",
            DateOrder::MonthDayYear => "month-day-year",
            DateOrder::YearMonthDay => "year-month-day",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [DateOrder::DayMonthYear, DateOrder::MonthDayYear, DateOrder::YearMonthDay].into_iter().find(|o| o.as_str() == text)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.calendar().format("%Y-%m-%d"))
    }
}

/// A span of whole days, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Period {
    pub from: Date,
    pub to: Date,
}

impl Period {
    fn months(year: i32, first_month: u32, count: u32) -> Option<Self> {
        let from = Date::from_ymd(year, first_month, 1)?;
        let next = first_month + count;
        let after = if next > 12 { Date::from_ymd(year + 1, next - 12, 1)? } else { Date::from_ymd(year, next, 1)? };
        Some(Period { from, to: Date(after.0 - 1) })
    }

    /// Reads `2020`, `2020H1`, `2020Q3`, `2020-05` or a day.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(day) = Date::parse(text) {
            return Some(Period { from: day, to: day });
        }
        let year: i32 = text.get(..4)?.parse().ok()?;
        if !(1900..2200).contains(&year) {
            return None;
        }
        let rest = text.get(4..)?;
        match rest.as_bytes() {
            [] => Self::months(year, 1, 12),
            [b'H' | b'h', half @ b'1'..=b'2'] => Self::months(year, u32::from(half - b'1') * 6 + 1, 6),
            [b'Q' | b'q', quarter @ b'1'..=b'4'] => Self::months(year, u32::from(quarter - b'1') * 3 + 1, 3),
            [b'-', b'Q' | b'q', quarter @ b'1'..=b'4'] => Self::months(year, u32::from(quarter - b'1') * 3 + 1, 3),
            [b'-', tens @ b'0'..=b'1', ones @ b'0'..=b'9'] => Self::months(year, u32::from(tens - b'0') * 10 + u32::from(ones - b'0'), 1),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_of_disclosures_become_dates() {
        let p = |t: &str| Period::parse(t).map(|p| format!("{}..{}", p.from, p.to));
        assert_eq!(p("2020H1").as_deref(), Some("2020-01-01..2020-06-30"));
        assert_eq!(p("2017H2").as_deref(), Some("2017-07-01..2017-12-31"));
        assert_eq!(p("2020Q3").as_deref(), Some("2020-07-01..2020-09-30"));
        assert_eq!(p("2021").as_deref(), Some("2021-01-01..2021-12-31"));
        assert_eq!(p("2024-02").as_deref(), Some("2024-02-01..2024-02-29"));
        assert_eq!(p("2020H3"), None);
        assert_eq!(p("2020-13"), None);
    }

    #[test]
    fn a_day_is_read_and_written_alike() {
        let d = Date::parse("2026-03-31");
        assert_eq!(d.map(|d| d.to_string()).as_deref(), Some("2026-03-31"));
        assert_eq!(d.map(Date::quarter).as_deref(), Some("2026Q1"));
        assert_eq!(Date::parse("2026-02-30"), None);
        assert_eq!(Date::parse("1970-01-01"), Some(Date(0)));
        assert_eq!(Date::parse("31.12.2020"), None);
    }

    #[test]
    fn a_declared_order_reads_other_dates_and_no_other_order() {
        let read = |text: &str, order| Date::parse_in(text, Some(order)).map(|d| d.to_string());
        let spring = Some("2024-03-05".to_owned());
        assert_eq!(read("05.03.2024", DateOrder::DayMonthYear), spring);
        assert_eq!(read("5/3/2024", DateOrder::DayMonthYear), spring);
        assert_eq!(read("03/05/2024", DateOrder::MonthDayYear), spring);
        assert_eq!(read("2024年3月5日", DateOrder::YearMonthDay), spring);
        assert_eq!(read("2024-03-05", DateOrder::DayMonthYear), spring);
        assert_eq!(read("03/25/2024", DateOrder::DayMonthYear), None);
        assert_eq!(read("05.03.24", DateOrder::DayMonthYear), None);
        assert_eq!(read("5.3.2024.1", DateOrder::DayMonthYear), None);
        assert_eq!(read("", DateOrder::DayMonthYear), None);
        assert_eq!(Date::parse_in("05.03.2024", None), None);
        assert!(DateOrder::NAMES.into_iter().all(|n| DateOrder::parse(n).is_some_and(|o| o.as_str() == n)));
    }
}
