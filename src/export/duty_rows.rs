//! The rows of actions, duties, remedies and their shares, of people's own judgements and suppliers' answers (model 3).

use super::sink::{Row, Sink};
use crate::base::{Norm, NormSet};
use crate::duty::{Basis, Involvement, Item};
use crate::measures::Band;
use crate::pack::{ResponseText, Standing};
use crate::schema::outputs::{self, OutputTable};
use crate::validate::inputs::Claim;
use std::borrow::Cow;
use std::cmp::Ordering;

type Text<'a> = Cow<'a, str>;

/// The word of a band.
pub fn band_word(band: Band) -> &'static str {
    match band {
        Band::A => "A",
        Band::B => "B",
        Band::C => "C",
    }
}

/// What leaving would do to the people at a place.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ledger {
    pub people: Option<f64>,
    pub orders: Option<f64>,
    pub share_of_sales: Option<f64>,
    pub upstream_nodes: Option<i64>,
    pub command: Option<String>,
}

/// One row of `actions.parquet`.
#[derive(Clone, Debug)]
pub struct ActionRow<'a> {
    pub node_id: Text<'a>,
    pub name: Text<'a>,
    pub priority: i64,
    pub step: i64,
    pub response: &'a ResponseText,
    pub basis: Basis,
    pub why: String,
    pub norms: NormSet,
    /// Gravest band and largest severity of the norms.
    pub severity: Option<(Band, f64)>,
    /// Of rows that speak of ending orders.
    pub ledger: Option<Ledger>,
    pub companies: Vec<Text<'a>>,
    pub companies_count: i64,
    pub overrides: Option<String>,
}

fn listed(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(";"))
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|t| !t.is_empty())
}

impl Row for ActionRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::ACTIONS
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.step.cmp(&other.step)
    }

    fn fill(&self, sink: &mut impl Sink) {
        let (r, ledger) = (self.response, self.ledger.as_ref());
        sink.put("node_id", &self.node_id);
        sink.put("name", &self.name);
        sink.put("priority", self.priority);
        sink.put("step", self.step);
        sink.put("response", &r.id);
        sink.put("matrix_row", i64::from(r.number));
        sink.put("pattern", &r.pattern);
        sink.put("basis", self.basis.as_str());
        sink.put("why", &self.why);
        sink.put("norms", &super::rows::norm_list(self.norms));
        sink.put("severity_band", self.severity.map(|(band, _)| band_word(band)));
        sink.put("severity", self.severity.map(|(_, s)| s));
        sink.put("first_72h", &r.first_72h);
        sink.put("days_30_90", &r.days_30_90);
        sink.put("systemic", filled(&r.systemic));
        sink.put("lead", &r.lead.join(";"));
        sink.put("support", listed(&r.support).as_ref());
        sink.put("never", filled(&r.never));
        sink.put("sources", &r.citations.join(";"));
        sink.put("standing", standing(r.standing));
        sink.put("ends_orders", r.ends_orders);
        sink.put("ledger_people", ledger.and_then(|l| l.people));
        sink.put("ledger_orders", ledger.and_then(|l| l.orders));
        sink.put("ledger_share_of_sales", ledger.and_then(|l| l.share_of_sales));
        sink.put("ledger_upstream_nodes", ledger.and_then(|l| l.upstream_nodes));
        sink.put("ledger_command", ledger.and_then(|l| l.command.as_ref()));
        sink.put("companies", &self.companies.join(";"));
        sink.put("companies_count", self.companies_count);
        sink.put("overrides", self.overrides.as_ref());
    }
}

fn standing(standing: Standing) -> &'static str {
    standing.as_str()
}

/// One row of `duties.parquet`.
#[derive(Clone, Debug)]
pub struct DutyRow<'a> {
    pub focal_id: Text<'a>,
    pub node_id: Text<'a>,
    pub priority: i64,
    pub tier: Option<i64>,
    pub involvement: Involvement,
    pub why: String,
    pub leverage_direct: f64,
    pub leverage: f64,
    pub leverage_assumed: f64,
    pub touched: Option<f64>,
    pub share_of_touched: Option<f64>,
    pub remedy_share: f64,
}

impl Row for DutyRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::DUTIES
    }

    fn lead(&self) -> &str {
        &self.focal_id
    }

    fn order(&self, other: &Self) -> Ordering {
        (self.priority, &self.node_id).cmp(&(other.priority, &other.node_id))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("focal_id", &self.focal_id);
        sink.put("node_id", &self.node_id);
        sink.put("priority", self.priority);
        sink.put("tier", self.tier);
        sink.put("involvement", self.involvement.as_str());
        sink.put("involvement_why", &self.why);
        sink.put("leverage_direct", self.leverage_direct);
        sink.put("leverage", self.leverage);
        sink.put("leverage_assumed", self.leverage_assumed);
        sink.put("touched", self.touched);
        sink.put("share_of_touched", self.share_of_touched);
        sink.put("remedy_share", self.remedy_share);
    }
}

