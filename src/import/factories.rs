//! Factory lists of brands: the Transparency Pledge's columns and the many spellings under which brands publish them.
//!
//! A brand that publishes a factory of finished goods says that it delivers: `supplies`. Of makers of materials, and of anything beyond
//! the first tier, the list does not say who buys: `lists`. Worker bands stay ranges. A percentage of 2 or less could be a fraction written
//! in a column of percentages (0.65 rounded to 1): it is left out, unless the whole column is fractions.

use super::cells::{is_no_name, us_day};
use super::columns::is_known;
use super::draft::shown;
use super::file::each_table;
use super::places::{
    Workers, add_node, add_owner, add_party, country_cell, name_cell, node_id, os_id_cell, parts, people_cell, position_cells, trimmed,
    workers_cell,
};
use super::{Columns, Draft, ForeignFile, Importer, Mapped, Options, Sheet};
use crate::base::{Date, Period};
use crate::read::Trouble;
use crate::read::cell::yes_no;
use crate::schema::codes::COLUMN_MISSING;
use std::collections::BTreeMap;

const fn m(theirs: &'static str, ours: &'static str, remark: &'static str) -> Mapped {
    Mapped { theirs, ours, remark }
}

pub static MAPPING: &[Mapped] = &[
    m(
        "brand | brands | brand name | retailer | buyer",
        "nodes (kind brand), links.buyer_id",
        "several between | or ;; without this column --company",
    ),
    m("brand_owner | brand owner | owner of brand", "nodes (kind company), links (owns)", "owns the brand"),
    m("os_id | os id | oar id | open supply hub id | os hub id | osh id | open apparel id", "nodes.os_id", "with its check symbol tested"),
    m("row_id | row id | facility id | factory id | site id", "nodes.node_id", "number in the list"),
    m(
        "name | factory name | facility name | factory | facility | site name | name of factory | unit name | production unit | full name of unit | name of production unit | processing facility name | manufacturer | manufacturer name | vendor factory name | supplier factory name",
        "nodes.name",
        "required; without it the supplier's name",
    ),
    m("supplier name | supplier | vendor | vendor name | contractor", "nodes (kind company), links (owns)", "holds the factory"),
    m(
        "supplier group | supplier_group | group | group name | factory group | vendor group | contract manufacturer group",
        "nodes (kind group), links (owns)",
        "holds the factory",
    ),
    m(
        "parent company | parent_company | parent | parent organization | parent_organization | parent organisation | parent group",
        "nodes (kind company), links (owns)",
        "owns the factory",
    ),
    m(
        "address | factory address | facility address | street address | site address | address line 1 | street | full address",
        "nodes.address",
        "",
    ),
    m("address line 2 | address 2 | address2", "nodes.address", "behind the first line"),
    m("city | town | city/town | town/city | municipality", "nodes.city", ""),
    m(
        "state/province | state | province | state / province | province/state | region/state | state_province | county | prefecture",
        "nodes.address",
        "behind the street",
    ),
    m("postal code | postal_code | postcode | zip | zip code | zip/postal code | postal/zip code", "nodes.address", "behind the province"),
    m("country_iso3 | iso3 | country code | country iso", "nodes.country", "before the country's name"),
    m("country | country/region | country / region | country name | country of production | production country", "nodes.country", ""),
    m("region | world region | continent", "", "left out: a region of the world, no subdivision"),
    m("latitude | lat", "nodes.latitude", "both or none"),
    m("longitude | lng | lon | long", "nodes.longitude", ""),
    m(
        "product type | product_type | product category | product | products | type of product | type of products made | main product | category | product type / category | goods",
        "nodes.product, links.product",
        "the text; its code is looked up by the engine",
    ),
    m(
        "facility type | factory_type | factory type | type of facility | processing type | facility_type | site type | production process | main processes | type of production | process",
        "links.relation",
        "materials, fabric, yarn, dyeing and the like: lists",
    ),
    m("tier | supplier tier | tier level | production tier | supply chain tier", "links.relation", "1: supplies; 2 and more: lists"),
    m(
        "number of workers | workers_total | total workers | workers | # of workers | no. of workers | no of workers | total # of workers | total number of workers | employees | number of employees | # workers | worker count | workforce | no. of employees | total employees",
        "nodes.workers",
        "a figure, or a band to workers_low and workers_high",
    ),
    m(
        "worker band | number of workers (range) | workers range | worker range | workers (range) | no. of workers (band) | size | employee range",
        "nodes.workers_low, nodes.workers_high",
        "a band",
    ),
    m(
        "workers_lower | workers low | workers from | min workers",
        "nodes.workers_low",
        "with the upper end; a lower end above it is refused",
    ),
    m("workers_upper | workers high | workers to | max workers", "nodes.workers_high", ""),
    m(
        "workers_female | female workers | # female workers | number of female workers | women workers | # of female workers | number of women",
        "nodes.female_share",
        "by the total",
    ),
    m(
        "workers_male | male workers | # male workers | number of male workers | # of male workers | number of men",
        "nodes.female_share",
        "where there is no total",
    ),
    m(
        "workers_migrant | migrant workers | # migrant workers | number of migrant workers | foreign migrant workers",
        "nodes.migrant_share",
        "by the total",
    ),
    m("workers_line | line workers", "", "left out: a part of the workers"),
    m(
        "% female | female_pct | % female workers | female % | % women | percent female | female workers (%) | % of female workers | % female employees | women % | female percentage | percentage female | % of women | women (%)",
        "nodes.female_share",
        "percent; a value above 0 up to 2 is refused unless the column is fractions throughout",
    ),
    m(
        "% migrant | migrant_pct | % migrant workers | migrant % | percent migrant | migrant workers (%) | % of migrant workers | % foreign migrant workers | migrant percentage | % foreign workers",
        "nodes.migrant_share",
        "as % female",
    ),
    m(
        "trade union | union | trade union (y/n) | trade union present | unionised | unionized | union presence | trade union in factory",
        "nodes.union",
        "yes or no",
    ),
    m(
        "worker committee | workers committee | workers' committee | independent worker committee | worker representation | elected worker representatives | worker representative body",
        "nodes.union",
        "yes here is yes; no only where the union column says no too, or is absent",
    ),
    m(
        "date | last updated | updated | date updated | last update | list date | as of | date of list | date last updated",
        "links.valid_from",
        "day, month or year; else --as-of",
    ),
    m(
        "factory_number | factory number | vendor code | supplier code | vendor number",
        "",
        "left out: lists use one number for several factories",
    ),
];

