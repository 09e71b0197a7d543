//! Datasets that are workbooks: sheets as tables, headers found, cells located, and the same dataset whatever it is written in.

use super::validate::{dataset, words};
use super::workbook::ods;
use onus::base::Level;
use onus::validate::{Validated, validate_dataset};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook as Writer};
use std::path::Path;

fn check(dir: &Path) -> Validated {
    validate_dataset(dir, None, None, &words()).unwrap()
}

fn said(v: &Validated) -> Vec<String> {
    v.diagnostics.all.iter().map(ToString::to_string).collect()
}

fn saved(mut w: Writer) -> Vec<u8> {
    w.save_to_buffer().unwrap()
}

/// A sheet of texts, rows parted by line breaks and cells by `|`.
fn texts(w: &mut Writer, name: &str, first_row: u32, rows: &str) {
    let s = w.add_worksheet();
    s.set_name(name).unwrap();
    for (r, row) in (first_row..).zip(rows.lines()) {
        for (c, cell) in (0..).zip(row.split('|')).filter(|c| !c.1.is_empty()) {
            s.write_string(r, c, cell).unwrap();
        }
    }
}

const NODES: &str = "node_id|name|kind|country|workers\n007|Mill of the North|mill|NA|120\nb-1|Sample Brand|brand||\nf1|Farm One|farm|VN|3";
const LINKS: &str = "supplier_id|buyer_id|relation|share\n007|b-1|supplies|0.5\nf1|007|supplies|";

fn as_csv(table: &str) -> Vec<u8> {
    (table.replace('|', ",") + "\n").into_bytes()
}

fn csv_hash() -> String {
    let dir = dataset(&[("nodes.csv", &as_csv(NODES)), ("links.csv", &as_csv(LINKS))]);
    let v = check(dir.path());
    assert!(!v.diagnostics.has_fatal(), "{:#?}", said(&v));
    v.inputs.dataset_hash
}

#[test]
fn a_workbook_is_the_same_dataset_as_its_csv_files() {
    let mut w = Writer::new();
    texts(&mut w, "Read me", 0, "How to fill this book");
    texts(&mut w, "Nodes", 0, NODES);
    texts(&mut w, "link", 0, LINKS);
    let bytes = saved(w);
    let dir = dataset(&[("book.xlsx", &bytes)]);
    let v = check(dir.path());
    assert_eq!(v.inputs.dataset_hash, csv_hash());
    assert_eq!(
        said(&v),
        [
            "book.xlsx[Read me]: this sheet is no table and was not read; Rename it to a table's name, name it in onus.toml, or leave it. [file-skipped]"
        ]
    );
    let alone = check(&dir.path().join("book.xlsx"));
    assert_eq!((alone.inputs.dataset_hash, alone.inputs.name.as_str()), (csv_hash(), "book"));
    let ods = |name: &str, table: &str| {
        let rows: Vec<String> = table
            .lines()
            .map(|row| {
                let cell = |c: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{c}</text:p></table:table-cell>");
                format!("<table:table-row>{}</table:table-row>", row.split('|').map(cell).collect::<String>())
            })
            .collect();
        format!("<table:table table:name=\"{name}\">{}</table:table>", rows.concat())
    };
    let bytes = super::workbook::ods(&(ods("nodes", NODES) + &ods("Links", LINKS)));
    let dir = dataset(&[("book.ods", &bytes)]);
    assert_eq!(check(dir.path()).inputs.dataset_hash, csv_hash());
}

#[test]
fn a_workbook_named_like_a_table_is_that_table() {
    let mut w = Writer::new();
    texts(&mut w, "Sheet1", 0, NODES);
    let nodes = saved(w);
    let mut w = Writer::new();
    texts(&mut w, "Export", 0, LINKS);
    let links = saved(w);
    let dir = dataset(&[("nodes.xlsx", &nodes), ("Links.xlsx", &links)]);
    let v = check(dir.path());
    assert_eq!(v.inputs.dataset_hash, csv_hash(), "{:#?}", said(&v));
}

