//! What is compared between two methods on one dataset: the order of the register and the focal companies' touched figures.

use crate::base::{NodeIx, Result};
use crate::pack::MethodPack;
use crate::pipeline::duty::{Sources, Standings};
use crate::pipeline::exposure::{Upstream, headline};
use crate::pipeline::prepared::{Believed, Prepared};
use std::collections::BTreeMap;

/// The outcome of one method.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Places in the order of the register.
    pub order: Vec<NodeIx>,
    /// P(any norm violated) by node; 0 where nobody works.
    pub any: Vec<f64>,
    /// Touched by focal company, in the order of the run.
    pub touched: Vec<f64>,
}

impl Outcome {
    /// Orders the places and solves the focal companies' walk.
    ///
    /// # Errors
    /// Only where the walk broke its own rules.
    pub fn of(prepared: &Prepared, believed: &Believed, pack: &MethodPack) -> Result<Self> {
        let nodes = &prepared.resolution.nodes;
        let any: Vec<f64> = believed.beliefs.iter().map(|b| b.as_ref().map_or(0.0, |b| b.posterior.any)).collect();
        let order = Standings::of(Sources::of(prepared, believed, pack))?.order;
        let (place_group, groups) = (vec![0; nodes.len()], 1);
        let upstream = Upstream {
            network: &prepared.network,
            resolution: &prepared.resolution,
            columns: &believed.columns,
            place_group: &place_group,
            groups,
            pack,
        };
        let touched = headline(&prepared.focal, &upstream)?.iter().map(|ends| ends.touched()).collect();
        Ok(Self { order, any, touched })
    }

    /// The first places.
    pub fn top(&self, most: usize) -> &[NodeIx] {
        self.order.get(..most.min(self.order.len())).unwrap_or(&[])
    }

    /// 1-based position of each of these places.
    pub fn ranks(&self, places: &[NodeIx]) -> Vec<usize> {
        let at: BTreeMap<NodeIx, usize> = self.order.iter().enumerate().map(|(i, n)| (*n, i + 1)).collect();
        places.iter().map(|n| at.get(n).copied().unwrap_or(self.order.len() + 1)).collect()
    }

    /// What another method changes.
    pub fn shift(&self, other: &Outcome, top: usize) -> Shift {
        let mine = self.top(top);
        let (before, after) = (self.ranks(mine), other.ranks(mine));
        let size = mine.len();
        let left: Vec<NodeIx> = mine.iter().zip(&after).filter(|(_, rank)| **rank > size).map(|(n, _)| *n).collect();
        let p = |o: &Outcome, n: &NodeIx| o.any.get(n.at()).copied().unwrap_or(0.0);
        let change: f64 = mine.iter().map(|n| (p(self, n) - p(other, n)).abs()).sum();
        Shift {
            left,
            rank_move: before.iter().zip(&after).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0),
            change: if size > 0 { change / size as f64 } else { 0.0 },
            touched_change: self.touched.iter().zip(&other.touched).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max),
        }
    }
}

/// The difference that a method makes to the top of another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shift {
    /// Places of the top that are no longer in it.
    pub left: Vec<NodeIx>,
    /// Largest move of one of its places, positions.
    pub rank_move: usize,
    /// Mean absolute change of `any` over its places.
    pub change: f64,
    /// Largest absolute change of a focal company's touched figure.
    pub touched_change: f64,
}

impl Shift {
    /// More places replaced first, then larger changes.
    pub fn weight(&self) -> (usize, f64, f64) {
        (self.left.len(), self.change, self.touched_change)
    }
}
