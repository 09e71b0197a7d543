//! A draft of imported rows to a dataset folder: one CSV per table, `onus.toml`, and `import.csv` with everything that was not taken over.
//!
//! Each row keeps the file, sheet and line it came from. Columns that no row fills are left out, but for those that each row must fill.
//! Rows stand in order of their content, so that the same files give the same bytes. The folder is written beside and renamed into place:
//! a reader sees it whole or not at all. Into a dataset that is there already, rows are added that say something new; what stands
//! there stays as it stands.

use super::csv_file::{formula_like, formula_note, inert};
use super::swap::{MARKER, Place, files_in, remove_ours, sync_folder};
use crate::base::{Error, Result};
use crate::import::draft::{DraftRow, DraftTable};
use crate::import::{Draft, Refusal, Settings};
use crate::mapping::{fold, load, own_name};
use crate::read::{Folder, Format, Limits, OpenTable};
use crate::schema::codes::HEADER_FOUND;
use crate::schema::{INPUT_TABLES, TAKEN_FROM, TableSchema, input_table};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

pub use crate::read::folder::IMPORT_REPORT as REPORT;
const SETTINGS: &str = "onus.toml";
const REPORT_HEADER: [&str; 7] = ["file", "sheet", "line", "column", "left_out", "reason", "found"];
/// Characters of what was found that the report keeps.
const FOUND_MOST: usize = 200;

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct WrittenDataset {
    pub folder: PathBuf,
    /// Rows added to each table, and rows that it has now.
    pub tables: BTreeMap<&'static str, (u64, u64)>,
    /// Rows that the dataset said already.
    pub there_already: u64,
    /// Rows and cells that the dataset contradicts; its own stay.
    pub contradicted: Vec<Refusal>,
    /// What the user has to do, one sentence each.
    pub notes: Vec<String>,
    /// Tables that every dataset needs and this one has not got.
    pub missing: Vec<&'static str>,
}

/// Writes a draft as a new dataset.
///
/// # Errors
/// `out` exists, or the disk is full.
pub fn write_dataset(draft: &Draft, out: &Path, name: &str) -> Result<WrittenDataset> {
    let place = Place::of(out)?;
    if fs::symlink_metadata(&place.out).is_ok() {
        let expected = "a new folder name, or --into to add to a dataset";
        return Err(Error::output(out.display().to_string(), "a folder or file that is there already", expected));
    }
    let (partial, _held) = place.make_partial()?;
    let written = fill_new(draft, &partial, name).and_then(|w| {
        settle(&partial)?;
        fs::rename(&partial, &place.out).map_err(|e| Error::io(&place.out, e))?;
        place.sync_parent();
        Ok(w)
    });
    if written.is_err() {
        let _ = remove_ours(&partial);
    }
    written.map(|w| WrittenDataset { folder: place.out.clone(), ..w })
}

fn fill_new(draft: &Draft, folder: &Path, name: &str) -> Result<WrittenDataset> {
    let mut written = WrittenDataset::default();
    let mut formulas = 0;
    for (table, drawn) in &draft.tables {
        let rows: Vec<&DraftRow> = sorted(drawn);
        let columns = filled_columns(drawn.schema, &rows);
        write_rows(&folder.join(format!("{table}.csv")), &columns, &[], &rows)?;
        written.tables.insert(drawn.schema.name, (rows.len() as u64, rows.len() as u64));
        formulas += formulas_in(drawn.schema, &rows);
    }
    written.notes.extend(formula_note(formulas));
    write_text(&folder.join(SETTINGS), &settings_text(&draft.settings, name))?;
    write_report(&folder.join(REPORT), &draft.refused, &[])?;
    written.missing = INPUT_TABLES.iter().filter(|t| t.required && !draft.tables.contains_key(t.name)).map(|t| t.name).collect();
    Ok(written)
}

