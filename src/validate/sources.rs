//! Which file or sheet holds which table: what the mapping names, else what `datapackage.json` names, else what is named like a table.
//!
//! A sheet is a table where its name is one, case, blanks, signs and plural aside (`Audit Findings`, `node`); the only filled sheet of a
//! workbook that is named like a table is that table. Hidden sheets are read only where the mapping names them.

use super::context::Context;
use super::quarantine::inert;
use crate::base::Locator;
use crate::mapping::TableMapping;
use crate::read::data_package::{self, Resource};
use crate::read::workbook::{self, Sheet, Workbook};
use crate::read::{DataFile, Folder, Format, Layout, Trouble, folder};
use crate::schema::codes as c;
use crate::schema::{Code, INPUT_TABLES, TAKEN_FROM, TableSchema, input_table};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// A file or sheet that holds rows of a table, and how they lie in it.
#[derive(Debug)]
pub(super) struct Source {
    pub file: DataFile,
    pub layout: Layout,
    /// What `datapackage.json` says of the file.
    pub resource: Option<Arc<Resource>>,
}

impl Source {
    /// The sheet, where the file has several.
    pub fn part(&self) -> Option<Arc<str>> {
        self.file.sheet.as_ref().map(|s| s.name.clone())
    }
}

/// The file of a data package.
const PACKAGE: &str = "datapackage.json";

/// The sources of each table, by its name.
pub(super) type Sources = BTreeMap<&'static str, Vec<Source>>;

/// The table that a sheet or resource of this name is.
pub(super) fn table_named(name: &str) -> Option<&'static TableSchema> {
    let forms = |name: &str| {
        let bare: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let cut = |end: &str| bare.strip_suffix(end).map(str::to_owned);
        [cut("s"), cut("es"), Some(bare.clone())].into_iter().flatten().filter(|f| f.len() >= 4).collect::<BTreeSet<String>>()
    };
    let wanted = forms(name);
    input_table(name).or_else(|| INPUT_TABLES.into_iter().find(|t| !forms(t.name).is_disjoint(&wanted)))
}

/// Finds the sources of all tables in a folder, and says what is missing, told twice, or left out.
pub(super) fn find(context: &mut Context, dir: &Path, folder: Folder) -> Sources {
    let mut search = Search { context, dir, books: BTreeMap::new(), claimed: BTreeSet::new(), sources: Sources::new() };
    let mut places = folder.tables;
    let mut others = folder.others;
    for schema in INPUT_TABLES {
        let settings = search.context.mapping.tables.get(schema.name);
        if let Some(settings) = settings.filter(|t| !t.files.is_empty() || t.sheet.is_some()) {
            search.named(schema, settings, &folder.workbooks);
            others.extend(places.remove(schema.name).into_iter().flatten().flatten().map(|f| f.name));
        }
    }
    let package = search.package(&mut others);
    for resource in &package {
        search.resource(resource);
    }
    for schema in INPUT_TABLES.into_iter().filter(|t| search.sources.contains_key(t.name)) {
        let unused = places.remove(schema.name).into_iter().flatten().flatten();
        others.extend(unused.map(|f| f.name).filter(|n| !search.claimed.contains(&(n.clone(), None))));
    }
    let mut found: BTreeMap<&'static str, Vec<Vec<DataFile>>> = BTreeMap::new();
    for (name, files) in places {
        found.extend(input_table(&name).map(|t| (t.name, files)));
    }
    let failed = search.sheets(&folder.workbooks, &mut found);
    let mut missing = false;
    for schema in INPUT_TABLES {
        if search.sources.contains_key(schema.name) {
            continue;
        }
        let mut places = found.remove(schema.name).unwrap_or_default();
        if places.len() > 1 {
            let names: Vec<String> = places.iter().flatten().map(shown).collect();
            let text = format!("the table {} is in {}", schema.name, names.join(" and "));
            let at = places.first().and_then(|p| p.first()).map(locate).unwrap_or_default();
            search.say(&c::TABLE_TWICE, at, text);
        } else if let Some(place) = places.pop() {
            search.add(schema, place);
        } else if schema.required
            && !search.context.mapping.tables.get(schema.name).is_some_and(|t| !t.files.is_empty() || t.sheet.is_some())
        {
            missing = true;
            let at = Locator { file: format!("{}.csv", schema.name).into(), ..Locator::default() };
            search.say(&c::TABLE_MISSING, at, format!("no file and no sheet holds the table {}", schema.name));
        }
    }
    for (file, trouble) in failed {
        let at = locate(&file);
        if missing {
            search.say(trouble.code, at, trouble.found);
        } else {
            search.say(&c::FILE_SKIPPED, at, format!("this workbook was not read: {}", trouble.found));
        }
    }
    others.retain(|o| !search.claimed.contains(&(o.clone(), None)));
    for other in others {
        let at = Locator { file: other, ..Locator::default() };
        search.say(&c::FILE_SKIPPED, at, "this file is no table and was not read".to_owned());
    }
    let mut sources = search.sources;
    for source in sources.values_mut().flatten() {
        let inside = |r: &&Arc<Resource>| {
            let sheet = r.sheet.as_deref().is_none_or(|s| source.part().is_none_or(|p| p.eq_ignore_ascii_case(s)));
            sheet && r.paths.iter().any(|p| **p == *source.file.name)
        };
        source.resource = package.iter().find(inside).cloned();
        if let Some(resource) = &source.resource {
            resource.apply_to(&mut source.layout);
        }
    }
    sources
}

