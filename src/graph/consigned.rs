//! Consignments as supply links: the table `shipments` beside the table `links` (data, "Links"; model 2).
//!
//! A link and the consignments between the same two nodes tell of one purchase, so they are one link and are never added. This file decides
//! which consignments tell of which link, what a link takes from them, and which links only they know of.
//!
//! **Which consignments.** Those of the 365 days up to the day of the assessment, each id once, between two different nodes. An end that only
//! a name tells is the node of exactly that name or alias, where one node alone has it ([`super::parties`]); else the consignment makes no
//! link and is counted. Sums run per shipper, consignee, product and unit: money in base currency, and quantity. A consignment without value
//! takes its quantity times the mean unit value of the others of that product and unit; without either it adds nothing to the sum. Amounts of
//! zero are none. The sum of the four quarters is the yearly amount; it is not raised where the papers begin later than that.
//!
//! **Which link.** Of the links in force (supplies, subcontracts) between the two: those of the product (one code lies in the other, or the
//! texts are equal), else those of its heading (HS-4), else those without a product. Links that share consignments are one purchase.
//!
//! | the links of a purchase | what happens |
//! | --- | --- |
//! | have a value, share or quantity | it stands; where value and consignments differ by more than the method's factor, that is said |
//! | some have none | what the values of the others leave of the consignments goes to them in equal parts: value, else quantity of one unit |
//! | all belong to a focal company's disclosure, with values below the consignments | the rest is a discovered link that holds for all |
//! | there are none | the consignments of a heading are a *discovered* link: supplies, basis `shipment`, no scope |
//!
//! **Ended links.** Consignments up to the last day of an ended link of the product (of any link, where none between the two is in force)
//! belong to that link, and give it its value in the same way, from the 365 days up to its last day, where that is at most sixteen quarters ago. Later ones are a discovered link: the
//! relation goes on, and is no exit ([`super::exits`]). That consignments stop ends nothing by itself: what is not declared is not
//! declared to have ended, and after four quarters it is no link any more.

use super::in_force::{Placed, Use, put_in_order};
use super::papers::{Bill, Named, Sum, Together, in_papers};
use super::parties::{Parties, Party};
use crate::base::{Date, Diagnostic, NodeIx, Period, Symbol, par};
use crate::resolve::Resolution;
use crate::schema::{Code, codes};
use crate::validate::inputs::{Basis, Inputs, OPEN_END, Relation, RowRef};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days of the four quarters whose consignments count.
const YEAR_DAYS: i32 = 365;
/// Days back to which ended links take a size from consignments: it counts for the quarters that an exit stays in the figures.
const ENDED_DAYS: i32 = 16 * 91;
/// Notes of one code after which the rest is only counted.
const SAID_MOST: usize = 1_000;

/// How many consignments became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsignedCounts {
    /// Consignments of the four quarters between two different nodes.
    pub consignments: u64,
    /// Links that only consignments know of.
    pub links_discovered: u64,
    /// Declared links in force that took their value or quantity from consignments.
    pub links_valued: u64,
    /// Consignments of the four quarters with an end that is no node: they make no link.
    pub unplaced: u64,
    /// Consignments older than the four quarters.
    pub older: u64,
}

/// What became of the consignments.
#[derive(Debug, Default)]
pub struct Consigned {
    pub counts: ConsignedCounts,
    pub diagnostics: Vec<Diagnostic>,
}

/// Lays the consignments over the placed links: declared links take value or quantity from them, discovered links are added, and the order is that of
/// [`put_in_order`] again. `ratio`: by how much a declared value may differ from the consignments before that is said.
pub fn consign(links: &mut Vec<Placed>, inputs: &Inputs, resolution: &Resolution, as_of: Date, ratio: f64) -> Consigned {
    let mut done = Consigned::default();
    if inputs.shipments.is_empty() {
        return done;
    }
    let bills = bills(inputs, resolution, as_of, &mut done);
    let mut told = Told::default();
    let mut discovered = Vec::new();
    for pair in bills.chunk_by(|a, b| (a.supplier, a.buyer) == (b.supplier, b.buyer)) {
        let Some(first) = pair.first() else { continue };
        let ends = |l: &Placed| (l.supplier, l.buyer);
        let from = links.partition_point(|l| ends(l) < (first.supplier, first.buyer));
        let to = links.partition_point(|l| ends(l) <= (first.supplier, first.buyer));
        let declared = links.get_mut(from..to).unwrap_or_default();
        let mut purchases = Pair { inputs, as_of, ratio, bills: pair, told: &mut told, valued: 0 };
        discovered.extend(purchases.join(declared));
        done.counts.links_valued += purchases.valued;
    }
    done.counts.links_discovered = discovered.len() as u64;
    links.extend(discovered);
    put_in_order(links, inputs);
    told.write(inputs, resolution, as_of, &mut done.diagnostics);
    done
}