/// Adds the rows of a draft to a dataset. What the dataset says of the same key stays.
///
/// # Errors
/// There is no such folder; another import is at work on it; its tables are mapped, packed or in another format; values would change
/// their currency; or the disk is full. The dataset then stands as it stood.
pub fn write_into(draft: &Draft, dataset: &Path, name: &str) -> Result<WrittenDataset> {
    let refuse = |found: &str, expected: &str| Error::output(dataset.display().to_string(), found, expected);
    let named = Place::of(dataset)?;
    let mut below = dataset
        .components()
        .skip_while(|c| matches!(c, Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir));
    if below.any(|c| c == Component::ParentDir) {
        return Err(refuse("a path that goes down and up again (..)", "the path of the dataset without .. inside"));
    }
    // The folder is moved away in between: a path that leads through it or through a link would then lead nowhere.
    let none = || refuse("no dataset folder", "the folder of a dataset, or -o to write a new one");
    let (Some(parent), Some(name_of)) = (named.out.parent(), named.out.file_name()) else { return Err(none()) };
    let place = Place::of(&fs::canonicalize(parent).map_err(|_| none())?.join(name_of))?;
    let aside = set_aside_name(&place.out);
    if fs::symlink_metadata(&place.out).is_err() && aside.is_dir() {
        // An import was killed between its two renames.
        fs::rename(&aside, &place.out).map_err(|e| Error::io(&aside, e))?;
    }
    if !fs::metadata(&place.out).is_ok_and(|m| m.is_dir()) {
        return Err(none());
    }
    if fs::symlink_metadata(&place.out).is_ok_and(|m| m.file_type().is_symlink()) {
        return Err(refuse("a link to a folder", "the folder itself"));
    }
    if aside.exists() {
        return Err(refuse("an earlier import was cut off beside it", "look into the hidden folder .NAME.before-import, and remove it"));
    }
    let lock = File::open(&place.out).map_err(|e| Error::io(&place.out, e))?;
    if matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)) {
        return Err(refuse("another import is adding to it", "wait until that one is done"));
    }
    let there = Existing::read(&place.out, draft)?;
    let (partial, _held) = place.make_partial()?;
    let written = fill_into(draft, &there, &place.out, &partial, name).and_then(|w| {
        settle(&partial)?;
        fs::rename(&place.out, &aside).map_err(|e| Error::io(&place.out, e))?;
        if let Err(e) = fs::rename(&partial, &place.out) {
            if let Err(back) = fs::rename(&aside, &place.out) {
                let found = format!("the new folder could not be put in its place ({e}), nor the old one back ({back})");
                let expected = format!("the data lie unharmed in {}: rename that folder to {}", aside.display(), place.out.display());
                return Err(Error::output(dataset.display().to_string(), found, expected));
            }
            return Err(Error::io(&place.out, e));
        }
        place.sync_parent();
        // Every file of it stands in the new folder, as it was or with rows added.
        fs::remove_dir_all(&aside).map_err(|e| Error::io(&aside, e))?;
        Ok(w)
    });
    if written.is_err() {
        let _ = remove_ours(&partial);
    }
    written.map(|w| WrittenDataset { folder: named.out.clone(), ..w })
}

fn set_aside_name(out: &Path) -> PathBuf {
    let name = out.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    out.with_file_name(format!(".{name}.before-import"))
}

/// The tables of a dataset to which rows are added.
struct Existing {
    tables: BTreeMap<&'static str, ExistingTable>,
    settings: bool,
    /// Tables that the folder holds.
    all: BTreeSet<String>,
}

struct ExistingTable {
    file: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    /// For each column of ours its place in the file.
    ours: Vec<Option<usize>>,
}

