//! Where the touched part of what a node buys is, by which chains it comes, and where the purchases go dark (model 2, "Contributions").

use super::roads::{Behind, CLOSE, Chain, Place, Roads, Sight, Told};
use crate::base::Result;
use crate::graph::mapped::MappedBasis;
use crate::pipeline::exposure::choke_points_most;
use crate::pipeline::summarise::question;
use crate::trace::contributions::largest_unseen;
use crate::trace::sums::{Ends, ends_of_node};
use crate::trace::visits::{Visits, stands_at};
use crate::trace::{ChokePoint, TOLERANCE, choke_points, solve, tier_sums, visits};
use serde::Serialize;
use std::path::Path;

/// Contributors are told until they hold this part of their column.
const PART: f64 = 0.8;
/// And never more than this of one column.
const ROWS_MOST: usize = 1000;
/// Contributors of a column whose chains are told.
const CHAINED_MOST: usize = 5;
const CHAINS_MOST: usize = 2;
const DARK_MOST: usize = 10;
const TIERS_MOST: usize = 32;
const CHOKES_MOST: usize = 5;

/// Everything upstream of a node.
#[derive(Clone, Debug, Serialize)]
pub struct Up {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
    pub focal: bool,
    pub norm: &'static str,
    pub mapped_rule: &'static str,
    /// Probability at the node itself, which is no part of its purchases; `None` where nobody works.
    pub own_site: Option<f64>,
    pub own_site_on_evidence: bool,
    /// One unit of its purchases, by how it ends. None where it buys nothing that is recorded.
    pub on_evidence: f64,
    pub by_context: f64,
    pub unseen: f64,
    /// With suppliers left after an adverse finding.
    pub exited: f64,
    pub clear: f64,
    /// With the unseen part followed to its likely origins; of focal companies.
    pub expected: Option<f64>,
    pub nodes_upstream: u64,
    pub touched_on_evidence: Part,
    pub touched_by_context: Part,
    pub dark: Vec<Dark>,
    /// What ends unseen elsewhere, and at how many nodes.
    pub dark_rest: f64,
    pub dark_rest_nodes: u64,
    pub tiers: Vec<Tier>,
    /// Largest difference to the figures of exposure.parquet, where the walk misses them.
    pub differs_by: Option<f64>,
    /// The nodes at which most of the touched part ends or comes through, first chosen first.
    pub choke_points: Vec<Choke>,
}

/// One node of the greedy choice (model 2, "Choke points").
#[derive(Clone, Debug, Serialize)]
pub struct Choke {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
    pub tier: Option<u32>,
    /// With those before it, part of one unit of purchases.
    pub cover: f64,
    /// No choice of as many nodes covers more.
    pub cover_at_most: f64,
}

/// One column of touched: its contributors to 80 %, largest first, and the rest. Rows and rest are the column.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    pub total: f64,
    pub rows: Vec<Contributor>,
    pub rest: f64,
    pub rest_nodes: u64,
}

/// A node at which purchases are touched.
#[derive(Clone, Debug, Serialize)]
pub struct Contributor {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
    /// Fewest links from the node traced; `None`: its published list alone leads there.
    pub tier: Option<u32>,
    /// Part of one unit of purchases that is touched here.
    pub touched: f64,
    /// The same as part of its column.
    pub share_of_column: f64,
    /// Expected stands of one unit of purchases here.
    pub visits: f64,
    pub probability: f64,
    pub behind: Behind,
    /// The strongest ways there, of the largest contributors.
    pub chains: Vec<Chain>,
}

/// A node at which purchases end unseen.
#[derive(Clone, Debug, Serialize)]
pub struct Dark {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
    pub tier: Option<u32>,
    /// Part of one unit of purchases that ends unseen here.
    pub unseen: f64,
    /// Part of its purchases that its links hold, and what that figure rests on.
    pub mapped: f64,
    pub basis: &'static str,
    /// What to ask.
    pub ask: String,
    pub chain: Option<Chain>,
}

/// What ends after so many steps.
#[derive(Clone, Debug, Serialize)]
pub struct Tier {
    pub tier: String,
    pub on_evidence: f64,
    pub by_context: f64,
    pub unseen: f64,
    /// With suppliers left after an adverse finding.
    pub exited: f64,
    pub clear: f64,
}

