//! The laws of the model at the level of a dataset: what a row more or less may change, and what it may not.
//!
//! Changes are made to copies of the sample; random ones are drawn from a fixed seed. Many nodes are changed in one dataset where what is
//! said of one node says nothing of another.

use super::runs::{self, Computed, Csv, FigureKey, Parts, compute};
use onus::pipeline::RunConfig;
use onus::schema::outputs;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

/// Rounding of a solved walk.
const ROUNDING: f64 = 1e-9;

static SAMPLE: LazyLock<Computed> = LazyLock::new(|| compute(&runs::sample()));

fn random(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

fn edit(dir: &Path, table: &str, change: impl FnOnce(&mut Csv)) {
    let mut csv = Csv::read(dir, table);
    change(&mut csv);
    csv.write(dir, table);
}

/// The sample, changed.
fn changed(change: impl FnOnce(&Path)) -> Computed {
    let (_room, data) = runs::copied_sample();
    change(&data);
    compute(&data)
}

fn assert_same(a: &Computed, b: &Computed, what: &str) {
    assert_eq!(a.any, b.any, "{what}");
    assert_eq!(a.decoupled, b.decoupled, "{what}");
    assert_eq!(a.figures, b.figures, "{what}");
}

// B5

/// Rows of every dated table, all of them after 2026-06-30.
fn write_the_future(data: &Path) {
    edit(data, "audits", |t| {
        t.push(&[
            ("audit_id", "AU-901"),
            ("node_id", "GA-011"),
            ("date", "2026-07-01"),
            ("scheme", "SMETA"),
            ("announcement", "unannounced"),
        ]);
        t.push(&[("audit_id", "AU-902"), ("node_id", "FA-030"), ("date", "2026-08-20"), ("covers", "forced_labour;child_labour")]);
    });
    edit(data, "inspections", |t| {
        t.push(&[("audit_id", "IN-901"), ("node_id", "GA-017"), ("date", "2026-07-02"), ("covers", "forced_labour")])
    });
    edit(data, "audit_findings", |t| {
        for (audit, sign, result) in [
            ("AU-901", "work_document_confiscation", "seen"),
            ("AU-902", "cl_under_general_age", "not_seen"),
            ("IN-901", "work_debt_bondage", "seen"),
        ] {
            t.push(&[("audit_id", audit), ("sign", sign), ("result", result)]);
        }
        // Closed after the day of assessment: open on that day.
        let (audit, status, closed) = (t.at("audit_id"), t.at("status"), t.at("closed_on"));
        for row in t.rows.iter_mut().filter(|r| ["IN-001", "AU-022"].contains(&r[audit].as_str()) && r[status] == "open") {
            row[status] = "closed".to_owned();
            row[closed] = "2026-07-15".to_owned();
        }
    });
    edit(data, "grievance_channels", |t| {
        t.push(&[("channel_id", "CH-90"), ("node_id", "GA-022"), ("operator", "ngo"), ("reach_share", "0.8"), ("since", "2026-07-01")]);
        // A channel that is known already, opened at one more place by another operator.
        t.push(&[("channel_id", "CH-01"), ("node_id", "GA-018"), ("operator", "company"), ("reach_share", "0.8"), ("since", "2026-07-05")]);
        t.push(&[("channel_id", "CH-01"), ("node_id", "DY-01"), ("operator", "company"), ("reach_share", "0.8"), ("since", "2026-07-05")]);
        // Ends, and is tested, after the day of assessment.
        let (until, tested) = (t.at("until"), t.at("last_tested"));
        t.row_mut("channel_id", "CH-05")[until] = "2026-09-30".to_owned();
        t.row_mut("channel_id", "CH-05")[tested] = "2026-07-31".to_owned();
    });
    edit(data, "grievances", |t| {
        for (id, node, day, channel, sign) in [
            ("GR-901", "GA-018", "2026-07-01", "", "fl11_threats"),
            ("GR-902", "GA-012", "2026-09-12", "CH-04", "work_wages_withheld"),
            ("GR-903", "SP-02", "2026-07-20", "CH-07", "cl_under_general_age"),
        ] {
            t.push(&[("grievance_id", id), ("node_id", node), ("received_on", day), ("channel_id", channel), ("sign", sign)]);
        }
        let (id, status, remedied) = (t.at("grievance_id"), t.at("status"), t.at("remedied_on"));
        for row in t.rows.iter_mut().filter(|r| ["GR-001", "GR-003"].contains(&r[id].as_str())) {
            row[status] = "closed".to_owned();
            row[remedied] = "2026-08-01".to_owned();
        }
    });
    edit(data, "statements", |t| {
        for (id, node, sign, origin) in
            [("ST-901", "FA-021", "cl_hazard_chemicals", "NGO-B-2025-12"), ("ST-902", "WE-11", "work_debt_bondage", "NGO-Z-2026-07")]
        {
            t.push(&[
                ("statement_id", id),
                ("node_id", node),
                ("date", "2026-07-03"),
                ("sign", sign),
                ("source_class", "ngo_investigation"),
                ("origin", origin),
            ]);
        }
    });
    edit(data, "links", |t| {
        t.push(&[
            ("supplier_id", "GA-018"),
            ("buyer_id", "BR-ALDER"),
            ("relation", "supplies"),
            ("product", "6109"),
            ("value", "9000000"),
            ("valid_from", "2026-07-01"),
        ]);
    });
    edit(data, "remediation", |t| {
        t.push(&[
            ("case_id", "RM-901"),
            ("node_id", "GA-017"),
            ("action", "fees_repaid"),
            ("actor", "Brand Birch"),
            ("opened", "2026-07-01"),
            ("completed", "2026-08-01"),
        ]);
    });
}

#[test]
fn rows_dated_after_the_day_of_assessment_change_no_figure() {
    let late = changed(write_the_future);
    assert_same(&SAMPLE, &late, "rows of the future");
}

#[test]
fn rows_dated_after_the_day_of_assessment_change_no_table_of_figures() {
    let (room, data) = runs::copied_sample();
    write_the_future(&data);
    let out = room.path().join("out");
    runs::assess(&data, &out, 2);
    for table in [
        &*outputs::SITES,
        &*outputs::PRIORS,
        &*outputs::EXPOSURE,
        &*outputs::CONTRIBUTIONS,
        &*outputs::CONTRIBUTION_SUMS,
        &*outputs::CHOKEPOINTS,
        &*outputs::FOOTPRINT,
        &*outputs::PORTFOLIO,
        &*outputs::PORTFOLIO_CONTRIBUTIONS,
    ] {
        assert_eq!(runs::rows(&runs::FIRST_RUN.1, table), runs::rows(&out, table), "{}", table.file);
    }
    // They are told, and told as unused.
    let told: Vec<runs::Row> = runs::rows(&out, &outputs::EVIDENCE).into_iter().filter(|r| r["why_not"] == "dated after as_of").collect();
    assert!(told.len() >= 9 && told.iter().all(|r| r["used"] == "false"), "{}", told.len());
}

#[test]
fn the_same_rows_count_once_their_day_has_come() {
    // Guards the test above: the rows of the future are not simply unreadable.
    let (room, data) = runs::copied_sample();
    write_the_future(&data);
    let out = room.path().join("out");
    let as_of = onus::base::Date::parse("2026-12-31");
    runs::assess_with(&RunConfig { dataset: data, as_of, ..RunConfig::default() }, &out);
    let signal: BTreeSet<String> =
        runs::rows(&out, &outputs::SITES).into_iter().filter(|r| r["state"] == "site_signal").map(|r| r["node_id"].clone()).collect();
    assert!(["GA-011", "WE-11"].iter().all(|id| signal.contains(*id)), "{signal:?}");
}

// B6

#[test]
fn rows_told_twice_change_nothing() {
    let twice = changed(|data| {
        let mut random = random(6);
        for entry in std::fs::read_dir(data).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let Some(table) = name.strip_suffix(".csv") else { continue };
            edit(data, table, |t| {
                let again: Vec<Vec<String>> = t.rows.sample(&mut random, t.rows.len().div_ceil(2)).cloned().collect();
                t.rows.extend(again);
                t.rows.shuffle(&mut random);
            });
        }
    });
    assert_same(&SAMPLE, &twice, "half of all rows twice");
}

