//! Public lists, disclosures, trade data and screening lists into drafts and dataset folders: what is taken, what is left out and why.

use super::runs::{Csv, files, inside, shared};
use assert_cmd::Command;
use onus::base::Level;
use onus::import::draft::Account;
use onus::import::{Draft, ForeignFile, IMPORTERS, Options, PersonKey, importer};
use onus::pipeline::{self, RunConfig};
use onus::reference::Reference;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().unwrap());

fn fixture(name: &str) -> PathBuf {
    inside("tests/fixtures/import").join(name)
}

fn options() -> Options<'static> {
    Options::new(&REFERENCE, PersonKey::of_secret(b"a secret of these tests"))
}

fn drawn(format: &str, path: &Path, options: &Options) -> Draft {
    let mut draft = Draft::default();
    (importer(format).unwrap().run)(&ForeignFile::new(path), options, &mut draft)
        .unwrap_or_else(|t| panic!("{}: {}", path.display(), t.found));
    draft.finish();
    draft
}

fn of(format: &str, name: &str) -> Draft {
    drawn(format, &fixture(name), &options())
}

/// Rows, taken, refused, repeated, passed.
fn account(draft: &Draft) -> [u64; 5] {
    let a = draft.accounts.values().fold(Account::default(), |s, a| Account {
        rows: s.rows + a.rows,
        taken: s.taken + a.taken,
        refused: s.refused + a.refused,
        repeated: s.repeated + a.repeated,
        passed: s.passed + a.passed,
    });
    assert_eq!(a.rows, a.taken + a.refused + a.repeated + a.passed, "every row is counted once");
    [a.rows, a.taken, a.refused, a.repeated, a.passed]
}

/// Line and reason of everything left out, whole rows with `!`.
fn reasons(draft: &Draft) -> Vec<(u32, String)> {
    let mut all: Vec<_> = draft.refused.iter().map(|r| (r.at.line, format!("{}{}", if r.row { "!" } else { "" }, r.reason))).collect();
    all.sort();
    all
}

fn expect_reasons(draft: &Draft, wanted: &[(u32, &str)]) {
    let wanted: Vec<(u32, String)> = wanted.iter().map(|(l, r)| (*l, (*r).to_owned())).collect();
    assert_eq!(reasons(draft), wanted);
}

fn cell<'d>(draft: &'d Draft, table: &str, find: (&str, &str), column: &str) -> &'d str {
    let row = draft.rows(table).iter().find(|r| draft.cell(table, r, find.0) == find.1);
    draft.cell(table, row.unwrap_or_else(|| panic!("no row of {table} with {} {}", find.0, find.1)), column)
}

fn names_of_kind(draft: &Draft, kind: &str) -> BTreeSet<String> {
    let rows = draft.rows("nodes").iter().filter(|r| draft.cell("nodes", r, "kind") == kind);
    rows.map(|r| draft.cell("nodes", r, "name").to_owned()).collect()
}

/// Links as `supplier name > buyer name`, with relation and one more column.
fn links(draft: &Draft, column: &str) -> BTreeSet<String> {
    let name = |id: &str| cell(draft, "nodes", ("node_id", id), "name").to_owned();
    draft
        .rows("links")
        .iter()
        .map(|r| {
            let at = |c: &str| draft.cell("links", r, c);
            format!("{} > {} {} {}", name(at("supplier_id")), name(at("buyer_id")), at("relation"), at(column)).trim_end().to_owned()
        })
        .collect()
}

fn set(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|t| (*t).to_owned()).collect()
}

#[test]
fn formats_stand_in_order_of_their_names_and_each_says_what_it_reads() {
    let names: Vec<&str> = IMPORTERS.iter().map(|i| i.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted);
    for i in IMPORTERS {
        assert!(!i.about.is_empty() && !i.source.is_empty() && !i.mapping.is_empty(), "{}", i.name);
        for m in i.mapping {
            assert!(!m.theirs.is_empty(), "{}", i.name);
            for target in m.ours.split(", ").filter(|t| !t.is_empty() && t.contains('.') && !t.contains(' ')) {
                let (table, column) = target.split_once('.').unwrap();
                let schema = onus::schema::input_table(table).unwrap_or_else(|| panic!("{}: no table {table}", i.name));
                assert!(schema.position(column).is_some(), "{}: {table} has no column {column}", i.name);
            }
        }
    }
}

