//! The first screen of a run, in the words of the people who read it.
//!
//! 1 read / refused / assumed; 2 whether any site evidence stands in the data; 3 per focal company: on evidence, by context, unseen,
//! clear, expected; 4 where it goes dark; 5 the look-ups that would open most of it; 6 closure; 7 uncalibrated.

use super::duty_screen::do_first;
use crate::pipeline::summary::{Assumptions, Figure, FocalSummary, Summary};
use std::fmt::Write;

/// Focal companies that are printed in full; the rest stands in register.csv.
const FOCAL_MOST: usize = 20;
const LINES_MOST: usize = 5;

/// Writes the screen as text of at most 100 columns.
pub fn first_screen(summary: &Summary, out: &str) -> String {
    let mut s = String::new();
    // Writing into a String cannot fail.
    let _ = write_all(&mut s, summary, out);
    s
}

/// Records that are one node, and entries of screening lists that are nodes.
fn who_is_who(s: &mut String, m: &Summary) -> std::fmt::Result {
    let i = &m.identity;
    if i.records_of_several > 0 {
        let (nodes, records) = (count(i.nodes_of_several, "node"), count(i.records_of_several, "record"));
        writeln!(s, "Who is who: {records} tell of {nodes}, by identifier or decision (records.parquet).")?;
    }
    if i.listings > 0 {
        let entries = counted(i.listings, "entry", "entries");
        let hits = count(i.hits, "hit");
        writeln!(
            s,
            "Screening: {entries} of lists, {hits} by identifier or decision. Names alone are no hit: `onus match` asks about them."
        )?;
    }
    Ok(())
}

/// What consignments make of the links.
fn consignments(s: &mut String, m: &Summary) -> std::fmt::Result {
    let c = &m.consigned;
    if c.consignments + c.unplaced + c.older == 0 {
        return Ok(());
    }
    let takes = if c.links_valued == 1 { "takes" } else { "take" };
    write!(
        s,
        "Consignments of four quarters: {} between nodes; {} discovered, {} {takes} {} size from them.",
        grouped(c.consignments),
        count(c.links_discovered, "link"),
        count(c.links_valued, "declared link"),
        if c.links_valued == 1 { "its" } else { "their" },
    )?;
    let without =
        [(c.unplaced, "name a party that is not one node", "names a party that is not one node"), (c.older, "are older", "is older")];
    let without: Vec<String> = without
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, many, one)| format!("{} {}", grouped(n), if n == 1 { one } else { many }))
        .collect();
    if !without.is_empty() {
        write!(s, "\n    No link from others: {}.", without.join(", "))?;
    }
    writeln!(s)
}

fn write_all(s: &mut String, m: &Summary, out: &str) -> std::fmt::Result {
    writeln!(s, "{}, as of {} ({})", m.dataset, m.as_of, m.as_of_rule)?;
    writeln!(s)?;
    read_and_refused(s, m)?;
    assumed(s, &m.assumptions, m.places)?;
    writeln!(s)?;
    who_is_who(s, m)?;
    consignments(s, m)?;
    let e = &m.evidence;
    if e.reports + e.looks + e.silences == 0 {
        let but = if e.unused > 0 { format!(" that counts ({} rows not used)", grouped(e.unused)) } else { String::new() };
        writeln!(s, "No site evidence in these data{but}: every figure is context.")?;
    } else {
        writeln!(
            s,
            "Site evidence: {}, {} and {} counted at {}; {} not used; a site signal at {}.",
            count(e.reports, "report"),
            count(e.looks, "look"),
            counted(e.silences, "silence", "silences"),
            count(e.nodes_with_evidence, "place"),
            e.unused,
            count(e.nodes_with_signal, "place")
        )?;
    }
    for note in m.untold.iter().take(LINES_MOST) {
        writeln!(s, "Not told: {note}")?;
    }
    rules(s, m)?;
    writeln!(s)?;
    figures(s, m)?;
    portfolios(s, m)?;
    do_first(s, m)?;
    dark(s, m)?;
    look_ups(s, m)?;
    writeln!(s, "Closure: {} = 1 everywhere, to {:.1e}.", m.parts_in_words(), m.closure_defect.max(1e-17))?;
    if !m.calibrated {
        writeln!(s, "Uncalibrated: no backtest with real labels exists; probabilities rank, they do not count.")?;
    }
    writeln!(s)?;
    writeln!(s, "Written to {out}: open register.csv first; `onus explain {out} NODE` says why a node stands where it stands.")
}

