//! The rows of findings by rule and of buyers' practices.

use super::sink::{Row, Sink};
use crate::base::Norm;
use crate::schema::outputs::{self, OutputTable};
use std::borrow::Cow;
use std::cmp::Ordering;

type Text<'a> = Cow<'a, str>;

/// One row of `findings.parquet`.
#[derive(Clone, Debug)]
pub struct FindingRow<'a> {
    pub node_id: Text<'a>,
    /// `None`: the place.
    pub case_key: Option<String>,
    pub norm: Norm,
    pub level: &'static str,
    pub rule: &'static str,
    pub path: &'static str,
    pub elements_met: String,
    pub elements_missing: String,
    pub facts: String,
    pub files: Option<String>,
    pub age_rule: Option<String>,
    pub single_testimony: bool,
    pub unlinked_group: bool,
    pub age_unverified: bool,
    pub historic: bool,
    /// Answers of the supplier.
    pub contested: Option<String>,
    /// Cases read and cases at least possible, of the place.
    pub cases: Option<(String, String)>,
}

impl Row for FindingRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::FINDINGS
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        let key = |r: &Self| (r.case_key.is_some(), r.norm);
        (key(self).cmp(&key(other)))
            .then_with(|| self.case_key.cmp(&other.case_key))
            .then_with(|| (self.rule, self.path, &self.facts, &self.files).cmp(&(other.rule, other.path, &other.facts, &other.files)))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("scope", if self.case_key.is_some() { "case" } else { "place" });
        sink.put("case_key", self.case_key.as_ref());
        sink.put("norm", self.norm.as_str());
        sink.put("level", self.level);
        sink.put("rule", self.rule);
        sink.put("path", self.path);
        sink.put("elements_met", &self.elements_met);
        sink.put("elements_missing", &self.elements_missing);
        sink.put("facts", &self.facts);
        sink.put("files", self.files.as_ref());
        sink.put("age_rule", self.age_rule.as_ref());
        sink.put("single_testimony", self.single_testimony);
        sink.put("unlinked_group", self.unlinked_group);
        sink.put("age_unverified", self.age_unverified);
        sink.put("historic", self.historic);
        sink.put("cases_read", self.cases.as_ref().map(|(read, _)| read));
        sink.put("cases_at_least_possible", self.cases.as_ref().map(|(_, possible)| possible));
        sink.put("contested", self.contested.as_ref());
    }
}

/// One row of `practices.parquet`.
#[derive(Clone, Debug)]
pub struct PracticeRow<'a> {
    pub buyer_id: Text<'a>,
    pub supplier_id: Text<'a>,
    pub quarter: String,
    pub practice: &'static str,
    pub value: f64,
    pub threshold: f64,
    pub file: Text<'a>,
}

impl Row for PracticeRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::PRACTICES
    }

    fn lead(&self) -> &str {
        &self.buyer_id
    }

    fn order(&self, other: &Self) -> Ordering {
        (&self.supplier_id, &self.quarter, self.practice)
            .cmp(&(&other.supplier_id, &other.quarter, other.practice))
            .then_with(|| self.value.total_cmp(&other.value))
            .then_with(|| self.file.cmp(&other.file))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("buyer_id", &self.buyer_id);
        sink.put("supplier_id", &self.supplier_id);
        sink.put("quarter", &self.quarter);
        sink.put("practice", self.practice);
        sink.put("value", self.value);
        sink.put("threshold", self.threshold);
        sink.put("file", &self.file);
    }
}
