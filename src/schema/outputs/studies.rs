//! Tables of studies of the method on a dataset: what its expert defaults decide.

use super::column::{OPEN, OutputColumn, OutputTable, count, number, probability, share, text, word};
use std::sync::LazyLock;

/// One row per expert default.
pub static SENSITIVITY: LazyLock<OutputTable> = LazyLock::new(|| {
    let moved = |side: &'static str, verb: &str| -> Vec<OutputColumn> {
        let name = |what: &str| format!("{side}_{what}");
        let of = |meaning: &str| format!("{meaning} when the number is {verb}.");
        vec![
            number(name("to"), "as unit", of("The number used: as far as the rules of the method allow")).or_empty(),
            number(name("replaced"), "places", of("Places of the top that leave it")).between(0.0, OPEN).or_empty(),
            number(name("rank_move"), "positions", of("Largest move of a place of the top")).between(0.0, OPEN).or_empty(),
            number(name("change"), "probability", of("Mean absolute change of `any` over the top")).between(0.0, 1.0).or_empty(),
            number(name("touched_change"), "share", of("Largest absolute change of a focal company's touched figure (any norm, cautious)"))
                .between(0.0, 1.0)
                .or_empty(),
        ]
    };
    let mut columns = vec![
        text("number", "Row and field of the method's number."),
        word("layer", &["pack", "reference"], "Where the number stands."),
        text("unit", "Unit of the number."),
        text("meaning", "What the number is."),
        text("source", "Citation: an expert default has no publication that fixes it."),
        number("value", "as unit", "The number in effect."),
        word(
            "tried",
            &["both", "one side", "not used here"],
            "Whether halving and doubling were run; a number on which nothing that is compared rests, in this dataset, is not.",
        ),
    ];
    columns.extend(moved("halved", "halved"));
    columns.extend(moved("doubled", "doubled"));
    columns.extend([
        share(
            "explains_top",
            "Part of the variance of the number of places replaced, over the joint draws, that this number alone explains.",
        )
        .or_empty(),
        share("explains_touched", "The same of the mean touched figure of the focal companies.").or_empty(),
    ]);
    OutputTable {
        name: "sensitivity",
        file: "sensitivity.parquet",
        row: "an expert default, halved and doubled",
        sorted_by: "number",
        columns,
    }
});

/// One row per place of the top.
pub static SENSITIVITY_TOP: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "sensitivity_top",
    file: "sensitivity_top.parquet",
    row: "a place of the top of the register",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "Identifier as outputs show it."),
        count("rank", "position", "Position in the order of the register, with the method as it is."),
        probability("any", "Probability that any norm is violated, with the method as it is."),
        number("rank_low", "position", "5 % of the joint draws rank it at or above this.").between(1.0, OPEN),
        number("rank_high", "position", "95 % of the joint draws rank it at or above this.").between(1.0, OPEN),
        probability("any_low", "5 % quantile of the probability over the joint draws."),
        probability("any_high", "95 % quantile of the probability over the joint draws."),
        share("stays", "Part of the joint draws in which it stays in the top."),
        text("leaves_when", "Numbers whose halving or doubling alone puts it out of the top, separated by ';'."),
    ],
});