/// Consignments up to the day of the assessment by supplier, buyer, heading and product, in an order of content.
fn bills(inputs: &Inputs, resolution: &Resolution, as_of: Date, done: &mut Consigned) -> Vec<Bill> {
    let parties = Parties::of(inputs, resolution);
    let since = as_of.plus_days(1 - YEAR_DAYS);
    let mut bills: Vec<Bill> = Vec::with_capacity(inputs.shipments.len());
    let (mut unplaced, mut older): (Option<RowRef>, Option<RowRef>) = (None, None);
    let mut last = None;
    let least = |known: Option<RowRef>, row: RowRef| Some(known.map_or(row, |k| k.min(row)));
    for s in inputs.shipments.iter().filter(|s| s.date <= as_of) {
        // The rows are sorted by id, and an id counts once.
        if last.replace(s.shipment) == Some(s.shipment) {
            continue;
        }
        let is_older = s.date < since;
        if is_older {
            done.counts.older += 1;
            older = least(older, s.row);
        }
        match (parties.shipper(resolution, s), parties.consignee(resolution, s)) {
            (Party::Node(supplier), Party::Node(buyer)) if supplier != buyer => {
                done.counts.consignments += u64::from(!is_older);
                let amount = |x: Option<f64>| x.filter(|x| x.is_finite() && *x > 0.0);
                bills.push(Bill {
                    supplier,
                    buyer,
                    heading: s.heading,
                    product: s.product_text,
                    unit: s.unit,
                    date: s.date,
                    value: amount(s.value),
                    quantity: amount(s.quantity),
                    row: s.row,
                });
            }
            (Party::Node(_), Party::Node(_)) => {}
            _ if is_older => {}
            _ => {
                done.counts.unplaced += 1;
                unplaced = least(unplaced, s.row);
            }
        }
    }
    if let Some(row) = unplaced {
        let found = format!(
            "{} of the four quarters up to {as_of}, the first here, with a shipper or consignee whose name no node has, or more than one",
            counted(done.counts.unplaced)
        );
        done.diagnostics.push(said(&codes::SHIPMENT_UNPLACED, inputs, row, "shipment_id", found));
    }
    if let Some(row) = older {
        let found = format!("{} before {since}, the first here", counted(done.counts.older));
        done.diagnostics.push(said(&codes::SHIPMENT_OLDER, inputs, row, "date", found));
    }
    par::sort_by(&mut bills, |a, b| (a.supplier, a.buyer).cmp(&(b.supplier, b.buyer)).then_with(|| in_papers(a, b)));
    bills
}

fn counted(n: u64) -> String {
    if n == 1 { "1 consignment".to_owned() } else { format!("{n} consignments") }
}

fn said(code: &'static Code, inputs: &Inputs, row: RowRef, column: &str, found: String) -> Diagnostic {
    let at = inputs.file(row).map(|f| f.locate(u64::from(row.line), Some(column.into()))).unwrap_or_default();
    Diagnostic { level: code.level, code: code.code, at, found, expected: code.remedy.to_owned(), times: 1 }
}

/// What there is to say of pairs, gathered before it is cut to what anybody reads.
#[derive(Default)]
struct Told {
    discovered: Vec<(RowRef, NodeIx, NodeIx, u64)>,
    differing: Vec<(RowRef, NodeIx, NodeIx, f64, f64)>,
}

