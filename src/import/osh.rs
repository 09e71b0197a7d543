//! Open Supply Hub: the template for lists, downloads of the register, and lists of several contributors.
//!
//! A facility becomes a `factory` (a `warehouse` where nothing else is said of it), each contributor a `list` that names it: who of the
//! contributors buys there, and what, the register does not say. Countries are read by code or name; several values of a cell stand
//! between `|`.

use super::cells::is_no_name;
use super::columns::is_known;
use super::draft::shown;
use super::file::each_table;
use super::places::{
    add_node, add_owner, add_party, country_cell, name_cell, node_id, one_of_words, os_id_cell, parts, position_cells, trimmed,
    workers_cell,
};
use super::{Columns, Draft, ForeignFile, Importer, Mapped, Options, Sheet};
use crate::read::Trouble;
use crate::read::cell::yes_no;
use crate::schema::codes::COLUMN_MISSING;

const fn m(theirs: &'static str, ours: &'static str, remark: &'static str) -> Mapped {
    Mapped { theirs, ours, remark }
}

pub static MAPPING: &[Mapped] = &[
    m("os_id | os id | oar_id | osid | facility id", "nodes.os_id", "with its check symbol tested; also the key of the node's id"),
    m("row_id | row id", "nodes.node_id", "number in the list, where there is no OS ID"),
    m("name | facility name | factory name", "nodes.name", "required"),
    m("address | facility address", "nodes.address", ""),
    m("country_iso3 | iso3", "nodes.country", "before country_code, country_name and country"),
    m("country_code | iso2", "nodes.country", ""),
    m("country_name | country name", "nodes.country", ""),
    m("country | country_raw", "nodes.country", "ISO code or name, in any case"),
    m("latitude | lat", "nodes.latitude", "both or none"),
    m("longitude | lng | lon | long", "nodes.longitude", ""),
    m(
        "sector | sectors | sector_product_type | sector/product type",
        "nodes.sector",
        "values between |; several that stand for no common code stay one text",
    ),
    m("product_type | product types | product type", "nodes.product", "as sector"),
    m(
        "facility_type_processing_type | facility_type | processing_type_facility_type_raw | facility type | facility / processing type",
        "nodes.kind",
        "warehouse where it says nothing but warehousing or distribution, else factory",
    ),
    m("processing_type | processing type", "", "left out: no column of ours holds it"),
    m("number_of_workers | number of workers | workers", "nodes.workers", "a figure, or a band to workers_low and workers_high"),
    m("parent_company | parent company | parent company os id", "nodes (kind company), links (owns)", "who owns the facility"),
    m(
        "contributor (list) | contributor | contributors | list | contributor_list",
        "nodes (kind list), links (lists)",
        "each contributor between |; without this column --company or the list itself",
    ),
    m("is_closed | closed | closure status", "", "a closed facility is passed over"),
    m("contribution_date | contribution date", "links.valid_from", "the day of the contribution"),
    m("row_in_list", "", "left out: a position, no number of the place"),
];

pub static OSH: Importer = Importer {
    name: "osh",
    about: "Open Supply Hub: list template, downloads, lists of several contributors",
    source: "Open Supply Hub, Preparing Data (info.opensupplyhub.org); template and download headers",
    mapping: MAPPING,
    run,
};

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let slug = options.list_slug(file);
    each_table(file, options, draft, |mut sheet, draft| {
        sheet.find_header(|h| is_known(MAPPING, h));
        let columns = Columns::of(&sheet, options, MAPPING)?;
        if !columns.has("name") {
            let found = format!("no column with the name of the facility among: {}", sheet.header.join(", "));
            return Err(Trouble { code: &COLUMN_MISSING, line: 1, column: Some("name".to_owned()), found });
        }
        draft.shapeless(&sheet.file.clone(), sheet.name.clone().as_ref(), &sheet.raw);
        let list = Lists { file, options, slug: &slug, sheet: &sheet, columns: &columns };
        for row in 0..sheet.len() {
            draft.begin(&sheet.origin(row));
            list.facility(row, draft);
        }
        columns.note_left(&sheet, draft);
        Ok(())
    })
}

