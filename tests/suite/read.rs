//! Files to cells: limits, broken files, parts.

use onus::read::{Cells, DataFile, Format, Limits, OpenTable};
use std::io::Write;
use std::path::Path;

fn file(path: &Path, format: Format) -> DataFile {
    DataFile::new(path.to_path_buf(), "t".into(), format)
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn a_file_that_unpacks_beyond_its_limits_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.csv.gz");
    std::fs::write(&path, gz(&[b"a,b\n".as_slice(), &b"1,2\n".repeat(50_000)].concat())).unwrap();
    let tight = Limits { ratio: 20, ratio_from: 1_000, ..Limits::default() };
    let e = OpenTable::open(&file(&path, Format::CsvGz), &tight).unwrap_err();
    assert_eq!(e.code.code, "file-too-large");
    let small = Limits { unpacked_bytes: 1_000, ..Limits::default() };
    assert_eq!(OpenTable::open(&file(&path, Format::CsvGz), &small).unwrap_err().code.code, "file-too-large");
    assert!(OpenTable::open(&file(&path, Format::CsvGz), &Limits::default()).is_ok());
}

#[test]
fn several_gz_members_are_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.csv.gz");
    std::fs::write(&path, [gz(b"a,b\n1,2\n"), gz(b"3,4\n")].concat()).unwrap();
    let opened = OpenTable::open(&file(&path, Format::CsvGz), &Limits::default()).unwrap();
    let raw = opened.read(&[true, false], &Limits::default()).unwrap();
    assert_eq!((raw.lines.as_slice(), raw.cell(0, 1), raw.cell(1, 1)), ([2, 3].as_slice(), "3", ""));
}

#[test]
fn a_truncated_parquet_file_is_an_error_and_no_panic() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.parquet");
    let batch =
        arrow::array::RecordBatch::try_from_iter([("a", std::sync::Arc::new(arrow::array::Int32Array::from_iter_values(0..1000)) as _)])
            .unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    for keep in [0, 3, 10, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..keep]).unwrap();
        assert_eq!(OpenTable::open(&file(&path, Format::Parquet), &Limits::default()).unwrap_err().code.code, "file-unreadable");
    }
    // Data pages overwritten, footer intact.
    let mut damaged = bytes.clone();
    damaged[4..40].fill(0xff);
    std::fs::write(&path, &damaged).unwrap();
    let opened = OpenTable::open(&file(&path, Format::Parquet), &Limits::default()).unwrap();
    assert_eq!(opened.read(&[true], &Limits::default()).unwrap_err().code.code, "file-unreadable");
}

#[test]
fn cells_come_back_as_they_were_put() {
    let mut cells = Cells::default();
    for text in ["", "é", "long text", ""] {
        assert!(cells.push(text));
    }
    assert_eq!((0..5).map(|i| cells.get(i)).collect::<Vec<_>>(), ["", "é", "long text", "", ""]);
    assert_eq!(cells.len(), 4);
}
