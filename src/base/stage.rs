//! Stage of production: where along a good's making a risk is listed, and where a node works.

/// One stage, from the field to the factory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stage {
    Farm,
    Mine,
    Fishing,
    Processing,
    Manufacturing,
}

impl Stage {
    pub const ALL: [Stage; 5] = [Stage::Farm, Stage::Mine, Stage::Fishing, Stage::Processing, Stage::Manufacturing];
    pub const NAMES: [&'static str; 5] = ["farm", "mine", "fishing", "processing", "manufacturing"];

    pub fn as_str(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::NAMES.iter().position(|n| *n == text).map(|i| Self::ALL[i])
    }
}
