//! Which nodes of a stored graph trade in circles, and an order with suppliers first, in memory that grows with the nodes alone.
//!
//! Links are read in batches of a few a node. A circle within a batch is found by R. Tarjan's algorithm (`components`) and becomes one node
//! (union-find), links within it vanish and parallel ones fall together: of a network of trade, most links do in the first reading. What is left
//! is written and read again until it fits into one batch, whose order is then the order of all.
//! Where reading again no longer shrinks it, ends are trimmed and circles taken one by one, forwards and backwards from one of their nodes: exact
//! for every graph, if slow.
//!
//! What comes out is defined by the graph alone, not by how it was found: components by level (the longest chain of components to it), then by
//! their first node; within a component that is swept on disk nodes stand by their distance from the one that most buy from.

use super::components::Components;
use super::stored::StoredRows;
use crate::base::{Error, Result, par};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A circle of at most this many links, or of at most [`SPARSE`] a node, is solved in memory; larger ones are swept on disk.
pub const HELD_LINKS: u32 = 1 << 15;
const SPARSE: u32 = 2;
/// Readings that go into the distances within circles.
const DISTANCES: u32 = 16;
/// A reading that leaves more than this part of the links shrinks nothing.
const SHRINKS: f64 = 0.75;

/// Nodes of a stored graph in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOrder {
    /// By node, its position: every supplier before its buyer, unless both trade in one circle.
    pub position: Vec<u32>,
    /// The circles of two nodes and more, by position.
    pub circles: Vec<StoredCircle>,
}

/// Nodes that trade in a circle, side by side in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredCircle {
    pub first: u32,
    pub nodes: u32,
    /// Whether it is small or sparse enough to be solved in memory.
    pub held: bool,
}

impl StoredOrder {
    /// The order of `rows`. About `memory` bytes of links are held, and 50 bytes a node; what does not fit goes to files in `dir`.
    ///
    /// # Errors
    /// A disk that is full or a file that is damaged.
    pub fn of(rows: &StoredRows, dir: &Path, memory: usize) -> Result<Self> {
        Self::by_batches(rows, dir, memory, memory / 32 + 2 * rows.nodes())
    }

    fn by_batches(rows: &StoredRows, dir: &Path, memory: usize, batch: usize) -> Result<Self> {
        let mut search = Search { rows, dir, memory, batch, labels: Labels::new(rows.nodes()) };
        let levels = search.levels()?;
        let mut labels = search.labels;
        (0..rows.nodes() as u32).for_each(|n| labels.0[n as usize] = labels.find(n));
        let root = labels.0;

        let (inside, distance) = within(rows, &root, memory)?;
        let mut order: Vec<u32> = (0..rows.nodes() as u32).collect();
        let key = |n: u32| {
            let r = root[n as usize];
            (
                u64::from(levels[r as usize]) << 32 | u64::from(r),
                u64::from(distance.get(n as usize).copied().unwrap_or(0)) << 32 | u64::from(n),
            )
        };
        par::sort_by(&mut order, |a, b| key(*a).cmp(&key(*b)));
        let mut circles = Vec::new();
        let mut first = 0;
        for together in order.chunk_by(|a, b| root[*a as usize] == root[*b as usize]) {
            let nodes = together.len() as u32;
            if nodes > 1 {
                let links = together.first().map_or(0, |n| inside[root[*n as usize] as usize]);
                circles.push(StoredCircle { first, nodes, held: is_held(links, nodes) });
            }
            first += nodes;
        }
        let mut position = root;
        for (at, n) in order.iter().enumerate() {
            position[*n as usize] = at as u32;
        }
        Ok(StoredOrder { position, circles })
    }

    /// The size of the largest circle, 1 where there is none.
    pub fn largest(&self) -> u32 {
        self.circles.iter().map(|c| c.nodes).max().unwrap_or(u32::from(!self.position.is_empty()))
    }
}

fn is_held(links: u32, nodes: u32) -> bool {
    links <= HELD_LINKS.max(nodes.saturating_mul(SPARSE))
}

