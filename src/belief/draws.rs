//! What the defaults leave open, node by node: every rate of the method drawn R times, and the 5-95 % range of what follows (model 1.6).
//!
//! ```text
//! r = 0          the pack itself; no part of a range
//! prior          log weight of a state += tau_h (sqrt 1/2 z(country) + sqrt 1/2 z(sector)) for each root norm h true in it, no refit
//! source class   logit d += s z(detection, source), log f += s z(false_report, source), f <= 1/2; d = 0 and d = 1 stay
//! strength       logit present += t z(present, grade), log(absent / present) += t z(absent, grade), at most 0;
//!                then each stronger grade takes at least the `present` and at most the `absent` of the weaker
//! mapped         logit of an assumed share += m z(mapped, kind)
//! ```
//!
//! s, t, m and tau by the level of the base rate are parameters of the pack (`draws.*`). Root norms: child_labour, forced_labour, trafficking.
//! d is moved before it ages, with whatever reach or trust has made of it. A central figure outside its range is left so. Naming of the
//! numbers: [`super::normal`].

use super::context::{ContextPrior, PriorBook};
use super::joint::{JointPrior, marginals_of};
use super::normal::{Drawn, MISSING, z};
use super::posterior::{Posterior, PriorStates, posterior_with, read};
use super::quantile::Range;
use crate::base::norm::{STATE_COUNT, STATES};
use crate::base::{CountryCode, Error, Kind, NodeIx, Norm, Result, SectorCode, Traced, par};
use crate::evidence::items::NodeEvidence;
use crate::evidence::kernel::{Kernel, Scratch};
use crate::evidence::lanes::sum;
use crate::evidence::said::Rates;
use crate::pack::{Grade, MethodPack, Strength};
use crate::reference::RateLevel;
use std::collections::BTreeMap;

/// The norms that carry the doubt of the base rates.
pub const ROOTS: [Norm; 3] = [Norm::ChildLabour, Norm::ForcedLabour, Norm::Trafficking];
/// Figures of a node of which a range is kept: coupled, `any`.
const FIGURES: usize = Norm::COUNT + 1;

/// Standard deviations of the draws and their number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spreads {
    /// Of logit d and log f by source class.
    pub source: f64,
    /// Of logit present and log(absent / present) by grade.
    pub strength: f64,
    /// Of the logit of an assumed mapped share by kind.
    pub mapped: f64,
    /// Of the log odds of a root norm, by level of its base rate: subnational sector, national sector, modelled, country and wider.
    pub tau: [f64; 4],
    pub count: u32,
}

impl Spreads {
    /// Those of a pack.
    ///
    /// # Errors
    /// A parameter `draws.*` that the pack does not hold.
    pub fn of(pack: &MethodPack) -> Result<Self> {
        let number = |id: &str| {
            pack.parameter(id).map(|p| p.value).ok_or_else(|| {
                Error::settings(format!("parameter {id}"), "is missing", "every number of the method is a row of [[parameter]]")
            })
        };
        Ok(Self {
            source: number("draws.source_sd")?,
            strength: number("draws.strength_sd")?,
            mapped: number("draws.mapped_sd")?,
            tau: [
                number("draws.tau_subnational_sector")?,
                number("draws.tau_national_sector")?,
                number("draws.tau_modelled")?,
                number("draws.tau_country")?,
            ],
            count: number("draws.count")? as u32,
        })
    }

    /// What is added to the logit of an assumed mapped share of a kind of node in draw r; 0 for r = 0.
    pub fn mapped_shift(&self, seed: u64, kind: Kind, r: u32) -> f64 {
        if r == 0 { 0.0 } else { self.mapped * z(seed, Drawn::Mapped, kind.as_str(), r) }
    }

    /// tau of a base rate.
    pub fn tau_of(&self, level: RateLevel) -> f64 {
        match level {
            RateLevel::SubnationalSector => self.tau[0],
            RateLevel::NationalSector => self.tau[1],
            RateLevel::CountrySector => self.tau[2],
            RateLevel::Country | RateLevel::Region | RateLevel::World => self.tau[3],
        }
    }
}

/// R perturbed methods beside the central one, compiled.
#[derive(Clone, Debug)]
pub struct Draws {
    seed: u64,
    spreads: Spreads,
    kernel: Kernel,
    /// Of draw r at r - 1.
    rates: Vec<Rates>,
}

/// A prior with the spread of each root norm.
#[derive(Clone, Copy, Debug)]
pub struct SpreadPrior<'a> {
    pub joint: &'a JointPrior,
    /// tau by root norm, in the order of [`ROOTS`].
    pub tau: [f64; ROOTS.len()],
}

