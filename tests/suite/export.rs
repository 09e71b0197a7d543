//! The result folder: what is written, what is refused, and what is left when a run dies.

use onus::base::Traced;
use onus::base::{CountryCode, Date, Diagnostics, Error, Kind, Level, Locator, Norm, NormSet, Stage};
use onus::export::manifest::hash_file;
use onus::export::register::Register;
use onus::export::rows::{
    EvidenceRow, Item, LinkBasis, LinkUsedRow, PeopleBasis, PriorRow, SitePosterior, SiteRow, WeightBasis, factor_list,
};
use onus::export::walk_rows::{ContributionRow, ContributionSumRow, Contributor, Dimension, ExposureRow, MappedRule, View, Walk};
use onus::export::{
    Audience, Closure, DatasetStamp, InputFile, PackStamp, ResultFolder, RunManifest, Settings, Stamp, Timing, read_all, recover,
    rows_where, verify, withhold,
};
use onus::pack::Standing;
use onus::schema::outputs::{self, OutputTable};
use onus::validate::QuarantineRow;
use onus::validate::inputs::Relation;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const AS_OF: &str = "2026-06-30";

fn as_of() -> Date {
    Date::parse(AS_OF).unwrap()
}

fn stamp() -> Stamp {
    Stamp {
        onus_version: "0.1.0".into(),
        pack: PackStamp { id: "ilo".into(), version: "1".into(), hash: "ab".into() },
        dataset: DatasetStamp { name: "three mills".into(), hash: "cd".into() },
        as_of: AS_OF.into(),
        audience: Audience::Internal,
        calibrated: false,
    }
}

/// The place `mill-N`: a site signal where N is even.
fn site(n: usize) -> SiteRow<'static> {
    let any = 0.1 + n as f64 / 100.0;
    SiteRow {
        node_id: Cow::Owned(format!("mill-{n}")),
        name: Cow::Owned(if n == 1 { "=HYPERLINK(\"x\")".to_owned() } else { format!("Mill {n}, Süd") }),
        kind: Kind::Mill,
        country: CountryCode::new("GHA"),
        sector: None,
        product: Some("1511".into()),
        stage: Some(Stage::Processing),
        people: Some((100.0, PeopleBasis::Recorded)),
        posterior: Some(SitePosterior {
            coupled: [any / 3.0; 8],
            decoupled: [0.05; 8],
            any,
            protection_gap: 0.0,
            coverage: [0.2; 8],
            site_signal: n.is_multiple_of(2),
            signal_norms: NormSet::of(&[Norm::DebtBondage]),
        }),
        newest_evidence: Date::parse("2026-02-14"),
        as_of: as_of(),
        independent_origins: 1,
        reports: 1,
        looks: 0,
        silences: 0,
        focal: false,
        drivers: "documents_held +1.3".into(),
    }
}

fn brand() -> SiteRow<'static> {
    SiteRow {
        node_id: "brand".into(),
        kind: Kind::Brand,
        posterior: None,
        people: None,
        country: None,
        product: None,
        stage: None,
        focal: true,
        newest_evidence: None,
        ..site(0)
    }
}

fn evidence(node: &'static str, table: &'static str, origin: &'static str, day: &str) -> EvidenceRow<'static> {
    EvidenceRow {
        node_id: node.into(),
        item: Item::Report,
        sign: Some("documents_held".into()),
        norms: NormSet::of(&[Norm::ForcedLabour]),
        source: "grievance".into(),
        source_class: "grievance".into(),
        record: Some("case-17".into()),
        origin: Some(origin.into()),
        date: Date::parse(day).unwrap(),
        detection: 0.3,
        false_report: Some(0.02),
        age_days: f64::from(as_of().days_since(Date::parse(day).unwrap())),
        half_life_days: 720.0,
        detection_now: 0.263_457,
        log_weight: 2.623_457,
        used: true,
        why_not: None,
        table: table.into(),
        file: format!("{table}.csv").into(),
        line: Some(12),
    }
}

fn walk() -> Walk {
    Walk { norm: Traced::Any, view: View::Own, mapped_rule: MappedRule::Cautious }
}

/// One focal node with 0.125 touched on evidence, 0.25 by context, half unseen, 0.125 clear: binary fractions, so sums are exact.
fn exposure(unseen: f64) -> Vec<ExposureRow<'static>> {
    vec![ExposureRow {
        node_id: "brand".into(),
        walk: walk(),
        focal: true,
        touched_on_evidence: 0.125,
        touched_by_context: 0.25,
        touched: 0.375,
        unseen,
        clear: 0.125,
        expected: Some(0.4),
        defect: 0.0,
        mapped: 1.0,
        assumed_share: None,
    }]
}

