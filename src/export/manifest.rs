//! `run.json`: what made a result, what went into it, and the hash of every file that equal runs share; `inputs.json` and `timing.json`
//! beside it, the only files that may differ between equal runs.
//!
//! Nothing here names a machine, a user, an absolute path or the time of day.

use super::privacy::Audience;
use crate::base::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Component, Path};
use std::time::Instant;

/// Marks a folder as a result of this engine, and the version of its layout.
pub const FORMAT: &str = "onus-result/1";
pub const RUN: &str = "run.json";
pub const INPUTS: &str = "inputs.json";
pub const TIMING: &str = "timing.json";
/// Made from a result after its run, by default into its folder: no run hashes it, and it can be made again. (A register that people fill in is
/// not of it: nobody else holds what they wrote.)
pub const REPORT: &str = "report.html";

/// What every file of a result carries: method, data, day, audience.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stamp {
    pub onus_version: String,
    pub pack: PackStamp,
    pub dataset: DatasetStamp,
    /// ISO 8601 day that everything is dated to.
    pub as_of: String,
    pub audience: Audience,
    /// False until a backtest against real outcomes exists.
    pub calibrated: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PackStamp {
    pub id: String,
    pub version: String,
    pub hash: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DatasetStamp {
    pub name: String,
    /// BLAKE3 over sorted row hashes.
    pub hash: String,
}

impl Stamp {
    /// Keys and values for the metadata of a Parquet file.
    pub fn pairs(&self) -> Vec<(String, String)> {
        [
            ("onus.version", self.onus_version.as_str()),
            ("onus.pack_id", &self.pack.id),
            ("onus.pack_version", &self.pack.version),
            ("onus.pack_hash", &self.pack.hash),
            ("onus.dataset", &self.dataset.name),
            ("onus.dataset_hash", &self.dataset.hash),
            ("onus.as_of", &self.as_of),
            ("onus.audience", self.audience.as_str()),
            ("onus.calibrated", if self.calibrated { "yes" } else { "no" }),
        ]
        .into_iter()
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect()
    }
}

/// The content of `run.json`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RunManifest {
    /// [`FORMAT`].
    pub format: String,
    #[serde(flatten)]
    pub stamp: Stamp,
    /// BLAKE3 of the reference data in effect.
    pub reference_hash: String,
    pub settings: Settings,
    pub counts: Counts,
    /// Assumptions by name, and how often each was made.
    pub assumptions: BTreeMap<String, u64>,
    pub closure: Closure,
    /// Evidence rows left out for the audience.
    pub withheld: u64,
    /// Every file but run.json, inputs.json and timing.json, by its path in the folder. Filled on commit.
    pub files: BTreeMap<String, FileEntry>,
}

impl RunManifest {
    /// A manifest without counts and files.
    pub fn new(stamp: Stamp, reference_hash: impl Into<String>, settings: Settings) -> Self {
        Self {
            format: FORMAT.to_owned(),
            stamp,
            reference_hash: reference_hash.into(),
            settings,
            counts: Counts::default(),
            assumptions: BTreeMap::new(),
            closure: Closure::default(),
            withheld: 0,
            files: BTreeMap::new(),
        }
    }
}

/// What the user chose, or what was chosen for the user. The number of threads is not of it: it changes nothing.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    /// What decided the day of the assessment: `given`, `settings`, `newest_date`, `undated`.
    #[serde(default)]
    pub as_of_rule: String,
    /// Which rule chose the focal nodes.
    pub focal_rule: String,
    pub focal: Vec<String>,
    /// Earlier results that the links were held against: day and dataset hash of each, by day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<String>,
    /// Whose traced figures have a range: `top`, `all`, `none`.
    #[serde(default)]
    pub ranges: String,
    /// Thresholds and parameters by name.
    pub numbers: BTreeMap<String, f64>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    pub nodes: u64,
    pub nodes_with_posterior: u64,
    pub nodes_by_kind: BTreeMap<String, u64>,
    pub links_by_relation: BTreeMap<String, u64>,
    pub tables: BTreeMap<String, TableEntry>,
    /// Reports, looks and silences: used and in all.
    pub evidence_used: BTreeMap<String, u64>,
    pub evidence_all: BTreeMap<String, u64>,
    /// Problems of the input by level.
    pub diagnostics: BTreeMap<String, u64>,
}

