//! How grave a harm would be at a place if it were there: scale and irremediability by norm from the method, scope by the people it would
//! reach (methodology 5.8; UNGP 14 and its commentary).
//!
//! ```text
//! reach = max(people in scope x q / m, people told)      m = P(at least one person | q, people, clustering), no context factor in it
//! ```
//!
//! `people x q / m` is how many people are affected where anybody is. It holds no evidence and no context, so that what is believed of a place
//! never makes a harm there look lighter or graver.

use crate::base::{Error, NodeIx, Norm, NormSet, Result};
use crate::belief::context::PriorBook;
use crate::belief::prior::prior_marginal;
use crate::measures::{Band, Severity, SeverityRule};
use crate::pack::MethodPack;
use crate::reference::Denominator;

/// Scale and irremediability.
type Pair = (f64, f64);

/// The numbers of severity, by norm and for the ages that matter.
#[derive(Clone, Debug)]
pub struct SeverityBook {
    rule: SeverityRule,
    norms: [Pair; Norm::COUNT],
    hazardous_under_15: Pair,
    under_light: Pair,
    forced_child: Pair,
}

/// What findings tell of ages, where it makes a harm graver.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ages {
    /// Hazardous work of a child that is, or may be, under 15.
    pub hazardous_under_15: bool,
    /// Work of a child under the age of light work.
    pub under_light: bool,
    /// Forced labour of a child.
    pub forced_child: bool,
}

impl SeverityBook {
    /// Reads the numbers of a method.
    ///
    /// # Errors
    /// A number that the method has not got.
    pub fn of(pack: &MethodPack) -> Result<Self> {
        let number = |id: &str| {
            let missing =
                || Error::settings(format!("parameter {id}"), "is missing", "every number of the method is a row of [[parameter]]");
            pack.parameter(id).map(|p| p.value).ok_or_else(missing)
        };
        let pair =
            |name: &str| Ok::<_, Error>((number(&format!("severity.{name}.scale"))?, number(&format!("severity.{name}.irremediability"))?));
        let mut norms = [(0.0, 0.0); Norm::COUNT];
        for norm in Norm::ALL {
            norms[norm.at()] = pair(norm.as_str())?;
        }
        Ok(Self {
            rule: SeverityRule {
                weight_core: number("severity.weight_core")?,
                weight_other: number("severity.weight_other")?,
                weight_scope: number("severity.weight_scope")?,
                scope_decades: number("severity.scope_decades")?,
                band_a: number("severity.band_a")?,
                band_b: number("severity.band_b")?,
            },
            norms,
            hazardous_under_15: pair("hazardous_child_work_under_15")?,
            under_light: pair("child_labour_under_light")?,
            forced_child: pair("forced_labour_child")?,
        })
    }

    /// Severity of a norm that reaches this many people. A graver age never makes it lighter.
    pub fn severity(&self, norm: Norm, ages: Ages, people: f64) -> Option<Severity> {
        let graver = match norm {
            Norm::HazardousChildWork if ages.hazardous_under_15 => Some(self.hazardous_under_15),
            Norm::ChildLabour if ages.under_light => Some(self.under_light),
            Norm::ForcedLabour if ages.forced_child => Some(self.forced_child),
            _ => None,
        };
        let (mut scale, mut irremediability) = self.norms[norm.at()];
        if let Some((s, r)) = graver {
            (scale, irremediability) = (scale.max(s), irremediability.max(r));
        }
        Severity::of(scale, irremediability, people, &self.rule)
    }

    /// The gravest band that a norm can have at any age; for the order of places without a finding the band at its usual age counts.
    pub fn band(&self, norm: Norm, ages: Ages) -> Option<Band> {
        self.severity(norm, ages, 0.0).map(|s| s.band)
    }
}

/// People whom each norm would reach at the places of one context where anybody is affected; 1 where nothing is known of persons.
pub fn reach_of_contexts(priors: &PriorBook, pack: &MethodPack) -> Vec<[f64; Norm::COUNT]> {
    let one = |prior: &crate::belief::context::ContextPrior| {
        Norm::ALL.map(|norm| {
            let Some(base) = prior.base.get(norm.at()).and_then(Option::as_ref) else { return 1.0 };
            let (people, scope) = match base.denominator {
                Denominator::Workers => (prior.people, prior.people),
                Denominator::ChildrenOfHouseholds => {
                    let children = prior.people * pack.prior.children_per_worker;
                    (children, children)
                }
                // A flag of the place as a whole: where it holds, it holds for all who work there.
                Denominator::Site => (prior.people, 1.0),
            };
            let any = prior_marginal(base.q, scope.max(1.0), &[], &pack.prior);
            if any > 0.0 { (people * base.q / any).clamp(1.0, people.max(1.0)) } else { 1.0 }
        })
    };
    priors.distinct.iter().map(one).collect()
}

/// Expected people affected, by norm: people in scope x q x posterior / prior, the share at most 1 (model 2, "People-touched"). 0 where the norm is off.
pub fn expected(priors: &PriorBook, node: NodeIx, coupled: &[f64; Norm::COUNT], pack: &MethodPack) -> [f64; Norm::COUNT] {
    let Some(prior) = priors.of(node) else { return [0.0; Norm::COUNT] };
    let (people, _) = priors.people(node);
    Norm::ALL.map(|norm| {
        let Some(base) = prior.base.get(norm.at()).and_then(Option::as_ref) else { return 0.0 };
        let before = prior.joint.marginals[norm.at()];
        if before <= 0.0 || !prior.joint.kept.contains(norm) {
            return 0.0;
        }
        let scope = match base.denominator {
            Denominator::ChildrenOfHouseholds => people * pack.prior.children_per_worker,
            Denominator::Workers | Denominator::Site => people,
        };
        (base.q * coupled[norm.at()] / before).clamp(0.0, 1.0) * scope
    })
}

/// Norms whose victims are children.
pub fn about_children() -> NormSet {
    let mut set = NormSet::EMPTY;
    for norm in Norm::ALL.into_iter().filter(|n| crate::pack::is_about_children(*n)) {
        set.insert(norm);
    }
    set
}
