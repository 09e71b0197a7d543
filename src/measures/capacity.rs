//! What a volume says about hours: where an order needs more hours than the declared workers may lawfully work, somebody else makes it
//! or they work longer.

use super::{divisor, figure};

/// Hours that a volume takes: `volume x standard_minutes / 60 / efficiency`.
///
/// `standard_minutes` per unit at full efficiency; `efficiency` above 0, 1 = as the standard.
pub fn implied_hours(volume: f64, standard_minutes: f64, efficiency: f64) -> Option<f64> {
    figure(figure(volume)? * figure(standard_minutes)? / 60.0 / divisor(efficiency)?)
}

/// Hours needed over hours that the declared workers may lawfully work: `implied_hours / (workers x legal_weekly_hours x weeks)`.
///
/// At least 0; above 1 the volume does not fit, from the pack's limit on it is a sign of hidden subcontracting or overtime.
///
/// ```
/// // 100,000 pieces of 12 standard minutes at 80 % efficiency are 25,000 hours; 100 people at 48 h for 4 weeks have 19,200.
/// let hours = onus::measures::implied_hours(100_000.0, 12.0, 0.8).unwrap();
/// assert!((hours - 25_000.0).abs() < 1e-9);
/// assert!((onus::measures::capacity_ratio(hours, 100.0, 48.0, 4.0).unwrap() - 1.302_083).abs() < 1e-6);
/// assert_eq!(onus::measures::capacity_ratio(hours, 0.0, 48.0, 4.0), None);
/// ```
pub fn capacity_ratio(implied_hours: f64, workers: f64, legal_weekly_hours: f64, weeks: f64) -> Option<f64> {
    figure(figure(implied_hours)? / divisor(divisor(workers)? * divisor(legal_weekly_hours)? * divisor(weeks)?)?)
}
