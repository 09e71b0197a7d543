//! Simple tables of trade: origin, importer, product, value, and a year.
//!
//! The unit of the value stands in its header (`value_kusd`, `value_usd`, `value (million USD)`); a header without a unit is read as units of
//! the base currency, which is noted. The year stands in a column, in a header, in the file's name, or in `--as-of`.

use super::areas::{Area, of_texts};
use super::columns::is_known;
use super::draft::shown;
use super::file::each_table;
use super::goods::product_of;
use super::places::trimmed;
use super::sums::{Rows, Sums, amount, in_dollars, write_flows, year};
use super::{Columns, Draft, ForeignFile, Importer, Mapped, Options, Sheet};
use crate::base::CountryCode;
use crate::read::Trouble;
use crate::schema::codes::COLUMN_MISSING;

const fn m(theirs: &'static str, ours: &'static str, remark: &'static str) -> Mapped {
    Mapped { theirs, ours, remark }
}

pub static MAPPING: &[Mapped] = &[
    m("year | refyear | period | t", "trade_flows.year", "else the only year in the file's name, else --as-of"),
    m(
        "product | commodity | good | goods | hs | hs_code | hs code | hs6 | cmdcode",
        "trade_flows.product",
        "HS code, or a text with one code; another text stays; else --product",
    ),
    m("origin_iso3 | exporter_iso3 | exporter iso | origin iso3 | source_iso3", "trade_flows.exporter", "before the name"),
    m(
        "origin_country | origin | exporter | exporting country | country of origin | source country | from",
        "trade_flows.exporter",
        "code or name",
    ),
    m("importer_iso3 | destination_iso3 | importer iso | destination iso3", "trade_flows.importer", "before the name"),
    m(
        "importer | destination | importing country | destination country | country of destination | to",
        "trade_flows.importer",
        "code or name",
    ),
    m(
        "value_kusd | value (kusd) | value_1000usd | value (1000 usd) | value (thousand usd) | value_thousand_usd | trade value 1000usd",
        "trade_flows.value",
        "thousand US dollars",
    ),
    m("value_musd | value (million usd) | value_million_usd | value (musd)", "trade_flows.value", "million US dollars"),
    m("value_usd | value (usd) | value (us$) | value_us$ | trade_value_usd | primaryvalue", "trade_flows.value", "US dollars"),
    m("value | trade value | amount", "trade_flows.value", "units of the base currency"),
    m("quantity_t | quantity (tonnes) | tonnes | quantity (t) | quantity_tonnes", "trade_flows.quantity", "tonnes"),
    m("quantity_kg | kg | netwgt | quantity (kg) | net weight (kg)", "trade_flows.quantity", "kilograms, written in tonnes"),
];

pub static FLOWS: Importer = Importer {
    name: "flows",
    about: "Simple tables of country trade: origin, importer, product, value",
    source: "any table with these columns, such as Walk Free's imports at risk (Global Slavery Index 2023)",
    mapping: MAPPING,
    run,
};

/// Columns of the value, with the dollars that one unit stands for; 0 where the unit is not said.
const VALUES: [(&str, u32); 4] = [("value_kusd", 1000), ("value_musd", 1_000_000), ("value_usd", 1), ("value", 0)];

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    each_table(file, options, draft, |mut sheet, draft| {
        sheet.find_header(|h| is_known(MAPPING, h));
        let columns = Columns::of(&sheet, options, MAPPING)?;
        let missing = |what: &str, found: String| Trouble { code: &COLUMN_MISSING, line: 1, column: Some(what.to_owned()), found };
        let among = || format!("no such column among: {}", sheet.header.join(", "));
        let Some((value_column, unit)) = VALUES.into_iter().find(|v| columns.has(v.0)) else { return Err(missing("value", among())) };
        for (code, name) in [("origin_iso3", "origin_country"), ("importer_iso3", "importer")] {
            if !columns.has(code) && !columns.has(name) {
                return Err(missing(name, among()));
            }
        }
        let common_year = years_in(file.stem()).or_else(|| options.as_of.map(|d| d.year().to_string()));
        if !columns.has("year") && common_year.is_none() {
            return Err(missing("year", "no column, no single year in the file's name: say it with --as-of".to_owned()));
        }
        if unit == 0 {
            let header = columns.name(&sheet, value_column);
            draft.notes.insert(format!("{}: the unit of {header} is not said; it is taken as units of the base currency", sheet.file));
        } else {
            in_dollars(draft);
        }
        draft.shapeless(&sheet.file.clone(), sheet.name.clone().as_ref(), &sheet.raw);
        let table = Table { options, sheet: &sheet, columns: &columns, value_column, unit, common_year };
        let (mut flows, mut seen) = (Sums::default(), Rows::default());
        for row in 0..sheet.len() {
            draft.begin(&sheet.origin(row));
            if seen.again(&sheet, row) {
                draft.repeat_row();
            } else {
                table.row(row, &mut flows, draft);
            }
        }
        write_flows(&flows, draft);
        columns.note_left(&sheet, draft);
        Ok(())
    })
}

