//! The change story of two results: what moved every focal figure, exactly, and what happened beside the figures (model 2; methodology 5.10).
//!
//! | file | what it answers |
//! | --- | --- |
//! | `side` | what one result says, read and held against its declarations |
//! | `joined` | the walks of a company in both on one set of vertices |
//! | `split` | the exact split of a move over parts and nodes |
//! | `shapley` | the share of each of a few factors in a difference |
//! | `weights` | evidence that is other evidence, and evidence that is only older |
//! | `method` | the old dataset under the new method |
//! | `companies` | the splits gathered by figure, part and node |
//! | `happened` | findings, alerts, cut links, nodes, records |
//! | `story` | what is told of it all, as plain values |
//! | `rows`, `readable` | the same as Parquet, and for the eye |
//!
//! The network is that of each result's own `walk_nodes.parquet` and `walk_links.parquet`: the walk as it was taken, with disclosures of one company,
//! published lists and commodities kept apart. Nodes are matched by id. What is not compared: figures with all links merged, people-touched, and
//! portfolios.

mod companies;
mod happened;
mod joined;
mod method;
mod readable;
mod rows;
mod shapley;
mod side;
mod split;
pub mod story;
mod weights;

pub use method::OldDataset;
pub use readable::readable;
pub use rows::write;
pub use story::{Company, Figure, Happened, NodeIn, NodeMove, Part, PartOfMove, Story, Thing, Told, Way};

use crate::base::{Date, Result, par};
use companies::Hop;
use side::Side;
use std::path::Path;

/// The change story of two result folders; with the dataset of the old one its method and day are told apart exactly.
///
/// ```text
/// new - old = evidence + time + first_signal + context + links + coverage + exits + method      for every figure of every company
/// ```
///
/// # Errors
/// A folder that is no result, is of an older version or is damaged; an old dataset that is another one or cannot be assessed.
pub fn compare(old: &Path, new: &Path, old_dataset: Option<&OldDataset>, threads: usize) -> Result<Story> {
    par::with_threads(threads, || told(old, new, old_dataset))?
}

fn told(old: &Path, new: &Path, old_dataset: Option<&OldDataset>) -> Result<Story> {
    let (old, new) = (Side::read(old)?, Side::read(new)?);
    let method_differs = method::differences(&old, &new);
    let days = [&old, &new].map(|s| s.manifest.stamp.as_of.clone());
    let mut notes = Vec::new();
    let (mut between, mut parts) = (Vec::new(), Vec::new());
    if let Some(given) = old_dataset {
        if !method_differs.is_empty() {
            between.push(method::assessed(given, &old, &new, &days[0])?);
            parts.push(Part::Method);
        }
        if days[0] != days[1] && days.iter().all(|d| Date::parse(d).is_some()) {
            between.push(method::assessed(given, &old, &new, &days[1])?);
            parts.push(Part::Time);
        }
        // Every assessment of it says whether it is the right one; where none was needed, it is held against the old result all the same.
        if between.is_empty() {
            method::verified(given, &old)?;
        }
    }
    let is_apart = !between.is_empty();
    if !method_differs.is_empty() && !is_apart {
        notes.push(format!(
            "The method differs ({}). Without the dataset of the old result what it moved cannot be told from context: both stand under 'context and \
             method', and some of it may stand under evidence, coverage and exits. With --old-dataset it is exact.",
            method_differs.join("; ")
        ));
    }
    if days[0] != days[1] && !is_apart {
        notes.push(
            "Evidence grown older is told by the rows that both results hold; what the later day did to links and exits stands under those. With \
             --old-dataset it is exact."
                .to_owned(),
        );
    }
    if let [Some(a), Some(b)] = [Date::parse(&days[0]), Date::parse(&days[1])]
        && b < a
    {
        notes.push(format!("The new result is of an earlier day ({}) than the old one ({}).", days[1], days[0]));
    }
    let ends = [&old, &new].map(Told::of);
    let happened = happened::happened(&old, &new);
    let nodes_both = old.places.keys().filter(|id| new.places.contains_key(*id)).count() as u64;
    let (nodes_added, nodes_gone) = (new.places.len() as u64 - nodes_both, old.places.len() as u64 - nodes_both);
    if nodes_both == 0 {
        notes.push("The two results hold no node in common: they are of different data, and nothing can be compared.".to_owned());
    }
    let mut chain = vec![old];
    chain.extend(between);
    chain.push(new);
    let context = if method_differs.is_empty() || is_apart { Part::Context } else { Part::ContextAndMethod };
    let hops: Vec<Hop> = (0..chain.len() - 1)
        .map(|i| Hop {
            from: i,
            to: i + 1,
            all_is: parts.get(i).copied(),
            context,
            method_differs: !method_differs.is_empty() && !is_apart,
        })
        .collect();
    let companies = companies::companies(&chain, &hops)?;
    if companies.is_empty() && nodes_both > 0 {
        notes.push("No company is assessed in both results.".to_owned());
    }
    for company in &companies {
        if chain.iter().any(|s| !s.walks.contains_key(&company.id)) {
            notes.push(format!("{}: its own view is too large to be kept in a result; its moves are not split.", company.name));
        }
    }
    let [old, new] = ends;
    Ok(Story { old, new, method_differs, method_apart: is_apart, companies, happened, nodes_both, nodes_added, nodes_gone, notes })
}

impl Told {
    fn of(side: &Side) -> Self {
        let m = &side.manifest;
        Told {
            dataset: m.stamp.dataset.name.clone(),
            dataset_hash: m.stamp.dataset.hash.clone(),
            as_of: m.stamp.as_of.clone(),
            pack: format!("{} {}", m.stamp.pack.id, m.stamp.pack.version),
            pack_hash: m.stamp.pack.hash.clone(),
            reference_hash: m.reference_hash.clone(),
            onus_version: m.stamp.onus_version.clone(),
        }
    }
}
