//! Suppliers that earlier results knew and the data no longer hold: a relation can end by a row that is left out (model 2, "Exits").
//!
//! A supply link that was in force in an earlier result and of which the data hold no row now, of the same buyer, supplier and disclosure, ended on the
//! day of the latest of those results: it is put among the links as one that is no longer in force, and whether leaving was an exit is decided
//! as for any other. Its size is its part of the buyer's purchases then beside what the buyer still buys, in the measure in which that is told: shares,
//! or values. What consignments alone told of ends by no row: that they stop says nothing. A supplier or buyer that is no node any more
//! cannot be placed, and is counted.

use crate::base::{Date, Error, NodeIx, Period, Result};
use crate::export::rows::{LinkBasis, relation_word};
use crate::export::{read_all, read_manifest};
use crate::graph::in_force::{Placed, Use, put_in_order};
use crate::graph::weights::middle;
use crate::resolve::Resolution;
use crate::schema::outputs::LINKS;
use crate::validate::Inputs;
use crate::validate::inputs::{Basis, OPEN_START, Relation};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What earlier results added.
#[derive(Clone, Debug, Default)]
pub struct Absent {
    /// Each result: its day and the hash of its dataset, by day.
    pub results: Vec<String>,
    /// Links put back as ended.
    pub links: u64,
    /// Links of which an end is no node any more.
    pub unplaced: u64,
}

/// Relations that can carry the walk.
const TRADED: [Relation; 3] = [Relation::Supplies, Relation::Subcontracts, Relation::Recruits];

/// Who buys from whom, in whose disclosure.
type Pair = (NodeIx, Option<NodeIx>, NodeIx);

/// A link of an earlier result, with its part of the buyer's purchases in that disclosure and in all as one.
struct Gone {
    link: Placed,
    day: Date,
    part: f64,
    merged: f64,
}

/// Puts links of earlier results that the data no longer hold among the links, as ended.
///
/// # Errors
/// A folder that is no result, or one of a later day than the assessment.
pub fn put_back(earlier: &[PathBuf], inputs: &mut Inputs, resolution: &Resolution, links: &mut Vec<Placed>) -> Result<Absent> {
    let mut absent = Absent::default();
    if earlier.is_empty() {
        return Ok(absent);
    }
    let mut results: Vec<(Date, String, &Path)> = earlier.iter().map(|path| day_of(path, inputs.as_of)).collect::<Result<_>>()?;
    results.sort();
    let shown: BTreeMap<&str, NodeIx> = (0..).map(NodeIx).zip(&resolution.nodes).map(|(i, n)| (&*n.shown_id, i)).collect();
    let find = |id: &str| resolution.find(id).or_else(|| shown.get(id).copied());
    // Whatever the data still say of the two, they have not fallen silent.
    let speaks = |l: &&Placed| l.relation != Relation::Owns && l.supplier != l.buyer;
    let mut told: BTreeSet<Pair> = links.iter().filter(speaks).map(|l| (l.buyer, l.scope, l.supplier)).collect();
    let mut added: Vec<Gone> = Vec::new();
    let mut unplaced: BTreeSet<[String; 3]> = BTreeSet::new();
    // The latest result in which a relation stood says when it ended.
    for (day, hash, path) in results.iter().rev() {
        absent.results.push(format!("{day} {hash}"));
        let mut found: Vec<Gone> = Vec::new();
        for row in read_all(path, &LINKS)?.iter() {
            let is_told = |r: &Relation| row.text("relation") == Some(relation_word(*r));
            let Some(relation) = TRADED.into_iter().find(is_told) else { continue };
            let part = |column: &str| row.float(column).filter(|w| *w > 0.0 && *w <= 1.0);
            let (Some(true), Some(weight)) = (row.bool("in_force"), part("weight")) else { continue };
            if row.text("basis") == Some(LinkBasis::Shipment.as_str()) {
                continue;
            }
            let (supplier, buyer) = (row.text("supplier_id").unwrap_or(""), row.text("buyer_id").unwrap_or(""));
            let scope = row.text("scope");
            let (Some(s), Some(b), Some(scope)) = (find(supplier), find(buyer), scope.map_or(Some(None), |id| find(id).map(Some))) else {
                unplaced.insert([supplier, buyer, scope.unwrap_or("")].map(str::to_owned));
                continue;
            };
            if s != b && !told.contains(&(b, scope, s)) {
                let link = Placed {
                    supplier: s,
                    buyer: b,
                    relation,
                    product: row.text("product").map(|text| inputs.ids.intern(text)),
                    value: None,
                    quantity: None,
                    unit: None,
                    share: None,
                    basis: Basis::Declared,
                    scope,
                    valid: Some(Period { from: OPEN_START, to: *day }),
                    last_consigned: None,
                    told_again: false,
                    use_: Use::NotInForce,
                };
                found.push(Gone { link, day: *day, part: weight, merged: part("weight_merged").unwrap_or(weight) });
            }
        }
        told.extend(found.iter().map(|g| (g.link.buyer, g.link.scope, g.link.supplier)));
        added.extend(found);
    }
    absent.results.reverse();
    sized(&mut added, links);
    absent.links = added.len() as u64;
    absent.unplaced = unplaced.len() as u64;
    links.extend(added.into_iter().map(|g| g.link));
    put_in_order(links, inputs);
    Ok(absent)
}

