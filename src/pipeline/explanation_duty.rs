//! What a result says of what to do at one node: severity, order, responses, each company's part, what is owed, judgements and answers.

use crate::base::{Norm, Result};
use crate::export::{RowView, rows_where};
use crate::schema::outputs;
use serde::Serialize;
use std::path::Path;

/// All of one node.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DutyOf {
    /// Place in the order; `None` where nobody works.
    pub priority: Option<i64>,
    pub band: Option<String>,
    pub severity: Option<f64>,
    pub norms: String,
    /// Severity by norm.
    pub by_norm: Vec<(String, f64)>,
    pub people_affected: Option<f64>,
    pub told_at_least: Option<i64>,
    pub acts_first: bool,
    pub danger_to_life: bool,
    pub children: bool,
    pub actions: Vec<ActionLine>,
    pub parts: Vec<DutyPart>,
    pub owed: Vec<OwedLine>,
    pub overrides: Vec<OverrideLine>,
    pub contests: Vec<ContestLine>,
}

/// A row of the response matrix.
#[derive(Clone, Debug, Serialize)]
pub struct ActionLine {
    pub step: i64,
    pub response: String,
    pub matrix_row: i64,
    pub pattern: String,
    pub basis: String,
    pub why: String,
    pub first_72h: String,
    pub days_30_90: String,
    pub systemic: Option<String>,
    pub lead: String,
    pub support: Option<String>,
    pub never: Option<String>,
    pub ends_orders: bool,
    pub ledger_people: Option<f64>,
    pub ledger_orders: Option<f64>,
    pub ledger_share_of_sales: Option<f64>,
    pub ledger_command: Option<String>,
}

/// A company's part.
#[derive(Clone, Debug, Serialize)]
pub struct DutyPart {
    pub focal_id: String,
    pub tier: Option<i64>,
    pub involvement: String,
    pub why: String,
    pub leverage_direct: f64,
    pub leverage: f64,
    pub touched: Option<f64>,
    pub remedy_share: f64,
}

/// Something owed.
#[derive(Clone, Debug, Serialize)]
pub struct OwedLine {
    pub item: String,
    pub currency: Option<String>,
    pub owed: Option<f64>,
    pub paid: Option<f64>,
    pub outstanding: Option<f64>,
    pub workers: Option<String>,
    pub missing: Option<String>,
}

/// A person's own judgement.
#[derive(Clone, Debug, Serialize)]
pub struct OverrideLine {
    pub field: String,
    pub machine: Option<String>,
    pub value: String,
    pub reason: String,
    pub by_role: String,
    pub date: String,
    pub in_force: bool,
}

/// A supplier's answer.
#[derive(Clone, Debug, Serialize)]
pub struct ContestLine {
    pub claim: String,
    pub norm: Option<String>,
    pub sign: Option<String>,
    pub quarter: String,
    pub by_role: String,
    pub evidence: Option<String>,
    pub answers: String,
    pub why_not: Option<String>,
}

/// Reads it; `site` is the node's row of sites.
pub(super) fn duty_of(out: &Path, id: &str, site: &RowView<'_>) -> Result<DutyOf> {
    let rows = |table| rows_where(out, table, "node_id", id);
    let norms = Norm::ALL.iter().filter_map(|n| Some((n.as_str().to_owned(), site.float(&format!("{}_severity", n.as_str()))?)));
    Ok(DutyOf {
        priority: site.int("priority"),
        band: site.text("severity_band").map(str::to_owned),
        severity: site.float("severity"),
        norms: site.text("severity_norms").unwrap_or_default().to_owned(),
        by_norm: norms.collect(),
        people_affected: site.float("people_affected"),
        told_at_least: site.int("people_told_at_least"),
        acts_first: site.bool("acts_first").unwrap_or(false),
        danger_to_life: site.bool("danger_to_life").unwrap_or(false),
        children: site.bool("children").unwrap_or(false),
        actions: rows(&outputs::ACTIONS)?.iter().map(|r| action(&r)).collect(),
        parts: rows(&outputs::DUTIES)?.iter().map(|r| part(&r)).collect(),
        owed: rows(&outputs::REMEDIES)?.iter().map(|r| owed(&r)).collect(),
        overrides: rows(&outputs::OVERRIDES)?.iter().map(|r| judged(&r)).collect(),
        contests: rows(&outputs::CONTESTS)?.iter().map(|r| answered(&r)).collect(),
    })
}

fn of<'r>(r: &'r RowView<'_>) -> (impl Fn(&str) -> String + 'r, impl Fn(&str) -> Option<String> + 'r) {
    (|name: &str| r.text(name).unwrap_or_default().to_owned(), |name: &str| r.text(name).map(str::to_owned))
}

fn action(r: &RowView<'_>) -> ActionLine {
    let (text, maybe) = of(r);
    ActionLine {
        step: r.int("step").unwrap_or_default(),
        response: text("response"),
        matrix_row: r.int("matrix_row").unwrap_or_default(),
        pattern: text("pattern"),
        basis: text("basis"),
        why: text("why"),
        first_72h: text("first_72h"),
        days_30_90: text("days_30_90"),
        systemic: maybe("systemic"),
        lead: text("lead"),
        support: maybe("support"),
        never: maybe("never"),
        ends_orders: r.bool("ends_orders").unwrap_or(false),
        ledger_people: r.float("ledger_people"),
        ledger_orders: r.float("ledger_orders"),
        ledger_share_of_sales: r.float("ledger_share_of_sales"),
        ledger_command: maybe("ledger_command"),
    }
}

fn part(r: &RowView<'_>) -> DutyPart {
    let (text, _) = of(r);
    let number = |name: &str| r.float(name).unwrap_or_default();
    DutyPart {
        focal_id: text("focal_id"),
        tier: r.int("tier"),
        involvement: text("involvement"),
        why: text("involvement_why"),
        leverage_direct: number("leverage_direct"),
        leverage: number("leverage"),
        touched: r.float("touched"),
        remedy_share: number("remedy_share"),
    }
}

fn owed(r: &RowView<'_>) -> OwedLine {
    let (text, maybe) = of(r);
    OwedLine {
        item: text("item"),
        currency: maybe("currency"),
        owed: r.float("owed"),
        paid: r.float("paid"),
        outstanding: r.float("outstanding"),
        workers: maybe("workers"),
        missing: maybe("missing"),
    }
}

fn judged(r: &RowView<'_>) -> OverrideLine {
    let (text, maybe) = of(r);
    OverrideLine {
        field: text("field"),
        machine: maybe("machine_value"),
        value: text("value"),
        reason: text("reason"),
        by_role: text("by_role"),
        date: text("date"),
        in_force: r.bool("in_force").unwrap_or(false),
    }
}

fn answered(r: &RowView<'_>) -> ContestLine {
    let (text, maybe) = of(r);
    ContestLine {
        claim: text("claim"),
        norm: maybe("norm"),
        sign: maybe("sign"),
        quarter: text("quarter"),
        by_role: text("by_role"),
        evidence: maybe("evidence"),
        answers: text("answers"),
        why_not: maybe("why_not"),
    }
}
