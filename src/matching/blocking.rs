//! Which pairs are worth comparing: an inverted index over several families of keys, so that a million meet a million without a million
//! million comparisons.
//!
//! Families: words and two adjacent words joined; consonants of words and of the whole (typing slips); pairs of a name's rarest words;
//! words with the country; the first letters of the joined name, two of them with the town or a number; minhash of its trigrams (Broder
//! 1997), six bands of two; initials; the whole name; names against groups; words of the address with its numbers; cells of the map with
//! the eight around; rare neighbours; identifiers.
//! A key held by more than the cap is left out. A record visits its rarest keys first, up to a budget, adds `log2 (N / n)` for each key
//! it shares with another, and keeps the best by that sum and some by their rarest key: work grows with the number of records, not its
//! square (after Papadakis et al., "Blocking and filtering techniques for entity resolution", 2020: block purging and cardinality node
//! pruning).

use super::prepare::{Name, Ready, Words};
use super::record::Settings;
use crate::base::par;

const WORD: u8 = 1;
const SKELETON: u8 = 2;
const TWO_WORDS: u8 = 3;
const PREFIX: u8 = 4;
const TRIGRAMS: u8 = 5;
const INITIALS: u8 = 6;
const WHOLE: u8 = 7;
const CELL: u8 = 8;
const IDENTIFIER: u8 = 9;
const ADDRESS: u8 = 10;
const AROUND: u8 = 11;
const COUNTRY_WORD: u8 = 12;
const GROUP_WORDS: u8 = 13;
const GROUP_WORD: u8 = 14;
const TWO_SKELETONS: u8 = 15;
const TOWN: u8 = 16;
const WHOLE_SKELETON: u8 = 17;

/// Names of one record that give keys.
const KEYED_NAMES: usize = 12;
const BANDS: usize = 6;
/// Candidates that are kept however little they share; beyond them, those that share at least this part of what the best one shares.
const SURE: usize = 12;
const WORTH: f32 = 0.12;
/// Candidates beyond those, by the rarest key they share: a common name's namesakes share every key of it, the true one with a slip in it
/// perhaps only that of town and consonants.
const RAREST: usize = 8;

