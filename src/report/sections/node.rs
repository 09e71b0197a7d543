//! A node's page: what it is, what is believed and why, what was said with the row behind it, what rules find, by which chains it comes, and
//! what to do.
//!
//! Prior, evidence and findings are told row by row for the nodes of importance; the others are told in short by the own script, from compact data.

use super::node_belief::{findings, probabilities};
use super::node_duty::{beside, to_do};
use super::node_evidence::evidence;
use super::register::standing;
use crate::base::Result;
use crate::export::RowView;
use crate::pipeline::chains::Chains;
use crate::report::facts::{Site, by_node, is_main_walk};
use crate::report::html::{Html, anchor};
use crate::report::page::{DASH, Page};
use std::collections::{BTreeMap, BTreeSet};

const CHAINS_MOST: usize = 2;
/// Pages that show chains: each asks for a search per company.
const CHAIN_PAGES_MOST: usize = 120;
/// Bytes of all pages in full together.
pub const BYTES_MOST: usize = 1_300_000;

/// Rows about the nodes of the pages.
struct About<'a> {
    priors: BTreeMap<&'a str, Vec<RowView<'a>>>,
    evidence: BTreeMap<&'a str, Vec<RowView<'a>>>,
    findings: BTreeMap<&'a str, Vec<RowView<'a>>>,
    practices: BTreeMap<&'a str, Vec<RowView<'a>>>,
    records: BTreeMap<&'a str, Vec<RowView<'a>>>,
    actions: BTreeMap<&'a str, Vec<RowView<'a>>>,
    duties: BTreeMap<&'a str, Vec<RowView<'a>>>,
    remedies: BTreeMap<&'a str, Vec<RowView<'a>>>,
    overrides: BTreeMap<&'a str, Vec<RowView<'a>>>,
    contests: BTreeMap<&'a str, Vec<RowView<'a>>>,
    contributions: BTreeMap<&'a str, Vec<RowView<'a>>>,
    exposure: BTreeMap<&'a str, Vec<RowView<'a>>>,
}

impl<'a> About<'a> {
    fn of(page: &Page<'a>) -> Self {
        let wanted: BTreeSet<&str> = page.selection.pages.iter().map(Site::id).collect();
        let f = page.facts;
        let some = |rows: &'a Option<crate::export::Rows>| rows.as_ref().map(|r| by_node(r, "node_id", &wanted)).unwrap_or_default();
        Self {
            priors: by_node(&f.priors, "node_id", &wanted),
            evidence: by_node(&f.evidence, "node_id", &wanted),
            findings: by_node(&f.findings, "node_id", &wanted),
            practices: by_node(&f.practices, "supplier_id", &wanted),
            records: by_node(&f.records, "node_id", &wanted),
            contributions: by_node(&f.contributions, "node_id", &wanted),
            exposure: by_node(&f.exposure, "node_id", &wanted),
            actions: some(&f.actions),
            duties: some(&f.duties),
            remedies: some(&f.remedies),
            overrides: some(&f.overrides),
            contests: some(&f.contests),
        }
    }
}

/// Writes the pages. Returns how many fit; where that is fewer than were chosen, the choice has to be made again with as many.
///
/// # Errors
/// Only where the tables of the result do not fit together.
pub fn nodes(page: &Page<'_>, h: &mut Html, chains: &BTreeMap<String, Chains>) -> Result<usize> {
    page.section(h, "nodes", page.say("node.title"));
    h.element("p", &[("class", "note")], page.say("node.what"));
    h.open("div", &[("id", "short-node")]).close("div");
    let about = About::of(page);
    let (before, mut written) = (h.len(), 0);
    for (i, site) in page.selection.pages.iter().enumerate() {
        if h.len() - before > BYTES_MOST {
            break;
        }
        let none = BTreeMap::new();
        node(page, h, site, &about, if i < CHAIN_PAGES_MOST { chains } else { &none })?;
        written += 1;
    }
    h.close("section");
    Ok(written)
}

