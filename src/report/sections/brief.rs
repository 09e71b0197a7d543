//! The first screen in four answers: how bad, how sure, what changed, what first. Ten seconds; everything behind them stands below.

use super::changes::{Changes, points};
use super::first::{first_actions, first_questions, pattern};
use super::glance::{figure, with_range};
use crate::report::charts::picture::LOW_COVERAGE;
use crate::report::facts::Site;
use crate::report::html::Html;
use crate::report::page::Page;

const COMPANIES_MOST: usize = 4;

/// Writes the section.
pub fn brief(page: &Page<'_>, h: &mut Html, story: Option<&Changes>) {
    h.open("section", &[("id", "brief"), ("aria-labelledby", "brief-title")]);
    h.element("h2", &[("id", "brief-title"), ("class", "quiet")], page.say("brief.title"));
    h.open("dl", &[("class", "answers")]);
    h.element("dt", &[], page.say("brief.how_bad")).open("dd", &[]);
    how_bad(page, h);
    h.close("dd").element("dt", &[], page.say("brief.how_sure")).open("dd", &[]);
    how_sure(page, h);
    h.close("dd").element("dt", &[], page.say("brief.what_changed")).open("dd", &[]);
    what_changed(page, h, story);
    h.close("dd").element("dt", &[], page.say("brief.what_first")).open("dd", &[]);
    what_first(page, h);
    h.close("dd").close("dl").close("section");
}

fn how_bad(page: &Page<'_>, h: &mut Html) {
    let companies = &page.facts.summary.focal;
    if companies.is_empty() {
        h.element("p", &[], page.say("glance.no_company"));
    }
    for focal in companies.iter().take(COMPANIES_MOST) {
        let Some(any) = figure(focal, "any", "cautious") else { continue };
        let values = [
            ("evidence", &*with_range(page, any, any.touched_on_evidence, "touched_on_evidence")),
            ("context", &*page.share(any.touched_by_context)),
            ("unseen", &*with_range(page, any, any.unseen, "unseen")),
        ];
        h.open("p", &[]).open("b", &[]);
        page.node(h, &focal.node_id);
        h.close("b").text(": ").text(&page.words.fill("brief.company", &values)).close("p");
    }
    if companies.len() > COMPANIES_MOST {
        h.open("p", &[]).open("a", &[("href", "#glance")]);
        h.text(&page.words.count("brief.more", (companies.len() - COMPANIES_MOST) as u64)).close("a").close("p");
    }
}

fn how_sure(page: &Page<'_>, h: &mut Html) {
    let places = page.facts.places();
    let told = places.iter().filter(|p| p.is_on_evidence()).count() as u64;
    let dark = places.iter().filter(|p: &&Site<'_>| p.coverage().is_none_or(|c| c < LOW_COVERAGE)).count() as u64;
    let n = |x: u64| page.language().count(x);
    let values = [("told", &*n(told)), ("places", &*page.words.count("count.place", places.len() as u64)), ("dark", &*n(dark))];
    h.element("p", &[], &page.words.fill("brief.evidence", &values));
    h.element("p", &[], page.say("uncalibrated"));
}

fn what_changed(page: &Page<'_>, h: &mut Html, story: Option<&Changes>) {
    let Some(story) = story else {
        h.element("p", &[], page.say("brief.nothing_earlier"));
        return;
    };
    h.element("p", &[], &page.words.fill("changes.since", &[("day", &page.language().day(&story.old_as_of))]));
    for company in story.companies.iter().take(COMPANIES_MOST) {
        let of = |figure: &str| company.moves.iter().find(|m| m.norm == "any" && m.figure == figure).map(|m| m.new - m.old);
        let told: Vec<String> = ["touched_on_evidence", "unseen"]
            .iter()
            .filter_map(|f| Some(format!("{} {}", page.words.word("figure", f), points(page, of(f)?))))
            .collect();
        h.open("p", &[]).open("b", &[]);
        page.node(h, &company.node_id);
        h.close("b").text(": ");
        h.text(&if told.is_empty() { page.say("changes.same").to_owned() } else { told.join(", ") }).close("p");
    }
    h.open("p", &[]).open("a", &[("href", "#changes")]).text(page.say("brief.all_changes")).close("a").close("p");
}

fn what_first(page: &Page<'_>, h: &mut Html) {
    let actions = first_actions(page);
    h.open("ol", &[]);
    if actions.is_empty() {
        for (focal, look_up) in first_questions(page) {
            h.open("li", &[]);
            page.node(h, &focal.node_id);
            h.text(": ").name(&page.translations.about(page.language(), &look_up.question)).text(" ");
            h.element("span", &[("class", "note")], &page.words.fill("first.opens", &[("x", &page.share(look_up.share))])).close("li");
        }
    }
    for row in actions {
        h.open("li", &[]);
        page.node(h, row.text("node_id").unwrap_or_default());
        h.text(". ");
        pattern(page, h, &row);
        h.close("li");
    }
    h.close("ol").open("p", &[]).open("a", &[("href", "#first")]).text(page.say("brief.how")).close("a").close("p");
}
