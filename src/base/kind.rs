//! The closed list of node kinds and what each is in the chain.

/// What a node is. Origins are where goods begin; intermediaries pass goods through; parties are no workplaces.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Kind {
    Farm,
    Smallholders,
    Estate,
    Mine,
    ArtisanalMine,
    Vessel,
    Mill,
    Smelter,
    Refinery,
    Factory,
    Facility,
    Warehouse,
    HomeWork,
    Trader,
    Agent,
    Importer,
    Cooperative,
    Recruiter,
    Brand,
    Retailer,
    Company,
    Group,
    List,
    Region,
    /// A natural person, kept under a key: an owner or a party of a consignment.
    Person,
    /// Not a kind of the tables: a node that links name and `nodes` does not hold. Its share stays, as unseen.
    Unknown,
}

impl Kind {
    /// The kinds that a table may state, in the order of the dictionary.
    pub const ALL: [Kind; 25] = [
        Kind::Farm,
        Kind::Smallholders,
        Kind::Estate,
        Kind::Mine,
        Kind::ArtisanalMine,
        Kind::Vessel,
        Kind::Mill,
        Kind::Smelter,
        Kind::Refinery,
        Kind::Factory,
        Kind::Facility,
        Kind::Warehouse,
        Kind::HomeWork,
        Kind::Trader,
        Kind::Agent,
        Kind::Importer,
        Kind::Cooperative,
        Kind::Recruiter,
        Kind::Brand,
        Kind::Retailer,
        Kind::Company,
        Kind::Group,
        Kind::List,
        Kind::Region,
        Kind::Person,
    ];
    /// The names of [`Kind::ALL`], as allowed values of a column.
    pub const NAMES: [&'static str; 25] = [
        "farm",
        "smallholders",
        "estate",
        "mine",
        "artisanal_mine",
        "vessel",
        "mill",
        "smelter",
        "refinery",
        "factory",
        "facility",
        "warehouse",
        "home_work",
        "trader",
        "agent",
        "importer",
        "cooperative",
        "recruiter",
        "brand",
        "retailer",
        "company",
        "group",
        "list",
        "region",
        "person",
    ];

    pub fn as_str(self) -> &'static str {
        Self::NAMES.get(self as usize).copied().unwrap_or("unknown")
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::NAMES.iter().position(|n| *n == text).map(|i| Self::ALL[i])
    }

    /// Where goods begin: farm, smallholders, estate, mine, artisanal mine, vessel.
    pub fn is_origin(self) -> bool {
        (self as u8) <= Kind::Vessel as u8
    }

    /// Passes goods through without mixing them: trader, agent, importer, co-operative, recruiter.
    pub fn is_intermediary(self) -> bool {
        matches!(self, Kind::Trader | Kind::Agent | Kind::Importer | Kind::Cooperative | Kind::Recruiter)
    }

    /// A party is no workplace: no posterior, p = 0.
    pub fn is_party(self) -> bool {
        matches!(self, Kind::Brand | Kind::Retailer | Kind::Company | Kind::Group | Kind::List | Kind::Person)
    }

    /// Whether people work at this node, so that a posterior is computed. A region and an unknown node have none.
    pub fn has_posterior(self) -> bool {
        !self.is_party() && !matches!(self, Kind::Region | Kind::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds_stand_in_the_same_order() {
        for (i, k) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(k as usize, i);
            assert_eq!(Kind::parse(k.as_str()), Some(k));
        }
        assert_eq!(Kind::Unknown.as_str(), "unknown");
        assert_eq!(Kind::parse("unknown"), None);
    }
}
