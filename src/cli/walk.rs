//! `onus walk`: two tables in, where one unit of every node's spend ends out.

use super::args::Walk;
use super::{json, print};
use crate::base::Result;
use crate::pipeline::walk::{WalkConfig, Walked, walk};

/// Refused rows that the screen names.
const TOLD: usize = 5;

/// A size in bytes: a number, alone or with kB, MB, GB (thousands) or KiB, MiB, GiB (1024).
pub(super) fn size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err("give a whole number with B, kB, MB, GB, KiB, MiB or GiB, such as 512MiB".to_owned()),
    };
    let bytes = number.parse::<u64>().ok().and_then(|n| n.checked_mul(unit));
    bytes.ok_or_else(|| "give a whole number with B, kB, MB, GB, KiB, MiB or GiB, such as 512MiB".to_owned())
}

pub(super) fn walking(args: &Walk) -> Result<u8> {
    let config = WalkConfig {
        nodes: args.nodes.clone(),
        links: args.links.clone(),
        tolerance: args.tolerance,
        closed_mapped: args.closed_mapped,
        threads: args.threads,
        memory: args.memory,
    };
    let walked = walk(&config, &args.out)?;
    if args.json { print(&json(&as_json(&walked))?) } else { print(&screen(&walked, args)) }
}

fn as_json(w: &Walked) -> serde_json::Value {
    let [read, build, solve, write] = w.seconds;
    serde_json::json!({
        "nodes": w.nodes, "nodes_only_in_links": w.unknown, "links": w.links, "rows": w.rows, "refused": [w.refused[0].len(), w.refused[1].len()],
        "largest_circle": w.giant, "closed_circle_nodes": w.closed_circle_nodes, "walks": w.walks, "sweeps": w.sweeps, "defect": w.defect,
        "peak_bytes": { "read": w.peak[0], "build": w.peak[1], "solve": w.peak[2], "write": w.peak[3] },
        "seconds": { "read": read, "build": build, "solve": solve, "write": write },
    })
}

fn screen(w: &Walked, args: &Walk) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} nodes ({} that only links name: unseen), {} links; the largest circle of trade has {} nodes, {} stand in closed circles.",
        w.nodes, w.unknown, w.links, w.giant, w.closed_circle_nodes
    );
    for (table, refused) in [&args.nodes, &args.links].into_iter().zip(&w.refused) {
        if !refused.is_empty() {
            let _ = writeln!(text, "{}: {} rows not used", table.display(), refused.len());
        }
        for row in refused.iter().take(TOLD) {
            let _ = writeln!(text, "  line {}: {}", row.line, row.found);
        }
    }
    let [read, build, solve, write] = w.seconds;
    let _ = writeln!(text, "Solved in {} sweeps; what is left open is at most {:.1e} of a unit.", w.sweeps, w.defect);
    let _ = writeln!(text, "Seconds: read {read:.2}, build {build:.2}, solve {solve:.2}, write {write:.2}.");
    let _ = writeln!(text, "Written to {}", args.out.display());
    text
}
