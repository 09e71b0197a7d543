//! The share of each of a few factors in a difference: Shapley's rule (L. S. Shapley, "A value for n-person games", 1953).
//!
//! ```text
//! part_i = sum over sets S without i of |S|! (k - |S| - 1)! / k! [f(S + i) - f(S)]
//! ```
//!
//! f(S) is the value with the factors of S at their new state and the others at their old one. The parts add up to f(all) - f(none), a factor that never
//! changes f has none, and the parts of the way back are the negatives of those of the way there.

/// Most factors: 2^k values are asked for.
pub const MOST: usize = 8;

/// Parts of `count` factors in `value(all) - value(none)`; bit i of the argument says that factor i is new.
pub fn shapley(count: usize, value: impl Fn(u32) -> f64) -> [f64; MOST] {
    let mut parts = [0.0; MOST];
    let count = count.min(MOST);
    for set in 0..1u32 << count {
        let weight = weight(count, set.count_ones() as usize);
        for (i, part) in parts.iter_mut().enumerate().take(count) {
            if set >> i & 1 == 0 {
                *part += weight * (value(set | 1 << i) - value(set));
            }
        }
    }
    parts
}

/// The mean of `value` over the sets without factor `of`, by the weights of the rule: what one unit of that factor is worth where the value is linear in it.
pub fn mean_without(count: usize, of: usize, value: impl Fn(u32) -> f64) -> f64 {
    (0..1u32 << count.min(MOST)).filter(|set| set >> of & 1 == 0).map(|set| weight(count, set.count_ones() as usize) * value(set)).sum()
}

/// |S|! (k - |S| - 1)! / k!, which is 1 / (k C(k-1, |S|)); 0 where all are in S.
fn weight(count: usize, size: usize) -> f64 {
    if size >= count {
        return 0.0;
    }
    let choose = (0..size).fold(1.0, |c, i| c * (count - 1 - i) as f64 / (i + 1) as f64);
    1.0 / (count as f64 * choose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_factors_of_a_product_share_what_they_do_together() {
        // f = a b from (2, 3) to (5, 7): a alone 9, b alone 8, together 29; each takes the mean of before and after the other.
        let f = |s: u32| (if s & 1 == 1 { 5.0 } else { 2.0 }) * (if s & 2 == 2 { 7.0 } else { 3.0 });
        let parts = shapley(2, f);
        assert_eq!((parts[0], parts[1]), (15.0, 14.0));
        assert_eq!(parts[2..], [0.0; 6]);
    }

    #[test]
    fn parts_add_up_and_the_way_back_is_their_negative() {
        let f = |s: u32| (f64::from(s) * 0.7).sin() + f64::from(s.count_ones()).powi(2);
        let there = shapley(5, f);
        let back = shapley(5, |s| f(!s & 31));
        let sum: f64 = there.iter().sum();
        assert!((sum - (f(31) - f(0))).abs() < 1e-12);
        for (a, b) in there.iter().zip(back) {
            assert!((a + b).abs() < 1e-12);
        }
    }

    #[test]
    fn a_factor_that_the_value_is_linear_in_is_worth_its_mean_without_it() {
        let on = |s: u32| 1.0 + f64::from(s & 3);
        let f = |s: u32| on(s) * if s & 4 == 4 { 9.0 } else { 4.0 };
        assert!((shapley(3, f)[2] - 5.0 * mean_without(3, 2, on)).abs() < 1e-12);
    }
}
