//! Every table of a result folder, each column declared once: name, type, unit, range, direction, meaning, whether it may be empty.
//!
//! The writers refuse a cell that its declaration does not allow; `codebook.csv`, the dictionary of outputs and the score metadata
//! inside every Parquet file are made from these declarations. Output columns are an interface: a rename is a change of results.

use crate::base::{Branch, Kind, Level, Norm, Stage};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// How the cells of a column are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputType {
    /// UTF-8 text.
    Text,
    /// 64-bit float, written exactly.
    Float,
    /// 64-bit whole number.
    Int,
    Bool,
}

impl OutputType {
    /// The word in the codebook.
    pub fn as_str(self) -> &'static str {
        match self {
            OutputType::Text => "text",
            OutputType::Float => "float64",
            OutputType::Int => "int64",
            OutputType::Bool => "boolean",
        }
    }
}

/// What a larger number of a score means for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Not a score.
    None,
    HigherIsWorse,
    HigherIsBetter,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::None => "",
            Direction::HigherIsWorse => "higher is worse",
            Direction::HigherIsBetter => "higher is better",
        }
    }
}

/// One column of one table.
#[derive(Clone, Debug)]
pub struct OutputColumn {
    pub name: Cow<'static, str>,
    pub kind: OutputType,
    /// Unit of a number (`probability`, `people`, `days`), else empty.
    pub unit: &'static str,
    /// Least and largest possible number, infinite where open; `None` where no range applies.
    pub range: Option<(f64, f64)>,
    pub direction: Direction,
    pub nullable: bool,
    /// The closed list of a text column; empty where any text may stand.
    pub allowed: Vec<&'static str>,
    pub meaning: Cow<'static, str>,
}

impl OutputColumn {
    fn new(name: impl Into<Cow<'static, str>>, kind: OutputType, meaning: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            kind,
            unit: "",
            range: None,
            direction: Direction::None,
            nullable: false,
            allowed: Vec::new(),
            meaning: meaning.into(),
        }
    }

    fn or_empty(mut self) -> Self {
        self.nullable = true;
        self
    }

    fn in_unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    fn between(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    fn worse_when_higher(mut self) -> Self {
        self.direction = Direction::HigherIsWorse;
        self
    }

    fn better_when_higher(mut self) -> Self {
        self.direction = Direction::HigherIsBetter;
        self
    }

    /// The range as text, `0 to 1`, `0 or more`; empty where none applies.
    pub fn range_text(&self) -> String {
        match self.range {
            None => String::new(),
            Some((low, high)) if low.is_finite() && high.is_finite() => format!("{low} to {high}"),
            Some((low, _)) if low.is_finite() => format!("{low} or more"),
            Some((_, high)) if high.is_finite() => format!("{high} or less"),
            Some(_) => "any".to_owned(),
        }
    }
}

/// One table of the result folder.
#[derive(Debug)]
pub struct OutputTable {
    pub name: &'static str,
    pub file: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// The column whose bytes order the rows; empty where the order is one of reading, not of a key.
    pub sorted_by: &'static str,
    pub columns: Vec<OutputColumn>,
}

impl OutputTable {
    /// Position of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    pub fn is_parquet(&self) -> bool {
        self.file.ends_with(".parquet")
    }

    /// Unit, range and direction of every score as JSON, for the metadata of the file.
    pub fn scores_json(&self) -> String {
        let bound = |x: f64| if x.is_finite() { serde_json::json!(x) } else { serde_json::Value::Null };
        let scores: serde_json::Map<String, serde_json::Value> = self
            .columns
            .iter()
            .filter(|c| c.direction != Direction::None)
            .map(|c| {
                let (low, high) = c.range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
                let score = serde_json::json!({"unit": c.unit, "range": [bound(low), bound(high)], "direction": c.direction.as_str()});
                (c.name.to_string(), score)
            })
            .collect();
        serde_json::Value::Object(scores).to_string()
    }
}