#[test]
fn a_supply_hub_template_gives_factories_under_the_list() {
    let draft = of("osh", "osh_template.csv");
    assert_eq!(account(&draft), [5, 4, 1, 0, 0]);
    expect_reasons(
        &draft,
        &[(5, "country-unknown"), (5, "degrees-out-of-range"), (5, "position-half"), (5, "workers-band"), (6, "!no-name")],
    );
    let knit = ("name", "Example Knit Composite Ltd.");
    assert_eq!(cell(&draft, "nodes", knit, "country"), "BGD");
    assert_eq!([cell(&draft, "nodes", knit, "workers_low"), cell(&draft, "nodes", knit, "workers_high")], ["1001", "5000"]);
    assert_eq!(cell(&draft, "nodes", ("name", "Example Vina Co. Ltd"), "workers"), "250");
    assert_eq!(cell(&draft, "nodes", ("name", "Example Shoes Factory"), "address"), "No. 8 Example West Road, Wenzhou");
    assert_eq!(cell(&draft, "nodes", ("name", "Example Shoes Factory"), "workers_high"), "999");
    assert_eq!(cell(&draft, "nodes", ("name", "Example Warehouse"), "kind"), "warehouse");
    let l = links(&draft, "value");
    assert!(
        l.contains("Example Knit Composite Ltd. > osh_template lists")
            && l.contains("Example Knit Composite Ltd. > Example Holdings Ltd. owns"),
        "{l:?}"
    );
}

#[test]
fn a_facility_of_several_contributors_is_one_place_on_each_of_their_lists() {
    let draft = of("osh", "osh_download.csv");
    assert_eq!(account(&draft), [5, 4, 0, 0, 1]);
    expect_reasons(&draft, &[(3, "differs-within-file"), (5, "os-id-form"), (6, "!closed")]);
    assert_eq!(names_of_kind(&draft, "factory").len(), 3);
    assert_eq!(names_of_kind(&draft, "list").len(), 3);
    assert_eq!(cell(&draft, "nodes", ("os_id", "CN2021250D1DTN7"), "name"), "Example Garment Co. Ltd.");
    assert_eq!(cell(&draft, "aliases", ("name", "EXAMPLE GARMENT"), "node_id"), "osh-download:factory:cn2021250d1dtn7");
    let l = links(&draft, "valid_from");
    assert!(l.contains("Example Garment Co. Ltd. > Third Brand (Third Brand 2022) lists 2022-01-15"), "{l:?}");
}

#[test]
fn a_brands_list_below_a_title_gives_supplies_of_the_first_tier_and_bands() {
    let mut options = options();
    options.company = Some("Example Outdoor".to_owned());
    let draft = drawn("factories", &fixture("pledge.csv"), &options);
    assert_eq!(account(&draft), [5, 4, 1, 0, 0]);
    expect_reasons(
        &draft,
        &[
            (5, "percent-or-fraction"),
            (6, "no-day"),
            (6, "percent-or-fraction"),
            (6, "workers-band"),
            (7, "neither-yes-nor-no"),
            (7, "percentage-above-100"),
            (8, "!no-name"),
        ],
    );
    let sewing = ("name", "Example Sewing Ltd");
    assert_eq!(cell(&draft, "nodes", sewing, "address"), "1 Example Road, Dhaka, 1212");
    assert_eq!([cell(&draft, "nodes", sewing, "female_share"), cell(&draft, "nodes", sewing, "migrant_share")], ["0.65", "0"]);
    assert_eq!([cell(&draft, "nodes", sewing, "union"), cell(&draft, "nodes", ("name", "Example Footwear Co."), "union")], ["yes", "no"]);
    assert_eq!(cell(&draft, "nodes", ("name", "Example Footwear Co."), "workers_low"), "10001");
    assert_eq!(
        links(&draft, "valid_from"),
        set(&[
            "Example Sewing Ltd > Example Outdoor supplies 2024-03-31",
            "Example Footwear Co. > Example Outdoor supplies 2024-03-31",
            "Example Dyeing Works > Example Outdoor lists",
            "Example Bags SA > Example Outdoor supplies 2024",
            "Example Sewing Ltd > Example Group owns",
            "Example Footwear Co. > Example Group owns",
        ])
    );
    assert!(draft.columns_left.keys().any(|c| c.2 == "Contact e-mail"));
    assert!(!draft.tables.values().flat_map(|t| &t.rows).flat_map(|r| &r.cells).any(|c| c.contains('@')));
}

