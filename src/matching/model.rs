//! Weights of agreement by Fellegi and Sunter, estimated from the records themselves.
//!
//! A level l of a field weighs `log2 (m_l / u_l)`, with m its share among true pairs and u among false ones (Fellegi and Sunter, "A theory
//! for record linkage", 1969). Both are estimated by expectation and maximisation over the candidates (Winkler 1988; Jaro 1989), with
//! pseudo-counts of expert shares so that twenty records stay sensible; u of all fields but the name starts from random pairs. Guards:
//! weights of ordered levels are made monotone, every weight is bounded, the share of true pairs is bounded, and a solution whose best name
//! level does not speak for a match is thrown away for the expert shares.
//!
//! Fields are not independent: where things stand is told by country, city, address and coordinates at once. Of these four the strongest
//! counts whole and the others ever less ([`PLACE_TEMPER`]), and group, neighbours and legal form are tempered too.

use super::compare::{
    ADDRESS, AROUND, COUNTRY, DISTANCE, FORM, GROUP, LEVELS, LOCALITY, Levels, NAME, NAME_BANDS, NAME_CLASSES, NAME_DIFFERS, NUMBER,
    name_level,
};
use std::collections::BTreeMap;

/// How much the strongest, second, third and fourth of the facts of place count.
const PLACE_TEMPER: [f64; 4] = [1.0, 0.6, 0.3, 0.2];
const GROUP_TEMPER: f64 = 0.7;
/// Sister sites have their group in common and often part of their name: a shared group says less where the names are not the same.
const SISTER_TEMPER: f64 = 0.35;
const AROUND_TEMPER: f64 = 0.8;
const FORM_TEMPER: f64 = 0.5;

/// Expert shares of name classes among true and false candidates, best class first, "different" last.
const NAME_M: [f64; NAME_CLASSES + 1] = [0.42, 0.15, 0.12, 0.08, 0.06, 0.05, 0.04, 0.03, 0.05];
const NAME_U: [f64; NAME_CLASSES + 1] = [0.004, 0.004, 0.006, 0.02, 0.012, 0.04, 0.09, 0.22, 0.604];
/// Expert shares of the bands of shared information within a class.
const BAND_M: [f64; NAME_BANDS] = [0.08, 0.25, 0.37, 0.30];
const BAND_U_ALIKE: [f64; NAME_BANDS] = [0.55, 0.30, 0.12, 0.03];
const BAND_U_UNLIKE: [f64; NAME_BANDS] = [0.55, 0.35, 0.09, 0.01];

/// Expert shares of the other fields: (m, u) of each level from 1 on.
const NUMBER_MU: [(f64, f64); 3] = [(0.62, 0.10), (0.03, 0.45), (0.35, 0.45)];
const FORM_MU: [(f64, f64); 2] = [(0.80, 0.50), (0.20, 0.50)];
const GROUP_MU: [(f64, f64); 6] = [(0.35, 0.02), (0.25, 0.06), (0.12, 0.05), (0.06, 0.03), (0.20, 0.839), (0.02, 0.001)];
const COUNTRY_MU: [(f64, f64); 2] = [(0.97, 0.35), (0.03, 0.65)];
const LOCALITY_MU: [(f64, f64); 3] = [(0.70, 0.06), (0.15, 0.14), (0.15, 0.80)];
const ADDRESS_MU: [(f64, f64); 5] = [(0.45, 0.004), (0.20, 0.01), (0.05, 0.02), (0.15, 0.15), (0.15, 0.816)];
const DISTANCE_MU: [(f64, f64); 7] = [(0.40, 0.004), (0.25, 0.008), (0.13, 0.02), (0.09, 0.06), (0.06, 0.15), (0.04, 0.30), (0.03, 0.458)];
const AROUND_MU: [(f64, f64); 4] = [(0.30, 0.01), (0.30, 0.06), (0.25, 0.33), (0.15, 0.60)];

/// Largest weight of one level, for and against, bits, by field.
const BOUNDS: [(f64, f64); 9] =
    [(10.0, -8.0), (2.5, -6.0), (1.5, -1.5), (5.0, -3.0), (3.0, -5.0), (5.0, -3.0), (8.0, -3.5), (8.0, -7.0), (5.0, -3.0)];

/// Weights that no estimate may raise further, by field and level: where many sister sites stand in the records, estimation alone comes to
/// think that another number or a hundred kilometres mean little.
const AT_MOST: [(usize, usize, f64); 5] =
    [(NUMBER, 2, -4.0), (DISTANCE, 5, -1.0), (DISTANCE, 6, -3.0), (DISTANCE, 7, -4.5), (COUNTRY, 2, -1.0)];

/// Weights in bits by field and level, and the log odds of a match before anything is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// By field (name, number, legal form, group, country, locality, address, distance, neighbours) and level; level 0 weighs nothing.
    pub bits: Vec<Vec<f64>>,
    /// Share of true pairs among the candidates.
    pub prior: f64,
    /// The shares were estimated; otherwise they are the expert's.
    pub estimated: bool,
}

