//! UN Comtrade: downloads of the old and the new service.
//!
//! A flow stands there up to four times: the exporter and the importer both report it, by two, four and six digits, in all and by mode of
//! transport or customs procedure. Counted once: of two reports the importer's, which customs of the country of entry check by value and
//! origin (the exporter's only where the importer reports nothing); of a tree of codes the finest that are there; of totals and parts the
//! totals. Groups of countries, parts of a year and re-exports are passed over. Every row that is passed over says why.
//!
//! # Source
//! UN Statistics Division, UN Comtrade, API v1 field reference; International Merchandise Trade Statistics: Compilers Manual (2013),
//! chapters on bilateral asymmetries and on partner attribution (imports by origin).

use super::areas::{Area, of_texts};
use super::columns::is_known;
use super::draft::shown;
use super::file::each_table;
use super::places::trimmed;
use super::sums::{Flow, Sums, amount, in_dollars, write_flows, year};
use super::{Columns, Draft, ForeignFile, Importer, Mapped, Options, Sheet};
use crate::base::CountryCode;
use crate::read::Trouble;
use crate::schema::codes::COLUMN_MISSING;
use std::collections::{BTreeMap, BTreeSet};

const fn m(theirs: &'static str, ours: &'static str, remark: &'static str) -> Mapped {
    Mapped { theirs, ours, remark }
}

pub static MAPPING: &[Mapped] = &[
    m("refYear | year | yr", "trade_flows.year", ""),
    m("period", "", "a month here is a part of a year, which is passed over"),
    m("freqCode | frequency", "", "only whole years are taken"),
    m("refMonth", "", "left out: the period says it"),
    m("flowCode | trade flow code | flow code | rgCode", "", "M or 1 import, X or 2 export; the rest is passed over"),
    m("flowDesc | trade flow | flow | rgDesc", "", "as flowCode"),
    m("reporterISO | reporter iso | rt3ISO", "trade_flows.exporter, trade_flows.importer", "who reports; before code and name"),
    m("reporterCode | reporter code | rtCode", "trade_flows.exporter, trade_flows.importer", ""),
    m("reporterDesc | reporter | rtTitle", "trade_flows.exporter, trade_flows.importer", ""),
    m(
        "partnerISO | partner iso | pt3ISO",
        "trade_flows.exporter, trade_flows.importer",
        "whom it reports of; world and groups are passed over",
    ),
    m("partnerCode | partner code | ptCode", "trade_flows.exporter, trade_flows.importer", ""),
    m("partnerDesc | partner | ptTitle", "trade_flows.exporter, trade_flows.importer", ""),
    m("partner2Code | 2nd partner code", "", "0 in all; a second partner is a part"),
    m("customsCode | customs proc. code", "", "C00 in all; a procedure is a part"),
    m("motCode | mode of transport code", "", "0 in all; a mode is a part"),
    m("classificationCode | classification", "", "only the Harmonized System (H0 to H6, HS); of several editions the latest"),
    m("cmdCode | commodity code", "trade_flows.product", "the finest of a tree; --product HS takes only what begins with it"),
    m("primaryValue | trade value (us$) | trade value | TradeValue", "trade_flows.value", "US dollars"),
    m("netWgt | netweight (kg) | net weight | NetWeight", "trade_flows.quantity", "kilograms, written in tonnes"),
    m("cifvalue | cif trade value (us$)", "", "left out: the primary value is taken"),
    m("fobvalue | fob trade value (us$)", "", "left out: the primary value is taken"),
    m(
        "isReported | isAggregate | is leaf code | aggregate level | aggrLevel | isLeaf | isOriginalClassification",
        "",
        "left out: the codes themselves say it",
    ),
];

pub static COMTRADE: Importer = Importer {
    name: "comtrade",
    about: "UN Comtrade: bilateral trade as reported, old and new downloads",
    source: "UN Comtrade (comtradeplus.un.org), API v1 field names; Comtrade legacy CSV",
    mapping: MAPPING,
    run,
};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Report {
    Import,
    Export,
}

/// Year, exporter, importer.
type Trade = (String, CountryCode, CountryCode);
/// A trade as one side reports it in one edition of the codes.
type Reported = (Trade, Report, String);

/// A row that may count.
#[derive(Clone, Debug)]
struct Row {
    report: Report,
    trade: Trade,
    product: String,
    edition: String,
    /// Broken down by procedure, mode of transport or second partner.
    part: bool,
}

