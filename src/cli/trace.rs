//! `onus trace`: what stands upstream of a node and whom its goods reach, on the screen.

use super::args::{Rule, Trace};
use super::explain::grievance_rows;
use super::screen::{counted, grouped, share, shortened, words};
use super::{json, print};
use crate::base::{Error, Result, Traced};
use crate::export::walk_rows::MappedRule;
use crate::pipeline::tracing::{Behind, Beside, Chain, Contributor, Down, Part, Reached, Roads, Standing, Tier, Up, down, up};
use std::fmt::Write;

/// Contributors of one column and buyers that are printed; JSON has them all.
const ROWS_MOST: usize = 12;
const BUYERS_MOST: usize = 15;
/// Tiers that are printed one by one.
const TIERS_MOST: usize = 10;

/// Prints one direction of one node.
pub(super) fn trace(args: &Trace) -> Result<u8> {
    let traced = Traced::parse(&args.norm).ok_or_else(|| {
        Error::settings("--norm", format!("'{}' is not traced", args.norm), format!("one of {}", Traced::NAMES.join(", ")))
    })?;
    let rule = match args.rule {
        Rule::Cautious => MappedRule::Cautious,
        Rule::AsListed => MappedRule::AsListed,
    };
    let (mapping, pack, reference) = (args.with.mapping.as_deref(), args.with.pack.as_deref(), args.with.reference.as_deref());
    let beside = args.dataset.as_deref().map(|dataset| Beside { dataset, mapping, pack, reference });
    let roads = Roads::read(&args.out, traced, rule, beside)?;
    let mut text = String::new();
    let nodes: Vec<String> = if args.down {
        let found = down(&args.out, &roads, &args.node)?;
        if args.json {
            return print(&json(&found)?);
        }
        // Writing into a String cannot fail.
        let _ = write_down(&mut text, &found);
        vec![found.node_id]
    } else {
        let found = up(&args.out, &roads, &args.node)?;
        if args.json {
            return print(&json(&found)?);
        }
        let _ = write_up(&mut text, &found);
        let upstream = found.touched_on_evidence.rows.into_iter().map(|r| r.node_id);
        std::iter::once(found.node_id).chain(upstream).collect()
    };
    if args.restricted
        && let Some(dataset) = &args.dataset
    {
        text.push_str(&grievance_rows(&args.out, dataset, args.with.mapping.as_deref(), &nodes)?);
    }
    print(&text)
}

fn rule_words(rule: &str) -> &'static str {
    if rule == "cautious" { "unknown mapped shares taken cautiously" } else { "the links taken as all there are" }
}

fn whose(id: &str, name: &str, kind: &str, country: Option<&str>) -> String {
    format!("{name} ({id}), {}, {}", kind.replace('_', " "), country.unwrap_or("country unknown"))
}

fn write_up(s: &mut String, u: &Up) -> std::fmt::Result {
    let norm = words(u.norm);
    writeln!(s, "{}", whose(&u.node_id, &u.name, &u.kind, u.country.as_deref()))?;
    writeln!(s, "Upstream, {norm}; {}", rule_words(u.mapped_rule))?;
    if let Some(p) = u.own_site {
        let basis = if u.own_site_on_evidence { "on evidence" } else { "by context" };
        writeln!(s, "Its own place apart: {norm} {}, {basis}", share(p))?;
    }
    writeln!(s)?;
    if u.nodes_upstream == 0 {
        return if u.clear > 0.0 {
            writeln!(s, "It buys nothing: goods begin here.")
        } else {
            writeln!(s, "No supplier of it is recorded: all that it buys is unseen.")
        };
    }
    writeln!(s, "Of one unit of its purchases, over {}:", counted(u.nodes_upstream, "node", "nodes"))?;
    let expected = u.expected.map_or_else(String::new, |e| format!("   expected {}", share(e)));
    let exited = if u.exited > 0.0 { format!("   exited {}", share(u.exited)) } else { String::new() };
    writeln!(
        s,
        "  on evidence {}   by context {}   unseen {}{exited}   clear {}{expected}",
        share(u.on_evidence),
        share(u.by_context),
        share(u.unseen),
        share(u.clear)
    )?;
    differs(s, u.differs_by, "")?;
    part(s, "Touched on evidence", &u.touched_on_evidence)?;
    part(s, "Touched by context alone (hatched: no claim about any company's goods)", &u.touched_by_context)?;
    dark(s, u)?;
    let heading = if u.exited > 0.0 { "      exited" } else { "" };
    writeln!(s, "\nBy tier                   on evidence  by context      unseen{heading}       clear")?;
    let deeper = |t: &Tier| t.tier.parse::<usize>().is_ok_and(|tier| tier > TIERS_MOST) || t.tier == "beyond";
    let mut deep = Tier {
        tier: format!("tier {} and deeper", TIERS_MOST + 1),
        on_evidence: 0.0,
        by_context: 0.0,
        unseen: 0.0,
        exited: 0.0,
        clear: 0.0,
    };
    for t in u.tiers.iter().filter(|t| deeper(t)) {
        deep.on_evidence += t.on_evidence;
        deep.by_context += t.by_context;
        deep.unseen += t.unseen;
        deep.exited += t.exited;
        deep.clear += t.clear;
    }
    for t in u.tiers.iter().filter(|t| !deeper(t) && t.tier != "listed") {
        tier_line(s, u, t, &if t.tier == "0" { "its own purchases".to_owned() } else { format!("tier {}", t.tier) })?;
    }
    if deep.on_evidence + deep.by_context + deep.unseen + deep.exited + deep.clear > 0.0 {
        tier_line(s, u, &deep, &deep.tier)?;
    }
    for t in u.tiers.iter().filter(|t| t.tier == "listed") {
        tier_line(s, u, t, "by its published list")?;
    }
    choke_points(s, u)
}

