//! Arithmetic on wages, hours, debts, fees, capacity and remedy: plain numbers in, plain numbers out, each formula with its source and a
//! worked example. Nothing here knows a table, a pack or a node.
//!
//! Every function gives `None` where a number is no figure (negative, not finite, a divisor of 0): what cannot be computed is not known,
//! and what is not known is never 0. Thresholds are arguments; the method pack holds them.

mod alerts;
mod capacity;
mod debt;
mod pay;
mod recruitment;
mod remedy;
mod severity;
mod survey;
mod unit_cost;

pub use alerts::alerts_kept;
pub use capacity::{capacity_ratio, implied_hours};
pub use debt::{DebtElements, Repayment, debt_elements, repayment};
pub use pay::{pay_due, pay_shortfall};
pub use recruitment::cost_in_months;
pub use remedy::{AdultRemedy, ChildRemedy, grown, months_until_age};
pub use severity::{Band, Severity, SeverityRule};
pub use survey::survey_detection;
pub use unit_cost::{UnitCost, squeeze_ratio};

/// A number that may stand for money, hours or people.
fn figure(value: f64) -> Option<f64> {
    (value.is_finite() && value >= 0.0).then_some(value)
}

/// A number by which may be divided.
fn divisor(value: f64) -> Option<f64> {
    (value.is_finite() && value > 0.0).then_some(value)
}
