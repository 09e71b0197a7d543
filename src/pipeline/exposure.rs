//! The walk for every node, and for every focal company in its own view: four norms, two rules, with and without published lists.

use super::affected::Affected;
use super::beliefs::SiteBelief;
use super::kept::{self, KeptWalk};
use super::network::{Mapped, Network};
use super::ownership::Ownership;
use crate::base::{Error, NodeIx, Result, Traced, par};
use crate::export::walk_rows::{MappedRule, View as Whose};
use crate::graph::MappedBasis;
use crate::graph::csr::SupplyGraph;
use crate::graph::exits::Exits;
use crate::graph::listing::Filled;
use crate::graph::perspective::View;
use crate::pack::MethodPack;
use crate::resolve::Resolution;
use crate::trace::chokepoints::{ChokePoint, choke_points};
use crate::trace::contributions::{Contributions, Written, contributions, largest_unseen};
use crate::trace::reach::{Reach, reach};
use crate::trace::returns::returns_from;
use crate::trace::sums::{Ends, TierSums, group_sums, tier_sums_of};
use crate::trace::{Problem, Solution, open_circles, solve, solve_all, solve_figures, visits};
use std::borrow::Cow;

/// Tiers that are summed one by one; what ends deeper stands in one sum.
const TIERS_MOST: usize = 32;
/// Choke points of one figure.
const CHOKE_POINTS_MOST: usize = 10;
/// Links that the solves for the choke points of one figure read at most; every point takes one solve of the whole view.
const CHOKE_LINKS: usize = 5_000_000;
/// Nodes named as where a focal company's spend goes dark.
const DARK_NODES_MOST: usize = 50;

/// How many choke points of one figure are looked for.
pub(super) fn choke_points_most(graph: &SupplyGraph) -> usize {
    (CHOKE_LINKS / graph.links().max(1)).clamp(1, CHOKE_POINTS_MOST)
}

/// What the walk needs of every node, by norm.
#[derive(Debug)]
pub struct NodeColumns {
    p: [Vec<f64>; Traced::COUNT],
    on_evidence: [Vec<bool>; Traced::COUNT],
    origin: [Vec<f64>; Traced::COUNT],
    /// What buyers left after an adverse finding.
    pub exits: Exits,
    /// People affected at each place; empty where nobody asked for them.
    pub affected: Affected,
    /// Whose each node is; empty where nobody asked for it.
    pub ownership: Ownership,
}

impl NodeColumns {
    pub fn new(beliefs: &[Option<SiteBelief>], origin_priors: &[[f64; Traced::COUNT]], exits: Exits) -> Self {
        let of = |t: Traced| beliefs.iter().map(move |b| b.as_ref().map_or(0.0, |b| b.traced(t))).collect();
        let evidence = |t: Traced| beliefs.iter().map(move |b| b.as_ref().is_some_and(|b| b.on_evidence(t))).collect();
        NodeColumns {
            p: Traced::ALL.map(of),
            on_evidence: Traced::ALL.map(evidence),
            origin: Traced::ALL.map(|t| origin_priors.iter().map(|row| row[t as usize]).collect()),
            exits,
            affected: Affected::default(),
            ownership: Ownership::default(),
        }
    }

    /// The probability that the walk uses at a node.
    pub fn p(&self, traced: Traced, node: NodeIx) -> f64 {
        self.p[traced as usize].get(node.at()).copied().unwrap_or(0.0)
    }

    /// N, the number of nodes.
    fn nodes(&self) -> usize {
        self.p.first().map_or(0, Vec::len)
    }

    pub fn on_evidence(&self, traced: Traced, node: NodeIx) -> bool {
        self.on_evidence[traced as usize].get(node.at()).copied().unwrap_or(false)
    }

