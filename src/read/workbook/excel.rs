//! `.xlsx`, `.xlsb` and `.xls` to sheets, cell by cell through calamine; its own ranges are not used where a stream of cells is to be had,
//! because a range makes room for everything between the first and the last cell.

use super::archive::Archive;
use super::sheet::{Area, Budget, Builder, CellKind, Placed, Sheet};
use super::{Workbook, text};
use crate::read::bytes::Limits;
use crate::read::table::Trouble;
use crate::schema::codes::{FILE_TOO_LARGE, FILE_UNREADABLE};
use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Style, Xls, XlsError, Xlsb, Xlsx, XlsxError};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

type Bytes<'b> = Cursor<&'b [u8]>;

fn unreadable(e: impl std::fmt::Display) -> Trouble {
    // What a parser says of a broken file may repeat the file: one line of it is enough.
    let said: String = e.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).take(160).collect();
    Trouble::file(&FILE_UNREADABLE, said)
}

fn protected() -> Trouble {
    Trouble::file(&FILE_UNREADABLE, "a workbook under a password: save it without one")
}

/// The worksheets by position, name and whether they are hidden.
fn worksheets(sheets: &[calamine::Sheet], largest: u64, limits: &Limits) -> Result<Vec<(String, bool)>, Trouble> {
    // Many sheets that are one part of the archive would be read over and over.
    if sheets.len() > limits.sheets || (sheets.len() as u64).saturating_mul(largest) > limits.unpacked_bytes.max(1 << 20) {
        return Err(Trouble::file(&FILE_TOO_LARGE, format!("{} sheets of up to {largest} bytes", sheets.len())));
    }
    let mut names: Vec<(String, bool)> = Vec::new();
    for s in sheets.iter().filter(|s| s.typ == SheetType::WorkSheet) {
        if names.iter().any(|(n, _)| *n == s.name) {
            return Err(Trouble::file(&FILE_UNREADABLE, "two sheets have one name"));
        }
        names.push((s.name.clone(), s.visible != SheetVisible::Visible));
    }
    Ok(names)
}

/// Texts that many cells share, by where the parser keeps them.
#[derive(Default)]
struct Shared(BTreeMap<(usize, usize), Option<Placed>>);

impl Shared {
    fn place(&mut self, s: &str, builder: &mut Builder, budget: &mut Budget) -> Result<Option<Placed>, Trouble> {
        let key = (s.as_ptr() as usize, s.len());
        if let Some(placed) = self.0.get(&key) {
            return Ok(*placed);
        }
        let placed = builder.place(s, budget)?;
        self.0.insert(key, placed);
        Ok(placed)
    }
}

/// A sheet that is being filled.
struct Filling<'b> {
    builder: Builder,
    shared: Shared,
    budget: &'b mut Budget,
    is_1904: bool,
}

impl<'b> Filling<'b> {
    fn new(name: &str, hidden: bool, is_1904: bool, budget: &'b mut Budget) -> Self {
        Self { builder: Builder::new(name, hidden), shared: Shared::default(), budget, is_1904 }
    }

    /// Puts a value at a place, from 0.
    fn put(&mut self, at: (u32, u32), value: &DataRef, format: Option<&str>) -> Result<(), Trouble> {
        let (row, column) = (at.0.saturating_add(1), at.1.saturating_add(1));
        if let DataRef::SharedString(s) = value {
            return match self.shared.place(s, &mut self.builder, self.budget)? {
                Some(placed) => self.builder.set(row, column, CellKind::Text, placed),
                None => Ok(()),
            };
        }
        match text_of(value, format, self.is_1904) {
            Some((kind, text)) => self.builder.push(row, column, kind, &text, self.budget),
            None => Ok(()),
        }
    }

    fn finish(mut self, merged: &[Dimensions]) -> Result<Arc<Sheet>, Trouble> {
        merged.iter().for_each(|d| self.builder.merge(area(d)));
        self.builder.finish().map(Arc::new)
    }
}

