//! From what was computed to the rows of the result's tables.

use super::beliefs::SiteBelief;
use super::duty::{Actions, Beside, Owings, Sources, Standings};
use super::exposure::{FocalExposure, NodeColumns, PlaceGroup, WholeExposure};
use super::footprints::Footprints;
use super::network::Network;
use super::portfolio::Portfolio;
use super::ranges::TracedRanges;
use super::rules::RuleFindings;
use super::spread::Spread;
use crate::base::{Date, NodeIx, Norm, par};
use crate::belief::context::{ContextPrior, PeopleStanding, PriorBook};
use crate::evidence::assemble::EvidenceByNode;
use crate::evidence::book::{EvidenceRow, Gathered, Item};
use crate::evidence::detect::BuyerPractice;
use crate::evidence::reliability::factors_text;
use crate::evidence::weights as weigh;
use crate::evidence::weights::{drivers, item_weights};
use crate::export::rows as out;
use crate::graph::in_force::{Placed, Use};
use crate::graph::weights::{Basis as WeightBasis, WeightedLink, weigh_row};
use crate::pack::{MethodPack, Standing};
use crate::resolve::Resolution;
use crate::validate::Inputs;
use crate::validate::inputs::{Basis, Relation};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Drivers named in one cell.
const DRIVERS_MOST: usize = 3;
/// Rows of a node that are tried as drivers.
const DRIVERS_TRIED: usize = 12;

/// Everything that rows are made from.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub inputs: &'a Inputs,
    pub resolution: &'a Resolution,
    pub pack: &'a MethodPack,
    pub evidence: &'a EvidenceByNode,
    pub practices: &'a [BuyerPractice],
    /// What measured tables show and the pack has no sign for.
    pub notes: &'a [String],
    pub rules: &'a RuleFindings,
    pub spread: &'a Spread,
    pub ranges: &'a TracedRanges,
    pub portfolios: &'a [Portfolio],
    pub priors: &'a PriorBook,
    pub beliefs: &'a [Option<SiteBelief>],
    pub network: &'a Network,
    pub links: &'a [Placed],
    pub whole: &'a WholeExposure,
    pub focal: &'a [FocalExposure],
    pub footprints: &'a Footprints,
    pub standings: &'a Standings,
    pub actions: &'a Actions,
    pub owings: &'a Owings,
    pub beside: &'a Beside<'a>,
    pub columns: &'a NodeColumns,
    pub groups: &'a [PlaceGroup],
    pub as_of: Date,
    /// Nodes in byte order of the ids that outputs show.
    pub shown_order: &'a [NodeIx],
}

/// Nodes in byte order of their shown ids.
pub fn shown_order(resolution: &Resolution) -> Vec<NodeIx> {
    let mut order: Vec<NodeIx> = (0..resolution.len() as u32).map(NodeIx).collect();
    order.sort_by(|a, b| resolution.nodes[a.at()].shown_id.cmp(&resolution.nodes[b.at()].shown_id));
    order
}

