//! A study as Parquet and as a table for the eye.

use super::numbers::Tried;
use super::outcome::Shift;
use super::study::{Effect, Sensitivity, TopPlace};
use crate::base::{Error, Result};
use crate::export::parquet_file::write_parquet;
use crate::export::sink::{Row, Sink};
use crate::export::{Audience, DatasetStamp, PackStamp, Stamp};
use crate::schema::outputs::{self, OutputTable};
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::path::Path;

/// Writes `sensitivity.parquet` and `sensitivity_top.parquet` into `dir`.
///
/// # Errors
/// Where `dir` cannot be made, or holds other files than an earlier study of this kind.
pub fn write(study: &Sensitivity, dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    let ours = [outputs::SENSITIVITY.file, outputs::SENSITIVITY_TOP.file];
    for entry in std::fs::read_dir(dir).map_err(|e| Error::io(dir, e))? {
        let name = entry.map_err(|e| Error::io(dir, e))?.file_name();
        if !ours.iter().any(|file| name == **file) {
            let found = format!("the folder holds '{}', which no such study wrote", name.to_string_lossy());
            return Err(Error::output(dir.display().to_string(), found, "an empty folder, or one that an earlier study wrote"));
        }
    }
    let stamp = Stamp {
        onus_version: env!("CARGO_PKG_VERSION").to_owned(),
        pack: PackStamp { id: study.pack.id.clone(), version: study.pack.version.clone(), hash: study.pack.hash.clone() },
        dataset: DatasetStamp { name: study.prepared.inputs.name.clone(), hash: study.prepared.inputs.dataset_hash.clone() },
        as_of: study.prepared.inputs.as_of.map_or_else(|| "no day".to_owned(), |d| d.to_string()),
        audience: Audience::Internal,
        calibrated: false,
    };
    let mut effects: Vec<EffectRow<'_>> = study.effects.iter().map(EffectRow).collect();
    effects.sort_by(|a, b| a.lead().cmp(b.lead()));
    write_parquet(&dir.join(outputs::SENSITIVITY.file), &stamp, effects)?;
    let mut top: Vec<TopRow<'_>> = study.top.iter().map(TopRow).collect();
    top.sort_by(|a, b| a.lead().cmp(b.lead()));
    write_parquet(&dir.join(outputs::SENSITIVITY_TOP.file), &stamp, top)?;
    Ok(())
}

struct EffectRow<'a>(&'a Effect);

impl Row for EffectRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::SENSITIVITY
    }

    fn lead(&self) -> &str {
        &self.0.number.key
    }

    fn order(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }

    fn fill(&self, sink: &mut impl Sink) {
        let e = self.0;
        sink.put("number", &e.number.key);
        sink.put("layer", e.number.layer.as_str());
        sink.put("unit", &e.number.unit);
        sink.put("meaning", &e.number.meaning);
        sink.put("source", &e.number.source);
        sink.put("value", e.number.value);
        sink.put("tried", e.tried.as_str());
        for (side, shift) in [("halved", &e.halved), ("doubled", &e.doubled)] {
            let of = |get: fn(&(f64, Shift)) -> f64| shift.as_ref().map(get);
            sink.put(&format!("{side}_to"), of(|(value, _)| *value));
            sink.put(&format!("{side}_replaced"), of(|(_, s)| s.left.len() as f64));
            sink.put(&format!("{side}_rank_move"), of(|(_, s)| s.rank_move as f64));
            sink.put(&format!("{side}_change"), of(|(_, s)| s.change));
            sink.put(&format!("{side}_touched_change"), of(|(_, s)| s.touched_change));
        }
        sink.put("explains_top", e.explains.map(|(top, _)| top));
        sink.put("explains_touched", e.explains.map(|(_, touched)| touched));
    }
}

struct TopRow<'a>(&'a TopPlace);

impl Row for TopRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::SENSITIVITY_TOP
    }

    fn lead(&self) -> &str {
        &self.0.shown_id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.rank.cmp(&other.0.rank)
    }

    fn fill(&self, sink: &mut impl Sink) {
        let t = self.0;
        sink.put("node_id", &t.shown_id);
        sink.put("rank", t.rank as i64);
        sink.put("any", t.any);
        sink.put("rank_low", t.rank_range.0);
        sink.put("rank_high", t.rank_range.1);
        sink.put("any_low", t.any_range.0);
        sink.put("any_high", t.any_range.1);
        sink.put("stays", t.stays);
        sink.put("leaves_when", &t.leaves_when.join(";"));
    }
}

/// Lines of each part of the readable table.
const LINES_MOST: usize = 25;

