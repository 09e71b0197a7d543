//! What is refused as an output folder, and what is left when a run dies.

use super::export_fixture::{Content, Outcome, fill, names, note, refused, write};
use onus::export::{ResultFolder, recover, verify};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

#[test]
fn what_is_not_a_result_of_onus_is_refused_and_left_alone() -> Outcome {
    let dir = tempfile::tempdir()?;
    let foreign = dir.path().join("holiday");
    fs::create_dir(&foreign)?;
    assert!(refused(ResultFolder::begin(&foreign, true)), "an empty folder is not a result either");
    fs::write(foreign.join("photo.jpg"), "x")?;
    fs::write(foreign.join("run.json"), "{\"format\": \"somebody else's\"}")?;
    assert!(refused(ResultFolder::begin(&foreign, true)));
    let file = dir.path().join("file");
    fs::write(&file, "x")?;
    assert!(refused(ResultFolder::begin(&file, true)));
    assert!(refused(ResultFolder::begin(Path::new("/"), true)) && refused(ResultFolder::begin(Path::new(".."), true)));
    assert_eq!(names(&foreign), ["photo.jpg", "run.json"]);
    assert_eq!(names(dir.path()), ["file", "holiday"]);
    Ok(())
}

#[test]
fn an_earlier_result_is_replaced_on_request_only_and_never_with_files_of_others_in_it() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let second = || Content { note: "second", ..Content::default() };
    write(&out, false, Content::default())?;
    assert!(refused(write(&out, false, second())));
    assert_eq!(note(&out).as_deref(), Some("note = \"first\"\n"));
    fs::write(out.join("pack/my notes.txt"), "keep")?;
    assert!(refused(write(&out, true, second())), "the user's notes would go with the old folder");
    assert_eq!(names(dir.path()), ["result"]);
    fs::rename(out.join("pack/my notes.txt"), dir.path().join("my notes.txt"))?;
    write(&out, true, second())?;
    assert_eq!(note(&out).as_deref(), Some("note = \"second\"\n"));
    assert_eq!(names(dir.path()), ["my notes.txt", "result"], "only the new one is left");
    Ok(())
}

#[test]
fn a_run_that_ends_without_commit_leaves_the_old_result_and_nothing_else() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    write(&out, false, Content::default())?;
    let folder = ResultFolder::begin(&out, true)?;
    fill(&folder, Content { note: "second", ..Content::default() })?;
    assert_eq!(names(dir.path()).len(), 2);
    drop(folder);
    assert_eq!(names(dir.path()), ["result"]);
    assert!(verify(&out)?.holds());
    Ok(())
}

#[test]
fn a_result_set_aside_by_a_dead_run_is_put_back_and_dead_partial_folders_go() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    write(&out, false, Content::default())?;
    fs::rename(&out, dir.path().join(".result.previous"))?;
    assert!(recover(&out)?, "between the two renames the old result is still to be had");
    assert!(!recover(&out)?);
    assert!(verify(&out)?.holds());

    // A dead run's folder, one of nobody's, and one that belongs to another name.
    let dead = dir.path().join(".result.partial-1-0");
    fs::create_dir(&dead)?;
    fs::write(dead.join(".onus-partial"), "")?;
    fs::write(dead.join("sites.parquet"), "half")?;
    let nobodys = dir.path().join(".result.partial-mine");
    fs::create_dir(&nobodys)?;
    fs::write(nobodys.join("letter.txt"), "x")?;
    fs::create_dir(dir.path().join(".other.partial-1-0"))?;
    let alive = ResultFolder::begin(&out, true)?;
    assert!(!dead.exists());
    let other_run = ResultFolder::begin(&out, true)?;
    assert!(alive.partial().exists(), "a folder that a run still holds is not cleaned up");
    drop((alive, other_run));
    assert_eq!(names(dir.path()), [".other.partial-1-0", ".result.partial-mine", "result"]);

    // The new one in place, the old one not yet removed: the old one goes, also when the new one is deleted by hand later.
    write(&dir.path().join("copy"), false, Content::default())?;
    fs::rename(dir.path().join("copy"), dir.path().join(".result.previous"))?;
    drop(ResultFolder::begin(&out, true)?);
    assert_eq!(names(dir.path()), [".other.partial-1-0", ".result.partial-mine", "result"]);
    Ok(())
}

/// Not a test of its own: replaces the result named by `ONUS_TEST_SWAP` until it is killed.
#[test]
#[ignore = "run by killed_at_any_moment_a_run_leaves_a_whole_result"]
fn replace_until_killed() -> Outcome {
    let Ok(out) = std::env::var("ONUS_TEST_SWAP") else { return Ok(()) };
    loop {
        write(Path::new(&out), true, Content { note: "second", ..Content::default() })?;
    }
}

#[test]
fn killed_at_any_moment_a_run_leaves_a_whole_result() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    write(&out, false, Content::default())?;
    for round in 0..6_u64 {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--exact", "export_swap::replace_until_killed", "--ignored", "--test-threads=1"])
            .env("ONUS_TEST_SWAP", &out)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // At work once it has replaced something; the moment of death then falls anywhere in writing and swapping.
        let before = fs::metadata(out.join("run.json")).ok().and_then(|m| m.modified().ok());
        let started = std::time::Instant::now();
        while fs::metadata(out.join("run.json")).ok().and_then(|m| m.modified().ok()) == before {
            assert!(started.elapsed() < Duration::from_secs(60), "the child replaces nothing");
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(13 * round));
        assert_eq!(child.try_wait()?, None, "the child must be at work when it is killed");
        child.kill()?;
        child.wait()?;
        recover(&out)?;
        let report = verify(&out)?;
        assert!(report.holds(), "round {round}: {:#?}", report.lines);
        assert_eq!(note(&out).as_deref(), Some("note = \"second\"\n"));
    }
    drop(ResultFolder::begin(&out, true)?);
    assert_eq!(names(dir.path()), ["result"], "the next run cleans up");
    Ok(())
}