/// One row of `remedies.parquet`.
#[derive(Clone, Debug)]
pub struct RemedyRow<'a> {
    pub node_id: Text<'a>,
    pub item: Item,
    pub currency: Option<Text<'a>>,
    pub owed: Option<f64>,
    pub paid: Option<f64>,
    pub outstanding: Option<f64>,
    pub workers: Option<String>,
    pub rows_used: i64,
    pub rows_unknown: i64,
    pub how: String,
    pub missing: Option<String>,
    pub files: Option<String>,
}

impl Row for RemedyRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::REMEDIES
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        (self.item, &self.currency).cmp(&(other.item, &other.currency))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("item", self.item.as_str());
        sink.put("currency", self.currency.as_ref());
        sink.put("owed", self.owed);
        sink.put("paid", self.paid);
        sink.put("outstanding", self.outstanding);
        sink.put("workers", self.workers.as_ref());
        sink.put("rows_used", self.rows_used);
        sink.put("rows_unknown", self.rows_unknown);
        sink.put("how", &self.how);
        sink.put("missing", self.missing.as_ref());
        sink.put("files", self.files.as_ref());
    }
}

/// One row of `remedy_shares.parquet`.
#[derive(Clone, Debug)]
pub struct RemedyShareRow<'a> {
    pub node_id: Text<'a>,
    pub currency: Option<Text<'a>>,
    /// `None`: what the rows before leave over. With whether it is focal.
    pub bearer: Option<(Text<'a>, bool)>,
    pub share: f64,
    pub amount: Option<f64>,
}

impl Row for RemedyShareRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::REMEDY_SHARES
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    // The largest share first, the rest last.
    fn order(&self, other: &Self) -> Ordering {
        (&self.currency, self.bearer.is_none())
            .cmp(&(&other.currency, other.bearer.is_none()))
            .then_with(|| other.share.total_cmp(&self.share))
            .then_with(|| self.bearer.as_ref().map(|b| &b.0).cmp(&other.bearer.as_ref().map(|b| &b.0)))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("currency", self.currency.as_ref());
        sink.put("is_rest", self.bearer.is_none());
        sink.put("bearer_id", self.bearer.as_ref().map(|(id, _)| id));
        sink.put("focal", self.bearer.as_ref().map(|(_, focal)| *focal));
        sink.put("share", self.share);
        sink.put("amount", self.amount);
    }
}

/// One row of `overrides.parquet`.
#[derive(Clone, Debug)]
pub struct OverrideOut<'a> {
    pub node_id: Text<'a>,
    pub field: &'static str,
    pub machine: Option<String>,
    pub value: Text<'a>,
    pub reason: Text<'a>,
    pub by_role: &'static str,
    pub date: String,
    pub in_force: bool,
    pub file: String,
}

impl Row for OverrideOut<'_> {
    fn table() -> &'static OutputTable {
        &outputs::OVERRIDES
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        (self.field, &self.date, &self.value, self.by_role, &self.reason, &self.file).cmp(&(
            other.field,
            &other.date,
            &other.value,
            other.by_role,
            &other.reason,
            &other.file,
        ))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("field", self.field);
        sink.put("machine_value", self.machine.as_ref());
        sink.put("value", &self.value);
        sink.put("differs", self.machine.as_deref() != Some(&*self.value));
        sink.put("reason", &self.reason);
        sink.put("by_role", self.by_role);
        sink.put("date", &self.date);
        sink.put("in_force", self.in_force);
        sink.put("file", &self.file);
    }
}

/// One row of `contests.parquet`.
#[derive(Clone, Debug)]
pub struct ContestOut<'a> {
    pub node_id: Text<'a>,
    pub contest_id: Text<'a>,
    pub claim: Claim,
    pub norm: Option<Norm>,
    pub sign: Option<Text<'a>>,
    pub answers: String,
    pub quarter: String,
    pub by_role: &'static str,
    pub evidence: Option<Text<'a>>,
    pub why_not: &'static str,
    pub file: String,
}

impl Row for ContestOut<'_> {
    fn table() -> &'static OutputTable {
        &outputs::CONTESTS
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.contest_id.cmp(&other.contest_id)
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("contest_id", &self.contest_id);
        sink.put("claim", self.claim.as_str());
        sink.put("norm", self.norm.map(Norm::as_str));
        sink.put("sign", self.sign.as_ref());
        sink.put("answers", &self.answers);
        sink.put("quarter", &self.quarter);
        sink.put("by_role", self.by_role);
        sink.put("evidence", self.evidence.as_ref());
        sink.put("weighs", self.why_not.is_empty());
        sink.put("why_not", Some(self.why_not).filter(|w| !w.is_empty()));
        sink.put("file", &self.file);
    }
}
