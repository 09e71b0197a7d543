//! The split of every company's figures, gathered by part and node.

use super::joined::{Joined, Step};
use super::side::{FIGURES, Side};
use super::split::{LinkChange, Moves, NO_MOVE, link_changes, split};
use super::story::{Company, Figure, NodeIn, NodeMove, Part, PartOfMove};
use super::weights::moved;
use crate::base::{Result, Traced, par};
use crate::export::walk_rows::MappedRule;
use crate::schema::outputs::words::CHANGE_FIGURES;
use std::collections::BTreeMap;

/// One step on the way from the old result to the new one.
pub struct Hop {
    /// Numbers of the two results in the chain.
    pub from: usize,
    pub to: usize,
    /// The part that all it moves counts as; none: each move counts as what it is.
    pub all_is: Option<Part>,
    /// What a move of the prior counts as.
    pub context: Part,
    pub method_differs: bool,
}

/// Nodes of one part: as many as make this share of all its moves, and no more than so many.
const ROWS_SHARE: f64 = 0.8;
const ROWS_MOST: usize = 1000;
/// Links named in one cell.
const LINKS_NAMED: usize = 3;
/// A walk is solved to this defect; what two solves leave between them is no move.
const SOLVED_TO: f64 = 2e-9;

/// The companies of both ends of a chain of results, with the split of each figure.
///
/// # Errors
/// Only where a walk broke its own rules.
pub fn companies(chain: &[Side], hops: &[Hop]) -> Result<Vec<Company>> {
    let (Some(old), Some(new)) = (chain.first(), chain.last()) else { return Ok(Vec::new()) };
    let both: Vec<&str> = old.companies().filter(|id| new.places.get(*id).is_some_and(|p| p.focal)).collect();
    par::map_each(&both, |id| company(id, chain, hops, [old, new])).into_iter().collect()
}

/// A hop with the walks of one company on one set of vertices.
struct JoinedHop<'a> {
    hop: &'a Hop,
    sides: [&'a Side; 2],
    joined: Joined,
    /// By supplier: buyer, old weight, new weight of every link that changed.
    links: BTreeMap<usize, Vec<(usize, LinkChange)>>,
}

impl<'a> JoinedHop<'a> {
    fn new(hop: &'a Hop, sides: [&'a Side; 2], joined: Joined) -> Self {
        let mut links: BTreeMap<usize, Vec<(usize, LinkChange)>> = BTreeMap::new();
        for (buyer, (a, b)) in joined.steps[0].iter().zip(&joined.steps[1]).enumerate() {
            for change in link_changes(&a.row, &b.row).into_iter().filter(|c| c.old != c.new) {
                links.entry(change.supplier).or_default().push((buyer, change));
            }
        }
        JoinedHop { hop, sides, joined, links }
    }
}

fn company(id: &str, chain: &[Side], hops: &[Hop], ends: [&Side; 2]) -> Result<Company> {
    let join = |hop: &'_ Hop| {
        let (from, to) = (chain.get(hop.from)?, chain.get(hop.to)?);
        let joined = Joined::of(id, [from.walks.get(id)?, to.walks.get(id)?])?;
        Some((from, to, joined))
    };
    let mut joined: Vec<JoinedHop<'_>> = Vec::new();
    for hop in hops {
        match join(hop) {
            Some((from, to, j)) => joined.push(JoinedHop::new(hop, [from, to], j)),
            // A walk that is not kept: nothing of it is split.
            None => {
                joined.clear();
                break;
            }
        }
    }
    let tasks: Vec<(usize, Traced)> = (0..MappedRule::ALL.len()).flat_map(|r| Traced::ALL.map(|t| (r, t))).collect();
    let figures = par::map_each(&tasks, |(rule, traced)| figures_of(id, *rule, *traced, &joined, ends));
    let mut all = Vec::new();
    for figures in figures {
        all.extend(figures?);
    }
    let order = |f: &Figure| {
        let at = |list: &[&str], word: &str| list.iter().position(|w| *w == word);
        (at(&Traced::NAMES, f.norm), f.mapped_rule != MappedRule::Cautious.as_str(), at(&CHANGE_FIGURES, f.figure))
    };
    all.sort_by_key(order);
    Ok(Company { id: id.to_owned(), name: ends[1].name(id).to_owned(), figures: all })
}

