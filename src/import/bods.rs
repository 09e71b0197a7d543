//! Beneficial Ownership Data Standard: entities, persons and who owns or controls whom, versions 0.2 to 0.4, as an array or as lines.
//!
//! The file is read twice: first for which statement of a record is the last, then row by row. Replaced and closed statements say nothing
//! more; an owner that is not known, not told or anonymous makes no node and no link, and the reason that the file gives is kept. Of
//! natural persons nothing but the id of the record is read, and that only as a key. A holding stated below 25 %, a seat on a board and
//! a nominee's interest are no ownership; a link that is told again by its components is passed over.
//!
//! # Source
//! Beneficial Ownership Data Standard, standard.openownership.org, 0.2, 0.3 and 0.4 (schema reference, codelists); org-id.guide for
//! the codes of registers.

use super::draft::{Draft, Origin, shown};
use super::names::{Named, named};
use super::parties::{CONTROL_FROM, identify, period};
use super::{ForeignFile, Importer, Mapped, Options, cells};
use crate::read::json_lines::{BadRecord, each_record};
use crate::read::{Limits, Trouble};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

pub static BODS: Importer = Importer {
    name: "bods",
    about: "Beneficial Ownership Data Standard 0.2, 0.3, 0.4 (JSON array or JSON lines): companies and who owns them",
    source: "standard.openownership.org, schema reference",
    mapping: &[
        Mapped {
            theirs: "recordId|statementID|statementId",
            ours: "nodes.node_id",
            remark: "with the list and the kind before it; of a person only as a key",
        },
        Mapped { theirs: "entity: name", ours: "nodes.name", remark: "kind company" },
        Mapped { theirs: "entity: alternateNames", ours: "aliases.name", remark: "" },
        Mapped {
            theirs: "entity: jurisdiction|incorporatedInJurisdiction",
            ours: "nodes.country",
            remark: "code, else name; a subdivision gives its country",
        },
        Mapped {
            theirs: "entity: addresses",
            ours: "nodes.address",
            remark: "the registered one, else the first; its country where there is no jurisdiction",
        },
        Mapped { theirs: "entity: identifiers with scheme XI-LEI", ours: "nodes.lei", remark: "check digits tested" },
        Mapped {
            theirs: "entity: identifiers with another scheme",
            ours: "identifiers",
            remark: "scheme register:<org-id code>; without a scheme refused",
        },
        Mapped { theirs: "person", ours: "nodes", remark: "kind person, a key of the record's id; nothing else is read" },
        Mapped { theirs: "subject, interestedParty", ours: "links.supplier_id, links.buyer_id", remark: "relation owns" },
        Mapped {
            theirs: "interests.startDate, endDate",
            ours: "links.valid_from, links.valid_to",
            remark: "the earliest, and the latest where all have ended",
        },
        Mapped {
            theirs: "interests.type, share",
            ours: "links.source",
            remark: "told beside the source; below 25 %, board seats, officers and nominees: passed over",
        },
        Mapped {
            theirs: "interestedParty.unspecified|reason, unknown and anonymous persons and entities",
            ours: "",
            remark: "no node, no link; the reason is told",
        },
        Mapped {
            theirs: "replacesStatements, recordStatus closed, an earlier statement of a record",
            ours: "",
            remark: "superseded: passed over",
        },
        Mapped { theirs: "person: names, birthDate, nationalities, addresses, identifiers", ours: "", remark: "never read" },
    ],
    run,
};

/// Interests by which nobody owns or controls on its own.
const NO_OWNERSHIP: &[&str] = &["seniorManagingOfficial", "boardMember", "boardChair", "nominee", "nominator"];
/// Interests of which a share says how much is controlled.
const BY_SHARE: &[&str] = &["shareholding", "votingRights", "rightsToSurplusAssetsOnDissolution", "rightsToProfitOrIncome"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Entity,
    Person,
    Relationship,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Party {
    Company,
    Person,
    /// Anonymous or unknown, with a statement of its own.
    Unspecified,
    /// Closed, or a statement that cannot be used.
    Gone,
}

/// A statement of any version.
struct Statement<'v> {
    kind: Kind,
    id: &'v str,
    /// What tells the record apart through its statements: its own id from 0.4 on.
    record: &'v str,
    date: &'v str,
    closed: bool,
    /// Where what is stated stands: within the statement, from 0.4 on in `recordDetails`.
    details: &'v Value,
    whole: &'v Value,
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or("").trim()
}

