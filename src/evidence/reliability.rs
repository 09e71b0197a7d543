//! How far a source can be believed where the source itself, its place or its day say less: the numbers of the pack, and the factors that
//! an item of evidence was multiplied by.
//!
//! Factors touch silence and looks alone. What was seen was seen, whoever paid the auditor.

use crate::pack::MethodPack;
use crate::pack::load::MONTH_DAYS;
use std::borrow::Cow;
use std::fmt;

/// One number that a detection was multiplied by (or, for a channel, is made of), and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Factor {
    pub what: Cow<'static, str>,
    /// In [0, 1].
    pub value: f64,
}

impl Factor {
    pub(super) fn new(what: impl Into<Cow<'static, str>>, value: f64) -> Self {
        Factor { what: what.into(), value }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:.2}", self.what, self.value)
    }
}

/// The product of factors; 1 of none.
pub(super) fn product(factors: &[Factor]) -> f64 {
    factors.iter().map(|f| f.value).product()
}

/// Factors as one text, `gi_copy_paste_report (seen in the visit) 0.50; out of season 0.30`; empty of none.
pub fn factors_text(factors: &[Factor]) -> String {
    factors.iter().map(Factor::to_string).collect::<Vec<_>>().join("; ")
}

/// The numbers of `reliability.*` and `remediation.*`. One that a pack lacks says nothing: the factor is 1, the remedy 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub told_within_days: i32,
    pub inspection_weak: f64,
    pub inspectors_per_10000_least: f64,
    pub no_firewall: f64,
    pub out_of_season: f64,
    pub remedy_company: f64,
    pub remedy_independent: f64,
    pub remedy_independent_workers: f64,
}

impl Rule {
    pub(super) fn of(pack: &MethodPack) -> Self {
        let or = |id: &str, neutral: f64| pack.parameter(id).map_or(neutral, |p| p.value);
        Rule {
            told_within_days: (or("reliability.told_within_months", 0.0) * MONTH_DAYS).round() as i32,
            inspection_weak: or("reliability.inspection_weak", 1.0),
            inspectors_per_10000_least: or("reliability.inspectors_per_10000_least", 0.0),
            no_firewall: or("reliability.no_firewall", 1.0),
            out_of_season: or("reliability.out_of_season", 1.0),
            remedy_company: or("remediation.company", 0.0),
            remedy_independent: or("remediation.independent", 0.0),
            remedy_independent_workers: or("remediation.independent_workers", 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_rule_stands_in_the_embedded_pack() {
        let rule = Rule::of(&MethodPack::embedded().unwrap());
        assert_eq!(rule.told_within_days, 365);
        assert_eq!([rule.inspection_weak, rule.inspectors_per_10000_least, rule.no_firewall, rule.out_of_season], [0.5, 0.25, 0.5, 0.3]);
        assert_eq!([rule.remedy_company, rule.remedy_independent, rule.remedy_independent_workers], [0.3, 0.6, 0.85]);
    }

    #[test]
    fn factors_are_told_in_words_and_multiply() {
        let both = [Factor::new("gi_copy_paste_report", 0.5), Factor::new("out of season", 0.3)];
        assert_eq!(factors_text(&both), "gi_copy_paste_report 0.50; out of season 0.30");
        assert!((product(&both) - 0.15).abs() < 1e-15);
        assert_eq!(product(&[]), 1.0);
    }
}
