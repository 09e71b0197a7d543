//! What workers of a place are owed, as far as the data tell (methodology 6.1).
//!
//! ```text
//! fees       sum over cohorts of fee x workers x (1 + rate)^years since the end of the period of hiring
//! shortfall  sum over periods of (pay due - median wage, at least 0) x months x workers
//!            pay due = minimum x (min(h, n) / n + premium x (h - n, at least 0) / n)      h mean weekly hours, n normal ones
//! payment    a of day d counts a x (1 + rate)^years since the later of d and the day from which interest ran; without interest a
//! ```
//!
//! Each day of a place is in the shortfall once: of periods that overlap the finer one tells its days, of equal ones that with the
//! larger gap. A payment can only have paid what had begun by its day. It is set against that, the oldest first, and what it repays
//! bears no interest from then on: what is owed is the sum with the interest that ran, so that owed less paid is what remains.
//!
//! A row that shows that something is owed and lacks a figure makes the amount a part of what is owed: it is counted, and what is missing is named.
//! What nobody can compute is empty, never 0. The median stands for all: those paid less are owed more, those paid more less.

use crate::base::{Date, NodeIx};
use crate::measures::{grown, pay_due, pay_shortfall};
use crate::pack::MethodPack;
use crate::resolve::Resolution;
use crate::validate::Inputs;
use crate::validate::inputs::{PayrollRow, RowRef};
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
/// Share of an amount below which a difference is one of rounding.
const ROUNDING: f64 = 1e-12;

/// What was done with rows, beside the formula.
const COUNTED_ONCE: &str = "pay periods that overlap were counted once: the finer one, of equal ones the larger gap";
const SET_OFF: &str =
    "payments are set against what had begun by their day, the oldest first; what is repaid bears no interest from then on";
/// What is not known of payments.
const PAYMENT_CURRENCY: &str = "the currency of a payment";
const PAID_BEFORE: &str = "what payments were for that were made before any of it was owed";
const PAID_BEYOND: &str = "what payments were for beyond what was owed by their day";

/// One item of one place in one currency.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Owed {
    pub owed: Option<f64>,
    pub paid: Option<f64>,
    pub workers: Option<f64>,
    pub rows_used: u32,
    pub rows_unknown: u32,
    pub missing: BTreeSet<&'static str>,
    /// What was done with the rows, beside the formula.
    pub done: BTreeSet<&'static str>,
    pub rows: BTreeSet<RowRef>,
}

impl Owed {
    /// owed less paid, at least 0; `None` where nothing is known to be owed.
    pub fn outstanding(&self) -> Option<f64> {
        self.owed.map(|owed| (owed - self.paid.unwrap_or(0.0)).max(0.0))
    }
}

/// By place, item and currency (empty where none is stated).
pub type Remedies = BTreeMap<Key, Owed>;
type Key = (NodeIx, Item, String);

/// One row of what is owed, and what payments leave of it.
#[derive(Clone, Copy, Debug)]
struct Debt {
    /// The first day on which it can have been owed, and the day from which it bears interest; `None` where not known, or where it
    /// bears none.
    begun: Option<Date>,
    interest_from: Option<Date>,
    /// What is left of it as of the day of the assessment, and the payments that were counted off; `None` where its sum is not known.
    left: Option<f64>,
    repaid: f64,
}

impl Debt {
    fn can_be_paid_on(&self, day: Date) -> bool {
        self.begun.is_none_or(|begun| begun <= day)
    }

    /// Takes what it can of a payment of a day, and returns that: `a x (1 + rate)^years` since the later of the payment and the day from
    /// which interest ran is what `a` is worth at the assessment (methodology 6.1).
    fn pay(&mut self, amount: f64, day: Date, rates: Rates, as_of: Date) -> f64 {
        let Some(left) = self.left else { return 0.0 };
        let factor = self.interest_from.and_then(|from| grown(1.0, rates.yearly, years(from.max(day), as_of))).unwrap_or(1.0);
        let most = left / factor;
        let used = amount.min(most);
        self.left = Some(if amount >= most * (1.0 - ROUNDING) { 0.0 } else { (left - used * factor).max(0.0) });
        self.repaid += used;
        used
    }
}

