//! A whole run over the sample: what a reader of the result folder may rely on.

use super::runs::{self, Csv, FIRST_RUN, number, rows, texts};
use onus::base::Traced;
use onus::base::holdings::holding_key;
use onus::schema::outputs;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn out() -> &'static Path {
    &FIRST_RUN.1
}

fn site(id: &str) -> runs::Row {
    rows(out(), &outputs::SITES).into_iter().find(|r| r["node_id"] == id).unwrap_or_else(|| panic!("no site {id}"))
}

/// Rows of exposure by node, norm, view and rule.
fn exposure() -> BTreeMap<[String; 4], runs::Row> {
    let key = |r: &runs::Row| ["node_id", "norm", "view", "mapped_rule"].map(|c| r[c].clone());
    rows(out(), &outputs::EXPOSURE).into_iter().map(|r| (key(&r), r)).collect()
}

fn key(parts: [&str; 4]) -> [String; 4] {
    parts.map(str::to_owned)
}

/// Focal node, norm, view, rule.
fn walk(r: &runs::Row) -> [String; 4] {
    ["focal_id", "norm", "view", "mapped_rule"].map(|c| r[c].clone())
}

#[test]
fn the_sample_gives_a_result_that_verifies_with_every_table_filled() {
    let report = onus::export::verify(out()).unwrap();
    let wrong: Vec<&str> = report.lines.iter().filter(|l| !l.holds).map(|l| l.text.as_str()).collect();
    assert!(report.holds() && wrong.is_empty(), "{wrong:?}");
    for table in outputs::tables() {
        let filled = if table.is_parquet() { rows(out(), table).len() } else { Csv::read_file(&out().join(table.file)).rows.len() };
        // Nothing of the sample is refused.
        assert_eq!(filled > 0, table.name != "quarantine", "{} has {filled} rows", table.file);
    }
    assert_eq!(rows(out(), &outputs::SITES).len(), 191 + 1, "every node of nodes.csv, and the one that links alone name");
}

#[test]
fn garments_017_is_a_site_signal_of_forced_labour_and_stands_near_the_top_of_the_register() {
    let ga = site("GA-017");
    assert_eq!(ga["state"], "indicated", "a case of it is indicated by rule");
    assert!(ga["signal_norms"].split(';').any(|n| n == "forced_labour"), "{}", ga["signal_norms"]);
    assert!(number(&ga, "forced_labour_coupled") > 0.5);
    let register = Csv::read_file(&out().join("register.csv"));
    // Before it only a larger place on evidence: more people are likely to be concerned there.
    let at = register.rows.iter().position(|r| register.cell(r, "node_id") == "GA-017").unwrap();
    let people = |i: usize| register.cell(&register.rows[i], "people").parse::<f64>().unwrap();
    assert!(at <= 1 && (0..at).all(|i| people(i) > people(at) && register.cell(&register.rows[i], "basis") == "on evidence"), "{at}");
    // The newspaper repeats the NGO: one origin.
    let said: Vec<runs::Row> = rows(out(), &outputs::EVIDENCE).into_iter().filter(|r| r["node_id"] == "GA-017").collect();
    let paper = said.iter().find(|r| r["source"] == "media_single").unwrap();
    assert_eq!((paper["used"].as_str(), paper["log_weight"].as_str()), ("false", "0.0"), "{paper:?}");
}

#[test]
fn five_clean_announced_audits_lower_nothing_to_the_ground() {
    // The audits alone: payroll, survey and recruitment file say other things of this place.
    let (room, data) = runs::copied_sample();
    for table in ["payroll", "surveys", "recruitment", "purchasing", "certificates"] {
        std::fs::remove_file(data.join(table).with_extension("csv")).unwrap();
    }
    let out = room.path().join("out");
    runs::assess(&data, &out, 2);
    let ga = rows(&out, &outputs::SITES).into_iter().find(|r| r["node_id"] == "GA-003").unwrap();
    let prior: BTreeMap<String, f64> = rows(&out, &outputs::PRIORS)
        .into_iter()
        .filter(|r| r["node_id"] == "GA-003")
        .map(|r| (r["norm"].clone(), number(&r, "marginal")))
        .collect();
    let (after, before) = (number(&ga, "forced_labour_decoupled"), prior["forced_labour"]);
    assert!(after < before && after > before / 3.0, "{before} fell to {after}");
    assert_eq!(ga["state"], "context_risk");
}

