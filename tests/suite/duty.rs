//! What to do first, on whole runs: every row of the response matrix is reachable, severity knows no probability, the order is total and
//! follows its keys, remedies are exact and shared in full, judgements and answers change nothing of the machine's.

use super::runs::{self, Csv, FIRST_RUN, Row, dataset, number, rows, verified};
use onus::base::{Norm, NormSet};
use onus::duty::{Ages, Known, SeverityBook, look_first};
use onus::schema::outputs::{self, OutputTable};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn run(tables: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let (room, data) = dataset(tables);
    let out = room.path().join("out");
    runs::assess(&data, &out, 1);
    verified(&out);
    (room, out)
}

fn of(out: &Path, table: &OutputTable, node: &str) -> Vec<Row> {
    rows(out, table).into_iter().filter(|r| r["node_id"] == node).collect()
}

/// A brand, and one factory for each row of the matrix; the sixteenth grows cotton.
fn places() -> String {
    let mut nodes = "node_id,name,kind,country,sector,product,stage,workers\nBR,Brand,brand,DEU,4771,,,\n".to_owned();
    for i in 1..=18 {
        nodes.push_str(&match i {
            16 => "P16,Smallholders 16,smallholders,IND,0116,5201,farm,400\n".to_owned(),
            _ => format!("P{i:02},Works {i:02},factory,BGD,1410,6109,manufacturing,300\n"),
        });
    }
    nodes
}

fn links() -> String {
    let mut links = "supplier_id,buyer_id,relation,value\n".to_owned();
    for i in 1..=18 {
        links.push_str(&format!("P{i:02},BR,supplies,{}\n", 1000 * i));
    }
    links
}

#[test]
fn every_row_of_the_response_matrix_is_reached_by_a_place_that_shows_its_pattern() {
    let mut statements = "statement_id,node_id,date,sign,source_class,origin\n".to_owned();
    let told = [
        (1, "cl_under_general_age"),
        (4, "rc_worker_paid_fees"),
        (5, "work_debt_bondage"),
        (6, "work_document_confiscation"),
        (8, "cl_sexual_exploitation"),
        (9, "si_labour_transfer_programme"),
        (10, "fl11_restriction_of_movement"),
        (11, "fl11_restriction_of_movement"),
        (12, "hs_undeclared_site"),
        (14, "cl_age_docs_missing"),
        (17, "cl_family_piece_rate"),
        (18, "work_wages_withheld"),
    ];
    for (i, sign) in told {
        statements.push_str(&format!("S{i},P{i:02},2026-03-01,{sign},authority_or_court,COURT-{i}\n"));
    }
    let cases = "case_id,node_id,people,age_low,age_high,age_proof,facts,period,basis,hours_per_week,task_on_hazardous_list\n\
        C2,P02,1,16,16,documented,cl_hazard_listed,2026Q1,documents,50,yes\n\
        C3,P03,1,12,12,documented,cl_hazard_listed,2026Q1,documents,50,yes\n\
        C7,P07,1,24,24,documented,act_recruited;rec_deceived_wages;rec_deceived_conditions;rec_deceived_contract;rc_worker_paid_fees;\
        rec_debt_bondage@recruitment;work_document_confiscation;wd_limited_movement_communication;ex_excessive_hours;ex_wage_manipulation;\
        work_threat_denounce;work_confinement,2026Q1,interview,72,\n";
    let (_room, out) = run(&[
        ("nodes", &places()),
        ("links", &links()),
        ("statements", &statements),
        ("cases", cases),
        ("purchasing", "buyer_id,supplier_id,quarter,payment_days\nBR,P13,2026Q1,220\n"),
        ("audits", "audit_id,node_id,date,scheme,covers,announcement\nA15,P15,2026-02-01,,forced_labour,announced\n"),
        ("audit_findings", "audit_id,sign,result\nA15,gi_coached_workers,seen\n"),
        (
            "remediation",
            "case_id,node_id,sign,action,actor,opened,completed,verified_by\n\
             R18,P18,work_wages_withheld,wages_paid,Works 18,2024-01-01,2025-01-01,independent\n",
        ),
    ]);
    let actions = rows(&out, &outputs::ACTIONS);
    let at: BTreeMap<&str, BTreeSet<&str>> = actions.iter().fold(BTreeMap::new(), |mut all, r| {
        all.entry(r["node_id"].as_str()).or_default().insert(r["matrix_row"].as_str());
        all
    });
    for i in 1..=18 {
        let (place, number) = (format!("P{i:02}"), i.to_string());
        assert!(at.get(place.as_str()).is_some_and(|r| r.contains(number.as_str())), "row {i} is not asked for at {place}: {at:?}");
    }
    // Ending orders comes first in the ninth row alone, and never without what it would do.
    for r in &actions {
        assert_eq!(r["ends_orders"] == "true", ["9", "18"].contains(&r["matrix_row"].as_str()), "{r:?}");
        if r["ends_orders"] == "true" {
            assert_eq!(number(r, "ledger_people"), 300.0);
            let value = if r["node_id"] == "P09" { 9000.0 } else { 18000.0 };
            assert_eq!((number(r, "ledger_orders"), number(r, "ledger_share_of_sales")), (value, 1.0));
            assert_eq!(r["ledger_command"], format!("onus what-if DATASET --change 'drop {} -> BR'", r["node_id"]));
        } else {
            assert!(["ledger_people", "ledger_orders", "ledger_command"].iter().all(|c| r[*c].is_empty()), "{r:?}");
        }
        assert!(!r["never"].is_empty() && !r["lead"].is_empty() && !r["why"].is_empty());
    }
    assert_eq!(of(&out, &outputs::ACTIONS, "P09")[0]["response"], "state_imposed");
    assert_eq!(of(&out, &outputs::ACTIONS, "P18").last().unwrap()["response"], "relapse_or_refusal", "leaving stands last");
    assert!(!at["P09"].contains("10"), "nobody stays and mends where the state imposes it");
    // Context accuses nobody, and asks for a look alone.
    let context = of(&out, &outputs::ACTIONS, "P16");
    assert_eq!((context.len(), context[0]["basis"].as_str()), (1, "context"));
    // Small counts of people stand nowhere.
    assert!(rows(&out, &outputs::SITES).iter().all(|r| r["people_told_at_least"].is_empty()));
}

