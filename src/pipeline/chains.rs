//! The walk of a focal company, read back from a result folder: the chains that lead to a node, and step by step what ends where.
//!
//! Recorded chains, unknown mapped shares taken cautiously (view `own_unfilled` of the model, part 2): places that only a published list
//! leads to are not walked here. A unit that arrives at a node ends touched with p, unseen with (1-p)(1-mapped), exited with (1-p) mapped e,
//! clear at a mapped node without suppliers, and else goes on to the suppliers in proportion to value.

use super::explanation::{Upstream, upstream};
use crate::base::{NodeIx, Result, Traced};
use crate::trace::paths::strongest_paths;
use crate::trace::{Problem, Solution, solve};
use std::collections::BTreeMap;
use std::path::Path;

/// Steps of the search for one chain.
const WORK_MOST: usize = 100_000;
const TOLERANCE: f64 = 1e-10;

/// The recorded chains upstream of one company.
pub struct Chains {
    up: Upstream,
    places: BTreeMap<String, u32>,
    none: Vec<f64>,
}

/// A node of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub node_id: String,
    pub name: String,
}

/// One chain, from the company to the node asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedChain {
    pub nodes: Vec<Link>,
    /// Part of the company's spend that comes this way.
    pub share: f64,
}

/// How a unit ends, in parts of one unit of the company's purchases.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ends {
    pub on_evidence: f64,
    pub by_context: f64,
    pub unseen: f64,
    pub exited: f64,
    pub clear: f64,
}

impl Ends {
    pub fn total(&self) -> f64 {
        self.on_evidence + self.by_context + self.unseen + self.exited + self.clear
    }

    pub fn add(&mut self, other: &Ends) {
        self.on_evidence += other.on_evidence;
        self.by_context += other.by_context;
        self.unseen += other.unseen;
        self.exited += other.exited;
        self.clear += other.clear;
    }
}

/// What arrives at a group of nodes at one step, and what of it ends there.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival<G> {
    pub group: G,
    pub share: f64,
    pub ends: Ends,
}

/// One step of the walk: groups by what arrives, and what goes from each to each group of the next step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<G> {
    pub arrivals: Vec<Arrival<G>>,
    /// (group here, group at the next step, part of the spend), by position.
    pub onward: Vec<(usize, usize, f64)>,
}

impl Chains {
    /// The chains of `focal` in the result at `out`; `None` where it buys nothing that is recorded.
    ///
    /// # Errors
    /// A table that is missing or cannot be read.
    pub fn of(out: &Path, focal: &str, traced: Traced) -> Result<Option<Self>> {
        let Some(up) = upstream(out, focal, true, traced)? else { return Ok(None) };
        let mut places = BTreeMap::new();
        for (local, id) in up.shown.iter().enumerate() {
            places.entry(id.clone()).or_insert(local as u32);
        }
        let none = vec![0.0; up.p.len()];
        Ok(Some(Self { up, places, none }))
    }