    /// What the walk of one norm needs of every vertex of a network.
    pub(super) fn of_vertices<'a>(&'a self, network: &Network, traced: Traced) -> Result<VertexColumns<'a>> {
        let (whole, t) = (&network.whole, traced as usize);
        Ok(VertexColumns {
            p: whole.column(&self.p[t])?,
            on_evidence: whole.column(&self.on_evidence[t])?,
            origin: whole.column(&self.origin[t])?,
        })
    }

    /// Context prior of where the unseen part of a node's purchases likely comes from.
    pub fn origin(&self, traced: Traced, node: NodeIx) -> f64 {
        self.origin[traced as usize].get(node.at()).copied().unwrap_or(0.0)
    }
}

/// The figures of all nodes with all scopes merged. What a node that keeps commodities apart stands for is the mixture of what it buys.
#[derive(Debug)]
pub struct WholeExposure {
    /// By node; after them the vertices of nodes that keep commodities apart, here and in `solutions`.
    pub mapped: Mapped,
    /// By node; after them the vertices of nodes that keep commodities apart. In the order of [`MappedRule::ALL`], then [`Traced::ALL`].
    pub solutions: Vec<Solution>,
    /// Touched with the share of people affected in the place of p, cautious rule, in the order of [`Traced::ALL`].
    pub touched_people: Vec<Vec<f64>>,
    pub closed_circle_nodes: u64,
}

impl WholeExposure {
    pub fn solution(&self, rule: MappedRule, traced: Traced) -> Option<&Solution> {
        self.solutions.get(rule as usize * Traced::COUNT + traced as usize)
    }
}

/// What the spend of each focal company meets, any norm, its own view, unknown mapped shares taken cautiously.
///
/// # Errors
/// Only where the walk broke its own rules.
pub fn headline(focal: &[NodeIx], upstream: &Upstream<'_>) -> Result<Vec<Ends>> {
    let one = |focal: &NodeIx| {
        let own = OwnView::new(*focal, upstream)?;
        let (graph, mapped, exited) = own.graph_of(Whose::Own, MappedRule::Cautious);
        let columns = own.columns(upstream.columns, Traced::Any)?;
        Ok(Ends::of_walk_from(&solve(graph, &columns.problem(mapped, exited), upstream.pack.trace.tolerance)?, 0))
    };
    par::map_each(focal, one).into_iter().collect()
}

/// The part of the graph upstream of one focal company, with its published list filled in under each rule.
pub(super) struct OwnView {
    pub view: View,
    pub mapped: Mapped,
    /// Per rule, where the company publishes a list.
    filled: Vec<Option<Filled>>,
    closed_circle_nodes: u64,
}

impl OwnView {
    fn new(focal: NodeIx, upstream: &Upstream<'_>) -> Result<Self> {
        Self::of(focal, upstream.network, &upstream.columns.exits, upstream.resolution, upstream.pack)
    }

    /// The view of a focal node of a network.
    pub fn of(focal: NodeIx, network: &Network, exits: &Exits, resolution: &Resolution, pack: &MethodPack) -> Result<Self> {
        let listed = network.listings.get(&focal).map_or(&[][..], Vec::as_slice);
        let view = View::with_listing(&network.trade, focal, listed, &network.kinds)?;
        let mapped = Mapped::view(&view, network, exits, resolution, pack);
        Self::filled(view, mapped, pack)
    }

    /// A view with its published list filled in; `mapped` of its nodes, without the list itself.
    pub fn filled(view: View, mut mapped: Mapped, pack: &MethodPack) -> Result<Self> {
        if view.listing.is_some() {
            // The list itself is no place: it passes on all that comes to it.
            mapped.cautious.push(1.0);
            mapped.as_listed.push(1.0);
            if !mapped.exited.is_empty() {
                mapped.exited.push(0.0);
            }
        }
        let closed_circle_nodes = open(&view.graph, &mut mapped, pack)?;
        let mut filled = Vec::with_capacity(MappedRule::ALL.len());
        for rule in MappedRule::ALL {
            let mut one = view.fill(mapped.of_rule(*rule), &mapped.exited)?;
            if let Some(f) = &mut one {
                // Filling can close a circle: then no listed place is a way out either.
                f.mapped = open_circles(&f.graph, &f.mapped, pack.trace.closed_mapped)?.mapped;
            }
            filled.push(one);
        }
        Ok(Self { view, mapped, filled, closed_circle_nodes })
    }

