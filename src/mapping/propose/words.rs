//! What a header says: its words, folded, against the words of `headers.toml`.
//!
//! A header is compared whole, then by the words that it holds, then by likeness, so that a misspelt or a longer header still counts, but
//! for less. Each meaning of the dictionary has a score of its own from 0 to 1; what a column makes of it is for [`super::fit`].

use crate::base::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use strsim::normalized_damerau_levenshtein as likeness;

/// Likeness of two whole headers, and of two single words, from which one is a misspelling of the other.
const WHOLE_ALIKE: f64 = 0.84;
const WORD_ALIKE: f64 = 0.8;
/// Shorter words are too alike by chance.
const LETTERS_LEAST: usize = 5;

/// Words that carry no meaning of their own, once folded.
const FILLERS: &[&str] = &[
    "a", "al", "and", "by", "d", "da", "das", "de", "dei", "del", "della", "dello", "den", "der", "des", "di", "die", "do", "du", "e",
    "el", "en", "et", "for", "fur", "het", "in", "l", "la", "las", "le", "les", "los", "o", "of", "per", "por", "pour", "the", "und",
    "van", "ve", "von", "y", "yang",
];

/// A header or a word of the dictionary, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    pub words: Vec<String>,
    pub joined: String,
}

impl Folded {
    /// Case, accents, punctuation, plural endings and fillers taken off; words split at separators and where a capital follows a small
    /// letter.
    ///
    /// ```
    /// use onus::mapping::propose::words::Folded;
    /// assert_eq!(Folded::of("Número de trabajadores").words, ["numero", "trabajadore"]);
    /// assert_eq!(Folded::of("parentCompany_Name").words, ["parent", "company", "name"]);
    /// assert_eq!(Folded::of("工厂名称").joined, "工厂名称");
    /// ```
    pub fn of(text: &str) -> Self {
        let mut words = split(text);
        if words.iter().any(|w| !FILLERS.contains(&w.as_str())) {
            words.retain(|w| !FILLERS.contains(&w.as_str()));
        }
        for word in &mut words {
            singular(word);
        }
        let joined = words.concat();
        Self { words, joined }
    }

    fn letters(&self) -> usize {
        self.joined.chars().count()
    }
}

/// The words of a text: small letters without accents.
fn split(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    let mut before = ' ';
    for c in text.chars() {
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            '°' | 'º' if before.eq_ignore_ascii_case(&'n') => 'o',
            c => c,
        };
        before = c;
        if matches!(c, '\u{300}'..='\u{36f}') {
            continue;
        }
        if matches!(c, '%' | '#') {
            words.push(c.to_string());
            words.push(String::new());
            small = false;
            continue;
        }
        if !c.is_alphanumeric() || (c.is_uppercase() && small) {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            match c {
                '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                    word.extend(deunicode::deunicode_char(c).unwrap_or_default().chars().flat_map(char::to_lowercase));
                }
                c => word.extend(c.to_lowercase()),
            }
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

/// Crude and the same on both sides: what matters is that equal words stay equal.
fn singular(word: &mut String) {
    if word.len() > 4 && word.ends_with("ies") {
        word.truncate(word.len() - 3);
        word.push('y');
    } else if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
}

/// A meaning that a column can have, and how far it goes for the column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reads {
    pub meaning: usize,
    pub weight: f64,
}

