//! What a person is owed.
//!
//! Fees and related costs are repaid in full (ILO, General principles and operational guidelines for fair recruitment, 2019); wages
//! withheld with interest; a child who stops working loses no income until the minimum age (procedures of Impactt, 2008, as reproduced by
//! the US Department of Labor). All amounts are of one currency.

use super::{divisor, figure};

/// A sum with yearly interest: `sum x (1 + rate)^years`.
///
/// ```
/// // A fee of 1,500 paid two years ago at 5 %.
/// assert!((onus::measures::grown(1_500.0, 0.05, 2.0).unwrap() - 1_653.75).abs() < 1e-9);
/// ```
pub fn grown(sum: f64, yearly_rate: f64, years: f64) -> Option<f64> {
    figure(figure(sum)? * (1.0 + figure(yearly_rate)?).powf(figure(years)?))
}

/// What an adult worker is owed; what is not known is 0 here and must be said beside the total.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct AdultRemedy {
    /// Recruitment fees and related costs paid, loan interest included, and years since.
    pub fees: f64,
    pub fees_years: f64,
    /// Wages kept back, and years since.
    pub wages_withheld: f64,
    pub wages_years: f64,
    /// Shortfall below the legal minimum, overtime premium included.
    pub shortfall: f64,
    pub unlawful_deductions: f64,
    /// Return travel and documents, where the worker wants to leave.
    pub return_costs: f64,
    /// General damages, where law or agreement sets them.
    pub damages: f64,
}

impl AdultRemedy {
    /// `R = F (1+j)^y + W (1+j)^y' + U + D + T + C`, money.
    ///
    /// ```
    /// use onus::measures::AdultRemedy;
    /// let owed = AdultRemedy { fees: 1_500.0, fees_years: 2.0, shortfall: 1_092.0, ..AdultRemedy::default() };
    /// assert!((owed.total(0.05).unwrap() - (1_653.75 + 1_092.0)).abs() < 1e-9);
    /// ```
    pub fn total(&self, yearly_rate: f64) -> Option<f64> {
        let fees = grown(self.fees, yearly_rate, self.fees_years)?;
        let wages = grown(self.wages_withheld, yearly_rate, self.wages_years)?;
        figure(
            fees + wages + figure(self.shortfall)? + figure(self.unlawful_deductions)? + figure(self.return_costs)? + figure(self.damages)?,
        )
    }
}

/// What a child who must stop working is owed until the minimum age.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct ChildRemedy {
    /// The last wage or the local share of the minimum wage, whichever is more: money a month.
    pub monthly_stipend: f64,
    /// School costs, money a month.
    pub monthly_school: f64,
    /// Months to the general minimum age, or to the end of compulsory school if later.
    pub months: f64,
    /// Case management, money in all.
    pub case_management: f64,
}

impl ChildRemedy {
    /// `(stipend + school) x months + case management`, money.
    ///
    /// ```
    /// use onus::measures::{ChildRemedy, months_until_age};
    /// // 13 years and 6 months, minimum age 15, stipend 80, school 25 a month.
    /// let months = months_until_age(13.0 * 12.0 + 6.0, 15.0).unwrap();
    /// let owed = ChildRemedy { monthly_stipend: 80.0, monthly_school: 25.0, months, case_management: 0.0 };
    /// assert_eq!((months, owed.total()), (18.0, Some(1_890.0)));
    /// ```
    pub fn total(&self) -> Option<f64> {
        figure((figure(self.monthly_stipend)? + figure(self.monthly_school)?) * figure(self.months)? + figure(self.case_management)?)
    }
}

/// Months from an age in months to a minimum age in years, at least 0.
pub fn months_until_age(age_months: f64, minimum_age_years: f64) -> Option<f64> {
    figure((divisor(minimum_age_years)? * 12.0 - figure(age_months)?).max(0.0))
}