    /// The node that stands for the published list.
    pub fn list(&self) -> Option<u32> {
        self.view.listing.as_ref().map(|l| l.node)
    }

    /// What the walk of one norm needs of the nodes of the view. A focal figure starts at its purchases: p is 0 there.
    pub fn columns(&self, columns: &NodeColumns, traced: Traced) -> Result<OwnColumns> {
        let t = traced as usize;
        let mut p = self.view.column(&columns.p[t], 0.0)?;
        self.view.start_at_purchases(&mut p);
        Ok(OwnColumns {
            p,
            on_evidence: self.view.column(&columns.on_evidence[t], false)?,
            origin: self.view.column(&columns.origin[t], 0.0)?,
        })
    }

    pub fn graph_of(&self, whose: Whose, rule: MappedRule) -> (&SupplyGraph, &[f64], &[f64]) {
        match (whose, self.filled.get(rule as usize).and_then(Option::as_ref)) {
            (Whose::Own, Some(f)) => (&f.graph, &f.mapped, &f.exited),
            _ => (&self.view.graph, self.mapped.of_rule(rule), &self.mapped.exited),
        }
    }
}

/// What the walk of one norm needs of every vertex of the whole network.
pub(super) struct VertexColumns<'a> {
    p: Cow<'a, [f64]>,
    on_evidence: Cow<'a, [bool]>,
    origin: Cow<'a, [f64]>,
}

impl VertexColumns<'_> {
    pub fn problem<'a>(&'a self, mapped: &'a [f64], exited: &'a [f64]) -> Problem<'a> {
        Problem { p: &self.p, on_evidence: &self.on_evidence, mapped, origin_prior: &self.origin, exited }
    }
}

/// What the walk of one norm needs of the nodes of a view.
#[derive(Debug)]
pub(super) struct OwnColumns {
    p: Vec<f64>,
    on_evidence: Vec<bool>,
    origin: Vec<f64>,
}

impl OwnColumns {
    /// p, origin prior, and whether p stands on evidence, of one vertex.
    pub fn at(&self, vertex: usize) -> (f64, f64, bool) {
        let number = |column: &[f64]| column.get(vertex).copied().unwrap_or(0.0);
        (number(&self.p), number(&self.origin), self.on_evidence.get(vertex).copied().unwrap_or(false))
    }

    pub fn problem<'a>(&'a self, mapped: &'a [f64], exited: &'a [f64]) -> Problem<'a> {
        Problem { p: &self.p, on_evidence: &self.on_evidence, mapped, origin_prior: &self.origin, exited }
    }
}

const PAIRS: [[usize; 2]; 2] = [[0, 1], [2, 3]];

