//! The rows of the footprint and of choke points (model 2).

use super::sink::{Row, Sink};
use super::walk_rows::Walk;
use crate::base::Traced;
use crate::schema::outputs::{self, OutputTable};
use std::borrow::Cow;
use std::cmp::Ordering;

type Text<'a> = Cow<'a, str>;

/// One row of `footprint.parquet`.
#[derive(Clone, Debug)]
pub struct FootprintRow<'a> {
    pub node_id: Text<'a>,
    /// Never `any`.
    pub norm: Traced,
    pub people: f64,
    pub passes: f64,
    pub carried: Option<f64>,
    pub leaves: f64,
    pub outside_share: f64,
    pub outside_assumed: bool,
    pub assumed_share: f64,
}

impl Row for FootprintRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::FOOTPRINT
    }

    fn lead(&self) -> &str {
        &self.node_id
    }

    fn order(&self, other: &Self) -> Ordering {
        self.norm.cmp(&other.norm)
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("node_id", &self.node_id);
        sink.put("norm", self.norm.as_str());
        sink.put("people_affected", self.people);
        sink.put("passes", self.passes);
        sink.put("carried", self.carried);
        sink.put("leaves", self.leaves);
        sink.put("outside_share", self.outside_share);
        sink.put("outside_assumed", self.outside_assumed);
        sink.put("assumed_share", self.assumed_share);
    }
}

/// One row of `chokepoints.parquet`.
#[derive(Clone, Debug)]
pub struct ChokePointRow<'a> {
    pub focal_id: Text<'a>,
    pub walk: Walk,
    /// 1 for the first chosen.
    pub place: u32,
    pub node_id: Text<'a>,
    pub tier: Option<u32>,
    pub gain: f64,
    pub cover: f64,
    pub share_of_touched: f64,
    pub at_most: f64,
    pub returns: Option<f64>,
}

impl Row for ChokePointRow<'_> {
    fn table() -> &'static OutputTable {
        &outputs::CHOKEPOINTS
    }

    fn lead(&self) -> &str {
        &self.focal_id
    }

    fn order(&self, other: &Self) -> Ordering {
        (self.walk, self.place).cmp(&(other.walk, other.place))
    }

    fn fill(&self, sink: &mut impl Sink) {
        sink.put("focal_id", &self.focal_id);
        self.walk.fill(sink);
        sink.put("place", i64::from(self.place));
        sink.put("node_id", &self.node_id);
        sink.put("tier", self.tier.map(i64::from));
        sink.put("gain", self.gain);
        sink.put("cover", self.cover);
        sink.put("share_of_touched", self.share_of_touched);
        sink.put("cover_at_most", self.at_most);
        sink.put("returns", self.returns);
    }
}
