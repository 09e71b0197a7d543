//! The declared tables against the data page of the design, and the documents made of them.

use onus::schema::{
    CODES, INPUT_TABLES, code_of, dictionary_json, dictionary_markdown, frictionless_json, input_table, template_csv, templates,
};
use std::collections::BTreeSet;

/// Columns of each table as `data.md` lists them; `*` marks those that each row must fill.
const DECLARED: &[(&str, &str)] = &[
    (
        "nodes",
        "node_id*, name*, kind*, country, subdivision, city, address, latitude, longitude, sector, product, stage, focal, parent_id, lei, os_id, gln, \
         duns, workers, workers_low, workers_high, vendor_no, category, places_count, known_since, female_share, migrant_share, informal_share, \
         young_worker_share, union, yearly_turnover, output_value, purchases_value, mapped_share, capacity, capacity_unit",
    ),
    (
        "links",
        "supplier_id*, buyer_id*, relation, product, value, currency, quantity, unit, share, valid_from, valid_to, basis, confidence, scope, source",
    ),
    ("audits", "audit_id*, node_id*, date*, scheme, covers, announcement, auditor, interviews_onsite, interviews_offsite, union_present"),
    ("audit_findings", "audit_id*, sign*, result*, origin, people, children, corroborated, status, closed_on"),
    (
        "inspections",
        "audit_id*, node_id*, date*, authority, scheme, covers, announcement, auditor, interviews_onsite, interviews_offsite, union_present",
    ),
    (
        "grievance_channels",
        "channel_id*, node_id*, type, operator, independent, languages_covered_share, reach_share, since, until, last_tested",
    ),
    (
        "grievances",
        "grievance_id*, node_id*, received_on*, channel_id, sign*, origin, people, age_band, sex, corroborated, status, remedied_on",
    ),
    ("surveys", "node_id*, date*, sign*, asked*, yes*, method, origin"),
    ("statements", "statement_id*, node_id*, date*, sign*, source_class*, origin*, people, status"),
    (
        "cases",
        "case_id*, node_id*, people, age_low, age_high, age_band, age_proof, reason_to_believe_minor, age_contested, facts*, all_asked, period, \
         basis, group, hours_per_week, household_hours, in_school, work_is_light, works_for, coercion_by, parents_in_forced_labour, handed_over, \
         task_on_hazardous_list, protected_and_trained, carve_out, state_purpose, debt, debt_monthly_interest, debt_monthly_credit, \
         service_value, written_term",
    ),
    (
        "recruitment",
        "node_id*, period, origin_country, agency_id, agency_licensed, workers, fee_paid_mean, fee_currency, monthly_wage, loan_share, \
         documents_held_share, visa_tied",
    ),
    (
        "payroll",
        "node_id*, period*, legal_minimum_wage, median_wage, hours_mean, hours_p95, deductions_share, paid_late_days, under_18, under_15",
    ),
    (
        "shipments",
        "shipment_id*, shipper_id, shipper_name, consignee_id, consignee_name, date*, product*, quantity, unit, value, currency, origin_country",
    ),
    ("trade_flows", "year*, exporter*, importer*, product*, value*, quantity"),
    ("certificates", "node_id*, scheme*, issued*, expires, scope_product"),
    (
        "purchasing",
        "buyer_id*, supplier_id*, quarter*, unit_price, cost_benchmark, lead_time_days, payment_days, order_change_share, cancelled_share",
    ),
    ("portfolio", "node_id*, weight*, portfolio"),
    ("remediation", "case_id*, node_id*, sign, action*, actor*, opened*, completed, verified_by, people, amount, currency"),
    ("aliases", "node_id*, name*, source"),
    ("identifiers", "node_id*, scheme*, value*, source"),
    (
        "listings",
        "entry_id*, list*, name*, aliases, scope, country, address, identifiers, listed_on, removed_on, sign, source_class, product, source",
    ),
    ("decisions", "left_id*, right_id*, decision*, decided_on, decided_by, reason, score"),
    ("overrides", "node_id*, field*, value*, reason*, by_role*, date*"),
    ("contests", "contest_id*, node_id*, claim*, norm, sign, case_id, date*, by_role*, evidence"),
];

#[test]
fn tables_have_the_columns_of_the_data_page() {
    assert_eq!(INPUT_TABLES.len(), DECLARED.len());
    for (name, columns) in DECLARED {
        let table = input_table(name).unwrap();
        let declared: Vec<String> = table.columns.iter().map(|c| format!("{}{}", c.name, if c.required { "*" } else { "" })).collect();
        let expected: Vec<String> = columns.split(',').map(|c| c.trim().to_owned()).collect();
        assert_eq!(declared, expected, "{name}");
        assert_eq!(table.required, matches!(*name, "nodes" | "links"), "{name}");
        assert!(table.key.iter().all(|k| table.position(k).is_some()), "{name}");
    }
}

#[test]
fn codes_are_unique_kebab_case_and_say_what_to_do() {
    let names: BTreeSet<&str> = CODES.iter().map(|c| c.code).collect();
    assert_eq!(names.len(), CODES.len());
    for c in CODES {
        assert!(c.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{}", c.code);
        assert!(c.meaning.ends_with('.') && c.remedy.ends_with('.'), "{}", c.code);
        assert_eq!(code_of(c.code), Some(*c));
    }
}

#[test]
fn every_table_column_and_code_stands_in_every_document() {
    let (markdown, json) = (dictionary_markdown(), dictionary_json());
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    let package: serde_json::Value = serde_json::from_str(&frictionless_json()).unwrap();
    for (i, table) in INPUT_TABLES.iter().enumerate() {
        assert!(markdown.contains(&format!("\n## {}\n", table.name)));
        assert_eq!(parsed["tables"][i]["columns"].as_array().unwrap().len(), table.columns.len());
        let fields = package["resources"][i]["schema"]["fields"].as_array().unwrap();
        for (column, field) in table.columns.iter().zip(fields) {
            assert!(markdown.contains(&format!("| {}", column.name)), "{}", column.name);
            assert_eq!(field["name"], column.name);
        }
    }
    for code in CODES {
        assert!(markdown.contains(&format!("| {} | {} |", code.code, code.level.as_str())));
        assert!(json.contains(&format!("\"{}\"", code.code)));
    }
}

#[test]
fn templates_are_one_header_per_table_and_the_meanings() {
    let files = templates();
    assert_eq!(files.len(), INPUT_TABLES.len() + 2);
    assert_eq!(template_csv(input_table("aliases").unwrap()), "node_id,name,source\n");
    assert_eq!(files.last().unwrap().0, "datapackage.json");
    let (name, text) = &files[files.len() - 2];
    assert_eq!(name, "columns.md");
    for t in INPUT_TABLES {
        for c in t.columns {
            assert!(text.contains(c.meaning), "{}.{}", t.name, c.name);
        }
    }
}
