//! A start's touched, unseen, exited and clear by tier, by list, or by any grouping of nodes: exact sums over all nodes (model 2, "Contributions").
//!
//! A tier here is the number of steps walked. Mass that went through the focal node's list of places has no tier: it is counted
//! in the bucket `listed`, from the list on.

use super::side_by_side::Steps;
use super::solve::Solution;
use super::visits::{Visits, push};
use super::walk::{Problem, steps_of};
use crate::base::{NodeIx, Result, par};
use crate::graph::SupplyGraph;

/// Mass by how it ended. As parts of one unit of spend, 0 to 1.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Ends {
    pub on_evidence: f64,
    pub by_context: f64,
    pub unseen: f64,
    pub exited: f64,
    pub clear: f64,
}

impl Ends {
    pub fn touched(&self) -> f64 {
        self.on_evidence + self.by_context
    }

    pub fn total(&self) -> f64 {
        self.touched() + self.unseen + self.exited + self.clear
    }

    /// Adds `mass` times other.
    pub fn add(&mut self, other: &Ends, mass: f64) {
        self.on_evidence += mass * other.on_evidence;
        self.by_context += mass * other.by_context;
        self.unseen += mass * other.unseen;
        self.exited += mass * other.exited;
        self.clear += mass * other.clear;
    }

    /// How one unit that starts at a node ends in all.
    pub fn of_walk_from(solution: &Solution, node: usize) -> Ends {
        Ends {
            on_evidence: solution.on_evidence[node],
            by_context: solution.by_context[node],
            unseen: solution.unseen[node],
            exited: solution.exited[node],
            clear: solution.clear[node],
        }
    }

    /// How one stand at a node ends there and then.
    fn of_stand_at(graph: &SupplyGraph, problem: &Problem<'_>, node: usize) -> Ends {
        let [p, unseen, exited, clear] = problem.ends(node, !graph.suppliers_of(NodeIx(node as u32)).is_empty());
        let (on_evidence, by_context) = if problem.on_evidence[node] { (p, 0.0) } else { (0.0, p) };
        Ends { on_evidence, by_context, unseen, exited, clear }
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

/// What ends at all vertices of the node that one of them names.
pub fn ends_of_node(graph: &SupplyGraph, problem: &Problem<'_>, visits: &Visits, node: u32) -> Ends {
    let mut ends = ends_at(graph, problem, visits, node);
    for other in graph.places().others(node) {
        ends.add(&ends_at(graph, problem, visits, other), 1.0);
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
    let [sums] = tier_sums_of(graph, &[*problem], start, list, most)?;
    Ok(sums)
}

/// [`tier_sums`] of L problems on one graph, side by side: the graph is read once for all of them.
///
/// # Errors
/// As [`tier_sums`].
pub fn tier_sums_of<const L: usize>(
    graph: &SupplyGraph,
    problems: &[Problem<'_>; L],
    start: u32,
    list: Option<u32>,
    most: usize,
) -> Result<[TierSums; L]> {
    for problem in problems {
        problem.checked(graph)?;
    }
    let steps = problems.each_ref().map(|p| steps_of(graph, &[*p]));
    let near = near(graph, problems, &steps, start, list, most);
    let lanes: Vec<usize> = (0..L).collect();
    let far = par::map_each(&lanes, |l| far(graph, &problems[*l], &steps[*l], &near[*l], list));
    let mut sums = near.map(|n| TierSums { tiers: n.tiers, beyond: Ends::default(), listed: Ends::default() });
    for (sums, far) in sums.iter_mut().zip(far) {
        (sums.beyond, sums.listed) = far?;
    }
    Ok(sums)
}

/// The walk tier by tier.
#[derive(Default)]
struct Near {
    tiers: Vec<Ends>,
    /// Mass that came onto the list.
    onto_list: f64,
    /// Node and mass that the tiers leave standing.
    standing: Vec<(u32, f64)>,
    /// Too little stands to follow it by tier.
    is_done: bool,
}

fn near<const L: usize>(
    graph: &SupplyGraph,
    problems: &[Problem<'_>; L],
    steps: &[Steps<'_, 1>; L],
    start: u32,
    list: Option<u32>,
    most: usize,
) -> [Near; L] {
    let mut near: [Near; L] = std::array::from_fn(|_| Near::default());
    let mut standing = vec![(start, [1.0; L])];
    let mut next: Vec<u32> = Vec::new();
    let mut next_at = vec![[0.0; L]; graph.nodes()];
    for _ in 0..if (start as usize) < graph.nodes() { most } else { 0 } {
        if near.iter().all(|n| n.is_done) {
            break;
        }
        let mut ends = [Ends::default(); L];
        for (n, mass) in &standing {
            if Some(*n) == list {
                near.iter_mut().zip(mass).for_each(|(near, mass)| near.onto_list += mass);
                continue;
            }
            for l in 0..L {
                ends[l].add(&Ends::of_stand_at(graph, &problems[l], *n as usize), mass[l]);
            }
            let on: [f64; L] = std::array::from_fn(|l| mass[l] * steps[l].goes_on[*n as usize][0]);
            if on.iter().any(|on| *on > 0.0) {
                for (s, w) in graph.suppliers_of(NodeIx(*n)).iter() {
                    let at = &mut next_at[s];
                    if *at == [0.0; L] {
                        next.push(s as u32);
                    }
                    at.iter_mut().zip(on).for_each(|(at, on)| *at += on * w);
                }
            }
        }
        standing.clear();
        standing.extend(next.drain(..).map(|n| (n, std::mem::replace(&mut next_at[n as usize], [0.0; L]))));
        for l in (0..L).filter(|l| !near[*l].is_done).collect::<Vec<_>>() {
            near[l].tiers.push(ends[l]);
            if standing.iter().map(|(_, mass)| mass[l]).sum::<f64>() < FAINT {
                near[l].is_done = true;
                near[l].standing = standing.iter_mut().map(|(n, mass)| (*n, std::mem::take(&mut mass[l]))).collect();
            }
        }
    }
    for l in 0..L {
        if !near[l].is_done {
            near[l].standing = standing.iter().map(|(n, mass)| (*n, mass[l])).collect();
        }
    }
    near
}

/// What ends beyond the tiers, and what ends after passing the list.
fn far(graph: &SupplyGraph, problem: &Problem<'_>, steps: &Steps<'_, 1>, near: &Near, list: Option<u32>) -> Result<(Ends, Ends)> {
    let mut to_the_list = steps.clone();
    if let Some(list) = list {
        to_the_list.absorb(list);
    }
    let far = push(&to_the_list, &near.standing)?;
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
        let onto_list = near.onto_list + far.at.get(list as usize).copied().unwrap_or(0.0);
        if onto_list > 0.0 {
            listed = all_ends(&push(steps, &[(list, onto_list)])?);
        }
    }
    Ok((beyond, listed))
}
