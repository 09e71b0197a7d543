//! The numbers that a walk is solved in: `f64`, and `f32` where many draws of a method are solved at once and a range is all that is told.

use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// A floating-point number as the kernels of a walk use it.
pub(crate) trait Real:
    Copy + Default + PartialOrd + Add<Output = Self> + AddAssign + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    const ZERO: Self;
    const ONE: Self;
    /// A step this small is rounding, and says nothing of the steps to come.
    const NOISE: Self;

    fn of(wide: f64) -> Self;
    fn wide(self) -> f64;

    /// The larger of the two; neither is ever not a number.
    #[inline]
    fn larger(self, other: Self) -> Self {
        if other > self { other } else { self }
    }
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const NOISE: Self = 1e-14;

    #[inline]
    fn of(wide: f64) -> Self {
        wide
    }

    #[inline]
    fn wide(self) -> f64 {
        self
    }
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const NOISE: Self = 1e-5;

    #[inline]
    fn of(wide: f64) -> Self {
        wide as f32
    }

    #[inline]
    fn wide(self) -> f64 {
        f64::from(self)
    }
}
