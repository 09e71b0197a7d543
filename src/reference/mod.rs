//! What the world says before a site is looked at: countries, sectors, products, base rates, TVPRA goods by stage, ratifications,
//! enforcement. Small cited tables under `src/reference/tables/`, embedded; `--reference DIR` overlays by file name.
//!
//! Every number has source, year and standing. Parameters of the method live in `pack`, not here. Tables whose terms forbid shipping them
//! (country indices, modelled country x sector tables) come in through an overlay alone.

mod ages;
mod base_rate;
mod codes;
mod geography;
mod goods;
mod law;
mod origins;
mod rates;
mod seasons;
mod tables;
mod vary;

pub use ages::MinimumAge;
pub use base_rate::{BaseRate, Place};
pub use codes::{SectorGroup, TextCode, stage_of_kind};
pub use geography::Country;
pub use goods::{ListedGood, Listing};
pub use law::{ContextFactor, ContextValue, Enforcement, Layer, Ratification};
pub use origins::{Origin, ProductInput};
pub use rates::{Denominator, RateLevel};
pub use seasons::Season;
pub use vary::ReferenceDefault;

use crate::base::{CountryCode, Norm, ProductCode, Result, SectorCode, Stage};
use std::path::Path;

/// A work or data set that figures of this room are taken from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    pub id: String,
    pub title: String,
    pub locator: String,
    pub year: i32,
    pub licence: String,
    pub standing: String,
}

/// Every reference table in effect.
#[derive(Clone, Debug)]
pub struct Reference {
    /// BLAKE3 of all tables in effect, overlays included, as hex. The order of rows in an overlay does not count.
    pub hash: String,
    tables: tables::Tables,
    geography: geography::Geography,
    codes: codes::Codes,
    goods: goods::Goods,
    law: law::Law,
    ages: ages::Ages,
    origins: origins::Origins,
    rates: rates::Rates,
    seasons: seasons::Seasons,
    sources: Vec<Source>,
}

impl Reference {
    /// The tables shipped with the engine.
    ///
    /// # Errors
    /// Never on an intact build: a table that cannot be read is an internal error.
    pub fn embedded() -> Result<Self> {
        Self::build(tables::Tables::embedded()?)
    }

    /// These tables with the CSV files of `dir` laid over them: a row replaces the row of the same key or is added; columns that a file
    /// leaves out stay as they were.
    ///
    /// # Errors
    /// A folder or file that cannot be read; a file that is no reference table, an unknown column, a value out of range, a row whose
    /// source is not registered ([`Error::Settings`](crate::base::Error::Settings)).
    pub fn with_overlay(self, dir: &Path) -> Result<Self> {
        let mut tables = self.tables;
        tables.overlay(dir)?;
        Self::build(tables)
    }

    fn build(tables: tables::Tables) -> Result<Self> {
        tables.check_sources()?;
        let geography = geography::Geography::read(&tables)?;
        let codes = codes::Codes::read(&tables)?;
        let goods = goods::Goods::read(&tables, &geography, &codes)?;
        let law = law::Law::read(&tables, &geography)?;
        let ages = ages::Ages::read(&tables, &geography)?;
        let origins = origins::Origins::read(&tables)?;
        let rates = rates::Rates::read(&tables, &codes)?;
        let seasons = seasons::Seasons::read(&tables, &geography)?;
        let mut sources = Vec::new();
        for row in tables.of("sources.csv") {
            let text = |column: &str| row.text(column).to_owned();
            sources.push(Source {
                id: text("source"),
                title: text("title"),
                locator: text("locator"),
                year: row.year("year")?,
                licence: text("licence"),
                standing: text("standing"),
            });
        }
        Ok(Reference { hash: tables.hash(), tables, geography, codes, goods, law, ages, origins, rates, seasons, sources })
    }

    /// Overlay files in effect: name and BLAKE3 of the bytes, in the order in which they were laid.
    pub fn overlays(&self) -> &[(String, String)] {
        &self.tables.overlays
    }

    pub fn country(&self, code: CountryCode) -> Option<&Country> {
        self.geography.get(code)
    }

    /// All countries, by code.
    pub fn countries(&self) -> impl Iterator<Item = &Country> {
        self.geography.iter()
    }

    /// Reads alpha-2 or alpha-3, capitals or not; `NA` is Namibia. Names are not codes.
    pub fn parse_country(&self, text: &str) -> Option<CountryCode> {
        self.geography.parse(text)
    }

