//! What is kept of a refused row or cell: where, why, and the value as far as it can be shown.
//!
//! Text may name a person, so of text only length and class are kept; numbers, dates and words near an allowed one are shown. Characters
//! that a spreadsheet would run as a formula are made inert by an apostrophe (OWASP, "CSV Injection").

use crate::base::{Diagnostics, Locator};
use crate::schema::Code;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A row of quarantine.csv.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct QuarantineRow {
    pub file: Arc<str>,
    pub part: Option<Arc<str>>,
    pub line: u64,
    pub column: Option<Arc<str>>,
    pub code: &'static str,
    pub reason: String,
    pub value_shown: String,
}

/// Diagnostics of one kind at one column of one file after which the rest is only counted; the quarantine holds every one.
const SAID_MOST: u64 = 1_000;

/// Code, file, part and column.
type Subject = (&'static str, Arc<str>, Option<Arc<str>>, Option<Arc<str>>);

/// Gathers problems of all tables.
#[derive(Debug, Default)]
pub(super) struct Collector {
    pub diagnostics: Diagnostics,
    pub quarantine: Vec<QuarantineRow>,
    said: BTreeMap<Subject, u64>,
}

impl Collector {
    /// A problem; `expected` says what to do.
    pub fn say(&mut self, code: &'static Code, at: Locator, found: impl Into<String>, expected: impl Into<String>) {
        let said = self.said.entry((code.code, at.file.clone(), at.part.clone(), at.column.clone())).or_default();
        *said += 1;
        if *said <= SAID_MOST {
            self.diagnostics.push(code.level, code.code, at, found, expected);
        }
    }

    /// A problem that refuses a row or makes a cell missing.
    pub fn refuse(&mut self, code: &'static Code, at: Locator, found: impl Into<String>, expected: impl Into<String>, shown: String) {
        let found = found.into();
        self.quarantine.push(QuarantineRow {
            file: at.file.clone(),
            part: at.part.clone(),
            line: at.line,
            column: at.column.clone(),
            code: code.code,
            reason: found.clone(),
            value_shown: shown,
        });
        self.say(code, at, found, expected);
    }

    /// Everything, in the order of files and lines; what was only counted is said at the file.
    pub fn finish(mut self) -> (Diagnostics, Vec<QuarantineRow>) {
        for ((code, file, part, column), said) in std::mem::take(&mut self.said) {
            if said > SAID_MOST
                && let Some(code) = crate::schema::codes::code_of(code)
            {
                let at = Locator { file, part, line: 0, column };
                self.diagnostics.push(code.level, code.code, at, format!("{} more of these", said - SAID_MOST), code.remedy);
                if let Some(rest) = self.diagnostics.all.last_mut() {
                    rest.times = said - SAID_MOST;
                }
            }
        }
        self.diagnostics.sort();
        self.quarantine.sort();
        (self.diagnostics, self.quarantine)
    }
}

/// A value that may be anything, as its length and class; digits and their signs are shown as they are.
pub(super) fn shown(text: &str) -> String {
    let numeric =
        text.len() <= 32 && text.bytes().any(|b| b.is_ascii_digit()) && !text.bytes().any(|b| b.is_ascii_alphabetic() || b >= 0x80);
    if numeric {
        return inert(text);
    }
    let letters = text.chars().any(char::is_alphabetic);
    let digits = text.chars().any(char::is_numeric);
    let class = match (letters, digits) {
        (true, true) => "letters and digits",
        (true, false) => "letters",
        (false, true) => "digits",
        (false, false) => "signs",
    };
    format!("text of {} characters ({class})", text.chars().count())
}

/// An identifier, code or other value that names no person, made inert and cut to 64 characters.
pub(super) fn inert(text: &str) -> String {
    let mut safe: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(64).collect();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|']) {
        safe.insert(0, '\'');
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_shows_as_length_and_class_and_formulas_are_inert() {
        assert_eq!(shown("Maria Lopez"), "text of 11 characters (letters)");
        assert_eq!(shown("-3"), "'-3");
        assert_eq!(shown("1,234"), "1,234");
        assert_eq!(shown("=cmd|' /C calc'!A0"), "text of 18 characters (letters and digits)");
        assert_eq!(inert("=1+1"), "'=1+1");
        assert_eq!(shown("٣"), "text of 1 characters (digits)");
    }
}
