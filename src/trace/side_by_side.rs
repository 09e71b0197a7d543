//! S walks over one graph at once, K figures each: x = source + diag(goes on) W x for every one of them.
//!
//! The walks differ in what stops at a node, not in who supplies whom: a link is read once for all of them, and the figures of a supplier
//! stand in one place. Components are taken suppliers first. A node in no circle is exact in one step. A circle of few nodes is eliminated
//! exactly; a larger one is swept (Gauss-Seidel, depth-first post-order) from 0, so that every figure rises to its value and the defect, 1
//! less the figures that close a walk, bounds what each lacks.

use super::circle::{Circle, Positions};
use super::elimination::Elimination;
use super::real::Real;
use crate::base::NodeIx;
use crate::graph::SupplyGraph;

/// Circles up to this size are eliminated at once.
pub(crate) const SMALL: usize = 48;
/// Circles up to this size are eliminated where [`PATIENCE`] sweeps were not enough.
pub(crate) const MEDIUM: usize = 768;
pub(crate) const PATIENCE: u32 = 64;
/// No circle is swept more often; what it then lacks shows as defect.
pub(crate) const MOST_SWEEPS: u32 = 20_000;
/// Every so many sweeps the last step is carried on.
pub(crate) const STRIDE: u32 = 6;

/// What decides one step of S walks at every node; in `f64` 16 S bytes a node.
#[derive(Clone, Debug)]
pub(crate) struct Steps<'a, const S: usize, T = f64> {
    pub graph: &'a SupplyGraph,
    /// (1 - p) mapped (1 - e): what goes on to the suppliers, or ends clear where there are none.
    pub goes_on: Vec<[T; S]>,
    /// What stops here. Kept apart from `goes_on`, so that a circle that leaks next to nothing is still solved to the last digit.
    pub stops: Vec<[T; S]>,
}

impl<const S: usize, T: Real> Steps<'_, S, T> {
    /// What leaves component c in one step from node i of it: what stops, and what goes to suppliers outside.
    pub fn leak(&self, i: usize, c: u32) -> [T; S] {
        let row = self.graph.suppliers_of(NodeIx(i as u32));
        if row.is_empty() {
            return [T::ONE; S];
        }
        let outside: f64 = row.iter().filter(|(s, _)| self.graph.components().of_node(*s) != c).map(|(_, w)| w).sum();
        std::array::from_fn(|s| self.stops[i][s] + self.goes_on[i][s] * T::of(outside))
    }
}

/// Figures of one node: of each figure, all walks side by side.
pub(crate) type Figures<const S: usize, const K: usize, T = f64> = [[T; S]; K];

/// Figures of one node that begin where a line of the cache begins: a supplier's are looked up at random, and are then in as few lines
/// as can be.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Line<const S: usize, const K: usize, T = f64>(pub Figures<S, K, T>);

impl<const S: usize, const K: usize, T: Real> Line<S, K, T> {
    const ZERO: Self = Line([[T::ZERO; S]; K]);
}

/// Figures of all nodes, and the sweeps over the component that took most.
pub(crate) struct Solved<const S: usize, const K: usize, T = f64> {
    pub at: Vec<Line<S, K, T>>,
    pub sweeps: u32,
}

/// What tells how far walks are from their end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Closing {
    /// The first so many figures of a walk sum to 1.
    Sum(usize),
    /// The first figure of the last walk is all that ends, and at every node at least as much goes on in it as in any other walk: what it lacks of 1
    /// is more than any of them lacks.
    LastWalk,
}

/// What each walk lacks at a node, or more.
#[inline]
pub(crate) fn defects<const S: usize, const K: usize, T: Real>(x: &Figures<S, K, T>, closing: Closing) -> [T; S] {
    let Closing::Sum(closing) = closing else {
        return [T::ONE - x.first().and_then(|figure| figure.last()).copied().unwrap_or(T::ZERO); S];
    };
    let mut sum = [T::ZERO; S];
    for figure in x.iter().take(closing) {
        for (sum, x) in sum.iter_mut().zip(figure) {
            *sum += *x;
        }
    }
    sum.map(|sum| T::ONE - sum)
}

/// Solves S walks of K figures until the defect is below `tolerance` everywhere. `source`: what ends at a node itself. Sequential.
pub(crate) fn solve_side_by_side<const S: usize, const K: usize, T: Real>(
    steps: &Steps<'_, S, T>,
    source: impl Fn(usize) -> Figures<S, K, T>,
    closing: Closing,
    tolerance: f64,
) -> Solved<S, K, T> {
    let nodes = steps.graph.nodes();
    let mut pass = Pass { steps, source, closing, at: vec![Line::ZERO; nodes], positions: Positions::new(nodes), sweeps: 0 };
    for c in 0..steps.graph.components().len() {
        match steps.graph.components().members(c) {
            [n] => pass.single(*n as usize, c as u32),
            members => pass.circle(c as u32, members, T::of(tolerance)),
        }
    }
    Solved { at: pass.at, sweeps: pass.sweeps }
}

