//! From a finished run to its first screen.

use super::Run;
use super::exposure::{FocalExposure, FocalWalk};
use super::portfolio::Portfolio;
use super::summary::{
    Assumptions, ChokeLine, ContributorLine, DarkPlace, DrawnFigure, DutyCounts, EvidenceCounts, ExitLine, Figure, FocalSummary,
    FootprintLine, IdentityCounts, LookUp, NormFindings, OriginCounts, OwnSite, ProblemLine, RangeSummary, RuleCounts, Summary, TableLine,
};
use super::walk_tables::is_main;
use crate::base::{Diagnostic, Kind, Level as Gravity, Locator, NodeIx, Norm, Traced};
use crate::belief::context::PeopleStanding;
use crate::evidence::book::Item;
use crate::export::walk_rows::{MappedRule, View};
use crate::findings::{Basis, Level};
use crate::graph::commodities::{NO_HEADING, heading_text};
use crate::graph::in_force::Use;
use crate::graph::mapped::MappedBasis;
use crate::resolve::Node;
use crate::schema::outputs::words::{RANGED, RANKED};
use crate::validate::inputs::Relation;
use std::collections::{BTreeMap, BTreeSet};

const DARK_MOST: usize = 5;
const LOOK_UPS_MOST: usize = 10;
const CONTRIBUTORS_MOST: usize = 10;
const EXITS_MOST: usize = 100;

/// Gathers the first screen.
pub fn summary(run: &Run<'_>) -> Summary {
    let facts = &run.facts;
    Summary {
        dataset: facts.inputs.name.clone(),
        as_of: run.as_of_text(),
        as_of_rule: run.as_of_rule.sentence().to_owned(),
        nodes: facts.resolution.len() as u64,
        places: facts.beliefs.iter().flatten().count() as u64,
        links_in_use: facts.network.trade.links().len() as u64,
        tables: facts
            .inputs
            .tables
            .iter()
            .map(|t| TableLine {
                table: t.table.to_owned(),
                rows: t.rows,
                refused: t.refused,
                cells_missing: t.cells_missing,
                used: t.used,
            })
            .collect(),
        problems: problems(run),
        untold: facts.notes.iter().cloned().chain(mixed(run)).collect(),
        assumptions: assumptions(run),
        consigned: run.consigned,
        origins: origins(run),
        identity: IdentityCounts {
            nodes_of_several: facts.resolution.records.iter().map(|r| r.node).collect::<BTreeSet<_>>().len() as u64,
            records_of_several: facts.resolution.records.len() as u64,
            listings: facts.inputs.listings.len() as u64,
            hits: facts.resolution.hits.len() as u64,
        },
        evidence: evidence(run),
        rules: rules(run),
        ranges: ranges(run),
        exits: exits(run),
        focal_rule: run.focal_rule,
        focal: facts.focal.iter().map(|f| focal(run, f)).collect(),
        portfolios: facts.portfolios.iter().map(Portfolio::summary).collect(),
        closure_defect: run.defect,
        calibrated: false,
        do_first: facts.do_first(),
        duty: duty(run),
    }
}

fn duty(run: &Run<'_>) -> DutyCounts {
    let facts = &run.facts;
    let mut places: BTreeMap<NodeIx, bool> = BTreeMap::new();
    for a in &facts.actions.actions {
        *places.entry(a.node).or_default() |= a.chosen.basis != crate::duty::Basis::Context;
    }
    let told = places.values().filter(|told| **told).count() as u64;
    let overrides = facts.overrides();
    let contests = facts.contests();
    let owed = &facts.owings.remedies;
    let of_places = |wanted: &dyn Fn(&crate::duty::Owed) -> bool| -> u64 {
        owed.iter().filter(|(_, o)| wanted(o)).map(|((n, _, _), _)| *n).collect::<BTreeSet<_>>().len() as u64
    };
    let all = of_places(&|_| true);
    DutyCounts {
        places: told,
        places_by_context: places.len() as u64 - told,
        actions: facts.actions.actions.len() as u64,
        acts_first: facts.standings.of_node.iter().flatten().filter(|s| s.keys.acts_first).count() as u64,
        remedies: all,
        remedies_unknown: all - of_places(&|o| o.owed.is_some()),
        overrides: overrides.iter().filter(|o| o.in_force).count() as u64,
        overrides_differ: overrides.iter().filter(|o| o.in_force && o.machine.as_deref() != Some(&*o.value)).count() as u64,
        contests: contests.len() as u64,
        contests_weigh: contests.iter().filter(|c| c.why_not.is_empty()).count() as u64,
    }
}

