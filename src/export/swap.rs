//! How a result comes to stand where it belongs: whole or not at all, also when the process is killed at any moment.
//!
//! A run writes into `.NAME.partial-PID` beside `NAME`. Putting it in place of an old result takes two renames: `NAME` to `.NAME.previous`,
//! the new folder to `NAME`; then the old one is renamed to a partial name and removed. Whoever finds `NAME` missing and `.NAME.previous`
//! present renames it back ([`recover`]), so between the renames the old result is still to be had. A folder being worked on is held by an
//! advisory lock on the folder itself, which the system drops with the process: a partial folder without a holder is a dead run's.
//!
//! Removed are only files that a run of this engine wrote: what a marker says is a partial folder, or what the manifest of a result lists.

use super::manifest::{INPUTS, REPORT, RUN, TIMING, read_manifest};
use crate::base::{Error, Result};
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The file that says: this folder is being written by onus.
pub(super) const MARKER: &str = ".onus-partial";

/// Where a result stands and what may stand beside it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub out: PathBuf,
    parent: PathBuf,
    name: OsString,
}

impl Place {
    /// # Errors
    /// A path that names no folder of its own, such as `/` or `..`.
    pub fn of(out: &Path) -> Result<Self> {
        let name = out.file_name().ok_or_else(|| {
            Error::output(out.display().to_string(), "no folder name", "a path that ends with the name of the result folder")
        })?;
        let parent = match out.parent() {
            Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
            _ => PathBuf::from("."),
        };
        Ok(Self { out: parent.join(name), parent, name: name.to_owned() })
    }

    fn sibling(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(suffix);
        self.parent.join(name)
    }

    pub fn previous(&self) -> PathBuf {
        self.sibling(".previous")
    }

    /// Makes a folder of its own beside `out`, marked and held as long as the handle lives.
    pub fn make_partial(&self) -> Result<(PathBuf, Option<File>)> {
        fs::create_dir_all(&self.parent).map_err(|e| Error::io(&self.parent, e))?;
        for attempt in 0..1000 {
            let path = self.sibling(&format!(".partial-{}-{attempt}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => {
                    let held = hold(&path);
                    // Somebody who cleans up may have taken the empty folder before it was held.
                    if fs::write(path.join(MARKER), "unfinished result of onus\n").is_ok() {
                        return Ok((path, held));
                    }
                }
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(Error::io(path, e)),
            }
        }
        Err(Error::output(self.out.display().to_string(), "too many unfinished folders beside it", "remove the hidden .partial folders"))
    }

    /// The folders beside `out` that carry a partial name, in order of name.
    fn partials(&self) -> Vec<PathBuf> {
        let mut prefix = OsString::from(".");
        prefix.push(&self.name);
        prefix.push(".partial-");
        let prefix = prefix.to_string_lossy().into_owned();
        let Ok(entries) = fs::read_dir(&self.parent) else { return Vec::new() };
        let mut found: Vec<PathBuf> = entries
            .flatten()
            .filter(|e| e.file_name().to_string_lossy().starts_with(&prefix) && e.file_type().is_ok_and(|t| t.is_dir()))
            .map(|e| e.path())
            .collect();
        found.sort();
        found
    }

    pub fn sync_parent(&self) {
        sync_folder(&self.parent);
    }
}

/// Flushes the names of a folder, where the system can.
pub(super) fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(path) {
        // Some file systems refuse to sync a folder; the files themselves are synced.
        let _ = folder.sync_all();
    }
}

/// Whether somebody holds a folder.
enum Held {
    /// Ours as long as the handle lives.
    Free(File),
    Busy,
    /// The file system has no locks.
    Unknown,
}

fn try_hold(folder: &Path) -> Held {
    match File::open(folder) {
        Err(_) => Held::Unknown,
        Ok(handle) => match handle.try_lock() {
            Ok(()) => Held::Free(handle),
            Err(TryLockError::WouldBlock) => Held::Busy,
            Err(TryLockError::Error(_)) => Held::Unknown,
        },
    }
}

