//! Debt bondage: a debt, a pledge of personal services for it, and services that are not fairly applied or not limited.
//!
//! Source: Supplementary Convention on the Abolition of Slavery (1956), art. 1(a). The numeric test is that of
//! [`debt_elements`](crate::measures::debt_elements); where the figures are not told, signs that name the same facts count.

use crate::findings::element::{Outcome, Path};
use crate::findings::lists::Question;
use crate::measures::debt_elements;

const DEBT: &[&str] = &["rec_debt_bondage", "work_debt_bondage", "fl11_debt_bondage", "wd_inflated_debt", "il_unlimited_term_for_debt"];
const PLEDGE: &[&str] = &["rec_debt_bondage", "work_debt_bondage", "fl11_debt_bondage", "il_unlimited_term_for_debt"];
const UNFAIR: &[&str] = &["wd_inflated_debt"];
const UNLIMITED: &[&str] = &["il_unlimited_term_for_debt"];

/// Whether the case is debt bondage.
pub fn rule(q: &Question) -> Outcome {
    q.answered.debt_bondage.get_or_init(|| by_elements(q)).clone()
}

fn by_elements(q: &Question) -> Outcome {
    let told = &q.case.circumstances;
    let figures = debt_elements(
        told.debt,
        told.debt_monthly_interest,
        told.debt_monthly_credit,
        told.service_value,
        told.written_term,
        q.parameters().fair_share,
    );
    let debt = q.circumstance("a debt", told.debt.map(|d| d > 0.0), DEBT);
    let pledge = q.any("a pledge of personal services", PLEDGE);
    let unfair = q.circumstance("services that are not fairly applied to the debt", figures.not_fairly_applied, UNFAIR);
    let unlimited = q.circumstance("services of no limited and defined length and nature", figures.not_limited, UNLIMITED);
    Outcome::strongest(
        "debt_bondage_1956",
        vec![
            Path::all("not_fairly_applied", vec![debt.clone(), pledge.clone(), unfair]),
            Path::all("not_limited", vec![debt, pledge, unlimited]),
        ],
    )
}
