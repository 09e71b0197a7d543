//! The input tables as a Frictionless Data Package: one resource per table, with types, units, constraints and keys.
//!
//! # Source
//! Data Package and Table Schema v1, specs.frictionlessdata.io (2017), in the forms that v2 (datapackage.org, 2024) reads as well.

use super::dictionary::pretty;
use super::inputs::INPUT_TABLES;
use super::table::{ColumnSchema, ColumnType, TableSchema};
use serde_json::{Map, Value, json};

/// All tables as one package whose resources are the CSV templates.
pub fn frictionless_json() -> String {
    let tables: Vec<(&TableSchema, Vec<&str>)> = INPUT_TABLES.iter().map(|t| (*t, t.columns.iter().map(|c| c.name).collect())).collect();
    pretty(&data_package("onus-dataset", &tables))
}

/// A package of these tables, each a CSV of these columns.
pub fn data_package(name: &str, tables: &[(&TableSchema, Vec<&str>)]) -> Value {
    let with_nodes = tables.iter().any(|(t, _)| t.name == "nodes");
    let resources: Vec<Value> = tables.iter().map(|(table, columns)| resource(table, columns, with_nodes)).collect();
    json!({"name": slug(name), "profile": "tabular-data-package", "resources": resources})
}

/// A name of lower-case letters, digits, `.`, `_` and `-`, as packages have it.
fn slug(name: &str) -> String {
    let mut slug: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' }).collect();
    while slug.contains("--") {
        slug = slug.replace("--", "-");
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "onus-dataset".to_owned() } else { slug.to_owned() }
}

fn resource(table: &TableSchema, columns: &[&str], with_nodes: bool) -> Value {
    let alone = if let [key] = table.key { Some(*key) } else { None };
    let fields: Vec<Value> = columns
        .iter()
        .map(|name| match table.columns.iter().find(|c| c.name == *name) {
            Some(c) => field(c, alone == Some(c.name)),
            None => json!({"name": name, "type": "string"}),
        })
        .collect();
    let mut schema = Map::new();
    schema.insert("fields".to_owned(), json!(fields));
    schema.insert("missingValues".to_owned(), json!([""]));
    if !table.key.is_empty() && table.key.iter().all(|k| columns.contains(k) && table.columns.iter().any(|c| c.name == *k && c.required)) {
        schema.insert("primaryKey".to_owned(), json!(table.key));
    }
    // Links may name a node that nobody has listed yet; that is a warning and no broken key.
    if with_nodes && table.name != "links" {
        let to = if table.name == "nodes" { "" } else { "nodes" };
        let keys: Vec<Value> = table
            .columns
            .iter()
            .filter(|c| c.kind == ColumnType::NodeId && columns.contains(&c.name))
            .map(|c| json!({"fields": [c.name], "reference": {"resource": to, "fields": ["node_id"]}}))
            .collect();
        if !keys.is_empty() {
            schema.insert("foreignKeys".to_owned(), json!(keys));
        }
    }
    json!({
        "name": table.name.replace('_', "-"),
        "path": format!("{}.csv", table.name),
        "profile": "tabular-data-resource",
        "description": format!("One row is {}.", table.row),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    })
}

fn field(c: &ColumnSchema, alone: bool) -> Value {
    let kind = match c.kind {
        ColumnType::Count => "integer",
        ColumnType::Year => "year",
        ColumnType::Share | ColumnType::Amount | ColumnType::Number { .. } => "number",
        ColumnType::YesNo => "boolean",
        ColumnType::Date => "date",
        _ => "string",
    };
    let mut constraints = Map::new();
    constraints.insert("required".to_owned(), json!(c.required));
    if alone {
        constraints.insert("unique".to_owned(), json!(true));
    }
    let (low, high) = match c.kind {
        ColumnType::Share => (Some(0.0), Some(1.0)),
        ColumnType::Count | ColumnType::Amount => (Some(0.0), None),
        ColumnType::Number { low, high } => (Some(low), Some(high)),
        _ => (None, None),
    };
    // Whole bounds are written as such: an integer field has no decimals.
    let bound = |v: f64| if v.fract() == 0.0 && v.abs() < 1e15 { json!(v as i64) } else { json!(v) };
    constraints.extend(low.map(|l| ("minimum".to_owned(), bound(l))));
    constraints.extend(high.map(|h| ("maximum".to_owned(), bound(h))));
    if let ColumnType::Code(list) = c.kind {
        constraints.insert("enum".to_owned(), json!(list));
    }
    if let Some(pattern) = pattern(c.kind) {
        constraints.insert("pattern".to_owned(), json!(pattern));
    }
    let unit = if c.unit.is_empty() { String::new() } else { format!(" Unit: {}.", c.unit) };
    let mut field = Map::new();
    field.insert("name".to_owned(), json!(c.name));
    field.insert("type".to_owned(), json!(kind));
    field.insert("format".to_owned(), json!("default"));
    field.insert("description".to_owned(), json!(format!("{}{unit}", c.meaning)));
    if c.kind == ColumnType::YesNo {
        field.insert("trueValues".to_owned(), json!(["yes", "true", "y", "1"]));
        field.insert("falseValues".to_owned(), json!(["no", "false", "n", "0"]));
    }
    field.insert("constraints".to_owned(), Value::Object(constraints));
    Value::Object(field)
}

/// The form of a text, where a standard gives one.
fn pattern(kind: ColumnType) -> Option<&'static str> {
    match kind {
        ColumnType::Subdivision => Some("[A-Z]{2}-[A-Z0-9]{1,3}"),
        ColumnType::Currency => Some("[A-Z]{3}"),
        ColumnType::Lei => Some("[A-Z0-9]{18}[0-9]{2}"),
        ColumnType::Gln => Some("[0-9]{13}"),
        _ => None,
    }
}
