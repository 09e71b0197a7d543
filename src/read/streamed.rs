//! A large table straight to numbers, block by block: what [`super::table`] keeps as cells of text never exists here.
//!
//! A block is some megabytes of whole rows. Its pieces are parsed side by side and handed over in the order of the file, so that
//! memory holds one block and what the caller makes of it. Reads CSV (comma, semicolon, tab; `.gz` too) and Parquet, whose columns are
//! unpacked side by side, page by page.

use super::table::Trouble;
use crate::base::par;
use crate::schema::codes::{COLUMN_MISSING, COLUMN_TYPE, FILE_EMPTY, FILE_UNREADABLE, HEADER_TWICE, QUOTE_OPEN, ROW_SHORT};
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use memchr::{memchr, memchr_iter, memrchr};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of text read at once, and what one worker takes of them.
const BLOCK: usize = 32 << 20;
const PIECE: usize = 1 << 20;
/// The longest row of text.
const LONGEST: usize = 8 * BLOCK;
/// Rows of a Parquet batch, at most; and what a row takes as a batch.
const BATCH: usize = 1 << 18;
const ROW: usize = 128;
const ROWS_A_PIECE: usize = 1 << 15;

/// A row that is not used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// 1-based line (text) or row (Parquet).
    pub line: u64,
    pub found: String,
}

/// A table whose columns are known and whose rows come in blocks.
pub struct Streamed {
    pub header: Vec<String>,
    source: Source,
}

enum Source {
    Text(Text),
    Columnar { path: PathBuf, metadata: Box<ArrowReaderMetadata> },
}

struct Text {
    reader: Box<dyn Read + Send>,
    delimiter: u8,
    /// Read and not handed over yet.
    held: Vec<u8>,
    line: u64,
    ended: bool,
    /// Bytes read at once.
    block: usize,
}

/// Where the columns that are wanted stand.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub texts: Vec<usize>,
    pub numbers: Vec<usize>,
}

/// One row as the caller sees it: the wanted texts, trimmed, and the wanted numbers, `None` where the cell is blank.
pub type TakeRow<'f, T> = &'f (dyn Fn(&mut T, &[&[u8]], &[Option<f64>]) -> Result<(), String> + Sync);

/// What was made of each piece of a block, and its rows that were refused.
pub type Block<T> = (Vec<T>, Vec<Unused>);

/// The blocks of a table.
pub struct Blocks {
    wanted: Wanted,
    source: BlockSource,
}

enum BlockSource {
    Text(Text),
    /// One reader for each column, by its place in the file.
    Columnar {
        readers: Vec<(usize, ParquetRecordBatchReader)>,
        row: u64,
    },
}

impl Streamed {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// A file that cannot be read, is empty, or names a column twice.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        let unreadable = |e: std::io::Error| Trouble::file(&FILE_UNREADABLE, e.to_string());
        let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        let file = File::open(path).map_err(unreadable)?;
        let (header, source) = if name.ends_with(".parquet") {
            let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
            let metadata = ArrowReaderMetadata::load(&file, options).map_err(|e| Trouble::file(&FILE_UNREADABLE, e.to_string()))?;
            let header = metadata.schema().fields().iter().map(|f| f.name().trim().to_owned()).collect::<Vec<_>>();
            (header, Source::Columnar { path: path.to_owned(), metadata: Box::new(metadata) })
        } else {
            let reader: Box<dyn Read + Send> =
                if name.ends_with(".gz") { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
            let mut text = Text { reader, delimiter: b',', held: Vec::new(), line: 1, ended: false, block: BLOCK };
            let header = text.header().map_err(unreadable)??;
            (header, Source::Text(text))
        };
        let mut sorted: Vec<&String> = header.iter().collect();
        sorted.sort();
        match sorted.windows(2).find(|w| w[0] == w[1] && !w[0].is_empty()) {
            Some(twice) => Err(Trouble::file(&HEADER_TWICE, twice[0].clone())),
            None => Ok(Self { header, source }),
        }
    }