#[test]
fn several_brands_of_one_file_have_their_owners_and_impossible_counts_are_refused() {
    let draft = of("factories", "two_brands.csv");
    assert_eq!(account(&draft), [4, 4, 0, 0, 0]);
    expect_reasons(
        &draft,
        &[
            (3, "migrants-above-workers"),
            (3, "women-above-workers"),
            (4, "percent-or-fraction"),
            (4, "range-crossed"),
            (5, "percent-or-fraction"),
        ],
    );
    let l = links(&draft, "product");
    for link in [
        "Example Mill One > Example Run lists Footwear",
        "Example Mill One > Example Walk supplies Footwear",
        "Example Run > Example Corp owns",
        "Example Mill One > Example Supply owns",
        "Example Shirts > Example Parent Ltd owns",
    ] {
        assert!(l.contains(link), "{link} is not among {l:?}");
    }
    let materials = draft.rows("nodes").iter().find(|r| draft.cell("nodes", r, "kind") == "facility").unwrap();
    assert_eq!([draft.cell("nodes", materials, "female_share"), draft.cell("nodes", materials, "migrant_share")], ["0.6", "0.2"]);
}

#[test]
fn a_brands_list_without_a_brand_is_not_guessed() {
    let mut draft = Draft::default();
    let trouble = (importer("factories").unwrap().run)(&ForeignFile::new(&fixture("pledge.csv")), &options(), &mut draft).unwrap_err();
    assert_eq!((trouble.code.code, trouble.column.as_deref()), ("column-missing", Some("brand")));
}

#[test]
fn the_universal_mill_list_gives_mills_and_owners_and_no_brand() {
    let draft = of("mills", "mills_uml.csv");
    assert_eq!(account(&draft), [3, 3, 0, 0, 0]);
    expect_reasons(&draft, &[(3, "no-name-stated")]);
    assert_eq!(cell(&draft, "nodes", ("name", "EXAMPLE LEONE"), "country"), "SLE");
    assert_eq!(cell(&draft, "identifiers", ("value", "PO1000009001"), "node_id"), "mills-uml:mill:po1000009001");
    assert_eq!(cell(&draft, "aliases", ("name", "UTARA"), "node_id"), "mills-uml:mill:po1000009001");
    assert_eq!(
        links(&draft, "scope"),
        set(&[
            "EXAMPLE UTARA > EXAMPLE SAWIT SDN BHD owns",
            "EXAMPLE SELATAN > EXAMPLE SAWIT SDN BHD owns",
            "EXAMPLE SAWIT SDN BHD > EXAMPLE GROUP owns",
            "EXAMPLE LEONE > EXAMPLE LEONE LTD owns",
            "EXAMPLE LEONE LTD > EXAMPLE WEST owns",
        ])
    );
    assert!(draft.rows("certificates").is_empty());
}

#[test]
fn mills_behind_direct_suppliers_supply_them_within_the_brands_own_disclosure() {
    let draft = of("mills", "acme_mills_suppliers_2021.csv");
    assert_eq!(account(&draft), [7, 5, 1, 1, 0]);
    expect_reasons(
        &draft,
        &[
            (3, "degrees-out-of-range"),
            (3, "degrees-out-of-range"),
            (4, "glued-cell"),
            (4, "uml-id-none-stated"),
            (5, "country-unknown"),
            (5, "names-not-split"),
            (5, "position-half"),
            (5, "uml-id-form"),
            (6, "!no-name"),
        ],
    );
    assert_eq!(names_of_kind(&draft, "trader"), set(&["AAX", "Example Foods, LLC", "C.I. Ejemplo S.A."]));
    assert_eq!(cell(&draft, "nodes", ("name", "EXAMPLE UTARA"), "latitude"), "1.73");
    assert_eq!(cell(&draft, "aliases", ("name", "EXAMPLE UTARA (NORTH)"), "source"), "Acme 2021H2 mill list");
    let l = links(&draft, "valid_from");
    for link in [
        "EXAMPLE UTARA > AAX supplies 2021H1",
        "EXAMPLE UTARA > AAX supplies 2021H2",
        "EXAMPLE UTARA > Example Foods, LLC supplies 2021H1",
        "AAX > Acme supplies 2021H1",
        "Mill Without Key > Acme lists 2021H1",
        "Mill With Bad Key > Acme lists 2021H1",
    ] {
        assert!(l.contains(link), "{link} is not among {l:?}");
    }
    let acme = cell(&draft, "nodes", ("name", "Acme"), "node_id");
    assert!(draft.rows("links").iter().all(|r| draft.cell("links", r, "relation") == "owns" || draft.cell("links", r, "scope") == acme));
}