/// Nodes that pass goods on without mixing them and are walked as if they did.
fn mixed<'a>(run: &'a Run<'_>) -> impl Iterator<Item = String> + 'a {
    let nodes = run.facts.network.trade.commodities().left_mixed().iter();
    nodes.filter_map(|n| run.facts.resolution.nodes.get(n.at())).map(|n| {
        let (name, id) = (&n.shown_name, &n.shown_id);
        format!("what {name} ({id}) buys and sells, heading by heading: it has too many headings and links, and is walked as a mixture")
    })
}

/// Problems by code, the worst level first, each with an example. The example bears no line: the order of rows is no part of a result.
fn problems(run: &Run<'_>) -> Vec<ProblemLine> {
    fn key(d: &Diagnostic) -> (bool, &str, Option<&str>, &str) {
        (d.times > 1, &d.at.file, d.at.column.as_deref(), &d.found)
    }
    let mut by_code: BTreeMap<(std::cmp::Reverse<Gravity>, &str), (u64, &Diagnostic)> = BTreeMap::new();
    for d in &run.diagnostics.all {
        let entry = by_code.entry((std::cmp::Reverse(d.level), d.code)).or_insert((0, d));
        entry.0 += d.times;
        if key(d) < key(entry.1) {
            entry.1 = d;
        }
    }
    let line = |((level, code), (count, example)): ((std::cmp::Reverse<Gravity>, &str), (u64, &Diagnostic))| ProblemLine {
        level: level.0.as_str().to_owned(),
        code: code.to_owned(),
        count,
        example: Diagnostic { at: Locator { line: 0, ..example.at.clone() }, ..example.clone() }.to_string(),
    };
    by_code.into_iter().map(line).collect()
}

fn assumptions(run: &Run<'_>) -> Assumptions {
    let facts = &run.facts;
    let nodes = &facts.resolution.nodes;
    let places = || (0..nodes.len() as u32).map(NodeIx).filter(|n| facts.beliefs[n.at()].is_some());
    let count = |wanted: fn(&Node) -> bool| nodes.iter().filter(|n| wanted(n)).count() as u64;
    let with_use = |wanted: Use| facts.links.iter().filter(|l| l.use_ == wanted).count() as u64;
    Assumptions {
        people_by_kind: places().filter(|n| facts.priors.people(*n).1 == PeopleStanding::Assumed).count() as u64,
        places_without_country: places().filter(|n| nodes[n.at()].country.is_none()).count() as u64,
        mapped_by_kind: facts.whole.mapped.basis.iter().take(nodes.len()).filter(|b| **b == MappedBasis::Assumed).count() as u64,
        links_without_value: facts.network.whole.links.iter().filter(|l| l.assumed).count() as u64,
        unknown_nodes: count(|n| n.kind == Kind::Unknown),
        closed_circle_nodes: facts.whole.closed_circle_nodes,
        listed_places_filled: facts.focal.iter().map(|f| f.listed_places).sum(),
        texts_without_code: facts.inputs.unmapped_texts.iter().map(|(_, n)| n).sum(),
        holdings_masked: count(|n| n.id != n.shown_id),
        lists_as_supply: facts.links.iter().filter(|l| l.use_ == Use::Supply && l.relation == Relation::Lists).count() as u64,
        labour_links_not_walked: with_use(Use::Labour),
        links_not_in_force: with_use(Use::NotInForce),
        links_only_before: run.absent.links,
        links_only_before_unplaced: run.absent.unplaced,
    }
}

fn origins(run: &Run<'_>) -> OriginCounts {
    let unseen = run.facts.whole.mapped.cautious.iter().zip(&run.origins.by_flows).filter(|(mapped, _)| **mapped < 1.0);
    let (by_flows, by_own_country): (Vec<bool>, Vec<bool>) = unseen.map(|(_, by_flows)| *by_flows).partition(|by_flows| *by_flows);
    OriginCounts { by_flows: by_flows.len() as u64, by_own_country: by_own_country.len() as u64, latest_year: run.origins.latest_year }
}

fn evidence(run: &Run<'_>) -> EvidenceCounts {
    let facts = &run.facts;
    let rows = || facts.evidence.values().flat_map(|g| &g.rows);
    let used = |item: Item| rows().filter(|r| r.item == item && r.why_not.is_empty()).count() as u64;
    EvidenceCounts {
        reports: used(Item::Report),
        looks: used(Item::Look),
        silences: used(Item::Silence),
        unused: rows().filter(|r| !r.why_not.is_empty()).count() as u64,
        nodes_with_evidence: facts.evidence.values().filter(|g| g.rows.iter().any(|r| r.why_not.is_empty())).count() as u64,
        nodes_with_signal: facts.beliefs.iter().flatten().filter(|b| b.site_signal).count() as u64,
    }
}

