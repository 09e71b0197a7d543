//! What the rooms above receive: typed rows that passed, each with its place in the files.

use crate::base::{CountryCode, Date, Interner, Kind, Locator, Norm, NormSet, Period, ProductCode, SectorCode, Stage, Symbol};
use crate::pack::{Phase, SignIx, SourceIx};
use std::sync::Arc;

/// The first and last day of spans whose beginning or end is not known.
pub const OPEN_START: Date = Date(-25_567);
pub const OPEN_END: Date = Date(84_005);

/// File and line of a row, for `evidence`, `warnings` and `explain`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RowRef {
    /// Position in [`Inputs::files`].
    pub file: u16,
    /// 1-based line (text) or row (Parquet).
    pub line: u32,
}

/// Where rows stood: a file of the dataset, or the file from which rows of the dataset were taken over.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SourceFile {
    pub name: Arc<str>,
    /// The sheet, where the file has several.
    pub part: Option<Arc<str>>,
    /// Whether the rows were taken over from it: such a file is no part of the dataset.
    pub foreign: bool,
}

impl SourceFile {
    /// A row of it, for messages.
    pub fn locate(&self, line: u64, column: Option<Arc<str>>) -> Locator {
        Locator { file: self.name.clone(), part: self.part.clone(), line, column }
    }
}

impl std::fmt::Display for SourceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.locate(0, None))
    }
}

/// A dataset that passed. Node ids in every table are symbols of `ids`.
#[derive(Debug, Default)]
pub struct Inputs {
    pub name: String,
    pub base_currency: Option<String>,
    /// `as_of` of the settings, else the newest date in the data.
    pub as_of: Option<Date>,
    /// Whether `as_of` was given, by the command or the settings.
    pub as_of_stated: bool,
    /// Files as read, in order of table and name; files that rows were taken over from, as rows first name them.
    pub files: Vec<SourceFile>,
    pub ids: Interner,
    pub nodes: Vec<NodeRow>,
    pub links: Vec<LinkRow>,
    pub audits: Vec<AuditRow>,
    pub audit_findings: Vec<AuditFindingRow>,
    pub channels: Vec<ChannelRow>,
    pub grievances: Vec<GrievanceRow>,
    pub statements: Vec<StatementRow>,
    pub cases: Vec<CaseRow>,
    pub remediation: Vec<RemediationRow>,
    pub surveys: Vec<SurveyRow>,
    pub recruitment: Vec<RecruitmentRow>,
    pub payroll: Vec<PayrollRow>,
    pub purchasing: Vec<PurchasingRow>,
    pub portfolio: Vec<HoldingRow>,
    pub shipments: Vec<ShipmentRow>,
    pub trade_flows: Vec<TradeFlowRow>,
    pub certificates: Vec<CertificateRow>,
    pub aliases: Vec<AliasRow>,
    pub identifiers: Vec<IdentifierRow>,
    pub listings: Vec<ListingRow>,
    pub decisions: Vec<DecisionRow>,
    pub overrides: Vec<OverrideRow>,
    pub contests: Vec<ContestRow>,
    /// Public labour inspections, as visits; findings on them stand apart from those of audits.
    pub inspections: Vec<AuditRow>,
    pub inspection_findings: Vec<AuditFindingRow>,
    /// Every table that was found: rows read, refused, and whether anything uses them yet.
    pub tables: Vec<TableCount>,
    /// Distinct unknown sector and product texts that fell to country level, with how many nodes have them.
    pub unmapped_texts: Vec<(String, u64)>,
    /// BLAKE3 over the sorted hashes of all accepted rows (by content, not by place), as hex.
    pub dataset_hash: String,
}

impl Inputs {
    /// The file of a row.
    pub fn file(&self, row: RowRef) -> Option<&SourceFile> {
        self.files.get(row.file as usize)
    }
}

