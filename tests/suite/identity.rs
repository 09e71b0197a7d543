//! Which records are one node, which entries of screening lists are nodes, and what a result says of it.

use super::runs::{self, rows};
use super::validate::dataset;
use onus::pipeline::RunConfig;
use onus::schema::outputs;

const HEAD: &str = "node_id,name,kind,country,focal,lei,os_id,workers\n";

fn resolved(files: &[(&str, &[u8])]) -> (onus::validate::Validated, onus::resolve::Resolution) {
    let dir = dataset(files);
    let config = RunConfig { dataset: dir.path().to_owned(), ..RunConfig::default() };
    let validated = onus::pipeline::check(&config).unwrap();
    let resolution = onus::resolve::resolve(&validated.inputs);
    (validated, resolution)
}

fn codes(v: &onus::validate::Validated) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = v.diagnostics.all.iter().map(|d| d.code).collect();
    codes.sort_unstable();
    codes
}

const LINKS: &[u8] = b"supplier_id,buyer_id,value\nF1,B1,100\nF2,B1,100\n";

#[test]
fn an_os_id_makes_two_records_one_place_and_a_lei_does_not() {
    let nodes = format!(
        "{HEAD}B1,Brand,brand,,yes,,,\nF1,Sunny Garments Ltd,factory,BGD,,506700GE1G29325QX363,CN2021250D1DTN7,\n\
         F2,Sunny Garment,factory,BGD,,506700GE1G29325QX363,CN-2021250-D1DTN-7,250\nF3,Other hall,factory,BGD,,506700GE1G29325QX363,,\n"
    );
    let (v, r) = resolved(&[("nodes.csv", nodes.as_bytes()), ("links.csv", LINKS)]);
    assert_eq!(r.len(), 3, "{:?}", codes(&v));
    assert_eq!(r.find("F1"), r.find("F2"));
    assert_ne!(r.find("F1"), r.find("F3"));
    let node = &r.nodes[r.find("F2").unwrap().at()];
    assert_eq!((&*node.id, node.people), ("F1", Some(250.0)));
    assert_eq!(r.records.len(), 2);
}

#[test]
fn one_purchase_told_by_two_records_counts_once() {
    let nodes = format!(
        "{HEAD}B1,Brand,brand,,yes,,,\nF1,Sunny,factory,BGD,,,CN2021250D1DTN7,\nF2,Sunny,factory,BGD,,,CN2021250D1DTN7,\nF3,Moon,factory,BGD,,,,\n"
    );
    let links = b"supplier_id,buyer_id,value\nF1,B1,60\nF2,B1,100\nF3,B1,100\n";
    let dir = dataset(&[("nodes.csv", nodes.as_bytes()), ("links.csv", links)]);
    let out = dir.path().join("out");
    runs::assess_with(&RunConfig { dataset: dir.path().to_owned(), ..RunConfig::default() }, &out);
    let links = rows(&out, &outputs::LINKS);
    let weights: Vec<(String, f64)> =
        links.iter().filter(|l| l["in_force"] == "true").map(|l| (l["supplier_id"].clone(), runs::number(l, "weight"))).collect();
    // 100 of 200: the larger of the two records' figures, neither their sum nor both.
    assert_eq!(weights, [("F1".to_owned(), 0.5), ("F3".to_owned(), 0.5)]);
    let records = rows(&out, &outputs::RECORDS);
    let told: Vec<(String, String, String)> =
        records.iter().map(|r| (r["node_id"].clone(), r["record_id"].clone(), r["why"].clone())).collect();
    let expected = [("F1", "F1", "own"), ("F1", "F2", "identifier")].map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(told, expected);
}

#[test]
fn a_decision_joins_and_a_later_one_or_its_removal_takes_it_back() {
    let nodes = format!("{HEAD}B1,Brand,brand,,yes,,,\nF1,Sunny,factory,BGD,,,,\nF2,Soleil,factory,BGD,,,,\n");
    let with = |decisions: &str| {
        let files: [(&str, &[u8]); 3] = [("nodes.csv", nodes.as_bytes()), ("links.csv", LINKS), ("decisions.csv", decisions.as_bytes())];
        resolved(&files).1.len()
    };
    let head = "left_id,right_id,decision,decided_on\n";
    assert_eq!(with(&format!("{head}F2,F1,same,2026-01-01\n")), 2);
    assert_eq!(with(head), 3);
    assert_eq!(with(&format!("{head}F2,F1,same,2026-01-01\nF1,F2,different,2026-02-01\n")), 3);
    assert_eq!(with(&format!("{head}F1,F2,different,2026-01-01\nF1,F2,same,2026-02-01\n")), 2);
}

