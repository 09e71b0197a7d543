//! Foreign files of parties into drafts: FollowTheMoney, BODS, GLEIF, bills of lading, smelter templates, audit exports. The fixtures are
//! invented, after the real layouts.

use super::runs::inside;
use onus::import::{Draft, ForeignFile, Options, PersonKey, importer};
use onus::reference::Reference;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().unwrap());

fn options() -> Options<'static> {
    Options::new(&REFERENCE, PersonKey::of_secret(b"a secret of the tests"))
}

fn import_into(draft: &mut Draft, format: &str, path: &Path, options: &Options<'_>) {
    let file = ForeignFile::new(path);
    (importer(format).unwrap().run)(&file, options, draft).unwrap_or_else(|t| panic!("{}: {}", t.code.code, t.found));
    draft.finish();
}

fn import(format: &str, fixture: &str) -> Draft {
    let mut draft = Draft::default();
    import_into(&mut draft, format, &inside("tests/fixtures/import").join(fixture), &options());
    draft
}

fn import_text(format: &str, name: &str, text: &str) -> Draft {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(name), text).unwrap();
    let mut draft = Draft::default();
    import_into(&mut draft, format, &dir.path().join(name), &options());
    draft
}

/// The filled cells of each row of a table, as `column=text`.
fn rows(draft: &Draft, table: &str) -> Vec<BTreeMap<&'static str, String>> {
    let schema = draft.tables.get(table).map(|t| t.schema);
    let filled = |cells: &[String]| {
        let columns = schema.into_iter().flat_map(|s| s.columns.iter());
        columns.zip(cells).filter(|(_, c)| !c.is_empty()).map(|(column, c)| (column.name, c.clone())).collect()
    };
    draft.rows(table).iter().map(|r| filled(&r.cells)).collect()
}

fn column(draft: &Draft, table: &str, column: &str) -> Vec<String> {
    rows(draft, table).into_iter().map(|mut r| r.remove(column).unwrap_or_default()).collect()
}

fn node<'r>(rows: &'r [BTreeMap<&'static str, String>], name: &str) -> &'r BTreeMap<&'static str, String> {
    rows.iter().find(|r| r.get("name").is_some_and(|n| n == name)).unwrap_or_else(|| panic!("no {name} in {rows:?}"))
}

/// Line and reason of everything that was left out.
fn left(draft: &Draft) -> Vec<(u32, &'static str)> {
    draft.refused.iter().map(|r| (r.at.line, r.reason)).collect()
}

/// Each row of a file is counted once.
fn balanced(draft: &Draft, expected: u64) {
    let rows: u64 = draft.accounts.values().map(|a| a.rows).sum();
    let told: u64 = draft.accounts.values().map(|a| a.taken + a.refused + a.repeated + a.passed).sum();
    assert_eq!((rows, told), (expected, expected), "{:?}", draft.accounts);
}

fn nothing_personal(draft: &Draft, words: &[&str]) {
    let all = format!("{draft:?}");
    for word in words {
        assert!(!all.contains(word), "{word} stands in the draft");
    }
}

fn owns(draft: &Draft) -> Vec<(String, String)> {
    let links = rows(draft, "links");
    links.iter().filter(|l| l["relation"] == "owns").map(|l| (l["supplier_id"].clone(), l["buyer_id"].clone())).collect()
}

// FollowTheMoney

#[test]
fn followthemoney_gives_companies_owners_and_listings_and_no_person() {
    let draft = import("ftm", "entities.ftm.json");
    balanced(&draft, 18);
    nothing_personal(&draft, &["Anna", "Jane", "Joan", "1960", "Private Lane"]);
    let nodes = rows(&draft, "nodes");
    let mill = node(&nodes, "Example Cotton Ginning Co., Ltd.");
    assert_eq!(mill["node_id"], "entities-ftm:company:NK-mill");
    assert_eq!((&*mill["country"], &*mill["lei"], &*mill["kind"]), ("CHN", "EXAMPLE0000000MILL98", "company"));
    assert_eq!(node(&nodes, "EXAMPLE STAR")["kind"], "vessel");
    // A legal entity without a word of an organisation may be a person.
    assert_eq!(nodes.iter().filter(|n| n["kind"] == "person").count(), 3);
    let identifiers: Vec<(String, String)> =
        rows(&draft, "identifiers").iter().map(|r| (r["scheme"].clone(), r["value"].clone())).collect();
    let told = |s: &str, v: &str| identifiers.contains(&(s.to_owned(), v.to_owned()));
    assert!(told("register:CN", "650000-1") && told("usci", "91650000000000000X") && told("imo", "9074729"), "{identifiers:?}");
    assert_eq!(column(&draft, "aliases", "name"), ["示例棉业有限公司", "Example Ginnery; North", "ECG"]);
    // Owners: the holding of the mill, a person of the holding, and a ring is kept as told.
    let (mill, hold) = ("entities-ftm:company:NK-mill".to_owned(), "entities-ftm:company:NK-hold".to_owned());
    let owned = owns(&draft);
    assert_eq!(owned[0], (mill.clone(), hold.clone()));
    assert!(owned[1].0 == hold && owned[1].1.starts_with("person:"));
    assert_eq!(owned[2], (hold, mill));
    assert!(owned[3].0.ends_with("NK-nest") && owned[3].1.starts_with("person:"));
    let links = rows(&draft, "links");
    assert_eq!((&*links[0]["valid_from"], links[0].contains_key("share")), ("2015-03", false));
    assert_eq!(links[1]["valid_to"], "2020-12-31");
}

