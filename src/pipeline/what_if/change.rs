//! What somebody asks to assume: engage, remedy, drop or replace, read from words or from a table, and held against the dataset.
//!
//! ```text
//! engage NODE [mapped=0.8]            NODE names its suppliers: this part of its purchases is mapped (1 where nothing is said)
//! remedy NODE [verified=independent]  what was reported at NODE is remedied and somebody has verified it
//! drop NODE                           every buyer of NODE leaves it;           drop SUPPLIER -> BUYER: this buyer alone
//! replace NODE by OTHER               every buyer of NODE buys from OTHER;     replace SUPPLIER -> BUYER by OTHER: this buyer alone
//! ```
//!
//! A table has one change a row, in the columns `action`, `node_id`, `supplier_id`, `buyer_id`, `replace_by`, `value`; the value is the mapped
//! share of an engage or who verified a remedy. All changes hold at once: their order says nothing. All that is wrong is told at once.

use crate::base::{Locator, NodeIx, Result};
use crate::graph::in_force::Use;
use crate::pipeline::prepared::Prepared;
use crate::read::{Limits, OpenTable, folder};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The columns of a table of changes.
pub const COLUMNS: [&str; 6] = ["action", "node_id", "supplier_id", "buyer_id", "replace_by", "value"];
/// What can be asked.
pub const ACTIONS: [&str; 4] = ["engage", "remedy", "drop", "replace"];
const LINK: &str = " -> ";
const BY: &str = " by ";

/// One change as it is asked, texts as they were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AskedChange {
    pub at: Locator,
    pub action: String,
    pub node: Option<String>,
    pub supplier: Option<String>,
    pub buyer: Option<String>,
    pub replace_by: Option<String>,
    pub value: Option<String>,
}

/// What is wrong with a change: `changes.csv:3: node_id: no node has the id GA-999; give a node_id of the nodes table`.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub at: Locator,
    pub found: String,
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.at, self.found, self.expected)
    }
}

impl Problem {
    pub(super) fn new(at: &Locator, column: &'static str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        let at = Locator { column: Some(Arc::from(column)), ..at.clone() };
        Problem { at, found: found.into(), expected: expected.into() }
    }
}

/// Reads the words of a `--change`, the `number`-th of them.
///
/// # Errors
/// Words that are no change.
pub fn of_words(text: &str, number: usize) -> Result<AskedChange, Problem> {
    let at = Locator { file: Arc::from("--change"), line: number as u64, ..Locator::default() };
    let text = text.trim();
    let (action, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let mut change = AskedChange { at, action: action.to_lowercase(), ..AskedChange::default() };
    let mut rest = rest.trim();
    let setting = match change.action.as_str() {
        "engage" => "mapped=",
        "remedy" => "verified=",
        _ => "",
    };
    if !setting.is_empty()
        && let Some((before, value)) = rest.rsplit_once(char::is_whitespace)
        && let Some(value) = value.strip_prefix(setting)
    {
        change.value = Some(value.to_owned());
        rest = before.trim();
    }
    if change.action == "replace" {
        let Some((what, by)) = rest.rsplit_once(BY) else {
            let expected = "write replace NODE by OTHER, or replace SUPPLIER -> BUYER by OTHER";
            return Err(Problem::new(&change.at, "replace_by", format!("'{text}' does not say by whom"), expected));
        };
        change.replace_by = filled(by);
        rest = what.trim();
    }
    match rest.split_once(LINK) {
        Some((supplier, buyer)) => (change.supplier, change.buyer) = (filled(supplier), filled(buyer)),
        None => change.node = filled(rest),
    }
    Ok(change)
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Reads a table of changes: CSV, a workbook with one sheet, or Parquet.
///
/// # Errors
/// A file that cannot be read, told with its place; what is wrong with its rows stands in the second part.
pub fn of_table(path: &Path) -> Result<Vec<AskedChange>, Vec<Problem>> {
    let name: Arc<str> = Arc::from(path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned()));
    let whole = |found: String, expected: &str| {
        vec![Problem { at: Locator { file: name.clone(), ..Locator::default() }, found, expected: expected.to_owned() }]
    };
    let Some(file) = folder::single(path) else {
        return Err(whole("its name says no format that is read".to_owned(), "name it .csv, .tsv, .csv.gz, .parquet, .xlsx, .xls or .ods"));
    };
    let limits = Limits::default();
    let trouble = |t: crate::read::Trouble| {
        let at = Locator { file: name.clone(), part: None, line: t.line, column: t.column.map(Into::into) };
        vec![Problem { at, found: t.found, expected: t.code.remedy.to_owned() }]
    };
    let opened = OpenTable::open(&file, &limits).map_err(trouble)?;
    let header = opened.header.clone();
    let header_line = opened.header_line;
    let at = |line: u64, column: &str| Locator { file: name.clone(), part: None, line, column: Some(Arc::from(column)) };
    let mut problems: Vec<Problem> = header
        .iter()
        .filter(|h| !h.is_empty() && !COLUMNS.contains(&h.as_str()))
        .map(|h| Problem {
            at: at(header_line, h),
            found: "no column of a table of changes".to_owned(),
            expected: format!("the columns are {}", COLUMNS.join(", ")),
        })
        .collect();
    if !header.iter().any(|h| h == "action") {
        let expected = format!("give a column action that holds one of {}", ACTIONS.join(", "));
        problems.push(Problem { at: at(header_line, "action"), found: "the column is missing".to_owned(), expected });
    }
    let raw = opened.read(&vec![true; header.len()], &limits).map_err(trouble)?;
    for row in raw.refused.iter().chain(&raw.passed) {
        let at = Locator { file: name.clone(), part: None, line: u64::from(row.line), column: None };
        problems.push(Problem { at, found: row.found.clone(), expected: row.code.remedy.to_owned() });
    }
    let column = |wanted: &str| header.iter().position(|h| h == wanted);
    let positions = COLUMNS.map(column);
    let changes: Vec<AskedChange> = raw
        .lines
        .iter()
        .enumerate()
        .map(|(row, line)| {
            let [action, node, supplier, buyer, replace_by, value] = positions.map(|p| p.and_then(|p| filled(raw.cell(p, row))));
            let at = Locator { file: name.clone(), part: None, line: u64::from(*line), column: None };
            AskedChange { at, action: action.unwrap_or_default().to_lowercase(), node, supplier, buyer, replace_by, value }
        })
        .collect();
    if changes.is_empty() && problems.is_empty() {
        problems.extend(whole("it holds no change".to_owned(), "write one change a row"));
    }
    if problems.is_empty() { Ok(changes) } else { Err(problems) }
}

/// Who has verified a remedy, as the method tells them apart (model 1.2; `evidence::remedy`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verified {
    Company,
    Independent,
    IndependentAndWorkers,
}

