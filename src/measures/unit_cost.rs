//! What a piece costs if those who make it are paid lawfully, and what a buyer's price makes of it.
//!
//! Below 1 the price cannot pay the legal labour cost: the cause lies with the buyer (ILO INWORK issue brief 10, 2017: purchasing
//! practices and working conditions).

use super::{divisor, figure};

/// The parts of a lawful unit cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct UnitCost {
    /// Money a unit.
    pub materials: f64,
    pub overhead: f64,
    /// Minutes a unit at full efficiency.
    pub standard_minutes: f64,
    /// Above 0, 1 = as the standard.
    pub efficiency: f64,
    /// Legal labour cost an hour, without social charges.
    pub hourly_labour_cost: f64,
    /// Social charges as a share of it.
    pub social_charges: f64,
}

impl UnitCost {
    /// `materials + overhead + standard_minutes / 60 / efficiency x hourly labour cost x (1 + social charges)`, money a unit.
    ///
    /// ```
    /// use onus::measures::{UnitCost, squeeze_ratio};
    /// let shirt = UnitCost {
    ///     materials: 2.0,
    ///     overhead: 0.5,
    ///     standard_minutes: 15.0,
    ///     efficiency: 0.5,
    ///     hourly_labour_cost: 2.0,
    ///     social_charges: 0.25,
    /// };
    /// // Half an hour of work at 2.50 an hour.
    /// assert_eq!(shirt.sustainable(), Some(3.75));
    /// assert_eq!(squeeze_ratio(3.0, 3.75), Some(0.8));
    /// ```
    pub fn sustainable(&self) -> Option<f64> {
        let hours = figure(self.standard_minutes)? / 60.0 / divisor(self.efficiency)?;
        let labour = hours * figure(self.hourly_labour_cost)? * (1.0 + figure(self.social_charges)?);
        figure(figure(self.materials)? + figure(self.overhead)? + labour)
    }
}

/// Price over lawful cost, at least 0; below 1 the price is under cost.
pub fn squeeze_ratio(price: f64, cost: f64) -> Option<f64> {
    figure(figure(price)? / divisor(cost)?)
}
