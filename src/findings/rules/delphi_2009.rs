//! Operational indicators of trafficking for labour exploitation: six dimensions, a rule for each, and how they combine.
//!
//! Source: ILO and European Commission, *Operational indicators of trafficking in human beings* (Delphi survey), 2009, revised September
//! 2009, with *Details of indicators for labour exploitation*. Dimension rule, with s strong, m medium and w weak indicators present:
//!
//! ```text
//! positive = s >= 2, or s >= 1 and m + w >= 1, or m >= 3, or m >= 2 and w >= 1
//! ```
//!
//! The brochure leaves the combination to the legal definition and illustrates it with the Moldova labour-force survey of 2008. Paths:
//!
//! | path | who | elements |
//! | --- | --- | --- |
//! | `moldova` | any | act, D1 or D2, D4, D5 |
//! | `legal_means` | any | act, means D1 or D2 or D3, purpose D4 with D5 or forced labour |
//! | `legal_means_destination` | any | act of transfer, harbouring or receipt, D5 as means, D4 |
//! | `deception_and_exploitation` | any | means and D4 without D5: at most possible |
//! | `palermo_minimum` | child | act, and forced labour of a child, a worst form, or D4 and D5 |
//! | `delphi_child` | child | act and D4: at most possible in the strict reading |
//!
//! Where the rest of a path is there and one element is unknown, the person is possibly a victim: for adults any element, for children the
//! act (methodology 2.2, step 2). For a child each dimension counts by the stronger of the child list and the adult list: the published
//! child list lacks two adult indicators, and a child is protected as a person too.

use super::{c182, child_forced_labour, icls_2018, palermo};
use crate::findings::element::{Element, Outcome, Path};
use crate::findings::lists::{Question, phases_of_dimension};
use crate::pack::{DelphiDimension, Grade, SignIx};
use crate::validate::inputs::FactStatus;
use std::collections::BTreeMap;

/// The published dimension rule on counts of strong, medium and weak indicators.
///
/// ```
/// use onus::findings::rules::delphi_2009::dimension_positive;
/// assert!(dimension_positive(1, 0, 1) && dimension_positive(0, 2, 1));
/// assert!(!dimension_positive(1, 0, 0) && !dimension_positive(0, 1, 2));
/// ```
pub fn dimension_positive(strong: usize, medium: usize, weak: usize) -> bool {
    strong >= 2 || (strong >= 1 && medium + weak >= 1) || medium >= 3 || (medium >= 2 && weak >= 1)
}

/// The adult or the child list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum List {
    Adult,
    Child,
}

const NAMES: [&str; 6] = [
    "deceptive recruitment (D1)",
    "coercive recruitment (D2)",
    "recruitment by abuse of vulnerability (D3)",
    "exploitative conditions of work (D4)",
    "coercion at destination (D5)",
    "abuse of vulnerability at destination (D6)",
];

/// How far a dimension is positive by one list.
pub fn dimension(q: &Question, dimension: DelphiDimension, list: List) -> Element {
    let at = dimension as usize;
    let mut element = Element::new(NAMES.get(at).copied().unwrap_or(""), FactStatus::Absent);
    let mut facts: BTreeMap<SignIx, (Grade, FactStatus)> = BTreeMap::new();
    for item in q.lists.delphi.get(at).into_iter().flatten() {
        let Some(grade) = (if list == List::Adult { item.adult } else { item.child }) else { continue };
        let told = q.at(item.fact, phases_of_dimension(dimension), true);
        element.facts.extend(&told.facts);
        // One fact under two names of one dimension counts once, at its stronger grade.
        let entry = facts.entry(item.fact).or_insert((grade, told.status));
        *entry = (entry.0.max(grade), entry.1.max(told.status));
    }
    let count = |grade: Grade, least: FactStatus| facts.values().filter(|(g, s)| *g == grade && *s >= least).count();
    let positive =
        |least: &FactStatus| dimension_positive(count(Grade::Strong, *least), count(Grade::Medium, *least), count(Grade::Weak, *least));
    let readings = [FactStatus::Established, FactStatus::Supported, FactStatus::Unknown];
    element.status = readings.into_iter().find(positive).unwrap_or(FactStatus::Absent);
    element.facts.sort_unstable();
    element.facts.dedup();
    element
}

