//! What the caller hands in (records and settings) and gets back (pairs with score, outcome and reasons).

use crate::base::CountryCode;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// What a record is a record of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Class {
    /// A workplace: factory, mill, farm, mine.
    #[default]
    Place,
    /// A company, group, brand, person as a business.
    Party,
    /// A vessel.
    Vessel,
}

/// Whom an identifier names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Names {
    /// One site (OS ID, GLN of a location, UML id, smelter CID, IMO number).
    Site,
    /// One legal entity (LEI, company register number, DUNS of a company).
    Party,
}

/// An identifier, normalised by the caller: equal values are equal text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Identifier<'a> {
    pub scheme: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub names: Names,
}

/// One record. Empty text and empty lists say nothing, neither for nor against.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Record<'a> {
    /// Breaks ties and gives the order of work; need not be unique.
    pub id: Cow<'a, str>,
    /// The main name first, then other names and aliases. At most [`MAX_NAMES`] are read.
    pub names: Vec<Cow<'a, str>>,
    pub class: Class,
    pub country: Option<CountryCode>,
    pub subdivision: Cow<'a, str>,
    pub city: Cow<'a, str>,
    pub address: Cow<'a, str>,
    /// Latitude and longitude in decimal degrees. (0, 0) and values out of range count as missing.
    pub position: Option<(f64, f64)>,
    /// Parents, groups, operators.
    pub groups: Vec<Cow<'a, str>>,
    /// Keys of graph neighbours in one numbering for all records: shared buyers, suppliers, owners.
    pub around: Vec<u32>,
    pub identifiers: Vec<Identifier<'a>>,
}

/// Names of one record that are read.
pub const MAX_NAMES: usize = 24;

/// Thresholds and bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// From this probability on two records are the same.
    pub same: f64,
    /// From this probability on a person is asked.
    pub ask: f64,
    /// Pairs below this probability are not returned; `None`: as `ask`.
    pub keep_from: Option<f64>,
    /// Share of true pairs among the compared ones; `None`: estimated from the records.
    pub prior: Option<f64>,
    /// Compare a place with a party or a vessel too (screening).
    pub across_classes: bool,
    /// Candidates kept for one record, best first.
    pub candidates: usize,
    /// A blocking key that holds more records than this is not used alone.
    pub block_cap: usize,
    /// Rounds of expectation and maximisation; 0: published and expert weights as they are.
    pub rounds: usize,
    /// Records whose candidates are looked at when the weights are estimated.
    pub sample: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            same: 0.9,
            ask: 0.3,
            keep_from: None,
            prior: None,
            across_classes: false,
            candidates: 40,
            block_cap: 400,
            rounds: 20,
            sample: 40_000,
        }
    }
}

/// What is said of a pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    Same,
    Ask,
    Different,
}

/// What a reason is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    Identifier,
    Name,
    Number,
    LegalForm,
    Group,
    Country,
    Locality,
    Address,
    Distance,
    Around,
}

impl Field {
    /// The word for tables and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Identifier => "identifier",
            Field::Name => "name",
            Field::Number => "number in the name",
            Field::LegalForm => "legal form",
            Field::Group => "group",
            Field::Country => "country",
            Field::Locality => "locality",
            Field::Address => "address",
            Field::Distance => "distance",
            Field::Around => "neighbours",
        }
    }
}

