//! Leaving a supplier after a finding: from the links of a dataset to the files of its result (model 2, "Exits"; law T8).

use super::runs::{self, number, rows};
use onus::base::Date;
use onus::pipeline::RunConfig;
use onus::schema::outputs;
use std::path::Path;

const NODES: &str = "node_id,name,kind,country,focal,workers,mapped_share\n\
    B,Brand One,brand,DEU,yes,,1\nA,Farm A,farm,IND,,40,\nC,Farm C,farm,IND,,40,\n";
const STATEMENTS: &str =
    "statement_id,node_id,date,sign,source_class,origin,status\nS1,A,2024-03-01,work_debt_bondage,ngo_investigation,NGO-1,open\n";
const HEADER: &str = "supplier_id,buyer_id,relation,value,valid_from,valid_to\n";

/// Farm A held 40 of 100 and was left on 30 June 2024.
fn left() -> String {
    format!("{HEADER}A,B,supplies,40,2022-01-01,2024-06-30\nC,B,supplies,60,2022-01-01,\n")
}

/// The same, with farm A still supplying.
fn kept() -> String {
    format!("{HEADER}A,B,supplies,40,2022-01-01,\nC,B,supplies,60,2022-01-01,\n")
}

/// The brand's own row of `any`, cautious, and what verify says.
fn brand(as_of: &str, tables: &[(&str, &str)]) -> runs::Row {
    let room = tempfile::tempdir().unwrap();
    let data = room.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    for (name, text) in tables {
        std::fs::write(data.join(name).with_extension("csv"), text).unwrap();
    }
    let out = room.path().join("out");
    let config = RunConfig { dataset: data, as_of: Date::parse(as_of), threads: 2, ..RunConfig::default() };
    let summary = runs::assess_with(&config, &out);
    let row = own(&out);
    let told = summary.focal[0].asides().iter().any(|a| a.starts_with("exited "));
    assert_eq!(told, number(&row, "exited") > 0.0, "the first screen tells of it where there is any");
    assert_eq!(std::fs::read_to_string(out.join("summary.json")).unwrap().contains("\"exited\""), told);
    runs::verified(&out);
    row
}

fn own(out: &Path) -> runs::Row {
    let is_own = |r: &runs::Row| r["node_id"] == "B" && r["norm"] == "any" && r["view"] == "own" && r["mapped_rule"] == "cautious";
    rows(out, &outputs::EXPOSURE).into_iter().find(is_own).unwrap()
}

fn exited(as_of: &str, more: &[(&str, &str)]) -> f64 {
    let links = left();
    let mut tables = vec![("nodes", NODES), ("links", links.as_str()), ("statements", STATEMENTS)];
    tables.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    tables.extend(more);
    number(&brand(as_of, &tables), "exited")
}

fn is(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-12, "{a} is not {b}");
}

#[test]
fn what_stood_with_a_supplier_left_after_a_report_is_exited_for_eight_quarters() {
    is(exited("2024-12-31", &[]), 0.4);
    is(exited("2026-06-01", &[]), 0.4);
    is(exited("2026-07-15", &[]), 0.0);
    is(exited("2024-06-01", &[]), 0.0);
}

#[test]
fn leaving_a_supplier_of_which_nobody_had_said_anything_is_no_exit() {
    is(exited("2024-12-31", &[("statements", "statement_id,node_id,date,sign,source_class,origin\n")]), 0.0);
    let later = STATEMENTS.replace("2024-03-01", "2024-07-01");
    is(exited("2024-12-31", &[("statements", &later)]), 0.0);
    // One weak voice is less than a site signal.
    let weak = STATEMENTS.replace("work_debt_bondage", "cl_not_enrolled").replace("ngo_investigation", "media_single");
    is(exited("2024-12-31", &[("statements", &weak)]), 0.0);
}

#[test]
fn a_case_that_a_rule_finds_possible_makes_the_same_exit_without_any_report() {
    let cases = "case_id,node_id,people,age_low,age_high,age_proof,facts,period,basis\n\
        K1,A,1,9,9,documented,cl_under_general_age,2024-02,interview\n";
    let none = ("statements", "statement_id,node_id,date,sign,source_class,origin\n");
    is(exited("2024-12-31", &[none, ("cases", cases)]), 0.4);
    is(exited("2024-12-31", &[none, ("cases", &cases.replace("2024-02", "2024-08"))]), 0.0);
}

#[test]
fn a_verified_remedy_or_a_responsible_exit_is_no_exit() {
    let remedy = |action: &str, actor: &str, completed: &str, by: &str| {
        let table =
            format!("case_id,node_id,action,actor,opened,completed,verified_by\nR1,A,{action},{actor},2024-04-01,{completed},{by}\n");
        exited("2024-12-31", &[("remediation", &table)])
    };
    is(remedy("debt_cancelled", "Farm A", "2024-09-30", "Union X"), 0.0);
    is(remedy("debt_cancelled", "Farm A", "2024-09-30", "company"), 0.4);
    is(remedy("debt_cancelled", "Farm A", "", "Union X"), 0.4);
    is(remedy("debt_cancelled", "Farm A", "2024-02-01", "Union X"), 0.4);
    is(remedy("responsible_exit", "Brand One", "", ""), 0.0);
    is(remedy("responsible_exit", "B", "", ""), 0.0);
    is(remedy("responsible_exit", "Farm C", "", ""), 0.4);
}