/// The year that a file's name bears, where it bears one only.
fn years_in(stem: &str) -> Option<String> {
    let mut years: Vec<String> = stem.split(|c: char| !c.is_ascii_digit()).filter_map(year).collect();
    years.dedup();
    if years.len() == 1 { years.pop() } else { None }
}

struct Table<'a> {
    options: &'a Options<'a>,
    sheet: &'a Sheet,
    columns: &'a Columns,
    value_column: &'static str,
    unit: u32,
    common_year: Option<String>,
}

impl Table<'_> {
    fn row(&self, row: usize, flows: &mut Sums<super::sums::Flow>, draft: &mut Draft) {
        let (sheet, columns) = (self.sheet, self.columns);
        let cell = |key: &str| trimmed(columns.cell(sheet, key, row));
        let stated = cell("year");
        let year = if columns.has("year") { year(stated) } else { self.common_year.clone() };
        let Some(year) = year else {
            return draft.refuse_row(Some(columns.name(sheet, "year")), "no-year", shown(stated));
        };
        let Some(from) = self.country("origin_iso3", "origin_country", row, draft) else { return };
        let Some(to) = self.country("importer_iso3", "importer", row, draft) else { return };
        if from == to {
            return draft.pass_row(Some(columns.name(sheet, "importer")), "within-one-country", to.to_string());
        }
        let stated = if cell("product").is_empty() { self.options.product.as_deref().unwrap_or("") } else { cell("product") };
        if stated.is_empty() {
            return draft.refuse_row(Some(columns.name(sheet, "product")), "no-product", "no product: say it with --product");
        }
        let (product, _) = product_of(stated, self.options.reference);
        let header = columns.name(sheet, self.value_column);
        let Some(value) = amount(cell(self.value_column), header, draft).and_then(|v| v.times(self.unit.max(1))) else {
            return draft.refuse_row(Some(header), "no-value", shown(cell(self.value_column)));
        };
        let tonnes = amount(cell("quantity_t"), columns.name(sheet, "quantity_t"), draft);
        let kilograms = amount(cell("quantity_kg"), columns.name(sheet, "quantity_kg"), draft);
        let quantity = tonnes.or_else(|| kilograms.map(super::Exact::thousandth));
        if flows.add((year, from.to_string(), to.to_string(), product), value, quantity, &sheet.origin(row)) {
            draft.take_row();
        } else {
            draft.refuse_row(Some(header), "sum-too-large", shown(cell(self.value_column)));
        }
    }

    fn country(&self, code: &'static str, name: &'static str, row: usize, draft: &mut Draft) -> Option<CountryCode> {
        let text = |key: &str| trimmed(self.columns.cell(self.sheet, key, row));
        let column = if text(name).is_empty() { self.columns.name(self.sheet, code) } else { self.columns.name(self.sheet, name) };
        let alpha = if text(code).is_empty() { text(name) } else { text(code) };
        match of_texts(alpha, "", text(name), self.options.reference) {
            Area::Country(code) => Some(code),
            Area::Aggregate => {
                draft.pass_row(Some(column), "no-single-country", shown(text(name)));
                None
            }
            Area::Unknown => {
                let found = if text(name).is_empty() { text(code) } else { text(name) };
                draft.refuse_row(Some(column), "country-unknown", shown(found));
                None
            }
        }
    }
}
