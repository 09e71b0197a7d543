//! Cases from rows: each row its own, facts of different people never together, children apart.

use super::findings::PACK;
use super::validate::dataset;
use onus::base::{Date, Norm};
use onus::findings::{AgeRules, Case, Level, Reading, derived_cases, findings, told_cases};
use onus::pipeline::vocabulary::Words;
use onus::reference::Reference;
use onus::validate::inputs::FactStatus;
use onus::validate::validate_dataset;

const NODES: &str = "node_id,name,kind,country,workers\nm,Sample mill,mill,MYS,200\nb,Sample brand,brand,,\n";
const LINKS: &str = "supplier_id,buyer_id\nm,b\n";
const AUDITS: &str = "audit_id,node_id,date,announcement,interviews_offsite\nA1,m,2024-03-01,unannounced,20\n";

fn cases(tables: &[(&str, &str)]) -> (Vec<Case>, Vec<Case>) {
    let mut files: Vec<(&str, &[u8])> = vec![("nodes.csv", NODES.as_bytes()), ("links.csv", LINKS.as_bytes())];
    files.extend(tables.iter().map(|(name, text)| (*name, text.as_bytes())));
    let dir = dataset(&files);
    let reference = Reference::embedded().unwrap();
    let v = validate_dataset(dir.path(), None, None, &Words { pack: &PACK, reference: &reference }).unwrap();
    assert!(!v.diagnostics.has_fatal(), "{:?}", v.diagnostics.all);
    let resolution = onus::resolve::resolve(&v.inputs);
    let as_of = Date::from_ymd(2024, 6, 30).unwrap();
    let evidence = onus::evidence::assemble::assemble(&v.inputs, &resolution, &PACK, None, as_of).by_node;
    (told_cases(&v.inputs, &resolution, as_of), derived_cases(&v.inputs, &resolution, &evidence, &PACK, as_of))
}

#[test]
fn each_row_is_a_case_of_its_own_and_children_of_a_row_are_apart() {
    let found = "audit_id,sign,result,people,children\nA1,wd_forced_overtime,seen,40,\nA1,work_document_confiscation,seen,40,\n\
                 A1,cl_under_light_age,seen,3,3\nA1,ex_bad_living,seen,10,4\nA1,work_violence,not_seen,,\n";
    let (_, derived) = cases(&[("audits.csv", AUDITS), ("audit_findings.csv", found)]);
    let told: Vec<(String, Option<f64>, Option<f64>, usize)> =
        derived.iter().map(|c| (PACK.signs[c.facts[0].sign.0 as usize].id.clone(), c.people, c.age.high, c.facts.len())).collect();
    assert_eq!(derived.len(), 5, "{told:?}");
    assert!(told.iter().all(|t| t.3 == 1));
    assert!(told.contains(&("cl_under_light_age".to_owned(), Some(3.0), Some(17.0), 1)));
    assert!(told.contains(&("ex_bad_living".to_owned(), Some(6.0), None, 1)));
    assert!(told.contains(&("ex_bad_living".to_owned(), Some(4.0), Some(17.0), 1)));
    // Involuntariness of forty and papers of forty are two rows: nobody said that they are the same people.
    let all = findings(&derived, &PACK, &|_| AgeRules::default(), Reading::STRICT);
    assert!(all.nodes.iter().filter(|n| n.norm == Norm::ForcedLabour).all(|n| n.level <= Level::InsufficientEvidence));
}

#[test]
fn one_voice_supports_another_persons_adds_nothing_and_a_ruling_is_proof() {
    let statements = |rows: &str| format!("statement_id,node_id,date,sign,source_class,origin,people\n{rows}");
    let status = |rows: &str| {
        let (_, derived) = cases(&[("statements.csv", &statements(rows))]);
        derived.iter().map(|c| c.facts[0].status).collect::<Vec<_>>()
    };
    assert_eq!(status("s1,m,2024-06-01,work_violence,ngo_investigation,o1,1\n"), [FactStatus::Supported]);
    let two = "s1,m,2024-06-01,work_violence,ngo_investigation,o1,1\ns2,m,2024-06-01,work_violence,ngo_investigation,o2,1\n";
    assert_eq!(status(two), [FactStatus::Supported, FactStatus::Supported]);
    // Papers of all in one safe are one fact of the place: two who tell it corroborate each other.
    let safe = two.replace("work_violence", "fl11_document_retention");
    assert_eq!(status(&safe), [FactStatus::Established, FactStatus::Established]);
    assert_eq!(status("s1,m,2019-06-01,work_violence,authority_or_court,o1,1\n"), [FactStatus::Established]);
}

