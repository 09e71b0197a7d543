//! Tables of what to do: actions by place, each company's part in a place, what workers are owed and who bears it, people's own judgements
//! and suppliers' answers.

use super::column::{OPEN, OutputTable, claim, count, number, share, text, word};
use super::words::{self, norm_names};
use std::sync::LazyLock;

/// Places x rows of the response matrix.
pub static ACTIONS: LazyLock<OutputTable> = LazyLock::new(|| {
    OutputTable {
    name: "actions",
    file: "actions.parquet",
    row: "a place and one response to what is believed or found there",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "Identifier as in the data."),
        text("name", "Name as in the data; 'holding, country, key' where the node looks like one person's holding."),
        count("priority", "position", "Place of the node in the one order of what to do first, 1 first; the same in sites and in the register."),
        count("step", "position", "Order of the response among those of the node, 1 first."),
        text("response", "Row of the response matrix, as the pack names it."),
        count("matrix_row", "", "Its number in the matrix, 1 to 18."),
        text("pattern", "What the row is about, in words."),
        word("basis", &words::ACTION_BASIS, "What chose the row. finding: a rule on a case. signal: reports that make a site signal. report: a report that weighs less. practice: a buyer's own purchasing. integrity: a visit that could not see. gap: no channel that workers trust. context: country, product and stage alone, which accuses nobody."),
        text("why", "What chose the row: norms with their level, signs, practices; separated by ';'."),
        text("norms", "Norms that the row answers here, separated by ';'; empty text where it answers none."),
        word("severity_band", &words::BANDS, "Gravest band of these norms; empty where the row answers none.").or_empty(),
        number("severity", "severity", "Largest severity of these norms in that band; empty where the row answers none.").between(0.0, 1.0).worse_when_higher().or_empty(),
        text("first_72h", "What to do in the first 72 hours."),
        text("days_30_90", "What to do in 30 to 90 days."),
        text("systemic", "What keeps it from coming back; empty where the matrix names nothing.").or_empty(),
        text("lead", "Who leads, separated by ';': government, workers, employer, buyer, child_protection."),
        text("support", "Who supports, separated by ';'; empty where nobody is named.").or_empty(),
        text("never", "What must never be done; empty where the matrix names nothing.").or_empty(),
        text("sources", "Citations of the pack, separated by ';'."),
        word("standing", &words::STANDINGS, "Standing of the row."),
        claim("ends_orders", "Whether the row speaks of ending orders, first or as the last resort; then the ledger below says what that would do."),
        number("ledger_people", "people", "People at the place, whose work depends on its orders; recorded or assumed as sites tells. Empty unless ends_orders.").between(0.0, OPEN).or_empty(),
        number("ledger_orders", "base currency per year", "Orders that the place would lose if every company under assessment that buys from it directly left; empty unless ends_orders, or where no link has a value.").between(0.0, OPEN).or_empty(),
        share("ledger_share_of_sales", "These orders as a share of its recorded sales; empty unless ends_orders, or where no link has a value.").or_empty(),
        count("ledger_upstream_nodes", "nodes", "Suppliers behind the place that would lose orders too; empty unless ends_orders, and on very large networks where it was not followed.").or_empty(),
        text("ledger_command", "The command that shows the rest of the ledger: what moves where, and to whom; DATASET stands for the folder of the data. Empty unless ends_orders, or where no company under assessment buys from it directly, or where an identifier could not stand in a command.").or_empty(),
        text("companies", "Companies under assessment in whose chain the node stands, closest involvement first, at most five, separated by ';'; empty where none."),
        count("companies_count", "companies", "All of them."),
        text("overrides", "People's own judgements of this node, as 'field=value (role, date)', separated by ';'; empty where there are none. They stand beside, never instead.").or_empty(),
    ],
}
});

/// Companies under assessment x places of their chains.
pub static DUTIES: LazyLock<OutputTable> = LazyLock::new(|| {
    OutputTable {
    name: "duties",
    file: "duties.parquet",
    row: "a company under assessment and a place of its chain that has an action",
    sorted_by: "focal_id",
    columns: vec![
        text("focal_id", "The company under assessment."),
        text("node_id", "The place."),
        count("priority", "position", "Place of the node in the order of what to do first."),
        count("tier", "links", "Fewest links from the company; empty where no link leads there.").or_empty(),
        word("involvement", &words::INVOLVEMENT, "cause: the place is the company's own. contribute: a practice of the company beyond the pack's threshold on the path to it, and a finding or signal there. linked: neither. It chooses the response and never lowers severity."),
        text("involvement_why", "What decides: own site or the owner's id; the practices with their supplier; or nothing of either."),
        share("leverage_direct", "Share of the place's output that the company buys directly; 0 where it buys nothing directly.").better_when_higher(),
        share("leverage", "Share of its output that comes to the company at least once, directly or through the chain.").better_when_higher(),
        share("leverage_assumed", "Part of the place's output that goes to customers by equal shares or medians, or by an assumed share that leaves the map: how much of leverage rests on assumption."),
        share("touched", "Part of the company's purchases touched at the place (own view, any norm, cautious rule); empty where below what contributions keeps.").worse_when_higher().or_empty(),
        share("share_of_touched", "touched divided by all that is touched of the company; empty with it.").or_empty(),
        share("remedy_share", "The company's part of the remedy: of the place's work, what leaves the map at the company."),
    ],
}
});

