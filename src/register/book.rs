//! The workbook of a register: what to read first, the register itself, what left it, and what each column means.
//!
//! Days and numbers are real ones, text stays text: a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break is written as a string, marked so that it
//! stays one when somebody edits it. The same content gives the same bytes. No colour accuses a place of which only its context speaks.

use super::columns::{Column, Register, STATUSES, Shown, TEAM, day_of};
use super::team::{Cell, Entry, GONE_SINCE, Placed, shown};
use crate::base::{Error, Result};
use crate::export::RunManifest;
use crate::export::csv_file::inert;
use crate::schema::book::{READ_ME, ROWS_MOST, date_format, dated_workbook};
use rust_xlsxwriter::{
    Color, ConditionalFormatFormula, DataValidation, DataValidationRule, ExcelDateTime, Format, FormatAlign, FormatPattern, Note,
    Worksheet, XlsxError,
};
use std::borrow::Cow;

pub const REGISTER_SHEET: &str = "register";
pub const GONE_SHEET: &str = "no longer in the register";
pub const COLUMNS_SHEET: &str = "columns";

/// Longest text of a cell (Excel specifications and limits).
const CELL_CHARACTERS: usize = 32_767;
/// Columns that stay in sight: rank, node_id, name.
const FROZEN: [&str; 3] = ["rank", "node_id", "name"];

