//! What a result folder says, held once for all sections of the report: its manifest, its summary, its tables, and the order of the register.
//!
//! Tables that a later version added (actions, duties, remedies, people's own judgements, answers of suppliers) may be missing; then the sections that
//! tell of them fall back to what is there.

use crate::base::{Error, Norm, Result};
use crate::export::privacy::is_confidential;
use crate::export::{Audience, RowView, Rows, RunManifest, read_all, read_if_there, read_manifest};
use crate::pipeline::SUMMARY;
use crate::pipeline::summary::Summary;
use crate::schema::outputs;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Everything that was read.
pub struct Facts {
    pub manifest: RunManifest,
    pub summary: Summary,
    pub sites: Rows,
    pub priors: Rows,
    pub evidence: Rows,
    pub findings: Rows,
    pub practices: Rows,
    pub records: Rows,
    pub exposure: Rows,
    pub contributions: Rows,
    pub sums: Rows,
    pub choke_points: Rows,
    pub footprint: Rows,
    pub portfolio: Rows,
    pub portfolio_contributions: Rows,
    pub warnings: Rows,
    pub actions: Option<Rows>,
    pub duties: Option<Rows>,
    pub remedies: Option<Rows>,
    pub overrides: Option<Rows>,
    pub contests: Option<Rows>,
}

impl Facts {
    /// Reads the result at `out`.
    ///
    /// # Errors
    /// `Error::Output` where `out` is no result of onus or a table of it cannot be read.
    pub fn read(out: &Path) -> Result<Self> {
        let no_result = || Error::output(out.display().to_string(), "no run.json of onus in it", "name a result folder of `onus assess`");
        let manifest = read_manifest(out)?.ok_or_else(no_result)?;
        let path = out.join(SUMMARY);
        let text = std::fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
        let damaged = |e: serde_json::Error| {
            Error::output(path.display().to_string(), format!("a summary that cannot be read ({e})"), "run the assessment again")
        };
        Ok(Self {
            manifest,
            summary: serde_json::from_str(&text).map_err(damaged)?,
            sites: read_all(out, &outputs::SITES)?,
            priors: read_all(out, &outputs::PRIORS)?,
            evidence: read_all(out, &outputs::EVIDENCE)?,
            findings: read_all(out, &outputs::FINDINGS)?,
            practices: read_all(out, &outputs::PRACTICES)?,
            records: read_all(out, &outputs::RECORDS)?,
            exposure: read_all(out, &outputs::EXPOSURE)?,
            contributions: read_all(out, &outputs::CONTRIBUTIONS)?,
            sums: read_all(out, &outputs::CONTRIBUTION_SUMS)?,
            choke_points: read_all(out, &outputs::CHOKEPOINTS)?,
            footprint: read_all(out, &outputs::FOOTPRINT)?,
            portfolio: read_all(out, &outputs::PORTFOLIO)?,
            portfolio_contributions: read_all(out, &outputs::PORTFOLIO_CONTRIBUTIONS)?,
            warnings: read_all(out, &outputs::WARNINGS)?,
            actions: read_if_there(out, "actions.parquet")?,
            duties: read_if_there(out, "duties.parquet")?,
            remedies: read_if_there(out, "remedies.parquet")?,
            overrides: read_if_there(out, "overrides.parquet")?,
            contests: read_if_there(out, "contests.parquet")?,
        })
    }

    /// Whether the result is for people outside the assessment: no case, grievance or survey is told row by row.
    pub fn is_shared(&self) -> bool {
        self.manifest.stamp.audience == Audience::Shared
    }

    /// Places where people work, in the order of what to do first.
    pub fn places(&self) -> Vec<Site<'_>> {
        let mut all: Vec<(Site<'_>, i64)> =
            self.sites.iter().map(|r| (Site(r), r.int("priority").unwrap_or(i64::MAX))).filter(|(s, _)| s.any().is_some()).collect();
        all.sort_by(|(a, p), (b, q)| p.cmp(q).then_with(|| a.id().cmp(b.id())));
        all.into_iter().map(|(s, _)| s).collect()
    }