struct Pass<'a, F, const S: usize, const K: usize, T> {
    steps: &'a Steps<'a, S, T>,
    source: F,
    closing: Closing,
    at: Vec<Line<S, K, T>>,
    positions: Positions,
    sweeps: u32,
}

impl<F: Fn(usize) -> Figures<S, K, T>, const S: usize, const K: usize, T: Real> Pass<'_, F, S, K, T> {
    /// Source plus what comes from the suppliers for which `counts` holds.
    #[inline]
    fn step(&self, n: usize, counts: impl Fn(usize) -> bool) -> Figures<S, K, T> {
        let mut sum = [[T::ZERO; S]; K];
        for (s, w) in self.steps.graph.suppliers_of(NodeIx(n as u32)).iter() {
            if counts(s) {
                add(&mut sum, T::of(w), &self.at[s].0);
            }
        }
        joined((self.source)(n), &self.steps.goes_on[n], &sum)
    }

    /// A component of one node: exact; one that also supplies itself is divided by what does not come back.
    fn single(&mut self, n: usize, c: u32) {
        self.sweeps = self.sweeps.max(1);
        let mut x = self.step(n, |s| s != n);
        if self.steps.graph.suppliers_of(NodeIx(n as u32)).nodes.binary_search(&(n as u32)).is_ok() {
            let leak = self.steps.leak(n, c);
            for figure in &mut x {
                for (x, leak) in figure.iter_mut().zip(leak) {
                    *x = if leak > T::ZERO { *x / leak } else { T::ZERO };
                }
            }
        }
        self.at[n].0 = x;
    }

    fn circle(&mut self, c: u32, members: &[u32], tolerance: T) {
        let circle = Circle::of(self.steps, c, members, &mut self.positions);
        let (source, enough) = self.given(&circle, members, tolerance);
        let solved = if circle.len() <= SMALL {
            eliminated(&circle, &source)
        } else {
            let patience = if circle.len() <= MEDIUM { PATIENCE } else { MOST_SWEEPS };
            let Swept { at, sweeps, largest } = swept(&circle, &source, self.closing, &enough, patience);
            self.sweeps = self.sweeps.max(sweeps);
            let is_short = circle.len() <= MEDIUM && largest.iter().zip(&enough).any(|(most, enough)| most > enough);
            if is_short { eliminated(&circle, &source) } else { at }
        };
        self.sweeps = self.sweeps.max(1);
        for (n, x) in members.iter().zip(solved) {
            self.at[*n as usize] = x;
        }
    }

    /// What each node has of its own and from suppliers outside the circle; and the defect at which the circle is swept enough: half of what its
    /// suppliers outside leave to the tolerance, so that a chain of circles never adds up to more than it.
    fn given(&self, circle: &Circle<S, T>, members: &[u32], tolerance: T) -> (Vec<Figures<S, K, T>>, [T; S]) {
        let mut sums = vec![[[T::ZERO; S]; K]; members.len()];
        let mut inherited = [T::ZERO; S];
        for (place, s, w) in &circle.outside {
            let x = &self.at[*s as usize].0;
            add(&mut sums[*place as usize], *w, x);
            for (most, defect) in inherited.iter_mut().zip(defects(x, self.closing)) {
                *most = most.larger(defect);
            }
        }
        for ((n, sum), on) in members.iter().zip(&mut sums).zip(&circle.goes_on) {
            *sum = joined((self.source)(*n as usize), on, sum);
        }
        (sums, inherited.map(|inherited| inherited + T::ZERO.larger(tolerance - inherited) * T::of(0.5)))
    }
}

#[inline]
fn add<const S: usize, const K: usize, T: Real>(sum: &mut Figures<S, K, T>, weight: T, x: &Figures<S, K, T>) {
    for (sum, x) in sum.iter_mut().zip(x) {
        for (sum, x) in sum.iter_mut().zip(x) {
            *sum += weight * *x;
        }
    }
}

#[inline]
fn joined<const S: usize, const K: usize, T: Real>(
    mut source: Figures<S, K, T>,
    goes_on: &[T; S],
    sum: &Figures<S, K, T>,
) -> Figures<S, K, T> {
    for (source, sum) in source.iter_mut().zip(sum) {
        for ((x, on), sum) in source.iter_mut().zip(goes_on).zip(sum) {
            *x += *on * *sum;
        }
    }
    source
}

