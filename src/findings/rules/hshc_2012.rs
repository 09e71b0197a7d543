//! Forced labour of adults by the survey rule of 2012: involuntariness and a penalty in one dimension, one of them strong.
//!
//! Source: ILO, *Hard to see, harder to count: survey guidelines to estimate forced labour of adults and children*, 2nd ed. 2012. Three
//! dimensions: unfree recruitment, work and life under duress, impossibility of leaving the employer. A dimension is positive if the case
//! has at least one indicator of involuntariness and at least one of the menace of a penalty in that dimension and at least one of the two
//! is strong. Forced labour if any dimension is positive; nothing is paired across dimensions. The list and its grades are quoted
//! from memory in the pack.

use crate::findings::element::{Element, Outcome, Path};
use crate::findings::lists::{Question, phases_of_survey};
use crate::pack::{Grade, SurveyDimension, SurveyRole};
use crate::validate::inputs::FactStatus;

pub(super) const DIMENSIONS: [(SurveyDimension, &str); 3] = [
    (SurveyDimension::UnfreeRecruitment, "unfree_recruitment"),
    (SurveyDimension::WorkUnderDuress, "work_under_duress"),
    (SurveyDimension::ImpossibilityOfLeaving, "impossibility_of_leaving"),
];

/// What is told of one role in one dimension: of any grade, and strong.
pub(super) fn told(q: &Question, dimension: SurveyDimension, role: SurveyRole) -> (Element, Element) {
    let (name, strong_name) = match role {
        SurveyRole::Involuntariness => ("work that is not voluntary", "a strong indicator that it is not voluntary"),
        SurveyRole::Penalty => ("the menace of a penalty", "a strong indicator of the menace of a penalty"),
    };
    let (mut any, mut strong) = (Element::new(name, FactStatus::Absent), Element::new(strong_name, FactStatus::Absent));
    for item in q.lists.survey.get(dimension as usize).into_iter().flatten().filter(|i| i.role == role) {
        let place = q.at(item.fact, phases_of_survey(dimension), item.alone);
        any.status = any.status.max(place.status);
        any.facts.extend(&place.facts);
        if item.grade == Grade::Strong {
            strong.status = strong.status.max(place.status);
            strong.facts.extend(&place.facts);
        }
    }
    for element in [&mut any, &mut strong] {
        element.facts.sort_unstable();
        element.facts.dedup();
    }
    (any, strong)
}

/// Whether the case is forced labour by the rule of 2012.
pub fn rule(q: &Question) -> Outcome {
    let paths = DIMENSIONS.map(|(dimension, name)| {
        let (involuntary, involuntary_strong) = told(q, dimension, SurveyRole::Involuntariness);
        let (penalty, penalty_strong) = told(q, dimension, SurveyRole::Penalty);
        let one_strong = Element::any(
            "one of the two is strong",
            &[&Element::all("", &[&involuntary_strong, &penalty]), &Element::all("", &[&involuntary, &penalty_strong])],
        );
        Path::all(name, vec![involuntary, penalty, one_strong])
    });
    Outcome::strongest("hshc_2012", paths.into())
}
