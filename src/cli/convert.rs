//! `onus convert`: a dataset written again, as a workbook or as a folder of CSV.

use super::{DATA, print};
use crate::base::{Error, Level, Result};
use crate::export::convert::{Preamble, write_folder, write_workbook};
use crate::export::csv_file::{formula_like, formula_note};
use crate::mapping;
use crate::pipeline::{self, RunConfig};
use crate::validate::TableTexts;
use std::path::Path;

/// Writes what passed and says what did not; ends with [`DATA`], and writes nothing, where a problem is fatal.
pub fn convert(config: &RunConfig, out: &Path) -> Result<u8> {
    let (validated, tables) = pipeline::texts(config)?;
    let diagnostics = &validated.diagnostics;
    if diagnostics.has_fatal() {
        return Err(Error::Fatal(diagnostics.all.iter().filter(|d| d.level == Level::Fatal).cloned().collect()));
    }
    let as_workbook = out.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
    if as_workbook {
        write_workbook(out, &tables)?;
    } else {
        let own = config.dataset.join("onus.toml");
        let path = config.mapping.clone().or_else(|| own.is_file().then_some(own));
        let loaded = mapping::load(path.as_deref());
        write_folder(out, &tables, &Preamble::of(&loaded.mapping, &validated.inputs.name))?;
    }
    let mut text = String::new();
    for (table, count) in tables.iter().zip(&validated.inputs.tables) {
        let left = count.refused + count.repeated;
        text.push_str(&format!("{:<20}{:>9} rows written{:>7} refused or told twice\n", table.schema.name, table.rows.len(), left));
    }
    let most = if as_workbook { " (one workbook; what onus.toml says of currencies and codes is not in it)" } else { "" };
    text.push_str(&format!(
        "dataset {} written to {}{most}\n{} errors and {} warnings in the old one; `onus check` lists them\n",
        validated.inputs.dataset_hash,
        out.display(),
        diagnostics.count(Level::Error),
        diagnostics.count(Level::Warning)
    ));
    if !as_workbook {
        let cells = |t: &TableTexts| {
            let named = t.rows.iter().flat_map(|row| t.columns.iter().zip(row));
            formula_like(t.schema, named.map(|(column, cell)| (&**column, &**cell)))
        };
        text.extend(formula_note(tables.iter().map(cells).sum()).map(|n| format!("Note: {n}\n")));
    }
    print(&text)?;
    Ok(if diagnostics.has_fatal() { DATA } else { 0 })
}
