//! What a foreign column holds, counted over up to some thousands of its rows: how many cells are filled, differ, are numbers, dates,
//! countries, identifiers. Only counts and the most common cells are kept.

use super::cells::{DateForm, date_form, figure, is_contact, is_period, range};
use super::words::Dictionary;
use crate::base::{ProductCode, SectorCode, gln_holds, lei_holds, os_id_holds};
use crate::read::Cells;
use crate::read::cell::is_missing;
use crate::reference::Reference;
use crate::schema::ColumnType;
use std::collections::BTreeMap;

/// Rows that are looked at, evenly spread over the file.
pub const ROWS_MOST: usize = 4000;

/// Currencies of ISO 4217 in use.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD \
    GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT \
    LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR \
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP \
    STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF \
    YER ZAR ZMW ZWL RMB";

/// The counts of one column. A share is of the filled cells.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Cells looked at, and those that are filled.
    pub rows: usize,
    pub filled: usize,
    /// Distinct texts among them.
    pub distinct: usize,
    pub numbers: usize,
    pub whole: usize,
    pub negative: usize,
    /// Numbers from 0 to 1, from 0 to 100, from -90 to 90, from -180 to 180.
    pub unit: usize,
    pub hundred: usize,
    pub ninety: usize,
    pub half_turn: usize,
    /// Beyond ±90, so that it can be no latitude.
    pub beyond_ninety: usize,
    /// Numbers with two or more decimals.
    pub fine: usize,
    /// Sum of the numbers from 0 to 100.
    pub hundred_sum: f64,
    pub percent_signs: usize,
    pub money_signs: usize,
    pub commas: usize,
    pub points: usize,
    pub alpha2: usize,
    pub alpha3: usize,
    /// Country names that the engine reads, and those that the dictionary alone knows.
    pub country_names: usize,
    pub country_words: usize,
    pub subdivisions: usize,
    pub currencies: usize,
    pub dates: BTreeMap<DateForm, usize>,
    pub periods: usize,
    pub years: usize,
    pub hs: usize,
    pub hs_long: usize,
    pub sectors: usize,
    /// Texts of the shipped code table.
    pub coded_texts: usize,
    pub leis: usize,
    pub os_ids: usize,
    pub glns: usize,
    pub yes_no: usize,
    pub ranges: usize,
    pub contacts: usize,
    /// Letters with blanks or without digits: reads as a name or text.
    pub wordy: usize,
    /// One piece, with a digit or a separator, or all capitals: reads as an identifier.
    pub id_like: usize,
    /// The most common cells, most common first, then by text.
    pub common: Vec<(String, usize)>,
}

/// Distinct cells kept of a column.
const COMMON_MOST: usize = 60;

impl Profile {
    /// Profiles a column.
    pub fn of(cells: &Cells, words: &Dictionary, reference: &Reference) -> Self {
        let looked = cells.len().min(ROWS_MOST);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut profile = Profile::default();
        for row in (0..looked).map(|i| i * cells.len() / looked) {
            profile.rows += 1;
            let cell = cells.get(row).trim();
            if !is_missing(cell, ColumnType::Id) {
                *counts.entry(cell).or_default() += 1;
            }
        }
        profile.distinct = counts.len();
        for (cell, times) in &counts {
            profile.add(cell, *times, words, reference);
        }
        let mut common: Vec<(&str, usize)> = counts.into_iter().collect();
        common.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        profile.common = common.into_iter().take(COMMON_MOST).map(|(c, n)| (c.to_owned(), n)).collect();
        profile
    }

