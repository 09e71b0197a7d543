//! From which age persons may work in a country: the general minimum age, the age for light work, the end of compulsory schooling, the age for
//! hazardous work.
//!
//! C138 art. 2, 3 and 7 leave the ages to national law within bounds. A country without a row has none here, and a result that needs one
//! says "international default used". National law may hold exceptions (family work, permits) that one age does not show.

use super::geography::Geography;
use super::tables::Tables;
use crate::base::{CountryCode, Result};
use std::collections::BTreeMap;

/// Ages of national law, in years; a missing age is one that no source read here states.
#[derive(Clone, PartialEq, Debug)]
pub struct MinimumAge {
    /// C138 art. 2(3), 2(4).
    pub general_age: f64,
    /// C138 art. 7(1), 7(4).
    pub light_age: Option<f64>,
    /// Age at which compulsory schooling ends; work in general may not begin before.
    pub compulsory_to: Option<f64>,
    /// C138 art. 3, C182 art. 3(d).
    pub hazardous_age: Option<f64>,
    /// Id of a [`Source`](super::Source).
    pub source: String,
    /// The year as of which the law was read.
    pub year: i32,
    pub standing: String,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Ages(BTreeMap<CountryCode, MinimumAge>);

impl Ages {
    pub(super) fn read(tables: &Tables, geography: &Geography) -> Result<Self> {
        let mut all = BTreeMap::new();
        for row in tables.of("minimum_ages.csv") {
            let age =
                |column: &str| row.optional(column, "an age from 5 to 21", |t| t.parse().ok().filter(|a: &f64| (5.0..=21.0).contains(a)));
            let ages = MinimumAge {
                general_age: row.number("general_age", 5.0, 21.0)?,
                light_age: age("light_age")?,
                compulsory_to: age("compulsory_to")?,
                hazardous_age: age("hazardous_age")?,
                source: row.text("source").to_owned(),
                year: row.year("year")?,
                standing: row.text("standing").to_owned(),
            };
            if ages.light_age.is_some_and(|light| light > ages.general_age) {
                return Err(row.refuse("light_age", "at most the general age"));
            }
            all.insert(geography.code_of(row, "country")?, ages);
        }
        Ok(Ages(all))
    }

    pub(super) fn of(&self, country: CountryCode) -> Option<&MinimumAge> {
        self.0.get(&country)
    }
}

#[cfg(test)]
mod tests {
    use crate::reference::Reference;

    fn ages(code: &str) -> Option<(f64, Option<f64>)> {
        let reference = Reference::embedded().unwrap();
        let country = reference.parse_country(code).unwrap();
        reference.minimum_age(country).map(|a| (a.general_age, a.hazardous_age))
    }

    #[test]
    fn a_country_has_the_ages_of_its_law_and_an_unread_country_has_none() {
        // ILAB findings, legal standards: Ghana 15 and 18, Cote d'Ivoire 16 and 18, Bangladesh 14 and 18
        assert_eq!(ages("GHA"), Some((15.0, Some(18.0))));
        assert_eq!(ages("CIV"), Some((16.0, Some(18.0))));
        assert_eq!(ages("BGD"), Some((14.0, Some(18.0))));
        assert_eq!(ages("ISL"), None);
    }

    #[test]
    fn every_row_holds_ages_in_order_and_names_a_source() {
        let reference = Reference::embedded().unwrap();
        let rows: Vec<_> = reference.countries().filter_map(|c| reference.minimum_age(c.code)).collect();
        assert!(rows.len() >= 100, "{}", rows.len());
        for row in rows {
            assert!(row.light_age.is_none_or(|l| l <= row.general_age) && (2016..2027).contains(&row.year), "{row:?}");
            assert!(!row.source.is_empty() && !row.standing.is_empty(), "{row:?}");
        }
    }
}
