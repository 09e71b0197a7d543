//! Child labour as statistics count it: hours by age, hazardous work, worst forms.
//!
//! Source: 18th ICLS Resolution II (2008) as amended by 20th ICLS Resolution IV (2018); metadata of SDG indicator 8.7.1. Economic
//! activity: 5-11 from 1 hour in the week, 12-14 from 14, 15-17 above 43 (other users say from 43: a reading); 5-17 of any hours where
//! hazardous or a worst form. The general production basis adds unpaid household services above 21 hours at 5-14. Hours are a proxy and
//! international bounds need not equal national law: the rule of C138 stands beside this one. The reference week must be in season.

use super::c182;
use crate::findings::element::{Element, Outcome, Path};
use crate::findings::lists::Question;

const ANY_HOUR: &[&str] = &["cl_under_light_age"];
const BAND_12_14: &[&str] = &["cl_light_band_excess"];
const BAND_15_17: &[&str] = &["cl_long_hours_15_17"];

fn hours(q: &Question, name: &'static str, beyond: impl Fn(f64) -> bool) -> Element {
    Element::new(name, q.case.told(q.case.circumstances.hours_per_week.map(beyond)))
}

fn bands(q: &Question) -> Vec<Path> {
    let p = *q.parameters();
    let inclusive = q.reading.inclusive_43_hours || p.inclusive_43 > 0.0;
    let one = hours(q, "hours of child labour at 5-11", |h| h >= p.hours_5_11);
    let two = hours(q, "hours of child labour at 12-14", |h| h >= p.hours_12_14);
    let three = hours(q, "hours of child labour at 15-17", |h| h > p.hours_15_17 || (inclusive && h >= p.hours_15_17));
    let band = |name, limit, hours: Element| Path::all(name, vec![q.years_below("a person of the age band", limit), hours]);
    vec![band("age_5_11", 12.0, one), band("age_12_14", 15.0, two), band("age_15_17", 18.0, three)]
}

/// By signs that name age and hours together.
fn told(q: &Question) -> Vec<Path> {
    let sign = |path, limit, ids: &[&str]| {
        let age = q.below("a person of the age band", limit, ids);
        Path::all(path, vec![age, q.any("age and hours as a sign names them", ids)])
    };
    vec![sign("sign_under_light_age", 13.0, ANY_HOUR), sign("sign_light_band", 15.0, BAND_12_14), sign("sign_15_17", 18.0, BAND_15_17)]
}

/// Child labour on the SNA basis: hours, hazardous work, worst forms (`cl_stat`).
pub fn rule(q: &Question) -> Outcome {
    let hazardous = c182::hazardous_statistical(q);
    let worst = c182::worst_forms(q);
    let mut paths = bands(q);
    paths.extend(told(q));
    paths.push(Path { name: "hazardous", status: hazardous.status, elements: hazardous.elements });
    paths.push(Path { name: "worst_form", status: worst.status, elements: worst.elements }.capped(q.age_cap()));
    Outcome::strongest("icls_child_hours", paths)
}

/// The hours proxy alone, for comparison with official figures (`cl_sdg`).
pub fn hours_alone(q: &Question) -> Outcome {
    Outcome::strongest("sdg_8_7_1_hours", bands(q))
}

/// On the general production basis: household services count too. No part of a supply chain, so no finding is made of it.
pub fn general_production(q: &Question) -> Outcome {
    let limit = q.parameters().household_hours;
    let chores =
        Element::new("unpaid household services beyond the bound", q.case.told(q.case.circumstances.household_hours.map(|h| h > limit)));
    let household = Path::all("household_services", vec![q.years_below("a person of 5-14", 15.0), chores]);
    rule(q).or(Outcome::strongest("icls_child_hours_general", vec![household]))
}