    fn add(&mut self, cell: &str, times: usize, words: &Dictionary, reference: &Reference) {
        self.filled += times;
        if is_contact(cell) {
            self.contacts += times;
        }
        if let Some(f) = figure(cell) {
            self.numbers += times;
            let tell = |holds: bool, count: &mut usize| *count += if holds { times } else { 0 };
            tell(f.value.fract() == 0.0 && f.decimals == 0, &mut self.whole);
            tell(f.value < 0.0, &mut self.negative);
            tell((0.0..=1.0).contains(&f.value), &mut self.unit);
            tell((0.0..=100.0).contains(&f.value), &mut self.hundred);
            tell(f.value.abs() <= 90.0, &mut self.ninety);
            tell(f.value.abs() <= 180.0, &mut self.half_turn);
            tell(f.value.abs() > 90.0 && f.value.abs() <= 180.0, &mut self.beyond_ninety);
            tell(f.decimals >= 2, &mut self.fine);
            tell(f.percent, &mut self.percent_signs);
            tell(f.money_sign, &mut self.money_signs);
            tell(f.comma, &mut self.commas);
            tell(f.point, &mut self.points);
            if (0.0..=100.0).contains(&f.value) {
                self.hundred_sum += f.value * times as f64;
            }
        }
        let upper = cell.to_uppercase();
        let letters = cell.bytes().all(|b| b.is_ascii_alphabetic());
        if letters && cell.len() == 2 && reference.parse_country(cell).is_some() {
            self.alpha2 += times;
        } else if letters && cell.len() == 3 && reference.parse_country(cell).is_some() {
            self.alpha3 += times;
        } else if reference.country_by_name(cell).is_some() {
            self.country_names += times;
        } else if words.country(cell).is_some() {
            self.country_words += times;
        }
        let tell = |holds: bool, count: &mut usize| *count += if holds { times } else { 0 };
        tell(is_subdivision(cell), &mut self.subdivisions);
        tell(cell.len() == 3 && letters && CURRENCIES.split_whitespace().any(|c| c == upper), &mut self.currencies);
        tell(is_period(cell), &mut self.periods);
        tell(cell.len() == 4 && cell.parse::<u32>().is_ok_and(|y| (1900..2200).contains(&y)), &mut self.years);
        let (hs, long) = product_code(cell, reference);
        tell(hs, &mut self.hs);
        tell(long, &mut self.hs_long);
        tell(SectorCode::parse(cell).is_some_and(|s| reference.sector_exists(s)), &mut self.sectors);
        tell(reference.text_code(cell).is_some(), &mut self.coded_texts);
        tell(lei_holds(cell), &mut self.leis);
        tell(os_id_holds(cell), &mut self.os_ids);
        tell(gln_holds(cell), &mut self.glns);
        tell(words.value("yes_no", cell).is_some() || crate::read::cell::yes_no(cell).is_some(), &mut self.yes_no);
        tell(range(cell).is_some(), &mut self.ranges);
        let alphabetic = cell.chars().filter(|c| c.is_alphabetic()).count();
        let digits = cell.chars().any(|c| c.is_ascii_digit());
        let blanks = cell.contains(' ');
        tell(alphabetic >= 3 && (blanks || !digits || !cell.is_ascii()), &mut self.wordy);
        let marked = cell.chars().any(|c| matches!(c, ':' | '-' | '_' | '/' | '#'));
        tell(!blanks && cell.len() <= 64 && (digits || marked || (letters && *cell == *upper)), &mut self.id_like);
        if let Some(form) = date_form(cell) {
            *self.dates.entry(form).or_default() += times;
        }
    }

    /// The share of the filled cells; 0 of an empty column.
    pub fn share(&self, count: usize) -> f64 {
        if self.filled == 0 { 0.0 } else { count as f64 / self.filled as f64 }
    }

    /// Share of cells that are filled.
    pub fn filled_share(&self) -> f64 {
        if self.rows == 0 { 0.0 } else { self.filled as f64 / self.rows as f64 }
    }

    /// Distinct texts per filled cell.
    pub fn distinct_share(&self) -> f64 {
        self.share(self.distinct)
    }

    pub fn dates(&self) -> usize {
        self.dates.values().sum()
    }

    pub fn countries(&self) -> usize {
        self.alpha2 + self.alpha3 + self.country_names + self.country_words
    }

