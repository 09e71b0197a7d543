//! What if a place were engaged, a harm remedied, a supplier dropped or replaced: every focal figure before and after, the nodes that move most,
//! and what leaving would do to the people at the places that are left.
//!
//! The assessment runs twice over one dataset, as it is and with the changes; nothing is written into it, and without a change no figure moves.
//!
//! - *engage* makes a stated part of a node's purchases mapped, in the proportions of the suppliers that it has now. A channel or a visit
//!   that has not spoken moves no probability (what is expected of it is what is believed already), so none can be asked for.
//! - *remedy* scales down what was reported at a node as a verified remedy does (methodology 3.3). A finding by rule stays a finding.
//! - *drop* and *replace* move purchases ([`apply`]). A cut is never clear: what nobody takes over ends unseen, and what is cut after an adverse
//!   finding, as if on the day of the assessment, stands as exited (model 2, "Exits").

pub mod apply;
pub mod change;
pub mod leaving;
pub mod rows;

use super::exposure::{self, FocalExposure, FocalWalk, Upstream, WholeExposure};
use super::prepared::{Believed, Prepared};
use super::tables::shown_order;
use super::{AsOfRule, Progress, RunConfig, method};
use crate::base::{Date, NodeIx, Result, Traced, par};
use crate::evidence::remedy::ASKED;
use crate::export::walk_rows::{MappedRule, View, Walk};
use crate::export::{Audience, DatasetStamp, PackStamp, Stamp};
use crate::graph::Ended;
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::trace::Solution;
use crate::validate::inputs::{RemediationRow, RowRef};
use change::{AskedChange, Change, Leave, Problem, Settled, settle, shown};
use leaving::{Known, Leaving, leaving};
use rows::FigureRow;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Nodes of which the screen tells how they move.
const MOVED_MOST: usize = 15;
/// A change below this is rounding of the solve.
const STILL: f64 = 1e-12;

/// The figures of one walk, as parts of one unit of purchases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    pub touched_on_evidence: f64,
    pub touched_by_context: f64,
    pub unseen: f64,
    pub exited: f64,
    pub clear: f64,
    pub expected: f64,
}

/// A figure: its column, its heading, and where it stands.
pub type Measure = (&'static str, &'static str, fn(&Figures) -> f64);

/// Every figure, in the order of files and screens.
pub const MEASURES: [Measure; 6] = [
    ("touched_on_evidence", "on evidence", |f| f.touched_on_evidence),
    ("touched_by_context", "by context", |f| f.touched_by_context),
    ("unseen", "unseen", |f| f.unseen),
    ("exited", "exited", |f| f.exited),
    ("clear", "clear", |f| f.clear),
    ("expected", "expected", |f| f.expected),
];

impl Figures {
    fn of_walk(w: &FocalWalk) -> Self {
        Figures {
            touched_on_evidence: w.ends.on_evidence,
            touched_by_context: w.ends.by_context,
            unseen: w.ends.unseen,
            exited: w.ends.exited,
            clear: w.ends.clear,
            expected: w.expected,
        }
    }

    fn of_node(s: &Solution, node: usize) -> Self {
        let at = |column: &[f64]| column.get(node).copied().unwrap_or(0.0);
        Figures {
            touched_on_evidence: at(&s.on_evidence),
            touched_by_context: at(&s.by_context),
            unseen: at(&s.unseen),
            exited: at(&s.exited),
            clear: at(&s.clear),
            expected: at(&s.expected),
        }
    }

    fn minus(&self, other: &Figures) -> Self {
        Figures {
            touched_on_evidence: self.touched_on_evidence - other.touched_on_evidence,
            touched_by_context: self.touched_by_context - other.touched_by_context,
            unseen: self.unseen - other.unseen,
            exited: self.exited - other.exited,
            clear: self.clear - other.clear,
            expected: self.expected - other.expected,
        }
    }

