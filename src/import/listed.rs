//! Screening lists of United States authorities to `listings`: the UFLPA Entity List, CBP's orders and findings, the Consolidated Screening
//! List, and the goods that the UFLPA strategy puts first.
//!
//! What a list says of whoever it names decides the sign: the UFLPA names parties for labour that a State imposes (`si_listed_entity`). An
//! order or finding of CBP names prison labour, debt bondage or other forced labour without saying which, and the method has no sign for
//! that: its entries bear none, so that a hit is shown and moves no probability. Natural persons are never read.

use super::cells::{country, is_no_name, key, slug, us_day};
use super::columns::is_known;
use super::draft::shown;
use super::file::each_table;
use super::names;
use super::party_names::{Named, named, parties, vessels};
use super::places::{parts, trimmed};
use super::{Columns, Draft, ForeignFile, Importer, Mapped, Options, Sheet};
use crate::base::ProductCode;
use crate::read::Trouble;
use crate::schema::codes::COLUMN_MISSING;

const fn m(theirs: &'static str, ours: &'static str, remark: &'static str) -> Mapped {
    Mapped { theirs, ours, remark }
}

pub static MAPPING: &[Mapped] = &[
    m(
        "name | entity | entity name | name of entity | entities | manufacturer | manufacturer(s) | manufacturers | company | company name | entity_name",
        "listings.name",
        "with the aliases that it bears behind a/k/a, also known as and the like; two firms joined by and are two entries",
    ),
    m("entity_raw | listed as | full entry", "listings.aliases", "what stands behind a/k/a there"),
    m(
        "aliases | alias | alt_names | alternate names | aka | other names | also known as",
        "listings.aliases",
        "between ;; pieces of addresses are left out",
    ),
    m("type | sdn_type | entity type", "", "a natural person is passed over and never read"),
    m("scope", "listings.scope", "entity, vessel, or a region or good"),
    m("country_iso3 | iso3", "listings.country", "before country"),
    m("country | country of origin | location | nationality of entity", "listings.country", ""),
    m("addresses | address | location address", "listings.address", "the first between ;"),
    m(
        "listed | effective_date | effective date | date | start_date | date of listing | listed on | designated_on | date of effectiveness | federal register date",
        "listings.listed_on",
        "a day; a bare year is left out",
    ),
    m("removed | end_date | date removed | date revoked | removed_on", "listings.removed_on", "a day"),
    m("action | order type | order or finding | measure", "listings.list", "WRO or Finding"),
    m("status", "", "what is revoked, inactive or modified and bears no day of it is passed over"),
    m("merchandise | goods | product | commodity | merchandise description", "listings.product", ""),
    m("source | list | source list", "listings.list", "of the Consolidated Screening List"),
    m(
        "section_2d2B | uflpa section | statutory list | section 2(d)(2)(b) list | list type",
        "listings.list",
        "the list of the statute that names the party",
    ),
    m("sector | priority sector", "listings.name (scope region)", "a table of goods: each HS prefix an entry"),
    m("hs_prefixes | hs_prefix | hs codes | hs", "listings.product", "between ;"),
    m("industry", "", "left out: a sector of trade, not what the entry is about"),
    m("evidence_grade | evidence | note", "", "left out: how the copy of the list was made"),
    m("federal_register_notice | federal register notice | source_list_url | source_information_url", "listings.source", ""),
    m(
        "_id | entity_number | programs | title | standard_order | license_requirement | license_policy | ids | citizenships | nationalities",
        "",
        "left out: no part of an entry",
    ),
];

pub static UFLPA: Importer = Importer {
    name: "uflpa",
    about: "UFLPA Entity List, its priority sectors, and the US Consolidated Screening List, as screening lists",
    source: "US Department of Homeland Security, UFLPA Entity List (Public Law 117-78, section 2(d)(2)(B)); trade.gov, Consolidated Screening List",
    mapping: MAPPING,
    run: |file, options, draft| run(file, options, draft, &Kind::Uflpa),
};

pub static WRO: Importer = Importer {
    name: "wro",
    about: "US Customs withhold release orders and findings, as a screening list",
    source: "US Customs and Border Protection, Withhold Release Orders and Findings (19 U.S.C. 1307, 19 CFR 12.42)",
    mapping: MAPPING,
    run: |file, options, draft| run(file, options, draft, &Kind::Wro),
};

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Uflpa,
    Wro,
}