fn day_of(path: &Path, as_of: Option<Date>) -> Result<(Date, String, &Path)> {
    let at = path.display().to_string();
    let Some(manifest) = read_manifest(path)? else {
        return Err(Error::settings("--previous", format!("{at} holds no run.json of onus"), "give a result folder of `onus assess`"));
    };
    let Some(day) = Date::parse(&manifest.stamp.as_of) else {
        return Err(Error::settings("--previous", format!("{at} bears no day"), "give a result of a dated assessment"));
    };
    let Some(as_of) = as_of else {
        let found = format!("the data bear no day, and {at} is of {day}");
        return Err(Error::settings("--previous", found, "say the day of this assessment by --as-of"));
    };
    if day > as_of {
        let found = format!("{at} is of {day}, after the day of this assessment, {as_of}");
        return Err(Error::settings("--previous", found, "give earlier results"));
    }
    Ok((day, manifest.stamp.dataset.hash, path))
}

/// What a buyer still buys: how many links, and shares and values with the middle one in the place of those that are missing.
#[derive(Default)]
struct Still {
    shares: Vec<f64>,
    values: Vec<f64>,
    links: usize,
}

impl Still {
    fn add(&mut self, l: &Placed) {
        self.shares.extend(l.share.filter(|s| *s > 0.0));
        self.values.extend(l.value.filter(|v| *v > 0.0));
        self.links += 1;
    }

    /// Sum over all links, the middle of those known at the others, as rows are weighed.
    fn sum(&self, known: &[f64]) -> f64 {
        let at_others = middle(known.to_vec()).unwrap_or(0.0);
        known.iter().sum::<f64>() + at_others * (self.links - known.len()) as f64
    }
}

/// What is left of a buyer's purchases of then, no less than this part: where all is gone, it is all but nothing.
const LEAST: f64 = 1e-6;

/// Gives links of then the size that they have beside what the buyer still buys.
fn sized(added: &mut [Gone], links: &[Placed]) {
    let mut gone: BTreeMap<(NodeIx, Option<NodeIx>, Date), f64> = BTreeMap::new();
    let mut gone_of_all: BTreeMap<(NodeIx, Date), f64> = BTreeMap::new();
    for g in added.iter() {
        *gone.entry((g.link.buyer, g.link.scope, g.day)).or_default() += g.part;
        *gone_of_all.entry((g.link.buyer, g.day)).or_default() += g.merged;
    }
    let buyers: BTreeSet<NodeIx> = added.iter().map(|g| g.link.buyer).collect();
    let mut still: BTreeMap<(NodeIx, Option<NodeIx>), Still> = BTreeMap::new();
    let mut still_of_all: BTreeMap<NodeIx, Still> = BTreeMap::new();
    for l in links.iter().filter(|l| l.use_ == Use::Supply && buyers.contains(&l.buyer)) {
        still.entry((l.buyer, l.scope)).or_default().add(l);
        still_of_all.entry(l.buyer).or_default().add(l);
    }
    // The latest first: what was bought beside a link on its last day is what is bought now and what went later.
    added.sort_by_key(|g| std::cmp::Reverse(g.day));
    let mut later: BTreeMap<(NodeIx, Option<NodeIx>), f64> = BTreeMap::new();
    for one_day in added.chunk_by_mut(|a, b| a.day == b.day) {
        let mut gone_today: Vec<((NodeIx, Option<NodeIx>), f64)> = Vec::new();
        for g in one_day {
            let l = &mut g.link;
            let key = (l.buyer, l.scope);
            let (now, part, all) = match (still.get(&key), still_of_all.get(&l.buyer)) {
                (Some(now), _) => (now, g.part, gone.get(&(l.buyer, l.scope, g.day))),
                // The disclosure is gone as a whole: beside the others it is as large as it was beside them.
                (None, Some(now)) => (now, g.merged, gone_of_all.get(&(l.buyer, g.day))),
                (None, None) => {
                    l.value = Some(g.part);
                    continue;
                }
            };
            let size = part / (1.0 - all.copied().unwrap_or(0.0)).max(LEAST);
            let beside = later.get(&key).copied().unwrap_or(0.0);
            let by_share = !now.shares.is_empty() && now.shares.len() >= now.values.len();
            if !by_share && now.values.is_empty() {
                continue;
            }
            let amount = (now.sum(if by_share { &now.shares } else { &now.values }) + beside) * size;
            *(if by_share { &mut l.share } else { &mut l.value }) = Some(amount);
            gone_today.push((key, amount));
        }
        for (key, amount) in gone_today {
            *later.entry(key).or_default() += amount;
        }
    }
}
