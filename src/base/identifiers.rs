//! Check digits of identifiers whose standard has one.

/// Whether a LEI has 20 capitals and digits and its check digits hold: read as a number with A = 10 to Z = 35, it leaves 1 when divided
/// by 97.
///
/// # Source
/// ISO 17442-1:2020, with ISO/IEC 7064 MOD 97-10.
pub fn lei_holds(lei: &str) -> bool {
    let bytes = lei.as_bytes();
    let form = bytes.len() == 20
        && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && bytes.iter().rev().take(2).all(u8::is_ascii_digit);
    let rest = bytes.iter().fold(0u32, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b.wrapping_sub(b'A')) + 10) % 97,
    });
    form && rest == 1
}

/// Whether an OS ID (blanks and hyphens aside) has its form, `CC` country, `YYYYDDD` day, five symbols, one check symbol, and the check
/// symbol holds: the sum of the two letters' character codes and the ranks of the other symbols in Crockford's base 32, modulo 32.
///
/// # Source
/// Open Supply Hub, github.com/opensupplyhub/open-supply-hub, `src/django/api/os_id.py`.
pub fn os_id_holds(os_id: &str) -> bool {
    const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let id: Vec<u8> = os_id.bytes().filter(|b| !matches!(b, b' ' | b'-')).collect();
    let (Some((check, body)), 15) = (id.split_last(), id.len()) else { return false };
    let (country, rest) = body.split_at(2);
    let form = country.iter().all(u8::is_ascii_uppercase) && rest.iter().take(7).all(u8::is_ascii_digit);
    let rank = |b: &u8| SYMBOLS.iter().position(|s| s == b);
    let Some(ranks) = rest.iter().map(rank).sum::<Option<usize>>() else { return false };
    let sum = country.iter().map(|b| usize::from(*b)).sum::<usize>() + ranks;
    form && SYMBOLS.get(sum % 32) == Some(check)
}

/// Whether a GLN (blanks and hyphens aside) has 13 digits and its check digit holds: digits weighted 1 and 3 in turn from the left sum
/// to a multiple of 10.
///
/// # Source
/// GS1 General Specifications, "Standard check digit calculations for GS1 data structures".
pub fn gln_holds(gln: &str) -> bool {
    let digits: Option<Vec<u32>> = gln.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_digit(10)).collect();
    digits.is_some_and(|d| {
        let sum: u32 = d.iter().enumerate().map(|(i, d)| if i % 2 == 0 { *d } else { 3 * d }).sum();
        d.len() == 13 && d.iter().any(|d| *d > 0) && sum.is_multiple_of(10)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_leis_hold_and_a_changed_digit_does_not() {
        // The register's own entries of GLEIF and of G.E. Financing GmbH.
        assert!(lei_holds("506700GE1G29325QX363"));
        assert!(lei_holds("54930084UKLVMY22DS16"));
        assert!(!lei_holds("506700GE1G29325QX364"));
        assert!(!lei_holds("506700GE1G29325QX3"));
        assert!(!lei_holds("506700ge1g29325qx363"));
    }

    #[test]
    fn registered_os_ids_hold_and_a_changed_symbol_does_not() {
        // Two entries of the register; the example in the source's own comment does not hold.
        assert!(os_id_holds("CN2021250D1DTN7"));
        assert!(os_id_holds("PK-2019083-XJJ7D-7"));
        assert!(!os_id_holds("CN2021250D1DTN8"));
        assert!(!os_id_holds("CN2021250D1DUN7"));
        assert!(!os_id_holds("CN2021250D1DTN"));
        assert!(!os_id_holds("žžžžžžž"));
    }

    #[test]
    fn glns_hold_and_a_changed_digit_does_not() {
        // The worked example of a 13-digit key on gs1.org, check digit calculator: 629104150021 gives 3.
        assert!(gln_holds("6291041500213"));
        assert!(gln_holds("629-1041-500213"));
        assert!(!gln_holds("6291041500214"));
        assert!(!gln_holds("629104150021"));
        assert!(!gln_holds("0000000000000"));
        assert!(!gln_holds("62910415002I3"));
    }
}