/// What rules find, which alerts stand, and whether the ranking repeats national income.
fn rules(s: &mut String, m: &Summary) -> std::fmt::Result {
    let r = &m.rules;
    if r.cases_told + r.cases_derived == 0 {
        writeln!(s, "Rules: no case in these data, so no rule was applied.")?;
    } else {
        writeln!(
            s,
            "Rules, on {} told and {} in rows of other tables:\n    {} indicated, {} possible, {} with insufficient evidence, {} not indicated{}.",
            count(r.cases_told, "case"),
            grouped(r.cases_derived),
            count(r.indicated, "place"),
            grouped(r.possible),
            grouped(r.insufficient_evidence),
            grouped(r.not_indicated),
            if r.cluster_concerns > 0 { format!("; {}", count(r.cluster_concerns, "cluster concern")) } else { String::new() }
        )?;
        for n in &r.by_norm {
            writeln!(s, "    {:<24}{:>6} indicated{:>6} possible", words(&n.norm), grouped(n.indicated), grouped(n.possible))?;
        }
    }
    if r.buyer_practices > 0 {
        writeln!(s, "Buyers' own practices beyond a threshold: {} (practices.parquet).", grouped(r.buyer_practices))?;
    }
    let a = &m.ranges;
    if a.alerts > 0 {
        writeln!(
            s,
            "Alerts: {}, mean chance of a false alarm {} (limit {}); uncalibrated.",
            count(a.alerts, "place"),
            share(a.alerts_mean_miss),
            share(a.alerts_limit)
        )?;
    }
    if let Some(whole) = a.income_whole {
        let part = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x:+.2}"));
        writeln!(
            s,
            "Poverty audit: the ranking against national income {whole:+.2} (context {}, evidence {}; -1: poorest first).",
            part(a.income_context),
            part(a.income_evidence)
        )?;
    }
    Ok(())
}

fn read_and_refused(s: &mut String, m: &Summary) -> std::fmt::Result {
    let rows: u64 = m.tables.iter().map(|t| t.rows).sum();
    let refused: u64 = m.tables.iter().map(|t| t.refused).sum();
    let missing: u64 = m.tables.iter().map(|t| t.cells_missing).sum();
    writeln!(
        s,
        "Read     {} in {}: {} ({} where people work), {} in use\n         refused {}; {} set to missing",
        count(rows, "row"),
        count(m.tables.len() as u64, "table"),
        count(m.nodes, "node"),
        grouped(m.places),
        count(m.links_in_use, "supply link"),
        count(refused, "row"),
        count(missing, "cell"),
    )?;
    for p in m.problems.iter().filter(|p| p.level != "note").take(LINES_MOST) {
        writeln!(s, "         {} x {} [{}]: {}", grouped(p.count), p.level, p.code, p.example)?;
    }
    let unread: Vec<&str> = m.tables.iter().filter(|t| !t.used && t.rows > 0).map(|t| t.table.as_str()).collect();
    if !unread.is_empty() {
        writeln!(s, "         checked, but no part of any figure yet: {}", unread.join(", "))?;
    }
    Ok(())
}

fn assumed(s: &mut String, a: &Assumptions, places: u64) -> std::fmt::Result {
    let parts = [
        (a.mapped_by_kind, format!("mapped share of {} by kind", count(a.mapped_by_kind, "buyer"))),
        (a.links_without_value, format!("equal or median shares on {}", count(a.links_without_value, "link"))),
        (a.people_by_kind, format!("people at {} of {} places by kind", grouped(a.people_by_kind), grouped(places))),
        (a.places_without_country, format!("widest prior at {} without a country", count(a.places_without_country, "place"))),
        (a.listed_places_filled, format!("listed places stand in for missing tiers ({})", grouped(a.listed_places_filled))),
        (a.unknown_nodes, format!("{} named by links but not in nodes: their share is unseen", count(a.unknown_nodes, "node"))),
        (a.closed_circle_nodes, format!("half the purchases of {} in closed circles", count(a.closed_circle_nodes, "node"))),
        (
            a.texts_without_code,
            format!("{} fall to country level (sector or product text without a code)", count(a.texts_without_code, "node")),
        ),
        (a.lists_as_supply, format!("{} of buyers without a recorded chain taken as supply", count(a.lists_as_supply, "listed place"))),
        (a.labour_links_not_walked, format!("{} without money not walked", count(a.labour_links_not_walked, "labour link"))),
        (a.links_not_in_force, format!("{} of earlier or later periods left out", count(a.links_not_in_force, "link"))),
        (
            a.links_only_before,
            format!("{} of earlier results, which the data no longer hold, have ended", count(a.links_only_before, "link")),
        ),
        (
            a.links_only_before_unplaced,
            format!("{} of earlier results name a node that is gone: nothing is made of them", count(a.links_only_before_unplaced, "link")),
        ),
        (a.holdings_masked, format!("{} shown by key: may be a person's", count(a.holdings_masked, "holding"))),
    ];
    let mut first = true;
    for (_, text) in parts.into_iter().filter(|(n, _)| *n > 0) {
        writeln!(s, "{}{text}", if first { "Assumed  " } else { "         " })?;
        first = false;
    }
    if first {
        writeln!(s, "Assumed  nothing")?;
    }
    Ok(())
}

