//! One circle of trade by itself: its own links, renumbered in the order in which it is swept.
//!
//! Sweeps go over these rows many times; side by side and with the step's factor in them they are read straight through.

use super::walk::Steps;
use crate::base::NodeIx;

/// The links inside one component of k nodes, by place in it. 12 bytes a link, 20 a node.
pub(crate) struct Circle {
    starts: Vec<u32>,
    nodes: Vec<u32>,
    /// (1 - p) mapped (1 - e) W of each link.
    passes: Vec<f64>,
    /// What leaves the component in one step from each node: what stops, and what goes to suppliers outside.
    pub leak: Vec<f64>,
}

/// Where each node of the component under work stands in it; scratch of length N.
pub(crate) struct Positions(Vec<u32>);

impl Positions {
    pub fn new(nodes: usize) -> Self {
        Positions(vec![0; nodes])
    }
}

impl Circle {
    pub fn of(steps: &Steps<'_>, c: u32, members: &[u32], positions: &mut Positions) -> Self {
        for (n, at) in members.iter().zip(0..) {
            positions.0[*n as usize] = at;
        }
        let components = steps.graph.components();
        let mut circle = Circle { starts: vec![0], nodes: Vec::new(), passes: Vec::new(), leak: Vec::with_capacity(members.len()) };
        for n in members {
            let on = steps.goes_on[*n as usize];
            for (s, w) in steps.graph.suppliers_of(NodeIx(*n)).iter() {
                if components.of_node(s) == c {
                    circle.nodes.push(positions.0[s]);
                    circle.passes.push(on * w);
                }
            }
            circle.starts.push(circle.nodes.len() as u32);
            circle.leak.push(steps.leak(*n as usize, c));
        }
        circle
    }

    /// k, the number of nodes.
    pub fn len(&self) -> usize {
        self.leak.len()
    }

    /// Whether nothing ever ends in here, so that no figure exists.
    pub fn is_closed(&self) -> bool {
        self.leak.iter().all(|l| *l <= 0.0)
    }

    /// The suppliers of a place within the circle, with what passes to them.
    #[inline]
    pub fn row(&self, at: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[at] as usize..self.starts[at + 1] as usize;
        self.nodes[range.clone()].iter().map(|n| *n as usize).zip(self.passes[range].iter().copied())
    }
}
