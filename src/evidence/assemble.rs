//! From the validated tables to what was said of each node: reports, looks and silences, each with its row.
//!
//! - An audit finding `seen`, a grievance and a statement are reports. `not_seen` is a look. `not_assessed` is nothing.
//! - A visit is silent on the norms it covers (its own `covers`, else its scheme in the pack, else none), but for the branches of which it
//!   saw a sign. A look for a sign whose norms are all under that silence adds nothing: one clean visit counts once, and a visit that
//!   itemises more is never worth less.
//! - A channel speaks by calendar quarter: each whole quarter in which it was open and received no sign of a branch is one silence
//!   for that branch, with d = reach x trust x use, and x 0.3 for children. Blank reach is 0: silence where nobody could have heard
//!   is not evidence. What a channel received from the node that is scored never moves its own use factor.
//! - Rows dated after `as_of`, and closings after it, are as if they had not been written.
//!
//! - Signs of integrity, the country and the harvest scale silence and looks (`integrity.rs`, `season.rs`), verified remedies scale the reports
//!   before them (`remedy.rs`), and where people change fast silence ages fast.
//!
//! A seen sign counts with the detection of its source class, whatever the reach of the channel it came by.

use super::book::{Book, EvidenceRow, Gathered};
use super::detect::recruitment::{CORRIDOR, fees_told};
use super::detect::{BuyerPractice, Detected, SiteFactor, detect};
use super::items::Silence;
use crate::base::{Date, NodeIx};
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::resolve::Resolution;
use crate::validate::inputs::Inputs;
use std::collections::BTreeMap;

/// Everything said, by node. Nodes of which nothing was said are absent.
pub type EvidenceByNode = BTreeMap<NodeIx, Gathered>;

/// Everything that the tables of evidence say.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub by_node: EvidenceByNode,
    /// Circumstances that enter priors alone.
    pub context: BTreeMap<NodeIx, Vec<SiteFactor>>,
    /// What buyers did to suppliers: involvement, no finding.
    pub practices: Vec<BuyerPractice>,
    /// What could not be told, in plain words, each once.
    pub notes: Vec<String>,
}

/// Reads audits, inspections, grievances, channels, statements and the measured tables as of a day; `reference` says what is known of
/// countries and crops.
pub fn assemble(inputs: &Inputs, resolution: &Resolution, pack: &MethodPack, reference: Option<&Reference>, as_of: Date) -> Evidence {
    let mut rows: Vec<EvidenceRow> = Vec::new();
    let mut covering: Vec<(NodeIx, Silence)> = Vec::new();
    let book = Book::new(inputs, resolution, pack, reference, as_of);
    book.audits(&mut rows, &mut covering);
    book.channels(&mut rows, &mut covering);
    book.grievances(&mut rows);
    book.statements(&mut rows);
    book.listings(&mut rows);
    book.answers(&mut rows);
    let Detected { rows: detected, covering: covered, mut context, practices, notes } = detect(&book);
    rows.extend(detected);
    covering.extend(covered);
    let mut by_node: EvidenceByNode = BTreeMap::new();
    for row in rows {
        by_node.entry(row.node).or_default().rows.push(row);
    }
    for (node, silence) in covering {
        by_node.entry(node).or_default().covering.push(silence);
    }
    for (node, gathered) in &mut by_node {
        book.number(*node, gathered);
        if fees_told(&gathered.rows, pack)
            && let Some(factors) = context.get_mut(node)
        {
            factors.retain(|f| f.id != CORRIDOR);
        }
    }
    context.retain(|_, factors| !factors.is_empty());
    Evidence { by_node, context, practices, notes }
}
