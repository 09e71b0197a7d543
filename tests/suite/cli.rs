//! The command line as people use it: what is printed, what is refused, and every exit code of `onus --help`.

use super::runs::{self, Csv};
use assert_cmd::cargo::CommandCargoExt;
use onus::base::holdings::holding_key;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

fn onus<I: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = I>) -> Output {
    Command::cargo_bin("onus").unwrap().args(args).output().unwrap()
}

fn code(o: &Output) -> i32 {
    o.status.code().expect("an exit code")
}

fn stdout(o: &Output) -> String {
    String::from_utf8(o.stdout.clone()).unwrap()
}

fn stderr(o: &Output) -> String {
    String::from_utf8(o.stderr.clone()).unwrap()
}

/// A result of the sample made by the binary, with what it printed under `--json`.
static RESULT: LazyLock<(tempfile::TempDir, PathBuf, Output)> = LazyLock::new(|| {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    let done = onus(["assess".into(), runs::sample(), "-o".into(), out.clone(), "--json".into(), "--quiet".into()]);
    (room, out, done)
});

fn broken(sample: &str) -> PathBuf {
    runs::inside("data-samples/broken").join(sample)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn help_says_what_each_command_does() {
    insta::assert_snapshot!("help", stdout(&onus(["--help"])));
    for command in ["assess", "check", "explain", "verify", "schema", "pack", "world", "calibrate"] {
        let help = onus([command, "--help"]);
        assert_eq!(code(&help), 0);
        insta::assert_snapshot!(format!("help_{command}"), stdout(&help));
    }
}

// Exit codes

#[test]
fn exit_code_0_a_run_that_is_done_and_its_json_is_the_summary_in_the_folder() {
    let (_, out, done) = &*RESULT;
    assert_eq!(code(done), 0, "{}", stderr(done));
    assert_eq!(stderr(done), "", "--quiet");
    assert_eq!(stdout(done), fs::read_to_string(out.join("summary.json")).unwrap());
    let json: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(json["focal"].as_array().unwrap().len(), 2);
    // The binary writes what the library writes.
    let (mut by_binary, mut by_library) = (runs::files(out), runs::files(&runs::FIRST_RUN.1));
    for name in ["inputs.json", "timing.json"] {
        by_binary.remove(name);
        by_library.remove(name);
    }
    assert!(by_binary == by_library);
}

#[test]
fn exit_code_1_settings_that_make_no_sense_and_folders_that_are_not_there() {
    let room = tempfile::tempdir().unwrap();
    let (out, sample) = (room.path().join("out"), runs::sample());
    let day = onus(["assess", text(&sample), "-o", text(&out), "--as-of", "yesterday"]);
    assert_eq!(code(&day), 1);
    assert!(stderr(&day).contains("--as-of") && stderr(&day).contains("yesterday"), "{}", stderr(&day));
    let focal = onus(["assess", text(&sample), "-o", text(&out), "--focal", "NOBODY", "--quiet"]);
    assert_eq!(code(&focal), 1);
    assert!(stderr(&focal).contains("NOBODY"), "{}", stderr(&focal));
    let nowhere = onus(["assess", text(&room.path().join("nowhere")), "-o", text(&out), "--quiet"]);
    assert_eq!(code(&nowhere), 1, "{}", stderr(&nowhere));
    assert!(!out.exists() && fs::read_dir(room.path()).unwrap().count() == 0, "nothing is left behind");
    let norm = onus(["explain", text(&RESULT.1), "GA-017", "--norm", "greed"]);
    assert_eq!(code(&norm), 1);
    assert!(stderr(&norm).contains("child_labour"), "{}", stderr(&norm));
}

#[test]
fn exit_code_2_a_command_line_that_is_wrong() {
    for args in [
        &["judge"][..],
        &["assess"],
        &["assess", "data", "--out"],
        &["explain", "out", "node", "--restricted"],
        &["assess", "a", "-o", "b", "--threads", "many"],
    ] {
        assert_eq!(code(&onus(args)), 2, "{args:?}");
    }
}

#[test]
fn exit_code_3_data_with_fatal_problems_all_of_them_printed_and_nothing_written() {
    let room = tempfile::tempdir().unwrap();
    let data = room.path().join("data");
    runs::copy(&runs::sample(), &data);
    for table in ["nodes", "links"] {
        let mut csv = Csv::read(&data, table);
        let at = if table == "nodes" { csv.at("kind") } else { csv.at("buyer_id") };
        csv.header[at] = "something_else".to_owned();
        csv.write(&data, table);
    }
    let out = room.path().join("out");
    let done = onus(["assess", text(&data), "-o", text(&out), "--quiet"]);
    assert_eq!(code(&done), 3);
    let said = stderr(&done);
    assert!(said.contains("nodes.csv") && said.contains("kind") && said.contains("links.csv") && said.contains("buyer_id"), "{said}");
    assert!(!out.exists());
    assert_eq!(fs::read_dir(room.path()).unwrap().count(), 1, "no partial folder");
    assert_eq!(code(&onus(["check", text(&data)])), 3);
}

#[test]
fn exit_code_4_a_folder_that_is_no_result_is_refused_and_untouched() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("thesis");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("chapter-1.txt"), "years of work").unwrap();
    for more in [&[][..], &["--overwrite"]] {
        let mut args = vec!["assess".to_owned(), text(&runs::sample()).to_owned(), "-o".to_owned(), text(&out).to_owned()];
        args.extend(more.iter().map(|m| (*m).to_owned()));
        let done = onus(args);
        assert_eq!(code(&done), 4, "{}", stderr(&done));
        assert!(stderr(&done).contains("not a result of onus"), "{}", stderr(&done));
    }
    assert_eq!(runs::files(room.path()).into_iter().collect::<Vec<_>>(), [("thesis/chapter-1.txt".to_owned(), b"years of work".to_vec())]);
}

