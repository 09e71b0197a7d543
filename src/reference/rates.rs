//! The figures behind base rates, as published: rates of persons, sector splits, employment, conditional shares, official flags.

use super::codes::{Codes, SectorGroup, lies_in};
use super::tables::{Row, Tables};
use crate::base::{Kind, Norm, ProductCode, Result, SectorCode, Stage};
use std::collections::BTreeMap;

/// Whom a rate counts: q and the people of a node must share one denominator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Denominator {
    /// Workers of the node.
    Workers,
    /// Children aged 5 to 17 of the households that work at the node.
    ChildrenOfHouseholds,
    /// The node itself: q is a share of sites and counts as one person (state-imposed labour is imposed on places).
    Site,
}

impl Denominator {
    pub fn as_str(self) -> &'static str {
        match self {
            Denominator::Workers => "workers",
            Denominator::ChildrenOfHouseholds => "children_of_households",
            Denominator::Site => "site",
        }
    }

    /// Whom child labour is counted among at a kind of node: where families work, their children; elsewhere the workers.
    pub fn of_child_labour(kind: Kind) -> Self {
        match kind {
            Kind::Farm | Kind::Smallholders | Kind::ArtisanalMine | Kind::HomeWork | Kind::Vessel => Denominator::ChildrenOfHouseholds,
            _ => Denominator::Workers,
        }
    }
}

/// How near to the place a rate was measured; finer first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RateLevel {
    /// A survey of the sector in its districts.
    SubnationalSector,
    /// A national survey of the sector.
    NationalSector,
    /// A national rate carried to the sector by a model.
    CountrySector,
    /// A national rate, or a regional one spread over countries.
    Country,
    Region,
    World,
}

impl RateLevel {
    /// Prior uncertainty on the logit: .6, .8, 1.0, and 1.5 for country and wider.
    pub fn tau(self) -> f64 {
        match self {
            RateLevel::SubnationalSector => 0.6,
            RateLevel::NationalSector => 0.8,
            RateLevel::CountrySector => 1.0,
            RateLevel::Country | RateLevel::Region | RateLevel::World => 1.5,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            RateLevel::SubnationalSector => "subnational_sector",
            RateLevel::NationalSector => "national_sector",
            RateLevel::CountrySector => "country_sector",
            RateLevel::Country => "country",
            RateLevel::Region => "region",
            RateLevel::World => "world",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        use RateLevel::{Country, CountrySector, NationalSector, Region, SubnationalSector, World};
        [SubnationalSector, NationalSector, CountrySector, Country, Region, World].into_iter().find(|l| l.as_str() == text)
    }
}

/// Whom a published rate counts; rates of inhabitants become rates of workers where they are used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Counted {
    Workers,
    ChildrenOfHouseholds,
    Inhabitants,
}

/// One published rate.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    pub(super) norm: Norm,
    pub(super) area: String,
    pub(super) product: Option<ProductCode>,
    pub(super) sector: Option<SectorCode>,
    pub(super) stage: Option<Stage>,
    pub(super) counted: Counted,
    pub(super) q: f64,
    pub(super) level: RateLevel,
    pub(super) source: String,
    pub(super) year: i32,
    pub(super) standing: String,
    pub(super) sd: Option<f64>,
}

impl Rate {
    /// Whether the rate was measured for a product, sector or stage.
    pub(super) fn is_of_a_sector(&self) -> bool {
        self.product.is_some() || self.sector.is_some() || self.stage.is_some()
    }
}

/// What product, sector and stage a row is of, for rates and flags alike.
pub(super) fn fits(
    row: (Option<ProductCode>, Option<SectorCode>, Option<Stage>),
    place: (Option<ProductCode>, Option<SectorCode>, Option<Stage>),
    codes: &Codes,
) -> bool {
    let product = row.0.is_none_or(|r| place.0.is_some_and(|p| lies_in(p.as_str(), r.as_str())));
    let sector = row.1.is_none_or(|r| {
        place.1.is_some_and(|s| {
            lies_in(s.as_str(), r.as_str()) || r.as_str().len() == 1 && codes.section(s).is_some_and(|l| r.as_str().starts_with(l))
        })
    });
    let stage = row.2.is_none_or(|r| place.2 == Some(r));
    product && sector && stage
}

