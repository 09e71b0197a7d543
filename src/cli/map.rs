//! `onus map`: how the columns of an unknown table might map onto ours, on the screen and as a mapping to correct.

use super::args::Map;
use super::print;
use crate::base::{Diagnostic, Error, Level, Locator, Result};
use crate::mapping::propose::{Foreign, Proposal, Proposer, wanted};
use crate::read::{Format, Limits, OpenTable, Trouble, folder, workbook};
use crate::reference::Reference;
use crate::schema::{INPUT_TABLES, TableSchema, input_table};
use std::io::Write;
use std::path::Path;

/// Prints the proposal, and writes it where `-o` says.
pub fn map(m: &Map) -> Result<u8> {
    let table = m.table.as_deref().map(table_named).transpose()?;
    if let Some(out) = m.out.as_deref().filter(|out| out.exists() && !m.overwrite) {
        return Err(Error::output(out.display().to_string(), "is there already", "give another place, or --overwrite"));
    }
    let proposal = proposed(&m.file, m.sheet.as_deref(), table)?;
    print(&proposal.to_screen())?;
    if let Some(out) = &m.out {
        write(out, &proposal.to_toml())?;
        print(&format!("\nWritten to {}: correct it, and keep it as onus.toml in the folder of the file.\n", out.display()))?;
    }
    Ok(0)
}

fn table_named(name: &str) -> Result<&'static TableSchema> {
    input_table(name).ok_or_else(|| {
        let known = INPUT_TABLES.map(|t| t.name).join(", ");
        Error::settings("--table", format!("there is no table {name}"), format!("give one of {known}"))
    })
}

/// Reads a file, personal columns aside, and proposes its mapping.
pub fn proposed(path: &Path, sheet: Option<&str>, table: Option<&'static TableSchema>) -> Result<Proposal> {
    let shown = path.display().to_string();
    let limits = Limits::default();
    let file = folder::single(path).ok_or_else(|| {
        Error::settings(&*shown, "its name says no format that is read", "name it .csv, .tsv, .csv.gz, .parquet, .xlsx, .xls or .ods")
    })?;
    let file = match sheet {
        None => file,
        Some(sheet) if file.format == Format::Workbook => {
            let book = workbook::open(path, &limits).map_err(|t| refused(&file.name, t))?;
            let found = book.sheet(sheet).ok_or_else(|| {
                let names: Vec<&str> = book.sheets.iter().map(|s| &*s.name).collect();
                Error::settings("--sheet", format!("{shown} has no sheet {sheet}"), format!("give one of {}", names.join(", ")))
            })?;
            file.with_sheet(found)
        }
        Some(sheet) => {
            return Err(Error::settings(
                "--sheet",
                format!("{shown} has no sheet {sheet}"),
                "leave it away for a file that is no workbook",
            ));
        }
    };
    let opened = OpenTable::open(&file, &limits).map_err(|t| refused(&file.name, t))?;
    let (header, semicolons) = (opened.header.clone(), opened.semicolons());
    let raw = opened.read(&wanted(&header), &limits).map_err(|t| refused(&file.name, t))?;
    let reference = Reference::embedded()?;
    let proposer = Proposer::new(&reference)?;
    let mut proposal = proposer.propose(&Foreign { file: &file.name, sheet, header: &header, raw: &raw, semicolons }, table);
    if !raw.refused.is_empty() {
        let first = raw.refused.first().map_or(0, |r| r.line);
        proposal.notes.push(format!("{} rows have no shape and were not looked at, the first in line {first}", raw.refused.len()));
    }
    Ok(proposal)
}

fn refused(name: &std::sync::Arc<str>, trouble: Trouble) -> Error {
    let at = Locator { file: name.clone(), part: None, line: trouble.line, column: trouble.column.map(Into::into) };
    let (level, code, expected) = (Level::Fatal, trouble.code.code, trouble.code.remedy.to_owned());
    Error::Fatal(vec![Diagnostic { level, code, at, found: trouble.found, expected, times: 1 }])
}

/// Writes beside and renames, so that a reader sees a whole mapping or the one before.
fn write(out: &Path, text: &str) -> Result<()> {
    let mut beside = out.as_os_str().to_owned();
    beside.push(".part");
    let beside = std::path::PathBuf::from(beside);
    let mut file = std::fs::File::create(&beside).map_err(|e| Error::io(&beside, e))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|e| Error::io(&beside, e))?;
    std::fs::rename(&beside, out).map_err(|e| Error::io(out, e))
}