/// All six dimensions: the adult list for an adult, the stronger of both lists for a child, as far as the person is one.
pub fn dimensions(q: &Question) -> [Element; 6] {
    q.answered.dimensions.get_or_init(|| all_dimensions(q)).clone()
}

fn all_dimensions(q: &Question) -> [Element; 6] {
    use DelphiDimension::{D1, D2, D3, D4, D5, D6};
    let child = q.child().status;
    [D1, D2, D3, D4, D5, D6].map(|d| {
        let adult = dimension(q, d, List::Adult);
        let by_child_list = dimension(q, d, List::Child).capped(child);
        Element::any(adult.name, &[&adult, &by_child_list])
    })
}

/// A path of which all elements but one are at least supported and that one is unknown is possibly there.
fn all_but_one(mut path: Path, which: impl Fn(&Element) -> bool) -> Path {
    let mut open = path.elements.iter().filter(|e| e.status < FactStatus::Supported);
    if let (Some(one), None) = (open.next(), open.next())
        && one.status == FactStatus::Unknown
        && which(one)
    {
        path.status = path.status.max(FactStatus::Supported);
    }
    path
}

/// Trafficking by the means that the definition names; an adult needs them, a child does not but is protected as a person too.
pub fn trafficking(q: &Question) -> Outcome {
    q.answered.trafficking.get_or_init(|| by_means(q)).clone()
}

fn by_means(q: &Question) -> Outcome {
    let [d1, d2, d3, d4, d5, _] = dimensions(q);
    let (act, act_destination) = (palermo::act(q), palermo::act_at_destination(q));
    let forced = icls_2018::forced_labour(q).as_element("forced labour");
    let recruited = Element::any("deceptive or coercive recruitment (D1, D2)", &[&d1, &d2]);
    let means = palermo::means(&d1, &d2, &d3);
    let purpose = palermo::purpose(&d5, &forced);
    let any = |_: &Element| true;
    let paths = vec![
        all_but_one(Path::all("moldova", vec![act.clone(), recruited, d4.clone(), d5.clone()]), any),
        all_but_one(Path::all("legal_means", vec![act, means.clone(), d4.clone(), purpose]), any),
        all_but_one(Path::all("legal_means_destination", vec![act_destination, d5, d4.clone()]), any),
        Path::all("deception_and_exploitation", vec![means, d4]).capped(FactStatus::Supported),
    ];
    Outcome::strongest("delphi_2009", paths).capped(q.loose_cap())
}

/// Trafficking of a child: act and purpose, no means.
pub fn child_trafficking(q: &Question) -> Outcome {
    q.answered.child_trafficking.get_or_init(|| without_means(q)).clone()
}

fn without_means(q: &Question) -> Outcome {
    let [_, _, _, d4, d5, _] = dimensions(q);
    let (child, act) = (q.child(), palermo::act(q));
    let exploited = Element::all("exploitation and coercion (D4, D5)", &[&d4, &d5]);
    let purpose = Element::any(
        "forced labour or a worst form, or exploitation and coercion (D4, D5)",
        &[
            &child_forced_labour::rule(q).as_element("forced labour of a child"),
            &c182::without_trafficking(q).as_element("a worst form"),
            &exploited,
        ],
    );
    let name = act.name;
    let is_act = move |e: &Element| e.name == name;
    let strict = if q.reading.delphi_operational { FactStatus::Established } else { FactStatus::Supported };
    let by_child_rule = Outcome::strongest(
        "delphi_2009",
        vec![
            all_but_one(Path::all("palermo_minimum", vec![child.clone(), act.clone(), purpose]), is_act),
            all_but_one(Path::all("delphi_child", vec![child.clone(), act, d4]), is_act).capped(strict),
        ],
    );
    let mut as_person = trafficking(q);
    as_person.elements.insert(0, child.clone());
    by_child_rule.capped(q.loose_cap()).or(as_person.capped(child.status))
}
