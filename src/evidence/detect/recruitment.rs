//! Recruitment files: what workers paid for their jobs, how they borrowed it, and who holds their papers (methodology 2.1, column recruitment
//! file; 2.7).
//!
//! With F the mean of all fees and costs that a worker paid and W the wage of a month, both in one currency:
//!
//! | sign | told where | looked for where |
//! | --- | --- | --- |
//! | rc_worker_paid_fees | F > 0 | F = 0 |
//! | rc_recruitment_cost_months | F/W from 3, below 6 | F/W below 3 |
//! | rc_recruitment_cost_high | F/W from 6 | |
//! | fl11_debt_bondage | F/W from 1, and half of the cohort and more borrowed | fewer borrowed |
//! | work_document_confiscation | the employer holds documents of anybody | of nobody |
//! | rc_unlicensed_agent | the agency has no licence | it has one |
//!
//! A longer table of costs tells the fee and one degree of it, so that a higher fee never tells less. Circumstances, for the prior alone: a
//! permit tied to the employer; a corridor in which nearly all workers pay, where the file does not say what these paid (where it does, the fee
//! is evidence, and a factor lives in one layer only). The corridor is one of recruitment practice: where people come from moves nothing.
//!
//! A cohort without period speaks against the site as of the day of the assessment, and never for it: who leaves the date out gains nothing.

use super::teller::{At, Figure, Teller};
use crate::base::{Norm, NormSet};
use crate::validate::inputs::RecruitmentRow;

pub(super) fn detect(teller: &mut Teller<'_, '_>) {
    if teller.book.inputs.recruitment.is_empty() {
        return;
    }
    let Some(source) = teller.source("recruitment_file_forensic", "recruitment") else { return };
    let fee_paid = teller.limit("detect.recruitment.fee_paid");
    let [weak, medium, strong] = ["weak", "medium", "strong"].map(|g| teller.limit(&format!("rule.cost_months_{g}")));
    let loan_share = teller.limit("detect.recruitment.loan_share");
    let documents_share = teller.limit("detect.recruitment.documents_share");
    let context_months = teller.limit("detect.recruitment.context_months");
    let d = teller.book.pack.sources[source.0 as usize].detection_sign;
    let (inputs, as_of) = (teller.book.inputs, teller.book.as_of);
    for row in &inputs.recruitment {
        let Some(node) = teller.node(row.node) else { continue };
        let dated = row.period.is_some();
        let at = At { node, table: "recruitment", row: row.row, day: row.period.map_or(as_of, |p| p.to), origin: None };
        let months = months_of_wage(row);
        if let Some(fee) = row.fee_paid_mean {
            let figure = Figure::new(fee, fee_paid);
            if fee > fee_paid {
                teller.report(source, at, &["rc_worker_paid_fees"], figure);
            } else if dated {
                teller.look(source, at, "rc_worker_paid_fees", d, figure);
            }
        }
        match months {
            Some(m) if m >= strong => {
                let signs = ["rc_recruitment_cost_high", "rc_recruitment_cost_months"];
                teller.report(source, at, &signs, Figure::new(m, strong));
            }
            Some(m) if m >= medium => teller.report(source, at, &["rc_recruitment_cost_months"], Figure::new(m, medium)),
            Some(m) if dated && m > 0.0 => teller.look(source, at, "rc_recruitment_cost_months", d, Figure::new(m, medium)),
            _ => {}
        }
        if let Some(share) = row.loan_share {
            let figure = Figure::new(share, loan_share);
            if share >= loan_share {
                if months.is_some_and(|m| m >= weak) {
                    teller.report(source, at, &["fl11_debt_bondage"], figure);
                }
            } else if dated {
                teller.look(source, at, "fl11_debt_bondage", d, figure);
            }
        }
        if let Some(share) = row.documents_held_share {
            let figure = Figure::new(share, documents_share);
            if share > documents_share {
                teller.report(source, at, &["work_document_confiscation", "fl11_document_retention"], figure);
            } else if dated {
                teller.look(source, at, "work_document_confiscation", d, figure);
            }
        }
        match row.agency_licensed {
            Some(false) => teller.report(source, at, &["rc_unlicensed_agent"], Figure::new(1.0, 0.0)),
            Some(true) if dated => teller.look(source, at, "rc_unlicensed_agent", d, Figure::new(0.0, 0.0)),
            _ => {}
        }
        if !teller.within(at.day, context_months) {
            continue;
        }
        if row.visa_tied == Some(true) {
            let norms = NormSet::of(&[Norm::ForcedLabour, Norm::DebtBondage]);
            teller.circumstance(at, "tied_visa", norms, "recruitment: the work permit is tied to the employer");
        }
        if row.fee_paid_mean.is_none() && in_paying_corridor(teller, row, at) {
            let norms = NormSet::of(&[Norm::DebtBondage, Norm::Trafficking]);
            teller.circumstance(at, "worker_paid_fee_corridor", norms, "recruitment: a corridor in which nearly all workers pay");
        }
    }
}

/// F/W; `None` where the wage is not known.
fn months_of_wage(row: &RecruitmentRow) -> Option<f64> {
    match (row.fee_paid_mean, row.monthly_wage) {
        (Some(fee), Some(wage)) if wage > 0.0 => Some(fee / wage),
        _ => None,
    }
}

/// Whether the pack names the pair of countries, and it is not turned off.
fn in_paying_corridor(teller: &Teller<'_, '_>, row: &RecruitmentRow, at: At) -> bool {
    let place = teller.book.resolution.nodes.get(at.node.at()).and_then(|n| n.country);
    let Some((from, to)) = row.origin_country.zip(place) else { return false };
    teller.book.pack.parameter(&format!("corridor.{from}-{to}")).is_some_and(|p| p.value > 0.0)
}
