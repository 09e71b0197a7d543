//! What may not stand in the response matrix: a row without what must never be done, without anybody who leads, without anything that chooses it;
//! a row that ends orders without the one that says when; numbers outside of the published matrix.

use super::lint::Found;
use super::model::MethodPack;
use crate::base::Norm;
use std::collections::BTreeMap;

/// Rows of the matrix (methodology 6).
const ROWS: u32 = 18;
/// Who may lead or support: governments, workers' organisations, the employer, the buyer, child-protection services and other helpers.
const ACTORS: [&str; 5] = ["government", "workers", "employer", "buyer", "child_protection"];

pub(super) fn responses(pack: &MethodPack, found: &mut Found) {
    let mut numbers: BTreeMap<u32, &str> = BTreeMap::new();
    for r in &pack.text.response {
        let at = format!("response {}", r.id);
        if let Some(other) = numbers.insert(r.number, &r.id) {
            found.push(&at, format!("has number {} as {other} has", r.number), "one row per number");
        }
        if !(1..=ROWS).contains(&r.number) {
            found.push(&at, format!("has number {}", r.number), format!("1 to {ROWS}"));
        }
        for (what, text) in [("pattern", &r.pattern), ("first_72h", &r.first_72h), ("days_30_90", &r.days_30_90), ("never", &r.never)] {
            if text.trim().is_empty() {
                found.push(&at, format!("{what} is empty"), "a sentence: no row without what to do and what must never be done");
            }
        }
        if r.lead.is_empty() {
            found.push(&at, "nobody leads", ACTORS.join(", "));
        }
        for actor in r.lead.iter().chain(&r.support).filter(|a| !ACTORS.contains(&a.as_str())) {
            found.push(&at, format!("names the actor '{actor}'"), ACTORS.join(", "));
        }
        for norm in r.norms.iter().filter(|n| Norm::parse(n).is_none()) {
            found.push(&at, format!("names the norm '{norm}', which is not there"), "one of the eight norms");
        }
        for sign in r.signs.iter().filter(|s| pack.sign(s).is_none()) {
            found.push(&at, format!("names the sign '{sign}', which is not there"), "the id of a [[sign]]");
        }
        if r.norms.is_empty() && r.signs.is_empty() && r.when.is_none() {
            found.push(&at, "nothing chooses it", "norms, signs or when");
        }
    }
    for number in (1..=ROWS).filter(|n| !numbers.contains_key(n)) {
        found.push(format!("response {number}"), "is missing", "every row of the published matrix");
    }
    for d in &pack.text.danger {
        for sign in d.signs.iter().filter(|s| pack.sign(s).is_none()) {
            found.push(format!("danger {}", d.id), format!("names the sign '{sign}', which is not there"), "the id of a [[sign]]");
        }
    }
}
