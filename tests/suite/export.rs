//! The result folder: what is written and read back.

use super::export_fixture::{
    Content, Outcome, as_of, csv_rows, evidence, exposure, fill, hashes, link, manifest, names, site, stamp, write,
};
use onus::base::{Error, Norm};
use onus::export::manifest::hash_file;
use onus::export::rows::{LinkUsedRow, PeopleBasis, WeightBasis};
use onus::export::walk_rows::ExposureRow;
use onus::export::{Audience, InputFile, ResultFolder, Timing, read_all, rows_where, verify, withhold};
use onus::schema::outputs::{self, OutputTable};
use std::borrow::Cow;
use std::fs;

#[test]
fn what_is_written_is_read_back_and_holds() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let run_hash = write(&out, false, Content::default())?;
    assert_eq!(hash_file(&out.join("run.json"))?.0, run_hash);
    assert_eq!(names(dir.path()), ["result"]);

    let report = verify(&out)?;
    assert!(report.holds(), "{:#?}", report.lines);

    let sites = read_all(&out, &outputs::SITES)?;
    let ids: Vec<_> = sites.iter().map(|r| r.text("node_id").unwrap_or("").to_owned()).collect();
    assert_eq!(ids, ["brand", "mill-0", "mill-1", "mill-2"]);
    let states: Vec<_> = sites.iter().map(|r| r.text("state").unwrap_or("").to_owned()).collect();
    assert_eq!(states, ["no_posterior", "site_signal", "context_risk", "site_signal"]);
    let mill = rows_where(&out, &outputs::SITES, "node_id", "mill-1")?;
    assert_eq!(mill.len(), 1);
    let mill = mill.iter().next().ok_or("no row")?;
    assert_eq!(mill.text("name"), Some("=HYPERLINK(\"x\")"), "Parquet runs nothing and keeps the name");
    assert_eq!(mill.float("forced_labour_coupled"), Some(0.11 / 3.0), "every bit of a float survives");
    assert_eq!(mill.text("signal_norms"), Some(""));
    assert_eq!((mill.text("newest_evidence"), mill.int("evidence_age_days")), (Some("2026Q1"), Some(91)));
    assert_eq!(mill.text("sector"), None);
    assert_eq!(rows_where(&out, &outputs::SITES, "node_id", "mill-9")?.len(), 0);

    let priors = read_all(&out, &outputs::PRIORS)?;
    let order: Vec<_> = priors.iter().map(|r| r.text("norm").unwrap_or("").to_owned()).collect();
    assert_eq!(order, Norm::ALL.map(|n| n.as_str().to_owned()), "rows of one node stand in the order of the norms however they came");
    assert_eq!(priors.iter().next().and_then(|r| r.text("factors")), Some("tvpra_listed:3:tvpra 2024"));
    assert_eq!(priors.iter().next().and_then(|r| r.float("base_rate")), Some(1.0 / 3.0));

    let kept = read_all(&out, &outputs::CONTRIBUTIONS)?;
    let kept: Vec<_> = kept.iter().map(|r| (r.text("node_id").map(str::to_owned), r.bool("is_rest"))).collect();
    assert_eq!(
        kept,
        [(Some("mill-0".to_owned()), Some(false)), (Some("mill-1".to_owned()), Some(false)), (None, Some(true))],
        "the rest stands last"
    );
    let tiers = read_all(&out, &outputs::CONTRIBUTION_SUMS)?;
    assert_eq!(
        tiers.iter().map(|r| r.text("value").unwrap_or("").to_owned()).collect::<Vec<_>>(),
        ["2", "10"],
        "tiers are ordered as numbers"
    );

    assert_eq!(read_all(&out, &outputs::LINKS)?.iter().next().and_then(|r| r.text("weight_basis")), Some("equal"));
    assert_eq!(read_all(&out, &outputs::WARNINGS)?.len(), 2);
    let refused = csv_rows(out.join("quarantine.csv"))?;
    let shown: Vec<(&str, &str)> = refused.iter().map(|r| (r["line"].as_str(), r["value"].as_str())).collect();
    assert_eq!(shown, [("4", "'=1+1"), ("9", "5 characters")], "every refused cell, by line; formulas inert");
    Ok(())
}

