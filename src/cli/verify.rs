//! `onus verify`: a result against its own manifest and sums, and with the dataset against a second run.

use super::args::Verify;
use super::{UNVERIFIED, print};
use crate::base::{Date, Error, Result};
use crate::export;
use crate::pipeline::ranges::RangesOf;
use crate::pipeline::{self, AsOfRule, RunConfig, Silent};

/// Prints what was checked, line by line; ends with [`UNVERIFIED`] where something does not hold.
pub fn verify(args: &Verify) -> Result<u8> {
    let report = export::verify(&args.out)?;
    let mut text: String = report.lines.iter().map(|l| format!("{}  {}\n", if l.holds { "ok   " } else { "WRONG" }, l.text)).collect();
    let mut holds = report.holds();
    if let Some(dataset) = &args.dataset {
        let (same, lines) = again(args, dataset)?;
        text.push_str(&lines);
        holds &= same;
    }
    text.push_str(if holds { "verified\n" } else { "does not verify\n" });
    print(&text)?;
    Ok(if holds { 0 } else { UNVERIFIED })
}

/// Assesses the dataset again into a folder beside the result and compares the hashes of every file.
fn again(args: &Verify, dataset: &std::path::Path) -> Result<(bool, String)> {
    let no_result = || Error::output(args.out.display().to_string(), "no run.json of onus in it", "name a result folder");
    let old = export::read_manifest(&args.out)?.ok_or_else(no_result)?;
    let config = RunConfig {
        dataset: dataset.to_owned(),
        mapping: args.with.mapping.clone(),
        as_of: if old.settings.as_of_rule == AsOfRule::Given.as_str() { Date::parse(&old.stamp.as_of) } else { None },
        pack: args.with.pack.clone(),
        reference: args.with.reference.clone(),
        focal: if old.settings.focal_rule == "named" { old.settings.focal.clone() } else { Vec::new() },
        previous: args.previous.clone(),
        ranges: RangesOf::parse(&old.settings.ranges).unwrap_or_default(),
        threads: 0,
    };
    let second = std::env::temp_dir().join(format!("onus-verify-{}", std::process::id()));
    pipeline::assess(&config, &second, false, &mut Silent)?;
    let new = export::read_manifest(&second)?.ok_or_else(no_result)?;
    std::fs::remove_dir_all(&second).map_err(|e| Error::io(&second, e))?;
    let mut text = String::new();
    let mut same = true;
    let mut names: Vec<&String> = old.files.keys().chain(new.files.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (a, b) = (old.files.get(name).map(|f| &f.blake3), new.files.get(name).map(|f| &f.blake3));
        let equal = a == b;
        same &= equal;
        text.push_str(&format!(
            "{}  {name}: {}\n",
            if equal { "ok   " } else { "WRONG" },
            if equal { "the same again" } else { "differs from a second run" }
        ));
    }
    if old.stamp.pack.hash != new.stamp.pack.hash {
        text.push_str("note   the method differs: give the overlay of the run by --pack\n");
    }
    if old.settings.previous != new.settings.previous {
        text.push_str("note   the run was given other earlier results: give them by --previous\n");
    }
    if old.reference_hash != new.reference_hash {
        text.push_str("note   the reference layers differ: give the overlay of the run by --reference\n");
    }
    Ok((same, text))
}
