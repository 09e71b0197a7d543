//! Findings by rule: what published rules say of a case, from evidence alone (model 1.5).
//!
//! Rules run over cases, never over the heap of a site's facts: facts of different people are never added together. A finding is never
//! computed from a probability, nor the reverse: this room stands beside `belief` and imports nothing of it; no prior and no country
//! enters, but for the national ages of work. Every rule is a monotone function of its facts, read three times: with what is established
//! (low), with what is supported as well (mid), and with what is unknown as well (high). Since all are monotone, the highest reading at
//! which an element holds is one of four ordered statuses, "and" is the least of them and "or" the largest.
//!
//! `case` is what a rule sees, `derive` makes cases of rows that tell one fact, `lists` reads places in published lists from the pack,
//! `ages` the presumption of minority, `rules` holds one rule a file, `conclude` brings them together per case and per node.

mod ages;
mod case;
mod conclude;
mod derive;
mod element;
mod lists;
mod parameters;
pub mod rules;

pub use ages::{AgeRules, OF_A_CHILD};
pub use case::{Age, Basis, Case, Fact, Linking, told_cases};
pub use conclude::{ClusterFinding, Finding, Findings, NodeFinding, findings, of_case};
pub use derive::{RowStatus, derived_cases};
pub use element::{Element, Level, Outcome, Path};
pub use lists::{Lists, Question, Reading};
pub use parameters::RuleParameters;
pub use rules::rule_source;
