//! Countries: ISO 3166-1 codes, UN regions (M49) and the groups in which the ILO publishes rates.

use super::tables::{Row, Tables};
use crate::base::{CountryCode, Result};
use std::collections::BTreeMap;

/// A country or area of ISO 3166-1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Country {
    pub code: CountryCode,
    pub alpha2: String,
    pub name: String,
    /// UN region; empty for Antarctica alone.
    pub region: String,
    /// The finest UN group (`Western Africa`).
    pub subregion: String,
    /// The group of the ILO-UNICEF child-labour estimates.
    pub child_labour_region: String,
    /// The group of the forced-labour estimates: Africa, Americas, Arab States, Asia and the Pacific, Europe and Central Asia.
    pub ilo_region: String,
    /// The group of the ILO's modelled employment and hazardous-work figures.
    pub ilo_subregion: String,
}

/// The countries and the ways to name one.
#[derive(Clone, Debug, Default)]
pub(super) struct Geography {
    by_code: BTreeMap<CountryCode, Country>,
    by_alpha2: BTreeMap<String, CountryCode>,
    by_name: BTreeMap<String, CountryCode>,
}

impl Geography {
    pub(super) fn read(tables: &Tables) -> Result<Self> {
        let mut all = Geography::default();
        for row in tables.of("countries.csv") {
            let code = row.parsed("country", "three capital letters of ISO 3166-1", CountryCode::new)?;
            let alpha2 = row.parsed("alpha2", "two capital letters of ISO 3166-1", |t| {
                (t.len() == 2 && t.bytes().all(|b| b.is_ascii_uppercase())).then(|| t.to_owned())
            })?;
            all.by_alpha2.insert(alpha2.clone(), code);
            all.by_code.insert(
                code,
                Country {
                    code,
                    alpha2,
                    name: row.text("name").to_owned(),
                    region: row.text("region").to_owned(),
                    subregion: row.text("subregion").to_owned(),
                    child_labour_region: row.text("child_labour_region").to_owned(),
                    ilo_region: row.text("ilo_region").to_owned(),
                    ilo_subregion: row.text("ilo_subregion").to_owned(),
                },
            );
        }
        for row in tables.of("country_names.csv") {
            let code = all.code_of(row, "country")?;
            all.by_name.insert(plain(row.text("name")), code);
        }
        Ok(all)
    }

    /// The country of a cell, which must be one of the table.
    pub(super) fn code_of(&self, row: &Row, column: &str) -> Result<CountryCode> {
        row.parsed(column, "a country of countries.csv, as alpha-3", |t| CountryCode::new(t).filter(|c| self.by_code.contains_key(c)))
    }

    pub(super) fn get(&self, code: CountryCode) -> Option<&Country> {
        self.by_code.get(&code)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Country> {
        self.by_code.values()
    }

    pub(super) fn parse(&self, text: &str) -> Option<CountryCode> {
        let text = text.trim().to_ascii_uppercase();
        match text.len() {
            2 => self.by_alpha2.get(&text).copied(),
            3 => CountryCode::new(&text).filter(|c| self.by_code.contains_key(c)),
            _ => None,
        }
    }

    pub(super) fn by_name(&self, text: &str) -> Option<CountryCode> {
        self.by_name.get(&plain(text)).copied()
    }
}

/// How exact tables compare texts: blanks at the ends and capitals do not count.
pub(super) fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}
