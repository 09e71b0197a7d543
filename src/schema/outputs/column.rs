//! What a declaration of a result's table says: columns with type, unit, range and direction.

use std::borrow::Cow;

/// How the cells of a column are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputType {
    /// UTF-8 text.
    Text,
    /// 64-bit float, written exactly.
    Float,
    /// 64-bit whole number.
    Int,
    Bool,
}

impl OutputType {
    /// The word in the codebook.
    pub fn as_str(self) -> &'static str {
        match self {
            OutputType::Text => "text",
            OutputType::Float => "float64",
            OutputType::Int => "int64",
            OutputType::Bool => "boolean",
        }
    }
}

/// What a larger number of a score means for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Not a score.
    None,
    HigherIsWorse,
    HigherIsBetter,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::None => "",
            Direction::HigherIsWorse => "higher is worse",
            Direction::HigherIsBetter => "higher is better",
        }
    }
}

/// One column of one table.
#[derive(Clone, Debug)]
pub struct OutputColumn {
    pub name: Cow<'static, str>,
    pub kind: OutputType,
    /// Unit of a number (`probability`, `people`, `days`), else empty.
    pub unit: &'static str,
    /// Least and largest possible number, infinite where open; `None` where no range applies.
    pub range: Option<(f64, f64)>,
    pub direction: Direction,
    pub nullable: bool,
    /// The closed list of a text column; empty where any text may stand.
    pub allowed: Vec<&'static str>,
    pub meaning: Cow<'static, str>,
}

impl OutputColumn {
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, kind: OutputType, meaning: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            kind,
            unit: "",
            range: None,
            direction: Direction::None,
            nullable: false,
            allowed: Vec::new(),
            meaning: meaning.into(),
        }
    }

    pub(super) fn or_empty(mut self) -> Self {
        self.nullable = true;
        self
    }

    pub(super) fn in_unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    pub(super) fn between(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    pub(super) fn worse_when_higher(mut self) -> Self {
        self.direction = Direction::HigherIsWorse;
        self
    }

    pub(super) fn better_when_higher(mut self) -> Self {
        self.direction = Direction::HigherIsBetter;
        self
    }

    /// The range as text, `0 to 1`, `0 or more`; empty where none applies.
    pub fn range_text(&self) -> String {
        match self.range {
            None => String::new(),
            Some((low, high)) if low.is_finite() && high.is_finite() => format!("{low} to {high}"),
            Some((low, _)) if low.is_finite() => format!("{low} or more"),
            Some((_, high)) if high.is_finite() => format!("{high} or less"),
            Some(_) => "any".to_owned(),
        }
    }
}

/// One table of the result folder.
#[derive(Debug)]
pub struct OutputTable {
    pub name: &'static str,
    pub file: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// The column whose bytes order the rows; empty where the order is one of reading, not of a key.
    pub sorted_by: &'static str,
    pub columns: Vec<OutputColumn>,
}

impl OutputTable {
    /// Position of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    pub fn is_parquet(&self) -> bool {
        self.file.ends_with(".parquet")
    }

    /// Unit, range and direction of every score as JSON, for the metadata of the file.
    pub fn scores_json(&self) -> String {
        let bound = |x: f64| if x.is_finite() { serde_json::json!(x) } else { serde_json::Value::Null };
        let scores: serde_json::Map<String, serde_json::Value> = self
            .columns
            .iter()
            .filter(|c| c.direction != Direction::None)
            .map(|c| {
                let (low, high) = c.range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
                let score = serde_json::json!({"unit": c.unit, "range": [bound(low), bound(high)], "direction": c.direction.as_str()});
                (c.name.to_string(), score)
            })
            .collect();
        serde_json::Value::Object(scores).to_string()
    }
}

pub(super) fn text(name: &'static str, meaning: &'static str) -> OutputColumn {
    OutputColumn::new(name, OutputType::Text, meaning)
}

pub(super) fn word(name: &'static str, allowed: &[&'static str], meaning: &'static str) -> OutputColumn {
    let mut column = text(name, meaning);
    column.allowed = allowed.to_vec();
    column
}

pub(super) fn number(name: impl Into<Cow<'static, str>>, unit: &'static str, meaning: impl Into<Cow<'static, str>>) -> OutputColumn {
    OutputColumn::new(name, OutputType::Float, meaning).in_unit(unit)
}

pub(super) fn probability(name: impl Into<Cow<'static, str>>, meaning: impl Into<Cow<'static, str>>) -> OutputColumn {
    number(name, "probability", meaning).between(0.0, 1.0).worse_when_higher()
}

pub(super) fn share(name: &'static str, meaning: &'static str) -> OutputColumn {
    number(name, "share", meaning).between(0.0, 1.0)
}

pub(super) fn count(name: impl Into<Cow<'static, str>>, unit: &'static str, meaning: impl Into<Cow<'static, str>>) -> OutputColumn {
    OutputColumn::new(name, OutputType::Int, meaning).in_unit(unit).between(0.0, f64::INFINITY)
}

pub(super) fn claim(name: &'static str, meaning: &'static str) -> OutputColumn {
    OutputColumn::new(name, OutputType::Bool, meaning)
}

/// No bound on this side.
pub(super) const OPEN: f64 = f64::INFINITY;
