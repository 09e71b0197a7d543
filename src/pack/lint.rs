//! What may not stand in a pack: an uncited number, a number out of range, strengths, grades or thresholds that contradict their order. Signs
//! and the published lists have rules of their own in `lint_signs`.
//!
//! A pack with any problem is refused when it is loaded; [`MethodPack::lint`] lists all of them.

use super::model::{Grade, MethodPack, bare};
use super::text::Independence;
use crate::base::Kind;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One problem of a pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Table and row, `sign work_violence`.
    pub at: String,
    pub found: String,
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.at, self.found, self.expected)
    }
}

impl MethodPack {
    /// Every problem of this pack, sorted by place; empty for a pack that was loaded, since loading refuses all of them.
    pub fn lint(&self) -> Vec<Problem> {
        problems_of(self)
    }
}

pub(super) struct Found(Vec<Problem>);

impl Found {
    pub(super) fn push(&mut self, at: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) {
        self.0.push(Problem { at: at.into(), found: found.into(), expected: expected.into() });
    }

    /// A number outside of `low..=high`, or not a number.
    pub(super) fn range(&mut self, at: &str, what: &str, value: f64, low: f64, high: f64) {
        if !(low..=high).contains(&value) {
            self.push(at, format!("{what} is {value}"), format!("a number from {low} to {high}"));
        }
    }
}

/// Ranges of the parameters, by the start of their id.
const RANGES: &[(&str, f64, f64)] = &[
    ("strength.", 1e-6, 1.0 - 1e-6),
    ("evidence.halving", 0.0, 1.0),
    ("evidence.lapse_months", 1.0, 600.0),
    ("evidence.signal_ratio", 1.0, 1e6),
    ("prior.clustering", 1e-6, 1.0 - 1e-6),
    ("prior.discount", 0.0, 1.0),
    ("prior.cap", 0.0, 20.0),
    ("prior.model_error", 0.0, 1.0),
    ("prior.children_per_worker", 1e-3, 20.0),
    ("prior.people_bins_per_decade", 1.0, 1000.0),
    ("odds_ratio.", 0.01, 100.0),
    ("channel.use_", 0.0, 1.0),
    ("channel.silent_people", 0.0, 1e9),
    ("channel.tested_within_months", 0.0, 600.0),
    ("channel.child_factor", 0.0, 1.0),
    ("trace.closed_mapped", 0.0, 1.0),
    ("trace.tolerance", 1e-15, 1e-3),
    ("trace.rest_share", 0.0, 1.0),
    ("trace.rows_share", 0.0, 1.0),
    ("trace.rows_most", 1.0, 1e9),
    ("trace.imputed_tiers", 0.0, 64.0),
    ("trace.domestic_share", 0.0, 1.0),
    ("trace.exit_quarters", 0.0, 400.0),
    ("shipments.value_ratio", 1.0, 1e6),
    ("reliability.told_within_months", 0.0, 600.0),
    ("reliability.inspectors_per_10000_least", 0.0, 100.0),
    ("reliability.", 0.0, 1.0),
    ("remediation.", 0.0, 1.0),
    ("survey.", 0.0, 1.0),
    ("draws.count", 0.0, 1e6),
    ("draws.tau_", 0.0, 10.0),
    ("draws.", 0.0, 10.0),
    ("label.", 0.0, 0.25),
    ("rule.established_ratio", 1.0, 1e6),
    ("rule.supported_ratio", 1.0, 1e6),
    ("rule.absent_ratio", 0.0, 1.0),
    ("rule.group_cap", 0.0, 1.0),
    ("rule.boundary_", 0.0, 1.0),
    ("rule.hours_", 0.0, 168.0),
    ("rule.household_hours", 0.0, 168.0),
    ("rule.light_hours", 0.0, 168.0),
    ("rule.age_", 5.0, 25.0),
    ("rule.debt_fair_share", 0.0, 1.0),
    ("rule.cost_months_", 0.0, 120.0),
    ("alert.", 0.0, 1.0),
    ("severity.scope_decades", 0.1, 12.0),
    ("severity.", 0.0, 1.0),
    ("priority.", 0.0, 1.0),
    ("response.refusal_months", 0.0, 600.0),
    ("response.", 0.0, 1.0),
    ("remedy.yearly_rate", 0.0, 1.0),
    ("remedy.normal_hours", 1.0, 168.0),
    ("remedy.overtime_premium", 1.0, 10.0),
    ("corridor.", 0.0, 1.0),
    ("detect.payroll.hours_", 0.0, 168.0),
    ("detect.payroll.deductions_share", 0.0, 1.0),
    ("detect.payroll.late_days", 0.0, 3660.0),
    ("detect.recruitment.fee_paid", 0.0, 1e12),
    ("detect.recruitment.context_months", 0.0, 600.0),
    ("detect.recruitment.", 0.0, 1.0),
    ("detect.purchasing.lead_time_rows", 1.0, 1e6),
    ("detect.purchasing.payment_days", 0.0, 3660.0),
    ("detect.purchasing.context_months", 0.0, 600.0),
    ("detect.purchasing.", 0.0, 10.0),
    ("detect.shipments.capacity_ratio", 0.0, 100.0),
    ("detect.certificates.months", 0.0, 600.0),
    ("detect.surveys.detection_most", 0.0, 0.99),
];

