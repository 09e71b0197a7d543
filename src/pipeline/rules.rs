//! Findings by rule for a dataset: cases that were told, cases that rows of other tables tell, and the ages of work in each country.

use crate::base::{Date, NodeIx};
use crate::evidence::assemble::EvidenceByNode;
use crate::findings::{AgeRules, Case, Findings, Level, Reading, RuleParameters, derived_cases, findings, told_cases};
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::resolve::Resolution;
use crate::validate::Inputs;
use std::sync::Arc;

/// Compulsory schooling beyond this age is schooling beside work (vocational, part-time), not in place of it.
const SCHOOL_AT_MOST: f64 = 16.0;

/// All cases and what the rules say of them, in the strict reading.
#[derive(Debug, Default)]
pub struct RuleFindings {
    pub cases: Vec<Case>,
    pub found: Findings,
}

impl RuleFindings {
    /// Runs every rule over every case as of a day.
    pub fn of(
        inputs: &Inputs,
        resolution: &Resolution,
        evidence: &EvidenceByNode,
        pack: &MethodPack,
        reference: &Reference,
        as_of: Date,
    ) -> Self {
        let mut cases = told_cases(inputs, resolution, as_of);
        cases.extend(derived_cases(inputs, resolution, evidence, pack, as_of));
        let parameters = RuleParameters::of(pack);
        let ages = |node: NodeIx| national_ages(resolution, reference, &parameters, node);
        let found = findings(&cases, pack, &ages, Reading::STRICT);
        Self { cases, found }
    }

    /// The highest level of a node over all norms, and whether it is a cluster concern; `None` where no case is.
    pub fn highest(&self, node: NodeIx) -> Option<(Level, bool)> {
        let at = self.found.clusters.binary_search_by_key(&node, |c| c.node).ok()?;
        self.found.clusters.get(at).map(|c| (c.level, c.concern))
    }
}

/// The ages that the Convention asks for in a country: the national general age, not below the end of compulsory schooling and not below 15,
/// or 14 where the country has declared that age (C138 art. 2(3), 2(4)). The national figure stands in the source text beside what is
/// applied; a missing age takes its international bound.
fn national_ages(resolution: &Resolution, reference: &Reference, parameters: &RuleParameters, node: NodeIx) -> AgeRules {
    let international = AgeRules::international(parameters);
    let country = resolution.nodes.get(node.at()).and_then(|n| n.country);
    let Some((country, ages)) = country.and_then(|c| reference.minimum_age(c).map(|a| (c, a))) else { return international };
    let (general_low, light_low) = (parameters.age_general_developing, parameters.age_light_developing);
    // An age of 14 stands where a State has declared it; a lower one is no age that the Convention knows.
    let declared_low = ages.general_age == general_low;
    let least = if declared_low { general_low } else { international.general };
    let general = ages.general_age.max(least).max(ages.compulsory_to.unwrap_or(0.0).min(SCHOOL_AT_MOST));
    let light = ages.light_age.unwrap_or(0.0).max(if declared_low { light_low } else { international.light });
    let school = ages.compulsory_to.map_or_else(String::new, |age| format!(", compulsory schooling to {age}"));
    let national =
        format!("{country}: national general age {}{school} ({}, {}, {})", ages.general_age, ages.source, ages.year, ages.standing);
    AgeRules {
        general,
        light,
        hazardous: ages.hazardous_age.unwrap_or(international.hazardous).max(international.hazardous),
        hazardous_protected: international.hazardous_protected,
        source: Arc::from(format!("{national}; applied: {general}, light work from {light}")),
    }
}
