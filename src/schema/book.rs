//! The input tables as a workbook to fill: a sheet per table with its columns, meanings, units and allowed words, and a sheet that says how.
//!
//! The same declarations always give the same bytes: the file is dated 2000-01-01.

use super::inputs::INPUT_TABLES;
use super::table::{ColumnSchema, ColumnType, TableSchema};
use crate::base::{Error, Result};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Note, Workbook, Worksheet,
    XlsxError,
};

/// The sheet that says how to fill the others; no table.
pub const READ_ME: &str = "Read me";
/// The hidden sheet that holds allowed words; no table.
pub const LISTS: &str = "Lists";
/// Rows of a sheet, the header among them (ECMA-376 part 1, 18.3.1.73).
pub const ROWS_MOST: u32 = 1_048_576;

/// How dates look in a sheet; dates are days whatever the computer's country is.
pub fn date_format() -> Format {
    Format::new().set_num_format("yyyy-mm-dd")
}

/// An empty workbook whose bytes depend on its content alone.
///
/// # Errors
/// The library refuses its own date.
pub fn dated_workbook() -> Result<Workbook> {
    let mut book = Workbook::new();
    let day = ExcelDateTime::from_ymd(2000, 1, 1).map_err(broke)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    Ok(book)
}

fn broke(e: XlsxError) -> Error {
    Error::internal(format!("a workbook cannot be written: {e}"))
}

/// The workbook of templates.
///
/// # Errors
/// The library refuses what the declarations hold.
pub fn template_book() -> Result<Vec<u8>> {
    let mut book = dated_workbook()?;
    let read_me = book.add_worksheet();
    fill_read_me(read_me).map_err(broke)?;
    let mut lists = Lists::default();
    for table in INPUT_TABLES {
        let sheet = book.add_worksheet();
        sheet.set_name(table.name).map_err(broke)?;
        let columns: Vec<&ColumnSchema> = table.columns.iter().collect();
        head(sheet, &columns, None).map_err(broke)?;
        allow(sheet, &columns, &mut lists).map_err(broke)?;
    }
    lists.write(book.add_worksheet()).map_err(broke)?;
    book.save_to_buffer().map_err(broke)
}

/// Writes the header of a table: names frozen, required ones marked, a note with the meaning of each; `rows` that follow get a filter.
///
/// # Errors
/// A column is beyond what a sheet holds.
pub fn head(sheet: &mut Worksheet, columns: &[&ColumnSchema], rows: Option<u32>) -> Result<(), XlsxError> {
    let plain = Format::new().set_bold().set_background_color(Color::RGB(0x00D9_E2EC)).set_align(FormatAlign::Top);
    let required = Format::new().set_bold().set_background_color(Color::RGB(0x00F2_C14E)).set_align(FormatAlign::Top);
    sheet.set_freeze_panes(1, 0)?;
    for (at, column) in (0u16..).zip(columns) {
        sheet.set_column_width(at, (column.name.len() as f64 + 4.0).clamp(10.0, 32.0))?;
        match column.kind {
            ColumnType::Date => drop(sheet.set_column_format(at, &date_format())?),
            // Identifiers keep their leading zeros, and codes are not taken for numbers or days.
            ColumnType::Count | ColumnType::Amount | ColumnType::Share | ColumnType::Number { .. } | ColumnType::Year => {}
            _ => drop(sheet.set_column_format(at, &Format::new().set_num_format("@"))?),
        }
        sheet.write_string_with_format(0, at, column.name, if column.required { &required } else { &plain })?;
        let note = Note::new(note_of(column)).add_author_prefix(false).set_width(280).set_height(120);
        sheet.insert_note(0, at, &note)?;
    }
    if let Some(last) = u16::try_from(columns.len()).ok().and_then(|n| n.checked_sub(1)) {
        sheet.autofilter(0, 0, rows.unwrap_or(1).max(1), last)?;
    }
    Ok(())
}

fn note_of(column: &ColumnSchema) -> String {
    let must = if column.required { "Must be filled in every row. " } else { "" };
    let unit = if column.unit.is_empty() { String::new() } else { format!(" Unit: {}.", column.unit) };
    format!("{must}{}{unit} ({})", column.meaning, column.kind.in_words())
}

