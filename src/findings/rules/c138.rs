//! Child labour by age, and light work.
//!
//! Source: ILO Minimum Age Convention, 1973 (No. 138), art. 2(3), 2(4) and 7(1), 7(4): work below the general minimum age, unless it is
//! light work at or above the age for that: not likely to harm health or development, no prejudice to school, within the hours that the
//! authority sets (the bound of the statistical definition where no national limit is known). Not coded: excluded categories (art. 4),
//! limited scope (art. 5), approved training (art. 6), artistic performances (art. 8); where one applies it must be stated by the reader.

use crate::findings::element::{Element, Outcome, Path};
use crate::findings::lists::Question;
use crate::validate::inputs::FactStatus;

const UNDER_LIGHT: &[&str] = &["cl_under_light_age"];
const UNDER_GENERAL: &[&str] = &["cl_under_general_age", "cl_under_light_age", "cl_light_band_excess", "cl_light_band_not_light"];
const NOT_LIGHT: &[&str] = &["cl_light_band_not_light", "cl_under_general_age"];
const TOO_LONG: &[&str] = &["cl_light_band_excess"];
/// Signs that say of a child that it works, whatever their phase.
const AT_WORK: &[&str] = &[
    "cl_hazard_abuse",
    "cl_hazard_chemicals",
    "cl_hazard_listed",
    "cl_hazard_loads",
    "cl_hazard_places",
    "cl_hazard_tools_machines",
    "cl_light_band_excess",
    "cl_light_band_not_light",
    "cl_long_hours_15_17",
    "cl_night_work",
    "cl_paid_to_adult",
    "cl_sham_apprenticeship",
    "cl_unaccompanied",
    "cl_under_general_age",
    "cl_under_light_age",
    "cl_young_injury",
    "cl_apparent_minor",
];
const OUT_OF_SCHOOL: &[&str] = &["cl_not_enrolled"];

/// Work for somebody: hours above 0, somebody for whom, or a sign of work. A blank cell says nothing, and household chores are none.
fn work(q: &Question) -> Element {
    let told = &q.case.circumstances;
    let told = told.hours_per_week.map(|h| h > 0.0).or(told.works_for.map(|_| true));
    if told == Some(true) {
        return Element::new("work", FactStatus::Established);
    }
    Element::any("work", &[&q.circumstance("work", told, AT_WORK), &q.any_told_of("work", &q.lists.at_work)])
}

/// Whether the case is child labour in law (`cl_legal`).
pub fn rule(q: &Question) -> Outcome {
    let told = &q.case.circumstances;
    let work = work(q);
    let below_light = q.below("a person below the age of light work", q.ages.light, UNDER_LIGHT);
    let below_general = q.below("a person below the general minimum age", q.ages.general, UNDER_GENERAL);
    let no = |told: Option<bool>| told.map(|yes| !yes);
    let light = q.circumstance("work that is not light", no(told.work_is_light), NOT_LIGHT);
    let school = q.circumstance("work that stands against school", no(told.in_school), OUT_OF_SCHOOL);
    let limit = q.parameters().light_hours;
    let hours = q.circumstance("hours beyond light work", told.hours_per_week.map(|h| h >= limit), TOO_LONG);
    let not_permitted = Element::any("work that is not permitted light work", &[&light, &school, &hours]);
    Outcome::strongest(
        "c138",
        vec![
            Path::all("below_light_age", vec![work.clone(), below_light]),
            Path::all("below_general_age", vec![work, below_general, not_permitted]),
        ],
    )
}
