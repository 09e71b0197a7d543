//! All integration tests, one binary.

mod belief_laws;
mod belief_oracle;
mod layers;
mod pack;
mod graph;
mod trace_laws;
mod trace_oracle;
mod world;
mod export;
mod reference;
mod mapping;
mod read;
mod schema;
mod validate;
