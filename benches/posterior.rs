//! Posteriors a second on one thread: coupled, `any`, decoupled and protection gap of nodes with ten rows of evidence each;
//! and nodes a second with ranges over 200 draws.
//!
//! *mixed*: 4 reports of 3 families in 2 branches by 3 origins, 3 looks, 3 silences. *reports*: 10 reports of up to 10 families by 8 origins.
//! Rows are drawn from the embedded method by a fixed rule; priors from eight sets of marginals. Prints one Markdown table.

use onus::base::{Branch, Norm};
use onus::belief::draws::{Draws, SpreadPrior};
use onus::belief::posterior::posterior_with;
use onus::belief::{JointPrior, Posterior};
use onus::evidence::items::{Look, NodeEvidence, Report, Silence};
use onus::evidence::kernel::{Kernel, Scratch};
use onus::pack::{MethodPack, SignIx, SourceIx};
use std::hint::black_box;
use std::time::Instant;

/// Numbers of a fixed sequence.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

struct Maker<'a> {
    pack: &'a MethodPack,
    next: Sequence,
}

impl Maker<'_> {
    fn sign(&mut self, fits: impl Fn(&onus::pack::Sign) -> bool) -> SignIx {
        loop {
            let i = self.next.below(self.pack.signs.len());
            let sign = &self.pack.signs[i];
            if sign.norms.iter().any(Option::is_some) && fits(sign) {
                return SignIx(i as u16);
            }
        }
    }

    fn source(&mut self, detects: impl Fn(&onus::pack::SourceClass) -> bool) -> usize {
        loop {
            let i = self.next.below(self.pack.sources.len());
            if detects(&self.pack.sources[i]) {
                return i;
            }
        }
    }

    fn report(&mut self, sign: SignIx, origin: u32) -> Report {
        let at = self.source(|_| true);
        let (source, age_days) = (&self.pack.sources[at], self.next.below(1500) as f64);
        Report {
            sign,
            source: SourceIx(at as u16),
            origin,
            detection: source.detection_sign,
            false_report: source.false_report,
            half_life_days: source.half_life_positive_days,
            age_days,
            open: false,
            remedied: 0.0,
        }
    }

    fn look(&mut self) -> Look {
        let sign = self.sign(|_| true);
        let at = self.source(|s| s.class == "site_visit");
        let (source, age_days) = (&self.pack.sources[at], self.next.below(700) as f64);
        Look {
            sign,
            source: SourceIx(at as u16),
            class: self.pack.class_of(SourceIx(at as u16)),
            detection: source.detection_sign,
            half_life_days: source.half_life_negative_days,
            age_days,
        }
    }

    fn silence(&mut self) -> Silence {
        let at = self.source(|s| s.detection[Norm::ForcedLabour.at()] > 0.0);
        let (source, age_days) = (&self.pack.sources[at], self.next.below(700) as f64);
        Silence {
            source: SourceIx(at as u16),
            class: self.pack.class_of(SourceIx(at as u16)),
            detection: source.detection,
            half_life_days: source.half_life_negative_days,
            age_days,
        }
    }

    fn mixed(&mut self) -> NodeEvidence {
        let first = self.sign(|s| s.branch == Branch::Forced);
        let family = self.pack.signs[first.0 as usize].family.clone();
        let second = self.sign(|s| s.branch == Branch::Forced && s.family == family);
        let third = self.sign(|s| s.branch == Branch::Forced && s.family != family);
        let fourth = self.sign(|s| s.branch == Branch::Child);
        let reports = vec![self.report(first, 0), self.report(second, 1), self.report(third, 1), self.report(fourth, 2)];
        let (looks, silences) = ((0..3).map(|_| self.look()).collect(), (0..3).map(|_| self.silence()).collect());
        NodeEvidence { reports, looks, silences }
    }

    fn reports(&mut self) -> NodeEvidence {
        let mut evidence = NodeEvidence::default();
        for origin in [0, 1, 2, 3, 4, 5, 6, 6, 7, 7] {
            let sign = self.sign(|_| true);
            evidence.reports.push(self.report(sign, origin));
        }
        evidence
    }
}

/// Seconds of the fastest of many short passes: what else the machine does falls out.
fn fastest(passes: usize, mut pass: impl FnMut() -> f64) -> f64 {
    (0..passes)
        .map(|_| {
            let start = Instant::now();
            black_box(pass());
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}

fn main() {
    let pack = match MethodPack::embedded() {
        Ok(pack) => pack,
        Err(why) => {
            eprintln!("{why}");
            return;
        }
    };
    const NODES: usize = 200;
    const DRAWS: u32 = 200;
    let mut maker = Maker { pack: &pack, next: Sequence(1) };
    let priors: Vec<JointPrior> = (1..=8)
        .map(|i| {
            let f = f64::from(i) / 4.0;
            JointPrior::fit(&[0.08 * f, 0.05 * f, 0.01 * f, 0.05 * f, 0.02 * f, 0.001 * f, 0.008 * f, 0.002 * f], &pack.couplings)
        })
        .collect();
    let kernel = Kernel::new(&pack);
    let draws = match Draws::new(&pack, 1, DRAWS) {
        Ok(draws) => draws,
        Err(why) => {
            eprintln!("{why}");
            return;
        }
    };
    println!("| Rows of a node | nodes a second | with ranges over {DRAWS} draws |");
    println!("|---|---:|---:|");
    let mixed: Vec<NodeEvidence> = (0..NODES).map(|_| maker.mixed()).collect();
    let reports: Vec<NodeEvidence> = (0..NODES).map(|_| maker.reports()).collect();
    for (name, nodes) in [("4 reports, 3 looks, 3 silences", &mixed), ("10 reports", &reports)] {
        let seconds = fastest(1_000, || {
            let mut scratch = Scratch::default();
            let one = |(i, e): (usize, &NodeEvidence)| -> Posterior { posterior_with(&kernel, &priors[i % 8], e, &mut scratch) };
            nodes.iter().enumerate().map(one).map(|p| p.any + p.gap + p.decoupled[0]).sum()
        });
        let place = draws.place(None, None);
        let few = &nodes[..4];
        let drawn = fastest(200, || {
            let mut scratch = Scratch::default();
            let one = |(i, e): (usize, &NodeEvidence)| {
                let prior = SpreadPrior { joint: &priors[i % 8], tau: [1.0; 3] };
                draws.ranges(&prior, &place, Some(e), &mut scratch).any.high
            };
            few.iter().enumerate().map(one).sum()
        });
        println!("| {name} | {:.0} | {:.0} |", NODES as f64 / seconds, few.len() as f64 / drawn);
    }
}
