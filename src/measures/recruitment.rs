//! What a job cost the person who got it, in months of its wage (SDG indicator 10.7.1).

use super::{divisor, figure};

/// All costs that the worker paid to get the job, in months of the first wage. At least 0.
///
/// Costs are those of the ILO definition of recruitment fees and related costs (2019): any cost to get the job, whenever, wherever and
/// to whomever paid.
///
/// ```
/// // 1,500 paid, first wage 250: 6 months.
/// assert_eq!(onus::measures::cost_in_months(1_500.0, 250.0), Some(6.0));
/// assert_eq!(onus::measures::cost_in_months(1_500.0, 0.0), None);
/// ```
pub fn cost_in_months(cost: f64, monthly_wage: f64) -> Option<f64> {
    figure(figure(cost)? / divisor(monthly_wage)?)
}
