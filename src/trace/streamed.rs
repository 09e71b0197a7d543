//! The walk over a graph in a file: touched, unseen, exited and clear at every node, with links read forward and figures in memory.
//!
//! Nodes stand in the order of `graph::stored_order` and are called by their position in it. One reading is enough for what trades in no
//! circle. A circle that is small or sparse is taken out of the file and solved by `side_by_side` as if it were all there is, what
//! comes from outside it being given. A large one is swept: its part of the file is read again and again (Gauss-Seidel from 0, every sixth
//! sweep carried on), so that figures rise to their values and the defect bounds what each lacks, as in memory. Two walks are solved on one reading.

use super::real::Real;
use super::side_by_side::{Closing, Figures as Sides, MOST_SWEEPS, STRIDE, Steps, further, solve_side_by_side};
use super::solve::{ENDS, Figures, defect};
use super::walk::Problem;
use crate::base::{Error, Result, par};
use crate::graph::{Block, Entry, Extent, StoredCircle, StoredRows, SupplyGraph};

/// Walks solved on one reading.
const TOGETHER: usize = 2;

/// Touched, unseen, exited, clear.
type Ends = [f64; ENDS];

/// A graph in a file, by position.
#[derive(Clone, Debug)]
pub struct StoredGraph {
    pub rows: StoredRows,
    /// Circles by rising position.
    pub circles: Vec<StoredCircle>,
    /// The file in pieces: what one reading solves, and each circle that is swept.
    pub parts: Vec<StoredPart>,
    /// By position, whether the node has suppliers.
    pub buys: Vec<bool>,
    /// Bytes that reading may hold.
    pub memory: usize,
}

/// A piece of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredPart {
    pub extent: Extent,
    /// The circle that it holds, where it is swept.
    pub swept: Option<StoredCircle>,
}

/// Mapped shares with closed circles opened, as [`open_circles`](super::open_circles) does it, and how many were replaced; by position.
///
/// # Errors
/// A column of another length than the graph, or a file that cannot be read.
pub fn open_stored_circles(graph: &StoredGraph, mut mapped: Vec<f64>, closed_mapped: f64) -> Result<(Vec<f64>, usize)> {
    let nodes = graph.rows.nodes();
    if mapped.len() != nodes || graph.buys.len() != nodes {
        return Err(Error::internal(format!("{} mapped shares for {nodes} nodes", mapped.len())));
    }
    let mut is_open: Vec<bool> = mapped.iter().zip(&graph.buys).map(|(m, buys)| *m < 1.0 || !buys).collect();
    let mut circles = graph.circles.iter().peekable();
    let share = |is_open: &mut Vec<bool>, circle: &StoredCircle| {
        let members = &mut is_open[circle.first as usize..(circle.first + circle.nodes) as usize];
        let any = members.contains(&true);
        members.fill(any);
    };
    graph.rows.read(graph.rows.whole(), graph.memory, &mut |block| {
        for (piece, suppliers, _) in block.rows() {
            while let Some(done) = circles.next_if(|c| c.first + c.nodes <= piece.buyer) {
                share(&mut is_open, done);
            }
            let open = suppliers.iter().any(|s| is_open[*s as usize]);
            is_open[piece.buyer as usize] |= open;
        }
        Ok(())
    })?;
    circles.for_each(|c| share(&mut is_open, c));
    let mut count = 0;
    for (m, _) in mapped.iter_mut().zip(&is_open).filter(|(_, open)| !**open) {
        *m = closed_mapped;
        count += 1;
    }
    Ok((mapped, count))
}

