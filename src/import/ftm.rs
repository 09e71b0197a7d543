//! FollowTheMoney entities (JSON lines): companies, vessels, who owns them, and the topics that say that they stand on a list.
//!
//! The file is read twice: first for what the ids stand for, then row by row. Of natural persons nothing but the entity's id is read, and
//! that only as a key. A `LegalEntity` may be a person: without a word of an organisation it counts as one, whatever numbers it has.
//! An ownership link says control (`owns`): a holding stated below 25 % is passed over. A listing gets a sign only where it is
//! one of the official lists of forced labour named in [`OFFICIAL`]; the topic `forced.labor` alone is also given by researchers.
//!
//! # Source
//! followthemoney.tech, "Schema" and "Topics" (model 3.x and 4.x); opensanctions.org/docs/topics.

use super::draft::{Draft, Origin};
use super::parties::{CONTROL_FROM, holding, identify, joined, period, shortened};
use super::{ForeignFile, Importer, Mapped, Options, cells, names};
use crate::base::Date;
use crate::read::json_lines::{BadRecord, each_record};
use crate::read::{Limits, Trouble};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Official lists of forced labour: a part of the name of a data set or programme (case and signs aside), and the list's name.
pub const OFFICIAL: &[(&str, &str)] = &[
    ("uflpa", "UFLPA Entity List"),
    ("cbpforcedlabor", "CBP withhold release orders and findings"),
    ("cbpwro", "CBP withhold release orders and findings"),
];

/// Topics that say that an entity stands on a list, by their beginning. `*.linked` names whom no list names, and is passed over.
const LISTED: &[&str] = &[
    "sanction",
    "debarment",
    "export.control",
    "export.risk",
    "forced.labor",
    "crime",
    "corp.disqual",
    "asset.frozen",
    "wanted",
    "reg.action",
    "reg.warn",
    "invest.ban",
    "invest.risk",
    "mare.detained",
    "mare.shadow",
];

pub static FTM: Importer = Importer {
    name: "ftm",
    about: "FollowTheMoney entities as JSON lines (OpenSanctions and others): companies, vessels, ownership, listings",
    source: "followthemoney.tech, Schema and Topics",
    mapping: &[
        Mapped { theirs: "id", ours: "nodes.node_id", remark: "with the list and the kind before it; of a Person only as a key" },
        Mapped {
            theirs: "schema",
            ours: "nodes.kind",
            remark: "Company, Organization, PublicBody, LegalEntity: company; Vessel: vessel; Person: person; others are passed over",
        },
        Mapped { theirs: "caption|properties.name", ours: "nodes.name", remark: "never of a Person" },
        Mapped {
            theirs: "properties.alias|previousName|weakAlias|abbreviation|name",
            ours: "aliases.name",
            remark: "names beside the first; the property stands in the source",
        },
        Mapped {
            theirs: "properties.jurisdiction|flag|mainCountry|country",
            ours: "nodes.country",
            remark: "several countries without a main one are refused",
        },
        Mapped { theirs: "properties.address|addressEntity", ours: "nodes.address, nodes.city", remark: "never of a Person" },
        Mapped { theirs: "properties.leiCode", ours: "nodes.lei", remark: "check digits tested; a second one in identifiers" },
        Mapped { theirs: "properties.dunsCode", ours: "nodes.duns", remark: "nine digits" },
        Mapped {
            theirs: "properties.registrationNumber",
            ours: "identifiers",
            remark: "scheme register:<jurisdiction>; without a jurisdiction refused",
        },
        Mapped { theirs: "properties.imoNumber", ours: "identifiers", remark: "scheme imo, check digit tested" },
        Mapped {
            theirs: "properties.ogrnCode|innCode|okpoCode|uscCode|cikCode|permId|wikidataId|opencorporatesUrl|swiftBic|uniqueEntityId|cageCode|bvdId|mmsi|taxNumber|vatCode",
            ours: "identifiers",
            remark: "schemes ogrn, inn, okpo, usci, cik, permid, wikidata, opencorporates, bic, uei, cage, bvd, mmsi, tax:<country>, vat:<country>",
        },
        Mapped {
            theirs: "Ownership.owner, Ownership.asset",
            ours: "links.buyer_id, links.supplier_id",
            remark: "relation owns; an entity that owns itself is refused",
        },
        Mapped {
            theirs: "Ownership.percentage",
            ours: "links.source",
            remark: "told beside the source; below 25 % no control is read and the row is passed over",
        },
        Mapped { theirs: "Ownership.startDate, endDate", ours: "links.valid_from, links.valid_to", remark: "" },
        Mapped {
            theirs: "properties.topics",
            ours: "listings",
            remark: "sanction, debarment, export.control, forced.labor, crime and the like; never of a Person",
        },
        Mapped {
            theirs: "Sanction.startDate|listingDate, endDate",
            ours: "listings.listed_on, listings.removed_on",
            remark: "whole days only",
        },
        Mapped { theirs: "Sanction.authority, program, programId", ours: "listings.source", remark: "" },
        Mapped { theirs: "datasets", ours: "listings.list", remark: "" },
        Mapped {
            theirs: "forced.labor on UFLPA or CBP lists",
            ours: "listings.sign, listings.source_class",
            remark: "si_listed_entity, authority_or_court; every other listing has no sign",
        },
        Mapped { theirs: "Person.*", ours: "", remark: "never read" },
        Mapped { theirs: "Directorship, UnknownLink, Family, Membership, Employment", ours: "", remark: "no ownership: passed over" },
    ],
    run,
};

