//! Tables of the walk upstream: exposure, where it comes from, and the links it ran on.

use super::column::{OPEN, OutputColumn, OutputTable, claim, count, number, share, text, word};
use super::words;
use std::sync::LazyLock;

fn walk_columns() -> [OutputColumn; 3] {
    [
        word("norm", &words::TRACED, "Norm traced; 'any' for at least one."),
        word(
            "view",
            &words::VIEWS,
            "all: every link, scopes merged, never a company's figure. own: the focal node's perspective. own_unfilled: the same without its listed places.",
        ),
        word(
            "mapped_rule",
            &words::MAPPED_RULES,
            "cautious: unknown shares of purchases as the pack assumes. as_listed: unknown shares taken as fully mapped.",
        ),
    ]
}

fn ending(name: &'static str, meaning: &'static str) -> OutputColumn {
    share(name, meaning).worse_when_higher()
}

/// One row per node, norm traced, view and mapped rule.
pub static EXPOSURE: LazyLock<OutputTable> = LazyLock::new(|| {
    let mut columns = vec![text("node_id", "Identifier as in the data.")];
    columns.extend(walk_columns());
    columns.extend([
        claim("focal", "Whether the node is a company under assessment."),
        ending("touched_on_evidence", "Share of a unit of purchases whose walk upstream ends at a node with a site signal."),
        ending("touched_by_context", "Share whose walk ends at a node with context alone; no claim about the node's goods."),
        ending("touched", "touched_on_evidence plus touched_by_context: a lower figure."),
        ending("unseen", "Share whose walk leaves the map."),
        ending("exited", "Share that stood with suppliers left after an adverse finding; frozen for eight quarters."),
        share("clear", "Share whose walk ends at an origin without being touched.").better_when_higher(),
        ending("expected", "touched plus what the likely origins of the unseen part would add; between touched and touched plus unseen.")
            .or_empty(),
        number("defect", "share", "1 minus touched, unseen, exited and clear: bounds the error of the solve.")
            .between(-1e-6, 1.0)
            .worse_when_higher(),
        share("mapped", "Share of the node's own purchases that its links hold, as used."),
        ending(
            "touched_people",
            "The walk with the expected share of people affected in the place of the probability: it does not grow because a site is large. For 'any' \
             the largest of the three norms at each node; cautious rule alone.",
        )
        .or_empty(),
        ending("left_share", "Of what is mapped, the node's own share that stood with suppliers it left after an adverse finding."),
        ending("assumed_share", "Share of the walk's weight that stands on assumed link weights or mapped shares.").or_empty(),
    ]);
    for figure in words::RANGED {
        let share = |name: String, meaning: String| number(name, "share", meaning).between(0.0, 1.0).or_empty();
        let what = "an expert-elicited range, no confidence interval; of focal companies and the head of the register, cautious rule";
        columns.push(share(format!("{figure}_low"), format!("5 % of the draws of the method put {figure} below this: {what}.")));
        columns.push(share(format!("{figure}_high"), format!("95 % of the draws of the method put {figure} below this.")));
    }
    for figure in words::RANKED {
        let place = |name: String, meaning: String| count(name, "position", meaning).or_empty();
        columns.push(place(
            format!("rank_{figure}_low"),
            format!("5 % of the draws put the company at or before this place among the focal companies by {figure}, largest first."),
        ));
        columns.push(place(format!("rank_{figure}_high"), "95 % of the draws put it at or before this place.".to_owned()));
    }
    OutputTable { name: "exposure", file: "exposure.parquet", row: "a node, norm, view and mapped rule", sorted_by: "node_id", columns }
});

/// Where a focal node's figures come from, node by node, and what is left over.
pub static CONTRIBUTIONS: LazyLock<OutputTable> = LazyLock::new(|| {
    let mut columns = vec![text("focal_id", "The company under assessment.")];
    columns.extend(walk_columns());
    columns.extend([
        claim("is_rest", "Whether this row is what the rows above leave over; with it they sum to the focal node's touched."),
        text("node_id", "The node where the walk ends; empty in the rest row.").or_empty(),
        count("tier", "links", "Fewest links from the focal node; empty in the rest row.").or_empty(),
        number("visits", "expected visits", "Expected visits of the walk.").between(0.0, OPEN).or_empty(),
        number(
            "returns",
            "expected visits",
            "Expected visits of a unit that stands here, the first included: 1 outside circles of trade. Empty where not computed (larger circles, and \
             walks other than own and cautious).",
        )
        .between(1.0, OPEN)
        .or_empty(),
        ending("touched", "Share of the focal node's purchases touched here."),
        claim("on_evidence", "Whether the node has a site signal; empty in the rest row.").or_empty(),
        ending("unseen", "Share that leaves the map here.").or_empty(),
        ending("exited", "Share that stood with suppliers which this node left.").or_empty(),
        share("clear", "Share that ends here clear.").better_when_higher().or_empty(),
        ending("share_of_touched", "touched divided by the focal node's touched."),
    ]);
    OutputTable {
        name: "contributions",
        file: "contributions.parquet",
        row: "a focal node and a node of its chain",
        sorted_by: "focal_id",
        columns,
    }
});

