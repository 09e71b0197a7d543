//! Palm oil disclosures of every layout: the Universal Mill List, brands' mill lists, mills behind direct suppliers, chains of up to nine
//! steps, lists of direct suppliers, mills with their estates.
//!
//! What a file says is recognised by its headers. A step that is recorded is a supply: supplier to brand, mill to supplier, step to step,
//! estate to mill. Where only a brand and a mill are named, the tiers between are unknown and the brand `lists` the mill. The scope of a
//! link is the brand whose disclosure says it; estates of a mill are so for everybody. A statement of certification without a day of issue
//! is no certificate.

use super::cells::{country, is_no_name};
use super::columns::is_known;
use super::draft::shown;
use super::file::each_table;
use super::names::{Named, named};
use super::palm::{company_of_file, company_of_title, names_of, period_of, step_of};
use super::places::{add_node, add_owner, add_party, coarse, country_cell, name_cell, node_id, position_cells, trimmed};
use super::{Columns, Draft, ForeignFile, Importer, Mapped, Options, Sheet};
use crate::base::Kind;
use crate::base::holdings::looks_person_operated;
use crate::base::identifiers::uml_id_holds;
use crate::mapping::fold;
use crate::read::Trouble;
use crate::schema::codes::COLUMN_MISSING;
use std::collections::{BTreeMap, BTreeSet};

const fn m(theirs: &'static str, ours: &'static str, remark: &'static str) -> Mapped {
    Mapped { theirs, ours, remark }
}

pub static MAPPING: &[Mapped] = &[
    m(
        "uml_id | uml id | uml code | uml | universal mill list id | mill id",
        "identifiers.value (scheme uml)",
        "where its form holds; also the key of the mill's id",
    ),
    m(
        "mill | mill_name | mill name | name of mill | palm oil mill | mills",
        "nodes.name (kind mill)",
        "without it the mill's key stands for the name",
    ),
    m("alternative_name | alternative name | other name", "aliases.name", ""),
    m(
        "mill_company | company | parent_company | mill company | parent company | mill owner company",
        "nodes (kind company), links (owns)",
        "owns the mill",
    ),
    m(
        "parent | parent company | parent_company | mill parent",
        "nodes (kind company), links (owns)",
        "owns the company, or the mill where no company is named",
    ),
    m("group | group_name | group name | parent group", "nodes (kind group), links (owns)", "owns the company or parent, or the mill"),
    m(
        "supplier | suppliers | supplier name | trader | direct supplier(s) | refiner",
        "nodes (kind trader), links (supplies)",
        "several between commas",
    ),
    m("supplier_parent | supplier parent | supplier group", "nodes (kind company), links (owns)", "owns the supplier"),
    m(
        "direct_supplier | direct supplier | direct suppliers | tier 1 supplier",
        "nodes (kind trader), links (supplies)",
        "delivers to the brand",
    ),
    m("direct_location | direct location | supplier location", "nodes.country, nodes.address", "country where it is one"),
    m(
        "t2_facility | t3_refinery | t4_trader",
        "nodes (kind facility, refinery, trader), links (supplies)",
        "any t2 to t9; from mill to brand, blank steps left out",
    ),
    m("t2_parent | t3_parent | t4_parent", "nodes (kind company), links (owns)", "the step itself where it names no facility"),
    m("t2_location | t3_location | t4_location", "nodes.country, nodes.address", "country where it is one"),
    m(
        "estate | plantation | estate name | ffb source | ffb supplier | fresh fruit bunch source",
        "nodes (kind estate or smallholders), links (supplies)",
        "delivers to the mill; a person's name becomes a key",
    ),
    m("latitude | lat | mill latitude", "nodes.latitude", "decimal point or comma; both or none; of the estate where there is one"),
    m("longitude | lon | lng | long | mill longitude", "nodes.longitude", ""),
    m("iso3 | iso | country_iso3", "nodes.country", "before country"),
    m("country | mill country", "nodes.country", ""),
    m("province | state | state/province | region", "nodes.address", "with the district"),
    m("district | regency", "nodes.city", ""),
    m("address", "nodes.address", ""),
    m("brand | buyer", "nodes (kind brand), links.scope", "else --company, else the words of document, else of the file's name"),
    m("document | source | disclosure", "links.source", "also whose list it is, and its period"),
    m("year | period", "links.valid_from, links.valid_to", "before the period that document names"),
    m("palm | po | cpo | palm oil", "links.product", "1511 where marked"),
    m("po_sg | po sg | cpo_sg", "links.product", "1511 where marked"),
    m("pko | cpko | palm kernel | palm kernel oil | pk", "links.product", "1513 where marked"),
    m("pko_sg | pko sg", "links.product", "1513 where marked"),
    m("rspo | rspo_status | rspo status | rspo certified", "", "left out: a status without its day of issue is no certificate"),
    m("rspo_type | rspo type | rspo model", "", "left out: a status without its day of issue is no certificate"),
    m("confidence_level", "", "left out: how sure the list is of the position"),
    m("group_name_original", "", "left out: the spelling before the publisher corrected it"),
    m("parent_company_original", "", "left out: the spelling before the publisher corrected it"),
    m("forest_2000_km2 | treeloss_2001_2022_km2", "", "left out: forest around the mill, no part of this method"),
    m("times_listed", "", "left out: repeats of half-year files, no weight"),
    m("page | no | number | no.", "", "left out: a position in the document"),
];