/// What rows of one trade there are, to count each flow once.
#[derive(Default)]
struct Seen {
    /// Editions, reports and products of each trade.
    editions: BTreeMap<Trade, BTreeMap<Report, String>>,
    products: BTreeMap<Reported, BTreeSet<String>>,
    whole: BTreeSet<(Reported, String)>,
}

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    in_dollars(draft);
    each_table(file, options, draft, |mut sheet, draft| {
        sheet.find_header(|h| is_known(MAPPING, h));
        let columns = Columns::of(&sheet, options, MAPPING)?;
        for needed in ["refYear", "cmdCode", "primaryValue"] {
            if !columns.has(needed) {
                let found = format!("no such column among: {}", sheet.header.join(", "));
                return Err(Trouble { code: &COLUMN_MISSING, line: 1, column: Some(needed.to_owned()), found });
            }
        }
        draft.shapeless(&sheet.file.clone(), sheet.name.clone().as_ref(), &sheet.raw);
        let table = Table { options, sheet: &sheet, columns: &columns };
        let mut seen = Seen::default();
        for row in 0..sheet.len() {
            if let Ok(row) = table.read(row) {
                seen.note(row);
            }
        }
        let editions: BTreeSet<&String> = seen.products.keys().map(|k| &k.2).collect();
        if !editions.is_empty() {
            let list: Vec<&str> = editions.into_iter().map(|e| if e.len() <= 3 { e.as_str() } else { "that is not known" }).collect();
            draft.notes.insert(format!(
                "{}: products are codes of the edition {}; codes of another edition may mean other goods",
                sheet.file,
                list.join(", ")
            ));
        }
        draft.notes.insert(format!("{}: of two reports of one trade the importer's counts", sheet.file));
        let mut flows: Sums<Flow> = Sums::default();
        for row in 0..sheet.len() {
            draft.begin(&sheet.origin(row));
            table.count(row, &seen, &mut flows, draft);
        }
        write_flows(&flows, draft);
        columns.note_left(&sheet, draft);
        Ok(())
    })
}

impl Seen {
    fn note(&mut self, row: Row) {
        let latest = self.editions.entry(row.trade.clone()).or_default().entry(row.report).or_default();
        if row.edition > *latest {
            latest.clone_from(&row.edition);
        }
        if !row.part {
            self.whole.insert(((row.trade.clone(), row.report, row.edition.clone()), row.product.clone()));
        }
        self.products.entry((row.trade, row.report, row.edition)).or_default().insert(row.product);
    }

    /// Why a row does not count beside the others, if so.
    fn beaten(&self, row: &Row) -> Option<&'static str> {
        let reports = self.editions.get(&row.trade)?;
        if reports.get(&row.report).is_some_and(|latest| *latest != row.edition) {
            return Some("other-edition");
        }
        let products = self.products.get(&(row.trade.clone(), row.report, row.edition.clone()))?;
        if products.range(row.product.clone()..).nth(1).is_some_and(|next| next.starts_with(&row.product)) {
            return Some("sum-of-finer-rows");
        }
        if row.part && self.whole.contains(&((row.trade.clone(), row.report, row.edition.clone()), row.product.clone())) {
            return Some("part-of-a-total");
        }
        // The importer's report of the same code, or of one that this code is a part or a sum of.
        let imports = reports.get(&Report::Import).and_then(|e| self.products.get(&(row.trade.clone(), Report::Import, e.clone())));
        let told = |imports: &BTreeSet<String>| {
            imports.range(row.product.clone()..).next().is_some_and(|c| c.starts_with(&row.product))
                || [2, 4].into_iter().any(|d| row.product.get(..d).is_some_and(|head| imports.contains(head)))
        };
        (row.report == Report::Export && imports.is_some_and(told)).then_some("mirror-of-the-importers-report")
    }
}

/// Why a row is left: whether it says something else, the column, the reason, and what was found.
type Left = (bool, &'static str, &'static str, String);

struct Table<'a> {
    options: &'a Options<'a>,
    sheet: &'a Sheet,
    columns: &'a Columns,
}