impl<'a> Facts<'a> {
    pub(super) fn id(&self, node: NodeIx) -> Cow<'a, str> {
        Cow::Borrowed(self.resolution.nodes.get(node.at()).map_or("", |n| &*n.shown_id))
    }

    pub(super) fn is_focal(&self, node: NodeIx) -> bool {
        self.focal.iter().any(|f| f.focal == node)
    }

    /// Rows of `sites.parquet`.
    pub fn sites(&self) -> impl Iterator<Item = out::SiteRow<'a>> + '_ {
        self.shown_order.iter().map(|node| self.site(*node))
    }

    fn site(&self, node: NodeIx) -> out::SiteRow<'a> {
        let n = &self.resolution.nodes[node.at()];
        let said = self.evidence.get(&node);
        let belief = self.beliefs[node.at()].as_ref();
        let count = |item: Item| said.map_or(0, |g| g.rows.iter().filter(|r| r.item == item && r.why_not.is_empty()).count() as i64);
        let (people, standing) = self.priors.people(node);
        let basis = match standing {
            PeopleStanding::Stated => out::PeopleBasis::Recorded,
            PeopleStanding::Range => out::PeopleBasis::Range,
            PeopleStanding::Assumed => out::PeopleBasis::Assumed,
        };
        out::SiteRow {
            node_id: self.id(node),
            name: Cow::Borrowed(&*n.shown_name),
            kind: n.kind,
            country: n.country,
            sector: n.sector.map(|s| Cow::Owned(s.to_string())),
            product: n.product.map(|p| Cow::Owned(p.to_string())),
            stage: n.stage,
            people: n.kind.has_posterior().then_some((people, basis)),
            posterior: belief.map(|b| out::SitePosterior {
                coupled: b.posterior.coupled,
                decoupled: b.posterior.decoupled,
                any: b.posterior.any,
                protection_gap: b.posterior.gap,
                coverage: b.coverage,
                site_signal: b.site_signal,
                signal_norms: b.signal_norms,
                found_norms: b.found_norms,
                ranges: self
                    .spread
                    .ranges(node)
                    .map(|d| out::SiteRanges { coupled: d.coupled.map(|r| (r.low, r.high)), any: (d.any.low, d.any.high) }),
                rank: self.spread.rank(node).map(|r| (i64::from(r.low), i64::from(r.high))),
                alert: self.spread.alert(node),
            }),
            finding: self.rules.highest(node).map(|(level, concern)| (level.as_str(), concern)),
            newest_evidence: said.and_then(|g| g.newest),
            as_of: self.as_of,
            independent_origins: said.map_or(0, |g| g.origins as i64),
            reports: count(Item::Report),
            looks: count(Item::Look),
            silences: count(Item::Silence),
            focal: self.is_focal(node),
            drivers: Cow::Owned(said.map_or_else(String::new, |g| self.drivers(g, belief))),
            duty: self.standings.site(node, self.sources()),
            overrides: self.beside.judgement_text(node).map(Cow::Owned),
        }
    }

    pub(super) fn sources(&self) -> Sources<'a> {
        Sources {
            inputs: self.inputs,
            resolution: self.resolution,
            evidence: self.evidence,
            rules: self.rules,
            priors: self.priors,
            beliefs: self.beliefs,
            pack: self.pack,
        }
    }

    /// The rows that move a node's likeliest root norm most, as `sign (source) +2.1`.
    fn drivers(&self, said: &Gathered, belief: Option<&SiteBelief>) -> String {
        let Some(belief) = belief else { return String::new() };
        let roots = [Norm::ChildLabour, Norm::ForcedLabour, Norm::Trafficking];
        let likeliest =
            roots.into_iter().reduce(|a, b| if belief.posterior.coupled[b.at()] > belief.posterior.coupled[a.at()] { b } else { a });
        let Some(norm) = likeliest else { return String::new() };
        let used = used_rows(said);
        let words = drivers(&said.evidence, self.pack, norm, DRIVERS_TRIED).into_iter().take(DRIVERS_MOST).filter_map(|(item, weight)| {
            let row = match item {
                weigh::Item::Report(i) => used.0.get(i),
                weigh::Item::Look(i) => used.1.get(i),
                weigh::Item::Silence(i) => used.2.get(i),
            }?;
            let what = row.sign.map_or("silence", |s| self.pack.signs[s.0 as usize].id.as_str());
            Some(format!("{what} ({}) {weight:+.2}", self.pack.sources[row.source.0 as usize].id))
        });
        words.collect::<Vec<_>>().join("; ")
    }

    /// Rows of `priors.parquet`.
    pub fn priors(&self) -> impl Iterator<Item = out::PriorRow<'a>> + use<'a> {
        let facts = *self;
        self.shown_order.iter().flat_map(move |node| {
            let prior = facts.priors.of(*node);
            prior.into_iter().flat_map(move |p| Norm::ALL.into_iter().filter_map(move |norm| facts.prior(*node, p, norm)))
        })
    }

    fn prior(&self, node: NodeIx, prior: &'a ContextPrior, norm: Norm) -> Option<out::PriorRow<'a>> {
        let base = prior.base.get(norm.at())?.as_ref()?;
        let factors = prior.factors.iter().filter(|f| f.norm == norm).map(|f| (f.id, f.odds_ratio, f.source.as_str()));
        Some(out::PriorRow {
            node_id: self.id(node),
            norm,
            marginal: prior.joint.marginals[norm.at()],
            base_rate: base.q,
            level: Cow::Borrowed(base.level.as_str()),
            tau: base.tau,
            denominator: Cow::Borrowed(base.denominator.as_str()),
            base_source: Cow::Borrowed(&base.source),
            base_year: Some(base.year),
            base_standing: standing(&base.standing),
            people: prior.people,
            people_assumed: self.priors.people(node).1 == PeopleStanding::Assumed,
            factors: Cow::Owned(out::factor_list(factors)),
            lifted: prior.joint.lifted.contains(norm),
            off: !prior.joint.kept.contains(norm),
        })
    }

    /// Rows of `evidence.parquet`, before anything is withheld.
    pub fn evidence(&self) -> Vec<out::EvidenceRow<'a>> {
        let mut rows = Vec::new();
        for node in self.shown_order {
            if let Some(said) = self.evidence.get(node) {
                self.evidence_of(*node, said, &mut rows);
            }
        }
        rows
    }

    fn evidence_of(&self, node: NodeIx, said: &'a Gathered, rows: &mut Vec<out::EvidenceRow<'a>>) {
        let weights: BTreeMap<weigh::Item, weigh::ItemWeight> =
            item_weights(&said.evidence, self.pack).into_iter().map(|w| (w.item, w)).collect();
        let mut counted = [0usize; 3];
        for row in &said.rows {
            let used = row.why_not.is_empty();
            let at = &mut counted[row.item as usize];
            let item = match row.item {
                Item::Report => weigh::Item::Report(*at),
                Item::Look => weigh::Item::Look(*at),
                Item::Silence => weigh::Item::Silence(*at),
            };
            *at += usize::from(used);
            let weight = weights.get(&item).filter(|_| used);
            let why_not = weight.and_then(|w| w.unused).map(|u| u.as_str()).or((!used).then_some(row.why_not));
            let source = &self.pack.sources[row.source.0 as usize];
            rows.push(out::EvidenceRow {
                node_id: self.id(node),
                item: match row.item {
                    Item::Report => out::Item::Report,
                    Item::Look => out::Item::Look,
                    Item::Silence => out::Item::Silence,
                },
                sign: row.sign.map(|s| Cow::Borrowed(self.pack.signs[s.0 as usize].id.as_str())),
                norms: row.norms,
                source: Cow::Borrowed(&source.id),
                source_class: Cow::Borrowed(&source.class),
                record: None,
                origin: Some(Cow::Borrowed(&row.origin)),
                date: row.day,
                detection: row.detection,
                false_report: (row.item == Item::Report).then_some(row.false_report),
                age_days: f64::from(self.as_of.days_since(row.day)).max(0.0),
                half_life_days: row.half_life_days,
                detection_now: weight.map_or(0.0, |w| w.detection),
                log_weight: weight.filter(|w| w.unused.is_none()).map_or(0.0, |w| w.log_weight),
                used: why_not.is_none(),
                why_not: why_not.map(Cow::Borrowed),
                factors: (!row.factors.is_empty()).then(|| Cow::Owned(factors_text(&row.factors))),
                table: Cow::Borrowed(row.table),
                file: Cow::Borrowed(self.inputs.file(row.row).map_or("", |f| &*f.name)),
                sheet: self.inputs.file(row.row).and_then(|f| f.part.as_deref()).map(Cow::Borrowed),
                line: Some(i64::from(row.row.line)),
            });
        }
    }

    /// Rows of `links.parquet`, each made when it is asked for.
    pub fn links(&self) -> impl Iterator<Item = out::LinkUsedRow<'a>> {
        let facts = *self;
        let mut rank = vec![0u32; self.resolution.len()];
        for (node, at) in self.shown_order.iter().zip(0..) {
            rank[node.at()] = at;
        }
        let rank_of = |l: &Placed| rank[l.supplier.at()];
        let product = |l: &Placed| l.product.map(|s| facts.inputs.ids.text(s));
        let is_told_again = |i: usize| {
            let key = |l: &'a Placed| (l.supplier, l.buyer, l.relation, l.scope, product(l), l.use_);
            i > 0 && key(&facts.links[i - 1]) == key(&facts.links[i])
        };
        let mut order: Vec<(u32, u32)> =
            facts.links.iter().zip(0..).filter(|(_, i)| !is_told_again(*i as usize)).map(|(l, i)| (rank_of(l), i)).collect();
        par::sort_by(&mut order, Ord::cmp);
        let weights = ScopeWeights::of(facts.network);
        let merged = MergedWeights::of(facts.network);
        order.into_iter().map(move |(_, i)| facts.link(&facts.links[i as usize], &weights, &merged))
    }

    fn link(&self, link: &Placed, weights: &ScopeWeights, merged: &MergedWeights<'_>) -> out::LinkUsedRow<'a> {
        let used = (link.use_ == Use::Supply).then(|| weights.get(link, self.network.product_number(link.product))).flatten();
        out::LinkUsedRow {
            supplier_id: self.id(link.supplier),
            buyer_id: self.id(link.buyer),
            relation: link.relation,
            product: link.product.map(|s| Cow::Borrowed(self.inputs.ids.text(s))),
            scope: link.scope.map(|s| self.id(s)),
            weight: used.map(|w| (w.weight, weight_word(w.basis))),
            weight_merged: used.and_then(|w| merged.part(w)),
            basis: match link.basis {
                _ if link.relation == Relation::Lists => out::LinkBasis::Listed,
                Basis::Declared => out::LinkBasis::Declared,
                Basis::Shipment => out::LinkBasis::Shipment,
                Basis::Certificate => out::LinkBasis::Certificate,
                Basis::Inferred => out::LinkBasis::Inferred,
            },
            assumed: link.use_ == Use::Listing || used.is_some_and(|w| w.assumed),
            in_force: !matches!(link.use_, Use::NotInForce | Use::Repeated),
        }
    }
}

