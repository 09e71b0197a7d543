//! `register.xlsx`: read back by another reader with its types, what a team filled in carried over by node id, nothing lost, nothing overwritten.

use super::runs;
use assert_cmd::cargo::CommandCargoExt;
use calamine::{Data, DataType, Range, Reader, Xlsx, open_workbook};
use onus::pipeline::{RunConfig, Silent, assess};
use onus::register::{STATUSES, Written, write_register};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::fs;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn sheets(path: &Path) -> Vec<(String, Range<Data>)> {
    let mut book: Xlsx<BufReader<File>> = open_workbook(path).unwrap();
    book.worksheets()
}

fn sheet(path: &Path, name: &str) -> Range<Data> {
    sheets(path).into_iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no sheet {name}")).1
}

/// The cell of a column in the row of a node.
fn cell(sheet: &Range<Data>, node: &str, column: &str) -> Data {
    let at = |name: &str| {
        (0..sheet.width())
            .find(|c| sheet.get((0, *c)).and_then(Data::get_string) == Some(name))
            .unwrap_or_else(|| panic!("no column {name}"))
    };
    let row = (1..sheet.height()).find(|r| sheet.get((*r, at("node_id"))).and_then(Data::get_string) == Some(node));
    sheet.get((row.unwrap_or_else(|| panic!("no row of {node}")), at(column))).cloned().unwrap_or(Data::Empty)
}

/// Days since 1899-12-30 of a real day.
fn day(cell: &Data) -> Option<f64> {
    match cell {
        Data::DateTime(day) => Some(day.as_f64()),
        _ => None,
    }
}

fn columns(sheet: &Range<Data>) -> Vec<String> {
    (0..sheet.width()).filter_map(|c| sheet.get((0, c)).and_then(|d| d.get_string().map(str::to_owned))).collect()
}

/// A result of four places, one with a name that a spreadsheet would run.
fn result() -> (TempDir, PathBuf) {
    let (room, data) = runs::dataset(&[
        (
            "nodes",
            "node_id,name,kind,country,focal,workers\n\
             B,Brand,brand,DEU,yes,\nF1,=HYPERLINK(\"http://x\"),factory,BGD,,200\nF2,+Factory,factory,IND,,300\n007,Factory 7,factory,VNM,,80\nM,@Mine,mine,COD,,40\n",
        ),
        ("links", "supplier_id,buyer_id,relation,value\nF1,B,supplies,70\nF2,B,supplies,30\n007,B,supplies,5\nM,F1,supplies,50\n"),
        ("statements", "statement_id,node_id,date,sign,source_class,origin\nS1,F1,2025-03-01,work_debt_bondage,ngo_investigation,NGO-1\n"),
    ]);
    let out = room.path().join("out");
    runs::assess(&data, &out, 1);
    (room, out)
}

#[test]
fn days_numbers_and_words_are_what_they_are_for_another_reader() {
    let (_room, out) = result();
    let path = out.join("register.xlsx");
    let written = write_register(&out, &path, None).unwrap();
    assert_eq!((written.rows, written.carried, written.no_longer, written.kept), (4, 0, 0, None));
    assert_eq!(sheets(&path).iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["Read me", "register", "columns"]);
    let register = sheet(&path, "register");
    assert_eq!(columns(&register)[..7], ["rank", "node_id", "name", "owner", "due", "status", "comment"]);
    assert!(matches!(cell(&register, "F1", "rank"), Data::Float(1.0)), "a report speaks of it");
    assert_eq!(cell(&register, "F1", "name"), Data::String("=HYPERLINK(\"http://x\")".to_owned()));
    assert_eq!(cell(&register, "F2", "name"), Data::String("+Factory".to_owned()));
    assert_eq!(cell(&register, "M", "name"), Data::String("@Mine".to_owned()));
    assert_eq!(cell(&register, "007", "kind"), Data::String("factory".to_owned()), "an id keeps its zeros");
    let newest = cell(&register, "F1", "newest_evidence");
    assert_eq!(day(&newest), Some(45_747.0), "{newest:?}: 2025-03-31, the last day of the quarter");
    let any = cell(&register, "F1", "any");
    let csv = runs::Csv::read_file(&out.join("register.csv"));
    assert_eq!(any.get_float(), csv.cell(&csv.rows[0], "any").parse().ok());
    assert_eq!(cell(&register, "F1", "alert"), Data::Bool(csv.cell(&csv.rows[0], "alert") == "true"));
    assert_eq!(cell(&register, "F1", "people"), Data::Float(200.0));
    // Every declared column, with its unit, in the sheet of columns.
    let said = sheet(&path, "columns");
    for column in &onus::schema::outputs::REGISTER.columns {
        let row = (1..said.height()).find(|r| said.get((*r, 0)).and_then(Data::get_string) == Some(&*column.name)).unwrap();
        assert_eq!(said.get((row, 2)).and_then(Data::get_string).unwrap_or(""), column.unit, "{}", column.name);
    }
    // The same result, the same bytes.
    let again = out.with_file_name("again.xlsx");
    write_register(&out, &again, None).unwrap();
    assert_eq!(fs::read(&path).unwrap(), fs::read(&again).unwrap());
}

