//! Foreign columns, words and units onto ours.

use super::validate::{dataset, words};
use onus::mapping::load::parse;
use onus::validate::{Validated, validate_dataset};

fn said(toml: &str) -> Vec<String> {
    parse("onus.toml".into(), toml).diagnostics.all.iter().map(|d| format!("{} {} {}", d.at, d.found, d.code)).collect()
}

#[test]
fn a_key_that_nothing_reads_is_named_with_the_one_that_was_meant() {
    let toml = "[datasets]\n[tables.node]\n[tables.nodes]\ncolums = { node_id = \"id\" }\nvalues.knd = { a = \"b\" }\n[tables.links.lookup.scope]\nkind = \"brand\"\n";
    assert_eq!(
        said(toml),
        [
            "onus.toml:1: datasets nothing reads this key; did you mean dataset? mapping-unknown-key",
            "onus.toml:2: node nothing reads this key; did you mean nodes? mapping-unknown-key",
            "onus.toml:4: colums nothing reads this key; did you mean columns? mapping-unknown-key",
            "onus.toml:5: knd nothing reads this key; did you mean kind? mapping-unknown-key",
            "onus.toml:7: kind nothing reads this key; did you mean kinds? mapping-unknown-key",
        ]
    );
}

#[test]
fn a_value_of_the_wrong_type_is_located() {
    let toml = "[dataset]\nas_of = 2026\n[fx]\nEUR = \"much\"\nUSD = -1\n[tables.links]\nrules = 3\nscale = { value = 0 }\n";
    let lines: Vec<String> = said(toml).iter().map(|s| s.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["onus.toml:2: as_of", "onus.toml:4: EUR", "onus.toml:5: USD", "onus.toml:7: rules", "onus.toml:8: value"]);
}

#[test]
fn a_column_that_names_persons_is_fatal_whatever_it_is_mapped_to() {
    for theirs in ["worker_name", "Child Name", "dateOfBirth", "e-mail", "PASSPORT NO", "contact phone"] {
        let loaded = parse("onus.toml".into(), &format!("[tables.nodes.columns]\nname = [\"site\", \"{theirs}\"]\n"));
        assert!(loaded.diagnostics.has_fatal(), "{theirs}");
        assert_eq!(loaded.diagnostics.all[0].code, "column-personal", "{theirs}");
    }
    assert!(said("[tables.nodes.columns]\nname = \"site name\"\n").is_empty());
}

const SITES: &str = "id;label;type;iso3;iso2;turnover\nA;Mill A;works;;VN;1,5\nB;Farm B;field;VNM;;\n";
const MORE: &str = "id;label;type;iso3;iso2;turnover\nC;Brand C;label;;;\n";
const FLOWS: &str = "from;to;what;money\nC;A;sold by;1\nB;A;delivers;2\nA;C;delivers;3\n";
const TOML: &str = r#"
[dataset]
name = "Mapped"
as_of = 2026-03-31

[tables.nodes]
files = ["sites/one.csv", "sites/two.csv"]
columns = { node_id = "id", name = "label", kind = "type", country = ["iso3", "iso2"], output_value = "turnover" }
scale = { output_value = 1000 }
defaults = { sector = "0126" }
constants = { union = false }
values.kind = { works = "mill", field = "farm", label = "brand" }

[tables.links]
file = "flows.csv"
columns = { supplier_id = "from", buyer_id = "to", relation = "what", value = "money" }
values.relation = { delivers = "supplies" }

[[tables.links.rules]]
when = { relation = "sold*" }
set = { relation = "supplies" }
swap_ends = true

[[tables.links.rules]]
when = { "supplier_id.kind" = ["farm", "estate"] }
set = { basis = "certificate" }
"#;

fn mapped(toml: &str) -> Validated {
    let dir = dataset(&[
        ("sites/one.csv", SITES.as_bytes()),
        ("sites/two.csv", MORE.as_bytes()),
        ("flows.csv", FLOWS.as_bytes()),
        ("onus.toml", toml.as_bytes()),
    ]);
    validate_dataset(dir.path(), None, None, &words()).unwrap()
}

#[test]
fn foreign_names_words_units_and_ends_become_ours() {
    let v = mapped(TOML);
    assert!(v.diagnostics.all.is_empty(), "{:?}", v.diagnostics);
    let i = &v.inputs;
    let nodes: Vec<String> = i
        .nodes
        .iter()
        .map(|n| format!("{} {} {:?} {:?} {:?} {:?}", i.ids.text(n.id), n.kind.as_str(), n.country, n.sector, n.output_value, n.union))
        .collect();
    assert_eq!(
        nodes,
        [
            "A mill Some(VNM) Some(0126) Some(1500.0) Some(false)",
            "B farm Some(VNM) Some(0126) None Some(false)",
            "C brand None Some(0126) None Some(false)",
        ]
    );
    let links: Vec<String> = i
        .links
        .iter()
        .map(|l| format!("{}>{} {:?} {:?} {:?}", i.ids.text(l.supplier), i.ids.text(l.buyer), l.relation, l.basis, l.value))
        .collect();
    assert_eq!(links, ["B>A Supplies Certificate Some(2.0)", "A>C Supplies Declared Some(1.0)", "A>C Supplies Declared Some(3.0)",]);
    assert_eq!((i.name.as_str(), i.as_of.map(|d| d.to_string()).as_deref()), ("Mapped", Some("2026-03-31")));
}

#[test]
fn paths_of_a_mapping_stay_inside_the_dataset() {
    let outside = dataset(&[("flows.csv", FLOWS.as_bytes())]);
    let absolute = outside.path().join("flows.csv");
    for path in ["../flows.csv", "sites/../../flows.csv", absolute.to_str().unwrap(), "nothing.csv", "sites", ""] {
        let v = mapped(&TOML.replace("file = \"flows.csv\"", &format!("file = '{path}'")));
        assert!(v.diagnostics.all.iter().any(|d| d.code == "mapping-path"), "{path}: {:?}", v.diagnostics);
    }
    #[cfg(unix)]
    {
        let dir = dataset(&[("nodes.csv", SITES.as_bytes()), ("onus.toml", b"[tables.links]\nfile = \"link.csv\"\n")]);
        std::os::unix::fs::symlink(&absolute, dir.path().join("link.csv")).unwrap();
        let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
        assert!(v.diagnostics.all.iter().any(|d| d.code == "mapping-path"), "{:?}", v.diagnostics);
    }
}

#[test]
fn a_declared_decimal_sign_reads_thousands() {
    let toml = TOML.replace("scale = { output_value = 1000 }", "decimal = '.'");
    let dir = dataset(&[
        ("sites/one.csv", SITES.replace("1,5", "1,500.25").as_bytes()),
        ("sites/two.csv", MORE.as_bytes()),
        ("flows.csv", FLOWS.as_bytes()),
        ("onus.toml", toml.as_bytes()),
    ]);
    let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
    assert_eq!(v.inputs.nodes.iter().find_map(|n| n.output_value), Some(1500.25));
}