fn contributions(rest: f64) -> Vec<ContributionRow<'static>> {
    let node = |id: &'static str, on_evidence| Some(Contributor { node_id: id.into(), tier: Some(1), visits: 0.5, on_evidence });
    let row = |node, touched| ContributionRow {
        focal_id: "brand".into(),
        walk: walk(),
        node,
        touched,
        unseen: None,
        clear: None,
        share_of_touched: touched / 0.375,
    };
    vec![row(None, rest), row(node("mill-1", false), 0.125), row(node("mill-0", true), 0.125)]
}

fn sums() -> Vec<ContributionSumRow<'static>> {
    let row = |value: &'static str, on_evidence, by_context, unseen, clear| ContributionSumRow {
        focal_id: "brand".into(),
        walk: walk(),
        dimension: Dimension::Tier,
        value: value.into(),
        touched_on_evidence: on_evidence,
        touched_by_context: by_context,
        unseen,
        clear,
    };
    vec![row("10", 0.0, 0.125, 0.25, 0.125), row("2", 0.125, 0.125, 0.25, 0.0)]
}

fn link(supplier: &'static str) -> LinkUsedRow<'static> {
    LinkUsedRow {
        supplier_id: supplier.into(),
        buyer_id: "brand".into(),
        relation: Relation::Supplies,
        product: Some("1511".into()),
        scope: None,
        weight: Some((0.5, WeightBasis::Equal)),
        weight_merged: Some(0.5),
        basis: LinkBasis::Declared,
        assumed: true,
        in_force: true,
    }
}

fn prior(norm: Norm) -> PriorRow<'static> {
    PriorRow {
        node_id: "mill-0".into(),
        norm,
        marginal: 0.1,
        base_rate: 1.0 / 3.0,
        level: "region".into(),
        tau: 1.0,
        denominator: "workers".into(),
        base_source: "ilo-2022".into(),
        base_year: Some(2021),
        base_standing: Standing::Published,
        people: 100.0,
        people_assumed: false,
        factors: factor_list([("tvpra_listed", 3.0, "tvpra:2024")]).into(),
        lifted: false,
        off: norm == Norm::StateImposed,
    }
}

fn diagnostics() -> Diagnostics {
    let mut all = Diagnostics::default();
    let at = |line| Locator { file: "links.csv".into(), part: None, line, column: Some("value".into()) };
    all.push(Level::Error, "link-value", at(214), "-3 is below 0", "a link's value is money per year");
    all.push(Level::Warning, "share-sum", at(0), "shares sum to 1.4", "at most 1");
    all
}

/// One refused cell, of a file that was refused more often than it was said.
fn quarantine() -> Vec<QuarantineRow> {
    let row = |line: u64, value: &str| QuarantineRow {
        file: "nodes.csv".into(),
        line,
        column: Some("workers".into()),
        code: "cell-number",
        reason: "'=1+1' is no whole number".into(),
        value_shown: value.into(),
    };
    vec![row(9, "5 characters"), row(4, "=1+1")]
}

/// What a test may bend.
struct Content {
    sites: Vec<SiteRow<'static>>,
    exposure: Vec<ExposureRow<'static>>,
    contributions: Vec<ContributionRow<'static>>,
    sums: Vec<ContributionSumRow<'static>>,
    note: &'static str,
}