fn text(name: &'static str, meaning: &'static str) -> OutputColumn {
    OutputColumn::new(name, OutputType::Text, meaning)
}

fn word(name: &'static str, allowed: &[&'static str], meaning: &'static str) -> OutputColumn {
    let mut column = text(name, meaning);
    column.allowed = allowed.to_vec();
    column
}

fn number(name: impl Into<Cow<'static, str>>, unit: &'static str, meaning: impl Into<Cow<'static, str>>) -> OutputColumn {
    OutputColumn::new(name, OutputType::Float, meaning).in_unit(unit)
}

fn probability(name: impl Into<Cow<'static, str>>, meaning: impl Into<Cow<'static, str>>) -> OutputColumn {
    number(name, "probability", meaning).between(0.0, 1.0).worse_when_higher()
}

fn share(name: &'static str, meaning: &'static str) -> OutputColumn {
    number(name, "share", meaning).between(0.0, 1.0)
}

fn count(name: &'static str, unit: &'static str, meaning: &'static str) -> OutputColumn {
    OutputColumn::new(name, OutputType::Int, meaning).in_unit(unit).between(0.0, f64::INFINITY)
}

fn claim(name: &'static str, meaning: &'static str) -> OutputColumn {
    OutputColumn::new(name, OutputType::Bool, meaning)
}

const OPEN: f64 = f64::INFINITY;

/// The words that closed columns may hold.
pub mod words {
    pub const STATES: [&str; 3] = ["context_risk", "site_signal", "no_posterior"];
    pub const PEOPLE_BASIS: [&str; 3] = ["recorded", "range", "assumed"];
    pub const ITEMS: [&str; 3] = ["report", "look", "silence"];
    pub const SIGNS_OF_WEIGHT: [&str; 2] = ["raises", "lowers"];
    pub const TRACED: [&str; 4] = ["child_labour", "forced_labour", "trafficking", "any"];
    pub const VIEWS: [&str; 3] = ["all", "own", "own_unfilled"];
    pub const MAPPED_RULES: [&str; 2] = ["cautious", "as_listed"];
    pub const DIMENSIONS: [&str; 4] = ["tier", "country", "product", "kind"];
    pub const RELATIONS: [&str; 5] = ["supplies", "subcontracts", "recruits", "lists", "owns"];
    pub const LINK_BASIS: [&str; 5] = ["declared", "shipment", "certificate", "inferred", "listed"];
    pub const WEIGHT_BASIS: [&str; 5] = ["share", "value", "quantity", "equal", "median"];
    pub const STANDINGS: [&str; 4] = ["published", "secondary", "from_memory", "expert_default"];
    pub const REGISTER_BASIS: [&str; 2] = ["on evidence", "by context"];
}

fn kinds() -> Vec<&'static str> {
    let mut all = Kind::NAMES.to_vec();
    all.push(Kind::Unknown.as_str());
    all
}

fn norm_names() -> Vec<&'static str> {
    Norm::ALL.iter().map(|n| n.as_str()).collect()
}