#[test]
fn followthemoney_listings_have_a_sign_on_official_lists_of_forced_labour_alone() {
    let draft = import("ftm", "entities.ftm.json");
    let listings = rows(&draft, "listings");
    let entry = node(&listings, "Example Cotton Ginning Co., Ltd.");
    assert_eq!((&*entry["entry_id"], &*entry["listed_on"], &*entry["list"]), ("entities-ftm:entry:NK-s1", "2022-06-21", "us_dhs_uflpa"));
    assert_eq!((&*entry["sign"], &*entry["source_class"]), ("si_listed_entity", "authority_or_court"));
    assert_eq!(entry["aliases"], "示例棉业有限公司; Example Ginnery, North; ECG");
    assert!(entry["identifiers"].contains("lei:EXAMPLE0000000MILL98"));
    assert_eq!(node(&listings, "EXAMPLE STAR")["scope"], "vessel");
    let nested = node(&listings, "Nested Trading LLC");
    assert!(!nested.contains_key("sign") && !nested.contains_key("listed_on"));
    assert_eq!(listings.len(), 3);
    let alone = import_text(
        "ftm",
        "a.json",
        r#"{"id":"x","schema":"Company","datasets":["research"],"properties":{"name":["X Ltd"],"topics":["forced.labor"]}}"#,
    );
    assert!(!rows(&alone, "listings")[0].contains_key("sign"));
}

#[test]
fn followthemoney_says_what_it_left_out() {
    let draft = import("ftm", "entities.ftm.json");
    let reasons = left(&draft);
    for expected in [
        (1, "topic-of-another-entity"),
        (2, "country-several"),
        (2, "lei-check-digits"),
        (2, "register-without-country"),
        (5, "json-broken"),
        (8, "date-unreadable"),
        (9, "holding-without-control"),
        (10, "owns-itself"),
        (12, "party-not-in-file"),
        (14, "listing-of-a-person"),
        (15, "no-ownership"),
        (16, "schema-unread"),
        (17, "no-day"),
    ] {
        assert!(reasons.contains(&expected), "{expected:?} is missing in {reasons:?}");
    }
    let columns: Vec<&str> = draft.columns_left.keys().map(|(_, _, c)| c.as_str()).collect();
    assert!(columns.contains(&"Company.sector") && columns.contains(&"Person.*"), "{columns:?}");
}

