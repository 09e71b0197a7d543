//! Where most of the touched part of many starts comes from: what each buys is followed side by side, sixteen starts on one reading of the graph.
//!
//! A unit stands at the start; r_j is the mass that came to node j and was not followed, y_j what stood there and was. Following j moves
//! r_j goes_on_j W on to its suppliers and takes r_j p_j off what is open, since touched_j = p_j + goes_on_j sum_s W_js touched_s. So at any
//! point, circles too:
//!
//! ```text
//! touched_start = sum_j y_j p_j + rest          rest = sum_j r_j touched_j
//! ```
//!
//! Components are taken buyers first, a circle is swept against its order of solving until next to nothing of the allowed rest is left in it. On a
//! production network nearly every node is upstream of every company, and the last twentieth of touched is spread over nearly all of them:
//! following one node after the other, largest first, takes as many steps as there are nodes, each at a random place of memory. What bounds the work is
//! that memory, so masses are held in `f32`: figures keep some six digits, where what stays open is a twentieth.

use super::circle::{Circle, Positions};
use super::side_by_side::Steps;
use super::walk::{Problem, steps_of};
use crate::base::{Error, NodeIx, Result, par};
use crate::graph::SupplyGraph;

/// What was followed from one start.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pushed {
    /// The nodes that hold most of what was found, largest y_j p_j first: node and y_j.
    pub visits: Vec<(u32, f64)>,
    /// sum y_j p_j of all nodes, to some 1e-6 of itself.
    pub found: f64,
    /// sum r_j touched_j: what is still open; with `found` what the start's purchases meet, to as much.
    pub rest: f64,
}

/// How far starts are followed, and what is kept of each.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Follow {
    /// Largest part of touched that stays open.
    pub rest: f64,
    /// Nodes are kept until they hold this part of touched, at most `most` of them.
    pub share: f64,
    pub most: usize,
}

impl Default for Follow {
    /// Model 2, "Contributions": rest <= 5 %, rows to 80 % of touched, at most 1,000.
    fn default() -> Self {
        Follow { rest: 0.05, share: 0.8, most: 1000 }
    }
}

/// The walk from many starts of one problem.
pub struct Pusher<'a> {
    steps: Steps<'a, 1>,
    p: &'a [f64],
    touched: &'a [f64],
}

/// Starts that are followed together: their masses fill one line of the cache.
const LANES: usize = 16;
/// What a start's purchases weigh here: a power of two, so that far parts of a unit do not fall below what `f32` holds whole.
const UNIT: f64 = (1u128 << 64) as f64;
/// Sweeps of a circle after which it is left as it stands: one that leaks next to nothing.
const SWEEPS_MOST: u32 = 2_000;
/// What a circle may keep of the rest that is still allowed: those after it share what it leaves.
const OF_REST: f64 = 0.8;

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Masses([f32; LANES]);

const NONE: Masses = Masses([0.0; LANES]);

/// Room for one group of starts, length N.
struct Room {
    waiting: Vec<Masses>,
    stood: Vec<Masses>,
    /// Of the members of one circle.
    circle: Members,
}

