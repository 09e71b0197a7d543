//! A small circle of trade solved exactly, both ways: supplier figures carried to buyers, and visits carried to suppliers.
//!
//! State elimination without subtraction (W. K. Grassmann, M. I. Taksar, D. P. Heyman, "Regenerative analysis and steady state
//! distributions for Markov chains", Operations Research 33 (1985) 1107-1116): the pivot 1 - a_kk is taken as what leaves k, so every
//! operation adds, multiplies or divides positive numbers and each figure is right to its own last digits, however little the circle leaks.

use super::circle::Circle;
use super::real::Real;

/// The eliminated matrix of one component of k nodes: k^2 + k numbers.
pub(crate) struct Elimination {
    size: usize,
    /// a[i k + j], as it stood when the smaller of i and j was eliminated.
    a: Vec<f64>,
    /// What leaves each node at its elimination, to nodes not eliminated yet or out of the component.
    pivot: Vec<f64>,
}

impl Elimination {
    /// Eliminates a circle for one of its walks; none where nothing leaves it, so that no figure exists.
    pub fn of<const S: usize, T: Real>(circle: &Circle<S, T>, walk: usize) -> Option<Self> {
        let size = circle.len();
        let mut a = vec![0.0; size * size];
        for i in 0..size {
            let on = circle.goes_on[i][walk].wide();
            for (j, w) in circle.row(i) {
                a[i * size + j] += on * w.wide();
            }
        }
        let mut leak: Vec<f64> = circle.leak.iter().map(|l| l[walk].wide()).collect();
        let mut pivot = vec![0.0; size];
        for k in 0..size {
            let (upper, lower) = a.split_at_mut((k + 1) * size);
            let row = &upper[k * size..];
            pivot[k] = leak[k] + row[k + 1..].iter().sum::<f64>();
            if pivot[k] <= 0.0 {
                return None;
            }
            for i in k + 1..size {
                let other = &mut lower[(i - k - 1) * size..(i - k) * size];
                if other[k] > 0.0 {
                    let factor = other[k] / pivot[k];
                    for (x, y) in other[k + 1..].iter_mut().zip(&row[k + 1..]) {
                        *x += factor * y;
                    }
                    leak[i] += factor * leak[k];
                }
            }
        }
        Some(Elimination { size, a, pivot })
    }

    /// x = source + A x, in place of `source`, L lanes at once.
    pub fn solve<const L: usize>(&self, source: &mut [[f64; L]]) {
        let k = self.size;
        for e in 0..k {
            let done = source[e];
            for (i, later) in source.iter_mut().enumerate().skip(e + 1) {
                let factor = self.a[i * k + e] / self.pivot[e];
                for (x, y) in later.iter_mut().zip(done) {
                    *x += factor * y;
                }
            }
        }
        for e in (0..k).rev() {
            let mut sum = source[e];
            for (j, later) in source.iter().enumerate().skip(e + 1) {
                for (x, y) in sum.iter_mut().zip(later) {
                    *x += self.a[e * k + j] * y;
                }
            }
            source[e] = sum.map(|x| x / self.pivot[e]);
        }
    }

    /// y = start + A' y, in place of `start`: expected visits of what enters at `start`.
    pub fn visits(&self, start: &mut [f64]) {
        let k = self.size;
        for e in 0..k {
            let factor = start[e] / self.pivot[e];
            for (j, later) in start.iter_mut().enumerate().skip(e + 1) {
                *later += factor * self.a[e * k + j];
            }
        }
        for e in (0..k).rev() {
            let sum: f64 = start.iter().enumerate().skip(e + 1).map(|(i, y)| y * self.a[i * k + e]).sum();
            start[e] = (start[e] + sum) / self.pivot[e];
        }
    }
}