    fn problem(&self) -> Problem<'_> {
        Problem {
            p: &self.up.p,
            on_evidence: &self.up.on_evidence,
            mapped: &self.up.mapped,
            origin_prior: &self.none,
            exited: &self.up.left,
        }
    }

    /// The strongest chains to a node, strongest first; none where no recorded chain leads there.
    ///
    /// # Errors
    /// Only where the tables of the result do not fit together.
    pub fn to(&self, node_id: &str, most: usize) -> Result<Vec<NamedChain>> {
        let Some(target) = self.places.get(node_id).copied().filter(|t| *t != 0) else { return Ok(Vec::new()) };
        let found = strongest_paths(&self.up.view.graph, &self.problem(), 0, target, most, WORK_MOST)?;
        let link = |local: &u32| Link {
            node_id: self.up.shown.get(*local as usize).cloned().unwrap_or_default(),
            name: self.up.names.get(*local as usize).cloned().unwrap_or_default(),
        };
        Ok(found.paths.iter().map(|p| NamedChain { nodes: p.nodes.iter().map(link).collect(), share: p.share }).collect())
    }

    /// The walk in at most `most` steps from the company's purchases, nodes grouped by `group`; what goes on after the last step ends there as the
    /// whole of its further walk does.
    ///
    /// # Errors
    /// Only where the tables of the result do not fit together.
    pub fn steps<G: Ord + Clone>(&self, most: usize, group: impl Fn(&str) -> G) -> Result<Vec<Step<G>>> {
        let solution = solve(&self.up.view.graph, &self.problem(), TOLERANCE)?;
        let groups: Vec<G> = self.up.shown.iter().map(|id| group(id)).collect();
        let mut here: BTreeMap<u32, f64> = BTreeMap::from([(0, 1.0)]);
        let mut steps: Vec<Step<G>> = Vec::new();
        for at in 0..=most {
            let mut next: BTreeMap<u32, f64> = BTreeMap::new();
            let mut sums: BTreeMap<&G, (f64, Ends)> = BTreeMap::new();
            let mut flows: BTreeMap<(&G, &G), f64> = BTreeMap::new();
            for (local, share) in &here {
                let n = *local as usize;
                let Some(own) = groups.get(n) else { continue };
                let sum = sums.entry(own).or_default();
                sum.0 += share;
                if at == most {
                    sum.1.add(&whole(&solution, n, *share));
                    continue;
                }
                let (ends, onward) = self.ends(n, *share);
                sum.1.add(&ends);
                for (supplier, weight) in self.up.view.graph.suppliers_of(NodeIx(*local)).iter() {
                    let part = onward * weight;
                    let Some(to) = groups.get(supplier).filter(|_| part > 0.0) else { continue };
                    *next.entry(supplier as u32).or_default() += part;
                    *flows.entry((own, to)).or_default() += part;
                }
            }
            let names: Vec<&G> = sums.keys().copied().collect();
            let arrivals = sums.iter().map(|(g, (share, ends))| Arrival { group: (*g).clone(), share: *share, ends: *ends }).collect();
            let targets: Vec<&G> =
                next.keys().filter_map(|n| groups.get(*n as usize)).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            let place = |of: &[&G], g: &G| of.iter().position(|x| *x == g);
            let onward = flows.iter().filter_map(|((a, b), share)| Some((place(&names, a)?, place(&targets, b)?, *share))).collect();
            steps.push(Step { arrivals, onward });
            if next.is_empty() {
                break;
            }
            here = next;
        }
        Ok(steps)
    }

    /// What of `share` ends at a node, and what goes on to its suppliers.
    fn ends(&self, n: usize, share: f64) -> (Ends, f64) {
        let of = |column: &[f64]| column.get(n).copied().unwrap_or(0.0);
        let (p, mapped, left) = (of(&self.up.p), of(&self.up.mapped), of(&self.up.left));
        let touched = share * p;
        let on_evidence = self.up.on_evidence.get(n).copied().unwrap_or(false);
        let stays = share * (1.0 - p);
        let onward = stays * mapped * (1.0 - left);
        let ends_here = self.up.view.graph.suppliers_of(NodeIx(n as u32)).is_empty();
        let ends = Ends {
            on_evidence: if on_evidence { touched } else { 0.0 },
            by_context: if on_evidence { 0.0 } else { touched },
            unseen: stays * (1.0 - mapped),
            exited: stays * mapped * left,
            clear: if ends_here { onward } else { 0.0 },
        };
        (ends, if ends_here { 0.0 } else { onward })
    }
}

/// How `share` ends that stands at a node, over all its further walk.
fn whole(solution: &Solution, n: usize, share: f64) -> Ends {
    let of = |column: &[f64]| share * column.get(n).copied().unwrap_or(0.0);
    Ends {
        on_evidence: of(&solution.on_evidence),
        by_context: of(&solution.by_context),
        unseen: of(&solution.unseen),
        exited: of(&solution.exited),
        clear: of(&solution.clear),
    }
}