#[derive(Clone, Debug)]
pub struct TableCount {
    pub table: &'static str,
    pub rows: u64,
    pub refused: u64,
    /// Rows that say what another row says: they count once. rows = accepted + refused + repeated.
    pub repeated: u64,
    /// Cells that became missing.
    pub cells_missing: u64,
    pub used: bool,
}

#[derive(Clone, Debug)]
pub struct NodeRow {
    pub id: Symbol,
    pub name: Arc<str>,
    pub kind: Kind,
    pub country: Option<CountryCode>,
    pub subdivision: Option<Arc<str>>,
    pub city: Option<Arc<str>>,
    /// Read to tell places apart; never written out.
    pub address: Option<Arc<str>>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub sector: Option<SectorCode>,
    pub product: Option<ProductCode>,
    /// farm, mine, fishing, processing, manufacturing: stated, or by sector code, or by `[codes]`.
    pub stage: Option<Stage>,
    pub focal: bool,
    pub parent: Option<Symbol>,
    pub lei: Option<Arc<str>>,
    pub os_id: Option<Arc<str>>,
    pub gln: Option<Arc<str>>,
    pub duns: Option<Arc<str>>,
    pub workers: Option<f64>,
    pub workers_low: Option<f64>,
    pub workers_high: Option<f64>,
    pub places_count: Option<f64>,
    pub known_since: Option<Date>,
    pub informal_share: Option<f64>,
    pub young_worker_share: Option<f64>,
    pub union: Option<bool>,
    /// Leavers of a year by mean headcount.
    pub yearly_turnover: Option<f64>,
    pub output_value: Option<f64>,
    /// Total purchases in base currency a year.
    pub purchases_value: Option<f64>,
    pub mapped_share: Option<f64>,
    /// Production capacity a year, in `capacity_unit`.
    pub capacity: Option<f64>,
    pub capacity_unit: Option<Arc<str>>,
    pub row: RowRef,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Relation {
    Supplies,
    Subcontracts,
    Recruits,
    Lists,
    Owns,
}

#[derive(Clone, Debug)]
pub struct LinkRow {
    pub supplier: Symbol,
    pub buyer: Symbol,
    pub relation: Relation,
    /// HS code as text, or the product text where no code is known; `None` where empty. Keeps products apart.
    pub product: Option<Symbol>,
    /// In base currency; `None` where not given or not convertible.
    pub value: Option<f64>,
    pub quantity: Option<f64>,
    pub unit: Option<Symbol>,
    pub share: Option<f64>,
    pub valid: Option<Period>,
    pub basis: Basis,
    /// The focal node whose disclosure the link belongs to.
    pub scope: Option<Symbol>,
    pub row: RowRef,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Basis {
    Declared,
    Shipment,
    Certificate,
    Inferred,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Announcement {
    Announced,
    SemiAnnounced,
    Unannounced,
}

#[derive(Clone, Debug)]
pub struct AuditRow {
    pub audit: Symbol,
    pub node: Symbol,
    pub date: Date,
    pub scheme: Option<Arc<str>>,
    /// Norms that the row itself says were covered.
    pub covers_norms: NormSet,
    /// Signs that the row itself says were looked for.
    pub covers_signs: Vec<SignIx>,
    /// Whether the cell was filled at all.
    pub covers_stated: bool,
    pub announcement: Announcement,
    pub auditor: Option<Symbol>,
    pub interviews_onsite: Option<f64>,
    pub interviews_offsite: Option<f64>,
    pub union_present: Option<bool>,
    pub row: RowRef,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FindingResult {
    Seen,
    NotSeen,
    NotAssessed,
}

/// Life of a reported sign. Blank = open.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    Open,
    Closed,
    /// Refuted on review: kept in evidence.parquet, used = no.
    Rejected,
}

#[derive(Clone, Debug)]
pub struct AuditFindingRow {
    pub audit: Symbol,
    pub sign: SignIx,
    pub result: FindingResult,
    pub origin: Option<Symbol>,
    pub people: Option<f64>,
    pub children: Option<f64>,
    pub corroborated: bool,
    pub status: Status,
    pub closed_on: Option<Date>,
    pub row: RowRef,
}

#[derive(Clone, Debug)]
pub struct ChannelRow {
    pub channel: Symbol,
    pub node: Symbol,
    pub operator: Option<Arc<str>>,
    pub independent: Option<bool>,
    pub languages_covered_share: Option<f64>,
    pub reach_share: Option<f64>,
    pub since: Option<Date>,
    pub until: Option<Date>,
    pub last_tested: Option<Date>,
    pub row: RowRef,
}

#[derive(Clone, Debug)]
pub struct GrievanceRow {
    pub grievance: Symbol,
    pub node: Symbol,
    pub received_on: Date,
    pub channel: Option<Symbol>,
    pub sign: SignIx,
    pub origin: Option<Symbol>,
    pub people: Option<f64>,
    pub corroborated: bool,
    pub status: Status,
    pub remedied_on: Option<Date>,
    pub row: RowRef,
}

#[derive(Clone, Debug)]
pub struct StatementRow {
    pub statement: Symbol,
    pub node: Symbol,
    pub date: Date,
    pub sign: SignIx,
    /// Source class of the pack: ngo_investigation, union_or_elected_reps, authority_or_court, media_single.
    pub source: SourceIx,
    pub origin: Symbol,
    pub people: Option<f64>,
    pub status: Status,
    pub row: RowRef,
}

#[derive(Clone, Debug)]
pub struct RemediationRow {
    pub case: Symbol,
    pub node: Symbol,
    pub sign: Option<SignIx>,
    pub action: Arc<str>,
    /// The organisation that acted.
    pub actor: Arc<str>,
    pub opened: Date,
    pub completed: Option<Date>,
    pub verified_by: Option<Arc<str>>,
    /// Money paid, in `currency`.
    pub amount: Option<f64>,
    pub currency: Option<Symbol>,
    pub row: RowRef,
}

#[derive(Clone, Debug)]
pub struct AliasRow {
    pub node: Symbol,
    pub name: Arc<str>,
    pub row: RowRef,
}

/// An identifier of a node.
#[derive(Clone, Debug)]
pub struct IdentifierRow {
    pub node: Symbol,
    /// In small letters.
    pub scheme: Arc<str>,
    pub value: Arc<str>,
    pub row: RowRef,
}

/// What an entry of a screening list names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum ListingScope {
    #[default]
    Entity,
    Vessel,
    /// A whole region or good: no name of a node can meet it.
    Region,
}

/// An entry of a screening list.
#[derive(Clone, Debug)]
pub struct ListingRow {
    pub entry: Symbol,
    /// The list, as the origin of what its entries say.
    pub origin: Symbol,
    pub list: Arc<str>,
    pub name: Arc<str>,
    pub aliases: Vec<Arc<str>>,
    pub scope: ListingScope,
    pub country: Option<CountryCode>,
    pub address: Option<Arc<str>>,
    /// Scheme in small letters, and value.
    pub identifiers: Vec<(Arc<str>, Arc<str>)>,
    pub listed_on: Option<Date>,
    pub removed_on: Option<Date>,
    pub sign: Option<SignIx>,
    pub source: Option<SourceIx>,
    pub row: RowRef,
}

impl ListingRow {
    /// Sign, source and day of the report that a hit is; `None` where the entry lacks one of them.
    pub fn speaks(&self) -> Option<(SignIx, SourceIx, Date)> {
        Some((self.sign?, self.source?, self.listed_on?))
    }
}

/// What somebody decided of two records.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    /// A node or an entry of a screening list.
    pub left: Symbol,
    pub right: Symbol,
    pub same: bool,
    pub decided_on: Option<Date>,
    pub row: RowRef,
}

/// A person's own judgement of a field of a node, beside the machine's.
#[derive(Clone, Debug)]
pub struct OverrideRow {
    pub node: Symbol,
    /// Position in `schema::OVERRIDE_FIELDS`.
    pub field: u8,
    pub value: Arc<str>,
    pub reason: Arc<str>,
    /// Of a closed list: no name can stand here.
    pub by_role: &'static str,
    pub date: Date,
    pub row: RowRef,
}

/// What a supplier claims of what is said of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Claim {
    Denies,
    Remedied,
    Explains,
    NotOurSite,
}

