//! What happened between two results beside the figures: findings, signals, alerts, relations that were cut, places among the first, nodes, records.

use super::companies::percent;
use super::side::{HEAD, Item, Side};
use super::story::{Happened, Thing, Way};
use std::collections::{BTreeMap, BTreeSet};

/// Said of a place of the old result that the new one does not know: nothing is known to have changed there.
const GONE: &str = "the data no longer hold the place";

/// Everything that happened, by thing and way, the likeliest places first.
pub fn happened(old: &Side, new: &Side) -> Vec<Happened> {
    let sides = [old, new];
    let mut all = Vec::new();
    findings(sides, &mut all);
    signals(sides, &mut all);
    stale(sides, &mut all);
    alerts(sides, &mut all);
    cut_links(sides, &mut all);
    first(sides, &mut all);
    nodes(sides, &mut all);
    records(sides, &mut all);
    let any = |h: &Happened| new.places.get(&h.node_id).or_else(|| old.places.get(&h.node_id)).map_or(0.0, |p| p.any);
    all.sort_by(|a, b| {
        let key = |h: &Happened| (h.thing, h.way);
        let rest = |h: &Happened| (h.node_id.clone(), h.norm.clone(), h.other_id.clone());
        key(a).cmp(&key(b)).then_with(|| any(b).total_cmp(&any(a))).then_with(|| rest(a).cmp(&rest(b)))
    });
    all
}

fn entry(sides: [&Side; 2], thing: Thing, way: Way, id: &str) -> Happened {
    let [old, new] = sides;
    let place = new.places.get(id).or_else(|| old.places.get(id));
    Happened {
        thing,
        way,
        node_id: id.to_owned(),
        name: place.map_or_else(String::new, |p| p.name.clone()),
        norm: None,
        other_id: None,
        old: None,
        new: None,
        what: String::new(),
    }
}

/// A name for a sentence: the id where there is none.
fn called(h: &Happened) -> &str {
    if h.name.is_empty() { &h.node_id } else { &h.name }
}

fn findings(sides: [&Side; 2], all: &mut Vec<Happened>) {
    let [old, new] = sides;
    let keys: BTreeSet<&(String, String)> = old.found.keys().chain(new.found.keys()).collect();
    for key in keys {
        let (was, is) = (old.found.get(key), new.found.get(key));
        let strength = |level: &str| usize::from(level == "indicated");
        let way = match (was, is) {
            (None, _) => Way::New,
            (_, None) => Way::Gone,
            (Some(a), Some(b)) if a.level == b.level && a.rule == b.rule => continue,
            (Some(a), Some(b)) => match strength(&b.level).cmp(&strength(&a.level)) {
                std::cmp::Ordering::Greater => Way::Up,
                std::cmp::Ordering::Less => Way::Down,
                std::cmp::Ordering::Equal => Way::Other,
            },
        };
        let mut h = entry(sides, Thing::Finding, way, &key.0);
        h.norm = Some(key.1.clone());
        h.old = was.map(|f| f.level.clone());
        h.new = is.map(|f| f.level.clone());
        let norm = key.1.replace('_', " ");
        h.what = match (was, is) {
            (None, Some(b)) => format!("{}: {norm} is {} by rule {}, new", called(&h), b.level, b.rule),
            (Some(a), None) if new.places.contains_key(&key.0) => {
                format!("{}: {norm} was {} by rule {}; no rule finds it now", called(&h), a.level, a.rule)
            }
            (Some(a), None) => format!("{}: {norm} was {}; {GONE}", called(&h), a.level),
            (Some(a), Some(b)) if a.level == b.level => format!("{}: {norm} stays {}, now by rule {}", called(&h), b.level, b.rule),
            (Some(a), Some(b)) => format!("{}: {norm} was {}, is {}", called(&h), a.level, b.level),
            (None, None) => continue,
        };
        all.push(h);
    }
}

