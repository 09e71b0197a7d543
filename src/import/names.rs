//! Whether a name in a party's place is an organisation's, a natural person's, or nobody's.
//!
//! The rule errs towards hiding: a name of two to seven words of which none says an organisation counts as a person's. A name that is
//! withheld, or says only that a bank or the bearer may order the goods, names no party. No list of persons' names is kept or needed.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What a text in a party's place names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Named {
    Organisation,
    /// A forwarder or carrier: handles the goods, does not buy or make them.
    Forwarder,
    /// A bank to whose order the goods are.
    Bank,
    /// `TO ORDER` without a name.
    ToOrder,
    Person,
    /// Blank, or withheld on request.
    Withheld,
}

/// Words by which a name says an organisation: legal forms, and what organisations are and do; in lower case, without dots.
static ORGANISATION: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("organisation_words.txt").split_whitespace().collect());

/// Signs of an organisation in scripts without blanks between words.
const ORGANISATION_PARTS: &[&str] = &[
    "公司",
    "有限",
    "集团",
    "集團",
    "工厂",
    "工廠",
    "株式会社",
    "会社",
    "合作社",
    "企业",
    "企業",
    "厂",
    "廠",
    "주식회사",
    "유한회사",
    "(주)",
    "شركة",
];

const FORWARDER: &[&str] = &[
    "forwarding",
    "forwarder",
    "forwarders",
    "freight",
    "logistics",
    "logistic",
    "logistica",
    "nvocc",
    "cargo",
    "consolidators",
    "shipping",
    "customs",
    "transitaire",
    "spedition",
];

const BANK: &[&str] = &["bank", "banco", "banque", "banca", "bankasi", "bankası", "banka"];

/// Titles that stand before a person's name.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "mme", "mlle", "sr", "sra", "srta", "herr", "frau", "dr", "prof", "engr", "haji", "hajji", "sheikh", "shri",
    "smt",
];

/// Texts that say that no name is given.
const WITHHELD: &[&str] = &[
    "",
    "-",
    "--",
    "---",
    ".",
    "0",
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "nil",
    "none",
    "null",
    "nan",
    "not available",
    "not applicable",
    "not declared",
    "not provided",
    "not specified",
    "not stated",
    "not disclosed",
    "unavailable",
    "unknown",
    "unspecified",
    "undisclosed",
    "confidential",
    "withheld",
    "redacted",
    "name withheld",
    "same as above",
    "same as consignee",
    "same as shipper",
    "same",
    "as above",
    "tba",
    "tbd",
    "to be advised",
    "xxx",
    "xxxx",
    "order not available",
    "no name",
    "information not available",
    "data not available",
    "not in manifest",
];

fn words(name: &str) -> Vec<String> {
    let plain = name.to_lowercase().replace(['.', '\''], "");
    plain.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '/' | '&'))).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn any(words: &[String], list: &[&str]) -> bool {
    words.iter().any(|w| list.contains(&w.as_str()))
}

/// Whether no name stands there.
pub fn withheld(name: &str) -> bool {
    let bare = crate::mapping::fold(name);
    let bare = bare.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '.' | '/')).trim();
    WITHHELD.contains(&bare) || bare.chars().all(|c| !c.is_alphanumeric())
}

/// Whether a name says an organisation by one of its words.
pub fn says_organisation(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|w| ORGANISATION.contains(w.as_str()))
        || any(&words, FORWARDER)
        || any(&words, BANK)
        || ORGANISATION_PARTS.iter().any(|p| name.contains(p))
}

/// A name without initials such as `A.B.`, which are no legal form there.
fn without_initials(name: &str) -> String {
    let initials = |word: &&str| word.contains('.') && word.split('.').all(|letter| letter.chars().count() <= 1);
    name.split_whitespace().filter(|word| !initials(word)).collect::<Vec<_>>().join(" ")
}

/// Words of a trade that is one natural person's, whatever else its name says.
const SOLE_TRADER: &[&str] = &[
    "einzelunternehmer",
    "einzelunternehmen",
    "eingetragener kaufmann",
    "eingetragene kauffrau",
    "sole proprietor",
    "sole proprietorship",
    "sole trader",
    "individual entrepreneur",
    "entrepreneur individuel",
    "auto-entrepreneur",
    "empresario individual",
    "empresário individual",
    "ditta individuale",
    "индивидуальный предприниматель",
];

/// Whether a name is that of a sole trader, who is a natural person in law: `ИП`, `IP` before a name, `e.K.` and the like.
pub fn sole_trader(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let has = |word: &str| {
        lower.match_indices(word).any(|(at, _)| {
            let before = lower.get(..at).and_then(|t| t.chars().next_back());
            let behind = lower.get(at + word.len()..).and_then(|t| t.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphanumeric)
        })
    };
    let bare = lower.trim_end_matches('.').replace(". ", ".");
    let merchant = [" e.k", " e.kfm", " e.kfr"].iter().any(|form| bare.ends_with(form) || bare.contains(&format!("{form}.")));
    // An `empresa individual de responsabilidad limitada` is a legal person.
    let single = has("empresa individual") && !has("responsabilidad");
    let russian = lower.starts_with("ип ") || lower.starts_with("и.п. ") || lower.ends_with(", ип");
    let romanised =
        lower.strip_prefix("ip ").or_else(|| lower.strip_prefix("i.p. ")).is_some_and(|rest| !says_organisation(&without_initials(rest)));
    merchant || single || russian || romanised || SOLE_TRADER.iter().any(|word| has(word))
}

