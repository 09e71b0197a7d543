//! `onus report`: a result folder as one HTML file, and its register as a workbook that a team fills in.

use super::args::Report;
use super::print;
use super::screen::grouped;
use crate::base::{Error, Result};
use crate::compare::{Happened, PartOfMove, Story, Thing, compare};
use crate::export::REPORT;
use crate::register;
use crate::report::{Changes, CompanyChange, Move, NodeMoved, Options, PartMove, write_report};
use std::path::{Path, PathBuf};

/// Things that happened beside the figures and are told in a report; `onus compare -o` writes them all.
const HAPPENED_MOST: usize = 60;
/// Nodes named behind one part of a move, and the least of theirs that is told: a twentieth of a point.
const NODES_NAMED: usize = 3;
const MOVE_LEAST: f64 = 5e-4;

/// Writes the report and says what is in it.
pub fn report(args: &Report) -> Result<u8> {
    let file: PathBuf = args.file.clone().unwrap_or_else(|| args.out.join(REPORT));
    if file.is_dir() {
        return Err(Error::settings("-o", format!("{} is a folder", file.display()), "name a file"));
    }
    let changes = match &args.previous {
        Some(old) => Some(changes(&compare(old, &args.out, None, 0)?)),
        None => None,
    };
    let options = Options { language: args.lang.into(), changes };
    let written = write_report(&args.out, &file, &options)?;
    let rows = if written.rows < written.places {
        format!("the first {} of {} places", grouped(written.rows), grouped(written.places))
    } else {
        format!("{} places", grouped(written.places))
    };
    print(&format!(
        "{}: {} bytes, {rows} in its register, {} with a page in full; opens in any browser, without a network\n",
        file.display(),
        grouped(written.bytes),
        grouped(written.pages)
    ))?;
    let book = file.with_file_name(register::FILE);
    print(&workbook(&args.out, &book, args.previous_register.as_deref())?)
}

/// Writes the workbook, unless one stands there that nobody asked to carry over: it may be filled in.
fn workbook(out: &Path, book: &Path, previous: Option<&Path>) -> Result<String> {
    let place = book.display();
    if previous.is_none() && book.exists() {
        return Ok(format!(
            "{place}: left as it is, since somebody may have filled it in; --previous-register {place} writes it anew with what was filled in\n"
        ));
    }
    let written = register::write_register(out, book, previous)?;
    let mut text = format!("{place}: {} places; owner, due, status and comment are yours to fill in\n", grouped(written.rows));
    if previous.is_some() {
        text += &format!(
            "  carried over: {} rows; of nodes no longer in the register: {}, in a sheet of their own\n",
            grouped(written.carried),
            grouped(written.no_longer)
        );
    }
    if let Some(kept) = written.kept {
        text += &format!("  the earlier workbook is kept as {}\n", kept.display());
    }
    Ok(text)
}

/// A part with the nodes behind it that a reader can see in its figure.
fn part(p: &PartOfMove) -> PartMove {
    let told = p.nodes.iter().filter(|n| n.change.abs() >= MOVE_LEAST).take(NODES_NAMED);
    let nodes = told.map(|n| NodeMoved { node_id: n.id.clone(), name: n.name.clone(), change: n.change }).collect();
    PartMove { part: p.part.as_str().to_owned(), change: p.change, nodes }
}

/// The change story as the report shows it: every move of a company's own figures, what happened beside them, and what to know first.
fn changes(story: &Story) -> Changes {
    let companies = story.companies.iter().map(|company| {
        let shown = company.figures.iter().filter(|f| f.mapped_rule == "cautious" && f.figure != "touched" && !f.parts.is_empty());
        let moves = shown.map(|f| {
            let mut parts: Vec<PartMove> = f.parts.iter().map(part).collect();
            parts.sort_by(|a, b| b.change.abs().total_cmp(&a.change.abs()).then_with(|| a.part.cmp(&b.part)));
            Move { norm: f.norm.to_owned(), figure: f.figure.to_owned(), old: f.old, new: f.new, parts }
        });
        CompanyChange { node_id: company.id.clone(), moves: moves.collect() }
    });
    let told: Vec<&Happened> = story.happened.iter().filter(|h| h.thing != Thing::Node).collect();
    // The node's name stands before the sentence, as a link to its page.
    let sentence = |h: &Happened| h.what.strip_prefix(&format!("{}: ", h.name)).unwrap_or(&h.what).to_owned();
    let mut notes = story.notes.clone();
    if story.nodes_added + story.nodes_gone > 0 {
        notes.push(format!("{} nodes are new in the data, {} no longer there.", story.nodes_added, story.nodes_gone));
    }
    if told.len() > HAPPENED_MOST {
        notes.push(format!("The first {HAPPENED_MOST} of {} things that happened are told; onus compare -o writes all.", told.len()));
    }
    Changes {
        old_as_of: story.old.as_of.clone(),
        companies: companies.collect(),
        happened: told.iter().take(HAPPENED_MOST).map(|h| (Some(h.node_id.clone()), sentence(h))).collect(),
        notes,
    }
}
