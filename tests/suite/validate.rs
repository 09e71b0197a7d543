//! From a folder to inputs, diagnostics and quarantine.

use onus::base::{CountryCode, Level, ProductCode, SectorCode, Stage};
use onus::pack::{SignIx, SourceIx};
use onus::schema::CODES;
use onus::validate::inputs::RowRef;
use onus::validate::{ListedVocabulary, Validated, Vocabulary, validate_dataset};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A vocabulary for tests: a few signs, and any three capitals as a country.
pub struct AnyCountry(pub ListedVocabulary);

pub fn words() -> AnyCountry {
    AnyCountry(ListedVocabulary::new(
        &["debt_to_recruiter", "documents_withheld", "recruitment_fees", "under_15_at_work"],
        &["media_single", "ngo_investigation"],
        &["smeta_4_pillar"],
        &[("NA", "NAM", "Namibia"), ("VN", "VNM", "Viet Nam"), ("ID", "IDN", "Indonesia")],
    ))
}

impl Vocabulary for AnyCountry {
    fn sign(&self, id: &str) -> Option<SignIx> {
        self.0.sign(id)
    }
    fn sign_ids(&self) -> Vec<&str> {
        self.0.sign_ids()
    }
    fn source(&self, id: &str) -> Option<SourceIx> {
        self.0.source(id)
    }
    fn source_ids(&self) -> Vec<&str> {
        self.0.source_ids()
    }
    fn scheme_exists(&self, id: &str) -> bool {
        self.0.scheme_exists(id)
    }
    fn country(&self, code: &str) -> Option<CountryCode> {
        self.0.country(code).or_else(|| CountryCode::new(code))
    }
    fn country_by_name(&self, name: &str) -> Option<CountryCode> {
        self.0.country_by_name(name)
    }
    fn product_exists(&self, code: ProductCode) -> bool {
        self.0.product_exists(code)
    }
    fn sector_exists(&self, code: SectorCode) -> bool {
        self.0.sector_exists(code)
    }
    fn text_code(&self, folded: &str) -> Option<(Option<ProductCode>, Option<SectorCode>, Option<Stage>)> {
        self.0.text_code(folded)
    }
    fn stage_of_sector(&self, code: SectorCode) -> Option<Stage> {
        self.0.stage_of_sector(code)
    }
}

fn manifest(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

fn shared(inside: &str) -> Option<PathBuf> {
    let root = std::env::var_os("ONUS_SHARED").map_or_else(|| manifest("../shared"), PathBuf::from);
    Some(root.join(inside)).filter(|p| p.exists())
}

fn by_code(v: &Validated) -> BTreeMap<(Level, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for d in &v.diagnostics.all {
        *counts.entry((d.level, d.code)).or_default() += 1;
    }
    counts
}

fn counts(v: &Validated, level: Level) -> u64 {
    v.diagnostics.count(level)
}

fn relations(v: &Validated) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for l in &v.inputs.links {
        *counts.entry(format!("{:?}", l.relation)).or_default() += 1;
    }
    counts
}

fn real(name: &str) -> Option<Validated> {
    let dir = shared(&format!("data/{name}"))?;
    let mapping = manifest(&format!("data-samples/mappings/{name}.toml"));
    let v = validate_dataset(&dir, Some(&mapping), None, &words()).unwrap();
    Some(v)
}

#[test]
fn the_real_palm_oil_data_load_as_they_are() {
    let Some(v) = real("real-palmoil") else { return };
    assert!(!v.diagnostics.has_fatal());
    assert_eq!((v.inputs.nodes.len(), v.inputs.links.len()), (4909, 66786));
    // Counted in the file: lists_mill, buys_from, owns; by the Universal Mill List, and mill from estate.
    assert_eq!(relations(&v), [("Lists", 45503), ("Owns", 3213), ("Supplies", 18070)].map(|(r, n)| (r.to_owned(), n)).into());
    assert_eq!(v.inputs.links.iter().filter(|l| l.scope.is_none()).count(), 3075 + 496);
    assert_eq!(v.inputs.as_of.map(|d| d.to_string()).as_deref(), Some("2023-12-31"));
    assert_eq!(counts(&v, Level::Error), 2);
}