#[derive(Default)]
struct Members {
    waiting: Vec<Masses>,
    stood: Vec<Masses>,
    /// What rests at a start that has been followed far enough.
    left: Vec<Masses>,
    touched: Vec<f64>,
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
        Ok(Self { steps: steps_of(graph, &[*problem]), p: problem.p, touched })
    }

    /// Follows one unit of the purchases of each start; results in the order of the starts, the same for any number of threads. A start's own p is
    /// no part of what it buys. A start outside the graph, or that buys nothing touched, finds nothing.
    pub fn push_all(&self, starts: &[u32], follow: Follow) -> Vec<Pushed> {
        let graph = self.steps.graph;
        // Circles are laid out once for all groups.
        let mut positions = Positions::new(graph.nodes());
        let circles: Vec<Option<Circle<1>>> = graph
            .components()
            .iter()
            .enumerate()
            .map(|(c, members)| (members.len() > 1).then(|| Circle::of(&self.steps, c as u32, members, &mut positions)))
            .collect();
        let groups: Vec<&[u32]> = starts.chunks(LANES).collect();
        // A worker keeps its room for several groups.
        let parts = par::map_chunks(groups.len(), GROUPS_A_ROOM, |range| {
            let mut room = Room { waiting: vec![NONE; graph.nodes()], stood: vec![NONE; graph.nodes()], circle: Members::default() };
            let mut done = Vec::with_capacity(range.len() * LANES);
            for group in &groups[range] {
                done.extend(self.push(group, &follow, &circles, &mut room));
                room.waiting.fill(NONE);
                room.stood.fill(NONE);
            }
            done
        });
        parts.into_iter().flatten().collect()
    }

    fn push(&self, starts: &[u32], follow: &Follow, circles: &[Option<Circle<1>>], room: &mut Room) -> Vec<Pushed> {
        let graph = self.steps.graph;
        let mut whole = [0.0; LANES];
        for (lane, start) in starts.iter().map(|s| *s as usize).enumerate() {
            let (Some(p), Some(touched)) = (self.p.get(start), self.touched.get(start)) else { continue };
            if *p >= 1.0 {
                continue;
            }
            // What its purchases meet: touched less the place itself, as parts of what is bought.
            whole[lane] = ((touched - p) / (1.0 - p)).max(0.0);
            let on = self.steps.goes_on[start][0] / (1.0 - p);
            for (s, w) in graph.suppliers_of(NodeIx(start as u32)).iter() {
                room.waiting[s].0[lane] += (on * w * UNIT) as f32;
            }
        }
        let mut allowed = whole.map(|whole| whole * follow.rest * UNIT);
        let components = graph.components();
        for c in (0..components.len()).rev() {
            match (components.members(c), circles.get(c).and_then(Option::as_ref)) {
                ([n], _) => self.single(*n as usize, c as u32, room),
                (members, Some(circle)) => self.circle(c as u32, members, circle, &mut allowed, room),
                _ => {}
            }
        }
        self.told(starts.len(), &whole, follow, room)
    }

    /// A node in no circle; one that also supplies itself stands as often as it comes back.
    fn single(&self, n: usize, c: u32, room: &mut Room) {
        let mut mass = std::mem::replace(&mut room.waiting[n], NONE);
        if mass.0 == NONE.0 {
            return;
        }
        let row = self.steps.graph.suppliers_of(NodeIx(n as u32));
        if row.nodes.binary_search(&(n as u32)).is_ok() {
            let [leak] = self.steps.leak(n, c);
            if leak <= 0.0 {
                room.waiting[n] = mass;
                return;
            }
            mass = Masses(mass.0.map(|m| (f64::from(m) / leak) as f32));
        }
        room.stood[n] = mass;
        self.onward(n, &mass, |s| s != n, room);
    }

    #[inline]
    fn onward(&self, n: usize, mass: &Masses, counts: impl Fn(usize) -> bool, room: &mut Room) {
        let [on] = self.steps.goes_on[n];
        if on > 0.0 {
            for (s, w) in self.steps.graph.suppliers_of(NodeIx(n as u32)).iter() {
                if counts(s) {
                    let passes = (on * w) as f32;
                    for (waiting, mass) in room.waiting[s].0.iter_mut().zip(mass.0) {
                        *waiting += passes * mass;
                    }
                }
            }
        }
    }

    fn circle(&self, c: u32, members: &[u32], circle: &Circle<1>, allowed: &mut [f64; LANES], room: &mut Room) {
        if members.iter().all(|n| room.waiting[*n as usize].0 == NONE.0) {
            return;
        }
        let mut taken = std::mem::take(&mut room.circle);
        let Members { waiting, stood, left, touched } = &mut taken;
        waiting.clear();
        waiting.extend(members.iter().map(|n| room.waiting[*n as usize]));
        touched.clear();
        touched.extend(members.iter().map(|n| self.touched[*n as usize]));
        for column in [&mut *stood, &mut *left] {
            column.clear();
            column.resize(members.len(), NONE);
        }
        let mut is_done = [false; LANES];
        for _ in 0..SWEEPS_MOST {
            let mut open = [0.0; LANES];
            for (m, t) in waiting.iter().zip(&*touched) {
                for (open, m) in open.iter_mut().zip(m.0) {
                    *open += f64::from(m) * t;
                }
            }
            // A start that is followed far enough rests, so that those beside it do not show in its figures.
            let rests: [bool; LANES] = std::array::from_fn(|lane| !is_done[lane] && open[lane] <= OF_REST * allowed[lane]);
            if rests.contains(&true) {
                for (waiting, left) in waiting.iter_mut().zip(left.iter_mut()) {
                    for lane in (0..LANES).filter(|lane| rests[*lane]) {
                        left.0[lane] = std::mem::take(&mut waiting.0[lane]);
                    }
                }
                for lane in (0..LANES).filter(|lane| rests[*lane]) {
                    is_done[lane] = true;
                    allowed[lane] -= open[lane];
                }
            }
            if !is_done.contains(&false) {
                break;
            }
            for i in (0..waiting.len()).rev() {
                let mass = std::mem::replace(&mut waiting[i], NONE);
                if mass.0 == NONE.0 {
                    continue;
                }
                for (stood, mass) in stood[i].0.iter_mut().zip(mass.0) {
                    *stood += mass;
                }
                let [on] = circle.goes_on[i];
                for (s, w) in circle.row(i) {
                    let passes = (on * w) as f32;
                    for (waiting, mass) in waiting[s].0.iter_mut().zip(mass.0) {
                        *waiting += passes * mass;
                    }
                }
            }
        }
        let components = self.steps.graph.components();
        for (((n, waiting), left), stood) in members.iter().zip(&*waiting).zip(&*left).zip(&*stood) {
            room.waiting[*n as usize] = Masses(std::array::from_fn(|lane| waiting.0[lane] + left.0[lane]));
            room.stood[*n as usize] = *stood;
            self.onward(*n as usize, stood, |s| components.of_node(s) != c, room);
        }
        room.circle = taken;
    }

    /// One pass over the nodes for all lanes: of each lane only what may still be among its largest parts is held.
    fn told(&self, lanes: usize, whole: &[f64; LANES], follow: &Follow, room: &Room) -> Vec<Pushed> {
        let mut all: Vec<Largest> = (0..lanes).map(|_| Largest::new(follow.most)).collect();
        let mut rest = [0.0; LANES];
        for (n, (stood, waiting)) in room.stood.iter().zip(&room.waiting).enumerate() {
            let (p, touched) = (self.p[n], self.touched[n]);
            for (lane, largest) in all.iter_mut().enumerate() {
                rest[lane] += f64::from(waiting.0[lane]) * touched;
                largest.add(f64::from(stood.0[lane]) * p, n as u32);
            }
        }
        let one = |(lane, largest): (usize, Largest)| {
            let (found, by_size) = largest.sorted();
            let mut held = 0.0;
            let kept = by_size.iter().take_while(|(part, _)| {
                let goes_on = held < follow.share * whole[lane] * UNIT;
                held += part;
                goes_on
            });
            let visits = kept.map(|(_, n)| (*n, f64::from(room.stood[*n as usize].0[lane]) / UNIT)).collect();
            Pushed { visits, found: found / UNIT, rest: rest[lane] / UNIT }
        };
        all.into_iter().enumerate().map(one).collect()
    }
}

