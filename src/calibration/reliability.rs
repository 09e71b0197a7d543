//! Of the places that the method gives p, is a share p violated? In ten bins of p, each judged by its own sampling error.
//!
//! With p_i the probabilities in a bin and x_i the truth, `z = sum (x_i - p_i) / sqrt(sum p_i (1 - p_i))` is about standard normal where
//! the p_i are right (the x_i are independent: a Poisson binomial). A bin is judged where the variance is at least 5; of many bins one in
//! twenty falls outside 95 % by chance, so the number outside is shown beside that expected, and the largest |z| beside the bound that all
//! bins together keep with 95 % (Bonferroni).

use super::scores::{BINS, bin_of};
use crate::base::Norm;

/// What a reliability table is kept for: the eight norms, then `any`.
pub const QUANTITIES: usize = Norm::COUNT + 1;

pub fn quantity(at: usize) -> &'static str {
    Norm::ALL.get(at).map_or("any", |n| n.as_str())
}

/// Least variance of the count for a bin to be judged.
const LEAST_VARIANCE: f64 = 5.0;
const Z95: f64 = 1.959_963_985;

/// Sums over the places of one bin.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Bin {
    pub n: u64,
    pub held: u64,
    pub sum_p: f64,
    /// sum p (1 - p)
    pub variance: f64,
}

impl Bin {
    fn add(&mut self, other: &Bin) {
        self.n += other.n;
        self.held += other.held;
        self.sum_p += other.sum_p;
        self.variance += other.variance;
    }

    pub fn mean_p(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum_p / self.n as f64)
    }

    pub fn share(&self) -> Option<f64> {
        (self.n > 0).then(|| self.held as f64 / self.n as f64)
    }

    /// Half the width of the 95 % sampling range of the share, where the p are right.
    pub fn sampling_error(&self) -> Option<f64> {
        (self.n > 0).then(|| Z95 * self.variance.sqrt() / self.n as f64)
    }

    /// Distance from what the p say in standard deviations; `None` where too few to judge.
    pub fn z(&self) -> Option<f64> {
        (self.variance >= LEAST_VARIANCE).then(|| (self.held as f64 - self.sum_p) / self.variance.sqrt())
    }

    pub fn within(&self) -> Option<bool> {
        self.z().map(|z| z.abs() <= Z95)
    }
}

/// Ten bins for each norm and for `any`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reliability {
    pub bins: [[Bin; BINS]; QUANTITIES],
}

impl Reliability {
    pub fn add(&mut self, at: usize, p: f64, held: bool) {
        if let Some(bin) = self.bins.get_mut(at).and_then(|b| b.get_mut(bin_of(p))) {
            bin.add(&Bin { n: 1, held: u64::from(held), sum_p: p, variance: p * (1.0 - p) });
        }
    }

    pub fn join(&mut self, other: &Reliability) {
        for (mine, theirs) in self.bins.iter_mut().flatten().zip(other.bins.iter().flatten()) {
            mine.add(theirs);
        }
    }

    fn judged(&self) -> impl Iterator<Item = f64> {
        self.bins.iter().flatten().filter_map(Bin::z)
    }

    /// (bins judged, bins outside 95 %, the largest |z|).
    pub fn verdict(&self) -> (usize, usize, f64) {
        let (mut judged, mut outside, mut most) = (0, 0, 0.0f64);
        for z in self.judged() {
            judged += 1;
            outside += usize::from(z.abs() > Z95);
            most = most.max(z.abs());
        }
        (judged, outside, most)
    }
}

/// The bound that the largest of `tests` standard normals keeps with 95 %: the z with two-sided tail 0.05 / tests, by bisection of the
/// tail (Abramowitz and Stegun 26.2.17, error below 7.5e-8).
pub fn joint_bound(tests: usize) -> f64 {
    let (mut low, mut high) = (0.0, 5.0);
    for _ in 0..60 {
        let middle: f64 = (low + high) / 2.0;
        if 2.0 * upper_tail(middle) * tests.max(1) as f64 > 0.05 { low = middle } else { high = middle }
    }
    high
}

fn upper_tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let series = t * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_knows_its_sampling_error_by_hand() {
        let mut r = Reliability::default();
        for i in 0..100 {
            r.add(Norm::COUNT, 0.25, i < 40);
        }
        let bin = r.bins[Norm::COUNT][2];
        // Variance 100 * .25 * .75 = 18.75; (40 - 25) / 4.330 = 3.464.
        assert_eq!((bin.n, bin.held, bin.within()), (100, 40, Some(false)));
        assert!((bin.z().unwrap() - 3.464_101_6).abs() < 1e-6);
        assert!((bin.sampling_error().unwrap() - 0.084_869).abs() < 1e-5);
        assert_eq!(r.verdict().0, 1);
        let mut few = Reliability::default();
        few.add(0, 0.5, true);
        assert_eq!(few.bins[0][5].z(), None);
    }

    #[test]
    fn the_joint_bound_of_one_test_is_the_usual_one() {
        assert!((joint_bound(1) - 1.959_964).abs() < 1e-4);
        // Two-sided .05 / 90: 3.452 in tables of the normal distribution.
        assert!((joint_bound(90) - 3.4513).abs() < 2e-3, "{}", joint_bound(90));
    }
}
