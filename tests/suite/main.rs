mod graph;
mod trace_laws;
mod trace_oracle;
