//! What workers of a place are owed, as far as the data tell (methodology 6.1).
//!
//! ```text
//! fees       sum over cohorts of fee x workers x (1 + rate)^years since the end of the period of hiring
//! shortfall  sum over periods of (pay due - median wage, at least 0) x months x workers
//!            pay due = minimum x (min(h, n) / n + premium x (h - n, at least 0) / n)      h mean weekly hours, n normal ones
//! ```
//!
//! A row that shows that something is owed and lacks a figure makes the amount a part of what is owed: it is counted, and what is missing is named.
//! What nobody can compute is empty, never 0. The median stands for all: those paid less are owed more, those paid more less.

use crate::base::{Date, NodeIx};
use crate::measures::{grown, pay_due, pay_shortfall};
use crate::pack::MethodPack;
use crate::resolve::Resolution;
use crate::validate::Inputs;
use crate::validate::inputs::RowRef;
use std::collections::{BTreeMap, BTreeSet};

/// What is owed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Item {
    Fees,
    Shortfall,
    Deductions,
    WagesWithheld,
    ChildIncome,
}

impl Item {
    pub fn as_str(self) -> &'static str {
        match self {
            Item::Fees => "fees",
            Item::Shortfall => "shortfall",
            Item::Deductions => "deductions",
            Item::WagesWithheld => "wages_withheld",
            Item::ChildIncome => "child_income",
        }
    }
}

/// Signs that tell of an item.
const TELLING: [(Item, &[&str]); 3] = [
    (Item::Fees, &["rc_worker_paid_fees", "rc_recruitment_cost_high", "rc_recruitment_cost_months", "rc_recruitment_cost_low"]),
    (Item::WagesWithheld, &["work_wages_withheld", "pen_wages_withheld", "fl11_wage_withholding", "il_stay_for_due_wages"]),
    (Item::Deductions, &["ex_wage_manipulation"]),
];
/// Days and months of a year.
const YEAR_DAYS: f64 = 365.25;
const YEAR_MONTHS: f64 = 12.0;

/// One item of one place in one currency.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Owed {
    pub owed: Option<f64>,
    pub paid: Option<f64>,
    pub workers: Option<f64>,
    pub rows_used: u32,
    pub rows_unknown: u32,
    pub missing: BTreeSet<&'static str>,
    pub rows: BTreeSet<RowRef>,
}

impl Owed {
    /// owed less paid; `None` where nothing is known to be owed.
    pub fn outstanding(&self) -> Option<f64> {
        self.owed.map(|owed| (owed - self.paid.unwrap_or(0.0)).max(0.0))
    }
}

/// By place, item and currency (empty where none is stated).
pub type Remedies = BTreeMap<(NodeIx, Item, String), Owed>;

/// The numbers of the method.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub yearly: f64,
    pub normal_hours: f64,
    pub premium: f64,
    pub deductions: f64,
}

impl Rates {
    pub fn of(pack: &MethodPack) -> Self {
        let number = |id: &str, other: f64| pack.parameter(id).map_or(other, |p| p.value);
        Rates {
            yearly: number("remedy.yearly_rate", 0.0),
            normal_hours: number("remedy.normal_hours", 48.0),
            premium: number("remedy.overtime_premium", 1.0),
            deductions: number("detect.payroll.deductions_share", 1.0),
        }
    }

    /// The formula of an item with these numbers.
    pub fn how(&self, item: Item) -> String {
        match item {
            Item::Fees => format!("mean fee x workers x (1 + {})^years since hiring", self.yearly),
            Item::Shortfall => format!(
                "(minimum x (min(hours, {n}) / {n} + {} x hours above {n} / {n}) - median wage, at least 0) x months x workers; no interest",
                self.premium,
                n = self.normal_hours
            ),
            Item::Deductions => format!("deductions above {} of wages: which of them are unlawful the data do not tell", self.deductions),
            Item::WagesWithheld => format!("wages kept back x (1 + {})^years; the data hold no amount", self.yearly),
            Item::ChildIncome => {
                "(stipend + school costs) x months to the minimum age + case management; the data hold no amount".to_owned()
            }
        }
    }
}

/// All items of all places as of a day. `told`: signs of reports that count, by place; `children`: places where a rule finds, or reports signal, a
/// norm about children.
pub fn remedies(
    inputs: &Inputs,
    resolution: &Resolution,
    pack: &MethodPack,
    as_of: Date,
    told: &dyn Fn(NodeIx, &str) -> bool,
    speaking: &[NodeIx],
    children: &dyn Fn(NodeIx) -> bool,
) -> Remedies {
    let rates = Rates::of(pack);
    let mut all = Remedies::new();
    fees(inputs, resolution, rates, as_of, &mut all);
    wages(inputs, resolution, rates, as_of, &mut all);
    for node in speaking {
        for (item, signs) in TELLING {
            let is_there = all.range((*node, item, String::new())..).next().is_some_and(|((n, i, _), _)| (n, i) == (node, &item));
            if !is_there && signs.iter().any(|s| told(*node, s)) {
                all.entry((*node, item, String::new())).or_default().missing.extend(["the amount", "how many workers"]);
            }
        }
        if children(*node) {
            let entry = all.entry((*node, Item::ChildIncome, String::new())).or_default();
            entry.missing.extend(["the last wage of the child", "its age", "the costs of school"]);
        }
    }
    paid(inputs, resolution, as_of, &mut all);
    all
}

