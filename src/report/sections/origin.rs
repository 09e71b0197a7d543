//! Where it comes from: the way of the spend as a picture, and what ends at each tier, country, product and kind; exact sums, published lists
//! filled in.

use crate::base::{Result, Traced};
use crate::export::RowView;
use crate::pipeline::chains::Chains;
use crate::pipeline::summary::FocalSummary;
use crate::report::charts::Meaning;
use crate::report::charts::flow::{Words, flow};
use crate::report::facts::is_main_walk;
use crate::report::html::Html;
use crate::report::page::{DASH, Page, number_cell, number_column, text_column};
use std::collections::BTreeMap;
use std::path::Path;

/// Companies whose way is drawn.
pub const DRAWN_MOST: usize = 5;
/// Purchases that are followed; what goes on further ends in the last column as the whole of its way does.
const STEPS: usize = 5;
const ROWS_MOST: usize = 12;

/// Chains by company, read once: also the nodes' pages draw on them.
pub fn chains(out: &Path, page: &Page<'_>) -> Result<BTreeMap<String, Chains>> {
    let mut all = BTreeMap::new();
    for focal in page.facts.summary.focal.iter().take(DRAWN_MOST) {
        if let Some(chains) = Chains::of(out, &focal.node_id, Traced::Any)? {
            all.insert(focal.node_id.clone(), chains);
        }
    }
    Ok(all)
}

/// Writes the section.
///
/// # Errors
/// Only where the tables of the result do not fit together.
pub fn origin(page: &Page<'_>, h: &mut Html, chains: &BTreeMap<String, Chains>) -> Result<()> {
    page.section(h, "origin", page.say("origin.title"));
    h.element("p", &[], page.say("origin.what"));
    let groups: BTreeMap<&str, (&str, Option<&str>)> =
        page.facts.sites.iter().filter_map(|r| Some((r.text("node_id")?, (r.text("kind")?, r.text("country"))))).collect();
    for focal in page.facts.summary.focal.iter().take(DRAWN_MOST) {
        h.open("article", &[("class", "company")]).open("h3", &[]);
        page.node(h, &focal.node_id);
        h.close("h3");
        if let Some(chains) = chains.get(&focal.node_id) {
            picture(page, h, focal, chains, &groups)?;
        }
        sums(page, h, focal);
        h.close("article");
    }
    let more = page.facts.summary.focal.len().saturating_sub(DRAWN_MOST);
    if more > 0 {
        page.note(h, &page.words.count("origin.more", more as u64));
    }
    h.close("section");
    Ok(())
}

fn picture(
    page: &Page<'_>,
    h: &mut Html,
    focal: &FocalSummary,
    chains: &Chains,
    groups: &BTreeMap<&str, (&str, Option<&str>)>,
) -> Result<()> {
    let group = |id: &str| {
        let (kind, country) = groups.get(id).copied().unwrap_or(("unknown", None));
        (kind.to_owned(), country.map(str::to_owned))
    };
    let steps = chains.steps(STEPS, group)?;
    let last = steps.len().saturating_sub(1);
    let cut = steps.len() > STEPS;
    let column = |i: usize| match i {
        0 => page.say("origin.spend").to_owned(),
        i if i == last && cut => page.words.fill("origin.further", &[("n", &i.to_string())]),
        i => page.words.fill("origin.step", &[("n", &i.to_string())]),
    };
    let (says, others) = (page.words.fill("origin.picture", &[("company", &focal.name)]), page.say("origin.others"));
    let (share, part) = (|x: f64| page.share(x), |m: Meaning| page.words.word("part", m.name()));
    let name = |(kind, country): &(String, Option<String>)| match country {
        Some(code) => format!("{}, {}", page.words.word("kind", kind), page.countries.name(page.language(), code)),
        None => page.words.word("kind", kind),
    };
    h.open("figure", &[]).open("div", &[("class", "frame wide"), ("role", "region"), ("tabindex", "0"), ("aria-label", &says)]);
    flow(h, &steps, name, &Words { says: &says, column: &column, others, share: &share, part: &part });
    h.close("div").element("figcaption", &[], page.say("origin.legend"));
    h.close("figure");
    if focal.reach_listed > 0 {
        page.note(h, page.say("origin.lists_not_drawn"));
    }
    Ok(())
}