/// Lists of allowed words, each a column of a hidden sheet: in the cell's own rule there is room for 255 characters only.
#[derive(Default)]
struct Lists {
    lists: Vec<&'static [&'static str]>,
}

const YES_NO: &[&str] = &["yes", "no"];

impl Lists {
    /// The cells that hold a list.
    fn range(&mut self, list: &'static [&'static str]) -> Formula {
        let at = self.lists.iter().position(|l| *l == list).unwrap_or_else(|| {
            self.lists.push(list);
            self.lists.len() - 1
        });
        let column = rust_xlsxwriter::utility::column_number_to_name(u16::try_from(at).unwrap_or(0));
        Formula::new(format!("={LISTS}!${column}$1:${column}${}", list.len()))
    }

    fn write(self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(LISTS)?.set_hidden(true);
        for (column, list) in (0u16..).zip(self.lists) {
            for (row, word) in (0u32..).zip(list) {
                sheet.write_string(row, column, *word)?;
            }
        }
        Ok(())
    }
}

/// What cells of a column may hold, as rules of the sheet.
fn allow(sheet: &mut Worksheet, columns: &[&ColumnSchema], lists: &mut Lists) -> Result<(), XlsxError> {
    for (at, column) in (0u16..).zip(columns) {
        let rule = match column.kind {
            ColumnType::Code(list) => DataValidation::new().allow_list_formula(lists.range(list)),
            ColumnType::YesNo => DataValidation::new().allow_list_formula(lists.range(YES_NO)),
            ColumnType::Share => DataValidation::new().allow_decimal_number(DataValidationRule::Between(0.0, 1.0)),
            ColumnType::Count => DataValidation::new().allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0)),
            ColumnType::Amount => DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)),
            ColumnType::Number { low, high } => DataValidation::new().allow_decimal_number(DataValidationRule::Between(low, high)),
            _ => continue,
        };
        let rule = rule.set_error_title("Not allowed here")?.set_error_message(error_of(column))?;
        sheet.add_data_validation(1, at, ROWS_MOST - 1, at, &rule)?;
    }
    Ok(())
}

fn error_of(column: &ColumnSchema) -> String {
    let what = match column.kind {
        ColumnType::Code(_) | ColumnType::YesNo => "Choose one of the list.".to_owned(),
        ColumnType::Number { low, high } => format!("A number from {low} to {high}."),
        other => format!("A {}.", other.in_words()),
    };
    what.chars().take(200).collect()
}

fn fill_read_me(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let (bold, wrap) = (Format::new().set_bold(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    sheet.set_name(READ_ME)?.set_column_width(0, 22)?.set_column_width(1, 90)?;
    let lines = [
        (
            "How to fill",
            "Each sheet is a table; its name and the names of its columns stay as they are. Sheets and columns may stay empty or go, but for nodes and links.",
        ),
        ("Colours", "Yellow columns must be filled in every row. Point at a column's name to read what it means and in what unit."),
        ("Missing", "Leave a cell blank where nothing is known. Zero is a number and says that there is none."),
        ("Dates", "Write days as 2026-03-31; periods as 2026, 2026H1, 2026Q3 or 2026-05."),
        ("Persons", "Names of workers, children, witnesses and contacts belong in no cell."),
        ("To check it", "onus check this-book.xlsx"),
    ];
    let mut row = 0;
    for (name, text) in lines {
        sheet.write_string_with_format(row, 0, name, &bold)?.write_string_with_format(row, 1, text, &wrap)?;
        row += 1;
    }
    row += 1;
    sheet.write_string_with_format(row, 0, "Table", &bold)?.write_string_with_format(row, 1, "One row is", &bold)?;
    for table in INPUT_TABLES {
        row += 1;
        sheet.write_string(row, 0, table.name)?.write_string_with_format(row, 1, told(table), &wrap)?;
    }
    Ok(())
}

fn told(table: &TableSchema) -> String {
    format!("{}{}", table.row, if table.required { " (every dataset has this table)" } else { "" })
}