impl Verified {
    const NAMES: [(&'static str, Verified); 3] =
        [("company", Verified::Company), ("independent", Verified::Independent), ("independent_workers", Verified::IndependentAndWorkers)];

    /// The words of `remediation.verified_by` that say so.
    pub(super) fn words(self) -> &'static str {
        match self {
            Verified::Company => "the company",
            Verified::Independent => "independent",
            Verified::IndependentAndWorkers => "independent, confirmed by workers",
        }
    }
}

/// What is changed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Change {
    Engage { node: NodeIx, mapped: f64 },
    Remedy { node: NodeIx, verified: Verified },
    Leave(Leave),
}

/// A node or one link that is left, and who takes over.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Leave {
    pub supplier: NodeIx,
    /// `None`: every buyer leaves.
    pub buyer: Option<NodeIx>,
    /// `None`: the other suppliers of the same product, or nobody.
    pub by: Option<NodeIx>,
}

/// A change that makes sense by itself, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    pub at: Locator,
    pub change: Change,
}

/// Holds changes against the dataset and each other.
///
/// # Errors
/// Everything that is wrong: unknown actions, nodes and links, values that make no sense, changes that repeat or contradict others.
pub fn settle(asked: &[AskedChange], prepared: &Prepared) -> Result<Vec<Settled>, Vec<Problem>> {
    let of_use = |wanted: Use| prepared.links.iter().filter(|l| l.use_ == wanted).map(|l| (l.supplier, l.buyer)).collect();
    let mut settling = Settling { prepared, bought: of_use(Use::Supply), listed: of_use(Use::Listing), problems: Vec::new() };
    let settled: Vec<Settled> = asked
        .iter()
        .filter_map(|a| {
            let change = settling.one(a)?;
            Some(Settled { at: a.at.clone(), change })
        })
        .collect();
    settling.against_each_other(&settled);
    if settling.problems.is_empty() { Ok(settled) } else { Err(settling.problems) }
}

struct Settling<'a> {
    prepared: &'a Prepared,
    /// Supplier and buyer of every link that carries goods, and of every link that a published list states.
    bought: BTreeSet<(NodeIx, NodeIx)>,
    listed: BTreeSet<(NodeIx, NodeIx)>,
    problems: Vec<Problem>,
}

