//! Seeded draws that are the same bits on every machine.
//!
//! The generator is Xoshiro256++ (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators"). Shapes are built from
//! addition, multiplication, division and square root alone, which IEEE 754 rounds the same everywhere; a system's own `ln`, `exp` or
//! `powf` may differ in the last bit, and the shape of a world would then differ between machines. Hence no distribution library here.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// One stream of draws. Each table has its own, so that a new table moves no other.
pub struct Draws {
    generator: Xoshiro256PlusPlus,
}

impl Draws {
    /// The stream of that number: the seeded generator, jumped `stream` times by 2^128 draws.
    pub fn new(seed: u64, stream: u32) -> Self {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        for _ in 0..stream {
            generator.jump();
        }
        Self { generator }
    }

    /// Uniform in [0, 1), 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.generator.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in 0..n; 0 where n is 0. The bias is below n / 2^64.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.generator.next_u64()) * n as u128) >> 64) as usize
    }

    /// True with probability p.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// About standard normal: twelve uniforms less six, mean 0, variance 1, never beyond 6.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// median * exp(sigma * z), z about standard normal.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * exp(sigma * self.normal())
    }

    /// Pareto from 1 with P(X > x) = x^(-4/3), cut at `most`: u^(-3/4) by two square roots.
    ///
    /// # Source
    /// Firms' numbers of suppliers and customers fall off with exponents 1.35 and 1.26 (Fujiwara and Aoyama 2010, "Large-scale
    /// structure of a nation-wide production network"; from memory).
    pub fn pareto(&mut self, most: f64) -> f64 {
        let half = (1.0 - self.unit()).sqrt();
        (1.0 / (half * half.sqrt())).min(most)
    }

    /// One of the entries by weight; `None` where there is none.
    pub fn pick<T: Copy>(&mut self, weighted: &[(T, f64)]) -> Option<T> {
        let total: f64 = weighted.iter().map(|(_, w)| w).sum();
        let mut left = self.unit() * total;
        for (item, w) in weighted {
            left -= w;
            if left < 0.0 {
                return Some(*item);
            }
        }
        weighted.last().map(|(item, _)| *item)
    }

    /// Any order of the items, each as likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}

/// (1 + x / 1024)^1024 by ten squarings: e^x short by a factor of about x^2 / 2048, which no invented figure minds.
fn exp(x: f64) -> f64 {
    (0..10).fold((1.0 + x / 1024.0).max(0.0), |y, _| y * y)
}

/// Members to be drawn by weight, in logarithmic time.
#[derive(Default)]
pub struct Urn {
    members: Vec<u32>,
    /// Running sums of the weights.
    sums: Vec<f64>,
}

impl Urn {
    pub fn push(&mut self, member: u32, weight: f64) {
        let before = self.sums.last().copied().unwrap_or(0.0);
        self.members.push(member);
        self.sums.push(before + weight);
    }

    /// One member by weight; `None` from an empty urn.
    pub fn draw(&self, draws: &mut Draws) -> Option<u32> {
        let left = draws.unit() * self.sums.last()?;
        self.members.get(self.sums.partition_point(|s| *s <= left).min(self.members.len() - 1)).copied()
    }

    /// One member, each as likely.
    pub fn draw_any(&self, draws: &mut Draws) -> Option<u32> {
        self.members.get(draws.below(self.members.len())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_xoshiro256_plus_plus_seeded_by_splitmix64() {
        // First output for seed 0, by hand from splitmix64's published first and fourth outputs for seed 0
        // (e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec): rotl(s0 + s3, 23) + s0.
        let (s0, s3) = (0xe220_a839_7b1d_cdaf_u64, 0xf88b_b8a8_724c_81ec_u64);
        let first = s0.wrapping_add(s3).rotate_left(23).wrapping_add(s0);
        assert_eq!(Draws::new(0, 0).generator.next_u64(), first);
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_ne!(Draws::new(7, 0).unit(), Draws::new(7, 1).unit());
    }

    #[test]
    fn pareto_falls_off_with_exponent_four_thirds() {
        let mut d = Draws::new(3, 0);
        let n = 200_000;
        let above_8 = (0..n).filter(|_| d.pareto(1e9) > 8.0).count() as f64 / f64::from(n);
        // P(X > 8) = 8^(-4/3) = 1/16.
        assert!((above_8 - 0.0625).abs() < 0.003, "{above_8}");
        assert!((0..n).all(|_| d.pareto(50.0) <= 50.0));
    }

    #[test]
    fn half_of_log_normal_draws_lie_below_the_median() {
        let mut d = Draws::new(3, 1);
        let below = (0..100_000).filter(|_| d.log_normal(40.0, 1.2) < 40.0).count();
        assert!((49_000..51_000).contains(&below), "{below}");
    }

    #[test]
    fn an_urn_gives_members_in_proportion_to_weight() {
        let mut urn = Urn::default();
        urn.push(10, 1.0);
        urn.push(20, 0.0);
        urn.push(30, 3.0);
        let mut d = Draws::new(1, 0);
        let drawn: Vec<u32> = (0..40_000).filter_map(|_| urn.draw(&mut d)).collect();
        assert_eq!(drawn.len(), 40_000);
        assert!(!drawn.contains(&20));
        let thirties = drawn.iter().filter(|m| **m == 30).count();
        assert!((29_500..30_500).contains(&thirties), "{thirties}");
        assert_eq!(Urn::default().draw(&mut d), None);
    }
}