/// Links inside each component, by its first node, and the distances of nodes in components that are too large to be held; no list where
/// there are none.
fn within(rows: &StoredRows, root: &[u32], memory: usize) -> Result<(Vec<u32>, Vec<u32>)> {
    let mut inside = vec![0u32; root.len()];
    let mut nodes = vec![0u32; root.len()];
    let mut buyers = vec![0u32; root.len()];
    root.iter().for_each(|r| nodes[*r as usize] += 1);
    each_link(rows, memory, &mut |b, s| {
        let r = root[b as usize];
        if r == root[s as usize] && nodes[r as usize] > 1 {
            inside[r as usize] = inside[r as usize].saturating_add(1);
            buyers[s as usize] += 1;
        }
    })?;
    let is_swept: Vec<bool> = inside.iter().zip(&nodes).map(|(links, nodes)| *nodes > 1 && !is_held(*links, *nodes)).collect();
    if !is_swept.contains(&true) {
        return Ok((inside, Vec::new()));
    }
    // The node that most buy from, by component; the first of equals.
    let mut hub = nodes;
    hub.fill(u32::MAX);
    for n in 0..root.len() {
        let hub = &mut hub[root[n] as usize];
        if is_swept[root[n] as usize] && (*hub == u32::MAX || buyers[n] > buyers[*hub as usize]) {
            *hub = n as u32;
        }
    }
    let mut distance = buyers;
    distance.fill(u32::MAX - 1);
    hub.iter().filter(|h| **h != u32::MAX).for_each(|h| distance[*h as usize] = 0);
    drop(hub);
    for _ in 0..DISTANCES {
        let mut moved = false;
        each_link(rows, memory, &mut |b, s| {
            let (there, further) = (distance[b as usize], distance[s as usize] + 1);
            if further < there && root[b as usize] == root[s as usize] && is_swept[root[b as usize] as usize] {
                distance[b as usize] = further;
                moved = true;
            }
        })?;
        if !moved {
            break;
        }
    }
    for (n, distance) in distance.iter_mut().enumerate() {
        if !is_swept[root[n] as usize] {
            *distance = 0;
        }
    }
    Ok((inside, distance))
}

fn each_link(rows: &StoredRows, memory: usize, take: &mut (dyn FnMut(u32, u32) + Send)) -> Result<()> {
    rows.read(rows.whole(), memory, &mut |block| {
        for (piece, suppliers, _) in block.rows() {
            suppliers.iter().for_each(|s| take(piece.buyer, *s));
        }
        Ok(())
    })
}

/// Sets of nodes; each is known by its first node.
struct Labels(Vec<u32>);

impl Labels {
    fn new(nodes: usize) -> Self {
        Labels((0..nodes as u32).collect())
    }

    #[inline]
    fn find(&mut self, n: u32) -> u32 {
        let mut n = n as usize;
        while self.0[n] as usize != n {
            self.0[n] = self.0[self.0[n] as usize];
            n = self.0[n] as usize;
        }
        n as u32
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    /// A link between sets, buyer in the upper half; none within one.
    #[inline]
    fn between(&mut self, b: u32, s: u32) -> Option<u64> {
        let (b, s) = (self.find(b), self.find(s));
        (b != s).then_some(u64::from(b) << 32 | u64::from(s))
    }
}

fn ends(link: u64) -> (u32, u32) {
    ((link >> 32) as u32, link as u32)
}

struct Search<'a> {
    rows: &'a StoredRows,
    dir: &'a Path,
    memory: usize,
    /// Links of a batch.
    batch: usize,
    labels: Labels,
}

