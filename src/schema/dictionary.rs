//! The declarations as documents: data dictionary (Markdown, JSON), CSV templates, list of codes.

use super::codes::CODES;
use super::frictionless::frictionless_json;
use super::inputs::INPUT_TABLES;
use super::table::{ColumnType, Personal, TableSchema};
use serde_json::{Value, json};
use std::fmt::Write;

/// The dictionary of all input tables, and the diagnostic codes, as Markdown.
pub fn dictionary_markdown() -> String {
    let mut text = String::from("# Input tables\n\nColumns marked * must be filled in every row.\n");
    for table in INPUT_TABLES {
        let required = if table.required { ", required" } else { "" };
        let _ = write!(
            text,
            "\n## {}\n\nOne row is {}{required}.\n\n| column | type | unit | meaning |\n| --- | --- | --- | --- |\n",
            table.name, table.row
        );
        for c in table.columns {
            let star = if c.required { "*" } else { "" };
            let _ = writeln!(text, "| {}{star} | {} | {} | {} |", c.name, kind_in_words(c.kind), c.unit, c.meaning);
        }
    }
    text.push_str("\n# Diagnostic codes\n\n| code | level | meaning | what to do |\n| --- | --- | --- | --- |\n");
    for c in CODES {
        let _ = writeln!(text, "| {} | {} | {} | {} |", c.code, c.level.as_str(), c.meaning, c.remedy);
    }
    text
}

/// The same as JSON: `tables` with their columns, and `codes`.
pub fn dictionary_json() -> String {
    let tables: Vec<Value> = INPUT_TABLES
        .iter()
        .map(|t| {
            let columns: Vec<Value> = t
                .columns
                .iter()
                .map(|c| {
                    json!({
                        "name": c.name, "type": c.kind.in_words(), "unit": c.unit, "required": c.required,
                        "allowed": allowed(c.kind), "sensitive": c.personal == Personal::Sensitive, "meaning": c.meaning,
                    })
                })
                .collect();
            json!({"name": t.name, "row": t.row, "required": t.required, "key": t.key, "columns": columns})
        })
        .collect();
    let codes: Vec<Value> =
        CODES.iter().map(|c| json!({"code": c.code, "level": c.level.as_str(), "meaning": c.meaning, "remedy": c.remedy})).collect();
    pretty(&json!({"tables": tables, "codes": codes}))
}

/// The CSV header line of a table.
pub fn template_csv(table: &TableSchema) -> String {
    let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
    names.join(",") + "\n"
}

/// File name and text of each template: a CSV header per table, `columns.md` with every column's meaning, and `datapackage.json` with the
/// same for programs; a dataset folder may hold all of them.
pub fn templates() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = INPUT_TABLES.iter().map(|t| (format!("{}.csv", t.name), template_csv(t))).collect();
    files.push(("columns.md".to_owned(), dictionary_markdown()));
    files.push(("datapackage.json".to_owned(), frictionless_json()));
    files
}

fn kind_in_words(kind: ColumnType) -> String {
    match kind {
        ColumnType::Code(list) => list.join(", "),
        ColumnType::Number { low, high } => format!("number from {low} to {high}"),
        other => other.in_words().to_owned(),
    }
}

fn allowed(kind: ColumnType) -> Value {
    match kind {
        ColumnType::Code(list) => json!(list),
        _ => Value::Null,
    }
}

pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
