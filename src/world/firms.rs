//! Who is in a world: firms and places by tier, trade line, country and size.
//!
//! Tiers run from brands down to where goods begin; their shares of all nodes are settings of ours, set so that the published features of
//! firm networks come out (heavy-tailed numbers of partners, one giant component with cycles). Everything is invented; that a
//! country grows or makes a good is all that is real.

use super::WorldSettings;
use super::draw::Draws;
use crate::base::Kind;

/// Tier of a firm. `Collector` buys from origins, `Seller` deals in finished or half-finished goods.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tier {
    Brand,
    Retail,
    Seller,
    Factory,
    Processor,
    Collector,
    HomeWork,
    Recruiter,
    Origin,
}

impl Tier {
    pub const COUNT: usize = 9;
    /// Share of all nodes but the brands; what is left are origins.
    const SHARES: [(Tier, f64); 7] = [
        (Tier::Retail, 0.005),
        (Tier::Seller, 0.08),
        (Tier::Factory, 0.20),
        (Tier::Processor, 0.10),
        (Tier::Collector, 0.06),
        (Tier::HomeWork, 0.03),
        (Tier::Recruiter, 0.01),
    ];

    /// Whether firms of this tier serve every trade line.
    pub fn serves_all_lines(self) -> bool {
        matches!(self, Tier::Brand | Tier::Retail | Tier::HomeWork | Tier::Recruiter)
    }

    /// Tiers that also trade among themselves, in both directions.
    pub fn trades_sideways(self) -> bool {
        matches!(self, Tier::Seller | Tier::Factory | Tier::Processor)
    }

    pub fn buys(self) -> bool {
        !matches!(self, Tier::HomeWork | Tier::Recruiter | Tier::Origin)
    }
}

/// What a tier of a trade line is: kinds, product (HS), sector (ISIC), stage and countries, each with weights.
pub struct Stand {
    kinds: &'static [(Kind, f64)],
    product: &'static str,
    sector: &'static str,
    stage: &'static str,
    countries: &'static [(&'static str, f64)],
}

/// One good from field, mine or sea to the shop.
pub struct Line {
    origin: Stand,
    collector: Stand,
    processor: Stand,
    factory: Stand,
}

const CO: &[(Kind, f64)] = &[(Kind::Cooperative, 0.5), (Kind::Trader, 0.5)];
const TRADERS: &[(Kind, f64)] = &[(Kind::Trader, 1.0)];
const MILL: &[(Kind, f64)] = &[(Kind::Mill, 1.0)];
const FACTORY: &[(Kind, f64)] = &[(Kind::Factory, 1.0)];

