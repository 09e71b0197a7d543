//! How alike two names are: their words paired off, each worth its information, and the joined spelling for what spacing and typing slips hide.
//!
//! `coverage = 2 S / (A + B)` and `contained = S / min(A, B)`, with A and B the information of each name's words and S that of the paired
//! ones. Words pair when equal, when two adjacent ones joined equal one of the other name, when one is typed slightly wrong (Jaro-Winkler or
//! one edit), when one is cut short, or when one is the initials of the rest. The token-wise part follows Cohen, Ravikumar and Fienberg,
//! "A comparison of string distance metrics for name-matching tasks" (2003): soft TF-IDF with Jaro-Winkler.

use super::prepare::{GENERIC_BITS, Name, Words};
use super::text::MAX_WORDS;

/// Part of a word's information that goes when the other record's group explains it.
const EXPLAINED: f32 = 0.9;

/// How alike two names are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Alike {
    pub coverage: f32,
    pub contained: f32,
    /// Information of the paired words, bits.
    pub shared: f32,
    pub exact: bool,
}

const NONE: Alike = Alike { coverage: 0.0, contained: 0.0, shared: 0.0, exact: false };

/// How alike two single words are, 0 where they are not: equal 1, slips less.
pub(super) fn word_alike(a: &str, b: &str, letters_a: u32, letters_b: u32) -> f32 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 3 || (letters_a ^ letters_b).count_ones() > 5 {
        return 0.0;
    }
    if short.len() >= 4 && long.starts_with(short) {
        return if long.len() - short.len() <= 2 { 0.93 } else { 0.8 };
    }
    if short.len() < 4 || long.len() - short.len() > 3 {
        return 0.0;
    }
    let edits = strsim::osa_distance(short, long);
    let allowed = if short.len() >= 8 { 2 } else { 1 };
    if edits <= allowed {
        return if edits == 1 && short.len() >= 6 { 0.93 } else { 0.86 };
    }
    let winkler = strsim::jaro_winkler(short, long) as f32;
    if short.len() >= 6 && winkler >= 0.92 { winkler - 0.1 } else { 0.0 }
}

fn is_joined(a: &str, b: &str, whole: &str) -> bool {
    a.len() + b.len() == whole.len() && whole.starts_with(a) && whole.ends_with(b)
}

/// Words of one name that are paired, as bits, and the information counted so far.
struct Pairing<'a> {
    words: &'a Words,
    a: &'a [u32],
    b: &'a [u32],
    used_a: u32,
    used_b: u32,
    shared: f32,
    total_a: f32,
    total_b: f32,
}

