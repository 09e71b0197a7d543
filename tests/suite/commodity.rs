//! Traders, agents, importers, co-operatives and warehouses mix nothing (model 2, "Commodity walk"): from the files of a dataset to its result, `trace`,
//! `explain` and `what-if`, with figures by hand.

use super::runs::{self, number, rows};
use onus::base::{Date, Traced};
use onus::export::walk_rows::MappedRule;
use onus::pipeline::explanation::explanation;
use onus::pipeline::tracing::{Beside, Roads, down, up};
use onus::pipeline::what_if::change::of_words;
use onus::pipeline::what_if::{Figures, Outcome, WhatIf, what_if};
use onus::pipeline::{RunConfig, Silent};
use onus::schema::outputs;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The trader T buys soy (1201) for 60 of the farm S and palm oil (1511) for 40 of the mill M, whose suppliers nobody knows. SOY, PALM, COCOA buy of T
/// alone, each what its name says; PLAIN without product, CHAPTER by two digits, BOTH soy for 30 and palm for 70.
const NODES: &str = "node_id,name,kind,country,product,focal,workers,mapped_share,purchases_value\n\
    SOY,Soy Brand,brand,DEU,,yes,,1,\n\
    PALM,Palm Brand,brand,DEU,,yes,,1,\n\
    COCOA,Cocoa Brand,brand,DEU,,yes,,1,\n\
    PLAIN,Brand Without,brand,DEU,,yes,,1,\n\
    CHAPTER,Chapter Brand,brand,DEU,,yes,,1,\n\
    BOTH,Both Brand,brand,DEU,,yes,,1,\n\
    T,Trading House,trader,SGP,,,20,1,\n\
    S,Soy Plantation Ltd,farm,BRA,1201,,40,,\n\
    M,Palm Mill,mill,MYS,1511,,300,,\n";
const LINKS: &str = "supplier_id,buyer_id,relation,product,value,valid_from,valid_to\n\
    S,T,supplies,120190,60,,\n\
    M,T,supplies,1511,40,,\n\
    T,SOY,supplies,1201,5,,\n\
    T,PALM,supplies,151110,5,,\n\
    T,COCOA,supplies,1801,5,,\n\
    T,PLAIN,supplies,,5,,\n\
    T,CHAPTER,supplies,15,5,,\n\
    T,BOTH,supplies,1201,30,,\n\
    T,BOTH,supplies,1511,70,,\n";

fn write(nodes: &str, links: &str, more: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path().join("data");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("onus.toml"), "[dataset]\nname = 'trader'\nbase_currency = 'USD'\nas_of = '2026-06-30'\n").unwrap();
    fs::write(dir.join("nodes.csv"), nodes).unwrap();
    fs::write(dir.join("links.csv"), links).unwrap();
    for (name, text) in more {
        fs::write(dir.join(name).with_extension("csv"), text).unwrap();
    }
    (room, dir)
}

/// Touched and unseen of any norm in the company's own view, unknown shares taken cautiously.
fn figures(nodes: &str, links: &str) -> (BTreeMap<String, (f64, f64)>, BTreeMap<String, f64>) {
    let (_room, dir) = write(nodes, links, &[]);
    let found = runs::compute(&dir);
    let main = found.figures.iter().filter(|((_, norm, rule, view), _)| (*norm, *rule, *view) == ("any", "cautious", "own"));
    (main.map(|((focal, ..), p)| (focal.clone(), (p.touched, p.unseen))).collect(), found.any)
}

fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-12, "{what}: {found} where {expected} was expected");
}

fn is(found: (f64, f64), expected: (f64, f64), what: &str) {
    close(found.0, expected.0, &format!("{what}, touched"));
    close(found.1, expected.1, &format!("{what}, unseen"));
}

