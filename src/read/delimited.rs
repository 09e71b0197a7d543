//! Comma, semicolon or tab separated text to cells, after RFC 4180: quoted cells may hold separators and line breaks.
//!
//! A row is at the line on which it begins, whatever line breaks its cells hold. A row with fewer or more cells than the header is
//! refused, never filled or cut.

use super::bytes::Limits;
use super::table::{Cells, RawTable, RefusedRow, Trouble};
use crate::schema::Code;
use crate::schema::codes::{
    CELL_TOO_LONG, FILE_EMPTY, FILE_TOO_LARGE, FILE_UNREADABLE, HEADER_MISSING, QUOTE_OPEN, ROW_LONG, ROW_NUL, ROW_SHORT,
};
use csv::{ReaderBuilder, StringRecord};

/// A text file whose separator and header are known.
#[derive(Debug)]
pub struct DelimitedFile {
    text: String,
    delimiter: u8,
    /// Where the first row begins, and its line.
    body: usize,
    body_line: u64,
}

impl DelimitedFile {
    pub(super) fn open(text: String) -> Result<(Vec<String>, Self), Trouble> {
        if text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Err(Trouble::file(&FILE_EMPTY, "no header and no row"));
        }
        let start = excel_hint(&text);
        let rest = text.get(start..).unwrap_or("");
        let delimiter = sniff(rest);
        let mut reader = reader(rest, delimiter);
        let mut record = StringRecord::new();
        let any = reader.read_record(&mut record).map_err(|e| Trouble::file(&FILE_UNREADABLE, e.to_string()))?;
        let header: Vec<String> = record.iter().map(|h| h.trim().trim_start_matches('\u{feff}').to_owned()).collect();
        if !any || header.iter().all(String::is_empty) {
            return Err(Trouble::file(&HEADER_MISSING, "no column name"));
        }
        let mut body = start + usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        drop(reader);
        // The reader stops between the two halves of a line break.
        if text.as_bytes().get(body) == Some(&b'\n') && body > 0 && text.as_bytes().get(body - 1) == Some(&b'\r') {
            body += 1;
        }
        let body_line = 1 + line_breaks(text.get(..body).unwrap_or(""));
        Ok((header, Self { text, delimiter, body, body_line }))
    }

    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    pub(super) fn read(self, width: usize, wanted: &[bool], limits: &Limits) -> Result<RawTable, Trouble> {
        let body = self.text.get(self.body..).unwrap_or("");
        let mut table = RawTable {
            columns: (0..width).map(|c| wanted.get(c).copied().unwrap_or(false).then(Cells::default)).collect(),
            ..RawTable::default()
        };
        let mut reader = reader(body, self.delimiter);
        let mut record = StringRecord::new();
        let mut lines = LineCounter { text: body, at: 0, line: self.body_line };
        loop {
            let before = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            if !reader.read_record(&mut record).map_err(|e| Trouble::file(&FILE_UNREADABLE, e.to_string()))? {
                break;
            }
            let after = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            let line = lines.line_of(before);
            if after >= body.len() && ends_inside_quotes(body.get(lines.at..).unwrap_or(""), self.delimiter) {
                return Err(Trouble::line(&QUOTE_OPEN, line, "a quotation mark in this row or above is never closed"));
            }
            let line = u32::try_from(line).map_err(|_| Trouble::file(&FILE_TOO_LARGE, "more than 4,294,967,295 lines"))?;
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

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(1 << 17).from_reader(text.as_bytes())
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
fn ends_inside_quotes(row: &str, delimiter: u8) -> bool {
    if memchr::memchr_iter(b'"', row.as_bytes()).count().is_multiple_of(2) {
        return false;
    }
    let longer = format!("{row}\nx");
    let mut rows = 0;
    let mut reader = reader(&longer, delimiter);
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
        let (header, file) = DelimitedFile::open(text.to_owned()).unwrap();
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
        let (header, file) = DelimitedFile::open("a,b\n1,2\n\"3,4\n5,6\n".to_owned()).unwrap();
        let e = file.read(header.len(), &[true, true], &Limits::default()).unwrap_err();
        assert_eq!((e.code.code, e.line), ("quote-open", 3));
        // An inch sign inside a bare cell is no quotation mark.
        assert_eq!(read("a,b\n1,5\" pipe\n").1.lines, [2]);
    }
}
