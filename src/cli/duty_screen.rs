//! What to do first, as text: the lines of the first screen, and of a node's explanation.

use super::screen::{counted, share, words};
use crate::pipeline::explanation::{DutyPart, Explanation, OwedLine};
use crate::pipeline::summary::{DoFirst, Summary};
use std::fmt::Write;

/// Columns of a line.
const WIDTH: usize = 100;
/// Companies whose part is printed.
const PARTS_MOST: usize = 10;

/// The first places of the order, what to do there and who leads; then what people and suppliers say beside it.
pub fn do_first(s: &mut String, m: &Summary) -> std::fmt::Result {
    let d = &m.duty;
    if !m.do_first.is_empty() {
        let places = counted(d.places, "place", "places");
        writeln!(
            s,
            "What to do first: the order of register.csv, severity before likelihood ({places} on more than context; actions.parquet)"
        )?;
        for (line, n) in m.do_first.iter().zip(1..) {
            one(s, line, n)?;
        }
        writeln!(s)?;
    }
    if d.remedies > 0 {
        let unknown = if d.remedies_unknown > 0 { format!("; no amount is known for {}", d.remedies_unknown) } else { String::new() };
        writeln!(s, "Owed to workers at {}{unknown} (remedies.parquet, remedy_shares.parquet).", counted(d.remedies, "place", "places"))?;
    }
    let beside = d.remedies + d.overrides + d.contests > 0;
    if d.overrides > 0 {
        let judged = counted(d.overrides, "judgement of people stands", "judgements of people stand");
        writeln!(
            s,
            "{judged} beside the machine's, {} of them otherwise (overrides.parquet); no figure moves by them.",
            d.overrides_differ
        )?;
    }
    if d.contests > 0 {
        let answers = counted(d.contests, "answer of suppliers stands", "answers of suppliers stand");
        let weigh = counted(d.contests_weigh, "weighs", "weigh");
        writeln!(s, "{answers} beside what is said of them, {weigh} a little as evidence (contests.parquet); no finding moves by them.")?;
    }
    if beside { writeln!(s) } else { Ok(()) }
}

fn one(s: &mut String, line: &DoFirst, n: usize) -> std::fmt::Result {
    let band = line.severity_band.as_ref().map_or_else(String::new, |b| format!(", severity band {b}"));
    let basis = match line.basis.as_str() {
        "context" => "by context, accusing nobody".to_owned(),
        "report" => "on a report".to_owned(),
        "signal" => "on a site signal".to_owned(),
        "finding" => "on a finding by rule".to_owned(),
        other => format!("on {}", words(other)),
    };
    writeln!(s, "  {n}  {} ({}){band}, {basis}: {}", line.name, line.node_id, line.pattern)?;
    wrapped(s, &format!("do: {}", line.what), 5)?;
    let more = if line.more > 0 { format!(" {} for this place.", counted(line.more, "more step", "more steps")) } else { String::new() };
    wrapped(s, &format!("leads: {}. Never: {}{more}", actors(&line.lead), line.never), 5)?;
    if let Some(ledger) = &line.ledger {
        wrapped(s, &format!("before anybody leaves: {ledger}"), 5)?;
    }
    Ok(())
}