    /// Oldest and newest quarter of the evidence used.
    pub fn quarters(&self) -> Option<(&str, &str)> {
        let quarters: BTreeSet<&str> =
            self.evidence.iter().filter(|r| r.bool("used") == Some(true)).filter_map(|r| r.text("quarter")).collect();
        quarters.first().copied().zip(quarters.last().copied())
    }
}

/// A row of `sites`.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a>(pub RowView<'a>);

impl<'a> Site<'a> {
    fn text(&self, column: &str) -> &'a str {
        self.0.text(column).unwrap_or_default()
    }

    pub fn id(&self) -> &'a str {
        self.text("node_id")
    }

    pub fn name(&self) -> &'a str {
        self.text("name")
    }

    pub fn kind(&self) -> &'a str {
        self.text("kind")
    }

    pub fn country(&self) -> Option<&'a str> {
        self.0.text("country")
    }

    pub fn product(&self) -> Option<&'a str> {
        self.0.text("product")
    }

    pub fn people(&self) -> Option<f64> {
        self.0.float("people")
    }

    /// `None` of a party or region, which has no probability of its own.
    pub fn any(&self) -> Option<f64> {
        self.0.float("any")
    }

    pub fn any_range(&self) -> Option<(f64, f64)> {
        self.0.float("any_low").zip(self.0.float("any_high"))
    }

    pub fn state(&self) -> &'a str {
        self.text("state")
    }

    pub fn is_on_evidence(&self) -> bool {
        matches!(self.state(), "site_signal" | "possible" | "indicated")
    }

    pub fn coupled(&self, norm: Norm) -> Option<f64> {
        self.0.float(&format!("{}_coupled", norm.as_str()))
    }

    /// Least coverage of the three root norms: the probability that harm would have been heard.
    pub fn coverage(&self) -> Option<f64> {
        let of = |n: Norm| self.0.float(&format!("{}_coverage", n.as_str()));
        outputs::ROOT_NORMS.iter().filter_map(|(_, n)| of(*n)).reduce(f64::min)
    }

    /// Norms that its own reports or findings speak of; by context none.
    pub fn told_norms(&self) -> Vec<Norm> {
        let lists = [self.text("signal_norms"), self.text("finding_norms")];
        let named = |n: &Norm| lists.iter().any(|l| l.split(';').any(|w| w == n.as_str()));
        Norm::ALL.into_iter().filter(|n| self.is_on_evidence() && named(n)).collect()
    }

    /// The likeliest of the three root norms.
    pub fn likeliest(&self) -> Option<Norm> {
        let p = |n: Norm| self.coupled(n).unwrap_or(0.0);
        outputs::ROOT_NORMS.iter().map(|(_, n)| *n).reduce(|a, b| if p(b) > p(a) { b } else { a })
    }

    pub fn whole(&self, column: &str) -> Option<i64> {
        self.0.int(column)
    }

    pub fn is(&self, column: &str) -> bool {
        self.0.bool(column) == Some(true)
    }
}

/// Rows of a table by the node that they are about, for the nodes asked for.
pub fn by_node<'a>(rows: &'a Rows, column: &str, wanted: &BTreeSet<&str>) -> BTreeMap<&'a str, Vec<RowView<'a>>> {
    let mut found: BTreeMap<&str, Vec<RowView<'_>>> = BTreeMap::new();
    for row in rows.iter() {
        if let Some(id) = row.text(column).filter(|id| wanted.contains(id)) {
            found.entry(id).or_default().push(row);
        }
    }
    found
}

/// Whether a row is of the figure that stands first: own perspective, published lists filled in, unknown mapped shares taken cautiously.
pub fn is_main_walk(row: &RowView<'_>, norm: &str) -> bool {
    row.text("norm") == Some(norm) && row.text("view") == Some("own") && row.text("mapped_rule") == Some("cautious")
}

/// Where a row of evidence stood: file, sheet and line; the table alone for what few people said.
pub fn place_of(row: &RowView<'_>) -> String {
    let table = row.text("table").unwrap_or_default();
    let sheet = row.text("sheet").map(|s| format!("[{s}]")).unwrap_or_default();
    match row.int("line").filter(|_| !is_confidential(table)) {
        Some(line) => format!("{}{sheet}:{line}", row.text("file").unwrap_or_default()),
        None => table.to_owned(),
    }
}
