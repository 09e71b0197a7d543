//! The supply graph: who buys what share from whom, both ways, in an order in which one pass suffices.
//!
//! | file | what it answers |
//! | --- | --- |
//! | `commodities` | which nodes pass goods on without mixing them, and as what |
//! | `places` | which vertices of a graph are one node |
//! | `exits` | what share of a buyer's purchases stood with suppliers that it left |
//! | `in_force` | which links count on the day of the assessment, and what for |
//! | `parties` | which node a name on a bill of lading means |
//! | `consigned` | which links consignments tell of, and what those take from them |
//! | `papers` | what consignments add up to, and which links name the same goods |
//! | `trade` | which links stand in one buyer's row, each told once |
//! | `weights` | what share of a buyer's purchases each link is |
//! | `csr` | suppliers and buyers of a node as compressed sparse rows |
//! | `link_runs` | more links than memory holds, sorted on disk |
//! | `stored` | the rows of `csr` in a file that is read forward |
//! | `stored_order` | the same order for a graph in a file |
//! | `components` | which nodes trade in circles, and an order with suppliers first |
//! | `perspective` | what one focal node sees upstream |
//! | `listing` | where unseen mass goes when only a list of places is published |
//! | `sales` | who sells what share to whom |
//! | `mapped` | what part of a node's purchases the links account for |
//!
//! This room reads no files and knows no method pack: numbers come as arguments.

pub mod commodities;
pub mod components;
pub mod consigned;
pub mod csr;
pub mod exits;
pub mod in_force;
pub mod link_runs;
pub mod listing;
pub mod mapped;
mod papers;
pub mod parties;
pub mod perspective;
pub mod places;
pub mod sales;
pub mod stored;
pub mod stored_order;
pub mod trade;
pub mod weights;

pub use commodities::{Commodities, NO_HEADING};
pub use components::Components;
pub use consigned::{Consigned, ConsignedCounts, consign};
pub use csr::{Entry, Neighbours, SupplyGraph};
pub use exits::{Ended, Exit, Exits, ended};
pub use link_runs::LinkRuns;
pub use listing::{Filled, Listing};
pub use mapped::{MappedBasis, mapped_share};
pub use perspective::{LISTED, View, WholeGraph};
pub use places::Places;
pub use sales::{outside_share, sales};
pub use stored::{Block, Extent, Piece, Rows, RowsWriter, StoredRows};
pub use stored_order::{StoredCircle, StoredOrder};
pub use trade::{Account, AskedRow, AskedRows, NO_PRODUCT, NO_UNIT, Scope, Trade, TradeLink};
pub use weights::{Basis, BuyerRow, WeightedLink};
