//! `onus report`: a result folder as one HTML file, and its register as a workbook that a team fills in.

use super::args::Report;
use super::print;
use super::screen::grouped;
use crate::base::{Error, Result};
use crate::compare::{Happened, PartOfMove, Story, Thing, compare};
use crate::export::REPORT;
use crate::register::{self, Ready};
use crate::report::{Changes, CompanyChange, HappenedAt, Move, NodeMoved, Options, PartMove, may_replace, write_report};
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
    may_replace(&file)?;
    let book = file.with_file_name(register::FILE);
    // An earlier workbook that cannot be carried over is told before anything is replaced.
    let ready = args.previous_register.as_deref().map(|p| register::ready(&args.out, &book, Some(p))).transpose()?;
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
    print(&workbook(&args.out, &book, ready)?)
}

/// Writes the workbook, unless one stands there that nobody asked to carry over: it may be filled in.
fn workbook(out: &Path, book: &Path, ready: Option<Ready>) -> Result<String> {
    let place = book.display();
    let carries = ready.is_some();
    if !carries && book.exists() {
        return Ok(format!(
            "{place}: left as it is, since somebody may have filled it in; --previous-register {place} writes it anew with what was filled in\n"
        ));
    }
    let written = match ready {
        Some(ready) => ready.write()?,
        None => register::write_register(out, book, None)?,
    };
    let mut text = format!("{place}: {} places; owner, due, status and comment are yours to fill in\n", grouped(written.rows));
    if carries {
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
    // The node's name stands before the sentence, as a link to its page where it has one.
    let happened = |h: &Happened| {
        let called = if h.name.is_empty() { &h.node_id } else { &h.name };
        let what = h.what.strip_prefix(called.as_str()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&h.what);
        HappenedAt { node_id: h.node_id.clone(), name: h.name.clone(), what: what.to_owned() }
    };
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
        happened: told.iter().take(HAPPENED_MOST).map(|h| happened(h)).collect(),
        notes,
    }
}