fn rows<'a, 'b>(of: &'b BTreeMap<&'a str, Vec<RowView<'a>>>, id: &str) -> &'b [RowView<'a>] {
    of.get(id).map_or(&[], Vec::as_slice)
}

fn node(page: &Page<'_>, h: &mut Html, site: &Site<'_>, about: &About<'_>, chains: &BTreeMap<String, Chains>) -> Result<()> {
    let id = site.id();
    let (link, title) = (anchor(id), format!("{}-t", anchor(id)));
    h.open("article", &[("class", "node"), ("id", &link), ("aria-labelledby", &title)]);
    h.open("h3", &[("id", &title), ("tabindex", "-1")]).name(site.name()).close("h3");
    head(page, h, site);
    to_do(page, h, rows(&about.actions, id), rows(&about.duties, id), rows(&about.remedies, id));
    if site.any().is_some() {
        probabilities(page, h, site, rows(&about.priors, id));
        findings(page, h, rows(&about.findings, id));
    }
    evidence(page, h, site, rows(&about.evidence, id));
    beside(page, h, rows(&about.overrides, id), rows(&about.contests, id), rows(&about.practices, id), rows(&about.records, id));
    purchases(page, h, site, rows(&about.exposure, id));
    paths(page, h, id, rows(&about.contributions, id), chains)?;
    h.open("p", &[("class", "back")]).open("a", &[("href", "#register")]).text(page.say("node.back")).close("a").close("p");
    h.close("article");
    Ok(())
}

fn head(page: &Page<'_>, h: &mut Html, site: &Site<'_>) {
    let mut facts = vec![site.id().to_owned(), page.kind(site.kind()), page.country(site.country()).to_owned()];
    facts.extend(site.product().map(|p| page.product(Some(p))));
    facts.extend(site.0.text("sector").map(|s| page.sector(Some(s))));
    h.open("p", &[("class", "facts")]).name(&facts.join(" \u{b7} "));
    if let Some(people) = site.people() {
        let basis = page.words.word("people_basis", site.0.text("people_standing").unwrap_or_default());
        h.text(" \u{b7} ").text(&page.words.fill("node.people", &[("n", &page.language().number(people, 0)), ("basis", &basis)]));
    }
    h.close("p");
    let (class, _) = standing(site.state());
    h.open("p", &[]).element("span", &[("class", class)], &page.words.word("state", site.state())).text(" ");
    let norms: Vec<String> = site.told_norms().iter().map(|n| page.norm(n.as_str())).collect();
    let text = page.words.word("state_meaning", site.state());
    h.text(&text);
    if !norms.is_empty() {
        h.text(" ").text(&page.words.fill("node.about_norms", &[("norms", &norms.join(", "))]));
    }
    h.close("p");
    if site.is("cluster_concern") {
        h.element("p", &[], page.say("node.cluster_concern"));
    }
    if let Some(any) = site.any() {
        let range = site.any_range().map_or_else(|| DASH.to_owned(), |(low, high)| page.language().range(low, high));
        let coverage = page.share_or_dash(site.coverage());
        let key =
            if site.coverage().is_none_or(|c| c < crate::report::charts::picture::LOW_COVERAGE) { "node.any_dark" } else { "node.any" };
        h.element("p", &[], &page.words.fill(key, &[("p", &page.share(any)), ("range", &range), ("coverage", &coverage)]));
    }
    if site.is("alert") {
        h.element("p", &[], page.say("node.alert"));
    }
}

/// What of its own purchases is touched and unseen: of a company under assessment on the first screen, of others with all links merged.
fn purchases(page: &Page<'_>, h: &mut Html, site: &Site<'_>, exposure: &[RowView<'_>]) {
    if site.is("focal") {
        h.open("p", &[]).open("a", &[("href", "#glance")]).text(page.say("node.focal")).close("a").close("p");
        return;
    }
    let merged =
        |r: &&RowView<'_>| r.text("norm") == Some("any") && r.text("view") == Some("all") && r.text("mapped_rule") == Some("cautious");
    let Some(r) = exposure.iter().find(merged).filter(|r| r.float("mapped").is_some_and(|m| m > 0.0)) else { return };
    let share = |column: &str| page.share_or_dash(r.float(column));
    let values = [
        ("evidence", &*share("touched_on_evidence")),
        ("context", &*share("touched_by_context")),
        ("unseen", &*share("unseen")),
        ("clear", &*share("clear")),
    ];
    h.element("p", &[], &page.words.fill("node.purchases", &values));
}

/// What it is to each company, and by which chains it comes.
fn paths(page: &Page<'_>, h: &mut Html, id: &str, contributions: &[RowView<'_>], chains: &BTreeMap<String, Chains>) -> Result<()> {
    let held: Vec<&RowView<'_>> = contributions.iter().filter(|r| is_main_walk(r, "any")).collect();
    let mut ways: Vec<(&str, crate::pipeline::chains::NamedChain)> = Vec::new();
    for (focal, all) in chains {
        ways.extend(all.to(id, CHAINS_MOST)?.into_iter().map(|c| (focal.as_str(), c)));
    }
    if held.is_empty() && ways.is_empty() {
        return Ok(());
    }
    h.element("h4", &[], page.say("node.paths"));
    h.open("ul", &[]);
    for r in held {
        h.open("li", &[]);
        page.node(h, r.text("focal_id").unwrap_or_default());
        let tier = r
            .int("tier")
            .map_or_else(|| page.say("origin.by_list").to_owned(), |t| page.words.fill("origin.tier", &[("n", &t.to_string())]));
        let values = [
            ("tier", &*tier),
            ("touched", &*page.share_or_dash(r.float("touched"))),
            ("part", &*page.share_or_dash(r.float("share_of_touched"))),
        ];
        h.text(": ").text(&page.words.fill("node.held", &values)).close("li");
    }
    for (_, chain) in ways {
        h.open("li", &[]);
        for (i, link) in chain.nodes.iter().enumerate() {
            if i > 0 {
                h.text(" \u{2190} ");
            }
            page.node(h, &link.node_id);
        }
        h.text(": ").text(&page.words.fill("node.chain", &[("x", &page.share(chain.share))])).close("li");
    }
    h.close("ul");
    Ok(())
}
