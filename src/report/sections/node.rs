//! A node's page: what it is, what is believed and why, what was said with the row behind it, what rules find, by which chains it comes, and
//! what to do.
//!
//! Prior, evidence and findings are told row by row for the nodes of importance; the others are told in short by the own script, from compact data.

use crate::base::{Norm, Result};
use crate::export::RowView;
use crate::export::privacy::is_confidential;
use crate::pipeline::chains::Chains;
use crate::report::facts::{Site, by_node, is_main_walk, place_of};
use crate::report::html::{Html, anchor};
use crate::report::page::{DASH, Page, cell, number_cell, number_column, ranged_cell, text_column};
use crate::report::sections::first;
use crate::report::sections::register::standing;
use crate::schema::outputs::ROOT_NORMS;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of evidence told on a page, of each kind.
const ROWS_MOST: usize = 30;
const CASES_MOST: usize = 12;
const CHAINS_MOST: usize = 2;
/// Pages that show chains: each asks for a search per company.
const CHAIN_PAGES_MOST: usize = 120;
/// Bytes of all pages in full together.
pub const BYTES_MOST: usize = 1_300_000;

/// Rows about the nodes of the pages.
struct About<'a> {
    priors: BTreeMap<&'a str, Vec<RowView<'a>>>,
    evidence: BTreeMap<&'a str, Vec<RowView<'a>>>,
    findings: BTreeMap<&'a str, Vec<RowView<'a>>>,
    practices: BTreeMap<&'a str, Vec<RowView<'a>>>,
    records: BTreeMap<&'a str, Vec<RowView<'a>>>,
    actions: BTreeMap<&'a str, Vec<RowView<'a>>>,
    duties: BTreeMap<&'a str, Vec<RowView<'a>>>,
    remedies: BTreeMap<&'a str, Vec<RowView<'a>>>,
    overrides: BTreeMap<&'a str, Vec<RowView<'a>>>,
    contests: BTreeMap<&'a str, Vec<RowView<'a>>>,
    contributions: BTreeMap<&'a str, Vec<RowView<'a>>>,
    exposure: BTreeMap<&'a str, Vec<RowView<'a>>>,
}

impl<'a> About<'a> {
    fn of(page: &Page<'a>) -> Self {
        let wanted: BTreeSet<&str> = page.selection.pages.iter().map(Site::id).collect();
        let f = page.facts;
        let some = |rows: &'a Option<crate::export::Rows>| rows.as_ref().map(|r| by_node(r, "node_id", &wanted)).unwrap_or_default();
        Self {
            priors: by_node(&f.priors, "node_id", &wanted),
            evidence: by_node(&f.evidence, "node_id", &wanted),
            findings: by_node(&f.findings, "node_id", &wanted),
            practices: by_node(&f.practices, "supplier_id", &wanted),
            records: by_node(&f.records, "node_id", &wanted),
            contributions: by_node(&f.contributions, "node_id", &wanted),
            exposure: by_node(&f.exposure, "node_id", &wanted),
            actions: some(&f.actions),
            duties: some(&f.duties),
            remedies: some(&f.remedies),
            overrides: some(&f.overrides),
            contests: some(&f.contests),
        }
    }
}

/// Writes the pages. Returns how many fit; where that is fewer than were chosen, the choice has to be made again with as many.
///
/// # Errors
/// Only where the tables of the result do not fit together.
pub fn nodes(page: &Page<'_>, h: &mut Html, chains: &BTreeMap<String, Chains>) -> Result<usize> {
    page.section(h, "nodes", page.say("node.title"));
    h.element("p", &[("class", "note")], page.say("node.what"));
    h.open("div", &[("id", "short-node")]).close("div");
    let about = About::of(page);
    let (before, mut written) = (h.len(), 0);
    for (i, site) in page.selection.pages.iter().enumerate() {
        if h.len() - before > BYTES_MOST {
            break;
        }
        let none = BTreeMap::new();
        node(page, h, site, &about, if i < CHAIN_PAGES_MOST { chains } else { &none })?;
        written += 1;
    }
    h.close("section");
    Ok(written)
}

