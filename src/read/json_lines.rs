//! Records of JSON files, one at a time and each with its line: JSON lines (one value a line), one array of values, or values after each
//! other over several lines; plain or gz; UTF-8 with or without a byte order mark.
//!
//! No more than one record is in memory. A record that is broken, too long, too deep or not UTF-8 is handed over as such with its line,
//! and reading goes on behind it: in JSON lines at the next line, in an array behind the record as far as its brackets tell. Follows
//! RFC 8259 and jsonlines.org; an object of a page of results (`results`, `statements`, `entities`, `data` with an array) gives its items.

use super::bytes::Limits;
use super::table::Trouble;
use crate::schema::codes::{FILE_EMPTY, FILE_TOO_LARGE, FILE_UNREADABLE};
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

/// Bytes of one record.
pub const RECORD_BYTES: usize = 16 << 20;
/// Brackets within brackets of one record.
pub const DEPTH: usize = 48;

/// A record that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadRecord {
    /// Kebab-case, stable.
    pub reason: &'static str,
    pub found: String,
}

/// A record with the line on which it begins, from 1.
pub type Record = (u32, Result<Value, BadRecord>);

/// Reads a file and hands over each record.
///
/// # Errors
/// The file cannot be opened or is a broken gz, is empty, is UTF-16, or is beyond the limits.
pub fn each_record(path: &Path, limits: &Limits, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) -> Result<(), Trouble> {
    let unreadable = |e: io::Error| Trouble::file(&FILE_UNREADABLE, e.to_string());
    let mut file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut head = Vec::new();
    file.by_ref().take(2).read_to_end(&mut head).map_err(unreadable)?;
    let packed = head == [0x1f, 0x8b];
    let all = Cursor::new(head).chain(file);
    if packed {
        records_of(
            BufReader::with_capacity(1 << 17, flate2::read::MultiGzDecoder::new(BufReader::new(all))),
            limits.unpacked_from(size),
            visit,
        )
    } else {
        records_of(BufReader::with_capacity(1 << 17, all), limits.unpacked_bytes, visit)
    }
}

/// Reads bytes, plain or gz, and hands over each record.
///
/// # Errors
/// As [`each_record`].
pub fn each_record_of(bytes: &[u8], limits: &Limits, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) -> Result<(), Trouble> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let most = limits.unpacked_from(bytes.len() as u64);
        return records_of(BufReader::new(flate2::read::MultiGzDecoder::new(bytes)), most, visit);
    }
    records_of(bytes, limits.unpacked_bytes, visit)
}

/// Every record of some bytes; for tests and small files.
///
/// # Errors
/// As [`each_record`].
pub fn records(bytes: &[u8], limits: &Limits) -> Result<Vec<Record>, Trouble> {
    let mut records = Vec::new();
    each_record_of(bytes, limits, &mut |line, record| records.push((line, record)))?;
    Ok(records)
}

/// Counts what it lends and stops beyond the limit.
struct Bounded<R> {
    inner: R,
    left: u64,
}

const BEYOND: &str = "beyond the limit";

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = self.fill_buf()?;
        let n = got.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..n), got.get(..n)) {
            to.copy_from_slice(from);
        }
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let got = self.inner.fill_buf()?;
        if got.len() as u64 > self.left {
            return Err(io::Error::other(BEYOND));
        }
        Ok(got)
    }

    fn consume(&mut self, n: usize) {
        self.left = self.left.saturating_sub(n as u64);
        self.inner.consume(n);
    }
}

fn records_of(input: impl BufRead, most: u64, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) -> Result<(), Trouble> {
    let mut input = Bounded { inner: input, left: most };
    let read = split(&mut input, visit);
    read.map_err(|e| {
        if e.to_string() == BEYOND {
            Trouble::file(&FILE_TOO_LARGE, format!("more than {most} bytes once unpacked"))
        } else {
            Trouble::file(&FILE_UNREADABLE, e.to_string())
        }
    })?
}

/// What lies between records: how they are set apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Lines,
    /// Brackets tell where a record ends, whatever the lines.
    Brackets,
}

