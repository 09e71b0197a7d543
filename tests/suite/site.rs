//! One place and what is said of it, built row by row, for the tests of how far evidence can be believed.

use onus::base::{CountryCode, Date, Kind, Norm, NormSet, ProductCode, Stage, Symbol};
use onus::belief::{JointPrior, Posterior, posterior};
use onus::evidence::assemble::assemble;
use onus::evidence::book::{EvidenceRow, Gathered, Item};
use onus::evidence::items::Report;
use onus::evidence::reliability::factors_text;
use onus::pack::{MethodPack, SignIx, SourceIx};
use onus::reference::Reference;
use onus::resolve::resolve;
use onus::validate::inputs::{
    Announcement, AuditFindingRow, AuditRow, ChannelRow, FindingResult, GrievanceRow, Inputs, NodeRow, RemediationRow, RowRef,
    StatementRow, Status,
};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

pub static PACK: LazyLock<MethodPack> = LazyLock::new(|| MethodPack::embedded().unwrap());
static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().unwrap());
pub const MONTH: f64 = 30.4375;
pub const CHILD: usize = Norm::ChildLabour as usize;
pub const FORCED: usize = Norm::ForcedLabour as usize;
pub const BOTH: NormSet = NormSet::of(&[Norm::ChildLabour, Norm::ForcedLabour]);

pub fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn as_of() -> Date {
    day("2026-06-30")
}

/// One place and what is said of it; rows are numbered as they come.
#[derive(Default)]
pub struct Site {
    pub inputs: Inputs,
    rows: u32,
}

impl Site {
    pub fn new() -> Self {
        Self::at(Kind::Factory, "ALB", None)
    }

    pub fn at(kind: Kind, country: &str, product: Option<&str>) -> Self {
        let mut site = Site::default();
        let (id, row) = (site.id("SITE"), site.row());
        site.inputs.nodes.push(NodeRow {
            id,
            name: "Site".into(),
            kind,
            capacity: None,
            capacity_unit: None,
            country: CountryCode::new(country),
            subdivision: None,
            city: None,
            address: None,
            latitude: None,
            longitude: None,
            sector: None,
            product: product.and_then(ProductCode::parse),
            stage: (kind == Kind::Farm).then_some(Stage::Farm),
            focal: false,
            parent: None,
            lei: None,
            os_id: None,
            gln: None,
            duns: None,
            workers: Some(200.0),
            workers_low: None,
            workers_high: None,
            places_count: None,
            known_since: None,
            informal_share: None,
            young_worker_share: None,
            union: None,
            yearly_turnover: None,
            output_value: None,
            purchases_value: None,
            mapped_share: None,
            row,
        });
        site
    }

    pub fn id(&mut self, text: &str) -> Symbol {
        self.inputs.ids.intern(text)
    }

    pub fn row(&mut self) -> RowRef {
        self.rows += 1;
        RowRef { file: 0, line: self.rows }
    }

    pub fn visit(&mut self, id: &str, date: &str, auditor: Option<&str>) -> AuditRow {
        AuditRow {
            audit: self.id(id),
            node: self.id("SITE"),
            date: day(date),
            scheme: None,
            covers_norms: BOTH,
            covers_signs: Vec::new(),
            covers_stated: true,
            announcement: Announcement::Announced,
            auditor: auditor.map(|a| self.id(a)),
            interviews_onsite: None,
            interviews_offsite: None,
            union_present: None,
            row: self.row(),
        }
    }

    pub fn audit(&mut self, id: &str, date: &str) -> &mut Self {
        let row = self.visit(id, date, None);
        self.inputs.audits.push(row);
        self
    }

    pub fn audit_by(&mut self, id: &str, date: &str, firm: &str) -> &mut Self {
        let row = self.visit(id, date, Some(firm));
        self.inputs.audits.push(row);
        self
    }

    pub fn inspection(&mut self, id: &str, date: &str) -> &mut Self {
        let row = self.visit(id, date, None);
        self.inputs.inspections.push(row);
        self
    }

    pub fn finding(&mut self, audit: &str, sign: &str, result: FindingResult) -> AuditFindingRow {
        AuditFindingRow {
            audit: self.id(audit),
            sign: PACK.sign(sign).unwrap_or_else(|| panic!("no sign {sign}")),
            result,
            origin: None,
            people: None,
            children: None,
            corroborated: false,
            status: Status::Open,
            closed_on: None,
            row: self.row(),
        }
    }

    pub fn seen(&mut self, audit: &str, sign: &str) -> &mut Self {
        let row = self.finding(audit, sign, FindingResult::Seen);
        self.inputs.audit_findings.push(row);
        self
    }

    pub fn not_seen(&mut self, audit: &str, sign: &str) -> &mut Self {
        let row = self.finding(audit, sign, FindingResult::NotSeen);
        self.inputs.audit_findings.push(row);
        self
    }

    pub fn statement(&mut self, origin: &str, date: &str, sign: &str) -> &mut Self {
        let row = StatementRow {
            statement: self.id(&format!("ST-{}", self.rows)),
            node: self.id("SITE"),
            date: day(date),
            sign: PACK.sign(sign).unwrap_or_else(|| panic!("no sign {sign}")),
            source: PACK.source("ngo_investigation").unwrap(),
            origin: self.id(origin),
            people: None,
            status: Status::Open,
            row: self.row(),
        };
        self.inputs.statements.push(row);
        self
    }