/// The words of headers, of file names and of cells, embedded.
#[derive(Debug)]
pub struct Dictionary {
    /// Name and words of each meaning.
    meanings: Vec<(String, Vec<Folded>)>,
    /// Table, column, meanings.
    columns: BTreeMap<(String, String), Vec<Reads>>,
    /// Words of file and sheet names by table.
    tables: BTreeMap<String, Vec<Folded>>,
    /// Column, folded cell, our code.
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// Folded name of a country, alpha-3.
    countries: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct HeadersText {
    meaning: BTreeMap<String, Vec<String>>,
    columns: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    tables: BTreeMap<String, Vec<String>>,
}

type ValuesText = BTreeMap<String, BTreeMap<String, Vec<String>>>;

fn broken(file: &str, what: impl std::fmt::Display) -> Error {
    Error::internal(format!("{file} of the proposals: {what}"))
}

impl Dictionary {
    /// The embedded one.
    ///
    /// # Errors
    /// An embedded file that does not read; a test holds that it does.
    pub fn embedded() -> Result<Self> {
        let text: HeadersText = toml::from_str(include_str!("headers.toml")).map_err(|e| broken("headers.toml", e))?;
        let meanings: Vec<(String, Vec<Folded>)> =
            text.meaning.into_iter().map(|(name, words)| (name, words.iter().map(|w| Folded::of(w)).collect())).collect();
        let mut columns = BTreeMap::new();
        for (table, of_table) in text.columns {
            for (column, names) in of_table {
                let reads = names.iter().map(|n| read_meaning(n, &meanings)).collect::<Result<Vec<Reads>>>()?;
                columns.insert((table.clone(), column), reads);
            }
        }
        let tables = text.tables.into_iter().map(|(t, words)| (t, words.iter().map(|w| Folded::of(w)).collect())).collect();
        let text: ValuesText = toml::from_str(include_str!("values.toml")).map_err(|e| broken("values.toml", e))?;
        let mut values: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (column, codes) in text {
            let of_column = values.entry(column).or_default();
            for (code, words) in &codes {
                of_column.insert(cell_key(code), code.clone());
                for word in words {
                    of_column.entry(cell_key(word)).or_insert_with(|| code.clone());
                }
            }
        }
        let mut countries = BTreeMap::new();
        for line in include_str!("country_words.csv").lines().skip(1) {
            let (name, code) = line.rsplit_once(',').ok_or_else(|| broken("country_words.csv", line))?;
            countries.insert(cell_key(name.trim_matches('"')), code.to_owned());
        }
        Ok(Self { meanings, columns, tables, values, countries })
    }

    /// How far a header has each meaning, by number of the meaning.
    pub fn scores(&self, header: &str) -> Vec<f64> {
        let readings = readings(header);
        let best = |words: &[Folded]| {
            let each = readings.iter().map(|(folded, keep)| words.iter().map(|w| score(folded, w)).fold(0.0, f64::max) * keep);
            each.fold(0.0, f64::max)
        };
        self.meanings.iter().map(|(_, words)| best(words)).collect()
    }

