//! Typed cells to cases: facts of one person or of a group that shares them, with age, hours, debt and what else the rules ask.
//!
//! A word under `facts` that is no sign, phase, status or source class is told and left out; the row keeps the rest. Words of a case are
//! told by length alone, but for those near a known one.

use super::context::{Context, cell, code, number, text, yes_no};
use super::inputs::{
    AgeProof, CarveOut, CaseBasis, CaseFact, CaseRow, Circumstances, CoercionBy, FactStatus, RowRef, StatePurpose, WorksFor,
};
use super::quarantine::{inert, shown};
use super::rows_chain::{incomplete, positions};
use super::table_run::{Place, RowFault};
use super::typed::Cell;
use crate::mapping::nearest;
use crate::pack::Phase;
use crate::schema::TableSchema;
use crate::schema::codes as c;
use crate::schema::inputs_cases::{FACT_PHASES, FACT_STATUSES};

positions!(CaseAt {
    case_id,
    node_id,
    people,
    age_low,
    age_high,
    age_band,
    age_proof,
    reason_to_believe_minor,
    age_contested,
    facts,
    all_asked,
    period,
    basis,
    group,
    hours_per_week,
    household_hours,
    in_school,
    work_is_light,
    works_for,
    coercion_by,
    parents_in_forced_labour,
    handed_over,
    task_on_hazardous_list,
    protected_and_trained,
    carve_out,
    state_purpose,
    debt,
    debt_monthly_interest,
    debt_monthly_credit,
    service_value,
    written_term,
});

/// The word that says that no sign was told.
const NO_SIGN: &str = "no_sign";
/// Least age of a band, in the order of `AGE_BANDS`; 5 is where the statistical definition of child labour begins.
const BAND_YEARS: [(Option<f64>, Option<f64>); 6] =
    [(Some(5.0), Some(11.0)), (Some(12.0), Some(14.0)), (Some(15.0), Some(17.0)), (None, Some(17.0)), (Some(18.0), None), (None, None)];

fn one<T: Copy>(cells: &[Cell], at: usize, list: &[T]) -> Option<T> {
    code(cells, at).and_then(|i| list.get(i).copied())
}

