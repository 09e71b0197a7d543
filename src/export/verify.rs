//! `onus verify OUT`: holds a result folder against its own manifest, its declared columns and its own sums.
//!
//! 1. every file that `run.json` lists is there with its BLAKE3, and no other file is;
//! 2. every Parquet table opens, has the declared columns in order, the stated rows, numbers inside their ranges, sorted leads, and the
//!    method, data and day of the manifest in its metadata;
//! 3. touched = on evidence + by context, and touched + unseen + exited + clear + defect = 1, on every row of exposure (model 2, T1);
//! 4. contributions + rest = touched (T2), and the sums of each dimension equal the focal node's figures;
//! 5. the gains of choke points sum to their covers, which exceed neither touched nor their certificate;
//! 6. a portfolio's figures are those of its holdings by weight, close to 1, and are what its contributions and rest sum to;
//! 7. of each norm, `leaves` over all nodes sums to the people affected (T7);
//! 8. the order of what to do first is that of its keys, actions stand in it, remedies are shared in full.
//!
//! What it cannot tell is whether the figures follow from the data: that takes another run, whose files are then the same.

use super::manifest::{INPUTS, REPORT, RUN, RunManifest, TIMING, hash_file, read_manifest};
use super::parquet_file::arrow_schema;
use super::reading::{RowView, Rows, broken, open, read_all};
use super::swap;
use crate::base::{Error, Result};
use crate::schema::outputs::{
    self, ACTIONS, CHOKEPOINTS, CONTRIBUTION_SUMS, CONTRIBUTIONS, DUTIES, EXPOSURE, FOOTPRINT, OVERRIDES, OutputTable, OutputType,
    PORTFOLIO, PORTFOLIO_CONTRIBUTIONS, REMEDIES, REMEDY_SHARES, SITES,
};
use arrow::array::{Array, Float64Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Rounding that sums of many shares may carry.
pub(super) const ROUNDING: f64 = 1e-9;
/// What figures from two ways of solving may differ by: the agreement that the engine states.
const AGREEMENT: f64 = 1e-6;

/// One thing that was checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyLine {
    pub holds: bool,
    pub text: String,
}

/// All that was checked of one folder.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VerifyReport {
    pub lines: Vec<VerifyLine>,
}

impl VerifyReport {
    fn say(&mut self, holds: bool, text: impl Into<String>) {
        self.lines.push(VerifyLine { holds, text: text.into() });
    }

    /// One line for all of a kind: the first fault and how many, or what holds.
    pub(super) fn sum_up(&mut self, what: &str, checked: u64, faults: &Faults) {
        match &faults.first {
            None => self.say(true, format!("{what}: {checked} checked")),
            Some(first) => self.say(false, format!("{what}: {} of {checked} fail, the first: {first}", faults.count)),
        }
    }

    /// Whether everything that was checked holds.
    pub fn holds(&self) -> bool {
        self.lines.iter().all(|l| l.holds)
    }
}

#[derive(Default)]
pub(super) struct Faults {
    count: u64,
    first: Option<String>,
}

impl Faults {
    pub(super) fn unless(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.count += 1;
            if self.first.is_none() {
                self.first = Some(what());
            }
        }
    }
}

