//! Customs bills of lading (manifests and their resale as tables): consignments, who sent and who received them.
//!
//! One bill over several container lines is one shipment, quantities summed where their unit is one. A party is kept where its name says
//! an organisation; a name that may be a person's becomes a key; a name that is withheld, `TO ORDER`, or a bank to whose order the goods
//! are, is no party: the buyer is unseen and the row is counted. A forwarder handles goods and does not buy them: its shipments stand, no
//! supply link does. Notify parties, contacts, telephones and addresses of persons are never read.
//!
//! Descriptions are free text with marks, numbers and names: never stored. A good is told by its HS column, by a number that the description
//! gives as HS or HTS, by a description that is a text of the engine's own code table, or by `--product`. Without it the row gives the
//! link between the parties and no shipment.
//!
//! # Source
//! 19 CFR 103.31 (what of vessel manifests is public, and that names may be withheld); headers as resellers of manifest data write them.

use super::amounts::{PACKAGES, decimal_of, split_unit};
use super::days::{DayOrder, NoDay};
use super::draft::{Draft, Origin, shown};
use super::file::tables_told;
use super::names::{Named, named};
use super::parties::{Identifier, Tally, identifier};
use super::tariff::{common_code, stated_codes};
use super::{Columns, Exact, ForeignFile, Importer, Mapped, Options, Sheet, cells};
use crate::read::Trouble;
use crate::read::cell::{NumberStyle, number};
use crate::schema::codes::COLUMN_MISSING;
use std::collections::{BTreeMap, BTreeSet};

const BILL: &str = "Bill of Lading Number";
const DATE: &str = "Arrival Date";
const SHIPPER: &str = "Shipper Name";
const CONSIGNEE: &str = "Consignee Name";
const HS: &str = "HS Code";
const DESCRIPTION: &str = "Product Description";
/// Columns with numbers.
const AMOUNTS: [&str; 6] = ["Quantity", "Weight", "Weight (kg)", "Weight (t)", "Value of Goods (USD)", "Value"];

