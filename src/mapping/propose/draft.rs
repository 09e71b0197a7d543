//! A proposal as an `onus.toml` to correct: every line with its confidence and what it rests on, everything undecided as a comment.

use super::{Fixed, Pair, Proposal};
use crate::schema::ColumnType;
use std::fmt::Write;

/// A text as a TOML basic string on one line; letters that change the direction or end of a line are written as escapes.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if unseen(c) => {
                let _ = write!(out, "\\U{:08X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Letters that no reader sees but that end a line or turn its direction.
pub fn unseen(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A text inside a comment: one line, nothing that is not shown.
fn said(text: &str) -> String {
    text.chars().map(|c| if unseen(c) { ' ' } else { c }).collect()
}

fn sources(pair: &Pair) -> String {
    if pair.also.is_empty() {
        return quoted(&pair.theirs);
    }
    let all: Vec<String> = std::iter::once(&pair.theirs).chain(&pair.also).map(|h| quoted(h)).collect();
    format!("[{}]", all.join(", "))
}

pub(super) fn to_toml(p: &Proposal) -> String {
    let mut t = String::new();
    let mut line = |text: String| {
        t.push_str(&text);
        t.push('\n');
    };
    let table = p.table.name;
    let sheet = p.sheet.as_ref().map_or(String::new(), |s| format!(", sheet {}", quoted(s)));
    line(format!("# Proposed from {}{sheet}: {} rows, {} of them looked at.", quoted(&p.file), p.rows, p.looked_at));
    let next: Vec<String> = p.tables.iter().filter(|(n, _)| *n != table).map(|(n, s)| format!("{n} {s:.1}")).collect();
    let own = p.tables.iter().find(|(n, _)| *n == table).map_or(String::new(), |(_, s)| format!(" {s:.1}"));
    line(format!("# Read as {table} (one row is {}): fit{own}; next {}.", p.table.row, next.join(", ")));
    line(
        "# A proposal decides nothing: check every line. Beside each stand the confidence (0 to 1), what it rests on, and the form".into(),
    );
    line("# of a cell (9 a digit, A a capital, a a small letter, … more of the same).".into());
    for note in &p.notes {
        line(format!("# ! {}", said(note)));
    }
    line("\n[dataset]".into());
    line("# name = \"\"".into());
    line("# base_currency = \"EUR\"".into());
    line("# as_of = \"2026-01-31\"            # the day of the assessment; else the newest date in the data".into());
    if !p.uncoded.is_empty() {
        line("\n# Texts without a code: their rows fall to the level of the country. Give what you know and take off the #.".into());
        line("[codes]".into());
        for (text, rows) in &p.uncoded {
            line(format!("# {} = {{ product = \"\", sector = \"\" }}   # {rows} rows", quoted(text)));
        }
    }
    line(format!("\n[tables.{table}]"));
    line(format!("file = {}", quoted(&p.file)));
    if let Some(sheet) = &p.sheet {
        line(format!("# The sheet {} was read.", quoted(sheet)));
    }
    if let Some(sign) = p.decimal {
        line(format!("decimal = \"{sign}\""));
    }
    if let Some(order) = p.dates {
        line(format!("dates = \"{}\"", order.as_str()));
    }
    ignored(p, &mut line);
    fixed(&p.fixed, &mut line);
    if !p.scaled.is_empty() {
        let all: Vec<String> = p.scaled.iter().map(|s| format!("{} = {}", s.ours, s.factor)).collect();
        let why: Vec<String> = p.scaled.iter().map(|s| format!("{}: {}", s.ours, s.why)).collect();
        line(format!("scale = {{ {} }}   # {}", all.join(", "), said(&why.join("; "))));
    }
    line(format!("\n[tables.{table}.columns]"));
    for pair in &p.pairs {
        let tie = pair.tie.map_or(String::new(), |other| format!("; {other} would be as likely"));
        line(format!(
            "{} = {}   # {:.2}, {}{tie}; {}",
            pair.ours.name,
            sources(pair),
            pair.confidence,
            said(&pair.rests_on),
            said(&pair.looks_like)
        ));
    }
    for name in &p.missing {
        line(format!("# {name} = \"\"   # must stand in every row; no column was found"));
    }
    if !p.perhaps.is_empty() {
        line("# Perhaps:".into());
        for pair in &p.perhaps {
            let why = pair.not_proposed.as_deref().unwrap_or("");
            line(format!("# {} = {}   # {:.2}, {}; {}", pair.ours.name, sources(pair), pair.confidence, said(&pair.rests_on), said(why)));
        }
    }
    for values in &p.translated {
        line(format!("\n[tables.{table}.values.{}]", values.ours));
        if let Some(ColumnType::Code(list)) = p.table.columns.iter().find(|c| c.name == values.ours).map(|c| c.kind) {
            line(format!("# one of {}", list.join(", ")));
        }
        for (cell, code, rows) in &values.cells {
            match code {
                Some(code) => line(format!("{} = {}   # {rows} rows", quoted(cell), quoted(code))),
                None => line(format!("# {} = \"\"   # {rows} rows, not known", quoted(cell))),
            }
        }
        if values.more > 0 {
            line(format!("# and {} more cells", values.more));
        }
    }
    for lookup in &p.lookups {
        line(format!("\n[tables.{table}.lookup.{}]   # {}", lookup.ours, said(&lookup.why)));
        line("# kinds = [\"factory\"]   # only among nodes of these kinds".into());
        line("# none = [\"Unknown\"]    # names that stand for nothing".into());
    }
    if let Some(links) = &p.links_within {
        line(format!("\n# Each row is a place and a link too: {}. With the numbers of your own nodes:", said(&links.why)));
        line("# [tables.links]".into());
        line(format!("# file = {}", quoted(&p.file)));
        match &links.buyer {
            Some((buyer, _)) => line(format!("# columns = {{ supplier_id = {}, buyer_id = {} }}", quoted(&links.supplier), quoted(buyer))),
            None => {
                line(format!("# columns = {{ supplier_id = {} }}", quoted(&links.supplier)));
                line("# constants = { buyer_id = \"\" }   # the company whose list this is".into());
            }
        }
        if let Some(tier) = &links.tier {
            line(format!(
                "# {} names the tier: rows beyond the first are not bought from directly (constants = {{ relation = \"lists\" }}).",
                quoted(tier)
            ));
        }
        if links.buyer.as_ref().is_some_and(|b| b.1) {
            line("# [tables.links.lookup.buyer_id]   # cells are names".into());
        }
    }
    t
}

fn ignored(p: &Proposal, line: &mut dyn FnMut(String)) {
    let all: Vec<&str> = p.personal.iter().chain(&p.unmapped).map(|l| l.header.as_str()).collect();
    if all.is_empty() {
        return;
    }
    line("# Left out. Personal columns are never read; of the others none of the values is kept.".into());
    line("ignore = [".into());
    for (left, personal) in p.personal.iter().map(|l| (l, true)).chain(p.unmapped.iter().map(|l| (l, false))) {
        let why = if personal { format!("personal: {}", left.why) } else { left.why.clone() };
        line(format!("    {},   # {}", quoted(&left.header), said(&why)));
    }
    line("]".into());
}

fn fixed(all: &[Fixed], line: &mut dyn FnMut(String)) {
    for (key, default) in [("constants", false), ("defaults", true)] {
        let of: Vec<&Fixed> = all.iter().filter(|f| f.default == default).collect();
        let one = |f: &&Fixed| format!("{} = {}", f.ours, quoted(&f.value));
        let live: Vec<String> = of.iter().filter(|f| !f.comment).map(one).collect();
        let why = |comment: bool| of.iter().filter(|f| f.comment == comment).map(|f| said(&f.why)).collect::<Vec<_>>().join("; ");
        if !live.is_empty() {
            line(format!("{key} = {{ {} }}   # {}", live.join(", "), why(false)));
        }
        let idle: Vec<String> = of.iter().filter(|f| f.comment).map(one).collect();
        if !idle.is_empty() {
            line(format!("# {key} = {{ {} }}   # {}", idle.join(", "), why(true)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_any_letters_is_one_toml_string() {
        for text in ["plain", "a \"quoted\" one", "two\nlines\ttab", "back\\slash", "工厂/Factory", "\u{202e}evil", "# no comment", "'''"]
        {
            let line = format!("{} = {}", quoted(text), quoted(text));
            assert_eq!(line.lines().count(), 1, "{line}");
            let read: toml::Table = toml::from_str(&line).unwrap();
            assert_eq!(read.get(text).and_then(|v| v.as_str()), Some(text));
        }
    }
}
