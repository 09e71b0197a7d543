//! The rows of a portfolio and of where its figures come from.

use super::sink::{Row, Sink};
use super::walk_rows::MappedRule;
use crate::base::Traced;
use crate::schema::outputs::{self, OutputTable};
use crate::trace::Ends;
use std::borrow::Cow;
use std::cmp::Ordering;

type Text<'a> = Cow<'a, str>;

/// One row of `portfolio.parquet`.
#[derive(Clone, Debug)]
pub struct PortfolioRow<'a> {
    pub portfolio: Text<'a>,
    /// `None`: the portfolio as a whole.
    pub holding: Option<Text<'a>>,
    pub weight: f64,
    pub norm: Traced,
    pub mapped_rule: MappedRule,
    pub ends: Ends,
    pub expected: Option<f64>,
    pub people_carried: Option<f64>,
    pub upstream_nodes: Option<u64>,
}

impl Row for PortfolioRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::PORTFOLIO
    }

    fn lead(&self) -> &str {
        &self.portfolio
    }

    // The whole first, then the holdings by id.
    fn order(&self, other: &Self) -> Ordering {
        (&self.holding, self.norm, self.mapped_rule).cmp(&(&other.holding, other.norm, other.mapped_rule))
    }

    fn fill(&self, sink: &mut impl Sink) {
        let Ends { on_evidence, by_context, unseen, exited, clear } = self.ends;
        sink.put("portfolio", &self.portfolio);
        sink.put("is_whole", self.holding.is_none());
        sink.put("holding_id", self.holding.as_ref());
        sink.put("weight", self.weight);
        sink.put("norm", self.norm.as_str());
        sink.put("mapped_rule", self.mapped_rule.as_str());
        sink.put("touched_on_evidence", on_evidence);
        sink.put("touched_by_context", by_context);
        sink.put("touched", on_evidence + by_context);
        sink.put("unseen", unseen);
        sink.put("exited", exited);
        sink.put("clear", clear);
        sink.put("expected", self.expected);
        sink.put("people_carried", self.people_carried);
        sink.put("upstream_nodes", self.upstream_nodes.map(|n| n as i64));
    }
}

/// One row of `portfolio_contributions.parquet`.
#[derive(Clone, Debug)]
pub struct PortfolioContributionRow<'a> {
    pub portfolio: Text<'a>,
    pub norm: Traced,
    /// The node, and whether anything but context speaks of it; `None`: what the other rows leave over.
    pub node: Option<(Text<'a>, bool)>,
    pub ends: Ends,
    pub share_of_touched: f64,
}

impl Row for PortfolioContributionRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::PORTFOLIO_CONTRIBUTIONS
    }

    fn lead(&self) -> &str {
        &self.portfolio
    }

    // Largest first, the rest last.
    fn order(&self, other: &Self) -> Ordering {
        (self.norm, self.node.is_none())
            .cmp(&(other.norm, other.node.is_none()))
            .then_with(|| other.ends.touched().total_cmp(&self.ends.touched()))
            .then_with(|| self.node.cmp(&other.node))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("portfolio", &self.portfolio);
        sink.put("norm", self.norm.as_str());
        sink.put("is_rest", self.node.is_none());
        sink.put("node_id", self.node.as_ref().map(|(id, _)| id));
        sink.put("touched", self.ends.touched());
        sink.put("on_evidence", self.node.as_ref().map(|(_, on_evidence)| *on_evidence));
        sink.put("unseen", self.ends.unseen);
        sink.put("exited", self.ends.exited);
        sink.put("clear", self.ends.clear);
        sink.put("share_of_touched", self.share_of_touched);
    }
}