/// What agreed or differed, without the text of the records. `Display` gives plain words.
#[derive(Clone, PartialEq, Debug)]
pub enum Finding {
    SharedIdentifier {
        scheme: Arc<str>,
        names: Names,
    },
    ConflictingIdentifier {
        scheme: Arc<str>,
        names: Names,
    },
    /// `left` and `right`: which of the names of each record were closest (0: the main name).
    SameName {
        left: u8,
        right: u8,
        common: bool,
    },
    SameWords {
        left: u8,
        right: u8,
        common: bool,
    },
    NearName {
        left: u8,
        right: u8,
        common: bool,
    },
    OneNameInsideOther {
        left: u8,
        right: u8,
        common: bool,
    },
    SomeSharedWords {
        left: u8,
        right: u8,
        common: bool,
    },
    DifferentName,
    SameNumber,
    DifferentNumber,
    NumberOnOneSide,
    SameLegalForm,
    DifferentLegalForm,
    SameGroup,
    NearGroup,
    NamedAsGroupOfOther,
    DifferentGroup,
    SameCountry,
    DifferentCountry,
    SameCity,
    SameSubdivision,
    DifferentLocality,
    SameAddress,
    NearAddress,
    SameStreetOtherNumber,
    SomeSharedAddress,
    DifferentAddress,
    Metres(f64),
    SharedNeighbours {
        shared: u32,
        of: u32,
    },
    NoSharedNeighbours {
        of: u32,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |f: &mut fmt::Formatter<'_>, words: &str, left: u8, right: u8, common: bool| {
            f.write_str(words)?;
            if common {
                f.write_str(" (common words only)")?;
            }
            match (left, right) {
                (0, 0) => Ok(()),
                (_, 0) => f.write_str(", by another name of the first"),
                (0, _) => f.write_str(", by another name of the second"),
                _ => f.write_str(", by other names of both"),
            }
        };
        match self {
            Finding::SharedIdentifier { scheme, names: Names::Site } => write!(f, "share the site identifier {scheme}"),
            Finding::SharedIdentifier { scheme, names: Names::Party } => write!(f, "share the company identifier {scheme}"),
            Finding::ConflictingIdentifier { scheme, .. } => write!(f, "have different values of {scheme}"),
            Finding::SameName { left, right, common } => name(f, "same name", *left, *right, *common),
            Finding::SameWords { left, right, common } => {
                name(f, "same name but for order, spacing or common words", *left, *right, *common)
            }
            Finding::NearName { left, right, common } => name(f, "nearly the same name", *left, *right, *common),
            Finding::OneNameInsideOther { left, right, common } => name(f, "one name is part of the other", *left, *right, *common),
            Finding::SomeSharedWords { left, right, common } => name(f, "names share some words", *left, *right, *common),
            Finding::DifferentName => f.write_str("names differ"),
            Finding::SameNumber => f.write_str("same number in the name"),
            Finding::DifferentNumber => f.write_str("different numbers in the names"),
            Finding::NumberOnOneSide => f.write_str("a number in one name only"),
            Finding::SameLegalForm => f.write_str("same legal form"),
            Finding::DifferentLegalForm => f.write_str("different legal forms"),
            Finding::SameGroup => f.write_str("same parent or group"),
            Finding::NearGroup => f.write_str("nearly the same parent or group"),
            Finding::NamedAsGroupOfOther => f.write_str("the name of one is the parent or group of the other"),
            Finding::DifferentGroup => f.write_str("different parents or groups"),
            Finding::SameCountry => f.write_str("same country"),
            Finding::DifferentCountry => f.write_str("different countries"),
            Finding::SameCity => f.write_str("same city or district"),
            Finding::SameSubdivision => f.write_str("same state or province"),
            Finding::DifferentLocality => f.write_str("different city or province"),
            Finding::SameAddress => f.write_str("same address"),
            Finding::NearAddress => f.write_str("nearly the same address"),
            Finding::SameStreetOtherNumber => f.write_str("like address, other house or plot number"),
            Finding::SomeSharedAddress => f.write_str("addresses share some words"),
            Finding::DifferentAddress => f.write_str("addresses differ"),
            Finding::Metres(m) if *m < 1000.0 => write!(f, "{:.0} m apart", (m / 10.0).round() * 10.0),
            Finding::Metres(m) if *m < 20_000.0 => write!(f, "{:.1} km apart", m / 1000.0),
            Finding::Metres(m) => write!(f, "{:.0} km apart", m / 1000.0),
            Finding::SharedNeighbours { shared, of } => write!(f, "share {shared} of {of} known buyers, suppliers or owners"),
            Finding::NoSharedNeighbours { of } => write!(f, "share none of {of} known buyers, suppliers or owners"),
        }
    }
}

/// One line of the case for or against a pair.
#[derive(Clone, PartialEq, Debug)]
pub struct Reason {
    pub field: Field,
    pub finding: Finding,
    /// Weight in bits: how many doublings of the odds that this is the same (negative: halvings), as it entered the score.
    pub bits: f64,
}

/// A pair and what is said of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Pair {
    /// Position in the records handed in (`between`: of the left set; `within`: the record with the smaller id).
    pub left: usize,
    /// Position in the records handed in (`between`: of the right set).
    pub right: usize,
    /// Probability that both are one, in [0, 1]; 1 only with a shared identifier, at most 0.999 without.
    pub score: f64,
    pub outcome: Outcome,
    /// Strongest first.
    pub reasons: Vec<Reason>,
}

impl Pair {
    /// The reasons in one line: `same name; 120 m apart; share 4 of 5 known buyers, suppliers or owners`.
    pub fn because(&self) -> String {
        self.reasons.iter().map(|r| r.finding.to_string()).collect::<Vec<_>>().join("; ")
    }
}

/// What was counted on the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    pub records: usize,
    /// Pairs compared.
    pub candidates: usize,
    /// Blocking keys left out because too many records hold them.
    pub crowded_keys: usize,
    pub same: usize,
    pub ask: usize,
}
