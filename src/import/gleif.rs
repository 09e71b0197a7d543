//! GLEIF "golden copy" CSV: legal entities (level 1), who consolidates whom (level 2), and reporting exceptions; by header.
//!
//! A file is told by its columns, and only those that are read are loaded. The start node of a relationship is consolidated by its end
//! node: it is owned. A link to the ultimate parent is kept only where no chain of direct links leads there. Give level 1 before level 2:
//! an entity of level 2 that no earlier file names stands as its LEI. A sole proprietor is a natural person and becomes a key.
//!
//! # Source
//! GLEIF, LEI-CDF 3.1, RR-CDF 2.1, Reporting Exceptions 2.1; "Golden Copy and Delta Files: Documentation" (CSV columns).

use super::draft::Draft;
use super::draft::shown;
use super::parties::{Identifier, Tally, identifier, period};
use super::{ForeignFile, Importer, Mapped, Options, Sheet, cells};
use crate::base::identifiers::lei_holds;
use crate::read::{DataFile, Format, Limits, OpenTable, Trouble};
use crate::schema::codes::{COLUMN_MISSING, FILE_UNREADABLE};
use std::collections::{HashMap, HashSet};

pub static GLEIF: Importer = Importer {
    name: "gleif",
    about: "GLEIF golden copy CSV: level 1 (LEI-CDF), level 2 (RR-CDF), reporting exceptions",
    source: "gleif.org, Golden Copy and Delta Files: LEI-CDF 3.1, RR-CDF 2.1",
    mapping: &[
        Mapped { theirs: "LEI", ours: "nodes.node_id, nodes.lei", remark: "gleif:company:<LEI>, check digits tested" },
        Mapped { theirs: "Entity.LegalName", ours: "nodes.name", remark: "kind company; never of a sole proprietor" },
        Mapped {
            theirs: "Entity.OtherEntityNames.OtherEntityName.1 to 5, Entity.TransliteratedOtherEntityNames...",
            ours: "aliases.name",
            remark: "their type stands in the source",
        },
        Mapped {
            theirs: "Entity.LegalAddress.*",
            ours: "nodes.country, nodes.subdivision, nodes.city, nodes.address",
            remark: "where it is blank, Entity.HeadquartersAddress.*",
        },
        Mapped { theirs: "Entity.LegalJurisdiction", ours: "nodes.country", remark: "where no address has a country" },
        Mapped {
            theirs: "Entity.RegistrationAuthority.RegistrationAuthorityID, ...EntityID",
            ours: "identifiers",
            remark: "scheme register:<RA code>; RA000585 to RA000587 are register:GB-COH; RA888888, RA999999 are none",
        },
        Mapped {
            theirs: "Entity.EntityCategory SOLE_PROPRIETOR",
            ours: "nodes",
            remark: "kind person, a key; name, address and LEI are not kept",
        },
        Mapped {
            theirs: "Entity.EntityStatus, Registration.RegistrationStatus",
            ours: "",
            remark: "annulled and duplicate records are passed over; lapsed, retired and inactive ones taken and counted",
        },
        Mapped {
            theirs: "Relationship.StartNode.NodeID, Relationship.EndNode.NodeID",
            ours: "links.supplier_id, links.buyer_id",
            remark: "relation owns: the start node is owned",
        },
        Mapped {
            theirs: "Relationship.RelationshipType",
            ours: "",
            remark: "direct consolidation, international branch: kept; ultimate: where no direct chain leads there; funds: passed over",
        },
        Mapped {
            theirs: "Relationship.Period.N with periodType RELATIONSHIP_PERIOD",
            ours: "links.valid_from, links.valid_to",
            remark: "accounting and filing periods are not the link's",
        },
        Mapped {
            theirs: "Exception.Category, Exception.Reason.1",
            ours: "",
            remark: "why no parent is named: passed over with the reason",
        },
    ],
    run,
};

const LIST: &str = "gleif";

