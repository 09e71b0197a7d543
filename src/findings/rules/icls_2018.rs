//! Forced labour by the statistical concept of 2018, and forced labour as the norm reads it.
//!
//! Source: 20th International Conference of Labour Statisticians, *Guidelines concerning the measurement of forced labour* (2018): in the
//! reference period, work that is both involuntary and under threat or menace of a penalty; no grades, no dimensions. The rule of 2012
//! implies it. The finding on ILO C29 art. 2(1): *indicated* by the rule of 2012; *possible* where only that of 2018 holds; *not
//! indicated* where documents show an exception of art. 2(2), but convict labour hired to private parties is none.

use super::hshc_2012::{self, DIMENSIONS, told};
use crate::findings::element::{Element, Outcome, Path};
use crate::findings::lists::Question;
use crate::pack::SurveyRole;
use crate::validate::inputs::{CarveOut, FactStatus};

/// Convict labour hired to private parties: art. 2(2)(c) does not excuse it.
const HIRED_OUT: &[&str] = &["si_prison_labour_private"];

/// One indicator of involuntariness and one of a penalty, of any grade and any dimension.
pub fn rule(q: &Question) -> Outcome {
    let of = |role: SurveyRole| DIMENSIONS.map(|(dimension, _)| told_anywhere(q, dimension, role));
    let (involuntary, penalty) = (of(SurveyRole::Involuntariness), of(SurveyRole::Penalty));
    let any = |name: &'static str, parts: &[Element; 3]| Element::any(name, &parts.iter().collect::<Vec<_>>());
    Outcome::strongest(
        "icls_2018",
        vec![Path::all(
            "involuntary_under_penalty",
            vec![any("work that is not voluntary", &involuntary), any("the menace of a penalty", &penalty)],
        )],
    )
}

/// As in the rule of 2012, but a phase that was not told does not matter here.
fn told_anywhere(q: &Question, dimension: crate::pack::SurveyDimension, role: SurveyRole) -> Element {
    let (mut any, _) = told(q, dimension, role);
    for item in q.lists.survey.get(dimension as usize).into_iter().flatten().filter(|i| i.role == role) {
        let place = q.at(item.fact, &[], true);
        any.status = any.status.max(place.status);
        any.facts.extend(&place.facts);
    }
    any.facts.sort_unstable();
    any.facts.dedup();
    any
}

/// Forced labour of a person under C29, without what is special to children.
pub fn forced_labour(q: &Question) -> Outcome {
    q.answered.forced_labour.get_or_init(|| under_c29(q)).clone()
}

fn under_c29(q: &Question) -> Outcome {
    let by_survey = hshc_2012::rule(q);
    let by_concept = rule(q).capped(FactStatus::Supported);
    let outcome = by_survey.or(by_concept);
    let outcome = match q.case.circumstances.carve_out {
        None => outcome,
        Some(exception) => {
            let undone = match exception {
                CarveOut::ConvictLabour => q.any("convict labour hired to private parties", HIRED_OUT),
                _ => Element::new("an exception of C29 art. 2(2) that does not hold", FactStatus::Absent),
            };
            // The exception is documented: only a fact told against it undoes it.
            let told = if undone.status >= FactStatus::Supported { undone.status } else { FactStatus::Absent };
            let mut excused = outcome;
            if told < excused.status {
                excused.path = "c29_exception";
            }
            excused.elements.push(undone);
            excused.capped(told)
        }
    };
    outcome.capped(q.loose_cap())
}
