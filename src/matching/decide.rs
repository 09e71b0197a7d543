//! From a compared pair to its score, outcome and reasons: identifiers first, then the weights.
//!
//! | found | said |
//! | --- | --- |
//! | a shared site identifier | same, 1.0 |
//! | a shared party identifier of two parties | same, 1.0 |
//! | either, but names and countries differ clearly, or another site scheme conflicts | ask, 0.5 |
//! | a site scheme in which both have values and none is shared | different, 0.001 |
//! | a shared party identifier of two places, or of a place and a party | the same operator: evidence of [`OPERATOR_BITS`], never 1.0 |
//! | a party scheme in which both have values and none is shared | evidence against: [`CONFLICT_PARTIES`] for parties, [`CONFLICT_PLACES`] else |

use super::compare::{COUNTRY, Compared, FIELDS, NAME, NAME_BANDS, finding};
use super::model::{Weights, contributions, log_odds, probability};
use super::prepare::{Ready, Words};
use super::record::{Class, Field, Finding, Names, Outcome, Reason, Settings};

/// Two sites of one operator: strong evidence, but one company runs many sites.
const OPERATOR_BITS: f64 = 4.0;
const CONFLICT_PARTIES: f64 = -8.0;
const CONFLICT_PLACES: f64 = -2.0;
/// Highest score without a shared identifier.
const HIGHEST: f64 = 0.999;
const LOWEST: f64 = 1e-6;

/// A score with the identifiers behind it.
pub(super) struct Decided {
    pub score: f64,
    pub outcome: Outcome,
    identifiers: Vec<(u32, bool, f64)>,
    by_identifier: bool,
}

/// Schemes in which both have values: the scheme, and whether a value is shared.
fn schemes(a: &Ready, b: &Ready) -> Vec<(u32, bool)> {
    let mut both: Vec<(u32, bool)> = Vec::new();
    for (scheme, value) in &a.identifiers {
        if !b.identifiers.iter().any(|(other, _)| other == scheme) {
            continue;
        }
        let shared = b.identifiers.binary_search(&(*scheme, *value)).is_ok();
        match both.last_mut() {
            Some(last) if last.0 == *scheme => last.1 |= shared,
            _ => both.push((*scheme, shared)),
        }
    }
    both
}

/// Weighs a compared pair.
pub(super) fn decide(a: &Ready, b: &Ready, compared: &Compared, weights: &Weights, words: &Words, settings: &Settings) -> Decided {
    let parties = a.class == Class::Party && b.class == Class::Party;
    let places = a.class != Class::Party && b.class != Class::Party;
    let (mut settles, mut conflicts, mut bits) = (false, false, 0.0);
    let mut identifiers = Vec::new();
    if !a.identifiers.is_empty() && !b.identifiers.is_empty() {
        for (scheme, shared) in schemes(a, b) {
            let names = words.schemes.get(scheme as usize).map_or(Names::Party, |s| s.1);
            let weight = match (names, shared) {
                (Names::Site, true) if a.class == b.class => {
                    settles = true;
                    f64::INFINITY
                }
                (Names::Party, true) if parties => {
                    settles = true;
                    f64::INFINITY
                }
                (Names::Site, false) if places => {
                    conflicts = true;
                    f64::NEG_INFINITY
                }
                (_, true) => OPERATOR_BITS,
                (_, false) if parties => CONFLICT_PARTIES,
                (_, false) => CONFLICT_PLACES,
            };
            if weight.is_finite() {
                bits += weight;
            }
            identifiers.push((scheme, shared, weight));
        }
    }
    let names_differ = usize::from(compared.levels[NAME]) > 7 * NAME_BANDS;
    let doubtful = conflicts || (names_differ && compared.levels[COUNTRY] == 2);
    let (score, outcome) = match (settles, conflicts) {
        (true, _) if doubtful => (0.5, Outcome::Ask),
        (true, _) => (1.0, Outcome::Same),
        (false, true) => (0.001, Outcome::Different),
        (false, false) => {
            let score = probability(log_odds(&compared.levels, weights) + bits).clamp(LOWEST, HIGHEST);
            let outcome = if score >= settings.same {
                Outcome::Same
            } else if score >= settings.ask {
                Outcome::Ask
            } else {
                Outcome::Different
            };
            (score, outcome)
        }
    };
    Decided { score, outcome, identifiers, by_identifier: settles || conflicts }
}

impl Decided {
    /// What spoke for and against, strongest first; identifiers before all.
    pub(super) fn reasons(&self, compared: &Compared, weights: &Weights, words: &Words) -> Vec<Reason> {
        let bits = contributions(&compared.levels, weights);
        let mut reasons: Vec<Reason> = FIELDS
            .iter()
            .enumerate()
            .filter_map(|(field, name)| Some(Reason { field: *name, finding: finding(field, compared)?, bits: bits[field] }))
            .collect();
        for (scheme, shared, weight) in &self.identifiers {
            if let Some((text, names)) = words.schemes.get(*scheme as usize) {
                let (scheme, names) = (text.clone(), *names);
                let finding =
                    if *shared { Finding::SharedIdentifier { scheme, names } } else { Finding::ConflictingIdentifier { scheme, names } };
                reasons.push(Reason { field: Field::Identifier, finding, bits: *weight });
            }
        }
        reasons.sort_by(|x, y| y.bits.abs().total_cmp(&x.bits.abs()).then(x.field.cmp(&y.field)));
        if self.by_identifier {
            reasons.sort_by_key(|r| r.field != Field::Identifier);
        }
        reasons
    }
}
