//! Rows of W in a file that is read forward: 12 bytes a link, 8 a buyer.
//!
//! ```text
//! header   "ONUSROWS", version 1, nodes, rows, links     (five numbers of 8 bytes)
//! row      buyer, number of suppliers (4 bytes each), then per supplier its number (4 bytes) and W[buyer, supplier] (8 bytes)
//! ```
//!
//! Numbers stand with the lowest byte first; rows come by rising buyer, suppliers rise within a row. The file is made for one run and goes with it; even so
//! nothing in it is believed: a row out of order, a supplier that no node has or a file of another length is an error.

use super::csr::Entry;
use crate::base::{Error, Result, par};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const MAGIC: [u8; 8] = *b"ONUSROWS";
const VERSION: u64 = 1;
const HEADER: u64 = 40;
const HEAD: u64 = 8;
const LINK: u64 = 12;
/// Bytes of rows read at once, at most.
const BLOCK: usize = 4 << 20;

/// A file of rows.
#[derive(Clone, Debug)]
pub struct StoredRows {
    path: PathBuf,
    nodes: usize,
    rows: u64,
    links: u64,
}

/// Part of a file of rows, in bytes: whole rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub from: u64,
    pub to: u64,
}

/// One row, or as much of it as stands in a block: suppliers up to `to` in the block's lists, behind the piece before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub buyer: u32,
    pub to: usize,
    /// Whether the row is at its end.
    pub ends: bool,
}

/// Rows as they stand in the file, and pieces of rows at its edges.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    pub pieces: Vec<Piece>,
    pub suppliers: Vec<u32>,
    pub weights: Vec<f64>,
}

impl Block {
    /// Each piece with its suppliers and weights.
    pub fn rows(&self) -> impl Iterator<Item = (Piece, &[u32], &[f64])> {
        let mut from = 0;
        self.pieces.iter().map(move |piece| {
            let range = std::mem::replace(&mut from, piece.to)..piece.to;
            (*piece, self.suppliers.get(range.clone()).unwrap_or(&[]), self.weights.get(range).unwrap_or(&[]))
        })
    }

    fn clear(&mut self) {
        self.pieces.clear();
        self.suppliers.clear();
        self.weights.clear();
    }
}

/// Writes rows in order.
pub struct RowsWriter {
    file: BufWriter<File>,
    stored: StoredRows,
    at: u64,
    last: Option<u32>,
}

impl RowsWriter {
    /// # Errors
    /// A place that cannot be written.
    pub fn create(path: &Path, nodes: usize) -> Result<Self> {
        let file = File::create(path).map_err(|e| Error::io(path, e))?;
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(&[0; HEADER as usize]).map_err(|e| Error::io(path, e))?;
        Ok(RowsWriter { file, stored: StoredRows { path: path.to_owned(), nodes, rows: 0, links: 0 }, at: HEADER, last: None })
    }

    /// Where the next row begins.
    pub fn here(&self) -> u64 {
        self.at
    }

    /// Writes the row of a buyer, of more than no suppliers.
    ///
    /// # Errors
    /// A disk that is full; a buyer that does not come after the last one.
    pub fn row(&mut self, buyer: u32, suppliers: &[(u32, f64)]) -> Result<()> {
        if self.last.is_some_and(|last| last >= buyer) || buyer as usize >= self.stored.nodes {
            return Err(Error::internal(format!("row {buyer} written after {:?} of {} nodes", self.last, self.stored.nodes)));
        }
        self.last = Some(buyer);
        let count = suppliers.len() as u32;
        let put = |file: &mut BufWriter<File>| {
            file.write_all(&buyer.to_le_bytes())?;
            file.write_all(&count.to_le_bytes())?;
            for (supplier, weight) in suppliers {
                let mut bytes = [0u8; LINK as usize];
                bytes[..4].copy_from_slice(&supplier.to_le_bytes());
                bytes[4..].copy_from_slice(&weight.to_le_bytes());
                file.write_all(&bytes)?;
            }
            Ok(())
        };
        put(&mut self.file).map_err(|e| Error::io(&self.stored.path, e))?;
        self.stored.rows += 1;
        self.stored.links += u64::from(count);
        self.at += HEAD + LINK * u64::from(count);
        Ok(())
    }

