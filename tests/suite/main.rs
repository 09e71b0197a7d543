//! All integration tests, one binary.

mod assess;
mod belief_laws;
mod belief_oracle;
mod calibration;
mod cli;
mod determinism;
mod export;
mod graph;
mod kill;
mod laws_of_a_run;
mod layers;
mod mapping;
mod pack;
mod read;
mod readme;
mod real_data;
mod reference;
mod runs;
mod schema;
mod trace_laws;
mod trace_oracle;
mod validate;
mod world;