#[test]
fn a_decision_keeps_apart_what_an_identifier_would_join() {
    let nodes = format!("{HEAD}B1,Brand,brand,,yes,,,\nF1,Sunny,factory,BGD,,,CN2021250D1DTN7,\nF2,Moon,factory,BGD,,,CN2021250D1DTN7,\n");
    let decisions = b"left_id,right_id,decision\nF1,F2,different\n";
    let (v, r) = resolved(&[("nodes.csv", nodes.as_bytes()), ("links.csv", LINKS), ("decisions.csv", decisions)]);
    assert_eq!(r.len(), 3);
    assert!(!codes(&v).contains(&"decision-conflict"), "{:?}", codes(&v));
}

#[test]
fn an_entry_of_a_list_is_a_report_only_by_identifier_or_decision() {
    let nodes = format!(
        "{HEAD}B1,Brand,brand,,yes,,,\nF1,Lop County Hair Product Park,factory,CHN,,,,\nF2,Park Corp,factory,CHN,,,CN2021250D1DTN7,\n"
    );
    let listings = "entry_id,list,name,country,identifiers,listed_on,sign,source_class\n\
        L1,Invented list,Lop County Hair Product Park,CHN,,2022-06-21,si_listed_entity,authority_or_court\n\
        L2,Invented list,Another Name,CHN,os_id:CN2021250D1DTN7,2022-06-21,si_listed_entity,authority_or_court\n";
    let run = |decisions: &str| {
        let files: [(&str, &[u8]); 4] = [
            ("nodes.csv", nodes.as_bytes()),
            ("links.csv", LINKS),
            ("listings.csv", listings.as_bytes()),
            ("decisions.csv", decisions.as_bytes()),
        ];
        let dir = dataset(&files);
        let out = dir.path().join("out");
        runs::assess_with(&RunConfig { dataset: dir.path().to_owned(), ..RunConfig::default() }, &out);
        let evidence = rows(&out, &outputs::EVIDENCE);
        let mut told: Vec<String> = evidence.iter().map(|e| format!("{} {} {}", e["node_id"], e["table"], e["source"])).collect();
        told.sort();
        told
    };
    assert_eq!(run("left_id,right_id,decision\n"), ["F2 listings authority_or_court"]);
    let both = ["F1 listings authority_or_court", "F2 listings authority_or_court"];
    assert_eq!(run("left_id,right_id,decision\nL1,F1,same\n"), both);
    assert_eq!(run("left_id,right_id,decision\nL1,F1,same\nF2,L2,different\n"), both[..1]);
}

#[test]
fn evidence_names_the_file_sheet_and_line_from_which_a_row_was_taken_over() {
    let nodes = format!("{HEAD}B1,Brand,brand,,yes,,,\nF1,Sunny,factory,BGD,,,,\nF2,Moon,factory,BGD,,,,\n");
    let statements = b"statement_id,node_id,date,sign,source_class,origin,from_file,from_sheet,from_line\n\
        S1,F1,2026-01-05,si_listed_entity,authority_or_court,court,visits 2025.xlsx,Findings,17\n";
    let dir = dataset(&[("nodes.csv", nodes.as_bytes()), ("links.csv", LINKS), ("statements.csv", statements)]);
    let out = dir.path().join("out");
    runs::assess_with(&RunConfig { dataset: dir.path().to_owned(), ..RunConfig::default() }, &out);
    let evidence = rows(&out, &outputs::EVIDENCE);
    let place: Vec<_> = evidence.iter().map(|e| (e["file"].clone(), e["sheet"].clone(), runs::number(e, "line"))).collect();
    assert_eq!(place, [("visits 2025.xlsx".to_owned(), "Findings".to_owned(), 17.0)]);
    let plain = b"statement_id,node_id,date,sign,source_class,origin\nS1,F1,2026-01-05,si_listed_entity,authority_or_court,court\n";
    let other = dataset(&[("nodes.csv", nodes.as_bytes()), ("links.csv", LINKS), ("statements.csv", plain)]);
    let hash = |dir: &tempfile::TempDir| {
        let config = RunConfig { dataset: dir.path().to_owned(), ..RunConfig::default() };
        onus::pipeline::check(&config).unwrap().inputs.dataset_hash
    };
    assert_eq!(hash(&dir), hash(&other), "where a row came from is no part of what it says");
}