    pub fn grievance(&mut self, origin: &str, date: &str, sign: &str) -> &mut Self {
        let row = GrievanceRow {
            grievance: self.id(&format!("GR-{}", self.rows)),
            node: self.id("SITE"),
            received_on: day(date),
            channel: None,
            sign: PACK.sign(sign).unwrap_or_else(|| panic!("no sign {sign}")),
            origin: Some(self.id(origin)),
            people: None,
            corroborated: false,
            status: Status::Open,
            remedied_on: None,
            row: self.row(),
        };
        self.inputs.grievances.push(row);
        self
    }

    /// A tested independent hotline known to nine in ten, for one quarter: d = .9 x .8 x .7 (G32).
    pub fn hotline(&mut self) -> &mut Self {
        let row = ChannelRow {
            channel: self.id("CH"),
            node: self.id("SITE"),
            operator: Some("ngo".into()),
            independent: Some(true),
            languages_covered_share: None,
            reach_share: Some(0.9),
            since: Some(day("2026-04-01")),
            until: None,
            last_tested: Some(day("2026-05-01")),
            row: self.row(),
        };
        self.inputs.channels.push(row);
        self
    }

    pub fn remedy(&mut self, sign: Option<&str>, action: &str, completed: Option<&str>, verified_by: &str) -> &mut Self {
        let row = RemediationRow {
            amount: None,
            currency: None,
            case: self.id(&format!("RM-{}", self.rows)),
            node: self.id("SITE"),
            sign: sign.map(|s| PACK.sign(s).unwrap()),
            action: action.into(),
            actor: "Site".into(),
            opened: day("2024-01-01"),
            completed: completed.map(day),
            verified_by: Some(Arc::from(verified_by)).filter(|v: &Arc<str>| !v.is_empty()),
            row: self.row(),
        };
        self.inputs.remediation.push(row);
        self
    }

    pub fn said(&self) -> Gathered {
        let resolution = resolve(&self.inputs);
        assemble(&self.inputs, &resolution, &PACK, Some(&REFERENCE), as_of()).by_node.into_values().next().unwrap_or_default()
    }
}

/// A report of a sign by a source class, with the rates that the pack gives the class.
pub fn report_of(pack: &MethodPack, sign: SignIx, source: SourceIx, origin: u32, age_days: f64) -> Report {
    let class = &pack.sources[source.0 as usize];
    Report {
        sign,
        source,
        origin,
        detection: class.detection_sign,
        false_report: class.false_report,
        half_life_days: class.half_life_positive_days,
        age_days,
        open: false,
        remedied: 0.0,
    }
}

/// The silence of a visit or channel: detection for child and forced labour, its factors, and why it does not count.
pub fn silence(said: &Gathered, origin: &str) -> (f64, f64, String, &'static str) {
    let row: &EvidenceRow = said.rows.iter().find(|r| r.item == Item::Silence && r.origin == origin).unwrap();
    (row.by_norm[CHILD], row.by_norm[FORCED], factors_text(&row.factors), row.why_not)
}

pub fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

pub fn believed(said: &Gathered) -> Posterior {
    let prior = JointPrior::fit(&[0.08, 0.05, 0.01, 0.05, 0.02, 0.001, 0.008, 0.002], &PACK.couplings);
    posterior(&prior, &said.evidence, &PACK)
}

const SIGNS: [&str; 4] = ["cl_under_general_age", "work_document_confiscation", "cl_hazard_chemicals", "work_wages_withheld"];

pub fn date_of(days_before: i32) -> String {
    as_of().plus_days(-days_before).to_string()
}

/// A place with visits, findings, statements and perhaps a channel and a remedy, each a few numbers.
pub type Told = (Vec<(i32, u8, u8)>, Vec<(i32, u8)>, bool, u8);

pub fn any_told() -> impl Strategy<Value = Told> {
    (prop::collection::vec((0..2600i32, 0..8u8, 0..4u8), 0..5), prop::collection::vec((0..2600i32, 0..4u8), 0..4), any::<bool>(), 0..4u8)
}

pub fn site_of(told: &Told) -> Site {
    let mut site = Site::new();
    for (i, (age, what, sign)) in told.0.iter().enumerate() {
        let (id, date, sign) = (format!("A{i}"), date_of(*age), SIGNS[usize::from(*sign)]);
        match what {
            0..=2 => site.audit(&id, &date),
            3 => site.audit(&id, &date).not_seen(&id, sign),
            4 => site.audit(&id, &date).seen(&id, sign),
            5 => site.inspection(&id, &date),
            6 => site.audit_by(&id, &date, &format!("FIRM-{i}")).seen(&id, "gi_copy_paste_report"),
            _ => site.audit(&id, &date).not_seen(&id, sign).seen(&id, "cl_apparent_minor"),
        };
    }
    for (i, (age, sign)) in told.1.iter().enumerate() {
        site.statement(&format!("NGO-{i}"), &date_of(*age), SIGNS[usize::from(*sign)]);
    }
    if told.2 {
        site.hotline();
    }
    site
}

pub fn not_below(after: f64, before: f64) -> bool {
    after >= before - 1e-12
}