const AUTHORITY: &str = "authority_or_court";
const LISTED_ENTITY: &str = "si_listed_entity";

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft, kind: &Kind) -> Result<(), Trouble> {
    each_table(file, options, draft, |mut sheet, draft| {
        sheet.find_header(|h| is_known(MAPPING, h));
        let columns = Columns::of(&sheet, options, MAPPING)?;
        if !["name", "merchandise", "sector"].iter().any(|c| columns.has(c)) {
            let found = format!("no column with the names of an entry among: {}", sheet.header.join(", "));
            return Err(Trouble { code: &COLUMN_MISSING, line: 1, column: Some("name".to_owned()), found });
        }
        draft.shapeless(&sheet.file.clone(), sheet.name.clone().as_ref(), &sheet.raw);
        let edition = options.as_of.map_or_else(|| file.stem().to_owned(), |d| d.to_string());
        let list = List { options, kind, sheet: &sheet, columns: &columns, slug: options.list_slug(file), edition };
        for row in 0..sheet.len() {
            draft.begin(&sheet.origin(row));
            if columns.has("name") || columns.has("merchandise") { list.entry(row, draft) } else { list.good(row, draft) }
        }
        if *kind == Kind::Wro {
            draft.notes.insert(
                "entries of CBP bear no sign: an order does not say which form of forced labour it is about, and the method has no sign for that"
                    .to_owned(),
            );
        }
        columns.note_left(&sheet, draft);
        Ok(())
    })
}

struct List<'a> {
    options: &'a Options<'a>,
    kind: &'a Kind,
    sheet: &'a Sheet,
    columns: &'a Columns,
    slug: String,
    edition: String,
}

