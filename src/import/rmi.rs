//! Reporting templates of the Responsible Minerals Initiative: Conflict Minerals (CMRT) and Extended Minerals (EMRT) workbooks.
//!
//! From `Declaration` the company and the day; from `Smelter List` the smelters and refiners, each linked to the company and scoped to it;
//! from `Mine List` (EMRT 2.0 on) the mines, linked to the smelter that the row names. Header rows are found by their words in English and
//! Chinese; where the words are others, by the order of columns, which all versions share. "Smelter not yet identified", "Unknown" and
//! "Not declaring" are unseen and counted, never a supplier; "Smelter not listed" is the name that was given by hand, without a number. The
//! share of suppliers that answered is no share of purchases: it is told in a note. Contacts, authorisers and comments are never read.
//!
//! # Source
//! RMI, CMRT 6.01 to 6.5, EMRT 1.0 to 2.1 (sheets and columns); WCO, Harmonized System 2022, for the headings of metals and ores.

use super::columns::plain;
use super::days::DayOrder;
use super::draft::{Draft, Origin, shown};
use super::parties::{Tally, identify};
use super::{ForeignFile, Importer, Mapped, Options, cells};
use crate::read::workbook::{self, CellKind, Row, Sheet, Workbook};
use crate::read::{Limits, Trouble};
use crate::schema::codes::{COLUMN_MISSING, FILE_UNREADABLE};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

static MAPPING: &[Mapped] = &[
    Mapped {
        theirs: "Declaration: Company Name",
        ours: "nodes.name, links.buyer_id, links.scope",
        remark: "kind company; --company stands before it",
    },
    Mapped { theirs: "Declaration: Effective Date", ours: "links.valid_from", remark: "" },
    Mapped { theirs: "Declaration: Declaration Scope or Class", ours: "", remark: "told in a note where it is not the whole company" },
    Mapped {
        theirs: "Declaration: share of suppliers that answered; all smelters identified",
        ours: "",
        remark: "told in notes: no share of purchases",
    },
    Mapped {
        theirs: "Smelter List: Smelter Identification|Smelter Identification Number Input Column",
        ours: "identifiers.value",
        remark: "scheme cid, form tested; the node's id where it holds",
    },
    Mapped {
        theirs: "Smelter List: Metal",
        ours: "nodes.kind, nodes.product, links.product",
        remark: "smelter, refinery or facility, and HS heading by metal",
    },
    Mapped {
        theirs: "Smelter List: Smelter Name|Smelter Look-up",
        ours: "nodes.name",
        remark: "Smelter not yet identified, Unknown, Not declaring: unseen, counted; Smelter not listed: the name given by hand",
    },
    Mapped { theirs: "Smelter List: Smelter Country", ours: "nodes.country", remark: "" },
    Mapped { theirs: "Smelter List: Smelter Street, City, State / Province", ours: "nodes.address, nodes.city", remark: "" },
    Mapped { theirs: "Smelter List: 100% recycled or scrap", ours: "", remark: "counted in a note: no mine stands behind it" },
    Mapped { theirs: "Mine List: Mine Name, Country, Street, City", ours: "nodes", remark: "kind mine, HS heading of the ore" },
    Mapped {
        theirs: "Mine List: Mine Identification",
        ours: "identifiers",
        remark: "scheme cid where it has that form, else mine:<source>",
    },
    Mapped {
        theirs: "Mine List: name of the smelter",
        ours: "links.buyer_id",
        remark: "the smelter of that name or number in Smelter List; else the mine is listed by the company (relation lists)",
    },
    Mapped {
        theirs: "contacts, e-mails, telephones, authorisers, next steps, comments, names of mines in Smelter List",
        ours: "",
        remark: "never read",
    },
    Mapped {
        theirs: "Instructions, Revision, Definitions, Checker, Product List, Smelter Look-up",
        ours: "",
        remark: "sheets that are not read",
    },
];

pub static CMRT: Importer = Importer {
    name: "cmrt",
    about: "Conflict Minerals Reporting Template (workbook): smelters and refiners of tantalum, tin, gold, tungsten",
    source: "Responsible Minerals Initiative, CMRT 6.x",
    mapping: MAPPING,
    run,
};

