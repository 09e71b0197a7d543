//! The register: one row a place where people work, what to look at first on top. A plain table without script; with it sorted, filtered, searched.

use crate::report::charts::shortened;
use crate::report::facts::Site;
use crate::report::html::{Html, anchor};
use crate::report::page::{DASH, Page};
use std::collections::BTreeSet;

/// Characters of a name in a row; its page has all.
const NAME_MOST: usize = 80;

/// Columns: key of the title, and how the script sorts: by text, number or not at all.
const COLUMNS: [(&str, &str); 11] = [
    ("column.rank", "n"),
    ("column.node", "t"),
    ("column.kind", "t"),
    ("column.country", "t"),
    ("column.standing", "n"),
    ("column.norms", "t"),
    ("column.any", "n"),
    ("column.people", "n"),
    ("column.coverage", "n"),
    ("column.reports", "n"),
    ("column.newest", "t"),
];

/// Writes the section.
pub fn register(page: &Page<'_>, h: &mut Html) {
    page.section(h, "register", page.say("register.title"));
    let is_prioritised = page.facts.sites.iter().any(|r| r.int("priority").is_some());
    let order = page.say(if is_prioritised { "register.by_priority" } else { "register.by_evidence" });
    h.element("p", &[], &format!("{order} {}", page.say("register.what")));
    let (rows, places) = (page.selection.rows.len(), page.selection.places);
    if places > rows {
        let values = [("n", &*page.language().count(rows as u64)), ("places", &*page.language().count(places as u64))];
        page.note(h, &page.words.fill("register.cut", &values));
    }
    tools(page, h);
    h.open("div", &[("class", "frame tall"), ("role", "region"), ("tabindex", "0"), ("aria-label", page.say("register.caption"))]);
    h.open("table", &[("id", "register-table")]).element("caption", &[], page.say("register.caption"));
    h.open("thead", &[]).open("tr", &[]);
    for (key, sort) in COLUMNS {
        h.element("th", &[("scope", "col"), ("data-sort", sort)], page.say(key));
    }
    h.close("tr").close("thead").open("tbody", &[]);
    for (i, site) in page.selection.rows.iter().enumerate() {
        row(page, h, i + 1, site);
    }
    h.close("tbody").close("table").close("div");
    h.open("p", &[("class", "note"), ("id", "register-more"), ("hidden", "")]);
    h.element("button", &[("type", "button"), ("id", "more")], page.say("register.more")).close("p");
    page.note(h, page.say("register.elsewhere"));
    h.close("section");
}

/// Search and filters; shown by the script, which alone can use them.
fn tools(page: &Page<'_>, h: &mut Html) {
    h.open("form", &[("id", "tools"), ("class", "tools"), ("hidden", ""), ("role", "search")]);
    h.element("label", &[("for", "q")], page.say("register.search"));
    h.open("input", &[("id", "q"), ("type", "search"), ("autocomplete", "off")]);
    let states: Vec<(String, String)> = ["indicated", "possible", "site_signal", "context_risk"]
        .iter()
        .filter(|s| page.selection.rows.iter().any(|r| r.state() == **s))
        .map(|s| ((*s).to_owned(), page.words.word("state", s)))
        .collect();
    select(page, h, "f-state", page.say("column.standing"), &states);
    let kinds: BTreeSet<&str> = page.selection.rows.iter().map(Site::kind).collect();
    named(page, h, "f-kind", page.say("column.kind"), kinds.into_iter().map(|k| (k.to_owned(), page.kind(k))));
    let countries: BTreeSet<&str> = page.selection.rows.iter().filter_map(Site::country).collect();
    named(
        page,
        h,
        "f-country",
        page.say("column.country"),
        countries.into_iter().map(|c| (c.to_owned(), page.country(Some(c)).to_owned())),
    );
    let norms: BTreeSet<&str> = page.selection.rows.iter().flat_map(|s| norms(s)).collect();
    named(page, h, "f-norm", page.say("column.norms"), norms.into_iter().map(|n| (n.to_owned(), page.norm(n))));
    h.element("button", &[("type", "reset")], page.say("register.reset"));
    h.element("p", &[("id", "found"), ("role", "status"), ("aria-live", "polite")], "");
    h.close("form");
}

