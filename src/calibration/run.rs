//! The whole measurement: reliability, coverage of the ranges, and the table of degradation, from one seed.

use super::coverage::{self, Coverage};
use super::degradation::{self, Line, SCENARIOS};
use super::ground::Ground;
use super::reliability::Reliability;
use crate::base::{Error, NodeIx, Norm, Result, par};
use crate::belief::draws::Draws;
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::world::{Manner, Reality, Telling};

/// How much is measured.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    pub seed: u64,
    /// Worlds for reliability and for coverage.
    pub worlds: usize,
    /// Worlds for each row of the degradation table.
    pub degradation_worlds: usize,
    /// Nodes of a world, at least 500.
    pub nodes: usize,
    /// Sets of places: worlds on one set share places and priors, never truth or evidence.
    pub grounds: usize,
    /// Draws of a range.
    pub draws: usize,
    /// 0: one per core. The result does not depend on it.
    pub threads: usize,
}

impl Settings {
    /// 1,000 worlds of 500 nodes.
    pub const FULL: Settings =
        Settings { seed: 1, worlds: 1_000, degradation_worlds: 100, nodes: 500, grounds: 40, draws: 200, threads: 0 };
    /// A look in under a minute.
    pub const QUICK: Settings = Settings { worlds: 40, degradation_worlds: 8, grounds: 4, ..Settings::FULL };
}

/// Everything measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    pub settings: Settings,
    pub reliability: Reliability,
    pub coverage: Coverage,
    pub degradation: Vec<Line>,
}

/// Seeds of the parts, far apart: the worlds of one part are not those of another.
const COVERAGE_SEEDS: u64 = 1_000_000_007;
const DEGRADATION_SEEDS: u64 = 2_000_000_011;
const GROUND_SEEDS: u64 = 3_000_000_019;
/// Seed of the draws that ranges are made of: that of the engine (model 1.6).
const RANGE_SEED: u64 = 1;

/// Measures calibration in worlds; `said` is told each stage.
///
/// # Errors
/// Settings that no world can have.
pub fn calibrate(
    settings: &Settings,
    pack: &MethodPack,
    reference: &Reference,
    said: &mut (dyn FnMut(&str) + Send),
) -> Result<Calibration> {
    if settings.worlds == 0 || settings.grounds == 0 || settings.draws == 0 {
        return Err(Error::settings("calibrate", "no worlds, grounds or draws".to_owned(), "give at least one of each"));
    }
    par::with_threads(settings.threads, || measured(settings, pack, reference, said))?
}

fn measured(settings: &Settings, pack: &MethodPack, reference: &Reference, said: &mut (dyn FnMut(&str) + Send)) -> Result<Calibration> {
    said("places and priors");
    let seed = |part: u64, i: usize| settings.seed.wrapping_mul(10_000_000_019).wrapping_add(part).wrapping_add(i as u64);
    let numbers: Vec<usize> = (0..settings.grounds.min(settings.worlds)).collect();
    let grounds = par::map_each(&numbers, |i| Ground::new(settings.nodes, seed(GROUND_SEEDS, *i), pack, reference));
    let grounds = grounds.into_iter().collect::<Result<Vec<Ground>>>()?;
    let worlds = |count: usize, part: u64| worlds_of(count, seed(part, 0), grounds.len());

    said("reliability");
    let mut reliability = Reliability::default();
    let all = par::map_each(&worlds(settings.worlds, 0), |(at, seed)| {
        grounds.get(*at).map(|ground| reliability_of(ground, &Reality::AS_THE_METHOD_SAYS, pack, reference, *seed)).unwrap_or_default()
    });
    all.iter().for_each(|one| reliability.join(one));

    said("coverage of the ranges");
    let draws = Draws::new(pack, RANGE_SEED, settings.draws as u32)?;
    let mut covered = Coverage::default();
    let all = par::map_each(&worlds(settings.worlds, COVERAGE_SEEDS), |(at, seed)| {
        grounds.get(*at).map(|ground| coverage::one(ground, pack, reference, &draws, *seed)).unwrap_or_default()
    });
    all.iter().for_each(|one| covered.join(one));

    let mut lines = Vec::new();
    for scenario in &SCENARIOS {
        said(scenario.name);
        lines.extend(degradation::scenario(scenario, &worlds(settings.degradation_worlds, DEGRADATION_SEEDS), &grounds, pack, reference));
    }
    Ok(Calibration { settings: *settings, reliability, coverage: covered, degradation: lines })
}

/// (ground, seed) of so many worlds, the grounds by turns.
pub fn worlds_of(count: usize, first_seed: u64, grounds: usize) -> Vec<(usize, u64)> {
    (0..count).map(|i| (i % grounds.max(1), first_seed.wrapping_add(i as u64))).collect()
}

/// The reliability of one world whose evidence has exactly the likelihood of the method, its rates moved by `reality`.
pub fn reliability_of(ground: &Ground, reality: &Reality, pack: &MethodPack, reference: &Reference, seed: u64) -> Reliability {
    let telling = Telling { manner: Manner::ByTheMethod, reality: *reality, rows: None, seed };
    let weights = |i: usize| ground.book.of(NodeIx(i as u32)).map(|p| p.joint.weight);
    let happened = ground.happen(&reality.off.rates(pack), weights, &telling, pack, reference);
    let mut table = Reliability::default();
    for (posterior, truth) in ground.posteriors(&happened.evidence, pack).iter().zip(&happened.world.truths) {
        let (Some(posterior), Some(truth)) = (posterior, truth) else { continue };
        for norm in Norm::ALL {
            table.add(norm.at(), posterior.coupled[norm.at()], truth.state.contains(norm));
        }
        table.add(Norm::COUNT, posterior.any, !truth.state.is_empty());
    }
    table
}