pub static MILLS: Importer = Importer {
    name: "mills",
    about: "Palm oil mill lists: Universal Mill List, brands' mills, suppliers behind mills, chains, estates",
    source: "Universal Mill List (WRI, Rainforest Alliance and partners); mill lists published by brands",
    mapping: MAPPING,
    run,
};

/// HS headings: palm oil and its fractions; coconut, palm kernel or babassu oil.
const PALM_OIL: &str = "1511";
const PALM_KERNEL_OIL: &str = "1513";
const FRESH_FRUIT: &str = "fresh fruit bunches";

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    each_table(file, options, draft, |mut sheet, draft| {
        sheet.find_header(|h| is_known(MAPPING, h) || step_of(h).is_some());
        let mut columns = Columns::of(&sheet, options, MAPPING)?;
        let steps = steps_of(&sheet, &mut columns);
        if !["uml_id", "mill", "direct_supplier", "supplier"].iter().any(|c| columns.has(c)) {
            let found = format!("neither a mill nor a direct supplier among: {}", sheet.header.join(", "));
            return Err(Trouble { code: &COLUMN_MISSING, line: 1, column: Some("mill".to_owned()), found });
        }
        draft.shapeless(&sheet.file.clone(), sheet.name.clone().as_ref(), &sheet.raw);
        let own_list = columns.has("alternative_name") && !columns.has("supplier");
        let list = List {
            options,
            slug: options.list_slug(file),
            company_of_file: if own_list { None } else { company_of_file(file.stem()) },
            suppliers: suppliers_of(&sheet, &columns),
            sheet: &sheet,
            columns: &columns,
            steps,
        };
        for row in 0..sheet.len() {
            draft.begin(&sheet.origin(row));
            list.row(row, draft);
        }
        columns.note_left(&sheet, draft);
        Ok(())
    })?;
    // A mill that a list names by its key alone bears the key.
    draft.fill_blank("nodes", "name", |row| {
        let id = row.cells.first().map_or("", String::as_str);
        id.rsplit(':').next().unwrap_or(id).to_uppercase()
    });
    Ok(())
}

/// A step between direct supplier and mill: its columns by what they say.
#[derive(Debug, Default)]
struct Step {
    parent: Option<usize>,
    name: Option<usize>,
    kind: &'static str,
    location: Option<usize>,
}

