//! Remedies that somebody verified: by how much they scale down what was reported before they were complete.
//!
//! ```text
//! v = .3 verified by the company, .6 independently, .85 independently and confirmed by workers; of several the strongest, never a sum
//! d(report) x (1 - v)   for reports of that node and sign (all signs where blank) dated before the day of completion
//! ```
//!
//! Nobody named, not complete, or complete after `as_of`: no effect. Leaving responsibly is no remedy. Methodology 3.3.

use super::reliability::{Factor, Rule};
use crate::base::{Date, NodeIx, Symbol};
use crate::pack::{MethodPack, SignIx};
use crate::resolve::Resolution;
use crate::schema::inputs_evidence::{VERIFIERS_COMPANY, VERIFIERS_INDEPENDENT, VERIFIERS_NEGATED, VERIFIERS_WORKERS};
use crate::validate::inputs::Inputs;
use std::collections::BTreeMap;

/// The action of a remedy that nobody has done yet: what if it were. No word of the table, so that no row of data bears it.
pub const ASKED: &str = "what_if";

/// Who checked a remedy, the weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verifier {
    /// A text without any known word: counts as the company.
    Unknown,
    Company,
    Independent,
    IndependentAndWorkers,
}

impl Verifier {
    /// What `remediation.verified_by` says, by whole words; `None` where it is blank.
    ///
    /// A word of the company outweighs every other, and so does a word that denies; and whoever acted cannot verify itself. Workers add to an independent check; alone
    /// they count as the company, since their employer may have asked them.
    pub fn of(verified_by: &str, actor: &str) -> Option<Self> {
        let words = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
        };
        let said = words(verified_by);
        if said.is_empty() {
            return None;
        }
        let any = |list: &[&str]| said.iter().any(|w| list.contains(&w.as_str()));
        Some(if said == words(actor) || any(VERIFIERS_COMPANY) || any(VERIFIERS_NEGATED) {
            Verifier::Company
        } else if any(VERIFIERS_INDEPENDENT) {
            if any(VERIFIERS_WORKERS) { Verifier::IndependentAndWorkers } else { Verifier::Independent }
        } else if any(VERIFIERS_WORKERS) {
            Verifier::Company
        } else {
            Verifier::Unknown
        })
    }

    fn share(self, rule: &Rule) -> f64 {
        match self {
            Verifier::Unknown | Verifier::Company => rule.remedy_company,
            Verifier::Independent => rule.remedy_independent,
            Verifier::IndependentAndWorkers => rule.remedy_independent_workers,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Verifier::Unknown => "verified by one who is not known to be independent, counted as the company",
            Verifier::Company => "verified by the company",
            Verifier::Independent => "verified independently",
            Verifier::IndependentAndWorkers => "verified independently and confirmed by workers",
        }
    }
}

/// One verified remedy.
#[derive(Clone, Copy, Debug)]
struct Remedy {
    /// The sign under which the fact counts; all of the node where blank.
    fact: Option<SignIx>,
    completed: Date,
    verifier: Verifier,
    share: f64,
    case: Symbol,
}

/// Every remedy that counts as of a day, by node.
#[derive(Clone, Debug, Default)]
pub(super) struct Remedies {
    by_node: BTreeMap<NodeIx, Vec<Remedy>>,
}

impl Remedies {
    pub(super) fn of(inputs: &Inputs, resolution: &Resolution, pack: &MethodPack, rule: &Rule, as_of: Date) -> Self {
        let mut by_node: BTreeMap<NodeIx, Vec<Remedy>> = BTreeMap::new();
        for row in inputs.remediation.iter().filter(|r| &*r.action != "responsible_exit") {
            let (Some(node), Some(completed)) = (resolution.node(row.node), row.completed.filter(|d| *d <= as_of)) else { continue };
            let Some(verifier) = row.verified_by.as_deref().and_then(|by| Verifier::of(by, &row.actor)) else { continue };
            // What is asked for is taken as done after everything that is told, the day of the assessment included.
            let completed = if &*row.action == ASKED { Date(completed.0 + 1) } else { completed };
            let remedy =
                Remedy { fact: row.sign.map(|s| pack.fact_of(s)), completed, verifier, share: verifier.share(rule), case: row.case };
            by_node.entry(node).or_default().push(remedy);
        }
        Remedies { by_node }
    }

    /// The strongest remedy of a report of that day: the share by which it is remedied, and the factor to show. Of equally strong ones the
    /// one whose case is first by name.
    pub(super) fn strongest(&self, inputs: &Inputs, node: NodeIx, fact: SignIx, day: Date) -> Option<(f64, Factor)> {
        let name = |r: &Remedy| inputs.ids.text(r.case);
        let fits = |r: &&Remedy| r.fact.is_none_or(|f| f == fact) && day < r.completed && r.share > 0.0;
        let best = self
            .by_node
            .get(&node)?
            .iter()
            .filter(fits)
            .max_by(|a, b| a.share.total_cmp(&b.share).then(a.verifier.cmp(&b.verifier)).then_with(|| name(b).cmp(name(a))))?;
        // The case stays unnamed: it may be that of one person.
        Some((best.share, Factor::new(format!("remedied, {}", best.verifier.words()), 1.0 - best.share)))
    }
}

#[cfg(test)]
mod tests {
    use super::Verifier::{self, Company, Independent, IndependentAndWorkers, Unknown};

    #[test]
    fn who_verified_is_read_by_whole_words_and_doubt_counts_as_the_company() {
        let of = |text: &str| Verifier::of(text, "Mill 04");
        assert_eq!(of("  "), None);
        assert_eq!(of("Independent auditor"), Some(Independent));
        assert_eq!(of("Union A"), Some(Independent));
        assert_eq!(of("NGO B and workers"), Some(IndependentAndWorkers));
        assert_eq!(of("independent, workers confirm"), Some(IndependentAndWorkers));
        assert_eq!(of("internal audit"), Some(Company));
        for denied in ["not independent", "No auditor", "non-independent", "never by the union", "self-independent", "not workers"] {
            assert_eq!(of(denied), Some(Company), "{denied}");
        }
        assert_eq!(of("company with union"), Some(Company));
        assert_eq!(of("workers"), Some(Company), "alone they may have been asked by their employer");
        assert_eq!(of("mill 04"), Some(Company), "who acted cannot verify itself");
        assert_eq!(of("Education Trust A"), Some(Unknown));
        assert_eq!(of("Reunion"), Some(Unknown), "whole words alone count");
    }
}
