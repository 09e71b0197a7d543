//! Places that look person-operated are shown as `holding, country, key`, never by name, in every output.
//!
//! A smallholding's name is often its owner's. A farm, estate, smallholding, home-work place or artisanal mine is shown by name only
//! where the name itself carries a word of an organisation (a legal form, estate, plantation, co-operative, scheme, ...). What stands in
//! brackets behind the name (usually whom the place delivers to) says nothing about the place and is left aside. The rule errs towards
//! hiding: a place name without such a word is hidden too. The key is a hash of the node id, the same in every run, so that a result can
//! be followed over time and whoever holds the input can look the row up.

use super::{CountryCode, Kind};

const KEY_CONTEXT: &str = "onus 2026 key of a person-operated holding";

/// Words by which a name declares an organisation; compared in lower case with dots taken out.
const ORGANISATION_WORDS: [&str; 62] = [
    "ab",
    "ag",
    "agroindustrial",
    "agropecuaria",
    "as",
    "asociacion",
    "asociación",
    "association",
    "berhad",
    "bhd",
    "bv",
    "co",
    "collective",
    "company",
    "compania",
    "compañia",
    "compañía",
    "cooperativa",
    "cooperative",
    "co-operative",
    "corp",
    "corporation",
    "cv",
    "enterprise",
    "enterprises",
    "estate",
    "estates",
    "farmers",
    "farms",
    "gmbh",
    "group",
    "growers",
    "hacienda",
    "inc",
    "incorporated",
    "industries",
    "inversiones",
    "kas",
    "koperasi",
    "kud",
    "ladang",
    "ldg",
    "limited",
    "llc",
    "ltd",
    "ltda",
    "mines",
    "mining",
    "nv",
    "oy",
    "plantation",
    "plantations",
    "plc",
    "project",
    "pt",
    "pte",
    "pty",
    "sa",
    "sas",
    "scheme",
    "sdn",
    "smallholders",
];

/// Whether outputs must hide the name of a place.
pub fn looks_person_operated(kind: Kind, name: &str) -> bool {
    if !matches!(kind, Kind::Farm | Kind::Smallholders | Kind::Estate | Kind::ArtisanalMine | Kind::HomeWork) {
        return false;
    }
    let own = name.split('(').next().map(str::trim).filter(|n| !n.is_empty()).unwrap_or(name);
    let plain = own.to_lowercase().replace('.', "");
    !plain.split(|c: char| !(c.is_alphanumeric() || c == '-')).any(|word| ORGANISATION_WORDS.contains(&word))
}

/// The key that stands for a hidden node, 12 hexadecimal digits.
pub fn holding_key(node_id: &str) -> String {
    let hash = blake3::derive_key(KEY_CONTEXT, node_id.as_bytes());
    hash.iter().take(6).map(|b| format!("{b:02x}")).collect()
}

/// The id and the name under which a hidden node is shown.
pub fn shown_as(node_id: &str, country: Option<CountryCode>) -> (String, String) {
    let key = holding_key(node_id);
    let place = country.map_or_else(|| "country unknown".to_owned(), |c| c.to_string());
    (format!("holding:{key}"), format!("holding, {place}, {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_hidden_and_a_company_is_not() {
        assert!(looks_person_operated(Kind::Estate, "OPP 15 Saro Invented/Finca Invented (ACEITES S.A.)"));
        assert!(looks_person_operated(Kind::Farm, "Anna Example"));
        assert!(!looks_person_operated(Kind::Estate, "Bukit Example Estate (EXAMPLE SDN BHD)"));
        assert!(!looks_person_operated(Kind::Smallholders, "SMALLHOLDERS (766) (EXAMPLE S.A)"));
        assert!(!looks_person_operated(Kind::Estate, "Durango Example S.A."));
        assert!(!looks_person_operated(Kind::Factory, "Anna Example"));
    }

    #[test]
    fn the_key_depends_on_the_id_alone() {
        assert_eq!(holding_key("estate:a"), holding_key("estate:a"));
        assert_ne!(holding_key("estate:a"), holding_key("estate:b"));
        assert_eq!(holding_key("estate:a").len(), 12);
    }
}
