//! Who sells to whom: links drawn by the weights of both ends, tier by tier, with trade in circles.
//!
//! Three passes. First every firm but the brands finds a buyer and every open buyer a supplier, so that nobody stands apart. Then the
//! remaining links go to buyers in proportion to their weight, and among the tiers that a buyer buys from to sellers in proportion to
//! theirs (a directed Chung-Lu graph on tiers). A share of the links of traders, factories and processors pays no heed to tiers: that is
//! what makes the one giant component with cycles that real firm networks have. Closed rings trade with themselves and sell outward once.

use super::WorldSettings;
use super::draw::{Draws, Urn};
use super::firms::{Firm, LINES, RING_SIZE, Standing, Tier};
use crate::base::{Error, Result};
use std::collections::HashSet;

/// Relation of a link, as the tables name it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    Supplies,
    Subcontracts,
    Recruits,
    Lists,
    Owns,
}

impl Relation {
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Supplies => "supplies",
            Relation::Subcontracts => "subcontracts",
            Relation::Recruits => "recruits",
            Relation::Lists => "lists",
            Relation::Owns => "owns",
        }
    }

    /// Whether goods or labour flow along it.
    pub fn is_supply(self) -> bool {
        !matches!(self, Relation::Lists | Relation::Owns)
    }
}

/// One link. Supplier and buyer are positions among the firms; a supplier past them is one that no table of nodes holds.
pub struct Link {
    pub supplier: u32,
    pub buyer: u32,
    pub relation: Relation,
    /// Money a year in base currency, whole units.
    pub value: Option<u64>,
    /// The brand whose disclosure the link belongs to.
    pub scope: Option<u32>,
    /// How many days ago the buyer cut it.
    pub ended_days: Option<u16>,
}

/// What a buyer of each tier buys from, with weights.
fn suppliers_of(tier: Tier) -> &'static [(Tier, f64)] {
    match tier {
        Tier::Brand => &[(Tier::Factory, 0.7), (Tier::Seller, 0.3)],
        Tier::Retail => &[(Tier::Factory, 0.4), (Tier::Seller, 0.6)],
        Tier::Seller => &[(Tier::Factory, 0.6), (Tier::Processor, 0.25), (Tier::Collector, 0.15)],
        Tier::Factory => {
            &[(Tier::Processor, 0.6), (Tier::Seller, 0.2), (Tier::HomeWork, 0.1), (Tier::Recruiter, 0.04), (Tier::Factory, 0.06)]
        }
        Tier::Processor => &[(Tier::Origin, 0.5), (Tier::Collector, 0.35), (Tier::Processor, 0.15)],
        Tier::Collector => &[(Tier::Origin, 0.95), (Tier::Collector, 0.05)],
        Tier::HomeWork | Tier::Recruiter | Tier::Origin => &[],
    }
}

/// Whom a seller of each tier finds as its first buyer, with weights.
fn buyers_of(tier: Tier) -> &'static [(Tier, f64)] {
    match tier {
        Tier::Brand | Tier::Retail => &[],
        Tier::Seller => &[(Tier::Brand, 0.05), (Tier::Retail, 0.45), (Tier::Factory, 0.5)],
        Tier::Factory => &[(Tier::Brand, 0.2), (Tier::Retail, 0.3), (Tier::Seller, 0.5)],
        Tier::Processor => &[(Tier::Factory, 0.8), (Tier::Seller, 0.2)],
        Tier::Collector => &[(Tier::Processor, 0.9), (Tier::Seller, 0.1)],
        Tier::HomeWork | Tier::Recruiter => &[(Tier::Factory, 1.0)],
        Tier::Origin => &[(Tier::Collector, 0.5), (Tier::Processor, 0.5)],
    }
}

/// Firms of one tier and line that may be drawn.
#[derive(Default)]
struct Pool {
    sellers: Urn,
    buyers: Urn,
}

struct Market<'a> {
    settings: &'a WorldSettings,
    firms: &'a [Firm],
    pools: Vec<Pool>,
    buyers: Urn,
    taken: HashSet<(u32, u32)>,
    links: Vec<Link>,
}

