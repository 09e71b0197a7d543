//! `onus import`: foreign files into a dataset, with an account of every row.

use super::screen::grouped;
use super::{DATA, json, print};
use crate::base::{Date, Diagnostic, Error, Level, Locator, Result};
use crate::export::{WrittenDataset, write_dataset, write_into};
use crate::import::draft::Account;
use crate::import::{Draft, ForeignFile, IMPORTERS, Importer, Options, PersonKey, Refusal, importer, table};
use crate::pipeline::{self, RunConfig};
use crate::reference::Reference;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::Import;

/// Fewest bytes of a secret for keys of persons.
const SECRET_BYTES: usize = 16;
/// Columns of a file that the screen names.
const COLUMNS_SHOWN: usize = 12;

/// Reads the files, writes the dataset, and prints what became of every row.
pub fn import(args: &Import) -> Result<u8> {
    if args.formats {
        return formats(args.format.as_deref(), args.json);
    }
    let name = args.format.as_deref().unwrap_or("");
    let Some(format) = importer(name) else {
        let known: Vec<&str> = IMPORTERS.iter().map(|i| i.name).collect();
        return Err(Error::settings("FORMAT", format!("'{name}' is no format"), format!("one of {}", known.join(", "))));
    };
    let reference = Reference::embedded()?;
    let reference = match &args.reference {
        Some(dir) => reference.with_overlay(dir)?,
        None => reference,
    };
    let draft = read(format, args, &reference)?;
    if draft.tables.values().all(|t| t.rows.is_empty()) {
        print(&told(&draft, None, args.json)?)?;
        eprintln!("onus: nothing was written: no row gave anything");
        return Ok(DATA);
    }
    let title = args.list.clone().or_else(|| args.company.clone()).unwrap_or_else(|| stems(&args.files));
    let written = match (&args.out, &args.into) {
        (_, Some(dataset)) => write_into(&draft, dataset, &title)?,
        (Some(out), None) => write_dataset(&draft, out, &title)?,
        (None, None) => return Err(Error::settings("-o", "no folder to write into", "-o DATASET, or --into DATASET")),
    };
    print(&told(&draft, Some(&written), args.json)?)
}

/// The same for any order of the files.
fn stems(files: &[PathBuf]) -> String {
    let mut names: Vec<String> = files.iter().map(|f| ForeignFile::new(f).stem().to_owned()).collect();
    names.sort();
    names.truncate(3);
    let more = files.len().saturating_sub(names.len());
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}

fn read(format: &Importer, args: &Import, reference: &Reference) -> Result<Draft> {
    let as_of = match &args.as_of {
        None => None,
        Some(text) => Some(Date::parse(text).ok_or_else(|| Error::settings("--as-of", format!("'{text}' is no day"), "write YYYY-MM-DD"))?),
    };
    let mut columns = BTreeMap::new();
    for pair in &args.columns {
        let Some((ours, theirs)) = pair.split_once('=') else {
            return Err(Error::settings("--column", format!("'{pair}' has no ="), "write OURS=THEIRS"));
        };
        columns.insert(ours.trim().to_owned(), theirs.trim().to_owned());
    }
    let secret = match &args.person_key {
        None => None,
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|e| Error::io(path, e))?;
            if bytes.len() < SECRET_BYTES {
                let found = format!("{} bytes", bytes.len());
                return Err(Error::settings("--person-key", found, format!("a secret of at least {SECRET_BYTES} bytes")));
            }
            Some(PersonKey::of_secret(&bytes))
        }
    };
    let mut files = args.files.clone();
    if let Some(mapping) = args.mapping.as_deref().filter(|_| format.name == table::TABLE.name) {
        files.sort_by_key(|f| table::place_of(mapping, f));
    }
    let mut draft = Draft::default();
    let mut troubles = Vec::new();
    for path in &files {
        let persons = match &secret {
            Some(key) => key.clone(),
            None => std::fs::File::open(path).and_then(PersonKey::of_file).map_err(|e| Error::io(path, e))?,
        };
        let options = Options {
            company: args.company.clone(),
            list: args.list.clone(),
            as_of,
            sheet: args.sheet.clone(),
            columns: columns.clone(),
            product: args.product.clone(),
            mapping: args.mapping.clone(),
            ..Options::new(reference, persons)
        };
        let file = ForeignFile::new(path);
        if let Err(t) = (format.run)(&file, &options, &mut draft) {
            let at = Locator { file: file.name.clone(), part: None, line: t.line, column: t.column.as_deref().map(Arc::from) };
            let expected = format!("{} `onus import --formats {}` prints what is read.", t.code.remedy, format.name);
            troubles.push(Diagnostic { level: Level::Fatal, code: t.code.code, at, found: t.found, expected, times: 1 });
        }
    }
    draft.finish();
    if troubles.is_empty() { Ok(draft) } else { Err(Error::Fatal(troubles)) }
}

