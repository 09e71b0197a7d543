//! Where the goods of a product begin, and of what they are made: for the part of a chain that nobody has mapped.
//!
//! | table | says |
//! | --- | --- |
//! | `origins.csv` | by HS chapter or heading: which kind of place, sector and stage stands at the far end of the chain |
//! | `product_inputs.csv` | product -> input products, with the share of each in the goods bought to make it; shares of a product sum to 1 |
//!
//! Both say what is likely, not that a node's goods come from there. Where a row of inputs states `domestic`, that part of the input comes from
//! the country that works it (a palm fruit is milled within days); else the method's share holds. A product without inputs is raw.

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

/// One input of a product.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ProductInput {
    pub product: ProductCode,
    /// Part of all inputs, 0 to 1.
    pub share: f64,
    /// Part of this input that comes from the country where it is worked; none: the method's share.
    pub domestic: Option<f64>,
}

#[derive(Clone, Debug)]
pub(super) struct Origins {
    by_product: BTreeMap<String, Origin>,
    inputs: BTreeMap<String, Vec<ProductInput>>,
}

/// What the shares of a product's inputs may lack of 1, or have beyond it.
const SHARE_ROUNDING: f64 = 1e-6;

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
        let mut inputs: BTreeMap<String, Vec<ProductInput>> = BTreeMap::new();
        let mut rows = BTreeMap::new();
        for row in tables.of("product_inputs.csv") {
            let product = row.parsed("product", "an HS code", ProductCode::parse)?;
            let input = ProductInput {
                product: row.parsed("input", "an HS code", ProductCode::parse)?,
                share: row.number("share", 0.0, 1.0)?,
                domestic: if row.text("domestic").is_empty() { None } else { Some(row.number("domestic", 0.0, 1.0)?) },
            };
            if row.text("standing").is_empty() {
                return Err(row.refuse("standing", "published, secondary, from memory or expert default"));
            }
            // An overlay takes a row out by a share of 0.
            if input.share > 0.0 {
                inputs.entry(product.as_str().to_owned()).or_default().push(input);
            }
            rows.insert(product.as_str().to_owned(), row);
        }
        for (product, of) in &inputs {
            let sum: f64 = of.iter().map(|i| i.share).sum();
            if (sum - 1.0).abs() > SHARE_ROUNDING
                && let Some(row) = rows.get(product)
            {
                return Err(row.refuse("share", &format!("shares of the inputs of {product} that sum to 1; they sum to {sum}")));
            }
        }
        Ok(Origins { by_product, inputs })
    }

    /// The row of the longest code that the product lies in.
    pub(super) fn of(&self, product: ProductCode) -> Option<Origin> {
        longest(&self.by_product, product).copied()
    }

    /// The inputs of the longest code that the product lies in; none where it is raw.
    pub(super) fn inputs_of(&self, product: ProductCode) -> &[ProductInput] {
        longest(&self.inputs, product).map_or(&[], Vec::as_slice)
    }
}

fn longest<T>(table: &BTreeMap<String, T>, product: ProductCode) -> Option<&T> {
    (2..=product.as_str().len()).rev().find_map(|digits| table.get(product.head(digits)))
}