/// Where the links of each buyer begin in a list sorted by buyer; length N + 1.
struct BuyerStarts(Vec<u32>);

impl BuyerStarts {
    fn of(nodes: usize, buyers: impl Iterator<Item = NodeIx>) -> Self {
        let mut starts = vec![0u32; nodes + 1];
        for b in buyers {
            starts[b.at() + 1] += 1;
        }
        for n in 0..nodes {
            starts[n + 1] += starts[n];
        }
        BuyerStarts(starts)
    }

    fn range(&self, buyer: NodeIx) -> std::ops::Range<usize> {
        let at = |i: usize| self.0.get(i).copied().unwrap_or(0) as usize;
        at(buyer.at())..at(buyer.at() + 1)
    }
}

/// The weight of every supply link among the links of its own scope.
struct ScopeWeights {
    starts: BuyerStarts,
    /// By buyer, scope, product, supplier.
    links: Vec<(Option<NodeIx>, WeightedLink)>,
}

impl ScopeWeights {
    fn of(network: &Network) -> Self {
        let mut links = Vec::with_capacity(network.trade.links().len());
        let mut weighed = Vec::new();
        for row in network.trade.links().chunk_by(|a, b| (a.buyer, a.scope) == (b.buyer, b.scope)) {
            weighed.clear();
            weigh_row(row, &mut weighed);
            let scope = row.first().and_then(|l| l.scope);
            links.extend(weighed.iter().map(|w| (scope, *w)));
        }
        links.sort_by_key(|(scope, w)| (w.buyer, *scope, w.product, w.supplier));
        ScopeWeights { starts: BuyerStarts::of(network.kinds.len(), links.iter().map(|(_, w)| w.buyer)), links }
    }

