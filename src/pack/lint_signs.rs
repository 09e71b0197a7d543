//! What may not stand in a list of signs: a fact told twice, a layer that contradicts what it carries, a place that the published rules do not
//! have, and lists that are no longer the published ones without saying so.

use super::lint::Found;
use super::lists::{DIMENSIONS, PublishedList, written};
use super::model::{DelphiDimension, Grade, IntegrityEffect, Layer, MethodPack, Phase, SurveyDimension, bare};
use super::text::SignText;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of evidence by which a sign may be seen.
pub const EVIDENCE_KINDS: [&str; 13] = [
    "audit",
    "interview",
    "grievance",
    "payroll",
    "recruitment_file",
    "documents",
    "school",
    "health",
    "trade",
    "purchasing",
    "remote_sensing",
    "media",
    "statistics",
];

pub(super) fn signs(pack: &MethodPack, found: &mut Found) {
    let t = &pack.text;
    let by_id: BTreeMap<&str, &SignText> = t.sign.iter().map(|s| (s.id.as_str(), s)).collect();
    let mut by_definition: BTreeMap<String, &str> = BTreeMap::new();
    for s in &t.sign {
        let at = format!("sign {}", s.id);
        if s.family.trim().is_empty() || s.definition.trim().is_empty() {
            found.push(&at, "has no family or no definition", "both");
        }
        if let Some(other) = by_definition.insert(bare(&s.definition).collect(), &s.id) {
            found.push(&at, format!("has the definition of {other}"), "one sign per fact: one fact counts once");
        }
        for kind in s.seen_in.iter().filter(|k| !EVIDENCE_KINDS.contains(&k.as_str())) {
            found.push(&at, format!("is seen in '{kind}', which is no kind of evidence"), EVIDENCE_KINDS.join(", "));
        }
        layer(s, &at, found);
        places(s, &at, found);
        if let Some(other) = &s.same_fact_as {
            same_fact(s, other, &by_id, &at, found);
        }
        if let Some(effect) = &s.effect {
            effect_in_range(effect, &at, found);
        }
    }
    for p in &t.parameter {
        let factor = p.id.strip_prefix("odds_ratio.").and_then(|id| by_id.get(id));
        if let Some(sign) = factor.filter(|s| s.layer != Layer::Context) {
            found.push(
                format!("parameter {}", p.id),
                format!("raises priors by a factor that is a sign of layer {}", sign.layer.as_str()),
                "one layer per factor: context, or evidence, not both",
            );
        }
    }
}

/// What a sign carries must fit its layer.
fn layer(s: &SignText, at: &str, found: &mut Found) {
    let graded = !s.norms.is_empty();
    match s.layer {
        Layer::Evidence if !graded => found.push(at, "bears on no norm", "at least one norm with its grade"),
        Layer::Context if graded => found.push(at, "is context and has grades", "`about` instead of `norms`: context enters priors alone"),
        Layer::Context if s.about.is_empty() => found.push(at, "is context and is about no norm", "`about` with at least one norm"),
        Layer::Integrity if s.effect.is_none() => {
            found.push(at, "is a sign of integrity without effect", "`effect` with its silence_factor")
        }
        Layer::Act | Layer::Profile if graded => {
            found.push(at, format!("is of layer {} and has grades", s.layer.as_str()), "no `norms`: it enters no probability");
        }
        _ => {}
    }
    if s.layer != Layer::Context && !s.about.is_empty() {
        found.push(at, format!("is of layer {} and has `about`", s.layer.as_str()), "`about` is for context; `norms` grades evidence");
    }
    if s.layer != Layer::Evidence && (s.delphi.is_some() || !s.survey.is_empty()) {
        found.push(at, format!("is of layer {} and stands in a published rule", s.layer.as_str()), "layer evidence, or no place");
    }
    if s.effect.is_some() && !matches!(s.layer, Layer::Integrity | Layer::Evidence) {
        found.push(at, format!("is of layer {} and has an effect", s.layer.as_str()), "layer integrity");
    }
}

