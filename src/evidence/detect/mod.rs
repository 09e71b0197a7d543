//! Detectors: what counted and measured tables (payroll, recruitment, purchasing, shipments, surveys, certificates) say of a place, one file
//! each. Thresholds are rows of the pack.
