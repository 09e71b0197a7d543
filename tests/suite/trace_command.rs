//! `onus trace`: figures by hand on a chain of nine nodes, sums that close against the result, and what stands for an exit code.

use super::runs;
use super::what_if::write_chain;
use assert_cmd::cargo::CommandCargoExt;
use onus::base::Traced;
use onus::base::holdings::holding_key;
use onus::export::walk_rows::MappedRule;
use onus::pipeline::tracing::{Beside, Down, Part, Roads, Standing, Up, down, up};
use onus::schema::outputs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use tempfile::TempDir;

/// The chain of nine nodes and its result.
static CHAIN: LazyLock<(TempDir, PathBuf, PathBuf)> = LazyLock::new(|| {
    let room = tempfile::tempdir().unwrap();
    let (data, out) = (room.path().join("data"), room.path().join("out"));
    write_chain(&data);
    runs::assess(&data, &out, 2);
    (room, data, out)
});

fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-9, "{what}: {found} where {expected} was expected");
}

fn roads(out: &Path, traced: Traced, rule: MappedRule) -> Roads {
    Roads::read(out, traced, rule, None).unwrap_or_else(|e| panic!("{e}"))
}

fn held(part: &Part) -> f64 {
    part.rows.iter().map(|r| r.touched).sum::<f64>() + part.rest
}

/// Rows and rest are their column, the columns and tiers are the whole unit.
fn closes(u: &Up, what: &str) {
    close(held(&u.touched_on_evidence), u.on_evidence, what);
    close(held(&u.touched_by_context), u.by_context, what);
    close(u.on_evidence + u.by_context + u.unseen + u.clear, 1.0, what);
    close(u.dark.iter().map(|d| d.unseen).sum::<f64>() + u.dark_rest, u.unseen, what);
    for (of, whole) in [
        (u.tiers.iter().map(|t| t.on_evidence).sum::<f64>(), u.on_evidence),
        (u.tiers.iter().map(|t| t.by_context).sum(), u.by_context),
        (u.tiers.iter().map(|t| t.unseen).sum(), u.unseen),
        (u.tiers.iter().map(|t| t.clear).sum(), u.clear),
    ] {
        close(of, whole, what);
    }
    assert_eq!(u.differs_by, None, "{what}");
    for part in [&u.touched_on_evidence, &u.touched_by_context] {
        let rows: f64 = part.rows.iter().map(|r| r.touched).sum();
        assert!(rows >= 0.8 * part.total - 1e-12 || part.rest_nodes == 0, "{what}: the rows make 80 %");
        let but_last: f64 = part.rows.iter().take(part.rows.len().saturating_sub(1)).map(|r| r.touched).sum();
        assert!(part.rows.is_empty() || but_last < 0.8 * part.total, "{what}: and no more are told");
    }
}

#[test]
fn upstream_of_a_brand_each_contributor_has_its_part_and_its_chain() {
    let (_, data, out) = &*CHAIN;
    let p = runs::compute(data).any;
    let u = up(out, &roads(out, Traced::Any, MappedRule::Cautious), "BRAND").unwrap();
    closes(&u, "BRAND");
    // 60 of 100 come of MA, which passes on what does not end there: two thirds to F1, one third to F2.
    let on = 0.6 * (1.0 - p["MA"]);
    let parts =
        [("MA", 0.6 * p["MA"]), ("FB", 0.3 * p["FB"]), ("FC", 0.1 * p["FC"]), ("F1", on * 2.0 / 3.0 * p["F1"]), ("F2", on / 3.0 * p["F2"])];
    close(u.by_context, parts.iter().map(|(_, x)| x).sum(), "by context");
    assert_eq!((u.on_evidence, u.nodes_upstream, u.unseen), (0.0, 5, 0.0));
    for row in &u.touched_by_context.rows {
        let (_, part) = parts.iter().find(|(id, _)| *id == row.node_id).unwrap();
        close(row.touched, *part, &row.node_id);
        close(row.probability, p[&row.node_id], &row.node_id);
        assert_eq!(row.behind.standing, Standing::Context);
        let chain = &row.chains[0];
        assert_eq!(chain.ids.first().map(String::as_str), Some("BRAND"));
        assert_eq!(chain.ids.last(), Some(&row.node_id));
        close(chain.share, row.visits, "one chain alone leads there");
        assert_eq!(row.tier, Some(chain.ids.len() as u32 - 1));
    }
    // Only largest first.
    assert!(u.touched_by_context.rows.windows(2).all(|w| w[0].touched >= w[1].touched));
}

