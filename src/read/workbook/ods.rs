//! `.ods` to sheets: `content.xml` of an OpenDocument spreadsheet (OASIS OpenDocument 1.2 part 1, sections 9.1 and 19.385) in one pass.
//!
//! Own code because calamine gives neither merged areas nor error cells of this format, and writes every repeated cell out before it counts
//! them. Here a repeated text is kept once, and every repeat is counted against the limits.

use super::Workbook;
use super::sheet::{Area, Budget, Builder, COLUMNS_MOST, CellKind, Placed, ROWS_MOST};
use super::text;
use crate::read::bytes::Limits;
use crate::read::table::Trouble;
use crate::schema::codes::{FILE_TOO_LARGE, FILE_UNREADABLE};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use zip::ZipArchive;

fn broken(e: impl std::fmt::Display) -> Trouble {
    let said: String = e.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).take(160).collect();
    Trouble::file(&FILE_UNREADABLE, format!("content.xml: {said}"))
}

/// Reads an `.ods` of which the archive has been inspected.
pub(super) fn ods(bytes: &[u8], limits: &Limits) -> Result<Workbook, Trouble> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if let Ok(manifest) = zip.by_name("META-INF/manifest.xml") {
        let mut text = Vec::new();
        manifest.take(1 << 20).read_to_end(&mut text).map_err(broken)?;
        if memchr::memmem::find(&text, b"encryption-data").is_some() {
            return Err(Trouble::file(&FILE_UNREADABLE, "a workbook under a password: save it without one"));
        }
    }
    let content = zip.by_name("content.xml").map_err(broken)?;
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, content));
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().check_end_names = false;
    Content { reader, budget: Budget::new(bytes.len(), limits), limits, hidden: BTreeSet::new(), depth: 0 }.read()
}

struct Content<'l, R: BufRead> {
    reader: Reader<R>,
    budget: Budget,
    limits: &'l Limits,
    /// Styles of tables that are not displayed.
    hidden: BTreeSet<String>,
    /// Tables within tables: only the outermost is a sheet.
    depth: u32,
}

/// A cell as read: its value and how it repeats.
struct Read1 {
    kind: CellKind,
    text: String,
    repeat: u32,
    rows_spanned: u32,
    columns_spanned: u32,
}

fn attribute(e: &BytesStart, name: &str) -> Result<Option<String>, Trouble> {
    for a in e.attributes().with_checks(false) {
        let a = a.map_err(broken)?;
        if a.key.as_ref() == name {
            return a.normalized_value(XmlVersion::Implicit1_0).map(|v| Some(v.into_owned())).map_err(broken);
        }
    }
    Ok(None)
}

fn count_of(e: &BytesStart, name: &str) -> Result<u32, Trouble> {
    Ok(attribute(e, name)?.map_or(1, |v| v.trim().parse::<u64>().map_or(1, |n| u32::try_from(n).unwrap_or(u32::MAX))).max(1))
}

