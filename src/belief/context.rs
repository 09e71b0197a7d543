//! The prior of every node from what the world says of its place (model 1.1): base rate, people, context odds ratios, joint fit.
//!
//! Nodes of one kind, place, size bin and context share one fitted prior. Base rates come from `reference`, parameters from `pack`;
//! a factor lives in one layer only, and no factor is a trait of people.

use super::joint::JointPrior;
use super::posterior::Posterior;
use super::prior::{people_bin, people_of_bin, prior_marginal};
use crate::base::{CountryCode, Error, Kind, NodeIx, Norm, NormSet, ProductCode, Result, SectorCode, Stage, Traced, par};
use crate::evidence::detect::SiteFactor;
use crate::pack::MethodPack;
use crate::reference::{BaseRate, Denominator, Place, Reference};
use crate::resolve::{Node, Resolution};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Odds ratio of one norm by one circumstance of the place.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    pub id: &'static str,
    pub norm: Norm,
    pub odds_ratio: f64,
    /// What the circumstance rests on.
    pub source: String,
}

/// Where a node's number of people comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PeopleStanding {
    Stated,
    /// Middle of a stated range.
    Range,
    /// The pack's figure for the kind.
    Assumed,
}

impl PeopleStanding {
    pub fn as_str(self) -> &'static str {
        match self {
            PeopleStanding::Stated => "stated",
            PeopleStanding::Range => "middle of a range",
            PeopleStanding::Assumed => "assumed by kind",
        }
    }
}

/// The prior that all nodes of one context share, with its parts.
#[derive(Clone, Debug)]
pub struct ContextPrior {
    /// Base rate of persons per norm; `None` = the norm is off here.
    pub base: Vec<Option<BaseRate>>,
    /// People of the bin, and the children linked to them where the base rate is one of children.
    pub people: f64,
    pub factors: Vec<Factor>,
    pub joint: JointPrior,
    /// The posterior of a node of which nobody said anything.
    pub silent: Posterior,
}

impl ContextPrior {
    /// The prior probability of a traced norm.
    pub fn traced(&self, traced: Traced) -> f64 {
        traced.norm().map_or(self.silent.any, |n| self.silent.coupled[n.at()])
    }
}

/// All priors: the distinct ones, and which each node has.
#[derive(Debug, Default)]
pub struct PriorBook {
    pub distinct: Vec<ContextPrior>,
    of_node: Vec<Option<u32>>,
    standing: Vec<(f64, PeopleStanding)>,
}

impl PriorBook {
    /// The prior of a node; `None` where nobody works (parties, regions, unknown nodes).
    pub fn of(&self, node: NodeIx) -> Option<&ContextPrior> {
        self.of_node.get(node.at()).copied().flatten().and_then(|i| self.distinct.get(i as usize))
    }

    /// Position of a node's prior among the distinct ones.
    pub fn index(&self, node: NodeIx) -> Option<usize> {
        self.of_node.get(node.at()).copied().flatten().map(|i| i as usize)
    }

    /// People at a node and where the figure comes from.
    pub fn people(&self, node: NodeIx) -> (f64, PeopleStanding) {
        self.standing.get(node.at()).copied().unwrap_or((0.0, PeopleStanding::Assumed))
    }
}

/// What decides a prior.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Context {
    kind: Kind,
    country: Option<CountryCode>,
    subdivision: Option<Arc<str>>,
    sector: Option<SectorCode>,
    product: Option<ProductCode>,
    stage: Option<Stage>,
    people_bin: i32,
    no_union: bool,
    informal: bool,
    site: Vec<SiteContext>,
}

/// A circumstance that the node's own tables show, as a key: id, norms, bits of the odds ratio, source.
type SiteContext = (&'static str, NormSet, u64, &'static str);

