//! The tables of what was seen, heard or counted at a node, and of what was done about it.

use super::table::ColumnType::{Amount, Code, Count, Country, Covers, Currency, Date, Id, NodeId, Number, Period, Share};
use super::table::ColumnType::{Sign, Source, Text, YesNo};
use super::table::{ColumnSchema, TableSchema};

/// How a visit was announced, in the order of `validate::inputs::Announcement`.
pub const ANNOUNCEMENTS: &[&str] = &["announced", "semi_announced", "unannounced"];
/// What a visit says of one sign, in the order of `validate::inputs::FindingResult`.
pub const RESULTS: &[&str] = &["seen", "not_seen", "not_assessed"];
/// Life of a reported sign, in the order of `validate::inputs::Status`.
pub const STATUSES: &[&str] = &["open", "closed", "rejected"];
/// Who runs a grievance channel.
pub const OPERATORS: &[&str] = &["company", "union", "ngo", "public"];
/// Age as a band, never a birth date.
pub const AGE_BANDS: &[&str] = &["under_12", "12_14", "15_17", "under_18", "18_and_over", "unknown"];
pub const SEXES: &[&str] = &["female", "male", "other", "unknown"];
/// What a remedy did.
pub const ACTIONS: &[&str] = &[
    "fees_repaid",
    "wages_paid",
    "documents_returned",
    "debt_cancelled",
    "schooling",
    "care",
    "safe_release",
    "compensation",
    "contract_corrected",
    "hours_reduced",
    "conditions_improved",
    "purchasing_changed",
    "training",
    "responsible_exit",
    "other",
];

/// Words of `remediation.verified_by` that say the company itself checked; they outweigh all others.
pub const VERIFIERS_COMPANY: &[&str] =
    &["company", "employer", "supplier", "buyer", "brand", "factory", "mill", "owner", "management", "manager", "internal", "self", "own"];
/// Words that deny what stands beside them (`not independent`): who checked counts as the company.
pub const VERIFIERS_NEGATED: &[&str] = &["not", "no", "non", "never"];
/// Words that say somebody independent checked.
pub const VERIFIERS_INDEPENDENT: &[&str] = &[
    "independent",
    "independently",
    "auditor",
    "auditors",
    "audit",
    "union",
    "unions",
    "ngo",
    "ngos",
    "inspector",
    "inspectors",
    "inspectorate",
    "inspection",
    "authority",
    "ministry",
    "court",
    "ombudsman",
    "university",
    "ilo",
];
/// Words that say the workers confirmed it.
pub const VERIFIERS_WORKERS: &[&str] = &["worker", "workers", "survivor", "survivors", "families"];

const fn may(name: &'static str, kind: super::ColumnType, unit: &'static str, meaning: &'static str) -> ColumnSchema {
    ColumnSchema::optional(name, kind, unit, meaning)
}

const fn must(name: &'static str, kind: super::ColumnType, unit: &'static str, meaning: &'static str) -> ColumnSchema {
    ColumnSchema::required(name, kind, unit, meaning)
}

pub static AUDITS: TableSchema = TableSchema {
    name: "audits",
    row: "one visit",
    required: false,
    key: &["audit_id"],
    columns: &[
        must("audit_id", Id, "", "Identifier of the visit."),
        must("node_id", NodeId, "", "The place visited."),
        must("date", Date, "", "Last day of the visit."),
        may("scheme", Text, "", "The scheme, as the pack names it; it says what the visit covers where `covers` is blank."),
        may("covers", Covers, "", "Norms or signs that the visit looked for; blank without a known scheme is nothing."),
        may("announcement", Code(ANNOUNCEMENTS), "", "How it was announced; announced where blank."),
        may("auditor", Id, "", "The auditing firm, never a person."),
        may("interviews_onsite", Count, "people", "Workers interviewed at the site."),
        may("interviews_offsite", Count, "people", "Workers interviewed away from the site."),
        may("union_present", YesNo, "", "Whether worker representatives took part."),
    ],
};

