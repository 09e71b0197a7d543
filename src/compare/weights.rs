//! How far the evidence of a node moved because it is other evidence, and how far because the same rows are older.
//!
//! Rows of two results are the same where they tell of the same item: kind, sign, norms, source, record, quarter. Of those whose worth rests on the same
//! (detection, false reports, half-life, what changed it) only age can have moved the weight: that is *time*. All others, new, gone or
//! otherwise worth, are *facts*. The weights of the rows, each taken alone, do not add up to the weight of all of them together (families, one
//! origin once, joint states); what the evidence as a whole moved is shared over the two in their proportion.

use super::side::Item;
use crate::base::Traced;
use std::cmp::Ordering;

/// Sums over the rows that moved.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Moved {
    /// Change of weight of rows that are the same but older; `None`: no such row.
    pub aged: Option<f64>,
    /// Change of weight of rows new, gone, or otherwise worth.
    pub facts: Option<f64>,
    /// Change of weight of rows that are the same but otherwise worth, where the method differs too.
    pub otherwise: Option<f64>,
}

impl Moved {
    fn add(sum: &mut Option<f64>, x: f64) {
        *sum = Some(sum.unwrap_or(0.0) + x);
    }

    fn is_empty(&self) -> bool {
        self.aged.is_none() && self.facts.is_none() && self.otherwise.is_none()
    }

    /// Shares the move of the evidence as a whole over facts, time, and what a node's context (or another method) did to it.
    ///
    /// Where one of the three moved alone it has all. Where several moved, time and `otherwise` have what their rows moved, scaled to what the whole moved, and
    /// never more than they moved by themselves; facts have what is left.
    pub fn shared(&self, whole: f64) -> Shared {
        let sums = [self.facts, self.aged, self.otherwise];
        match sums.iter().flatten().count() {
            0 => Shared { context: whole, ..Shared::default() },
            1 if self.facts.is_some() => Shared { facts: whole, ..Shared::default() },
            1 if self.aged.is_some() => Shared { time: whole, ..Shared::default() },
            1 => Shared { context: whole, ..Shared::default() },
            _ => {
                let all: f64 = sums.iter().flatten().sum();
                let scale = if all == 0.0 { 0.0 } else { (whole / all).clamp(0.0, 1.0) };
                let (time, otherwise) = (self.aged.unwrap_or(0.0) * scale, self.otherwise.unwrap_or(0.0) * scale);
                if self.facts.is_some() {
                    Shared { facts: whole - time - otherwise, time, context: otherwise }
                } else {
                    Shared { facts: 0.0, time, context: whole - time }
                }
            }
        }
    }
}

/// Log odds.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Shared {
    pub facts: f64,
    pub time: f64,
    pub context: f64,
}

/// What moved among the rows of one node that bear on a traced norm; among all of them where none of those did. Both lists are sorted by key.
pub fn moved(old: &[Item], new: &[Item], traced: Traced, method_differs: bool) -> Moved {
    let branch: &[&str] = match traced {
        Traced::ChildLabour => &["child_labour", "hazardous_child_work", "worst_forms", "child_trafficking"],
        Traced::ForcedLabour => &["forced_labour", "debt_bondage", "state_imposed"],
        Traced::Trafficking => &["trafficking", "child_trafficking"],
        Traced::Any => return sums(old, new, method_differs, |_| true),
    };
    let bears = |i: &Item| i.norms.split(';').any(|n| branch.contains(&n));
    let of_branch = sums(old, new, method_differs, bears);
    if of_branch.is_empty() { sums(old, new, method_differs, |_| true) } else { of_branch }
}

fn sums(old: &[Item], new: &[Item], method_differs: bool, counts: impl Fn(&Item) -> bool) -> Moved {
    let mut moved = Moved::default();
    let matters = |i: &&Item| i.log_weight != 0.0 || i.used;
    let mut a = old.iter().filter(|i| counts(i)).peekable();
    let mut b = new.iter().filter(|i| counts(i)).peekable();
    loop {
        let order = match (a.peek(), b.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(x), Some(y)) => x.key.cmp(&y.key),
        };
        let was = if order.is_le() { a.next() } else { None };
        let is = if order.is_ge() { b.next() } else { None };
        match (was, is) {
            (Some(x), Some(y)) if x.worth == y.worth && (x.used == y.used || x.lapsed != y.lapsed) => {
                // Whatever it weighs, only its age changed. Where that is the same, too, another row says the same more or less: that row is the fact.
                let sum = if x.age_days == y.age_days { &mut moved.facts } else { &mut moved.aged };
                let by = y.log_weight - x.log_weight;
                if by != 0.0 {
                    Moved::add(sum, by);
                }
            }
            (Some(x), Some(y)) => {
                let sum = if method_differs { &mut moved.otherwise } else { &mut moved.facts };
                Moved::add(sum, y.log_weight - x.log_weight);
            }
            (Some(x), None) if matters(&x) => Moved::add(&mut moved.facts, -x.log_weight),
            (None, Some(y)) if matters(&y) => Moved::add(&mut moved.facts, y.log_weight),
            _ => {}
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, weight: f64, age: f64) -> Item {
        Item {
            key: key.to_owned(),
            norms: "forced_labour".to_owned(),
            is_report: true,
            used: true,
            lapsed: false,
            log_weight: weight,
            age_days: age,
            half_life_days: 720.0,
            worth: "0.5".to_owned(),
        }
    }

    #[test]
    fn rows_that_are_only_older_are_time_and_new_rows_are_facts() {
        let (old, aged) = (item("a", 2.0, 10.0), item("a", 1.5, 100.0));
        let only_older = moved(std::slice::from_ref(&old), std::slice::from_ref(&aged), Traced::Any, false);
        assert_eq!(only_older, Moved { aged: Some(-0.5), ..Moved::default() });
        assert_eq!(only_older.shared(-0.4), Shared { time: -0.4, ..Shared::default() });
        let both = moved(&[old], &[aged, item("b", 3.0, 5.0)], Traced::ForcedLabour, false);
        assert_eq!(both, Moved { aged: Some(-0.5), facts: Some(3.0), otherwise: None });
        let shared = both.shared(2.0);
        assert_eq!(shared.time, -0.5 * 0.8);
        assert!((shared.facts + shared.time - 2.0).abs() < 1e-15);
    }

    #[test]
    fn the_way_back_is_the_negative_of_the_way_there() {
        let (old, new) = ([item("a", 2.0, 10.0), item("c", 1.0, 4.0)], [item("a", 1.5, 100.0), item("b", 3.0, 5.0)]);
        let there = moved(&old, &new, Traced::Any, false).shared(1.1);
        let back = moved(&new, &old, Traced::Any, false).shared(-1.1);
        assert_eq!((there.facts, there.time, there.context), (-back.facts, -back.time, -back.context));
    }

    #[test]
    fn a_node_without_rows_that_moved_owes_all_to_its_context() {
        let same = [item("a", 2.0, 10.0)];
        assert_eq!(moved(&same, &same, Traced::Any, false).shared(0.3), Shared { context: 0.3, ..Shared::default() });
    }
}
