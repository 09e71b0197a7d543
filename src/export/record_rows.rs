//! The rows of who is who.

use super::sink::{Row, Sink};
use crate::schema::outputs::{self, OutputTable};
use std::borrow::Cow;
use std::cmp::Ordering;

type Text<'a> = Cow<'a, str>;

/// One row of `records.parquet`.
#[derive(Clone, Debug)]
pub struct RecordRow<'a> {
    pub node_id: Text<'a>,
    pub record_id: Text<'a>,
    pub name: Text<'a>,
    pub list: Option<Text<'a>>,
    pub why: &'static str,
    pub by: Option<String>,
    pub is_evidence: bool,
    pub file: Text<'a>,
    pub sheet: Option<Text<'a>>,
    pub line: i64,
}

impl Row for RecordRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::RECORDS
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        (&self.list, &self.record_id).cmp(&(&other.list, &other.record_id))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("record_id", &self.record_id);
        sink.put("name", &self.name);
        sink.put("list", self.list.as_ref());
        sink.put("why", self.why);
        sink.put("by", self.by.as_ref());
        sink.put("is_evidence", self.is_evidence);
        sink.put("file", &self.file);
        sink.put("sheet", self.sheet.as_ref());
        sink.put("line", self.line);
    }
}
