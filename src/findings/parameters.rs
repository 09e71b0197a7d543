//! The numbers that the rules take from the method pack: `rule.*`, each with its source and standing there.

use crate::pack::MethodPack;

macro_rules! parameters {
    ($($(#[$doc:meta])* $field:ident $id:literal $published:literal;)*) => {
        /// Bounds of the published rules and thresholds of the method.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct RuleParameters { $($(#[$doc])* pub $field: f64),* }

        impl Default for RuleParameters {
            /// The figures of the embedded pack.
            fn default() -> Self {
                Self { $($field: $published),* }
            }
        }

        impl RuleParameters {
            /// Ids and values, for the test that holds them to the pack.
            pub fn listed(&self) -> Vec<(&'static str, f64)> {
                vec![$(($id, self.$field)),*]
            }

            /// As the pack gives them.
            pub fn of(pack: &MethodPack) -> Self {
                let number = |id: &str, or: f64| pack.parameter(id).map_or(or, |p| p.value);
                Self { $($field: number($id, $published)),* }
            }
        }
    };
}

parameters! {
    /// Likelihood ratio from which a fact is established.
    established_ratio "rule.established_ratio" 19.0;
    /// Likelihood ratio from which it is supported.
    supported_ratio "rule.supported_ratio" 3.0;
    /// Likelihood ratio down to which it is unknown; at or below it is absent.
    absent_ratio "rule.absent_ratio" 0.2;
    /// 1: facts of a group that no person is linked to say at most *possible*; 0: no cap.
    group_cap "rule.group_cap" 1.0;
    /// Share of the value of services that must be credited against a debt.
    fair_share "rule.debt_fair_share" 0.8;
    /// Hours a week from which light work is light no more, where no national cap is known.
    light_hours "rule.light_hours" 14.0;
    /// Hours a week from which work of 5-11 is child labour.
    hours_5_11 "rule.hours_5_11" 1.0;
    /// Hours a week from which work of 12-14 is.
    hours_12_14 "rule.hours_12_14" 14.0;
    /// Hours a week above which work of 15-17 is.
    hours_15_17 "rule.hours_15_17" 43.0;
    /// 1: exactly the bound of 15-17 is child labour in the strict reading too.
    inclusive_43 "rule.boundary_43_inclusive" 0.0;
    /// General minimum age where the law of the country is not known.
    age_general "rule.age_general" 15.0;
    age_light "rule.age_light" 13.0;
    /// General minimum age of a State that has declared it (C138 art. 2(4)).
    age_general_developing "rule.age_general_developing" 14.0;
    /// Age of light work in such a State (C138 art. 7(4)).
    age_light_developing "rule.age_light_developing" 12.0;
    age_hazardous "rule.age_hazardous" 18.0;
    age_hazardous_protected "rule.age_hazardous_protected" 16.0;
    /// Hours a week above which unpaid household services of 5-14 are, on the general production basis.
    household_hours "rule.household_hours" 21.0;
}
