//! A dataset written again: as one workbook with real numbers and days, or as a folder of CSV with `datapackage.json`.
//!
//! What is written is what passed: rows that were refused and cells that were not understood are not in it, so the new dataset has the hash
//! of the old one. Text that a spreadsheet would run (`=`, `+`, `-`, `@` at its start) is written as text into a workbook. A table with more
//! rows than a sheet has is refused whole.

use crate::base::{Date, Error, Result};
use crate::mapping::{CodeText, Mapping};
use crate::read::workbook::number_text;
use crate::schema::book::{ROWS_MOST, date_format, dated_workbook, head};
use crate::schema::{ColumnSchema, ColumnType, TAKEN_FROM, data_package};
use crate::validate::TableTexts;
use rust_xlsxwriter::{ExcelDateTime, Worksheet, XlsxError};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// What a dataset says beside its tables, as `onus.toml` keeps it.
#[derive(Debug, Default)]
pub struct Preamble {
    pub name: String,
    /// Lines of `onus.toml` that still hold once columns have our names; blank where there are none.
    pub toml: String,
}

impl Preamble {
    /// What of a mapping does not depend on foreign columns: name, day, currencies, codes.
    pub fn of(mapping: &Mapping, name: &str) -> Self {
        let mut toml = toml::Table::new();
        let mut dataset = toml::Table::new();
        dataset.extend(mapping.name.iter().map(|n| ("name".to_owned(), n.as_str().into())));
        dataset.extend(mapping.base_currency.iter().map(|c| ("base_currency".to_owned(), c.as_str().into())));
        dataset.extend(mapping.as_of.iter().map(|d| ("as_of".to_owned(), d.to_string().into())));
        let fx: toml::Table = mapping.fx.iter().map(|(c, rate)| (c.clone(), (*rate).into())).collect();
        let code = |c: &CodeText| {
            let mut entry = toml::Table::new();
            entry.extend(c.product.iter().map(|p| ("product".to_owned(), p.to_string().into())));
            entry.extend(c.sector.iter().map(|s| ("sector".to_owned(), s.to_string().into())));
            entry.extend(c.stage.iter().map(|s| ("stage".to_owned(), s.as_str().into())));
            entry
        };
        let codes: toml::Table = mapping.codes.iter().map(|(text, c)| (text.clone(), code(c).into())).collect();
        for (key, part) in [("dataset", dataset), ("fx", fx), ("codes", codes)] {
            if !part.is_empty() {
                toml.insert(key.to_owned(), part.into());
            }
        }
        let toml = if toml.is_empty() { String::new() } else { toml.to_string() };
        Self { name: name.to_owned(), toml }
    }
}

/// Longest text of a cell (Excel specifications and limits).
const CELL_CHARACTERS: usize = 32_767;

/// Writes all tables as sheets of a new workbook.
///
/// # Errors
/// The file exists or cannot be written, or a table has more rows than a sheet.
pub fn write_workbook(path: &Path, tables: &[TableTexts]) -> Result<()> {
    let place = || path.display().to_string();
    for table in tables {
        if table.rows.len() >= ROWS_MOST as usize {
            let found = format!("{} has {} rows and a sheet {} with its header", table.schema.name, table.rows.len(), ROWS_MOST);
            return Err(Error::output(place(), found, "write a folder of CSV"));
        }
        let long = table.rows.iter().flatten().any(|c| c.chars().count() > CELL_CHARACTERS);
        if long {
            let found = format!("{} has a text of more than {CELL_CHARACTERS} characters", table.schema.name);
            return Err(Error::output(place(), found, "write a folder of CSV"));
        }
    }
    let mut book = dated_workbook()?;
    let refused = |e: XlsxError| Error::output(path.display().to_string(), e.to_string(), "write a folder of CSV");
    for table in tables {
        let sheet = book.add_worksheet_with_constant_memory().map_err(refused)?;
        sheet.set_name(table.schema.name).map_err(refused)?;
        fill(sheet, table).map_err(refused)?;
    }
    let file = File::create_new(path).map_err(|e| Error::io(path, e))?;
    let written =
        book.save_to_writer(BufWriter::new(&file)).map_err(refused).and_then(|()| file.sync_all().map_err(|e| Error::io(path, e)));
    if written.is_err() {
        // Half a workbook is none.
        let _ = std::fs::remove_file(path);
    }
    written
}

fn fill(sheet: &mut Worksheet, table: &TableTexts) -> Result<(), XlsxError> {
    let columns: Vec<&ColumnSchema> = table.columns.iter().filter_map(|n| column(table, n)).collect();
    head(sheet, &columns, u32::try_from(table.rows.len()).ok())?;
    let date = date_format();
    for (row, cells) in (1u32..).zip(&table.rows) {
        for (at, (column, text)) in (0u16..).zip(columns.iter().zip(cells)) {
            if text.is_empty() {
                continue;
            }
            let number = is_number(column.kind).then(|| text.parse::<f64>().ok()).flatten().filter(|n| number_text(*n) == *text);
            let day = (column.kind == ColumnType::Date).then(|| Date::parse(text)).flatten().filter(|d| d.to_string() == *text);
            match (number, day.and_then(|_| ExcelDateTime::parse_from_str(text).ok())) {
                (Some(n), _) => sheet.write_number(row, at, n)?,
                (None, Some(day)) => sheet.write_datetime_with_format(row, at, &day, &date)?,
                (None, None) => sheet.write_string(row, at, text)?,
            };
        }
    }
    Ok(())
}

fn column(table: &TableTexts, name: &str) -> Option<&'static ColumnSchema> {
    table.schema.columns.iter().chain(&TAKEN_FROM).find(|c| c.name == name)
}

fn is_number(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Count | ColumnType::Amount | ColumnType::Share | ColumnType::Number { .. } | ColumnType::Year)
}

/// Writes all tables as CSV into a new folder, with `datapackage.json`, and `onus.toml` where the dataset says more than its tables.
///
/// # Errors
/// The folder has something in it, or cannot be written.
pub fn write_folder(dir: &Path, tables: &[TableTexts], preamble: &Preamble) -> Result<()> {
    std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    let mut entries = std::fs::read_dir(dir).map_err(|e| Error::io(dir, e))?;
    if entries.next().is_some() {
        return Err(Error::output(dir.display().to_string(), "the folder is not empty", "name a new one"));
    }
    for table in tables {
        let path = dir.join(format!("{}.csv", table.schema.name));
        let file = File::create_new(&path).map_err(|e| Error::io(&path, e))?;
        let mut csv = csv::Writer::from_writer(BufWriter::new(file));
        let failed = |e: csv::Error| Error::io(&path, std::io::Error::other(e));
        csv.write_record(&table.columns).map_err(failed)?;
        for row in &table.rows {
            csv.write_record(row).map_err(failed)?;
        }
        csv.flush().map_err(|e| Error::io(&path, e))?;
    }
    let packed: Vec<_> = tables.iter().map(|t| (t.schema, t.columns.clone())).collect();
    let package = serde_json::to_string_pretty(&data_package(&preamble.name, &packed)).map_err(|e| Error::internal(e.to_string()))?;
    let mut texts = vec![("datapackage.json", package + "\n")];
    if !preamble.toml.is_empty() {
        texts.push(("onus.toml", preamble.toml.clone()));
    }
    for (name, text) in texts {
        let path = dir.join(name);
        let mut file = File::create_new(&path).map_err(|e| Error::io(&path, e))?;
        file.write_all(text.as_bytes()).map_err(|e| Error::io(&path, e))?;
    }
    Ok(())
}
