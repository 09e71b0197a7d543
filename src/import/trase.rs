//! Trase exports: exporter, port, country of production, destination, tonnes and dollars of a year.
//!
//! What a year's rows of one exporter, commodity and destination add up to becomes one link `supplies` from the exporter to the region of
//! destination, with value (US dollars, free on board) and quantity (tonnes); what an exporter sends in all becomes one link from the region
//! of production to it. Where the exporter is not told, the region of production supplies the destination itself, so that the unseen part
//! keeps its weight. Ports, municipalities and importers add no node: a sum over them loses nothing. The same rows give `trade_flows`.

use super::cells::is_no_name;
use super::columns::is_known;
use super::draft::shown;
use super::file::each_table;
use super::goods::product_of;
use super::places::{add_node, node_id, trimmed};
use super::sums::{Flow, Rows, Sums, amount, in_dollars, write_flows, year};
use super::{Columns, Draft, ForeignFile, Importer, Mapped, Options, Origin, Sheet};
use crate::base::CountryCode;
use crate::read::Trouble;
use crate::reference::Reference;
use crate::schema::codes::COLUMN_MISSING;
use std::collections::BTreeMap;

const fn m(theirs: &'static str, ours: &'static str, remark: &'static str) -> Mapped {
    Mapped { theirs, ours, remark }
}

pub static MAPPING: &[Mapped] = &[
    m(
        "commodity | product | product_type | product group",
        "links.product, trade_flows.product",
        "HS code of the word; else --product, else the word itself",
    ),
    m("year", "links.valid_from, links.valid_to, trade_flows.year", "required"),
    m(
        "country_of_production | country of production | producing country | production country | country",
        "nodes (kind region), trade_flows.exporter",
        "else --column; required",
    ),
    m("exporter | exporter name", "nodes (kind trader)", "unknown: no node, the weight goes from region to region"),
    m("exporter_group | exporter group", "nodes (kind group), links (owns)", "where it has more than one exporter"),
    m(
        "country_of_destination | country of destination | country_of_first_import | country of first import | country_of_import | destination | destination country | importing country | country of import",
        "nodes (kind region), trade_flows.importer",
        "unknown: the exporter keeps its supply, no destination is linked",
    ),
    m(
        "volume | volume (tonnes) | volume_tonnes | volume (t) | trade_volume | soy_equivalent_tonnes | soy equivalent tonnes | beef_equivalent_tonnes | cw_tonnes | volume_raw | tonnes | equivalent_tonnes | product_weight_tonnes",
        "links.quantity, trade_flows.quantity",
        "tonnes, as published (mostly raw equivalents)",
    ),
    m(
        "fob | fob (usd) | fob_usd | fob usd | fob value | fob_value | value_usd | value (usd)",
        "links.value, trade_flows.value",
        "US dollars",
    ),
    m("importer | importer_group | importer group", "", "left out: summed over"),
    m("port_of_export | port | port of export | port_of_import", "", "left out: summed over"),
    m("economic_bloc | economic bloc | destination region", "", "left out: follows from the destination"),
];

pub static TRASE: Importer = Importer {
    name: "trase",
    about: "Trase exports by exporter, port and destination",
    source: "Trase (trase.earth), supply chain data downloads, CC BY 4.0",
    mapping: MAPPING,
    run,
};

/// Spellings of Trase that the engine's table of country names has not got.
const NAMES: [(&str, &str); 5] = [
    ("CHINA (MAINLAND)", "CHN"),
    ("CHINA (HONG KONG)", "HKG"),
    ("CONGO DEMOCRATIC REPUBLIC OF THE", "COD"),
    ("FRENCH GUYANA", "GUF"),
    ("COTE D'IVOIRE", "CIV"),
];

fn country(text: &str, reference: &Reference) -> Option<CountryCode> {
    let listed = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).and_then(|(_, code)| CountryCode::new(code));
    listed.or_else(|| super::cells::country(text, reference))
}