fn rows<'a, 'b>(of: &'b BTreeMap<&'a str, Vec<RowView<'a>>>, id: &str) -> &'b [RowView<'a>] {
    of.get(id).map_or(&[], Vec::as_slice)
}

fn node(page: &Page<'_>, h: &mut Html, site: &Site<'_>, about: &About<'_>, chains: &BTreeMap<String, Chains>) -> Result<()> {
    let id = site.id();
    let (link, title) = (anchor(id), format!("{}-t", anchor(id)));
    h.open("article", &[("class", "node"), ("id", &link), ("aria-labelledby", &title)]);
    h.open("h3", &[("id", &title), ("tabindex", "-1")]).name(site.name()).close("h3");
    head(page, h, site);
    to_do(page, h, rows(&about.actions, id), rows(&about.duties, id), rows(&about.remedies, id));
    if site.any().is_some() {
        probabilities(page, h, site, rows(&about.priors, id));
        findings(page, h, rows(&about.findings, id));
    }
    evidence(page, h, site, rows(&about.evidence, id));
    beside(page, h, rows(&about.overrides, id), rows(&about.contests, id), rows(&about.practices, id), rows(&about.records, id));
    purchases(page, h, site, rows(&about.exposure, id));
    paths(page, h, id, rows(&about.contributions, id), chains)?;
    h.open("p", &[("class", "back")]).open("a", &[("href", "#register")]).text(page.say("node.back")).close("a").close("p");
    h.close("article");
    Ok(())
}

fn head(page: &Page<'_>, h: &mut Html, site: &Site<'_>) {
    let mut facts = vec![site.id().to_owned(), page.kind(site.kind()), page.country(site.country()).to_owned()];
    facts.extend(site.product().map(|p| page.product(Some(p))));
    facts.extend(site.0.text("sector").map(|s| page.sector(Some(s))));
    h.open("p", &[("class", "facts")]).name(&facts.join(" \u{b7} "));
    if let Some(people) = site.people() {
        let basis = page.words.word("people_basis", site.0.text("people_standing").unwrap_or_default());
        h.text(" \u{b7} ").text(&page.words.fill("node.people", &[("n", &page.language().number(people, 0)), ("basis", &basis)]));
    }
    h.close("p");
    let (class, _) = standing(site.state());
    h.open("p", &[]).element("span", &[("class", class)], &page.words.word("state", site.state())).text(" ");
    let norms: Vec<String> = site.told_norms().iter().map(|n| page.norm(n.as_str())).collect();
    let text = page.words.word("state_meaning", site.state());
    h.text(&text);
    if !norms.is_empty() {
        h.text(" ").text(&page.words.fill("node.about_norms", &[("norms", &norms.join(", "))]));
    }
    h.close("p");
    if site.is("cluster_concern") {
        h.element("p", &[], page.say("node.cluster_concern"));
    }
    if let Some(any) = site.any() {
        let range = site.any_range().map_or_else(|| DASH.to_owned(), |(low, high)| page.language().range(low, high));
        let coverage = page.share_or_dash(site.coverage());
        let key =
            if site.coverage().is_none_or(|c| c < crate::report::charts::picture::LOW_COVERAGE) { "node.any_dark" } else { "node.any" };
        h.element("p", &[], &page.words.fill(key, &[("p", &page.share(any)), ("range", &range), ("coverage", &coverage)]));
    }
    if site.is("alert") {
        h.element("p", &[], page.say("node.alert"));
    }
}

/// What to do here; what ask first where the run tells no actions.
fn to_do(page: &Page<'_>, h: &mut Html, actions: &[RowView<'_>], duties: &[RowView<'_>], remedies: &[RowView<'_>]) {
    if actions.is_empty() {
        return;
    }
    h.element("h4", &[], page.say("node.to_do"));
    let mut order: Vec<&RowView<'_>> = actions.iter().collect();
    order.sort_by_key(|r| (r.int("step").unwrap_or(i64::MAX), r.text("response").unwrap_or_default()));
    for row in order {
        h.open("p", &[("class", "what")]);
        first::pattern(page, h, row);
        if let Some(band) = row.text("severity_band") {
            h.element("span", &[("class", "tag")], &page.words.fill("node.band", &[("band", band)]));
        }
        h.close("p");
        first::steps(page, h, row);
    }
    if !duties.is_empty() {
        let columns = [
            text_column(page.say("column.company")),
            text_column(page.say("node.involvement")),
            number_column(page.say("node.leverage")),
            number_column(page.say("node.remedy_share")),
        ];
        page.table(h, "plain-table", page.say("node.duties"), &columns);
        for r in duties {
            h.open("tr", &[]).open("th", &[("scope", "row")]);
            page.node(h, r.text("focal_id").unwrap_or_default());
            h.close("th");
            cell(h, &page.words.word("involvement", r.text("involvement").unwrap_or_default()));
            number_cell(h, &page.share_or_dash(r.float("leverage")));
            number_cell(h, &page.share_or_dash(r.float("remedy_share")));
            h.close("tr");
        }
        page.end_table(h);
    }
    remedy(page, h, remedies);
}

