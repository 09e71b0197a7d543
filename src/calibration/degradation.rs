//! What is left of calibration, order and hits where the method's assumptions fail, beside three simple baselines.
//!
//! The engine always reads with the pack as it is; the worlds differ. Baselines: the average prior of country and sector; the engine on
//! audits alone, inspections and all else left out; the number of distinct signs reported of a place, whoever reported them. A number of
//! signs is no probability, so it has no calibration.

use super::ground::{Ground, Happened, SHOWN, figure};
use super::scores::{auc, brier, calibration_error, caught, in_the_large};
use crate::base::norm::STATE_COUNT;
use crate::base::{NodeIx, par};
use crate::evidence::assemble::assemble;
use crate::evidence::book::Item;
use crate::pack::MethodPack;
use crate::reference::Reference;
use crate::validate::Inputs;
use crate::world::exact::Habits;
use crate::world::truth::Off;
use crate::world::{Draws, Manner, Reality, Telling};
use std::collections::BTreeSet;

/// How the worlds of a row of the table differ from what the pack says.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    pub name: &'static str,
    pub manner: Manner,
    pub reality: Reality,
}

const PLAIN: Reality = Reality::AS_THE_METHOD_SAYS;

const fn off(detection: f64, false_reports: f64, prior: f64) -> Reality {
    Reality { off: Off { detection, false_reports, prior }, ..PLAIN }
}

const fn habits(copied_share: f64, coached_share: f64) -> Reality {
    Reality { habits: Habits { copied_share, coached_share }, ..PLAIN }
}

const fn by_the_method(name: &'static str, reality: Reality) -> Scenario {
    Scenario { name, manner: Manner::ByTheMethod, reality }
}

/// The rows of the table, in order.
pub const SCENARIOS: [Scenario; 12] = [
    by_the_method("as the pack says", PLAIN),
    by_the_method("sources detect half as much", off(0.5, 1.0, 1.0)),
    by_the_method("sources detect twice as much", off(2.0, 1.0, 1.0)),
    by_the_method("half as many false reports", off(1.0, 0.5, 1.0)),
    by_the_method("twice as many false reports", off(1.0, 2.0, 1.0)),
    by_the_method("odds of every prior halved", off(1.0, 1.0, 0.5)),
    by_the_method("odds of every prior doubled", off(1.0, 1.0, 2.0)),
    by_the_method("one report in three told again by the press", habits(1.0 / 3.0, 0.0)),
    by_the_method("every report told again by the press", habits(1.0, 0.0)),
    by_the_method("half of the announced visits coached", habits(0.0, 0.5)),
    Scenario { name: "lifelike, honest sources", manner: Manner::Lifelike, reality: Reality { family_together: 0.5, ..PLAIN } },
    Scenario { name: "lifelike", manner: Manner::Lifelike, reality: Reality::LIFELIKE },
];

/// Rows of evidence to a node of a lifelike world.
const ROWS_PER_NODE: usize = 3;
/// Share of the nodes that can be visited.
pub const VISITED_SHARE: f64 = 0.05;

pub const METHODS: [&str; 4] = ["engine", "country x sector average", "audits only", "count of red flags"];

/// What the methods say of the places of one world, and what is true there.
struct Sheet {
    /// By method, by [`SHOWN`].
    scores: [[Vec<f64>; SHOWN.len()]; METHODS.len()],
    truth: [Vec<bool>; SHOWN.len()],
    lots: Vec<f64>,
    visits: usize,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub scenario: &'static str,
    pub method: &'static str,
    pub quantity: &'static str,
    pub places: u64,
    pub share_true: f64,
    pub in_the_large: Option<f64>,
    pub calibration_error: Option<f64>,
    pub brier: Option<f64>,
    pub auc: Option<f64>,
    /// Of the violated places: those among the visits to the highest 5 % of each world.
    pub recall: Option<f64>,
}

/// The method as it really is in the worlds of a scenario: rates, and the prior of every distinct context of every ground.
struct Real {
    pack: MethodPack,
    priors: Vec<Vec<[f64; STATE_COUNT]>>,
}

