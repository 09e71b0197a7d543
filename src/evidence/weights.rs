//! The likelihood of what the sources said of one node: log P(evidence | state) - log P(evidence | nothing violated) for every joint
//! state, or for one norm alone (model 1.2).
//!
//! From reports, looks and silences with their detection d, false-report rate f and age:
//!
//! ```text
//! d(age) = d 2^(-age / half-life) (1 - remedied), 0 past the lapse; an open finding does not age
//! LR+    = (d + (1 - d) f) / f                  per origin its strongest, origins multiply
//! look   = 1 - h^j d                            j-th of its class, h = halving
//! r(x)   = log[1 + P(x)(L - 1)] - log[1 + P(0)(L - 1)]
//! ```
//!
//! Positive r of one family are sorted and halved, families add, in all no more than the sum over origins of their largest log LR+;
//! negative r are one pool; silences of one class share a blind spot. Every sum runs over sorted values, so that the order of rows
//! changes no bit. Scale: natural log, 0 = says nothing, positive = speaks for the state.

use super::items::{Look, NodeEvidence, Report, Silence};
use crate::base::norm::{STATE_COUNT, STATES};
use crate::base::{Branch, Norm, NormSet};
use crate::pack::{Grade, MethodPack, Sign, SignIx};

/// exp of more than this overflows; no report is worth as much.
const LOG_MOST: f64 = 700.0;

/// Detection left after ageing: `detection` x 2^(-age / half-life) x (1 - remedied), 0 past `lapse_days`; an open finding neither ages
/// nor lapses. In [0, 1].
pub fn decayed(detection: f64, age_days: f64, half_life_days: f64, remedied: f64, open: bool, lapse_days: f64) -> f64 {
    let kept = detection.clamp(0.0, 1.0) * (1.0 - remedied.clamp(0.0, 1.0));
    let d = if open {
        kept
    } else if age_days > lapse_days {
        0.0
    } else {
        kept * (-age_days.max(0.0) / half_life_days * std::f64::consts::LN_2).exp()
    };
    if d.is_finite() { d } else { 0.0 }
}

/// log LR+ = log((d + (1 - d) f) / f) of one report after ageing, at least 0.
pub fn log_lr(report: &Report, lapse_days: f64) -> f64 {
    let d = decayed(report.detection, report.age_days, report.half_life_days, report.remedied, report.open, lapse_days);
    let f = report.false_report.clamp(1e-12, 1.0);
    ((d + (1.0 - d) * f) / f).ln().max(0.0)
}

fn look_left(look: &Look, lapse_days: f64) -> f64 {
    decayed(look.detection, look.age_days, look.half_life_days, 0.0, false, lapse_days)
}

/// Log weight of each of the 60 joint states, in the order of [`STATES`]; the empty state weighs 0.
///
/// `only_branch` counts the reports of that branch's signs alone (looks and silences all stay), for the protection gap.
pub fn state_weights(evidence: &NodeEvidence, pack: &MethodPack, only_branch: Option<Branch>) -> [f64; STATE_COUNT] {
    let mut out = [0.0; STATE_COUNT];
    weigh(evidence, pack, &STATES[..], NormSet::EVERY, only_branch, &mut out);
    out
}

/// Log weight of (norm not violated, norm violated) from the evidence that bears on this norm alone; the first is 0.
pub fn norm_weights(evidence: &NodeEvidence, pack: &MethodPack, norm: Norm) -> [f64; 2] {
    let mut out = [0.0; 2];
    let alone = NormSet::of(&[norm]);
    weigh(evidence, pack, &[NormSet::EMPTY, alone], alone, None, &mut out);
    out
}

/// How much the reports alone say, whatever looks and silences say against them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReportsWeight {
    /// The largest log weight over the 60 states; a site signal from [`MethodPack::signal_weight`] on.
    pub most: f64,
    /// Log weight for each norm on its own.
    pub by_norm: [f64; Norm::COUNT],
}

/// The weight of the reports without looks and silences, for the state of a node (context risk or site signal).
pub fn reports_weight(evidence: &NodeEvidence, pack: &MethodPack) -> ReportsWeight {
    if evidence.reports.is_empty() {
        return ReportsWeight::default();
    }
    let reports = NodeEvidence { reports: evidence.reports.clone(), ..NodeEvidence::default() };
    let most = state_weights(&reports, pack, None).into_iter().fold(0.0, f64::max);
    ReportsWeight { most, by_norm: Norm::ALL.map(|n| norm_weights(&reports, pack, n)[1]) }
}