#[test]
fn the_share_of_a_supplier_that_no_table_holds_ends_unseen() {
    let all = exposure();
    for norm in Traced::NAMES {
        let r = &all[&key(["UNKNOWN-88", norm, "all", "cautious"])];
        assert_eq!(["touched", "unseen", "clear"].map(|c| number(r, c)), [0.0, 1.0, 0.0], "{norm}");
    }
    assert_eq!((site("UNKNOWN-88")["kind"].as_str(), site("UNKNOWN-88")["state"].as_str()), ("unknown", "no_posterior"));
    let weight = rows(out(), &outputs::LINKS)
        .iter()
        .find(|l| l["supplier_id"] == "UNKNOWN-88" && l["buyer_id"] == "GA-009")
        .map(|l| number(l, "weight_merged"))
        .unwrap();
    let ga = &all[&key(["GA-009", "any", "all", "cautious"])];
    let passed_on = (1.0 - number(&site("GA-009"), "any")) * number(ga, "mapped") * weight;
    assert!(weight > 0.0 && number(ga, "unseen") >= passed_on, "{ga:?}");
}

#[test]
fn a_closed_circle_is_counted_and_half_of_what_it_buys_is_unseen() {
    assert_eq!(FIRST_RUN.2.assumptions.closed_circle_nodes, 2);
    let all = exposure();
    for trader in ["TR-05", "TR-06"] {
        let r = &all[&key([trader, "any", "all", "cautious"])];
        assert_eq!(number(r, "mapped"), 0.5, "declared 1, but goods do not come from a circle");
        assert_eq!(number(r, "clear"), 0.0);
    }
}

#[test]
fn every_focal_figure_is_closed_and_told_for_four_norms_and_two_rules() {
    let all = exposure();
    let focal: Vec<&[String; 4]> = all.iter().filter(|(k, r)| k[2] != "all" && r["focal"] == "true").map(|(k, _)| k).collect();
    let of = |id: &str, view: &str| focal.iter().filter(|k| k[0] == id && k[2] == view).count();
    assert_eq!((of("BR-ALDER", "own"), of("BR-BIRCH", "own")), (8, 8));
    // Birch publishes a list, Alder none: there is nothing to leave out.
    assert_eq!((of("BR-ALDER", "own_unfilled"), of("BR-BIRCH", "own_unfilled")), (0, 8));
    for (k, r) in &all {
        let [touched, unseen, clear, defect] = ["touched", "unseen", "clear", "defect"].map(|c| number(r, c));
        assert!((1.0 - touched - unseen - clear - defect).abs() < 1e-12 && defect.abs() <= 1e-9, "{k:?}");
        let expected = number(r, "expected");
        assert!(expected >= touched - 1e-12 && expected <= touched + unseen + 1e-12, "{k:?}");
    }
    assert!(FIRST_RUN.2.closure_defect <= 1e-9);
}

#[test]
fn taking_the_links_as_all_there_are_never_raises_what_is_unseen() {
    let all = exposure();
    for (k, cautious) in all.iter().filter(|(k, _)| k[3] == "cautious") {
        let listed = &all[&[k[0].clone(), k[1].clone(), k[2].clone(), "as_listed".to_owned()]];
        assert!(number(listed, "unseen") <= number(cautious, "unseen") + 1e-9, "{k:?}");
        assert!(number(listed, "touched") >= number(cautious, "touched") - 1e-9, "{k:?}");
    }
}

#[test]
fn a_published_list_takes_from_the_unseen_part_alone() {
    let all = exposure();
    for (k, without) in all.iter().filter(|(k, _)| k[2] == "own_unfilled") {
        let with = &all[&[k[0].clone(), k[1].clone(), "own".to_owned(), k[3].clone()]];
        let [touched, unseen, clear] = ["touched", "unseen", "clear"].map(|c| number(with, c) - number(without, c));
        assert!(touched >= -1e-9 && clear >= -1e-9 && unseen <= 1e-9, "{k:?}: {touched} {unseen} {clear}");
    }
}

