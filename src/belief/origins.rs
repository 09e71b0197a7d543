//! Where the unseen part of a node's purchases likely begins: pi_n of model 2, "Expected".
//!
//! ```text
//! pi_n       = sum over input products g of n: t(n,g) V(c_n, g, T)                 T = trace.imputed_tiers (4)
//! V(c, g, k) = sum over countries e: S(e | c, g) * U(e, g, k - 1)                  one imputed tier: where g comes from
//! U(e, g, k) = prior of an origin of g in e                                        where g is raw, or k = 0
//!            = sum over inputs h of g: t(g,h) V(e, h, k)                           else: of what g is made there
//! S(e | c,g) = imports of c from e / all imports of c, of g, in the latest year not after the day of the assessment
//! ```
//!
//! - t: `product_inputs.csv` of the reference layer. A place that makes goods buys the inputs of its product; whoever passes goods on (a trader,
//!   an importer, a warehouse, a brand) buys the product itself; a node without a product of its own buys what its links in name, by value.
//! - S: the rows of `trade_flows` of the importing country and the product: of the very code, else all of the codes within it, else of the longest
//!   code that it lies in. Flows hold no domestic supply: a share d (`trace.domestic_share`, or the row of `product_inputs.csv`) comes
//!   from the country itself, the rest by imports. Where the table holds a row of the country to itself, the table says d.
//! - Where no flow of a product into a country is known, the tier stays in the country. Where no tier of a node's chain draws on a flow, pi_n is the prior
//!   of an origin of the node's own product in its own country, as without the table; without a country that of the world.
//! - The prior of an origin is that of its kind of place (`origins.csv`), country, product, sector and stage, with nobody having said anything: a convex
//!   combination of them lies between the least and the largest, and a larger prior of one exporter never lowers it.

use super::context::{Context, fit_once};
use crate::base::{CountryCode, Date, Kind, NodeIx, ProductCode, Result, Traced};
use crate::pack::MethodPack;
use crate::reference::{ProductInput, Reference};
use crate::resolve::Resolution;
use crate::validate::inputs::TradeFlowRow;
use std::collections::{BTreeMap, BTreeSet};

/// A year, and its value by exporter.
type YearOfImports = (i32, BTreeMap<CountryCode, f64>);

/// Imports of every country by product, of the latest year each.
#[derive(Debug, Default)]
pub struct Imports {
    /// By importer and product as the table has it.
    by_importer: BTreeMap<CountryCode, BTreeMap<ProductCode, YearOfImports>>,
    /// Latest year in use.
    pub latest: Option<i32>,
}

impl Imports {
    /// Rows of years after that of `as_of`, without a code or without value count for nothing.
    pub fn of(rows: &[TradeFlowRow], as_of: Date) -> Self {
        let usable = |r: &&TradeFlowRow| r.year <= as_of.year() && r.value > 0.0 && r.value.is_finite();
        let mut sorted: Vec<(CountryCode, ProductCode, i32, CountryCode, f64)> =
            rows.iter().filter(usable).filter_map(|r| Some((r.importer, r.product?, r.year, r.exporter, r.value))).collect();
        sorted.sort_by(|a, b| (a.0, a.1, a.2, a.3).cmp(&(b.0, b.1, b.2, b.3)).then_with(|| a.4.total_cmp(&b.4)));
        let mut imports = Imports::default();
        for (importer, product, year, exporter, value) in sorted {
            let of = imports.by_importer.entry(importer).or_default().entry(product).or_insert((year, BTreeMap::new()));
            if of.0 < year {
                *of = (year, BTreeMap::new());
            }
            *of.1.entry(exporter).or_default() += value;
            imports.latest = imports.latest.max(Some(year));
        }
        imports
    }

    /// Whether no row counts.
    pub fn is_empty(&self) -> bool {
        self.by_importer.is_empty()
    }

    /// What part of a country's imports of a product comes from where, by exporter; none where no flow is known.
    pub fn shares(&self, importer: CountryCode, product: ProductCode) -> Option<Vec<(CountryCode, f64)>> {
        let of = self.by_importer.get(&importer)?;
        let within = |r: &ProductCode| r.as_str().starts_with(product.as_str());
        let mut values: BTreeMap<CountryCode, f64> = BTreeMap::new();
        if let Some((_, exact)) = of.get(&product) {
            values.clone_from(exact);
        } else {
            for (_, (_, finer)) in of.range(product..).take_while(|(code, _)| within(code)) {
                for (exporter, value) in finer {
                    *values.entry(*exporter).or_default() += value;
                }
            }
        }
        if values.is_empty() {
            let coarser = (2..product.as_str().len()).rev().filter_map(|digits| ProductCode::parse(product.head(digits)));
            values.clone_from(&coarser.filter_map(|code| of.get(&code)).map(|(_, v)| v).next()?.clone());
        }
        let sum: f64 = values.values().sum();
        (sum > 0.0 && sum.is_finite()).then(|| values.into_iter().map(|(exporter, value)| (exporter, value / sum)).collect())
    }
}