    /// Writes the header.
    ///
    /// # Errors
    /// A disk that is full.
    pub fn end(self) -> Result<StoredRows> {
        let RowsWriter { file, stored, .. } = self;
        let mut header = MAGIC.to_vec();
        for number in [VERSION, stored.nodes as u64, stored.rows, stored.links] {
            header.extend_from_slice(&number.to_le_bytes());
        }
        let finish = |file: BufWriter<File>| {
            let mut file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&header)
        };
        finish(file).map_err(|e| Error::io(&stored.path, e))?;
        Ok(stored)
    }
}

impl StoredRows {
    /// Opens a file of rows.
    ///
    /// # Errors
    /// A file that cannot be read, is none of rows, or has another length than its header says.
    pub fn open(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|e| Error::io(path, e))?;
        let size = file.metadata().map_err(|e| Error::io(path, e))?.len();
        let mut header = [0u8; HEADER as usize];
        file.read_exact(&mut header).map_err(|e| Error::io(path, e))?;
        let (magic, numbers) = header.split_at(8);
        let numbers: Vec<u64> = numbers.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b)).collect();
        let &[version, nodes, rows, links] = numbers.as_slice() else { return Err(damaged(path, "no header")) };
        let whole = links.checked_mul(LINK).zip(rows.checked_mul(HEAD)).and_then(|(l, r)| l.checked_add(r)?.checked_add(HEADER));
        if magic != MAGIC || version != VERSION || whole != Some(size) || nodes >= u64::from(u32::MAX) || rows > nodes {
            return Err(damaged(path, "a header that does not fit the file"));
        }
        Ok(StoredRows { path: path.to_owned(), nodes: nodes as usize, rows, links })
    }

    /// N, the number of nodes that rows may name.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// Buyers with suppliers.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// M, the number of distinct (supplier, buyer) pairs.
    pub fn links(&self) -> u64 {
        self.links
    }

    /// All rows.
    pub fn whole(&self) -> Extent {
        Extent { from: HEADER, to: HEADER + HEAD * self.rows + LINK * self.links }
    }

    /// Removes the file.
    pub fn remove(self) {
        let _ = std::fs::remove_file(&self.path);
    }

    /// Reads part of the rows in blocks; while `take` works on one the next is read. About `memory` bytes are held.
    ///
    /// # Errors
    /// A file that cannot be read or is damaged, and what `take` says.
    pub fn read(&self, part: Extent, memory: usize, take: &mut (dyn FnMut(&Block) -> Result<()> + Send)) -> Result<()> {
        let mut file = File::open(&self.path).map_err(|e| Error::io(&self.path, e))?;
        file.seek(SeekFrom::Start(part.from)).map_err(|e| Error::io(&self.path, e))?;
        let block = (memory / 4).clamp(1 << 12, BLOCK);
        let mut reader = Reader { rows: self, file, at: part.from, to: part.to, bytes: vec![0; block], left: 0, buyer: 0, last: None };
        let (mut now, mut next) = (Block::default(), Block::default());
        reader.fill(&mut now)?;
        while !now.pieces.is_empty() {
            let (read, taken) = par::join(|| reader.fill(&mut next), || take(&now));
            taken?;
            read?;
            std::mem::swap(&mut now, &mut next);
        }
        Ok(())
    }
}

fn damaged(path: &Path, found: &str) -> Error {
    Error::io(path, std::io::Error::new(std::io::ErrorKind::InvalidData, format!("a scratch file is damaged: {found}")))
}

struct Reader<'a> {
    rows: &'a StoredRows,
    file: File,
    at: u64,
    to: u64,
    bytes: Vec<u8>,
    /// Suppliers of `buyer` still to come.
    left: u32,
    buyer: u32,
    last: Option<u32>,
}

