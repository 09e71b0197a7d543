//! What all detectors share: thresholds and signs by id, reports and looks with their places, one circumstance per node.

use super::{Detected, SiteFactor};
use crate::base::{Date, NodeIx, NormSet, Symbol};
use crate::evidence::book::{AFTER, Book, EvidenceRow, Item};
use crate::pack::load::MONTH_DAYS;
use crate::pack::{SignIx, SourceIx};
use crate::validate::inputs::{RowRef, Status};
use std::collections::{BTreeMap, BTreeSet};

/// Where and when a row speaks, and who first said it.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub node: NodeIx,
    pub table: &'static str,
    pub row: RowRef,
    pub day: Date,
    pub origin: Option<Symbol>,
}

/// Collects what the detectors tell.
pub(super) struct Teller<'b, 'a> {
    pub book: &'b Book<'a>,
    pub found: Detected,
    context: BTreeMap<(NodeIx, &'static str), (Date, SiteFactor)>,
    notes: BTreeSet<String>,
}

impl<'b, 'a> Teller<'b, 'a> {
    pub fn new(book: &'b Book<'a>) -> Self {
        Teller { book, found: Detected::default(), context: BTreeMap::new(), notes: BTreeSet::new() }
    }

    pub fn note(&mut self, text: String) {
        self.notes.insert(text);
    }

    pub fn node(&self, symbol: Symbol) -> Option<NodeIx> {
        self.book.resolution.node(symbol)
    }

    /// A threshold of the pack. Without it nothing is beyond it: comparisons with NaN are false.
    pub fn limit(&mut self, id: &str) -> f64 {
        let value = self.book.pack.parameter(id).map(|p| p.value);
        if value.is_none() {
            self.note(format!("the method pack holds no parameter {id}: what stands on it is not told"));
        }
        value.unwrap_or(f64::NAN)
    }

    /// A source class of the pack that speaks in a table.
    pub fn source(&mut self, id: &str, table: &str) -> Option<SourceIx> {
        let source = self.book.pack.source(id);
        if source.is_none() {
            self.note(format!("the method pack holds no source class {id}: the table {table} tells no sign"));
        }
        source
    }

    /// The first of these signs that the pack holds.
    fn sign(&mut self, ids: &[&'static str], table: &str) -> Option<SignIx> {
        let held = ids.iter().find_map(|id| self.book.pack.sign(id));
        if held.is_none() {
            self.note(format!("the method pack holds no sign {}: what the table {table} shows of it is not told", ids.join(" or ")));
        }
        held
    }

    /// Reports the first of `signs` that the pack holds.
    pub fn report(&mut self, source: SourceIx, at: At, signs: &[&'static str]) {
        if let Some(sign) = self.sign(signs, at.table) {
            self.report_sign(source, at, sign);
        }
    }

    pub fn report_sign(&mut self, source: SourceIx, at: At, sign: SignIx) {
        let row = self.row(source, at, sign);
        self.found.rows.push(row);
    }

    /// A look for a sign that the figure does not show, with this detection.
    pub fn look(&mut self, source: SourceIx, at: At, sign: &'static str, detection: f64) {
        if let Some(sign) = self.sign(&[sign], at.table) {
            self.look_sign(source, at, sign, detection);
        }
    }

    pub fn look_sign(&mut self, source: SourceIx, at: At, sign: SignIx, detection: f64) {
        let row = self.row(source, at, sign);
        let half_life_days = self.book.pack.sources.get(source.0 as usize).map_or(0.0, |c| c.half_life_negative_days);
        self.found.rows.push(EvidenceRow { item: Item::Look, detection, half_life_days, ..row });
    }

    fn row(&self, source: SourceIx, at: At, sign: SignIx) -> EvidenceRow {
        self.book.report(at.node, sign, source, self.origin(at), at.day, false, Status::Open, at.table, at.row)
    }

    /// The origin that the row names, else the table of the node.
    pub fn origin(&self, at: At) -> String {
        let shown = self.book.resolution.nodes.get(at.node.at()).map_or("", |n| &*n.shown_id);
        at.origin.map_or_else(|| format!("{}:{shown}", at.table), |o| self.book.text(o).to_owned())
    }

    /// Why a row of that day counts nothing; empty where it counts.
    pub fn why_not(&self, day: Date) -> &'static str {
        if day > self.book.as_of { AFTER } else { "" }
    }

    /// Whether a day lies within the last `months` up to `as_of`.
    pub fn within(&self, day: Date, months: f64) -> bool {
        let age = self.book.as_of.days_since(day);
        age >= 0 && f64::from(age) <= months * MONTH_DAYS
    }

    /// A circumstance of a node. Of several rows that show it the newest stands for it.
    pub fn circumstance(&mut self, at: At, id: &'static str, norms: NormSet, source: &'static str) {
        let Some(odds_ratio) = self.book.pack.prior.odds_ratios.get(id).copied() else {
            self.note(format!("the method pack holds no odds ratio {id}: the circumstance moves no prior"));
            return;
        };
        let factor = SiteFactor { id, norms, odds_ratio, source, table: at.table, row: at.row };
        let known = self.context.entry((at.node, id)).or_insert_with(|| (at.day, factor.clone()));
        if at.day > known.0 || (at.day == known.0 && at.row < known.1.row) {
            *known = (at.day, factor);
        }
    }

    pub fn finish(self) -> Detected {
        let mut found = self.found;
        for ((node, _), (_, factor)) in self.context {
            found.context.entry(node).or_default().push(factor);
        }
        found.notes = self.notes.into_iter().collect();
        found
    }
}
