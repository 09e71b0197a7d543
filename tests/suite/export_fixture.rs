//! A small result to write, change and read back.

use onus::base::Traced;
use onus::base::{CountryCode, Date, Diagnostics, Error, Kind, Level, Locator, Norm, NormSet, Stage};
use onus::duty::{Keys, Standing};
use onus::export::claim_rows::{FindingRow, PracticeRow};
use onus::export::downstream_rows::{ChokePointRow, FootprintRow};
use onus::export::duty_rows::{ActionRow, ContestOut, DutyRow, OverrideOut, RemedyRow, RemedyShareRow};
use onus::export::kept_rows::{WalkLinkRow, WalkNodeRow};
use onus::export::manifest::hash_file;
use onus::export::portfolio_rows::{PortfolioContributionRow, PortfolioRow};
use onus::export::record_rows::RecordRow;
use onus::export::register::Register;
use onus::export::rows::{
    EvidenceRow, Item, LinkBasis, LinkUsedRow, PeopleBasis, PriorRow, SiteDuty, SitePosterior, SiteRanges, SiteRow, WeightBasis,
    factor_list,
};
use onus::export::walk_rows::{ContributionRow, ContributionSumRow, Contributor, Dimension, ExposureRow, MappedRule, View, Walk};
use onus::export::{Audience, Closure, DatasetStamp, PackStamp, ResultFolder, RunManifest, Settings, Stamp, Timing, withhold};
use onus::measures::Band;
use onus::pack::Standing as SourceStanding;
use onus::validate::QuarantineRow;
use onus::validate::inputs::Relation;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

pub const AS_OF: &str = "2026-06-30";

pub fn as_of() -> Date {
    Date::parse(AS_OF).unwrap()
}

pub fn stamp() -> Stamp {
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
pub fn site(n: usize) -> SiteRow<'static> {
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
            ranges: Some(SiteRanges { coupled: [(0.0, 1.0); Norm::COUNT], any: (0.05, 0.9) }),
            rank: Some((1, 3)),
            alert: false,
            found_norms: NormSet::EMPTY,
            signal_norms: NormSet::of(&[Norm::DebtBondage]),
        }),
        newest_evidence: Date::parse("2026-02-14"),
        as_of: as_of(),
        independent_origins: 1,
        reports: 1,
        looks: 0,
        silences: 0,
        focal: false,
        finding: Some(("possible", false)),
        drivers: "documents_held +1.3".into(),
        duty: Some(duty(n)),
        overrides: None,
    }
}

/// Mills in the order 2, 0, 1.
fn duty(n: usize) -> SiteDuty {
    let (people, on_evidence) = if n.is_multiple_of(2) { (20.0 + n as f64, true) } else { (10.0, false) };
    let keys = Keys { acts_first: false, band: Some(Band::A), people, children: false, on_evidence };
    let norms = NormSet::of(&[Norm::ForcedLabour]);
    let standing = Standing { keys, norms, severity: 0.8, danger: false, told: 0.0 };
    SiteDuty { severity: [0.8; Norm::COUNT], standing, priority: [2, 3, 1].get(n).copied().unwrap_or(n as i64 + 1) }
}

pub fn brand() -> SiteRow<'static> {
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
        duty: None,
        ..site(0)
    }
}

pub fn evidence(node: &'static str, table: &'static str, origin: &'static str, day: &str) -> EvidenceRow<'static> {
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
        factors: None,
        why_not: None,
        table: table.into(),
        file: format!("{table}.csv").into(),
        sheet: None,
        line: Some(12),
    }
}

pub fn walk() -> Walk {
    Walk { norm: Traced::Any, view: View::Own, mapped_rule: MappedRule::Cautious }
}

/// One focal node with 0.125 touched on evidence, 0.25 by context, half unseen, 0.125 clear: binary fractions, so sums are exact.
pub fn exposure(unseen: f64) -> Vec<ExposureRow<'static>> {
    vec![ExposureRow {
        node_id: "brand".into(),
        walk: walk(),
        focal: true,
        touched_on_evidence: 0.125,
        touched_by_context: 0.25,
        touched: 0.375,
        unseen,
        exited: 0.0,
        clear: 0.125,
        expected: Some(0.4),
        defect: 0.0,
        mapped: 1.0,
        touched_people: None,
        left: 0.0,
        assumed_share: None,
        drawn: None,
    }]
}