fn locate(file: &DataFile) -> Locator {
    Locator { file: file.name.clone(), part: file.sheet.as_ref().map(|s| s.name.clone()), line: 0, column: None }
}

fn shown(file: &DataFile) -> String {
    locate(file).to_string()
}

struct Search<'c, 'v> {
    context: &'c mut Context<'v>,
    dir: &'c Path,
    /// Workbooks that were opened, by name.
    books: BTreeMap<Arc<str>, Result<Arc<Workbook>, Trouble>>,
    /// Files, and sheets of files, that the mapping names.
    claimed: BTreeSet<(Arc<str>, Option<Arc<str>>)>,
    sources: Sources,
}

impl Search<'_, '_> {
    fn say(&mut self, code: &'static Code, at: Locator, found: String) {
        self.context.collector.say(code, at, found, code.remedy);
    }

    /// A message at the line of the mapping that names a table's files.
    fn say_mapping(&mut self, settings: &TableMapping, found: String) {
        let at = Locator { file: self.context.mapping.file.clone(), line: settings.files_line, ..Locator::default() };
        self.say(&c::MAPPING_PATH, at, found);
    }

    fn book(&mut self, file: &DataFile) -> Result<Arc<Workbook>, Trouble> {
        let limits = &self.context.limits;
        let opened = self.books.entry(file.name.clone()).or_insert_with(|| workbook::open(&file.path, limits).map(Arc::new));
        opened.clone()
    }

    fn add(&mut self, schema: &'static TableSchema, files: Vec<DataFile>) {
        let settings = self.context.mapping.tables.get(schema.name);
        let layout = layout_of(schema, settings);
        self.sources.entry(schema.name).or_default().extend(files.into_iter().map(|file| Source {
            file,
            layout: layout.clone(),
            resource: None,
        }));
    }

    /// The files and sheets that the mapping names for a table.
    fn named(&mut self, schema: &'static TableSchema, settings: &TableMapping, workbooks: &[DataFile]) {
        if settings.files.is_empty() {
            let Some(name) = &settings.sheet else { return };
            let mut holding = Vec::new();
            for file in workbooks {
                if let Some(sheet) = self.book(file).ok().and_then(|b| b.sheet(name).cloned()) {
                    holding.push(file.with_sheet(&sheet));
                }
            }
            match holding.len() {
                1 => self.claim(schema, holding),
                0 => self.say_mapping(settings, format!("no workbook of the dataset has a sheet {name}")),
                _ => {
                    let names: Vec<String> = holding.iter().map(shown).collect();
                    self.say_mapping(settings, format!("sheet {name} is in {}: state the file", names.join(" and ")));
                }
            }
        }
        for inside in &settings.files {
            let whole = folder::named(self.dir, inside);
            let (found, sheet) = match (&whole, inside.rsplit_once('#')) {
                (None, Some((file, sheet))) => (folder::named(self.dir, file), Some(sheet)),
                _ => (whole, settings.sheet.as_deref()),
            };
            let Some(found) = found else {
                self.say_mapping(settings, format!("no readable file at {inside} inside the dataset"));
                continue;
            };
            for found in self.claim_each(schema, found, sheet) {
                self.say_mapping(settings, format!("{inside}: {found}"));
            }
        }
    }

