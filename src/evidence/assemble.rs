//! From the validated tables to what was said of each node: reports, looks and silences, each with its row.
//!
//! - An audit finding `seen`, a grievance and a statement are reports. `not_seen` is a look. `not_assessed` is nothing.
//! - A visit is silent on the norms it covers (its own `covers`, else its scheme in the pack, else none), but for the branches of which it
//!   saw a sign. A look for a sign whose norms are all under that silence adds nothing: one clean visit counts once, and a visit that
//!   itemises more is never worth less.
//! - A channel speaks by calendar quarter: each whole quarter in which it was open and received no sign of a branch is one silence
//!   for that branch, with d = reach x trust x use, and x 0.3 for children. Blank reach is 0: silence where nobody could have heard
//!   is not evidence. What a channel received from the node that is scored never moves its own use factor.
//! - Rows dated after `as_of`, and closings after it, are as if they had not been written.
//!
//! A seen sign counts with the detection of its source class, whatever the reach of the channel it came by.

use super::items::{Look, NodeEvidence, Report, Silence};
use crate::base::{Branch, Date, NodeIx, Norm, NormSet, Symbol};
use crate::pack::{MethodPack, SignIx, SourceIx};
use crate::resolve::Resolution;
use crate::validate::inputs::{Announcement, AuditFindingRow, AuditRow, ChannelRow, FindingResult, Inputs, RowRef, Status};
use std::collections::{BTreeMap, BTreeSet};

/// What an item of evidence is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Item {
    Report,
    Look,
    Silence,
}

impl Item {
    pub fn as_str(self) -> &'static str {
        match self {
            Item::Report => "report",
            Item::Look => "look",
            Item::Silence => "silence",
        }
    }
}

/// One item with its place: what `evidence.parquet` and `explain` show.
#[derive(Clone, Debug)]
pub struct EvidenceRow {
    pub node: NodeIx,
    pub item: Item,
    pub sign: Option<SignIx>,
    /// Norms that the item speaks to.
    pub norms: NormSet,
    pub source: SourceIx,
    /// Who first said it; the channel or visit for silence.
    pub origin: String,
    /// The day of the report or visit; the last day of a silent quarter.
    pub day: Date,
    /// Before ageing; for silence the largest over its norms.
    pub detection: f64,
    /// Detection of silence by norm; zeros for reports and looks.
    pub by_norm: [f64; Norm::COUNT],
    pub false_report: f64,
    pub half_life_days: f64,
    pub open: bool,
    /// Why the item counts nothing; empty where it counts.
    pub why_not: &'static str,
    pub table: &'static str,
    pub row: RowRef,
}

/// All that was said of one node, in numbers and in rows.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    pub evidence: NodeEvidence,
    /// Every channel and visit in force as if it had been silent: what coverage is made of.
    pub covering: Vec<Silence>,
    /// Sorted by item, sign, day, origin, row.
    pub rows: Vec<EvidenceRow>,
    pub newest: Option<Date>,
    pub origins: usize,
}

/// Everything said, by node. Nodes of which nothing was said are absent.
pub type EvidenceByNode = BTreeMap<NodeIx, Gathered>;

/// Reads audits, grievances, channels and statements as of a day.
pub fn assemble(inputs: &Inputs, resolution: &Resolution, pack: &MethodPack, as_of: Date) -> EvidenceByNode {
    let mut rows: Vec<EvidenceRow> = Vec::new();
    let mut covering: Vec<(NodeIx, Silence)> = Vec::new();
    let book = Book { inputs, resolution, pack, as_of };
    book.audits(&mut rows, &mut covering);
    book.channels(&mut rows, &mut covering);
    book.grievances(&mut rows);
    book.statements(&mut rows);
    let mut by_node: EvidenceByNode = BTreeMap::new();
    for row in rows {
        by_node.entry(row.node).or_default().rows.push(row);
    }
    for (node, silence) in covering {
        by_node.entry(node).or_default().covering.push(silence);
    }
    for gathered in by_node.values_mut() {
        book.number(gathered);
    }
    by_node
}

