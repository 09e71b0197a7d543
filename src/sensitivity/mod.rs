//! What the method's own numbers decide: every expert default moved, and what that changes in a dataset's results.
//!
//! One at a time each number is halved and doubled, as far as the rules of the method allow (a probability stays one, a stronger grade
//! stays stronger); an odds ratio is halved and doubled in its logarithm. In the joint draws every number is multiplied by 2^u at once, u even in [-1, 1]. Held against the method as it is: the
//! top of the register (which places leave it, how far ranks move, how far `any` moves) and the touched figure of every focal company (any
//! norm, own view, unknown mapped shares taken cautiously).
//!
//! Numbers with a publication behind them are not moved here, nor those that only draws, findings, responses or remedies use: neither
//! the order nor a figure compared here rests on them. Scale, irremediability and bands of severity decide the order, and are moved.

mod numbers;
mod outcome;
mod study;
mod table;

pub use numbers::{Layer, Number, Tried};
pub use outcome::{Outcome, Shift};
pub use study::{Effect, Joint, Sensitivity, StudySettings, TopPlace, study};
pub use table::{readable, write};