#[test]
fn cells_are_located_by_file_sheet_and_row_below_notes_and_titles() {
    let mut w = Writer::new();
    let s = w.add_worksheet();
    s.set_name("Suppliers 2026").unwrap();
    s.merge_range(0, 0, 0, 4, "Supplier master data", &Format::new()).unwrap();
    s.write_string(2, 0, "as of").unwrap();
    let date = Format::new().set_num_format("dd.mm.yyyy");
    s.write_datetime_with_format(2, 1, ExcelDateTime::from_ymd(2026, 1, 31).unwrap(), &date).unwrap();
    for (c, name) in (0..).zip(["node_id", "name", "kind", "country", "workers", "known_since"]) {
        s.write_string(5, c, name).unwrap();
    }
    for (r, id) in (6..).zip(["a", "b", "c", "d"]) {
        s.write_string(r, 0, id).unwrap();
        s.write_string(r, 1, format!("Place {id}")).unwrap();
        s.write_string(r, 2, "factory").unwrap();
        s.write_string(r, 3, "VN").unwrap();
        s.write_number(r, 4, 100.0).unwrap();
        s.write_datetime_with_format(r, 5, ExcelDateTime::from_ymd(2020, 2, 29).unwrap(), &date).unwrap();
    }
    s.write_formula(7, 4, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    s.write_formula(8, 1, Formula::new("=X1").set_result("#N/A")).unwrap();
    texts(&mut w, "links", 0, "supplier_id|buyer_id\na|b\nd|b");
    let bytes = saved(w);
    let mapping = "[tables.nodes]\nfile = \"book.xlsx\"\nsheet = \"Suppliers 2026\"\n";
    let dir = dataset(&[("book.xlsx", &bytes), ("onus.toml", mapping.as_bytes())]);
    let v = check(dir.path());
    let said = said(&v);
    let has = |start: &str, code: &str| said.iter().any(|s| s.starts_with(start) && s.ends_with(code));
    assert!(has("book.xlsx[Suppliers 2026]:8: workers: #DIV/0! is an error of the spreadsheet", "[cell-error]"), "{said:#?}");
    assert!(has("book.xlsx[Suppliers 2026]:9: name: #N/A is an error of the spreadsheet", "[cell-error]"), "{said:#?}");
    assert!(has("book.xlsx[Suppliers 2026]:6: the column names stand here; 2 rows above", "[header-found]"), "{said:#?}");
    let nodes = v.inputs.tables.iter().find(|t| t.table == "nodes").unwrap();
    assert_eq!((nodes.rows, nodes.refused), (4, 1), "a required cell refuses its row, an optional one does not");
    assert!(v.quarantine.iter().any(|q| q.part.as_deref() == Some("Suppliers 2026") && q.line == 8 && q.code == "cell-error"));
}

#[test]
fn a_cell_merged_downwards_counts_for_each_of_its_rows_and_only_for_them() {
    let mut w = Writer::new();
    texts(&mut w, "nodes", 0, NODES);
    let s = w.add_worksheet();
    s.set_name("links").unwrap();
    for (c, name) in (0..).zip(["buyer_id", "supplier_id", "product"]) {
        s.write_string(0, c, name).unwrap();
    }
    s.merge_range(1, 0, 2, 0, "b-1", &Format::new()).unwrap();
    for (r, (supplier, product)) in (1..).zip([("007", "palm oil"), ("f1", "fruit"), ("f1", "fruit")]) {
        s.write_string(r, 1, supplier).unwrap();
        s.write_string(r, 2, product).unwrap();
    }
    let bytes = saved(w);
    let v = check(dataset(&[("book.xlsx", &bytes)]).path());
    assert_eq!(v.inputs.links.len(), 2);
    let refused: Vec<_> = v.quarantine.iter().map(|q| (q.line, q.code)).collect();
    assert_eq!(refused, [(4, "cell-required")]);
}

#[test]
fn a_total_and_a_remark_below_the_table_are_passed_over_with_their_line() {
    let mut w = Writer::new();
    texts(&mut w, "nodes", 0, &(NODES.to_owned() + "\n\n|Total|||123\nSource: purchasing"));
    texts(&mut w, "links", 0, LINKS);
    let bytes = saved(w);
    let v = check(dataset(&[("book.xlsx", &bytes)]).path());
    let passed: Vec<u64> = v.diagnostics.all.iter().filter(|d| d.code == "row-below").map(|d| d.at.line).collect();
    assert_eq!((passed, v.quarantine.len()), (vec![6, 7], 0));
    assert_eq!(v.inputs.dataset_hash, csv_hash());
    let mapping: &[u8] = b"[tables.nodes]\nsheet = \"nodes\"\nlast_row = 4\n";
    let v = check(dataset(&[("book.xlsx", &bytes), ("onus.toml", mapping)]).path());
    assert_eq!((v.inputs.dataset_hash, v.quarantine.len()), (csv_hash(), 0));
}

#[test]
fn a_table_as_file_and_as_sheet_is_told_twice() {
    let mut w = Writer::new();
    texts(&mut w, "Nodes", 0, NODES);
    texts(&mut w, "links", 0, LINKS);
    let bytes = saved(w);
    let dir = dataset(&[("book.xlsx", &bytes), ("nodes.csv", &as_csv(NODES))]);
    let said = said(&check(dir.path()));
    assert!(said.iter().any(|s| s.contains("book.xlsx[Nodes]") && s.contains("nodes.csv") && s.contains("[table-twice]")), "{said:#?}");
}

#[test]
fn sheets_may_be_named_in_the_path_and_hidden_ones_only_so() {
    let mut w = Writer::new();
    texts(&mut w, "North", 0, "node_id|name|kind|country|workers\n007|Mill of the North|mill|NA|120");
    texts(&mut w, "South", 0, "node_id|name|kind|country|workers\nb-1|Sample Brand|brand||\nf1|Farm One|farm|VN|3");
    texts(&mut w, "links", 0, LINKS);
    w.worksheet_from_name("South").unwrap().set_hidden(true);
    let bytes = saved(w);
    let v = check(dataset(&[("book.xlsx", &bytes)]).path());
    assert!(said(&v).iter().any(|s| s.starts_with("book.xlsx[South]: this sheet is hidden")));
    let mapping: &[u8] = b"[tables.nodes]\nfiles = [\"book.xlsx#North\", \"book.xlsx#South\"]\n";
    let v = check(dataset(&[("book.xlsx", &bytes), ("onus.toml", mapping)]).path());
    assert_eq!(v.inputs.dataset_hash, csv_hash(), "{:#?}", said(&v));
    let wrong: &[u8] = b"[tables.nodes]\nfile = \"book.xlsx\"\nsheet = \"East\"\n";
    let said = said(&check(dataset(&[("book.xlsx", &bytes), ("onus.toml", wrong)]).path()));
    assert!(said.iter().any(|s| s.contains("no sheet East; it has North, South, links") && s.contains("[mapping-path]")), "{said:#?}");
}

#[test]
fn text_under_the_name_of_a_workbook_is_read_as_text() {
    let dir = dataset(&[("nodes.xls", &as_csv(NODES)), ("links.csv", &as_csv(LINKS))]);
    assert_eq!(check(dir.path()).inputs.dataset_hash, csv_hash());
    let dir = dataset(&[("nodes.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>"), ("links.csv", &as_csv(LINKS))]);
    let v = check(dir.path());
    assert!(v.diagnostics.all.iter().any(|d| d.code == "file-unreadable" && d.level == Level::Fatal && d.found.contains("HTML")));
}

#[test]
fn a_broken_workbook_beside_a_whole_dataset_is_said_and_stops_nothing() {
    let dir = dataset(&[("nodes.csv", &as_csv(NODES)), ("links.csv", &as_csv(LINKS)), ("old.xlsx", b"PK\x03\x04 broken")]);
    let v = check(dir.path());
    assert_eq!(v.inputs.dataset_hash, csv_hash());
    assert!(said(&v)[0].starts_with("old.xlsx: this workbook was not read: a broken zip archive"), "{:?}", said(&v));
}

#[test]
fn a_title_line_above_a_csv_is_passed_over_and_a_first_line_of_names_never_is() {
    let titled = b"Sites of the chain\n\n".iter().chain(&as_csv(NODES)).copied().collect::<Vec<u8>>();
    let v = check(dataset(&[("nodes.csv", &titled), ("links.csv", &as_csv(LINKS))]).path());
    assert_eq!(v.inputs.dataset_hash, csv_hash());
    assert!(said(&v)[0].starts_with("nodes.csv:3: the column names stand here"), "{:?}", said(&v));
    let foreign = b"Site,Label\nnode_id,name\n".to_vec();
    let v = check(dataset(&[("nodes.csv", &foreign), ("links.csv", &as_csv(LINKS))]).path());
    assert!(said(&v).iter().any(|s| s.contains("[column-missing]")), "{:#?}", said(&v));
}

#[test]
fn an_ods_error_cell_is_named_like_any() {
    let cell = |c: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{c}</text:p></table:table-cell>");
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let bad = "<table:table-cell office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"><text:p>#REF!</text:p>\
               </table:table-cell>";
    let head: String = ["node_id", "name", "kind", "workers"].map(cell).concat();
    let body: String = ["a", "A", "mill"].map(cell).concat() + bad;
    let bytes = ods(&format!("<table:table table:name=\"nodes\">{}{}</table:table>", row(&head), row(&body)));
    let v = check(dataset(&[("b.ods", &bytes), ("links.csv", b"supplier_id,buyer_id\n")]).path());
    assert!(said(&v).iter().any(|s| s.starts_with("b.ods[nodes]:2: workers: #REF! is an error")), "{:#?}", said(&v));
}
