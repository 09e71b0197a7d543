//! Any table by a mapping of the user's own: the file of `--mapping`, in the syntax of `onus.toml`, says which tables a file fills.
//!
//! A file is taken by the tables that name it under `file`; a mapping whose tables name no file is meant for whatever file is given. One
//! file may fill several tables. Cells become ours: numbers with a point and in our unit, countries as alpha-3, names of nodes as ids
//! where the mapping looks them up among the nodes of the same import. `[codes]`, `[fx]`, `base_currency` and `as_of` go along.

use super::cells::slug;
use super::draft::shown;
use super::file::each_table;
use super::places::{coarse, trimmed};
use super::{Draft, ForeignFile, Importer, Mapped, Options, Sheet};
use crate::base::holdings::looks_person_operated;
use crate::base::identifiers::{duns_holds, gln_holds, lei_holds, os_id_holds};
use crate::base::{Kind, Level, Period};
use crate::mapping::{Mapping, Plan, TableMapping, fold, load};
use crate::read::cell::{BadNumber, is_missing, number, share, yes_no};
use crate::read::{NumberStyle, Trouble};
use crate::reference::Reference;
use crate::schema::codes::{MAPPING_COLUMN, MAPPING_PATH};
use crate::schema::{ColumnSchema, ColumnType, INPUT_TABLES, TableSchema};
use std::collections::BTreeMap;
use std::path::Path;

pub static MAPPING: &[Mapped] = &[Mapped {
    theirs: "any column",
    ours: "any column of any table",
    remark: "by [tables.NAME.columns] of --mapping; columns named as ours need no entry; constants, defaults, scale, values, lookup and rules as in onus.toml",
}];

pub static TABLE: Importer = Importer {
    name: "table",
    about: "Any table, by a mapping file (--mapping, the syntax of onus.toml)",
    source: "onus.toml, as its documentation describes it",
    mapping: MAPPING,
    run,
};

/// Where the files of a mapping stand in the order in which its tables are read: nodes first, so that names of nodes can be looked up.
pub fn place_of(mapping: &Path, file: &Path) -> usize {
    let loaded = load(Some(mapping));
    let name = ForeignFile::new(file).name;
    INPUT_TABLES.iter().position(|t| loaded.mapping.tables.get(t.name).is_some_and(|m| names(m, &name))).unwrap_or(INPUT_TABLES.len())
}

fn names(table: &TableMapping, file: &str) -> bool {
    table.files.iter().any(|f| f.rsplit('/').next().is_some_and(|last| last == file))
}

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let Some(path) = &options.mapping else {
        return Err(Trouble::file(&MAPPING_PATH, "no --mapping: it says which columns are ours"));
    };
    let loaded = load(Some(path));
    if let Some(bad) = loaded.diagnostics.all.iter().find(|d| d.level >= Level::Error) {
        let code = crate::schema::code_of(bad.code).unwrap_or(&MAPPING_COLUMN);
        return Err(Trouble { code, line: 0, column: None, found: format!("{}: {}", bad.at, bad.found) });
    }
    let mapping = loaded.mapping;
    let meant: Vec<(&'static TableSchema, &TableMapping)> = tables_of(&mapping, &file.name);
    if meant.is_empty() {
        let found = format!("no table of {} names the file {}", mapping.file, file.name);
        return Err(Trouble::file(&MAPPING_PATH, found));
    }
    settle(&mapping, draft);
    each_table(file, options, draft, |sheet, draft| {
        draft.shapeless(&sheet.file.clone(), sheet.name.clone().as_ref(), &sheet.raw);
        let mut plans = Vec::new();
        for (schema, table) in &meant {
            let plan = Plan::new(schema, Some(table), &sheet.header);
            if let Some(bad) = plan.troubles.iter().find(|t| t.trouble.code.level == Level::Fatal) {
                let Trouble { code, line, column, found } = &bad.trouble;
                return Err(Trouble { code, line: *line, column: column.clone(), found: format!("{}: {found}", schema.name) });
            }
            plans.push(Filled { schema, table, plan });
        }
        let nodes = Nodes::of(draft);
        for row in 0..sheet.len() {
            draft.begin(&sheet.origin(row));
            let mut gave = Nodes::default();
            let mut whole = true;
            for filled in &plans {
                whole &= filled.row(&sheet, row, &nodes, &mut gave, options, draft);
            }
            if !whole && !draft.is_taken() {
                draft.refuse_row(None, "row-incomplete", "a table does not get what each of its rows needs, and no other one anything new");
            }
        }
        for (at, name) in sheet.header.iter().enumerate().filter(|(_, n)| !n.is_empty()) {
            if plans.iter().all(|f| !f.plan.wanted.get(at).copied().unwrap_or(false)) {
                let on_purpose = meant.iter().any(|(_, t)| t.ignore.iter().any(|i| i == name));
                draft.column_left(&sheet.file, sheet.name.as_ref(), name, if on_purpose { "left out: ignored by the mapping" } else { "" });
            }
        }
        Ok(())
    })
}