fn figures(s: &mut String, m: &Summary) -> std::fmt::Result {
    writeln!(s, "Focal companies: {}", m.focal_rule.sentence())?;
    if m.focal.is_empty() {
        return writeln!(s);
    }
    writeln!(s, "Parts of one unit of purchases. The first figure takes unknown mapped shares cautiously, the one behind it takes")?;
    writeln!(s, "the links as all there are; expected also follows the unseen part to its likely origins.")?;
    if let Some(year) = m.origins.latest_year {
        let (flows, own) = (count(m.origins.by_flows, "node"), grouped(m.origins.by_own_country));
        writeln!(s, "Likely origins: of {flows} by imports up to {year} (trade_flows), of {own} by their own country.")?;
    }
    writeln!(s)?;
    writeln!(s, "{:<34}{:>14}{:>16}{:>16}{:>16}{:>11}", "", "on evidence", "by context", "unseen", "clear", "expected")?;
    for focal in m.focal.iter().take(FOCAL_MOST) {
        let reach: u64 = focal.reach.iter().sum();
        let listed = if focal.reach_listed > 0 { format!(" + {} by list", grouped(focal.reach_listed)) } else { String::new() };
        writeln!(s, "{} ({} upstream in {}{listed})", shortened(&focal.name, 44), grouped(reach), count(focal.reach.len() as u64, "tier"))?;
        if let Some(own) = &focal.own_site {
            let basis = if own.on_evidence { "on evidence" } else { "by context" };
            writeln!(s, "  its own site apart: any norm {}, {basis}", share(own.any))?;
        }
        for norm in ["any", "child_labour", "forced_labour", "trafficking"] {
            let of = |rule: &str| focal.figures.iter().find(|f| f.norm == norm && f.mapped_rule == rule && f.view == "own");
            if let (Some(c), Some(l)) = (of("cautious"), of("as_listed")) {
                let pair = |a: f64, b: f64| format!("{} {:>7}", share(a), share(b));
                writeln!(
                    s,
                    "  {:<30}{:>16}{:>16}{:>16}{:>16}{:>11}",
                    words(norm),
                    pair(c.touched_on_evidence, l.touched_on_evidence),
                    pair(c.touched_by_context, l.touched_by_context),
                    pair(c.unseen, l.unseen),
                    pair(c.clear, l.clear),
                    share(c.expected)
                )?;
            }
        }
        if let Some(without) = unfilled(focal) {
            writeln!(s, "  {:<30}{}", "any, without published lists", plain(without))?;
        }
        drawn(s, focal, m)?;
        for aside in focal.asides() {
            writeln!(s, "  {aside}")?;
        }
    }
    let left_out = [(m.ranges.companies_left_out, "company", "companies"), (m.ranges.places_left_out, "place", "places")];
    let left_out: Vec<String> = left_out.into_iter().filter(|(n, _, _)| *n > 0).map(|(n, one, many)| counted(n, one, many)).collect();
    if !left_out.is_empty() {
        let of = left_out.join(" and ");
        writeln!(s, "No range of traced figures for {of}: their draws would take long; --ranges all takes the time.")?;
    }
    if m.focal.len() > FOCAL_MOST {
        writeln!(s, "... and {} more in exposure.parquet", m.focal.len() - FOCAL_MOST)?;
    }
    writeln!(s)
}

/// What the draws leave open of the company's figures of any norm, and of its place beside the others.
fn drawn(s: &mut String, focal: &FocalSummary, m: &Summary) -> std::fmt::Result {
    let Some(of) = focal.figures.iter().find_map(|f| f.drawn.as_ref().filter(|_| f.norm == "any")) else { return Ok(()) };
    let range = |name: &str| match of.ranges.get(name) {
        Some([low, high]) => format!("{} - {}", share(*low).trim_end_matches(" %"), share(*high)),
        None => String::new(),
    };
    writeln!(
        s,
        "  {:<30}{:>16}{:>16}{:>16}{:>16}{:>12}",
        format!("any, 5-95 % of {} draws", m.ranges.draws),
        range("touched_on_evidence"),
        range("touched_by_context"),
        range("unseen"),
        range("clear"),
        range("expected").replace(" - ", "-"),
    )?;
    let place = |name: &str, what: &str| {
        let [low, high] = of.ranks.get(name)?;
        let places = if low == high { grouped(*low as u64) } else { format!("{low} to {high}") };
        Some(format!("{places} by {what}"))
    };
    let places: Vec<String> = [place("touched_on_evidence", "on evidence"), place("unseen", "unseen")].into_iter().flatten().collect();
    if !places.is_empty() {
        writeln!(s, "  {:<30}{}", format!("place among {} companies", m.focal.len()), places.join(", "))?;
    }
    Ok(())
}

