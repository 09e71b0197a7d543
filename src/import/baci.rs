//! BACI of CEPII: bilateral trade of a year by product, reconciled by its publisher, so that no flow stands twice.
//!
//! `t,i,j,k,v,q`: year, exporter, importer, HS six-digit product, value in thousand US dollars, quantity in tonnes (`NA` where not known).
//! Countries are numeric; the file `country_codes_V*.csv` that the publisher puts beside the data is read where it is there, else the
//! codes of M49. Product codes that lost their leading zero get it back: a code has six digits.
//!
//! # Source
//! Gaulier and Zignago (2010), BACI: International Trade Database at the Product-Level, CEPII working paper 2010-23.

use super::areas::{Area, by_number};
use super::columns::plain;
use super::draft::shown;
use super::file::each_table;
use super::sums::{Sums, amount, in_dollars, write_flows, year};
use super::{Columns, Draft, ForeignFile, Importer, Mapped, Options};
use crate::base::CountryCode;
use crate::read::{Limits, Trouble};
use crate::schema::codes::COLUMN_MISSING;
use std::collections::BTreeMap;

const fn m(theirs: &'static str, ours: &'static str, remark: &'static str) -> Mapped {
    Mapped { theirs, ours, remark }
}

pub static MAPPING: &[Mapped] = &[
    m("t | year", "trade_flows.year", ""),
    m("i | exporter", "trade_flows.exporter", "numeric; by country_codes_V*.csv beside the file, else M49"),
    m("j | importer", "trade_flows.importer", "as i"),
    m("k | hs6 | product", "trade_flows.product", "six digits; --product HS takes only what begins with it"),
    m("v | value", "trade_flows.value", "thousand US dollars, written in dollars"),
    m("q | quantity", "trade_flows.quantity", "tonnes; NA is not known"),
];

pub static BACI: Importer = Importer {
    name: "baci",
    about: "CEPII BACI: bilateral trade by HS six-digit product",
    source: "CEPII, BACI (Gaulier and Zignago 2010), Etalab open licence 2.0",
    mapping: MAPPING,
    run,
};

/// Numeric codes of the publisher's own list, beside the data.
#[derive(Debug, Default)]
struct Codes(BTreeMap<u32, String>);

impl Codes {
    /// The list beside a file, if there is one that can be read.
    fn beside(file: &ForeignFile) -> Self {
        let folder = file.path.parent().map(std::path::Path::to_path_buf).unwrap_or_default();
        let folder = if folder.as_os_str().is_empty() { std::path::PathBuf::from(".") } else { folder };
        let Ok(entries) = std::fs::read_dir(folder) else { return Self::default() };
        let mut lists: Vec<_> = entries.flatten().map(|e| e.path()).filter(|p| is_code_list(p)).collect();
        // Of several editions the one that bears the mark of the file's own, else the last.
        lists.sort();
        let edition = file.stem().rsplit('_').next().unwrap_or("").to_owned();
        let own = lists.iter().find(|p| p.to_string_lossy().contains(&edition)).or(lists.last());
        own.and_then(|p| Self::read(&ForeignFile::new(p))).unwrap_or_default()
    }

    fn read(list: &ForeignFile) -> Option<Self> {
        let table = list.table(&Limits::default()).ok()?;
        let number = table.column(&["country_code", "code"])?;
        let alpha = table.column(&["country_iso3", "iso_3digit_alpha", "iso3"])?;
        let entries =
            (0..table.len()).filter_map(|r| Some((table.cell(Some(number), r).parse().ok()?, table.cell(Some(alpha), r).to_owned())));
        Some(Self(entries.collect()))
    }

    fn area(&self, text: &str, options: &Options<'_>) -> Area {
        let listed = text.trim().parse::<u32>().ok().and_then(|n| self.0.get(&n));
        match listed.map(|alpha| options.reference.parse_country(alpha)) {
            Some(Some(code)) => Area::Country(code),
            _ => by_number(text),
        }
    }
}

