//! Typed cells to rows of visits, findings, channels, grievances, statements and remedies.

use super::context::{Context, cell, code, date, number, text, yes_no};
use super::inputs::{
    Announcement, AuditFindingRow, AuditRow, ChannelRow, FindingResult, GrievanceRow, RemediationRow, RowRef, StatementRow, Status,
};
use super::quarantine::inert;
use super::rows_chain::{incomplete, positions};
use super::table_run::{Place, RowFault};
use super::typed::Cell;
use crate::base::{Date, NormSet, Symbol};
use crate::pack::SignIx;
use crate::schema::TableSchema;
use crate::schema::codes as c;
use crate::schema::inputs_evidence::{ACTIONS, OPERATORS};
use std::collections::HashSet;
use std::sync::Arc;

positions!(AuditAt {
    audit_id,
    node_id,
    date,
    scheme,
    covers,
    announcement,
    auditor,
    interviews_onsite,
    interviews_offsite,
    union_present,
});
positions!(FindingAt { audit_id, sign, result, origin, people, children, corroborated, status, closed_on });
positions!(ChannelAt { channel_id, node_id, operator, independent, languages_covered_share, reach_share, since, until, last_tested });
positions!(GrievanceAt { grievance_id, node_id, received_on, channel_id, sign, origin, people, corroborated, status, remedied_on });
positions!(StatementAt { statement_id, node_id, date, sign, source_class, origin, people, status });
positions!(RemediationAt { case_id, node_id, sign, action, actor, opened, completed, verified_by, amount, currency });

fn id(context: &mut Context, cells: &[Cell], at: usize) -> Result<Symbol, RowFault> {
    text(cells, at).map(|t| context.ids.intern(t)).ok_or_else(|| incomplete(at))
}

fn day(cells: &[Cell], at: usize) -> Result<Date, RowFault> {
    date(cells, at).ok_or_else(|| incomplete(at))
}

fn sign(cells: &[Cell], at: usize) -> Option<SignIx> {
    match cell(cells, at) {
        Cell::Sign(s, _) => Some(*s),
        _ => None,
    }
}

fn status(cells: &[Cell], at: usize) -> Status {
    match code(cells, at) {
        Some(1) => Status::Closed,
        Some(2) => Status::Rejected,
        _ => Status::Open,
    }
}

impl AuditAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], place: &Place, at: RowRef) -> Result<AuditRow, RowFault> {
        let scheme = text(cells, self.scheme);
        if let Some(scheme) = scheme.filter(|s| !context.words.scheme_exists(s)) {
            let found = format!("{} is no scheme of the method pack", inert(scheme));
            context.collector.say(&c::SCHEME_UNKNOWN, place.of(self.scheme), found, c::SCHEME_UNKNOWN.remedy);
        }
        let (covers_norms, covers_signs, covers_stated) = match cell(cells, self.covers) {
            Cell::Covers(norms, signs, _) => (*norms, signs.clone(), true),
            _ => (NormSet::EMPTY, Vec::new(), false),
        };
        Ok(AuditRow {
            audit: id(context, cells, self.audit_id)?,
            node: id(context, cells, self.node_id)?,
            date: day(cells, self.date)?,
            scheme: scheme.map(Arc::from),
            covers_norms,
            covers_signs,
            covers_stated,
            announcement: match code(cells, self.announcement) {
                Some(1) => Announcement::SemiAnnounced,
                Some(2) => Announcement::Unannounced,
                _ => Announcement::Announced,
            },
            auditor: text(cells, self.auditor).map(|t| context.ids.intern(t)),
            interviews_onsite: number(cells, self.interviews_onsite),
            interviews_offsite: number(cells, self.interviews_offsite),
            union_present: yes_no(cells, self.union_present),
            row: at,
        })
    }
}

impl FindingAt {
    /// The row; its visit must be one of `visits`.
    pub fn row(&self, context: &mut Context, cells: &[Cell], at: RowRef, visits: &HashSet<Symbol>) -> Result<AuditFindingRow, RowFault> {
        let audit = id(context, cells, self.audit_id)?;
        if !visits.contains(&audit) {
            let shown = inert(context.ids.text(audit));
            return Err(RowFault {
                code: &c::AUDIT_UNKNOWN,
                column: self.audit_id,
                found: format!("{shown} is no audit or inspection"),
                shown,
            });
        }
        Ok(AuditFindingRow {
            audit,
            sign: sign(cells, self.sign).ok_or_else(|| incomplete(self.sign))?,
            result: match code(cells, self.result) {
                Some(0) => FindingResult::Seen,
                Some(1) => FindingResult::NotSeen,
                Some(_) => FindingResult::NotAssessed,
                None => return Err(incomplete(self.result)),
            },
            origin: text(cells, self.origin).map(|t| context.ids.intern(t)),
            people: number(cells, self.people),
            children: number(cells, self.children),
            corroborated: yes_no(cells, self.corroborated).unwrap_or(false),
            status: status(cells, self.status),
            closed_on: date(cells, self.closed_on),
            row: at,
        })
    }
}

