//! Audit exports as tables: SMETA from Sedex, SLCP assessments, and others by their column names or `--column OURS=THEIRS`.
//!
//! A row is an audit, or a finding with its audit's columns beside it. A finding becomes a sign only where its title says one outright
//! (`audit_issues.toml`); other titles are told, never guessed. Of SLCP assessments only verified or finalised ones count. Root causes,
//! evidence, comments and corrective actions are free text and never read; nor are auditors' or managers' names.
//!
//! # Source
//! Sedex, SMETA 6.1 and 7.0 (report and corrective action plan report: references ZS, ZC, pillars, announcement); SLCP, Converged
//! Assessment Framework and Gateway statuses.

use super::days::DayOrder;
use super::draft::{Draft, Origin, shown};
use super::file::tables_told;
use super::names::{Named, named};
use super::parties::Tally;
use super::{Columns, ForeignFile, Importer, Mapped, Options, Sheet, cells};
use crate::read::Trouble;
use crate::schema::codes::COLUMN_MISSING;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const AUDIT: &str = "Audit Reference";
const SITE: &str = "Site Reference";
const SITE_NAME: &str = "Site Name";
const DATE: &str = "Audit End Date";
const CLOSED: &str = "Closure Date";
const TITLE: &str = "Issue Title";

static MAPPING: &[Mapped] = &[
    Mapped {
        theirs: "Audit Reference|Audit Ref|Audit Reference Number|Sedex Audit Reference|Audit ID|Audit Number|Audit Code|Assessment ID|Assessment Reference|ASID|Assessment Number",
        ours: "audits.audit_id",
        remark: "with the list before it; without it the site and the day",
    },
    Mapped {
        theirs: "Site Reference|Sedex Site Reference|Site Reference Number|Site Ref|ZS Number|ZS Code|ZS|Site ZS|Site Code|Site ID|Facility ID|SLCP Facility ID|Facility Code",
        ours: "nodes.node_id, identifiers",
        remark: "scheme sedex for ZS..., slcp in SLCP exports; else the id alone",
    },
    Mapped {
        theirs: "Site Name|Employment Site Name|Name of Site|Supplier Site Name|Facility Name|Factory Name|Facility|Site",
        ours: "nodes.name",
        remark: "kind facility",
    },
    Mapped {
        theirs: "Business Reference|Company Reference|Sedex Company Reference|Business Ref|ZC Number|ZC Code|ZC|Company ZC|Business ZC",
        ours: "nodes.parent_id, identifiers",
        remark: "scheme sedex; kind company",
    },
    Mapped {
        theirs: "Business Name|Company Name|Supplier Name|Supplier|Parent Company|Business",
        ours: "nodes.name",
        remark: "kind company, where a business reference or this name stands",
    },
    Mapped { theirs: "Site Address|Address|Facility Address|Street Address", ours: "nodes.address", remark: "" },
    Mapped { theirs: "City|Site City|Town", ours: "nodes.city", remark: "" },
    Mapped { theirs: "Country|Site Country|Country of Site|Facility Country", ours: "nodes.country", remark: "" },
    Mapped {
        theirs: "Audit Company|Audit Company Name|Auditing Company|Audit Firm|Audit Body|Affiliate Audit Company|Verifier Body|Verification Body|VB Name",
        ours: "audits.auditor",
        remark: "a firm alone; a name that may be a person's is not kept",
    },
    Mapped {
        theirs: "Audit End Date|Date of Audit|Audit Date|Audit Date (End)|End Date|Verification Date|Verification End Date|Assessment Date|Date",
        ours: "audits.date",
        remark: "the last day; the columns decide whether the month stands first; --column date_order=mdy or =dmy",
    },
    Mapped { theirs: "Audit Start Date|Start Date|Audit Date (Start)", ours: "audits.date", remark: "where there is no last day" },
    Mapped {
        theirs: "Announcement|Audit Announcement|Announcement Type|Audit Announcement Type|Announced|Notification|Audit Notification",
        ours: "audits.announcement",
        remark: "announced, semi-announced, unannounced",
    },
    Mapped {
        theirs: "Audit Type|Audit Scheme|Scheme|Standard|Audit Standard|Audit Methodology|Methodology|Programme|Program|Assessment Type",
        ours: "audits.scheme",
        remark: "to the pack's scheme by its words",
    },
    Mapped {
        theirs: "Pillars|Audit Pillars|Number of Pillars|Pillar|SMETA Pillars",
        ours: "audits.scheme",
        remark: "2 or 4 pillars of SMETA",
    },
    Mapped {
        theirs: "Assessment Status|Verification Status|SLCP Status",
        ours: "",
        remark: "verified and finalised count; others are passed over with their status",
    },
    Mapped {
        theirs: "Interviews Onsite|Workers Interviewed|Number of Workers Interviewed|Total Workers Interviewed|No of Workers Interviewed|Worker Interviews",
        ours: "audits.interviews_onsite",
        remark: "",
    },
    Mapped { theirs: "Interviews Offsite|Offsite Interviews|Workers Interviewed Offsite", ours: "audits.interviews_offsite", remark: "" },
    Mapped {
        theirs: "Union Present|Worker Representative Present|Union Representative Present|Worker Representatives Involved",
        ours: "audits.union_present",
        remark: "yes or no",
    },
    Mapped {
        theirs: "Total Workers|Number of Workers|Workers|Total Employees|Number of Employees|Total Number of Workers",
        ours: "nodes.workers",
        remark: "a range to workers_low and workers_high",
    },
    Mapped {
        theirs: "Issue Title|Finding Title|Non-Compliance Title|Issue|Finding|Non-Compliance|Non-Conformity|NC Title|Title",
        ours: "audit_findings.sign",
        remark: "where the title says a sign outright (audit_issues.toml), result seen; other titles are told",
    },
    Mapped {
        theirs: "Finding Type|Issue Type|Type of Finding|Finding Category|Classification",
        ours: "",
        remark: "observations and good examples are no findings: passed over",
    },
    Mapped {
        theirs: "Finding Status|Status|Issue Status|NC Status|CAP Status|Non-Compliance Status",
        ours: "audit_findings.status",
        remark: "open or closed; rejected where it was withdrawn",
    },
    Mapped {
        theirs: "Closure Date|Date Closed|Closed Date|Closed On|Verified Closed Date|Date of Closure",
        ours: "audit_findings.closed_on",
        remark: "",
    },
    Mapped { theirs: "Question Number|Question No|Question ID|Question", ours: "", remark: "left out: no answer is mapped" },
    Mapped {
        theirs: "Answer|Response|Corrected Answer|Verification Selection|Verified Data",
        ours: "",
        remark: "left out: no answer is mapped",
    },
    Mapped {
        theirs: "Finding Number|Finding No|Issue Number|NC Number|Finding Reference",
        ours: "",
        remark: "left out: the audit and the title tell",
    },
    Mapped {
        theirs: "Severity|Issue Severity|Finding Severity|Criticality",
        ours: "",
        remark: "left out: severity is assessed by scale, scope and irremediability",
    },
    Mapped {
        theirs: "Requirement Code|Clause|Code Area|Workplace Requirement|ETI Clause|Requirement",
        ours: "",
        remark: "left out: a clause is no sign",
    },
    Mapped { theirs: "Root Cause|Root Cause Analysis", ours: "", remark: "left out: free text" },
    Mapped { theirs: "Evidence|Objective Evidence|Evidence Description", ours: "", remark: "left out: free text" },
    Mapped { theirs: "Corrective Action|Corrective Action Plan|Preventive Action|Action Taken", ours: "", remark: "left out: free text" },
    Mapped {
        theirs: "Description|Issue Description|Finding Description|Details|Details of Non-Compliance|Verifier Note",
        ours: "",
        remark: "left out: free text",
    },
];

