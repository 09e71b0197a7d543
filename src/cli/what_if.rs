//! `onus what-if`: every figure before and after, and what leaving would do to the workers, on the screen.

use super::args::WhatIf;
use super::progress::Stages;
use super::screen::{counted, grouped, share, shortened, words};
use super::{OTHER, json, print};
use crate::base::Result;
use crate::pipeline::RunConfig;
use crate::pipeline::what_if;
use crate::pipeline::what_if::change::{AskedChange, Problem, of_table, of_words};
use crate::pipeline::what_if::leaving::{Destination, Leaving, LostOrder, Risk};
use crate::pipeline::what_if::{Figures, FocalMoves, MEASURES, Moves, NodeMoves, Outcome, rows};
use std::fmt::Write;

/// Focal companies that are printed in full.
const FOCAL_MOST: usize = 20;
/// Links and destinations of one place that are printed.
const LINKS_MOST: usize = 12;
const DESTINATIONS_MOST: usize = 5;
/// A change below this is none.
const STILL: f64 = 1e-12;

/// Answers what was asked.
pub(super) fn what_if(args: &WhatIf, config: RunConfig) -> Result<u8> {
    if let Some(out) = &args.out {
        rows::may_write(out)?;
    }
    let asked = match asked(args) {
        Ok(asked) => asked,
        Err(problems) => return Ok(refuse(&problems)),
    };
    let answer = match what_if::what_if(&config, &asked, &mut Stages::new(args.quiet))? {
        Outcome::Answered(answer) => answer,
        Outcome::Refused(problems) => return Ok(refuse(&problems)),
    };
    if let Some(out) = &args.out {
        rows::write(&answer, out)?;
    }
    if args.json {
        return print(&json(&answer)?);
    }
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = write_all(&mut text, &answer);
    if let Some(out) = &args.out {
        let _ = writeln!(text, "\n{} rows, each figure before and after, written to {}", grouped(answer.rows.len() as u64), out.display());
    }
    print(&text)
}