/// The screen: rows by file and sheet, what was left out and why, what was written, and what the check says of it.
fn told(draft: &Draft, written: Option<&WrittenDataset>, as_json: bool) -> Result<String> {
    let checked = match written {
        Some(w) => Some(checked(&w.folder)?),
        None => None,
    };
    if as_json {
        return json(&structured(draft, written, checked.as_ref()));
    }
    let mut text = String::new();
    for ((file, sheet), account) in &draft.accounts {
        let place = sheet.as_ref().map_or_else(|| file.to_string(), |s| format!("{file}[{s}]"));
        text.push_str(&account_lines(&place, account));
        let contradicted = written.map_or(&[][..], |w| &w.contradicted);
        let here: Vec<&Refusal> = draft.refused.iter().chain(contradicted).filter(|r| r.at.file == *file && r.at.sheet == *sheet).collect();
        for ((row, reason, column), (times, first)) in by_reason(&here) {
            let what = if row { "row" } else { "cell" };
            let column = if column.is_empty() { String::new() } else { format!(", {column}") };
            text.push_str(&format!("  {:>9} {what:<4} {reason}{column} (first at line {first})\n", grouped(times)));
        }
        let left: Vec<(&String, &&str)> =
            draft.columns_left.iter().filter(|((f, s, _), _)| f == file && s == sheet).map(|((_, _, c), why)| (c, why)).collect();
        for (column, why) in left.iter().take(COLUMNS_SHOWN) {
            let why = if why.is_empty() { "nothing reads it" } else { why };
            text.push_str(&format!("  column {column}: {why}\n"));
        }
        if left.len() > COLUMNS_SHOWN {
            text.push_str(&format!("  and {} more columns that nothing reads\n", left.len() - COLUMNS_SHOWN));
        }
    }
    text.extend(draft.notes.iter().map(|n| format!("Note: {n}\n")));
    let Some(written) = written else { return Ok(text) };
    text.push_str(&format!("\nWritten to {}\n", written.folder.display()));
    for (table, (new, all)) in &written.tables {
        let all = if new == all { String::new() } else { format!(" ({} now)", grouped(*all)) };
        text.push_str(&format!("  {table:<16}{:>9} rows{all}\n", grouped(*new)));
    }
    if written.there_already > 0 {
        text.push_str(&format!("  {} rows were there already\n", grouped(written.there_already)));
    }
    text.extend(written.notes.iter().map(|n| format!("To do: {n}\n")));
    if !written.missing.is_empty() {
        text.push_str(&format!(
            "Not yet a dataset that can be assessed: it has no {}. Import a list of places into the same folder (--into).\n",
            written.missing.join(" and no ")
        ));
    }
    if let Some(checked) = checked {
        text.push_str("Check of what was written:\n");
        if checked.is_empty() {
            text.push_str("  nothing to say\n");
        }
        for ((level, code), times) in &checked {
            text.push_str(&format!("  {:>9} {:<8}{code}\n", grouped(*times), level.0.as_str()));
        }
    }
    Ok(text)
}

fn account_lines(place: &str, a: &Account) -> String {
    let part = |n: u64, word: &str| if n == 0 { String::new() } else { format!(", {} {word}", grouped(n)) };
    format!(
        "{place}: {} rows: {} taken{}{}{}\n",
        grouped(a.rows),
        grouped(a.taken),
        part(a.refused, "refused"),
        part(a.repeated, "repeated"),
        part(a.passed, "passed over")
    )
}

/// Whether a whole row was left out, why, and the column.
type Reason<'r> = (bool, &'static str, &'r str);

/// How often each reason stands, rows before cells, with the first line.
fn by_reason<'r>(refused: &[&'r Refusal]) -> Vec<(Reason<'r>, (u64, u32))> {
    let mut reasons: BTreeMap<Reason, (u64, u32)> = BTreeMap::new();
    for r in refused {
        let entry = reasons.entry((r.row, r.reason, r.column.as_deref().unwrap_or(""))).or_insert((0, r.at.line));
        entry.0 += 1;
        entry.1 = entry.1.min(r.at.line);
    }
    let mut sorted: Vec<_> = reasons.into_iter().collect();
    sorted.sort_by(|a, b| (!a.0.0, std::cmp::Reverse(a.1.0), a.0).cmp(&(!b.0.0, std::cmp::Reverse(b.1.0), b.0)));
    sorted
}

