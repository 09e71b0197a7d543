//! Seeded worlds with known truth: a dataset folder of any size in which everything is invented, for measuring speed, for tests, and for
//! measuring how far the method's probabilities hold where its assumptions do.
//!
//! A world has the shape of real supply networks (heavy-tailed numbers of partners, tiers from brands down to farms, mines and vessels,
//! one giant component with cycles, closed rings of traders, links without value, places that brands list without a chain). What is true
//! at each place is drawn from the prior that the method fits for it ([`truth`]); what sources say follows from what is true, in one of
//! two manners: with exactly the likelihood of the method ([`exact`]), or lifelike ([`lifelike`]). The truth is written beside the
//! tables, never into one. The same settings give the same files for any number of threads. (States are drawn by probabilities that a
//! system's own `exp` and `ln` enter: another machine gives another state only where a draw falls within their last bit.)

pub mod accounts;
mod commerce;
mod draw;
pub mod exact;
mod figures;
mod firms;
mod inputs;
pub mod lifelike;
mod tables;
pub mod truth;

pub use draw::Draws;
pub use tables::TRUTH;

use crate::base::norm::STATE_COUNT;
use crate::base::{Date, Error, Result};
use crate::belief::context::priors;
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::resolve::resolve;
use crate::validate::Inputs;
use accounts::{Accounts, Outcome};
use draw::Urn;
use exact::{Habits, Menu};
use std::path::Path;
use truth::{Off, Truth, draw_truth};

/// How the evidence of a world comes about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// With exactly the likelihood that the method assumes.
    ByTheMethod,
    /// As in life, where several of its assumptions fail.
    Lifelike,
}

/// What the sources and buyers of a world do that the method does not know of.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reality {
    pub off: Off,
    pub habits: Habits,
    /// Of the families of signs at a place: those that come together. Lifelike worlds only.
    pub family_together: f64,
    /// Of the supply links from a place at which a visit saw a sign: those cut afterwards.
    pub exit_share: f64,
}

impl Reality {
    /// Nothing that the method does not know.
    pub const AS_THE_METHOD_SAYS: Reality =
        Reality { off: Off::NONE, habits: Habits { copied_share: 0.0, coached_share: 0.0 }, family_together: 0.0, exit_share: 0.0 };
    /// Invented, in the direction of what is published of audits and reports (methodology 3.1).
    pub const LIFELIKE: Reality =
        Reality { off: Off::NONE, habits: Habits { copied_share: 0.2, coached_share: 0.4 }, family_together: 0.5, exit_share: 0.1 };
}

/// How large a world is and what it is made of. Shares are of all links unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldSettings {
    pub seed: u64,
    /// N, nodes in all.
    pub nodes: usize,
    /// M, links in all, of every relation.
    pub links: usize,
    /// Rows of visits, findings, channels, grievances and statements together; the rows of the last place may pass the number, and by the
    /// method's likelihood every place is told of at most once.
    pub evidence_rows: usize,
    pub manner: Manner,
    pub reality: Reality,
    /// Focal companies.
    pub brands: usize,
    /// Rings of three traders that no origin feeds.
    pub closed_rings: usize,
    /// Of the purchases of traders, factories and processors: from such firms whatever their tier.
    pub sideways_share: f64,
    /// Of the firms below retail: those without any supplier on record.
    pub dark_share: f64,
    /// Of the supply links: those with a value.
    pub valued_share: f64,
    /// Of the supply links below retail: those that one brand disclosed for itself.
    pub scoped_share: f64,
    pub listed_share: f64,
    pub owned_share: f64,
    /// Links from a supplier that `nodes` does not hold.
    pub unknown_share: f64,
    /// The newest day in the data.
    pub as_of: Date,
}

