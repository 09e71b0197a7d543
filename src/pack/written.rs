//! The rows of a method as they are written, field by field: what `onus pack show` prints, and what an overlay changes.

use super::text::{Identified, PackText};
use crate::base::{Error, Result};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One row: its fields by name, as text.
pub type Written = BTreeMap<String, String>;

/// A field that differs between two methods; a missing side means that the row or the field is not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Table and row, `sign work_violence`.
    pub row: String,
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// Every row by its key (`sign work_violence`), with its fields.
///
/// # Errors
/// A row that cannot be written; an internal error.
pub fn rows(text: &PackText) -> Result<BTreeMap<String, Written>> {
    let mut all = BTreeMap::new();
    if let Some(header) = &text.pack {
        all.insert("pack".to_owned(), fields(header)?);
    }
    put(&mut all, &text.citation)?;
    put(&mut all, &text.parameter)?;
    put(&mut all, &text.coupling)?;
    put(&mut all, &text.channel)?;
    put(&mut all, &text.source)?;
    put(&mut all, &text.sign)?;
    put(&mut all, &text.kind)?;
    put(&mut all, &text.scheme)?;
    put(&mut all, &text.deviation)?;
    put(&mut all, &text.response)?;
    put(&mut all, &text.danger)?;
    Ok(all)
}

/// What differs between two methods, by row and field; equal methods differ in nothing.
///
/// # Errors
/// A row that cannot be written; an internal error.
pub fn changes(before: &PackText, after: &PackText) -> Result<Vec<Change>> {
    let (before, after) = (rows(before)?, rows(after)?);
    let none = Written::new();
    let mut found = Vec::new();
    let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let (old, new) = (before.get(key).unwrap_or(&none), after.get(key).unwrap_or(&none));
        let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            if old.get(name) != new.get(name) {
                let (old, new) = (old.get(name).cloned(), new.get(name).cloned());
                found.push(Change { row: key.clone(), field: name.clone(), old, new });
            }
        }
    }
    Ok(found)
}

fn put<T: Identified + Serialize>(all: &mut BTreeMap<String, Written>, rows: &[T]) -> Result<()> {
    for row in rows {
        all.insert(row.key(), fields(row)?);
    }
    Ok(())
}

fn fields<T: Serialize>(row: &T) -> Result<Written> {
    match serde_json::to_value(row).map_err(|e| Error::internal(format!("a row of the pack cannot be written: {e}")))? {
        Value::Object(map) => Ok(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect()),
        other => Ok(Written::from([("value".to_owned(), plain(&other))])),
    }
}

/// A value without the marks of a file format: `a, b`; `name value, name value`; several places between `; `.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.clone(),
        Value::Array(items) => {
            let between = if items.iter().any(Value::is_object) { "; " } else { ", " };
            items.iter().map(plain).collect::<Vec<_>>().join(between)
        }
        Value::Object(map) => map.iter().map(|(name, v)| format!("{name} {}", plain(v))).collect::<Vec<_>>().join(", "),
    }
}