pub static AUDITS: Importer = Importer {
    name: "audits",
    about: "audit exports as tables: SMETA (Sedex), SLCP and others by their columns: sites, visits, findings by title",
    source: "Sedex SMETA 6.1 and 7.0 reports; SLCP Gateway exports",
    mapping: MAPPING,
    run,
};

#[derive(serde::Deserialize)]
struct Issues {
    unless: Vec<String>,
    issue: Vec<Issue>,
}

#[derive(serde::Deserialize)]
struct Issue {
    sign: String,
    phrases: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default)]
    of_absence: bool,
}

static ISSUES: LazyLock<Issues> =
    LazyLock::new(|| toml::from_str(include_str!("audit_issues.toml")).unwrap_or(Issues { unless: Vec::new(), issue: Vec::new() }));

/// A title is told in its words from so many rows at so many sites, up to so many characters.
const TITLE_ROWS: u64 = 5;
const TITLE_SITES: usize = 2;
const TITLE_LONGEST: usize = 160;

/// The signs that the table of titles can give.
pub fn signs_of_titles() -> impl Iterator<Item = &'static str> {
    ISSUES.issue.iter().map(|i| i.sign.as_str())
}

/// Words with one blank around each.
fn spaced(text: &str) -> String {
    let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    format!(" {} ", words.join(" "))
}