fn remedy(page: &Page<'_>, h: &mut Html, remedies: &[RowView<'_>]) {
    if remedies.is_empty() {
        return;
    }
    let columns = [
        text_column(page.say("node.owed_for")),
        number_column(page.say("node.owed")),
        number_column(page.say("node.paid")),
        number_column(page.say("node.outstanding")),
        text_column(page.say("node.workers")),
        text_column(page.say("node.missing")),
    ];
    page.table(h, "plain-table", page.say("node.remedies"), &columns);
    for r in remedies {
        let money = |column: &str| match r.float(column) {
            Some(x) => format!("{} {}", page.language().number(x, 0), r.text("currency").unwrap_or_default()),
            None => page.say("unknown.number").to_owned(),
        };
        h.open("tr", &[]).element("th", &[("scope", "row")], &page.words.word("remedy", r.text("item").unwrap_or_default()));
        for column in ["owed", "paid", "outstanding"] {
            number_cell(h, money(column).trim());
        }
        cell(h, r.text("workers").unwrap_or(DASH));
        h.open("td", &[]);
        page.method_text(h, r.text("missing").unwrap_or(DASH));
        h.close("td").close("tr");
    }
    page.end_table(h);
}

/// Prior, both readings, coverage and range, by norm; then what the prior is made of.
fn probabilities(page: &Page<'_>, h: &mut Html, site: &Site<'_>, priors: &[RowView<'_>]) {
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
fn findings(page: &Page<'_>, h: &mut Html, rows: &[RowView<'_>]) {
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

/// What was said, with its weight and the row behind it.
fn evidence(page: &Page<'_>, h: &mut Html, site: &Site<'_>, rows: &[RowView<'_>]) {
    let shown = |r: &&RowView<'_>| !page.facts.is_shared() || !is_confidential(r.text("table").unwrap_or_default());
    let rows: Vec<&RowView<'_>> = rows.iter().filter(shown).collect();
    if site.any().is_none() && rows.is_empty() {
        return;
    }
    h.element("h4", &[], page.say("node.evidence"));
    if rows.is_empty() {
        h.element("p", &[], page.say("node.no_evidence"));
        return;
    }
    let (mut used, unused): (Vec<&RowView<'_>>, Vec<&RowView<'_>>) = rows.into_iter().partition(|r| r.bool("used") == Some(true));
    used.sort_by(|a, b| {
        let weight = |r: &RowView<'_>| r.float("log_weight").unwrap_or(0.0).abs();
        weight(b).total_cmp(&weight(a)).then_with(|| place_of(a).cmp(&place_of(b)))
    });
    if !used.is_empty() {
        let columns = [
            text_column(page.say("node.item")),
            text_column(page.say("node.sign")),
            text_column(page.say("node.source")),
            text_column(page.say("node.when")),
            number_column(page.say("node.weight")),
            text_column(page.say("node.row")),
        ];
        page.table(h, "plain-table", page.say("node.evidence_caption"), &columns);
        for r in used.iter().take(ROWS_MOST) {
            evidence_row(page, h, r);
        }
        page.end_table(h);
        page.note(h, page.say("node.weight_note"));
        if used.len() > ROWS_MOST {
            page.note(h, &page.words.count("node.more_rows", (used.len() - ROWS_MOST) as u64));
        }
    }
    if !unused.is_empty() {
        page.fold(h, &page.words.count("node.unused", unused.len() as u64));
        h.open("ul", &[]);
        for r in unused.iter().take(ROWS_MOST) {
            h.open("li", &[]);
            sign(page, h, r);
            h.text(&format!(", {}: ", page.language().quarter(r.text("quarter").unwrap_or_default())));
            page.method_text(h, r.text("why_not").unwrap_or("?"));
            h.text(" ").element("code", &[], &place_of(r)).close("li");
        }
        h.close("ul").close("details");
    }
}

fn sign(page: &Page<'_>, h: &mut Html, r: &RowView<'_>) {
    match r.text("sign") {
        Some(id) => match page.method.definition("sign", id) {
            Some(text) => page.method_text(h, text),
            None => {
                h.text(id);
            }
        },
        None => {
            let norms = r.text("norms").unwrap_or_default();
            let all = norms.split(';').count() == Norm::COUNT;
            h.text(&if all { page.say("node.every_norm").to_owned() } else { page.words.words("norm", norms) });
        }
    }
}

fn evidence_row(page: &Page<'_>, h: &mut Html, r: &RowView<'_>) {
    let item = r.text("item").unwrap_or_default();
    h.open("tr", &[]);
    cell(h, &page.words.word("item", item));
    h.open("td", &[]);
    sign(page, h, r);
    h.close("td").open("td", &[]);
    let source = r.text("source").unwrap_or_default();
    match page.method.definition("source", source) {
        Some(text) => page.method_text(h, text),
        None => {
            h.text(&source.replace('_', " "));
        }
    }
    if let Some(origin) = r.text("origin") {
        h.open("small", &[]).name(origin).close("small");
    }
    h.close("td");
    cell(h, &page.language().quarter(r.text("quarter").unwrap_or_default()));
    let weight = r.float("log_weight").unwrap_or_default();
    let text = format!("{}{}", if weight > 0.0 { "+" } else { "" }, page.language().number(weight, 2));
    number_cell(h, &text);
    h.open("td", &[]).element("code", &[], &place_of(r));
    if let Some(factors) = r.text("factors") {
        h.element("small", &[("lang", "en")], factors);
    }
    h.close("td").close("tr");
}

/// What stands beside the machine's reading: people's judgements, the supplier's answers, buyers' practices, who is who.
fn beside(
    page: &Page<'_>,
    h: &mut Html,
    overrides: &[RowView<'_>],
    contests: &[RowView<'_>],
    practices: &[RowView<'_>],
    records: &[RowView<'_>],
) {
    let of = |r: &RowView<'_>, column: &str| r.text(column).unwrap_or(DASH).to_owned();
    if !overrides.is_empty() {
        let columns =
            ["node.field", "node.machine", "node.person", "node.reason", "node.by", "node.when"].map(|k| text_column(page.say(k)));
        page.table(h, "plain-table", page.say("node.overrides"), &columns);
        for r in overrides {
            h.open("tr", &[]);
            for column in ["field", "machine_value", "value", "reason", "by_role", "date"] {
                cell(h, &of(r, column));
            }
            h.close("tr");
        }
        page.end_table(h);
    }
    if !contests.is_empty() {
        let columns = ["node.answer", "node.answers_to", "node.stands_there", "node.when", "node.by", "node.weighs"]
            .map(|k| text_column(page.say(k)));
        page.table(h, "plain-table", page.say("node.contests"), &columns);
        for r in contests {
            h.open("tr", &[]);
            cell(h, &page.words.word("claim", &of(r, "claim")));
            let about = r.text("norm").map(|n| page.norm(n)).or_else(|| r.text("sign").map(str::to_owned));
            cell(h, &about.unwrap_or_else(|| DASH.to_owned()));
            cell(h, &of(r, "answers"));
            cell(h, &page.language().quarter(&of(r, "quarter")));
            cell(h, &of(r, "by_role"));
            cell(h, page.say(if r.bool("weighs") == Some(true) { "node.yes" } else { "node.no" }));
            h.close("tr");
        }
        page.end_table(h);
    }
    if !practices.is_empty() {
        h.element("h4", &[], page.say("node.practices")).element("p", &[("class", "note")], page.say("node.practices_note"));
        h.open("ul", &[]);
        for r in practices.iter().take(ROWS_MOST) {
            h.open("li", &[]);
            page.node(h, r.text("buyer_id").unwrap_or_default());
            let id = of(r, "practice");
            h.text(&format!(", {}: ", page.language().quarter(&of(r, "quarter"))));
            match page.method.definition("sign", &id) {
                Some(text) => page.method_text(h, text),
                None => {
                    h.text(&id);
                }
            }
            let number = |column: &str| r.float(column).map_or_else(|| DASH.to_owned(), |x| page.language().number(x, 2));
            h.text(" ")
                .text(&page.words.fill("node.practice", &[("value", &number("value")), ("threshold", &number("threshold"))]))
                .close("li");
        }
        h.close("ul");
    }
    if !records.is_empty() {
        page.fold(h, page.say("node.records"));
        h.open("ul", &[]);
        for r in records.iter().take(ROWS_MOST) {
            let why = page.words.word("why", &of(r, "why"));
            h.open("li", &[]).name(&of(r, "name")).text(&format!(" ({}), {why} ", of(r, "record_id")));
            if let Some(list) = r.text("list") {
                h.text(&page.words.fill("node.on_list", &[("list", list)])).text(" ");
            }
            let place = format!("{}:{}", of(r, "file"), r.int("line").unwrap_or_default());
            h.element("code", &[], &place).close("li");
        }
        h.close("ul").close("details");
    }
}

/// What of its own purchases is touched and unseen: of a company under assessment on the first screen, of others with all links merged.
fn purchases(page: &Page<'_>, h: &mut Html, site: &Site<'_>, exposure: &[RowView<'_>]) {
    if site.is("focal") {
        h.open("p", &[]).open("a", &[("href", "#glance")]).text(page.say("node.focal")).close("a").close("p");
        return;
    }
    let merged =
        |r: &&RowView<'_>| r.text("norm") == Some("any") && r.text("view") == Some("all") && r.text("mapped_rule") == Some("cautious");
    let Some(r) = exposure.iter().find(merged).filter(|r| r.float("mapped").is_some_and(|m| m > 0.0)) else { return };
    let share = |column: &str| page.share_or_dash(r.float(column));
    let values = [
        ("evidence", &*share("touched_on_evidence")),
        ("context", &*share("touched_by_context")),
        ("unseen", &*share("unseen")),
        ("clear", &*share("clear")),
    ];
    h.element("p", &[], &page.words.fill("node.purchases", &values));
}

/// What it is to each company, and by which chains it comes.
fn paths(page: &Page<'_>, h: &mut Html, id: &str, contributions: &[RowView<'_>], chains: &BTreeMap<String, Chains>) -> Result<()> {
    let held: Vec<&RowView<'_>> = contributions.iter().filter(|r| is_main_walk(r, "any")).collect();
    let mut ways: Vec<(&str, crate::pipeline::chains::NamedChain)> = Vec::new();
    for (focal, all) in chains {
        ways.extend(all.to(id, CHAINS_MOST)?.into_iter().map(|c| (focal.as_str(), c)));
    }
    if held.is_empty() && ways.is_empty() {
        return Ok(());
    }
    h.element("h4", &[], page.say("node.paths"));
    h.open("ul", &[]);
    for r in held {
        h.open("li", &[]);
        page.node(h, r.text("focal_id").unwrap_or_default());
        let tier = r
            .int("tier")
            .map_or_else(|| page.say("origin.by_list").to_owned(), |t| page.words.fill("origin.tier", &[("n", &t.to_string())]));
        let values = [
            ("tier", &*tier),
            ("touched", &*page.share_or_dash(r.float("touched"))),
            ("part", &*page.share_or_dash(r.float("share_of_touched"))),
        ];
        h.text(": ").text(&page.words.fill("node.held", &values)).close("li");
    }
    for (_, chain) in ways {
        h.open("li", &[]);
        for (i, link) in chain.nodes.iter().enumerate() {
            if i > 0 {
                h.text(" \u{2190} ");
            }
            page.node(h, &link.node_id);
        }
        h.text(": ").text(&page.words.fill("node.chain", &[("x", &page.share(chain.share))])).close("li");
    }
    h.close("ul");
    Ok(())
}

/// The rest of the register's nodes, as compact data for the script: what their row does not say.
///
/// By id of the section: product, sector, stage, standing of people, and of each root norm prior, coupled probability, coverage, base rate per 1,000,
/// level and source.
pub fn short_data(page: &Page<'_>) -> String {
    let mut sources: Vec<&str> = Vec::new();
    let mut levels: Vec<String> = Vec::new();
    let wanted: BTreeSet<&str> = page.selection.rows.iter().map(Site::id).filter(|id| page.selection.is_short(id)).collect();
    let priors = by_node(&page.facts.priors, "node_id", &wanted);
    let mut nodes = serde_json::Map::new();
    for site in page.selection.rows.iter().filter(|s| wanted.contains(s.id())) {
        let mut norms: Vec<serde_json::Value> = Vec::new();
        for (_, norm) in ROOT_NORMS {
            let prior = rows(&priors, site.id()).iter().find(|r| r.text("norm") == Some(norm.as_str()) && r.bool("off") != Some(true));
            let rate = prior.and_then(|r| r.float("base_rate")).map(|x| x * 1000.0);
            let (level, source) =
                (prior.and_then(|r| r.text("level")).unwrap_or(""), prior.and_then(|r| r.text("base_source")).unwrap_or(""));
            let coverage = site.0.float(&format!("{}_coverage", norm.as_str()));
            // The sign of a percentage stands once, in the script.
            let bare = |x: Option<f64>| page.share_or_dash(x).trim_end_matches(['%', '\u{A0}']).to_owned();
            norms.push(serde_json::json!([
                bare(prior.and_then(|r| r.float("marginal"))),
                bare(site.coupled(norm)),
                bare(coverage),
                rate.map_or_else(|| DASH.to_owned(), |x| page.language().number(x, if x >= 0.1 { 1 } else { 4 })),
                number_of(&mut levels, &page.words.word("rate_level", level)),
                number_of_text(&mut sources, source),
            ]));
        }
        let value = serde_json::json!([site.product().unwrap_or(DASH), site.0.text("sector").unwrap_or(DASH), norms]);
        nodes.insert(anchor(site.id()), value);
    }
    let titles: Vec<String> = sources
        .iter()
        .map(|id| page.reference.sources().find(|s| s.id == *id).map_or_else(|| (*id).to_owned(), |s| format!("{} ({})", s.title, s.year)))
        .collect();
    let texts: serde_json::Map<String, serde_json::Value> =
        page.words.below("script").map(|(k, t)| (k.to_owned(), serde_json::Value::String(t.to_owned()))).collect();
    let norms: Vec<String> = ROOT_NORMS.iter().map(|(_, n)| page.norm(n.as_str())).collect();
    serde_json::json!({ "nodes": nodes, "levels": levels, "sources": titles, "norms": norms, "text": texts }).to_string()
}

fn number_of(list: &mut Vec<String>, text: &str) -> usize {
    list.iter().position(|t| t == text).unwrap_or_else(|| {
        list.push(text.to_owned());
        list.len() - 1
    })
}

fn number_of_text<'a>(list: &mut Vec<&'a str>, text: &'a str) -> usize {
    list.iter().position(|t| *t == text).unwrap_or_else(|| {
        list.push(text);
        list.len() - 1
    })
}
