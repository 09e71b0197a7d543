//! The walk alone, over a network of any size with probabilities that somebody else made: two tables in, one table of figures out.
//!
//! Nothing of a dataset is needed: no countries, no evidence, no method pack. Nodes are numbered by the byte order of their ids and links
//! are summed in one order, so that the order of rows and the number of threads change no bit.
//!
//! | file | what it does |
//! | --- | --- |
//! | `tables` | reads nodes and links |
//! | `in_memory` | the graph in memory |
//! | `out_of_core` | the graph in files, links never all in memory |

mod in_memory;
mod out_of_core;
mod tables;

pub use out_of_core::LEAST_MEMORY;

use crate::base::{Error, Interner, Result, Symbol, par};
use crate::export::peak_memory;
use crate::export::plain_columns::{NumberColumn, write_columns};
use crate::read::Unused;
use crate::trace::Figures;
use std::path::{Path, PathBuf};

/// What is walked, and how far.
#[derive(Clone, Debug)]
pub struct WalkConfig {
    pub nodes: PathBuf,
    pub links: PathBuf,
    /// The defect below which the walk is solved, everywhere; above 0 and below 1.
    pub tolerance: f64,
    /// Mapped share of the nodes of a closed circle.
    pub closed_mapped: f64,
    pub threads: usize,
    /// Bytes that links may take in memory, at least [`LEAST_MEMORY`]; without it all are held.
    pub memory: Option<u64>,
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
    /// Most memory of the process when each of these was done, in bytes; `None` where the system does not say.
    pub peak: [Option<u64>; 4],
}

/// Seconds and memory by stage.
struct Clock {
    since: std::time::Instant,
    stage: usize,
}

impl Clock {
    fn lap(&mut self, walked: &mut Walked) {
        if let (Some(seconds), Some(peak)) = (walked.seconds.get_mut(self.stage), walked.peak.get_mut(self.stage)) {
            *seconds = self.since.elapsed().as_secs_f64();
            *peak = peak_memory();
        }
        self.since = std::time::Instant::now();
        self.stage += 1;
    }
}

/// One figure of a walk at a node, by canonical number: the k-th of [`Figures::NAMES`].
type FigureAt = Box<dyn Fn(usize, usize) -> f64 + Send + Sync>;

/// What a walk of either kind ends in.
struct Solved {
    ids: Interner,
    order: Vec<Symbol>,
    /// By walk.
    figures: Vec<FigureAt>,
    with_exits: bool,
}

/// Columns of the nodes by canonical number.
struct Columns {
    mapped: Vec<f64>,
    /// Empty without one.
    exited: Vec<f64>,
    walks: Vec<(String, Vec<f64>)>,
}

impl Columns {
    /// `columns` by symbol: mapped, exited, p of each walk. What nobody told of a node: nothing stops there, all that comes to it is unseen.
    fn sorted(mut columns: Vec<Vec<f64>>, names: Vec<String>, order: &[Symbol]) -> Self {
        let with_exits = columns.get(1).is_some_and(|c| !c.is_empty());
        let mut sorted = |at: usize| -> Vec<f64> {
            let values = columns.get_mut(at).map(std::mem::take).unwrap_or_default();
            order.iter().map(|s| values.get(s.0 as usize).copied().unwrap_or(0.0)).collect()
        };
        let (mapped, exited) = (sorted(0), if with_exits { sorted(1) } else { Vec::new() });
        let walks = names.into_iter().enumerate().map(|(w, name)| (name, sorted(w + 2))).collect();
        Columns { mapped, exited, walks }
    }
}

/// The canonical number of each symbol: `order` the other way round.
fn numbers(order: &[Symbol]) -> Vec<u32> {
    let mut number = vec![0u32; order.len()];
    for (at, symbol) in order.iter().enumerate() {
        if let Some(slot) = number.get_mut(symbol.0 as usize) {
            *slot = at as u32;
        }
    }
    number
}

/// Follows one unit of spend upstream from every node, and writes where it ends.
///
/// Nodes: `node_id`, `p` or columns `p_NAME` (0 to 1; blank: 0), `mapped_share` (blank or no column: 1 where the node has suppliers, else 0: an
/// origin says 1), `exited_share` (blank: 0). Links: `supplier_id`, `buyer_id`, `value` (no column: every
/// link alike).
///
/// # Errors
/// Settings out of their range, files that cannot be read, columns that are missing, more than 5 % of a table's rows refused, a disk that is full.
pub fn walk(config: &WalkConfig, out: &Path) -> Result<Walked> {
    config.checked()?;
    par::with_threads(config.threads, || walk_in_pool(config, out))?
}

impl WalkConfig {
    fn checked(&self) -> Result<()> {
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            let found = format!("{} is not above 0 and below 1", self.tolerance);
            return Err(Error::settings("--tolerance", found, "give the largest part of a unit that may be left open, such as 1e-9"));
        }
        if !(0.0..=1.0).contains(&self.closed_mapped) {
            return Err(Error::settings("--closed-mapped", format!("{} is no share", self.closed_mapped), "give a number from 0 to 1"));
        }
        match self.memory {
            Some(bytes) if bytes < LEAST_MEMORY => {
                let found = format!("{bytes} bytes are too few to sort links in");
                Err(Error::settings("--memory", found, format!("the least that works is {}MiB", LEAST_MEMORY >> 20)))
            }
            _ => Ok(()),
        }
    }
}

fn walk_in_pool(config: &WalkConfig, out: &Path) -> Result<Walked> {
    let mut clock = Clock { since: std::time::Instant::now(), stage: 0 };
    let mut walked = Walked::default();
    let solved = match config.memory {
        None => in_memory::solved(config, &mut walked, &mut clock)?,
        Some(bytes) => out_of_core::solved(config, bytes, out, &mut walked, &mut clock)?,
    };
    let mut numbers: Vec<NumberColumn<'_>> = Vec::with_capacity(5 * solved.figures.len());
    for (name, at) in walked.walks.iter().zip(&solved.figures) {
        let named = |figure: &str| if name.is_empty() { figure.to_owned() } else { format!("{figure}_{name}") };
        for (k, figure) in Figures::NAMES.iter().enumerate() {
            if *figure != "exited" || solved.with_exits {
                numbers.push(NumberColumn { name: named(figure), values: Box::new(move |i| at(i, k)) });
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
    let id = |i: usize| solved.order.get(i).map_or("", |s| solved.ids.text(*s));
    write_columns(out, solved.order.len(), ("node_id", id), &numbers, &said)?;
    clock.lap(&mut walked);
    Ok(walked)
}
