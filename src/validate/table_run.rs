//! The rows of one table, from its files to rows that stand alone: cells typed, references known, spans the right way round,
//! duplicates counted once.

use super::context::Context;
use super::inputs::{RowRef, SourceFile, TableCount};
use super::quarantine::{inert, shown};
use super::sources::Source;
use super::typed::{self, Cell};
use crate::base::{Date, Locator, par};
use crate::mapping::{Plan, TableMapping};
use crate::read::{NumberStyle, OpenTable, RawTable, Trouble};
use crate::schema::codes as c;
use crate::schema::{Code, ColumnType, Personal, TableSchema};
use std::sync::Arc;

/// A row with its key and content as hashes, so that neither order nor place of rows shows.
#[derive(Clone, Debug)]
pub(super) struct Kept<T> {
    pub row: T,
    pub key: [u8; 16],
    pub content: [u8; 32],
    pub at: RowRef,
    /// The cells as texts, where they are to be written again: our columns, then where the row was taken over from.
    pub texts: Vec<String>,
}

/// The outcome of a table.
#[derive(Debug)]
pub(super) struct TableRows<T> {
    pub rows: Vec<Kept<T>>,
    pub count: TableCount,
}

/// A cell that the row's own checks refuse: code, column, what was found, the value as shown.
pub(super) struct RowFault {
    pub code: &'static Code,
    pub column: usize,
    pub found: String,
    pub shown: String,
}

/// Places of a row, for messages.
pub(super) struct Place<'p> {
    file: &'p SourceFile,
    line: u32,
    columns: &'p [Arc<str>],
}

impl Place<'_> {
    pub fn of(&self, column: usize) -> Locator {
        self.file.locate(u64::from(self.line), self.columns.get(column).cloned())
    }
}

/// Pairs of columns of which the first may not be above the second.
const ORDERED: [(&str, &str); 8] = [
    ("workers_low", "workers_high"),
    ("yes", "asked"),
    ("under_15", "under_18"),
    ("children", "people"),
    ("valid_from", "valid_to"),
    ("since", "until"),
    ("issued", "expires"),
    ("opened", "completed"),
];

/// Tables that stand beside what the run says.
const BESIDE: [&str; 2] = ["overrides", "contests"];
/// Dates that plan ahead: never too late, and no report dates.
const AHEAD: [&str; 3] = ["expires", "until", "valid_to"];
/// The longest span that is a reporting period, in days.
const REPORTING_DAYS: i32 = 366;

/// Reads all files of a table; `build` makes a row of the cells, or says why it cannot.
pub(super) fn run<'v, T: Send>(
    context: &mut Context<'v>,
    schema: &'static TableSchema,
    sources: &[Source],
    used: bool,
    mut build: impl FnMut(&mut Context<'v>, &[Cell], &Place, RowRef) -> Result<T, RowFault>,
) -> TableRows<T> {
    let mut table =
        TableRows { rows: Vec::new(), count: TableCount { table: schema.name, rows: 0, refused: 0, repeated: 0, cells_missing: 0, used } };
    let mapping: &'v crate::mapping::Mapping = context.mapping;
    let settings: Option<&TableMapping> = mapping.tables.get(schema.name);
    for source in sources {
        let file = SourceFile { name: source.file.name.clone(), part: source.part(), foreign: false };
        let opened = match OpenTable::open_as(&source.file, &source.layout, &context.limits) {
            Ok(opened) => opened,
            Err(trouble) => {
                say(context, &file, &trouble);
                continue;
            }
        };
        for warning in &opened.warnings {
            say(context, &file, warning);
        }
        let plan = Plan::new(schema, settings, &opened.header);
        let mut readable = true;
        for t in &plan.troubles {
            readable &= t.trouble.code.level != crate::base::Level::Fatal;
            if t.in_mapping {
                say(context, &SourceFile { name: mapping.file.clone(), part: None, foreign: false }, &t.trouble);
            } else {
                // What is wrong with the header stands where the header does.
                say(context, &file, &Trouble { line: opened.header_line, ..t.trouble.clone() });
            }
        }
        if !readable {
            continue;
        }
        // Numbers that a package describes are rewritten with a point.
        let package = source.resource.as_ref().filter(|r| r.states_numbers()).map(|_| b'.');
        let style = NumberStyle {
            dates: settings.and_then(|s| s.dates),
            decimal: settings.and_then(|s| s.decimal).or(package),
            semicolons: opened.semicolons(),
            exact: opened.exact_numbers(),
        };
        let names: Vec<Arc<str>> = schema
            .columns
            .iter()
            .enumerate()
            .map(|(i, column)| Arc::from(plan.source_name(i, &opened.header).unwrap_or(column.name)))
            .collect();
        let wanted = plan.wanted.clone();
        let header = opened.header.clone();
        let raw = opened.read(&wanted, &context.limits).and_then(|mut raw| {
            let kept = source.resource.as_ref().is_none_or(|r| r.rewrite(&header, &mut raw));
            kept.then_some(raw).ok_or_else(|| Trouble::file(&c::FILE_TOO_LARGE, "a column holds more than 4 GiB of text"))
        });
        let raw = match raw {
            Ok(raw) => raw,
            Err(trouble) => {
                say(context, &file, &trouble);
                continue;
            }
        };
        let Some(number) = context.number_of(file.clone()) else {
            say(context, &file, &Trouble::file(&c::FILE_TOO_LARGE, "more than 65,535 files"));
            continue;
        };
        shapeless(context, &file, &raw, &mut table.count);
        let one = OneFile { schema, settings, plan: &plan, raw: &raw, style, names: &names, file: &file, number };
        one.rows(context, &mut table, &mut build);
    }
    once(context, schema, &mut table);
    table
}

