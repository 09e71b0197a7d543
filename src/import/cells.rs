//! Cells as public lists write them: bands of workers, positions, countries by name, shares of a hundred, keys for ids.

use crate::base::CountryCode;
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
    let t = lower.trim();
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

/// A country by ISO code or name.
pub fn country(text: &str, reference: &Reference) -> Option<CountryCode> {
    let text = text.trim().trim_matches(|c: char| !c.is_alphanumeric() && c != ')').trim();
    reference.parse_country(text).or_else(|| reference.parse_country(&text.to_uppercase())).or_else(|| reference.country_by_name(text))
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
        assert_eq!(band("501-100"), None);
        assert_eq!(band("many"), None);
    }

    #[test]
    fn ids_are_plain() {
        assert_eq!(slug("Société Générale S.A."), "societe-generale-s-a");
        assert_eq!(slug("***"), "");
        assert_eq!(degrees("15,76595556", 90.0), Some(15.76595556));
        assert_eq!(degrees("4448056", 90.0), None);
    }
}
