//! One sheet: its filled cells in order of row and column, as text in one arena.

use crate::read::bytes::Limits;
use crate::read::table::Trouble;
use crate::schema::codes::FILE_TOO_LARGE;
use std::sync::Arc;

/// Last row of a sheet (ECMA-376 and OpenDocument as spreadsheets write it).
pub(super) const ROWS_MOST: u32 = 1_048_576;
/// Last column of a sheet, XFD.
pub(super) const COLUMNS_MOST: u32 = 16_384;
/// Columns of merged areas in one sheet, each area counted with its width.
const MERGED_MOST: u64 = 2_000_000;

/// What a cell was before it became text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CellKind {
    Text,
    Number,
    /// A date, a time of day or both.
    Date,
    Duration,
    YesNo,
    /// `#REF!`, `#N/A`, `#DIV/0!` and the like; the text is the error's name.
    Error,
}

/// A filled cell. Rows and columns count from 1, as the sheet shows them: `B7` is row 7, column 2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CellRef<'s> {
    pub row: u32,
    pub column: u32,
    pub kind: CellKind,
    pub text: &'s str,
}

/// A merged area, both ends within it, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Area {
    pub first_row: u32,
    pub first_column: u32,
    pub last_row: u32,
    pub last_column: u32,
}

impl Area {
    pub fn holds(&self, row: u32, column: u32) -> bool {
        (self.first_row..=self.last_row).contains(&row) && (self.first_column..=self.last_column).contains(&column)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stored {
    row: u32,
    column: u32,
    kind: CellKind,
    start: u32,
    len: u32,
}

/// A sheet of a workbook.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sheet {
    pub name: Arc<str>,
    /// Hidden by its author: read only where it is named.
    pub hidden: bool,
    /// In order of their first row and column; areas that overlap an earlier one are left out.
    pub merged: Vec<Area>,
    /// Column, first row and position of every area, by each column that it covers.
    by_column: Vec<(u32, u32, u32)>,
    cells: Vec<Stored>,
    text: String,
}

/// A row with at least one filled cell.
#[derive(Clone, Copy, Debug)]
pub struct Row<'s> {
    pub number: u32,
    sheet: &'s Sheet,
    cells: &'s [Stored],
}

impl<'s> Row<'s> {
    /// The filled cells, from left to right.
    pub fn cells(&self) -> impl DoubleEndedIterator<Item = CellRef<'s>> + use<'s> {
        let sheet = self.sheet;
        self.cells.iter().map(move |c| sheet.show(c))
    }

    /// How many cells are filled.
    pub fn filled(&self) -> usize {
        self.cells.len()
    }

    /// The cell of a column, if it is filled.
    pub fn cell(&self, column: u32) -> Option<CellRef<'s>> {
        let at = self.cells.binary_search_by_key(&column, |c| c.column).ok()?;
        self.cells.get(at).map(|c| self.sheet.show(c))
    }
}

impl Sheet {
    fn show(&self, c: &Stored) -> CellRef<'_> {
        let text = self.text.get(c.start as usize..(c.start + c.len) as usize).unwrap_or("");
        CellRef { row: c.row, column: c.column, kind: c.kind, text }
    }

    /// Whether no cell is filled.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// All filled cells, by row and column.
    pub fn cells(&self) -> impl Iterator<Item = CellRef<'_>> {
        self.cells.iter().map(|c| self.show(c))
    }

    /// The filled cell at a place, if there is one.
    pub fn cell(&self, row: u32, column: u32) -> Option<CellRef<'_>> {
        let at = self.cells.binary_search_by_key(&(row, column), |c| (c.row, c.column)).ok()?;
        self.cells.get(at).map(|c| self.show(c))
    }

    /// The text at a place; blank where the cell is. An error cell gives its name.
    pub fn text(&self, row: u32, column: u32) -> &str {
        self.cell(row, column).map_or("", |c| c.text)
    }

    /// The text at a place such as `D8`; blank where the cell is, or the place is none.
    pub fn at(&self, place: &str) -> &str {
        place_of(place).map_or("", |(row, column)| self.text(row, column))
    }

    /// The filled cell that stands at a place, or that a merged area shows there.
    pub fn shown_at(&self, row: u32, column: u32) -> Option<CellRef<'_>> {
        self.cell(row, column).or_else(|| {
            let area = self.area(row, column)?;
            self.cell(area.first_row, area.first_column)
        })
    }

    /// The merged area that holds a place.
    pub fn area(&self, row: u32, column: u32) -> Option<&Area> {
        // Areas do not overlap: only the last one that begins at or above the row can hold it.
        let after = self.by_column.partition_point(|(c, first, _)| (*c, *first) <= (column, row));
        let (_, _, at) = self.by_column.get(after.checked_sub(1)?)?;
        self.merged.get(*at as usize).filter(|a| a.holds(row, column))
    }

    /// Rows with a filled cell, from the top.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.cells.chunk_by(|a, b| a.row == b.row).map(|cells| Row { number: cells.first().map_or(0, |c| c.row), sheet: self, cells })
    }

    /// The last row with a filled cell; 0 in an empty sheet.
    pub fn last_row(&self) -> u32 {
        self.cells.last().map_or(0, |c| c.row)
    }

    /// The last column with a filled cell; 0 in an empty sheet.
    pub fn last_column(&self) -> u32 {
        self.cells.iter().map(|c| c.column).max().unwrap_or(0)
    }
}