// B3

#[test]
fn a_channel_that_reaches_nobody_known_changes_nothing() {
    let with = changed(|data| {
        let nodes = Csv::read(data, "nodes");
        edit(data, "grievance_channels", |t| {
            for (i, node) in nodes.column("node_id").iter().enumerate() {
                let id = format!("CH-B{i:03}");
                let operator = ["company", "union", "ngo", "public", ""][i % 5];
                t.push(&[
                    ("channel_id", &id),
                    ("node_id", node),
                    ("type", "hotline"),
                    ("operator", operator),
                    ("independent", ["yes", "no"][i % 2]),
                    ("languages_covered_share", "1"),
                    ("since", "2020-01-01"),
                    ("last_tested", "2026-05-01"),
                ]);
            }
        });
    });
    assert_same(&SAMPLE, &with, "channels with blank reach everywhere");
}

// B1

/// Signs of the pack that a row may name.
fn signs() -> Vec<String> {
    runs::METHOD.0.signs.iter().map(|s| s.id.clone()).collect()
}

fn places() -> Vec<String> {
    SAMPLE.any.keys().cloned().collect()
}

fn day(random: &mut Xoshiro256PlusPlus) -> String {
    format!("20{}-{:02}-{:02}", random.random_range(19..26), random.random_range(1..13), random.random_range(1..29))
}

