//! `onus pack`: the method in short, its signs as a table, one row with its source in full, what lint finds, what an overlay changes.

use super::args::{Pack, PackCommand, PackList};
use super::{OTHER, print};
use crate::base::{Error, Norm, Result};
use crate::pack::{Layer, MethodPack, Sign, changes, rows};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Longest text of a cell in a table.
const CELL_MOST: usize = 56;

/// Runs `onus pack` and its commands; `lint` ends with 1 where it finds a problem.
pub(super) fn pack(args: &Pack) -> Result<u8> {
    let overlay = args.pack.as_deref();
    match &args.command {
        None => overview(&method(overlay)?),
        Some(PackCommand::List(wanted)) => list(&method(overlay)?, wanted),
        Some(PackCommand::Show { id }) => show(&method(overlay)?, id),
        Some(PackCommand::Lint { dir }) => lint(overlay, dir.as_deref()),
        Some(PackCommand::Diff { dir }) => diff(&method(overlay)?, dir),
    }
}

fn method(overlay: Option<&Path>) -> Result<MethodPack> {
    let pack = MethodPack::embedded()?;
    match overlay {
        Some(dir) => pack.with_overlay(dir),
        None => Ok(pack),
    }
}

/// The method in short: what it holds, its sources in order of how much a report of theirs says, and what lint finds.
fn overview(pack: &MethodPack) -> Result<u8> {
    let mut text = format!(
        "{} {} ({})\n{} signs, {} source classes, {} audit schemes, {} couplings, {} citations\n\nLR+ of a fresh report, by source class\n",
        pack.id,
        pack.version,
        &pack.hash[..pack.hash.len().min(16)],
        pack.signs.len(),
        pack.sources.len(),
        pack.schemes.len(),
        pack.couplings.len(),
        pack.citations.len()
    );
    for (source, ratio) in pack.likelihood_ratios() {
        text.push_str(&format!("  {source:<32}{ratio:>8.1}\n"));
    }
    text.push_str("\nSigns\n");
    for sign in &pack.signs {
        text.push_str(format!("  {:<34}{:<13}{}", sign.id, sign.branch.as_str(), bearing(sign)).trim_end());
        text.push('\n');
    }
    let problems = pack.lint();
    let found = if problems.is_empty() { "nothing found".to_owned() } else { format!("{} problem(s)", problems.len()) };
    text.push_str(&format!("\nlint: {found}\n"));
    for problem in &problems {
        text.push_str(&format!("  {problem}\n"));
    }
    print(&text)
}

/// What a sign says of which norm, or why it has no grades.
fn bearing(sign: &Sign) -> String {
    let graded: Vec<String> =
        Norm::ALL.iter().filter_map(|n| sign.norms[n.at()].map(|g| format!("{} {}", n.as_str(), g.as_str()))).collect();
    match sign.layer {
        Layer::Context if sign.about == crate::base::NormSet::EVERY => "context of every norm".to_owned(),
        Layer::Context => format!("context of {}", sign.about.iter().map(Norm::as_str).collect::<Vec<_>>().join(", ")),
        _ if graded.is_empty() => String::new(),
        _ => graded.join(", "),
    }
}

/// Signs by layer and family, of those that every filter lets through.
fn list(pack: &MethodPack, wanted: &PackList) -> Result<u8> {
    let norm = match wanted.norm.as_deref() {
        None => None,
        Some(name) => {
            let known = || Norm::ALL.map(Norm::as_str).join(", ");
            Some(Norm::parse(name).ok_or_else(|| Error::settings("--norm", format!("'{name}' is no norm"), known()))?)
        }
    };
    let layer = wanted.layer.as_deref();
    const LAYERS: [&str; 5] = ["evidence", "context", "integrity", "act", "profile"];
    if let Some(name) = layer.filter(|l| !LAYERS.contains(l)) {
        return Err(Error::settings("--layer", format!("'{name}' is no layer"), LAYERS.join(", ")));
    }
    let sought = wanted.text.as_deref().map(str::to_lowercase);
    let fits = |s: &&Sign| {
        layer.is_none_or(|l| s.layer.as_str() == l)
            && norm.is_none_or(|n| s.norms[n.at()].is_some() || s.about.contains(n))
            && sought.as_ref().is_none_or(|t| s.id.to_lowercase().contains(t) || s.definition.to_lowercase().contains(t))
    };
    let mut groups: BTreeMap<(Layer, &str), Vec<&Sign>> = BTreeMap::new();
    for sign in pack.signs.iter().filter(fits) {
        groups.entry((sign.layer, sign.family.as_str())).or_default().push(sign);
    }
    let mut text = String::new();
    for ((layer, family), signs) in &groups {
        let _ = writeln!(text, "{}: {}", layer.as_str(), family.replace('_', " "));
        for sign in signs {
            let _ = writeln!(text, "  {:<34}{:<58}{}", sign.id, shortened(&sign.definition), bearing(sign));
        }
    }
    let shown: usize = groups.values().map(Vec::len).sum();
    let lines: String = text.lines().map(|l| format!("{}\n", l.trim_end())).collect();
    print(&format!("{lines}{shown} of {} signs. `onus pack show ID` prints one with its source.\n", pack.signs.len()))
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= CELL_MOST { text.to_owned() } else { text.chars().take(CELL_MOST - 3).collect::<String>() + "..." }
}

