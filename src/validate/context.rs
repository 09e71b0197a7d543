//! What the tables share while they are read: settings, words, ids, known nodes, problems so far.

use super::inputs::{NodeRow, RowRef, SourceFile};
use super::quarantine::{Collector, inert};
use super::typed::Cell;
use super::vocabulary::Vocabulary;
use crate::base::holdings::{looks_person_operated, shown_as};
use crate::base::{Date, Interner, Kind, Locator, ProductCode, SectorCode, Stage, Symbol};
use crate::mapping::{CodeText, Mapping, fold};
use crate::read::Limits;
use crate::schema::codes::{DATE_IMPLAUSIBLE, TEXT_UNCODED};
use crate::schema::{TAKEN_FROM, TableSchema};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The newest date of the data so far, how often it stands, the newest before it, and where it stood first.
pub(super) struct Newest {
    pub date: Date,
    times: u64,
    before: Option<Date>,
    at: Locator,
}

pub(super) struct Context<'v> {
    pub words: &'v dyn Vocabulary,
    pub mapping: &'v Mapping,
    pub limits: Limits,
    /// The day of assessment, where settings or mapping say it.
    pub as_of: Option<Date>,
    /// Newest report date or end of a reporting period so far.
    pub newest: Option<Newest>,
    pub collector: Collector,
    pub files: Vec<SourceFile>,
    pub ids: Interner,
    /// Whether the nodes table could be read: else nothing is said of ids that it has not got.
    pub nodes_known: bool,
    /// Kind by symbol; `None` where the symbol names no node.
    kinds: Vec<Option<Kind>>,
    /// Ids by folded name, filled when a lookup first asks.
    names: HashMap<String, Vec<Symbol>>,
    /// Nodes that no message may name.
    hidden: HashSet<Symbol>,
    pub uncoded: BTreeMap<(&'static str, String), Uncoded>,
    code_cache: HashMap<String, CodeText>,
    /// Rows that passed as texts, table by table, where they are asked for.
    pub texts: Option<Vec<TableTexts>>,
}

/// The rows of a table that passed, as texts that read as the same rows.
#[derive(Clone, Debug)]
pub struct TableTexts {
    pub schema: &'static TableSchema,
    /// Columns that any row fills, and those that each row must fill.
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

impl TableTexts {
    /// Of rows that have a text for every column of the table and for where they were taken over from.
    pub(super) fn new(schema: &'static TableSchema, mut rows: Vec<Vec<String>>) -> Self {
        let all: Vec<_> = schema.columns.iter().chain(&TAKEN_FROM).collect();
        let kept: Vec<bool> =
            all.iter().enumerate().map(|(i, c)| c.required || rows.iter().any(|r| r.get(i).is_some_and(|t| !t.is_empty()))).collect();
        for row in &mut rows {
            let mut at = kept.iter();
            row.retain(|_| at.next().copied().unwrap_or(false));
        }
        let columns = all.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(c, _)| c.name).collect();
        Self { schema, columns, rows }
    }
}

/// A text without code: where it was first met, and in how many rows.
pub(super) struct Uncoded {
    pub at: Locator,
    pub rows: u64,
}

impl<'v> Context<'v> {
    pub fn new(words: &'v dyn Vocabulary, mapping: &'v Mapping, as_of: Option<Date>) -> Self {
        Self {
            words,
            mapping,
            limits: Limits::default(),
            as_of: as_of.or(mapping.as_of),
            newest: None,
            collector: Collector::default(),
            files: Vec::new(),
            ids: Interner::default(),
            nodes_known: true,
            kinds: Vec::new(),
            names: HashMap::new(),
            hidden: HashSet::new(),
            uncoded: BTreeMap::new(),
            code_cache: HashMap::new(),
            texts: None,
        }
    }

    /// The place of a row.
    pub fn locate(&self, row: RowRef, column: Option<&str>) -> Locator {
        let column = column.map(Arc::from);
        self.files.get(row.file as usize).map(|f| f.locate(u64::from(row.line), column.clone())).unwrap_or_default()
    }

    /// The number of a file, new where it was not met; `None` beyond what can be numbered.
    pub fn number_of(&mut self, file: SourceFile) -> Option<u16> {
        let at = self.files.iter().rposition(|f| *f == file).unwrap_or_else(|| {
            self.files.push(file);
            self.files.len() - 1
        });
        u16::try_from(at).ok()
    }

    /// Notes a date of the data; `at` is asked only where it is the newest so far.
    pub fn seen(&mut self, date: Date, at: impl FnOnce() -> Locator) {
        match &mut self.newest {
            Some(n) if date < n.date => n.before = n.before.max(Some(date)),
            Some(n) if date == n.date => n.times += 1,
            newest => *newest = Some(Newest { date, times: 1, before: newest.as_ref().map(|n| n.date), at: at() }),
        }
    }

    /// Says a newest date that stands alone, a year and more after all others, where it decides the day of the assessment: one mistyped
    /// year would age everything else away.
    pub fn say_lonely_newest(&mut self) {
        if self.as_of.is_some() {
            return;
        }
        if let Some(n) = &self.newest
            && n.times == 1
            && n.before.is_some_and(|before| n.date.days_since(before) > 366)
        {
            let found = "the newest date, by more than a year; it decides the day of the assessment";
            self.collector.say(&DATE_IMPLAUSIBLE, n.at.clone(), found.to_owned(), DATE_IMPLAUSIBLE.remedy);
        }
    }