/// Changes in words, then those of the table.
fn asked(args: &WhatIf) -> Result<Vec<AskedChange>, Vec<Problem>> {
    let (mut asked, mut problems) = (Vec::new(), Vec::new());
    for (i, text) in args.change.iter().enumerate() {
        match of_words(text, i + 1) {
            Ok(change) => asked.push(change),
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(path) = &args.changes {
        match of_table(path) {
            Ok(changes) => asked.extend(changes),
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok(asked) } else { Err(problems) }
}

fn refuse(problems: &[Problem]) -> u8 {
    for problem in problems {
        eprintln!("error: {problem}");
    }
    eprintln!("onus: {} in what was asked; nothing was computed.", counted(problems.len() as u64, "problem", "problems"));
    OTHER
}

fn write_all(s: &mut String, a: &what_if::WhatIf) -> std::fmt::Result {
    writeln!(s, "{}, as of {}: what if", a.dataset, a.as_of)?;
    for change in &a.changes {
        writeln!(s, "  {change}")?;
    }
    writeln!(s)?;
    focal(s, a)?;
    moved(s, a)?;
    if !a.leaving.is_empty() {
        writeln!(s, "What leaving would do to the people there")?;
        for place in &a.leaving {
            leaving(s, place)?;
        }
        writeln!(s)?;
    }
    for sentence in &a.said {
        writeln!(s, "{sentence}")?;
    }
    writeln!(s, "Uncalibrated: no backtest with real labels exists; probabilities rank, they do not count.")
}

fn headings(s: &mut String, width: usize, title: &str) -> std::fmt::Result {
    write!(s, "{title:<40}")?;
    for (_, heading, _) in MEASURES {
        write!(s, "{heading:>width$}")?;
    }
    writeln!(s)
}

fn focal(s: &mut String, a: &what_if::WhatIf) -> std::fmt::Result {
    writeln!(
        s,
        "Parts of one unit of purchases. The first figure takes unknown mapped shares cautiously, the one behind it takes the links as all"
    )?;
    writeln!(s, "there are; differences are in points of a hundred.")?;
    writeln!(s)?;
    headings(s, 19, "")?;
    for focal in a.focal.iter().take(FOCAL_MOST) {
        let still = focal.figures.iter().all(|m| is_still(&m.difference));
        writeln!(s, "{} ({}){}", focal.name, focal.node_id, if still { ": no figure moves" } else { "" })?;
        for norm in ["any", "child_labour", "forced_labour", "trafficking"] {
            norm_lines(s, focal, norm, still)?;
        }
    }
    if a.focal.len() > FOCAL_MOST {
        writeln!(s, "... and {} more with --json or -o", a.focal.len() - FOCAL_MOST)?;
    }
    writeln!(s)
}

fn norm_lines(s: &mut String, focal: &FocalMoves, norm: &str, still: bool) -> std::fmt::Result {
    let of = |rule: &str| focal.figures.iter().find(|m| m.norm == norm && m.mapped_rule == rule && m.view == "own");
    let (Some(cautious), Some(listed)) = (of("cautious"), of("as_listed")) else { return Ok(()) };
    let figures = |m: &Moves, line: usize| [m.before, m.after, m.difference].get(line).copied().unwrap_or_default();
    for (i, when) in ["before", "after", "difference"].into_iter().enumerate().take(if still { 1 } else { 3 }) {
        let norm = if i == 0 { words(norm) } else { String::new() };
        write!(s, "  {norm:<26}{:<12}", if still { "" } else { when })?;
        for (_, _, measure) in MEASURES {
            let shown = |m: &Moves| if i == 2 { points(measure(&figures(m, i))) } else { share(measure(&figures(m, i))) };
            write!(s, "{:>19}", format!("{} {:>8}", shown(cautious), shown(listed)))?;
        }
        writeln!(s)?;
    }
    Ok(())
}

fn is_still(difference: &Figures) -> bool {
    MEASURES.iter().all(|(_, _, of)| of(difference).abs() <= STILL)
}

/// A difference in points of a hundred that never rounds something to nothing.
fn points(x: f64) -> String {
    let points = x * 100.0;
    if points.abs() <= 100.0 * STILL {
        "0".to_owned()
    } else if points.abs() < 0.05 {
        (if points > 0.0 { "+<0.1" } else { "-<0.1" }).to_owned()
    } else {
        format!("{points:+.1}")
    }
}

fn moved(s: &mut String, a: &what_if::WhatIf) -> std::fmt::Result {
    if a.moved.is_empty() {
        return writeln!(s, "No node's figures move.\n");
    }
    headings(s, 19, &format!("What moves most ({} in all)", counted(a.moved_nodes, "node", "nodes")))?;
    writeln!(s, "(any norm, all links merged, cautious; before, and the difference)")?;
    for m in &a.moved {
        let NodeMoves { name, node_id, before, difference, any_before, any_after, .. } = m;
        write!(s, "  {:<38}", shortened(&format!("{name} ({node_id})"), 37))?;
        for (_, _, of) in MEASURES {
            write!(s, "{:>19}", format!("{} {:>8}", share(of(before)), points(of(difference))))?;
        }
        writeln!(s)?;
        if let (Some(b), Some(a)) = (any_before, any_after)
            && (b - a).abs() > STILL
        {
            writeln!(s, "      itself: any norm {} before, {} after", share(*b), share(*a))?;
        }
    }
    writeln!(s)
}

fn leaving(s: &mut String, l: &Leaving) -> std::fmt::Result {
    let place = l.country.as_deref().unwrap_or("country unknown");
    writeln!(s, "  {} ({}), {}, {place}", l.name, l.node_id, l.kind)?;
    if let (Some(people), Some(standing)) = (l.people, &l.people_standing) {
        let people = grouped(people.round() as u64);
        writeln!(s, "    {people} people work there ({standing}); {}", risk(l.risk.as_ref()))?;
    }
    writeln!(
        s,
        "    children among the affected: {}",
        if l.children_affected { "yes, by finding" } else { "no finding says so, which does not say that there are none" }
    )?;
    let unvalued = match l.links_left_without_value {
        0 => String::new(),
        n => format!("; {} told without a value", counted(n, "link", "links")),
    };
    let of_sales =
        l.share_of_sales.map_or_else(|| "share of its sales unknown".to_owned(), |x| format!("{} of its recorded sales", share(x)));
    let of_output = l.share_of_output.map_or_else(String::new, |x| format!(", {} of its stated output", share(x)));
    match l.orders_lost {
        Some(lost) => writeln!(s, "    orders lost: {} a year, {of_sales}{of_output}{unvalued}", money(lost))?,
        None => writeln!(s, "    orders lost: no value told, {of_sales}{unvalued}")?,
    }
    for lost in l.lost.iter().take(LINKS_MOST) {
        lost_order(s, lost)?;
    }
    if l.lost.len() > LINKS_MOST {
        writeln!(s, "      ... and {} more links with --json", l.lost.len() - LINKS_MOST)?;
    }
    if l.upstream_nodes > 0 {
        writeln!(
            s,
            "    up the chain, {} where {} people work would lose part of their orders, before what whoever takes over may order there",
            counted(l.upstream_nodes, "place", "places"),
            grouped(l.upstream_people.round() as u64)
        )?;
        for u in &l.upstream {
            let people = u.people.map_or_else(String::new, |p| format!("; {} people", grouped(p.round() as u64)));
            writeln!(
                s,
                "      {} ({}): {} a year, {} of its recorded sales{people}",
                u.name,
                u.node_id,
                money(u.lost),
                share(u.share_of_sales)
            )?;
        }
        if l.upstream_nodes > l.upstream.len() as u64 {
            writeln!(s, "      ... and {} more", grouped(l.upstream_nodes - l.upstream.len() as u64))?;
        }
    }
    Ok(())
}

fn lost_order(s: &mut String, o: &LostOrder) -> std::fmt::Result {
    let product = o.product.as_ref().map_or_else(|| "product not stated".to_owned(), |p| format!("product {p}"));
    let value = o.value.map_or_else(|| "value unknown".to_owned(), |v| format!("{} a year", money(v)));
    writeln!(s, "      {} ({}), {product}: {value}, {} of its recorded purchases", o.buyer, o.buyer_id, share(o.share_of_purchases))?;
    for d in o.goes_to.iter().take(DESTINATIONS_MOST) {
        let Destination { name, node_id, part, value, people, .. } = d;
        let value = value.map_or_else(String::new, |v| format!(" ({})", money(v)));
        let people = people.map_or_else(String::new, |p| format!("{} people; ", grouped(p.round() as u64)));
        writeln!(s, "        {} of it{value} to {name} ({node_id}): {people}{}", share(*part), risk(d.risk.as_ref()))?;
    }
    if o.goes_to.len() > DESTINATIONS_MOST {
        let others = || o.goes_to.iter().skip(DESTINATIONS_MOST);
        let part: f64 = others().map(|d| d.part).sum();
        let of_risk = |of: fn(&Risk) -> f64| others().map(|d| d.part * d.risk.as_ref().map_or(0.0, of)).sum::<f64>() / part;
        let evidence = of_risk(|r| if r.on_evidence { 1.0 } else { 0.0 });
        let any = share(of_risk(|r| r.any));
        let more = o.goes_to.len() - DESTINATIONS_MOST;
        writeln!(
            s,
            "        {} of it to {more} more: any norm {any} on average, {} of that volume to places on evidence",
            share(part),
            share(evidence)
        )?;
    }
    if o.unseen > 0.0 {
        writeln!(s, "        no other supplier of the product is recorded: it stays in the figures, as unseen")?;
    }
    Ok(())
}

fn risk(risk: Option<&Risk>) -> String {
    let Some(r) = risk else { return "no workplace, so no probability of its own".to_owned() };
    let basis = match r.state.as_str() {
        "indicated" | "possible" => format!("{} by rule", r.state),
        "site_signal" => "a site signal".to_owned(),
        _ => "context alone".to_owned(),
    };
    let [child, forced, trafficking] = r.coverage.map(|(_, c)| share(c));
    format!("any norm {}, {basis}; would have been heard of: child {child}, forced {forced}, trafficking {trafficking}", share(r.any))
}

/// Money in whole units of the base currency.
fn money(x: f64) -> String {
    grouped(x.round().max(0.0) as u64)
}