/// Places in the published rules must be ones that the rules have, and of the sign's phase.
fn places(s: &SignText, at: &str, found: &mut Found) {
    if let Some(place) = &s.delphi {
        if place.adult.is_none() && place.child.is_none() {
            found.push(at, "stands in neither Delphi list", "a grade for adults, for children or for both");
        }
        let phase = match place.dimension {
            DelphiDimension::D1 | DelphiDimension::D2 | DelphiDimension::D3 => Phase::Recruitment,
            DelphiDimension::D4 | DelphiDimension::D5 | DelphiDimension::D6 => Phase::Work,
        };
        if s.phase != phase && s.phase != Phase::Any {
            found.push(at, format!("is of phase {} and stands in {:?}", s.phase.as_str(), place.dimension), phase.as_str());
        }
    }
    let mut held = BTreeSet::new();
    for place in &s.survey {
        let name = format!("{} {}", place.dimension.as_str(), place.role.as_str());
        if !held.insert((place.dimension, place.role)) {
            found.push(at, format!("stands twice in {name} of the survey rule"), "one grade per place");
        }
        if place.grade == Grade::Weak {
            found.push(at, format!("is weak in {name} of the survey rule"), "strong or medium: the rule has no weak grade");
        }
        let phase = match place.dimension {
            SurveyDimension::UnfreeRecruitment => Phase::Recruitment,
            SurveyDimension::WorkUnderDuress => Phase::Work,
            SurveyDimension::ImpossibilityOfLeaving => Phase::Leaving,
        };
        if s.phase != phase && s.phase != Phase::Any {
            found.push(at, format!("is of phase {} and stands in {name} of the survey rule", s.phase.as_str()), phase.as_str());
        }
    }
}

/// Two names of one fact count as one: they must say the same of every norm.
fn same_fact(s: &SignText, other: &str, by_id: &BTreeMap<&str, &SignText>, at: &str, found: &mut Found) {
    let Some(named) = by_id.get(other) else {
        return found.push(at, format!("is the same fact as '{other}', which is not there"), "the id of a [[sign]]");
    };
    if named.id == s.id {
        found.push(at, "is the same fact as itself", "the id of another sign");
    } else if named.same_fact_as.is_some() {
        found.push(at, format!("is the same fact as {other}, which names a third"), "the sign under which the fact counts");
    } else if s.norms != named.norms || s.family != named.family || s.layer != named.layer {
        found.push(
            at,
            format!("is the same fact as {other} with other grades, family or layer"),
            "the same in both rows: one fact has one weight",
        );
    }
}

fn effect_in_range(effect: &IntegrityEffect, at: &str, found: &mut Found) {
    found.range(at, "effect.silence_factor", effect.silence_factor, 0.0, 1.0);
    for (what, most) in [("effect.trust_most", effect.trust_most), ("effect.use_most", effect.use_most)] {
        if let Some(most) = most {
            found.range(at, what, most, 0.0, 1.0);
        }
    }
    if effect.silence_factor == 1.0 && effect.trust_most.is_none() && effect.use_most.is_none() {
        found.push(at, "has an effect that changes nothing", "a silence_factor below 1, or a most for trust or use");
    }
}

/// The Delphi lists must be the published ones, unless a `[[deviation]]` says that and why they are not.
pub(super) fn published_lists(pack: &MethodPack, found: &mut Found) {
    for d in &pack.text.deviation {
        let at = format!("deviation {}", d.list);
        match PublishedList::parse(&d.list) {
            None => found.push(&at, "names no published list", "delphi_adult or delphi_child"),
            Some(list) if list.counted(pack) == list.published() => {
                found.push(&at, "the list has the published counts", "no deviation where none is");
            }
            Some(_) => {}
        }
        if d.reason.trim().is_empty() {
            found.push(&at, "gives no reason", "why the list differs from the published one");
        }
    }
    for list in PublishedList::ALL {
        if pack.text.deviation.iter().any(|d| d.list == list.as_str()) {
            continue;
        }
        for ((dimension, counted), published) in DIMENSIONS.iter().zip(list.counted(pack)).zip(list.published()) {
            if counted != published {
                found.push(
                    format!("list {} {dimension:?}", list.as_str()),
                    format!("strong/medium/weak are {}", written(counted)),
                    format!("{} as published, or a [[deviation]] that names the list and says why", written(published)),
                );
            }
        }
    }
}