pub static FACTORIES: Importer = Importer {
    name: "factories",
    about: "Factory lists of brands: Transparency Pledge and richer lists",
    source: "Transparency Pledge (2016), section 1, with Open Data Standard for the Apparel Sector; published lists of brands",
    mapping: MAPPING,
    run,
};

/// Words of a facility or product type whose buyer a brand's list does not tell.
const NOT_FIRST_TIER: [&str; 18] = [
    "material",
    "fabric",
    "textile mill",
    "tanner",
    "trim",
    "yarn",
    "spinning",
    "weaving",
    "dyeing",
    "dyehouse",
    "wet process",
    "raw ",
    "subcontract",
    "printing",
    "embroider",
    "laundr",
    "washing",
    "tier 2",
];

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    each_table(file, options, draft, |mut sheet, draft| {
        sheet.find_header(|h| is_known(MAPPING, h));
        let columns = Columns::of(&sheet, options, MAPPING)?;
        if !columns.has("name") && !columns.has("supplier name") {
            let found = format!("no column with the name of the factory among: {}", sheet.header.join(", "));
            return Err(Trouble { code: &COLUMN_MISSING, line: 1, column: Some("factory name".to_owned()), found });
        }
        if !columns.has("brand") && options.company.is_none() {
            let found = "no column brand, and no --company that says whose list it is";
            return Err(Trouble { code: &COLUMN_MISSING, line: 1, column: Some("brand".to_owned()), found: found.to_owned() });
        }
        draft.shapeless(&sheet.file.clone(), sheet.name.clone().as_ref(), &sheet.raw);
        let fractions = ["% female", "% migrant"].map(|c| (c, is_fractions(&sheet, &columns, c)));
        let source = options.list.as_deref().unwrap_or(&sheet.file);
        let list = List { options, slug: options.list_slug(file), sheet: &sheet, columns: &columns, fractions: fractions.into(), source };
        for row in 0..sheet.len() {
            draft.begin(&sheet.origin(row));
            list.factory(row, draft);
        }
        columns.note_left(&sheet, draft);
        Ok(())
    })
}

