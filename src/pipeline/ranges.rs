//! What the method's draws leave open of traced figures: 5-95 % of every part, and of the places of companies beside each other (model 1.6).
//!
//! In draw r every node's p is its posterior under the rates of that draw, and an assumed mapped share is moved on the logit by kind; who supplies
//! whom, whether anything speaks of a place, exits and origins stay. Companies of which the own view is the whole network are drawn with the
//! places at the head of the register in one solve of the network; each other company in a view of its own. A company with a published list is
//! drawn one draw at a time, since what leads to the list is a share of what is not mapped. All of it only as far as [`WORK_MOST`] carries: a
//! company left out is counted, never shown with a narrower range.

use super::exposure::{OwnView, Upstream, WholeExposure};
use super::network::Mapped;
use super::spread::{SEED, Spread};
use crate::base::{Error, Kind, NodeIx, Result, Traced, par};
use crate::belief::draws::Spreads;
use crate::belief::quantile::{Range, RankRange, rank_ranges};
use crate::export::walk_rows::Drawn;
use crate::graph::mapped::MappedBasis;
use crate::graph::{SupplyGraph, View};
use crate::pack::MethodPack;
use crate::resolve::Resolution;
use crate::schema::outputs::words::{RANGED, RANKED};
use crate::trace::draws::{self, DrawnProblem, FIGURES, LANES, solve_draws};
use crate::trace::{Problem, open_circles, solve};
use std::collections::BTreeMap;

/// Whose figures are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RangesOf {
    /// Focal companies and the head of the register, as far as the work stays within bounds.
    #[default]
    Top,
    /// Every node, whatever it takes.
    All,
    None,
}

impl RangesOf {
    /// The word in `run.json` and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            RangesOf::Top => "top",
            RangesOf::All => "all",
            RangesOf::None => "none",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [RangesOf::Top, RangesOf::All, RangesOf::None].into_iter().find(|r| r.as_str() == text)
    }
}

/// Links that all draws together read, with blocks of [`LANES`] draws as one: a minute or so on one core.
const WORK_MOST: u64 = 2_000_000_000;
/// Sweeps that a network with a large circle is reckoned to take.
const SWEEPS: u64 = 20;
/// Components above this size are swept.
const LARGE: usize = 48;
/// Nodes of which all draws of all figures are held at once.
const NODES_MOST: usize = 250_000;

/// Ranges of traced figures, by norm in the order of [`Traced::ALL`].
#[derive(Debug, Default)]
pub struct TracedRanges {
    own: BTreeMap<NodeIx, [Drawn; Traced::COUNT]>,
    all: BTreeMap<NodeIx, [Drawn; Traced::COUNT]>,
    /// Companies whose draws would have taken more work than a run takes.
    pub left_out: Vec<NodeIx>,
    /// Places at the head of the register of which the same holds.
    pub places_left_out: usize,
}

impl TracedRanges {
    /// Of a company's own figure, unknown mapped shares taken cautiously.
    pub fn own(&self, focal: NodeIx, traced: Traced) -> Option<&Drawn> {
        self.own.get(&focal).map(|of| &of[traced as usize])
    }

    /// Of a node's figure with all scopes merged, unknown mapped shares taken cautiously.
    pub fn all(&self, node: NodeIx, traced: Traced) -> Option<&Drawn> {
        self.all.get(&node).map(|of| &of[traced as usize])
    }
}