/// Coverage per norm: 1 - the product of the silence factors of all channels in force, each taken as if it had been silent. In [0, 1];
/// 0 = nobody could have heard.
///
/// `channels`: one row per visit or quarter in which somebody could have heard, whatever it said.
pub fn coverage(channels: &[Silence], pack: &MethodPack) -> [f64; Norm::COUNT] {
    if channels.is_empty() {
        return [0.0; Norm::COUNT];
    }
    Norm::ALL.map(|norm| {
        let mut out = [0.0; 2];
        let alone = NormSet::of(&[norm]);
        weigh_silences(channels, pack, &[NormSet::EMPTY, alone], alone, &mut out);
        -out[1].exp_m1()
    })
}

/// Which row of a [`NodeEvidence`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Item {
    Report(usize),
    Look(usize),
    Silence(usize),
}

/// Why a row says nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unused {
    /// Older than the lapse.
    Lapsed,
    /// Nobody could have heard, or all was remedied: d = 0.
    NoDetection,
    /// The same origin said the same sign at least as strongly elsewhere.
    SameOrigin,
    /// The pack holds no such sign, or the sign bears on no norm.
    NoNorm,
}

impl Unused {
    pub fn as_str(self) -> &'static str {
        match self {
            Unused::Lapsed => "lapsed",
            Unused::NoDetection => "no-detection",
            Unused::SameOrigin => "same-origin",
            Unused::NoNorm => "no-norm",
        }
    }
}

/// What one row says on its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemWeight {
    pub item: Item,
    /// Detection after ageing; for a silence the largest over its norms.
    pub detection: f64,
    /// log LR+ of a report, log(1 - d) of a look or a silence, before grades, families and caps.
    pub log_weight: f64,
    pub unused: Option<Unused>,
}

/// Every row of a node with its own weight, or why it has none; reports, looks, silences in their order.
pub fn item_weights(evidence: &NodeEvidence, pack: &MethodPack) -> Vec<ItemWeight> {
    let lapse = pack.lapse_days;
    let bears = |sign: SignIx| pack.signs.get(sign.0 as usize).is_some_and(|s| s.norms.iter().any(Option::is_some));
    let voided = |d: f64, age: f64, open: bool| match (d > 0.0, age > lapse && !open) {
        (true, _) => None,
        (false, true) => Some(Unused::Lapsed),
        (false, false) => Some(Unused::NoDetection),
    };
    // The row that speaks for an origin is its strongest; of equals the first.
    let mut strongest: Vec<(SignIx, u32, f64, usize)> =
        evidence.reports.iter().enumerate().map(|(i, r)| (pack.fact_of(r.sign), r.origin, log_lr(r, lapse), i)).collect();
    strongest.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.total_cmp(&a.2)).then(a.3.cmp(&b.3)));
    strongest.dedup_by_key(|x| (x.0, x.1));
    let mut speaks = vec![false; evidence.reports.len()];
    for (_, _, _, i) in strongest {
        speaks[i] = true;
    }
    let reports = evidence.reports.iter().enumerate().map(|(i, r)| {
        let d = decayed(r.detection, r.age_days, r.half_life_days, r.remedied, r.open, lapse);
        let unused =
            if bears(r.sign) { voided(d, r.age_days, r.open).or((!speaks[i]).then_some(Unused::SameOrigin)) } else { Some(Unused::NoNorm) };
        ItemWeight { item: Item::Report(i), detection: d, log_weight: log_lr(r, lapse), unused }
    });
    let looks = evidence.looks.iter().enumerate().map(|(i, l)| {
        let d = look_left(l, lapse);
        let unused = if bears(l.sign) { voided(d, l.age_days, false) } else { Some(Unused::NoNorm) };
        ItemWeight { item: Item::Look(i), detection: d, log_weight: (-d).ln_1p(), unused }
    });
    let silences = evidence.silences.iter().enumerate().map(|(i, s)| {
        let most = s.detection.into_iter().fold(0.0, f64::max);
        let d = decayed(most, s.age_days, s.half_life_days, 0.0, false, lapse);
        ItemWeight { item: Item::Silence(i), detection: d, log_weight: (-d).ln_1p(), unused: voided(d, s.age_days, false) }
    });
    reports.chain(looks).chain(silences).collect()
}