/// Products that the links into a node name, with their part of its recorded purchases; of nodes without a product of their own.
pub type Bought = BTreeMap<NodeIx, Vec<(ProductCode, f64)>>;

/// pi_n of every node.
#[derive(Debug, Default)]
pub struct OriginPriors {
    /// By node, one figure per traced norm.
    pub rows: Vec<[f64; Traced::COUNT]>,
    /// Whether import shares entered; else the node's own country alone.
    pub by_flows: Vec<bool>,
}

/// What decides pi_n beside the node's own origin: country and bought products, bits of the shares.
type Purchases = (CountryCode, Vec<(ProductCode, u64, Option<u64>)>);

/// pi_n of every node, from imports where there are any.
///
/// # Errors
/// As [`super::context::priors`].
pub fn origin_priors(
    resolution: &Resolution,
    pack: &MethodPack,
    reference: &Reference,
    imports: &Imports,
    bought: &Bought,
) -> Result<OriginPriors> {
    let number = |id: &str, default: f64| pack.parameter(id).map_or(default, |p| p.value);
    let tiers = number("trace.imputed_tiers", 4.0).max(0.0) as u32;
    let walk = Walk { imports, reference, domestic: number("trace.domestic_share", 0.5) };
    let none: &[(ProductCode, f64)] = &[];
    let purchases: Vec<Option<Purchases>> = resolution
        .nodes
        .iter()
        .enumerate()
        .map(|(i, node)| {
            let country = node.country.filter(|_| tiers > 0 && !imports.is_empty())?;
            let bought = bought.get(&NodeIx(i as u32)).map_or(none, Vec::as_slice);
            let inputs = inputs_of(reference, node.kind, node.product, bought);
            Some((country, inputs.iter().map(|i| (i.product, i.share.to_bits(), i.domestic.map(f64::to_bits))).collect()))
        })
        .collect();
    let input = |(product, share, domestic): &(ProductCode, u64, Option<u64>)| ProductInput {
        product: *product,
        share: f64::from_bits(*share),
        domestic: domestic.map(f64::from_bits),
    };

    // Which origins the chains lead to, and which chains draw on a flow at all.
    let distinct: BTreeSet<&Purchases> = purchases.iter().flatten().collect();
    let mut found = Leaves::default();
    let mut drawing: BTreeSet<&Purchases> = BTreeSet::new();
    for of in distinct {
        let mut draws = false;
        for one in &of.1 {
            draws |= walk.leaves(of.0, &input(one), tiers, &mut found);
        }
        if draws {
            drawing.insert(of);
        }
    }

    let by_flows: Vec<bool> = purchases.iter().map(|p| p.as_ref().is_some_and(|p| drawing.contains(p))).collect();
    let own = resolution
        .nodes
        .iter()
        .zip(&by_flows)
        .map(|(node, by_flows)| (!by_flows).then(|| Context::of_origin(node.country, node.product, pack, reference)));
    let leaves: Vec<(CountryCode, ProductCode)> = found.origins.into_iter().collect();
    let far = leaves.iter().map(|(country, product)| Some(Context::of_origin(Some(*country), Some(*product), pack, reference)));
    let contexts: Vec<Option<Context>> = own.chain(far).collect();
    let (fitted, of_context) = fit_once(&contexts, pack, reference)?;
    let figures: Vec<[f64; Traced::COUNT]> = fitted.iter().map(|prior| Traced::ALL.map(|t| prior.traced(t))).collect();
    let prior = |at: usize| of_context.get(at).copied().flatten().and_then(|i| figures.get(i as usize)).copied().unwrap_or_default();
    let nodes = resolution.nodes.len();
    let at_origin = leaves.into_iter().enumerate().map(|(i, leaf)| (leaf, prior(nodes + i))).collect();
    let mut chain = Chain { walk: &walk, at_origin, known: BTreeMap::new() };
    let of_purchases: BTreeMap<&Purchases, [f64; Traced::COUNT]> = drawing
        .into_iter()
        .map(|of| {
            let parts = of.1.iter().map(|one| (f64::from_bits(one.1), chain.bought(of.0, &input(one), tiers)));
            (of, sum(parts))
        })
        .collect();
    let row = |(i, purchases): (usize, &Option<Purchases>)| {
        purchases.as_ref().and_then(|p| of_purchases.get(p).copied()).unwrap_or_else(|| prior(i))
    };
    let rows = purchases.iter().enumerate().map(row).collect();
    Ok(OriginPriors { rows, by_flows })
}