/// Solves the walk for every node.
///
/// # Errors
/// Only where the walk broke its own rules.
pub fn whole(network: &Network, resolution: &Resolution, columns: &NodeColumns, pack: &MethodPack) -> Result<WholeExposure> {
    let mut mapped = Mapped::whole(network, &columns.exits, resolution, pack);
    let graph = &network.whole.graph;
    let closed_circle_nodes = open(graph, &mut mapped, pack)?;
    let of_norm = Traced::ALL.into_iter().map(|t| columns.of_vertices(network, t)).collect::<Result<Vec<_>>>()?;
    let share = columns.affected.share.iter().map(|share| network.whole.column(share)).collect::<Result<Vec<_>>>()?;
    let problem = |rule: MappedRule, t: usize| of_norm[t].problem(mapped.of_rule(rule), &mapped.exited);
    // Two norms read the graph together: more would make a supplier's figures longer than two lines of the cache.
    let tasks: Vec<(MappedRule, [usize; 2])> = MappedRule::ALL.iter().flat_map(|r| PAIRS.map(|pair| (*r, pair))).collect();
    let solved = par::map_each(&tasks, |(rule, pair)| solve_all(graph, &pair.map(|t| problem(*rule, t)), pack.trace.tolerance));
    let mut solutions = Vec::with_capacity(MappedRule::ALL.len() * Traced::COUNT);
    for pair in solved {
        solutions.extend(pair?);
    }
    let people = par::map_each(&PAIRS, |pair| {
        let of = |t: usize| Problem { p: &share[t], ..problem(MappedRule::Cautious, t) };
        solve_figures(graph, &pair.map(of), pack.trace.tolerance)
    });
    let mut touched_people = Vec::with_capacity(Traced::COUNT);
    for pair in people {
        touched_people.extend(pair?.map(|figures| (0..columns.nodes()).map(|n| figures.touched(n)).collect()));
    }
    Ok(WholeExposure { solutions, touched_people, mapped, closed_circle_nodes })
}

/// Opens closed circles under both rules; the number of nodes opened under the cautious one.
fn open(graph: &SupplyGraph, mapped: &mut Mapped, pack: &MethodPack) -> Result<u64> {
    let cautious = open_circles(graph, &mapped.cautious, pack.trace.closed_mapped)?;
    mapped.cautious = cautious.mapped;
    // A circle that leaks only by an assumed share is closed when the links are taken as all there are.
    mapped.as_listed = open_circles(graph, &mapped.as_listed, pack.trace.closed_mapped)?.mapped;
    Ok(cautious.count as u64)
}

/// One walk from a focal company's purchases.
#[derive(Debug)]
pub struct FocalWalk {
    pub traced: Traced,
    pub rule: MappedRule,
    /// `Own` with the places of published lists, `OwnUnfilled` along recorded chains alone.
    pub view: Whose,
    pub ends: Ends,
    pub expected: f64,
    pub defect: f64,
    pub mapped: f64,
    /// Exited share of the focal node itself, of what it has mapped.
    pub left: f64,
    pub contributions: Contributions,
    /// G_jj of the node of each contribution row; computed for the first figure alone (own view, cautious).
    pub returns: Vec<Option<f64>>,
    /// G of the focal node itself, likewise.
    pub focal_returns: Option<f64>,
    /// For the first figure alone.
    pub choke_points: Vec<ChokePoint>,
    /// With the share of people affected in the place of p; cautious rule alone.
    pub touched_people: Option<f64>,
    pub tiers: TierSums,
    /// Sums by (kind, country, product) of the place where the walk ends; the last is what belongs to no place.
    pub by_place: Vec<Ends>,
    /// Sums by owner, in the order of [`Ownership::owners`]; the last is what belongs to no group.
    pub by_owner: Vec<Ends>,
    /// The share that ends unseen at a node, largest first, and the vertex of the node at which most of it does.
    pub dark: Vec<(u32, f64)>,
}

/// All that is said of one focal company.
#[derive(Debug)]
pub struct FocalExposure {
    pub focal: NodeIx,
    /// Local to global number. A node that keeps commodities apart stands here several times; rows and points name the least of its numbers.
    pub nodes: Vec<NodeIx>,
    /// HS-4 heading of each, where it stands for one of several that a node keeps apart.
    pub headings: Vec<u16>,
    pub tier: Vec<u32>,
    pub mapped_basis: Vec<MappedBasis>,
    /// Nodes of the recorded chains that pass mass to the published list, by local number.
    pub filled: Vec<u32>,
    pub listed_places: u64,
    pub reach: Reach,
    pub walks: Vec<FocalWalk>,
    pub closed_circle_nodes: u64,
    /// The walk itself, where it is small enough to be kept.
    pub kept: Option<KeptWalk>,
}