    /// Takes files for a table, of a workbook the sheet that is meant. Gives why a workbook has none; one that cannot be read is said here.
    fn claim_each(&mut self, schema: &'static TableSchema, found: Vec<DataFile>, sheet: Option<&str>) -> Vec<String> {
        let mut missing = Vec::new();
        for file in found {
            if file.format != Format::Workbook {
                self.claim(schema, vec![file]);
                continue;
            }
            match self.book(&file) {
                Err(trouble) => self.say(trouble.code, locate(&file), trouble.found),
                Ok(book) => match meant(&book, schema, sheet) {
                    Ok(sheet) => self.claim(schema, vec![file.with_sheet(&sheet)]),
                    Err(found) => missing.push(found),
                },
            }
        }
        missing
    }

    /// The resources of `datapackage.json`, if the dataset has one that can be read.
    fn package(&mut self, others: &mut Vec<Arc<str>>) -> Vec<Arc<Resource>> {
        let Some(at) = others.iter().position(|o| &**o == PACKAGE) else { return Vec::new() };
        others.remove(at);
        let place = Locator { file: PACKAGE.into(), ..Locator::default() };
        let read = std::fs::read(self.dir.join(PACKAGE)).map_err(|e| e.to_string()).and_then(|bytes| data_package::parse(&bytes));
        match read {
            Ok(package) => {
                for said in package.unfollowed {
                    self.say(&c::PACKAGE_IGNORED, place.clone(), inert(&said));
                }
                package.resources.into_iter().map(Arc::new).collect()
            }
            Err(found) => {
                self.say(&c::PACKAGE_IGNORED, place, found);
                Vec::new()
            }
        }
    }

    /// The files of a resource, where its name or that of its file is a table that the mapping does not name.
    fn resource(&mut self, resource: &Resource) {
        let place = Locator { file: PACKAGE.into(), ..Locator::default() };
        let stem = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            name.split_once('.').map_or(name, |(stem, _)| stem).to_owned()
        };
        let name = inert(&resource.name);
        let Some(schema) = table_named(&resource.name).or_else(|| resource.paths.first().and_then(|p| table_named(&stem(p)))) else {
            self.say(&c::PACKAGE_IGNORED, place, format!("resource {name} is no table"));
            return;
        };
        if self.sources.contains_key(schema.name) {
            let told = format!("resource {name}: the table {} is named in onus.toml or by another resource", schema.name);
            self.say(&c::PACKAGE_IGNORED, place, told);
            return;
        }
        for path in &resource.paths {
            let Some(found) = folder::named(self.dir, path) else {
                let told = format!("resource {name}: no readable file at {} inside the dataset", inert(path));
                self.say(&c::PACKAGE_IGNORED, place.clone(), told);
                continue;
            };
            for told in self.claim_each(schema, found, resource.sheet.as_deref()) {
                self.say(&c::PACKAGE_IGNORED, place.clone(), format!("resource {name}: {told}"));
            }
        }
    }

    fn claim(&mut self, schema: &'static TableSchema, files: Vec<DataFile>) {
        self.claimed.extend(files.iter().map(|f| (f.name.clone(), f.sheet.as_ref().map(|s| s.name.clone()))));
        self.add(schema, files);
    }

    /// The sheets of workbooks that are named like tables; returns workbooks that could not be read.
    fn sheets(&mut self, workbooks: &[DataFile], found: &mut BTreeMap<&'static str, Vec<Vec<DataFile>>>) -> Vec<(DataFile, Trouble)> {
        let mut failed = Vec::new();
        for file in workbooks {
            let book = match self.book(file) {
                Ok(book) => book,
                Err(trouble) => {
                    failed.push((file.clone(), trouble));
                    continue;
                }
            };
            let by_file = only_filled(&book).filter(|s| table_named(&s.name).is_none());
            let stem = file.name.rsplit_once('.').map_or(&*file.name, |(stem, _)| stem);
            let by_file = by_file.zip(table_named(stem));
            for sheet in book.sheets.iter().filter(|s| !s.is_empty()) {
                if self.claimed.contains(&(file.name.clone(), Some(sheet.name.clone()))) {
                    continue;
                }
                let of_file = by_file.as_ref().filter(|(s, _)| Arc::ptr_eq(s, sheet)).map(|(_, t)| *t);
                let table = of_file.or_else(|| table_named(&sheet.name));
                let at = || locate(&file.with_sheet(sheet));
                match table {
                    Some(t) if !sheet.hidden && !self.sources.contains_key(t.name) => {
                        found.entry(t.name).or_default().push(vec![file.with_sheet(sheet)]);
                    }
                    _ if sheet.hidden => {
                        self.say(&c::FILE_SKIPPED, at(), "this sheet is hidden and was not read; onus.toml may name it".to_owned());
                    }
                    _ => self.say(&c::FILE_SKIPPED, at(), "this sheet is no table and was not read".to_owned()),
                }
            }
        }
        failed
    }
}

