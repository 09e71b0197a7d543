//! Which records are one node: first by what somebody decided, then by identifiers, never by likeness.
//!
//! Records are joined in an order that their content alone gives. A decision "different" keeps two records apart whatever joins the rest:
//! what would bring them together is not done and is said.

use super::identity::{self, Identifier};
use crate::base::holdings::{looks_person_operated, shown_as};
use crate::base::{Diagnostic, Locator, Symbol};
use crate::mapping::fold;
use crate::schema::Code;
use crate::schema::codes as c;
use crate::validate::Inputs;
use crate::validate::inputs::{DecisionRow, NodeRow, RowRef};
use std::collections::{BTreeMap, BTreeSet};

/// Why a record belongs to its node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// The record whose id the node has.
    Own,
    /// An identifier that another record of the node has, too: scheme and value.
    Identifier(String),
    /// The row of a decision.
    Decision(RowRef),
}

/// Records joined.
#[derive(Debug, Default)]
pub struct Joined {
    /// The records of each node with more than one, by position in `Inputs::nodes`, sorted; with why each belongs.
    pub clusters: Vec<Vec<(usize, Why)>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The newest decision on each pair; on one day, "different" stands before "same".
pub fn decisions(inputs: &Inputs) -> BTreeMap<(Symbol, Symbol), &DecisionRow> {
    let mut newest: BTreeMap<(Symbol, Symbol), &DecisionRow> = BTreeMap::new();
    for row in &inputs.decisions {
        let rank = |d: &DecisionRow| (d.decided_on, !d.same, std::cmp::Reverse(d.row));
        newest.entry((row.left, row.right)).and_modify(|known| *known = if rank(row) > rank(known) { row } else { known }).or_insert(row);
    }
    newest
}

/// Sets of records that grow together, each with the records it must not meet.
struct Sets {
    parent: Vec<u32>,
    members: BTreeMap<u32, Vec<u32>>,
    apart: BTreeMap<u32, BTreeSet<u32>>,
}

impl Sets {
    fn find(&mut self, mut at: u32) -> u32 {
        while let Some(up) = self.parent.get(at as usize).copied().filter(|up| *up != at) {
            let next = self.parent.get(up as usize).copied().unwrap_or(up);
            if let Some(slot) = self.parent.get_mut(at as usize) {
                *slot = next;
            }
            at = up;
        }
        at
    }

    /// Joins two sets unless somebody keeps a pair of theirs apart: then gives that pair.
    fn join(&mut self, a: u32, b: u32) -> Result<bool, (u32, u32)> {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return Ok(false);
        }
        let left = self.members.remove(&a).unwrap_or_else(|| vec![a]);
        let right = self.members.remove(&b).unwrap_or_else(|| vec![b]);
        // Whatever is kept apart is kept apart from both sides, so the smaller side tells all.
        let (few, others) = if left.len() <= right.len() { (&left, b) } else { (&right, a) };
        let mut met = None;
        for one in few {
            let apart: Vec<u32> = self.apart.get(one).into_iter().flatten().copied().collect();
            met = met.or_else(|| apart.into_iter().find(|x| self.find(*x) == others).map(|x| (*one, x)));
        }
        if let Some(pair) = met {
            self.members.insert(a, left);
            self.members.insert(b, right);
            return Err(pair);
        }
        let (root, gone) = if a < b { (a, b) } else { (b, a) };
        if let Some(slot) = self.parent.get_mut(gone as usize) {
            *slot = root;
        }
        let (mut all, few) = if left.len() >= right.len() { (left, right) } else { (right, left) };
        all.extend(few);
        self.members.insert(root, all);
        Ok(true)
    }
}

