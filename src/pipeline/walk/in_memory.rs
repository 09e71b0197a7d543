//! The graph in memory. Beside the texts of the ids memory holds 16 bytes a link while links are read, with the reserve of a list that grows,
//! 28 while the graph is built, and 12 when it is.

use super::tables::{read_links, read_nodes};
use super::{Clock, Columns, FigureAt, Solved, WalkConfig, Walked, numbers};
use crate::base::{Interner, NodeIx, Result, par};
use crate::graph::{Entry, SupplyGraph};
use crate::trace::{Figures, Problem, open_circles, solve_figures};

/// Bytes of the links table that are read at once.
const BLOCK: usize = 32 << 20;
/// Walks that are solved on one reading of the graph.
const TOGETHER: usize = 2;

pub(super) fn solved(config: &WalkConfig, walked: &mut Walked, clock: &mut Clock) -> Result<Solved> {
    let mut ids = Interner::default();
    let (columns, names) = read_nodes(&config.nodes, &mut ids, walked)?;
    let known = ids.len();
    let mut links: Vec<Entry> = Vec::new();
    read_links(&config.links, &mut ids, walked, BLOCK, &mut |part| {
        links.extend(part);
        Ok(())
    })?;
    walked.unknown = (ids.len() - known) as u64;

    let order = ids.sorted();
    let number = numbers(&order);
    for link in &mut links {
        link.supplier = number[link.supplier as usize];
        link.buyer = number[link.buyer as usize];
    }
    drop(number);
    let Columns { mapped, exited, walks } = Columns::sorted(columns, names, &order);
    clock.lap(walked);

    let nodes = order.len();
    let graph = SupplyGraph::of_entries(nodes, links)?;
    // Where nobody says how much is mapped, the links are all there is; without links nothing is.
    let links_of = |n: usize| graph.suppliers_of(NodeIx(n as u32));
    let stated = |(n, m): (usize, &f64)| if m.is_nan() { f64::from(u8::from(!links_of(n).is_empty())) } else { *m };
    let mapped: Vec<f64> = mapped.iter().enumerate().map(stated).collect();
    let opened = open_circles(&graph, &mapped, config.closed_mapped)?;
    drop(mapped);
    clock.lap(walked);

    let empty: Vec<f64> = Vec::new();
    let problem = |at: usize| {
        let p = walks.get(at).map_or(&empty, |w| &w.1);
        Problem { p, on_evidence: &[], mapped: &opened.mapped, origin_prior: &[], exited: &exited }
    };
    let pairs: Vec<usize> = (0..walks.len()).step_by(TOGETHER).collect();
    let figures = par::map_each(&pairs, |at| {
        if at + 1 < walks.len() {
            solve_figures(&graph, &[problem(*at), problem(at + 1)], config.tolerance).map(Vec::from)
        } else {
            solve_figures(&graph, &[problem(*at)], config.tolerance).map(Vec::from)
        }
    });
    let mut all: Vec<Figures> = Vec::with_capacity(walks.len());
    for figures in figures {
        all.extend(figures?);
    }
    walked.nodes = nodes as u64;
    walked.links = graph.links() as u64;
    walked.giant = graph.components().largest() as u64;
    walked.closed_circle_nodes = opened.count as u64;
    walked.sweeps = all.iter().map(|f| f.sweeps).max().unwrap_or(0);
    walked.defect = all.iter().map(Figures::largest_defect).fold(0.0, f64::max);
    walked.walks = walks.into_iter().map(|w| w.0).collect();
    clock.lap(walked);
    let figures = all.into_iter().map(|f| Box::new(move |i: usize, k: usize| f.at(i, k)) as FigureAt).collect();
    Ok(Solved { ids, order, figures, with_exits: !exited.is_empty() })
}
