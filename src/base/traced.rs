//! The four figures that are followed upstream.

use super::norm::Norm;

/// What the walk asks of a node: one of three root norms, or any norm of the cluster.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Traced {
    ChildLabour,
    ForcedLabour,
    Trafficking,
    Any,
}

impl Traced {
    pub const COUNT: usize = 4;
    pub const ALL: [Traced; Traced::COUNT] = [Traced::ChildLabour, Traced::ForcedLabour, Traced::Trafficking, Traced::Any];
    /// The names in every file, in the order of [`Traced::ALL`].
    pub const NAMES: [&'static str; Traced::COUNT] = ["child_labour", "forced_labour", "trafficking", "any"];

    pub fn as_str(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::NAMES.iter().position(|n| *n == text).map(|i| Self::ALL[i])
    }

    /// The norm that is traced; `None` for any.
    pub fn norm(self) -> Option<Norm> {
        match self {
            Traced::ChildLabour => Some(Norm::ChildLabour),
            Traced::ForcedLabour => Some(Norm::ForcedLabour),
            Traced::Trafficking => Some(Norm::Trafficking),
            Traced::Any => None,
        }
    }
}
