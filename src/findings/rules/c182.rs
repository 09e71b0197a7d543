//! Worst forms of child labour: slavery and practices like it, sexual exploitation, illicit activities.
//!
//! Source: ILO Worst Forms of Child Labour Convention, 1999 (No. 182), art. 3(a)-(c): (a) slavery or similar practices: sale,
//! trafficking, debt bondage, serfdom, forced labour, forced recruitment for armed conflict; (b) use, procuring or offering for prostitution or
//! pornography; (c) the same for illicit activities. A parent's handing over of a child for the exploitation of its labour is a practice
//! like slavery (Supplementary Convention 1956, art. 1(d)). Unconditional: no national list, no consent, no hours. Art. 3(d), hazardous
//! work, stands below.

use super::{child_forced_labour, debt_bondage_1956, delphi_2009, icls_2018};
use crate::findings::element::{Element, Outcome, Path};
use crate::findings::lists::Question;
use crate::validate::inputs::FactStatus;

const SALE: &[&str] = &["rec_abduction_sale"];
const SERFDOM: &[&str] = &["ur_birth_or_descent"];
const ARMED: &[&str] = &["cl_armed_recruitment"];
const SEXUAL: &[&str] = &["cl_sexual_exploitation"];
const ILLICIT: &[&str] = &["cl_illicit_use", "work_forced_illicit"];
const LISTED: &[&str] = &["cl_hazard_listed"];

fn paths_alone(q: &Question) -> Vec<Path> {
    let child = q.child();
    let handed = Element::new("handed over for its labour (1956 art. 1(d))", q.case.told(q.case.circumstances.handed_over));
    let slavery = Element::any(
        "slavery or a practice like it",
        &[
            &q.any("sale", SALE),
            &q.any("serfdom", SERFDOM),
            &q.any("forced recruitment for armed conflict", ARMED),
            &debt_bondage_1956::rule(q).as_element("debt bondage"),
            &handed,
        ],
    );
    vec![
        Path::all("c182_3a", vec![child.clone(), slavery]),
        Path::all("c182_3b", vec![child.clone(), q.any("sexual exploitation", SEXUAL)]),
        Path::all("c182_3c", vec![child, q.any("use for illicit activities", ILLICIT)]),
    ]
}

/// Worst forms that stand on facts of their own: what limb (iii) of forced labour of a child adds to its other limbs.
pub(super) fn worst_form_alone(q: &Question) -> Outcome {
    Outcome::strongest("c182", paths_alone(q))
}

/// Worst forms but trafficking.
pub(super) fn without_trafficking(q: &Question) -> Outcome {
    let forced_of_child = Outcome::strongest("forced_labour_of_a_child", child_forced_labour::own_limbs(q));
    let forced = Element::any(
        "forced labour",
        &[&forced_of_child.as_element("forced labour of a child"), &icls_2018::forced_labour(q).as_element("forced labour")],
    );
    let mut paths = paths_alone(q);
    paths.push(Path::all("c182_3a_forced_labour", vec![q.child(), forced]));
    Outcome::strongest("c182", paths)
}

/// Whether the case is a worst form under art. 3(a)-(c).
pub fn worst_forms(q: &Question) -> Outcome {
    let trafficked = delphi_2009::child_trafficking(q).as_element("trafficking of a child");
    let by_trafficking = Outcome::strongest("c182", vec![Path::all("c182_3a_trafficking", vec![q.child(), trafficked])]);
    without_trafficking(q).or(by_trafficking)
}

/// Under C138 art. 3(3) and R190 para. 4, work of 16-17 with national permission, full protection and training, all documented.
fn permitted(q: &Question) -> bool {
    q.case.circumstances.protected_and_trained == Some(true) && q.case.age.low.is_some_and(|low| low >= q.ages.hazardous_protected)
}

fn hazard_elements(q: &Question) -> (Element, Element, Element) {
    let listed = q.circumstance("a task on the national list of hazardous work", q.case.circumstances.task_on_hazardous_list, LISTED);
    let condition = q.any_of("a condition that R190 para. 3 names", &q.lists.hazards);
    (q.under_18(q.ages.hazardous), listed, condition)
}

/// Hazardous work under C138 art. 3 and C182 art. 3(d), 4: under 18 and on the list that the State determined after tripartite
/// consultation; a condition of R190 para. 3 alone is *possible* in law.
pub fn hazardous(q: &Question) -> Outcome {
    let (child, listed, condition) = hazard_elements(q);
    let outcome = Outcome::strongest(
        "c182_3d",
        vec![
            Path::all("hazardous_listed", vec![child.clone(), listed]),
            Path::all("r190_condition", vec![child, condition]).capped(FactStatus::Supported),
        ],
    );
    if permitted(q) { Outcome { path: "permitted_16_17", status: FactStatus::Absent, ..outcome } } else { outcome }
}

/// Hazardous work as statistics count it: the list or the conditions (18th ICLS Res. II, 2008).
pub fn hazardous_statistical(q: &Question) -> Outcome {
    let (child, listed, condition) = hazard_elements(q);
    let hazard = Element::any("a listed task or a hazardous condition", &[&listed, &condition]);
    let outcome = Outcome::strongest("icls_hazardous", vec![Path::all("hazardous_conditions", vec![child, hazard])]);
    if permitted(q) { Outcome { path: "permitted_16_17", status: FactStatus::Absent, ..outcome } } else { outcome }
}
