//! `onus match`: the questions of who is who on the screen and in a file, and answers into the dataset.

use super::args::Match;
use super::print;
use crate::base::{Error, Result};
use crate::export::decisions::{Answer, add_answers, read_answers, write_questions};
use crate::matching::Settings;
use crate::pipeline::RunConfig;
use crate::pipeline::matching::{Question, Questions, questions, real_ids};
use serde_json::json as object;
use std::fmt::Write;

/// Who answers where the matcher is sure.
const MATCHER: &str = "onus match";

pub(super) fn matching(args: &Match, config: &RunConfig) -> Result<u8> {
    if let Some(file) = &args.answers {
        return take(args, config, file);
    }
    let settings = Settings { ask: args.ask, same: args.sure, ..Settings::default() };
    let asked = questions(config, &settings)?;
    if args.json {
        let mut lines = String::new();
        for q in &asked.questions {
            lines.push_str(&as_json(q)?);
        }
        return print(&lines);
    }
    let mut text = screen(&asked, args.most);
    if let Some(out) = &args.out {
        write_questions(out, asked.questions.iter().map(line))?;
        let _ = writeln!(
            text,
            "Written to {}: fill in the column decision (same or different) and take it over with\n  onus match {} --answers {}",
            out.display(),
            config.dataset.display(),
            out.display()
        );
    }
    if args.accept_sure {
        let day = asked.as_of.map_or_else(String::new, |d| d.to_string());
        let sure: Vec<Answer> = asked.questions.iter().filter(|q| q.sure && q.list.is_none()).map(|q| accepted(q, &day)).collect();
        let new = add_answers(&config.dataset, config.mapping.as_deref(), &sure)?;
        let _ = writeln!(text, "Answered `same` for {new} pairs in decisions.csv, as {MATCHER}; take a row out to undo it.");
    }
    print(&text)
}

fn accepted(q: &Question, day: &str) -> Answer {
    Answer {
        left: q.left.record.to_string(),
        right: q.right.record.to_string(),
        decision: "same".to_owned(),
        decided_on: day.to_owned(),
        decided_by: MATCHER.to_owned(),
        reason: q.why.clone(),
        score: score(q),
    }
}

/// Answers of a file into the dataset.
fn take(args: &Match, config: &RunConfig, file: &std::path::Path) -> Result<u8> {
    let answers = read_answers(file)?;
    if answers.is_empty() {
        return Err(Error::settings(file.display().to_string(), "no row has a decision", "same or different in the column decision"));
    }
    let read = answers.len();
    let answers = real_ids(config, answers.into_iter().map(|(_, a)| a).collect())?;
    let new = add_answers(&args.input.dataset, config.mapping.as_deref(), &answers)?;
    print(&format!(
        "{read} answers read, {new} of them new in {}. They count in every run from now on; take a row out to undo it.\n",
        args.input.dataset.join(crate::export::decisions::DECISIONS_FILE).display()
    ))
}

fn score(q: &Question) -> String {
    format!("{:.3}", q.score)
}

fn line(q: &Question) -> Vec<String> {
    let text = |t: &Option<std::sync::Arc<str>>| t.as_deref().unwrap_or("").to_owned();
    let blank = String::new;
    vec![
        q.left.id.to_string(),
        q.right.id.to_string(),
        blank(),
        blank(),
        blank(),
        blank(),
        score(q),
        if q.sure { "yes" } else { "no" }.to_owned(),
        q.left.name.to_string(),
        q.left.kind.to_owned(),
        q.left.country.clone().unwrap_or_default(),
        text(&q.left.city),
        q.right.name.to_string(),
        q.right.kind.to_owned(),
        q.right.country.clone().unwrap_or_default(),
        text(&q.right.city),
        text(&q.list),
        q.why.clone(),
    ]
}

fn as_json(q: &Question) -> Result<String> {
    let side = |s: &crate::pipeline::matching::Side| object!({"id": &*s.id, "name": &*s.name, "kind": s.kind, "country": s.country});
    let value = object!({
        "left": side(&q.left), "right": side(&q.right), "list": q.list.as_deref(), "score": q.score, "sure": q.sure, "why": q.why,
    });
    serde_json::to_string(&value).map(|line| line + "\n").map_err(|e| Error::internal(e.to_string()))
}

fn screen(asked: &Questions, most: usize) -> String {
    let mut s = String::new();
    let _ = write_all(&mut s, asked, most);
    s
}

fn write_all(s: &mut String, a: &Questions, most: usize) -> std::fmt::Result {
    let grouped = |n: usize| super::screen::grouped(n as u64);
    writeln!(
        s,
        "{}: {} nodes compared, {} pairs looked at; {} records joined by identifier or decision before.",
        a.dataset,
        grouped(a.nodes),
        grouped(a.of_nodes.candidates),
        grouped(a.joined)
    )?;
    if a.entries > 0 {
        writeln!(
            s,
            "{} entries of screening lists compared with them, {} pairs looked at.",
            grouped(a.entries),
            grouped(a.of_lists.candidates)
        )?;
    }
    if a.answered > 0 {
        writeln!(s, "{} pairs are answered already.", grouped(a.answered))?;
    }
    let listed: Vec<&Question> = a.questions.iter().filter(|q| q.list.is_some()).collect();
    let sure: Vec<&Question> = a.questions.iter().filter(|q| q.list.is_none() && q.sure).collect();
    let open: Vec<&Question> = a.questions.iter().filter(|q| q.list.is_none() && !q.sure).collect();
    for (title, none, of) in [
        ("May stand on a screening list (names alone are never a hit)", a.entries > 0, listed),
        ("Surely one, says the matcher; not joined unless you accept it (--accept-sure) or answer", true, sure),
        ("Perhaps one", true, open),
    ] {
        if of.is_empty() && !none {
            continue;
        }
        writeln!(s, "\n{title}: {}", grouped(of.len()))?;
        let shown = if most == 0 { of.len() } else { most };
        for q in of.iter().take(shown) {
            let country = |c: &Option<String>| c.as_ref().map(|c| format!(", {c}")).unwrap_or_default();
            let list = q.list.as_ref().map(|l| format!(" [{l}]")).unwrap_or_default();
            writeln!(s, "  {:.3}  {} ({}{})", q.score, q.left.name, q.left.id, country(&q.left.country))?;
            writeln!(s, "         {} ({}{}){list}", q.right.name, q.right.id, country(&q.right.country))?;
            writeln!(s, "         {}", q.why)?;
        }
        if of.len() > shown {
            writeln!(s, "  ... and {} more; -o FILE writes all", grouped(of.len() - shown))?;
        }
    }
    writeln!(s)
}
