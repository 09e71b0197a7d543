//! Entities of FollowTheMoney as JSON holds them, those within others too, and what the ids of a whole file stand for.
//!
//! # Source
//! followthemoney.tech, "Schema" (model 3.x and 4.x).

use super::draft::shown;
use super::names;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// Properties with an identifier, and its scheme; `:` at the end takes the country.
pub(super) const IDENTIFIERS: &[(&str, &str)] = &[
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
pub(super) enum Party {
    Company,
    Vessel,
    Person,
}

/// What an entity's schema makes of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
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
pub(super) struct Entity<'v> {
    pub(super) id: &'v str,
    pub(super) schema_name: &'v str,
    pub(super) schema: Schema,
    pub(super) caption: &'v str,
    pub(super) datasets: Vec<&'v str>,
    referents: Vec<&'v str>,
    properties: HashMap<&'v str, Vec<&'v str>>,
}

impl<'v> Entity<'v> {
    pub(super) fn all(&self, property: &str) -> &[&'v str] {
        self.properties.get(property).map_or(&[], Vec::as_slice)
    }

    pub(super) fn one(&self, property: &str) -> &'v str {
        self.all(property).first().copied().unwrap_or("")
    }

    pub(super) fn first_of(&self, properties: &[&str]) -> &'v str {
        properties.iter().map(|p| self.one(p)).find(|v| !v.is_empty()).unwrap_or("")
    }

    /// Names without repetition, the caption first where it is one of them, each with its property.
    pub(super) fn names(&self) -> Vec<(&'v str, &'static str)> {
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
pub(super) fn flatten<'v>(value: &'v Value, within: Option<(&'v str, &'v str)>, found: &mut Vec<Entity<'v>>) {
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
pub(super) struct Known {
    parties: HashMap<String, Party>,
    /// Earlier id of an entity to the one that it has.
    merged: HashMap<String, String>,
    pub(super) sanctions: HashMap<String, Vec<String>>,
    /// Full address, city, country.
    pub(super) addresses: HashMap<String, [String; 3]>,
    pub(super) left: BTreeSet<(String, &'static str)>,
}

impl Known {
    pub(super) fn read(&mut self, entity: &Entity<'_>) {
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
    pub(super) fn settle(&mut self) {
        let told: Vec<(String, Vec<String>)> = self.sanctions.drain().collect();
        for (of, sanctions) in told {
            let id = self.party(&of).map_or(of.clone(), |(id, _)| id.to_owned());
            let all = self.sanctions.entry(id).or_default();
            all.extend(sanctions);
            all.sort();
            all.dedup();
        }
    }

    pub(super) fn party<'k>(&'k self, id: &'k str) -> Option<(&'k str, Party)> {
        let id = if self.parties.contains_key(id) { id } else { self.merged.get(id)? };
        self.parties.get(id).map(|p| (id, *p))
    }
}

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

pub(super) fn schema_shown(name: &str) -> String {
    if UNREAD.contains(&name) { name.to_owned() } else { shown(name) }
}
