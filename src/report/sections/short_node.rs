//! Nodes told in short: compact data from which the own script writes their pages.

use crate::report::facts::{Site, by_node};
use crate::report::html::anchor;
use crate::report::page::{DASH, Page};
use crate::schema::outputs::ROOT_NORMS;
use std::collections::BTreeSet;

/// The rest of the register's nodes, as compact data for the script: what their row does not say.
///
/// By id of the section: product, sector, stage, standing of people, and of each root norm prior, coupled probability, coverage, base rate per 1,000,
/// level and source.
pub fn short_data(page: &Page<'_>) -> String {
    let mut sources: Vec<&str> = Vec::new();
    let mut levels: Vec<String> = Vec::new();
    let wanted: BTreeSet<&str> = page.selection.rows.iter().map(Site::id).filter(|id| page.selection.is_short(id)).collect();
    let priors = by_node(&page.facts.priors, "node_id", &wanted);
    let mut nodes = serde_json::Map::new();
    for site in page.selection.rows.iter().filter(|s| wanted.contains(s.id())) {
        let mut norms: Vec<serde_json::Value> = Vec::new();
        for (_, norm) in ROOT_NORMS {
            let prior =
                priors.get(site.id()).into_iter().flatten().find(|r| r.text("norm") == Some(norm.as_str()) && r.bool("off") != Some(true));
            let rate = prior.and_then(|r| r.float("base_rate")).map(|x| x * 1000.0);
            let (level, source) =
                (prior.and_then(|r| r.text("level")).unwrap_or(""), prior.and_then(|r| r.text("base_source")).unwrap_or(""));
            let coverage = site.0.float(&format!("{}_coverage", norm.as_str()));
            // The sign of a percentage stands once, in the script.
            let bare = |x: Option<f64>| page.share_or_dash(x).trim_end_matches(['%', '\u{A0}']).to_owned();
            norms.push(serde_json::json!([
                bare(prior.and_then(|r| r.float("marginal"))),
                bare(site.coupled(norm)),
                bare(coverage),
                rate.map_or_else(|| DASH.to_owned(), |x| page.language().number(x, if x >= 0.1 { 1 } else { 4 })),
                number_of(&mut levels, &page.words.word("rate_level", level)),
                number_of_text(&mut sources, source),
            ]));
        }
        let value = serde_json::json!([site.product().unwrap_or(DASH), site.0.text("sector").unwrap_or(DASH), norms]);
        nodes.insert(anchor(site.id()), value);
    }
    let titles: Vec<String> = sources
        .iter()
        .map(|id| page.reference.sources().find(|s| s.id == *id).map_or_else(|| (*id).to_owned(), |s| format!("{} ({})", s.title, s.year)))
        .collect();
    let texts: serde_json::Map<String, serde_json::Value> =
        page.words.below("script").map(|(k, t)| (k.to_owned(), serde_json::Value::String(t.to_owned()))).collect();
    let norms: Vec<String> = ROOT_NORMS.iter().map(|(_, n)| page.norm(n.as_str())).collect();
    serde_json::json!({ "nodes": nodes, "levels": levels, "sources": titles, "norms": norms, "text": texts }).to_string()
}

fn number_of(list: &mut Vec<String>, text: &str) -> usize {
    list.iter().position(|t| t == text).unwrap_or_else(|| {
        list.push(text.to_owned());
        list.len() - 1
    })
}

fn number_of_text<'a>(list: &mut Vec<&'a str>, text: &'a str) -> usize {
    list.iter().position(|t| *t == text).unwrap_or_else(|| {
        list.push(text);
        list.len() - 1
    })
}
