//! The old dataset assessed once more: with the new method on the old day, then on the new day. So the method's part and the part of time are exact.

use super::side::Side;
use crate::base::{Date, Error, Level, Result};
use crate::pipeline::ranges::RangesOf;
use crate::pipeline::{RunConfig, Silent, assess, check};
use std::fs;
use std::path::PathBuf;

/// The dataset of the old result, and the new method.
#[derive(Clone, Debug, Default)]
pub struct OldDataset {
    pub dataset: PathBuf,
    pub mapping: Option<PathBuf>,
    /// Earlier results that the old assessment was given.
    pub previous: Vec<PathBuf>,
    /// Overlays of the new method.
    pub pack: Option<PathBuf>,
    pub reference: Option<PathBuf>,
}

const NOT_THAT: &str = "this is not the dataset that OLD was made from";

/// What differs in the method of two results, a sentence each.
pub fn differences(old: &Side, new: &Side) -> Vec<String> {
    let (a, b) = (&old.manifest, &new.manifest);
    let mut found = Vec::new();
    if a.stamp.pack != b.stamp.pack {
        found.push(format!("method pack {} {} -> {} {}", a.stamp.pack.id, a.stamp.pack.version, b.stamp.pack.id, b.stamp.pack.version));
    }
    if a.reference_hash != b.reference_hash {
        found.push("the reference data in effect".to_owned());
    }
    if a.stamp.onus_version != b.stamp.onus_version {
        found.push(format!("the version of onus, {} -> {}", a.stamp.onus_version, b.stamp.onus_version));
    }
    if a.settings.numbers != b.settings.numbers && a.stamp.pack == b.stamp.pack {
        found.push("the numbers of the run".to_owned());
    }
    found
}

/// A folder that goes when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let root = std::env::temp_dir();
        for attempt in 0..1000 {
            let path = root.join(format!("onus-compare-{}-{attempt}", std::process::id()));
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700); // what is in it is nobody else's to read
            match builder.create(&path) {
                Ok(()) => return Ok(Scratch(path)),
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(Error::io(path, e)),
            }
        }
        Err(Error::output(root.display().to_string(), "too many folders of unfinished comparisons", "remove onus-compare-*"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn another(found: &str) -> Error {
    Error::settings("--old-dataset", found, "give the dataset that OLD was made from, its mapping and earlier results")
}

/// Holds a dataset that is given against the one that the old result was made from, without an assessment.
///
/// # Errors
/// A dataset that cannot be read, or is not that of the old result.
pub fn verified(given: &OldDataset, old: &Side) -> Result<()> {
    let config = RunConfig {
        dataset: given.dataset.clone(),
        mapping: given.mapping.clone(),
        as_of: Date::parse(&old.manifest.stamp.as_of),
        pack: given.pack.clone(),
        reference: given.reference.clone(),
        ..RunConfig::default()
    };
    let read = check(&config)?;
    if read.diagnostics.has_fatal() {
        return Err(Error::Fatal(read.diagnostics.all.into_iter().filter(|d| d.level == Level::Fatal).collect()));
    }
    if read.inputs.dataset_hash == old.manifest.stamp.dataset.hash { Ok(()) } else { Err(another(NOT_THAT)) }
}

/// The old dataset with the method of the new result on a day.
///
/// # Errors
/// A dataset that cannot be assessed or is not that of the old result; a method that is not that of the new one.
pub fn assessed(given: &OldDataset, old: &Side, new: &Side, as_of: &str) -> Result<Side> {
    let scratch = Scratch::new()?;
    let out = scratch.0.join("result");
    let config = RunConfig {
        dataset: given.dataset.clone(),
        mapping: given.mapping.clone(),
        as_of: Date::parse(as_of),
        pack: given.pack.clone(),
        reference: given.reference.clone(),
        focal: old.companies().map(str::to_owned).collect(),
        previous: given.previous.clone(),
        ranges: RangesOf::None,
        threads: 0,
    };
    match assess(&config, &out, false, &mut Silent) {
        Err(Error::Settings { place, .. }) if place == "--focal" => {
            return Err(another("a company that OLD assesses is not in it"));
        }
        done => done?,
    };
    let side = Side::read(&out)?;
    let (is, was, now) = (&side.manifest, &old.manifest, &new.manifest);
    if is.stamp.dataset.hash != was.stamp.dataset.hash {
        return Err(another(NOT_THAT));
    }
    if is.settings.previous != was.settings.previous {
        let found = "OLD was made beside earlier results, and they are not those given here".to_owned();
        return Err(Error::settings("--old-previous", found, "give the results that were given to `onus assess --previous` then"));
    }
    let same =
        is.stamp.pack == now.stamp.pack && is.reference_hash == now.reference_hash && is.stamp.onus_version == now.stamp.onus_version;
    if !same {
        let found = "the method at hand is not that of NEW".to_owned();
        return Err(Error::settings(
            "--pack, --reference",
            found,
            "give the overlays that NEW was made with, and use the version that made it",
        ));
    }
    Ok(side)
}