fn is_code_list(path: &std::path::Path) -> bool {
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().to_lowercase());
    name.starts_with("country_codes") && name.ends_with(".csv")
}

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    in_dollars(draft);
    let codes = Codes::beside(file);
    if let Some(edition) = file.name.split(['_', '.']).find(|p| p.len() >= 4 && p.to_uppercase().starts_with("HS")) {
        draft.notes.insert(format!(
            "{}: products are codes of the edition {}; codes of another edition may mean other goods",
            file.name,
            edition.to_uppercase()
        ));
    }
    let only = options.product.as_deref().map(|p| p.chars().filter(char::is_ascii_digit).collect::<String>());
    each_table(file, options, draft, |sheet, draft| {
        let columns = Columns::of(&sheet, options, MAPPING)?;
        if sheet.header.iter().any(|h| plain(h) == "countrycode") || !["t", "i", "j", "k", "v"].iter().all(|c| columns.has(c)) {
            let found = format!("columns {} where t, i, j, k, v, q are read", sheet.header.join(", "));
            return Err(Trouble { code: &COLUMN_MISSING, line: 1, column: Some("t".to_owned()), found });
        }
        draft.shapeless(&sheet.file.clone(), sheet.name.clone().as_ref(), &sheet.raw);
        let mut flows = Sums::default();
        for row in 0..sheet.len() {
            let at = sheet.origin(row);
            draft.begin(&at);
            let cell = |key: &str| columns.cell(&sheet, key, row);
            let Some(year) = year(cell("t")) else {
                draft.refuse_row(Some(columns.name(&sheet, "t")), "no-year", shown(cell("t")));
                continue;
            };
            let product = padded(cell("k"));
            let Some(product) = product else {
                draft.refuse_row(Some(columns.name(&sheet, "k")), "no-hs6-code", shown(cell("k")));
                continue;
            };
            if only.as_ref().is_some_and(|p| !product.starts_with(p.as_str())) {
                draft.pass_row(Some(columns.name(&sheet, "k")), "other-product", shown(&product));
                continue;
            }
            let Some((from, to)) =
                ends(&codes, options, cell("i"), cell("j"), (columns.name(&sheet, "i"), columns.name(&sheet, "j")), draft)
            else {
                continue;
            };
            let key = (year, from.to_string(), to.to_string(), product);
            if flows.has(&key) {
                draft.repeat_row();
                draft.refuse_cell(columns.name(&sheet, "v"), "flow-twice", "a flow that stands above already; the first counts");
                continue;
            }
            let Some(value) = amount(cell("v"), columns.name(&sheet, "v"), draft).and_then(|v| v.times(1000)) else {
                draft.refuse_row(Some(columns.name(&sheet, "v")), "no-value", shown(cell("v")));
                continue;
            };
            let quantity = amount(cell("q"), columns.name(&sheet, "q"), draft);
            if flows.add(key, value, quantity, &at) {
                draft.take_row();
            } else {
                draft.refuse_row(Some(columns.name(&sheet, "v")), "sum-too-large", shown(cell("v")));
            }
        }
        write_flows(&flows, draft);
        columns.note_left(&sheet, draft);
        Ok(())
    })
}

fn ends(
    codes: &Codes,
    options: &Options<'_>,
    i: &str,
    j: &str,
    columns: (&str, &str),
    draft: &mut Draft,
) -> Option<(CountryCode, CountryCode)> {
    let mut read = |text: &str, column: &str| match codes.area(text, options) {
        Area::Country(code) => Some(code),
        Area::Aggregate => {
            draft.pass_row(Some(column), "no-single-country", shown(text));
            None
        }
        Area::Unknown => {
            draft.refuse_row(Some(column), "country-unknown", shown(text));
            None
        }
    };
    let from = read(i, columns.0)?;
    let to = read(j, columns.1)?;
    if from == to {
        draft.pass_row(Some(columns.1), "within-one-country", to.to_string());
        return None;
    }
    Some((from, to))
}

/// A product code with its leading zeros.
fn padded(text: &str) -> Option<String> {
    let digits = text.trim();
    ((5..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then(|| format!("{digits:0>6}"))
}
