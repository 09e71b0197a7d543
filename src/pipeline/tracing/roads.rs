//! The nodes, links and mapped shares of a result, and the walk of one node over them.

use crate::base::holdings::{holding_key, shown_as};
use crate::base::{Error, Kind, NodeIx, Result, Traced};
use crate::export::walk_rows::{MappedRule, View as Whose};
use crate::export::{read_all, read_manifest};
use crate::graph::commodities::{Commodities, heading, heading_text};
use crate::graph::exits::Exits;
use crate::graph::mapped::MappedBasis;
use crate::graph::perspective::View;
use crate::graph::trade::{NO_PRODUCT, NO_UNIT, Trade, TradeLink};
use crate::graph::{LISTED, NO_HEADING, SupplyGraph};
use crate::pack::MethodPack;
use crate::pipeline::exposure::OwnView;
use crate::pipeline::network::{Mapped, of_heading};
use crate::pipeline::prepared::Prepared;
use crate::pipeline::{RunConfig, method};
use crate::schema::outputs;
use crate::trace::Problem;
use crate::trace::paths::strongest_paths;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Steps of the search for one chain.
const WORK_MOST: usize = 200_000;
/// A walk that misses a figure of the result by more than this is said to.
pub(super) const CLOSE: f64 = 1e-8;

/// What a figure at a node stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A rule finds something on a case of the place.
    Finding,
    /// Reports from the very site make a signal.
    SiteSignal,
    /// What is known of the country, the product and the kind of place alone: it accuses nobody.
    Context,
}

/// What stands behind the figure of a node.
#[derive(Clone, Debug, Serialize)]
pub struct Behind {
    pub standing: Standing,
    /// `indicated` or `possible`, where a rule finds it.
    pub level: Option<String>,
    /// Norms that the finding or the signal is on.
    pub norms: Vec<String>,
}

/// One chain of nodes, buyers first.
#[derive(Clone, Debug, Serialize)]
pub struct Chain {
    pub ids: Vec<String>,
    /// Names; with the heading where a place keeps commodities apart: `Trader (as 1511)`.
    pub names: Vec<String>,
    /// Part of one unit of the first node's purchases that comes this way, 0 to 1.
    pub share: f64,
}

/// A node as a result shows it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub country: Option<String>,
    pub focal: bool,
    pub people: Option<f64>,
    pub behind: Behind,
    /// Probability of the norm traced.
    pub p: f64,
    pub on_evidence: bool,
}

impl Place {
    /// Stands where a number leads to no node.
    pub fn nobody() -> Self {
        Place {
            id: String::new(),
            name: String::new(),
            kind: Kind::Unknown,
            country: None,
            focal: false,
            people: None,
            behind: Behind { standing: Standing::Context, level: None, norms: Vec::new() },
            p: 0.0,
            on_evidence: false,
        }
    }
}

/// What a result says of one walk from a node.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Told {
    pub on_evidence: f64,
    pub by_context: f64,
    pub unseen: f64,
    pub exited: f64,
    pub clear: f64,
    pub expected: Option<f64>,
    pub mapped: f64,
    /// e of the node itself.
    pub left: f64,
}

/// The nodes of a result and the links between them, for one norm and rule.
pub struct Roads {
    pub(super) traced: Traced,
    pub(super) rule: MappedRule,
    /// By id.
    pub(super) places: Vec<Place>,
    /// Exposure rows of that norm and rule: all links merged, by place.
    pub(super) told: Vec<Option<Told>>,
    /// The same of focal companies in their own view.
    pub(super) told_own: BTreeMap<u32, Told>,
    /// Mapped shares and what they rest on, all links merged, by place.
    mapped: Mapped,
    kinds: Vec<Kind>,
    scoped: Trade,
    merged: Trade,
    /// Product and share of each link, all links merged: buyer, supplier, product.
    pub(super) products: BTreeMap<(u32, u32), BTreeSet<String>>,
    listings: BTreeMap<NodeIx, Vec<NodeIx>>,
    pack: MethodPack,
    exact: Option<Exact>,
}

