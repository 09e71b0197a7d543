//! Suppliers that earlier results knew and the data no longer hold: a relation can end by a row that is left out (model 2, "Exits").
//!
//! A supply link that was in force in an earlier result and of which the data hold no row now, of the same buyer, supplier and disclosure, ended on the
//! day of the latest of those results: it is put among the links as one that is no longer in force, and whether leaving was an exit is decided
//! as for any other. Its size is its part of the buyer's purchases then, in the measure in which the buyer's links in force are told now: shares,
//! or values; else alike. A supplier or buyer that is no node any more cannot be placed, and is counted.

use crate::base::{Date, Error, NodeIx, Period, Result};
use crate::export::{read_all, read_manifest};
use crate::graph::exits::is_trade;
use crate::graph::in_force::{Placed, Use, put_in_order};
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

/// Who buys from whom, in whose disclosure.
type Pair = (NodeIx, Option<NodeIx>, NodeIx);

/// Puts links of earlier results that the data no longer hold among the links, as ended.
///
/// # Errors
/// A folder that is no result, or one of a later day than the assessment.
pub fn put_back(earlier: &[PathBuf], inputs: &mut Inputs, resolution: &Resolution, as_of: Date, links: &mut Vec<Placed>) -> Result<Absent> {
    let mut absent = Absent::default();
    if earlier.is_empty() {
        return Ok(absent);
    }
    let mut results: Vec<(Date, String, &Path)> = earlier.iter().map(|path| day_of(path, as_of)).collect::<Result<_>>()?;
    results.sort();
    let shown: BTreeMap<&str, NodeIx> = (0..).map(NodeIx).zip(&resolution.nodes).map(|(i, n)| (&*n.shown_id, i)).collect();
    let find = |id: &str| resolution.find(id).or_else(|| shown.get(id).copied());
    let mut told: BTreeSet<Pair> = links.iter().filter(|l| is_trade(l)).map(|l| (l.buyer, l.scope, l.supplier)).collect();
    let mut added: Vec<Placed> = Vec::new();
    let mut unplaced: BTreeSet<[String; 3]> = BTreeSet::new();
    // The latest result in which a relation stood says when it ended.
    for (day, hash, path) in results.iter().rev() {
        absent.results.push(format!("{day} {hash}"));
        let mut found: Vec<Placed> = Vec::new();
        for row in read_all(path, &LINKS)?.iter() {
            let relation = match row.text("relation") {
                Some("supplies") => Relation::Supplies,
                Some("subcontracts") => Relation::Subcontracts,
                Some("recruits") => Relation::Recruits,
                _ => continue,
            };
            let (Some(true), Some(weight)) = (row.bool("in_force"), row.float("weight")) else { continue };
            let (supplier, buyer) = (row.text("supplier_id").unwrap_or(""), row.text("buyer_id").unwrap_or(""));
            let scope = row.text("scope");
            let (Some(s), Some(b), Some(scope)) = (find(supplier), find(buyer), scope.map_or(Some(None), |id| find(id).map(Some))) else {
                unplaced.insert([supplier, buyer, scope.unwrap_or("")].map(str::to_owned));
                continue;
            };
            if s != b && !told.contains(&(b, scope, s)) {
                found.push(Placed {
                    supplier: s,
                    buyer: b,
                    relation,
                    product: row.text("product").map(|text| inputs.ids.intern(text)),
                    value: None,
                    quantity: None,
                    unit: None,
                    // Its part of the purchases for now; `sized` says what it comes to.
                    share: Some(weight),
                    basis: Basis::Declared,
                    scope,
                    valid: Some(Period { from: OPEN_START, to: *day }),
                    last_consigned: None,
                    told_again: false,
                    use_: Use::NotInForce,
                });
            }
        }
        told.extend(found.iter().map(|l| (l.buyer, l.scope, l.supplier)));
        added.extend(found);
    }
    absent.results.reverse();
    sized(&mut added, links);
    absent.links = added.len() as u64;
    absent.unplaced = unplaced.len() as u64;
    links.extend(added);
    put_in_order(links, inputs);
    Ok(absent)
}

fn day_of(path: &Path, as_of: Date) -> Result<(Date, String, &Path)> {
    let at = path.display().to_string();
    let Some(manifest) = read_manifest(path)? else {
        return Err(Error::settings("--previous", format!("{at} holds no run.json of onus"), "give a result folder of `onus assess`"));
    };
    let Some(day) = Date::parse(&manifest.stamp.as_of) else {
        return Err(Error::settings("--previous", format!("{at} bears no day"), "give a result of a dated assessment"));
    };
    if day > as_of {
        let found = format!("{at} is of {day}, after the day of this assessment, {as_of}");
        return Err(Error::settings("--previous", found, "give earlier results"));
    }
    Ok((day, manifest.stamp.dataset.hash, path))
}

/// Turns parts of the purchases of then into the measure of the buyer's links in force now.
fn sized(added: &mut [Placed], links: &[Placed]) {
    let mut gone: BTreeMap<(NodeIx, Option<NodeIx>), f64> = BTreeMap::new();
    for l in added.iter() {
        *gone.entry((l.buyer, l.scope)).or_default() += l.share.unwrap_or(0.0);
    }
    /// Links, and sums of shares and of values where every link has one.
    #[derive(Default)]
    struct Now {
        links: u32,
        shares: Option<f64>,
        values: Option<f64>,
    }
    let mut now: BTreeMap<(NodeIx, Option<NodeIx>), Now> = BTreeMap::new();
    for l in links.iter().filter(|l| l.use_ == Use::Supply && gone.contains_key(&(l.buyer, l.scope))) {
        let sum = now.entry((l.buyer, l.scope)).or_default();
        let add = |sum: Option<f64>, x: Option<f64>, first: bool| if first { x } else { sum.zip(x).map(|(a, b)| a + b) };
        sum.shares = add(sum.shares, l.share, sum.links == 0);
        sum.values = add(sum.values, l.value, sum.links == 0);
        sum.links += 1;
    }
    for l in added {
        let key = (l.buyer, l.scope);
        let weight = l.share.take().unwrap_or(0.0);
        let left = 1.0 - gone.get(&key).copied().unwrap_or(0.0).min(1.0);
        match now.get(&key) {
            // What is left now is what was left then.
            Some(Now { shares: Some(all), .. }) if left > 0.0 => l.share = Some((all * weight / left).min(1.0)),
            Some(Now { values: Some(all), .. }) if left > 0.0 => l.value = Some(all * weight / left),
            Some(_) => {}
            None => l.value = Some(weight),
        }
    }
}