    /// The largest of the figures in size.
    fn largest(&self) -> f64 {
        MEASURES.iter().fold(0.0, |most: f64, (_, _, of)| most.max(of(self).abs()))
    }
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct WhatIf {
    pub dataset: String,
    pub as_of: String,
    pub calibrated: bool,
    /// What was asked, in words.
    pub changes: Vec<String>,
    pub focal: Vec<FocalMoves>,
    /// How many nodes' figures move, any norm, all links merged, cautious; those that move most.
    pub moved_nodes: u64,
    pub moved: Vec<NodeMoves>,
    pub leaving: Vec<Leaving>,
    /// What must be said beside the figures.
    pub said: Vec<String>,
    /// Rows of the file, by shown id.
    #[serde(skip)]
    pub rows: Vec<FigureRow>,
    #[serde(skip)]
    pub stamp: Option<Stamp>,
}

/// The figures of one focal company.
#[derive(Clone, Debug, Serialize)]
pub struct FocalMoves {
    pub node_id: String,
    pub name: String,
    pub figures: Vec<Moves>,
}

/// One walk before and after.
#[derive(Clone, Debug, Serialize)]
pub struct Moves {
    pub norm: &'static str,
    pub view: &'static str,
    pub mapped_rule: &'static str,
    pub before: Figures,
    pub after: Figures,
    pub difference: Figures,
}

/// A node's figures, any norm, all links merged, cautious.
#[derive(Clone, Debug, Serialize)]
pub struct NodeMoves {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
    /// Probability of any norm at the node itself; a remedy alone moves it.
    pub any_before: Option<f64>,
    pub any_after: Option<f64>,
    pub before: Figures,
    pub after: Figures,
    pub difference: Figures,
}

/// How a node is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
}

/// The answer, or what is wrong with the question.
#[derive(Debug)]
pub enum Outcome {
    Answered(Box<WhatIf>),
    Refused(Vec<Problem>),
}

/// Assesses a dataset as it is and with the changes.
///
/// # Errors
/// As [`super::assess`], but for the folder: nothing is written.
pub fn what_if(config: &RunConfig, asked: &[AskedChange], progress: &mut dyn Progress) -> Result<Outcome> {
    par::with_threads(config.threads, || answer(config, asked, progress))?
}

/// One of the two runs.
struct Side {
    whole: WholeExposure,
    focal: Vec<FocalExposure>,
}

impl Side {
    fn of(prepared: &Prepared, network: &super::network::Network, believed: &Believed, pack: &MethodPack) -> Result<Self> {
        let whole = exposure::whole(network, &prepared.resolution, &believed.columns, pack)?;
        let (place_group, groups) = exposure::place_groups(&prepared.resolution);
        let upstream = Upstream {
            network,
            resolution: &prepared.resolution,
            columns: &believed.columns,
            place_group: &place_group,
            groups: groups.len(),
            pack,
        };
        let focal = exposure::focal(&prepared.focal, &upstream)?;
        exposure::largest_defect(&whole, &focal)?;
        Ok(Side { whole, focal })
    }
}

fn answer(config: &RunConfig, asked: &[AskedChange], progress: &mut dyn Progress) -> Result<Outcome> {
    let (pack, reference) = method(config)?;
    let mut prepared = Prepared::read(config, &pack, &reference, |stage| progress.stage(stage))?;
    let changes = match settle(asked, &prepared) {
        Ok(changes) => changes,
        Err(problems) => return Ok(Outcome::Refused(problems)),
    };
    let before_belief = prepared.believe(&pack, &reference, |stage| progress.stage(stage))?;
    let problems = nothing_to_remedy(&changes, &prepared, &before_belief);
    if !problems.is_empty() {
        return Ok(Outcome::Refused(problems));
    }
    progress.stage("trace, as it is");
    let before = Side::of(&prepared, &prepared.network, &before_belief, &pack)?;
    let after_belief = remedied(&mut prepared, &changes, &pack, &reference)?;
    let after_belief = after_belief.as_ref().unwrap_or(&before_belief);
    let day = prepared.as_of;
    let ended = apply::cuts(&prepared.network, &changes).into_iter();
    let ended = ended.map(|(supplier, buyer)| Ended { buyer, scope: None, supplier, day }).collect();
    let adverse: BTreeSet<(NodeIx, NodeIx)> =
        prepared.adverse(after_belief, &pack, ended).into_iter().map(|e| (e.supplier, e.buyer)).collect();
    let applied = apply::apply(&prepared.network, &changes, &adverse)?;
    let known = Known { prepared: &prepared, believed: &before_belief, adverse: &adverse };
    let leaving = leaving(&applied.left, known)?;
    let mut said = said(&leaving, &changes, &prepared);
    for (place, company) in &applied.still_listed {
        said.push(format!(
            "{} stays on the published list of {}, with its part of what the list stands for: a list states no purchase.",
            shown(&prepared, *place),
            shown(&prepared, *company)
        ));
    }
    let told = changes.iter().map(|s| words(s, &prepared)).collect();
    progress.stage("trace, with the changes");
    let after = Side::of(&prepared, &applied.network, after_belief, &pack)?;
    progress.done();
    said.extend(without_effect(&changes, &prepared, &before, &after));

    let telling =
        Telling { prepared: &prepared, before: &before, after: &after, beliefs: [&before_belief, after_belief], adverse: &adverse };
    let (moved_nodes, moved) = telling.moved();
    Ok(Outcome::Answered(Box::new(WhatIf {
        dataset: prepared.inputs.name.clone(),
        as_of: as_of_text(&prepared),
        calibrated: false,
        changes: told,
        focal: telling.focal(),
        moved_nodes,
        moved,
        leaving,
        said,
        rows: telling.rows(),
        stamp: Some(stamp(&prepared, &pack)),
    })))
}

