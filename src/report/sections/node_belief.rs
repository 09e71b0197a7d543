//! On a node's page: probabilities by norm and what the prior is made of, and what rules find, with case and way.

use crate::base::Norm;
use crate::export::RowView;
use crate::report::facts::Site;
use crate::report::html::Html;
use crate::report::page::{DASH, Page, cell, number_cell, number_column, ranged_cell, text_column};
use crate::schema::outputs::ROOT_NORMS;

const CASES_MOST: usize = 12;

/// Prior, both readings, coverage and range, by norm; then what the prior is made of.
pub fn probabilities(page: &Page<'_>, h: &mut Html, site: &Site<'_>, priors: &[RowView<'_>]) {
    let columns = [
        text_column(page.say("column.norm")),
        number_column(page.say("node.prior")),
        number_column(page.say("node.coupled")),
        number_column(page.say("node.decoupled")),
        number_column(page.say("column.coverage")),
    ];
    page.table(h, "plain-table", page.say("node.probabilities"), &columns);
    for norm in Norm::ALL {
        let of = |suffix: &str| site.0.float(&format!("{}_{suffix}", norm.as_str()));
        let prior = priors.iter().find(|r| r.text("norm") == Some(norm.as_str()) && r.bool("off") != Some(true));
        if prior.is_none() && of("coupled").is_none_or(|p| p < 1e-6) {
            continue;
        }
        h.open("tr", &[]).element("th", &[("scope", "row")], &page.norm(norm.as_str()));
        number_cell(h, &page.share_or_dash(prior.and_then(|r| r.float("marginal"))));
        let range = of("coupled_low").zip(of("coupled_high")).map(|(low, high)| page.language().range(low, high));
        ranged_cell(h, &page.share_or_dash(of("coupled")), range);
        number_cell(h, &page.share_or_dash(of("decoupled")));
        number_cell(h, &page.share_or_dash(of("coverage")));
        h.close("tr");
    }
    page.end_table(h);
    page.fold(h, page.say("node.prior_parts"));
    h.open("ul", &[]);
    let told = site.told_norms();
    for r in priors.iter().filter(|r| r.bool("off") != Some(true)) {
        let norm = r.text("norm").unwrap_or_default();
        let is_root = ROOT_NORMS.iter().any(|(_, n)| n.as_str() == norm);
        if is_root || told.iter().any(|n| n.as_str() == norm) {
            prior(page, h, r, norm);
        }
    }
    h.close("ul").close("details");
}

fn prior(page: &Page<'_>, h: &mut Html, r: &RowView<'_>, norm: &str) {
    let rate = r.float("base_rate").unwrap_or_default() * 1000.0;
    let rate = if rate >= 0.1 { page.language().number(rate, 1) } else { page.language().number(rate, 4) };
    let source = r.text("base_source").unwrap_or_default();
    let title = page.reference.sources().find(|s| s.id == source).map_or(source, |s| s.title.as_str());
    let year = r.int("base_year").map(|y| format!(" ({y})")).unwrap_or_default();
    let values = [
        ("norm", &*page.norm(norm)),
        ("rate", &*rate),
        ("of", &*page.words.word("denominator", r.text("denominator").unwrap_or_default())),
        ("level", &*page.words.word("rate_level", r.text("level").unwrap_or_default())),
        ("people", &*page.language().number(r.float("people").unwrap_or_default(), 0)),
        ("p", &*page.share(r.float("marginal").unwrap_or_default())),
    ];
    h.open("li", &[]).text(&page.words.fill("node.base_rate", &values)).text(" ");
    h.element("span", &[("class", "note"), ("lang", "en")], &format!("{title}{year}"));
    h.text(", ").text(&page.words.word("standing", r.text("base_standing").unwrap_or_default()));
    for factor in r.text("factors").unwrap_or_default().split(';').filter(|f| !f.is_empty()) {
        let mut parts = factor.splitn(3, ':');
        let (name, ratio, source) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        h.text("; ").text(&page.words.fill("node.factor", &[("ratio", ratio), ("name", &page.words.word("factor", name))])).text(" ");
        h.element("span", &[("class", "note"), ("lang", "en")], source);
    }
    h.close("li");
}

/// What rules find: the place, then the cases that reach at least possible, each with its way.
pub fn findings(page: &Page<'_>, h: &mut Html, rows: &[RowView<'_>]) {
    h.element("h4", &[], page.say("node.findings"));
    if rows.is_empty() {
        h.element("p", &[], page.say("node.no_case"));
        return;
    }
    let told = |r: &&RowView<'_>| matches!(r.text("level"), Some("indicated" | "possible"));
    let place: Vec<&RowView<'_>> = rows.iter().filter(|r| r.text("scope") == Some("place")).filter(told).collect();
    if place.is_empty() {
        h.element("p", &[], page.say("node.no_finding"));
    } else {
        let columns = [
            text_column(page.say("column.norm")),
            text_column(page.say("node.level")),
            text_column(page.say("node.rule")),
            number_column(page.say("node.cases")),
        ];
        page.table(h, "plain-table hush", page.say("node.findings"), &columns);
        for r in place {
            h.open("tr", &[]).element("th", &[("scope", "row")], &page.norm(r.text("norm").unwrap_or_default()));
            cell(h, &page.words.word("finding", r.text("level").unwrap_or_default()));
            h.open("td", &[]).text(r.text("rule").unwrap_or_default());
            h.element("small", &[("lang", "en")], crate::findings::rule_source(r.text("rule").unwrap_or_default())).close("td");
            let of = [r.text("cases_at_least_possible"), r.text("cases_read")].map(|t| t.unwrap_or(DASH));
            number_cell(h, &page.words.fill("node.cases_of", &[("possible", of[0]), ("read", of[1])]));
            h.close("tr");
        }
        page.end_table(h);
        page.note(h, page.say("node.no_guilt"));
    }
    if page.facts.is_shared() {
        page.note(h, page.say("node.cases_withheld"));
        return;
    }
    let mut cases: Vec<&RowView<'_>> = rows.iter().filter(|r| r.text("scope") == Some("case")).filter(told).collect();
    cases.sort_by_key(|r| {
        (r.text("level") != Some("indicated"), r.text("case_key").unwrap_or_default(), r.text("norm").unwrap_or_default())
    });
    if cases.is_empty() {
        return;
    }
    page.fold(h, &page.words.count("node.case_ways", cases.len() as u64));
    h.open("ul", &[]);
    for r in cases.iter().take(CASES_MOST) {
        case(page, h, r);
    }
    h.close("ul");
    if cases.len() > CASES_MOST {
        page.note(h, &page.words.count("node.more_cases", (cases.len() - CASES_MOST) as u64));
    }
    h.close("details");
}

