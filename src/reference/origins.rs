//! Where the goods of a product begin: which kind of place, sector and stage stands at the far end of its chain.
//!
//! A table by HS chapter or heading, for the part of a chain that nobody has mapped. It says what the likely origin is, not that a
//! node's goods come from there.

use super::tables::Tables;
use crate::base::{Kind, ProductCode, Result, SectorCode, Stage};
use std::collections::BTreeMap;

/// The far end of a product's chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Origin {
    pub kind: Kind,
    pub sector: SectorCode,
    pub stage: Stage,
}

#[derive(Clone, Debug)]
pub(super) struct Origins {
    by_product: BTreeMap<String, Origin>,
}

impl Origins {
    pub(super) fn read(tables: &Tables) -> Result<Self> {
        let mut by_product = BTreeMap::new();
        for row in tables.of("origins.csv") {
            let kind =
                Kind::parse(row.text("kind")).filter(|k| k.is_origin()).ok_or_else(|| row.refuse("kind", "a kind where goods begin"))?;
            let sector = SectorCode::parse(row.text("sector")).ok_or_else(|| row.refuse("sector", "an ISIC code"))?;
            let stage = Stage::parse(row.text("stage")).ok_or_else(|| row.refuse("stage", "a stage of production"))?;
            let product = ProductCode::parse(row.text("hs")).ok_or_else(|| row.refuse("hs", "an HS chapter or heading"))?;
            by_product.insert(product.as_str().to_owned(), Origin { kind, sector, stage });
        }
        Ok(Origins { by_product })
    }

    /// The row of the longest code that the product lies in.
    pub(super) fn of(&self, product: ProductCode) -> Option<Origin> {
        [6, 4, 2].iter().find_map(|digits| self.by_product.get(product.head(*digits))).copied()
    }
}
