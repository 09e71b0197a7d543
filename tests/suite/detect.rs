//! What measured tables tell: each detector at and around its thresholds, on tables that a person can check by hand.

use super::runs::{self, Csv, METHOD, number, rows};
use super::validate::dataset;
use onus::base::{Date, NodeIx, Norm};
use onus::belief::context::priors;
use onus::evidence::assemble::{Evidence, assemble};
use onus::evidence::book::{EvidenceRow, Item};
use onus::evidence::weights::{coverage, log_lr, norm_weights};
use onus::pack::MethodPack;
use onus::pipeline::vocabulary::Words;
use onus::resolve::{Resolution, resolve};
use onus::schema::outputs;
use onus::validate::{Inputs, validate_dataset};
use std::path::PathBuf;

const NODES: &str = "node_id,name,kind,country,sector,product,workers,capacity,capacity_unit\n\
    B1,Brand Maple,brand,DEU,,,,,\n\
    F1,Garments one,factory,DEU,1410,6109,400,1000,pieces\n\
    F2,Garments two,factory,MYS,1410,6109,400,,\n\
    T1,Trader one,trader,DEU,,6109,,,\n";
const LINKS: &str = "supplier_id,buyer_id,relation\nF1,B1,supplies\nF2,B1,supplies\nT1,F1,supplies\n";
const PAYROLL: &str =
    "node_id,period,legal_minimum_wage,median_wage,hours_mean,hours_p95,deductions_share,paid_late_days,under_18,under_15";
const RECRUITMENT: &str =
    "node_id,period,origin_country,agency_id,agency_licensed,fee_paid_mean,monthly_wage,loan_share,documents_held_share,visa_tied";
const PURCHASING: &str =
    "buyer_id,supplier_id,quarter,unit_price,cost_benchmark,lead_time_days,payment_days,order_change_share,cancelled_share";
const SHIPMENTS: &str =
    "shipment_id,shipper_id,shipper_name,consignee_id,consignee_name,date,product,quantity,unit,value,currency,origin_country";
const AS_OF: &str = "2026-06-30";

struct Told {
    inputs: Inputs,
    resolution: Resolution,
    evidence: Evidence,
}

impl Told {
    fn node(&self, id: &str) -> NodeIx {
        self.resolution.find(id).unwrap()
    }

    fn rows(&self, id: &str) -> &[EvidenceRow] {
        self.evidence.by_node.get(&self.node(id)).map_or(&[], |g| &g.rows)
    }

    /// Signs told of a node as that item, those that count nothing left out, sorted.
    fn signs(&self, pack: &MethodPack, id: &str, item: Item) -> Vec<String> {
        let of = self.rows(id).iter().filter(|r| r.item == item && r.why_not.is_empty());
        of.map(|r| r.sign.map_or("silence".to_owned(), |s| pack.signs[s.0 as usize].id.clone())).collect()
    }

    fn reports(&self, id: &str) -> Vec<String> {
        self.signs(&METHOD.0, id, Item::Report)
    }

    fn looks(&self, id: &str) -> Vec<String> {
        self.signs(&METHOD.0, id, Item::Look)
    }

    fn factors(&self, id: &str) -> Vec<&'static str> {
        self.evidence.context.get(&self.node(id)).map_or(vec![], |f| f.iter().map(|f| f.id).collect())
    }
}

fn tell_with(pack: &MethodPack, tables: &[(&str, String)]) -> Told {
    let settings = format!("[dataset]\nbase_currency = \"USD\"\nas_of = \"{AS_OF}\"\n[fx]\nEUR = 1.1\n");
    let mut files: Vec<(&str, &[u8])> =
        vec![("nodes.csv", NODES.as_bytes()), ("links.csv", LINKS.as_bytes()), ("onus.toml", settings.as_bytes())];
    files.extend(tables.iter().map(|(name, text)| (*name, text.as_bytes())));
    let room = dataset(&files);
    let read = validate_dataset(room.path(), None, None, &Words { pack, reference: &METHOD.1 }).unwrap();
    let refused: Vec<String> =
        read.diagnostics.all.iter().filter(|d| d.level >= onus::base::Level::Error).map(ToString::to_string).collect();
    assert_eq!(refused, [""; 0]);
    let resolution = resolve(&read.inputs);
    let evidence = assemble(&read.inputs, &resolution, pack, None, read.inputs.as_of.unwrap());
    Told { inputs: read.inputs, resolution, evidence }
}

fn tell(tables: &[(&str, String)]) -> Told {
    tell_with(&METHOD.0, tables)
}

/// A table of one header and rows.
fn table(header: &str, rows: &[&str]) -> String {
    format!("{header}\n{}\n", rows.join("\n"))
}

fn payroll(rows: &[&str]) -> Told {
    tell(&[("payroll.csv", table(PAYROLL, rows))])
}