#[test]
fn buying_another_product_from_it_is_not_leaving_it() {
    let links = "supplier_id,buyer_id,relation,product,value,valid_from,valid_to\n\
        A,B,supplies,5201,40,2022-01-01,2024-06-30\nA,B,supplies,1006,5,2022-01-01,\nC,B,supplies,5201,60,2022-01-01,\n";
    is(exited("2024-12-31", &[("links", links)]), 0.0);
}

#[test]
fn the_share_is_of_the_purchases_of_the_four_quarters_before() {
    // C supplied for the last half of the year alone: 60 a year for 182 of 365 days.
    let links = format!("{HEADER}A,B,supplies,40,2022-01-01,2024-06-30\nC,B,supplies,60,2024-01-01,\n");
    is(exited("2024-12-31", &[("links", &links)]), 40.0 / (40.0 + 60.0 * 182.0 / 365.0));
    // What replaced it afterwards moves nothing.
    let replaced = format!("{}D,B,supplies,900,2024-07-01,\n", left());
    is(exited("2024-12-31", &[("links", &replaced)]), 0.4);
}

#[test]
fn suppliers_left_one_after_the_other_add_up_to_what_they_held() {
    let nodes = format!("{NODES}D,Farm D,farm,IND,,40,\n");
    let links =
        format!("{HEADER}A,B,supplies,40,2020-01-01,2023-06-30\nD,B,supplies,20,2020-01-01,2024-06-30\nC,B,supplies,40,2020-01-01,\n");
    let told =
        format!("{}S2,D,2022-05-01,work_debt_bondage,ngo_investigation,NGO-2,open\n", STATEMENTS.replace("2024-03-01", "2022-03-01"));
    is(exited("2024-12-31", &[("nodes", &nodes), ("links", &links), ("statements", &told)]), 0.6);
}

#[test]
fn t8_leaving_never_lowers_touched_and_exited_together_and_clears_nothing() {
    let mapped = ["", "0.9", "1"];
    for own in mapped {
        for purchases in ["", "100", "160"] {
            let nodes = NODES
                .replace("mapped_share\n", "mapped_share,purchases_value\n")
                .replace("B,Brand One,brand,DEU,yes,,1", &format!("B,Brand One,brand,DEU,yes,,{own},{purchases}"))
                .replace("40,\n", "40,,\n");
            let run = |links: &str| brand("2024-12-31", &[("nodes", &nodes), ("links", links), ("statements", STATEMENTS)]);
            let (before, after) = (run(&kept()), run(&left()));
            let of = |r: &runs::Row, c: &str| number(r, c);
            assert!(of(&after, "exited") > 0.0, "{own} {purchases}");
            assert!(of(&after, "touched") + of(&after, "exited") >= of(&before, "touched") - 1e-9, "{own} {purchases}");
            is(of(&after, "unseen"), of(&before, "unseen"));
            assert!(of(&after, "clear") <= of(&before, "clear") + 1e-9, "{own} {purchases}");
        }
    }
}

#[test]
fn a_company_that_withdraws_its_disclosure_has_still_left_what_it_told_there() {
    // Farm A held 40 of the 100 that the brand's own disclosure told. That whole disclosure then ends, and what everybody may read goes on.
    let header = HEADER.replace("valid_to\n", "valid_to,scope\n");
    let own = format!("{header}A,B,supplies,40,2022-01-01,2024-06-30,B\nC,B,supplies,60,2022-01-01,2024-09-30,B\n");
    let open = format!("{own}C,B,supplies,60,2024-10-01,,\n");
    is(exited("2024-12-31", &[("links", &open)]), 0.4);
}

#[test]
fn rows_in_another_order_give_the_same_bits() {
    let turned = format!("{HEADER}C,B,supplies,60,2022-01-01,\nA,B,supplies,40,2022-01-01,2024-06-30\n");
    assert_eq!(exited("2024-12-31", &[("links", &turned)]).to_bits(), exited("2024-12-31", &[]).to_bits());
}

/// A result of the data, with what earlier results knew.
fn result(room: &Path, name: &str, as_of: &str, links: &str, previous: &[&Path]) -> std::path::PathBuf {
    let data = room.join(format!("{name}-data"));
    std::fs::create_dir_all(&data).unwrap();
    for (table, text) in [("nodes", NODES), ("links", links), ("statements", STATEMENTS)] {
        std::fs::write(data.join(table).with_extension("csv"), text).unwrap();
    }
    let out = room.join(name);
    let previous = previous.iter().map(|p| p.to_path_buf()).collect();
    runs::assess_with(&RunConfig { dataset: data, as_of: Date::parse(as_of), previous, ..RunConfig::default() }, &out);
    out
}