/// What one draw says of a node; as [`Posterior`], without the gap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawnPosterior {
    pub coupled: [f64; Norm::COUNT],
    pub any: f64,
    pub decoupled: [f64; Norm::COUNT],
}

/// 5-95 % of a node's figures over the draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeDraws {
    pub coupled: [Range; Norm::COUNT],
    pub any: Range,
}

impl Draws {
    /// `count` draws of a pack; 0 or more.
    ///
    /// # Errors
    /// As [`Spreads::of`].
    pub fn new(pack: &MethodPack, seed: u64, count: u32) -> Result<Self> {
        Ok(Self::with(pack, Spreads { count, ..Spreads::of(pack)? }, seed))
    }

    /// Draws of a pack with given spreads.
    pub fn with(pack: &MethodPack, spreads: Spreads, seed: u64) -> Self {
        let rates = (1..=spreads.count).map(|r| rates(pack, &spreads, seed, r)).collect();
        Self { seed, spreads, kernel: Kernel::new(pack), rates }
    }

    /// R.
    pub fn count(&self) -> u32 {
        self.rates.len() as u32
    }

    /// The central method, compiled.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// The rates of draw r; those of the pack for r = 0 and beyond R.
    pub fn rates(&self, r: u32) -> &Rates {
        (r as usize).checked_sub(1).and_then(|i| self.rates.get(i)).unwrap_or(self.kernel.central())
    }

    /// What is added to the logit of an assumed mapped share of a kind of node in draw r; 0 for r = 0.
    pub fn mapped_shift(&self, kind: Kind, r: u32) -> f64 {
        self.spreads.mapped_shift(self.seed, kind, r)
    }

    /// sqrt 1/2 z(country) + sqrt 1/2 z(sector) of every draw, r = 1 to R.
    pub fn place(&self, country: Option<CountryCode>, sector: Option<SectorCode>) -> Vec<f64> {
        (1..=self.count()).map(|r| self.place_at(country, sector, r)).collect()
    }

    fn place_at(&self, country: Option<CountryCode>, sector: Option<SectorCode>, r: u32) -> f64 {
        let of_country = z(self.seed, Drawn::Country, country.as_ref().map_or(MISSING, CountryCode::as_str), r);
        let of_sector = z(self.seed, Drawn::Sector, sector.as_ref().map_or(MISSING, SectorCode::as_str), r);
        0.5f64.sqrt() * of_country + 0.5f64.sqrt() * of_sector
    }

