//! What the lists of places share: identifiers of nodes, their names, and cells of a facility that every list writes alike.

use super::cells::{band, country, degrees_text, is_no_name, key, slug};
use super::draft::shown;
use super::names::{Named, named, sole_trader};
use super::{Columns, Draft, Options, Sheet};
use crate::base::identifiers::os_id_holds;
use crate::mapping::fold;
use crate::read::cell::{NumberStyle, number};

/// `{list}:{kind}:{key}`: the list's own number of the place, else its name with a short hash of what else tells it apart.
pub fn node_id(list: &str, kind: &str, number: &str, name: &str, apart: &[&str]) -> String {
    let own = slug(number);
    if !own.is_empty() {
        // Two numbers may become one word; the hash keeps them two.
        let plain = number.trim().to_lowercase() == own;
        return if plain { format!("{list}:{kind}:{own}") } else { format!("{list}:{kind}:{own}-{}", key(&[number])) };
    }
    let mut parts = vec![name];
    parts.extend(apart);
    format!("{list}:{kind}:{}-{}", slug(name), key(&parts))
}

/// Adds a node; where the node is known under another name, the name becomes an alias.
pub fn add_node(draft: &mut Draft, id: &str, kind: &str, name: &str, source: &str, cells: &[(&'static str, &str)]) {
    let known = draft.known("nodes", &[id], "name").map(str::to_owned);
    let mut all: Vec<(&'static str, &str)> = vec![("node_id", id), ("kind", kind)];
    all.extend(cells.iter().filter(|(_, text)| !text.is_empty()));
    match known {
        Some(known) if !known.is_empty() && !name.is_empty() => {
            draft.add("nodes", &all);
            if fold(&known) != fold(name) {
                draft.add("aliases", &[("node_id", id), ("name", name), ("source", source)]);
            }
        }
        _ => {
            all.push(("name", name));
            draft.add("nodes", &all);
        }
    }
}

/// Adds who owns or trades and returns its node: a natural person, as far as the name says no organisation, only as a key. The name of a
/// group is one of companies.
pub fn add_party(draft: &mut Draft, options: &Options<'_>, list: &str, kind: &'static str, name: &str, source: &str) -> String {
    if says_a_person(name) {
        let (id, shown) = options.persons.shown(name);
        draft.add("nodes", &[("node_id", &id), ("kind", "person"), ("name", &shown)]);
        return id;
    }
    let id = node_id(list, kind, "", name, &[]);
    add_node(draft, &id, kind, name, source, &[]);
    id
}

/// Titles with which a natural person is named.
const TITLES: [&str; 14] = ["mr", "mrs", "ms", "miss", "dr", "prof", "sr", "sra", "bapak", "ibu", "herr", "frau", "monsieur", "madame"];

/// Whether a name in a column of companies says itself that it is a natural person's: by a title, or as a sole trader. Two words alone say
/// nothing there (Sime Darby, Musim Mas).
fn says_a_person(name: &str) -> bool {
    let first = name.split_whitespace().next().unwrap_or("").trim_end_matches('.').to_lowercase();
    (TITLES.contains(&first.as_str()) && named(name).0 == Named::Person) || sole_trader(name)
}

/// Adds a link of control: `owned` belongs to `owner`.
pub fn add_owner(draft: &mut Draft, owned: &str, owner: &str, source: &str) {
    // A natural person cannot be owned.
    if owned != owner && !owned.starts_with("person:") {
        draft.add("links", &[("supplier_id", owned), ("buyer_id", owner), ("relation", "owns"), ("source", source)]);
    }
}

/// A cell that is a name; one that says that there is none is noted.
pub fn name_cell<'s>(columns: &Columns, sheet: &'s Sheet, column: &'static str, row: usize, draft: &mut Draft) -> &'s str {
    let text = trimmed(columns.cell(sheet, column, row));
    if !text.is_empty() && is_no_name(text) {
        draft.refuse_cell(columns.name(sheet, column), "no-name-stated", shown(text));
        return "";
    }
    text
}

/// A text without blanks, no-break blanks, replacement marks and boxes at its ends.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{fffd}' | '\u{25a1}' | '\u{200b}' | '\u{feff}'))
}

/// The country of the first of these columns that is filled, as alpha-3; a text that is none is noted.
pub fn country_cell(
    columns: &Columns,
    sheet: &Sheet,
    candidates: &[&'static str],
    row: usize,
    options: &Options<'_>,
    draft: &mut Draft,
) -> String {
    let mut unread = None;
    for column in candidates {
        let text = trimmed(columns.cell(sheet, column, row));
        if text.is_empty() {
            continue;
        }
        match country(text, options.reference) {
            Some(code) => return code.to_string(),
            None => unread = unread.or(Some((*column, text))),
        }
    }
    if let Some((column, text)) = unread {
        draft.refuse_cell(columns.name(sheet, column), "country-unknown", shown(text));
    }
    String::new()
}

/// Latitude and longitude as texts with a decimal point; both or none.
pub fn position_cells(columns: &Columns, sheet: &Sheet, row: usize, draft: &mut Draft) -> (String, String) {
    let mut read = |column: &'static str, most: f64| {
        let text = columns.cell(sheet, column, row);
        let found = degrees_text(text, most);
        if found.is_none() && !text.is_empty() {
            let number = text.trim().replace(',', ".").parse::<f64>().is_ok();
            let reason = if number { "degrees-out-of-range" } else { "not-degrees" };
            draft.refuse_cell(columns.name(sheet, column), reason, shown(text));
        }
        found
    };
    match (read("latitude", 90.0), read("longitude", 180.0)) {
        (Some(latitude), Some(longitude)) => (latitude, longitude),
        (None, None) => (String::new(), String::new()),
        (Some(_), None) | (None, Some(_)) => {
            draft.refuse_cell(columns.name(sheet, "latitude"), "position-half", "only one of latitude and longitude");
            (String::new(), String::new())
        }
    }
}

/// Workers of a place: the figure, or the ends of a band.
#[derive(Debug, Default)]
pub struct Workers {
    pub exactly: String,
    pub low: String,
    pub high: String,
}

/// Reads one column that holds a figure or a band.
pub fn workers_cell(columns: &Columns, sheet: &Sheet, column: &'static str, row: usize, draft: &mut Draft) -> Workers {
    let text = columns.cell(sheet, column, row);
    let mut workers = Workers::default();
    if text.is_empty() {
        return workers;
    }
    match band(text) {
        Some((Some(low), Some(high))) if low == high => workers.exactly = low.to_string(),
        Some((low, high)) => {
            workers.low = low.map_or_else(String::new, |n| n.to_string());
            workers.high = high.map_or_else(String::new, |n| n.to_string());
        }
        None => draft.refuse_cell(columns.name(sheet, column), "workers-band", shown(text)),
    }
    workers
}

/// A whole number of people.
pub fn people_cell(columns: &Columns, sheet: &Sheet, column: &'static str, row: usize, draft: &mut Draft) -> Option<u64> {
    let text = columns.cell(sheet, column, row);
    if text.is_empty() || is_no_name(text) {
        return None;
    }
    let style = NumberStyle { decimal: Some(b'.'), ..NumberStyle::default() };
    let people = number(text, style).ok().filter(|v| *v >= 0.0 && v.fract() == 0.0 && *v < 1e8);
    if people.is_none() {
        draft.refuse_cell(columns.name(sheet, column), "no-whole-number", shown(text));
    }
    people.map(|v| v as u64)
}

/// An OS ID that holds, without blanks and hyphens; one that does not is noted.
pub fn os_id_cell(columns: &Columns, sheet: &Sheet, row: usize, draft: &mut Draft) -> String {
    let text = columns.cell(sheet, "os_id", row);
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect::<String>().to_uppercase();
    if bare.is_empty() || is_no_name(text) {
        return String::new();
    }
    if os_id_holds(&bare) {
        return bare;
    }
    draft.refuse_cell(columns.name(sheet, "os_id"), "os-id-form", shown(text));
    String::new()
}

/// A degree to one decimal, some 11 km: where a person's holding lies.
pub fn coarse(degrees: &str) -> String {
    // Adding 0 makes -0 the 0 that it is.
    degrees.parse::<f64>().map_or_else(|_| String::new(), |d| format!("{:.1}", (d * 10.0).round() / 10.0 + 0.0))
}

/// The parts of a cell that lists write with `|` or `;` between, blanks and repeats left out.
pub fn parts<'t>(text: &'t str, separators: &[char]) -> Vec<&'t str> {
    let mut found: Vec<&str> = Vec::new();
    for part in text.split(separators).map(trimmed).filter(|p| !p.is_empty()) {
        if !found.contains(&part) {
            found.push(part);
        }
    }
    found
}