impl Existing {
    fn read(dataset: &Path, draft: &Draft) -> Result<Self> {
        let refuse = |found: String, expected: &str| Error::output(dataset.display().to_string(), found, expected);
        let settings = dataset.join(SETTINGS);
        let loaded = load(settings.is_file().then_some(settings.as_path()));
        if loaded.diagnostics.has_fatal() {
            return Err(refuse("its onus.toml cannot be read".to_owned(), "`onus check` says why; correct it first"));
        }
        let mapped = loaded.mapping.tables.iter().find(|(t, _)| draft.tables.contains_key(t.as_str()));
        if let Some((table, _)) = mapped {
            let expected = "import its files into a new dataset with `onus import table --mapping onus.toml`, then add to that one";
            return Err(refuse(format!("its table {table} is mapped from foreign columns"), expected));
        }
        if let (Some(own), Some(new)) = (&loaded.mapping.base_currency, &draft.settings.base_currency)
            && own != new
        {
            return Err(refuse(
                format!("its base currency is {own}, the values of this import are in {new}"),
                "import it into a dataset of its own",
            ));
        }
        let folder = Folder::scan(dataset, |name| input_table(name).is_some())?;
        let all = folder.tables.keys().cloned().collect();
        let mut tables = BTreeMap::new();
        for (name, drawn) in &draft.tables {
            let Some(places) = folder.tables.get(*name) else { continue };
            let file = match places.as_slice() {
                [place] => match place.as_slice() {
                    [file] if file.format == Format::Csv && file.name.to_lowercase().ends_with(".csv") => file,
                    _ => {
                        let expected = "write it as one .csv file of that name first";
                        return Err(refuse(format!("its table {name} is packed, in parts or in another format"), expected));
                    }
                },
                _ => return Err(refuse(format!("its table {name} is in several files"), "keep one")),
            };
            let trouble = |t: crate::read::Trouble| refuse(format!("{}: {}", file.name, t.found), t.code.remedy);
            let opened = OpenTable::open(file, &Limits::default()).map_err(trouble)?;
            if opened.semicolons() {
                let expected = "write it with commas between cells and points in numbers first";
                return Err(refuse(format!("its {} has semicolons between cells", file.name), expected));
            }
            if let Some(above) = opened.warnings.iter().find(|w| w.code.code == HEADER_FOUND.code) {
                let found = format!("{}:{}: {}", file.name, opened.header_line, above.found);
                return Err(refuse(found, "take those lines out first: adding to the file would lose them"));
            }
            let header = opened.header.clone();
            let raw = opened.read(&vec![true; header.len()], &Limits::default()).map_err(trouble)?;
            if let Some(bad) = raw.refused.iter().chain(&raw.passed).next() {
                let found = format!("{}:{}: {}", file.name, bad.line, bad.found);
                return Err(refuse(found, "correct that row first: adding to the file would lose it"));
            }
            let rows = (0..raw.lines.len()).map(|r| (0..header.len()).map(|c| raw.cell(c, r).to_owned()).collect()).collect();
            let ours = drawn.schema.columns.iter().map(|c| header.iter().position(|h| own_name(h) == c.name)).collect();
            tables.insert(drawn.schema.name, ExistingTable { file: file.name.to_string(), header, rows, ours });
        }
        Ok(Self { tables, settings: settings.is_file(), all })
    }
}

impl ExistingTable {
    /// The cells of a row in the order of our columns.
    fn cells<'r>(&self, row: &'r [String]) -> Vec<&'r str> {
        self.ours.iter().map(|at| at.and_then(|i| row.get(i)).map_or("", |c| c.trim())).collect()
    }
}

fn fill_into(draft: &Draft, there: &Existing, dataset: &Path, folder: &Path, name: &str) -> Result<WrittenDataset> {
    let mut written = WrittenDataset::default();
    let mut rewritten: BTreeSet<String> = BTreeSet::from([REPORT.to_owned()]);
    let mut formulas = 0;
    for (table, drawn) in &draft.tables {
        let old = there.tables.get(table);
        let new = news(drawn, old, &mut written);
        let before = old.map_or(0, |o| o.rows.len() as u64);
        written.tables.insert(drawn.schema.name, (new.len() as u64, before + new.len() as u64));
        formulas += formulas_in(drawn.schema, &new);
        if new.is_empty() {
            continue;
        }
        let file = old.map_or_else(|| format!("{table}.csv"), |o| o.file.clone());
        let mut columns = filled_columns(drawn.schema, &new);
        let mut header: Vec<String> = old.map(|o| o.header.clone()).unwrap_or_default();
        if let Some(old) = old {
            // Columns of the file first, in its order, with their own names; a column of ours that it has not got comes behind.
            let place = |c: &Column| old.header.iter().position(|h| own_name(h) == c.name());
            let mut ordered: Vec<Column> = vec![Column::Foreign; old.header.len()];
            for column in columns {
                match place(&column).and_then(|at| ordered.get_mut(at)) {
                    Some(slot) => *slot = column,
                    None => {
                        header.push(column.name().to_owned());
                        ordered.push(column);
                    }
                }
            }
            columns = ordered;
            write_named(&folder.join(&file), &header, &columns, &old.rows, &new)?;
        } else {
            write_rows(&folder.join(&file), &columns, &[], &new)?;
        }
        rewritten.insert(file);
    }
    written.notes.extend(formula_note(formulas));
    if !there.settings {
        write_text(&folder.join(SETTINGS), &settings_text(&draft.settings, name))?;
        rewritten.insert(SETTINGS.to_owned());
    } else {
        written.notes.extend(to_add_by_hand(&draft.settings, &dataset.join(SETTINGS)));
    }
    let mut refused = draft.refused.clone();
    refused.extend(written.contradicted.iter().cloned());
    write_report(&folder.join(REPORT), &refused, &old_report(&dataset.join(REPORT)))?;
    for file in files_in(dataset)?.into_iter().filter(|f| !rewritten.contains(f)) {
        let (from, to) = (dataset.join(&file), folder.join(&file));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(|e| Error::io(parent, e))?;
        }
        if fs::hard_link(&from, &to).is_err() {
            fs::copy(&from, &to).map_err(|e| Error::io(&from, e))?;
        }
    }
    let has = |t: &TableSchema| there.all.contains(t.name) || draft.tables.contains_key(t.name);
    written.missing = INPUT_TABLES.iter().filter(|t| t.required && !has(t)).map(|t| t.name).collect();
    Ok(written)
}