impl Pairing<'_> {
    fn bits(&self, id: u32) -> f32 {
        self.words.name_bits[id as usize]
    }

    fn text(&self, id: u32) -> &str {
        &self.words.texts[id as usize]
    }

    fn equal_words(&mut self) {
        for (i, word) in self.a.iter().enumerate() {
            let found = self.b.iter().enumerate().position(|(j, other)| self.used_b & (1 << j) == 0 && other == word);
            if let Some(j) = found {
                self.used_a |= 1 << i;
                self.used_b |= 1 << j;
                self.shared += self.bits(*word);
            }
        }
    }

    /// `vogue tex` and `voguetex`: the two parts count as the one word.
    fn joined_words(&mut self) {
        for swap in [false, true] {
            let (parts, wholes) = if swap { (self.b, self.a) } else { (self.a, self.b) };
            for i in 0..parts.len().saturating_sub(1) {
                for (j, whole) in wholes.iter().enumerate() {
                    let (used_parts, used_wholes) = if swap { (self.used_b, self.used_a) } else { (self.used_a, self.used_b) };
                    if used_parts & (0b11 << i) != 0 || used_wholes & (1 << j) != 0 {
                        continue;
                    }
                    if !is_joined(self.text(parts[i]), self.text(parts[i + 1]), self.text(*whole)) {
                        continue;
                    }
                    let (apart, one) = (self.bits(parts[i]) + self.bits(parts[i + 1]), self.bits(*whole));
                    let worth = apart.min(one);
                    self.shared += worth;
                    let (total_parts, total_wholes) =
                        if swap { (&mut self.total_b, &mut self.total_a) } else { (&mut self.total_a, &mut self.total_b) };
                    *total_parts += worth - apart;
                    *total_wholes += worth - one;
                    if swap {
                        self.used_b |= 0b11 << i;
                        self.used_a |= 1 << j;
                    } else {
                        self.used_a |= 0b11 << i;
                        self.used_b |= 1 << j;
                    }
                }
            }
        }
    }

    fn slipped_words(&mut self) {
        for (i, a) in self.a.iter().enumerate() {
            if self.used_a & (1 << i) != 0 {
                continue;
            }
            let mut best = (0.0_f32, 0);
            for (j, b) in self.b.iter().enumerate() {
                if self.used_b & (1 << j) != 0 {
                    continue;
                }
                let letters = &self.words.letters;
                let alike = word_alike(self.text(*a), self.text(*b), letters[*a as usize], letters[*b as usize]);
                if alike > best.0 {
                    best = (alike, j);
                }
            }
            if best.0 > 0.0 {
                let (one, other) = (self.bits(*a), self.bits(self.b[best.1]));
                let worth = one.min(other);
                self.used_a |= 1 << i;
                self.used_b |= 1 << best.1;
                self.shared += best.0 * worth;
                self.total_a += worth - one;
                self.total_b += worth - other;
            }
        }
    }

    /// `teluk panji (abm)` and `abdi budi mulia`: a word of initials stands for the words it abbreviates.
    fn initials(&mut self) {
        for swap in [false, true] {
            let (short, long) = if swap { (self.b, self.a) } else { (self.a, self.b) };
            for (i, word) in short.iter().enumerate() {
                let (used_short, used_long) = if swap { (self.used_b, self.used_a) } else { (self.used_a, self.used_b) };
                let len = self.text(*word).len();
                if used_short & (1 << i) != 0 || !(3..=6).contains(&len) || len > long.len() {
                    continue;
                }
                let stands = (0..=long.len() - len).find(|&from| {
                    let run = &long[from..from + len];
                    (used_long >> from) & ((1 << len) - 1) == 0
                        && self.text(*word).bytes().zip(run).all(|(c, w)| self.text(*w).as_bytes().first() == Some(&c))
                });
                if let Some(from) = stands {
                    let whole: f32 = long[from..from + len].iter().map(|w| self.bits(*w)).sum();
                    let one = self.bits(*word);
                    let worth = one.min(whole);
                    self.shared += 0.8 * worth;
                    let mask = ((1_u32 << len) - 1) << from;
                    let (total_short, total_long) =
                        if swap { (&mut self.total_b, &mut self.total_a) } else { (&mut self.total_a, &mut self.total_b) };
                    *total_short += worth - one;
                    *total_long += worth - whole;
                    if swap {
                        self.used_b |= 1 << i;
                        self.used_a |= mask;
                    } else {
                        self.used_a |= 1 << i;
                        self.used_b |= mask;
                    }
                }
            }
        }
    }

    /// Words of one name that stand in the groups of the other record speak neither for nor against: a site often bears its company's name.
    fn explain(&mut self, groups_a: &[u32], groups_b: &[u32]) {
        for (i, word) in self.a.iter().enumerate() {
            if self.used_a & (1 << i) == 0 && groups_b.binary_search(word).is_ok() {
                self.total_a -= EXPLAINED * self.bits(*word);
                self.used_a |= 1 << i;
            }
        }
        for (j, word) in self.b.iter().enumerate() {
            if self.used_b & (1 << j) == 0 && groups_a.binary_search(word).is_ok() {
                self.total_b -= EXPLAINED * self.bits(*word);
                self.used_b |= 1 << j;
            }
        }
    }

    /// Information of the common words of a name that found no partner.
    fn common_unpaired(&self, words: &[u32], used: u32) -> f32 {
        let alone = words.iter().enumerate().filter(|(i, w)| used & (1 << i) == 0 && self.bits(**w) < GENERIC_BITS);
        alone.map(|(_, w)| self.bits(*w)).sum()
    }

    fn all_paired(&self) -> bool {
        self.used_a.count_ones() as usize == self.a.len() && self.used_b.count_ones() as usize == self.b.len()
    }
}

/// Compares two names; numbers and legal forms aside. `groups`: words of the groups of each side's record.
pub(super) fn names_alike(a: &Name, b: &Name, groups: (&[u32], &[u32]), words: &Words) -> Alike {
    if a.words.is_empty() || b.words.is_empty() {
        return NONE;
    }
    if a.words == b.words {
        return Alike { coverage: 1.0, contained: 1.0, shared: a.bits, exact: true };
    }
    let cut = |w: &'_ [u32]| w.len().min(MAX_WORDS);
    let (wa, wb) = (&a.words[..cut(&a.words)], &b.words[..cut(&b.words)]);
    let mut pairing = Pairing { words, a: wa, b: wb, used_a: 0, used_b: 0, shared: 0.0, total_a: a.bits, total_b: b.bits };
    pairing.equal_words();
    if !pairing.all_paired() {
        pairing.joined_words();
        pairing.slipped_words();
        pairing.initials();
    }
    let common = pairing.common_unpaired(wa, pairing.used_a) + pairing.common_unpaired(wb, pairing.used_b);
    if pairing.shared > 0.0 {
        pairing.explain(groups.0, groups.1);
    }
    let (total_a, total_b) = (pairing.total_a.max(0.5), pairing.total_b.max(0.5));
    let mut alike = Alike {
        coverage: (2.0 * pairing.shared / (total_a + total_b)).min(1.0),
        contained: (pairing.shared / total_a.min(total_b)).min(1.0),
        shared: pairing.shared,
        exact: false,
    };
    let (ja, jb) = (&*a.joined, &*b.joined);
    let (short, long) = (ja.len().min(jb.len()), ja.len().max(jb.len()));
    // One edit changes at most two letters of the set, and a fifth of the letters may be edits.
    let near = (a.letters ^ b.letters).count_ones() as usize * 5 <= 2 * long;
    if alike.coverage < 0.9 && short >= 6 && short * 5 >= long * 4 && near {
        let joined = if ja == jb { 1.0 } else { strsim::normalized_levenshtein(ja, jb) as f32 };
        if joined >= 0.8 {
            // Spaces say little: the same letters in a row are nearly the same name.
            let coverage = (joined - 0.04) * (1.0 - common / (a.bits + b.bits).max(1.0));
            if coverage > alike.coverage {
                let worth = coverage * a.bits.min(b.bits);
                alike = Alike { coverage, contained: alike.contained.max(coverage), shared: alike.shared.max(worth), exact: false };
            }
        }
    }
    alike
}
