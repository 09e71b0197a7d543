//! The one flow: read, validate, resolve, graph, evidence, belief, trace, export. [`assess`] reads like the table of the house.

pub mod affected;
pub mod beliefs;
pub mod chains;
pub mod claims;
pub mod duty;
mod duty_tables;
pub mod exits;
pub mod explanation;
mod explanation_duty;
pub mod exposure;
pub mod focal;
pub mod footprints;
pub mod kept;
pub mod matching;
pub mod network;
pub mod ownership;
pub mod portfolio;
pub mod prepared;
pub mod previous;
pub mod ranges;
mod records;
pub mod rules;
pub mod spread;
pub mod summarise;
pub mod summary;
pub mod tables;
pub mod tracing;
pub mod vocabulary;
pub mod walk;
mod walk_tables;
pub mod what_if;
mod write;

pub use write::SUMMARY;

use crate::base::{Date, Diagnostics, Result, par};
use crate::export::{ResultFolder, Timing};
use crate::graph::ConsignedCounts;
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::resolve::resolve;
use crate::validate::{Inputs, QuarantineRow, TableTexts, Validated, texts_of_dataset, validate_dataset};
use duty::actions::Chain;
use duty::{Actions, Beside, Owings, Sources, Standings};
use exposure::Upstream;
use focal::FocalRule;
use prepared::{Believed, OriginsDrawn, Prepared};
use ranges::RangesOf;
use spread::Spread;
use std::path::{Path, PathBuf};
use summary::Summary;
use tables::Facts;
use vocabulary::Words;

/// Where the data are, with which method they are read, and as of when.
#[derive(Clone, Debug, Default)]
pub struct RunConfig {
    pub dataset: PathBuf,
    pub mapping: Option<PathBuf>,
    pub as_of: Option<Date>,
    /// Folder laid over the embedded pack.
    pub pack: Option<PathBuf>,
    /// Folder laid over the embedded reference tables.
    pub reference: Option<PathBuf>,
    /// Focal nodes by id; empty: by rule.
    pub focal: Vec<String>,
    /// Earlier results: suppliers that they know and the data no longer hold have been left.
    pub previous: Vec<PathBuf>,
    /// Whose traced figures get a range over the draws.
    pub ranges: RangesOf,
    /// 0: one per core. The result does not depend on it.
    pub threads: usize,
}

/// Told of each stage as it begins.
pub trait Progress: Send {
    fn stage(&mut self, name: &str);
    fn done(&mut self) {}
}

/// No progress.
pub struct Silent;

impl Progress for Silent {
    fn stage(&mut self, _: &str) {}
}

/// The method of a run: pack and reference layers with their overlays.
///
/// # Errors
/// An overlay that cannot be read or breaks a rule of the method.
pub fn method(config: &RunConfig) -> Result<(MethodPack, Reference)> {
    let pack = MethodPack::embedded()?;
    let pack = match &config.pack {
        Some(dir) => pack.with_overlay(dir)?,
        None => pack,
    };
    let reference = Reference::embedded()?;
    let reference = match &config.reference {
        Some(dir) => reference.with_overlay(dir)?,
        None => reference,
    };
    Ok((pack, reference))
}

/// Reads and checks a dataset; fatal problems stand among the diagnostics.
///
/// # Errors
/// Settings that make no sense, or a dataset that is not there.
pub fn check(config: &RunConfig) -> Result<Validated> {
    let (pack, reference) = method(config)?;
    par::with_threads(config.threads, || {
        let mut validated = read(config, &pack, &reference)?;
        if !validated.diagnostics.has_fatal() {
            let inputs = &validated.inputs;
            let resolution = resolve(inputs);
            if !inputs.shipments.is_empty() {
                let (_, consigned) = prepared::linked(inputs, &resolution, inputs.as_of.unwrap_or(Date(0)), &pack);
                validated.diagnostics.all.extend(consigned.diagnostics);
            }
            validated.diagnostics.all.extend(resolution.diagnostics);
            validated.diagnostics.sort();
        }
        Ok(validated)
    })?
}

/// Reads and checks a dataset, and gives the rows that passed as texts.
///
/// # Errors
/// As [`check`].
pub fn texts(config: &RunConfig) -> Result<(Validated, Vec<TableTexts>)> {
    let (pack, reference) = method(config)?;
    let words = Words { pack: &pack, reference: &reference };
    par::with_threads(config.threads, || texts_of_dataset(&config.dataset, config.mapping.as_deref(), config.as_of, &words))?
}

fn read(config: &RunConfig, pack: &MethodPack, reference: &Reference) -> Result<Validated> {
    validate_dataset(&config.dataset, config.mapping.as_deref(), config.as_of, &Words { pack, reference })
}

/// Assesses a dataset and writes the result folder, whole or not at all.
///
/// # Errors
/// [`Error::Fatal`] with every fatal problem of the data; [`Error::Output`] where `out` may not be written; settings that make no sense.
pub fn assess(config: &RunConfig, out: &Path, overwrite: bool, progress: &mut dyn Progress) -> Result<Summary> {
    let folder = ResultFolder::begin(out, overwrite)?;
    par::with_threads(config.threads, || assess_into(config, folder, progress))?
}

/// One clock for the progress line and the timing file.
struct Clock<'a> {
    progress: &'a mut dyn Progress,
    timing: Timing,
}

impl Clock<'_> {
    fn stage(&mut self, name: &str) {
        self.progress.stage(name);
        self.timing.stage(name);
    }
}

