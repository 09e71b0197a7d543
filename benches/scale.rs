//! Seconds and peak memory of `onus assess` by stage on invented worlds of three sizes, and how they grow from size to size.
//!
//! Every world is made from one seed and assessed by the built program in a process of its own, so that peak memory is that of one run. With
//! seconds t and links m the growth from one size to the next is ln(t2 / t1) / ln(m2 / m1): 1 is linear. Prints one Markdown table. Fails where
//! the whole run grows faster than [`MOST_GROWTH`] from the smallest to the largest world.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

struct Size {
    name: &'static str,
    nodes: u32,
    links: u32,
    evidence: u32,
}

const SIZES: [Size; 3] = [
    Size { name: "10k", nodes: 10_000, links: 100_000, evidence: 20_000 },
    Size { name: "30k", nodes: 30_000, links: 300_000, evidence: 60_000 },
    Size { name: "100k", nodes: 100_000, links: 1_000_000, evidence: 200_000 },
];
const SEED: &str = "1";
const MOST_GROWTH: f64 = 1.2;

type Failure = Box<dyn std::error::Error>;

/// One line of the table at one size.
struct Measured {
    stage: String,
    seconds: f64,
    /// Most memory held up to the end of the stage; 0 where the system does not tell.
    peak_bytes: f64,
}

/// A folder that goes when the benchmark ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn onus(arguments: &[&str], paths: &[&Path]) -> Result<(), Failure> {
    let output = Command::new(env!("CARGO_BIN_EXE_onus")).args(arguments).args(paths).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("onus {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)).into())
}

/// The stages of one run in their order, and the whole run last.
fn measure(size: &Size, scratch: &Path) -> Result<Vec<Measured>, Failure> {
    let (world, out) = (scratch.join(format!("world-{}", size.name)), scratch.join(format!("out-{}", size.name)));
    let [nodes, links, evidence] = [size.nodes, size.links, size.evidence].map(|n| n.to_string());
    onus(&["world", "--seed", SEED, "--nodes", &nodes, "--links", &links, "--evidence", &evidence, "-o"], &[&world])?;
    onus(&["assess", "-o"], &[&out, &world])?;
    let timing: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(out.join("timing.json"))?)?;
    let read = |of: &serde_json::Value, stage: &str| Measured {
        stage: stage.to_owned(),
        seconds: of["seconds"].as_f64().unwrap_or(f64::NAN),
        peak_bytes: of["peak_memory_bytes"].as_f64().unwrap_or(0.0),
    };
    let stages = timing["stages"].as_array().ok_or("timing.json names no stages")?;
    let mut all: Vec<Measured> = stages.iter().map(|s| read(s, s["stage"].as_str().unwrap_or("?"))).collect();
    all.push(read(&timing, "whole run"));
    for folder in [world, out] {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(all)
}

fn growth(from: (&Size, f64), to: (&Size, f64)) -> f64 {
    (to.1 / from.1).ln() / (f64::from(to.0.links) / f64::from(from.0.links)).ln()
}

fn run() -> Result<ExitCode, Failure> {
    let scratch = Scratch(std::env::temp_dir().join(format!("onus-scale-{}", std::process::id())));
    std::fs::create_dir_all(&scratch.0)?;
    let mut all: Vec<Vec<Measured>> = Vec::new();
    for size in &SIZES {
        eprintln!("{} nodes, {} links, {} rows of evidence", size.nodes, size.links, size.evidence);
        all.push(measure(size, &scratch.0)?);
    }
    let (names, pairs) = (SIZES.iter().map(|s| s.name), SIZES.windows(2).map(|s| format!("{} to {}", s[0].name, s[1].name)));
    let mut head = vec!["Stage".to_owned()];
    head.extend(names.clone().map(|n| format!("{n}, s")));
    head.extend(pairs.map(|p| format!("growth, {p}")));
    head.extend(names.map(|n| format!("{n}, peak MB")));
    println!("| {} |", head.join(" | "));
    println!("|---{}|", "|---:".repeat(head.len() - 1));
    let at = |row: usize| -> Vec<&Measured> { all.iter().filter_map(|size| size.get(row)).collect() };
    for row in 0..all[0].len() {
        let line = at(row);
        let mut cells = vec![line[0].stage.clone()];
        cells.extend(line.iter().map(|m| format!("{:.2}", m.seconds)));
        cells.extend((1..line.len()).map(|i| format!("{:.2}", growth((&SIZES[i - 1], line[i - 1].seconds), (&SIZES[i], line[i].seconds)))));
        cells.extend(line.iter().map(|m| format!("{:.0}", m.peak_bytes / 1e6)));
        println!("| {} |", cells.join(" | "));
    }
    let whole = at(all[0].len() - 1);
    let rates = SIZES.iter().zip(&whole).map(|(size, m)| format!("{:.0}", f64::from(size.links) / m.seconds));
    println!("| links a second | {} |{}", rates.collect::<Vec<_>>().join(" | "), " |".repeat(2 * SIZES.len() - 1));
    let last = SIZES.len() - 1;
    let grown = growth((&SIZES[0], whole[0].seconds), (&SIZES[last], whole[last].seconds));
    eprintln!("the whole run grows with links^{grown:.2}");
    // Written so that a figure that is no number fails too.
    Ok(if grown <= MOST_GROWTH { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn main() -> ExitCode {
    run().unwrap_or_else(|why| {
        eprintln!("{why}");
        ExitCode::FAILURE
    })
}