impl Context {
    fn of(node: &Node, people: f64, pack: &MethodPack, site: &[SiteFactor]) -> Self {
        let mut site: Vec<SiteContext> = site.iter().map(|f| (f.id, f.norms, f.odds_ratio.to_bits(), f.source)).collect();
        site.sort_unstable();
        site.dedup_by_key(|f| f.0);
        Context {
            kind: node.kind,
            country: node.country,
            subdivision: node.subdivision.clone(),
            sector: node.sector,
            product: node.product,
            stage: node.stage,
            people_bin: people_bin(people, pack.prior.people_bins_per_decade),
            no_union: node.union == Some(false),
            informal: node.informal_share.is_some_and(|s| s > 0.5),
            site,
        }
    }

    /// The context of a place of a kind of which nothing else is known.
    fn bare(kind: Kind, country: Option<CountryCode>, people: f64, pack: &MethodPack) -> Self {
        let people_bin = people_bin(people, pack.prior.people_bins_per_decade);
        Context {
            kind,
            country,
            subdivision: None,
            sector: None,
            product: None,
            stage: None,
            people_bin,
            no_union: false,
            informal: false,
            site: Vec::new(),
        }
    }

    /// The place where goods of a product begin in a country, as the table of origins has it; without a product a farm.
    pub(super) fn of_origin(country: Option<CountryCode>, product: Option<ProductCode>, pack: &MethodPack, reference: &Reference) -> Self {
        let origin = product.and_then(|p| reference.origin_of(p));
        let kind = origin.map_or(Kind::Farm, |o| o.kind);
        let people = pack.kinds.get(&kind).map_or(1.0, |k| k.people);
        let mut context = Context::bare(kind, country, people, pack);
        if let Some(origin) = origin {
            context.sector = Some(origin.sector);
            context.stage = Some(origin.stage);
            context.product = product;
        }
        context
    }
}

/// Fits the prior of every node with people. `site`: what the node's own tables show of its circumstances, beside its row.
///
/// # Errors
/// [`Error::Internal`] where no joint prior has the marginals of a context.
pub fn priors(
    resolution: &Resolution,
    pack: &MethodPack,
    reference: &Reference,
    site: &BTreeMap<NodeIx, Vec<SiteFactor>>,
) -> Result<PriorBook> {
    let standing: Vec<(f64, PeopleStanding)> = resolution.nodes.iter().map(|n| people_of(n, pack)).collect();
    let contexts: Vec<Option<Context>> = resolution
        .nodes
        .iter()
        .zip(&standing)
        .enumerate()
        .map(|(i, (node, (people, _)))| {
            let shown = site.get(&NodeIx(i as u32)).map_or(&[][..], Vec::as_slice);
            node.kind.has_posterior().then(|| Context::of(node, *people, pack, shown))
        })
        .collect();
    let (distinct, of_node) = fit_once(&contexts, pack, reference)?;
    Ok(PriorBook { distinct, of_node, standing })
}

/// The distinct fits, and the number of each position's fit.
type Fitted = (Vec<ContextPrior>, Vec<Option<u32>>);

/// Fits every distinct context once; gives the fits in order of the contexts and the number of each position's fit.
pub(super) fn fit_once(contexts: &[Option<Context>], pack: &MethodPack, reference: &Reference) -> Result<Fitted> {
    let mut numbers: BTreeMap<&Context, u32> = contexts.iter().flatten().map(|c| (c, 0)).collect();
    for (i, number) in numbers.values_mut().enumerate() {
        *number = i as u32;
    }
    let keys: Vec<&Context> = numbers.keys().copied().collect();
    let distinct = par::map(keys.len(), |i| fit(keys[i], pack, reference)).into_iter().collect::<Result<Vec<_>>>()?;
    let of_node = contexts.iter().map(|c| c.as_ref().and_then(|c| numbers.get(c).copied())).collect();
    Ok((distinct, of_node))
}