/// The trade lines of every world.
pub const LINES: [Line; 5] = [
    // Cotton garments.
    Line {
        origin: Stand {
            kinds: &[(Kind::Farm, 0.7), (Kind::Smallholders, 0.3)],
            product: "5201",
            sector: "0116",
            stage: "farm",
            countries: &[("IND", 4.0), ("PAK", 2.0), ("TUR", 1.0), ("EGY", 1.0), ("BEN", 1.0), ("BRA", 1.0), ("USA", 1.0)],
        },
        collector: Stand {
            kinds: CO,
            product: "5201",
            sector: "46",
            stage: "",
            countries: &[("IND", 3.0), ("PAK", 2.0), ("TUR", 1.0), ("BEN", 1.0)],
        },
        processor: Stand {
            kinds: MILL,
            product: "5205",
            sector: "1311",
            stage: "processing",
            countries: &[("IND", 4.0), ("CHN", 3.0), ("PAK", 2.0), ("TUR", 2.0), ("BGD", 1.0)],
        },
        factory: Stand {
            kinds: &[(Kind::Factory, 0.95), (Kind::Facility, 0.05)],
            product: "6109",
            sector: "1410",
            stage: "manufacturing",
            countries: &[("BGD", 4.0), ("VNM", 3.0), ("IND", 2.0), ("TUR", 2.0), ("KHM", 1.0), ("LKA", 1.0)],
        },
    },
    // Palm oil.
    Line {
        origin: Stand {
            kinds: &[(Kind::Smallholders, 0.6), (Kind::Estate, 0.4)],
            product: "120799",
            sector: "0126",
            stage: "farm",
            countries: &[("IDN", 5.0), ("MYS", 3.0), ("COL", 1.0), ("GTM", 1.0)],
        },
        collector: Stand { kinds: CO, product: "120799", sector: "46", stage: "", countries: &[("IDN", 3.0), ("MYS", 2.0)] },
        processor: Stand {
            kinds: &[(Kind::Mill, 0.8), (Kind::Refinery, 0.2)],
            product: "1511",
            sector: "1040",
            stage: "processing",
            countries: &[("IDN", 5.0), ("MYS", 3.0), ("COL", 1.0), ("GTM", 1.0)],
        },
        factory: Stand {
            kinds: FACTORY,
            product: "3401",
            sector: "2023",
            stage: "manufacturing",
            countries: &[("MYS", 2.0), ("IND", 2.0), ("DEU", 1.0), ("NLD", 1.0), ("CHN", 1.0)],
        },
    },
    // Cocoa.
    Line {
        origin: Stand {
            kinds: &[(Kind::Smallholders, 0.8), (Kind::Farm, 0.2)],
            product: "1801",
            sector: "0127",
            stage: "farm",
            countries: &[("CIV", 5.0), ("GHA", 3.0), ("CMR", 1.0), ("ECU", 1.0)],
        },
        collector: Stand { kinds: CO, product: "1801", sector: "46", stage: "", countries: &[("CIV", 3.0), ("GHA", 2.0), ("ECU", 1.0)] },
        processor: Stand {
            kinds: MILL,
            product: "1803",
            sector: "1073",
            stage: "processing",
            countries: &[("CIV", 2.0), ("NLD", 2.0), ("DEU", 1.0), ("MYS", 1.0)],
        },
        factory: Stand {
            kinds: FACTORY,
            product: "1806",
            sector: "1073",
            stage: "manufacturing",
            countries: &[("DEU", 2.0), ("BEL", 1.0), ("ITA", 1.0), ("USA", 2.0)],
        },
    },
    // Tin for electronics.
    Line {
        origin: Stand {
            kinds: &[(Kind::ArtisanalMine, 0.7), (Kind::Mine, 0.3)],
            product: "2609",
            sector: "0729",
            stage: "mine",
            countries: &[("IDN", 3.0), ("COD", 2.0), ("BOL", 1.0), ("PER", 1.0)],
        },
        collector: Stand {
            kinds: TRADERS,
            product: "2609",
            sector: "46",
            stage: "",
            countries: &[("IDN", 2.0), ("COD", 2.0), ("PER", 1.0)],
        },
        processor: Stand {
            kinds: &[(Kind::Smelter, 1.0)],
            product: "8001",
            sector: "2420",
            stage: "processing",
            countries: &[("IDN", 2.0), ("MYS", 1.0), ("CHN", 3.0), ("PER", 1.0)],
        },
        factory: Stand {
            kinds: FACTORY,
            product: "8534",
            sector: "2610",
            stage: "manufacturing",
            countries: &[("CHN", 4.0), ("VNM", 2.0), ("MYS", 2.0), ("THA", 1.0)],
        },
    },
    // Fish.
    Line {
        origin: Stand {
            kinds: &[(Kind::Vessel, 1.0)],
            product: "0303",
            sector: "0311",
            stage: "fishing",
            countries: &[("IDN", 2.0), ("THA", 2.0), ("PHL", 2.0), ("PER", 1.0), ("ECU", 1.0)],
        },
        collector: Stand {
            kinds: TRADERS,
            product: "0303",
            sector: "46",
            stage: "",
            countries: &[("THA", 2.0), ("PHL", 1.0), ("ECU", 1.0)],
        },
        processor: Stand {
            kinds: &[(Kind::Facility, 1.0)],
            product: "0304",
            sector: "1020",
            stage: "processing",
            countries: &[("THA", 2.0), ("VNM", 2.0), ("CHN", 2.0), ("ECU", 1.0)],
        },
        factory: Stand {
            kinds: FACTORY,
            product: "1604",
            sector: "1020",
            stage: "manufacturing",
            countries: &[("THA", 3.0), ("VNM", 1.0), ("ECU", 1.0), ("PHL", 1.0)],
        },
    },
];

/// How often each line comes, by turns, so that even a small world holds every line.
const TURNS: [u8; 10] = [0, 1, 2, 0, 3, 4, 1, 0, 2, 3];
const SELLERS: &[(Kind, f64)] = &[(Kind::Trader, 0.4), (Kind::Importer, 0.3), (Kind::Agent, 0.2), (Kind::Warehouse, 0.1)];
const HUBS: &[(&str, f64)] =
    &[("HKG", 2.0), ("SGP", 2.0), ("NLD", 2.0), ("DEU", 2.0), ("GBR", 1.0), ("USA", 2.0), ("CHE", 1.0), ("ARE", 1.0)];
const HOMES: &[(&str, f64)] = &[("DEU", 2.0), ("USA", 2.0), ("GBR", 1.0), ("FRA", 1.0), ("NLD", 1.0), ("JPN", 1.0)];
const HOME_WORK_IN: &[(&str, f64)] = &[("IND", 3.0), ("PAK", 1.0), ("TUR", 1.0), ("BGD", 1.0)];
const RECRUIT_FROM: &[(&str, f64)] = &[("NPL", 2.0), ("IDN", 2.0), ("PHL", 1.0), ("MMR", 1.0)];
/// Largest weight of a firm as buyer or as seller; the mean is near 4, so the largest firm has about 150 times the mean.
const HEAVIEST: f64 = 600.0;
/// Weight of a brand as buyer: some 1,500 suppliers at the default size, the fan-out of the largest public disclosures.
const BRAND: f64 = 150.0;

/// How a firm stands in trade.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Open,
    /// Its suppliers are not on record.
    Dark,
    /// Trades in a ring that no origin feeds; the number is the ring's.
    Ring(u32),
}

