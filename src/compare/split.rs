//! The exact split of a figure's move: which part, and at which node.
//!
//! The walk is linear given what each step is: X = b + A X. With y the expected visits of one unit of the company's purchases,
//!
//! ```text
//! X' - X = sum_j y_j [(b'_j - b_j) + ((A' - A) X')_j]      old visits, new figures behind each step
//!        = sum_j y'_j [(b'_j - b_j) + ((A' - A) X)_j]      new visits, old figures
//! ```
//!
//! holds at every choice of old and new (the resolvent identity); the mean of the two is taken, so that the split of the way back is the negative of the
//! split of the way there. At each vertex the bracket is the move of one step with fixed figures behind it; Shapley's rule shares it over what a step
//! consists of: the probability (context, facts, time), the column it counts in, the mapped share, exits, and the row of suppliers. The move of a row is shared
//! over its links by what each is worth beyond the mean of the two rows.

use super::joined::{Flow, Joined, Solved, Step};
use super::shapley::{MOST, mean_without, shapley};
use super::side::FIGURES;
use super::story::Part;
use super::weights::{Moved, Shared};
use crate::base::{Result, Traced};
use crate::export::kept_rows::{BelievedAt, Purchases};

/// What each part adds to each figure of [`FIGURES`].
pub type Moves = [[f64; Part::COUNT]; FIGURES.len()];

pub const NO_MOVE: Moves = [[0.0; Part::COUNT]; FIGURES.len()];

/// Position of a figure in [`FIGURES`].
const ON_EVIDENCE: usize = 0;
const BY_CONTEXT: usize = 1;
const UNSEEN: usize = 2;
const EXITED: usize = 3;
const CLEAR: usize = 4;
const EXPECTED: usize = 5;

/// What moved at the vertices of a company's walk, for one norm and rule; vertices at which nothing did are left out.
///
/// `evidence` says what moved among the rows of the node of a vertex; `context` is the part that a move of the prior counts as.
///
/// # Errors
/// Only where a walk broke its own rules.
pub fn split(
    joined: &Joined,
    traced: Traced,
    rule: usize,
    context: Part,
    evidence: impl Fn(usize) -> Moved,
) -> Result<Vec<(usize, Moves)>> {
    let solved = [joined.solved(0, traced, rule)?, joined.solved(1, traced, rule)?];
    let [old, new] = &joined.steps;
    let mut found = Vec::new();
    for (v, (old, new)) in old.iter().zip(new).enumerate() {
        let visits = [0, 1].map(|side: usize| solved.get(side).and_then(|s: &Solved| s.visits.get(v)).copied().unwrap_or(0.0));
        if visits == [0.0, 0.0] {
            continue;
        }
        let Some(change) = StepChange::of([old, new], traced, rule, context, joined.list, || evidence(v)) else { continue };
        let mut moves = NO_MOVE;
        // Old visits with the new figures behind the step, new visits with the old ones.
        for (visits, behind) in visits.into_iter().zip([&solved[1], &solved[0]]) {
            if visits > 0.0 {
                change.add(0.5 * visits, behind, &mut moves);
            }
        }
        if moves.iter().flatten().any(|x| *x != 0.0) {
            found.push((v, moves));
        }
    }
    Ok(found)
}

/// What a step consists of and can change on its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Factor {
    Context,
    Facts,
    Time,
    Column,
    Mapped,
    Left,
    Listed,
    Row,
}

/// One step, old and new.
struct StepChange<'a> {
    steps: [&'a Step; 2],
    believed: [BelievedAt; 2],
    purchases: [Purchases; 2],
    list: Option<usize>,
    probability: Probability,
    factors: Vec<(Factor, Part)>,
}