#[test]
fn contributions_and_what_they_leave_over_are_the_touched_figure() {
    let all = exposure();
    let mut sums: BTreeMap<[String; 4], (f64, usize)> = BTreeMap::new();
    for r in rows(out(), &outputs::CONTRIBUTIONS) {
        let sum = sums.entry(walk(&r)).or_default();
        sum.0 += number(&r, "touched");
        sum.1 += usize::from(r["is_rest"] == "true");
    }
    assert_eq!(sums.len(), 8 + 16, "Alder in one view, Birch in two");
    for (k, (touched, rests)) in sums {
        assert!((touched - number(&all[&k], "touched")).abs() < 1e-9, "{k:?}");
        assert_eq!(rests, 1, "{k:?}");
    }
}

#[test]
fn the_largest_contribution_on_evidence_to_birch_is_garments_017() {
    let own: Vec<runs::Row> = rows(out(), &outputs::CONTRIBUTIONS)
        .into_iter()
        .filter(|r| walk(r) == key(["BR-BIRCH", "forced_labour", "own", "cautious"]) && r["on_evidence"] == "true")
        .collect();
    let largest = own.iter().max_by(|a, b| number(a, "touched").total_cmp(&number(b, "touched"))).unwrap();
    assert_eq!((largest["node_id"].as_str(), largest["tier"].as_str()), ("GA-017", "1"));
}

#[test]
fn sums_by_every_dimension_are_the_figures() {
    const PARTS: [&str; 4] = ["touched_on_evidence", "touched_by_context", "unseen", "clear"];
    let all = exposure();
    let mut sums: BTreeMap<([String; 4], String), [f64; 4]> = BTreeMap::new();
    for r in rows(out(), &outputs::CONTRIBUTION_SUMS) {
        let sum = sums.entry((walk(&r), r["dimension"].clone())).or_default();
        for (total, part) in sum.iter_mut().zip(PARTS) {
            *total += number(&r, part);
        }
    }
    assert_eq!(sums.len(), 24 * outputs::words::DIMENSIONS.len());
    for ((k, dimension), sum) in sums {
        for (total, part) in sum.iter().zip(PARTS) {
            assert!((total - number(&all[&k], part)).abs() < 1e-9, "{k:?} by {dimension}: {part}");
        }
    }
}

#[test]
fn parties_and_regions_have_no_probability() {
    let sites = rows(out(), &outputs::SITES);
    let parties: Vec<&runs::Row> = sites
        .iter()
        .filter(|r| ["brand", "retailer", "company", "group", "list", "region", "unknown"].contains(&r["kind"].as_str()))
        .collect();
    assert_eq!(parties.len(), 2 + 2 + 1 + 1 + 1, "two brands, two retailers, a group, a region, an unknown supplier");
    for r in &parties {
        assert_eq!((r["has_posterior"].as_str(), r["state"].as_str()), ("false", "no_posterior"));
        let filled: Vec<&String> =
            r.iter().filter(|(c, v)| (c.ends_with("coupled") || *c == "any" || *c == "people") && !v.is_empty()).map(|(c, _)| c).collect();
        assert!(filled.is_empty(), "{}: {filled:?}", r["node_id"]);
    }
    let known: BTreeSet<&str> = parties.iter().map(|r| r["node_id"].as_str()).collect();
    assert!(rows(out(), &outputs::PRIORS).iter().all(|r| !known.contains(r["node_id"].as_str())));
    assert!(rows(out(), &outputs::CONTRIBUTIONS).iter().all(|r| !known.contains(r["node_id"].as_str()) || number(r, "touched") == 0.0));
    assert!(sites.iter().filter(|r| !known.contains(r["node_id"].as_str())).all(|r| !r["any"].is_empty()));
}

/// Ids and names of the places of the sample that look like one person's: farms and home-work places under plain names.
fn holdings() -> Vec<(String, String)> {
    let nodes = Csv::read(&runs::sample(), "nodes");
    let of = |r: &Vec<String>| (nodes.cell(r, "node_id").to_owned(), nodes.cell(r, "name").to_owned());
    nodes.rows.iter().filter(|r| ["farm", "home_work"].contains(&nodes.cell(r, "kind"))).map(of).collect()
}

