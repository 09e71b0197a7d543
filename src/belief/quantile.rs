//! Ranges over draws: quantiles of values and of ranks.
//!
//! # Source
//! Types as in R. J. Hyndman and Y. Fan, Sample quantiles in statistical packages, The American Statistician 50 (1996) 361-365.

use crate::base::par;

/// Share of the draws below a range, and up to its upper end.
pub const LOW: f64 = 0.05;
pub const HIGH: f64 = 0.95;

/// 5 % and 95 % of the draws.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

impl Range {
    /// Type-7 range of values; sorts them. 0 to 0 without values.
    pub fn of(values: &mut [f64]) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        Self { low: type_7(values, LOW), high: type_7(values, HIGH) }
    }
}

/// Quantile of sorted values, between neighbours in proportion: place (n - 1) p, counted from 0.
pub fn type_7(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = last as f64 * p.clamp(0.0, 1.0);
    let below = place.floor() as usize;
    let (a, b) = (sorted[below], sorted[(below + 1).min(last)]);
    a + (place - below as f64) * (b - a)
}

/// Quantile of sorted values that is one of them: the first up to which at least the share p lies, place ceil(n p), counted from 1.
pub fn type_1<T: Copy + Default>(sorted: &[T], p: f64) -> T {
    let place = (sorted.len() as f64 * p.clamp(0.0, 1.0)).ceil() as usize;
    sorted.get(place.saturating_sub(1).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// 5 % and 95 % of a node's ranks, 1 = highest score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RankRange {
    pub low: u32,
    pub high: u32,
}

/// Rank of every score, the highest first; equal scores all take the smallest rank of theirs (1, 2, 2, 4).
pub fn ranks(scores: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_unstable_by(|a, b| scores[*b as usize].total_cmp(&scores[*a as usize]));
    let mut out = vec![0; scores.len()];
    let mut rank = 1;
    for tied in order.chunk_by(|a, b| scores[*a as usize] == scores[*b as usize]) {
        for i in tied {
            out[*i as usize] = rank;
        }
        rank += tied.len() as u32;
    }
    out
}

/// Type-1 range of every node's rank over the draws.
///
/// `score(r, node)` for r in 1..=`draws`. Holds `nodes` x `draws` ranks of 4 bytes: for the nodes that are shown, not for a whole map.
pub fn rank_ranges(draws: u32, nodes: usize, score: impl Fn(u32, usize) -> f64 + Sync) -> Vec<RankRange> {
    let by_draw = par::map_chunks(draws as usize, 1, |draw| {
        let scores: Vec<f64> = (0..nodes).map(|n| score(draw.start as u32 + 1, n)).collect();
        ranks(&scores)
    });
    par::map(nodes, |n| {
        let mut own: Vec<u32> = by_draw.iter().map(|ranks| ranks[n]).collect();
        own.sort_unstable();
        RankRange { low: type_1(&own, LOW), high: type_1(&own, HIGH) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_types_named() {
        let values = [1.0, 2.0, 4.0, 8.0, 16.0];
        // (5 - 1) .05 = .2: 1 + .2 (2 - 1); (5 - 1) .95 = 3.8: 8 + .8 (16 - 8)
        assert!((type_7(&values, 0.05) - 1.2).abs() < 1e-15);
        assert!((type_7(&values, 0.95) - 14.4).abs() < 1e-14);
        assert_eq!(type_7(&values, 0.5), 4.0);
        assert_eq!((type_7(&values, 0.0), type_7(&values, 1.0), type_7(&[], 0.5)), (1.0, 16.0, 0.0));
        // ceil(5 x .4) = 2, ceil(5 x .41) = 3
        assert_eq!((type_1(&values, 0.4), type_1(&values, 0.41)), (2.0, 4.0));
        assert_eq!((type_1(&values, 0.0), type_1(&values, 1.0), type_1::<u32>(&[], 0.5)), (1.0, 16.0, 0));
        assert_eq!(Range::of(&mut [16.0, 1.0, 8.0, 2.0, 4.0]).low, type_7(&values, 0.05));
    }

    #[test]
    fn ties_take_the_smallest_rank() {
        assert_eq!(ranks(&[0.2, 0.9, 0.5, 0.5, 0.1]), [4, 1, 2, 2, 5]);
        // three nodes, four draws; node 0 is first in three of them
        let scores = [[0.9, 0.5, 0.1], [0.9, 0.5, 0.5], [0.8, 0.8, 0.1], [0.2, 0.6, 0.4]];
        let found = rank_ranges(4, 3, |r, n| scores[r as usize - 1][n]);
        assert_eq!(found[0], RankRange { low: 1, high: 3 });
        assert_eq!(found[1], RankRange { low: 1, high: 2 });
        assert_eq!(found[2], RankRange { low: 2, high: 3 });
    }
}