/// Draws the figures of focal companies and of the head of the register, or of all nodes.
///
/// # Errors
/// `All` of more nodes than can be held; a parameter of the draws that the pack does not hold.
pub fn ranges(which: RangesOf, focal: &[NodeIx], upstream: &Upstream<'_>, whole: &WholeExposure, spread: &Spread) -> Result<TracedRanges> {
    let count = spread.draws as usize;
    if which == RangesOf::None || count == 0 {
        return Ok(TracedRanges::default());
    }
    let nodes = upstream.resolution.len();
    if which == RangesOf::All && nodes > NODES_MOST {
        return Err(Error::settings(
            "--ranges all",
            format!("{nodes} nodes are more than {NODES_MOST}, of which all draws can be held"),
            "leave it out: focal companies and the head of the register are drawn",
        ));
    }
    let method = Method { spreads: Spreads::of(upstream.pack)?, spread, count };
    let mut work = Work { left: if which == RangesOf::All { u64::MAX } else { WORK_MOST } };
    let mut drawn = Figures::default();

    let shared: Vec<NodeIx> = focal.iter().copied().filter(|f| sees_all(*f, upstream)).collect();
    let graph = &upstream.network.whole.graph;
    let mut places_left_out = 0;
    if !work.allows(graph, count) {
        places_left_out = spread.top.len();
    } else {
        let mut wanted = if which == RangesOf::All { (0..nodes as u32).map(NodeIx).collect() } else { spread.top.clone() };
        wanted.extend(&shared);
        wanted.sort_unstable();
        wanted.dedup();
        for (node, figures) in wanted.iter().zip(method.whole(upstream, whole, &wanted)?) {
            if shared.binary_search(node).is_ok() {
                drawn.own.insert(*node, figures.clone());
            }
            drawn.all.insert(*node, figures);
        }
    }
    let mut left_out = Vec::new();
    for focal in focal.iter().filter(|f| !drawn.own.contains_key(f)).copied().collect::<Vec<_>>() {
        let own = OwnView::of(focal, upstream.network, &upstream.columns.exits, upstream.resolution, upstream.pack)?;
        let rounds = if own.list().is_some() { count * LANES } else { count };
        if work.allows(&own.view.graph, rounds) {
            drawn.own.insert(focal, if own.list().is_some() { method.listed(&own, upstream)? } else { method.own(&own, upstream)? });
        } else {
            left_out.push(focal);
        }
    }
    Ok(TracedRanges { left_out, places_left_out, ..told(&drawn, focal, count) })
}

/// Whether a company's own figure is its figure in the whole network: nothing is disclosed to it alone, and it is no workplace itself.
pub(super) fn sees_all(focal: NodeIx, upstream: &Upstream<'_>) -> bool {
    let network = upstream.network;
    !network.any_scope && !network.listings.contains_key(&focal) && Traced::ALL.iter().all(|t| upstream.columns.p(*t, focal) == 0.0)
}

/// Every draw of the six figures, by norm.
type ByNorm = [draws::Drawn; Traced::COUNT];

#[derive(Default)]
struct Figures {
    own: BTreeMap<NodeIx, ByNorm>,
    all: BTreeMap<NodeIx, ByNorm>,
}

struct Work {
    left: u64,
}

impl Work {
    /// Takes what the draws of one graph cost, where so much is left.
    fn allows(&mut self, graph: &SupplyGraph, draws: usize) -> bool {
        let sweeps = if graph.components().largest() > LARGE { SWEEPS } else { 1 };
        let each = (graph.links() + graph.nodes()) as u64 * sweeps;
        let cost = each * Traced::COUNT as u64 * draws.div_ceil(LANES) as u64;
        let allowed = cost <= self.left;
        if allowed {
            self.left -= cost;
        }
        allowed
    }
}

struct Method<'a> {
    spreads: Spreads,
    spread: &'a Spread,
    /// R.
    count: usize,
}