/// Follows the purchases of a node upstream.
///
/// # Errors
/// No such node in the result.
pub fn up(out: &Path, roads: &Roads, node: &str) -> Result<Up> {
    let start = roads.find(out, node)?;
    let sight = roads.sight(start)?;
    let (graph, problem) = (sight.graph(), sight.problem());
    let solution = solve(graph, &problem, TOLERANCE)?;
    let visited = visits(graph, &problem, &[(0, 1.0)])?;
    let whole = Ends::of_walk_from(&solution, 0);
    let names = |n: u32| graph.places().names_its_node(n);
    let ends = |n: u32| if names(n) { ends_of_node(graph, &problem, &visited, n) } else { Ends::default() };
    let of_node: Vec<Ends> = (0..graph.nodes() as u32).map(ends).collect();
    let stands: Vec<f64> = (0..graph.nodes() as u32).map(|n| stands_at(graph, &visited, n)).collect();
    let column = |on_evidence: bool| part(roads, &sight, &of_node, &stands, on_evidence);
    let (touched_on_evidence, touched_by_context) = (column(true)?, column(false)?);
    let (dark, dark_rest, dark_rest_nodes) = dark(roads, &sight, &visited)?;
    let sums = tier_sums(graph, &problem, 0, sight.list(), TIERS_MOST)?;
    let mut tiers: Vec<Tier> = sums.tiers.iter().enumerate().map(|(k, ends)| tier(k.to_string(), ends)).collect();
    tiers.extend([tier("beyond".to_owned(), &sums.beyond), tier("listed".to_owned(), &sums.listed)]);
    tiers.retain(|t| t.on_evidence + t.by_context + t.unseen + t.exited + t.clear > 0.0);
    let choke_points = chokes(roads, &sight)?;
    let told = told(roads, start, &whole);
    let empty = Place::nobody();
    let place = roads.place(start).unwrap_or(&empty);
    Ok(Up {
        node_id: place.id.clone(),
        name: place.name.clone(),
        kind: place.kind.as_str().to_owned(),
        country: place.country.clone(),
        focal: place.focal,
        norm: roads.traced.as_str(),
        mapped_rule: roads.rule.as_str(),
        own_site: place.kind.has_posterior().then_some(place.p),
        own_site_on_evidence: place.on_evidence,
        on_evidence: whole.on_evidence,
        by_context: whole.by_context,
        unseen: whole.unseen,
        exited: whole.exited,
        clear: whole.clear,
        expected: roads.told_own.get(&start).and_then(|t| t.expected),
        nodes_upstream: (0..sight.nodes.len() as u32).filter(|n| names(*n)).count() as u64 - 1,
        touched_on_evidence,
        touched_by_context,
        dark,
        dark_rest,
        dark_rest_nodes,
        tiers,
        choke_points,
        differs_by: told.filter(|d| *d > CLOSE),
    })
}

fn chokes(roads: &Roads, sight: &Sight) -> Result<Vec<Choke>> {
    let list = sight.list();
    let most = choke_points_most(sight.graph()).min(CHOKES_MOST);
    let points = choke_points(sight.graph(), &sight.problem(), 0, most, TOLERANCE, |n| Some(n) != list)?;
    let choke = |point: &ChokePoint| {
        let place = sight.nodes.get(point.node as usize).and_then(|n| roads.place(*n))?;
        Some(Choke {
            node_id: place.id.clone(),
            name: place.name.clone(),
            kind: place.kind.as_str().to_owned(),
            country: place.country.clone(),
            tier: sight.tier(point.node),
            cover: point.cover,
            cover_at_most: point.at_most,
        })
    };
    Ok(points.iter().filter_map(choke).collect())
}

/// By how much the walk misses what the result says of the node. Of a node that is no company under assessment the result counts its own place too.
fn told(roads: &Roads, start: u32, walk: &Ends) -> Option<f64> {
    let most = |told: &Told, walk: &Ends| {
        let pairs = [
            (told.on_evidence, walk.on_evidence),
            (told.by_context, walk.by_context),
            (told.unseen, walk.unseen),
            (told.exited, walk.exited),
            (told.clear, walk.clear),
        ];
        pairs.iter().fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()))
    };
    let place = roads.place(start)?;
    if place.focal {
        return roads.told_own.get(&start).map(|told| most(told, walk));
    }
    // In a circle of trade the node's own probability enters more than once, and no plain sum compares.
    let told = roads.told.get(start as usize)?.as_ref()?;
    let in_circle = roads.is_in_circle(start);
    let mut own = Ends::default();
    own.add(walk, 1.0 - place.p);
    if place.on_evidence {
        own.on_evidence += place.p;
    } else {
        own.by_context += place.p;
    }
    (!in_circle).then(|| most(told, &own))
}

