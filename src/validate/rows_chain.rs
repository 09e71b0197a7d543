//! Typed cells to rows of nodes, links and aliases.

use super::context::{Context, cell, code, date, number, text, yes_no};
use super::inputs::{AliasRow, Basis, LinkRow, NodeRow, OPEN_END, OPEN_START, Relation, RowRef};
use super::table_run::{Place, RowFault};
use super::typed::Cell;
use crate::base::{Kind, Period, Stage, Symbol};
use crate::schema::TableSchema;
use crate::schema::codes as c;
use std::sync::Arc;

/// Positions of a table's columns by name, so that no row searches them.
macro_rules! positions {
    ($(#[$doc:meta])* $name:ident { $($field:ident),* $(,)? }) => {
        $(#[$doc])*
        pub(super) struct $name { $(pub $field: usize),* }
        impl $name {
            pub fn of(schema: &TableSchema) -> Self {
                Self { $($field: schema.position(stringify!($field)).unwrap_or(usize::MAX)),* }
            }
            #[cfg(test)]
            pub fn all(&self) -> Vec<usize> {
                vec![$(self.$field),*]
            }
        }
    };
}
pub(super) use positions;

positions!(NodeAt {
    node_id,
    name,
    kind,
    country,
    subdivision,
    city,
    address,
    latitude,
    longitude,
    sector,
    product,
    stage,
    focal,
    parent_id,
    lei,
    os_id,
    gln,
    duns,
    workers,
    workers_low,
    workers_high,
    places_count,
    known_since,
    informal_share,
    young_worker_share,
    union,
    yearly_turnover,
    output_value,
    purchases_value,
    mapped_share,
    capacity,
    capacity_unit,
});
positions!(LinkAt { supplier_id, buyer_id, relation, product, value, currency, quantity, unit, share, valid_from, valid_to, basis, scope });
positions!(AliasAt { node_id, name });

/// A row cannot be without its required cells; they were checked, so this is only said if the two lists differ.
pub(super) fn incomplete(column: usize) -> RowFault {
    RowFault { code: &c::CELL_REQUIRED, column, found: "a blank cell that every row must fill".to_owned(), shown: String::new() }
}

impl NodeAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], place: &Place, at: RowRef) -> Result<NodeRow, RowFault> {
        let id = text(cells, self.node_id).ok_or_else(|| incomplete(self.node_id))?;
        let name = text(cells, self.name).ok_or_else(|| incomplete(self.name))?;
        let kind = code(cells, self.kind).and_then(|i| Kind::ALL.get(i).copied()).ok_or_else(|| incomplete(self.kind))?;
        let subdivision = text(cells, self.subdivision);
        let country = match cell(cells, self.country) {
            Cell::Country(country) => Some(*country),
            // The first two letters of a subdivision are its country (ISO 3166-2).
            _ => subdivision.and_then(|s| s.get(..2)).and_then(|a2| context.words.country(a2)),
        };
        if country.is_none() && kind.has_posterior() {
            context.collector.say(
                &c::COUNTRY_MISSING,
                place.of(self.country),
                format!("{} without country", kind.as_str()),
                c::COUNTRY_MISSING.remedy,
            );
        }
        let mut stage = code(cells, self.stage).and_then(|i| Stage::ALL.get(i).copied());
        let (mut sector, mut product) = (None, None);
        let (sector_text, product_text) = (text(cells, self.sector), text(cells, self.product));
        if let Some(t) = sector_text {
            sector = context.sector_code(t);
        }
        if let Some(t) = product_text {
            product = context.product_code(t);
        }
        // What a cell says of its own column stands before what the other cell's text implies.
        let mut implied = [None, None];
        for (slot, (column, name, t, known)) in implied
            .iter_mut()
            .zip([(self.sector, "sector", sector_text, sector.is_some()), (self.product, "product", product_text, product.is_some())])
        {
            if let Some(t) = t.filter(|_| !known) {
                let meant = context.code_text(t);
                *slot = Some(meant);
                if meant == crate::mapping::CodeText::default() && kind.has_posterior() {
                    context.count_uncoded(name, t, &|| place.of(column));
                }
            }
        }
        let [by_sector, by_product] = implied.map(Option::unwrap_or_default);
        sector = sector.or(by_sector.sector).or(by_product.sector);
        product = product.or(by_product.product).or(by_sector.product);
        stage = stage.or(by_sector.stage).or(by_product.stage).or_else(|| sector.and_then(|s| context.stage_of_sector(s)));
        Ok(NodeRow {
            id: context.ids.intern(id),
            name: name.into(),
            kind,
            country,
            subdivision: subdivision.map(Arc::from),
            city: text(cells, self.city).map(Arc::from),
            address: text(cells, self.address).map(Arc::from),
            latitude: number(cells, self.latitude),
            longitude: number(cells, self.longitude),
            sector,
            product,
            stage,
            focal: yes_no(cells, self.focal).unwrap_or(false),
            parent: text(cells, self.parent_id).map(|p| context.ids.intern(p)),
            lei: text(cells, self.lei).map(Arc::from),
            os_id: text(cells, self.os_id).map(Arc::from),
            gln: text(cells, self.gln).map(Arc::from),
            duns: text(cells, self.duns).map(Arc::from),
            workers: number(cells, self.workers),
            workers_low: number(cells, self.workers_low),
            workers_high: number(cells, self.workers_high),
            places_count: number(cells, self.places_count),
            known_since: date(cells, self.known_since),
            informal_share: number(cells, self.informal_share),
            young_worker_share: number(cells, self.young_worker_share),
            union: yes_no(cells, self.union),
            yearly_turnover: number(cells, self.yearly_turnover),
            output_value: number(cells, self.output_value),
            purchases_value: number(cells, self.purchases_value),
            mapped_share: number(cells, self.mapped_share),
            capacity: number(cells, self.capacity),
            capacity_unit: text(cells, self.capacity_unit).map(Arc::from),
            row: at,
        })
    }
}