#[test]
fn a_supplier_that_an_earlier_result_knew_and_the_data_no_longer_hold_has_been_left() {
    let room = tempfile::tempdir().unwrap();
    let before = result(room.path(), "before", "2024-06-30", &kept(), &[]);
    let gone = format!("{HEADER}C,B,supplies,60,2022-01-01,\n");
    let exited = |name: &str, as_of: &str, links: &str, previous: &[&Path]| {
        number(&own(&result(room.path(), name, as_of, links, previous)), "exited")
    };
    is(exited("unknown", "2024-12-31", &gone, &[]), 0.0);
    is(exited("known", "2024-12-31", &gone, &[&before]), 0.4);
    // Eight quarters from the day on which it was last seen, and then no more.
    is(exited("late", "2026-06-01", &gone, &[&before]), 0.4);
    is(exited("over", "2026-07-15", &gone, &[&before]), 0.0);
    // What the data say themselves stands.
    is(exited("kept", "2024-12-31", &kept(), &[&before]), 0.0);
    is(exited("told", "2024-12-31", &left(), &[&before]), 0.4);
    // Of several earlier results the one that knew it says so, whatever the order.
    let between = result(room.path(), "between", "2024-09-30", &gone, &[&before]);
    is(exited("both", "2024-12-31", &gone, &[&between, &before]), 0.4);
    // The figures are those of the same end told by a row.
    let [by_result, by_row] = ["known", "told"].map(|name| own(&room.path().join(name)));
    for figure in ["exited", "touched", "unseen", "clear", "expected", "mapped", "exited_low"] {
        is(number(&by_result, figure), number(&by_row, figure));
    }
}

#[test]
fn an_earlier_result_must_be_one_and_be_earlier() {
    let room = tempfile::tempdir().unwrap();
    let later = result(room.path(), "later", "2025-06-30", &kept(), &[]);
    let data = room.path().join("later-data");
    for (previous, said) in [(later.clone(), "after the day"), (data.clone(), "no run.json")] {
        let config =
            RunConfig { dataset: data.clone(), as_of: Date::parse("2024-12-31"), previous: vec![previous], ..RunConfig::default() };
        let error = onus::pipeline::assess(&config, &room.path().join("none"), false, &mut onus::pipeline::Silent).unwrap_err().to_string();
        assert!(error.contains("--previous") && error.contains(said), "{error}");
    }
}

#[test]
fn what_earlier_results_knew_is_as_large_as_it_was_then() {
    let room = tempfile::tempdir().unwrap();
    let link = |id: &str, value: &str| format!("{id},B,supplies,{value},,\n");
    let told = |rows: &[(&str, &str)]| format!("{HEADER}{}", rows.iter().map(|(id, value)| link(id, value)).collect::<String>());
    let exited = |name: &str, rows: &[(&str, &str)], previous: &[&Path]| {
        number(&own(&result(room.path(), name, "2024-12-31", &told(rows), previous)), "exited")
    };
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-5, "{a} is not {b}");
    let first = result(room.path(), "first", "2024-06-30", &told(&[("A", "70"), ("C", "20"), ("D", "10")]), &[]);
    close(exited("some", &[("C", "5"), ("D", "1")], &[&first]), 0.7);
    close(exited("one", &[("D", "500")], &[&first]), 0.7);
    close(exited("none of then", &[("E", "30")], &[&first]), 0.7);
    // A went before the second result, C and whatever else after it.
    let second = result(room.path(), "second", "2024-09-30", &told(&[("C", "60"), ("D", "40")]), &[&first]);
    close(exited("twice", &[("D", "40"), ("E", "60")], &[&first, &second]), 0.7);
    // A row that still says something of the two, though it carries nothing, is no leaving.
    let recruits = format!("{HEADER}C,B,supplies,60,,\nA,B,recruits,,,\n");
    is(number(&own(&result(room.path(), "recruits", "2024-12-31", &recruits, &[&first])), "exited"), 0.0);
}

#[test]
fn consignments_that_lapse_are_no_leaving() {
    let room = tempfile::tempdir().unwrap();
    let links = format!("{HEADER}C,B,supplies,60,,\n");
    let shipments = "shipment_id,shipper_id,consignee_id,date,product,value,currency\nS1,A,B,2024-05-01,5201,40,USD\n";
    let run = |name: &str, as_of: &str, previous: Vec<std::path::PathBuf>| {
        let data = room.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        for (table, text) in [("nodes", NODES), ("links", links.as_str()), ("statements", STATEMENTS), ("shipments", shipments)] {
            std::fs::write(data.join(table).with_extension("csv"), text).unwrap();
        }
        let out = room.path().join(name);
        runs::assess_with(&RunConfig { dataset: data, as_of: Date::parse(as_of), previous, ..RunConfig::default() }, &out);
        out
    };
    let before = run("before", "2024-06-30", Vec::new());
    let was = rows(&before, &outputs::LINKS).into_iter().any(|r| r["basis"] == "shipment" && r["in_force"] == "true");
    assert!(was, "{:?}", rows(&before, &outputs::LINKS));
    is(number(&own(&run("after", "2025-12-31", vec![before])), "exited"), 0.0);
}
