//! Forced labour of a child: coercion by others than its own parents, a parent in forced labour, or a worst form.
//!
//! Source: ILO, *Hard to see, harder to count* (2012), operational definition for children 5-17, restated in the guidelines of the 20th
//! ICLS (2018): (i) work for a third party, or with or for the parents, under coercion applied by a third party other than the own parents to
//! the child or the parents; (ii) work with or for the parents as a direct consequence of a parent being in forced labour; (iii) any form
//! of C182 art. 3(a)-(c). Coercion by own parents alone is none of these; the rules of child labour and hazardous work apply to it.

use super::c182;
use crate::findings::element::{Element, Outcome, Path};
use crate::findings::lists::{Question, phases_of_dimension};
use crate::pack::{DelphiDimension, SurveyDimension, SurveyRole};
use crate::validate::inputs::{CoercionBy, FactStatus};

/// Coercion that the lists of 2009 and 2012 name, whoever applied it.
fn coerced(q: &Question) -> Element {
    let mut element = Element::new("coercion of the child or its parents", FactStatus::Absent);
    for dimension in [DelphiDimension::D2, DelphiDimension::D5] {
        for item in q.lists.delphi.get(dimension as usize).into_iter().flatten() {
            let place = q.at(item.fact, phases_of_dimension(dimension), true);
            element.status = element.status.max(place.status);
            element.facts.extend(&place.facts);
        }
    }
    for dimension in [SurveyDimension::UnfreeRecruitment, SurveyDimension::WorkUnderDuress, SurveyDimension::ImpossibilityOfLeaving] {
        for item in q.lists.survey.get(dimension as usize).into_iter().flatten().filter(|i| i.role == SurveyRole::Penalty) {
            let place = q.at(item.fact, &[], true);
            element.status = element.status.max(place.status);
            element.facts.extend(&place.facts);
        }
    }
    element.facts.sort_unstable();
    element.facts.dedup();
    element
}

/// Limbs (i) and (ii), without (iii).
pub(super) fn own_limbs(q: &Question) -> Vec<Path> {
    let circumstances = &q.case.circumstances;
    let name = "coercion by others than the own parents";
    let coercion = match circumstances.coercion_by {
        Some(CoercionBy::ThirdParty | CoercionBy::Both) => Element::new(name, FactStatus::Established),
        Some(CoercionBy::OwnParents | CoercionBy::Nobody) => Element::new(name, FactStatus::Absent),
        // Coercion is told, by whom is not.
        None => coerced(q).named(name).capped(FactStatus::Supported),
    };
    let parent = Element::new("work because a parent is in forced labour", q.case.told(circumstances.parents_in_forced_labour));
    let child = q.child();
    vec![Path::all("third_party_coercion", vec![child.clone(), coercion]), Path::all("parent_in_forced_labour", vec![child, parent])]
}

/// Whether a child is in forced labour by the definition for children.
pub fn rule(q: &Question) -> Outcome {
    let mut paths = own_limbs(q);
    let worst = c182::worst_form_alone(q).as_element("a worst form of child labour");
    paths.push(Path::all("worst_form", vec![q.child(), worst]));
    Outcome::strongest("forced_labour_of_a_child", paths)
}