/// Properties with an identifier, and its scheme; `:` at the end takes the country.
const IDENTIFIERS: &[(&str, &str)] = &[
    ("leiCode", "lei"),
    ("dunsCode", "duns"),
    ("imoNumber", "imo"),
    ("registrationNumber", "register:"),
    ("ogrnCode", "ogrn"),
    ("innCode", "inn"),
    ("okpoCode", "okpo"),
    ("uscCode", "usci"),
    ("cikCode", "cik"),
    ("permId", "permid"),
    ("wikidataId", "wikidata"),
    ("opencorporatesUrl", "opencorporates"),
    ("swiftBic", "bic"),
    ("uniqueEntityId", "uei"),
    ("cageCode", "cage"),
    ("bvdId", "bvd"),
    ("mmsi", "mmsi"),
    ("taxNumber", "tax:"),
    ("vatCode", "vat:"),
];
const NAMES: &[&str] = &["name", "alias", "previousName", "weakAlias", "abbreviation"];
const READ: &[&str] = &[
    "jurisdiction",
    "flag",
    "mainCountry",
    "country",
    "address",
    "addressEntity",
    "topics",
    "owner",
    "asset",
    "percentage",
    "startDate",
    "endDate",
    "listingDate",
    "authority",
    "program",
    "programId",
    "entity",
    "full",
    "city",
    "sanctions",
    "sanctionEntity",
    "ownershipOwner",
    "ownershipAsset",
    "date",
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Party {
    Company,
    Vessel,
    Person,
}

/// What an entity's schema makes of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Schema {
    Party(Party),
    /// Company or person.
    LegalEntity,
    Ownership,
    Sanction,
    Address,
    NoOwnership,
    Other,
}

fn schema_of(name: &str) -> Schema {
    match name {
        "Company" | "Organization" | "PublicBody" => Schema::Party(Party::Company),
        "Vessel" => Schema::Party(Party::Vessel),
        "Person" => Schema::Party(Party::Person),
        "LegalEntity" => Schema::LegalEntity,
        "Ownership" => Schema::Ownership,
        "Sanction" => Schema::Sanction,
        "Address" => Schema::Address,
        "Directorship" | "UnknownLink" | "Family" | "Associate" | "Membership" | "Employment" | "Representation" | "Succession"
        | "Occupancy" => Schema::NoOwnership,
        _ => Schema::Other,
    }
}

/// An entity, those within it apart.
struct Entity<'v> {
    id: &'v str,
    schema_name: &'v str,
    schema: Schema,
    caption: &'v str,
    datasets: Vec<&'v str>,
    referents: Vec<&'v str>,
    properties: HashMap<&'v str, Vec<&'v str>>,
}