#[test]
fn one_report_more_never_lowers_the_probability_of_any_norm() {
    let (signs, places) = (signs(), places());
    let classes: Vec<String> = runs::METHOD.0.sources_of("statements").map(|s| runs::METHOD.0.sources[s.0 as usize].id.clone()).collect();
    let mut cases = 0;
    let mut raised = 0;
    for round in 0..6 {
        let mut random = random(100 + round);
        let (_room, data) = runs::copied_sample();
        let audits = Csv::read(&data, "audits");
        let channels = Csv::read(&data, "grievance_channels");
        let mut said: Vec<(&str, Vec<(&str, String)>)> = Vec::new();
        let mut channels_used = BTreeSet::new();
        let looked: BTreeSet<(String, String)> =
            Csv::read(&data, "audit_findings").rows.iter().map(|r| (r[0].clone(), r[1].clone())).collect();
        for (i, node) in places.iter().enumerate() {
            let sign = signs.choose(&mut random).unwrap().clone();
            let people = ["", "1", "40"].choose(&mut random).unwrap().to_string();
            let status = ["open", "closed", ""].choose(&mut random).unwrap().to_string();
            let corroborated = ["yes", "no", ""].choose(&mut random).unwrap().to_string();
            // Half of the origins are of somebody who spoke before, in the sample or here.
            let origin = if random.random_bool(0.5) { "NGO-A-2026-01".to_owned() } else { format!("NEW-{i}") };
            let own_audit = audits.rows.iter().find(|r| r[1] == *node).map(|r| r[0].clone());
            let own_channel = channels.rows.iter().find(|r| r[1] == *node).map(|r| r[0].clone());
            match random.random_range(0..3) {
                // What one place told a channel makes the channel heard of at its other places, where its silence then says more:
                // one place of a channel a round.
                0 => {
                    let channel = own_channel.filter(|c| channels_used.insert(c.clone())).unwrap_or_default();
                    said.push((
                        "grievances",
                        vec![
                            ("grievance_id", format!("GR-9{i:03}")),
                            ("node_id", node.clone()),
                            ("received_on", day(&mut random)),
                            ("channel_id", channel),
                            ("sign", sign),
                            ("origin", if origin.starts_with("NEW") { String::new() } else { origin }),
                            ("people", people),
                            ("corroborated", corroborated),
                            ("status", status),
                        ],
                    ));
                }
                1 if own_audit.as_ref().is_some_and(|a| !looked.contains(&(a.clone(), sign.clone()))) => said.push((
                    "audit_findings",
                    vec![
                        ("audit_id", own_audit.unwrap()),
                        ("sign", sign),
                        ("result", "seen".to_owned()),
                        ("origin", origin),
                        ("people", people),
                        ("corroborated", corroborated),
                        ("status", status),
                    ],
                )),
                _ => said.push((
                    "statements",
                    vec![
                        ("statement_id", format!("ST-9{i:03}")),
                        ("node_id", node.clone()),
                        ("date", day(&mut random)),
                        ("sign", sign),
                        ("source_class", classes.choose(&mut random).unwrap().clone()),
                        ("origin", origin),
                        ("people", people),
                        ("status", status),
                    ],
                )),
            }
        }
        for table in ["grievances", "audit_findings", "statements"] {
            edit(&data, table, |t| {
                for (_, row) in said.iter().filter(|(of, _)| *of == table) {
                    let cells: Vec<(&str, &str)> = row.iter().map(|(c, v)| (*c, v.as_str())).collect();
                    t.push(&cells);
                }
            });
        }
        // The other places of the channels that were used are no cases: there only the use of the channel changed.
        let elsewhere: BTreeSet<&str> = channels
            .rows
            .iter()
            .filter(|r| channels_used.contains(&r[0]))
            .map(|r| r[1].as_str())
            .filter(|n| {
                !said.iter().any(|(_, row)| {
                    row.iter().any(|(c, v)| *c == "channel_id" && !v.is_empty()) && row.iter().any(|(c, v)| *c == "node_id" && v == n)
                })
            })
            .collect();
        let after = compute(&data);
        for node in places.iter().filter(|n| !elsewhere.contains(n.as_str())) {
            let (before, now) = (SAMPLE.any[node], after.any[node]);
            assert!(
                now >= before - 1e-12,
                "round {round}: {node} fell from {before} to {now}: {:?}",
                said.iter().filter(|(_, r)| r.iter().any(|(_, v)| v == node)).collect::<Vec<_>>()
            );
            cases += 1;
            raised += usize::from(now > before + 1e-12);
        }
    }
    assert!(cases > 1000 && raised * 2 > cases, "{raised} of {cases} raised");
}

