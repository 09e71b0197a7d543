//! Records made ready for comparison: names split into words, numbers and legal forms; words numbered and weighed by how rare they are.
//!
//! A word's weight is its information `-log2 p`, with `p = (n + k q) / (N + k)`: n of N names hold it, and q is its share among the names of
//! `common_words.csv` (a word not there: half a name), counted as k = 500 names. In a set of twenty records the table decides that
//! `garment` is common; in a million the records do.

use super::forms::{LegalForm, LegalForms};
use super::record::{Class, MAX_NAMES, Names, Record};
use super::text::{MAX_WORDS, Word, fold, roman};
use crate::base::{CountryCode, par};
use std::collections::HashMap;
use std::sync::Arc;

/// Names that the background table counts for.
const BACKGROUND: f64 = 500.0;
const BACKGROUND_NAMES: f64 = 13_875.0;
/// Words that occur in more than this share of names do not enter the joined spelling.
pub(super) const GENERIC_BITS: f32 = 6.0;

/// One name, compared by its words.
pub(super) struct Name {
    /// Words in order, without numbers and legal forms.
    pub words: Box<[u32]>,
    /// Numbers and numerals, and a single letter at the end (as 1000 and its rank), sorted.
    pub numbers: Box<[u32]>,
    pub forms: Box<[LegalForm]>,
    /// The rarer words joined without spaces.
    pub joined: Box<str>,
    /// One bit for each letter of `joined`.
    pub letters: u32,
    /// Information of all words, bits.
    pub bits: f32,
    /// It is a part of the name before it, between brackets or dashes.
    pub part: bool,
}

/// An address, compared by its words and numbers.
pub(super) struct Address {
    /// Sorted, each once.
    pub words: Box<[u32]>,
    pub numbers: Box<[u32]>,
    pub bits: f32,
}

/// A record, ready.
pub(super) struct Ready {
    pub names: Box<[Name]>,
    pub class: Class,
    pub country: Option<CountryCode>,
    pub subdivision: Box<[u32]>,
    pub city: Box<[u32]>,
    pub address: Option<Box<Address>>,
    pub position: Option<(f64, f64)>,
    pub groups: Box<[Name]>,
    /// Words of all groups, sorted, each once.
    pub group_words: Box<[u32]>,
    pub around: Box<[u32]>,
    /// Scheme and value by number, sorted.
    pub identifiers: Box<[(u32, u32)]>,
}

/// All words, with their weights as name words and as address words.
#[derive(Default)]
pub(super) struct Words {
    pub texts: Vec<Box<str>>,
    /// One bit for each letter that occurs.
    pub letters: Vec<u32>,
    pub name_bits: Vec<f32>,
    pub address_bits: Vec<f32>,
    numbers: HashMap<Box<str>, u32>,
    /// Records (with the background's) behind the weights of name words.
    pub effective_names: f64,
    pub around_bits: HashMap<u32, f32>,
    pub schemes: Vec<(Arc<str>, Names)>,
}

impl Words {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.numbers.get(text) {
            return known;
        }
        let at = self.texts.len() as u32;
        self.texts.push(text.into());
        self.letters.push(letters(text));
        self.numbers.insert(text.into(), at);
        at
    }
}

fn letters(text: &str) -> u32 {
    text.bytes().fold(0, |bits, c| bits | 1 << (c & 31))
}

/// A name as words of text, before they are numbered.
struct Spelled {
    words: Vec<String>,
    numbers: Vec<u32>,
    forms: Vec<LegalForm>,
    part: bool,
}

/// Parts of a name that are compared on their own.
const PARTS: u8 = 4;
/// Text that stands where a group is not known.
const NO_GROUP: [&str; 8] = ["unknown", "n", "na", "none", "independent", "not available", "not applicable", "tbc"];