fn rules(run: &Run<'_>) -> RuleCounts {
    let facts = &run.facts;
    let rules = facts.rules;
    let told = rules.cases.iter().filter(|c| matches!(c.basis, Basis::Told(_))).count() as u64;
    let places = |level: Level| rules.found.clusters.iter().filter(|c| c.level == level).count() as u64;
    let of_norm = |norm: Norm| {
        let at = |level: Level| rules.found.nodes.iter().filter(|f| f.norm == norm && f.level == level).count() as u64;
        NormFindings { norm: norm.as_str().to_owned(), indicated: at(Level::Indicated), possible: at(Level::Possible) }
    };
    RuleCounts {
        cases_told: told,
        cases_derived: rules.cases.len() as u64 - told,
        indicated: places(Level::Indicated),
        possible: places(Level::Possible),
        insufficient_evidence: places(Level::InsufficientEvidence),
        not_indicated: places(Level::NotIndicated),
        cluster_concerns: rules.found.clusters.iter().filter(|c| c.concern).count() as u64,
        by_norm: Norm::ALL.into_iter().map(of_norm).filter(|n| n.indicated + n.possible > 0).collect(),
        buyer_practices: facts.practices.len() as u64,
    }
}

fn exits(run: &Run<'_>) -> Vec<ExitLine> {
    let facts = &run.facts;
    let mut lines: Vec<ExitLine> = facts
        .columns
        .exits
        .iter()
        .flat_map(|(buyer, exits)| exits.iter().map(move |e| (buyer, e)))
        .map(|(buyer, e)| ExitLine {
            buyer_id: facts.id(buyer).into_owned(),
            supplier_id: facts.id(e.supplier).into_owned(),
            quarter: e.day.quarter(),
            share: e.share,
        })
        .collect();
    lines.sort_by(|a, b| {
        b.share.total_cmp(&a.share).then_with(|| (&a.buyer_id, &a.supplier_id, &a.quarter).cmp(&(&b.buyer_id, &b.supplier_id, &b.quarter)))
    });
    lines.truncate(EXITS_MOST);
    lines
}

fn ranges(run: &Run<'_>) -> RangeSummary {
    let spread = run.facts.spread;
    RangeSummary {
        draws: u64::from(spread.draws),
        companies_left_out: run.facts.ranges.left_out.len() as u64,
        places_left_out: run.facts.ranges.places_left_out as u64,
        alerts: spread.raised,
        alerts_mean_miss: spread.mean_miss,
        alerts_limit: spread.alpha,
        income_whole: spread.poverty.whole,
        income_context: spread.poverty.context,
        income_evidence: spread.poverty.evidence,
        income_places: spread.poverty.nodes as u64,
    }
}

fn focal(run: &Run<'_>, exposure: &FocalExposure) -> FocalSummary {
    let facts = &run.facts;
    let node = &facts.resolution.nodes[exposure.focal.at()];
    let main = exposure.walks.iter().find(|w| (w.traced, w.rule, w.view) == (Traced::Any, MappedRule::Cautious, View::Own));
    FocalSummary {
        node_id: node.shown_id.to_string(),
        name: node.shown_name.to_string(),
        own_site: facts.beliefs[exposure.focal.at()].as_ref().map(|b| OwnSite { any: b.posterior.any, on_evidence: b.speaks() }),
        returns: main.and_then(|w| w.focal_returns).filter(|g| *g > 1.0),
        reach: exposure.reach.tiers.iter().map(|t| t.nodes).collect(),
        reach_listed: exposure.reach.listed.nodes,
        figures: exposure.walks.iter().map(|w| figure(run, exposure, w)).collect(),
        footprint: footprint(run, exposure),
        choke_points: main.map_or_else(Vec::new, |w| choke_points(run, exposure, w)),
        dark: main.map_or_else(Vec::new, |w| dark(run, w)),
        look_ups: main.map_or_else(Vec::new, |w| look_ups(run, exposure, w)),
        contributors: main.map_or_else(Vec::new, |w| contributors(run, exposure, w)),
    }
}

fn figure(run: &Run<'_>, exposure: &FocalExposure, w: &FocalWalk) -> Figure {
    let drawn = run.facts.ranges.own(exposure.focal, w.traced).filter(|_| is_main(w));
    Figure {
        norm: w.traced.as_str().to_owned(),
        mapped_rule: w.rule.as_str().to_owned(),
        view: w.view.as_str().to_owned(),
        touched_on_evidence: w.ends.on_evidence,
        touched_by_context: w.ends.by_context,
        unseen: w.ends.unseen,
        exited: w.ends.exited,
        clear: w.ends.clear,
        expected: w.expected,
        drawn: drawn.map(|d| DrawnFigure {
            // As everywhere here, exits are told where there are any.
            ranges: RANGED
                .iter()
                .zip(d.ranges)
                .filter(|(name, (_, high))| **name != "exited" || *high > 0.0)
                .map(|(name, (low, high))| ((*name).to_owned(), [low, high]))
                .collect(),
            ranks: RANKED.iter().zip(d.ranks.into_iter().flatten()).map(|(name, (low, high))| ((*name).to_owned(), [low, high])).collect(),
        }),
    }
}

