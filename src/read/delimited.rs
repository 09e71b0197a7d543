//! Comma, semicolon or tab separated text to cells, after RFC 4180: quoted cells may hold separators and line breaks.
//!
//! A row is at the line on which it begins, whatever line breaks its cells hold. A row with fewer or more cells than the header is
//! refused, never filled or cut.

use super::bytes::Limits;
use super::layout::{Layout, column_key};
use super::table::{Cells, RawTable, RefusedRow, Trouble};
use crate::schema::Code;
use crate::schema::codes::{
    CELL_TOO_LONG, FILE_EMPTY, FILE_TOO_LARGE, FILE_UNREADABLE, HEADER_FOUND, HEADER_MISSING, QUOTE_OPEN, ROW_LONG, ROW_NUL, ROW_SHORT,
};
use csv::{ReaderBuilder, StringRecord};

/// A text file whose separator and header are known.
#[derive(Debug)]
pub struct DelimitedFile {
    text: String,
    style: Style,
    header_line: u64,
    /// Lines above the header that are not blank.
    above: usize,
    /// Where the first row begins, and its line.
    body: usize,
    body_line: u64,
    last_row: Option<u32>,
    comment_rows: Vec<u32>,
}

/// The signs of a delimited text.
#[derive(Clone, Copy, Debug)]
struct Style {
    delimiter: u8,
    quote: u8,
    comment: Option<u8>,
}

/// Lines among which a header is searched below a title.
const SEARCHED: usize = 30;

impl DelimitedFile {
    pub(super) fn open(text: String, layout: &Layout) -> Result<(Vec<String>, Self), Trouble> {
        if text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Err(Trouble::file(&FILE_EMPTY, "no header and no row"));
        }
        let top = excel_hint(&text);
        let style_at = |start: usize| Style {
            delimiter: layout.dialect.delimiter.unwrap_or_else(|| sniff(text.get(start..).unwrap_or(""))),
            quote: layout.dialect.quote.unwrap_or(b'"'),
            comment: layout.dialect.comment,
        };
        let (start, above) = match layout.header_row {
            Some(row) => (line_start(&text, row), 0),
            None => below_titles(&text, top, layout, style_at).unwrap_or((top, 0)),
        };
        let style = style_at(start);
        if let Some(names) = &layout.names {
            let comment_rows = layout.dialect.comment_rows.clone();
            let file = Self { header_line: 0, above: 0, body: top, body_line: 1, style, last_row: layout.last_row, comment_rows, text };
            return Ok((names.clone(), file));
        }
        let (header, mut body) = record_at(&text, start, style)?;
        let header: Vec<String> = header.iter().map(|h| h.trim().trim_start_matches('\u{feff}').to_owned()).collect();
        if header.iter().all(String::is_empty) {
            return Err(Trouble::file(&HEADER_MISSING, "no column name"));
        }
        // The reader stops between the two halves of a line break.
        if text.as_bytes().get(body) == Some(&b'\n') && body > 0 && text.as_bytes().get(body - 1) == Some(&b'\r') {
            body += 1;
        }
        // A quoted name may hold line breaks: the header is where it begins.
        let begins = start + text.get(start..).map_or(0, |t| t.len() - t.trim_start_matches(['\n', '\r']).len());
        let line_of = |at: usize| 1 + line_breaks(text.get(..at).unwrap_or(""));
        let (header_line, body_line) = (line_of(begins), line_of(body));
        let header_line = if layout.header_row.is_some() || above > 0 { header_line } else { 1 };
        let comment_rows = layout.dialect.comment_rows.clone();
        Ok((header, Self { header_line, above, body, body_line, style, last_row: layout.last_row, comment_rows, text }))
    }

    pub fn delimiter(&self) -> u8 {
        self.style.delimiter
    }

    /// The line of the column names.
    pub(super) fn header_line(&self) -> u64 {
        self.header_line
    }

    /// What was passed over above the header.
    pub(super) fn passed_over(&self) -> Option<Trouble> {
        let found = format!("the column names stand here; {} lines above them were not read", self.above);
        (self.above > 0).then(|| Trouble::line(&HEADER_FOUND, self.header_line, found))
    }

    pub(super) fn read(self, width: usize, wanted: &[bool], limits: &Limits) -> Result<RawTable, Trouble> {
        let body = self.text.get(self.body..).unwrap_or("");
        let mut table = RawTable {
            columns: (0..width).map(|c| wanted.get(c).copied().unwrap_or(false).then(Cells::default)).collect(),
            ..RawTable::default()
        };
        let mut reader = reader(body, self.style);
        let mut record = StringRecord::new();
        let mut lines = LineCounter { text: body, at: 0, line: self.body_line };
        loop {
            let before = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            if !reader.read_record(&mut record).map_err(|e| Trouble::file(&FILE_UNREADABLE, e.to_string()))? {
                break;
            }
            let after = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            let line = lines.line_of(before);
            if self.last_row.is_some_and(|last| line > u64::from(last)) {
                break;
            }
            if after >= body.len() && ends_inside_quotes(body.get(lines.at..).unwrap_or(""), self.style) {
                return Err(Trouble::line(&QUOTE_OPEN, line, "a quotation mark in this row or above is never closed"));
            }
            let line = u32::try_from(line).map_err(|_| Trouble::file(&FILE_TOO_LARGE, "more than 4,294,967,295 lines"))?;
            if self.comment_rows.contains(&line) {
                continue;
            }
            if record.iter().all(|c| c.trim().is_empty()) {
                table.blank += 1;
                table.first_blank = if table.first_blank == 0 { line } else { table.first_blank };
                continue;
            }
            if let Some((code, found)) = misshapen(&record, width, limits) {
                table.refused.push(RefusedRow { code, line, found });
                continue;
            }
            for (cells, cell) in table.columns.iter_mut().zip(record.iter()) {
                if let Some(cells) = cells
                    && !cells.push(cell.trim())
                {
                    return Err(Trouble::file(&FILE_TOO_LARGE, "a column holds more than 4 GiB of text"));
                }
            }
            table.lines.push(line);
        }
        Ok(table)
    }
}

