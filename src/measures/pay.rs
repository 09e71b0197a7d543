//! What was due and what was paid.
//!
//! The legal minimum for normal hours, the premium for the hours above them (C1, C30, C95, C131; national law sets the figures).

use super::figure;

/// Pay due for a period, money: `min_wage x normal hours + min_wage x premium x overtime hours`.
///
/// `hours` worked and `normal_hours` of the same period; `min_wage` an hour; `premium` the multiple for overtime (1.5).
///
/// ```
/// // 60 hours a week, minimum 2.0 an hour, 48 normal hours, premium 1.5.
/// assert_eq!(onus::measures::pay_due(60.0, 48.0, 2.0, 1.5), Some(132.0));
/// ```
pub fn pay_due(hours: f64, normal_hours: f64, min_wage: f64, premium: f64) -> Option<f64> {
    let (hours, normal) = (figure(hours)?, figure(normal_hours)?);
    let overtime = (hours - normal).max(0.0);
    figure(figure(min_wage)? * (hours.min(normal) + figure(premium)? * overtime))
}

/// What is missing over `periods` equal periods: `max(0, due - paid) x periods`, money.
///
/// ```
/// // 132 due, 90 paid, 26 weeks.
/// assert_eq!(onus::measures::pay_shortfall(132.0, 90.0, 26.0), Some(1_092.0));
/// assert_eq!(onus::measures::pay_shortfall(90.0, 132.0, 26.0), Some(0.0));
/// ```
pub fn pay_shortfall(due: f64, paid: f64, periods: f64) -> Option<f64> {
    figure((figure(due)? - figure(paid)?).max(0.0) * figure(periods)?)
}
