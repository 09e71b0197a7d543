//! The first screen: each company under assessment, how much of what it buys was touched, unseen, left or clear, by norm and with ranges, and
//! how sure that is.

use crate::pipeline::summary::{Figure, FocalSummary};
use crate::report::charts::Meaning;
use crate::report::charts::bars::{Parts, bar};
use crate::report::facts::is_main_walk;
use crate::report::html::Html;
use crate::report::page::{Page, labelled_cell, number_column, ranged_cell, text_column};
use crate::schema::outputs::words::TRACED;

/// Companies told on their own; more stand in a table.
pub const COMPANIES_MOST: usize = 8;

/// Writes the first screen's companies.
pub fn glance(page: &Page<'_>, h: &mut Html) {
    page.section(h, "glance", page.say("glance.title"));
    if page.facts.summary.focal.is_empty() {
        page.note(h, page.say("glance.no_company"));
    }
    if page.facts.summary.evidence.nodes_with_signal == 0 && page.facts.summary.rules.indicated + page.facts.summary.rules.possible == 0 {
        h.element("p", &[("class", "plain")], page.say("glance.no_evidence"));
    }
    legend(page, h);
    for focal in page.facts.summary.focal.iter().take(COMPANIES_MOST) {
        company(page, h, focal);
    }
    if page.facts.summary.focal.len() > 1 {
        side_by_side(page, h);
    }
    h.element("p", &[("class", "note")], page.say("glance.reading"));
    h.close("section");
}

fn legend(page: &Page<'_>, h: &mut Html) {
    let any_exit = page.facts.summary.focal.iter().flat_map(|f| &f.figures).any(|f| f.exited > 0.0);
    h.open("ul", &[("class", "legend")]);
    for meaning in Meaning::ALL.into_iter().filter(|m| *m != Meaning::Exited || any_exit) {
        h.open("li", &[]);
        swatch(h, meaning);
        h.element("b", &[], &page.words.word("part", meaning.name())).text(" ").text(&page.words.word("part_meaning", meaning.name()));
        h.close("li");
    }
    h.close("ul");
}

/// A small square in the fill of a meaning.
pub fn swatch(h: &mut Html, meaning: Meaning) {
    h.open("svg", &[("class", "swatch"), ("viewBox", "0 0 16 16"), ("aria-hidden", "true"), ("focusable", "false")]);
    h.open("rect", &[("x", "1"), ("y", "1"), ("width", "14"), ("height", "14"), ("fill", meaning.fill()), ("stroke", meaning.stroke())])
        .close("rect")
        .close("svg");
}

/// The figure of a norm under a rule, of the company's own view.
pub fn figure<'a>(focal: &'a FocalSummary, norm: &str, rule: &str) -> Option<&'a Figure> {
    focal.figures.iter().find(|f| f.norm == norm && f.mapped_rule == rule && f.view == "own")
}

/// A share with its range behind it, where it was drawn.
pub fn with_range(page: &Page<'_>, figure: &Figure, x: f64, name: &str) -> String {
    match range(figure, name) {
        Some((low, high)) if low != high => {
            page.words.fill("glance.with_range", &[("x", &page.share(x)), ("range", &page.language().range(low, high))])
        }
        _ => page.share(x),
    }
}

fn range(figure: &Figure, name: &str) -> Option<(f64, f64)> {
    figure.drawn.as_ref()?.ranges.get(name).map(|[low, high]| (*low, *high))
}

fn company(page: &Page<'_>, h: &mut Html, focal: &FocalSummary) {
    h.open("article", &[("class", "company")]);
    h.open("h3", &[]);
    page.node(h, &focal.node_id);
    h.close("h3");
    if let Some(any) = figure(focal, "any", "cautious") {
        verdict(page, h, any);
    }
    table(page, h, focal);
    let mut notes = reach(page, focal);
    if let Some(own) = &focal.own_site {
        let basis = page.words.word("part", if own.on_evidence { "on_evidence" } else { "by_context" });
        notes.push(page.words.fill("glance.own_site", &[("p", &page.share(own.any)), ("basis", &basis)]));
    }
    notes.extend(sureness(page, focal));
    h.open("ul", &[("class", "notes")]);
    for note in notes {
        h.element("li", &[], &note);
    }
    h.close("ul").close("article");
}