/// Numbers of a name that tell units apart: figures, numerals after the first word, a letter at the very end.
fn split_numbers(words: Vec<Word>) -> (Vec<String>, Vec<u32>) {
    let last = words.len().saturating_sub(1);
    let (mut plain, mut numbers) = (Vec::with_capacity(words.len()), Vec::new());
    for (i, word) in words.into_iter().enumerate() {
        let numeral = roman(&word.text).filter(|v| i > 0 && (i == last || ((2..=9).contains(v) && *v != 5)));
        let letter = word.text.as_bytes().first().filter(|_| i > 0 && i == last && word.text.len() == 1);
        if word.is_number() {
            numbers.push(figure(&word.text));
        } else if let Some(value) = numeral {
            numbers.push(u32::from(value));
        } else if let Some(letter) = letter {
            numbers.push(u32::MAX - u32::from(*letter));
        } else if !matches!(word.text.as_str(), "and" | "the" | "of" | "no") {
            plain.push(word.text);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    (plain, numbers)
}

/// A figure as a number; long figures by their last nine digits.
fn figure(text: &str) -> u32 {
    let from = text.len().saturating_sub(9);
    text.get(from..).and_then(|t| t.parse().ok()).unwrap_or(0)
}

/// A name and, where brackets or dashes divide it, its parts.
fn spell(text: &str, with_parts: bool, into: &mut Vec<Spelled>) {
    let folded = fold(text);
    if folded.is_empty() {
        return;
    }
    let (proper, forms) = LegalForms::embedded().strip(folded);
    let all: Vec<String> = proper.iter().map(|w| w.text.clone()).collect();
    let mut parts: Vec<u8> = proper.iter().map(|w| w.part).collect();
    parts.sort_unstable();
    parts.dedup();
    let divided = if with_parts && parts.len() > 1 { proper.clone() } else { Vec::new() };
    let (mut words, mut numbers) = split_numbers(proper);
    if words.is_empty() {
        words = all;
        numbers.clear();
    }
    words.truncate(MAX_WORDS);
    into.push(Spelled { words, numbers, forms: forms.clone(), part: false });
    for part in parts.into_iter().take(usize::from(PARTS)).filter(|_| !divided.is_empty()) {
        let (words, numbers) = split_numbers(divided.iter().filter(|w| w.part == part).cloned().collect());
        if !words.is_empty() {
            into.push(Spelled { words, numbers, forms: forms.clone(), part: true });
        }
    }
}

/// One record as words of text.
struct SpelledRecord {
    names: Vec<Spelled>,
    groups: Vec<Spelled>,
    address: Vec<Word>,
    city: Vec<Word>,
    subdivision: Vec<Word>,
}

fn spell_record(record: &Record<'_>) -> SpelledRecord {
    let mut names: Vec<Spelled> = Vec::new();
    for name in record.names.iter().take(MAX_NAMES) {
        spell(name, true, &mut names);
    }
    let mut groups = Vec::new();
    for group in record.groups.iter().take(MAX_NAMES) {
        spell(group, false, &mut groups);
    }
    // A group that is the record's own name again would count the name twice.
    groups.retain(|g| !NO_GROUP.contains(&g.words.join(" ").as_str()) && !names.iter().any(|n| !n.part && n.words == g.words));
    SpelledRecord { names, groups, address: fold(&record.address), city: fold(&record.city), subdivision: fold(&record.subdivision) }
}

/// The share of names that hold each word of the table.
fn background() -> HashMap<&'static str, f64> {
    let lines = include_str!("common_words.csv").lines().filter(|l| !l.starts_with('#')).skip(1);
    lines.filter_map(|l| l.split_once(',')).filter_map(|(w, n)| Some((w, n.parse::<f64>().ok()? / BACKGROUND_NAMES))).collect()
}

fn sound_position(position: Option<(f64, f64)>) -> Option<(f64, f64)> {
    position.filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0 && (lat.abs() > 1e-6 || lon.abs() > 1e-6))
}