fn recruitment(rows: &[&str]) -> Told {
    tell(&[("recruitment.csv", table(RECRUITMENT, rows))])
}

#[test]
fn hours_are_excessive_above_sixty_of_the_longest_or_fifty_six_on_average() {
    for (mean, p95, reports, looks) in [
        ("50", "60", vec![], vec!["ex_excessive_hours"]),
        ("50", "60.5", vec!["ex_excessive_hours"], vec![]),
        ("56", "", vec![], vec![]), // an average hides the longest hours: nothing is said
        ("56.5", "", vec!["ex_excessive_hours"], vec![]),
        ("56.5", "60", vec!["ex_excessive_hours"], vec![]),
    ] {
        let told = payroll(&[&format!("F1,2026Q1,,,{mean},{p95},,,,")]);
        assert_eq!((told.reports("F1"), told.looks("F1")), (to_texts(&reports), to_texts(&looks)), "{mean} {p95}");
    }
}

fn to_texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|s| (*s).to_owned()).collect()
}

#[test]
fn overtime_that_alone_reaches_the_minimum_wage_is_the_ilo_indicator_and_one_fact() {
    // 100 a month for 60 hours a week is 80 for 48.
    let needed = payroll(&["F1,2026Q1,81,100,60,66,,,,"]);
    assert_eq!(needed.reports("F1"), ["fl11_excessive_overtime"]);
    let not_needed = payroll(&["F1,2026Q1,80,100,60,66,,,,"]);
    assert_eq!(not_needed.reports("F1"), ["ex_excessive_hours"]);
}

#[test]
fn pay_deductions_and_delay_are_told_at_their_thresholds() {
    let clean = payroll(&["F1,2026Q1,100,100,,,0.2,29,,"]);
    assert_eq!(clean.reports("F1"), [""; 0]);
    assert_eq!(clean.looks("F1"), ["ex_low_no_pay", "ex_wage_manipulation", "fl11_wage_withholding"]);
    let beyond = payroll(&["F1,2026Q1,100,99.9,,,0.21,30,,"]);
    assert_eq!(beyond.reports("F1"), ["ex_low_no_pay", "ex_wage_manipulation", "fl11_wage_withholding"]);
    assert_eq!(beyond.looks("F1"), [""; 0]);
    assert!(payroll(&["F1,2026Q1,100,,,,,,,"]).rows("F1").is_empty(), "a minimum wage alone says nothing");
}

#[test]
fn young_workers_by_themselves_are_no_sign_and_children_are() {
    // 15-17 in a factory whose workers average 43, 48 or 56 hours: nothing says that theirs are long, or that they are not.
    for mean in ["43", "43.5", "48", "56"] {
        let told = payroll(&[&format!("F1,2026Q1,,,{mean},,,,5,0")]);
        assert_eq!((told.reports("F1"), told.looks("F1")), (vec![], to_texts(&["cl_under_general_age"])), "{mean}");
    }
    for (under_18, mean) in [("0", ""), ("0", "50")] {
        let told = payroll(&[&format!("F1,2026Q1,,,{mean},,,,{under_18},")]);
        assert_eq!((told.reports("F1"), told.looks("F1")), (vec![], to_texts(&["cl_long_hours_15_17"])), "nobody young is there");
    }
    let under_15 = payroll(&["F1,2026Q1,,,50,,,,2,2"]);
    assert_eq!((under_15.reports("F1"), under_15.looks("F1")), (to_texts(&["cl_under_general_age"]), vec![]));
    // Heads without hours, and hours without heads.
    assert!(payroll(&["F1,2026Q1,,,,,,,5,"]).rows("F1").is_empty());
    assert!(payroll(&["F1,2026Q1,,,50,,,,,"]).rows("F1").is_empty());
}

#[test]
fn a_payroll_counts_by_its_source_class_and_looks_for_age_with_less() {
    let told = payroll(&["F1,2026-06-30,100,90,40,50,0.1,0,0,0"]);
    let said = &told.evidence.by_node[&told.node("F1")].evidence;
    assert_eq!(said.reports.len(), 1);
    // d 0.50, f 0.01: (0.5 + 0.5 x 0.01) / 0.01 = 50.5
    assert!((log_lr(&said.reports[0], METHOD.0.lapse_days) - 50.5f64.ln()).abs() < 1e-12);
    let d = |id: &str| said.looks.iter().find(|l| METHOD.0.signs[l.sign.0 as usize].id == id).unwrap().detection;
    assert_eq!((d("ex_excessive_hours"), d("cl_under_general_age"), d("cl_long_hours_15_17")), (0.5, 0.1, 0.1));
    assert!(said.silences.is_empty() && told.evidence.by_node[&told.node("F1")].covering.is_empty(), "what itemises is no silence");
    let row = &told.rows("F1")[0];
    assert_eq!((row.day, row.table, row.origin.as_str()), (Date::parse("2026-06-30").unwrap(), "payroll", "payroll:F1"));
}