/// Whether a column of shares holds fractions of 1 throughout: nothing above 1, and three cells or more between 0 and 1.
fn is_fractions(sheet: &Sheet, columns: &Columns, column: &str) -> bool {
    let mut between = 0;
    for row in 0..sheet.len() {
        let text = columns.cell(sheet, column, row);
        let value: Option<f64> = text.replace(',', ".").parse().ok();
        match value {
            Some(v) if !(0.0..=1.0).contains(&v) => return false,
            Some(v) if v > 0.0 && v < 1.0 => between += 1,
            None if text.contains('%') => return false,
            _ => {}
        }
    }
    between >= 3
}

struct List<'a> {
    options: &'a Options<'a>,
    slug: String,
    sheet: &'a Sheet,
    columns: &'a Columns,
    fractions: BTreeMap<&'static str, bool>,
    source: &'a str,
}

impl List<'_> {
    fn cell(&self, key: &str, row: usize) -> &str {
        trimmed(self.columns.cell(self.sheet, key, row))
    }

    fn factory(&self, row: usize, draft: &mut Draft) {
        let (sheet, columns, options) = (self.sheet, self.columns, self.options);
        let supplier = name_cell(columns, sheet, "supplier name", row, draft);
        let own = name_cell(columns, sheet, "name", row, draft);
        let name = if own.is_empty() { supplier } else { own };
        if name.is_empty() {
            return draft.refuse_row(Some(columns.name(sheet, "name")), "no-name", "a factory without name");
        }
        let brands = self.brands(row);
        if brands.is_empty() {
            return draft.refuse_row(Some(columns.name(sheet, "brand")), "no-brand", "a factory without brand");
        }
        let country = country_cell(columns, sheet, &["country_iso3", "country"], row, options, draft);
        let os_id = os_id_cell(columns, sheet, row, draft);
        let (latitude, longitude) = position_cells(columns, sheet, row, draft);
        let address = self.address(row);
        let product = parts(self.cell("product type", row), &['|', ';']).join(", ");
        let first_tier = self.is_first_tier(row, &product);
        let kind = if first_tier { "factory" } else { "facility" };
        let number = if self.cell("row_id", row).is_empty() { &os_id } else { self.cell("row_id", row) };
        let id = node_id(&self.slug, kind, number, name, &[&address, &country]);
        let workers = self.workers(row, draft);
        let (female, migrant) = self.shares(row, &workers, draft);
        let union = self.union(row, draft);
        add_node(
            draft,
            &id,
            kind,
            name,
            self.source,
            &[
                ("os_id", &os_id),
                ("address", &address),
                ("city", self.cell("city", row)),
                ("country", &country),
                ("latitude", &latitude),
                ("longitude", &longitude),
                ("product", &product),
                ("sector", &product),
                ("workers", &workers.exactly),
                ("workers_low", &workers.low),
                ("workers_high", &workers.high),
                ("female_share", &female),
                ("migrant_share", &migrant),
                ("union", union),
            ],
        );
        let since = self.since(row, draft);
        let relation = if first_tier { "supplies" } else { "lists" };
        for brand in brands {
            let buyer = node_id(&self.slug, "brand", "", brand, &[]);
            add_node(draft, &buyer, "brand", brand, self.source, &[]);
            draft.add(
                "links",
                &[
                    ("supplier_id", &id),
                    ("buyer_id", &buyer),
                    ("relation", relation),
                    ("product", &product),
                    ("valid_from", &since),
                    ("source", self.source),
                ],
            );
            let owner = name_cell(columns, sheet, "brand_owner", row, draft);
            if !owner.is_empty() {
                self.owner(draft, "company", owner, &buyer);
            }
        }
        for (column, kind) in [("supplier group", "group"), ("parent company", "company")] {
            let owner = name_cell(columns, sheet, column, row, draft);
            if !owner.is_empty() {
                self.owner(draft, kind, owner, &id);
            }
        }
        if !own.is_empty() && !supplier.is_empty() {
            self.owner(draft, "company", supplier, &id);
        }
    }

    fn owner(&self, draft: &mut Draft, kind: &'static str, owner: &str, owned: &str) {
        let id = add_party(draft, self.options, &self.slug, kind, owner, self.source);
        add_owner(draft, owned, &id, self.source);
    }

    fn brands(&self, row: usize) -> Vec<&str> {
        let own: Vec<&str> = parts(self.cell("brand", row), &['|', ';']).into_iter().filter(|b| !is_no_name(b)).collect();
        if own.is_empty() { self.options.company.as_deref().into_iter().collect() } else { own }
    }

    fn address(&self, row: usize) -> String {
        let lines = ["address", "address line 2", "state/province", "postal code"].map(|c| self.cell(c, row));
        let told: Vec<&str> = lines.into_iter().filter(|l| !l.is_empty()).collect();
        told.join(", ")
    }

    /// Whether the brand's list says that the place delivers to it.
    fn is_first_tier(&self, row: usize, product: &str) -> bool {
        let tier: String = self.cell("tier", row).chars().filter(char::is_ascii_digit).collect();
        if !tier.is_empty() {
            return tier == "1";
        }
        let types = format!("{} | {product} ", self.cell("facility type", row)).to_lowercase();
        !NOT_FIRST_TIER.iter().any(|w| types.contains(w))
    }

    fn workers(&self, row: usize, draft: &mut Draft) -> Workers {
        let mut workers = workers_cell(self.columns, self.sheet, "number of workers", row, draft);
        if workers.exactly.is_empty() && workers.low.is_empty() && workers.high.is_empty() {
            workers = workers_cell(self.columns, self.sheet, "worker band", row, draft);
        }
        let low = people_cell(self.columns, self.sheet, "workers_lower", row, draft);
        let high = people_cell(self.columns, self.sheet, "workers_upper", row, draft);
        match (low, high) {
            (Some(low), Some(high)) if low > high => {
                let found = format!("{}: the lower end is above the upper", shown(&format!("{low}-{high}")));
                draft.refuse_cell(self.columns.name(self.sheet, "workers_lower"), "range-crossed", found);
            }
            (None, None) => {}
            (low, high) => {
                let text = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
                (workers.low, workers.high) = (text(low), text(high));
            }
        }
        workers
    }

    /// Shares of women and of migrants: by heads where they are counted, else as stated in percent.
    fn shares(&self, row: usize, workers: &Workers, draft: &mut Draft) -> (String, String) {
        let total: Option<u64> = workers.exactly.parse().ok();
        let female = people_cell(self.columns, self.sheet, "workers_female", row, draft);
        let male = people_cell(self.columns, self.sheet, "workers_male", row, draft);
        let migrants = people_cell(self.columns, self.sheet, "workers_migrant", row, draft);
        let all = total.or_else(|| female.zip(male).map(|(f, m)| f + m));
        let mut by_heads = (
            self.share_of(female, all, ("workers_female", "women-above-workers"), draft),
            self.share_of(migrants, all, ("workers_migrant", "migrants-above-workers"), draft),
        );
        if by_heads.0.is_empty() {
            by_heads.0 = self.percent("% female", row, draft);
        }
        if by_heads.1.is_empty() {
            by_heads.1 = self.percent("% migrant", row, draft);
        }
        by_heads
    }

    fn share_of(&self, part: Option<u64>, all: Option<u64>, (column, reason): (&'static str, &'static str), draft: &mut Draft) -> String {
        match part.zip(all) {
            Some((part, all)) if part > all => {
                draft.refuse_cell(self.columns.name(self.sheet, column), reason, shown(&format!("{part} / {all}")));
                String::new()
            }
            // A share of nobody is no share.
            Some((part, all)) if all > 0 => four_decimals(part as f64 / all as f64),
            _ => String::new(),
        }
    }

    /// A share stated in percent, or as a fraction where the whole column is.
    fn percent(&self, column: &'static str, row: usize, draft: &mut Draft) -> String {
        let text = self.cell(column, row);
        if text.is_empty() || is_no_name(text) {
            return String::new();
        }
        let signed = text.trim_end().ends_with('%');
        let number: Option<f64> = text.trim_end_matches('%').trim().replace(',', ".").parse().ok();
        let header = self.columns.name(self.sheet, column);
        let Some(value) = number.filter(|v: &f64| v.is_finite() && *v >= 0.0) else {
            draft.refuse_cell(header, "no-percentage", shown(text));
            return String::new();
        };
        if self.fractions.get(column).copied().unwrap_or(false) && !signed {
            return four_decimals(value);
        }
        if value > 100.0 {
            draft.refuse_cell(header, "percentage-above-100", shown(text));
            return String::new();
        }
        if value > 0.0 && value <= 2.0 && !signed {
            draft.refuse_cell(header, "percent-or-fraction", shown(text));
            return String::new();
        }
        four_decimals(value / 100.0)
    }

    fn union(&self, row: usize, draft: &mut Draft) -> &'static str {
        let mut said = |column: &'static str| {
            let text = self.cell(column, row);
            let answer = yes_no(text).or_else(|| {
                let lower = text.to_lowercase();
                if lower.starts_with("yes") {
                    Some(true)
                } else if matches!(lower.as_str(), "none" | "no union" | "not present") || lower.starts_with("no ") {
                    Some(false)
                } else {
                    None
                }
            });
            if answer.is_none() && !text.is_empty() && !is_no_name(text) {
                draft.refuse_cell(self.columns.name(self.sheet, column), "neither-yes-nor-no", shown(text));
            }
            answer
        };
        let (union, committee) = (said("trade union"), said("worker committee"));
        match (union, committee) {
            (Some(true), _) | (_, Some(true)) => "yes",
            (Some(false), Some(false)) => "no",
            (Some(false), None) if !self.columns.has("worker committee") => "no",
            (None, Some(false)) if !self.columns.has("trade union") => "no",
            _ => "",
        }
    }

    /// The day or period of the statement.
    fn since(&self, row: usize, draft: &mut Draft) -> String {
        let text = self.cell("date", row);
        if text.is_empty() {
            return self.options.as_of.map_or_else(String::new, |d: Date| d.to_string());
        }
        if Period::parse(text).is_some() {
            return Date::parse(text).map_or_else(|| text.to_owned(), |d| d.to_string());
        }
        // 06/21/2022 has but one reading; 05/06/2022 has two.
        let numeric = text.split('/').next().is_some_and(|p| p.parse::<u32>().is_ok_and(|n| n <= 12))
            && text.split('/').nth(1).is_some_and(|p| p.parse::<u32>().is_ok_and(|n| n <= 12));
        match us_day(text).filter(|_| !numeric) {
            Some(day) => day.to_string(),
            None => {
                draft.refuse_cell(self.columns.name(self.sheet, "date"), "no-day", shown(text));
                String::new()
            }
        }
    }
}

fn four_decimals(share: f64) -> String {
    let text = format!("{share:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() { "0".to_owned() } else { text.to_owned() }
}