/// A cited number of an area.
#[derive(Clone, Debug)]
pub(super) struct Split {
    pub(super) agriculture: f64,
    pub(super) industry: f64,
    pub(super) services: f64,
    pub(super) source: String,
}

/// Employment of an area; a country states agriculture and children alone, the rest comes from its region.
#[derive(Clone, Debug)]
pub(super) struct Employment {
    pub(super) agriculture: Option<f64>,
    pub(super) industry_of_rest: Option<f64>,
    pub(super) under15: Option<f64>,
}

/// A group of ISIC sections with its share of forced labour and of employment.
#[derive(Clone, Debug)]
pub(super) struct ForcedGroup {
    pub(super) sections: (char, char),
    pub(super) millions: f64,
    pub(super) employment_share: f64,
}

/// A share of the parent norm's people.
#[derive(Clone, Debug)]
pub(super) struct Conditional {
    pub(super) norm: Norm,
    pub(super) parent: Norm,
    pub(super) group: Option<SectorGroup>,
    pub(super) denominator: Option<Denominator>,
    pub(super) share: f64,
    pub(super) source: String,
    pub(super) year: i32,
    pub(super) standing: String,
}

/// An official flag of state-imposed labour.
#[derive(Clone, Debug)]
pub(super) struct StateFlag {
    pub(super) area: String,
    pub(super) product: Option<ProductCode>,
    pub(super) sector: Option<SectorCode>,
    pub(super) stage: Option<Stage>,
    pub(super) q: f64,
    pub(super) source: String,
    pub(super) year: i32,
    pub(super) standing: String,
}

/// All figures behind base rates.
#[derive(Clone, Debug, Default)]
pub(super) struct Rates {
    /// Rates per norm by area, rows by key.
    pub(super) rates: [BTreeMap<String, Vec<Rate>>; Norm::COUNT],
    pub(super) splits: BTreeMap<String, Split>,
    pub(super) employment: BTreeMap<String, Employment>,
    pub(super) forced_groups: Vec<ForcedGroup>,
    pub(super) conditionals: Vec<Conditional>,
    /// Flags by area.
    pub(super) flags: BTreeMap<String, Vec<StateFlag>>,
    parameters: BTreeMap<String, f64>,
}

/// Parameters that every formula needs; the rest (`cl_place/...`, `fl_spread_mean/...`) may be absent.
const NEEDED: [&str; 13] = [
    "fl_private_share",
    "employment_to_population",
    "fl_weight_low",
    "fl_weight_high",
    "fl_spread_exponent",
    "fl_spread_low",
    "fl_spread_high",
    "cl_intensity_low",
    "cl_intensity_high",
    "cl_most",
    "children_per_under15",
    "cl_outside_family",
    "cl_place/factory",
];

