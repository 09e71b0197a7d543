//! From cases to findings: per case and norm the strongest rule with its path, per node and norm the most over its cases, and the cluster.
//!
//! Cases are listed, never merged. Neither a prior nor another case moves a finding; country enters by national ages of work alone. Per
//! norm: child_labour by C138 or the statistical definition, hazardous_child_work by C182 art. 3(d) or the statistical conditions, forced_labour by
//! the rule for persons or that for children, trafficking with and without means; the other norms have one rule each.
//!
//! A place's level comes from its cases of the reference period; historic ones count only where there are no others, and the finding says
//! so. A case that ended before the lapse of evidence is history: no rule is read of it.
//!
//! Cluster concern (methodology 5.6): where the most of a node is *insufficient evidence*, and it is so for two norms or more with a
//! supported indicator each, the cluster is *possible*. It is never raised to *indicated* and never called by the name of a norm.

use super::ages::AgeRules;
use super::case::{Case, Linking};
use super::element::{Level, Outcome};
use super::lists::{Lists, Question, Reading};
use super::rules::{c138, c182, child_forced_labour, debt_bondage_1956, icls_2018, icls_child_hours, palermo, state_imposed_c105};
use crate::base::{NodeIx, Norm, NormSet, par};
use crate::pack::{MethodPack, SignIx};
use crate::validate::inputs::{AgeProof, FactStatus, RowRef};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The outcome of the strongest rule of one norm on one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub node: NodeIx,
    /// Position in the cases given.
    pub case: u32,
    pub norm: Norm,
    /// Id of the rule and of the way by which it holds.
    pub rule: &'static str,
    pub path: &'static str,
    pub level: Level,
    /// Elements at least supported.
    pub elements_met: Vec<&'static str>,
    /// The others, and whether each is unknown or absent.
    pub elements_missing: Vec<(&'static str, FactStatus)>,
    /// The facts behind the elements, with their rows.
    pub facts: Vec<(SignIx, FactStatus, RowRef)>,
    /// The ages in force, for norms that ask for an age.
    pub age_rule: Option<Arc<str>>,
    /// One person's own words.
    pub single_testimony: bool,
    /// The facts ended before the reference period.
    pub historic: bool,
    /// The facts are not linked to persons.
    pub unlinked_group: bool,
    /// No document shows the age.
    pub age_unverified: bool,
}

/// The most over the cases of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeFinding {
    pub node: NodeIx,
    pub norm: Norm,
    pub level: Level,
    /// The first case at that level, with its rule and path.
    pub case: u32,
    pub rule: &'static str,
    pub path: &'static str,
    /// Cases that are *possible* or *indicated*, each on its own.
    pub cases: Vec<(u32, Level)>,
    /// How many cases were read: "k of n".
    pub cases_read: u32,
    /// No case of the reference period is there: the level is that of older ones.
    pub historic: bool,
    /// Of the case at that level: one person's own words.
    pub single_testimony: bool,
    /// Of the case at that level: its facts are not linked to persons.
    pub unlinked_group: bool,
    /// Of the case at that level: no document shows the age.
    pub age_unverified: bool,
}

/// A node's cluster: its highest finding, raised by one step where harm falls between norms.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterFinding {
    pub node: NodeIx,
    pub level: Level,
    /// The level was raised: a "cluster concern", not a finding on any norm.
    pub concern: bool,
    /// Norms of the highest level, or those whose evidence makes the concern.
    pub norms: NormSet,
}

/// All findings of a dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// By case, then norm. Of derived cases those that are *possible* or more, or insufficient with a supported fact.
    pub findings: Vec<Finding>,
    /// By node, then norm; every norm of a node that has a case.
    pub nodes: Vec<NodeFinding>,
    /// By node.
    pub clusters: Vec<ClusterFinding>,
}

fn unlinked_group(case: &Case) -> bool {
    case.linking == Linking::Loose && !case.collective
}

fn age_unverified(case: &Case) -> bool {
    case.age.proof != Some(AgeProof::Documented) || case.age.contested
}

/// The strongest outcome of each norm on one case, in the order of [`Norm::ALL`].
pub fn of_case(case: &Case, lists: &Lists, ages: &AgeRules, reading: Reading) -> [Outcome; Norm::COUNT] {
    let q = Question::new(case, lists, ages, reading);
    Norm::ALL.map(|norm| match norm {
        Norm::ChildLabour => c138::rule(&q).or(icls_child_hours::rule(&q)),
        Norm::HazardousChildWork => c182::hazardous(&q).or(c182::hazardous_statistical(&q)),
        Norm::WorstForms => c182::worst_forms(&q),
        Norm::ForcedLabour => icls_2018::forced_labour(&q).or(child_forced_labour::rule(&q).capped(q.loose_cap())),
        Norm::DebtBondage => debt_bondage_1956::rule(&q),
        Norm::StateImposed => state_imposed_c105::rule(&q),
        Norm::Trafficking => palermo::trafficking(&q),
        Norm::ChildTrafficking => palermo::child_trafficking(&q),
    })
}

fn asks_for_an_age(norm: Norm) -> bool {
    matches!(norm, Norm::ChildLabour | Norm::HazardousChildWork)
}

/// Level, whether a supported fact bears on the norm, rule, path.
type OfNorm = (Level, bool, &'static str, &'static str);
/// A case, with its position and what it gives for every norm.
type Read<'a> = (u32, [OfNorm; Norm::COUNT], &'a Case);