struct Book<'a> {
    inputs: &'a Inputs,
    resolution: &'a Resolution,
    pack: &'a MethodPack,
    as_of: Date,
}

const AFTER: &str = "dated after as_of";
const REJECTED: &str = "rejected on review";
const LAPSED: &str = "older than the horizon";
const SILENT_ON_ALL: &str = "the silence of the visit tells it already";
const VOID: &str = "nobody could have heard (d = 0)";

impl Book<'_> {
    fn text(&self, symbol: Symbol) -> &str {
        self.inputs.ids.text(symbol)
    }

    fn norms_of(&self, sign: SignIx) -> NormSet {
        let mut set = NormSet::EMPTY;
        for norm in Norm::ALL {
            if self.pack.signs[sign.0 as usize].norms[norm.at()].is_some() {
                set.insert(norm);
            }
        }
        set
    }

    /// Whether a state that a row declares held on the day of the assessment.
    fn open(&self, status: Status, corroborated: bool, ended: Option<Date>) -> bool {
        let closed = matches!(status, Status::Closed) && ended.is_none_or(|d| d <= self.as_of);
        corroborated && !closed && !matches!(status, Status::Rejected) && ended.is_none_or(|d| d > self.as_of)
    }

    fn audits(&self, rows: &mut Vec<EvidenceRow>, covering: &mut Vec<(NodeIx, Silence)>) {
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
            .fold(NormSet::EMPTY, |set, f| NormSet(set.0 | self.pack.signs[f.sign.0 as usize].branch.norms().0 | self.norms_of(f.sign).0));
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
            class: self.pack.class_of(source),
            detection,
            half_life_days: class.half_life_negative_days,
            age_days: f64::from(self.as_of.days_since(day)),
        }
    }

    fn channels(&self, rows: &mut Vec<EvidenceRow>, covering: &mut Vec<(NodeIx, Silence)>) {
        let mut received: BTreeMap<Symbol, Vec<(NodeIx, Date, Branch)>> = BTreeMap::new();
        // By which channel these came nobody says: they end the silence of every channel of their node.
        let mut unplaced: BTreeMap<NodeIx, Vec<(NodeIx, Date, Branch)>> = BTreeMap::new();
        for g in self.inputs.grievances.iter().filter(|g| g.received_on <= self.as_of && g.status != Status::Rejected) {
            let Some(node) = self.resolution.node(g.node) else { continue };
            let came = (node, g.received_on, self.pack.signs[g.sign.0 as usize].branch);
            match g.channel {
                Some(channel) => received.entry(channel).or_default().push(came),
                None => unplaced.entry(node).or_default().push(came),
            }
        }
        for channel in &self.inputs.channels {
            let Some(node) = self.resolution.node(channel.node) else { continue };
            let source = self.channel_source(channel);
            let class = &self.pack.sources[source.0 as usize];
            let reports = received.get(&channel.channel).map_or(&[][..], Vec::as_slice);
            for quarter in self.quarters_open(channel) {
                let d = self.channel_detection(channel, node, quarter.1, reports);
                let heard: NormSet = reports
                    .iter()
                    .chain(unplaced.get(&node).into_iter().flatten())
                    .filter(|(at, day, _)| *at == node && *day >= quarter.0 && *day <= quarter.1)
                    .fold(NormSet::EMPTY, |set, (_, _, branch)| NormSet(set.0 | branch.norms().0));
                let every = self.channel_silence(source, d, NormSet::EVERY, quarter.1);
                let heard_by_any = largest(&d) > 0.0;
                if heard_by_any {
                    covering.push((node, every));
                }
                let quiet = NormSet(!heard.0);
                if quiet.is_empty() {
                    continue;
                }
                let silence = self.channel_silence(source, d, quiet, quarter.1);
                rows.push(EvidenceRow {
                    node,
                    item: Item::Silence,
                    sign: None,
                    norms: quiet,
                    source,
                    origin: format!("channel:{}", self.text(channel.channel)),
                    day: quarter.1,
                    detection: largest(&silence.detection),
                    by_norm: silence.detection,
                    false_report: class.false_report,
                    half_life_days: class.half_life_negative_days,
                    open: false,
                    why_not: if heard_by_any { "" } else { VOID },
                    table: "grievance_channels",
                    row: channel.row,
                });
            }
        }
    }

    fn channel_source(&self, channel: &ChannelRow) -> SourceIx {
        self.pack.channel(channel.operator.as_deref(), channel.independent).source
    }

    /// The whole calendar quarters, up to the horizon, in which a channel was open; only the last one where `since` is blank.
    fn quarters_open(&self, channel: &ChannelRow) -> Vec<(Date, Date)> {
        let end = channel.until.map_or(self.as_of, |u| u.min(self.as_of));
        let mut quarters = Vec::new();
        let mut quarter = self.as_of.quarter_period();
        if quarter.to > self.as_of {
            quarter = quarter.from.plus_days(-1).quarter_period();
        }
        let horizon = self.as_of.plus_days(-(self.pack.lapse_days as i32));
        while quarter.from >= horizon {
            match channel.since {
                Some(since) if quarter.from < since => break,
                None if !quarters.is_empty() => break,
                _ if quarter.to <= end => quarters.push((quarter.from, quarter.to)),
                _ => {}
            }
            if channel.since.is_none() && quarter.to > end {
                break;
            }
            quarter = quarter.from.plus_days(-1).quarter_period();
        }
        quarters
    }

    /// d = reach x trust x use. Reach is no wider than the languages that the channel speaks, where they are known.
    fn channel_detection(&self, channel: &ChannelRow, node: NodeIx, day: Date, reports: &[(NodeIx, Date, Branch)]) -> [f64; Norm::COUNT] {
        let rule = &self.pack.channels;
        let reach = channel.reach_share.unwrap_or(0.0).min(channel.languages_covered_share.unwrap_or(1.0));
        let trust = self.pack.channel(channel.operator.as_deref(), channel.independent).trust;
        let tested = channel.last_tested.is_some_and(|t| (0..=rule.tested_within_days).contains(&day.days_since(t)));
        let people = self.resolution.nodes[node.at()].people.unwrap_or(0.0);
        let a_year = channel.since.is_some_and(|s| day.days_since(s) >= 365);
        let elsewhere = reports.iter().any(|(at, on, _)| *at != node && (0..=365).contains(&day.days_since(*on)));
        let used = if tested {
            rule.use_tested
        } else if a_year && people >= rule.silent_people && !elsewhere {
            rule.use_silent
        } else {
            rule.use_default
        };
        self.pack.channel_detection(reach, trust, used)
    }

    fn channel_silence(&self, source: SourceIx, mut detection: [f64; Norm::COUNT], norms: NormSet, day: Date) -> Silence {
        for norm in Norm::ALL.into_iter().filter(|n| !norms.contains(*n)) {
            detection[norm.at()] = 0.0;
        }
        Silence {
            class: self.pack.class_of(source),
            detection,
            half_life_days: self.pack.sources[source.0 as usize].half_life_negative_days,
            age_days: f64::from(self.as_of.days_since(day)),
        }
    }

    fn grievances(&self, rows: &mut Vec<EvidenceRow>) {
        let here: BTreeMap<(Symbol, Symbol), &ChannelRow> = self.inputs.channels.iter().map(|c| ((c.channel, c.node), c)).collect();
        let anywhere: BTreeMap<Symbol, &ChannelRow> = self.inputs.channels.iter().rev().map(|c| (c.channel, c)).collect();
        for g in &self.inputs.grievances {
            let Some(node) = self.resolution.node(g.node) else { continue };
            let channel = g.channel.and_then(|c| here.get(&(c, g.node)).or_else(|| anywhere.get(&c)));
            let source = channel.map_or_else(|| self.pack.channel(None, None).source, |c| self.channel_source(c));
            let origin = g.origin.map_or_else(|| format!("grievance:{}", self.text(g.grievance)), |o| self.text(o).to_owned());
            let open = self.open(g.status, g.corroborated, g.remedied_on);
            rows.push(self.report(node, g.sign, source, origin, g.received_on, open, g.status, "grievances", g.row));
        }
    }

    fn statements(&self, rows: &mut Vec<EvidenceRow>) {
        for s in &self.inputs.statements {
            let Some(node) = self.resolution.node(s.node) else { continue };
            let origin = self.text(s.origin).to_owned();
            rows.push(self.report(node, s.sign, s.source, origin, s.date, false, s.status, "statements", s.row));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one row of evidence has this many parts")]
    fn report(
        &self,
        node: NodeIx,
        sign: SignIx,
        source: SourceIx,
        origin: String,
        day: Date,
        open: bool,
        status: Status,
        table: &'static str,
        row: RowRef,
    ) -> EvidenceRow {
        let class = &self.pack.sources[source.0 as usize];
        EvidenceRow {
            node,
            item: Item::Report,
            sign: Some(sign),
            norms: self.norms_of(sign),
            source,
            origin,
            day,
            detection: class.detection_sign,
            by_norm: [0.0; Norm::COUNT],
            false_report: class.false_report,
            half_life_days: class.half_life_positive_days,
            open,
            why_not: match status {
                _ if day > self.as_of => AFTER,
                Status::Rejected => REJECTED,
                _ => "",
            },
            table,
            row,
        }
    }

    /// Turns a node's rows into numbers: sorts them by content, numbers origins, marks what has lapsed.
    fn number(&self, gathered: &mut Gathered) {
        let as_of = self.as_of;
        for row in &mut gathered.rows {
            let age = f64::from(as_of.days_since(row.day));
            if row.why_not.is_empty() && !row.open && age > self.pack.lapse_days {
                row.why_not = LAPSED;
            }
        }
        gathered.rows.sort_by(|a, b| {
            (a.item, a.sign, a.day, a.source, &a.origin, a.norms, a.open, a.row)
                .cmp(&(b.item, b.sign, b.day, b.source, &b.origin, b.norms, b.open, b.row))
        });
        let used = |r: &&EvidenceRow| r.why_not.is_empty();
        let origins: BTreeSet<&str> =
            gathered.rows.iter().filter(used).filter(|r| r.item == Item::Report).map(|r| r.origin.as_str()).collect();
        let numbers: BTreeMap<&str, u32> = origins.iter().enumerate().map(|(i, o)| (*o, i as u32)).collect();
        for row in gathered.rows.iter().filter(used) {
            let age_days = f64::from(as_of.days_since(row.day));
            match (row.item, row.sign) {
                (Item::Report, Some(sign)) => gathered.evidence.reports.push(Report {
                    sign,
                    origin: numbers.get(row.origin.as_str()).copied().unwrap_or(0),
                    detection: row.detection,
                    false_report: row.false_report,
                    half_life_days: row.half_life_days,
                    age_days,
                    open: row.open,
                    remedied: 0.0,
                }),
                (Item::Look, Some(sign)) => gathered.evidence.looks.push(Look {
                    sign,
                    class: self.pack.class_of(row.source),
                    detection: row.detection,
                    half_life_days: row.half_life_days,
                    age_days,
                }),
                (Item::Silence, _) => gathered.evidence.silences.push(Silence {
                    class: self.pack.class_of(row.source),
                    detection: row.by_norm,
                    half_life_days: row.half_life_days,
                    age_days,
                }),
                _ => {}
            }
        }
        gathered
            .covering
            .sort_by(|a, b| a.class.cmp(&b.class).then(a.age_days.total_cmp(&b.age_days)).then(a.detection[3].total_cmp(&b.detection[3])));
        gathered.origins = origins.len();
        gathered.newest = gathered.rows.iter().filter(used).map(|r| r.day).max();
    }
}

fn largest(by_norm: &[f64; Norm::COUNT]) -> f64 {
    by_norm.iter().copied().fold(0.0, f64::max)
}