#[test]
fn where_it_goes_dark_says_on_what_the_mapped_share_rests_and_what_to_ask() {
    let (_, _, out) = &*CHAIN;
    let u = up(out, &roads(out, Traced::Any, MappedRule::Cautious), "OTHER").unwrap();
    closes(&u, "OTHER");
    let [dark] = &u.dark[..] else { panic!("{:?}", u.dark) };
    assert_eq!((dark.node_id.as_str(), dark.unseen, dark.mapped, dark.basis), ("TR", 0.5, 0.5, "stated"));
    assert!(dark.ask.contains("from whom does Trading House TR buy the rest"), "{}", dark.ask);
    assert_eq!(dark.chain.as_ref().unwrap().ids, ["OTHER", "TR"]);
    // A node that is no company under assessment has purchases of its own, too.
    let u = up(out, &roads(out, Traced::Any, MappedRule::Cautious), "MA").unwrap();
    closes(&u, "MA");
    let p = runs::compute(&CHAIN.1).any;
    close(u.by_context, 2.0 / 3.0 * p["F1"] + 1.0 / 3.0 * p["F2"], "MA buys of two farms");
    assert_eq!(u.own_site, Some(p["MA"]));
    // At a farm goods begin.
    let u = up(out, &roads(out, Traced::Any, MappedRule::Cautious), "F1").unwrap();
    assert_eq!((u.nodes_upstream, u.clear, u.dark.len()), (0, 1.0, 0));
}

#[test]
fn downstream_of_a_node_each_company_has_the_share_that_comes_through_it() {
    let (_, data, out) = &*CHAIN;
    let p = runs::compute(data).any;
    let roads = roads(out, Traced::Any, MappedRule::Cautious);
    let mill = down(out, &roads, "MA").unwrap();
    let of = |d: &Down, id: &str| d.reached.iter().find(|r| r.focal_id == id).unwrap().clone();
    let t = p["MA"] + (1.0 - p["MA"]) * (2.0 / 3.0 * p["F1"] + 1.0 / 3.0 * p["F2"]);
    for (id, share, tier) in [("BRAND", 0.6, 1), ("OTHER", 0.5, 2)] {
        let r = of(&mill, id);
        close(r.share, share, id);
        close(r.visits, share, id);
        close(r.at_node, share * p["MA"], id);
        close(r.through_by_context, share * t, id);
        assert_eq!((r.tier, r.through_on_evidence, r.differs_by), (Some(tier), 0.0, None));
        assert!(r.through_by_context <= r.touched_by_context + 1e-12);
    }
    assert_eq!(of(&mill, "OTHER").chains[0].ids, ["OTHER", "TR", "MA"]);
    // BRAND buys more of it than OTHER does, and stands first; direct buyers with links and mapped share together.
    assert_eq!(mill.reached.iter().map(|r| r.focal_id.as_str()).collect::<Vec<_>>(), ["BRAND", "OTHER"]);
    let buyers: Vec<(&str, f64)> = mill.buyers.iter().map(|b| (b.node_id.as_str(), b.share_of_purchases)).collect();
    assert_eq!(buyers.len(), 2);
    close(buyers[0].1, 0.6, buyers[0].0);
    close(buyers[1].1, 0.5, buyers[1].0);
    assert_eq!((buyers[0].0, buyers[1].0, mill.buyers[0].products.clone()), ("BRAND", "TR", vec!["1511".to_owned()]));
    let farm = down(out, &roads, "F1").unwrap();
    close(of(&farm, "BRAND").share, 0.6 * (1.0 - p["MA"]) * 2.0 / 3.0, "F1");
    // A farm that sells to the shop alone reaches no company.
    let nobody = down(out, &roads, "FD").unwrap();
    assert_eq!((nobody.reached.len(), nobody.not_reached, nobody.buyers.len()), (0, 2, 1));
}

#[test]
fn rows_rest_tiers_and_the_dark_add_up_to_the_figures_of_the_result_for_every_buyer_norm_and_rule() {
    let (_, out, _) = &*runs::FIRST_RUN;
    let exposure = runs::rows(out, &outputs::EXPOSURE);
    for (traced, rule) in [
        (Traced::Any, MappedRule::Cautious),
        (Traced::Any, MappedRule::AsListed),
        (Traced::ForcedLabour, MappedRule::Cautious),
        (Traced::ChildLabour, MappedRule::AsListed),
    ] {
        let roads = roads(out, traced, rule);
        for id in ["BR-ALDER", "BR-BIRCH"] {
            let u = up(out, &roads, id).unwrap();
            closes(&u, id);
            let row = exposure
                .iter()
                .find(|r| r["node_id"] == id && r["norm"] == traced.as_str() && r["view"] == "own" && r["mapped_rule"] == rule.as_str());
            close(u.on_evidence, runs::number(row.unwrap(), "touched_on_evidence"), id);
            close(u.unseen, runs::number(row.unwrap(), "unseen"), id);
            if rule == MappedRule::Cautious {
                let of_result: Vec<runs::Row> = runs::rows(out, &outputs::CHOKEPOINTS)
                    .into_iter()
                    .filter(|c| {
                        c["focal_id"] == id && c["norm"] == traced.as_str() && c["view"] == "own" && c["mapped_rule"] == rule.as_str()
                    })
                    .collect();
                assert!(!u.choke_points.is_empty() && u.choke_points.len() <= of_result.len());
                for (c, row) in u.choke_points.iter().zip(&of_result) {
                    assert_eq!(c.node_id, row["node_id"], "{id}");
                    close(c.cover, runs::number(row, "cover"), id);
                }
            }
        }
    }
    let roads = roads(out, Traced::Any, MappedRule::Cautious);
    for row in runs::rows(out, &outputs::SITES) {
        closes(&up(out, &roads, &row["node_id"]).unwrap(), &row["node_id"]);
    }
}