#[test]
fn one_fact_in_several_quarters_is_one_voice_at_its_newest() {
    let weight = |told: &Told| norm_weights(&told.evidence.by_node[&told.node("F1")].evidence, &METHOD.0, Norm::ForcedLabour)[1];
    let one = payroll(&["F1,2026Q1,100,90,,,,,,"]);
    let three = payroll(&["F1,2025Q3,100,90,,,,,,", "F1,2025Q4,100,90,,,,,,", "F1,2026Q1,100,90,,,,,,"]);
    assert_eq!(weight(&one), weight(&three));
    assert!(weight(&one) > 1.0);
    assert_eq!(three.evidence.by_node[&three.node("F1")].origins, 1);
}

#[test]
fn fees_are_told_by_months_of_wage() {
    let of = |months: &str| {
        let told = recruitment(&[&format!("F1,2025,,,,{months},1,,,")]);
        (told.reports("F1").join(" "), told.looks("F1").join(" "))
    };
    let said = |r: &str, l: &str| (r.to_owned(), l.to_owned());
    assert_eq!(of("0"), said("", "rc_worker_paid_fees"));
    assert_eq!(of("0.5"), said("rc_worker_paid_fees", "rc_recruitment_cost_months"));
    assert_eq!(of("0.99"), said("rc_worker_paid_fees", "rc_recruitment_cost_months"));
    assert_eq!(of("1"), said("rc_recruitment_cost_low rc_worker_paid_fees", ""));
    assert_eq!(of("2.99"), said("rc_recruitment_cost_low rc_worker_paid_fees", ""));
    assert_eq!(of("3"), said("rc_recruitment_cost_months rc_worker_paid_fees", ""));
    assert_eq!(of("5.99"), said("rc_recruitment_cost_months rc_worker_paid_fees", ""));
    assert_eq!(of("6"), said("rc_recruitment_cost_high rc_worker_paid_fees", ""));
    // Without a wage the fee alone.
    assert_eq!(recruitment(&["F1,2025,,,,900,,,,"]).reports("F1"), ["rc_worker_paid_fees"]);
}

#[test]
fn a_higher_fee_never_tells_less() {
    for norm in [Norm::ForcedLabour, Norm::DebtBondage, Norm::Trafficking] {
        let mut before = f64::NEG_INFINITY;
        for fee in ["0", "0.4", "0.9", "1", "2.9", "3", "4", "5.9", "6", "20"] {
            let told = recruitment(&[&format!("F1,2025,,,,{fee},1,0.6,,")]);
            let weight = norm_weights(&told.evidence.by_node[&told.node("F1")].evidence, &METHOD.0, norm)[1];
            assert!(weight >= before, "{norm:?} at {fee} months: {weight} after {before}");
            before = weight;
        }
    }
}

#[test]
fn loans_documents_and_licences_are_told_at_their_thresholds() {
    // Half of the cohort borrowed, for a month of wages.
    assert!(recruitment(&["F1,2025,,,,1,1,0.5,,"]).reports("F1").contains(&"fl11_debt_bondage".to_owned()));
    let little = recruitment(&["F1,2025,,,,0.99,1,0.5,,"]);
    assert!(
        !little.reports("F1").contains(&"fl11_debt_bondage".to_owned()) && !little.looks("F1").contains(&"fl11_debt_bondage".to_owned())
    );
    assert!(recruitment(&["F1,2025,,,,1,1,0.49,,"]).looks("F1").contains(&"fl11_debt_bondage".to_owned()));
    assert_eq!(recruitment(&["F1,2025,,,,,,,0.01,"]).reports("F1"), ["work_document_confiscation"]);
    assert_eq!(recruitment(&["F1,2025,,,,,,,0,"]).looks("F1"), ["work_document_confiscation"]);
    assert_eq!(recruitment(&["F1,2025,,,no,,,,,"]).reports("F1"), ["rc_unlicensed_agent"]);
    assert_eq!(recruitment(&["F1,2025,,,yes,,,,,"]).looks("F1"), ["rc_unlicensed_agent"]);
}

#[test]
fn a_cohort_without_period_speaks_against_the_site_and_never_for_it() {
    let told = recruitment(&["F1,,,,yes,0,1,0,0.4,"]);
    assert_eq!((told.reports("F1"), told.looks("F1")), (to_texts(&["work_document_confiscation"]), vec![]));
    assert_eq!(told.rows("F1")[0].day.to_string(), AS_OF);
}

