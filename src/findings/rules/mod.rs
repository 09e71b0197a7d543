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

/// The work that a rule is coded from, with its locator; empty for a name that no rule has.
pub fn rule_source(rule: &str) -> &'static str {
    match rule {
        "c138" => "ILO Minimum Age Convention, 1973 (No. 138), art. 2(3), 2(4), 7",
        "c182" => "ILO Worst Forms of Child Labour Convention, 1999 (No. 182), art. 3(a)-(c)",
        "c182_3d" => "ILO Worst Forms of Child Labour Convention, 1999 (No. 182), art. 3(d), 4; Recommendation 190, para. 3, 4",
        "icls_hazardous" | "icls_child_hours" | "icls_child_hours_general" => {
            "18th ICLS Resolution II (2008) as amended by 20th ICLS Resolution IV (2018)"
        }
        "sdg_8_7_1_hours" => "metadata of SDG indicator 8.7.1, hours alone",
        "hshc_2012" => "ILO, Hard to see, harder to count, 2nd ed. 2012",
        "icls_2018" => "20th ICLS, Guidelines concerning the measurement of forced labour (2018); ILO Convention 29, art. 2",
        "forced_labour_of_a_child" => "ILO, Hard to see, harder to count (2012), operational definition for children 5-17",
        "debt_bondage_1956" => "Supplementary Convention on the Abolition of Slavery (1956), art. 1(a)",
        "state_imposed_c105" => "ILO Abolition of Forced Labour Convention, 1957 (No. 105), art. 1",
        "delphi_2009" => {
            "ILO and European Commission, Operational indicators of trafficking in human beings (2009); Palermo Protocol (2000), art. 3"
        }
        "palermo" => "Protocol to Prevent, Suppress and Punish Trafficking in Persons (2000), art. 3",
        _ => "",
    }
}
