//! What people told: grievances through channels, statements of NGOs, unions, courts, authorities and media, and entries of screening lists.

use super::book::{Book, EvidenceRow};
use crate::base::Symbol;
use crate::validate::inputs::{ChannelRow, Status};
use std::collections::BTreeMap;

impl Book<'_> {
    pub(super) fn grievances(&self, rows: &mut Vec<EvidenceRow>) {
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

    /// Entries of screening lists that are nodes: each is a report of its list.
    pub(super) fn listings(&self, rows: &mut Vec<EvidenceRow>) {
        for hit in &self.resolution.hits {
            let Some(entry) = self.inputs.listings.get(hit.listing) else { continue };
            let Some((sign, source, day)) = entry.speaks() else { continue };
            let taken_off = entry.removed_on.is_some_and(|d| d <= self.as_of);
            let status = if taken_off { Status::Closed } else { Status::Open };
            let origin = self.text(entry.origin).to_owned();
            rows.push(self.report(hit.node, sign, source, origin, day, !taken_off, status, "listings", entry.row));
        }
    }

    pub(super) fn statements(&self, rows: &mut Vec<EvidenceRow>) {
        for s in &self.inputs.statements {
            let Some(node) = self.resolution.node(s.node) else { continue };
            let origin = self.text(s.origin).to_owned();
            rows.push(self.report(node, s.sign, s.source, origin, s.date, false, s.status, "statements", s.row));
        }
    }
}
