//! Tables of what rules find and of what buyers did: claims, no probabilities.

use super::column::{OutputTable, claim, number, text, word};
use super::words::{self, norm_names};
use std::sync::LazyLock;

/// Cases x norms that a rule speaks of, and places x norms.
pub static FINDINGS: LazyLock<OutputTable> = LazyLock::new(|| {
    OutputTable {
    name: "findings",
    file: "findings.parquet",
    row: "what the strongest rule of a norm says of a case, or the most over the cases of a place",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "Identifier as in the data."),
        word("scope", &words::SCOPES, "One case, or the place: the most over its cases, which are never merged."),
        text("case_key", "Number of the case within the place; 'at least one' for norms about children, of which one row a way through the rule is told; empty for the place.").or_empty(),
        word("norm", &norm_names(), "Norm."),
        word(
            "level",
            &words::FINDINGS,
            "indicated: true with what is established. possible: with what is supported too. insufficient_evidence: only if something unknown were true. Never a finding of guilt.",
        ),
        text("rule", "Rule that decides; its file names the source."),
        text("path", "Way through the rule."),
        text("elements_met", "Elements at least supported, separated by ';'."),
        text("elements_missing", "The others, each with unknown or absent, separated by ';'."),
        text("facts", "Signs behind the elements, each with its status, separated by ';'."),
        text("files", "Files that tell the facts, separated by ';'; their lines stand in evidence.parquet.").or_empty(),
        text(
            "age_rule",
            "Ages of work applied, for norms that ask for an age; 'international default used' where no national rule is known.",
        )
        .or_empty(),
        claim("single_testimony", "One person's own words and nothing else."),
        claim(
            "unlinked_group",
            "Facts of several people that nothing links to persons: at most possible of forced labour and trafficking.",
        ),
        claim("age_unverified", "No document shows the age."),
        claim("historic", "The facts ended before the last 12 months."),
        text("cases_read", "Cases of the place that the rules were read on; under five as '<5'.").or_empty(),
        text("cases_at_least_possible", "Of them possible or indicated, each on its own; under five as '<5', of norms about children 'at least one'.").or_empty(),
        text("contested", "Answers of the supplier that are about it, as 'claim quarter (role)', separated by ';'; they change nothing in it. Empty where none.").or_empty(),
    ],
}
});

/// A buyer's practice beyond the pack's threshold.
pub static PRACTICES: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "practices",
    file: "practices.parquet",
    row: "what a buyer did to a supplier in a quarter: the buyer's involvement, never a finding on the supplier",
    sorted_by: "buyer_id",
    columns: vec![
        text("buyer_id", "The buyer."),
        text("supplier_id", "The supplier."),
        text("quarter", "Quarter."),
        text("practice", "Practice, as the pack names it."),
        number("value", "as threshold", "What was measured."),
        number("threshold", "as value", "The pack's threshold."),
        text("file", "Input file as named in the dataset."),
    ],
});