impl<'v> Statement<'v> {
    fn of(value: &'v Value) -> Option<Self> {
        let (kind, details) = match (text(value, "statementType"), text(value, "recordType")) {
            ("entityStatement", _) => (Kind::Entity, value),
            ("personStatement", _) => (Kind::Person, value),
            ("ownershipOrControlStatement", _) => (Kind::Relationship, value),
            (_, "entity") => (Kind::Entity, value.get("recordDetails")?),
            (_, "person") => (Kind::Person, value.get("recordDetails")?),
            (_, "relationship") => (Kind::Relationship, value.get("recordDetails")?),
            _ => return None,
        };
        let id = [text(value, "statementId"), text(value, "statementID"), text(value, "recordId")].into_iter().find(|t| !t.is_empty())?;
        let record = Some(text(value, "recordId")).filter(|r| !r.is_empty()).unwrap_or(id);
        if [id, record].iter().any(|t| t.len() > 200 || t.chars().any(char::is_control)) {
            return None;
        }
        Some(Self {
            kind,
            id,
            record,
            date: text(value, "statementDate"),
            closed: text(value, "recordStatus") == "closed",
            details,
            whole: value,
        })
    }

    fn replaces(&self) -> impl Iterator<Item = &'v str> {
        self.whole.get("replacesStatements").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// 0.4 has the type within an object.
    fn entity_type(&self) -> &'v str {
        let kind = self.details.get("entityType");
        kind.and_then(Value::as_str).or_else(|| kind.map(|k| text(k, "type"))).unwrap_or("")
    }

    fn party(&self) -> Party {
        if self.closed {
            return Party::Gone;
        }
        match self.kind {
            Kind::Person if matches!(text(self.details, "personType"), "unknownPerson" | "anonymousPerson") => Party::Unspecified,
            Kind::Person => Party::Person,
            Kind::Entity if matches!(self.entity_type(), "unknownEntity" | "anonymousEntity") => Party::Unspecified,
            Kind::Entity if text(self.details, "name").is_empty() => Party::Gone,
            Kind::Entity => Party::Company,
            Kind::Relationship => Party::Gone,
        }
    }
}

/// Which statements count, and what ids stand for.
#[derive(Default)]
struct Known {
    /// Newest statement of a record: its date and number in the file.
    last: HashMap<String, (String, u64)>,
    /// A statement that was replaced, and by which.
    replaced: HashMap<String, String>,
    /// Record of each statement, where they differ.
    record: HashMap<String, String>,
    parties: HashMap<String, (Party, String)>,
    relationships: HashSet<String>,
    left: BTreeSet<(String, &'static str)>,
    number: u64,
}

const READ: &[&str] = &[
    "statementID",
    "statementId",
    "statementType",
    "recordId",
    "recordType",
    "recordStatus",
    "recordDetails",
    "statementDate",
    "replacesStatements",
    "entityType",
    "name",
    "alternateNames",
    "jurisdiction",
    "incorporatedInJurisdiction",
    "addresses",
    "identifiers",
    "subject",
    "interestedParty",
    "interests",
    "isComponent",
    "componentStatementIDs",
    "componentRecords",
    "unspecifiedEntityDetails",
    "unspecifiedPersonDetails",
    "personType",
];

impl Known {
    fn read(&mut self, statement: &Statement<'_>) {
        self.number += 1;
        let this = (statement.date.to_owned(), self.number);
        let last = self.last.entry(statement.record.to_owned()).or_insert_with(|| this.clone());
        if this >= *last {
            *last = this;
            if statement.kind != Kind::Relationship {
                self.parties.insert(statement.record.to_owned(), (statement.party(), unspecified(statement.details)));
            }
        }
        for earlier in statement.replaces().filter(|e| *e != statement.id) {
            self.replaced.insert(earlier.to_owned(), statement.id.to_owned());
        }
        if statement.record != statement.id {
            self.record.insert(statement.id.to_owned(), statement.record.to_owned());
        }
        if statement.kind == Kind::Relationship {
            self.relationships.insert(statement.record.to_owned());
        }
        let kind = match statement.kind {
            Kind::Entity => "entity",
            Kind::Person => "person",
            Kind::Relationship => "relationship",
        };
        if statement.kind == Kind::Person {
            self.left.insert(("person: names and all else".to_owned(), "of a natural person: never read"));
            return;
        }
        for part in [statement.whole, statement.details] {
            for key in part.as_object().into_iter().flatten().map(|(k, _)| k).filter(|k| !READ.contains(&k.as_str())) {
                self.left.insert((format!("{kind}: {key}"), ""));
            }
        }
    }

