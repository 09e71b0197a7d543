//! Where most can be reached at once, and whose work it is: choke points, people affected and whose goods carry their work.

use crate::report::facts::is_main_walk;
use crate::report::html::Html;
use crate::report::page::{DASH, Page, cell, number_cell, number_column, text_column};
use std::collections::BTreeSet;

const COMPANIES_MOST: usize = 8;

/// Writes choke points by company.
pub fn choke_points(page: &Page<'_>, h: &mut Html) {
    page.section(h, "choke", page.say("choke.title"));
    h.element("p", &[], page.say("choke.what"));
    let columns = [
        number_column(page.say("column.place")),
        text_column(page.say("column.node")),
        number_column(page.say("column.tier")),
        number_column(page.say("choke.cover")),
        number_column(page.say("choke.part_of_touched")),
        number_column(page.say("choke.at_most")),
    ];
    let mut any = false;
    for focal in page.facts.summary.focal.iter().take(COMPANIES_MOST) {
        let rows: Vec<_> =
            page.facts.choke_points.iter().filter(|r| r.text("focal_id") == Some(&*focal.node_id) && is_main_walk(r, "any")).collect();
        if rows.is_empty() {
            continue;
        }
        any = true;
        page.table(h, "plain-table", &page.words.fill("choke.caption", &[("company", &focal.name)]), &columns);
        for r in rows {
            h.open("tr", &[]);
            number_cell(h, &r.int("place").unwrap_or_default().to_string());
            h.open("td", &[]);
            page.node(h, r.text("node_id").unwrap_or_default());
            h.close("td");
            number_cell(h, &r.int("tier").map_or_else(|| DASH.to_owned(), |t| t.to_string()));
            number_cell(h, &page.share_or_dash(r.float("cover")));
            number_cell(h, &page.share_or_dash(r.float("share_of_touched")));
            number_cell(h, &page.share_or_dash(r.float("cover_at_most")));
            h.close("tr");
        }
        page.end_table(h);
    }
    if !any {
        page.note(h, page.say("choke.none"));
    }
    h.close("section");
}

/// Writes people affected: whose work comes to each company, and where most of them are expected.
pub fn people(page: &Page<'_>, h: &mut Html) {
    page.section(h, "people", page.say("people.title"));
    h.element("p", &[], page.say("people.what"));
    let norms = ["child_labour", "forced_labour", "trafficking"];
    let titles: Vec<String> = norms.iter().map(|n| page.norm(n)).collect();
    let with_people: Vec<_> = page.facts.summary.focal.iter().filter(|f| !f.footprint.is_empty()).collect();
    if !with_people.is_empty() {
        let mut columns = vec![text_column(page.say("column.company"))];
        columns.extend(titles.iter().map(|t| number_column(t)));
        page.table(h, "plain-table", page.say("people.companies"), &columns);
        for focal in with_people {
            h.open("tr", &[]).open("th", &[("scope", "row")]);
            page.node(h, &focal.node_id);
            h.close("th");
            for norm in norms {
                let line = focal.footprint.iter().find(|l| l.norm == norm);
                number_cell(h, &line.and_then(|l| l.carried).map_or_else(|| DASH.to_owned(), |x| few_or(page, x)));
            }
            h.close("tr");
        }
        page.end_table(h);
        page.note(h, page.say("people.never_added"));
    }
    where_expected(page, h);
    h.close("section");
}

/// The places at which most people affected are expected; nothing is told of a place where it would be under five.
fn where_expected(page: &Page<'_>, h: &mut Html) {
    let mut rows: Vec<_> = page
        .facts
        .footprint
        .iter()
        .filter_map(|r| Some((r.float("people_affected")?, r.text("node_id")?, r.text("norm")?)))
        .filter(|(people, _, _)| *people >= LEAST_TOLD)
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    rows.truncate(15);
    if rows.is_empty() {
        page.note(h, page.say("people.few"));
        return;
    }
    let on_evidence: BTreeSet<&str> = page
        .facts
        .sites
        .iter()
        .filter(|r| matches!(r.text("state"), Some("site_signal" | "possible" | "indicated")))
        .filter_map(|r| r.text("node_id"))
        .collect();
    let columns = [
        text_column(page.say("column.node")),
        text_column(page.say("column.norm")),
        text_column(page.say("column.basis")),
        number_column(page.say("people.expected")),
    ];
    page.table(h, "plain-table", page.say("people.places"), &columns);
    for (people, id, norm) in rows {
        h.open("tr", &[]).open("td", &[]);
        page.node(h, id);
        h.close("td");
        cell(h, &page.norm(norm));
        cell(h, &page.words.word("part", if on_evidence.contains(id) { "on_evidence" } else { "by_context" }));
        number_cell(h, &page.language().people(people));
        h.close("tr");
    }
    page.end_table(h);
    page.note(h, page.say("people.not_counted"));
}

/// A number of people; one under five is never told, and none is none.
fn few_or(page: &Page<'_>, people: f64) -> String {
    if people > 0.0 && people < LEAST_TOLD { format!("<{LEAST_TOLD}") } else { page.language().people(people) }
}

/// Cells of fewer people are told as `<5` in every output.
pub const LEAST_TOLD: f64 = 5.0;
