//! Every table of a result folder, each column declared once: name, type, unit, range, direction, meaning, whether it may be empty.
//!
//! The writers refuse a cell that its declaration does not allow; `codebook.csv`, the dictionary of outputs and the score metadata
//! inside every Parquet file are made from these declarations. Output columns are an interface: a rename is a change of results.

mod changes;
mod claims;
mod column;
mod duty;
mod identity;
mod nodes;
mod run;
mod studies;
mod walk;
mod walk_kept;
pub mod words;

pub use changes::{CHANGE_FINDINGS, CHANGES};
pub use claims::{FINDINGS, PRACTICES};
pub use column::{Direction, OutputColumn, OutputTable, OutputType};
pub use duty::{ACTIONS, CONTESTS, DUTIES, OVERRIDES, REMEDIES, REMEDY_SHARES};
pub use identity::RECORDS;
pub use nodes::{EVIDENCE, PRIORS, SITES};
pub use run::{CODEBOOK, QUARANTINE, REGISTER, WARNINGS};
pub use studies::{SENSITIVITY, SENSITIVITY_TOP};
pub use walk::{CHOKEPOINTS, CONTRIBUTION_SUMS, CONTRIBUTIONS, EXPOSURE, FOOTPRINT, LINKS, PORTFOLIO, PORTFOLIO_CONTRIBUTIONS};
pub use walk_kept::{WALK_LINKS, WALK_NODES};

use crate::base::{Branch, Norm};
use std::fmt::Write as _;

/// Every table, in the order of the dictionary.
pub fn tables() -> [&'static OutputTable; 26] {
    [
        &SITES,
        &PRIORS,
        &EVIDENCE,
        &FINDINGS,
        &PRACTICES,
        &RECORDS,
        &EXPOSURE,
        &CONTRIBUTIONS,
        &CONTRIBUTION_SUMS,
        &CHOKEPOINTS,
        &FOOTPRINT,
        &PORTFOLIO,
        &PORTFOLIO_CONTRIBUTIONS,
        &LINKS,
        &ACTIONS,
        &DUTIES,
        &REMEDIES,
        &REMEDY_SHARES,
        &OVERRIDES,
        &CONTESTS,
        &WALK_NODES,
        &WALK_LINKS,
        &WARNINGS,
        &REGISTER,
        &QUARANTINE,
        &CODEBOOK,
    ]
}

/// Tables that no result folder holds: studies of the method and comparisons of results write them on their own.
pub fn study_tables() -> [&'static OutputTable; 4] {
    [&SENSITIVITY, &SENSITIVITY_TOP, &CHANGES, &CHANGE_FINDINGS]
}

/// Everything that the dictionary of outputs describes.
fn described() -> impl Iterator<Item = &'static OutputTable> {
    tables().into_iter().chain(study_tables())
}

/// The dictionary of outputs as JSON: a list of tables with their columns.
///
/// # Errors
/// Never on an intact build.
pub fn dictionary_json() -> crate::base::Result<String> {
    let column = |c: &OutputColumn| {
        serde_json::json!({
            "name": c.name, "type": c.kind.as_str(), "unit": c.unit, "range": c.range_text(), "direction": c.direction.as_str(),
            "nullable": c.nullable, "allowed": c.allowed, "meaning": c.meaning,
        })
    };
    let table = |t: &'static OutputTable| {
        let columns: Vec<serde_json::Value> = t.columns.iter().map(column).collect();
        serde_json::json!({ "name": t.name, "file": t.file, "row": t.row, "sorted_by": t.sorted_by, "columns": columns })
    };
    let tables: Vec<serde_json::Value> = described().map(table).collect();
    serde_json::to_string_pretty(&tables).map(|t| t + "\n").map_err(|e| crate::base::Error::internal(e.to_string()))
}

/// The dictionary of outputs as Markdown, one table of columns per file.
pub fn dictionary_markdown() -> String {
    let mut out = String::new();
    let cell = |t: &str| t.replace('|', "\\|");
    for table in described() {
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "## {}\n\nOne row is {}.\n\n| column | type | unit | range | direction | meaning |\n| --- | --- | --- | --- | --- | --- |\n",
            table.file, table.row
        );
        for c in &table.columns {
            let empty = if c.nullable { ", may be empty" } else { "" };
            let values = if c.allowed.is_empty() { String::new() } else { format!(" One of: {}.", c.allowed.join(", ")) };
            let _ = writeln!(
                out,
                "| {} | {}{empty} | {} | {} | {} | {}{} |",
                c.name,
                c.kind.as_str(),
                c.unit,
                c.range_text(),
                c.direction.as_str(),
                cell(&c.meaning),
                cell(&values)
            );
        }
        out.push('\n');
    }
    out
}

/// The root norm of each branch, whose coverage and probability stand for it in the register.
pub const ROOT_NORMS: [(Branch, Norm); 3] =
    [(Branch::Child, Norm::ChildLabour), (Branch::Forced, Norm::ForcedLabour), (Branch::Trafficking, Norm::Trafficking)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_one_name_a_meaning_and_a_sort_key_that_exists() {
        for table in described() {
            for (i, c) in table.columns.iter().enumerate() {
                assert_eq!(table.position(&c.name), Some(i), "{}.{} stands twice", table.name, c.name);
                assert!(!c.meaning.is_empty() && c.meaning.ends_with('.'), "{}.{}", table.name, c.name);
                assert!(
                    c.direction == Direction::None || (c.range.is_some() && !c.unit.is_empty()),
                    "a score has unit and range: {}",
                    c.name
                );
            }
            if !table.sorted_by.is_empty() {
                let key = table.position(table.sorted_by).map(|i| (table.columns[i].kind, table.columns[i].nullable));
                assert_eq!(key, Some((OutputType::Text, false)), "{}", table.name);
            }
        }
    }

    #[test]
    fn the_dictionary_names_every_column_once_and_breaks_no_table() {
        let text = dictionary_markdown();
        let rows = text.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| column | type") && !l.starts_with("| ---")).count();
        assert_eq!(rows, described().map(|t| t.columns.len()).sum::<usize>());
        for line in text.lines().filter(|l| l.starts_with('|')) {
            assert_eq!(line.replace("\\|", "").matches('|').count(), 7, "{line}");
        }
    }
}
