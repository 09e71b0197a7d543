//! The places and the evidence of a world as the rooms of the engine receive them, without a detour over files.
//!
//! Cell for cell what reading the written tables gives; links are left out, since no belief depends on them.

use super::accounts::{Accounts, Outcome, Visitor};
use super::figures::Figures;
use super::firms::{Firm, Tier};
use super::tables::{NodeId, audit_id, firm_name, statement_origin};
use crate::base::{CountryCode, Date, Interner, ProductCode, SectorCode, Stage, Symbol};
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::validate::Inputs;
use crate::validate::inputs::{
    Announcement, AuditFindingRow, AuditRow, ChannelRow, FindingResult, GrievanceRow, NodeRow, RowRef, StatementRow, Status,
};
use std::sync::Arc;

/// The nodes of a world, and nothing said of them yet.
pub fn nodes(firms: &[Firm], figures: &[Figures], reference: &Reference, as_of: Date) -> Inputs {
    let mut ids = Interner::default();
    let row = |(i, (firm, figures)): (usize, (&Firm, &Figures))| {
        let sector = SectorCode::parse(firm.sector);
        NodeRow {
            id: ids.intern(&NodeId { at: i as u32, firms: firms.len() as u32 }.to_string()),
            name: firm_name(firm, i).into(),
            kind: firm.kind,
            country: firm.country.and_then(CountryCode::new),
            subdivision: None,
            city: None,
            address: None,
            latitude: None,
            longitude: None,
            sector,
            product: ProductCode::parse(firm.product),
            stage: Stage::parse(firm.stage).or_else(|| sector.and_then(|s| reference.stage_of_sector(s))),
            focal: firm.tier == Tier::Brand,
            parent: None,
            lei: None,
            os_id: None,
            gln: None,
            duns: None,
            workers: firm.workers.map(|w| w as f64),
            workers_low: None,
            workers_high: None,
            places_count: firm.places.map(|p| p as f64),
            known_since: None,
            informal_share: figures.informal_share,
            young_worker_share: figures.young_worker_share,
            union: figures.union,
            output_value: None,
            purchases_value: figures.purchases_value.map(|p| p as f64),
            mapped_share: figures.mapped_share,
            capacity: None,
            capacity_unit: None,
            yearly_turnover: None,
            row: place(i),
        }
    };
    let nodes = firms.iter().zip(figures).enumerate().map(row).collect();
    Inputs { name: "generated world, all invented".to_owned(), as_of: Some(as_of), as_of_stated: true, ids, nodes, ..Inputs::default() }
}

fn place(i: usize) -> RowRef {
    RowRef { file: 0, line: i as u32 + 2 }
}

/// Adds what was said to the nodes of [`nodes`].
pub fn add_accounts(inputs: &mut Inputs, all: &Accounts, pack: &MethodPack, as_of: Date) {
    let day = |before: u16| as_of.plus_days(-i32::from(before));
    let node_of: Vec<Symbol> = inputs.nodes.iter().map(|n| n.id).collect();
    let node = |at: u32| node_of.get(at as usize).copied();
    for (i, v) in all.visits.iter().enumerate() {
        let Some(node) = node(v.node) else { continue };
        let row = AuditRow {
            audit: inputs.ids.intern(&audit_id(i, v.visitor)),
            node,
            date: day(v.days_before),
            scheme: v.scheme.as_deref().map(Arc::from),
            covers_norms: v.covers.unwrap_or_default(),
            covers_signs: Vec::new(),
            covers_stated: v.covers.is_some(),
            announcement: match v.visitor {
                Visitor::Announced | Visitor::Inspector => Announcement::Announced,
                Visitor::SemiAnnounced => Announcement::SemiAnnounced,
                Visitor::Unannounced | Visitor::UnannouncedOffsite => Announcement::Unannounced,
            },
            auditor: None,
            interviews_onsite: None,
            interviews_offsite: (v.visitor == Visitor::UnannouncedOffsite).then_some(f64::from(super::tables::OFFSITE_INTERVIEWS)),
            union_present: v.union_present,
            row: place(i),
        };
        if v.visitor == Visitor::Inspector { inputs.inspections.push(row) } else { inputs.audits.push(row) }
    }
    for (i, f) in all.findings.iter().enumerate() {
        let Some(visit) = all.visits.get(f.visit as usize) else { continue };
        let row = AuditFindingRow {
            audit: inputs.ids.intern(&audit_id(f.visit as usize, visit.visitor)),
            sign: f.sign,
            result: match f.outcome {
                Outcome::Seen => FindingResult::Seen,
                Outcome::NotSeen => FindingResult::NotSeen,
                Outcome::NotAssessed => FindingResult::NotAssessed,
            },
            origin: None,
            people: f.people.map(|p| p as f64),
            children: None,
            corroborated: f.corroborated,
            status: if f.closed { Status::Closed } else { Status::Open },
            closed_on: f.closed.then(|| day(visit.days_before / 2)),
            row: place(i),
        };
        if visit.visitor == Visitor::Inspector { inputs.inspection_findings.push(row) } else { inputs.audit_findings.push(row) }
    }
    for (i, c) in all.channels.iter().enumerate() {
        let Some(node) = node(c.node) else { continue };
        inputs.channels.push(ChannelRow {
            channel: inputs.ids.intern(&format!("C{i:07}")),
            node,
            operator: Some(Arc::from(c.operator)),
            independent: Some(c.operator != "company"),
            languages_covered_share: Some(1.0),
            reach_share: Some(c.reach),
            since: Some(day(c.since_days)),
            until: None,
            last_tested: c.tested_days.map(day),
            row: place(i),
        });
    }
    for (i, g) in all.grievances.iter().enumerate() {
        let Some(node) = node(g.node) else { continue };
        inputs.grievances.push(GrievanceRow {
            grievance: inputs.ids.intern(&format!("G{i:07}")),
            node,
            received_on: day(g.days_before),
            channel: g.channel.map(|c| inputs.ids.intern(&format!("C{c:07}"))),
            sign: g.sign,
            origin: None,
            people: g.people.map(|p| p as f64),
            corroborated: g.corroborated,
            status: Status::Open,
            remedied_on: None,
            row: place(i),
        });
    }
    for (i, s) in all.statements.iter().enumerate() {
        let Some(node) = node(s.node).filter(|_| pack.sources.get(s.source.0 as usize).is_some()) else { continue };
        inputs.statements.push(StatementRow {
            statement: inputs.ids.intern(&format!("S{i:07}")),
            node,
            date: day(s.days_before),
            sign: s.sign,
            source: s.source,
            origin: inputs.ids.intern(&statement_origin(s.origin)),
            people: s.people.map(|p| p as f64),
            status: Status::Open,
            row: place(i),
        });
    }
}
