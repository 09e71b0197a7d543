//! The input tables, in the order in which they are read and printed.

use super::inputs_cases::CASES;
use super::inputs_chain::{
    ALIASES, CERTIFICATES, DECISIONS, IDENTIFIERS, LINKS, LISTINGS, NODES, PORTFOLIO, PURCHASING, SHIPMENTS, TRADE_FLOWS,
};
use super::inputs_duty::{CONTESTS, OVERRIDES};
use super::inputs_evidence::{AUDIT_FINDINGS, AUDITS, GRIEVANCE_CHANNELS, GRIEVANCES, INSPECTIONS, PAYROLL, RECRUITMENT};
use super::inputs_evidence::{REMEDIATION, STATEMENTS, SURVEYS};
use super::table::TableSchema;

/// Every input table. Tables that others refer to stand before those that refer to them.
pub static INPUT_TABLES: [&TableSchema; 24] = [
    &NODES,
    &LINKS,
    &AUDITS,
    &INSPECTIONS,
    &AUDIT_FINDINGS,
    &GRIEVANCE_CHANNELS,
    &GRIEVANCES,
    &SURVEYS,
    &STATEMENTS,
    &CASES,
    &RECRUITMENT,
    &PAYROLL,
    &SHIPMENTS,
    &TRADE_FLOWS,
    &CERTIFICATES,
    &PURCHASING,
    &PORTFOLIO,
    &REMEDIATION,
    &ALIASES,
    &IDENTIFIERS,
    &LISTINGS,
    &DECISIONS,
    &OVERRIDES,
    &CONTESTS,
];

/// The input table of that name.
pub fn input_table(name: &str) -> Option<&'static TableSchema> {
    INPUT_TABLES.into_iter().find(|t| t.name == name)
}