impl List<'_> {
    fn cell(&self, key: &str, row: usize) -> &str {
        trimmed(self.columns.cell(self.sheet, key, row))
    }

    fn entry(&self, row: usize, draft: &mut Draft) {
        let (sheet, columns) = (self.sheet, self.columns);
        let kind = self.cell("type", row).to_lowercase();
        // The Denied Persons List does not say who is a natural person; without a word of an organisation, an entry may be of one.
        let denied = self.cell("source", row).to_lowercase().contains("denied persons");
        let untold = denied || (columns.has("type") && kind.is_empty());
        let own = self.cell("name", row);
        let may_be = untold && !own.is_empty() && !is_no_name(own) && names::named(own).0 == names::Named::Person;
        if kind.contains("individual") || may_be || names::sole_trader(own) {
            return draft.pass_row(Some(columns.name(sheet, "type")), "natural-person", "a natural person");
        }
        let removed = self.day("removed", row, draft);
        let status = self.cell("status", row).to_lowercase();
        if removed.is_empty() && ["revoked", "inactive", "modified", "terminated", "removed"].iter().any(|w| status.starts_with(w)) {
            return draft.pass_row(Some(columns.name(sheet, "status")), "no-longer-in-force", shown(self.cell("status", row)));
        }
        let (stated, goods) = (self.cell("name", row), self.cell("merchandise", row));
        let unnamed = stated.is_empty() || is_no_name(stated) || matches!(stated.to_lowercase().as_str(), "all" | "multiple");
        let text = if unnamed { goods } else { stated };
        if text.is_empty() {
            return draft.refuse_row(Some(columns.name(sheet, "name")), "no-name", "an entry without name");
        }
        let scope = self.scope(row, text, unnamed);
        let mut told = if scope == "entity" { named(text) } else { Named { name: text.to_owned(), ..Named::default() } };
        let names = match scope {
            "entity" => parties(&told.name),
            "vessel" => vessels(text),
            _ => vec![text.to_owned()],
        };
        if names.len() == 1 {
            let stated = self.cell("aliases", row);
            let (persons, others): (Vec<&str>, Vec<&str>) =
                stated.split(';').partition(|alias| columns.has("type") && names::named(alias).0 == names::Named::Person);
            for _ in persons {
                draft.refuse_cell(columns.name(sheet, "aliases"), "alias-may-be-a-person", "another name that may be a person's: not kept");
            }
            told.take(&others.join(";"));
            let raw = named(self.cell("entity_raw", row));
            if scope == "entity" {
                raw.aliases.iter().for_each(|alias| told.take(alias));
                told.left.extend(raw.left);
            }
        } else if !self.cell("aliases", row).is_empty() {
            // Whose names they are is not said.
            draft.refuse_cell(columns.name(sheet, "aliases"), "aliases-of-several", shown(self.cell("aliases", row)));
        }
        for left in &told.left {
            draft.refuse_cell(columns.name(sheet, "aliases"), "alias-like-an-address", shown(left));
        }
        let listed_on = self.day("listed", row, draft);
        let list = self.list(row);
        let country = self.country(row, draft);
        for name in &names {
            let aliases = if names.len() == 1 { told.aliases.join("; ") } else { String::new() };
            let about = key(&[name, &listed_on, self.cell("action", row), &list, goods]);
            let id = format!("{}:{scope}:{}-{about}", self.slug, slug(name));
            draft.add(
                "listings",
                &[
                    ("entry_id", &id),
                    ("list", &list),
                    ("name", name),
                    ("aliases", &aliases),
                    ("scope", scope),
                    ("country", &country),
                    ("address", parts(self.cell("addresses", row), &[';']).first().copied().unwrap_or("")),
                    ("listed_on", &listed_on),
                    ("removed_on", &removed),
                    ("sign", if self.bears_sign(row, scope) { LISTED_ENTITY } else { "" }),
                    ("source_class", AUTHORITY),
                    ("product", goods),
                    ("source", self.source(row)),
                ],
            );
        }
    }

    /// A good that a strategy puts first: no party, so no sign.
    fn good(&self, row: usize, draft: &mut Draft) {
        let name = self.cell("sector", row);
        if name.is_empty() {
            return draft.refuse_row(Some(self.columns.name(self.sheet, "sector")), "no-name", "a good without name");
        }
        let listed_on = self.day("listed", row, draft);
        let mut products = Vec::new();
        for prefix in parts(self.cell("hs_prefixes", row), &[';', ',', '|']) {
            match ProductCode::parse(prefix).filter(|c| self.options.reference.product_exists(*c)) {
                Some(code) => products.push(code.to_string()),
                None => draft.refuse_cell(self.columns.name(self.sheet, "hs_prefixes"), "no-hs-code", shown(prefix)),
            }
        }
        if products.is_empty() {
            products.push(String::new());
        }
        // The presumption is about goods of Xinjiang (section 3 of the act).
        let place = if *self.kind == Kind::Uflpa { "CHN" } else { "" };
        for product in products {
            let id = format!("{}:region:{}-{}", self.slug, slug(name), key(&[name, &product]));
            draft.add(
                "listings",
                &[
                    ("entry_id", &id),
                    ("list", &self.list(row)),
                    ("name", name),
                    ("scope", "region"),
                    ("country", place),
                    ("listed_on", &listed_on),
                    ("source_class", AUTHORITY),
                    ("product", &product),
                    ("source", self.source(row)),
                ],
            );
        }
    }

    fn scope(&self, row: usize, text: &str, unnamed: bool) -> &'static str {
        let (stated, lower) = (self.cell("scope", row).to_lowercase(), text.to_lowercase());
        let is_vessel = |t: &str| t.contains("vessel");
        if stated.starts_with("entity") {
            "entity"
        } else if is_vessel(&stated)
            || (stated.is_empty() && (is_vessel(&self.cell("type", row).to_lowercase()) || lower.contains("fishing vessel")))
        {
            "vessel"
        } else if !stated.is_empty() || unnamed || lower.starts_with("all ") || lower.contains(" produced in ") {
            "region"
        } else {
            "entity"
        }
    }

    /// The list with the part of it that names the party, and its edition.
    fn list(&self, row: usize) -> String {
        let stated = self.cell("source", row);
        let own = match (&self.options.list, self.kind) {
            (Some(list), _) => list.clone(),
            (None, _) if !stated.is_empty() => stated.to_owned(),
            (None, Kind::Uflpa) if self.columns.has("sector") && !self.columns.has("name") => "UFLPA priority sectors".to_owned(),
            (None, Kind::Uflpa) => "UFLPA Entity List".to_owned(),
            (None, Kind::Wro) => "CBP withhold release orders and findings".to_owned(),
        };
        let part = [self.cell("action", row), self.cell("section_2d2B", row)].into_iter().find(|p| !p.is_empty());
        let part = part.map_or_else(String::new, |p| format!(", {p}"));
        format!("{own}{part} (edition {})", self.edition)
    }

    fn bears_sign(&self, row: usize, scope: &str) -> bool {
        let stated = self.cell("source", row).to_lowercase();
        *self.kind == Kind::Uflpa && scope == "entity" && (stated.is_empty() || stated.contains("uflpa") || stated.contains("uyghur"))
    }

    fn source(&self, row: usize) -> &str {
        let notice = self.cell("federal_register_notice", row);
        if notice.is_empty() { &self.sheet.file } else { notice }
    }

    fn country(&self, row: usize, draft: &mut Draft) -> String {
        let texts = [self.cell("country_iso3", row), self.cell("country", row)];
        let told: Vec<&str> = texts.into_iter().filter(|t| !t.is_empty()).collect();
        if let Some(code) = told.iter().find_map(|t| country(t, self.options.reference)) {
            return code.to_string();
        }
        if let Some(first) = told.first() {
            draft.refuse_cell(self.columns.name(self.sheet, "country"), "country-unknown", shown(first));
        }
        String::new()
    }

    fn day(&self, column: &'static str, row: usize, draft: &mut Draft) -> String {
        let text = self.cell(column, row);
        if text.is_empty() {
            return String::new();
        }
        match us_day(text) {
            Some(day) => day.to_string(),
            None => {
                let year = super::sums::year(text).is_some();
                draft.refuse_cell(self.columns.name(self.sheet, column), if year { "day-not-stated" } else { "no-day" }, shown(text));
                String::new()
            }
        }
    }
}
