//! A proposal for the screen: one line per column, then what is left out and what a person still has to say.

use super::Proposal;
use super::draft::unseen;

/// Widest cell of the table.
const WIDE: usize = 34;

fn cut(text: &str, width: usize) -> String {
    let clean: String = text.chars().map(|c| if unseen(c) { ' ' } else { c }).collect();
    if clean.chars().count() <= width { clean } else { clean.chars().take(width.saturating_sub(1)).chain(['…']).collect() }
}

/// Columns that scripts with wide letters take on most screens.
fn wide(c: char) -> usize {
    const WIDE_LETTERS: [(u32, u32); 5] = [(0x1100, 0x115f), (0x2e80, 0xa4cf), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xff00, 0xff60)];
    if WIDE_LETTERS.iter().any(|(first, last)| (*first..=*last).contains(&(c as u32))) { 2 } else { 1 }
}

fn columns(rows: &[[String; 5]]) -> String {
    let width = |t: &str| t.chars().map(wide).sum::<usize>();
    let widths: Vec<usize> = (0..5).map(|i| rows.iter().map(|r| r.get(i).map_or(0, |t| width(t))).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, w) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', w.saturating_sub(width(cell)) + 2));
        }
        text.push_str("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

pub(super) fn to_screen(p: &Proposal) -> String {
    let sheet = p.sheet.as_ref().map_or(String::new(), |s| format!(" [{}]", cut(s, WIDE)));
    let next: Vec<String> = p.tables.iter().filter(|(n, _)| *n != p.table.name).map(|(n, s)| format!("{n} {s:.1}")).collect();
    let own = p.tables.iter().find(|(n, _)| *n == p.table.name).map_or(String::new(), |(_, s)| format!(" {s:.1}"));
    let how = if p.table_given { "as asked".to_owned() } else { format!("fit{own}; next {}", next.join(", ")) };
    let mut text =
        format!("{}{sheet}: {} rows\nRead as {} (one row is {}): {how}\n\n", cut(&p.file, 80), p.rows, p.table.name, p.table.row);
    let head = ["column of the file", "onus column", "confidence", "rests on", "form of a cell"].map(str::to_owned);
    let mut rows = vec![head];
    for pair in &p.pairs {
        let star = if pair.ours.required { "*" } else { "" };
        let also: String = pair.also.iter().map(|a| format!(", then {}", cut(a, WIDE))).collect();
        let tie = pair.tie.map_or(String::new(), |t| format!("; {t} as likely"));
        rows.push([
            format!("{}{also}", cut(&pair.theirs, WIDE)),
            format!("{}{star}", pair.ours.name),
            format!("{:.2}", pair.confidence),
            cut(&format!("{}{tie}", pair.rests_on), 76),
            pair.looks_like.clone(),
        ]);
    }
    text.push_str(&columns(&rows));
    for f in p.fixed.iter().filter(|f| !f.comment) {
        let word = if f.default { "where blank" } else { "in every row" };
        text.push_str(&format!("  {} = {} {word}: {}\n", f.ours, f.value, cut(&f.why, 120)));
    }
    for s in &p.scaled {
        text.push_str(&format!("  {} x {}: {}\n", s.ours, s.factor, s.why));
    }
    if let Some(sign) = p.decimal {
        text.push_str(&format!("  numbers: the decimal sign is {sign}\n"));
    }
    if let Some(order) = p.dates {
        text.push_str(&format!("  dates: {}\n", order.as_str()));
    }
    for v in &p.translated {
        let known = v.cells.iter().filter(|c| c.1.is_some()).count();
        let open = v.cells.len() - known + v.more;
        text.push_str(&format!("  {}: {known} cells translated, {open} to fill in\n", v.ours));
    }
    for l in &p.lookups {
        text.push_str(&format!("  {}: looked up by name ({})\n", l.ours, l.why));
    }
    if !p.uncoded.is_empty() {
        text.push_str(&format!("  {} sector and product texts without a code\n", p.uncoded.len()));
    }
    if let Some(links) = &p.links_within {
        text.push_str(&format!("  Each row is a place and a link too: {}; the links stand as a comment\n", cut(&links.why, 120)));
    }
    let mut list = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push_str(&format!("\n{title}\n"));
            for line in lines {
                text.push_str(&format!("  {line}\n"));
            }
        }
    };
    let perhaps = p.perhaps.iter().map(|x| {
        format!("{} -> {} ({:.2}; {})", cut(&x.theirs, WIDE), x.ours.name, x.confidence, cut(x.not_proposed.as_deref().unwrap_or(""), 100))
    });
    list("Perhaps (not mapped):", perhaps.collect());
    list("Left out: personal", p.personal.iter().map(|l| format!("{} ({})", cut(&l.header, WIDE), l.why)).collect());
    list("Left out: no place for it", p.unmapped.iter().map(|l| format!("{} ({})", cut(&l.header, WIDE), l.why)).collect());
    list("To know or do", p.notes.iter().map(|n| cut(n, 200)).collect());
    text
}