#[test]
fn a_chain_is_linked_step_by_step_and_blank_steps_are_left_out() {
    let draft = of("mills", "chains.csv");
    assert_eq!(account(&draft), [2, 2, 0, 0, 0]);
    let l = links(&draft, "product");
    let mut wanted = BTreeSet::new();
    for product in ["1511", "1513"] {
        for pair in
            ["Direct One Ltd > Bravo", "Facility Two > Direct One Ltd", "Refinery Three > Facility Two", "EXAMPLE UTARA > Refinery Three"]
        {
            wanted.insert(format!("{pair} supplies {product}"));
        }
    }
    wanted.extend(set(&["Parent Four Ltd > Direct One Ltd supplies 1513", "PO1000009002 > Parent Four Ltd supplies 1513"]));
    let supplies: BTreeSet<String> = l.iter().filter(|t| t.contains(" supplies ")).cloned().collect();
    assert_eq!(supplies, wanted);
    assert!(l.contains("Facility Two > Parent Two Ltd owns") && l.contains("Refinery Three > Parent Three Ltd owns"), "{l:?}");
    assert_eq!(cell(&draft, "nodes", ("name", "Facility Two"), "address"), "Example Port");
    assert_eq!(cell(&draft, "nodes", ("name", "Refinery Three"), "country"), "MYS");
}

#[test]
fn no_name_of_a_person_enters_from_a_list_of_estates() {
    let draft = of("mills", "estates.csv");
    assert_eq!(account(&draft), [3, 3, 0, 0, 0]);
    assert!(!format!("{draft:?}").contains("Inventada"));
    let hidden = draft.rows("nodes").iter().find(|r| draft.cell("nodes", r, "name").starts_with("natural person ")).unwrap();
    let at = |c: &str| draft.cell("nodes", hidden, c);
    assert_eq!([at("kind"), at("latitude"), at("longitude"), at("address")], ["estate", "15.8", "-86.5", ""]);
    assert_eq!(cell(&draft, "nodes", ("node_id", at("parent_id")), "name"), "ASOCIACION EJEMPLO S.A.");
    assert_eq!(cell(&draft, "nodes", ("name", "Bukit Example Estate"), "kind"), "estate");
    let many = ("name", "Example Smallholders (766)");
    assert_eq!([cell(&draft, "nodes", many, "kind"), cell(&draft, "nodes", many, "places_count")], ["smallholders", "766"]);
    let l = links(&draft, "scope");
    assert!(l.contains("Bukit Example Estate > EXAMPLE NORTE supplies"), "the estates of a mill are so for everybody: {l:?}");
}

#[test]
fn a_table_of_keys_alone_lists_each_mill_under_its_brand_and_year() {
    let draft = of("mills", "brand_listings.csv");
    assert_eq!(account(&draft), [3, 3, 0, 0, 0]);
    assert_eq!(
        links(&draft, "valid_to"),
        set(&["PO1000009001 > Acme lists 2020", "PO1000009001 > Acme lists 2021", "PO1000009002 > Bravo lists 2021"])
    );
}

#[test]
fn exports_add_up_exactly_by_exporter_and_destination_and_no_weight_is_lost() {
    let draft = of("trase", "trase.csv");
    assert_eq!(account(&draft), [8, 5, 2, 1, 0]);
    expect_reasons(&draft, &[(6, "no-name-stated"), (7, "no-destination-stated"), (8, "!neither-end-known"), (9, "!no-value")]);
    assert_eq!(
        links(&draft, "value"),
        set(&[
            "EXAMPLE COTTON S.A. > China (imports) supplies 30000.3",
            "Argentina (production) > EXAMPLE COTTON S.A. supplies 30000.3",
            "EXAMPLE FIBRE SRL > Vietnam (imports) supplies 2000",
            "Argentina (production) > EXAMPLE FIBRE SRL supplies 6000",
            "Argentina (production) > Vietnam (imports) supplies 3000",
            "EXAMPLE COTTON S.A. > EXAMPLE TRADE owns",
            "EXAMPLE FIBRE SRL > EXAMPLE TRADE owns",
        ])
    );
    let flows: Vec<Vec<&str>> = draft
        .rows("trade_flows")
        .iter()
        .map(|r| ["exporter", "importer", "product", "value", "quantity"].map(|c| draft.cell("trade_flows", r, c)).to_vec())
        .collect();
    assert_eq!(flows, [["ARG", "CHN", "5201", "30000.3", "15"], ["ARG", "VNM", "5201", "5000", "3"]]);
    assert_eq!(draft.rows("trade_flows")[0].origin.line, 2);
}

fn flows(draft: &Draft) -> Vec<String> {
    let columns = ["year", "exporter", "importer", "product", "value", "quantity"];
    draft.rows("trade_flows").iter().map(|r| columns.map(|c| draft.cell("trade_flows", r, c)).join(" ").trim_end().to_owned()).collect()
}

