//! Text kept once: identifiers become dense numbers.
//!
//! All texts stand in one run of bytes and are found by open addressing. Per text: its bytes, 8 for where it ends, and 8 for each slot of
//! a table at most 7/8 full.

use std::hash::{BuildHasher, RandomState};

/// The number of an interned text, dense from 0 in order of first appearance. Never an order of results.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Symbol(pub u32);

/// A pool of distinct texts, at most 2^32 - 2 of them.
#[derive(Clone, Debug)]
pub struct Interner {
    bytes: Vec<u8>,
    ends: Vec<u64>,
    /// Upper half: hash; lower half: number + 1, 0 where the slot is free.
    slots: Vec<u64>,
    seed: u64,
}

const LEAST_SLOTS: usize = 16;

/// Multiplies into 128 bits and folds the halves together.
fn folded(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ (wide >> 64) as u64
}

fn word(bytes: &[u8]) -> u64 {
    let mut all = [0u8; 8];
    let len = bytes.len().min(8);
    all[..len].copy_from_slice(&bytes[..len]);
    u64::from_le_bytes(all)
}

impl Default for Interner {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl Interner {
    /// Room for `texts` texts; it grows where that is not enough.
    pub fn with_capacity(texts: usize) -> Self {
        let slots = (texts + texts / 4).next_power_of_two().max(LEAST_SLOTS);
        // A seed of its own for every table: nobody can prepare texts that all collide. It decides where a text is found, never its number.
        let seed = RandomState::new().hash_one(0_u64) | 1;
        Self { bytes: Vec::new(), ends: Vec::with_capacity(texts), slots: vec![0; slots], seed }
    }

    fn hash(&self, text: &[u8]) -> u32 {
        let mut h = self.seed ^ text.len() as u64;
        for chunk in text.chunks(8) {
            h = folded(h ^ word(chunk), 0x9e37_79b9_7f4a_7c15);
        }
        (folded(h, 0xd6e8_feb8_6659_fd93) >> 32) as u32
    }

