//! The five things to do first: by the priority of the run, severity before likelihood; where a result holds no actions, the five questions whose
//! answers would open most of what nobody can see.

use crate::export::RowView;
use crate::pipeline::summary::{FocalSummary, LookUp};
use crate::report::html::Html;
use crate::report::page::Page;
use std::collections::BTreeMap;

/// Things on the first screen.
const FIRST_MOST: usize = 5;

/// The first actions, one a node: its first response, in the order of the run.
pub fn first_actions<'a>(page: &Page<'a>) -> Vec<RowView<'a>> {
    let Some(actions) = &page.facts.actions else { return Vec::new() };
    let mut by_node: BTreeMap<&str, RowView<'_>> = BTreeMap::new();
    for row in actions.iter() {
        let Some(id) = row.text("node_id") else { continue };
        let key = |r: &RowView<'_>| (r.int("step").unwrap_or(i64::MAX), r.text("response").unwrap_or_default().to_owned());
        let slot = by_node.entry(id).or_insert(row);
        if key(&row) < key(slot) {
            *slot = row;
        }
    }
    let mut rows: Vec<RowView<'_>> = by_node.into_values().collect();
    rows.sort_by_key(|r| (r.int("priority").unwrap_or(i64::MAX), r.text("node_id").unwrap_or_default()));
    rows.truncate(FIRST_MOST);
    rows
}

/// Writes the section.
pub fn first(page: &Page<'_>, h: &mut Html) {
    page.section(h, "first", page.say("first.title"));
    let actions = first_actions(page);
    if actions.is_empty() {
        h.element("p", &[], page.say("first.no_actions"));
    } else {
        page.note(h, page.say("first.order"));
        h.open("ol", &[("class", "first")]);
        for row in &actions {
            h.open("li", &[]).open("p", &[("class", "what")]);
            page.node(h, row.text("node_id").unwrap_or_default());
            h.text(". ");
            pattern(page, h, row);
            h.close("p");
            steps(page, h, row);
            h.close("li");
        }
        h.close("ol");
        h.element("h3", &[], page.say("first.ask"));
    }
    questions(page, h);
    h.close("section");
}

/// What a response is about, after what chose it: a report never reads as a fact.
pub fn pattern(page: &Page<'_>, h: &mut Html, row: &RowView<'_>) {
    let basis = row.text("basis").unwrap_or_default();
    h.text(&page.words.word("said", basis)).text(": ");
    page.method_text(h, row.text("pattern").unwrap_or_default());
}

/// What to do in which time, who leads, and what must never be done.
pub fn steps(page: &Page<'_>, h: &mut Html, row: &RowView<'_>) {
    h.open("dl", &[("class", "steps")]);
    for (column, key) in [("first_72h", "action.first_72h"), ("days_30_90", "action.days_30_90"), ("systemic", "action.systemic")] {
        if let Some(text) = row.text(column).filter(|t| !t.is_empty()) {
            h.element("dt", &[], page.say(key)).open("dd", &[]);
            page.method_text(h, text);
            h.close("dd");
        }
    }
    if let Some(never) = row.text("never").filter(|t| !t.is_empty()) {
        h.element("dt", &[("class", "never")], page.say("action.never")).open("dd", &[("class", "never")]);
        page.method_text(h, never);
        h.close("dd");
    }
    if let Some(lead) = row.text("lead").filter(|t| !t.is_empty()) {
        let support = row.text("support").filter(|t| !t.is_empty()).map(|s| page.words.words("actor", s));
        let lead = page.words.words("actor", lead);
        let text = match support {
            Some(support) => page.words.fill("action.with_support", &[("lead", &lead), ("support", &support)]),
            None => lead,
        };
        h.element("dt", &[], page.say("action.lead")).element("dd", &[], &text);
    }
    if row.bool("ends_orders") == Some(true) {
        ledger(page, h, row);
    }
    h.close("dl");
}

/// What ending orders would do, wherever a response speaks of it.
fn ledger(page: &Page<'_>, h: &mut Html, row: &RowView<'_>) {
    h.element("dt", &[], page.say("action.ledger")).open("dd", &[]);
    let people = row.float("ledger_people").map_or_else(|| page.say("unknown.number").to_owned(), |x| page.language().number(x, 0));
    let share = page.share_or_dash(row.float("ledger_share_of_sales"));
    let upstream = row.int("ledger_upstream_nodes").and_then(|n| u64::try_from(n).ok()).map(|n| page.language().count(n));
    let upstream = upstream.unwrap_or_else(|| page.say("unknown.number").to_owned());
    h.text(&page.words.fill("action.ledger_text", &[("people", &people), ("share", &share), ("suppliers", &upstream)]));
    if let Some(command) = row.text("ledger_command") {
        h.text(" ").element("code", &[], command);
    }
    h.close("dd");
}

/// The questions whose answers would open most, over all companies, each with the company that it helps.
pub fn first_questions<'a>(page: &Page<'a>) -> Vec<(&'a FocalSummary, &'a LookUp)> {
    let mut all: Vec<(&FocalSummary, &LookUp)> =
        page.facts.summary.focal.iter().flat_map(|f| f.look_ups.iter().map(move |l| (f, l))).collect();
    all.sort_by(|a, b| b.1.share.total_cmp(&a.1.share).then_with(|| (&a.0.node_id, &a.1.node_id).cmp(&(&b.0.node_id, &b.1.node_id))));
    all.truncate(FIRST_MOST);
    all
}

fn questions(page: &Page<'_>, h: &mut Html) {
    let all = first_questions(page);
    if all.is_empty() {
        h.element("p", &[], page.say("first.nothing_to_ask"));
        return;
    }
    h.open("ol", &[("class", "ask")]);
    for (focal, look_up) in all {
        let question = page.translations.about(page.language(), &look_up.question);
        let opens = page.words.fill("first.opens", &[("x", &page.share(look_up.share))]);
        h.open("li", &[]).open("b", &[]);
        page.node(h, &focal.node_id);
        h.close("b").text(": ").name(&question).text(" ").element("span", &[("class", "note")], &opens);
        if page.selection.is_shown(&look_up.node_id) && look_up.node_id != focal.node_id {
            h.text(" ");
            page.node(h, &look_up.node_id);
        }
        h.close("li");
    }
    h.close("ol");
}