/// The tables that a file fills.
fn tables_of<'m>(mapping: &'m Mapping, file: &str) -> Vec<(&'static TableSchema, &'m TableMapping)> {
    let all = || INPUT_TABLES.into_iter().filter_map(|t| mapping.tables.get(t.name).map(|m| (t, m)));
    let named: Vec<_> = all().filter(|(_, m)| names(m, file)).collect();
    if named.is_empty() { all().filter(|(_, m)| m.files.is_empty()).collect() } else { named }
}

/// What the mapping says of the dataset as a whole.
fn settle(mapping: &Mapping, draft: &mut Draft) {
    let settings = &mut draft.settings;
    settings.name = settings.name.take().or_else(|| mapping.name.clone());
    settings.base_currency = settings.base_currency.take().or_else(|| mapping.base_currency.clone());
    settings.as_of = settings.as_of.or(mapping.as_of);
    settings.fx.extend(mapping.fx.iter().map(|(k, v)| (k.clone(), *v)));
    settings.codes.extend(mapping.codes.iter().map(|(k, v)| (k.clone(), *v)));
}

/// Nodes of the import by id and by name; a name of two nodes means neither.
#[derive(Default)]
struct Nodes {
    kinds: BTreeMap<String, Kind>,
    names: BTreeMap<String, Vec<(String, Kind)>>,
}

impl Nodes {
    fn of(draft: &Draft) -> Self {
        let mut nodes = Self::default();
        for row in draft.rows("nodes") {
            let cell = |c| draft.cell("nodes", row, c);
            if let Some(kind) = Kind::parse(cell("kind")) {
                nodes.kinds.insert(cell("node_id").to_owned(), kind);
                nodes.names.entry(fold(cell("name"))).or_default().push((cell("node_id").to_owned(), kind));
            }
        }
        nodes
    }

    fn by_name(&self, name: &str, kinds: &[Kind]) -> Option<&str> {
        let mut found = self.names.get(&fold(name))?.iter().filter(|(_, kind)| kinds.is_empty() || kinds.contains(kind));
        match (found.next(), found.next()) {
            (Some((id, _)), None) => Some(id),
            _ => None,
        }
    }
}

/// A table that a file fills.
struct Filled<'m> {
    schema: &'static TableSchema,
    table: &'m TableMapping,
    plan: Plan<'m>,
}

