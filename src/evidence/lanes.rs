//! Arithmetic over all readings of one node at once: a lane for each of the 60 joint states and one for each norm alone.
//!
//! Every sum runs in an order fixed by positions: the same bits on every machine, whatever width its registers have.

use crate::base::norm::{STATE_COUNT, STATES};
use crate::base::{Norm, NormSet};
use std::sync::LazyLock;

/// 60 joint states, then 8 norms on their own.
pub const LANES: usize = STATE_COUNT + Norm::COUNT;

/// One number per reading: the states in the order of [`STATES`], then the norms in the order of [`Norm::ALL`].
pub type Row = [f64; LANES];

/// The norms that are true in each lane.
pub static SETS: LazyLock<[NormSet; LANES]> = LazyLock::new(|| {
    std::array::from_fn(|lane| match lane.checked_sub(STATE_COUNT) {
        None => STATES[lane],
        Some(norm) => NormSet(1 << norm),
    })
});

/// For every set of norms: 1 in the lanes where one of them is true, else 0.
static MEETS: LazyLock<Vec<Row>> =
    LazyLock::new(|| (0..=u8::MAX).map(|set| SETS.map(|lane| if lane.0 & set == 0 { 0.0 } else { 1.0 })).collect());

/// 1 in the lanes where a norm of `set` is true, else 0.
pub fn meets(set: NormSet) -> &'static Row {
    &MEETS[usize::from(set.0)]
}

/// Sorts every lane falling over the rows.
pub fn sort_falling<const N: usize>(rows: &mut [[f64; N]]) {
    sort_lanes(rows, |a, b| if a < b { (b, a) } else { (a, b) });
}

/// Sorts every lane rising over the rows.
pub fn sort_rising<const N: usize>(rows: &mut [[f64; N]]) {
    sort_lanes(rows, |a, b| if b < a { (b, a) } else { (a, b) });
}

/// Insertion sort of all lanes at once: the same comparisons in every lane.
#[inline]
fn sort_lanes<const N: usize>(rows: &mut [[f64; N]], ordered: impl Fn(f64, f64) -> (f64, f64)) {
    for end in 1..rows.len() {
        for at in (0..end).rev() {
            if let [upper, lower] = &mut rows[at..at + 2] {
                for (a, b) in upper.iter_mut().zip(lower) {
                    (*a, *b) = ordered(*a, *b);
                }
            }
        }
    }
}

/// Sum of the numbers in eight interleaved parts; the order depends on the length alone.
#[inline]
pub fn sum(values: &[f64]) -> f64 {
    let mut parts = [0.0; 8];
    let mut chunks = values.chunks_exact(8);
    for chunk in &mut chunks {
        for (p, v) in parts.iter_mut().zip(chunk) {
            *p += v;
        }
    }
    for (p, v) in parts.iter_mut().zip(chunks.remainder()) {
        *p += v;
    }
    ((parts[0] + parts[4]) + (parts[2] + parts[6])) + ((parts[1] + parts[5]) + (parts[3] + parts[7]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_sorted_apart() {
        let mut rows = vec![[1.0, -1.0], [-3.0, -4.0], [2.0, 0.0], [2.5, -0.5]];
        sort_falling(&mut rows);
        assert_eq!(rows, vec![[2.5, 0.0], [2.0, -0.5], [1.0, -1.0], [-3.0, -4.0]]);
        sort_rising(&mut rows);
        assert_eq!(rows, vec![[-3.0, -4.0], [1.0, -1.0], [2.0, -0.5], [2.5, 0.0]]);
    }

    #[test]
    fn a_sum_holds_every_number_once() {
        let values: Vec<f64> = (1..=59).map(f64::from).collect();
        assert_eq!(sum(&values), 1770.0);
        assert_eq!(sum(&[]), 0.0);
    }
}
