//! How good the probabilities are where the truth is known: worlds drawn from the method, assessed by the engine, held against their truth.