impl Default for Content {
    fn default() -> Self {
        let sites = std::iter::once(brand()).chain((0..3).map(site)).collect();
        Self { sites, exposure: exposure(0.5), contributions: contributions(0.125), sums: sums(), note: "first" }
    }
}

fn fill(folder: &ResultFolder, content: Content) -> onus::base::Result<()> {
    let stamp = stamp();
    let mut register = Register::new();
    content.contributions.iter().for_each(|c| register.add_contribution(c));
    folder.write_table(&stamp, content.sites.into_iter().inspect(|s| register.add(s)))?;
    folder.write_register(register)?;
    folder.write_table(&stamp, Norm::ALL.into_iter().rev().map(prior))?;
    let told = withhold(
        vec![evidence("mill-0", "statements", "ngo-x", "2026-02-14"), evidence("mill-0", "grievances", "worker 81", "2026-02-14")],
        as_of(),
        Audience::Internal,
    );
    folder.write_table(&stamp, told.0)?;
    folder.write_table(&stamp, content.exposure)?;
    folder.write_table(&stamp, content.contributions)?;
    folder.write_table(&stamp, content.sums)?;
    folder.write_table(&stamp, ["mill-0", "mill-1"].map(link))?;
    folder.write_diagnostics(&stamp, &diagnostics(), &quarantine())?;
    folder.write_text("pack/method.toml", &format!("note = \"{}\"\n", content.note))
}

fn manifest() -> RunManifest {
    let mut manifest = RunManifest::new(
        stamp(),
        "ef",
        Settings { as_of_rule: "settings".into(), focal_rule: "column".into(), focal: vec!["brand".into()], numbers: BTreeMap::new() },
    );
    manifest.closure = Closure { defect_max: 0.0, tolerance: 1e-9 };
    manifest
}

fn write(out: &Path, overwrite: bool, content: Content) -> onus::base::Result<String> {
    let folder = ResultFolder::begin(out, overwrite)?;
    fill(&folder, content)?;
    let mut timing = Timing::new(1);
    timing.stage("export");
    Ok(folder.commit(manifest(), &[], timing)?.run_hash)
}

/// Names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    all.sort();
    all
}

/// Every file that equal runs share, with its hash.
fn hashes(out: &Path) -> BTreeMap<String, String> {
    let mut open = vec![out.to_path_buf()];
    let mut found = BTreeMap::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if !path.ends_with("timing.json") && !path.ends_with("inputs.json") {
                found.insert(path.strip_prefix(out).unwrap().display().to_string(), hash_file(&path).unwrap().0);
            }
        }
    }
    found
}

fn note(out: &Path) -> Option<String> {
    fs::read_to_string(out.join("pack/method.toml")).ok()
}

fn csv_rows(path: PathBuf) -> Outcome<Vec<BTreeMap<String, String>>> {
    let mut reader = csv::Reader::from_path(path)?;
    let header = reader.headers()?.clone();
    let rows: Result<Vec<csv::StringRecord>, _> = reader.records().collect();
    Ok(rows?.iter().map(|r| header.iter().map(str::to_owned).zip(r.iter().map(str::to_owned)).collect()).collect())
}