fn split(input: &mut dyn BufRead, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) -> io::Result<Result<(), Trouble>> {
    let mut line = 1u64;
    // The first lines decide the layout; they are read again as records.
    let mut ahead = Vec::new();
    let mut begin;
    loop {
        begin = ahead.len();
        read_line(input, &mut ahead)?;
        if ahead.starts_with(&[0xff, 0xfe]) || ahead.starts_with(&[0xfe, 0xff]) {
            return Ok(Err(Trouble::file(&FILE_UNREADABLE, "the file is UTF-16; save it as UTF-8")));
        }
        if begin == 0 && ahead.starts_with(&[0xef, 0xbb, 0xbf]) {
            ahead.drain(..3);
        }
        if ahead.len() == begin {
            return Ok(Err(Trouble::file(&FILE_EMPTY, "no record")));
        }
        if ahead.get(begin..).is_some_and(|l| l.iter().any(|b| !b.is_ascii_whitespace())) {
            break;
        }
        ahead.truncate(begin);
        ahead.clear();
        line += 1;
        // A line of blanks says nothing; only its number counts.
    }
    let first: Vec<u8> = ahead.trim_ascii().to_vec();
    let array = first.first() == Some(&b'[');
    let mut layout = Layout::Lines;
    if array {
        layout = Layout::Brackets;
    } else if brackets(&first) > 0 {
        // A record that runs over lines, or a broken first line: the next line tells.
        let from = ahead.len();
        read_line(input, &mut ahead)?;
        let second = ahead.get(from..).unwrap_or_default().trim_ascii_end();
        if second.first() != Some(&b'{') {
            layout = Layout::Brackets;
        }
    }
    let mut whole = Cursor::new(ahead).chain(input);
    match layout {
        Layout::Lines => by_line(&mut whole, line, visit)?,
        Layout::Brackets => by_brackets(&mut whole, line, array, visit)?,
    }
    Ok(Ok(()))
}

/// Opening less closing brackets outside of strings.
fn brackets(bytes: &[u8]) -> i64 {
    let (mut depth, mut string, mut escape) = (0, false, false);
    for b in bytes {
        match b {
            _ if escape => escape = false,
            b'\\' if string => escape = true,
            b'"' => string = !string,
            b'{' | b'[' if !string => depth += 1,
            b'}' | b']' if !string => depth -= 1,
            _ => {}
        }
    }
    depth
}

/// Reads up to and with the next line feed, keeping no more than a record may hold and one byte.
fn read_line(input: &mut dyn BufRead, into: &mut Vec<u8>) -> io::Result<usize> {
    let start = into.len();
    let mut seen = 0;
    loop {
        let got = input.fill_buf()?;
        if got.is_empty() {
            return Ok(seen);
        }
        let end = memchr::memchr(b'\n', got).map_or(got.len(), |i| i + 1);
        let room = (RECORD_BYTES + 1).saturating_sub(into.len() - start);
        into.extend_from_slice(got.get(..end.min(room)).unwrap_or_default());
        let done = got.get(end.wrapping_sub(1)) == Some(&b'\n');
        let cut = end > room;
        input.consume(end);
        seen += end;
        if done {
            // A line that was cut still ends where it ended.
            if cut {
                into.push(b'\n');
            }
            return Ok(seen);
        }
    }
}

fn by_line(input: &mut dyn BufRead, first: u64, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) -> io::Result<()> {
    let mut line = first;
    let mut text = Vec::new();
    while {
        text.clear();
        read_line(input, &mut text)? > 0
    } {
        let record = text.trim_ascii();
        if !record.is_empty() {
            hand_over(line, record, visit);
        }
        line += 1;
    }
    Ok(())
}

fn by_brackets(input: &mut dyn BufRead, first: u64, array: bool, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) -> io::Result<()> {
    let mut splitter = Splitter { line: first, began: first, array, opened: !array, line_start: true, ..Splitter::default() };
    loop {
        let got = input.fill_buf()?;
        if got.is_empty() {
            break;
        }
        let taken = got.len();
        for b in got {
            splitter.take(*b, visit);
        }
        input.consume(taken);
    }
    splitter.end(visit);
    Ok(())
}

/// Sets records apart by their brackets.
#[derive(Default)]
struct Splitter {
    line: u64,
    began: u64,
    /// Records are items of one array.
    array: bool,
    opened: bool,
    closed: bool,
    record: Vec<u8>,
    depth: usize,
    string: bool,
    escape: bool,
    /// No byte but blanks on this line so far, and how many.
    line_start: bool,
    indent: usize,
    /// Blanks before the first record of a file whose records begin on lines of their own.
    base: Option<usize>,
    /// Whether what stands inside of records is indented deeper than their beginnings, or they have one line each: then a bracket at
    /// `base` begins a record, whatever is still open.
    sure: bool,
    records: u64,
}

