//! Which row of a sheet is the header, when titles, notes and logos stand above it and its names take one row or two.
//!
//! The header is the row with most column names that the table knows, where it has two or more; else the first row with texts in at least
//! three fifths of the columns that rows fill, followed by rows of like shape. Names over several columns (`Workers` over `Female` and
//! `Male`) are put before those below them (`Workers Female`). The same cells give the same header; nothing is learned.

use super::layout::Layout;
use super::workbook::{CellKind, Sheet};
use std::collections::{BTreeMap, BTreeSet};

/// Rows with a filled cell among which a header is searched.
const SEARCHED: usize = 60;
/// Rows that show how wide the table is.
const SAMPLE: usize = 200;
/// Rows that a header may take.
const DEEP: u32 = 4;
/// Bytes beyond which a text above the names is a title or a note.
const GROUP_BYTES: usize = 48;

/// Where the header of a sheet is and what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The last row of the header, from 1; rows begin below it.
    pub row: u32,
    /// The first row of the header.
    pub first_row: u32,
    /// The column of the first name, from 1.
    pub first_column: u32,
    /// The name of each column from the first to the last that has one; blank where one between them has none.
    pub names: Vec<String>,
}

/// The header of a sheet; `None` where no row could be one.
pub fn find(sheet: &Sheet, layout: &Layout) -> Option<Header> {
    if let Some(row) = layout.header_row {
        return Search::new(sheet, layout, Some(row)).header_at(row, false);
    }
    Search::new(sheet, layout, None).header()
}

struct Search<'s> {
    sheet: &'s Sheet,
    layout: &'s Layout,
    /// Numbers of the first rows with a filled cell.
    rows: Vec<u32>,
    /// Columns that any of them fills.
    columns: Vec<u32>,
    /// Cells of the row that fills most.
    width: usize,
}

impl<'s> Search<'s> {
    fn new(sheet: &'s Sheet, layout: &'s Layout, around: Option<u32>) -> Self {
        let from = around.map_or(0, |r| r.saturating_sub(DEEP));
        let sample: Vec<_> = sheet.rows().filter(|r| r.number >= from).take(SAMPLE).collect();
        let columns: BTreeSet<u32> = sample.iter().flat_map(|r| r.cells().map(|c| c.column)).collect();
        Self {
            sheet,
            layout,
            rows: sample.iter().map(|r| r.number).collect(),
            columns: columns.into_iter().collect(),
            width: sample.iter().map(super::workbook::Row::filled).max().unwrap_or(0),
        }
    }

    fn header(&self) -> Option<Header> {
        let candidates: Vec<(u32, Shape)> = self.rows.iter().take(SEARCHED).map(|r| (*r, self.shape(*r))).collect();
        let known = |row: u32| self.header_at(row, true).map_or(0, |h| h.names.iter().filter(|n| self.layout.knows(n)).count());
        // Names are compared only in rows of texts: a table has many rows and one header.
        let best = candidates
            .iter()
            .filter(|(_, s)| s.texts >= 2 && s.texts >= s.others)
            .map(|(row, _)| (known(*row), *row))
            .max_by_key(|(known, row)| (*known, std::cmp::Reverse(*row)));
        if let Some((known, row)) = best
            && known >= 2
        {
            return self.header_at(row, true);
        }
        let wide = (self.width * 3).div_ceil(5).max(1);
        let fits = |i: usize, s: &Shape| {
            let below = candidates.get(i + 1..).unwrap_or_default().iter().take(5);
            let like = below.clone().any(|(_, b)| b.filled() * 2 >= s.filled());
            s.texts >= wide && s.others * 2 <= s.texts && (like || below.count() == 0)
        };
        let first = candidates.iter().enumerate().find(|(i, (_, s))| fits(*i, s)).map(|(_, c)| c.0);
        let row = first.or_else(|| candidates.iter().max_by_key(|(row, s)| (s.texts, std::cmp::Reverse(*row))).map(|c| c.0))?;
        self.header_at(row, true).filter(|h| h.names.iter().any(|n| !n.is_empty()))
    }

