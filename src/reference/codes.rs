//! Products (Harmonized System), sectors (ISIC Rev. 4), the stage of a sector, and the texts of disclosures that stand for codes.
//!
//! Texts are looked up exactly, never by likeness: a wrong code moves a prior and nobody would see it.

use super::geography::plain;
use super::tables::{Row, Tables};
use crate::base::{Kind, ProductCode, Result, SectorCode, Stage};
use std::collections::BTreeMap;

/// What a sector or product text stands for. A text with all parts empty is known and says nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextCode {
    /// The product; the first where the text covers several.
    pub product: Option<ProductCode>,
    /// Further products of the same text: apparel is HS 61 and 62.
    pub more_products: Vec<ProductCode>,
    pub sector: Option<SectorCode>,
    pub stage: Option<Stage>,
}

/// The three parts of the economy in which child labour is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SectorGroup {
    /// ISIC A: farming, forestry, fishing.
    Agriculture,
    /// ISIC B to F.
    Industry,
    /// ISIC G to U.
    Services,
}

impl SectorGroup {
    pub fn as_str(self) -> &'static str {
        match self {
            SectorGroup::Agriculture => "agriculture",
            SectorGroup::Industry => "industry",
            SectorGroup::Services => "services",
        }
    }

    /// The group of an ISIC section letter.
    pub fn of_section(section: char) -> Option<Self> {
        match section {
            'A' => Some(SectorGroup::Agriculture),
            'B'..='F' => Some(SectorGroup::Industry),
            'G'..='U' => Some(SectorGroup::Services),
            _ => None,
        }
    }
}

/// The code lists.
#[derive(Clone, Debug, Default)]
pub(super) struct Codes {
    products: BTreeMap<ProductCode, String>,
    product_sections: Vec<(String, String, String, String)>,
    /// Name and section letter by code.
    sectors: BTreeMap<SectorCode, (String, char)>,
    stages: BTreeMap<String, Stage>,
    texts: BTreeMap<String, TextCode>,
}

impl Codes {
    pub(super) fn read(tables: &Tables) -> Result<Self> {
        let mut codes = Codes::default();
        for row in tables.of("hs.csv") {
            codes.products.insert(row.parsed("product", "2 to 6 digits", ProductCode::parse)?, row.text("name").to_owned());
        }
        for row in tables.of("hs_sections.csv") {
            let text = |c: &str| row.text(c).to_owned();
            codes.product_sections.push((text("first_chapter"), text("last_chapter"), text("section"), text("name")));
        }
        for row in tables.of("isic.csv") {
            let section = row.parsed("section", "a letter from A to U", |t| t.chars().next().filter(|c| ('A'..='U').contains(c)))?;
            codes.sectors.insert(
                row.parsed("sector", "a section letter or 2 to 4 digits", SectorCode::parse)?,
                (row.text("name").to_owned(), section),
            );
        }
        for row in tables.of("sector_stages.csv") {
            codes.sector(row, "sector")?;
            codes.stages.insert(row.text("sector").to_owned(), row.parsed("stage", "a stage", Stage::parse)?);
        }
        for row in tables.of("text_codes.csv") {
            let mut products = codes.products_of(row, "products")?.into_iter();
            let text = TextCode {
                product: products.next(),
                more_products: products.collect(),
                sector: if row.text("sector").is_empty() { None } else { Some(codes.sector(row, "sector")?) },
                stage: row.optional("stage", "a stage", Stage::parse)?,
            };
            codes.texts.insert(plain(row.text("text")), text);
        }
        Ok(codes)
    }

    /// The sector of a cell, which must be one of the table.
    pub(super) fn sector(&self, row: &Row, column: &str) -> Result<SectorCode> {
        row.parsed(column, "a code of ISIC Rev. 4", |t| SectorCode::parse(t).filter(|s| self.sectors.contains_key(s)))
    }

    /// The products of a cell, which must be of the table.
    pub(super) fn products_of(&self, row: &Row, column: &str) -> Result<Vec<ProductCode>> {
        row.list(column, "codes of the Harmonized System", |t| ProductCode::parse(t).filter(|p| self.product_exists(*p)))
    }

    /// The sectors of a cell, which must be of the table.
    pub(super) fn sectors_of(&self, row: &Row, column: &str) -> Result<Vec<SectorCode>> {
        row.list(column, "codes of ISIC Rev. 4", |t| SectorCode::parse(t).filter(|s| self.sectors.contains_key(s)))
    }

    pub(super) fn product_exists(&self, product: ProductCode) -> bool {
        // 3 and 5 digits name no line of the list but a group of its lines.
        self.products.contains_key(&product)
            || product.as_str().len() % 2 == 1
                && self.products.range(product..).next().is_some_and(|(code, _)| code.as_str().starts_with(product.as_str()))
    }

    pub(super) fn product_name(&self, product: ProductCode) -> Option<&str> {
        self.products.get(&product).map(String::as_str)
    }

    pub(super) fn product_section(&self, product: ProductCode) -> Option<(&str, &str)> {
        let chapter = product.head(2);
        let found = self.product_sections.iter().find(|(first, last, ..)| (first.as_str()..=last.as_str()).contains(&chapter));
        found.map(|(_, _, section, name)| (section.as_str(), name.as_str()))
    }

    pub(super) fn sector_exists(&self, sector: SectorCode) -> bool {
        self.sectors.contains_key(&sector)
    }

    pub(super) fn sector_name(&self, sector: SectorCode) -> Option<&str> {
        self.sectors.get(&sector).map(|(name, _)| name.as_str())
    }

    /// The ISIC section letter of a code; an unknown class falls back to its group, then its division.
    pub(super) fn section(&self, sector: SectorCode) -> Option<char> {
        (2..=4)
            .rev()
            .find_map(|digits| self.sectors.get(&SectorCode::parse(sector.head(digits))?))
            .map(|(_, section)| *section)
            .or_else(|| sector.as_str().chars().next().filter(char::is_ascii_uppercase))
    }

    pub(super) fn stage_of_sector(&self, sector: SectorCode) -> Option<Stage> {
        let by_digits = (2..=4).rev().find_map(|digits| self.stages.get(sector.head(digits)));
        by_digits.or_else(|| self.stages.get(self.section(sector)?.encode_utf8(&mut [0; 4]) as &str)).copied()
    }

    pub(super) fn text_code(&self, text: &str) -> Option<&TextCode> {
        self.texts.get(&plain(text))
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &TextCode)> {
        self.texts.iter().map(|(text, code)| (text.as_str(), code))
    }
}

/// Whether `code` is `head` or lies below it.
pub(super) fn lies_in(code: &str, head: &str) -> bool {
    code.starts_with(head)
}

/// Where along the making of goods a kind of node works, where its sector does not say.
pub fn stage_of_kind(kind: Kind) -> Option<Stage> {
    match kind {
        Kind::Farm | Kind::Smallholders | Kind::Estate => Some(Stage::Farm),
        Kind::Mine | Kind::ArtisanalMine => Some(Stage::Mine),
        Kind::Vessel => Some(Stage::Fishing),
        Kind::Mill | Kind::Smelter | Kind::Refinery => Some(Stage::Processing),
        Kind::Factory | Kind::HomeWork => Some(Stage::Manufacturing),
        _ => None,
    }
}