impl Search<'_> {
    /// Joins the nodes of every component, and gives the level of each by its first node.
    fn levels(&mut self) -> Result<Vec<u32>> {
        let mut left = self.rows.links();
        let mut file: Option<Links> = None;
        let mut round = 0;
        loop {
            let mut out = Sieve { batch: Vec::new(), room: self.batch, file: None, path: self.dir.join(format!("order-{round}")) };
            round += 1;
            let labels = &mut self.labels;
            match file.take() {
                None => {
                    self.rows.read(self.rows.whole(), self.memory, &mut |block| {
                        for (piece, suppliers, _) in block.rows() {
                            for s in suppliers {
                                if let Some(link) = labels.between(piece.buyer, *s) {
                                    out.push(link, labels)?;
                                }
                            }
                        }
                        Ok(())
                    })?;
                }
                Some(links) => {
                    links.each(false, &mut |link| {
                        let (b, s) = ends(link);
                        labels.between(b, s).map_or(Ok(()), |link| out.push(link, labels))
                    })?;
                    links.remove();
                }
            }
            match out.end(labels)? {
                Sieved::Held(batch) => return Ok(levels_of(self.rows.nodes(), &batch)),
                Sieved::Written(links) if (links.count as f64) < SHRINKS * left as f64 => {
                    left = links.count;
                    file = Some(links);
                }
                Sieved::Written(links) => {
                    self.one_by_one(&links)?;
                    let levels = self.relaxed(&links)?;
                    links.remove();
                    return Ok(levels);
                }
            }
        }
    }

    /// Every component left in `links`, one after the other: what no circle can hold is trimmed, then what leads to the first node that is
    /// left and what it leads to are one component.
    fn one_by_one(&mut self, links: &Links) -> Result<()> {
        let nodes = self.rows.nodes();
        let labels = &mut self.labels;
        let mut active: Vec<bool> = (0..nodes as u32).map(|n| labels.find(n) == n).collect();
        loop {
            loop {
                let (mut buys, mut sells) = (vec![false; nodes], vec![false; nodes]);
                links.each(false, &mut |link| {
                    if let Some((b, s)) = labels.between(ends(link).0, ends(link).1).map(ends)
                        && active[b as usize]
                        && active[s as usize]
                    {
                        (buys[b as usize], sells[s as usize]) = (true, true);
                    }
                    Ok(())
                })?;
                let mut trimmed = false;
                for (n, active) in active.iter_mut().enumerate().filter(|(_, a)| **a) {
                    *active = buys[n] && sells[n];
                    trimmed |= !*active;
                }
                if !trimmed {
                    break;
                }
            }
            let Some(pivot) = active.iter().position(|a| *a) else { return Ok(()) };
            let mut reached = [vec![false; nodes], vec![false; nodes]];
            for (upstream, reached) in [true, false].into_iter().zip(&mut reached) {
                reached[pivot] = true;
                let mut backwards = false;
                loop {
                    let mut moved = false;
                    links.each(backwards, &mut |link| {
                        let (b, s) = ends(link);
                        let (b, s) = (labels.find(b) as usize, labels.find(s) as usize);
                        let (from, to) = if upstream { (b, s) } else { (s, b) };
                        if reached[from] && !reached[to] && active[to] {
                            reached[to] = true;
                            moved = true;
                        }
                        Ok(())
                    })?;
                    backwards = !backwards;
                    if !moved {
                        break;
                    }
                }
            }
            let [up, down] = reached;
            for n in (0..nodes).filter(|n| up[*n] && down[*n]) {
                labels.join(pivot as u32, n as u32);
                active[n] = false;
            }
        }
    }

    /// The levels of components from links on disk, raised until no link asks for more.
    fn relaxed(&mut self, links: &Links) -> Result<Vec<u32>> {
        let labels = &mut self.labels;
        let mut levels = vec![0u32; self.rows.nodes()];
        let mut backwards = false;
        loop {
            let mut moved = false;
            links.each(backwards, &mut |link| {
                if let Some((b, s)) = labels.between(ends(link).0, ends(link).1).map(ends) {
                    let least = levels[s as usize] + 1;
                    if levels[b as usize] < least {
                        levels[b as usize] = least;
                        moved = true;
                    }
                }
                Ok(())
            })?;
            if !moved {
                return Ok(levels);
            }
            backwards = !backwards;
        }
    }
}

/// Links as compressed rows over all nodes, for Tarjan.
struct Rows {
    starts: Vec<u32>,
    suppliers: Vec<u32>,
}

impl Rows {
    /// `links` sorted.
    fn of(nodes: usize, links: &[u64]) -> Self {
        let mut starts = vec![0u32; nodes + 1];
        links.iter().for_each(|l| starts[(l >> 32) as usize + 1] += 1);
        for n in 0..nodes {
            starts[n + 1] += starts[n];
        }
        Rows { starts, suppliers: links.iter().map(|l| *l as u32).collect() }
    }

