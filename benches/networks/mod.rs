//! Networks for the benches, drawn with heavy tails.

use onus::graph::Entry;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const LINKS_A_NODE: f64 = 10.6;

/// A network with the columns of four walks.
pub struct Drawn {
    pub entries: Vec<Entry>,
    pub p: [Vec<f64>; 4],
    pub mapped: Vec<f64>,
}

/// 10.6 links a node, 11 % of the nodes without suppliers, 10 % without buyers.
pub fn draw(nodes: usize) -> Drawn {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(20_261_122);
    let mut unit = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let kind: Vec<f64> = (0..nodes).map(|_| unit()).collect();
    // Numbers are drawn at random, so a node's number says nothing of its size; the pools hold them by size.
    let mut cumulated = [Vec::with_capacity(nodes), Vec::with_capacity(nodes)];
    let mut pools: [Vec<u32>; 2] = [Vec::new(), Vec::new()];
    let mut sums = [0.0; 2];
    for (n, kind) in kind.iter().enumerate() {
        let size = (1.0 - unit()).powf(-1.0 / 1.6) - 0.8;
        for (at, holds) in [(0, *kind > 0.11), (1, *kind <= 0.90)] {
            if holds {
                sums[at] += size;
                cumulated[at].push(sums[at]);
                pools[at].push(n as u32);
            }
        }
    }
    let mut pick = |at: usize| {
        let target = unit() * sums[at];
        let found = cumulated[at].partition_point(|c| *c <= target).min(pools[at].len() - 1);
        pools[at][found]
    };
    let links = (nodes as f64 * LINKS_A_NODE) as usize;
    let mut entries: Vec<Entry> = (0..links).map(|_| Entry { buyer: pick(0), supplier: pick(1), weight: 1.0 }).collect();
    entries.retain(|e| e.buyer != e.supplier);
    let mut p: [Vec<f64>; 4] = Default::default();
    for (k, p) in p.iter_mut().enumerate() {
        p.extend((0..nodes).map(|_| unit() * if unit() < 0.05 { 0.3 } else { 0.01 * (k + 1) as f64 }));
    }
    let mapped = kind.iter().map(|kind| if *kind > 0.11 { 0.6 + 0.4 * unit() } else { 1.0 }).collect();
    for e in &mut entries {
        e.weight = (9.0 + 1.4 * (unit() + unit() + unit() - 1.5) * 2.0).exp();
    }
    Drawn { entries, p, mapped }
}
