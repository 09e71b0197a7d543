//! One circle of trade by itself: its own links, renumbered in the order in which it is swept.
//!
//! Sweeps go over these rows many times; side by side they are read straight through.

use super::real::Real;
use super::side_by_side::Steps;
use crate::base::NodeIx;

/// The links inside one component of k nodes, by place in it, for S walks. In `f64` 12 bytes a link, 16 a link to outside, 4 + 16 S a node.
pub(crate) struct Circle<const S: usize, T = f64> {
    starts: Vec<u32>,
    nodes: Vec<u32>,
    weights: Vec<T>,
    /// What goes on from each node.
    pub goes_on: Vec<[T; S]>,
    /// What leaves the component in one step from each node: what stops, and what goes to suppliers outside.
    pub leak: Vec<[T; S]>,
    /// Links to suppliers outside: place of the buyer, node of the supplier, weight; by place.
    pub outside: Vec<(u32, u32, T)>,
}

/// Where each node of the component under work stands in it; scratch of length N.
pub(crate) struct Positions(Vec<u32>);

impl Positions {
    pub fn new(nodes: usize) -> Self {
        Positions(vec![0; nodes])
    }
}

impl<const S: usize, T: Real> Circle<S, T> {
    pub fn of(steps: &Steps<'_, S, T>, c: u32, members: &[u32], positions: &mut Positions) -> Self {
        for (n, at) in members.iter().zip(0..) {
            positions.0[*n as usize] = at;
        }
        let components = steps.graph.components();
        let links = members.iter().map(|n| steps.graph.suppliers_of(NodeIx(*n)).len()).sum();
        let mut circle = Circle {
            starts: Vec::with_capacity(members.len() + 1),
            nodes: Vec::with_capacity(links),
            weights: Vec::with_capacity(links),
            goes_on: Vec::with_capacity(members.len()),
            leak: Vec::with_capacity(members.len()),
            outside: Vec::new(),
        };
        circle.starts.push(0);
        for (n, place) in members.iter().zip(0..) {
            let mut outside = 0.0;
            for (s, w) in steps.graph.suppliers_of(NodeIx(*n)).iter() {
                if components.of_node(s) == c {
                    circle.nodes.push(positions.0[s]);
                    circle.weights.push(T::of(w));
                } else {
                    outside += w;
                    circle.outside.push((place, s as u32, T::of(w)));
                }
            }
            let (goes_on, stops) = (steps.goes_on[*n as usize], steps.stops[*n as usize]);
            circle.starts.push(circle.nodes.len() as u32);
            circle.goes_on.push(goes_on);
            circle.leak.push(std::array::from_fn(|walk| stops[walk] + goes_on[walk] * T::of(outside)));
        }
        circle
    }

    /// k, the number of nodes.
    pub fn len(&self) -> usize {
        self.leak.len()
    }

    /// The suppliers of a place within the circle, with their parts of its purchases.
    #[inline]
    pub fn row(&self, at: usize) -> impl Iterator<Item = (usize, T)> + '_ {
        let range = self.starts[at] as usize..self.starts[at + 1] as usize;
        self.nodes[range.clone()].iter().map(|n| *n as usize).zip(self.weights[range].iter().copied())
    }
}