#[test]
fn what_is_due_to_a_node_is_what_its_contribution_row_says() {
    let (_, out, _) = &*runs::FIRST_RUN;
    let d = down(out, &roads(out, Traced::Any, MappedRule::Cautious), "GA-017").unwrap();
    assert_eq!(d.reached.len(), 2);
    for r in &d.reached {
        let rows = runs::rows(out, &outputs::CONTRIBUTIONS);
        let row = rows.iter().find(|c| {
            c["focal_id"] == r.focal_id
                && c["node_id"] == "GA-017"
                && c["norm"] == "any"
                && c["view"] == "own"
                && c["mapped_rule"] == "cautious"
        });
        close(r.at_node, runs::number(row.unwrap(), "touched"), &r.focal_id);
        close(r.visits, runs::number(row.unwrap(), "visits"), &r.focal_id);
    }
}

#[test]
fn the_dataset_beside_gives_the_same_walk_and_another_dataset_is_refused() {
    let (_, out, _) = &*runs::FIRST_RUN;
    let sample = runs::sample();
    let plain = up(out, &roads(out, Traced::Any, MappedRule::Cautious), "BR-ALDER").unwrap();
    let beside = Roads::read(out, Traced::Any, MappedRule::Cautious, Some(Beside::of(&sample))).unwrap();
    let exact = up(out, &beside, "BR-ALDER").unwrap();
    closes(&exact, "BR-ALDER");
    close(exact.on_evidence, plain.on_evidence, "on evidence");
    close(exact.unseen, plain.unseen, "unseen");
    let ids = |u: &Up| u.touched_on_evidence.rows.iter().map(|r| r.node_id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&exact), ids(&plain));
    let other = Roads::read(out, Traced::Any, MappedRule::Cautious, Some(Beside::of(&CHAIN.1)));
    assert!(other.is_err_and(|e| e.to_string().contains("--dataset")));
}

#[test]
fn on_the_screen_evidence_and_context_stand_apart_and_exit_codes_hold() {
    let (_, out, _) = &*runs::FIRST_RUN;
    let out = text(out);
    let up = onus(["trace", out, "BR-BIRCH", "--up", "--norm", "forced_labour"]);
    let screen = String::from_utf8(up.stdout).unwrap();
    assert_eq!(up.status.code(), Some(0));
    for said in [
        "Upstream, forced labour",
        "Touched on evidence",
        "Garments 017 (GA-017)",
        "indicated by rule",
        "Touched by context alone",
        "Where it goes dark",
        "ask: ",
        "By tier",
        "of the purchases by Brand Birch <- Garments 017",
        "in the rest =",
    ] {
        assert!(screen.contains(said), "{said} in\n{screen}");
    }
    assert!(!screen.contains("differs by"), "{screen}");
    let key = holding_key("FA-021");
    let by_id = onus(["trace", out, "FA-021", "--down"]);
    let by_key = onus(["trace", out, &format!("holding:{key}"), "--down", "--rule", "cautious"]);
    assert_eq!((by_id.status.code(), &by_id.stdout), (Some(0), &by_key.stdout));
    let farm = String::from_utf8(by_id.stdout).unwrap();
    assert!(farm.contains(&key) && farm.contains("Brand Alder") && farm.contains("Direct buyers"), "{farm}");
    assert!(!farm.contains("FA-021") && !farm.contains("Cotton farm"), "{farm}");
    let json: serde_json::Value = serde_json::from_slice(&onus(["trace", out, "GA-017", "--down", "--json"]).stdout).unwrap();
    assert_eq!(json["reached"].as_array().unwrap().len(), 2);
    for (args, code) in [
        (&["trace", out, "GA-999", "--up"][..], 1),
        (&["trace", out, "GA-017", "--up", "--norm", "greed"], 1),
        (&["trace", out, "GA-017"], 2),
        (&["trace", out, "GA-017", "--up", "--down"], 2),
        (&["trace", out, "GA-017", "--down", "--restricted"], 2),
    ] {
        assert_eq!(onus(args).status.code(), Some(code), "{args:?}");
    }
    let sample = runs::sample();
    let closed = onus(["trace", out, "GA-017", "--down"]);
    assert!(!String::from_utf8(closed.stdout).unwrap().contains("GR-0"));
    let open = onus(["trace", out, "GA-017", "--down", "--restricted", "--dataset", text(&sample)]);
    assert!(String::from_utf8(open.stdout).unwrap().contains("GR-001"));
}

fn onus<I: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = I>) -> Output {
    Command::cargo_bin("onus").unwrap().args(args).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
