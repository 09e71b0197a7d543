//! How far the method's probabilities hold in worlds drawn from the method itself, and how they fail where its assumptions do (methodology
//! 5.10). Worlds are invented: nothing here says how well the method does in reality.
//!
//! - [`reliability`]: of the places given p, is a share p violated? In worlds whose evidence has exactly the method's likelihood.
//! - [`coverage`]: does the 5-95 % range hold the p of the true parameters in nine of ten places, where these are drawn from the pack's
//!   uncertainty?
//! - [`degradation`]: what is left where the pack's numbers are off, sources copy each other, visits are coached; against three simple
//!   baselines.
//! - [`scores`]: the measures, as functions of plain numbers.

pub mod coverage;
pub mod degradation;
pub mod drawn;
pub mod ground;
pub mod reliability;
pub mod run;
pub mod scores;

pub use run::{Calibration, Settings, calibrate};