fn as_of_text(prepared: &Prepared) -> String {
    match prepared.as_of_rule {
        AsOfRule::Undated => "no day".to_owned(),
        _ => prepared.as_of.to_string(),
    }
}

fn stamp(prepared: &Prepared, pack: &MethodPack) -> Stamp {
    Stamp {
        onus_version: env!("CARGO_PKG_VERSION").to_owned(),
        pack: PackStamp { id: pack.id.clone(), version: pack.version.clone(), hash: pack.hash.clone() },
        dataset: DatasetStamp { name: prepared.inputs.name.clone(), hash: prepared.inputs.dataset_hash.clone() },
        as_of: as_of_text(prepared),
        audience: Audience::Internal,
        calibrated: false,
    }
}

/// Remedies of places where nothing stands on evidence: there is nothing open that could be remedied.
fn nothing_to_remedy(changes: &[Settled], prepared: &Prepared, believed: &Believed) -> Vec<Problem> {
    let speaks = |n: NodeIx| believed.beliefs.get(n.at()).and_then(Option::as_ref).is_some_and(|b| b.speaks());
    let problem = |s: &Settled| match s.change {
        Change::Remedy { node, .. } if !speaks(node) => {
            let found = format!("no report makes a site signal at {} and no rule finds anything there", shown(prepared, node));
            Some(Problem::new(&s.at, "node_id", found, "name a place where something is reported; a context is not remedied"))
        }
        _ => None,
    };
    changes.iter().filter_map(problem).collect()
}

/// What is believed with the remedies done; none where none is asked for.
fn remedied(prepared: &mut Prepared, changes: &[Settled], pack: &MethodPack, reference: &Reference) -> Result<Option<Believed>> {
    let told = prepared.inputs.remediation.len();
    for s in changes {
        let Change::Remedy { node, verified } = s.change else { continue };
        let Some(symbol) = prepared.resolution.nodes.get(node.at()).map(|n| n.symbol) else { continue };
        let row = RemediationRow {
            amount: None,
            currency: None,
            case: prepared.inputs.ids.intern(ASKED),
            node: symbol,
            sign: None,
            action: Arc::from(ASKED),
            actor: Arc::from(ASKED),
            opened: prepared.as_of,
            completed: Some(Date(prepared.as_of.0)),
            verified_by: Some(Arc::from(verified.words())),
            row: RowRef { file: u16::MAX, line: 0 },
        };
        prepared.inputs.remediation.push(row);
    }
    if prepared.inputs.remediation.len() == told {
        return Ok(None);
    }
    let believed = prepared.believe(pack, reference, |_| {});
    prepared.inputs.remediation.truncate(told);
    believed.map(Some)
}

