//! Sums of decimals without rounding: money and tonnes of many rows add up to the same figure in any order.
//!
//! A value is a whole number of 10^-18 in 128 bits: up to 1.7 * 10^20 with 18 decimals, a million times the world's yearly trade in dollars.

use std::fmt;

const PLACES: u32 = 18;
const ONE: i128 = 1_000_000_000_000_000_000;

/// A decimal that adds without loss.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Exact(i128);

impl Exact {
    /// Reads digits with a decimal point, an exponent (`1.2e-05`), or commas that set off groups of three twice or before a point. Digits
    /// beyond the 18th decimal are cut. `None` for anything else, such as `1,234`, which can be read both ways.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.parse::<i32>().ok().filter(|e| e.abs() <= 40)?),
            None => (text, 0),
        };
        let (negative, bare) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = bare.split_once('.').unwrap_or((bare, ""));
        let whole = ungrouped(whole, bare.contains('.'))?;
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if !digits(&whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
            return None;
        }
        // The place of the last digit, counted in decimals.
        let all = format!("{whole}{fraction}");
        let decimals = i32::try_from(fraction.len()).ok()? - exponent;
        let shift = i32::try_from(PLACES).ok()? - decimals;
        let value: i128 = if shift >= 0 {
            let significant = all.trim_start_matches('0');
            if significant.is_empty() {
                0
            } else {
                let factor = 10i128.checked_pow(u32::try_from(shift).ok()?)?;
                significant.parse::<i128>().ok()?.checked_mul(factor)?
            }
        } else {
            let keep = all.len().saturating_sub(usize::try_from(-shift).ok()?);
            all.get(..keep).filter(|t| !t.is_empty()).map_or(Some(0), |t| t.parse().ok())?
        };
        Some(Self(if negative { -value } else { value }))
    }

    /// The sum; `None` beyond the range.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// A multiple; `None` beyond the range.
    pub fn times(self, factor: u32) -> Option<Self> {
        self.0.checked_mul(i128::from(factor)).map(Self)
    }

    /// The thousandth part; digits beyond the 18th decimal are cut.
    pub fn thousandth(self) -> Self {
        Self(self.0 / 1000)
    }

    pub fn is_negative(self) -> bool {
        self.0 < 0
    }
}

/// A whole part without its commas: `1,234,567`, or `1,234` where a point follows.
fn ungrouped(whole: &str, point_follows: bool) -> Option<String> {
    if !whole.contains(',') {
        return Some(whole.to_owned());
    }
    let groups: Vec<&str> = whole.split(',').collect();
    let shaped = groups.first().is_some_and(|g| (1..=3).contains(&g.len())) && groups.iter().skip(1).all(|g| g.len() == 3);
    (shaped && (groups.len() > 2 || point_follows)).then(|| groups.concat())
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0.unsigned_abs() / ONE.unsigned_abs(), self.0.unsigned_abs() % ONE.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        let fraction = format!("{rest:018}");
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        Exact::parse(text).map(|x| x.to_string())
    }

    #[test]
    fn a_decimal_is_written_as_it_was_read() {
        for (text, written) in [
            ("0", "0"),
            ("12.50", "12.5"),
            ("-0.1", "-0.1"),
            ("1e3", "1000"),
            ("1.2e-05", "0.000012"),
            ("1,234,567.5", "1234567.5"),
            ("1,234.5", "1234.5"),
            ("59467.390625", "59467.390625"),
            ("0.1234567890123456789", "0.123456789012345678"),
            (".5", "0.5"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(written), "{text}");
        }
        for bad in ["", "-", "1,234", "12,5", "NA", "1.2.3", "1e99", "ten", "99999999999999999999999999"] {
            assert_eq!(shown(bad), None, "{bad}");
        }
    }

    #[test]
    fn sums_are_exact_in_any_order() {
        let mut all: Vec<Exact> = (1..=1000).filter_map(|i| Exact::parse(&format!("{i}.1"))).collect();
        let sum = |all: &[Exact]| all.iter().try_fold(Exact::default(), |s, x| s.plus(*x)).map(|s| s.to_string());
        let forward = sum(&all);
        all.reverse();
        assert_eq!(forward.as_deref(), Some("500600"));
        assert_eq!(sum(&all), forward);
        assert_eq!(Exact::parse("1.5").and_then(|x| x.times(1000)).map(|x| x.to_string()).as_deref(), Some("1500"));
        assert_eq!(Exact::parse("1234").map(|x| x.thousandth().to_string()).as_deref(), Some("1.234"));
    }
}
