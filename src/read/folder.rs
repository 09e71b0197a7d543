//! Which files of a folder hold which table: `nodes.csv`, `nodes.csv.gz`, `nodes.parquet`, or a folder `nodes/` or `nodes.parquet/` of
//! Parquet parts; and which files are workbooks, whose sheets may be tables.

use super::workbook::{FileKind, Sheet, kind_of};
use crate::base::{Error, Result};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Csv,
    CsvGz,
    Parquet,
    /// `.xlsx`, `.xlsm`, `.xlsb`, `.xls`, `.ods`.
    Workbook,
}

/// A file that holds a table or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataFile {
    pub path: PathBuf,
    /// The path inside the dataset, with `/`.
    pub name: Arc<str>,
    pub format: Format,
    /// The sheet of a workbook that is meant.
    pub sheet: Option<Arc<Sheet>>,
}

impl DataFile {
    pub fn new(path: PathBuf, name: Arc<str>, format: Format) -> Self {
        Self { path, name, format, sheet: None }
    }

    /// The same file, of which this sheet is meant.
    pub fn with_sheet(&self, sheet: &Arc<Sheet>) -> Self {
        Self { sheet: Some(sheet.clone()), ..self.clone() }
    }
}

/// Endings of files that hold data, but not in a form that is read; they are named rather than passed over.
const UNREAD: [&str; 6] = [".json", ".jsonl", ".txt", ".zip", ".csv.zst", ".tsv.gz"];

/// What an import left out, beside the tables that it wrote: no table, and nothing to say of it.
pub const IMPORT_REPORT: &str = "import.csv";

/// What a dataset folder holds.
#[derive(Debug, Default)]
pub struct Folder {
    /// Each place that could hold a table: the table's name, then its places; a place has one file, or the parts of a folder.
    pub tables: BTreeMap<String, Vec<Vec<DataFile>>>,
    /// Workbooks, of which the sheets are not known yet.
    pub workbooks: Vec<DataFile>,
    /// Data files that are no table.
    pub others: Vec<Arc<str>>,
}

const WORKBOOKS: [&str; 5] = [".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"];

impl Folder {
    /// Looks into `dir`; names are compared without regard to case.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn scan(dir: &Path, is_table: impl Fn(&str) -> bool) -> Result<Self> {
        let mut folder = Self::default();
        for name in names_in(dir)? {
            folder.add(dir, name, &is_table)?;
        }
        Ok(folder)
    }

    /// The folder that one file alone would be.
    ///
    /// # Errors
    /// The file has no name.
    pub fn of_file(path: &Path, is_table: impl Fn(&str) -> bool) -> Result<Self> {
        let mut folder = Self::default();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        folder.add(path.parent().unwrap_or(Path::new("")), name, &is_table)?;
        Ok(folder)
    }

    fn add(&mut self, dir: &Path, name: String, is_table: &impl Fn(&str) -> bool) -> Result<()> {
        let folder = self;
        let lower = name.to_lowercase();
        if lower == IMPORT_REPORT {
            return Ok(());
        }
        let Some((stem, kind)) = split_name(&lower, dir.join(&name).is_dir()) else {
            if UNREAD.iter().any(|end| lower.ends_with(end)) {
                folder.others.push(name.as_str().into());
            }
            return Ok(());
        };
        let places = match kind {
            Some(format) => {
                let file = DataFile::new(dir.join(&name), name.as_str().into(), format);
                match as_found(file) {
                    // The lock file that an office program leaves beside an open workbook is none.
                    file if file.format == Format::Workbook && name.starts_with("~$") => return Ok(()),
                    file if file.format == Format::Workbook => {
                        folder.workbooks.push(file);
                        return Ok(());
                    }
                    file => vec![file],
                }
            }
            None => parts(dir, &name)?,
        };
        if places.is_empty() {
            return Ok(());
        }
        if is_table(stem) {
            folder.tables.entry(stem.to_owned()).or_default().push(places);
        } else {
            folder.others.push(name.as_str().into());
        }
        Ok(())
    }
}

/// A file named like a workbook is text where its first bytes say so: many systems export text under `.xls`.
fn as_found(mut file: DataFile) -> DataFile {
    if file.format == Format::Workbook {
        let mut head = Vec::new();
        if let Ok(open) = std::fs::File::open(&file.path)
            && open.take(4096).read_to_end(&mut head).is_ok()
            && kind_of(&head) == FileKind::Text
        {
            file.format = Format::Csv;
        }
    }
    file
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
    Some(vec![as_found(DataFile::new(path, inside.into(), format?))])
}

/// A file by its own path, wherever it lies; `None` where its name says no known format.
pub fn single(path: &Path) -> Option<DataFile> {
    let name = path.file_name()?.to_str()?;
    let (_, format) = split_name(&name.to_lowercase(), false).map(|(s, f)| (s.to_owned(), f))?;
    Some(as_found(DataFile::new(path.to_owned(), name.into(), format?)))
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
            parts.push(DataFile::new(path, format!("{folder}/{name}").into(), Format::Parquet));
        }
    }
    Ok(parts)
}

fn split_name(lower: &str, is_dir: bool) -> Option<(&str, Option<Format>)> {
    if is_dir {
        return Some((lower.strip_suffix(".parquet").unwrap_or(lower), None));
    }
    let workbooks = WORKBOOKS.into_iter().map(|end| (end, Format::Workbook));
    [(".csv", Format::Csv), (".csv.gz", Format::CsvGz), (".parquet", Format::Parquet), (".tsv", Format::Csv)]
        .into_iter()
        .chain(workbooks)
        .find_map(|(end, format)| lower.strip_suffix(end).map(|stem| (stem, Some(format))))
}
