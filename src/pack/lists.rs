//! The published lists as counts: how many strong, medium and weak indicators each dimension of the Delphi lists holds, and what a pack holds.
//!
//! # Source
//! ILO and European Commission, *Operational indicators of trafficking in human beings*, revised September 2009: 67 adult and 65 child
//! indicators of labour exploitation (methodology 2.2).

use super::model::{DelphiDimension, Grade, MethodPack};

/// A published list that a pack may be held to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PublishedList {
    DelphiAdult,
    DelphiChild,
}

/// Strong, medium and weak indicators by dimension, D1 to D6.
pub type Counts = [[usize; 3]; 6];

impl PublishedList {
    pub const ALL: [PublishedList; 2] = [PublishedList::DelphiAdult, PublishedList::DelphiChild];

    /// The name in `[[deviation]]`.
    pub fn as_str(self) -> &'static str {
        match self {
            PublishedList::DelphiAdult => "delphi_adult",
            PublishedList::DelphiChild => "delphi_child",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.as_str() == text)
    }

    /// What the publication holds: 7/53/7 adult, 15/50/0 child in all.
    pub fn published(self) -> Counts {
        match self {
            PublishedList::DelphiAdult => [[1, 8, 1], [1, 9, 0], [0, 14, 2], [1, 7, 1], [4, 10, 1], [0, 5, 2]],
            PublishedList::DelphiChild => [[2, 8, 0], [4, 6, 0], [0, 15, 0], [1, 7, 0], [8, 7, 0], [0, 7, 0]],
        }
    }

    /// What a pack holds.
    pub fn counted(self, pack: &MethodPack) -> Counts {
        let mut counts = Counts::default();
        for place in pack.signs.iter().filter_map(|s| s.delphi) {
            let grade = match self {
                PublishedList::DelphiAdult => place.adult,
                PublishedList::DelphiChild => place.child,
            };
            let column = match grade {
                Some(Grade::Strong) => 0,
                Some(Grade::Medium) => 1,
                Some(Grade::Weak) => 2,
                None => continue,
            };
            if let Some(row) = counts.get_mut(place.dimension as usize) {
                row[column] += 1;
            }
        }
        counts
    }
}

/// D1 to D6 in order.
pub const DIMENSIONS: [DelphiDimension; 6] =
    [DelphiDimension::D1, DelphiDimension::D2, DelphiDimension::D3, DelphiDimension::D4, DelphiDimension::D5, DelphiDimension::D6];

/// `4/10/1`, strong, medium, weak.
pub fn written(row: [usize; 3]) -> String {
    format!("{}/{}/{}", row[0], row[1], row[2])
}