/// What the figures of any norm say, in one sentence a reader can repeat.
fn verdict(page: &Page<'_>, h: &mut Html, any: &Figure) {
    let share = |x: f64| page.share(x);
    let ranged = |x: f64, name: &str| with_range(page, any, x, name);
    let key = if any.touched_on_evidence > 0.0 { "glance.verdict" } else { "glance.verdict_context" };
    let text = page.words.fill(
        key,
        &[
            ("evidence", &ranged(any.touched_on_evidence, "touched_on_evidence")),
            ("context", &ranged(any.touched_by_context, "touched_by_context")),
            ("unseen", &ranged(any.unseen, "unseen")),
            ("clear", &ranged(any.clear, "clear")),
        ],
    );
    h.element("p", &[("class", "verdict")], &text);
    if any.exited > 0.0 {
        h.element("p", &[("class", "verdict")], &page.words.fill("glance.exited", &[("x", &share(any.exited))]));
    }
}

fn table(page: &Page<'_>, h: &mut Html, focal: &FocalSummary) {
    let any_exit = focal.figures.iter().any(|f| f.exited > 0.0);
    let part = |m: Meaning| page.words.word("part", m.name());
    let titles: Vec<String> = Meaning::ALL.into_iter().filter(|m| *m != Meaning::Exited || any_exit).map(part).collect();
    let mut columns = vec![text_column(page.say("column.norm")), text_column(page.say("column.picture"))];
    columns.extend(titles.iter().map(|t| number_column(t)));
    columns.push(number_column(page.say("column.expected")));
    let draws = page.language().count(page.facts.summary.ranges.draws);
    let caption = page.words.fill("glance.caption", &[("company", &focal.name), ("draws", &draws)]);
    page.stacked_table(h, "figures", &caption, &columns);
    for norm in ["any", "child_labour", "forced_labour", "trafficking"] {
        debug_assert!(TRACED.contains(&norm));
        let Some(f) = figure(focal, norm, "cautious") else { continue };
        h.open("tr", &[("class", if norm == "any" { "whole" } else { "part" }), ("role", "row")]);
        h.element("th", &[("scope", "row"), ("role", "rowheader")], &page.norm(norm));
        h.open("td", &[("class", "pic"), ("role", "cell")]);
        let parts = Parts {
            on_evidence: f.touched_on_evidence,
            by_context: f.touched_by_context,
            unseen: f.unseen,
            exited: f.exited,
            clear: f.clear,
        };
        let said: Vec<String> =
            Meaning::ALL.into_iter().filter(|m| parts.of(*m) > 0.0).map(|m| format!("{} {}", part(m), page.share(parts.of(m)))).collect();
        bar(h, &parts, range(f, "touched_on_evidence"), range(f, "touched"), &format!("{}: {}", page.norm(norm), said.join(", ")));
        h.close("td");
        let spoken = |name: &str| range(f, name).map(|(low, high)| page.language().range(low, high));
        for (meaning, name) in Meaning::ALL.into_iter().zip(["touched_on_evidence", "touched_by_context", "unseen", "exited", "clear"]) {
            if meaning != Meaning::Exited || any_exit {
                labelled_cell(h, &part(meaning), &page.share(parts.of(meaning)), spoken(name));
            }
        }
        labelled_cell(h, page.say("column.expected"), &page.share(f.expected), spoken("expected"));
        h.close("tr");
    }
    page.end_table(h);
}