/// Shares of levels among true and false pairs.
#[derive(Clone)]
struct Shares {
    m: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
}

fn expert() -> Shares {
    let (mut m, mut u) = (Vec::new(), Vec::new());
    let mut name = (vec![0.0; LEVELS[NAME]], vec![0.0; LEVELS[NAME]]);
    for class in 0..NAME_CLASSES {
        let bands = if class <= 4 { BAND_U_ALIKE } else { BAND_U_UNLIKE };
        for band in 0..NAME_BANDS {
            let at = usize::from(name_level(class, band));
            name.0[at] = NAME_M[class] * BAND_M[band];
            name.1[at] = NAME_U[class] * bands[band];
        }
    }
    name.0[usize::from(NAME_DIFFERS)] = NAME_M[NAME_CLASSES];
    name.1[usize::from(NAME_DIFFERS)] = NAME_U[NAME_CLASSES];
    m.push(name.0);
    u.push(name.1);
    let others: [&[(f64, f64)]; 8] = [&NUMBER_MU, &FORM_MU, &GROUP_MU, &COUNTRY_MU, &LOCALITY_MU, &ADDRESS_MU, &DISTANCE_MU, &AROUND_MU];
    for table in others {
        m.push(std::iter::once(0.0).chain(table.iter().map(|p| p.0)).collect());
        u.push(std::iter::once(0.0).chain(table.iter().map(|p| p.1)).collect());
    }
    Shares { m, u }
}

/// Non-increasing values nearest to `values` in weighted squares (pool adjacent violators).
fn falling(values: &mut [f64], weights: &[f64]) {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::with_capacity(values.len());
    for (value, weight) in values.iter().zip(weights) {
        let mut block = (*value, weight.max(1e-9), 1);
        while let Some(&(before, mass, len)) = blocks.last() {
            if before >= block.0 {
                break;
            }
            blocks.pop();
            block = ((before * mass + block.0 * block.1) / (mass + block.1), mass + block.1, len + block.2);
        }
        blocks.push(block);
    }
    let pooled: Vec<f64> = blocks.iter().flat_map(|(value, _, len)| std::iter::repeat_n(*value, *len)).collect();
    values.copy_from_slice(&pooled);
}

/// Levels that are ordered from best to worst, by field.
const ORDERED: [(usize, &[usize]); 8] = [
    (NUMBER, &[1, 3, 2]),
    (FORM, &[1, 2]),
    (GROUP, &[1, 2, 5]),
    (COUNTRY, &[1, 2]),
    (LOCALITY, &[1, 2, 3]),
    (ADDRESS, &[1, 2, 4, 5]),
    (DISTANCE, &[1, 2, 3, 4, 5, 6, 7]),
    (AROUND, &[1, 2, 3, 4]),
];

fn weights_of(shares: &Shares, prior: f64, estimated: bool) -> Weights {
    let mut bits: Vec<Vec<f64>> = Vec::with_capacity(LEVELS.len());
    for (field, levels) in LEVELS.iter().enumerate() {
        let (m, u) = (&shares.m[field], &shares.u[field]);
        let mut own: Vec<f64> = (0..*levels).map(|l| if l == 0 { 0.0 } else { (m[l].max(1e-9) / u[l].max(1e-9)).log2() }).collect();
        let mass = |l: usize| m[l] + u[l];
        let mut order = |ladder: &[usize]| {
            let mut values: Vec<f64> = ladder.iter().map(|l| own[*l]).collect();
            falling(&mut values, &ladder.iter().map(|l| mass(*l)).collect::<Vec<_>>());
            for (l, value) in ladder.iter().zip(values) {
                own[*l] = value;
            }
        };
        if field == NAME {
            for _ in 0..2 {
                for band in 0..NAME_BANDS {
                    // One name within the other (class 3) is no step between the classes beside it.
                    let ladder: Vec<usize> = (0..NAME_CLASSES)
                        .filter(|c| *c != 3)
                        .map(|c| usize::from(name_level(c, band)))
                        .chain([usize::from(NAME_DIFFERS)])
                        .collect();
                    order(&ladder);
                }
                for class in 0..NAME_CLASSES {
                    let ladder: Vec<usize> = (0..NAME_BANDS).rev().map(|b| usize::from(name_level(class, b))).collect();
                    order(&ladder);
                }
            }
        } else if let Some((_, ladder)) = ORDERED.iter().find(|(f, _)| *f == field) {
            order(ladder);
        }
        let (most, least) = BOUNDS[field];
        own.iter_mut().skip(1).for_each(|b| *b = b.clamp(least, most));
        for (_, level, highest) in AT_MOST.iter().filter(|(f, _, _)| *f == field) {
            own[*level] = own[*level].min(*highest);
        }
        bits.push(own);
    }
    Weights { bits, prior, estimated }
}