/// Rows of one input table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TableEntry {
    pub rows: u64,
    pub refused: u64,
    pub cells_missing: u64,
    /// Whether anything uses the table yet.
    pub used: bool,
}

/// How well touched, unseen and clear sum to 1.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Closure {
    pub defect_max: f64,
    pub tolerance: f64,
}

/// One file of the result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileEntry {
    pub blake3: String,
    pub bytes: u64,
    /// Rows of a table.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows: Option<u64>,
}

/// One input file, by its path inside the dataset.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct InputFile {
    pub name: String,
    pub bytes: u64,
    pub blake3: String,
}

impl InputFile {
    /// Hashes `root/name`.
    ///
    /// # Errors
    /// A name that leaves the dataset, or a file that cannot be read.
    pub fn hash(root: &Path, name: &str) -> Result<Self> {
        if !stays_inside(name) {
            return Err(Error::internal(format!("input file '{name}' is not named by its path inside the dataset")));
        }
        let (blake3, bytes) = hash_file(&root.join(name))?;
        Ok(Self { name: name.to_owned(), bytes, blake3 })
    }
}

/// Whether a relative path stays below where it starts.
pub(super) fn stays_inside(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|c| matches!(c, Component::Normal(_)))
}

/// BLAKE3 of a file as hex, and its size in bytes.
///
/// # Errors
/// A file that cannot be read.
pub fn hash_file(path: &Path) -> Result<(String, u64)> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).map_err(|e| Error::io(path, e))?;
    Ok((hasher.finalize().to_hex().to_string(), hasher.count()))
}

/// Seconds and peak memory by stage.
#[derive(Debug)]
pub struct Timing {
    threads: usize,
    stages: Vec<StageTime>,
    running: Option<(String, Instant)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StageTime {
    pub stage: String,
    pub seconds: f64,
    /// Most memory that the process held up to the end of the stage, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

impl Timing {
    pub fn new(threads: usize) -> Self {
        Self { threads, stages: Vec::new(), running: None }
    }

    /// Ends the running stage and begins the next.
    pub fn stage(&mut self, name: &str) {
        self.stop();
        self.running = Some((name.to_owned(), Instant::now()));
    }

    /// Ends the running stage.
    pub fn stop(&mut self) {
        if let Some((stage, since)) = self.running.take() {
            self.stages.push(StageTime { stage, seconds: since.elapsed().as_secs_f64(), peak_memory_bytes: peak_memory() });
        }
    }

    pub fn stages(&self) -> &[StageTime] {
        &self.stages
    }

    pub(super) fn to_json(&self) -> serde_json::Value {
        let total: f64 = self.stages.iter().map(|s| s.seconds).sum();
        serde_json::json!({"threads": self.threads, "seconds": total, "peak_memory_bytes": peak_memory(), "stages": self.stages})
    }
}

/// The most memory that this process has taken so far, in bytes: `VmHWM` of `/proc/self/status`, `None` where there is none.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Reads the `run.json` of a folder; `None` where it is not a result of this engine.
///
/// # Errors
/// A `run.json` of ours that cannot be understood.
pub fn read_manifest(folder: &Path) -> Result<Option<RunManifest>> {
    let path = folder.join(RUN);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    let format = serde_json::from_str::<serde_json::Value>(&text).ok().and_then(|v| v.get("format")?.as_str().map(str::to_owned));
    match format {
        Some(format) if format == FORMAT => serde_json::from_str(&text).map(Some).map_err(|e| {
            Error::output(
                path.display().to_string(),
                format!("a damaged manifest ({e})"),
                "a whole run.json; run the assessment again into another folder",
            )
        }),
        Some(format) if format.starts_with("onus-result/") => Err(Error::output(
            path.display().to_string(),
            format!("layout {format}"),
            format!("{FORMAT}; use the version of onus that wrote it"),
        )),
        _ => Ok(None),
    }
}
