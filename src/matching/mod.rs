//! Which records are one: names, addresses, places, groups and neighbours weighed to a probability with its reasons.
//!
//! ```text
//! records -> words (text, forms, prepare) -> candidates (blocking) -> levels (alike, compare) -> weights (model) -> pairs (decide)
//! ```
//!
//! [`within`] links one set, [`between`] a left set to a right one. A pair is `Same`, `Ask` or `Different` by the thresholds of
//! [`Settings`]; only `Same` and `Ask` come back (or all from `keep_from`). Exact identifiers go first (see `decide`). Without a shared
//! identifier no score passes 0.999. Nothing is assumed one to one, and nothing is merged: clusters are the caller's.
//!
//! Same pairs and same bits for any number of threads and any order of the records. The room knows no table of a dataset and reads no file
//! but its two embedded lists, `legal_forms.csv` and `common_words.csv`.
//!
//! ```
//! use onus::matching::{between, Outcome, Record, Settings};
//! let one = |id: &'static str, name: &'static str| Record { id: id.into(), names: vec![name.into()], ..Record::default() };
//! let left = [one("l1", "P.T. Ramajaya Pramukti")];
//! let right = [one("r1", "Ramajaya Pramukti, PT"), one("r2", "Sumber Tani Agung")];
//! let found = between(&left, &right, &Settings::default())?;
//! assert_eq!((found.pairs.len(), found.pairs[0].right), (1, 0));
//! assert!(found.pairs[0].score < 1.0 && found.pairs[0].outcome != Outcome::Different);
//! # Ok::<(), onus::base::Error>(())
//! ```

mod alike;
mod blocking;
mod compare;
mod decide;
mod forms;
mod model;
mod prepare;
mod record;
#[cfg(test)]
mod tests;
mod text;

pub use forms::{LegalForm, LegalForms};
pub use model::Weights;
pub use record::{Class, Counts, Field, Finding, Identifier, MAX_NAMES, Names, Outcome, Pair, Reason, Record, Settings};
pub use text::{Word, fold};

use crate::base::{Error, Result, par};
use compare::{Levels, compare as compare_ready};
use prepare::{Ready, Words, prepare};

/// Pairs by the position of their left and right record, with the weights that scored them.
#[derive(Clone, Debug, PartialEq)]
pub struct Matches {
    pub pairs: Vec<Pair>,
    pub weights: Weights,
    pub counts: Counts,
}

