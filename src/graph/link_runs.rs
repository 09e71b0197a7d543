//! Links sorted on disk: more of them than memory may hold, by buyer, then supplier, then weight.
//!
//! Links are held until the room for them is full, sorted, and written away as a run; runs are merged many at once. The order is total and
//! equal links are alike in every bit, so neither the room nor the order in which links come shows in what comes out.

use super::csr::Entry;
use crate::base::{Error, Result, par};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Bytes of a link: buyer and supplier, then the bits of the weight, which rise with it as no weight is below 0.
pub(super) const LINK: usize = 16;
/// Bytes of a run that are read at once; fewer runs are merged at once before this is made smaller.
const LEAST_BUFFER: usize = 1 << 16;

type Key = (u64, u64);

fn key(e: Entry) -> Key {
    (u64::from(e.buyer) << 32 | u64::from(e.supplier), e.weight.to_bits())
}

fn entry((ends, weight): Key) -> Entry {
    Entry { buyer: (ends >> 32) as u32, supplier: ends as u32, weight: f64::from_bits(weight) }
}

/// Links on their way into order. 16 bytes of memory a link that is held, 16 bytes of disk a link.
pub struct LinkRuns {
    dir: PathBuf,
    name: &'static str,
    memory: usize,
    held: Vec<Key>,
    runs: Vec<Run>,
    made: usize,
}

struct Run {
    path: PathBuf,
    links: u64,
}

impl LinkRuns {
    /// Runs are written into `dir` under names that begin with `name`; `memory` bytes of links are held at most.
    pub fn new(dir: &Path, name: &'static str, memory: usize) -> Self {
        LinkRuns { dir: dir.to_owned(), name, memory: memory.max(2 * LINK), held: Vec::new(), runs: Vec::new(), made: 0 }
    }

    /// Takes a link. One whose weight is below 0 or no finite number carries nothing and is left out; one that is 0 only by rounding stays.
    ///
    /// # Errors
    /// A disk that is full or a place that cannot be written.
    pub fn push(&mut self, link: Entry) -> Result<()> {
        if !(link.weight.is_sign_positive() && link.weight.is_finite()) {
            return Ok(());
        }
        let room = self.memory / LINK;
        if self.held.len() == self.held.capacity() {
            // It doubles, but never past its room: who gives more memory than there are links takes what they need.
            self.held.reserve_exact(self.held.len().max(1024).min(room - self.held.len()));
        }
        self.held.push(key(link));
        if self.held.len() >= room { self.spill() } else { Ok(()) }
    }

    /// Links that were taken.
    pub fn len(&self) -> u64 {
        self.held.len() as u64 + self.runs.iter().map(|r| r.links).sum::<u64>()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn spill(&mut self) -> Result<()> {
        par::sort_unstable(&mut self.held);
        let path = self.next_path();
        let mut file = Out::create(&path, self.memory)?;
        for key in &self.held {
            file.put(*key)?;
        }
        self.runs.push(file.end()?);
        self.held.clear();
        Ok(())
    }

    fn next_path(&mut self) -> PathBuf {
        self.made += 1;
        self.dir.join(format!("{}-{}", self.name, self.made))
    }

    /// All links, in order, one by one.
    ///
    /// # Errors
    /// As [`push`](Self::push), a run that is not as it was written, and what `take` says.
    pub fn merged(mut self, take: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
        if self.runs.is_empty() {
            par::sort_unstable(&mut self.held);
            return self.held.iter().try_for_each(|key| take(entry(*key)));
        }
        if !self.held.is_empty() {
            self.spill()?;
        }
        self.held = Vec::new();
        let at_once = (self.memory / LEAST_BUFFER).max(2);
        while self.runs.len() > at_once {
            let some: Vec<Run> = self.runs.drain(..at_once).collect();
            let path = self.next_path();
            let mut file = Out::create(&path, self.memory)?;
            merge(&some, self.memory / 2, &mut |key| file.put(key))?;
            self.runs.push(file.end()?);
        }
        merge(&self.runs, self.memory, &mut |key| take(entry(key)))
    }

    /// The same links under other numbers, on their way into the order of those.
    ///
    /// # Errors
    /// As [`merged`](Self::merged).
    pub fn renumbered(mut self, name: &'static str, number: impl Fn(u32) -> u32) -> Result<Self> {
        let mut other = LinkRuns::new(&self.dir, name, self.memory / 2);
        let other_of = |key: Key| {
            let e = entry(key);
            Entry { buyer: number(e.buyer), supplier: number(e.supplier), weight: e.weight }
        };
        for key in std::mem::take(&mut self.held) {
            other.push(other_of(key))?;
        }
        for run in &self.runs {
            let mut input = In::open(run, self.memory / 4)?;
            while let Some(key) = input.take()? {
                other.push(other_of(key))?;
            }
            input.remove();
        }
        Ok(other)
    }
}

/// Merges runs and removes them.
fn merge(runs: &[Run], memory: usize, take: &mut dyn FnMut(Key) -> Result<()>) -> Result<()> {
    let mut inputs = Vec::with_capacity(runs.len());
    let mut heap = BinaryHeap::with_capacity(runs.len());
    for (at, run) in runs.iter().enumerate() {
        let mut input = In::open(run, memory / runs.len().max(1))?;
        if let Some(key) = input.take()? {
            heap.push(Reverse((key, at)));
        }
        inputs.push(input);
    }
    while let Some(mut least) = heap.peek_mut() {
        let Reverse((key, at)) = *least;
        take(key)?;
        match inputs.get_mut(at).map(In::take).transpose()?.flatten() {
            Some(next) => *least = Reverse((next, at)),
            None => {
                std::collections::binary_heap::PeekMut::pop(least);
            }
        }
    }
    inputs.iter().for_each(In::remove);
    Ok(())
}

struct Out {
    file: BufWriter<File>,
    run: Run,
}

impl Out {
    fn create(path: &Path, memory: usize) -> Result<Self> {
        let file = File::create(path).map_err(|e| Error::io(path, e))?;
        let buffer = (memory / 8).clamp(4096, 1 << 20);
        Ok(Out { file: BufWriter::with_capacity(buffer, file), run: Run { path: path.to_owned(), links: 0 } })
    }