fn choke_points(s: &mut String, u: &Up) -> std::fmt::Result {
    let touched = u.on_evidence + u.by_context;
    if u.choke_points.is_empty() || touched <= 0.0 {
        return Ok(());
    }
    writeln!(s, "\nChoke points: where most of what is touched ends or comes through, each with those before it")?;
    for (i, c) in u.choke_points.iter().enumerate() {
        let tier = c.tier.map_or_else(|| "by its list".to_owned(), |t| format!("tier {t}"));
        writeln!(
            s,
            "  {}. {:<44} {:>8} of touched ({tier}; no {} more than {})",
            i + 1,
            shortened(&format!("{} ({})", c.name, c.node_id), 44),
            share((c.cover / touched).min(1.0)),
            if i == 0 { "other node covers".to_owned() } else { format!("{} nodes cover", i + 1) },
            share((c.cover_at_most / touched).min(1.0)),
        )?;
    }
    Ok(())
}

fn tier_line(s: &mut String, u: &Up, t: &Tier, name: &str) -> std::fmt::Result {
    let exited = if u.exited > 0.0 { format!("{:>12}", share(t.exited)) } else { String::new() };
    writeln!(s, "  {name:<24}{:>11}{:>12}{:>12}{exited}{:>12}", share(t.on_evidence), share(t.by_context), share(t.unseen), share(t.clear))
}

fn differs(s: &mut String, by: Option<f64>, indent: &str) -> std::fmt::Result {
    let Some(by) = by else { return Ok(()) };
    writeln!(
        s,
        "{indent}  Rebuilt from the links that the result kept; exposure.parquet differs by up to {}. With --dataset the walk runs on the links \
         of the dataset.",
        share(by)
    )
}

fn behind(b: &Behind) -> String {
    let norms = b.norms.iter().map(|n| words(n)).collect::<Vec<_>>().join(", ");
    let on = if norms.is_empty() { String::new() } else { format!(": {norms}") };
    match b.standing {
        Standing::Finding => format!("{} by rule{on}", b.level.as_deref().unwrap_or("possible")),
        Standing::SiteSignal => format!("site signal{on}"),
        Standing::Context => "context".to_owned(),
    }
}

fn tier_words(tier: Option<u32>) -> String {
    tier.map_or_else(|| "by its published list".to_owned(), |t| format!("tier {t}"))
}

fn part(s: &mut String, title: &str, part: &Part) -> std::fmt::Result {
    writeln!(s, "\n{title}: {}", share(part.total))?;
    if part.rows.is_empty() {
        return Ok(());
    }
    for r in part.rows.iter().take(ROWS_MOST) {
        let Contributor { node_id, name, kind, country, tier, touched, share_of_column, probability, chains, .. } = r;
        writeln!(
            s,
            "  {:>8}  {}, {}; {} ({} of this column, {} at the place)",
            share(*touched),
            whose(node_id, name, kind, country.as_deref()),
            tier_words(*tier),
            behind(&r.behind),
            share(*share_of_column),
            share(*probability)
        )?;
        for chain in chains {
            chain_line(s, chain)?;
        }
    }
    if part.rows.len() > ROWS_MOST {
        let sum: f64 = part.rows.iter().skip(ROWS_MOST).map(|r| r.touched).sum();
        writeln!(s, "  {:>8}  {} more that make 80 %", share(sum), part.rows.len() - ROWS_MOST)?;
    }
    let held: f64 = part.rows.iter().map(|r| r.touched).sum();
    writeln!(s, "  {:>8}  the rest, {}", share(part.rest), counted(part.rest_nodes, "node", "nodes"))?;
    writeln!(
        s,
        "  {} in {} + {} in the rest = {}",
        share(held),
        counted(part.rows.len() as u64, "row", "rows"),
        share(part.rest),
        share(held + part.rest)
    )
}

