//! What we believe of one node: its prior, the joint posterior over the norm cluster and the posterior of each norm on its own
//! (model 1.1 and 1.3), and the
//! ranges over draws of the method (1.6). Plain numbers in, plain numbers out.
//!
//! Findings by rule are no part of this: a finding is never computed from a probability.

pub mod audit;
pub mod context;
pub mod draws;
pub mod joint;
pub mod normal;
pub mod origins;
pub mod posterior;
pub mod prior;
pub mod quantile;

pub use joint::JointPrior;
pub use posterior::{Posterior, posterior};
pub use prior::{Admissible, admissible, people_bin, people_of_bin, prior_marginal};