impl<'a> StepChange<'a> {
    /// None where both are the same.
    fn of(
        steps: [&'a Step; 2],
        traced: Traced,
        rule: usize,
        context: Part,
        list: Option<usize>,
        evidence: impl FnOnce() -> Moved,
    ) -> Option<Self> {
        let believed = steps.map(|s| s.believed.get(traced as usize).copied().unwrap_or_default());
        let purchases = steps.map(|s| s.purchases.get(rule).copied().unwrap_or_default());
        let [a, b] = believed;
        let [from, to] = purchases;
        let probability = if a.p == b.p { Probability::same(a.p) } else { Probability::of(believed, evidence()) };
        let mut factors = Vec::new();
        let mut when = |moved: bool, factor: Factor, part: Part| factors.extend(moved.then_some((factor, part)));
        when(probability.moves[0] != 0.0 || a.origin != b.origin, Factor::Context, context);
        when(probability.moves[1] != 0.0, Factor::Facts, Part::Evidence);
        when(probability.moves[2] != 0.0, Factor::Time, Part::Time);
        when(a.on_evidence != b.on_evidence && (a.p > 0.0 || b.p > 0.0), Factor::Column, Part::FirstSignal);
        when(from.mapped != to.mapped, Factor::Mapped, Part::Coverage);
        when(from.left != to.left, Factor::Left, Part::Exits);
        let lists = if to.listed > from.listed { Part::LinksAdded } else { Part::LinksLost };
        when(list.is_some() && from.listed != to.listed, Factor::Listed, lists);
        when(steps[0].row != steps[1].row, Factor::Row, Part::LinksReweighted);
        (!factors.is_empty()).then_some(StepChange { steps, believed, purchases, list, probability, factors })
    }

    /// Adds what the change moves per unit that stands here, times `visits`, with the figures of `behind` behind the step.
    fn add(&self, visits: f64, behind: &Solved, moves: &mut Moves) {
        debug_assert!(self.factors.len() <= MOST);
        let states: Vec<State> = (0..1u32 << self.factors.len()).map(|set| self.state(set)).collect();
        let state = |set: u32| states.get(set as usize).copied().unwrap_or_default();
        let row_at = self.factors.iter().position(|(f, _)| *f == Factor::Row);
        for (k, moved) in moves.iter_mut().enumerate() {
            let worth = |v: usize| behind.figures.get(v).and_then(|f| f.get(k)).copied().unwrap_or(0.0);
            let rows = self.steps.map(|s| row_worth(s, k, worth));
            let list = self.list.map_or(0.0, worth);
            let value = |set: u32| {
                let s = state(set);
                let row = if s.new_row { rows[1] } else { rows[0] };
                s.ends_at(k) + (1.0 - s.p) * (s.flow.on * row + s.flow.list * list)
            };
            let parts = shapley(self.factors.len(), value);
            for ((factor, part), x) in self.factors.iter().zip(parts) {
                if *factor != Factor::Row {
                    moved[*part as usize] += visits * x;
                }
            }
            if let Some(row_at) = row_at {
                let on = mean_without(self.factors.len(), row_at, |set| {
                    let s = state(set);
                    (1.0 - s.p) * s.flow.on
                });
                let mean = 0.5 * (rows[0] + rows[1]);
                self.links(mean, k, worth, |part, x| moved[part as usize] += visits * on * x);
            }
        }
    }

    /// Shares the move of the row over its links: what each newly brings, or no longer does, beyond the mean of the two rows.
    fn links(&self, mean: f64, k: usize, worth: impl Fn(usize) -> f64, mut add: impl FnMut(Part, f64)) {
        let [old, new] = self.steps.map(|s| s.row.as_slice());
        for change in link_changes(old, new) {
            let part = match (change.old, change.new) {
                (None, _) => Part::LinksAdded,
                (_, None) => Part::LinksLost,
                _ => Part::LinksReweighted,
            };
            let by = change.new.unwrap_or(0.0) - change.old.unwrap_or(0.0);
            if by != 0.0 {
                add(part, by * (worth(change.supplier) - mean));
            }
        }
        // Where there are no suppliers at all the unit ends here, clear.
        let clear = if k == CLEAR { 1.0 } else { 0.0 };
        match (old.is_empty(), new.is_empty()) {
            (true, false) => add(Part::LinksAdded, -(clear - mean)),
            (false, true) => add(Part::LinksLost, clear - mean),
            _ => {}
        }
    }

    /// The step with the factors of `set` new and the others old.
    fn state(&self, set: u32) -> State {
        let is_new = |factor: Factor| self.factors.iter().position(|(f, _)| *f == factor).is_some_and(|at| set >> at & 1 == 1);
        let side = |factor: Factor| usize::from(is_new(factor));
        let purchases = Purchases {
            mapped: self.purchases[side(Factor::Mapped)].mapped,
            left: self.purchases[side(Factor::Left)].left,
            listed: self.purchases[side(Factor::Listed)].listed,
        };
        State {
            p: self.probability.at([is_new(Factor::Context), is_new(Factor::Facts), is_new(Factor::Time)]),
            on_evidence: self.believed[side(Factor::Column)].on_evidence,
            origin: self.believed[side(Factor::Context)].origin,
            flow: Flow::of(purchases, self.list.is_some()),
            new_row: is_new(Factor::Row),
        }
    }
}

/// A step between old and new.
#[derive(Clone, Copy, Debug)]
struct State {
    p: f64,
    on_evidence: bool,
    origin: f64,
    flow: Flow,
    new_row: bool,
}

impl Default for State {
    fn default() -> Self {
        State { p: 0.0, on_evidence: false, origin: 0.0, flow: Flow::of(Purchases::default(), false), new_row: false }
    }
}

impl State {
    /// What of a unit ends in a figure at this very step.
    fn ends_at(&self, figure: usize) -> f64 {
        let goes = 1.0 - self.p;
        match figure {
            ON_EVIDENCE if self.on_evidence => self.p,
            BY_CONTEXT if !self.on_evidence => self.p,
            UNSEEN => goes * self.flow.unseen,
            EXITED => goes * self.flow.left,
            EXPECTED => self.p + goes * self.flow.unseen * self.origin,
            _ => 0.0,
        }
    }
}

/// What one unit that goes on to the suppliers of a step adds to a figure.
fn row_worth(step: &Step, figure: usize, worth: impl Fn(usize) -> f64) -> f64 {
    match step.row.is_empty() {
        true if figure == CLEAR => 1.0,
        _ => step.row.iter().map(|(s, w)| w * worth(*s)).sum(),
    }
}

/// A supplier in the rows of a step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LinkChange {
    pub supplier: usize,
    pub old: Option<f64>,
    pub new: Option<f64>,
}

