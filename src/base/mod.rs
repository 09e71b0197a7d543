//! The ground floor: words and small types that every room shares.
//!
//! Vocabulary of the model (norms, kinds), bounded numbers, dates, codes,
//! diagnostics and errors, interned identifiers, and the one parallel driver.

pub mod bounded;
pub mod codes;
pub mod date;
pub mod diagnostic;
pub mod error;
pub mod holdings;
pub mod identifiers;
pub mod intern;
pub mod kind;
pub mod norm;
pub mod par;
pub mod stage;
pub mod traced;

pub use bounded::{Probability, Share};
pub use codes::{CountryCode, ProductCode, SectorCode};
pub use date::{Date, DateOrder, Period};
pub use diagnostic::{Diagnostic, Diagnostics, Level, Locator};
pub use error::{Error, Result};
pub use identifiers::{gln_holds, lei_holds, os_id_holds};
pub use intern::{Interner, Symbol};
pub use kind::Kind;
pub use norm::{Branch, Norm, NormSet};
pub use stage::Stage;
pub use traced::Traced;

/// Dense number of a node: its rank among all node ids in byte order, so that row order of the files never shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeIx(pub u32);

impl NodeIx {
    /// The position in any column of length N.
    #[inline]
    pub fn at(self) -> usize {
        self.0 as usize
    }
}