fn reach(page: &Page<'_>, focal: &FocalSummary) -> Vec<String> {
    let mut notes = Vec::new();
    let nodes: u64 = focal.reach.iter().sum();
    let tiers = page.words.count("count.tier", focal.reach.len() as u64);
    notes.push(page.words.fill("glance.reach", &[("nodes", &page.words.count("count.node", nodes)), ("tiers", &tiers)]));
    if focal.reach_listed > 0 {
        let without = focal.figures.iter().find(|f| f.norm == "any" && f.mapped_rule == "cautious" && f.view == "own_unfilled");
        let listed = page.language().count(focal.reach_listed);
        notes.push(page.words.fill("glance.listed", &[("n", &listed)]));
        if let Some(f) = without {
            notes.push(page.words.fill(
                "glance.without_lists",
                &[
                    ("evidence", &page.share(f.touched_on_evidence)),
                    ("context", &page.share(f.touched_by_context)),
                    ("unseen", &page.share(f.unseen)),
                    ("clear", &page.share(f.clear)),
                ],
            ));
        }
    }
    if let (Some(c), Some(l)) = (figure(focal, "any", "cautious"), figure(focal, "any", "as_listed"))
        && (c.unseen - l.unseen).abs() > 0.0005
    {
        let values = [("cautious", &*page.share(c.unseen)), ("as_listed", &*page.share(l.unseen))];
        notes.push(page.words.fill("glance.as_listed", &values));
    }
    if let Some(returns) = focal.returns {
        notes.push(page.words.fill("glance.returns", &[("n", &page.language().number(returns, 1))]));
    }
    notes
}

/// What the figures stand on.
fn sureness(page: &Page<'_>, focal: &FocalSummary) -> Vec<String> {
    let mut notes = Vec::new();
    let row = page.facts.exposure.iter().find(|r| r.text("node_id") == Some(&*focal.node_id) && is_main_walk(r, "any"));
    if let Some(assumed) = row.and_then(|r| r.float("assumed_share")) {
        notes.push(page.words.fill("glance.assumed", &[("x", &page.share(assumed))]));
    }
    // A company without any evidence, in no draw either, has no place by evidence: it is unseen there, not the best.
    let named = |f: &&Figure| f.touched_on_evidence > 0.0 || range(f, "touched_on_evidence").is_some_and(|(_, high)| high > 0.0);
    let ranks = figure(focal, "any", "cautious").filter(named).and_then(|f| f.drawn.as_ref()).map(|d| &d.ranks);
    if let Some([low, high]) = ranks.and_then(|r| r.get("touched_on_evidence")).filter(|_| page.facts.summary.focal.len() > 1) {
        let place = if low == high { low.to_string() } else { format!("{low}\u{2013}{high}") };
        let of = page.language().count(page.facts.summary.focal.len() as u64);
        notes.push(page.words.fill("glance.rank", &[("place", &place), ("n", &of)]));
    }
    notes
}

/// Companies beside one another: by what is on evidence, unseen and expected, never by context.
fn side_by_side(page: &Page<'_>, h: &mut Html) {
    let columns = [
        text_column(page.say("column.company")),
        number_column(page.say("word.part.on_evidence")),
        number_column(page.say("word.part.unseen")),
        number_column(page.say("column.expected")),
    ];
    page.fold(h, page.say("glance.companies"));
    page.note(h, page.say("glance.companies_note"));
    page.table(h, "plain-table", page.say("glance.companies"), &columns);
    for focal in &page.facts.summary.focal {
        let Some(f) = figure(focal, "any", "cautious") else { continue };
        let spoken = |name: &str| range(f, name).map(|(low, high)| page.language().range(low, high));
        h.open("tr", &[]).open("th", &[("scope", "row")]);
        page.node(h, &focal.node_id);
        h.close("th");
        ranged_cell(h, &page.share(f.touched_on_evidence), spoken("touched_on_evidence"));
        ranged_cell(h, &page.share(f.unseen), spoken("unseen"));
        ranged_cell(h, &page.share(f.expected), spoken("expected"));
        h.close("tr");
    }
    page.end_table(h);
    h.close("details");
}
