//! What `verify` finds in a result that was changed.

use super::export_fixture::{Content, Outcome, choke_points, contributions, exposure, footprint, refused, sums, write};
use onus::export::verify;
use std::fs;

#[test]
fn verify_tells_what_was_changed_added_or_lost() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    write(&out, false, Content::default())?;
    let faults = || -> Outcome<String> {
        Ok(verify(&out)?.lines.iter().filter(|l| !l.holds).map(|l| l.text.clone()).collect::<Vec<_>>().join("\n"))
    };
    assert_eq!(faults()?, "");
    fs::write(out.join("register.csv"), "rank\n")?;
    fs::write(out.join("extra.txt"), "x")?;
    fs::remove_file(out.join("pack/method.toml"))?;
    let told = faults()?;
    assert!(told.contains("register.csv was changed") || told.contains("pack/method.toml is missing"), "{told}");
    assert!(told.contains("2 of") && told.contains("extra.txt"), "{told}");
    fs::write(out.join("links.parquet"), "no table")?;
    assert!(faults()?.contains("links.parquet"));
    assert!(refused(verify(dir.path())));
    Ok(())
}

#[test]
fn verify_recomputes_the_sums_instead_of_trusting_them() -> Outcome {
    let dir = tempfile::tempdir()?;
    let check = |name: &str, content: Content| -> Outcome<String> {
        let out = dir.path().join(name);
        write(&out, false, content)?;
        Ok(verify(&out)?.lines.iter().filter(|l| !l.holds).map(|l| l.text.clone()).collect::<Vec<_>>().join("\n"))
    };
    let open = check("closure", Content { exposure: exposure(0.4), ..Content::default() })?;
    assert!(open.contains("touched + unseen + exited + clear"), "{open}");
    let lost = check("rest", Content { contributions: contributions(0.1), ..Content::default() })?;
    assert!(lost.contains("contributions + rest"), "{lost}");
    let mut missing = sums();
    missing.pop();
    let lost = check("sums", Content { sums: missing, ..Content::default() })?;
    assert!(lost.contains("by tier"), "{lost}");
    let more = check("choke", Content { choke_points: choke_points(0.3), ..Content::default() })?;
    assert!(more.contains("gains sum to cover"), "{more}");
    let gone = check("footprint", Content { footprint: footprint(2.5), ..Content::default() })?;
    assert!(gone.contains("leaves sum to the people affected"), "{gone}");
    let mut above = exposure(0.5);
    above[0].expected = Some(0.95);
    let lost = check("expected", Content { exposure: above, ..Content::default() })?;
    assert!(lost.contains("expected 0.95"), "{lost}");
    Ok(())
}