pub static EMRT: Importer = Importer {
    name: "emrt",
    about: "Extended Minerals Reporting Template (workbook): smelters, processors and mines of cobalt, mica, copper, graphite, lithium, nickel",
    source: "Responsible Minerals Initiative, EMRT 1.x and 2.x",
    mapping: MAPPING,
    run,
};

/// A metal: its words, what makes it, the heading of what is made and of its ore.
struct Metal {
    words: &'static [&'static str],
    kind: &'static str,
    made: &'static str,
    ore: &'static str,
}

/// Headings of the Harmonized System 2022. What is made of lithium ores stands in several headings of chapter 28.
const METALS: &[Metal] = &[
    Metal { words: &["gold", "金", "or", "oro", "ouro", "금"], kind: "refinery", made: "7108", ore: "2616" },
    Metal {
        words: &["tin", "锡", "錫", "zinn", "etain", "étain", "estaño", "estanho", "스즈", "주석"],
        kind: "smelter",
        made: "8001",
        ore: "2609",
    },
    Metal {
        words: &["tantalum", "钽", "鉭", "タンタル", "tantal", "tantale", "tantalio", "tántalo", "tântalo", "탄탈륨"],
        kind: "smelter",
        made: "8103",
        ore: "2615",
    },
    Metal {
        words: &[
            "tungsten",
            "钨",
            "鎢",
            "タングステン",
            "wolfram",
            "tungstene",
            "tungstène",
            "tungsteno",
            "wolframio",
            "tungstênio",
            "텅스텐",
        ],
        kind: "smelter",
        made: "8101",
        ore: "2611",
    },
    Metal { words: &["cobalt", "钴", "コバルト", "kobalt", "cobalto"], kind: "refinery", made: "8105", ore: "2605" },
    Metal { words: &["copper", "铜", "銅", "kupfer", "cuivre", "cobre"], kind: "smelter", made: "7403", ore: "2603" },
    Metal { words: &["nickel", "镍", "ニッケル", "níquel", "niquel"], kind: "smelter", made: "7502", ore: "2604" },
    Metal {
        words: &["graphite", "natural graphite", "graphite (natural)", "石墨", "黒鉛", "graphit", "grafito", "grafite"],
        kind: "refinery",
        made: "2504",
        ore: "2504",
    },
    Metal { words: &["lithium", "锂", "リチウム", "litio", "lítio"], kind: "refinery", made: "28", ore: "2530" },
    Metal { words: &["mica", "云母", "天然云母", "マイカ", "glimmer"], kind: "facility", made: "2525", ore: "2525" },
];

fn metal(text: &str) -> Option<&'static Metal> {
    let folded = crate::mapping::fold(text);
    let bare = folded.split(['*', '(', '（']).next().unwrap_or("").trim();
    METALS.iter().find(|m| m.words.contains(&bare) || m.words.contains(&folded.as_str()))
}

/// Texts in a smelter's place that name none.
const UNSEEN: &[&str] = &[
    "smelternotyetidentified",
    "notyetidentified",
    "unknown",
    "notdeclaring",
    "notapplicable",
    "notapplicableforthisdeclaration",
    "na",
    "none",
    "tbd",
    "冶炼厂尚未识别",
    "冶炼厂尚未确定",
    "未知",
    "不明",
    "unbekannt",
    "inconnu",
    "desconocido",
    "desconhecido",
];
const NOT_LISTED: &[&str] = &["smelternotlisted", "notlisted", "冶炼厂未列出", "冶炼厂未列入"];

fn unseen(text: &str) -> bool {
    UNSEEN.contains(&plain(text).as_str()) || text.chars().all(|c| !c.is_alphanumeric())
}

/// A column by the words of its header, and its place in the order that all versions share.
struct Field {
    name: &'static str,
    words: &'static [&'static str],
    place: u32,
}