    fn get(&self, link: &Placed, product: u32) -> Option<&WeightedLink> {
        let row = self.links.get(self.starts.range(link.buyer))?;
        let at = row.binary_search_by_key(&(link.scope, product, link.supplier), |(scope, w)| (*scope, w.product, w.supplier)).ok()?;
        row.get(at).map(|(_, w)| w)
    }
}

/// Shares with all scopes merged, and in how many scopes each stands.
struct MergedWeights<'a> {
    starts: BuyerStarts,
    /// By buyer, product, supplier.
    links: &'a [WeightedLink],
    scopes: BTreeMap<(NodeIx, u32, NodeIx), u32>,
}

impl<'a> MergedWeights<'a> {
    fn of(network: &'a Network) -> Self {
        let mut scopes = BTreeMap::new();
        if network.any_scope {
            for l in network.trade.links() {
                *scopes.entry((l.buyer, l.product, l.supplier)).or_default() += 1;
            }
            scopes.retain(|_, rows| *rows > 1);
        }
        let links = &network.whole.links[..];
        MergedWeights { starts: BuyerStarts::of(network.kinds.len(), links.iter().map(|l| l.buyer)), links, scopes }
    }

    /// The equal part of one scope's row in the merged share.
    fn part(&self, link: &WeightedLink) -> Option<f64> {
        let row = self.links.get(self.starts.range(link.buyer))?;
        let at = row.binary_search_by_key(&(link.product, link.supplier), |l| (l.product, l.supplier)).ok()?;
        let rows = self.scopes.get(&(link.buyer, link.product, link.supplier)).copied().unwrap_or(1);
        row.get(at).map(|l| l.weight / f64::from(rows))
    }
}

/// A node's rows that count, apart as reports, looks and silences, in the order of its evidence.
fn used_rows(said: &Gathered) -> (Vec<&EvidenceRow>, Vec<&EvidenceRow>, Vec<&EvidenceRow>) {
    let of = |item: Item| said.rows.iter().filter(|r| r.item == item && r.why_not.is_empty()).collect();
    (of(Item::Report), of(Item::Look), of(Item::Silence))
}

fn standing(text: &str) -> Standing {
    match text {
        "published" => Standing::Published,
        "secondary" => Standing::Secondary,
        "from memory" => Standing::FromMemory,
        _ => Standing::ExpertDefault,
    }
}

fn weight_word(basis: WeightBasis) -> out::WeightBasis {
    match basis {
        WeightBasis::Share => out::WeightBasis::Share,
        WeightBasis::Value => out::WeightBasis::Value,
        WeightBasis::Quantity => out::WeightBasis::Quantity,
        WeightBasis::Equal => out::WeightBasis::Equal,
        WeightBasis::Median => out::WeightBasis::Median,
    }
}