#[test]
fn baci_rows_become_dollars_and_countries() {
    let draft = of("baci", "baci/BACI_HS17_Y2021_V202401b.csv");
    assert_eq!(account(&draft), [7, 3, 1, 1, 2]);
    expect_reasons(&draft, &[(4, "!no-single-country"), (5, "!country-unknown"), (6, "!within-one-country"), (7, "flow-twice")]);
    assert_eq!(flows(&draft), ["2021 CHN USA 010121 12034", "2021 UGA IND 090111 1 0.01", "2021 USA CHN 520100 1500500 700.25"]);
    assert!(draft.notes.iter().any(|n| n.contains("HS17")));
    let mut only = options();
    only.product = Some("0901".to_owned());
    let coffee = drawn("baci", &fixture("baci/BACI_HS17_Y2021_V202401b.csv"), &only);
    assert_eq!(flows(&coffee), ["2021 UGA IND 090111 1 0.01"]);
    assert_eq!(account(&coffee), [7, 1, 0, 0, 6]);
}

#[test]
fn a_flow_that_both_sides_report_at_three_levels_counts_once() {
    let draft = of("comtrade", "comtrade_new.csv");
    assert_eq!(account(&draft), [12, 3, 0, 0, 9]);
    expect_reasons(
        &draft,
        &[
            (2, "!sum-of-finer-rows"),
            (5, "!mirror-of-the-importers-report"),
            (7, "!no-single-country"),
            (8, "!no-single-country"),
            (9, "!neither-import-nor-export"),
            (10, "!part-of-a-total"),
            (11, "!all-goods"),
            (12, "!part-of-a-year"),
            (13, "!not-the-harmonized-system"),
        ],
    );
    assert_eq!(flows(&draft), ["2021 BGD DEU 610910 150.5 2", "2021 BGD DEU 610990 49.5", "2021 BGD LVA 610910 9 0.1"]);
    assert!(draft.notes.iter().any(|n| n.contains("edition H5")) && draft.notes.iter().any(|n| n.contains("the importer's counts")));
    let old = of("comtrade", "comtrade_old.csv");
    assert_eq!(flows(&old), ["2016 GHA GBR 1801 123456 50", "2016 GHA NLD 1801 3000 1"]);
}

#[test]
fn a_simple_table_of_flows_takes_its_unit_from_the_header_and_its_year_from_the_name() {
    let draft = of("flows", "flows_2021.csv");
    assert_eq!(account(&draft), [6, 2, 2, 1, 1]);
    expect_reasons(&draft, &[(5, "!country-unknown"), (6, "!no-value"), (6, "no-amount"), (7, "!no-single-country")]);
    assert_eq!(flows(&draft), ["2021 BRA ARG 0901 59467390.625", "2021 VNM DEU garments 12500"]);
}

#[test]
fn the_entity_list_becomes_entries_with_their_aliases_and_sign() {
    let draft = of("uflpa", "uflpa_dhs.csv");
    assert_eq!(account(&draft), [3, 3, 0, 0, 0]);
    expect_reasons(&draft, &[(5, "day-not-stated")]);
    let hair = ("name", "Example Hair Accessories Co., Ltd.");
    let at = |c: &str| cell(&draft, "listings", hair, c);
    assert_eq!(
        [at("aliases"), at("listed_on"), at("sign"), at("source_class"), at("scope")],
        ["Hotan Example Hair; Hollin Example Accessories", "2022-06-21", "si_listed_entity", "authority_or_court", "entity"]
    );
    assert!(at("list").starts_with("UFLPA Entity List, section 2(d)(2)(B)(i) (edition uflpa_dhs"));
    assert_eq!(cell(&draft, "listings", ("name", "Example Cotton and Linen Co., Ltd."), "listed_on"), "2022-06-21");
}

#[test]
fn orders_and_findings_are_entries_of_their_own_without_a_sign() {
    let draft = of("wro", "wro_cbp.csv");
    assert_eq!(account(&draft), [7, 6, 0, 0, 1]);
    expect_reasons(&draft, &[(6, "!no-longer-in-force")]);
    let names: Vec<(&str, &str)> =
        draft.rows("listings").iter().map(|r| (draft.cell("listings", r, "scope"), draft.cell("listings", r, "name"))).collect();
    assert_eq!(
        names,
        [
            ("entity", "Example Glove Bhd"),
            ("region", "All Turkmenistan cotton"),
            ("vessel", "Example Yu 1"),
            ("entity", "Example Garment Co., Ltd."),
            ("entity", "Sample Trade and Business Co., Ltd."),
            ("entity", "Example Machinery"),
            ("entity", "Example Machinery"),
        ]
    );
    assert!(draft.rows("listings").iter().all(|r| draft.cell("listings", r, "sign").is_empty()));
    assert_eq!(cell(&draft, "listings", ("name", "Example Machinery"), "aliases"), "Golden Example Diesel Factory");
}