fn actors(names: &[String]) -> String {
    let word = |a: &String| match a.as_str() {
        "child_protection" => "child-protection services and helpers".to_owned(),
        "workers" => "workers' organisations".to_owned(),
        other => other.to_owned(),
    };
    names.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// A text in lines of at most [`WIDTH`], each behind blanks.
fn wrapped(s: &mut String, text: &str, indent: usize) -> std::fmt::Result {
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(s, "{:indent$}{line}", "")?;
            line.clear();
            line.push_str("  ");
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(s, "{:indent$}{line}", "")
}

/// Severity, the order, responses with what must never be done, each company's part, what is owed, judgements and answers.
pub fn explained(s: &mut String, e: &Explanation) -> std::fmt::Result {
    let d = &e.duty;
    if let Some(priority) = d.priority {
        writeln!(s, "\nWhat to do (severity apart from likelihood; no part of it is a probability)")?;
        match (&d.band, d.severity) {
            (Some(band), Some(severity)) => {
                let norms = d.norms.split(';').map(words).collect::<Vec<_>>().join(", ");
                writeln!(s, "  severity band {band}, {severity:.2} of 1 ({norms}); by norm:")?;
            }
            _ => writeln!(
                s,
                "  no norm counts here: none is found by rule or reaches the least probability of the order; severity by norm:"
            )?,
        }
        let by_norm: Vec<String> = d.by_norm.iter().map(|(norm, s)| format!("{} {s:.2}", words(norm))).collect();
        wrapped(s, &by_norm.join(", "), 6)?;
        let first = if d.acts_first { "; acts first" } else { "" };
        let danger = if d.danger_to_life { "; a report tells of danger to life" } else { "" };
        let told = d.told_at_least.map_or_else(String::new, |n| format!(", sources told of at least {n}"));
        let affected = d.people_affected.unwrap_or_default();
        writeln!(s, "  place {priority} in the order; {affected:.1} people affected by expectation{told}{first}{danger}")?;
    }
    for a in &d.actions {
        let why = a.why.replace(';', ",");
        writeln!(s, "  {}. {} [{}, row {}]: {why}", a.step, a.pattern, a.response, a.matrix_row)?;
        wrapped(s, &format!("first 72 hours: {}", a.first_72h), 6)?;
        wrapped(s, &format!("30 to 90 days: {}", a.days_30_90), 6)?;
        if let Some(systemic) = &a.systemic {
            wrapped(s, &format!("so that it stays so: {systemic}"), 6)?;
        }
        let lead: Vec<String> = a.lead.split(';').map(str::to_owned).collect();
        wrapped(s, &format!("leads: {}", actors(&lead)), 6)?;
        if let Some(never) = &a.never {
            wrapped(s, &format!("never: {never}"), 6)?;
        }
        if a.ends_orders {
            let people = a.ledger_people.map_or_else(|| "an unknown number of".to_owned(), |p| format!("{p:.0}"));
            let orders = a.ledger_orders.map_or_else(String::new, |o| format!("; orders of {o:.0} a year would be lost"));
            let part = a.ledger_share_of_sales.map_or_else(String::new, |p| format!(", {} of its recorded sales", share(p)));
            wrapped(s, &format!("what leaving would do: {people} people depend on this place{orders}{part}"), 6)?;
            if let Some(command) = &a.ledger_command {
                writeln!(s, "      the rest of that ledger: {command}")?;
            }
        }
    }
    if !d.parts.is_empty() {
        writeln!(s, "  Who buys, and how each is involved (it chooses the response, never the severity)")?;
        for p in d.parts.iter().take(PARTS_MOST) {
            part(s, p)?;
        }
        if d.parts.len() > PARTS_MOST {
            writeln!(s, "    ... and {} more in duties.parquet", d.parts.len() - PARTS_MOST)?;
        }
    }
    owed(s, &d.owed)?;
    for o in &d.overrides {
        let machine = o.machine.as_deref().unwrap_or("nothing");
        let history = if o.in_force { "" } else { " (history)" };
        wrapped(
            s,
            &format!(
                "judged by people{history}: {} = {} ({}, {}), the machine says {machine}: {}",
                o.field, o.value, o.by_role, o.date, o.reason
            ),
            2,
        )?;
    }
    for c in &d.contests {
        let what = c.norm.as_ref().or(c.sign.as_ref()).map_or_else(|| "what is said of the place".to_owned(), |w| words(w));
        let evidence = c.evidence.as_ref().map_or_else(|| "nothing handed in".to_owned(), |e| format!("handed in: {e}"));
        let weighs = c
            .why_not
            .as_ref()
            .map_or_else(|| "weighs a little as evidence of an interested party".to_owned(), |w| format!("weighs nothing: {w}"));
        wrapped(
            s,
            &format!(
                "the supplier answers ({}, {}): {} {what}; {evidence}; {weighs}. What stands: {}",
                c.by_role,
                c.quarter,
                words(&c.claim),
                c.answers.replace(';', ", ")
            ),
            2,
        )?;
    }
    Ok(())
}

fn part(s: &mut String, p: &DutyPart) -> std::fmt::Result {
    let tier = p.tier.map_or_else(|| "no link on record".to_owned(), |t| format!("tier {t}"));
    let touched = p.touched.map_or_else(String::new, |t| format!(", {} of its purchases touched here", share(t)));
    writeln!(
        s,
        "    {}: {}, {tier}; buys {} of its output directly, {} in all{touched}; bears {} of the remedy",
        p.focal_id,
        p.involvement,
        share(p.leverage_direct),
        share(p.leverage),
        share(p.remedy_share)
    )?;
    if p.involvement != "linked" {
        writeln!(s, "        since: {}", p.why)?;
    }
    Ok(())
}

fn owed(s: &mut String, lines: &[OwedLine]) -> std::fmt::Result {
    for o in lines {
        let currency = o.currency.as_deref().unwrap_or("(currency unknown)");
        let amount = match (o.owed, o.outstanding) {
            (Some(owed), Some(left)) => format!("{owed:.0} {currency} owed, {left:.0} outstanding"),
            _ => "the amount is not known, which is not 0".to_owned(),
        };
        let paid = o.paid.map_or_else(String::new, |p| format!(", {p:.0} {currency} paid"));
        let workers = o.workers.as_ref().map_or_else(String::new, |w| format!(", {w} workers"));
        let missing = o.missing.as_ref().map_or_else(String::new, |m| format!("; not known: {m}"));
        wrapped(s, &format!("owed to workers, {}: {amount}{paid}{workers}{missing}", words(&o.item)), 2)?;
    }
    Ok(())
}