fn signals(sides: [&Side; 2], all: &mut Vec<Happened>) {
    let norms = |side: &Side| -> BTreeSet<(String, String)> {
        side.places.iter().flat_map(|(id, p)| p.signal_norms.iter().map(move |n| (id.clone(), n.clone()))).collect()
    };
    let [was, is] = sides.map(norms);
    for (id, norm) in was.symmetric_difference(&is) {
        let way = if is.contains(&(id.clone(), norm.clone())) { Way::New } else { Way::Gone };
        let mut h = entry(sides, Thing::Signal, way, id);
        let said = norm.replace('_', " ");
        h.what = match way {
            Way::New => format!("{}: reports from the very site now make a signal of {said}", called(&h)),
            _ if sides[1].places.contains_key(id) => format!("{}: reports no longer make a signal of {said}", called(&h)),
            _ => format!("{}: reports made a signal of {said}; {GONE}", called(&h)),
        };
        h.norm = Some(norm.clone());
        all.push(h);
    }
}

/// Whether every report that counts is older than its half-life; none where no report counts.
fn is_stale(items: &[Item]) -> Option<bool> {
    let mut reports = items.iter().filter(|i| i.is_report && i.used).peekable();
    reports.peek()?;
    Some(reports.all(|i| i.age_days > i.half_life_days))
}

fn stale(sides: [&Side; 2], all: &mut Vec<Happened>) {
    let [old, new] = sides;
    for (id, items) in &new.items {
        if is_stale(items) != Some(true) || !new.places.get(id).is_some_and(|p| p.speaks()) || is_stale(old.items_of(id)) == Some(true) {
            continue;
        }
        let newest = items.iter().filter(|i| i.is_report && i.used).map(|i| i.age_days).fold(f64::INFINITY, f64::min);
        let mut h = entry(sides, Thing::Stale, Way::New, id);
        h.new = Some(format!("{newest:.0} days"));
        h.what = format!("{}: every report is older than its half-life, the newest {newest:.0} days", called(&h));
        all.push(h);
    }
}

fn alerts(sides: [&Side; 2], all: &mut Vec<Happened>) {
    let on = |side: &Side| -> BTreeSet<String> { side.places.iter().filter(|(_, p)| p.alert).map(|(id, _)| id.clone()).collect() };
    let [was, is] = sides.map(on);
    for id in was.symmetric_difference(&is) {
        let way = if is.contains(id) { Way::New } else { Way::Gone };
        let mut h = entry(sides, Thing::Alert, way, id);
        h.what = match way {
            Way::New => format!("{}: new among the alerts", called(&h)),
            _ if sides[1].places.contains_key(id) => format!("{}: no longer among the alerts", called(&h)),
            _ => format!("{}: was among the alerts; {GONE}", called(&h)),
        };
        all.push(h);
    }
}

/// Buyers that left a supplier of which a rule or a signal spoke in the old result. Where the new data do not hold one of the
/// two, nobody is known to have left.
fn cut_links(sides: [&Side; 2], all: &mut Vec<Happened>) {
    let [old, new] = sides;
    for ((buyer, supplier), weight) in &old.traded {
        let spoke = old.places.get(supplier).filter(|p| p.speaks());
        let both_here = [buyer, supplier].iter().all(|id| new.places.contains_key(*id));
        if spoke.is_none() || !both_here || new.traded.contains_key(&(buyer.clone(), supplier.clone())) {
            continue;
        }
        let state = spoke.map_or("", |p| p.state.as_str()).replace('_', " ");
        let mut h = entry(sides, Thing::CutLink, Way::Gone, supplier);
        let left = |side: &Side| side.left.get(buyer).copied().unwrap_or(0.0);
        let buyer_name = new.name(buyer);
        let exit = match (left(old), left(new)) {
            (a, b) if b > a => {
                format!("{} of what that buyer has mapped now counts as exited after a finding, {} before", percent(b), percent(a))
            }
            _ => "it does not count as exited".to_owned(),
        };
        h.old = Some(format!("{} of the buyer's purchases", percent(*weight)));
        h.new = Some(exit.clone());
        h.what = format!("{buyer_name} no longer buys from {} ({state}; {} of its purchases before): {exit}", called(&h), percent(*weight));
        h.other_id = Some(buyer.clone());
        all.push(h);
    }
}

