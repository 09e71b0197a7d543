//! All integration tests, one binary.

mod belief_laws;
mod belief_oracle;
mod export;
mod graph;
mod layers;
mod mapping;
mod pack;
mod read;
mod reference;
mod schema;
mod trace_laws;
mod trace_oracle;
mod validate;
mod world;
mod assess;
mod cli;
mod determinism;
mod kill;
mod laws_of_a_run;
mod real_data;
mod runs;