    /// The prior of a context with its spread. A root norm without a base rate of its own, lifted by what implies it, takes the largest
    /// spread of those.
    pub fn spread<'a>(&self, prior: &'a ContextPrior) -> SpreadPrior<'a> {
        let own = |n: Norm| prior.base.get(n.at()).and_then(Option::as_ref).map(|b| self.spreads.tau_of(b.level));
        let tau = ROOTS.map(|root| {
            let implying = || Norm::ALL.into_iter().filter(|n| n.implied().contains(root));
            own(root).unwrap_or_else(|| implying().filter_map(own).fold(0.0, f64::max))
        });
        SpreadPrior { joint: &prior.joint, tau }
    }

    /// The posterior under the parameters of draw r; for r = 0 the central one, bit for bit.
    pub fn posterior(
        &self,
        prior: &SpreadPrior<'_>,
        country: Option<CountryCode>,
        sector: Option<SectorCode>,
        evidence: Option<&NodeEvidence>,
        r: u32,
        scratch: &mut Scratch,
    ) -> DrawnPosterior {
        if r == 0 || r > self.count() {
            let Posterior { coupled, any, decoupled, .. } = match evidence {
                Some(said) => posterior_with(&self.kernel, prior.joint, said, scratch),
                None => Posterior::of_prior(prior.joint),
            };
            return DrawnPosterior { coupled, any, decoupled };
        }
        if let Some(said) = evidence {
            scratch.prepare(&self.kernel, said);
        }
        self.drawn(prior, self.place_at(country, sector, r), evidence.is_some(), r, scratch)
    }

    /// The posterior of every draw r = 1 to R, in order; `place` as from [`Draws::place`] of the node's country and sector.
    pub fn each(
        &self,
        prior: &SpreadPrior<'_>,
        place: &[f64],
        evidence: Option<&NodeEvidence>,
        scratch: &mut Scratch,
        mut take: impl FnMut(u32, DrawnPosterior),
    ) {
        if let Some(said) = evidence {
            scratch.prepare(&self.kernel, said);
        }
        for (r, shift) in (1..=self.count()).zip(place) {
            take(r, self.drawn(prior, *shift, evidence.is_some(), r, scratch));
        }
    }

    fn drawn(&self, prior: &SpreadPrior<'_>, shift: f64, told: bool, r: u32, scratch: &mut Scratch) -> DrawnPosterior {
        let states = tilted(prior, shift);
        if !told || scratch.is_silent() {
            return DrawnPosterior { coupled: states.met, any: states.any, decoupled: states.alone };
        }
        let (coupled, any, decoupled) = read(&self.kernel, &states, self.rates(r), scratch);
        DrawnPosterior { coupled, any, decoupled }
    }

    /// The ranges of one node; without evidence those of its context in that country and sector.
    pub fn ranges(&self, prior: &SpreadPrior<'_>, place: &[f64], evidence: Option<&NodeEvidence>, scratch: &mut Scratch) -> NodeDraws {
        self.spread_of(prior, place, evidence, scratch).ranges
    }

    fn spread_of(&self, prior: &SpreadPrior<'_>, place: &[f64], evidence: Option<&NodeEvidence>, scratch: &mut Scratch) -> NodeSpread {
        let count = self.rates.len();
        let mut columns = vec![0.0; FIGURES * count];
        self.each(prior, place, evidence, scratch, |r, p| {
            let figures = p.coupled.into_iter().chain([p.any]);
            for (f, figure) in figures.enumerate() {
                columns[f * count + r as usize - 1] = figure;
            }
        });
        let any = columns[Norm::COUNT * count..].to_vec();
        let figure_of = |t: Traced| t.norm().map_or(Norm::COUNT, Norm::at);
        let traced =
            Traced::ALL.iter().flat_map(|t| &columns[figure_of(*t) * count..(figure_of(*t) + 1) * count]).map(|x| *x as f32).collect();
        let mut range = |f: usize| Range::of(&mut columns[f * count..(f + 1) * count]);
        let ranges = NodeDraws { coupled: std::array::from_fn(&mut range), any: range(Norm::COUNT) };
        NodeSpread { ranges, any, traced }
    }

    /// Coupled probability of the eight norms and `any` in every draw, r = 1 to R: what a traced range is made of.
    pub fn posteriors(
        &self,
        prior: &SpreadPrior<'_>,
        place: &[f64],
        evidence: Option<&NodeEvidence>,
        scratch: &mut Scratch,
    ) -> Vec<[f64; 9]> {
        let mut out = Vec::with_capacity(self.rates.len());
        self.each(prior, place, evidence, scratch, |_, p| {
            let [a, b, c, d, e, f, g, h] = p.coupled;
            out.push([a, b, c, d, e, f, g, h, p.any]);
        });
        out
    }
}

/// What a book of ranges needs of one node.
#[derive(Clone, Copy, Debug)]
pub struct DrawnNode<'a> {
    pub node: NodeIx,
    pub country: Option<CountryCode>,
    pub sector: Option<SectorCode>,
    pub evidence: Option<&'a NodeEvidence>,
}

/// What the draws say of one node.
#[derive(Clone, Debug)]
struct NodeSpread {
    ranges: NodeDraws,
    /// `any` in every draw, r = 1 to R.
    any: Vec<f64>,
    /// What the walk reads, of each of [`Traced::ALL`] every draw.
    traced: Vec<f32>,
}

/// The ranges of all nodes: those without evidence share their context's.
#[derive(Clone, Debug, Default)]
pub struct RangeBook {
    shared: BTreeMap<Place, NodeSpread>,
    place: BTreeMap<NodeIx, Place>,
    own: BTreeMap<NodeIx, NodeSpread>,
}

/// Number of the prior, country, sector.
type Place = (usize, Option<CountryCode>, Option<SectorCode>);

impl RangeBook {
    /// The ranges of a node; `None` where nobody works.
    pub fn of(&self, node: NodeIx) -> Option<&NodeDraws> {
        self.drawn(node).map(|drawn| &drawn.ranges)
    }

    /// `any` of a node in every draw, r = 1 to R; empty where nobody works.
    pub fn any(&self, node: NodeIx) -> &[f64] {
        self.drawn(node).map_or(&[], |drawn| &drawn.any)
    }

    /// Coupled probabilities of [`Traced::ALL`], one norm after the other, each in every draw r = 1 to R; empty where nobody works.
    pub fn traced(&self, node: NodeIx) -> &[f32] {
        self.drawn(node).map_or(&[], |drawn| &drawn.traced)
    }

    fn drawn(&self, node: NodeIx) -> Option<&NodeSpread> {
        self.own.get(&node).or_else(|| self.place.get(&node).and_then(|place| self.shared.get(place)))
    }
}

/// Nodes of one piece of work; a node takes R evaluations.
const PIECE: usize = 16;