/// The letters of a column: 1 is A, 28 is AB.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Row and column of a place such as `D8`.
fn place_of(place: &str) -> Option<(u32, u32)> {
    let digits = place.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = place.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.chars().try_fold(0u32, |sum, c| {
        let c = c.to_ascii_uppercase();
        c.is_ascii_uppercase().then(|| sum * 26 + u32::from(c) - u32::from('A') + 1)
    })?;
    Some((row.parse().ok().filter(|r| *r > 0)?, column))
}

/// How much all sheets of a workbook may still hold.
#[derive(Debug)]
pub(super) struct Budget {
    pub cells: u64,
    pub text: u64,
    cell_bytes: usize,
}

impl Budget {
    /// For a workbook of `packed` bytes: as many cells as the limits say, and no more text than it could honestly unpack to.
    pub fn new(packed: usize, limits: &Limits) -> Self {
        Self { cells: limits.cells, text: limits.unpacked_from(packed as u64), cell_bytes: limits.cell_bytes }
    }

    /// Counts a cell that the file states, filled or not.
    pub fn count(&mut self, cells: u64) -> Result<(), Trouble> {
        match self.cells.checked_sub(cells) {
            Some(rest) => {
                self.cells = rest;
                Ok(())
            }
            None => Err(Trouble::file(&FILE_TOO_LARGE, "more cells than a workbook may hold")),
        }
    }
}

/// A sheet that is being read.
#[derive(Debug, Default)]
pub(super) struct Builder {
    sheet: Sheet,
}

/// Where a text stands in a sheet, so that further cells can show it without a copy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    start: u32,
    len: u32,
    /// The text was too long to keep; what is kept says so.
    too_long: bool,
}

/// What stands in a cell whose text is beyond the limit: it counts as an error cell, and its row keeps the others.
const TOO_LONG: &str = "#TOO-LONG";

impl Builder {
    pub fn new(name: &str, hidden: bool) -> Self {
        Self { sheet: Sheet { name: name.into(), hidden, ..Sheet::default() } }
    }

    /// Keeps a text; `None` where it is blank.
    pub fn place(&mut self, text: &str, budget: &mut Budget) -> Result<Option<Placed>, Trouble> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let too_long = text.len() > budget.cell_bytes;
        let text = if too_long { TOO_LONG } else { text };
        let full = || Trouble::file(&FILE_TOO_LARGE, "more text than a workbook of this size may hold");
        budget.text = budget.text.checked_sub(text.len() as u64).ok_or_else(full)?;
        let start = u32::try_from(self.sheet.text.len()).map_err(|_| full())?;
        let len = text.len() as u32;
        start.checked_add(len).ok_or_else(full)?;
        self.sheet.text.push_str(text);
        Ok(Some(Placed { start, len, too_long }))
    }

    /// Puts a text that is kept already into a cell, counted from 1.
    pub fn set(&mut self, row: u32, column: u32, kind: CellKind, at: Placed) -> Result<(), Trouble> {
        if row == 0 || column == 0 || row > ROWS_MOST || column > COLUMNS_MOST {
            return Err(Trouble::file(&FILE_TOO_LARGE, format!("a cell in row {row}, column {column}, where no sheet has one")));
        }
        let kind = if at.too_long { CellKind::Error } else { kind };
        self.sheet.cells.push(Stored { row, column, kind, start: at.start, len: at.len });
        Ok(())
    }

    /// Puts a text into a cell, counted from 1.
    pub fn push(&mut self, row: u32, column: u32, kind: CellKind, text: &str, budget: &mut Budget) -> Result<(), Trouble> {
        match self.place(text, budget)? {
            Some(at) => self.set(row, column, kind, at),
            None => Ok(()),
        }
    }

    pub fn merge(&mut self, area: Area) {
        let sound = area.first_row > 0 && area.first_column > 0 && area.first_row <= area.last_row && area.first_column <= area.last_column;
        let many = area.first_row < area.last_row || area.first_column < area.last_column;
        if sound && many && area.last_row <= ROWS_MOST && area.last_column <= COLUMNS_MOST {
            self.sheet.merged.push(area);
        }
    }

    /// The sheet, cells in order; of two cells at one place the later one stands.
    pub fn finish(mut self) -> Result<Sheet, Trouble> {
        let ordered = self.sheet.cells.is_sorted_by(|a, b| (a.row, a.column) < (b.row, b.column));
        if !ordered {
            self.sheet.cells.sort_by_key(|c| (c.row, c.column));
            self.sheet.cells.reverse();
            self.sheet.cells.dedup_by_key(|c| (c.row, c.column));
            self.sheet.cells.reverse();
        }
        self.sheet.merged.sort_unstable();
        // What is merged beyond the last filled cell shows nothing.
        let (last_row, last_column) = (self.sheet.last_row(), self.sheet.last_column());
        self.sheet.merged.retain(|a| a.first_row <= last_row && a.first_column <= last_column);
        let columns: u64 = self.sheet.merged.iter().map(|a| u64::from(a.last_column.min(last_column) - a.first_column) + 1).sum();
        if columns > MERGED_MOST {
            return Err(Trouble::file(&FILE_TOO_LARGE, format!("more merged areas in sheet {} than a sheet may have", self.sheet.name)));
        }
        self.sheet.merged = without_overlap(std::mem::take(&mut self.sheet.merged), last_column);
        for (at, area) in (0u32..).zip(&self.sheet.merged) {
            self.sheet.by_column.extend((area.first_column..=area.last_column.min(last_column)).map(|c| (c, area.first_row, at)));
        }
        self.sheet.by_column.sort_unstable();
        Ok(self.sheet)
    }
}

