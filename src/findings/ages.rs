//! Who is a child, and below which age: the presumption of minority.
//!
//! - A credible document is used as it is.
//! - Without one, any reason to believe that a person is under 18 makes a child for protection (trafficking, worst forms, forced labour);
//!   of child labour by age and hazardous work it says at most *possible* until the age is verified (Council of Europe Convention CETS
//!   197, art. 10(3); Directive 2011/36/EU, art. 13(2)).
//! - Of an estimated interval the lower bound counts: the margin of error is in the person's favour. An interval on both sides of a
//!   limit says at most *possible* that the person is below it.
//! - No document and nothing that suggests a minor: an adult. Only where the row itself calls the age contested or its document doubtful is
//!   it unknown whether the person is a child.

use super::element::Element;
use super::lists::Question;
use super::parameters::RuleParameters;
use crate::validate::inputs::{AgeProof, FactStatus};
use std::sync::Arc;

/// The element by which a rule reads a case as that of a child.
pub const OF_A_CHILD: &str = "a person under 18";
/// Under this age a person is a child (CRC art. 1, C182 art. 2, Palermo art. 3(d)).
pub const CHILD_UNDER: f64 = 18.0;
/// Where the statistical definition of child labour begins; the least age of one who is only known to be a child.
const YOUNGEST: f64 = 5.0;

/// Signs whose own words speak of a child: a reason to believe in a minor.
pub(super) const SPEAKS_OF_A_CHILD: &[&str] = &[
    "cl_apparent_minor",
    "cl_armed_recruitment",
    "cl_hazard_abuse",
    "cl_hazard_chemicals",
    "cl_hazard_confined_to_premises",
    "cl_hazard_listed",
    "cl_hazard_loads",
    "cl_hazard_places",
    "cl_hazard_tools_machines",
    "cl_hidden_during_visit",
    "cl_household_over_21h",
    "cl_illicit_use",
    "cl_intermediary_supplied",
    "cl_light_band_excess",
    "cl_light_band_not_light",
    "cl_lives_on_site",
    "cl_long_hours_15_17",
    "cl_night_work",
    "cl_not_enrolled",
    "cl_paid_to_adult",
    "cl_sexual_exploitation",
    "cl_sham_apprenticeship",
    "cl_unaccompanied",
    "cl_under_general_age",
    "cl_under_light_age",
    "cl_young_injury",
    "rc_minor_in_batch",
];

/// Ages of work in force at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct AgeRules {
    /// General minimum age: not below 15, nor below the end of compulsory schooling; 14 where declared (C138 art. 2(3), 2(4)).
    pub general: f64,
    /// Least age of light work: 13, or 12 where the general age is 14 (C138 art. 7(1), 7(4)).
    pub light: f64,
    /// Minimum age of hazardous work, 18 (C138 art. 3(1)).
    pub hazardous: f64,
    /// From here hazardous work is allowed under full protection and training, 16 (C138 art. 3(3), R190 para. 4).
    pub hazardous_protected: f64,
    /// The national rule, or "international default used".
    pub source: Arc<str>,
}

impl AgeRules {
    /// The international standard, as the pack gives it.
    pub fn international(parameters: &RuleParameters) -> Self {
        Self {
            general: parameters.age_general,
            light: parameters.age_light,
            hazardous: parameters.age_hazardous,
            hazardous_protected: parameters.age_hazardous_protected,
            source: Arc::from("international default used"),
        }
    }
}

impl Default for AgeRules {
    /// The international standard, C138 and C182.
    fn default() -> Self {
        Self::international(&RuleParameters::default())
    }
}