impl Settling<'_> {
    fn wrong<T>(&mut self, at: &Locator, column: &'static str, found: impl Into<String>, expected: impl Into<String>) -> Option<T> {
        self.problems.push(Problem::new(at, column, found, expected));
        None
    }

    fn node(&mut self, at: &Locator, column: &'static str, id: Option<&String>) -> Option<NodeIx> {
        let Some(id) = id else { return self.wrong(at, column, "nothing stands here", "give a node_id of the nodes table") };
        let resolution = &self.prepared.resolution;
        match resolution.find(id).or_else(|| resolution.find_shown(id)) {
            Some(node) => Some(node),
            None => self.wrong(at, column, format!("no node has the id {id}"), "give a node_id of the nodes table"),
        }
    }

    fn shown(&self, node: NodeIx) -> String {
        shown(self.prepared, node)
    }

    fn one(&mut self, a: &AskedChange) -> Option<Change> {
        let at = &a.at;
        let of_node = matches!(a.action.as_str(), "engage" | "remedy");
        if !ACTIONS.contains(&a.action.as_str()) {
            return self.wrong(at, "action", format!("'{}' is no action", a.action), format!("one of {}", ACTIONS.join(", ")));
        }
        let beside = [
            ("supplier_id", of_node && a.supplier.is_some()),
            ("buyer_id", of_node && a.buyer.is_some()),
            ("replace_by", a.action != "replace" && a.replace_by.is_some()),
            ("value", !of_node && a.value.is_some()),
        ];
        for (column, _) in beside.into_iter().filter(|(_, stands)| *stands) {
            let found = format!("{} takes no {column}", a.action);
            self.problems.push(Problem::new(at, column, found, "leave it away, or ask for another action"));
        }
        if beside.iter().any(|(_, stands)| *stands) {
            return None;
        }
        match a.action.as_str() {
            "engage" => self.engage(a),
            "remedy" => self.remedy(a),
            _ => self.leave(a),
        }
    }

    fn engage(&mut self, a: &AskedChange) -> Option<Change> {
        let node = self.node(&a.at, "node_id", a.node.as_ref());
        let mapped = match a.value.as_deref() {
            None => Some(1.0),
            Some(text) => match text.replace(',', ".").parse::<f64>().ok().filter(|x| (0.0..=1.0).contains(x)) {
                Some(x) => Some(x),
                None => {
                    self.wrong(&a.at, "value", format!("'{text}' is no share"), "the part of its purchases that is then mapped, 0 to 1")
                }
            },
        };
        let (node, mapped) = (node?, mapped?);
        let name = self.shown(node);
        if self.prepared.network.kinds.get(node.at()).is_some_and(|k| k.is_origin()) {
            let found = format!("goods begin at {name}: nothing is unseen upstream of it");
            return self.wrong(&a.at, "node_id", found, "engage a node that buys");
        }
        if self.prepared.network.trade.row(node).is_empty() {
            let found = format!("no supplier of {name} is recorded, so that nothing says where its purchases come from");
            return self.wrong(&a.at, "node_id", found, "add the links that it names to the dataset, or engage a node with suppliers");
        }
        Some(Change::Engage { node, mapped })
    }

    fn remedy(&mut self, a: &AskedChange) -> Option<Change> {
        let node = self.node(&a.at, "node_id", a.node.as_ref());
        let names = Verified::NAMES.map(|(name, _)| name).join(", ");
        let verified = match a.value.as_deref() {
            None => Some(Verified::IndependentAndWorkers),
            Some(text) => match Verified::NAMES.into_iter().find(|(name, _)| *name == text) {
                Some((_, verified)) => Some(verified),
                None => self.wrong(&a.at, "value", format!("'{text}' says nobody who verified"), format!("one of {names}")),
            },
        };
        Some(Change::Remedy { node: node?, verified: verified? })
    }

    fn leave(&mut self, a: &AskedChange) -> Option<Change> {
        let of_link = a.supplier.is_some() || a.buyer.is_some();
        if of_link == a.node.is_some() {
            let found = if of_link { "a node and a link at once" } else { "neither a node nor a link" };
            return self.wrong(&a.at, "node_id", found, "give node_id, or supplier_id and buyer_id");
        }
        let supplier = match (of_link, &a.node, &a.supplier) {
            (true, _, supplier) => self.node(&a.at, "supplier_id", supplier.as_ref()),
            (false, node, _) => self.node(&a.at, "node_id", node.as_ref()),
        };
        let buyer = if of_link { self.node(&a.at, "buyer_id", a.buyer.as_ref()).map(Some) } else { Some(None) };
        let by = if a.action == "replace" { self.node(&a.at, "replace_by", a.replace_by.as_ref()).map(Some) } else { Some(None) };
        let leave = Leave { supplier: supplier?, buyer: buyer?, by: by? };
        let name = self.shown(leave.supplier);
        let is_listed = has_link(&self.listed, leave.supplier, leave.buyer);
        if !has_link(&self.bought, leave.supplier, leave.buyer) && (leave.by.is_none() || !is_listed) {
            if is_listed {
                let found = format!("{name} stands on a published list alone, which states no purchase that could be dropped");
                let column = if leave.buyer.is_some() { "supplier_id" } else { "node_id" };
                return self.wrong(&a.at, column, found, "replace it, or name a supplier with a recorded purchase");
            }
            return match leave.buyer {
                None => self.wrong(&a.at, "node_id", format!("nobody buys from {name} in these data"), "name a node that has buyers"),
                Some(b) => {
                    let found = format!("no link in force leads from {name} to {}", self.shown(b));
                    self.wrong(&a.at, "supplier_id", found, "name a supplier and its buyer as links has them")
                }
            };
        }
        match leave.by {
            Some(by) if by == leave.supplier => self.wrong(&a.at, "replace_by", format!("{name} in place of itself"), "name another node"),
            Some(by) if leave.buyer == Some(by) => {
                let found = format!("{} would buy from itself", self.shown(by));
                self.wrong(&a.at, "replace_by", found, "name a node other than the buyer")
            }
            _ => Some(Change::Leave(leave)),
        }
    }

    /// Changes that repeat or contradict an earlier one.
    fn against_each_other(&mut self, settled: &[Settled]) {
        let mut engaged: BTreeMap<NodeIx, &Locator> = BTreeMap::new();
        let mut remedied: BTreeMap<NodeIx, &Locator> = BTreeMap::new();
        // By supplier: an earlier change by every buyer, and the first one by each.
        let mut left: BTreeMap<(NodeIx, Option<NodeIx>), &Settled> = BTreeMap::new();
        let mut problems = Vec::new();
        let mut twice = |at: &Locator, column: &'static str, what: String, before: &Locator, same: bool| {
            let (found, expected) = if same {
                (format!("{what} as {before} does already"), "ask for it once")
            } else {
                (format!("{what}, while {before} asks for something else of it"), "keep one of the two")
            };
            problems.push(Problem::new(at, column, found, expected));
        };
        for s in settled {
            let leave = match s.change {
                Change::Engage { node, .. } => {
                    if let Some(before) = engaged.insert(node, &s.at) {
                        twice(&s.at, "node_id", format!("engages {}", self.shown(node)), before, true);
                    }
                    continue;
                }
                Change::Remedy { node, .. } => {
                    if let Some(before) = remedied.insert(node, &s.at) {
                        twice(&s.at, "node_id", format!("remedies {}", self.shown(node)), before, true);
                    }
                    continue;
                }
                Change::Leave(leave) => leave,
            };
            if let Some(before) = met(&left, leave.supplier, leave.buyer) {
                let column = if leave.buyer.is_some() { "supplier_id" } else { "node_id" };
                let same = before.change == s.change;
                twice(&s.at, column, format!("leaves {}", self.shown(leave.supplier)), &before.at, same);
            }
            left.entry((leave.supplier, leave.buyer)).or_insert(s);
        }
        for s in settled {
            let Change::Leave(leave) = s.change else { continue };
            if leave.buyer.is_none()
                && let Some(engaged) = engaged.get(&leave.supplier)
            {
                twice(&s.at, "node_id", format!("leaves {}", self.shown(leave.supplier)), engaged, false);
            }
            // Whoever takes over must not be left by the same buyers.
            if let Some(by) = leave.by
                && let Some(before) = met(&left, by, leave.buyer)
            {
                twice(&s.at, "replace_by", format!("gives the volume to {}", self.shown(by)), &before.at, false);
            }
        }
        self.problems.append(&mut problems);
    }
}