/// The links of the dataset that the result was made from.
struct Exact {
    prepared: Prepared,
    exits: Exits,
    /// Place of each node.
    place: Vec<u32>,
}

/// The dataset that a result was made from, where it is given.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    pub dataset: &'a Path,
    pub mapping: Option<&'a Path>,
    /// Overlays of the method, where the result was made with them.
    pub pack: Option<&'a Path>,
    pub reference: Option<&'a Path>,
}

impl<'a> Beside<'a> {
    /// A dataset without a mapping or overlays of its own.
    pub fn of(dataset: &'a Path) -> Self {
        Beside { dataset, mapping: None, pack: None, reference: None }
    }
}

impl Roads {
    /// Reads a result; with `beside` the links of the dataset that it was made from.
    ///
    /// # Errors
    /// No result at `out`; a dataset that is another, or cannot be assessed.
    pub fn read(out: &Path, traced: Traced, rule: MappedRule, beside: Option<Beside<'_>>) -> Result<Self> {
        let pack = MethodPack::embedded()?;
        let places = places(out, traced)?;
        let kinds: Vec<Kind> = places.iter().map(|p| p.kind).collect();
        let mut roads = Roads {
            traced,
            rule,
            told: vec![None; places.len()],
            told_own: BTreeMap::new(),
            mapped: Mapped::default(),
            scoped: Trade::new(places.len(), &[])?,
            merged: Trade::new(places.len(), &[])?,
            products: BTreeMap::new(),
            listings: BTreeMap::new(),
            exact: None,
            kinds,
            places,
            pack,
        };
        roads.exposures(out)?;
        roads.links(out)?;
        if let Some(beside) = beside {
            let (pack, exact) = roads.exact(out, beside)?;
            (roads.pack, roads.exact) = (pack, Some(exact));
        }
        Ok(roads)
    }

    /// The place of an input id or of a shown one.
    ///
    /// # Errors
    /// No such node in the result.
    pub(super) fn find(&self, out: &Path, node: &str) -> Result<u32> {
        let hidden = shown_as(node, None).0;
        let found = self.number(node).or_else(|| self.number(&hidden));
        found.ok_or_else(|| {
            let found = format!("no node has the id '{node}' (nor the key {})", holding_key(node));
            Error::settings(out.join(outputs::SITES.file).display().to_string(), found, "give a node_id of sites.parquet or register.csv")
        })
    }

    fn number(&self, id: &str) -> Option<u32> {
        self.places.binary_search_by(|p| p.id.as_str().cmp(id)).ok().map(|i| i as u32)
    }

    pub(super) fn place(&self, at: u32) -> Option<&Place> {
        self.places.get(at as usize)
    }