/// Every record ready, in the order given.
pub(super) fn prepare(records: &[&Record<'_>]) -> (Vec<Ready>, Words) {
    let mut words = Words::default();
    let mut name_count: Vec<u32> = Vec::new();
    let mut address_count: Vec<u32> = Vec::new();
    let mut schemes: HashMap<(String, Names), u32> = HashMap::new();
    let mut values: HashMap<(u32, String), u32> = HashMap::new();
    let mut around_count: HashMap<u32, u32> = HashMap::new();
    let (mut named, mut addressed) = (0_usize, 0_usize);
    let mut ready = Vec::with_capacity(records.len());
    const BATCH: usize = 1 << 16;
    let mut seen: Vec<u32> = Vec::new();
    for batch in records.chunks(BATCH) {
        let spelled = par::map(batch.len(), |i| spell_record(batch[i]));
        for (record, spelled) in batch.iter().zip(spelled) {
            seen.clear();
            let numbered = |list: Vec<Spelled>, words: &mut Words, seen: &mut Vec<u32>| -> Box<[Name]> {
                let name = |s: Spelled, words: &mut Words, seen: &mut Vec<u32>| {
                    let ids: Box<[u32]> = s.words.iter().map(|w| words.number(w)).collect();
                    seen.extend_from_slice(&ids);
                    Name {
                        words: ids,
                        numbers: s.numbers.into(),
                        forms: s.forms.into(),
                        joined: "".into(),
                        letters: 0,
                        bits: 0.0,
                        part: s.part,
                    }
                };
                list.into_iter().map(|s| name(s, words, seen)).collect()
            };
            let names = numbered(spelled.names, &mut words, &mut seen);
            count(&mut seen, &mut name_count, words.texts.len());
            named += usize::from(!names.is_empty());
            let groups = numbered(spelled.groups, &mut words, &mut seen);
            seen.sort_unstable();
            seen.dedup();
            let group_words: Box<[u32]> = seen.as_slice().into();
            seen.clear();
            let address = (!spelled.address.is_empty()).then(|| {
                let (figures, plain): (Vec<Word>, Vec<Word>) = spelled.address.into_iter().partition(Word::is_number);
                let mut ids: Vec<u32> = plain.iter().map(|w| words.number(&w.text)).collect();
                ids.sort_unstable();
                ids.dedup();
                let mut numbers: Vec<u32> = figures.iter().map(|w| figure(&w.text)).collect();
                numbers.sort_unstable();
                numbers.dedup();
                seen.extend_from_slice(&ids);
                addressed += 1;
                Box::new(Address { words: ids.into(), numbers: numbers.into(), bits: 0.0 })
            });
            count(&mut seen, &mut address_count, words.texts.len());
            let mut place = |list: Vec<Word>| -> Box<[u32]> { list.iter().map(|w| words.number(&w.text)).collect() };
            let (city, subdivision) = (place(spelled.city), place(spelled.subdivision));
            let mut around = record.around.clone();
            around.sort_unstable();
            around.dedup();
            for key in &around {
                *around_count.entry(*key).or_default() += 1;
            }
            let mut identifiers = Vec::new();
            for identifier in record.identifiers.iter().filter(|i| !i.value.is_empty()) {
                let next = schemes.len() as u32;
                let scheme = *schemes.entry((identifier.scheme.to_string(), identifier.names)).or_insert_with(|| {
                    words.schemes.push((identifier.scheme.as_ref().into(), identifier.names));
                    next
                });
                let next = values.len() as u32;
                identifiers.push((scheme, *values.entry((scheme, identifier.value.to_string())).or_insert(next)));
            }
            identifiers.sort_unstable();
            identifiers.dedup();
            ready.push(Ready {
                names,
                class: record.class,
                country: record.country,
                subdivision,
                city,
                address,
                position: sound_position(record.position),
                groups,
                group_words,
                around: around.into(),
                identifiers: identifiers.into(),
            });
        }
    }
    weigh(&mut words, (&mut name_count, named), (&mut address_count, addressed));
    let all = records.len() as f64;
    words.around_bits = around_count.into_iter().map(|(k, n)| (k, ((all + 1.0) / f64::from(n)).log2() as f32)).collect();
    let finish = |name: &mut Name| finish_name(name, &words);
    for record in &mut ready {
        record.names.iter_mut().for_each(finish);
        record.groups.iter_mut().for_each(finish);
        if let Some(address) = &mut record.address {
            address.bits = address.words.iter().map(|w| words.address_bits[*w as usize]).sum();
        }
    }
    (ready, words)
}

/// The information of a name's words, and its rarer words joined.
fn finish_name(name: &mut Name, words: &Words) {
    let bits = |w: &u32| words.name_bits[*w as usize];
    name.bits = name.words.iter().map(bits).sum();
    let join = |least: f32| name.words.iter().filter(|w| bits(w) >= least).map(|w| &*words.texts[*w as usize]).collect::<String>();
    let mut joined = join(GENERIC_BITS);
    if joined.len() < 4 {
        joined = join(0.0);
    }
    name.letters = letters(&joined);
    name.joined = joined.into();
}

fn count(seen: &mut Vec<u32>, counts: &mut Vec<u32>, len: usize) {
    seen.sort_unstable();
    seen.dedup();
    counts.resize(len.max(counts.len()), 0);
    for id in seen.drain(..) {
        counts[id as usize] += 1;
    }
}

fn weigh(words: &mut Words, (names, named): (&mut Vec<u32>, usize), (addresses, addressed): (&mut Vec<u32>, usize)) {
    let len = words.texts.len();
    names.resize(len, 0);
    addresses.resize(len, 0);
    let common = background();
    let unknown = 0.5 / BACKGROUND_NAMES;
    let bits = |n: u32, of: usize, share: f64| {
        let p = (f64::from(n) + BACKGROUND * share) / (of as f64 + BACKGROUND);
        (-p.log2()).clamp(0.5, 30.0) as f32
    };
    words.name_bits = (0..len).map(|i| bits(names[i], named, common.get(&*words.texts[i]).copied().unwrap_or(unknown))).collect();
    words.address_bits = (0..len).map(|i| bits(addresses[i], addressed, 2.0 / BACKGROUND_NAMES)).collect();
    words.effective_names = named as f64 + BACKGROUND;
}