#[test]
fn what_is_written_is_read_back_and_holds() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let run_hash = write(&out, false, Content::default())?;
    assert_eq!(hash_file(&out.join("run.json"))?.0, run_hash);
    assert_eq!(names(dir.path()), ["result"]);

    let report = verify(&out)?;
    assert!(report.holds(), "{:#?}", report.lines);

    let sites = read_all(&out, &outputs::SITES)?;
    let ids: Vec<_> = sites.iter().map(|r| r.text("node_id").unwrap_or("").to_owned()).collect();
    assert_eq!(ids, ["brand", "mill-0", "mill-1", "mill-2"]);
    let states: Vec<_> = sites.iter().map(|r| r.text("state").unwrap_or("").to_owned()).collect();
    assert_eq!(states, ["no_posterior", "site_signal", "context_risk", "site_signal"]);
    let mill = rows_where(&out, &outputs::SITES, "node_id", "mill-1")?;
    assert_eq!(mill.len(), 1);
    let mill = mill.iter().next().ok_or("no row")?;
    assert_eq!(mill.text("name"), Some("=HYPERLINK(\"x\")"), "Parquet runs nothing and keeps the name");
    assert_eq!(mill.float("forced_labour_coupled"), Some(0.11 / 3.0), "every bit of a float survives");
    assert_eq!(mill.text("signal_norms"), Some(""));
    assert_eq!((mill.text("newest_evidence"), mill.int("evidence_age_days")), (Some("2026Q1"), Some(91)));
    assert_eq!(mill.text("sector"), None);
    assert_eq!(rows_where(&out, &outputs::SITES, "node_id", "mill-9")?.len(), 0);

    let priors = read_all(&out, &outputs::PRIORS)?;
    let order: Vec<_> = priors.iter().map(|r| r.text("norm").unwrap_or("").to_owned()).collect();
    assert_eq!(order, Norm::ALL.map(|n| n.as_str().to_owned()), "rows of one node stand in the order of the norms however they came");
    assert_eq!(priors.iter().next().and_then(|r| r.text("factors")), Some("tvpra_listed:3:tvpra 2024"));
    assert_eq!(priors.iter().next().and_then(|r| r.float("base_rate")), Some(1.0 / 3.0));

    let kept = read_all(&out, &outputs::CONTRIBUTIONS)?;
    let kept: Vec<_> = kept.iter().map(|r| (r.text("node_id").map(str::to_owned), r.bool("is_rest"))).collect();
    assert_eq!(
        kept,
        [(Some("mill-0".to_owned()), Some(false)), (Some("mill-1".to_owned()), Some(false)), (None, Some(true))],
        "the rest stands last"
    );
    let tiers = read_all(&out, &outputs::CONTRIBUTION_SUMS)?;
    assert_eq!(
        tiers.iter().map(|r| r.text("value").unwrap_or("").to_owned()).collect::<Vec<_>>(),
        ["2", "10"],
        "tiers are ordered as numbers"
    );

    assert_eq!(read_all(&out, &outputs::LINKS)?.iter().next().and_then(|r| r.text("weight_basis")), Some("equal"));
    assert_eq!(read_all(&out, &outputs::WARNINGS)?.len(), 2);
    let refused = csv_rows(out.join("quarantine.csv"))?;
    let shown: Vec<(&str, &str)> = refused.iter().map(|r| (r["line"].as_str(), r["value"].as_str())).collect();
    assert_eq!(shown, [("4", "'=1+1"), ("9", "5 characters")], "every refused cell, by line; formulas inert");
    Ok(())
}

#[test]
fn every_written_column_is_declared_in_order_and_every_file_carries_its_stamp() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    write(&out, false, Content::default())?;
    let codebook = csv_rows(out.join("codebook.csv"))?;
    let declared = |t: &OutputTable| codebook.iter().filter(|r| r["table"] == t.name).map(|r| r["column"].clone()).collect::<Vec<_>>();
    for table in outputs::tables() {
        let path = out.join(table.file);
        let written: Vec<String> = if table.is_parquet() {
            let file = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path)?)?;
            let pairs = file.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
            let value = |key: &str| pairs.iter().find(|kv| kv.key == key).and_then(|kv| kv.value.clone());
            assert_eq!(value("onus.dataset_hash").as_deref(), Some("cd"));
            assert_eq!(value("onus.audience").as_deref(), Some("internal"));
            assert_eq!(value("ARROW:schema"), None, "readers of 2023 fail on hints that they do not know");
            let scores: serde_json::Value = serde_json::from_str(&value("onus.scores").unwrap_or_default())?;
            if table.name == "sites" {
                assert_eq!(scores["any"], serde_json::json!({"unit": "probability", "range": [0.0, 1.0], "direction": "higher is worse"}));
                assert_eq!(scores["any"]["direction"], "higher is worse");
                assert_eq!(scores["child_labour_coverage"]["direction"], "higher is better");
            }
            file.schema().fields().iter().map(|f| f.name().clone()).collect()
        } else {
            csv::Reader::from_path(path)?.headers()?.iter().map(str::to_owned).collect()
        };
        assert_eq!(written, declared(table), "{}", table.name);
    }
    assert_eq!(names(&out), {
        let mut all: Vec<String> = outputs::tables().iter().map(|t| t.file.to_owned()).collect();
        all.extend(["run.json", "inputs.json", "timing.json", "pack"].map(str::to_owned));
        all.sort();
        all
    });
    Ok(())
}