    /// Whether a node buys, over some chain, from itself.
    pub(super) fn is_in_circle(&self, start: u32) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![NodeIx(start)];
        while let Some(buyer) = open.pop() {
            for l in self.merged.row(buyer) {
                if l.supplier.0 == start {
                    return true;
                }
                if seen.insert(l.supplier) {
                    open.push(l.supplier);
                }
            }
        }
        false
    }

    /// Direct buyers with the share that the node has in each one's purchases, links and mapped share together; all scopes merged.
    pub(super) fn buyers(&self, node: u32) -> Vec<(u32, f64)> {
        let of_rule = self.mapped.of_rule(self.rule);
        let mut found: BTreeMap<u32, f64> = BTreeMap::new();
        for l in self.merged.links().iter().filter(|l| l.supplier.0 == node) {
            let row: f64 = self.merged.row(l.buyer).iter().filter_map(|l| l.share).sum();
            let weight = l.share.unwrap_or(0.0) / if row > 0.0 { row } else { 1.0 };
            *found.entry(l.buyer.0).or_default() += weight * of_rule.get(l.buyer.at()).copied().unwrap_or(0.0);
        }
        found.into_iter().collect()
    }

    /// Exposure rows of the norm and rule, and the mapped shares under both rules.
    fn exposures(&mut self, out: &Path) -> Result<()> {
        let n = self.places.len();
        let mut mapped =
            Mapped { cautious: vec![0.0; n], as_listed: vec![0.0; n], exited: vec![0.0; n], basis: vec![MappedBasis::NoLinks; n] };
        let mut has_links = vec![false; n];
        for r in read_all(out, &outputs::EXPOSURE)?.iter() {
            let (Some(at), Some(norm), Some(view), Some(rule)) =
                (r.text("node_id").and_then(|id| self.number(id)), r.text("norm"), r.text("view"), r.text("mapped_rule"))
            else {
                continue;
            };
            let number = |name: &str| r.float(name).unwrap_or_default();
            let told = Told {
                on_evidence: number("touched_on_evidence"),
                by_context: number("touched_by_context"),
                unseen: number("unseen"),
                exited: number("exited"),
                clear: number("clear"),
                expected: r.float("expected"),
                mapped: number("mapped"),
                left: number("left_share"),
            };
            let is_mine = norm == self.traced.as_str() && rule == self.rule.as_str();
            match view {
                "own" if is_mine => {
                    self.told_own.insert(at, told);
                }
                "all" => {
                    if is_mine && let Some(slot) = self.told.get_mut(at as usize) {
                        *slot = Some(told);
                    }
                    if norm == Traced::Any.as_str() {
                        let column = if rule == MappedRule::Cautious.as_str() { &mut mapped.cautious } else { &mut mapped.as_listed };
                        if let Some(slot) = column.get_mut(at as usize) {
                            *slot = told.mapped;
                        }
                        if let Some(slot) = mapped.exited.get_mut(at as usize) {
                            *slot = told.left;
                        }
                        if let Some(slot) = has_links.get_mut(at as usize) {
                            *slot = r.float("assumed_share").is_some();
                        }
                    }
                }
                _ => {}
            }
        }
        let shares = mapped.cautious.iter().zip(&mapped.as_listed);
        mapped.basis = (0..n)
            .zip(shares)
            .map(|(i, (cautious, listed))| match self.kinds.get(i) {
                Some(k) if k.is_origin() => MappedBasis::Origin,
                _ if !has_links.get(i).copied().unwrap_or(false) => MappedBasis::NoLinks,
                // Only a share that the method assumes is another under the other rule.
                _ if listed > cautious => MappedBasis::Assumed,
                _ => MappedBasis::Declared,
            })
            .collect();
        self.mapped = mapped;
        Ok(())
    }

    fn links(&mut self, out: &Path) -> Result<()> {
        let read = read_all(out, &outputs::LINKS)?;
        let products: BTreeSet<&str> = read.iter().filter_map(|r| r.text("product")).collect();
        let products: BTreeMap<&str, u32> = products.into_iter().zip(0..).collect();
        // One supplier, buyer, product, scope is one link, whatever its relations.
        let mut once = BTreeSet::new();
        let (mut scoped, mut merged) = (Vec::new(), Vec::new());
        for r in read.iter() {
            let node = |column: &str| r.text(column).and_then(|id| self.number(id)).map(NodeIx);
            let (Some(supplier), Some(buyer)) = (node("supplier_id"), node("buyer_id")) else { continue };
            let scope = node("scope");
            let product = r.text("product");
            let number = product.and_then(|p| products.get(p).copied()).unwrap_or(NO_PRODUCT);
            match (r.float("weight"), r.float("weight_merged")) {
                (Some(weight), whole) if once.insert((supplier, buyer, number, scope)) => {
                    let link = TradeLink {
                        supplier,
                        buyer,
                        product: number,
                        value: None,
                        quantity: None,
                        unit: NO_UNIT,
                        share: Some(weight),
                        scope,
                    };
                    scoped.push(link);
                    merged.push(TradeLink { share: whole, scope: None, ..link });
                    self.products.entry((buyer.0, supplier.0)).or_default().extend(product.map(str::to_owned));
                }
                (None, _) if r.text("relation") == Some("lists") && r.bool("in_force") == Some(true) && supplier != buyer => {
                    self.listings.entry(scope.unwrap_or(buyer)).or_default().push(supplier);
                }
                _ => {}
            }
        }
        for places in self.listings.values_mut() {
            places.sort_unstable();
            places.dedup();
        }
        let commodities = |links: &[TradeLink]| {
            let headings = products.keys().map(|text| heading(text)).collect();
            Commodities::of(links, &self.kinds, headings, std::iter::empty())
        };
        let (of_scoped, of_merged) = (commodities(&scoped), commodities(&merged));
        self.scoped = Trade::new(self.places.len(), &scoped)?.with_commodities(of_scoped);
        self.merged = Trade::new(self.places.len(), &merged)?.with_commodities(of_merged);
        Ok(())
    }

    /// Reads the dataset of the result again.
    fn exact(&self, out: &Path, beside: Beside<'_>) -> Result<(MethodPack, Exact)> {
        let manifest = read_manifest(out)?;
        let as_of = manifest.as_ref().and_then(|m| crate::base::Date::parse(&m.stamp.as_of));
        let focal: Vec<String> = self.places.iter().filter(|p| p.focal).map(|p| p.id.clone()).collect();
        let config = RunConfig {
            dataset: beside.dataset.to_owned(),
            mapping: beside.mapping.map(Path::to_owned),
            pack: beside.pack.map(Path::to_owned),
            reference: beside.reference.map(Path::to_owned),
            as_of,
            focal,
            ..RunConfig::default()
        };
        let (pack, reference) = method(&config)?;
        let stamp = manifest.map(|m| m.stamp);
        let another = || {
            let found = format!("this is not the dataset that {} was made from", out.display());
            Error::settings("--dataset", found, "give that dataset, and its mapping where it has one")
        };
        let prepared = match Prepared::read(&config, &pack, &reference, |_| {}) {
            // The companies of the result are not in it.
            Err(Error::Settings { place, .. }) if place == "--focal" => return Err(another()),
            read => read?,
        };
        if stamp.as_ref().is_none_or(|s| s.dataset.hash != prepared.inputs.dataset_hash) {
            return Err(another());
        }
        if stamp.is_none_or(|s| s.pack.hash != pack.hash) {
            let found = format!("{} was made with another method", out.display());
            return Err(Error::settings("--pack", found, "give the folder of method files that was laid over the embedded pack then"));
        }
        let place = prepared.resolution.nodes.iter().map(|n| self.number(&n.shown_id).unwrap_or(u32::MAX)).collect();
        let exits = prepared.exits(&pack, &reference)?;
        Ok((pack, Exact { prepared, exits, place }))
    }

    /// The walk from the purchases of a node: a focal company in its own view, another node with all links merged.
    pub(super) fn sight(&self, start: u32) -> Result<Sight> {
        let focal = self.place(start).is_some_and(|p| p.focal);
        let exact = self.exact.as_ref().filter(|_| focal);
        let (own, place): (OwnView, Box<dyn Fn(NodeIx) -> u32 + '_>) = match exact {
            Some(exact) => {
                let id = self.place(start).map_or("", |p| p.id.as_str());
                let node = exact
                    .prepared
                    .resolution
                    .find_shown(id)
                    .ok_or_else(|| Error::internal("a node of the result is not in its dataset"))?;
                let Prepared { network, resolution, .. } = &exact.prepared;
                let place = |n: NodeIx| exact.place.get(n.at()).copied().unwrap_or(u32::MAX);
                (OwnView::of(node, network, &exact.exits, resolution, &self.pack)?, Box::new(place))
            }
            None => {
                let listed = self.listings.get(&NodeIx(start)).map_or(&[][..], Vec::as_slice);
                let view = if focal {
                    View::with_listing(&self.scoped, NodeIx(start), listed, &self.kinds)?
                } else {
                    View::new(&self.merged, NodeIx(start))?
                };
                let mapped = self.mapped_of(&view, start)?;
                (OwnView::filled(view, mapped, &self.pack)?, Box::new(|n: NodeIx| n.0))
            }
        };
        let nodes: Vec<u32> = own.view.nodes.iter().map(|n| place(*n)).collect();
        let of = |n: &u32| self.place(*n);
        let mut p: Vec<f64> = nodes.iter().map(|n| of(n).map_or(0.0, |p| p.p)).collect();
        let mut on_evidence: Vec<bool> = nodes.iter().map(|n| of(n).is_some_and(|p| p.on_evidence)).collect();
        own.view.start_at_purchases(&mut p); // what it buys, not what happens at its own place
        if own.list().is_some() {
            p.push(0.0);
            on_evidence.push(false);
        }
        let none = vec![0.0; p.len()];
        Ok(Sight { own, rule: self.rule, nodes, p, on_evidence, none })
    }

    fn mapped_of(&self, view: &View, start: u32) -> Result<Mapped> {
        let mut mapped = Mapped {
            cautious: view.column(&self.mapped.cautious, 0.0)?,
            as_listed: view.column(&self.mapped.as_listed, 0.0)?,
            exited: view.column(&self.mapped.exited, 0.0)?,
            basis: view.column(&self.mapped.basis, MappedBasis::NoLinks)?,
        };
        for column in [&mut mapped.cautious, &mut mapped.as_listed, &mut mapped.exited] {
            column.truncate(view.nodes.len());
        }
        mapped.basis.truncate(view.nodes.len());
        let own = self.told_own.get(&start).filter(|_| self.place(start).is_some_and(|p| p.focal));
        for (local, node) in view.nodes.iter().enumerate() {
            if let Some(own) = own.filter(|_| *node == view.focal) {
                let column = match self.rule {
                    MappedRule::Cautious => &mut mapped.cautious,
                    MappedRule::AsListed => &mut mapped.as_listed,
                };
                for (column, told) in [(column, own.mapped), (&mut mapped.exited, own.left)] {
                    if let Some(slot) = column.get_mut(local) {
                        *slot = told;
                    }
                }
            }
        }
        for (i, (row, part)) in view.rows.iter().zip(&view.parts).enumerate() {
            let basis = mapped.basis.get(i).copied();
            // A buyer whose links all belong to other disclosures has none in this view, and a heading that is sold may be bought from nobody.
            let has_none = row.links == 0 && (i > 0 || own.is_none()) && basis != Some(MappedBasis::Origin);
            for column in [&mut mapped.cautious, &mut mapped.as_listed] {
                if let Some(slot) = column.get_mut(i) {
                    *slot = match basis {
                        _ if has_none => 0.0,
                        Some(MappedBasis::Declared | MappedBasis::Recorded) if *part < 1.0 => of_heading(*slot, *part),
                        _ => *slot,
                    };
                }
            }
            if let Some(slot) = mapped.basis.get_mut(i).filter(|_| row.links == 0 && basis != Some(MappedBasis::Origin)) {
                *slot = MappedBasis::NoLinks;
            }
        }
        Ok(mapped)
    }
}

