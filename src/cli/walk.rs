//! `onus walk`: two tables in, where one unit of every node's spend ends out.

use super::args::Walk;
use super::{json, print};
use crate::base::Result;
use crate::pipeline::walk::{WalkConfig, Walked, walk};

/// Refused rows that the screen names.
const TOLD: usize = 5;

pub(super) fn walking(args: &Walk) -> Result<u8> {
    let config = WalkConfig {
        nodes: args.nodes.clone(),
        links: args.links.clone(),
        tolerance: args.tolerance,
        closed_mapped: args.closed_mapped,
        threads: args.threads,
    };
    let walked = walk(&config, &args.out)?;
    if args.json { print(&json(&as_json(&walked))?) } else { print(&screen(&walked, args)) }
}

fn as_json(w: &Walked) -> serde_json::Value {
    let [read, build, solve, write] = w.seconds;
    serde_json::json!({
        "nodes": w.nodes, "nodes_only_in_links": w.unknown, "links": w.links, "rows": w.rows, "refused": [w.refused[0].len(), w.refused[1].len()],
        "largest_circle": w.giant, "closed_circle_nodes": w.closed_circle_nodes, "walks": w.walks, "sweeps": w.sweeps, "defect": w.defect,
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
