//! What is told of two results: plain values, for the screen, for Parquet, and for a report.

use serde::Serialize;

/// What a figure's move consists of. The words are those of `changes.parquet`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Evidence,
    Time,
    FirstSignal,
    Context,
    ContextAndMethod,
    LinksAdded,
    LinksLost,
    LinksReweighted,
    Coverage,
    Exits,
    Method,
    NotSplit,
}

impl Part {
    pub const COUNT: usize = 12;
    pub const ALL: [Part; Part::COUNT] = [
        Part::Evidence,
        Part::Time,
        Part::FirstSignal,
        Part::Context,
        Part::ContextAndMethod,
        Part::LinksAdded,
        Part::LinksLost,
        Part::LinksReweighted,
        Part::Coverage,
        Part::Exits,
        Part::Method,
        Part::NotSplit,
    ];

    /// The word in the files.
    pub fn as_str(self) -> &'static str {
        crate::schema::outputs::words::CHANGE_PARTS.get(self as usize).copied().unwrap_or("not_split")
    }

    /// The part in the words of the screen.
    pub fn said(self) -> &'static str {
        match self {
            Part::Evidence => "evidence",
            Part::Time => "evidence grown older",
            Part::FirstSignal => "between the two columns",
            Part::Context => "context and reference data",
            Part::ContextAndMethod => "context and method",
            Part::LinksAdded => "links added",
            Part::LinksLost => "links lost",
            Part::LinksReweighted => "links re-weighted",
            Part::Coverage => "coverage",
            Part::Exits => "exits",
            Part::Method => "method",
            Part::NotSplit => "not split",
        }
    }
}

/// The change story of two results.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Story {
    pub old: Told,
    pub new: Told,
    /// What differs in the method, one sentence each; empty where it is the same.
    pub method_differs: Vec<String>,
    /// Whether the old dataset was assessed with the new method, so that the method's part is told apart.
    pub method_apart: bool,
    /// Companies that both results assess, by id.
    pub companies: Vec<Company>,
    /// What happened beside the figures: by thing, the weightiest first.
    pub happened: Vec<Happened>,
    /// Nodes of both, of the new alone, of the old alone.
    pub nodes_both: u64,
    pub nodes_added: u64,
    pub nodes_gone: u64,
    /// What a reader must know before the numbers.
    pub notes: Vec<String>,
}

/// What a result says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    pub dataset: String,
    pub dataset_hash: String,
    pub as_of: String,
    pub pack: String,
    pub pack_hash: String,
    pub reference_hash: String,
    pub onus_version: String,
}

/// A company under assessment in both results.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Company {
    pub id: String,
    pub name: String,
    /// By norm, mapped rule and figure.
    pub figures: Vec<Figure>,
}

impl Company {
    /// One figure by the words of `changes.parquet`.
    pub fn figure(&self, norm: &str, rule: &str, figure: &str) -> Option<&Figure> {
        self.figures.iter().find(|f| f.norm == norm && f.mapped_rule == rule && f.figure == figure)
    }
}

/// A figure in both results, and its move.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    pub norm: &'static str,
    pub mapped_rule: &'static str,
    pub figure: &'static str,
    pub old: f64,
    pub new: f64,
    /// 5-95 % over the draws of the method, where the result has them.
    pub old_range: Option<(f64, f64)>,
    pub new_range: Option<(f64, f64)>,
    /// Whether each figure lies inside the range of the other; `None` where a result has no range.
    pub within_ranges: Option<bool>,
    /// What the move consists of, in the order of [`Part::ALL`]; parts of exactly 0 are left out. They add up to `new - old`.
    pub parts: Vec<PartOfMove>,
}

impl Figure {
    /// New minus old.
    pub fn change(&self) -> f64 {
        self.new - self.old
    }

    /// What one part adds; 0 where it adds nothing.
    pub fn part(&self, part: Part) -> f64 {
        self.parts.iter().filter(|p| p.part == part).map(|p| p.change).sum()
    }

    /// Who buys from whom: links added, lost and re-weighted together.
    pub fn network(&self) -> f64 {
        self.part(Part::LinksAdded) + self.part(Part::LinksLost) + self.part(Part::LinksReweighted)
    }
}

/// One part of a move.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartOfMove {
    pub part: Part,
    pub change: f64,
    /// The nodes behind it, the largest move first, to 80 % of all moves and at most 1,000; cautious rule alone.
    pub nodes: Vec<NodeMove>,
    /// What the nodes above leave over, and at how many nodes.
    pub rest: f64,
    pub rest_nodes: u64,
}

/// A node behind a part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeMove {
    pub id: String,
    pub name: String,
    pub node_in: NodeIn,
    pub change: f64,
    /// Probability used at the node; `None` where the node is not in the company's chain of that result.
    pub p: [Option<f64>; 2],
    pub mapped: [Option<f64>; 2],
    /// What changed, in words.
    pub what: String,
}

/// Which of two results hold a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeIn {
    Both,
    NewAlone,
    OldAlone,
}

impl NodeIn {
    pub fn of(in_old: bool, in_new: bool) -> Self {
        match (in_old, in_new) {
            (false, _) => NodeIn::NewAlone,
            (true, false) => NodeIn::OldAlone,
            _ => NodeIn::Both,
        }
    }

    /// The word in the files.
    pub fn as_str(self) -> &'static str {
        crate::schema::outputs::words::NODE_IN.get(self as usize).copied().unwrap_or("both")
    }
}

/// What something that happened is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    Finding,
    Signal,
    Stale,
    Alert,
    CutLink,
    #[serde(rename = "first_20")]
    First20,
    Node,
    Company,
    Record,
}

impl Thing {
    /// The word in the files.
    pub fn as_str(self) -> &'static str {
        crate::schema::outputs::words::CHANGE_THINGS.get(self as usize).copied().unwrap_or("node")
    }
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    New,
    Gone,
    Up,
    Down,
    Other,
}

impl Way {
    /// The word in the files.
    pub fn as_str(self) -> &'static str {
        crate::schema::outputs::words::CHANGE_WAYS.get(self as usize).copied().unwrap_or("other")
    }
}

/// One thing that happened beside the figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Happened {
    pub thing: Thing,
    pub way: Way,
    pub node_id: String,
    pub name: String,
    pub norm: Option<String>,
    /// The buyer of a cut link; of a record, the record itself.
    pub other_id: Option<String>,
    pub old: Option<String>,
    pub new: Option<String>,
    /// The same as a sentence.
    pub what: String,
}
