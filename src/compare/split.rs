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
//! consists of: the probability (context, facts, time), the column it counts in (a first signal moves over what the node had by context), the mapped share, exits, and the row of suppliers. The move of a row is shared
//! over its links by what each is worth beyond the mean of the two rows.

use super::joined::{Flow, Joined, Solved, Step};
use super::shapley::{MOST, mean_without, shapley};
use super::side::FIGURES;
use super::story::Part;
use super::weights::{Moved, Shared};
use crate::base::{Result, Traced};
use crate::export::kept_rows::{BelievedAt, Purchases};
use std::collections::BTreeMap;

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

/// What moved at the vertices of a company's walk, for one norm and rule; vertices at which nothing did are left out. The move of a link stands at its supplier.
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
) -> Result<BTreeMap<usize, Moves>> {
    let solved = [joined.solved(0, traced, rule)?, joined.solved(1, traced, rule)?];
    let [old, new] = &joined.steps;
    let mut found: BTreeMap<usize, Moves> = BTreeMap::new();
    for (v, (old, new)) in old.iter().zip(new).enumerate() {
        let visits = [0, 1].map(|side: usize| solved.get(side).and_then(|s: &Solved| s.visits.get(v)).copied().unwrap_or(0.0));
        if visits == [0.0, 0.0] {
            continue;
        }
        let Some(change) = StepChange::of([old, new], traced, rule, context, joined.list, || evidence(v)) else { continue };
        let mut add = |vertex: Option<usize>, figure: usize, part: Part, x: f64| {
            if let Some(moves) = found.entry(vertex.unwrap_or(v)).or_insert(NO_MOVE).get_mut(figure).filter(|_| x != 0.0) {
                moves[part as usize] += x;
            }
        };
        // Old visits with the new figures behind the step, new visits with the old ones.
        for (visits, behind) in visits.into_iter().zip([&solved[1], &solved[0]]) {
            if visits > 0.0 {
                change.add(0.5 * visits, behind, &mut add);
            }
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

    /// Adds what the change moves per unit that stands here, times `visits`, with the figures of `behind` behind the step: at this vertex, or at the
    /// supplier that `add` is told.
    fn add(&self, visits: f64, behind: &Solved, add: &mut impl FnMut(Option<usize>, usize, Part, f64)) {
        debug_assert!(self.factors.len() <= MOST);
        let states: Vec<State> = (0..1u32 << self.factors.len()).map(|set| self.state(set)).collect();
        let state = |set: u32| states.get(set as usize).copied().unwrap_or_default();
        let row_at = self.factors.iter().position(|(f, _)| *f == Factor::Row);
        for k in 0..FIGURES.len() {
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
                    add(None, k, *part, visits * x);
                }
            }
            if let Some(row_at) = row_at {
                let on = mean_without(self.factors.len(), row_at, |set| {
                    let s = state(set);
                    (1.0 - s.p) * s.flow.on
                });
                let mean = 0.5 * (rows[0] + rows[1]);
                self.links(mean, k, worth, |supplier, part, x| add(supplier, k, part, visits * on * x));
            }
        }
    }

    /// Shares the move of the row over its links: what each newly brings, or no longer does, beyond the mean of the two rows.
    fn links(&self, mean: f64, k: usize, worth: impl Fn(usize) -> f64, mut add: impl FnMut(Option<usize>, Part, f64)) {
        let [old, new] = self.steps.map(|s| s.row.as_slice());
        for change in link_changes(old, new) {
            let part = match (change.old, change.new) {
                (None, _) => Part::LinksAdded,
                (_, None) => Part::LinksLost,
                _ => Part::LinksReweighted,
            };
            let by = change.new.unwrap_or(0.0) - change.old.unwrap_or(0.0);
            if by != 0.0 {
                add(Some(change.supplier), part, by * (worth(change.supplier) - mean));
            }
        }
        // Where there are no suppliers at all the unit ends here, clear.
        let clear = if k == CLEAR { 1.0 } else { 0.0 };
        match (old.is_empty(), new.is_empty()) {
            (true, false) => add(None, Part::LinksAdded, -(clear - mean)),
            (false, true) => add(None, Part::LinksLost, clear - mean),
            _ => {}
        }
    }

    /// Where the node is on evidence in one result alone: its probability in the other. So much moves between the two columns; whatever else moves the
    /// probability moves it on evidence.
    fn moves_over(&self) -> Option<f64> {
        let [a, b] = self.believed;
        (a.on_evidence != b.on_evidence).then_some(if a.on_evidence { b.p } else { a.p })
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
            moves_over: self.moves_over(),
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
    moves_over: Option<f64>,
    origin: f64,
    flow: Flow,
    new_row: bool,
}

impl Default for State {
    fn default() -> Self {
        State { p: 0.0, on_evidence: false, moves_over: None, origin: 0.0, flow: Flow::of(Purchases::default(), false), new_row: false }
    }
}

impl State {
    /// What of a unit ends in a figure at this very step.
    fn ends_at(&self, figure: usize) -> f64 {
        let goes = 1.0 - self.p;
        let by_context = match (self.on_evidence, self.moves_over) {
            (true, _) => 0.0,
            (false, Some(moves_over)) => moves_over,
            (false, None) => self.p,
        };
        match figure {
            ON_EVIDENCE => self.p - by_context,
            BY_CONTEXT => by_context,
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

#[cfg(test)]
mod tests {
    use super::super::side::{KeptWalk, Vertex};
    use super::*;
    use proptest::prelude::{Strategy, any, prop, prop_assert, proptest};

    /// A company, seven nodes of which one stands as two headings, and maybe its list; circles are allowed, and every step may differ.
    fn walk() -> impl Strategy<Value = KeptWalk> {
        let share = || 0.0..1.0f64;
        let vertex = (share(), share(), share(), share(), share(), share(), any::<bool>(), 0u8..8);
        let links = prop::collection::vec((0usize..10, 0usize..10, 0.05..1.0f64), 4..30);
        (prop::collection::vec(vertex, 9), links, any::<bool>(), prop::collection::btree_set(1usize..9, 0..3)).prop_map(
            |(vertices, links, has_list, absent)| {
                let keys: Vec<(Option<String>, Option<String>)> = (0..9)
                    .map(|i| match i {
                        0 => (Some("company".to_owned()), None),
                        7 => (Some("node 6".to_owned()), Some("1511".to_owned())),
                        8 => (None, None),
                        i => (Some(format!("node {i}")), None),
                    })
                    .collect();
                let is_here = |i: usize| i < 9 && !absent.contains(&i) && (i != 8 || has_list);
                let number: Vec<usize> = (0..10).map(|i| (0..i).filter(|j| is_here(*j)).count()).collect();
                let mut walk = KeptWalk::default();
                for (i, (p, prior, mapped, left, listed, origin, on_evidence, off)) in
                    vertices.into_iter().enumerate().filter(|(i, _)| is_here(*i))
                {
                    let stops = i != 0 && i != 8;
                    let listed = if has_list && listed > 0.5 { listed } else { 0.0 };
                    let purchases = match i {
                        8 => Purchases { mapped: 1.0, left: 0.0, listed: 0.0 },
                        _ => Purchases { mapped, left: if left > 0.7 { left } else { 0.0 }, listed },
                    };
                    let (p, prior) = if !stops || off == 0 { (0.0, 0.0) } else { (p, prior) };
                    walk.vertices.push(Vertex {
                        node: keys[i].0.clone(),
                        heading: keys[i].1.clone(),
                        purchases: [purchases; 2],
                        believed: [BelievedAt { p, prior, origin, on_evidence }; Traced::COUNT],
                    });
                }
                let mut rows: BTreeMap<(usize, usize), f64> = BTreeMap::new();
                for (buyer, supplier, w) in links {
                    // Only fillers lead to the list.
                    if is_here(buyer) && is_here(supplier) && supplier != 8 && buyer != supplier {
                        rows.insert((number[buyer], number[supplier]), w);
                    }
                }
                if has_list {
                    let target = (1..8).find(|i| is_here(*i));
                    rows.extend(target.map(|t| ((number[8], number[t]), 1.0)));
                }
                for buyer in 0..walk.vertices.len() {
                    let sum: f64 = rows.iter().filter(|((b, _), _)| *b == buyer).map(|(_, w)| w).sum();
                    walk.links.extend(rows.iter().filter(|((b, _), _)| *b == buyer).map(|((b, s), w)| (*b, *s, w / sum)));
                    // Who has no suppliers has nothing mapped that a list could stand beside.
                    if let Some(v) = walk.vertices.get_mut(buyer).filter(|_| sum == 0.0) {
                        v.purchases.iter_mut().for_each(|p| p.listed = 0.0);
                    }
                }
                walk
            },
        )
    }

    fn moved_at(v: usize) -> Moved {
        match v % 4 {
            0 => Moved { aged: Some(-0.3), facts: Some(1.2), otherwise: None },
            1 => Moved { aged: Some(-0.3), ..Moved::default() },
            2 => Moved { facts: Some(0.4), ..Moved::default() },
            _ => Moved::default(),
        }
    }

    fn reversed(m: Moved) -> Moved {
        let back = |x: Option<f64>| x.map(|x| -x);
        Moved { aged: back(m.aged), facts: back(m.facts), otherwise: back(m.otherwise) }
    }

    fn totals(found: &BTreeMap<usize, Moves>) -> Moves {
        let mut sum = NO_MOVE;
        for moves in found.values() {
            for (sum, moves) in sum.iter_mut().flatten().zip(moves.iter().flatten()) {
                *sum += moves;
            }
        }
        sum
    }

    /// The walk must let go of every unit: a closed circle that is all mapped holds it for ever.
    fn ends(joined: &Joined) -> bool {
        (0..2).all(|side| {
            joined
                .solved(side, Traced::Any, 0)
                .is_ok_and(|s| s.figures.get(joined.start).is_some_and(|f| (f.iter().take(5).sum::<f64>() - 1.0).abs() < 1e-10))
        })
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_move_and_the_way_back_is_their_negative(old in walk(), new in walk()) {
            let there = Joined::of("company", [&old, &new]).unwrap();
            let back = Joined::of("company", [&new, &old]).unwrap();
            if !ends(&there) {
                return Ok(());
            }
            let a = split(&there, Traced::Any, 0, Part::Context, moved_at).unwrap();
            let b = split(&back, Traced::Any, 0, Part::Context, |v| reversed(moved_at(v))).unwrap();
            let sides = [0, 1].map(|side| there.solved(side, Traced::Any, 0).unwrap().figures[there.start]);
            let (a, b) = (totals(&a), totals(&b));
            let mut between_figures = [0.0; Part::COUNT];
            for k in 0..FIGURES.len() {
                let sum: f64 = a[k].iter().sum();
                prop_assert!((sum - (sides[1][k] - sides[0][k])).abs() < 1e-9, "{}: {sum} is not {}", FIGURES[k], sides[1][k] - sides[0][k]);
                for part in Part::ALL {
                    // What is added there is lost on the way back.
                    let other = match part {
                        Part::LinksAdded => Part::LinksLost,
                        Part::LinksLost => Part::LinksAdded,
                        same => same,
                    };
                    prop_assert!((a[k][part as usize] + b[k][other as usize]).abs() < 1e-9, "{} {}", FIGURES[k], part.as_str());
                }
                if k != EXPECTED {
                    between_figures.iter_mut().zip(a[k]).for_each(|(sum, x)| *sum += x);
                }
            }
            // What one figure gains by a part the others lose: they are parts of one unit.
            for (part, sum) in Part::ALL.iter().zip(between_figures) {
                prop_assert!(sum.abs() < 1e-9, "{} {sum}", part.as_str());
            }
        }

        #[test]
        fn a_walk_beside_itself_has_not_moved(walk in walk()) {
            let joined = Joined::of("company", [&walk, &walk]).unwrap();
            prop_assert!(split(&joined, Traced::Any, 0, Part::Context, moved_at).unwrap().is_empty());
        }
    }

    /// A company that buys from one factory, half of whose purchases are mapped, to a mine.
    fn chain(p: f64, prior: f64, on_evidence: bool, mapped: f64) -> KeptWalk {
        let vertex = |node: &str, mapped: f64, p: f64, prior: f64, on_evidence: bool| Vertex {
            node: Some(node.to_owned()),
            heading: None,
            purchases: [Purchases { mapped, left: 0.0, listed: 0.0 }; 2],
            believed: [BelievedAt { p, prior, origin: 0.1, on_evidence }; Traced::COUNT],
        };
        KeptWalk {
            vertices: vec![
                vertex("company", 1.0, 0.0, 0.0, false),
                vertex("factory", mapped, p, prior, on_evidence),
                vertex("mine", 1.0, 0.2, 0.2, false),
            ],
            links: vec![(0, 1, 1.0), (1, 2, 1.0)],
        }
    }

    #[test]
    fn a_chain_by_hand() {
        // By context: before 0.1 + 0.9 x 0.5 x 0.2 = 0.19; all mapped 0.1 + 0.9 x 0.2 = 0.28.
        let joined = Joined::of("company", [&chain(0.1, 0.1, false, 0.5), &chain(0.1, 0.1, false, 1.0)]).unwrap();
        let sum = totals(&split(&joined, Traced::Any, 0, Part::Context, |_| Moved::default()).unwrap());
        assert!((sum[BY_CONTEXT][Part::Coverage as usize] - 0.09).abs() < 1e-12);
        assert!((sum[UNSEEN][Part::Coverage as usize] + 0.45).abs() < 1e-12);
        assert!((sum[CLEAR][Part::Coverage as usize] - 0.36).abs() < 1e-12);
        assert_eq!(sum[BY_CONTEXT].iter().filter(|x| **x != 0.0).count(), 1);

        // A first signal: 0.1 by context becomes 0.3 on evidence. What stood by context moves over, the report adds the rest on evidence.
        let signal = Joined::of("company", [&chain(0.1, 0.1, false, 0.5), &chain(0.3, 0.1, true, 0.5)]).unwrap();
        let facts = Moved { facts: Some(1.35), ..Moved::default() };
        let sum = totals(&split(&signal, Traced::Any, 0, Part::Context, |_| facts).unwrap());
        assert!((sum[ON_EVIDENCE][Part::FirstSignal as usize] - 0.1).abs() < 1e-12);
        assert!((sum[ON_EVIDENCE][Part::Evidence as usize] - 0.2).abs() < 1e-12);
        assert!((sum[BY_CONTEXT][Part::FirstSignal as usize] + 0.1).abs() < 1e-12);
        // 0.2 less of the unit comes to the mine: 0.5 x 0.2 of that.
        assert!((sum[BY_CONTEXT][Part::Evidence as usize] + 0.02).abs() < 1e-12);
    }
}
