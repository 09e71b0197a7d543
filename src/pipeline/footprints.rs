//! People affected, carried down the recorded sales of every node, norm by norm: model 2, "Footprint".

use super::affected::Affected;
use super::network::Network;
use super::tables::Facts;
use crate::base::{NodeIx, Result, Traced, par};
use crate::duty::Sold;
use crate::export::downstream_rows::FootprintRow;
use crate::graph::SupplyGraph;
use crate::graph::sales::{outside_share, sales};
use crate::pack::MethodPack;
use crate::resolve::Resolution;
use crate::trace::footprint::{Footprint, footprint, sale_returns};
use crate::trace::{Problem, TOLERANCE, open_circles, solve_figures};
use crate::validate::Inputs;

/// The footprint of all nodes.
#[derive(Debug)]
pub struct Footprints {
    /// By norm, without `any`: how far the norms overlap in persons nothing says.
    pub norms: Vec<(Traced, Footprint)>,
    /// Part of each node's output that leaves the map, as used, and whether it was assumed.
    outside: Vec<f64>,
    assumed: Vec<bool>,
    /// Part of each node's recorded sales that an equal share or a median holds.
    assumed_weight: Vec<f64>,
    /// Who sells what share to whom, and the part of output that stays on the map.
    sold: (SupplyGraph, Vec<f64>),
}

impl Footprints {
    /// The sales graph that people are carried down.
    pub fn sold(&self) -> Sold<'_> {
        Sold { graph: &self.sold.0, kept: &self.sold.1 }
    }

    /// How much of where a node's output goes is assumed: all of it where the part that leaves the map is, else what equal shares or medians hold.
    pub fn assumed_output(&self, node: NodeIx) -> f64 {
        let at = |column: &[f64]| column.get(node.at()).copied().unwrap_or(0.0);
        match self.assumed.get(node.at()) {
            Some(true) => 1.0,
            _ => ((1.0 - at(&self.outside)) * at(&self.assumed_weight)).clamp(0.0, 1.0),
        }
    }

    /// Expected people affected whose work comes to any of some nodes at least once, by norm; `None` where nobody asked for it in time, and of `any`.
    ///
    /// On the sales graph it is the walk that stops at these nodes: the touched figure of everybody upstream.
    ///
    /// # Errors
    /// Only where the walk broke its own rules.
    pub fn reaching(&self, nodes: &[NodeIx], affected: &Affected) -> Result<[Option<f64>; Traced::COUNT]> {
        let (graph, kept) = &self.sold;
        if nodes.is_empty() {
            return Ok([None; Traced::COUNT]);
        }
        let mut p = vec![0.0; graph.nodes()];
        for node in nodes {
            if let Some(p) = p.get_mut(node.at()) {
                *p = 1.0;
            }
        }
        let [comes] =
            solve_figures(graph, &[Problem { p: &p, on_evidence: &[], mapped: kept, origin_prior: &[], exited: &[] }], TOLERANCE)?;
        Ok(Traced::ALL.map(|t| {
            t.norm()?;
            Some(affected.people[t as usize].iter().enumerate().map(|(n, people)| people * comes.touched(n)).sum())
        }))
    }
}

/// Carries the people affected at each place downstream; returns in large circles are computed for `focal` nodes alone.
///
/// # Errors
/// Only where the walk broke its own rules.
pub fn footprints(
    inputs: &Inputs,
    resolution: &Resolution,
    network: &Network,
    affected: &Affected,
    focal: &[NodeIx],
    pack: &MethodPack,
) -> Result<Footprints> {
    let sold = sales(&network.trade)?;
    let mut output: Vec<Option<f64>> = vec![None; resolution.len()];
    for row in &inputs.nodes {
        if let (Some(node), Some(value)) = (resolution.node(row.id), row.output_value)
            && let Some(known) = output.get_mut(node.at())
        {
            *known = Some(known.map_or(value, |k| k.max(value)));
        }
    }
    let (mut outside, mut assumed) = (Vec::with_capacity(output.len()), Vec::with_capacity(output.len()));
    for ((node, row), output) in resolution.nodes.iter().zip(&sold.rows).zip(&output) {
        let by_kind = pack.kinds.get(&node.kind).map_or(0.5, |k| k.outside_share);
        let (share, by_kind) = outside_share(row, *output, by_kind);
        outside.push(share);
        assumed.push(by_kind);
    }
    let recorded: Vec<f64> = outside.iter().map(|o| 1.0 - o).collect();
    let kept = open_circles(&sold.graph, &recorded, pack.trace.closed_mapped)?.mapped;
    for (((kept, recorded), outside), assumed) in kept.iter().zip(&recorded).zip(&mut outside).zip(&mut assumed) {
        if kept != recorded {
            (*outside, *assumed) = (1.0 - kept, true);
        }
    }
    let mut assumed_weight = vec![0.0; resolution.len()];
    for l in sold.links.iter().filter(|l| l.assumed) {
        assumed_weight[l.buyer.at()] += l.weight;
    }
    let asked: Vec<u32> = focal.iter().map(|n| n.0).collect();
    let returned = sale_returns(&sold.graph, &kept, &asked)?;
    let traced: Vec<Traced> = Traced::ALL.into_iter().filter(|t| t.norm().is_some()).collect();
    let norms = par::map_each(&traced, |t| {
        let burden = &affected.people[*t as usize];
        Ok((*t, footprint(&sold.graph, &kept, burden, &returned)?))
    });
    let norms = norms.into_iter().collect::<Result<_>>()?;
    Ok(Footprints { norms, outside, assumed, assumed_weight, sold: (sold.graph, kept) })
}

impl<'a> Facts<'a> {
    /// Rows of `footprint.parquet`: every node that anybody affected works at, or that their work passes through.
    pub fn footprint(&self) -> impl Iterator<Item = FootprintRow<'a>> + '_ {
        self.shown_order.iter().flat_map(move |node| {
            let rows = self.footprints.norms.iter().filter_map(move |(traced, f)| {
                let i = node.at();
                let passes = f.passes.get(i).copied().filter(|p| *p > 0.0)?;
                let outside = self.footprints.outside.get(i).copied()?;
                let weights = self.footprints.assumed_weight.get(i).copied().unwrap_or(0.0);
                let by_kind = self.footprints.assumed.get(i).copied().unwrap_or(false);
                Some(FootprintRow {
                    node_id: self.id(*node),
                    norm: *traced,
                    people: self.columns.affected.people[*traced as usize].get(i).copied().unwrap_or(0.0),
                    passes,
                    carried: f.carried.get(i).copied().flatten(),
                    leaves: f.leaves.get(i).copied().unwrap_or(0.0),
                    outside_share: outside,
                    outside_assumed: by_kind,
                    assumed_share: ((1.0 - outside) * weights).clamp(0.0, 1.0),
                })
            });
            rows.collect::<Vec<_>>()
        })
    }
}
