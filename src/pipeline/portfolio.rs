//! What the companies of a portfolio buy, by what is held of each: the table `portfolio`.
//!
//! A portfolio's figure is its companies' own figures, each from its own view, by weight. Nothing counts twice: rows of one company are one holding, a
//! node upstream of several companies is one row of contributions, and a person whose work passes several companies is carried once, as the share of
//! that person's work which comes to *any* of them. A company that the nodes table does not hold ends unseen.

use super::exposure::{OwnView, Upstream, WholeExposure};
use super::footprints::Footprints;
use super::ranges::sees_all;
use super::summary::PortfolioSummary;
use super::tables::Facts;
use crate::base::{Error, NodeIx, Result, Traced, par};
use crate::export::portfolio_rows::{PortfolioContributionRow, PortfolioRow};
use crate::export::walk_rows::{MappedRule, View as Whose};
use crate::graph::SupplyGraph;
use crate::trace::{Ends, Problem, Visits, ends_at, reach_of_all, solve, upstream_of, visits};
use crate::validate::Inputs;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One holding: the node, or the id that no node bears, and its part of the portfolio.
#[derive(Debug)]
struct Holding {
    node: Option<NodeIx>,
    id: String,
    weight: f64,
}

/// One company's walk.
#[derive(Clone, Copy, Debug, Default)]
struct Figure {
    ends: Ends,
    expected: Option<f64>,
}

/// By mapped rule, then norm.
type Figures = [[Figure; Traced::COUNT]; MappedRule::ALL.len()];

/// A portfolio and what is said of it.
#[derive(Debug)]
pub struct Portfolio {
    name: Arc<str>,
    holdings: Vec<Holding>,
    /// Of each holding, in the same order.
    figures: Vec<Figures>,
    /// People of each root norm carried to each holding, and to any of them last.
    people: Vec<[Option<f64>; Traced::COUNT]>,
    /// Distinct nodes upstream of each holding, and of all of them last.
    reach: Vec<u64>,
    /// What ends at each node, by norm; cautious rule.
    at_node: Vec<Vec<(NodeIx, Ends)>>,
    /// What ends at no node: with companies that nobody knows, or on the way.
    elsewhere: Vec<Ends>,
}

/// Weights by company: the node, or the id that no node bears.
type Held<'a> = BTreeMap<(Option<NodeIx>, &'a str), f64>;

/// Follows the purchases of every company held.
///
/// # Errors
/// Only where the walk broke its own rules.
pub fn portfolios(inputs: &Inputs, upstream: &Upstream<'_>, whole: &WholeExposure, footprints: &Footprints) -> Result<Vec<Portfolio>> {
    let mut rows: BTreeMap<Arc<str>, Held<'_>> = BTreeMap::new();
    for row in &inputs.portfolio {
        let node = upstream.resolution.node(row.node);
        let id = if node.is_some() { "" } else { inputs.ids.text(row.node) };
        *rows.entry(row.portfolio.clone()).or_default().entry((node, id)).or_default() += row.weight;
    }
    let mut found = Vec::with_capacity(rows.len());
    for (name, held) in rows {
        // By the largest first: a sum of huge weights would be infinite.
        let largest = held.values().copied().fold(0.0, f64::max);
        let held: BTreeMap<_, _> = held.into_iter().map(|(holding, weight)| (holding, weight / largest)).collect();
        let total: f64 = held.values().sum();
        if total > 0.0 && total.is_finite() {
            let holding = |((node, id), weight): ((Option<NodeIx>, &str), f64)| Holding { node, id: id.to_owned(), weight: weight / total };
            let holdings = held.into_iter().filter(|(_, weight)| *weight > 0.0).map(holding).collect();
            found.push(one(name, holdings, upstream, whole, footprints)?);
        }
    }
    Ok(found)
}