/// Pairs of records of one set that may be one. `left` of a pair is the record that comes first by id.
///
/// # Errors
/// When the thresholds are no probabilities in order, or there are more than 2^32 records.
pub fn within(records: &[Record<'_>], settings: &Settings) -> Result<Matches> {
    run(records, &[], true, settings)
}

/// Pairs of a record of the left set and one of the right set that may be one.
///
/// # Errors
/// When the thresholds are no probabilities in order, or there are more than 2^32 records.
pub fn between(left: &[Record<'_>], right: &[Record<'_>], settings: &Settings) -> Result<Matches> {
    run(left, right, false, settings)
}

/// Positions in an order that the records alone decide.
fn sorted(records: &[Record<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    par::sort_by(&mut order, |a, b| {
        let (a, b) = (&records[*a], &records[*b]);
        let text = |r: &Record<'_>| (r.class, r.country, r.subdivision.to_string(), r.city.to_string(), r.address.to_string());
        a.id.cmp(&b.id)
            .then_with(|| a.names.cmp(&b.names))
            .then_with(|| text(a).cmp(&text(b)))
            .then_with(|| a.groups.cmp(&b.groups))
            .then_with(|| a.around.cmp(&b.around))
            .then_with(|| a.identifiers.cmp(&b.identifiers))
            .then_with(|| {
                let place = |r: &Record<'_>| r.position.unwrap_or((f64::INFINITY, f64::INFINITY));
                place(a).0.total_cmp(&place(b).0).then(place(a).1.total_cmp(&place(b).1))
            })
    });
    order
}

fn sound(settings: &Settings) -> Result<()> {
    let share = |x: f64| (0.0..=1.0).contains(&x);
    if !share(settings.ask) || !share(settings.same) || settings.ask > settings.same {
        return Err(Error::settings(
            "matching thresholds",
            format!("ask {} and same {}", settings.ask, settings.same),
            "two probabilities, ask not above same",
        ));
    }
    if settings.prior.is_some_and(|p| !(p > 0.0 && p < 1.0)) || settings.keep_from.is_some_and(|k| !share(k)) {
        return Err(Error::settings(
            "matching prior",
            format!("{:?} and {:?}", settings.prior, settings.keep_from),
            "probabilities between 0 and 1",
        ));
    }
    Ok(())
}

fn run(left: &[Record<'_>], right: &[Record<'_>], one_set: bool, settings: &Settings) -> Result<Matches> {
    sound(settings)?;
    if left.len() + right.len() >= u32::MAX as usize {
        return Err(Error::settings("matching records", format!("{}", left.len() + right.len()), "fewer than 2^32"));
    }
    let (left_order, right_order) = (sorted(left), sorted(right));
    let all: Vec<&Record<'_>> = left_order.iter().map(|i| &left[*i]).chain(right_order.iter().map(|i| &right[*i])).collect();
    let original = |position: u32| {
        let at = position as usize;
        if at < left_order.len() { left_order[at] } else { right_order[at - left_order.len()] }
    };
    let (ready, words) = prepare(&all);
    let split = if one_set { 0 } else { left.len() };
    if (!one_set && (left.is_empty() || right.is_empty())) || ready.is_empty() {
        return Ok(Matches {
            pairs: Vec::new(),
            weights: model::estimate(&[], &[], settings.prior, 0),
            counts: Counts { records: all.len(), ..Counts::default() },
        });
    }
    let (candidates, crowded_keys) = blocking::candidates(&ready, split, &words, settings);
    let weights = weigh(&ready, split, &candidates, &words, settings);
    let keep_from = settings.keep_from.unwrap_or(settings.ask);
    let found = par::map_chunks(candidates.len(), 4096, |range| {
        let mut pairs = Vec::new();
        for &(a, b) in &candidates[range] {
            let (one, other) = (&ready[a as usize], &ready[b as usize]);
            let compared = compare_ready(one, other, &words);
            let decided = decide::decide(one, other, &compared, &weights, &words, settings);
            if decided.score >= keep_from || decided.outcome != Outcome::Different {
                pairs.push(Pair {
                    left: original(a),
                    right: original(b),
                    score: decided.score,
                    outcome: decided.outcome,
                    reasons: decided.reasons(&compared, &weights, &words),
                });
            }
        }
        pairs
    });
    let mut pairs: Vec<Pair> = Vec::with_capacity(found.iter().map(Vec::len).sum());
    found.into_iter().for_each(|part| pairs.extend(part));
    let count = |outcome: Outcome| pairs.iter().filter(|p| p.outcome == outcome).count();
    let counts =
        Counts { records: all.len(), candidates: candidates.len(), crowded_keys, same: count(Outcome::Same), ask: count(Outcome::Ask) };
    Ok(Matches { pairs, weights, counts })
}

/// Weights from a sample of the candidates and from random pairs.
fn weigh(ready: &[Ready], split: usize, candidates: &[(u32, u32)], words: &Words, settings: &Settings) -> Weights {
    let askers = if split == 0 { ready.len() } else { split };
    // Whole records are sampled, with all their candidates: every step-th in the order of ids.
    let step = askers.div_ceil(settings.sample.max(1)).max(1) as u32;
    let sampled: Vec<(u32, u32)> = candidates.iter().filter(|(a, _)| a % step == 0).copied().collect();
    let levels: Vec<Levels> = par::map(sampled.len(), |i| {
        let (a, b) = sampled[i];
        compare_ready(&ready[a as usize], &ready[b as usize], words).levels
    });
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n.max(1)
    };
    let others = ready.len() - split;
    let random: Vec<(usize, usize)> =
        (0..20_000.min(4 * askers * others)).map(|_| (below(askers), split + below(others))).filter(|(a, b)| a != b).collect();
    let random: Vec<Levels> = par::map(random.len(), |i| compare_ready(&ready[random[i].0], &ready[random[i].1], words).levels);
    model::estimate(&levels, &random, settings.prior, settings.rounds)
}
