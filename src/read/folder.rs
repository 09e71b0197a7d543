//! Which files of a folder hold which table: `nodes.csv`, `nodes.csv.gz`, `nodes.parquet`, or a folder `nodes/` or `nodes.parquet/` of
//! Parquet parts.

use crate::base::{Error, Result};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Csv,
    CsvGz,
    Parquet,
}

/// A file that holds a table or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataFile {
    pub path: PathBuf,
    /// The path inside the dataset, with `/`.
    pub name: Arc<str>,
    pub format: Format,
}

/// Endings of files that hold data, but not in a form that is read; they are named rather than passed over.
const UNREAD: [&str; 9] = [".xlsx", ".xls", ".ods", ".json", ".jsonl", ".txt", ".zip", ".csv.zst", ".tsv.gz"];

/// What a dataset folder holds.
#[derive(Debug, Default)]
pub struct Folder {
    /// Each place that could hold a table: the table's name, then its places; a place has one file, or the parts of a folder.
    pub tables: BTreeMap<String, Vec<Vec<DataFile>>>,
    /// Data files that are no table.
    pub others: Vec<Arc<str>>,
}

impl Folder {
    /// Looks into `dir`; names are compared without regard to case.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn scan(dir: &Path, is_table: impl Fn(&str) -> bool) -> Result<Self> {
        let mut folder = Self::default();
        for name in names_in(dir)? {
            let lower = name.to_lowercase();
            let Some((stem, kind)) = split_name(&lower, dir.join(&name).is_dir()) else {
                if UNREAD.iter().any(|end| lower.ends_with(end)) {
                    folder.others.push(name.as_str().into());
                }
                continue;
            };
            let places = match kind {
                Some(format) => vec![DataFile { path: dir.join(&name), name: name.as_str().into(), format }],
                None => parts(dir, &name)?,
            };
            if places.is_empty() {
                continue;
            }
            if is_table(stem) {
                folder.tables.entry(stem.to_owned()).or_default().push(places);
            } else {
                folder.others.push(name.as_str().into());
            }
        }
        Ok(folder)
    }
}

/// The file or the parts that a mapping names, inside `dir`; `None` where the path leaves the dataset, nothing is there, or its name
/// says no known format.
pub fn named(dir: &Path, inside: &str) -> Option<Vec<DataFile>> {
    let relative = Path::new(inside);
    if inside.is_empty() || inside.contains('\\') || !relative.components().all(|c| matches!(c, Component::Normal(_))) {
        return None;
    }
    // A link on disk could still lead outside: the real path decides.
    let path = dir.join(relative);
    let (real, root) = (path.canonicalize().ok()?, dir.canonicalize().ok()?);
    if !real.starts_with(root) {
        return None;
    }
    if real.is_dir() {
        return parts(dir, inside).ok().filter(|p| !p.is_empty());
    }
    let (_, format) = split_name(&inside.to_lowercase(), false).map(|(s, f)| (s.to_owned(), f))?;
    Some(vec![DataFile { path, name: inside.into(), format: format? }])
}

/// A file by its own path, wherever it lies; `None` where its name says no known format.
pub fn single(path: &Path) -> Option<DataFile> {
    let name = path.file_name()?.to_str()?;
    let (_, format) = split_name(&name.to_lowercase(), false).map(|(s, f)| (s.to_owned(), f))?;
    Some(DataFile { path: path.to_owned(), name: name.into(), format: format? })
}

fn names_in(dir: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|e| Error::io(dir, e))? {
        let entry = entry.map_err(|e| Error::io(dir, e))?;
        if let Ok(name) = entry.file_name().into_string()
            && !name.starts_with('.')
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The Parquet parts of a folder, in order of their names.
fn parts(dir: &Path, folder: &str) -> Result<Vec<DataFile>> {
    let inside = dir.join(folder);
    let mut parts = Vec::new();
    for name in names_in(&inside)? {
        let path = inside.join(&name);
        if name.to_lowercase().ends_with(".parquet") && path.is_file() {
            parts.push(DataFile { path, name: format!("{folder}/{name}").into(), format: Format::Parquet });
        }
    }
    Ok(parts)
}

fn split_name(lower: &str, is_dir: bool) -> Option<(&str, Option<Format>)> {
    if is_dir {
        return Some((lower.strip_suffix(".parquet").unwrap_or(lower), None));
    }
    [(".csv", Format::Csv), (".csv.gz", Format::CsvGz), (".parquet", Format::Parquet), (".tsv", Format::Csv)]
        .into_iter()
        .find_map(|(end, format)| lower.strip_suffix(end).map(|stem| (stem, Some(format))))
}
