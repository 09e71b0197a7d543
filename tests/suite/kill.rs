//! A run that is killed: at any moment the folder holds the old result whole or the new one whole.

use super::runs;
use assert_cmd::cargo::CommandCargoExt;
use onus::world::{PackWords, WorldSettings, write_world};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

/// A world as small as worlds are.
fn world(seed: u64, dir: &Path) {
    let settings = WorldSettings { seed, nodes: 500, links: 1_500, evidence_rows: 200, closed_rings: 1, ..WorldSettings::default() };
    let signs = texts(&["cl_under_general_age", "fl11_document_retention", "fl11_wage_withholding", "work_debt_bondage"]);
    let sources = texts(&["media_single", "ngo_investigation"]);
    let schemes = texts(&["SMETA"]);
    write_world(&settings, &PackWords { signs: &signs, source_classes: &sources, schemes: &schemes }, dir).unwrap();
}

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

/// Two datasets, a room for results, and how long a run takes.
struct Scene {
    _room: tempfile::TempDir,
    results: PathBuf,
    out: PathBuf,
    data: [PathBuf; 2],
    names: [String; 2],
    whole: Duration,
    /// When a run begins to write its tables and when it ends, by the clock of a whole run.
    write: (Duration, Duration),
}

fn scene() -> Scene {
    let room = tempfile::tempdir().unwrap();
    let results = room.path().join("results");
    fs::create_dir(&results).unwrap();
    let out = results.join("out");
    let data = [1, 2].map(|seed| {
        let dir = room.path().join(format!("world-{seed}"));
        world(seed, &dir);
        dir
    });
    let mut names = Vec::new();
    let mut whole = Duration::ZERO;
    let mut writing = 0.0;
    for dir in &data {
        let began = Instant::now();
        assert!(start(dir, &out).wait().unwrap().success());
        whole = began.elapsed();
        names.push(name_of(&out));
        let timing: serde_json::Value = serde_json::from_slice(&fs::read(out.join("timing.json")).unwrap()).unwrap();
        writing = timing["stages"].as_array().unwrap().iter().find(|s| s["stage"] == "write").unwrap()["seconds"].as_f64().unwrap();
    }
    assert_ne!(names[0], names[1], "two worlds that differ");
    let begins = whole.saturating_sub(Duration::from_secs_f64(writing));
    let names = [names[0].clone(), names[1].clone()];
    Scene { _room: room, results, out, data, names, whole, write: (begins, whole) }
}

/// Kills a run of `data` `after` its start, and says whether it was still running.
fn killed(data: &Path, out: &Path, after: Duration) -> bool {
    let mut run = start(data, out);
    std::thread::sleep(after);
    let running = run.try_wait().unwrap().is_none();
    run.kill().unwrap();
    run.wait().unwrap();
    running
}

/// Every name beside a result that a killed run may leave: partial folders, and an old result set aside.
fn assert_known_leftovers(scene: &Scene) {
    for name in beside(&scene.results) {
        assert!(name == "out" || name.starts_with(".out.partial-") || name == ".out.previous", "{name}");
    }
}

#[test]
fn a_killed_run_leaves_the_old_result_or_the_new_one_whole() {
    let scene = scene();
    // The second world stands at OUT. Runs of either world are killed, over the running time and more densely while they write.
    let mut moments: Vec<Duration> = (0..4).map(|i| scene.whole.mul_f64(f64::from(i) / 4.0)).collect();
    let (from, to) = scene.write;
    moments.extend((0..8).map(|i| from + (to.saturating_sub(from)).mul_f64(f64::from(i) / 7.0 * 1.1)));
    let mut standing = 1;
    let mut seen = BTreeMap::new();
    for (i, after) in moments.iter().enumerate() {
        let next = 1 - standing;
        let running = killed(&scene.data[next], &scene.out, *after);
        assert_known_leftovers(&scene);
        // Any command that reads the result puts back what was set aside.
        assert!(verifies(&scene.out), "moment {i}, after {after:?}: the result does not verify; beside it {:?}", beside(&scene.results));
        let name = name_of(&scene.out);
        assert!(scene.names.contains(&name), "moment {i}, after {after:?}: a third result");
        let now = usize::from(name == scene.names[1]);
        *seen.entry((running, now == next)).or_insert(0) += 1;
        standing = now;
    }
    assert!(seen.get(&(true, false)).copied().unwrap_or(0) >= 4, "too few runs were killed while they ran: {seen:?}");
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
    let began = Instant::now();
    assert!(start(&data, &results.join("trial")).wait().unwrap().success());
    let whole = began.elapsed();
    fs::remove_dir_all(results.join("trial")).unwrap();
    let mut absent = 0;
    for i in 0..6 {
        killed(&data, &out, whole.mul_f64(0.2 + f64::from(i) * 0.16));
        if out.exists() {
            assert!(verifies(&out), "killed at {i}");
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
