//! Numbers, dates and spans of time as the texts that a CSV would hold.

/// A number as text: whole numbers without decimals, others in the shortest form that reads back as the same number. Where a computation
/// left noise in the last of 17 digits (`0.30000000000000004`), the 15 digits that a spreadsheet shows (`0.3`).
pub fn of_number(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let value = value + 0.0;
    let plain = |v: f64| {
        let size = v.abs();
        if v != 0.0 && !(1e-9..1e21).contains(&size) { format!("{v:e}") } else { v.to_string() }
    };
    let shortest = plain(value);
    if significant(&shortest) < 16 {
        return shortest;
    }
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    let clean = plain(rounded);
    // Only where rounding strikes a run of noughts or nines was there noise; other long fractions are what somebody wrote.
    if significant(&clean) <= 12 { clean } else { shortest }
}

/// Digits of a decimal text from the first to the last that is not 0.
fn significant(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or("");
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

/// A whole number whose format shows leading zeros (`00000`): the digits as shown, so that vendor numbers keep theirs.
pub fn padded(value: f64, format: &str) -> Option<String> {
    let width = format.len();
    let zeros = (2..=30).contains(&width) && format.bytes().all(|b| b == b'0');
    let whole = value >= 0.0 && value.fract() == 0.0 && value < 1e15;
    (zeros && whole).then(|| format!("{value:0width$.0}"))
}

/// Days since the workbook's epoch as date, as time of day, or as both; `None` beyond the years that a spreadsheet has.
pub fn of_date(days: f64, is_1904: bool) -> Option<String> {
    let last = if is_1904 { 2_957_004.0 } else { 2_958_466.0 };
    if !(0.0..last).contains(&days) {
        return None;
    }
    // Spreadsheets hold a time as a binary fraction of a day: whole milliseconds are what was meant.
    let milliseconds = (days * 86_400_000.0).round() as i64;
    let (day, rest) = (milliseconds.div_euclid(86_400_000), milliseconds.rem_euclid(86_400_000));
    let clock = clock(rest);
    if day == 0 {
        return Some(clock);
    }
    let date = match (is_1904, day) {
        (true, d) => base_day(1904, 1, 1, d)?,
        // Lotus 1-2-3 took 1900 for a leap year, and every spreadsheet since does as well: day 60 is a day that never was.
        (false, 60) => "1900-02-29".to_owned(),
        (false, d) if d < 60 => base_day(1899, 12, 31, d)?,
        (false, d) => base_day(1899, 12, 30, d)?,
    };
    Some(if rest == 0 { date } else { format!("{date}T{clock}") })
}

fn base_day(year: i32, month: u32, day: u32, days: i64) -> Option<String> {
    let epoch = chrono::NaiveDate::from_ymd_opt(year, month, day)?;
    epoch.checked_add_signed(chrono::Duration::days(days)).map(|d| d.format("%Y-%m-%d").to_string())
}

fn clock(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match milliseconds % 1000 {
        0 => text,
        rest => format!("{text}.{rest:03}"),
    }
}

/// A span of days as hours, minutes and seconds: `26:30:00`.
pub fn of_span(days: f64) -> Option<String> {
    let milliseconds = (days.abs() * 86_400_000.0).round();
    if !milliseconds.is_finite() || milliseconds > 1e15 {
        return None;
    }
    let sign = if days < 0.0 { "-" } else { "" };
    Some(format!("{sign}{}", clock(milliseconds as i64)))
}

/// A date of ISO 8601 as it is written in workbooks: the time only where it is not midnight.
pub fn of_iso_date(text: &str) -> String {
    let text = text.trim().trim_end_matches('Z');
    match text.split_once(['T', ' ']) {
        Some((day, time)) if time.chars().all(|c| matches!(c, '0' | ':' | '.')) => day.to_owned(),
        Some((day, time)) => format!("{day}T{}", strip_fraction(time)),
        None => text.to_owned(),
    }
}

fn strip_fraction(time: &str) -> &str {
    match time.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole,
        _ => time,
    }
}

/// A duration of ISO 8601 (`PT26H30M00S`) as hours, minutes and seconds.
pub fn of_iso_span(text: &str) -> Option<String> {
    let (sign, body) = match text.trim().strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.trim()),
    };
    let body = body.strip_prefix('P')?;
    let (days, time) = body.split_once('T').unwrap_or((body, ""));
    let mut seconds = 0.0f64;
    for (part, units) in
        [(days, [('D', 86_400.0), ('H', 0.0), ('M', 0.0), ('S', 0.0)]), (time, [('D', 0.0), ('H', 3600.0), ('M', 60.0), ('S', 1.0)])]
    {
        let mut number = String::new();
        for c in part.chars() {
            if c.is_ascii_digit() || c == '.' {
                number.push(c);
                continue;
            }
            let factor = units.iter().find(|u| u.0 == c).map(|u| u.1).filter(|f| *f > 0.0)?;
            seconds += number.parse::<f64>().ok()? * factor;
            number.clear();
        }
        if !number.is_empty() {
            return None;
        }
    }
    of_span(seconds / 86_400.0).map(|t| format!("{sign}{t}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_a_csv_would_hold_them() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1234.0, "1234"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.3"),
            (1.1 * 3.0, "3.3"),
            (0.7236172361723617, "0.7236172361723617"),
            (4_006_381_333_931.0, "4006381333931"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e20, "100000000000000000000"),
            (1e21, "1e21"),
            (1e-12, "1e-12"),
            (-2.5, "-2.5"),
        ] {
            assert_eq!(of_number(value), text);
        }
        assert_eq!(of_number(f64::NAN), "");
    }

    #[test]
    fn formats_of_zeros_keep_leading_zeros() {
        assert_eq!(padded(123.0, "00000").as_deref(), Some("00123"));
        assert_eq!(padded(123.0, "0"), None);
        assert_eq!(padded(1.5, "000"), None);
        assert_eq!(padded(123.0, "0.00"), None);
    }

    // Serial days: ECMA-376 part 1, 18.17.4.1; 45292 is 2024-01-01 in the 1900 system, 43830 in that of 1904.
    #[test]
    fn days_of_both_systems_are_dates() {
        let d = |v| of_date(v, false).unwrap();
        assert_eq!(d(45_292.0), "2024-01-01");
        assert_eq!(d(45_292.5), "2024-01-01T12:00:00");
        assert_eq!(d(1.0), "1900-01-01");
        assert_eq!(d(59.0), "1900-02-28");
        assert_eq!(d(60.0), "1900-02-29");
        assert_eq!(d(61.0), "1900-03-01");
        assert_eq!(d(0.75), "18:00:00");
        assert_eq!(of_date(43_830.0, true).unwrap(), "2024-01-01");
        assert_eq!(of_date(-1.0, false), None);
        assert_eq!(of_date(1e9, false), None);
        assert_eq!(of_date(f64::NAN, false), None);
    }

    #[test]
    fn spans_are_hours_minutes_seconds() {
        assert_eq!(of_span(1.104_166_666_666_666_7).as_deref(), Some("26:30:00"));
        assert_eq!(of_iso_span("PT26H30M00S").as_deref(), Some("26:30:00"));
        assert_eq!(of_iso_span("P1DT2H").as_deref(), Some("26:00:00"));
        assert_eq!(of_iso_span("P1Y"), None);
        assert_eq!(of_iso_date("2024-01-05T00:00:00"), "2024-01-05");
        assert_eq!(of_iso_date("2024-01-05T10:30:00.000"), "2024-01-05T10:30:00");
        assert_eq!(of_iso_date("2024-01-05"), "2024-01-05");
    }
}
