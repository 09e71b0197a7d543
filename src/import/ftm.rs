//! FollowTheMoney entities (JSON lines): companies, vessels, who owns them, and the topics that say that they stand on a list.
//!
//! The file is read twice: first for what the ids stand for, then row by row. Of natural persons nothing but the entity's id is read, and
//! that only as a key. A `LegalEntity` may be a person: without a word of an organisation it counts as one, whatever numbers it has.
//! An ownership link says control (`owns`): a holding stated below 25 % is passed over. A listing gets a sign only where it is
//! one of the official lists of forced labour named in [`OFFICIAL`]; the topic `forced.labor` alone is also given by researchers.
//!
//! # Source
//! followthemoney.tech, "Schema" and "Topics" (model 3.x and 4.x); opensanctions.org/docs/topics.

use super::draft::{Draft, Origin, shown};
use super::ftm_entity::{Entity, IDENTIFIERS, Known, Party, Schema, flatten, schema_shown};
use super::parties::{CONTROL_FROM, holding, identify, joined, period};
use super::{ForeignFile, Importer, Mapped, Options, cells, names};
use crate::base::Date;
use crate::read::json_lines::{BadRecord, each_record};
use crate::read::{Limits, Trouble};
use serde_json::Value;
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
                        self.draft.refuse_cell(property, "register-without-country", shown(value));
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
                    None => self.draft.refuse_cell(property, "country-unknown", shown(one)),
                },
                several => self.draft.refuse_cell(property, "country-several", shown(&several.join(", "))),
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
                self.draft.refuse_cell("topics", "topic-of-another-entity", shown(topic));
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
                    (text, None) => self.draft.refuse_cell(property, "no-day", shown(text)),
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
            self.draft.refuse_cell("percentage", "holding-unreadable", shown(held));
        }
        if share.is_some_and(|s| s < CONTROL_FROM) {
            return self.draft.pass_row(
                Some("percentage"),
                "holding-without-control",
                format!("{} % held", shown(held.trim_end_matches('%'))),
            );
        }
        let mut when = |property: &'static str, other: &'static str| {
            let text = entity.first_of(&[property, other]);
            let read = period(text);
            if read.is_none() && !text.is_empty() {
                self.draft.refuse_cell(property, "date-unreadable", shown(text));
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
