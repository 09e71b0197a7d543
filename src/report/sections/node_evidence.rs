//! On a node's page: what was said, looked for, or would have been heard, each with its weight and the row behind it.

use crate::base::Norm;
use crate::export::RowView;
use crate::export::privacy::is_confidential;
use crate::report::facts::{Site, place_of};
use crate::report::html::Html;
use crate::report::page::{Page, cell, number_cell, number_column, text_column};

/// Rows told of each sort.
const ROWS_MOST: usize = 30;

/// What was said, with its weight and the row behind it.
pub fn evidence(page: &Page<'_>, h: &mut Html, site: &Site<'_>, rows: &[RowView<'_>]) {
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