type Checked = BTreeMap<(std::cmp::Reverse<Level>, &'static str), u64>;

/// What the check says of a dataset, by level and code.
fn checked(dataset: &Path) -> Result<Checked> {
    let validated = pipeline::check(&RunConfig { dataset: dataset.to_owned(), ..RunConfig::default() })?;
    let mut counts = Checked::new();
    for d in &validated.diagnostics.all {
        *counts.entry((std::cmp::Reverse(d.level), d.code)).or_default() += d.times;
    }
    Ok(counts)
}

fn structured(draft: &Draft, written: Option<&WrittenDataset>, checked: Option<&Checked>) -> serde_json::Value {
    let files: Vec<serde_json::Value> = draft
        .accounts
        .iter()
        .map(|((file, sheet), a)| {
            let contradicted = written.map_or(&[][..], |w| &w.contradicted);
            let here: Vec<&Refusal> = draft.refused.iter().chain(contradicted).filter(|r| r.at.file == *file && r.at.sheet == *sheet).collect();
            let left_out: Vec<serde_json::Value> = by_reason(&here)
                .into_iter()
                .map(|((row, reason, column), (times, first))| {
                    serde_json::json!({
                        "left_out": if row { "row" } else { "cell" }, "reason": reason, "column": column, "times": times, "first_line": first,
                    })
                })
                .collect();
            let columns: BTreeMap<&String, &&str> =
                draft.columns_left.iter().filter(|((f, s, _), _)| f == file && s == sheet).map(|((_, _, c), why)| (c, why)).collect();
            serde_json::json!({
                "file": &**file, "sheet": sheet.as_deref(), "rows": a.rows, "taken": a.taken, "refused": a.refused, "repeated": a.repeated,
                "passed": a.passed, "left_out": left_out, "columns_left": columns,
            })
        })
        .collect();
    let tables: BTreeMap<&str, serde_json::Value> = written
        .map(|w| w.tables.iter().map(|(t, (new, all))| (*t, serde_json::json!({ "added": new, "rows": all }))).collect())
        .unwrap_or_default();
    let check: Vec<serde_json::Value> = checked
        .into_iter()
        .flatten()
        .map(|((level, code), times)| serde_json::json!({ "level": level.0.as_str(), "code": code, "times": times }))
        .collect();
    serde_json::json!({
        "files": files, "notes": draft.notes, "tables": tables, "there_already": written.map_or(0, |w| w.there_already),
        "to_do": written.map(|w| w.notes.clone()).unwrap_or_default(), "missing_tables": written.map(|w| w.missing.clone()).unwrap_or_default(),
        "check": check,
    })
}

/// Prints all formats, or the mapping of one.
fn formats(name: Option<&str>, as_json: bool) -> Result<u8> {
    let chosen: Vec<&Importer> = IMPORTERS.iter().filter(|i| name.is_none_or(|n| n == i.name)).collect();
    if let (Some(name), true) = (name, chosen.is_empty()) {
        return Err(Error::settings("--formats", format!("'{name}' is no format"), "`onus import --formats` prints them"));
    }
    if as_json {
        let all: Vec<serde_json::Value> = chosen
            .iter()
            .map(|i| {
                let lines: Vec<serde_json::Value> =
                    i.mapping.iter().map(|m| serde_json::json!({ "theirs": m.theirs, "ours": m.ours, "remark": m.remark })).collect();
                serde_json::json!({ "format": i.name, "about": i.about, "source": i.source, "mapping": lines })
            })
            .collect();
        return print(&json(&all)?);
    }
    let mut text = String::new();
    for i in &chosen {
        text.push_str(&format!("{:<11}{}\n", i.name, i.about));
        if name.is_some() {
            text.push_str(&format!("{:<11}{}\n\n", "", i.source));
            for m in i.mapping {
                let ours = if m.ours.is_empty() { "(not kept)" } else { m.ours };
                let remark = if m.remark.is_empty() { String::new() } else { format!("\n      {}", m.remark) };
                text.push_str(&format!("  {}\n    -> {ours}{remark}\n", m.theirs));
            }
        }
    }
    if name.is_none() {
        text.push_str("\n`onus import --formats FORMAT` prints which columns are read, under which names, and where they go.\n");
    }
    print(&text)
}
