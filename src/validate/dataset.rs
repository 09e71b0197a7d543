//! A folder to [`Inputs`]: finds the files, reads every table, checks across them, and puts everything in the order of its content.

use super::canonical::{dataset_hash, put_in_order};
use super::context::{Context, TableTexts};
use super::inputs::{Inputs, LinkRow, RowRef, ShipmentRow};
use super::quarantine::QuarantineRow;
use super::rows_cases::CaseAt;
use super::rows_chain::{AliasAt, LinkAt, NodeAt, RawLink};
use super::rows_duty::{ContestAt, OverrideAt};
use super::rows_evidence::{AuditAt, ChannelAt, FindingAt, GrievanceAt, RemediationAt, StatementAt};
use super::rows_identity::{DecisionAt, IdentifierAt, ListingAt};
use super::rows_measured::{
    CertificateAt, HoldingAt, PayrollAt, PurchasingAt, RawShipment, RecruitmentAt, ShipmentAt, SurveyAt, TradeFlowAt,
};
use super::sources::{self, Sources};
use super::table_run::{Kept, TableRows, run};
use super::vocabulary::Vocabulary;
use super::{across, quarantine};
use crate::base::{Date, Diagnostics, Locator, Result, Symbol};
use crate::mapping;
use crate::read::Folder;
use crate::schema::codes as c;
use crate::schema::{Code, TableSchema, input_table};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// A dataset as far as it could be read, and everything that is wrong with it.
#[derive(Debug, Default)]
pub struct Validated {
    pub inputs: Inputs,
    /// In order of file and line. Where one is fatal, the inputs are not to be used.
    pub diagnostics: Diagnostics,
    /// Every refused row and every cell that became missing.
    pub quarantine: Vec<QuarantineRow>,
}

/// The share of a table's rows that may be refused.
const REFUSED_MOST: f64 = 0.05;

/// The folder that the files of a dataset lie in: the dataset itself, or where its only file is.
pub fn root_of(dataset: &Path) -> &Path {
    match dataset.parent() {
        Some(parent) if dataset.is_file() => parent,
        _ => dataset,
    }
}

/// Reads and checks the dataset in `dir`, a folder or one file of tables (a workbook). `mapping` is a mapping file in place of the dataset's own `onus.toml`; `as_of` stands before
/// what the mapping says, and that before the newest date in the data.
///
/// # Errors
/// The folder cannot be listed. Whatever is wrong with the data is in the diagnostics.
pub fn validate_dataset(dir: &Path, mapping: Option<&Path>, as_of: Option<Date>, vocabulary: &dyn Vocabulary) -> Result<Validated> {
    read_dataset(dir, mapping, as_of, vocabulary, false).map(|(validated, _)| validated)
}

/// As [`validate_dataset`], and the rows that passed as texts that read as the same rows.
///
/// # Errors
/// As [`validate_dataset`].
pub fn texts_of_dataset(
    dir: &Path,
    mapping: Option<&Path>,
    as_of: Option<Date>,
    vocabulary: &dyn Vocabulary,
) -> Result<(Validated, Vec<TableTexts>)> {
    read_dataset(dir, mapping, as_of, vocabulary, true)
}

fn read_dataset(
    dir: &Path,
    mapping: Option<&Path>,
    as_of: Option<Date>,
    vocabulary: &dyn Vocabulary,
    keep_texts: bool,
) -> Result<(Validated, Vec<TableTexts>)> {
    let is_table = |name: &str| input_table(name).is_some();
    // A file alone is a dataset of one file: what lies beside it is none of its business.
    let alone = dir.is_file();
    let folder = if alone { Folder::of_file(dir, is_table)? } else { Folder::scan(dir, is_table)? };
    let own = dir.join("onus.toml");
    let loaded = mapping::load(mapping.or_else(|| own.is_file().then_some(own.as_path())));
    if loaded.diagnostics.has_fatal() {
        // A mapping in doubt reads nothing: a personal column must not even be loaded.
        let mut diagnostics = loaded.diagnostics;
        diagnostics.sort();
        return Ok((Validated { diagnostics, ..Validated::default() }, Vec::new()));
    }
    let mut context = Context::new(vocabulary, &loaded.mapping, as_of);
    context.texts = keep_texts.then(Vec::new);
    context.collector.diagnostics.extend(loaded.diagnostics.clone());
    let sources = sources::find(&mut context, root_of(dir), folder);
    let mut inputs = Inputs::default();
    if !context.collector.diagnostics.has_fatal() {
        inputs = read_tables(&mut context, &sources)?;
        if inputs.name.is_empty() {
            let named = if alone { dir.file_stem() } else { dir.file_name() };
            inputs.name = named.map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        }
    }
    let texts = context.texts.take().unwrap_or_default();
    let (diagnostics, quarantine) = context.collector.finish();
    Ok((Validated { inputs, diagnostics, quarantine }, texts))
}

