//! What the method's own numbers decide: every expert default moved, and what that changes in a dataset's results.
