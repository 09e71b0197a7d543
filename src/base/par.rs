//! The one parallel driver. Chunk borders come from the length alone, results are joined in order: the same bits for any number of threads.

use super::error::{Error, Result};
use rayon::prelude::*;

/// Runs `work` with `threads` workers (0: one per core) for everything below it.
///
/// # Errors
/// When the system gives no threads.
pub fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| Error::internal(format!("no thread pool: {e}")))?;
    Ok(pool.install(work))
}

/// `f(i)` for every `i` in `0..len`, in order.
pub fn map<T: Send>(len: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..len).into_par_iter().with_min_len(64).map(f).collect()
}

/// `f(item)` for every item, in order; for few items that each take long.
pub fn map_each<I: Sync, T: Send>(items: &[I], f: impl Fn(&I) -> T + Sync + Send) -> Vec<T> {
    items.par_iter().with_max_len(1).map(f).collect()
}

/// `f(range)` for ranges of at most `chunk` positions, results in order of the ranges.
pub fn map_chunks<T: Send>(len: usize, chunk: usize, f: impl Fn(std::ops::Range<usize>) -> T + Sync + Send) -> Vec<T> {
    let chunk = chunk.max(1);
    (0..len.div_ceil(chunk)).into_par_iter().map(|c| f(c * chunk..((c + 1) * chunk).min(len))).collect()
}

/// Runs two pieces of work side by side.
pub fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(a, b)
}

/// Sorts by a total order; equal elements keep their order.
pub fn sort_by<T: Send>(items: &mut [T], compare: impl Fn(&T, &T) -> std::cmp::Ordering + Sync) {
    items.par_sort_by(compare);
}

/// `f(item)` for every item by value, in order; for few items that each take long.
pub fn map_owned<I: Send, T: Send>(items: Vec<I>, f: impl Fn(I) -> T + Sync + Send) -> Vec<T> {
    items.into_par_iter().with_max_len(1).map(f).collect()
}

/// Sorts in place by a total order in which equal elements are alike in every bit.
pub fn sort_unstable<T: Ord + Send>(items: &mut [T]) {
    items.par_sort_unstable();
}