/// A well-mixed number of a family and its content (FNV-1a, then the finaliser of MurmurHash3).
fn key(family: u8, content: impl IntoIterator<Item = u8>) -> u64 {
    let mut h: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in std::iter::once(family).chain(content) {
        h = (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix(h)
}

fn mix(mut h: u64) -> u64 {
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

fn pair_key(family: u8, a: u32, b: u32) -> u64 {
    let (low, high) = (a.min(b), a.max(b));
    key(family, low.to_le_bytes().into_iter().chain(high.to_le_bytes()))
}

/// The consonants of a word after its first letter, doubles once: `xingsheng` and `xinsheng` differ, `mohamed` and `muhammad` do not.
fn skeleton(word: &str) -> Option<String> {
    if word.len() < 4 {
        return None;
    }
    let mut bones = String::with_capacity(word.len());
    for (i, c) in word.chars().enumerate() {
        let vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w');
        if (i == 0 || !vowel) && !bones.ends_with(c) {
            bones.push(c);
        }
    }
    (bones.len() >= 2).then_some(bones)
}

/// The rarest words, rarest first.
fn rarest(ids: &[u32], bits: &[f32], keep: usize) -> Vec<u32> {
    let mut sorted: Vec<u32> = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.sort_by(|a, b| bits[*b as usize].total_cmp(&bits[*a as usize]).then(a.cmp(b)));
    sorted.truncate(keep);
    sorted
}

fn word_pairs(family: u8, words: &[u32], into: &mut Vec<u64>) {
    for (i, a) in words.iter().enumerate() {
        into.extend(words[i + 1..].iter().map(|b| pair_key(family, *a, *b)));
    }
}

fn trigram_bands(joined: &str, into: &mut Vec<u64>) {
    let bytes = joined.as_bytes();
    if bytes.len() < 5 {
        return;
    }
    let mut least = [u64::MAX; 2 * BANDS];
    for gram in bytes.windows(3) {
        let h = key(0, gram.iter().copied());
        for (i, low) in least.iter_mut().enumerate() {
            *low = (*low).min(mix(h ^ (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        }
    }
    for (band, rows) in least.chunks(2).enumerate() {
        into.push(mix(rows[0] ^ rows[1].rotate_left(17) ^ ((u64::from(TRIGRAMS) << 8 | band as u64) << 40)));
    }
}

fn name_keys(name: &Name, ready: &Ready, words: &Words, into: &mut Vec<u64>) {
    let text = |id: u32| words.texts[id as usize].bytes();
    if name.part {
        into.push(key(WHOLE, name.words.iter().flat_map(|w| text(*w)).chain(name.numbers.iter().flat_map(|n| n.to_le_bytes()))));
        return;
    }
    for (i, id) in name.words.iter().enumerate() {
        let len = words.texts[*id as usize].len();
        if len >= 3 {
            into.push(key(WORD, text(*id)));
            if let Some(country) = ready.country {
                into.push(key(COUNTRY_WORD, country.as_str().bytes().chain(text(*id))));
            }
        }
        if (3..=5).contains(&len) {
            into.push(key(INITIALS, text(*id)));
        }
        if let Some(bones) = skeleton(&words.texts[*id as usize]) {
            if bones.len() >= 3 {
                into.push(key(SKELETON, bones.bytes()));
            }
            if let Some(country) = ready.country {
                into.push(key(SKELETON, country.as_str().bytes().chain(bones.bytes())));
            }
            if let Some(city) = ready.city.first() {
                into.push(key(TWO_SKELETONS, text(*city).chain([0]).chain(bones.bytes())));
            }
            // With the last word, which often names the trade.
            if let Some(last) = name.words.last().filter(|last| *last != id) {
                into.push(key(TWO_SKELETONS, text(*last).chain([1]).chain(bones.bytes())));
            }
        }
        if let Some(next) = name.words.get(i + 1) {
            into.push(key(WORD, text(*id).chain(text(*next))));
        }
    }
    if name.words.len() >= 3 {
        let initials: Vec<u8> = name.words.iter().filter_map(|w| text(*w).next()).collect();
        into.extend((3..=5.min(initials.len())).map(|len| key(INITIALS, initials[..len].iter().copied())));
    }
    let whole: Vec<u8> = name.words.iter().flat_map(|w| text(*w)).collect();
    if let Some(bones) = whole.len().ge(&8).then(|| skeleton(str::from_utf8(&whole).unwrap_or_default())).flatten() {
        into.push(key(WHOLE_SKELETON, bones.bytes()));
    }
    // Where the town or a number is told, two letters are enough.
    if let (Some(country), Some(city), Some(start)) = (ready.country, ready.city.first(), whole.get(..2)) {
        into.push(key(TOWN, country.as_str().bytes().chain(text(*city)).chain([0]).chain(start.iter().copied())));
    }
    if whole.len() >= 6 {
        into.push(key(PREFIX, whole[..6].iter().copied()));
    }
    if let (Some(country), Some(number), Some(start)) = (ready.country, name.numbers.first(), whole.get(..2)) {
        into.push(key(TOWN, country.as_str().bytes().chain(number.to_le_bytes()).chain([1]).chain(start.iter().copied())));
    }
    into.push(key(WHOLE, whole.iter().copied().chain(name.numbers.iter().flat_map(|n| n.to_le_bytes()))));
    trigram_bands(&name.joined, into);
    word_pairs(TWO_WORDS, &rarest(&name.words, &words.name_bits, 4), into);
}

fn cell(lat: i32, lon: i32, fine: bool) -> u64 {
    key(CELL, [u8::from(fine)].into_iter().chain(lat.to_le_bytes()).chain(lon.to_le_bytes()))
}

fn cells((lat, lon): (f64, f64), reach: i32, into: &mut Vec<u64>) {
    for (per_degree, fine) in [(20.0, false), (100.0, true)] {
        let (row, column) = ((lat * per_degree).floor() as i32, (lon * per_degree).floor() as i32);
        for up in -reach..=reach {
            into.extend((-reach..=reach).map(|right| cell(row + up, column + right, fine)));
        }
    }
}

/// Keys of a record; `asking` adds those that only the searching side needs.
fn keys(ready: &Ready, words: &Words, asking: bool, into: &mut Vec<u64>) {
    into.clear();
    for name in ready.names.iter().take(KEYED_NAMES) {
        name_keys(name, ready, words, into);
        if asking {
            let rare = rarest(&name.words, &words.name_bits, 4);
            word_pairs(GROUP_WORDS, &rare, into);
            into.extend(rare.iter().map(|w| key(GROUP_WORD, words.texts[*w as usize].bytes())));
        }
    }
    for group in ready.groups.iter().take(KEYED_NAMES) {
        let rare = rarest(&group.words, &words.name_bits, 3);
        word_pairs(if asking { TWO_WORDS } else { GROUP_WORDS }, &rare, into);
        let family = if asking { WORD } else { GROUP_WORD };
        into.extend(rare.iter().take(2).map(|w| key(family, words.texts[*w as usize].bytes())));
    }
    if let Some(address) = &ready.address {
        let rare = rarest(&address.words, &words.address_bits, 4);
        word_pairs(ADDRESS, &rare, into);
        for word in rare.iter().take(3) {
            into.extend(address.numbers.iter().take(4).map(|n| pair_key(ADDRESS, *word, u32::MAX - n)));
        }
    }
    if let Some(position) = ready.position {
        cells(position, i32::from(asking), into);
    }
    into.extend(ready.around.iter().map(|k| key(AROUND, k.to_le_bytes())));
    into.sort_unstable();
    into.dedup();
}

/// Records by key, crowded keys left out.
struct Index {
    keys: Vec<u64>,
    starts: Vec<u32>,
    records: Vec<u32>,
    /// First position in `keys` for each value of the high bits.
    directory: Vec<u32>,
    shift: u32,
    crowded: usize,
}

impl Index {
    fn build(ready: &[Ready], first: usize, words: &Words, cap: usize) -> Self {
        let held: Vec<Vec<(u64, u32)>> = par::map_chunks(ready.len(), 4096, |range| {
            let (mut own, mut all) = (Vec::new(), Vec::new());
            for i in range {
                keys(&ready[i], words, false, &mut own);
                all.extend(own.iter().map(|k| (*k, (first + i) as u32)));
            }
            all
        });
        let mut entries: Vec<(u64, u32)> = Vec::with_capacity(held.iter().map(Vec::len).sum());
        for part in held {
            entries.extend(part);
        }
        par::sort_by(&mut entries, Ord::cmp);
        let mut index = Self { keys: Vec::new(), starts: vec![0], records: Vec::new(), directory: Vec::new(), shift: 0, crowded: 0 };
        for run in entries.chunk_by(|a, b| a.0 == b.0) {
            if run.len() > cap {
                index.crowded += 1;
                continue;
            }
            index.keys.push(run[0].0);
            index.records.extend(run.iter().map(|e| e.1));
            index.starts.push(index.records.len() as u32);
        }
        let high = usize::BITS - index.keys.len().leading_zeros();
        index.shift = 64 - high.clamp(1, 24);
        let buckets = 1_usize << (64 - index.shift);
        let mut at = 0;
        for bucket in 0..=buckets {
            while index.keys.get(at).is_some_and(|k| ((k >> index.shift) as usize) < bucket) {
                at += 1;
            }
            index.directory.push(at as u32);
        }
        index
    }

    fn get(&self, key: u64) -> &[u32] {
        let bucket = (key >> self.shift) as usize;
        let (from, to) = (self.directory[bucket] as usize, self.directory[bucket + 1] as usize);
        match self.keys[from..to].binary_search(&key) {
            Ok(at) => &self.records[self.starts[from + at] as usize..self.starts[from + at + 1] as usize],
            Err(_) => &[],
        }
    }
}

/// What a record shares with another, by how rare the shared keys are, bits.
struct Shared {
    with: u32,
    sum: f32,
    rarest: f32,
}

impl Shared {
    fn of(run: &[(u32, f32)]) -> Self {
        Self { with: run[0].0, sum: run.iter().map(|m| m.1).sum(), rarest: run.iter().map(|m| m.1).fold(0.0, f32::max) }
    }
}

/// Pairs of positions, sorted, each once, and the number of crowded keys. Positions below `split` search those from `split` on; with
/// `split` 0 all search all, and the smaller position stands first.
pub(super) fn candidates(ready: &[Ready], split: usize, words: &Words, settings: &Settings) -> (Vec<(u32, u32)>, usize) {
    let (within, first) = (split == 0, split);
    let index = Index::build(&ready[first..], first, words, settings.block_cap);
    let askers = if within { ready.len() } else { split };
    let indexed = (ready.len() - first).max(1) as f32;
    let budget = settings.block_cap.saturating_mul(6).max(2_000);
    let found: Vec<Vec<(u32, u32)>> = par::map_chunks(askers, 1024, |range| {
        let (mut own, mut met): (Vec<u64>, Vec<(u32, f32)>) = (Vec::new(), Vec::new());
        let mut pairs = Vec::new();
        for i in range {
            keys(&ready[i], words, true, &mut own);
            let mut lists: Vec<&[u32]> = own.iter().map(|k| index.get(*k)).filter(|l| !l.is_empty()).collect();
            lists.sort_by_key(|l| l.len());
            met.clear();
            for list in lists {
                if met.len() + list.len() > budget {
                    break;
                }
                let weight = (indexed / list.len() as f32).log2().max(0.5);
                met.extend(list.iter().filter(|j| !within || **j != i as u32).map(|j| (*j, weight)));
            }
            let class = ready[i].class;
            if !settings.across_classes {
                met.retain(|(j, _)| ready[*j as usize].class == class);
            }
            // Stable, so that each sum runs in the order of the lists.
            met.sort_by_key(|m| m.0);
            let mut shared: Vec<Shared> = met.chunk_by(|a, b| a.0 == b.0).map(Shared::of).collect();
            if shared.len() > SURE {
                shared.sort_by(|a, b| b.sum.total_cmp(&a.sum).then(a.with.cmp(&b.with)));
                let least = shared[0].sum * WORTH;
                let kept = settings.candidates.max(SURE).min(shared.partition_point(|s| s.sum >= least).max(SURE));
                shared[kept..].sort_by(|a, b| b.rarest.total_cmp(&a.rarest).then(a.with.cmp(&b.with)));
                shared.truncate(kept + RAREST);
            }
            pairs.extend(shared.iter().map(|s| if within && s.with < i as u32 { (s.with, i as u32) } else { (i as u32, s.with) }));
        }
        pairs
    });
    let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(found.iter().map(Vec::len).sum());
    for part in found {
        pairs.extend(part);
    }
    pairs.extend(shared_identifiers(ready, split, settings));
    par::sort_by(&mut pairs, Ord::cmp);
    pairs.dedup();
    (pairs, index.crowded)
}

/// Pairs that share an identifier, whatever else. An identifier that more records hold than the cap is a placeholder or a group's: each
/// record meets the cap's number of its neighbours in the order of records.
fn shared_identifiers(ready: &[Ready], split: usize, settings: &Settings) -> Vec<(u32, u32)> {
    let mut held: Vec<(u64, u32)> = Vec::new();
    for (i, record) in ready.iter().enumerate() {
        held.extend(
            record
                .identifiers
                .iter()
                .map(|(scheme, value)| (key(IDENTIFIER, scheme.to_le_bytes().into_iter().chain(value.to_le_bytes())), i as u32)),
        );
    }
    held.sort_unstable();
    let mut pairs = Vec::new();
    for run in held.chunk_by(|a, b| a.0 == b.0) {
        let of = run.partition_point(|e| (e.1 as usize) < split);
        if split == 0 {
            for (at, (_, one)) in run.iter().enumerate() {
                pairs.extend(run[at + 1..].iter().take(settings.block_cap).map(|(_, other)| (*one, *other)));
            }
        } else {
            for (_, one) in &run[..of] {
                pairs.extend(run[of..].iter().take(settings.block_cap).map(|(_, other)| (*one, *other)));
            }
        }
    }
    pairs.retain(|(a, b)| settings.across_classes || ready[*a as usize].class == ready[*b as usize].class);
    pairs
}