fn people_of(node: &Node, pack: &MethodPack) -> (f64, PeopleStanding) {
    match node.people {
        Some(people) if node.people_from_range => (people.max(1.0), PeopleStanding::Range),
        Some(people) => (people.max(1.0), PeopleStanding::Stated),
        None => {
            let one = pack.kinds.get(&node.kind).map_or(0.0, |k| k.people);
            (one * node.places_count.unwrap_or(1.0).max(1.0), PeopleStanding::Assumed)
        }
    }
}

fn fit(context: &Context, pack: &MethodPack, reference: &Reference) -> Result<ContextPrior> {
    let place = Place {
        country: context.country,
        subdivision: context.subdivision.as_deref(),
        sector: context.sector,
        product: context.product,
        stage: context.stage,
        kind: context.kind,
    };
    let people = people_of_bin(context.people_bin, pack.prior.people_bins_per_decade);
    let factors = factors(context, pack, reference);
    let base: Vec<Option<BaseRate>> = Norm::ALL.iter().map(|n| reference.base_rate(*n, &place)).collect();
    let mut marginals = [0.0; Norm::COUNT];
    for norm in Norm::ALL {
        if let Some(rate) = &base[norm.at()] {
            let scope = match rate.denominator {
                Denominator::Workers => people,
                Denominator::ChildrenOfHouseholds => people * pack.prior.children_per_worker,
                // A flag of a place as a whole: q is the probability itself.
                Denominator::Site => 1.0,
            };
            let odds: Vec<f64> = factors.iter().filter(|f| f.norm == norm).map(|f| f.odds_ratio.ln()).collect();
            marginals[norm.at()] = prior_marginal(rate.q, scope.max(1.0), &odds, &pack.prior);
        }
    }
    let joint = JointPrior::fit(&marginals, &pack.couplings);
    if !joint.defect.is_finite() || joint.weight.iter().any(|w| !w.is_finite()) {
        return Err(Error::internal(format!("no joint prior has the marginals {marginals:?}")));
    }
    let silent = Posterior::of_prior(&joint);
    Ok(ContextPrior { base, people, factors, joint, silent })
}

const FORCED: [Norm; 3] = [Norm::ForcedLabour, Norm::DebtBondage, Norm::Trafficking];

fn factors(context: &Context, pack: &MethodPack, reference: &Reference) -> Vec<Factor> {
    let mut found = Vec::new();
    let ratio = |id: &str| pack.prior.odds_ratios.get(id).copied();
    if let (Some(country), Some(stage)) = (context.country, context.stage)
        && let Some(listing) = reference.listing(country, context.product, context.sector, stage)
        && let Some(odds_ratio) = ratio("tvpra_listed")
    {
        let source = format!("TVPRA list {}: {} of {country}", listing.year, listing.goods.join(", "));
        let norms = [
            (listing.child_labour, Norm::ChildLabour),
            (listing.forced_labour || listing.forced_child, Norm::ForcedLabour),
            (listing.forced_child, Norm::WorstForms),
        ];
        found.extend(norms.into_iter().filter(|(on, _)| *on).map(|(_, norm)| Factor {
            id: "tvpra_listed",
            norm,
            odds_ratio,
            source: source.clone(),
        }));
    }
    let stated = |id: &'static str, source: &str, norms: &[Norm]| -> Vec<Factor> {
        let Some(odds_ratio) = ratio(id) else { return Vec::new() };
        norms.iter().map(|norm| Factor { id, norm: *norm, odds_ratio, source: source.to_owned() }).collect()
    };
    if context.no_union {
        found.extend(stated("no_worker_organisation", "nodes.union = no", &FORCED));
    }
    if context.informal || context.kind == Kind::HomeWork {
        found.extend(stated(
            "informal_or_home_based",
            "nodes.informal_share above one half, or home work",
            &[Norm::ChildLabour, Norm::ForcedLabour],
        ));
    }
    for (id, norms, odds, source) in &context.site {
        let odds_ratio = f64::from_bits(*odds);
        found.extend(norms.iter().map(|norm| Factor { id, norm, odds_ratio, source: (*source).to_owned() }));
    }
    found
}