fn say(context: &mut Context, code: &'static Code, at: Locator, found: String) {
    context.collector.say(code, at, found, code.remedy);
}

/// Reads one table after the other, each in need of those before it.
struct Reader<'c, 'v> {
    context: &'c mut Context<'v>,
    sources: &'c Sources,
    inputs: Inputs,
    hashes: Vec<[u8; 32]>,
}

impl<'v> Reader<'_, 'v> {
    fn table<T: Send>(
        &mut self,
        schema: &'static TableSchema,
        used: bool,
        build: impl FnMut(&mut Context<'v>, &[super::typed::Cell], &super::table_run::Place, RowRef) -> Result<T, super::table_run::RowFault>,
    ) -> Vec<T> {
        let Some(sources) = self.sources.get(schema.name) else { return Vec::new() };
        let TableRows { mut rows, count } = run(self.context, schema, sources, used, build);
        let at =
            sources.first().map_or_else(Locator::default, |s| Locator { file: s.file.name.clone(), part: s.part(), line: 0, column: None });
        if count.refused as f64 > REFUSED_MOST * count.rows as f64 {
            let found = format!("{} of {} rows of {} are refused", count.refused, count.rows, schema.name);
            say(self.context, &c::ROWS_REFUSED, at, found);
        } else if schema.required && count.rows == 0 && !self.context.collector.diagnostics.has_fatal() {
            say(self.context, &c::TABLE_EMPTY, at, format!("the table {} has no row", schema.name));
        }
        self.inputs.tables.push(count);
        if let Some(texts) = &mut self.context.texts {
            texts.push(TableTexts::new(schema, rows.iter_mut().map(|r| std::mem::take(&mut r.texts)).collect()));
        }
        self.hashes.extend(rows.iter().map(|r| r.content));
        rows.into_iter().map(|Kept { row, .. }| row).collect()
    }

    fn cells_missing(&mut self, table: &str, more: u64) {
        if let Some(count) = self.inputs.tables.iter_mut().find(|t| t.table == table) {
            count.cells_missing += more;
        }
    }
}

