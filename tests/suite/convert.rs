//! Datasets and templates written out, and read back as the same.

use super::validate::{dataset, words};
use onus::export::convert::{Preamble, write_folder, write_workbook};
use onus::read::Limits;
use onus::read::workbook::{CellKind, open, open_bytes};
use onus::schema::book::{READ_ME, template_book};
use onus::schema::{INPUT_TABLES, frictionless_json, input_table};
use onus::validate::{TableTexts, texts_of_dataset, validate_dataset};
use std::path::Path;

fn first_run() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/first-run")
}

struct Method {
    pack: onus::pack::MethodPack,
    reference: onus::reference::Reference,
}

#[test]
fn a_dataset_written_as_workbook_or_folder_reads_back_as_the_same() {
    let method = Method { pack: onus::pack::MethodPack::embedded().unwrap(), reference: onus::reference::Reference::embedded().unwrap() };
    let words = onus::pipeline::vocabulary::Words { pack: &method.pack, reference: &method.reference };
    let (before, tables) = texts_of_dataset(&first_run(), None, None, &words).unwrap();
    assert!(!before.inputs.dataset_hash.is_empty() && tables.len() > 10);
    let out = tempfile::tempdir().unwrap();
    let book = out.path().join("all.xlsx");
    write_workbook(&book, &tables).unwrap();
    let after = validate_dataset(&book, None, None, &words).unwrap();
    let said: Vec<String> = after.diagnostics.all.iter().map(ToString::to_string).collect();
    assert_eq!(after.inputs.dataset_hash, before.inputs.dataset_hash, "{said:#?}");
    let folder = out.path().join("csv");
    write_folder(&folder, &tables, &Preamble::default()).unwrap();
    assert_eq!(validate_dataset(&folder, None, None, &words).unwrap().inputs.dataset_hash, before.inputs.dataset_hash);
    let again = out.path().join("again.xlsx");
    write_workbook(&again, &tables).unwrap();
    assert_eq!(std::fs::read(&book).unwrap(), std::fs::read(&again).unwrap(), "the same tables give the same bytes");
    assert!(
        write_workbook(&book, &tables).is_err() && write_folder(&folder, &tables, &Preamble::default()).is_err(),
        "nothing is replaced"
    );
}

#[test]
fn text_that_a_spreadsheet_would_run_and_ids_stay_as_they_are() {
    let nodes = "node_id,name,kind,country,workers,known_since\n007,=1+1,mill,VN,1200.0,2020-02-29\n-3,@sum,farm,VN,,\n+1e5,-x,farm,VN,,\n";
    let dir = dataset(&[("nodes.csv", nodes.as_bytes()), ("links.csv", b"supplier_id,buyer_id,share\n007,-3,0.30000000000000004\n")]);
    let (before, tables) = texts_of_dataset(dir.path(), None, None, &words()).unwrap();
    let book = dir.path().join("out.xlsx");
    write_workbook(&book, &tables).unwrap();
    let read = open(&book, &Limits::default()).unwrap();
    let sheet = read.sheet("nodes").unwrap();
    let cells: Vec<_> = sheet.cells().filter(|c| c.row > 1).map(|c| (c.text, c.kind)).collect();
    assert!(cells.contains(&("=1+1", CellKind::Text)) && cells.contains(&("007", CellKind::Text)), "{cells:?}");
    assert!(cells.contains(&("1200", CellKind::Number)) && cells.contains(&("2020-02-29", CellKind::Date)), "{cells:?}");
    assert_eq!(validate_dataset(&book, None, None, &words()).unwrap().inputs.dataset_hash, before.inputs.dataset_hash);
}

#[test]
fn a_table_longer_than_a_sheet_is_refused_and_not_cut() {
    let schema = input_table("aliases").unwrap();
    let table = TableTexts { schema, columns: vec!["node_id"], rows: vec![vec![String::new()]; 1_048_576] };
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("long.xlsx");
    assert!(write_workbook(&path, &[table]).unwrap_err().to_string().contains("1048576 rows"));
    assert!(!path.exists());
}

#[test]
fn the_template_workbook_has_every_column_and_is_the_same_each_time() {
    let bytes = template_book().unwrap();
    assert_eq!(bytes, template_book().unwrap());
    let book = open_bytes(&bytes, &Limits::default()).unwrap();
    assert_eq!(&*book.sheets[0].name, READ_ME);
    for table in INPUT_TABLES {
        let sheet = book.sheet(table.name).unwrap();
        let names: Vec<_> = sheet.cells().map(|c| c.text).collect();
        assert_eq!(names, table.columns.iter().map(|c| c.name).collect::<Vec<_>>());
    }
    // A dataset that is the unfilled template lacks rows and nothing else.
    let dir = dataset(&[("book.xlsx", &bytes)]);
    let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
    let fatal: Vec<_> = v.diagnostics.all.iter().filter(|d| d.level > onus::base::Level::Note).map(|d| d.code).collect();
    assert_eq!(fatal, ["table-empty"]);
}

#[test]
fn the_package_names_types_keys_and_references() {
    let package: serde_json::Value = serde_json::from_str(&frictionless_json()).unwrap();
    let resource = |name: &str| package["resources"].as_array().unwrap().iter().find(|r| r["name"] == name).unwrap();
    let nodes = resource("nodes");
    assert_eq!(nodes["schema"]["primaryKey"], serde_json::json!(["node_id"]));
    let field = |name: &str| nodes["schema"]["fields"].as_array().unwrap().iter().find(|f| f["name"] == name).unwrap().clone();
    assert_eq!(field("workers")["type"], "integer");
    assert_eq!(field("workers")["constraints"]["minimum"], 0);
    assert_eq!(field("node_id")["constraints"]["unique"], true);
    let keys = resource("audits")["schema"]["foreignKeys"].as_array().unwrap().clone();
    assert!(keys.contains(&serde_json::json!({"fields": ["node_id"], "reference": {"resource": "nodes", "fields": ["node_id"]}})));
}