static MAPPING: &[Mapped] = &[
    Mapped {
        theirs: "Bill of Lading Number|House Bill of Lading|House BOL Number|House Bill Number|HBL|HBL Number|Bill of Lading|Bill of Lading No|BOL|BOL Number|BOL No|B/L Number|B/L No|BL Number|BL No|Bill Number|bill_of_lading_nbr|Bill of Lading ID|conocimiento de embarque|número de BL",
        ours: "shipments.shipment_id",
        remark: "with the list before it; rows of one bill, day, parties and good are one shipment",
    },
    Mapped {
        theirs: "Arrival Date|Actual Arrival Date|Estimated Arrival Date|Arrival|Shipment Date|Date|Import Date|Bill of Lading Date|BL Date|B/L Date|Departure Date|fecha|data de chegada",
        ours: "shipments.date",
        remark: "the whole column decides whether the month stands first; --column date_order=mdy or =dmy says it where no day is above 12",
    },
    Mapped {
        theirs: "Shipper Name|Shipper|Shipper Party Name|Foreign Shipper|Exporter Name|Exporter|Supplier Name|Supplier|Shipper (Original Format)|embarcador|exportador",
        ours: "nodes.name, shipments.shipper_id, links.supplier_id",
        remark: "kind trader where its name says an organisation, agent where it says a forwarder, else a person's key",
    },
    Mapped {
        theirs: "Shipper Address|Shipper Full Address|Shipper Party Address 1|Exporter Address|Supplier Address",
        ours: "nodes.address",
        remark: "of organisations alone",
    },
    Mapped { theirs: "Shipper City|Exporter City|Supplier City", ours: "nodes.city", remark: "of organisations alone" },
    Mapped { theirs: "Shipper Country|Shipper Party Country Code|Exporter Country|Supplier Country", ours: "nodes.country", remark: "" },
    Mapped { theirs: "Shipper D-U-N-S|Shipper DUNS|Shipper D-U-N-S®", ours: "nodes.duns", remark: "" },
    Mapped {
        theirs: "Consignee Name|Consignee|Consignee Party Name|US Importer|Importer Name|Importer|Buyer Name|Buyer|Consignee (Original Format)|consignatario|importador",
        ours: "nodes.name, shipments.consignee_id, links.buyer_id",
        remark: "kind company where its name says an organisation; TO ORDER and banks are no buyer",
    },
    Mapped {
        theirs: "Consignee Address|Consignee Full Address|Consignee Party Address 1|Importer Address|Buyer Address",
        ours: "nodes.address",
        remark: "of organisations alone",
    },
    Mapped { theirs: "Consignee City|Importer City|Buyer City", ours: "nodes.city", remark: "of organisations alone" },
    Mapped { theirs: "Consignee Country|Consignee Party Country Code|Importer Country|Buyer Country", ours: "nodes.country", remark: "" },
    Mapped { theirs: "Consignee D-U-N-S|Consignee DUNS|Consignee D-U-N-S®", ours: "nodes.duns", remark: "" },
    Mapped {
        theirs: "HS Code|HS Codes|HS|HTS Code|HTS|HTS Number|Harmonized Number|Harmonized Code|Tariff Code|HSN Code|NCM|código HS|partida arancelaria",
        ours: "shipments.product, links.product",
        remark: "six digits; of several codes the digits that they share; an odd number of digits is refused (a zero may be lost)",
    },
    Mapped {
        theirs: "Product Description|Goods Shipped|Cargo Description|Description of Goods|Goods Description|Commodity Description|Description|Commodity|Product Desc|descripción|descrição",
        ours: "shipments.product",
        remark: "read for an HS number or a text of the code table where there is no HS column; never stored",
    },
    Mapped {
        theirs: "Quantity|Manifest Quantity|Piece Count|Number of Packages|Packages|Pieces|QTY|cantidad",
        ours: "shipments.quantity",
        remark: "where its unit measures goods; else the weight; packages last",
    },
    Mapped {
        theirs: "Quantity Unit|Unit of Quantity|Manifest Unit|Quantity UOM|Unit|Units|Package Type|Packaging Type|UOM|unidad",
        ours: "shipments.unit",
        remark: "",
    },
    Mapped {
        theirs: "Weight|Gross Weight|Cargo Weight|Weight (Original Format)",
        ours: "shipments.quantity",
        remark: "with the unit behind it or in its own column",
    },
    Mapped { theirs: "Weight Unit|Weight UOM|Unit of Weight", ours: "shipments.unit", remark: "" },
    Mapped {
        theirs: "Weight (kg)|Gross Weight (kg)|Weight KG|Weight in KG|Weight KGS|peso kg",
        ours: "shipments.quantity",
        remark: "unit kg",
    },
    Mapped { theirs: "Weight (t)|Metric Tons|Weight MT|Weight Tons", ours: "shipments.quantity", remark: "unit t" },
    Mapped {
        theirs: "Value of Goods (USD)|Value (USD)|Value USD|FOB Value (USD)|CIF Value (USD)|Value in USD|US$ FOB|Total Value USD",
        ours: "shipments.value",
        remark: "currency USD",
    },
    Mapped {
        theirs: "Value|Declared Value|Value of Goods|FOB Value|CIF Value|Invoice Value|Total Value",
        ours: "shipments.value",
        remark: "with a currency column alone",
    },
    Mapped { theirs: "Currency|Value Currency|Currency Code|moneda", ours: "shipments.currency", remark: "" },
    Mapped {
        theirs: "Country of Origin|Origin Country|Shipment Origin|Origin|país de origen|país de origem",
        ours: "shipments.origin_country",
        remark: "",
    },
    Mapped {
        theirs: "Container Number|Container No|Container Numbers|Container ID|Containers|contenedor",
        ours: "",
        remark: "tells lines of one bill apart",
    },
    Mapped {
        theirs: "Notify Party Name|Notify Party|Notify|Notify Name|Also Notify|Notify Party 1",
        ours: "",
        remark: "left out: notify parties are often persons and never read",
    },
    Mapped { theirs: "Notify Party Address|Notify Address", ours: "", remark: "left out: notify parties are often persons and never read" },
    Mapped { theirs: "Marks and Numbers|Marks & Numbers|Marks|Marks Description", ours: "", remark: "left out: free text" },
    Mapped {
        theirs: "Master Bill of Lading|Master BOL Number|Master Bill Number|MBL",
        ours: "",
        remark: "left out: of a house bill the house number tells",
    },
    Mapped { theirs: "Carrier Code|Carrier|SCAC|Carrier SCAC|Carrier Name", ours: "", remark: "left out: carries, does not buy" },
    Mapped { theirs: "Vessel|Vessel Name|Vessel IMO|IMO", ours: "", remark: "left out: carries, does not buy" },
    Mapped { theirs: "Voyage|Voyage Number", ours: "", remark: "left out: carries, does not buy" },
];