const SIDEWAYS: [(Tier, f64); 3] = [(Tier::Seller, 0.5), (Tier::Factory, 0.3), (Tier::Processor, 0.2)];

fn pool_at(line: u8, tier: Tier) -> usize {
    let line = if tier.serves_all_lines() { 0 } else { usize::from(line) };
    line * Tier::COUNT + tier as usize
}

impl<'a> Market<'a> {
    fn new(settings: &'a WorldSettings, firms: &'a [Firm]) -> Self {
        let mut pools: Vec<Pool> = (0..LINES.len() * Tier::COUNT).map(|_| Pool::default()).collect();
        let mut buyers = Urn::default();
        for (i, firm) in firms.iter().enumerate() {
            let Some(pool) = pools.get_mut(pool_at(firm.line, firm.tier)) else { continue };
            if matches!(firm.standing, Standing::Ring(_)) {
                continue;
            }
            pool.sellers.push(i as u32, firm.seller_weight);
            if firm.tier.buys() && firm.standing == Standing::Open {
                pool.buyers.push(i as u32, firm.buyer_weight);
                buyers.push(i as u32, firm.buyer_weight);
            }
        }
        Self { settings, firms, pools, buyers, taken: HashSet::with_capacity(settings.links), links: Vec::with_capacity(settings.links) }
    }

    /// The line in which a firm buys: its own, seldom another (packaging, parts); any, where it serves all.
    fn line_for(&self, buyer: &Firm, draws: &mut Draws) -> u8 {
        if buyer.tier.serves_all_lines() || draws.chance(0.03) { draws.below(LINES.len()) as u8 } else { buyer.line }
    }

    fn supplier_for(&self, at: u32, draws: &mut Draws) -> Option<u32> {
        let buyer = self.firms.get(at as usize)?;
        let sideways = buyer.tier.trades_sideways() && draws.chance(self.settings.sideways_share);
        let tier = draws.pick(if sideways { &SIDEWAYS } else { suppliers_of(buyer.tier) })?;
        let pool = self.pools.get(pool_at(self.line_for(buyer, draws), tier))?;
        // The head of a heavy tail is soon exhausted for a large buyer: one draw in ten pays no heed to weight.
        if draws.chance(0.1) { pool.sellers.draw_any(draws) } else { pool.sellers.draw(draws) }
    }

    fn buyer_for(&self, at: u32, draws: &mut Draws) -> Option<u32> {
        let seller = self.firms.get(at as usize)?;
        let tier = draws.pick(buyers_of(seller.tier))?;
        let line = if seller.tier.serves_all_lines() { draws.below(LINES.len()) as u8 } else { seller.line };
        self.pools.get(pool_at(line, tier))?.buyers.draw(draws)
    }

    /// Adds the link unless it is there already or joins a firm to itself.
    fn add(&mut self, supplier: u32, buyer: u32, relation: Relation, draws: &mut Draws) -> bool {
        if supplier == buyer || !self.taken.insert((supplier, buyer)) {
            return false;
        }
        let scoped = relation == Relation::Supplies
            && self.firms.get(buyer as usize).is_some_and(|b| !matches!(b.tier, Tier::Brand | Tier::Retail))
            && draws.chance(self.settings.scoped_share);
        let valued = relation.is_supply() && draws.chance(self.settings.valued_share);
        let value = draws.log_normal(40_000.0, 1.6).round().max(1.0) as u64;
        let scope = self.brand(draws).filter(|_| scoped);
        self.links.push(Link { supplier, buyer, relation, value: valued.then_some(value), scope, ended_days: None });
        true
    }

    fn brand(&self, draws: &mut Draws) -> Option<u32> {
        self.pools.get(pool_at(0, Tier::Brand))?.buyers.draw_any(draws)
    }

    fn relation(&self, supplier: u32, buyer: u32) -> Relation {
        let tier = |at: u32| self.firms.get(at as usize).map(|f| f.tier);
        match (tier(supplier), tier(buyer)) {
            (Some(Tier::HomeWork), _) | (Some(Tier::Factory), Some(Tier::Factory)) => Relation::Subcontracts,
            (Some(Tier::Recruiter), _) => Relation::Recruits,
            _ => Relation::Supplies,
        }
    }