impl Told {
    fn write(mut self, inputs: &Inputs, resolution: &Resolution, as_of: Date, out: &mut Vec<Diagnostic>) {
        let shown = |n: &NodeIx| resolution.nodes.get(n.at()).map_or("", |n| &*n.shown_id);
        self.discovered.sort_unstable_by_key(|(row, supplier, buyer, _)| (*row, *supplier, *buyer));
        let lines = self.discovered.iter().map(|(row, supplier, buyer, n)| {
            let found = format!(
                "{} sent goods to {}, and no link in force declares it: {} of the four quarters up to {as_of}, the first here",
                shown(supplier),
                shown(buyer),
                counted(*n)
            );
            (*row, found)
        });
        cut(&codes::SHIPMENT_UNLINKED, inputs, "shipment_id", lines, out);
        self.differing.sort_unstable_by_key(|(row, supplier, buyer, ..)| (*row, *supplier, *buyer));
        let currency = inputs.base_currency.as_deref().map(|c| format!(" {c}")).unwrap_or_default();
        let lines = self.differing.iter().map(|(row, supplier, buyer, declared, papers)| {
            let found = format!(
                "links state {declared:.0}{currency} a year from {} to {}, the consignments of the four quarters up to {as_of} come to \
                 {papers:.0}{currency}; the first of them here",
                shown(supplier),
                shown(buyer),
            );
            (*row, found)
        });
        cut(&codes::SHIPMENT_VALUE_DIFFERS, inputs, "value", lines, out);
    }
}

/// The first lines of a code; the rest is one line with their number.
fn cut(
    code: &'static Code,
    inputs: &Inputs,
    column: &str,
    lines: impl ExactSizeIterator<Item = (RowRef, String)>,
    out: &mut Vec<Diagnostic>,
) {
    let rest = lines.len().saturating_sub(SAID_MOST) as u64;
    for (i, (row, found)) in lines.enumerate().take(SAID_MOST + 1) {
        let mut one = said(code, inputs, row, column, found);
        if i == SAID_MOST {
            (one.at.line, one.found, one.times) = (0, format!("{rest} more of these"), rest);
        }
        out.push(one);
    }
}

/// The consignments between two nodes.
struct Pair<'a, 't> {
    inputs: &'a Inputs,
    as_of: Date,
    ratio: f64,
    /// By heading, product, unit, day.
    bills: &'a [Bill],
    told: &'t mut Told,
    valued: u64,
}

impl Pair<'_, '_> {
    /// Joins the consignments with the links between the two; gives the links that only they know of.
    fn join(&mut self, links: &mut [Placed]) -> Vec<Placed> {
        let goods = |l: &Placed| matches!(l.relation, Relation::Supplies | Relation::Subcontracts) && !l.told_again;
        let as_of = self.as_of;
        let ended_on =
            |l: &Placed| (goods(l) && l.use_ == Use::NotInForce).then(|| l.valid.map(|p| p.to)).flatten().filter(|d| *d <= as_of);
        let mut ended: Vec<(Date, usize)> = links.iter().enumerate().filter_map(|(i, l)| Some((ended_on(l)?, i))).collect();
        ended.sort_unstable();

        let ids = &self.inputs.ids;
        let in_force = |(i, l): (usize, &Placed)| (goods(l) && l.use_ == Use::Supply).then_some(i);
        let in_force = Named::of(ids, links, links.iter().enumerate().filter_map(in_force));
        let was = Named::of(ids, links, ended.iter().map(|(_, i)| *i));
        let mut found = self.fit(links, &in_force, self.as_of);
        let oldest = self.as_of.plus_days(-ENDED_DAYS);
        for of_day in ended.chunk_by(|a, b| a.0 == b.0) {
            let Some(day) = of_day.first().map(|(day, _)| *day).filter(|day| *day > oldest) else { continue };
            let on_day = Named::of(ids, links, of_day.iter().map(|(_, i)| *i));
            // What an ended relation leaves over is no link: nothing of it is left to discover.
            self.fit(links, &on_day, day);
        }
        found.extend(self.discover(links, &in_force, &was));
        found
    }

