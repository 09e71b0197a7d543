//! What stands beside every probability: its range over the draws, its place in the order of the register with a range, which places an
//! alert is raised for, and whether the ranking repeats the ranking of countries by income.

use super::beliefs::SiteBelief;
use super::duty::{Sources, Standings};
use crate::base::{CountryCode, NodeIx, Result};
use crate::belief::audit::{PovertyAudit, Ranked, poverty_audit};
use crate::belief::context::PriorBook;
use crate::belief::draws::{DrawnNode, Draws, NodeDraws, RangeBook, Spreads, range_book};
use crate::belief::quantile::{RankRange, rank_ranges};
use crate::duty::Standing;
use crate::duty::order::drawn_score;
use crate::measures::alerts_kept;
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::resolve::Resolution;
use std::collections::BTreeMap;

/// Seed of the draws (model 1.6).
pub const SEED: u64 = 1;
/// Places up to which ranks are drawn: every draw ranks all of them, at four bytes a place.
const RANKED_MOST: usize = 250_000;
/// Places at the head of the register of which the traced figures are drawn.
const TOP: usize = 100;
/// The reference factor that the poverty audit reads.
const INCOME: &str = "income_index";

/// Ranges, ranks and alerts of all places.
#[derive(Debug, Default)]
pub struct Spread {
    book: RangeBook,
    /// Range of the position in the order of the register, which is the one order of what to do first: `acts_first` and the band held, people
    /// affected moving with the draw; by node, `None` where nobody works.
    ranks: Vec<Option<RankRange>>,
    alerts: Vec<bool>,
    /// The first places of the register, first first.
    pub top: Vec<NodeIx>,
    pub draws: u32,
    /// Places for which an alert is raised, and the mean of 1 - any over them.
    pub raised: u64,
    pub mean_miss: f64,
    pub alpha: f64,
    pub poverty: PovertyAudit,
}

impl Spread {
    /// Draws the method and gathers what follows. Whether anything speaks of a place is held at what it is: a draw moves numbers, not claims.
    ///
    /// # Errors
    /// A parameter of the draws that the pack does not hold.
    pub fn of(sources: Sources<'_>, standings: &Standings, reference: &Reference) -> Result<Self> {
        let Sources { resolution, evidence, priors, beliefs, pack, .. } = sources;
        let draws = Draws::with(pack, Spreads::of(pack)?, SEED);
        let drawn: Vec<DrawnNode<'_>> = resolution
            .nodes
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let node = NodeIx(i as u32);
                let said = evidence.get(&node).map(|g| &g.evidence);
                let said = said.filter(|e| !(e.reports.is_empty() && e.looks.is_empty() && e.silences.is_empty()));
                DrawnNode { node, country: n.country, sector: n.sector, evidence: said }
            })
            .collect();
        let book = range_book(&drawn, priors, &draws);

        let places: Vec<NodeIx> = beliefs.iter().enumerate().filter(|(_, b)| b.is_some()).map(|(i, _)| NodeIx(i as u32)).collect();
        // Claims are held (who acts first, which norms count); people move with the probability of any norm.
        let weight: Vec<(Option<&Standing>, f64, &[f64])> = places
            .iter()
            .map(|n| {
                let any = beliefs.get(n.at()).and_then(Option::as_ref).map_or(0.0, |b| b.posterior.any);
                (standings.standing(*n), any, book.any(*n))
            })
            .collect();
        let score = |r: u32, i: usize| {
            let Some((Some(standing), any, drawn)) = weight.get(i) else { return 0.0 };
            let now = drawn.get(r.saturating_sub(1) as usize).copied().unwrap_or(0.0);
            let people = if *any > 0.0 { standing.keys.people * now / any } else { 0.0 };
            drawn_score(&standing.keys, people)
        };
        let mut ranks = vec![None; beliefs.len()];
        if draws.count() > 0 && places.len() <= RANKED_MOST {
            for (node, range) in places.iter().zip(rank_ranges(draws.count(), places.len(), score)) {
                if let Some(slot) = ranks.get_mut(node.at()) {
                    *slot = Some(range);
                }
            }
        }

        let top: Vec<NodeIx> = standings.order.iter().copied().take(TOP).collect();

        let alpha = number(pack, "alert.false_discovery");
        let p_of = |n: &NodeIx| beliefs.get(n.at()).and_then(Option::as_ref).map_or(0.0, |b| b.posterior.any);
        // An alert is about what was said of a place; context alone raises none.
        let mut told: Vec<NodeIx> = places.iter().copied().filter(|n| beliefs[n.at()].as_ref().is_some_and(|b| b.speaks())).collect();
        told.sort_by(|a, b| {
            let id = |n: &NodeIx| resolution.nodes.get(n.at()).map_or("", |n| &*n.shown_id);
            p_of(b).total_cmp(&p_of(a)).then_with(|| id(a).cmp(id(b)))
        });
        let p: Vec<f64> = told.iter().map(p_of).collect();
        let kept = alerts_kept(&p, alpha);
        let mut alerts = vec![false; beliefs.len()];
        for node in told.iter().take(kept) {
            alerts[node.at()] = true;
        }
        let mean_miss = if kept > 0 { p.iter().take(kept).map(|p| 1.0 - p).sum::<f64>() / kept as f64 } else { 0.0 };

        Ok(Self {
            book,
            ranks,
            alerts,
            top,
            draws: draws.count(),
            raised: kept as u64,
            mean_miss,
            alpha,
            poverty: poverty(resolution, priors, beliefs, reference),
        })
    }

    /// `None` where nobody works, or without draws.
    pub fn ranges(&self, node: NodeIx) -> Option<&NodeDraws> {
        self.book.of(node).filter(|_| self.draws > 0)
    }

    /// What the walk reads of a node in every draw ([`RangeBook::traced`]).
    pub fn traced(&self, node: NodeIx) -> &[f32] {
        self.book.traced(node)
    }

    pub fn rank(&self, node: NodeIx) -> Option<RankRange> {
        self.ranks.get(node.at()).copied().flatten()
    }

    pub fn alert(&self, node: NodeIx) -> bool {
        self.alerts.get(node.at()).copied().unwrap_or(false)
    }
}

/// A parameter that every pack holds; 0 where it does not.
fn number(pack: &MethodPack, id: &str) -> f64 {
    pack.parameter(id).map_or(0.0, |p| p.value)
}

fn poverty(resolution: &Resolution, priors: &PriorBook, beliefs: &[Option<SiteBelief>], reference: &Reference) -> PovertyAudit {
    let ranking: Vec<Ranked> = beliefs
        .iter()
        .zip(&resolution.nodes)
        .enumerate()
        .filter_map(|(i, (belief, node))| {
            let prior = priors.of(NodeIx(i as u32))?.silent.any;
            belief.as_ref().map(|b| Ranked { country: node.country, prior, posterior: b.posterior.any })
        })
        .collect();
    let countries: std::collections::BTreeSet<CountryCode> = ranking.iter().filter_map(|r| r.country).collect();
    let income: BTreeMap<CountryCode, f64> =
        countries.into_iter().filter_map(|c| reference.context(c, INCOME).map(|v| (c, v.value))).collect();
    poverty_audit(&ranking, &income)
}