/// Holds a folder until the handle is dropped, after whoever holds it now; `None` where the file system has no locks.
fn hold(folder: &Path) -> Option<File> {
    let handle = File::open(folder).ok()?;
    handle.lock().ok()?;
    Some(handle)
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|m| m.is_dir())
}

fn is_absent(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
}

/// Puts back a result that a killed run had set aside: `out` missing, `.NAME.previous` present. Says whether it did.
///
/// # Errors
/// When the folder cannot be renamed.
pub fn recover(out: &Path) -> Result<bool> {
    // A path such as `.` names no folder that could have been set aside.
    let Ok(place) = Place::of(out) else { return Ok(false) };
    let previous = place.previous();
    if !is_absent(&place.out) || !is_folder(&previous) || read_manifest(&previous).ok().flatten().is_none() {
        return Ok(false);
    }
    // A swap that is under way holds the folder it set aside; once it lets go, `out` is there.
    if let Ok(handle) = File::open(&previous) {
        let _ = handle.lock();
        if is_absent(&place.out) && is_folder(&previous) {
            disk::rename(&previous, &place.out).map_err(|e| Error::io(&previous, e))?;
            place.sync_parent();
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes what dead runs left beside `out`: their partial folders, and an old result that was already replaced.
pub(super) fn clean_stale(place: &Place) {
    let previous = place.previous();
    if is_folder(&place.out)
        && is_folder(&previous)
        && let Held::Free(_held) = try_hold(&previous)
    {
        // What cannot be removed stays where it is and harms nobody.
        discard(place, &previous);
    }
    for partial in place.partials() {
        if let Held::Free(_held) = try_hold(&partial) {
            let _ = remove_ours(&partial);
        }
    }
}

/// Removes a partial folder of ours, or a result of ours that carries a partial name.
pub(super) fn remove_ours(folder: &Path) -> Result<()> {
    let io = |e| Error::io(folder, e);
    if folder.join(MARKER).is_file() {
        fs::remove_dir_all(folder).map_err(io)
    } else if read_manifest(folder)?.is_some() {
        remove_result(folder)
    } else {
        // A folder without marker and manifest is ours only as far as it is empty.
        disk::remove_dir(folder).map_err(io)
    }
}

/// Files in a result folder, as paths with `/`, in order; folders are walked, links are not followed.
pub(super) fn files_in(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_path_buf(), String::new())];
    while let Some((path, prefix)) = open.pop() {
        for entry in fs::read_dir(&path).map_err(|e| Error::io(&path, e))? {
            let entry = entry.map_err(|e| Error::io(&path, e))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                open.push((entry.path(), format!("{name}/")));
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Files of a result that no run wrote.
pub(super) fn foreign_files(folder: &Path) -> Result<Vec<String>> {
    let Some(manifest) = read_manifest(folder)? else { return Ok(Vec::new()) };
    let ours = |f: &String| manifest.files.contains_key(f) || [RUN, INPUTS, TIMING, REPORT].contains(&f.as_str());
    Ok(files_in(folder)?.into_iter().filter(|f| !ours(f)).collect())
}

/// Removes the files that the manifest lists, the manifest last, then the folders that are empty.
fn remove_result(folder: &Path) -> Result<()> {
    let Some(manifest) = read_manifest(folder)? else { return Ok(()) };
    let names = manifest.files.keys().map(String::as_str).filter(|f| super::manifest::stays_inside(f));
    let mut folders: Vec<PathBuf> = Vec::new();
    for name in names.chain([INPUTS, TIMING, REPORT]) {
        let path = folder.join(name);
        match disk::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(path, e)),
            _ => {}
        }
        if let Some(parent) = path.parent().filter(|p| *p != folder && !folders.iter().any(|f| f == p)) {
            folders.push(parent.to_path_buf());
        }
    }
    folders.sort();
    for inner in folders.iter().rev() {
        match disk::remove_dir(inner) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(inner, e)),
            _ => {}
        }
    }
    disk::remove_file(folder.join(RUN)).map_err(|e| Error::io(folder, e))?;
    disk::remove_dir(folder).map_err(|e| Error::io(folder, e))
}

