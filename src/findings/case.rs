//! A case: one person, or a group whose members share the facts, with what the rules ask of it.

use crate::base::{Date, NodeIx};
use crate::pack::{Phase, SignIx};
use crate::resolve::Resolution;
use crate::validate::Inputs;
use crate::validate::inputs::{AgeProof, CaseBasis, CaseRow, Circumstances, FactStatus, RowRef};
use std::sync::Arc;

/// Days of the reference period of a finding: facts that ended earlier are historic (methodology 1.1).
pub(super) const REFERENCE_DAYS: i32 = 365;

/// One fact of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    pub sign: SignIx,
    /// The phase told; `None` = that of the sign.
    pub phase: Option<Phase>,
    pub status: FactStatus,
    pub row: RowRef,
}

/// Age as an interval in whole years, and how it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Age {
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// `None` = nothing was said of proof: a fact about age then stands as far as its own status goes.
    pub proof: Option<AgeProof>,
    pub reason_to_believe_minor: bool,
    pub contested: bool,
}

/// How the people of a case belong to its facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Linking {
    /// One person.
    #[default]
    Person,
    /// Several who share every fact by nature.
    Shared,
    /// Several, and nothing says that the facts are those of each.
    Loose,
}

/// On what a case rests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// A row of `cases`.
    Told(CaseBasis),
    /// A row of another table that tells facts of one group.
    Derived(&'static str),
}

/// What the rules see.
#[derive(Clone, Debug)]
pub struct Case {
    /// Identifier of the row or of the derived case; outputs show a key in its place.
    pub id: Arc<str>,
    pub node: NodeIx,
    pub people: Option<f64>,
    pub age: Age,
    /// Sorted.
    pub facts: Vec<Fact>,
    /// Status of every sign and circumstance that is not told: unknown, or absent where all was asked.
    pub unlisted: FactStatus,
    pub linking: Linking,
    /// Loose facts are collective by nature: no cap.
    pub collective: bool,
    pub basis: Basis,
    /// The facts ended before the reference period.
    pub historic: bool,
    /// Days since the facts ended; `None` = no period was told, or they are open.
    pub ended_days: Option<i32>,
    pub circumstances: Circumstances,
    pub row: RowRef,
}

impl Case {
    /// One person's own words and nothing else.
    pub fn single_testimony(&self) -> bool {
        self.basis == Basis::Told(CaseBasis::Interview) && self.linking == Linking::Person
    }

    /// Status of a circumstance: told yes is established, told no absent, not told as every unlisted fact.
    pub fn told(&self, circumstance: Option<bool>) -> FactStatus {
        match circumstance {
            Some(true) => FactStatus::Established,
            Some(false) => FactStatus::Absent,
            None => self.unlisted,
        }
    }
}

/// The rows of `cases` as of a day; a row about a period that begins later is as if it had not been written.
pub fn told_cases(inputs: &Inputs, resolution: &Resolution, as_of: Date) -> Vec<Case> {
    let known = |row: &&CaseRow| row.period.is_none_or(|p| p.from <= as_of);
    inputs
        .cases
        .iter()
        .filter(known)
        .filter_map(|row| resolution.node(row.node).map(|node| told(row, node, inputs.ids.text(row.case), as_of)))
        .collect()
}

fn told(row: &CaseRow, node: NodeIx, id: &str, as_of: Date) -> Case {
    let several = row.people.is_some_and(|n| n > 1.0);
    let linking = match (row.group, several) {
        (Some(true), _) => Linking::Shared,
        (_, true) => Linking::Loose,
        _ => Linking::Person,
    };
    let mut facts: Vec<Fact> = row.facts.iter().map(|f| Fact { sign: f.sign, phase: f.phase, status: f.status, row: row.row }).collect();
    facts.sort();
    Case {
        id: Arc::from(id),
        node,
        people: row.people,
        age: Age {
            low: row.age_low,
            high: row.age_high,
            proof: Some(row.age_proof),
            reason_to_believe_minor: row.reason_to_believe_minor.unwrap_or(false),
            contested: row.age_contested.unwrap_or(false),
        },
        facts,
        unlisted: if row.all_asked { FactStatus::Absent } else { FactStatus::Unknown },
        linking,
        collective: false,
        basis: Basis::Told(row.basis.unwrap_or_default()),
        historic: row.period.is_some_and(|p| as_of.days_since(p.to) > REFERENCE_DAYS),
        ended_days: row.period.map(|p| as_of.days_since(p.to)),
        circumstances: row.circumstances,
        row: row.row,
    }
}
