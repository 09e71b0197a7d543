//! The table of cases: what was told or shown of one person, or of a group whose members share the facts by nature. Rules run on cases,
//! so that facts of different people are never added together to make one victim.
//!
//! Nothing personal: age as a band or in whole years, never a birth date; facts as signs of the method pack, never as told words.

use super::inputs_evidence::AGE_BANDS;
use super::table::ColumnType::{Amount, Code, Count, Id, NodeId, Number, Period, Share, Text, YesNo};
use super::table::{ColumnSchema, TableSchema};

/// How age is proved, in the order of `validate::inputs::AgeProof`.
pub const AGE_PROOFS: &[&str] = &["documented", "doubtful", "undocumented"];
/// How the facts are known, in the order of `validate::inputs::CaseBasis`.
pub const BASES: &[&str] = &["interview", "documents", "observation", "ruling"];
/// For whom a child works, in the order of `validate::inputs::WorksFor`.
pub const WORKS_FOR: &[&str] = &["third_party", "own_parents"];
/// Who applies coercion, in the order of `validate::inputs::CoercionBy`.
pub const COERCION_BY: &[&str] = &["third_party", "own_parents", "both", "nobody"];
/// Exceptions of ILO C29 art. 2(2), in the order of `validate::inputs::CarveOut`.
pub const CARVE_OUTS: &[&str] = &["military_service", "civic_obligation", "convict_labour", "emergency", "minor_communal_service"];
/// Purposes of ILO C105 art. 1(a)-(e), in the order of `validate::inputs::StatePurpose`.
pub const STATE_PURPOSES: &[&str] = &["political", "economic_development", "labour_discipline", "strike_punishment", "discrimination"];
/// Status of a fact, in the order of `validate::inputs::FactStatus`.
pub const FACT_STATUSES: &[&str] = &["absent", "unknown", "supported", "established"];
/// Phase in which a fact happened, in the order of `pack::Phase`.
pub const FACT_PHASES: &[&str] = &["recruitment", "work", "leaving"];

const fn may(name: &'static str, kind: super::ColumnType, unit: &'static str, meaning: &'static str) -> ColumnSchema {
    ColumnSchema::optional(name, kind, unit, meaning)
}

const fn must(name: &'static str, kind: super::ColumnType, unit: &'static str, meaning: &'static str) -> ColumnSchema {
    ColumnSchema::required(name, kind, unit, meaning)
}

pub static CASES: TableSchema = TableSchema {
    name: "cases",
    row: "one person, or a group that shares the facts by nature",
    required: false,
    key: &["case_id"],
    columns: &[
        must("case_id", Id, "", "Identifier of the case, never a name or a number of a document.").sensitive(),
        must("node_id", NodeId, "", "The place of work."),
        may("people", Count, "people", "People of the case; 1 where blank.").sensitive(),
        may("age_low", Count, "years", "Lowest age that the people of the case can have.").sensitive(),
        may("age_high", Count, "years", "Highest age that they can have.").sensitive(),
        may("age_band", Code(AGE_BANDS), "", "Age as a band, where no years are given.").sensitive(),
        may("age_proof", Code(AGE_PROOFS), "", "Whether a credible document shows the age; undocumented where blank.").sensitive(),
        may("reason_to_believe_minor", YesNo, "", "Whether anything suggests that the person is under 18.").sensitive(),
        may("age_contested", YesNo, "", "Whether the age is disputed.").sensitive(),
        must(
            "facts",
            Text,
            "",
            "Signs told or shown, separated by `;`, each `sign[@phase][:status[:source]]`; `no_sign` for none. Phase: recruitment, work or \
             leaving, where a sign can be of several. Status: absent, unknown, supported or established; established where not said.",
        )
        .sensitive(),
        may("all_asked", YesNo, "", "Whether every sign was asked about in safe conditions: what `facts` does not name was then denied."),
        may("period", Period, "", "The period that the facts are about.").sensitive(),
        may("basis", Code(BASES), "", "How the facts are known; a structured, confidential interview where blank."),
        may("group", YesNo, "", "Whether the people share every fact by nature, as passports of all in one safe."),
        may("hours_per_week", Number { low: 0.0, high: 168.0 }, "hours per week", "Hours of work, in season where seasonal.").sensitive(),
        may("household_hours", Number { low: 0.0, high: 168.0 }, "hours per week", "Unpaid hours in the own household.").sensitive(),
        may("in_school", YesNo, "", "Whether the child attends school and the work does not stand against it.").sensitive(),
        may("work_is_light", YesNo, "", "Whether the work cannot harm health or development (C138 art. 7).").sensitive(),
        may("works_for", Code(WORKS_FOR), "", "For whom the child works.").sensitive(),
        may("coercion_by", Code(COERCION_BY), "", "Who applies coercion to the child or to its parents.").sensitive(),
        may("parents_in_forced_labour", YesNo, "", "Whether the child works because a parent is in forced labour.").sensitive(),
        may("handed_over", YesNo, "", "Whether parent or guardian handed the child to another for its labour (1956 art. 1(d)).")
            .sensitive(),
        may("task_on_hazardous_list", YesNo, "", "Whether the task stands on the national list of hazardous work.").sensitive(),
        may("protected_and_trained", YesNo, "", "16-17 only: national permission, full protection and training are documented.")
            .sensitive(),
        may("carve_out", Code(CARVE_OUTS), "", "Exception of C29 art. 2(2) that documents show.").sensitive(),
        may("state_purpose", Code(STATE_PURPOSES), "", "Purpose of art. 1 of C105 for which a public body compels the work.").sensitive(),
        may("debt", Amount, "one currency", "Debt or advance owed.").sensitive(),
        may("debt_monthly_interest", Share, "share per month", "Interest of a month.").sensitive(),
        may("debt_monthly_credit", Amount, "currency of the debt per month", "What is credited against the debt in a month.").sensitive(),
        may("service_value", Amount, "currency of the debt per month", "Fair value of the services of a month.").sensitive(),
        may("written_term", YesNo, "", "Whether length and nature of the services for the debt are set in writing.").sensitive(),
    ],
};