#[test]
fn equal_runs_write_equal_bytes() -> Outcome {
    let dir = tempfile::tempdir()?;
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    assert_eq!(write(&a, false, Content::default())?, write(&b, false, Content::default())?);
    assert_eq!(hashes(&a), hashes(&b));
    assert_eq!(hashes(&a).len(), outputs::tables().len() + 2, "every table, run.json and the method");
    let other = write(&dir.path().join("c"), false, Content { note: "second", ..Content::default() })?;
    assert_ne!(hash_file(&a.join("run.json"))?.0, other);
    Ok(())
}

#[test]
fn many_rows_cross_batches_and_row_groups_and_are_found_again() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let folder = ResultFolder::begin(&out, false)?;
    let count = 300_000;
    let rows = (0..count).map(|n| LinkUsedRow {
        supplier_id: Cow::Owned(format!("s{n:06}")),
        weight: Some((n as f64 / count as f64, WeightBasis::Value)),
        ..link("")
    });
    assert_eq!(folder.write_table(&stamp(), rows)?, count);
    let found = rows_where(folder.partial(), &outputs::LINKS, "supplier_id", "s270000")?;
    assert_eq!(found.iter().map(|r| r.float("weight")).collect::<Vec<_>>(), [Some(0.9)]);
    assert_eq!(read_all(folder.partial(), &outputs::LINKS)?.len() as u64, count);
    Ok(())
}

fn internal<T>(result: onus::base::Result<T>) -> Option<String> {
    match result {
        Err(Error::Internal(why)) => Some(why),
        _ => None,
    }
}

#[test]
fn a_cell_that_its_column_does_not_allow_is_never_written() -> Outcome {
    let dir = tempfile::tempdir()?;
    let refuse = |bend: fn(&mut ExposureRow<'static>), named: &str| -> Outcome {
        let folder = ResultFolder::begin(&dir.path().join("result"), false)?;
        let mut rows = exposure(0.5);
        bend(&mut rows[0]);
        let why = internal(folder.write_table(&stamp(), rows)).ok_or("was written")?;
        assert!(why.contains(named) && why.contains("brand"), "{why}");
        Ok(())
    };
    refuse(|r| r.touched = f64::NAN, "exposure.touched")?;
    refuse(|r| r.unseen = f64::INFINITY, "exposure.unseen")?;
    refuse(|r| r.expected = Some(f64::NEG_INFINITY), "exposure.expected")?;

    let folder = ResultFolder::begin(&dir.path().join("result"), false)?;
    let mut rows = exposure(0.5);
    rows[0].expected = Some(f64::NAN);
    folder.write_table(&stamp(), rows)?;
    assert_eq!(
        read_all(folder.partial(), &outputs::EXPOSURE)?.iter().next().and_then(|r| r.float("expected")),
        None,
        "no number is an empty cell"
    );
    Ok(())
}