struct Lists<'a> {
    file: &'a ForeignFile,
    options: &'a Options<'a>,
    slug: &'a str,
    sheet: &'a Sheet,
    columns: &'a Columns,
}

impl Lists<'_> {
    fn facility(&self, row: usize, draft: &mut Draft) {
        let (sheet, columns, options) = (self.sheet, self.columns, self.options);
        let cell = |key: &str| trimmed(columns.cell(sheet, key, row));
        let source: &str = options.list.as_deref().unwrap_or(&sheet.file);
        if yes_no(cell("is_closed")) == Some(true) || cell("is_closed").eq_ignore_ascii_case("closed") {
            return draft.pass_row(Some(columns.name(sheet, "is_closed")), "closed", "the facility is closed");
        }
        let name = name_cell(columns, sheet, "name", row, draft);
        if name.is_empty() {
            return draft.refuse_row(Some(columns.name(sheet, "name")), "no-name", "a facility without name");
        }
        let address = cell("address");
        let country = country_cell(columns, sheet, &["country_iso3", "country_code", "country_name", "country"], row, options, draft);
        let os_id = os_id_cell(columns, sheet, row, draft);
        let (latitude, longitude) = position_cells(columns, sheet, row, draft);
        let workers = workers_cell(columns, sheet, "number_of_workers", row, draft);
        let number = if os_id.is_empty() { cell("row_id") } else { &os_id };
        let kind = kind_of(cell("facility_type_processing_type"));
        let id = node_id(self.slug, kind, number, name, &[address, &country]);
        let words = |key: &str| one_of_words(&parts(cell(key), &['|']), options);
        let (sector, product) = (words("sector"), words("product_type"));
        add_node(
            draft,
            &id,
            kind,
            name,
            source,
            &[
                ("os_id", &os_id),
                ("address", address),
                ("country", &country),
                ("latitude", &latitude),
                ("longitude", &longitude),
                ("sector", &sector),
                ("product", &product),
                ("workers", &workers.exactly),
                ("workers_low", &workers.low),
                ("workers_high", &workers.high),
            ],
        );
        let since = crate::base::Date::parse(cell("contribution_date")).map_or_else(String::new, |d| d.to_string());
        if since.is_empty() && !cell("contribution_date").is_empty() {
            draft.refuse_cell(columns.name(sheet, "contribution_date"), "no-day", shown(cell("contribution_date")));
        }
        for (list, list_name) in self.contributors(cell("contributor (list)")) {
            add_node(draft, &list, "list", &list_name, source, &[]);
            let link =
                [("supplier_id", id.as_str()), ("buyer_id", &list), ("relation", "lists"), ("valid_from", &since), ("source", source)];
            draft.add("links", &link);
        }
        for parent in parts(cell("parent_company"), &['|']).into_iter().filter(|p| !is_no_name(p)) {
            let owner = add_party(draft, options, self.slug, "company", parent, source);
            add_owner(draft, &id, &owner, source);
        }
    }

    /// Id and name of whoever lists a facility.
    fn contributors(&self, cell: &str) -> Vec<(String, String)> {
        let list = self.options.list_name(self.file);
        let names = parts(cell, &['|']);
        if names.is_empty() {
            return vec![(node_id(self.slug, "list", "", list, &[]), list.to_owned())];
        }
        let numbered = |n: &str| n.chars().all(|c| c.is_ascii_digit());
        names
            .into_iter()
            // A bare number is a contributor whose name was taken off.
            .map(|n| {
                if numbered(n) {
                    (format!("{}:list:{n}", self.slug), format!("{list}, list {n}"))
                } else {
                    (node_id(self.slug, "list", "", n, &[]), n.to_owned())
                }
            })
            .collect()
    }
}

fn kind_of(types: &str) -> &'static str {
    let storing = |t: &str| {
        let lower = t.to_lowercase();
        lower.contains("warehous") || lower.contains("distribution")
    };
    let all = parts(types, &['|']);
    if !all.is_empty() && all.iter().all(|t| storing(t)) { "warehouse" } else { "factory" }
}