/// Joins the records of a dataset.
pub fn join(inputs: &Inputs, identifiers: &[Vec<Identifier>]) -> Joined {
    // Only decisions ask for a record by its id.
    let asked = if inputs.decisions.is_empty() { &[][..] } else { &inputs.nodes[..] };
    let at: BTreeMap<Symbol, u32> = asked.iter().zip(0..).map(|(n, i)| (n.id, i)).collect();
    let mut sets = Sets { parent: (0..inputs.nodes.len() as u32).collect(), members: BTreeMap::new(), apart: BTreeMap::new() };
    let decided = decisions(inputs);
    let pair = |d: &DecisionRow| at.get(&d.left).copied().zip(at.get(&d.right).copied());
    for row in decided.values().filter(|d| !d.same) {
        if let Some((a, b)) = pair(row) {
            sets.apart.entry(a).or_default().insert(b);
            sets.apart.entry(b).or_default().insert(a);
        }
    }
    let mut joined = Joined::default();
    let mut why: BTreeMap<u32, Why> = BTreeMap::new();
    for row in decided.values().filter(|d| d.same) {
        let Some((a, b)) = pair(row) else { continue };
        match sets.join(a, b) {
            Ok(_) => {
                for end in [a, b] {
                    why.entry(end).or_insert(Why::Decision(row.row));
                }
            }
            Err((x, y)) => {
                let found = format!("{} are kept apart by another decision", shown_pair(inputs, x, y));
                joined.diagnostics.push(said(&c::DECISION_CONFLICT, locate(inputs, row.row, "decision"), found));
            }
        }
    }
    for row in inputs.identifiers.iter().filter(|r| identity::canonical(&r.scheme, &r.value).is_none()) {
        let found = format!("no identifier of {}: its form, its check digit or its length says nothing", row.scheme);
        joined.diagnostics.push(said(&c::IDENTIFIER_VOID, locate(inputs, row.row, "value"), found));
    }
    let mut holders: BTreeMap<(&str, &str), Vec<u32>> = BTreeMap::new();
    for (record, list) in (0u32..).zip(identifiers) {
        for (scheme, value) in list {
            holders.entry((scheme, value)).or_default().push(record);
        }
    }
    for ((scheme, value), records) in holders.into_iter().filter(|(_, r)| r.len() > 1) {
        if let Some(crowd) = crowd(inputs, &records) {
            let found = format!("{scheme} {value} stands at {} records of unlike names", records.len());
            joined.diagnostics.push(said(&c::IDENTIFIER_SHARED, locate(inputs, crowd, "node_id"), found));
            continue;
        }
        // Every record against the first of its sort; sorts are few.
        let mut firsts: Vec<u32> = Vec::new();
        for record in records {
            let Some(row) = inputs.nodes.get(record as usize) else { continue };
            let first =
                firsts.iter().copied().find(|f| inputs.nodes.get(*f as usize).is_some_and(|n| identity::proves(scheme, n.kind, row.kind)));
            let Some(first) = first else {
                firsts.push(record);
                continue;
            };
            let Some(other) = inputs.nodes.get(first as usize) else { continue };
            let asked = decided.get(&(other.id.min(row.id), other.id.max(row.id))).is_some_and(|d| d.same);
            if !asked && in_doubt(scheme, other, row) {
                let found = format!("{scheme} {value} stands at {} in another country", shown(inputs, first));
                joined.diagnostics.push(said(&c::IDENTIFIER_SHARED, locate(inputs, row.row, "node_id"), found));
                firsts.push(record);
                continue;
            }
            match sets.join(first, record) {
                Ok(_) => {
                    for end in [first, record] {
                        why.entry(end).or_insert_with(|| Why::Identifier(format!("{scheme}:{value}")));
                    }
                }
                // A decision that keeps the two themselves apart is the answer to this very question.
                Err((x, y)) if (x.min(y), x.max(y)) == (first.min(record), first.max(record)) => {}
                Err((x, y)) => {
                    let found = format!("{scheme} {value} would join {}, which a decision keeps apart", shown_pair(inputs, x, y));
                    joined.diagnostics.push(said(&c::DECISION_CONFLICT, locate(inputs, row.row, "node_id"), found));
                }
            }
        }
    }
    let clusters = std::mem::take(&mut sets.members);
    joined.clusters = clusters
        .into_values()
        .filter(|members| members.len() > 1)
        .map(|mut members| {
            members.sort_unstable();
            members
        })
        .map(|members| members.into_iter().map(|m| (m as usize, why.get(&m).cloned().unwrap_or(Why::Own))).collect())
        .collect();
    joined
}

/// Records that one identifier may join without a look at their names.
const ALIKE_UNSEEN: usize = 8;

/// The first record of a crowd: more records than one place or party has, most of them with no word of the first one's name.
fn crowd(inputs: &Inputs, records: &[u32]) -> Option<RowRef> {
    let first = inputs.nodes.get(*records.first()? as usize)?;
    let unlike = |r: &&u32| inputs.nodes.get(**r as usize).is_some_and(|n| !share_a_word(&first.name, &n.name));
    (records.len() > ALIKE_UNSEEN && 2 * records.iter().filter(unlike).count() > records.len()).then_some(first.row)
}

/// Whether an identifier is rather copied wrongly than shared: the countries are known and differ. A LEI belongs to one party wherever its
/// offices are; of other numbers of a party, names that have a word in common say the same.
fn in_doubt(scheme: &str, a: &NodeRow, b: &NodeRow) -> bool {
    let apart = a.country.zip(b.country).is_some_and(|(a, b)| a != b);
    match identity::names(scheme) {
        _ if !apart || scheme == "lei" => false,
        identity::Names::Party => !share_a_word(&a.name, &b.name),
        _ => true,
    }
}

fn share_a_word(a: &str, b: &str) -> bool {
    let words = |t: &str| -> BTreeSet<String> {
        fold(&deunicode::deunicode(t)).split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 3).map(str::to_owned).collect()
    };
    !words(a).is_disjoint(&words(b))
}

fn shown(inputs: &Inputs, record: u32) -> String {
    let Some(row) = inputs.nodes.get(record as usize) else { return String::new() };
    let id = inputs.ids.text(row.id);
    if looks_person_operated(row.kind, &row.name) { shown_as(id, row.country).0 } else { id.to_owned() }
}

fn shown_pair(inputs: &Inputs, a: u32, b: u32) -> String {
    format!("{} and {}", shown(inputs, a), shown(inputs, b))
}

pub(super) fn locate(inputs: &Inputs, row: RowRef, column: &str) -> Locator {
    inputs.file(row).map(|f| f.locate(u64::from(row.line), Some(column.into()))).unwrap_or_default()
}

pub(super) fn said(code: &'static Code, at: Locator, found: String) -> Diagnostic {
    Diagnostic { level: code.level, code: code.code, at, found, expected: code.remedy.to_owned(), times: 1 }
}