/// What each row changes for one norm: the log weight of all rows minus that of all but this one, in the decoupled reading; rows that
/// change nothing are left out, the largest change first.
///
/// Of more than `most` rows only the `most` with the largest weight of their own are tried: the work grows with their square.
pub fn drivers(evidence: &NodeEvidence, pack: &MethodPack, norm: Norm, most: usize) -> Vec<(Item, f64)> {
    let mut items: Vec<ItemWeight> = item_weights(evidence, pack).into_iter().filter(|w| w.unused.is_none()).collect();
    items.sort_by(|a, b| b.log_weight.abs().total_cmp(&a.log_weight.abs()).then(a.item.cmp(&b.item)));
    items.truncate(most);
    let all = norm_weights(evidence, pack, norm)[1];
    let mut changes: Vec<(Item, f64)> = items
        .into_iter()
        .map(|w| {
            let mut less = evidence.clone();
            match w.item {
                Item::Report(i) => drop(less.reports.remove(i)),
                Item::Look(i) => drop(less.looks.remove(i)),
                Item::Silence(i) => drop(less.silences.remove(i)),
            }
            (w.item, all - norm_weights(&less, pack, norm)[1])
        })
        .filter(|(_, change)| *change != 0.0)
        .collect();
    changes.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    changes
}

/// Adds the log weight of everything that was said to `out`, one number per set of true norms; `scope` hides all other norms.
fn weigh(evidence: &NodeEvidence, pack: &MethodPack, sets: &[NormSet], scope: NormSet, only: Option<Branch>, out: &mut [f64]) {
    if !evidence.reports.is_empty() || !evidence.looks.is_empty() {
        weigh_signs(evidence, pack, sets, scope, only, out);
    }
    if !evidence.silences.is_empty() {
        weigh_silences(&evidence.silences, pack, sets, scope, out);
    }
}

/// The norms of one sign by grade, seen through `scope`; `None` where it bears on none of them.
fn graded(sign: &Sign, scope: NormSet) -> Option<[NormSet; 3]> {
    let mut by_grade = [NormSet::EMPTY; 3];
    for norm in scope.iter() {
        if let Some(grade) = sign.norms[norm.at()] {
            by_grade[grade as usize].insert(norm);
        }
    }
    (!by_grade.iter().all(|n| n.is_empty())).then_some(by_grade)
}

/// r(x) of one sign: a step per grade, largest `present` first.
struct SignRow<'a> {
    family: &'a str,
    steps: [(NormSet, f64); 3],
}

impl SignRow<'_> {
    #[inline]
    fn at(&self, state: NormSet) -> f64 {
        self.steps.iter().find(|(norms, _)| norms.0 & state.0 != 0).map_or(0.0, |(_, r)| *r)
    }
}

fn weigh_signs(evidence: &NodeEvidence, pack: &MethodPack, sets: &[NormSet], scope: NormSet, only: Option<Branch>, out: &mut [f64]) {
    let halving = pack.halving;
    let bearing = |sign: SignIx| pack.signs.get(sign.0 as usize).and_then(|s| graded(s, scope).map(|g| (s, g)));
    // One origin speaks once of one sign, at its strongest.
    let mut heard: Vec<(SignIx, u32, f64)> = Vec::with_capacity(evidence.reports.len());
    for r in &evidence.reports {
        if let Some((sign, _)) = bearing(r.sign)
            && only.is_none_or(|b| b == sign.branch)
        {
            heard.push((pack.fact_of(r.sign), r.origin, log_lr(r, pack.lapse_days)));
        }
    }
    heard.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.total_cmp(&a.2)));
    heard.dedup_by_key(|x| (x.0, x.1));
    // One document, however many signs it tells, is one document.
    let mut document: Vec<(u32, f64)> = heard.iter().map(|x| (x.1, x.2)).collect();
    document.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    document.dedup_by_key(|x| x.0);
    let most = sum_sorted(document.into_iter().map(|x| x.1).collect());

    let mut level: Vec<(SignIx, f64)> = Vec::new();
    for of_sign in heard.chunk_by(|a, b| a.0 == b.0) {
        level.push((of_sign[0].0, sum_sorted(of_sign.iter().map(|x| x.2).collect())));
    }
    let mut looked: Vec<(SignIx, u16, f64)> = Vec::with_capacity(evidence.looks.len());
    looked.extend(
        evidence.looks.iter().filter(|l| bearing(l.sign).is_some()).map(|l| (pack.fact_of(l.sign), l.class, look_left(l, pack.lapse_days))),
    );
    looked.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.total_cmp(&a.2)));
    for of_sign in looked.chunk_by(|a, b| a.0 == b.0) {
        let missed: f64 = of_sign.chunk_by(|a, b| a.1 == b.1).map(|class| blind_spot(class.iter().map(|x| x.2), halving)).sum();
        let sign = of_sign[0].0;
        match level.binary_search_by_key(&sign, |x| x.0) {
            Ok(i) => level[i].1 += missed,
            Err(i) => level.insert(i, (sign, missed)),
        }
    }

    let (mut up, mut down) = (Vec::new(), Vec::new());
    for (sign, log_l) in level {
        let Some((sign, grades)) = bearing(sign) else { continue };
        if log_l != 0.0 {
            let row = sign_row(sign, grades, pack, log_l.min(LOG_MOST).exp_m1());
            if log_l > 0.0 { up.push(row) } else { down.push(row) }
        }
    }
    up.sort_by(|a, b| a.family.cmp(b.family));
    let mut buffer = Vec::with_capacity(up.len().max(down.len()));
    for (x, total) in sets.iter().zip(out) {
        let positive: f64 = up.chunk_by(|a, b| a.family == b.family).map(|family| halved(family, *x, halving, &mut buffer)).sum();
        *total += positive.min(most) + halved(&down, *x, halving, &mut buffer);
    }
}