/// What workers of a place are owed.
pub static REMEDIES: LazyLock<OutputTable> = LazyLock::new(|| {
    let money = |name: &'static str, meaning: &'static str| number(name, "currency", meaning).between(0.0, OPEN).or_empty();
    OutputTable {
        name: "remedies",
        file: "remedies.parquet",
        row: "a place, what is owed and its currency",
        sorted_by: "node_id",
        columns: vec![
            text("node_id", "Identifier as in the data."),
            word(
                "item",
                &words::REMEDY_ITEMS,
                "fees: recruitment fees and related costs to repay, with interest. shortfall: pay below the legal minimum. deductions: wages kept back by deductions beyond the pack's limit. wages_withheld, child_income: told by a finding, never with an amount unless the data hold one.",
            ),
            text("currency", "ISO 4217; empty where the data state none.").or_empty(),
            money("owed", "What the data show as owed, interest included; empty where nothing can be computed, which is not 0."),
            money(
                "paid",
                "Counted off, without interest: paid by remediation of this kind and currency, completed after what is owed began and by the day of the assessment.",
            ),
            money("outstanding", "owed less paid, at least 0; empty where owed is."),
            text("workers", "Workers whom it is about; under five as '<5'; empty where not told.").or_empty(),
            count("rows_used", "rows", "Input rows that the amount is made of."),
            count(
                "rows_unknown",
                "rows",
                "Input rows that show it and lack a figure: what is owed on them is not known and not in the amount.",
            ),
            text("how", "The formula with its figures of the method."),
            text("missing", "What is not known, separated by ';'; empty where nothing is missing.").or_empty(),
            text("files", "Input files, separated by ';'; empty where a finding alone tells of it.").or_empty(),
        ],
    }
});

/// Who bears the remedy of a place.
pub static REMEDY_SHARES: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "remedy_shares",
    file: "remedy_shares.parquet",
    row: "a place with a remedy, and a company at which its work leaves the map, by currency",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "The place."),
        text("currency", "Currency of the amount; empty where no amount is known.").or_empty(),
        claim(
            "is_rest",
            "Whether this row is what the rows above leave over; with it the shares of a place and currency sum to 1. Beyond the first 1,000 places of the order it holds all.",
        ),
        text(
            "bearer_id",
            "Where the work leaves the map: a company, or the place itself where nobody recorded buys from it; empty in the rest row.",
        )
        .or_empty(),
        claim("focal", "Whether it is a company under assessment; empty in the rest row.").or_empty(),
        share("share", "Share of the remedy, as people affected are shared by the footprint (leaves)."),
        number("amount", "currency", "share x outstanding of all items of that currency; empty where none is known.")
            .between(0.0, OPEN)
            .or_empty(),
    ],
});

/// People's own judgements, beside the machine's.
pub static OVERRIDES: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "overrides",
    file: "overrides.parquet",
    row: "a person's own judgement of a field of a node",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "Identifier as in the data."),
        word("field", crate::schema::OVERRIDE_FIELDS, "The field."),
        text("machine_value", "What the run says; empty where it says nothing.").or_empty(),
        text("value", "What the person says."),
        claim("differs", "Whether the two differ."),
        text("reason", "Why."),
        text("by_role", "Role of who decided, never a name."),
        text("date", "Day of the decision."),
        claim("in_force", "Whether it is the newest of its node and field; older ones are kept as history."),
        text("file", "Input file as named in the dataset."),
    ],
});

/// Suppliers' answers, beside the findings.
pub static CONTESTS: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "contests",
    file: "contests.parquet",
    row: "an answer of a supplier to what is said of it",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "Identifier as in the data."),
        text("contest_id", "Identifier of the answer."),
        word("claim", crate::schema::CLAIMS, "denies, remedied, explains or not_our_site."),
        word("norm", &norm_names(), "Norm that it is about; empty where it names a sign, a case, or everything.").or_empty(),
        text("sign", "Sign that it is about.").or_empty(),
        text(
            "answers",
            "What stands there: levels by norm, 'site signal', or 'nothing found', separated by ';'. The answer changes none of it.",
        ),
        text("quarter", "Quarter of the answer."),
        text("by_role", "Who answers, by role."),
        text("evidence", "Reference of the evidence handed in; empty where none.").or_empty(),
        claim("weighs", "Whether it weighs as evidence of an interested party, and so stands in evidence.parquet."),
        text("why_not", "Why it does not weigh; empty where it does.").or_empty(),
        text("file", "Input file as named in the dataset."),
    ],
});