/// Spreadsheets never write overlapping areas; a file that does would make each cell belong to many.
fn without_overlap(areas: Vec<Area>, last_column: u32) -> Vec<Area> {
    // By column, the last row that an area has taken so far: areas come in order of their first row.
    let mut taken: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
    let mut kept = Vec::with_capacity(areas.len());
    for area in areas {
        let columns = area.first_column..=area.last_column.min(last_column);
        if columns.clone().any(|c| taken.get(&c).is_some_and(|last| *last >= area.first_row)) {
            continue;
        }
        taken.extend(columns.map(|c| (c, area.last_row)));
        kept.push(area);
    }
    kept
}

/// A sheet of texts and whole numbers, cells parted by `|`, for tests.
#[cfg(test)]
pub(in crate::read) fn test_sheet(rows: &[&str], merged: &[Area], limits: &Limits) -> Sheet {
    let mut budget = Budget::new(1 << 20, limits);
    let mut builder = Builder::new("S", false);
    for (row, cells) in (1..).zip(rows) {
        for (column, text) in (1..).zip(cells.split('|')) {
            let kind = if text.parse::<f64>().is_ok() { CellKind::Number } else { CellKind::Text };
            builder.push(row, column, kind, text, &mut budget).unwrap();
        }
    }
    merged.iter().for_each(|a| builder.merge(*a));
    builder.finish().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(first_row: u32, first_column: u32, last_row: u32, last_column: u32) -> Area {
        Area { first_row, first_column, last_row, last_column }
    }

    #[test]
    fn places_are_those_that_the_sheet_shows() {
        assert_eq!(place_of("D8"), Some((8, 4)));
        assert_eq!(place_of("xfd1048576"), Some((1_048_576, 16_384)));
        assert_eq!(place_of("A0"), None);
        assert_eq!(place_of("12"), None);
        assert_eq!((column_letters(1), column_letters(28), column_letters(16_384)), ("A".into(), "AB".into(), "XFD".into()));
    }

    #[test]
    fn of_two_cells_at_one_place_the_later_stands() {
        let mut budget = Budget::new(1 << 20, &Limits::default());
        let mut b = Builder::new("S", false);
        b.push(2, 1, CellKind::Text, "below", &mut budget).unwrap();
        b.push(1, 1, CellKind::Text, "first", &mut budget).unwrap();
        b.push(1, 1, CellKind::Text, "second", &mut budget).unwrap();
        b.push(1, 2, CellKind::Text, "  ", &mut budget).unwrap();
        let sheet = b.finish().unwrap();
        let all: Vec<_> = sheet.cells().map(|c| (c.row, c.column, c.text)).collect();
        assert_eq!(all, [(1, 1, "second"), (2, 1, "below")]);
    }

    #[test]
    fn areas_that_overlap_an_earlier_one_are_left_out() {
        let kept = without_overlap(vec![area(1, 1, 3, 1), area(2, 1, 4, 1), area(2, 2, 2, 3), area(4, 1, 5, 2)], 9);
        assert_eq!(kept, [area(1, 1, 3, 1), area(2, 2, 2, 3), area(4, 1, 5, 2)]);
    }

    #[test]
    fn a_merged_area_shows_its_first_cell() {
        let mut budget = Budget::new(1 << 20, &Limits::default());
        let mut b = Builder::new("S", false);
        b.push(2, 1, CellKind::Text, "A", &mut budget).unwrap();
        b.merge(area(2, 1, 4, 1));
        let sheet = b.finish().unwrap();
        assert_eq!(sheet.shown_at(2, 1).map(|c| c.text), Some("A"));
        assert_eq!(sheet.shown_at(4, 1).map(|c| c.text), Some("A"));
        assert_eq!(sheet.shown_at(5, 1), None);
        assert_eq!(sheet.text(4, 1), "");
    }
}