/// The rows that the dataset has not got; what it has and says otherwise is noted.
fn news<'d>(drawn: &'d DraftTable, old: Option<&ExistingTable>, written: &mut WrittenDataset) -> Vec<&'d DraftRow> {
    let Some(old) = old else { return sorted(drawn) };
    let schema = drawn.schema;
    let keys: Vec<usize> = schema.key.iter().filter_map(|k| schema.position(k)).collect();
    let key_of = |cells: &[&str]| -> String {
        let parts: Vec<&str> = if keys.is_empty() { cells.to_vec() } else { keys.iter().filter_map(|k| cells.get(*k).copied()).collect() };
        parts.join("\u{1f}")
    };
    let known: HashMap<String, &Vec<String>> = old.rows.iter().map(|r| (key_of(&old.cells(r)), r)).collect();
    let mut new = Vec::new();
    for row in sorted(drawn) {
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
        let Some(before) = known.get(&key_of(&cells)) else {
            new.push(row);
            continue;
        };
        written.there_already += 1;
        for (column, (was, is)) in schema.columns.iter().zip(old.cells(before).into_iter().zip(cells)) {
            if is.is_empty() || fold(was) == fold(is) {
                continue;
            }
            let found = if was.is_empty() {
                "the dataset's own row says nothing of it, and stays"
            } else {
                "the dataset's own row says otherwise, and stays"
            };
            written.contradicted.push(Refusal {
                at: row.origin.clone(),
                column: Some(column.name.to_owned()),
                row: false,
                reason: "differs-from-dataset",
                found: found.to_owned(),
            });
        }
    }
    new
}

fn sorted(drawn: &DraftTable) -> Vec<&DraftRow> {
    let mut rows: Vec<&DraftRow> = drawn.rows.iter().collect();
    rows.sort_by(|a, b| a.cells.cmp(&b.cells));
    rows
}

fn formulas_in(schema: &TableSchema, rows: &[&DraftRow]) -> u64 {
    let cells = rows.iter().flat_map(|r| schema.columns.iter().map(|c| c.name).zip(r.cells.iter().map(String::as_str)));
    formula_like(schema, cells)
}

/// A column of a table that is written.
#[derive(Clone, Copy)]
enum Column {
    Ours(usize, &'static str),
    File,
    Sheet,
    Line,
    /// A column of the dataset's own that an import does not fill.
    Foreign,
}

impl Column {
    fn name(&self) -> &'static str {
        let [file, sheet, line] = &TAKEN_FROM;
        match self {
            Column::Ours(_, name) => name,
            Column::File => file.name,
            Column::Sheet => sheet.name,
            Column::Line => line.name,
            Column::Foreign => "",
        }
    }

    fn cell(&self, row: &DraftRow) -> String {
        match self {
            Column::Ours(at, _) => row.cells.get(*at).cloned().unwrap_or_default(),
            Column::File => row.origin.file.to_string(),
            Column::Sheet => row.origin.sheet.as_deref().unwrap_or("").to_owned(),
            Column::Line if row.origin.line == 0 => String::new(),
            Column::Line => row.origin.line.to_string(),
            Column::Foreign => String::new(),
        }
    }
}

