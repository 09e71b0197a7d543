//! `onus.toml` to a [`Mapping`]: every key is known or named, every problem with its line, all at once.

use super::model::{CodeText, Condition, Lookup, Mapping, Rule, TableMapping};
use super::suggest::{fold, nearest};
use crate::base::{Date, DateOrder, Diagnostics, Kind, Locator, ProductCode, SectorCode, Stage};
use crate::schema::codes::{COLUMN_PERSONAL, FILE_UNREADABLE, MAPPING_SYNTAX, MAPPING_UNKNOWN_KEY};
use crate::schema::{Code, ColumnType, INPUT_TABLES, TableSchema, input_table, personal_word};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A mapping and what is wrong with it.
#[derive(Debug, Default)]
pub struct Loaded {
    pub mapping: Mapping,
    pub diagnostics: Diagnostics,
}

/// Reads the mapping at `path`; `None` gives the empty one.
pub fn load(path: Option<&Path>) -> Loaded {
    let Some(path) = path else { return Loaded::default() };
    let file: Arc<str> = path.file_name().map_or_else(|| "onus.toml".into(), |n| n.to_string_lossy().as_ref().into());
    match std::fs::read_to_string(path) {
        Ok(text) => parse(file, &text),
        Err(e) => {
            let mut loaded = Loaded::default();
            let at = Locator { file, ..Locator::default() };
            loaded.diagnostics.push(FILE_UNREADABLE.level, FILE_UNREADABLE.code, at, e.to_string(), FILE_UNREADABLE.remedy);
            loaded
        }
    }
}

type Table<'i> = DeTable<'i>;
type Item<'a, 'i> = (&'a str, &'a Spanned<DeValue<'i>>, usize);

/// Reads a mapping from its text; `file` names it in diagnostics.
pub fn parse(file: Arc<str>, text: &str) -> Loaded {
    let mut walk = Walk { file: file.clone(), text, diagnostics: Diagnostics::default() };
    let mut mapping = Mapping { file, ..Mapping::default() };
    match DeTable::parse(text) {
        Ok(root) => walk.root(root.get_ref(), &mut mapping),
        Err(e) => walk.say(&MAPPING_SYNTAX, e.span().map_or(0, |s| s.start), None, e.message()),
    }
    Loaded { mapping, diagnostics: walk.diagnostics }
}

struct Walk<'t> {
    file: Arc<str>,
    text: &'t str,
    diagnostics: Diagnostics,
}