#[test]
fn followthemoney_reads_gz_and_does_not_depend_on_the_order_of_rows() {
    let text = std::fs::read_to_string(inside("tests/fixtures/import/entities.ftm.json")).unwrap();
    let reversed: Vec<&str> = text.lines().rev().collect();
    let forward = import_text("ftm", "list.ftm.json", &text);
    let backward = import_text("ftm", "list.ftm.json", &reversed.join("\n"));
    for table in ["nodes", "links", "identifiers", "listings"] {
        let sorted = |d: &Draft| {
            let mut all = rows(d, table);
            all.sort();
            all
        };
        assert_eq!(sorted(&forward), sorted(&backward), "{table}");
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("list.ftm.json");
    let mut packed = flate2::write::GzEncoder::new(std::fs::File::create(&path).unwrap(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    packed.finish().unwrap();
    let mut draft = Draft::default();
    import_into(&mut draft, "ftm", &path, &options());
    assert_eq!(rows(&draft, "nodes"), rows(&forward, "nodes"));
}

#[test]
fn followthemoney_survives_hostile_entities() {
    let deep = format!("{{\"id\":\"d\",\"schema\":\"Company\",\"properties\":{{\"name\":{}}}}}", "[".repeat(5000) + &"]".repeat(5000));
    let nested = (0..15).fold("\"x\"".to_owned(), |inner, i| {
        format!("{{\"id\":\"n{i}\",\"schema\":\"Company\",\"properties\":{{\"name\":[\"N{i} Ltd\"],\"parent\":[{inner}]}}}}")
    });
    let text = [
        &deep,
        &nested,
        r#"{"id":"","schema":"Company","properties":{"name":["Blank Ltd"]}}"#,
        r#"{"id":"a\u0000b","schema":"Company","properties":{"name":["Nul Ltd"]}}"#,
        r#"{"id":7,"schema":"Company"}"#,
        r#"{"id":"e","schema":"Company","properties":[]}"#,
        r#"{"id":"f","schema":"Ownership","properties":{"owner":["e"],"asset":[{"id":"e"}],"percentage":[1e308,"999999999999999999999"]}}"#,
        r#"{"id":"g","schema":"Company","properties":{"name":["\u202eevil\u202c Ltd"],"country":["zz"],"leiCode":[null,{}]}}"#,
        r#"{"id":"g","schema":"Person","properties":{"name":["Same Id"]}}"#,
        "null",
        "[]",
    ]
    .join("\n");
    let draft = import_text("ftm", "hostile.json", &text);
    balanced(&draft, 11);
    nothing_personal(&draft, &["Same Id", "evil"]);
    assert!(left(&draft).contains(&(1, "json-too-deep")));
}

// BODS

#[test]
fn bods_0_2_follows_replaced_statements_and_names_no_person() {
    let draft = import("bods", "bods-0.2.json");
    balanced(&draft, 15);
    nothing_personal(&draft, &["Anna", "Jane", "1960", "Private Lane", "Old Name"]);
    let nodes = rows(&draft, "nodes");
    assert_eq!(nodes.len(), 3);
    let mill = node(&nodes, "Riverbend Mills Limited");
    assert_eq!((&*mill["country"], &*mill["lei"], &*mill["address"]), ("GBR", "EXAMPLE0000000MILL98", "1 River Road, Leeds"));
    assert_eq!(rows(&draft, "identifiers")[0]["scheme"], "register:GB-COH");
    let id = |n: &str| format!("bods-0-2:company:openownership-register-{n}");
    let owned = owns(&draft);
    // The owner that statement 0101 names was replaced by 0003.
    assert_eq!(owned[0], (id("0001"), id("0003")));
    assert!(owned[1].0 == id("0003") && owned[1].1.starts_with("person:"));
    assert_eq!(owned[2], (id("0003"), id("0001")));
    assert_eq!(owned.len(), 3);
    let links = rows(&draft, "links");
    assert_eq!((&*links[0]["valid_from"], &*links[0]["source"]), ("2016-04-06", "bods-0.2: shareholding 50 to 75 %"));
    assert_eq!((&*links[1]["valid_from"], &*links[1]["valid_to"]), ("2015-01-01", "2020-06-30"));
    let reasons: Vec<&str> = left(&draft).into_iter().map(|l| l.1).collect();
    for (reason, times) in [
        ("superseded", 1),
        ("person-unspecified", 1),
        ("entity-unspecified", 1),
        ("party-unspecified", 2),
        ("holding-without-control", 1),
        ("interest-without-ownership", 1),
        ("owns-itself", 1),
        ("party-not-in-file", 1),
        ("identifier-without-scheme", 1),
    ] {
        assert_eq!(reasons.iter().filter(|r| **r == reason).count(), times, "{reason}");
    }
    assert!(draft.refused.iter().any(|r| r.found.contains("noBeneficialOwners")));
    // Each statement keeps the line on which it begins.
    assert_eq!(draft.rows("nodes")[0].origin.line, 2);
}

#[test]
fn bods_0_4_takes_the_last_statement_of_a_record() {
    let draft = import("bods", "bods-0.4.jsonl");
    balanced(&draft, 10);
    nothing_personal(&draft, &["Anna"]);
    let nodes = rows(&draft, "nodes");
    let mill = node(&nodes, "Riverbend Mills plc");
    assert_eq!((&*mill["country"], &*mill["node_id"]), ("GBR", "bods-0-4:company:rec-mill"));
    assert_eq!(nodes.len(), 3);
    // The indirect link is told by its components, the closed one is over, the silent owner makes none.
    let owned = owns(&draft);
    assert_eq!(owned[0], ("bods-0-4:company:rec-mill".to_owned(), "bods-0-4:company:rec-hold".to_owned()));
    assert!(owned[1].1.starts_with("person:") && owned.len() == 2);
    let reasons = left(&draft);
    for expected in [(1, "superseded"), (7, "told-by-components"), (8, "party-unspecified"), (9, "superseded"), (10, "closed")] {
        assert!(reasons.contains(&expected), "{expected:?} is missing in {reasons:?}");
    }
}

#[test]
fn bods_survives_rings_and_nonsense() {
    let text = r#"[
{"statementID":"a","statementType":"entityStatement","name":"A Ltd","replacesStatements":["b"]},
{"statementID":"b","statementType":"entityStatement","name":"B Ltd","replacesStatements":["a"]},
{"statementID":"c","statementType":"ownershipOrControlStatement","subject":{"describedByEntityStatement":"a"},"interestedParty":{"describedByEntityStatement":"b"}},
{"statementID":"d","statementType":"ownershipOrControlStatement","subject":5,"interestedParty":[],"interests":{"a":1}},
{"statementType":"entityStatement","name":"No id"},
{"recordType":"entity","recordId":"e","recordDetails":7},
{"statementID":"f","statementType":"entityStatement","name":"F Ltd"},
{"statementID":"g","statementType":"entityStatement","name":"G Ltd"},
{"statementID":"h","statementType":"ownershipOrControlStatement","subject":{"describedByEntityStatement":"f"},"interestedParty":{"describedByEntityStatement":"g"},"interests":[{"type":"shareholding","share":{"exact":1e300}}]}
]"#;
    let draft = import_text("bods", "ring.json", text);
    balanced(&draft, 9);
    assert!(left(&draft).contains(&(10, "holding-unreadable")));
}

// GLEIF

#[test]
fn gleif_level_1_gives_entities_with_their_registers() {
    let draft = import("gleif", "gleif-level1.csv");
    balanced(&draft, 7);
    nothing_personal(&draft, &["Anna", "Private Lane"]);
    let nodes = rows(&draft, "nodes");
    let mill = node(&nodes, "Muster Spinnerei GmbH");
    assert_eq!(mill["node_id"], "gleif:company:EXAMPLE0000000MILL98");
    assert_eq!(
        (&*mill["country"], &*mill["subdivision"], &*mill["city"], &*mill["address"]),
        ("DEU", "DE-BY", "Musterstadt", "Beispielweg 1, 99999")
    );
    assert_eq!(node(&nodes, "Example Holdings Limited")["city"], "London");
    assert_eq!(node(&nodes, "示例集团有限公司")["country"], "CHN");
    assert_eq!(node(&nodes, "Faded Example Inc")["country"], "USA");
    assert_eq!(nodes.iter().filter(|n| n["kind"] == "person").count(), 1);
    let identifiers: Vec<String> = rows(&draft, "identifiers").iter().map(|r| format!("{} {}", r["scheme"], r["value"])).collect();
    assert_eq!(identifiers, ["register:RA000242 HRB 12345", "register:GB-COH 01234567"]);
    let aliases: Vec<String> = rows(&draft, "aliases").iter().map(|r| format!("{} ({})", r["name"], r["source"])).collect();
    assert_eq!(
        aliases,
        ["Muster Spinnerei AG (gleif: previous_legal_name)", "Shili Jituan Youxian Gongsi (gleif: auto_ascii_transliterated_legal_name)"]
    );
    let reasons = left(&draft);
    assert!(reasons.contains(&(6, "record-void")) && reasons.contains(&(8, "lei-check-digits")));
    // Lapsed and inactive entities are told once for the file.
    assert!(reasons.contains(&(0, "registration-lapsed")) && reasons.contains(&(0, "entity-inactive")));
    let columns: Vec<&str> = draft.columns_left.keys().map(|(_, _, c)| c.as_str()).collect();
    assert!(columns.contains(&"Registration.ManagingLOU"));
}

#[test]
fn gleif_level_2_says_who_is_owned_by_whom_once() {
    let lei = |who: &str| {
        let all = [
            "EXAMPLE0000000MILL98",
            "EXAMPLE0000000HOLD74",
            "EXAMPLE00000000TOP52",
            "EXAMPLE00000000FAR65",
            "EXAMPLE000000RINGA91",
            "EXAMPLE000000RINGB88",
        ];
        format!("gleif:company:{}", all.iter().find(|l| l.contains(who)).unwrap())
    };
    let mut draft = Draft::default();
    let folder = inside("tests/fixtures/import");
    for file in ["gleif-level1.csv", "gleif-level2.csv", "gleif-exceptions.csv"] {
        import_into(&mut draft, "gleif", &folder.join(file), &options());
    }
    balanced(&draft, 7 + 13 + 2);
    let expected = [("MILL", "HOLD"), ("HOLD", "TOP"), ("RINGA", "RINGB"), ("RINGB", "RINGA"), ("RINGA", "TOP"), ("FAR", "HOLD")];
    // FAR's direct parent is HOLD, whose direct parent is TOP: its ultimate parent is told already.
    assert_eq!(owns(&draft), expected.map(|(a, b)| (lei(a), lei(b))));
    // The accounting period is not the period of the link.
    assert_eq!(rows(&draft, "links")[0]["valid_from"], "2017-12-06");
    assert!(!rows(&draft, "links")[0].contains_key("valid_to"));
    let reasons: Vec<(&str, u32, &str)> = draft.refused.iter().map(|r| (&*r.at.file, r.at.line, r.reason)).collect();
    for expected in [
        ("gleif-level2.csv", 4, "told-by-direct-links"),
        ("gleif-level2.csv", 5, "told-by-direct-links"),
        ("gleif-level2.csv", 6, "fund-relation"),
        ("gleif-level2.csv", 10, "relationship-ended"),
        ("gleif-level2.csv", 11, "owns-itself"),
        ("gleif-level2.csv", 12, "lei-check-digits"),
        ("gleif-level2.csv", 13, "relationship-unknown"),
        ("gleif-exceptions.csv", 2, "no-parent-named"),
    ] {
        assert!(reasons.contains(&expected), "{expected:?} is missing in {reasons:?}");
    }
    // An entity that level 1 does not hold stands as its LEI; one that it holds keeps its name, whichever file comes first.
    let nodes = rows(&draft, "nodes");
    assert_eq!(node(&nodes, "EXAMPLE00000000FAR65")["lei"], "EXAMPLE00000000FAR65");
    let mut other = Draft::default();
    import_into(&mut other, "gleif", &folder.join("gleif-level2.csv"), &options());
    import_into(&mut other, "gleif", &folder.join("gleif-level1.csv"), &options());
    node(&rows(&other, "nodes"), "Example Holdings Limited");
    assert!(!left(&other).iter().any(|l| l.1 == "differs-within-file"));
}

// Bills of lading

#[test]
fn a_bill_over_several_containers_is_one_shipment_with_the_sum() {
    let draft = import("bills", "bills.csv");
    balanced(&draft, 11);
    nothing_personal(&draft, &["ANNA", "JANE", "Anna", "PRIVATE LANE", "+84", "MR SAMPLE", "TEL 0"]);
    let shipments = rows(&draft, "shipments");
    let first = &shipments[0];
    assert_eq!((&*first["shipment_id"], &*first["date"], &*first["product"]), ("bills:shipment:EXMU1001", "2024-03-04", "610910"));
    // 2 x 1,200.5 kg and 10,000.25 + 5,000.50 USD; the third row says the second again.
    assert_eq!((&*first["quantity"], &*first["unit"], &*first["value"], &*first["currency"]), ("2401", "KG", "15000.75", "USD"));
    assert_eq!(first["origin_country"], "VNM");
    let ids: Vec<&str> = shipments.iter().map(|s| s["shipment_id"].as_str()).collect();
    assert_eq!(ids, ["bills:shipment:EXMU1001", "bills:shipment:EXMU1005"]);
    // The HS number of a description counts, the description is not kept.
    assert_eq!(shipments[1]["product"], "940161");
    assert_eq!(draft.accounts.values().next().map(|a| a.repeated), Some(1));
}

#[test]
fn parties_of_bills_are_organisations_keys_or_unseen() {
    let draft = import("bills", "bills.csv");
    let nodes = rows(&draft, "nodes");
    assert_eq!(node(&nodes, "RIVERBEND GARMENTS CO., LTD.")["kind"], "trader");
    assert_eq!(node(&nodes, "NORTHWIND TRADING LLC")["kind"], "company");
    assert_eq!(node(&nodes, "FASTWAY FREIGHT FORWARDING INC")["kind"], "agent");
    assert_eq!(nodes.iter().filter(|n| n["kind"] == "person").count(), 2);
    // No supply link to a forwarder, to order, or between persons.
    let links = rows(&draft, "links");
    let mut told: Vec<(&str, &str)> = links.iter().map(|l| (l["basis"].as_str(), l.get("product").map_or("", String::as_str))).collect();
    told.sort_unstable();
    assert_eq!(told, [("shipment", ""), ("shipment", "610910")]);
    let reasons = left(&draft);
    for expected in [
        (5, "shipper-withheld"),
        (6, "consignee-is-bank"),
        (9, "product-not-told"),
        (10, "date-unreadable"),
        (11, "hs-odd-digits"),
        (12, "consignee-to-order"),
        (0, "consignee-is-forwarder"),
        (0, "name-may-be-a-person"),
    ] {
        assert!(reasons.contains(&expected), "{expected:?} is missing in {reasons:?}");
    }
    let columns: BTreeMap<&str, &str> = draft.columns_left.iter().map(|((_, _, c), why)| (c.as_str(), *why)).collect();
    assert!(columns["Notify Party Name"].contains("never read") && columns["Shipper Phone"].contains("persons"));
}

#[test]
fn days_that_can_be_read_both_ways_need_a_word() {
    let text = "BL No,Date,Shipper,Consignee,HS Code\nB1,03/04/2024,A Ltd,B Ltd,6109\nB2,05/06/2024,A Ltd,B Ltd,6109\n";
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bills.csv");
    std::fs::write(&path, text).unwrap();
    let run = |options: &Options<'_>| {
        let mut draft = Draft::default();
        (importer("bills").unwrap().run)(&ForeignFile::new(&path), options, &mut draft).map(|()| column(&draft, "shipments", "date"))
    };
    let refused = run(&options()).unwrap_err();
    assert!(refused.line == 2 && refused.found.contains("date_order=mdy"), "{refused:?}");
    let said = |order: &str| {
        let mut options = options();
        options.columns.insert("date_order".to_owned(), order.to_owned());
        run(&options).unwrap()
    };
    assert_eq!(said("dmy"), ["2024-04-03", "2024-06-05"]);
    assert_eq!(said("mdy"), ["2024-03-04", "2024-05-06"]);
}

// Audits

#[test]
fn audit_exports_give_sites_visits_and_the_signs_that_titles_say() {
    let draft = import("audits", "smeta.csv");
    balanced(&draft, 6);
    nothing_personal(&draft, &["Anna", "Jane"]);
    let nodes = rows(&draft, "nodes");
    let site = node(&nodes, "Riverbend Mill 1");
    assert_eq!((&*site["node_id"], &*site["country"], &*site["parent_id"]), ("smeta:site:ZS1000001", "VNM", "smeta:company:ZC2000001"));
    let identifiers: Vec<String> = rows(&draft, "identifiers").iter().map(|r| format!("{} {}", r["scheme"], r["value"])).collect();
    assert!(identifiers.contains(&"sedex ZS1000001".to_owned()) && identifiers.contains(&"sedex ZC2000001".to_owned()));
    let audits = rows(&draft, "audits");
    assert_eq!(audits.len(), 2);
    let first = &audits[0];
    assert_eq!((&*first["date"], &*first["scheme"], &*first["announcement"]), ("2024-05-21", "smeta_4_pillar", "semi_announced"));
    assert_eq!((&*first["auditor"], &*first["interviews_onsite"]), ("Example Assurance Ltd", "42"));
    assert_eq!((&*audits[1]["scheme"], audits[1].contains_key("auditor")), ("smeta_2_pillar", false));
    let findings: Vec<(String, String)> = rows(&draft, "audit_findings").iter().map(|r| (r["sign"].clone(), r["status"].clone())).collect();
    let expected = [("fl11_document_retention", "open"), ("ex_excessive_hours", "closed")];
    assert_eq!(findings, expected.map(|(s, t)| (s.to_owned(), t.to_owned())));
    let reasons = left(&draft);
    for expected in
        [(4, "title-says-no-sign"), (6, "country-unknown"), (6, "count-unreadable"), (6, "no-finding"), (7, "no-site"), (8, "no-date")]
    {
        assert!(reasons.contains(&expected), "{expected:?} is missing in {reasons:?}");
    }
}

#[test]
fn the_signs_of_titles_and_lists_are_signs_of_the_pack() {
    let pack = onus::pack::MethodPack::embedded().unwrap();
    for sign in onus::import::audits::signs_of_titles().chain(["si_listed_entity"]) {
        assert!(pack.sign(sign).is_some(), "{sign}");
    }
}

#[test]
fn slcp_assessments_count_once_verified() {
    let text = "Facility ID,Facility Name,Assessment ID,Assessment Status,Verification Date,Question Number,Answer\n\
        100200,River Mill Ltd,A1,Verification Completed,2024-05-21,fp-1,yes\n\
        100200,River Mill Ltd,A1,Verification Completed,2024-05-21,fp-2,no\n\
        100201,Hill Mill Ltd,A2,Disputed,2024-05-21,fp-1,yes\n";
    let draft = import_text("audits", "slcp.csv", text);
    balanced(&draft, 3);
    assert_eq!(column(&draft, "audits", "scheme"), ["slcp"]);
    assert_eq!(rows(&draft, "identifiers")[0]["scheme"], "slcp");
    assert!(left(&draft).contains(&(4, "assessment-not-verified")));
}

// Reporting templates of minerals

struct Template {
    book: rust_xlsxwriter::Workbook,
}

impl Template {
    fn new() -> Self {
        Self { book: rust_xlsxwriter::Workbook::new() }
    }

    fn sheet(&mut self, name: &str, first_row: u32, rows: &[&[&str]]) {
        let sheet = self.book.add_worksheet().set_name(name).unwrap();
        sheet.merge_range(0, 0, 0, 6, "Reporting template: instructions stand here", &rust_xlsxwriter::Format::new()).unwrap();
        for (r, row) in rows.iter().enumerate() {
            for (c, text) in row.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
                sheet.write_string(first_row + r as u32, c as u16, *text).unwrap();
            }
        }
    }

    fn import(mut self, format: &str) -> Draft {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("RMI_TEMPLATE.xlsx");
        self.book.save(&path).unwrap();
        let mut draft = Draft::default();
        import_into(&mut draft, format, &path, &options());
        draft
    }
}