fn one(
    name: Arc<str>,
    holdings: Vec<Holding>,
    upstream: &Upstream<'_>,
    whole: &WholeExposure,
    footprints: &Footprints,
) -> Result<Portfolio> {
    let known: Vec<(NodeIx, f64)> = holdings.iter().filter_map(|h| Some((h.node?, h.weight))).collect();
    let (shared, own): (Vec<_>, Vec<_>) = known.iter().copied().partition(|(node, _)| sees_all(*node, upstream));
    let mut sums = Sums::new(upstream.resolution.len());
    sums.add_shared(&shared, upstream, whole)?;
    let mut of_node: BTreeMap<NodeIx, Figures> = shared.iter().map(|(node, _)| (*node, of_whole(whole, *node))).collect();
    let mut upstream_of_own: BTreeMap<NodeIx, Vec<NodeIx>> = BTreeMap::new();
    for ((node, weight), followed) in own.iter().zip(par::map_each(&own, |(node, _)| own_walk(*node, upstream))) {
        let (figures, walked) = followed?;
        sums.add(&walked, *weight);
        of_node.insert(*node, figures);
        upstream_of_own.insert(*node, walked.nodes);
    }
    let unknown = Figure { ends: Ends { unseen: 1.0, ..Ends::default() }, expected: None };
    for h in holdings.iter().filter(|h| h.node.is_none()) {
        sums.elsewhere.iter_mut().for_each(|e| e.add(&unknown.ends, h.weight));
    }
    let figures = holdings
        .iter()
        .map(|h| h.node.and_then(|n| of_node.get(&n).copied()).unwrap_or([[unknown; Traced::COUNT]; MappedRule::ALL.len()]))
        .collect();
    let nodes: Vec<NodeIx> = known.iter().map(|(node, _)| *node).collect();
    let sets: Vec<Vec<NodeIx>> = holdings.iter().map(|h| h.node.into_iter().collect()).chain([nodes]).collect();
    let people = par::map_each(&sets, |set| footprints.reaching(set, &upstream.columns.affected)).into_iter().collect::<Result<_>>()?;
    let graph = &upstream.network.whole.graph;
    let starts: Vec<u32> = shared.iter().map(|(node, _)| node.0).collect();
    let together = reach_of_all(graph, &starts, |_| false);
    let of_shared: BTreeMap<u32, u64> = starts.iter().copied().zip(together.iter().map(|r| r.total().nodes)).collect();
    let reach_of = |set: &Vec<NodeIx>| match set.as_slice() {
        [node] if of_shared.contains_key(&node.0) => of_shared.get(&node.0).copied().unwrap_or(0),
        several => reached(graph, several, &upstream_of_own),
    };
    let reach = sets.iter().map(reach_of).collect();
    let (at_node, elsewhere) = sums.into_parts();
    Ok(Portfolio { name, holdings, figures, people, reach, at_node, elsewhere })
}

/// The figures of a company that sees the whole network, from the solution of all nodes.
fn of_whole(whole: &WholeExposure, node: NodeIx) -> Figures {
    std::array::from_fn(|rule| {
        Traced::ALL.map(|t| {
            let solution = MappedRule::ALL.get(rule).and_then(|rule| whole.solution(*rule, t));
            let figure = |s: &crate::trace::Solution| Figure {
                ends: Ends::of_walk_from(s, node.at()),
                expected: s.expected.get(node.at()).copied(),
            };
            solution.map(figure).unwrap_or_default()
        })
    })
}

/// The nodes of one company's view, and what ends at each, by norm; cautious rule.
struct Walked {
    nodes: Vec<NodeIx>,
    by_norm: Vec<(Vec<(NodeIx, Ends)>, Ends)>,
}

fn own_walk(node: NodeIx, upstream: &Upstream<'_>) -> Result<(Figures, Walked)> {
    let own = OwnView::of(node, upstream.network, &upstream.columns.exits, upstream.resolution, upstream.pack)?;
    let mut figures: Figures = Default::default();
    let mut by_norm = Vec::with_capacity(Traced::COUNT);
    for rule in MappedRule::ALL.iter().copied() {
        let (graph, mapped, exited) = own.graph_of(Whose::Own, rule);
        for traced in Traced::ALL {
            let columns = own.columns(upstream.columns, traced)?;
            let problem = columns.problem(mapped, exited);
            let solution = solve(graph, &problem, upstream.pack.trace.tolerance)?;
            figures[rule as usize][traced as usize] =
                Figure { ends: Ends::of_walk_from(&solution, 0), expected: solution.expected.first().copied() };
            if rule == MappedRule::Cautious {
                let seen = visits(graph, &problem, &[(0, 1.0)])?;
                let global = |local: u32| own.view.global(local);
                by_norm.push(ended(graph, &problem, &seen, &solution, global));
            }
        }
    }
    Ok((figures, Walked { nodes: own.view.nodes, by_norm }))
}

