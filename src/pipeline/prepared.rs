//! A dataset as far as the method's numbers have no say in it, and what the method then believes of its places. Runs of many methods
//! over one dataset share the first and repeat the second.

use super::affected::Affected;
use super::beliefs::{SiteBelief, beliefs, with_findings};
use super::exits::Told;
use super::exposure::NodeColumns;
use super::focal::{self, FocalRule};
use super::network::Network;
use super::ownership::Ownership;
use super::previous::{Absent, put_back};
use super::rules::RuleFindings;
use super::{AsOfRule, RunConfig, read};
use crate::base::{Date, Diagnostics, Error, Level, NodeIx, ProductCode, Result};
use crate::belief::context::{PriorBook, priors};
use crate::belief::origins::{Bought, Imports, OriginPriors, origin_priors};
use crate::evidence::assemble::{Evidence, assemble};
use crate::graph::consigned::{Consigned, ConsignedCounts, consign};
use crate::graph::exits::{Ended, Exits, ended};
use crate::graph::in_force::{Placed, lists_as_supply, place_links};
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::resolve::{Resolution, resolve};
use crate::validate::inputs::OPEN_END;
use crate::validate::{Inputs, QuarantineRow, Validated};
use std::collections::BTreeMap;

/// Errors that are told beside what was fatal: they are often why.
const ERRORS_BESIDE_FATAL: usize = 10;

/// The links of the data on the nodes, with what consignments say of them.
pub fn linked(inputs: &Inputs, resolution: &Resolution, as_of: Date, pack: &MethodPack) -> (Vec<Placed>, Consigned) {
    let mut links = place_links(inputs, resolution, as_of);
    let ratio = pack.parameter("shipments.value_ratio").map_or(f64::INFINITY, |p| p.value);
    let consigned = consign(&mut links, inputs, resolution, as_of, ratio);
    (links, consigned)
}

/// A dataset read, checked, resolved and linked.
pub struct Prepared {
    pub inputs: Inputs,
    pub diagnostics: Diagnostics,
    pub quarantine: Vec<QuarantineRow>,
    pub as_of: Date,
    pub as_of_rule: AsOfRule,
    pub resolution: Resolution,
    pub links: Vec<Placed>,
    /// What became of the consignments.
    pub consigned: ConsignedCounts,
    /// What earlier results know that the data no longer hold.
    pub absent: Absent,
    pub focal: Vec<NodeIx>,
    pub focal_rule: FocalRule,
    pub network: Network,
}

impl Prepared {
    /// Reads and links a dataset; `stage` is told of each step. Texts become codes, signs and sources of `pack` here: a method given to
    /// [`believe`](Self::believe) later must number them alike.
    ///
    /// # Errors
    /// [`Error::Fatal`] with every fatal problem of the data; a focal node that is not there.
    pub fn read(config: &RunConfig, pack: &MethodPack, reference: &Reference, mut stage: impl FnMut(&str)) -> Result<Self> {
        stage("read and validate");
        let Validated { mut inputs, mut diagnostics, quarantine } = read(config, pack, reference)?;
        if diagnostics.has_fatal() {
            let told = |level: Level, most: usize| diagnostics.all.iter().filter(move |d| d.level == level).take(most).cloned();
            return Err(Error::Fatal(told(Level::Fatal, usize::MAX).chain(told(Level::Error, ERRORS_BESIDE_FATAL)).collect()));
        }
        let as_of_rule = AsOfRule::of(config, &inputs);
        // Where nothing is dated, nothing ages and every period holds: any day gives the same figures.
        let as_of = inputs.as_of.unwrap_or(Date(0));

        stage("resolve");
        let mut resolution = resolve(&inputs);
        diagnostics.all.append(&mut resolution.diagnostics);
        let (mut links, consigned) = linked(&inputs, &resolution, as_of, pack);
        diagnostics.all.extend(consigned.diagnostics);
        diagnostics.sort();
        let absent = put_back(&config.previous, &mut inputs, &resolution, &mut links)?;
        let (focal, focal_rule) = focal::choose(&config.focal, &resolution, &links)?;
        lists_as_supply(&mut links, &focal);

        stage("graph");
        let network = Network::build(&inputs, &resolution, &links)?;
        Ok(Self {
            inputs,
            diagnostics,
            quarantine,
            as_of,
            as_of_rule,
            resolution,
            links,
            consigned: consigned.counts,
            absent,
            focal,
            focal_rule,
            network,
        })
    }