    fn shape(&self, row: u32) -> Shape {
        let mut texts = BTreeSet::new();
        let mut others = 0;
        for column in &self.columns {
            if self.beside(row, *column) {
                continue;
            }
            match self.sheet.shown_at(row, *column) {
                Some(c) if c.kind == CellKind::Text && !is_number(c.text) => {
                    texts.insert(c.text.to_lowercase());
                }
                Some(_) => others += 1,
                None => {}
            }
        }
        Shape { texts: texts.len(), others }
    }

    /// Whether a cell lies in a merged area but not in its first column: what it shows stands there already.
    fn beside(&self, row: u32, column: u32) -> bool {
        self.sheet.area(row, column).is_some_and(|a| a.first_column < column)
    }

    fn text(&self, row: u32, column: u32) -> &'s str {
        self.sheet.shown_at(row, column).map_or("", |c| c.text)
    }

    /// The header of which this is a row; with `deeper`, rows below it may belong to it.
    fn header_at(&self, row: u32, deeper: bool) -> Option<Header> {
        let last = if deeper { self.last_row_of(row) } else { row };
        let first = self.first_row_of(row, last);
        let mut names: BTreeMap<u32, String> = BTreeMap::new();
        for column in &self.columns {
            let name = self.name(first, last, *column);
            if !name.is_empty() {
                names.insert(*column, name);
            }
        }
        let (first_column, last_column) = (*names.keys().next()?, *names.keys().next_back()?);
        let names = (first_column..=last_column).map(|c| names.remove(&c).unwrap_or_default()).collect();
        Some(Header { row: last, first_row: first, first_column, names })
    }

    /// Rows below a row that are parts of its names: cells merged downwards say how deep it is, else names under blanks do.
    fn last_row_of(&self, row: u32) -> u32 {
        let areas = || self.columns.iter().filter_map(|c| self.sheet.area(row, *c)).filter(|a| a.first_row <= row && a.last_row > row);
        let merged = areas().map(|a| a.last_row).max().filter(|last| last - row < DEEP);
        if let Some(last) = merged {
            // A tall cell of a body is no header: below a header, some other column has a name of its own.
            let named = self.columns.iter().any(|c| self.sheet.cell(last, *c).is_some_and(|c| c.kind == CellKind::Text));
            if named && areas().count() * 2 >= self.shape(row).texts.min(2) {
                return last;
            }
        }
        if self.completes(row) { row + 1 } else { row }
    }

    /// Whether the row below gives names where this one has blanks, under names that span several columns: `Workers` and a blank, over
    /// `Female` and `Male`.
    fn completes(&self, row: u32) -> bool {
        let below = row + 1;
        let filled: Vec<u32> = self.columns.iter().copied().filter(|c| self.sheet.cell(below, *c).is_some()).collect();
        let has = |c: u32| self.sheet.cell(row, c).is_some();
        let texts = filled.iter().all(|c| self.sheet.cell(below, *c).is_some_and(|c| c.kind == CellKind::Text && !is_number(c.text)));
        let under = filled.iter().all(|c| !has(*c) || (!has(c + 1) && filled.contains(&(c + 1))));
        let spanned = filled.iter().filter(|c| has(**c)).count();
        let alone = self.columns.iter().filter(|c| has(**c) && !filled.contains(c)).count();
        let distinct: BTreeSet<&str> = filled.iter().map(|c| self.text(below, *c)).collect();
        texts && under && spanned > 0 && alone > 0 && filled.len() >= 2 && distinct.len() * 2 > filled.len()
    }

    /// Rows above a row that give names to groups of its columns.
    fn first_row_of(&self, row: u32, last: u32) -> u32 {
        let mut first = row;
        while first > 1 && last - first + 1 < DEEP && self.groups(first - 1, first, last) {
            first -= 1;
        }
        first
    }

    fn groups(&self, above: u32, row: u32, last: u32) -> bool {
        let under: Vec<u32> = self.columns.iter().copied().filter(|c| !self.text(row, *c).is_empty()).collect();
        let cells: Vec<_> = self.columns.iter().filter_map(|c| self.sheet.cell(above, *c)).collect();
        let spans = |a: &super::workbook::Area| under.iter().filter(|c| (a.first_column..=a.last_column).contains(*c)).count();
        let merged =
            cells.iter().filter_map(|c| self.sheet.area(c.row, c.column)).filter(|a| a.last_row <= last && a.first_column < a.last_column);
        // A title is merged over the whole table, a group over some of it.
        if merged.clone().any(|a| spans(a) >= 2 && spans(a) < under.len()) {
            return true;
        }
        let texts = cells.iter().all(|c| c.kind == CellKind::Text && c.text.len() <= GROUP_BYTES && !is_number(c.text));
        let first = under.first().copied().unwrap_or(0);
        let titled = merged.clone().count() > 0 || cells.iter().any(|c| c.column <= first && cells.len() == 1);
        let inside = cells.iter().all(|c| under.contains(&c.column) && !self.text(row, c.column).is_empty());
        // Without merged cells, group names stand over the first of their columns and leave blanks after it.
        let gaps = cells.iter().any(|c| under.contains(&(c.column + 1)) && self.sheet.cell(above, c.column + 1).is_none());
        !cells.is_empty() && texts && !titled && inside && gaps && cells.len() * 2 <= under.len()
    }

    /// The name of a column: what stands over it from the first to the last row of the header.
    fn name(&self, first: u32, last: u32, column: u32) -> String {
        let own = self.own(last, column);
        let mut parts: Vec<&str> = Vec::new();
        for r in first..last {
            let part = self.above(r, column);
            if !part.is_empty() && parts.last() != Some(&part) {
                parts.push(part);
            }
        }
        let joined = |parts: &[&str]| parts.iter().flat_map(|p| p.split_whitespace()).collect::<Vec<_>>().join(" ");
        if own.is_empty() {
            // Only what stands over this very column names it.
            let over = (first..last).rev().map(|r| self.own(r, column)).find(|t| !t.is_empty()).unwrap_or("");
            return joined(&[over]);
        }
        if parts.last() != Some(&own) {
            parts.push(own);
        }
        let whole = joined(&parts);
        let alone = joined(&[own]);
        if self.layout.knows(&alone) && !self.layout.knows(&whole) { alone } else { whole }
    }

    /// The text of a cell, or of a merged area in its first column.
    fn own(&self, row: u32, column: u32) -> &'s str {
        if self.beside(row, column) { "" } else { self.text(row, column) }
    }

    /// The text of the group that a column belongs to in a row above: merged over it, or the nearest to its left.
    fn above(&self, row: u32, column: u32) -> &'s str {
        let text = self.text(row, column);
        if !text.is_empty() {
            return text;
        }
        let left = self.columns.iter().rev().filter(|c| **c < column).find(|c| self.sheet.shown_at(row, **c).is_some());
        match left {
            // A merged area ends where it ends.
            Some(c) if self.sheet.area(row, *c).is_none() => self.text(row, *c),
            _ => "",
        }
    }
}