    /// Where a column stands.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h == name)
    }

    /// Where a column that must be there stands.
    ///
    /// # Errors
    /// No such column.
    pub fn required(&self, name: &str) -> Result<usize, Trouble> {
        let all = || format!("no column {name} among {}", self.header.join(", "));
        self.column(name).ok_or_else(|| Trouble::file(&COLUMN_MISSING, all()))
    }

    /// The rows, in blocks.
    ///
    /// # Errors
    /// A column that holds no cells, or a file that cannot be read.
    pub fn blocks(self, wanted: Wanted) -> Result<Blocks, Trouble> {
        self.blocks_of(wanted, BLOCK)
    }

    /// The rows, in blocks of about `bytes` bytes; the border of blocks never shows in what is read.
    ///
    /// # Errors
    /// As [`blocks`](Self::blocks).
    pub fn blocks_of(self, wanted: Wanted, bytes: usize) -> Result<Blocks, Trouble> {
        let source = match self.source {
            Source::Text(text) => BlockSource::Text(Text { block: bytes.clamp(1 << 16, BLOCK), ..text }),
            Source::Columnar { path, metadata } => {
                let reader = |root: usize| {
                    // A file handle of its own for each column: they are read at the same time from different places.
                    let file = File::open(&path).map_err(|e| Trouble::file(&FILE_UNREADABLE, e.to_string()))?;
                    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, (*metadata).clone());
                    let mask = ProjectionMask::roots(builder.parquet_schema(), [root]);
                    let reader = builder.with_projection(mask).with_batch_size((bytes / ROW).clamp(1 << 12, BATCH)).build();
                    Ok((root, reader.map_err(|e| Trouble::file(&FILE_UNREADABLE, e.to_string()))?))
                };
                let mut roots: Vec<usize> = wanted.texts.iter().chain(&wanted.numbers).copied().collect();
                roots.sort_unstable();
                roots.dedup();
                BlockSource::Columnar { readers: roots.into_iter().map(reader).collect::<Result<_, _>>()?, row: 0 }
            }
        };
        Ok(Blocks { wanted, source })
    }
}

impl Blocks {
    /// Parses the next block: what `take` made of each of its pieces, in the order of the file, and the rows that it refused.
    /// `None` after the last row.
    ///
    /// # Errors
    /// A file that cannot be read to its end.
    pub fn next<T: Default + Send>(&mut self, take: TakeRow<'_, T>) -> Result<Option<Block<T>>, Trouble> {
        match &mut self.source {
            BlockSource::Text(text) => {
                let read = text.fill().map_err(|e| Trouble::file(&FILE_UNREADABLE, e.to_string()))?;
                let Some(end) = read? else { return Ok(None) };
                let made = pieces_of_text(&text.held[..end], text.delimiter, text.line, &self.wanted, take);
                let (parts, unused, lines) = made;
                text.line += lines;
                text.held.drain(..end);
                Ok(Some((parts, unused)))
            }
            BlockSource::Columnar { readers, row } => {
                let unpacked = par::map_owned(readers.iter_mut().collect(), |(root, reader)| {
                    let batch = reader.next().transpose().map_err(|e| Trouble::file(&FILE_UNREADABLE, e.to_string()))?;
                    Ok(batch.and_then(|b| b.columns().first().cloned()).map(|column| (*root, column)))
                });
                let unpacked = unpacked.into_iter().collect::<Result<Vec<_>, Trouble>>()?;
                let columns: Vec<(usize, ArrayRef)> = unpacked.iter().flatten().cloned().collect();
                let Some(rows) = columns.first().map(|c| c.1.len()) else { return Ok(None) };
                if columns.len() < unpacked.len() || columns.iter().any(|c| c.1.len() != rows) {
                    return Err(Trouble::file(&FILE_UNREADABLE, "columns of different lengths"));
                }
                let made = pieces_of_batch(&columns, rows, *row, &self.wanted, take)?;
                *row += rows as u64;
                Ok(Some(made))
            }
        }
    }
}

