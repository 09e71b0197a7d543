//! What palm oil lists leave to be read out of words: whose list it is, of which period, and which oil.

use super::cells::month_number;
use super::columns::plain;

/// Words at which the name of a company ends in the title of its list.
const LIST_WORDS: [&str; 22] = [
    "global",
    "palm",
    "mill",
    "mills",
    "supplier",
    "suppliers",
    "direct",
    "list",
    "fresh",
    "ffb",
    "oil",
    "traceability",
    "disclosure",
    "chains",
    "chain",
    "listings",
    "universal",
    "uml",
    "estates",
    "supply",
    "sourcing",
    "brand",
];

/// The company whose list a title names: the words before the first that is a year, a month, or a word of lists.
pub fn company_of_title(title: &str) -> Option<String> {
    let ends = |word: &str| {
        let bare = plain(word);
        bare.is_empty()
            || bare.chars().any(|c| c.is_ascii_digit())
            || LIST_WORDS.contains(&bare.as_str())
            || month_number(word).is_some()
            || bare == "fy"
    };
    let words: Vec<&str> = title.split_whitespace().take_while(|w| !ends(w)).collect();
    (!words.is_empty() && words.len() <= 6).then(|| words.join(" "))
}

/// The company at the head of a file name such as `hershey_mills_suppliers_2020`: the words before one of palm lists, where there is one.
pub fn company_of_file(stem: &str) -> Option<String> {
    let words: Vec<&str> = stem.split(['_', '-', ' ', '.']).filter(|w| !w.is_empty()).collect();
    let end = words.iter().position(|w| LIST_WORDS.contains(&w.to_lowercase().as_str()))?;
    let head = words.get(..end).filter(|h| !h.is_empty() && h.len() <= 3)?;
    head.iter().all(|w| !w.chars().any(|c| c.is_ascii_digit())).then(|| head.join(" "))
}

/// The period that a title or cell names, as the engine reads periods: `2020H1`, `2020`, `2017-11`.
pub fn period_of(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    for (i, word) in words.iter().enumerate() {
        let bare = word.strip_prefix("FY").or_else(|| word.strip_prefix("fy")).unwrap_or(word);
        let Some(year) = bare.get(..4).filter(|y| y.parse::<u32>().is_ok_and(|y| (1990..2100).contains(&y))) else { continue };
        let rest = bare.get(4..).unwrap_or("").to_uppercase();
        let before = i.checked_sub(1).and_then(|b| words.get(b)).copied().unwrap_or("");
        let behind = words.get(i + 1).map_or("", |w| w);
        let part = |w: &str| matches!(w, "H1" | "H2" | "Q1" | "Q2" | "Q3" | "Q4").then(|| w.to_owned());
        if !rest.is_empty() {
            return part(&rest).map(|p| format!("{year}{p}"));
        }
        let half = part(&behind.to_uppercase()).or_else(|| part(&before.to_uppercase()));
        return Some(match (half, month_number(before)) {
            (Some(half), _) => format!("{year}{half}"),
            (None, Some(month)) => format!("{year}-{month:02}"),
            (None, None) => year.to_owned(),
        });
    }
    None
}

/// Words of a company's name that stand behind a comma and belong to what stands before it.
const BEHIND_COMMA: [&str; 18] = [
    "inc",
    "llc",
    "ltd",
    "limited",
    "co",
    "company",
    "corp",
    "corporation",
    "sa",
    "sab",
    "sas",
    "spa",
    "sarl",
    "gmbh",
    "bv",
    "nv",
    "plc",
    "lda",
];

/// The names of a cell that lists several between commas; `Cereal Foods, Inc.` stays one.
///
/// # Errors
/// The part that cannot be told from a continuation: it has fewer than two letters or stands in an open bracket.
pub fn names_of(cell: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    for part in cell.split([',', ';', '|', '\n']).map(str::trim).filter(|p| !p.is_empty()) {
        let open = |t: &str| t.matches('(').count() > t.matches(')').count();
        match names.last_mut() {
            Some(last) if BEHIND_COMMA.contains(&plain(part).as_str()) => {
                last.push_str(", ");
                last.push_str(part);
            }
            Some(last) if open(last) => return Err(part.to_owned()),
            _ if part.chars().filter(|c| c.is_alphabetic()).count() < 2 => return Err(part.to_owned()),
            _ => names.push(part.to_owned()),
        }
    }
    if names.last().is_some_and(|n| n.matches('(').count() > n.matches(')').count()) {
        return Err(names.pop().unwrap_or_default());
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// The step of a chain that a header such as `t2_facility` names, and the rest of it.
pub fn step_of(header: &str) -> Option<(u8, String)> {
    let lower = header.trim().to_lowercase();
    let rest = lower.strip_prefix("tier").or_else(|| lower.strip_prefix('t'))?.trim_start_matches([' ', '_', '-']);
    let step: u8 = rest.chars().next()?.to_digit(10).and_then(|d| u8::try_from(d).ok())?;
    let rest = rest.get(1..)?;
    let word = rest.trim_start_matches([' ', '_', '-', ':']);
    (!word.is_empty() && word.len() < rest.len()).then(|| (step, plain(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_say_whose_list_it_is_and_when() {
        for (title, company, period) in [
            ("Hershey 2020H1 mill list", Some("Hershey"), Some("2020H1")),
            ("FrieslandCampina FY2022 PALM & PKO mill list", Some("FrieslandCampina"), Some("2022")),
            ("Nestle Nov 2017 direct suppliers and mills", Some("Nestle"), Some("2017-11")),
            ("PepsiCo global palm oil supplier list June 2021", Some("PepsiCo"), Some("2021-06")),
            ("Example & Sons Palm Mill List H2 2021", Some("Example & Sons"), Some("2021H2")),
            ("Mill list", None, None),
        ] {
            assert_eq!(company_of_title(title).as_deref(), company, "{title}");
            assert_eq!(period_of(title).as_deref(), period, "{title}");
        }
        assert_eq!(company_of_file("hershey_mills_suppliers_2020").as_deref(), Some("hershey"));
        assert_eq!(company_of_file("mills_universal_mill_list"), None);
        assert_eq!(company_of_file("brand_mill_listings_2017_2021"), None);
        assert_eq!(company_of_file("something"), None);
    }

    #[test]
    fn names_are_split_where_no_doubt_is_left() {
        assert_eq!(names_of("AAK, Cargill").unwrap(), ["AAK", "Cargill"]);
        assert_eq!(
            names_of("Bay Foods, LLC, LIPIDOS SANTIGA S.A., Cargill").unwrap(),
            ["Bay Foods, LLC", "Cargill", "LIPIDOS SANTIGA S.A."]
        );
        assert_eq!(names_of("Tai Lan Company, Limited").unwrap(), ["Tai Lan Company, Limited"]);
        assert!(names_of("Palmas (Norte, Sur)").is_err());
        assert!(names_of("AAK, 7").is_err());
    }

    #[test]
    fn steps_of_chains_are_in_the_header() {
        assert_eq!(step_of("t2_facility"), Some((2, "facility".to_owned())));
        assert_eq!(step_of("Tier 3 Refinery"), Some((3, "refinery".to_owned())));
        assert_eq!(step_of("tier"), None);
        assert_eq!(step_of("t2020"), None);
    }
}
