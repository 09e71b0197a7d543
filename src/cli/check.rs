//! `onus check`: everything that is wrong with a dataset, at once.

use super::{DATA, print};
use crate::base::{Diagnostic, Error, Level, Result};
use crate::pipeline::{self, RunConfig};
use std::collections::BTreeMap;

/// Prints all problems, those of one code together, and ends with [`DATA`] where one is fatal.
pub fn check(config: &RunConfig, json: bool, most: usize) -> Result<u8> {
    let validated = pipeline::check(config)?;
    let diagnostics = &validated.diagnostics;
    let text = if json {
        let lines: Result<Vec<String>> = diagnostics.all.iter().map(json_line).collect();
        lines?.concat()
    } else {
        let mut text = String::new();
        let mut by_code: BTreeMap<(std::cmp::Reverse<Level>, &str), Vec<&Diagnostic>> = BTreeMap::new();
        for d in &diagnostics.all {
            by_code.entry((std::cmp::Reverse(d.level), d.code)).or_default().push(d);
        }
        for ((level, code), found) in by_code {
            let shown = if most == 0 { found.len() } else { most.min(found.len()) };
            for d in &found[..shown] {
                text.push_str(&format!("{}: {d}\n", level.0.as_str()));
            }
            if found.len() > shown {
                text.push_str(&format!("{}: ... and {} more [{code}]\n", level.0.as_str(), found.len() - shown));
            }
        }
        let count = |level: Level| diagnostics.count(level);
        for t in &validated.inputs.tables {
            let use_ = if t.used { "" } else { " (checked; no part of any figure yet)" };
            text.push_str(&format!(
                "{:<20}{:>9} rows{:>7} refused{:>7} cells missing{use_}\n",
                t.table, t.rows, t.refused, t.cells_missing
            ));
        }
        text.push_str(&format!(
            "{} fatal, {} errors, {} warnings, {} notes\n",
            count(Level::Fatal),
            count(Level::Error),
            count(Level::Warning),
            count(Level::Note)
        ));
        text
    };
    print(&text)?;
    Ok(if diagnostics.has_fatal() { DATA } else { 0 })
}

fn json_line(d: &Diagnostic) -> Result<String> {
    let value = serde_json::json!({
        "level": d.level.as_str(), "code": d.code, "file": &*d.at.file, "part": d.at.part.as_deref(), "line": d.at.line,
        "column": d.at.column.as_deref(), "found": d.found, "expected": d.expected,
    });
    serde_json::to_string(&value).map(|t| t + "\n").map_err(|e| Error::internal(e.to_string()))
}