/// A workbook as a team leaves it: rows sorted otherwise, a column of its own before the others, one node that is gone, one row of its own.
fn filled(path: &Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("register").unwrap();
    for (at, name) in (0u16..).zip(["risk committee", "rank", "node_id", "name", "owner", "due", "status", "comment", "any", "seen"]) {
        sheet.write_string(0, at, name).unwrap();
    }
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (row, (id, owner, status, comment)) in (1u32..).zip([
        ("GONE", "quality", "closed", "visited"),
        ("F2", "sourcing", STATUSES[2], "=1+1 of it"),
        ("007", "", "", ""),
        ("", "sourcing", "open", "a line of our own"),
        ("F1", "legal", STATUSES[0], "-"),
    ]) {
        for (at, text) in [(2u16, id), (4, owner), (6, status), (7, comment)] {
            if !text.is_empty() {
                sheet.write_string(row, at, text).unwrap();
            }
        }
        sheet.write_number(row, 8, 0.99).unwrap();
    }
    sheet.write_datetime_with_format(2, 5, ExcelDateTime::parse_from_str("2026-09-30").unwrap(), &date).unwrap();
    sheet.write_string(5, 5, "after the audit").unwrap();
    sheet.write_number(2, 0, 12.5).unwrap();
    sheet.write_boolean(5, 9, true).unwrap();
    book.save(path).unwrap();
}

fn carried(room: &Path, out: &Path) -> (PathBuf, Written) {
    let (old, new) = (room.join("old.xlsx"), room.join("new.xlsx"));
    filled(&old);
    let written = write_register(out, &new, Some(&old)).unwrap_or_else(|e| panic!("{e}"));
    (new, written)
}

#[test]
fn what_a_team_filled_in_is_carried_over_and_what_left_stands_in_a_sheet_of_its_own() {
    let (room, out) = result();
    let (new, written) = carried(room.path(), &out);
    assert_eq!(
        (written.carried, written.no_longer, written.added_columns.as_slice()),
        (2, 2, &["risk committee".to_owned(), "seen".to_owned()][..])
    );
    let register = sheet(&new, "register");
    let text = |node: &str, column: &str| cell(&register, node, column).get_string().map(str::to_owned).unwrap_or_default();
    assert_eq!(
        [text("F2", "owner"), text("F2", "status"), text("F2", "comment")],
        ["sourcing", STATUSES[2], "=1+1 of it"].map(str::to_owned)
    );
    assert_eq!(day(&cell(&register, "F2", "due")), Some(46_295.0), "2026-09-30");
    assert_eq!((text("F1", "due"), text("F1", "comment")), ("after the audit".to_owned(), "-".to_owned()));
    assert_eq!(cell(&register, "F2", "risk committee"), Data::Float(12.5));
    assert_eq!(cell(&register, "F1", "seen"), Data::Bool(true));
    assert_ne!(cell(&register, "F1", "any"), Data::Float(0.99), "what onus fills is not carried over");
    assert_eq!(cell(&register, "M", "owner"), Data::Empty);
    let gone = sheet(&new, "no longer in the register");
    assert_eq!(cell(&gone, "GONE", "comment"), Data::String("visited".to_owned()));
    let all: Vec<String> = gone.rows().flat_map(|r| r.iter().filter_map(|d| d.get_string().map(str::to_owned))).collect();
    assert!(all.contains(&"a line of our own".to_owned()), "{all:?}");

    // Once more: nothing is lost on the second way either, and a node that comes back takes up its own.
    let (room_b, data) = runs::dataset(&[
        (
            "nodes",
            "node_id,name,kind,country,focal,workers\nB,Brand,brand,DEU,yes,\nGONE,Factory,factory,BGD,,200\nF2,Factory,factory,IND,,300\n",
        ),
        ("links", "supplier_id,buyer_id,relation,value\nGONE,B,supplies,70\nF2,B,supplies,30\n"),
    ]);
    let later = room_b.path().join("out");
    runs::assess(&data, &later, 1);
    let next = room_b.path().join("next.xlsx");
    let written = write_register(&later, &next, Some(&new)).unwrap();
    assert_eq!((written.carried, written.no_longer), (2, 2));
    let register = sheet(&next, "register");
    assert_eq!(cell(&register, "GONE", "comment"), Data::String("visited".to_owned()));
    assert_eq!(cell(&register, "F2", "risk committee"), Data::Float(12.5));
    let gone = sheet(&next, "no longer in the register");
    assert_eq!(cell(&gone, "F1", "owner"), Data::String("legal".to_owned()));
    assert_eq!(cell(&gone, "F1", "seen"), Data::Bool(true));
}