fn sums(page: &Page<'_>, h: &mut Html, focal: &FocalSummary) {
    let of: Vec<RowView<'_>> =
        page.facts.sums.iter().filter(|r| r.text("focal_id") == Some(&*focal.node_id) && is_main_walk(r, "any")).collect();
    for (dimension, key) in
        [("tier", "origin.by_tier"), ("country", "origin.by_country"), ("product", "origin.by_product"), ("kind", "origin.by_kind")]
    {
        let mut rows: Vec<&RowView<'_>> = of.iter().filter(|r| r.text("dimension") == Some(dimension)).collect();
        if rows.is_empty() {
            continue;
        }
        let number = |r: &RowView<'_>, column: &str| r.float(column).unwrap_or(0.0);
        let ends = |r: &RowView<'_>| {
            ["touched_on_evidence", "touched_by_context", "unseen", "exited", "clear"].iter().map(|c| number(r, c)).sum::<f64>()
        };
        if dimension == "tier" {
            rows.sort_by_key(|r| r.text("value").and_then(|v| v.parse::<u64>().ok()).unwrap_or(u64::MAX));
        } else {
            rows.sort_by(|a, b| ends(b).total_cmp(&ends(a)).then_with(|| a.text("value").cmp(&b.text("value"))));
        }
        let is_open = matches!(dimension, "country");
        h.open("details", if is_open { &[("open", "")] } else { &[] }).element("summary", &[], page.say(key));
        let figures = parts_told(of.iter());
        let titles: Vec<String> = figures.iter().map(|f| page.words.word("figure", f)).collect();
        let mut columns = vec![text_column(page.say(key))];
        columns.extend(titles.iter().map(|t| number_column(t)));
        let caption = page.words.fill("origin.caption", &[("by", page.say(key)), ("company", &focal.name)]);
        page.table(h, "plain-table", &caption, &columns);
        for r in rows.iter().take(ROWS_MOST) {
            h.open("tr", &[]).open("th", &[("scope", "row")]).text(&value(page, dimension, r.text("value").unwrap_or("-"))).close("th");
            for column in figures.iter().copied() {
                number_cell(h, &page.share_or_dash(r.float(column)));
            }
            h.close("tr");
        }
        if rows.len() > ROWS_MOST {
            let rest = rows.get(ROWS_MOST..).unwrap_or_default();
            h.open("tr", &[]).element("th", &[("scope", "row")], &page.words.count("origin.rest", rest.len() as u64));
            for column in figures.iter().copied() {
                number_cell(h, &page.share(rest.iter().map(|r| number(r, column)).sum()));
            }
            h.close("tr");
        }
        page.end_table(h);
        h.close("details");
    }
}

/// The columns of a table of figures; what stood with suppliers that were left where there is any, so that columns sum to the whole.
pub fn parts_told<'a>(mut rows: impl Iterator<Item = &'a RowView<'a>>) -> Vec<&'static str> {
    let any_exit = rows.any(|r| r.float("exited").is_some_and(|x| x > 0.0));
    let all = ["touched_on_evidence", "touched_by_context", "unseen", "exited", "clear"];
    all.into_iter().filter(|f| *f != "exited" || any_exit).collect()
}

fn value(page: &Page<'_>, dimension: &str, value: &str) -> String {
    match (dimension, value) {
        ("country", "-") => page.say("unknown.country").to_owned(),
        ("country", code) => page.countries.name(page.language(), code).to_owned(),
        ("product", code) => page.product(Some(code)),
        ("kind", kind) => page.kind(kind),
        ("tier", "0") => page.say("origin.own_purchases").to_owned(),
        ("tier", "-") => page.say("origin.by_list").to_owned(),
        ("tier", n) => page.words.fill("origin.tier", &[("n", n)]),
        (_, "-") => DASH.to_owned(),
        (_, other) => other.to_owned(),
    }
}
