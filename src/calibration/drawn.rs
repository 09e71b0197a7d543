//! The method's numbers as they could also be: one draw from the uncertainty that the pack states (model 1.6).
//!
//! ```text
//! prior     log pi(x) += sum over root norms true in x of tau (sqrt .5 z(country) + sqrt .5 z(sector)), tau by the level of the base rate
//! source    logit d += sd z, log f += sd z (f <= .5; d = 0 stays 0)
//! strength  logit present += sd z, log(absent / present) += sd z (at most 0), then grades in order again
//! ```
//!
//! A source is drawn as one: its rates per norm and per sign move together.

use super::ground::Ground;
use crate::base::norm::{STATE_COUNT, STATES};
use crate::base::{CountryCode, NodeIx, Norm, SectorCode};
use crate::evidence::items::NodeEvidence;
use crate::pack::{MethodPack, SourceClass};
use crate::world::Draws;
use std::collections::BTreeMap;

/// Norms that no other stands above.
const ROOTS: [Norm; 3] = [Norm::ChildLabour, Norm::ForcedLabour, Norm::Trafficking];
const FALSE_REPORT_MOST: f64 = 0.5;

/// One draw.
pub struct Drawn {
    /// The method with this draw's rates and strengths.
    pub pack: MethodPack,
    country: BTreeMap<Option<CountryCode>, f64>,
    sector: BTreeMap<Option<SectorCode>, f64>,
}

fn shifted(p: f64, by: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 { p } else { 1.0 / (1.0 + ((1.0 - p) / p) * (-by).exp()) }
}

impl Drawn {
    /// The draw of that seed for the places of a ground.
    pub fn new(pack: &MethodPack, ground: &Ground, seed: u64) -> Self {
        let sd = |id: &str| pack.parameter(id).map_or(0.0, |p| p.value);
        let (source_sd, strength_sd) = (sd("draws.source_sd"), sd("draws.strength_sd"));
        let mut draws = Draws::new(seed, 17);
        let mut country: BTreeMap<Option<CountryCode>, f64> = ground.resolution.nodes.iter().map(|n| (n.country, 0.0)).collect();
        let mut sector: BTreeMap<Option<SectorCode>, f64> = ground.resolution.nodes.iter().map(|n| (n.sector, 0.0)).collect();
        country.values_mut().for_each(|z| *z = draws.normal());
        sector.values_mut().for_each(|z| *z = draws.normal());
        let mut pack = pack.clone();
        for source in &mut pack.sources {
            let (of_d, of_f) = (source_sd * draws.normal(), source_sd * draws.normal());
            source.detection = source.detection.map(|d| shifted(d, of_d));
            source.detection_sign = shifted(source.detection_sign, of_d);
            source.false_report = (source.false_report * of_f.exp()).min(FALSE_REPORT_MOST);
        }
        let mut floor = 0.0;
        let mut ceiling = f64::INFINITY;
        // Weak, medium, strong: a stronger grade has present no lower and absent no higher.
        for strength in &mut pack.strengths {
            let (of_present, of_ratio) = (strength_sd * draws.normal(), strength_sd * draws.normal());
            let ratio = (strength.absent / strength.present * of_ratio.exp()).min(1.0);
            strength.present = f64::max(shifted(strength.present, of_present), floor);
            strength.absent = f64::min(strength.present * ratio, ceiling);
            (floor, ceiling) = (strength.present, strength.absent);
        }
        Self { pack, country, sector }
    }

    /// The prior of a place over the joint states under this draw; `None` where nobody works.
    pub fn prior(&self, ground: &Ground, node: usize) -> Option<[f64; STATE_COUNT]> {
        let prior = ground.prior(node)?;
        let at = &ground.resolution.nodes[NodeIx(node as u32).at()];
        let z = |z: Option<&f64>| 0.5f64.sqrt() * z.copied().unwrap_or(0.0);
        let shift = z(self.country.get(&at.country)) + z(self.sector.get(&at.sector));
        let tau = |n: Norm| prior.base.get(n.at()).and_then(Option::as_ref).map(|b| b.tau);
        // A root norm lifted by what implies it is as uncertain as that.
        let implying = |root: Norm| Norm::ALL.into_iter().filter(move |n| n.implied().contains(root));
        let factor = ROOTS.map(|n| (tau(n).unwrap_or_else(|| implying(n).filter_map(tau).fold(0.0, f64::max)) * shift).exp());
        let mut weight = prior.joint.weight;
        let mut total = 0.0;
        for (w, x) in weight.iter_mut().zip(STATES.iter()) {
            for (norm, f) in ROOTS.iter().zip(factor) {
                if x.contains(*norm) {
                    *w *= f;
                }
            }
            total += *w;
        }
        Some(weight.map(|w| w / total))
    }

    /// What was said of a place, with this draw's rates in the place of the pack's. For evidence of visits alone: a channel has no rate
    /// of its own to move.
    pub fn evidence(&self, said: &NodeEvidence) -> NodeEvidence {
        let mut said = said.clone();
        let class = |source: crate::pack::SourceIx| -> Option<&SourceClass> { self.pack.sources.get(source.0 as usize) };
        for report in &mut said.reports {
            if let Some(c) = class(report.source) {
                (report.detection, report.false_report) = (c.detection_sign, c.false_report);
            }
        }
        for look in &mut said.looks {
            look.detection = class(look.source).map_or(look.detection, |c| c.detection_sign);
        }
        for silence in &mut said.silences {
            if let Some(c) = class(silence.source) {
                for (d, drawn) in silence.detection.iter_mut().zip(c.detection) {
                    *d = if *d > 0.0 { drawn } else { 0.0 };
                }
            }
        }
        said
    }
}
