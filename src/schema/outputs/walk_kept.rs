//! Tables that keep the walk of every focal company as it was taken, so that it can be taken again, and set beside another, to the last bit.

use super::column::{OutputColumn, OutputTable, OutputType, claim, count, number, probability, share, text};
use crate::base::Traced;
use std::sync::LazyLock;

/// The nodes of every company's own view with all that one step of the walk needs.
pub static WALK_NODES: LazyLock<OutputTable> = LazyLock::new(|| {
    let mut columns = vec![
        text("focal_id", "The company under assessment; a company whose own view is too large to be kept has no row."),
        vertex("vertex", "Number within the company's view; 0 is the company itself."),
        text("node_id", "The node; empty for the company's published list, which passes all on to the places it names.").or_empty(),
        text("heading", "HS-4 heading of the goods, where the node keeps commodities apart and this row is one of them.").or_empty(),
    ];
    for rule in super::words::MAPPED_RULES {
        let named = |what: &str| format!("{what}_{rule}");
        let part = |name: String, meaning: &'static str| number(name, "share", meaning).between(0.0, 1.0);
        columns.push(part(named("mapped"), "Share of the purchases that links hold, before a published list fills what is not mapped."));
        columns.push(part(named("left"), "Of what is mapped, the share that stood with suppliers left after an adverse finding."));
        columns.push(part(named("listed"), "Of what is not mapped, the share that passes to the company's published list."));
    }
    for t in Traced::NAMES {
        columns.push(probability(format!("p_{t}"), "Probability used at the node; 0 at the company itself and at parties."));
        columns.push(probability(format!("prior_{t}"), "The same before any report."));
        columns.push(probability(format!("origin_{t}"), "Prior of the likely origins of what is not mapped."));
        columns.push(OutputColumn::new(
            format!("on_evidence_{t}"),
            OutputType::Bool,
            "Whether the probability stands on a site signal or a finding.",
        ));
    }
    columns.push(claim("has_suppliers", "Whether recorded links lead on from here."));
    OutputTable {
        name: "walk_nodes",
        file: "walk_nodes.parquet",
        row: "a company and a vertex of its own view",
        sorted_by: "focal_id",
        columns,
    }
});

/// The steps between them.
pub static WALK_LINKS: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "walk_links",
    file: "walk_links.parquet",
    row: "a company and a step of its walk, from a buyer to a supplier",
    sorted_by: "focal_id",
    columns: vec![
        text("focal_id", "The company under assessment."),
        vertex("buyer", "Vertex of walk_nodes that buys."),
        vertex("supplier", "Vertex of walk_nodes that is bought from."),
        share("weight", "Part of what the buyer's links hold; the weights of a buyer sum to 1."),
    ],
});

fn vertex(name: &'static str, meaning: &'static str) -> OutputColumn {
    count(name, "vertex", meaning)
}