/// A change in a sentence.
fn words(settled: &Settled, prepared: &Prepared) -> String {
    let name = |n: NodeIx| shown(prepared, n);
    match settled.change {
        Change::Engage { node, mapped } => {
            format!("{} names its suppliers: {:.1} % of its purchases mapped, in today's proportions", name(node), mapped * 100.0)
        }
        Change::Remedy { node, verified } => {
            format!("what was reported at {} is remedied, verified by: {}", name(node), verified.words())
        }
        Change::Leave(Leave { supplier, buyer, by }) => {
            let who = buyer.map_or_else(|| "every buyer".to_owned(), name);
            let then = by.map_or_else(String::new, |by| format!(", and buys from {} instead", name(by)));
            format!("{who} leaves {}{then}", name(supplier))
        }
    }
}

/// What must be said beside the figures.
fn said(leaving: &[Leaving], changes: &[Settled], prepared: &Prepared) -> Vec<String> {
    let mut said = Vec::new();
    if changes.iter().any(|s| matches!(s.change, Change::Leave(_))) {
        said.push(
            "Leaving remedies nothing: whoever was harmed there is still owed remedy, and a lower figure here is purchases that moved, not \
             harm that ended."
                .to_owned(),
        );
        said.push(
            "Responsible exit is the last resort, after credible efforts to prevent and mend have failed, and has conditions: the effect on \
             workers assessed beforehand, notice given, wages and severance secured, remedy provided for, a way back stated (UN Guiding \
             Principle 19)."
                .to_owned(),
        );
        let adverse: Vec<&str> = leaving.iter().filter(|l| l.would_count_as_exited).map(|l| l.name.as_str()).collect();
        let whom =
            if adverse.is_empty() { " None of those left is one.".to_owned() } else { format!(" So counted: {}.", adverse.join(", ")) };
        said.push(format!(
            "A cut after an adverse finding counts as exited for eight quarters, as above, not as clear, unless a verified remedy or a \
             responsible exit is on record.{whom}"
        ));
    }
    if changes.iter().any(|s| matches!(s.change, Change::Engage { .. })) {
        said.push(
            "Engaging opens what is unseen as if the rest came from where the known part comes from; what suppliers then name may be better \
             or worse."
                .to_owned(),
        );
    }
    if changes.iter().any(|s| matches!(s.change, Change::Remedy { .. })) {
        said.push(
            "A remedy counts once somebody has verified it; findings by rule stay findings, and the people harmed are no fewer for it."
                .to_owned(),
        );
    }
    if prepared.focal.is_empty() {
        said.push("No node buys anything, so no company has figures of its own.".to_owned());
    }
    said
}

/// Nodes that are engaged and of which no more is mapped for it.
fn without_effect(changes: &[Settled], prepared: &Prepared, before: &Side, after: &Side) -> Vec<String> {
    let still = |node: NodeIx| {
        let mapped =
            |side: &Side| MappedRule::ALL.iter().map(|r| side.whole.mapped.of_rule(*r).get(node.at()).copied()).collect::<Vec<_>>();
        mapped(before) == mapped(after)
    };
    let sentence = |s: &Settled| match s.change {
        Change::Engage { node, .. } if still(node) => Some(format!(
            "Engaging {} opens nothing: as much is mapped already, or what it has named is a circle of traders that buy from each other              alone, which no goods can come from.",
            shown(prepared, node)
        )),
        _ => None,
    };
    changes.iter().filter_map(sentence).collect()
}

/// From two runs to what is told.
struct Telling<'a> {
    prepared: &'a Prepared,
    before: &'a Side,
    after: &'a Side,
    beliefs: [&'a Believed; 2],
    adverse: &'a BTreeSet<(NodeIx, NodeIx)>,
}