/// Every row of that id, whatever its table, with its citation in full.
fn show(pack: &MethodPack, id: &str) -> Result<u8> {
    let all = rows(&pack.text)?;
    let of_id = |key: &&String| key.as_str() == id || key.split_once(' ').is_some_and(|(_, rest)| rest == id);
    let found: Vec<&String> = all.keys().filter(of_id).collect();
    if found.is_empty() {
        let near: Vec<&str> =
            all.keys().filter_map(|k| k.split_once(' ')).map(|(_, rest)| rest).filter(|rest| rest.contains(id)).take(8).collect();
        let hint = if near.is_empty() { "see `onus pack list`".to_owned() } else { format!("did you mean {}?", near.join(", ")) };
        return Err(Error::settings(id, "no sign, source, parameter, scheme, citation or other row has this id", hint));
    }
    let mut text = String::new();
    for key in found {
        let _ = writeln!(text, "{key}{}", if pack.overridden.contains(key) { "   (from the overlay)" } else { "" });
        for (field, value) in all.get(key).into_iter().flatten().filter(|(field, _)| !matches!(field.as_str(), "id" | "citation")) {
            let mut parts = value.split("; ");
            let _ = writeln!(text, "  {:<26}{}", field.replace('_', " "), parts.next().unwrap_or(""));
            for part in parts {
                let _ = writeln!(text, "  {:<26}{part}", "");
            }
        }
        if let Some(sign) = key.strip_prefix("sign ").and_then(|id| pack.sign(id)) {
            let names: Vec<&str> = pack
                .names_of(sign)
                .into_iter()
                .filter(|n| *n != sign)
                .filter_map(|n| pack.signs.get(n.0 as usize))
                .map(|s| s.id.as_str())
                .collect();
            if !names.is_empty() {
                let _ = writeln!(text, "  {:<26}{}", "counted once with", names.join(", "));
            }
        }
        let citation = all.get(key).and_then(|fields| fields.get("citation")).and_then(|id| pack.citations.get(id));
        if let Some(c) = citation {
            let default = all.get(key).and_then(|f| f.get("standing")).is_some_and(|s| s == "expert_default");
            let read = match c.read_on.as_str() {
                "" if default => String::new(),
                "" => "; quoted from memory or through another work".to_owned(),
                day => format!("; read {day}"),
            };
            let _ = writeln!(text, "  {:<26}{}, {} [{}]\n  {:<26}{}{read}", "source", c.title, c.year, c.id, "", c.locator);
        }
    }
    print(&text)
}

fn lint(overlay: Option<&Path>, dir: Option<&Path>) -> Result<u8> {
    let pack = method(overlay)?;
    let problems = match dir {
        Some(dir) => pack.lint_overlay(dir),
        None => pack.lint(),
    };
    if problems.is_empty() {
        return print("nothing found\n");
    }
    let lines: String = problems.iter().map(|p| format!("{p}\n")).collect();
    print(&format!("{lines}{} problem(s): this pack is refused by every command\n", problems.len()))?;
    Ok(OTHER)
}

/// Row by row what an overlay changes, adds and leaves out.
fn diff(pack: &MethodPack, dir: &Path) -> Result<u8> {
    let before = pack.text.clone();
    let after = pack.clone().with_overlay(dir)?;
    let found = changes(&before, &after.text)?;
    if found.is_empty() {
        return print("no difference\n");
    }
    let old_rows = rows(&before)?;
    let mut text = String::new();
    for of_row in found.chunk_by(|a, b| a.row == b.row) {
        let Some(first) = of_row.first() else { continue };
        let _ = writeln!(text, "{}{}", first.row, if old_rows.contains_key(&first.row) { "" } else { "   (new)" });
        for change in of_row.iter().filter(|c| c.field != "id") {
            let side = |side: &Option<String>| {
                side.as_deref().map_or("-".to_owned(), |v| if v.is_empty() { "(blank)".to_owned() } else { v.to_owned() })
            };
            let _ = match &change.old {
                None if !old_rows.contains_key(&change.row) => writeln!(text, "  {:<26}{}", change.field, side(&change.new)),
                _ => writeln!(text, "  {:<26}{} -> {}", change.field, side(&change.old), side(&change.new)),
            };
        }
    }
    let touched = found.chunk_by(|a, b| a.row == b.row).count();
    print(&format!("{text}{touched} row(s) differ\n"))
}