impl Table<'_> {
    fn cell(&self, key: &str, row: usize) -> &str {
        trimmed(self.columns.cell(self.sheet, key, row))
    }

    fn read(&self, row: usize) -> Result<Row, Left> {
        let passed = |column: &'static str, reason: &'static str, found: &str| Err((true, column, reason, shown(found)));
        let refused = |column: &'static str, reason: &'static str, found: &str| Err((false, column, reason, shown(found)));
        let Some(year) = year(self.cell("refYear", row)) else { return refused("refYear", "no-year", self.cell("refYear", row)) };
        let period = self.cell("period", row);
        if self.cell("freqCode", row).eq_ignore_ascii_case("M") || (period.len() == 6 && period.bytes().all(|b| b.is_ascii_digit())) {
            return passed("period", "part-of-a-year", period);
        }
        let flow = [self.cell("flowCode", row), self.cell("flowDesc", row)].into_iter().find(|f| !f.is_empty()).unwrap_or("");
        let report = match flow.to_lowercase().trim_end_matches('s') {
            "m" | "1" | "import" => Report::Import,
            "x" | "2" | "export" => Report::Export,
            "" => return refused("flowCode", "no-flow", flow),
            _ => return passed("flowCode", "neither-import-nor-export", flow),
        };
        let edition = self.cell("classificationCode", row).to_uppercase();
        if !(edition.is_empty() || edition.starts_with('H')) {
            return passed("classificationCode", "not-the-harmonized-system", &edition);
        }
        let reporter = self.area("reporterISO", "reporterCode", "reporterDesc", row)?;
        let partner = self.area("partnerISO", "partnerCode", "partnerDesc", row)?;
        if reporter == partner {
            return Err((true, "partnerISO", "within-one-country", partner.to_string()));
        }
        let code = self.cell("cmdCode", row);
        if matches!(code.to_uppercase().as_str(), "TOTAL" | "AG1" | "ALL") {
            return passed("cmdCode", "all-goods", code);
        }
        let digits = code.bytes().all(|b| b.is_ascii_digit());
        // Programs for tables drop a leading zero: 5 digits are 6, 3 are 4, 1 is 2.
        let product = if digits && code.len() % 2 == 1 { format!("0{code}") } else { code.to_owned() };
        if !digits || !matches!(product.len(), 2 | 4 | 6) {
            return refused("cmdCode", "no-hs-code", code);
        }
        if let Some(only) = &self.options.product
            && !product.starts_with(only.as_str())
        {
            return passed("cmdCode", "other-product", &product);
        }
        let part = !matches!(self.cell("motCode", row), "" | "0" | "-1")
            || !matches!(self.cell("customsCode", row), "" | "C00" | "0")
            || !matches!(self.cell("partner2Code", row), "" | "0");
        let trade = match report {
            Report::Import => (year, partner, reporter),
            Report::Export => (year, reporter, partner),
        };
        Ok(Row { report, trade, product, edition, part })
    }

    fn area(&self, iso: &'static str, code: &'static str, name: &'static str, row: usize) -> Result<CountryCode, Left> {
        let [alpha, number, title] = [iso, code, name].map(|c| self.cell(c, row));
        let column = [iso, code, name].into_iter().find(|c| !self.cell(c, row).is_empty()).unwrap_or(iso);
        let found = || shown([title, alpha, number].into_iter().find(|t| !t.is_empty()).unwrap_or(""));
        match of_texts(alpha, number, title, self.options.reference) {
            Area::Country(code) => Ok(code),
            Area::Aggregate => Err((true, column, "no-single-country", found())),
            Area::Unknown => Err((false, column, "country-unknown", found())),
        }
    }

    fn count(&self, at: usize, seen: &Seen, flows: &mut Sums<Flow>, draft: &mut Draft) {
        let (sheet, columns) = (self.sheet, self.columns);
        let row = match self.read(at) {
            Ok(row) => row,
            Err((true, column, reason, found)) => return draft.pass_row(Some(columns.name(sheet, column)), reason, found),
            Err((false, column, reason, found)) => return draft.refuse_row(Some(columns.name(sheet, column)), reason, found),
        };
        if let Some(reason) = seen.beaten(&row) {
            let column = if reason == "other-edition" { "classificationCode" } else { "cmdCode" };
            return draft.pass_row(Some(columns.name(sheet, column)), reason, row.product);
        }
        let header = columns.name(sheet, "primaryValue");
        let Some(value) = amount(self.cell("primaryValue", at), header, draft) else {
            return draft.refuse_row(Some(header), "no-value", shown(self.cell("primaryValue", at)));
        };
        // A weight of 0 is how a missing one is written.
        let weight = amount(self.cell("netWgt", at), columns.name(sheet, "netWgt"), draft).filter(|w| *w > super::Exact::default());
        let (year, from, to) = row.trade;
        let key = (year, from.to_string(), to.to_string(), row.product);
        if !row.part && flows.has(&key) {
            draft.refuse_cell(header, "flow-twice", "a flow that stands above already; the first counts");
            return draft.repeat_row();
        }
        if flows.add(key, value, weight.map(super::Exact::thousandth), &sheet.origin(at)) {
            draft.take_row();
        } else {
            draft.refuse_row(Some(header), "sum-too-large", shown(self.cell("primaryValue", at)));
        }
    }
}
