//! Where most of a start's touched part comes from, without walking the whole network: largest first.
//!
//! A unit stands at the start; r_j is the mass that came to node j and was not followed, y_j what stood there and was. Following j moves
//! r_j goes_on_j W on to its suppliers and takes r_j p_j off what is open, since touched_j = p_j + goes_on_j sum_s W_js touched_s. So at any
//! point, circles too:
//!
//! ```text
//! touched_start = sum_j y_j p_j + rest          rest = sum_j r_j touched_j
//! ```
//!
//! The node with the largest r_j touched_j is followed next, to a factor of two: powers of two stand in a queue each, first come first. After
//! R. Andersen, F. Chung, K. Lang, "Local graph partitioning using PageRank vectors", FOCS 2006, with touched as the importance.

use super::walk::Problem;
use crate::base::{Error, NodeIx, Result, par};
use crate::graph::SupplyGraph;

/// What was followed from one start.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pushed {
    /// Node and y of the nodes followed, by number.
    pub visits: Vec<(u32, f64)>,
    /// sum y_j p_j of them.
    pub found: f64,
    /// sum r_j touched_j: what the rest of the network holds.
    pub rest: f64,
    /// Nodes followed, each as often as it was.
    pub steps: u64,
}

/// The walk from many starts of one problem.
pub struct Pusher<'a> {
    graph: &'a SupplyGraph,
    p: &'a [f64],
    touched: &'a [f64],
    goes_on: Vec<f64>,
}

/// Queues for r_j touched_j from 1 down to 2^-59 of the start's; what is less stays open.
const QUEUES: usize = 60;
/// Steps for each node of the network after which a walk is left as it stands: a circle that leaks next to nothing.
const STEPS_A_NODE: u64 = 64;
const STEPS_LEAST: u64 = 100_000;
const NOWHERE: u8 = u8::MAX;

/// Room for one walk, length N.
struct Room {
    waiting: Vec<f64>,
    followed: Vec<f64>,
    /// The queue in which a node stands, the first where it stands in several.
    queue: Vec<u8>,
    queues: Vec<Vec<u32>>,
    heads: Vec<usize>,
    met: Vec<u32>,
}

impl Room {
    fn new(nodes: usize) -> Self {
        Room {
            waiting: vec![0.0; nodes],
            followed: vec![0.0; nodes],
            queue: vec![NOWHERE; nodes],
            queues: vec![Vec::new(); QUEUES],
            heads: vec![0; QUEUES],
            met: Vec::new(),
        }
    }

    /// Adds mass to a node, and lets it stand in the queue of what it then weighs.
    #[inline]
    fn add(&mut self, node: usize, mass: f64, touched: f64, whole: f64) {
        if self.waiting[node] == 0.0 && self.followed[node] == 0.0 {
            self.met.push(node as u32);
        }
        self.waiting[node] += mass;
        let share = self.waiting[node] * touched / whole;
        if share > 0.0 {
            let queue = (-share.log2()).ceil().clamp(0.0, f64::from(NOWHERE)) as u8;
            if queue < self.queue[node] && (queue as usize) < QUEUES {
                self.queue[node] = queue;
                self.queues[queue as usize].push(node as u32);
            }
        }
    }

    /// The next node to follow: of the first queue that has one.
    fn next(&mut self) -> Option<usize> {
        for at in 0..QUEUES {
            while let Some(node) = self.queues[at].get(self.heads[at]).map(|n| *n as usize) {
                self.heads[at] += 1;
                // It may have come to stand in an earlier queue since, and been followed.
                if self.queue[node] as usize == at {
                    self.queue[node] = NOWHERE;
                    return Some(node);
                }
            }
            self.queues[at].clear();
            self.heads[at] = 0;
        }
        None
    }

    fn clear(&mut self) {
        for node in self.met.drain(..) {
            self.waiting[node as usize] = 0.0;
            self.followed[node as usize] = 0.0;
            self.queue[node as usize] = NOWHERE;
        }
        self.queues.iter_mut().for_each(Vec::clear);
        self.heads.fill(0);
    }
}

impl<'a> Pusher<'a> {
    /// `touched`: of the same graph and problem, solved.
    ///
    /// # Errors
    /// Columns that do not fit the graph.
    pub fn new(graph: &'a SupplyGraph, problem: &Problem<'a>, touched: &'a [f64]) -> Result<Self> {
        problem.ends_checked(graph)?;
        if touched.len() != graph.nodes() {
            return Err(Error::internal(format!("{} touched figures for {} nodes", touched.len(), graph.nodes())));
        }
        let goes_on = (0..graph.nodes()).map(|n| (1.0 - problem.p[n]) * problem.mapped[n] * (1.0 - problem.exited_at(n))).collect();
        Ok(Self { graph, p: problem.p, touched, goes_on })
    }

    /// Follows one unit of the purchases of each start until no more than `rest_share` of its touched part is open; results in the order of the
    /// starts, the same for any number of threads. A start's own p is no part of its purchases.
    pub fn push_all(&self, starts: &[u32], rest_share: f64) -> Vec<Pushed> {
        const CHUNK: usize = 16;
        let parts = par::map_chunks(starts.len(), CHUNK, |range| {
            let mut room = Room::new(self.graph.nodes());
            starts[range].iter().map(|start| self.push(*start as usize, rest_share, &mut room)).collect::<Vec<_>>()
        });
        parts.into_iter().flatten().collect()
    }

    fn push(&self, start: usize, rest_share: f64, room: &mut Room) -> Pushed {
        let (Some(p), Some(touched)) = (self.p.get(start), self.touched.get(start)) else { return Pushed::default() };
        // What its purchases meet: touched less the place itself, as parts of what is bought.
        let whole = if *p < 1.0 { (touched - p) / (1.0 - p) } else { 0.0 };
        let mut pushed = Pushed { rest: whole, ..Pushed::default() };
        let most = STEPS_LEAST + STEPS_A_NODE * self.graph.nodes() as u64;
        if whole > 0.0 {
            self.follow(start, self.goes_on[start] / (1.0 - p), whole, room);
            while pushed.found < whole * (1.0 - rest_share) && pushed.steps < most {
                let Some(node) = room.next() else { break };
                let mass = std::mem::take(&mut room.waiting[node]);
                room.followed[node] += mass;
                pushed.found += mass * self.p[node];
                pushed.steps += 1;
                self.follow(node, mass * self.goes_on[node], whole, room);
            }
            room.met.sort_unstable();
            pushed.rest = room.met.iter().map(|n| room.waiting[*n as usize] * self.touched[*n as usize]).sum();
            pushed.visits = room.met.iter().map(|n| (*n, room.followed[*n as usize])).filter(|(_, y)| *y > 0.0).collect();
        }
        room.clear();
        pushed
    }

    #[inline]
    fn follow(&self, node: usize, on: f64, whole: f64, room: &mut Room) {
        if on > 0.0 {
            for (s, w) in self.graph.suppliers_of(NodeIx(node as u32)).iter() {
                room.add(s, on * w, self.touched[s], whole);
            }
        }
    }
}