fn unfilled(focal: &FocalSummary) -> Option<&Figure> {
    focal.figures.iter().find(|f| f.norm == "any" && f.mapped_rule == "cautious" && f.view == "own_unfilled")
}

fn plain(f: &Figure) -> String {
    format!(
        "on evidence {}, by context {}, unseen {}, clear {}",
        share(f.touched_on_evidence),
        share(f.touched_by_context),
        share(f.unseen),
        share(f.clear)
    )
}

fn portfolios(s: &mut String, m: &Summary) -> std::fmt::Result {
    for p in &m.portfolios {
        let name = if p.name.is_empty() { String::new() } else { format!(" {}", shortened(&p.name, 44)) };
        writeln!(s, "Portfolio{name} of {}, by weight (portfolio.parquet)", count(p.holdings, "holding"))?;
        let exited = if p.exited > 0.0 { format!(", exited {}", share(p.exited)) } else { String::new() };
        writeln!(
            s,
            "  {:<30}on evidence {}, by context {}, unseen {}{exited}, clear {}; expected {}",
            "any norm",
            share(p.touched_on_evidence),
            share(p.touched_by_context),
            share(p.unseen),
            share(p.clear),
            share(p.expected)
        )?;
        let people: Vec<String> = ["child_labour", "forced_labour", "trafficking"]
            .iter()
            .filter_map(|n| Some(format!("{} {:.1}", words(n), p.people_carried.get(*n)?)))
            .collect();
        if !people.is_empty() {
            writeln!(s, "  {:<30}{}", "people affected, each once", people.join(", "))?;
        }
    }
    if m.portfolios.is_empty() { Ok(()) } else { writeln!(s) }
}

fn dark(s: &mut String, m: &Summary) -> std::fmt::Result {
    if m.focal.iter().all(|f| f.dark.is_empty()) {
        return Ok(());
    }
    writeln!(s, "Where it goes dark (kind, country, product: part of the spend that ends unseen there)")?;
    for focal in m.focal.iter().take(FOCAL_MOST).filter(|f| !f.dark.is_empty()) {
        let known = |t: &str, none: &str| if t == "-" { none.to_owned() } else { t.to_owned() };
        let places: Vec<String> = focal
            .dark
            .iter()
            .take(3)
            .map(|d| {
                let product = if d.product == "-" { String::new() } else { format!(" HS {}", d.product) };
                format!("{} {}{product} {}", d.kind, known(&d.country, "(country unknown)"), share(d.share))
            })
            .collect();
        writeln!(s, "  {:<30}{}", shortened(&focal.name, 29), places.join("; "))?;
    }
    writeln!(s)
}

/// The five questions that would open most, over all focal companies, each counted once for the company it helps most.
fn look_ups(s: &mut String, m: &Summary) -> std::fmt::Result {
    let mut all: Vec<(&FocalSummary, &crate::pipeline::summary::LookUp)> =
        m.focal.iter().flat_map(|f| f.look_ups.iter().map(move |l| (f, l))).collect();
    all.sort_by(|a, b| b.1.share.total_cmp(&a.1.share).then_with(|| (&a.0.node_id, &a.1.node_id).cmp(&(&b.0.node_id, &b.1.node_id))));
    if all.is_empty() {
        return Ok(());
    }
    writeln!(s, "What to ask first (the part of the spend that one answer would open)")?;
    for (focal, look_up) in all.into_iter().take(LINES_MOST) {
        writeln!(s, "  {:>6}  {}: {}", share(look_up.share), shortened(&focal.name, 26), look_up.question)?;
    }
    writeln!(s)
}

/// A share as a percentage that never rounds something to nothing.
pub fn share(x: f64) -> String {
    let percent = x * 100.0;
    if percent == 0.0 {
        "0 %".to_owned()
    } else if percent < 0.05 {
        "<0.1 %".to_owned()
    } else if percent > 99.95 && percent < 100.0 {
        ">99.9 %".to_owned()
    } else {
        format!("{percent:.1} %")
    }
}

/// `child_labour` as people write it.
pub fn words(name: &str) -> String {
    match name {
        "any" => "any norm".to_owned(),
        other => other.replace('_', " "),
    }
}

fn count(n: u64, noun: &str) -> String {
    counted(n, noun, &format!("{noun}s"))
}

pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// 71695 as 71,695.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most.saturating_sub(1)).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_shares_are_never_shown_as_nothing() {
        assert_eq!(share(0.0), "0 %");
        assert_eq!(share(0.00001), "<0.1 %");
        assert_eq!(share(0.12345), "12.3 %");
        assert_eq!(share(1.0), "100.0 %");
        assert_eq!(share(0.99999), ">99.9 %");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(12), "12");
    }
}
