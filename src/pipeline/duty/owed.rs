//! What workers are owed at the places of a run, and who bears it.

use super::{Sources, Standings};
use crate::base::{Date, NodeIx, Result, par};
use crate::duty::remedy::{Rates, Remedies, remedies};
use crate::duty::severity::about_children;
use crate::duty::{Sold, leaving_shares};
use crate::evidence::book::Item;
use crate::export::duty_rows::{RemedyRow, RemedyShareRow};
use crate::findings::Level;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Bearers of one place that are named; those below the share, and beyond the number, stand in the rest.
const BEARERS_MOST: usize = 100;
const SHARE_LEAST: f64 = 1e-4;

/// Places of which the bearers are followed, the first of the order; and links that this reads at most. Of the others all stands in the rest.
const SHARED_MOST: usize = 1_000;
const SHARED_LINKS: usize = 300_000_000;

/// Remedies and their bearers.
#[derive(Debug, Default)]
pub struct Owings {
    pub remedies: Remedies,
    /// By place: who bears what share, the largest first, and the rest.
    pub shares: BTreeMap<NodeIx, (Vec<(NodeIx, f64)>, f64)>,
}

impl Owings {
    /// Reads what is owed as of a day and shares it as the footprint leaves the map.
    ///
    /// # Errors
    /// Only where a walk broke its own rules.
    pub fn of(sources: Sources<'_>, standings: &Standings, sold: Sold<'_>, as_of: Date) -> Result<Self> {
        let Sources { inputs, resolution, evidence, beliefs, pack, .. } = sources;
        let mut told: BTreeSet<(NodeIx, &str)> = BTreeSet::new();
        for (node, said) in evidence {
            for row in said.rows.iter().filter(|r| r.item == Item::Report && r.why_not.is_empty()) {
                told.extend(row.sign.and_then(|s| pack.signs.get(s.0 as usize)).map(|s| (*node, s.id.as_str())));
            }
        }
        for f in sources.rules.found.findings.iter().filter(|f| f.level >= Level::Possible) {
            told.extend(f.facts.iter().filter_map(|(s, _, _)| pack.signs.get(s.0 as usize)).map(|s| (f.node, s.id.as_str())));
        }
        let mut speaking: Vec<NodeIx> = told.iter().map(|(n, _)| *n).chain(standings.found.keys().copied()).collect();
        speaking.sort_unstable();
        speaking.dedup();
        let children = |node: NodeIx| {
            let belief = beliefs.get(node.at()).and_then(Option::as_ref);
            belief.is_some_and(|b| (b.found_norms.0 | if b.site_signal { b.signal_norms.0 } else { 0 }) & about_children().0 != 0)
        };
        let remedies = remedies(inputs, resolution, pack, as_of, &|n, s| told.contains(&(n, s)), &speaking, &children);
        let mut shares = BTreeMap::new();
        let mut places: Vec<NodeIx> = remedies.keys().map(|(n, _, _)| *n).collect::<BTreeSet<_>>().into_iter().collect();
        places.sort_by_key(|n| (standings.position(*n).is_none(), standings.position(*n), n.0));
        let followed = SHARED_MOST.min(SHARED_LINKS / (sold.graph.links() + sold.graph.nodes()).max(1)).max(1);
        let left = par::map_each(&places[..followed.min(places.len())], |node| leaving_shares(sold, *node));
        let mut left = left.into_iter();
        for node in places {
            let mut all = left.next().transpose()?.unwrap_or_default();
            let id = |n: NodeIx| resolution.nodes.get(n.at()).map_or("", |n| &*n.shown_id);
            all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| id(a.0).cmp(id(b.0))));
            all.truncate(BEARERS_MOST);
            all.retain(|(_, share)| *share >= SHARE_LEAST);
            let rest = (1.0 - all.iter().map(|(_, s)| s).sum::<f64>()).max(0.0);
            shares.insert(node, (all, rest));
        }
        Ok(Owings { remedies, shares })
    }

    /// Rows of `remedies.parquet`.
    pub fn rows<'a>(&self, sources: Sources<'a>, order: &[NodeIx]) -> Vec<RemedyRow<'a>> {
        let rates = Rates::of(sources.pack);
        let mut rows = Vec::new();
        for node in order {
            for ((_, item, currency), owed) in self.of_place(*node) {
                let files: BTreeSet<String> = owed.rows.iter().filter_map(|r| sources.inputs.file(*r)).map(ToString::to_string).collect();
                rows.push(RemedyRow {
                    node_id: shown(sources, *node),
                    item: *item,
                    currency: money(currency),
                    owed: owed.owed,
                    paid: owed.paid,
                    outstanding: owed.outstanding(),
                    workers: owed.workers.map(|w| if w < 5.0 { "<5".to_owned() } else { format!("{w:.0}") }),
                    rows_used: i64::from(owed.rows_used),
                    rows_unknown: i64::from(owed.rows_unknown),
                    how: rates.how(*item, owed),
                    missing: (!owed.missing.is_empty()).then(|| owed.missing.iter().copied().collect::<Vec<_>>().join("; ")),
                    files: (!files.is_empty()).then(|| files.into_iter().collect::<Vec<_>>().join(";")),
                });
            }
        }
        rows
    }

    fn of_place(&self, node: NodeIx) -> impl Iterator<Item = (&(NodeIx, crate::duty::Item, String), &crate::duty::Owed)> {
        self.remedies.range((node, crate::duty::Item::Fees, String::new())..).take_while(move |((n, _, _), _)| *n == node)
    }

    /// What is outstanding at a place by currency, items together; `None` where nothing of it is known.
    pub fn outstanding(&self, node: NodeIx) -> BTreeMap<String, Option<f64>> {
        let mut sums: BTreeMap<String, Option<f64>> = BTreeMap::new();
        for ((_, _, currency), owed) in self.of_place(node) {
            let sum = sums.entry(currency.clone()).or_default();
            if let Some(more) = owed.outstanding() {
                *sum = Some(sum.unwrap_or(0.0) + more);
            }
        }
        sums
    }

    /// Rows of `remedy_shares.parquet`.
    pub fn share_rows<'a>(&self, sources: Sources<'a>, order: &[NodeIx], is_focal: &dyn Fn(NodeIx) -> bool) -> Vec<RemedyShareRow<'a>> {
        let mut rows = Vec::new();
        for node in order {
            let Some((shares, rest)) = self.shares.get(node) else { continue };
            for (currency, sum) in self.outstanding(*node) {
                let one = |bearer, share: f64| RemedyShareRow {
                    node_id: shown(sources, *node),
                    currency: money(&currency),
                    bearer,
                    share,
                    amount: sum.map(|s| s * share),
                };
                rows.extend(shares.iter().map(|(b, share)| one(Some((shown(sources, *b), is_focal(*b))), *share)));
                rows.push(one(None, *rest));
            }
        }
        rows
    }
}

fn money(currency: &str) -> Option<Cow<'static, str>> {
    (!currency.is_empty()).then(|| Cow::Owned(currency.to_owned()))
}

fn shown<'a>(sources: Sources<'a>, node: NodeIx) -> Cow<'a, str> {
    Cow::Borrowed(sources.resolution.nodes.get(node.at()).map_or("", |n| &*n.shown_id))
}