impl Splitter {
    fn take(&mut self, b: u8, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) {
        let first_of_line = self.line_start && !b.is_ascii_whitespace();
        if b == b'\n' {
            self.line += 1;
            self.line_start = true;
            self.indent = 0;
            // A string cannot hold a line break.
            self.string = false;
            self.escape = false;
        } else if self.line_start && b.is_ascii_whitespace() {
            self.indent += 1;
        }
        if first_of_line {
            self.line_start = false;
            self.first_of_line(b, visit);
        }
        if self.record.is_empty() {
            match b {
                _ if b.is_ascii_whitespace() => return,
                b'[' if !self.opened => {
                    self.opened = true;
                    return;
                }
                b']' if self.array => {
                    self.closed = true;
                    return;
                }
                b',' if self.array => return,
                _ => {
                    self.began = self.line;
                    self.records += 1;
                    if self.records == 1 && first_of_line {
                        self.base = Some(self.indent);
                    }
                }
            }
        } else if self.depth == 0 && !self.string && (b.is_ascii_whitespace() || (self.array && matches!(b, b',' | b']'))) {
            self.closed |= self.array && b == b']';
            return self.hand_over(visit);
        }
        if self.record.len() <= RECORD_BYTES {
            self.record.push(b);
        }
        match b {
            _ if self.escape => self.escape = false,
            b'\\' if self.string => self.escape = true,
            b'"' => self.string = !self.string,
            b'{' | b'[' if !self.string => self.depth += 1,
            b'}' | b']' if !self.string => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.hand_over(visit);
                }
            }
            _ => {}
        }
    }

    fn first_of_line(&mut self, b: u8, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) {
        let Some(base) = self.base else { return };
        if self.record.is_empty() {
            self.sure |= self.records == 1 && self.began + 1 == self.line && self.indent == base && b == b'{';
        } else if self.records == 1 && self.began + 1 == self.line {
            self.sure = self.indent > base;
        } else if self.sure && b == b'{' && self.indent == base {
            self.hand_over(visit);
        }
    }

    fn hand_over(&mut self, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) {
        hand_over(self.began, self.record.trim_ascii_end(), visit);
        self.record.clear();
        (self.depth, self.string, self.escape) = (0, false, false);
    }

    fn end(mut self, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) {
        if !self.record.is_empty() {
            self.hand_over(visit);
        } else if self.array && !self.closed {
            visit(
                line_number(self.line),
                Err(BadRecord { reason: "json-broken", found: "the file ends before its array does".to_owned() }),
            );
        }
    }
}

fn line_number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// Properties under which a page of results holds its items.
const PAGES: [&str; 5] = ["results", "statements", "entities", "data", "records"];

fn hand_over(line: u64, bytes: &[u8], visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) {
    let line = line_number(line);
    let bad = |reason, found: String| Err(BadRecord { reason, found });
    if bytes.len() > RECORD_BYTES {
        return visit(line, bad("json-too-long", format!("a record of more than {RECORD_BYTES} bytes")));
    }
    if deepest(bytes) > DEPTH {
        return visit(line, bad("json-too-deep", format!("more than {DEPTH} brackets within each other")));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return visit(line, bad("json-not-utf8", "bytes that are not UTF-8".to_owned()));
    };
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(mut object)) => {
            let page = PAGES.iter().find(|p| !object.contains_key("id") && object.get(**p).is_some_and(|v| v.is_array()));
            match page.and_then(|p| object.remove(*p)) {
                Some(Value::Array(items)) => items.into_iter().for_each(|item| one(line, item, visit)),
                _ => visit(line, Ok(Value::Object(object))),
            }
        }
        Ok(other) => one(line, other, visit),
        // The place within the record is told, its text is not: it may name a person.
        Err(e) => visit(line, bad("json-broken", format!("no JSON from its character {} on ({:?})", e.column(), e.classify()))),
    }
}