pub fn contributions(rest: f64) -> Vec<ContributionRow<'static>> {
    let node =
        |id: &'static str, on_evidence| Some(Contributor { node_id: id.into(), tier: Some(1), visits: 0.5, returns: None, on_evidence });
    let row = |node, touched| ContributionRow {
        focal_id: "brand".into(),
        walk: walk(),
        node,
        touched,
        unseen: None,
        exited: None,
        clear: None,
        share_of_touched: touched / 0.375,
    };
    vec![row(None, rest), row(node("mill-1", false), 0.125), row(node("mill-0", true), 0.125)]
}

pub fn sums() -> Vec<ContributionSumRow<'static>> {
    let row = |value: &'static str, on_evidence, by_context, unseen, clear| ContributionSumRow {
        focal_id: "brand".into(),
        walk: walk(),
        dimension: Dimension::Tier,
        value: value.into(),
        touched_on_evidence: on_evidence,
        touched_by_context: by_context,
        unseen,
        exited: 0.0,
        clear,
    };
    vec![row("10", 0.0, 0.125, 0.25, 0.125), row("2", 0.125, 0.125, 0.25, 0.0)]
}

/// Two nodes that cover 0.375 together, the first `cover` of it.
pub fn choke_points(cover: f64) -> Vec<ChokePointRow<'static>> {
    let row = |place, node: &'static str, gain, cover| ChokePointRow {
        focal_id: "brand".into(),
        walk: walk(),
        place,
        node_id: node.into(),
        tier: Some(1),
        gain,
        cover,
        share_of_touched: cover / 0.375,
        at_most: 0.375,
        returns: Some(1.0),
    };
    vec![row(2, "mill-1", 0.125, 0.375), row(1, "mill-0", 0.25, cover)]
}

/// Four people affected at a mill, of whom `leave` leave the map with the brand's goods and one at the mill.
pub fn footprint(leave: f64) -> Vec<FootprintRow<'static>> {
    let row = |node: &'static str, people, passes, leaves, outside_share| FootprintRow {
        node_id: node.into(),
        norm: Traced::ForcedLabour,
        people,
        passes,
        carried: Some(passes),
        leaves,
        outside_share,
        outside_assumed: true,
        assumed_share: 0.0,
    };
    vec![row("brand", 0.0, 3.0, leave, 1.0), row("mill-0", 4.0, 4.0, 1.0, 0.25)]
}

pub fn link(supplier: &'static str) -> LinkUsedRow<'static> {
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

pub fn prior(norm: Norm) -> PriorRow<'static> {
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
        base_standing: SourceStanding::Published,
        people: 100.0,
        people_assumed: false,
        factors: factor_list([("tvpra_listed", 3.0, "tvpra:2024")]).into(),
        lifted: false,
        off: norm == Norm::StateImposed,
    }
}

pub fn diagnostics() -> Diagnostics {
    let mut all = Diagnostics::default();
    let at = |line| Locator { file: "links.csv".into(), part: None, line, column: Some("value".into()) };
    all.push(Level::Error, "link-value", at(214), "-3 is below 0", "a link's value is money per year");
    all.push(Level::Warning, "share-sum", at(0), "shares sum to 1.4", "at most 1");
    all
}

/// One refused cell, of a file that was refused more often than it was said.
pub fn quarantine() -> Vec<QuarantineRow> {
    let row = |line: u64, value: &str| QuarantineRow {
        file: "nodes.csv".into(),
        part: None,
        line,
        column: Some("workers".into()),
        code: "cell-number",
        reason: "'=1+1' is no whole number".into(),
        value_shown: value.into(),
    };
    vec![row(9, "5 characters"), row(4, "=1+1")]
}

/// What a test may bend.
pub struct Content {
    pub sites: Vec<SiteRow<'static>>,
    pub exposure: Vec<ExposureRow<'static>>,
    pub contributions: Vec<ContributionRow<'static>>,
    pub sums: Vec<ContributionSumRow<'static>>,
    pub choke_points: Vec<ChokePointRow<'static>>,
    pub footprint: Vec<FootprintRow<'static>>,
    pub note: &'static str,
}

impl Default for Content {
    fn default() -> Self {
        let sites = std::iter::once(brand()).chain((0..3).map(site)).collect();
        Self {
            sites,
            exposure: exposure(0.5),
            contributions: contributions(0.125),
            sums: sums(),
            choke_points: choke_points(0.25),
            footprint: footprint(3.0),
            note: "first",
        }
    }
}

