//! Follow the money upstream: model 2, "Trace".
//!
//! One unit of a node's spend walks the supply graph. At node i it stops *touched* with probability p, else *unseen* with 1 - mapped,
//! else *exited* with the share e of suppliers left after an adverse finding, else *clear* where there are no suppliers, else it moves to a supplier by W. Every figure here is of that one walk.
//!
//! | file | what it answers |
//! | --- | --- |
//! | `walk` | the problem: p, mapped shares, and what follows for one step |
//! | `closed` | circles that no goods can come from |
//! | `circle` | a circle of trade by itself |
//! | `elimination` | a small circle of trade solved exactly |
//! | `real` | in which numbers a walk is solved |
//! | `side_by_side` | several walks solved on one reading of the graph |
//! | `streamed` | the same at every node of a graph in a file |
//! | `solve` | touched, unseen, exited, clear, expected at every node |
//! | `draws` | the walk under many draws of a method at once |
//! | `visits` | how often one unit of a start node's spend stands at each node |
//! | `contributions` | which nodes a focal node's touched part comes from |
//! | `push` | most of where the touched parts of many starts come from |
//! | `sums` | the same by tier, list, or any grouping |
//! | `paths` | the strongest chains from a focal node to a node |
//! | `returns` | how often a unit comes back to a node |
//! | `chokepoints` | at which few nodes most of a focal node's touched part can be reached |
//! | `footprint` | people affected, carried downstream |
//! | `reach` | distinct upstream nodes by tier |
//!

pub mod chokepoints;
mod circle;
pub mod closed;
pub mod contributions;
pub mod draws;
mod elimination;
pub mod footprint;
pub mod paths;
pub mod push;
pub mod reach;
mod real;
pub mod returns;
mod side_by_side;
pub mod solve;
pub mod streamed;
pub mod sums;
pub mod visits;
pub mod walk;

pub use chokepoints::{ChokePoint, choke_points};
pub use closed::{Opened, open_circles};
pub use contributions::{Contributions, Row, Written, contributions, largest_unseen};
pub use draws::{Drawn, DrawnProblem, solve_draws};
pub use footprint::{Footprint, footprint, sale_returns};
pub use paths::{Path, Paths, strongest_paths};
pub use push::{Follow, Pushed, Pusher};
pub use reach::{Reach, TierCount, reach, reach_of_all, upstream_of};
pub use returns::returns;
pub use solve::{Figures, Solution, TOLERANCE, solve, solve_all, solve_figures};
pub use streamed::{StoredGraph, StoredPart, open_stored_circles, solve_streamed};
pub use sums::{Ends, TierSums, ends_at, group_sums, tier_sums, tier_sums_of};
pub use visits::{Visits, visits};
pub use walk::Problem;