#[test]
fn rows_out_of_order_tables_twice_and_missing_tables_are_faults() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let folder = ResultFolder::begin(&out, false)?;
    assert!(internal(folder.write_table(&stamp(), [site(2), site(1)])).is_some_and(|w| w.contains("mill-1")));
    drop(folder);
    let folder = ResultFolder::begin(&out, false)?;
    folder.write_table(&stamp(), [site(1)])?;
    assert!(internal(folder.write_table(&stamp(), [site(1)])).is_some());
    assert!(internal(folder.write_text("../escape.toml", "")).is_some());
    assert!(internal(folder.commit(manifest(), &[], Timing::new(1))).is_some_and(|w| w.contains("was not written")));
    assert_eq!(names(dir.path()), Vec::<String>::new(), "a result that is not whole leaves nothing");
    Ok(())
}

fn refused(result: onus::base::Result<impl Sized>) -> bool {
    matches!(result, Err(Error::Output { .. }))
}

#[test]
fn what_is_not_a_result_of_onus_is_refused_and_left_alone() -> Outcome {
    let dir = tempfile::tempdir()?;
    let foreign = dir.path().join("holiday");
    fs::create_dir(&foreign)?;
    assert!(refused(ResultFolder::begin(&foreign, true)), "an empty folder is not a result either");
    fs::write(foreign.join("photo.jpg"), "x")?;
    fs::write(foreign.join("run.json"), "{\"format\": \"somebody else's\"}")?;
    assert!(refused(ResultFolder::begin(&foreign, true)));
    let file = dir.path().join("file");
    fs::write(&file, "x")?;
    assert!(refused(ResultFolder::begin(&file, true)));
    assert!(refused(ResultFolder::begin(Path::new("/"), true)) && refused(ResultFolder::begin(Path::new(".."), true)));
    assert_eq!(names(&foreign), ["photo.jpg", "run.json"]);
    assert_eq!(names(dir.path()), ["file", "holiday"]);
    Ok(())
}

#[test]
fn an_earlier_result_is_replaced_on_request_only_and_never_with_files_of_others_in_it() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let second = || Content { note: "second", ..Content::default() };
    write(&out, false, Content::default())?;
    assert!(refused(write(&out, false, second())));
    assert_eq!(note(&out).as_deref(), Some("note = \"first\"\n"));
    fs::write(out.join("pack/my notes.txt"), "keep")?;
    assert!(refused(write(&out, true, second())), "the user's notes would go with the old folder");
    assert_eq!(names(dir.path()), ["result"]);
    fs::rename(out.join("pack/my notes.txt"), dir.path().join("my notes.txt"))?;
    write(&out, true, second())?;
    assert_eq!(note(&out).as_deref(), Some("note = \"second\"\n"));
    assert_eq!(names(dir.path()), ["my notes.txt", "result"], "only the new one is left");
    Ok(())
}

#[test]
fn a_run_that_ends_without_commit_leaves_the_old_result_and_nothing_else() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    write(&out, false, Content::default())?;
    let folder = ResultFolder::begin(&out, true)?;
    fill(&folder, Content { note: "second", ..Content::default() })?;
    assert_eq!(names(dir.path()).len(), 2);
    drop(folder);
    assert_eq!(names(dir.path()), ["result"]);
    assert!(verify(&out)?.holds());
    Ok(())
}

