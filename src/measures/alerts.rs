//! Which alerts to raise: the longest list, the most probable first, whose expected share of false alarms stays under a limit.
//!
//! Bayesian false-discovery rate (Müller, Parmigiani, Rice 2006): with p sorted downward, the largest k with mean(1 - p over the first
//! k) <= alpha. It is only as good as the probabilities are calibrated.

/// How many of `probabilities` to keep, taken from the largest down, so that the mean of 1 - p over them is at most `alpha`.
///
/// Numbers that are no probability are left out. The order of the input does not matter.
///
/// ```
/// // The first three miss 0.0867 on average, four would miss 0.14.
/// assert_eq!(onus::measures::alerts_kept(&[0.97, 0.92, 0.85, 0.70, 0.60, 0.40], 0.10), 3);
/// assert_eq!(onus::measures::alerts_kept(&[0.5], 0.10), 0);
/// ```
pub fn alerts_kept(probabilities: &[f64], alpha: f64) -> usize {
    let mut falling: Vec<f64> = probabilities.iter().copied().filter(|p| (0.0..=1.0).contains(p)).collect();
    falling.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut missed = 0.0;
    let mut kept = 0;
    for (i, p) in falling.iter().enumerate() {
        missed += 1.0 - p;
        // 1 - p rises down the list, so the mean does too and the last that fits is the largest.
        if missed <= alpha * (i + 1) as f64 {
            kept = i + 1;
        }
    }
    kept
}
