//! Names of countries in the languages of the report and a point for each on a map: `charts/tables/countries.csv`.
//!
//! Names are those of Unicode CLDR 48 (Unicode License v3); points are the middle of the largest polygon of Natural Earth's 50m countries (public
//! domain), to a tenth of a degree. Both say where a circle stands and how a code is called, and nothing about whose a territory is.

use super::messages::Language;
use crate::base::{Error, Result};
use std::collections::BTreeMap;

/// One country.
#[derive(Clone, Debug)]
pub struct Entry {
    names: [String; 3],
    /// Latitude and longitude in degrees.
    pub point: Option<(f64, f64)>,
}

/// Countries by ISO 3166-1 alpha-3.
#[derive(Clone, Debug, Default)]
pub struct Countries(BTreeMap<String, Entry>);

impl Countries {
    /// The table shipped with the engine.
    ///
    /// # Errors
    /// Never on an intact build.
    pub fn shipped() -> Result<Self> {
        let broken = |e: csv::Error| Error::internal(format!("countries of the report: {e}"));
        let mut table = BTreeMap::new();
        for row in csv::Reader::from_reader(include_str!("charts/tables/countries.csv").as_bytes()).records() {
            let row = row.map_err(broken)?;
            let text = |at: usize| row.get(at).unwrap_or_default().to_owned();
            let degrees = |at: usize| row.get(at).and_then(|t| t.parse::<f64>().ok());
            table.insert(text(0), Entry { names: [text(3), text(4), text(5)], point: degrees(1).zip(degrees(2)) });
        }
        Ok(Self(table))
    }

    /// The name of a code; the code itself where it is none of the table.
    pub fn name<'a>(&'a self, language: Language, code: &'a str) -> &'a str {
        let at = match language {
            Language::En => 0,
            Language::De => 1,
            Language::Fr => 2,
        };
        self.0.get(code).and_then(|e| e.names.get(at)).filter(|n| !n.is_empty()).map_or(code, String::as_str)
    }

    pub fn point(&self, code: &str) -> Option<(f64, f64)> {
        self.0.get(code)?.point
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_names_in_every_language_and_points_on_the_globe() {
        let countries = Countries::shipped().unwrap();
        assert_eq!(countries.name(Language::De, "TUR"), "Türkei");
        assert_eq!(countries.name(Language::Fr, "CIV"), "Côte d’Ivoire");
        assert_eq!(countries.name(Language::En, "XXX"), "XXX");
        for (code, entry) in &countries.0 {
            assert!(entry.names.iter().all(|n| !n.is_empty()), "{code}");
            assert!(entry.point.is_none_or(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0), "{code}");
        }
        assert!(countries.0.values().filter(|e| e.point.is_some()).count() > 220);
    }
}
