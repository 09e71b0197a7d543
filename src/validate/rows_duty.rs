//! Typed cells to rows of people's own judgements and of suppliers' answers.

use super::context::{Context, cell, code, date, text};
use super::inputs::{Claim, ContestRow, OverrideRow, RowRef};
use super::quarantine::shown;
use super::rows_chain::{incomplete, positions};
use super::table_run::{Place, RowFault};
use super::typed::Cell;
use crate::base::{Norm, Symbol};
use crate::schema::TableSchema;
use crate::schema::codes as c;
use crate::schema::inputs_duty::{ANSWERERS, DECIDERS, OVERRIDE_FIELDS};
use std::collections::HashSet;

/// Characters of a reason that are kept.
const REASON_MOST: usize = 500;

positions!(OverrideAt { node_id, field, value, reason, by_role, date });
positions!(ContestAt { contest_id, node_id, claim, norm, sign, case_id, date, by_role, evidence });

impl OverrideAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], at: RowRef) -> Result<OverrideRow, RowFault> {
        let node = text(cells, self.node_id).ok_or_else(|| incomplete(self.node_id))?;
        let field = code(cells, self.field).ok_or_else(|| incomplete(self.field))?;
        let value = text(cells, self.value).ok_or_else(|| incomplete(self.value))?;
        let reason = text(cells, self.reason).ok_or_else(|| incomplete(self.reason))?;
        let name = OVERRIDE_FIELDS.get(field).copied().unwrap_or_default();
        let Some(value) = judged(context, name, value.trim()) else {
            let shown = shown(value);
            return Err(RowFault { code: &c::OVERRIDE_VALUE, column: self.value, found: format!("{shown} is no value of {name}"), shown });
        };
        if looks_like_a_contact(reason) {
            let found = "a text with what looks like a contact".to_owned();
            return Err(RowFault { code: &c::REASON_PERSONAL, column: self.reason, found, shown: shown(reason) });
        }
        Ok(OverrideRow {
            node: context.ids.intern(node),
            field: field as u8,
            value: value.into(),
            reason: one_line(reason).into(),
            by_role: code(cells, self.by_role).and_then(|i| DECIDERS.get(i).copied()).ok_or_else(|| incomplete(self.by_role))?,
            date: date(cells, self.date).ok_or_else(|| incomplete(self.date))?,
            row: at,
        })
    }
}

/// A judgement as its field writes it; `None` where the field cannot have it.
fn judged(context: &Context, field: &str, value: &str) -> Option<String> {
    let one_of = |allowed: &[&str], value: String| allowed.contains(&value.as_str()).then_some(value);
    match field {
        "severity_band" => one_of(&["A", "B", "C"], value.to_uppercase()),
        "involvement" => one_of(&["cause", "contribute", "linked"], value.to_lowercase()),
        "alert" => match value.to_lowercase().as_str() {
            "yes" | "true" => Some("yes".to_owned()),
            "no" | "false" => Some("no".to_owned()),
            _ => None,
        },
        "priority" => value.parse::<u32>().ok().filter(|n| *n > 0).map(|n| n.to_string()),
        "response" => Some(value.to_lowercase()).filter(|v| context.words.response_exists(v)),
        _ => None,
    }
}

/// A sentence without line breaks or control characters, cut to what a cell can show.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(REASON_MOST).collect()
}

/// A mail or web address, or nine digits and more with nothing but blanks and marks of telephone numbers between them. Dates and amounts in
/// words of a reason stay under that: 2026-03-02 is no number of nine digits on its own.
fn looks_like_a_contact(text: &str) -> bool {
    if text.contains('@') || text.contains("://") || text.to_lowercase().contains("www.") {
        return true;
    }
    let (mut digits, mut is_dialled) = (0, false);
    for c in text.chars() {
        match c {
            '0'..='9' => {
                is_dialled |= digits == 0 && c == '0';
                digits += 1;
            }
            '+' => is_dialled = true,
            ' ' | '(' | ')' | '/' | '.' => {}
            // A day begins with neither a plus nor a nought.
            '-' if is_dialled => {}
            _ => (digits, is_dialled) = (0, false),
        }
        if digits >= 9 {
            return true;
        }
    }
    false
}

impl ContestAt {
    /// The row; a case that is none of `cases` counts as missing.
    pub fn row(
        &self,
        context: &mut Context,
        cells: &[Cell],
        place: &Place,
        at: RowRef,
        cases: &HashSet<Symbol>,
    ) -> Result<ContestRow, RowFault> {
        let mut id = |at: usize| text(cells, at).map(|t| context.ids.intern(t)).ok_or_else(|| incomplete(at));
        let (contest, node) = (id(self.contest_id)?, id(self.node_id)?);
        let mut case = text(cells, self.case_id).map(|t| context.ids.intern(t));
        let names_case = case.is_some();
        if let Some(unknown) = case.filter(|c| !cases.contains(c)) {
            let shown = shown(context.ids.text(unknown));
            let found = "no case of the data has this identifier".to_owned();
            context.collector.refuse(&c::CASE_UNKNOWN, place.of(self.case_id), found, c::CASE_UNKNOWN.remedy, shown);
            case = None;
        }
        let mut evidence = text(cells, self.evidence);
        if let Some(told) = evidence.filter(|t| t.contains(char::is_whitespace) || looks_like_a_contact(t)) {
            let found = "a text, or what looks like a contact, where a reference without blanks is expected".to_owned();
            context.collector.refuse(&c::REASON_PERSONAL, place.of(self.evidence), found, c::REASON_PERSONAL.remedy, shown(told));
            evidence = None;
        }
        let evidence = evidence.map(|t| context.ids.intern(t));
        Ok(ContestRow {
            contest,
            node,
            claim: code(cells, self.claim).and_then(|i| Claim::ALL.get(i).copied()).ok_or_else(|| incomplete(self.claim))?,
            norm: code(cells, self.norm).and_then(|i| Norm::ALL.get(i).copied()),
            sign: match cell(cells, self.sign) {
                Cell::Sign(sign, _) => Some(*sign),
                _ => None,
            },
            case,
            names_case,
            date: date(cells, self.date).ok_or_else(|| incomplete(self.date))?,
            by_role: code(cells, self.by_role).and_then(|i| ANSWERERS.get(i).copied()).ok_or_else(|| incomplete(self.by_role))?,
            evidence,
            row: at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::input_table;
    use crate::schema::inputs_duty::NORMS;

    #[test]
    fn every_column_that_rows_read_is_declared() {
        let columns = |name: &str| input_table(name).unwrap();
        assert!(!OverrideAt::of(columns("overrides")).all().contains(&usize::MAX));
        assert!(!ContestAt::of(columns("contests")).all().contains(&usize::MAX));
        assert_eq!(NORMS, Norm::ALL.map(Norm::as_str));
        assert_eq!(crate::schema::CLAIMS, Claim::ALL.map(Claim::as_str));
    }

    #[test]
    fn a_reason_with_a_contact_is_told_from_one_with_a_date_or_an_amount() {
        for reason in ["ask a.b@c.org", "call +84 (0) 912 345 678", "see www.example.org", "0049 30 1234567"] {
            assert!(looks_like_a_contact(reason), "{reason}");
        }
        for reason in ["visited on 2026-03-02 by two people", "fees of 1,500,000 repaid", "row 16 of 18", "orders of 1 200 000 moved"] {
            assert!(!looks_like_a_contact(reason), "{reason}");
        }
    }
}
