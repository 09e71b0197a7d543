//! Foreign files to rows of our tables: one file per format, each with its mapping as data that `onus import --formats` prints.
//!
//! An [`Importer`] reads one foreign file and adds rows to a [`Draft`]: cells as texts under our column names, each row with the file,
//! sheet and line it came from. What cannot be mapped is refused or noted there, never guessed; a foreign row that gives nothing is
//! always counted with its reason. Identifiers that a file states stand in `identifiers` or in the columns of `nodes`; two files that name
//! one place give two nodes of two ids, which [`resolve`](crate::resolve) joins by identifier or by decision. Names of natural persons
//! become a key ([`person`]); contacts are never read. Writing the draft is for `export`.

mod amounts;
pub mod areas;
pub mod audits;
pub mod baci;
pub mod bills;
pub mod bods;
pub mod cells;
pub mod columns;
pub mod comtrade;
pub mod days;
pub mod draft;
pub mod exact;
pub mod factories;
pub mod file;
pub mod flows;
pub mod ftm;
mod ftm_entity;
pub mod gleif;
pub mod goods;
pub mod listed;
pub mod mills;
pub mod names;
pub mod osh;
pub mod palm;
pub mod parties;
pub mod party_names;
pub mod person;
pub mod places;
pub mod rmi;
pub mod sums;
pub mod table;
mod tariff;
pub mod trase;

pub use columns::Columns;
pub use draft::{Draft, Origin, Refusal, Settings};
pub use exact::Exact;
pub use file::{ForeignFile, Sheet};
pub use person::PersonKey;

use crate::base::Date;
use crate::read::Trouble;
use crate::reference::Reference;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What the command says beside the files.
#[derive(Clone)]
pub struct Options<'a> {
    pub reference: &'a Reference,
    /// The company whose disclosure a list is, where the file does not say it.
    pub company: Option<String>,
    /// Name of the list in ids and sources; else the file's stem.
    pub list: Option<String>,
    /// The day or the end of the period that the file speaks of, where it does not say it.
    pub as_of: Option<Date>,
    /// The sheet to read, where a workbook has several.
    pub sheet: Option<String>,
    /// Foreign column of a column of ours, before what the importer looks for itself.
    pub columns: BTreeMap<String, String>,
    /// Good that a list is about, where it does not say it.
    pub product: Option<String>,
    /// Mapping file of the format `table`.
    pub mapping: Option<PathBuf>,
    pub persons: PersonKey,
}

impl<'a> Options<'a> {
    /// What the command says when it says nothing.
    pub fn new(reference: &'a Reference, persons: PersonKey) -> Self {
        Self {
            reference,
            company: None,
            list: None,
            as_of: None,
            sheet: None,
            columns: BTreeMap::new(),
            product: None,
            mapping: None,
            persons,
        }
    }

    /// Name of the list: as said, else the company's, else the file's.
    pub fn list_name<'o>(&'o self, file: &'o ForeignFile) -> &'o str {
        self.list.as_deref().or(self.company.as_deref()).unwrap_or_else(|| file.stem())
    }

    /// The list as the first part of ids.
    pub fn list_slug(&self, file: &ForeignFile) -> String {
        let slug = cells::slug(self.list_name(file));
        if slug.is_empty() { cells::key(&[self.list_name(file)]) } else { slug }
    }
}

/// A line of a documented mapping.
#[derive(Clone, Copy, Debug)]
pub struct Mapped {
    /// Foreign column, with its other spellings behind `|`.
    pub theirs: &'static str,
    /// `table.column` of ours; empty for what is read to decide and not kept, or left out on purpose.
    pub ours: &'static str,
    pub remark: &'static str,
}

/// A foreign format.
#[derive(Clone, Copy)]
pub struct Importer {
    /// As the command names it.
    pub name: &'static str,
    /// What the files are, in one line.
    pub about: &'static str,
    /// Where the layout is described.
    pub source: &'static str,
    pub mapping: &'static [Mapped],
    pub run: fn(&ForeignFile, &Options<'_>, &mut Draft) -> Result<(), Trouble>,
}

/// Every format, in the order of their names.
pub static IMPORTERS: &[Importer] = &[
    audits::AUDITS,
    baci::BACI,
    bills::BILLS,
    bods::BODS,
    rmi::CMRT,
    comtrade::COMTRADE,
    rmi::EMRT,
    factories::FACTORIES,
    flows::FLOWS,
    ftm::FTM,
    gleif::GLEIF,
    mills::MILLS,
    osh::OSH,
    table::TABLE,
    trase::TRASE,
    listed::UFLPA,
    listed::WRO,
];

/// The format of that name.
pub fn importer(name: &str) -> Option<&'static Importer> {
    IMPORTERS.iter().find(|i| i.name == name)
}