const fn field(name: &'static str, words: &'static [&'static str], place: u32) -> Field {
    Field { name, words, place }
}

const SMELTERS: &[Field] = &[
    field("input", &["smelteridentificationnumberinputcolumn", "冶炼厂识别号码输入列"], 1),
    field("metal", &["metal", "metals", "金属", "metall", "métal", "metais"], 2),
    field("lookup", &["smelterlookup", "smelterreferencelist", "冶炼厂查找"], 3),
    field("name", &["smeltername", "standardsmeltername", "standardsmelternames", "冶炼厂名称"], 4),
    field("country", &["smeltercountry", "smelterfacilitylocationcountry", "冶炼厂所在国家或地区", "冶炼工厂地址国家"], 5),
    field("id", &["smelteridentification", "smelterid", "smelteridentificationnumber", "冶炼厂识别"], 6),
    field("source", &["sourceofsmelteridentificationnumber", "冶炼厂出处识别号"], 7),
    field("street", &["smelterstreet", "冶炼厂所在街道", "冶炼工厂地址街道"], 8),
    field("city", &["smeltercity", "冶炼厂所在城市", "冶炼工厂地址城市"], 9),
    field("state", &["smelterfacilitylocationstateprovince", "smelterstateprovince", "冶炼厂地址州省", "冶炼工厂地址州省"], 10),
];

const MINES: &[Field] = &[
    field("metal", &["metal", "金属", "metall", "métal"], 1),
    field(
        "smelter",
        &[
            "smeltersourcingfromthismine",
            "nameofsmeltersourcingfromthismine",
            "nameofsmelterwhosourcesfromthismine",
            "smeltername",
            "从该矿厂采购的冶炼厂的名称",
        ],
        2,
    ),
    field("name", &["minename", "minequarryname", "mineorquarryname", "nameofmine", "矿厂矿场名称", "矿厂名称"], 3),
    field("id", &["mineidentification", "mineid", "mineidentificationnumber", "mineidentificationegcid", "矿厂识别例如cid", "矿厂识别"], 4),
    field("source", &["sourceofmineidentificationnumber", "idsource", "sourceofmineid", "mineidsource", "冶炼厂出处识别号"], 5),
    field("country", &["minecountry", "minefacilitylocationcountry", "minelocationcountry", "country", "矿厂所在国家或地区"], 6),
    field("street", &["minestreet", "street", "矿厂所在街道"], 7),
    field("city", &["minecity", "city", "矿厂所在城市"], 8),
];

fn heading(text: &str) -> String {
    plain(&text.replace("(1)", "").replace("(*)", "").replace("（1）", ""))
}

/// Where the columns of a list stand.
struct Header {
    row: u32,
    at: BTreeMap<&'static str, u32>,
    recycled: Option<u32>,
    by_place: bool,
}

/// The first row of the top thirty that has three known words, one of them the metal; else one whose metal stands in its place.
fn header(sheet: &Sheet, fields: &'static [Field]) -> Option<Header> {
    let metal_at = fields.iter().find(|f| f.name == "metal")?;
    for by_place in [false, true] {
        for row in sheet.rows().take_while(|r| r.number <= 30) {
            let mut at = BTreeMap::new();
            let mut recycled = None;
            for cell in row.cells() {
                let words = heading(cell.text);
                if words.contains("100percent") {
                    recycled = Some(cell.column);
                }
                if let Some(f) = fields.iter().find(|f| f.words.contains(&words.as_str())) {
                    at.entry(f.name).or_insert(cell.column);
                }
            }
            if !by_place && at.len() >= 3 && at.contains_key("metal") && (at.contains_key("name") || at.contains_key("lookup")) {
                return Some(Header { row: row.number, at, recycled, by_place });
            }
            if by_place && row.filled() >= 5 && row.cell(metal_at.place).is_some_and(|c| metal_at.words.contains(&heading(c.text).as_str()))
            {
                return Some(Header { row: row.number, at: fields.iter().map(|f| (f.name, f.place)).collect(), recycled, by_place });
            }
        }
    }
    None
}

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let book = workbook::open(&file.path, &Limits::default())?;
    import(&book, file, options, draft)?;
    draft.finish();
    Ok(())
}

fn sheet_of<'b>(book: &'b Workbook, names: &[&str]) -> Option<&'b Arc<Sheet>> {
    names.iter().find_map(|n| book.sheet(n))
}