#[test]
fn exit_code_4_an_earlier_result_is_replaced_with_overwrite_alone_and_never_with_files_of_others_in_it() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    let first = ["assess", text(&runs::sample()), "-o", text(&out), "--quiet"].map(str::to_owned).to_vec();
    assert_eq!(code(&onus(&first)), 0);
    let before = runs::files(room.path());
    assert_eq!(code(&onus(&first)), 4);
    let with_overwrite: Vec<String> = first.iter().cloned().chain(["--overwrite".to_owned()]).collect();
    fs::write(out.join("notes.txt"), "mine").unwrap();
    let refused = onus(&with_overwrite);
    assert_eq!(code(&refused), 4);
    assert!(stderr(&refused).contains("notes.txt"), "{}", stderr(&refused));
    fs::remove_file(out.join("notes.txt")).unwrap();
    assert!(runs::files(room.path()) == before, "touched");
    assert_eq!(code(&onus(&with_overwrite)), 0);
    assert_eq!(fs::read_dir(room.path()).unwrap().count(), 1);
}

#[test]
fn exit_code_5_a_result_with_one_byte_changed_does_not_verify() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    runs::copy_all(&RESULT.1, &out);
    let whole = onus(["verify", text(&out), "--dataset", text(&runs::sample())]);
    assert_eq!(code(&whole), 0, "{}", stdout(&whole));
    assert!(stdout(&whole).ends_with("verified\n") && stdout(&whole).contains("sites.parquet: the same again"), "{}", stdout(&whole));
    for table in ["exposure.parquet", "register.csv"] {
        let path = out.join(table);
        let bytes = fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(&path, changed).unwrap();
        let done = onus(["verify", text(&out)]);
        assert_eq!(code(&done), 5, "{table}: {}", stdout(&done));
        assert!(stdout(&done).contains(table) && stdout(&done).ends_with("does not verify\n"), "{}", stdout(&done));
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(code(&onus(["verify", text(&out)])), 0);
}

#[test]
fn exit_code_5_a_result_of_other_data_does_not_verify() {
    let (_room, data) = runs::copied_sample();
    let mut nodes = Csv::read(&data, "nodes");
    let workers = nodes.at("workers");
    nodes.row_mut("node_id", "GA-001")[workers] = "1900".to_owned();
    nodes.write(&data, "nodes");
    let done = onus(["verify", text(&RESULT.1), "--dataset", text(&data)]);
    assert_eq!(code(&done), 5);
    assert!(stdout(&done).contains("sites.parquet: differs from a second run"), "{}", stdout(&done));
}

// Check

