//! Footprint, people-touched, choke points, groups and returns: from a small dataset that a person can check by hand to the files of its result.

use super::runs::{self, Row, number, rows};
use onus::pipeline::RunConfig;
use onus::schema::outputs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A brand buys from two factories that share one mill; the mill buys from a mine. Output of the mill is stated, of which a fifth goes elsewhere.
/// The factories belong to one group, by a parent and by a link.
fn dataset() -> (TempDir, PathBuf) {
    runs::dataset(&[
        (
            "nodes",
            "node_id,name,kind,country,focal,workers,mapped_share,parent_id,output_value\n\
         B,Brand One,brand,DEU,yes,,1,,\n\
         F1,Factory One,factory,IND,,200,1,G,\n\
         F2,Factory Two,factory,IND,,300,1,,\n\
         M,Mill,mill,IND,,100,1,,100\n\
         A,Mine A,mine,IND,,40,,,50\n\
         G,Group Holdings,group,IND,,,,,\n",
        ),
        (
            "links",
            "supplier_id,buyer_id,relation,value\n\
         F1,B,supplies,70\nF2,B,supplies,30\nM,F1,supplies,50\nM,F2,supplies,30\nA,M,supplies,50\nF2,G,owns,\n",
        ),
        ("statements", "statement_id,node_id,date,sign,source_class,origin\nS1,M,2024-03-01,work_debt_bondage,ngo_investigation,NGO-1\n"),
    ])
}

fn result() -> (TempDir, PathBuf) {
    let (room, data) = dataset();
    let out = room.path().join("out");
    runs::assess_with(&RunConfig { dataset: data, threads: 2, ..RunConfig::default() }, &out);
    runs::verified(&out);
    (room, out)
}