impl Question<'_> {
    fn documented(&self) -> bool {
        self.case.age.proof == Some(AgeProof::Documented) && !self.case.age.contested
    }

    /// What an age can say of child labour and hazardous work: *possible* at most until a document shows it.
    pub(super) fn age_cap(&self) -> FactStatus {
        let verified = self.case.age.proof.is_none() || self.documented();
        if verified { FactStatus::Established } else { FactStatus::Supported }
    }

    /// Lowest and highest age; of one who is only presumed a child 5 to 17.
    fn interval(&self) -> Option<(f64, f64)> {
        let age = &self.case.age;
        match (age.low, age.high) {
            (Some(low), high) => Some((low, high.unwrap_or(f64::INFINITY))),
            (None, Some(high)) if high < CHILD_UNDER => Some((YOUNGEST, high)),
            _ => (self.presumed().status >= FactStatus::Supported).then_some((YOUNGEST, CHILD_UNDER - 1.0)),
        }
    }

    /// Any reason to believe in a minor, beside the years told. What was not told is no reason; an age in doubt leaves it open.
    fn presumed(&self) -> Element {
        let said = self.any_told("a reason to believe that the person is under 18", SPEAKS_OF_A_CHILD);
        let age = &self.case.age;
        let told = match age.proof {
            _ if age.reason_to_believe_minor => FactStatus::Established,
            Some(AgeProof::Doubtful) => FactStatus::Unknown,
            _ if age.contested => FactStatus::Unknown,
            _ => FactStatus::Absent,
        };
        let told = Element::new("told", told);
        Element::any("a reason to believe that the person is under 18", &[&said, &told])
    }

    /// A child for the sake of protection.
    pub fn child(&self) -> Element {
        self.answered.child.get_or_init(|| self.is_child()).clone()
    }

    fn is_child(&self) -> Element {
        let name = OF_A_CHILD;
        let age = &self.case.age;
        let below = age.low.or(age.high).is_some_and(|a| a < CHILD_UNDER);
        if self.documented() && age.low.or(age.high).is_some() {
            return Element::new(name, if below { FactStatus::Established } else { FactStatus::Absent });
        }
        let reason = self.presumed();
        let status = match reason.status {
            _ if below => FactStatus::Established,
            FactStatus::Established | FactStatus::Supported => FactStatus::Established, // any reason makes a child
            // Adult years told and nothing against them.
            FactStatus::Unknown if age.low.is_some() => FactStatus::Absent,
            other => other,
        };
        let most = if age.contested { FactStatus::Supported } else { FactStatus::Established };
        Element { name, status, facts: reason.facts }.capped(most)
    }

    /// Below an age of work, as far as the years tell it; unverified ages say at most *possible*.
    pub(super) fn years_below(&self, name: &'static str, limit: f64) -> Element {
        let status = match self.interval() {
            Some((_, high)) if high < limit => FactStatus::Established,
            Some((low, _)) if low < limit => FactStatus::Supported,
            Some(_) => FactStatus::Absent,
            None if self.child().status == FactStatus::Absent => FactStatus::Absent,
            None => self.case.unlisted,
        };
        Element::new(name, status).capped(self.age_cap())
    }

    /// Below an age of work by the years or by what a sign says of them.
    pub(super) fn below(&self, name: &'static str, limit: f64, signs: &[&str]) -> Element {
        if self.documented() && self.case.age.low.is_some_and(|low| low >= limit) {
            return Element::new(name, FactStatus::Absent);
        }
        if self.child().status == FactStatus::Absent {
            return Element::new(name, FactStatus::Absent); // every such sign speaks of a child, and none is told
        }
        let mut said = self.any(name, signs).capped(self.age_cap());
        if self.case.age.low.is_some_and(|low| low >= limit) && said.status == FactStatus::Unknown {
            said.status = FactStatus::Absent; // years at or above the limit are told and nothing speaks against them
        }
        Element::any(name, &[&self.years_below(name, limit), &said])
    }

    /// Under 18 for hazardous work and the statistical definition: verified, or at most possible.
    pub(super) fn under_18(&self, limit: f64) -> Element {
        let name = "a person below the age of hazardous work";
        let years = self.years_below(name, limit);
        if self.case.age.low.is_none() && self.case.age.high.is_none() {
            let child = self.child();
            // A row that says nothing of proof tells of a child by its signs: they stand as far as their own status goes.
            let most = if self.case.age.proof.is_none() { self.presumed().status } else { FactStatus::Supported };
            return child.capped(most).named(name);
        }
        years
    }
}
