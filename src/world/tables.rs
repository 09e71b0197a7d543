//! A world as a dataset folder: one CSV file a table, and `onus.toml`, which says that all of it is generated.

use super::accounts::Accounts;
use super::commerce::{Link, Relation};
use super::firms::{Firm, Standing, Tier};
use super::{PackWords, WorldSettings};
use crate::base::{Date, Error, Norm, Result};
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
struct NodeId {
    at: u32,
    firms: u32,
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

/// What a firm's links in tell of its purchases: (recorded value, whether every link in has one).
fn purchases(firms: &[Firm], links: &[Link]) -> Vec<(u64, bool)> {
    let mut of = vec![(0, true); firms.len()];
    for link in links.iter().filter(|l| l.relation.is_supply()) {
        if let Some((sum, complete)) = of.get_mut(link.buyer as usize) {
            *sum += link.value.unwrap_or(0);
            *complete &= link.value.is_some();
        }
    }
    of
}

pub fn write_nodes(dir: &Path, firms: &[Firm], links: &[Link], settings: &WorldSettings) -> Result<u64> {
    let mut draws = super::Stream::Figures.draws(settings.seed);
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
    for (i, (firm, (recorded, complete))) in firms.iter().zip(purchases(firms, links)).enumerate() {
        t.show(NodeId { at: i as u32, firms: firms.len() as u32 });
        t.show(format_args!("Invented {} {i:07}", firm.kind.as_str().replace('_', " ")));
        t.text(firm.kind.as_str());
        t.text(firm.country.unwrap_or(""));
        t.text(firm.sector);
        t.text(firm.product);
        t.text(firm.stage);
        t.yes_no(firm.tier == Tier::Brand);
        t.optional(firm.workers);
        t.optional(firm.places);
        let site = firm.workers.is_some();
        let (informal, young, union) = (draws.unit(), draws.unit() * 0.2, draws.chance(0.2));
        t.optional((site && draws.chance(0.2)).then_some(format_args!("{informal:.2}")));
        t.optional((site && draws.chance(0.2)).then_some(format_args!("{young:.2}")));
        match site && draws.chance(0.5) {
            true => t.yes_no(union),
            false => t.text(""),
        }
        // Some say what they buy in all, a tenth to a half more than is recorded; some say how much is mapped.
        let beyond = 1.1 + draws.unit() * 0.4;
        let open = firm.tier.buys() && firm.standing == Standing::Open;
        let says_purchases = draws.chance(0.3) && open && complete && recorded > 0;
        t.optional(says_purchases.then_some((recorded as f64 * beyond).round() as u64));
        let mapped = 0.3 + draws.unit() * 0.7;
        let says_mapped = draws.chance(0.2) && open;
        // A ring that says it has shown all its suppliers is what makes it closed.
        let ring = matches!(firm.standing, Standing::Ring(_));
        let declared = if ring { Some(1.0) } else { says_mapped.then_some(mapped) };
        t.optional(declared.map(|share| format!("{share:.2}")));
        t.end_row()?;
    }
    t.finish()
}

pub fn write_links(dir: &Path, firms: &[Firm], links: &[Link]) -> Result<u64> {
    let mut t = Table::create(dir, "links", &["supplier_id", "buyer_id", "relation", "product", "value", "basis", "scope"])?;
    let id = |at| NodeId { at, firms: firms.len() as u32 };
    for link in links {
        t.show(id(link.supplier));
        t.show(id(link.buyer));
        t.text(link.relation.as_str());
        let goods = if link.relation == Relation::Recruits { None } else { firms.get(link.supplier as usize) };
        t.text(goods.map_or("", |f| f.product));
        t.optional(link.value);
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
    words: &PackWords<'_>,
    settings: &WorldSettings,
) -> Result<Vec<(&'static str, u64)>> {
    let id = |at| NodeId { at, firms: firms.len() as u32 };
    let day = |before: u16| -> Date { settings.as_of.plus_days(-i32::from(before)) };
    let sign = |at: usize| words.signs.get(at).map_or("", String::as_str);
    let every_norm = Norm::ALL.map(Norm::as_str).join(";");
    let mut written = Vec::new();

    let header = ["audit_id", "node_id", "date", "scheme", "covers", "announcement", "auditor", "interviews_offsite", "union_present"];
    let mut t = Table::create(dir, "audits", &header)?;
    for (i, a) in all.audits.iter().enumerate() {
        t.show(format_args!("A{i:07}"));
        t.show(id(a.node));
        t.show(day(a.days_before));
        t.text(a.scheme.and_then(|s| words.schemes.get(s)).map_or("", String::as_str));
        t.text(if a.scheme.is_some() { "" } else { &every_norm });
        t.text(a.announcement);
        t.show(format_args!("AUD{:02}", i % 40));
        t.show(a.interviews_offsite);
        t.yes_no(a.union_present);
        t.end_row()?;
    }
    written.push(("audits", t.finish()?));

    let mut t = Table::create(dir, "audit_findings", &["audit_id", "sign", "result", "people", "corroborated", "status", "closed_on"])?;
    for f in &all.findings {
        t.show(format_args!("A{:07}", f.audit));
        t.text(sign(f.sign));
        t.text(f.result);
        t.optional(f.people);
        t.yes_no(f.corroborated);
        t.text(match (f.result, f.closed) {
            ("seen", true) => "closed",
            ("seen", false) => "open",
            _ => "",
        });
        let seen_on = all.audits.get(f.audit as usize).map(|a| a.days_before);
        // Closed half way between the visit and the day of the dataset.
        t.optional(seen_on.filter(|_| f.closed).map(|before| day(before / 2)));
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
        t.text(words.source_classes.get(s.source).map_or("", String::as_str));
        t.show(format_args!("document-{:06}", s.origin));
        t.optional(s.people);
        t.text("open");
        t.end_row()?;
    }
    written.push(("statements", t.finish()?));
    Ok(written)
}

pub fn write_settings(dir: &Path, settings: &WorldSettings) -> Result<()> {
    let path = dir.join("onus.toml");
    let text = format!(
        "# Generated by onus from seed {}: every firm, place, link and report below is invented.\n\
         [dataset]\n\
         name = \"generated world, all invented (seed {}, {} nodes, {} links)\"\n\
         base_currency = \"USD\"\n\
         as_of = \"{}\"\n",
        settings.seed, settings.seed, settings.nodes, settings.links, settings.as_of
    );
    let mut file = File::create(&path).map_err(|e| Error::io(&path, e))?;
    file.write_all(text.as_bytes()).map_err(|e| Error::io(&path, e))
}