fn fees(inputs: &Inputs, resolution: &Resolution, rates: Rates, as_of: Date, all: &mut Remedies) {
    for row in &inputs.recruitment {
        let begun = row.period.is_none_or(|p| p.from <= as_of);
        let borrowed = row.loan_share.is_some_and(|s| s > 0.0);
        let shows = row.fee_paid_mean.map_or(borrowed, |fee| fee > 0.0);
        let (Some(node), true) = (resolution.node(row.node), begun && shows) else { continue };
        let currency = row.fee_currency.map_or_else(String::new, |c| inputs.ids.text(c).to_owned());
        let entry = all.entry((node, Item::Fees, currency.clone())).or_default();
        entry.rows.insert(row.row);
        let years = row.period.map(|p| (f64::from(as_of.days_since(p.to)) / YEAR_DAYS).max(0.0));
        if years.is_none() {
            entry.missing.insert("when they were hired: no interest is in the amount");
        }
        if currency.is_empty() {
            entry.missing.insert("the currency");
        }
        if borrowed {
            entry.missing.insert("interest on the loans that workers took");
        }
        if let Some(workers) = row.workers {
            *entry.workers.get_or_insert(0.0) += workers;
        }
        let sum = row.fee_paid_mean.zip(row.workers).and_then(|(fee, workers)| grown(fee * workers, rates.yearly, years.unwrap_or(0.0)));
        match sum {
            Some(sum) => {
                *entry.owed.get_or_insert(0.0) += sum;
                entry.rows_used += 1;
            }
            None => {
                entry.rows_unknown += 1;
                entry.missing.insert(if row.workers.is_none() { "how many workers paid" } else { "what they paid" });
            }
        }
    }
}

fn wages(inputs: &Inputs, resolution: &Resolution, rates: Rates, as_of: Date, all: &mut Remedies) {
    let base = inputs.base_currency.clone().unwrap_or_default();
    for row in inputs.payroll.iter().filter(|r| r.period.from <= as_of) {
        let Some(node) = resolution.node(row.node) else { continue };
        let workers = resolution.nodes.get(node.at()).and_then(|n| n.people);
        if row.deductions_share.is_some_and(|s| s > rates.deductions) {
            let entry = all.entry((node, Item::Deductions, base.clone())).or_default();
            entry.rows_unknown += 1;
            entry.rows.insert(row.row);
            entry.missing.insert("which deductions are unlawful");
        }
        let (Some(minimum), Some(paid)) = (row.legal_minimum_wage, row.median_wage) else { continue };
        let hours = row.hours_mean.unwrap_or(rates.normal_hours);
        let Some(due) = pay_due(hours, rates.normal_hours, minimum / rates.normal_hours, rates.premium).filter(|due| *due > paid) else {
            continue;
        };
        let entry = all.entry((node, Item::Shortfall, base.clone())).or_default();
        entry.rows.insert(row.row);
        if base.is_empty() {
            entry.missing.insert("the currency");
        }
        if row.hours_mean.is_none() {
            entry.missing.insert("hours worked: the premium for overtime is not in the amount");
        }
        let months = f64::from(row.period.to.min(as_of).days_since(row.period.from) + 1) * YEAR_MONTHS / YEAR_DAYS;
        match workers.and_then(|w| pay_shortfall(due, paid, months * w)) {
            Some(sum) => {
                *entry.owed.get_or_insert(0.0) += sum;
                entry.workers = workers;
                entry.rows_used += 1;
            }
            None => {
                entry.rows_unknown += 1;
                entry.missing.insert("how many work there");
            }
        }
    }
}

/// Counts off what remediation paid, by kind and currency; a payment of a kind that nothing is known to be owed of stands by itself.
fn paid(inputs: &Inputs, resolution: &Resolution, as_of: Date, all: &mut Remedies) {
    for row in inputs.remediation.iter().filter(|r| r.completed.is_some_and(|d| d <= as_of)) {
        let (Some(node), Some(amount)) = (resolution.node(row.node), row.amount) else { continue };
        let currency = row.currency.map_or_else(String::new, |c| inputs.ids.text(c).to_owned());
        let kinds: &[Item] = match &*row.action {
            "fees_repaid" => &[Item::Fees],
            "wages_paid" => &[Item::Shortfall, Item::WagesWithheld, Item::Deductions],
            _ => continue,
        };
        let known = kinds.iter().copied().find(|k| all.contains_key(&(node, *k, currency.clone())));
        let item = known.or_else(|| kinds.last().copied().filter(|_| kinds.len() == 1)).unwrap_or(Item::WagesWithheld);
        let entry = all.entry((node, item, currency)).or_default();
        *entry.paid.get_or_insert(0.0) += amount;
        entry.rows.insert(row.row);
    }
}