    /// A node as messages name it: by its key where it looks like one person's holding.
    pub fn shown_node(&self, id: Symbol) -> String {
        let text = self.ids.text(id);
        if self.hidden.contains(&id) { shown_as(text, None).0 } else { inert(text) }
    }

    /// Takes note of the nodes that no message may name; again once ids are renumbered.
    pub fn hide_holdings(&mut self, nodes: &[NodeRow]) {
        self.hidden = nodes.iter().filter(|n| looks_person_operated(n.kind, &n.name)).map(|n| n.id).collect();
    }

    /// Makes these the known nodes.
    pub fn set_nodes(&mut self, nodes: impl Iterator<Item = (Symbol, Kind, Arc<str>)>) {
        for (id, kind, name) in nodes {
            let at = id.0 as usize;
            if self.kinds.len() <= at {
                self.kinds.resize(at + 1, None);
            }
            if let Some(slot) = self.kinds.get_mut(at) {
                *slot = Some(kind);
            }
            self.names.entry(fold(&name)).or_default().push(id);
        }
    }

    pub fn kind(&self, id: Symbol) -> Option<Kind> {
        self.kinds.get(id.0 as usize).copied().flatten()
    }

    pub fn kind_by_id(&self, id: &str) -> Option<Kind> {
        self.kind(self.ids.get(id)?)
    }

    /// The only node of that name among these kinds (none: all).
    pub fn node_by_name(&self, name: &str, kinds: &[Kind]) -> Option<Symbol> {
        let mut found =
            self.names.get(&fold(name))?.iter().filter(|id| kinds.is_empty() || self.kind(**id).is_some_and(|k| kinds.contains(&k)));
        found.next().copied().filter(|_| found.next().is_none())
    }

    /// What a text of a sector or product column stands for: the mapping's codes before the shipped ones.
    pub fn code_text(&mut self, text: &str) -> CodeText {
        if let Some(code) = self.code_cache.get(text) {
            return *code;
        }
        let folded = fold(text);
        let code = self.mapping.codes.get(&folded).copied().unwrap_or_else(|| {
            let (product, sector, stage) = self.words.text_code(&folded).unwrap_or_default();
            CodeText { product, sector, stage }
        });
        self.code_cache.insert(text.to_owned(), code);
        code
    }

    /// The HS code that a product cell states; national codes of 8 or 10 digits begin with it.
    pub fn product_code(&self, text: &str) -> Option<ProductCode> {
        let national = matches!(text.len(), 8 | 10) && text.bytes().all(|b| b.is_ascii_digit());
        let code = ProductCode::parse(if national { text.get(..6)? } else { text })?;
        self.words.product_exists(code).then_some(code)
    }

    pub fn sector_code(&self, text: &str) -> Option<SectorCode> {
        SectorCode::parse(text).filter(|s| self.words.sector_exists(*s))
    }

    pub fn stage_of_sector(&self, sector: SectorCode) -> Option<Stage> {
        self.words.stage_of_sector(sector)
    }

    /// Counts a text that no code table has.
    pub fn count_uncoded(&mut self, column: &'static str, text: &str, at: &dyn Fn() -> Locator) {
        let uncoded = self.uncoded.entry((column, fold(text))).or_insert_with(|| Uncoded { at: at(), rows: 0 });
        uncoded.rows += 1;
    }

    /// Says each uncoded text once.
    pub fn say_uncoded(&mut self) {
        for ((_, text), uncoded) in &self.uncoded {
            let found = format!("no code for \"{}\", in {} rows", inert(text), uncoded.rows);
            self.collector.say(&TEXT_UNCODED, uncoded.at.clone(), found, TEXT_UNCODED.remedy);
        }
    }
}

/// The cell at a position of the row; missing beyond its end.
pub(super) fn cell<'r, 'a>(cells: &'r [Cell<'a>], at: usize) -> &'r Cell<'a> {
    cells.get(at).unwrap_or(&Cell::Missing)
}

pub(super) fn text<'a>(cells: &[Cell<'a>], at: usize) -> Option<&'a str> {
    match cell(cells, at) {
        Cell::Text(t) => Some(t),
        _ => None,
    }
}

pub(super) fn number(cells: &[Cell], at: usize) -> Option<f64> {
    match cell(cells, at) {
        Cell::Number(n) => Some(*n),
        _ => None,
    }
}

pub(super) fn date(cells: &[Cell], at: usize) -> Option<Date> {
    match cell(cells, at) {
        Cell::Date(d) => Some(*d),
        _ => None,
    }
}

pub(super) fn yes_no(cells: &[Cell], at: usize) -> Option<bool> {
    match cell(cells, at) {
        Cell::YesNo(b) => Some(*b),
        _ => None,
    }
}

pub(super) fn code(cells: &[Cell], at: usize) -> Option<usize> {
    match cell(cells, at) {
        Cell::Code(i, _) => Some(*i),
        _ => None,
    }
}
