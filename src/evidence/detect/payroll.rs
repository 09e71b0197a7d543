//! Payroll: hours, pay, deductions, late pay and ages of a period (methodology 2.1, column payroll; 2.5).
//!
//! | sign | told where | looked for where |
//! | --- | --- | --- |
//! | ex_excessive_hours | hours_p95 or hours_mean above its limit | hours_p95 is filled |
//! | fl11_excessive_overtime, in place of it | and the median wage falls below the legal minimum once hours are cut to normal ones | |
//! | ex_low_no_pay | the median wage is below the legal minimum | both are filled |
//! | ex_wage_manipulation | deductions above the limit | filled |
//! | fl11_wage_withholding | a mean delay of a pay period and more | filled |
//! | cl_under_general_age | anybody under 15 | filled |
//! | cl_long_hours_15_17 | nowhere: the mean hours of all are not those of the young | nobody under 18 |
//!
//! Work of people of 15-17 is lawful: by itself it is no sign. A payroll detects what it itemises (d 0.50); children who work off the books
//! are not on it, so a look for age counts with its detection of child labour alone (d 0.10).

use super::teller::{At, Teller};
use crate::base::Norm;
use crate::validate::inputs::PayrollRow;

struct Limits {
    hours_p95: f64,
    hours_mean: f64,
    hours_normal: f64,
    deductions: f64,
    late: f64,
}

pub(super) fn detect(teller: &mut Teller<'_, '_>) {
    if teller.book.inputs.payroll.is_empty() {
        return;
    }
    let Some(source) = teller.source("payroll_forensic", "payroll") else { return };
    let limits = Limits {
        hours_p95: teller.limit("detect.payroll.hours_p95"),
        hours_mean: teller.limit("detect.payroll.hours_mean"),
        hours_normal: teller.limit("detect.payroll.hours_normal"),
        deductions: teller.limit("detect.payroll.deductions_share"),
        late: teller.limit("detect.payroll.late_days"),
    };
    let class = &teller.book.pack.sources[source.0 as usize];
    let (of_sign, of_age) = (class.detection_sign, class.detection[Norm::ChildLabour.at()]);
    let inputs = teller.book.inputs;
    for row in &inputs.payroll {
        let Some(node) = teller.node(row.node) else { continue };
        let at = At { node, table: "payroll", row: row.row, day: row.period.to, origin: None };
        if let Some(beyond) = hours(row, &limits) {
            match beyond {
                true if paid_by_overtime(row, &limits) => {
                    teller.report(source, at, &["fl11_excessive_overtime", "ex_excessive_hours"]);
                }
                true => teller.report(source, at, &["ex_excessive_hours", "fl11_excessive_overtime"]),
                false => teller.look(source, at, "ex_excessive_hours", of_sign),
            }
        }
        if let (Some(median), Some(minimum)) = (row.median_wage, row.legal_minimum_wage) {
            if median < minimum {
                teller.report(source, at, &["ex_low_no_pay"]);
            } else {
                teller.look(source, at, "ex_low_no_pay", of_sign);
            }
        }
        if let Some(share) = row.deductions_share {
            if share > limits.deductions {
                teller.report(source, at, &["ex_wage_manipulation"]);
            } else {
                teller.look(source, at, "ex_wage_manipulation", of_sign);
            }
        }
        if let Some(days) = row.paid_late_days {
            if days >= limits.late {
                teller.report(source, at, &["fl11_wage_withholding", "work_wages_withheld"]);
            } else {
                teller.look(source, at, "fl11_wage_withholding", of_sign);
            }
        }
        if let Some(children) = row.under_15 {
            // Of children no number is kept: at least one, or nobody.
            if children > 0.0 {
                teller.report(source, at, &["cl_under_general_age"]);
            } else {
                teller.look(source, at, "cl_under_general_age", of_age);
            }
        }
        // Where nobody is young, nobody young works long. Where some are, the mean of all says nothing of their hours.
        if row.under_18 == Some(0.0) {
            teller.look(source, at, "cl_long_hours_15_17", of_age);
        }
    }
}

/// Whether hours are beyond their limit; a mean within its limit decides nothing, because it hides the longest hours.
fn hours(row: &PayrollRow, limits: &Limits) -> Option<bool> {
    let p95 = row.hours_p95.map(|h| h > limits.hours_p95);
    let mean = row.hours_mean.map(|h| h > limits.hours_mean);
    p95.filter(|beyond| *beyond).or(mean.filter(|beyond| *beyond)).or(p95)
}

/// Whether workers reach the legal minimum by overtime alone: median wage x normal hours / mean hours < minimum <= median wage.
fn paid_by_overtime(row: &PayrollRow, limits: &Limits) -> bool {
    match (row.median_wage, row.legal_minimum_wage, row.hours_mean) {
        (Some(median), Some(minimum), Some(mean)) => {
            mean > limits.hours_normal && median >= minimum && median * limits.hours_normal / mean < minimum
        }
        _ => false,
    }
}