#[test]
fn no_output_names_a_holding_and_every_table_knows_it_by_its_key() {
    let hidden = holdings();
    assert_eq!((hidden.len(), FIRST_RUN.2.assumptions.holdings_masked), (63, 63));
    let texts = texts(out());
    for (id, name) in &hidden {
        for word in [id, name] {
            assert_eq!(runs::holding(&texts, word), [""; 0], "{word}");
        }
    }
    let keyed: BTreeSet<String> = hidden.iter().map(|(id, _)| format!("holding:{}", holding_key(id))).collect();
    for (table, column, least) in [
        (&*outputs::SITES, "node_id", 63),
        (&*outputs::PRIORS, "node_id", 63),
        (&*outputs::EXPOSURE, "node_id", 63),
        (&*outputs::EVIDENCE, "node_id", 3),
        (&*outputs::CONTRIBUTIONS, "node_id", 1),
        (&*outputs::LINKS, "supplier_id", 40),
    ] {
        let ids: BTreeSet<String> =
            rows(out(), table).into_iter().map(|r| r[column].clone()).filter(|id| id.starts_with("holding:")).collect();
        assert!(ids.is_subset(&keyed), "{}", table.file);
        assert!(ids.len() >= least, "{}: {} of {least}", table.file, ids.len());
    }
    assert!(texts["register.csv"].contains("holding:"));
    let farm = site(&format!("holding:{}", holding_key("FA-021")));
    assert_eq!(farm["name"], format!("holding, IND, {}", holding_key("FA-021")));
    assert!(["site_signal", "possible", "indicated"].contains(&farm["state"].as_str()), "{}", farm["state"]);
}

#[test]
fn what_is_wrong_with_a_holding_is_said_without_naming_it() {
    let (room, data) = runs::copied_sample();
    let mut nodes = Csv::read(&data, "nodes");
    let (workers, name, parent, country) = (nodes.at("workers"), nodes.at("name"), nodes.at("parent_id"), nodes.at("country"));
    nodes.row_mut("node_id", "FA-001")[workers] = "-4".to_owned(); // a cell that becomes missing
    nodes.row_mut("node_id", "FA-003")[name] = "Cotton farm 002".to_owned(); // two that look like one
    nodes.row_mut("node_id", "FA-004")[parent] = "FA-005".to_owned(); // each other's parent
    nodes.row_mut("node_id", "FA-005")[parent] = "FA-004".to_owned();
    nodes.row_mut("node_id", "FA-006")[country] = "QQQ".to_owned();
    nodes.write(&data, "nodes");
    let mut links = Csv::read(&data, "links");
    links.push(&[("supplier_id", "FA-007"), ("buyer_id", "FA-007"), ("relation", "supplies")]); // to itself
    for supplier in ["FA-008", "FA-009"] {
        links.push(&[("supplier_id", supplier), ("buyer_id", "FA-010"), ("relation", "supplies"), ("share", "0.9")]); // more than all
    }
    links.write(&data, "links");
    let out = room.path().join("out");
    let summary = runs::assess(&data, &out, 2);
    let codes: BTreeSet<&str> = summary.problems.iter().map(|p| p.code.as_str()).collect();
    for code in ["cell-negative", "nodes-alike", "parent-cycle", "share-sum"] {
        assert!(codes.contains(code), "the change of the sample shows no {code}: {codes:?}");
    }
    let texts = texts(&out);
    for (id, name) in holdings() {
        for word in [&id, &name] {
            assert_eq!(runs::holding(&texts, word), [""; 0], "{word}");
        }
    }
}

#[test]
fn grievances_show_no_day_no_line_and_no_id() {
    let table = Csv::read(&runs::sample(), "grievances");
    let texts = texts(out());
    let told: Vec<runs::Row> = rows(out(), &outputs::EVIDENCE).into_iter().filter(|r| r["table"] == "grievances").collect();
    assert_eq!(told.len(), table.rows.len());
    for r in &told {
        assert_eq!((r["line"].as_str(), r["record"].as_str()), ("", ""));
        assert!(r["origin"].starts_with("origin "), "{}", r["origin"]);
        assert!(r["quarter"].len() == 6 && r["quarter"].contains('Q'), "{}", r["quarter"]);
    }
    for column in ["grievance_id", "received_on", "origin"] {
        for word in table.column(column).iter().filter(|w| !w.is_empty()) {
            assert_eq!(runs::holding(&texts, word), [""; 0], "{column} {word}");
        }
    }
    for day in table.column("remedied_on").iter().filter(|w| !w.is_empty()) {
        assert_eq!(runs::holding(&texts, day), [""; 0], "remedied_on {day}");
    }
}

