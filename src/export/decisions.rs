//! Questions of who is who as a CSV to fill in, and answers into `decisions.csv` of a dataset: rows are added, never changed or taken out,
//! so that whoever answered can take an answer back by removing its row or adding a newer one.

use super::csv_file::inert;
use crate::base::{Date, Error, Result};
use crate::import::ForeignFile;
use crate::mapping::load;
use crate::read::{Folder, Format, Limits, workbook};
use crate::schema::codes::HEADER_FOUND;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The table that holds answers.
pub const DECISIONS_FILE: &str = "decisions.csv";

const TABLE: &str = "decisions";
const SETTINGS: &str = "onus.toml";

/// Columns of `decisions.csv` as this engine writes it.
pub const COLUMNS: [&str; 7] = ["left_id", "right_id", "decision", "decided_on", "decided_by", "reason", "score"];

/// Digits from which a text in `decided_by` may be a telephone or staff number.
const DIGITS_OF_A_CONTACT: usize = 3;

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
    let file = std::fs::File::create_new(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => {
            let found = "it is there already and may hold answers";
            Error::output(path.display().to_string(), found, "give another name or remove it")
        }
        _ => Error::io(path, e),
    })?;
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
    if let Some(row) = sheet.raw.refused.iter().chain(&sheet.raw.passed).next() {
        return Err(refused(format!("line {}: {}", row.line, row.found)));
    }
    if let Some(above) = sheet.warnings.iter().find(|w| w.code.code == HEADER_FOUND.code) {
        return Err(refused(above.found.clone()));
    }
    let row = |i: usize| (0..sheet.header.len()).map(|c| sheet.raw.cell(c, i).to_owned()).collect();
    let rows = (0..sheet.len()).map(|i| (u64::from(sheet.origin(i).line), row(i))).collect();
    Ok((sheet.header, rows))
}

/// The answers of a filled-in file of questions: rows whose `decision` is filled. Each with its line.
///
/// # Errors
/// No CSV, or without the columns `left_id`, `right_id`, `decision`; a decision that is neither same nor different; a `decided_on` that is
/// no day; a `decided_by` that looks like a contact.
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
        let day = cell(on);
        if !day.is_empty() && Date::parse(&day).is_none() {
            return Err(Error::settings(format!("{file}:{line}"), "a decided_on that is no day", "YYYY-MM-DD, or blank"));
        }
        let who = cell(by);
        if who.contains('@') || who.chars().filter(|c| c.is_numeric()).count() >= DIGITS_OF_A_CONTACT {
            return Err(Error::settings(
                format!("{file}:{line}"),
                "a decided_by that looks like a contact",
                "a role, such as sourcing team",
            ));
        }
        answers.push((
            line,
            Answer {
                left: cell(Some(left)),
                right: cell(Some(right)),
                decision: word.to_owned(),
                decided_on: day,
                decided_by: who,
                reason: cell(reason),
                score: cell(score),
            },
        ));
    }
    Ok(answers)
}

/// The file of `dataset` to which answers are added: its table `decisions`, or one that is still to be made.
fn place_of_decisions(dataset: &Path, mapping: Option<&Path>) -> Result<PathBuf> {
    let refuse = |found: String, expected: &str| Error::output(dataset.display().to_string(), found, expected);
    if !dataset.is_dir() {
        let expected = "write it as a folder first: `onus convert DATASET -o FOLDER`";
        return Err(refuse("the dataset is a file, to which no answers are added".to_owned(), expected));
    }
    let own = dataset.join(SETTINGS);
    if load(mapping.or_else(|| own.is_file().then_some(own.as_path()))).mapping.tables.contains_key(TABLE) {
        let expected = "add the answers there by hand, or take that mapping out and name the file decisions.csv, with our columns";
        return Err(refuse("its mapping says where the table decisions is".to_owned(), expected));
    }
    let folder = Folder::scan(dataset, |name| name == TABLE)?;
    for book in &folder.workbooks {
        let named_so = book.name.to_lowercase().rsplit_once('.').is_some_and(|(stem, _)| stem == TABLE);
        let opened =
            workbook::open(&book.path, &Limits::default()).map_err(|t| refuse(format!("{}: {}", book.name, t.found), t.code.remedy))?;
        if named_so || opened.sheet(TABLE).is_some() {
            let found = format!("its table decisions is in the workbook {}", book.name);
            return Err(refuse(
                found,
                "add the answers there by hand, or write that table as decisions.csv and take it out of the workbook",
            ));
        }
    }
    match folder.tables.get(TABLE).map(|places| places.iter().flatten().collect::<Vec<_>>()).as_deref() {
        None | Some([]) => Ok(dataset.join(DECISIONS_FILE)),
        Some([file]) if file.format == Format::Csv && file.name.to_lowercase() == DECISIONS_FILE => Ok(file.path.clone()),
        Some(files) => {
            let names: Vec<&str> = files.iter().map(|f| &*f.name).collect();
            Err(refuse(
                format!("its table decisions is in {}", names.join(", ")),
                "write it as one decisions.csv first, and take the other out",
            ))
        }
    }
}

