//! Portfolios: figures by weight, one row a node however many companies buy from it, and each person once however many companies the work passes.

use super::runs::{self, Row, number, rows};
use onus::pipeline::RunConfig;
use onus::schema::outputs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A mine sells all to a factory, the factory all to B1, and B1 half to B2 and half to customers outside.
fn result(portfolio: &str) -> (TempDir, PathBuf) {
    let (room, data) = runs::dataset(&[
        (
            "nodes",
            "node_id,name,kind,country,focal,workers,mapped_share,output_value\n\
         B1,Brand One,brand,DEU,yes,,1,200\n\
         B2,Brand Two,brand,DEU,yes,,1,\n\
         C,Brand Three,brand,DEU,,,0.5,\n\
         F,Factory,factory,IND,,300,1,100\n\
         M,Mine,mine,IND,,40,,100\n\
         N,Other Mine,mine,PER,,60,,100\n",
        ),
        ("links", "supplier_id,buyer_id,relation,value\nM,F,supplies,100\nF,B1,supplies,100\nB1,B2,supplies,100\nN,C,supplies,100\n"),
        ("statements", "statement_id,node_id,date,sign,source_class,origin\nS1,M,2024-03-01,work_debt_bondage,ngo_investigation,NGO-1\n"),
        ("portfolio", portfolio),
    ]);
    let out = room.path().join("out");
    runs::assess_with(&RunConfig { dataset: data, threads: 2, ..RunConfig::default() }, &out);
    runs::verified(&out);
    (room, out)
}

fn is(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

fn row(out: &Path, portfolio: &str, holding: &str, norm: &str) -> Row {
    rows(out, &outputs::PORTFOLIO)
        .into_iter()
        .find(|r| r["portfolio"] == portfolio && r["holding_id"] == holding && r["norm"] == norm && r["mapped_rule"] == "cautious")
        .unwrap_or_else(|| panic!("{portfolio} {holding} {norm}"))
}

#[test]
fn a_portfolio_is_its_holdings_by_weight_and_rows_of_one_company_are_one_holding() {
    let (_room, out) = result("node_id,weight\nB1,20\nC,20\nB1,10\nF,50\n");
    let exposure = rows(&out, &outputs::EXPOSURE);
    let own = exposure.iter().find(|r| r["node_id"] == "B1" && r["norm"] == "any" && r["view"] == "own" && r["mapped_rule"] == "cautious");
    let (whole, b1, c, f) = (row(&out, "", "", "any"), row(&out, "", "B1", "any"), row(&out, "", "C", "any"), row(&out, "", "F", "any"));
    assert_eq!((number(&b1, "weight"), number(&c, "weight"), number(&f, "weight")), (0.3, 0.2, 0.5));
    assert_eq!((whole["is_whole"].as_str(), b1["is_whole"].as_str()), ("true", "false"));
    for figure in ["touched_on_evidence", "touched_by_context", "unseen", "clear", "expected"] {
        is(number(&whole, figure), 0.3 * number(&b1, figure) + 0.2 * number(&c, figure) + 0.5 * number(&f, figure));
        is(number(&b1, figure), number(own.unwrap(), figure));
    }
    // A factory that is held starts at its purchases: the mine behind it is all that it can be touched by.
    let mine = rows(&out, &outputs::SITES).into_iter().find(|r| r["node_id"] == "M").unwrap();
    is(number(&f, "touched"), number(&mine, "any"));
    is(number(&c, "unseen"), 0.5);
}

#[test]
fn one_node_behind_several_companies_is_one_row_and_rows_with_the_rest_are_all() {
    let (_room, out) = result("node_id,weight\nB1,1\nB2,1\nC,2\n");
    let found: Vec<Row> = rows(&out, &outputs::PORTFOLIO_CONTRIBUTIONS).into_iter().filter(|r| r["norm"] == "any").collect();
    assert!(found.iter().filter(|r| r["node_id"] == "M").count() == 1 && found.iter().filter(|r| r["is_rest"] == "true").count() == 1);
    let whole = row(&out, "", "", "any");
    for figure in ["touched", "unseen", "clear"] {
        is(found.iter().map(|r| number(r, figure)).sum(), number(&whole, figure));
    }
    // B1 and B2 buy the same goods in the end: half of the portfolio is touched at the factory with its p, and behind it at the mine.
    let p = |id: &str| number(&rows(&out, &outputs::SITES).into_iter().find(|r| r["node_id"] == id).unwrap(), "any");
    let mine = found.iter().find(|r| r["node_id"] == "M").unwrap();
    is(number(mine, "touched"), 0.5 * (1.0 - p("F")) * p("M"));
    assert_eq!(number(&whole, "upstream_nodes"), 3.0);
    assert_eq!(number(&row(&out, "", "B2", "any"), "upstream_nodes"), 3.0);
}

#[test]
fn a_person_whose_work_passes_two_companies_is_carried_once() {
    let (_room, out) = result("node_id,weight,portfolio\nB1,1,Both\nB2,1,Both\nB2,1,One\n");
    let all: f64 = rows(&out, &outputs::FOOTPRINT)
        .iter()
        .filter(|r| r["norm"] == "forced_labour" && ["M", "F"].contains(&r["node_id"].as_str()))
        .map(|r| number(r, "people_affected"))
        .sum();
    let people = |portfolio: &str, holding: &str| number(&row(&out, portfolio, holding, "forced_labour"), "people_carried");
    assert!(all > 0.0);
    is(people("Both", "B1"), all);
    is(people("Both", "B2"), 0.5 * all);
    is(people("Both", ""), all);
    is(people("One", ""), 0.5 * all);
    assert_eq!(row(&out, "Both", "", "any")["people_carried"], "");
}

#[test]
fn a_company_that_nobody_knows_ends_unseen() {
    let (_room, out) = result("node_id,weight\nB1,3\nGHOST,1\n");
    let ghost = row(&out, "", "GHOST", "forced_labour");
    assert_eq!((number(&ghost, "unseen"), number(&ghost, "touched"), ghost["expected"].as_str()), (1.0, 0.0, ""));
    is(number(&row(&out, "", "", "forced_labour"), "unseen"), 0.25 + 0.75 * number(&row(&out, "", "B1", "forced_labour"), "unseen"));
}