/// What ends at each node that has a global number, and what ends elsewhere.
fn ended(
    graph: &SupplyGraph,
    problem: &Problem<'_>,
    seen: &Visits,
    solution: &crate::trace::Solution,
    global: impl Fn(u32) -> Option<NodeIx>,
) -> (Vec<(NodeIx, Ends)>, Ends) {
    let mut elsewhere = Ends::default();
    for (n, mass) in &seen.left {
        elsewhere.add(&Ends::of_walk_from(solution, *n as usize), *mass);
    }
    let mut at = Vec::new();
    for n in 0..graph.nodes() as u32 {
        let ends = ends_at(graph, problem, seen, n);
        match global(n) {
            Some(node) if ends.total() > 0.0 => at.push((node, ends)),
            Some(_) => {}
            None => elsewhere.add(&ends, 1.0),
        }
    }
    (at, elsewhere)
}

/// What ends where, over all companies of a portfolio.
struct Sums {
    /// By norm, then node.
    at: Vec<Vec<Ends>>,
    elsewhere: Vec<Ends>,
}

impl Sums {
    fn new(nodes: usize) -> Self {
        Self { at: vec![vec![Ends::default(); nodes]; Traced::COUNT], elsewhere: vec![Ends::default(); Traced::COUNT] }
    }

    fn add(&mut self, walked: &Walked, weight: f64) {
        for (t, (at, elsewhere)) in walked.by_norm.iter().enumerate() {
            for (node, ends) in at {
                if let Some(sum) = self.at[t].get_mut(node.at()) {
                    sum.add(ends, weight);
                }
            }
            self.elsewhere[t].add(elsewhere, weight);
        }
    }

    /// All companies that see the whole network start one walk together.
    fn add_shared(&mut self, shared: &[(NodeIx, f64)], upstream: &Upstream<'_>, whole: &WholeExposure) -> Result<()> {
        let starts: Vec<(u32, f64)> = shared.iter().map(|(node, weight)| (node.0, *weight)).collect();
        if starts.is_empty() {
            return Ok(());
        }
        let graph = &upstream.network.whole.graph;
        let nodes: Vec<NodeIx> = upstream.network.whole.nodes().collect();
        let walked = par::map_each(&Traced::ALL, |t| {
            let columns = upstream.columns.of_vertices(upstream.network, *t)?;
            let problem = columns.problem(whole.mapped.of_rule(MappedRule::Cautious), &whole.mapped.exited);
            let solution = whole.solution(MappedRule::Cautious, *t).ok_or_else(|| Error::internal("no solution of all nodes"))?;
            let seen = visits(graph, &problem, &starts)?;
            Ok(ended(graph, &problem, &seen, solution, |n| nodes.get(n as usize).copied()))
        });
        let by_norm = walked.into_iter().collect::<Result<_>>()?;
        self.add(&Walked { nodes, by_norm }, 1.0);
        Ok(())
    }

    fn into_parts(self) -> (Vec<Vec<(NodeIx, Ends)>>, Vec<Ends>) {
        let some = |at: Vec<Ends>| (0..).map(NodeIx).zip(at).filter(|(_, e)| e.total() > 0.0).collect();
        (self.at.into_iter().map(some).collect(), self.elsewhere)
    }
}

/// How many distinct nodes stand upstream of any of some companies, these left out; `own`: upstream of those that do not see the whole network.
fn reached(whole: &SupplyGraph, companies: &[NodeIx], own: &BTreeMap<NodeIx, Vec<NodeIx>>) -> u64 {
    let shared: Vec<u32> = companies.iter().filter(|n| !own.contains_key(n)).map(|n| n.0).collect();
    // Vertices that are no node stand after the nodes, and name the node that they are of.
    let mut seen: BTreeSet<NodeIx> = upstream_of(whole, &shared).into_iter().map(|vertex| NodeIx(whole.places().node(vertex))).collect();
    seen.extend(companies.iter().filter_map(|n| own.get(n)).flatten());
    for company in companies {
        seen.remove(company);
    }
    seen.len() as u64
}

impl Portfolio {
    fn whole(&self, rule: usize, t: usize) -> Figure {
        let mut ends = Ends::default();
        let mut expected = 0.0;
        for (holding, figures) in self.holdings.iter().zip(&self.figures) {
            let figure = figures[rule][t];
            ends.add(&figure.ends, holding.weight);
            // Of a company that nobody knows nothing is expected.
            expected += holding.weight * figure.expected.unwrap_or(0.0);
        }
        Figure { ends, expected: Some(expected) }
    }