/// The signs that a title says outright.
pub fn signs_of(title: &str) -> Vec<&'static str> {
    let title = spaced(title);
    let holds = |phrase: &String| title.contains(&spaced(phrase));
    let about_paper = ISSUES.unless.iter().any(holds);
    let mut signs: Vec<&str> = ISSUES
        .issue
        .iter()
        .filter(|i| i.phrases.iter().any(holds) && !i.except.iter().any(holds) && (i.of_absence || !about_paper))
        .map(|i| i.sign.as_str())
        .collect();
    signs.sort_unstable();
    signs.dedup();
    signs
}

/// The pack's id of a scheme by the words of a cell; other texts stay as they are.
fn scheme_of(text: &str, pillars: &str) -> String {
    let words = spaced(text);
    let has = |w: &str| words.contains(&format!(" {w} "));
    let four = |t: &str| {
        t.contains(" 4 ") || t.contains(" 4p ") || t.contains(" four ") || t.contains(" environment ") || t.contains(" business ethics ")
    };
    if has("smeta") || (has("sedex") && !has("saq")) || (words == "  " && !pillars.is_empty()) {
        // Labour and health and safety stand in every SMETA audit; the other two only where told.
        return if four(&words) || four(&spaced(pillars)) { "smeta_4_pillar" } else { "smeta_2_pillar" }.to_owned();
    }
    for (word, id) in [
        ("slcp", "slcp"),
        ("caf", "slcp"),
        ("bsci", "amfori_bsci"),
        ("sa8000", "sa8000"),
        ("wrap", "wrap"),
        ("rba", "rba_vap"),
        ("vap", "rba_vap"),
        ("fla", "fla"),
        ("eti", "eti_base_code"),
        ("rspo", "rspo"),
        ("gots", "gots"),
        ("fairtrade", "fairtrade"),
    ] {
        if has(word) {
            return id.to_owned();
        }
    }
    if has("better") && has("work") { "better_work".to_owned() } else { text.to_owned() }
}

fn announcement_of(text: &str) -> Option<&'static str> {
    let plain = super::columns::plain(text);
    match plain.as_str() {
        "announced" | "fullyannounced" | "yes" => Some("announced"),
        "semiannounced" | "semi" | "window" => Some("semi_announced"),
        "unannounced" | "notannounced" | "no" => Some("unannounced"),
        _ if plain.starts_with("semi") => Some("semi_announced"),
        _ if plain.starts_with("unannounced") => Some("unannounced"),
        _ if plain.starts_with("announced") => Some("announced"),
        _ => None,
    }
}

fn status_of(text: &str) -> Option<&'static str> {
    match super::columns::plain(text).as_str() {
        "open" | "new" | "ongoing" | "inprogress" | "pending" | "carriedover" | "overdue" | "notverified" => Some("open"),
        "closed" | "verifiedandclosed" | "verifiedclosed" | "closedverified" | "verified" | "resolved" | "completed" | "corrected" => {
            Some("closed")
        }
        "rejected" | "withdrawn" | "disputedandremoved" | "invalid" => Some("rejected"),
        _ => None,
    }
}

