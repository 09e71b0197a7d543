//! The walk alone, over a network of any size with probabilities that somebody else made: two tables in, one table of figures out.
//!
//! Nothing of a dataset is needed: no countries, no evidence, no method pack. Nodes are numbered by the byte order of their ids and links
//! are summed in one order, so that the order of rows and the number of threads change no bit. Beside the texts of the ids memory
//! holds 16 bytes a link while links are read, with the reserve of a list that grows, 28 while the graph is built, and 12 when it is.

use crate::base::{Diagnostic, Error, Interner, Level, Locator, NodeIx, Result, Symbol, par};
use crate::export::plain_columns::{NumberColumn, write_columns};
use crate::graph::{Entry, SupplyGraph};
use crate::read::{Streamed, Trouble, Unused, Wanted};
use crate::schema::codes::ROWS_REFUSED;
use crate::trace::{Figures, Problem, open_circles, solve_figures};
use std::path::{Path, PathBuf};

/// A table of which more than this part of the rows is refused stops the walk (data, "Bad rows").
const REFUSED_MOST: f64 = 0.05;
/// Refused rows that are told one by one.
const TOLD_MOST: usize = 10;
/// Walks that are solved on one reading of the graph.
const TOGETHER: usize = 2;

/// What is walked, and how far.
#[derive(Clone, Debug)]
pub struct WalkConfig {
    pub nodes: PathBuf,
    pub links: PathBuf,
    /// The defect below which the walk is solved, everywhere.
    pub tolerance: f64,
    /// Mapped share of the nodes of a closed circle.
    pub closed_mapped: f64,
    pub threads: usize,
}

/// What was walked.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    pub nodes: u64,
    /// Nodes that only links name: nothing is known of them, and what comes to them ends unseen.
    pub unknown: u64,
    /// Distinct pairs of supplier and buyer.
    pub links: u64,
    pub rows: [u64; 2],
    /// Rows that were not used, of nodes and of links.
    pub refused: [Vec<Unused>; 2],
    /// The largest circle of trade.
    pub giant: u64,
    pub closed_circle_nodes: u64,
    pub walks: Vec<String>,
    pub sweeps: u32,
    pub defect: f64,
    /// Seconds: read, build, solve, write.
    pub seconds: [f64; 4],
}

/// Nodes and links as numbers, in canonical order.
struct Network {
    ids: Interner,
    order: Vec<Symbol>,
    mapped: Vec<f64>,
    exited: Vec<f64>,
    walks: Vec<(String, Vec<f64>)>,
    links: Vec<Entry>,
}

/// Follows one unit of spend upstream from every node, and writes where it ends.
///
/// Nodes: `node_id`, `p` or columns `p_NAME` (0 to 1; blank: 0), `mapped_share` (blank or no column: 1 where the node has suppliers, else 0: an
/// origin says 1), `exited_share` (blank: 0). Links: `supplier_id`, `buyer_id`, `value` (no column: every
/// link alike).
///
/// # Errors
/// Files that cannot be read, columns that are missing, more than 5 % of a table's rows refused.
pub fn walk(config: &WalkConfig, out: &Path) -> Result<Walked> {
    par::with_threads(config.threads, || walk_in_pool(config, out))?
}