impl Method<'_> {
    fn whole(&self, upstream: &Upstream<'_>, whole: &WholeExposure, wanted: &[NodeIx]) -> Result<Vec<ByNorm>> {
        let graph = &upstream.network.whole.graph;
        let nodes: Vec<NodeIx> = upstream.network.whole.nodes().collect();
        let wanted: Vec<u32> = wanted.iter().map(|n| n.0).collect();
        self.solved(graph, &nodes, &whole.mapped, None, upstream, &wanted)
    }

    fn own(&self, own: &OwnView, upstream: &Upstream<'_>) -> Result<ByNorm> {
        let View { graph, nodes, .. } = &own.view;
        let mut solved = self.solved(graph, nodes, &own.mapped, Some(own.view.focal), upstream, &[0])?;
        solved.pop().ok_or_else(|| Error::internal("a company without a figure"))
    }

    /// Draws side by side, `nodes` by vertex; the spend of `start` is followed from its purchases.
    fn solved(
        &self,
        graph: &SupplyGraph,
        nodes: &[NodeIx],
        mapped: &Mapped,
        start: Option<NodeIx>,
        upstream: &Upstream<'_>,
        wanted: &[u32],
    ) -> Result<Vec<ByNorm>> {
        let rows: Vec<&[f32]> = nodes.iter().map(|n| self.spread.traced(*n)).collect();
        let moved = Moved::of(nodes, mapped, self, upstream.resolution, upstream.pack);
        let mut by_norm: Vec<Vec<draws::Drawn>> = Vec::with_capacity(Traced::COUNT);
        for traced in Traced::ALL {
            let first = traced as usize * self.count;
            let p = |n: usize, from: usize| {
                let mut lanes = [0.0; LANES];
                let row = rows[n].get(first + from..first + self.count).filter(|_| Some(nodes[n]) != start);
                lanes.iter_mut().zip(row.unwrap_or(&[])).for_each(|(lane, p)| *lane = *p);
                lanes
            };
            let column = |node: &NodeIx| upstream.columns.on_evidence(traced, *node);
            let on_evidence: Vec<bool> = nodes.iter().map(column).collect();
            let origin_prior: Vec<f64> = nodes.iter().map(|n| upstream.columns.origin(traced, *n)).collect();
            let problem = DrawnProblem {
                p,
                mapped: |n: usize, from: usize| moved.lanes(n, from),
                on_evidence: &on_evidence,
                origin_prior: &origin_prior,
                exited: &mapped.exited,
                draws: self.count,
            };
            by_norm.push(solve_draws(graph, &problem, wanted)?);
        }
        Ok((0..wanted.len()).map(|i| std::array::from_fn(|t| std::mem::take(&mut by_norm[t][i]))).collect())
    }

    /// One draw at a time, with the published list filled in by what that draw leaves unmapped.
    fn listed(&self, own: &OwnView, upstream: &Upstream<'_>) -> Result<ByNorm> {
        let view = &own.view;
        let moved = Moved::of(&view.nodes, &own.mapped, self, upstream.resolution, upstream.pack);
        let draws: Vec<usize> = (0..self.count).collect();
        let columns = Traced::ALL.into_iter().map(|t| own.columns(upstream.columns, t)).collect::<Result<Vec<_>>>()?;
        let one = |r: &usize| -> Result<Vec<[f32; FIGURES]>> {
            let mapped: Vec<f64> = (0..view.nodes.len()).map(|n| f64::from(moved.at(n, *r))).collect();
            let filled = view.fill(&mapped, &own.mapped.exited)?.ok_or_else(|| Error::internal("a view without its list"))?;
            let mapped = open_circles(&filled.graph, &filled.mapped, upstream.pack.trace.closed_mapped)?.mapped;
            Traced::ALL
                .into_iter()
                .map(|t| {
                    let at = t as usize * self.count + r;
                    let of = |n: &NodeIx| self.spread.traced(*n).get(at).map_or(0.0, |p| f64::from(*p));
                    let mut p: Vec<f64> = view.nodes.iter().map(of).collect();
                    p.push(0.0); // the list itself
                    view.start_at_purchases(&mut p);
                    let problem = Problem { p: &p, ..columns[t as usize].problem(&mapped, &filled.exited) };
                    let s = solve(&filled.graph, &problem, upstream.pack.trace.tolerance)?;
                    let first = |column: &[f64]| column.first().map_or(0.0, |x| *x as f32);
                    Ok([&s.on_evidence, &s.by_context, &s.unseen, &s.exited, &s.clear, &s.expected].map(|c| first(c)))
                })
                .collect()
        };
        let mut by_norm: ByNorm = Default::default();
        for figures in par::map_each(&draws, one) {
            for (kept, figures) in by_norm.iter_mut().zip(figures?) {
                kept.iter_mut().zip(figures).for_each(|(kept, x)| kept.push(x));
            }
        }
        Ok(by_norm)
    }
}

/// Mapped shares in every draw: assumed ones move, by kind.
struct Moved {
    central: Vec<f32>,
    /// Number of the kind in `by_kind` where the share is assumed.
    kind: Vec<Option<u8>>,
    /// Of each kind the drawn share over the pack's, r = 1 to R.
    by_kind: Vec<Vec<f32>>,
}