/// Exact sums of a focal node's figures by one dimension.
pub static CONTRIBUTION_SUMS: LazyLock<OutputTable> = LazyLock::new(|| {
    let mut columns = vec![text("focal_id", "The company under assessment.")];
    columns.extend(walk_columns());
    columns.extend([
        word("dimension", &words::DIMENSIONS, "What the sums are by; the values of one dimension sum to the focal node's figures."),
        text("value", "The tier, country, product, kind, or owner at the top (parent_id, else owns links); '-' where the node has none."),
        ending("touched_on_evidence", "Share touched at nodes with a site signal."),
        ending("touched_by_context", "Share touched at nodes with context alone."),
        ending("unseen", "Share that leaves the map at these nodes."),
        ending("exited", "Share that stood with suppliers which these nodes left."),
        share("clear", "Share that ends clear at these nodes.").better_when_higher(),
    ]);
    OutputTable {
        name: "contribution_sums",
        file: "contribution_sums.parquet",
        row: "a focal node and one value of a dimension",
        sorted_by: "focal_id",
        columns,
    }
});

/// The few nodes at which most of a focal node's touched part can be reached.
pub static CHOKEPOINTS: LazyLock<OutputTable> = LazyLock::new(|| {
    let mut columns = vec![text("focal_id", "The company under assessment.")];
    columns.extend(walk_columns());
    columns.extend([
        count("place", "", "Order of the choice, 1 first: each the node that adds most to those before it."),
        text("node_id", "The node."),
        count("tier", "links", "Fewest links from the focal node; empty where only a published list leads there.").or_empty(),
        share("gain", "Share of the focal node's purchases whose touched part ends at or comes through this node and none before it."),
        share("cover", "The same for this node and all before it together."),
        share("share_of_touched", "cover divided by the focal node's touched."),
        share("cover_at_most", "No choice of as many nodes covers more than this: the certificate."),
        number("returns", "expected visits", "Expected visits of a unit that stands here; empty where not computed.")
            .between(1.0, OPEN)
            .or_empty(),
    ]);
    OutputTable {
        name: "chokepoints",
        file: "chokepoints.parquet",
        row: "a focal node, norm and one of up to ten nodes of its chain",
        sorted_by: "focal_id",
        columns,
    }
});

/// People affected, carried downstream.
pub static FOOTPRINT: LazyLock<OutputTable> = LazyLock::new(|| {
    let people = |name: &'static str, meaning: &'static str| number(name, "people", meaning).between(0.0, OPEN).worse_when_higher();
    OutputTable {
        name: "footprint",
        file: "footprint.parquet",
        row: "a node and root norm, where people affected work or their work passes",
        sorted_by: "node_id",
        columns: vec![
            text("node_id", "Identifier as in the data."),
            word("norm", &words::ROOT_NORMS, "Norm; nothing says how far the people of different norms are the same."),
            people("people_affected", "Expected people affected who work at this node: people x base rate x posterior / prior."),
            people("passes", "Expected passes of the work of people affected, circles included; never added over tiers."),
            people(
                "carried",
                "Expected people affected whose work passes here at least once, own people included; never added over tiers. Empty in large circles: no \
                 more than passes.",
            )
            .or_empty(),
            people("leaves", "Of them, those whose work leaves the map here; over all nodes it sums to all people affected."),
            share("outside_share", "Share of the node's output that leaves the map, as used."),
            claim("outside_assumed", "Whether that share is the pack's figure for the kind, or opens a closed circle."),
            ending("assumed_share", "Share of the node's output that goes to customers by equal shares or medians."),
        ],
    }
});