#[test]
fn who_buys_soy_of_a_trader_is_untouched_by_the_mill_that_sells_it_palm_oil() {
    let (f, p) = figures(NODES, LINKS);
    let on = 1.0 - p["T"];
    is(f["SOY"], (p["T"] + on * p["S"], 0.0), "soy");
    is(f["PALM"], (p["T"] + on * p["M"], on * (1.0 - p["M"])), "palm oil");
    is(f["COCOA"], (p["T"], on), "cocoa that nobody sold to the trader");
    let mixture = (p["T"] + on * (0.6 * p["S"] + 0.4 * p["M"]), on * 0.4 * (1.0 - p["M"]));
    is(f["PLAIN"], mixture, "without product");
    is(f["CHAPTER"], mixture, "a chapter is no heading");
    is(f["BOTH"], (p["T"] + on * (0.3 * p["S"] + 0.7 * p["M"]), on * 0.7 * (1.0 - p["M"])), "both");
}

#[test]
fn a_factory_in_the_traders_place_mixes_and_every_other_kind_that_passes_on_does_not() {
    for kind in ["agent", "importer", "cooperative", "warehouse"] {
        let (f, p) = figures(&NODES.replace(",trader,", &format!(",{kind},")), LINKS);
        is(f["SOY"], (p["T"] + (1.0 - p["T"]) * p["S"], 0.0), kind);
    }
    for kind in ["factory", "mill", "recruiter"] {
        let (f, p) = figures(&NODES.replace(",trader,", &format!(",{kind},")), LINKS);
        let on = 1.0 - p["T"];
        let mixture = (p["T"] + on * (0.6 * p["S"] + 0.4 * p["M"]), on * 0.4 * (1.0 - p["M"]));
        for brand in ["SOY", "PALM", "COCOA", "PLAIN", "BOTH"] {
            is(f[brand], mixture, &format!("{kind}, {brand}"));
        }
    }
}

#[test]
fn links_in_without_product_feed_every_heading() {
    let nodes = format!("{NODES}U,Farm U,farm,ARG,,,30,,\n");
    for text in ["", "15", "mixed goods"] {
        let (f, p) = figures(&nodes, &format!("{LINKS}U,T,supplies,{text},20,,\n"));
        let on = 1.0 - p["T"];
        is(f["SOY"], (p["T"] + on * (0.75 * p["S"] + 0.25 * p["U"]), 0.0), "soy");
        is(f["PALM"], (p["T"] + on * (40.0 * p["M"] + 20.0 * p["U"]) / 60.0, on * 40.0 / 60.0 * (1.0 - p["M"])), "palm oil");
        is(f["COCOA"], (p["T"] + on * p["U"], 0.0), "cocoa");
        is(
            f["PLAIN"],
            (p["T"] + on * (0.5 * p["S"] + (40.0 * p["M"] + 20.0 * p["U"]) / 120.0), on * 40.0 / 120.0 * (1.0 - p["M"])),
            "none",
        );
    }
}

#[test]
fn links_without_value_are_weighed_within_their_heading() {
    // Three soy farms, one of them worth 20; the two others take its value, whatever the palm oil is worth.
    let nodes = format!("{NODES}S2,Farm Two,farm,PRY,1201,,30,,\nS3,Farm Three,farm,ARG,1201,,30,,\n");
    let links =
        format!("{}S2,T,supplies,1201,,,\nS3,T,supplies,1201,,,\n", LINKS.replace("120190,60", "1201,20").replace("1511,40", "1511,900"));
    let (f, p) = figures(&nodes, &links);
    is(f["SOY"], (p["T"] + (1.0 - p["T"]) * (p["S"] + p["S2"] + p["S3"]) / 3.0, 0.0), "soy");
}