/// Registers whose codes at GLEIF and at org-id.guide are known to be one register (Companies House: England and Wales, Northern
/// Ireland, Scotland).
const SAME_REGISTER: &[(&str, &str)] = &[("RA000585", "GB-COH"), ("RA000586", "GB-COH"), ("RA000587", "GB-COH")];

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let limits = Limits::default();
    let lower = file.name.to_lowercase();
    let format = if lower.ends_with(".gz") {
        Format::CsvGz
    } else if lower.ends_with(".parquet") {
        Format::Parquet
    } else if lower.ends_with(".csv") || lower.ends_with(".tsv") {
        Format::Csv
    } else {
        return Err(Trouble::file(&FILE_UNREADABLE, "no CSV; unpack a .zip of GLEIF first"));
    };
    let opened = OpenTable::open(&DataFile::new(file.path.clone(), file.name.clone(), format), &limits)?;
    let header = opened.header.clone();
    let has = |column: &str| header.iter().any(|h| h == column);
    type Read = fn(&Sheet, &Options<'_>, &mut Draft);
    let (wanted, read): (fn(&str) -> bool, Read) = if has("Entity.LegalName") {
        (level_one_column, level_one)
    } else if has("Relationship.StartNode.NodeID") {
        (level_two_column, level_two)
    } else if has("Exception.Category") || has("ExceptionCategory") {
        (|h| h == "LEI" || h.contains("Category") || h.contains("Reason"), exceptions)
    } else {
        let found = "none of Entity.LegalName (level 1), Relationship.StartNode.NodeID (level 2), Exception.Category (exceptions)";
        return Err(Trouble::file(&COLUMN_MISSING, found));
    };
    let wanted: Vec<bool> = header.iter().map(|h| wanted(h)).collect();
    for (column, _) in header.iter().zip(&wanted).filter(|(_, w)| !**w) {
        draft.column_left(&file.name, None, column, "");
    }
    let warnings = opened.warnings.clone();
    let raw = opened.read(&wanted, &limits)?;
    let sheet = Sheet { file: file.name.clone(), name: None, header, raw, warnings };
    draft.shapeless(&sheet.file, None, &sheet.raw);
    read(&sheet, options, draft);
    draft.finish();
    Ok(())
}

fn node_id(lei: &str) -> String {
    format!("{LIST}:company:{lei}")
}

// Level 1

const PLACES: [&str; 2] = ["Entity.LegalAddress", "Entity.HeadquartersAddress"];

fn level_one_column(column: &str) -> bool {
    let place = PLACES.iter().find_map(|p| column.strip_prefix(p)?.strip_prefix('.'));
    let line = |part: &str| {
        part == "FirstAddressLine"
            || part.starts_with("AdditionalAddressLine")
            || matches!(part, "City" | "Region" | "Country" | "PostalCode")
    };
    let named = ["Entity.OtherEntityNames.", "Entity.TransliteratedOtherEntityNames."].iter().any(|p| column.starts_with(p));
    place.is_some_and(line)
        || (named && !column.ends_with(".xmllang"))
        || matches!(
            column,
            "LEI"
                | "Entity.LegalName"
                | "Entity.LegalJurisdiction"
                | "Entity.EntityCategory"
                | "Entity.EntityStatus"
                | "Entity.RegistrationAuthority.RegistrationAuthorityID"
                | "Entity.RegistrationAuthority.RegistrationAuthorityEntityID"
                | "Registration.RegistrationStatus"
        )
}

