//! Whether a company causes, contributes to, or is directly linked to what happens at a place (UNGP 19 and commentary). It chooses the response and
//! never lowers severity.

/// How a company is involved; the closest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Involvement {
    /// The place is the company's own, or its group's.
    Cause,
    /// Its purchasing is beyond a threshold on the path to the place, and a finding or signal stands there.
    Contribute,
    Linked,
}

impl Involvement {
    pub fn as_str(self) -> &'static str {
        match self {
            Involvement::Cause => "cause",
            Involvement::Contribute => "contribute",
            Involvement::Linked => "linked",
        }
    }

    /// `own`: the place is the company's or its group's. `adverse_practice`: a practice of the company beyond the pack's threshold towards the
    /// place, or towards a supplier that the place's goods come through. `speaks`: a finding or a signal stands at the place.
    pub fn of(own: bool, adverse_practice: bool, speaks: bool) -> Self {
        match (own, adverse_practice && speaks) {
            (true, _) => Involvement::Cause,
            (_, true) => Involvement::Contribute,
            _ => Involvement::Linked,
        }
    }
}