/// The links as used.
pub static LINKS: LazyLock<OutputTable> = LazyLock::new(|| {
    OutputTable {
    name: "links",
    file: "links.parquet",
    row: "a link as used: one supplier, buyer, relation, product and scope",
    sorted_by: "supplier_id",
    columns: vec![
        text("supplier_id", "Where the goods, labour or control come from."),
        text("buyer_id", "Where they go."),
        word("relation", &words::RELATIONS, "What the link is; 'owns' is for grouping, never supply."),
        text("product", "HS code, or the product text where no code is known.").or_empty(),
        text("scope", "The focal node whose disclosure the link belongs to; empty: holds for all.").or_empty(),
        share("weight", "Share of the buyer's recorded purchases in that scope; empty where the link carries none.").or_empty(),
        share(
            "weight_merged",
            "Share of the buyer's recorded purchases with all scopes merged (view 'all'); rows of one supplier and product share it equally.",
        )
        .or_empty(),
        word("basis", &words::LINK_BASIS, "How the link is known; 'shipment': consignments alone may tell of it; 'listed': a published list fills what would end unseen."),
        word("weight_basis", &words::WEIGHT_BASIS, "What the weight was made from.").or_empty(),
        claim("assumed", "Whether the weight is assumed."),
        claim("in_force", "Whether the link holds at as_of and is not told again by another record of the same nodes."),
    ],
}
});

/// A portfolio and its holdings.
pub static PORTFOLIO: LazyLock<OutputTable> = LazyLock::new(|| {
    let people =
        |name: &'static str, meaning: &'static str| number(name, "people", meaning).between(0.0, OPEN).worse_when_higher().or_empty();
    OutputTable {
        name: "portfolio",
        file: "portfolio.parquet",
        row: "a portfolio, or one of its holdings, and a norm and mapped rule",
        sorted_by: "portfolio",
        columns: vec![
            text("portfolio", "Name of the portfolio; empty where it has none."),
            claim("is_whole", "Whether this row is the portfolio as a whole: its holdings' figures by weight."),
            text("holding_id", "The company held; empty in the row of the whole.").or_empty(),
            share("weight", "Part of the portfolio."),
            word("norm", &words::TRACED, "Norm traced; 'any' for at least one."),
            word("mapped_rule", &words::MAPPED_RULES, "How unknown shares of purchases are taken, as in exposure."),
            ending("touched_on_evidence", "Share of the purchases behind it whose walk upstream ends at a node with a site signal."),
            ending("touched_by_context", "Share whose walk ends at a node with context alone; no claim about the node's goods."),
            ending("touched", "touched_on_evidence plus touched_by_context: a lower figure."),
            ending("unseen", "Share whose walk leaves the map; all of it where the nodes table does not hold the company."),
            ending("exited", "Share that stood with suppliers left after an adverse finding."),
            share("clear", "Share whose walk ends at an origin without being touched.").better_when_higher(),
            ending(
                "expected",
                "touched plus what the likely origins of the unseen part would add; empty for a company that nodes does not hold.",
            )
            .or_empty(),
            people(
                "people_carried",
                "Expected people affected whose work passes the company, or any company of the portfolio, at least once; each counted once. Root norms, \
                 cautious rule.",
            ),
            count("upstream_nodes", "nodes", "Distinct nodes upstream, the companies held left out.").or_empty(),
        ],
    }
});

/// Where a portfolio's figures come from.
pub static PORTFOLIO_CONTRIBUTIONS: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "portfolio_contributions",
    file: "portfolio_contributions.parquet",
    row: "a portfolio, norm and node of its companies' chains",
    sorted_by: "portfolio",
    columns: vec![
        text("portfolio", "Name of the portfolio; empty where it has none."),
        word("norm", &words::TRACED, "Norm traced; 'any' for at least one. Unknown shares of purchases are taken cautiously."),
        claim("is_rest", "Whether this row is what the rows above leave over; with it they sum to the portfolio's touched."),
        text("node_id", "The node where the walk ends; empty in the rest row.").or_empty(),
        ending("touched", "Share of the purchases behind the portfolio touched here, over all companies that buy from here."),
        claim("on_evidence", "Whether the node has a site signal; empty in the rest row.").or_empty(),
        ending("unseen", "Share that leaves the map here."),
        ending("exited", "Share that stood with suppliers which this node left."),
        share("clear", "Share that ends here clear.").better_when_higher(),
        ending("share_of_touched", "touched divided by the portfolio's touched."),
    ],
});