/// The ranges of nodes, in parallel over distinct contexts and over nodes with evidence. Nodes without a prior are left out.
pub fn range_book(nodes: &[DrawnNode<'_>], priors: &PriorBook, draws: &Draws) -> RangeBook {
    let known: Vec<(Place, &DrawnNode<'_>)> =
        nodes.iter().filter_map(|n| Some(((priors.index(n.node)?, n.country, n.sector), n))).collect();
    let mut places: Vec<(Option<CountryCode>, Option<SectorCode>)> = known.iter().map(|(p, _)| (p.1, p.2)).collect();
    places.sort_unstable();
    places.dedup();
    let shifts: Vec<Vec<f64>> =
        par::map_chunks(places.len(), PIECE, |piece| piece.map(|i| draws.place(places[i].0, places[i].1)).collect::<Vec<_>>())
            .into_iter()
            .flatten()
            .collect();
    let shift_of = |p: &Place| places.binary_search(&(p.1, p.2)).ok().map_or(&[][..], |i| &shifts[i]);
    let ranges = |tasks: &[(Place, Option<&NodeEvidence>)]| -> Vec<Option<NodeSpread>> {
        let pieces = par::map_chunks(tasks.len(), PIECE, |piece| {
            let mut scratch = Scratch::default();
            let one = |(place, evidence): &(Place, Option<&NodeEvidence>)| {
                let prior = draws.spread(priors.distinct.get(place.0)?);
                Some(draws.spread_of(&prior, shift_of(place), *evidence, &mut scratch))
            };
            tasks[piece].iter().map(one).collect::<Vec<_>>()
        });
        pieces.into_iter().flatten().collect()
    };
    let mut book = RangeBook::default();
    let mut told: Vec<(NodeIx, (Place, Option<&NodeEvidence>))> = Vec::new();
    for (place, node) in &known {
        match node.evidence {
            Some(said) => told.push((node.node, (*place, Some(said)))),
            None => drop(book.place.insert(node.node, *place)),
        }
    }
    let mut silent: Vec<Place> = book.place.values().copied().collect();
    silent.sort_unstable();
    silent.dedup();
    let shared = ranges(&silent.iter().map(|p| (*p, None)).collect::<Vec<_>>());
    book.shared = silent.into_iter().zip(shared).filter_map(|(p, r)| Some((p, r?))).collect();
    let (numbers, tasks): (Vec<NodeIx>, Vec<(Place, Option<&NodeEvidence>)>) = told.into_iter().unzip();
    book.own = numbers.into_iter().zip(ranges(&tasks)).filter_map(|(n, r)| Some((n, r?))).collect();
    book
}

/// The prior with the log weight of every state moved, as a distribution again.
fn tilted(prior: &SpreadPrior<'_>, shift: f64) -> PriorStates {
    let factor = prior.tau.map(|tau| (tau * shift).exp());
    let mut weight = prior.joint.weight;
    for (w, x) in weight.iter_mut().zip(STATES.iter()) {
        for (root, f) in ROOTS.iter().zip(factor) {
            if x.contains(*root) {
                *w *= f;
            }
        }
    }
    let total = sum(&weight);
    let weight: [f64; STATE_COUNT] = weight.map(|w| w / total);
    let met = marginals_of(&weight).map(|m| m.clamp(0.0, 1.0));
    PriorStates { weight, alone: met, met, any: sum(&weight[1..]).min(1.0), kept: prior.joint.kept }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn rates(pack: &MethodPack, spreads: &Spreads, seed: u64, r: u32) -> Rates {
    let by_source = |kind| pack.sources.iter().map(|s| (spreads.source * z(seed, kind, &s.id, r)).exp()).collect();
    let names = [Grade::Weak, Grade::Medium, Grade::Strong].map(|g| match g {
        Grade::Weak => "weak",
        Grade::Medium => "medium",
        Grade::Strong => "strong",
    });
    let strengths = std::array::from_fn(|g| {
        let Strength { present, absent } = pack.strengths[g];
        let moved = logistic((present / (1.0 - present)).ln() + spreads.strength * z(seed, Drawn::Present, names[g], r));
        let ratio = ((absent / present).ln() + spreads.strength * z(seed, Drawn::Absent, names[g], r)).min(0.0).exp();
        Strength { present: moved, absent: ratio * moved }
    });
    Rates { strengths: in_order(strengths), detection_odds: by_source(Drawn::Detection), false_report: by_source(Drawn::FalseReport) }
}

/// Grades restored to order, from weak to strong: each takes at least the `present` and at most the `absent` of the one before.
pub fn in_order(mut strengths: [Strength; 3]) -> [Strength; 3] {
    for g in 1..strengths.len() {
        let weaker = strengths[g - 1];
        strengths[g].present = strengths[g].present.max(weaker.present);
        strengths[g].absent = strengths[g].absent.min(weaker.absent);
    }
    strengths
}