impl Text {
    /// Reads until `least` bytes are held, or the end.
    fn more(&mut self, least: usize) -> std::io::Result<()> {
        while !self.ended && self.held.len() < least {
            let from = self.held.len();
            self.held.resize(least, 0);
            match self.reader.read(&mut self.held[from..]) {
                Ok(n) => {
                    self.held.truncate(from + n);
                    self.ended = n == 0;
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => self.held.truncate(from),
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Takes the header row off, and with it the character between cells.
    fn header(&mut self) -> std::io::Result<Result<Vec<String>, Trouble>> {
        self.more(1 << 16)?;
        if self.held.starts_with(&[0xef, 0xbb, 0xbf]) {
            self.held.drain(..3);
        }
        let end = memchr(b'\n', &self.held).map_or(self.held.len(), |at| at + 1);
        let line: Vec<u8> = self.held.drain(..end).collect();
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        if text.trim().is_empty() {
            return Ok(Err(Trouble::file(&FILE_EMPTY, "no row of column names")));
        }
        let count = |d: char| text.matches(d).count();
        let best = [',', ';', '\t'].into_iter().max_by_key(|d| (count(*d), *d == ',')).unwrap_or(',');
        self.delimiter = best as u8;
        self.line = 2;
        Ok(Ok(text.split(best).map(|h| h.trim().trim_matches('"').trim().to_owned()).collect()))
    }

    /// Reads a block; the number of held bytes that are whole rows, none at the end.
    fn fill(&mut self) -> std::io::Result<Result<Option<usize>, Trouble>> {
        let mut size = self.block;
        loop {
            self.more(size)?;
            if self.held.is_empty() {
                return Ok(Ok(None));
            }
            if self.ended {
                return Ok(Ok(Some(self.held.len())));
            }
            if let Some(end) = last_row_end(&self.held) {
                return Ok(Ok(Some(end)));
            }
            if size >= LONGEST {
                let found = format!("a row of more than {size} bytes: is a quotation mark never closed?");
                return Ok(Err(Trouble::line(&QUOTE_OPEN, self.line, found)));
            }
            size *= 2;
        }
    }
}

/// The end of the last row that ends in here: behind a line break outside quotation marks.
fn last_row_end(bytes: &[u8]) -> Option<usize> {
    if memchr(b'"', bytes).is_none() {
        return memrchr(b'\n', bytes).map(|at| at + 1);
    }
    let (mut quoted, mut end) = (false, None);
    for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
        if bytes[at] == b'"' {
            quoted = !quoted;
        } else if !quoted {
            end = Some(at + 1);
        }
    }
    end
}

type Made<T> = (Vec<T>, Vec<Unused>, u64);

fn pieces_of_text<T: Default + Send>(block: &[u8], delimiter: u8, line: u64, wanted: &Wanted, take: TakeRow<'_, T>) -> Made<T> {
    if memchr(b'"', block).is_some() {
        let (part, unused, lines) = quoted_piece(block, delimiter, wanted, take);
        return (vec![part], located(unused, line), lines);
    }
    let mut pieces = Vec::with_capacity(block.len() / PIECE + 1);
    let mut rest = block;
    while !rest.is_empty() {
        let near = PIECE.min(rest.len());
        let end = memchr(b'\n', &rest[near..]).map_or(rest.len(), |at| near + at + 1);
        let (piece, behind) = rest.split_at(end);
        pieces.push(piece);
        rest = behind;
    }
    let made = par::map_each(&pieces, |piece| plain_piece(piece, delimiter, wanted, take));
    let (mut parts, mut unused, mut lines) = (Vec::with_capacity(made.len()), Vec::new(), 0);
    for (part, refused, count) in made {
        unused.extend(located(refused, line + lines));
        lines += count;
        parts.push(part);
    }
    (parts, unused, lines)
}

fn located(mut unused: Vec<Unused>, before: u64) -> Vec<Unused> {
    unused.iter_mut().for_each(|u| u.line += before);
    unused
}

/// Rows without quotation marks: a line is a row.
fn plain_piece<T: Default>(piece: &[u8], delimiter: u8, wanted: &Wanted, take: TakeRow<'_, T>) -> (T, Vec<Unused>, u64) {
    let (mut made, mut unused, mut lines) = (T::default(), Vec::new(), 0u64);
    let last = wanted.texts.iter().chain(&wanted.numbers).copied().max().unwrap_or(0);
    let mut cells: Vec<&[u8]> = Vec::with_capacity(last + 1);
    let mut row = RowOf::new(wanted);
    let mut from = 0;
    while from < piece.len() {
        let to = memchr(b'\n', &piece[from..]).map_or(piece.len(), |at| from + at);
        let line = piece[from..to].trim_ascii_end();
        from = to + 1;
        if !line.is_empty() {
            cells.clear();
            let mut start = 0;
            for at in memchr_iter(delimiter, line).take(last + 1) {
                cells.push(&line[start..at]);
                start = at + 1;
            }
            if cells.len() <= last {
                cells.push(&line[start..]);
            }
            if let Err(found) = row.take(&cells, delimiter, wanted, &mut made, take) {
                unused.push(Unused { line: lines, found });
            }
        }
        lines += 1;
    }
    (made, unused, lines)
}

/// Rows with quotation marks, by the csv crate.
fn quoted_piece<T: Default>(piece: &[u8], delimiter: u8, wanted: &Wanted, take: TakeRow<'_, T>) -> (T, Vec<Unused>, u64) {
    let (mut made, mut unused) = (T::default(), Vec::new());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(piece);
    let mut record = csv::ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let cells: Vec<&[u8]> = record.iter().collect();
                let line = record.position().map_or(0, |p| p.line() - 1);
                if let Err(found) = RowOf::new(wanted).take(&cells, delimiter, wanted, &mut made, take) {
                    unused.push(Unused { line, found });
                }
            }
            Err(e) => {
                unused.push(Unused { line: e.position().map_or(0, |p| p.line() - 1), found: e.to_string() });
                break;
            }
        }
    }
    let lines = memchr_iter(b'\n', piece).count() as u64;
    (made, unused, lines)
}