/// Statuses of SLCP assessments that count, in words and as the Gateway's codes.
const VERIFIED: &[&str] = &[
    "verificationcompleted",
    "verificationcomplete",
    "verified",
    "finalised",
    "finalized",
    "verificationfinalised",
    "verificationfinalized",
    "vrc",
    "vrf",
];

fn run(file: &ForeignFile, options: &Options<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let (stated, own) = DayOrder::stated(options)?;
    for mut sheet in tables_told(file, &own, draft)? {
        sheet.find_header(|h| super::columns::is_known(MAPPING, h));
        let columns = Columns::of(&sheet, &own, MAPPING)?;
        if !columns.has(SITE) && !columns.has(SITE_NAME) {
            let found = "no column for the site; name it with --column node_id=\"Their Column\" or --column name=\"Their Column\"";
            return Err(Trouble { code: &COLUMN_MISSING, line: 1, column: Some(SITE.to_owned()), found: found.to_owned() });
        }
        let order = DayOrder::of_sheet(&sheet, &columns, &[DATE, "Audit Start Date", CLOSED], stated)?;
        columns.note_left(&sheet, draft);
        draft.shapeless(&sheet.file, sheet.name.as_ref(), &sheet.raw);
        let slug = own.list_slug(file);
        let mut reader = Reader {
            sheet: &sheet,
            columns: &columns,
            options: &own,
            draft,
            order,
            slug,
            tally: Tally::default(),
            titles: BTreeMap::new(),
        };
        for row in 0..sheet.len() {
            reader.row(row);
        }
        reader.finish();
    }
    draft.finish();
    Ok(())
}

struct Reader<'r, 'o> {
    sheet: &'r Sheet,
    columns: &'r Columns,
    options: &'r Options<'o>,
    draft: &'r mut Draft,
    order: DayOrder,
    slug: String,
    tally: Tally,
    /// Rows, sites and first row of each title that says no sign.
    titles: BTreeMap<String, (u64, BTreeSet<String>, Origin)>,
}

