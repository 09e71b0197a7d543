//! What changed since an earlier result. The story itself is told by the room that compares; this section only shows it.

use crate::report::html::Html;
use crate::report::page::{Page, number_cell, number_column, text_column};

/// The change story in plain values, by company.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Day of the earlier result.
    pub old_as_of: String,
    pub companies: Vec<CompanyChange>,
    /// What happened beside the figures, one sentence each, in English; with the node that it is about.
    pub happened: Vec<(Option<String>, String)>,
    /// What keeps the parts from being told apart, one sentence each.
    pub notes: Vec<String>,
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
        page.table(h, "plain-table", &page.words.fill("changes.caption", &[("company", name)]), &columns);
        for m in &company.moves {
            h.open("tr", &[]);
            let title = format!("{}, {}", page.norm(&m.norm), page.words.word("figure", &m.figure));
            h.element("th", &[("scope", "row")], &title);
            number_cell(h, &page.share(m.old));
            number_cell(h, &page.share(m.new));
            number_cell(h, &points(page, m.new - m.old));
            h.open("td", &[]).open("ul", &[("class", "parts")]);
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
        for (node, text) in &story.happened {
            h.open("li", &[]);
            if let Some(id) = node {
                page.node(h, id);
                h.text(": ");
            }
            page.method_text(h, text);
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
    for (node, before) in p.nodes.iter().zip(std::iter::once(": ").chain(std::iter::repeat(", "))) {
        h.text(before);
        if page.names.contains_key(&*node.node_id) {
            page.node(h, &node.node_id);
        } else {
            h.name(&node.name);
        }
        h.text(&format!(" {}", points(page, node.change)));
    }
    h.close("li");
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