/// The columns that each row must fill or that any fills, and where the rows came from.
fn filled_columns(schema: &TableSchema, rows: &[&DraftRow]) -> Vec<Column> {
    let filled = |at: usize| rows.iter().any(|r| r.cells.get(at).is_some_and(|c| !c.is_empty()));
    let mut columns: Vec<Column> = schema
        .columns
        .iter()
        .enumerate()
        .filter(|(at, column)| column.required || filled(*at))
        .map(|(at, column)| Column::Ours(at, column.name))
        .collect();
    columns.push(Column::File);
    if rows.iter().any(|r| r.origin.sheet.is_some()) {
        columns.push(Column::Sheet);
    }
    columns.push(Column::Line);
    columns
}

fn write_rows(path: &Path, columns: &[Column], before: &[Vec<String>], rows: &[&DraftRow]) -> Result<()> {
    let header: Vec<String> = columns.iter().map(|c| c.name().to_owned()).collect();
    write_named(path, &header, columns, before, rows)
}

fn write_named(path: &Path, header: &[String], columns: &[Column], before: &[Vec<String>], rows: &[&DraftRow]) -> Result<()> {
    let mut writer = csv_writer(path)?;
    let mut put = |record: &mut Vec<String>| {
        record.resize(header.len(), String::new());
        writer.write_record(&*record).map_err(|e| csv_error(path, &e))
    };
    put(&mut header.to_vec())?;
    for row in before {
        put(&mut row.clone())?;
    }
    for row in rows {
        put(&mut columns.iter().map(|c| c.cell(row)).collect())?;
    }
    writer.flush().map_err(|e| Error::io(path, e))
}

fn csv_writer(path: &Path) -> Result<csv::Writer<File>> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|e| Error::io(parent, e))?;
    }
    csv::Writer::from_path(path).map_err(|e| csv_error(path, &e))
}

fn csv_error(path: &Path, e: &csv::Error) -> Error {
    Error::io(path, std::io::Error::other(e.to_string()))
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|e| Error::io(path, e))
}

/// The report: what was left out before, then what was left out now, in order of place.
fn write_report(path: &Path, refused: &[Refusal], before: &[Vec<String>]) -> Result<()> {
    let mut writer = csv_writer(path)?;
    writer.write_record(REPORT_HEADER).map_err(|e| csv_error(path, &e))?;
    let mut told: BTreeSet<Vec<String>> = before.iter().cloned().collect();
    for row in before {
        writer.write_record(row).map_err(|e| csv_error(path, &e))?;
    }
    let mut sorted: Vec<&Refusal> = refused.iter().collect();
    sorted.sort();
    for r in sorted {
        let record = vec![
            r.at.file.to_string(),
            r.at.sheet.as_deref().unwrap_or("").to_owned(),
            if r.at.line == 0 { String::new() } else { r.at.line.to_string() },
            inert(r.column.as_deref().unwrap_or("")).into_owned(),
            if r.row { "row" } else { "cell" }.to_owned(),
            r.reason.to_owned(),
            inert(&shortened(&r.found)).into_owned(),
        ];
        if told.insert(record.clone()) {
            writer.write_record(&record).map_err(|e| csv_error(path, &e))?;
        }
    }
    writer.flush().map_err(|e| Error::io(path, e))
}

fn shortened(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if plain.chars().count() <= FOUND_MOST { plain } else { plain.chars().take(FOUND_MOST).chain(['…']).collect() }
}

/// The rows of an earlier report, where there is one in our form.
fn old_report(path: &Path) -> Vec<Vec<String>> {
    let Ok(mut reader) = csv::Reader::from_path(path) else { return Vec::new() };
    if reader.headers().is_ok_and(|h| h.iter().eq(REPORT_HEADER)) {
        reader.records().flatten().map(|r| r.iter().map(str::to_owned).collect()).collect()
    } else {
        Vec::new()
    }
}