#[test]
fn check_prints_every_problem_at_its_place_and_warnings_are_no_failure() {
    let (_room, data) = runs::copied_sample();
    let mut nodes = Csv::read(&data, "nodes");
    let (workers, country) = (nodes.at("workers"), nodes.at("country"));
    let line = |csv: &Csv, id: &str| csv.rows.iter().position(|r| r[0] == id).unwrap() + 2;
    nodes.row_mut("node_id", "GA-001")[workers] = "-3".to_owned();
    nodes.row_mut("node_id", "GA-002")[workers] = "many".to_owned();
    nodes.row_mut("node_id", "GA-004")[country] = "XQX".to_owned();
    nodes.write(&data, "nodes");
    let mut audits = Csv::read(&data, "audits");
    let date = audits.at("date");
    audits.row_mut("audit_id", "AU-017")[date] = "2025-13-40".to_owned();
    audits.write(&data, "audits");
    let expected = [
        format!("nodes.csv:{}: workers", line(&nodes, "GA-001")),
        format!("nodes.csv:{}: workers", line(&nodes, "GA-002")),
        format!("nodes.csv:{}: country", line(&nodes, "GA-004")),
        format!("audits.csv:{}: date", line(&audits, "AU-017")),
    ];
    let done = onus(["check", text(&data), "--most", "0"]);
    for place in &expected {
        assert!(stdout(&done).contains(&format!("error: {place}")), "{place} in\n{}", stdout(&done));
    }
    assert_eq!(code(&done), 0, "one row in 29 and two cells refused stop nothing");
    let json = stdout(&onus(["check", text(&data), "--json"]));
    let problems: Vec<serde_json::Value> = json.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    for place in &expected {
        let found = problems
            .iter()
            .any(|p| format!("{}:{}: {}", p["file"].as_str().unwrap(), p["line"], p["column"].as_str().unwrap_or("")) == *place);
        assert!(found, "{place} in\n{json}");
    }
    // The sample itself: five warnings (two labels of an invented scheme among them) and notes on consignments (older, of a party that is no node, three
    // far from the declared value), and a broken one whose only problem is a warning.
    let sample = onus(["check", text(&runs::sample())]);
    assert_eq!(code(&sample), 0);
    assert!(stdout(&sample).ends_with("0 fatal, 0 errors, 5 warnings, 5 notes\n"), "{}", stdout(&sample));
    assert_eq!(code(&onus(["check", text(&broken("country-missing"))])), 0);
    let fatal = onus(["check", text(&broken("column-personal"))]);
    assert_eq!(code(&fatal), 3);
    assert!(stdout(&fatal).starts_with("fatal: "), "{}", stdout(&fatal));
}

// Schema and pack

