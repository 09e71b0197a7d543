//! Grievance channels: the quarters in which somebody could have called and nobody did.
//!
//! d = reach x trust x use, trust and use no higher than signs of integrity allow, times the factors against the channel
//! (`integrity.rs`). The row of a quarter shows every part.

use super::book::{Book, EvidenceRow, Item, largest};
use super::items::Silence;
use super::reliability::{Factor, product};
use crate::base::{Date, NodeIx, Norm, NormSet, Symbol};
use crate::pack::SourceIx;
use crate::validate::inputs::{ChannelRow, Status};
use std::collections::BTreeMap;

const VOID: &str = "nobody could have heard (d = 0)";

impl Book<'_> {
    pub(super) fn channels(&self, rows: &mut Vec<EvidenceRow>, covering: &mut Vec<(NodeIx, Silence)>) {
        let mut received: BTreeMap<Symbol, Vec<(NodeIx, Date, NormSet)>> = BTreeMap::new();
        // By which channel these came nobody says: they end the silence of every channel of their node.
        let mut unplaced: BTreeMap<NodeIx, Vec<(NodeIx, Date, NormSet)>> = BTreeMap::new();
        for g in self.inputs.grievances.iter().filter(|g| g.received_on <= self.as_of && g.status != Status::Rejected) {
            let Some(node) = self.resolution.node(g.node) else { continue };
            // A sign without grades shows that the channel is used and tells of no norm.
            let graded = !self.norms_of(g.sign).is_empty();
            let ended = if graded { self.pack.signs[g.sign.0 as usize].branch.norms() } else { NormSet::EMPTY };
            let came = (node, g.received_on, ended);
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
                let (d, factors) = self.channel_detection(channel, node, quarter.1, reports);
                let heard: NormSet = reports
                    .iter()
                    .chain(unplaced.get(&node).into_iter().flatten())
                    .filter(|(at, day, _)| *at == node && *day >= quarter.0 && *day <= quarter.1)
                    .fold(NormSet::EMPTY, |set, (_, _, norms)| NormSet(set.0 | norms.0));
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
                    factors,
                    why_not: if heard_by_any { "" } else { VOID },
                    table: "grievance_channels",
                    row: channel.row,
                });
            }
        }
    }

    pub(super) fn channel_source(&self, channel: &ChannelRow) -> SourceIx {
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

    /// d = reach x trust x use x factors, and those parts. Reach is no wider than the languages that the channel speaks, where they are known.
    fn channel_detection(
        &self,
        channel: &ChannelRow,
        node: NodeIx,
        day: Date,
        reports: &[(NodeIx, Date, NormSet)],
    ) -> ([f64; Norm::COUNT], Vec<Factor>) {
        let rule = &self.pack.channels;
        let reach = channel.reach_share.unwrap_or(0.0).min(channel.languages_covered_share.unwrap_or(1.0));
        let trust = self.pack.channel(channel.operator.as_deref(), channel.independent).trust;
        let tested = channel.last_tested.is_some_and(|t| (0..=rule.tested_within_days).contains(&day.days_since(t)));
        // What is not known never makes silence tell more: an unknown number of people may be many, an unknown first day long ago.
        let many = self.resolution.nodes.get(node.at()).and_then(|n| n.people).is_none_or(|p| p >= rule.silent_people);
        let a_year = channel.since.is_none_or(|s| day.days_since(s) >= 365);
        let elsewhere = reports.iter().any(|(at, on, _)| *at != node && (0..=365).contains(&day.days_since(*on)));
        let used = if tested {
            rule.use_tested
        } else if a_year && many && !elsewhere {
            rule.use_silent
        } else {
            rule.use_default
        };
        let limits = self.channel_limits(channel, node, day);
        let at_most = |what: &'static str, value: f64, cap: Option<(String, f64)>| match cap.filter(|(_, most)| *most < value) {
            Some((by, most)) => Factor::new(format!("{what}, at most by {by}"), most),
            None => Factor::new(what, value),
        };
        let (trust, used) = (at_most("trust", trust, limits.trust_most), at_most("use", used, limits.use_most));
        let mut detection = self.pack.channel_detection(reach, trust.value, used.value);
        let kept = product(&limits.factors);
        for d in &mut detection {
            *d *= kept;
        }
        let parts = [Factor::new("reach", reach), trust, used].into_iter().chain(limits.factors).collect();
        (detection, parts)
    }

    fn channel_silence(&self, source: SourceIx, mut detection: [f64; Norm::COUNT], norms: NormSet, day: Date) -> Silence {
        for norm in Norm::ALL.into_iter().filter(|n| !norms.contains(*n)) {
            detection[norm.at()] = 0.0;
        }
        Silence {
            source,
            class: self.pack.class_of(source),
            detection,
            half_life_days: self.pack.sources[source.0 as usize].half_life_negative_days,
            age_days: f64::from(self.as_of.days_since(day)),
        }
    }
}