    /// What the first screen says of it.
    pub fn summary(&self) -> PortfolioSummary {
        let Figure { ends, expected } = self.whole(MappedRule::Cautious as usize, Traced::Any as usize);
        let people = |t: Traced| Some((t.as_str().to_owned(), (*self.people.last()?.get(t as usize)?)?));
        PortfolioSummary {
            name: self.name.to_string(),
            holdings: self.holdings.len() as u64,
            touched_on_evidence: ends.on_evidence,
            touched_by_context: ends.by_context,
            unseen: ends.unseen,
            exited: ends.exited,
            clear: ends.clear,
            expected: expected.unwrap_or(0.0),
            people_carried: Traced::ALL.into_iter().filter_map(people).collect(),
        }
    }
}

impl<'a> Facts<'a> {
    /// Rows of `portfolio.parquet`.
    pub fn portfolio(&self) -> Vec<PortfolioRow<'a>> {
        let mut rows = Vec::new();
        for p in self.portfolios {
            let holders = self.holders(p);
            for (i, holding) in holders.into_iter().enumerate() {
                for (r, rule) in MappedRule::ALL.iter().enumerate() {
                    for traced in Traced::ALL {
                        let t = traced as usize;
                        let figure = p.figures.get(i).map_or_else(|| p.whole(r, t), |figures| figures[r][t]);
                        rows.push(PortfolioRow {
                            portfolio: Cow::Borrowed(&*p.name),
                            holding: holding.clone(),
                            weight: p.holdings.get(i).map_or(1.0, |h| h.weight),
                            norm: traced,
                            mapped_rule: *rule,
                            ends: figure.ends,
                            expected: figure.expected,
                            people_carried: p.people.get(i).and_then(|of| of[t]).filter(|_| *rule == MappedRule::Cautious),
                            upstream_nodes: p.reach.get(i).copied().filter(|_| p.holdings.get(i).is_none_or(|h| h.node.is_some())),
                        });
                    }
                }
            }
        }
        rows
    }

    /// The ids of all holdings, and none for the whole last: the order of figures.
    fn holders(&self, p: &'a Portfolio) -> Vec<Option<Cow<'a, str>>> {
        let id = |h: &'a Holding| Some(h.node.map_or(Cow::Borrowed(h.id.as_str()), |n| self.id(n)));
        p.holdings.iter().map(id).chain([None]).collect()
    }

    /// Rows of `portfolio_contributions.parquet`.
    pub fn portfolio_contributions(&self) -> Vec<PortfolioContributionRow<'a>> {
        let (share, most) = (self.pack.trace.rows_share, self.pack.trace.rows_most);
        let mut rows = Vec::new();
        for p in self.portfolios {
            for traced in Traced::ALL {
                let t = traced as usize;
                let mut by_size: Vec<&(NodeIx, Ends)> = p.at_node[t].iter().collect();
                by_size.sort_by(|a, b| b.1.touched().total_cmp(&a.1.touched()).then(a.0.cmp(&b.0)));
                let total = by_size.iter().map(|(_, e)| e.touched()).sum::<f64>() + p.elsewhere[t].touched();
                let part = |e: &Ends| if total > 0.0 { (e.touched() / total).clamp(0.0, 1.0) } else { 0.0 };
                let mut rest = p.elsewhere[t];
                let mut held = 0.0;
                for (i, (node, ends)) in by_size.into_iter().enumerate() {
                    if i >= most || held >= share * total || ends.touched() <= 0.0 {
                        rest.add(ends, 1.0);
                        continue;
                    }
                    held += ends.touched();
                    rows.push(PortfolioContributionRow {
                        portfolio: Cow::Borrowed(&*p.name),
                        norm: traced,
                        node: Some((self.id(*node), self.columns.on_evidence(traced, *node))),
                        ends: *ends,
                        share_of_touched: part(ends),
                    });
                }
                rows.push(PortfolioContributionRow {
                    portfolio: Cow::Borrowed(&*p.name),
                    norm: traced,
                    node: None,
                    ends: rest,
                    share_of_touched: part(&rest),
                });
            }
        }
        rows
    }
}