/// What one case gives: the findings kept, and every norm.
struct Concluded {
    kept: Vec<Finding>,
    norms: [OfNorm; Norm::COUNT],
}

fn conclude(position: usize, case: &Case, lists: &Lists, ages: &AgeRules, pack: &MethodPack, reading: Reading) -> Concluded {
    let outcomes = of_case(case, lists, ages, reading);
    let mut norms = [(Level::NotIndicated, false, "", ""); Norm::COUNT];
    let mut kept = Vec::new();
    for ((norm, outcome), slot) in Norm::ALL.into_iter().zip(outcomes).zip(&mut norms) {
        let level = outcome.level();
        let facts: Vec<(SignIx, FactStatus, RowRef)> =
            outcome.facts().iter().filter_map(|i| case.facts.get(*i as usize)).map(|f| (f.sign, f.status, f.row)).collect();
        let bears = |sign: &SignIx| pack.signs.get(sign.0 as usize).is_some_and(|s| s.norms[norm.at()].is_some());
        let supported = facts.iter().any(|(sign, status, _)| *status >= FactStatus::Supported && bears(sign));
        *slot = (level, supported, outcome.rule, outcome.path);
        let told = matches!(case.basis, super::case::Basis::Told(_));
        if !(told || level >= Level::Possible || (level == Level::InsufficientEvidence && supported)) {
            continue;
        }
        let met = |e: &&super::element::Element| e.status >= FactStatus::Supported;
        kept.push(Finding {
            node: case.node,
            case: position as u32,
            norm,
            rule: outcome.rule,
            path: outcome.path,
            level,
            elements_met: outcome.elements.iter().filter(met).map(|e| e.name).collect(),
            elements_missing: outcome.elements.iter().filter(|e| !met(e)).map(|e| (e.name, e.status)).collect(),
            facts,
            age_rule: asks_for_an_age(norm).then(|| ages.source.clone()),
            single_testimony: case.single_testimony(),
            historic: case.historic,
            unlinked_group: unlinked_group(case),
            age_unverified: age_unverified(case),
        });
    }
    Concluded { kept, norms }
}

/// Findings of all cases. `ages` gives the ages of work in force at a node.
pub fn findings(cases: &[Case], pack: &MethodPack, ages: &(dyn Fn(NodeIx) -> AgeRules + Sync), reading: Reading) -> Findings {
    let lists = Lists::of(pack);
    let concluded = par::map(cases.len(), |i| {
        let case = cases.get(i).filter(|c| c.ended_days.is_none_or(|days| f64::from(days) <= pack.lapse_days))?;
        Some(conclude(i, case, &lists, &ages(case.node), pack, reading))
    });
    let mut out = Findings::default();
    let mut by_node: BTreeMap<NodeIx, Vec<Read>> = BTreeMap::new();
    for ((i, case), one) in cases.iter().enumerate().zip(concluded) {
        let Some(one) = one else { continue };
        out.findings.extend(one.kept);
        by_node.entry(case.node).or_default().push((i as u32, one.norms, case));
    }
    for (node, mut read) in by_node {
        if read.iter().any(|r| !r.2.historic) {
            read.retain(|r| !r.2.historic);
        }
        let of_node = Norm::ALL.map(|norm| node_finding(node, norm, &read));
        out.clusters.push(cluster(node, &of_node, &read));
        out.nodes.extend(of_node);
    }
    out
}

fn node_finding(node: NodeIx, norm: Norm, read: &[Read]) -> NodeFinding {
    let mut most = NodeFinding {
        node,
        norm,
        level: Level::NotIndicated,
        case: read.first().map_or(0, |r| r.0),
        rule: "",
        path: "",
        cases: Vec::new(),
        cases_read: read.len() as u32,
        historic: read.iter().all(|r| r.2.historic),
        single_testimony: false,
        unlinked_group: false,
        age_unverified: false,
    };
    for (case, norms, told) in read {
        let (level, _, rule, path) = norms[norm.at()];
        if most.rule.is_empty() || level > most.level {
            most = NodeFinding {
                level,
                case: *case,
                rule,
                path,
                single_testimony: told.single_testimony(),
                unlinked_group: unlinked_group(told),
                age_unverified: age_unverified(told),
                ..most
            };
        }
        if level >= Level::Possible {
            most.cases.push((*case, level));
        }
    }
    most
}

fn cluster(node: NodeIx, of_node: &[NodeFinding; Norm::COUNT], read: &[Read]) -> ClusterFinding {
    let highest = of_node.iter().map(|f| f.level).max().unwrap_or(Level::NotIndicated);
    let norms_where = |keep: &dyn Fn(&NodeFinding) -> bool| {
        let mut set = NormSet::EMPTY;
        of_node.iter().filter(|f| keep(f)).for_each(|f| set.insert(f.norm));
        set
    };
    let between = norms_where(&|f| {
        let supported = |r: &Read| r.1[f.norm.at()].0 == Level::InsufficientEvidence && r.1[f.norm.at()].1;
        f.level == Level::InsufficientEvidence && read.iter().any(supported)
    });
    if highest == Level::InsufficientEvidence && between.iter().count() >= 2 {
        return ClusterFinding { node, level: Level::Possible, concern: true, norms: between };
    }
    ClusterFinding { node, level: highest, concern: false, norms: norms_where(&|f| f.level == highest && highest > Level::NotIndicated) }
}