fn import(book: &Workbook, file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let Some(smelters) = sheet_of(book, &[options.sheet.as_deref().unwrap_or("Smelter List"), "Smelter List", "Smelter list"]) else {
        return Err(Trouble::file(&FILE_UNREADABLE, "no sheet Smelter List; is it a template of the Responsible Minerals Initiative?"));
    };
    let Some(found) = header(smelters, SMELTERS) else {
        return Err(Trouble::file(&COLUMN_MISSING, format!("no header with Metal and Smelter Name in sheet {}", smelters.name)));
    };
    let declaration = sheet_of(book, &["Declaration"]).map(|s| Declaration::of(s)).unwrap_or_default();
    let name = options.company.clone().or(declaration.company.clone()).filter(|n| !unseen(n));
    let Some(company) = name else {
        return Err(Trouble::file(&COLUMN_MISSING, "no company name in sheet Declaration; say it with --company"));
    };
    let list = options.list.clone().unwrap_or_else(|| format!("{} {company}", file.stem()));
    let slug = cells::slug(&options.list.clone().unwrap_or_else(|| company.clone()));
    let slug = if slug.is_empty() { cells::key(&[&company]) } else { slug };
    let company_id = format!("{slug}:company:{}", cells::key(&[&company]));
    for note in declaration.notes() {
        draft.notes.insert(format!("{}: {note}", file.name));
    }
    let from = declaration.date.clone().or(options.as_of.map(|d| d.to_string())).unwrap_or_default();
    let mut lists = Lists {
        options,
        draft,
        file: file.name.clone(),
        slug,
        list,
        company,
        company_id,
        from,
        smelters: Vec::new(),
        tally: Tally::default(),
    };
    lists.smelters(smelters, &found);
    if let Some(mines) = sheet_of(book, &["Mine List"])
        && let Some(found) = header(mines, MINES)
    {
        lists.mines(mines, &found);
    }
    Ok(())
}

// Declaration

#[derive(Default)]
struct Declaration {
    company: Option<String>,
    date: Option<String>,
    scope: Option<String>,
    /// Question in short, metal, answer.
    answers: Vec<(&'static str, String, String)>,
}

const COMPANY: &[&str] = &[
    "companyname",
    "公司名称",
    "会社名",
    "unternehmensname",
    "namedesunternehmens",
    "nomdelentreprise",
    "nomdelasociété",
    "nombredelaempresa",
    "nombredelacompañía",
    "nomedaempresa",
];
const EFFECTIVE: &[&str] = &[
    "effectivedate",
    "生效日期",
    "授权日期",
    "発効日",
    "gültigkeitsdatum",
    "datedentréeenvigueur",
    "fechaefectiva",
    "fechadeentradaenvigor",
    "dataefetiva",
];
const SCOPE: &[&str] = &["declarationscopeorclass", "declarationscope", "申报范围或种类"];
/// Answers that mean the whole company.
const WHOLE: &[&str] = &["company", "acompany", "公司", "公司级别", "unternehmen", "entreprise", "empresa"];

impl Declaration {
    fn of(sheet: &Sheet) -> Self {
        let mut told = Self::default();
        let mut question = None;
        for row in sheet.rows() {
            let mut filled = row.cells().filter(|c| c.kind != CellKind::Error);
            let Some(label) = filled.next() else { continue };
            let words = heading(label.text);
            // Only what stands beside a known label is looked at: contacts stand beside others.
            let beside = || {
                row.cells().filter(|c| c.column > label.column && c.kind != CellKind::Error).map(|c| c.text.trim()).find(|t| !t.is_empty())
            };
            let is = |labels: &[&str]| labels.contains(&words.as_str());
            if is(COMPANY) {
                told.company = told.company.or(beside().map(str::to_owned));
            } else if is(EFFECTIVE) {
                told.date = told.date.or(beside().and_then(|t| DayOrder::Untold.day(t).ok()).map(|d| d.to_string()));
            } else if is(SCOPE) {
                told.scope = told.scope.or(beside().map(str::to_owned));
            } else if label.text.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
                question = if words.contains("percentage") && words.contains("suppliers") {
                    Some("suppliers that answered")
                } else if words.contains("identifiedallofthesmelters") || words.contains("identifiedallthesmelters") {
                    Some("all smelters identified")
                } else {
                    None
                };
            } else if let (Some(question), Some(_), Some(answer)) = (question, metal(label.text), beside()) {
                let metal: String = label.text.chars().take_while(|c| !matches!(c, '(' | '*')).collect();
                told.answers.push((question, metal.trim().to_lowercase(), of_the_template(answer)));
            }
        }
        told
    }

