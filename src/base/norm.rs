//! The norm cluster: eight yes/no facts in three branches, with their implications and the 60 joint states they leave.
//!
//! *child*: child_labour; hazardous_child_work and worst_forms (ILO C182 art. 3(a)-(c)) each imply it.
//! *forced*: forced_labour (C29 art. 2); debt_bondage (1956 Convention art. 1(a)) and state_imposed (C105 art. 1) each imply it.
//! *trafficking* (Palermo Protocol art. 3); child_trafficking implies it and worst_forms.

use std::sync::LazyLock;

/// One legal standard of the cluster. Parents stand before the norms that imply them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Norm {
    ChildLabour,
    HazardousChildWork,
    WorstForms,
    ForcedLabour,
    DebtBondage,
    StateImposed,
    Trafficking,
    ChildTrafficking,
}

/// A group of norms whose signs are of one nature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Branch {
    Child,
    Forced,
    Trafficking,
}

impl Branch {
    pub const ALL: [Branch; 3] = [Branch::Child, Branch::Forced, Branch::Trafficking];

    /// The branch of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|b| b.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Branch::Child => "child",
            Branch::Forced => "forced",
            Branch::Trafficking => "trafficking",
        }
    }

    /// The norms of this branch.
    pub fn norms(self) -> NormSet {
        match self {
            Branch::Child => NormSet::of(&[Norm::ChildLabour, Norm::HazardousChildWork, Norm::WorstForms]),
            Branch::Forced => NormSet::of(&[Norm::ForcedLabour, Norm::DebtBondage, Norm::StateImposed]),
            Branch::Trafficking => NormSet::of(&[Norm::Trafficking, Norm::ChildTrafficking]),
        }
    }
}

impl Norm {
    /// H, the number of norms.
    pub const COUNT: usize = 8;
    pub const ALL: [Norm; Norm::COUNT] = [
        Norm::ChildLabour,
        Norm::HazardousChildWork,
        Norm::WorstForms,
        Norm::ForcedLabour,
        Norm::DebtBondage,
        Norm::StateImposed,
        Norm::Trafficking,
        Norm::ChildTrafficking,
    ];

    /// The name in every file, `child_labour` to `child_trafficking`.
    pub fn as_str(self) -> &'static str {
        match self {
            Norm::ChildLabour => "child_labour",
            Norm::HazardousChildWork => "hazardous_child_work",
            Norm::WorstForms => "worst_forms",
            Norm::ForcedLabour => "forced_labour",
            Norm::DebtBondage => "debt_bondage",
            Norm::StateImposed => "state_imposed",
            Norm::Trafficking => "trafficking",
            Norm::ChildTrafficking => "child_trafficking",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|n| n.as_str() == text)
    }

    /// Position in any array of length [`Norm::COUNT`].
    #[inline]
    pub fn at(self) -> usize {
        self as usize
    }

    pub fn branch(self) -> Branch {
        match self {
            Norm::ChildLabour | Norm::HazardousChildWork | Norm::WorstForms => Branch::Child,
            Norm::ForcedLabour | Norm::DebtBondage | Norm::StateImposed => Branch::Forced,
            Norm::Trafficking | Norm::ChildTrafficking => Branch::Trafficking,
        }
    }

    /// Every norm that this one implies, parents and their parents.
    pub fn implied(self) -> NormSet {
        match self {
            Norm::ChildLabour | Norm::ForcedLabour | Norm::Trafficking => NormSet::EMPTY,
            Norm::HazardousChildWork | Norm::WorstForms => NormSet::of(&[Norm::ChildLabour]),
            Norm::DebtBondage | Norm::StateImposed => NormSet::of(&[Norm::ForcedLabour]),
            Norm::ChildTrafficking => NormSet::of(&[Norm::Trafficking, Norm::WorstForms, Norm::ChildLabour]),
        }
    }
}

/// A set of norms as bits; bit `i` is `Norm::ALL[i]`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct NormSet(pub u8);

impl NormSet {
    pub const EMPTY: NormSet = NormSet(0);
    pub const EVERY: NormSet = NormSet(0xff);

    pub const fn of(norms: &[Norm]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < norms.len() {
            bits |= 1 << (norms[i] as u8);
            i += 1;
        }
        NormSet(bits)
    }

    #[inline]
    pub fn contains(self, norm: Norm) -> bool {
        self.0 >> (norm as u8) & 1 == 1
    }

    pub fn insert(&mut self, norm: Norm) {
        self.0 |= 1 << (norm as u8);
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Norm> {
        Norm::ALL.into_iter().filter(move |n| self.contains(*n))
    }
}

/// The number of joint states that the implications admit.
pub const STATE_COUNT: usize = 60;

/// The 60 admissible joint states in the order of the oracle: by the number of norms that are true, then by the norms read as
/// digits in the order of [`Norm::ALL`]; the empty state first.
pub static STATES: LazyLock<[NormSet; STATE_COUNT]> = LazyLock::new(|| {
    let admissible = |s: &NormSet| s.iter().all(|n| n.implied().iter().all(|a| s.contains(a)));
    let mut all: Vec<NormSet> = (0..=255u8).map(NormSet).filter(admissible).collect();
    all.sort_by_key(|s| (s.0.count_ones(), s.0.reverse_bits()));
    let mut states = [NormSet::EMPTY; STATE_COUNT];
    for (slot, state) in states.iter_mut().zip(all) {
        *slot = state;
    }
    states
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_implications_leave_sixty_states_with_the_empty_one_first() {
        let admissible = (0..=255u8).map(NormSet).filter(|s| s.iter().all(|n| n.implied().iter().all(|a| s.contains(a)))).count();
        assert_eq!(admissible, STATE_COUNT);
        assert_eq!(STATES[0], NormSet::EMPTY);
        assert!(STATES.windows(2).all(|w| w[0] != w[1]));
    }
}
