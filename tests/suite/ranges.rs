//! Ranges of traced figures: against the draws of the one place behind a figure, against the shift of an assumed share, and against the walk itself.

use super::runs::{self, Row, number, rows};
use onus::belief::normal::{Drawn, z};
use onus::belief::quantile::type_7;
use onus::pack::MethodPack;
use onus::pipeline::RunConfig;
use onus::pipeline::ranges::RangesOf;
use onus::schema::outputs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Four companies of which everything touched is one of two mines: B says what it buys, C does not, D publishes a list alone, F is a workplace itself.
fn dataset() -> (TempDir, PathBuf) {
    runs::dataset(&[
        (
            "nodes",
            "node_id,name,kind,country,focal,workers,mapped_share\n\
         B,Brand One,brand,DEU,yes,,1\n\
         C,Brand Two,brand,DEU,yes,,\n\
         D,Brand Three,brand,DEU,yes,,\n\
         F,Factory,factory,IND,yes,300,1\n\
         A,Mine A,mine,IND,,40,\n\
         E,Mine E,mine,COD,,90,\n",
        ),
        ("links", "supplier_id,buyer_id,relation,value\nA,B,supplies,70\nA,C,supplies,30\nE,D,lists,\nA,F,supplies,5\n"),
        ("statements", "statement_id,node_id,date,sign,source_class,origin\nS1,A,2024-03-01,work_debt_bondage,ngo_investigation,NGO-1\n"),
    ])
}

fn result(ranges: RangesOf) -> (TempDir, PathBuf) {
    let (room, data) = dataset();
    let out = room.path().join("out");
    runs::assess_with(&RunConfig { dataset: data, threads: 2, ranges, ..RunConfig::default() }, &out);
    (room, out)
}

fn row(out: &Path, node: &str, view: &str) -> Row {
    rows(out, &outputs::EXPOSURE)
        .into_iter()
        .find(|r| r["node_id"] == node && r["view"] == view && r["norm"] == "any" && r["mapped_rule"] == "cautious")
        .unwrap_or_else(|| panic!("{node} {view}"))
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 2e-5, "{a} is not {b}");
}

#[test]
fn a_figure_that_is_one_place_has_the_range_of_that_place() {
    let (_room, out) = result(RangesOf::Top);
    let sites = rows(&out, &outputs::SITES);
    let site = |id: &str| sites.iter().find(|r| r["node_id"] == id).unwrap();
    // B in the network of all, F in a view of its own, D along its list.
    for (company, place, figure) in [("B", "A", "touched_on_evidence"), ("F", "A", "touched_on_evidence"), ("D", "E", "touched_by_context")]
    {
        let found = row(&out, company, "own");
        for end in ["low", "high"] {
            near(number(&found, &format!("{figure}_{end}")), number(site(place), &format!("any_{end}")));
            near(number(&found, &format!("touched_{end}")), number(site(place), &format!("any_{end}")));
            near(number(&found, &format!("expected_{end}")), number(site(place), &format!("any_{end}")));
            near(number(&found, &format!("unseen_{end}")), 0.0);
        }
        near(number(&found, "clear_low"), 1.0 - number(site(place), "any_high"));
    }
    // A place's own figure is its own too.
    near(number(&row(&out, "A", "all"), "touched_low"), number(site("A"), "any_low"));
}

#[test]
fn an_assumed_share_moves_on_the_logit_by_kind() {
    let (_room, out) = result(RangesOf::Top);
    let pack = MethodPack::embedded().unwrap();
    let number_of = |id: &str| pack.parameter(id).unwrap().value;
    let assumed = pack.kinds[&onus::base::Kind::Brand].assumed_mapped;
    let mut unseen: Vec<f64> = (1..=number_of("draws.count") as u32)
        .map(|r| {
            let logit = (assumed / (1.0 - assumed)).ln() + number_of("draws.mapped_sd") * z(1, Drawn::Mapped, "brand", r);
            1.0 - 1.0 / (1.0 + (-logit).exp())
        })
        .collect();
    unseen.sort_by(f64::total_cmp);
    let found = row(&out, "C", "own");
    near(number(&found, "unseen_low"), type_7(&unseen, 0.05));
    near(number(&found, "unseen_high"), type_7(&unseen, 0.95));
    assert!(number(&found, "unseen_low") < 0.4 && number(&found, "unseen_high") > 0.6);
}

#[test]
fn companies_are_ranked_in_every_draw_and_equal_ones_share_the_first_place() {
    let (_room, out) = result(RangesOf::Top);
    for (company, low, high) in [("C", "1", "1"), ("B", "2", "2"), ("D", "2", "2")] {
        let found = row(&out, company, "own");
        assert_eq!((found["rank_unseen_low"].as_str(), found["rank_unseen_high"].as_str()), (low, high), "{company}");
    }
    assert_eq!(row(&out, "D", "own")["rank_touched_on_evidence_low"], "4");
    assert_eq!(row(&out, "A", "all")["rank_unseen_low"], "");
}

#[test]
fn nobody_or_everybody_is_drawn_where_that_is_asked_for() {
    let (_room, out) = result(RangesOf::None);
    assert!(rows(&out, &outputs::EXPOSURE).iter().all(|r| r["touched_low"].is_empty() && r["rank_unseen_low"].is_empty()));
    let (_room, out) = result(RangesOf::All);
    let of_all = |r: &&Row| r["view"] == "all" && r["mapped_rule"] == "cautious";
    let all = rows(&out, &outputs::EXPOSURE);
    assert!(all.iter().filter(of_all).count() == 24 && all.iter().filter(of_all).all(|r| !r["touched_low"].is_empty()));
    assert!(all.iter().filter(|r| r["mapped_rule"] == "as_listed").all(|r| r["touched_low"].is_empty()));
}
