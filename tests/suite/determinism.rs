//! The same result for any number of threads, any order of rows, any form of the same tables.

use super::runs::{self, Csv, FIRST_RUN, files, rows};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use flate2::write::GzEncoder;
use onus::schema::outputs;
use parquet::arrow::ArrowWriter;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// The names of the tables of the sample.
fn tables() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(runs::sample())
        .unwrap()
        .filter_map(|e| e.unwrap().file_name().into_string().unwrap().strip_suffix(".csv").map(str::to_owned))
        .collect();
    names.sort();
    assert_eq!(names.len(), 24);
    names
}

/// The files whose bytes do not depend on the machine or on where rows stand.
fn without(mut all: BTreeMap<String, Vec<u8>>, names: &[&str]) -> BTreeMap<String, Vec<u8>> {
    all.retain(|name, _| !names.contains(&name.as_str()));
    all
}

fn assert_same_bytes(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>, what: &str) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{what}");
    let differ: Vec<&String> = a.iter().filter(|(name, bytes)| b[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "{what}: {differ:?} differ");
}

#[test]
fn one_two_and_seven_threads_write_the_same_bytes() {
    const MAY_DIFFER: [&str; 2] = ["inputs.json", "timing.json"];
    let room = tempfile::tempdir().unwrap();
    let two = without(files(&FIRST_RUN.1), &MAY_DIFFER);
    assert!(two.len() >= 13 && two.contains_key("run.json"), "{:?}", two.keys());
    for threads in [1, 7] {
        let out = room.path().join(format!("out-{threads}"));
        runs::assess(&runs::sample(), &out, threads);
        assert_same_bytes(&two, &without(files(&out), &MAY_DIFFER), &format!("2 and {threads} threads"));
    }
}

/// What may differ when only the places of rows differ: locators, and in run.json the hashes of the files that hold them.
const WITH_LOCATORS: [&str; 6] = ["inputs.json", "timing.json", "run.json", "evidence.parquet", "records.parquet", "warnings.parquet"];

/// `run.json` without the hashes of the files that hold locators.
fn manifest(out: &Path) -> serde_json::Value {
    let mut run: serde_json::Value = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    for file in ["evidence.parquet", "records.parquet", "warnings.parquet"] {
        run["files"][file]["blake3"].take();
        run["files"][file]["bytes"].take();
    }
    run
}

/// Rows of a table without their locators, in the order of the file.
fn unplaced(out: &Path, table: &outputs::OutputTable) -> Vec<runs::Row> {
    let mut all = rows(out, table);
    for row in &mut all {
        row.remove("file");
        row.remove("line");
        row.remove("by");
    }
    all
}

#[test]
fn the_order_of_rows_changes_nothing_but_their_locators() {
    let first = &FIRST_RUN.1;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(20_260_630);
    for round in 0..2 {
        let (room, data) = runs::copied_sample();
        for name in tables() {
            let mut table = Csv::read(&data, &name);
            let before = table.rows.clone();
            table.rows.shuffle(&mut random);
            assert!(before.len() < 5 || table.rows != before, "{name} kept its order");
            table.write(&data, &name);
        }
        let out = room.path().join("out");
        runs::assess(&data, &out, 2);
        let what = format!("shuffle {round}");
        assert_same_bytes(&without(files(first), &WITH_LOCATORS), &without(files(&out), &WITH_LOCATORS), &what);
        assert_eq!(manifest(first), manifest(&out), "{what}");
        assert_eq!(unplaced(first, &outputs::EVIDENCE), unplaced(&out, &outputs::EVIDENCE), "{what}");
        assert_eq!(unplaced(first, &outputs::RECORDS), unplaced(&out, &outputs::RECORDS), "{what}");
        let said = |out: &Path| {
            let mut said = unplaced(out, &outputs::WARNINGS);
            said.sort();
            said
        };
        assert_eq!(said(first), said(&out), "{what}");
    }
}