impl ChannelAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], _: &Place, at: RowRef) -> Result<ChannelRow, RowFault> {
        Ok(ChannelRow {
            channel: id(context, cells, self.channel_id)?,
            node: id(context, cells, self.node_id)?,
            operator: code(cells, self.operator).and_then(|i| OPERATORS.get(i)).map(|o| Arc::from(*o)),
            independent: yes_no(cells, self.independent),
            languages_covered_share: number(cells, self.languages_covered_share),
            reach_share: number(cells, self.reach_share),
            since: date(cells, self.since),
            until: date(cells, self.until),
            last_tested: date(cells, self.last_tested),
            row: at,
        })
    }
}

impl GrievanceAt {
    /// The row; a channel that is none of `channels` counts as missing.
    pub fn row(
        &self,
        context: &mut Context,
        cells: &[Cell],
        place: &Place,
        at: RowRef,
        channels: &HashSet<Symbol>,
    ) -> Result<GrievanceRow, RowFault> {
        let mut channel = text(cells, self.channel_id).map(|t| context.ids.intern(t));
        if let Some(unknown) = channel.filter(|c| !channels.contains(c)) {
            let shown = inert(context.ids.text(unknown));
            context.collector.refuse(
                &c::CHANNEL_UNKNOWN,
                place.of(self.channel_id),
                format!("{shown} is no channel"),
                c::CHANNEL_UNKNOWN.remedy,
                shown,
            );
            channel = None;
        }
        Ok(GrievanceRow {
            grievance: id(context, cells, self.grievance_id)?,
            node: id(context, cells, self.node_id)?,
            received_on: day(cells, self.received_on)?,
            channel,
            sign: sign(cells, self.sign).ok_or_else(|| incomplete(self.sign))?,
            origin: text(cells, self.origin).map(|t| context.ids.intern(t)),
            people: number(cells, self.people),
            corroborated: yes_no(cells, self.corroborated).unwrap_or(false),
            status: status(cells, self.status),
            remedied_on: date(cells, self.remedied_on),
            row: at,
        })
    }
}

impl StatementAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], _: &Place, at: RowRef) -> Result<StatementRow, RowFault> {
        let source = match cell(cells, self.source_class) {
            Cell::Source(s, _) => *s,
            _ => return Err(incomplete(self.source_class)),
        };
        Ok(StatementRow {
            statement: id(context, cells, self.statement_id)?,
            node: id(context, cells, self.node_id)?,
            date: day(cells, self.date)?,
            sign: sign(cells, self.sign).ok_or_else(|| incomplete(self.sign))?,
            source,
            origin: id(context, cells, self.origin)?,
            people: number(cells, self.people),
            status: status(cells, self.status),
            row: at,
        })
    }
}

impl RemediationAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], _: &Place, at: RowRef) -> Result<RemediationRow, RowFault> {
        Ok(RemediationRow {
            case: id(context, cells, self.case_id)?,
            node: id(context, cells, self.node_id)?,
            sign: sign(cells, self.sign),
            action: code(cells, self.action).and_then(|i| ACTIONS.get(i)).map(|a| Arc::from(*a)).ok_or_else(|| incomplete(self.action))?,
            actor: text(cells, self.actor).map(Arc::from).ok_or_else(|| incomplete(self.actor))?,
            opened: day(cells, self.opened)?,
            completed: date(cells, self.completed),
            verified_by: text(cells, self.verified_by).map(Arc::from),
            amount: number(cells, self.amount),
            currency: text(cells, self.currency).map(|t| context.ids.intern(t)),
            row: at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::input_table;

    #[test]
    fn every_column_that_a_row_takes_is_declared() {
        let t = |name: &str| input_table(name).unwrap();
        let all = [
            AuditAt::of(t("audits")).all(),
            AuditAt::of(t("inspections")).all(),
            FindingAt::of(t("audit_findings")).all(),
            ChannelAt::of(t("grievance_channels")).all(),
            GrievanceAt::of(t("grievances")).all(),
            StatementAt::of(t("statements")).all(),
            RemediationAt::of(t("remediation")).all(),
        ];
        assert!(all.iter().flatten().all(|at| *at != usize::MAX));
    }
}