#[test]
fn the_consolidated_list_gives_parties_and_vessels_and_never_a_person() {
    let draft = of("uflpa", "csl.csv");
    assert_eq!(account(&draft), [4, 3, 0, 0, 1]);
    assert!(!format!("{draft:?}").contains("Inventada"));
    assert_eq!(cell(&draft, "listings", ("name", "Example Circuits Ltd."), "sign"), "");
    assert_eq!(cell(&draft, "listings", ("name", "Example Spinning Co., Ltd."), "sign"), "si_listed_entity");
    assert_eq!(cell(&draft, "listings", ("name", "Example Star"), "scope"), "vessel");
}

#[test]
fn any_table_goes_in_by_a_mapping_and_a_persons_farm_under_a_key() {
    let mut options = options();
    options.mapping = Some(fixture("places.toml"));
    let mut draft = Draft::default();
    for file in ["places_semicolon.csv", "places_links.csv"] {
        (importer("table").unwrap().run)(&ForeignFile::new(&fixture(file)), &options, &mut draft).unwrap();
    }
    draft.finish();
    assert_eq!(account(&draft), [5, 3, 2, 0, 0]);
    expect_reasons(&draft, &[(3, "!row-incomplete"), (3, "link-self"), (4, "!row-incomplete"), (4, "cell-required")]);
    assert!(!format!("{:?} {:?}", draft.tables, draft.refused).contains("Inventada"));
    let spinning = ("node_id", "00017");
    let at = |c: &str| cell(&draft, "nodes", spinning, c);
    assert_eq!(
        [at("kind"), at("country"), at("latitude"), at("output_value"), at("product")],
        ["factory", "DEU", "52.5", "1234500", "garn"]
    );
    assert!(cell(&draft, "nodes", ("node_id", "00018"), "name").starts_with("natural person "));
    assert_eq!(draft.settings.base_currency.as_deref(), Some("EUR"));
    assert!(draft.settings.codes.contains_key("garn"));
}

#[test]
fn ids_and_rows_do_not_depend_on_the_order_of_rows() {
    let room = tempfile::tempdir().unwrap();
    let cases = [
        ("mills", "mills_uml.csv"),
        ("osh", "osh_template.csv"),
        ("factories", "two_brands.csv"),
        ("trase", "trase.csv"),
        ("comtrade", "comtrade_new.csv"),
        ("wro", "wro_cbp.csv"),
    ];
    for (format, name) in cases {
        let mut csv = Csv::read_file(&fixture(name));
        csv.rows.reverse();
        let shuffled = room.path().join(name);
        csv.write_as(&shuffled, b',');
        let contents = |draft: &Draft| -> BTreeMap<&str, BTreeSet<Vec<String>>> {
            draft.tables.iter().map(|(t, d)| (*t, d.rows.iter().map(|r| r.cells.clone()).collect())).collect()
        };
        assert_eq!(contents(&drawn(format, &shuffled, &options())), contents(&of(format, name)), "{name}");
    }
}

fn import(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("onus").unwrap();
    command.arg("import").args(args);
    command
}

fn path(p: &Path) -> &str {
    p.to_str().unwrap()
}

#[test]
fn the_command_writes_a_dataset_that_the_check_takes_and_adds_to_it_once() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("data");
    let mills = fixture("acme_mills_suppliers_2021.csv");
    let said = import(&["mills", path(&mills), "-o", path(&out)]).assert().success();
    let said = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    assert!(said.contains("acme_mills_suppliers_2021.csv: 7 rows: 5 taken, 1 refused, 1 repeated"), "{said}");
    let checked = pipeline::check(&RunConfig { dataset: out.clone(), ..RunConfig::default() }).unwrap();
    assert_eq!(checked.diagnostics.count(Level::Fatal) + checked.diagnostics.count(Level::Error), 0, "{:?}", checked.diagnostics.all);
    assert!(checked.quarantine.is_empty());
    assert_eq!(checked.inputs.nodes.len(), Csv::read(&out, "nodes").rows.len());
    let links = Csv::read(&out, "links");
    assert_eq!(links.cell(&links.rows[0], "from_file"), "acme_mills_suppliers_2021.csv");
    let mut sorted = links.rows.clone();
    sorted.sort();
    assert_eq!(sorted, links.rows);

    // A folder that is there is not written over, nor is anything in it touched.
    let before = files(&out);
    import(&["mills", path(&mills), "-o", path(&out)]).assert().code(4);
    assert_eq!(files(&out), before);

    // The same again says nothing new; another list adds, and what stands there stays.
    import(&["mills", path(&mills), "--into", path(&out)]).assert().success();
    assert_eq!(files(&out), before);
    std::fs::write(out.join("notes.txt"), "mine").unwrap();
    let listed = fixture("wro_cbp.csv");
    import(&["wro", path(&listed), "--into", path(&out)]).assert().success();
    assert_eq!(Csv::read(&out, "listings").rows.len(), 7);
    assert_eq!(std::fs::read_to_string(out.join("notes.txt")).unwrap(), "mine");
    assert_eq!(Csv::read(&out, "nodes").rows, Csv::read_file(&out.join("nodes.csv")).rows);
    let names: Vec<String> =
        std::fs::read_dir(room.path()).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["data"], "nothing is left beside it");
}