/// Checks the result at `out`.
///
/// # Errors
/// `Error::Output` where `out` is no result of onus, so that nothing can be checked. A result that fails a check is no error: the report
/// says what does not hold.
pub fn verify(out: &Path) -> Result<VerifyReport> {
    swap::recover(out)?;
    let Some(manifest) = read_manifest(out)? else {
        return Err(Error::output(out.display().to_string(), "no run.json of onus", "a result folder of `onus assess`"));
    };
    let mut report = VerifyReport::default();
    check_files(out, &manifest, &mut report)?;
    let mut readable = BTreeSet::new();
    for table in outputs::tables().into_iter().filter(|t| t.is_parquet()) {
        match check_table(out, table, &manifest) {
            Ok((rows, faults)) => {
                report.sum_up(&format!("{}: columns, order, ranges and metadata", table.file), rows, &faults);
                if faults.count == 0 {
                    readable.insert(table.name);
                }
            }
            Err(e) => report.say(false, e.to_string()),
        }
    }
    if [&*EXPOSURE, &*CONTRIBUTIONS, &*CONTRIBUTION_SUMS].iter().all(|t| readable.contains(t.name)) {
        let focal = check_closure(out, &manifest, &mut report)?;
        check_contributions(out, &focal, &mut report)?;
        check_sums(out, &focal, &mut report)?;
        if readable.contains(CHOKEPOINTS.name) {
            check_choke_points(out, &focal, &mut report)?;
        }
    } else {
        report.say(false, "the sums of exposure and contributions were not checked, since a table does not hold");
    }
    if readable.contains(FOOTPRINT.name) {
        check_footprint(out, &mut report)?;
    }
    if [&*SITES, &*ACTIONS, &*DUTIES, &*REMEDIES, &*REMEDY_SHARES, &*OVERRIDES].iter().all(|t| readable.contains(t.name)) {
        super::verify_duty::check_duty(out, &mut report)?;
    }
    if [&*PORTFOLIO, &*PORTFOLIO_CONTRIBUTIONS].iter().all(|t| readable.contains(t.name)) {
        check_portfolios(out, &mut report)?;
    }
    Ok(report)
}

fn check_files(out: &Path, manifest: &RunManifest, report: &mut VerifyReport) -> Result<()> {
    let mut faults = Faults::default();
    let present: BTreeSet<String> = swap::files_in(out)?.into_iter().collect();
    for (name, entry) in &manifest.files {
        if !super::manifest::stays_inside(name) {
            faults.unless(false, || format!("{name} leaves the folder"));
        } else if present.contains(name) {
            let (blake3, bytes) = hash_file(&out.join(name))?;
            faults.unless(blake3 == entry.blake3, || {
                format!("{name} was changed after the run ({bytes} bytes, {} when written)", entry.bytes)
            });
        } else {
            faults.unless(false, || format!("{name} is missing"));
        }
    }
    for name in [INPUTS, TIMING] {
        faults.unless(present.contains(name), || format!("{name} is missing"));
    }
    report.sum_up("files as hashed in run.json", manifest.files.len() as u64, &faults);
    let mut extra = Faults::default();
    for name in &present {
        let known = manifest.files.contains_key(name) || [RUN, INPUTS, TIMING, REPORT].contains(&name.as_str()) || is_register(name);
        extra.unless(known, || format!("{name} was not written by the run"));
    }
    report.sum_up("no other files", present.len() as u64, &extra);
    Ok(())
}

