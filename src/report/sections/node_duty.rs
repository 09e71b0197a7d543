//! On a node's page: what to do and what never, each company's part, what workers are owed; and what stands beside the machine's reading:
//! people's own judgements, the supplier's answers, buyers' practices, who is who.

use super::first;
use crate::export::RowView;
use crate::report::html::Html;
use crate::report::page::{DASH, Page, cell, number_cell, number_column, text_column};

/// Rows told of one sort.
const ROWS_MOST: usize = 30;

/// What to do here; what ask first where the run tells no actions.
pub fn to_do(page: &Page<'_>, h: &mut Html, actions: &[RowView<'_>], duties: &[RowView<'_>], remedies: &[RowView<'_>]) {
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

/// What stands beside the machine's reading: people's judgements, the supplier's answers, buyers' practices, who is who.
pub fn beside(
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