    fn notes(&self) -> Vec<String> {
        let scope = self
            .scope
            .iter()
            .filter(|s| !WHOLE.contains(&plain(s).as_str()))
            .map(|s| format!("the declaration is for a part of the company alone: {}", of_the_template(s)));
        let answers = self.answers.iter().map(|(question, metal, answer)| format!("{metal}: {question}: {answer}"));
        scope.chain(answers).collect()
    }
}

// Lists

struct Smelter {
    id: String,
    words: BTreeSet<String>,
    made: &'static str,
}

struct Lists<'l, 'o> {
    options: &'l Options<'o>,
    draft: &'l mut Draft,
    file: Arc<str>,
    slug: String,
    list: String,
    company: String,
    company_id: String,
    from: String,
    smelters: Vec<Smelter>,
    tally: Tally,
}

impl Lists<'_, '_> {
    /// The text of a column; an error cell is refused and blank.
    fn text(&mut self, row: Row<'_>, found: &Header, name: &'static str) -> String {
        let Some(cell) = found.at.get(name).and_then(|at| row.cell(*at)) else { return String::new() };
        if cell.kind == CellKind::Error {
            self.draft.refuse_cell(name, "cell-error", shown(cell.text));
            return String::new();
        }
        // Formulas of the template leave zeros and lines of signs.
        let text = cell.text.trim();
        if text == "0" || text.starts_with("Enter smelter details") { String::new() } else { text.to_owned() }
    }

    fn country(&mut self, text: &str) -> String {
        match cells::country(text, self.options.reference) {
            Some(code) => code.to_string(),
            None => {
                if !unseen(text) {
                    self.draft.refuse_cell("country", "country-unknown", shown(text));
                }
                String::new()
            }
        }
    }

    fn begin(&mut self, sheet: &Sheet, line: u32) {
        self.draft.begin(&Origin { file: self.file.clone(), sheet: Some(sheet.name.clone()), line });
    }

    fn leave_columns(&mut self, sheet: &Sheet, found: &Header) {
        for row in sheet.rows().filter(|r| r.number == found.row) {
            for cell in row.cells().filter(|c| !found.at.values().any(|at| *at == c.column) && found.recycled != Some(c.column)) {
                self.draft.column_left(&self.file, Some(&sheet.name), &cell.text.chars().take(60).collect::<String>(), "");
            }
        }
        if found.by_place {
            let note =
                format!("{}: the header of sheet {} is in another language: its columns are read by their order", self.file, sheet.name);
            self.draft.notes.insert(note);
        }
    }

    fn smelters(&mut self, sheet: &Arc<Sheet>, found: &Header) {
        self.leave_columns(sheet, found);
        for row in sheet.rows().filter(|r| r.number > found.row) {
            let any = |name: &str| found.at.get(name).and_then(|at| row.cell(*at)).is_some_and(|c| !matches!(c.text.trim(), "" | "0"));
            if ["input", "metal", "lookup", "name"].iter().any(|n| any(n)) {
                self.begin(sheet, row.number);
                self.smelter(row, found);
            }
        }
        std::mem::take(&mut self.tally).tell(self.draft, &self.file, Some(&sheet.name));
    }

