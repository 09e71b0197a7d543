//! The words of the report, by key and language: `messages/{en,de,fr}.toml`. Every language holds every key with the same placeholders.
//!
//! Texts of the method (signs, sources, citations) stay in the language of the pack, and are marked so. A word that a closed list gains
//! later is shown as it stands in the table, never left out.

use crate::base::{Error, Result};
use std::collections::BTreeMap;

/// A language of the report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    #[default]
    En,
    De,
    Fr,
}

impl Language {
    pub const ALL: [Language; 3] = [Language::En, Language::De, Language::Fr];

    /// The tag of the language (BCP 47), also its name on the command line.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::De => "de",
            Language::Fr => "fr",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Language::En => include_str!("messages/en.toml"),
            Language::De => include_str!("messages/de.toml"),
            Language::Fr => include_str!("messages/fr.toml"),
        }
    }
}

/// The texts of one language.
#[derive(Clone, Debug)]
pub struct Messages {
    pub language: Language,
    texts: BTreeMap<String, String>,
}

impl Messages {
    /// The catalogue of `language`.
    ///
    /// # Errors
    /// Never on an intact build: a catalogue that cannot be read is an internal error.
    pub fn of(language: Language) -> Result<Self> {
        let table: toml::Table =
            toml::from_str(language.file()).map_err(|e| Error::internal(format!("{} catalogue: {e}", language.tag())))?;
        let mut texts = BTreeMap::new();
        flatten("", &table, &mut texts);
        Ok(Self { language, texts })
    }

    /// The text of a key; the key itself where the catalogue has none.
    pub fn say<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The text of a key with its placeholders filled: `{name}` by the value of `name`.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.say(key), values)
    }

    /// `key.one` for 1, `key.many` for any other count; `{n}` is the count.
    pub fn count(&self, key: &str, n: u64) -> String {
        let form = format!("{key}.{}", if n == 1 { "one" } else { "many" });
        self.fill(&form, &[("n", &self.language.count(n))])
    }

    /// A word of a closed list, `word.FAMILY.NAME`; a word that the catalogue does not know as it stands, underscores as spaces.
    pub fn word(&self, family: &str, name: &str) -> String {
        self.known_word(family, name).map_or_else(|| name.replace('_', " "), str::to_owned)
    }

    pub fn known_word(&self, family: &str, name: &str) -> Option<&str> {
        self.texts.get(&format!("word.{family}.{name}")).map(String::as_str)
    }

    /// Several words of a list that `;` separates.
    pub fn words(&self, family: &str, list: &str) -> String {
        let all: Vec<String> = list.split(';').map(str::trim).filter(|w| !w.is_empty()).map(|w| self.word(family, w)).collect();
        all.join(", ")
    }

    /// Names of the texts below a prefix, in order.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        self.texts.iter().filter_map(move |(key, text)| Some((key.strip_prefix(prefix)?.strip_prefix('.')?, text.as_str())))
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

fn flatten(prefix: &str, table: &toml::Table, texts: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, texts),
            toml::Value::String(text) => {
                texts.insert(key, text.clone());
            }
            _ => {}
        }
    }
}

/// Replaces each placeholder once, from left to right: a value that looks like a placeholder stays as it is.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest.get(start..).and_then(|t| t.find('}')) else { break };
        let (before, from) = rest.split_at(start);
        let (hole, after) = from.split_at(length + 1);
        out.push_str(before);
        let name = hole.trim_start_matches('{').trim_end_matches('}');
        out.push_str(values.iter().find(|(n, _)| *n == name).map_or(hole, |(_, value)| value));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn holes(text: &str) -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|t| t.split('}').next()).map(str::to_owned).collect()
    }

    #[test]
    fn every_language_has_every_key_with_the_same_placeholders() {
        let english = Messages::of(Language::En).unwrap();
        for language in [Language::De, Language::Fr] {
            let other = Messages::of(language).unwrap();
            let (a, b): (BTreeSet<&str>, BTreeSet<&str>) = (english.keys().collect(), other.keys().collect());
            let lacking: Vec<_> = a.symmetric_difference(&b).collect();
            assert!(lacking.is_empty(), "{}: {lacking:?}", language.tag());
            for key in a {
                assert_eq!(holes(english.say(key)), holes(other.say(key)), "{key} in {}", language.tag());
                assert!(!other.say(key).trim().is_empty(), "{key} in {} is empty", language.tag());
            }
        }
    }

    /// Keys are used where their name stands in the source, or the name of a family whose members are looked up by a word of the data.
    #[test]
    fn every_key_is_used() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report");
        let mut sources = String::new();
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let unused: Vec<String> = Messages::of(Language::En)
            .unwrap()
            .keys()
            .filter(|key| {
                let families = ["word.", "script.", "glossary."];
                let plural = key.strip_suffix(".one").or_else(|| key.strip_suffix(".many")).unwrap_or(key);
                !families.iter().any(|f| key.starts_with(f)) && !sources.contains(&format!("\"{plural}\""))
            })
            .map(str::to_owned)
            .collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    /// A closed list that gains a word asks for its translations here.
    #[test]
    fn every_word_of_a_closed_list_has_its_translation() {
        use crate::base::{Kind, Norm};
        use crate::schema::outputs::words::{FINDINGS, ITEMS, PEOPLE_BASIS, RANGED, STANDINGS, STATES};
        let norms: Vec<&str> = Norm::ALL.iter().map(|n| n.as_str()).chain(["any"]).collect();
        let kinds: Vec<&str> = Kind::NAMES.into_iter().chain([Kind::Unknown.as_str()]).collect();
        let lists: [(&str, &[&str]); 8] = [
            ("norm", &norms),
            ("kind", &kinds),
            ("state", &STATES),
            ("state_meaning", &STATES),
            ("finding", &FINDINGS),
            ("item", &ITEMS),
            ("people_basis", &PEOPLE_BASIS),
            ("standing", &STANDINGS),
        ];
        for language in Language::ALL {
            let words = Messages::of(language).unwrap();
            for (family, list) in lists.into_iter().chain([("figure", &RANGED[..])]) {
                for word in list {
                    assert!(words.known_word(family, word).is_some(), "{}: word.{family}.{word}", language.tag());
                }
            }
            let assumptions = serde_json::to_value(crate::pipeline::summary::Assumptions::default()).unwrap();
            for name in assumptions.as_object().unwrap().keys() {
                assert!(words.known_word("assumption", name).is_some(), "{}: word.assumption.{name}", language.tag());
            }
        }
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_stays_as_it_is() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "x")]), "{b} and x");
        assert_eq!(fill("open {", &[]), "open {");
    }
}