/// What each field adds, in bits, after tempering.
pub(super) fn contributions(levels: &Levels, weights: &Weights) -> [f64; 9] {
    let mut bits = [0.0; 9];
    for (field, level) in levels.iter().enumerate() {
        bits[field] = weights.bits[field][usize::from(*level)];
    }
    // A number that agrees says something only where the names around it do.
    if usize::from(levels[NAME]) > 5 * NAME_BANDS {
        bits[NUMBER] = bits[NUMBER].min(0.0);
    }
    bits[FORM] *= FORM_TEMPER;
    let same_name = (1..=2 * NAME_BANDS).contains(&usize::from(levels[NAME]));
    bits[GROUP] *= if bits[GROUP] > 0.0 && !same_name { SISTER_TEMPER } else { GROUP_TEMPER };
    bits[AROUND] *= AROUND_TEMPER;
    let mut place = [COUNTRY, LOCALITY, ADDRESS, DISTANCE];
    place.sort_by(|a, b| bits[*b].abs().total_cmp(&bits[*a].abs()));
    for (field, temper) in place.into_iter().zip(PLACE_TEMPER) {
        bits[field] *= temper;
    }
    bits
}

/// Log odds in bits.
pub(super) fn log_odds(levels: &Levels, weights: &Weights) -> f64 {
    let prior = weights.prior.clamp(1e-9, 1.0 - 1e-9);
    (prior / (1.0 - prior)).log2() + contributions(levels, weights).iter().sum::<f64>()
}

/// Probability from log odds in bits.
pub(super) fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits * std::f64::consts::LN_2).exp())
}

/// Candidates were found for sharing something: a set without one true pair must not argue the next true one away (screening).
const LEAST_PRIOR: f64 = 0.01;

/// How many pairs the expert's shares count for, and which part of the pairs at hand is added to that.
const PSEUDO: (f64, f64) = (40.0, 0.15);
const PSEUDO_NAME: (f64, f64) = (80.0, 0.5);

/// Estimates the weights from the levels of candidates, those of random pairs, and the number of true pairs that would be no surprise.
pub(super) fn estimate(candidates: &[Levels], random: &[Levels], prior: Option<f64>, rounds: usize) -> Weights {
    let expert = expert();
    let mut patterns: BTreeMap<Levels, f64> = BTreeMap::new();
    for levels in candidates {
        *patterns.entry(*levels).or_default() += 1.0;
    }
    let total: f64 = candidates.len() as f64;
    let start_prior = prior.unwrap_or(0.05);
    let mut start = expert.clone();
    for (field, levels) in LEVELS.iter().enumerate().filter(|(f, _)| *f != NAME && *f != NUMBER) {
        let mut seen = vec![0.0; *levels];
        for r in random {
            seen[usize::from(r[field])] += 1.0;
        }
        let known: f64 = seen.iter().skip(1).sum();
        for (l, share) in start.u[field].iter_mut().enumerate().skip(1) {
            *share = (seen[l] + 60.0 * expert.u[field][l]) / (known + 60.0);
        }
    }
    let fallback = weights_of(&start, start_prior, false);
    if rounds == 0 || candidates.is_empty() {
        return fallback;
    }
    let mut weights = fallback.clone();
    let mut shares = start.clone();
    for _ in 0..rounds {
        let (mut m, mut u): (Vec<Vec<f64>>, Vec<Vec<f64>>) =
            (LEVELS.iter().map(|l| vec![0.0; *l]).collect(), LEVELS.iter().map(|l| vec![0.0; *l]).collect());
        let mut matches = 0.0;
        for (levels, n) in &patterns {
            let p = probability(log_odds(levels, &weights));
            matches += n * p;
            for (field, level) in levels.iter().enumerate() {
                m[field][usize::from(*level)] += n * p;
                u[field][usize::from(*level)] += n * (1.0 - p);
            }
        }
        for field in 0..LEVELS.len() {
            let (fixed, part) = if field == NAME { PSEUDO_NAME } else { PSEUDO };
            for (counts, own, from) in
                [(&m[field], &mut shares.m[field], &start.m[field]), (&u[field], &mut shares.u[field], &start.u[field])]
            {
                let known: f64 = counts.iter().skip(1).sum();
                let pseudo = fixed + part * known;
                for l in 1..counts.len() {
                    own[l] = (counts[l] + pseudo * from[l]) / (known + pseudo);
                }
            }
        }
        let estimated = ((matches + 20.0 * start_prior) / (total + 20.0)).clamp(LEAST_PRIOR, 0.9);
        weights = weights_of(&shares, prior.unwrap_or(estimated), true);
    }
    let best = |w: &Weights| (2..NAME_BANDS).map(|band| w.bits[NAME][usize::from(name_level(0, band))]).fold(f64::NEG_INFINITY, f64::max);
    if best(&weights) < 1.0 || weights.bits.iter().flatten().any(|b| !b.is_finite()) { fallback } else { weights }
}