impl Reader<'_> {
    /// The next block, empty behind the end. What is left of the bytes behind the last whole number is read again with the next block.
    fn fill(&mut self, block: &mut Block) -> Result<()> {
        block.clear();
        let size = (self.to.saturating_sub(self.at)).min(self.bytes.len() as u64) as usize;
        let bytes = &mut self.bytes[..size];
        self.file.read_exact(bytes).map_err(|e| Error::io(&self.rows.path, e))?;
        let mut rest: &[u8] = bytes;
        let wrong = |found: &str| Err(damaged(&self.rows.path, found));
        loop {
            if self.left > 0 {
                let whole = (rest.len() / LINK as usize).min(self.left as usize);
                let (links, behind) = rest.split_at(whole * LINK as usize);
                for link in links.as_chunks::<{ LINK as usize }>().0 {
                    let [a, b, c, d, weight @ ..] = *link;
                    let (supplier, weight) = (u32::from_le_bytes([a, b, c, d]), f64::from_le_bytes(weight));
                    if supplier as usize >= self.rows.nodes || !(0.0..=1.0).contains(&weight) {
                        return wrong("a supplier that is no node, or a weight that is no share");
                    }
                    block.suppliers.push(supplier);
                    block.weights.push(weight);
                }
                self.left -= whole as u32;
                rest = behind;
                block.pieces.push(Piece { buyer: self.buyer, to: block.suppliers.len(), ends: self.left == 0 });
                if self.left > 0 {
                    break;
                }
            }
            let Some((head, behind)) = rest.split_first_chunk::<{ HEAD as usize }>() else { break };
            let [a, b, c, d, count @ ..] = *head;
            let (buyer, count) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes(count));
            if buyer as usize >= self.rows.nodes || self.last.is_some_and(|last| last >= buyer) || count == 0 {
                return wrong("a row out of order");
            }
            (self.buyer, self.left, self.last) = (buyer, count, Some(buyer));
            rest = behind;
        }
        let unread = rest.len() as u64;
        self.at += size as u64 - unread;
        if self.at >= self.to && self.left > 0 || (size as u64 == unread && size > 0) {
            return wrong("a row that is not whole");
        }
        if unread > 0 {
            self.file.seek(SeekFrom::Start(self.at)).map_err(|e| Error::io(&self.rows.path, e))?;
        }
        Ok(())
    }
}

/// Links that come in order, as rows: parallel links of one pair added smallest weight first, then scaled to 1, as
/// [`SupplyGraph`](super::SupplyGraph) does it, to the same bits. Holds one row, of at most N distinct suppliers.
pub struct Rows<'a> {
    writer: &'a mut RowsWriter,
    buyer: u32,
    row: Vec<(u32, f64)>,
    scaled: bool,
}

impl<'a> Rows<'a> {
    /// `scaled`: whether weights are W already, one link a pair.
    pub fn new(writer: &'a mut RowsWriter, scaled: bool) -> Self {
        Rows { writer, buyer: 0, row: Vec::new(), scaled }
    }

    /// # Errors
    /// As [`RowsWriter::row`].
    pub fn push(&mut self, link: Entry) -> Result<()> {
        if link.buyer != self.buyer {
            self.end()?;
            self.buyer = link.buyer;
        }
        match self.row.last_mut() {
            Some((supplier, weight)) if *supplier == link.supplier => *weight += link.weight,
            _ => self.row.push((link.supplier, link.weight)),
        }
        Ok(())
    }

    /// Writes the row under work.
    ///
    /// # Errors
    /// As [`RowsWriter::row`].
    pub fn end(&mut self) -> Result<()> {
        if self.row.is_empty() {
            return Ok(());
        }
        if !self.scaled {
            let sum: f64 = self.row.iter().map(|(_, w)| w).sum();
            self.row.iter_mut().for_each(|(_, w)| *w /= sum);
        }
        self.writer.row(self.buyer, &self.row)?;
        self.row.clear();
        Ok(())
    }