fn walk_in_pool(config: &WalkConfig, out: &Path) -> Result<Walked> {
    let clock = std::time::Instant::now();
    let mut walked = Walked::default();
    let Network { ids, order, mapped, exited, walks, links } = read(config, &mut walked)?;
    let read = clock.elapsed().as_secs_f64();

    let nodes = order.len();
    let graph = SupplyGraph::of_entries(nodes, links)?;
    // Where nobody says how much is mapped, the links are all there is; without links nothing is.
    let links_of = |n: usize| graph.suppliers_of(NodeIx(n as u32));
    let stated = |(n, m): (usize, &f64)| if m.is_nan() { f64::from(u8::from(!links_of(n).is_empty())) } else { *m };
    let mapped: Vec<f64> = mapped.iter().enumerate().map(stated).collect();
    let opened = open_circles(&graph, &mapped, config.closed_mapped)?;
    let built = clock.elapsed().as_secs_f64();

    let empty: Vec<f64> = Vec::new();
    let problem = |at: usize| {
        let p = walks.get(at).map_or(&empty, |w| &w.1);
        Problem { p, on_evidence: &[], mapped: &opened.mapped, origin_prior: &[], exited: &exited }
    };
    let pairs: Vec<usize> = (0..walks.len()).step_by(TOGETHER).collect();
    let figures = par::map_each(&pairs, |at| {
        if at + 1 < walks.len() {
            solve_figures(&graph, &[problem(*at), problem(at + 1)], config.tolerance).map(Vec::from)
        } else {
            solve_figures(&graph, &[problem(*at)], config.tolerance).map(Vec::from)
        }
    });
    let mut all: Vec<Figures> = Vec::with_capacity(walks.len());
    for figures in figures {
        all.extend(figures?);
    }
    let solved = clock.elapsed().as_secs_f64();

    walked.nodes = nodes as u64;
    walked.links = graph.links() as u64;
    walked.giant = graph.components().largest() as u64;
    walked.closed_circle_nodes = opened.count as u64;
    walked.sweeps = all.iter().map(|f| f.sweeps).max().unwrap_or(0);
    walked.defect = all.iter().map(Figures::largest_defect).fold(0.0, f64::max);
    walked.walks = walks.iter().map(|w| w.0.clone()).collect();
    drop((graph, walks));

    let mut numbers: Vec<NumberColumn<'_>> = Vec::with_capacity(5 * all.len());
    for (name, figures) in walked.walks.iter().zip(&all) {
        let named = |figure: &str| if name.is_empty() { figure.to_owned() } else { format!("{figure}_{name}") };
        for (k, figure) in Figures::NAMES.iter().enumerate() {
            if *figure != "exited" || !exited.is_empty() {
                numbers.push(NumberColumn { name: named(figure), values: Box::new(move |i| figures.at(i, k)) });
            }
        }
    }
    let said = [
        ("onus.version", env!("CARGO_PKG_VERSION").to_owned()),
        ("onus.tolerance", format!("{:e}", config.tolerance)),
        ("onus.defect", format!("{:e}", walked.defect)),
        ("onus.nodes", walked.nodes.to_string()),
        ("onus.links", walked.links.to_string()),
    ];
    write_columns(out, nodes, ("node_id", |i| order.get(i).map_or("", |s| ids.text(*s))), &numbers, &said)?;
    let written = clock.elapsed().as_secs_f64();
    walked.seconds = [read, built - read, solved - built, written - solved];
    Ok(walked)
}

fn trouble(path: &Path) -> impl Fn(Trouble) -> Error {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    move |t: Trouble| Error::settings(name.clone(), format!("{} [{}]", t.found, t.code.code), t.code.remedy)
}

fn read(config: &WalkConfig, walked: &mut Walked) -> Result<Network> {
    let mut ids = Interner::default();
    let (mut columns, names) = read_nodes(&config.nodes, &mut ids, walked)?;
    let known = ids.len();
    let mut links = read_links(&config.links, &mut ids, walked)?;
    walked.unknown = (ids.len() - known) as u64;

    let order = ids.sorted();
    let mut rank = vec![0u32; order.len()];
    for (at, symbol) in order.iter().enumerate() {
        if let Some(slot) = rank.get_mut(symbol.0 as usize) {
            *slot = at as u32;
        }
    }
    for link in &mut links {
        link.supplier = rank[link.supplier as usize];
        link.buyer = rank[link.buyer as usize];
    }
    // What nobody told of a node: nothing stops there, all that comes to it is unseen.
    let sorted = |values: Vec<f64>, unknown: f64| -> Vec<f64> {
        order.iter().map(|s| values.get(s.0 as usize).copied().unwrap_or(unknown)).collect()
    };
    let mapped = sorted(std::mem::take(&mut columns[0]), 0.0);
    let exited = if columns[1].is_empty() { Vec::new() } else { sorted(std::mem::take(&mut columns[1]), 0.0) };
    let walks = names.into_iter().zip(columns.drain(2..)).map(|(name, p)| (name, sorted(p, 0.0))).collect();
    Ok(Network { ids, order, mapped, exited, walks, links })
}

/// Ids and numbers of one piece of the nodes table.
#[derive(Default)]
struct NodePart {
    texts: String,
    ends: Vec<usize>,
    numbers: Vec<f64>,
}

