//! A portfolio of holdings: the figures of the companies by their weight.

use super::origin::parts_told;
use crate::export::RowView;
use crate::report::html::Html;
use crate::report::page::{DASH, Page, number_cell, number_column, text_column};
use std::collections::BTreeSet;

/// Writes the section; nothing where the data hold no portfolio.
pub fn portfolio(page: &Page<'_>, h: &mut Html) {
    if page.facts.portfolio.is_empty() {
        return;
    }
    page.section(h, "portfolio", page.say("portfolio.title"));
    h.element("p", &[], page.say("portfolio.what"));
    let names: BTreeSet<&str> = page.facts.portfolio.iter().filter_map(|r| r.text("portfolio")).collect();
    let names = if names.is_empty() { BTreeSet::from([""]) } else { names };
    let all: Vec<RowView<'_>> = page.facts.portfolio.iter().collect();
    let figures = parts_told(all.iter());
    let titles: Vec<String> = figures.iter().map(|f| page.words.word("figure", f)).collect();
    let mut columns = vec![text_column(page.say("portfolio.holding")), number_column(page.say("portfolio.weight"))];
    columns.extend(titles.iter().map(|t| number_column(t)));
    columns.push(number_column(page.say("column.expected")));
    for name in names {
        let rows: Vec<RowView<'_>> = page
            .facts
            .portfolio
            .iter()
            .filter(|r| r.text("portfolio").unwrap_or_default() == name)
            .filter(|r| r.text("norm") == Some("any") && r.text("mapped_rule") == Some("cautious"))
            .collect();
        let caption =
            if name.is_empty() { page.say("portfolio.caption").to_owned() } else { page.words.fill("portfolio.named", &[("name", name)]) };
        page.table(h, "plain-table", &caption, &columns);
        for r in rows {
            h.open("tr", &[("class", if r.bool("is_whole") == Some(true) { "whole" } else { "part" })]).open("th", &[("scope", "row")]);
            match r.text("holding_id") {
                Some(id) => page.node(h, id),
                None => {
                    h.text(page.say("portfolio.whole"));
                }
            }
            h.close("th");
            for column in ["weight"].into_iter().chain(figures.iter().copied()).chain(["expected"]) {
                number_cell(h, &r.float(column).map_or_else(|| DASH.to_owned(), |x| page.share(x)));
            }
            h.close("tr");
        }
        page.end_table(h);
    }
    largest(page, h);
    h.close("section");
}

fn largest(page: &Page<'_>, h: &mut Html) {
    let rows: Vec<RowView<'_>> = page
        .facts
        .portfolio_contributions
        .iter()
        .filter(|r| r.text("norm") == Some("any") && r.text("node_id").is_some())
        .take(10)
        .collect();
    if rows.is_empty() {
        return;
    }
    let columns =
        [text_column(page.say("column.node")), text_column(page.say("column.basis")), number_column(page.say("origin.touched_here"))];
    page.table(h, "plain-table", page.say("portfolio.largest"), &columns);
    for r in rows {
        h.open("tr", &[]).open("td", &[]);
        page.node(h, r.text("node_id").unwrap_or_default());
        h.close("td");
        let basis = if r.bool("on_evidence") == Some(true) { "on_evidence" } else { "by_context" };
        h.element("td", &[], &page.words.word("part", basis));
        number_cell(h, &page.share_or_dash(r.float("touched")));
        h.close("tr");
    }
    page.end_table(h);
}
