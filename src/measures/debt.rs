//! Whether a debt can be worked off: the numeric test of debt bondage.
//!
//! Supplementary Convention on the Abolition of Slavery (1956), art. 1(a): bondage is a pledge of services for a debt where their
//! reasonable value "is not applied towards the liquidation of the debt", or their length and nature "are not respectively limited and
//! defined". The share that counts as not applied is a default of the method.

use super::figure;

/// How long a debt takes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Repayment {
    /// What is credited in a month does not exceed the interest of a month.
    Never,
    Months(f64),
}

/// Months until a debt D at interest i a month is worked off with a credit c a month: never where `c <= D i`, else
/// `ln(c / (c - i D)) / ln(1 + i)`, and `D / c` where there is no interest.
///
/// ```
/// use onus::measures::{Repayment, repayment};
/// // 2,400 at 3 % a month: interest 72. 50 a month never ends it, 200 take 15.1 months, without interest 12.
/// assert_eq!(repayment(2_400.0, 0.03, 50.0), Some(Repayment::Never));
/// let Some(Repayment::Months(months)) = repayment(2_400.0, 0.03, 200.0) else { panic!() };
/// assert!((months - 15.1).abs() < 0.05);
/// assert_eq!(repayment(2_400.0, 0.0, 200.0), Some(Repayment::Months(12.0)));
/// ```
pub fn repayment(debt: f64, monthly_interest: f64, monthly_credit: f64) -> Option<Repayment> {
    let (debt, interest, credit) = (figure(debt)?, figure(monthly_interest)?, figure(monthly_credit)?);
    if debt == 0.0 {
        return Some(Repayment::Months(0.0));
    }
    if credit <= debt * interest {
        return Some(Repayment::Never);
    }
    let months = if interest == 0.0 { debt / credit } else { (credit / (credit - interest * debt)).ln() / interest.ln_1p() };
    figure(months).map(Repayment::Months)
}

/// The third element of art. 1(a), as far as the figures tell it; `None` = the figures are not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DebtElements {
    /// Credited is less than `fair_share` of the value of the services.
    pub not_fairly_applied: Option<bool>,
    /// The debt never ends, or there is no written term.
    pub not_limited: Option<bool>,
}

/// The elements from debt, interest a month, credit a month, value of the services a month, and whether a written term is there.
///
/// `fair_share`: the share of the value that must be credited (default of the method 0.8).
///
/// ```
/// use onus::measures::debt_elements;
/// let e = debt_elements(Some(2_400.0), Some(0.03), Some(50.0), Some(200.0), None, 0.8);
/// assert_eq!((e.not_fairly_applied, e.not_limited), (Some(true), Some(true)));
/// let e = debt_elements(Some(2_400.0), Some(0.0), Some(200.0), Some(200.0), Some(true), 0.8);
/// assert_eq!((e.not_fairly_applied, e.not_limited), (Some(false), Some(false)));
/// ```
pub fn debt_elements(
    debt: Option<f64>,
    monthly_interest: Option<f64>,
    monthly_credit: Option<f64>,
    service_value: Option<f64>,
    written_term: Option<bool>,
    fair_share: f64,
) -> DebtElements {
    let credit = monthly_credit.and_then(figure);
    let not_fairly_applied = match (credit, service_value.and_then(figure)) {
        (Some(c), Some(w)) => Some(c < fair_share * w),
        _ => None,
    };
    let never = match (debt, monthly_interest, credit) {
        (Some(d), Some(i), Some(c)) => repayment(d, i, c).map(|r| r == Repayment::Never),
        // No credit at all never ends a debt, whatever its interest.
        (Some(d), None, Some(0.0)) => figure(d).map(|d| d > 0.0),
        _ => None,
    };
    let not_limited = match (never, written_term) {
        (Some(true), _) | (_, Some(false)) => Some(true),
        (Some(false), Some(true)) => Some(false),
        _ => None,
    };
    DebtElements { not_fairly_applied, not_limited }
}
