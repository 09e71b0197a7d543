//! What is wrong with the input: located, with a stable code, all of a stage at once.

use std::fmt;
use std::sync::Arc;

/// How much a problem costs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Said, nothing lost: a column that no table declares, a text that no code table holds.
    Note,
    /// Implausible: the value is used as it stands.
    Warning,
    /// A bad required cell refuses its row, a bad optional cell becomes missing; both stand in quarantine.
    Error,
    /// The stage ends and no result is written.
    Fatal,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
            Level::Fatal => "fatal",
        }
    }
}

/// Where in the input: the file as the user named it inside the dataset, the line (the header is line 1), the column.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Locator {
    pub file: Arc<str>,
    /// A sheet or Parquet part, where the file has several.
    pub part: Option<Arc<str>>,
    /// 1-based line in a text file, 1-based row in a Parquet file; 0 where the whole file is meant.
    pub line: u64,
    pub column: Option<Arc<str>>,
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(part) = &self.part {
            write!(f, "[{part}]")?;
        }
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if let Some(column) = &self.column {
            write!(f, ": {column}")?;
        }
        Ok(())
    }
}

/// One problem of the input: `links.csv:214: value: -3 is below 0; a link's value is money per year [link-value]`.
#[derive(Clone, PartialEq, Debug)]
pub struct Diagnostic {
    pub level: Level,
    /// Stable kebab-case code, one of those that `schema` lists.
    pub code: &'static str,
    pub at: Locator,
    /// What was found, never a personal value.
    pub found: String,
    /// What was expected and what to do.
    pub expected: String,
    /// How many problems this one stands for: past the first thousand of one code, file and column the rest are only counted.
    pub times: u64,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {} [{}]", self.at, self.found, self.expected, self.code)
    }
}

/// All problems of a run so far, in the order of files and lines once sorted.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    pub all: Vec<Diagnostic>,
}

impl Diagnostics {
    pub fn push(&mut self, level: Level, code: &'static str, at: Locator, found: impl Into<String>, expected: impl Into<String>) {
        self.all.push(Diagnostic { level, code, at, found: found.into(), expected: expected.into(), times: 1 });
    }

    pub fn extend(&mut self, more: Diagnostics) {
        self.all.extend(more.all);
    }

    /// Problems of a level, those that are only counted among them.
    pub fn count(&self, level: Level) -> u64 {
        self.all.iter().filter(|d| d.level == level).map(|d| d.times).sum()
    }

    pub fn has_fatal(&self) -> bool {
        self.all.iter().any(|d| d.level == Level::Fatal)
    }

    /// By place, then level (worst first), then code: the same list whatever the order of work was.
    pub fn sort(&mut self) {
        self.all.sort_by(|a, b| {
            (&a.at, std::cmp::Reverse(a.level), a.code, &a.found).cmp(&(&b.at, std::cmp::Reverse(b.level), b.code, &b.found))
        });
    }
}
