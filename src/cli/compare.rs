//! `onus compare`: what moved the figures between two results, and what happened beside them.

use super::args::Compare;
use super::{json, print};
use crate::base::{Error, Result};
use crate::compare::{OldDataset, compare, readable, write};

/// Reads both results, writes the tables where asked, and prints the story.
pub(super) fn comparing(asked: &Compare) -> Result<u8> {
    let old_dataset = asked.old_dataset.as_ref().map(|dataset| OldDataset {
        dataset: dataset.clone(),
        mapping: asked.old_mapping.clone(),
        previous: asked.old_previous.clone(),
        pack: asked.pack.clone(),
        reference: asked.reference.clone(),
    });
    let story = compare(&asked.old, &asked.new, old_dataset.as_ref(), asked.threads)?;
    if let Some(out) = &asked.out {
        if out.extension().is_some_and(|e| e == "json") {
            let mut file = std::fs::File::create_new(out).map_err(|e| Error::io(out, e))?;
            std::io::Write::write_all(&mut file, json(&story)?.as_bytes()).map_err(|e| Error::io(out, e))?;
        } else {
            write(&story, &asked.new, out)?;
        }
    }
    print(&if asked.json { json(&story)? } else { readable(&story) })
}