impl Walk<'_> {
    fn line(&self, at: usize) -> u64 {
        1 + memchr::memchr_iter(b'\n', self.text.as_bytes().get(..at).unwrap_or_default()).count() as u64
    }

    fn say(&mut self, code: &'static Code, at: usize, key: Option<&str>, found: impl Into<String>) {
        let at = Locator { file: self.file.clone(), part: None, line: self.line(at), column: key.map(Arc::from) };
        self.diagnostics.push(code.level, code.code, at, found, code.remedy);
    }

    fn unknown(&mut self, key: &str, at: usize, known: &[&str]) {
        let hint = nearest(key, known.iter().copied()).map_or(String::new(), |n| format!("; did you mean {n}?"));
        self.say(&MAPPING_UNKNOWN_KEY, at, Some(key), format!("nothing reads this key{hint}"));
    }

    fn wrong(&mut self, key: &str, value: &Spanned<DeValue>, wanted: &str) {
        self.say(&MAPPING_SYNTAX, value.span().start, Some(key), format!("{} where {wanted} is read", value.get_ref().type_str()));
    }

    fn table<'a, 'i>(&mut self, (key, value, _): Item<'a, 'i>) -> Option<&'a Table<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(key, value, "a table");
        }
        table
    }

    fn text(&mut self, (key, value, _): Item) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(key, value, "a text");
        }
        text
    }

    fn texts(&mut self, item: Item) -> Option<Vec<String>> {
        match item.1.get_ref() {
            DeValue::Array(list) => list.iter().map(|v| self.text((item.0, v, item.2))).collect(),
            _ => self.text(item).map(|t| vec![t]),
        }
    }

    /// A text, number or yes/no as the cell that it would be.
    fn cell(&mut self, (key, value, _): Item) -> Option<String> {
        let cell = match value.get_ref() {
            DeValue::String(s) => Some(s.to_string()),
            DeValue::Boolean(b) => Some(if *b { "yes" } else { "no" }.to_owned()),
            DeValue::Integer(i) if i.radix() == 10 => Some(i.as_str().to_owned()),
            DeValue::Float(f) => Some(f.as_str().to_owned()),
            DeValue::Datetime(d) => Some(d.to_string()),
            _ => None,
        };
        if cell.is_none() {
            self.wrong(key, value, "a text or number");
        }
        cell
    }

    fn number(&mut self, item: Item) -> Option<f64> {
        let text = self.cell(item)?;
        let number = text.replace('_', "").parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0);
        if number.is_none() {
            self.wrong(item.0, item.1, "a number above 0");
        }
        number
    }

    fn row(&mut self, item: Item) -> Option<u32> {
        let row = self.cell(item)?.parse().ok().filter(|r: &u32| *r > 0);
        if row.is_none() {
            self.wrong(item.0, item.1, "a row of the sheet, from 1");
        }
        row
    }

    fn root(&mut self, root: &Table, mapping: &mut Mapping) {
        for item in items(root) {
            match item.0 {
                "dataset" => {
                    for item in self.table(item).map(items).unwrap_or_default() {
                        match item.0 {
                            "name" => mapping.name = self.text(item),
                            "base_currency" => mapping.base_currency = self.text(item),
                            "as_of" => {
                                mapping.as_of = self.cell(item).and_then(|t| Date::parse(&t));
                                if mapping.as_of.is_none() {
                                    self.wrong(item.0, item.1, "a day (YYYY-MM-DD)");
                                }
                            }
                            _ => self.unknown(item.0, item.2, &["name", "base_currency", "as_of"]),
                        }
                    }
                }
                "fx" => {
                    for item in self.table(item).map(items).unwrap_or_default() {
                        if let Some(rate) = self.number(item) {
                            mapping.fx.insert(item.0.to_owned(), rate);
                        }
                    }
                }
                "codes" => {
                    for item in self.table(item).map(items).unwrap_or_default() {
                        let code = self.code_text(item);
                        mapping.codes.insert(fold(item.0), code);
                    }
                }
                "tables" => {
                    for item in self.table(item).map(items).unwrap_or_default() {
                        match input_table(item.0) {
                            Some(schema) => {
                                let table = self.table_mapping(item, schema);
                                mapping.tables.insert(item.0.to_owned(), table);
                            }
                            None => self.unknown(item.0, item.2, &INPUT_TABLES.map(|t| t.name)),
                        }
                    }
                }
                _ => self.unknown(item.0, item.2, &["dataset", "fx", "codes", "tables"]),
            }
        }
    }

    fn code_text(&mut self, item: Item) -> CodeText {
        let mut code = CodeText::default();
        for item in self.table(item).map(items).unwrap_or_default() {
            let text = self.text(item).unwrap_or_default();
            let read = match item.0 {
                "product" => ProductCode::parse(&text).map(|p| code.product = Some(p)),
                "sector" => SectorCode::parse(&text).map(|s| code.sector = Some(s)),
                "stage" => Stage::parse(&text).map(|s| code.stage = Some(s)),
                _ => {
                    self.unknown(item.0, item.2, &["product", "sector", "stage"]);
                    continue;
                }
            };
            if read.is_none() {
                self.wrong(item.0, item.1, "an HS code (product), an ISIC code (sector) or a stage");
            }
        }
        code
    }

    fn table_mapping(&mut self, item: Item, schema: &'static TableSchema) -> TableMapping {
        let mut table = TableMapping::default();
        for item in self.table(item).map(items).unwrap_or_default() {
            match item.0 {
                "file" | "files" => {
                    table.files.extend(self.texts(item).unwrap_or_default());
                    table.files_line = self.line(item.2);
                }
                "sheet" => {
                    table.sheet = self.text(item);
                    table.files_line = if table.files_line == 0 { self.line(item.2) } else { table.files_line };
                }
                "header_row" => table.header_row = self.row(item),
                "last_row" => table.last_row = self.row(item),
                "decimal" => match self.text(item).as_deref() {
                    Some(".") => table.decimal = Some(b'.'),
                    Some(",") => table.decimal = Some(b','),
                    _ => self.wrong(item.0, item.1, "\".\" or \",\""),
                },
                "dates" => {
                    table.dates = self.text(item).and_then(|t| DateOrder::parse(&t));
                    if table.dates.is_none() {
                        self.wrong(item.0, item.1, &format!("one of {}", DateOrder::NAMES.join(", ")));
                    }
                }
                "ignore" => table.ignore = self.texts(item).unwrap_or_default(),
                "columns" => {
                    for item in self.columns(item, schema) {
                        let names = self.texts(item).unwrap_or_default();
                        for name in &names {
                            if let Some(word) = personal_word(name) {
                                self.say(&COLUMN_PERSONAL, item.2, Some(item.0), format!("the column mapped here names persons ({word})"));
                            }
                        }
                        table.columns.insert(item.0.to_owned(), (names, self.line(item.2)));
                    }
                }
                "constants" => table.constants = self.cells(item, schema),
                "defaults" => table.defaults = self.cells(item, schema),
                "scale" => {
                    for item in self.columns(item, schema) {
                        if let Some(number) = self.number(item) {
                            table.scale.insert(item.0.to_owned(), number);
                        }
                    }
                }
                "values" => {
                    for item in self.columns(item, schema) {
                        let mut values = BTreeMap::new();
                        for value in self.table(item).map(items).unwrap_or_default() {
                            values.extend(self.cell(value).map(|v| (value.0.to_owned(), v)));
                        }
                        table.values.insert(item.0.to_owned(), values);
                    }
                }
                "lookup" => {
                    for item in self.columns(item, schema) {
                        let lookup = self.lookup(item);
                        table.lookup.insert(item.0.to_owned(), lookup);
                    }
                }
                "rules" => match item.1.get_ref() {
                    DeValue::Array(rules) => {
                        for rule in rules.iter() {
                            let rule = self.rule(("rules", rule, item.2), schema);
                            table.rules.push(rule);
                        }
                    }
                    _ => self.wrong(item.0, item.1, "a list of tables ([[...rules]])"),
                },
                _ => {
                    let known = [
                        "file",
                        "files",
                        "sheet",
                        "header_row",
                        "last_row",
                        "decimal",
                        "dates",
                        "ignore",
                        "columns",
                        "constants",
                        "defaults",
                        "scale",
                        "values",
                        "lookup",
                        "rules",
                    ];
                    self.unknown(item.0, item.2, &known);
                }
            }
        }
        table
    }

    /// The entries of a table whose keys are columns of ours.
    fn columns<'a, 'i>(&mut self, item: Item<'a, 'i>, schema: &TableSchema) -> Vec<Item<'a, 'i>> {
        let mut known = self.table(item).map(items).unwrap_or_default();
        known.retain(|item| {
            let ours = schema.position(item.0).is_some();
            if !ours {
                let names: Vec<&str> = schema.columns.iter().map(|c| c.name).collect();
                self.unknown(item.0, item.2, &names);
            }
            ours
        });
        known
    }

    fn cells(&mut self, item: Item, schema: &TableSchema) -> BTreeMap<String, String> {
        let entries = self.columns(item, schema);
        entries.into_iter().filter_map(|item| self.cell(item).map(|c| (item.0.to_owned(), c))).collect()
    }

    fn lookup(&mut self, item: Item) -> Lookup {
        let mut lookup = Lookup::default();
        for item in self.table(item).map(items).unwrap_or_default() {
            match item.0 {
                "kinds" => {
                    for name in self.texts(item).unwrap_or_default() {
                        match Kind::parse(&name) {
                            Some(kind) => lookup.kinds.push(kind),
                            None => self.wrong(item.0, item.1, "a list of node kinds"),
                        }
                    }
                }
                "none" => lookup.none = self.texts(item).unwrap_or_default(),
                _ => self.unknown(item.0, item.2, &["kinds", "none"]),
            }
        }
        lookup
    }

    fn rule(&mut self, item: Item, schema: &TableSchema) -> Rule {
        let mut rule = Rule::default();
        for item in self.table(item).map(items).unwrap_or_default() {
            match item.0 {
                "when" => {
                    for item in self.table(item).map(items).unwrap_or_default() {
                        let (name, kind_of_node) = item.0.strip_suffix(".kind").map_or((item.0, false), |n| (n, true));
                        let column = schema.position(name).filter(|c| {
                            !kind_of_node || schema.columns.get(*c).is_some_and(|c| c.kind == ColumnType::NodeId && schema.name != "nodes")
                        });
                        let patterns = self.texts(item).unwrap_or_default();
                        match column {
                            Some(column) => rule.when.push(Condition { column, kind_of_node, patterns }),
                            None => {
                                let names: Vec<&str> = schema.columns.iter().map(|c| c.name).collect();
                                self.unknown(item.0, item.2, &names);
                            }
                        }
                    }
                }
                "set" => {
                    for (name, cell) in self.cells(item, schema) {
                        rule.set.extend(schema.position(&name).map(|c| (c, cell)));
                    }
                }
                "swap_ends" => match item.1.get_ref().as_bool() {
                    Some(swap) if schema.name == "links" => rule.swap_ends = swap,
                    _ => self.wrong(item.0, item.1, "true or false, in a rule of links"),
                },
                _ => self.unknown(item.0, item.2, &["when", "set", "swap_ends"]),
            }
        }
        rule
    }
}

fn items<'a, 'i>(table: &'a Table<'i>) -> Vec<Item<'a, 'i>> {
    let mut items: Vec<Item> = table.iter().map(|(k, v)| (k.get_ref().as_ref(), v, k.span().start)).collect();
    items.sort_by_key(|i| i.2);
    items
}