#[test]
fn every_written_column_is_declared_in_order_and_every_file_carries_its_stamp() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    write(&out, false, Content::default())?;
    let codebook = csv_rows(out.join("codebook.csv"))?;
    let declared = |t: &OutputTable| codebook.iter().filter(|r| r["table"] == t.name).map(|r| r["column"].clone()).collect::<Vec<_>>();
    for table in outputs::tables() {
        let path = out.join(table.file);
        let written: Vec<String> = if table.is_parquet() {
            let file = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path)?)?;
            let pairs = file.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
            let value = |key: &str| pairs.iter().find(|kv| kv.key == key).and_then(|kv| kv.value.clone());
            assert_eq!(value("onus.dataset_hash").as_deref(), Some("cd"));
            assert_eq!(value("onus.audience").as_deref(), Some("internal"));
            assert_eq!(value("ARROW:schema"), None, "readers of 2023 fail on hints that they do not know");
            let scores: serde_json::Value = serde_json::from_str(&value("onus.scores").unwrap_or_default())?;
            if table.name == "sites" {
                assert_eq!(scores["any"], serde_json::json!({"unit": "probability", "range": [0.0, 1.0], "direction": "higher is worse"}));
                assert_eq!(scores["any"]["direction"], "higher is worse");
                assert_eq!(scores["child_labour_coverage"]["direction"], "higher is better");
            }
            file.schema().fields().iter().map(|f| f.name().clone()).collect()
        } else {
            csv::Reader::from_path(path)?.headers()?.iter().map(str::to_owned).collect()
        };
        assert_eq!(written, declared(table), "{}", table.name);
    }
    assert_eq!(names(&out), {
        let mut all: Vec<String> = outputs::tables().iter().map(|t| t.file.to_owned()).collect();
        all.extend(["run.json", "inputs.json", "timing.json", "pack"].map(str::to_owned));
        all.sort();
        all
    });
    Ok(())
}

#[test]
fn equal_runs_write_equal_bytes() -> Outcome {
    let dir = tempfile::tempdir()?;
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    assert_eq!(write(&a, false, Content::default())?, write(&b, false, Content::default())?);
    assert_eq!(hashes(&a), hashes(&b));
    assert_eq!(hashes(&a).len(), outputs::tables().len() + 2, "every table, run.json and the method");
    let other = write(&dir.path().join("c"), false, Content { note: "second", ..Content::default() })?;
    assert_ne!(hash_file(&a.join("run.json"))?.0, other);
    Ok(())
}

#[test]
fn many_rows_cross_batches_and_row_groups_and_are_found_again() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let folder = ResultFolder::begin(&out, false)?;
    let count = 300_000;
    let rows = (0..count).map(|n| LinkUsedRow {
        supplier_id: Cow::Owned(format!("s{n:06}")),
        weight: Some((n as f64 / count as f64, WeightBasis::Value)),
        ..link("")
    });
    assert_eq!(folder.write_table(&stamp(), rows)?, count);
    let found = rows_where(folder.partial(), &outputs::LINKS, "supplier_id", "s270000")?;
    assert_eq!(found.iter().map(|r| r.float("weight")).collect::<Vec<_>>(), [Some(0.9)]);
    assert_eq!(read_all(folder.partial(), &outputs::LINKS)?.len() as u64, count);
    Ok(())
}

fn internal<T>(result: onus::base::Result<T>) -> Option<String> {
    match result {
        Err(Error::Internal(why)) => Some(why),
        _ => None,
    }
}

#[test]
fn a_cell_that_its_column_does_not_allow_is_never_written() -> Outcome {
    let dir = tempfile::tempdir()?;
    let refuse = |bend: fn(&mut ExposureRow<'static>), named: &str| -> Outcome {
        let folder = ResultFolder::begin(&dir.path().join("result"), false)?;
        let mut rows = exposure(0.5);
        bend(&mut rows[0]);
        let why = internal(folder.write_table(&stamp(), rows)).ok_or("was written")?;
        assert!(why.contains(named) && why.contains("brand"), "{why}");
        Ok(())
    };
    refuse(|r| r.touched = f64::NAN, "exposure.touched")?;
    refuse(|r| r.unseen = f64::INFINITY, "exposure.unseen")?;
    refuse(|r| r.expected = Some(f64::NEG_INFINITY), "exposure.expected")?;

    let folder = ResultFolder::begin(&dir.path().join("result"), false)?;
    let mut rows = exposure(0.5);
    rows[0].expected = Some(f64::NAN);
    folder.write_table(&stamp(), rows)?;
    assert_eq!(
        read_all(folder.partial(), &outputs::EXPOSURE)?.iter().next().and_then(|r| r.float("expected")),
        None,
        "no number is an empty cell"
    );
    Ok(())
}

#[test]
fn rows_out_of_order_tables_twice_and_missing_tables_are_faults() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let folder = ResultFolder::begin(&out, false)?;
    assert!(internal(folder.write_table(&stamp(), [site(2), site(1)])).is_some_and(|w| w.contains("mill-1")));
    drop(folder);
    let folder = ResultFolder::begin(&out, false)?;
    folder.write_table(&stamp(), [site(1)])?;
    assert!(internal(folder.write_table(&stamp(), [site(1)])).is_some());
    assert!(internal(folder.write_text("../escape.toml", "")).is_some());
    assert!(internal(folder.commit(manifest(), &[], Timing::new(1))).is_some_and(|w| w.contains("was not written")));
    assert_eq!(names(dir.path()), Vec::<String>::new(), "a result that is not whole leaves nothing");
    Ok(())
}