/// `onus.toml` of a new dataset.
fn settings_text(settings: &Settings, name: &str) -> String {
    let mut text = format!("[dataset]\nname = {}\n", quoted(settings.name.as_deref().unwrap_or(name)));
    if let Some(currency) = &settings.base_currency {
        text.push_str(&format!("base_currency = {}\n", quoted(currency)));
    }
    if let Some(day) = settings.as_of {
        text.push_str(&format!("as_of = \"{day}\"\n"));
    }
    if !settings.fx.is_empty() {
        text.push_str("\n# Units of the base currency for one unit of each.\n[fx]\n");
        text.extend(settings.fx.iter().map(|(currency, rate)| format!("{} = {rate:?}\n", quoted(currency))));
    }
    if !settings.codes.is_empty() {
        text.push_str("\n[codes]\n");
        text.extend(settings.codes.iter().map(|(words, code)| code_line(words, code)));
    }
    text
}

fn code_line(words: &str, code: &crate::mapping::CodeText) -> String {
    let mut parts = Vec::new();
    parts.extend(code.product.map(|p| format!("product = \"{p}\"")));
    parts.extend(code.sector.map(|s| format!("sector = \"{s}\"")));
    parts.extend(code.stage.map(|s| format!("stage = \"{}\"", s.as_str())));
    format!("{} = {{ {} }}\n", quoted(words), parts.join(", "))
}

/// A text of TOML; control characters become blanks.
fn quoted(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What an existing `onus.toml` lacks: it is the user's own and is not written over.
fn to_add_by_hand(settings: &Settings, path: &Path) -> Vec<String> {
    let own = load(Some(path)).mapping;
    let mut notes = Vec::new();
    if let (Some(currency), None) = (&settings.base_currency, &own.base_currency) {
        notes.push(format!("add to onus.toml, under [dataset]: base_currency = {}", quoted(currency)));
    }
    let codes: Vec<String> = settings.codes.iter().filter(|(w, _)| !own.codes.contains_key(*w)).map(|(w, c)| code_line(w, c)).collect();
    if !codes.is_empty() {
        notes.push(format!("add to onus.toml, under [codes]: {}", codes.concat().trim_end().replace('\n', "; ")));
    }
    notes.extend(
        settings
            .fx
            .iter()
            .filter(|(c, _)| !own.fx.contains_key(*c))
            .map(|(c, rate)| format!("add to onus.toml, under [fx]: {c} = {rate:?}")),
    );
    notes
}

/// Flushes every file and takes the mark of an unfinished folder off.
fn settle(partial: &Path) -> Result<()> {
    for name in files_in(partial)?.into_iter().filter(|n| n != MARKER) {
        let path = partial.join(&name);
        File::open(&path).and_then(|f| f.sync_all()).map_err(|e| Error::io(&path, e))?;
    }
    fs::remove_file(partial.join(MARKER)).map_err(|e| Error::io(partial, e))?;
    sync_folder(partial);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_through_the_dataset_is_refused_and_the_dataset_stays() {
        let room = tempfile::tempdir().unwrap();
        let dataset = room.path().join("ds");
        fs::create_dir(&dataset).unwrap();
        fs::write(dataset.join("nodes.csv"), "node_id,name,kind\n").unwrap();
        assert!(write_into(&Draft::default(), &dataset.join("..").join("ds"), "x").is_err());
        assert!(dataset.join("nodes.csv").is_file());
        write_into(&Draft::default(), &dataset, "x").unwrap();
        assert!(dataset.join("nodes.csv").is_file() && dataset.join(REPORT).is_file());
    }

    #[test]
    fn what_stands_around_a_table_is_not_lost_by_adding_to_it() {
        let room = tempfile::tempdir().unwrap();
        let dataset = room.path().join("ds");
        fs::create_dir(&dataset).unwrap();
        let mut draft = Draft::default();
        draft.begin(&crate::import::Origin { file: "list.csv".into(), sheet: None, line: 2 });
        draft.add("nodes", &[("node_id", "b"), ("name", "B"), ("kind", "mill")]);
        draft.finish();
        let total = "node_id,name,kind,workers\na,A,mill,12\nTotal,,,12\n";
        let title = "Sites of 2026,,,\n,,,\nnode_id,name,kind,workers\na,A,mill,12\nb2,B,mill,7\n";
        for before in [total, title] {
            fs::write(dataset.join("nodes.csv"), before).unwrap();
            assert!(write_into(&draft, &dataset, "x").is_err(), "{before}");
            assert_eq!(fs::read_to_string(dataset.join("nodes.csv")).unwrap(), before);
        }
    }
}