const DECLARATION: &[&[&str]] = &[
    &["", "Company Name (*):", "", "Northwind Electronics Inc"],
    &["", "Declaration Scope or Class (*):", "", "A. Company"],
    &["", "Contact Name (*):", "", "Anna Example"],
    &["", "Email - Contact (*):", "", "anna@example.com"],
    &["", "Authorizer (*):", "", "Jane Sample"],
    &["", "Effective Date (*):", "", "21-May-2024"],
    &["", "6) What percentage of relevant suppliers have provided a response to your supply chain survey?", "", "Answer"],
    &["", "Tin  (*)", "", "Greater than 75%"],
];

const SMELTER_HEADER: &[&str] = &[
    "Smelter Identification Number Input Column",
    "Metal (*)",
    "Smelter Look-up (*)",
    "Smelter Name (1)",
    "Smelter Country (*)",
    "Smelter Identification",
    "Source of Smelter Identification Number",
    "Smelter Street ",
    "Smelter City",
    "Smelter Facility Location: State / Province",
    "Smelter Contact Name",
    "Smelter Contact Email",
    "Proposed next steps",
    "Name of Mine(s)",
    "Location (Country) of Mine(s)",
    "Does 100% of the smelter’s feedstock originate from recycled or scrap sources?",
    "Comments",
];