    /// The record that an id stands for, through statements that were replaced.
    fn current<'k>(&'k self, id: &'k str) -> &'k str {
        let mut id = id;
        // No chain is longer than the file; a ring would never end.
        for _ in 0..64 {
            match self.replaced.get(id) {
                Some(next) => id = next,
                None => break,
            }
        }
        self.record.get(id).map_or(id, String::as_str)
    }

    fn counts(&self, statement: &Statement<'_>, number: u64) -> bool {
        !self.replaced.contains_key(statement.id) && self.last.get(statement.record).is_none_or(|l| l.1 == number)
    }
}

/// Codes of the standard for why a party is not told; any other text is not shown.
///
/// # Source
/// Beneficial Ownership Data Standard 0.2 to 0.4, codelist unspecifiedReason.
const REASONS: [&str; 7] = [
    "noBeneficialOwners",
    "subjectUnableToConfirmOrIdentifyBeneficialOwner",
    "interestedPartyHasNotProvidedInformation",
    "subjectExemptFromDisclosure",
    "interestedPartyExemptFromDisclosure",
    "unknown",
    "informationUnknownToPublisher",
];

/// The reason code that stands where a party does not; descriptions may name persons and are not read.
fn unspecified(value: &Value) -> String {
    let reason = |v: &Value| text(v, "reason").to_owned();
    let within = |key: &&str| value.get(*key).map(reason);
    ["unspecified", "unspecifiedEntityDetails", "unspecifiedPersonDetails"]
        .iter()
        .find_map(within)
        .or_else(|| Some(reason(value)))
        .filter(|code| REASONS.contains(&code.as_str()))
        .unwrap_or_default()
}

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let limits = Limits::default();
    let mut known = Known::default();
    each_record(&file.path, &limits, &mut |_, record| {
        if let Some(statement) = record.as_ref().ok().and_then(Statement::of) {
            known.read(&statement);
        }
    })?;
    for (column, why) in &known.left {
        draft.column_left(&file.name, None, column, why);
    }
    let list = options.list_name(file).to_owned();
    let mut writer = Writer { options, known: &known, slug: options.list_slug(file), list, draft, number: 0 };
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
    number: u64,
}

impl Writer<'_, '_> {
    fn row(&mut self, file: &Arc<str>, line: u32, record: Result<Value, BadRecord>) {
        self.draft.begin(&Origin { file: file.clone(), sheet: None, line });
        let value = match record {
            Ok(value) => value,
            Err(bad) => return self.draft.refuse_row(None, bad.reason, bad.found),
        };
        let Some(statement) = Statement::of(&value) else {
            return self.draft.refuse_row(None, "no-statement", "no `statementType` or `recordType` of the standard, or no readable id");
        };
        self.number += 1;
        if !self.known.counts(&statement, self.number) {
            return self.draft.pass_row(None, "superseded", "a later statement stands in its place");
        }
        if statement.closed {
            return self.draft.pass_row(Some("recordStatus"), "closed", "the record is closed");
        }
        match statement.kind {
            Kind::Entity => self.entity(&statement),
            Kind::Person => self.person(&statement),
            Kind::Relationship => self.relationship(&statement),
        }
    }

    fn node_id(&self, record: &str, party: Party) -> String {
        match party {
            Party::Person => self.options.persons.shown(blake3::hash(record.as_bytes()).to_hex().as_str()).0,
            _ => format!("{}:company:{record}", self.slug),
        }
    }

    fn person(&mut self, statement: &Statement<'_>) {
        if statement.party() == Party::Unspecified {
            return self.draft.pass_row(Some("personType"), "person-unspecified", reason(statement.details));
        }
        let (id, name) = self.options.persons.shown(blake3::hash(statement.record.as_bytes()).to_hex().as_str());
        self.draft.add("nodes", &[("node_id", &id), ("name", &name), ("kind", "person")]);
    }

