//! People affected at each place: model 2, "People-touched" and "Footprint".
//!
//! ```text
//! share  = q posterior / prior     expected share of the people in scope, no more than 1
//! people = people in scope x share
//! ```
//!
//! q is the base rate of persons, posterior and prior are P(at least one person is in the situation). Where that is certain to be as it was before any
//! evidence, share = q: it does not grow because a place is large. In scope are the people who work there, or the children of their households
//! where the base rate counts those. Of `any` norm the share is the largest of the three, a lower figure: nothing says how far they overlap.

use super::beliefs::SiteBelief;
use crate::base::{NodeIx, Traced};
use crate::belief::context::PriorBook;
use crate::pack::MethodPack;
use crate::reference::Denominator;

/// Expected shares and numbers of people affected, by norm in the order of [`Traced::ALL`], by node.
#[derive(Clone, Debug, Default)]
pub struct Affected {
    /// 0 to 1; 0 where nobody works.
    pub share: [Vec<f64>; Traced::COUNT],
    /// People. Empty for `any`.
    pub people: [Vec<f64>; Traced::COUNT],
}

impl Affected {
    pub fn of(priors: &PriorBook, beliefs: &[Option<SiteBelief>], pack: &MethodPack) -> Self {
        let mut affected = Affected::default();
        for (i, belief) in beliefs.iter().enumerate() {
            let node = NodeIx(i as u32);
            let mut largest = 0.0f64;
            for traced in Traced::ALL {
                let (share, scope) = one(priors, belief.as_ref(), node, traced, pack);
                largest = largest.max(share);
                affected.share[traced as usize].push(if traced.norm().is_some() { share } else { largest });
                if traced.norm().is_some() {
                    affected.people[traced as usize].push(share * scope);
                }
            }
        }
        affected
    }
}

/// Share affected and people in scope of one norm at one place.
fn one(priors: &PriorBook, belief: Option<&SiteBelief>, node: NodeIx, traced: Traced, pack: &MethodPack) -> (f64, f64) {
    let (Some(norm), Some(belief), Some(prior)) = (traced.norm(), belief, priors.of(node)) else { return (0.0, 0.0) };
    let Some(base) = prior.base.get(norm.at()).and_then(Option::as_ref) else { return (0.0, 0.0) };
    let before = prior.joint.marginals[norm.at()];
    if before <= 0.0 || !prior.joint.kept.contains(norm) {
        return (0.0, 0.0);
    }
    let (people, _) = priors.people(node);
    let scope = match base.denominator {
        Denominator::ChildrenOfHouseholds => people * pack.prior.children_per_worker,
        Denominator::Workers | Denominator::Site => people,
    };
    ((base.q * belief.posterior.coupled[norm.at()] / before).clamp(0.0, 1.0), scope)
}