fn figures_of(id: &str, rule: usize, traced: Traced, hops: &[JoinedHop<'_>], ends: [&Side; 2]) -> Result<Vec<Figure>> {
    let key = (id.to_owned(), traced as usize, rule);
    let (Some(old), Some(new)) = (ends[0].exposed.get(&key), ends[1].exposed.get(&key)) else { return Ok(Vec::new()) };
    let mut by_node: BTreeMap<&str, Moves> = BTreeMap::new();
    for JoinedHop { hop, sides, joined, .. } in hops {
        let node = |v: usize| joined.keys.get(v).and_then(|(node, _)| node.as_deref()).unwrap_or(id);
        let evidence = |v: usize| {
            let [a, b] = sides;
            moved(a.items_of(node(v)), b.items_of(node(v)), traced, hop.method_differs)
        };
        for (v, moves) in split(joined, traced, rule, hop.context, evidence)? {
            let sum = by_node.entry(node(v)).or_insert(NO_MOVE);
            for (sum, moves) in sum.iter_mut().zip(moves) {
                for (part, x) in Part::ALL.iter().zip(moves) {
                    sum[hop.all_is.unwrap_or(*part) as usize] += x;
                }
            }
        }
    }
    let is_cautious = rule == MappedRule::Cautious as usize;
    let one = |figure: &'static str| {
        let at: Vec<usize> = match figure {
            "touched" => vec![0, 1],
            name => FIGURES.iter().position(|f| *f == name).into_iter().collect(),
        };
        let sum = |figures: &[f64; FIGURES.len()]| at.iter().filter_map(|k| figures.get(*k)).sum::<f64>();
        let (was, is) = (sum(&old.figures), sum(&new.figures));
        let range = |e: &super::side::Exposed| match at.as_slice() {
            [k] => e.ranges.get(*k).copied().flatten(),
            _ => e.touched_range,
        };
        let ranges = (range(old), range(new));
        let mut parts: Vec<PartOfMove> = Vec::new();
        for part in Part::ALL {
            let at_node = |moves: &Moves| at.iter().filter_map(|k| moves.get(*k)).map(|m| m[part as usize]).sum::<f64>();
            let moves: Vec<(&str, f64)> = by_node.iter().map(|(id, m)| (*id, at_node(m))).filter(|(_, x)| *x != 0.0).collect();
            parts.extend(part_of(part, moves, is_cautious, |node| node_move(node, part, traced, rule, hops, ends)));
        }
        closed(&mut parts, is - was);
        Figure {
            norm: traced.as_str(),
            mapped_rule: MappedRule::ALL.get(rule).map_or("", |r| r.as_str()),
            figure,
            old: was,
            new: is,
            old_range: ranges.0,
            new_range: ranges.1,
            within_ranges: ranges.0.zip(ranges.1).map(|(a, b)| (b.0..=b.1).contains(&was) && (a.0..=a.1).contains(&is)),
            parts,
        }
    };
    Ok(CHANGE_FIGURES.into_iter().map(one).collect())
}

/// Gives what the parts leave of a move to whom it belongs: up to what a solve leaves open to the largest part, more to no part at all.
fn closed(parts: &mut Vec<PartOfMove>, change: f64) {
    let left = change - parts.iter().map(|p| p.change).sum::<f64>();
    if left == 0.0 {
        return;
    }
    let largest = parts.iter_mut().max_by(|a, b| a.change.abs().total_cmp(&b.change.abs()));
    match largest.filter(|_| left.abs() <= SOLVED_TO) {
        Some(part) => {
            part.change += left;
            part.rest += left;
        }
        None => parts.push(PartOfMove { part: Part::NotSplit, change: left, nodes: Vec::new(), rest: left, rest_nodes: 0 }),
    }
}