/// The columns mapped, exited (empty without one) and p of each walk, by symbol; and the names of the walks.
fn read_nodes(path: &Path, ids: &mut Interner, walked: &mut Walked) -> Result<(Vec<Vec<f64>>, Vec<String>)> {
    let trouble = trouble(path);
    let table = Streamed::open(path).map_err(&trouble)?;
    let id = table.required("node_id").map_err(&trouble)?;
    let (mapped, exited) = (table.column("mapped_share"), table.column("exited_share"));
    let walks: Vec<(usize, String)> = (table.header.iter().enumerate())
        .filter(|(_, h)| *h == "p" || h.starts_with("p_"))
        .map(|(at, h)| (at, h.strip_prefix("p_").unwrap_or("").to_owned()))
        .collect();
    if walks.is_empty() {
        let found = format!("no column p or p_NAME among {}", table.header.join(", "));
        return Err(Error::settings(path.display().to_string(), found, "give every node the probability that the walk stops there"));
    }
    let mut numbers: Vec<usize> = walks.iter().map(|w| w.0).collect();
    numbers.extend(mapped);
    numbers.extend(exited);
    let (of_mapped, of_exited) = (walks.len(), walks.len() + usize::from(mapped.is_some()));
    let width = walks.len() + 2;
    let take = |part: &mut NodePart, texts: &[&[u8]], cells: &[Option<f64>]| {
        let id = texts.first().copied().unwrap_or_default();
        let id = std::str::from_utf8(id).map_err(|_| "an id that is no UTF-8 text".to_owned())?;
        if id.is_empty() {
            return Err("no node_id".to_owned());
        }
        if let Some(out) = cells.iter().flatten().find(|x| !(0.0..=1.0).contains(*x)) {
            return Err(format!("{out} is no share between 0 and 1"));
        }
        let cell = |at: usize| cells.get(at).copied().flatten();
        part.numbers.push(if mapped.is_some() { cell(of_mapped) } else { None }.unwrap_or(f64::NAN));
        part.numbers.push(if exited.is_some() { cell(of_exited).unwrap_or(0.0) } else { 0.0 });
        part.numbers.extend((0..walks.len()).map(|w| cell(w).unwrap_or(0.0)));
        part.texts.push_str(id);
        part.ends.push(part.texts.len());
        Ok(())
    };
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); width];
    let mut blocks = table.blocks(Wanted { texts: vec![id], numbers }).map_err(&trouble)?;
    while let Some((parts, refused)) = blocks.next::<NodePart>(&take).map_err(&trouble)? {
        walked.refused[0].extend(refused);
        for part in parts {
            let mut from = 0;
            for (row, to) in part.ends.iter().enumerate() {
                walked.rows[0] += 1;
                let (text, before) = (part.texts.get(from..*to).unwrap_or(""), ids.len());
                from = *to;
                let (symbol, own) = (ids.intern(text).0 as usize, part.numbers.iter().skip(row * width));
                if symbol == before {
                    columns.iter_mut().zip(own).for_each(|(column, value)| column.push(*value));
                } else if columns
                    .iter()
                    .zip(own)
                    .any(|(column, value)| column.get(symbol).is_none_or(|there| there.to_bits() != value.to_bits()))
                {
                    let found = format!("two rows of node {text} say different things");
                    return Err(Error::settings(path.display().to_string(), found, "keep one of them"));
                }
            }
        }
    }
    walked.rows[0] += walked.refused[0].len() as u64;
    if exited.is_none() {
        columns[1] = Vec::new();
    }
    within_bounds(path, &walked.refused[0], walked.rows[0])?;
    Ok((columns, walks.into_iter().map(|w| w.1).collect()))
}

/// Links of one piece of the table; ids that the nodes do not hold stand aside, by position of the link.
#[derive(Default)]
struct LinkPart {
    links: Vec<Entry>,
    /// Supplier and buyer of the last links, whose numbers are looked up together.
    texts: Vec<u8>,
    ends: Vec<u32>,
    aside: Vec<(usize, bool, String)>,
}

/// Links whose ends are looked up together.
const LOOKED_UP: usize = 512;

