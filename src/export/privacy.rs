//! What an output may tell of reports that stand for few people: quarters instead of days, no row, no record, no name of who spoke.
//!
//! A grievance or a worker survey is told by quarter; its age counts from the end of that quarter, and figures from which the day could be
//! worked out are cut to two decimals. For the shared audience such rows are left out, and counted.

use super::rows::{EvidenceRow, quarter_age_days};
use crate::base::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// For whom a result is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The people who run the assessment.
    #[default]
    Internal,
    /// Everybody else: no grievance, survey or case detail.
    Shared,
}

impl Audience {
    pub fn as_str(self) -> &'static str {
        match self {
            Audience::Internal => "internal",
            Audience::Shared => "shared",
        }
    }

    /// Whether lines of an input file may be told. Whoever runs the assessment needs them to mend the file.
    pub fn tells_line(self, file: &str) -> bool {
        self == Audience::Internal || !is_confidential(file)
    }
}

/// Whether an input table (or a file of it) holds what few people said.
pub fn is_confidential(table_or_file: &str) -> bool {
    let name = table_or_file.rsplit(['/', '\\']).next().unwrap_or(table_or_file);
    let stem = name.split('.').next().unwrap_or(name);
    let folder = table_or_file.split(['/', '\\']).next().unwrap_or(table_or_file);
    ["cases", "grievances", "surveys"].iter().any(|t| *t == stem || *t == folder)
}

/// Takes out of evidence rows what `audience` may not read. Returns the rows to write and how many were left out.
///
/// Origins of confidential rows become `origin N`, numbered within the node by the bytes of the key, so that equal origins stay equal.
pub fn withhold<'a>(rows: Vec<EvidenceRow<'a>>, as_of: Date, audience: Audience) -> (Vec<EvidenceRow<'a>>, u64) {
    let mut origins: BTreeMap<Cow<'a, str>, BTreeSet<Cow<'a, str>>> = BTreeMap::new();
    for row in rows.iter().filter(|r| speaker_is_hidden(r)) {
        if let Some(origin) = &row.origin {
            origins.entry(row.node_id.clone()).or_default().insert(origin.clone());
        }
    }
    let before = rows.len();
    let kept: Vec<EvidenceRow<'a>> = rows
        .into_iter()
        .filter(|r| audience == Audience::Internal || !is_confidential(&r.table))
        .map(|mut row| {
            if speaker_is_hidden(&row) {
                let number = row.origin.as_ref().and_then(|o| origins.get(&row.node_id)?.iter().position(|x| x == o));
                row.origin = number.map(|n| Cow::Owned(format!("origin {}", n + 1)));
            }
            if is_confidential(&row.table) {
                row.record = None;
                row.line = None;
                row.age_days = quarter_age_days(row.date, as_of) as f64;
                row.detection_now = two_decimals(row.detection_now);
                row.log_weight = two_decimals(row.log_weight);
            }
            row
        })
        .collect();
    let left_out = (before - kept.len()) as u64;
    (kept, left_out)
}

/// Whether who spoke is shown as a number alone. A statement is public; a visit names itself; whoever spoke to a visitor or to a channel may be
/// a worker.
fn speaker_is_hidden(row: &EvidenceRow<'_>) -> bool {
    let names_itself = row.origin.as_ref().is_some_and(|o| o.starts_with("audit:") || o.starts_with("inspection:"));
    is_confidential(&row.table) || row.table == "audit_findings" && !names_itself
}

fn two_decimals(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_compressed_files_of_a_confidential_table_are_confidential() {
        assert!(["grievances", "grievances.csv.gz", "surveys/part-0.parquet", "sub/grievances.csv"].iter().all(|f| is_confidential(f)));
        assert!(!["grievance_channels.csv", "audits.csv", "nodes.csv"].iter().any(|f| is_confidential(f)));
        assert!(Audience::Internal.tells_line("grievances.csv") && !Audience::Shared.tells_line("grievances.csv"));
    }
}
