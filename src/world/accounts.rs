//! The rows of evidence of a world before they are written: who looked or told where and when, and which rows are not true.

use crate::base::NormSet;
use crate::pack::{MethodPack, SignIx, SourceIx};

/// Who visits a place, and on which terms.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Visitor {
    Announced,
    SemiAnnounced,
    Unannounced,
    /// Unannounced, with interviews away from the site.
    UnannouncedOffsite,
    Inspector,
}

impl Visitor {
    pub const ALL: [Visitor; 5] =
        [Visitor::Announced, Visitor::SemiAnnounced, Visitor::Unannounced, Visitor::UnannouncedOffsite, Visitor::Inspector];

    /// The word in `audits.announcement`; the visit of an inspector names none.
    pub fn announcement(self) -> &'static str {
        match self {
            Visitor::Announced => "announced",
            Visitor::SemiAnnounced => "semi_announced",
            Visitor::Unannounced | Visitor::UnannouncedOffsite => "unannounced",
            Visitor::Inspector => "",
        }
    }

    /// The source class that the method counts such a visit as; `None` where it knows no inspectors.
    pub fn source(self, pack: &MethodPack) -> Option<SourceIx> {
        match self {
            Visitor::Inspector => pack.sources_of("inspections").next(),
            _ => Some(pack.audit_source(self.announcement(), self == Visitor::UnannouncedOffsite)),
        }
    }
}

/// Why a row does not say what is true.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lie {
    /// The sign is not there.
    FalseReport,
    /// The site knew of the visit and hid what was there.
    Coached,
    /// Somebody else's report told again as one's own.
    Copied,
}

impl Lie {
    pub fn as_str(self) -> &'static str {
        match self {
            Lie::FalseReport => "false_report",
            Lie::Coached => "coached",
            Lie::Copied => "copied",
        }
    }
}

/// One visit.
#[derive(Clone, Debug)]
pub struct Visit {
    pub node: u32,
    pub days_before: u16,
    pub visitor: Visitor,
    /// Id of a scheme of the pack.
    pub scheme: Option<String>,
    /// Norms that the row itself says were covered.
    pub covers: Option<NormSet>,
    pub union_present: Option<bool>,
    pub lie: Option<Lie>,
}

/// What a visit says of one sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Seen,
    NotSeen,
    NotAssessed,
}

/// One sign looked at in a visit.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Position among the visits.
    pub visit: u32,
    pub sign: SignIx,
    pub outcome: Outcome,
    pub people: Option<u64>,
    pub corroborated: bool,
    pub closed: bool,
    pub lie: Option<Lie>,
}

/// One channel.
#[derive(Clone, Debug)]
pub struct Channel {
    pub node: u32,
    pub operator: &'static str,
    pub reach: f64,
    pub since_days: u16,
    pub tested_days: Option<u16>,
}

/// One report by a worker.
#[derive(Clone, Debug)]
pub struct Grievance {
    pub node: u32,
    /// Position among the channels.
    pub channel: Option<u32>,
    pub days_before: u16,
    pub sign: SignIx,
    pub people: Option<u64>,
    pub corroborated: bool,
    pub lie: Option<Lie>,
}

/// One sign that somebody outside reported.
#[derive(Clone, Debug)]
pub struct Statement {
    pub node: u32,
    pub days_before: u16,
    pub sign: SignIx,
    pub source: SourceIx,
    /// Number of the document: several rows may come from one.
    pub origin: u32,
    pub people: Option<u64>,
    pub lie: Option<Lie>,
}

/// All evidence rows of a world.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    pub visits: Vec<Visit>,
    pub findings: Vec<Finding>,
    pub channels: Vec<Channel>,
    pub grievances: Vec<Grievance>,
    pub statements: Vec<Statement>,
    /// Documents given out so far.
    pub documents: u32,
}

impl Accounts {
    pub fn rows(&self) -> usize {
        self.visits.len() + self.findings.len() + self.channels.len() + self.grievances.len() + self.statements.len()
    }

    /// The number of a new document.
    pub fn document(&mut self) -> u32 {
        self.documents += 1;
        self.documents
    }

    /// Tells the signs again as a statement of the press under a document of its own: one voice that looks like two.
    pub fn copy_told(&mut self, node: u32, days_before: u16, signs: &[SignIx], pack: &MethodPack) {
        let Some(press) = pack.source("media_single").or_else(|| pack.sources_of("statements").next()) else { return };
        let origin = self.document();
        self.statements.extend(signs.iter().map(|sign| Statement {
            node,
            days_before: days_before.saturating_sub(30),
            sign: *sign,
            source: press,
            origin,
            people: None,
            lie: Some(Lie::Copied),
        }));
    }
}