fn say(context: &mut Context, file: &SourceFile, t: &Trouble) {
    let at = file.locate(t.line, t.column.as_deref().map(Arc::from));
    context.collector.say(t.code, at, t.found.clone(), t.code.remedy);
}

/// Rows that never became cells.
fn shapeless(context: &mut Context, file: &SourceFile, raw: &RawTable, count: &mut TableCount) {
    for refused in &raw.refused {
        let at = file.locate(u64::from(refused.line), None);
        context.collector.refuse(refused.code, at, refused.found.clone(), refused.code.remedy, String::new());
    }
    count.rows += raw.refused.len() as u64;
    count.refused += raw.refused.len() as u64;
    for passed in &raw.passed {
        context.collector.say(passed.code, file.locate(u64::from(passed.line), None), passed.found.clone(), passed.code.remedy);
    }
    if raw.blank > 0 {
        let at = file.locate(u64::from(raw.first_blank), None);
        context.collector.say(&c::ROW_BLANK, at, format!("{} rows without any value, the first here", raw.blank), c::ROW_BLANK.remedy);
    }
}

struct OneFile<'f> {
    schema: &'static TableSchema,
    settings: Option<&'f TableMapping>,
    plan: &'f Plan<'f>,
    raw: &'f RawTable,
    style: NumberStyle,
    names: &'f [Arc<str>],
    file: &'f SourceFile,
    number: u16,
}