/// Room for one row.
struct RowOf {
    numbers: Vec<Option<f64>>,
}

impl RowOf {
    fn new(wanted: &Wanted) -> Self {
        Self { numbers: Vec::with_capacity(wanted.numbers.len()) }
    }

    fn take<T>(&mut self, cells: &[&[u8]], delimiter: u8, wanted: &Wanted, made: &mut T, take: TakeRow<'_, T>) -> Result<(), String> {
        let cell =
            |c: &usize| cells.get(*c).copied().map(<[u8]>::trim_ascii).ok_or_else(|| format!("{}: {} cells", ROW_SHORT.code, cells.len()));
        self.numbers.clear();
        for c in &wanted.numbers {
            self.numbers.push(number(cell(c)?, delimiter)?);
        }
        // A row has few texts: their places stay on the stack.
        let mut texts: [&[u8]; 4] = [b""; 4];
        let n = wanted.texts.len().min(texts.len());
        for (slot, c) in texts.iter_mut().zip(&wanted.texts) {
            *slot = cell(c)?;
        }
        take(made, &texts[..n], &self.numbers)
    }
}

/// A cell as a number, none where it is blank; a decimal comma where cells are not divided by commas.
fn number(cell: &[u8], delimiter: u8) -> Result<Option<f64>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let bad = || format!("{} is no number", String::from_utf8_lossy(&cell[..cell.len().min(40)]));
    let text = std::str::from_utf8(cell).map_err(|_| bad())?;
    let value = if delimiter != b',' && text.contains(',') { text.replace(',', ".").parse::<f64>() } else { text.parse::<f64>() };
    value.ok().filter(|x| x.is_finite()).map(Some).ok_or_else(bad)
}

fn pieces_of_batch<T: Default + Send>(
    columns: &[(usize, ArrayRef)],
    rows: usize,
    before: u64,
    wanted: &Wanted,
    take: TakeRow<'_, T>,
) -> Result<Block<T>, Trouble> {
    let column = |c: &usize, kind: DataType| {
        let array = columns.iter().find(|(root, _)| root == c).map(|(_, array)| array);
        let array = array.ok_or_else(|| Trouble::file(&FILE_UNREADABLE, "a column is missing in part of the file"))?;
        let found = || Trouble::file(&COLUMN_TYPE, format!("a column of type {}", array.data_type()));
        cast(array, &kind).map_err(|_| found())
    };
    let texts = wanted.texts.iter().map(|c| column(c, DataType::Utf8)).collect::<Result<Vec<_>, _>>()?;
    let numbers = wanted.numbers.iter().map(|c| column(c, DataType::Float64)).collect::<Result<Vec<_>, _>>()?;
    let texts: Vec<_> = texts.iter().map(|t| t.as_string::<i32>()).collect();
    let numbers: Vec<_> = numbers.iter().map(|n| n.as_primitive::<Float64Type>()).collect();
    let made = par::map_chunks(rows, ROWS_A_PIECE, |range| {
        let (mut made, mut unused) = (T::default(), Vec::new());
        let mut row: Vec<Option<f64>> = Vec::with_capacity(numbers.len());
        let mut cells: Vec<&[u8]> = Vec::with_capacity(texts.len());
        for i in range {
            cells.clear();
            cells.extend(texts.iter().map(|t| if t.is_null(i) { &b""[..] } else { t.value(i).as_bytes().trim_ascii() }));
            row.clear();
            row.extend(numbers.iter().map(|n| n.is_valid(i).then(|| n.value(i))));
            let finite = row.iter().flatten().all(|x| x.is_finite());
            let taken = if finite { take(&mut made, &cells, &row) } else { Err("an infinite number or none".to_owned()) };
            if let Err(found) = taken {
                unused.push(Unused { line: before + i as u64 + 1, found });
            }
        }
        (made, unused)
    });
    let (mut parts, mut unused) = (Vec::with_capacity(made.len()), Vec::new());
    for (part, refused) in made {
        parts.push(part);
        unused.extend(refused);
    }
    Ok((parts, unused))
}