/// The suppliers of two rows, by number.
pub fn link_changes(old: &[(usize, f64)], new: &[(usize, f64)]) -> Vec<LinkChange> {
    let mut changes = Vec::with_capacity(old.len().max(new.len()));
    let (mut a, mut b) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let supplier = match (a.peek(), b.peek()) {
            (None, None) => return changes,
            (Some((s, _)), None) | (None, Some((s, _))) => *s,
            (Some((s, _)), Some((t, _))) => *s.min(t),
        };
        let old = a.next_if(|(s, _)| *s == supplier).map(|(_, w)| *w);
        let new = b.next_if(|(s, _)| *s == supplier).map(|(_, w)| *w);
        changes.push(LinkChange { supplier, old, new });
    }
}

/// A probability between old and new, in log odds: prior, facts and age each move it on their own.
#[derive(Clone, Copy, Debug)]
struct Probability {
    ends: [f64; 2],
    /// Log odds of the old one; NaN where it cannot be told in log odds.
    old: f64,
    /// Context, facts, time.
    moves: [f64; 3],
}

impl Probability {
    fn same(p: f64) -> Self {
        Probability { ends: [p, p], old: f64::NAN, moves: [0.0; 3] }
    }

    fn of([old, new]: [BelievedAt; 2], evidence: Moved) -> Self {
        let ends = [old.p, new.p];
        let odds = [old.p, new.p, old.prior, new.prior].map(|p| p.ln() - (-p).ln_1p());
        let [old_odds, new_odds, old_prior, new_prior] = odds;
        if odds.iter().any(|x| !x.is_finite()) {
            // The norm is off, or nobody works there, in one of the two: the context says so.
            return Probability { ends, old: f64::NAN, moves: [1.0, 0.0, 0.0] };
        }
        let prior = new_prior - old_prior;
        let Shared { facts, time, context } = evidence.shared((new_odds - new_prior) - (old_odds - old_prior));
        let moves = [prior + context, facts, time];
        if moves == [0.0; 3] {
            return Probability { ends, old: f64::NAN, moves: [1.0, 0.0, 0.0] };
        }
        Probability { ends, old: old_odds, moves }
    }

    /// With context, facts and time new or old.
    fn at(&self, new: [bool; 3]) -> f64 {
        let open = |on: bool| self.moves.iter().zip(new).all(|(x, is_new)| *x == 0.0 || is_new == on);
        match self.ends {
            [old, _] if open(false) => old,
            [_, new] if open(true) => new,
            _ => {
                let odds = self.old + self.moves.iter().zip(new).filter(|(_, is_new)| *is_new).map(|(x, _)| x).sum::<f64>();
                1.0 / (1.0 + (-odds).exp())
            }
        }
    }
}