pub static AUDIT_FINDINGS: TableSchema = TableSchema {
    name: "audit_findings",
    row: "one sign looked at in a visit",
    required: false,
    key: &[],
    columns: &[
        must("audit_id", Id, "", "The visit, of audits or inspections."),
        must("sign", Sign, "", "The sign."),
        must("result", Code(RESULTS), "", "What the visit says of it."),
        may("origin", Id, "", "Who first said it; rows of one origin are one voice."),
        may("people", Count, "people", "People concerned.").sensitive(),
        may("children", Count, "people", "Children among them.").sensitive(),
        may("corroborated", YesNo, "", "Whether a second, independent source confirms it."),
        may("status", Code(STATUSES), "", "open where blank."),
        may("closed_on", Date, "", "Day of closing."),
    ],
};

pub static INSPECTIONS: TableSchema = TableSchema {
    name: "inspections",
    row: "a public labour inspection",
    required: false,
    key: &["audit_id"],
    columns: &[
        must("audit_id", Id, "", "Identifier of the inspection; findings refer to it."),
        must("node_id", NodeId, "", "The place inspected."),
        must("date", Date, "", "Last day of the inspection."),
        may("authority", Text, "", "The authority."),
        may("scheme", Text, "", "The programme, as the pack names it."),
        may("covers", Covers, "", "Norms or signs that the inspection looked for."),
        may("announcement", Code(ANNOUNCEMENTS), "", "How it was announced; announced where blank."),
        may("auditor", Id, "", "The inspecting office, never a person."),
        may("interviews_onsite", Count, "people", "Workers interviewed at the site."),
        may("interviews_offsite", Count, "people", "Workers interviewed away from the site."),
        may("union_present", YesNo, "", "Whether worker representatives took part."),
    ],
};

pub static GRIEVANCE_CHANNELS: TableSchema = TableSchema {
    name: "grievance_channels",
    row: "a channel that workers of a node can use",
    required: false,
    key: &["channel_id", "node_id"],
    columns: &[
        must("channel_id", Id, "", "Identifier of the channel."),
        must("node_id", NodeId, "", "A place whose workers it is open to."),
        may("type", Text, "", "Hotline, box, committee, application, ..."),
        may("operator", Code(OPERATORS), "", "Who runs it."),
        may("independent", YesNo, "", "Whether the operator is independent of the employer."),
        may("languages_covered_share", Share, "share", "Share of workers whose language it speaks."),
        may("reach_share", Share, "share", "Share of workers who know it and can reach it; blank is 0."),
        may("since", Date, "", "First day."),
        may("until", Date, "", "Last day."),
        may("last_tested", Date, "", "Day of the last test call."),
    ],
};

pub static GRIEVANCES: TableSchema = TableSchema {
    name: "grievances",
    row: "one report",
    required: false,
    key: &["grievance_id"],
    columns: &[
        must("grievance_id", Id, "", "Identifier of the report.").sensitive(),
        must("node_id", NodeId, "", "The place that it is about."),
        must("received_on", Date, "", "Day of receipt.").sensitive(),
        may("channel_id", Id, "", "The channel that it came through."),
        must("sign", Sign, "", "The sign reported."),
        may("origin", Id, "", "Who first said it; rows of one origin are one voice.").sensitive(),
        may("people", Count, "people", "People concerned.").sensitive(),
        may("age_band", Code(AGE_BANDS), "", "Age of those concerned, as a band.").sensitive(),
        may("sex", Code(SEXES), "", "Sex of those concerned, where told.").sensitive(),
        may("corroborated", YesNo, "", "Whether a second, independent source confirms it."),
        may("status", Code(STATUSES), "", "open where blank."),
        may("remedied_on", Date, "", "Day on which remedy was complete."),
    ],
};

pub static SURVEYS: TableSchema = TableSchema {
    name: "surveys",
    row: "worker-voice results",
    required: false,
    key: &[],
    columns: &[
        must("node_id", NodeId, "", "The place."),
        must("date", Date, "", "Last day of the survey."),
        must("sign", Sign, "", "The sign asked about."),
        must("asked", Count, "people", "People asked."),
        must("yes", Count, "people", "People who said that it is so.").sensitive(),
        may("method", Text, "", "Telephone, on paper, application, ..."),
        may("origin", Id, "", "Who ran it."),
    ],
};

