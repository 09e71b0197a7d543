//! Datasets that `datapackage.json` describes.

use super::validate::{dataset, words};
use onus::validate::{Validated, validate_dataset};
use std::path::Path;

fn check(dir: &Path) -> Validated {
    validate_dataset(dir, None, None, &words()).unwrap()
}

fn said(v: &Validated) -> Vec<String> {
    v.diagnostics.all.iter().map(ToString::to_string).collect()
}

const LINKS: &[u8] = b"supplier_id,buyer_id,value,valid_from\na,b,1234.5,2026-01-31\n";

fn plain() -> String {
    let nodes = b"node_id,name,kind,country,focal\na,A,mill,VN,\nb,B,brand,,yes\n";
    check(dataset(&[("nodes.csv", nodes), ("links.csv", LINKS)]).path()).inputs.dataset_hash
}

#[test]
fn a_package_names_tables_and_says_how_their_cells_are_read() {
    let package = br#"{"name":"x","resources":[
        {"name":"node","path":"data/sites.txt.csv","encoding":"windows-1252","dialect":{"delimiter":";","quoteChar":"'"},
         "schema":{"missingValues":["","unknown"],"fields":[{"name":"node_id","type":"string"},
         {"name":"focal","type":"boolean","trueValues":["oui"],"falseValues":["non"]}]}},
        {"name":"trade","path":"links.csv","dialect":{"delimiter":"|"},"schema":{"fields":[
         {"name":"value","type":"number","decimalChar":",","groupChar":"."},{"name":"valid_from","type":"date","format":"%d/%m/%Y"}]}}]}"#;
    let nodes = b"node_id;name;kind;country;focal\na;'A';mill;VN;unknown\nb;B;brand;unknown;oui\n";
    let links = b"supplier_id|buyer_id|value|valid_from\na|b|1.234,5|31/01/2026\n";
    let dir = dataset(&[("data/sites.txt.csv", nodes), ("links.csv", links), ("datapackage.json", package)]);
    let v = check(dir.path());
    assert_eq!(v.inputs.dataset_hash, plain(), "{:#?}", said(&v));
}

#[test]
fn a_file_without_names_takes_them_from_its_fields() {
    let package = br#"{"resources":[{"name":"nodes","path":"nodes.csv","dialect":{"header":false},"schema":{"fields":[{"name":"node_id"},
        {"name":"name"},{"name":"kind"},{"name":"country"},{"name":"focal"}]}}]}"#;
    let nodes = b"a,A,mill,VN,\nb,B,brand,,yes\n";
    let v = check(dataset(&[("nodes.csv", nodes), ("links.csv", LINKS), ("datapackage.json", package)]).path());
    assert_eq!(v.inputs.dataset_hash, plain(), "{:#?}", said(&v));
    assert_eq!(v.inputs.nodes.iter().map(|n| n.row.line).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn the_mapping_stands_before_the_package_and_the_package_before_names() {
    let nodes = b"node_id,name,kind,country,focal\na,A,mill,VN,\nb,B,brand,,yes\n";
    let other = b"node_id,name,kind\nz,Z,mill\n";
    let package = br#"{"resources":[{"name":"nodes","path":"sites.csv"}]}"#;
    let dir = dataset(&[("sites.csv", nodes), ("nodes.csv", other), ("links.csv", LINKS), ("datapackage.json", package)]);
    let v = check(dir.path());
    assert_eq!(v.inputs.dataset_hash, plain());
    assert!(said(&v).iter().any(|s| s.starts_with("nodes.csv: this file is no table")), "{:#?}", said(&v));
    std::fs::write(dir.path().join("onus.toml"), "[tables.nodes]\nfile = \"nodes.csv\"\n").unwrap();
    let v = check(dir.path());
    assert_eq!(v.inputs.nodes.len(), 1);
    assert!(said(&v).iter().any(|s| s.contains("[package-ignored]")), "{:#?}", said(&v));
}

#[test]
fn paths_of_a_package_stay_inside_the_dataset() {
    for path in ["../nodes.csv", "/etc/passwd", "https://example.org/nodes.csv", "a\\\\..\\\\b.csv"] {
        let package = format!(r#"{{"resources":[{{"name":"nodes","path":"{path}"}}]}}"#);
        let v = check(dataset(&[("links.csv", LINKS), ("datapackage.json", package.as_bytes())]).path());
        assert!(said(&v).iter().any(|s| s.contains("no readable file") && s.contains("[package-ignored]")), "{:#?}", said(&v));
        assert!(said(&v).iter().any(|s| s.contains("[table-missing]")));
    }
}

#[test]
fn templates_with_their_package_are_a_dataset_without_rows() {
    let files = onus::schema::templates();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(n, t)| (n.as_str(), t.as_bytes())).collect();
    let v = check(dataset(&files).path());
    let codes: Vec<_> = v.diagnostics.all.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["table-empty"], "{:#?}", said(&v));
}