/// The walk of one node: a graph of its own with the columns that go with it, local numbers; the node itself is 0.
pub(super) struct Sight {
    own: OwnView,
    rule: MappedRule,
    /// Local number to place; the published list, the last node of the graph, has none. A place that keeps commodities apart stands here once for each.
    pub nodes: Vec<u32>,
    pub p: Vec<f64>,
    pub on_evidence: Vec<bool>,
    none: Vec<f64>,
}

impl Sight {
    pub fn graph(&self) -> &SupplyGraph {
        self.own.graph_of(Whose::Own, self.rule).0
    }

    pub fn problem(&self) -> Problem<'_> {
        let (_, mapped, exited) = self.own.graph_of(Whose::Own, self.rule);
        Problem { p: &self.p, on_evidence: &self.on_evidence, mapped, origin_prior: &self.none, exited }
    }

    pub fn list(&self) -> Option<u32> {
        self.own.list()
    }

    /// Shortest distance along recorded chains; none where only the published list leads there.
    pub fn tier(&self, local: u32) -> Option<u32> {
        self.own.view.tier.get(local as usize).copied().filter(|t| *t != LISTED)
    }

    /// The node's own mapped share, before a published list fills it, and what it rests on.
    pub fn mapped_share(&self, local: u32) -> Option<(f64, MappedBasis)> {
        let at = local as usize;
        self.own.mapped.of_rule(self.rule).get(at).copied().zip(self.own.mapped.basis.get(at).copied())
    }

    /// The heading as which a vertex stands in the graph, where its node keeps commodities apart.
    pub fn heading(&self, local: u32) -> u16 {
        self.own.view.headings.get(local as usize).copied().unwrap_or(NO_HEADING)
    }

    /// A place as a chain names it.
    fn name(&self, local: u32, name: &str) -> String {
        heading_text(self.heading(local)).map_or_else(|| name.to_owned(), |heading| format!("{name} (as {heading})"))
    }

    pub fn local(&self, place: u32) -> Option<u32> {
        self.nodes.iter().position(|n| *n == place).map(|i| i as u32)
    }

    /// The strongest chains from the start to a node.
    pub fn chains(&self, roads: &Roads, to: u32, most: usize) -> Result<Vec<Chain>> {
        let found = strongest_paths(self.graph(), &self.problem(), 0, to, most, WORK_MOST)?;
        let whose = self.nodes.first().and_then(|n| roads.place(*n)).map_or("", |p| p.name.as_str());
        let list = format!("published list of {whose}");
        let place = |n: &u32| self.nodes.get(*n as usize).and_then(|p| roads.place(*p));
        let chain = |path: crate::trace::Path| Chain {
            ids: path.nodes.iter().map(|n| place(n).map_or_else(String::new, |p| p.id.clone())).collect(),
            names: path.nodes.iter().map(|n| place(n).map_or_else(|| list.clone(), |p| self.name(*n, &p.name))).collect(),
            share: path.share,
        };
        Ok(found.paths.into_iter().map(chain).collect())
    }
}