#[test]
fn what_is_wrong_with_a_grievance_is_said_without_its_day_or_its_words() {
    let (room, data) = runs::copied_sample();
    let mut table = Csv::read(&data, "grievances");
    let received = table.at("received_on");
    table.row_mut("grievance_id", "GR-005")[received] = "2026-08-13".to_owned(); // after the day of assessment
    table.write(&data, "grievances");
    let out = room.path().join("out");
    let summary = runs::assess(&data, &out, 2);
    assert!(summary.problems.iter().any(|p| p.code == "date-future"), "{:?}", summary.problems);
    let texts = texts(&out);
    for word in ["2026-08-13", "GR-005"] {
        assert_eq!(runs::holding(&texts, word), [""; 0], "{word}");
    }
}

#[test]
fn nothing_names_a_machine_a_user_or_a_place_on_disk() {
    let out = out();
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    let data = runs::sample().display().to_string();
    let temp = std::env::temp_dir().display().to_string();
    let home = std::env::var("HOME").unwrap_or_default();
    let mut words = vec![data.as_str(), env!("CARGO_MANIFEST_DIR"), &temp, host.trim()];
    words.extend([home.as_str(), user.as_str()].into_iter().filter(|w| w.len() > 5));
    let files: BTreeMap<String, String> = texts(out);
    for word in words.into_iter().filter(|w| w.len() > 3) {
        assert_eq!(runs::holding(&files, word), [""; 0], "{word}");
    }
    for name in ["run.json", "summary.json", "inputs.json"] {
        let text = &files[name];
        assert!(!text.contains("\"/") && !text.contains(":\\\\"), "{name} holds an absolute path");
    }
}

#[test]
fn the_summary_in_the_folder_is_the_summary_of_the_run() {
    let text = std::fs::read_to_string(out().join("summary.json")).unwrap();
    // Compared as text: reading a number back may miss its last bit.
    let written = serde_json::to_string_pretty(&FIRST_RUN.2).unwrap() + "\n";
    assert!(text == written, "{text}\n{written}");
    // Its figures are those of exposure.parquet.
    let all = exposure();
    for f in &FIRST_RUN.2.focal {
        assert!(!f.figures.is_empty());
        for figure in &f.figures {
            let r = &all[&key([&f.node_id, &figure.norm, &figure.view, &figure.mapped_rule])];
            let told = [figure.touched_on_evidence, figure.touched_by_context, figure.unseen, figure.clear, figure.expected];
            assert_eq!(told, ["touched_on_evidence", "touched_by_context", "unseen", "clear", "expected"].map(|c| number(r, c)));
        }
    }
}

#[test]
fn tables_that_enter_figures_are_told_as_used_and_no_others() {
    // Taking a table away changes a posterior or a focal figure exactly where the run says that it uses the table.
    let whole = runs::compute(&runs::sample());
    // Shipments are used for links that nobody declares and for anomalies; those of the sample fit what it declares. Cases enter findings, which
    // decide what stands on evidence and no figure compared here. Aliases, identifiers, lists and decisions say who is who; judgements of people
    // stand beside the machine's.
    for line in FIRST_RUN.2.tables.iter().filter(|t| {
        !["nodes", "links", "shipments", "cases", "aliases", "identifiers", "listings", "decisions", "overrides"]
            .contains(&t.table.as_str())
    }) {
        let (_room, data) = runs::copied_sample();
        std::fs::remove_file(data.join(&line.table).with_extension("csv")).unwrap();
        if line.table == "audits" || line.table == "inspections" {
            // Their findings go with them.
            let visits: BTreeSet<String> = Csv::read(&runs::sample(), &line.table).column("audit_id").into_iter().collect();
            let mut findings = Csv::read(&data, "audit_findings");
            findings.rows.retain(|r| !visits.contains(&r[0]));
            findings.write(&data, "audit_findings");
        }
        if line.table == "grievance_channels" {
            let mut grievances = Csv::read(&data, "grievances");
            let at = grievances.at("channel_id");
            grievances.rows.iter_mut().for_each(|r| r[at].clear());
            grievances.write(&data, "grievances");
        }
        let without = runs::compute(&data);
        if line.table == "portfolio" {
            continue; // It moves no company's figure; it has tables of its own.
        }
        let same = whole.any == without.any && whole.decoupled == without.decoupled && whole.figures == without.figures;
        assert_eq!(!same, line.used, "{}", line.table);
    }
}