/// N rows: every place and party.
pub static SITES: LazyLock<OutputTable> = LazyLock::new(|| {
    let mut columns = vec![
        text("node_id", "Identifier as in the data."),
        text("name", "Name as in the data; 'holding, country, key' where the node looks like one person's holding."),
        word("kind", &kinds(), "Kind of place or party; 'unknown' where only links name the node."),
        text("country", "ISO 3166-1 alpha-3; empty where none is known, which widens the prior.").or_empty(),
        text("sector", "ISIC Rev. 4 code.").or_empty(),
        text("product", "HS code of what the node makes or sells.").or_empty(),
        word("stage", &Stage::NAMES, "Stage of production.").or_empty(),
        number("people", "people", "People at the node as used in the prior; empty for a party.").between(0.0, OPEN).or_empty(),
        word("people_standing", &words::PEOPLE_BASIS, "Recorded, taken from a recorded range, or assumed by kind from the pack.")
            .or_empty(),
        claim("has_posterior", "Whether people work here, so that probabilities are computed; a party or region has none."),
    ];
    let every = |suffix: &str, meaning: &dyn Fn(&str) -> String, better: bool| {
        Norm::ALL.map(|n| {
            let name = format!("{}_{suffix}", n.as_str());
            let column = probability(name, meaning(n.as_str())).or_empty();
            if better { column.better_when_higher() } else { column }
        })
    };
    columns.extend(every("coupled", &|n| format!("Probability of {n} with all norms read together."), false));
    columns.extend(every("decoupled", &|n| format!("Probability of {n} on its own prior and the evidence that bears on it alone."), false));
    columns.push(probability("any", "Probability that any of the eight norms is violated, all norms read together.").or_empty());
    columns.push(
        probability(
            "protection_gap",
            "any minus the largest any that the reports of one branch alone would give: harm that only shows together.",
        )
        .or_empty(),
    );
    columns.extend(every(
        "coverage",
        &|n| format!("Probability that {n}, were it there, would have been heard by a channel or visit in force, whatever they said; low is unknown, not good."),
        true,
    ));
    columns.extend([
        word(
            "state",
            &words::STATES,
            "Site signal: reports from the site weigh at least the pack's threshold. Context risk: less than that.",
        ),
        text("signal_norms", "Norms on which the reports of a site signal bear, separated by ';'; empty text where there is no signal."),
        text("newest_evidence", "Quarter of the newest report, look or silence.").or_empty(),
        count("evidence_age_days", "days", "Days from the end of that quarter to as_of, 0 where it has not ended.").or_empty(),
        count("independent_origins", "origins", "Distinct origins among the reports used."),
        count("reports", "reports", "Reports used."),
        count("looks", "looks", "Looks for one sign that saw nothing, used."),
        count("silences", "silences", "Silences of sources that cover norms without itemising, used."),
        claim("focal", "Whether the node is a company under assessment."),
        text("drivers", "What moves the probability most, with log weights, separated by ';'."),
    ]);
    OutputTable { name: "sites", file: "sites.parquet", row: "a place or party", sorted_by: "node_id", columns }
});

/// N x H rows, of the nodes with a posterior.
pub static PRIORS: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "priors",
    file: "priors.parquet",
    row: "a node and norm: what is believed before any report",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "Identifier as in the data."),
        word("norm", &norm_names(), "Norm."),
        probability(
            "marginal",
            "Prior probability that the norm is violated at the node, as used after it was made admissible; 0 where off.",
        ),
        number("base_rate", "share of persons", "Base rate q of persons.").between(0.0, 1.0).worse_when_higher(),
        text("level", "Level at which the base rate was found: the finest first, a missing level falls back to its parent."),
        number("tau", "log odds", "Standard deviation of the base rate by its level.").between(0.0, OPEN),
        text("denominator", "Persons that the base rate is a share of."),
        text("base_source", "Citation of the base rate."),
        OutputColumn::new("base_year", OutputType::Int, "Year of the base rate.").in_unit("year").or_empty(),
        word("base_standing", &words::STANDINGS, "Standing of the base rate's source."),
        number("people", "people", "People in the scope of the norm at the node, binned.").between(0.0, OPEN),
        claim("people_assumed", "Whether the number of people is the pack's figure for the kind."),
        text("factors", "Context factors as id:odds_ratio:source, separated by ';'."),
        claim("lifted", "Whether the marginal was lifted over the norms that imply it."),
        claim("off", "Whether the norm is off here, its marginal below 1e-9."),
    ],
});

