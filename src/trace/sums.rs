//! A start's touched, unseen and clear by tier, by list, or by any grouping of nodes: exact sums over all nodes (model 2, "Contributions").
//!
//! A tier here is the number of steps walked. Mass that went through the focal node's list of places has no tier: it is counted
//! in the bucket `listed`, from the list on.

use super::solve::Solution;
use super::visits::{Visits, push};
use super::walk::{Problem, Steps};
use crate::base::{NodeIx, Result};
use crate::graph::SupplyGraph;

/// Mass by how it ended. As parts of one unit of spend, 0 to 1.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Ends {
    pub on_evidence: f64,
    pub by_context: f64,
    pub unseen: f64,
    pub clear: f64,
}

impl Ends {
    pub fn touched(&self) -> f64 {
        self.on_evidence + self.by_context
    }

    pub fn total(&self) -> f64 {
        self.touched() + self.unseen + self.clear
    }

    /// Adds `mass` times other.
    pub fn add(&mut self, other: &Ends, mass: f64) {
        self.on_evidence += mass * other.on_evidence;
        self.by_context += mass * other.by_context;
        self.unseen += mass * other.unseen;
        self.clear += mass * other.clear;
    }

    /// How one unit that starts at a node ends in all.
    pub fn of_walk_from(solution: &Solution, node: usize) -> Ends {
        Ends {
            on_evidence: solution.on_evidence[node],
            by_context: solution.by_context[node],
            unseen: solution.unseen[node],
            clear: solution.clear[node],
        }
    }

    /// How one stand at a node ends there and then.
    fn of_stand_at(graph: &SupplyGraph, problem: &Problem<'_>, node: usize) -> Ends {
        let (p, mapped) = (problem.p[node], problem.mapped[node]);
        let clear = if graph.suppliers_of(NodeIx(node as u32)).is_empty() { (1.0 - p) * mapped } else { 0.0 };
        let (on_evidence, by_context) = if problem.on_evidence[node] { (p, 0.0) } else { (0.0, p) };
        Ends { on_evidence, by_context, unseen: (1.0 - p) * (1.0 - mapped), clear }
    }
}

/// What ends at one node, of the unit that `visits` follow.
pub fn ends_at(graph: &SupplyGraph, problem: &Problem<'_>, visits: &Visits, node: u32) -> Ends {
    let mut ends = Ends::default();
    if let Some(y) = visits.at.get(node as usize).filter(|y| **y > 0.0) {
        ends.add(&Ends::of_stand_at(graph, problem, node as usize), *y);
    }
    ends
}

/// What ends in each group of nodes: `group` by node, 0..groups; any other number counts in the last of the groups + 1 sums.
pub fn group_sums(graph: &SupplyGraph, problem: &Problem<'_>, visits: &Visits, group: &[u32], groups: usize) -> Vec<Ends> {
    let mut sums = vec![Ends::default(); groups + 1];
    for n in 0..graph.nodes() as u32 {
        let of = group.get(n as usize).map_or(groups, |g| (*g as usize).min(groups));
        sums[of].add(&ends_at(graph, problem, visits, n), 1.0);
    }
    sums
}

/// What ends at each tier. `tiers`, `beyond` and `listed` together are the whole walk.
#[derive(Clone, PartialEq, Debug)]
pub struct TierSums {
    /// `tiers[k]`: what ends after k steps; 0 is the start itself.
    pub tiers: Vec<Ends>,
    /// What ends after more steps than there are tiers.
    pub beyond: Ends,
    /// What ends after passing the list.
    pub listed: Ends,
}

/// Mass below which the walk is not followed tier by tier.
const FAINT: f64 = 1e-15;

/// Sums by tier of one unit from `start`, tier by tier up to `most` tiers and in one sum beyond; `list` is the list's node where the view has one.
///
/// # Errors
/// Columns that do not fit the graph, or a start outside it.
pub fn tier_sums(graph: &SupplyGraph, problem: &Problem<'_>, start: u32, list: Option<u32>, most: usize) -> Result<TierSums> {
    problem.checked(graph)?;
    let steps = Steps::of(graph, problem);
    let mut onto_list = 0.0;
    let mut tiers = Vec::new();
    let mut standing = vec![(start, 1.0)];
    let mut next_at = vec![0.0; graph.nodes()];
    let mut is_next = vec![false; graph.nodes()];
    while tiers.len() < most && !standing.is_empty() && (start as usize) < graph.nodes() {
        let mut ends = Ends::default();
        let mut next: Vec<u32> = Vec::new();
        for (n, mass) in &standing {
            if Some(*n) == list {
                onto_list += mass;
                continue;
            }
            ends.add(&Ends::of_stand_at(graph, problem, *n as usize), *mass);
            let on = mass * steps.goes_on[*n as usize];
            if on > 0.0 {
                for (s, w) in graph.suppliers_of(NodeIx(*n)).iter() {
                    if !std::mem::replace(&mut is_next[s], true) {
                        next.push(s as u32);
                    }
                    next_at[s] += on * w;
                }
            }
        }
        tiers.push(ends);
        standing.clear();
        for n in next {
            is_next[n as usize] = false;
            standing.push((n, std::mem::take(&mut next_at[n as usize])));
        }
        if standing.iter().map(|(_, mass)| mass).sum::<f64>() < FAINT {
            break;
        }
    }
    let mut to_the_list = steps.clone();
    if let Some(list) = list {
        to_the_list.absorb(list);
    }
    let far = push(&to_the_list, &standing)?;
    let all_ends = |visits: &Visits| {
        let mut sum = Ends::default();
        for n in (0..graph.nodes() as u32).filter(|n| Some(*n) != list) {
            sum.add(&ends_at(graph, problem, visits, n), 1.0);
        }
        sum
    };
    let beyond = all_ends(&far);
    let mut listed = Ends::default();
    if let Some(list) = list {
        onto_list += far.at.get(list as usize).copied().unwrap_or(0.0);
        if onto_list > 0.0 {
            listed = all_ends(&push(&steps, &[(list, onto_list)])?);
        }
    }
    Ok(TierSums { tiers, beyond, listed })
}