    /// The meanings of a column of ours; none where the dictionary does not name it.
    pub fn of_column(&self, table: &str, column: &str) -> &[Reads] {
        self.columns.get(&(table.to_owned(), column.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// Name of a meaning.
    pub fn meaning(&self, number: usize) -> &str {
        self.meanings.get(number).map_or("", |m| m.0.as_str())
    }

    /// Number of the meaning of that name.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.meanings.iter().position(|m| m.0 == name)
    }

    /// How far the name of a file or sheet is that of a table: 1 where it is one of its words, less where it holds one.
    pub fn of_file(&self, table: &str, stem: &str) -> f64 {
        let folded = Folded::of(stem);
        self.tables.get(table).into_iter().flatten().map(|w| score(&folded, w)).fold(0.0, f64::max)
    }

    /// Our code for a cell of a column with a closed list.
    pub fn value(&self, column: &str, cell: &str) -> Option<&str> {
        self.values.get(column)?.get(&cell_key(cell)).map(String::as_str)
    }

    /// The code of a kind that one of these words is, the last first: in most headers and file names it stands near the end.
    pub fn kind_in(&self, text: &str) -> Option<&str> {
        let kinds = self.values.get("kind")?;
        let words = split(text);
        let longest = (1..=3).rev();
        longest
            .flat_map(|n| words.windows(n).rev().collect::<Vec<_>>())
            .find_map(|w| kinds.get(&cell_key(&w.join(" "))))
            .map(String::as_str)
            .or_else(|| {
                words
                    .iter()
                    .find(|w| !w.is_ascii())
                    .and_then(|w| kinds.iter().find(|(k, _)| !k.is_ascii() && w.contains(k.as_str())))
                    .map(|(_, v)| v.as_str())
            })
    }

    /// The alpha-3 code of a country named in one of the languages.
    pub fn country(&self, cell: &str) -> Option<&str> {
        self.countries.get(&cell_key(cell)).map(String::as_str)
    }

    /// Every column that the dictionary names, for the test that holds them to the declarations.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns.keys().map(|(t, c)| (t.as_str(), c.as_str()))
    }

    /// Every value list with its codes, for the same test.
    pub fn value_codes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().flat_map(|(column, words)| words.values().map(move |code| (column.as_str(), code.as_str())))
    }
}

fn read_meaning(name: &str, meanings: &[(String, Vec<Folded>)]) -> Result<Reads> {
    let (name, weight) = name.split_once(':').unwrap_or((name, "1"));
    let meaning = meanings.iter().position(|m| m.0 == name).ok_or_else(|| broken("headers.toml", format!("no meaning {name}")))?;
    Ok(Reads { meaning, weight: weight.parse().map_err(|e| broken("headers.toml", e))? })
}

/// A cell as cells are compared.
pub fn cell_key(cell: &str) -> String {
    let mut words = split(cell);
    for word in &mut words {
        singular(word);
    }
    words.join(" ")
}

/// The ways to read a header: whole; without what stands in brackets; each part of a header in two languages.
fn readings(header: &str) -> Vec<(Folded, f64)> {
    let mut all = vec![(Folded::of(header), 1.0)];
    let mut depth = 0u32;
    let bare: String = header
        .chars()
        .filter(|c| {
            match c {
                '(' | '[' | '（' | '【' => depth += 1,
                ')' | ']' | '）' | '】' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect();
    if bare.len() < header.len() {
        all.push((Folded::of(&bare), 0.98));
    }
    let parts: Vec<&str> = header.split(['/', '\n', '|', '(', '（', '，', ',']).collect();
    if parts.len() > 1 {
        all.extend(parts.into_iter().map(|p| (Folded::of(p), 0.96)));
    }
    all.retain(|(f, _)| !f.joined.is_empty());
    all
}

fn same_word(a: &str, b: &str) -> Option<f64> {
    if a == b {
        return Some(1.0);
    }
    let long = |w: &str| w.chars().count() >= LETTERS_LEAST;
    (long(a) && long(b) && a.is_ascii() == b.is_ascii() && likeness(a, b) >= WORD_ALIKE).then_some(0.93)
}

/// How far a header says a word of the dictionary, 0 to 1.
fn score(header: &Folded, word: &Folded) -> f64 {
    if header.joined.is_empty() || word.joined.is_empty() {
        return 0.0;
    }
    if header.words == word.words {
        return 1.0;
    }
    if header.joined == word.joined {
        return 0.98;
    }
    let (long, short) = (header.letters(), word.letters());
    let cover = short as f64 / long.max(1) as f64;
    if !word.joined.is_ascii() {
        return if cover < 1.0 && header.joined.contains(&word.joined) { 0.5 + 0.45 * cover } else { 0.0 };
    }
    let mut best: f64 = 0.0;
    if word.words.len() <= header.words.len() {
        let held: Option<Vec<(usize, f64)>> = word
            .words
            .iter()
            .map(|w| {
                header.words.iter().enumerate().filter_map(|(i, h)| same_word(h, w).map(|s| (i, s))).max_by(|a, b| a.1.total_cmp(&b.1))
            })
            .collect();
        if let Some(held) = held {
            let spelt: f64 = held.iter().map(|h| h.1).product();
            let in_order = held.windows(2).all(|w| w[1].0 == w[0].0 + 1);
            let whole = word.words.len() == header.words.len();
            let held = match (whole, in_order) {
                (true, true) => 1.0,
                (true, false) => 0.96,
                (false, true) => 0.45 + 0.45 * cover,
                (false, false) => 0.4 + 0.45 * cover,
            };
            best = best.max(held * spelt);
        }
    }
    if short >= LETTERS_LEAST && long >= LETTERS_LEAST && long.abs_diff(short) * 5 <= long.max(short) {
        let alike = likeness(&header.joined, &word.joined);
        if alike >= WHOLE_ALIKE {
            best = best.max(0.92 * alike);
        }
    }
    if short >= LETTERS_LEAST && word.words.len() == 1 {
        let part = |h: &String| h.len() > word.joined.len() && (h.starts_with(&word.joined) || h.ends_with(&word.joined));
        if header.words.iter().any(part) {
            best = best.max(0.35 + 0.45 * cover);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ColumnType, INPUT_TABLES, input_table};

    fn best(header: &str) -> (String, f64) {
        let words = Dictionary::embedded().unwrap();
        let scores = words.scores(header);
        let (number, score) = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0))).unwrap();
        (words.meaning(number).to_owned(), *score)
    }

    #[test]
    fn headers_of_many_languages_have_their_meaning() {
        for (header, meaning) in [
            ("Land", "country"),
            ("Pays", "country"),
            ("País", "country"),
            ("Negara", "country"),
            ("Ülke", "country"),
            ("Quốc gia", "country"),
            ("国家", "country"),
            ("国名", "country"),
            ("Factory Name / 工厂名称", "site_name"),
            ("Anzahl der Mitarbeiter", "workers"),
            ("Nombre de la fábrica", "site_name"),
            ("Muttergesellschaft", "parent"),
            ("parentCompany", "parent"),
            ("PARENT COMPANY NAME", "parent"),
            ("Numero fornitore", "vendor_number"),
            ("Tanggal audit", "audit_date"),
            ("Ngày hết hạn", "expires"),
            ("% Female Workers", "female_share"),
            ("HS-Code", "hs_code"),
            ("Lieferanten Nr.", "vendor_number"),
            ("Latitude (decimal degrees)", "latitude"),
            ("country_of_destination", "importing_country"),
        ] {
            assert_eq!(best(header).0, meaning, "{header}: {:?}", best(header));
        }
    }

    #[test]
    fn a_misspelt_header_counts_for_less_than_a_right_one() {
        for (wrong, right) in [("Contry", "Country"), ("Suplier Name", "Supplier Name"), ("Adress", "Address"), ("Longtitude", "Longitude")]
        {
            let (found, expected) = (best(wrong), best(right));
            assert_eq!(found.0, expected.0, "{wrong}");
            assert!(found.1 < expected.1 && found.1 > 0.6, "{wrong}: {}", found.1);
        }
    }

    #[test]
    fn a_word_of_another_meaning_is_not_taken_for_its_likeness() {
        for (header, not) in [("County", "country"), ("workers_female", "workers"), ("Supplier address", "supplier_name")] {
            assert_ne!(best(header).0, not, "{header}");
        }
    }

    #[test]
    fn every_value_is_a_code_of_ours_and_every_table_is_one() {
        let words = Dictionary::embedded().unwrap();
        for (column, code) in words.value_codes().filter(|(c, _)| *c != "yes_no") {
            let known = INPUT_TABLES
                .iter()
                .flat_map(|t| t.columns)
                .any(|c| c.name == column && matches!(c.kind, ColumnType::Code(list) if list.contains(&code)));
            assert!(known, "{column} has no {code}");
        }
        for (table, _) in words.columns() {
            assert!(input_table(table).is_some(), "{table}");
        }
        assert_eq!(words.value("announcement", "Non annoncé"), Some("unannounced"));
        assert_eq!(words.value("kind", "FABRIK"), Some("factory"));
        assert_eq!(words.value("kind", "Fabrikverkauf"), None);
        assert_eq!(words.country("Deutschland"), Some("DEU"));
        assert_eq!(words.country("越南"), Some("VNM"));
    }
}