/// One text for several sector or product words: the word, or the first of those that stand for one and the same code; else all of them,
/// which then stand for no code at all.
pub fn one_of_words(words: &[&str], options: &Options<'_>) -> String {
    let coded: Vec<_> = words.iter().filter_map(|w| options.reference.text_code(w).map(|c| (c.sector, c.product, *w))).collect();
    match (words, coded.first()) {
        ([one], _) => (*one).to_owned(),
        (_, Some(first)) if coded.len() == words.len() && coded.iter().all(|c| (c.0, c.1) == (first.0, first.1)) => first.2.to_owned(),
        _ => words.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_lists_own_number_or_the_name_with_what_tells_it_apart() {
        assert_eq!(node_id("l", "mill", "PO1000000017", "CPA", &[]), "l:mill:po1000000017");
        let a = node_id("l", "factory", "", "Example Mills", &["Road 1", "BGD"]);
        assert!(a.starts_with("l:factory:example-mills-"), "{a}");
        assert_eq!(a, node_id("l", "factory", "", "EXAMPLE  Mills", &["road 1", "BGD"]));
        assert_ne!(a, node_id("l", "factory", "", "Example Mills", &["Road 2", "BGD"]));
        assert_ne!(node_id("l", "factory", "A/1", "x", &[]), node_id("l", "factory", "A.1", "x", &[]));
    }

    #[test]
    fn parts_are_split_once_each() {
        assert_eq!(parts("Apparel| Mining |Apparel||", &['|']), ["Apparel", "Mining"]);
        assert_eq!(trimmed("Baiqi Village\u{25a1}"), "Baiqi Village");
    }
}
