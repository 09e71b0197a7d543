//! Table of who is who: which records are one node, and which entries of screening lists are nodes.

use super::column::{OutputTable, claim, count, text, word};
use std::sync::LazyLock;

/// Why a record or entry is a node.
pub const WHY: [&str; 3] = ["own", "identifier", "decision"];

/// One row per record of a node with several, and per hit of a screening list.
pub static RECORDS: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "records",
    file: "records.parquet",
    row: "a record of a node that several tell of, or an entry of a screening list that is a node",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "The node."),
        text("record_id", "Identifier of the record or of the entry."),
        text("name", "Its name; that of a holding that may be a person's is hidden."),
        text("list", "Screening list; empty for a record of the dataset.").or_empty(),
        word(
            "why",
            &WHY,
            "Own: the record whose identifier the node has. Identifier: another record has it, too. Decision: somebody decided.",
        ),
        text("by", "The identifier as scheme:value, or file and line of the decision.").or_empty(),
        claim("is_evidence", "Whether an entry of a list is a report on the node: it has a sign, a source class and a date."),
        text("file", "Input file as named in the dataset, or the file that the row was taken over from."),
        text("sheet", "Its sheet, where it has several.").or_empty(),
        count("line", "line", "1-based line or row."),
    ],
});
