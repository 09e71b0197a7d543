//! Holds what to do first against the rest of a result: the order is that of its keys and stands alike in sites, register and actions; no row
//! ends orders without the ledger; remedies are counted off, and their shares sum to the whole; a judgement names the machine's value.

use super::reading::{RowView, Rows, broken, open, read_all};
use super::verify::{Faults, ROUNDING, VerifyReport};
use crate::base::Result;
use crate::schema::outputs::{ACTIONS, DUTIES, OVERRIDES, REMEDIES, REMEDY_SHARES, SITES};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

/// Rounding of sums of money, as a part of them.
const MONEY: f64 = 1e-9;

struct Keys {
    node_id: String,
    priority: i64,
    acts_first: bool,
    band: String,
    people: f64,
    children: bool,
    on_evidence: bool,
}

impl Keys {
    fn of(row: RowView<'_>) -> Option<Self> {
        Some(Keys {
            node_id: row.text("node_id")?.to_owned(),
            priority: row.int("priority")?,
            acts_first: row.bool("acts_first")?,
            // After A, B and C.
            band: row.text("severity_band").unwrap_or("D").to_owned(),
            people: row.float("people_affected")?,
            children: row.bool("children")?,
            on_evidence: row.text("state") != Some("context_risk"),
        })
    }

    fn before(&self, other: &Self) -> Ordering {
        (other.acts_first.cmp(&self.acts_first))
            .then_with(|| self.band.cmp(&other.band))
            .then_with(|| other.people.total_cmp(&self.people))
            .then_with(|| other.children.cmp(&self.children))
            .then_with(|| other.on_evidence.cmp(&self.on_evidence))
            .then_with(|| self.node_id.cmp(&other.node_id))
    }
}

pub(super) fn check_duty(out: &Path, report: &mut VerifyReport) -> Result<()> {
    let mut keys: Vec<Keys> = Vec::new();
    let path = out.join(SITES.file);
    for batch in open(&path)?.build().map_err(|e| broken(&path, e))? {
        let rows = Rows::one(batch.map_err(|e| broken(&path, e))?);
        keys.extend(rows.iter().filter_map(Keys::of));
    }
    keys.sort_by_key(|k| k.priority);
    let mut faults = Faults::default();
    for (k, position) in keys.iter().zip(1..) {
        faults.unless(k.priority == position, || format!("{} stands at {}, its place is {position}", k.node_id, k.priority));
    }
    for pair in keys.windows(2) {
        if let [a, b] = pair {
            faults.unless(a.before(b) == Ordering::Less, || format!("{} stands before {}, its keys say otherwise", a.node_id, b.node_id));
        }
    }
    report.sum_up("sites: priority is the order of its keys", keys.len() as u64, &faults);
    let priority: BTreeMap<&str, i64> = keys.iter().map(|k| (k.node_id.as_str(), k.priority)).collect();
    check_actions(out, &priority, report)?;
    check_remedies(out, report)
}

fn check_actions(out: &Path, priority: &BTreeMap<&str, i64>, report: &mut VerifyReport) -> Result<()> {
    let mut faults = Faults::default();
    let mut checked = 0;
    for row in read_all(out, &ACTIONS)?.iter() {
        checked += 1;
        let node = row.text("node_id").unwrap_or_default();
        faults.unless(priority.get(node).copied() == row.int("priority"), || format!("{node}: another place in the order than in sites"));
        let ends = row.bool("ends_orders") == Some(true);
        faults.unless(ends == row.float("ledger_people").is_some(), || format!("{node}: a row that ends orders without its ledger"));
        faults.unless(row.text("never").is_some(), || format!("{node}: a row without what must never be done"));
    }
    for row in read_all(out, &DUTIES)?.iter() {
        checked += 1;
        let node = row.text("node_id").unwrap_or_default();
        faults.unless(priority.get(node).copied() == row.int("priority"), || format!("{node}: another place in the order than in sites"));
        let direct = row.float("leverage_direct").unwrap_or(f64::NAN);
        let whole = row.float("leverage").unwrap_or(f64::NAN);
        faults.unless(direct <= whole + ROUNDING, || format!("{node}: {direct} bought directly, {whole} in all"));
    }
    for row in read_all(out, &OVERRIDES)?.iter() {
        checked += 1;
        let same = row.text("machine_value") == row.text("value");
        faults.unless(row.bool("differs") == Some(!same), || "a judgement says wrongly whether it differs".to_owned());
    }
    report.sum_up("actions, duties and judgements: one order, a ledger wherever orders end", checked, &faults);
    Ok(())
}

fn check_remedies(out: &Path, report: &mut VerifyReport) -> Result<()> {
    let mut faults = Faults::default();
    let mut outstanding: BTreeMap<[String; 2], Option<f64>> = BTreeMap::new();
    let key = |row: RowView<'_>| ["node_id", "currency"].map(|c| row.text(c).unwrap_or("").to_owned());
    for row in read_all(out, &REMEDIES)?.iter() {
        let number = |c: &str| row.float(c);
        let left = number("owed").map(|owed| (owed - number("paid").unwrap_or(0.0)).max(0.0));
        let same = match (left, number("outstanding")) {
            (Some(a), Some(b)) => (a - b).abs() <= MONEY * a.max(1.0),
            (a, b) => a == b,
        };
        faults.unless(same, || format!("{}: outstanding is not owed less paid", key(row).join(", ")));
        let sum = outstanding.entry(key(row)).or_default();
        if let Some(more) = number("outstanding") {
            *sum = Some(sum.unwrap_or(0.0) + more);
        }
    }
    let mut shared: BTreeMap<[String; 2], (f64, f64, u32)> = BTreeMap::new();
    for row in read_all(out, &REMEDY_SHARES)?.iter() {
        let (share, amount, rests) = shared.entry(key(row)).or_default();
        *share += row.float("share").unwrap_or(f64::NAN);
        *amount += row.float("amount").unwrap_or(0.0);
        *rests += u32::from(row.bool("is_rest") == Some(true));
    }
    for (key, (share, amount, rests)) in &shared {
        faults.unless((share - 1.0).abs() <= 1e-6 && *rests == 1, || format!("{}: shares sum to {share}", key.join(", ")));
        let whole = outstanding.get(key).copied().flatten().unwrap_or(0.0);
        faults.unless((amount - whole).abs() <= 1e-6 * whole.max(1.0), || format!("{}: {amount} shared of {whole}", key.join(", ")));
    }
    faults.unless(shared.len() == outstanding.len(), || "a remedy without shares, or shares without a remedy".to_owned());
    report.sum_up("remedies: paid counted off, shares sum to the whole", outstanding.len() as u64, &faults);
    Ok(())
}
