//! The walks of a company in two results on one set of vertices, solved on both.
//!
//! A vertex is a node, or a node and a heading where it keeps commodities apart, or the company's published list. What one walk alone holds takes, in the
//! other, the step of the one that has it: nothing leads there, so it changes no figure; and what the new or lost link is worth shows at its buyer.

use super::side::{FIGURES, KeptWalk};
use crate::base::{Result, Traced};
use crate::export::kept_rows::{BelievedAt, Purchases};
use crate::graph::SupplyGraph;
use crate::graph::csr::Entry;
use crate::trace::{Problem, solve, visits};
use std::collections::BTreeMap;
use std::ops::Range;

/// A node and its heading; a list has no node.
pub type Key = (Option<String>, Option<String>);

/// One step at a vertex.
#[derive(Clone, Debug)]
pub struct Step {
    pub purchases: [Purchases; 2],
    pub believed: [BelievedAt; Traced::COUNT],
    /// Suppliers by rising number, with the part of what links hold.
    pub row: Vec<(usize, f64)>,
    /// Whether the walk of this result has the vertex; else its step is that of the other.
    pub is_own: bool,
}

/// Two walks of a company on one set of vertices: `steps[side][vertex]`.
pub struct Joined {
    /// Sorted.
    pub keys: Vec<Key>,
    pub steps: [Vec<Step>; 2],
    pub start: usize,
    pub list: Option<usize>,
}

impl Joined {
    /// Joins two walks of `company`; none where one has no vertex of the company itself.
    pub fn of(company: &str, walks: [&KeptWalk; 2]) -> Option<Self> {
        let key = |walk: &KeptWalk, v: usize| -> Key { walk.vertices.get(v).map_or((None, None), |x| (x.node.clone(), x.heading.clone())) };
        let mut numbers: BTreeMap<Key, usize> = BTreeMap::new();
        for walk in walks {
            numbers.extend((0..walk.vertices.len()).map(|v| (key(walk, v), 0)));
        }
        for (at, number) in numbers.values_mut().enumerate() {
            *number = at;
        }
        let start = *numbers.get(&(Some(company.to_owned()), None))?;
        let list = numbers.get(&(None, None)).copied();
        let placed = walks.map(|walk| {
            let number: Vec<usize> = (0..walk.vertices.len()).map(|v| numbers.get(&key(walk, v)).copied().unwrap_or(start)).collect();
            let mut steps: Vec<Option<Step>> = vec![None; numbers.len()];
            for (v, at) in number.iter().enumerate() {
                if let (Some(slot), Some(vertex)) = (steps.get_mut(*at), walk.vertices.get(v)) {
                    *slot = Some(Step { purchases: vertex.purchases, believed: vertex.believed, row: Vec::new(), is_own: true });
                }
            }
            for (buyer, supplier, weight) in &walk.links {
                let (Some(buyer), Some(supplier)) = (number.get(*buyer), number.get(*supplier)) else { continue };
                if let Some(Some(step)) = steps.get_mut(*buyer) {
                    step.row.push((*supplier, *weight));
                }
            }
            for step in steps.iter_mut().flatten() {
                step.row.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.total_cmp(&b.1)));
                // Parallel rows of one pair, should a file hold them, are one.
                step.row.dedup_by(|later, first| {
                    let same = later.0 == first.0;
                    first.1 += if same { later.1 } else { 0.0 };
                    same
                });
            }
            steps
        });
        let [old, new] = placed;
        let of = |own: &Option<Step>, other: &Option<Step>| own.clone().or_else(|| other.clone().map(|s| Step { is_own: false, ..s }));
        let old_steps: Option<Vec<Step>> = old.iter().zip(&new).map(|(a, b)| of(a, b)).collect();
        let new_steps: Option<Vec<Step>> = old.iter().zip(&new).map(|(a, b)| of(b, a)).collect();
        Some(Joined { keys: numbers.into_keys().collect(), steps: [old_steps?, new_steps?], start, list })
    }

    /// The vertices of a node.
    pub fn vertices_of(&self, node: &str) -> Range<usize> {
        let before = |k: &Key| k.0.as_deref() < Some(node);
        let upto = |k: &Key| k.0.as_deref() <= Some(node);
        self.keys.partition_point(before)..self.keys.partition_point(upto)
    }

    /// Solves the walk of one side.
    ///
    /// # Errors
    /// Only where a walk broke its own rules.
    pub fn solved(&self, side: usize, traced: Traced, rule: usize) -> Result<Solved> {
        let empty = Vec::new();
        let steps = self.steps.get(side).unwrap_or(&empty);
        let mut entries = Vec::new();
        let (mut mapped, mut exited) = (Vec::with_capacity(steps.len()), Vec::with_capacity(steps.len()));
        for (buyer, step) in steps.iter().enumerate() {
            let flow = Flow::of(step.purchases.get(rule).copied().unwrap_or_default(), self.list.is_some());
            let all = (flow.on + flow.list + flow.left).min(1.0);
            mapped.push(all);
            exited.push(if all > 0.0 { (flow.left / all).min(1.0) } else { 0.0 });
            let to_list = if flow.list > 0.0 { flow.list / (flow.on + flow.list) } else { 0.0 };
            entries.extend(step.row.iter().map(|(s, w)| Entry { buyer: buyer as u32, supplier: *s as u32, weight: w * (1.0 - to_list) }));
            if let Some(list) = self.list.filter(|_| to_list > 0.0) {
                entries.push(Entry { buyer: buyer as u32, supplier: list as u32, weight: to_list });
            }
        }
        let at = |step: &Step| step.believed.get(traced as usize).copied().unwrap_or_default();
        let p: Vec<f64> = steps.iter().map(|s| at(s).p).collect();
        let on_evidence: Vec<bool> = steps.iter().map(|s| at(s).on_evidence).collect();
        let origin: Vec<f64> = steps.iter().map(|s| at(s).origin).collect();
        let graph = SupplyGraph::new(steps.len(), &entries)?;
        let problem = Problem { p: &p, on_evidence: &on_evidence, mapped: &mapped, origin_prior: &origin, exited: &exited };
        let s = solve(&graph, &problem, TOLERANCE)?;
        let columns = [&s.on_evidence, &s.by_context, &s.unseen, &s.exited, &s.clear, &s.expected];
        let figures = (0..steps.len()).map(|v| columns.map(|c| c.get(v).copied().unwrap_or(0.0))).collect();
        Ok(Solved { figures, visits: visits(&graph, &problem, &[(self.start as u32, 1.0)])?.at })
    }
}

/// As far as a sweep of a large circle of trade is followed.
const TOLERANCE: f64 = 1e-11;

/// Where the walk from every vertex ends, and how often one unit of the company's purchases stands at each.
pub struct Solved {
    /// By vertex, in the order of [`FIGURES`].
    pub figures: Vec<[f64; FIGURES.len()]>,
    pub visits: Vec<f64>,
}

/// Where one unit goes that neither stops touched nor has been followed.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// To suppliers, or clear where there are none.
    pub on: f64,
    pub list: f64,
    pub unseen: f64,
    pub left: f64,
}

impl Flow {
    pub fn of(purchases: Purchases, has_list: bool) -> Self {
        let Purchases { mapped, left, listed } = purchases;
        let listed = if has_list { listed } else { 0.0 };
        Flow { on: mapped * (1.0 - left), list: (1.0 - mapped) * listed, unseen: (1.0 - mapped) * (1.0 - listed), left: mapped * left }
    }
}