#[test]
fn the_real_apparel_data_load_as_they_are() {
    let Some(v) = real("real-apparel") else { return };
    assert!(!v.diagnostics.has_fatal());
    assert_eq!((v.inputs.nodes.len(), v.inputs.links.len()), (4441, 6343));
    // Counted in the file: of 3,429 lists_factory, 828 are of makers of materials and 612 of anonymous lists.
    let owns = 1863 + 1046 + 5;
    assert_eq!(
        relations(&v),
        [("Lists", 828 + 612), ("Owns", owns), ("Supplies", 3429 - 828 - 612)].map(|(r, n)| (r.to_owned(), n)).into()
    );
    assert_eq!(by_code(&v).get(&(Level::Warning, "range-crossed")), Some(&64));
    assert_eq!(counts(&v, Level::Error), 7);
}

/// What a broken sample must show.
struct Expect {
    file: String,
    line: u64,
    column: Option<String>,
    /// Codes that cannot but come with it.
    also: BTreeSet<String>,
}

fn expectation(dir: &Path) -> Expect {
    let text = std::fs::read_to_string(dir.join("expect.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let list = |k: &str| {
        table.get(k).and_then(|v| v.as_array()).map_or(BTreeSet::new(), |a| a.iter().map(|v| v.as_str().unwrap().to_owned()).collect())
    };
    Expect {
        file: table["file"].as_str().unwrap().to_owned(),
        line: table["line"].as_integer().unwrap() as u64,
        column: table.get("column").map(|c| c.as_str().unwrap().to_owned()),
        also: list("also"),
    }
}

#[test]
fn every_code_has_a_broken_sample_that_shows_it_at_its_place_and_nothing_else() {
    let mut wrong = Vec::new();
    for code in CODES {
        let dir = manifest("data-samples/broken").join(code.code);
        if !dir.is_dir() {
            wrong.push(format!("{}: no sample", code.code));
            continue;
        }
        let expect = expectation(&dir);
        let mut v = validate_dataset(&dir, None, None, &words()).unwrap();
        if !v.diagnostics.has_fatal() {
            let resolution = onus::resolve::resolve(&v.inputs);
            let as_of = v.inputs.as_of.unwrap_or(onus::base::Date(0));
            let (_, consigned) = onus::pipeline::prepared::linked(&v.inputs, &resolution, as_of, &super::runs::METHOD.0);
            v.diagnostics.all.extend(resolution.diagnostics.into_iter().chain(consigned.diagnostics));
        }
        let said: Vec<String> = v.diagnostics.all.iter().map(ToString::to_string).collect();
        let mut codes: BTreeSet<String> = v.diagnostics.all.iter().map(|d| d.code.to_owned()).collect();
        let here = v.diagnostics.all.iter().find(|d| {
            d.code == code.code
                && *d.at.file == *expect.file
                && d.at.line == expect.line
                && d.at.column.as_deref() == expect.column.as_deref()
        });
        if here.is_none_or(|d| d.level != code.level) {
            wrong.push(format!("{}: not at {}:{} {:?} but {said:#?}", code.code, expect.file, expect.line, expect.column));
        }
        codes.remove(code.code);
        if codes != expect.also {
            wrong.push(format!("{}: also {codes:?} {said:#?}", code.code));
        }
        if code.level == Level::Error && !v.quarantine.iter().any(|q| q.code == code.code && q.line == expect.line) {
            wrong.push(format!("{}: not in quarantine", code.code));
        }
        for t in &v.inputs.tables {
            assert!(t.rows >= t.refused + t.repeated, "{}: {t:?}", code.code);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let samples = std::fs::read_dir(manifest("data-samples/broken")).unwrap().count();
    assert_eq!(samples, CODES.len(), "a sample without code");
}

/// A dataset of these files in a new folder.
pub fn dataset(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    dir
}

const NODES: &str = "node_id,name,kind,country,workers,parent_id\n007,Mill of the North,mill,NA,120,b-1\nb-1,Sample Brand,brand,,,\nf1,Farm One,farm,VN,3,\n";
const LINKS: &str = "supplier_id,buyer_id,relation,product,value,share,valid_from,valid_to,scope\n\
                     007,b-1,supplies,1511.10,1000,0.5,2020H1,2020H1,b-1\nf1,007,supplies,fresh  Fruit Bunches,,,,,\n007,b-1,owns,,,,,,\n";

#[test]
fn nodes_and_links_become_typed_rows() {
    let dir = dataset(&[("nodes.csv", NODES.as_bytes()), ("links.csv", LINKS.as_bytes())]);
    let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
    let i = &v.inputs;
    assert_eq!(by_code(&v).into_keys().collect::<Vec<_>>(), [(Level::Note, "text-uncoded")]);
    let ids: Vec<&str> = i.nodes.iter().map(|n| i.ids.text(n.id)).collect();
    assert_eq!(ids, ["007", "b-1", "f1"]);
    assert_eq!(i.nodes[0].country.map(|c| c.to_string()).as_deref(), Some("NAM"));
    assert_eq!((i.nodes[0].workers, i.nodes[0].parent), (Some(120.0), Some(i.nodes[1].id)));
    let links: Vec<String> = i
        .links
        .iter()
        .map(|l| {
            let text = |s: Option<onus::base::Symbol>| s.map_or("-", |s| i.ids.text(s)).to_owned();
            let span = l.valid.map_or("-".to_owned(), |p| format!("{}..{}", p.from, p.to));
            format!(
                "{} {} {:?} {} {:?} {:?} {span} {} {}",
                text(Some(l.supplier)),
                text(Some(l.buyer)),
                l.relation,
                text(l.product),
                l.value,
                l.share,
                text(l.scope),
                l.row.line
            )
        })
        .collect();
    assert_eq!(
        links,
        [
            "f1 007 Supplies fresh fruit bunches None None - - 3",
            "007 b-1 Supplies 151110 Some(1000.0) Some(0.5) 2020-01-01..2020-06-30 b-1 2",
            "007 b-1 Owns - None None - - 4",
        ]
    );
    assert_eq!(i.as_of.map(|d| d.to_string()).as_deref(), Some("2020-06-30"));
}

fn content(v: &Validated) -> String {
    let mut text = format!("{:?} {:?} {:?}", v.inputs.dataset_hash, v.inputs.ids.iter().collect::<Vec<_>>(), v.inputs.as_of);
    for n in &v.inputs.nodes {
        text += &format!("{:?}", onus::validate::inputs::NodeRow { row: RowRef { file: 0, line: 0 }, ..n.clone() });
    }
    for l in &v.inputs.links {
        text += &format!("{:?}", onus::validate::inputs::LinkRow { row: RowRef { file: 0, line: 0 }, ..l.clone() });
    }
    text
}

fn reversed(csv: &str) -> String {
    let mut lines: Vec<&str> = csv.trim_end().split('\n').collect();
    lines[1..].reverse();
    lines.join("\n") + "\n"
}

#[test]
fn row_order_separator_and_packing_change_nothing() {
    let plain = dataset(&[("nodes.csv", NODES.as_bytes()), ("links.csv", LINKS.as_bytes())]);
    let nodes = reversed(NODES).replace(',', ";").replace('\n', "\r\n");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gz, reversed(LINKS).as_bytes()).unwrap();
    let gz = gz.finish().unwrap();
    let other = dataset(&[("nodes.csv", format!("\u{feff}{nodes}").as_bytes()), ("links.csv.gz", &gz)]);
    let read = |d: &tempfile::TempDir| content(&validate_dataset(d.path(), None, None, &words()).unwrap());
    assert_eq!(read(&plain), read(&other));
    let changed = dataset(&[("nodes.csv", NODES.replace("120", "121").as_bytes()), ("links.csv", LINKS.as_bytes())]);
    assert_ne!(read(&plain), read(&changed));
}

#[test]
fn parquet_parts_give_what_the_text_gives() {
    use arrow::array::{ArrayRef, Date32Array, DictionaryArray, Float64Array, Int64Array, LargeStringArray, StringArray, StringViewArray};
    use std::sync::Arc;
    let text = "node_id,name,kind,country,workers,female_share,known_since\na,A,mill,VN,5,0.25,2020-02-01\nb,B,farm,ID,,,\n";
    let links = "supplier_id,buyer_id,relation\nb,a,supplies\n";
    let csv = dataset(&[("nodes.csv", text.as_bytes()), ("links.csv", links.as_bytes())]);
    let row = |id: &str, name: &str, kind: &str, country: &str, workers: Option<i64>, share: Option<f64>, day: Option<i32>| {
        let kinds: DictionaryArray<arrow::datatypes::Int8Type> = vec![kind].into_iter().collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("node_id", Arc::new(StringArray::from(vec![id]))),
            ("name", Arc::new(LargeStringArray::from(vec![name]))),
            ("kind", Arc::new(kinds)),
            ("country", Arc::new(StringViewArray::from(vec![country]))),
            ("workers", Arc::new(Int64Array::from(vec![workers]))),
            ("female_share", Arc::new(Float64Array::from(vec![share]))),
            ("known_since", Arc::new(Date32Array::from(vec![day]))),
        ];
        let columns = columns.into_iter().map(|(n, a)| (n, a, true));
        let batch = arrow::array::RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let mut bytes = Vec::new();
        let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        bytes
    };
    let parts = dataset(&[
        ("nodes/part-0.parquet", &row("b", "B", "farm", "ID", None, None, None)),
        ("nodes/part-1.parquet", &row("a", "A", "mill", "VN", Some(5), Some(0.25), Some(18_293))),
        ("links.csv", links.as_bytes()),
    ]);
    let read = |d: &tempfile::TempDir| {
        let v = validate_dataset(d.path(), None, None, &words()).unwrap();
        assert!(v.diagnostics.all.is_empty(), "{:?}", v.diagnostics);
        content(&v)
    };
    assert_eq!(read(&csv), read(&parts));
}

#[test]
fn quarantine_never_holds_what_may_be_a_name() {
    let nodes = "node_id,name,kind,country,workers,stage\na,A,mill,VN,Maria Lopez,=HYPERLINK(\"x\")\nb,B,farm,ID,,\n";
    let dir = dataset(&[("nodes.csv", nodes.as_bytes()), ("links.csv", b"supplier_id,buyer_id,relation\nb,a,supplies\n")]);
    let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
    let said = format!("{:?}{:?}", v.quarantine, v.diagnostics);
    assert_eq!(v.quarantine.len(), 2);
    assert!(!said.contains("Maria") && !said.contains("HYPERLINK"), "{said}");
}

#[test]
fn a_skipped_column_leaves_no_trace_of_its_values() {
    let nodes = NODES
        .replace("parent_id\n", "parent_id,phone\n")
        .replace("b-1\nb-1", "b-1,0049-SECRET\nb-1")
        .replace(",,,\nf1", ",,,,\nf1")
        .replace("3,\n", "3,,\n");
    let dir = dataset(&[("nodes.csv", nodes.as_bytes()), ("links.csv", LINKS.as_bytes())]);
    let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
    assert!(v.diagnostics.all.iter().any(|d| d.code == "column-skipped" && d.at.column.as_deref() == Some("phone")), "{:?}", v.diagnostics);
    assert!(!format!("{v:?}").contains("SECRET"));
}

#[test]
fn a_mapping_with_a_personal_column_reads_nothing() {
    let toml = "[tables.nodes.columns]\nname = \"worker_name\"\n";
    let dir = dataset(&[("nodes.csv", NODES.as_bytes()), ("links.csv", LINKS.as_bytes()), ("onus.toml", toml.as_bytes())]);
    let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
    assert!(v.diagnostics.has_fatal() && v.inputs.nodes.is_empty() && v.inputs.files.is_empty());
}

#[test]
fn one_refused_row_in_twenty_is_borne_and_two_are_not() {
    let nodes = |bad: usize| {
        let rows = (0..20).map(|i| format!("n{i},Mill {i},{},VN\n", if i < bad { "" } else { "mill" }));
        format!("node_id,name,kind,country\n{}", rows.collect::<String>())
    };
    let fatal = |bad: usize| {
        let dir = dataset(&[("nodes.csv", nodes(bad).as_bytes()), ("links.csv", b"supplier_id,buyer_id,relation\nn8,n9,supplies\n")]);
        validate_dataset(dir.path(), None, None, &words()).unwrap().diagnostics.has_fatal()
    };
    assert_eq!((fatal(0), fatal(1), fatal(2)), (false, false, true));
}

#[test]
fn values_are_converted_by_the_rates_of_the_mapping() {
    let links = "supplier_id,buyer_id,relation,value,currency\nf1,b-1,supplies,100,EUR\n007,b-1,supplies,100,USD\n007,f1,supplies,100,\n";
    let toml = "[dataset]\nbase_currency = \"USD\"\n[fx]\nEUR = 1.25\n";
    let dir = dataset(&[("nodes.csv", NODES.as_bytes()), ("links.csv", links.as_bytes()), ("onus.toml", toml.as_bytes())]);
    let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
    let mut values: Vec<f64> = v.inputs.links.iter().filter_map(|l| l.value).collect();
    values.sort_by(f64::total_cmp);
    assert_eq!(values, [100.0, 100.0, 125.0]);
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    let cell = prop_oneof![
        Just("a".to_owned()),
        Just("mill".to_owned()),
        Just("VN".to_owned()),
        Just("\"x\ny\"".to_owned()),
        Just("\"".to_owned()),
        Just("-1".to_owned()),
        Just("1,5".to_owned()),
        Just(String::new()),
        "[a-z]{1,4}",
        "\\PC{0,6}",
    ];
    let row = prop::collection::vec(cell, 0..8).prop_map(|c| c.join(","));
    let rows = prop::collection::vec(row, 0..30).prop_map(|r| r.join("\n"));
    let headed = rows.prop_map(|r| format!("node_id,name,kind,country,workers\n{r}").into_bytes());
    prop_oneof![4 => headed, 1 => prop::collection::vec(any::<u8>(), 0..400)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic_and_every_row_is_accounted_for(bytes in noise(), links in noise()) {
        let dir = dataset(&[("nodes.csv", &bytes), ("links.csv", LINKS.as_bytes()), ("audits.csv", &links)]);
        let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
        for t in &v.inputs.tables {
            let accepted = match t.table {
                "nodes" => v.inputs.nodes.len(),
                "links" => v.inputs.links.len(),
                _ => v.inputs.audits.len(),
            };
            prop_assert_eq!(t.rows, accepted as u64 + t.refused + t.repeated);
        }
    }

    #[test]
    fn no_mapping_panics(text in "[\\PC\n]{0,200}") {
        let dir = dataset(&[("nodes.csv", NODES.as_bytes()), ("links.csv", LINKS.as_bytes()), ("onus.toml", text.as_bytes())]);
        validate_dataset(dir.path(), None, None, &words()).unwrap();
    }
}

#[test]
fn a_mistyped_year_that_would_decide_the_day_of_the_assessment_is_said() {
    let tables = |year: &str| {
        let audits = format!("audit_id,node_id,date,covers\nA1,N1,2024-03-01,forced_labour\nA2,N1,{year}-05-01,forced_labour\n");
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("nodes.csv"), "node_id,name,kind,country\nN1,Example Ltd,factory,VNM\nN2,Brand,brand,\n").unwrap();
        std::fs::write(dir.path().join("links.csv"), "supplier_id,buyer_id\nN1,N2\n").unwrap();
        std::fs::write(dir.path().join("audits.csv"), audits).unwrap();
        let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
        v.diagnostics.all.iter().filter(|d| d.code == "date-implausible").map(|d| (d.at.file.to_string(), d.at.line)).collect::<Vec<_>>()
    };
    assert_eq!(tables("2042"), [("audits.csv".to_owned(), 3)]);
    assert_eq!(tables("2025"), [("audits.csv".to_owned(), 3)]);
    assert_eq!(tables("2024"), []);
}

#[test]
fn a_case_keeps_the_facts_that_are_known_and_its_age_by_years_or_band() {
    use onus::pack::Phase;
    use onus::validate::inputs::{AgeProof, FactStatus};
    let cases = "case_id,node_id,age_low,age_high,age_band,age_proof,facts,all_asked,debt_monthly_interest\n\
                 c1,f1,16,19,under_18,none,documents_withheld@work:supported:ngo_investigation ; recruitment_fees,yes,3%\n\
                 c2,f1,,,12_14,documented,documents_withheld:certain; nonsense,,\n\
                 c3,f1,20,10,15_17,,no_sign,,\n";
    let dir = dataset(&[("nodes.csv", NODES.as_bytes()), ("links.csv", LINKS.as_bytes()), ("cases.csv", cases.as_bytes())]);
    let v = validate_dataset(dir.path(), None, None, &words()).unwrap();
    let [one, two, three] = &v.inputs.cases[..] else { panic!("{:?}", v.diagnostics.all) };
    assert_eq!((one.age_low, one.age_high, one.age_proof), (Some(16.0), Some(19.0), AgeProof::Missing));
    let facts: Vec<_> = one.facts.iter().map(|f| (words().sign_ids()[f.sign.0 as usize].to_owned(), f.phase, f.status)).collect();
    assert_eq!(
        facts,
        [
            ("documents_withheld".to_owned(), Some(Phase::Work), FactStatus::Supported),
            ("recruitment_fees".to_owned(), None, FactStatus::Established)
        ]
    );
    assert!(one.facts[0].source.is_some() && one.all_asked && one.circumstances.debt_monthly_interest == Some(0.03));
    // A status in doubt is no established fact, and an unknown sign leaves the others.
    assert_eq!((two.age_low, two.age_high), (Some(12.0), Some(14.0)));
    assert_eq!(two.facts.iter().map(|f| f.status).collect::<Vec<_>>(), [FactStatus::Unknown]);
    assert_eq!((three.age_low, three.age_high, three.facts.len()), (Some(15.0), Some(17.0), 0));
    let said: Vec<(&str, u64)> = v.diagnostics.all.iter().filter(|d| &*d.at.file == "cases.csv").map(|d| (d.code, d.at.line)).collect();
    assert_eq!(said, [("fact-unknown", 3), ("fact-unknown", 3), ("range-crossed", 4)]);
    assert!(!format!("{:?}{:?}", v.quarantine, v.diagnostics).contains("nonsense"));
}