/// Every node of a result, by id.
fn places(out: &Path, traced: Traced) -> Result<Vec<Place>> {
    let column = traced.norm().map_or_else(|| "any".to_owned(), |n| format!("{}_coupled", n.as_str()));
    let mut places: Vec<Place> = read_all(out, &outputs::SITES)?
        .iter()
        .map(|r| {
            let text = |name: &str| r.text(name).unwrap_or_default();
            let norms = |name: &str| -> Vec<String> { text(name).split(';').filter(|n| !n.is_empty()).map(str::to_owned).collect() };
            let speaks = |name: &str| norms(name).iter().any(|n| Some(n.as_str()) == traced.norm().map(|n| n.as_str()));
            let state = text("state");
            let on_evidence = match traced.norm() {
                Some(_) => speaks("signal_norms") || speaks("finding_norms"),
                None => ["site_signal", "possible", "indicated"].contains(&state),
            };
            let found = match traced.norm() {
                Some(_) => speaks("finding_norms"),
                None => !text("finding_norms").is_empty(),
            };
            let behind = match (on_evidence, found) {
                (true, true) => Behind { standing: Standing::Finding, level: Some(state.to_owned()), norms: norms("finding_norms") },
                (true, false) => Behind { standing: Standing::SiteSignal, level: None, norms: norms("signal_norms") },
                _ => Behind { standing: Standing::Context, level: None, norms: Vec::new() },
            };
            Place {
                id: text("node_id").to_owned(),
                name: text("name").to_owned(),
                kind: Kind::parse(text("kind")).unwrap_or(Kind::Unknown),
                country: r.text("country").map(str::to_owned),
                focal: r.bool("focal").unwrap_or(false),
                people: r.float("people"),
                p: r.float(&column).unwrap_or(0.0),
                behind,
                on_evidence,
            }
        })
        .collect();
    places.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(places)
}
