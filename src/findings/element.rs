//! Elements of a rule and how far they are met.
//!
//! An element holds at one of four ordered statuses (absent, unknown, supported, established): the weakest evidence that must count for
//! it to be true. For monotone rules "all of" is the least status and "any of" the largest, which is the same as reading the rule three
//! times (methodology 5.5).

use crate::validate::inputs::FactStatus;

/// What a rule says of a case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// The rule fails even if everything unknown were true.
    NotIndicated,
    /// It holds only if something unknown is true.
    InsufficientEvidence,
    /// It holds with what is supported.
    Possible,
    /// It holds with what is established.
    Indicated,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Level::NotIndicated => "not_indicated",
            Level::InsufficientEvidence => "insufficient_evidence",
            Level::Possible => "possible",
            Level::Indicated => "indicated",
        }
    }
}

impl From<FactStatus> for Level {
    fn from(status: FactStatus) -> Self {
        match status {
            FactStatus::Absent => Level::NotIndicated,
            FactStatus::Unknown => Level::InsufficientEvidence,
            FactStatus::Supported => Level::Possible,
            FactStatus::Established => Level::Indicated,
        }
    }
}

/// One element of a rule, how far it is met, and the facts of the case that speak for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// In plain words.
    pub name: &'static str,
    pub status: FactStatus,
    /// Positions in the case's facts, sorted: those at least supported.
    pub facts: Vec<u32>,
}

impl Element {
    pub fn new(name: &'static str, status: FactStatus) -> Self {
        Self { name, status, facts: Vec::new() }
    }

    /// Met by any of its parts.
    pub fn any(name: &'static str, parts: &[&Element]) -> Self {
        let status = parts.iter().map(|p| p.status).max().unwrap_or(FactStatus::Absent);
        Self { name, status, facts: facts_of(parts) }
    }

    /// Met by all of its parts together.
    pub fn all(name: &'static str, parts: &[&Element]) -> Self {
        let status = parts.iter().map(|p| p.status).min().unwrap_or(FactStatus::Absent);
        Self { name, status, facts: facts_of(parts) }
    }

    /// The same element, at most at this status.
    pub fn capped(mut self, most: FactStatus) -> Self {
        self.status = self.status.min(most);
        self
    }

    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }
}

fn facts_of(parts: &[&Element]) -> Vec<u32> {
    let mut facts: Vec<u32> = parts.iter().flat_map(|p| p.facts.iter().copied()).collect();
    facts.sort_unstable();
    facts.dedup();
    facts
}

/// One way to meet a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub name: &'static str,
    pub status: FactStatus,
    pub elements: Vec<Element>,
}

impl Path {
    /// All elements are needed.
    pub fn all(name: &'static str, elements: Vec<Element>) -> Self {
        let status = elements.iter().map(|e| e.status).min().unwrap_or(FactStatus::Absent);
        Self { name, status, elements }
    }

    pub fn capped(mut self, most: FactStatus) -> Self {
        self.status = self.status.min(most);
        self
    }

    fn met(&self) -> usize {
        self.elements.iter().filter(|e| e.status >= FactStatus::Supported).count()
    }
}

/// The strongest path of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Id of the rule, `hshc_2012`.
    pub rule: &'static str,
    pub path: &'static str,
    pub status: FactStatus,
    pub elements: Vec<Element>,
}

impl Outcome {
    /// Of paths of equal status the one with more elements met, then the first.
    pub fn strongest(rule: &'static str, paths: Vec<Path>) -> Self {
        let mut best: Option<Path> = None;
        for path in paths {
            if best.as_ref().is_none_or(|b| (path.status, path.met()) > (b.status, b.met())) {
                best = Some(path);
            }
        }
        match best {
            Some(Path { name, status, elements }) => Self { rule, path: name, status, elements },
            None => Self { rule, path: "", status: FactStatus::Absent, elements: Vec::new() },
        }
    }

    /// The stronger of two outcomes; the first where they are equal.
    pub fn or(self, other: Outcome) -> Self {
        let met = |o: &Outcome| o.elements.iter().filter(|e| e.status >= FactStatus::Supported).count();
        if (other.status, met(&other)) > (self.status, met(&self)) { other } else { self }
    }

    pub fn capped(mut self, most: FactStatus) -> Self {
        self.status = self.status.min(most);
        self
    }

    pub fn level(&self) -> Level {
        self.status.into()
    }

    /// The whole outcome as one element of another rule.
    pub fn as_element(&self, name: &'static str) -> Element {
        let parts: Vec<&Element> = self.elements.iter().collect();
        Element { name, status: self.status, facts: facts_of(&parts) }
    }

    /// Facts of the case behind the elements, sorted.
    pub fn facts(&self) -> Vec<u32> {
        facts_of(&self.elements.iter().collect::<Vec<_>>())
    }
}