#[test]
fn a_result_set_aside_by_a_dead_run_is_put_back_and_dead_partial_folders_go() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    write(&out, false, Content::default())?;
    fs::rename(&out, dir.path().join(".result.previous"))?;
    assert!(recover(&out)?, "between the two renames the old result is still to be had");
    assert!(!recover(&out)?);
    assert!(verify(&out)?.holds());

    // A dead run's folder, one of nobody's, and one that belongs to another name.
    let dead = dir.path().join(".result.partial-1-0");
    fs::create_dir(&dead)?;
    fs::write(dead.join(".onus-partial"), "")?;
    fs::write(dead.join("sites.parquet"), "half")?;
    let nobodys = dir.path().join(".result.partial-mine");
    fs::create_dir(&nobodys)?;
    fs::write(nobodys.join("letter.txt"), "x")?;
    fs::create_dir(dir.path().join(".other.partial-1-0"))?;
    let alive = ResultFolder::begin(&out, true)?;
    assert!(!dead.exists());
    let other_run = ResultFolder::begin(&out, true)?;
    assert!(alive.partial().exists(), "a folder that a run still holds is not cleaned up");
    drop((alive, other_run));
    assert_eq!(names(dir.path()), [".other.partial-1-0", ".result.partial-mine", "result"]);

    // The new one in place, the old one not yet removed: the old one goes, also when the new one is deleted by hand later.
    write(&dir.path().join("copy"), false, Content::default())?;
    fs::rename(dir.path().join("copy"), dir.path().join(".result.previous"))?;
    drop(ResultFolder::begin(&out, true)?);
    assert_eq!(names(dir.path()), [".other.partial-1-0", ".result.partial-mine", "result"]);
    Ok(())
}

/// Not a test of its own: replaces the result named by `ONUS_TEST_SWAP` until it is killed.
#[test]
#[ignore = "run by killed_at_any_moment_a_run_leaves_a_whole_result"]
fn replace_until_killed() -> Outcome {
    let Ok(out) = std::env::var("ONUS_TEST_SWAP") else { return Ok(()) };
    loop {
        write(Path::new(&out), true, Content { note: "second", ..Content::default() })?;
    }
}

#[test]
fn killed_at_any_moment_a_run_leaves_a_whole_result() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    write(&out, false, Content::default())?;
    for round in 0..6_u64 {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--exact", "export::replace_until_killed", "--ignored", "--test-threads=1"])
            .env("ONUS_TEST_SWAP", &out)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // At work once it has replaced something; the moment of death then falls anywhere in writing and swapping.
        let before = fs::metadata(out.join("run.json")).ok().and_then(|m| m.modified().ok());
        let started = std::time::Instant::now();
        while fs::metadata(out.join("run.json")).ok().and_then(|m| m.modified().ok()) == before {
            assert!(started.elapsed() < Duration::from_secs(60), "the child replaces nothing");
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(13 * round));
        assert_eq!(child.try_wait()?, None, "the child must be at work when it is killed");
        child.kill()?;
        child.wait()?;
        recover(&out)?;
        let report = verify(&out)?;
        assert!(report.holds(), "round {round}: {:#?}", report.lines);
        assert_eq!(note(&out).as_deref(), Some("note = \"second\"\n"));
    }
    drop(ResultFolder::begin(&out, true)?);
    assert_eq!(names(dir.path()), ["result"], "the next run cleans up");
    Ok(())
}

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
    assert!(open.contains("touched + unseen + clear"), "{open}");
    let lost = check("rest", Content { contributions: contributions(0.1), ..Content::default() })?;
    assert!(lost.contains("contributions + rest"), "{lost}");
    let mut missing = sums();
    missing.pop();
    let lost = check("sums", Content { sums: missing, ..Content::default() })?;
    assert!(lost.contains("by tier"), "{lost}");
    let mut above = exposure(0.5);
    above[0].expected = Some(0.95);
    let lost = check("expected", Content { exposure: above, ..Content::default() })?;
    assert!(lost.contains("expected 0.95"), "{lost}");
    Ok(())
}

#[test]
fn the_register_puts_evidence_before_context_and_runs_nothing() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    let mut sites = Content::default().sites;
    sites[2].people = Some((9_000.0, PeopleBasis::Assumed));
    write(&out, false, Content { sites, ..Content::default() })?;
    let rows = csv_rows(out.join("register.csv"))?;
    let column = |c: &str| rows.iter().map(|r| r[c].clone()).collect::<Vec<_>>();
    assert_eq!(
        column("node_id"),
        ["mill-2", "mill-0", "mill-1"],
        "9,000 people by context stand below 100 on evidence; a brand has no row"
    );
    assert_eq!(column("basis"), ["on evidence", "on evidence", "by context"]);
    assert_eq!(column("norms"), ["debt_bondage", "debt_bondage", "child_labour"]);
    assert_eq!(column("name")[2], "'=HYPERLINK(\"x\")");
    assert_eq!(column("any")[2], "0.11");
    assert_eq!((column("focal_id")[1].as_str(), column("share_of_touched")[1].as_str()), ("brand", "0.3333"));
    assert_eq!(column("focal_id")[0], "");
    assert_eq!(column("calibrated"), ["no"; 3]);
    Ok(())
}