#[test]
fn one_clean_visit_more_never_raises_the_probability_of_any_norm() {
    let places = places();
    let schemes: Vec<String> = runs::METHOD.0.schemes.keys().cloned().collect();
    let signs = signs();
    let mut cases = 0;
    let mut lowered = 0;
    for round in 0..4 {
        let mut random = random(200 + round);
        let after = changed(|data| {
            let mut looked: Vec<(String, String)> = Vec::new();
            edit(data, "audits", |t| {
                for (i, node) in places.iter().enumerate() {
                    let id = format!("AU-9{i:03}");
                    let (scheme, covers) = if random.random_bool(0.5) {
                        (schemes.choose(&mut random).unwrap().clone(), String::new())
                    } else {
                        (
                            String::new(),
                            ["child_labour", "forced_labour;debt_bondage", "trafficking;forced_labour", "work_debt_bondage"]
                                .choose(&mut random)
                                .unwrap()
                                .to_string(),
                        )
                    };
                    if random.random_bool(0.4) {
                        looked.push((id.clone(), signs.choose(&mut random).unwrap().clone()));
                    }
                    t.push(&[
                        ("audit_id", &id),
                        ("node_id", node),
                        ("date", &day(&mut random)),
                        ("scheme", &scheme),
                        ("covers", &covers),
                        ("announcement", ["announced", "semi_announced", "unannounced", ""].choose(&mut random).unwrap()),
                        ("interviews_offsite", ["", "0", "12"].choose(&mut random).unwrap()),
                    ]);
                }
            });
            edit(data, "audit_findings", |t| {
                for (audit, sign) in &looked {
                    t.push(&[("audit_id", audit), ("sign", sign), ("result", ["not_seen", "not_assessed"].choose(&mut random).unwrap())]);
                }
            });
        });
        for node in &places {
            let (before, now) = (SAMPLE.any[node], after.any[node]);
            assert!(now <= before + 1e-12, "round {round}: {node} rose from {before} to {now}");
            cases += 1;
            lowered += usize::from(now < before - 1e-12);
        }
    }
    assert!(cases > 700 && lowered * 3 > cases, "{lowered} of {cases} lowered");
}

// T3, T4

/// What the figure leaves open: from touched to touched and unseen.
fn range(parts: &Parts) -> (f64, f64) {
    (parts.touched, parts.touched + parts.unseen)
}

/// A focal figure, its range before and after.
type Narrowed = (FigureKey, (f64, f64), (f64, f64));

/// Focal figures under the cautious rule whose range after a change does not hold the one before.
fn narrowed(before: &Computed, after: &Computed) -> Vec<Narrowed> {
    let mut found = Vec::new();
    for (key, parts) in before.figures.iter().filter(|(k, _)| k.2 == "cautious") {
        let (old, new) = (range(parts), range(&after.figures[key]));
        if new.0 > old.0 + ROUNDING || new.1 < old.1 - ROUNDING {
            found.push((key.clone(), old, new));
        }
    }
    found
}

/// Everybody between the brands and the farms.
fn middlemen() -> Vec<String> {
    let nodes = Csv::read(&runs::sample(), "nodes");
    let kind = nodes.at("kind");
    let between = ["trader", "agent", "importer", "cooperative", "warehouse"];
    nodes.rows.iter().filter(|r| between.contains(&r[kind].as_str())).map(|r| r[0].clone()).collect()
}