fn level_one(sheet: &Sheet, options: &Options<'_>, draft: &mut Draft) {
    let at = |column: &str| sheet.header.iter().position(|h| h == column);
    let (lei_at, name_at, category, status) = (at("LEI"), at("Entity.LegalName"), at("Entity.EntityCategory"), at("Entity.EntityStatus"));
    let (jurisdiction, registration) = (at("Entity.LegalJurisdiction"), at("Registration.RegistrationStatus"));
    let authority = at("Entity.RegistrationAuthority.RegistrationAuthorityID");
    let number = at("Entity.RegistrationAuthority.RegistrationAuthorityEntityID");
    // The columns of a place, and of further names with their types, are found once for all rows.
    let parts = [
        "FirstAddressLine",
        "AdditionalAddressLine.1",
        "AdditionalAddressLine.2",
        "AdditionalAddressLine.3",
        "PostalCode",
        "City",
        "Region",
        "Country",
    ];
    let places = PLACES.map(|place| parts.map(|part| at(&format!("{place}.{part}"))));
    let others: Vec<(usize, Option<usize>)> = sheet
        .header
        .iter()
        .enumerate()
        .filter(|(_, h)| level_one_column(h) && h.contains("OtherEntityNames.") && h.ends_with(|c: char| c.is_ascii_digit()))
        .map(|(i, h)| (i, at(&format!("{h}.type"))))
        .collect();
    let mut tally = Tally::default();
    for row in 0..sheet.len() {
        let origin = sheet.origin(row);
        draft.begin(&origin);
        let lei = sheet.cell(lei_at, row);
        if !lei_holds(lei) {
            draft.refuse_row(Some("LEI"), "lei-check-digits", shown(lei));
            continue;
        }
        match sheet.cell(registration, row) {
            void @ ("ANNULLED" | "DUPLICATE" | "CANCELLED") => {
                draft.pass_row(Some("Registration.RegistrationStatus"), "record-void", void.to_owned());
                continue;
            }
            "LAPSED" => tally.count("registration-lapsed", "LEIs of which the registration has lapsed; taken over", origin.line),
            "RETIRED" | "MERGED" => tally.count("registration-retired", "LEIs of entities that ended or merged; taken over", origin.line),
            _ => {}
        }
        if super::columns::plain(sheet.cell(category, row)) == "soleproprietor" {
            let (id, name) = options.persons.shown(lei);
            draft.add("nodes", &[("node_id", &id), ("name", &name), ("kind", "person")]);
            continue;
        }
        if sheet.cell(status, row) == "INACTIVE" {
            tally.count("entity-inactive", "entities that are no longer active; taken over", origin.line);
        }
        let name = sheet.cell(name_at, row);
        if name.is_empty() {
            draft.refuse_row(Some("Entity.LegalName"), "no-name", "an entity without a name");
            continue;
        }
        let id = node_id(lei);
        rename(draft, &id, lei, name);
        let mut told = [String::new(), String::new(), String::new(), String::new()];
        for columns in &places {
            // One place is not put together from two.
            if told.iter().any(|t| !t.is_empty()) {
                break;
            }
            let cell = |i: usize| columns.get(i).copied().flatten().map_or("", |c| sheet.cell(Some(c), row));
            let country = cells::country(cell(7), options.reference);
            if country.is_none() && !cell(7).is_empty() {
                draft.refuse_cell("Country", "country-unknown", shown(cell(7)));
            }
            let lines: Vec<&str> = (0..5).map(cell).filter(|l| !l.is_empty()).collect();
            let region = if cell(6).contains('-') { cell(6) } else { "" };
            told = [country.map(|c| c.to_string()).unwrap_or_default(), region.to_owned(), cell(5).to_owned(), lines.join(", ")];
        }
        let [mut country, region, city, address] = told;
        if country.is_empty() {
            let text = sheet.cell(jurisdiction, row);
            let read = cells::country(text.split('-').next().unwrap_or(text), options.reference);
            country = read.map(|c| c.to_string()).unwrap_or_default();
        }
        let cells = [
            ("node_id", id.as_str()),
            ("name", name),
            ("kind", "company"),
            ("country", &country),
            ("subdivision", &region),
            ("city", &city),
            ("address", &address),
            ("lei", lei),
        ];
        draft.add("nodes", &cells);
        let (code, value) = (sheet.cell(authority, row), sheet.cell(number, row));
        if !value.is_empty() && !matches!(code, "" | "RA888888" | "RA999999") {
            let code = SAME_REGISTER.iter().find(|(ra, _)| *ra == code).map_or(code, |(_, org)| org);
            match identifier(&format!("register:{code}"), value) {
                Identifier::Row(scheme, value) => {
                    draft.add("identifiers", &[("node_id", &id), ("scheme", &scheme), ("value", &value), ("source", LIST)]);
                }
                _ => draft.refuse_cell("Entity.RegistrationAuthority.RegistrationAuthorityEntityID", "identifier-unreadable", shown(value)),
            }
        }
        for (column, kind) in &others {
            let alias = sheet.cell(Some(*column), row);
            if !alias.is_empty() && alias != name {
                let source = format!("{LIST}: {}", sheet.cell(*kind, row).to_lowercase());
                draft.add("aliases", &[("node_id", &id), ("name", alias), ("source", source.trim_end_matches(": "))]);
            }
        }
    }
    tally.tell(draft, &sheet.file, None);
}

