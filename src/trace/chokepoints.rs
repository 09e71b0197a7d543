//! At which few nodes most of a start's touched part can be reached: model 2, "Choke points".
//!
//! cover(S) = touched less touched with the rows and p of S set to 0: monotone and submodular, circles too. One node more gains
//! y_j touched_j / G_jj (visits, touched and returns with S out), so y_j touched_j bounds what j can ever gain. Greedy, largest first, is within
//! 1 - 1/e of the best k nodes (G. L. Nemhauser, L. A. Wolsey, M. L. Fisher, Math. Program. 14 (1978) 265-294); lazily: where the bound of
//! the next node is below the best gain so far, none after it is looked at (M. Minoux, LNCIS 7 (1978) 234-243).
//!
//! A node that stands in the graph as several vertices is one choice, of all of them: it gains the sum of P(first comes to the vertex) touched_vertex, and
//! the sum of y_j touched_j over them bounds that.
//!
//! Every cover is of a solve of its own. No k nodes cover more than cover(S) + the k largest bounds at S, for any S: the least of these over the
//! rounds stands beside each point.

use super::returns::{LARGE_MOST, returns};
use super::solve::{Figures, solve_figures};
use super::visits::{Visits, first_stands, stands_at, visits};
use super::walk::Problem;
use crate::base::Result;
use crate::graph::SupplyGraph;

/// One node of the greedy choice.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ChokePoint {
    pub node: u32,
    /// What it adds to the cover of those before it.
    pub gain: f64,
    /// cover(S) of all nodes up to this one, as part of one unit of the start's spend.
    pub cover: f64,
    /// No choice of as many nodes covers more than this.
    pub at_most: f64,
    /// G_jj when it was chosen; `None` where it was not computed.
    pub returns: Option<f64>,
}

/// Up to `most` nodes that together cover most of the touched part of `start`; of the nodes for which `may` holds, never the start itself.
///
/// # Errors
/// Columns that do not fit the graph, or a start outside it.
pub fn choke_points(
    graph: &SupplyGraph,
    problem: &Problem<'_>,
    start: u32,
    most: usize,
    tolerance: f64,
    may: impl Fn(u32) -> bool,
) -> Result<Vec<ChokePoint>> {
    let (mut p, mut mapped) = (problem.p.to_vec(), problem.mapped.to_vec());
    let mut points: Vec<ChokePoint> = Vec::new();
    let mut least = vec![f64::INFINITY; most];
    let (mut whole, mut covered) = (0.0, 0.0f64);
    for round in 0..=most {
        let now = Problem { p: &p, mapped: &mapped, ..*problem };
        let [solution] = solve_figures(graph, &[now], tolerance)?;
        let touched = if (start as usize) < graph.nodes() { solution.touched(start as usize) } else { 0.0 };
        if round == 0 {
            whole = touched;
        }
        if let Some(last) = points.last_mut() {
            last.cover = (whole - touched).max(covered);
            last.gain = last.cover - covered;
            covered = last.cover;
        }
        let seen = visits(graph, &now, &[(start, 1.0)])?;
        let of_vertex = |n: u32| seen.at[n as usize] * solution.touched(n as usize);
        let bound = |n: u32| of_vertex(n) + graph.places().others(n).map(of_vertex).sum::<f64>();
        let may = |n: &u32| graph.places().names_its_node(*n) && *n != graph.places().node(start) && may(*n);
        let mut bounds: Vec<(f64, u32)> = (0..graph.nodes() as u32).filter(may).map(|n| (bound(n), n)).filter(|(b, _)| *b > 0.0).collect();
        bounds.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut sum = covered;
        for (k, least) in least.iter_mut().enumerate() {
            sum += bounds.get(k).map_or(0.0, |(b, _)| *b);
            *least = least.min(sum);
        }
        if round == most {
            break;
        }
        let looked = Looked { start, solution: &solution, seen: &seen };
        let Some((node, returned)) = largest_gain(graph, &now, &bounds, &looked)? else { break };
        points.push(ChokePoint { node, gain: 0.0, cover: covered, at_most: 0.0, returns: returned });
        for vertex in graph.places().vertices(node) {
            (p[vertex as usize], mapped[vertex as usize]) = (0.0, 0.0);
        }
    }
    for (point, least) in points.iter_mut().zip(least) {
        point.at_most = least.min(whole).max(point.cover);
    }
    Ok(points)
}

/// What is known of one round.
struct Looked<'a> {
    start: u32,
    solution: &'a Figures,
    seen: &'a Visits,
}

impl Looked<'_> {
    /// Gain and returns of a node of several vertices.
    fn of_several(&self, graph: &SupplyGraph, problem: &Problem<'_>, node: u32) -> Result<(f64, Option<f64>)> {
        let first = first_stands(graph, problem, self.start, node)?;
        let ever: f64 = first.iter().map(|(_, first)| first).sum();
        let gain = first.iter().map(|(v, first)| first * self.solution.touched(*v as usize)).sum();
        Ok((gain, (ever > 0.0).then(|| (stands_at(graph, self.seen, node) / ever).max(1.0))))
    }
}

/// The node with the largest gain, the smaller number of equal ones. A node of which the returns are unknown counts by its bound.
fn largest_gain(
    graph: &SupplyGraph,
    problem: &Problem<'_>,
    bounds: &[(f64, u32)],
    looked: &Looked<'_>,
) -> Result<Option<(u32, Option<f64>)>> {
    let mut best: Option<(f64, u32, Option<f64>)> = None;
    let (mut from, mut step) = (0, 1);
    // Few at first: where a unit seldom comes back, the first bound is the gain, and in a large circle each look is a walk.
    while let Some(some) = bounds.get(from..(from + step).min(bounds.len())).filter(|some| !some.is_empty()) {
        (from, step) = (from + step, (2 * step).min(LARGE_MOST));
        let nodes: Vec<u32> = some.iter().map(|(_, n)| *n).filter(|n| !graph.places().has_others(*n)).collect();
        if some.first().is_some_and(|(bound, _)| best.is_some_and(|(gain, _, _)| *bound <= gain)) {
            break;
        }
        let mut plain = returns(graph, problem, &nodes)?.into_iter();
        for (bound, node) in some {
            let (gain, returned) = if graph.places().has_others(*node) {
                looked.of_several(graph, problem, *node)?
            } else {
                let returned = plain.next().flatten();
                (bound / returned.unwrap_or(1.0), returned)
            };
            if best.is_none_or(|(most, at, _)| gain > most || (gain == most && *node < at)) {
                best = Some((gain, *node, returned));
            }
        }
    }
    Ok(best.map(|(_, node, returned)| (node, returned)))
}