impl OneFile<'_> {
    fn rows<'v, T>(
        &self,
        context: &mut Context<'v>,
        table: &mut TableRows<T>,
        build: &mut impl FnMut(&mut Context<'v>, &[Cell], &Place, RowRef) -> Result<T, RowFault>,
    ) {
        let ordered: Vec<(usize, usize)> =
            ORDERED.iter().filter_map(|(a, b)| self.schema.position(a).zip(self.schema.position(b))).collect();
        let key: Vec<usize> = self.schema.key.iter().filter_map(|k| self.schema.position(k)).collect();
        let mut texts = Vec::with_capacity(self.schema.columns.len());
        let mut bytes = Vec::with_capacity(256);
        for (row_at, line) in self.raw.lines.iter().enumerate() {
            table.count.rows += 1;
            let at = self.taken_from(context, row_at).unwrap_or(RowRef { file: self.number, line: *line });
            let place = Place { file: self.file, line: *line, columns: self.names };
            self.plan.row(self.raw, row_at, &|id| context.kind_by_id(id), &mut texts);
            let looked_up = self.look_up(context, &texts, &place);
            let found: Vec<&str>;
            let texts: &[&str] = if looked_up.is_empty() {
                &texts
            } else {
                let id_of = |i: usize| looked_up.iter().find(|l| l.0 == i).map(|l| l.1.as_str());
                found = texts.iter().enumerate().map(|(i, t)| id_of(i).unwrap_or(t)).collect();
                &found
            };
            let cells = self.cells(context, texts, &place, &mut table.count);
            let Some(mut cells) = cells else {
                table.count.refused += 1;
                continue;
            };
            let fault = self.own_checks(context, &mut cells, &ordered, &place, &mut table.count).err();
            let built = match fault {
                Some(fault) => Err(fault),
                None => build(context, &cells, &place, at),
            };
            match built {
                Ok(row) => {
                    let content = content_hash(self.schema, &cells, &mut bytes);
                    let key = if key.is_empty() { head(&content) } else { key_hash(&key, &cells, &mut bytes) };
                    let taken = self.plan.taken_from.map(|c| c.map_or("", |c| self.raw.cell(c, row_at)));
                    let texts = if context.texts.is_some() { written(&cells, texts, taken) } else { Vec::new() };
                    table.rows.push(Kept { row, key, content, at, texts });
                }
                Err(fault) => {
                    table.count.refused += 1;
                    context.collector.refuse(fault.code, place.of(fault.column), fault.found, fault.code.remedy, fault.shown);
                }
            }
        }
    }

    /// Where a row stood before it was taken over into the dataset, where the row says so.
    fn taken_from(&self, context: &mut Context, row: usize) -> Option<RowRef> {
        let [name, sheet, line] = self.plan.taken_from.map(|at| at.map_or("", |c| self.raw.cell(c, row)));
        if name.is_empty() {
            return None;
        }
        let source = SourceFile { name: name.into(), part: (!sheet.is_empty()).then(|| sheet.into()), foreign: true };
        Some(RowRef { file: context.number_of(source)?, line: line.parse().unwrap_or(0) })
    }

    /// Ids for the cells that hold names of nodes.
    fn look_up(&self, context: &mut Context, texts: &[&str], place: &Place) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (name, lookup) in self.settings.map(|s| &s.lookup).into_iter().flatten() {
            let Some(column) = self.schema.position(name) else { continue };
            let text = texts.get(column).copied().unwrap_or("");
            if text.is_empty() {
                continue;
            }
            if lookup.none.iter().any(|n| n == text) {
                found.push((column, String::new()));
            } else if let Some(id) = context.node_by_name(text, &lookup.kinds) {
                found.push((column, context.ids.text(id).to_owned()));
            } else {
                context.collector.say(
                    &c::LOOKUP_UNKNOWN,
                    place.of(column),
                    format!("{} is no node's name", shown(text)),
                    c::LOOKUP_UNKNOWN.remedy,
                );
            }
        }
        found
    }

    /// Types every cell; `None` where a required or strict one is bad.
    fn cells<'a>(&self, context: &mut Context, texts: &[&'a str], place: &Place, count: &mut TableCount) -> Option<Vec<Cell<'a>>> {
        let mut cells = Vec::with_capacity(texts.len());
        let mut whole = true;
        for (i, (column, text)) in self.schema.columns.iter().zip(texts).enumerate() {
            let (mut cell, bad) = typed::read(text, column, self.style, self.plan.scale(i), context.words);
            if let Some(mut bad) = bad {
                if column.personal == Personal::Sensitive {
                    // What few people said is not told by a message either.
                    bad.found = format!("a cell that is no {}", column.kind.in_words());
                    bad.shown = format!("{} characters", text.chars().count());
                }
                count.cells_missing += 1;
                whole &= !column.strict;
                context.collector.refuse(bad.code, place.of(i), bad.found, bad.expected, bad.shown);
            } else if cell == Cell::Missing && column.required {
                whole = false;
                let found = "a blank cell that every row must fill";
                context.collector.refuse(&c::CELL_REQUIRED, place.of(i), found, c::CELL_REQUIRED.remedy, String::new());
            } else if let (Cell::Text(id), ColumnType::NodeId) = (&cell, column.kind)
                && context.nodes_known
                && !matches!(self.schema.name, "nodes" | "links")
                && context.kind_by_id(id).is_none()
            {
                let shown = inert(id);
                context.collector.refuse(
                    &c::REFERENCE_UNKNOWN,
                    place.of(i),
                    format!("{shown} is no node"),
                    c::REFERENCE_UNKNOWN.remedy,
                    shown,
                );
                count.cells_missing += 1;
                whole &= !column.required;
                cell = Cell::Missing;
            }
            cells.push(cell);
        }
        whole.then_some(cells)
    }

    /// Pairs the right way round, plausible dates, one of two names.
    fn own_checks(
        &self,
        context: &mut Context,
        cells: &mut [Cell],
        ordered: &[(usize, usize)],
        place: &Place,
        count: &mut TableCount,
    ) -> Result<(), RowFault> {
        for (low, high) in ordered {
            let (code, crossed) = match (cells.get(*low), cells.get(*high)) {
                (Some(Cell::Number(a)), Some(Cell::Number(b))) => (&c::RANGE_CROSSED, a > b),
                (Some(Cell::Date(a)), Some(Cell::Date(b))) => (&c::PERIOD_CROSSED, a > b),
                _ => continue,
            };
            if !crossed {
                continue;
            }
            let name = |i: usize| self.schema.columns.get(i).map_or("", |c| c.name);
            let found = format!("{} is above {}", name(*low), name(*high));
            let mut required = true;
            for i in [*low, *high] {
                if self.schema.columns.get(i).is_some_and(|c| !c.required) {
                    required = false;
                    count.cells_missing += 1;
                    if let Some(slot) = cells.get_mut(i) {
                        *slot = Cell::Missing;
                    }
                }
            }
            if required {
                return Err(RowFault { code, column: *low, found, shown: String::new() });
            }
            context.collector.refuse(code, place.of(*low), found, code.remedy, String::new());
        }
        for (i, (column, cell)) in self.schema.columns.iter().zip(cells.iter()).enumerate() {
            let (first, last) = match cell {
                Cell::Date(d) => (*d, *d),
                Cell::Period(p) => (p.from, p.to),
                _ => continue,
            };
            if first < Date(0) {
                context.collector.say(&c::DATE_IMPLAUSIBLE, place.of(i), format!("{first} is before 1970"), c::DATE_IMPLAUSIBLE.remedy);
            }
            // A judgement or an answer is no report: it never moves the day as of which everything else is read.
            if AHEAD.contains(&column.name) || BESIDE.contains(&self.schema.name) {
                continue;
            }
            if context.as_of.is_some_and(|as_of| first > as_of) {
                // The day of what few people said is told to nobody; the line leads whoever holds the file to it.
                let confidential = matches!(self.schema.name, "cases" | "grievances" | "surveys");
                let day = if confidential { "a day that".to_owned() } else { first.to_string() };
                context.collector.say(&c::DATE_FUTURE, place.of(i), format!("{day} is after the day of assessment"), c::DATE_FUTURE.remedy);
            }
            context.seen(if column.name == "valid_from" { self.reported(cells, last) } else { last }, || place.of(i));
        }
        if self.schema.name == "shipments" {
            for (id, name) in [("shipper_id", "shipper_name"), ("consignee_id", "consignee_name")] {
                let missing = |n| self.schema.position(n).and_then(|i| cells.get(i)).is_none_or(|c| *c == Cell::Missing);
                if missing(id) && missing(name) {
                    let column = self.schema.position(id).unwrap_or_default();
                    return Err(RowFault {
                        code: &c::CELL_REQUIRED,
                        column,
                        found: format!("neither {id} nor {name}"),
                        shown: String::new(),
                    });
                }
            }
        }
        Ok(())
    }

    /// The end of a link's span where it is a reporting period, else its beginning: a contract until 2035 is no report of 2035.
    fn reported(&self, cells: &[Cell], from: Date) -> Date {
        match self.schema.position("valid_to").and_then(|i| cells.get(i)) {
            Some(Cell::Date(to)) if to.days_since(from) <= REPORTING_DAYS => *to,
            _ => from,
        }
    }
}

