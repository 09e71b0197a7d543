//! Names on screening lists: who is meant, under which other names, and whether a name is a party at all.
//!
//! Lists write other names behind `a/k/a`, `also known as`, `formerly known as`, `including two aliases:`, in brackets or between
//! semicolons. A part is taken for a name only where nothing speaks against it: what looks like a place's address is left out.

use super::columns::plain;

/// Marks behind which another name of the same party stands, as they are compared: in small letters.
const MARKS: [&str; 15] = [
    "also known as",
    "also doing business as",
    "formerly known as",
    "previously known as",
    "doing business as",
    "a/k/a",
    "f/k/a",
    "d/b/a",
    "n/k/a",
    "a.k.a.",
    "f.k.a.",
    "d.b.a.",
    "now known as",
    "aka ",
    "fka ",
];

/// Words with which a legal form ends, as `plain` writes them: behind them a name may end.
const FORMS: [&str; 18] = [
    "ltd",
    "limited",
    "inc",
    "llc",
    "corp",
    "corporation",
    "bhd",
    "berhad",
    "plc",
    "gmbh",
    "sa",
    "ag",
    "doo",
    "pty",
    "company",
    "co",
    "nv",
    "bv",
];

/// A name with the other names that its cell says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Named {
    pub name: String,
    pub aliases: Vec<String>,
    /// Parts that look like something else than a name.
    pub left: Vec<String>,
}

/// Splits a cell into the name and its aliases.
pub fn named(cell: &str) -> Named {
    let mut parts = split_at_marks(cell);
    let mut named = Named { name: cleaned(&parts.remove(0)), ..Named::default() };
    for part in parts {
        named.take(&part);
    }
    named
}

impl Named {
    /// Takes the names of a cell of aliases.
    pub fn take(&mut self, cell: &str) {
        for marked in split_at_marks(cell) {
            for part in marked.split([';', '|', '\n']) {
                let part = cleaned(part.trim().strip_prefix("and ").unwrap_or(part.trim()));
                // `; and formerly known as`: the word between two marks is no name.
                if part.is_empty()
                    || matches!(part.as_str(), "and" | "or")
                    || plain(&part) == plain(&self.name)
                    || self.aliases.iter().any(|a| plain(a) == plain(&part))
                {
                    continue;
                }
                if looks_like_address(&part) {
                    self.left.push(part);
                } else {
                    self.aliases.push(part);
                }
            }
        }
    }
}

/// The text before the first mark, and what stands behind each.
fn split_at_marks(cell: &str) -> Vec<String> {
    let mut text = cell.to_owned();
    // `(including two aliases: A; and B)`: what introduces them is no name.
    for count in [
        "one alias",
        "two aliases",
        "three aliases",
        "four aliases",
        "five aliases",
        "six aliases",
        "seven aliases",
        "eight aliases",
        "aliases",
        "alias",
    ] {
        for lead in ["including ", "and its ", "with "] {
            text = replaced(&text, &format!("{lead}{count}:"), "also known as ");
        }
    }
    let mut parts = vec![String::new()];
    let mut rest = text.as_str();
    'text: while !rest.is_empty() {
        for mark in MARKS {
            // A mark is a word of its own: `Alaka Mills` has none.
            let free = parts.last().and_then(|p| p.chars().next_back()).is_none_or(|c| !c.is_alphanumeric());
            if free && rest.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark)) {
                parts.push(String::new());
                rest = rest.get(mark.len()..).unwrap_or("");
                continue 'text;
            }
        }
        let mut chars = rest.chars();
        if let (Some(c), Some(part)) = (chars.next(), parts.last_mut()) {
            part.push(c);
        }
        rest = chars.as_str();
    }
    parts
}

/// Replaces a text whatever its capitals.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower.find(from) {
        Some(at) => format!("{}{to}{}", text.get(..at).unwrap_or(""), text.get(at + from.len()..).unwrap_or("")),
        None => text.to_owned(),
    }
}

/// A name without what separated it from others: blanks, commas, semicolons, a bracket that opens or closes nothing, a leading `and`.
fn cleaned(text: &str) -> String {
    let mut text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '"' | '“' | '”'));
    loop {
        let (open, close) = (text.matches('(').count(), text.matches(')').count());
        let shorter = if open > close {
            text.strip_suffix('(').or_else(|| text.strip_prefix('('))
        } else if close > open {
            text.strip_suffix(')').or_else(|| text.strip_suffix(").")).or_else(|| text.strip_prefix(')'))
        } else {
            None
        };
        let Some(shorter) = shorter else { break };
        text = shorter.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    }
    let text = text.strip_suffix(" and").unwrap_or(text).trim_end_matches([';', ',']).trim();
    text.to_owned()
}