#[test]
fn tied_permits_and_paying_corridors_move_the_prior_alone_and_once() {
    let told = recruitment(&["F2,2025,NPL,,,,,,,yes", "F2,2025H1,BGD,,,,,,,yes", "F2,2025H2,NPL,,,,,,,"]);
    assert_eq!(told.factors("F2"), ["tied_visa", "worker_paid_fee_corridor"]);
    assert!(told.rows("F2").is_empty());
    // The newest row stands for the circumstance: 2025 and 2025H2 both end the year.
    let row = told.evidence.context[&told.node("F2")].iter().find(|f| f.id == "tied_visa").unwrap().row;
    assert_eq!((&*told.inputs.files[row.file as usize].name, row.line), ("recruitment.csv", 2));
    // Where the file says what these paid, the fee is evidence and no circumstance.
    assert_eq!(recruitment(&["F2,2025,NPL,,,0,300,,,"]).factors("F2"), [""; 0]);
    // Other corridors, other places, old cohorts, and cohorts to come.
    for row in ["F2,2025,DEU,,,,,,,", "F1,2025,NPL,,,,,,,no", "F2,2022,NPL,,,,,,,yes", "F2,2027,NPL,,,,,,,yes"] {
        assert_eq!(recruitment(&[row]).factors("F2"), [""; 0], "{row}");
        assert_eq!(recruitment(&[row]).factors("F1"), [""; 0], "{row}");
    }
}

#[test]
fn a_fee_that_anybody_reports_of_a_place_takes_the_place_of_its_corridor() {
    const CORRIDOR: &str = "worker_paid_fee_corridor";
    let silent = "F2,2025,NPL,,,,,,,";
    // Another row of the file.
    assert_eq!(recruitment(&[silent, "F2,2024,NPL,,,900,,,,"]).factors("F2"), [""; 0]);
    assert_eq!(recruitment(&[silent, "F2,2024,,,,900,300,,,"]).factors("F2"), [""; 0]);
    // One cohort that paid nothing says nothing of another; a fee of another place neither.
    assert_eq!(recruitment(&[silent, "F2,2024,NPL,,,0,300,,,"]).factors("F2"), [CORRIDOR]);
    assert_eq!(recruitment(&[silent, "F1,2024,NPL,,,900,,,,"]).factors("F2"), [CORRIDOR]);
    // A fee told after the day, or longer ago than evidence lasts, is no evidence.
    assert_eq!(recruitment(&[silent, "F2,2026H2,NPL,,,900,,,,"]).factors("F2"), [CORRIDOR]);
    assert_eq!(recruitment(&[silent, "F2,2012,NPL,,,900,,,,"]).factors("F2"), [CORRIDOR]);
    // Other tables.
    let with =
        |name: &'static str, text: &str| tell(&[("recruitment.csv", table(RECRUITMENT, &[silent])), (name, text.to_owned())]).factors("F2");
    let survey = |sign: &str, yes: &str| format!("node_id,date,sign,asked,yes,method,origin\nF2,2026-03-30,{sign},60,{yes},,\n");
    assert_eq!(with("surveys.csv", &survey("rc_worker_paid_fees", "4")), [""; 0]);
    assert_eq!(with("surveys.csv", &survey("rc_recruitment_cost_low", "4")), [""; 0]);
    assert_eq!(with("surveys.csv", &survey("rc_worker_paid_fees", "0")), [CORRIDOR], "nobody said so");
    assert_eq!(with("surveys.csv", &survey("work_document_confiscation", "4")), [CORRIDOR], "another sign");
    let said = "grievance_id,node_id,received_on,sign,status\nG1,F2,2026-03-30,rc_worker_paid_fees,";
    assert_eq!(with("grievances.csv", &format!("{said}open\n")), [""; 0]);
    assert_eq!(with("grievances.csv", &format!("{said}rejected\n")), [CORRIDOR]);
}

#[test]
fn what_a_buyer_does_is_told_of_the_buyer_at_its_thresholds() {
    let practices = |row: &str| -> Vec<&'static str> {
        let told = tell(&[("purchasing.csv", table(PURCHASING, &[row]))]);
        assert!(told.rows("F1").is_empty(), "no finding on the supplier");
        assert!(told.evidence.practices.iter().all(|p| (p.buyer, p.supplier) == (told.node("B1"), told.node("F1"))));
        told.evidence.practices.iter().map(|p| p.sign).collect()
    };
    assert_eq!(practices("B1,F1,2026Q1,2,2,10,60,0.2,0.05"), [""; 0]);
    let all = ["pp_late_order_change", "pp_late_payment", "pp_price_below_cost", "pp_unilateral_penalty"];
    assert_eq!(practices("B1,F1,2026Q1,1.99,2,10,61,0.21,0.06"), all);
    assert_eq!(practices("B1,F1,2026Q3,1.99,2,10,61,0.21,0.06"), [""; 0], "a quarter that ends after the day");
}