/// What every focal company's own view is taken from.
#[derive(Clone, Copy)]
pub struct Upstream<'a> {
    pub network: &'a Network,
    pub resolution: &'a Resolution,
    pub columns: &'a NodeColumns,
    /// The (kind, country, product) of every node, 0..groups.
    pub place_group: &'a [u32],
    pub groups: usize,
    pub pack: &'a MethodPack,
}

/// Follows every focal company's spend through its own view.
///
/// # Errors
/// Only where the walk broke its own rules.
pub fn focal(focal: &[NodeIx], upstream: &Upstream<'_>) -> Result<Vec<FocalExposure>> {
    let most = kept::links_most(focal.len());
    par::map_each(focal, |f| one(*f, upstream, most)).into_iter().collect()
}

fn one(focal: NodeIx, upstream: &Upstream<'_>, kept_most: usize) -> Result<FocalExposure> {
    let Upstream { columns, place_group, groups, pack, .. } = *upstream;
    let own = OwnView::new(focal, upstream)?;
    let (view, list) = (&own.view, own.list());
    let group = view.column(place_group, u32::MAX)?;
    let owner = if columns.ownership.of_node.is_empty() { Vec::new() } else { view.column(&columns.ownership.of_node, u32::MAX)? };
    let share = per_norm(|t| {
        let share = &columns.affected.share[t];
        if share.is_empty() {
            return Ok(Vec::new());
        }
        let mut share = view.column(share, 0.0)?;
        view.start_at_purchases(&mut share);
        Ok(share)
    })?;
    let of_norm = Traced::ALL.into_iter().map(|t| own.columns(columns, t)).collect::<Result<Vec<OwnColumns>>>()?;
    let views = if list.is_some() { &[Whose::Own, Whose::OwnUnfilled][..] } else { &[Whose::Own][..] };
    let ways: Vec<(Whose, MappedRule)> = views.iter().flat_map(|whose| MappedRule::ALL.iter().map(|rule| (*whose, *rule))).collect();
    let problem = |way: (Whose, MappedRule), traced: Traced| {
        let (_, mapped, exited) = own.graph_of(way.0, way.1);
        of_norm[traced as usize].problem(mapped, exited)
    };
    let tiers = par::map_each(&ways, |way| {
        let list = list.filter(|_| way.0 == Whose::Own);
        tier_sums_of(own.graph_of(way.0, way.1).0, &Traced::ALL.map(|t| problem(*way, t)), 0, list, TIERS_MOST)
    });
    let mut tasks: Vec<((Whose, MappedRule), Traced, TierSums)> = Vec::with_capacity(ways.len() * Traced::COUNT);
    for (way, tiers) in ways.into_iter().zip(tiers) {
        tasks.extend(Traced::ALL.into_iter().zip(tiers?).map(|(traced, tiers)| (way, traced, tiers)));
    }
    let walks = par::map_each(&tasks, |(way, traced, tiers)| {
        let graph = own.graph_of(way.0, way.1).0;
        let problem = problem(*way, *traced);
        let solution = solve(graph, &problem, pack.trace.tolerance)?;
        let visited = visits(graph, &problem, &[(0, 1.0)])?;
        let is_first = way.0 == Whose::Own && way.1 == MappedRule::Cautious;
        let people = &share[*traced as usize];
        let touched_people = if way.1 == MappedRule::Cautious && !people.is_empty() {
            let [figures] = solve_figures(graph, &[Problem { p: people, ..problem }], pack.trace.tolerance)?;
            Some(figures.touched(0))
        } else {
            None
        };
        let written = Written { share: pack.trace.rows_share, most: pack.trace.rows_most };
        let contributions = contributions(graph, &problem, &visited, &solution, written);
        let (mut returned, mut focal_returns, mut points) = (vec![None; contributions.rows.len()], None, Vec::new());
        if is_first {
            // The focal node first: what a large circle leaves uncomputed is the smallest rows.
            let nodes: Vec<u32> = [0].into_iter().chain(contributions.rows.iter().map(|r| r.node)).collect();
            returned = returns_from(graph, &problem, 0, &visited, &nodes)?;
            focal_returns = returned.remove(0);
            points = choke_points(graph, &problem, 0, choke_points_most(graph), pack.trace.tolerance, |n| Some(n) != list)?;
        }
        Ok(FocalWalk {
            traced: *traced,
            rule: way.1,
            view: way.0,
            ends: Ends::of_walk_from(&solution, 0),
            expected: first(&solution.expected),
            defect: first(&solution.defect),
            mapped: first(own.mapped.of_rule(way.1)),
            left: first(&own.mapped.exited),
            contributions,
            returns: returned,
            focal_returns,
            choke_points: points,
            touched_people,
            tiers: tiers.clone(),
            by_place: group_sums(graph, &problem, &visited, &group, groups),
            by_owner: group_sums(graph, &problem, &visited, &owner, columns.ownership.owners.len()),
            dark: largest_unseen(graph, &problem, &visited, DARK_NODES_MOST),
        })
    });
    let walks = walks.into_iter().collect::<Result<_>>()?;
    let reached = reach(view, |local| view.nodes.get(local).is_some_and(|n| columns.on_evidence(Traced::Any, *n)));
    let kept = KeptWalk::of(&own, of_norm, kept_most);
    let OwnView { view, mapped, closed_circle_nodes, .. } = own;
    Ok(FocalExposure {
        focal,
        reach: reached,
        filled: view.listing.as_ref().map(|l| l.filled.clone()).unwrap_or_default(),
        listed_places: view.listing.as_ref().map_or(0, |l| l.targets.len() as u64),
        walks,
        mapped_basis: mapped.basis,
        tier: view.tier,
        nodes: view.nodes,
        headings: view.headings,
        closed_circle_nodes,
        kept,
    })
}