impl<'v> Entity<'v> {
    fn all(&self, property: &str) -> &[&'v str] {
        self.properties.get(property).map_or(&[], Vec::as_slice)
    }

    fn one(&self, property: &str) -> &'v str {
        self.all(property).first().copied().unwrap_or("")
    }

    fn first_of(&self, properties: &[&str]) -> &'v str {
        properties.iter().map(|p| self.one(p)).find(|v| !v.is_empty()).unwrap_or("")
    }

    /// Names without repetition, the caption first where it is one of them, each with its property.
    fn names(&self) -> Vec<(&'v str, &'static str)> {
        let mut names: Vec<(&str, &'static str)> = Vec::new();
        for property in NAMES {
            for name in self.all(property) {
                if !names.iter().any(|(known, _)| known == name) {
                    names.push((name, property));
                }
            }
        }
        if let Some(at) = names.iter().position(|(n, _)| *n == self.caption) {
            let first = names.remove(at);
            names.insert(0, first);
        }
        names
    }

    fn party(&self) -> Option<Party> {
        let names = self.names();
        let name = names.first().map_or(self.caption, |n| n.0);
        match self.schema {
            Schema::Party(Party::Company) if names::sole_trader(name) => Some(Party::Person),
            Schema::Party(party) => Some(party),
            Schema::LegalEntity => {
                // Sole traders have register numbers too.
                let person = matches!(names::named(name).0, names::Named::Person | names::Named::Withheld);
                Some(if person { Party::Person } else { Party::Company })
            }
            _ => None,
        }
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(s) => vec![s.trim()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::trim).collect(),
        _ => Vec::new(),
    }
}

/// An entity and those that stand within its properties, outermost first.
fn flatten<'v>(value: &'v Value, within: Option<(&'v str, &'v str)>, found: &mut Vec<Entity<'v>>) {
    let (Some(id), Some(schema_name)) = (value.get("id").and_then(Value::as_str), value.get("schema").and_then(Value::as_str)) else {
        return;
    };
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or("").trim();
    let list = |key: &str| value.get(key).map(texts).unwrap_or_default();
    let schema = schema_of(schema_name);
    let mut datasets = list("datasets");
    if datasets.is_empty() {
        datasets = list("dataset");
    }
    let at = found.len();
    let mut entity =
        Entity { id, schema_name, schema, caption: text("caption"), datasets, referents: list("referents"), properties: HashMap::new() };
    // A link that stands within one of its ends need not say that end again.
    match (schema, within) {
        (Schema::Ownership, Some(("ownershipOwner", parent))) => drop(entity.properties.insert("owner", vec![parent])),
        (Schema::Ownership, Some(("ownershipAsset", parent))) => drop(entity.properties.insert("asset", vec![parent])),
        (Schema::Sanction, Some((_, parent))) => drop(entity.properties.insert("entity", vec![parent])),
        _ => {}
    }
    let inner = value.get("properties").and_then(Value::as_object);
    let mut inside: Vec<(&str, &Value)> = Vec::new();
    for (property, values) in inner.into_iter().flatten() {
        let mut told: Vec<&str> = Vec::new();
        let items: &[Value] = values.as_array().map_or(std::slice::from_ref(values), Vec::as_slice);
        for item in items {
            match item {
                Value::String(s) if !s.trim().is_empty() => told.push(s.trim()),
                Value::Object(o) => {
                    told.extend(o.get("id").and_then(Value::as_str));
                    inside.push((property, item));
                }
                _ => {}
            }
        }
        if !told.is_empty() {
            entity.properties.insert(property, told);
        }
    }
    found.insert(at, entity);
    for (property, item) in inside {
        flatten(item, Some((property, id)), found);
    }
}