    fn smelter(&mut self, row: Row<'_>, found: &Header) {
        let [lookup, given, metal_text] = ["lookup", "name", "metal"].map(|n| self.text(row, found, n));
        let listed = !NOT_LISTED.contains(&plain(&lookup).as_str());
        let mut stated: Vec<String> = Vec::new();
        for column in ["id", "input"] {
            let id = self.text(row, found, column);
            if !unseen(&id) && !stated.contains(&id) {
                stated.push(id);
            }
        }
        let name = if !given.is_empty() && !NOT_LISTED.contains(&plain(&given).as_str()) {
            &given
        } else if listed {
            &lookup
        } else {
            &given
        };
        if (!lookup.is_empty() && unseen(&lookup)) || (unseen(name) && (stated.is_empty() || !name.is_empty())) {
            self.tally.count("smelters-unseen", "rows of smelters that are not identified or not declared: unseen", row.number);
            let found = shown(if lookup.is_empty() { name } else { &lookup });
            return self.draft.pass_row(Some("lookup"), "smelter-not-identified", found);
        }
        let Some(metal) = metal(&metal_text) else {
            return self.draft.refuse_row(Some("metal"), "metal-unknown", shown(&metal_text));
        };
        let country_text = self.text(row, found, "country");
        let country = self.country(&country_text);
        let source = self.text(row, found, "source");
        let mut valid: Vec<String> = Vec::new();
        let mut identifiers = Vec::new();
        for id in &stated {
            let bare = id.trim().to_uppercase();
            if crate::base::identifiers::cid_holds(&bare) {
                if !valid.contains(&bare) {
                    valid.push(bare.clone());
                    identifiers.push(("id".to_owned(), "cid".to_owned(), bare));
                }
            } else if source.is_empty() || plain(&source).contains("rmi") || bare.starts_with("CID") {
                self.draft.refuse_cell("id", "cid-form", shown(id));
            } else {
                identifiers.push(("id".to_owned(), format!("smelter:{}", cells::slug(&source)), id.clone()));
            }
        }
        let key = match valid.as_slice() {
            [one] => one.clone(),
            [] => cells::key(&[name, &country, metal.made]),
            _ => return self.draft.refuse_row(Some("id"), "cid-differs", shown(&valid.join(", "))),
        };
        let name = if name.is_empty() { key.clone() } else { name.clone() };
        let id = format!("{}:smelter:{key}", self.slug);
        let (street, state, city) = (self.text(row, found, "street"), self.text(row, found, "state"), self.text(row, found, "city"));
        let address: Vec<&str> = [street.as_str(), &state].into_iter().filter(|t| !unseen(t)).collect();
        let address = address.join(", ");
        let cells = [
            ("node_id", id.as_str()),
            ("name", &name),
            ("kind", metal.kind),
            ("country", &country),
            ("city", if unseen(&city) { "" } else { &city }),
            ("address", &address),
            ("product", metal.made),
        ];
        self.draft.add("nodes", &cells);
        identify(self.draft, &id, &identifiers, &self.list);
        if listed && !lookup.is_empty() && crate::mapping::fold(&lookup) != crate::mapping::fold(&name) && !unseen(&lookup) {
            self.draft.add("aliases", &[("node_id", &id), ("name", &lookup), ("source", &self.list)]);
        }
        self.declarant();
        self.link(&id, &self.company_id.clone(), "supplies", metal.made);
        let recycled = found
            .recycled
            .and_then(|at| row.cell(at))
            .is_some_and(|c| matches!(plain(c.text).as_str(), "yes" | "是" | "ja" | "oui" | "sí" | "si" | "sim" | "はい"));
        if recycled {
            self.tally.count(
                "recycled",
                "smelters that feed on recycled material or scrap alone, as declared: no mine stands behind them",
                row.number,
            );
        }
        let words = [name, lookup, key].iter().map(|t| crate::mapping::fold(t)).filter(|t| !t.is_empty()).collect();
        self.smelters.push(Smelter { id, words, made: metal.made });
    }

    fn declarant(&mut self) {
        let (id, name) = (self.company_id.clone(), self.company.clone());
        if self.draft.known("nodes", &[&id], "kind").is_none() {
            self.draft.add("nodes", &[("node_id", &id), ("name", &name), ("kind", "company")]);
        }
    }

    fn link(&mut self, supplier: &str, buyer: &str, relation: &str, product: &str) {
        let cells = [
            ("supplier_id", supplier),
            ("buyer_id", buyer),
            ("relation", relation),
            ("product", product),
            ("valid_from", &self.from),
            ("basis", "declared"),
            ("scope", &self.company_id),
            ("source", &self.list),
        ];
        self.draft.add("links", &cells);
    }

