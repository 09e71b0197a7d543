//! What every reader must do with any bytes: say what is wrong, and neither panic, hang, nor eat memory. Fuzz targets call these functions,
//! and the ordinary tests replay the seeds through them.
#![allow(dead_code)]

use onus::import::{Draft, ForeignFile, IMPORTERS, Options, PersonKey};
use onus::matching::{Record, Settings, between, fold};
use onus::read::{DataFile, Format, Layout, Limits, OpenTable, json_lines, workbook};
use onus::reference::Reference;
use std::sync::LazyLock;

/// Small limits, so that a bomb is seen as one at a size that a run can afford.
fn limits() -> Limits {
    Limits { unpacked_bytes: 64 << 20, ..Limits::default() }
}

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().expect("the embedded reference"));
static ROOM: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder for temporary files"));

fn read(opened: OpenTable) {
    let width = opened.header.len();
    if let Ok(raw) = opened.read(&vec![true; width], &limits()) {
        for row in 0..raw.lines.len() {
            for column in 0..width {
                std::hint::black_box(raw.cell(column, row));
            }
        }
    }
}

/// Delimited text in any encoding.
pub fn text(bytes: &[u8]) {
    if let Ok(opened) = OpenTable::of_text_bytes(bytes.to_vec(), &Layout::default()) {
        read(opened);
    }
}

/// Workbooks of every kind: sheets, headers, cells.
pub fn workbook(bytes: &[u8]) {
    let Ok(book) = workbook::open_bytes(bytes, &limits()) else { return };
    for sheet in &book.sheets {
        if let Ok(opened) = OpenTable::of_sheet(sheet, &Layout::default()) {
            read(opened);
        }
    }
}

/// A Parquet file.
pub fn parquet(bytes: &[u8]) {
    let path = ROOM.path().join("table.parquet");
    std::fs::write(&path, bytes).expect("a temporary file");
    if let Ok(opened) = OpenTable::open(&DataFile::new(path, "table.parquet".into(), Format::Parquet), &limits()) {
        read(opened);
    }
}

/// JSON records, by line or as one array.
pub fn json(bytes: &[u8]) {
    let _ = json_lines::records(bytes, &limits());
}

/// A mapping.
pub fn mapping(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        std::hint::black_box(onus::mapping::load::parse("onus.toml".into(), text));
    }
}

/// Every foreign format: the first byte says which, the second how the file is named.
pub fn import(bytes: &[u8]) {
    let [format, ending, rest @ ..] = bytes else { return };
    let importer = &IMPORTERS[usize::from(*format) % IMPORTERS.len()];
    let ending = ["csv", "json", "xlsx", "csv.gz", "toml"][usize::from(*ending) % 5];
    let path = ROOM.path().join(format!("file.{ending}"));
    std::fs::write(&path, rest).expect("a temporary file");
    let options = Options::new(&REFERENCE, PersonKey::of_secret(rest));
    let mut draft = Draft::default();
    let _ = (importer.run)(&ForeignFile::new(&path), &options, &mut draft);
    draft.finish();
    for account in draft.accounts.values() {
        assert_eq!(account.rows, account.taken + account.refused + account.repeated + account.passed, "{}: a row is lost", importer.name);
    }
}

/// Names, and records made of lines.
pub fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    std::hint::black_box(fold(&text));
    let records: Vec<Record<'_>> = text
        .lines()
        .take(12)
        .map(|line| {
            let mut parts = line.split('|');
            let mut next = || parts.next().unwrap_or("").to_owned().into();
            Record { id: next(), names: vec![next(), next()], address: next(), city: next(), ..Record::default() }
        })
        .collect();
    let (left, right) = records.split_at(records.len() / 2);
    let found = between(left, right, &Settings { keep_from: Some(0.0), ..Settings::default() }).expect("plain settings");
    assert!(found.pairs.iter().all(|p| p.score.is_finite() && p.score < 1.0), "no score is 1 without an identifier");
}

/// A dataset of three files, cut at bytes 0x1e.
pub fn dataset(bytes: &[u8]) {
    let folder = ROOM.path().join("dataset");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut parts = bytes.split(|b| *b == 0x1e);
    for name in ["nodes.csv", "links.csv", "decisions.csv", "listings.csv"] {
        std::fs::write(folder.join(name), parts.next().unwrap_or_default()).expect("a temporary file");
    }
    let config = onus::pipeline::RunConfig { dataset: folder, threads: 1, ..Default::default() };
    let _ = onus::pipeline::check(&config);
}