/// A table of a result whose cells do not say how the input was stored.
const FIGURES: [fn() -> &'static outputs::OutputTable; 13] = [
    || &outputs::SITES,
    || &outputs::PRIORS,
    || &outputs::EXPOSURE,
    || &outputs::CONTRIBUTIONS,
    || &outputs::CONTRIBUTION_SUMS,
    || &outputs::CHOKEPOINTS,
    || &outputs::FOOTPRINT,
    || &outputs::PORTFOLIO,
    || &outputs::PORTFOLIO_CONTRIBUTIONS,
    || &outputs::LINKS,
    || &outputs::ACTIONS,
    || &outputs::DUTIES,
    || &outputs::REMEDY_SHARES,
];

fn assert_same_figures(out: &Path, form: &str) {
    let first = &FIRST_RUN.1;
    for table in FIGURES {
        assert_eq!(rows(first, table()), rows(out, table()), "{form}: {}", table().file);
    }
    assert_eq!(fs::read(first.join("register.csv")).unwrap(), fs::read(out.join("register.csv")).unwrap(), "{form}");
    assert_eq!(unplaced(first, &outputs::EVIDENCE), unplaced(out, &outputs::EVIDENCE), "{form}");
    assert_eq!(manifest(first)["dataset"]["hash"], manifest(out)["dataset"]["hash"], "{form}");
}

#[test]
fn parquet_parts_hold_the_same_data_as_csv() {
    let (room, data) = runs::copied_sample();
    for name in tables() {
        let table = Csv::read(&data, &name);
        fs::remove_file(data.join(&name).with_extension("csv")).unwrap();
        let folder = data.join(&name);
        fs::create_dir(&folder).unwrap();
        // Three parts of different length, the columns of the last in another order.
        let cut = [0, table.rows.len() / 3, table.rows.len() / 2, table.rows.len()];
        for part in 0..3 {
            let of_part = &table.rows[cut[part]..cut[part + 1]];
            let mut order: Vec<usize> = (0..table.header.len()).collect();
            if part == 2 {
                order.reverse();
            }
            let column = |c: &usize| {
                let cells = of_part.iter().map(|r| Some(r[*c].as_str()).filter(|t| !t.is_empty()));
                (table.header[*c].clone(), Arc::new(cells.collect::<StringArray>()) as ArrayRef, true)
            };
            let batch = RecordBatch::try_from_iter_with_nullable(order.iter().map(column)).unwrap();
            let mut writer =
                ArrowWriter::try_new(File::create(folder.join(format!("part-{part}.parquet"))).unwrap(), batch.schema(), None).unwrap();
            writer.write(&batch).unwrap();
            writer.close().unwrap();
        }
    }
    let out = room.path().join("out");
    runs::assess(&data, &out, 2);
    assert_same_figures(&out, "Parquet parts");
}

#[test]
fn gzip_semicolons_and_a_decimal_comma_hold_the_same_data_as_csv() {
    let (room, data) = runs::copied_sample();
    for (i, name) in tables().iter().enumerate() {
        let path = data.join(name).with_extension("csv");
        if i / 2 % 2 == 0 {
            let text = fs::read(&path).unwrap();
            let mut gz = GzEncoder::new(File::create(data.join(format!("{name}.csv.gz"))).unwrap(), flate2::Compression::fast());
            gz.write_all(&text).unwrap();
            gz.finish().unwrap();
            fs::remove_file(path).unwrap();
        } else {
            let mut table = Csv::read_file(&path);
            for cell in table.rows.iter_mut().flatten() {
                if cell.contains('.') && cell.parse::<f64>().is_ok() {
                    *cell = cell.replace('.', ",");
                }
            }
            table.write_as(&path, b';');
        }
    }
    assert!(data.join("links.csv.gz").exists() != data.join("nodes.csv.gz").exists(), "both forms are tried on a large table");
    let out = room.path().join("out");
    runs::assess(&data, &out, 2);
    assert_same_figures(&out, "gzip and semicolons");
}