fn only_filled(book: &Workbook) -> Option<Arc<Sheet>> {
    let mut filled = book.visible().filter(|s| !s.is_empty());
    filled.next().filter(|_| filled.next().is_none()).cloned()
}

/// The sheet that a mapping means: the one that it names, else the one named like the table, else the only one that has cells.
fn meant(book: &Workbook, schema: &TableSchema, name: Option<&str>) -> Result<Arc<Sheet>, String> {
    let names = || book.sheets.iter().map(|s| &*s.name).collect::<Vec<_>>().join(", ");
    match name {
        Some(name) => book.sheet(name).cloned().ok_or_else(|| format!("the workbook has no sheet {name}; it has {}", names())),
        None => {
            let mut alike = book.visible().filter(|s| table_named(&s.name).is_some_and(|t| t.name == schema.name));
            let one = alike.next().filter(|_| alike.next().is_none()).cloned();
            one.or_else(|| only_filled(book)).ok_or_else(|| format!("state the sheet; the workbook has {}", names()))
        }
    }
}

/// The names that columns of a table may have, and what the mapping says of the rows.
fn layout_of(schema: &TableSchema, settings: Option<&TableMapping>) -> Layout {
    let ours = schema.columns.iter().chain(&TAKEN_FROM).map(|c| c.name);
    let theirs = settings.into_iter().flat_map(|s| s.columns.values().flat_map(|(names, _)| names).chain(&s.ignore)).map(String::as_str);
    let mut layout = Layout::of_names(ours.chain(theirs));
    layout.header_row = settings.and_then(|s| s.header_row);
    layout.decimal = settings.and_then(|s| s.decimal);
    layout.last_row = settings.and_then(|s| s.last_row);
    layout
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_tables_case_signs_and_plural_aside() {
        let named = |n| table_named(n).map(|t| t.name);
        assert_eq!(named("Nodes"), Some("nodes"));
        assert_eq!(named("NODE"), Some("nodes"));
        assert_eq!(named("Audit Findings"), Some("audit_findings"));
        assert_eq!(named("audit-finding"), Some("audit_findings"));
        assert_eq!(named("Alias"), Some("aliases"));
        assert_eq!(named("Case"), Some("cases"));
        assert_eq!(named("Suppliers 2026"), None);
        assert_eq!(named("Sheet1"), None);
        for table in INPUT_TABLES {
            assert_eq!(named(table.name), Some(table.name));
        }
    }
}