/// What the ids of a file stand for.
#[derive(Default)]
struct Known {
    parties: HashMap<String, Party>,
    /// Earlier id of an entity to the one that it has.
    merged: HashMap<String, String>,
    sanctions: HashMap<String, Vec<String>>,
    /// Full address, city, country.
    addresses: HashMap<String, [String; 3]>,
    left: BTreeSet<(String, &'static str)>,
}

impl Known {
    fn read(&mut self, entity: &Entity<'_>) {
        if let Some(party) = entity.party() {
            let slot = self.parties.entry(entity.id.to_owned()).or_insert(party);
            // An id that is a person's anywhere is a person's everywhere.
            if party == Party::Person {
                *slot = party;
            }
            for referent in entity.referents.iter().filter(|r| **r != entity.id) {
                self.merged.entry((*referent).to_owned()).or_insert_with(|| entity.id.to_owned());
            }
        }
        match entity.schema {
            Schema::Sanction => {
                for of in entity.all("entity") {
                    self.sanctions.entry((*of).to_owned()).or_default().push(entity.id.to_owned());
                }
            }
            Schema::Address => {
                let told = [entity.one("full"), entity.one("city"), entity.one("country")].map(str::to_owned);
                self.addresses.insert(entity.id.to_owned(), told);
            }
            _ => {}
        }
        if entity.party() == Some(Party::Person) {
            self.left.insert((format!("{}.*", entity.schema_name), "of a natural person: never read"));
            return;
        }
        if matches!(entity.schema, Schema::Other | Schema::NoOwnership) {
            return;
        }
        for property in entity.properties.keys() {
            if !(READ.contains(property) || NAMES.contains(property) || IDENTIFIERS.iter().any(|(p, _)| p == property)) {
                self.left.insert((format!("{}.{property}", entity.schema_name), ""));
            }
        }
    }

    /// Puts sanctions to the ids that their entities have at last.
    fn settle(&mut self) {
        let told: Vec<(String, Vec<String>)> = self.sanctions.drain().collect();
        for (of, sanctions) in told {
            let id = self.party(&of).map_or(of.clone(), |(id, _)| id.to_owned());
            let all = self.sanctions.entry(id).or_default();
            all.extend(sanctions);
            all.sort();
            all.dedup();
        }
    }

    fn party<'k>(&'k self, id: &'k str) -> Option<(&'k str, Party)> {
        let id = if self.parties.contains_key(id) { id } else { self.merged.get(id)? };
        self.parties.get(id).map(|p| (id, *p))
    }
}

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let limits = Limits::default();
    let mut known = Known::default();
    each_record(&file.path, &limits, &mut |_, record| {
        let Ok(value) = record else { return };
        let mut found = Vec::new();
        flatten(&value, None, &mut found);
        found.iter().for_each(|e| known.read(e));
    })?;
    known.settle();
    for (column, why) in &known.left {
        draft.column_left(&file.name, None, column, why);
    }
    let list = options.list_name(file).to_owned();
    let mut writer = Writer { options, known: &known, slug: options.list_slug(file), list, draft };
    each_record(&file.path, &limits, &mut |line, record| writer.row(&file.name, line, record))?;
    draft.finish();
    Ok(())
}

struct Writer<'w, 'o> {
    options: &'w Options<'o>,
    known: &'w Known,
    slug: String,
    list: String,
    draft: &'w mut Draft,
}

impl Writer<'_, '_> {
    fn row(&mut self, file: &Arc<str>, line: u32, record: Result<Value, BadRecord>) {
        self.draft.begin(&Origin { file: file.clone(), sheet: None, line });
        let value = match record {
            Ok(value) => value,
            Err(bad) => return self.draft.refuse_row(None, bad.reason, bad.found),
        };
        let mut found = Vec::new();
        flatten(&value, None, &mut found);
        if found.is_empty() {
            return self.draft.refuse_row(None, "no-entity", "no `id` or no `schema`");
        }
        for entity in &found {
            if !readable(entity.id) {
                self.draft.refuse_row(Some("id"), "id-unreadable", "an id that is blank, longer than 200 bytes, or has control characters");
                continue;
            }
            match entity.schema {
                Schema::Party(_) | Schema::LegalEntity => self.party(entity),
                Schema::Ownership => self.ownership(entity),
                Schema::Sanction => self.sanction(entity),
                Schema::Address => self.draft.pass_row(None, "address", "told at the entities that have it"),
                Schema::NoOwnership => self.draft.pass_row(Some("schema"), "no-ownership", entity.schema_name.to_owned()),
                Schema::Other => self.draft.pass_row(Some("schema"), "schema-unread", schema_shown(entity.schema_name)),
            }
        }
    }