pub static BILLS: Importer = Importer {
    name: "bills",
    about: "customs bills of lading as tables (manifests and their resale): shipments, shippers, consignees",
    source: "19 CFR 103.31; headers of manifest data as resold",
    mapping: MAPPING,
    run,
};

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let (stated, own) = DayOrder::stated(options)?;
    for mut sheet in tables_told(file, &own, draft)? {
        sheet.find_header(|h| super::columns::is_known(MAPPING, h));
        let columns = Columns::of(&sheet, &own, MAPPING)?;
        for needed in [DATE, SHIPPER, CONSIGNEE] {
            if !columns.has(needed) {
                return Err(Trouble {
                    code: &COLUMN_MISSING,
                    line: 1,
                    column: Some(needed.to_owned()),
                    found: format!("no column for it; name it with --column, as {}", hint(needed)),
                });
            }
        }
        let order = DayOrder::of_sheet(&sheet, &columns, &[DATE], stated)?;
        columns.note_left(&sheet, draft);
        draft.shapeless(&sheet.file, sheet.name.as_ref(), &sheet.raw);
        let decimal = decimal_of(&sheet, &columns, &AMOUNTS);
        let slug = own.list_slug(file);
        let list = own.list_name(file).to_owned();
        let mut reader = Reader {
            sheet: &sheet,
            columns: &columns,
            options: &own,
            draft,
            order,
            decimal,
            slug,
            list,
            tally: Tally::default(),
            known: BTreeMap::new(),
            groups: BTreeMap::new(),
            links: BTreeMap::new(),
        };
        for row in 0..sheet.len() {
            reader.row(row);
        }
        reader.finish();
    }
    draft.finish();
    Ok(())
}

fn hint(column: &str) -> &'static str {
    match column {
        DATE => "--column date=\"Their Column\"",
        SHIPPER => "--column shipper_id=\"Their Column\"",
        _ => "--column consignee_id=\"Their Column\"",
    }
}

/// A party of a row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Side {
    id: String,
    named: Named,
}

#[derive(Default)]
struct Group {
    origin: Option<Origin>,
    lines: BTreeSet<String>,
    /// Quantity of goods, weight, packages, each with its unit; `None` where a line has another unit or none.
    amounts: [Option<(Option<Exact>, String)>; 3],
    value: Option<(Option<Exact>, String)>,
    origins: BTreeSet<String>,
    count: u64,
}