pub static STATEMENTS: TableSchema = TableSchema {
    name: "statements",
    row: "a sign reported by an NGO, union, court, authority or medium",
    required: false,
    key: &["statement_id"],
    columns: &[
        must("statement_id", Id, "", "Identifier of the statement."),
        must("node_id", NodeId, "", "The place that it is about."),
        must("date", Date, "", "Day of publication."),
        must("sign", Sign, "", "The sign reported."),
        must("source_class", Source, "", "Class of the source, as the pack names it."),
        must("origin", Id, "", "Who first said it; rows of one origin are one voice."),
        may("people", Count, "people", "People concerned.").sensitive(),
        may("status", Code(STATUSES), "", "open where blank."),
    ],
};

pub static RECRUITMENT: TableSchema = TableSchema {
    name: "recruitment",
    row: "a cohort of workers",
    required: false,
    key: &[],
    columns: &[
        must("node_id", NodeId, "", "The place of work."),
        may("period", Period, "", "When they were hired."),
        may("origin_country", Country, "", "Where they came from."),
        may("agency_id", NodeId, "", "The recruiter."),
        may("agency_licensed", YesNo, "", "Whether it has a licence."),
        may("workers", Count, "people", "Workers of the cohort.").sensitive(),
        may("fee_paid_mean", Amount, "fee_currency", "Mean of all fees and costs that a worker paid."),
        may("fee_currency", Currency, "", "Currency of the fee."),
        may("monthly_wage", Amount, "fee_currency per month", "Wage of a month."),
        may("loan_share", Share, "share", "Share who borrowed to pay."),
        may("documents_held_share", Share, "share", "Share whose documents the employer holds."),
        may("visa_tied", YesNo, "", "Whether the permit is tied to the employer."),
    ],
};

pub static PAYROLL: TableSchema = TableSchema {
    name: "payroll",
    row: "wages and hours of a period",
    required: false,
    key: &["node_id", "period"],
    columns: &[
        must("node_id", NodeId, "", "The place of work."),
        must("period", Period, "", "The period."),
        may("legal_minimum_wage", Amount, "base currency per month", "Legal minimum wage."),
        may("median_wage", Amount, "base currency per month", "Median wage paid."),
        may("hours_mean", Number { low: 0.0, high: 168.0 }, "hours per week", "Mean hours."),
        may("hours_p95", Number { low: 0.0, high: 168.0 }, "hours per week", "Hours that 5 % of workers exceed."),
        may("deductions_share", Share, "share", "Deductions as a share of wages."),
        may("paid_late_days", Amount, "days", "Mean delay of payment."),
        may("under_18", Count, "people", "Workers under 18.").sensitive(),
        may("under_15", Count, "people", "Workers under 15.").sensitive(),
    ],
};

pub static REMEDIATION: TableSchema = TableSchema {
    name: "remediation",
    row: "one remedy case",
    required: false,
    key: &["case_id"],
    columns: &[
        must("case_id", Id, "", "Identifier of the case."),
        must("node_id", NodeId, "", "The place."),
        may("sign", Sign, "", "The sign that is remedied; blank is all of the node."),
        must("action", Code(ACTIONS), "", "What was done."),
        must("actor", Text, "", "The organisation that acted, never a person."),
        must("opened", Date, "", "First day."),
        may("completed", Date, "", "Day of completion."),
        may(
            "verified_by",
            Text,
            "",
            "The organisation that checked it, never a person; say what it is (company; independent; independent and workers), else it \
             counts as the company. Blank is unverified and changes nothing.",
        ),
        may("people", Count, "people", "People who received remedy.").sensitive(),
        may("amount", Amount, "currency", "Money paid."),
        may("currency", Currency, "", "Currency of the amount."),
    ],
};
