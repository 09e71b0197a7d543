//! People affected, carried downstream by sales shares: model 2, "Footprint"; `oracle.footprint`.
//!
//! ```text
//! passes = burden + B' passes         B[i, j] = kept_i S[i, j]: the part of i's output that goes to customer j
//! carried = passes / G_jj             each person once: people whose work passes through j at least once
//! leaves = passes (1 - kept)          sums to the burden (law T7): what remedy is shared by
//! ```
//!
//! It is the walk of this room on the sales graph, where a seller stands in the place of a buyer, nothing is touched, and `mapped` is the part of
//! output that stays on the map. Figures of different tiers are never added: one person is carried by every node down the chain.

use super::returns::returns;
use super::side_by_side::MEDIUM;
use super::visits::visits;
use super::walk::Problem;
use crate::base::Result;
use crate::graph::SupplyGraph;

/// People affected, by node. All of length N, in people.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Footprint {
    /// Expected passes: one person counts as often as the goods come by.
    pub passes: Vec<f64>,
    /// Expected people whose work passes through at least once; `None` where the returns of a large circle were not computed: no more than `passes`.
    pub carried: Vec<Option<f64>>,
    /// People whose work leaves the map here.
    pub leaves: Vec<f64>,
    /// People not followed to where they leave: nothing but rounding, unless a circle lets nothing out.
    pub on_the_way: f64,
}

/// The part of output that stays on the map as the walk's columns.
struct Columns {
    none: Vec<f64>,
    no_evidence: Vec<bool>,
}

impl Columns {
    fn new(nodes: usize) -> Self {
        Columns { none: vec![0.0; nodes], no_evidence: vec![false; nodes] }
    }

    fn problem<'a>(&'a self, kept: &'a [f64]) -> Problem<'a> {
        Problem { p: &self.none, on_evidence: &self.no_evidence, mapped: kept, origin_prior: &self.none, exited: &[] }
    }
}

/// G_jj of every node of the sales graph: of nodes of circles up to 768 all, of larger ones those `asked` for, both within the bounds of [`returns`].
///
/// # Errors
/// Columns that do not fit the graph.
pub fn sale_returns(sales: &SupplyGraph, kept: &[f64], asked: &[u32]) -> Result<Vec<Option<f64>>> {
    let columns = Columns::new(sales.nodes());
    let components = sales.components();
    let is_large = |n: &u32| components.members(components.of_node(*n as usize) as usize).len() > MEDIUM;
    let mut wanted: Vec<u32> = (0..sales.nodes() as u32).filter(|n| !is_large(n)).collect();
    wanted.extend(asked.iter().copied().filter(is_large));
    let mut all = vec![None; sales.nodes()];
    for (n, found) in wanted.iter().zip(returns(sales, &columns.problem(kept), &wanted)?) {
        all[*n as usize] = found;
    }
    Ok(all)
}

/// Carries `burden` (people, by node) down the sales graph; `kept` is 0 where a node has no customer, circles opened; `returned` is of
/// [`sale_returns`] on the same graph.
///
/// # Errors
/// Columns that do not fit the graph.
pub fn footprint(sales: &SupplyGraph, kept: &[f64], burden: &[f64], returned: &[Option<f64>]) -> Result<Footprint> {
    let columns = Columns::new(sales.nodes());
    let starts: Vec<(u32, f64)> = (0..).zip(burden.iter().copied()).filter(|(_, b)| *b > 0.0).collect();
    let seen = visits(sales, &columns.problem(kept), &starts)?;
    let on_the_way = seen.left_over();
    let carried = |(passes, returned): (&f64, &Option<f64>)| returned.map(|g| passes / g);
    Ok(Footprint {
        carried: seen.at.iter().zip(returned).map(carried).collect(),
        leaves: seen.at.iter().zip(kept).map(|(y, kept)| y * (1.0 - kept)).collect(),
        passes: seen.at,
        on_the_way,
    })
}