impl Claim {
    pub const ALL: [Claim; 4] = [Claim::Denies, Claim::Remedied, Claim::Explains, Claim::NotOurSite];

    pub fn as_str(self) -> &'static str {
        match self {
            Claim::Denies => "denies",
            Claim::Remedied => "remedied",
            Claim::Explains => "explains",
            Claim::NotOurSite => "not_our_site",
        }
    }
}

/// An answer of a supplier.
#[derive(Clone, Debug)]
pub struct ContestRow {
    pub contest: Symbol,
    pub node: Symbol,
    pub claim: Claim,
    pub norm: Option<Norm>,
    pub sign: Option<SignIx>,
    /// A row of `cases`.
    pub case: Option<Symbol>,
    /// Whether it names a case, known or not.
    pub names_case: bool,
    pub date: Date,
    pub by_role: &'static str,
    /// Reference of what was handed in.
    pub evidence: Option<Symbol>,
    pub row: RowRef,
}

/// Answers of workers to one question.
#[derive(Clone, Debug)]
pub struct SurveyRow {
    pub node: Symbol,
    pub date: Date,
    pub sign: SignIx,
    pub asked: f64,
    pub yes: f64,
    pub method: Option<Arc<str>>,
    pub origin: Option<Symbol>,
    pub row: RowRef,
}