    /// Where the text stands, or the free slot where it would.
    fn probe(&self, hash: u32, text: &[u8]) -> std::result::Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return Err(at);
            }
            let number = (slot as u32) - 1;
            if (slot >> 32) as u32 == hash && self.bytes_of(number) == text {
                return Ok(number);
            }
            at = (at + 1) & mask;
        }
    }

    fn range_of(&self, number: u32) -> (usize, usize) {
        let at = number as usize;
        let from = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or(0) };
        (from as usize, self.ends.get(at).map_or(0, |to| *to as usize))
    }

    fn bytes_of(&self, number: u32) -> &[u8] {
        let (from, to) = self.range_of(number);
        self.bytes.get(from..to).unwrap_or(&[])
    }

    /// The number of `text`, new where it was not seen. Past the last number every new text is the text of none.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = self.hash(text.as_bytes());
        let free = match self.probe(hash, text.as_bytes()) {
            Ok(number) => return Symbol(number),
            Err(free) => free,
        };
        let number = self.ends.len();
        if number + 1 >= u32::MAX as usize {
            return Symbol(u32::MAX);
        }
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len() as u64);
        self.slots[free] = u64::from(hash) << 32 | (number as u64 + 1);
        if (number + 1) * 8 > self.slots.len() * 7 {
            self.grow();
        }
        Symbol(number as u32)
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![0; old.len() * 2];
        let mask = self.slots.len() - 1;
        for slot in old.into_iter().filter(|s| *s != 0) {
            let mut at = (slot >> 32) as usize & mask;
            while self.slots[at] != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = slot;
        }
    }

    #[inline]
    pub fn get(&self, text: &str) -> Option<Symbol> {
        self.probe(self.hash(text.as_bytes()), text.as_bytes()).ok().map(Symbol)
    }

    /// [`get`](Self::get) for many texts, of bytes that need not be text, step by step for all of them: the memory that one waits for, the
    /// others wait for meanwhile.
    /// `None` past the shorter of the two.
    pub fn find_all(&self, texts: &[&[u8]], found: &mut [Option<Symbol>]) {
        const TOGETHER: usize = 32;
        found.fill(None);
        for (texts, found) in texts.chunks(TOGETHER).zip(found.chunks_mut(TOGETHER)) {
            let mask = self.slots.len() - 1;
            let (mut hashes, mut slots, mut ranges) = ([0u32; TOGETHER], [0u64; TOGETHER], [(0usize, 0usize); TOGETHER]);
            for (hash, text) in hashes.iter_mut().zip(texts) {
                *hash = self.hash(text);
            }
            for (slot, hash) in slots.iter_mut().zip(&hashes).take(texts.len()) {
                *slot = self.slots[*hash as usize & mask];
            }
            for (range, slot) in ranges.iter_mut().zip(&slots).take(texts.len()).filter(|(_, slot)| **slot != 0) {
                *range = self.range_of(*slot as u32 - 1);
            }
            for (i, (text, found)) in texts.iter().zip(found.iter_mut()).enumerate() {
                let first =
                    (slots[i] >> 32) as u32 == hashes[i] && slots[i] != 0 && self.bytes.get(ranges[i].0..ranges[i].1) == Some(*text);
                *found = if first { Some(Symbol(slots[i] as u32 - 1)) } else { self.probe(hashes[i], text).ok().map(Symbol) };
            }
        }
    }

    /// The text behind a number of this pool; a number of another pool gives an empty text.
    pub fn text(&self, symbol: Symbol) -> &str {
        std::str::from_utf8(self.bytes_of(symbol.0)).unwrap_or("")
    }

    pub fn iter(&self) -> impl Iterator<Item = (Symbol, &str)> {
        (0..self.ends.len() as u32).map(|n| (Symbol(n), self.text(Symbol(n))))
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All numbers in the byte order of their texts.
    pub fn sorted(&self) -> Vec<Symbol> {
        let mut order: Vec<Symbol> = (0..self.ends.len() as u32).map(Symbol).collect();
        if !order.windows(2).all(|pair| self.bytes_of(pair[0].0) <= self.bytes_of(pair[1].0)) {
            super::par::sort_by(&mut order, |a, b| self.bytes_of(a.0).cmp(self.bytes_of(b.0)));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_numbers_while_the_table_grows() {
        let mut pool = Interner::with_capacity(3);
        for i in 0..50_000u32 {
            assert_eq!(pool.intern(&format!("S{:05}", i * 7 % 50_000)), Symbol(i));
        }
        assert_eq!(pool.intern("S00007"), Symbol(1));
        assert_eq!(pool.get("S49999").map(|n| pool.text(n)), Some("S49999"));
        assert_eq!((pool.get("S"), pool.get(""), pool.len()), (None, None, 50_000));
        let asked: Vec<String> = (0..1000).map(|i| format!("S{:05}", i * 97)).collect();
        let texts: Vec<&[u8]> = asked.iter().map(String::as_bytes).collect();
        let mut found = vec![Some(Symbol(7)); 1001];
        pool.find_all(&texts, &mut found);
        assert!(asked.iter().zip(&found).all(|(text, found)| pool.get(text) == *found) && found[1000].is_none());
        assert_eq!(found.iter().flatten().count(), 516);
        let sorted = pool.sorted();
        assert!(sorted.windows(2).all(|w| pool.text(w[0]) < pool.text(w[1])));
        assert_eq!(pool.iter().nth(1), Some((Symbol(1), "S00007")));
    }

    #[test]
    fn empty_and_long_texts_are_texts() {
        let mut pool = Interner::default();
        let long = "x".repeat(1000);
        assert_eq!((pool.intern(""), pool.intern(&long)), (Symbol(0), Symbol(1)));
        assert_eq!((pool.get(""), pool.get(&long), pool.text(Symbol(1))), (Some(Symbol(0)), Some(Symbol(1)), &*long));
        assert_eq!(pool.text(Symbol(2)), "");
    }
}
