//! The rows of exposure, contributions and their sums, as the pipeline fills them from the trace (model 2).

use super::rows::words;
use super::sink::{Row, Sink};
use crate::base::Traced;
use crate::schema::outputs::words::{RANGED, RANKED};
use crate::schema::outputs::{self, OutputTable};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

type Text<'a> = Cow<'a, str>;

words!(
    /// Whose links the walk uses.
    View { All => "all", Own => "own", OwnUnfilled => "own_unfilled" }
);
words!(
    /// How unknown mapped shares are taken.
    MappedRule { Cautious => "cautious", AsListed => "as_listed" }
);
words!(
    /// What contribution sums are by.
    Dimension { Tier => "tier", Country => "country", Product => "product", Kind => "kind", Group => "group" }
);

/// Which walk a figure belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Walk {
    pub norm: Traced,
    pub view: View,
    pub mapped_rule: MappedRule,
}

impl Walk {
    pub(super) fn fill(self, sink: &mut impl Sink) {
        sink.put("norm", self.norm.as_str());
        sink.put("view", self.view.as_str());
        sink.put("mapped_rule", self.mapped_rule.as_str());
    }
}

/// What the draws of the method leave open of one walk.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawn {
    /// 5 % and 95 % of each of [`RANGED`].
    pub ranges: [(f64, f64); RANGED.len()],
    /// 5 % and 95 % of the position among the focal companies by each of [`RANKED`], largest first; of companies alone.
    pub ranks: Option<[(i64, i64); RANKED.len()]>,
}

static RANGE_COLUMNS: LazyLock<[(String, String); RANGED.len()]> =
    LazyLock::new(|| RANGED.map(|name| (format!("{name}_low"), format!("{name}_high"))));
static RANK_COLUMNS: LazyLock<[(String, String); RANKED.len()]> =
    LazyLock::new(|| RANKED.map(|name| (format!("rank_{name}_low"), format!("rank_{name}_high"))));

/// One row of `exposure.parquet`.
#[derive(Clone, Debug)]
pub struct ExposureRow<'a> {
    pub node_id: Text<'a>,
    pub walk: Walk,
    pub focal: bool,
    pub touched_on_evidence: f64,
    pub touched_by_context: f64,
    pub touched: f64,
    pub unseen: f64,
    pub exited: f64,
    pub clear: f64,
    pub expected: Option<f64>,
    pub defect: f64,
    pub mapped: f64,
    /// With the expected share of people affected in the place of the probability.
    pub touched_people: Option<f64>,
    /// The node's own e.
    pub left: f64,
    pub assumed_share: Option<f64>,
    pub drawn: Option<Drawn>,
}

impl Row for ExposureRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::EXPOSURE
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.walk.cmp(&other.walk)
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        self.walk.fill(sink);
        sink.put("focal", self.focal);
        sink.put("touched_on_evidence", self.touched_on_evidence);
        sink.put("touched_by_context", self.touched_by_context);
        sink.put("touched", self.touched);
        sink.put("unseen", self.unseen);
        sink.put("exited", self.exited);
        sink.put("clear", self.clear);
        sink.put("expected", self.expected);
        sink.put("defect", self.defect);
        sink.put("mapped", self.mapped);
        sink.put("touched_people", self.touched_people);
        sink.put("left_share", self.left);
        sink.put("assumed_share", self.assumed_share);
        let drawn = self.drawn.as_ref();
        for (i, (low, high)) in RANGE_COLUMNS.iter().enumerate() {
            sink.put(low, drawn.map(|d| d.ranges[i].0));
            sink.put(high, drawn.map(|d| d.ranges[i].1));
        }
        let ranks = drawn.and_then(|d| d.ranks);
        for (i, (low, high)) in RANK_COLUMNS.iter().enumerate() {
            sink.put(low, ranks.map(|r| r[i].0));
            sink.put(high, ranks.map(|r| r[i].1));
        }
    }
}

/// One row of `contributions.parquet`: a node, or the rest.
#[derive(Clone, Debug)]
pub struct ContributionRow<'a> {
    pub focal_id: Text<'a>,
    pub walk: Walk,
    /// `None`: what the other rows leave over.
    pub node: Option<Contributor<'a>>,
    pub touched: f64,
    pub unseen: Option<f64>,
    pub exited: Option<f64>,
    pub clear: Option<f64>,
    pub share_of_touched: f64,
}

/// The node of a contribution.
#[derive(Clone, Debug)]
pub struct Contributor<'a> {
    pub node_id: Text<'a>,
    pub tier: Option<u32>,
    pub visits: f64,
    /// G_jj.
    pub returns: Option<f64>,
    pub on_evidence: bool,
}

impl Row for ContributionRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::CONTRIBUTIONS
    }

    fn lead(&self) -> &str {
        &self.focal_id
    }

    // Largest first, the rest last.
    fn order(&self, other: &Self) -> Ordering {
        (self.walk, self.node.is_none())
            .cmp(&(other.walk, other.node.is_none()))
            .then_with(|| other.touched.total_cmp(&self.touched))
            .then_with(|| self.node.as_ref().map(|n| &n.node_id).cmp(&other.node.as_ref().map(|n| &n.node_id)))
    }

    fn fill(&self, sink: &mut impl Sink) {
        let node = self.node.as_ref();
        sink.put("focal_id", &self.focal_id);
        self.walk.fill(sink);
        sink.put("is_rest", node.is_none());
        sink.put("node_id", node.map(|n| &n.node_id));
        sink.put("tier", node.and_then(|n| n.tier).map(i64::from));
        sink.put("visits", node.map(|n| n.visits));
        sink.put("returns", node.and_then(|n| n.returns));
        sink.put("touched", self.touched);
        sink.put("on_evidence", node.map(|n| n.on_evidence));
        sink.put("unseen", self.unseen);
        sink.put("exited", self.exited);
        sink.put("clear", self.clear);
        sink.put("share_of_touched", self.share_of_touched);
    }
}

/// One row of `contribution_sums.parquet`.
#[derive(Clone, Debug)]
pub struct ContributionSumRow<'a> {
    pub focal_id: Text<'a>,
    pub walk: Walk,
    pub dimension: Dimension,
    /// `-` where the nodes have none.
    pub value: Text<'a>,
    pub touched_on_evidence: f64,
    pub touched_by_context: f64,
    pub unseen: f64,
    pub exited: f64,
    pub clear: f64,
}

impl Row for ContributionSumRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::CONTRIBUTION_SUMS
    }

    fn lead(&self) -> &str {
        &self.focal_id
    }

    // Tiers as numbers: a shorter text is the smaller number; other values by their bytes.
    fn order(&self, other: &Self) -> Ordering {
        let length = |r: &Self| if r.dimension == Dimension::Tier { r.value.len() } else { 0 };
        (self.walk, self.dimension, length(self), &self.value).cmp(&(other.walk, other.dimension, length(other), &other.value))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("focal_id", &self.focal_id);
        self.walk.fill(sink);
        sink.put("dimension", self.dimension.as_str());
        sink.put("value", &self.value);
        sink.put("touched_on_evidence", self.touched_on_evidence);
        sink.put("touched_by_context", self.touched_by_context);
        sink.put("unseen", self.unseen);
        sink.put("exited", self.exited);
        sink.put("clear", self.clear);
    }
}