impl Filled<'_> {
    /// Whether the row gave a row of the table.
    fn row(&self, sheet: &Sheet, row: usize, nodes: &Nodes, gave: &mut Nodes, options: &Options<'_>, draft: &mut Draft) -> bool {
        let mut texts = Vec::new();
        let kind_of = |id: &str| nodes.kinds.get(id).or_else(|| gave.kinds.get(id)).copied();
        self.plan.row(&sheet.raw, row, &kind_of, &mut texts);
        let style = NumberStyle { decimal: self.table.decimal, ..NumberStyle::default() };
        let mut cells: Vec<(&'static str, String)> = Vec::with_capacity(texts.len());
        let mut whole = true;
        for (i, (column, text)) in self.schema.columns.iter().zip(&texts).enumerate() {
            let source = self.plan.source_name(i, &sheet.header).unwrap_or(column.name);
            let text = trimmed(text);
            if is_missing(text, column.kind) {
                if column.required {
                    whole = false;
                    draft.refuse_cell(source, "cell-required", format!("a blank cell, needed for {}.{}", self.schema.name, column.name));
                }
                continue;
            }
            let looked_up = self.table.lookup.get(column.name);
            let ours = match looked_up {
                Some(lookup) if lookup.none.iter().any(|n| n == text) => continue,
                Some(lookup) => nodes.by_name(text, &lookup.kinds).map(str::to_owned).ok_or("no-node-of-that-name"),
                None => canonical(column, text, style, self.plan.scale(i), options.reference),
            };
            match ours {
                Ok(ours) => cells.push((column.name, ours)),
                Err(reason) => {
                    whole &= !column.strict;
                    draft.refuse_cell(source, reason, shown(text));
                }
            }
        }
        let cell = |name: &str| cells.iter().find(|c| c.0 == name).map_or("", |c| c.1.as_str());
        if self.schema.name == "links" && cell("supplier_id") == cell("buyer_id") && whole {
            whole = false;
            draft.refuse_cell("supplier_id", "link-self", "one node on both sides");
        }
        if !whole {
            return false;
        }
        if self.schema.name == "aliases" && draft.hidden.contains_key(cell("node_id")) {
            draft.refuse_cell("name", "name-of-a-person", "another name of a place that bears a person's name");
            return false;
        }
        if self.schema.name == "nodes"
            && let Some(kind) = Kind::parse(cell("kind"))
        {
            gave.kinds.insert(cell("node_id").to_owned(), kind);
        }
        if self.schema.name == "nodes" {
            hide_person(&mut cells, options, draft);
        }
        for (column, text) in &mut cells {
            let refers = self.schema.columns.iter().any(|c| c.name == *column && matches!(c.kind, ColumnType::NodeId));
            if let Some(id) = draft.hidden.get(text.as_str()).filter(|_| refers) {
                text.clone_from(id);
            }
        }
        let pairs: Vec<(&'static str, &str)> = cells.iter().map(|(c, t)| (*c, t.as_str())).collect();
        draft.add(self.schema.name, &pairs);
        true
    }
}

/// Puts a key in place of the name of a place that bears a person's, and of an id that is made of the name.
fn hide_person(cells: &mut Vec<(&'static str, String)>, options: &Options<'_>, draft: &mut Draft) {
    let cell = |name: &str| cells.iter().find(|c| c.0 == name).map_or(String::new(), |c| c.1.clone());
    let (id, name) = (cell("node_id"), cell("name"));
    let Some(kind) = Kind::parse(&cell("kind")).filter(|k| looks_person_operated(*k, &name)) else { return };
    let key = options.persons.key(&id);
    let own = slug(&id);
    let told = slug(&name).split('-').any(|word| word.len() >= 4 && own.contains(word));
    let shown = if told { format!("{}:{key}", kind.as_str()) } else { id.clone() };
    for (column, text) in cells.iter_mut() {
        match *column {
            "node_id" => text.clone_from(&shown),
            "name" => *text = format!("natural person {key}"),
            "latitude" | "longitude" => *text = coarse(text),
            _ => {}
        }
    }
    cells.retain(|(column, _)| !matches!(*column, "address" | "city"));
    draft.hidden.insert(id, shown);
}

/// A foreign cell as ours.
///
/// # Errors
/// The reason, where it cannot be read as what the column holds.
fn canonical(
    column: &ColumnSchema,
    text: &str,
    style: NumberStyle,
    scale: Option<f64>,
    reference: &Reference,
) -> Result<String, &'static str> {
    let own = || text.to_owned();
    let when = |holds: bool, reason: &'static str| if holds { Ok(own()) } else { Err(reason) };
    match column.kind {
        ColumnType::Id | ColumnType::NodeId => when(text.len() <= 256 && !text.chars().any(char::is_control), "no-identifier"),
        ColumnType::Text | ColumnType::Product | ColumnType::Sector | ColumnType::Covers | ColumnType::Sign | ColumnType::Source => {
            Ok(own())
        }
        ColumnType::Code(list) => {
            let word: String = text.chars().map(|c| if matches!(c, ' ' | '-') { '_' } else { c.to_ascii_lowercase() }).collect();
            list.iter().find(|w| **w == word).map(|w| (*w).to_owned()).ok_or("not-a-known-word")
        }
        ColumnType::Country => super::cells::country(text, reference).map(|c| c.to_string()).ok_or("country-unknown"),
        ColumnType::Subdivision => when(text.len() >= 4 && text.as_bytes().get(2) == Some(&b'-'), "no-subdivision"),
        ColumnType::Currency => when(text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()), "no-currency"),
        ColumnType::Date => crate::base::Date::parse(text).map(|d| d.to_string()).ok_or("no-day"),
        ColumnType::PeriodStart | ColumnType::PeriodEnd | ColumnType::Period => when(Period::parse(text).is_some(), "no-period"),
        ColumnType::Year => super::sums::year(text).ok_or("no-year"),
        ColumnType::Share | ColumnType::Count | ColumnType::Amount | ColumnType::Number { .. } => figure(column.kind, text, style, scale),
        ColumnType::YesNo => yes_no(text).map(|y| if y { "yes" } else { "no" }.to_owned()).ok_or("neither-yes-nor-no"),
        ColumnType::Lei => when(lei_holds(text), "no-lei"),
        ColumnType::OsId => when(os_id_holds(text), "os-id-form"),
        ColumnType::Gln => when(gln_holds(text), "no-gln"),
        ColumnType::Duns => when(duns_holds(text), "no-duns"),
    }
}

fn figure(kind: ColumnType, text: &str, style: NumberStyle, scale: Option<f64>) -> Result<String, &'static str> {
    let read = if kind == ColumnType::Share { share(text, style) } else { number(text, style) };
    let value = match (read, kind) {
        (Ok(value), _) => value,
        // Thousands would lie outside a range, and a count has no decimals: then a comma has but one reading.
        (Err(BadNumber::Ambiguous), ColumnType::Number { .. } | ColumnType::Share) => {
            text.replace(',', ".").parse().map_err(|_| "no-number")?
        }
        (Err(BadNumber::Ambiguous), ColumnType::Count) if text.contains(',') => {
            number(text, NumberStyle { decimal: Some(b'.'), ..style }).map_err(|_| "no-number")?
        }
        (Err(BadNumber::Ambiguous), _) => return Err("number-with-two-readings"),
        (Err(BadNumber::NotANumber), _) => return Err("no-number"),
    };
    let value = value * scale.unwrap_or(1.0) + 0.0;
    match kind {
        ColumnType::Number { low, high } if !(low..=high).contains(&value) => Err("number-out-of-range"),
        ColumnType::Number { .. } => Ok(value.to_string()),
        _ if value < 0.0 => Err("number-below-0"),
        ColumnType::Share if value > 1.0 => Err("share-above-1"),
        ColumnType::Count if value.fract() != 0.0 => Err("no-whole-number"),
        _ => Ok(value.to_string()),
    }
}
