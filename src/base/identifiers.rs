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

/// Whether a GLN has 13 digits and its check digit holds: digits weigh 1 and 3 in turn from the left, and the sum ends in 0.
///
/// # Source
/// GS1 General Specifications, section 7.9 (check digit of GTIN-13, GLN).
pub fn gln_holds(gln: &str) -> bool {
    let digits: Vec<u32> = gln.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits.iter().zip([1, 3].into_iter().cycle()).map(|(d, weight)| d * weight).sum();
    gln.len() == 13 && digits.len() == 13 && sum.is_multiple_of(10) && digits.iter().any(|d| *d > 0)
}

/// Whether a D-U-N-S number has nine digits (hyphens aside), neither all the same nor counted up or down. Numbers given out since 2006 carry no check digit.
///
/// # Source
/// Dun & Bradstreet, "What is a D-U-N-S Number": nine digits, assigned without meaning.
pub fn duns_holds(duns: &str) -> bool {
    let bare: Vec<u8> = duns.bytes().filter(|b| *b != b'-').collect();
    let counted_up = matches!(bare.as_slice(), b"123456789" | b"987654321");
    bare.len() == 9 && bare.iter().all(u8::is_ascii_digit) && bare.iter().any(|b| Some(b) != bare.first()) && !counted_up
}

/// Whether a key of the Universal Mill List has its form: `PO1` and nine digits.
///
/// # Source
/// Universal Mill List (WRI, Rainforest Alliance and partners), column `uml_id`.
pub fn uml_id_holds(key: &str) -> bool {
    key.strip_prefix("PO1").is_some_and(|rest| rest.len() == 9 && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a smelter number has its form: `CID` and six digits.
///
/// # Source
/// Responsible Minerals Initiative, Conflict Minerals Reporting Template, smelter look-up.
pub fn cid_holds(cid: &str) -> bool {
    cid.strip_prefix("CID").is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_digit()))
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
    fn numbers_of_places_hold_by_form_and_check_digit() {
        // The example of the GS1 check digit calculator, and the same with another digit.
        assert!(gln_holds("6291041500213"));
        assert!(!gln_holds("6291041500214"));
        assert!(!gln_holds("629104150021"));
        assert!(!gln_holds("0000000000000"));
        assert!(duns_holds("15-048-3782") && duns_holds("150483782"));
        assert!(!duns_holds("15048378") && !duns_holds("000000000") && !duns_holds("15048378X"));
        assert!(uml_id_holds("PO1000004269") && !uml_id_holds("NO UML MATCH") && !uml_id_holds("PO100000426"));
        assert!(cid_holds("CID002763") && !cid_holds("CID2763"));
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
}