#[test]
fn severity_does_not_move_with_evidence_practices_or_leverage() {
    let nodes = places();
    let severe = |out: &Path| -> BTreeMap<String, Vec<String>> {
        let columns = Norm::ALL.map(|n| format!("{}_severity", n.as_str()));
        rows(out, &outputs::SITES).into_iter().map(|r| (r["node_id"].clone(), columns.iter().map(|c| r[c].clone()).collect())).collect()
    };
    let (_a, quiet) = run(&[("nodes", &nodes), ("links", &links())]);
    let statements = "statement_id,node_id,date,sign,source_class,origin\n\
        S1,P01,2026-03-01,work_document_confiscation,authority_or_court,COURT-1\nS2,P01,2026-03-01,cl_under_general_age,authority_or_court,COURT-1\n";
    let (_b, told) = run(&[
        ("nodes", &nodes),
        ("links", "supplier_id,buyer_id,relation,value\nP01,BR,supplies,5\nP02,P01,supplies,7\n"),
        ("statements", statements),
        ("purchasing", "buyer_id,supplier_id,quarter,unit_price,cost_benchmark,payment_days\nBR,P01,2026Q1,1,2,220\n"),
    ]);
    assert_eq!(severe(&quiet), severe(&told));
    let any = |out: &Path| number(&of(out, &outputs::SITES, "P01")[0], "any");
    assert!(any(&told) > any(&quiet) + 0.2, "the evidence did move what is believed");
    let part = &of(&told, &outputs::DUTIES, "P01")[0];
    assert_eq!(part["involvement"], "contribute", "{part:?}");
    // Behind it nobody found anything: the same buyer is linked there, at most.
    assert!(of(&told, &outputs::DUTIES, "P02").iter().all(|r| r["involvement"] == "linked"));
}

