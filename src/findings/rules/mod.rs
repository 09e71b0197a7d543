//! The published rules, one file each, coded literally: several are provably no weighted sums.

pub mod c138;
pub mod c182;
pub mod child_forced_labour;
pub mod debt_bondage_1956;
pub mod delphi_2009;
pub mod hshc_2012;
pub mod icls_2018;
pub mod icls_child_hours;
pub mod palermo;
pub mod state_imposed_c105;
