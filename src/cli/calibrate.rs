//! `onus calibrate`: how far the probabilities hold in worlds drawn from the method, as a screen and as CSV tables.

use super::args::Calibrate;
use super::screen::grouped;
use crate::base::{Error, Result};
use crate::calibration::coverage::{GROUP_NAMES, GROUPS};
use crate::calibration::degradation::{Line, METHODS, VISITED_SHARE};
use crate::calibration::reliability::{QUANTITIES, joint_bound, quantity};
use crate::calibration::{Calibration, Settings, calibrate};
use crate::pack::MethodPack;
use crate::reference::Reference;
use std::fmt::Write as _;
use std::path::Path;

/// What the figures are, and what they are not.
pub const CAVEAT: &str = "These figures hold in worlds drawn from the method, not in reality: outputs stay uncalibrated until a backtest with real labels exists.";

pub fn run(c: &Calibrate) -> Result<u8> {
    let base = if c.quick { Settings::QUICK } else { Settings::FULL };
    let worlds = c.worlds.unwrap_or(base.worlds);
    let settings = Settings {
        seed: c.seed,
        worlds,
        degradation_worlds: if c.worlds.is_some() { worlds.div_ceil(10) } else { base.degradation_worlds },
        nodes: c.nodes,
        threads: c.threads,
        ..base
    };
    let (pack, reference) = (MethodPack::embedded()?, Reference::embedded()?);
    let pack = match &c.pack {
        Some(dir) => pack.with_overlay(dir)?,
        None => pack,
    };
    let quiet = c.quiet;
    let mut said = |stage: &str| {
        if !quiet {
            eprintln!("{stage} ...");
        }
    };
    let found = calibrate(&settings, &pack, &reference, &mut said)?;
    if let Some(dir) = &c.out {
        write_tables(dir, &found)?;
    }
    super::print(&screen(&found, &pack))
}

fn number(x: Option<f64>, digits: usize) -> String {
    x.map_or_else(|| "-".to_owned(), |x| format!("{x:.digits$}"))
}

/// The tables as a person reads them.
pub fn screen(found: &Calibration, pack: &MethodPack) -> String {
    let Settings { worlds, nodes, seed, draws, degradation_worlds, .. } = found.settings;
    let mut t = format!(
        "Calibration of {} {}, {} worlds of {nodes} nodes, seed {seed}\n{CAVEAT}\n\n",
        pack.id,
        pack.version,
        grouped(worlds as u64)
    );
    // Writing to a String cannot fail.
    let _ = writeln!(t, "1  Reliability, where the pack's numbers are the world's: of the places given p, the share violated");
    let _ = writeln!(t, "   {:<22}{:<12}{:>9}{:>10}{:>10}{:>10}  within 95 %", "", "p", "places", "mean p", "share", "+-");
    for (q, bins) in found.reliability.bins.iter().enumerate() {
        for (b, bin) in bins.iter().enumerate().filter(|(_, bin)| bin.n > 0) {
            let _ = writeln!(
                t,
                "   {:<22}{:<12}{:>9}{:>10}{:>10}{:>10}  {}",
                quantity(q),
                format!(".{b} - {}", if b == 9 { "1".to_owned() } else { format!(".{}", b + 1) }),
                grouped(bin.n),
                number(bin.mean_p(), 4),
                number(bin.share(), 4),
                number(bin.sampling_error(), 4),
                match bin.within() {
                    Some(true) => "yes",
                    Some(false) => "no",
                    None => "too few to judge",
                }
            );
        }
    }
    let (judged, outside, most) = found.reliability.verdict();
    let _ = writeln!(
        t,
        "   {outside} of {judged} bins outside their own 95 % range (chance alone: {:.1}); farthest {most:.2} standard deviations, where all \
         bins together keep {:.2} with 95 %\n",
        0.05 * judged as f64,
        joint_bound(judged)
    );

    let c = &found.coverage;
    let _ = writeln!(t, "2  The 5-95 % range of `any` ({draws} draws), where the world's numbers are drawn from the pack's uncertainty");
    for (g, name) in GROUP_NAMES.iter().enumerate() {
        let below = c.below[g] as f64 / c.places[g].max(1) as f64;
        let above = 1.0 - c.share_within(g).unwrap_or(0.0) - below;
        let _ = writeln!(
            t,
            "   {:<18}{:>9} places: p under the true numbers within the range {} (below {below:.3}, above {above:.3})",
            name,
            grouped(c.places[g]),
            number(c.share_within(g), 3)
        );
    }
    let _ = writeln!(
        t,
        "   sampling error of the first, between worlds: +- {}; rank correlation of central figure and true p within a world: {}\n",
        number(c.sampling_error(), 3),
        number(c.mean_rank(), 3)
    );

    let _ = writeln!(
        t,
        "3  Where assumptions fail ({degradation_worlds} worlds a row; recall: of the violated places, those among visits to the top {:.0} %)",
        VISITED_SHARE * 100.0
    );
    for lines in found.degradation.chunk_by(|a, b| (a.scenario, a.quantity) == (b.scenario, b.quantity)) {
        let Some(first) = lines.first() else { continue };
        let _ = writeln!(t, "   {}: {} ({:.1} % violated)", first.scenario, first.quantity, first.share_true * 100.0);
        let _ = writeln!(t, "     {:<28}{:>12}{:>12}{:>9}{:>9}{:>9}", "", "mean p - x", "calibr. err", "Brier", "AUC", "recall");
        for l in lines {
            let _ = writeln!(
                t,
                "     {:<28}{:>12}{:>12}{:>9}{:>9}{:>9}",
                l.method,
                number(l.in_the_large, 4),
                number(l.calibration_error, 4),
                number(l.brier, 4),
                number(l.auc, 3),
                number(l.recall, 3)
            );
        }
    }
    let _ = writeln!(t, "\n{CAVEAT}");
    t
}