/// The steps of a chain by their numbers.
fn steps_of(sheet: &Sheet, columns: &mut Columns) -> BTreeMap<u8, Step> {
    let mut steps: BTreeMap<u8, Step> = BTreeMap::new();
    for (at, header) in sheet.header.iter().enumerate() {
        let Some((number, word)) = step_of(header).filter(|s| s.0 >= 2 && columns.may_read(at)) else { continue };
        let step = steps.entry(number).or_default();
        match word.as_str() {
            "parent" | "company" | "group" | "parentcompany" => step.parent = Some(at),
            "location" | "country" => step.location = Some(at),
            "facility" | "name" | "supplier" | "site" => (step.name, step.kind) = (Some(at), "facility"),
            "refinery" | "refiner" => (step.name, step.kind) = (Some(at), "refinery"),
            "trader" | "crusher" | "kcp" => (step.name, step.kind) = (Some(at), "trader"),
            _ => continue,
        }
        columns.read(at);
    }
    steps
}

/// The names that stand alone in cells of suppliers, longest first, to know them again where they are glued to something else.
fn suppliers_of(sheet: &Sheet, columns: &Columns) -> Vec<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for row in 0..sheet.len() {
        let cell = columns.cell(sheet, "supplier", row);
        if seen.insert(cell) {
            names.extend(names_of(cell).unwrap_or_default());
        }
    }
    names.into_iter().collect()
}

struct List<'a> {
    options: &'a Options<'a>,
    slug: String,
    company_of_file: Option<String>,
    suppliers: Vec<String>,
    sheet: &'a Sheet,
    columns: &'a Columns,
    steps: BTreeMap<u8, Step>,
}

/// What all links of a row have in common.
struct Said<'r> {
    /// Node of the brand whose list it is; blank where the list is nobody's.
    brand: String,
    source: &'r str,
    period: String,
    products: Vec<&'r str>,
}

