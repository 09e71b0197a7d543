//! The TVPRA list: goods by country that the US Department of Labor has reason to believe are made with child or forced labour.
//!
//! A listing holds at nodes of that country, that product *and* that stage: cotton is listed at the farm and says nothing of a garment
//! factory. A good that is listed because of its input (`derived`) gives nothing: the input lies upstream and is listed there. What is not
//! listed is not cleared: the list shows positives alone.
//!
//! # Source
//! List of Goods Produced by Child Labor or Forced Labor, edition 2022; the mapping of its 169 goods is ours (`tvpra_stages.csv`).

use super::codes::{Codes, lies_in};
use super::geography::Geography;
use super::tables::Tables;
use crate::base::{CountryCode, ProductCode, Result, SectorCode, Stage};
use std::collections::BTreeMap;

/// What the list says of a country, product and stage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    /// Names of the goods on the list, in order.
    pub goods: Vec<String>,
    pub child_labour: bool,
    pub forced_labour: bool,
    /// Bears on forced labour and on the worst forms of child labour.
    pub forced_child: bool,
    /// Edition of the list.
    pub year: i32,
    pub source: String,
}

/// A good of the list: what it is and at which stage it is listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedGood {
    pub good: String,
    pub products: Vec<ProductCode>,
    pub sectors: Vec<SectorCode>,
    pub stage: Stage,
    /// Whether the sector alone names the good, for nodes without a product.
    pub sector_alone: bool,
}

#[derive(Clone, Copy, Debug)]
struct Flags {
    child_labour: bool,
    forced_labour: bool,
    forced_child: bool,
    derived: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Goods {
    goods: BTreeMap<String, ListedGood>,
    by_country: BTreeMap<CountryCode, Vec<(String, Flags)>>,
    year: i32,
}

const SOURCE: &str = "tvpra-2022";

impl Goods {
    pub(super) fn read(tables: &Tables, geography: &Geography, codes: &Codes) -> Result<Self> {
        let mut all = Goods::default();
        for row in tables.of("sources.csv").filter(|r| r.text("source") == SOURCE) {
            all.year = row.year("year")?;
        }
        for row in tables.of("tvpra_stages.csv") {
            let good = ListedGood {
                good: row.text("good").to_owned(),
                products: codes.products_of(row, "products")?,
                sectors: codes.sectors_of(row, "sectors")?,
                stage: row.parsed("stage", "a stage", Stage::parse)?,
                sector_alone: row.claim("sector_alone")?,
            };
            all.goods.insert(good.good.clone(), good);
        }
        for row in tables.of("tvpra_goods.csv") {
            let good = row.parsed("good", "a good of tvpra_stages.csv", |t| all.goods.contains_key(t).then(|| t.to_owned()))?;
            let flags = Flags {
                child_labour: row.claim("child_labour")?,
                forced_labour: row.claim("forced_labour")?,
                forced_child: row.claim("forced_child_labour")?,
                derived: row.claim("derived")?,
            };
            all.by_country.entry(geography.code_of(row, "country")?).or_default().push((good, flags));
        }
        Ok(all)
    }

    pub(super) fn goods(&self) -> impl Iterator<Item = &ListedGood> {
        self.goods.values()
    }

    pub(super) fn listing(
        &self,
        country: CountryCode,
        product: Option<ProductCode>,
        sector: Option<SectorCode>,
        stage: Stage,
    ) -> Option<Listing> {
        let is_it = |good: &ListedGood| match (product, sector) {
            _ if good.stage != stage => false,
            // A product wider than the good (nuts, where cashews are listed) is not shown to be it.
            (Some(product), _) => good.products.iter().any(|p| lies_in(product.as_str(), undivided(p.as_str()))),
            (None, Some(sector)) => good.sector_alone && good.sectors.iter().any(|s| lies_in(sector.as_str(), s.as_str())),
            (None, None) => false,
        };
        let mut listing = Listing {
            goods: Vec::new(),
            child_labour: false,
            forced_labour: false,
            forced_child: false,
            year: self.year,
            source: SOURCE.to_owned(),
        };
        for (name, flags) in self.by_country.get(&country)?.iter().filter(|(_, f)| !f.derived) {
            if self.goods.get(name).is_some_and(is_it) {
                listing.goods.push(name.clone());
                listing.child_labour |= flags.child_labour;
                listing.forced_labour |= flags.forced_labour;
                listing.forced_child |= flags.forced_child;
            }
        }
        (!listing.goods.is_empty()).then_some(listing)
    }
}

/// The heading of a subheading that is the whole of it: `2605.00` is all there is of `2605`.
fn undivided(code: &str) -> &str {
    match code.strip_suffix("00") {
        Some(heading) if code.len() == 6 => heading,
        _ => code,
    }
}
