//! The tables of people's own judgements and of suppliers' answers. Both stand beside what the engine says, never instead of it.
//!
//! Nothing personal: whoever decided or answered is a role of a closed list, so that no name can stand there.

use super::table::ColumnType::{Code, Date, Id, NodeId, Sign, Text};
use super::table::{ColumnSchema, TableSchema};

/// Fields that a person may judge otherwise. A probability is none of them: what is wrong there is wrong in the data or in the method.
pub const OVERRIDE_FIELDS: &[&str] = &["severity_band", "priority", "response", "involvement", "alert"];
/// Roles of those who decide in the company.
pub const DECIDERS: &[&str] = &[
    "compliance",
    "human_rights",
    "sustainability",
    "purchasing",
    "legal",
    "audit",
    "management",
    "works_council",
    "external_expert",
    "other",
];
/// What a supplier answers, in the order of `validate::inputs::Claim`.
pub const CLAIMS: &[&str] = &["denies", "remedied", "explains", "not_our_site"];
/// Roles of those who answer.
pub const ANSWERERS: &[&str] = &["management", "owner", "agent", "association", "legal", "other"];

const fn may(name: &'static str, kind: super::ColumnType, unit: &'static str, meaning: &'static str) -> ColumnSchema {
    ColumnSchema::optional(name, kind, unit, meaning)
}

const fn must(name: &'static str, kind: super::ColumnType, unit: &'static str, meaning: &'static str) -> ColumnSchema {
    ColumnSchema::required(name, kind, unit, meaning)
}

pub static OVERRIDES: TableSchema = TableSchema {
    name: "overrides",
    row: "a person's own judgement of a field of a node, beside the machine's; of several, the newest is in force",
    required: false,
    key: &[],
    columns: &[
        must("node_id", NodeId, "", "The node."),
        must("field", Code(OVERRIDE_FIELDS), "", "The field; a probability is none of them."),
        must(
            "value",
            Text,
            "",
            "The judgement: A, B or C; a position from 1 on; a row of the response matrix; cause, contribute or linked; yes or no.",
        ),
        must("reason", Text, "", "Why, in a sentence without names or contacts."),
        must("by_role", Code(DECIDERS), "", "Role of who decided, never a name."),
        must("date", Date, "", "Day of the decision."),
    ],
};

pub static CONTESTS: TableSchema = TableSchema {
    name: "contests",
    row: "an answer of a supplier to what is said of it; shown beside it, and evidence of an interested party",
    required: false,
    key: &["contest_id"],
    columns: &[
        must("contest_id", Id, "", "Identifier of the answer."),
        must("node_id", NodeId, "", "The place that it is about."),
        must("claim", Code(CLAIMS), "", "What it claims."),
        may("norm", Code(NORMS), "", "The norm that it answers; with sign and case_id blank too, everything said of the place.").strict(),
        may("sign", Sign, "", "The sign that it answers.").strict(),
        may("case_id", Id, "", "The case that it answers, as in cases.").sensitive(),
        must("date", Date, "", "Day of the answer."),
        must("by_role", Code(ANSWERERS), "", "Role of who answers, never a name."),
        may("evidence", Id, "", "Reference of the evidence handed in, never its text."),
    ],
};

/// The norms, in the order of `base::Norm::ALL`.
pub const NORMS: &[&str] = &[
    "child_labour",
    "hazardous_child_work",
    "worst_forms",
    "forced_labour",
    "debt_bondage",
    "state_imposed",
    "trafficking",
    "child_trafficking",
];