#[test]
fn what_the_trader_has_not_mapped_may_be_of_any_heading() {
    // 100 of 200 recorded: of soy 60 are known, and 100 may be soy as well as anything.
    let (f, p) = figures(&NODES.replace("20,1,\n", "20,,200\n"), LINKS);
    let on = 1.0 - p["T"];
    is(f["SOY"], (p["T"] + on * 60.0 / 160.0 * p["S"], on * 100.0 / 160.0), "soy");
    is(f["COCOA"], (p["T"], on), "cocoa");
    close(f["PLAIN"].0, p["T"] + on * 0.5 * (0.6 * p["S"] + 0.4 * p["M"]), "the mixture keeps the node's own share");
    // The share that the method assumes where nothing is known holds for every heading as it is.
    let (f, p) = figures(&NODES.replace("20,1,\n", "20,,\n"), LINKS);
    is(f["SOY"], (p["T"] + (1.0 - p["T"]) * 0.5 * p["S"], (1.0 - p["T"]) * 0.5), "assumed");
}

#[test]
fn t4_whoever_takes_a_link_away_gives_no_company_a_narrower_range() {
    let nodes = format!("{}U,Farm U,farm,ARG,,,30,,\n", NODES.replace("20,1,\n", "20,,150\n"));
    let links = format!("{LINKS}U,T,supplies,,20,,\nU,T,supplies,1511,10,,\n");
    let (all, _) = figures(&nodes, &links);
    for gone in ["S,T,supplies,120190,60,,\n", "M,T,supplies,1511,40,,\n", "U,T,supplies,,20,,\n", "U,T,supplies,1511,10,,\n"] {
        assert!(links.contains(gone));
        let (less, _) = figures(&nodes, &links.replace(gone, ""));
        for (brand, (touched, unseen)) in &less {
            let (before, open) = all[brand];
            assert!(*touched <= before + 1e-12, "{brand} without {gone}: {touched}, {before} before");
            assert!(
                touched + unseen >= before + open - 1e-12,
                "{brand} without {gone}: {} at most, {} before",
                touched + unseen,
                before + open
            );
        }
    }
}

