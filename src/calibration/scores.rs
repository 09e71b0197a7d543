//! Measures of probabilities against what is true, on plain numbers.
//!
//! Source: Brier (1950), "Verification of forecasts expressed in terms of probability"; Hanley and McNeil (1982), "The meaning and use of
//! the area under a receiver operating characteristic (ROC) curve".

use crate::belief::audit::mean_ranks;

/// Number of equal bins of a reliability table.
pub const BINS: usize = 10;

/// The bin of a probability: [0, .1), [.1, .2), ..., [.9, 1].
pub fn bin_of(p: f64) -> usize {
    ((p * BINS as f64) as usize).min(BINS - 1)
}

/// Mean of (p - x)^2; 0 is best. `None` of nothing.
pub fn brier(p: &[f64], truth: &[bool]) -> Option<f64> {
    mean(p.iter().zip(truth).map(|(p, x)| (p - f64::from(u8::from(*x))).powi(2)))
}

/// Mean of p minus share true: above 0 says too much, below 0 too little.
pub fn in_the_large(p: &[f64], truth: &[bool]) -> Option<f64> {
    mean(p.iter().zip(truth).map(|(p, x)| p - f64::from(u8::from(*x))))
}

/// Expected calibration error: sum over ten bins of their share of places times |mean p - share true|; 0 is best.
pub fn calibration_error(p: &[f64], truth: &[bool]) -> Option<f64> {
    let mut gap = [0.0; BINS];
    for (p, x) in p.iter().zip(truth) {
        gap[bin_of(*p)] += p - f64::from(u8::from(*x));
    }
    (!p.is_empty()).then(|| gap.iter().map(|g| g.abs()).sum::<f64>() / p.len() as f64)
}

/// P(a violated place scores above one that is not), ties one half; 0.5 says nothing, 1 is best. `None` where all are alike.
pub fn auc(scores: &[f64], truth: &[bool]) -> Option<f64> {
    let ranks = mean_ranks(scores);
    let positive = truth.iter().filter(|x| **x).count() as f64;
    let negative = truth.len() as f64 - positive;
    let sum: f64 = ranks.iter().zip(truth).filter(|(_, x)| **x).map(|(r, _)| r).sum();
    (positive > 0.0 && negative > 0.0).then(|| (sum - positive * (positive + 1.0) / 2.0) / (positive * negative))
}

/// Violated places among the `visits` highest scores; ties go by `lots`.
pub fn caught(scores: &[f64], truth: &[bool], lots: &[f64], visits: usize) -> usize {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    let lot = |i: usize| lots.get(i).copied().unwrap_or(0.0);
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(lot(*a).total_cmp(&lot(*b))).then(a.cmp(b)));
    order.iter().take(visits).filter(|i| truth.get(**i) == Some(&true)).count()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let n = values.len();
    (n > 0).then(|| values.sum::<f64>() / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|f| (f - expected).abs() < 1e-12), "{found:?} is not {expected}");
    }

    #[test]
    fn brier_and_calibration_by_hand() {
        // (.9-1)^2 = .01, (.8-0)^2 = .64, (.1-0)^2 = .01, (.2-1)^2 = .64
        let (p, x) = ([0.9, 0.8, 0.1, 0.2], [true, false, false, true]);
        close(brier(&p, &x), 1.3 / 4.0);
        close(in_the_large(&p, &x), 0.0);
        // One place a bin: |-.1| + |.8| + |.1| + |-.8| over four.
        close(calibration_error(&p, &x), 0.45);
        // Two places in one bin cancel: .25 + .25 - 1 = -.5 over two.
        close(calibration_error(&[0.25, 0.25], &[true, false]), 0.25);
        assert_eq!(brier(&[], &[]), None);
        assert_eq!((bin_of(0.0), bin_of(0.1), bin_of(0.999), bin_of(1.0)), (0, 1, 9, 9));
    }

    #[test]
    fn auc_counts_pairs_and_halves_ties() {
        // Pairs (violated, not): (3,1) (3,2) (2,1) won, (2,2) tied: 3.5 of 4.
        close(auc(&[3.0, 2.0, 2.0, 1.0], &[true, true, false, false]), 3.5 / 4.0);
        close(auc(&[1.0, 2.0], &[true, false]), 0.0);
        close(auc(&[5.0, 5.0, 5.0], &[true, false, false]), 0.5);
        assert_eq!(auc(&[1.0, 2.0], &[true, true]), None);
    }

    #[test]
    fn visits_go_to_the_highest_scores_and_lots_decide_ties() {
        let (scores, truth) = ([2.0, 2.0, 1.0, 3.0], [true, false, true, false]);
        assert_eq!(caught(&scores, &truth, &[0.1, 0.2, 0.0, 0.0], 2), 1);
        assert_eq!(caught(&scores, &truth, &[0.2, 0.1, 0.0, 0.0], 2), 0);
        assert_eq!(caught(&scores, &truth, &[0.0; 4], 9), 2);
    }
}
