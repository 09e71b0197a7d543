//! A run that is killed: at any moment the folder holds the old result whole or the new one whole.

use super::runs;
use assert_cmd::cargo::CommandCargoExt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn start(data: &Path, out: &Path) -> Child {
    Command::cargo_bin("onus")
        .unwrap()
        .args(["assess".as_ref(), data.as_os_str(), "-o".as_ref(), out.as_os_str(), "--overwrite".as_ref()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The hash that names a result: equal runs have equal ones.
fn name_of(out: &Path) -> String {
    blake3::hash(&fs::read(out.join("run.json")).unwrap()).to_hex().to_string()
}

fn verifies(out: &Path) -> bool {
    Command::cargo_bin("onus").unwrap().arg("verify").arg(out).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}

/// The names beside the result.
fn beside(room: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(room).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Two datasets that differ, and a room for results in which the second one's stands.
struct Scene {
    _room: tempfile::TempDir,
    results: PathBuf,
    out: PathBuf,
    data: [PathBuf; 2],
    names: [String; 2],
}

fn scene() -> Scene {
    let room = tempfile::tempdir().unwrap();
    let results = room.path().join("results");
    fs::create_dir(&results).unwrap();
    let out = results.join("out");
    // The sample, and the sample with one factory grown: a debug build assesses it in two seconds.
    let data = [1015, 2030].map(|people: u32| {
        let dir = room.path().join(format!("data-{people}"));
        runs::copy(&runs::sample(), &dir);
        let mut nodes = runs::Csv::read(&dir, "nodes");
        let workers = nodes.at("workers");
        nodes.row_mut("node_id", "GA-001")[workers] = people.to_string();
        nodes.write(&dir, "nodes");
        dir
    });
    let names = [0, 1].map(|i: usize| {
        assert!(start(&data[i], &out).wait().unwrap().success());
        name_of(&out)
    });
    assert_ne!(names[0], names[1], "two datasets that differ");
    Scene { _room: room, results, out, data, names }
}

/// When a run is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after its start.
    After(Duration),
    /// As soon as its partial folder holds so many files, on which it may still be writing.
    Files(usize),
    /// As soon as its partial folder is gone again: the new result is in place, the old one may not be removed yet.
    Swapped,
}

/// Starts a run and kills it; says whether it was still running.
fn killed(data: &Path, out: &Path, when: Moment) -> bool {
    let mut run = start(data, out);
    let began = Instant::now();
    let partial = out.with_file_name(format!(".out.partial-{}-0", run.id()));
    let mut seen = false;
    loop {
        let files = fs::read_dir(&partial).map_or(0, Iterator::count);
        seen |= files > 0;
        let come = match when {
            Moment::After(time) => began.elapsed() >= time,
            Moment::Files(n) => files >= n,
            Moment::Swapped => seen && files == 0,
        };
        if come || run.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    let running = run.try_wait().unwrap().is_none();
    run.kill().unwrap();
    run.wait().unwrap();
    running
}

/// From the first moment of a run to its last. The marker is the first file of a partial folder.
const MOMENTS: [Moment; 11] = [
    Moment::After(Duration::ZERO),
    Moment::Files(1),
    Moment::After(Duration::from_millis(300)),
    Moment::Files(2),
    Moment::Files(5),
    Moment::Files(9),
    Moment::Files(12),
    Moment::Files(14),
    Moment::Files(16),
    Moment::Swapped,
    Moment::Swapped,
];

/// Every name beside a result that a killed run may leave: partial folders, and an old result set aside.
fn assert_known_leftovers(scene: &Scene) {
    for name in beside(&scene.results) {
        assert!(name == "out" || name.starts_with(".out.partial-") || name == ".out.previous", "{name}");
    }
}

#[test]
fn a_killed_run_leaves_the_old_result_or_the_new_one_whole() {
    let scene = scene();
    let (mut standing, mut stopped) = (1, 0);
    for when in MOMENTS {
        let next = 1 - standing;
        let running = killed(&scene.data[next], &scene.out, when);
        assert_known_leftovers(&scene);
        // Any command that reads the result puts back what was set aside.
        assert!(verifies(&scene.out), "{when:?}: the result does not verify; beside it {:?}", beside(&scene.results));
        let name = name_of(&scene.out);
        assert!(scene.names.contains(&name), "{when:?}: a third result");
        let new = name == scene.names[next];
        stopped += usize::from(running && !new);
        standing = if new { next } else { standing };
    }
    assert!(stopped >= 6, "only {stopped} runs were killed before they were done");
    // The next run works, and clears away what the dead ones left.
    assert!(start(&scene.data[0], &scene.out).wait().unwrap().success());
    assert_eq!(name_of(&scene.out), scene.names[0]);
    assert!(verifies(&scene.out));
    assert_eq!(beside(&scene.results), ["out"]);
}

#[test]
fn a_first_run_that_is_killed_leaves_no_result_or_a_whole_one() {
    let room = tempfile::tempdir().unwrap();
    let (results, data) = (room.path().join("results"), runs::sample());
    fs::create_dir(&results).unwrap();
    let out = results.join("out");
    let mut absent = 0;
    for when in [Moment::Files(1), Moment::Files(8), Moment::Files(15), Moment::Swapped] {
        killed(&data, &out, when);
        if out.exists() {
            assert!(verifies(&out), "{when:?}");
            fs::remove_dir_all(&out).unwrap();
        } else {
            absent += 1;
        }
    }
    assert!(absent >= 2, "{absent}");
    assert!(start(&data, &out).wait().unwrap().success());
    assert_eq!(beside(&results), ["out"]);
    assert!(verifies(&out));
}