    /// What a method says of the places.
    ///
    /// # Errors
    /// Where no joint prior has the marginals of a context.
    pub fn believe(&self, pack: &MethodPack, reference: &Reference, mut stage: impl FnMut(&str)) -> Result<Believed> {
        stage("evidence");
        let evidence = assemble(&self.inputs, &self.resolution, pack, Some(reference), self.as_of);
        stage("findings");
        let rules = RuleFindings::of(&self.inputs, &self.resolution, &evidence.by_node, pack, reference, self.as_of);
        stage("belief");
        let priors = priors(&self.resolution, pack, reference, &evidence.context)?;
        let mut beliefs = beliefs(&self.resolution, &priors, &evidence.by_node, pack);
        with_findings(&mut beliefs, &rules);
        // Where nothing is dated, no year is later than the assessment.
        let imports = Imports::of(&self.inputs.trade_flows, self.inputs.as_of.unwrap_or(OPEN_END));
        let bought = if imports.is_empty() { Bought::new() } else { bought(&self.network, &self.resolution) };
        let OriginPriors { rows: origins, by_flows } = origin_priors(&self.resolution, pack, reference, &imports, &bought)?;
        let mut columns = NodeColumns::new(&beliefs, &origins, self.told(&evidence, &rules, pack).exits()?);
        columns.affected = Affected::of(&priors, &beliefs, pack);
        columns.ownership = Ownership::of(&self.inputs, &self.resolution, &self.links);
        let origins = OriginsDrawn { by_flows, latest_year: imports.latest };
        Ok(Believed { evidence, rules, priors, beliefs, columns, origins })
    }
}

impl Prepared {
    fn told<'a>(&'a self, evidence: &'a Evidence, rules: &'a RuleFindings, pack: &'a MethodPack) -> Told<'a> {
        let Prepared { inputs, resolution, links, as_of, .. } = self;
        Told { inputs, resolution, links, evidence: &evidence.by_node, rules, pack, as_of: *as_of }
    }

    /// Those of some relations, ended on the days they bear, that follow an adverse finding under what is believed.
    pub fn adverse(&self, believed: &Believed, pack: &MethodPack, ended: Vec<Ended>) -> Vec<Ended> {
        self.told(&believed.evidence, &believed.rules, pack).adverse(ended)
    }

    /// Suppliers left after an adverse finding alone, without what is believed of all places.
    ///
    /// # Errors
    /// Only where the graph broke its own rules.
    pub fn exits(&self, pack: &MethodPack, reference: &Reference) -> Result<Exits> {
        if ended(&self.links, self.as_of, pack.trace.exit_quarters).is_empty() {
            return Ok(Exits::default());
        }
        let evidence = assemble(&self.inputs, &self.resolution, pack, Some(reference), self.as_of);
        let rules = RuleFindings::of(&self.inputs, &self.resolution, &evidence.by_node, pack, reference, self.as_of);
        self.told(&evidence, &rules, pack).exits()
    }
}

/// Evidence and beliefs of all nodes under one method.
pub struct Believed {
    pub evidence: Evidence,
    /// From evidence alone: no prior enters, and no finding enters a probability.
    pub rules: RuleFindings,
    pub priors: PriorBook,
    pub beliefs: Vec<Option<SiteBelief>>,
    /// The same as the walk reads them.
    pub columns: NodeColumns,
    /// What the likely origins of the unseen part rest on.
    pub origins: OriginsDrawn,
}

/// What the likely origins of every node's unseen part rest on.
#[derive(Clone, Debug, Default)]
pub struct OriginsDrawn {
    /// Import shares, by node; else its own country alone.
    pub by_flows: Vec<bool>,
    pub latest_year: Option<i32>,
}

/// What the links into nodes without a product of their own name, by part of the recorded purchases.
pub fn bought(network: &Network, resolution: &Resolution) -> Bought {
    let codes: Vec<Option<ProductCode>> = network.products.iter().map(|text| ProductCode::parse(text)).collect();
    let mut bought = Bought::new();
    for row in network.whole.links.chunk_by(|a, b| a.buyer == b.buyer) {
        let Some(buyer) = row.first().map(|l| l.buyer) else { continue };
        if resolution.nodes.get(buyer.at()).is_none_or(|n| n.product.is_some()) {
            continue;
        }
        let mut parts: BTreeMap<ProductCode, f64> = BTreeMap::new();
        for l in row {
            if let Some(code) = codes.get(l.product as usize).copied().flatten() {
                *parts.entry(code).or_default() += l.weight;
            }
        }
        let sum: f64 = parts.values().sum();
        if sum > 0.0 {
            bought.insert(buyer, parts.into_iter().map(|(code, part)| (code, part / sum)).collect());
        }
    }
    bought
}