    /// Lays the consignments of the year up to a day over the links given, which stand or stood on that day.
    fn fit(&mut self, links: &mut [Placed], of: &Named, day: Date) -> Vec<Placed> {
        if of.is_empty() {
            return Vec::new();
        }
        let since = day.plus_days(1 - YEAR_DAYS);
        let (papers, ids) = (self.bills, &self.inputs.ids);
        let counts = |b: &&Bill| (since..=day).contains(&b.date);
        // Of each product of the papers: the links that it tells of. Links that are told of together are one purchase.
        let mut together = Together::new(of.rows.len());
        let mut groups: Vec<(usize, &[Bill])> = Vec::new();
        for group in papers.chunk_by(|a, b| (a.heading, a.product) == (b.heading, b.product)) {
            let Some(product) = group.iter().find(counts).and_then(|b| b.product) else { continue };
            let told = of.nearest(ids.text(product));
            let Some(first) = told.first() else { continue };
            told.iter().for_each(|n| together.join(*first, *n));
            groups.push((*first, group));
        }
        let mut purchases: BTreeMap<usize, (Vec<usize>, Vec<&Bill>)> = BTreeMap::new();
        for (number, group) in groups {
            // Groups come in the order of the papers, and so do the bills of each purchase.
            purchases.entry(together.first(number)).or_default().1.extend(group.iter().filter(counts));
        }
        for (number, rows) in of.rows.iter().enumerate() {
            if let Some((told, _)) = purchases.get_mut(&together.first(number)) {
                told.extend(rows);
            }
        }
        let mut rest = Vec::new();
        for (mut told, bills) in purchases.into_values() {
            told.sort_unstable();
            let sum = Sum::of(bills.into_iter());
            for i in &told {
                if let Some(link) = links.get_mut(*i) {
                    link.last_consigned = link.last_consigned.max(sum.last_day);
                }
            }
            let stands = day == self.as_of;
            self.valued += self.give(links, &told, &sum, stands) * u64::from(stands);
            rest.extend(self.rest(links, &told, &sum).filter(|_| stands));
        }
        rest
    }

    /// Gives the links of one purchase that say nothing of their size what the others leave of the consignments. `stands`: the links are in
    /// force. Gives how many took something.
    fn give(&mut self, links: &mut [Placed], told: &[usize], sum: &Sum, stands: bool) -> u64 {
        // Rows of one scope and product are parts of one link: what one of them says is said of it.
        type Account = (Option<NodeIx>, Option<Symbol>);
        let mut accounts: BTreeMap<Account, (Vec<usize>, bool)> = BTreeMap::new();
        for i in told {
            let Some(l) = links.get(*i) else { continue };
            let account = accounts.entry((l.scope, l.product)).or_default();
            account.0.push(*i);
            account.1 |= l.value.is_some() || l.share.is_some() || l.quantity.is_some();
        }
        let of_told = |figure: &dyn Fn(&Placed) -> Option<f64>| told.iter().filter_map(|i| figure(links.get(*i)?)).sum::<f64>();
        let open: Vec<usize> = accounts.values().filter(|(_, says)| !says).filter_map(|(rows, _)| rows.first().copied()).collect();
        let parts = open.len() as f64;
        if open.is_empty() {
            let declared = of_told(&|l| l.value);
            let all_valued = accounts.values().all(|(rows, _)| rows.iter().any(|i| links.get(*i).is_some_and(|l| l.value.is_some())));
            let any_whole = accounts.keys().any(|(scope, _)| scope.is_none());
            let ends = told.first().and_then(|i| links.get(*i)).map(|l| (l.supplier, l.buyer));
            if let (true, Some(papers), Some(row), Some((supplier, buyer))) =
                (stands && all_valued && declared > 0.0, sum.value(), sum.first, ends)
            {
                // A disclosure may be a part of the trade, and papers without values a part of the papers.
                let above = declared > papers * self.ratio && sum.complete;
                let below = papers > declared * self.ratio && any_whole;
                if above || below {
                    self.told.differing.push((row, supplier, buyer, declared, papers));
                }
            }
            return 0;
        }
        if let Some(value) = sum.value() {
            let left = value - of_told(&|l| l.value);
            if left <= 0.0 {
                return 0;
            }
            for i in &open {
                if let Some(link) = links.get_mut(*i) {
                    link.value = Some(left / parts);
                }
            }
        } else if let Some((quantity, unit)) = sum.quantity() {
            let left = quantity - of_told(&|l| l.quantity.filter(|_| l.unit == unit));
            if left <= 0.0 {
                return 0;
            }
            for i in &open {
                if let Some(link) = links.get_mut(*i) {
                    (link.quantity, link.unit) = (Some(left / parts), unit);
                }
            }
        } else {
            return 0;
        }
        open.len() as u64
    }