fn per_norm<T>(column: impl Fn(usize) -> Result<Vec<T>>) -> Result<Vec<Vec<T>>> {
    (0..Traced::COUNT).map(column).collect()
}

fn first(column: &[f64]) -> f64 {
    column.first().copied().unwrap_or(0.0)
}

/// Numbers the distinct (kind, country, product) of all nodes in order of their texts: the number of each node, and the texts.
pub fn place_groups(resolution: &Resolution) -> (Vec<u32>, Vec<PlaceGroup>) {
    let key = |i: usize| {
        let n = &resolution.nodes[i];
        PlaceGroup {
            kind: n.kind.as_str().to_owned(),
            country: n.country.map_or_else(|| "-".to_owned(), |c| c.to_string()),
            product: n.product.map_or_else(|| "-".to_owned(), |p| p.to_string()),
        }
    };
    let keys: Vec<PlaceGroup> = (0..resolution.len()).map(key).collect();
    let mut distinct = keys.clone();
    distinct.sort();
    distinct.dedup();
    let numbers = keys.iter().map(|k| distinct.binary_search(k).map_or(u32::MAX, |i| i as u32)).collect();
    (numbers, distinct)
}

/// What a place is, where, and of what.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PlaceGroup {
    pub kind: String,
    pub country: String,
    pub product: String,
}

/// The closure that every figure rests on.
///
/// # Errors
/// [`Error::Internal`] where a walk was left open by more than the tolerance allows.
pub fn largest_defect(whole: &WholeExposure, focal: &[FocalExposure]) -> Result<f64> {
    let defect =
        whole.solutions.iter().map(Solution::largest_defect).chain(focal.iter().flat_map(|f| f.walks.iter().map(|w| w.defect.abs())));
    let largest = defect.fold(0.0, f64::max);
    if largest <= 1e-9 { Ok(largest) } else { Err(Error::internal(format!("the walk left {largest:e} of a unit open"))) }
}
