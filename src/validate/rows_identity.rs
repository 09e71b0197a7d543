//! Typed cells to rows that say who is who: further identifiers, entries of screening lists, and what somebody decided.

use super::context::{Context, cell, code, date, text};
use super::inputs::{DecisionRow, IdentifierRow, ListingRow, ListingScope, RowRef};
use super::rows_chain::{incomplete, positions};
use super::table_run::{Place, RowFault};
use super::typed::Cell;
use crate::mapping::fold;
use crate::schema::TableSchema;
use crate::schema::codes as c;
use std::sync::Arc;

positions!(IdentifierAt { node_id, scheme, value });
positions!(ListingAt { entry_id, list, name, aliases, scope, country, address, identifiers, listed_on, removed_on, sign, source_class });
positions!(DecisionAt { left_id, right_id, decision, decided_on });

impl IdentifierAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], at: RowRef) -> Result<IdentifierRow, RowFault> {
        let node = text(cells, self.node_id).ok_or_else(|| incomplete(self.node_id))?;
        let scheme = text(cells, self.scheme).ok_or_else(|| incomplete(self.scheme))?;
        let value = text(cells, self.value).ok_or_else(|| incomplete(self.value))?;
        Ok(IdentifierRow { node: context.ids.intern(node), scheme: scheme.to_lowercase().into(), value: value.into(), row: at })
    }
}

impl ListingAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], place: &Place, at: RowRef) -> Result<ListingRow, RowFault> {
        const SCOPES: [ListingScope; 3] = [ListingScope::Entity, ListingScope::Vessel, ListingScope::Region];
        let entry = text(cells, self.entry_id).ok_or_else(|| incomplete(self.entry_id))?;
        if context.kind_by_id(entry).is_some() {
            let shown = super::quarantine::inert(entry);
            let found = format!("{shown} is a node, too");
            return Err(RowFault { code: &c::ENTRY_IS_NODE, column: self.entry_id, found, shown });
        }
        let parts = |at: usize| text(cells, at).into_iter().flat_map(|t| t.split(';')).map(str::trim).filter(|t| !t.is_empty());
        let mut identifiers: Vec<(Arc<str>, Arc<str>)> = Vec::new();
        for part in parts(self.identifiers) {
            match part.rsplit_once(':').filter(|(scheme, value)| !scheme.trim().is_empty() && !value.trim().is_empty()) {
                Some((scheme, value)) => identifiers.push((scheme.trim().to_lowercase().into(), value.trim().into())),
                None => {
                    let shown = super::quarantine::shown(part);
                    let found = format!("{shown} is no scheme:value");
                    context.collector.refuse(&c::CELL_ID, place.of(self.identifiers), found, "write scheme:value, separated by ;", shown);
                }
            }
        }
        let sign = match cell(cells, self.sign) {
            Cell::Sign(sign, _) => Some(*sign),
            _ => None,
        };
        let source = match cell(cells, self.source_class) {
            Cell::Source(source, _) => Some(*source),
            _ => None,
        };
        let country = match cell(cells, self.country) {
            Cell::Country(country) => Some(*country),
            _ => None,
        };
        let list = text(cells, self.list).ok_or_else(|| incomplete(self.list))?;
        Ok(ListingRow {
            entry: context.ids.intern(entry),
            origin: context.ids.intern(&format!("list:{}", fold(list))),
            list: list.into(),
            name: text(cells, self.name).ok_or_else(|| incomplete(self.name))?.into(),
            aliases: parts(self.aliases).map(Arc::from).collect(),
            scope: code(cells, self.scope).and_then(|i| SCOPES.get(i).copied()).unwrap_or_default(),
            country,
            address: text(cells, self.address).map(Arc::from),
            identifiers,
            listed_on: date(cells, self.listed_on),
            removed_on: date(cells, self.removed_on),
            sign,
            source,
            row: at,
        })
    }
}

impl DecisionAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], at: RowRef) -> Result<DecisionRow, RowFault> {
        let left = text(cells, self.left_id).ok_or_else(|| incomplete(self.left_id))?;
        let right = text(cells, self.right_id).ok_or_else(|| incomplete(self.right_id))?;
        let same = code(cells, self.decision).ok_or_else(|| incomplete(self.decision))? == 0;
        if left == right {
            let shown = super::quarantine::inert(left);
            return Err(RowFault { code: &c::DECISION_SELF, column: self.right_id, found: format!("{shown} on both sides"), shown });
        }
        let (left, right) = if left < right { (left, right) } else { (right, left) };
        Ok(DecisionRow {
            left: context.ids.intern(left),
            right: context.ids.intern(right),
            same,
            decided_on: date(cells, self.decided_on),
            row: at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::input_table;

    #[test]
    fn every_column_that_rows_read_is_declared() {
        let columns = |name: &str| input_table(name).unwrap();
        assert!(!IdentifierAt::of(columns("identifiers")).all().contains(&usize::MAX));
        assert!(!ListingAt::of(columns("listings")).all().contains(&usize::MAX));
        assert!(!DecisionAt::of(columns("decisions")).all().contains(&usize::MAX));
    }
}
