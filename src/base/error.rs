//! Trouble that ends a run. Trouble in the data is a [`Diagnostic`](super::Diagnostic) instead.

use super::diagnostic::Diagnostic;
use std::path::PathBuf;

/// Why a run cannot go on: what happened, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{what} must lie between 0 and 1, found {value}")]
    OutOfRange { what: &'static str, value: f64 },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{place}: {found}; {expected}")]
    Settings { place: String, found: String, expected: String },
    #[error("the data cannot be assessed: {} fatal problem(s), the first: {}", .0.len(), .0.first().map(|d| d.to_string()).unwrap_or_default())]
    Fatal(Vec<Diagnostic>),
    #[error("{place}: {found}; {expected}")]
    Output { place: String, found: String, expected: String },
    #[error("onus broke one of its own rules ({0}); please report this with the input that led to it")]
    Internal(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Error::Io { path: path.into(), source }
    }

    pub fn settings(place: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Error::Settings { place: place.into(), found: found.into(), expected: expected.into() }
    }

    pub fn output(place: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Error::Output { place: place.into(), found: found.into(), expected: expected.into() }
    }

    pub fn internal(what: impl Into<String>) -> Self {
        Error::Internal(what.into())
    }
}