fn write_tables(dir: &Path, found: &Calibration) -> Result<()> {
    std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    let cell = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x:.6}"));
    let mut rows = Vec::new();
    for (q, bins) in found.reliability.bins.iter().enumerate().take(QUANTITIES) {
        for (b, bin) in bins.iter().enumerate() {
            rows.push(vec![
                quantity(q).to_owned(),
                format!("{:.1}", b as f64 / 10.0),
                format!("{:.1}", (b + 1) as f64 / 10.0),
                bin.n.to_string(),
                cell(bin.mean_p()),
                cell(bin.share()),
                cell(bin.sampling_error()),
                cell(bin.z()),
                bin.within().map_or("", |w| if w { "yes" } else { "no" }).to_owned(),
            ]);
        }
    }
    let header = ["quantity", "p_from", "p_to", "places", "mean_p", "share_true", "sampling_error_95", "z", "within"];
    write(dir, "reliability.csv", &header, &rows)?;

    let c = &found.coverage;
    let rows: Vec<Vec<String>> = (0..GROUPS)
        .map(|g| {
            let (below, within) = (c.below[g], c.within[g]);
            let above = c.places[g] - below - within;
            let error = if g == 0 { cell(c.sampling_error()) } else { String::new() };
            vec![
                GROUP_NAMES[g].to_owned(),
                c.places[g].to_string(),
                below.to_string(),
                within.to_string(),
                above.to_string(),
                cell(c.share_within(g)),
                error,
            ]
        })
        .collect();
    write(dir, "coverage.csv", &["group", "places", "below", "within", "above", "share_within", "sampling_error_95"], &rows)?;

    debug_assert_eq!(found.degradation.len() % METHODS.len(), 0);
    let row = |l: &Line| {
        vec![
            l.scenario.to_owned(),
            l.quantity.to_owned(),
            l.method.to_owned(),
            l.places.to_string(),
            cell(Some(l.share_true)),
            cell(l.in_the_large),
            cell(l.calibration_error),
            cell(l.brier),
            cell(l.auc),
            cell(l.recall),
        ]
    };
    let header =
        ["scenario", "quantity", "method", "places", "share_true", "mean_p_less_share", "calibration_error", "brier", "auc", "recall"];
    write(dir, "degradation.csv", &header, &found.degradation.iter().map(row).collect::<Vec<_>>())
}

fn write(dir: &Path, name: &str, header: &[&str], rows: &[Vec<String>]) -> Result<()> {
    let path = dir.join(name);
    let failed = |e: csv::Error| Error::io(&path, e.into());
    let mut out = csv::Writer::from_path(&path).map_err(failed)?;
    out.write_record(header).map_err(failed)?;
    for row in rows {
        out.write_record(row).map_err(failed)?;
    }
    out.flush().map_err(|e| Error::io(&path, e))
}