/// What the text names, with what remains of it once an order clause, a title or a care-of address is taken off.
pub fn named(text: &str) -> (Named, String) {
    let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if withheld(&whole) {
        return (Named::Withheld, String::new());
    }
    let (ordered, rest) = without_order(&whole);
    if rest.is_empty() || (ordered && withheld(&rest)) {
        return (if ordered { Named::ToOrder } else { Named::Withheld }, String::new());
    }
    if ordered && matches!(crate::mapping::fold(&rest).as_str(), "shipper" | "the shipper" | "order" | "bearer" | "consignee" | "holder") {
        return (Named::ToOrder, String::new());
    }
    // Who a letter is for stands before `c/o`; who hands it over behind it.
    let own = care_of(&rest);
    let list = words(own);
    if ordered && any(&list, BANK) {
        return (Named::Bank, own.to_owned());
    }
    if any(&list, FORWARDER) {
        return (Named::Forwarder, own.to_owned());
    }
    if sole_trader(own) {
        return (Named::Person, own.to_owned());
    }
    if says_organisation(own) {
        return (Named::Organisation, own.to_owned());
    }
    let titled = list.first().is_some_and(|w| TITLES.contains(&w.as_str()));
    let letters = list.iter().map(|w| w.chars().count()).sum::<usize>();
    // Scripts without blanks: a name of persons has two to four signs.
    let unbroken = list.len() == 1 && own.chars().all(|c| !c.is_ascii());
    // A number is no sign of an organisation: it may be of an identity card or a telephone.
    let spoken = list.iter().filter(|w| w.chars().any(char::is_alphabetic)).count();
    let numbered = list.iter().any(|w| w.chars().all(|c| !c.is_alphabetic()));
    let person = titled || (2..=7).contains(&spoken) || (spoken < 2 && numbered) || (unbroken && letters <= 4) || own.contains([',', '&']);
    (if person { Named::Person } else { Named::Organisation }, own.to_owned())
}

/// Whether the goods are to somebody's order, and whose.
fn without_order(text: &str) -> (bool, String) {
    let lower = text.to_lowercase();
    for clause in [
        "to the order of",
        "to order of",
        "unto the order of",
        "order of",
        "a la orden de",
        "to the order",
        "to order",
        "unto order",
        "order",
    ] {
        if let Some(rest) = lower.strip_prefix(clause)
            && rest.chars().next().is_none_or(|c| !c.is_alphanumeric())
        {
            // The lower case of some letters has another length: then the text stays whole.
            let at = if lower.len() == text.len() { clause.len() } else { 0 };
            let rest = text.get(at..).unwrap_or(text);
            return (true, rest.trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')').to_owned());
        }
    }
    (false, text.to_owned())
}

fn care_of(text: &str) -> &str {
    for mark in [" c/o ", " C/O ", " c/O ", " C/o ", " care of ", " CARE OF "] {
        if let Some((own, _)) = text.split_once(mark)
            && !own.trim().is_empty()
        {
            return own.trim();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Named {
        named(text).0
    }

    #[test]
    fn organisations_say_so_and_persons_do_not() {
        for name in [
            "Riverbend Garments Ltd.",
            "EXAMPLE CO.,LTD",
            "Sungai Contoh Sdn Bhd",
            "示例制衣有限公司",
            "Northwind",
            "3Q Tools",
            "3M",
            "IP Networks Ltd",
            "Empresa Individual de Responsabilidad Limitada Muestra",
            "Musterwerk GmbH & Co. KG",
        ] {
            assert_eq!(kind(name), Named::Organisation, "{name}");
        }
        for name in [
            "ANNA EXAMPLE",
            "Mr. Example",
            "DOE, JANE",
            "Juan Carlos Ejemplo Muestra",
            "王小明",
            "JANE EXAMPLE C/O NORTHWIND TRADING INC",
            "JUAN EJEMPLO 0912345678",
            "Jane & John Example",
            "Maria Fernanda Muestra de la Cruz",
            "ИП Примеров",
            "IP Primerov A.B.",
            "Muster Textil e.K.",
            "Anna Example (sole proprietor)",
            "Suharto 0912345678",
        ] {
            assert_eq!(kind(name), Named::Person, "{name}");
        }
    }

    #[test]
    fn order_clauses_and_withheld_names_are_no_party() {
        for name in ["", "N/A", "NOT AVAILABLE", "***", "- -", "Not  Declared"] {
            assert_eq!(kind(name), Named::Withheld, "{name}");
        }
        for name in ["TO ORDER", "To the order of shipper", "TO THE ORDER", "ORDER"] {
            assert_eq!(kind(name), Named::ToOrder, "{name}");
        }
        assert_eq!(named("TO THE ORDER OF FIRST EXAMPLE BANK LTD").0, Named::Bank);
        assert_eq!(named("TO ORDER OF RIVERBEND IMPORTS LLC"), (Named::Organisation, "RIVERBEND IMPORTS LLC".to_owned()));
        assert_eq!(kind("Fastway Freight Forwarding Inc"), Named::Forwarder);
        assert_eq!(kind("Orderly Stores Inc"), Named::Organisation);
    }
}