/// The largest parts of one start, and the sum of all.
struct Largest {
    most: usize,
    sum: f64,
    /// What a part must reach to be among the largest.
    least: f64,
    parts: Vec<(f64, u32)>,
}

impl Largest {
    fn new(most: usize) -> Self {
        Largest { most, sum: 0.0, least: 0.0, parts: Vec::new() }
    }

    #[inline]
    fn add(&mut self, part: f64, node: u32) {
        self.sum += part;
        if part > 0.0 && part >= self.least {
            self.parts.push((part, node));
            if self.parts.len() > 2 * self.most + ROWS_SPARE {
                self.cut();
            }
        }
    }

    fn order(a: &(f64, u32), b: &(f64, u32)) -> std::cmp::Ordering {
        b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
    }

    fn cut(&mut self) {
        if self.parts.len() > self.most {
            let (_, first_left_out, _) = self.parts.select_nth_unstable_by(self.most, Self::order);
            self.least = first_left_out.0;
            self.parts.truncate(self.most);
        }
    }

    /// The sum, and the largest parts, largest first.
    fn sorted(mut self) -> (f64, Vec<(f64, u32)>) {
        self.cut();
        self.parts.sort_unstable_by(Self::order);
        (self.sum, self.parts)
    }
}

/// Parts that are held before the smaller ones go, beside twice those that are kept.
const ROWS_SPARE: usize = 1024;
/// Groups of starts that one room serves.
const GROUPS_A_ROOM: usize = 4;