#[test]
fn involvement_and_leverage_are_those_of_the_chain() {
    // The brand owns O. It buys 60 of the 80 that M sells, M buys all that the spinner F sells; a second brand buys the rest.
    let nodes = "node_id,name,kind,country,sector,focal,parent_id,output_value\n\
        BR,Brand,brand,DEU,4771,yes,,\nB2,Other brand,brand,DEU,4771,yes,,\nO,Own works,factory,VNM,1410,,BR,\n\
        M,Mill,mill,VNM,1311,,,80\nF,Spinner,mill,VNM,1311,,,40\n";
    let statements = "statement_id,node_id,date,sign,source_class,origin\n\
        S1,F,2026-03-01,work_wages_withheld,authority_or_court,C1\nS2,O,2026-03-01,work_document_confiscation,authority_or_court,C2\n";
    let links = "supplier_id,buyer_id,relation,value\nF,M,supplies,40\nM,BR,supplies,60\nM,B2,supplies,20\nO,BR,supplies,10\n";
    let (_room, out) = run(&[("nodes", nodes), ("links", links), ("statements", statements)]);
    let part = |focal: &str, node: &str| {
        let found = of(&out, &outputs::DUTIES, node).into_iter().find(|r| r["focal_id"] == focal);
        found.unwrap_or_else(|| panic!("{focal} has no part in {node}"))
    };
    let spinner = part("BR", "F");
    assert_eq!((number(&spinner, "leverage_direct"), spinner["involvement"].as_str(), spinner["tier"].as_str()), (0.0, "linked", "2"));
    assert!((number(&spinner, "leverage") - 0.75).abs() < 1e-9 && (number(&spinner, "remedy_share") - 0.75).abs() < 1e-9);
    assert!((number(&part("B2", "F"), "leverage") - 0.25).abs() < 1e-9);
    let own = part("BR", "O");
    assert_eq!(own["involvement"], "cause", "{own:?}");
    let shares = of(&out, &outputs::REMEDY_SHARES, "F");
    assert!(shares.iter().any(|r| r["bearer_id"] == "BR" && (number(r, "share") - 0.75).abs() < 1e-9), "{shares:?}");
}

#[test]
fn what_is_owed_is_computed_by_hand_and_what_is_not_known_stays_unknown() {
    let nodes = "node_id,name,kind,country,sector,workers\nBR,Brand,brand,DEU,4771,\nA,Works A,factory,BGD,1410,10\nB,Works B,factory,BGD,1410,10\n";
    let links = "supplier_id,buyer_id,relation,value,currency\nA,BR,supplies,10,USD\nB,BR,supplies,10,USD\n";
    // Hired in 2024, seen on the last day of 2026: 730 days. A second cohort whose number nobody told; a third of three people.
    let recruitment = "node_id,period,workers,fee_paid_mean,fee_currency\nA,2024,10,1500,USD\nA,2025,,900,USD\nB,2026,3,100,USD\n";
    let payroll = "node_id,period,legal_minimum_wage,median_wage,hours_mean\nA,2026-01,100,80,\nA,2026-02,100,110,48\n";
    let remediation = "case_id,node_id,action,actor,opened,completed,amount,currency\nR1,A,fees_repaid,Works A,2025-01-01,2025-06-01,5000,USD\n\
        R2,A,fees_repaid,Works A,2025-01-01,2025-06-01,70,EUR\nR3,A,fees_repaid,Works A,2026-01-01,,900,USD\n";
    let statements = "statement_id,node_id,date,sign,source_class,origin\nS1,B,2026-12-31,work_wages_withheld,authority_or_court,C1\n";
    let (_room, out) = run(&[
        ("nodes", nodes),
        ("links", links),
        ("recruitment", recruitment),
        ("payroll", payroll),
        ("remediation", remediation),
        ("statements", statements),
    ]);
    let item = |node: &str, item: &str, currency: &str| {
        let found = of(&out, &outputs::REMEDIES, node).into_iter().find(|r| r["item"] == item && r["currency"] == currency);
        found.unwrap_or_else(|| panic!("no {item} in {currency} at {node}"))
    };
    let fees = item("A", "fees", "USD");
    let owed = 15_000.0 * 1.05f64.powf(730.0 / 365.25);
    // What was paid on 1 June 2025, 578 days before, bears no interest since.
    let outstanding = owed - 5_000.0 * 1.05f64.powf(578.0 / 365.25);
    assert!((number(&fees, "outstanding") - outstanding).abs() < 1e-6 && (number(&fees, "paid") - 5_000.0).abs() < 1e-9, "{fees:?}");
    assert!((number(&fees, "owed") - (outstanding + 5_000.0)).abs() < 1e-6, "{fees:?}");
    assert_eq!((fees["rows_used"].as_str(), fees["rows_unknown"].as_str()), ("1", "1"));
    assert!(fees["missing"].contains("how many workers paid"));
    let other = item("A", "fees", "EUR");
    assert_eq!(
        (other["owed"].as_str(), other["outstanding"].as_str(), number(&other, "paid")),
        ("", "", 70.0),
        "another currency is not counted off"
    );
    let shortfall = item("A", "shortfall", "USD");
    assert!((number(&shortfall, "owed") - 20.0 * 10.0 * 31.0 * 12.0 / 365.25).abs() < 1e-9, "{shortfall:?}");
    assert!(shortfall["missing"].contains("hours worked"));
    assert_eq!(item("B", "fees", "USD")["workers"], "<5");
    let withheld = item("B", "wages_withheld", "");
    assert_eq!((withheld["owed"].as_str(), withheld["outstanding"].as_str()), ("", ""), "unknown is not 0");
}