/// Gives an entity that a level 2 file brought in under its LEI the name that it has.
fn rename(draft: &mut Draft, id: &str, lei: &str, name: &str) {
    if let Some(at) = draft.tables.get("nodes").and_then(|t| t.schema.position("name"))
        && let Some(row) = draft.row_mut("nodes", &[id])
        && let Some(cell) = row.cells.get_mut(at)
        && cell == lei
    {
        name.clone_into(cell);
    }
}

/// Codes of the level 2 formats that may be told; any other text is not.
///
/// # Source
/// GLEIF, Relationship Record and Reporting Exceptions formats 2.1.
const CODES: [&str; 24] = [
    "ACTIVE",
    "INACTIVE",
    "NULL",
    "PUBLISHED",
    "LAPSED",
    "ANNULLED",
    "DUPLICATE",
    "RETIRED",
    "CANCELLED",
    "PENDING_VALIDATION",
    "PENDING_ARCHIVAL",
    "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT",
    "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT",
    "NO_LEI",
    "NATURAL_PERSONS",
    "NON_CONSOLIDATING",
    "NO_KNOWN_PERSON",
    "NON_PUBLIC",
    "BINDING_LEGAL_COMMITMENTS",
    "LEGAL_OBSTACLES",
    "CONSENT_NOT_OBTAINED",
    "DETRIMENT_NOT_EXCLUDED",
    "DISCLOSURE_DETRIMENTAL",
    "TRANSFERRED",
];

fn code_shown(text: &str) -> String {
    if CODES.contains(&text) { text.to_owned() } else { shown(text) }
}

// Level 2

fn level_two_column(column: &str) -> bool {
    column.starts_with("Relationship.StartNode.")
        || column.starts_with("Relationship.EndNode.")
        || column.starts_with("Relationship.Period.")
        || matches!(column, "Relationship.RelationshipType" | "Relationship.RelationshipStatus" | "Registration.RegistrationStatus")
}