fn sign_row<'a>(sign: &'a Sign, grades: [NormSet; 3], pack: &MethodPack, lambda: f64) -> SignRow<'a> {
    let present_of = |g: Grade| pack.strength(g).present;
    let bearing = [Grade::Weak, Grade::Medium, Grade::Strong].into_iter().filter(|g| !grades[*g as usize].is_empty());
    let base = bearing.map(|g| pack.strength(g).absent).fold(f64::INFINITY, f64::min);
    let mut order = [Grade::Strong, Grade::Medium, Grade::Weak];
    order.sort_by(|a, b| present_of(*b).total_cmp(&present_of(*a)));
    let none = (base * lambda).ln_1p();
    SignRow { family: &sign.family, steps: order.map(|g| (grades[g as usize], (present_of(g) * lambda).ln_1p() - none)) }
}

/// The rows at one state by falling magnitude, the j-th times halving^j.
fn halved(rows: &[SignRow<'_>], state: NormSet, halving: f64, buffer: &mut Vec<f64>) -> f64 {
    match rows {
        [] => 0.0,
        [row] => row.at(state),
        _ => {
            buffer.clear();
            buffer.extend(rows.iter().map(|row| row.at(state)));
            buffer.sort_unstable_by(|a, b| b.abs().total_cmp(&a.abs()).then(b.total_cmp(a)));
            let mut weight = 1.0;
            buffer.iter().fold(0.0, |total, r| {
                let next = total + r * weight;
                weight *= halving;
                next
            })
        }
    }
}

/// Sum of log(1 - halving^j d_j), d falling: sources of one class fail alike.
fn blind_spot(falling: impl Iterator<Item = f64>, halving: f64) -> f64 {
    let mut weight = 1.0;
    let mut total = 0.0;
    for d in falling {
        total += (-d * weight).ln_1p();
        weight *= halving;
    }
    total
}

fn sum_sorted(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    values.into_iter().sum()
}

fn weigh_silences(silences: &[Silence], pack: &MethodPack, sets: &[NormSet], scope: NormSet, out: &mut [f64]) {
    let mut left: Vec<(u16, [f64; Norm::COUNT], NormSet)> = Vec::with_capacity(silences.len());
    for s in silences {
        let mut d = [0.0; Norm::COUNT];
        let mut covered = NormSet::EMPTY;
        for norm in scope.iter() {
            d[norm.at()] = decayed(s.detection[norm.at()], s.age_days, s.half_life_days, 0.0, false, pack.lapse_days);
            if d[norm.at()] > 0.0 {
                covered.insert(norm);
            }
        }
        if !covered.is_empty() {
            left.push((s.class, d, covered));
        }
    }
    left.sort_by_key(|x| x.0);
    let mut buffer = Vec::new();
    for class in left.chunk_by(|a, b| a.0 == b.0) {
        let covered = class.iter().fold(0, |bits, x| bits | x.2.0);
        let mut known = [f64::NAN; 256]; // states that differ in no covered norm weigh alike
        for (x, total) in sets.iter().zip(out.iter_mut()) {
            let seen = NormSet(x.0 & covered);
            if seen.is_empty() {
                continue;
            }
            let slot = &mut known[seen.0 as usize];
            if slot.is_nan() {
                buffer.clear();
                buffer.extend(class.iter().map(|(_, d, _)| seen.iter().map(|n| d[n.at()]).fold(0.0, f64::max)));
                buffer.sort_unstable_by(|a, b| b.total_cmp(a));
                *slot = blind_spot(buffer.iter().copied(), pack.halving);
            }
            *total += *slot;
        }
    }
}