fn footprint(run: &Run<'_>, exposure: &FocalExposure) -> Vec<FootprintLine> {
    let at = exposure.focal.at();
    let line = |(traced, f): &(Traced, crate::trace::Footprint)| {
        f.passes.get(at).filter(|p| **p > 0.0)?;
        Some(FootprintLine {
            norm: traced.as_str().to_owned(),
            carried: f.carried.get(at).copied().flatten(),
            leaves: f.leaves.get(at).copied().unwrap_or(0.0),
        })
    };
    run.facts.footprints.norms.iter().filter_map(line).collect()
}

fn choke_points(run: &Run<'_>, exposure: &FocalExposure, w: &FocalWalk) -> Vec<ChokeLine> {
    let line = |point: &crate::trace::ChokePoint| {
        let n = run.facts.resolution.nodes.get(exposure.nodes.get(point.node as usize)?.at())?;
        Some(ChokeLine { node_id: n.shown_id.to_string(), name: n.shown_name.to_string(), cover: point.cover, at_most: point.at_most })
    };
    w.choke_points.iter().filter_map(line).collect()
}

fn dark(run: &Run<'_>, w: &FocalWalk) -> Vec<DarkPlace> {
    let mut places: Vec<DarkPlace> = run
        .facts
        .groups
        .iter()
        .zip(&w.by_place)
        .filter(|(_, ends)| ends.unseen > 0.0)
        .map(|(g, ends)| DarkPlace { kind: g.kind.clone(), country: g.country.clone(), product: g.product.clone(), share: ends.unseen })
        .collect();
    places.sort_by(|a, b| {
        b.share.total_cmp(&a.share).then_with(|| (&a.kind, &a.country, &a.product).cmp(&(&b.kind, &b.country, &b.product)))
    });
    places.truncate(DARK_MOST);
    places
}

fn look_ups(run: &Run<'_>, exposure: &FocalExposure, w: &FocalWalk) -> Vec<LookUp> {
    let nodes = &run.facts.resolution.nodes;
    let answer = |(local, share): &(u32, f64)| {
        let at = *local as usize;
        let node = nodes.get(exposure.nodes.get(at)?.at())?;
        Some(LookUp {
            node_id: node.shown_id.to_string(),
            name: node.shown_name.to_string(),
            share: *share,
            question: question(
                &node.shown_name,
                node.kind,
                exposure.mapped_basis.get(at).copied(),
                exposure.headings.get(at).copied().unwrap_or(NO_HEADING),
                at == 0,
            ),
        })
    };
    w.dark.iter().filter_map(answer).take(LOOK_UPS_MOST).collect()
}

/// What to ask whom, from why the walk ends there.
pub(super) fn question(name: &str, kind: Kind, basis: Option<MappedBasis>, heading: u16, is_focal: bool) -> String {
    match (basis, heading_text(heading)) {
        (Some(MappedBasis::NoLinks), Some(heading)) => return format!("from whom does {name} buy what it sells as {heading}?"),
        (Some(MappedBasis::Declared | MappedBasis::Recorded), Some(heading)) => {
            return format!("from whom does {name} buy the rest of what it sells as {heading}?");
        }
        _ => {}
    }
    match basis {
        _ if kind == Kind::Unknown => format!("who is {name}? links name it, the nodes table does not hold it"),
        _ if kind == Kind::Region => format!("which places in {name} do the goods come from?"),
        Some(MappedBasis::NoLinks) => format!("from whom does {name} ({}) buy?", kind.as_str()),
        Some(MappedBasis::Assumed) if is_focal => "what part of its own purchases do its recorded suppliers hold?".to_owned(),
        Some(MappedBasis::Assumed) => format!("what part of the purchases of {name} do its recorded suppliers hold?"),
        _ => format!("from whom does {name} buy the rest?"),
    }
}

fn contributors(run: &Run<'_>, exposure: &FocalExposure, w: &FocalWalk) -> Vec<ContributorLine> {
    let facts = &run.facts;
    let line = |row: &crate::trace::contributions::Row| {
        let node = *exposure.nodes.get(row.node as usize)?;
        let n = &facts.resolution.nodes[node.at()];
        Some(ContributorLine {
            node_id: n.shown_id.to_string(),
            name: n.shown_name.to_string(),
            touched: row.touched,
            on_evidence: facts.beliefs[node.at()].as_ref().is_some_and(|b| b.on_evidence(w.traced)),
        })
    };
    w.contributions.rows.iter().filter_map(line).take(CONTRIBUTORS_MOST).collect()
}