/// Adds answers to `decisions.csv` in `dataset`; those that stand there already are left out. `mapping` is the one that the
/// dataset is read with, where it is not its own `onus.toml`. Gives how many are new.
///
/// # Errors
/// The dataset is no folder; its decisions are no CSV with these columns, packed, mapped, or in a workbook; or the file cannot be written.
pub fn add_answers(dataset: &Path, mapping: Option<&Path>, answers: &[Answer]) -> Result<usize> {
    let path = place_of_decisions(dataset, mapping)?;
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
            // Ids stay as the dataset has them, or the answer would be about no record.
            "decided_by" => inert(&a.decided_by).into_owned(),
            "reason" => inert(&a.reason).into_owned(),
            "score" if a.score.parse::<f64>().is_err() => inert(&a.score).into_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn answer(id: &str, reason: &str) -> Answer {
        let text = str::to_owned;
        Answer {
            left: text(id),
            right: text("B"),
            decision: text("same"),
            decided_on: text("2025-01-31"),
            decided_by: text("sourcing"),
            reason: text(reason),
            score: text("0.9"),
        }
    }

    #[test]
    fn a_remark_below_the_answers_is_not_lost_by_adding_to_them() {
        let room = tempfile::tempdir().unwrap();
        let before = "left_id,right_id,decision\nA,B,same\nNote: asked in May,,\n";
        fs::write(room.path().join(DECISIONS_FILE), before).unwrap();
        assert!(add_answers(room.path(), None, &[answer("C", "")]).is_err());
        assert_eq!(fs::read_to_string(room.path().join(DECISIONS_FILE)).unwrap(), before);
    }

    #[test]
    fn no_second_table_of_decisions_is_written_beside_one_of_another_form() {
        for (file, text) in [("decisions.csv.gz", ""), ("decisions.parquet", ""), ("onus.toml", "[tables.decisions]\nfile = \"who.csv\"\n")]
        {
            let room = tempfile::tempdir().unwrap();
            fs::write(room.path().join(file), text).unwrap();
            assert!(add_answers(room.path(), None, &[answer("A", "")]).is_err(), "{file}");
            assert!(!room.path().join(DECISIONS_FILE).exists(), "{file}");
        }
        let room = tempfile::tempdir().unwrap();
        let book = room.path().join("book.xlsx");
        fs::write(&book, "").unwrap();
        assert!(add_answers(&book, None, &[answer("A", "")]).is_err());
    }

    #[test]
    fn reasons_are_written_as_text_and_ids_as_they_are() {
        let room = tempfile::tempdir().unwrap();
        assert_eq!(add_answers(room.path(), None, &[answer("-A", "=1+1")]).unwrap(), 1);
        assert_eq!(add_answers(room.path(), None, &[answer("-A", "=1+1")]).unwrap(), 0);
        let text = fs::read_to_string(room.path().join(DECISIONS_FILE)).unwrap();
        assert_eq!(text.lines().nth(1), Some("-A,B,same,2025-01-31,sourcing,'=1+1,0.9"));
    }

    #[test]
    fn an_answer_without_a_day_or_with_a_contact_is_refused_with_its_line() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("answers.csv");
        let read = |on: &str, by: &str| {
            fs::write(&path, format!("left_id,right_id,decision,decided_on,decided_by\nA,B,same,,\nC,D,same,{on},{by}\n")).unwrap();
            read_answers(&path)
        };
        assert_eq!(read("2025-01-31", "buyer team 2").unwrap().len(), 2);
        for (on, by) in [("31.01.2025", ""), ("2025-02-30", ""), ("", "x@example.org"), ("", "desk 555")] {
            assert!(read(on, by).unwrap_err().to_string().contains("answers.csv:3"), "{on} {by}");
        }
        let said = write_questions(&path, []).unwrap_err().to_string();
        assert!(said.contains("may hold answers"), "{said}");
    }
}
