//! Rows of trade data added up: exact sums by key, each with the place of its first row.

use super::draft::shown;
use super::{Draft, Exact, Origin, Sheet};
use std::collections::{BTreeMap, HashSet};

/// A sum of several rows.
#[derive(Clone, Debug)]
pub struct Sum {
    pub value: Exact,
    /// Sum of the quantities; `None` where one of the rows states none, so that a part is not taken for the whole.
    pub quantity: Option<Exact>,
    /// The row in front of all others of the file.
    pub first: Origin,
}

/// Sums by key, in the order of the keys.
#[derive(Clone, Debug)]
pub struct Sums<K>(pub BTreeMap<K, Sum>);

impl<K: Ord> Default for Sums<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Sums<K> {
    /// Whether a row of this key was added.
    pub fn has(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    /// Adds a row; false where the sum is beyond 10^20.
    pub fn add(&mut self, key: K, value: Exact, quantity: Option<Exact>, at: &Origin) -> bool {
        let Some(sum) = self.0.get_mut(&key) else {
            self.0.insert(key, Sum { value, quantity, first: at.clone() });
            return true;
        };
        let Some(value) = sum.value.plus(value) else { return false };
        let quantities = sum.quantity.zip(quantity).map(|(a, b)| a.plus(b));
        if quantities.is_some_and(|q| q.is_none()) {
            return false;
        }
        sum.value = value;
        sum.quantity = quantities.flatten();
        if *at < sum.first {
            sum.first = at.clone();
        }
        true
    }
}

/// The rows of a file that were read, to know one that stands there twice.
#[derive(Debug, Default)]
pub struct Rows(HashSet<[u8; 32]>);

impl Rows {
    /// Whether a row with exactly these cells was read before; it is read now.
    pub fn again(&mut self, sheet: &Sheet, row: usize) -> bool {
        let mut hasher = blake3::Hasher::new();
        for column in 0..sheet.header.len() {
            let cell = sheet.raw.cell(column, row);
            hasher.update(&(cell.len() as u64).to_le_bytes());
            hasher.update(cell.as_bytes());
        }
        !self.0.insert(*hasher.finalize().as_bytes())
    }
}

/// A flow between two countries: year, exporter, importer, product.
pub type Flow = (String, String, String, String);

/// Writes the sums as rows of `trade_flows`.
pub fn write_flows(flows: &Sums<Flow>, draft: &mut Draft) {
    for ((year, exporter, importer, product), sum) in &flows.0 {
        let (value, quantity) = (sum.value.to_string(), sum.quantity.map_or_else(String::new, |q| q.to_string()));
        draft.add_from(
            &sum.first,
            "trade_flows",
            &[
                ("year", year),
                ("exporter", exporter),
                ("importer", importer),
                ("product", product),
                ("value", &value),
                ("quantity", &quantity),
            ],
        );
    }
}

/// Says that the values of `trade_flows` are US dollars.
pub fn in_dollars(draft: &mut Draft) {
    draft.settings.base_currency = Some("USD".to_owned());
}

/// An amount of a cell; one that cannot be read, or is below 0, is noted and `None`.
pub fn amount(text: &str, column: &str, draft: &mut Draft) -> Option<Exact> {
    if text.is_empty() || matches!(text.to_uppercase().as_str(), "NA" | "NAN" | "NONE") {
        return None;
    }
    match Exact::parse(text) {
        Some(amount) if !amount.is_negative() => Some(amount),
        found => {
            draft.refuse_cell(column, if found.is_some() { "amount-below-0" } else { "no-amount" }, shown(text));
            None
        }
    }
}

/// A year of four digits.
pub fn year(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(".0");
    (text.len() == 4 && text.parse::<u32>().is_ok_and(|y| (1900..2200).contains(&y))).then(|| text.to_owned())
}