fn sheet(
    ground: &Ground,
    priors: &[[f64; STATE_COUNT]],
    scenario: &Scenario,
    real: &MethodPack,
    pack: &MethodPack,
    reference: &Reference,
    seed: u64,
) -> Sheet {
    let rows = (scenario.manner == Manner::Lifelike).then(|| ground.resolution.len() * ROWS_PER_NODE);
    let telling = Telling { manner: scenario.manner, reality: scenario.reality, rows, seed };
    let weights = |i: usize| ground.book.index(NodeIx(i as u32)).and_then(|at| priors.get(at)).copied();
    let Happened { world, inputs, evidence } = ground.happen(real, weights, &telling, pack, reference);
    let engine = ground.posteriors(&evidence, pack);
    let audits = Inputs {
        inspections: Vec::new(),
        inspection_findings: Vec::new(),
        channels: Vec::new(),
        grievances: Vec::new(),
        statements: Vec::new(),
        ..inputs
    };
    let audits = ground.posteriors(&assemble(&audits, &ground.resolution, pack, None, ground.as_of).by_node, pack);
    let average = ground.country_sector_average();
    let mut sheet = Sheet { scores: Default::default(), truth: Default::default(), lots: Vec::new(), visits: 0 };
    let mut draws = Draws::new(seed, 18);
    let flags = |i: usize| {
        let rows = evidence.get(&NodeIx(i as u32)).map_or(&[][..], |g| g.rows.as_slice());
        let signs: BTreeSet<_> = rows.iter().filter(|r| r.item == Item::Report && r.why_not.is_empty()).map(|r| r.sign).collect();
        signs.len() as f64
    };
    for (i, truth) in world.truths.iter().enumerate() {
        let (Some(truth), Some(Some(engine)), Some(Some(audits))) = (truth, engine.get(i), audits.get(i)) else { continue };
        for (s, traced) in SHOWN.into_iter().enumerate() {
            let scores = [figure(engine, traced), average[i][s], figure(audits, traced), flags(i)];
            for (method, score) in sheet.scores.iter_mut().zip(scores) {
                method[s].push(score);
            }
            sheet.truth[s].push(traced.norm().map_or(!truth.state.is_empty(), |n| truth.state.contains(n)));
        }
        sheet.lots.push(draws.unit());
    }
    sheet.visits = (sheet.lots.len() as f64 * VISITED_SHARE).round() as usize;
    sheet
}

/// The lines of one scenario over worlds of the given seeds, each on its ground.
pub fn scenario(scenario: &Scenario, worlds: &[(usize, u64)], grounds: &[Ground], pack: &MethodPack, reference: &Reference) -> Vec<Line> {
    let off = scenario.reality.off;
    let priors = par::map_each(grounds, |g| g.book.distinct.iter().map(|prior| off.prior(&prior.joint, pack)).collect());
    let real = Real { pack: off.rates(pack), priors };
    let sheets = par::map_each(worlds, |(at, seed)| {
        let (ground, priors) = (grounds.get(*at)?, real.priors.get(*at)?);
        Some(sheet(ground, priors, scenario, &real.pack, pack, reference, *seed))
    });
    let sheets: Vec<Sheet> = sheets.into_iter().flatten().collect();
    let mut lines = Vec::new();
    for (s, traced) in SHOWN.into_iter().enumerate() {
        let truth: Vec<bool> = sheets.iter().flat_map(|sheet| sheet.truth[s].iter().copied()).collect();
        let held = truth.iter().filter(|x| **x).count();
        for (m, method) in METHODS.into_iter().enumerate() {
            let scores: Vec<f64> = sheets.iter().flat_map(|sheet| sheet.scores[m][s].iter().copied()).collect();
            let is_probability = m + 1 < METHODS.len();
            let hits: usize = sheets.iter().map(|x| caught(&x.scores[m][s], &x.truth[s], &x.lots, x.visits)).sum();
            lines.push(Line {
                scenario: scenario.name,
                method,
                quantity: traced.as_str(),
                places: truth.len() as u64,
                share_true: held as f64 / truth.len().max(1) as f64,
                in_the_large: in_the_large(&scores, &truth).filter(|_| is_probability),
                calibration_error: calibration_error(&scores, &truth).filter(|_| is_probability),
                brier: brier(&scores, &truth).filter(|_| is_probability),
                auc: auc(&scores, &truth),
                recall: (held > 0).then(|| hits as f64 / held as f64),
            });
        }
    }
    lines
}
