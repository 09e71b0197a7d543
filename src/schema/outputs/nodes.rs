//! Tables of what is believed of each node and of what was said of it.

use super::column::{OPEN, OutputColumn, OutputTable, OutputType, claim, count, number, probability, text, word};
use super::words::{self, kinds, norm_names};
use crate::base::{Norm, Stage};
use std::sync::LazyLock;

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
            "Indicated or possible: what a rule finds on a case of the place. Site signal: reports weigh at least the pack's threshold. Context risk: less than that.",
        ),
        text("signal_norms", "Norms on which the reports of a site signal bear, separated by ';'; empty text where there is no signal."),
        text("finding_norms", "Norms on which a rule finds possible or indicated, with what they imply, separated by ';'."),
        text("newest_evidence", "Quarter of the newest report, look or silence.").or_empty(),
        count("evidence_age_days", "days", "Days from the end of that quarter to as_of, 0 where it has not ended.").or_empty(),
        count("independent_origins", "origins", "Distinct origins among the reports used."),
        count("reports", "reports", "Reports used."),
        count("looks", "looks", "Looks for one sign that saw nothing, used."),
        count("silences", "silences", "Silences of sources that cover norms without itemising, used."),
        claim("focal", "Whether the node is a company under assessment."),
        text("drivers", "What moves the probability most, with log weights, separated by ';'."),
    ]);
    columns.extend(every(
        "coupled_low",
        &|n| format!("5 % of the draws of the method put {n} below this: an expert-elicited range, no confidence interval."),
        false,
    ));
    columns.extend(every("coupled_high", &|n| format!("95 % of the draws of the method put {n} below this."), false));
    columns.extend([
        probability("any_low", "5 % of the draws of the method put `any` below this.").or_empty(),
        probability("any_high", "95 % of the draws of the method put `any` below this.").or_empty(),
        count("rank_low", "position", "5 % of the draws rank the place at or before this in the order of the register; empty in runs of many places.")
            .or_empty(),
        count("rank_high", "position", "95 % of the draws rank it at or before this.").or_empty(),
        claim(
            "alert",
            "Whether the place stands in the longest list, most probable first, whose mean chance of a false alarm stays within the pack's limit; uncalibrated.",
        ),
        word(
            "finding",
            &words::FINDINGS,
            "The highest level that a published rule reaches over the cases of the place, from evidence alone; no_case: nothing to apply a rule to.",
        ),
        claim("cluster_concern", "Whether two norms or more just miss for want of evidence, each with a supported indicator: no finding on any norm."),
    ]);
    columns.extend(Norm::ALL.map(|n| {
        let meaning = format!(
            "How grave {} would be here if it were there: scale and irremediability of the norm, scope by the people it would reach. It does not \
             depend on any probability.",
            n.as_str()
        );
        number(format!("{}_severity", n.as_str()), "severity", meaning).between(0.0, 1.0).worse_when_higher().or_empty()
    }));
    columns.extend([
        word(
            "severity_band",
            &words::BANDS,
            "Gravest band of the norms that count here: probability (coupled) at least the pack's threshold, or found possible or indicated by a \
             rule. Empty where none counts.",
        )
        .or_empty(),
        number("severity", "severity", "Largest severity of the norms in that band that count.").between(0.0, 1.0).worse_when_higher().or_empty(),
        text("severity_norms", "Norms in that band that count, separated by ';'."),
        number("people_affected", "people", "Expected people affected, at least as many as sources told where a finding or signal stands: the most over these norms, over all norms where \
             none counts; nothing says how far they are the same people.")
            .between(0.0, OPEN)
            .worse_when_higher()
            .or_empty(),
        count("people_told_at_least", "people", "People of whom sources told, at least so many (5, 10, 20, 50, ...); empty under five or where not told.")
            .or_empty(),
        claim("acts_first", "First key of the order: a rule indicates a norm of band A, or there is danger to life."),
        claim("danger_to_life", "Whether a report that counts tells of a sign that the pack lists as danger to life, at a place with a site signal or finding."),
        claim("children", "Whether one of severity_norms is about children, or a finding is."),
        count(
            "priority",
            "position",
            "Place in the one order of what to do first: acts_first, then severity_band, then people_affected, then children, then on evidence before \
             by context, then node_id. Empty without a posterior.",
        )
        .or_empty(),
        text("overrides", "People's own judgements, as 'field=value (role, date)', separated by ';'; they stand beside, never instead.").or_empty(),
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
        text("factors", "What changed its worth, as 'reason factor', separated by ';'; empty where nothing did.").or_empty(),
        text("table", "Input table."),
        text("file", "Input file as named in the dataset, or the file that the row was taken over from."),
        text("sheet", "Its sheet, where it has several.").or_empty(),
        count("line", "line", "1-based line or row; empty for a grievance or survey.").or_empty(),
    ],
});
