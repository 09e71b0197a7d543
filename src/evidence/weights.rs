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
//! [`super::kernel`] computes this for all states and norms at once; here are its entry points and what each row says on its own.
//!
//! Positive r of one family are sorted and halved, families add, in all no more than the sum over origins of their largest log LR+;
//! negative r are one pool; silences of one class share a blind spot. Every sum runs over sorted values, so that the order of rows
//! changes no bit. Scale: natural log, 0 = says nothing, positive = speaks for the state.

use super::items::{Look, NodeEvidence, Report, Silence};
use super::kernel::{Kernel, Scratch};
use super::lanes::Row;
use crate::base::norm::STATE_COUNT;
use crate::base::{Branch, Norm};
use crate::pack::{MethodPack, SignIx};

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

impl Kernel {
    /// Log weight of every lane: what reports, looks and silences say together.
    pub fn log_weights(&self, evidence: &NodeEvidence, scratch: &mut Scratch) -> Row {
        self.prepare(evidence, &mut scratch.said);
        self.weigh(self.central(), scratch);
        scratch.likelihood.map(f64::ln)
    }

    /// The weight of the reports without looks and silences, for the state of a node (context risk or site signal).
    pub fn reports_weight(&self, evidence: &NodeEvidence, scratch: &mut Scratch) -> ReportsWeight {
        self.prepare_reports(&evidence.reports, &mut scratch.said);
        self.weigh(self.central(), scratch);
        let (states, norms) = scratch.likelihood.split_at(STATE_COUNT);
        let most = states.iter().copied().fold(1.0, f64::max).ln();
        ReportsWeight { most, by_norm: std::array::from_fn(|h| norms[h].ln()) }
    }

    /// Coverage per norm: 1 - the product of the silence factors of all channels in force, each taken as if it had been silent. In [0, 1];
    /// 0 = nobody could have heard.
    ///
    /// `channels`: one row per visit or quarter in which somebody could have heard, whatever it said.
    pub fn coverage(&self, channels: &[Silence], scratch: &mut Scratch) -> [f64; Norm::COUNT] {
        self.prepare_silences(channels, &mut scratch.said);
        self.weigh(self.central(), scratch);
        std::array::from_fn(|h| 1.0 - scratch.likelihood[STATE_COUNT + h])
    }
}

/// Log weight of each of the 60 joint states, in the order of [`crate::base::norm::STATES`]; the empty state weighs 0.
///
/// `only_branch` counts the reports of that branch's signs alone (looks and silences all stay), for the protection gap.
pub fn state_weights(evidence: &NodeEvidence, pack: &MethodPack, only_branch: Option<Branch>) -> [f64; STATE_COUNT] {
    let (kernel, mut scratch) = (Kernel::of_rows(pack, evidence), Scratch::default());
    let mut lanes = kernel.log_weights(evidence, &mut scratch);
    if let Some(branch) = only_branch {
        kernel.weigh_branch(kernel.central(), branch, &mut scratch);
        lanes = scratch.likelihood.map(f64::ln);
    }
    std::array::from_fn(|x| lanes[x])
}

/// Log weight of (norm not violated, norm violated) from the evidence that bears on this norm alone; the first is 0.
pub fn norm_weights(evidence: &NodeEvidence, pack: &MethodPack, norm: Norm) -> [f64; 2] {
    [0.0, Kernel::of_rows(pack, evidence).log_weights(evidence, &mut Scratch::default())[STATE_COUNT + norm.at()]]
}

/// How much the reports alone say, whatever looks and silences say against them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReportsWeight {
    /// The largest log weight over the 60 states; a site signal from [`MethodPack::signal_weight`] on.
    pub most: f64,
    /// Log weight for each norm on its own.
    pub by_norm: [f64; Norm::COUNT],
}

/// [`Kernel::reports_weight`] for one node.
pub fn reports_weight(evidence: &NodeEvidence, pack: &MethodPack) -> ReportsWeight {
    Kernel::of_rows(pack, evidence).reports_weight(evidence, &mut Scratch::default())
}

/// [`Kernel::coverage`] for one node.
pub fn coverage(channels: &[Silence], pack: &MethodPack) -> [f64; Norm::COUNT] {
    if channels.is_empty() {
        return [0.0; Norm::COUNT];
    }
    Kernel::of_rows(pack, &NodeEvidence::default()).coverage(channels, &mut Scratch::default())
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
        evidence.reports.iter().enumerate().map(|(i, r)| (r.sign, r.origin, log_lr(r, lapse), i)).collect();
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
    let (kernel, mut scratch) = (Kernel::of_rows(pack, evidence), Scratch::default());
    let mut weight = |evidence: &NodeEvidence| kernel.log_weights(evidence, &mut scratch)[STATE_COUNT + norm.at()];
    let all = weight(evidence);
    let mut changes: Vec<(Item, f64)> = items
        .into_iter()
        .map(|w| {
            let mut less = evidence.clone();
            match w.item {
                Item::Report(i) => drop(less.reports.remove(i)),
                Item::Look(i) => drop(less.looks.remove(i)),
                Item::Silence(i) => drop(less.silences.remove(i)),
            }
            (w.item, all - weight(&less))
        })
        .filter(|(_, change)| *change != 0.0)
        .collect();
    changes.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    changes
}
