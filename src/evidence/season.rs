//! A visit to a farm outside the harvest: children who pick are not there to be seen (methodology 3.3).
//!
//! Where the product has a known season in that country and the place is a farm (by stage, or by kind where no stage is known), silence on
//! the norms of the child branch and looks for its signs keep `reliability.out_of_season` of their detection.

use super::book::Book;
use super::reliability::Factor;
use crate::base::{Date, Kind, NodeIx, Stage};

impl Book<'_> {
    /// The factor on norms and signs of the child branch for a visit on that day; `None` in season, or where no season is known.
    pub(super) fn season_factor(&self, node: NodeIx, day: Date) -> Option<Factor> {
        let n = self.resolution.nodes.get(node.at())?;
        let farm = match n.stage {
            Some(stage) => stage == Stage::Farm,
            None => matches!(n.kind, Kind::Farm | Kind::Smallholders | Kind::Estate),
        };
        let season = self.reference.filter(|_| farm)?.harvest_season(n.country?, n.product?)?;
        (!season.holds(day)).then(|| Factor::new("outside the harvest (child labour alone)", self.rule.out_of_season))
    }
}