#[test]
fn a_lead_time_is_short_against_the_usual_one_of_the_supplier() {
    let quarters = |last: &str| {
        let rows = ["B1,F1,2025Q2,,,100,,,", "B1,F1,2025Q3,,,90,,,", &format!("B1,F1,2026Q1,,,{last},,,")];
        let told = tell(&[("purchasing.csv", table(PURCHASING, &rows))]);
        told.evidence.practices.iter().map(|p| (p.sign, p.quarter.to.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(quarters("76"), [], "the others' median is 95; 76 is 0.8 of it");
    assert_eq!(quarters("75.9"), [("pp_short_lead_time", "2026-03-31".to_owned())]);
}

#[test]
fn a_price_below_cost_raises_the_prior_of_the_supplier_by_its_odds_ratio_once() {
    let below = |rows: &[&str]| tell(&[("purchasing.csv", table(PURCHASING, rows))]);
    let logit = |told: &Told, norm: Norm| {
        let book = priors(&told.resolution, &METHOD.0, &METHOD.1, &told.evidence.context).unwrap();
        let m = book.of(told.node("F1")).unwrap().joint.marginals[norm.at()];
        (m / (1.0 - m)).ln()
    };
    let plain = below(&["B1,F1,2026Q1,2,2,,,,"]);
    let once = below(&["B1,F1,2026Q1,1,2,,,,"]);
    let often = below(&["B1,F1,2025Q4,1,2,,,,", "B1,F1,2026Q1,1,2,,,,", "T1,F1,2026Q1,1.5,2,,,,"]);
    assert_eq!((once.factors("F1"), often.factors("F1")), (vec!["price_below_cost"], vec!["price_below_cost"]));
    for norm in [Norm::ForcedLabour, Norm::ChildLabour] {
        // A place in a country and sector without another factor.
        assert!((logit(&once, norm) - logit(&plain, norm) - 1.5f64.ln()).abs() < 1e-9, "{norm:?}");
        assert_eq!(logit(&once, norm), logit(&often, norm), "{norm:?}");
    }
    assert_eq!(below(&["B1,F1,2025Q1,1,2,,,,"]).factors("F1"), [""; 0], "a price of more than a year ago");
}

/// The method with these signs, as copies of one that it holds, or without them.
fn with_trade_signs(held: bool) -> MethodPack {
    let mut pack = METHOD.0.clone();
    let like = pack.signs[pack.sign("fl11_isolation").unwrap().0 as usize].clone();
    pack.signs.retain(|s| !s.id.starts_with("hs_"));
    if held {
        for id in ["hs_capacity_mismatch", "hs_origin_mismatch"] {
            let mut sign = like.clone();
            sign.id = id.to_owned();
            pack.signs.push(sign);
        }
        pack.signs.sort_by(|a, b| a.id.cmp(&b.id));
    }
    pack
}

#[test]
fn shipments_above_capacity_and_of_foreign_origin_are_told_of_who_makes_the_goods() {
    let pack = with_trade_signs(true);
    let told = |rows: &[&str]| tell_with(&pack, &[("shipments.csv", table(SHIPMENTS, rows))]);
    let signs = |rows: &[&str], id: &str| told(rows).signs(&pack, id, Item::Report);
    // 1.2 x 1,000 pieces a year.
    let first = "S1,F1,,B1,,2025-02-01,6109,700,Pieces,,,";
    assert_eq!(signs(&[first, "S2,F1,,B1,,2025-11-03,6109,500,pieces,,,"], "F1"), [""; 0]);
    let beyond = [first, "S2,F1,,B1,,2025-11-03,6109,501,pieces,,,"];
    assert_eq!(signs(&beyond, "F1"), ["hs_capacity_mismatch"]);
    let said = told(&beyond);
    let row = &said.rows("F1")[0];
    assert_eq!((row.day.to_string().as_str(), row.row.line, row.detection, row.false_report), ("2025-11-03", 3, 0.5, 0.15));
    // Another year, another unit, no unit.
    for other in ["2026-01-03,6109,501,pieces", "2025-11-03,6109,501,dozens", "2025-11-03,6109,501,"] {
        assert_eq!(signs(&[first, &format!("S2,F1,,B1,,{other},,,")], "F1"), [""; 0], "{other}");
    }
    assert_eq!(signs(&["S1,F1,,B1,,2025-02-01,6109,1,pieces,,,TUR"], "F1"), ["hs_origin_mismatch"]);
    assert_eq!(signs(&["S1,F1,,B1,,2025-02-01,6109,1,pieces,,,DEU"], "F1"), [""; 0]);
    assert_eq!(signs(&["S1,T1,,F1,,2025-02-01,6109,1,pieces,,,TUR"], "T1"), [""; 0], "a trader ships goods of any origin");
    assert_eq!(signs(&["S1,F1,,B1,,2026-07-01,6109,9999,pieces,,,TUR"], "F1"), [""; 0], "after the day");
}

#[test]
fn a_sign_that_the_pack_does_not_hold_is_not_told_and_that_is_said_once() {
    let pack = with_trade_signs(false);
    let rows = ["S1,F1,,B1,,2025-02-01,6109,1,pieces,,,TUR", "S2,F2,,B1,,2024-02-01,6109,1,pieces,,,TUR"];
    let told = tell_with(&pack, &[("shipments.csv", table(SHIPMENTS, &rows))]);
    assert!(told.rows("F1").is_empty() && told.rows("F2").is_empty());
    let notes = &told.evidence.notes;
    assert!(notes.len() == 1 && notes[0].contains("hs_origin_mismatch"), "{notes:?}");
}

#[test]
fn a_certificate_is_a_weak_silence_while_in_force() {
    let of = |row: &str| tell(&[("certificates.csv", table("node_id,scheme,issued,expires", &[row]))]);
    let told = of("F1,SA8000,2026-06-30,2029-06-29");
    let said = &told.evidence.by_node[&told.node("F1")].evidence;
    // k = 2 of four criteria: 2 x 0.025 for norms about children, 2 x 0.0125 for others; worst forms are not covered.
    let d = said.silences[0].detection;
    let close = |a: f64, b: f64| (a - b).abs() < 1e-15;
    assert!(close(d[Norm::ChildLabour.at()], 0.05) && close(d[Norm::ForcedLabour.at()], 0.025) && d[Norm::WorstForms.at()] == 0.0, "{d:?}");
    assert!((norm_weights(said, &METHOD.0, Norm::ChildLabour)[1] - 0.95f64.ln()).abs() < 1e-12);
    assert_eq!(
        said.silences[0].class,
        METHOD.0.class_of(METHOD.0.source("audit_announced").unwrap()),
        "it shares the blind spot of audits"
    );
    // A year where no expiry is stated.
    assert_eq!(of("F1,SA8000,2025-06-30,").evidence.by_node[&told.node("F1")].evidence.silences.len(), 1);
    for (row, why) in [
        ("F1,SA8000,2025-06-28,", "the certificate has expired"),
        ("F1,SA8000,2023-01-01,2026-06-29", "the certificate has expired"),
        ("F1,SA8000,2026-07-01,", "dated after as_of"),
        ("F1,Fair Sewing,2026-01-01,", "the method pack does not know the scheme"),
        ("F1,ISO 9001,2026-01-01,", "the scheme covers no norm of the cluster"),
        ("F1,SMETA,2026-01-01,", "the scheme is no label"),
    ] {
        let told = of(row);
        let said = &told.evidence.by_node[&told.node("F1")];
        assert!(said.evidence.silences.is_empty() && said.covering.is_empty(), "{row}");
        assert_eq!(told.rows("F1")[0].why_not, why, "{row}");
    }
}

fn survey(rows: &[&str]) -> Told {
    tell(&[("surveys.csv", table("node_id,date,sign,asked,yes,method,origin", rows))])
}

#[test]
fn a_survey_reports_what_anybody_said_and_looks_where_nobody_did() {
    let told = survey(&["F1,2026-06-30,work_debt_bondage,60,0,,", "F1,2026-06-30,work_document_confiscation,60,1,,"]);
    let of = |item: Item| told.rows("F1").iter().find(|r| r.item == item).unwrap();
    // 1 - (1 - 0.05 x 0.5)^60
    assert!((of(Item::Look).detection - (1.0 - 0.975f64.powi(60))).abs() < 1e-12);
    assert_eq!((of(Item::Report).detection, of(Item::Report).false_report), (0.78, 0.03));
    assert!(told.evidence.by_node[&told.node("F1")].evidence.silences.is_empty(), "a row that itemises is no silence on whole norms");
    // However many are asked, and where nobody was.
    assert_eq!(survey(&["F1,2026-06-30,work_debt_bondage,100000,0,,"]).rows("F1")[0].detection, 0.95);
    assert_eq!(survey(&["F1,2026-06-30,work_debt_bondage,0,0,,"]).rows("F1")[0].detection, 0.0);
}

#[test]
fn a_survey_covers_the_norms_of_the_signs_that_it_asked() {
    let told = survey(&["F1,2026-06-30,work_debt_bondage,60,0,,V1", "F1,2026-06-30,cl_age_docs_missing,60,3,,V1"]);
    let covered = coverage(&told.evidence.by_node[&told.node("F1")].covering, &METHOD.0);
    let d = 1.0 - 0.975f64.powi(60);
    // Bondage is strong for forced labour (0.60), missing papers weak for child labour (0.25); hazard was not asked.
    assert!((covered[Norm::ForcedLabour.at()] - 0.6 * d).abs() < 1e-12, "{covered:?}");
    assert!((covered[Norm::ChildLabour.at()] - 0.25 * d).abs() < 1e-12, "{covered:?}");
    assert_eq!(covered[Norm::HazardousChildWork.at()], 0.0);
}

#[test]
fn a_survey_where_nobody_can_speak_freely_covers_nothing() {
    let surveys = table("node_id,date,sign,asked,yes,method,origin", &["F1,2026-03-30,work_debt_bondage,60,0,,V1"]);
    let told = "statement_id,node_id,date,sign,source_class,origin\nS1,F1,2026-05-01,si_no_credible_due_diligence,ngo_investigation,N1\n";
    let free = tell(&[("surveys.csv", surveys.clone())]);
    assert_eq!(free.evidence.by_node[&free.node("F1")].covering.len(), 1);
    let afraid = tell(&[("surveys.csv", surveys), ("statements.csv", told.to_owned())]);
    let said = &afraid.evidence.by_node[&afraid.node("F1")];
    assert!(said.covering.is_empty() && said.evidence.looks.is_empty());
}

#[test]
fn a_survey_whose_detection_the_pack_does_not_state_is_no_look() {
    for missing in ["survey.within_site_share", "survey.truthful_share", "detect.surveys.detection_most"] {
        let mut pack = METHOD.0.clone();
        pack.text.parameter.retain(|p| p.id != missing);
        let rows = ["F1,2026-06-30,work_debt_bondage,60,0,,", "F1,2026-06-30,work_document_confiscation,60,1,,"];
        let told = tell_with(&pack, &[("surveys.csv", table("node_id,date,sign,asked,yes,method,origin", &rows))]);
        assert_eq!(told.signs(&pack, "F1", Item::Report), ["work_document_confiscation"], "{missing}");
        assert_eq!(told.signs(&pack, "F1", Item::Look), [""; 0], "{missing}");
        assert!(told.evidence.by_node[&told.node("F1")].covering.is_empty(), "{missing}");
        assert!(told.evidence.notes.iter().any(|n| n.contains(missing)), "{missing}");
    }
}

#[test]
fn a_survey_is_the_source_class_that_its_method_names_and_one_origin_by_who_ran_it() {
    let told = survey(&["F1,2026-06-30,cl_apparent_minor,5,2,child_interview_safeguarded,"]);
    assert_eq!(METHOD.0.sources[told.rows("F1")[0].source.0 as usize].id, "child_interview_safeguarded");
    let same = survey(&["F1,2026-06-30,work_debt_bondage,60,5,,", "F1,2026-03-30,work_debt_bondage,60,5,,"]);
    let apart = survey(&["F1,2026-06-30,work_debt_bondage,60,5,,V1", "F1,2026-03-30,work_debt_bondage,60,5,,V2"]);
    let origins = |told: &Told| told.evidence.by_node[&told.node("F1")].origins;
    assert_eq!((origins(&same), origins(&apart)), (1, 2));
}

#[test]
fn inspections_are_visits_and_the_silence_of_authorities_says_nothing() {
    let told = tell(&[("inspections.csv", "audit_id,node_id,date,covers\nI1,F1,2026-06-30,child_labour;forced_labour\n".to_owned())]);
    let said = &told.evidence.by_node[&told.node("F1")].evidence.silences;
    assert_eq!(said.len(), 1);
    let d = said[0].detection;
    assert_eq!((d[Norm::ChildLabour.at()], d[Norm::ForcedLabour.at()], d[Norm::Trafficking.at()]), (0.5, 0.3, 0.0));
    let court = &METHOD.0.sources[METHOD.0.source("authority_or_court").unwrap().0 as usize];
    assert!(court.positive_only && court.detection.iter().all(|d| *d == 0.0));
    let trade = &METHOD.0.sources[METHOD.0.source("trade_anomaly").unwrap().0 as usize];
    assert!(trade.positive_only && trade.detection.iter().all(|d| *d == 0.0));
}

/// The sample with every measured table.
fn sample() -> PathBuf {
    runs::inside("data-samples/measured")
}

const MEASURED: [&str; 6] = ["payroll", "recruitment", "purchasing", "shipments", "certificates", "surveys"];

fn changed(change: impl Fn(&mut Csv, &str)) -> runs::Computed {
    let room = tempfile::tempdir().unwrap();
    let data = room.path().join("data");
    runs::copy(&sample(), &data);
    for name in MEASURED {
        let mut csv = Csv::read(&data, name);
        change(&mut csv, name);
        csv.write(&data, name);
    }
    runs::compute(&data)
}

fn assert_same(a: &runs::Computed, b: &runs::Computed) {
    assert!(a.any == b.any && a.decoupled == b.decoupled && a.figures == b.figures);
}

#[test]
fn measured_tables_move_the_figures_of_their_places_in_the_right_direction() {
    let with = runs::compute(&sample());
    let without = changed(|csv, _| csv.rows.clear());
    let forced = |c: &runs::Computed, id: &str| c.decoupled[id][Norm::ForcedLabour.at()];
    for (id, table) in [("GA-1", "payroll"), ("GA-3", "recruitment"), ("GA-6", "payroll")] {
        assert!(forced(&with, id) > 1.5 * forced(&without, id) || forced(&with, id) > 0.9, "{id} by {table}");
        assert!(with.any[id] > without.any[id], "{id}");
    }
    assert!(forced(&with, "GA-2") < forced(&without, "GA-2"), "clean books, a clean survey and a certificate");
    assert!(with.any["FA-1"] < without.any["FA-1"], "children were heard and said no");
    for id in ["GA-5", "TR-1", "CO-1"] {
        assert_eq!(with.any[id], without.any[id], "{id}: nothing bears on it");
    }
    let child = Norm::ChildLabour.at();
    assert!(with.decoupled["GA-6"][child] > with.decoupled["GA-1"][child], "a child under 15, against young workers at long hours");
}

#[test]
fn rows_after_the_day_repeated_rows_and_their_order_change_nothing() {
    let plain = runs::compute(&sample());
    // The sample holds rows of the future in three tables: without them it is the same.
    let late = |row: &[String]| row.iter().any(|c| c == "2026Q3" || c == "2026-08-09");
    let past = changed(|csv, _| csv.rows.retain(|r| !late(r)));
    assert_same(&plain, &past);
    let twice = changed(|csv, _| csv.rows = [csv.rows.clone(), csv.rows.clone()].concat());
    assert_same(&plain, &twice);
    let turned = changed(|csv, _| csv.rows.reverse());
    assert_same(&plain, &turned);
}

#[test]
fn every_row_of_evidence_points_to_its_file_and_line_and_the_result_verifies() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    runs::assess(&sample(), &out, 2);
    let report = onus::export::verify(&out).unwrap();
    let wrong: Vec<&str> = report.lines.iter().filter(|l| !l.holds).map(|l| l.text.as_str()).collect();
    assert_eq!(wrong, [""; 0]);
    let evidence = rows(&out, &outputs::EVIDENCE);
    let mut told = std::collections::BTreeSet::new();
    for r in evidence.iter().filter(|r| r["table"] != "surveys") {
        let table = Csv::read(&sample(), r["table"].as_str());
        assert_eq!(r["file"], format!("{}.csv", r["table"]));
        let row = &table.rows[r["line"].parse::<usize>().unwrap() - 2];
        let whose = if r["table"] == "shipments" { "shipper_id" } else { "node_id" };
        assert_eq!(table.cell(row, whose), r["node_id"], "{r:?}");
        told.insert(r["table"].clone());
    }
    assert_eq!(told.into_iter().collect::<Vec<_>>(), ["certificates", "inspections", "payroll", "recruitment", "shipments"]);
    // What few people said has no line.
    assert!(evidence.iter().filter(|r| r["table"] == "surveys").all(|r| r["line"].is_empty() && r["origin"].starts_with("origin ")));
    let line = |sign: &str, node: &str| {
        let of = |r: &&runs::Row| r["sign"] == sign && r["node_id"] == node && r["used"] == "true";
        evidence.iter().find(of).unwrap_or_else(|| panic!("no {sign} of {node}"))["line"].clone()
    };
    assert_eq!(line("ex_wage_manipulation", "GA-6"), "6");
    assert_eq!(line("rc_recruitment_cost_high", "GA-3"), "2");
    let priors = rows(&out, &outputs::PRIORS);
    let factors = |node: &str| {
        let one = priors.iter().find(|r| r["node_id"] == node && r["norm"] == "forced_labour").unwrap();
        (number(one, "marginal"), format!("{one:?}"))
    };
    assert!(factors("GA-1").1.contains("price_below_cost") && !factors("GA-6").1.contains("price_below_cost"));
    assert!(factors("GA-3").1.contains("tied_visa"));
}

#[test]
fn detectors_find_every_number_and_class_that_they_ask_for() {
    let read = validate_dataset(&sample(), None, None, &Words { pack: &METHOD.0, reference: &METHOD.1 }).unwrap();
    let resolution = resolve(&read.inputs);
    let evidence = assemble(&read.inputs, &resolution, &METHOD.0, None, read.inputs.as_of.unwrap());
    let missing: Vec<&String> = evidence.notes.iter().filter(|n| !n.contains("no sign hs_")).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
