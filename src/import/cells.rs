//! Cells as public lists write them: bands of workers, positions, countries by name, shares of a hundred, keys for ids.

use crate::base::{CountryCode, Date};
use crate::read::NumberStyle;
use crate::read::cell::number;
use crate::reference::Reference;

/// The workers of a band, low and high; one end may be open: `501-1000`, `<1000`, `1001 to 5000`, `>10,000`, `10000+`, `250`.
/// `None` where it is none, or the lower end is above the upper.
pub fn band(text: &str) -> Option<(Option<u64>, Option<u64>)> {
    let plain: String = text.chars().map(|c| if matches!(c, '–' | '—' | '‒' | '−') { '-' } else { c }).collect();
    let lower = plain.to_lowercase().replace("less than", "<").replace("more than", ">").replace("fewer than", "<").replace("over", ">");
    let lower = lower.replace("up to", "≤").replace(" to ", "-").replace("workers", "").replace("employees", "");
    let whole = |t: &str| -> Option<u64> {
        let value = number(t.trim(), NumberStyle { decimal: Some(b'.'), ..NumberStyle::default() }).ok()?;
        (value >= 0.0 && value.fract() == 0.0 && value < 1e8).then_some(value as u64)
    };
    let t = lower.trim().trim_end_matches(['.', '*']).trim();
    if let Some(rest) = t.strip_prefix('<') {
        return Some((None, Some(whole(rest.trim_start_matches('='))?.saturating_sub(u64::from(!rest.starts_with('='))))));
    }
    if let Some(rest) = t.strip_prefix('≤') {
        return Some((None, Some(whole(rest)?)));
    }
    if let Some(rest) = t.strip_prefix('>') {
        return Some((Some(whole(rest.trim_start_matches('='))? + u64::from(!rest.starts_with('='))), None));
    }
    if let Some(rest) = t.strip_suffix('+') {
        return Some((Some(whole(rest)?), None));
    }
    match t.split_once('-') {
        Some((low, high)) => {
            let (low, high) = (whole(low)?, whole(high)?);
            (low <= high).then_some((Some(low), Some(high)))
        }
        None => whole(t).map(|w| (Some(w), Some(w))),
    }
}

/// A degree with decimal point or comma, within `most`.
pub fn degrees(text: &str, most: f64) -> Option<f64> {
    let value: f64 = text.trim().replace(',', ".").parse().ok()?;
    (value.is_finite() && value.abs() <= most).then_some(value)
}

/// A country by ISO code or name; of `New York (United States)` the one in brackets.
pub fn country(text: &str, reference: &Reference) -> Option<CountryCode> {
    let text = text.trim().trim_matches(|c: char| !c.is_alphanumeric() && c != ')').trim();
    let exact = |t: &str| reference.parse_country(t).or_else(|| reference.country_by_name(t));
    let bracket = || text.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).map(str::trim);
    exact(text).or_else(|| bracket().filter(|t| t.len() > 3).and_then(exact))
}

/// A degree as text with a decimal point, within `most`; as written but for the comma.
pub fn degrees_text(text: &str, most: f64) -> Option<String> {
    degrees(text, most).map(|_| text.trim().replace(',', "."))
}

/// Whether a text stands where a name should and says that there is none (`Unknown`, `N/A`, `not available`).
pub fn is_no_name(text: &str) -> bool {
    let plain = crate::mapping::fold(text.trim().trim_matches(|c: char| matches!(c, '.' | '*' | '(' | ')' | '"')));
    plain.chars().all(|c| !c.is_alphanumeric())
        || matches!(
            plain.as_str(),
            "unknown"
                | "unknown customer"
                | "unknown country"
                | "n/a"
                | "na"
                | "n.a"
                | "none"
                | "null"
                | "nil"
                | "nan"
                | "tbc"
                | "tbd"
                | "not available"
                | "not applicable"
                | "not disclosed"
                | "not stated"
                | "not known"
                | "undisclosed"
                | "confidential"
                | "to be confirmed"
                | "various"
        )
}

/// A day as ISO 8601 or as United States offices write it: `2022-06-21`, `June 21, 2022`, `06/21/2022` (month first).
pub fn us_day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(day) = Date::parse(text) {
        return Some(day);
    }
    let parts: Vec<&str> = text.split(['/', ' ', ',']).filter(|p| !p.is_empty()).collect();
    let [month, day, year] = parts.as_slice() else { return None };
    let month = month.parse().ok().or_else(|| month_number(month))?;
    let year: i32 = year.parse().ok().filter(|y| (1900..2200).contains(y))?;
    Date::from_ymd(year, month, day.parse().ok()?)
}

/// The month of an English name, whole or cut to three letters.
pub fn month_number(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    let lower = text.trim_end_matches('.').to_lowercase();
    let known =
        |month: &str| month == lower || (lower.len() == 3 && month.starts_with(&lower)) || (lower == "sept" && month == "september");
    MONTHS.iter().position(|m| known(m)).and_then(|i| u32::try_from(i + 1).ok())
}

/// An address up to a contact in it: `attn`, `c/o`, a telephone, fax or mobile number, an e-mail address.
pub fn without_contacts(address: &str) -> &str {
    let ends = [contact_word(address), mail_address(address), telephone(address)];
    let cut = ends.into_iter().flatten().min().and_then(|at| address.get(..at)).unwrap_or(address);
    if cut.len() == address.len() { cut } else { cut.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ')')) }
}