impl Telling<'_> {
    fn known(&self) -> Known<'_> {
        Known { prepared: self.prepared, believed: self.beliefs[0], adverse: self.adverse }
    }

    /// Walks of a focal company in both runs. A walk that one of them lacks (a published list that leads nowhere any more) is that of the
    /// recorded chains.
    fn walks(&self, at: usize) -> Vec<(Walk, &FocalWalk, &FocalWalk)> {
        let (Some(before), Some(after)) = (self.before.focal.get(at), self.after.focal.get(at)) else { return Vec::new() };
        fn of<'a>(f: &'a FocalExposure, like: &FocalWalk) -> Option<&'a FocalWalk> {
            let same = |view: View| f.walks.iter().find(|w| (w.traced, w.rule, w.view) == (like.traced, like.rule, view));
            same(like.view).or_else(|| same(View::Own))
        }
        let lists = if after.walks.len() > before.walks.len() { after } else { before };
        let pair = |w: &FocalWalk| {
            let walk = Walk { norm: w.traced, view: w.view, mapped_rule: w.rule };
            Some((walk, of(before, w)?, of(after, w)?))
        };
        lists.walks.iter().filter_map(pair).collect()
    }

    fn focal(&self) -> Vec<FocalMoves> {
        let one = |(at, focal): (usize, &NodeIx)| {
            let Parts { node_id, name, .. } = self.known().parts(*focal);
            let moves = |(walk, before, after): (Walk, &FocalWalk, &FocalWalk)| {
                let (before, after) = (Figures::of_walk(before), Figures::of_walk(after));
                Moves {
                    norm: walk.norm.as_str(),
                    view: walk.view.as_str(),
                    mapped_rule: walk.mapped_rule.as_str(),
                    before,
                    after,
                    difference: after.minus(&before),
                }
            };
            FocalMoves { node_id, name, figures: self.walks(at).into_iter().map(moves).collect() }
        };
        let mut focal: Vec<FocalMoves> = self.prepared.focal.iter().enumerate().map(one).collect();
        focal.sort_by(|a, b| a.node_id.cmp(&b.node_id));
        focal
    }

    fn of_node(&self, node: NodeIx, rule: MappedRule, traced: Traced) -> Option<(Figures, Figures)> {
        let of = |side: &Side| side.whole.solution(rule, traced).map(|s| Figures::of_node(s, node.at()));
        of(self.before).zip(of(self.after))
    }

    fn moved(&self) -> (u64, Vec<NodeMoves>) {
        let mut moved: Vec<(f64, NodeIx)> = (0..self.prepared.resolution.len() as u32)
            .map(NodeIx)
            .filter_map(|n| {
                let (before, after) = self.of_node(n, MappedRule::Cautious, Traced::Any)?;
                Some((after.minus(&before).largest(), n))
            })
            .filter(|(by, _)| *by > STILL)
            .collect();
        let id = |n: NodeIx| self.prepared.resolution.nodes.get(n.at()).map(|n| n.shown_id.clone());
        moved.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| id(a.1).cmp(&id(b.1))));
        let any = |side: usize, n: NodeIx| self.beliefs.get(side)?.beliefs.get(n.at())?.as_ref().map(|b| b.posterior.any);
        let told = moved.iter().take(MOVED_MOST).filter_map(|(_, n)| {
            let (before, after) = self.of_node(*n, MappedRule::Cautious, Traced::Any)?;
            let Parts { node_id, name, kind, country } = self.known().parts(*n);
            let (any_before, any_after) = (any(0, *n), any(1, *n));
            Some(NodeMoves { node_id, name, kind, country, any_before, any_after, before, after, difference: after.minus(&before) })
        });
        (moved.len() as u64, told.collect())
    }

    /// All walks of focal companies, and of every node whose figures move with all links merged, by shown id.
    fn rows(&self) -> Vec<FigureRow> {
        let mut rows = Vec::new();
        for node in shown_order(&self.prepared.resolution) {
            let node_id = self.known().parts(node).node_id;
            let at = self.prepared.focal.iter().position(|f| *f == node);
            let row = |walk: Walk, after: bool, figures: Figures| FigureRow {
                node_id: node_id.clone(),
                focal: at.is_some(),
                walk,
                after,
                figures,
            };
            for (walk, before, after) in at.map_or_else(Vec::new, |at| self.walks(at)) {
                rows.push(row(walk, false, Figures::of_walk(before)));
                rows.push(row(walk, true, Figures::of_walk(after)));
            }
            for rule in MappedRule::ALL.iter().copied() {
                for norm in Traced::ALL {
                    let Some((before, after)) = self.of_node(node, rule, norm) else { continue };
                    if after.minus(&before).largest() > STILL {
                        let walk = Walk { norm, view: View::All, mapped_rule: rule };
                        rows.push(row(walk, false, before));
                        rows.push(row(walk, true, after));
                    }
                }
            }
        }
        rows
    }
}