type Debts = BTreeMap<Key, Vec<Debt>>;

/// Years from a day to the assessment, at least 0.
fn years(since: Date, as_of: Date) -> f64 {
    (f64::from(as_of.days_since(since)) / YEAR_DAYS).max(0.0)
}

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

    /// The formula of an item with these numbers, and what was done with the rows of it.
    pub fn how(&self, item: Item, owed: &Owed) -> String {
        let mut text = self.formula(item);
        for done in &owed.done {
            text.push_str("; ");
            text.push_str(done);
        }
        text
    }

    fn formula(&self, item: Item) -> String {
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
    let mut debts = Debts::new();
    fees(inputs, resolution, rates, as_of, &mut all, &mut debts);
    wages(inputs, resolution, rates, as_of, &mut all, &mut debts);
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
    for of_key in debts.values_mut() {
        of_key.sort_by(|a, b| {
            let order = |d: &Debt| (d.begun.is_none(), d.begun, d.interest_from, d.left.is_none());
            order(a).cmp(&order(b)).then_with(|| a.left.unwrap_or(0.0).total_cmp(&b.left.unwrap_or(0.0)))
        });
    }
    paid(inputs, resolution, rates, as_of, &mut all, &mut debts);
    for (key, of_key) in &debts {
        let known: Vec<f64> = of_key.iter().filter_map(|d| d.left.map(|left| d.repaid + left)).collect();
        if let (Some(entry), false) = (all.get_mut(key), known.is_empty()) {
            entry.owed = Some(known.iter().sum());
        }
    }
    all
}

fn fees(inputs: &Inputs, resolution: &Resolution, rates: Rates, as_of: Date, all: &mut Remedies, debts: &mut Debts) {
    for row in &inputs.recruitment {
        let begun = row.period.is_none_or(|p| p.from <= as_of);
        let borrowed = row.loan_share.is_some_and(|s| s > 0.0);
        let shows = row.fee_paid_mean.map_or(borrowed, |fee| fee > 0.0);
        let (Some(node), true) = (resolution.node(row.node), begun && shows) else { continue };
        let currency = row.fee_currency.map_or_else(String::new, |c| inputs.ids.text(c).to_owned());
        let entry = all.entry((node, Item::Fees, currency.clone())).or_default();
        entry.rows.insert(row.row);
        if row.period.is_none() {
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
        let run = row.period.map_or(0.0, |p| years(p.to, as_of));
        let left = row.fee_paid_mean.zip(row.workers).and_then(|(fee, workers)| grown(fee * workers, rates.yearly, run));
        let (begun, interest_from) = (row.period.map(|p| p.from), row.period.map(|p| p.to));
        debts.entry((node, Item::Fees, currency)).or_default().push(Debt { begun, interest_from, left, repaid: 0.0 });
        match left {
            Some(_) => entry.rows_used += 1,
            None => {
                entry.rows_unknown += 1;
                entry.missing.insert(if row.workers.is_none() { "how many workers paid" } else { "what they paid" });
            }
        }
    }
}

/// A row of pay with its figure, and how many of its days no finer one tells.
struct Told<'a> {
    row: &'a PayrollRow,
    figure: f64,
    days: i32,
    whole: bool,
}

/// Counts each day of a place once: the finer period first, of equal ones the larger figure. Rows without the figure tell no day.
fn each_day_once<'a>(rows: &[&'a PayrollRow], as_of: Date, figure: impl Fn(&PayrollRow) -> Option<f64>) -> Vec<Told<'a>> {
    let mut told: Vec<(&PayrollRow, f64)> = rows.iter().filter_map(|r| figure(r).map(|f| (*r, f))).collect();
    told.sort_by(|(a, x), (b, y)| {
        let order = |r: &PayrollRow| (r.period.to.days_since(r.period.from), r.period.from);
        order(a).cmp(&order(b)).then_with(|| y.total_cmp(x)).then_with(|| a.hours_mean.is_none().cmp(&b.hours_mean.is_none()))
    });
    let mut taken = BTreeMap::new();
    let count = |(row, figure): (&'a PayrollRow, f64)| {
        let to = row.period.to.min(as_of);
        let days = newly_taken(&mut taken, row.period.from.0, to.0);
        Told { row, figure, days, whole: days == to.days_since(row.period.from) + 1 }
    };
    told.into_iter().map(count).collect()
}

