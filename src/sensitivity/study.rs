//! The study itself: one number at a time, then all at once.

use super::numbers::{Defaults, Number, Tried};
use super::outcome::{Outcome, Shift};
use crate::base::{NodeIx, Result, par};
use crate::belief::quantile::{HIGH, LOW, type_1, type_7};
use crate::pack::MethodPack;
use crate::pipeline::prepared::Prepared;
use crate::pipeline::{RunConfig, method};
use crate::reference::Reference;
use std::collections::BTreeMap;

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct StudySettings {
    /// Places of the top of the register.
    pub top: usize,
    /// Joint draws.
    pub draws: u32,
    pub seed: u64,
}

impl Default for StudySettings {
    fn default() -> Self {
        Self { top: 20, draws: 200, seed: 1 }
    }
}

/// What one number does.
#[derive(Clone, Debug)]
pub struct Effect {
    pub number: Number,
    pub tried: Tried,
    /// The number used and what it changed; `None` where not tried or where the rules of the method leave no room.
    pub halved: Option<(f64, Shift)>,
    pub doubled: Option<(f64, Shift)>,
    /// Part of the variance, over the joint draws, of the number of places replaced and of mean touched; `None` without draws.
    pub explains: Option<(f64, f64)>,
}

/// One joint draw.
#[derive(Clone, Debug)]
pub struct Joint {
    /// log2 of the factor of each number.
    pub factors: Vec<f64>,
    pub replaced: usize,
    pub mean_touched: f64,
    /// Rank and `any` of each place of the top.
    pub top: Vec<(usize, f64)>,
}

/// A place of the top under the method as it is, and how firmly it stands there.
#[derive(Clone, Debug)]
pub struct TopPlace {
    pub node: NodeIx,
    pub shown_id: String,
    pub rank: usize,
    pub any: f64,
    pub rank_range: (f64, f64),
    pub any_range: (f64, f64),
    /// Part of the joint draws in which it stays.
    pub stays: f64,
    pub leaves_when: Vec<String>,
}

/// The result of a study.
pub struct Sensitivity {
    pub settings: StudySettings,
    pub prepared: Prepared,
    pub pack: MethodPack,
    /// By weight, the strongest first; untried ones last.
    pub effects: Vec<Effect>,
    pub top: Vec<TopPlace>,
    pub joint: Vec<Joint>,
}

