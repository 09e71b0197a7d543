//! The papers of consignments: one row each between two different nodes, what some of them add up to, and which links of the two name the
//! same goods. What follows for the links is for [`super::consigned`] to say.

use super::in_force::Placed;
use crate::base::{Date, Interner, NodeIx, ProductCode, Symbol};
use crate::mapping::fold;
use crate::validate::inputs::RowRef;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// One consignment between two different nodes, on or before the day of the assessment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bill {
    pub supplier: NodeIx,
    pub buyer: NodeIx,
    pub heading: Option<Symbol>,
    pub product: Option<Symbol>,
    pub unit: Option<Symbol>,
    pub date: Date,
    pub value: Option<f64>,
    pub quantity: Option<f64>,
    pub row: RowRef,
}

/// The order of the papers of one pair.
pub(super) fn in_papers(a: &Bill, b: &Bill) -> Ordering {
    let number = |x: Option<f64>| x.unwrap_or(-1.0);
    let key = |x: &Bill| (x.heading, x.product, x.unit, x.date);
    let amounts = number(a.value).total_cmp(&number(b.value)).then_with(|| number(a.quantity).total_cmp(&number(b.quantity)));
    key(a).cmp(&key(b)).then(amounts)
}

/// Money and goods of some consignments.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    pub value: f64,
    /// Whether every consignment entered `value`.
    pub complete: bool,
    /// Quantity by unit.
    pub quantities: BTreeMap<Option<Symbol>, f64>,
    pub count: u64,
    pub first: Option<RowRef>,
    pub last_day: Option<Date>,
    pub headings: Vec<Option<Symbol>>,
}

impl Sum {
    /// Of consignments sorted by heading, product and unit.
    pub fn of<'b>(bills: impl Iterator<Item = &'b Bill>) -> Self {
        let bills: Vec<&Bill> = bills.collect();
        let mut sum = Sum { complete: !bills.is_empty(), ..Sum::default() };
        for group in bills.chunk_by(|a, b| (a.heading, a.product, a.unit) == (b.heading, b.product, b.unit)) {
            let both = group.iter().filter_map(|b| Some((b.value?, b.quantity?)));
            let (value, quantity) = both.fold((0.0, 0.0), |(v, q), (value, quantity)| (v + value, q + quantity));
            let unit_value = (quantity > 0.0).then_some(value / quantity);
            for b in group {
                match b.value.or_else(|| Some(b.quantity? * unit_value?)) {
                    Some(value) => sum.value += value,
                    None => sum.complete = false,
                }
                if let Some(quantity) = b.quantity {
                    *sum.quantities.entry(b.unit).or_default() += quantity;
                }
                sum.count += 1;
                sum.first = Some(sum.first.map_or(b.row, |r| r.min(b.row)));
                sum.last_day = sum.last_day.max(Some(b.date));
                if sum.headings.last() != Some(&b.heading) {
                    sum.headings.push(b.heading);
                }
            }
        }
        sum
    }

    pub fn value(&self) -> Option<f64> {
        Some(self.value).filter(|v| *v > 0.0 && v.is_finite())
    }

    /// The quantity, where there is one unit.
    pub fn quantity(&self) -> Option<(f64, Option<Symbol>)> {
        let (unit, quantity) = self.quantities.first_key_value().filter(|_| self.quantities.len() == 1)?;
        Some((*quantity, *unit))
    }

    /// The heading of all, where they have one.
    pub fn heading(&self) -> Option<Symbol> {
        match self.headings.as_slice() {
            [one] => *one,
            _ => None,
        }
    }
}

/// Links between two nodes by the goods that they name. Links of one product always go together: they have one number here.
#[derive(Debug, Default)]
pub(super) struct Named {
    codes: BTreeMap<ProductCode, usize>,
    texts: BTreeMap<String, usize>,
    without: Option<usize>,
    /// Links of each number, in their order.
    pub rows: Vec<Vec<usize>>,
}

impl Named {
    /// Of the links at these positions.
    pub fn of(ids: &Interner, links: &[Placed], at: impl Iterator<Item = usize>) -> Self {
        let mut named = Named::default();
        for i in at {
            let Some(link) = links.get(i) else { continue };
            let next = named.rows.len();
            let number = match link.product.map(|p| ids.text(p)) {
                None => *named.without.get_or_insert(next),
                Some(text) => match ProductCode::parse(text) {
                    Some(code) => *named.codes.entry(code).or_insert(next),
                    None => *named.texts.entry(fold(text)).or_insert(next),
                },
            };
            if number == next {
                named.rows.push(Vec::new());
            }
            if let Some(rows) = named.rows.get_mut(number) {
                rows.push(i);
            }
        }
        named
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Numbers of the links that a product of the papers tells of: one code lies in the other or the texts are equal, else one heading (HS-4), else
    /// links without a product; nothing where there are none of these.
    pub fn nearest(&self, product: &str) -> Vec<usize> {
        let starting = |head: &str| -> Vec<usize> {
            let Some(from) = ProductCode::parse(head) else { return Vec::new() };
            self.codes.range(from..).take_while(|(code, _)| code.as_str().starts_with(head)).map(|(_, n)| *n).collect()
        };
        let mut found = match ProductCode::parse(product) {
            Some(code) => {
                let digits = code.as_str();
                let shorter = (2..digits.len()).filter_map(|n| self.codes.get(&ProductCode::parse(code.head(n))?).copied());
                let found: Vec<usize> = shorter.chain(starting(digits)).collect();
                if found.is_empty() && digits.len() > 4 { starting(code.head(4)) } else { found }
            }
            None => self.texts.get(&fold(product)).copied().into_iter().collect(),
        };
        if found.is_empty() {
            found.extend(self.without);
        }
        found
    }
}

/// Numbers that belong together, found by who was named with whom.
#[derive(Debug)]
pub(super) struct Together(Vec<usize>);

impl Together {
    pub fn new(len: usize) -> Self {
        Together((0..len).collect())
    }

    /// The least number of those that belong together with one.
    pub fn first(&mut self, mut n: usize) -> usize {
        while let Some(up) = self.0.get(n).copied().filter(|up| *up != n) {
            let above = self.0.get(up).copied().unwrap_or(up);
            if let Some(slot) = self.0.get_mut(n) {
                *slot = above;
            }
            n = above;
        }
        n
    }

    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        if let Some(slot) = self.0.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_named_together_has_one_first() {
        let mut together = Together::new(6);
        together.join(4, 2);
        together.join(5, 4);
        together.join(0, 1);
        assert_eq!((0..6).map(|n| together.first(n)).collect::<Vec<_>>(), [0, 0, 2, 3, 2, 2]);
    }

    #[test]
    fn papers_tell_of_the_links_that_name_their_goods_most_nearly() {
        let mut named = Named { rows: vec![Vec::new(); 6], without: Some(5), ..Named::default() };
        for (n, code) in ["61", "6109", "610910", "620342"].into_iter().enumerate() {
            named.codes.insert(ProductCode::parse(code).unwrap(), n);
        }
        named.texts.insert("fresh fruit".to_owned(), 4);
        assert_eq!(named.nearest("610910"), [0, 1, 2]);
        assert_eq!(named.nearest("610990"), [0, 1]);
        assert_eq!(named.nearest("6203"), [3]);
        assert_eq!(named.nearest("620349"), [3], "of one heading");
        assert_eq!(named.nearest("6204"), [5], "nothing names it: those that name nothing");
        assert_eq!(named.nearest("Fresh  FRUIT"), [4]);
        named.without = None;
        assert_eq!(named.nearest("cotton"), [0_usize; 0]);
    }
}