/// A register that people fill in, or an earlier one that was kept: made from the result after its run, and nobody else's to remove.
fn is_register(name: &str) -> bool {
    let number = name.strip_prefix("register.before-").and_then(|n| n.strip_suffix(".xlsx"));
    name == "register.xlsx" || number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn check_table(out: &Path, table: &'static OutputTable, manifest: &RunManifest) -> Result<(u64, Faults)> {
    let path = out.join(table.file);
    let builder = open(&path)?;
    let mut faults = Faults::default();
    let found = builder.schema().clone();
    let declared = arrow_schema(table);
    let same = found.fields().len() == declared.fields().len()
        && found
            .fields()
            .iter()
            .zip(declared.fields())
            .all(|(f, d)| f.name() == d.name() && f.data_type() == d.data_type() && f.is_nullable() == d.is_nullable());
    faults.unless(same, || "the columns are not those declared".to_owned());
    let pairs: BTreeMap<String, String> = (builder.metadata().file_metadata().key_value_metadata().into_iter().flatten())
        .map(|kv| (kv.key.clone(), kv.value.clone().unwrap_or_default()))
        .collect();
    for (key, value) in manifest.stamp.pairs() {
        faults.unless(pairs.get(&key) == Some(&value), || format!("{key} in the file is not that of run.json"));
    }
    let mut rows = 0;
    let mut last_lead: Option<String> = None;
    for batch in builder.build().map_err(|e| broken(&path, e))? {
        let batch = batch.map_err(|e| broken(&path, e))?;
        rows += batch.num_rows() as u64;
        if same {
            check_ranges(&batch, table, &mut faults);
            check_order(&batch, table, &mut last_lead, &mut faults);
        }
    }
    let stated = manifest.files.get(table.file).and_then(|f| f.rows);
    faults.unless(stated == Some(rows), || format!("{rows} rows, run.json states {stated:?}"));
    Ok((rows, faults))
}

fn check_ranges(batch: &RecordBatch, table: &OutputTable, faults: &mut Faults) {
    for (column, array) in table.columns.iter().zip(batch.columns()) {
        let (low, high) = column.range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        let mut hold = |x: f64| {
            let inside = x.is_finite() && x >= low - ROUNDING && x <= high + ROUNDING;
            faults.unless(inside, || format!("{} holds {x}, outside {}", column.name, column.range_text()));
        };
        match column.kind {
            OutputType::Float => (array.as_any().downcast_ref::<Float64Array>().into_iter().flatten().flatten()).for_each(hold),
            OutputType::Int => (array.as_any().downcast_ref::<Int64Array>().into_iter().flatten().flatten()).for_each(|x| hold(x as f64)),
            OutputType::Text if !column.allowed.is_empty() => {
                for text in array.as_any().downcast_ref::<StringArray>().into_iter().flatten().flatten() {
                    faults.unless(column.allowed.contains(&text), || format!("{} holds '{text}', not in its closed list", column.name));
                }
            }
            OutputType::Text | OutputType::Bool => {}
        }
    }
}

fn check_order(batch: &RecordBatch, table: &OutputTable, last: &mut Option<String>, faults: &mut Faults) {
    let Some(leads) = batch.column_by_name(table.sorted_by).and_then(|a| a.as_any().downcast_ref::<StringArray>()) else { return };
    let mut before = last.as_deref();
    for lead in leads.iter().flatten() {
        faults.unless(before.is_none_or(|b| b <= lead), || format!("{} {lead} stands too late", table.sorted_by));
        before = Some(lead);
    }
    *last = before.map(str::to_owned);
}

/// Focal node, norm, view, mapped rule.
type WalkKey = [String; 4];

/// On evidence, by context, unseen, exited, clear.
type Figures = [f64; 5];

fn walk_key(row: RowView<'_>, node: &str) -> WalkKey {
    [node, "norm", "view", "mapped_rule"].map(|c| row.text(c).unwrap_or("").to_owned())
}

fn figures(row: RowView<'_>) -> Figures {
    ["touched_on_evidence", "touched_by_context", "unseen", "exited", "clear"].map(|c| row.float(c).unwrap_or(0.0))
}

/// Model 2, T1, on every row. Returns the figures of the focal nodes.
fn check_closure(out: &Path, manifest: &RunManifest, report: &mut VerifyReport) -> Result<BTreeMap<WalkKey, Figures>> {
    let path = out.join(EXPOSURE.file);
    let mut faults = Faults::default();
    let mut focal = BTreeMap::new();
    let mut checked = 0;
    let mut worst: f64 = 0.0;
    for batch in open(&path)?.build().map_err(|e| broken(&path, e))? {
        let batch = batch.map_err(|e| broken(&path, e))?;
        let rows = Rows::one(batch);
        for row in rows.iter() {
            checked += 1;
            let parts = figures(row);
            let [on_evidence, by_context, unseen, exited, clear] = parts;
            let number = |c: &str| row.float(c).unwrap_or(f64::NAN);
            let (touched, defect) = (number("touched"), number("defect"));
            worst = worst.max(defect.abs());
            let name = || walk_key(row, "node_id").join(", ");
            faults.unless((touched - on_evidence - by_context).abs() <= ROUNDING, || {
                format!("{}: touched is not the sum of its two parts", name())
            });
            let sum = touched + unseen + exited + clear;
            faults.unless((1.0 - sum - defect).abs() <= ROUNDING, || {
                format!("{}: touched + unseen + exited + clear = {sum}, defect {defect}", name())
            });
            if let Some(expected) = row.float("expected") {
                let between = expected >= touched - ROUNDING && expected <= touched + unseen + ROUNDING;
                faults.unless(between, || format!("{}: expected {expected} lies outside touched to touched + unseen", name()));
            }
            if row.bool("focal") == Some(true) {
                focal.insert(walk_key(row, "node_id"), parts);
            }
        }
    }
    report.sum_up("exposure: touched + unseen + exited + clear = 1 within the defect", checked, &faults);
    let stated = manifest.closure;
    let within = worst <= stated.defect_max + ROUNDING;
    report.say(within, format!("exposure: largest defect {worst:.1e}, run.json states {:.1e}", stated.defect_max));
    Ok(focal)
}

/// Model 2, T2: rows and rest sum to the focal node's touched; unseen, exited and clear too where the rest row has them.
fn check_contributions(out: &Path, focal: &BTreeMap<WalkKey, Figures>, report: &mut VerifyReport) -> Result<()> {
    #[derive(Default)]
    struct Sum {
        touched: f64,
        unseen: f64,
        exited: f64,
        clear: f64,
        rest: u32,
        whole: bool,
    }
    let mut sums: BTreeMap<WalkKey, Sum> = BTreeMap::new();
    for row in read_all(out, &CONTRIBUTIONS)?.iter() {
        let sum = sums.entry(walk_key(row, "focal_id")).or_default();
        sum.touched += row.float("touched").unwrap_or(0.0);
        sum.unseen += row.float("unseen").unwrap_or(0.0);
        sum.exited += row.float("exited").unwrap_or(0.0);
        sum.clear += row.float("clear").unwrap_or(0.0);
        if row.bool("is_rest") == Some(true) {
            sum.rest += 1;
            sum.whole = ["unseen", "exited", "clear"].iter().all(|c| row.float(c).is_some());
        }
    }
    let mut faults = Faults::default();
    for (key, sum) in &sums {
        let name = || key.join(", ");
        faults.unless(sum.rest == 1, || format!("{}: {} rest rows instead of one", name(), sum.rest));
        let Some([on_evidence, by_context, unseen, exited, clear]) = focal.get(key) else {
            faults.unless(false, || format!("{}: no such focal row in exposure", name()));
            continue;
        };
        let touched = on_evidence + by_context;
        faults.unless((sum.touched - touched).abs() <= AGREEMENT, || {
            format!("{}: rows and rest give {}, touched is {touched}", name(), sum.touched)
        });
        if sum.whole {
            let same = [(sum.unseen, unseen), (sum.exited, exited), (sum.clear, clear)].iter().all(|(a, b)| (*a - **b).abs() <= AGREEMENT);
            faults.unless(same, || format!("{}: unseen, exited or clear do not sum to the focal node's", name()));
        }
    }
    report.sum_up("contributions + rest = touched", sums.len() as u64, &faults);
    Ok(())
}

fn check_sums(out: &Path, focal: &BTreeMap<WalkKey, Figures>, report: &mut VerifyReport) -> Result<()> {
    let mut sums: BTreeMap<(WalkKey, String), Figures> = BTreeMap::new();
    for row in read_all(out, &CONTRIBUTION_SUMS)?.iter() {
        let sum = sums.entry((walk_key(row, "focal_id"), row.text("dimension").unwrap_or("").to_owned())).or_default();
        for (total, part) in sum.iter_mut().zip(figures(row)) {
            *total += part;
        }
    }
    let mut faults = Faults::default();
    for ((key, dimension), sum) in &sums {
        let Some(whole) = focal.get(key) else {
            faults.unless(false, || format!("{}: no such focal row in exposure", key.join(", ")));
            continue;
        };
        let same = sum.iter().zip(whole).all(|(a, b)| (a - b).abs() <= AGREEMENT);
        faults.unless(same, || format!("{} by {dimension}: sums {sum:?}, exposure {whole:?}", key.join(", ")));
    }
    report.sum_up("contribution sums = the focal node's figures", sums.len() as u64, &faults);
    Ok(())
}

/// Model 2, "Choke points": covers are the gains added up, and stay below touched and the certificate.
fn check_choke_points(out: &Path, focal: &BTreeMap<WalkKey, Figures>, report: &mut VerifyReport) -> Result<()> {
    let mut faults = Faults::default();
    let mut gained: BTreeMap<WalkKey, f64> = BTreeMap::new();
    let mut checked = 0;
    for row in read_all(out, &CHOKEPOINTS)?.iter() {
        checked += 1;
        let key = walk_key(row, "focal_id");
        let number = |c: &str| row.float(c).unwrap_or(f64::NAN);
        let (cover, most) = (number("cover"), number("cover_at_most"));
        let sum = gained.entry(key.clone()).or_default();
        *sum += number("gain");
        let touched = focal.get(&key).map_or(f64::NAN, |f| f[0] + f[1]);
        let holds = (*sum - cover).abs() <= AGREEMENT && cover <= touched + AGREEMENT && cover <= most + ROUNDING;
        faults.unless(holds, || format!("{}: cover {cover}, gains {sum}, touched {touched}, certificate {most}", key.join(", ")));
    }
    report.sum_up("choke points: gains sum to cover, within touched and the certificate", checked, &faults);
    Ok(())
}

/// Model 2, T7: everybody's work leaves the map somewhere, once.
fn check_footprint(out: &Path, report: &mut VerifyReport) -> Result<()> {
    let path = out.join(FOOTPRINT.file);
    let mut sums: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for batch in open(&path)?.build().map_err(|e| broken(&path, e))? {
        let rows = Rows::one(batch.map_err(|e| broken(&path, e))?);
        for row in rows.iter() {
            let [affected, leaves] = sums.entry(row.text("norm").unwrap_or("").to_owned()).or_default();
            *affected += row.float("people_affected").unwrap_or(0.0);
            *leaves += row.float("leaves").unwrap_or(0.0);
        }
    }
    let mut faults = Faults::default();
    for (norm, [affected, leaves]) in &sums {
        let same = (affected - leaves).abs() <= AGREEMENT * affected.max(1.0);
        faults.unless(same, || format!("{norm}: {affected} people affected, {leaves} leave the map"));
    }
    report.sum_up("footprint: leaves sum to the people affected", sums.len() as u64, &faults);
    Ok(())
}

/// Holdings by weight are the whole, the whole closes, and contributions with their rest are the whole's touched.
fn check_portfolios(out: &Path, report: &mut VerifyReport) -> Result<()> {
    let (mut wholes, mut summed) = (BTreeMap::new(), BTreeMap::<[String; 3], Figures>::new());
    for row in read_all(out, &PORTFOLIO)?.iter() {
        let key = ["portfolio", "norm", "mapped_rule"].map(|c| row.text(c).unwrap_or("").to_owned());
        if row.bool("is_whole") == Some(true) {
            wholes.insert(key, figures(row));
        } else {
            let weight = row.float("weight").unwrap_or(0.0);
            summed.entry(key).or_default().iter_mut().zip(figures(row)).for_each(|(sum, x)| *sum += weight * x);
        }
    }
    let mut found: BTreeMap<[String; 2], f64> = BTreeMap::new();
    for row in read_all(out, &PORTFOLIO_CONTRIBUTIONS)?.iter() {
        let key = ["portfolio", "norm"].map(|c| row.text(c).unwrap_or("").to_owned());
        *found.entry(key).or_default() += row.float("touched").unwrap_or(0.0);
    }
    let mut faults = Faults::default();
    for (key, whole) in &wholes {
        let same = summed.get(key).is_some_and(|sum| sum.iter().zip(whole).all(|(a, b)| (a - b).abs() <= AGREEMENT));
        faults.unless(same, || format!("{}: the holdings by weight are not the whole", key.join(", ")));
        faults.unless((1.0 - whole.iter().sum::<f64>()).abs() <= AGREEMENT, || format!("{}: the parts do not sum to 1", key.join(", ")));
        let [portfolio, norm, rule] = key;
        if rule == "cautious" {
            let sum = found.get(&[portfolio.clone(), norm.clone()]).copied().unwrap_or(f64::NAN);
            let touched = whole[0] + whole[1];
            faults.unless((sum - touched).abs() <= AGREEMENT, || {
                format!("{portfolio}, {norm}: rows and rest give {sum}, touched is {touched}")
            });
        }
    }
    report.sum_up("portfolios: holdings by weight, parts and contributions sum to the whole", wholes.len() as u64, &faults);
    Ok(())
}