fn contact_word(address: &str) -> Option<usize> {
    // The lower case of ASCII has the same length.
    let lower = address.to_ascii_lowercase();
    let marks = [
        ("attn", false),
        ("attention", false),
        ("c/o", false),
        ("tel", true),
        ("telephone", true),
        ("telefon", true),
        ("phone", true),
        ("ph", true),
        ("fax", true),
        ("mobile", true),
        ("mob", true),
        ("e-mail", false),
        ("email", false),
    ];
    let found = |(mark, numbered): (&str, bool)| {
        lower.match_indices(mark).map(|(at, _)| at).find(|at| {
            let before = lower.get(..*at).and_then(|t| t.chars().next_back());
            let behind = lower.get(at + mark.len()..).unwrap_or("");
            // Tel Aviv and Mobile, Alabama are towns.
            let number = behind.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '#' | '(' | '/'))
                || ["no.", "no:", "no ", "number"].iter().any(|no| behind.trim_start().starts_with(no));
            !before.is_some_and(char::is_alphanumeric) && !behind.starts_with(char::is_alphanumeric) && (!numbered || number)
        })
    };
    marks.into_iter().filter_map(found).min()
}

fn mail_address(address: &str) -> Option<usize> {
    let at = address.find('@')?;
    let before = address.get(..at)?;
    Some(before.char_indices().rev().find(|(_, c)| c.is_whitespace() || matches!(c, ',' | ';')).map_or(0, |(i, c)| i + c.len_utf8()))
}

/// The first run of digits with the signs of telephone numbers between them, 7 digits or more; not a postal code such as 12345-6789.
fn telephone(address: &str) -> Option<usize> {
    let mut run: Option<(usize, String)> = None;
    for (at, c) in address.char_indices().chain([(address.len(), '\0')]) {
        if c.is_ascii_digit() || c == '+' || (run.is_some() && matches!(c, ' ' | '-' | '.' | '(' | ')')) {
            run.get_or_insert((at, String::new())).1.push(c);
            continue;
        }
        if let Some((from, text)) = run.take() {
            let text = text.trim_end();
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let halves = text.split_once('-').map(|(a, b)| (a.len(), b.len()));
            // `Example Road 12 99999 Town`: a house number with a postal code behind it.
            let house = text.split_once(' ').is_some_and(|(number, code)| {
                number.len() <= 4 && code.len() <= 6 && !number.starts_with(['0', '+']) && code.bytes().all(|b| b.is_ascii_digit())
            });
            let marked = address.get(..from).is_some_and(|before| before.trim_end().ends_with('〒'));
            if digits >= 7 && !marked && !house && !matches!(halves, Some((5, 3 | 4)) if digits <= 9) {
                return Some(from);
            }
        }
    }
    None
}

/// A text as part of an id: Latin letters, digits and single hyphens.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in deunicode::deunicode(text).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(96);
    slug.trim_end_matches('-').to_owned()
}

/// Ten hexadecimal digits of what tells a record apart where a list gives it no number of its own.
pub fn key(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(crate::mapping::fold(part).as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().as_bytes().iter().take(5).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_keep_their_ends() {
        assert_eq!(band("501-1000"), Some((Some(501), Some(1000))));
        assert_eq!(band("1001 – 5000"), Some((Some(1001), Some(5000))));
        assert_eq!(band("<1000"), Some((None, Some(999))));
        assert_eq!(band("Less than 1000"), Some((None, Some(999))));
        assert_eq!(band(">10000"), Some((Some(10001), None)));
        assert_eq!(band("10,000+"), Some((Some(10000), None)));
        assert_eq!(band("347"), Some((Some(347), Some(347))));
        assert_eq!(band("1 - 1,000 workers"), Some((Some(1), Some(1000))));
        assert_eq!(band("501-100"), None);
        assert_eq!(band("many"), None);
    }

    #[test]
    fn contacts_are_cut_from_addresses() {
        for (address, kept) in [
            ("12 Example Road, Attn: Anna Example", "12 Example Road"),
            ("12 Example Road Tel: 555 0100", "12 Example Road"),
            ("12 Example Road, +62 21 5550 100", "12 Example Road"),
            ("12 Example Road, anna@example.org, Town", "12 Example Road"),
            ("Tel Aviv, 12 Example Street", "Tel Aviv, 12 Example Street"),
            ("1 Hotel Street, Mobile, AL 36602-1234", "1 Hotel Street, Mobile, AL 36602-1234"),
            ("Example Road 12 99999 Town", "Example Road 12 99999 Town"),
            ("c/o Anna Example, Town", ""),
        ] {
            assert_eq!(without_contacts(address), kept);
        }
    }

    #[test]
    fn ids_are_plain() {
        assert_eq!(slug("Société Générale S.A."), "societe-generale-s-a");
        assert_eq!(slug("***"), "");
        assert_eq!(degrees("15,76595556", 90.0), Some(15.76595556));
        assert_eq!(degrees("4448056", 90.0), None);
        assert_eq!(degrees_text("-86,46591111", 180.0).as_deref(), Some("-86.46591111"));
    }

    #[test]
    fn what_is_no_name_is_known_and_a_day_has_its_month() {
        assert!(is_no_name("Unknown") && is_no_name(" n/a ") && is_no_name("--") && is_no_name("N.A."));
        assert!(!is_no_name("Unknown Mill 3") && !is_no_name("NAD"));
        for text in ["2022-06-21", "June 21, 2022", "06/21/2022", "Jun 21 2022"] {
            assert_eq!(us_day(text), Date::from_ymd(2022, 6, 21), "{text}");
        }
        assert_eq!(us_day("2022"), None);
        assert_eq!(us_day("21/06/2022"), None);
    }
}