impl<'r> Reader<'r, '_> {
    fn cell(&self, key: &str, row: usize) -> &'r str {
        self.columns.cell(self.sheet, key, row)
    }

    /// A cell through a reading; what cannot be read is refused and blank.
    fn read<T: Default>(&mut self, key: &'static str, row: usize, reason: &'static str, read: impl Fn(&str) -> Option<T>) -> T {
        match self.cell(key, row) {
            "" => T::default(),
            text => read(text).unwrap_or_else(|| {
                self.draft.refuse_cell(key, reason, shown(text));
                T::default()
            }),
        }
    }

    fn row(&mut self, row: usize) {
        let origin = self.sheet.origin(row);
        self.draft.begin(&origin);
        let status = super::columns::plain(self.cell("Assessment Status", row));
        if !status.is_empty() && !VERIFIED.contains(&status.as_str()) {
            let found = shown(self.cell("Assessment Status", row));
            return self.draft.pass_row(Some("Assessment Status"), "assessment-not-verified", found);
        }
        let Some(site) = self.site(row) else { return };
        let order = self.order;
        let day = |text: &str| order.day(text).ok().map(|d| d.to_string());
        let mut date: String = self.read(DATE, row, "date-unreadable", day);
        if date.is_empty() {
            date = self.read("Audit Start Date", row, "date-unreadable", day);
        }
        if date.is_empty() {
            return self.draft.refuse_row(Some(DATE), "no-date", "the site is taken over, the visit is not: it has no day");
        }
        let reference = match self.cell(AUDIT, row) {
            "" => cells::key(&[&site, &date]),
            text => text.to_owned(),
        };
        let audit = format!("{}:audit:{reference}", self.slug);
        self.audit(row, &audit, &site, &date);
        self.finding(row, &audit, &site, &origin);
    }

    /// The site's node; `None` where the row names none.
    fn site(&mut self, row: usize) -> Option<String> {
        let (reference, name) = (self.cell(SITE, row), self.cell(SITE_NAME, row));
        if reference.is_empty() && name.is_empty() {
            self.draft.refuse_row(Some(SITE), "no-site", "neither a reference nor a name of the site");
            return None;
        }
        if reference.len() > 100 || reference.chars().any(char::is_control) {
            self.draft.refuse_row(Some(SITE), "id-unreadable", shown(reference));
            return None;
        }
        let reference_of = self.options.reference;
        let country: String = self.read("Country", row, "country-unknown", |t| cells::country(t, reference_of).map(|c| c.to_string()));
        let key = if reference.is_empty() { cells::key(&[name, &country, self.cell("City", row)]) } else { reference.to_owned() };
        let id = format!("{}:site:{key}", self.slug);
        let (low, high): (Option<u64>, Option<u64>) = self.read("Total Workers", row, "workers-unreadable", cells::band);
        let text = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
        let (workers, low, high) =
            if low == high { (text(low), String::new(), String::new()) } else { (String::new(), text(low), text(high)) };
        let parent = self.business(row);
        let cells = [
            ("node_id", id.as_str()),
            ("name", if name.is_empty() { reference } else { name }),
            ("kind", "facility"),
            ("country", &country),
            ("city", self.cell("City", row)),
            ("address", self.cell("Site Address", row)),
            ("parent_id", &parent),
            ("workers", &workers),
            ("workers_low", &low),
            ("workers_high", &high),
        ];
        self.draft.add("nodes", &cells);
        self.identifier(&id, reference, row);
        Some(id)
    }

    fn identifier(&mut self, node: &str, reference: &str, row: usize) {
        let bare = reference.to_uppercase();
        let sedex = bare
            .strip_prefix("ZS")
            .or_else(|| bare.strip_prefix("ZC"))
            .is_some_and(|n| n.len() >= 6 && n.bytes().all(|b| b.is_ascii_digit()));
        let slcp = !self.cell("Assessment Status", row).is_empty() || scheme_of(self.cell("Audit Type", row), "") == "slcp";
        let scheme = if sedex { "sedex" } else { "slcp" };
        if !reference.is_empty() && (sedex || slcp) {
            let list = self.slug.clone();
            self.draft.add(
                "identifiers",
                &[("node_id", node), ("scheme", scheme), ("value", if sedex { &bare } else { reference }), ("source", &list)],
            );
        }
    }

    fn business(&mut self, row: usize) -> String {
        let (reference, name) = (self.cell("Business Reference", row), self.cell("Business Name", row));
        if (reference.is_empty() && name.is_empty()) || reference.len() > 100 || reference.chars().any(char::is_control) {
            return String::new();
        }
        if reference.is_empty() && named(name).0 == Named::Person {
            self.tally.count("business-may-be-a-person", "business names that may be a person's: not kept", self.sheet.origin(row).line);
            return String::new();
        }
        let key = if reference.is_empty() { cells::key(&[name]) } else { reference.to_owned() };
        let id = format!("{}:company:{key}", self.slug);
        self.draft.add("nodes", &[("node_id", &id), ("name", if name.is_empty() { reference } else { name }), ("kind", "company")]);
        self.identifier(&id, reference, row);
        id
    }

    fn audit(&mut self, row: usize, audit: &str, site: &str, date: &str) {
        let announcement: String = self.read("Announcement", row, "announcement-unknown", |t| announcement_of(t).map(str::to_owned));
        let auditor = match named(self.cell("Audit Company", row)) {
            (Named::Organisation | Named::Forwarder | Named::Bank, name) => name,
            (Named::Person, _) => {
                self.tally.count(
                    "auditor-may-be-a-person",
                    "auditors' names that may be a person's: not kept",
                    self.sheet.origin(row).line,
                );
                String::new()
            }
            _ => String::new(),
        };
        let whole = |t: &str| cells::band(t).and_then(|(low, high)| low.filter(|_| low == high)).map(|n| n.to_string());
        let onsite: String = self.read("Interviews Onsite", row, "count-unreadable", whole);
        let offsite: String = self.read("Interviews Offsite", row, "count-unreadable", whole);
        let union: String = self
            .read("Union Present", row, "no-yes-or-no", |t| crate::read::cell::yes_no(t).map(|y| if y { "yes" } else { "no" }.to_owned()));
        let mut scheme = scheme_of(self.cell("Audit Type", row), self.cell("Pillars", row));
        if scheme.is_empty() && !self.cell("Assessment Status", row).is_empty() {
            "slcp".clone_into(&mut scheme);
        }
        if scheme.is_empty() {
            self.tally.count(
                "scheme-not-told",
                "rows without the scheme of the audit: their visits cover nothing by themselves",
                self.sheet.origin(row).line,
            );
        }
        let cells = [
            ("audit_id", audit),
            ("node_id", site),
            ("date", date),
            ("scheme", &scheme),
            ("announcement", &announcement),
            ("auditor", &auditor),
            ("interviews_onsite", &onsite),
            ("interviews_offsite", &offsite),
            ("union_present", &union),
        ];
        self.draft.add("audits", &cells);
    }

    fn finding(&mut self, row: usize, audit: &str, site: &str, origin: &Origin) {
        let title = self.cell(TITLE, row);
        if title.is_empty() {
            return;
        }
        let kind = super::columns::plain(self.cell("Finding Type", row));
        if kind.contains("observation") || kind.contains("good") || kind.contains("bestpractice") {
            let found = shown(self.cell("Finding Type", row));
            return self.draft.refuse_cell("Finding Type", "no-finding", found);
        }
        let signs = signs_of(title);
        if signs.is_empty() {
            let slot = self.titles.entry(title.to_owned()).or_insert_with(|| (0, BTreeSet::new(), origin.clone()));
            slot.0 += 1;
            slot.1.insert(site.to_owned());
            // The row itself is not lost: its visit counts.
            return self.draft.repeat_row();
        }
        let status: String = self.read("Finding Status", row, "status-unknown", |t| status_of(t).map(str::to_owned));
        let order = self.order;
        let closed: String = self.read(CLOSED, row, "date-unreadable", |t| order.day(t).ok().map(|d| d.to_string()));
        for sign in signs {
            self.draft.add(
                "audit_findings",
                &[("audit_id", audit), ("sign", sign), ("result", "seen"), ("status", &status), ("closed_on", &closed)],
            );
        }
    }

    fn finish(self) {
        for (title, (n, sites, at)) in self.titles {
            // Words that stand at several sites are a list's; what is written once may name a person.
            let common = n >= TITLE_ROWS && sites.len() >= TITLE_SITES && title.chars().count() <= TITLE_LONGEST;
            let told = if common { title } else { shown(&title) };
            let found = format!("{told} ({n} rows)");
            self.draft.refused.push(super::Refusal { at, column: Some(TITLE.to_owned()), row: false, reason: "title-says-no-sign", found });
        }
        self.tally.tell(self.draft, &self.sheet.file, self.sheet.name.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_give_a_sign_only_where_they_say_it() {
        assert_eq!(signs_of("Passports retained by management"), ["fl11_document_retention"]);
        assert_eq!(signs_of("Working hours exceed 60 hours per week"), ["ex_excessive_hours"]);
        assert_eq!(signs_of("No grievance mechanism in place"), ["gm_absent"]);
        for title in [
            "No child labour policy",
            "Child labour risk assessment missing",
            "Inadequate fire exits",
            "No evidence of forced overtime",
            "Blocked exit",
            "",
            "Overtime policy: excessive overtime",
        ] {
            assert_eq!(signs_of(title), [""; 0], "{title}");
        }
        assert!(signs_of_titles().count() > 10);
    }

    #[test]
    fn words_of_schemes_and_statuses_are_known() {
        assert_eq!(scheme_of("SMETA 4 Pillar", ""), "smeta_4_pillar");
        assert_eq!(scheme_of("SMETA", "2"), "smeta_2_pillar");
        assert_eq!(scheme_of("SMETA", "4-Pillar"), "smeta_4_pillar");
        assert_eq!(scheme_of("amfori BSCI", ""), "amfori_bsci");
        assert_eq!(scheme_of("House Standard", ""), "House Standard");
        assert_eq!(announcement_of("Semi-Announced (3 weeks)"), Some("semi_announced"));
        assert_eq!(announcement_of("maybe"), None);
        assert_eq!((status_of("Verified & Closed"), status_of("Open"), status_of("?")), (Some("closed"), Some("open"), None));
    }
}
