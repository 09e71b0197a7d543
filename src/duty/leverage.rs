//! Which share of a place's output comes to a company, directly or through the chain, and at whom its work leaves the map: the walk of the footprint
//! on the sales graph (model 2, "Footprint").
//!
//! ```text
//! leverage(i, f) = P(what i sells comes to f at least once)          the walk down that stops at f
//! share(i, j)    = P(what i sells leaves the map at j)               sums to 1 over j
//! ```
//!
//! Remedy is shared by the second: whoever sells the work on the map bears it.

use crate::base::{NodeIx, Result};
use crate::graph::SupplyGraph;
use crate::trace::{Problem, TOLERANCE, solve_figures, visits};

/// Who sells what share to whom, and the part of each node's output that stays on the map, circles opened.
#[derive(Clone, Copy, Debug)]
pub struct Sold<'a> {
    pub graph: &'a SupplyGraph,
    pub kept: &'a [f64],
}

impl Sold<'_> {
    /// Share of a place's output that a company buys directly.
    pub fn direct(&self, place: NodeIx, company: NodeIx) -> f64 {
        let kept = self.kept.get(place.at()).copied().unwrap_or(0.0);
        let sold: f64 = self.graph.suppliers_of(place).iter().filter(|(to, _)| *to == company.at()).map(|(_, w)| w).sum();
        // An empty sum is -0, and so would be told.
        (kept * sold + 0.0).clamp(0.0, 1.0)
    }
}

/// leverage(i, company) of every node i; 1 at the company itself.
///
/// # Errors
/// Only where the walk broke its own rules.
pub fn leverage(sold: Sold<'_>, company: NodeIx) -> Result<Vec<f64>> {
    let mut p = vec![0.0; sold.graph.nodes()];
    if let Some(p) = p.get_mut(company.at()) {
        *p = 1.0;
    }
    let problem = Problem { p: &p, on_evidence: &[], mapped: sold.kept, origin_prior: &[], exited: &[] };
    let [comes] = solve_figures(sold.graph, &[problem], TOLERANCE)?;
    Ok((0..sold.graph.nodes()).map(|n| comes.touched(n).clamp(0.0, 1.0)).collect())
}

/// share(place, j) of every node j at which any of it leaves, by node. What rounding leaves on the way is the caller's rest.
///
/// # Errors
/// Only where the walk broke its own rules.
pub fn leaving_shares(sold: Sold<'_>, place: NodeIx) -> Result<Vec<(NodeIx, f64)>> {
    let nodes = sold.graph.nodes();
    let (none, no_evidence) = (vec![0.0; nodes], vec![false; nodes]);
    let problem = Problem { p: &none, on_evidence: &no_evidence, mapped: sold.kept, origin_prior: &none, exited: &[] };
    let seen = visits(sold.graph, &problem, &[(place.0, 1.0)])?;
    let leaves = seen.at.iter().zip(sold.kept).enumerate().map(|(n, (at, kept))| (NodeIx(n as u32), at * (1.0 - kept)));
    Ok(leaves.filter(|(_, share)| *share > 0.0).collect())
}

/// Expected times that what stands at a node comes to it, the first included, times the part that leaves the map there.
///
/// # Errors
/// Only where the walk broke its own rules.
pub fn leaves_at_itself(sold: Sold<'_>, node: NodeIx) -> Result<f64> {
    Ok(leaving_shares(sold, node)?.into_iter().find(|(n, _)| *n == node).map_or(0.0, |(_, share)| share))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::csr::Entry;

    #[test]
    fn leverage_goes_through_the_chain_and_shares_sum_to_the_whole() {
        // Mill 0 sells .6 to 1 and .4 to 2; 1 sells all to brand 3; brands 2 and 3 sell outside. A quarter of 0 leaves the map at once.
        let sells = |seller: u32, to: u32, weight: f64| Entry { buyer: seller, supplier: to, weight };
        let graph = SupplyGraph::of_entries(4, vec![sells(0, 1, 0.6), sells(0, 2, 0.4), sells(1, 3, 1.0)]).unwrap();
        let sold = Sold { graph: &graph, kept: &[0.75, 1.0, 0.0, 0.0] };
        let through = leverage(sold, NodeIx(3)).unwrap();
        assert!((through[0] - 0.45).abs() < 1e-12 && (through[1] - 1.0).abs() < 1e-12, "{through:?}");
        assert!((sold.direct(NodeIx(0), NodeIx(2)) - 0.3).abs() < 1e-12 && sold.direct(NodeIx(0), NodeIx(3)) == 0.0);
        let shares = leaving_shares(sold, NodeIx(0)).unwrap();
        let at = |n: u32| shares.iter().find(|(m, _)| m.0 == n).map_or(0.0, |(_, s)| *s);
        assert!((at(0) - 0.25).abs() < 1e-12 && (at(2) - 0.3).abs() < 1e-12 && (at(3) - 0.45).abs() < 1e-12, "{shares:?}");
        assert!((shares.iter().map(|(_, s)| s).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((leaves_at_itself(sold, NodeIx(3)).unwrap() - 1.0).abs() < 1e-12);
    }
}
