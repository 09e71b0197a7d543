//! What part of a node's purchases its links account for: model 2, "mapped".

use super::weights::BuyerRow;
use crate::base::Kind;

/// From what a node's mapped share comes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MappedBasis {
    /// A farm, mine or vessel: goods begin here, 1.
    Origin,
    /// No usable supply link, whatever it declares, or a node that the data do not hold: 0.
    NoLinks,
    /// The node's own figure, the least of those known.
    Declared,
    /// Recorded over total purchases, the least of those known.
    Recorded,
    /// The method's share for the kind; counted, and the first thing to ask for.
    Assumed,
}

impl MappedBasis {
    pub fn as_str(self) -> &'static str {
        match self {
            MappedBasis::Origin => "origin",
            MappedBasis::NoLinks => "no_links",
            MappedBasis::Declared => "declared",
            MappedBasis::Recorded => "recorded",
            MappedBasis::Assumed => "assumed",
        }
    }
}

/// The mapped share of a node, 0 to 1, and what it comes from.
///
/// 1 at an origin; 0 without links, and at a node that only links name: its share stays, as unseen, so that hiding a supplier never pays; else min(declared, recorded share, recorded value / purchases) of those known; else `assumed`.
/// `purchases` is the node's money a year over *all* purchases, in the currency of the links' values.
pub fn mapped_share(kind: Kind, row: &BuyerRow, declared: Option<f64>, purchases: Option<f64>, assumed: f64) -> (f64, MappedBasis) {
    if kind.is_origin() {
        return (1.0, MappedBasis::Origin);
    }
    if row.links == 0 || kind == Kind::Unknown {
        return (0.0, MappedBasis::NoLinks);
    }
    let of_purchases = match (row.recorded_value, purchases) {
        (Some(recorded), Some(all)) if all > 0.0 => Some(recorded / all),
        _ => None,
    };
    let figures = [(declared, MappedBasis::Declared), (row.recorded_share, MappedBasis::Recorded), (of_purchases, MappedBasis::Recorded)];
    let known = figures.into_iter().filter_map(|(x, basis)| x.filter(|x| x.is_finite()).map(|x| (x.clamp(0.0, 1.0), basis)));
    known.reduce(|least, next| if next.0 < least.0 { next } else { least }).unwrap_or((assumed.clamp(0.0, 1.0), MappedBasis::Assumed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_what_is_known_stands_and_the_assumption_only_where_nothing_is() {
        let none = BuyerRow::default();
        let row = |value, share| BuyerRow { links: 2, recorded_value: value, recorded_share: share, ..BuyerRow::default() };
        let of = |kind, row: &BuyerRow, declared, purchases| mapped_share(kind, row, declared, purchases, 0.5);
        assert_eq!(of(Kind::Farm, &row(Some(1.0), None), Some(0.2), None), (1.0, MappedBasis::Origin));
        assert_eq!(of(Kind::Mill, &none, Some(0.9), Some(100.0)), (0.0, MappedBasis::NoLinks));
        assert_eq!(of(Kind::Unknown, &row(Some(80.0), None), None, Some(100.0)), (0.0, MappedBasis::NoLinks));
        assert_eq!(of(Kind::Mill, &row(None, None), None, Some(100.0)), (0.5, MappedBasis::Assumed));
        assert_eq!(of(Kind::Mill, &row(Some(80.0), None), Some(0.9), Some(100.0)), (0.8, MappedBasis::Recorded));
        assert_eq!(of(Kind::Mill, &row(Some(80.0), Some(0.6)), Some(0.7), Some(100.0)), (0.6, MappedBasis::Recorded));
        assert_eq!(of(Kind::Mill, &row(Some(80.0), None), Some(0.3), Some(100.0)), (0.3, MappedBasis::Declared));
        assert_eq!(of(Kind::Mill, &row(Some(120.0), None), None, Some(100.0)), (1.0, MappedBasis::Recorded));
        assert_eq!(of(Kind::Mill, &row(Some(80.0), None), None, Some(0.0)), (0.5, MappedBasis::Assumed));
    }
}