/// Takes a node out of the tables that must know it; its links stay.
fn forget(data: &Path, node: &str) {
    edit(data, "nodes", |t| t.rows.retain(|r| r[0] != node));
    for table in ["audits", "inspections"] {
        let gone: BTreeSet<String> = Csv::read(data, table).rows.iter().filter(|r| r[1] == node).map(|r| r[0].clone()).collect();
        edit(data, "audit_findings", |t| t.rows.retain(|r| !gone.contains(&r[0])));
    }
    for table in [
        "surveys",
        "payroll",
        "remediation",
        "inspections",
        "aliases",
        "audits",
        "grievance_channels",
        "grievances",
        "statements",
        "certificates",
        "shipments",
        "purchasing",
        "recruitment",
        "cases",
        "overrides",
        "contests",
    ] {
        edit(data, table, |t| {
            let columns: Vec<usize> = ["node_id", "shipper_id", "consignee_id", "buyer_id", "supplier_id", "agency_id"]
                .iter()
                .filter_map(|c| t.header.iter().position(|h| h == c))
                .collect();
            t.rows.retain(|r| !columns.iter().any(|c| r[*c] == node));
        });
    }
}

#[test]
fn leaving_a_trader_out_of_the_nodes_never_narrows_what_may_be_touched() {
    let mut wrong = Vec::new();
    for node in middlemen() {
        let after = changed(|data| forget(data, &node));
        wrong.extend(narrowed(&SAMPLE, &after).into_iter().map(|w| (node.clone(), w)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn leaving_a_factory_or_a_farm_out_of_the_nodes_never_narrows_what_may_be_touched() {
    let mut wrong = Vec::new();
    for node in ["GA-017", "GA-003", "DY-01", "WE-11", "SP-01", "GI-08", "FA-021", "SM-03"] {
        let after = changed(|data| forget(data, node));
        wrong.extend(narrowed(&SAMPLE, &after).into_iter().map(|w| (node, w)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every buyer all of whose links are valued in US dollars, with the sum of them.
fn valued_buyers(data: &Path) -> BTreeMap<String, f64> {
    let links = Csv::read(data, "links");
    let mut sums: BTreeMap<String, Option<f64>> = BTreeMap::new();
    for r in links.rows.iter().filter(|r| ["supplies", "subcontracts"].contains(&links.cell(r, "relation"))) {
        let plain = links.cell(r, "currency").is_empty() || links.cell(r, "currency") == "USD";
        let scoped = !links.cell(r, "scope").is_empty();
        let value: Option<f64> = links.cell(r, "value").parse().ok().filter(|_| plain && !scoped);
        let sum = sums.entry(links.cell(r, "buyer_id").to_owned()).or_insert(Some(0.0));
        *sum = sum.zip(value).map(|(a, b)| a + b);
    }
    sums.into_iter().filter_map(|(buyer, sum)| Some((buyer, sum?))).collect()
}

/// The sample with total purchases stated for every buyer whose links are valued: `of_recorded` times what is recorded.
fn with_purchases(data: &Path, of_recorded: f64, keep_declared: bool) -> BTreeMap<String, f64> {
    let buyers = valued_buyers(data);
    edit(data, "nodes", |t| {
        let (purchases, mapped) = (t.at("purchases_value"), t.at("mapped_share"));
        for row in &mut t.rows {
            if let Some(sum) = buyers.get(&row[0]) {
                row[purchases] = (sum * of_recorded).to_string();
                if !keep_declared {
                    row[mapped].clear();
                }
            }
        }
    });
    buyers
}

/// Takes away the links of `buyer` from one supplier.
fn cut(data: &Path, supplier: &str, buyer: &str) {
    edit(data, "links", |t| {
        let (s, b) = (t.at("supplier_id"), t.at("buyer_id"));
        t.rows.retain(|r| !(r[s] == supplier && r[b] == buyer));
    });
}

#[test]
fn hiding_a_valued_link_never_narrows_what_may_be_touched() {
    let (_room, data) = runs::copied_sample();
    let buyers = with_purchases(&data, 1.0, false);
    assert!(buyers.len() > 30, "{buyers:?}");
    let before = compute(&data);
    let links = Csv::read(&data, "links");
    let mut hidden: Vec<(String, String)> = links
        .rows
        .iter()
        .filter(|r| buyers.contains_key(links.cell(r, "buyer_id")) && ["supplies", "subcontracts"].contains(&links.cell(r, "relation")))
        .map(|r| (links.cell(r, "supplier_id").to_owned(), links.cell(r, "buyer_id").to_owned()))
        .collect();
    hidden.shuffle(&mut random(4));
    let mut wrong = Vec::new();
    for (supplier, buyer) in hidden.iter().take(25) {
        let (_room, copy) = runs::copied_sample();
        runs::copy(&data, &copy);
        cut(&copy, supplier, buyer);
        wrong.extend(
            narrowed(&before, &compute(&copy))
                .into_iter()
                .filter(|(k, _, _)| k.3 == "own_unfilled" || k.0 == "BR-ALDER")
                .map(|w| (supplier, buyer, w)),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn hiding_a_valued_link_never_narrows_what_may_be_touched_where_the_buyer_declares_its_mapped_share_too() {
    let (_room, data) = runs::copied_sample();
    let buyers = with_purchases(&data, 1.0, true);
    let before = compute(&data);
    let mut wrong = Vec::new();
    for (supplier, buyer) in
        [("SP-01", "WE-01"), ("SP-02", "WE-02"), ("WE-11", "DY-04"), ("WE-12", "DY-04"), ("GI-01", "SP-01"), ("GI-02", "SP-01")]
    {
        assert!(buyers.contains_key(buyer), "{buyer}");
        let (_room, copy) = runs::copied_sample();
        runs::copy(&data, &copy);
        cut(&copy, supplier, buyer);
        wrong.extend(narrowed(&before, &compute(&copy)).into_iter().map(|w| (supplier, buyer, w)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

// T6

#[test]
fn scaling_a_buyers_links_and_its_purchases_together_changes_nothing() {
    let (_room, data) = runs::copied_sample();
    let buyers = with_purchases(&data, 1.25, false);
    let before = compute(&data);
    let mut random = random(66);
    let factors: BTreeMap<String, f64> = buyers.keys().map(|b| (b.clone(), random.random_range(0.01..300.0))).collect();
    for (table, key, column) in [("links", "buyer_id", "value"), ("nodes", "node_id", "purchases_value")] {
        edit(&data, table, |t| {
            let (key, column) = (t.at(key), t.at(column));
            for row in &mut t.rows {
                if let (Some(factor), Ok(value)) = (factors.get(&row[key]), row[column].parse::<f64>()) {
                    row[column] = (value * factor).to_string();
                }
            }
        });
    }
    let after = compute(&data);
    assert_eq!(before.any, after.any);
    for (key, parts) in &before.figures {
        let now = &after.figures[key];
        for (a, b) in [(parts.touched, now.touched), (parts.unseen, now.unseen), (parts.clear, now.clear), (parts.expected, now.expected)] {
            assert!((a - b).abs() < ROUNDING, "{key:?}: {parts:?} became {now:?}");
        }
    }
}

// Lists

#[test]
fn a_place_on_a_published_list_moves_unseen_mass_alone() {
    let places = ["FA-041", "GA-003", "SM-02", "ES-01", "HW-02", "SP-13"];
    for buyer in ["BR-ALDER", "BR-BIRCH"] {
        let after = changed(|data| {
            edit(data, "links", |t| {
                for place in places {
                    t.push(&[("supplier_id", place), ("buyer_id", buyer), ("relation", "lists"), ("basis", "declared")]);
                }
            });
        });
        assert_eq!(SAMPLE.any, after.any);
        let mut moved = 0.0;
        for (key, filled) in after.figures.iter().filter(|(k, _)| k.0 == buyer && k.3 == "own") {
            let of = |view| (key.0.clone(), key.1, key.2, view);
            let unfilled = after.figures[&of("own_unfilled")];
            // Along recorded chains nothing changed at all.
            let before = SAMPLE.figures.get(&of("own_unfilled")).or_else(|| SAMPLE.figures.get(&of("own"))).unwrap();
            assert_eq!(*before, unfilled, "{key:?}");
            assert!(filled.touched >= unfilled.touched - ROUNDING && filled.clear >= unfilled.clear - ROUNDING, "{key:?}");
            assert!(filled.unseen <= unfilled.unseen + ROUNDING, "{key:?}");
            moved += unfilled.unseen - filled.unseen;
        }
        assert!(moved > 1e-3, "{buyer}: the list moved nothing");
        for (key, parts) in SAMPLE.figures.iter().filter(|(k, _)| k.0 != buyer) {
            assert_eq!(*parts, after.figures[key], "another company's figures: {key:?}");
        }
    }
}