/// Rows of one content count once; of rows with one key and several contents, the first in order of content stays.
fn once<T: Send>(context: &mut Context, schema: &TableSchema, table: &mut TableRows<T>) {
    par::sort_by(&mut table.rows, |a, b| (a.key, a.content, a.at).cmp(&(b.key, b.content, b.at)));
    let mut twice: std::collections::BTreeMap<u16, (u32, u64)> = std::collections::BTreeMap::new();
    let mut last: Option<([u8; 16], [u8; 32], RowRef)> = None;
    let TableRows { rows, count } = table;
    rows.retain(|r| {
        let (verdict, stays) = match last {
            Some((key, content, at)) if key == r.key => (Some((content == r.content, at)), false),
            _ => (None, true),
        };
        match verdict {
            Some((true, _)) => {
                let entry = twice.entry(r.at.file).or_insert((r.at.line, 0));
                *entry = (entry.0.min(r.at.line), entry.1 + 1);
            }
            Some((false, at)) => {
                count.refused += 1;
                let place = context.locate(r.at, schema.key.first().copied());
                let found = format!("the key of {} with another content", context.locate(at, None));
                context.collector.refuse(&c::KEY_CONFLICT, place, found, c::KEY_CONFLICT.remedy, String::new());
            }
            None => last = Some((r.key, r.content, r.at)),
        }
        stays
    });
    for (file, (line, rows)) in twice {
        let at = context.locate(RowRef { file, line }, None);
        context.collector.say(&c::ROW_TWICE, at, format!("{rows} rows say what other rows say, the first here"), c::ROW_TWICE.remedy);
        count.repeated += rows;
    }
}