    /// Where the row of `buyer` begins, once all before it is written.
    ///
    /// # Errors
    /// As [`RowsWriter::row`].
    pub fn begins(&mut self) -> Result<u64> {
        self.end()?;
        Ok(self.writer.here())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeIx;
    use crate::graph::{LinkRuns, SupplyGraph};

    fn links() -> Vec<Entry> {
        let mixed = |i: u64, by: u64| (i.wrapping_mul(by) >> 40) as u32;
        (0..20_000u64)
            .map(|i| Entry {
                buyer: mixed(i, 0x9e37_79b9_7f4a_7c15) % 90,
                supplier: mixed(i, 0xc2b2_ae3d_27d4_eb4f) % 200,
                weight: f64::from(mixed(i, 0x1656_67b1_9e37_79f9) % 997 + 1) / 7.0,
            })
            .collect()
    }

    fn stored(dir: &Path, links: &[Entry], memory: usize) -> StoredRows {
        let mut runs = LinkRuns::new(dir, "r", memory);
        links.iter().for_each(|l| runs.push(*l).unwrap());
        let mut writer = RowsWriter::create(&dir.join("rows"), 200).unwrap();
        let mut rows = Rows::new(&mut writer, false);
        runs.merged(&mut |e| rows.push(e)).unwrap();
        rows.end().unwrap();
        writer.end().unwrap();
        StoredRows::open(&dir.join("rows")).unwrap()
    }

    #[test]
    fn stored_rows_have_the_bits_of_the_graph_in_memory_whatever_room_there_is() {
        let links = links();
        let graph = SupplyGraph::new(200, &links).unwrap();
        let dir = tempfile::tempdir().unwrap();
        for (memory, read) in [(1 << 20, 1 << 24), (2048, 1), (320, 1 << 15)] {
            let rows = stored(dir.path(), &links, memory);
            assert_eq!((rows.links(), rows.nodes()), (graph.links() as u64, 200));
            let mut found: Vec<Vec<(usize, u64)>> = vec![Vec::new(); 200];
            rows.read(rows.whole(), read, &mut |block| {
                for (piece, suppliers, weights) in block.rows() {
                    found[piece.buyer as usize].extend(suppliers.iter().zip(weights).map(|(s, w)| (*s as usize, w.to_bits())));
                }
                Ok(())
            })
            .unwrap();
            for (n, found) in found.iter().enumerate() {
                let own: Vec<(usize, u64)> = graph.suppliers_of(NodeIx(n as u32)).iter().map(|(s, w)| (s, w.to_bits())).collect();
                assert_eq!(*found, own, "row {n} with {memory} bytes");
            }
        }
    }

    #[test]
    fn a_damaged_file_is_an_error_and_never_a_panic() {
        let dir = tempfile::tempdir().unwrap();
        let rows = stored(dir.path(), &links(), 4096);
        let path = dir.path().join("rows");
        let good = std::fs::read(&path).unwrap();
        let all = |rows: &StoredRows| rows.read(rows.whole(), 1 << 14, &mut |_| Ok(()));
        assert!(all(&rows).is_ok());
        for cut in [0, 10, 39, 47, good.len() / 2, good.len() - 1] {
            std::fs::write(&path, &good[..cut]).unwrap();
            assert!(StoredRows::open(&path).is_err(), "{cut} bytes");
            assert!(all(&rows).is_err(), "cut to {cut} bytes after it was opened");
        }
        // A row's number, its length, a supplier, a weight.
        for (at, value) in [(40, 0xff), (44, 0), (51, 0xff), (59, 0x7f)] {
            let mut bad = good.clone();
            bad[at..at + 1].fill(value);
            if at == 44 {
                bad[44..48].fill(0xff);
            }
            std::fs::write(&path, &bad).unwrap();
            assert!(all(&rows).is_err(), "byte {at}");
        }
        let mut other = good;
        other[0] = b'X';
        std::fs::write(&path, &other).unwrap();
        assert!(StoredRows::open(&path).is_err());
    }
}