fn named(page: &Page<'_>, h: &mut Html, id: &str, title: &str, options: impl Iterator<Item = (String, String)>) {
    let mut options: Vec<(String, String)> = options.collect();
    options.sort_by(|a, b| a.1.cmp(&b.1));
    select(page, h, id, title, &options);
}

fn select(page: &Page<'_>, h: &mut Html, id: &str, title: &str, options: &[(String, String)]) {
    h.element("label", &[("for", id)], title).open("select", &[("id", id)]);
    h.open("option", &[("value", "")]).text(page.say("register.all")).close("option");
    for (value, text) in options {
        h.element("option", &[("value", value)], text);
    }
    h.close("select");
}

/// Norms that its evidence speaks of, or by context the likeliest.
fn norms(site: &Site<'_>) -> Vec<&'static str> {
    let told = site.told_norms();
    if told.is_empty() {
        site.likeliest().map(|n| n.as_str()).into_iter().collect()
    } else {
        told.into_iter().map(|n| n.as_str()).collect()
    }
}

/// Cells without their end tags, which HTML lets a writer leave out: thousands of rows stay small.
fn row(page: &Page<'_>, h: &mut Html, rank: usize, site: &Site<'_>) {
    let id = site.id();
    let norms = norms(site);
    let filter = format!("{}|{}|{}|{}", site.state(), site.kind(), site.country().unwrap_or_default(), norms.join(" "));
    let link = anchor(id);
    // A place without a page of its own is found at its row.
    if page.selection.is_full(id) {
        h.open("tr", &[("data-f", &filter)]);
    } else {
        h.open("tr", &[("data-f", &filter), ("id", &link)]);
    }
    h.open("td", &[]).text(&rank.to_string());
    h.open("th", &[("scope", "row")]).open("a", &[("href", &format!("#{link}"))]).name(&shortened(site.name(), NAME_MOST)).close("a");
    if site.name() != id {
        h.element("small", &[], id);
    }
    h.open("td", &[]).text(&page.kind(site.kind()));
    h.open("td", &[]).text(page.country(site.country()));
    let (class, order) = standing(site.state());
    h.open("td", &[("data-v", order)]).element("span", &[("class", class)], &page.words.word("state", site.state()));
    h.open("td", &[]).text(&norms.iter().map(|n| page.norm(n)).collect::<Vec<_>>().join(", "));
    let any = site.any().unwrap_or(0.0);
    h.open("td", &[]).text(&page.share(any));
    if let Some((low, high)) = site.any_range() {
        h.element("small", &[], &page.language().range(low, high));
    }
    h.open("td", &[]).text(&site.people().map_or_else(|| DASH.to_owned(), |people| page.language().number(people, 0)));
    let is_dark = site.coverage().is_none_or(|c| c < crate::report::charts::picture::LOW_COVERAGE);
    h.open("td", if is_dark { &[("class", "dark")] } else { &[] }).text(&page.share_or_dash(site.coverage()));
    h.open("td", &[]).text(&site.whole("reports").unwrap_or(0).to_string());
    h.open("td", &[]).text(&site.0.text("newest_evidence").map_or_else(|| DASH.to_owned(), |q| page.language().quarter(q)));
}

/// The look of a state and its place among states, the gravest first.
pub fn standing(state: &str) -> (&'static str, &'static str) {
    match state {
        "indicated" => ("tag told", "0"),
        "possible" => ("tag told", "1"),
        "site_signal" => ("tag told", "2"),
        _ => ("tag context", "3"),
    }
}
