//! From raw tables to reports, looks and silences, and from those to the log weight of every joint state (model 1.2).
//!
//! Kernels here take plain numbers: no table, no pack lookup by name.

pub mod answers;
pub mod assemble;
pub mod book;
mod channels;
pub mod detect;
mod integrity;
pub mod items;
pub mod kernel;
pub mod lanes;
pub mod levels;
pub mod reliability;
pub mod remedy;
pub mod said;
mod season;
mod told;
mod visits;
pub mod weights;