/// Every table of two results without the columns that stand beside the machine's.
fn machine(out: &Path, beside: &[&str]) -> BTreeMap<&'static str, Vec<Row>> {
    let tables = outputs::tables().into_iter().filter(|t| t.is_parquet() && !["overrides", "contests", "warnings"].contains(&t.name));
    tables
        .map(|t| {
            let mut all = rows(out, t);
            all.iter_mut().for_each(|r| r.retain(|c, _| !beside.contains(&c.as_str())));
            (t.name, all)
        })
        .collect()
}

#[test]
fn judgements_of_people_change_no_column_of_the_machine() {
    let (room, data) = runs::copied_sample();
    std::fs::remove_file(data.join("overrides.csv")).unwrap();
    let out = room.path().join("out");
    runs::assess(&data, &out, 2);
    let (with, without) = (machine(&FIRST_RUN.1, &["overrides"]), machine(&out, &["overrides"]));
    for (table, rows) in &with {
        assert_eq!(rows, &without[table], "{table}");
    }
    let judged = rows(&FIRST_RUN.1, &outputs::OVERRIDES);
    assert_eq!((judged.len(), rows(&out, &outputs::OVERRIDES).len()), (5, 0));
    let (band, history) =
        (judged.iter().find(|r| r["field"] == "severity_band").unwrap(), judged.iter().filter(|r| r["in_force"] == "false"));
    assert_eq!((band["value"].as_str(), band["by_role"].as_str(), history.count()), ("A", "human_rights", 1));
    assert_eq!((FIRST_RUN.2.duty.overrides, FIRST_RUN.2.duty.contests), (4, 4));
    let register = Csv::read_file(&FIRST_RUN.1.join("register.csv"));
    let row = register.rows.iter().find(|r| register.cell(r, "node_id") == "GA-017").unwrap();
    assert_eq!(register.cell(row, "overrides"), "priority=1 (human_rights, 2026-06-29)");
}

#[test]
fn an_answer_of_a_supplier_stands_beside_the_finding_and_lowers_none() {
    let (room, data) = runs::copied_sample();
    std::fs::remove_file(data.join("contests.csv")).unwrap();
    let out = room.path().join("out");
    runs::assess(&data, &out, 2);
    let findings = |out: &Path| machine(out, &["contested"]).remove("findings").unwrap();
    assert_eq!(findings(&FIRST_RUN.1), findings(&out), "no finding moves");
    let contested = rows(&FIRST_RUN.1, &outputs::FINDINGS);
    let bondage = contested.iter().find(|r| r["node_id"] == "GA-017" && r["scope"] == "place" && r["norm"] == "debt_bondage").unwrap();
    assert_eq!((bondage["level"].as_str(), bondage["contested"].as_str()), ("indicated", "denies 2026Q2 (management)"));
    // Only the denial weighs, only at its place, and next to nothing; it makes nothing fresh and covers nothing.
    let sites = |out: &Path| rows(out, &outputs::SITES);
    for (with, without) in sites(&FIRST_RUN.1).iter().zip(sites(&out)) {
        let p = |r: &Row| if r["has_posterior"] == "true" { number(r, "any") } else { 0.0 };
        if with["node_id"] == "GA-017" {
            assert!(p(with) <= p(&without) && p(&without) - p(with) < 0.005, "{} {}", p(with), p(&without));
            assert_eq!(with["debt_bondage_coverage"], without["debt_bondage_coverage"]);
            assert_eq!((&with["newest_evidence"], &with["state"]), (&without["newest_evidence"], &without["state"]));
        } else {
            assert_eq!(p(with), p(&without), "{}", with["node_id"]);
        }
    }
    let evidence = rows(&FIRST_RUN.1, &outputs::EVIDENCE);
    let denial: Vec<&Row> = evidence.iter().filter(|r| r["source"] == "supplier_answer").collect();
    assert_eq!((denial.len(), denial[0]["norms"].as_str(), denial[0]["item"].as_str()), (1, "debt_bondage", "silence"));
    assert!((-0.02..0.0).contains(&number(denial[0], "log_weight")), "{:?}", denial[0]);
}

