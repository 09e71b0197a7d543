//! The rows that `onus what-if -o FILE` writes: each figure before and after, as `exposure.parquet` has them.

use super::{Figures, MEASURES, WhatIf};
use crate::base::{Error, Result};
use crate::export::csv_file::write_csv;
use crate::export::parquet_file::write_parquet;
use crate::export::sink::{Row, Sink};
use crate::export::walk_rows::Walk;
use crate::schema::outputs::{Direction, OutputColumn, OutputTable, OutputType, words};
use std::cmp::Ordering;
use std::path::Path;
use std::sync::LazyLock;

/// One walk of one node, before or after.
#[derive(Clone, Debug)]
pub struct FigureRow {
    pub node_id: String,
    pub focal: bool,
    pub walk: Walk,
    pub after: bool,
    pub figures: Figures,
}

/// The table; one row is a node, norm, view and mapped rule, before or after the changes.
pub static WHAT_IF: LazyLock<OutputTable> = LazyLock::new(|| {
    let column = |name: &'static str, kind: OutputType, meaning: &'static str| OutputColumn::new(name, kind, meaning);
    let word =
        |name, allowed: &[&'static str], meaning| OutputColumn { allowed: allowed.to_vec(), ..column(name, OutputType::Text, meaning) };
    let mut columns = vec![
        column("node_id", OutputType::Text, "Identifier as outputs show it."),
        word("norm", &words::TRACED, "Norm that the walk follows."),
        word("view", &words::VIEWS, "Whose links the walk uses, as in exposure.parquet."),
        word("mapped_rule", &words::MAPPED_RULES, "How unknown mapped shares are taken."),
        column("focal", OutputType::Bool, "Whether the node is a company under assessment."),
        word("when", &["before", "after"], "Whether the figures are those of the dataset as it is or with the changes."),
    ];
    columns.extend(MEASURES.iter().map(|(name, _, _)| {
        let direction = if *name == "clear" { Direction::HigherIsBetter } else { Direction::HigherIsWorse };
        let share = column(name, OutputType::Float, "Share of one unit of purchases, as the column of that name in exposure.parquet.");
        OutputColumn { unit: "share", range: Some((0.0, 1.0)), direction, ..share }
    }));
    OutputTable {
        name: "what_if",
        file: "what_if.parquet",
        row: "a node, norm, view and mapped rule, before or after the changes",
        sorted_by: "node_id",
        columns,
    }
});

impl Row for &FigureRow {
    fn table() -> &'static OutputTable {
        &WHAT_IF
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        (self.walk, self.after).cmp(&(other.walk, other.after))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("norm", self.walk.norm.as_str());
        sink.put("view", self.walk.view.as_str());
        sink.put("mapped_rule", self.walk.mapped_rule.as_str());
        sink.put("focal", self.focal);
        sink.put("when", if self.after { "after" } else { "before" });
        for (name, _, of) in MEASURES {
            sink.put(name, of(&self.figures));
        }
    }
}

/// Whether rows can be written under that name.
///
/// # Errors
/// A name that is neither CSV nor Parquet, or a file that is there already.
pub fn may_write(path: &Path) -> Result<()> {
    let shown = || path.display().to_string();
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    if !matches!(ending.as_deref(), Some("csv" | "parquet")) {
        return Err(Error::settings(shown(), "its name says no format that is written", "name it .csv or .parquet"));
    }
    if path.exists() {
        return Err(Error::output(shown(), "is there already", "give another place; nothing is replaced"));
    }
    Ok(())
}

/// Writes the rows of an answer, whole or not at all.
///
/// # Errors
/// As [`may_write`], or a full disk.
pub fn write(answer: &WhatIf, path: &Path) -> Result<()> {
    may_write(path)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = std::path::PathBuf::from(beside);
    let is_csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    let mut rows: Vec<&FigureRow> = answer.rows.iter().collect();
    let written = match &answer.stamp {
        Some(stamp) if !is_csv => write_parquet(&beside, stamp, rows),
        _ => {
            rows.sort_by(|a, b| a.node_id.cmp(&b.node_id).then_with(|| a.order(b)));
            write_csv(&beside, rows)
        }
    };
    if let Err(e) = written {
        let _ = std::fs::remove_file(&beside);
        return Err(e);
    }
    std::fs::rename(&beside, path).map_err(|e| Error::io(path, e))
}