    fn mines(&mut self, sheet: &Arc<Sheet>, found: &Header) {
        self.leave_columns(sheet, found);
        for row in sheet.rows().filter(|r| r.number > found.row) {
            let any = |name: &str| found.at.get(name).and_then(|at| row.cell(*at)).is_some_and(|c| !matches!(c.text.trim(), "" | "0"));
            if ["metal", "smelter", "name"].iter().any(|n| any(n)) {
                self.begin(sheet, row.number);
                self.mine(row, found);
            }
        }
        std::mem::take(&mut self.tally).tell(self.draft, &self.file, Some(&sheet.name));
    }

    fn mine(&mut self, row: Row<'_>, found: &Header) {
        let [name, smelter, metal_text] = ["name", "smelter", "metal"].map(|n| self.text(row, found, n));
        if unseen(&name) {
            self.tally.count("mines-unseen", "rows of mines without a name: unseen", row.number);
            return self.draft.pass_row(Some("name"), "mine-not-identified", shown(&name));
        }
        if matches!(plain(&name).as_str(), "recycled" | "scrap" | "recycledorscrap" | "recycledscrap" | "回收" | "报废") {
            return self.draft.pass_row(Some("name"), "recycled", "recycled material or scrap: no mine");
        }
        let Some(metal) = metal(&metal_text) else {
            return self.draft.refuse_row(Some("metal"), "metal-unknown", shown(&metal_text));
        };
        let country_text = self.text(row, found, "country");
        let country = self.country(&country_text);
        let id = format!("{}:mine:{}", self.slug, cells::key(&[&name, &country]));
        let (street, city) = (self.text(row, found, "street"), self.text(row, found, "city"));
        let cells = [
            ("node_id", id.as_str()),
            ("name", &name),
            ("kind", "mine"),
            ("country", &country),
            ("city", if unseen(&city) { "" } else { &city }),
            ("address", if unseen(&street) { "" } else { &street }),
            ("product", metal.ore),
        ];
        self.draft.add("nodes", &cells);
        let (number, source) = (self.text(row, found, "id"), self.text(row, found, "source"));
        if !unseen(&number) {
            let bare = number.to_uppercase();
            let scheme =
                if crate::base::identifiers::cid_holds(&bare) { "cid".to_owned() } else { format!("mine:{}", cells::slug(&source)) };
            if scheme == "mine:" {
                self.draft.refuse_cell("id", "identifier-without-scheme", shown(&number));
            } else {
                identify(self.draft, &id, &[("id".to_owned(), scheme, number)], &self.list);
            }
        }
        self.declarant();
        let wanted = crate::mapping::fold(&smelter);
        let of_metal = self.smelters.iter().filter(|s| s.made == metal.made && s.words.contains(&wanted));
        let ids: BTreeSet<String> = of_metal.map(|s| s.id.clone()).collect();
        let mut ids = ids.into_iter();
        match (ids.next(), ids.next()) {
            (Some(one), None) => self.link(&id, &one, "supplies", metal.ore),
            (several, _) => {
                let reason = if several.is_some() { "smelter-several" } else { "smelter-not-in-list" };
                if !unseen(&smelter) {
                    self.draft.refuse_cell("smelter", reason, shown(&smelter));
                }
                self.link(&id, &self.company_id.clone(), "lists", metal.ore);
            }
        }
    }
}

/// Answers that the template itself offers, as they are compared.
const OFFERED: [&str; 15] = [
    "yes",
    "no",
    "unknown",
    "notdeclaring",
    "none",
    "didnotsurvey",
    "notapplicable",
    "100percent",
    "greaterthan90percent",
    "greaterthan75percent",
    "greaterthan50percent",
    "50percentorless",
    "bproductorlistofproducts",
    "cuserdefined",
    "cuserdefinedspecifyindescriptionofscope",
];

/// An answer that the template offers as it stands; any other text by its length.
fn of_the_template(answer: &str) -> String {
    if OFFERED.contains(&plain(answer).as_str()) { answer.trim().to_owned() } else { shown(answer) }
}
