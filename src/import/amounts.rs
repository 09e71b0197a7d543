//! Amounts as papers of trade state them: a number with its unit behind it, in a sheet that writes decimals in one way, of goods or of packages.

use super::{Columns, Sheet};

/// Units that count packages of unknown content.
pub(super) const PACKAGES: &[&str] = &[
    "",
    "bag",
    "bags",
    "bale",
    "bales",
    "bdl",
    "bx",
    "box",
    "boxes",
    "bulk",
    "carton",
    "cartons",
    "cas",
    "case",
    "cases",
    "cns",
    "container",
    "containers",
    "crate",
    "crates",
    "crt",
    "cs",
    "ct",
    "ctn",
    "ctns",
    "drm",
    "drum",
    "drums",
    "pack",
    "package",
    "packages",
    "packs",
    "pallet",
    "pallets",
    "pcl",
    "pcs",
    "piece",
    "pieces",
    "pk",
    "pkg",
    "pkgs",
    "plt",
    "plts",
    "rol",
    "roll",
    "rolls",
    "sack",
    "sacks",
    "skid",
    "skids",
    "teu",
    "unit",
    "units",
    "unt",
];

/// The decimal sign of the numbers in these columns, where one of them tells it.
pub(super) fn decimal_of(sheet: &Sheet, columns: &Columns, keys: &[&'static str]) -> Option<u8> {
    let (mut point, mut comma) = (false, false);
    for key in keys {
        for row in 0..sheet.len() {
            let cell = split_unit(columns.cell(sheet, key, row)).0;
            let last = |sign: char| cell.rfind(sign).map(|at| (at, cell.len() - at - 1, cell.matches(sign).count()));
            match (last(','), last('.')) {
                (Some((c, ..)), Some((p, ..))) => {
                    point |= p > c;
                    comma |= c > p;
                }
                (Some((_, behind, n)), None) => {
                    comma |= n == 1 && behind != 3;
                    point |= n > 1;
                }
                (None, Some((_, behind, n))) => {
                    point |= n == 1 && behind != 3;
                    comma |= n > 1;
                }
                _ => {}
            }
        }
    }
    match (point, comma) {
        (true, false) => Some(b'.'),
        (false, true) => Some(b','),
        _ => None,
    }
}

/// A number and the unit that stands behind it: `1,200.5 KG`.
pub(super) fn split_unit(text: &str) -> (&str, &str) {
    let end = text.rfind(|c: char| c.is_ascii_digit()).map_or(0, |i| i + 1);
    let (number, unit) = text.split_at_checked(end).unwrap_or((text, ""));
    (number.trim(), unit.trim().trim_matches(|c: char| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_unit_come_apart() {
        assert_eq!(split_unit("1,200.5 KG"), ("1,200.5", "KG"));
        assert_eq!(split_unit("12"), ("12", ""));
        assert_eq!(split_unit("é"), ("", "é"));
    }
}