/// A link whose value still has its own currency.
#[derive(Clone, Debug)]
pub(super) struct RawLink {
    pub link: LinkRow,
    pub currency: Option<Symbol>,
}

impl LinkAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], place: &Place, at: RowRef) -> Result<RawLink, RowFault> {
        const RELATIONS: [Relation; 5] = [Relation::Supplies, Relation::Subcontracts, Relation::Recruits, Relation::Lists, Relation::Owns];
        const BASES: [Basis; 4] = [Basis::Declared, Basis::Shipment, Basis::Certificate, Basis::Inferred];
        let supplier = text(cells, self.supplier_id).ok_or_else(|| incomplete(self.supplier_id))?;
        let buyer = text(cells, self.buyer_id).ok_or_else(|| incomplete(self.buyer_id))?;
        // A bad relation has refused its row already; a blank one is the plain case.
        let relation = code(cells, self.relation).and_then(|i| RELATIONS.get(i).copied()).unwrap_or(Relation::Supplies);
        if supplier == buyer {
            let shown = context.ids.get(supplier).map_or_else(|| super::quarantine::inert(supplier), |id| context.shown_node(id));
            return Err(RowFault { code: &c::LINK_SELF, column: self.buyer_id, found: format!("{shown} on both ends"), shown });
        }
        let product = text(cells, self.product).map(|t| match context.product_code(t).or_else(|| context.code_text(t).product) {
            Some(product) => context.ids.intern(product.as_str()),
            None => {
                if context.code_text(t) == crate::mapping::CodeText::default() {
                    context.count_uncoded("links.product", t, &|| place.of(self.product));
                }
                context.ids.intern(&crate::mapping::fold(t))
            }
        });
        let valid = match (date(cells, self.valid_from), date(cells, self.valid_to)) {
            (None, None) => None,
            (from, to) => Some(Period { from: from.unwrap_or(OPEN_START), to: to.unwrap_or(OPEN_END) }),
        };
        let scope = text(cells, self.scope);
        if let Some(scope) = scope.filter(|s| context.nodes_known && !self.scope_by_name(context) && context.kind_by_id(s).is_none()) {
            let found = format!("{} is no node", super::quarantine::inert(scope));
            context.collector.say(&c::SCOPE_UNKNOWN, place.of(self.scope), found, c::SCOPE_UNKNOWN.remedy);
        }
        let link = LinkRow {
            supplier: context.ids.intern(supplier),
            buyer: context.ids.intern(buyer),
            relation,
            product,
            value: number(cells, self.value),
            quantity: number(cells, self.quantity),
            unit: text(cells, self.unit).map(|u| context.ids.intern(u)),
            share: number(cells, self.share),
            valid,
            basis: code(cells, self.basis).and_then(|i| BASES.get(i).copied()).unwrap_or(Basis::Declared),
            scope: scope.map(|s| context.ids.intern(s)),
            row: at,
        };
        Ok(RawLink { link, currency: text(cells, self.currency).map(|t| context.ids.intern(t)) })
    }
}

impl LinkAt {
    /// A scope that a lookup searched by name and did not find was said already.
    fn scope_by_name(&self, context: &Context) -> bool {
        context.mapping.tables.get("links").is_some_and(|t| t.lookup.contains_key("scope"))
    }
}

impl AliasAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], _: &Place, at: RowRef) -> Result<AliasRow, RowFault> {
        let node = text(cells, self.node_id).ok_or_else(|| incomplete(self.node_id))?;
        let name = text(cells, self.name).ok_or_else(|| incomplete(self.name))?;
        Ok(AliasRow { node: context.ids.intern(node), name: name.into(), row: at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::input_table;

    #[test]
    fn every_column_that_a_row_takes_is_declared() {
        let columns = |t: &str| input_table(t).unwrap();
        assert!(!NodeAt::of(columns("nodes")).all().contains(&usize::MAX));
        assert!(!LinkAt::of(columns("links")).all().contains(&usize::MAX));
        assert!(!AliasAt::of(columns("aliases")).all().contains(&usize::MAX));
    }

    #[test]
    fn relations_and_bases_are_declared_in_the_order_of_the_rows() {
        assert_eq!(crate::schema::inputs_chain::RELATIONS, ["supplies", "subcontracts", "recruits", "lists", "owns"]);
        assert_eq!(crate::schema::inputs_chain::BASES, ["declared", "shipment", "certificate", "inferred"]);
    }
}
