//! Days as files write them, where only the whole column tells whether the month or the day stands first.

use super::cells::month_number;
use super::draft::shown;
use super::{Columns, Options, Sheet};
use crate::base::Date;
use crate::read::Trouble;
use crate::schema::codes::CELL_DATE;

/// Which of two numbers before the year is the month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DayOrder {
    MonthFirst,
    DayFirst,
    /// Neither is seen anywhere: no cell needs it, or none tells.
    Untold,
    /// Some cells have the month first and some the day.
    Mixed,
}

/// Why a cell is no day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoDay {
    Unreadable,
    /// Could be read both ways.
    Ambiguous,
}

/// Two numbers and a year: `03/04/2024`, `3-4-24` is none (a year has four digits).
fn numbers(text: &str) -> Option<(u32, u32, i32)> {
    let text = text.trim();
    // A time of day behind it says nothing here.
    let day = text.split_once(' ').map_or(text, |(d, rest)| if rest.contains(':') { d } else { text });
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    let [a, b, year] = parts.as_slice() else { return None };
    let short = |t: &str| (1..=2).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    let year: i32 = year.parse().ok().filter(|y| (1900..2200).contains(y))?;
    (short(a) && short(b)).then(|| Some((a.parse().ok()?, b.parse().ok()?, year)))?
}

impl DayOrder {
    /// Decides by the cells of a whole column.
    pub fn of<'c>(cells: impl IntoIterator<Item = &'c str>) -> Self {
        let (mut month_first, mut day_first) = (false, false);
        for (a, b, _) in cells.into_iter().filter_map(numbers) {
            day_first |= a > 12 && b <= 12;
            month_first |= b > 12 && a <= 12;
        }
        match (month_first, day_first) {
            (true, false) => Self::MonthFirst,
            (false, true) => Self::DayFirst,
            (false, false) => Self::Untold,
            (true, true) => Self::Mixed,
        }
    }

    /// What `--column date_order=mdy` or `=dmy` says, and the options without it, for it names no column.
    ///
    /// # Errors
    /// It says something else.
    pub fn stated<'o>(options: &Options<'o>) -> Result<(Option<Self>, Options<'o>), Trouble> {
        let mut own = options.clone();
        let order = match own.columns.remove("date_order").as_deref().map(str::trim) {
            None => None,
            Some("mdy") => Some(Self::MonthFirst),
            Some("dmy") => Some(Self::DayFirst),
            Some(other) => {
                let found = format!("{} is neither mdy nor dmy", shown(other));
                return Err(Trouble { code: &CELL_DATE, line: 0, column: Some("date_order".to_owned()), found });
            }
        };
        Ok((order, own))
    }

    /// Decides for columns of a sheet, unless it is stated.
    ///
    /// # Errors
    /// A day could be read both ways and nothing in the columns tells.
    pub fn of_sheet(sheet: &Sheet, columns: &Columns, keys: &[&str], stated: Option<Self>) -> Result<Self, Trouble> {
        let cells = || keys.iter().flat_map(|key| (0..sheet.len()).map(move |row| (*key, row, columns.cell(sheet, key, row))));
        let order = stated.unwrap_or_else(|| Self::of(cells().map(|(.., cell)| cell)));
        let doubtful = cells().find(|(.., cell)| order.day(cell) == Err(NoDay::Ambiguous));
        match doubtful {
            Some((key, row, cell)) if order == Self::Untold => Err(Trouble {
                code: &CELL_DATE,
                line: u64::from(sheet.origin(row).line),
                column: Some(columns.name(sheet, key).to_owned()),
                found: format!(
                    "{} may be read with the month or the day first, and no day of the column is above 12; say --column date_order=mdy or --column date_order=dmy",
                    shown(cell)
                ),
            }),
            _ => Ok(order),
        }
    }

    /// Reads a cell: ISO 8601, `20240521`, `21-May-2024`, `May 21, 2024`, or two numbers and a year as the column has them.
    ///
    /// # Errors
    /// No day, or one that could be read both ways.
    pub fn day(self, text: &str) -> Result<Date, NoDay> {
        let text = text.trim();
        if let Some(day) = Date::parse(text) {
            return Ok(day);
        }
        if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
            let part = |from: usize, to: usize| text.get(from..to).unwrap_or("");
            return Date::parse(&format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8))).ok_or(NoDay::Unreadable);
        }
        if let Some((a, b, year)) = numbers(text) {
            let (month, day) = match self {
                Self::MonthFirst => (a, b),
                Self::DayFirst => (b, a),
                _ if a == b || b > 12 => (a, b),
                _ if a > 12 => (b, a),
                _ => return Err(NoDay::Ambiguous),
            };
            return Date::from_ymd(year, month, day).ok_or(NoDay::Unreadable);
        }
        named_month(text).ok_or(NoDay::Unreadable)
    }
}

fn named_month(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split([' ', '-', ',', '/', '.']).filter(|p| !p.is_empty()).collect();
    let [first, second, year] = parts.get(..3)? else { return None };
    let year: i32 = year.parse().ok().filter(|y| (1900..2200).contains(y))?;
    let (month, day) = match month_number(first) {
        Some(month) => (month, second),
        None => (month_number(second)?, first),
    };
    Date::from_ymd(year, month, day.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_decides_what_one_cell_cannot() {
        let order = DayOrder::of(["03/04/2024", "03/25/2024", ""]);
        assert_eq!(order, DayOrder::MonthFirst);
        assert_eq!(order.day("03/04/2024"), Date::from_ymd(2024, 3, 4).ok_or(NoDay::Unreadable));
        assert_eq!(order.day("25/03/2024"), Err(NoDay::Unreadable));
        assert_eq!(DayOrder::of(["03.04.2024", "25.03.2024"]), DayOrder::DayFirst);
        let untold = DayOrder::of(["03/04/2024", "2024-12-31"]);
        assert_eq!(untold.day("03/04/2024"), Err(NoDay::Ambiguous));
        assert_eq!(untold.day("05/05/2024 00:00:00"), Date::from_ymd(2024, 5, 5).ok_or(NoDay::Unreadable));
        let mixed = DayOrder::of(["25/03/2024", "03/25/2024"]);
        assert_eq!(
            (mixed.day("25/03/2024"), mixed.day("3/4/2024")),
            (Date::from_ymd(2024, 3, 25).ok_or(NoDay::Unreadable), Err(NoDay::Ambiguous))
        );
    }

    #[test]
    fn days_with_the_month_by_name_need_no_column() {
        let expected = Date::from_ymd(2024, 5, 21).ok_or(NoDay::Unreadable);
        for text in ["2024-05-21", "2024-05-21T00:00:00", "20240521", "21-May-2024", "May 21, 2024", "21 May 2024", "May 21st 2024"] {
            assert_eq!(DayOrder::Untold.day(text), expected, "{text}");
        }
        for text in ["45231", "2024", "31-Feb-2024", "21/05/24", "0/0/2024", "é/1/2024", "20241341"] {
            assert!(DayOrder::MonthFirst.day(text).is_err(), "{text}");
        }
    }
}
