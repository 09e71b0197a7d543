//! Cases from rows that tell facts of one group by nature: a finding of a visit, a complaint, a statement, a payroll period, a cohort of
//! recruits. All facts of one row make one case; facts of different rows are never put together, for nothing says that they are of
//! the same people. Where a row counts children among its people, the children are a case of their own.
//!
//! A payroll period or a cohort is a whole workforce: nothing says that two of its facts are of the same people, so each sign is a case.
//!
//! The status of a derived fact comes from what its own row says (methodology 5.5): Lam = the LR+ of the row's report. What is said of other
//! people neither corroborates it nor speaks against it. A fact that is collective by nature is one fact of the place, so other origins
//! speak of it too: Lam = the product over origins of their largest LR+, times the looks for that very sign, and never below its own row's.
//!
//! ```text
//! established  Lam >= 19, or a court or authority established it      supported  3 <= Lam < 19
//! absent       Lam <= 0.2                                            unknown    else
//! ```
//!
//! Facts of several people that nothing links to persons say at most *possible* of forced labour and trafficking, unless the fact is
//! collective by nature, as passports of all in one safe.

use super::ages::SPEAKS_OF_A_CHILD;
use super::case::{Age, Basis, Case, Fact, Linking, REFERENCE_DAYS};
use super::parameters::RuleParameters;
use crate::base::{Date, NodeIx};
use crate::evidence::book::{EvidenceRow, Gathered, Item};
use crate::evidence::weights::log_lr;
use crate::pack::{MethodPack, SignIx};
use crate::resolve::Resolution;
use crate::validate::Inputs;
use crate::validate::inputs::{AgeProof, Circumstances, FactStatus, RowRef, WorksFor};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tables of which one row is about one group.
const TABLES: [&str; 5] = ["audit_findings", "grievances", "payroll", "recruitment", "statements"];
/// The source class whose word is proof.
const ADJUDICATED: &str = "authority_or_court";
/// Signs that are of all people of a place by nature.
const COLLECTIVE: &[&str] = &[
    "fl11_document_retention",
    "pen_documents",
    "pen_locked_in",
    "si_labour_transfer_programme",
    "si_listed_entity",
    "si_military_police_enforcement",
    "si_prison_labour_private",
    "si_quota_mobilisation",
    "work_document_confiscation",
];
/// Tables of which one row is a whole workforce or cohort.
const WHOLE: [&str; 2] = ["payroll", "recruitment"];
/// Signs by which a payroll tells the ages that its counts tell.
const UNDER_15: &str = "cl_under_general_age";
const AGED_15_17: &str = "cl_long_hours_15_17";

/// Statuses of signs at one node, from what sources said of each.
pub struct RowStatus<'a> {
    pack: &'a MethodPack,
    parameters: RuleParameters,
}

impl<'a> RowStatus<'a> {
    pub fn new(pack: &'a MethodPack) -> Self {
        Self { pack, parameters: RuleParameters::of(pack) }
    }

    /// Lam of a fact at a node, from the levels of its signs: natural log; 0 where nothing was said of it.
    fn log_ratio(&self, levels: &[(SignIx, f64)], sign: SignIx) -> f64 {
        let fact = self.pack.fact_of(sign);
        levels.binary_search_by_key(&fact, |(s, _)| *s).ok().and_then(|i| levels.get(i)).map_or(0.0, |(_, log_ratio)| *log_ratio)
    }

    /// The status that Lam gives.
    pub fn of_log_ratio(&self, log_ratio: f64) -> FactStatus {
        let p = &self.parameters;
        if log_ratio >= p.established_ratio.ln() {
            FactStatus::Established
        } else if log_ratio >= p.supported_ratio.ln() {
            FactStatus::Supported
        } else if log_ratio <= p.absent_ratio.ln() {
            FactStatus::Absent
        } else {
            FactStatus::Unknown
        }
    }

    fn name(&self, sign: SignIx) -> &str {
        self.pack.signs.get(sign.0 as usize).map_or("", |s| s.id.as_str())
    }

    /// By the row's own report, `own` its log LR+; a collective fact by all that is said of it, where that is more.
    fn of_row(&self, levels: &[(SignIx, f64)], row: &EvidenceRow, own: f64, sign: SignIx) -> FactStatus {
        let adjudicated = self.pack.sources.get(row.source.0 as usize).is_some_and(|s| s.id == ADJUDICATED);
        if adjudicated {
            return FactStatus::Established;
        }
        let all = if COLLECTIVE.contains(&self.name(sign)) { self.log_ratio(levels, sign) } else { own };
        self.of_log_ratio(all.max(own))
    }
}

/// A report of a row with its log LR+.
type Said<'a> = (&'a EvidenceRow, f64);