/// Runs the study on a dataset; `progress` is told of runs done and of all runs.
///
/// # Errors
/// As an assessment of the dataset.
pub fn study(config: &RunConfig, settings: StudySettings, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Sensitivity> {
    par::with_threads(config.threads, || run(config, settings, progress))?
}

fn run(config: &RunConfig, settings: StudySettings, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Sensitivity> {
    let (pack, reference) = method(config)?;
    let prepared = Prepared::read(config, &pack, &reference, |_| ())?;
    let believed = prepared.believe(&pack, &reference, |_| ())?;
    let central = Outcome::of(&prepared, &believed, &pack)?;
    let defaults = Defaults::new(&pack, &reference);
    let used = defaults.used(&prepared, &believed);
    drop(believed);

    let done = std::sync::atomic::AtomicUsize::new(0);
    let moves: Vec<(usize, f64)> = (0..used.len()).filter(|i| used[*i]).flat_map(|i| [(i, -1.0), (i, 1.0)]).collect();
    let all = moves.len() + settings.draws as usize;
    let tick = || progress(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1, all);
    let outcome = |pack: &MethodPack, reference: &Reference| -> Result<Outcome> {
        let believed = prepared.believe(pack, reference, |_| ())?;
        Outcome::of(&prepared, &believed, pack)
    };
    let shifts = par::map_each(&moves, |(at, doublings)| -> Result<Option<(f64, Shift)>> {
        let reached = defaults.reach(*at, *doublings);
        let shift = match reached {
            None => None,
            Some(value) => {
                let (pack, reference) = defaults.with_one(*at, value)?;
                Some((value, central.shift(&outcome(&pack, &reference)?, settings.top)))
            }
        };
        tick();
        Ok(shift)
    });
    let mut sides: BTreeMap<usize, [Option<(f64, Shift)>; 2]> = BTreeMap::new();
    for ((at, doublings), shift) in moves.iter().zip(shifts) {
        if let Some(slot) = sides.entry(*at).or_default().get_mut(usize::from(*doublings > 0.0)) {
            *slot = shift?;
        }
    }
    let draws: Vec<u32> = (1..=settings.draws).collect();
    let joint = par::map_each(&draws, |draw| {
        let one = joint_draw(&defaults, &sides, settings, *draw, &central, &outcome);
        tick();
        one
    })
    .into_iter()
    .collect::<Result<Vec<_>>>()?;
    let effects = effects(&defaults, &used, sides, &joint);
    let top = top_places(&prepared, &central, settings.top, &effects, &joint);
    Ok(Sensitivity { settings, prepared, pack: pack.clone(), effects, top, joint })
}

/// Even in [-1, 1], by seed, group and draw: no number's draw depends on which others there are.
fn even(seed: u64, group: &str, draw: u32) -> f64 {
    let hash = blake3::hash(format!("{seed}|sensitivity|{group}|{draw}").as_bytes());
    let first: [u8; 8] = std::array::from_fn(|i| hash.as_bytes()[i]);
    let u = (u64::from_le_bytes(first) >> 11) as f64 / (1u64 << 53) as f64;
    2.0 * u - 1.0
}

fn joint_draw(
    defaults: &Defaults<'_>,
    sides: &BTreeMap<usize, [Option<(f64, Shift)>; 2]>,
    settings: StudySettings,
    draw: u32,
    central: &Outcome,
    outcome: &dyn Fn(&MethodPack, &Reference) -> Result<Outcome>,
) -> Result<Joint> {
    let factors: Vec<f64> = defaults
        .numbers
        .iter()
        .enumerate()
        .map(|(i, n)| if sides.contains_key(&i) { even(settings.seed, n.group(), draw) } else { 0.0 })
        .collect();
    // Numbers that are allowed one by one can still break an order together: then the whole draw comes nearer to the method as it is.
    let mut shrunk = 1.0;
    let (pack, reference) = loop {
        let values: Vec<Option<f64>> = defaults
            .numbers
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let [low, high] = sides.get(&i)?;
                let at = |side: &Option<(f64, Shift)>| side.as_ref().map_or(n.value, |(value, _)| *value);
                let value = n.moved(factors.get(i).copied().unwrap_or(0.0) * shrunk);
                Some(value.clamp(at(low).min(n.value), at(high).max(n.value)))
            })
            .collect();
        match defaults.method(&values) {
            Ok(method) => break method,
            Err(e) if shrunk < 1e-3 => return Err(e),
            Err(_) => shrunk *= 0.5,
        }
    };
    let other = outcome(&pack, &reference)?;
    let top = central.top(settings.top);
    let any = |n: &NodeIx| other.any.get(n.at()).copied().unwrap_or(0.0);
    Ok(Joint {
        factors,
        replaced: central.shift(&other, settings.top).left.len(),
        mean_touched: other.touched.iter().sum::<f64>() / other.touched.len().max(1) as f64,
        top: other.ranks(top).into_iter().zip(top.iter().map(any)).collect(),
    })
}

fn effects(defaults: &Defaults<'_>, used: &[bool], mut sides: BTreeMap<usize, [Option<(f64, Shift)>; 2]>, joint: &[Joint]) -> Vec<Effect> {
    let replaced: Vec<f64> = joint.iter().map(|j| j.replaced as f64).collect();
    let touched: Vec<f64> = joint.iter().map(|j| j.mean_touched).collect();
    let mut effects: Vec<Effect> = defaults
        .numbers
        .iter()
        .enumerate()
        .map(|(i, number)| {
            let [halved, doubled] = sides.remove(&i).unwrap_or_default();
            let tried = match (used.get(i), &halved, &doubled) {
                (Some(true), Some(_), Some(_)) => Tried::Both,
                (Some(true), ..) => Tried::OneSide,
                _ => Tried::NotUsedHere,
            };
            let factor: Vec<f64> = joint.iter().map(|j| j.factors.get(i).copied().unwrap_or(0.0)).collect();
            let explains =
                (tried != Tried::NotUsedHere && !joint.is_empty()).then(|| (explained(&factor, &replaced), explained(&factor, &touched)));
            Effect { number: number.clone(), tried, halved, doubled, explains }
        })
        .collect();
    let weight = |e: &Effect| {
        let one = |side: &Option<(f64, Shift)>| side.as_ref().map_or((0, 0.0, 0.0), |(_, s)| s.weight());
        let (a, b) = (one(&e.halved), one(&e.doubled));
        (a.0.max(b.0), f64::max(a.1, b.1), f64::max(a.2, b.2))
    };
    effects.sort_by(|a, b| {
        let (x, y) = (weight(a), weight(b));
        (a.tried == Tried::NotUsedHere)
            .cmp(&(b.tried == Tried::NotUsedHere))
            .then(y.0.cmp(&x.0))
            .then(y.1.total_cmp(&x.1))
            .then(y.2.total_cmp(&x.2))
            .then_with(|| a.number.key.cmp(&b.number.key))
    });
    effects
}

