//! Why a node stands where it stands, read back from a result folder: its prior and the parts of it, everything that was said, coupled
//! against decoupled, and the chains by which its exposure comes.

use super::explanation_duty::duty_of;
pub use super::explanation_duty::{ActionLine, ContestLine, DutyOf, DutyPart, OverrideLine, OwedLine};
use super::network::of_heading;
use crate::base::holdings::{holding_key, shown_as};
use crate::base::{Error, Kind, NodeIx, Norm, Result, Traced};
use crate::export::{RowView, Rows, read_all, rows_where};
use crate::findings::rule_source;
use crate::graph::commodities::{Commodities, NO_HEADING, heading, heading_text};
use crate::graph::perspective::View;
use crate::graph::trade::{NO_PRODUCT, NO_UNIT, Trade, TradeLink};
use crate::schema::outputs;
use crate::trace::contributions::{Written, contributions};
use crate::trace::paths::strongest_paths;
use crate::trace::{Problem, solve, visits};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Upstream nodes whose chains are shown.
const SOURCES_MOST: usize = 8;
const CHAINS_MOST: usize = 2;
/// Steps of the search for one chain.
const WORK_MOST: usize = 200_000;
const TOLERANCE: f64 = 1e-10;

/// Everything that a result says of one node.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    pub node_id: String,
    pub name: String,
    pub kind: String,
    pub country: Option<String>,
    pub sector: Option<String>,
    pub product: Option<String>,
    pub stage: Option<String>,
    pub people: Option<f64>,
    pub people_standing: Option<String>,
    pub focal: bool,
    /// `context_risk`, `site_signal`, `possible`, `indicated` or `no_posterior`.
    pub state: String,
    pub signal_norms: String,
    pub finding_norms: String,
    pub any: Option<f64>,
    pub protection_gap: Option<f64>,
    pub norms: Vec<NormLine>,
    /// 5 % and 95 % of `any` over the draws of the method, and of the position in the order of the register.
    pub any_range: Option<(f64, f64)>,
    pub rank_range: Option<(i64, i64)>,
    pub alert: bool,
    /// The highest level of the rules over the cases of the place.
    pub finding: String,
    pub cluster_concern: bool,
    pub findings: Vec<FindingLine>,
    /// Norms that the joint reading puts below what their own evidence would, and what explains the same signs better.
    pub better_explained: Vec<BetterExplained>,
    /// What buyers did to this place beyond a threshold.
    pub practices: Vec<PracticeLine>,
    /// Records that tell of it, where there are several, and entries of screening lists that it is.
    pub records: Vec<RecordLine>,
    pub evidence: Vec<EvidenceLine>,
    pub exposure: Vec<ExposureLine>,
    /// From which upstream nodes the touched part of its purchases comes, largest first, with the strongest chains.
    pub sources: Vec<SourceLine>,
    /// Part of the touched figure that `sources` leaves over.
    pub sources_rest: f64,
    /// Of a focal company: the nodes that its own figure comes from, published lists filled in, largest first.
    pub contributions: Vec<ContributionLine>,
    /// Which focal companies' touched figures it is part of.
    pub held_by: Vec<HeldBy>,
    /// Severity, responses, involvement, remedy, judgements and answers.
    pub duty: DutyOf,
}

/// A record of the node, or an entry of a screening list that it is.
#[derive(Clone, Debug, Serialize)]
pub struct RecordLine {
    pub record_id: String,
    pub name: String,
    pub list: Option<String>,
    pub why: String,
    pub by: Option<String>,
    pub is_evidence: bool,
    /// File, sheet and line.
    pub place: String,
}

/// What a rule says of one case, or of the place.
#[derive(Clone, Debug, Serialize)]
pub struct FindingLine {
    /// `None`: the place, the most over its cases.
    pub case: Option<String>,
    pub norm: String,
    pub level: String,
    pub rule: String,
    /// The work that the rule is coded from.
    pub source: String,
    pub path: String,
    pub elements_met: String,
    pub elements_missing: String,
    pub facts: String,
    pub files: Option<String>,
    pub age_rule: Option<String>,
    pub caveats: Vec<String>,
    pub cases_read: Option<String>,
    pub cases_at_least_possible: Option<String>,
    /// Answers of the supplier.
    pub contested: Option<String>,
}