    fn of_node(&self, n: usize) -> &[u32] {
        &self.suppliers[self.starts[n] as usize..self.starts[n + 1] as usize]
    }
}

/// The levels of nodes that trade in no circle.
fn levels_of(nodes: usize, links: &[u64]) -> Vec<u32> {
    let rows = Rows::of(nodes, links);
    let components = Components::of(nodes, |n| rows.of_node(n));
    let mut levels = vec![0u32; nodes];
    for n in components.order() {
        let above = rows.of_node(*n as usize).iter().map(|s| levels[*s as usize] + 1).max();
        levels[*n as usize] = above.unwrap_or(0);
    }
    levels
}

/// A batch of links under contraction, and the file for what does not fit.
struct Sieve {
    batch: Vec<u64>,
    room: usize,
    file: Option<LinksOut>,
    path: PathBuf,
}

enum Sieved {
    /// All links between components, sorted: no circle is left.
    Held(Vec<u64>),
    Written(Links),
}

impl Sieve {
    fn push(&mut self, link: u64, labels: &mut Labels) -> Result<()> {
        self.batch.push(link);
        if self.batch.len() < self.room {
            return Ok(());
        }
        self.shrink();
        if self.batch.len() > self.room / 2 {
            self.contract(labels);
        }
        if self.batch.len() > self.room / 2 { self.write() } else { Ok(()) }
    }

    fn shrink(&mut self) {
        par::sort_unstable(&mut self.batch);
        self.batch.dedup();
    }

    fn contract(&mut self, labels: &mut Labels) {
        let mut fresh: Vec<u64> = self.batch.iter().filter_map(|l| labels.between(ends(*l).0, ends(*l).1)).collect();
        std::mem::swap(&mut fresh, &mut self.batch);
        drop(fresh);
        self.shrink();
        let rows = Rows::of(labels.0.len(), &self.batch);
        let components = Components::of(labels.0.len(), |n| rows.of_node(n));
        drop(rows);
        for members in components.iter().filter(|m| m.len() > 1) {
            members.windows(2).for_each(|w| labels.join(w[0], w[1]));
        }
        let (labels, batch) = (labels, std::mem::take(&mut self.batch));
        self.batch = batch.into_iter().filter_map(|l| labels.between(ends(l).0, ends(l).1)).collect();
        self.shrink();
    }

    fn write(&mut self) -> Result<()> {
        if self.file.is_none() {
            self.file = Some(LinksOut::create(&self.path)?);
        }
        if let Some(file) = &mut self.file {
            self.batch.iter().try_for_each(|l| file.put(*l))?;
        }
        self.batch.clear();
        Ok(())
    }

    fn end(mut self, labels: &mut Labels) -> Result<Sieved> {
        self.shrink();
        self.contract(labels);
        if self.file.is_none() {
            return Ok(Sieved::Held(self.batch));
        }
        self.write()?;
        match self.file {
            Some(file) => Ok(Sieved::Written(file.end()?)),
            None => Err(Error::internal("a file of links that was never made")),
        }
    }
}

/// Links between components, 8 bytes each, in a file that is read either way.
struct Links {
    path: PathBuf,
    count: u64,
}

struct LinksOut {
    file: BufWriter<File>,
    links: Links,
}

impl LinksOut {
    fn create(path: &Path) -> Result<Self> {
        let file = BufWriter::with_capacity(1 << 18, File::create(path).map_err(|e| Error::io(path, e))?);
        Ok(LinksOut { file, links: Links { path: path.to_owned(), count: 0 } })
    }

    fn put(&mut self, link: u64) -> Result<()> {
        self.links.count += 1;
        self.file.write_all(&link.to_le_bytes()).map_err(|e| Error::io(&self.links.path, e))
    }

    fn end(mut self) -> Result<Links> {
        self.file.flush().map_err(|e| Error::io(&self.links.path, e))?;
        Ok(self.links)
    }
}

/// Links read at once.
const LINKS_AT_ONCE: u64 = 1 << 15;