/// Bins of the correlation ratio.
const BINS: usize = 5;

/// Correlation ratio: between-bin variance of `y` over its variance, `x` cut into five bins of equal count, less what chance alone
/// gives ((bins - 1) / (n - 1)); in [0, 1].
pub(super) fn explained(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len();
    let mean = y.iter().sum::<f64>() / n.max(1) as f64;
    let total: f64 = y.iter().map(|v| (v - mean).powi(2)).sum();
    if n <= BINS || total <= 0.0 || x.windows(2).all(|w| w[0] == w[1]) {
        return 0.0;
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| x[*a].total_cmp(&x[*b]).then(a.cmp(b)));
    let between: f64 = (0..BINS)
        .map(|b| {
            let part = &order[b * n / BINS..(b + 1) * n / BINS];
            let of_bin = part.iter().map(|i| y[*i]).sum::<f64>() / part.len().max(1) as f64;
            part.len() as f64 * (of_bin - mean).powi(2)
        })
        .sum();
    let chance = (BINS - 1) as f64 / (n - 1) as f64;
    ((between / total - chance) / (1.0 - chance)).clamp(0.0, 1.0)
}

fn top_places(prepared: &Prepared, central: &Outcome, most: usize, effects: &[Effect], joint: &[Joint]) -> Vec<TopPlace> {
    let top = central.top(most);
    top.iter()
        .enumerate()
        .map(|(i, node)| {
            let drawn: Vec<(usize, f64)> = joint.iter().filter_map(|j| j.top.get(i).copied()).collect();
            let mut ranks: Vec<f64> = drawn.iter().map(|(r, _)| *r as f64).collect();
            let mut anys: Vec<f64> = drawn.iter().map(|(_, p)| *p).collect();
            ranks.sort_by(f64::total_cmp);
            anys.sort_by(f64::total_cmp);
            let any = central.any.get(node.at()).copied().unwrap_or(0.0);
            let out = |side: &Option<(f64, Shift)>| side.as_ref().is_some_and(|(_, s)| s.left.contains(node));
            let mut leaves_when = Vec::new();
            for e in effects {
                if out(&e.halved) {
                    leaves_when.push(format!("{} halved", e.number.key));
                }
                if out(&e.doubled) {
                    leaves_when.push(format!("{} doubled", e.number.key));
                }
            }
            TopPlace {
                node: *node,
                shown_id: prepared.resolution.nodes.get(node.at()).map_or_else(String::new, |n| n.shown_id.to_string()),
                rank: i + 1,
                any,
                rank_range: if ranks.is_empty() { (i as f64 + 1.0, i as f64 + 1.0) } else { (type_1(&ranks, LOW), type_1(&ranks, HIGH)) },
                any_range: if anys.is_empty() { (any, any) } else { (type_7(&anys, LOW), type_7(&anys, HIGH)) },
                stays: match drawn.len() {
                    0 => 1.0,
                    n => drawn.iter().filter(|(r, _)| *r <= top.len()).count() as f64 / n as f64,
                },
                leaves_when,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_decides_all_explains_all_and_one_that_decides_nothing_explains_little() {
        let x: Vec<f64> = (0..100).map(|i| even(1, "x", i)).collect();
        let noise: Vec<f64> = (0..100).map(|i| even(1, "noise", i)).collect();
        let steps: Vec<f64> = x.iter().map(|v| v.signum()).collect();
        assert!(explained(&x, &steps) > 0.7);
        assert!(explained(&noise, &steps) < 0.15);
        assert_eq!(explained(&[0.0; 100], &steps), 0.0);
    }
}