/// Takes a span of days, both ends included, and returns how many of them were free. `taken` holds the last day of each span by its
/// first; no two of its spans overlap or touch.
fn newly_taken(taken: &mut BTreeMap<i32, i32>, from: i32, to: i32) -> i32 {
    if to < from {
        return 0;
    }
    let near: Vec<(i32, i32)> = taken.range(..=to + 1).rev().take_while(|(_, last)| **last >= from - 1).map(|(a, b)| (*a, *b)).collect();
    let (mut first, mut last, mut free) = (from, to, to - from + 1);
    for (a, b) in near {
        free -= (b.min(to) - a.max(from) + 1).max(0);
        (first, last) = (first.min(a), last.max(b));
        taken.remove(&a);
    }
    taken.insert(first, last);
    free
}

/// What pay is short of, money a month (methodology 5.7): `minimum x (min(h, n) / n + premium x (h - n, at least 0) / n) - median wage`.
fn gap(row: &PayrollRow, rates: Rates) -> Option<f64> {
    let hours = row.hours_mean.unwrap_or(rates.normal_hours);
    let due = pay_due(hours, rates.normal_hours, row.legal_minimum_wage? / rates.normal_hours, rates.premium)?;
    Some(due - row.median_wage?)
}

fn wages(inputs: &Inputs, resolution: &Resolution, rates: Rates, as_of: Date, all: &mut Remedies, debts: &mut Debts) {
    let base = inputs.base_currency.clone().unwrap_or_default();
    let mut of_place: BTreeMap<NodeIx, Vec<&PayrollRow>> = BTreeMap::new();
    for row in inputs.payroll.iter().filter(|r| r.period.from <= as_of) {
        if let Some(node) = resolution.node(row.node) {
            of_place.entry(node).or_default().push(row);
        }
    }
    for (node, rows) in of_place {
        let told = each_day_once(&rows, as_of, |r| r.deductions_share);
        for Told { row, days, whole, .. } in told.into_iter().filter(|t| t.figure > rates.deductions) {
            let key = (node, Item::Deductions, base.clone());
            let entry = all.entry(key.clone()).or_default();
            entry.rows.insert(row.row);
            entry.missing.insert("which deductions are unlawful");
            if !whole {
                entry.done.insert(COUNTED_ONCE);
            }
            if days > 0 {
                entry.rows_unknown += 1;
                debts.entry(key).or_default().push(Debt { begun: Some(row.period.from), interest_from: None, left: None, repaid: 0.0 });
            }
        }
        let workers = resolution.nodes.get(node.at()).and_then(|n| n.people);
        let told = each_day_once(&rows, as_of, |r| gap(r, rates));
        for Told { row, figure, days, whole } in told.into_iter().filter(|t| t.figure > 0.0) {
            let key = (node, Item::Shortfall, base.clone());
            let entry = all.entry(key.clone()).or_default();
            entry.rows.insert(row.row);
            if base.is_empty() {
                entry.missing.insert("the currency");
            }
            if !whole {
                entry.done.insert(COUNTED_ONCE);
            }
            if days == 0 {
                continue;
            }
            if row.hours_mean.is_none() {
                entry.missing.insert("hours worked: the premium for overtime is not in the amount");
            }
            let months = f64::from(days) * YEAR_MONTHS / YEAR_DAYS;
            let left = workers.and_then(|w| pay_shortfall(figure, 0.0, months * w));
            debts.entry(key).or_default().push(Debt { begun: Some(row.period.from), interest_from: None, left, repaid: 0.0 });
            match left {
                Some(_) => {
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
}

/// Money that remediation paid.
struct Payment {
    node: NodeIx,
    kinds: &'static [Item],
    currency: String,
    day: Date,
    amount: f64,
    row: RowRef,
}

impl Payment {
    fn key(&self, item: Item) -> Key {
        (self.node, item, self.currency.clone())
    }

    /// What it is taken to be for where the data show nothing that it can have paid.
    fn by_itself(&self) -> Item {
        self.kinds.first().copied().filter(|_| self.kinds.len() == 1).unwrap_or(Item::WagesWithheld)
    }

    /// Whether it can have paid any of an entry: what only a report tells of has no day, and can always have been paid.
    fn can_pay(&self, key: &Key, debts: &Debts) -> bool {
        debts.get(key).is_none_or(|of_key| of_key.iter().any(|d| d.can_be_paid_on(self.day)))
    }
}

/// Payments by the day of the assessment, in order of their days.
fn payments(inputs: &Inputs, resolution: &Resolution, as_of: Date) -> Vec<Payment> {
    let mut all = Vec::new();
    for row in &inputs.remediation {
        let Some(day) = row.completed.filter(|d| *d <= as_of) else { continue };
        let (Some(node), Some(amount)) = (resolution.node(row.node), row.amount) else { continue };
        let currency = row.currency.map_or_else(String::new, |c| inputs.ids.text(c).to_owned());
        let kinds: &[Item] = match &*row.action {
            "fees_repaid" => &[Item::Fees],
            "wages_paid" => &[Item::Shortfall, Item::WagesWithheld, Item::Deductions],
            _ => continue,
        };
        all.push(Payment { node, kinds, currency, day, amount, row: row.row });
    }
    all.sort_by(|a, b| (a.node, a.day).cmp(&(b.node, b.day)).then_with(|| a.amount.total_cmp(&b.amount)));
    all
}

/// Counts off what remediation paid, by kind and currency, against what had begun by the day of the payment; a payment of a kind that
/// nothing is known to be owed of stands by itself. `paid` is the money that was counted off, without interest.
fn paid(inputs: &Inputs, resolution: &Resolution, rates: Rates, as_of: Date, all: &mut Remedies, debts: &mut Debts) {
    for payment in payments(inputs, resolution, as_of) {
        if payment.currency.is_empty() {
            paid_in_no_currency(&payment, all, debts);
            continue;
        }
        let known: Vec<Key> = payment.kinds.iter().map(|k| payment.key(*k)).filter(|k| all.contains_key(k)).collect();
        let payable = known.iter().find(|k| payment.can_pay(k, debts));
        let by_itself = payment.key(payment.by_itself());
        let entry = all.entry(payable.or(known.first()).unwrap_or(&by_itself).clone()).or_default();
        entry.rows.insert(payment.row);
        let Some(key) = payable else {
            if known.is_empty() {
                *entry.paid.get_or_insert(0.0) += payment.amount;
            } else {
                entry.missing.insert(PAID_BEFORE);
            }
            continue;
        };
        let Some(of_key) = debts.get_mut(key).filter(|of_key| of_key.iter().any(|d| d.left.is_some())) else {
            *entry.paid.get_or_insert(0.0) += payment.amount;
            continue;
        };
        let mut rest = payment.amount;
        for debt in of_key.iter_mut().filter(|d| d.left.is_some() && d.can_be_paid_on(payment.day)) {
            let used = debt.pay(rest, payment.day, rates, as_of);
            *entry.paid.get_or_insert(0.0) += used;
            entry.done.insert(SET_OFF);
            rest -= used;
        }
        if rest > payment.amount * ROUNDING {
            entry.missing.insert(PAID_BEYOND);
        }
    }
}

/// A payment without currency is set against nothing: it stands by itself where nothing of an unknown currency is owed, and is named
/// wherever it can have paid something.
fn paid_in_no_currency(payment: &Payment, all: &mut Remedies, debts: &Debts) {
    let mut item = None;
    for kind in payment.kinds {
        let of_kind = all.range_mut((payment.node, *kind, String::new())..).take_while(|((n, i, _), _)| (n, i) == (&payment.node, kind));
        for (_, entry) in of_kind.filter(|(key, _)| payment.can_pay(key, debts)) {
            entry.missing.insert(PAYMENT_CURRENCY);
            item = item.or(Some(*kind));
        }
    }
    let key = payment.key(item.unwrap_or_else(|| payment.by_itself()));
    let amount_known = debts.get(&key).is_some_and(|of_key| of_key.iter().any(|d| d.left.is_some()));
    let entry = all.entry(key).or_default();
    entry.rows.insert(payment.row);
    entry.missing.insert(PAYMENT_CURRENCY);
    if !amount_known {
        *entry.paid.get_or_insert(0.0) += payment.amount;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Period;
    use crate::validate::inputs::{ChannelRow, RecruitmentRow, RemediationRow};

    const AS_OF: &str = "2026-07-01";

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    /// One place of ten people, in a dataset of which the base currency is USD. The numbers of the method: 5 % a year, 48 hours, 1.25.
    #[derive(Default)]
    struct Place {
        inputs: Inputs,
        line: u32,
    }

    impl Place {
        fn at(&mut self) -> RowRef {
            self.line += 1;
            RowRef { file: 0, line: self.line }
        }

        /// Ten workers who paid this much each, in USD.
        fn fees(mut self, period: &str, each: Option<f64>) -> Self {
            let row = RecruitmentRow {
                node: self.inputs.ids.intern("A"),
                period: Period::parse(period),
                origin_country: None,
                agency: None,
                agency_licensed: None,
                workers: each.map(|_| 10.0),
                fee_paid_mean: each.or(Some(1.0)),
                fee_currency: Some(self.inputs.ids.intern("USD")),
                monthly_wage: None,
                loan_share: None,
                documents_held_share: None,
                visa_tied: None,
                row: self.at(),
            };
            self.inputs.recruitment.push(row);
            self
        }

        /// Minimum 100, this median, normal hours, this share of deductions.
        fn pay(mut self, period: &str, median: f64, deductions: f64) -> Self {
            let row = PayrollRow {
                node: self.inputs.ids.intern("A"),
                period: Period::parse(period).unwrap(),
                legal_minimum_wage: Some(100.0),
                median_wage: Some(median),
                hours_mean: Some(48.0),
                hours_p95: None,
                deductions_share: Some(deductions),
                paid_late_days: None,
                under_18: None,
                under_15: None,
                row: self.at(),
            };
            self.inputs.payroll.push(row);
            self
        }

        fn paid(mut self, action: &str, completed: &str, amount: f64, currency: &str) -> Self {
            let row = RemediationRow {
                case: self.inputs.ids.intern("R"),
                node: self.inputs.ids.intern("A"),
                sign: None,
                action: action.into(),
                actor: "Works A".into(),
                opened: day("2015-01-01"),
                completed: Some(day(completed)),
                verified_by: None,
                amount: Some(amount),
                currency: (!currency.is_empty()).then(|| self.inputs.ids.intern(currency)),
                row: self.at(),
            };
            self.inputs.remediation.push(row);
            self
        }

        fn remedies(mut self) -> Remedies {
            self.inputs.base_currency = Some("USD".to_owned());
            let node = self.inputs.ids.intern("A");
            let channel = ChannelRow {
                channel: node,
                node,
                operator: None,
                independent: None,
                languages_covered_share: None,
                reach_share: None,
                since: None,
                until: None,
                last_tested: None,
                row: RowRef { file: 0, line: 0 },
            };
            self.inputs.channels.push(channel);
            let mut resolution = crate::resolve::resolve(&self.inputs);
            resolution.nodes[0].people = Some(10.0);
            let pack = MethodPack::embedded().unwrap();
            remedies(&self.inputs, &resolution, &pack, day(AS_OF), &|_, _| false, &[], &|_| false)
        }

        fn of(self, item: Item) -> Owed {
            self.remedies()[&(NodeIx(0), item, "USD".to_owned())].clone()
        }
    }

    /// 1.05 to the years between a day and the assessment.
    fn interest(since: &str) -> f64 {
        1.05f64.powf(f64::from(day(AS_OF).days_since(day(since))) / 365.25)
    }

    fn close(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() < 1e-6)
    }

    #[test]
    fn interest_stops_with_the_repayment() {
        // 100,000 of the first day of 2018, repaid a year later: 365 days of interest, 4,996.5, that grew for 7.496 years: 7,203.
        let a_year = Place::default().fees("2018-01-01", Some(10_000.0)).paid("fees_repaid", "2019-01-01", 100_000.0, "USD").of(Item::Fees);
        let left = 100_000.0 * (interest("2018-01-01") - interest("2019-01-01"));
        assert!(close(a_year.outstanding(), left) && (left - 7_203.0).abs() < 1.0, "{a_year:?} {left}");
        assert_eq!((a_year.paid, a_year.missing.len()), (Some(100_000.0), 0));
        assert!(close(a_year.owed, 100_000.0 + left));
        // Hired some day of 2018: interest runs from its last day, so that one day of it is left.
        let a_day = Place::default().fees("2018", Some(10_000.0)).paid("fees_repaid", "2019-01-01", 100_000.0, "USD").of(Item::Fees);
        assert!(close(a_day.outstanding(), 100_000.0 * (interest("2018-12-31") - interest("2019-01-01"))), "{a_day:?}");
        assert!(a_day.outstanding().unwrap() < 20.0);
        // A part: what remained goes on.
        let half = Place::default().fees("2018", Some(10_000.0)).paid("fees_repaid", "2020-12-31", 50_000.0, "USD").of(Item::Fees);
        assert!(close(half.outstanding(), 100_000.0 * interest("2018-12-31") - 50_000.0 * interest("2020-12-31")), "{half:?}");
        // Before interest ran, and with the interest of two years to the day: nothing is left.
        for (when, amount) in [("2018-06-30", 100_000.0), ("2020-12-31", 100_000.0 * 1.05f64.powf(731.0 / 365.25))] {
            let whole = Place::default().fees("2018", Some(10_000.0)).paid("fees_repaid", when, amount, "USD").of(Item::Fees);
            assert!(whole.outstanding() == Some(0.0) && close(whole.paid, amount) && whole.missing.is_empty(), "{when} {whole:?}");
        }
        let pack = MethodPack::embedded().unwrap();
        assert!(Rates::of(&pack).how(Item::Fees, &a_year).contains("bears no interest from then on"));
        assert!(!Rates::of(&pack).how(Item::Fees, &Owed::default()).contains("payments"));
    }

    #[test]
    fn a_payment_pays_nothing_that_began_after_it() {
        let fees = Place::default().fees("2025", Some(10_000.0)).paid("fees_repaid", "2016-05-01", 100_000.0, "USD").of(Item::Fees);
        assert!(close(fees.outstanding(), 100_000.0 * interest("2025-12-31")), "{fees:?}");
        assert!(fees.paid.is_none() && fees.missing.contains(PAID_BEFORE) && fees.done.is_empty());
        let wages = Place::default().pay("2025", 80.0, 0.0).paid("wages_paid", "2016-05-01", 500.0, "USD").of(Item::Shortfall);
        assert!(close(wages.outstanding(), 20.0 * 10.0 * 365.0 * 12.0 / 365.25) && wages.paid.is_none(), "{wages:?}");
        let later = Place::default().pay("2025", 80.0, 0.0).paid("wages_paid", "2025-01-01", 500.0, "USD").of(Item::Shortfall);
        assert!(close(later.outstanding(), 20.0 * 10.0 * 365.0 * 12.0 / 365.25 - 500.0), "no interest on either: {later:?}");
        // 150,000 of the end of 2018 repays what began in 2018 and nothing of 2025, whatever the order of the rows.
        let both = |first: &str, second: &str| {
            let rows = Place::default().fees(first, Some(10_000.0)).fees(second, Some(10_000.0));
            rows.paid("fees_repaid", "2018-12-31", 150_000.0, "USD").of(Item::Fees)
        };
        for owed in [both("2018", "2025"), both("2025", "2018")] {
            assert!(close(owed.outstanding(), 100_000.0 * interest("2025-12-31")) && close(owed.paid, 100_000.0), "{owed:?}");
            assert!(owed.missing.contains(PAID_BEYOND));
        }
        // What is owed on the row of that day is not known: the money is not taken from the rows after it.
        let unknown = Place::default().fees("2018", None).fees("2025", Some(10_000.0));
        let unknown = unknown.paid("fees_repaid", "2019-01-01", 1_000.0, "USD").of(Item::Fees);
        assert!(close(unknown.outstanding(), 100_000.0 * interest("2025-12-31")) && unknown.missing.contains(PAID_BEYOND), "{unknown:?}");
    }

    #[test]
    fn a_payment_without_currency_is_named_and_not_counted_off() {
        let all = Place::default().fees("2018", Some(10_000.0)).paid("fees_repaid", "2019-01-01", 100_000.0, "").remedies();
        let fees = &all[&(NodeIx(0), Item::Fees, "USD".to_owned())];
        assert!(close(fees.outstanding(), 100_000.0 * interest("2018-12-31")) && fees.paid.is_none(), "{fees:?}");
        assert!(fees.missing.contains("the currency of a payment"));
        let alone = &all[&(NodeIx(0), Item::Fees, String::new())];
        assert_eq!((alone.owed, alone.paid, alone.missing.contains("the currency of a payment")), (None, Some(100_000.0), true));
        let stated = Place::default().fees("2018", Some(10_000.0)).paid("fees_repaid", "2019-01-01", 1.0, "USD").of(Item::Fees);
        assert!(!stated.missing.contains("the currency of a payment"));
    }

    #[test]
    fn each_day_of_pay_is_counted_once_and_the_finer_period_tells_it() {
        // January 40 short, February and March 30, the other 275 days 20; of the two years the larger gap.
        let rows = [("2025", 80.0), ("2025Q1", 70.0), ("2025-01", 60.0), ("2025", 90.0)];
        let owed = 10.0 * (40.0 * 31.0 + 30.0 * 59.0 + 20.0 * 275.0) * 12.0 / 365.25;
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
            let place = order.iter().fold(Place::default(), |place, i| place.pay(rows[*i].0, rows[*i].1, 0.0));
            let shortfall = place.of(Item::Shortfall);
            assert!(close(shortfall.owed, owed) && shortfall.rows_used == 3 && shortfall.rows.len() == 4, "{order:?} {shortfall:?}");
            assert!(shortfall.done.iter().any(|d| d.contains("pay periods that overlap were counted once")));
        }
        // A finer period that shows no gap takes its days out; periods side by side are whole.
        let paid_well = Place::default().pay("2025", 80.0, 0.0).pay("2025-02", 110.0, 0.0).of(Item::Shortfall);
        assert!(close(paid_well.owed, 10.0 * 20.0 * 337.0 * 12.0 / 365.25) && paid_well.rows_used == 1, "{paid_well:?}");
        let beside = Place::default().pay("2025-01", 80.0, 0.0).pay("2025-02", 80.0, 0.0).of(Item::Shortfall);
        assert!(close(beside.owed, 10.0 * 20.0 * 59.0 * 12.0 / 365.25) && beside.rows_used == 2 && beside.done.is_empty(), "{beside:?}");
        // Deductions: the quarter whole, the year less the quarter, the second record of the quarter not again.
        let deducted = Place::default().pay("2025Q1", 100.0, 0.5).pay("2025", 100.0, 0.4).pay("2025Q1", 100.0, 0.3).of(Item::Deductions);
        assert!((deducted.rows_unknown, deducted.owed) == (2, None) && deducted.done.contains(COUNTED_ONCE), "{deducted:?}");
    }

    #[test]
    fn spans_are_taken_once() {
        let mut taken = BTreeMap::new();
        let free = [(10, 19), (30, 39), (0, 9), (5, 34), (100, 99), (0, 50)].map(|(a, b)| newly_taken(&mut taken, a, b));
        assert_eq!(free, [10, 10, 10, 10, 0, 11]);
        assert_eq!(taken, BTreeMap::from([(0, 50)]));
    }
}