#[test]
fn the_register_stands_in_the_order_of_priority_and_runs_nothing() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let mut sites = Content::default().sites;
    sites[2].people = Some((9_000.0, PeopleBasis::Assumed));
    write(&out, false, Content { sites, ..Content::default() })?;
    let rows = csv_rows(out.join("register.csv"))?;
    let column = |c: &str| rows.iter().map(|r| r[c].clone()).collect::<Vec<_>>();
    assert_eq!(
        column("node_id"),
        ["mill-2", "mill-0", "mill-1"],
        "as the sites' priority has it, however many people work there; a brand has no row"
    );
    assert_eq!(column("basis"), ["on evidence", "on evidence", "by context"]);
    assert_eq!(column("norms"), ["debt_bondage", "debt_bondage", "child_labour"]);
    assert_eq!(column("name")[2], "'=HYPERLINK(\"x\")");
    assert_eq!(column("any")[2], "0.11");
    assert_eq!((column("focal_id")[1].as_str(), column("share_of_touched")[1].as_str()), ("brand", "0.3333"));
    assert_eq!(column("focal_id")[0], "");
    assert_eq!(column("calibrated"), ["no"; 3]);
    Ok(())
}

#[test]
fn a_grievance_is_told_by_quarter_and_to_others_not_at_all() -> Outcome {
    let rows = || {
        vec![
            evidence("mill-0", "grievances", "worker 81", "2026-02-14"),
            evidence("mill-0", "grievances", "worker 12", "2026-03-30"),
            evidence("mill-0", "grievances", "worker 81", "2026-01-01"),
            evidence("mill-0", "statements", "ngo-x", "2026-02-14"),
        ]
    };
    let (internal, left_out) = withhold(rows(), as_of(), Audience::Internal);
    assert_eq!(left_out, 0);
    let origins: Vec<_> = internal.iter().map(|r| r.origin.as_deref().unwrap_or("")).collect();
    assert_eq!(origins, ["origin 2", "origin 1", "origin 2", "ngo-x"], "equal origins stay equal, numbered by key, not by row");
    for row in &internal[..3] {
        assert_eq!((row.record.as_deref(), row.line, row.age_days, row.detection_now, row.log_weight), (None, None, 91.0, 0.26, 2.62));
    }
    assert_eq!((internal[3].line, internal[3].age_days), (Some(12), 136.0));

    let dir = tempfile::tempdir()?;
    let folder = ResultFolder::begin(&dir.path().join("result"), false)?;
    folder.write_table(&stamp(), internal)?;
    let text = String::from_utf8_lossy(&fs::read(folder.partial().join("evidence.parquet"))?).into_owned();
    assert!(!text.contains("worker 81"));
    let back = read_all(folder.partial(), &outputs::EVIDENCE)?;
    assert!(back.iter().all(|r| r.text("quarter") == Some("2026Q1")));

    let (shared, left_out) = withhold(rows(), as_of(), Audience::Shared);
    assert_eq!((shared.len(), left_out), (1, 3));
    assert_eq!(shared[0].table, "statements");
    Ok(())
}

#[test]
fn the_manifest_names_no_machine_and_inputs_are_named_inside_the_dataset() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    fs::write(dir.path().join("nodes.csv"), "node_id\n")?;
    let input = InputFile::hash(dir.path(), "nodes.csv")?;
    assert_eq!(input.blake3, blake3::hash(b"node_id\n").to_hex().to_string());
    for bad in ["/etc/hostname", "../nodes.csv", ""] {
        assert!(internal(InputFile::hash(dir.path(), bad)).is_some(), "{bad}");
    }
    let folder = ResultFolder::begin(&out, false)?;
    fill(&folder, Content::default())?;
    let mut timing = Timing::new(2);
    timing.stage("read");
    timing.stage("export");
    folder.commit(manifest(), &[input], timing)?;
    let run = fs::read_to_string(out.join("run.json"))?;
    let inputs = fs::read_to_string(out.join("inputs.json"))?;
    let place = dir.path().display().to_string();
    assert!(!run.contains(&place) && !inputs.contains(&place) && !run.contains("thread"));
    assert!(inputs.contains("\"nodes.csv\""));
    let timing: serde_json::Value = serde_json::from_str(&fs::read_to_string(out.join("timing.json"))?)?;
    assert_eq!(timing["stages"][0]["stage"], "read");
    assert_eq!(timing["threads"], 2);
    assert_eq!(onus::export::read_manifest(&out)?.map(|m| m.stamp), Some(stamp()));
    Ok(())
}