impl Rates {
    pub(super) fn read(tables: &Tables, codes: &Codes) -> Result<Self> {
        let mut all = Rates::default();
        for row in tables.of("base_rates.csv") {
            let rate = Rate {
                norm: norm(row, "norm")?,
                area: row.text("area").to_owned(),
                product: row.optional("product", "2 to 6 digits", ProductCode::parse)?,
                sector: sector(row, codes)?,
                stage: row.optional("stage", "a stage", Stage::parse)?,
                counted: row.parsed("denominator", "workers, children_of_households or inhabitants", |t| match t {
                    "workers" => Some(Counted::Workers),
                    "children_of_households" => Some(Counted::ChildrenOfHouseholds),
                    "inhabitants" => Some(Counted::Inhabitants),
                    _ => None,
                })?,
                q: open(row, "q")?,
                level: row.parsed(
                    "level",
                    "subnational_sector, national_sector, country_sector, country, region or world",
                    RateLevel::parse,
                )?,
                source: row.text("source").to_owned(),
                year: row.year("year")?,
                standing: row.text("standing").to_owned(),
                sd: row.optional("sd", "a number above 0", |t| t.parse().ok().filter(|v: &f64| *v > 0.0))?,
            };
            all.rates[rate.norm.at()].entry(rate.area.clone()).or_default().push(rate);
        }
        for row in tables.of("child_labour_sectors.csv") {
            let share = |column| row.number(column, 0.0, 1.0);
            let split = Split {
                agriculture: share("agriculture")?,
                industry: share("industry")?,
                services: share("services")?,
                source: row.text("source").to_owned(),
            };
            all.splits.insert(row.text("area").to_owned(), split);
        }
        for row in tables.of("employment.csv") {
            let share = |column: &str| row.optional(column, "a share", |t| t.parse().ok().filter(|v: &f64| (0.0..=1.0).contains(v)));
            let figures =
                Employment { agriculture: share("agriculture")?, industry_of_rest: share("industry_of_rest")?, under15: share("under15")? };
            all.employment.insert(row.text("area").to_owned(), figures);
        }
        for row in tables.of("forced_labour_sectors.csv") {
            all.forced_groups.push(ForcedGroup {
                sections: row
                    .parsed("sections", "an ISIC section or a range of them (G-S)", |t| Some((t.chars().next()?, t.chars().last()?)))?,
                millions: row.number("millions", 0.0, 1e3)?,
                employment_share: open(row, "employment_share")?,
            });
        }
        for row in tables.of("conditional_shares.csv") {
            all.conditionals.push(Conditional {
                norm: norm(row, "norm")?,
                parent: norm(row, "parent")?,
                group: row.optional("sector_group", "agriculture, industry or services", |t| {
                    [SectorGroup::Agriculture, SectorGroup::Industry, SectorGroup::Services].into_iter().find(|g| g.as_str() == t)
                })?,
                denominator: row.parsed("denominator", "any, workers or children_of_households", |t| match t {
                    "any" => Some(None),
                    "workers" => Some(Some(Denominator::Workers)),
                    "children_of_households" => Some(Some(Denominator::ChildrenOfHouseholds)),
                    _ => None,
                })?,
                share: open(row, "share")?,
                source: row.text("source").to_owned(),
                year: row.year("year")?,
                standing: row.text("standing").to_owned(),
            });
        }
        for row in tables.of("state_imposed.csv") {
            let flag = StateFlag {
                area: row.text("area").to_owned(),
                product: row.optional("product", "2 to 6 digits", ProductCode::parse)?,
                sector: sector(row, codes)?,
                stage: row.optional("stage", "a stage", Stage::parse)?,
                q: open(row, "q")?,
                source: row.text("source").to_owned(),
                year: row.year("year")?,
                standing: row.text("standing").to_owned(),
            };
            all.flags.entry(flag.area.clone()).or_default().push(flag);
        }
        for row in tables.of("parameters.csv") {
            all.parameters.insert(row.text("parameter").to_owned(), row.number("value", 1e-9, 1e9)?);
        }
        for name in NEEDED {
            if !all.parameters.contains_key(name) {
                return Err(crate::base::Error::internal(format!("parameters.csv: {name} is missing")));
            }
        }
        Ok(all)
    }

    /// A parameter that [`NEEDED`] guarantees.
    pub(super) fn parameter(&self, name: &str) -> f64 {
        self.parameters.get(name).copied().unwrap_or(f64::NAN)
    }

    pub(super) fn set_parameter(&mut self, name: String, value: f64) {
        self.parameters.insert(name, value);
    }

    pub(super) fn parameter_if_any(&self, name: &str) -> Option<f64> {
        self.parameters.get(name).copied()
    }
}

fn norm(row: &Row, column: &str) -> Result<Norm> {
    row.parsed(column, "a norm", Norm::parse)
}

fn sector(row: &Row, codes: &Codes) -> Result<Option<SectorCode>> {
    if row.text("sector").is_empty() { Ok(None) } else { codes.sector(row, "sector").map(Some) }
}

/// A share strictly between 0 and 1: a rate of 0 would rule a harm out for ever.
fn open(row: &Row, column: &str) -> Result<f64> {
    row.parsed(column, "a share above 0 and below 1", |t| t.parse().ok().filter(|v: &f64| *v > 0.0 && *v < 1.0))
}