#[test]
fn what_the_dataset_says_stays_and_the_contradiction_is_reported() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("data");
    let mills = fixture("mills_uml.csv");
    import(&["mills", path(&mills), "-o", path(&out)]).assert().success();
    let mut nodes = Csv::read(&out, "nodes");
    let at = nodes.at("name");
    nodes.row_mut("node_id", "mills-uml:mill:po1000009001")[at] = "My own name".to_owned();
    nodes.write(&out, "nodes");
    import(&["mills", path(&mills), "--into", path(&out)]).assert().success();
    assert_eq!(Csv::read(&out, "nodes").rows, nodes.rows);
    let report = Csv::read(&out, "import");
    let row = report.rows.iter().find(|r| report.cell(r, "reason") == "differs-from-dataset").unwrap();
    assert_eq!([report.cell(row, "column"), report.cell(row, "left_out"), report.cell(row, "line")], ["name", "cell", "2"]);
}

#[test]
fn a_dataset_that_cannot_be_added_to_is_refused_and_left_as_it_is() {
    let room = tempfile::tempdir().unwrap();
    let list = fixture("mills_uml.csv");
    for (case, file, text) in [
        ("mapped", "onus.toml", "[tables.nodes]\ncolumns = { node_id = \"id\" }\n"),
        ("semicolons", "nodes.csv", "node_id;name;kind\na;A;mill\n"),
        ("misshapen", "nodes.csv", "node_id,name,kind\na,A\n"),
    ] {
        let out = room.path().join(case);
        std::fs::create_dir(&out).unwrap();
        std::fs::write(out.join(file), text).unwrap();
        let before = files(&out);
        import(&["mills", path(&list), "--into", path(&out)]).assert().code(4);
        assert_eq!(files(&out), before, "{case}");
    }
    import(&["mills", path(&list), "--into", path(&room.path().join("nothing"))]).assert().code(4);
}

#[test]
fn flows_and_listings_alone_say_what_is_still_missing() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("data");
    let said = import(&["flows", path(&fixture("flows_2021.csv")), "-o", path(&out)]).assert().success();
    let said = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    assert!(said.contains("it has no nodes and no links"), "{said}");
    assert!(!out.join("nodes.csv").exists());
    assert!(std::fs::read_to_string(out.join("onus.toml")).unwrap().contains("base_currency = \"USD\""));
}

#[test]
fn what_a_report_quotes_runs_nothing_in_a_spreadsheet() {
    let room = tempfile::tempdir().unwrap();
    let list = room.path().join("list.csv");
    std::fs::write(&list, "name,address,country,number_of_workers\nExample Ltd,1 Road,=1+1,+9\n").unwrap();
    let out = room.path().join("data");
    import(&["osh", path(&list), "-o", path(&out)]).assert().success();
    let report = Csv::read(&out, "import");
    let found: Vec<&str> = report.rows.iter().map(|r| report.cell(r, "found")).collect();
    assert!(found.contains(&"'=1+1"), "{found:?}");
}

#[test]
fn an_unreadable_file_or_unknown_format_writes_nothing() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("data");
    import(&["mills", path(&fixture("flows_2021.csv")), "-o", path(&out)]).assert().code(3);
    import(&["nonsense", path(&fixture("flows_2021.csv")), "-o", path(&out)]).assert().code(1);
    import(&["mills", path(&fixture("mills_uml.csv"))]).assert().code(2);
    assert!(!out.exists());
    let printed = import(&["--formats"]).assert().success();
    let printed = String::from_utf8(printed.get_output().stdout.clone()).unwrap();
    for i in IMPORTERS {
        assert!(printed.contains(i.name));
    }
    let one = import(&["--formats", "baci"]).assert().success();
    assert!(String::from_utf8(one.get_output().stdout.clone()).unwrap().contains("trade_flows.product"));
}