/// A place of which the numbers are drawn.
fn drawn(rng: &mut Xoshiro256PlusPlus) -> Known {
    let mut share = || f64::from(rng.random_range(0..=1000u32)) / 1000.0;
    let coupled = Norm::ALL.map(|_| share() * share());
    let reach = Norm::ALL.map(|_| 1.0 + 500.0 * share());
    let expected = Norm::ALL.map(|n| coupled[n.at()] * reach[n.at()]);
    let told = Norm::ALL.map(|_| if share() > 0.7 { 50.0 } else { 0.0 });
    let mut set =
        |often: f64| NormSet(Norm::ALL.iter().fold(0, |bits, n| if share() < often { bits | NormSet::of(&[*n]).0 } else { bits }));
    let (found, signalled) = (set(0.1), set(0.2));
    let indicated = NormSet(found.0 & set(0.3).0);
    let speaks = !found.is_empty() || !signalled.is_empty();
    Known { coupled, found, indicated, signalled, speaks, danger_told: share() > 0.9, ages: Ages::default(), reach, told, expected }
}

#[test]
fn more_evidence_never_moves_a_place_back_and_its_severity_stays() {
    let book = SeverityBook::of(&runs::METHOD.0).unwrap();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    for _ in 0..3000 {
        let before = drawn(&mut rng);
        let mut after = before;
        let norm = Norm::ALL[rng.random_range(0..Norm::COUNT)];
        match rng.random_range(0..5) {
            0 => {
                let raised = before.coupled[norm.at()] + 0.3 * (1.0 - before.coupled[norm.at()]);
                after.expected[norm.at()] = raised * before.reach[norm.at()];
                after.coupled[norm.at()] = raised;
            }
            1 => {
                after.found.insert(norm);
                after.speaks = true;
            }
            2 => {
                after.found.insert(norm);
                after.indicated.insert(norm);
                after.speaks = true;
            }
            3 => after.told[norm.at()] = 500.0,
            _ => after.danger_told = true,
        }
        let (old, new) = (before.standing(&book, 0.05), after.standing(&book, 0.05));
        // Within the band, or in a graver one; a graver band may hold fewer people.
        assert_ne!(look_first((&new.keys, "a"), (&old.keys, "a")), Ordering::Greater, "{before:?} {after:?}");
        for n in Norm::ALL {
            let (s, t) = (before.severity(n, &book).unwrap(), after.severity(n, &book).unwrap());
            assert!(t.score >= s.score && (before.told[n.at()] < after.told[n.at()] || t == s), "severity moves by the people told alone");
        }
    }
}

#[test]
fn the_order_is_total_and_the_same_from_either_side() {
    let book = SeverityBook::of(&runs::METHOD.0).unwrap();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(8);
    let places: Vec<(String, onus::duty::Keys)> =
        (0..60).map(|i| (format!("N{:02}", i % 40), drawn(&mut rng).standing(&book, 0.05).keys)).collect();
    let compare = |a: &(String, onus::duty::Keys), b: &(String, onus::duty::Keys)| look_first((&a.1, &a.0), (&b.1, &b.0));
    for a in &places {
        for b in &places {
            assert_eq!(compare(a, b), compare(b, a).reverse());
            for c in &places {
                if compare(a, b) == Ordering::Less && compare(b, c) == Ordering::Less {
                    assert_eq!(compare(a, c), Ordering::Less);
                }
            }
        }
    }
}
