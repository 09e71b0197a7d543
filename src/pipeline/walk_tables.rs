//! From the walks to the rows of exposure, contributions, their sums, and choke points.

use super::exposure::{FocalExposure, FocalWalk, PlaceGroup};
use super::tables::Facts;
use crate::base::{NodeIx, Traced};
use crate::export::downstream_rows::ChokePointRow;
use crate::export::walk_rows::{ContributionRow, ContributionSumRow, Contributor, Dimension, ExposureRow, MappedRule, View, Walk};
use crate::graph::mapped::MappedBasis;
use crate::trace::sums::Ends;
use std::borrow::Cow;
use std::collections::BTreeMap;

impl<'a> Facts<'a> {
    /// Rows of `exposure.parquet`: every node in the view of all, the focal nodes in their own.
    pub fn exposure(&self) -> impl Iterator<Item = ExposureRow<'a>> + '_ {
        let assumed = self.assumed_weights();
        self.shown_order.iter().flat_map(move |node| {
            let mut rows: Vec<ExposureRow<'a>> = Vec::with_capacity(8);
            for rule in MappedRule::ALL.iter().copied() {
                for traced in Traced::ALL {
                    rows.extend(self.exposure_in_all(*node, rule, traced, assumed.get(node.at()).copied().unwrap_or(0.0)));
                }
            }
            if let Some(focal) = self.focal.iter().find(|f| f.focal == *node) {
                rows.extend(focal.walks.iter().map(|w| self.exposure_of_focal(focal, w)));
            }
            rows
        })
    }

    /// Part of each buyer's recorded purchases that stands on an equal share or a median.
    fn assumed_weights(&self) -> Vec<f64> {
        let mut assumed = vec![0.0; self.resolution.len()];
        for link in self.network.whole.links.iter().filter(|l| l.assumed) {
            assumed[link.buyer.at()] += link.weight;
        }
        assumed
    }