/// Files of the shared data with their rows as the publisher of the copy counts them.
const REAL: [(&str, &str, u64); 18] = [
    ("mills", "palm-oil-disclosures/brand_mill_listings_2017_2021.csv.gz", 45_878),
    ("mills", "palm-oil-disclosures/colgate_palmolive_chains_2020.csv.gz", 4_162),
    ("mills", "palm-oil-disclosures/ferrero_direct_suppliers_2021H1.csv", 12),
    ("mills", "palm-oil-disclosures/ferrero_ffb_estates_2021H1.csv", 508),
    ("mills", "palm-oil-disclosures/ferrero_mills_2021H1.csv", 541),
    ("mills", "palm-oil-disclosures/frieslandcampina_supplier_mills_2020_2022.csv.gz", 8_521),
    ("mills", "palm-oil-disclosures/hershey_mills_suppliers_2020.csv.gz", 2_598),
    ("mills", "palm-oil-disclosures/mills_universal_mill_list.csv", 2_095),
    ("mills", "palm-oil-disclosures/mondelez_mills_suppliers_2021.csv", 1_620),
    ("mills", "palm-oil-disclosures/nestle_supplier_mills_2017.csv.gz", 10_973),
    ("mills", "palm-oil-disclosures/pepsico_direct_suppliers_2021.csv", 40),
    ("osh", "osh-facility-lists/facility_lists.csv", 612),
    ("factories", "sportswear-factory-lists/factories.csv", 2_817),
    ("trase", "trase-commodity-exports/exports_by_exporter_port_destination.csv.gz", 16_559),
    ("flows", "walkfree-gsi-2023/g20_at_risk_imports_2021.csv", 263),
    ("uflpa", "forced-labour-screening-lists/uflpa_entity_list_partial.csv", 34),
    ("uflpa", "forced-labour-screening-lists/uflpa_priority_sectors_hs.csv", 12),
    ("wro", "forced-labour-screening-lists/cbp_wro_findings_active_2026-01.csv", 54),
];

#[test]
fn every_row_of_the_real_lists_is_accounted_for() {
    for (format, name, rows) in REAL {
        let Some(path) = shared(name) else { return };
        let draft = drawn(format, &path, &options());
        let [all, taken, refused, ..] = account(&draft);
        assert_eq!(all, rows, "{name}");
        // 13 exports name neither exporter nor destination; everything else says something.
        assert_eq!(refused, if format == "trase" { 13 } else { 0 }, "{name}");
        assert!(taken * 10 >= rows * 8, "{name}: {taken} of {rows}");
    }
}

#[test]
fn the_known_flaws_of_the_real_lists_are_found_and_counted() {
    let count = |format: &str, name: &str, reason: &str| -> Option<usize> {
        let draft = drawn(format, &shared(name)?, &options());
        Some(draft.refused.iter().filter(|r| r.reason == reason).count())
    };
    let shoes = "sportswear-factory-lists/factories.csv";
    let Some(crossed) = count("factories", shoes, "range-crossed") else { return };
    // As the copy's own description counts them.
    assert_eq!(crossed, 64);
    assert_eq!(count("factories", shoes, "women-above-workers"), Some(1));
    assert_eq!(count("factories", shoes, "migrants-above-workers"), Some(6));
    assert_eq!(count("mills", "palm-oil-disclosures/mills_universal_mill_list.csv", "no-name-stated"), Some(604 + 35));
    assert_eq!(count("mills", "palm-oil-disclosures/mondelez_mills_suppliers_2021.csv", "glued-cell"), Some(27));
    let repeats = drawn("trase", &shared("trase-commodity-exports/exports_by_exporter_port_destination.csv.gz").unwrap(), &options());
    assert_eq!(account(&repeats)[3], 3);
}

#[test]
fn real_tables_of_nodes_and_links_go_in_by_their_mappings() {
    for (name, files, rows) in
        [("real-palmoil", ["nodes.csv", "links.csv.gz"], 4_909 + 66_786), ("real-apparel", ["nodes.csv", "links.csv"], 4_441 + 6_343)]
    {
        let Some(folder) = shared(name) else { return };
        let mut options = options();
        options.mapping = Some(inside("data-samples/mappings").join(format!("{name}.toml")));
        let mut draft = Draft::default();
        for file in files {
            (importer("table").unwrap().run)(&ForeignFile::new(&folder.join(file)), &options, &mut draft).unwrap();
        }
        draft.finish();
        let [all, taken, refused, repeated, passed] = account(&draft);
        assert_eq!([all, refused, passed], [rows, 0, 0], "{name}");
        assert_eq!(taken + repeated, rows);
    }
}