/// A norm that a better explanation lowered.
#[derive(Clone, Debug, Serialize)]
pub struct BetterExplained {
    pub norm: String,
    pub decoupled: f64,
    pub coupled: f64,
    /// The norm whose probability the joint reading raised most above its prior.
    pub by: String,
    pub by_prior: f64,
    pub by_coupled: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct PracticeLine {
    pub buyer_id: String,
    pub quarter: String,
    pub practice: String,
    pub value: f64,
    pub threshold: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct ContributionLine {
    pub node_id: String,
    pub name: String,
    /// `None`: its published list alone leads there.
    pub tier: Option<i64>,
    pub touched: f64,
    pub on_evidence: bool,
}

/// One norm: prior with its parts, both posteriors, coverage.
#[derive(Clone, Debug, Serialize)]
pub struct NormLine {
    pub norm: String,
    pub coupled: f64,
    pub decoupled: f64,
    pub coverage: f64,
    /// 5 % and 95 % of the coupled probability over the draws of the method.
    pub range: Option<(f64, f64)>,
    /// `None`: the norm is off here.
    pub prior: Option<PriorLine>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PriorLine {
    pub marginal: f64,
    pub base_rate: f64,
    pub level: String,
    pub denominator: String,
    pub source: String,
    pub year: Option<i64>,
    pub standing: String,
    pub people: f64,
    pub factors: String,
    pub lifted: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct EvidenceLine {
    pub item: String,
    pub sign: Option<String>,
    pub norms: String,
    pub source: String,
    pub origin: Option<String>,
    pub quarter: String,
    pub detection: f64,
    pub detection_now: f64,
    pub log_weight: f64,
    pub used: bool,
    pub why_not: Option<String>,
    /// What changed its worth.
    pub factors: Option<String>,
    pub table: String,
    pub file: String,
    pub sheet: Option<String>,
    /// Empty for what only the restricted view may show.
    pub line: Option<i64>,
}

impl EvidenceLine {
    /// Where the row stood; its table where the line is not told.
    pub fn place(&self) -> String {
        let sheet = self.sheet.as_ref().map(|s| format!("[{s}]")).unwrap_or_default();
        self.line.map_or_else(|| self.table.clone(), |line| format!("{}{sheet}:{line}", self.file))
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct ExposureLine {
    pub norm: String,
    pub view: String,
    pub mapped_rule: String,
    pub touched_on_evidence: f64,
    pub touched_by_context: f64,
    pub unseen: f64,
    /// With suppliers left after an adverse finding.
    pub exited: f64,
    pub clear: f64,
    pub expected: Option<f64>,
    pub mapped: f64,
    pub assumed_share: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SourceLine {
    pub node_id: String,
    pub name: String,
    pub touched: f64,
    pub on_evidence: bool,
    pub chains: Vec<Chain>,
}

/// One chain, from the node explained to the source.
#[derive(Clone, Debug, Serialize)]
pub struct Chain {
    pub nodes: Vec<String>,
    /// Part of one unit of spend that comes this way.
    pub share: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct HeldBy {
    pub focal_id: String,
    pub tier: Option<i64>,
    pub touched: f64,
    pub share_of_touched: f64,
}

/// Reads a node's explanation out of the result at `out`; `node` is an input id or a shown one.
///
/// # Errors
/// No result at `out`, or no such node in it.
pub fn explanation(out: &Path, node: &str, traced: Traced) -> Result<Explanation> {
    let (id, site) = find(out, node)?;
    let Some(site) = site.iter().next() else { return Err(Error::internal("a found site has no row")) };
    let text = |name: &str| site.text(name).map(str::to_owned);
    let priors = rows_where(out, &outputs::PRIORS, "node_id", &id)?;
    let focal = site.bool("focal").unwrap_or(false);
    let exposure: Vec<ExposureLine> = rows_where(out, &outputs::EXPOSURE, "node_id", &id)?.iter().map(|r| exposure_line(&r)).collect();
    let (sources, sources_rest) = sources(out, &id, focal, traced)?;
    let norms: Vec<NormLine> = Norm::ALL.iter().filter_map(|n| norm_line(&site, &priors, *n)).collect();
    let whole = |name: &str| site.int(name);
    Ok(Explanation {
        any_range: site.float("any_low").zip(site.float("any_high")),
        rank_range: whole("rank_low").zip(whole("rank_high")),
        alert: site.bool("alert").unwrap_or(false),
        finding: text("finding").unwrap_or_default(),
        cluster_concern: site.bool("cluster_concern").unwrap_or(false),
        findings: rows_where(out, &outputs::FINDINGS, "node_id", &id)?.iter().map(|r| finding_line(&r)).collect(),
        better_explained: better_explained(&norms),
        records: rows_where(out, &outputs::RECORDS, "node_id", &id)?.iter().map(|r| record_line(&r)).collect(),
        practices: rows_where(out, &outputs::PRACTICES, "supplier_id", &id)?.iter().map(|r| practice_line(&r)).collect(),
        name: text("name").unwrap_or_default(),
        kind: text("kind").unwrap_or_default(),
        country: text("country"),
        sector: text("sector"),
        product: text("product"),
        stage: text("stage"),
        people: site.float("people"),
        people_standing: text("people_standing"),
        focal,
        state: text("state").unwrap_or_default(),
        signal_norms: text("signal_norms").unwrap_or_default(),
        finding_norms: text("finding_norms").unwrap_or_default(),
        any: site.float("any"),
        protection_gap: site.float("protection_gap"),
        norms,
        evidence: rows_where(out, &outputs::EVIDENCE, "node_id", &id)?.iter().map(|r| evidence_line(&r)).collect(),
        exposure,
        sources,
        sources_rest,
        contributions: if focal { own_contributions(out, &id, traced)? } else { Vec::new() },
        held_by: held_by(out, &id, traced)?,
        duty: duty_of(out, &id, &site)?,
        node_id: id,
    })
}

/// The site row of an input id or of a shown one.
fn find(out: &Path, node: &str) -> Result<(String, Rows)> {
    let hidden = shown_as(node, None).0;
    for id in [node, hidden.as_str()] {
        let rows = rows_where(out, &outputs::SITES, "node_id", id)?;
        if !rows.is_empty() {
            return Ok((id.to_owned(), rows));
        }
    }
    let found = format!("no node has the id '{node}' (nor the key {})", holding_key(node));
    Err(Error::settings(out.join(outputs::SITES.file).display().to_string(), found, "give a node_id of sites.parquet or register.csv"))
}

fn norm_line(site: &RowView<'_>, priors: &Rows, norm: Norm) -> Option<NormLine> {
    let of = |suffix: &str| site.float(&format!("{}_{suffix}", norm.as_str()));
    let prior = priors.iter().find(|r| r.text("norm") == Some(norm.as_str()) && r.bool("off") != Some(true)).map(|r| {
        let text = |name: &str| r.text(name).unwrap_or_default().to_owned();
        PriorLine {
            marginal: r.float("marginal").unwrap_or_default(),
            base_rate: r.float("base_rate").unwrap_or_default(),
            level: text("level"),
            denominator: text("denominator"),
            source: text("base_source"),
            year: r.int("base_year"),
            standing: text("base_standing"),
            people: r.float("people").unwrap_or_default(),
            factors: text("factors"),
            lifted: r.bool("lifted").unwrap_or(false),
        }
    });
    Some(NormLine {
        norm: norm.as_str().to_owned(),
        coupled: of("coupled")?,
        decoupled: of("decoupled")?,
        coverage: of("coverage")?,
        range: of("coupled_low").zip(of("coupled_high")),
        prior,
    })
}

fn finding_line(r: &RowView<'_>) -> FindingLine {
    let text = |name: &str| r.text(name).unwrap_or_default().to_owned();
    let caveat = |column: &str, words: &str| r.bool(column).unwrap_or(false).then(|| words.to_owned());
    FindingLine {
        case: r.text("case_key").map(str::to_owned),
        norm: text("norm"),
        level: text("level"),
        source: rule_source(&text("rule")).to_owned(),
        rule: text("rule"),
        path: text("path"),
        elements_met: text("elements_met"),
        elements_missing: text("elements_missing"),
        facts: text("facts"),
        files: r.text("files").map(str::to_owned),
        age_rule: r.text("age_rule").map(str::to_owned),
        caveats: [
            caveat("single_testimony", "one person's own words"),
            caveat("unlinked_group", "facts of several people that nothing links to persons"),
            caveat("age_unverified", "no document shows the age"),
            caveat("historic", "ended before the last 12 months"),
        ]
        .into_iter()
        .flatten()
        .collect(),
        cases_read: r.text("cases_read").map(str::to_owned),
        cases_at_least_possible: r.text("cases_at_least_possible").map(str::to_owned),
        contested: r.text("contested").map(str::to_owned),
    }
}

fn practice_line(r: &RowView<'_>) -> PracticeLine {
    let text = |name: &str| r.text(name).unwrap_or_default().to_owned();
    PracticeLine {
        buyer_id: text("buyer_id"),
        quarter: text("quarter"),
        practice: text("practice"),
        value: r.float("value").unwrap_or_default(),
        threshold: r.float("threshold").unwrap_or_default(),
    }
}

/// A fall of less than this is no story.
const TELLING_FALL: f64 = 0.01;

/// Norms whose coupled probability lies below the decoupled one: read together, the same signs are better explained by another norm. That
/// one is the norm that rose most above its prior, where it is the likelier of the two.
fn better_explained(norms: &[NormLine]) -> Vec<BetterExplained> {
    let rise = |n: &NormLine| n.coupled - n.prior.as_ref().map_or(0.0, |p| p.marginal);
    let fell = norms.iter().filter(|n| n.decoupled - n.coupled > TELLING_FALL);
    fell.filter_map(|n| {
        let by = norms.iter().filter(|m| m.norm != n.norm).max_by(|a, b| rise(a).total_cmp(&rise(b)))?;
        if rise(by) <= 0.0 || by.coupled <= n.coupled {
            return None;
        }
        Some(BetterExplained {
            norm: n.norm.clone(),
            decoupled: n.decoupled,
            coupled: n.coupled,
            by: by.norm.clone(),
            by_prior: by.prior.as_ref().map_or(0.0, |p| p.marginal),
            by_coupled: by.coupled,
        })
    })
    .collect()
}

fn record_line(r: &RowView<'_>) -> RecordLine {
    let text = |name: &str| r.text(name).unwrap_or_default().to_owned();
    let sheet = r.text("sheet").map(|s| format!("[{s}]")).unwrap_or_default();
    RecordLine {
        record_id: text("record_id"),
        name: text("name"),
        list: r.text("list").map(str::to_owned),
        why: text("why"),
        by: r.text("by").map(str::to_owned),
        is_evidence: r.bool("is_evidence").unwrap_or(false),
        place: format!("{}{sheet}:{}", text("file"), r.int("line").unwrap_or_default()),
    }
}

fn evidence_line(r: &RowView<'_>) -> EvidenceLine {
    let text = |name: &str| r.text(name).unwrap_or_default().to_owned();
    EvidenceLine {
        item: text("item"),
        sign: r.text("sign").map(str::to_owned),
        norms: text("norms"),
        source: text("source"),
        origin: r.text("origin").map(str::to_owned),
        quarter: text("quarter"),
        detection: r.float("detection").unwrap_or_default(),
        detection_now: r.float("detection_now").unwrap_or_default(),
        log_weight: r.float("log_weight").unwrap_or_default(),
        used: r.bool("used").unwrap_or(false),
        why_not: r.text("why_not").map(str::to_owned),
        factors: r.text("factors").map(str::to_owned),
        table: text("table"),
        file: text("file"),
        sheet: r.text("sheet").map(str::to_owned),
        line: r.int("line"),
    }
}

fn exposure_line(r: &RowView<'_>) -> ExposureLine {
    let text = |name: &str| r.text(name).unwrap_or_default().to_owned();
    let number = |name: &str| r.float(name).unwrap_or_default();
    ExposureLine {
        norm: text("norm"),
        view: text("view"),
        mapped_rule: text("mapped_rule"),
        touched_on_evidence: number("touched_on_evidence"),
        touched_by_context: number("touched_by_context"),
        unseen: number("unseen"),
        exited: number("exited"),
        clear: number("clear"),
        expected: r.float("expected"),
        mapped: number("mapped"),
        assumed_share: r.float("assumed_share"),
    }
}

/// Whether a contribution is of the figure that stands first: own view, lists filled, unknown mapped shares taken cautiously.
fn of_main_walk(r: &RowView<'_>, traced: Traced) -> bool {
    r.text("norm") == Some(traced.as_str()) && r.text("view") == Some("own") && r.text("mapped_rule") == Some("cautious")
}

fn own_contributions(out: &Path, id: &str, traced: Traced) -> Result<Vec<ContributionLine>> {
    let rows = rows_where(out, &outputs::CONTRIBUTIONS, "focal_id", id)?;
    let mut lines = Vec::new();
    for r in rows.iter().filter(|r| of_main_walk(r, traced)).take(SOURCES_MOST) {
        let Some(node) = r.text("node_id") else { continue };
        let site = rows_where(out, &outputs::SITES, "node_id", node)?;
        lines.push(ContributionLine {
            name: site.iter().next().and_then(|s| s.text("name").map(str::to_owned)).unwrap_or_default(),
            node_id: node.to_owned(),
            tier: r.int("tier"),
            touched: r.float("touched").unwrap_or_default(),
            on_evidence: r.bool("on_evidence").unwrap_or(false),
        });
    }
    Ok(lines)
}

fn held_by(out: &Path, id: &str, traced: Traced) -> Result<Vec<HeldBy>> {
    let rows = rows_where(out, &outputs::CONTRIBUTIONS, "node_id", id)?;
    Ok(rows
        .iter()
        .filter(|r| of_main_walk(r, traced))
        .map(|r| HeldBy {
            focal_id: r.text("focal_id").unwrap_or_default().to_owned(),
            tier: r.int("tier"),
            touched: r.float("touched").unwrap_or_default(),
            share_of_touched: r.float("share_of_touched").unwrap_or_default(),
        })
        .collect())
}

/// The links of a result as the node explained sees them, with p and mapped shares beside them. Local numbers; the node itself is 0.
pub(super) struct Upstream {
    pub(super) names: Vec<String>,
    pub(super) shown: Vec<String>,
    pub(super) p: Vec<f64>,
    pub(super) on_evidence: Vec<bool>,
    pub(super) mapped: Vec<f64>,
    pub(super) left: Vec<f64>,
    pub(super) view: View,
}

/// The largest sources of what a node buys, by the walk over recorded chains with unknown mapped shares taken cautiously.
fn sources(out: &Path, id: &str, focal: bool, traced: Traced) -> Result<(Vec<SourceLine>, f64)> {
    let Some(up) = upstream(out, id, focal, traced)? else { return Ok((Vec::new(), 0.0)) };
    let none = vec![0.0; up.p.len()];
    let problem = Problem { p: &up.p, on_evidence: &up.on_evidence, mapped: &up.mapped, origin_prior: &none, exited: &up.left };
    let graph = &up.view.graph;
    let solution = solve(graph, &problem, TOLERANCE)?;
    let visited = visits(graph, &problem, &[(0, 1.0)])?;
    let found = contributions(graph, &problem, &visited, &solution, Written { share: 1.0, most: SOURCES_MOST });
    let name = |local: u32| {
        let name = up.names.get(local as usize).cloned().unwrap_or_default();
        let heading = up.view.headings.get(local as usize).copied().and_then(heading_text);
        heading.map_or(name.clone(), |heading| format!("{name} (as {heading})"))
    };
    let mut lines = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        let at = row.node as usize;
        let paths = strongest_paths(graph, &problem, 0, row.node, CHAINS_MOST, WORK_MOST)?;
        let chain = |p: &crate::trace::paths::Path| Chain { nodes: p.nodes.iter().map(|n| name(*n)).collect(), share: p.share };
        lines.push(SourceLine {
            node_id: up.shown.get(at).cloned().unwrap_or_default(),
            name: up.names.get(at).cloned().unwrap_or_default(),
            touched: row.touched,
            on_evidence: up.on_evidence.get(at).copied().unwrap_or(false),
            chains: paths.paths.iter().map(chain).collect(),
        });
    }
    Ok((lines, found.rest.touched))
}

/// `None` where the node buys nothing. A focal node sees the links scoped to it where a buyer has any, else the unscoped ones; others see all merged.
pub(super) fn upstream(out: &Path, id: &str, focal: bool, traced: Traced) -> Result<Option<Upstream>> {
    let links = read_all(out, &outputs::LINKS)?;
    let sites = read_all(out, &outputs::SITES)?;
    let column = traced.norm().map_or_else(|| "any".to_owned(), |n| format!("{}_coupled", n.as_str()));
    let places: BTreeMap<&str, Place> = sites
        .iter()
        .filter_map(|r| {
            let speaks =
                |norm: &str| ["signal_norms", "finding_norms"].iter().any(|c| r.text(c).unwrap_or_default().split(';').any(|s| s == norm));
            let place = Place {
                name: r.text("name").unwrap_or_default().to_owned(),
                kind: r.text("kind").and_then(Kind::parse).unwrap_or(Kind::Unknown),
                p: r.float(&column).unwrap_or(0.0),
                on_evidence: match traced.norm() {
                    Some(norm) => speaks(norm.as_str()),
                    None => r.text("state").is_some_and(|s| ["site_signal", "possible", "indicated"].contains(&s)),
                },
            };
            Some((r.text("node_id")?, place))
        })
        .collect();
    let mut ids: BTreeSet<&str> = places.keys().copied().chain([id]).collect();
    let mut products: BTreeSet<&str> = BTreeSet::new();
    for r in links.iter() {
        ids.extend(["supplier_id", "buyer_id", "scope"].into_iter().filter_map(|c| r.text(c)));
        products.extend(r.text("product"));
    }
    let (ids, products): (Vec<&str>, Vec<&str>) = (ids.into_iter().collect(), products.into_iter().collect());
    let number = |id: &str| ids.binary_search(&id).ok().map(|i| NodeIx(i as u32));
    let mut once = BTreeSet::new();
    let mut told = Vec::new();
    for r in links.iter() {
        let weight = if focal { r.float("weight") } else { r.float("weight_merged") };
        let ends = (r.text("supplier_id").and_then(number), r.text("buyer_id").and_then(number));
        let (Some(weight), (Some(supplier), Some(buyer))) = (weight, ends) else { continue };
        let product = r.text("product").and_then(|p| products.binary_search(&p).ok()).map_or(NO_PRODUCT, |i| i as u32);
        let scope = r.text("scope").and_then(number);
        // One supplier, buyer, product, scope is one link, whatever its relations.
        if once.insert((supplier, buyer, product, scope)) {
            let scope = scope.filter(|_| focal);
            told.push(TradeLink { supplier, buyer, product, value: None, quantity: None, unit: NO_UNIT, share: Some(weight), scope });
        }
    }
    let kinds: Vec<Kind> = ids.iter().map(|id| places.get(id).map_or(Kind::Unknown, |p| p.kind)).collect();
    let commodities = Commodities::of(&told, &kinds, products.iter().map(|p| heading(p)).collect(), std::iter::empty());
    let trade = Trade::new(ids.len(), &told)?.with_commodities(commodities);
    let view = View::new(&trade, number(id).unwrap_or(NodeIx(0)))?;
    if view.nodes.len() < 2 {
        return Ok(None);
    }
    let (mut mapped, mut as_listed, mut left) = (vec![0.0; ids.len()], vec![0.0; ids.len()], vec![0.0; ids.len()]);
    for r in read_all(out, &outputs::EXPOSURE)?.iter() {
        let main = r.text("norm") == Some("any") && r.text("view") == Some("all");
        let Some(node) = r.text("node_id").filter(|_| main).and_then(number) else { continue };
        if r.text("mapped_rule") == Some("cautious") {
            mapped[node.at()] = r.float("mapped").unwrap_or(0.0);
            left[node.at()] = r.float("left_share").unwrap_or(0.0);
        } else {
            as_listed[node.at()] = r.float("mapped").unwrap_or(0.0);
        }
    }
    let place = |n: &NodeIx| ids.get(n.at()).and_then(|id| places.get(id));
    let mut up = Upstream {
        names: view.nodes.iter().map(|n| place(n).map_or_else(String::new, |p| p.name.clone())).collect(),
        shown: view.nodes.iter().filter_map(|n| ids.get(n.at()).map(|id| (*id).to_owned())).collect(),
        p: view.nodes.iter().map(|n| place(n).map_or(0.0, |p| p.p)).collect(),
        on_evidence: view.nodes.iter().map(|n| place(n).is_some_and(|p| p.on_evidence)).collect(),
        mapped: view.column(&mapped, 0.0)?,
        left: view.column(&left, 0.0)?,
        view,
    };
    let View { nodes, headings, rows, parts, .. } = &up.view;
    for (local, mapped) in up.mapped.iter_mut().enumerate().filter(|(local, _)| headings.get(*local).is_some_and(|h| *h != NO_HEADING)) {
        // Only a share that the method assumes is another under the other rule, and it holds for every heading.
        let is_assumed = nodes.get(local).and_then(|n| as_listed.get(n.at())).is_some_and(|listed| *listed > *mapped);
        *mapped = match (rows.get(local), parts.get(local)) {
            (Some(row), Some(part)) if row.links > 0 => {
                if is_assumed {
                    *mapped
                } else {
                    of_heading(*mapped, *part)
                }
            }
            _ => 0.0,
        };
    }
    up.view.start_at_purchases(&mut up.p); // what it buys, not what happens at its own place
    Ok(Some(up))
}

/// A node of a result, for one norm.
struct Place {
    name: String,
    kind: Kind,
    p: f64,
    on_evidence: bool,
}