fn part_of(part: Part, mut moves: Vec<(&str, f64)>, named: bool, describe: impl Fn(&str) -> NodeMove) -> Option<PartOfMove> {
    if moves.is_empty() {
        return None;
    }
    let change: f64 = moves.iter().map(|(_, x)| x).sum();
    moves.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(b.0)));
    let all: f64 = moves.iter().map(|(_, x)| x.abs()).sum();
    let (mut told, mut listed) = (0.0, 0.0);
    let mut nodes = Vec::new();
    for (id, x) in moves.iter().take(if named { ROWS_MOST } else { 0 }) {
        if told >= ROWS_SHARE * all {
            break;
        }
        told += x.abs();
        listed += x;
        nodes.push(NodeMove { change: *x, ..describe(id) });
    }
    let rest_nodes = (moves.len() - nodes.len()) as u64;
    let rest = if rest_nodes == 0 { 0.0 } else { change - listed };
    Some(PartOfMove { part, change, nodes, rest, rest_nodes })
}

/// What is said of a node behind a part.
fn node_move(id: &str, part: Part, traced: Traced, rule: usize, hops: &[JoinedHop<'_>], ends: [&Side; 2]) -> NodeMove {
    let [old, new] = ends;
    let own = |hop: Option<&JoinedHop<'_>>, side: usize| {
        let joined = &hop?.joined;
        let steps = joined.steps.get(side)?;
        steps.get(joined.vertices_of(id).next()?).filter(|s| s.is_own).cloned()
    };
    let (was, is) = (own(hops.first(), 0), own(hops.last(), 1));
    let p = |s: &Option<Step>| s.as_ref().and_then(|s| s.believed.get(traced as usize)).map(|b| b.p);
    let mapped = |s: &Option<Step>| s.as_ref().and_then(|s| s.purchases.get(rule)).map(|x| x.mapped);
    let hop = hops.iter().find(|h| h.hop.all_is == Some(part)).or_else(|| hops.iter().find(|h| h.hop.all_is.is_none()));
    let place = new.places.get(id).or_else(|| old.places.get(id));
    NodeMove {
        id: id.to_owned(),
        name: place.map_or_else(|| id.to_owned(), |p| p.name.clone()),
        node_in: NodeIn::of(old.places.contains_key(id), new.places.contains_key(id)),
        change: 0.0,
        p: [p(&was), p(&is)],
        mapped: [mapped(&was), mapped(&is)],
        what: hop.map_or_else(String::new, |h| what(id, part, traced, rule, h)),
    }
}

/// What changed at a node, in words.
fn what(id: &str, part: Part, traced: Traced, rule: usize, hop: &JoinedHop<'_>) -> String {
    let [from, to] = hop.sides;
    let vertices = || hop.joined.vertices_of(id);
    let steps = |v: usize| hop.joined.steps[0].get(v).zip(hop.joined.steps[1].get(v));
    let believed = || vertices().find_map(steps).and_then(|(a, b)| a.believed.get(traced as usize).zip(b.believed.get(traced as usize)));
    let share = |name: &str, get: fn(&crate::export::kept_rows::Purchases) -> f64| {
        let of = |s: &Step| s.purchases.get(rule).map(get);
        let moved = vertices().filter_map(steps).map(|(a, b)| (of(a), of(b))).find(|(a, b)| a != b);
        moved.and_then(|(a, b)| a.zip(b)).map_or_else(String::new, |(a, b)| format!("{name} {} -> {}", percent(a), percent(b)))
    };
    match part {
        Part::Evidence => rows_said(from.items_of(id), to.items_of(id)),
        Part::Time | Part::Method => believed()
            .filter(|(a, b)| a.p != b.p)
            .map(|(a, b)| format!("probability {} -> {}", percent(a.p), percent(b.p)))
            .unwrap_or_else(|| links_said(id, hop)),
        Part::FirstSignal => match believed() {
            Some((_, b)) if b.on_evidence => "now on evidence, before by context alone".to_owned(),
            _ => "now by context alone, before on evidence".to_owned(),
        },
        Part::Context | Part::ContextAndMethod => believed().map_or_else(String::new, |(a, b)| {
            if a.prior == b.prior && a.origin != b.origin {
                return format!("prior of likely origins {} -> {}", percent(a.origin), percent(b.origin));
            }
            format!("before any report {} -> {}", percent(a.prior), percent(b.prior))
        }),
        Part::LinksAdded | Part::LinksLost | Part::LinksReweighted => links_said(id, hop),
        Part::Coverage => share("mapped", |x| x.mapped),
        Part::Exits => share("of it left after a finding", |x| x.left),
        Part::NotSplit => String::new(),
    }
}

