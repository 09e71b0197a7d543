//! A world as a dataset folder: one CSV file a table, `onus.toml`, which says that all of it is generated, and a folder `truth` that no
//! reader of tables looks into.

use super::accounts::{Accounts, Lie, Outcome, Visitor};
use super::commerce::{Link, Relation};
use super::figures::Figures;
use super::firms::{Firm, Tier};
use super::truth::Truth;
use super::{Manner, WorldSettings};
use crate::base::{Date, Error, Norm, NormSet, Result};
use crate::pack::{MethodPack, SignIx};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// A table being written, row by row, with one buffer for all its cells.
struct Table {
    path: PathBuf,
    out: csv::Writer<BufWriter<File>>,
    record: csv::StringRecord,
    cell: String,
    rows: u64,
}

impl Table {
    fn create(dir: &Path, name: &str, header: &[&str]) -> Result<Self> {
        let path = dir.join(name).with_extension("csv");
        let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
        let mut table = Self {
            path,
            out: csv::Writer::from_writer(BufWriter::with_capacity(1 << 20, file)),
            record: csv::StringRecord::new(),
            cell: String::new(),
            rows: 0,
        };
        for column in header {
            table.text(column);
        }
        table.end_row()?;
        table.rows = 0;
        Ok(table)
    }

    fn text(&mut self, value: &str) {
        self.record.push_field(value);
    }

    fn show(&mut self, value: impl std::fmt::Display) {
        self.cell.clear();
        // Writing to a String cannot fail.
        let _ = write!(self.cell, "{value}");
        self.record.push_field(&self.cell);
    }

    fn optional(&mut self, value: Option<impl std::fmt::Display>) {
        match value {
            Some(value) => self.show(value),
            None => self.text(""),
        }
    }

    fn yes_no(&mut self, value: bool) {
        self.text(if value { "yes" } else { "no" });
    }

    fn maybe(&mut self, value: Option<bool>) {
        self.text(value.map_or("", |v| if v { "yes" } else { "no" }));
    }

    fn end_row(&mut self) -> Result<()> {
        self.out.write_record(&self.record).map_err(|e| Error::io(&self.path, e.into()))?;
        self.record.clear();
        self.rows += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<u64> {
        self.out.flush().map_err(|e| Error::io(&self.path, e))?;
        Ok(self.rows)
    }
}

/// Id of a node; past the firms, of a supplier that no table holds.
pub struct NodeId {
    pub at: u32,
    pub firms: u32,
}

pub fn id_of(at: usize, firms: usize) -> String {
    NodeId { at: at as u32, firms: firms as u32 }.to_string()
}

/// What every visit with interviews away from the site says of their number.
pub const OFFSITE_INTERVIEWS: u8 = 10;

pub fn firm_name(firm: &Firm, at: usize) -> String {
    format!("Invented {} {at:07}", firm.kind.as_str().replace('_', " "))
}

pub fn audit_id(at: usize, visitor: Visitor) -> String {
    format!("{}{at:07}", if visitor == Visitor::Inspector { 'I' } else { 'A' })
}

pub fn statement_origin(document: u32) -> String {
    format!("document-{document:06}")
}

fn norm_list(norms: NormSet) -> String {
    norms.iter().map(Norm::as_str).collect::<Vec<_>>().join(";")
}

impl std::fmt::Display for NodeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.at < self.firms { write!(f, "N{:07}", self.at) } else { write!(f, "X{:07}", self.at - self.firms) }
    }
}

pub fn focal_ids(firms: &[Firm]) -> Vec<String> {
    let brand = |(i, f): (usize, &Firm)| (f.tier == Tier::Brand).then(|| NodeId { at: i as u32, firms: firms.len() as u32 }.to_string());
    firms.iter().enumerate().filter_map(brand).collect()
}

pub fn write_nodes(dir: &Path, firms: &[Firm], figures: &[Figures]) -> Result<u64> {
    let header = [
        "node_id",
        "name",
        "kind",
        "country",
        "sector",
        "product",
        "stage",
        "focal",
        "workers",
        "places_count",
        "informal_share",
        "young_worker_share",
        "union",
        "purchases_value",
        "mapped_share",
    ];
    let mut t = Table::create(dir, "nodes", &header)?;
    for (i, (firm, figures)) in firms.iter().zip(figures).enumerate() {
        t.show(NodeId { at: i as u32, firms: firms.len() as u32 });
        t.text(&firm_name(firm, i));
        t.text(firm.kind.as_str());
        t.text(firm.country.unwrap_or(""));
        t.text(firm.sector);
        t.text(firm.product);
        t.text(firm.stage);
        t.yes_no(firm.tier == Tier::Brand);
        t.optional(firm.workers);
        t.optional(firm.places);
        t.optional(figures.informal_share.map(|x| format!("{x:.2}")));
        t.optional(figures.young_worker_share.map(|x| format!("{x:.2}")));
        t.maybe(figures.union);
        t.optional(figures.purchases_value);
        t.optional(figures.mapped_share.map(|x| format!("{x:.2}")));
        t.end_row()?;
    }
    t.finish()
}