/// From whom to whom, of what, in which year.
type Supply = (String, String, String, String);

#[derive(Default)]
struct Added {
    supplies: Sums<Supply>,
    flows: Sums<Flow>,
    /// Exporters of each group (id and name), with their first rows.
    groups: BTreeMap<(String, String), BTreeMap<String, Origin>>,
}

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    in_dollars(draft);
    let mut added = Added::default();
    let slug = options.list_slug(file);
    each_table(file, options, draft, |mut sheet, draft| {
        sheet.find_header(|h| is_known(MAPPING, h));
        let columns = Columns::of(&sheet, options, MAPPING)?;
        for needed in ["year", "country_of_production", "country_of_destination", "fob"] {
            if !columns.has(needed) {
                let found = format!("no such column among: {}", sheet.header.join(", "));
                return Err(Trouble { code: &COLUMN_MISSING, line: 1, column: Some(needed.to_owned()), found });
            }
        }
        draft.shapeless(&sheet.file.clone(), sheet.name.clone().as_ref(), &sheet.raw);
        let exports = Exports { options, slug: &slug, sheet: &sheet, columns: &columns };
        let mut seen = Rows::default();
        for row in 0..sheet.len() {
            draft.begin(&sheet.origin(row));
            if seen.again(&sheet, row) {
                draft.repeat_row();
            } else {
                exports.row(row, &mut added, draft);
            }
        }
        columns.note_left(&sheet, draft);
        Ok(())
    })?;
    let source = options.list.as_deref().unwrap_or(&file.name).to_owned();
    for ((supplier, buyer, product, year), sum) in &added.supplies.0 {
        let (value, quantity) = (sum.value.to_string(), sum.quantity.map_or_else(String::new, |q| q.to_string()));
        let unit = if quantity.is_empty() { "" } else { "t" };
        draft.add_from(
            &sum.first,
            "links",
            &[
                ("supplier_id", supplier),
                ("buyer_id", buyer),
                ("relation", "supplies"),
                ("product", product),
                ("value", &value),
                ("currency", "USD"),
                ("quantity", &quantity),
                ("unit", unit),
                ("valid_from", year),
                ("valid_to", year),
                ("basis", "shipment"),
                ("source", &source),
            ],
        );
    }
    // A group of one exporter says nothing that the exporter does not.
    for ((group, name), members) in added.groups.iter().filter(|g| g.1.len() > 1) {
        let Some(first) = members.values().min() else { continue };
        draft.add_from(first, "nodes", &[("node_id", group), ("kind", "group"), ("name", name)]);
        for (exporter, at) in members {
            let link = [("supplier_id", exporter.as_str()), ("buyer_id", group), ("relation", "owns"), ("source", &source)];
            draft.add_from(at, "links", &link);
        }
    }
    write_flows(&added.flows, draft);
    Ok(())
}

struct Exports<'a> {
    options: &'a Options<'a>,
    slug: &'a str,
    sheet: &'a Sheet,
    columns: &'a Columns,
}

