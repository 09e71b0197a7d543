//! What to do first, for a run: the standing of every place and the one order, then actions, duties, remedies, judgements and answers.
//!
//! | file | what it makes |
//! | --- | --- |
//! | this one | severity, keys and position of every place, before any draw |
//! | `facts` | what the response matrix asks of a place |
//! | `actions` | responses by place, each company's part in it, the ledger of leaving |
//! | `owed` | what workers are owed, and who bears it |
//! | `beside` | judgements of people and answers of suppliers |

pub mod actions;
pub mod beside;
pub mod facts;
pub mod owed;

pub use actions::{Action, Actions, CompanyPart};
pub use beside::Beside;
pub use owed::Owings;

use super::beliefs::SiteBelief;
use super::prepared::{Believed, Prepared};
use super::rules::RuleFindings;
use crate::base::{NodeIx, Norm, NormSet, Result};
use crate::belief::context::PriorBook;
use crate::duty::severity::{expected, reach_of_contexts};
use crate::duty::told::Told;
use crate::duty::{Ages, Keys, Known, SeverityBook, Standing, positions};
use crate::evidence::assemble::EvidenceByNode;
use crate::evidence::book::Item;
use crate::export::rows::SiteDuty;
use crate::findings::{Level, OF_A_CHILD};
use crate::pack::{MethodPack, SignIx};
use crate::resolve::Resolution;
use crate::validate::Inputs;
use std::collections::{BTreeMap, BTreeSet};

/// Age below which the severity and the response of hazardous work change (methodology 5.8).
const FIFTEEN: f64 = 15.0;
const EIGHTEEN: f64 = 18.0;

/// What a run is read from, as far as duty asks.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    pub inputs: &'a Inputs,
    pub resolution: &'a Resolution,
    pub evidence: &'a EvidenceByNode,
    pub rules: &'a RuleFindings,
    pub priors: &'a PriorBook,
    pub beliefs: &'a [Option<SiteBelief>],
    pub pack: &'a MethodPack,
}

impl<'a> Sources<'a> {
    pub fn of(prepared: &'a Prepared, believed: &'a Believed, pack: &'a MethodPack) -> Self {
        Sources {
            inputs: &prepared.inputs,
            resolution: &prepared.resolution,
            evidence: &believed.evidence.by_node,
            rules: &believed.rules,
            priors: &believed.priors,
            beliefs: &believed.beliefs,
            pack,
        }
    }
}

/// What rules find of a place, as duty reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct FoundAt {
    /// Of possible or more, with what it implies.
    pub levels: [Option<Level>; Norm::COUNT],
    /// Norms found of their own.
    pub itself: NormSet,
    pub ages: Ages,
}

impl FoundAt {
    fn indicated(&self) -> NormSet {
        let mut set = NormSet::EMPTY;
        Norm::ALL.into_iter().filter(|n| self.levels[n.at()] == Some(Level::Indicated)).for_each(|n| set.insert(n));
        set
    }
}

/// Where every place stands.
#[derive(Debug)]
pub struct Standings {
    book: SeverityBook,
    /// Probability from which a norm counts.
    pub least: f64,
    /// By distinct prior.
    reach: Vec<[f64; Norm::COUNT]>,
    told: Told,
    pub found: BTreeMap<NodeIx, FoundAt>,
    danger: BTreeSet<NodeIx>,
    /// By node; `None` where nobody works.
    pub of_node: Vec<Option<Standing>>,
    /// First first.
    pub order: Vec<NodeIx>,
    /// 1-based, 0 where nobody works.
    positions: Vec<u32>,
}

impl Standings {
    /// Reads severity and the keys of every place, and orders them.
    ///
    /// # Errors
    /// A number of severity that the method has not got.
    pub fn of(sources: Sources<'_>) -> Result<Self> {
        let Sources { inputs, resolution, evidence, rules, priors, beliefs, pack } = sources;
        let least = pack.parameter("priority.probability_least").map_or(0.0, |p| p.value);
        let mut standings = Standings {
            book: SeverityBook::of(pack)?,
            least,
            reach: reach_of_contexts(priors, pack),
            told: Told::of(inputs, evidence, &rules.cases, &rules.found.findings),
            found: found(rules, pack),
            danger: danger(evidence, rules, pack),
            of_node: Vec::new(),
            order: Vec::new(),
            positions: Vec::new(),
        };
        let standing = |i: usize| {
            let known = standings.known(NodeIx(i as u32), sources)?;
            Some(known.standing(&standings.book, least))
        };
        let of_node: Vec<Option<Standing>> =
            crate::base::par::map_chunks(beliefs.len(), 4096, |piece| piece.map(standing).collect::<Vec<_>>())
                .into_iter()
                .flatten()
                .collect();
        let keys: Vec<Option<Keys>> = of_node.iter().map(|s| s.as_ref().map(|s| s.keys)).collect();
        let id = |n: NodeIx| resolution.nodes.get(n.at()).map_or("", |n| &*n.shown_id);
        let (order, at) = positions(&keys, id);
        (standings.of_node, standings.order, standings.positions) = (of_node, order, at);
        Ok(standings)
    }

