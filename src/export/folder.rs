//! The result folder while it is written: tables, texts and manifest into a partial folder, in place on commit, gone without one.

use super::csv_file::{codebook, write_csv};
use super::manifest::{FORMAT, FileEntry, INPUTS, InputFile, RUN, RunManifest, Stamp, TIMING, Timing, hash_file, stays_inside};
use super::parquet_file::write_parquet;
use super::register::Register;
use super::rows::{QuarantineRow, WarningRow};
use super::sink::Row;
use super::swap::{self, MARKER, Place};
use crate::base::{Diagnostics, Error, Result};
use crate::schema::outputs;
use crate::validate::QuarantineRow as Quarantined;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A result that is being written. Dropped without [`commit`](ResultFolder::commit), it leaves nothing behind.
#[derive(Debug)]
pub struct ResultFolder {
    place: Place,
    partial: PathBuf,
    overwrite: bool,
    /// Rows of each table written so far, by file.
    rows: Mutex<BTreeMap<&'static str, u64>>,
    /// Keeps other runs from taking the partial folder for a dead one.
    _held: Option<File>,
    committed: bool,
}

/// A result that stands in its place.
#[derive(Clone, Debug)]
pub struct Committed {
    pub folder: PathBuf,
    /// BLAKE3 of `run.json`, as hex: names the result and, through its file list, every byte that equal runs share.
    pub run_hash: String,
    /// The replaced result, where it could not be removed.
    pub left_over: Option<PathBuf>,
}

impl ResultFolder {
    /// Looks whether a result may stand at `out`, cleans up after dead runs, and opens a partial folder beside it.
    ///
    /// # Errors
    /// `Error::Output` where `out` exists and is not a result of onus, holds files that onus did not write, or is a result and
    /// `overwrite` is off. Nothing is touched then.
    pub fn begin(out: &Path, overwrite: bool) -> Result<Self> {
        let place = Place::of(out)?;
        swap::recover(&place.out)?;
        swap::refuse_unless_free(&place, overwrite)?;
        swap::clean_stale(&place);
        let (partial, held) = place.make_partial()?;
        Ok(Self { place, partial, overwrite, rows: Mutex::new(BTreeMap::new()), _held: held, committed: false })
    }

    fn note(&self, file: &'static str, rows: u64) -> Result<u64> {
        let mut all = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        match all.insert(file, rows) {
            None => Ok(rows),
            Some(_) => Err(Error::internal(format!("{file} was written twice"))),
        }
    }

    /// Writes a Parquet table. Rows come with their leads (node, focal node, supplier) in byte order; within one lead in any order.
    /// Tables may be written side by side. Returns the number of rows.
    ///
    /// # Errors
    /// A cell that its declaration does not allow or leads out of order, both faults of the engine; or a full disk.
    pub fn write_table<R: Row>(&self, stamp: &Stamp, rows: impl IntoIterator<Item = R>) -> Result<u64> {
        let file = R::table().file;
        let rows = write_parquet(&self.partial.join(file), stamp, rows)?;
        self.note(file, rows)
    }

    /// Writes `warnings.parquet` (what was said of the input) and `quarantine.csv` (every refused row and cell, however many).
    ///
    /// # Errors
    /// As [`write_table`](Self::write_table).
    pub fn write_diagnostics(&self, stamp: &Stamp, diagnostics: &Diagnostics, quarantine: &[Quarantined]) -> Result<()> {
        let tells = |file: &str| stamp.audience.tells_line(file);
        let mut warnings: Vec<WarningRow<'_>> =
            diagnostics.all.iter().map(|diagnostic| WarningRow { diagnostic, with_line: tells(&diagnostic.at.file) }).collect();
        warnings.sort_by(|a, b| a.lead().cmp(b.lead()).then_with(|| a.order(b)));
        let mut refused: Vec<&Quarantined> = quarantine.iter().collect();
        refused.sort();
        let refused = refused.into_iter().map(|row| QuarantineRow { row, with_line: tells(&row.file) });
        let file = outputs::QUARANTINE.file;
        let rows = write_csv(&self.partial.join(file), refused)?;
        self.note(file, rows)?;
        self.write_table(stamp, warnings)?;
        Ok(())
    }