#[derive(Clone, Copy, Default)]
struct Count {
    people: Option<f64>,
    children: Option<f64>,
}

/// The cases of all rows that tell facts of one group.
///
/// `evidence`: what was said of each node, as [`assemble`](crate::evidence::assemble::assemble) gives it.
pub fn derived_cases(
    inputs: &Inputs,
    resolution: &Resolution,
    evidence: &BTreeMap<NodeIx, Gathered>,
    pack: &MethodPack,
    as_of: Date,
) -> Vec<Case> {
    let counts = counts(inputs);
    let status = RowStatus::new(pack);
    let mut cases = Vec::new();
    let by_age = of_payroll_ages(inputs, resolution, as_of);
    let mut of_ages: BTreeMap<(RowRef, &'static str), Case> = by_age.into_iter().map(|(word, case)| ((case.row, word), case)).collect();
    for (node, gathered) in evidence {
        let mut groups: BTreeMap<(&'static str, RowRef, Option<SignIx>), Vec<Said>> = BTreeMap::new();
        let reports = gathered.rows.iter().filter(|r| r.item == Item::Report && r.why_not.is_empty() && r.sign.is_some());
        // Every report that counts stands in the evidence once, in the order of the rows.
        for (row, report) in reports.zip(&gathered.evidence.reports).filter(|(r, _)| TABLES.contains(&r.table)) {
            let apart = if WHOLE.contains(&row.table) { row.sign } else { None };
            groups.entry((row.table, row.row, apart)).or_default().push((row, log_lr(report, status.pack.lapse_days)));
        }
        let levels = if groups.is_empty() { Vec::new() } else { gathered.sign_levels(pack) };
        for ((table, at, apart), rows) in groups {
            let name = apart.map_or("", |sign| status.name(sign));
            // The ages of a payroll make a case already: one set of minors is one case.
            if table == "payroll" && name == UNDER_15 && of_ages.contains_key(&(at, "under_15")) {
                continue;
            }
            if table == "payroll"
                && name == AGED_15_17
                && let Some(case) = of_ages.get_mut(&(at, "15_17"))
            {
                case.facts.extend(facts_of(&rows, &levels, &status, at));
                continue;
            }
            let mut count = counts.get(&at).copied().unwrap_or_default();
            if WHOLE.contains(&table) && SPEAKS_OF_A_CHILD.contains(&name) {
                count.people = None; // of the children in a workforce or cohort no number is told
            }
            cases.extend(of_row(*node, table, at, &rows, count, &levels, &status, as_of));
        }
    }
    cases.extend(of_ages.into_values());
    // By all that is told and nothing of the place in a file, so that the order of rows never shows.
    cases.sort_by(|a, b| {
        let years = |x: Option<f64>| x.unwrap_or(-1.0);
        let facts = |c: &Case| c.facts.iter().map(|f| (f.sign, f.phase, f.status)).collect::<Vec<_>>();
        (a.node, &a.id)
            .cmp(&(b.node, &b.id))
            .then_with(|| years(a.people).total_cmp(&years(b.people)))
            .then_with(|| facts(a).cmp(&facts(b)))
            .then_with(|| (a.historic, a.ended_days).cmp(&(b.historic, b.ended_days)))
            .then_with(|| years(a.age.low).total_cmp(&years(b.age.low)))
            .then_with(|| years(a.age.high).total_cmp(&years(b.age.high)))
    });
    let mut last: Option<(NodeIx, Arc<str>)> = None;
    let mut same = 1;
    for case in &mut cases {
        let key = (case.node, case.id.clone());
        same = if last.as_ref() == Some(&key) { same + 1 } else { 1 };
        if same > 1 {
            case.id = Arc::from(format!("{}#{same}", case.id));
        }
        last = Some(key);
    }
    cases
}

fn counts(inputs: &Inputs) -> BTreeMap<RowRef, Count> {
    let visits = inputs.audit_findings.iter().chain(&inputs.inspection_findings);
    let visits = visits.map(|f| (f.row, Count { people: f.people, children: f.children }));
    // One complaint or statement that counts nobody is of one person.
    let one = |people: Option<f64>| Count { people: people.or(Some(1.0)), children: None };
    let told = inputs.grievances.iter().map(|g| (g.row, one(g.people))).chain(inputs.statements.iter().map(|s| (s.row, one(s.people))));
    let cohorts = inputs.recruitment.iter().map(|r| (r.row, Count { people: r.workers, children: None }));
    visits.chain(told).chain(cohorts).collect()
}

fn facts_of(rows: &[Said], levels: &[(SignIx, f64)], status: &RowStatus, at: RowRef) -> Vec<Fact> {
    // A row that tells a sign twice tells it at its strongest.
    let mut strongest: BTreeMap<SignIx, FactStatus> = BTreeMap::new();
    for (row, own) in rows {
        if let Some(sign) = row.sign {
            let said = status.of_row(levels, row, *own, sign);
            strongest.entry(sign).and_modify(|s| *s = said.max(*s)).or_insert(said);
        }
    }
    strongest.into_iter().map(|(sign, status)| Fact { sign, phase: None, status, row: at }).collect()
}

#[expect(clippy::too_many_arguments, reason = "a row, its place and what its facts are judged by")]
fn of_row(
    node: NodeIx,
    table: &'static str,
    at: RowRef,
    rows: &[Said],
    count: Count,
    levels: &[(SignIx, f64)],
    status: &RowStatus,
    as_of: Date,
) -> Vec<Case> {
    let facts = facts_of(rows, levels, status, at);
    let signs: Vec<&str> = facts.iter().map(|f| status.name(f.sign)).collect();
    let first = rows.iter().map(|(r, _)| (r.day, r.origin.as_str())).min();
    let (day, origin) = first.unwrap_or((as_of, ""));
    let id = format!("{table}:{origin}:{day}:{}", signs.join("+"));
    let open = rows.iter().any(|(r, _)| r.open);
    let case = |id: String, people: Option<f64>, age: Age, facts: Vec<Fact>| Case {
        id: Arc::from(id),
        node,
        people,
        age,
        collective: facts.iter().all(|f| COLLECTIVE.contains(&status.name(f.sign))),
        facts,
        unlisted: FactStatus::Unknown,
        linking: if people == Some(1.0) { Linking::Person } else { Linking::Loose },
        basis: Basis::Derived(table),
        historic: !open && as_of.days_since(day) > REFERENCE_DAYS,
        ended_days: (!open).then(|| as_of.days_since(day)),
        circumstances: Circumstances::default(),
        row: at,
    };
    let adult = Age { low: Some(super::ages::CHILD_UNDER), ..Age::default() };
    let child = Age { high: Some(super::ages::CHILD_UNDER - 1.0), ..Age::default() };
    // What speaks of a child is told of the children of a row: it makes no child of its adults.
    let of_adults = || facts.iter().filter(|f| !SPEAKS_OF_A_CHILD.contains(&status.name(f.sign))).copied().collect::<Vec<_>>();
    match (count.people, count.children) {
        (people, None) => vec![case(id, people, Age::default(), facts)],
        (people, Some(0.0)) => {
            let grown = of_adults();
            // Nobody was counted as a child and yet a child is told: whose it is, and how many, is not known.
            if grown.len() < facts.len() { vec![case(id, None, Age::default(), facts)] } else { vec![case(id, people, adult, grown)] }
        }
        (Some(people), Some(children)) if people > children => {
            let grown = of_adults();
            let adults = (!grown.is_empty()).then(|| case(id.clone(), Some(people - children), adult, grown));
            adults.into_iter().chain([case(format!("{id}:children"), Some(children), child, facts.clone())]).collect()
        }
        (_, children) => vec![case(format!("{id}:children"), children, child, facts)],
    }
}

/// The employer's own records say that children work: an age that is documented, and no fact beside it.
fn of_payroll_ages(inputs: &Inputs, resolution: &Resolution, as_of: Date) -> Vec<(&'static str, Case)> {
    let mut cases = Vec::new();
    for row in inputs.payroll.iter().filter(|r| r.period.from <= as_of) {
        let Some(node) = resolution.node(row.node) else { continue };
        let under_15 = row.under_15.unwrap_or(0.0);
        let older = row.under_18.map_or(0.0, |n| n - under_15);
        for (word, people, low, high) in [("under_15", under_15, None, 14.0), ("15_17", older, Some(15.0), 17.0)] {
            if people > 0.0 {
                let case = Case {
                    id: Arc::from(format!("payroll:{}:{word}", row.period.from)),
                    node,
                    people: Some(people),
                    age: Age { low, high: Some(high), proof: Some(AgeProof::Documented), ..Age::default() },
                    facts: Vec::new(),
                    unlisted: FactStatus::Unknown,
                    linking: if people == 1.0 { Linking::Person } else { Linking::Loose },
                    collective: false,
                    basis: Basis::Derived("payroll"),
                    historic: as_of.days_since(row.period.to) > REFERENCE_DAYS,
                    ended_days: Some(as_of.days_since(row.period.to)),
                    // Who is on a payroll works for its employer.
                    circumstances: Circumstances { works_for: Some(WorksFor::ThirdParty), ..Circumstances::default() },
                    row: row.row,
                };
                cases.push((word, case));
            }
        }
    }
    cases
}