pub fn write_links(dir: &Path, firms: &[Firm], links: &[Link], as_of: Date) -> Result<u64> {
    let mut t = Table::create(dir, "links", &["supplier_id", "buyer_id", "relation", "product", "value", "valid_to", "basis", "scope"])?;
    let id = |at| NodeId { at, firms: firms.len() as u32 };
    for link in links {
        t.show(id(link.supplier));
        t.show(id(link.buyer));
        t.text(link.relation.as_str());
        let goods = if link.relation == Relation::Recruits { None } else { firms.get(link.supplier as usize) };
        t.text(goods.map_or("", |f| f.product));
        t.optional(link.value);
        t.optional(link.ended_days.map(|before| as_of.plus_days(-i32::from(before))));
        t.text("declared");
        t.optional(link.scope.map(id));
        t.end_row()?;
    }
    t.finish()
}

/// Rows written of each evidence table, by name.
pub fn write_accounts(
    dir: &Path,
    firms: &[Firm],
    all: &Accounts,
    pack: &MethodPack,
    settings: &WorldSettings,
) -> Result<Vec<(&'static str, u64)>> {
    let id = |at| NodeId { at, firms: firms.len() as u32 };
    let day = |before: u16| -> Date { settings.as_of.plus_days(-i32::from(before)) };
    let sign = |at: SignIx| pack.signs.get(at.0 as usize).map_or("", |s| s.id.as_str());
    let mut written = Vec::new();

    let header = ["audit_id", "node_id", "date", "scheme", "covers", "announcement", "auditor", "interviews_offsite", "union_present"];
    let mut audits = Table::create(dir, "audits", &header)?;
    let mut inspections = Table::create(dir, "inspections", &["audit_id", "node_id", "date", "covers"])?;
    for (i, v) in all.visits.iter().enumerate() {
        let audit = v.visitor != Visitor::Inspector;
        let t = if audit { &mut audits } else { &mut inspections };
        t.text(&audit_id(i, v.visitor));
        t.show(id(v.node));
        t.show(day(v.days_before));
        if audit {
            t.text(v.scheme.as_deref().unwrap_or(""));
        }
        t.text(&v.covers.map_or_else(String::new, norm_list));
        if audit {
            t.text(v.visitor.announcement());
            // No firm is named: whether one that comes again sees less is not part of this world.
            t.text("");
            t.optional((v.visitor == Visitor::UnannouncedOffsite).then_some(OFFSITE_INTERVIEWS));
            t.maybe(v.union_present);
        }
        t.end_row()?;
    }
    written.push(("audits", audits.finish()?));
    written.push(("inspections", inspections.finish()?));

    let mut t = Table::create(dir, "audit_findings", &["audit_id", "sign", "result", "people", "corroborated", "status", "closed_on"])?;
    for f in &all.findings {
        let Some(visit) = all.visits.get(f.visit as usize) else { continue };
        t.text(&audit_id(f.visit as usize, visit.visitor));
        t.text(sign(f.sign));
        t.text(match f.outcome {
            Outcome::Seen => "seen",
            Outcome::NotSeen => "not_seen",
            Outcome::NotAssessed => "not_assessed",
        });
        t.optional(f.people);
        t.yes_no(f.corroborated);
        t.text(match (f.outcome, f.closed) {
            (Outcome::Seen, true) => "closed",
            (Outcome::Seen, false) => "open",
            _ => "",
        });
        // Closed half way between the visit and the day of the dataset.
        t.optional(f.closed.then(|| day(visit.days_before / 2)));
        t.end_row()?;
    }
    written.push(("audit_findings", t.finish()?));

    let header =
        ["channel_id", "node_id", "type", "operator", "independent", "languages_covered_share", "reach_share", "since", "last_tested"];
    let mut t = Table::create(dir, "grievance_channels", &header)?;
    for (i, c) in all.channels.iter().enumerate() {
        t.show(format_args!("C{i:07}"));
        t.show(id(c.node));
        t.text("hotline");
        t.text(c.operator);
        t.yes_no(c.operator != "company");
        t.text("1");
        t.show(format_args!("{:.2}", c.reach));
        t.show(day(c.since_days));
        t.optional(c.tested_days.map(day));
        t.end_row()?;
    }
    written.push(("grievance_channels", t.finish()?));

    let header = ["grievance_id", "node_id", "received_on", "channel_id", "sign", "people", "corroborated", "status"];
    let mut t = Table::create(dir, "grievances", &header)?;
    for (i, g) in all.grievances.iter().enumerate() {
        t.show(format_args!("G{i:07}"));
        t.show(id(g.node));
        t.show(day(g.days_before));
        t.optional(g.channel.map(|c| format!("C{c:07}")));
        t.text(sign(g.sign));
        t.optional(g.people);
        t.yes_no(g.corroborated);
        t.text("open");
        t.end_row()?;
    }
    written.push(("grievances", t.finish()?));

    let header = ["statement_id", "node_id", "date", "sign", "source_class", "origin", "people", "status"];
    let mut t = Table::create(dir, "statements", &header)?;
    for (i, s) in all.statements.iter().enumerate() {
        t.show(format_args!("S{i:07}"));
        t.show(id(s.node));
        t.show(day(s.days_before));
        t.text(sign(s.sign));
        t.text(pack.sources.get(s.source.0 as usize).map_or("", |c| c.id.as_str()));
        t.text(&statement_origin(s.origin));
        t.optional(s.people);
        t.text("open");
        t.end_row()?;
    }
    written.push(("statements", t.finish()?));
    Ok(written)
}