fn text_of(value: &DataRef, format: Option<&str>, is_1904: bool) -> Option<(CellKind, String)> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::String(s) => (CellKind::Text, s.clone()),
        DataRef::SharedString(s) => (CellKind::Text, (*s).to_owned()),
        DataRef::Int(i) => (CellKind::Number, format.and_then(|f| text::padded(*i as f64, f)).unwrap_or_else(|| i.to_string())),
        DataRef::Float(f) => (CellKind::Number, format.and_then(|c| text::padded(*f, c)).unwrap_or_else(|| text::of_number(*f))),
        DataRef::Bool(b) => (CellKind::YesNo, if *b { "yes" } else { "no" }.to_owned()),
        DataRef::DateTime(d) => of_excel_date(d, is_1904),
        DataRef::DateTimeIso(s) => (CellKind::Date, text::of_iso_date(s)),
        DataRef::DurationIso(s) => (CellKind::Duration, text::of_iso_span(s).unwrap_or_else(|| s.clone())),
        DataRef::Error(e) => (CellKind::Error, e.to_string()),
    })
}

fn of_excel_date(d: &ExcelDateTime, is_1904: bool) -> (CellKind, String) {
    let days = d.as_f64();
    let (kind, text) =
        if d.is_duration() { (CellKind::Duration, text::of_span(days)) } else { (CellKind::Date, text::of_date(days, is_1904)) };
    text.map_or_else(|| (CellKind::Number, text::of_number(days)), |t| (kind, t))
}

fn area(d: &Dimensions) -> Area {
    let up = |v: u32| v.saturating_add(1);
    Area { first_row: up(d.start.0), first_column: up(d.start.1), last_row: up(d.end.0), last_column: up(d.end.1) }
}

/// Reads an `.xlsx` or `.xlsm`.
pub(super) fn xlsx(bytes: &[u8], archive: &Archive, limits: &Limits) -> Result<Workbook, Trouble> {
    let mut book: Xlsx<Bytes> =
        Xlsx::new(Cursor::new(bytes)).map_err(|e| if matches!(e, XlsxError::Password) { protected() } else { unreadable(e) })?;
    let is_1904 = book.has_1904_epoch();
    let mut budget = Budget::new(bytes.len(), limits);
    let mut sheets = Vec::new();
    for (name, hidden) in worksheets(book.sheets_metadata(), archive.largest, limits)? {
        let mut filling = Filling::new(&name, hidden, is_1904, &mut budget);
        match xlsx_cells(&mut book, &name, None, &mut filling) {
            Ok(()) => {}
            Err(Bad::File(trouble)) => return Err(trouble),
            Err(Bad::Cell) => {
                // A cell whose kind or error the parser does not know has no place in its stream; a stream of formulas has all places.
                let places = xlsx_places(&mut book, &name, filling.budget)?;
                filling = Filling::new(&name, hidden, is_1904, &mut budget);
                xlsx_cells(&mut book, &name, Some(&places), &mut filling).map_err(|e| match e {
                    Bad::File(t) => t,
                    Bad::Cell => Trouble::file(&FILE_UNREADABLE, format!("a cell of sheet {name} is of no known kind")),
                })?;
            }
        }
        let merged = book.merge_cells_by_sheet_name(&name).map_err(unreadable)?;
        sheets.push(filling.finish(&merged)?);
    }
    Ok(Workbook { sheets })
}

enum Bad {
    File(Trouble),
    Cell,
}

fn xlsx_cells(book: &mut Xlsx<Bytes>, name: &str, places: Option<&[(u32, u32)]>, filling: &mut Filling) -> Result<(), Bad> {
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // A part without data is an empty sheet.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(e) => return Err(Bad::File(unreadable(e))),
    };
    let formats: Vec<Option<String>> = cells.styles().iter().map(zeros_of).collect();
    for count in 0usize.. {
        let found = cells.next_cell_with_style_id();
        filling.budget.count(1).map_err(Bad::File)?;
        match found {
            Ok(None) => break,
            Ok(Some((cell, style))) => {
                let format = formats.get(style).and_then(Option::as_deref);
                filling.put(cell.get_position(), cell.get_value(), format).map_err(Bad::File)?;
            }
            Err(e) => {
                let error = match &e {
                    XlsxError::CellError(text) => text.as_str(),
                    XlsxError::CellTAttribute(_)
                    | XlsxError::ParseFloat(_)
                    | XlsxError::Unrecognized { .. }
                    | XlsxError::Unexpected(_)
                    | XlsxError::UnexpectedNode(_) => "#UNREADABLE",
                    _ => return Err(Bad::File(unreadable(e))),
                };
                let at = places.and_then(|p| p.get(count)).ok_or(Bad::Cell)?;
                let (row, column) = (at.0.saturating_add(1), at.1.saturating_add(1));
                filling.builder.push(row, column, CellKind::Error, error, filling.budget).map_err(Bad::File)?;
            }
        }
    }
    Ok(())
}