#[test]
fn a_told_case_is_read_as_it_stands_and_later_periods_are_not() {
    let rows = "case_id,node_id,age_band,age_proof,facts,all_asked,period,people,group\n\
                c1,m,18_and_over,documented,wd_forced_overtime;work_document_confiscation,yes,2024,1,\n\
                c2,m,18_and_over,documented,wd_forced_overtime;work_document_confiscation,yes,2020,30,\n\
                c3,m,18_and_over,documented,wd_forced_overtime;work_document_confiscation,yes,2025,1,\n";
    let (told, _) = cases(&[("cases.csv", rows)]);
    let all = findings(&told, &PACK, &|_| AgeRules::default(), Reading::STRICT);
    let forced: Vec<_> = all.findings.iter().filter(|f| f.norm == Norm::ForcedLabour).collect();
    assert_eq!(forced.iter().map(|f| (f.level, f.historic)).collect::<Vec<_>>(), [(Level::Indicated, false), (Level::Possible, true)]);
    assert_eq!((forced[0].rule, forced[0].path, forced[0].single_testimony), ("hshc_2012", "work_under_duress", true));
    assert_eq!(forced[0].facts.len(), 2);
    assert!(forced[0].elements_missing.is_empty());
}

const PAYROLL: &str = "node_id,period,hours_p95,paid_late_days,under_18,under_15\n";

#[test]
fn a_payroll_of_children_and_late_pay_is_child_labour_alone() {
    let payroll = format!("{PAYROLL}m,2024-05,,45,2,2\n");
    let (_, derived) = cases(&[("payroll.csv", &payroll)]);
    assert_eq!(derived.len(), 2, "one set of minors is one case: {derived:?}");
    assert_eq!(derived.iter().filter(|c| c.people == Some(2.0) && c.age.high == Some(14.0)).count(), 1);
    let all = findings(&derived, &PACK, &|_| AgeRules::default(), Reading::STRICT);
    for n in &all.nodes {
        let expected = if n.norm == Norm::ChildLabour { n.level >= Level::Possible } else { n.level <= Level::InsufficientEvidence };
        assert!(expected, "{n:?}");
    }
}

#[test]
fn the_adults_of_a_row_are_no_child_case() {
    let found = "audit_id,sign,result,people,children\nA1,cl_night_work,seen,40,2\n";
    let (_, derived) = cases(&[("audits.csv", AUDITS), ("audit_findings.csv", found)]);
    assert_eq!(derived.iter().map(|c| (c.people, c.age.high)).collect::<Vec<_>>(), [(Some(2.0), Some(17.0))]);
}

#[test]
fn what_others_say_and_what_looks_elsewhere_miss_moves_no_derived_case() {
    let one = "statement_id,node_id,date,sign,source_class,origin,people\ns1,m,2024-06-01,work_violence,ngo_investigation,o1,1\n";
    let more = format!(
        "{one}s2,m,2024-06-02,work_violence,union_or_elected_reps,o2,30\ns3,m,2024-05-01,wd_forced_overtime,ngo_investigation,o3,5\n"
    );
    let found = "audit_id,sign,result,people,children\nA1,work_violence,not_seen,,\n";
    let of = |tables: &[(&str, &str)]| {
        let (_, derived) = cases(tables);
        let own: Vec<Case> = derived.into_iter().filter(|c| c.id.contains(":o1:")).collect();
        assert_eq!(own.len(), 1);
        let found = findings(&own, &PACK, &|_| AgeRules::default(), Reading::STRICT);
        (own[0].facts[0].status, found.nodes, found.clusters)
    };
    let alone = of(&[("statements.csv", one)]);
    assert_eq!(alone.0, FactStatus::Supported);
    assert_eq!(of(&[("statements.csv", &more)]), alone);
    assert_eq!(of(&[("statements.csv", one), ("audits.csv", AUDITS), ("audit_findings.csv", found)]), alone);
}

#[test]
fn each_fact_of_a_cohort_is_a_case_and_two_cohorts_do_not_corroborate_each_other() {
    let head = "node_id,period,origin_country,fee_paid_mean,monthly_wage,loan_share,workers\n";
    let first = "m,2024-03,NPL,2000,300,0.8,30\n";
    let of = |rows: &str| {
        let (_, derived) = cases(&[("recruitment.csv", &format!("{head}{rows}"))]);
        assert!(derived.iter().all(|c| c.facts.len() == 1), "{derived:?}");
        derived
    };
    let told = |all: &[Case]| {
        all.iter().filter(|c| c.people == Some(30.0)).map(|c| (c.facts[0].sign, c.facts[0].status, c.linking)).collect::<Vec<_>>()
    };
    let alone = told(&of(first));
    assert!(!alone.is_empty());
    assert_eq!(told(&of(&format!("{first}m,2024-04,BGD,2500,300,0.9,50\n"))), alone);
    // Nor does the order of rows show.
    let key = |all: &[Case]| all.iter().map(|c| (c.id.clone(), c.people, c.facts[0].sign, c.facts[0].status)).collect::<Vec<_>>();
    let second = "m,2024-03,NPL,2000,300,0.9,20\n";
    assert_eq!(key(&of(&format!("{first}{second}"))), key(&of(&format!("{second}{first}"))));
}