    fn put(&mut self, (ends, weight): Key) -> Result<()> {
        let mut bytes = [0u8; LINK];
        bytes[..8].copy_from_slice(&ends.to_le_bytes());
        bytes[8..].copy_from_slice(&weight.to_le_bytes());
        self.run.links += 1;
        self.file.write_all(&bytes).map_err(|e| Error::io(&self.run.path, e))
    }

    fn end(mut self) -> Result<Run> {
        self.file.flush().map_err(|e| Error::io(&self.run.path, e))?;
        Ok(self.run)
    }
}

struct In {
    file: BufReader<File>,
    path: PathBuf,
    left: u64,
}

impl In {
    fn open(run: &Run, memory: usize) -> Result<Self> {
        let file = File::open(&run.path).map_err(|e| Error::io(&run.path, e))?;
        Ok(In { file: BufReader::with_capacity(memory.clamp(4096, 4 << 20), file), path: run.path.clone(), left: run.links })
    }

    fn take(&mut self) -> Result<Option<Key>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let (mut ends, mut weight) = ([0u8; 8], [0u8; 8]);
        self.file.read_exact(&mut ends).and_then(|()| self.file.read_exact(&mut weight)).map_err(|e| Error::io(&self.path, e))?;
        Ok(Some((u64::from_le_bytes(ends), u64::from_le_bytes(weight))))
    }

    /// Disk is given back as early as can be; what stays goes with the folder.
    fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Vec<Entry> {
        let mixed = |i: u64, by: u64| (i.wrapping_mul(by) >> 40) as u32;
        (0..5000u64)
            .map(|i| Entry {
                buyer: mixed(i, 0x9e37_79b9_7f4a_7c15) % 90,
                supplier: mixed(i, 0xc2b2_ae3d_27d4_eb4f) % 90,
                weight: f64::from(mixed(i, 0x1656_67b1_9e37_79f9) % 7 + 1),
            })
            .collect()
    }

    fn sorted(memory: usize, links: &[Entry]) -> Vec<Entry> {
        let dir = tempfile::tempdir().unwrap();
        let mut runs = LinkRuns::new(dir.path(), "r", memory);
        links.iter().for_each(|l| runs.push(*l).unwrap());
        assert_eq!(runs.len(), links.len() as u64);
        let mut out = Vec::new();
        runs.merged(&mut |e| {
            out.push(e);
            Ok(())
        })
        .unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "runs are removed");
        out
    }

    #[test]
    fn links_come_in_one_order_whatever_room_there_is() {
        let links = links();
        let mut plain = links.clone();
        plain.sort_by(|a, b| (a.buyer, a.supplier).cmp(&(b.buyer, b.supplier)).then(a.weight.total_cmp(&b.weight)));
        // In memory; some runs; far more runs than are merged at once.
        for memory in [1 << 20, 4096, 320] {
            assert_eq!(sorted(memory, &links), plain, "{memory} bytes");
        }
        let reversed: Vec<Entry> = links.iter().rev().copied().collect();
        assert_eq!(sorted(320, &reversed), plain);
    }

    #[test]
    fn links_under_other_numbers_come_in_the_order_of_those() {
        let dir = tempfile::tempdir().unwrap();
        let mut runs = LinkRuns::new(dir.path(), "r", 640);
        links().into_iter().for_each(|l| runs.push(l).unwrap());
        let mut last = (0, 0);
        let mut count = 0;
        let other = runs.renumbered("o", |n| 89 - n).unwrap();
        other
            .merged(&mut |e| {
                assert!((e.buyer, e.supplier) >= last);
                last = (e.buyer, e.supplier);
                count += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(count, 5000);
    }

    #[test]
    fn a_run_that_was_cut_short_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let mut runs = LinkRuns::new(dir.path(), "r", 640);
        links().into_iter().for_each(|l| runs.push(l).unwrap());
        let one = std::fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap().path();
        std::fs::write(&one, b"short").unwrap();
        assert!(matches!(runs.merged(&mut |_| Ok(())), Err(Error::Io { .. })));
    }
}
