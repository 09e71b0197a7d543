//! Workbooks as cells: what a CSV would hold, by the sheet's own rows, and hostile files refused.

use onus::read::Limits;
use onus::read::workbook::{Area, CellKind, Workbook, open_bytes};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook as Writer};
use std::io::Write;
use zip::write::SimpleFileOptions;

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn ods(tables: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" xmlns:style=\"s\" \
         xmlns:calcext=\"c\" xmlns:draw=\"d\"><office:automatic-styles><style:style style:name=\"off\" style:family=\"table\">\
         <style:table-properties table:display=\"false\"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{tables}\
         </office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest xmlns:manifest=\"m\"/>"),
    ])
}

/// An `.xlsx` of one sheet whose sheet part is this XML.
fn raw_xlsx(sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut entries: Vec<(&str, &[u8])> = vec![
        (
            "[Content_Types].xml",
            b"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/workbook.xml\" \
              ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>",
        ),
        (
            "_rels/.rels",
            b"<Relationships><Relationship Id=\"rId1\" \
              Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>\
              </Relationships>",
        ),
        ("xl/workbook.xml", b"<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"),
        (
            "xl/_rels/workbook.xml.rels",
            b"<Relationships><Relationship Id=\"rId1\" \
              Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
              </Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    entries.extend_from_slice(more);
    zipped(&entries)
}

fn read(bytes: &[u8]) -> Workbook {
    open_bytes(bytes, &Limits::default()).unwrap()
}

fn refused(bytes: &[u8]) -> (&'static str, String) {
    let trouble = open_bytes(bytes, &Limits::default()).unwrap_err();
    (trouble.code.code, trouble.found)
}

#[test]
fn cells_of_an_xlsx_are_texts_at_the_rows_that_the_sheet_shows() {
    let mut w = Writer::new();
    let s = w.add_worksheet();
    s.set_name("Suppliers").unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let zeros = Format::new().set_num_format("00000");
    let hours = Format::new().set_num_format("[h]:mm:ss");
    s.write_string(3, 1, "  Name ").unwrap();
    s.write_number(4, 1, 4_006_381_333_931.0).unwrap();
    s.write_number(4, 2, 0.1 + 0.2).unwrap();
    s.write_number_with_format(4, 3, 123.0, &zeros).unwrap();
    s.write_boolean(4, 4, true).unwrap();
    s.write_datetime_with_format(4, 5, ExcelDateTime::from_ymd(2024, 2, 29).unwrap(), &date).unwrap();
    s.write_number_with_format(4, 6, 45_292.5, &date).unwrap();
    s.write_number_with_format(4, 7, 1.5, &hours).unwrap();
    s.write_formula(4, 8, Formula::new("=1+1").set_result("2")).unwrap();
    s.write_formula(4, 9, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    s.write_blank(900_000, 3, &date).unwrap();
    s.merge_range(5, 1, 7, 1, "three rows", &Format::new()).unwrap();
    w.add_worksheet().set_name("Lists").unwrap().set_hidden(true);
    let book = read(&w.save_to_buffer().unwrap());
    let s = book.sheet("suppliers").unwrap();
    assert_eq!(s.at("B4"), "Name");
    let row: Vec<_> = s.rows().nth(1).unwrap().cells().map(|c| (c.column, c.kind, c.text)).collect();
    assert_eq!(
        row,
        [
            (2, CellKind::Number, "4006381333931"),
            (3, CellKind::Number, "0.3"),
            (4, CellKind::Number, "00123"),
            (5, CellKind::YesNo, "yes"),
            (6, CellKind::Date, "2024-02-29"),
            (7, CellKind::Date, "2024-01-01T12:00:00"),
            (8, CellKind::Duration, "36:00:00"),
            (9, CellKind::Number, "2"),
            (10, CellKind::Error, "#DIV/0!"),
        ]
    );
    assert_eq!(s.last_row(), 6, "a formatted cell without a value is no cell");
    assert_eq!(s.merged, [Area { first_row: 6, first_column: 2, last_row: 8, last_column: 2 }]);
    assert_eq!(s.shown_at(8, 2).map(|c| c.text), Some("three rows"));
    assert_eq!(book.sheets.iter().map(|s| s.hidden).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn errors_that_a_parser_does_not_know_stay_in_their_cells() {
    let sheet = "<worksheet><sheetData><row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"e\"><v>#SPILL!</v></c>\
                 <c r=\"C2\"><v>3</v></c></row><row r=\"3\"><c r=\"A3\" t=\"e\"><v>#N/A</v></c></row></sheetData></worksheet>";
    let book = read(&raw_xlsx(sheet, &[]));
    let cells: Vec<_> = book.sheets[0].cells().map(|c| (c.row, c.column, c.kind, c.text)).collect();
    assert_eq!(
        cells,
        [(2, 1, CellKind::Number, "1"), (2, 2, CellKind::Error, "#SPILL!"), (2, 3, CellKind::Number, "3"), (3, 1, CellKind::Error, "#N/A")]
    );
}

#[test]
fn an_ods_gives_the_same_cells() {
    let book = read(&ods("<table:table table:name=\"Suppliers\"><table:table-row table:number-rows-repeated=\"3\"><table:table-cell \
         table:number-columns-repeated=\"1024\"/></table:table-row><table:table-row><table:table-cell office:value-type=\"string\" \
         table:number-rows-spanned=\"2\"><text:p>A &amp; B<text:s text:c=\"2\"/>C</text:p><text:p>two</text:p>\
         <office:annotation><text:p>a note</text:p></office:annotation></table:table-cell>\
         <table:table-cell office:value-type=\"float\" office:value=\"0.30000000000000004\"><text:p>0.3</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2024-02-29\"/>\
         <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>\
         <table:table-cell office:value-type=\"time\" office:time-value=\"PT26H30M00S\"/>\
         <table:table-cell table:formula=\"of:=1/0\" office:value-type=\"float\" office:value=\"0\" calcext:value-type=\"error\">\
         <text:p>#DIV/0!</text:p></table:table-cell><table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" \
         office:value=\"7\"/></table:table-row><table:table-row><table:covered-table-cell/><table:table-cell office:value-type=\"string\">\
         <text:p>below</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated=\"1048570\">\
         <table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table>\
         <table:table table:name=\"Lists\" table:style-name=\"off\"/>"));
    let s = &book.sheets[0];
    let cells: Vec<_> = s.cells().map(|c| (c.row, c.column, c.kind, c.text)).collect();
    assert_eq!(
        cells,
        [
            (4, 1, CellKind::Text, "A & B  C\ntwo"),
            (4, 2, CellKind::Number, "0.3"),
            (4, 3, CellKind::Date, "2024-02-29"),
            (4, 4, CellKind::YesNo, "yes"),
            (4, 5, CellKind::Duration, "26:30:00"),
            (4, 6, CellKind::Error, "#DIV/0!"),
            (4, 7, CellKind::Number, "7"),
            (4, 8, CellKind::Number, "7"),
            (5, 2, CellKind::Text, "below"),
        ]
    );
    assert_eq!(s.merged, [Area { first_row: 4, first_column: 1, last_row: 5, last_column: 1 }]);
    assert!(book.sheets[1].hidden);
}

#[test]
fn files_that_are_no_workbook_are_named_as_what_they_are() {
    assert!(refused(b"Vendor;Name\n1;A\n").1.contains("text"));
    assert!(refused(b"<html><table><tr><td>1</td></tr></table></html>").1.contains("HTML"));
    assert!(refused(&zipped(&[("a.txt", b"x")])).1.contains("no workbook"));
    assert_eq!(refused(b"PK\x03\x04 and nothing").0, "file-unreadable");
    assert_eq!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and nothing").0, "file-unreadable");
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_parsed() {
    let zeros = vec![b' '; 64 << 20];
    let (code, found) = refused(&raw_xlsx("<worksheet><sheetData/></worksheet>", &[("xl/media/a.bin", &zeros)]));
    assert_eq!(code, "file-too-large", "{found}");
}

#[test]
fn a_claimed_dimension_costs_nothing() {
    let sheet = "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
                 <row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row></sheetData></worksheet>";
    let book = read(&raw_xlsx(sheet, &[]));
    assert_eq!(book.sheets[0].at("XFD1048576"), "2");
    let beyond = "<worksheet><sheetData><row r=\"9999999\"><c r=\"A9999999\"><v>1</v></c></row></sheetData></worksheet>";
    assert_eq!(refused(&raw_xlsx(beyond, &[])).0, "file-too-large");
}

#[test]
fn claimed_counts_reserve_no_memory() {
    let strings = b"<sst count=\"1\" uniqueCount=\"999999999999\"><si><t>a</t></si></sst>";
    let (code, found) = refused(&raw_xlsx("<worksheet><sheetData/></worksheet>", &[("xl/sharedStrings.xml", strings)]));
    assert_eq!((code, found.contains("claims")), ("file-unreadable", true));
    let shared = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"e\"><f t=\"shared\" ref=\"A1:A2\" si=\"99999999999\">1</f><v>#ODD!</v></c>\
                  </row></sheetData></worksheet>";
    assert_eq!(refused(&raw_xlsx(shared, &[])).0, "file-unreadable");
}

#[test]
fn entities_of_a_file_are_never_expanded() {
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    let sheet = format!(
        "{laughs}<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&c;</t></is></c></row></sheetData></worksheet>"
    );
    assert_eq!(refused(&raw_xlsx(&sheet, &[])).0, "file-unreadable");
    let table = "<table:table table:name=\"S\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>&c;</text:p>\
                 </table:table-cell></table:table-row></table:table>";
    assert_eq!(refused(&ods(table)).0, "file-unreadable");
}

#[test]
fn repeated_cells_are_counted_before_they_are_written_out() {
    let text = "x".repeat(10_000);
    let bomb = format!(
        "<table:table table:name=\"S\"><table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell \
         table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell></table:table-row>\
         </table:table>"
    );
    assert_eq!(refused(&ods(&bomb)).0, "file-too-large");
    let blanks = "<table:table table:name=\"S\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>a<text:s \
                  text:c=\"4000000000\"/>b</text:p></table:table-cell></table:table-row></table:table>";
    let book = read(&ods(blanks));
    let cell = book.sheets[0].cell(1, 1).unwrap();
    assert_eq!((cell.kind, cell.text), (CellKind::Error, "#TOO-LONG"), "the cell is bad and the others stay");
}

#[test]
fn broken_and_cut_files_are_refused_without_a_panic() {
    let mut w = Writer::new();
    let s = w.add_worksheet();
    for row in 0..50 {
        s.write_string(row, 0, format!("supplier {row}")).unwrap();
        s.write_number(row, 1, f64::from(row)).unwrap();
    }
    let whole = w.save_to_buffer().unwrap();
    for cut in (0..whole.len()).step_by(37) {
        assert!(open_bytes(&whole[..cut], &Limits::default()).is_err());
    }
    for at in (0..whole.len()).step_by(11) {
        let mut changed = whole.clone();
        changed[at] ^= 0xff;
        let _ = open_bytes(&changed, &Limits::default());
    }
}