    fn exposure_in_all(&self, node: NodeIx, rule: MappedRule, traced: Traced, assumed: f64) -> Option<ExposureRow<'a>> {
        let s = self.whole.solution(rule, traced)?;
        let i = node.at();
        let mapped = *self.whole.mapped.of_rule(rule).get(i)?;
        let basis = self.whole.mapped.basis.get(i)?;
        let by_kind = *basis == MappedBasis::Assumed;
        let assumed_share = match basis {
            MappedBasis::Origin | MappedBasis::NoLinks => None,
            _ if rule == MappedRule::Cautious && by_kind => Some(1.0 - mapped + mapped * assumed),
            _ => Some(mapped * assumed),
        };
        Some(ExposureRow {
            node_id: self.id(node),
            walk: Walk { norm: traced, view: View::All, mapped_rule: rule },
            focal: self.is_focal(node),
            touched_on_evidence: s.on_evidence[i],
            touched_by_context: s.by_context[i],
            touched: s.touched(i),
            unseen: s.unseen[i],
            exited: s.exited[i],
            clear: s.clear[i],
            expected: Some(s.expected[i]),
            defect: s.defect[i],
            mapped,
            touched_people: (rule == MappedRule::Cautious)
                .then(|| self.whole.touched_people.get(traced as usize)?.get(i).copied())
                .flatten(),
            left: self.whole.mapped.exited.get(i).copied().unwrap_or(0.0),
            assumed_share: assumed_share.map(|a| a.clamp(0.0, 1.0)),
            drawn: self.ranges.all(node, traced).filter(|_| rule == MappedRule::Cautious).cloned(),
        })
    }

    fn exposure_of_focal(&self, focal: &FocalExposure, w: &FocalWalk) -> ExposureRow<'a> {
        ExposureRow {
            node_id: self.id(focal.focal),
            walk: walk_of(w),
            focal: true,
            touched_on_evidence: w.ends.on_evidence,
            touched_by_context: w.ends.by_context,
            touched: w.ends.touched(),
            unseen: w.ends.unseen,
            exited: w.ends.exited,
            clear: w.ends.clear,
            expected: Some(w.expected),
            defect: w.defect,
            mapped: w.mapped,
            touched_people: w.touched_people,
            left: w.left,
            assumed_share: None,
            drawn: self.ranges.own(focal.focal, w.traced).filter(|_| is_main(w)).cloned(),
        }
    }

    /// Rows of `contributions.parquet`.
    pub fn contributions(&self) -> Vec<ContributionRow<'a>> {
        let mut rows = Vec::new();
        for focal in self.focal_in_shown_order() {
            for w in &focal.walks {
                let total = w.ends.touched();
                let part = |touched: f64| if total > 0.0 { touched / total } else { 0.0 };
                for (row, returns) in w.contributions.rows.iter().zip(&w.returns) {
                    let Some(node) = focal.nodes.get(row.node as usize).copied() else { continue };
                    rows.push(ContributionRow {
                        focal_id: self.id(focal.focal),
                        walk: walk_of(w),
                        node: Some(Contributor {
                            node_id: self.id(node),
                            tier: focal.tier.get(row.node as usize).copied().filter(|t| *t != crate::graph::LISTED),
                            visits: row.visits,
                            returns: *returns,
                            on_evidence: self.beliefs.get(node.at()).and_then(Option::as_ref).is_some_and(|b| b.on_evidence(w.traced)),
                        }),
                        touched: row.touched,
                        unseen: Some(row.unseen),
                        exited: Some(row.exited),
                        clear: Some(row.clear),
                        share_of_touched: part(row.touched),
                    });
                }
                let rest = &w.contributions.rest;
                rows.push(ContributionRow {
                    focal_id: self.id(focal.focal),
                    walk: walk_of(w),
                    node: None,
                    touched: rest.touched,
                    unseen: Some(rest.unseen),
                    exited: Some(rest.exited),
                    clear: Some(rest.clear),
                    share_of_touched: part(rest.touched),
                });
            }
        }
        rows
    }

    pub(super) fn focal_in_shown_order(&self) -> Vec<&'a FocalExposure> {
        let mut focal: Vec<&FocalExposure> = self.focal.iter().collect();
        focal.sort_by_key(|f| self.id(f.focal));
        focal
    }

    /// Rows of `contribution_sums.parquet`.
    pub fn contribution_sums(&self) -> Vec<ContributionSumRow<'a>> {
        let mut rows = Vec::new();
        for focal in self.focal_in_shown_order() {
            for w in &focal.walks {
                let mut push = |dimension: Dimension, value: String, ends: &Ends| {
                    if ends.total() > 0.0 {
                        rows.push(ContributionSumRow {
                            focal_id: self.id(focal.focal),
                            walk: walk_of(w),
                            dimension,
                            value: Cow::Owned(value),
                            touched_on_evidence: ends.on_evidence,
                            touched_by_context: ends.by_context,
                            unseen: ends.unseen,
                            exited: ends.exited,
                            clear: ends.clear,
                        });
                    }
                };
                for (tier, ends) in w.tiers.tiers.iter().enumerate() {
                    push(Dimension::Tier, tier.to_string(), ends);
                }
                push(Dimension::Tier, "beyond".to_owned(), &w.tiers.beyond);
                push(Dimension::Tier, "listed".to_owned(), &w.tiers.listed);
                let by = |value: fn(&PlaceGroup) -> &str| {
                    let mut sums: BTreeMap<&str, Ends> = BTreeMap::new();
                    for (i, ends) in w.by_place.iter().enumerate() {
                        sums.entry(self.groups.get(i).map_or("-", value)).or_default().add(ends, 1.0);
                    }
                    sums
                };
                for (dimension, sums) in
                    [(Dimension::Country, by(|g| &g.country)), (Dimension::Product, by(|g| &g.product)), (Dimension::Kind, by(|g| &g.kind))]
                {
                    for (value, ends) in sums {
                        push(dimension, value.to_owned(), &ends);
                    }
                }
                for (i, ends) in w.by_owner.iter().enumerate() {
                    let owner = self.columns.ownership.owners.get(i).map_or(Cow::Borrowed("-"), |n| self.id(*n));
                    push(Dimension::Group, owner.into_owned(), ends);
                }
            }
        }
        rows
    }

    /// Rows of `chokepoints.parquet`.
    pub fn choke_points(&self) -> Vec<ChokePointRow<'a>> {
        let mut rows = Vec::new();
        for focal in self.focal_in_shown_order() {
            for w in &focal.walks {
                let total = w.ends.touched();
                for (point, place) in w.choke_points.iter().zip(1..) {
                    let Some(node) = focal.nodes.get(point.node as usize).copied() else { continue };
                    rows.push(ChokePointRow {
                        focal_id: self.id(focal.focal),
                        walk: walk_of(w),
                        place,
                        node_id: self.id(node),
                        tier: focal.tier.get(point.node as usize).copied().filter(|t| *t != crate::graph::LISTED),
                        gain: point.gain,
                        cover: point.cover,
                        share_of_touched: if total > 0.0 { (point.cover / total).min(1.0) } else { 0.0 },
                        at_most: point.at_most,
                        returns: point.returns,
                    });
                }
            }
        }
        rows
    }
}

fn walk_of(w: &FocalWalk) -> Walk {
    Walk { norm: w.traced, view: w.view, mapped_rule: w.rule }
}

/// Whether draws are of this walk: the company's own view, unknown mapped shares taken cautiously.
pub(super) fn is_main(w: &FocalWalk) -> bool {
    (w.view, w.rule) == (View::Own, MappedRule::Cautious)
}