fn tier(tier: String, ends: &Ends) -> Tier {
    Tier { tier, on_evidence: ends.on_evidence, by_context: ends.by_context, unseen: ends.unseen, exited: ends.exited, clear: ends.clear }
}

fn part(roads: &Roads, sight: &Sight, of_node: &[Ends], visited: &[f64], on_evidence: bool) -> Result<Part> {
    let of = |e: &Ends| if on_evidence { e.on_evidence } else { e.by_context };
    let mut by_size: Vec<(f64, u32)> = of_node.iter().map(of).zip(0..).filter(|(t, _)| *t > 0.0).collect();
    by_size.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| sight.nodes.get(a.1 as usize).cmp(&sight.nodes.get(b.1 as usize))));
    let total: f64 = by_size.iter().map(|(t, _)| t).sum();
    let mut held = 0.0;
    let mut rows = Vec::new();
    for (touched, local) in by_size.iter().take(ROWS_MOST) {
        if held >= PART * total {
            break;
        }
        held += touched;
        let Some(place) = sight.nodes.get(*local as usize).and_then(|n| roads.place(*n)) else { continue };
        rows.push(Contributor {
            node_id: place.id.clone(),
            name: place.name.clone(),
            kind: place.kind.as_str().to_owned(),
            country: place.country.clone(),
            tier: sight.tier(*local),
            touched: *touched,
            share_of_column: touched / total,
            visits: visited.get(*local as usize).copied().unwrap_or(0.0),
            probability: place.p,
            behind: place.behind.clone(),
            chains: if rows.len() < CHAINED_MOST { sight.chains(roads, *local, CHAINS_MOST)? } else { Vec::new() },
        });
    }
    let rest = by_size.iter().skip(rows.len()).map(|(t, _)| t).sum();
    Ok(Part { total, rest, rest_nodes: (by_size.len() - rows.len()) as u64, rows })
}

fn dark(roads: &Roads, sight: &Sight, visited: &Visits) -> Result<(Vec<Dark>, f64, u64)> {
    let all = largest_unseen(sight.graph(), &sight.problem(), visited, usize::MAX);
    let mut by_size: Vec<(f64, u32)> = all.into_iter().map(|(vertex, unseen)| (unseen, vertex)).collect();
    by_size.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| sight.nodes.get(a.1 as usize).cmp(&sight.nodes.get(b.1 as usize))));
    let mut rows = Vec::new();
    for (unseen, local) in by_size.iter().take(DARK_MOST) {
        let Some(place) = sight.nodes.get(*local as usize).and_then(|n| roads.place(*n)) else { continue };
        let mapped = sight.mapped_share(*local);
        rows.push(Dark {
            node_id: place.id.clone(),
            name: place.name.clone(),
            kind: place.kind.as_str().to_owned(),
            country: place.country.clone(),
            tier: sight.tier(sight.graph().places().node(*local)),
            unseen: *unseen,
            mapped: mapped.map_or(0.0, |m| m.0),
            basis: basis(mapped.map(|m| m.1)),
            ask: question(&place.name, place.kind, mapped.map(|m| m.1), sight.heading(*local), *local == 0),
            chain: sight.chains(roads, *local, 1)?.into_iter().next(),
        });
    }
    let rest = by_size.iter().skip(rows.len()).map(|(u, _)| u).sum();
    Ok((rows, rest, (by_size.len().saturating_sub(DARK_MOST)) as u64))
}

/// What a mapped share rests on, as a word of the output.
fn basis(basis: Option<MappedBasis>) -> &'static str {
    match basis {
        // A result does not keep which of the two was the less.
        Some(MappedBasis::Declared | MappedBasis::Recorded) => "stated",
        Some(other) => other.as_str(),
        None => "no_links",
    }
}
