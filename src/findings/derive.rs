//! Cases from rows that tell facts of one group by nature: a finding of a visit, a complaint, a statement, a payroll period, a cohort of
//! recruits. All facts of one row make one case; facts of different rows are never put together, for nothing says that they are of
//! the same people. Where a row counts children among its people, the children are a case of their own.
//!
//! The status of a derived fact comes from what sources say of that sign at the node (methodology 5.5): Lam = the product over origins of
//! their largest LR+, times the looks for that very sign, sources of one class sharing a blind spot:
//!
//! ```text
//! established  Lam >= 19, or a court or authority established it      supported  3 <= Lam < 19
//! absent       Lam <= 0.2                                            unknown    else
//! ```
//!
//! Facts of several people that nothing links to persons say at most *possible* of forced labour and trafficking, unless the fact is
//! collective by nature, as passports of all in one safe.

use super::case::{Age, Basis, Case, Circumstances, Fact, Linking};
use super::parameters::RuleParameters;
use crate::base::{Date, NodeIx};
use crate::evidence::book::{EvidenceRow, Gathered, Item};
use crate::pack::{MethodPack, SignIx};
use crate::resolve::Resolution;
use crate::validate::Inputs;
use crate::validate::inputs::{AgeProof, FactStatus, RowRef};
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
/// Days of the reference period of a finding.
const REFERENCE_DAYS: i32 = 365;

/// Statuses of signs at one node, from what sources said of each.
pub struct RowStatus<'a> {
    pack: &'a MethodPack,
    parameters: RuleParameters,
}

impl<'a> RowStatus<'a> {
    pub fn new(pack: &'a MethodPack) -> Self {
        Self { pack, parameters: RuleParameters::of(pack) }
    }

    /// Lam of a fact at a node: natural log; 0 where nothing was said of it.
    pub fn log_ratio(&self, gathered: &Gathered, sign: SignIx) -> f64 {
        let fact = self.pack.fact_of(sign);
        let levels = gathered.sign_levels(self.pack);
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

    fn of_row(&self, gathered: &Gathered, row: &EvidenceRow, sign: SignIx) -> FactStatus {
        let adjudicated = self.pack.sources.get(row.source.0 as usize).is_some_and(|s| s.id == ADJUDICATED);
        if adjudicated { FactStatus::Established } else { self.of_log_ratio(self.log_ratio(gathered, sign)) }
    }
}

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
    for (node, gathered) in evidence {
        let mut groups: BTreeMap<(&'static str, RowRef), Vec<&EvidenceRow>> = BTreeMap::new();
        for row in gathered.rows.iter().filter(|r| r.item == Item::Report && r.why_not.is_empty() && TABLES.contains(&r.table)) {
            groups.entry((row.table, row.row)).or_default().push(row);
        }
        for ((table, at), rows) in groups {
            let count = counts.get(&at).copied().unwrap_or_default();
            cases.extend(of_row(*node, table, at, &rows, count, gathered, &status, as_of));
        }
    }
    cases.extend(of_payroll_ages(inputs, resolution, as_of));
    // Rows that say the same of as many people are told apart by a number alone.
    cases.sort_by(|a, b| {
        (a.node, &a.id).cmp(&(b.node, &b.id)).then_with(|| a.people.partial_cmp(&b.people).unwrap_or(std::cmp::Ordering::Equal))
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

#[expect(clippy::too_many_arguments, reason = "a row, its place and what its facts are judged by")]
fn of_row(
    node: NodeIx,
    table: &'static str,
    at: RowRef,
    rows: &[&EvidenceRow],
    count: Count,
    gathered: &Gathered,
    status: &RowStatus,
    as_of: Date,
) -> Vec<Case> {
    let name = |s: SignIx| status.pack.signs.get(s.0 as usize).map_or("", |s| s.id.as_str());
    let mut facts: Vec<Fact> = rows
        .iter()
        .filter_map(|r| r.sign.map(|sign| Fact { sign, phase: None, status: status.of_row(gathered, r, sign), row: at }))
        .collect();
    facts.sort();
    facts.dedup();
    let signs: Vec<&str> = facts.iter().map(|f| name(f.sign)).collect();
    let first = rows.iter().map(|r| (r.day, r.origin.as_str())).min();
    let (day, origin) = first.unwrap_or((as_of, ""));
    let id = format!("{table}:{origin}:{day}:{}", signs.join("+"));
    let open = rows.iter().any(|r| r.open);
    let case = |id: String, people: Option<f64>, age: Age| Case {
        id: Arc::from(id),
        node,
        people,
        age,
        facts: facts.clone(),
        unlisted: FactStatus::Unknown,
        linking: if people == Some(1.0) { Linking::Person } else { Linking::Loose },
        collective: signs.iter().all(|s| COLLECTIVE.contains(s)),
        basis: Basis::Derived(table),
        historic: !open && as_of.days_since(day) > REFERENCE_DAYS,
        circumstances: Circumstances::default(),
        row: at,
    };
    let adult = Age { low: Some(super::ages::CHILD_UNDER), ..Age::default() };
    let child = Age { high: Some(super::ages::CHILD_UNDER - 1.0), ..Age::default() };
    match (count.people, count.children) {
        (people, None) => vec![case(id, people, Age::default())],
        (people, Some(0.0)) => vec![case(id, people, adult)],
        (Some(people), Some(children)) if people > children => {
            vec![case(id.clone(), Some(people - children), adult), case(format!("{id}:children"), Some(children), child)]
        }
        (_, children) => vec![case(format!("{id}:children"), children, child)],
    }
}

/// The employer's own records say that children work: an age that is documented, and no fact beside it.
fn of_payroll_ages(inputs: &Inputs, resolution: &Resolution, as_of: Date) -> Vec<Case> {
    let mut cases = Vec::new();
    for row in inputs.payroll.iter().filter(|r| r.period.from <= as_of) {
        let Some(node) = resolution.node(row.node) else { continue };
        let under_15 = row.under_15.unwrap_or(0.0);
        let older = row.under_18.map_or(0.0, |n| n - under_15);
        for (word, people, low, high) in [("under_15", under_15, None, 14.0), ("15_17", older, Some(15.0), 17.0)] {
            if people > 0.0 {
                cases.push(Case {
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
                    circumstances: Circumstances::default(),
                    row: row.row,
                });
            }
        }
    }
    cases
}