fn is(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

fn main_walk(r: &Row, norm: &str) -> bool {
    r["norm"] == norm && r["view"] == "own" && r["mapped_rule"] == "cautious"
}

fn footprint(out: &Path, norm: &str, node: &str) -> Row {
    rows(out, &outputs::FOOTPRINT)
        .into_iter()
        .find(|r| r["node_id"] == node && r["norm"] == norm)
        .unwrap_or_else(|| panic!("{node} {norm}"))
}

#[test]
fn people_affected_are_people_times_base_rate_times_posterior_over_prior() {
    let (_room, out) = result();
    let prior = rows(&out, &outputs::PRIORS).into_iter().find(|r| r["node_id"] == "M" && r["norm"] == "forced_labour").unwrap();
    let site = rows(&out, &outputs::SITES).into_iter().find(|r| r["node_id"] == "M").unwrap();
    let posterior = number(&site, "forced_labour_coupled");
    assert!(posterior > 1.5 * number(&prior, "marginal"), "the report raises it");
    let expected = 100.0 * number(&prior, "base_rate") * posterior / number(&prior, "marginal");
    is(number(&footprint(&out, "forced_labour", "M"), "people_affected"), expected);
    // A place of which nobody said anything: people x base rate.
    let base = rows(&out, &outputs::PRIORS).into_iter().find(|r| r["node_id"] == "F2" && r["norm"] == "forced_labour").unwrap();
    is(number(&footprint(&out, "forced_labour", "F2"), "people_affected"), 300.0 * number(&base, "base_rate"));
}

#[test]
fn people_are_carried_by_sales_and_leave_where_the_goods_leave() {
    let (_room, out) = result();
    let of = |node: &str, column: &str| number(&footprint(&out, "forced_labour", node), column);
    let [a, m, f1, f2] = ["A", "M", "F1", "F2"].map(|n| of(n, "people_affected"));
    // The mine sells all it makes to the mill, the mill 50, 30 and 20 of 100; a factory sells 30 % outside, as the pack assumes.
    is(of("A", "leaves"), 0.0);
    is(of("M", "carried"), a + m);
    is(of("M", "leaves"), 0.2 * (a + m));
    is(of("F1", "carried"), f1 + 0.5 * (a + m));
    is(of("F2", "carried"), f2 + 0.3 * (a + m));
    is(of("B", "carried"), 0.7 * (f1 + f2 + 0.8 * (a + m)));
    is(of("B", "leaves"), of("B", "carried"));
    assert_eq!(["M", "F1"].map(|n| footprint(&out, "forced_labour", n)["outside_assumed"].clone()), ["false", "true"]);
    // T7.
    let all: Vec<Row> = rows(&out, &outputs::FOOTPRINT).into_iter().filter(|r| r["norm"] == "forced_labour").collect();
    is(all.iter().map(|r| number(r, "leaves")).sum(), a + m + f1 + f2);
}

#[test]
fn people_touched_walks_on_the_share_of_people_and_is_no_more_than_touched_here() {
    let (_room, out) = result();
    let own = rows(&out, &outputs::EXPOSURE).into_iter().find(|r| r["node_id"] == "B" && main_walk(r, "forced_labour")).unwrap();
    let share = |node: &str, people: f64| number(&footprint(&out, "forced_labour", node), "people_affected") / people;
    let [a, m, f1, f2] = [share("A", 40.0), share("M", 100.0), share("F1", 200.0), share("F2", 300.0)];
    let at_mill = m + (1.0 - m) * a;
    let by_hand = 0.7 * (f1 + (1.0 - f1) * at_mill) + 0.3 * (f2 + (1.0 - f2) * at_mill);
    is(number(&own, "touched_people"), by_hand);
    assert!(by_hand < number(&own, "touched"), "P(anybody) is above the share of people");
    let listed = rows(&out, &outputs::EXPOSURE).into_iter().find(|r| r["node_id"] == "B" && r["mapped_rule"] == "as_listed").unwrap();
    assert_eq!(listed["touched_people"], "");
    // Of any norm, at a node without suppliers: the largest of the three.
    let all = rows(&out, &outputs::EXPOSURE);
    let mine: Vec<f64> =
        all.iter().filter(|r| r["node_id"] == "A" && r["mapped_rule"] == "cautious").map(|r| number(r, "touched_people")).collect();
    let any = all.iter().find(|r| r["node_id"] == "A" && r["norm"] == "any" && r["mapped_rule"] == "cautious").unwrap();
    is(number(any, "touched_people"), mine.iter().copied().fold(0.0, f64::max));
}

#[test]
fn the_mill_that_was_reported_is_the_first_choke_point() {
    let (_room, out) = result();
    let points: Vec<Row> = rows(&out, &outputs::CHOKEPOINTS).into_iter().filter(|r| main_walk(r, "forced_labour")).collect();
    assert_eq!(points[0]["node_id"], "M");
    assert_eq!(points.iter().map(|r| r["place"].as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    let own = rows(&out, &outputs::EXPOSURE).into_iter().find(|r| r["node_id"] == "B" && main_walk(r, "forced_labour")).unwrap();
    // With the mill and both factories out nothing is touched; the mine behind the mill adds nothing to it.
    is(number(&points[2], "cover"), number(&own, "touched"));
    assert!(!points.iter().any(|r| r["node_id"] == "A"));
    let first = number(&points[0], "cover");
    assert!(first > 0.5 * number(&own, "touched") && first <= number(&points[0], "cover_at_most"));
    let sums: Vec<Row> = rows(&out, &outputs::CONTRIBUTIONS).into_iter().filter(|r| main_walk(r, "forced_labour")).collect();
    let of = |n: &str| sums.iter().find(|r| r["node_id"] == n).map_or(0.0, |r| number(r, "touched"));
    // Here the mill's touched and the mine's come through it alone.
    assert!(first >= of("M") + of("A") - 1e-9);
}

#[test]
fn sums_by_group_hold_what_is_owned_by_parent_or_by_link() {
    let (_room, out) = result();
    let sums: Vec<Row> = rows(&out, &outputs::CONTRIBUTION_SUMS)
        .into_iter()
        .filter(|r| main_walk(r, "forced_labour") && r["dimension"] == "group")
        .collect();
    assert_eq!(sums.iter().map(|r| r["value"].as_str()).collect::<Vec<_>>(), ["-", "G"]);
    let site = |id: &str| number(&rows(&out, &outputs::SITES).into_iter().find(|r| r["node_id"] == id).unwrap(), "forced_labour_coupled");
    let touched = |r: &Row| number(r, "touched_on_evidence") + number(r, "touched_by_context");
    is(touched(&sums[1]), 0.7 * site("F1") + 0.3 * site("F2"));
    let own = rows(&out, &outputs::EXPOSURE).into_iter().find(|r| r["node_id"] == "B" && main_walk(r, "forced_labour")).unwrap();
    is(sums.iter().map(touched).sum(), number(&own, "touched"));
}

#[test]
fn a_unit_comes_back_to_a_node_only_where_trade_goes_in_a_circle() {
    let (room, data) = dataset();
    let plain = room.path().join("plain");
    runs::assess_with(&RunConfig { dataset: data.clone(), threads: 1, ..RunConfig::default() }, &plain);
    let row = |out: &Path| {
        let all = rows(out, &outputs::CONTRIBUTIONS);
        all.into_iter().find(|r| r["node_id"] == "M" && main_walk(r, "forced_labour")).unwrap()
    };
    assert_eq!(number(&row(&plain), "returns"), 1.0);
    // The mill buys a tenth of its input back from factory one.
    let links = std::fs::read_to_string(data.join("links.csv")).unwrap();
    std::fs::write(data.join("links.csv"), links.replace("A,M,supplies,50", "A,M,supplies,45\nF1,M,supplies,5")).unwrap();
    let circle = room.path().join("circle");
    runs::assess_with(&RunConfig { dataset: data, threads: 1, ..RunConfig::default() }, &circle);
    let site =
        |id: &str| number(&rows(&circle, &outputs::SITES).into_iter().find(|r| r["node_id"] == id).unwrap(), "forced_labour_coupled");
    is(number(&row(&circle), "returns"), 1.0 / (1.0 - (1.0 - site("M")) * 0.1 * (1.0 - site("F1"))));
}
