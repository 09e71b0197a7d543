//! The walk of a focal company as it was taken, kept in the result: what one step at each vertex of its own view needs (model 2).
//!
//! A published list takes over what a filled vertex has not mapped. That is told apart again here, so that links, coverage and lists can each be
//! followed by themselves:
//!
//! ```text
//! mapped' (1-e') W' = mapped (1-e) W + (1 - mapped) listed [list]      mapped' e' = mapped e
//! ```

use super::exposure::{OwnColumns, OwnView};
use super::tables::Facts;
use crate::base::{NodeIx, Traced};
use crate::export::kept_rows::{BelievedAt, Purchases, WalkLinkRow, WalkNodeRow};
use crate::export::walk_rows::{MappedRule, View as Whose};
use crate::graph::commodities::heading_text;

/// Links that are kept in all, shared evenly among the companies: a company with more has no walk in the result.
const LINKS_MOST: usize = 2_000_000;

/// How many links a company's own view may have to be kept, where so many companies are assessed.
pub fn links_most(companies: usize) -> usize {
    LINKS_MOST / companies.max(1)
}

/// The walk of one company, by local number of its view; the published list, where there is one, is the last.
#[derive(Debug)]
pub struct KeptWalk {
    /// In the order of [`MappedRule::ALL`].
    purchases: Vec<Vec<Purchases>>,
    /// In the order of [`Traced::ALL`].
    columns: Vec<OwnColumns>,
    /// Buyer, supplier, weight.
    links: Vec<(u32, u32, f64)>,
    has_suppliers: Vec<bool>,
}

impl KeptWalk {
    /// Keeps a view, unless it has more than `most` links.
    pub(super) fn of(own: &OwnView, columns: Vec<OwnColumns>, most: usize) -> Option<Self> {
        let graph = &own.view.graph;
        if graph.links() > most {
            return None;
        }
        let purchases = MappedRule::ALL.iter().map(|rule| purchases(own, *rule)).collect();
        let rows = (0..graph.nodes() as u32).map(|b| (b, graph.suppliers_of(NodeIx(b))));
        let links = rows.clone().flat_map(|(b, row)| row.iter().map(move |(s, w)| (b, s as u32, w))).collect();
        Some(KeptWalk { purchases, columns, links, has_suppliers: rows.map(|(_, row)| !row.is_empty()).collect() })
    }
}

fn purchases(own: &OwnView, rule: MappedRule) -> Vec<Purchases> {
    let (graph, mapped, exited) = own.graph_of(Whose::Own, rule);
    let list = own.list();
    let of = |v: usize| {
        let (all, e) = (mapped.get(v).copied().unwrap_or(0.0), exited.get(v).copied().unwrap_or(0.0));
        let to_list = match list {
            Some(list) if list as usize != v => {
                graph.suppliers_of(NodeIx(v as u32)).iter().filter(|(s, _)| *s == list as usize).map(|(_, w)| w).sum()
            }
            _ => 0.0,
        };
        if to_list == 0.0 {
            return Purchases { mapped: all, left: e, listed: 0.0 };
        }
        let (on, left) = (all * (1.0 - e), all * e);
        let held = (on * (1.0 - to_list) + left).clamp(0.0, 1.0);
        let share = |part: f64, of: f64| if of > 0.0 { (part / of).clamp(0.0, 1.0) } else { 0.0 };
        Purchases { mapped: held, left: share(left, held), listed: share(on * to_list, 1.0 - held) }
    };
    (0..graph.nodes()).map(of).collect()
}

impl<'a> Facts<'a> {
    /// Rows of `walk_nodes.parquet`.
    pub fn walk_nodes(&self) -> impl Iterator<Item = WalkNodeRow<'a>> + '_ {
        let facts = *self;
        self.focal_in_shown_order().into_iter().flat_map(move |focal| {
            let kept = focal.kept.as_ref();
            let vertices = kept.map_or(0, |k| k.has_suppliers.len());
            (0..vertices).filter_map(move |v| {
                let kept = kept?;
                let node = focal.nodes.get(v).copied();
                let prior = node.filter(|n| *n != focal.focal).and_then(|n| facts.priors.of(n));
                let believed = |t: Traced| {
                    let (p, origin, on_evidence) = kept.columns.get(t as usize).map_or((0.0, 0.0, false), |c| c.at(v));
                    BelievedAt { p, prior: prior.map_or(0.0, |prior| prior.traced(t)), origin, on_evidence }
                };
                Some(WalkNodeRow {
                    focal_id: facts.shown(focal.focal),
                    vertex: v as u32,
                    node_id: node.map(|n| facts.shown(n)),
                    heading: focal.headings.get(v).and_then(|h| heading_text(*h)),
                    purchases: std::array::from_fn(|r| kept.purchases.get(r).and_then(|rule| rule.get(v)).copied().unwrap_or_default()),
                    believed: Traced::ALL.map(believed),
                    has_suppliers: kept.has_suppliers.get(v).copied().unwrap_or(false),
                })
            })
        })
    }

    /// Rows of `walk_links.parquet`.
    pub fn walk_links(&self) -> impl Iterator<Item = WalkLinkRow<'a>> + '_ {
        let facts = *self;
        self.focal_in_shown_order().into_iter().flat_map(move |focal| {
            let focal_id = facts.shown(focal.focal);
            let links = focal.kept.iter().flat_map(|k| &k.links);
            links.map(move |(buyer, supplier, weight)| WalkLinkRow { focal_id, buyer: *buyer, supplier: *supplier, weight: *weight })
        })
    }

    fn shown(&self, node: NodeIx) -> &'a str {
        self.resolution.nodes.get(node.at()).map_or("", |n| &*n.shown_id)
    }
}