pub(super) fn problems_of(pack: &MethodPack) -> Vec<Problem> {
    let mut found = Found(Vec::new());
    sources_named(pack, &mut found);
    parameters(pack, &mut found);
    strengths(pack, &mut found);
    thresholds_in_order(pack, &mut found);
    super::lint_signs::signs(pack, &mut found);
    super::lint_signs::published_lists(pack, &mut found);
    super::lint_responses::responses(pack, &mut found);
    rows(pack, &mut found);
    let mut problems = found.0;
    problems.sort();
    problems
}

/// Every row names a citation that is there, and every citation says what it is.
fn sources_named(pack: &MethodPack, found: &mut Found) {
    use super::text::Identified;
    let t = &pack.text;
    let cited = (t.parameter.iter().map(|r| (r.key(), &r.citation)))
        .chain(t.coupling.iter().map(|r| (r.key(), &r.citation)))
        .chain(t.channel.iter().map(|r| (r.key(), &r.citation)))
        .chain(t.source.iter().map(|r| (r.key(), &r.citation)))
        .chain(t.sign.iter().map(|r| (r.key(), &r.citation)))
        .chain(t.kind.iter().map(|r| (r.key(), &r.citation)))
        .chain(t.scheme.iter().map(|r| (r.key(), &r.citation)))
        .chain(t.deviation.iter().map(|r| (r.key(), &r.citation)))
        .chain(t.response.iter().flat_map(|r| r.citations.iter().chain([&r.citation]).map(|c| (r.key(), c))))
        .chain(t.danger.iter().map(|r| (r.key(), &r.citation)));
    for (key, citation) in cited {
        if citation.trim().is_empty() {
            found.push(key, "has no source", "the id of a [[citation]]");
        } else if !pack.citations.contains_key(citation) {
            found.push(key, format!("names the source '{citation}', which is not there"), "the id of a [[citation]] of this pack");
        }
    }
    for c in &t.citation {
        if c.title.trim().is_empty() || c.locator.trim().is_empty() {
            found.push(c.key(), "has no title or no locator", "the title of the work and where in it");
        }
    }
}

fn parameters(pack: &MethodPack, found: &mut Found) {
    for p in &pack.text.parameter {
        let at = format!("parameter {}", p.id);
        match RANGES.iter().find(|(start, ..)| p.id == *start || (start.ends_with(['.', '_']) && p.id.starts_with(start))) {
            Some((_, low, high)) => found.range(&at, "value", p.value, *low, *high),
            None => found.push(at.clone(), "is no parameter of the method", "an id of the embedded pack"),
        }
        if p.unit == "yes/no" && p.value != 0.0 && p.value != 1.0 {
            found.push(at.clone(), format!("value is {}", p.value), "0 for no or 1 for yes");
        }
        if p.meaning.trim().is_empty() {
            found.push(at, "has no meaning", "one line that says what it is");
        }
    }
    for c in &pack.text.coupling {
        let at = format!("coupling {}+{}", c.a, c.b);
        found.range(&at, "log_odds", c.log_odds, 0.0, 20.0);
        if c.a == c.b {
            found.push(at, "couples a norm with itself", "two norms");
        }
    }
    for c in &pack.text.channel {
        let at = format!("channel {}", c.operator);
        found.range(&at, "trust", c.trust, 0.0, 1.0);
        if pack.source(&c.source).is_none() {
            found.push(at, format!("names the source class '{}', which is not there", c.source), "the id of a [[source]]");
        }
    }
    if !pack.text.channel.iter().any(|c| c.operator == "default" && c.independence == Independence::Any) {
        found.push("channel default", "is missing", "a row that fits any operator, with independence any");
    }
}