/// Folder of what is true, inside the dataset.
pub const TRUTH: &str = "truth";

/// Writes `truth/states.csv`, one row a place, and `truth/rows.csv`, the rows that do not say what is true;
/// gives the number of the latter.
pub fn write_truth(dir: &Path, firms: &[Firm], truths: &[Option<Truth>], all: &Accounts, pack: &MethodPack) -> Result<u64> {
    let dir = dir.join(TRUTH);
    std::fs::create_dir_all(&dir).map_err(|e| Error::io(&dir, e))?;
    let id = |at: usize| NodeId { at: at as u32, firms: firms.len() as u32 };
    let mut header = vec!["node_id"];
    header.extend(Norm::ALL.map(Norm::as_str));
    header.extend(["any", "evidence_of_another_place"]);
    let mut t = Table::create(&dir, "states", &header)?;
    for (i, truth) in truths.iter().enumerate() {
        let Some(truth) = truth else { continue };
        t.show(id(i));
        for norm in Norm::ALL {
            t.yes_no(truth.state.contains(norm));
        }
        t.yes_no(!truth.state.is_empty());
        t.yes_no(truth.misfiled);
        t.end_row()?;
    }
    t.finish()?;

    let mut t = Table::create(&dir, "rows", &["table", "row_id", "sign", "lie"])?;
    let sign = |at: SignIx| pack.signs.get(at.0 as usize).map_or("", |s| s.id.as_str());
    let mut lie = |table: &str, row: &str, sign: &str, lie: Option<Lie>| -> Result<()> {
        let Some(lie) = lie else { return Ok(()) };
        [table, row, sign, lie.as_str()].into_iter().for_each(|cell| t.text(cell));
        t.end_row()
    };
    for (i, v) in all.visits.iter().enumerate() {
        lie(if v.visitor == Visitor::Inspector { "inspections" } else { "audits" }, &audit_id(i, v.visitor), "", v.lie)?;
    }
    for f in &all.findings {
        let Some(visit) = all.visits.get(f.visit as usize) else { continue };
        lie("audit_findings", &audit_id(f.visit as usize, visit.visitor), sign(f.sign), f.lie)?;
    }
    for (i, g) in all.grievances.iter().enumerate() {
        lie("grievances", &format!("G{i:07}"), sign(g.sign), g.lie)?;
    }
    for (i, s) in all.statements.iter().enumerate() {
        lie("statements", &format!("S{i:07}"), sign(s.sign), s.lie)?;
    }
    t.finish()
}

pub fn write_settings(dir: &Path, settings: &WorldSettings) -> Result<()> {
    let path = dir.join("onus.toml");
    let text = format!(
        "# Generated by onus from seed {}: every firm, place, link and report below is invented.\n\
         [dataset]\n\
         name = \"generated world, all invented ({}, seed {}, {} nodes, {} links)\"\n\
         base_currency = \"USD\"\n\
         as_of = \"{}\"\n",
        settings.seed,
        match settings.manner {
            Manner::ByTheMethod => "evidence by the method's own likelihood",
            Manner::Lifelike => "lifelike evidence",
        },
        settings.seed,
        settings.nodes,
        settings.links,
        settings.as_of
    );
    let mut file = File::create(&path).map_err(|e| Error::io(&path, e))?;
    file.write_all(text.as_bytes()).map_err(|e| Error::io(&path, e))
}