    fn node_id(&self, id: &str, party: Party) -> String {
        match party {
            Party::Company => format!("{}:company:{id}", self.slug),
            Party::Vessel => format!("{}:vessel:{id}", self.slug),
            // Ids tell capitals apart, keys of names do not.
            Party::Person => self.options.persons.shown(blake3::hash(id.as_bytes()).to_hex().as_str()).0,
        }
    }

    fn party(&mut self, entity: &Entity<'_>) {
        let Some((_, party)) = self.known.party(entity.id) else { return };
        let node_id = self.node_id(entity.id, party);
        if party == Party::Person {
            let (_, name) = self.options.persons.shown(blake3::hash(entity.id.as_bytes()).to_hex().as_str());
            self.draft.add("nodes", &[("node_id", &node_id), ("name", &name), ("kind", "person")]);
            return;
        }
        let mut names = entity.names();
        let name = names.first().map_or(entity.caption, |n| n.0);
        if party == Party::Company {
            let mut at = 0;
            names.retain(|(alias, property)| {
                at += 1;
                let keep = at == 1 || names::named(alias).0 != names::Named::Person;
                if !keep {
                    self.draft.refuse_cell(property, "alias-may-be-a-person", "another name that may be a person's: not kept");
                }
                keep
            });
        }
        if name.is_empty() {
            return self.draft.refuse_row(Some("name"), "no-name", "an entity without a name");
        }
        let (country, country_text) = self.country(entity);
        let mut stated = Vec::new();
        for (property, scheme) in IDENTIFIERS {
            for value in entity.all(property) {
                let scheme = match scheme.strip_suffix(':') {
                    Some(_) if country_text.is_empty() => {
                        self.draft.refuse_cell(property, "register-without-country", shortened(value));
                        continue;
                    }
                    Some(_) => format!("{scheme}{}", country_text.to_uppercase()),
                    None => (*scheme).to_owned(),
                };
                stated.push(((*property).to_owned(), scheme, (*value).to_owned()));
            }
        }
        let (columns, kept) = identify(self.draft, &node_id, &stated, &self.list);
        let [mut address, mut city] = [entity.one("address").to_owned(), String::new()];
        if let Some([full, town, _]) = self.known.addresses.get(entity.one("addressEntity")) {
            city.clone_from(town);
            if address.is_empty() {
                address.clone_from(full);
            }
        }
        let column = |name: &str| columns.get(name).map_or("", String::as_str);
        let kind = if party == Party::Vessel { "vessel" } else { "company" };
        self.draft.add(
            "nodes",
            &[
                ("node_id", &node_id),
                ("name", name),
                ("kind", kind),
                ("country", &country),
                ("city", &city),
                ("address", &address),
                ("lei", column("lei")),
                ("duns", column("duns")),
            ],
        );
        for (alias, property) in names.iter().skip(1) {
            let source = format!("{}: {property}", self.list);
            self.draft.add("aliases", &[("node_id", &node_id), ("name", alias), ("source", &source)]);
        }
        self.listings(entity, party, name, &names, [&country, &address], &kept);
    }

    /// The country, as our code and as the file writes it.
    fn country(&mut self, entity: &Entity<'_>) -> (String, String) {
        for property in ["jurisdiction", "flag", "mainCountry", "country"] {
            let mut told: Vec<&str> = entity.all(property).to_vec();
            told.sort_unstable();
            told.dedup();
            match told.as_slice() {
                [] => {}
                [one] => match cells::country(one, self.options.reference) {
                    Some(code) => return (code.to_string(), (*one).to_owned()),
                    None => self.draft.refuse_cell(property, "country-unknown", shortened(one)),
                },
                several => self.draft.refuse_cell(property, "country-several", shortened(&several.join(", "))),
            }
        }
        (String::new(), String::new())
    }