/// The study as text of at most 110 columns.
pub fn readable(study: &Sensitivity) -> String {
    let mut s = String::new();
    // Writing into a String cannot fail.
    let _ = write_readable(&mut s, study);
    s
}

fn write_readable(s: &mut String, study: &Sensitivity) -> std::fmt::Result {
    let tried: Vec<&Effect> = study.effects.iter().filter(|e| e.tried != Tried::NotUsedHere).collect();
    let moves = |e: &Effect| [&e.halved, &e.doubled].into_iter().flatten().any(|(_, shift)| !shift.left.is_empty());
    let top = study.top.len();
    let replacing = tried.iter().filter(|e| moves(e)).count();
    writeln!(s, "{}: what the expert defaults of {} {} decide", study.prepared.inputs.name, study.pack.id, study.pack.version)?;
    writeln!(
        s,
        "{} numbers that no publication fixes; {} bear on this dataset, {replacing} of them replace a place of the first {top} when halved or doubled.",
        study.effects.len(),
        tried.len()
    )?;
    writeln!(s)?;
    writeln!(s, "One at a time, the strongest first: places of the first {top} replaced; mean change of any there; largest change of a")?;
    writeln!(s, "focal company's touched figure. A number stops where the rules of the method do (a probability, the order of grades).")?;
    writeln!(s)?;
    writeln!(s, "{:<46}{:>9}  {:>29}  {:>29}", "", "", "halved", "doubled")?;
    writeln!(
        s,
        "{:<46}{:>9}  {:>9}{:>4}{:>8}{:>8}  {:>9}{:>4}{:>8}{:>8}",
        "number", "value", "to", "out", "any", "touched", "to", "out", "any", "touched"
    )?;
    for e in tried.iter().take(LINES_MOST) {
        let side = |shift: &Option<(f64, Shift)>| match shift {
            None => format!("{:>9}{:>4}{:>8}{:>8}", "-", "-", "-", "-"),
            Some((to, x)) => format!("{:>9}{:>4}{:>8.4}{:>8.4}", short(*to), x.left.len(), x.change, x.touched_change),
        };
        writeln!(s, "{:<46}{:>9}  {}  {}", e.number.key, short(e.number.value), side(&e.halved), side(&e.doubled))?;
    }
    if tried.len() > LINES_MOST {
        writeln!(s, "... {} more in sensitivity.parquet", tried.len() - LINES_MOST)?;
    }
    if study.joint.is_empty() {
        return Ok(());
    }
    let mut replaced: Vec<usize> = study.joint.iter().map(|j| j.replaced).collect();
    replaced.sort_unstable();
    let at = |q: f64| replaced.get(((q * replaced.len() as f64).ceil() as usize).saturating_sub(1)).copied().unwrap_or(0);
    writeln!(s)?;
    writeln!(
        s,
        "All at once, {} draws, each number times 2^u with u even in [-1, 1]: {} of the first {top} replaced in the median draw, {} to {} in",
        study.joint.len(),
        at(0.5),
        at(0.05),
        at(0.95)
    )?;
    writeln!(s, "nine draws of ten. What explains the number replaced, and the focal companies' mean touched figure:")?;
    writeln!(s)?;
    for (what, get) in
        [("top", (|e: &Effect| e.explains.map_or(0.0, |x| x.0)) as fn(&Effect) -> f64), ("touched", |e| e.explains.map_or(0.0, |x| x.1))]
    {
        let mut most: Vec<&&Effect> = tried.iter().filter(|e| get(e) >= 0.02).collect();
        most.sort_by(|a, b| get(b).total_cmp(&get(a)).then_with(|| a.number.key.cmp(&b.number.key)));
        let words: Vec<String> = most.iter().take(6).map(|e| format!("{} {:.0} %", e.number.key, 100.0 * get(e))).collect();
        writeln!(s, "  {what:<9}{}", if words.is_empty() { "no single number above 2 %".to_owned() } else { words.join(", ") })?;
    }
    writeln!(s)?;
    writeln!(s, "The first {top}, and how firmly they stand")?;
    writeln!(s, "{:>5}  {:<28}{:>8}{:>18}{:>14}{:>8}", "rank", "place", "any", "any, 9 of 10", "rank, 9 of 10", "stays")?;
    for t in &study.top {
        writeln!(
            s,
            "{:>5}  {:<28}{:>8.3}{:>18}{:>14}{:>7.0}%",
            t.rank,
            t.shown_id,
            t.any,
            format!("{:.3} - {:.3}", t.any_range.0, t.any_range.1),
            format!("{:.0} - {:.0}", t.rank_range.0, t.rank_range.1),
            100.0 * t.stays
        )?;
    }
    Ok(())
}

/// A number in four significant digits.
fn short(x: f64) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    let digits = (3 - x.abs().log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{x:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