    /// What the disclosures of focal companies leave of a purchase that no link declares for all.
    fn rest(&self, links: &[Placed], told: &[usize], sum: &Sum) -> Option<Placed> {
        let rows: Vec<&Placed> = told.iter().filter_map(|i| links.get(*i)).collect();
        let first = rows.first()?;
        if rows.iter().any(|l| l.scope.is_none() || l.value.is_none()) {
            return None;
        }
        let left = sum.value()? - rows.iter().filter_map(|l| l.value).sum::<f64>();
        // Sums of the same parts in another order may differ in their last bits.
        let is_some = left > sum.value * 1e-9;
        let from = self.bills.iter().map(|b| b.date).min()?;
        is_some.then(|| discovered(first.supplier, first.buyer, sum, from, Some(left), None))
    }

    /// Consignments of the four quarters that no link in force and no ended one tells of, one link per heading.
    fn discover(&mut self, links: &[Placed], in_force: &Named, ended: &Named) -> Vec<Placed> {
        let since = self.as_of.plus_days(1 - YEAR_DAYS);
        let mut found = Vec::new();
        let (mut count, mut first_row) = (0, None);
        let last_day = |numbers: &[usize]| {
            let rows = numbers.iter().filter_map(|n| ended.rows.get(*n)).flatten();
            rows.filter_map(|i| links.get(*i)?.valid).map(|p| p.to).max()
        };
        // Where nothing between the two is in force, the whole relation ended on its last day.
        let whole = in_force.is_empty().then(|| last_day(&(0..ended.rows.len()).collect::<Vec<_>>())).flatten();
        let (papers, ids) = (self.bills, &self.inputs.ids);
        for group in papers.chunk_by(|a, b| a.heading == b.heading) {
            let mut left: Vec<&Bill> = Vec::new();
            let mut from: Option<Date> = None;
            for of_product in group.chunk_by(|a, b| a.product == b.product) {
                let Some(product) = of_product.first().and_then(|b| b.product).map(|p| ids.text(p)) else { continue };
                if !in_force.nearest(product).is_empty() {
                    continue;
                }
                let end = whole.or_else(|| last_day(&ended.nearest(product)));
                for b in of_product.iter().filter(|b| end.is_none_or(|end| b.date > end)) {
                    from = Some(from.map_or(b.date, |f| f.min(b.date)));
                    if b.date >= since {
                        left.push(b);
                    }
                }
            }
            let (Some(first), Some(from)) = (left.first(), from) else { continue };
            let (supplier, buyer) = (first.supplier, first.buyer);
            let sum = Sum::of(left.into_iter());
            let (quantity, value) = (sum.quantity(), sum.value());
            count += sum.count;
            first_row = match (first_row, sum.first) {
                (Some(a), Some(b)) => Some(std::cmp::min::<RowRef>(a, b)),
                (a, b) => a.or(b),
            };
            found.push(discovered(supplier, buyer, &sum, from, value, quantity));
        }
        if let (Some(row), Some(one)) = (first_row, found.first()) {
            self.told.discovered.push((row, one.supplier, one.buyer, count));
        }
        found
    }
}

fn discovered(
    supplier: NodeIx,
    buyer: NodeIx,
    sum: &Sum,
    from: Date,
    value: Option<f64>,
    quantity: Option<(f64, Option<Symbol>)>,
) -> Placed {
    Placed {
        supplier,
        buyer,
        relation: Relation::Supplies,
        product: sum.heading(),
        value,
        quantity: quantity.map(|(q, _)| q),
        unit: quantity.and_then(|(_, unit)| unit),
        share: None,
        basis: Basis::Shipment,
        scope: None,
        valid: Some(Period { from, to: OPEN_END }),
        last_consigned: sum.last_day,
        told_again: false,
        use_: Use::Supply,
    }
}
