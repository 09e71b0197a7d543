//! The graph in files: links are never all in memory, nodes are.
//!
//! 1. Links are read in blocks, looked up and sorted on disk by buyer, supplier and weight.
//! 2. Merged, they are rows of W, in the order and to the bits of the graph in memory.
//! 3. An order with suppliers first is found, and the rows are sorted on disk once more, by it.
//! 4. The walks are solved with the rows read forward.
//!
//! Files stand in a folder of their own beside the result, 44 bytes a link at most, and go with the run however it ends. What is held of links at any time
//! stays within the memory that is given; beside it the nodes take what they take: ids, columns, figures, and one buyer's row.

use super::tables::{read_links, read_nodes};
use super::{Clock, Columns, FigureAt, Solved, WalkConfig, Walked, numbers};
use crate::base::{Error, Interner, Result, Symbol};
use crate::graph::{Entry, Extent, LinkRuns, Rows, RowsWriter, StoredOrder, StoredRows};
use crate::trace::{Figures, Problem, StoredGraph, StoredPart, open_stored_circles, solve_streamed};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The least memory for links with which the walk works, in bytes.
pub const LEAST_MEMORY: u64 = 4 << 20;

/// A folder for the files of one run, removed with all that is in it.
struct Scratch(PathBuf);

impl Scratch {
    fn beside(out: &Path) -> Result<Self> {
        let name = out.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let path = out.with_file_name(format!(".{name}.scratch-{}", std::process::id()));
        std::fs::create_dir(&path).map_err(|e| Error::io(&path, e))?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(super) fn solved(config: &WalkConfig, bytes: u64, out: &Path, walked: &mut Walked, clock: &mut Clock) -> Result<Solved> {
    let memory = usize::try_from(bytes).unwrap_or(usize::MAX);
    let scratch = Scratch::beside(out)?;
    let (ids, order, columns, names, runs) = read(config, &scratch, memory, walked)?;
    let Columns { mut mapped, exited, walks } = Columns::sorted(columns, names, &order);
    clock.lap(walked);

    let nodes = order.len();
    let rows = rows(&scratch, nodes, runs)?;
    let stored = StoredOrder::of(&rows, &scratch.0, memory / 2)?;
    walked.giant = u64::from(stored.largest());
    let (graph, position) = in_order(&scratch, rows, stored, memory)?;
    let number = by_position(&position);
    let placed = |values: &[f64]| -> Vec<f64> { number.iter().map(|n| values.get(*n as usize).copied().unwrap_or(0.0)).collect() };
    mapped = placed(&mapped);
    for (m, buys) in mapped.iter_mut().zip(&graph.buys).filter(|(m, _)| m.is_nan()) {
        // Where nobody says how much is mapped, the links are all there is; without links nothing is.
        *m = f64::from(u8::from(*buys));
    }
    let (mapped, opened) = open_stored_circles(&graph, mapped, config.closed_mapped)?;
    let exited = placed_or_none(&exited, &placed);
    let (names, columns): (Vec<String>, Vec<Vec<f64>>) = walks.into_iter().map(|(name, p)| (name, placed(&p))).unzip();
    drop(number);
    clock.lap(walked);

    let problems: Vec<Problem<'_>> =
        columns.iter().map(|p| Problem { p, on_evidence: &[], mapped: &mapped, origin_prior: &[], exited: &exited }).collect();
    let all = solve_streamed(&graph, &problems, config.tolerance)?;
    walked.nodes = nodes as u64;
    walked.links = graph.rows.links();
    walked.closed_circle_nodes = opened as u64;
    walked.sweeps = all.iter().map(|f| f.sweeps).max().unwrap_or(0);
    walked.defect = all.iter().map(Figures::largest_defect).fold(0.0, f64::max);
    walked.walks = names;
    clock.lap(walked);

    let position: Arc<[u32]> = position.into();
    let figure = |f: Figures| {
        let position = position.clone();
        Box::new(move |i: usize, k: usize| position.get(i).map_or(0.0, |at| f.at(*at as usize, k))) as FigureAt
    };
    Ok(Solved { ids, order, figures: all.into_iter().map(figure).collect(), with_exits: !exited.is_empty() })
}

fn placed_or_none(values: &[f64], placed: &dyn Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    if values.is_empty() { Vec::new() } else { placed(values) }
}

type Read = (Interner, Vec<Symbol>, Vec<Vec<f64>>, Vec<String>, LinkRuns);

/// Nodes, and links on their way into the order of canonical numbers.
fn read(config: &WalkConfig, scratch: &Scratch, memory: usize, walked: &mut Walked) -> Result<Read> {
    let mut ids = Interner::default();
    let (columns, names) = read_nodes(&config.nodes, &mut ids, walked)?;
    let known = ids.len();
    let mut order = ids.sorted();
    let number = numbers(&order);
    let mut runs = LinkRuns::new(&scratch.0, "links", memory / 2);
    // Nodes that only links name get the numbers behind the others for now.
    let numbered = |symbol: u32| number.get(symbol as usize).copied().unwrap_or(symbol);
    read_links(&config.links, &mut ids, walked, memory / 8, &mut |part| {
        part.into_iter().try_for_each(|l| runs.push(Entry { buyer: numbered(l.buyer), supplier: numbered(l.supplier), weight: l.weight }))
    })?;
    walked.unknown = (ids.len() - known) as u64;
    if walked.unknown > 0 {
        let before: Vec<u32> = order.iter().map(|s| s.0).collect();
        order = ids.sorted();
        let number = numbers(&order);
        let symbol = |n: u32| before.get(n as usize).copied().unwrap_or(n);
        runs = runs.renumbered("renumbered", |n| number.get(symbol(n) as usize).copied().unwrap_or(n))?;
    }
    Ok((ids, order, columns, names, runs))
}

fn rows(scratch: &Scratch, nodes: usize, runs: LinkRuns) -> Result<StoredRows> {
    let mut writer = RowsWriter::create(&scratch.0.join("rows"), nodes)?;
    let mut rows = Rows::new(&mut writer, false);
    runs.merged(&mut |link| rows.push(link))?;
    rows.end()?;
    writer.end()
}

/// The rows once more, under the positions of their nodes and in the order of those.
fn in_order(scratch: &Scratch, rows: StoredRows, order: StoredOrder, memory: usize) -> Result<(StoredGraph, Vec<u32>)> {
    let StoredOrder { position, circles } = order;
    let mut buys = vec![false; position.len()];
    let mut runs = LinkRuns::new(&scratch.0, "placed", memory / 2);
    rows.read(rows.whole(), memory / 4, &mut |block| {
        for (piece, suppliers, weights) in block.rows() {
            let buyer = position[piece.buyer as usize];
            buys[buyer as usize] = true;
            for (supplier, weight) in suppliers.iter().zip(weights) {
                runs.push(Entry { buyer, supplier: position[*supplier as usize], weight: *weight })?;
            }
        }
        Ok(())
    })?;
    let nodes = rows.nodes();
    rows.remove();

    let mut writer = RowsWriter::create(&scratch.0.join("ordered"), nodes)?;
    let mut placed = Rows::new(&mut writer, true);
    // Each border between what one reading solves and a circle that is swept: the position that comes next, and where its row begins.
    let borders: Vec<u32> = circles.iter().filter(|c| !c.held).flat_map(|c| [c.first, c.first + c.nodes]).collect();
    let mut begins: Vec<u64> = Vec::with_capacity(borders.len());
    runs.merged(&mut |link| {
        while borders.get(begins.len()).is_some_and(|border| *border <= link.buyer) {
            begins.push(placed.begins()?);
        }
        placed.push(link)
    })?;
    placed.end()?;
    let rows = writer.end()?;
    begins.resize(borders.len(), rows.whole().to);

    let mut parts = Vec::with_capacity(borders.len() + 1);
    let mut from = rows.whole().from;
    for (circle, bounds) in circles.iter().filter(|c| !c.held).zip(begins.as_chunks::<2>().0) {
        parts.push(StoredPart { extent: Extent { from, to: bounds[0] }, swept: None });
        parts.push(StoredPart { extent: Extent { from: bounds[0], to: bounds[1] }, swept: Some(*circle) });
        from = bounds[1];
    }
    parts.push(StoredPart { extent: Extent { from, to: rows.whole().to }, swept: None });
    parts.retain(|p| p.extent.to > p.extent.from);
    Ok((StoredGraph { rows, circles, parts, buys, memory: memory / 2 }, position))
}

/// The canonical number at each position.
fn by_position(position: &[u32]) -> Vec<u32> {
    let mut number = vec![0u32; position.len()];
    for (n, at) in position.iter().enumerate() {
        if let Some(slot) = number.get_mut(*at as usize) {
            *slot = n as u32;
        }
    }
    number
}