fn case(page: &Page<'_>, h: &mut Html, r: &RowView<'_>) {
    let of = |column: &str| r.text(column).unwrap_or_default();
    let values = [
        ("case", r.text("case_key").unwrap_or(DASH)),
        ("norm", &*page.norm(of("norm"))),
        ("level", &*page.words.word("finding", of("level"))),
    ];
    h.open("li", &[]).element("b", &[], &page.words.fill("node.case", &values)).text(" ");
    h.open("span", &[("class", "note"), ("lang", "en")]);
    h.text(&format!("{} / {} ({})", of("rule"), of("path").replace('_', " "), crate::findings::rule_source(of("rule"))));
    h.close("span");
    h.open("dl", &[("class", "steps")]);
    for (column, key) in [
        ("elements_met", "node.met"),
        ("elements_missing", "node.missing"),
        ("facts", "node.facts"),
        ("files", "node.files"),
        ("age_rule", "node.age_rule"),
    ] {
        if let Some(text) = r.text(column).filter(|t| !t.is_empty()) {
            h.element("dt", &[], page.say(key)).element("dd", &[("lang", "en")], &text.replace(';', "; "));
        }
    }
    let caveats: Vec<&str> = [
        ("single_testimony", "node.single_testimony"),
        ("unlinked_group", "node.unlinked_group"),
        ("age_unverified", "node.age_unverified"),
        ("historic", "node.historic"),
    ]
    .iter()
    .filter(|(column, _)| r.bool(column) == Some(true))
    .map(|(_, key)| page.words.say(key))
    .collect();
    if !caveats.is_empty() {
        h.element("dt", &[], page.say("node.caveats")).element("dd", &[], &caveats.join("; "));
    }
    h.close("dl").close("li");
}
