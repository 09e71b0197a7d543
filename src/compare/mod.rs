//! The change story of two results: what moved every focal figure, exactly, and what happened beside the figures.

pub mod story;

pub use story::{Company, Figure, Happened, NodeIn, NodeMove, Part, PartOfMove, Story, Thing, Told, Way};
