//! Questions of who is who as a CSV to fill in, and answers into `decisions.csv` of a dataset: rows are added, never changed or taken out,
//! so that whoever answered can take an answer back by removing its row or adding a newer one.

use super::csv_file::inert;
use crate::base::{Error, Result};
use crate::import::ForeignFile;
use crate::read::Limits;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// The table that holds answers.
pub const DECISIONS_FILE: &str = "decisions.csv";

/// Columns of `decisions.csv` as this engine writes it.
pub const COLUMNS: [&str; 7] = ["left_id", "right_id", "decision", "decided_on", "decided_by", "reason", "score"];

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    pub left: String,
    pub right: String,
    /// `same` or `different`.
    pub decision: String,
    pub decided_on: String,
    pub decided_by: String,
    pub reason: String,
    pub score: String,
}

/// One line of the questions: cells by the columns of [`QUESTION_COLUMNS`].
pub type QuestionLine = Vec<String>;

/// Columns of the questions; the first seven are those of `decisions.csv`.
pub const QUESTION_COLUMNS: [&str; 18] = [
    "left_id",
    "right_id",
    "decision",
    "decided_on",
    "decided_by",
    "reason",
    "score",
    "sure",
    "left_name",
    "left_kind",
    "left_country",
    "left_city",
    "right_name",
    "right_kind",
    "right_country",
    "right_city",
    "list",
    "why",
];

/// Writes the questions; never over a file, which may hold somebody's answers.
///
/// # Errors
/// The file is there already or cannot be written.
pub fn write_questions(path: &Path, lines: impl IntoIterator<Item = QuestionLine>) -> Result<()> {
    let file = std::fs::File::create_new(path).map_err(|e| Error::io(path, e))?;
    let mut writer = csv::Writer::from_writer(std::io::BufWriter::new(file));
    let failed = |e: csv::Error| Error::io(path, std::io::Error::other(e));
    writer.write_record(QUESTION_COLUMNS).map_err(failed)?;
    for line in lines {
        writer.write_record(line.iter().map(|cell| inert(cell).into_owned())).map_err(failed)?;
    }
    writer.flush().map_err(|e| Error::io(path, e))
}

/// A row's line and its cells.
type LocatedRow = (u64, Vec<String>);

/// Header and rows of a table file, each row with its line; none may be misshapen, since what is read is written again.
fn table(path: &Path) -> Result<(Vec<String>, Vec<LocatedRow>)> {
    let refused = |found: String| Error::settings(path.display().to_string(), found, "a table whose rows have as many cells as its header");
    let sheet = ForeignFile::new(path).table(&Limits::default()).map_err(|t| refused(t.found))?;
    if let Some(row) = sheet.raw.refused.first() {
        return Err(refused(format!("line {}: {}", row.line, row.found)));
    }
    let row = |i: usize| (0..sheet.header.len()).map(|c| sheet.raw.cell(c, i).to_owned()).collect();
    let rows = (0..sheet.len()).map(|i| (u64::from(sheet.origin(i).line), row(i))).collect();
    Ok((sheet.header, rows))
}

/// The answers of a filled-in file of questions: rows whose `decision` is filled. Each with its line.
///
/// # Errors
/// No CSV, or without the columns `left_id`, `right_id`, `decision`; a decision that is neither same nor different.
pub fn read_answers(path: &Path) -> Result<Vec<(u64, Answer)>> {
    let (header, rows) = table(path)?;
    let at = |name: &str| header.iter().position(|h| h == name);
    let file = path.display().to_string();
    let (Some(left), Some(right), Some(decision)) = (at("left_id"), at("right_id"), at("decision")) else {
        return Err(Error::settings(&file, "no column left_id, right_id or decision", "a file that `onus match -o` wrote, filled in"));
    };
    let (on, by, reason, score) = (at("decided_on"), at("decided_by"), at("reason"), at("score"));
    let mut answers = Vec::new();
    for (line, record) in rows {
        let cell = |at: Option<usize>| at.and_then(|i| record.get(i)).map_or("", |c| c.trim()).to_owned();
        let word = cell(Some(decision)).to_lowercase();
        let word = match word.as_str() {
            "" => continue,
            "same" | "yes" | "s" | "y" => "same",
            "different" | "no" | "d" | "n" => "different",
            _ => {
                return Err(Error::settings(
                    format!("{file}:{line}"),
                    "a decision that is neither same nor different",
                    "same, different or blank",
                ));
            }
        };
        answers.push((
            line,
            Answer {
                left: cell(Some(left)),
                right: cell(Some(right)),
                decision: word.to_owned(),
                decided_on: cell(on),
                decided_by: cell(by),
                reason: cell(reason),
                score: cell(score),
            },
        ));
    }
    Ok(answers)
}

/// Adds answers to `decisions.csv` in `dataset`; those that stand there already are left out. Gives how many are new.
///
/// # Errors
/// The dataset's decisions are no CSV with these columns, or the file cannot be written.
pub fn add_answers(dataset: &Path, answers: &[Answer]) -> Result<usize> {
    let path = dataset.join(DECISIONS_FILE);
    let failed = |e: csv::Error| Error::io(&path, std::io::Error::other(e));
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut header: Vec<String> = COLUMNS.iter().map(|c| (*c).to_owned()).collect();
    if path.exists() {
        let (known, rows) = table(&path)?;
        header = known;
        lines = rows.into_iter().map(|(_, cells)| cells).collect();
        if ["left_id", "right_id", "decision"].iter().any(|c| !header.iter().any(|h| h == c)) {
            let found = "its columns are not those of the table decisions";
            return Err(Error::settings(path.display().to_string(), found, "left_id, right_id, decision, ... separated by commas"));
        }
    }
    for column in COLUMNS {
        if !header.iter().any(|h| h == column) {
            header.push(column.to_owned());
        }
    }
    let cell = |line: &[String], name: &str| {
        header.iter().position(|h| h == name).and_then(|i| line.get(i)).map_or(String::new(), |c| c.trim().to_owned())
    };
    let key = |line: &[String]| [cell(line, "left_id"), cell(line, "right_id"), cell(line, "decision"), cell(line, "decided_on")];
    let mut known: BTreeSet<[String; 4]> = lines.iter().map(|l| key(l)).collect();
    let mut new = 0;
    for a in answers {
        let value = |name: &str| match name {
            "left_id" => a.left.clone(),
            "right_id" => a.right.clone(),
            "decision" => a.decision.clone(),
            "decided_on" => a.decided_on.clone(),
            "decided_by" => a.decided_by.clone(),
            "reason" => a.reason.clone(),
            "score" => a.score.clone(),
            _ => String::new(),
        };
        let line: Vec<String> = header.iter().map(|h| value(h)).collect();
        if known.insert(key(&line)) {
            lines.push(line);
            new += 1;
        }
    }
    if new == 0 {
        return Ok(0);
    }
    // Written beside and renamed: a reader sees the old answers or the new ones.
    let beside = dataset.join(format!(".{DECISIONS_FILE}.{}", std::process::id()));
    let written = (|| -> Result<()> {
        let file = std::fs::File::create(&beside).map_err(|e| Error::io(&beside, e))?;
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(std::io::BufWriter::new(file));
        writer.write_record(&header).map_err(failed)?;
        for line in &lines {
            writer.write_record(line).map_err(failed)?;
        }
        let mut inner = writer.into_inner().map_err(|e| Error::io(&beside, std::io::Error::other(e.to_string())))?;
        inner.flush().map_err(|e| Error::io(&beside, e))?;
        std::fs::rename(&beside, &path).map_err(|e| Error::io(&path, e))
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.map(|()| new)
}