impl List<'_> {
    fn cell(&self, key: &str, row: usize) -> &str {
        trimmed(self.columns.cell(self.sheet, key, row))
    }

    fn row(&self, row: usize, draft: &mut Draft) {
        let named = |c: &&str| !is_no_name(self.cell(c, row));
        let step = |s: &Step| [s.name, s.parent].into_iter().any(|at| !is_no_name(trimmed(self.sheet.cell(at, row))));
        if !["uml_id", "mill", "supplier", "direct_supplier"].iter().any(named) && !self.steps.values().any(step) {
            return draft.refuse_row(None, "no-name", "neither a mill nor a supplier");
        }
        let document = self.cell("document", row);
        let source = if document.is_empty() { self.options.list.as_deref().unwrap_or(&self.sheet.file) } else { document };
        let mut said = Said {
            brand: self.brand(row, document, source, draft),
            source,
            period: self.period(row, document, draft),
            products: self.products(row),
        };
        let mill = self.mill(row, &said, draft);
        if self.columns.has("estate") {
            return self.estate(row, mill.as_deref(), &said, draft);
        }
        let suppliers = self.suppliers(row, &said, draft);
        let chain = self.chain(row, &said, draft);
        if mill.is_none() && suppliers.is_empty() && chain.is_empty() {
            return draft.refuse_row(None, "no-name", "neither a mill nor a supplier");
        }
        if !chain.is_empty() {
            let mut buyer = said.brand.clone();
            for step in chain.into_iter().chain(mill) {
                if !buyer.is_empty() {
                    self.supply(draft, &step, &buyer, &said);
                }
                buyer = step;
            }
            return;
        }
        for supplier in &suppliers {
            if let Some(mill) = &mill {
                self.supply(draft, mill, supplier, &said);
            }
            if !said.brand.is_empty() {
                self.supply(draft, supplier, &said.brand, &said);
            }
        }
        if suppliers.is_empty()
            && let Some(mill) = &mill
            && !said.brand.is_empty()
        {
            let brand = std::mem::take(&mut said.brand);
            self.link(draft, mill, &brand, "lists", &brand, &said);
        }
    }

    fn supply(&self, draft: &mut Draft, supplier: &str, buyer: &str, said: &Said) {
        if supplier != buyer {
            self.link(draft, supplier, buyer, "supplies", &said.brand, said);
        }
    }

    fn link(&self, draft: &mut Draft, supplier: &str, buyer: &str, relation: &str, scope: &str, said: &Said) {
        for product in &said.products {
            draft.add(
                "links",
                &[
                    ("supplier_id", supplier),
                    ("buyer_id", buyer),
                    ("relation", relation),
                    ("product", product),
                    ("valid_from", &said.period),
                    ("valid_to", &said.period),
                    ("scope", scope),
                    ("source", said.source),
                ],
            );
        }
    }

    /// The brand whose list it is: its own column, what the command says, the title, the file's name.
    fn brand(&self, row: usize, document: &str, source: &str, draft: &mut Draft) -> String {
        let stated = name_cell(self.columns, self.sheet, "brand", row, draft);
        let name = if stated.is_empty() {
            self.options.company.clone().or_else(|| company_of_title(document)).or_else(|| self.company_of_file.clone())
        } else {
            Some(stated.to_owned())
        };
        let Some(name) = name else { return String::new() };
        let id = node_id(&self.slug, "brand", "", &name, &[]);
        add_node(draft, &id, "brand", &name, source, &[]);
        id
    }

    fn period(&self, row: usize, document: &str, draft: &mut Draft) -> String {
        let stated = self.cell("year", row);
        let named = if stated.is_empty() { period_of(document) } else { period_of(stated) };
        if named.is_none() && !stated.is_empty() {
            draft.refuse_cell(self.columns.name(self.sheet, "year"), "no-period", shown(stated));
        }
        named.or_else(|| self.options.as_of.map(|d| d.to_string())).unwrap_or_default()
    }

    fn products(&self, row: usize) -> Vec<&str> {
        let marked = |columns: [&str; 2]| {
            columns.into_iter().any(|c| !matches!(self.cell(c, row).to_lowercase().as_str(), "" | "no" | "n" | "0" | "false"))
        };
        let (oil, kernel) = (marked(["palm", "po_sg"]), marked(["pko", "pko_sg"]));
        match (oil, kernel) {
            (true, true) => vec![PALM_OIL, PALM_KERNEL_OIL],
            (false, true) => vec![PALM_KERNEL_OIL],
            (true, false) => vec![PALM_OIL],
            (false, false) => vec![self.options.product.as_deref().unwrap_or(PALM_OIL)],
        }
    }

    /// The mill of a row with who owns it; `None` where the row names none.
    fn mill(&self, row: usize, said: &Said, draft: &mut Draft) -> Option<String> {
        let (sheet, columns) = (self.sheet, self.columns);
        let uml = self.uml_id(row, draft);
        let name = name_cell(columns, sheet, "mill", row, draft);
        if uml.is_empty() && name.is_empty() {
            return None;
        }
        let company = name_cell(columns, sheet, "mill_company", row, draft);
        let parent = name_cell(columns, sheet, "parent", row, draft);
        let group = self.group(row, draft);
        let country = country_cell(columns, sheet, &["iso3", "country"], row, self.options, draft);
        // In a list of estates the position is the estate's.
        let (latitude, longitude) =
            if columns.has("estate") { (String::new(), String::new()) } else { position_cells(columns, sheet, row, draft) };
        let address = [self.cell("address", row), self.cell("province", row)];
        let address: Vec<&str> = address.into_iter().filter(|a| !a.is_empty()).collect();
        let id = node_id(&self.slug, "mill", &uml, name, &[company, parent, &country]);
        let cells = [
            ("country", country.as_str()),
            ("latitude", &latitude),
            ("longitude", &longitude),
            ("address", &address.join(", ")),
            ("city", self.cell("district", row)),
            ("sector", "palm oil milling"),
            ("product", "crude palm oil"),
        ];
        add_node(draft, &id, "mill", name, said.source, &cells);
        if !uml.is_empty() {
            draft.add("identifiers", &[("node_id", &id), ("scheme", "uml"), ("value", &uml), ("source", said.source)]);
        }
        let other = name_cell(columns, sheet, "alternative_name", row, draft);
        if !other.is_empty() && fold(other) != fold(name) {
            draft.add("aliases", &[("node_id", &id), ("name", other), ("source", said.source)]);
        }
        let mut owned = id.clone();
        for (kind, owner) in [("company", company), ("company", parent), ("group", group)] {
            if owner.is_empty() {
                continue;
            }
            let owner_id = add_party(draft, self.options, &self.slug, kind, owner, said.source);
            add_owner(draft, &owned, &owner_id, said.source);
            owned = owner_id;
        }
        Some(id)
    }

    fn uml_id(&self, row: usize, draft: &mut Draft) -> String {
        let text = self.cell("uml_id", row);
        let bare = text.to_uppercase();
        if uml_id_holds(&bare) {
            return bare;
        }
        if !text.is_empty() {
            let plain = fold(text);
            let none = plain.starts_with("no ") || plain.starts_with("not ") || matches!(plain.as_str(), "noid" | "no") || is_no_name(text);
            // An id of the form's length with no other letters than PO says nothing but itself.
            let digits = bare.strip_prefix("PO").unwrap_or(&bare);
            let own = bare.len() == 12 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            let told = if own { bare.clone() } else { shown(text) };
            draft.refuse_cell(self.columns.name(self.sheet, "uml_id"), if none { "uml-id-none-stated" } else { "uml-id-form" }, told);
        }
        String::new()
    }

    /// The group of a mill, unless the list of suppliers is glued to it.
    fn group(&self, row: usize, draft: &mut Draft) -> &str {
        let group = name_cell(self.columns, self.sheet, "group", row, draft);
        if group.is_empty() || !self.columns.has("supplier") || !self.cell("supplier", row).is_empty() {
            return group;
        }
        let glued = self.suppliers.iter().any(|s| {
            group.match_indices(s.as_str()).any(|(at, _)| {
                let before = group.get(..at).and_then(|t| t.chars().next_back());
                let behind = group.get(at + s.len()..).and_then(|t| t.chars().next());
                before.is_some_and(|c| !c.is_whitespace()) && behind.is_none_or(|c| c == ',')
            })
        });
        if glued {
            draft.refuse_cell(self.columns.name(self.sheet, "group"), "glued-cell", shown(group));
            return "";
        }
        group
    }

    /// The suppliers behind which a mill stands, with their parents.
    fn suppliers(&self, row: usize, said: &Said, draft: &mut Draft) -> Vec<String> {
        let cell = self.cell("supplier", row);
        let names = match names_of(cell) {
            Ok(names) => names,
            Err(_) => {
                let found = format!("{}: where a part of it belongs cannot be told", shown(cell));
                draft.refuse_cell(self.columns.name(self.sheet, "supplier"), "names-not-split", found);
                return Vec::new();
            }
        };
        let parent = name_cell(self.columns, self.sheet, "supplier_parent", row, draft);
        let mut ids = Vec::new();
        for name in names {
            if is_no_name(&name) {
                draft.refuse_cell(self.columns.name(self.sheet, "supplier"), "no-name-stated", shown(&name));
                continue;
            }
            let id = add_party(draft, self.options, &self.slug, "trader", &name, said.source);
            if !parent.is_empty() {
                let owner = add_party(draft, self.options, &self.slug, "company", parent, said.source);
                add_owner(draft, &id, &owner, said.source);
            }
            ids.push(id);
        }
        ids
    }

    /// From the direct supplier to the step next to the mill, blank steps left out.
    fn chain(&self, row: usize, said: &Said, draft: &mut Draft) -> Vec<String> {
        let mut chain = Vec::new();
        let direct = name_cell(self.columns, self.sheet, "direct_supplier", row, draft);
        if !direct.is_empty() {
            chain.push(self.step(direct, "trader", self.cell("direct_location", row), said, draft));
        }
        for step in self.steps.values() {
            let text = |at: Option<usize>| Some(trimmed(self.sheet.cell(at, row))).filter(|t| !t.is_empty() && !is_no_name(t));
            let (name, parent) = (text(step.name), text(step.parent));
            let location = text(step.location).unwrap_or("");
            let id = match (name, parent) {
                (Some(name), _) => self.step(name, step.kind, location, said, draft),
                (None, Some(parent)) => self.step(parent, "trader", location, said, draft),
                (None, None) => continue,
            };
            if let (Some(_), Some(parent)) = (name, parent) {
                let owner = add_party(draft, self.options, &self.slug, "company", parent, said.source);
                add_owner(draft, &id, &owner, said.source);
            }
            if chain.last() != Some(&id) {
                chain.push(id);
            }
        }
        chain
    }

    /// A place of the chain; its location is a country, or part of an address.
    fn step(&self, name: &str, kind: &'static str, location: &str, said: &Said, draft: &mut Draft) -> String {
        let found = country(location, self.options.reference).map_or_else(String::new, |c| c.to_string());
        if kind == "trader" && named(name).0 == Named::Person {
            return add_party(draft, self.options, &self.slug, kind, name, said.source);
        }
        let id = node_id(&self.slug, kind, "", name, &[if found.is_empty() { location } else { &found }]);
        let address = if found.is_empty() { location } else { "" };
        add_node(draft, &id, kind, name, said.source, &[("country", &found), ("address", address)]);
        id
    }

    /// An estate or a group of smallholders, and the mill that it delivers to. A person's name never enters.
    fn estate(&self, row: usize, mill: Option<&str>, said: &Said, draft: &mut Draft) {
        let (sheet, columns) = (self.sheet, self.columns);
        let Some(mill) = mill else {
            return draft.refuse_row(Some(columns.name(sheet, "mill")), "no-mill", "an estate without mill");
        };
        if !said.brand.is_empty() {
            self.link(draft, mill, &said.brand, "lists", &said.brand, said);
        }
        let name = name_cell(columns, sheet, "estate", row, draft);
        if name.is_empty() {
            return draft.refuse_cell(columns.name(sheet, "estate"), "no-name", "an estate without name");
        }
        let country = country_cell(columns, sheet, &["iso3", "country"], row, self.options, draft);
        let (mut latitude, mut longitude) = position_cells(columns, sheet, row, draft);
        let lower = name.to_lowercase();
        let kind = if ["smallholder", "outgrower", "vops"].iter().any(|w| lower.contains(w)) { Kind::Smallholders } else { Kind::Estate };
        let bracket = name.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inner, _)| inner.trim());
        let count: String = bracket.split_whitespace().next().filter(|w| w.bytes().all(|b| b.is_ascii_digit())).unwrap_or("").to_owned();
        let places = if kind == Kind::Smallholders { count.as_str() } else { "" };
        let hidden = looks_person_operated(kind, name);
        let shown = if hidden { self.options.persons.shown(&format!("{name} {mill}")).1.to_string() } else { name.to_owned() };
        let number = if hidden { self.options.persons.key(&format!("{name} {mill}")) } else { String::new() };
        let id = node_id(&self.slug, kind.as_str(), &number, &shown, &[mill, &country]);
        if hidden {
            // A person's holding is placed to a tenth of a degree, some 11 km.
            (latitude, longitude) = (coarse(&latitude), coarse(&longitude));
        }
        let mut parent = String::new();
        if !bracket.is_empty()
            && count.is_empty()
            && !looks_person_operated(Kind::Estate, bracket)
            && bracket.chars().any(char::is_alphabetic)
        {
            parent = add_party(draft, self.options, &self.slug, "company", bracket, said.source);
        }
        let cells = [
            ("country", country.as_str()),
            ("latitude", &latitude),
            ("longitude", &longitude),
            ("address", if hidden { "" } else { self.cell("province", row) }),
            ("sector", "oil palm growing"),
            ("product", FRESH_FRUIT),
            ("parent_id", &parent),
            ("places_count", places),
        ];
        add_node(draft, &id, kind.as_str(), &shown, said.source, &cells);
        draft.add(
            "links",
            &[
                ("supplier_id", &id),
                ("buyer_id", mill),
                ("relation", "supplies"),
                ("product", FRESH_FRUIT),
                ("valid_from", &said.period),
                ("valid_to", &said.period),
                ("source", said.source),
            ],
        );
    }
}