fn chain_line(s: &mut String, chain: &Chain) -> std::fmt::Result {
    writeln!(s, "            {} of the purchases by {}", share(chain.share), chain.names.join(" <- "))
}

fn dark(s: &mut String, u: &Up) -> std::fmt::Result {
    writeln!(s, "\nWhere it goes dark: {}", share(u.unseen))?;
    for d in &u.dark {
        let basis = match d.basis {
            "origin" => "an origin",
            "no_links" => "no supplier recorded",
            "assumed" => "assumed by kind",
            _ => "stated or recorded",
        };
        writeln!(
            s,
            "  {:>8}  {}; mapped {} ({basis})",
            share(d.unseen),
            whose(&d.node_id, &d.name, &d.kind, d.country.as_deref()),
            share(d.mapped)
        )?;
        writeln!(s, "            ask: {}", d.ask)?;
        if let Some(chain) = d.chain.as_ref().filter(|c| c.names.len() > 1) {
            chain_line(s, chain)?;
        }
    }
    if u.dark_rest_nodes > 0 {
        writeln!(s, "  {:>8}  the rest, {}", share(u.dark_rest), counted(u.dark_rest_nodes, "node", "nodes"))?;
    }
    Ok(())
}

fn write_down(s: &mut String, d: &Down) -> std::fmt::Result {
    let norm = words(d.norm);
    writeln!(s, "{}", whose(&d.node_id, &d.name, &d.kind, d.country.as_deref()))?;
    writeln!(s, "Downstream, {norm}; {}", rule_words(d.mapped_rule))?;
    if let Some(p) = d.probability {
        let basis = if d.on_evidence { "on evidence" } else { "by context alone: no claim about its goods" };
        let people = d.people.map_or_else(String::new, |p| format!("; {} people", grouped(p.round() as u64)));
        writeln!(s, "At the place: {norm} {}, {basis}{people}", share(p))?;
    }
    writeln!(s)?;
    if d.reached.is_empty() {
        writeln!(s, "Its goods reach no company under assessment along the recorded links.")?;
    } else {
        writeln!(s, "Companies under assessment that its goods reach (parts of one unit of each one's purchases)")?;
    }
    for r in &d.reached {
        company(s, r)?;
    }
    if d.not_reached > 0 && !d.reached.is_empty() {
        writeln!(s, "  not reached: {} under assessment", counted(d.not_reached, "company", "companies"))?;
    }
    if d.buyers.is_empty() {
        return writeln!(s, "\nNobody is recorded to buy from it.");
    }
    writeln!(s, "\nDirect buyers (all links merged): the part of each one's purchases that comes from here")?;
    for b in d.buyers.iter().take(BUYERS_MOST) {
        let products = if b.products.is_empty() { "product not stated".to_owned() } else { format!("product {}", b.products.join(", ")) };
        writeln!(s, "  {:>8}  {}; {products}", share(b.share_of_purchases), whose(&b.node_id, &b.name, &b.kind, b.country.as_deref()))?;
    }
    if d.buyers.len() > BUYERS_MOST {
        writeln!(s, "  ... and {} more with --json", d.buyers.len() - BUYERS_MOST)?;
    }
    Ok(())
}

fn company(s: &mut String, r: &Reached) -> std::fmt::Result {
    let touched = r.touched_on_evidence + r.touched_by_context;
    let through = r.through_on_evidence + r.through_by_context;
    let of =
        |x: f64| if touched > 0.0 { format!("{} of all that is touched", share(x / touched)) } else { "nothing is touched".to_owned() };
    writeln!(s, "  {} ({}), {}: {} of its purchases comes through", r.name, r.focal_id, tier_words(r.tier), share(r.share))?;
    for chain in &r.chains {
        chain_line(s, chain)?;
    }
    writeln!(s, "      touched at the place itself: {} ({})", share(r.at_node), of(r.at_node))?;
    writeln!(
        s,
        "      touched there or further up, on ways through it: {} ({}); on evidence {}, by context {}",
        share(through),
        of(through),
        share(r.through_on_evidence),
        share(r.through_by_context)
    )?;
    differs(s, r.differs_by, "    ")
}
