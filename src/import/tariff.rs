//! HS codes as papers of trade state them: one or several in a cell, or within a text behind a word for them.

use super::Options;
use crate::base::ProductCode;

/// The digits that all codes share, two or more; `None` where there is no code.
pub(super) fn common_code<'c>(codes: impl Iterator<Item = &'c str>, options: &Options<'_>) -> Result<Option<String>, &'static str> {
    let mut common: Option<String> = None;
    for code in codes.map(str::trim).filter(|c| !c.is_empty()) {
        let bare = code.to_uppercase().replace("HS", "").replace("HTS", "").replace("CODE", "");
        let digits: String = bare.chars().filter(|c| !matches!(c, '.' | ' ' | '-' | ':' | '#')).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) || !(2..=12).contains(&digits.len()) {
            return Err("hs-unreadable");
        }
        if digits.len() % 2 == 1 {
            return Err("hs-odd-digits");
        }
        let head = digits.get(..digits.len().min(6)).unwrap_or("");
        if !ProductCode::parse(head).is_some_and(|p| options.reference.product_exists(p)) {
            return Err("hs-unknown");
        }
        common = Some(match common {
            None => head.to_owned(),
            Some(known) => {
                let shared = known.bytes().zip(head.bytes()).take_while(|(a, b)| a == b).count() / 2 * 2;
                known.get(..shared).unwrap_or("").to_owned()
            }
        });
    }
    match common {
        Some(code) if code.len() < 2 => Err("hs-several"),
        common => Ok(common),
    }
}

/// Numbers that a text gives as HS, HTS or NCM codes.
pub(super) fn stated_codes(text: &str) -> Vec<String> {
    let upper = text.to_uppercase();
    let words: Vec<&str> = upper
        .split(|c: char| c.is_whitespace() || matches!(c, ':' | '#' | ',' | ';' | '(' | ')' | '/'))
        .filter(|w| !w.is_empty())
        .collect();
    let mut found = Vec::new();
    let mut open = false;
    for word in words {
        let word = word.trim_matches(|c: char| matches!(c, '.' | '-'));
        let digits = word.strip_prefix("HTS").or_else(|| word.strip_prefix("HS")).or_else(|| word.strip_prefix("NCM")).unwrap_or(word);
        let is_code = digits.len() >= 4
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && digits.bytes().filter(u8::is_ascii_digit).count() <= 10;
        if is_code && (open || digits.len() < word.len()) {
            found.push(digits.to_owned());
            open = true;
        } else {
            open = matches!(word, "HS" | "HTS" | "HTSUS" | "H.S" | "NCM" | "HSCODE" | "HSN")
                || (open && matches!(word, "CODE" | "CODES" | "NO" | "NO." | "NUMBER" | "IS" | "AND" | "&"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_within_a_text_need_a_word_before_them() {
        assert_eq!(stated_codes("COTTON T-SHIRTS HS CODE: 6109.10 PO 123456"), ["6109.10"]);
        assert_eq!(stated_codes("HTS#6109100012, 6110.20 NW 4500 KG"), ["6109100012", "6110.20"]);
        assert_eq!(stated_codes("T-SHIRTS PO 610910 TEL 4420794600"), [""; 0]);
    }
}
