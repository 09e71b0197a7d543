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
//! | cl_long_hours_15_17 | workers of 15-17, and mean hours above 43 | filled, and nobody or no long hours |
//!
//! Work of people of 15-17 is lawful: by itself it is no sign. A payroll detects what it itemises (d 0.50); children who work off the books
//! are not on it, so a look for age counts with its detection of child labour alone (d 0.10).

use super::teller::{At, Figure, Teller};
use crate::base::Norm;
use crate::validate::inputs::PayrollRow;

struct Limits {
    hours_p95: f64,
    hours_mean: f64,
    hours_normal: f64,
    deductions: f64,
    late: f64,
    young_hours: f64,
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
        young_hours: teller.limit("detect.payroll.young_hours"),
    };
    let class = &teller.book.pack.sources[source.0 as usize];
    let (of_sign, of_age) = (class.detection_sign, class.detection[Norm::ChildLabour.at()]);
    let inputs = teller.book.inputs;
    for row in &inputs.payroll {
        let Some(node) = teller.node(row.node) else { continue };
        let at = At { node, table: "payroll", row: row.row, day: row.period.to, origin: None };
        if let Some((figure, beyond)) = hours(row, &limits) {
            match beyond {
                true if paid_by_overtime(row, &limits) => {
                    teller.report(source, at, &["fl11_excessive_overtime", "ex_excessive_hours"], figure);
                }
                true => teller.report(source, at, &["ex_excessive_hours", "fl11_excessive_overtime"], figure),
                false => teller.look(source, at, "ex_excessive_hours", of_sign, figure),
            }
        }
        if let (Some(median), Some(minimum)) = (row.median_wage, row.legal_minimum_wage) {
            let figure = Figure::new(median, minimum);
            if median < minimum {
                teller.report(source, at, &["ex_low_no_pay"], figure);
            } else {
                teller.look(source, at, "ex_low_no_pay", of_sign, figure);
            }
        }
        if let Some(share) = row.deductions_share {
            let figure = Figure::new(share, limits.deductions);
            if share > limits.deductions {
                teller.report(source, at, &["ex_wage_manipulation"], figure);
            } else {
                teller.look(source, at, "ex_wage_manipulation", of_sign, figure);
            }
        }
        if let Some(days) = row.paid_late_days {
            let figure = Figure::new(days, limits.late);
            if days >= limits.late {
                teller.report(source, at, &["fl11_wage_withholding", "work_wages_withheld"], figure);
            } else {
                teller.look(source, at, "fl11_wage_withholding", of_sign, figure);
            }
        }
        if let Some(children) = row.under_15 {
            // Of children no number is kept: at least one, or nobody.
            if children > 0.0 {
                teller.report(source, at, &["cl_under_general_age"], Figure::new(1.0, 0.0));
            } else {
                teller.look(source, at, "cl_under_general_age", of_age, Figure::new(0.0, 0.0));
            }
        }
        if let Some(minors) = row.under_18 {
            let young = minors - row.under_15.unwrap_or(0.0) > 0.0;
            match row.hours_mean {
                Some(mean) if young && mean > limits.young_hours => {
                    teller.report(source, at, &["cl_long_hours_15_17"], Figure::new(mean, limits.young_hours));
                }
                Some(mean) => teller.look(source, at, "cl_long_hours_15_17", of_age, Figure::new(mean, limits.young_hours)),
                None if !young => teller.look(source, at, "cl_long_hours_15_17", of_age, Figure::new(0.0, limits.young_hours)),
                None => {}
            }
        }
    }
}

/// The figure that decides, and whether it is beyond its limit; a mean within its limit decides nothing, because it hides the longest hours.
fn hours(row: &PayrollRow, limits: &Limits) -> Option<(Figure, bool)> {
    let p95 = row.hours_p95.map(|h| (Figure::new(h, limits.hours_p95), h > limits.hours_p95));
    let mean = row.hours_mean.map(|h| (Figure::new(h, limits.hours_mean), h > limits.hours_mean));
    p95.filter(|p| p.1).or(mean.filter(|m| m.1)).or(p95)
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
