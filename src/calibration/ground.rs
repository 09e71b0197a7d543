//! Places to draw worlds on, with the priors that the engine fits for them, and one world on them as the engine reads it.

use crate::base::{CountryCode, Date, NodeIx, Result, SectorCode, Traced};
use crate::belief::context::{ContextPrior, PriorBook, priors};
use crate::belief::posterior::{Posterior, posterior_with};
use crate::evidence::assemble::{EvidenceByNode, assemble};
use crate::evidence::kernel::{Kernel, Scratch};
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::resolve::{Resolution, resolve};
use crate::validate::Inputs;
use crate::world::{Population, Telling, World, WorldSettings, happen};
use std::collections::BTreeMap;

/// What calibration is shown for.
pub const SHOWN: [Traced; 3] = [Traced::Any, Traced::ForcedLabour, Traced::ChildLabour];

/// One set of places; several worlds happen on it.
pub struct Ground {
    pub population: Population,
    pub resolution: Resolution,
    pub book: PriorBook,
    pub as_of: Date,
}

/// One world on a ground, and what the engine has of it.
pub struct Happened {
    pub world: World,
    pub inputs: Inputs,
    pub evidence: EvidenceByNode,
}

impl Ground {
    /// # Errors
    /// Too few nodes, or a context without a joint prior.
    pub fn new(nodes: usize, seed: u64, pack: &MethodPack, reference: &Reference) -> Result<Self> {
        let as_of = WorldSettings::default().as_of;
        let population = Population::places(nodes, seed)?;
        let resolution = resolve(&population.inputs(reference, as_of));
        let book = priors(&resolution, pack, reference, &BTreeMap::new())?;
        Ok(Self { population, resolution, book, as_of })
    }

    pub fn prior(&self, node: usize) -> Option<&ContextPrior> {
        self.book.of(NodeIx(node as u32))
    }

    /// Lets a world happen under `real` and reads it with `pack`.
    pub fn happen(
        &self,
        real: &MethodPack,
        weights: impl Fn(usize) -> Option<[f64; crate::base::norm::STATE_COUNT]>,
        telling: &Telling,
        pack: &MethodPack,
        reference: &Reference,
    ) -> Happened {
        let world = happen(&self.population, real, weights, telling);
        let mut inputs = self.population.inputs(reference, self.as_of);
        world.tell(&mut inputs, pack);
        let evidence = assemble(&inputs, &self.resolution, pack, None, self.as_of).by_node;
        Happened { world, inputs, evidence }
    }

    /// The engine's posterior of every place; `None` where nobody works.
    pub fn posteriors(&self, evidence: &EvidenceByNode, pack: &MethodPack) -> Vec<Option<Posterior>> {
        let (kernel, mut scratch) = (Kernel::new(pack), Scratch::default());
        let one = |i: usize| {
            let prior = self.prior(i)?;
            let said = evidence.get(&NodeIx(i as u32));
            Some(said.map_or(prior.silent, |g| posterior_with(&kernel, &prior.joint, &g.evidence, &mut scratch)))
        };
        (0..self.resolution.len()).map(one).collect()
    }

    /// The mean prior of the places of each place's country and sector, by [`SHOWN`]; zeros where nobody works.
    pub fn country_sector_average(&self) -> Vec<[f64; SHOWN.len()]> {
        type Group = (Option<CountryCode>, Option<SectorCode>);
        let group = |i: usize| -> Option<Group> { self.resolution.nodes.get(i).map(|n| (n.country, n.sector)) };
        let mut sums: BTreeMap<Group, (f64, [f64; SHOWN.len()])> = BTreeMap::new();
        for i in 0..self.resolution.len() {
            if let (Some(group), Some(prior)) = (group(i), self.prior(i)) {
                let (n, sum) = sums.entry(group).or_default();
                *n += 1.0;
                for (s, t) in sum.iter_mut().zip(SHOWN) {
                    *s += prior.traced(t);
                }
            }
        }
        let average = |i| group(i).and_then(|g| sums.get(&g)).map_or([0.0; SHOWN.len()], |(n, sum)| sum.map(|s| s / n));
        (0..self.resolution.len()).map(average).collect()
    }
}

/// A posterior's figure for a traced norm.
pub fn figure(posterior: &Posterior, traced: Traced) -> f64 {
    traced.norm().map_or(posterior.any, |n| posterior.coupled[n.at()])
}