pub fn finding(case: Option<&str>) -> FindingRow<'static> {
    FindingRow {
        node_id: "mill-0".into(),
        case_key: case.map(str::to_owned),
        norm: Norm::ForcedLabour,
        level: "possible",
        rule: "icls_2018",
        path: "involuntary_and_menace",
        elements_met: "the menace of a penalty".to_owned(),
        elements_missing: String::new(),
        facts: "work_document_confiscation (supported)".to_owned(),
        files: case.map(|_| "statements.csv".to_owned()),
        age_rule: None,
        single_testimony: false,
        unlinked_group: false,
        age_unverified: true,
        historic: false,
        contested: None,
        cases: case.is_none().then(|| ("<5".to_owned(), "<5".to_owned())),
    }
}

pub fn practice() -> PracticeRow<'static> {
    PracticeRow {
        buyer_id: "brand".into(),
        supplier_id: "mill-0".into(),
        quarter: "2026Q1".to_owned(),
        practice: "pp_late_payment",
        value: 90.0,
        threshold: 60.0,
        file: "purchasing.csv".into(),
    }
}

pub fn record() -> RecordRow<'static> {
    RecordRow {
        node_id: "mill-0".into(),
        record_id: "L-17".into(),
        name: "Sample Mill".into(),
        list: Some("Sample list, 2026".into()),
        why: "decision",
        by: Some("decisions.csv:4".to_owned()),
        is_evidence: true,
        file: "list.xlsx".into(),
        sheet: Some("Entities".into()),
        line: 17,
    }
}

pub fn fill(folder: &ResultFolder, content: Content) -> onus::base::Result<()> {
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
    folder.write_table(&stamp, [finding(None), finding(Some("case 0001"))])?;
    folder.write_table(&stamp, [practice()])?;
    folder.write_table(&stamp, [record()])?;
    folder.write_table(&stamp, content.exposure)?;
    folder.write_table(&stamp, content.contributions)?;
    folder.write_table(&stamp, content.sums)?;
    folder.write_table(&stamp, content.choke_points)?;
    folder.write_table(&stamp, content.footprint)?;
    folder.write_table(&stamp, Vec::<ActionRow<'static>>::new())?;
    folder.write_table(&stamp, Vec::<DutyRow<'static>>::new())?;
    folder.write_table(&stamp, Vec::<RemedyRow<'static>>::new())?;
    folder.write_table(&stamp, Vec::<RemedyShareRow<'static>>::new())?;
    folder.write_table(&stamp, Vec::<OverrideOut<'static>>::new())?;
    folder.write_table(&stamp, Vec::<ContestOut<'static>>::new())?;
    folder.write_table(&stamp, Vec::<PortfolioRow<'static>>::new())?;
    folder.write_table(&stamp, Vec::<PortfolioContributionRow<'static>>::new())?;
    folder.write_table(&stamp, ["mill-0", "mill-1"].map(link))?;
    folder.write_table(&stamp, Vec::<WalkNodeRow<'static>>::new())?;
    folder.write_table(&stamp, Vec::<WalkLinkRow<'static>>::new())?;
    folder.write_diagnostics(&stamp, &diagnostics(), &quarantine())?;
    folder.write_text("pack/method.toml", &format!("note = \"{}\"\n", content.note))
}

pub fn manifest() -> RunManifest {
    let mut manifest = RunManifest::new(
        stamp(),
        "ef",
        Settings {
            as_of_rule: "settings".into(),
            focal_rule: "column".into(),
            focal: vec!["brand".into()],
            previous: Vec::new(),
            ranges: "top".into(),
            numbers: BTreeMap::new(),
        },
    );
    manifest.closure = Closure { defect_max: 0.0, tolerance: 1e-9 };
    manifest
}

pub fn write(out: &Path, overwrite: bool, content: Content) -> onus::base::Result<String> {
    let folder = ResultFolder::begin(out, overwrite)?;
    fill(&folder, content)?;
    let mut timing = Timing::new(1);
    timing.stage("export");
    Ok(folder.commit(manifest(), &[], timing)?.run_hash)
}

/// Names in a folder, hidden ones too.
pub fn names(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    all.sort();
    all
}

/// Every file that equal runs share, with its hash.
pub fn hashes(out: &Path) -> BTreeMap<String, String> {
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

pub fn note(out: &Path) -> Option<String> {
    fs::read_to_string(out.join("pack/method.toml")).ok()
}

pub fn csv_rows(path: PathBuf) -> Outcome<Vec<BTreeMap<String, String>>> {
    let mut reader = csv::Reader::from_path(path)?;
    let header = reader.headers()?.clone();
    let rows: Result<Vec<csv::StringRecord>, _> = reader.records().collect();
    Ok(rows?.iter().map(|r| header.iter().map(str::to_owned).zip(r.iter().map(str::to_owned)).collect()).collect())
}

pub fn refused(result: onus::base::Result<impl Sized>) -> bool {
    matches!(result, Err(Error::Output { .. }))
}