/// The cells of a row as texts that read as the same cells.
fn written(cells: &[Cell], texts: &[&str], taken_from: [&str; 3]) -> Vec<String> {
    let own = cells.iter().zip(texts).map(|(cell, text)| match cell {
        Cell::Missing => String::new(),
        Cell::Number(n) => n.to_string(),
        Cell::Date(d) => d.to_string(),
        Cell::Code(_, word) => (*word).to_owned(),
        Cell::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Cell::Country(country) => country.as_str().to_owned(),
        Cell::Text(_) | Cell::Period(_) | Cell::Sign(..) | Cell::Source(..) | Cell::Covers(..) => (*text).to_owned(),
    });
    own.chain(taken_from.map(str::to_owned)).collect()
}

/// BLAKE3 over the table's name and every filled cell with its column's name: the same whatever the order of columns and rows.
fn content_hash(schema: &TableSchema, cells: &[Cell], bytes: &mut Vec<u8>) -> [u8; 32] {
    bytes.clear();
    bytes.extend_from_slice(schema.name.as_bytes());
    for (column, cell) in schema.columns.iter().zip(cells) {
        if *cell != Cell::Missing {
            bytes.push(0);
            bytes.extend_from_slice(column.name.as_bytes());
            write_cell(cell, bytes);
        }
    }
    *blake3::hash(bytes).as_bytes()
}

fn key_hash(key: &[usize], cells: &[Cell], bytes: &mut Vec<u8>) -> [u8; 16] {
    bytes.clear();
    for at in key {
        write_cell(cells.get(*at).unwrap_or(&Cell::Missing), bytes);
    }
    head(blake3::hash(bytes).as_bytes())
}

fn head(hash: &[u8; 32]) -> [u8; 16] {
    let mut first = [0; 16];
    first.iter_mut().zip(hash).for_each(|(a, b)| *a = *b);
    first
}

fn write_cell(cell: &Cell, bytes: &mut Vec<u8>) {
    let mut sized = |tag: u8, payload: &[u8]| {
        bytes.push(tag);
        bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        bytes.extend_from_slice(payload);
    };
    match cell {
        Cell::Missing => sized(0, &[]),
        Cell::Text(t) => sized(1, t.as_bytes()),
        Cell::Number(n) => sized(2, &n.to_bits().to_le_bytes()),
        Cell::Date(d) => sized(3, &d.0.to_le_bytes()),
        Cell::Period(p) => sized(4, &[p.from.0.to_le_bytes(), p.to.0.to_le_bytes()].concat()),
        Cell::Code(_, word) => sized(5, word.as_bytes()),
        Cell::YesNo(b) => sized(6, &[u8::from(*b)]),
        Cell::Country(country) => sized(7, country.as_str().as_bytes()),
        Cell::Sign(_, word) | Cell::Source(_, word) | Cell::Covers(_, _, word) => sized(8, word.as_bytes()),
    }
}