#[test]
fn a_grievance_is_told_by_quarter_and_to_others_not_at_all() -> Outcome {
    let rows = || {
        vec![
            evidence("mill-0", "grievances", "worker 81", "2026-02-14"),
            evidence("mill-0", "grievances", "worker 12", "2026-03-30"),
            evidence("mill-0", "grievances", "worker 81", "2026-01-01"),
            evidence("mill-0", "statements", "ngo-x", "2026-02-14"),
        ]
    };
    let (internal, left_out) = withhold(rows(), as_of(), Audience::Internal);
    assert_eq!(left_out, 0);
    let origins: Vec<_> = internal.iter().map(|r| r.origin.as_deref().unwrap_or("")).collect();
    assert_eq!(origins, ["origin 2", "origin 1", "origin 2", "ngo-x"], "equal origins stay equal, numbered by key, not by row");
    for row in &internal[..3] {
        assert_eq!((row.record.as_deref(), row.line, row.age_days, row.detection_now, row.log_weight), (None, None, 91.0, 0.26, 2.62));
    }
    assert_eq!((internal[3].line, internal[3].age_days), (Some(12), 136.0));

    let dir = tempfile::tempdir()?;
    let folder = ResultFolder::begin(&dir.path().join("result"), false)?;
    folder.write_table(&stamp(), internal)?;
    let text = String::from_utf8_lossy(&fs::read(folder.partial().join("evidence.parquet"))?).into_owned();
    assert!(!text.contains("worker 81"));
    let back = read_all(folder.partial(), &outputs::EVIDENCE)?;
    assert!(back.iter().all(|r| r.text("quarter") == Some("2026Q1")));

    let (shared, left_out) = withhold(rows(), as_of(), Audience::Shared);
    assert_eq!((shared.len(), left_out), (1, 3));
    assert_eq!(shared[0].table, "statements");
    Ok(())
}

#[test]
fn the_manifest_names_no_machine_and_inputs_are_named_inside_the_dataset() -> Outcome {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("result");
    fs::write(dir.path().join("nodes.csv"), "node_id\n")?;
    let input = InputFile::hash(dir.path(), "nodes.csv")?;
    assert_eq!(input.blake3, blake3::hash(b"node_id\n").to_hex().to_string());
    for bad in ["/etc/hostname", "../nodes.csv", ""] {
        assert!(internal(InputFile::hash(dir.path(), bad)).is_some(), "{bad}");
    }
    let folder = ResultFolder::begin(&out, false)?;
    fill(&folder, Content::default())?;
    let mut timing = Timing::new(2);
    timing.stage("read");
    timing.stage("export");
    folder.commit(manifest(), &[input], timing)?;
    let run = fs::read_to_string(out.join("run.json"))?;
    let inputs = fs::read_to_string(out.join("inputs.json"))?;
    let place = dir.path().display().to_string();
    assert!(!run.contains(&place) && !inputs.contains(&place) && !run.contains("thread"));
    assert!(inputs.contains("\"nodes.csv\""));
    let timing: serde_json::Value = serde_json::from_str(&fs::read_to_string(out.join("timing.json"))?)?;
    assert_eq!(timing["stages"][0]["stage"], "read");
    assert_eq!(timing["threads"], 2);
    assert_eq!(onus::export::read_manifest(&out)?.map(|m| m.stamp), Some(stamp()));
    Ok(())
}