    fn trade(&mut self, supplier: Option<u32>, buyer: Option<u32>, draws: &mut Draws) -> bool {
        let (Some(supplier), Some(buyer)) = (supplier, buyer) else { return false };
        let relation = self.relation(supplier, buyer);
        self.add(supplier, buyer, relation, draws)
    }

    fn rings(&mut self, draws: &mut Draws) {
        let mut rings = vec![Vec::with_capacity(RING_SIZE); self.settings.closed_rings];
        for (i, firm) in self.firms.iter().enumerate() {
            if let Standing::Ring(r) = firm.standing {
                rings.get_mut(r as usize).into_iter().for_each(|ring| ring.push(i as u32));
            }
        }
        for ring in rings {
            for (i, member) in ring.iter().enumerate() {
                let next = ring.get((i + 1) % ring.len()).copied();
                self.trade(Some(*member), next, draws);
            }
            let first = ring.first().copied();
            let buyer = self.pools.get(pool_at(0, Tier::Retail)).and_then(|p| p.buyers.draw(draws));
            self.trade(first, buyer, draws);
        }
    }

    fn everybody_trades(&mut self, draws: &mut Draws) {
        for (i, firm) in self.firms.iter().enumerate() {
            if matches!(firm.standing, Standing::Ring(_)) {
                continue;
            }
            let at = i as u32;
            let buyer = self.buyer_for(at, draws);
            self.trade(Some(at), buyer, draws);
            if firm.tier.buys() && firm.standing == Standing::Open {
                let supplier = self.supplier_for(at, draws);
                self.trade(supplier, Some(at), draws);
            }
        }
    }

    /// Places that brands list without a chain, firms that sellers own, suppliers that no table holds.
    fn beside_trade(&mut self, draws: &mut Draws) {
        let of = |share: f64| (self.settings.links as f64 * share) as usize;
        let (lists, owns, unknown) = (of(self.settings.listed_share), of(self.settings.owned_share), of(self.settings.unknown_share));
        for _ in 0..lists {
            let line = draws.below(LINES.len()) as u8;
            let tier = if draws.chance(0.7) { Tier::Processor } else { Tier::Origin };
            let place = self.pools.get(pool_at(line, tier)).and_then(|p| p.sellers.draw_any(draws));
            if let (Some(place), Some(brand)) = (place, self.brand(draws)) {
                self.add(place, brand, Relation::Lists, draws);
            }
        }
        for _ in 0..owns {
            let line = draws.below(LINES.len()) as u8;
            let owned = self.pools.get(pool_at(line, Tier::Factory)).and_then(|p| p.sellers.draw_any(draws));
            let owner = self.pools.get(pool_at(line, Tier::Seller)).and_then(|p| p.sellers.draw(draws));
            if let (Some(owned), Some(owner)) = (owned, owner) {
                self.add(owned, owner, Relation::Owns, draws);
            }
        }
        let first_unknown = self.firms.len();
        for i in 0..unknown {
            let supplier = first_unknown + i;
            if let Some(buyer) = self.buyers.draw(draws) {
                self.add(supplier as u32, buyer, Relation::Supplies, draws);
            }
        }
    }
}

/// Draws exactly `settings.links` links, no two of one supplier and buyer.
///
/// # Errors
/// Where so few firms cannot have so many links.
pub fn links(settings: &WorldSettings, firms: &[Firm], draws: &mut Draws) -> Result<Vec<Link>> {
    let mut market = Market::new(settings, firms);
    market.rings(draws);
    market.everybody_trades(draws);
    market.beside_trade(draws);
    let mut in_vain = 0usize;
    while market.links.len() < settings.links {
        let buyer = market.buyers.draw(draws);
        let supplier = buyer.and_then(|b| market.supplier_for(b, draws));
        if !market.trade(supplier, buyer, draws) {
            in_vain += 1;
        }
        if in_vain > 20 * settings.links {
            return Err(Error::settings(
                "world: links",
                format!("{} links among {} nodes", settings.links, settings.nodes),
                "give fewer links or more nodes: suppliers and buyers run out",
            ));
        }
    }
    // The first passes may pass the number in a world with hardly any links; what was drawn last goes.
    market.links.truncate(settings.links);
    Ok(market.links)
}