fn misshapen(record: &StringRecord, width: usize, limits: &Limits) -> Option<(&'static Code, String)> {
    // Blank cells beyond the header say nothing: some programs end each row with a separator.
    let ends_blank = record.len() > width && record.iter().skip(width).all(|c| c.trim().is_empty());
    if record.len() != width && !ends_blank {
        let code = if record.len() < width { &ROW_SHORT } else { &ROW_LONG };
        return Some((code, format!("{} cells where the header has {width}", record.len())));
    }
    if memchr::memchr(0, record.as_slice().as_bytes()).is_some() {
        return Some((&ROW_NUL, "a NUL byte".to_owned()));
    }
    // One test for the whole row first: long cells are rare.
    if record.as_slice().len() > limits.cell_bytes
        && let Some(c) = record.iter().find(|c| c.len() > limits.cell_bytes)
    {
        return Some((&CELL_TOO_LONG, format!("a cell of {} bytes", c.len())));
    }
    None
}

fn reader(text: &str, style: Style) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(style.delimiter)
        .quote(style.quote)
        .comment(style.comment)
        .buffer_capacity(1 << 17)
        .from_reader(text.as_bytes())
}

/// The record that begins at a place, and where the next one does.
fn record_at(text: &str, start: usize, style: Style) -> Result<(StringRecord, usize), Trouble> {
    let mut reader = reader(text.get(start..).unwrap_or(""), style);
    let mut record = StringRecord::new();
    if !reader.read_record(&mut record).map_err(|e| Trouble::file(&FILE_UNREADABLE, e.to_string()))? {
        return Err(Trouble::file(&HEADER_MISSING, "no column name"));
    }
    Ok((record, start + usize::try_from(reader.position().byte()).unwrap_or(usize::MAX)))
}

/// Where a line begins, from 1; the end of the text beyond its last line.
fn line_start(text: &str, line: u32) -> usize {
    if line <= 1 {
        return 0;
    }
    let mut breaks = 1;
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n') {
            continue;
        }
        breaks += 1;
        if breaks == line {
            return at + 1;
        }
    }
    text.len()
}

/// Where the header begins if the first line is a title and no header, and how many lines stand above it. A first line that could be a
/// header always is one: it has names that the table knows, or more than one filled cell. The line taken in its place has three or more
/// names, of which the table knows two, or stands over rows of as many cells.
fn below_titles(text: &str, top: usize, layout: &Layout, style_at: impl Fn(usize) -> Style) -> Option<(usize, usize)> {
    let filled = |record: &StringRecord| record.iter().filter(|c| !c.trim().is_empty()).count();
    let knows = |record: &StringRecord| {
        let mut names: Vec<String> = record.iter().map(column_key).filter(|n| layout.known.contains(n)).collect();
        names.sort();
        names.dedup();
        names.len()
    };
    let mut start = top;
    for above in 0..SEARCHED {
        // A title may hold a comma where the table has semicolons, so each line is split by its own separator.
        let (record, next) = record_at(text, start, style_at(start)).ok()?;
        let first = above == 0;
        if first && (filled(&record) > 1 || knows(&record) > 0) {
            return None;
        }
        let names = filled(&record);
        let texts = record.iter().filter(|c| !c.trim().is_empty() && !super::header::is_number(c)).count();
        let distinct: std::collections::BTreeSet<&str> = record.iter().map(str::trim).filter(|c| !c.is_empty()).collect();
        let like = || record_at(text, next, style_at(start)).is_ok_and(|(row, _)| row.len() == record.len() && filled(&row) * 2 >= names);
        let one_line = !record.iter().any(|c| c.contains(['\n', '\r']));
        if names >= 3
            && texts == names
            && distinct.len() == names
            && one_line
            && (knows(&record) >= 2 || (layout.known.is_empty() && like()))
        {
            return Some((start, above));
        }
        start = next;
    }
    None
}

