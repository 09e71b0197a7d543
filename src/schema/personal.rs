//! Words in a column's name that say that it identifies a person. Mapping such a column onto anything is fatal; unmapped, it is
//! skipped like any other, and its values are never stored.
//!
//! Follows `data.md`, "Nothing personal": names of workers and children, contacts, exact birth dates, free text; with the special
//! categories of GDPR art. 9 (Regulation (EU) 2016/679) added.

/// Words of which one is enough.
pub const FORBIDDEN_WORDS: &[&str] = &[
    "birthdate",
    "birthday",
    "caste",
    "cellphone",
    "comment",
    "comments",
    "complainant",
    "contact",
    "dob",
    "email",
    "ethnicity",
    "fax",
    "firstname",
    "freetext",
    "fullname",
    "iban",
    "lastname",
    "mobile",
    "narrative",
    "notes",
    "passport",
    "phone",
    "photo",
    "religion",
    "remarks",
    "signature",
    "ssn",
    "surname",
    "telephone",
    "testimony",
    "victim",
    "whatsapp",
];

/// Words that identify a person only side by side.
pub const FORBIDDEN_PHRASES: &[&[&str]] = &[
    &["applicant", "name"],
    &["bank", "account"],
    &["birth", "date"],
    &["child", "name"],
    &["date", "of", "birth"],
    &["e", "mail"],
    &["employee", "name"],
    &["family", "name"],
    &["farmer", "name"],
    &["first", "name"],
    &["free", "text"],
    &["full", "name"],
    &["given", "name"],
    &["id", "card"],
    &["identity", "card"],
    &["last", "name"],
    &["name", "of", "child"],
    &["name", "of", "worker"],
    &["national", "id"],
    &["owner", "name"],
    &["person", "name"],
    &["social", "security"],
    &["worker", "name"],
];

/// The word or phrase in `column` that says that it identifies a person, if there is one.
///
/// ```
/// assert_eq!(onus::schema::personal_word("Worker Name"), Some("worker name".to_owned()));
/// assert_eq!(onus::schema::personal_word("contactEmail"), Some("contact".to_owned()));
/// assert_eq!(onus::schema::personal_word("name"), None);
/// ```
pub fn personal_word(column: &str) -> Option<String> {
    let words = words_of(column);
    if let Some(w) = words.iter().find(|w| FORBIDDEN_WORDS.contains(&w.as_str())) {
        return Some(w.clone());
    }
    FORBIDDEN_PHRASES
        .iter()
        .find(|phrase| words.windows(phrase.len()).any(|w| w.iter().zip(phrase.iter()).all(|(a, b)| a == b)))
        .map(|phrase| phrase.join(" "))
}

/// Words of a header: split where a letter or digit ends and where a capital follows a small letter.
fn words_of(column: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in column.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && small) {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|w| !w.is_empty());
    words
}