/// A column of the sheet, in its order.
enum Placing<'a> {
    /// Of the register, by its position there.
    Machine(usize, &'a Column),
    /// Of the team.
    Team(&'a str),
}

/// The workbook as bytes.
///
/// # Errors
/// A text longer than a cell holds; the library refuses what it is given.
pub fn workbook(register: &Register, placed: &Placed, manifest: &RunManifest) -> Result<Vec<u8>> {
    let long = register.rows.iter().flatten().any(|c| c.chars().count() > CELL_CHARACTERS);
    if long {
        let found = format!("a text of more than {CELL_CHARACTERS} characters");
        return Err(Error::output(REGISTER_SHEET, found, "use register.csv; nothing was cut"));
    }
    let mut book = dated_workbook()?;
    let failed = |e: XlsxError| Error::internal(format!("the register cannot be written as a workbook: {e}"));
    read_me(book.add_worksheet(), register, placed, manifest).map_err(failed)?;
    let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
    sheet.set_name(REGISTER_SHEET).map_err(failed)?.set_active(true);
    let order = order(register, placed);
    fill(sheet, register, placed, &order).map_err(failed)?;
    if !placed.no_longer.is_empty() {
        gone(book.add_worksheet(), placed).map_err(failed)?;
    }
    columns(book.add_worksheet(), &order).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

/// Rank, id and name; what the team fills in; the rest of the register; what the team added.
fn order<'a>(register: &'a Register, placed: &'a Placed) -> Vec<Placing<'a>> {
    let machine = || register.columns.iter().enumerate().map(|(at, c)| Placing::Machine(at, c));
    let is_first = |p: &Placing<'_>| matches!(p, Placing::Machine(_, c) if FROZEN.contains(&c.id.as_str()));
    let mut order: Vec<Placing<'a>> = machine().filter(is_first).collect();
    order.extend(TEAM.iter().map(|t| Placing::Team(t.id)));
    order.extend(machine().filter(|p| !is_first(p)));
    order.extend(placed.added.iter().map(|name| Placing::Team(name)));
    order
}

/// The formats of the cells.
struct Formats {
    head: Format,
    head_of_team: Format,
    date: Format,
    percent: Format,
    number: Format,
    whole: Format,
    /// A text that a spreadsheet would run.
    inert: Format,
    wrap: Format,
    bold: Format,
}

impl Formats {
    fn new() -> Self {
        let head = || Format::new().set_bold().set_align(FormatAlign::Top).set_text_wrap();
        Formats {
            head: head().set_background_color(Color::RGB(0x00D9_E2EC)),
            head_of_team: head().set_background_color(Color::RGB(0x00F2_D57E)),
            date: date_format(),
            percent: Format::new().set_num_format("0.0%"),
            number: Format::new().set_num_format("#,##0.###"),
            whole: Format::new().set_num_format("#,##0"),
            inert: Format::new().set_quote_prefix(),
            wrap: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            bold: Format::new().set_bold().set_align(FormatAlign::Top),
        }
    }
}

fn fill(sheet: &mut Worksheet, register: &Register, placed: &Placed, order: &[Placing<'_>]) -> Result<(), XlsxError> {
    let f = Formats::new();
    let last_row = u32::try_from(register.rows.len()).unwrap_or(ROWS_MOST - 1);
    sheet.set_freeze_panes(1, FROZEN.len() as u16)?;
    for (at, placing) in (0u16..).zip(order) {
        match placing {
            Placing::Machine(_, c) => {
                sheet.set_column_width(at, width(c))?;
                sheet.write_string_with_format(0, at, &c.id, &f.head)?;
                note(sheet, at, &machine_note(c))?;
            }
            Placing::Team(name) => {
                sheet.set_column_width(at, if *name == "comment" { 40.0 } else { 16.0 })?;
                match shown(name) {
                    Shown::Day => sheet.set_column_format(at, &f.date)?,
                    _ => sheet.set_column_format(at, &f.wrap)?,
                };
                string(sheet, 0, at, name, Some(&f.head_of_team), &f)?;
                note(sheet, at, team_meaning(name))?;
            }
        }
    }
    if let Some(last) = u16::try_from(order.len()).ok().and_then(|n| n.checked_sub(1)) {
        sheet.autofilter(0, 0, last_row.max(1), last)?;
    }
    allow(sheet, order)?;
    highlight(sheet, order, last_row.max(1))?;
    let nothing = std::collections::BTreeMap::new();
    for (row, texts) in (1u32..).zip(&register.rows) {
        let filled = placed.rows.get(register.id(texts)).unwrap_or(&nothing);
        for (at, placing) in (0u16..).zip(order) {
            match placing {
                Placing::Machine(of, column) => machine(sheet, row, at, column.shown, texts.get(*of).map_or("", String::as_str), &f)?,
                Placing::Team(name) => {
                    if let Some(cell) = filled.get(*name) {
                        team(sheet, row, at, cell, &f)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn machine(sheet: &mut Worksheet, row: u32, at: u16, shown: Shown, text: &str, f: &Formats) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    let number = text.parse::<f64>().ok().filter(|x| x.is_finite());
    match (shown, number, day_of(text)) {
        (Shown::Percent, Some(x), _) => sheet.write_number_with_format(row, at, x, &f.percent)?,
        (Shown::Number, Some(x), _) => sheet.write_number_with_format(row, at, x, &f.number)?,
        (Shown::Whole, Some(x), _) => sheet.write_number_with_format(row, at, x, &f.whole)?,
        (Shown::YesNo, ..) if text == "true" || text == "false" => sheet.write_boolean(row, at, text == "true")?,
        (Shown::Day, _, Some(day)) => match ExcelDateTime::parse_from_str(&day.to_string()) {
            Ok(day) => sheet.write_datetime_with_format(row, at, &day, &f.date)?,
            Err(_) => sheet.write_string(row, at, text)?,
        },
        _ => return string(sheet, row, at, text, None, f),
    };
    Ok(())
}

fn team(sheet: &mut Worksheet, row: u32, at: u16, cell: &Cell, f: &Formats) -> Result<(), XlsxError> {
    match cell {
        Cell::Number(x) => drop(sheet.write_number(row, at, *x)?),
        Cell::YesNo(x) => drop(sheet.write_boolean(row, at, *x)?),
        Cell::Text(text) => string(sheet, row, at, text, None, f)?,
        Cell::Day(text) => {
            let time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
            match ExcelDateTime::parse_from_str(text) {
                Ok(day) => drop(sheet.write_datetime_with_format(row, at, &day, if text.len() > 10 { &time } else { &f.date })?),
                Err(_) => string(sheet, row, at, text, None, f)?,
            }
        }
    }
    Ok(())
}

/// Text as text, whatever it begins with.
fn string(sheet: &mut Worksheet, row: u32, at: u16, text: &str, format: Option<&Format>, f: &Formats) -> Result<(), XlsxError> {
    match (format, inert(text)) {
        (Some(format), Cow::Borrowed(_)) => sheet.write_string_with_format(row, at, text, format)?,
        (Some(format), Cow::Owned(_)) => sheet.write_string_with_format(row, at, text, &format.clone().set_quote_prefix())?,
        (None, Cow::Owned(_)) => sheet.write_string_with_format(row, at, text, &f.inert)?,
        (None, Cow::Borrowed(_)) => sheet.write_string(row, at, text)?,
    };
    Ok(())
}

fn width(column: &Column) -> f64 {
    match (column.id.as_str(), column.shown) {
        ("name", _) => 30.0,
        ("drivers", _) => 50.0,
        (_, Shown::Text) => 18.0,
        (id, _) => (id.len() as f64 + 3.0).clamp(9.0, 18.0),
    }
}

fn note(sheet: &mut Worksheet, at: u16, text: &str) -> Result<(), XlsxError> {
    let note = Note::new(text).add_author_prefix(false).set_width(300).set_height(120);
    sheet.insert_note(0, at, &note).map(drop)
}

fn machine_note(c: &Column) -> String {
    let unit = if c.unit.is_empty() { String::new() } else { format!(" Unit: {}.", c.unit) };
    let day = if c.shown == Shown::Day { " Shown as a day; of a quarter its last." } else { "" };
    format!("{}{unit}{day} Filled by onus: what is written here is not carried over.", c.meaning)
}

fn team_meaning(name: &str) -> &str {
    TEAM.iter().find(|t| t.id == name).map_or("A column that you added; carried over by node_id.", |t| t.meaning)
}

/// What the team's columns may hold.
fn allow(sheet: &mut Worksheet, order: &[Placing<'_>]) -> Result<(), XlsxError> {
    for (at, placing) in (0u16..).zip(order) {
        let Placing::Team(name) = placing else { continue };
        let rule = match *name {
            "owner" => DataValidation::new().allow_text_length(DataValidationRule::LessThanOrEqualTo(100)),
            "comment" => DataValidation::new().allow_text_length(DataValidationRule::LessThanOrEqualTo(2000)),
            "due" => DataValidation::new().allow_date(DataValidationRule::GreaterThanOrEqualTo(ExcelDateTime::from_ymd(2000, 1, 1)?)),
            "status" => DataValidation::new().allow_list_strings(&STATUSES)?,
            _ => continue,
        };
        let rule = rule.set_error_title("Not allowed here")?.set_error_message(team_meaning(name))?;
        sheet.add_data_validation(1, at, ROWS_MOST - 1, at, &rule)?;
    }
    Ok(())
}

/// Bands and findings stand out where evidence of the place itself speaks; what only its context says is hatched, and so is low coverage.
fn highlight(sheet: &mut Worksheet, order: &[Placing<'_>], last_row: u32) -> Result<(), XlsxError> {
    let at = |id: &str| (0u16..).zip(order).find(|(_, p)| matches!(p, Placing::Machine(_, c) if c.id == id)).map(|(at, _)| at);
    let letter = rust_xlsxwriter::utility::column_number_to_name;
    let hatched = Format::new().set_pattern(FormatPattern::LightUp).set_foreground_color(Color::RGB(0x0099_9999));
    let mut rule = |column: u16, formula: String, format: &Format| -> Result<(), XlsxError> {
        let rule = ConditionalFormatFormula::new().set_rule(formula.as_str()).set_format(format);
        sheet.add_conditional_format(1, column, last_row, column, &rule).map(drop)
    };
    let basis = at("basis");
    let on_evidence = basis.map_or_else(|| "TRUE".to_owned(), |b| format!("${}2=\"on evidence\"", letter(b)));
    if let Some(basis) = basis {
        rule(basis, format!("=${}2=\"by context\"", letter(basis)), &hatched)?;
        rule(basis, format!("={on_evidence}"), &Format::new().set_bold().set_background_color(Color::RGB(0x00B8_D4EA)))?;
    }
    if let Some(coverage) = at("coverage") {
        let low = format!("=AND(ISNUMBER(${c}2),${c}2<0.2)", c = letter(coverage));
        rule(coverage, low, &hatched)?;
    }
    let bands: Vec<u16> = (0u16..)
        .zip(order)
        .filter(|(_, p)| matches!(p, Placing::Machine(_, c) if c.id == "band" || c.id.ends_with("_band")))
        .map(|(at, _)| at)
        .collect();
    for band in bands {
        for (word, colour) in [("A", 0x00D5_8C2F), ("B", 0x00F0_C27B), ("C", 0x00F7_E3BF)] {
            let format = Format::new().set_background_color(Color::RGB(colour));
            rule(band, format!("=AND({on_evidence},${}2=\"{word}\")", letter(band)), &format)?;
        }
        rule(band, format!("=NOT({on_evidence})"), &hatched)?;
    }
    if let Some(finding) = at("finding") {
        for (word, colour) in [("indicated", 0x00D5_8C2F), ("possible", 0x00F7_E3BF)] {
            let format = Format::new().set_background_color(Color::RGB(colour));
            rule(finding, format!("=AND({on_evidence},${}2=\"{word}\")", letter(finding)), &format)?;
        }
    }
    Ok(())
}

/// What was filled in of nodes that the register no longer holds.
fn gone(sheet: &mut Worksheet, placed: &Placed) -> Result<(), XlsxError> {
    let f = Formats::new();
    sheet.set_name(GONE_SHEET)?.set_freeze_panes(1, 2)?;
    let team_columns: Vec<&str> = TEAM.iter().map(|t| t.id).chain(placed.added.iter().map(String::as_str)).collect();
    let heads = ["node_id", "name", GONE_SINCE].into_iter().chain(team_columns.iter().copied());
    for (at, name) in (0u16..).zip(heads) {
        sheet.set_column_width(at, 20)?;
        string(sheet, 0, at, name, Some(if at < 3 { &f.head } else { &f.head_of_team }), &f)?;
    }
    let last = (team_columns.len() + 2) as u16;
    sheet.autofilter(0, 0, u32::try_from(placed.no_longer.len()).unwrap_or(1), last)?;
    for (row, entry) in (1u32..).zip(&placed.no_longer) {
        let Entry { node_id, name, cells, gone_since } = entry;
        for (at, text) in [(0, node_id), (1, name)].into_iter().filter(|(_, t)| !t.is_empty()) {
            string(sheet, row, at, text, None, &f)?;
        }
        if let Some(day) = gone_since {
            team(sheet, row, 2, &Cell::Day(day.clone()), &f)?;
        }
        for (at, name) in (3u16..).zip(&team_columns) {
            if let Some(cell) = cells.get(*name) {
                team(sheet, row, at, cell, &f)?;
            }
        }
    }
    Ok(())
}

/// Every column with who fills it, its unit and its meaning.
fn columns(sheet: &mut Worksheet, order: &[Placing<'_>]) -> Result<(), XlsxError> {
    let f = Formats::new();
    sheet.set_name(COLUMNS_SHEET)?.set_freeze_panes(1, 1)?;
    for (at, (name, width)) in (0u16..).zip([("column", 24), ("filled_by", 12), ("unit", 20), ("values", 40), ("meaning", 90)]) {
        sheet.set_column_width(at, width)?.write_string_with_format(0, at, name, &f.head)?;
    }
    for (row, placing) in (1u32..).zip(order) {
        let [id, by, unit, values, meaning] = match placing {
            Placing::Machine(_, c) => [c.id.clone(), "onus".to_owned(), c.unit.clone(), c.values.replace('|', ", "), c.meaning.clone()],
            Placing::Team(name) => {
                let values = if *name == "status" { STATUSES.join(", ") } else { String::new() };
                [(*name).to_owned(), "team".to_owned(), String::new(), values, team_meaning(name).to_owned()]
            }
        };
        for (at, text) in (0u16..).zip([id, by, unit, values, meaning]) {
            if !text.is_empty() {
                string(sheet, row, at, &text, Some(&f.wrap), &f)?;
            }
        }
    }
    Ok(())
}

fn read_me(sheet: &mut Worksheet, register: &Register, placed: &Placed, manifest: &RunManifest) -> Result<(), XlsxError> {
    let f = Formats::new();
    sheet.set_name(READ_ME)?.set_column_width(0, 26)?.set_column_width(1, 100)?;
    let stamp = &manifest.stamp;
    let places = manifest.counts.nodes_with_posterior;
    let all = if places > register.rows.len() as u64 {
        format!("The first {} of {places} places where people work; sites.parquet holds all.", register.rows.len())
    } else {
        format!("All {} places where people work.", register.rows.len())
    };
    let lines = [
        ("What this is", format!("The register of {}: what to look at first on top. {all}", stamp.dataset.name)),
        ("As of", stamp.as_of.clone()),
        ("Method", format!("onus {}, pack {} {}.", stamp.onus_version, stamp.pack.id, stamp.pack.version)),
        ("On evidence", "Reports from this very site, or a finding by rule on a case there. A finding is a claim by rule, never a verdict.".to_owned()),
        (
            "By context",
            "Only the country, the product and the kind of place speak; nothing was said of this site, and nothing here accuses it. Hatched.".to_owned(),
        ),
        ("Low coverage", "Hatched, too: nobody could have heard. It is unknown, not good.".to_owned()),
        ("Uncalibrated", "No probability here was tested against real outcomes.".to_owned()),
        (
            "What you fill in",
            "The yellow columns: owner (a role or team), due, status, comment. Add columns of your own anywhere; names of workers, children or witnesses \
             belong in none. Leave node_id as it is, one row a node."
                .to_owned(),
        ),
        (
            "To carry it over",
            "onus report OUT --previous-register THIS_FILE takes the yellow columns and your own into the next register, by node_id; formulas are \
             carried as their values. Other sheets and formats of yours are not: keep this file."
                .to_owned(),
        ),
        (
            "What left",
            match placed.no_longer.len() {
                0 => format!("Rows of nodes that a later register no longer holds will stand in a sheet '{GONE_SHEET}'."),
                n => format!("{n} rows with something filled in whose node this register does not hold stand in '{GONE_SHEET}'."),
            },
        ),
        ("What columns mean", format!("Point at a column's name, or see the sheet '{COLUMNS_SHEET}'.")),
    ];
    for (row, (name, text)) in (0u32..).zip(&lines) {
        sheet.write_string_with_format(row, 0, *name, &f.bold)?;
        string(sheet, row, 1, text, Some(&f.wrap), &f)?;
    }
    Ok(())
}