/// Excel writes `sep=;` as a first line of its own.
fn excel_hint(text: &str) -> usize {
    let first = text.split('\n').next().unwrap_or("");
    let bare = first.trim_end_matches('\r');
    if bare.len() == 5 && bare.to_ascii_lowercase().starts_with("sep=") { first.len() + 1 } else { 0 }
}

/// The separator that splits the header into most columns; the comma on a tie.
fn sniff(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for b in text.bytes() {
        match b {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && counts.iter().any(|c| c.1 > 0) => break,
            _ if !quoted => {
                for c in counts.iter_mut().filter(|c| c.0 == b) {
                    c.1 += 1;
                }
            }
            _ => {}
        }
    }
    counts.into_iter().rev().max_by_key(|c| c.1).map_or(b',', |c| c.0)
}

fn line_breaks(text: &str) -> u64 {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|i| bytes[*i] == b'\n' || bytes.get(i + 1) != Some(&b'\n')).count() as u64
}

/// Lines by position, counted forward once. The CSV reader leaves the second half of a line break to the next row, so its own
/// count does not serve.
struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
    /// The line of the first byte at or after `position` that is no line break.
    fn line_of(&mut self, position: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let mut start = position.max(self.at);
        while matches!(bytes.get(start), Some(b'\n' | b'\r')) {
            start += 1;
        }
        self.line += line_breaks(self.text.get(self.at..start).unwrap_or(""));
        self.at = start;
        self.line
    }
}

/// Whether the text of a last row stops within quotes: then a further line would still belong to it.
fn ends_inside_quotes(row: &str, style: Style) -> bool {
    if memchr::memchr_iter(style.quote, row.as_bytes()).count().is_multiple_of(2) {
        return false;
    }
    let longer = format!("{row}\nx");
    let mut rows = 0;
    let mut reader = reader(&longer, style);
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).unwrap_or(false) {
        rows += 1;
    }
    rows < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, RawTable) {
        let (header, file) = DelimitedFile::open(text.to_owned(), &Layout::default()).unwrap();
        let wanted = vec![true; header.len()];
        let table = file.read(header.len(), &wanted, &Limits::default()).unwrap();
        (header, table)
    }

    #[test]
    fn quoted_line_breaks_keep_line_numbers_right() {
        let (_, t) = read("a,b\n\"x\ny\",1\nz,2\n");
        assert_eq!(t.lines, [2, 4]);
        assert_eq!(t.cell(0, 0), "x\ny");
        let (_, t) = read("a,b\r\n\"x\r\ny\",1\r\n\r\nz,2\r\nw,3");
        assert_eq!(t.lines, [2, 5, 6]);
        let (_, t) = read("a,b\rx,1\ry,2\r");
        assert_eq!(t.lines, [2, 3]);
    }

    #[test]
    fn short_and_long_rows_are_refused_with_their_line() {
        let (_, t) = read("a,b\n1,2\n3\n4,5,6\n7,8\n");
        let refused: Vec<_> = t.refused.iter().map(|r| (r.code.code, r.line)).collect();
        assert_eq!(refused, [("row-short", 3), ("row-long", 4)]);
        assert_eq!(t.lines, [2, 5]);
    }

    #[test]
    fn a_separator_at_the_end_of_rows_adds_no_cell() {
        let (_, t) = read("a,b\n1,2,\n3,4, ,\n5,6,7\n");
        assert_eq!(t.lines, [2, 3]);
        assert_eq!((t.cell(0, 1), t.cell(1, 1)), ("3", "4"));
        assert_eq!(t.refused.iter().map(|r| r.line).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn separators_are_seen_in_the_header() {
        assert_eq!(read("a;b;c,d\n1;2;3\n").0, ["a", "b", "c,d"]);
        assert_eq!(read("a\tb\n1\t2\n").0, ["a", "b"]);
        assert_eq!(read("sep=;\r\na;b\r\n1;2\r\n").1.lines, [3]);
        assert_eq!(read("\"a;b\",c\n1,2\n").0, ["a;b", "c"]);
    }

    #[test]
    fn an_unclosed_quotation_mark_ends_the_file() {
        let (header, file) = DelimitedFile::open("a,b\n1,2\n\"3,4\n5,6\n".to_owned(), &Layout::default()).unwrap();
        let e = file.read(header.len(), &[true, true], &Limits::default()).unwrap_err();
        assert_eq!((e.code.code, e.line), ("quote-open", 3));
        // An inch sign inside a bare cell is no quotation mark.
        assert_eq!(read("a,b\n1,5\" pipe\n").1.lines, [2]);
    }
}
