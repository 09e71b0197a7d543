//! Findings by rule: what published rules say of a case, from evidence alone (model 1.5).
//!
//! A finding is never computed from a probability, nor the reverse: this room stands beside `belief` and imports nothing of it.