fn assessed(nodes: &str, links: &str, more: &[(&str, &str)]) -> (TempDir, PathBuf, PathBuf) {
    let (room, data) = write(nodes, links, more);
    let out = room.path().join("out");
    let summary = runs::assess(&data, &out, 2);
    assert!(summary.closure_defect <= 1e-9);
    let report = onus::export::verify(&out).unwrap();
    let wrong: Vec<&str> = report.lines.iter().filter(|l| !l.holds).map(|l| l.text.as_str()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    (room, data, out)
}

fn of(out: &Path, table: &outputs::OutputTable, column: &str, focal: &str) -> Vec<runs::Row> {
    let is_main = |r: &runs::Row| r[column] == focal && r["norm"] == "any" && r["mapped_rule"] == "cautious" && r["view"] == "own";
    rows(out, table).into_iter().filter(is_main).collect()
}

#[test]
fn tables_tell_of_the_trader_once_and_of_its_own_figure_as_the_mixture() {
    let (_room, data, out) = assessed(NODES, LINKS, &[]);
    let p = runs::compute(&data).any;
    let told = of(&out, &outputs::CONTRIBUTIONS, "focal_id", "BOTH");
    let trader: Vec<&runs::Row> = told.iter().filter(|r| r["node_id"] == "T").collect();
    let [trader] = &trader[..] else { panic!("{trader:?}") };
    close(number(trader, "visits"), 1.0, "visits");
    close(number(trader, "touched"), p["T"], "touched at the trader");
    close(number(trader, "returns"), 1.0, "returns");
    assert_eq!(trader["tier"], "1");
    let [own] = &of(&out, &outputs::EXPOSURE, "node_id", "BOTH")[..] else { panic!() };
    let sum: f64 = told.iter().map(|r| number(r, "touched")).sum();
    close(sum, number(own, "touched"), "T2");
    // The trader as a node of its own, and the sums by kind of where it ends.
    let whole = rows(&out, &outputs::EXPOSURE);
    let whole =
        whole.iter().find(|r| r["node_id"] == "T" && r["norm"] == "any" && r["view"] == "all" && r["mapped_rule"] == "cautious").unwrap();
    close(number(whole, "touched"), p["T"] + (1.0 - p["T"]) * (0.6 * p["S"] + 0.4 * p["M"]), "the mixture");
    let by_kind: f64 = of(&out, &outputs::CONTRIBUTION_SUMS, "focal_id", "COCOA")
        .iter()
        .filter(|r| r["dimension"] == "kind" && r["value"] == "trader")
        .map(|r| number(r, "unseen"))
        .sum();
    close(by_kind, 1.0 - p["T"], "cocoa ends unseen at the trader");
    // Weights of links are those among all that the buyer buys.
    let links = rows(&out, &outputs::LINKS);
    let weight = |supplier: &str| number(links.iter().find(|l| l["supplier_id"] == supplier && l["buyer_id"] == "T").unwrap(), "weight");
    close(weight("S"), 0.6, "weight of the farm");
    close(weight("M"), 0.4, "weight of the mill");
    // Two nodes upstream at tier 2, one at tier 1; a choke point is a node.
    let summary = fs::read_to_string(out.join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let of_both = summary["focal"].as_array().unwrap().iter().find(|f| f["node_id"] == "BOTH").unwrap();
    assert_eq!(of_both["reach"], serde_json::json!([1, 2]));
    let points = of(&out, &outputs::CHOKEPOINTS, "focal_id", "BOTH");
    let first = points.iter().find(|r| r["node_id"] == "T").unwrap();
    close(number(first, "cover"), number(own, "touched"), "all that BOTH buys comes of the trader");
    // What to ask names the heading.
    let of_cocoa = summary["focal"].as_array().unwrap().iter().find(|f| f["node_id"] == "COCOA").unwrap();
    assert_eq!(of_cocoa["look_ups"][0]["question"], "from whom does Trading House buy what it sells as 1801?");
}

#[test]
fn trace_and_explain_walk_the_same_way_and_name_the_heading() {
    let (_room, data, out) = assessed(NODES, LINKS, &[]);
    let p = runs::compute(&data).any;
    for beside in [None, Some(Beside::of(&data))] {
        let roads = Roads::read(&out, Traced::Any, MappedRule::Cautious, beside).unwrap();
        let u = up(&out, &roads, "PALM").unwrap();
        assert_eq!((u.differs_by, u.nodes_upstream), (None, 2));
        let mill = u.touched_by_context.rows.iter().find(|r| r.node_id == "M").unwrap();
        assert_eq!(mill.chains[0].names, ["Palm Brand", "Trading House (as 1511)", "Palm Mill"]);
        assert_eq!(mill.chains[0].ids, ["PALM", "T", "M"]);
        let u = up(&out, &roads, "BOTH").unwrap();
        assert_eq!((u.differs_by, u.nodes_upstream), (None, 3));
        close(u.by_context, p["T"] + (1.0 - p["T"]) * (0.3 * p["S"] + 0.7 * p["M"]), "both");
        let traders: Vec<_> = u.touched_by_context.rows.iter().filter(|r| r.node_id == "T").collect();
        assert!(traders.len() <= 1);
        if let [trader] = &traders[..] {
            close(trader.visits, 1.0, "visits");
            let names: Vec<&str> = trader.chains.iter().map(|c| c.names[1].as_str()).collect();
            assert_eq!(names, ["Trading House (as 1511)", "Trading House (as 1201)"]);
        }
        let u = up(&out, &roads, "COCOA").unwrap();
        let [dark] = &u.dark[..] else { panic!("{:?}", u.dark) };
        assert_eq!((dark.node_id.as_str(), dark.mapped, dark.basis), ("T", 0.0, "no_links"));
        assert_eq!(dark.ask, "from whom does Trading House buy what it sells as 1801?");
        // Downstream of the mill: whoever buys palm oil, or does not say what.
        let d = down(&out, &roads, "M").unwrap();
        let shares: BTreeMap<&str, f64> = d.reached.iter().map(|r| (r.focal_id.as_str(), r.share)).collect();
        assert_eq!(shares.keys().copied().collect::<Vec<_>>(), ["BOTH", "CHAPTER", "PALM", "PLAIN"]);
        for (brand, part) in [("BOTH", 0.7), ("PLAIN", 0.4), ("PALM", 1.0)] {
            close(shares[brand], part * (1.0 - p["T"]), brand);
        }
        let d = down(&out, &roads, "T").unwrap();
        let both = d.reached.iter().find(|r| r.focal_id == "BOTH").unwrap();
        close(both.share, 1.0, "all that BOTH buys comes of the trader");
        close(both.through_by_context, both.touched_by_context, "and with it all that is touched");
    }
    let e = explanation(&out, "PALM", Traced::Any).unwrap();
    let chains: Vec<&Vec<String>> = e.sources.iter().flat_map(|s| &s.chains).map(|c| &c.nodes).collect();
    assert!(chains.iter().any(|c| **c == ["Palm Brand", "Trading House (as 1511)", "Palm Mill"]), "{chains:?}");
    assert!(e.sources.iter().all(|s| s.node_id != "S"));
    let sum: f64 = e.sources.iter().map(|s| s.touched).sum::<f64>() + e.sources_rest;
    close(sum, p["T"] + (1.0 - p["T"]) * p["M"], "explained");
}

fn answer(dir: &Path, words: &[&str]) -> WhatIf {
    let asked: Vec<_> = words.iter().enumerate().map(|(i, w)| of_words(w, i + 1).unwrap()).collect();
    match what_if(&RunConfig { dataset: dir.to_owned(), ..RunConfig::default() }, &asked, &mut Silent).unwrap() {
        Outcome::Answered(answer) => *answer,
        Outcome::Refused(problems) => panic!("{problems:?}"),
    }
}

fn moved(a: &WhatIf, focal: &str) -> (Figures, Figures) {
    let company = a.focal.iter().find(|f| f.node_id == focal).unwrap();
    let m = company.figures.iter().find(|m| m.norm == "any" && m.mapped_rule == "cautious" && m.view == "own").unwrap();
    (m.before, m.after)
}

#[test]
fn what_if_moves_the_figures_of_those_who_buy_that_commodity_alone() {
    let nodes = format!("{}T2,Other House,trader,CHE,,,20,1,\n", NODES.replace("20,1,\n", "20,0.8,\n"));
    let (_room, dir) = write(&nodes, &format!("{LINKS}S,T2,supplies,1201,10,,\n"), &[]);
    let p = runs::compute(&dir).any;
    let on = 1.0 - p["T"];
    // The trader drops its only palm oil: what it still sells of it comes from nobody.
    let a = answer(&dir, &["drop M -> T"]);
    let (before, after) = moved(&a, "SOY");
    assert_eq!(before, after, "who buys soy sees nothing of it");
    let (_, after) = moved(&a, "PALM");
    is((after.touched_by_context, after.unseen), (p["T"], on), "palm oil from nobody");
    // It names all its suppliers: nothing is left unseen at it, but the cocoa.
    let a = answer(&dir, &["engage T"]);
    let (before, after) = moved(&a, "SOY");
    assert!(before.unseen > 0.1);
    is((after.touched_by_context, after.unseen), (p["T"] + on * p["S"], 0.0), "engaged");
    let (before, after) = moved(&a, "COCOA");
    assert_eq!(before, after);
    // The same palm oil from a house that buys soy alone is from nobody.
    let a = answer(&dir, &["replace T -> PALM by T2"]);
    let (_, after) = moved(&a, "PALM");
    is((after.touched_by_context, after.unseen), (p["T2"], 1.0 - p["T2"]), "a house that buys no palm oil");
    let a = answer(&dir, &["replace T -> SOY by T2"]);
    let (_, after) = moved(&a, "SOY");
    is((after.touched_by_context, after.unseen), (p["T2"] + (1.0 - p["T2"]) * p["S"], 0.0), "a house that buys soy");
    // Palm Brand leaves the trader: the mill loses of it what palm oil for it takes, the soy farm nothing.
    let a = answer(&dir, &["drop T -> PALM"]);
    let [leaving] = &a.leaving[..] else { panic!("{:?}", a.leaving) };
    let [loss] = &leaving.upstream[..] else { panic!("{:?}", leaving.upstream) };
    assert_eq!((loss.node_id.as_str(), leaving.upstream_nodes), ("M", 1));
    // It sells 75 of palm oil, of which 5 are lost, made of the mill's 40 alone, and 10 of anything, made of 100.
    close(loss.lost, 40.0 * (5.0 / 40.0) / (75.0 / 40.0 + 10.0 / 100.0), "lost at the mill");
    // Another mill in the place of the first.
    let a = answer(&dir, &["replace M -> T by S"]);
    let (_, after) = moved(&a, "PALM");
    assert!(after.touched_by_context > p["T"]);
    let (before, after) = moved(&a, "SOY");
    assert_eq!(before, after);
}

#[test]
fn a_mill_left_after_a_report_is_exited_for_who_buys_palm_oil_and_for_nobody_who_buys_soy() {
    let told =
        "statement_id,node_id,date,sign,source_class,origin,status\nS1,M,2025-03-01,work_debt_bondage,ngo_investigation,NGO-1,open\n";
    let run = |links: &str, nodes: &str| {
        let (_room, _, out) = assessed(nodes, links, &[("statements", told)]);
        ["SOY", "PALM", "COCOA", "PLAIN"].map(|focal| {
            let [own] = &of(&out, &outputs::EXPOSURE, "node_id", focal)[..] else { panic!() };
            (number(own, "touched"), number(own, "unseen"), number(own, "exited"))
        })
    };
    for share in ["20,1,\n", "20,,200\n", "20,,\n", "20,0.7,\n"] {
        let nodes = NODES.replace("20,1,\n", share);
        let before = run(LINKS, &nodes);
        let after = run(&LINKS.replace("M,T,supplies,1511,40,,\n", "M,T,supplies,1511,40,,2026-03-31\n"), &nodes);
        assert!(after[1].2 > 0.0 && after[3].2 > 0.0, "{share}");
        assert_eq!((after[0].2, after[2].2), (0.0, 0.0), "{share}");
        for (b, a) in before.iter().zip(&after) {
            assert!(a.0 + a.2 >= b.0 - 1e-9, "T8, {share}: {a:?} after {b:?}");
        }
        close(after[0].0, before[0].0, "soy is touched as before");
    }
}

#[test]
fn the_same_bytes_for_any_number_of_threads_and_any_order_of_rows() {
    let run = |links: &str, threads: usize| {
        let (room, data) = write(NODES, links, &[]);
        let out = room.path().join("out");
        runs::assess_with(&RunConfig { dataset: data, as_of: Date::parse("2026-06-30"), threads, ..RunConfig::default() }, &out);
        let mut files = runs::files(&out);
        for name in ["inputs.json", "timing.json", "run.json", "evidence.parquet", "records.parquet", "warnings.parquet"] {
            files.remove(name);
        }
        files
    };
    let first = run(LINKS, 2);
    assert_eq!(first, run(LINKS, 1));
    assert_eq!(first, run(LINKS, 7));
    let (header, body) = LINKS.split_once('\n').unwrap();
    let mut lines: Vec<&str> = body.lines().collect();
    lines.reverse();
    assert_eq!(first, run(&format!("{header}\n{}\n", lines.join("\n")), 2));
}