    /// Writes `register.csv`.
    ///
    /// # Errors
    /// As [`write_table`](Self::write_table).
    pub fn write_register(&self, register: Register) -> Result<u64> {
        let file = outputs::REGISTER.file;
        let rows = write_csv(&self.partial.join(file), register.into_rows())?;
        self.note(file, rows)
    }

    /// Writes a text, such as a file of the effective method: `pack/signs.toml`.
    ///
    /// # Errors
    /// A name that leaves the folder or is taken, or a full disk.
    pub fn write_text(&self, name: &str, text: &str) -> Result<()> {
        if !stays_inside(name) || name.contains('\\') {
            return Err(Error::internal(format!("'{name}' does not stay inside the result")));
        }
        let path = self.partial.join(name);
        if path.exists() {
            return Err(Error::internal(format!("{name} was written twice")));
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| Error::io(parent, e))?;
        }
        fs::write(&path, text).map_err(|e| Error::io(path, e))
    }

    /// Completes the result with codebook, manifests and hashes, flushes every file to the disk and puts the folder in place.
    ///
    /// # Errors
    /// A declared table that nobody wrote (a fault of the engine), a full disk, or a place that was taken meanwhile. The partial folder is
    /// removed then, and an old result stands untouched.
    pub fn commit(mut self, mut manifest: RunManifest, inputs: &[InputFile], mut timing: Timing) -> Result<Committed> {
        let rows = write_csv(&self.partial.join(outputs::CODEBOOK.file), codebook())?;
        self.note(outputs::CODEBOOK.file, rows)?;
        let written = std::mem::take(self.rows.get_mut().unwrap_or_else(PoisonError::into_inner));
        if let Some(missing) = outputs::tables().iter().find(|t| !written.contains_key(t.file)) {
            return Err(Error::internal(format!("{} was not written", missing.file)));
        }
        manifest.format = FORMAT.to_owned();
        manifest.files.clear();
        for name in swap::files_in(&self.partial)?.into_iter().filter(|n| n != MARKER) {
            let (blake3, bytes) = hash_file(&self.partial.join(&name))?;
            let rows = written.get(name.as_str()).copied();
            manifest.files.insert(name, FileEntry { blake3, bytes, rows });
        }
        let mut inputs = inputs.to_vec();
        inputs.sort();
        timing.stop();
        self.write_json(INPUTS, &serde_json::json!({ "files": inputs }))?;
        self.write_json(TIMING, &timing.to_json())?;
        let run = serde_json::to_value(&manifest).map_err(|e| Error::internal(e.to_string()))?;
        let run_text = self.write_json(RUN, &run)?;
        self.sync()?;
        fs::remove_file(self.partial.join(MARKER)).map_err(|e| Error::io(&self.partial, e))?;
        swap::sync_folder(&self.partial);
        let left_over = match swap::put_in_place(&self.place, &self.partial, self.overwrite) {
            Ok(left_over) => left_over,
            Err(e) => {
                let _ = swap::remove_ours(&self.partial);
                return Err(e);
            }
        };
        self.committed = true;
        let run_hash = blake3::hash(run_text.as_bytes()).to_hex().to_string();
        Ok(Committed { folder: self.place.out.clone(), run_hash, left_over })
    }

    fn write_json(&self, name: &str, value: &serde_json::Value) -> Result<String> {
        let mut text = serde_json::to_string_pretty(value).map_err(|e| Error::internal(e.to_string()))?;
        text.push('\n');
        let path = self.partial.join(name);
        fs::write(&path, &text).map_err(|e| Error::io(path, e))?;
        Ok(text)
    }

    fn sync(&self) -> Result<()> {
        for name in swap::files_in(&self.partial)? {
            let path = self.partial.join(&name);
            File::open(&path).and_then(|f| f.sync_all()).map_err(|e| Error::io(&path, e))?;
            if let Some(parent) = path.parent() {
                swap::sync_folder(parent);
            }
        }
        Ok(())
    }

    /// The folder that is being written.
    pub fn partial(&self) -> &Path {
        &self.partial
    }
}

impl Drop for ResultFolder {
    fn drop(&mut self) {
        if !self.committed {
            // Nothing can be told from here; a folder that stays is removed by the next run.
            let _ = swap::remove_ours(&self.partial);
        }
    }
}