/// Where a party was first named, and the cells of its node.
type Told = (Origin, Vec<(&'static str, String)>);

/// What tells shipments apart: bill, day, shipper, consignee, good.
type GroupKey = (String, String, Side, Side, String);

struct Reader<'r, 'o> {
    sheet: &'r Sheet,
    columns: &'r Columns,
    options: &'r Options<'o>,
    draft: &'r mut Draft,
    order: DayOrder,
    decimal: Option<u8>,
    slug: String,
    list: String,
    tally: Tally,
    /// Kind of each party so far: who ships anywhere is a trader.
    known: BTreeMap<String, Told>,
    groups: BTreeMap<GroupKey, Group>,
    links: BTreeMap<(String, String, String), Origin>,
}

impl Reader<'_, '_> {
    fn cell(&self, key: &str, row: usize) -> &str {
        self.columns.cell(self.sheet, key, row)
    }

    fn row(&mut self, row: usize) {
        let origin = self.sheet.origin(row);
        self.draft.begin(&origin);
        let shipper = self.side(row, SHIPPER, ["Shipper Address", "Shipper City", "Shipper Country", "Shipper D-U-N-S"], &origin);
        let consignee =
            self.side(row, CONSIGNEE, ["Consignee Address", "Consignee City", "Consignee Country", "Consignee D-U-N-S"], &origin);
        let (shipper, consignee) = match (shipper, consignee) {
            (Ok(shipper), Ok(consignee)) => (shipper, consignee),
            (shipper, consignee) => {
                for (column, side) in [(SHIPPER, shipper), (CONSIGNEE, consignee)] {
                    if let Err((reason, found)) = side {
                        self.draft.pass_row(Some(column), reason, found);
                    }
                }
                return;
            }
        };
        let day = match self.order.day(self.cell(DATE, row)) {
            Ok(day) => day.to_string(),
            Err(why) => {
                let found = shown(self.cell(DATE, row));
                let reason = if why == NoDay::Ambiguous { "date-ambiguous" } else { "date-unreadable" };
                return self.draft.refuse_row(Some(DATE), reason, found);
            }
        };
        let product = self.product(row);
        let sells = matches!(shipper.named, Named::Organisation | Named::Person);
        if sells && consignee.named == Named::Organisation && shipper.id != consignee.id {
            self.links.entry((shipper.id.clone(), consignee.id.clone(), product.clone())).or_insert_with(|| origin.clone());
        }
        if consignee.named == Named::Forwarder {
            self.tally.count(
                "consignee-is-forwarder",
                "consignments to forwarders or carriers: no buyer is known, no supply link is made",
                origin.line,
            );
        }
        if product.is_empty() {
            self.draft.take_row();
            self.draft.refuse_cell(
                HS,
                "product-not-told",
                "no HS code; the description is not stored: the parties are linked, the shipment is left out",
            );
            return;
        }
        let bill = match self.cell(BILL, row) {
            "" => format!("row-{}", cells::key(&[&self.sheet.file, self.sheet.name.as_deref().unwrap_or(""), &origin.line.to_string()])),
            bill if bill.len() > 100 || bill.chars().any(char::is_control) => {
                let found = shown(bill);
                return self.draft.refuse_row(Some(BILL), "id-unreadable", found);
            }
            bill => bill.to_owned(),
        };
        self.line(row, origin, (bill, day, shipper, consignee, product));
    }

    fn side(
        &mut self,
        row: usize,
        name: &'static str,
        [address, city, country, duns]: [&'static str; 4],
        origin: &Origin,
    ) -> Result<Side, (&'static str, String)> {
        let text = self.sheet.cell(self.columns_at(name), row);
        let (what, own) = named(text);
        let ships = name == SHIPPER;
        let unseen = |reason: [&'static str; 2], found: &str| Err((reason[usize::from(!ships)], found.to_owned()));
        match what {
            Named::Withheld => return unseen(["shipper-withheld", "consignee-withheld"], "no name is given: unseen"),
            Named::ToOrder => return unseen(["shipper-to-order", "consignee-to-order"], "to order: who buys is unseen"),
            Named::Bank => return unseen(["shipper-is-bank", "consignee-is-bank"], "to the order of a bank: who buys is unseen"),
            Named::Person => {
                let (id, shown) = self.options.persons.shown(&own);
                self.known
                    .entry(id.clone())
                    .or_insert_with(|| (origin.clone(), vec![("name", shown.to_string()), ("kind", "person".to_owned())]));
                self.tally.count("name-may-be-a-person", "names that may be a person's: kept as a key", origin.line);
                return Ok(Side { id, named: what });
            }
            Named::Organisation | Named::Forwarder => {}
        }
        let country = match self.cell(country, row) {
            "" => String::new(),
            text => match cells::country(text, self.options.reference) {
                Some(code) => code.to_string(),
                None => {
                    let found = shown(text);
                    self.draft.refuse_cell(country, "country-unknown", found);
                    String::new()
                }
            },
        };
        let id = format!("{}:party:{}", self.slug, cells::key(&[&own, &country]));
        let number = match identifier("duns", self.cell(duns, row)) {
            Identifier::Column(_, number) => number,
            Identifier::Bad(reason) if !self.cell(duns, row).is_empty() => {
                let found = shown(self.cell(duns, row));
                self.draft.refuse_cell(duns, reason, found);
                String::new()
            }
            _ => String::new(),
        };
        let kind = match what {
            Named::Forwarder => "agent",
            _ if ships => "trader",
            _ => "company",
        };
        let told = vec![
            ("name", own),
            ("kind", kind.to_owned()),
            ("country", country),
            ("address", self.cell(address, row).to_owned()),
            ("city", self.cell(city, row).to_owned()),
            ("duns", number),
        ];
        match self.known.get_mut(&id) {
            None => drop(self.known.insert(id.clone(), (origin.clone(), told))),
            Some((_, old)) => {
                for ((column, old), (_, new)) in old.iter_mut().zip(told) {
                    // Who ships anywhere is a trader; of other cells the first that says anything stays.
                    if old.is_empty() || (*column == "kind" && new == "trader" && old == "company") {
                        *old = new;
                    }
                }
            }
        }
        Ok(Side { id, named: what })
    }

    fn columns_at(&self, key: &str) -> Option<usize> {
        let name = self.columns.name(self.sheet, key);
        self.sheet.header.iter().position(|h| h == name)
    }

    /// HS digits or a text of the code table; blank where none is told.
    fn product(&mut self, row: usize) -> String {
        let stated = self.cell(HS, row).to_owned();
        if !stated.is_empty() {
            match common_code(stated.split([';', ',', '|', '\n']), self.options) {
                Ok(Some(code)) => return code,
                Ok(None) => {}
                Err(reason) => self.draft.refuse_cell(HS, reason, shown(&stated)),
            }
        }
        let text = self.cell(DESCRIPTION, row);
        if stated.is_empty() {
            if let Ok(Some(code)) = common_code(stated_codes(text).iter().map(String::as_str), self.options) {
                return code;
            }
            if self.options.reference.text_code(text).is_some() {
                return crate::mapping::fold(text);
            }
        }
        self.options.product.clone().unwrap_or_default()
    }

    fn amount(&mut self, row: usize, key: &'static str) -> Option<(Exact, String)> {
        let cell = self.cell(key, row).to_owned();
        if cell.is_empty() {
            return None;
        }
        let (digits, unit) = split_unit(&cell);
        let style = NumberStyle { decimal: self.decimal, ..NumberStyle::default() };
        let read = number(digits, style).ok().filter(|v| *v >= 0.0).and_then(|v| Exact::parse(&v.to_string()));
        if read.is_none() {
            self.draft.refuse_cell(key, "number-unreadable", shown(&cell));
        }
        Some((read?, unit.to_owned()))
    }

    fn line(&mut self, row: usize, origin: Origin, key: GroupKey) {
        let with_unit =
            |amount: Option<(Exact, String)>, unit: &str| amount.map(|(v, own)| (v, if own.is_empty() { unit.to_owned() } else { own }));
        let unit = self.cell("Quantity Unit", row).to_owned();
        let counted = with_unit(self.amount(row, "Quantity"), &unit);
        let unit = self.cell("Weight Unit", row).to_owned();
        let mut weight = with_unit(self.amount(row, "Weight"), &unit).filter(|(_, unit)| !unit.is_empty());
        for (column, unit) in [("Weight (kg)", "kg"), ("Weight (t)", "t")] {
            if weight.is_none() {
                weight = self.amount(row, column).map(|(v, _)| (v, unit.to_owned()));
            }
        }
        let packed = counted.as_ref().is_none_or(|(_, unit)| PACKAGES.contains(&unit.to_lowercase().as_str()));
        let (goods, packages) = if packed { (None, counted) } else { (counted, None) };
        let mut value = self.amount(row, "Value of Goods (USD)").map(|(v, _)| (v, "USD".to_owned()));
        if value.is_none()
            && let Some((v, behind)) = self.amount(row, "Value")
        {
            let stated = self.cell("Currency", row);
            let currency = if stated.is_empty() { behind } else { stated.to_owned() }.to_uppercase();
            if currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()) {
                value = Some((v, currency));
            } else {
                self.draft.refuse_cell("Value", "value-without-currency", shown(&v.to_string()));
            }
        }
        let mut country = String::new();
        let stated = self.cell("Country of Origin", row).to_owned();
        if !stated.is_empty() {
            match cells::country(&stated, self.options.reference) {
                Some(code) => country = code.to_string(),
                None => self.draft.refuse_cell("Country of Origin", "country-unknown", shown(&stated)),
            }
        }
        let container = self.cell("Container Number", row);
        let told = |a: &Option<(Exact, String)>| a.as_ref().map(|(v, u)| format!("{v} {u}")).unwrap_or_default();
        let line = [container, &told(&goods), &told(&weight), &told(&packages), &told(&value)].join("\u{1f}");
        let group = self.groups.entry(key).or_default();
        // The same container with the same figures says the same again.
        if !group.lines.insert(line) {
            return self.draft.repeat_row();
        }
        self.draft.take_row();
        group.origin.get_or_insert(origin);
        let first = group.count == 0;
        group.count += 1;
        for (sum, new) in group.amounts.iter_mut().chain([&mut group.value]).zip([goods, weight, packages, value]) {
            *sum = match (sum.take(), new) {
                (None, Some((v, unit))) if first => Some((Some(v), unit)),
                (Some((Some(old), unit)), Some((v, other))) if unit.to_lowercase() == other.to_lowercase() => Some((old.plus(v), unit)),
                (None, None) if first => None,
                // A line without the figure, or in another unit: no sum is told.
                (old, new) => old.or(new.map(|(v, unit)| (Some(v), unit))).map(|(_, unit)| (None, unit)),
            };
        }
        if !country.is_empty() {
            group.origins.insert(country);
        }
    }

    fn finish(mut self) {
        for (id, (origin, told)) in &self.known {
            let mut cells = vec![("node_id", id.as_str())];
            cells.extend(told.iter().map(|(column, text)| (*column, text.as_str())));
            self.draft.add_from(origin, "nodes", &cells);
        }
        for ((supplier, buyer, product), origin) in &self.links {
            let cells = [
                ("supplier_id", supplier.as_str()),
                ("buyer_id", buyer),
                ("relation", "supplies"),
                ("product", product),
                ("basis", "shipment"),
                ("source", &self.list),
            ];
            self.draft.add_from(origin, "links", &cells);
        }
        let mut bills: BTreeMap<&str, usize> = BTreeMap::new();
        for (bill, ..) in self.groups.keys() {
            *bills.entry(bill).or_default() += 1;
        }
        for ((bill, day, shipper, consignee, product), group) in &self.groups {
            let Some(origin) = &group.origin else { continue };
            let apart = if bills.get(bill.as_str()).is_some_and(|n| *n > 1) {
                format!(":{}", cells::key(&[day, &shipper.id, &consignee.id, product]))
            } else {
                String::new()
            };
            let id = format!("{}:shipment:{bill}{apart}", self.slug);
            let whole = |a: &Option<(Option<Exact>, String)>| a.as_ref().and_then(|(v, unit)| v.map(|v| (v.to_string(), unit.clone())));
            let [goods, weight, packages] = &group.amounts;
            let (quantity, unit) = whole(goods).or_else(|| whole(weight)).or_else(|| whole(packages)).unwrap_or_default();
            if quantity.is_empty() && group.amounts.iter().any(Option::is_some) {
                self.tally.count(
                    "quantity-not-summed",
                    "bills whose lines have different units or miss the figure: no quantity is kept",
                    origin.line,
                );
            }
            let (value, currency) = whole(&group.value).unwrap_or_default();
            // Lines of one bill from two countries tell none.
            let country = if group.origins.len() == 1 { group.origins.iter().next().cloned().unwrap_or_default() } else { String::new() };
            let cells = [
                ("shipment_id", id.as_str()),
                ("shipper_id", &shipper.id),
                ("consignee_id", &consignee.id),
                ("date", day),
                ("product", product),
                ("quantity", &quantity),
                ("unit", &unit),
                ("value", &value),
                ("currency", &currency),
                ("origin_country", &country),
            ];
            self.draft.add_from(origin, "shipments", &cells);
        }
        self.tally.tell(self.draft, &self.sheet.file, self.sheet.name.as_ref());
    }
}