/// A cohort of workers and what they paid.
#[derive(Clone, Debug)]
pub struct RecruitmentRow {
    pub node: Symbol,
    pub period: Option<Period>,
    pub origin_country: Option<CountryCode>,
    pub agency: Option<Symbol>,
    pub agency_licensed: Option<bool>,
    pub workers: Option<f64>,
    /// In the currency of `monthly_wage`: both are amounts of one currency.
    pub fee_paid_mean: Option<f64>,
    pub fee_currency: Option<Symbol>,
    pub monthly_wage: Option<f64>,
    pub loan_share: Option<f64>,
    pub documents_held_share: Option<f64>,
    pub visa_tied: Option<bool>,
    pub row: RowRef,
}

/// Wages and hours of a period.
#[derive(Clone, Debug)]
pub struct PayrollRow {
    pub node: Symbol,
    pub period: Period,
    pub legal_minimum_wage: Option<f64>,
    pub median_wage: Option<f64>,
    pub hours_mean: Option<f64>,
    pub hours_p95: Option<f64>,
    pub deductions_share: Option<f64>,
    pub paid_late_days: Option<f64>,
    pub under_18: Option<f64>,
    pub under_15: Option<f64>,
    pub row: RowRef,
}

/// A buyer's practice towards a supplier in a quarter.
#[derive(Clone, Debug)]
pub struct PurchasingRow {
    pub buyer: Symbol,
    pub supplier: Symbol,
    pub quarter: Period,
    pub unit_price: Option<f64>,
    pub cost_benchmark: Option<f64>,
    pub lead_time_days: Option<f64>,
    pub payment_days: Option<f64>,
    pub order_change_share: Option<f64>,
    pub cancelled_share: Option<f64>,
    pub row: RowRef,
}

/// A holding of a portfolio.
#[derive(Clone, Debug)]
pub struct HoldingRow {
    pub node: Symbol,
    /// Above 0 or 0, in any measure.
    pub weight: f64,
    /// Empty where there is one portfolio without a name.
    pub portfolio: Arc<str>,
    pub row: RowRef,
}