impl Moved {
    fn of(nodes: &[NodeIx], mapped: &Mapped, method: &Method<'_>, resolution: &Resolution, pack: &MethodPack) -> Self {
        let mut kinds: Vec<Kind> = Vec::new();
        let mut by_kind = Vec::new();
        let kind = nodes
            .iter()
            .zip(&mapped.basis)
            .map(|(n, basis)| {
                let kind = resolution.nodes.get(n.at()).filter(|_| *basis == MappedBasis::Assumed)?.kind;
                let assumed = pack.kinds.get(&kind).map_or(0.5, |k| k.assumed_mapped);
                let place = kinds.iter().position(|k| *k == kind).unwrap_or_else(|| {
                    kinds.push(kind);
                    by_kind.push((1..=method.count as u32).map(|r| moved(assumed, method.spreads.mapped_shift(SEED, kind, r))).collect());
                    kinds.len() - 1
                });
                u8::try_from(place).ok()
            })
            .collect();
        Self { central: mapped.cautious.iter().map(|m| *m as f32).collect(), kind, by_kind }
    }

    /// In draw number r, from 0.
    fn at(&self, n: usize, r: usize) -> f32 {
        let factor = self.kind.get(n).copied().flatten().and_then(|k| self.by_kind.get(usize::from(k))?.get(r));
        (self.central[n] * factor.copied().unwrap_or(1.0)).min(1.0)
    }

    fn lanes(&self, n: usize, from: usize) -> [f32; LANES] {
        std::array::from_fn(|l| self.at(n, from + l))
    }
}

/// What a shift of the logit makes of a share, over the share; shares of 0 and 1 stay.
fn moved(share: f64, shift: f64) -> f32 {
    if share <= 0.0 || share >= 1.0 {
        return 1.0;
    }
    let logit = (share / (1.0 - share)).ln() + shift;
    (1.0 / (1.0 + (-logit).exp()) / share) as f32
}

/// From draws to ranges and ranges of ranks.
fn told(drawn: &Figures, focal: &[NodeIx], count: usize) -> TracedRanges {
    let companies: Vec<&ByNorm> = focal.iter().filter_map(|f| drawn.own.get(f)).collect();
    // Only companies that all have draws stand in one order.
    let ranks: Option<Vec<Vec<Vec<RankRange>>>> = (companies.len() == focal.len() && focal.len() > 1).then(|| {
        let of_figure = |t: usize, figure: usize| {
            let score = |r: u32, i: usize| companies.get(i).map_or(0.0, |of| value(&of[t], figure, r as usize - 1));
            rank_ranges(count as u32, companies.len(), score)
        };
        (0..Traced::COUNT).map(|t| RANKED.iter().map(|name| of_figure(t, place_of(name))).collect()).collect()
    });
    let of_norms = |by_norm: &ByNorm, i: Option<usize>| -> [Drawn; Traced::COUNT] {
        std::array::from_fn(|t| {
            let ranges = std::array::from_fn(|figure| {
                let mut values: Vec<f64> = (0..count).map(|r| value(&by_norm[t], figure, r)).collect();
                let Range { low, high } = Range::of(&mut values);
                (as_told(low), as_told(high))
            });
            let rank = |i: usize| {
                let of = ranks.as_ref()?.get(t)?;
                Some(std::array::from_fn(|k| of[k].get(i).map_or((0, 0), |r| (i64::from(r.low), i64::from(r.high)))))
            };
            Drawn { ranges, ranks: i.and_then(rank) }
        })
    };
    let place = |f: &NodeIx| focal.iter().position(|n| n == f);
    TracedRanges {
        own: drawn.own.iter().map(|(f, by_norm)| (*f, of_norms(by_norm, place(f)))).collect(),
        all: drawn.all.iter().map(|(n, by_norm)| (*n, of_norms(by_norm, None))).collect(),
        ..TracedRanges::default()
    }
}

/// The digits that a draw's figure holds: the rest is how `f32` rounds.
fn as_told(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

/// Position of a figure in [`RANGED`].
fn place_of(name: &str) -> usize {
    RANGED.iter().position(|n| *n == name).unwrap_or(0)
}

/// One of [`RANGED`] in a draw, r from 0.
fn value(of: &draws::Drawn, figure: usize, r: usize) -> f64 {
    let at = |k: usize| of.get(k).and_then(|column| column.get(r)).map_or(0.0, |x| f64::from(*x).clamp(0.0, 1.0));
    match figure {
        0 => at(draws::ON_EVIDENCE),
        1 => at(draws::BY_CONTEXT),
        2 => (at(draws::ON_EVIDENCE) + at(draws::BY_CONTEXT)).min(1.0),
        3 => at(draws::UNSEEN),
        4 => at(draws::EXITED),
        5 => at(draws::CLEAR),
        _ => at(draws::EXPECTED),
    }
}