/// Whether a link leads from a supplier to this buyer, or to anybody where none is named.
fn has_link(links: &BTreeSet<(NodeIx, NodeIx)>, supplier: NodeIx, buyer: Option<NodeIx>) -> bool {
    let (from, to) = buyer.map_or((NodeIx(0), NodeIx(u32::MAX)), |b| (b, b));
    links.range((supplier, from)..=(supplier, to)).next().is_some()
}

/// A change by which this buyer, or anybody where none is named, leaves a supplier.
fn met<'a>(left: &BTreeMap<(NodeIx, Option<NodeIx>), &'a Settled>, supplier: NodeIx, buyer: Option<NodeIx>) -> Option<&'a Settled> {
    let by_all = left.get(&(supplier, None)).copied();
    by_all.or_else(|| match buyer {
        Some(_) => left.get(&(supplier, buyer)).copied(),
        None => left.range((supplier, None)..=(supplier, Some(NodeIx(u32::MAX)))).next().map(|(_, s)| *s),
    })
}

/// A node as outputs show it: its name, and its id.
pub(super) fn shown(prepared: &Prepared, node: NodeIx) -> String {
    prepared.resolution.nodes.get(node.at()).map_or_else(String::new, |n| format!("{} ({})", n.shown_name, n.shown_id))
}