/// Buyers whose link to a supplier is new, gone or re-weighted, the weightiest change first; of a published list that it leads here.
fn links_said(id: &str, hop: &JoinedHop<'_>) -> String {
    let joined = &hop.joined;
    let [from, to] = hop.sides;
    // What a company's list leads to is the company's own saying.
    let list = joined.list.filter(|_| joined.vertices_of(id).contains(&joined.start));
    let of = |v: usize| hop.links.get(&v).map_or(&[][..], Vec::as_slice);
    let mut changes: Vec<&(usize, LinkChange)> = joined.vertices_of(id).chain(list).flat_map(of).collect();
    let size = |c: &LinkChange| (c.new.unwrap_or(0.0) - c.old.unwrap_or(0.0)).abs();
    changes.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)).then_with(|| a.0.cmp(&b.0)));
    let all = changes.len();
    let buyer = |v: usize| match joined.keys.get(v) {
        Some((Some(node), heading)) => {
            let place = to.places.get(node).or_else(|| from.places.get(node));
            let name = place.map_or(node.as_str(), |p| p.name.as_str());
            heading.as_ref().map_or_else(|| name.to_owned(), |h| format!("{name} (as {h})"))
        }
        _ => "the published list".to_owned(),
    };
    let said = |(v, c): &&(usize, LinkChange)| match (c.old, c.new) {
        (None, Some(w)) => format!("new for {}, {} of what its links hold", buyer(*v), percent(w)),
        (Some(w), None) => format!("no longer for {}, {} of what its links held", buyer(*v), percent(w)),
        (Some(a), Some(b)) => format!("for {} {} -> {}", buyer(*v), percent(a), percent(b)),
        (None, None) => buyer(*v),
    };
    let mut words: Vec<String> = changes.iter().take(LINKS_NAMED).map(said).collect();
    if all > LINKS_NAMED {
        words.push(format!("{} more", all - LINKS_NAMED));
    }
    words.join("; ")
}

/// How many rows of a node are new, gone, or otherwise worth.
fn rows_said(old: &[super::side::Item], new: &[super::side::Item]) -> String {
    let mut counts: BTreeMap<&str, [i64; 2]> = BTreeMap::new();
    for (side, items) in [old, new].into_iter().enumerate() {
        for i in items.iter().filter(|i| i.used) {
            if let Some(slot) = counts.entry(i.key.as_str()).or_default().get_mut(side) {
                *slot += 1;
            }
        }
    }
    let (mut said, mut gone, mut fresh) = (Vec::new(), [0i64; 3], [0i64; 3]);
    for (key, [a, b]) in &counts {
        let kind = match key.split('\u{1f}').next() {
            Some("report") => 0,
            Some("look") => 1,
            _ => 2,
        };
        fresh[kind] += (b - a).max(0);
        gone[kind] += (a - b).max(0);
    }
    for (counts, word) in [(fresh, "new"), (gone, "gone")] {
        for (n, kind) in counts.into_iter().zip(["report", "look", "silence"]) {
            if n > 0 {
                said.push(format!("{n} {kind}{} {word}", if n == 1 { "" } else { "s" }));
            }
        }
    }
    if said.is_empty() { "the same rows, otherwise worth".to_owned() } else { said.join(", ") }
}

/// A share in percent, one decimal, two where it is small.
pub fn percent(x: f64) -> String {
    if x > 0.0 && x < 0.001 { format!("{:.3} %", 100.0 * x) } else { format!("{:.1} %", 100.0 * x) }
}