/// What a node buys.
fn inputs_of(reference: &Reference, kind: Kind, product: Option<ProductCode>, bought: &[(ProductCode, f64)]) -> Vec<ProductInput> {
    let itself = |product, share| ProductInput { product, share, domestic: None };
    let Some(product) = product else { return bought.iter().map(|(p, share)| itself(*p, *share)).collect() };
    let makes = kind.has_posterior() && !kind.is_intermediary() && kind != Kind::Warehouse;
    match reference.inputs_of(product) {
        inputs if makes && !inputs.is_empty() => inputs.to_vec(),
        _ => vec![itself(product, 1.0)],
    }
}

fn sum(parts: impl Iterator<Item = (f64, [f64; Traced::COUNT])>) -> [f64; Traced::COUNT] {
    let mut total = [0.0; Traced::COUNT];
    for (share, figures) in parts {
        for (t, figure) in total.iter_mut().zip(figures) {
            *t += share * figure;
        }
    }
    // Shares that sum to 1 but for rounding must not lead beyond it.
    total.map(|t| t.clamp(0.0, 1.0))
}

struct Walk<'a> {
    imports: &'a Imports,
    reference: &'a Reference,
    domestic: f64,
}

impl Walk<'_> {
    /// From where a country has an input, and whether flows say so.
    fn sources(&self, country: CountryCode, input: &ProductInput) -> (Vec<(CountryCode, f64)>, bool) {
        let whole = || (vec![(country, 1.0)], false);
        let domestic = input.domestic.unwrap_or(self.domestic);
        if input.domestic.is_some() && domestic >= 1.0 {
            return whole();
        }
        let Some(mut shares) = self.imports.shares(country, input.product) else { return whole() };
        let says_domestic = shares.iter().any(|(exporter, _)| *exporter == country);
        if !says_domestic || input.domestic.is_some() {
            // A row of the country to itself gives way to what the row of the input states.
            shares.retain(|(exporter, _)| *exporter != country);
            let imported: f64 = shares.iter().map(|(_, share)| share).sum();
            if imported <= 0.0 {
                return whole();
            }
            shares.iter_mut().for_each(|(_, share)| *share *= (1.0 - domestic) / imported);
            let at = shares.partition_point(|(exporter, _)| *exporter < country);
            shares.insert(at, (country, domestic));
        }
        shares.retain(|(_, share)| *share > 0.0);
        (shares, true)
    }

    /// What a product is made of where it comes from; none: it begins there.
    fn made_of(&self, product: ProductCode, tiers_left: u32) -> &[ProductInput] {
        if tiers_left == 0 { &[] } else { self.reference.inputs_of(product) }
    }

    /// Gathers the origins that an input bought in a country leads to; whether any flow was drawn on.
    fn leaves(&self, country: CountryCode, input: &ProductInput, tiers: u32, found: &mut Leaves) -> bool {
        let key = (country, input.product, input.domestic.map(f64::to_bits), tiers);
        if let Some(known) = found.seen.get(&key) {
            return *known;
        }
        let (sources, mut draws) = self.sources(country, input);
        let left = tiers.saturating_sub(1);
        for (exporter, _) in sources {
            let inputs = self.made_of(input.product, left);
            if inputs.is_empty() {
                found.origins.insert((exporter, input.product));
            }
            for next in inputs {
                draws |= self.leaves(exporter, next, left, found);
            }
        }
        found.seen.insert(key, draws);
        draws
    }
}

/// Country, product, stated domestic share as bits, tiers left.
type Tier = (CountryCode, ProductCode, Option<u64>, u32);

#[derive(Default)]
struct Leaves {
    origins: BTreeSet<(CountryCode, ProductCode)>,
    seen: BTreeMap<Tier, bool>,
}

/// V and U of the head of this file, each worked out once.
struct Chain<'w, 'a> {
    walk: &'w Walk<'a>,
    at_origin: BTreeMap<(CountryCode, ProductCode), [f64; Traced::COUNT]>,
    known: BTreeMap<Tier, [f64; Traced::COUNT]>,
}

impl Chain<'_, '_> {
    fn bought(&mut self, country: CountryCode, input: &ProductInput, tiers: u32) -> [f64; Traced::COUNT] {
        let key = (country, input.product, input.domestic.map(f64::to_bits), tiers);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let left = tiers.saturating_sub(1);
        let walk = self.walk;
        let mut parts = Vec::new();
        for (exporter, share) in walk.sources(country, input).0 {
            let inputs = walk.made_of(input.product, left);
            let made = if inputs.is_empty() {
                self.at_origin.get(&(exporter, input.product)).copied().unwrap_or_default()
            } else {
                sum(inputs.iter().map(|next| (next.share, self.bought(exporter, next, left))).collect::<Vec<_>>().into_iter())
            };
            parts.push((share, made));
        }
        let figures = sum(parts.into_iter());
        self.known.insert(key, figures);
        figures
    }
}
