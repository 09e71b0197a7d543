//! A change story for the eye: what moved each company's figures, what happened, what to know first.

use super::companies::percent;
use super::story::{Company, Figure, Part, PartOfMove, Story, Thing, Way};
use std::fmt::Write as _;

/// Nodes named behind one part, and entries of one thing.
const NODES_NAMED: usize = 2;
const HAPPENED_TOLD: usize = 8;
/// A part below this many points is not told on the screen; `changes.parquet` holds it.
const POINTS_TOLD: f64 = 0.05;

/// The story as text.
pub fn readable(story: &Story) -> String {
    let mut s = String::new();
    // Writing into a String cannot fail.
    let _ = write(&mut s, story);
    s
}

fn write(s: &mut String, story: &Story) -> std::fmt::Result {
    let (old, new) = (&story.old, &story.new);
    writeln!(s, "What changed: {} of {} -> {} of {}", old.dataset, old.as_of, new.dataset, new.as_of)?;
    match (story.method_differs.is_empty(), story.method_apart) {
        (true, _) => writeln!(s, "The method is the same ({}).", new.pack)?,
        (false, true) => writeln!(s, "The method differs: {}. Its part is told apart.", story.method_differs.join("; "))?,
        (false, false) => writeln!(s, "The method differs: {}.", story.method_differs.join("; "))?,
    }
    writeln!(
        s,
        "{} nodes in both, {} new, {} no longer there. Uncalibrated: no figure was tested against outcomes.",
        story.nodes_both, story.nodes_added, story.nodes_gone
    )?;
    for note in &story.notes {
        writeln!(s, "Note: {note}")?;
    }
    for company in &story.companies {
        writeln!(s)?;
        told(s, company)?;
    }
    for (thing, title) in [
        (Thing::Finding, "Findings"),
        (Thing::Signal, "Signals"),
        (Thing::CutLink, "Relations cut after a finding or signal"),
        (Thing::Stale, "Grown stale"),
        (Thing::Alert, "Alerts"),
        (Thing::First20, "The first 20 of the register"),
        (Thing::Company, "Companies"),
        (Thing::Record, "Records that are other nodes now"),
        (Thing::Node, "Nodes"),
    ] {
        let all: Vec<_> = story.happened.iter().filter(|h| h.thing == thing).collect();
        if all.is_empty() {
            continue;
        }
        let count = |way: Way| all.iter().filter(|h| h.way == way).count();
        let counts: Vec<String> = [(Way::New, "new"), (Way::Gone, "gone"), (Way::Up, "up"), (Way::Down, "down"), (Way::Other, "otherwise")]
            .into_iter()
            .filter(|(way, _)| count(*way) > 0)
            .map(|(way, word)| format!("{} {word}", count(way)))
            .collect();
        writeln!(s, "\n{title}: {}", counts.join(", "))?;
        for h in all.iter().take(HAPPENED_TOLD) {
            writeln!(s, "  {}", h.what)?;
        }
        if all.len() > HAPPENED_TOLD {
            writeln!(s, "  {} more in change_findings.parquet", all.len() - HAPPENED_TOLD)?;
        }
    }
    Ok(())
}

/// How a figure is called on the screen.
pub fn called(figure: &str) -> &str {
    match figure {
        "touched_on_evidence" => "on evidence",
        "touched_by_context" => "by context",
        other => other,
    }
}

fn told(s: &mut String, company: &Company) -> std::fmt::Result {
    let of = |f: &&Figure| f.mapped_rule == "cautious" && f.figure != "touched";
    let any: Vec<&Figure> = company.figures.iter().filter(of).filter(|f| f.norm == "any").collect();
    writeln!(s, "{}, any norm, unknown shares taken cautiously", company.name)?;
    for figure in any {
        writeln!(s, "  {}", line(called(figure.figure), figure))?;
    }
    for norm in ["child_labour", "forced_labour", "trafficking"] {
        let figure = company.figures.iter().filter(of).find(|f| f.norm == norm && f.figure == "touched_on_evidence");
        if let Some(figure) = figure.filter(|f| f.old > 0.0 || f.new > 0.0) {
            writeln!(s, "  {}", line(&format!("on evidence, {}", norm.replace('_', " ")), figure))?;
        }
    }
    Ok(())
}

fn points(x: f64) -> String {
    let text = format!("{:+.1}", 100.0 * x);
    if text == "-0.0" { "+0.0".to_owned() } else { text }
}

/// A figure with its move and what moved it: `on evidence: 35.3 % -> 37.1 % (+1.8 points): evidence +2.1 (Mill 7 +1.5); network -0.4`.
pub fn line(name: &str, figure: &Figure) -> String {
    let change = figure.change();
    if change == 0.0 && figure.parts.is_empty() {
        return format!("{name}: {}, unmoved", percent(figure.new));
    }
    let mut s = format!("{name}: {} -> {} ({} points)", percent(figure.old), percent(figure.new), points(change));
    let network = [Part::LinksAdded, Part::LinksLost, Part::LinksReweighted];
    let mut words: Vec<(f64, String)> = Vec::new();
    for part in figure.parts.iter().filter(|p| !network.contains(&p.part)) {
        words.push((part.change, format!("{} {}{}", part.part.said(), points(part.change), named(&[part]))));
    }
    let links: Vec<&PartOfMove> = figure.parts.iter().filter(|p| network.contains(&p.part)).collect();
    if !links.is_empty() {
        words.push((figure.network(), format!("network {}{}", points(figure.network()), named(&links))));
    }
    words.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    let all = words.len();
    let told: Vec<String> = words.into_iter().filter(|(x, _)| 100.0 * x.abs() >= POINTS_TOLD).map(|(_, w)| w).collect();
    match (told.is_empty(), told.len() < all) {
        (true, _) => s.push_str(": each part is below 0.05 points"),
        (false, more) => {
            s.push_str(": ");
            s.push_str(&told.join("; "));
            if more {
                s.push_str("; less than 0.05 points each: the others");
            }
        }
    }
    if figure.within_ranges == Some(true)
        && let (Some(a), Some(b)) = (figure.old_range, figure.new_range)
    {
        let range = |(low, high): (f64, f64)| format!("{:.1}-{:.1} %", 100.0 * low, 100.0 * high);
        let _ = write!(s, ". Within the range of both ({}; {})", range(a), range(b));
    }
    s
}

/// The weightiest nodes behind parts, in brackets.
fn named(parts: &[&PartOfMove]) -> String {
    let mut by_node: std::collections::BTreeMap<&str, f64> = std::collections::BTreeMap::new();
    for node in parts.iter().flat_map(|p| &p.nodes) {
        *by_node.entry(&node.name).or_default() += node.change;
    }
    let mut nodes: Vec<(&str, f64)> = by_node.into_iter().filter(|(_, x)| 100.0 * x.abs() >= POINTS_TOLD).collect();
    nodes.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(b.0)));
    if nodes.is_empty() {
        return String::new();
    }
    let more = if nodes.len() > NODES_NAMED || parts.iter().any(|p| p.rest_nodes > 0) { ", ..." } else { "" };
    let told: Vec<String> = nodes.iter().take(NODES_NAMED).map(|(name, x)| format!("{name} {}", points(*x))).collect();
    format!(" ({}{more})", told.join(", "))
}