/// Takes a set-aside result out of reach, then removes it: from the rename on nobody can restore a half of it.
/// Returns where it lies if it could not be removed.
fn discard(place: &Place, previous: &Path) -> Option<PathBuf> {
    let names = (0..1000).map(|n| place.sibling(&format!(".partial-{}-old{n}", std::process::id())));
    let gone = names.into_iter().find(|gone| is_absent(gone))?;
    if disk::rename(previous, &gone).is_err() {
        return Some(previous.to_path_buf());
    }
    remove_result(&gone).err().map(|_| gone)
}

/// Why `out` may not be written, if so.
///
/// # Errors
/// `Error::Output` where `out` exists and is no result of this engine, holds foreign files, or is a result and `overwrite` is off.
pub(super) fn refuse_unless_free(place: &Place, overwrite: bool) -> Result<()> {
    let where_ = || place.out.display().to_string();
    if is_absent(&place.out) {
        return Ok(());
    }
    if !is_folder(&place.out) {
        return Err(Error::output(where_(), "something that is not a folder", "a new folder name"));
    }
    if read_manifest(&place.out)?.is_none() {
        return Err(Error::output(where_(), "a folder that is not a result of onus", "a new folder name; nothing in it was touched"));
    }
    if !overwrite {
        return Err(Error::output(where_(), "an earlier result", "a new folder name, or --overwrite to replace it"));
    }
    let foreign = foreign_files(&place.out)?;
    if let Some(first) = foreign.first() {
        let found = format!("{} file(s) that onus did not write, the first: {first}", foreign.len());
        return Err(Error::output(where_(), found, "move them elsewhere; --overwrite removes only what onus wrote"));
    }
    Ok(())
}

/// Puts the finished folder `new` at `out`.
///
/// Returns where the old result lies if it could not be removed.
///
/// # Errors
/// As [`refuse_unless_free`], or when a rename fails; the old result then stands where it stood.
pub(super) fn put_in_place(place: &Place, new: &Path, overwrite: bool) -> Result<Option<PathBuf>> {
    // Another run may have put a result there, or put one back, between the look and the rename: look again, a few times.
    let mut last = None;
    for _ in 0..5 {
        recover(&place.out)?;
        refuse_unless_free(place, overwrite)?;
        if is_absent(&place.out) {
            match disk::rename(new, &place.out) {
                Ok(()) => {
                    place.sync_parent();
                    return Ok(None);
                }
                Err(e) => last = Some(e),
            }
            continue;
        }
        clean_stale(place);
        let previous = place.previous();
        let held = hold(&place.out);
        if !is_absent(&previous) {
            last = Some(std::io::Error::other("another run is replacing the same result"));
            std::thread::sleep(std::time::Duration::from_millis(20));
            continue;
        }
        if let Err(e) = disk::rename(&place.out, &previous) {
            last = Some(e);
            continue;
        }
        match disk::rename(new, &place.out) {
            Ok(()) => {
                place.sync_parent();
                let left_over = discard(place, &previous);
                drop(held);
                return Ok(left_over);
            }
            Err(e) => {
                last = Some(e);
                if is_absent(&place.out) {
                    disk::rename(&previous, &place.out).map_err(|e| Error::io(&previous, e))?;
                }
            }
        }
    }
    Err(Error::io(&place.out, last.unwrap_or_else(|| std::io::Error::other("the folder could not be put in place"))))
}

/// Every change of names goes through here, so that a test can let a run die before any one of them.
mod disk {
    use std::io::Result;
    use std::path::Path;

    #[cfg(test)]
    thread_local! {
        /// Changes left until the run dies.
        pub(super) static FUSE: std::cell::Cell<Option<u32>> = const { std::cell::Cell::new(None) };
    }

    fn before_change() {
        #[cfg(test)]
        FUSE.with(|fuse| match fuse.get() {
            Some(0) => {
                fuse.set(None);
                std::panic::panic_any("the run dies here");
            }
            left => fuse.set(left.map(|n| n - 1)),
        });
    }

    pub fn rename(from: &Path, to: &Path) -> Result<()> {
        before_change();
        std::fs::rename(from, to)
    }