fn one(line: u32, value: Value, visit: &mut dyn FnMut(u32, Result<Value, BadRecord>)) {
    if value.is_object() {
        visit(line, Ok(value));
    } else {
        visit(line, Err(BadRecord { reason: "json-no-object", found: "a value where an object stands otherwise".to_owned() }));
    }
}

fn deepest(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut string, mut escape) = (0usize, 0, false, false);
    for b in bytes {
        match b {
            _ if escape => escape = false,
            b'\\' if string => escape = true,
            b'"' => string = !string,
            b'{' | b'[' if !string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, String)> {
        let shown = |r: Result<Value, BadRecord>| r.map_or_else(|e| e.reason.to_owned(), |v| v["id"].to_string());
        records(text.as_bytes(), &Limits::default()).unwrap().into_iter().map(|(line, r)| (line, shown(r))).collect()
    }

    fn told(expected: &[(u32, &str)]) -> Vec<(u32, String)> {
        expected.iter().map(|(line, id)| (*line, (*id).to_owned())).collect()
    }

    #[test]
    fn a_broken_line_costs_one_record() {
        assert_eq!(
            read("\u{feff}{\"id\":1}\n\n{\"id\":2\n{\"id\":3}\r\n7\n{\"id\":\"4\""),
            told(&[(1, "1"), (3, "json-broken"), (4, "3"), (5, "json-no-object"), (6, "json-broken")])
        );
        // Broken from the first line on.
        assert_eq!(read("{\"id\":1\n{\"id\":2}\n"), told(&[(1, "json-broken"), (2, "2")]));
    }

    #[test]
    fn arrays_and_records_over_lines_keep_their_lines() {
        assert_eq!(read("[{\"id\":1},{\"id\":2}]"), told(&[(1, "1"), (1, "2")]));
        assert_eq!(
            read("[\n  {\n    \"id\": 1,\n    \"a\": [{}]\n  },\n  {\n    \"id\": \"]},{\"\n  }\n]\n"),
            told(&[(2, "1"), (6, "\"]},{\"")])
        );
        assert_eq!(read("{\n \"id\": 1\n}\n{\n \"id\": 2\n}"), told(&[(1, "1"), (4, "2")]));
        assert_eq!(read("[]"), told(&[]));
        assert_eq!(read("[{\"id\":1},"), told(&[(1, "1"), (1, "json-broken")]));
    }

    #[test]
    fn an_item_that_is_never_closed_costs_one_item_where_lines_tell() {
        assert_eq!(
            read("[\n  {\n    \"id\": 1\n  },\n  {\n    \"id\": [2\n  ,\n  {\n    \"id\": 3\n  }\n]"),
            told(&[(2, "1"), (5, "json-broken"), (8, "3")])
        );
        assert_eq!(read("[\n{\"id\":1},\n{\"id\":\"2},\n{\"id\":3}\n]"), told(&[(2, "1"), (3, "json-broken"), (4, "3")]));
    }

    #[test]
    fn pages_of_results_give_their_items() {
        assert_eq!(read("{\"total\":2,\"results\":[{\"id\":1},{\"id\":2}]}"), told(&[(1, "1"), (1, "2")]));
    }

    #[test]
    fn bombs_are_refused() {
        let deep = format!("{{\"id\":{}1{}}}\n{{\"id\":2}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(read(&deep), told(&[(1, "json-too-deep"), (2, "2")]));
        assert_eq!(read("{\"id\":1e999}\n{\"id\":2}"), told(&[(1, "json-broken"), (2, "2")]));
        let long = format!("{{\"id\":\"{}\"}}\n{{\"id\":2}}", "x".repeat(RECORD_BYTES));
        assert_eq!(read(&long), told(&[(1, "json-too-long"), (2, "2")]));
        let limits = Limits { unpacked_bytes: 10, ..Limits::default() };
        assert_eq!(records(b"{\"id\":1}\n{\"id\":2}", &limits).unwrap_err().code.code, "file-too-large");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packed, &vec![b' '; 32 << 20]).unwrap();
        assert_eq!(records(&packed.finish().unwrap(), &Limits::default()).unwrap_err().code.code, "file-too-large");
        assert_eq!(records(b" \n", &Limits::default()).unwrap_err().code.code, "file-empty");
        assert_eq!(records(b"\xff\xfe{\0", &Limits::default()).unwrap_err().code.code, "file-unreadable");
    }
}
