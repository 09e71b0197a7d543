//! The method as the result folder keeps it (`OUT/pack/*.toml`): definitions of signs and sources, titles of citations, and every number
//! with its meaning, citation and standing. Read without knowing the tables, so that a method of another version is told as well.

use crate::base::{Error, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// A work that the method cites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Citation {
    pub title: String,
    pub locator: String,
    pub year: Option<i64>,
}

/// A row of the method that holds numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    pub table: String,
    pub id: String,
    /// Field and value.
    pub values: Vec<(String, String)>,
    pub unit: String,
    pub meaning: String,
    pub citation: String,
    pub standing: String,
}

/// The texts and numbers of a method.
#[derive(Clone, Debug, Default)]
pub struct Method {
    pub title: String,
    pub citations: BTreeMap<String, Citation>,
    /// Definitions of signs, sources, channels and schemes by `TABLE.ID`.
    definitions: BTreeMap<String, String>,
    pub numbers: Vec<Numbers>,
}

impl Method {
    /// Reads `OUT/pack`.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or that is no TOML.
    pub fn read(out: &Path) -> Result<Self> {
        let folder = out.join("pack");
        let entries = std::fs::read_dir(&folder).map_err(|e| Error::io(&folder, e))?;
        let mut paths: Vec<_> =
            entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
        paths.sort();
        let mut method = Self::default();
        for path in paths {
            let text = std::fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
            let table: toml::Table = toml::from_str(&text)
                .map_err(|e| Error::output(path.display().to_string(), format!("no method ({e})"), "run the assessment again"))?;
            method.take(&table);
        }
        Ok(method)
    }

    fn take(&mut self, file: &toml::Table) {
        for (name, value) in file {
            match value {
                toml::Value::Table(header) => self.title = text(header, "title"),
                toml::Value::Array(rows) => rows.iter().filter_map(toml::Value::as_table).for_each(|row| self.row(name, row)),
                _ => {}
            }
        }
    }

    fn row(&mut self, table: &str, row: &toml::Table) {
        let id = text(row, "id");
        if table == "citation" {
            let year = row.get("year").and_then(toml::Value::as_integer);
            self.citations.insert(id, Citation { title: text(row, "title"), locator: text(row, "locator"), year });
            return;
        }
        let meaning = ["meaning", "definition", "pattern"].iter().map(|k| text(row, k)).find(|t| !t.is_empty()).unwrap_or_default();
        if !meaning.is_empty() {
            self.definitions.insert(format!("{table}.{id}"), meaning.clone());
        }
        let values: Vec<(String, String)> = row.iter().filter_map(|(field, value)| Some((field.clone(), number(value)?))).collect();
        if !values.is_empty() {
            let of = |key: &str| text(row, key);
            let (unit, citation, standing) = (of("unit"), of("citation"), of("standing"));
            self.numbers.push(Numbers { table: table.to_owned(), id, values, unit, meaning, citation, standing });
        }
    }

    /// What a sign, source or practice means; `None` where the method has no such row.
    pub fn definition(&self, table: &str, id: &str) -> Option<&str> {
        self.definitions.get(&format!("{table}.{id}")).map(String::as_str)
    }

    /// How many rows of numbers stand on what: by standing.
    pub fn standings(&self) -> BTreeMap<&str, u64> {
        let mut counts = BTreeMap::new();
        for row in &self.numbers {
            *counts.entry(row.standing.as_str()).or_default() += 1;
        }
        counts
    }
}

fn text(row: &toml::Table, key: &str) -> String {
    row.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
}

fn number(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::Float(x) => Some(x.to_string()),
        toml::Value::Integer(n) => Some(n.to_string()),
        _ => None,
    }
}