impl Exports<'_> {
    fn cell(&self, key: &str, row: usize) -> &str {
        trimmed(self.columns.cell(self.sheet, key, row))
    }

    fn row(&self, row: usize, added: &mut Added, draft: &mut Draft) {
        let (sheet, columns, reference) = (self.sheet, self.columns, self.options.reference);
        let at = sheet.origin(row);
        let Some(year) = year(self.cell("year", row)) else {
            return draft.refuse_row(Some(columns.name(sheet, "year")), "no-year", shown(self.cell("year", row)));
        };
        let producing = self.cell("country_of_production", row);
        let Some(from) = country(producing, reference) else {
            return draft.refuse_row(Some(columns.name(sheet, "country_of_production")), "country-unknown", shown(producing));
        };
        let stated = match (self.cell("commodity", row), &self.options.product) {
            ("", Some(product)) => product.as_str(),
            (commodity, _) => commodity,
        };
        if stated.is_empty() {
            return draft.refuse_row(None, "no-product", "no commodity: say it with --product");
        }
        let (product, _) = product_of(stated, reference);
        let Some(value) = amount(self.cell("fob", row), columns.name(sheet, "fob"), draft) else {
            return draft.refuse_row(Some(columns.name(sheet, "fob")), "no-value", shown(self.cell("fob", row)));
        };
        let quantity = amount(self.cell("volume", row), columns.name(sheet, "volume"), draft);
        let destination = self.cell("country_of_destination", row);
        let to = country(destination, reference);
        if to.is_none() && is_no_name(self.cell("exporter", row)) {
            return draft.refuse_row(None, "neither-end-known", "neither exporter nor destination is told");
        }
        let origin = self.region(from, "production", draft);
        let target = to.map(|to| self.region(to, "imports", draft));
        if target.is_none() {
            let reason = if destination.is_empty() || destination.to_lowercase().contains("unknown") {
                "no-destination-stated"
            } else {
                "country-unknown"
            };
            draft.refuse_cell(columns.name(sheet, "country_of_destination"), reason, shown(destination));
        }
        let exporter = self.exporter(row, from, added, draft);
        let mut whole = true;
        let mut add = |supplier: &str, buyer: &str| {
            if supplier != buyer {
                whole &= added.supplies.add((supplier.to_owned(), buyer.to_owned(), product.clone(), year.clone()), value, quantity, &at);
            }
        };
        match (&exporter, &target) {
            (Some(exporter), target) => {
                add(&origin, exporter);
                if let Some(target) = target {
                    add(exporter, target);
                }
            }
            (None, Some(target)) => add(&origin, target),
            (None, None) => {}
        }
        if let Some(to) = to
            && to != from
        {
            whole &= added.flows.add((year.clone(), from.to_string(), to.to_string(), product.clone()), value, quantity, &at);
        }
        if whole {
            draft.take_row();
        } else {
            draft.refuse_row(Some(columns.name(sheet, "fob")), "sum-too-large", shown(self.cell("fob", row)));
        }
    }

    /// A country as the place that produces or that imports: two nodes, so that what a country imports is not taken for what it exports.
    fn region(&self, country: CountryCode, side: &str, draft: &mut Draft) -> String {
        let id = format!("{}:region:{}-{side}", self.slug, country.as_str().to_lowercase());
        let name = self.options.reference.country(country).map_or_else(|| country.to_string(), |c| c.name.clone());
        let name = format!("{name} ({side})");
        let source = self.options.list.as_deref().unwrap_or(&self.sheet.file);
        if draft.known("nodes", &[&id], "name").is_none() {
            add_node(draft, &id, "region", &name, source, &[("country", country.as_str())]);
        }
        id
    }

    fn exporter(&self, row: usize, from: CountryCode, added: &mut Added, draft: &mut Draft) -> Option<String> {
        let name = self.cell("exporter", row);
        let source = self.options.list.as_deref().unwrap_or(&self.sheet.file);
        if name.is_empty() || is_no_name(name) {
            if self.columns.has("exporter") {
                draft.refuse_cell(self.columns.name(self.sheet, "exporter"), "no-name-stated", shown(name));
            }
            return None;
        }
        let id = node_id(self.slug, "trader", "", name, &[from.as_str()]);
        if draft.known("nodes", &[&id], "name").is_none() {
            add_node(draft, &id, "trader", name, source, &[("country", from.as_str())]);
        }
        let group = self.cell("exporter_group", row);
        if !group.is_empty() && !is_no_name(group) {
            let owner = (node_id(self.slug, "group", "", group, &[]), group.to_owned());
            added.groups.entry(owner).or_default().entry(id.clone()).or_insert_with(|| self.sheet.origin(row));
        }
        Some(id)
    }
}
