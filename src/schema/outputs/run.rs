//! Tables of the run itself: what was wrong with the input, the register that an analyst opens first, and the codebook.

use super::column::{OPEN, OutputTable, claim, count, number, probability, share, text, word};
use super::words::{self, kinds};
use crate::base::Level;
use std::sync::LazyLock;

/// Everything that was wrong with the input.
pub static WARNINGS: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "warnings",
    file: "warnings.parquet",
    row: "one problem of the input",
    sorted_by: "file",
    columns: vec![
        word("level", &LEVELS.map(Level::as_str), "What the problem costs."),
        text("code", "Stable code of the problem."),
        text("file", "Input file as named in the dataset."),
        text("part", "Sheet or Parquet part.").or_empty(),
        count("line", "line", "1-based line or row; empty where the whole file is meant.").or_empty(),
        text("column", "Column, where one cell is meant.").or_empty(),
        text("found", "What was found, never a personal value."),
        text("expected", "What was expected, and what to do."),
    ],
});

const LEVELS: [Level; 4] = [Level::Note, Level::Warning, Level::Error, Level::Fatal];

/// Refused rows and cells.
pub static QUARANTINE: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "quarantine",
    file: "quarantine.csv",
    row: "a cell that refused its row or became missing",
    sorted_by: "file",
    columns: vec![
        text("file", "Input file as named in the dataset."),
        text("part", "Sheet, where the file has several.").or_empty(),
        count("line", "line", "1-based line or row.").or_empty(),
        text("column", "Column, where one cell is meant.").or_empty(),
        text("code", "Stable code of the reason."),
        text("reason", "What was found."),
        text("value", "The value; texts as length and class.").or_empty(),
    ],
});

/// What an analyst opens first.
pub static REGISTER: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "register",
    file: "register.csv",
    row: "a place where people work, what to look at first on top; at most 100,000 (sites.parquet holds all)",
    sorted_by: "",
    columns: vec![
        count(
            "rank",
            "position",
            "Position in the one order of what to do first, as priority in sites: acts_first, severity_band, people_affected, children, on evidence before by context, node_id.",
        ),
        text("node_id", "Identifier as in the data."),
        text("name", "Name as in sites."),
        word("kind", &kinds(), "Kind of place."),
        text("country", "ISO 3166-1 alpha-3.").or_empty(),
        text("product", "HS code.").or_empty(),
        word(
            "basis",
            &words::REGISTER_BASIS,
            "on evidence: reports from this very site, or a finding by rule. by context: country, product and stage alone; nothing was said of this site.",
        ),
        text("norms", "Norms on which the reports bear; by context, the likeliest of the three root norms."),
        word(
            "finding",
            &words::FINDINGS,
            "The highest level that a published rule reaches over the cases of the place; from evidence alone.",
        ),
        claim("cluster_concern", "Two norms or more just miss for want of evidence: no finding on any norm."),
        probability("any", "Probability that any norm is violated; four significant digits, as all numbers here."),
        probability("any_low", "90 % uncertainty range (expert-elicited), lower end.").or_empty(),
        probability("any_high", "90 % uncertainty range (expert-elicited), upper end.").or_empty(),
        count("rank_low", "position", "Range of the rank over the draws of the method, lower end.").or_empty(),
        count("rank_high", "position", "The same, upper end.").or_empty(),
        claim("alert", "In the longest list whose mean chance of a false alarm stays within the pack's limit; uncalibrated."),
        number("people", "people", "People at the place.").between(0.0, OPEN),
        word("people_standing", &words::PEOPLE_BASIS, "Recorded, from a recorded range, or assumed by kind."),
        number("people_weighted", "people x probability", "people times any: an order of attention, no count of people harmed.")
            .between(0.0, OPEN)
            .worse_when_higher(),
        probability("protection_gap", "Harm that only shows when the norms are read together."),
        share("coverage", "Least coverage among the three root norms: near 0, nobody could have heard.").better_when_higher(),
        count("reports", "reports", "Reports used."),
        count("independent_origins", "origins", "Distinct origins among them."),
        text("newest_evidence", "Quarter of the newest evidence.").or_empty(),
        text("focal_id", "The company under assessment with the largest share of its touched figure ending here.").or_empty(),
        share("share_of_touched", "That share, any norm, cautious rule, own perspective.").or_empty(),
        text("drivers", "What moves the probability most."),
        word(
            "severity_band",
            &words::BANDS,
            "Gravest band of the norms that count here, whatever their probability beyond the pack's threshold; empty where none counts.",
        )
        .or_empty(),
        number(
            "severity",
            "severity",
            "Largest severity of the norms in that band: scale, irremediability, scope; no part of it is a probability.",
        )
        .between(0.0, 1.0)
        .worse_when_higher()
        .or_empty(),
        number("people_affected", "people", "Expected people affected of the norms in that band, the most over them.")
            .between(0.0, OPEN)
            .worse_when_higher()
            .or_empty(),
        claim("acts_first", "A rule indicates a norm of band A, or there is danger to life."),
        claim("children", "The norms in that band, or a finding, are about children."),
        text("response", "First row of the response matrix for the place; actions.parquet holds all, with what must never be done.")
            .or_empty(),
        text("do_first", "What that row asks for in the first 72 hours.").or_empty(),
        text("lead", "Who leads it, separated by ';'.").or_empty(),
        text("contested", "Answers of the supplier, as 'claim quarter', separated by ';'; they change no finding.").or_empty(),
        text("overrides", "People's own judgements, as 'field=value (role, date)', separated by ';'; they stand beside, never instead.")
            .or_empty(),
        word("calibrated", &["no"], "Whether the probabilities were tested against real outcomes."),
    ],
});

/// This very list.
pub static CODEBOOK: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "codebook",
    file: "codebook.csv",
    row: "a column of a table of this folder",
    sorted_by: "",
    columns: vec![
        text("table", "Table."),
        text("file", "File."),
        count("position", "position", "1-based position of the column."),
        text("column", "Column."),
        text("type", "Type of the cells."),
        text("unit", "Unit of a number.").or_empty(),
        text("range", "Least and largest possible number.").or_empty(),
        text("direction", "What a larger number means for people.").or_empty(),
        text("values", "The closed list, separated by '|'.").or_empty(),
        claim("may_be_empty", "Whether a cell may be empty."),
        text("meaning", "Meaning."),
    ],
});
