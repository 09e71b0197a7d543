//! What stands upstream of a node, and whom its goods reach, read back from a result folder (model 2, "Trace").
//!
//! | file | what it answers |
//! | --- | --- |
//! | `roads` | the nodes, links and mapped shares of a result, and the walk of one node over them |
//! | `up` | where the touched part of a node's purchases is, by which chains, and where it goes dark |
//! | `down` | which companies and buyers a node's goods reach, and what is due to it there |
//!
//! The result keeps the links as weighed and the mapped shares with all scopes merged. Where a disclosure of one company states shares of its own the
//! walk of that company may differ from the figures of `exposure.parquet`; then it is said by how much, and the dataset, given beside
//! the result, gives the links as they are.

mod down;
mod roads;
mod up;

pub use down::{Buyer, Down, Reached, down};
pub use roads::{Behind, Beside, Chain, Roads, Standing};
pub use up::{Contributor, Dark, Part, Tier, Up, up};
