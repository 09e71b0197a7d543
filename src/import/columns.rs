//! Which foreign column is meant: the documented mapping of a format against the header of a file.
//!
//! The mapping that `onus import --formats` prints is the one that is read: its spellings, behind `|`, are looked for in their order, case,
//! blanks and signs aside. A column whose name says that it identifies persons is never read. `--column OURS=THEIRS` stands before all
//! spellings. What nothing reads is noted in the draft.

use super::{Draft, Mapped, Options, Sheet};
use crate::read::Trouble;
use crate::read::cell::is_missing;
use crate::schema::codes::MAPPING_COLUMN;
use crate::schema::{ColumnType, personal_word};
use std::collections::BTreeMap;

/// Remarks of a mapping that begin so say why a column is left out.
const LEFT_OUT: &str = "left out";

/// The columns of one sheet by the first spelling of their line in the mapping.
#[derive(Debug)]
pub struct Columns {
    at: BTreeMap<&'static str, usize>,
    /// For each column of the file: what is done with it.
    fate: Vec<Fate>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Unread,
    Read,
    LeftOut(&'static str),
    Personal,
}

impl Columns {
    /// Matches a header with a mapping.
    ///
    /// # Errors
    /// `--column` names a column that the file has not got, or one that identifies persons, or ours that the format does not fill.
    pub fn of(sheet: &Sheet, options: &Options<'_>, mapping: &'static [Mapped]) -> Result<Self, Trouble> {
        let spelled: Vec<String> = sheet.header.iter().map(|h| plain(h)).collect();
        let mut columns = Self { at: BTreeMap::new(), fate: vec![Fate::Unread; sheet.header.len()] };
        for (fate, name) in columns.fate.iter_mut().zip(&sheet.header) {
            if personal_word(name).is_some() {
                *fate = Fate::Personal;
            }
        }
        for (ours, theirs) in &options.columns {
            let wrong = |found: String| Trouble { code: &MAPPING_COLUMN, line: 1, column: Some(theirs.clone()), found };
            let line = mapping
                .iter()
                .find(|m| m.ours == ours || m.ours.split_once('.').is_some_and(|o| o.1 == ours) || key(m) == ours)
                .ok_or_else(|| wrong(format!("this format fills no {ours}")))?;
            let at = sheet
                .header
                .iter()
                .position(|h| h == theirs)
                .or_else(|| spelled.iter().position(|s| *s == plain(theirs)))
                .ok_or_else(|| wrong("no such column in the file".to_owned()))?;
            if columns.fate.get(at) == Some(&Fate::Personal) {
                return Err(wrong("a column that identifies persons is never read".to_owned()));
            }
            columns.claim(key(line), at);
        }
        for line in mapping {
            if columns.at.contains_key(key(line)) {
                continue;
            }
            let left_out = line.ours.is_empty() && line.remark.starts_with(LEFT_OUT);
            for spelling in line.theirs.split('|').map(plain) {
                let free = |at: &usize| spelled.get(*at) == Some(&spelling) && columns.fate.get(*at) == Some(&Fate::Unread);
                let Some(at) = (0..spelled.len()).find(free) else { continue };
                if !left_out {
                    columns.claim(key(line), at);
                    break;
                }
                if let Some(fate) = columns.fate.get_mut(at) {
                    *fate = Fate::LeftOut(line.remark);
                }
            }
        }
        Ok(columns)
    }

    fn claim(&mut self, key: &'static str, at: usize) {
        self.at.insert(key, at);
        self.read(at);
    }

    /// Says that a column is read by other means than the mapping.
    pub fn read(&mut self, at: usize) {
        if let Some(fate) = self.fate.get_mut(at).filter(|f| **f == Fate::Unread) {
            *fate = Fate::Read;
        }
    }

    /// Whether the column may be read: it is not one that identifies persons.
    pub fn may_read(&self, at: usize) -> bool {
        self.fate.get(at).is_some_and(|f| *f != Fate::Personal)
    }

    /// Whether the file has the column.
    pub fn has(&self, key: &str) -> bool {
        self.at.contains_key(key)
    }