/// The places of all cells, in the order of the stream.
fn xlsx_places(book: &mut Xlsx<Bytes>, name: &str, budget: &mut Budget) -> Result<Vec<(u32, u32)>, Trouble> {
    let mut places = Vec::new();
    let mut cells = book.worksheet_cells_reader(name).map_err(unreadable)?;
    while let Some(cell) = cells.next_formula().map_err(unreadable)? {
        budget.count(1)?;
        places.push(cell.get_position());
    }
    Ok(places)
}

/// The number format, where it is of zeros alone.
fn zeros_of(style: &Style) -> Option<String> {
    let code = &style.number_format.as_ref()?.format_code;
    (code.len() > 1 && code.bytes().all(|b| b == b'0')).then(|| code.clone())
}

/// Reads an `.xlsb`; calamine tells no merged areas of it.
pub(super) fn xlsb(bytes: &[u8], archive: &Archive, limits: &Limits) -> Result<Workbook, Trouble> {
    let mut book: Xlsb<Bytes> = Xlsb::new(Cursor::new(bytes)).map_err(unreadable)?;
    let is_1904 = book.has_1904_epoch();
    let mut budget = Budget::new(bytes.len(), limits);
    let mut sheets = Vec::new();
    for (name, hidden) in worksheets(book.sheets_metadata(), archive.largest, limits)? {
        let mut filling = Filling::new(&name, hidden, is_1904, &mut budget);
        let mut cells = book.worksheet_cells_reader(&name).map_err(unreadable)?;
        while let Some(cell) = cells.next_cell().map_err(unreadable)? {
            filling.budget.count(1)?;
            filling.put(cell.get_position(), cell.get_value(), None)?;
        }
        sheets.push(filling.finish(&[])?);
    }
    Ok(Workbook { sheets })
}

/// Reads an `.xls`, once [`compound`](super::compound) has found nothing against it.
pub(super) fn xls(bytes: &[u8], limits: &Limits) -> Result<Workbook, Trouble> {
    let mut book: Xls<Bytes> =
        Xls::new(Cursor::new(bytes)).map_err(|e| if matches!(e, XlsError::Password) { protected() } else { unreadable(e) })?;
    let is_1904 = book.has_1904_epoch();
    let mut budget = Budget::new(bytes.len(), limits);
    let mut sheets = Vec::new();
    for (name, hidden) in worksheets(book.sheets_metadata(), 0, limits)? {
        let range = book.worksheet_range(&name).map_err(unreadable)?;
        let mut filling = Filling::new(&name, hidden, is_1904, &mut budget);
        let (top, left) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            filling.budget.count(1)?;
            filling.put((top.saturating_add(row as u32), left.saturating_add(column as u32)), &borrowed(value), None)?;
        }
        let merged = book.merge_cells_by_sheet_name(&name).map_err(unreadable)?;
        sheets.push(filling.finish(&merged)?);
    }
    Ok(Workbook { sheets })
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(v) => DataRef::Int(*v),
        Data::Float(v) => DataRef::Float(*v),
        Data::String(v) => DataRef::String(v.clone()),
        Data::Bool(v) => DataRef::Bool(*v),
        Data::DateTime(v) => DataRef::DateTime(*v),
        Data::DateTimeIso(v) => DataRef::DateTimeIso(v.clone()),
        Data::DurationIso(v) => DataRef::DurationIso(v.clone()),
        Data::Error(v) => DataRef::Error(v.clone()),
        Data::Empty => DataRef::Empty,
    }
}
