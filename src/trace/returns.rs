//! How often a unit that stands at a node stands there in all: the diagonal of G = (I - A)^-1 (model 2, "revisit factor", choke points, footprint).
//!
//! 1 where the node is in no circle. In a circle of up to [`MEDIUM`] nodes it is read off an exact elimination, one for all nodes asked of that
//! circle, while the eliminations of the call stay within [`WORK_MOST`]. In a larger one a unit is followed from the node itself, for no more than [`LARGE_MOST`] nodes a call, the first asked; of others it is not
//! computed, and that is said: `None`.
//!
//! A node that stands in the graph as several vertices has no G of its own: how often a unit comes back depends on the vertex at which it came. What stands
//! for it is of one start, and is the same figure where there is one vertex: expected stands at the node / P(the unit ever comes to it).

use super::circle::{Circle, Positions};
use super::elimination::Elimination;
use super::side_by_side::MEDIUM;
use super::visits::{Visits, first_stands, push, stands_at};
use super::walk::{Problem, steps_of};
use crate::base::{Error, NodeIx, Result};
use crate::graph::SupplyGraph;

/// Nodes of larger circles that are followed in one call.
pub const LARGE_MOST: usize = 8;
/// Multiplications that eliminations take in one call; circles beyond it, in the order of components, are not computed.
pub const WORK_MOST: f64 = 4e9;
/// Links that are read in one call to find who comes to nodes of several vertices at all; of nodes beyond it that is not computed.
const FIRST_LINKS: usize = 50_000_000;
/// Mass that may be left on the way where a unit is followed.
const LEFT: f64 = 1e-9;

/// G_jj of each node asked for, at least 1, in the order asked; `None` where it was not computed, or nothing ever leaves the circle.
///
/// # Errors
/// Columns that do not fit the graph, or a node outside it.
pub fn returns(graph: &SupplyGraph, problem: &Problem<'_>, wanted: &[u32]) -> Result<Vec<Option<f64>>> {
    problem.checked(graph)?;
    if let Some(n) = wanted.iter().find(|n| **n as usize >= graph.nodes()) {
        return Err(Error::internal(format!("returns to node {n} of {}", graph.nodes())));
    }
    let steps = steps_of(graph, &[*problem]);
    let components = graph.components();
    let mut found = vec![None; wanted.len()];
    let mut by_circle: Vec<(u32, u32, usize)> =
        wanted.iter().enumerate().map(|(at, n)| (components.of_node(*n as usize), *n, at)).collect();
    by_circle.sort_unstable();
    let mut positions: Option<Positions> = None;
    let (mut followed, mut work) = (0, 0.0);
    for asked in by_circle.chunk_by(|a, b| a.0 == b.0) {
        let Some((c, first, _)) = asked.first().copied() else { continue };
        let members = components.members(c as usize);
        if members.len() == 1 {
            let own = graph.suppliers_of(NodeIx(first)).nodes.binary_search(&first).is_ok();
            let leak = if own { steps.leak(first as usize, c)[0] } else { 1.0 };
            asked.iter().for_each(|(_, _, at)| found[*at] = (leak > 0.0).then(|| 1.0 / leak));
        } else if members.len() <= MEDIUM {
            let size = members.len() as f64;
            work += size * size * (size / 3.0 + asked.len() as f64);
            if work > WORK_MOST {
                continue;
            }
            let positions = positions.get_or_insert_with(|| Positions::new(graph.nodes()));
            let circle = Circle::of(&steps, c, members, positions);
            let Some(elimination) = Elimination::of(&circle, 0) else { continue };
            for (_, n, at) in asked {
                let Some(place) = members.iter().position(|m| m == n) else { continue };
                let mut unit = vec![0.0; members.len()];
                unit[place] = 1.0;
                elimination.visits(&mut unit);
                found[*at] = Some(unit[place].max(1.0));
            }
        } else {
            let mut in_order = asked.to_vec();
            in_order.sort_unstable_by_key(|(_, _, at)| *at);
            for (_, n, at) in in_order.iter().take(LARGE_MOST.saturating_sub(followed)) {
                followed += 1;
                let seen = push(&steps, &[(*n, 1.0)])?;
                let left: f64 = seen.left.iter().filter(|(m, _)| components.of_node(*m as usize) == c).map(|(_, r)| r).sum();
                found[*at] = (left <= LEFT).then(|| seen.at[*n as usize].max(1.0));
            }
        }
    }
    Ok(found)
}

/// [`returns`] of the units that start at `start` and have been followed by `visits`; of a node of several vertices all of them together.
///
/// # Errors
/// As [`returns`].
pub fn returns_from(graph: &SupplyGraph, problem: &Problem<'_>, start: u32, visits: &Visits, wanted: &[u32]) -> Result<Vec<Option<f64>>> {
    let places = graph.places();
    let plain: Vec<u32> = wanted.iter().copied().filter(|n| !places.has_others(*n)).collect();
    let mut of_plain = returns(graph, problem, &plain)?.into_iter();
    let mut most = FIRST_LINKS / graph.links().max(1);
    let mut found = Vec::with_capacity(wanted.len());
    for n in wanted {
        found.push(if !places.has_others(*n) {
            of_plain.next().flatten()
        } else if most == 0 {
            None
        } else {
            most -= 1;
            let ever: f64 = first_stands(graph, problem, start, *n)?.iter().map(|(_, first)| first).sum();
            (ever > 0.0).then(|| (stands_at(graph, visits, *n) / ever).max(1.0))
        });
    }
    Ok(found)
}