impl<R: BufRead> Content<'_, R> {
    fn read(mut self) -> Result<Workbook, Trouble> {
        let mut book = Workbook::default();
        let mut style = None;
        let mut buf = Vec::new();
        loop {
            buf.clear();
            match self.reader.read_event_into(&mut buf).map_err(broken)? {
                Event::Start(e) => match e.name().as_ref() {
                    "style:style" => style = attribute(&e, "style:name")?,
                    "style:table-properties" => {
                        if let (Some(name), Some("false")) = (&style, attribute(&e, "table:display")?.as_deref()) {
                            self.hidden.insert(name.clone());
                        }
                    }
                    "table:table" => {
                        let name = attribute(&e, "table:name")?.unwrap_or_else(|| format!("Sheet{}", book.sheets.len() + 1));
                        let hidden = attribute(&e, "table:style-name")?.is_some_and(|s| self.hidden.contains(&s));
                        if book.sheets.len() >= self.limits.sheets {
                            return Err(Trouble::file(&FILE_TOO_LARGE, format!("more than {} sheets", self.limits.sheets)));
                        }
                        if book.sheets.iter().any(|s| *s.name == *name) {
                            return Err(Trouble::file(&FILE_UNREADABLE, "two sheets have one name"));
                        }
                        let mut builder = Builder::new(&name, hidden);
                        self.table(&mut builder)?;
                        book.sheets.push(Arc::new(builder.finish()?));
                    }
                    _ => {}
                },
                Event::Eof => return Ok(book),
                _ => {}
            }
        }
    }

    /// The rows of a table up to its end.
    fn table(&mut self, builder: &mut Builder) -> Result<(), Trouble> {
        let mut row = 1u32;
        let mut buf = Vec::new();
        loop {
            buf.clear();
            match self.reader.read_event_into(&mut buf).map_err(broken)? {
                Event::Start(e) if e.name().as_ref() == "table:table-row" => {
                    let repeat = count_of(&e, "table:number-rows-repeated")?;
                    self.row(builder, row, repeat)?;
                    row = row.saturating_add(repeat);
                }
                // A table inside a shape or a cell is no sheet and no row of this one.
                Event::Start(e) if e.name().as_ref() == "table:table" => self.depth += 1,
                Event::End(e) if e.name().as_ref() == "table:table" => {
                    if self.depth == 0 {
                        return Ok(());
                    }
                    self.depth -= 1;
                }
                Event::Eof => return Err(broken("ends inside a sheet")),
                _ => {}
            }
        }
    }

    fn row(&mut self, builder: &mut Builder, row: u32, repeat: u32) -> Result<(), Trouble> {
        let mut filled: Vec<(u32, u32, CellKind, Placed)> = Vec::new();
        let mut column = 1u32;
        let mut buf = Vec::new();
        loop {
            buf.clear();
            match self.reader.read_event_into(&mut buf).map_err(broken)? {
                Event::Start(e) if matches!(e.name().as_ref(), "table:table-cell" | "table:covered-table-cell") => {
                    let covered = e.name().as_ref() == "table:covered-table-cell";
                    let start = e.to_owned();
                    let cell = self.cell(&start)?;
                    self.budget.count(1)?;
                    if !covered {
                        builder.merge(Area {
                            first_row: row,
                            first_column: column,
                            last_row: row.saturating_add(cell.rows_spanned - 1).min(ROWS_MOST),
                            last_column: column.saturating_add(cell.columns_spanned - 1).min(COLUMNS_MOST),
                        });
                    }
                    // What a covered cell holds is not shown.
                    if !covered && let Some(placed) = builder.place(&cell.text, &mut self.budget)? {
                        filled.push((column, cell.repeat, cell.kind, placed));
                    }
                    column = column.saturating_add(cell.repeat);
                }
                Event::End(e) if e.name().as_ref() == "table:table-row" => break,
                Event::Eof => return Err(broken("ends inside a row")),
                _ => {}
            }
        }
        if filled.is_empty() {
            return Ok(());
        }
        let cells: u64 = filled.iter().map(|f| u64::from(f.1)).sum();
        self.budget.count(cells.saturating_mul(u64::from(repeat)))?;
        for r in 0..repeat {
            for (column, times, kind, placed) in &filled {
                for c in 0..*times {
                    builder.set(row.saturating_add(r), column.saturating_add(c), *kind, *placed)?;
                }
            }
        }
        Ok(())
    }

    /// Reads a cell up to its end tag.
    fn cell(&mut self, e: &BytesStart) -> Result<Read1, Trouble> {
        let mut cell = Read1 {
            kind: CellKind::Text,
            text: String::new(),
            repeat: count_of(e, "table:number-columns-repeated")?,
            rows_spanned: count_of(e, "table:number-rows-spanned")?,
            columns_spanned: count_of(e, "table:number-columns-spanned")?,
        };
        let shown = self.paragraphs(e.name().as_ref())?;
        let value = |name| attribute(e, name);
        let error = attribute(e, "calcext:value-type")?.as_deref() == Some("error");
        let kind = attribute(e, "office:value-type")?;
        (cell.kind, cell.text) = match kind.as_deref() {
            _ if error || is_error(&shown) => (CellKind::Error, if shown.trim().is_empty() { "#VALUE!".to_owned() } else { shown }),
            Some("float" | "currency" | "percentage") => {
                let raw = value("office:value")?.unwrap_or_default();
                // Exponents and noise aside, the text of the file is the number as it was written.
                (CellKind::Number, raw.trim().parse().map(text::of_number).unwrap_or(shown))
            }
            Some("date") => (CellKind::Date, value("office:date-value")?.map_or(shown, |v| text::of_iso_date(&v))),
            Some("time") => {
                let raw = value("office:time-value")?.unwrap_or_default();
                (CellKind::Duration, text::of_iso_span(&raw).unwrap_or(shown))
            }
            Some("boolean") => {
                let yes = value("office:boolean-value")?.is_some_and(|v| v.eq_ignore_ascii_case("true"));
                (CellKind::YesNo, if yes { "yes" } else { "no" }.to_owned())
            }
            _ => (CellKind::Text, value("office:string-value")?.filter(|v| !v.is_empty()).unwrap_or(shown)),
        };
        Ok(cell)
    }

    /// The text that a cell shows, annotations aside: paragraphs on lines of their own.
    fn paragraphs(&mut self, end: &str) -> Result<String, Trouble> {
        let mut shown = String::new();
        let mut buf = Vec::new();
        let (mut paragraphs, mut inside, mut aside, mut nested) = (0, 0u32, 0u32, 0u32);
        loop {
            buf.clear();
            let event = self.reader.read_event_into(&mut buf).map_err(broken)?;
            // A text beyond the limit is not kept anyway: no more of it is gathered than shows that it is.
            let room = shown.len() <= self.limits.cell_bytes;
            if !room && !shown.ends_with('+') {
                shown.push('+');
            }
            match event {
                Event::Start(e) => match e.name().as_ref() {
                    "office:annotation" | "draw:frame" | "draw:custom-shape" => aside += 1,
                    "table:table-cell" | "table:covered-table-cell" => nested += 1,
                    "text:p" | "text:h" if aside == 0 && nested == 0 => {
                        if paragraphs > 0 {
                            shown.push('\n');
                        }
                        paragraphs += 1;
                        inside += 1;
                    }
                    "text:s" if aside == 0 && nested == 0 && room => {
                        // One blank more than a cell may hold, so that it shows as too long.
                        let times = count_of(&e, "text:c")?.min(u32::try_from(self.limits.cell_bytes).unwrap_or(u32::MAX));
                        shown.extend(std::iter::repeat_n(' ', times as usize));
                    }
                    "text:tab" if aside == 0 && nested == 0 => shown.push('\t'),
                    "text:line-break" if aside == 0 && nested == 0 => shown.push('\n'),
                    _ => {}
                },
                Event::End(e) => match e.name().as_ref() {
                    "office:annotation" | "draw:frame" | "draw:custom-shape" => aside = aside.saturating_sub(1),
                    "text:p" | "text:h" if aside == 0 && nested == 0 => inside = inside.saturating_sub(1),
                    "table:table-cell" | "table:covered-table-cell" if nested > 0 => nested -= 1,
                    name if name == end => return Ok(shown),
                    _ => {}
                },
                Event::Text(t) if inside > 0 && aside == 0 && nested == 0 && room => shown.push_str(&t.xml10_content()),
                Event::CData(t) if inside > 0 && aside == 0 && nested == 0 && room => shown.push_str(&t.xml10_content()),
                Event::GeneralRef(r) if inside > 0 && aside == 0 && nested == 0 && room => {
                    let name = r.xml10_content();
                    match (quick_xml::escape::resolve_xml_entity(&name), r.resolve_char_ref().map_err(broken)?) {
                        (Some(text), _) => shown.push_str(text),
                        (None, Some(c)) => shown.push(c),
                        // Entities that a file declares for itself are never expanded.
                        (None, None) => return Err(broken("an entity that is not of XML itself")),
                    }
                }
                Event::Eof => return Err(broken("ends inside a cell")),
                _ => {}
            }
        }
    }
}

fn is_error(text: &str) -> bool {
    let text = text.trim();
    matches!(text, "#DIV/0!" | "#N/A" | "#NAME?" | "#NULL!" | "#NUM!" | "#REF!" | "#VALUE!")
        || text.strip_prefix("Err:").is_some_and(|n| n.len() == 3 && n.bytes().all(|b| b.is_ascii_digit()))
}
