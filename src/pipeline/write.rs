//! Writes a finished run into its result folder and commits it.

use super::summary::Summary;
use super::{Clock, Run, RunConfig};
use crate::base::{Level, Result, par};
use crate::evidence::book::Item;
use crate::export::rows::relation_word;
use crate::export::{
    Audience, Closure, Counts, DatasetStamp, InputFile, PackStamp, Register, ResultFolder, RunManifest, Settings, Stamp, TableEntry,
    withhold,
};
use crate::reference::Reference;
use crate::validate::root_of;
use std::collections::{BTreeMap, BTreeSet};

/// The file that holds the first screen as data.
pub const SUMMARY: &str = "summary.json";

pub(super) fn write(
    run: &Run<'_>,
    summary: &Summary,
    folder: ResultFolder,
    config: &RunConfig,
    reference: &Reference,
    clock: Clock<'_>,
) -> Result<()> {
    let facts = &run.facts;
    let stamp = stamp(run);
    let mut register = Register::new();
    let contributions = facts.contributions();
    let nodes = || -> Result<()> {
        folder.write_table(&stamp, facts.sites().inspect(|site| register.add(site)))?;
        folder.write_table(&stamp, facts.links())?;
        Ok(())
    };
    let reasons = || -> Result<u64> {
        folder.write_table(&stamp, facts.exposure())?;
        folder.write_table(&stamp, facts.priors())?;
        let (evidence, withheld) = withhold(facts.evidence(), facts.as_of, stamp.audience);
        folder.write_table(&stamp, evidence)?;
        folder.write_table(&stamp, facts.findings(stamp.audience))?;
        folder.write_table(&stamp, facts.practices())?;
        folder.write_table(&stamp, facts.records())?;
        Ok(withheld)
    };
    let (nodes, reasons) = par::join(nodes, reasons);
    nodes?;
    let withheld = reasons?;
    contributions.iter().for_each(|row| register.add_contribution(row));
    folder.write_table(&stamp, contributions)?;
    folder.write_table(&stamp, facts.contribution_sums())?;
    folder.write_table(&stamp, facts.choke_points())?;
    folder.write_table(&stamp, facts.walk_nodes())?;
    folder.write_table(&stamp, facts.walk_links())?;
    folder.write_table(&stamp, facts.footprint())?;
    folder.write_table(&stamp, facts.actions())?;
    folder.write_table(&stamp, facts.duties())?;
    folder.write_table(&stamp, facts.remedies())?;
    folder.write_table(&stamp, facts.remedy_shares())?;
    folder.write_table(&stamp, facts.overrides())?;
    folder.write_table(&stamp, facts.contests())?;
    facts.tell_register(&mut register);
    folder.write_table(&stamp, facts.portfolio())?;
    folder.write_table(&stamp, facts.portfolio_contributions())?;
    folder.write_diagnostics(&stamp, run.diagnostics, run.quarantine)?;
    folder.write_register(register)?;
    for (name, text) in facts.pack.write_effective()? {
        folder.write_text(&format!("pack/{name}"), &text)?;
    }
    let text = serde_json::to_string_pretty(summary).map_err(|e| crate::base::Error::internal(e.to_string()))?;
    folder.write_text(SUMMARY, &(text + "\n"))?;

    let mut manifest = RunManifest::new(stamp, reference.hash.clone(), settings(run, config));
    manifest.counts = counts(run);
    manifest.assumptions = assumptions(summary);
    manifest.closure = Closure { defect_max: run.defect, tolerance: facts.pack.trace.tolerance };
    manifest.withheld = withheld;
    let names: BTreeSet<&str> = facts.inputs.files.iter().filter(|f| !f.foreign).map(|f| &*f.name).collect();
    let inputs = names.into_iter().map(|name| InputFile::hash(root_of(&config.dataset), name)).collect::<Result<Vec<_>>>()?;
    let Clock { progress, timing } = clock;
    folder.commit(manifest, &inputs, timing)?;
    progress.done();
    Ok(())
}

fn stamp(run: &Run<'_>) -> Stamp {
    let facts = &run.facts;
    Stamp {
        onus_version: env!("CARGO_PKG_VERSION").to_owned(),
        pack: PackStamp { id: facts.pack.id.clone(), version: facts.pack.version.clone(), hash: facts.pack.hash.clone() },
        dataset: DatasetStamp { name: facts.inputs.name.clone(), hash: facts.inputs.dataset_hash.clone() },
        as_of: run.as_of_text(),
        audience: Audience::Internal,
        calibrated: false,
    }
}

fn settings(run: &Run<'_>, config: &RunConfig) -> Settings {
    let facts = &run.facts;
    let trace = &facts.pack.trace;
    let numbers = [
        ("trace.tolerance", trace.tolerance),
        ("trace.closed_mapped", trace.closed_mapped),
        ("trace.rows_share", trace.rows_share),
        ("evidence.signal_weight", facts.pack.signal_weight),
        ("evidence.lapse_days", facts.pack.lapse_days),
        ("prior.model_error", facts.pack.prior.model_error),
    ];
    Settings {
        as_of_rule: run.as_of_rule.as_str().to_owned(),
        focal_rule: run.focal_rule.as_str().to_owned(),
        focal: facts.focal.iter().map(|f| facts.resolution.nodes[f.focal.at()].shown_id.to_string()).collect(),
        previous: run.absent.results.clone(),
        ranges: config.ranges.as_str().to_owned(),
        numbers: numbers.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
    }
}

fn counts(run: &Run<'_>) -> Counts {
    let facts = &run.facts;
    let mut counts = Counts {
        nodes: facts.resolution.len() as u64,
        nodes_with_posterior: facts.beliefs.iter().flatten().count() as u64,
        ..Counts::default()
    };
    for node in &facts.resolution.nodes {
        *counts.nodes_by_kind.entry(node.kind.as_str().to_owned()).or_default() += 1;
    }
    for link in facts.links {
        *counts.links_by_relation.entry(relation_word(link.relation).to_owned()).or_default() += 1;
    }
    for t in &facts.inputs.tables {
        let entry = TableEntry { rows: t.rows, refused: t.refused, cells_missing: t.cells_missing, used: t.used };
        counts.tables.insert(t.table.to_owned(), entry);
    }
    for row in facts.evidence.values().flat_map(|g| &g.rows) {
        *counts.evidence_all.entry(row.item.as_str().to_owned()).or_default() += 1;
        if row.why_not.is_empty() {
            *counts.evidence_used.entry(row.item.as_str().to_owned()).or_default() += 1;
        }
    }
    for item in [Item::Report, Item::Look, Item::Silence] {
        counts.evidence_all.entry(item.as_str().to_owned()).or_default();
        counts.evidence_used.entry(item.as_str().to_owned()).or_default();
    }
    for level in [Level::Note, Level::Warning, Level::Error, Level::Fatal] {
        counts.diagnostics.insert(level.as_str().to_owned(), run.diagnostics.count(level));
    }
    counts
}

fn assumptions(summary: &Summary) -> BTreeMap<String, u64> {
    let Ok(serde_json::Value::Object(map)) = serde_json::to_value(&summary.assumptions) else { return BTreeMap::new() };
    map.into_iter().filter_map(|(name, n)| n.as_u64().map(|n| (name, n))).collect()
}
