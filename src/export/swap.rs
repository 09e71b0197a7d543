//! How a result comes to stand where it belongs: whole or not at all, also when the process is killed at any moment.
//!
//! A run writes into `.NAME.partial-PID` beside `NAME`. Putting it in place of an old result takes two renames: `NAME` to `.NAME.previous`,
//! the new folder to `NAME`; then the old one is renamed to a partial name and removed. Whoever finds `NAME` missing and `.NAME.previous`
//! present renames it back ([`recover`]), so between the renames the old result is still to be had. A folder being worked on is held by an
//! advisory lock on the folder itself, which the system drops with the process: a partial folder without a holder is a dead run's.
//!
//! Removed are only files that a run of this engine wrote: what a marker says is a partial folder, or what the manifest of a result lists.

use super::manifest::{INPUTS, RUN, TIMING, read_manifest};
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
    let place = Place::of(out)?;
    let previous = place.previous();
    if !is_absent(&place.out) || !is_folder(&previous) || read_manifest(&previous).ok().flatten().is_none() {
        return Ok(false);
    }
    // A swap that is under way holds the folder it set aside; once it lets go, `out` is there.
    if let Ok(handle) = File::open(&previous) {
        let _ = handle.lock();
        if is_absent(&place.out) && is_folder(&previous) {
            fs::rename(&previous, &place.out).map_err(|e| Error::io(&previous, e))?;
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
        fs::remove_dir(folder).map_err(io)
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
    let ours = |f: &String| manifest.files.contains_key(f) || [RUN, INPUTS, TIMING].contains(&f.as_str());
    Ok(files_in(folder)?.into_iter().filter(|f| !ours(f)).collect())
}

/// Removes the files that the manifest lists, the manifest last, then the folders that are empty.
fn remove_result(folder: &Path) -> Result<()> {
    let Some(manifest) = read_manifest(folder)? else { return Ok(()) };
    let names = manifest.files.keys().map(String::as_str).filter(|f| super::manifest::stays_inside(f));
    let mut folders: Vec<PathBuf> = Vec::new();
    for name in names.chain([INPUTS, TIMING]) {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(path, e)),
            _ => {}
        }
        if let Some(parent) = path.parent().filter(|p| *p != folder && !folders.iter().any(|f| f == p)) {
            folders.push(parent.to_path_buf());
        }
    }
    folders.sort();
    for inner in folders.iter().rev() {
        match fs::remove_dir(inner) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(inner, e)),
            _ => {}
        }
    }
    fs::remove_file(folder.join(RUN)).map_err(|e| Error::io(folder, e))?;
    fs::remove_dir(folder).map_err(|e| Error::io(folder, e))
}

/// Takes a set-aside result out of reach, then removes it: from the rename on nobody can restore a half of it.
/// Returns where it lies if it could not be removed.
fn discard(place: &Place, previous: &Path) -> Option<PathBuf> {
    let names = (0..1000).map(|n| place.sibling(&format!(".partial-{}-old{n}", std::process::id())));
    let gone = names.into_iter().find(|gone| is_absent(gone))?;
    if fs::rename(previous, &gone).is_err() {
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
            match fs::rename(new, &place.out) {
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
        if let Err(e) = fs::rename(&place.out, &previous) {
            last = Some(e);
            continue;
        }
        match fs::rename(new, &place.out) {
            Ok(()) => {
                place.sync_parent();
                let left_over = discard(place, &previous);
                drop(held);
                return Ok(left_over);
            }
            Err(e) => {
                last = Some(e);
                if is_absent(&place.out) {
                    fs::rename(&previous, &place.out).map_err(|e| Error::io(&previous, e))?;
                }
            }
        }
    }
    Err(Error::io(&place.out, last.unwrap_or_else(|| std::io::Error::other("the folder could not be put in place"))))
}
