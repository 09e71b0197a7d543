//! What to do first: severity apart from likelihood, one order of priority, involvement and leverage, the response matrix, remedy (model 3;
//! methodology 5.8, 6, 6.1; UN Guiding Principles 14, 19, 24).
//!
//! | file | what it answers |
//! | --- | --- |
//! | `severity` | how grave a harm would be at a place, by norm, whatever its probability |
//! | `standing` | which norms count at a place, and the keys of its priority |
//! | `order` | the one order of all places |
//! | `told` | of how many people sources told, in steps that name nobody |
//! | `respond` | which rows of the response matrix a place asks for |
//! | `leverage` | which share of a place's output comes to a company, and where its work leaves the map |
//! | `involvement` | cause, contribute or linked |
//! | `remedy` | what workers are owed, as far as the data tell |
//!
//! Nothing here changes a probability, a finding or a traced figure.

pub mod involvement;
pub mod leverage;
pub mod order;
pub mod remedy;
pub mod respond;
pub mod severity;
pub mod standing;
pub mod told;

pub use involvement::Involvement;
pub use leverage::{Sold, leaving_shares, leverage};
pub use order::{look_first, positions};
pub use remedy::{Item, Owed};
pub use respond::{Basis, Chosen, PlaceFacts, respond};
pub use severity::{Ages, SeverityBook};
pub use standing::{Keys, Known, Standing};