fn smelter_rows(header: &[&'static str]) -> Vec<Vec<&'static str>> {
    vec![
        header.to_vec(),
        vec![
            "CID009001",
            "Tin",
            "Example Tin Smelting",
            "Example Tin Smelting Ltd",
            "INDONESIA",
            "CID009001",
            "RMI",
            "",
            "Example City",
            "",
            "Anna Example",
            "anna@example.com",
            "",
            "",
            "",
            "No",
        ],
        vec![
            "",
            "Gold",
            "Smelter not listed",
            "Hand Written Refinery",
            "Peru",
            "",
            "",
            "",
            "",
            "",
            "Jane Sample",
            "",
            "",
            "",
            "",
            "Yes",
            "ask Jane",
        ],
        vec!["", "Tungsten", "Smelter not yet identified", "Unknown", "Unknown"],
        vec!["CID9", "Tantalum", "Example Tantalum", "Example Tantalum", "China", "CID9", "RMI"],
        vec!["CID009001", "Tin", "Example Tin Smelting", "Example Tin Smelting Ltd", "Indonesia", "CID009001", "RMI", "", "Example City"],
        vec!["", "Unobtainium", "Example Smelter", "Example Smelter", "China"],
    ]
}

fn refs<'r>(rows: &'r [Vec<&'static str>]) -> Vec<&'r [&'r str]> {
    rows.iter().map(Vec::as_slice).collect()
}

#[test]
fn a_cmrt_gives_smelters_and_never_one_that_is_not_identified() {
    let mut template = Template::new();
    template.sheet("Instructions", 2, &[&["Metal", "Smelter Name", "Smelter Country"]]);
    template.sheet("Declaration", 6, DECLARATION);
    let rows_of = smelter_rows(SMELTER_HEADER);
    template.sheet("Smelter List", 3, &refs(&rows_of));
    let draft = template.import("cmrt");
    balanced(&draft, 6);
    nothing_personal(&draft, &["Anna", "Jane", "example.com"]);
    let nodes = rows(&draft, "nodes");
    let tin = node(&nodes, "Example Tin Smelting Ltd");
    assert_eq!((&*tin["kind"], &*tin["country"], &*tin["product"], &*tin["city"]), ("smelter", "IDN", "8001", "Example City"));
    assert_eq!(tin["node_id"], "northwind-electronics-inc:smelter:CID009001");
    assert_eq!(node(&nodes, "Hand Written Refinery")["kind"], "refinery");
    assert_eq!(node(&nodes, "Northwind Electronics Inc")["kind"], "company");
    assert_eq!(nodes.len(), 4);
    let identifiers: Vec<String> = rows(&draft, "identifiers").iter().map(|r| format!("{} {}", r["scheme"], r["value"])).collect();
    assert_eq!(identifiers, ["cid CID009001"]);
    let links = rows(&draft, "links");
    assert_eq!(links.len(), 3);
    assert!(links.iter().all(|l| l["relation"] == "supplies" && l["scope"] == l["buyer_id"] && l["valid_from"] == "2024-05-21"));
    // Rows keep the sheet's own number: the header stands in row 4.
    let reasons = left(&draft);
    for expected in [(7, "smelter-not-identified"), (8, "cid-form"), (10, "metal-unknown"), (0, "recycled"), (0, "smelters-unseen")] {
        assert!(reasons.contains(&expected), "{expected:?} is missing in {reasons:?}");
    }
    assert!(draft.notes.iter().any(|n| n.contains("tin: suppliers that answered: Greater than 75%")), "{:?}", draft.notes);
    assert_eq!(draft.rows("nodes")[0].origin.sheet.as_deref(), Some("Smelter List"));
}

#[test]
fn templates_in_other_languages_are_read_by_words_or_by_the_order_of_columns() {
    for (header, by_place) in [
        (["冶炼厂识别号码输入列", "金属 (*)", "冶炼厂查找 (*)", "冶炼厂名称 (1)", "冶炼厂所在国家或地区 (*)", "冶炼厂识别"], false),
        (["Eingabespalte", "Metall (*)", "Suche (*)", "Name der Anlage", "Land (*)", "Kennung"], true),
    ] {
        let mut template = Template::new();
        template.sheet("Declaration", 6, DECLARATION);
        let rows_of = smelter_rows(&header);
        template.sheet("Smelter List", 3, &refs(&rows_of));
        let draft = template.import("cmrt");
        assert_eq!(node(&rows(&draft, "nodes"), "Example Tin Smelting Ltd")["country"], "IDN");
        assert_eq!(draft.notes.iter().any(|n| n.contains("by their order")), by_place);
        nothing_personal(&draft, &["Anna", "Jane"]);
    }
}

#[test]
fn an_emrt_links_mines_to_the_smelters_that_its_rows_name() {
    let mut template = Template::new();
    template.sheet("Declaration", 6, DECLARATION);
    let smelters = vec![
        SMELTER_HEADER.to_vec(),
        vec!["CID009002", "Cobalt", "Example Cobalt", "Example Cobalt Refining", "Finland", "CID009002", "RMI"],
    ];
    template.sheet("Smelter List", 3, &refs(&smelters));
    let mines = vec![
        vec![
            "Metal (*)",
            "Smelter sourcing from this mine (*)",
            "Mine (Quarry) Name",
            "Mine Identification",
            "ID Source",
            "Mine Country",
            "Mine Street",
            "Mine City",
            "Province",
            "District",
            "Mine Contact Name",
        ],
        vec!["Cobalt", "Example Cobalt Refining", "Example Pit", "", "", "Zambia", "", "Example Town", "", "", "Anna Example"],
        vec!["Cobalt", "Another Refining", "Second Pit", "77", "", "Zambia"],
        vec!["Cobalt", "Example Cobalt Refining", "Unknown", "", "", ""],
    ];
    template.sheet("Mine List", 3, &refs(&mines));
    let draft = template.import("emrt");
    balanced(&draft, 4);
    nothing_personal(&draft, &["Anna"]);
    let nodes = rows(&draft, "nodes");
    let pit = node(&nodes, "Example Pit");
    assert_eq!((&*pit["kind"], &*pit["product"], &*pit["country"]), ("mine", "2605", "ZMB"));
    let links = rows(&draft, "links");
    let smelter = &node(&nodes, "Example Cobalt Refining")["node_id"];
    assert!(links.iter().any(|l| l["supplier_id"] == pit["node_id"] && l["buyer_id"] == *smelter && l["relation"] == "supplies"));
    let second = &node(&nodes, "Second Pit")["node_id"];
    assert!(links.iter().any(|l| l["supplier_id"] == *second && l["relation"] == "lists"));
    let reasons = left(&draft);
    for expected in [(6, "smelter-not-in-list"), (6, "identifier-without-scheme"), (7, "mine-not-identified")] {
        assert!(reasons.contains(&expected), "{expected:?} is missing in {reasons:?}");
    }
}