    fn known(&self, node: NodeIx, sources: Sources<'_>) -> Option<Known> {
        let belief = sources.beliefs.get(node.at())?.as_ref()?;
        let found = self.found.get(&node).copied().unwrap_or_default();
        let reach = sources.priors.index(node).and_then(|i| self.reach.get(i)).copied().unwrap_or([1.0; Norm::COUNT]);
        Some(Known {
            coupled: belief.posterior.coupled,
            found: belief.found_norms,
            indicated: found.indicated(),
            signalled: belief.signal_norms,
            speaks: belief.speaks(),
            danger_told: self.danger.contains(&node),
            ages: found.ages,
            reach,
            told: self.told.at(node),
            expected: expected(sources.priors, node, &belief.posterior.coupled, sources.pack),
        })
    }

    pub fn standing(&self, node: NodeIx) -> Option<&Standing> {
        self.of_node.get(node.at())?.as_ref()
    }

    pub fn position(&self, node: NodeIx) -> Option<i64> {
        self.positions.get(node.at()).copied().filter(|p| *p > 0).map(i64::from)
    }

    /// Severity by norm at a place.
    pub fn severities(&self, node: NodeIx, sources: Sources<'_>) -> Option<[crate::measures::Severity; Norm::COUNT]> {
        let known = self.known(node, sources)?;
        let mut all = [crate::measures::Severity { score: 0.0, core: 0.0, scope: 0.0, band: crate::measures::Band::C }; Norm::COUNT];
        for norm in Norm::ALL {
            all[norm.at()] = known.severity(norm, &self.book)?;
        }
        Some(all)
    }

    /// What `sites.parquet` tells of a place.
    pub fn site(&self, node: NodeIx, sources: Sources<'_>) -> Option<SiteDuty> {
        let severity = self.severities(node, sources)?.map(|s| s.score);
        Some(SiteDuty { severity, standing: *self.standing(node)?, priority: self.position(node)? })
    }
}

fn found(rules: &RuleFindings, pack: &MethodPack) -> BTreeMap<NodeIx, FoundAt> {
    let light = pack.parameter("rule.age_light").map_or(0.0, |p| p.value);
    let mut all: BTreeMap<NodeIx, FoundAt> = BTreeMap::new();
    for f in rules.found.nodes.iter().filter(|f| f.level >= Level::Possible) {
        let at = all.entry(f.node).or_default();
        at.itself.insert(f.norm);
        for norm in std::iter::once(f.norm).chain(f.norm.implied().iter()) {
            let level = &mut at.levels[norm.at()];
            *level = (*level).max(Some(f.level));
        }
    }
    for f in rules.found.findings.iter().filter(|f| f.level >= Level::Possible) {
        let (Some(at), Some(case)) = (all.get_mut(&f.node), rules.cases.get(f.case as usize)) else { continue };
        let may_be_under = |age: f64| case.age.low.is_some_and(|low| low < age) || case.age.high.is_some_and(|high| high < age);
        match f.norm {
            Norm::HazardousChildWork => at.ages.hazardous_under_15 |= may_be_under(FIFTEEN),
            Norm::ChildLabour => at.ages.under_light |= may_be_under(light),
            Norm::ForcedLabour => {
                at.ages.forced_child |= f.elements_met.contains(&OF_A_CHILD) || case.age.high.is_some_and(|high| high < EIGHTEEN);
            }
            _ => {}
        }
    }
    all
}

/// Places of which a report that counts, or a case that a rule finds possible or more, tells a sign of danger to life.
fn danger(evidence: &EvidenceByNode, rules: &RuleFindings, pack: &MethodPack) -> BTreeSet<NodeIx> {
    let signs: BTreeSet<SignIx> = pack.text.danger.iter().flat_map(|d| &d.signs).filter_map(|s| pack.sign(s)).collect();
    let told = |said: &crate::evidence::book::Gathered| {
        said.rows.iter().any(|r| r.item == Item::Report && r.why_not.is_empty() && r.sign.is_some_and(|s| signs.contains(&s)))
    };
    let in_case = rules.found.findings.iter().filter(|f| f.level >= Level::Possible && facts::told_facts(f).any(|s| signs.contains(&s)));
    evidence.iter().filter(|(_, said)| told(said)).map(|(node, _)| *node).chain(in_case.map(|f| f.node)).collect()
}
