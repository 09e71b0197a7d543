//! When a crop is harvested: months by product and country, for visits to farms that came when nobody picks.
//!
//! A country and crop without a row has no known season, and nothing follows from the month of a visit there. Months are those of the main
//! harvests, work in the field at other times apart.

use super::geography::Geography;
use super::tables::Tables;
use crate::base::{CountryCode, Date, ProductCode, Result};
use std::collections::BTreeMap;

/// The harvest months of a crop in a country.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Season {
    /// Bit `m - 1` for month `m`.
    months: u16,
}

impl Season {
    /// Whether a day lies in a harvest month.
    pub fn holds(self, day: Date) -> bool {
        self.months >> (day.month() - 1) & 1 == 1
    }
}

#[derive(Clone, Debug)]
pub(super) struct Seasons {
    by_place: BTreeMap<(CountryCode, String), Season>,
}

impl Seasons {
    pub(super) fn read(tables: &Tables, geography: &Geography) -> Result<Self> {
        let mut by_place = BTreeMap::new();
        for row in tables.of("harvest_seasons.csv") {
            let product = row.parsed("product", "an HS heading or subheading", ProductCode::parse)?;
            let month = |t: &str| t.parse::<u16>().ok().filter(|m| (1..=12).contains(m));
            let months = row.list("months", "months 1 to 12 between ;", month)?.into_iter().fold(0, |bits, m| bits | 1 << (m - 1));
            if months == 0 {
                return Err(row.refuse("months", "at least one month"));
            }
            by_place.insert((geography.code_of(row, "country")?, product.as_str().to_owned()), Season { months });
        }
        Ok(Seasons { by_place })
    }

    /// The row of the longest code that the product lies in.
    pub(super) fn of(&self, country: CountryCode, product: ProductCode) -> Option<Season> {
        [6, 4].iter().find_map(|digits| self.by_place.get(&(country, product.head(*digits).to_owned()))).copied()
    }
}

#[cfg(test)]
mod tests {
    use crate::base::{CountryCode, Date, ProductCode};
    use crate::reference::Reference;

    #[test]
    fn the_main_cocoa_crop_of_the_ivory_coast_is_picked_from_october_to_march() {
        let reference = Reference::embedded().unwrap();
        let of = |c: &str, p: &str| reference.harvest_season(CountryCode::new(c).unwrap(), ProductCode::parse(p).unwrap());
        let cocoa = of("CIV", "180100").unwrap();
        let months: Vec<u32> = (1..=12).filter(|m| cocoa.holds(Date::from_ymd(2025, *m, 15).unwrap())).collect();
        assert_eq!(months, [1, 2, 3, 10, 11, 12]);
        assert_eq!(of("CIV", "18"), None, "a chapter is more than the crop");
        assert_eq!(of("CHE", "1801"), None, "no row, no season");
    }
}