impl LinkPart {
    fn push(&mut self, supplier: &[u8], buyer: &[u8], weight: f64) {
        for text in [supplier, buyer] {
            self.texts.extend_from_slice(text);
            self.ends.push(self.texts.len() as u32);
        }
        self.links.push(Entry { buyer: u32::MAX, supplier: u32::MAX, weight });
    }

    fn look_up(&mut self, known: &Interner) {
        let mut from = 0;
        let texts: Vec<&[u8]> =
            self.ends.iter().map(|to| self.texts.get(std::mem::replace(&mut from, *to as usize)..*to as usize).unwrap_or(&[])).collect();
        let mut found = vec![None; texts.len()];
        known.find_all(&texts, &mut found);
        let first = self.links.len() - texts.len() / 2;
        for (i, (text, found)) in texts.iter().zip(found).enumerate() {
            let (at, is_buyer) = (first + i / 2, i % 2 == 1);
            match found {
                Some(Symbol(number)) if is_buyer => self.links[at].buyer = number,
                Some(Symbol(number)) => self.links[at].supplier = number,
                None => self.aside.push((at, is_buyer, String::from_utf8_lossy(text).into_owned())),
            }
        }
        self.texts.clear();
        self.ends.clear();
    }
}

fn read_links(path: &Path, ids: &mut Interner, walked: &mut Walked) -> Result<Vec<Entry>> {
    let trouble = trouble(path);
    let table = Streamed::open(path).map_err(&trouble)?;
    let ends = [table.required("supplier_id").map_err(&trouble)?, table.required("buyer_id").map_err(&trouble)?];
    let value = table.column("value");
    let mut links: Vec<Entry> = Vec::new();
    let mut blocks = table.blocks(Wanted { texts: ends.to_vec(), numbers: value.into_iter().collect() }).map_err(&trouble)?;
    loop {
        let known: &Interner = ids;
        let take = |part: &mut LinkPart, texts: &[&[u8]], cells: &[Option<f64>]| {
            let &[supplier, buyer] = texts else { return Err("a row without two ids".to_owned()) };
            if supplier.is_empty() || buyer.is_empty() {
                return Err("no supplier_id or no buyer_id".to_owned());
            }
            let weight = match cells.first() {
                Some(Some(value)) if *value > 0.0 => *value,
                Some(Some(value)) => return Err(format!("a value of {value}; it must be above 0")),
                Some(None) => return Err("no value".to_owned()),
                None => 1.0,
            };
            if !(supplier.is_ascii() && buyer.is_ascii()) && [supplier, buyer].into_iter().any(|t| std::str::from_utf8(t).is_err()) {
                return Err("an id that is no UTF-8 text".to_owned());
            }
            part.push(supplier, buyer, weight);
            if part.ends.len() >= 2 * LOOKED_UP {
                part.look_up(known);
            }
            Ok(())
        };
        let Some((parts, refused)) = blocks.next::<LinkPart>(&take).map_err(&trouble)? else { break };
        walked.refused[1].extend(refused);
        for mut part in parts {
            part.look_up(ids);
            for (at, is_buyer, text) in part.aside {
                let number = ids.intern(&text).0;
                let link = &mut part.links[at];
                *(if is_buyer { &mut link.buyer } else { &mut link.supplier }) = number;
            }
            links.extend(part.links);
        }
    }
    walked.rows[1] = links.len() as u64 + walked.refused[1].len() as u64;
    within_bounds(path, &walked.refused[1], walked.rows[1])?;
    Ok(links)
}

/// # Errors
/// More than 5 % of the rows refused.
fn within_bounds(path: &Path, refused: &[Unused], rows: u64) -> Result<()> {
    if refused.len() as f64 <= REFUSED_MOST * rows as f64 {
        return Ok(());
    }
    let name: std::sync::Arc<str> = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default().into();
    let told = refused.iter().take(TOLD_MOST).map(|u| Diagnostic {
        level: Level::Fatal,
        code: ROWS_REFUSED.code,
        at: Locator { file: name.clone(), part: None, line: u.line, column: None },
        found: format!("{} ({} of {rows} rows refused)", u.found, refused.len()),
        expected: ROWS_REFUSED.remedy.to_owned(),
        times: 1,
    });
    Err(Error::Fatal(told.collect()))
}