fn level_two(sheet: &Sheet, options: &Options<'_>, draft: &mut Draft) {
    let at = |column: &str| sheet.header.iter().position(|h| h == column);
    let (start_at, end_at) = (at("Relationship.StartNode.NodeID"), at("Relationship.EndNode.NodeID"));
    let types = [at("Relationship.StartNode.NodeIDType"), at("Relationship.EndNode.NodeIDType")];
    let (kind_at, status, registration) =
        (at("Relationship.RelationshipType"), at("Relationship.RelationshipStatus"), at("Registration.RegistrationStatus"));
    let periods: Vec<[Option<usize>; 3]> = (1..=5)
        .map(|n| ["periodType", "startDate", "endDate"].map(|part| at(&format!("Relationship.Period.{n}.{part}"))))
        .filter(|p| p.iter().any(Option::is_some))
        .collect();
    let holds = |row: usize| {
        !matches!(sheet.cell(status, row), "INACTIVE" | "NULL")
            && !matches!(sheet.cell(registration, row), "ANNULLED" | "DUPLICATE" | "RETIRED" | "CANCELLED")
    };
    let mut direct: HashMap<&str, Vec<&str>> = HashMap::new();
    for row in (0..sheet.len()).filter(|row| holds(*row) && sheet.cell(kind_at, *row) == "IS_DIRECTLY_CONSOLIDATED_BY") {
        direct.entry(sheet.cell(start_at, row)).or_default().push(sheet.cell(end_at, row));
    }
    let mut tally = Tally::default();
    for row in 0..sheet.len() {
        let origin = sheet.origin(row);
        draft.begin(&origin);
        let (start, end, kind) = (sheet.cell(start_at, row), sheet.cell(end_at, row), sheet.cell(kind_at, row));
        if types.iter().any(|t| !matches!(sheet.cell(*t, row), "" | "LEI" | "ISO17442")) {
            draft.refuse_row(Some("Relationship.StartNode.NodeIDType"), "no-lei", "an end that is not told by its LEI");
            continue;
        }
        if let Some((column, bad)) =
            [("Relationship.StartNode.NodeID", start), ("Relationship.EndNode.NodeID", end)].into_iter().find(|(_, l)| !lei_holds(l))
        {
            draft.refuse_row(Some(column), "lei-check-digits", shown(bad));
            continue;
        }
        if start == end {
            draft.refuse_row(Some("Relationship.EndNode.NodeID"), "owns-itself", shown(start));
            continue;
        }
        if !holds(row) {
            let found = format!("{} {}", code_shown(sheet.cell(status, row)), code_shown(sheet.cell(registration, row)));
            draft.pass_row(Some("Relationship.RelationshipStatus"), "relationship-ended", found.trim().to_owned());
            continue;
        }
        match kind {
            "IS_DIRECTLY_CONSOLIDATED_BY" | "IS_INTERNATIONAL_BRANCH_OF" => {}
            "IS_ULTIMATELY_CONSOLIDATED_BY" if leads_to(&direct, start, end) => {
                draft.pass_row(Some("Relationship.RelationshipType"), "told-by-direct-links", "a chain of direct links leads there");
                continue;
            }
            "IS_ULTIMATELY_CONSOLIDATED_BY" => {}
            "IS_FUND-MANAGED_BY" | "IS_FUND_MANAGED_BY" | "IS_SUBFUND_OF" | "IS_FEEDER_TO" => {
                draft.pass_row(Some("Relationship.RelationshipType"), "fund-relation", kind.to_owned());
                continue;
            }
            other => {
                draft.refuse_row(Some("Relationship.RelationshipType"), "relationship-unknown", shown(other));
                continue;
            }
        }
        if sheet.cell(registration, row) == "LAPSED" {
            tally.count("registration-lapsed", "relationships of which the registration has lapsed; taken over", origin.line);
        }
        let mut from = String::new();
        let mut to = String::new();
        for [kind, first, last] in &periods {
            if !matches!(sheet.cell(*kind, row), "RELATIONSHIP_PERIOD") {
                continue;
            }
            for (slot, column) in [(&mut from, first), (&mut to, last)] {
                let text = sheet.cell(*column, row);
                match period(text) {
                    Some(day) => *slot = day,
                    None if text.is_empty() => {}
                    None => draft.refuse_cell("Relationship.Period", "date-unreadable", shown(text)),
                }
            }
        }
        let ends = [start, end].map(|lei| {
            let (person, _) = options.persons.shown(lei);
            if draft.known("nodes", &[&person], "kind").is_some() {
                return person;
            }
            let id = node_id(lei);
            if draft.known("nodes", &[&id], "kind").is_none() {
                draft.add("nodes", &[("node_id", &id), ("name", lei), ("kind", "company"), ("lei", lei)]);
            }
            id
        });
        let source = format!("{LIST}: {}", kind.to_lowercase().replace('_', " "));
        let cells = [
            ("supplier_id", ends[0].as_str()),
            ("buyer_id", &ends[1]),
            ("relation", "owns"),
            ("valid_from", &from),
            ("valid_to", &to),
            ("basis", "declared"),
            ("source", &source),
        ];
        draft.add("links", &cells);
    }
    tally.tell(draft, &sheet.file, None);
}

/// Whether a chain of direct links leads from an entity to another; rings end where they began.
fn leads_to<'l>(direct: &HashMap<&'l str, Vec<&'l str>>, start: &'l str, end: &str) -> bool {
    let mut seen: HashSet<&str> = HashSet::from([start]);
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        for next in direct.get(at).into_iter().flatten() {
            if *next == end {
                return true;
            }
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    false
}

// Reporting exceptions

fn exceptions(sheet: &Sheet, _: &Options<'_>, draft: &mut Draft) {
    let category = sheet.column(&["Exception.Category", "ExceptionCategory"]);
    let reason = sheet.column(&["Exception.Reason.1", "Exception.Reason", "ExceptionReason", "ExceptionReason.1"]);
    for row in 0..sheet.len() {
        draft.begin(&sheet.origin(row));
        let found = format!("{}: {}", code_shown(sheet.cell(category, row)), code_shown(sheet.cell(reason, row)));
        draft.pass_row(Some("Exception.Reason.1"), "no-parent-named", found);
    }
}