#[test]
fn a_column_of_a_team_that_onus_fills_now_is_carried_over_under_another_name() {
    let (room, out) = result();
    let (old, new) = (room.path().join("old.xlsx"), room.path().join("new.xlsx"));
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("register").unwrap();
    for (at, [name, text]) in (0u16..).zip([["node_id", "F1"], ["alert", "ours"], ["any", "0.5"], ["owner", "legal"], ["", "unnamed"]]) {
        sheet.write_string(0, at, name).unwrap().write_string(1, at, text).unwrap();
    }
    // What onus filled in that workbook it says there.
    let said = book.add_worksheet();
    said.set_name("columns").unwrap();
    for (row, (name, by)) in (0u32..).zip([("node_id", "onus"), ("any", "onus"), ("owner", "team")]) {
        said.write_string(row, 0, name).unwrap().write_string(row, 1, by).unwrap();
    }
    book.save(&old).unwrap();
    let written = write_register(&out, &new, Some(&old)).unwrap();
    assert_eq!(written.added_columns, ["alert (2)", "column E"]);
    let register = sheet_of(&new);
    assert_eq!(cell(&register, "F1", "alert (2)"), Data::String("ours".to_owned()));
    assert_eq!(cell(&register, "F1", "column E"), Data::String("unnamed".to_owned()));
    assert_eq!(cell(&register, "F1", "owner"), Data::String("legal".to_owned()));
    assert!(matches!(cell(&register, "F1", "alert"), Data::Bool(_)));
}

fn sheet_of(path: &Path) -> Range<Data> {
    sheet(path, "register")
}

#[test]
fn a_workbook_that_stands_there_is_never_overwritten() {
    let (_room, out) = result();
    let path = out.join("register.xlsx");
    filled(&path);
    let before = fs::read(&path).unwrap();
    let refused = write_register(&out, &path, None).unwrap_err().to_string();
    assert!(refused.contains("somebody may have filled in") && refused.contains("--previous-register"), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), before);
    // Carried over in its own place, it is kept under another name.
    let written = write_register(&out, &path, Some(&path)).unwrap();
    let kept = written.kept.unwrap();
    assert_eq!(kept.file_name().unwrap(), "register.before-1.xlsx");
    assert_eq!(fs::read(&kept).unwrap(), before);
    assert_eq!(cell(&sheet(&path, "register"), "F2", "owner"), Data::String("sourcing".to_owned()));
    assert_eq!(write_register(&out, &path, Some(&path)).unwrap().kept.unwrap().file_name().unwrap(), "register.before-2.xlsx");
    // A new assessment in the same place takes nothing of it away.
    let data = out.with_file_name("data");
    let config = RunConfig { dataset: data, ..RunConfig::default() };
    let refused = assess(&config, &out, true, &mut Silent).unwrap_err().to_string();
    assert!(refused.contains("register.") && refused.contains("did not write"), "{refused}");
    assert!(path.exists() && kept.exists());
}

/// A sheet with a header and one row of F2.
fn lone(book: &mut Workbook, name: &str, cells: &[(&str, &str)]) {
    let sheet = book.add_worksheet();
    sheet.set_name(name).unwrap();
    for (at, (head, text)) in (0u16..).zip(cells) {
        sheet.write_string(0, at, *head).unwrap().write_string(1, at, *text).unwrap();
    }
}