fn read_tables(context: &mut Context, sources: &Sources) -> Result<Inputs> {
    use crate::schema::inputs_cases::CASES;
    use crate::schema::inputs_chain::{ALIASES, CERTIFICATES, DECISIONS, IDENTIFIERS, LINKS, LISTINGS};
    use crate::schema::inputs_chain::{NODES, PORTFOLIO, PURCHASING, SHIPMENTS, TRADE_FLOWS};
    use crate::schema::inputs_duty::{CONTESTS, OVERRIDES};
    use crate::schema::inputs_evidence::{AUDIT_FINDINGS, AUDITS, GRIEVANCE_CHANNELS, GRIEVANCES, INSPECTIONS, PAYROLL, RECRUITMENT};
    use crate::schema::inputs_evidence::{REMEDIATION, STATEMENTS, SURVEYS};
    let mut reader = Reader { context, sources, inputs: Inputs::default(), hashes: Vec::new() };

    let at = NodeAt::of(&NODES);
    let mut nodes = reader.table(&NODES, true, |context, cells, place, row| at.row(context, cells, place, row));
    reader.context.nodes_known = !reader.context.collector.diagnostics.has_fatal();
    reader.context.hide_holdings(&nodes);
    reader.context.set_nodes(nodes.iter().map(|n| (n.id, n.kind, n.name.clone())));
    if reader.context.nodes_known {
        let missing = across::parents(reader.context, &mut nodes);
        reader.cells_missing("nodes", missing);
    }

    let at = LinkAt::of(&LINKS);
    let links = reader.table(&LINKS, true, |context, cells, place, row| at.row(context, cells, place, row));
    let base = base_currency(reader.context, &links);
    let links = links.into_iter().map(|RawLink { link, currency }| (link, currency)).collect();
    let links = in_base_currency(reader.context, base, "links", links, |l: &mut LinkRow| (&mut l.value, l.row));

    let at = AuditAt::of(&AUDITS);
    reader.inputs.audits = reader.table(&AUDITS, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = AuditAt::of(&INSPECTIONS);
    reader.inputs.inspections = reader.table(&INSPECTIONS, true, |context, cells, place, row| at.row(context, cells, place, row));
    let audits: HashSet<Symbol> = reader.inputs.audits.iter().map(|a| a.audit).collect();
    let mut visits: HashSet<Symbol> = reader.inputs.inspections.iter().map(|a| a.audit).collect();
    visits.extend(&audits);
    let at = FindingAt::of(&AUDIT_FINDINGS);
    let findings = reader.table(&AUDIT_FINDINGS, true, |context, cells, _, row| at.row(context, cells, row, &visits));
    (reader.inputs.audit_findings, reader.inputs.inspection_findings) = findings.into_iter().partition(|f| audits.contains(&f.audit));

    let at = ChannelAt::of(&GRIEVANCE_CHANNELS);
    reader.inputs.channels = reader.table(&GRIEVANCE_CHANNELS, true, |context, cells, place, row| at.row(context, cells, place, row));
    let channels: HashSet<Symbol> = reader.inputs.channels.iter().map(|c| c.channel).collect();
    let at = GrievanceAt::of(&GRIEVANCES);
    reader.inputs.grievances = reader.table(&GRIEVANCES, true, |context, cells, place, row| at.row(context, cells, place, row, &channels));
    let at = SurveyAt::of(&SURVEYS);
    reader.inputs.surveys = reader.table(&SURVEYS, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = StatementAt::of(&STATEMENTS);
    reader.inputs.statements = reader.table(&STATEMENTS, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = RecruitmentAt::of(&RECRUITMENT);
    reader.inputs.recruitment = reader.table(&RECRUITMENT, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = PayrollAt::of(&PAYROLL);
    reader.inputs.payroll = reader.table(&PAYROLL, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = ShipmentAt::of(&SHIPMENTS);
    let shipments = reader.table(&SHIPMENTS, true, |context, cells, place, row| at.row(context, cells, place, row));
    let shipments = shipments.into_iter().map(|RawShipment { shipment, currency }| (shipment, currency)).collect();
    reader.inputs.shipments = in_base_currency(reader.context, base, "shipments", shipments, |s: &mut ShipmentRow| (&mut s.value, s.row));
    let at = TradeFlowAt::of(&TRADE_FLOWS);
    reader.inputs.trade_flows = reader.table(&TRADE_FLOWS, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = CertificateAt::of(&CERTIFICATES);
    reader.inputs.certificates = reader.table(&CERTIFICATES, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = PurchasingAt::of(&PURCHASING);
    reader.inputs.purchasing = reader.table(&PURCHASING, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = HoldingAt::of(&PORTFOLIO);
    reader.inputs.portfolio = reader.table(&PORTFOLIO, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = CaseAt::of(&CASES);
    reader.inputs.cases = reader.table(&CASES, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = RemediationAt::of(&REMEDIATION);
    reader.inputs.remediation = reader.table(&REMEDIATION, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = AliasAt::of(&ALIASES);
    reader.inputs.aliases = reader.table(&ALIASES, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = IdentifierAt::of(&IDENTIFIERS);
    reader.inputs.identifiers = reader.table(&IDENTIFIERS, true, |context, cells, _, row| at.row(context, cells, row));
    let at = ListingAt::of(&LISTINGS);
    reader.inputs.listings = reader.table(&LISTINGS, true, |context, cells, place, row| at.row(context, cells, place, row));
    let at = DecisionAt::of(&DECISIONS);
    reader.inputs.decisions = reader.table(&DECISIONS, true, |context, cells, _, row| at.row(context, cells, row));

    let at = OverrideAt::of(&OVERRIDES);
    reader.inputs.overrides = reader.table(&OVERRIDES, true, |context, cells, _, row| at.row(context, cells, row));
    let at = ContestAt::of(&CONTESTS);
    let cases: HashSet<Symbol> = reader.inputs.cases.iter().map(|c| c.case).collect();
    reader.inputs.contests = reader.table(&CONTESTS, true, |context, cells, place, row| at.row(context, cells, place, row, &cases));

    let Reader { mut inputs, hashes, .. } = reader;
    inputs.nodes = nodes;
    inputs.links = links;
    inputs.base_currency = base.map(|b| context.ids.text(b).to_owned()).or_else(|| context.mapping.base_currency.clone());
    inputs.name = context.mapping.name.clone().unwrap_or_default();
    context.say_lonely_newest();
    inputs.as_of = context.as_of.or(context.newest.as_ref().map(|n| n.date));
    inputs.as_of_stated = context.as_of.is_some();
    inputs.ids = std::mem::take(&mut context.ids);
    inputs.files = context.files.clone();
    inputs.dataset_hash = dataset_hash(hashes);
    put_in_order(&mut inputs);

    context.files = inputs.files.clone();
    context.ids = std::mem::take(&mut inputs.ids);
    context.hide_holdings(&inputs.nodes);
    if context.nodes_known {
        across::unknown_ends(context, &inputs.nodes, &inputs.links)?;
    }
    across::alike(context, &inputs.nodes)?;
    across::share_sums(context, &inputs.links)?;
    across::later_flows(context, &inputs);
    if context.nodes_known {
        across::unknown_decisions(context, &inputs);
        across::unknown_holdings(context, &inputs);
    }
    context.say_uncoded();
    inputs.ids = std::mem::take(&mut context.ids);
    let nodes_only = context.uncoded.iter().filter(|((column, _), _)| !column.contains('.'));
    inputs.unmapped_texts = nodes_only.map(|((_, text), uncoded)| (quarantine::inert(text), uncoded.rows)).collect();
    Ok(inputs)
}

/// The mapping's base currency, else the only one that links have.
fn base_currency(context: &mut Context, links: &[RawLink]) -> Option<Symbol> {
    if let Some(base) = &context.mapping.base_currency {
        return Some(context.ids.intern(base));
    }
    let mut all = links.iter().filter_map(|l| l.currency);
    let first = all.next()?;
    all.all(|c| c == first).then_some(first)
}

/// Values in base currency; one without rate becomes not given, which is said once per currency. `value` gives a row's amount and place.
fn in_base_currency<T>(
    context: &mut Context,
    base: Option<Symbol>,
    table: &str,
    rows: Vec<(T, Option<Symbol>)>,
    value: impl Fn(&mut T) -> (&mut Option<f64>, RowRef),
) -> Vec<T> {
    let mut without: BTreeMap<String, (RowRef, u64)> = BTreeMap::new();
    let mut converted = Vec::with_capacity(rows.len());
    for (mut row, currency) in rows {
        if let ((Some(amount), at), Some(currency)) = (value(&mut row), currency.filter(|c| Some(*c) != base)) {
            let name = context.ids.text(currency);
            match context.mapping.fx.get(name) {
                Some(rate) => *amount *= rate,
                None => {
                    let entry = without.entry(name.to_owned()).or_insert((at, 0));
                    *entry = (entry.0.min(at), entry.1 + 1);
                    *value(&mut row).0 = None;
                }
            }
        }
        converted.push(row);
    }
    for (currency, (row, count)) in without {
        let at = context.locate(row, Some("currency"));
        let found = format!("no rate for {currency}; {count} {table} have values in it, the first here");
        context.collector.say(&c::CURRENCY_UNCONVERTED, at, found, c::CURRENCY_UNCONVERTED.remedy);
    }
    converted
}