#[test]
fn schema_prints_both_formats_and_templates_that_load_again() {
    let markdown = stdout(&onus(["schema"]));
    assert!(markdown.contains("## nodes") || markdown.contains("# nodes"), "{}", &markdown[..400]);
    let json: serde_json::Value = serde_json::from_slice(&onus(["schema", "--format", "json"]).stdout).unwrap();
    assert!(json["codes"].is_array());
    for table in onus::schema::INPUT_TABLES {
        assert!(markdown.contains(table.name), "{}", table.name);
    }
    let outputs: serde_json::Value = serde_json::from_slice(&onus(["schema", "--outputs", "--format", "json"]).stdout).unwrap();
    assert_eq!(outputs.as_array().unwrap().len(), 30);
    assert!(stdout(&onus(["schema", "--outputs"])).contains("## exposure.parquet"));

    let room = tempfile::tempdir().unwrap();
    let dir = room.path().join("templates");
    assert_eq!(code(&onus(["schema", "--templates", text(&dir)])), 0);
    // One per table, columns.md that says what each column means, and datapackage.json that says it to programs.
    assert_eq!(fs::read_dir(&dir).unwrap().count(), onus::schema::INPUT_TABLES.len() + 2);
    // A template never replaces a table that somebody filled.
    let filled = fs::read_to_string(dir.join("nodes.csv")).unwrap() + "N1,A mill,mill\n";
    fs::write(dir.join("nodes.csv"), &filled).unwrap();
    assert_eq!(code(&onus(["schema", "--templates", text(&dir)])), 1);
    assert_eq!(fs::read_to_string(dir.join("nodes.csv")).unwrap(), filled);
    fs::remove_dir_all(&dir).unwrap();
    // Empty tables under their headers: every column is known, and the only complaint is that the two required tables have no row.
    assert_eq!(code(&onus(["schema", "--templates", text(&dir)])), 0);
    let done = onus(["check", text(&dir), "--json"]);
    let codes: Vec<(String, String)> = stdout(&done)
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap())
        .map(|p| (p["code"].as_str().unwrap().to_owned(), p["file"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(code(&done), 3);
    assert!(codes.iter().all(|(code, _)| code == "table-empty"), "{codes:?}");
    assert!(codes.contains(&("table-empty".to_owned(), "nodes.csv".to_owned())), "{codes:?}");
}

#[test]
fn pack_lists_every_sign_and_source_and_lint_finds_nothing() {
    let done = onus(["pack"]);
    let said = stdout(&done);
    assert_eq!(code(&done), 0);
    let pack = &runs::METHOD.0;
    for id in pack.signs.iter().map(|s| &s.id).chain(pack.sources.iter().map(|s| &s.id)) {
        assert!(said.contains(id.as_str()), "{id}");
    }
    assert!(said.ends_with("lint: nothing found\n"), "{said}");
}

#[test]
fn pack_lists_signs_by_layer_norm_and_text() {
    let said = stdout(&onus(["pack", "list", "--layer", "act"]));
    for id in ["act_recruited", "act_transported", "act_transferred", "act_harboured", "act_received", "5 of "] {
        assert!(said.contains(id), "{said}");
    }
    assert!(!said.contains("work_violence"));
    let said = stdout(&onus(["pack", "list", "--norm", "state_imposed", "--layer", "evidence"]));
    assert!(said.contains("si_quota_mobilisation") && !said.contains("cl_night_work"), "{said}");
    let said = stdout(&onus(["pack", "list", "--text", "AGE DOCUMENTS"]));
    assert!(said.contains("cl_age_docs_inconsistent") && said.contains("1 of "), "{said}");
    assert_eq!(code(&onus(["pack", "list", "--layer", "heaven"])), 1);
    assert_eq!(code(&onus(["pack", "list", "--norm", "slavery"])), 1);
}

#[test]
fn pack_shows_a_row_with_its_source_in_full() {
    let said = stdout(&onus(["pack", "show", "work_document_confiscation"]));
    for part in ["dimension D5", "forced_labour strong", "fl11_document_retention, pen_documents", "Delphi survey", "[ilo-ec-delphi-2009]"]
    {
        assert!(said.contains(part), "{part}\n{said}");
    }
    for id in ["audit_announced", "rule.established_ratio", "sa8000", "palermo-2000", "farm"] {
        assert_eq!(code(&onus(["pack", "show", id])), 0, "{id}");
    }
    let unknown = onus(["pack", "show", "document_confis"]);
    assert_eq!(code(&unknown), 1);
    assert!(stderr(&unknown).contains("did you mean rec_document_confiscation"), "{}", stderr(&unknown));
}

#[test]
fn pack_lint_and_diff_say_what_an_overlay_does() {
    let sample = runs::inside("data-samples/overlays/own-audit-rates");
    let lint = onus(["pack", "lint", text(&sample)]);
    assert_eq!((code(&lint), stdout(&lint)), (0, "nothing found\n".to_owned()));
    assert_eq!(code(&onus(["pack", "lint"])), 0);
    let said = stdout(&onus(["pack", "diff", text(&sample)]));
    assert!(
        said.contains("0.1 -> 0.15") && said.contains("sign own_toilet_passes   (new)") && said.ends_with("4 row(s) differ\n"),
        "{said}"
    );
    let shown = stdout(&onus(["pack", "show", "audit_announced", "--pack", text(&sample)]));
    assert!(shown.contains("from the overlay") && shown.contains("0.15"), "{shown}");

    let room = tempfile::tempdir().unwrap();
    fs::write(
        room.path().join("mine.toml"),
        "[[parameter]]\nid = 'prior.cap'\nvalue = 99.0\nunit = ''\nmeaning = ''\ncitation = ''\nstanding = 'published'\n",
    )
    .unwrap();
    let refused = onus(["pack", "lint", text(room.path())]);
    assert_eq!(code(&refused), 1);
    // All of it at once: out of range, without meaning, without source.
    assert!(stdout(&refused).contains("3 problem(s)"), "{}", stdout(&refused));
    assert_eq!(code(&onus(["pack", "diff", text(room.path())])), 1);
}

#[test]
fn world_writes_a_dataset_that_check_takes() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path().join("world");
    let done = onus(["world", "-o", text(&dir), "--nodes", "1000", "--links", "3000", "--evidence", "500", "--seed", "3"]);
    assert_eq!(code(&done), 0, "{}", stderr(&done));
    let checked = onus(["check", text(&dir)]);
    assert_eq!(code(&checked), 0, "{}", stdout(&checked));
    assert!(stdout(&checked).contains("0 fatal, 0 errors"), "{}", stdout(&checked));
}

// Explain

#[test]
fn explain_says_why_a_node_stands_where_it_stands() {
    let out = text(&RESULT.1);
    let ga = stdout(&onus(["explain", out, "GA-017", "--norm", "forced_labour"]));
    for said in [
        "Garments 017 (GA-017)",
        "State: indicated by rule",
        "rule hshc_2012",
        "told in cases.csv",
        "work_document_confiscation",
        "NGO-A-2026-01",
        "BR-BIRCH: tier 1",
        "statements.csv:2",
    ] {
        assert!(ga.contains(said), "{said} in\n{ga}");
    }
    let brand = stdout(&onus(["explain", out, "BR-BIRCH"]));
    for said in [
        "No workplace",
        "own purchases",
        "Garments 017",
        "Where the touched part of its own purchases is",
        "of the spend by Brand Birch <- Garments 017",
    ] {
        assert!(brand.contains(said), "{said} in\n{brand}");
    }
    let json: serde_json::Value = serde_json::from_slice(&onus(["explain", out, "GA-017", "--json"]).stdout).unwrap();
    assert_eq!((json["node_id"].as_str(), json["state"].as_str()), (Some("GA-017"), Some("indicated")));
}

#[test]
fn explain_finds_a_holding_by_its_own_id_and_by_its_key_and_never_shows_the_id() {
    let out = text(&RESULT.1);
    let key = holding_key("FA-021");
    let by_id = onus(["explain", out, "FA-021"]);
    let by_key = onus(["explain", out, &format!("holding:{key}")]);
    assert_eq!((code(&by_id), code(&by_key)), (0, 0));
    assert_eq!(stdout(&by_id), stdout(&by_key));
    assert!(stdout(&by_id).contains(&key) && stdout(&by_id).contains("cl_under_general_age"), "{}", stdout(&by_id));
    assert!(!stdout(&by_id).contains("FA-021") && !stdout(&by_id).contains("Cotton farm"), "{}", stdout(&by_id));
}

#[test]
fn explain_of_a_node_that_is_not_there_is_an_error_that_says_what_to_give() {
    let done = onus(["explain", text(&RESULT.1), "GA-999"]);
    assert_eq!(code(&done), 1);
    assert!(stderr(&done).contains("GA-999") && stderr(&done).contains("node_id"), "{}", stderr(&done));
    assert_eq!(stdout(&done), "");
}

#[test]
fn rows_of_grievances_are_shown_with_restricted_and_the_dataset_alone() {
    let (out, data) = (text(&RESULT.1), runs::sample());
    let open = stdout(&onus(["explain", out, "GA-017"]));
    assert!(!open.contains("GR-0") && !open.contains("grievances.csv:") && !open.contains("HOTLINE"), "{open}");
    assert!(open.contains("--restricted"), "{open}");
    let closed = onus(["explain", out, "GA-017", "--restricted", "--dataset", text(&data)]);
    assert_eq!(code(&closed), 0, "{}", stderr(&closed));
    let table = Csv::read(&data, "grievances");
    for (i, r) in table.rows.iter().enumerate() {
        let line = format!("grievances.csv:{}  {}  received {}", i + 2, r[0], r[2]);
        assert_eq!(stdout(&closed).contains(&line), r[1] == "GA-017", "{line} in\n{}", stdout(&closed));
    }
    // By its key a holding is found in the dataset too.
    let farm = onus(["explain", out, &format!("holding:{}", holding_key("FA-021")), "--restricted", "--dataset", text(&data)]);
    assert!(code(&farm) == 0 && !stdout(&farm).contains("GR-0"), "{}", stdout(&farm));
}

#[test]
fn the_first_screen_holds_the_counts_the_figures_and_what_to_do_next() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    let done = onus(["assess", text(&runs::sample()), "-o", text(&out)]);
    assert_eq!(code(&done), 0);
    let screen = stdout(&done);
    for said in [
        "192 nodes",
        "Refused 0 rows",
        "Brand Alder",
        "Brand Birch",
        "forced labour",
        "Where it goes dark",
        "What to ask first",
        "Closure:",
        "Uncalibrated",
        "register.csv",
    ] {
        assert!(screen.to_lowercase().contains(&said.to_lowercase()), "{said} in\n{screen}");
    }
    assert!(stderr(&done).contains("belief") && stderr(&done).contains("write"), "progress: {}", stderr(&done));
    let wide: Vec<&str> = screen.lines().filter(|l| l.chars().count() > 140).collect();
    assert!(wide.len() <= 2, "{wide:?}");
}