impl Default for WorldSettings {
    /// The standard scale run: 100,000 nodes, 1,000,000 links, 200,000 rows of evidence, as of 2026-06-30.
    fn default() -> Self {
        Self {
            seed: 1,
            nodes: 100_000,
            links: 1_000_000,
            evidence_rows: 200_000,
            manner: Manner::Lifelike,
            reality: Reality::LIFELIKE,
            brands: 3,
            closed_rings: 20,
            sideways_share: 0.15,
            dark_share: 0.08,
            valued_share: 0.8,
            scoped_share: 0.02,
            listed_share: 0.005,
            owned_share: 0.002,
            unknown_share: 0.002,
            as_of: Date(20_634),
        }
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldSummary {
    /// Rows of each table, in the order of writing.
    pub rows: Vec<(&'static str, u64)>,
    /// Ids of the focal companies.
    pub focal: Vec<String>,
    /// Links whose supplier `nodes` does not hold.
    pub unknown_suppliers: u64,
    /// Places whose truth is known, and of them those where some norm is violated.
    pub places: u64,
    pub violated: u64,
    /// Rows that do not say what is true.
    pub lies: u64,
}

/// Streams of draws, one for each part of a world.
#[derive(Clone, Copy)]
enum Stream {
    Firms,
    Links,
    Figures,
    Truth,
    Accounts,
    Exits,
}

impl Stream {
    fn draws(self, seed: u64) -> draw::Draws {
        draw::Draws::new(seed, self as u32)
    }
}

/// Who is in a world, and who buys from whom.
pub struct Population {
    firms: Vec<firms::Firm>,
    figures: Vec<figures::Figures>,
    links: Vec<commerce::Link>,
}

impl Population {
    fn draw(settings: &WorldSettings) -> Result<Self> {
        let firms = firms::firms(settings, &mut Stream::Firms.draws(settings.seed));
        let links = commerce::links(settings, &firms, &mut Stream::Links.draws(settings.seed))?;
        let figures = figures::figures(&firms, &links, &mut Stream::Figures.draws(settings.seed));
        Ok(Self { firms, figures, links })
    }

    /// The nodes of a world without links, for measures that no link enters.
    ///
    /// # Errors
    /// Fewer nodes than hold every tier.
    pub fn places(nodes: usize, seed: u64) -> Result<Self> {
        let settings =
            WorldSettings { seed, nodes, links: nodes * 2, brands: 1, closed_rings: 0, evidence_rows: 0, ..WorldSettings::default() };
        check(&settings)?;
        let firms = firms::firms(&settings, &mut Stream::Firms.draws(seed));
        let figures = figures::figures(&firms, &[], &mut Stream::Figures.draws(seed));
        Ok(Self { firms, figures, links: Vec::new() })
    }

    /// The nodes as the engine receives them; row i is node i of [`World::truths`].
    pub fn inputs(&self, reference: &Reference, as_of: Date) -> Inputs {
        inputs::nodes(&self.firms, &self.figures, reference, as_of)
    }
}

/// What is true in a world and what is said of it.
pub struct World {
    /// By node; `None` where nobody works.
    pub truths: Vec<Option<Truth>>,
    pub accounts: Accounts,
}

impl World {
    /// Adds what is said to the nodes of [`Population::inputs`].
    pub fn tell(&self, inputs: &mut Inputs, pack: &MethodPack) {
        let as_of = inputs.as_of.unwrap_or(WorldSettings::default().as_of);
        inputs::add_accounts(inputs, &self.accounts, pack, as_of);
    }
}

/// How much is said of a world, and how.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    pub manner: Manner,
    pub reality: Reality,
    /// Rows of evidence; `None`: by the method's likelihood, a plan for every place.
    pub rows: Option<usize>,
    pub seed: u64,
}

/// Draws truth and evidence. `real`: the method with the rates that sources really have; `weights`: the real prior of node i over the joint
/// states, `None` where nobody works.
pub fn happen(
    population: &Population,
    real: &MethodPack,
    weights: impl Fn(usize) -> Option<[f64; STATE_COUNT]>,
    telling: &Telling,
) -> World {
    let mut draws = Stream::Truth.draws(telling.seed);
    let model_error = real.prior.model_error;
    let truths: Vec<Option<Truth>> =
        (0..population.firms.len()).map(|i| weights(i).map(|w| draw_truth(&w, model_error, &mut draws))).collect();
    let mut draws = Stream::Accounts.draws(telling.seed);
    let accounts = match telling.manner {
        Manner::Lifelike => {
            let mut places = Urn::default();
            for (i, (firm, truth)) in population.firms.iter().zip(&truths).enumerate() {
                let weight = lifelike::attention(firm.tier) * firm.seller_weight.sqrt();
                if weight > 0.0 && truth.is_some() {
                    places.push(i as u32, weight);
                }
            }
            let Reality { habits, family_together, .. } = telling.reality;
            let scene = lifelike::Scene { real, truths: &truths, places: &places, habits, family_together };
            lifelike::accounts(&scene, telling.rows.unwrap_or(population.firms.len()), &mut draws)
        }
        Manner::ByTheMethod => by_the_method(population, real, &truths, telling, &mut draws),
    };
    World { truths, accounts }
}

fn by_the_method(population: &Population, real: &MethodPack, truths: &[Option<Truth>], telling: &Telling, draws: &mut Draws) -> Accounts {
    let menu = Menu::new(real);
    let mut order: Vec<(f64, usize)> = Vec::with_capacity(truths.len());
    for (i, firm) in population.firms.iter().enumerate() {
        // Drawing without replacement by weight w is sorting by -ln(u) / w (Efraimidis and Spirakis 2006).
        let weight = lifelike::attention(firm.tier).max(0.1) * firm.seller_weight.sqrt();
        order.push((-(1.0 - draws.unit()).ln() / weight, i));
    }
    if telling.rows.is_some() {
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    let mut all = Accounts::default();
    for (_, i) in order {
        if telling.rows.is_some_and(|rows| all.rows() >= rows) {
            break;
        }
        if let Some(Some(truth)) = truths.get(i) {
            let plan = menu.plan(draws);
            exact::tell(i as u32, truth, &plan, &menu, telling.reality.habits, &mut all, draws);
        }
    }
    all
}

/// Writes a world as a dataset into `dir`, which is made where it is not there; files of the same names are replaced. What is true goes
/// into the folder `truth` inside it, which no reader of tables looks into.
///
/// # Errors
/// Settings that no world can have (too few nodes for every tier, too few or too many links), and files that cannot be written.
pub fn write_world(settings: &WorldSettings, pack: &MethodPack, reference: &Reference, dir: &Path) -> Result<WorldSummary> {
    check(settings)?;
    std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    let mut population = Population::draw(settings)?;
    let resolution = resolve(&population.inputs(reference, settings.as_of));
    let book = priors(&resolution, pack, reference, &std::collections::BTreeMap::new())?;
    let off = settings.reality.off;
    let weights: Vec<[f64; STATE_COUNT]> = crate::base::par::map(book.distinct.len(), |i| off.prior(&book.distinct[i].joint, pack));
    let at: Vec<Option<usize>> = (0..population.firms.len())
        .map(|i| resolution.find(&tables::id_of(i, population.firms.len())).and_then(|n| book.index(n)))
        .collect();
    let telling = Telling { manner: settings.manner, reality: settings.reality, rows: Some(settings.evidence_rows), seed: settings.seed };
    let weight_of = |i: usize| at.get(i).copied().flatten().and_then(|w| weights.get(w)).copied();
    let world = happen(&population, &off.rates(pack), weight_of, &telling);
    exits(&mut population.links, &world.accounts, settings);

    let Population { firms, figures, links } = &population;
    let mut rows =
        vec![("nodes", tables::write_nodes(dir, firms, figures)?), ("links", tables::write_links(dir, firms, links, settings.as_of)?)];
    rows.extend(tables::write_accounts(dir, firms, &world.accounts, pack, settings)?);
    let lies = tables::write_truth(dir, firms, &world.truths, &world.accounts, pack)?;
    tables::write_settings(dir, settings)?;
    let known = || world.truths.iter().flatten();
    Ok(WorldSummary {
        rows,
        focal: tables::focal_ids(firms),
        unknown_suppliers: links.iter().filter(|l| l.supplier as usize >= firms.len()).count() as u64,
        places: known().count() as u64,
        violated: known().filter(|t| !t.state.is_empty()).count() as u64,
        lies,
    })
}

/// Buyers cut a share of the links from places at which a visit saw a sign, one to six months after the first such visit.
fn exits(links: &mut [commerce::Link], accounts: &Accounts, settings: &WorldSettings) {
    let mut draws = Stream::Exits.draws(settings.seed);
    let mut first_seen = vec![0u16; settings.nodes];
    for finding in accounts.findings.iter().filter(|f| f.outcome == Outcome::Seen) {
        if let Some(visit) = accounts.visits.get(finding.visit as usize)
            && let Some(days) = first_seen.get_mut(visit.node as usize)
        {
            *days = visit.days_before.max(*days);
        }
    }
    for link in links.iter_mut().filter(|l| l.relation.is_supply()) {
        let days = first_seen.get(link.supplier as usize).copied().unwrap_or(0);
        let after = 30 + draws.below(150) as u16;
        if days > after && draws.chance(settings.reality.exit_share) {
            link.ended_days = Some(days - after);
        }
    }
}

/// Fewest nodes with which every tier of every trade line is held by somebody.
const FEWEST_NODES: usize = 500;

fn check(settings: &WorldSettings) -> Result<()> {
    let refuse = |what: &str, found: String, expected: &str| Err(Error::settings(format!("world: {what}"), found, expected));
    if settings.nodes < FEWEST_NODES {
        return refuse("nodes", settings.nodes.to_string(), "a world needs at least 500 nodes to hold every tier");
    }
    if settings.nodes > 100_000_000 {
        return refuse("nodes", settings.nodes.to_string(), "a world has at most 100 million nodes");
    }
    if settings.links < settings.nodes * 2 || settings.links > 2_000_000_000 {
        return refuse("links", settings.links.to_string(), "give at least two links a node, and at most 2 billion");
    }
    if settings.brands == 0 || settings.brands > settings.nodes / 100 {
        return refuse("brands", settings.brands.to_string(), "give at least one brand, and at most one in a hundred nodes");
    }
    if settings.closed_rings > settings.nodes / 500 {
        return refuse("closed_rings", settings.closed_rings.to_string(), "give at most one ring to 500 nodes, or traders run out");
    }
    for (what, share) in [
        ("sideways_share", settings.sideways_share),
        ("dark_share", settings.dark_share),
        ("valued_share", settings.valued_share),
        ("scoped_share", settings.scoped_share),
        ("listed_share", settings.listed_share),
        ("owned_share", settings.owned_share),
        ("unknown_share", settings.unknown_share),
        ("copied_share", settings.reality.habits.copied_share),
        ("coached_share", settings.reality.habits.coached_share),
        ("family_together", settings.reality.family_together),
        ("exit_share", settings.reality.exit_share),
    ] {
        if !(0.0..=1.0).contains(&share) {
            return refuse(what, share.to_string(), "a share lies between 0 and 1");
        }
    }
    let off = settings.reality.off;
    for (what, factor) in [("detection", off.detection), ("false_reports", off.false_reports), ("prior", off.prior)] {
        if !(0.01..=100.0).contains(&factor) {
            return refuse(what, factor.to_string(), "a factor lies between 0.01 and 100");
        }
    }
    Ok(())
}