/// Exact; a walk that the circle lets nothing out of has no figures and stays 0.
fn eliminated<const S: usize, const K: usize, T: Real>(circle: &Circle<S, T>, source: &[Figures<S, K, T>]) -> Vec<Line<S, K, T>> {
    let mut at = vec![Line::ZERO; source.len()];
    for s in 0..S {
        if let Some(elimination) = Elimination::of(circle, s) {
            let mut x: Vec<[f64; K]> = source.iter().map(|x| x.map(|figure| figure[s].wide())).collect();
            elimination.solve(&mut x);
            for (at, x) in at.iter_mut().zip(x) {
                for (figure, x) in at.0.iter_mut().zip(x) {
                    figure[s] = T::of(x);
                }
            }
        }
    }
    at
}

struct Swept<const S: usize, const K: usize, T> {
    at: Vec<Line<S, K, T>>,
    sweeps: u32,
    largest: [T; S],
}

/// What one sweep did, by walk.
struct Moved<const S: usize, const K: usize, T> {
    any: [bool; S],
    largest: [T; S],
    /// The least of this sweep's steps over the last one's, by figure.
    slowest: Figures<S, K, T>,
}

/// Sweeps from 0 until every walk's defect is `enough`, at most `most` times.
///
/// Every sixth sweep is carried on. A sweep is x -> G x + g with G >= 0, so where each step is at least rho times the one before, all later steps
/// are too, and what they add is at least step rho / (1 - rho): figures stay below their values, and the defect stays their bound.
fn swept<const S: usize, const K: usize, T: Real>(
    circle: &Circle<S, T>,
    source: &[Figures<S, K, T>],
    closing: Closing,
    enough: &[T; S],
    most: u32,
) -> Swept<S, K, T> {
    let mut at = vec![Line::ZERO; circle.len()];
    let mut step: Vec<Figures<S, K, T>> = Vec::new();
    let mut largest = [T::ONE; S];
    // Carried on each by its own steps, walks are no longer behind the last one.
    let carries_on = closing != Closing::LastWalk;
    for sweep in 1..=most {
        let moved = match sweep % STRIDE {
            _ if !carries_on => sweep_once::<S, K, false, T>(circle, source, closing, &mut at, &mut []),
            5 => {
                step.resize(circle.len(), [[T::ZERO; S]; K]);
                sweep_once::<S, K, true, T>(circle, source, closing, &mut at, &mut step)
            }
            0 => sweep_once::<S, K, true, T>(circle, source, closing, &mut at, &mut step),
            _ => sweep_once::<S, K, false, T>(circle, source, closing, &mut at, &mut []),
        };
        largest = moved.largest;
        if (0..S).all(|s| moved.largest[s] <= enough[s] || !moved.any[s]) {
            return Swept { at, sweeps: sweep, largest };
        }
        if carries_on && sweep % STRIDE == 0 {
            let further = moved.slowest.map(|figure| figure.map(further));
            for (x, step) in at.iter_mut().zip(&mut step) {
                for ((x, step), further) in x.0.iter_mut().zip(step.iter()).zip(&further) {
                    for ((x, step), further) in x.iter_mut().zip(step).zip(further) {
                        if *step > T::NOISE {
                            *x += *further * *step;
                        }
                    }
                }
                *step = [[T::ZERO; S]; K];
            }
        }
    }
    Swept { at, sweeps: most, largest }
}

/// What all later steps add at least, by the last one, where each is at least rho times the one before.
#[inline]
pub(crate) fn further<T: Real>(rho: T) -> T {
    if rho < T::ONE { rho / (T::ONE - rho) } else { T::ZERO }
}

/// One sweep in place. With `TRACKED` the steps are kept in `step`, and compared with those that stood there.
fn sweep_once<const S: usize, const K: usize, const TRACKED: bool, T: Real>(
    circle: &Circle<S, T>,
    source: &[Figures<S, K, T>],
    closing: Closing,
    at: &mut [Line<S, K, T>],
    step: &mut [Figures<S, K, T>],
) -> Moved<S, K, T> {
    let mut moved = Moved { any: [false; S], largest: [T::ZERO; S], slowest: [[T::ONE; S]; K] };
    for (i, source) in source.iter().enumerate() {
        let mut sum = [[T::ZERO; S]; K];
        for (s, w) in circle.row(i) {
            add(&mut sum, w, &at[s].0);
        }
        let mut x = joined(*source, &circle.goes_on[i], &sum);
        let before = at[i].0;
        for k in 0..K {
            for s in 0..S {
                x[k][s] = x[k][s].larger(before[k][s]); // Rounding alone could lower a figure.
                let next = x[k][s] - before[k][s];
                moved.any[s] |= next > T::ZERO;
                if TRACKED {
                    let last = &mut step[i][k][s];
                    if *last > T::NOISE && next < moved.slowest[k][s] * *last {
                        moved.slowest[k][s] = next / *last;
                    }
                    *last = next;
                }
            }
        }
        for (most, defect) in moved.largest.iter_mut().zip(defects(&x, closing)) {
            *most = most.larger(defect);
        }
        at[i].0 = x;
    }
    moved
}
