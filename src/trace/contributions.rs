//! Which nodes a focal node's touched part comes from: model 2, "Contributions".
//!
//! With y expected visits, node j contributes y_j p_j to touched, and y_j (1-p_j)(1-mapped_j) ends unseen there. Visits are followed to their
//! end, so the sum over all nodes, with the mass still on the way valued at the touched figure of where it stands, *is* the
//! start's touched (law T2). Rows are written largest first; what is not written is summed, never taken as a remainder. A node that stands in the graph
//! as several vertices has one row, of all of them together, under the number that names it.

use super::solve::Solution;
use super::sums::{Ends, ends_at, ends_of_node};
use super::visits::{Visits, stands_at};
use super::walk::Problem;
use crate::graph::SupplyGraph;

/// One node's part.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    pub node: u32,
    /// y_j: expected stands of the unit at the node.
    pub visits: f64,
    /// y_j p_j, on evidence or by context as p_j is.
    pub touched: f64,
    /// y_j (1-p_j)(1-mapped_j).
    pub unseen: f64,
    /// y_j (1-p_j) mapped_j e_j.
    pub exited: f64,
    /// y_j (1-p_j) mapped_j (1-e_j) at a node without suppliers, else 0.
    pub clear: f64,
}

/// A start's touched, by node.
#[derive(Clone, PartialEq, Debug)]
pub struct Contributions {
    /// Largest touched part first, equal ones by node number.
    pub rows: Vec<Row>,
    /// All nodes without a row, and the mass on the way at its touched, unseen, exited and clear figures.
    pub rest: Row,
    /// How many nodes with a touched part have no row.
    pub rest_nodes: usize,
    /// Of `rest.touched`, what was not followed to its end.
    pub on_the_way: f64,
}

/// How many rows are written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Written {
    /// Rows are written until they hold this part of touched.
    pub share: f64,
    /// And never more than this.
    pub most: usize,
}

impl Default for Written {
    /// 80 % of touched and at most 1,000 rows (model 2, "Contributions").
    fn default() -> Self {
        Written { share: 0.8, most: 1000 }
    }
}

/// Splits the touched part of the start that `visits` were taken from; `solution` is of the same graph and problem.
///
/// rows + rest = touched of the start, to rounding.
pub fn contributions(graph: &SupplyGraph, problem: &Problem<'_>, visits: &Visits, solution: &Solution, written: Written) -> Contributions {
    let row_of = |node: u32| {
        let ends = ends_of_node(graph, problem, visits, node);
        let visits = stands_at(graph, visits, node);
        Row { node, visits, touched: ends.touched(), unseen: ends.unseen, exited: ends.exited, clear: ends.clear }
    };
    let nodes = || (0..graph.nodes() as u32).filter(|n| graph.places().names_its_node(*n));
    let mut by_size: Vec<(f64, u32)> = nodes().map(|n| (row_of(n).touched, n)).filter(|(t, _)| *t > 0.0).collect();
    by_size.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut on_the_way = Ends::default();
    for (n, mass) in &visits.left {
        on_the_way.add(&Ends::of_walk_from(solution, *n as usize), *mass);
    }
    let total: f64 = by_size.iter().map(|(t, _)| t).sum::<f64>() + on_the_way.touched();
    let mut rows = Vec::new();
    let mut held = 0.0;
    for (touched, node) in by_size.iter().take(written.most) {
        if held >= written.share * total {
            break;
        }
        held += touched;
        rows.push(row_of(*node));
    }
    let mut has_row = vec![false; graph.nodes()];
    for r in &rows {
        has_row[r.node as usize] = true;
    }
    let way = on_the_way;
    let mut rest = Row {
        node: u32::MAX,
        visits: visits.left_over(),
        touched: way.touched(),
        unseen: way.unseen,
        exited: way.exited,
        clear: way.clear,
    };
    for n in nodes().filter(|n| !has_row[*n as usize]) {
        let row = row_of(n);
        rest.visits += row.visits;
        rest.touched += row.touched;
        rest.unseen += row.unseen;
        rest.exited += row.exited;
        rest.clear += row.clear;
    }
    Contributions { rest_nodes: by_size.len() - rows.len(), rows, rest, on_the_way: way.touched() }
}

/// The nodes at which most of the walk ends unseen, largest first: where to ask first. Of a node of several vertices all that ends at it, under the vertex
/// at which most of it does.
pub fn largest_unseen(graph: &SupplyGraph, problem: &Problem<'_>, visits: &Visits, most: usize) -> Vec<(u32, f64)> {
    let unseen = |n: u32| ends_at(graph, problem, visits, n).unseen;
    let of_node = |n: u32| {
        let mut found = (n, 0.0, 0.0);
        for vertex in graph.places().vertices(n) {
            let here = unseen(vertex);
            found = (if here > found.1 { vertex } else { found.0 }, here.max(found.1), found.2 + here);
        }
        (found.0, found.2)
    };
    let nodes = (0..graph.nodes() as u32).filter(|n| graph.places().names_its_node(*n));
    let mut all: Vec<(u32, f64)> = nodes.map(of_node).filter(|(_, u)| *u > 0.0).collect();
    let order = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if most < all.len() {
        all.select_nth_unstable_by(most, order);
        all.truncate(most);
    }
    all.sort_unstable_by(order);
    all
}
