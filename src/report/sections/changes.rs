//! What changed since an earlier result. The story itself is told by the room that compares; this section only shows it.

use crate::report::html::Html;
use crate::report::page::{Page, labelled_cell, number_column, text_column};

/// The change story in plain values, by company.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Day of the earlier result.
    pub old_as_of: String,
    pub companies: Vec<CompanyChange>,
    /// What happened beside the figures.
    pub happened: Vec<HappenedAt>,
    /// What keeps the parts from being told apart, one sentence each.
    pub notes: Vec<String>,
}

/// Something that happened at a node: its name, since the newer result may not know it, and a sentence without it, in English.
#[derive(Clone, Debug, Default)]
pub struct HappenedAt {
    pub node_id: String,
    pub name: String,
    pub what: String,
}

/// The moves of one company's figures.
#[derive(Clone, Debug, Default)]
pub struct CompanyChange {
    pub node_id: String,
    pub moves: Vec<Move>,
}

/// One figure's move, split into parts that add up to the difference.
#[derive(Clone, Debug, Default)]
pub struct Move {
    pub norm: String,
    /// A figure of exposure: `touched_on_evidence`, `unseen` and so on.
    pub figure: String,
    pub old: f64,
    pub new: f64,
    /// The largest first.
    pub parts: Vec<PartMove>,
}

/// What one part moved, and the nodes that most of it stands at.
#[derive(Clone, Debug, Default)]
pub struct PartMove {
    /// `evidence`, `links_added` and so on.
    pub part: String,
    pub change: f64,
    pub nodes: Vec<NodeMoved>,
}

/// A node behind a part; its name, since the newer result may not know it.
#[derive(Clone, Debug, Default)]
pub struct NodeMoved {
    pub node_id: String,
    pub name: String,
    pub change: f64,
}

/// Writes the section; without an earlier result it says how to give one.
pub fn changes(page: &Page<'_>, h: &mut Html, changes: Option<&Changes>) {
    page.section(h, "changes", page.say("changes.title"));
    let Some(story) = changes else {
        h.element("p", &[], page.say("changes.none"));
        h.close("section");
        return;
    };
    h.element("p", &[], &page.words.fill("changes.since", &[("day", &page.language().day(&story.old_as_of))]));
    for company in &story.companies {
        if company.moves.is_empty() {
            h.open("p", &[]).open("b", &[]);
            page.node(h, &company.node_id);
            h.close("b").text(": ").text(page.say("changes.same")).close("p");
            continue;
        }
        let name = page.names.get(&*company.node_id).copied().unwrap_or(&company.node_id);
        let columns = [
            text_column(page.say("column.figure")),
            number_column(page.say("changes.before")),
            number_column(page.say("changes.now")),
            number_column(page.say("changes.move")),
            text_column(page.say("changes.parts")),
        ];
        page.stacked_table(h, "plain-table moves", &page.words.fill("changes.caption", &[("company", name)]), &columns);
        for m in &company.moves {
            h.open("tr", &[("role", "row")]);
            let title = format!("{}, {}", page.norm(&m.norm), page.words.word("figure", &m.figure));
            h.element("th", &[("scope", "row"), ("role", "rowheader")], &title);
            labelled_cell(h, page.say("changes.before"), &page.share(m.old), None);
            labelled_cell(h, page.say("changes.now"), &page.share(m.new), None);
            labelled_cell(h, page.say("changes.move"), &points(page, m.new - m.old), None);
            h.open("td", &[("role", "cell"), ("data-l", page.say("changes.parts"))]).open("ul", &[("class", "parts")]);
            for p in &m.parts {
                part(page, h, p);
            }
            h.close("ul").close("td");
            h.close("tr");
        }
        page.end_table(h);
    }
    if !story.happened.is_empty() {
        h.open("ul", &[]);
        for told in &story.happened {
            h.open("li", &[]);
            node(page, h, &told.node_id, &told.name);
            h.text(": ");
            page.method_text(h, &told.what);
            h.close("li");
        }
        h.close("ul");
    }
    for note in &story.notes {
        h.open("p", &[("class", "note")]);
        page.method_text(h, note);
        h.close("p");
    }
    h.close("section");
}

fn part(page: &Page<'_>, h: &mut Html, p: &PartMove) {
    h.open("li", &[]).text(&format!("{} {}", page.words.word("change_part", &p.part), points(page, p.change)));
    for (moved, before) in p.nodes.iter().zip(std::iter::once(": ").chain(std::iter::repeat(", "))) {
        h.text(before);
        node(page, h, &moved.node_id, &moved.name);
        h.text(&format!(" {}", points(page, moved.change)));
    }
    h.close("li");
}

/// A node as the result has it; by the name of then where the result does not know it.
fn node(page: &Page<'_>, h: &mut Html, id: &str, name: &str) {
    if page.names.contains_key(id) || name.is_empty() {
        page.node(h, id);
    } else {
        h.name(name);
    }
}

/// A difference of shares in percentage points, with its sign.
pub fn points(page: &Page<'_>, x: f64) -> String {
    let points = x * 100.0;
    let shown = if points != 0.0 && points.abs() < 0.05 {
        format!("{}<{}", if points > 0.0 { "+" } else { "\u{2212}" }, page.language().number(0.1, 1))
    } else {
        format!("{}{}", if points > 0.0 { "+" } else { "" }, page.language().number(points, 1))
    };
    page.words.fill("changes.points", &[("x", &shown)])
}