    pub fn remove_file(path: impl AsRef<Path>) -> Result<()> {
        before_change();
        std::fs::remove_file(path)
    }

    pub fn remove_dir(path: impl AsRef<Path>) -> Result<()> {
        before_change();
        std::fs::remove_dir(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::manifest::{DatasetStamp, FORMAT, FileEntry, PackStamp, RunManifest, Settings, Stamp};
    use crate::export::privacy::Audience;

    fn result(folder: &Path, text: &str) {
        fs::create_dir_all(folder.join("pack")).unwrap();
        let stamp = Stamp {
            onus_version: String::new(),
            pack: PackStamp { id: String::new(), version: String::new(), hash: String::new() },
            dataset: DatasetStamp { name: String::new(), hash: String::new() },
            as_of: String::new(),
            audience: Audience::Internal,
            calibrated: false,
        };
        let mut manifest = RunManifest::new(stamp, "", Settings::default());
        assert_eq!(manifest.format, FORMAT);
        for name in ["sites.parquet", "pack/method.toml"] {
            fs::write(folder.join(name), text).unwrap();
            manifest.files.insert(name.to_owned(), FileEntry { blake3: String::new(), bytes: 0, rows: None });
        }
        fs::write(folder.join(INPUTS), text).unwrap();
        fs::write(folder.join(TIMING), text).unwrap();
        fs::write(folder.join(REPORT), text).unwrap();
        fs::write(folder.join(RUN), serde_json::to_string(&manifest).unwrap()).unwrap();
    }

    /// The one text that every file of a whole result holds.
    fn whole(folder: &Path) -> Option<String> {
        read_manifest(folder).ok().flatten()?;
        let texts =
            ["sites.parquet", "pack/method.toml", INPUTS, TIMING, REPORT].map(|f| fs::read_to_string(folder.join(f)).unwrap_or_default());
        texts.iter().all(|t| *t == texts[0] && !t.is_empty()).then(|| texts[0].clone())
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut all: Vec<String> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        all.sort();
        all
    }

    #[test]
    fn wherever_a_swap_dies_the_old_or_the_new_result_is_had_whole_and_the_rest_is_cleaned_up() {
        let mut seen = Vec::new();
        for death in 0.. {
            let dir = tempfile::tempdir().unwrap();
            let place = Place::of(&dir.path().join("out")).unwrap();
            result(&place.out, "old");
            let (new, _held) = place.make_partial().unwrap();
            result(&new, "new");
            fs::remove_file(new.join(MARKER)).unwrap();
            disk::FUSE.with(|f| f.set(Some(death)));
            let outcome = std::panic::catch_unwind(|| put_in_place(&place, &new, true).map(|_| ()));
            disk::FUSE.with(|f| f.set(None));
            let finished = outcome.is_ok();
            drop(_held);
            if place.out.exists() {
                assert!(whole(&place.out).is_some(), "death {death}: a half result stands at its place");
            }
            assert_eq!(recover(&place.out).unwrap(), whole(&place.out).as_deref() == Some("old") && death == 1);
            let stands = whole(&place.out).unwrap_or_else(|| panic!("death {death}: no whole result, but {:?}", names(dir.path())));
            clean_stale(&place);
            assert_eq!(whole(&place.out).as_deref(), Some(stands.as_str()));
            assert_eq!(names(dir.path()), ["out"], "death {death}");
            seen.push(stands);
            if finished {
                break;
            }
        }
        // Two renames before the new one stands; then the old one is renamed and its six files and two folders go.
        assert_eq!(seen.iter().filter(|s| *s == "old").count(), 2);
        assert_eq!(seen.len(), 2 + 1 + 6 + 2 + 1);
    }

    #[test]
    fn a_first_result_that_dies_before_its_rename_leaves_none() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::of(&dir.path().join("out")).unwrap();
        let (new, held) = place.make_partial().unwrap();
        result(&new, "new");
        drop(held);
        assert!(!recover(&place.out).unwrap() && is_absent(&place.out));
        clean_stale(&place);
        assert_eq!(names(dir.path()), Vec::<String>::new());
    }
}