impl CaseAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], place: &Place, at: RowRef) -> Result<CaseRow, RowFault> {
        let case = text(cells, self.case_id).map(|t| context.ids.intern(t)).ok_or_else(|| incomplete(self.case_id))?;
        let node = text(cells, self.node_id).map(|t| context.ids.intern(t)).ok_or_else(|| incomplete(self.node_id))?;
        let told = text(cells, self.facts).ok_or_else(|| incomplete(self.facts))?;
        let (age_low, age_high) = self.age(context, cells, place);
        Ok(CaseRow {
            case,
            node,
            people: number(cells, self.people),
            age_low,
            age_high,
            age_proof: one(cells, self.age_proof, &[AgeProof::Documented, AgeProof::Doubtful]).unwrap_or(AgeProof::Missing),
            reason_to_believe_minor: yes_no(cells, self.reason_to_believe_minor),
            age_contested: yes_no(cells, self.age_contested),
            facts: self.facts_of(context, told, place),
            all_asked: yes_no(cells, self.all_asked).unwrap_or(false),
            period: match cell(cells, self.period) {
                Cell::Period(p) => Some(*p),
                _ => None,
            },
            basis: one(cells, self.basis, &[CaseBasis::Interview, CaseBasis::Documents, CaseBasis::Observation, CaseBasis::Ruling]),
            group: yes_no(cells, self.group),
            circumstances: self.circumstances(cells),
            row: at,
        })
    }

    fn circumstances(&self, cells: &[Cell]) -> Circumstances {
        Circumstances {
            hours_per_week: number(cells, self.hours_per_week),
            household_hours: number(cells, self.household_hours),
            in_school: yes_no(cells, self.in_school),
            work_is_light: yes_no(cells, self.work_is_light),
            works_for: one(cells, self.works_for, &[WorksFor::ThirdParty, WorksFor::OwnParents]),
            coercion_by: one(
                cells,
                self.coercion_by,
                &[CoercionBy::ThirdParty, CoercionBy::OwnParents, CoercionBy::Both, CoercionBy::Nobody],
            ),
            parents_in_forced_labour: yes_no(cells, self.parents_in_forced_labour),
            handed_over: yes_no(cells, self.handed_over),
            task_on_hazardous_list: yes_no(cells, self.task_on_hazardous_list),
            protected_and_trained: yes_no(cells, self.protected_and_trained),
            carve_out: one(
                cells,
                self.carve_out,
                &[
                    CarveOut::MilitaryService,
                    CarveOut::CivicObligation,
                    CarveOut::ConvictLabour,
                    CarveOut::Emergency,
                    CarveOut::MinorCommunalService,
                ],
            ),
            state_purpose: one(
                cells,
                self.state_purpose,
                &[
                    StatePurpose::Political,
                    StatePurpose::EconomicDevelopment,
                    StatePurpose::LabourDiscipline,
                    StatePurpose::StrikePunishment,
                    StatePurpose::Discrimination,
                ],
            ),
            debt: number(cells, self.debt),
            debt_monthly_interest: number(cells, self.debt_monthly_interest),
            debt_monthly_credit: number(cells, self.debt_monthly_credit),
            service_value: number(cells, self.service_value),
            written_term: yes_no(cells, self.written_term),
        }
    }

    /// Years where given, else the band's; a lower figure above its upper one counts as missing.
    fn age(&self, context: &mut Context, cells: &[Cell], place: &Place) -> (Option<f64>, Option<f64>) {
        let years = (number(cells, self.age_low), number(cells, self.age_high));
        if let (Some(low), Some(high)) = years
            && low > high
        {
            let at = place.of(self.age_low);
            context.collector.refuse(&c::RANGE_CROSSED, at, "age_low is above age_high", c::RANGE_CROSSED.remedy, String::new());
        } else if years != (None, None) {
            return years;
        }
        one(cells, self.age_band, &BAND_YEARS).unwrap_or_default()
    }

    fn facts_of(&self, context: &mut Context, told: &str, place: &Place) -> Vec<CaseFact> {
        let mut facts = Vec::new();
        for item in told.split(';').map(str::trim).filter(|i| !i.is_empty() && *i != NO_SIGN) {
            let mut parts = item.split(':').map(str::trim);
            let (word, phase) = match parts.next().unwrap_or("").split_once('@') {
                Some((sign, phase)) => (sign.trim(), Some(phase.trim())),
                None => (parts_head(item), None),
            };
            let (status, source, extra) = (parts.next(), parts.next(), parts.next());
            let Some(sign) = context.words.sign(word) else {
                let known = nearest(word, context.words.sign_ids()).map(str::to_owned);
                self.refuse(context, place, word, known.as_deref(), "is no sign of the method pack");
                continue;
            };
            let phase = match phase {
                None => None,
                Some(p) => match FACT_PHASES.iter().position(|w| *w == p) {
                    Some(i) => [Phase::Recruitment, Phase::Work, Phase::Leaving].get(i).copied(),
                    None => {
                        self.refuse(context, place, p, nearest(p, FACT_PHASES.iter().copied()), "is no phase");
                        None
                    }
                },
            };
            let status = match status.filter(|s| !s.is_empty()) {
                None => FactStatus::Established,
                Some(s) => match FACT_STATUSES.iter().position(|w| *w == s) {
                    Some(i) => {
                        let all = [FactStatus::Absent, FactStatus::Unknown, FactStatus::Supported, FactStatus::Established];
                        all.get(i).copied().unwrap_or_default()
                    }
                    // A status in doubt must not become an established fact.
                    None => {
                        self.refuse(
                            context,
                            place,
                            s,
                            nearest(s, FACT_STATUSES.iter().copied()),
                            "is no status; the fact counts as unknown",
                        );
                        FactStatus::Unknown
                    }
                },
            };
            let source = source.filter(|s| !s.is_empty()).and_then(|s| {
                let found = context.words.source(s);
                if found.is_none() {
                    let known = nearest(s, context.words.source_ids()).map(str::to_owned);
                    self.refuse(context, place, s, known.as_deref(), "is no source class of the method pack");
                }
                found
            });
            if let Some(extra) = extra {
                self.refuse(context, place, extra, None, "stands behind the source of a fact");
            }
            facts.push(CaseFact { sign, phase, status, source });
        }
        facts.sort();
        facts.dedup();
        facts
    }

    fn refuse(&self, context: &mut Context, place: &Place, word: &str, near: Option<&str>, what: &str) {
        let (told, value) = match near {
            Some(near) => (format!("{} {what}; did you mean {near}?", inert(word)), inert(word)),
            None => (format!("{} {what}", shown(word)), shown(word)),
        };
        context.collector.refuse(&c::FACT_UNKNOWN, place.of(self.facts), told, c::FACT_UNKNOWN.remedy, value);
    }
}

/// The sign of an item without phase.
fn parts_head(item: &str) -> &str {
    item.split(':').next().unwrap_or("").trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::inputs_cases::CASES;

    #[test]
    fn every_column_that_a_case_takes_is_declared() {
        let all = CaseAt::of(&CASES).all();
        assert_eq!(all.len(), CASES.columns.len());
        assert!(all.iter().all(|at| *at != usize::MAX));
    }
}