/// One row per report, look or silence, used or not.
pub static EVIDENCE: LazyLock<OutputTable> = LazyLock::new(|| OutputTable {
    name: "evidence",
    file: "evidence.parquet",
    row: "a report, look or silence",
    sorted_by: "node_id",
    columns: vec![
        text("node_id", "Identifier as in the data."),
        word(
            "item",
            &words::ITEMS,
            "Report: a source says that a sign is there. Look: it looked for this sign. Silence: it covers norms and told nothing.",
        ),
        text("sign", "Sign of the pack; empty for a silence.").or_empty(),
        text("norms", "Norms that the item bears on, separated by ';'."),
        text("source", "Source of the pack whose detection and false-report rates were taken."),
        text("source_class", "Class of sources that share a blind spot."),
        text("record", "Identifier of the visit, channel or statement; empty for a grievance or survey.").or_empty(),
        text("origin", "Who first said it: the key of the data, or 'origin N' within the node for a grievance or survey.").or_empty(),
        text("quarter", "Quarter of the event."),
        number("detection", "probability", "Detection d before ageing; for a silence the largest over the norms covered.")
            .between(0.0, 1.0),
        number("false_report", "probability", "False-report rate f; empty for looks and silences.").between(0.0, 1.0).or_empty(),
        number("age_days", "days", "Days to as_of; counted from the end of the quarter for a grievance or survey.").between(0.0, OPEN),
        number("half_life_days", "days", "Half-life of detection.").between(0.0, OPEN),
        number("detection_now", "probability", "Detection after ageing and remedy; two decimals for a grievance or survey.")
            .between(0.0, 1.0),
        number("log_weight", "log likelihood ratio", "What the item alone would add for its norm; two decimals for a grievance or survey."),
        word("effect", &words::SIGNS_OF_WEIGHT, "Whether the item raises or lowers its norms."),
        claim("used", "Whether the item counts in the posterior."),
        text("why_not", "Why it does not count: same origin, lapsed, nobody could have heard, rejected, dated after as_of.").or_empty(),
        text("table", "Input table."),
        text("file", "Input file as named in the dataset."),
        count("line", "line", "1-based line or row; empty for a grievance or survey.").or_empty(),
    ],
});

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
        share("clear", "Share whose walk ends at an origin without being touched.").better_when_higher(),
        ending("expected", "touched plus what the likely origins of the unseen part would add; between touched and touched plus unseen.")
            .or_empty(),
        number("defect", "share", "1 minus touched, unseen and clear: bounds the error of the solve.")
            .between(-1e-6, 1.0)
            .worse_when_higher(),
        share("mapped", "Share of the node's own purchases that its links hold, as used."),
        ending("assumed_share", "Share of the walk's weight that stands on assumed link weights or mapped shares.").or_empty(),
    ]);
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
        ending("touched", "Share of the focal node's purchases touched here."),
        claim("on_evidence", "Whether the node has a site signal; empty in the rest row.").or_empty(),
        ending("unseen", "Share that leaves the map here.").or_empty(),
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
        text("value", "The tier, country, product or kind; '-' where the node has none."),
        ending("touched_on_evidence", "Share touched at nodes with a site signal."),
        ending("touched_by_context", "Share touched at nodes with context alone."),
        ending("unseen", "Share that leaves the map at these nodes."),
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
        word("basis", &words::LINK_BASIS, "How the link is known; 'listed': a published list fills what would end unseen."),
        word("weight_basis", &words::WEIGHT_BASIS, "What the weight was made from.").or_empty(),
        claim("assumed", "Whether the weight is assumed."),
        claim("in_force", "Whether the link holds at as_of."),
    ],
}
});

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
        count("rank", "position", "Position: places with evidence of their own first, then by people_weighted."),
        text("node_id", "Identifier as in the data."),
        text("name", "Name as in sites."),
        word("kind", &kinds(), "Kind of place."),
        text("country", "ISO 3166-1 alpha-3.").or_empty(),
        text("product", "HS code.").or_empty(),
        word(
            "basis",
            &words::REGISTER_BASIS,
            "on evidence: reports from this very site. by context: country, product and stage alone; nothing was said of this site.",
        ),
        text("norms", "Norms on which the reports bear; by context, the likeliest of the three root norms."),
        probability("any", "Probability that any norm is violated; four significant digits, as all numbers here."),
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