fn assess_into(config: &RunConfig, folder: ResultFolder, progress: &mut dyn Progress) -> Result<Summary> {
    let mut clock = Clock { progress, timing: Timing::new(config.threads) };
    clock.stage("method");
    let (pack, reference) = method(config)?;

    let prepared = Prepared::read(config, &pack, &reference, |stage| clock.stage(stage))?;
    let Believed { evidence, rules, priors, beliefs, columns, origins } =
        prepared.believe(&pack, &reference, |stage| clock.stage(stage))?;
    let Prepared {
        inputs,
        diagnostics,
        quarantine,
        as_of,
        as_of_rule,
        resolution,
        links,
        consigned,
        absent,
        focal: focal_nodes,
        focal_rule,
        network,
    } = prepared;

    clock.stage("order");
    let sources = Sources {
        inputs: &inputs,
        resolution: &resolution,
        evidence: &evidence.by_node,
        rules: &rules,
        priors: &priors,
        beliefs: &beliefs,
        pack: &pack,
    };
    let standings = Standings::of(sources)?;

    clock.stage("ranges");
    let spread = Spread::of(sources, &standings, &reference)?;

    clock.stage("trace, all nodes");
    let whole = exposure::whole(&network, &resolution, &columns, &pack)?;

    clock.stage("trace, focal companies");
    let (place_group, groups) = exposure::place_groups(&resolution);
    let upstream = Upstream {
        network: &network,
        resolution: &resolution,
        columns: &columns,
        place_group: &place_group,
        groups: groups.len(),
        pack: &pack,
    };
    let focal = exposure::focal(&focal_nodes, &upstream)?;
    let defect = exposure::largest_defect(&whole, &focal)?;

    clock.stage("ranges of traced figures");
    let ranges = ranges::ranges(config.ranges, &focal_nodes, &upstream, &whole, &spread)?;

    clock.stage("footprint");
    let footprints = footprints::footprints(&inputs, &resolution, &network, &columns.affected, &focal_nodes, &pack)?;

    clock.stage("portfolios");
    let portfolios = portfolio::portfolios(&inputs, &upstream, &whole, &footprints)?;

    clock.stage("what to do first");
    let chain = Chain {
        network: &network,
        footprints: &footprints,
        focal: &focal,
        ownership: &columns.ownership,
        practices: &evidence.practices,
        as_of,
    };
    let actions = Actions::of(sources, &standings, chain)?;
    let owings = Owings::of(sources, &standings, footprints.sold(), as_of)?;
    let beside = Beside::of(sources, as_of);

    clock.stage("write");
    let shown_order = tables::shown_order(&resolution);
    let run = Run {
        facts: Facts {
            inputs: &inputs,
            resolution: &resolution,
            pack: &pack,
            evidence: &evidence.by_node,
            practices: &evidence.practices,
            notes: &evidence.notes,
            rules: &rules,
            spread: &spread,
            ranges: &ranges,
            portfolios: &portfolios,
            priors: &priors,
            beliefs: &beliefs,
            network: &network,
            links: &links,
            whole: &whole,
            focal: &focal,
            footprints: &footprints,
            standings: &standings,
            actions: &actions,
            owings: &owings,
            beside: &beside,
            columns: &columns,
            groups: &groups,
            as_of,
            shown_order: &shown_order,
        },
        diagnostics: &diagnostics,
        consigned,
        origins: &origins,
        quarantine: &quarantine,
        focal_rule,
        defect,
        as_of_rule,
        absent: &absent,
    };
    let summary = summarise::summary(&run);
    write::write(&run, &summary, folder, config, &reference, clock)?;
    Ok(summary)
}

/// What decided the day of the assessment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsOfRule {
    Given,
    Settings,
    NewestDate,
    /// No row bears a date, and none was given.
    Undated,
}

impl AsOfRule {
    fn of(config: &RunConfig, inputs: &Inputs) -> Self {
        match inputs.as_of {
            _ if config.as_of.is_some() => AsOfRule::Given,
            Some(_) if inputs.as_of_stated => AsOfRule::Settings,
            Some(_) => AsOfRule::NewestDate,
            None => AsOfRule::Undated,
        }
    }

    /// The word in `run.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            AsOfRule::Given => "given",
            AsOfRule::Settings => "settings",
            AsOfRule::NewestDate => "newest_date",
            AsOfRule::Undated => "undated",
        }
    }

    pub fn sentence(self) -> &'static str {
        match self {
            AsOfRule::Given => "given on the command line",
            AsOfRule::Settings => "as_of of onus.toml",
            AsOfRule::NewestDate => "the newest date in the data",
            AsOfRule::Undated => "nothing in the data bears a date",
        }
    }
}

/// A finished computation, ready to be told.
pub struct Run<'a> {
    pub facts: Facts<'a>,
    pub diagnostics: &'a Diagnostics,
    pub consigned: ConsignedCounts,
    pub origins: &'a OriginsDrawn,
    pub quarantine: &'a [QuarantineRow],
    pub focal_rule: FocalRule,
    pub defect: f64,
    pub as_of_rule: AsOfRule,
    pub absent: &'a previous::Absent,
}

impl Run<'_> {
    /// The day of the assessment as outputs show it.
    fn as_of_text(&self) -> String {
        match self.as_of_rule {
            AsOfRule::Undated => "no day".to_owned(),
            _ => self.facts.as_of.to_string(),
        }
    }
}