    /// The one form in which the dates are written, so far as the cells decide: a cell that only reads with the day first settles the rest.
    pub fn date_order(&self) -> Option<DateForm> {
        let count = |f: DateForm| self.dates.get(&f).copied().unwrap_or(0);
        let all = self.dates();
        if all == 0 {
            return None;
        }
        let (day, month, either) = (count(DateForm::DayMonthYear), count(DateForm::MonthDayYear), count(DateForm::DayOrMonthFirst));
        let rest = [DateForm::Iso, DateForm::YearMonthDay, DateForm::MonthInWords].into_iter().max_by_key(|f| (count(*f), *f))?;
        if count(rest) >= day + month + either {
            return Some(rest);
        }
        Some(match (day, month) {
            (1.., 0) => DateForm::DayMonthYear,
            (0, 1..) => DateForm::MonthDayYear,
            _ => DateForm::DayOrMonthFirst,
        })
    }

    /// Whether cells repeat so that each is a class rather than a thing of its own.
    pub fn repeats(&self) -> bool {
        self.distinct <= COMMON_MOST && self.filled >= 2 * self.distinct
    }
}

/// `CC-X` to `CC-XXX` (ISO 3166-2).
fn is_subdivision(cell: &str) -> bool {
    let Some((country, part)) = cell.split_once('-') else { return false };
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=3).contains(&part.len())
        && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a cell is a code of the Harmonized System of 2 to 6 digits; and whether it is a longer national one that begins with such.
fn product_code(cell: &str, reference: &Reference) -> (bool, bool) {
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    let shaped =
        (2..=10).contains(&digits.len()) && cell.trim_start_matches("HS").chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ' '));
    if !shaped {
        return (false, false);
    }
    let known = |d: &str| ProductCode::parse(d).is_some_and(|p| reference.product_exists(p));
    if digits.len() <= 6 { (known(&digits), false) } else { (false, digits.get(..6).is_some_and(known)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(cells: &[&str]) -> Profile {
        let mut column = Cells::default();
        for cell in cells {
            column.push(cell);
        }
        Profile::of(&column, &Dictionary::embedded().unwrap(), &Reference::embedded().unwrap())
    }

    #[test]
    fn a_column_is_counted_by_what_its_cells_are() {
        let p = profile(&["CHN", "VNM", "CHN", "", "NA"]);
        assert_eq!((p.rows, p.filled, p.distinct, p.alpha3, p.alpha2), (5, 4, 3, 3, 1));
        let p = profile(&["China", "Deutschland", "Viêt Nam", "越南"]);
        assert_eq!(p.countries(), 4);
        let p = profile(&["6109.10", "6109100010", "7777", "HS 61"]);
        assert_eq!((p.hs, p.hs_long), (2, 1));
        let p = profile(&["15,765955", "-86,4659"]);
        assert_eq!((p.numbers, p.commas, p.fine, p.ninety, p.negative), (2, 2, 2, 2, 1));
        let p = profile(&["506700GE1G29325QX363", "CN2021250D1DTN7", "6291041500213"]);
        assert_eq!((p.leis, p.os_ids, p.glns), (1, 1, 1));
    }

    #[test]
    fn one_cell_that_can_only_be_read_one_way_settles_the_order_of_dates() {
        assert_eq!(profile(&["03/04/2024", "05/06/2024"]).date_order(), Some(DateForm::DayOrMonthFirst));
        assert_eq!(profile(&["03/04/2024", "25/06/2024"]).date_order(), Some(DateForm::DayMonthYear));
        assert_eq!(profile(&["03/04/2024", "06/25/2024"]).date_order(), Some(DateForm::MonthDayYear));
        assert_eq!(profile(&["25/04/2024", "06/25/2024"]).date_order(), Some(DateForm::DayOrMonthFirst));
        assert_eq!(profile(&["2024-01-31"]).date_order(), Some(DateForm::Iso));
        assert_eq!(profile(&["no date"]).date_order(), None);
    }
}