/// Every table, in the order of the dictionary.
pub fn tables() -> [&'static OutputTable; 11] {
    [&SITES, &PRIORS, &EVIDENCE, &EXPOSURE, &CONTRIBUTIONS, &CONTRIBUTION_SUMS, &LINKS, &WARNINGS, &REGISTER, &QUARANTINE, &CODEBOOK]
}

/// The dictionary of outputs as JSON: a list of tables with their columns.
///
/// # Errors
/// Never on an intact build.
pub fn dictionary_json() -> crate::base::Result<String> {
    let column = |c: &OutputColumn| {
        serde_json::json!({
            "name": c.name, "type": c.kind.as_str(), "unit": c.unit, "range": c.range_text(), "direction": c.direction.as_str(),
            "nullable": c.nullable, "allowed": c.allowed, "meaning": c.meaning,
        })
    };
    let table = |t: &&OutputTable| {
        let columns: Vec<serde_json::Value> = t.columns.iter().map(column).collect();
        serde_json::json!({ "name": t.name, "file": t.file, "row": t.row, "sorted_by": t.sorted_by, "columns": columns })
    };
    let tables: Vec<serde_json::Value> = tables().iter().map(table).collect();
    serde_json::to_string_pretty(&tables).map(|t| t + "\n").map_err(|e| crate::base::Error::internal(e.to_string()))
}

/// The dictionary of outputs as Markdown, one table of columns per file.
pub fn dictionary_markdown() -> String {
    let mut out = String::new();
    let cell = |t: &str| t.replace('|', "\\|");
    for table in tables() {
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "## {}\n\nOne row is {}.\n\n| column | type | unit | range | direction | meaning |\n| --- | --- | --- | --- | --- | --- |\n",
            table.file, table.row
        );
        for c in &table.columns {
            let empty = if c.nullable { ", may be empty" } else { "" };
            let values = if c.allowed.is_empty() { String::new() } else { format!(" One of: {}.", c.allowed.join(", ")) };
            let _ = writeln!(
                out,
                "| {} | {}{empty} | {} | {} | {} | {}{} |",
                c.name,
                c.kind.as_str(),
                c.unit,
                c.range_text(),
                c.direction.as_str(),
                cell(&c.meaning),
                cell(&values)
            );
        }
        out.push('\n');
    }
    out
}

/// The root norm of each branch, whose coverage and probability stand for it in the register.
pub const ROOT_NORMS: [(Branch, Norm); 3] =
    [(Branch::Child, Norm::ChildLabour), (Branch::Forced, Norm::ForcedLabour), (Branch::Trafficking, Norm::Trafficking)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_one_name_a_meaning_and_a_sort_key_that_exists() {
        for table in tables() {
            for (i, c) in table.columns.iter().enumerate() {
                assert_eq!(table.position(&c.name), Some(i), "{}.{} stands twice", table.name, c.name);
                assert!(!c.meaning.is_empty() && c.meaning.ends_with('.'), "{}.{}", table.name, c.name);
                assert!(
                    c.direction == Direction::None || (c.range.is_some() && !c.unit.is_empty()),
                    "a score has unit and range: {}",
                    c.name
                );
            }
            if !table.sorted_by.is_empty() {
                let key = table.position(table.sorted_by).map(|i| (table.columns[i].kind, table.columns[i].nullable));
                assert_eq!(key, Some((OutputType::Text, false)), "{}", table.name);
            }
        }
    }

    #[test]
    fn the_dictionary_names_every_column_once_and_breaks_no_table() {
        let text = dictionary_markdown();
        let rows = text.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| column | type") && !l.starts_with("| ---")).count();
        assert_eq!(rows, tables().iter().map(|t| t.columns.len()).sum::<usize>());
        for line in text.lines().filter(|l| l.starts_with('|')) {
            assert_eq!(line.replace("\\|", "").matches('|').count(), 7, "{line}");
        }
    }
}
