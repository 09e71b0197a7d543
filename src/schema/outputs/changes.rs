//! Tables of what moved between two results: every focal figure split over what moved it, and what happened beside the figures.

use super::column::{OutputColumn, OutputTable, claim, number, share, text, word};
use super::words;
use std::sync::LazyLock;

/// What moved each figure of each company, and at which nodes.
pub static CHANGES: LazyLock<OutputTable> = LazyLock::new(|| {
    let difference = |name: &'static str, meaning: &'static str| -> OutputColumn { number(name, "share", meaning).between(-1.0, 1.0) };
    OutputTable {
        name: "changes",
        file: "changes.parquet",
        row: "a figure of a company, one of the parts that its move consists of, or a node behind a part",
        sorted_by: "focal_id",
        columns: vec![
            text("focal_id", "The company under assessment, in both results; own perspective."),
            word("norm", &words::TRACED, "Norm traced; 'any' for at least one."),
            word("mapped_rule", &words::MAPPED_RULES, "How unknown shares of purchases are taken, as in exposure."),
            word("figure", &words::CHANGE_FIGURES, "The figure of exposure that moved."),
            word(
                "level",
                &words::CHANGE_LEVELS,
                "figure: the move as a whole, the sum of its parts. part: one part, the sum of its nodes. node: a node behind a part, largest first, to 80 % of the part's \
                 moves and at most 1,000; cautious rule alone. rest: what the node rows leave over of the part.",
            ),
            word(
                "part",
                &words::CHANGE_PARTS,
                "What moved it; empty in the row of the figure. evidence: reports, looks, silences new, gone or otherwise worth. time: the same rows, older. \
                 first_signal: a node that moves between 'by context' and 'on evidence'. context: what is believed before any report, reference data \
                 included. context_and_method: the same where the method differs, and the old dataset is not at hand to tell the two apart. links_added, \
                 links_lost, links_reweighted: who buys from whom. coverage: the share of purchases that is mapped. exits: suppliers left after a finding. \
                 method: the old dataset under the new method. not_split: what the walk kept in the results does not tell.",
            )
            .or_empty(),
            text("node_id", "The node behind the part, of links the supplier; empty in other rows.").or_empty(),
            text("name", "Its name as in sites.").or_empty(),
            word("node_in", &words::NODE_IN, "Whether both results hold the node.").or_empty(),
            difference("change", "New minus old share of the company's purchases; of a part or node, what it adds to that."),
            share("old", "The figure in the old result; empty in other rows.").or_empty(),
            share("new", "The figure in the new result; empty in other rows.").or_empty(),
            claim(
                "within_ranges",
                "Whether each figure lies inside the 5-95 % range of the other over the draws of the method; empty in other rows and where a result has no range.",
            )
            .or_empty(),
            share("p_old", "Probability used at the node in the old result; empty where it is not in the company's old chain.").or_empty(),
            share("p_new", "The same in the new result.").or_empty(),
            share("mapped_old", "Share of the node's purchases that its links held in the old result.").or_empty(),
            share("mapped_new", "The same in the new result.").or_empty(),
            text("what", "What changed at the node, in words; of links the buyers with the old and new weight, the weightiest change first.").or_empty(),
        ],
    }
});

/// What happened between two results beside the figures.
pub static CHANGE_FINDINGS: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "change_findings",
    file: "change_findings.parquet",
    row: "a finding, alert, relation, record or place that is new, gone or otherwise",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "The node."),
        text("name", "Its name as in sites; empty where neither result holds it.").or_empty(),
        word(
            "thing",
            &words::CHANGE_THINGS,
            "finding: what a rule finds at the place for a norm. signal: reports from the very site. stale: every report that counts is older than its half-life. alert: in the \
             longest list within the pack's false-alarm limit. cut_link: a buyer that left this supplier, of which a rule or a signal spoke. first_20: a place \
             among the first 20 of the register. node: a place or party. company: a company under assessment. record: an identifier of the data.",
        ),
        word("change", &words::CHANGE_WAYS, "What became of it."),
        text("norm", "Norm of a finding or signal.").or_empty(),
        text("other_id", "The buyer of a cut link; of a record, the record itself.").or_empty(),
        text("old", "What the old result says.").or_empty(),
        text("new", "What the new result says.").or_empty(),
        text("what", "The same as a sentence."),
    ],
});
