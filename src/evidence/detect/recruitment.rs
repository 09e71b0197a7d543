//! Recruitment files: what workers paid for their jobs, how they borrowed it, and who holds their papers (methodology 2.1, column recruitment
//! file; 2.7).
//!
//! With F the mean of all fees and costs that a worker paid and W the wage of a month, both in one currency:
//!
//! | sign | told where | looked for where |
//! | --- | --- | --- |
//! | rc_worker_paid_fees | F > 0 | F = 0 |
//! | rc_recruitment_cost_low | F/W from 1, below 3 | |
//! | rc_recruitment_cost_months | F/W from 3, below 6 | F/W below 1 |
//! | rc_recruitment_cost_high | F/W from 6 | |
//! | fl11_debt_bondage | F/W from 1, and half of the cohort and more borrowed | fewer borrowed |
//! | work_document_confiscation | the employer holds documents of anybody | of nobody |
//! | rc_unlicensed_agent | the agency has no licence | it has one |
//!
//! A longer table of costs tells the fee and one degree of it, so that a higher fee never tells less. Circumstances, for the prior alone: a
//! permit tied to the employer; a corridor in which nearly all workers pay, where the row does not say what these paid and nobody reports a fee of
//! the place (where somebody does, in whatever table, the fee is evidence, and a factor lives in one layer only: `fees_told`). The corridor is one of recruitment practice: where people come from moves nothing.
//!
//! A cohort without period speaks against the site as of the day of the assessment, and never for it: who leaves the date out gains nothing.

use super::teller::{At, Teller};
use crate::base::{Norm, NormSet};
use crate::evidence::book::{EvidenceRow, Item};
use crate::measures::cost_in_months;
use crate::pack::{MethodPack, SignIx};
use crate::validate::inputs::RecruitmentRow;

/// The circumstance of a corridor, under `odds_ratio.` in the pack.
pub(in crate::evidence) const CORRIDOR: &str = "worker_paid_fee_corridor";

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
        let months = row.fee_paid_mean.zip(row.monthly_wage).and_then(|(fee, wage)| cost_in_months(fee, wage));
        if let Some(fee) = row.fee_paid_mean {
            if fee > fee_paid {
                teller.report(source, at, &["rc_worker_paid_fees"]);
            } else if dated {
                teller.look(source, at, "rc_worker_paid_fees", d);
            }
        }
        match months {
            Some(m) if m >= strong => {
                let signs = ["rc_recruitment_cost_high", "rc_recruitment_cost_months"];
                teller.report(source, at, &signs);
            }
            Some(m) if m >= medium => teller.report(source, at, &["rc_recruitment_cost_months"]),
            Some(m) if m >= weak => teller.report(source, at, &["rc_recruitment_cost_low"]),
            Some(m) if dated && m > 0.0 && m < weak => teller.look(source, at, "rc_recruitment_cost_months", d),
            _ => {}
        }
        if let Some(share) = row.loan_share {
            if share >= loan_share {
                if months.is_some_and(|m| m >= weak) {
                    teller.report(source, at, &["fl11_debt_bondage"]);
                }
            } else if dated {
                teller.look(source, at, "fl11_debt_bondage", d);
            }
        }
        if let Some(share) = row.documents_held_share {
            if share > documents_share {
                teller.report(source, at, &["work_document_confiscation", "fl11_document_retention"]);
            } else if dated {
                teller.look(source, at, "work_document_confiscation", d);
            }
        }
        match row.agency_licensed {
            Some(false) => teller.report(source, at, &["rc_unlicensed_agent"]),
            Some(true) if dated => teller.look(source, at, "rc_unlicensed_agent", d),
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
            teller.circumstance(at, CORRIDOR, norms, "recruitment: a corridor in which nearly all workers pay");
        }
    }
}

/// Whether somebody reports that workers of a place paid for their jobs, in a row that counts: then the fee is evidence, and the corridor
/// no circumstance beside it.
pub(in crate::evidence) fn fees_told(rows: &[EvidenceRow], pack: &MethodPack) -> bool {
    let of_fees = |sign: SignIx| {
        let id = pack.signs.get(sign.0 as usize).map_or("", |s| s.id.as_str());
        id == "rc_worker_paid_fees" || id.starts_with("rc_recruitment_cost_")
    };
    rows.iter().any(|r| r.item == Item::Report && r.why_not.is_empty() && r.sign.is_some_and(of_fees))
}

/// Whether the pack names the pair of countries, and it is not turned off.
fn in_paying_corridor(teller: &Teller<'_, '_>, row: &RecruitmentRow, at: At) -> bool {
    let place = teller.book.resolution.nodes.get(at.node.at()).and_then(|n| n.country);
    let Some((from, to)) = row.origin_country.zip(place) else { return false };
    teller.book.pack.parameter(&format!("corridor.{from}-{to}")).is_some_and(|p| p.value > 0.0)
}