#[test]
fn a_register_under_another_name_is_known_by_its_columns_and_by_nothing_less() {
    let (room, out) = result();
    let (old, new) = (room.path().join("old.xlsx"), room.path().join("new.xlsx"));
    let whole =
        [("rank", "1"), ("node_id", "F2"), ("name", "Factory"), ("owner", "legal"), ("due", ""), ("status", "open"), ("any", "0.5")];
    let meanings = [("column", "node_id"), ("node_id", "onus"), ("meaning", "the id")];
    let mut book = Workbook::new();
    lone(&mut book, "columns", &whole);
    lone(&mut book, "Spalten", &meanings);
    lone(&mut book, "Tabelle1", &whole);
    book.save(&old).unwrap();
    let written = write_register(&out, &new, Some(&old)).unwrap();
    assert_eq!((written.carried, written.no_longer), (1, 0));
    assert_eq!(cell(&sheet(&new, "register"), "F2", "owner"), Data::String("legal".to_owned()));
    fs::remove_file(&new).unwrap();
    for (sheets, told) in
        [(&[whole.as_slice(), &whole][..], "may each be the register"), (&[meanings.as_slice()][..], "no sheet 'register'")]
    {
        let mut book = Workbook::new();
        for (n, cells) in sheets.iter().enumerate() {
            lone(&mut book, &format!("Sheet{n}"), cells);
        }
        book.save(&old).unwrap();
        let refused = write_register(&out, &new, Some(&old)).unwrap_err().to_string();
        assert!(refused.contains(told) && !new.exists(), "{refused}");
    }
}

#[test]
fn a_cell_merged_over_rows_is_filled_in_for_each_of_them() {
    let (room, out) = result();
    let (old, new) = (room.path().join("old.xlsx"), room.path().join("new.xlsx"));
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("register").unwrap();
    for (at, name) in (0u16..).zip(["node_id", "owner", "status", "comment"]) {
        sheet.write_string(0, at, name).unwrap();
    }
    for (row, id) in (1u32..).zip(["F1", "F2", "007"]) {
        sheet.write_string(row, 0, id).unwrap();
    }
    sheet.merge_range(1, 1, 3, 1, "legal", &Format::new()).unwrap();
    sheet.merge_range(1, 2, 2, 3, "open", &Format::new()).unwrap();
    book.save(&old).unwrap();
    assert_eq!(write_register(&out, &new, Some(&old)).unwrap().carried, 3);
    let register = sheet_of(&new);
    for id in ["F1", "F2", "007"] {
        assert_eq!(cell(&register, id, "owner"), Data::String("legal".to_owned()), "{id}");
    }
    assert_eq!(cell(&register, "F1", "status"), Data::String("open".to_owned()));
    assert_eq!((cell(&register, "F1", "comment"), cell(&register, "F2", "status")), (Data::Empty, Data::Empty));
}

#[test]
fn an_earlier_workbook_that_cannot_be_read_is_told_before_a_report_is_replaced() {
    let (room, out) = result();
    let (old, page) = (room.path().join("old.xlsx"), out.join("report.html"));
    fs::write(&old, "no workbook").unwrap();
    let told = std::process::Command::cargo_bin("onus")
        .unwrap()
        .args(["report".as_ref(), out.as_os_str(), "--previous-register".as_ref(), old.as_os_str()])
        .output()
        .unwrap();
    assert!(!told.status.success() && !page.exists() && !out.join("register.xlsx").exists());
}

#[test]
fn a_result_with_its_register_still_verifies() {
    let (_room, out) = result();
    write_register(&out, &out.join("register.xlsx"), None).unwrap();
    runs::verified(&out);
}

#[test]
fn what_is_no_register_is_refused_with_its_place() {
    let (room, out) = result();
    let (old, new) = (room.path().join("old.xlsx"), room.path().join("new.xlsx"));
    let why = |old: &Path| write_register(&out, &new, Some(old)).unwrap_err().to_string();
    assert!(why(&room.path().join("none.xlsx")).contains("none.xlsx"));
    fs::write(&old, "no workbook").unwrap();
    assert!(why(&old).contains("register.xlsx that `onus report` wrote"), "{}", why(&old));
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "something else").unwrap();
    book.save(&old).unwrap();
    assert!(why(&old).contains("no sheet 'register' with a column node_id"), "{}", why(&old));
    // One node twice, with something filled in.
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("register").unwrap();
    for (row, (id, owner)) in (0u32..).zip([("node_id", "owner"), ("F1", "legal"), ("F2", ""), ("F1", "")]) {
        sheet.write_string(row, 0, id).unwrap();
        sheet.write_string(row, 1, owner).unwrap();
    }
    book.save(&old).unwrap();
    assert!(why(&old).contains("row 4: node_id 'F1' stands in row 2, too"), "{}", why(&old));
    assert!(!new.exists(), "nothing was written");
    assert!(write_register(room.path(), &new, None).is_err_and(|e| e.to_string().contains("no result of onus")));
}