/// One consignment. A party that only a name tells has no symbol here.
#[derive(Clone, Debug)]
pub struct ShipmentRow {
    pub shipment: Symbol,
    pub shipper: Option<Symbol>,
    pub shipper_name: Option<Arc<str>>,
    pub consignee: Option<Symbol>,
    pub consignee_name: Option<Arc<str>>,
    pub date: Date,
    pub product: Option<ProductCode>,
    /// HS code as text, or the product text where no code is known.
    pub product_text: Option<Symbol>,
    /// The same to four digits.
    pub heading: Option<Symbol>,
    pub quantity: Option<f64>,
    pub unit: Option<Symbol>,
    /// In base currency; `None` where not given or not convertible.
    pub value: Option<f64>,
    pub origin_country: Option<CountryCode>,
    pub row: RowRef,
}

/// Trade of two countries in a year.
#[derive(Clone, Debug)]
pub struct TradeFlowRow {
    pub year: i32,
    pub exporter: CountryCode,
    pub importer: CountryCode,
    /// None where the text is no code.
    pub product: Option<ProductCode>,
    /// In base currency.
    pub value: f64,
    pub row: RowRef,
}

/// A label held.
#[derive(Clone, Debug)]
pub struct CertificateRow {
    pub node: Symbol,
    pub scheme: Arc<str>,
    pub issued: Date,
    pub expires: Option<Date>,
    pub scope_product: Option<ProductCode>,
    pub row: RowRef,
}

/// How far a fact of a case is known. A higher status never takes a rule back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum FactStatus {
    Absent,
    #[default]
    Unknown,
    Supported,
    Established,
}

/// One fact of a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseFact {
    pub sign: SignIx,
    /// The phase that the row names; `None` = that of the sign.
    pub phase: Option<Phase>,
    pub status: FactStatus,
    pub source: Option<SourceIx>,
}

/// How the age of a case is proved.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AgeProof {
    Documented,
    Doubtful,
    Missing,
}

/// How the facts of a case are known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum CaseBasis {
    #[default]
    Interview,
    Documents,
    Observation,
    Ruling,
}

/// For whom a child works.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WorksFor {
    ThirdParty,
    OwnParents,
}

/// Who applies coercion.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CoercionBy {
    ThirdParty,
    OwnParents,
    Both,
    Nobody,
}

/// Exceptions of ILO C29 art. 2(2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CarveOut {
    MilitaryService,
    CivicObligation,
    ConvictLabour,
    Emergency,
    MinorCommunalService,
}

/// Purposes of ILO C105 art. 1(a)-(e).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StatePurpose {
    Political,
    EconomicDevelopment,
    LabourDiscipline,
    StrikePunishment,
    Discrimination,
}

/// What a row of `cases` says beside signs; `None` = not told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Circumstances {
    pub hours_per_week: Option<f64>,
    pub household_hours: Option<f64>,
    pub in_school: Option<bool>,
    pub work_is_light: Option<bool>,
    pub works_for: Option<WorksFor>,
    pub coercion_by: Option<CoercionBy>,
    pub parents_in_forced_labour: Option<bool>,
    pub handed_over: Option<bool>,
    pub task_on_hazardous_list: Option<bool>,
    pub protected_and_trained: Option<bool>,
    pub carve_out: Option<CarveOut>,
    pub state_purpose: Option<StatePurpose>,
    pub debt: Option<f64>,
    pub debt_monthly_interest: Option<f64>,
    pub debt_monthly_credit: Option<f64>,
    pub service_value: Option<f64>,
    pub written_term: Option<bool>,
}

/// What was told or shown of one person, or of a group that shares the facts by nature.
#[derive(Clone, Debug)]
pub struct CaseRow {
    pub case: Symbol,
    pub node: Symbol,
    pub people: Option<f64>,
    /// Whole years, from the columns or the band.
    pub age_low: Option<f64>,
    pub age_high: Option<f64>,
    pub age_proof: AgeProof,
    pub reason_to_believe_minor: Option<bool>,
    pub age_contested: Option<bool>,
    /// Sorted by sign, phase, status.
    pub facts: Vec<CaseFact>,
    pub all_asked: bool,
    pub period: Option<Period>,
    pub basis: Option<CaseBasis>,
    pub group: Option<bool>,
    pub circumstances: Circumstances,
    pub row: RowRef,
}