    /// The cell, blank where the file has no such column or the cell says that nothing is known (`-`, `n/a`).
    pub fn cell<'s>(&self, sheet: &'s Sheet, key: &str, row: usize) -> &'s str {
        let cell = sheet.cell(self.at.get(key).copied(), row);
        if is_missing(cell, ColumnType::Text) { "" } else { cell }
    }

    /// The column's name as the file writes it.
    pub fn name<'s>(&self, sheet: &'s Sheet, key: &'s str) -> &'s str {
        self.at.get(key).and_then(|at| sheet.header.get(*at)).map_or(key, String::as_str)
    }

    /// Notes what nothing reads.
    pub fn note_left(&self, sheet: &Sheet, draft: &mut Draft) {
        for (name, fate) in sheet.header.iter().zip(&self.fate).filter(|(name, _)| !name.is_empty()) {
            match fate {
                Fate::Read => {}
                Fate::Unread => draft.column_left(&sheet.file, sheet.name.as_ref(), name, ""),
                Fate::LeftOut(why) => draft.column_left(&sheet.file, sheet.name.as_ref(), name, why),
                Fate::Personal => draft.column_left(&sheet.file, sheet.name.as_ref(), name, "left out: it may identify persons"),
            }
        }
    }
}

/// The first spelling of a line of a mapping, by which code names the column.
pub fn key(line: &Mapped) -> &'static str {
    line.theirs.split('|').next().unwrap_or("").trim()
}

/// Whether a header is a spelling of the mapping.
pub fn is_known(mapping: &[Mapped], header: &str) -> bool {
    let plain_header = plain(header);
    !plain_header.is_empty() && mapping.iter().any(|m| m.theirs.split('|').any(|s| plain(s) == plain_header))
}

/// A header without case, blanks and signs; `%` and `#` are words.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => plain.push_str("percent"),
            '#' => plain.push_str("number"),
            '&' => plain.push_str("and"),
            c if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::PersonKey;
    use crate::read::RawTable;
    use crate::reference::Reference;

    static MAPPING: &[Mapped] = &[
        Mapped { theirs: "name | factory name", ours: "nodes.name", remark: "" },
        Mapped { theirs: "% female", ours: "nodes.female_share", remark: "" },
        Mapped { theirs: "female workers", ours: "", remark: "for the share" },
        Mapped { theirs: "status", ours: "", remark: "left out: it has no day" },
    ];

    fn sheet(header: &[&str]) -> Sheet {
        let header = header.iter().map(|h| (*h).to_owned()).collect();
        Sheet { file: "a.csv".into(), name: None, header, raw: RawTable::default(), warnings: Vec::new() }
    }

    #[test]
    fn headers_are_found_by_their_spellings_and_persons_never() {
        let reference = Reference::embedded().unwrap();
        let mut options = Options::new(&reference, PersonKey::of_secret(b""));
        let s = sheet(&["Factory_Name", "% Female", "Female Workers", "Status", "Contact name", "other"]);
        let c = Columns::of(&s, &options, MAPPING).unwrap();
        assert_eq!(
            (c.name(&s, "name"), c.name(&s, "% female"), c.name(&s, "female workers")),
            ("Factory_Name", "% Female", "Female Workers")
        );
        let mut draft = Draft::default();
        c.note_left(&s, &mut draft);
        let left: Vec<_> = draft.columns_left.iter().map(|(k, why)| (k.2.as_str(), *why)).collect();
        assert_eq!(left, [("Contact name", "left out: it may identify persons"), ("Status", "left out: it has no day"), ("other", ""),]);
        options.columns.insert("name".to_owned(), "other".to_owned());
        assert_eq!(Columns::of(&s, &options, MAPPING).unwrap().name(&s, "name"), "other");
        options.columns.insert("name".to_owned(), "Contact name".to_owned());
        assert!(Columns::of(&s, &options, MAPPING).is_err());
        options.columns = BTreeMap::from([("lei".to_owned(), "other".to_owned())]);
        assert!(Columns::of(&s, &options, MAPPING).is_err());
    }
}