fn first(sides: [&Side; 2], all: &mut Vec<Happened>) {
    let ranks = |side: &Side| -> BTreeMap<String, u32> { side.first.iter().map(|(rank, id)| (id.clone(), *rank)).collect() };
    let [was, is] = sides.map(ranks);
    let ids: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    for id in ids {
        let (a, b) = (was.get(id), is.get(id));
        let way = match (a, b) {
            (None, _) => Way::New,
            (_, None) => Way::Gone,
            _ => continue,
        };
        let mut h = entry(sides, Thing::First20, way, id);
        h.old = a.map(ToString::to_string);
        h.new = b.map(ToString::to_string);
        h.what = match (a, b) {
            (_, Some(b)) => format!("{}: new among the first {HEAD} of the register, at {b}", called(&h)),
            (Some(a), _) if sides[1].places.contains_key(id) => {
                format!("{}: no longer among the first {HEAD} of the register, {a} before", called(&h))
            }
            (Some(a), _) => format!("{}: was {a} in the register; {GONE}", called(&h)),
            _ => continue,
        };
        all.push(h);
    }
}

fn nodes(sides: [&Side; 2], all: &mut Vec<Happened>) {
    let [old, new] = sides;
    let ids: BTreeSet<&String> = old.places.keys().chain(new.places.keys()).collect();
    for id in ids {
        let (was, is) = (old.places.get(id), new.places.get(id));
        match (was, is) {
            (None, Some(place)) => {
                let mut h = entry(sides, Thing::Node, Way::New, id);
                h.new = Some(place.kind.clone());
                h.what = format!("{} ({}): new in the data", called(&h), place.kind);
                all.push(h);
            }
            (Some(place), None) => {
                let mut h = entry(sides, Thing::Node, Way::Gone, id);
                h.old = Some(place.kind.clone());
                h.what = format!("{} ({}): no longer in the data", called(&h), place.kind);
                all.push(h);
            }
            (Some(a), Some(b)) => {
                let told = |what: &str, a: &str, b: &str| (a != b).then(|| format!("{what} {} -> {}", or_none(a), or_none(b)));
                let people = |p: Option<f64>| p.map_or_else(String::new, |n| format!("{n:.0}"));
                let changed: Vec<String> = [
                    told("kind", &a.kind, &b.kind),
                    told("country", &a.country, &b.country),
                    told("product", &a.product, &b.product),
                    told("people", &people(a.people), &people(b.people)),
                ]
                .into_iter()
                .flatten()
                .collect();
                if !changed.is_empty() {
                    let mut h = entry(sides, Thing::Node, Way::Other, id);
                    h.what = format!("{}: {}", called(&h), changed.join("; "));
                    all.push(h);
                }
            }
            (None, None) => {}
        }
        let focal = |place: Option<&super::side::Place>| place.is_some_and(|p| p.focal);
        if focal(was) != focal(is) {
            let way = if focal(is) { Way::New } else { Way::Gone };
            let mut h = entry(sides, Thing::Company, way, id);
            h.what = match way {
                Way::New => format!("{}: assessed in the new result alone, so that nothing of it is compared", called(&h)),
                _ => format!("{}: assessed in the old result alone, so that nothing of it is compared", called(&h)),
            };
            all.push(h);
        }
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// Records that were one node with others in one result and are not so, or with others, in the other.
fn records(sides: [&Side; 2], all: &mut Vec<Happened>) {
    let [old, new] = sides;
    let node = |side: &Side, record: &str| -> Option<String> {
        side.records.get(record).cloned().or_else(|| side.places.contains_key(record).then(|| record.to_owned()))
    };
    let ids: BTreeSet<&String> = old.records.keys().chain(new.records.keys()).collect();
    for record in ids {
        let (Some(a), Some(b)) = (node(old, record), node(new, record)) else { continue };
        if a != b {
            let mut h = entry(sides, Thing::Record, Way::Other, &b);
            h.other_id = Some(record.clone());
            h.what = format!("record {record} told of {a}, now of {b}: what moves at the two nodes may be the merge alone");
            h.old = Some(a);
            h.new = Some(b);
            all.push(h);
        }
    }
}