/// Solves the walks until the defect is below `tolerance` everywhere, or a circle was swept 20,000 times. Columns by position; of a problem
/// p, mapped and exited count. 32 bytes a node and walk, and as many again for two walks at a time where a circle is swept.
///
/// # Errors
/// Columns that do not fit the graph, or a file that cannot be read.
pub fn solve_streamed(graph: &StoredGraph, problems: &[Problem<'_>], tolerance: f64) -> Result<Vec<Figures>> {
    let nodes = graph.rows.nodes();
    let fits = |column: &[f64]| column.len() == nodes && column.iter().all(|x| (0.0..=1.0).contains(x));
    if let Some(bad) = problems.iter().position(|p| !fits(p.p) || !fits(p.mapped) || !(p.exited.is_empty() || fits(p.exited))) {
        return Err(Error::internal(format!("the columns of walk {bad} do not fit {nodes} nodes")));
    }
    let mut solved = Vec::with_capacity(problems.len());
    for problems in problems.chunks(TOGETHER) {
        let mut walks: Vec<Walk<'_, '_>> = problems.iter().map(|p| Walk::new(graph, p, tolerance)).collect();
        for part in &graph.parts {
            match part.swept {
                None => read_once(graph, part.extent, &mut walks)?,
                Some(circle) => sweep(graph, part.extent, circle, &mut walks)?,
            }
        }
        solved.extend(walks.into_iter().map(|w| Figures { at: w.at, sweeps: w.sweeps.max(1) }));
    }
    Ok(solved)
}

fn read_once(graph: &StoredGraph, part: Extent, walks: &mut [Walk<'_, '_>]) -> Result<()> {
    graph
        .rows
        .read(part, graph.memory, &mut |block| par::map_owned(walks.iter_mut().collect(), |walk| walk.pass(block)).into_iter().collect())
}

fn sweep(graph: &StoredGraph, part: Extent, circle: StoredCircle, walks: &mut [Walk<'_, '_>]) -> Result<()> {
    walks.iter_mut().for_each(|w| w.begin(circle));
    while walks.iter().any(|w| w.circle.is_some()) {
        graph.rows.read(part, graph.memory, &mut |block| {
            let open: Vec<_> = walks.iter_mut().filter(|w| w.circle.is_some()).collect();
            par::map_owned(open, |walk| walk.swept(block));
            Ok(())
        })?;
        walks.iter_mut().for_each(Walk::end_of_sweep);
    }
    Ok(())
}

/// One walk under way.
struct Walk<'g, 'p> {
    graph: &'g StoredGraph,
    problem: &'p Problem<'p>,
    tolerance: f64,
    at: Vec<Ends>,
    /// What the suppliers of the row under work gave so far, and the weight of its links to others than itself.
    sum: Ends,
    others: f64,
    /// Whether it supplies itself.
    own: bool,
    /// The next circle, and the links of it that were read.
    next_circle: usize,
    held: Vec<Entry>,
    circle: Option<Swept>,
    sweeps: u32,
}

/// A circle that is being swept.
struct Swept {
    circle: StoredCircle,
    step: Vec<Ends>,
    sweep: u32,
    /// The largest defect of suppliers outside; what is enough follows from it.
    inherited: f64,
    moved: bool,
    largest: f64,
    slowest: Ends,
}

impl<'g, 'p> Walk<'g, 'p> {
    fn new(graph: &'g StoredGraph, problem: &'p Problem<'p>, tolerance: f64) -> Self {
        let mut walk = Walk {
            graph,
            problem,
            tolerance,
            at: Vec::new(),
            sum: [0.0; ENDS],
            others: 0.0,
            own: false,
            next_circle: 0,
            held: Vec::new(),
            circle: None,
            sweeps: 0,
        };
        walk.at = graph.buys.iter().enumerate().map(|(n, buys)| if *buys { [0.0; ENDS] } else { walk.source(n) }).collect();
        walk
    }

    /// What ends at the node itself.
    #[inline]
    fn source(&self, n: usize) -> Ends {
        self.problem.ends(n, self.graph.buys[n])
    }

    /// Adds what suppliers give.
    #[inline]
    fn gather(&mut self, suppliers: &[u32], weights: &[f64]) {
        let mut sum = self.sum;
        for (s, w) in suppliers.iter().zip(weights) {
            for (sum, x) in sum.iter_mut().zip(&self.at[*s as usize]) {
                *sum += w * x;
            }
        }
        self.sum = sum;
    }

    /// Ends the row of a node: its figures from what was gathered.
    #[inline]
    fn row(&mut self, n: usize) -> Ends {
        let (on, sum) = (self.problem.goes_on(n), std::mem::replace(&mut self.sum, [0.0; ENDS]));
        let mut x = self.source(n);
        for (x, sum) in x.iter_mut().zip(sum) {
            *x += on * sum;
        }
        x
    }

    /// Rows that one reading solves: nodes in no circle, and circles that are held.
    fn pass(&mut self, block: &Block) -> Result<()> {
        for (piece, suppliers, weights) in block.rows() {
            let n = piece.buyer;
            let circles = &self.graph.circles;
            while circles.get(self.next_circle).is_some_and(|c| c.first + c.nodes <= n) {
                self.next_circle += 1;
            }
            let circle = circles.get(self.next_circle).filter(|c| c.first <= n).copied();
            if let Some(circle) = circle {
                let links = suppliers.iter().zip(weights);
                self.held.extend(links.map(|(supplier, weight)| Entry { buyer: n, supplier: *supplier, weight: *weight }));
                if piece.ends && n + 1 == circle.first + circle.nodes {
                    self.solve_held(circle)?;
                }
                continue;
            }
            // A node that also supplies itself has no figures yet: it gives nothing to the sum.
            self.gather(suppliers, weights);
            self.others += suppliers.iter().zip(weights).filter(|(s, _)| **s != n).map(|(_, w)| w).sum::<f64>();
            self.own |= suppliers.contains(&n);
            if piece.ends {
                let n = n as usize;
                let mut x = self.row(n);
                if std::mem::take(&mut self.own) {
                    let leak = self.problem.stops(n) + self.problem.goes_on(n) * self.others;
                    x = if leak > 0.0 { x.map(|x| x / leak) } else { [0.0; ENDS] };
                }
                self.others = 0.0;
                self.at[n] = x;
            }
        }
        Ok(())
    }

    /// Solves a circle whose links are all held, by itself: what comes to a member from outside comes from one node of its own.
    fn solve_held(&mut self, circle: StoredCircle) -> Result<()> {
        let (first, nodes) = (circle.first, circle.nodes as usize);
        let inside = |s: u32| s >= first && s < first + circle.nodes;
        let (mut links, mut outside) = (Vec::with_capacity(self.held.len()), Vec::new());
        for row in self.held.chunk_by(|a, b| a.buyer == b.buyer) {
            let (mut given, mut weight, mut buyer) = ([0.0; ENDS], 0.0, 0);
            for link in row {
                buyer = link.buyer - first;
                if inside(link.supplier) {
                    links.push(Entry { buyer, supplier: link.supplier - first, weight: link.weight });
                } else {
                    weight += link.weight;
                    given.iter_mut().zip(&self.at[link.supplier as usize]).for_each(|(g, x)| *g += link.weight * x);
                }
            }
            if weight > 0.0 {
                links.push(Entry { buyer, supplier: (nodes + outside.len()) as u32, weight });
                outside.push(given.map(|g| g / weight));
            }
        }
        self.held.clear();
        let graph = SupplyGraph::of_entries(nodes + outside.len(), links)?;
        let of_members = |f: &dyn Fn(usize) -> f64, other: f64| -> Vec<[f64; 1]> {
            (0..nodes).map(|n| [f(first as usize + n)]).chain(outside.iter().map(|_| [other])).collect()
        };
        let steps = Steps {
            graph: &graph,
            goes_on: of_members(&|n| self.problem.goes_on(n), 0.0),
            stops: of_members(&|n| self.problem.stops(n), 1.0),
        };
        let source = |n: usize| -> Sides<1, ENDS> {
            outside.get(n.wrapping_sub(nodes)).copied().unwrap_or_else(|| self.source(first as usize + n)).map(|x| [x])
        };
        let solved = solve_side_by_side(&steps, source, Closing::Sum(ENDS), self.tolerance);
        self.sweeps = self.sweeps.max(solved.sweeps);
        for (n, x) in solved.at.iter().take(nodes).enumerate() {
            self.at[first as usize + n] = x.0.map(|[x]| x);
        }
        Ok(())
    }

    fn begin(&mut self, circle: StoredCircle) {
        let step = vec![[0.0; ENDS]; circle.nodes as usize];
        self.circle = Some(Swept { circle, step, sweep: 1, inherited: 0.0, moved: false, largest: 0.0, slowest: [1.0; ENDS] });
    }

    /// Rows of a circle, once more.
    fn swept(&mut self, block: &Block) {
        let Some(mut swept) = self.circle.take() else { return };
        let phase = swept.sweep % STRIDE;
        for (piece, suppliers, weights) in block.rows() {
            self.gather(suppliers, weights);
            let circle = swept.circle;
            if swept.sweep == 1 {
                for s in suppliers.iter().filter(|s| **s < circle.first || **s >= circle.first + circle.nodes) {
                    swept.inherited = swept.inherited.max(defect(&self.at[*s as usize]));
                }
            }
            if !piece.ends {
                continue;
            }
            let n = piece.buyer as usize;
            let (mut x, before) = (self.row(n), self.at[n]);
            // Rounding alone could lower a figure.
            x.iter_mut().zip(before).for_each(|(x, before)| *x = x.max(before));
            swept.moved |= x != before;
            if phase == STRIDE - 1 || phase == 0 {
                for ((last, slowest), next) in
                    swept.step[n - circle.first as usize].iter_mut().zip(&mut swept.slowest).zip(x.iter().zip(before))
                {
                    let next = next.0 - next.1;
                    if phase == 0 && *last > f64::NOISE && next < *slowest * *last {
                        *slowest = next / *last;
                    }
                    *last = next;
                }
            }
            swept.largest = swept.largest.max(defect(&x));
            self.at[n] = x;
        }
        self.circle = Some(swept);
    }

    /// Whether the circle is swept enough: half of what its suppliers outside leave to the tolerance. Else the last step is carried on where it is
    /// time: where each step is at least rho times the one before, all later ones are too, and add at least step rho / (1 - rho).
    fn end_of_sweep(&mut self) {
        let Some(mut swept) = self.circle.take() else { return };
        let enough = swept.inherited + (self.tolerance - swept.inherited).max(0.0) / 2.0;
        self.sweeps = self.sweeps.max(swept.sweep);
        if swept.largest <= enough || !swept.moved || swept.sweep >= MOST_SWEEPS {
            return;
        }
        if swept.sweep % STRIDE == 0 {
            let further = swept.slowest.map(further);
            for (x, step) in self.at[swept.circle.first as usize..].iter_mut().zip(&mut swept.step) {
                for ((x, step), further) in x.iter_mut().zip(step).zip(further) {
                    if *step > f64::NOISE {
                        *x += further * *step;
                    }
                }
            }
        }
        swept.sweep += 1;
        (swept.moved, swept.largest, swept.slowest) = (false, 0.0, [1.0; ENDS]);
        self.circle = Some(swept);
    }
}
