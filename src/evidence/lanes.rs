//! Arithmetic over all readings of one node at once: a lane for each of the 60 joint states and one for each norm alone.
//!
//! Every sum and product runs in an order fixed by positions, and [`exp`] is plain additions and multiplications: the same bits on every
//! machine, whatever width its registers have.

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

const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// ln 2 in two parts; the first has its last 21 bits free, so that its product with any exponent is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Adding this rounds to the nearest whole number and leaves it in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// Beyond these exp leaves the normal range.
const LEAST: f64 = -708.0;
const MOST: f64 = 709.0;
/// 1/13! to 1/0!: the first term left out is below 5e-18 for |x| <= ln 2 / 2.
const TAYLOR: [f64; 14] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];

/// e^x of every number, to about one unit in the last place; x below -708 counts as -708, above 709 as 709.
#[inline]
pub fn exp<const N: usize>(values: &mut [f64; N]) {
    for value in values {
        let mut x = *value;
        x = if x > MOST { MOST } else { x };
        x = if x < LEAST { LEAST } else { x };
        let rounded = x * LOG2_E + ROUNDER;
        let whole = rounded - ROUNDER;
        let rest = (x - whole * LN_2_HIGH) - whole * LN_2_LOW;
        let mut sum = TAYLOR[0];
        for term in &TAYLOR[1..] {
            sum = sum * rest + term;
        }
        let scale = f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52);
        *value = sum * scale;
    }
}

/// Sorts every lane by falling magnitude over the rows.
pub fn sort_by_magnitude<const N: usize>(rows: &mut [[f64; N]]) {
    sort_lanes(rows, |a, b| if a.abs() < b.abs() { (b, a) } else { (a, b) });
}

/// Sorts every lane falling over the rows.
pub fn sort_falling<const N: usize>(rows: &mut [[f64; N]]) {
    sort_lanes(rows, |a, b| if a < b { (b, a) } else { (a, b) });
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
    fn exp_is_that_of_the_standard_library_to_one_unit() {
        for i in -70_000..=70_000 {
            let x = f64::from(i) * 0.0101;
            let mut found = [x];
            exp(&mut found);
            let units = (found[0] / x.clamp(LEAST, MOST).exp() - 1.0).abs() / f64::EPSILON;
            assert!(units <= 1.5, "{x}: {units}");
        }
        let mut edges = [0.0, f64::NEG_INFINITY, 1e300];
        exp(&mut edges);
        assert_eq!(edges[0], 1.0);
        assert!(edges[1] < 1e-307 && edges[2].is_finite());
    }

    #[test]
    fn lanes_are_sorted_apart() {
        let mut rows = vec![[1.0, -1.0], [-3.0, -4.0], [2.0, 0.0], [2.5, -0.5]];
        sort_by_magnitude(&mut rows);
        assert_eq!(rows, vec![[-3.0, -4.0], [2.5, -1.0], [2.0, -0.5], [1.0, 0.0]]);
        sort_falling(&mut rows);
        assert_eq!(rows[0], [2.5, 0.0]);
        assert_eq!(rows[3], [-3.0, -4.0]);
    }
}