    fn entity(&mut self, statement: &Statement<'_>) {
        if statement.party() == Party::Unspecified {
            return self.draft.pass_row(Some("entityType"), "entity-unspecified", reason(statement.details));
        }
        let details = statement.details;
        let name = text(details, "name");
        if name.is_empty() {
            return self.draft.refuse_row(Some("name"), "no-name", "an entity without a name");
        }
        let node_id = self.node_id(statement.record, Party::Company);
        let addresses: Vec<&Value> = details.get("addresses").and_then(Value::as_array).into_iter().flatten().collect();
        let address =
            addresses.iter().find(|a| text(a, "type") == "registered").or_else(|| addresses.first()).copied().unwrap_or(&Value::Null);
        let places = [("jurisdiction", details), ("incorporatedInJurisdiction", details), ("country", address)];
        let mut country = String::new();
        for (key, of) in places {
            let Some(told) = of.get(key).filter(|_| country.is_empty()) else { continue };
            // A plain code up to 0.3, an object with code and name otherwise; GB-SCT is a part of GB.
            let words = [told.as_str().unwrap_or(""), text(told, "code"), text(told, "name")];
            let read = |w: &str| {
                cells::country(w, self.options.reference).or_else(|| cells::country(w.split('-').next()?, self.options.reference))
            };
            match words.iter().filter(|w| !w.is_empty()).find_map(|w| read(w)) {
                Some(code) => country = code.to_string(),
                None => self.draft.refuse_cell(key, "country-unknown", shown(words.iter().find(|w| !w.is_empty()).unwrap_or(&""))),
            }
        }
        let mut stated = Vec::new();
        for identifier in details.get("identifiers").and_then(Value::as_array).into_iter().flatten() {
            let (scheme, value) = (text(identifier, "scheme"), text(identifier, "id"));
            match (scheme.to_uppercase().as_str(), value) {
                (_, "") => self.draft.refuse_cell("identifiers", "identifier-blank", shown(scheme)),
                ("", _) if text(identifier, "schemeName").to_uppercase().contains("LEI") => {
                    stated.push(("identifiers".into(), "lei".into(), value.into()))
                }
                ("", _) => self.draft.refuse_cell("identifiers", "identifier-without-scheme", shown(value)),
                ("XI-LEI" | "LEI", _) => stated.push(("identifiers".to_owned(), "lei".to_owned(), value.to_owned())),
                ("XI-DUNS" | "DUNS", _) => stated.push(("identifiers".to_owned(), "duns".to_owned(), value.to_owned())),
                (code, _) => stated.push(("identifiers".to_owned(), format!("register:{code}"), value.to_owned())),
            }
        }
        let mut street = text(address, "address");
        // A street has a number or a place behind it; a name alone may be a person's.
        let bare = !street.contains(|c: char| c == ',' || c.is_numeric());
        if care_of(street) || (bare && named(street).0 == Named::Person) {
            self.draft.refuse_cell(
                "addresses",
                "address-may-name-a-person",
                "an address in care of somebody, or a name in its place: not kept",
            );
            street = "";
        }
        let (columns, _) = identify(self.draft, &node_id, &stated, &self.list);
        let column = |name: &str| columns.get(name).map_or("", String::as_str);
        let cells = [
            ("node_id", node_id.as_str()),
            ("name", name),
            ("kind", "company"),
            ("country", &country),
            ("address", street),
            ("lei", column("lei")),
            ("duns", column("duns")),
        ];
        self.draft.add("nodes", &cells);
        for alias in details.get("alternateNames").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if named(alias).0 == Named::Person || care_of(alias) {
                self.draft.refuse_cell("alternateNames", "alias-may-be-a-person", "another name that may be a person's: not kept");
                continue;
            }
            if !alias.trim().is_empty() && alias.trim() != name {
                self.draft.add("aliases", &[("node_id", &node_id), ("name", alias), ("source", &self.list)]);
            }
        }
    }

    /// Node of one end, or why there is none.
    fn end(&self, details: &Value, side: &str) -> Result<(String, Party), (&'static str, String)> {
        let told = details.get(side).unwrap_or(&Value::Null);
        let id = [told.as_str().unwrap_or(""), text(told, "describedByEntityStatement"), text(told, "describedByPersonStatement")]
            .into_iter()
            .find(|t| !t.trim().is_empty());
        let Some(id) = id else {
            let why = reason(told);
            return Err(("party-unspecified", format!("{side}: {why}")));
        };
        let record = self.known.current(id);
        match self.known.parties.get(record) {
            Some((Party::Unspecified, why)) => {
                Err(("party-unspecified", format!("{side}: {}", if why.is_empty() { "no reason given" } else { why })))
            }
            Some((Party::Gone, _)) => Err(("party-closed", format!("{side}: its record is closed or has no name"))),
            Some((party, _)) => Ok((self.node_id(record, *party), *party)),
            None => Err(("party-not-in-file", format!("{side}: no statement of the file has this id"))),
        }
    }

    fn relationship(&mut self, statement: &Statement<'_>) {
        let details = statement.details;
        let ends = [self.end(details, "subject"), self.end(details, "interestedParty")];
        let (subject, party) = match ends {
            [Ok(subject), Ok(party)] => (subject, party),
            [Err((reason, found)), _] | [_, Err((reason, found))] => {
                return match reason {
                    "party-not-in-file" => self.draft.refuse_row(None, reason, found),
                    _ => self.draft.pass_row(None, reason, found),
                };
            }
        };
        if subject.1 == Party::Person {
            return self.draft.refuse_row(Some("subject"), "person-owned", "a natural person cannot be owned");
        }
        if subject.0 == party.0 {
            return self.draft.refuse_row(Some("subject"), "owns-itself", "subject and interested party are one record");
        }
        let components = ["componentStatementIDs", "componentRecords"].iter().find_map(|k| details.get(*k)).and_then(Value::as_array);
        let told: Vec<&str> = components.into_iter().flatten().filter_map(Value::as_str).map(|c| self.known.current(c)).collect();
        if told.iter().filter(|c| self.known.relationships.contains(**c)).count() >= 2 {
            return self.draft.pass_row(None, "told-by-components", "the links that it is made of stand in the file");
        }
        match self.interests(details.get("interests").and_then(Value::as_array).map_or(&[], Vec::as_slice)) {
            Err((reason, found)) => self.draft.pass_row(Some("interests"), reason, found),
            Ok(Interests { from, to, held }) => {
                let source = if held.is_empty() { self.list.clone() } else { format!("{}: {held}", self.list) };
                let cells = [
                    ("supplier_id", subject.0.as_str()),
                    ("buyer_id", &party.0),
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

    fn interests(&mut self, interests: &[Value]) -> Result<Interests, (&'static str, String)> {
        let (mut starts, mut ends, mut held) = (Vec::new(), Vec::new(), BTreeSet::new());
        let (mut counted, mut small, mut none) = (0, Vec::new(), BTreeSet::new());
        for interest in interests {
            let kind = text(interest, "type");
            let word: String = kind.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(50).collect();
            if NO_OWNERSHIP.contains(&kind) {
                none.insert(word);
                continue;
            }
            let share = interest.get("share").unwrap_or(&Value::Null);
            let number = |key: &str| share.get(key).and_then(Value::as_f64).or_else(|| text(share, key).parse().ok());
            let (exact, least, most) = (number("exact"), number("minimum"), number("maximum"));
            let least = least.or_else(|| number("exclusiveMinimum"));
            let most = most.or_else(|| number("exclusiveMaximum"));
            if [exact, least, most].into_iter().flatten().any(|v| !(0.0..=100.0).contains(&v)) {
                self.draft.refuse_cell("interests.share", "holding-unreadable", "a share outside 0 to 100");
                continue;
            }
            let told = match (exact, least, most) {
                (Some(e), ..) => format!("{word} {e} %"),
                (_, Some(l), Some(m)) => format!("{word} {l} to {m} %"),
                (_, Some(l), None) => format!("{word} from {l} %"),
                (_, None, Some(m)) => format!("{word} up to {m} %"),
                _ => word,
            };
            let upper = exact.or(most);
            if (BY_SHARE.contains(&kind) || kind.is_empty()) && upper.is_some_and(|u| u < 100.0 * CONTROL_FROM) {
                small.push(told);
                continue;
            }
            counted += 1;
            held.insert(told);
            for (key, list) in [("startDate", &mut starts), ("endDate", &mut ends)] {
                match (text(interest, key), period(text(interest, key))) {
                    ("", _) => {}
                    (_, Some(day)) => list.push(day),
                    (bad, None) => self.draft.refuse_cell(key, "date-unreadable", shown(bad)),
                }
            }
        }
        if counted == 0 && !small.is_empty() {
            return Err(("holding-without-control", small.join(", ")));
        }
        if counted == 0 && !none.is_empty() {
            return Err(("interest-without-ownership", none.into_iter().collect::<Vec<_>>().join(", ")));
        }
        let to = if counted > 0 && ends.len() == counted { ends.into_iter().max() } else { None };
        let from = if starts.len() == counted { starts.into_iter().min() } else { None };
        held.remove("");
        Ok(Interests { from: from.unwrap_or_default(), to: to.unwrap_or_default(), held: held.into_iter().collect::<Vec<_>>().join(", ") })
    }
}

struct Interests {
    from: String,
    to: String,
    held: String,
}

fn care_of(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains("c/o") || lower.contains("care of")
}

fn reason(value: &Value) -> String {
    let reason = unspecified(value);
    if reason.is_empty() { "no reason given".to_owned() } else { reason }
}