struct Shape {
    /// Different texts that are no numbers.
    texts: usize,
    others: usize,
}

impl Shape {
    fn filled(&self) -> usize {
        self.texts + self.others
    }
}

/// Whether a text is a number or a day as people type it: no name of a column.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits > 0 && text.bytes().all(|b| b.is_ascii_digit() || b" .,:/-+%'$".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::super::bytes::Limits;
    use super::super::workbook::{Area, test_sheet};
    use super::*;

    fn names(rows: &[&str], merged: &[(u32, u32, u32, u32)], known: &[&str]) -> (u32, Vec<String>) {
        let areas: Vec<Area> = merged.iter().map(|m| Area { first_row: m.0, first_column: m.1, last_row: m.2, last_column: m.3 }).collect();
        let sheet = test_sheet(rows, &areas, &Limits::default());
        let h = find(&sheet, &Layout::of_names(known.iter().copied())).unwrap();
        (h.row, h.names)
    }

    #[test]
    fn titles_and_notes_above_the_header_are_passed_over() {
        let rows = ["Supplier list 2026", "", "Prepared by|Purchasing", "", "Vendor|Name|Country|Workers", "1|A|VN|12", "2|B|ID|30"];
        assert_eq!(names(&rows, &[], &[]), (5, vec!["Vendor".into(), "Name".into(), "Country".into(), "Workers".into()]));
        assert_eq!(names(&rows, &[(1, 1, 1, 4)], &[]).0, 5);
    }

    #[test]
    fn a_first_row_of_names_is_the_header_though_all_below_is_text() {
        let rows = ["name|country|kind", "Alpha|Viet Nam|factory", "Beta|India|mill"];
        assert_eq!(names(&rows, &[], &[]).0, 1);
        assert_eq!(names(&rows, &[], &["name", "country", "kind"]).0, 1);
    }

    #[test]
    fn known_names_decide_where_notes_are_as_wide_as_the_table() {
        let rows = ["How|to|fill", "one|line|each", "node_id|name|kind", "1|A|mill"];
        assert_eq!(names(&rows, &[], &["node_id", "name", "kind"]).0, 3);
    }

    #[test]
    fn two_rows_of_names_are_joined() {
        let merged = ["Name|Country|Workers|", "||Female|Male", "A|VN|5|6", "B|ID|7|8"];
        let expected: Vec<String> = ["Name", "Country", "Workers Female", "Workers Male"].map(String::from).to_vec();
        assert_eq!(names(&merged, &[(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4)], &[]), (2, expected.clone()));
        assert_eq!(names(&merged, &[], &[]), (2, expected.clone()), "without merged cells");
        let full = ["||Workers|", "Name|Country|Female|Male", "A|VN|5|6"];
        assert_eq!(names(&full, &[(1, 3, 1, 4)], &[]), (2, expected.clone()));
        assert_eq!(names(&full, &[], &[]), (2, expected));
    }

    #[test]
    fn a_title_over_the_whole_table_is_no_group() {
        let rows = ["Suppliers|||", "Name|Country|Female|Male", "A|VN|5|6"];
        let expected: Vec<String> = ["Name", "Country", "Female", "Male"].map(String::from).to_vec();
        assert_eq!(names(&rows, &[(1, 1, 1, 4)], &[]), (2, expected.clone()));
        assert_eq!(names(&rows, &[], &[]), (2, expected));
    }

    #[test]
    fn a_name_over_two_columns_names_the_first() {
        let rows = ["Name||Country", "A|x|VN", "B||ID"];
        assert_eq!(names(&rows, &[(1, 1, 1, 2)], &[]).1, ["Name", "", "Country"]);
    }

    #[test]
    fn a_group_does_not_change_a_name_that_the_table_knows() {
        let rows = ["||Workforce|", "node_id|name|workers|female_share", "1|A|5|0.5"];
        let known = ["node_id", "name", "workers", "female_share"];
        assert_eq!(names(&rows, &[(1, 3, 1, 4)], &known).1, known);
    }

    #[test]
    fn a_table_of_tall_cells_has_its_header_on_top() {
        let rows = ["Supplier|Site|Country", "A|one|VN", "|two|VN", "|three|ID", "B|four|ID"];
        assert_eq!(names(&rows, &[(2, 1, 4, 1)], &[]), (1, vec!["Supplier".into(), "Site".into(), "Country".into()]));
    }
}