/// A stronger grade is seen at least as often where the norm is violated, and at most as often where it is not.
fn strengths(pack: &MethodPack, found: &mut Found) {
    for (weaker, stronger, at) in [(Grade::Weak, Grade::Medium, "strength medium"), (Grade::Medium, Grade::Strong, "strength strong")] {
        let (w, s) = (pack.strength(weaker), pack.strength(stronger));
        if s.present < w.present {
            found.push(at, format!("present {} is below {} of the weaker grade", s.present, w.present), "no lower than the weaker grade");
        }
        if s.absent > w.absent {
            found.push(at, format!("absent {} is above {} of the weaker grade", s.absent, w.absent), "no higher than the weaker grade");
        }
    }
    for (grade, at) in [(Grade::Weak, "strength weak"), (Grade::Medium, "strength medium"), (Grade::Strong, "strength strong")] {
        let s = pack.strength(grade);
        if s.present <= s.absent {
            found.push(at, format!("present {} is not above absent {}", s.present, s.absent), "a sign that speaks for its norm");
        }
    }
}

/// Thresholds of one scale must rise.
fn thresholds_in_order(pack: &MethodPack, found: &mut Found) {
    let scales: [&[&str]; 4] = [
        &["rule.absent_ratio", "rule.supported_ratio", "rule.established_ratio"],
        &["rule.cost_months_weak", "rule.cost_months_medium", "rule.cost_months_strong"],
        &["rule.age_light", "rule.age_general", "rule.age_hazardous"],
        &["severity.band_b", "severity.band_a"],
    ];
    for pair in scales.iter().flat_map(|scale| scale.windows(2)) {
        let [lower, higher] = pair else { continue };
        match (pack.parameter(lower), pack.parameter(higher)) {
            (Some(l), Some(h)) if l.value >= h.value => {
                found.push(format!("parameter {higher}"), format!("{} is not above {lower} {}", h.value, l.value), "thresholds that rise");
            }
            (Some(_), Some(_)) => {}
            _ => found.push(format!("parameter {lower}"), format!("{lower} or {higher} is missing"), "both"),
        }
    }
}

fn rows(pack: &MethodPack, found: &mut Found) {
    let t = &pack.text;
    for s in &t.source {
        let at = format!("source {}", s.id);
        found.range(&at, "detection_child", s.detection_child, 0.0, 0.99);
        found.range(&at, "detection_adult", s.detection_adult, 0.0, 0.99);
        found.range(&at, "detection_sign", s.detection_sign, 0.0, 0.99);
        found.range(&at, "false_report", s.false_report, 1e-6, 0.5);
        found.range(&at, "half_life_negative_months", s.half_life_negative_months, 0.1, 1200.0);
        found.range(&at, "half_life_positive_months", s.half_life_positive_months, 0.1, 1200.0);
        if s.positive_only && (s.detection_child != 0.0 || s.detection_adult != 0.0) {
            found.push(&at, "is positive_only and has a detection by silence", "0 for both");
        }
        if s.class.trim().is_empty() || s.definition.trim().is_empty() {
            found.push(&at, "has no class or no definition", "both");
        }
    }
    if !t.source.iter().any(|s| s.announcement.as_deref() == Some("announced") && s.offsite_interviews.is_none()) {
        found.push("source", "no class stands for an announced audit", "a row with announcement announced and no offsite_interviews");
    }
    let known: BTreeSet<&str> = t.kind.iter().map(|k| k.id.as_str()).collect();
    for kind in Kind::ALL {
        if !known.contains(kind.as_str()) {
            found.push(format!("kind {}", kind.as_str()), "is missing", "every kind of the node table has its defaults");
        }
    }
    for k in &t.kind {
        let at = format!("kind {}", k.id);
        let workplace = Kind::parse(&k.id).is_some_and(Kind::has_posterior);
        found.range(&at, "people", k.people, if workplace { 1.0 } else { 0.0 }, 1e7);
        found.range(&at, "outside_share", k.outside_share, 0.0, 1.0);
        found.range(&at, "assumed_mapped", k.assumed_mapped, 0.0, 1.0);
    }
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for s in &t.scheme {
        let at = format!("scheme {}", s.id);
        if s.label_criteria.is_some_and(|k| k > 4) {
            found.push(&at, "meets more than four criteria", "0 to 4");
        }
        for name in std::iter::once(&s.id).chain(&s.aliases) {
            match names.insert(bare(name).collect(), &s.id) {
                Some(other) if other != s.id => found.push(&at, format!("shares the name '{name}' with {other}"), "one scheme per name"),
                _ => {}
            }
        }
    }
}