    fn listings(
        &mut self,
        entity: &Entity<'_>,
        party: Party,
        name: &str,
        names: &[(&str, &'static str)],
        [country, address]: [&str; 2],
        identifiers: &[(String, String)],
    ) {
        let mut topics: Vec<&str> = Vec::new();
        for topic in entity.all("topics") {
            if topic.ends_with(".linked") {
                self.draft.refuse_cell("topics", "topic-of-another-entity", shortened(topic));
            } else if LISTED.iter().any(|l| topic.strip_prefix(l).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))) {
                topics.push(topic);
            }
        }
        let sanctions = self.known.sanctions.get(entity.id).map_or(&[][..], Vec::as_slice);
        if topics.is_empty() && sanctions.is_empty() {
            return;
        }
        topics.sort_unstable();
        topics.dedup();
        let aliases = joined(names.iter().skip(1).map(|n| n.0));
        let identifiers: Vec<String> = identifiers.iter().map(|(s, v)| format!("{s}:{v}")).collect();
        let identifiers = joined(identifiers.iter().map(String::as_str));
        let scope = if party == Party::Vessel { "vessel" } else { "entity" };
        let mut cells = vec![
            ("name", name),
            ("aliases", &aliases),
            ("scope", scope),
            ("country", country),
            ("address", address),
            ("identifiers", &identifiers),
        ];
        let datasets = joined(entity.datasets.iter().copied());
        let list = if datasets.is_empty() { &self.list } else { &datasets };
        let source = format!("{}: topics {}", self.list, topics.join(", "));
        let official = topics.contains(&"forced.labor") && official(entity.datasets.iter().copied()).is_some();
        if official {
            cells.extend([("sign", "si_listed_entity"), ("source_class", "authority_or_court")]);
        }
        if sanctions.is_empty() {
            let entry = format!("{}:entry:{}", self.slug, entity.id);
            cells.extend([("entry_id", entry.as_str()), ("list", list), ("source", &source)]);
            self.draft.add("listings", &cells);
            return;
        }
        for sanction in sanctions {
            let entry = format!("{}:entry:{sanction}", self.slug);
            let mut of_sanction = cells.clone();
            of_sanction.push(("entry_id", &entry));
            self.draft.add("listings", &of_sanction);
        }
    }

    fn sanction(&mut self, entity: &Entity<'_>) {
        let mut any = false;
        for of in entity.all("entity") {
            match self.known.party(of) {
                None => self.draft.refuse_row(Some("entity"), "party-not-in-file", NOT_IN_FILE),
                Some((_, Party::Person)) => {
                    self.draft.pass_row(Some("entity"), "listing-of-a-person", "no entry is kept of a natural person")
                }
                Some((id, _)) => any |= self.known.sanctions.get(id).is_some_and(|s| s.iter().any(|s| s == entity.id)),
            }
        }
        if entity.all("entity").is_empty() {
            return self.draft.refuse_row(Some("entity"), "no-party", "a sanction without the entity that it names");
        }
        if !any {
            return;
        }
        let mut day = |properties: &[&'static str]| {
            for property in properties {
                match (entity.one(property), Date::parse(entity.one(property))) {
                    ("", _) => {}
                    (_, Some(day)) => return day.to_string(),
                    (text, None) => self.draft.refuse_cell(property, "no-day", shortened(text)),
                }
            }
            String::new()
        };
        let (listed, removed) = (day(&["startDate", "listingDate", "date"]), day(&["endDate"]));
        let words = [entity.one("authority"), entity.one("program"), entity.one("programId")];
        let told: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
        let source = if told.is_empty() { self.list.clone() } else { format!("{}: {}", self.list, told.join("; ")) };
        let datasets = joined(entity.datasets.iter().copied());
        let list = if !datasets.is_empty() { &datasets } else { told.first().copied().map_or(&self.list, |_| &source) }.clone();
        let entry = format!("{}:entry:{}", self.slug, entity.id);
        let mut cells =
            vec![("entry_id", entry.as_str()), ("list", &list), ("listed_on", &listed), ("removed_on", &removed), ("source", &source)];
        if official(entity.datasets.iter().copied().chain(words)).is_some() {
            cells.extend([("sign", "si_listed_entity"), ("source_class", "authority_or_court")]);
        }
        self.draft.add("listings", &cells);
    }

