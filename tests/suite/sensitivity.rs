//! What the study of the expert defaults says, held against assessments under methods that a user lays over.

use super::runs::{Csv, inside};
use onus::pipeline::{RunConfig, Silent, assess};
use onus::sensitivity::{Sensitivity, StudySettings, Tried, readable, study, write};
use std::fs;
use std::path::Path;

fn dataset(dir: &Path) {
    let nodes = "node_id,name,kind,country,product,focal,workers,union\nB,Brand,brand,,,yes,,\nF1,Factory one,factory,BGD,6109,,500,no\n\
                 F2,Factory two,factory,VNM,6109,,300,\nF3,Factory three,factory,TUR,6109,,120,yes\nM1,Mill one,mill,IND,5205,,80,\n";
    fs::write(dir.join("nodes.csv"), nodes).unwrap();
    fs::write(dir.join("links.csv"), "supplier_id,buyer_id,value\nF1,B,60\nF2,B,30\nF3,B,10\nM1,F1,20\n").unwrap();
    let statements =
        "statement_id,node_id,date,sign,source_class,origin\nS1,F2,2026-03-01,work_document_confiscation,ngo_investigation,doc\n";
    fs::write(dir.join("statements.csv"), statements).unwrap();
}

fn of(dir: &Path, draws: u32, threads: usize) -> Sensitivity {
    let config = RunConfig { dataset: dir.to_path_buf(), threads, ..RunConfig::default() };
    study(&config, StudySettings { top: 2, draws, seed: 1 }, &|_, _| ()).unwrap()
}

/// any of every place in an assessment, by id.
fn any_of(dir: &Path, pack: Option<&Path>) -> Vec<(String, f64)> {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    let config = RunConfig { dataset: dir.to_path_buf(), pack: pack.map(Path::to_path_buf), ..RunConfig::default() };
    assess(&config, &out, false, &mut Silent).unwrap();
    let sites = onus::export::read_all(&out, &onus::schema::outputs::SITES).unwrap();
    sites.iter().filter_map(|r| Some((r.text("node_id")?.to_owned(), r.float("any")?))).collect()
}

#[test]
fn a_move_changes_what_an_overlay_with_that_number_changes_and_shows_in_every_output() {
    let room = tempfile::tempdir().unwrap();
    dataset(room.path());
    let found = of(room.path(), 3, 1);
    let effect = found.effects.iter().find(|e| e.number.key == "source ngo_investigation: false_report").unwrap();
    let (to, shift) = effect.doubled.as_ref().unwrap();
    assert_eq!((effect.number.value, *to, effect.tried), (0.05, 0.1, Tried::Both));

    let overlay = room.path().join("overlay");
    fs::create_dir(&overlay).unwrap();
    let signs = fs::read_to_string(inside("src/pack/packs/core/sources.toml")).unwrap();
    let at = signs.find("id = \"ngo_investigation\"").unwrap();
    let row = &signs[at..at + signs[at..].find("[[").unwrap_or(signs.len() - at)];
    fs::write(overlay.join("o.toml"), format!("[[source]]\n{}", row.replace("false_report = 0.05", "false_report = 0.1"))).unwrap();
    let (before, after) = (any_of(room.path(), None), any_of(room.path(), Some(&overlay)));
    let top: Vec<&str> = found.top.iter().map(|t| t.shown_id.as_str()).collect();
    let change = |id: &&str| {
        let p = |all: &[(String, f64)]| all.iter().find(|(n, _)| n == id).unwrap().1;
        (p(&before) - p(&after)).abs()
    };
    let expected = top.iter().map(change).sum::<f64>() / top.len() as f64;
    assert!(expected > 1e-3 && (shift.change - expected).abs() < 1e-12, "{} {expected}", shift.change);

    let unused = found.effects.iter().find(|e| e.number.key == "source media_single: false_report").unwrap();
    assert!(unused.tried == Tried::NotUsedHere && unused.doubled.is_none());
    let odds = found.effects.iter().find(|e| e.number.key == "odds_ratio.no_worker_organisation").unwrap();
    assert_eq!(odds.doubled.as_ref().map(|(to, _)| *to), Some(1.5 * 1.5), "an odds ratio is doubled in its logarithm");
    let strong = found.effects.iter().find(|e| e.number.key == "strength.strong.present").unwrap();
    assert!(strong.doubled.as_ref().is_some_and(|(to, _)| *to > 0.6 && *to < 1.0), "a probability stays one");

    let out = room.path().join("study");
    write(&found, &out).unwrap();
    let rows = onus::export::read_all(&out, &onus::schema::outputs::SENSITIVITY).unwrap();
    let row = rows.iter().find(|r| r.text("number") == Some("source ngo_investigation: false_report")).unwrap();
    assert_eq!((row.float("doubled_to"), row.float("doubled_change")), (Some(0.1), Some(shift.change)));
    assert_eq!(rows.iter().count(), found.effects.len());
    assert!(readable(&found).contains("source ngo_investigation: false_report"));
    fs::write(out.join("mine.txt"), "x").unwrap();
    assert!(write(&found, &out).is_err(), "a folder with files of others is refused");
    // Every number without a publication behind it is in the list, moved or not.
    let csv = Csv::read_file(&inside("src/reference/tables/parameters.csv"));
    let standing = csv.header.iter().position(|h| h == "standing").unwrap();
    let expert = csv.rows.iter().filter(|r| r[standing] == "expert default").count();
    assert_eq!(found.effects.iter().filter(|e| e.number.key.starts_with("reference ")).count(), expert);
}

#[test]
fn a_study_is_the_same_for_any_number_of_threads_and_its_draws_do_not_depend_on_how_many_there_are() {
    let room = tempfile::tempdir().unwrap();
    dataset(room.path());
    let (one, two) = (of(room.path(), 4, 1), of(room.path(), 4, 2));
    assert_eq!(readable(&one), readable(&two));
    let more = of(room.path(), 6, 2);
    let factors = |s: &Sensitivity| s.joint.iter().map(|j| (j.factors.clone(), j.mean_touched)).collect::<Vec<_>>();
    assert_eq!(factors(&one), factors(&more)[..4]);
    assert!(one.joint.iter().any(|j| j.mean_touched != one.joint[0].mean_touched));
}