    /// The country of exactly this name, capitals and blanks at the ends apart; for mappings.
    pub fn country_by_name(&self, text: &str) -> Option<CountryCode> {
        self.geography.by_name(text)
    }

    /// Whether the Harmonized System has this chapter, heading or subheading, or lines below these digits.
    pub fn product_exists(&self, product: ProductCode) -> bool {
        self.codes.product_exists(product)
    }

    pub fn product_name(&self, product: ProductCode) -> Option<&str> {
        self.codes.product_name(product)
    }

    /// Number and name of the Harmonized System's section that holds a product.
    pub fn product_section(&self, product: ProductCode) -> Option<(&str, &str)> {
        self.codes.product_section(product)
    }

    pub fn sector_exists(&self, sector: SectorCode) -> bool {
        self.codes.sector_exists(sector)
    }

    pub fn sector_name(&self, sector: SectorCode) -> Option<&str> {
        self.codes.sector_name(sector)
    }

    /// The stage of production that a sector works at; services have none.
    pub fn stage_of_sector(&self, sector: SectorCode) -> Option<Stage> {
        self.codes.stage_of_sector(sector)
    }

    /// What a sector or product text of a disclosure stands for; an exact table.
    pub fn text_code(&self, text: &str) -> Option<&TextCode> {
        self.codes.text_code(text)
    }

    /// Every text of the table with its codes, by text.
    pub fn text_codes(&self) -> impl Iterator<Item = (&str, &TextCode)> {
        self.codes.texts()
    }

    /// The share of persons in the situation at such a place; `None` where the norm is off there (no people, or no official flag of
    /// state-imposed labour). Formulas stand at the head of `base_rate.rs`.
    pub fn base_rate(&self, norm: Norm, place: &Place) -> Option<BaseRate> {
        base_rate::Sources { geography: &self.geography, codes: &self.codes, law: &self.law, rates: &self.rates }.base_rate(norm, place)
    }

    /// What the TVPRA list says of nodes of this country, product and stage. Without a product the sector stands in for it where the
    /// sector alone names a good (1410 garments), else nothing.
    pub fn listing(&self, country: CountryCode, product: Option<ProductCode>, sector: Option<SectorCode>, stage: Stage) -> Option<Listing> {
        self.goods.listing(country, product, sector, stage)
    }

    /// The goods of the list with their products, sectors and stage, by name.
    pub fn listed_goods(&self) -> impl Iterator<Item = &ListedGood> {
        self.goods.goods()
    }

    /// Where goods of a product begin: the row of the longest code that it lies in.
    pub fn origin_of(&self, product: ProductCode) -> Option<Origin> {
        self.origins.of(product)
    }

    /// Of what a product is made: the rows of the longest code that it lies in; none where it is raw.
    pub fn inputs_of(&self, product: ProductCode) -> &[ProductInput] {
        self.origins.inputs_of(product)
    }

    /// When a crop is harvested in a country: the row of the longest code that the product lies in; `None` where no source says.
    pub fn harvest_season(&self, country: CountryCode, product: ProductCode) -> Option<Season> {
        self.seasons.of(country, product)
    }

    /// Whether a country has ratified an instrument: C29, C105, P29, C138, C182, C189, Palermo, CRC, CRC-OPSC, CRC-OPAC, ICRMW,
    /// Slavery-1926, Slavery-1956. `None` where no source says.
    pub fn ratification(&self, country: CountryCode, instrument: &str) -> Option<&Ratification> {
        self.law.ratification(country, instrument)
    }

    /// From which age persons may work under the law of a country; `None` where no source says, so that a default of the conventions stands in.
    pub fn minimum_age(&self, country: CountryCode) -> Option<&MinimumAge> {
        self.ages.of(country)
    }

    pub fn enforcement(&self, country: CountryCode) -> Option<&Enforcement> {
        self.law.enforcement(country)
    }

    /// The declaration of a country factor.
    pub fn context_factor(&self, factor: &str) -> Option<&ContextFactor> {
        self.law.factor(factor)
    }

    /// Every country factor, by id.
    pub fn context_factors(&self) -> impl Iterator<Item = &ContextFactor> {
        self.law.factors()
    }

    /// A country's value of a factor; missing stays missing.
    pub fn context(&self, country: CountryCode, factor: &str) -> Option<ContextValue> {
        self.law.value(country, factor)
    }

    /// The register of sources, by id.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter()
    }
}