/// One node of a world.
pub struct Firm {
    pub tier: Tier,
    pub kind: Kind,
    /// Position in [`LINES`].
    pub line: u8,
    pub standing: Standing,
    pub country: Option<&'static str>,
    pub product: &'static str,
    pub sector: &'static str,
    pub stage: &'static str,
    pub workers: Option<u64>,
    /// Places that the node stands for, where it stands for many.
    pub places: Option<u64>,
    pub buyer_weight: f64,
    pub seller_weight: f64,
}

/// All firms of a world, in an order that says nothing of their tier.
pub fn firms(settings: &WorldSettings, draws: &mut Draws) -> Vec<Firm> {
    let rest = settings.nodes.saturating_sub(settings.brands);
    let mut tiers = vec![Tier::Brand; settings.brands.min(settings.nodes)];
    for (tier, share) in Tier::SHARES {
        let count = (rest as f64 * share) as usize;
        tiers.resize(tiers.len() + count, tier);
    }
    tiers.resize(settings.nodes, Tier::Origin);

    let mut seen_of_tier = [0usize; Tier::COUNT];
    let ring_members = settings.closed_rings * RING_SIZE;
    let mut firms: Vec<Firm> = tiers
        .into_iter()
        .map(|tier| {
            let at = seen_of_tier.get_mut(tier as usize).map_or(0, |n| {
                *n += 1;
                *n - 1
            });
            let mut firm = firm(tier, at, draws);
            // The first sellers form the rings: a ring is never a whole tier, or the tier would be cut off.
            if tier == Tier::Seller && at < ring_members {
                firm.kind = Kind::Trader;
                firm.standing = Standing::Ring((at / RING_SIZE) as u32);
            } else if tier.buys() && !matches!(tier, Tier::Brand | Tier::Retail) && draws.chance(settings.dark_share) {
                firm.standing = Standing::Dark;
            }
            firm
        })
        .collect();
    draws.shuffle(&mut firms);
    for firm in firms.iter_mut().filter(|f| f.tier == Tier::Brand) {
        firm.buyer_weight = BRAND;
    }
    firms
}

/// Members of a closed ring.
pub const RING_SIZE: usize = 3;

fn firm(tier: Tier, at: usize, draws: &mut Draws) -> Firm {
    let line = if tier.serves_all_lines() { 0 } else { TURNS.get(at % TURNS.len()).copied().unwrap_or(0) };
    let goods = LINES.get(usize::from(line)).unwrap_or(&LINES[0]);
    let plain = |kinds, sector, countries| Stand { kinds, product: "", sector, stage: "", countries };
    let dealt;
    let stand = match tier {
        Tier::Origin => &goods.origin,
        Tier::Collector => &goods.collector,
        Tier::Processor => &goods.processor,
        Tier::Factory => &goods.factory,
        Tier::Brand => {
            dealt = plain(&[(Kind::Brand, 1.0)], "47", HOMES);
            &dealt
        }
        Tier::Retail => {
            dealt = plain(&[(Kind::Retailer, 1.0)], "47", HOMES);
            &dealt
        }
        Tier::Seller => {
            let product = if draws.chance(0.7) { goods.factory.product } else { goods.processor.product };
            dealt = Stand { product, ..plain(SELLERS, "46", HUBS) };
            &dealt
        }
        Tier::HomeWork => {
            dealt = Stand { stage: "manufacturing", ..plain(&[(Kind::HomeWork, 1.0)], "1410", HOME_WORK_IN) };
            &dealt
        }
        Tier::Recruiter => {
            dealt = plain(&[(Kind::Recruiter, 1.0)], "78", RECRUIT_FROM);
            &dealt
        }
    };
    let kind = draws.pick(stand.kinds).unwrap_or(Kind::Company);
    let (median, sigma) = people(kind);
    let workers = draws.log_normal(median, sigma).round().max(1.0) as u64;
    let places = draws.log_normal(40.0, 1.0).round().max(2.0) as u64;
    Firm {
        tier,
        kind,
        line,
        standing: Standing::Open,
        country: draws.pick(stand.countries).filter(|_| !draws.chance(0.03)),
        product: stand.product,
        sector: stand.sector,
        stage: stand.stage,
        workers: Some(workers).filter(|_| kind.has_posterior() && !draws.chance(0.12)),
        places: Some(places).filter(|_| kind == Kind::Smallholders),
        buyer_weight: draws.pareto(HEAVIEST),
        seller_weight: draws.pareto(HEAVIEST),
    }
}

/// Median and log standard deviation of the people at a place. Invented, in the order of size that the kinds have.
fn people(kind: Kind) -> (f64, f64) {
    match kind {
        Kind::Factory | Kind::Facility => (350.0, 1.1),
        Kind::Mill | Kind::Smelter | Kind::Refinery => (160.0, 0.9),
        Kind::Estate | Kind::Mine => (220.0, 0.9),
        Kind::Smallholders => (120.0, 1.0),
        Kind::ArtisanalMine => (60.0, 1.0),
        Kind::Vessel => (18.0, 0.5),
        Kind::HomeWork => (12.0, 0.7),
        Kind::Farm => (8.0, 0.9),
        _ => (25.0, 0.8),
    }
}
