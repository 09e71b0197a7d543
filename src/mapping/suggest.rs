//! The word that was probably meant; and how texts of code tables are compared.

/// The candidate nearest to `word`, if one is near enough to be what was meant (Jaro-Winkler similarity of 0.82 or more).
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let mut best: Option<(&str, f64)> = None;
    for candidate in candidates {
        let near = strsim::jaro_winkler(&word, candidate);
        if near >= 0.82 && best.is_none_or(|(b, n)| near > n || (near == n && candidate < b)) {
            best = Some((candidate, near));
        }
    }
    best.map(|b| b.0)
}

/// A text without regard to case and to the number of blanks.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}