/// Whether a part is an address, or a piece of one: a number with a word of streets, or a word of rooms and posts; and no legal form.
fn looks_like_address(part: &str) -> bool {
    let words: Vec<String> = part.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let form = words.iter().any(|w| FORMS.contains(&w.as_str()));
    let number = words.iter().any(|w| w.bytes().all(|b| b.is_ascii_digit()));
    let street = has(&["road", "street", "avenue", "lane", "rd", "st", "ave", "highway", "boulevard"]);
    let room = has(&["room", "floor", "postcode", "zip", "unit", "suite"]);
    // A place of administration by its name alone: `Hotan County`, not `Hotan County Prison` or `Hotan County Meixin`.
    let ends_as_place = words.last().is_some_and(|w| matches!(w.as_str(), "district" | "province" | "prefecture" | "county" | "city"));
    !form && ((number && (street || room)) || (words.len() <= 3 && ends_as_place))
}

/// The parties of a name that joins two by `and`, where both end with a legal form; else the name itself.
pub fn parties(name: &str) -> Vec<String> {
    let ends_with_form = |text: &str| {
        let last = text.split([' ', ',']).rfind(|w| !w.is_empty()).map(plain).unwrap_or_default();
        FORMS.contains(&last.as_str())
    };
    for (at, joint) in name.match_indices(" and ") {
        let (left, right) = (name.get(..at).unwrap_or("").trim(), name.get(at + joint.len()..).unwrap_or("").trim());
        if ends_with_form(left) && ends_with_form(right) && right.split_whitespace().count() >= 3 {
            let mut all = vec![left.trim_end_matches(',').to_owned()];
            all.extend(parties(right));
            return all;
        }
    }
    vec![name.to_owned()]
}

/// The vessels of a name such as `All products harvested by fishing vessels Da Wang, Hua Li 8, or Lu Yu` or `Fishing Vessel: Da Wang 1`.
pub fn vessels(name: &str) -> Vec<String> {
    let lower = name.to_ascii_lowercase();
    let rest = ["fishing vessels ", "fishing vessel: ", "fishing vessel ", "vessel: "]
        .iter()
        .find_map(|lead| lower.find(lead).and_then(|at| name.get(at + lead.len()..)))
        .unwrap_or(name);
    let several = lower.contains("vessels ");
    let split: Vec<&str> = if several { rest.split(',').collect() } else { vec![rest] };
    split
        .into_iter()
        .map(|v| v.trim().trim_start_matches("or ").trim_start_matches("and ").trim().trim_end_matches('.').to_owned())
        .filter(|v| !v.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cell: &str) -> (String, Vec<String>) {
        let n = named(cell);
        (n.name, n.aliases)
    }

    #[test]
    fn other_names_are_told_from_the_name() {
        let (name, aliases) = of("Example Machinery, a/k/a Golden Example Factory, a/k/a Example 1st Prison (No. 4)");
        assert_eq!(
            (name.as_str(), aliases),
            ("Example Machinery", vec!["Golden Example Factory".to_owned(), "Example 1st Prison (No. 4)".to_owned()])
        );
        let (name, aliases) = of("Hair Example Co., Ltd. (including two aliases: Hotan Example; and Hollin Example Accessories)");
        assert_eq!(
            (name.as_str(), aliases),
            ("Hair Example Co., Ltd.", vec!["Hotan Example".to_owned(), "Hollin Example Accessories".to_owned()])
        );
        let (name, aliases) = of("Green Example Co., Ltd. (also known as HY Example; and formerly known as Wuxi Example Co., Ltd.)");
        assert_eq!(
            (name.as_str(), aliases),
            ("Green Example Co., Ltd.", vec!["HY Example".to_owned(), "Wuxi Example Co., Ltd.".to_owned()])
        );
        assert_eq!(of("Alaka Mills (Norte)"), ("Alaka Mills (Norte)".to_owned(), vec![]));
        assert_eq!(of("No. 4 Training Center (VSETC)"), ("No. 4 Training Center (VSETC)".to_owned(), vec![]));
    }

    #[test]
    fn a_piece_of_an_address_is_no_name() {
        let mut n = named("Example Co., Ltd.");
        n.take(
            "Example Trading; No. 14 Example Road; Room 5 Building B; Hotan County; Example County Cattle Farm; Example County Meixin; 8 Road Example Co., Ltd.",
        );
        assert_eq!(n.aliases, ["Example Trading", "Example County Cattle Farm", "Example County Meixin", "8 Road Example Co., Ltd."]);
        assert_eq!(n.left, ["No. 14 Example Road", "Room 5 Building B", "Hotan County"]);
    }

    #[test]
    fn two_firms_of_one_row_are_two_and_one_firm_with_an_and_is_one() {
        assert_eq!(
            parties("Yi Example Garment Co., Ltd. and Bao Example Trade and Business Co., Ltd."),
            ["Yi Example Garment Co., Ltd.", "Bao Example Trade and Business Co., Ltd."]
        );
        assert_eq!(parties("Example Agriculture, Industry, and Trade Co., Ltd."), ["Example Agriculture, Industry, and Trade Co., Ltd."]);
        assert_eq!(vessels("All products harvested by fishing vessels Da Wei, Hua Li 8, or Lu Yu"), ["Da Wei", "Hua Li 8", "Lu Yu"]);
        assert_eq!(vessels("Fishing Vessel: Da Wei 1"), ["Da Wei 1"]);
    }
}
