//! The posterior of every node, and whether its figures stand on evidence or on context alone.

use super::rules::RuleFindings;
use crate::base::NodeIx;
use crate::base::{Norm, NormSet, Traced, par};
use crate::belief::context::PriorBook;
use crate::belief::posterior::{Posterior, posterior_with};
use crate::evidence::assemble::EvidenceByNode;
use crate::evidence::kernel::{Kernel, Scratch};
use crate::findings::Level;
use crate::pack::MethodPack;
use crate::resolve::Resolution;

/// What is believed of one place.
#[derive(Clone, Copy, Debug)]
pub struct SiteBelief {
    pub posterior: Posterior,
    /// P(somebody would have told, had it been there), per norm.
    pub coverage: [f64; Norm::COUNT],
    /// Largest log weight of the reports over the joint states.
    pub reports_weight: f64,
    /// The reports' weight makes a site signal.
    pub site_signal: bool,
    /// Norms for which the reports bearing on them, or on what implies them, make a signal by themselves.
    pub signal_norms: NormSet,
    /// Norms on which a rule finds possible or indicated, and what they imply. No part of any probability.
    pub found_norms: NormSet,
}

impl SiteBelief {
    /// Whether anything but context speaks of this very place: reports that make a signal, or a finding by rule (model 2).
    pub fn speaks(&self) -> bool {
        self.site_signal || !self.found_norms.is_empty()
    }

    /// The probability that the walk uses.
    pub fn traced(&self, traced: Traced) -> f64 {
        traced.norm().map_or(self.posterior.any, |n| self.posterior.coupled[n.at()])
    }

    /// Whether that probability stands on evidence. A signal of one norm is no signal of another: a report of child labour
    /// accuses nobody of forced labour, though it raises its probability.
    pub fn on_evidence(&self, traced: Traced) -> bool {
        traced.norm().map_or(self.speaks(), |n| self.signal_norms.contains(n) || self.found_norms.contains(n))
    }
}

/// Sets beside each belief what rules find of the place.
pub fn with_findings(beliefs: &mut [Option<SiteBelief>], rules: &RuleFindings) {
    for f in rules.found.nodes.iter().filter(|f| f.level >= Level::Possible) {
        if let Some(Some(belief)) = beliefs.get_mut(f.node.at()) {
            belief.found_norms.insert(f.norm);
            belief.found_norms.0 |= f.norm.implied().0;
        }
    }
}

/// Nodes that share room to work in.
const PIECE: usize = 256;

/// Beliefs of all nodes, `None` where nobody works.
pub fn beliefs(resolution: &Resolution, priors: &PriorBook, evidence: &EvidenceByNode, pack: &MethodPack) -> Vec<Option<SiteBelief>> {
    let kernel = Kernel::new(pack);
    let pieces = par::map_chunks(resolution.len(), PIECE, |piece| {
        let mut scratch = Scratch::default();
        piece.map(|i| belief(NodeIx(i as u32), priors, evidence, pack, &kernel, &mut scratch)).collect::<Vec<_>>()
    });
    pieces.into_iter().flatten().collect()
}

fn belief(
    node: NodeIx,
    priors: &PriorBook,
    evidence: &EvidenceByNode,
    pack: &MethodPack,
    kernel: &Kernel,
    scratch: &mut Scratch,
) -> Option<SiteBelief> {
    let prior = priors.of(node)?;
    let Some(said) = evidence.get(&node) else {
        return Some(SiteBelief {
            posterior: prior.silent,
            coverage: [0.0; Norm::COUNT],
            reports_weight: 0.0,
            site_signal: false,
            signal_norms: NormSet::EMPTY,
            found_norms: NormSet::EMPTY,
        });
    };
    let weight = kernel.reports_weight(&said.evidence, scratch);
    let mut signal_norms = NormSet::EMPTY;
    for norm in Norm::ALL {
        if weight.by_norm[norm.at()] >= pack.signal_weight {
            signal_norms.insert(norm);
            signal_norms.0 |= norm.implied().0;
        }
    }
    Some(SiteBelief {
        posterior: posterior_with(kernel, &prior.joint, &said.evidence, scratch),
        coverage: kernel.coverage(&said.covering, scratch),
        reports_weight: weight.most,
        site_signal: weight.most >= pack.signal_weight || !signal_norms.is_empty(),
        signal_norms,
        found_norms: NormSet::EMPTY,
    })
}