impl Links {
    fn each(&self, backwards: bool, take: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
        let trouble = |e| Error::io(&self.path, e);
        let mut file = BufReader::with_capacity(0, File::open(&self.path).map_err(trouble)?);
        let blocks = self.count.div_ceil(LINKS_AT_ONCE);
        let mut bytes = Vec::new();
        for block in 0..blocks {
            let from = if backwards { blocks - 1 - block } else { block } * LINKS_AT_ONCE;
            bytes.resize((LINKS_AT_ONCE.min(self.count - from) * 8) as usize, 0);
            file.seek(SeekFrom::Start(from * 8)).and_then(|_| file.read_exact(&mut bytes)).map_err(trouble)?;
            let links = bytes.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b));
            if backwards { links.rev().try_for_each(&mut *take)? } else { links.into_iter().try_for_each(&mut *take)? }
        }
        Ok(())
    }

    fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeIx;
    use crate::graph::{Entry, RowsWriter, SupplyGraph};
    use proptest::prelude::*;

    fn stored(dir: &Path, graph: &SupplyGraph) -> StoredRows {
        let mut writer = RowsWriter::create(&dir.join("rows"), graph.nodes()).unwrap();
        for n in 0..graph.nodes() as u32 {
            let row: Vec<(u32, f64)> = graph.suppliers_of(NodeIx(n)).iter().map(|(s, w)| (s as u32, w)).collect();
            if !row.is_empty() {
                writer.row(n, &row).unwrap();
            }
        }
        writer.end().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        /// Batches of 1 link end in trimming and one circle after the other, larger ones in contraction; all give one order.
        #[test]
        fn components_are_those_in_memory_and_the_order_does_not_depend_on_the_batches(
            nodes in 1u32..24,
            links in prop::collection::vec((0u32..24, 0u32..24), 0..120),
        ) {
            let entries: Vec<Entry> =
                links.iter().map(|(b, s)| Entry { buyer: b % nodes, supplier: s % nodes, weight: 1.0 }).collect();
            let graph = SupplyGraph::new(nodes as usize, &entries).unwrap();
            let dir = tempfile::tempdir().unwrap();
            let rows = stored(dir.path(), &graph);
            let order = StoredOrder::of(&rows, dir.path(), 1 << 20).unwrap();
            for batch in [1, 5, 20] {
                prop_assert_eq!(&StoredOrder::by_batches(&rows, dir.path(), 4096, batch).unwrap(), &order, "batches of {}", batch);
            }
            let components = graph.components();
            let circle_of = |n: u32| {
                let at = order.position[n as usize];
                order.circles.iter().position(|c| c.first <= at && at < c.first + c.nodes)
            };
            for b in 0..nodes {
                for s in 0..nodes {
                    let together = components.of_node(b as usize) == components.of_node(s as usize);
                    prop_assert_eq!(together, b == s || circle_of(b).is_some() && circle_of(b) == circle_of(s));
                }
                for (s, _) in graph.suppliers_of(NodeIx(b)).iter() {
                    let circle = s as u32 == b || circle_of(b).is_some() && circle_of(b) == circle_of(s as u32);
                    prop_assert!(circle || order.position[s] < order.position[b as usize]);
                }
            }
            let mut seen = order.position.clone();
            seen.sort_unstable();
            prop_assert!(seen.into_iter().eq(0..nodes));
            prop_assert_eq!(order.largest() as usize, components.largest());
        }
    }

    #[test]
    fn a_dense_circle_is_swept_from_the_node_that_most_buy_from() {
        // 400 nodes that each buy from 399: more links than are held. Node 7 sells to all, and 0 to one fewer; 0 buys from 7 alone.
        let nodes = 400u32;
        let all = (0..nodes).flat_map(|b| (0..nodes).map(move |s| (b, s)));
        let entries: Vec<Entry> = all
            .filter(|(b, s)| b != s && (*b != 0 || *s == 7) && (*b, *s) != (5, 0))
            .map(|(buyer, supplier)| Entry { buyer, supplier, weight: 1.0 })
            .collect();
        assert!(entries.len() > HELD_LINKS as usize);
        let graph = SupplyGraph::new(nodes as usize, &entries).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let order = StoredOrder::of(&stored(dir.path(), &graph), dir.path(), 1 << 16).unwrap();
        assert_eq!(order.circles, vec![StoredCircle { first: 0, nodes, held: false }]);
        assert_eq!((order.position[7], order.position[0]), (0, 1));
    }
}