    fn ownership(&mut self, entity: &Entity<'_>) {
        let (owners, assets) = (entity.all("owner"), entity.all("asset"));
        if owners.is_empty() || assets.is_empty() {
            return self.draft.refuse_row(
                Some(if owners.is_empty() { "owner" } else { "asset" }),
                "no-party",
                "an ownership without one of its ends",
            );
        }
        let held = entity.one("percentage");
        let share = holding(held);
        if !held.is_empty() && share.is_none() {
            self.draft.refuse_cell("percentage", "holding-unreadable", shortened(held));
        }
        if share.is_some_and(|s| s < CONTROL_FROM) {
            return self.draft.pass_row(
                Some("percentage"),
                "holding-without-control",
                format!("{} % held", shortened(held.trim_end_matches('%'))),
            );
        }
        let mut when = |property: &'static str, other: &'static str| {
            let text = entity.first_of(&[property, other]);
            let read = period(text);
            if read.is_none() && !text.is_empty() {
                self.draft.refuse_cell(property, "date-unreadable", shortened(text));
            }
            read.unwrap_or_default()
        };
        let (from, to) = (when("startDate", "startDate"), when("endDate", "endDate"));
        let source =
            if share.is_some() { format!("{}: {} % held", self.list, held.trim().trim_end_matches('%').trim()) } else { self.list.clone() };
        for owner in owners {
            for asset in assets {
                let (Some((owner, owning)), Some((asset, owned))) = (self.known.party(owner), self.known.party(asset)) else {
                    let missing = if self.known.party(owner).is_none() { "owner" } else { "asset" };
                    self.draft.refuse_row(Some(missing), "party-not-in-file", NOT_IN_FILE);
                    continue;
                };
                if owner == asset {
                    self.draft.refuse_row(Some("owner"), "owns-itself", "owner and asset are one party");
                    continue;
                }
                if owned == Party::Person {
                    self.draft.refuse_row(Some("asset"), "person-owned", "a natural person cannot be owned");
                    continue;
                }
                let (buyer, supplier) = (self.node_id(owner, owning), self.node_id(asset, owned));
                let cells = [
                    ("supplier_id", supplier.as_str()),
                    ("buyer_id", &buyer),
                    ("relation", "owns"),
                    ("valid_from", &from),
                    ("valid_to", &to),
                    ("basis", "declared"),
                    ("source", &source),
                ];
                self.draft.add("links", &cells);
            }
        }
    }
}

/// An id may be made of a person's name: it is never told.
const NOT_IN_FILE: &str = "no party of the file has this id";

/// Schemata of FollowTheMoney that are passed over: their names may be told, other words of the file may not.
///
/// # Source
/// followthemoney.tech, the schemata of the model.
const UNREAD: [&str; 56] = [
    "Airplane",
    "Analyzable",
    "Article",
    "Assessment",
    "Asset",
    "Associate",
    "Audio",
    "BankAccount",
    "Call",
    "CallForTenders",
    "Contract",
    "ContractAward",
    "CourtCase",
    "CourtCaseParty",
    "CryptoWallet",
    "Debt",
    "Document",
    "Documentation",
    "EconomicActivity",
    "Email",
    "Employment",
    "Event",
    "Family",
    "Folder",
    "HyperText",
    "Identification",
    "Image",
    "Interest",
    "Interval",
    "License",
    "Mention",
    "Message",
    "Note",
    "Occupancy",
    "Package",
    "Page",
    "Pages",
    "Passport",
    "Payment",
    "PlainText",
    "Position",
    "Post",
    "Project",
    "ProjectParticipant",
    "RealEstate",
    "Risk",
    "Security",
    "Similar",
    "Table",
    "TaxRoll",
    "Trip",
    "UserAccount",
    "Value",
    "Vehicle",
    "Video",
    "Workbook",
];

fn schema_shown(name: &str) -> String {
    if UNREAD.contains(&name) { name.to_owned() } else { shortened(name) }
}

fn official<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<&'static str> {
    texts.into_iter().find_map(|text| {
        let bare: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        OFFICIAL.iter().find(|(part, _)| bare.contains(part)).map(|(_, name)| *name)
    })
}

/// Whether an id can be part of one of ours.
fn readable(id: &str) -> bool {
    !id.trim().is_empty() && id.len() <= 200 && !id.chars().any(char::is_control)
}
