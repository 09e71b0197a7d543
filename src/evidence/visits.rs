//! Audits and inspections: what a visit saw, what it looked for in vain, and the norms on which it was silent.

use super::book::{AFTER, Book, EvidenceRow, Item, REJECTED, largest};
use super::items::Silence;
use crate::base::{Date, NodeIx, Norm, NormSet};
use crate::pack::{SignIx, SourceIx};
use crate::validate::inputs::{Announcement, AuditFindingRow, AuditRow, FindingResult, RowRef, Status};
use std::collections::{BTreeMap, BTreeSet};

const SILENT_ON_ALL: &str = "the silence of the visit tells it already";

impl Book<'_> {
    pub(super) fn audits(&self, rows: &mut Vec<EvidenceRow>, covering: &mut Vec<(NodeIx, Silence)>) {
        self.visits("audits", &self.inputs.audits, &self.inputs.audit_findings, |a| self.audit_source(a), rows, covering);
        if let Some(inspector) = self.pack.sources_of("inspections").next() {
            self.visits("inspections", &self.inputs.inspections, &self.inputs.inspection_findings, |_| inspector, rows, covering);
        }
    }

    fn visits(
        &self,
        table: &'static str,
        visits: &[AuditRow],
        looked: &[AuditFindingRow],
        source_of: impl Fn(&AuditRow) -> SourceIx,
        rows: &mut Vec<EvidenceRow>,
        covering: &mut Vec<(NodeIx, Silence)>,
    ) {
        let mut findings: BTreeMap<&str, Vec<&AuditFindingRow>> = BTreeMap::new();
        for finding in looked {
            findings.entry(self.text(finding.audit)).or_default().push(finding);
        }
        for audit in visits {
            let Some(node) = self.resolution.node(audit.node) else { continue };
            let source = source_of(audit);
            let items = findings.get(self.text(audit.audit)).map_or(&[][..], Vec::as_slice);
            self.visit(table, node, audit, source, items, rows);
            let silence = self.silence_of_source(source, self.covered(audit), audit.date);
            if audit.date <= self.as_of && !silence.detection.iter().all(|d| *d == 0.0) {
                covering.push((node, silence));
            }
        }
    }

    fn audit_source(&self, audit: &AuditRow) -> SourceIx {
        let announcement = match audit.announcement {
            Announcement::Announced => "announced",
            Announcement::SemiAnnounced => "semi_announced",
            Announcement::Unannounced => "unannounced",
        };
        self.pack.audit_source(announcement, audit.interviews_offsite.is_some_and(|n| n > 0.0))
    }

    fn covered(&self, audit: &AuditRow) -> NormSet {
        if audit.covers_stated {
            return audit.covers_norms;
        }
        audit.scheme.as_deref().and_then(|s| self.pack.scheme(s)).map_or(NormSet::EMPTY, |s| s.covers)
    }

    fn visit(
        &self,
        table: &'static str,
        node: NodeIx,
        audit: &AuditRow,
        source: SourceIx,
        items: &[&AuditFindingRow],
        rows: &mut Vec<EvidenceRow>,
    ) {
        let class = &self.pack.sources[source.0 as usize];
        let visit = format!("{}:{}", table.trim_end_matches('s'), self.text(audit.audit));
        let late = if audit.date > self.as_of { AFTER } else { "" };
        let base = EvidenceRow {
            node,
            item: Item::Look,
            sign: None,
            norms: NormSet::EMPTY,
            source,
            origin: visit.clone(),
            day: audit.date,
            detection: class.detection_sign,
            by_norm: [0.0; Norm::COUNT],
            false_report: class.false_report,
            half_life_days: class.half_life_negative_days,
            open: false,
            why_not: late,
            table,
            row: audit.row,
        };
        // A sign that was seen ends the visit's silence on its whole branch; a refuted one was not seen.
        let refuted = |f: &AuditFindingRow| f.status == Status::Rejected && f.closed_on.is_none_or(|d| d <= self.as_of);
        let heard = items
            .iter()
            .filter(|f| f.result == FindingResult::Seen && !refuted(f))
            .fold(NormSet::EMPTY, |set, f| NormSet(set.0 | self.ends_silence_on(f.sign).0));
        let quiet = NormSet(self.covered(audit).0 & !heard.0);
        let look = |sign: SignIx, row: RowRef, table: &'static str| {
            let norms = self.norms_of(sign);
            let told_already = norms.0 & !quiet.0 == 0;
            let why_not = if late.is_empty() && told_already { SILENT_ON_ALL } else { late };
            EvidenceRow { sign: Some(sign), norms, table, row, why_not, ..base.clone() }
        };
        let mut looked: BTreeSet<SignIx> = BTreeSet::new();
        for finding in items {
            looked.insert(finding.sign);
            match finding.result {
                FindingResult::Seen => rows.push(EvidenceRow {
                    item: Item::Report,
                    sign: Some(finding.sign),
                    norms: self.norms_of(finding.sign),
                    origin: finding.origin.map_or_else(|| visit.clone(), |o| self.text(o).to_owned()),
                    half_life_days: class.half_life_positive_days,
                    open: self.open(finding.status, finding.corroborated, finding.closed_on),
                    why_not: if refuted(finding) { REJECTED } else { late },
                    table: "audit_findings",
                    row: finding.row,
                    ..base.clone()
                }),
                FindingResult::NotSeen => rows.push(look(finding.sign, finding.row, "audit_findings")),
                FindingResult::NotAssessed => {}
            }
        }
        rows.extend(audit.covers_signs.iter().filter(|s| !looked.contains(s)).map(|s| look(*s, audit.row, table)));
        if !quiet.is_empty() {
            let by_norm = self.silence_of_source(source, quiet, audit.date).detection;
            rows.push(EvidenceRow { item: Item::Silence, norms: quiet, detection: largest(&by_norm), by_norm, ..base });
        }
    }

    fn silence_of_source(&self, source: SourceIx, norms: NormSet, day: Date) -> Silence {
        let class = &self.pack.sources[source.0 as usize];
        let mut detection = [0.0; Norm::COUNT];
        for norm in norms.iter() {
            detection[norm.at()] = class.detection[norm.at()];
        }
        Silence {
            source,
            class: self.pack.class_of(source),
            detection,
            half_life_days: class.half_life_negative_days,
            age_days: f64::from(self.as_of.days_since(day)),
        }
    }
}
