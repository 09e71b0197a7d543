//! Sentences of the method and of the first screen in other languages: `messages/sentences.toml`, by the English sentence itself.
//!
//! A method that words a response anew is then told in English, never by a translation of what it said before. Sentences about a node (`from whom does
//! ... buy?`) are found by what stands before and after its name.

use super::messages::Language;
use crate::base::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Sentence {
    en: String,
    de: String,
    fr: String,
}

#[derive(Deserialize)]
struct File {
    sentence: Vec<Sentence>,
}

/// Sentences by their English.
#[derive(Clone, Debug, Default)]
pub struct Translations {
    whole: BTreeMap<String, [String; 2]>,
    /// Sentences with one or two holes, `{}`: English pieces, and the others.
    holed: Vec<[String; 3]>,
}

impl Translations {
    /// The sentences shipped with the engine.
    ///
    /// # Errors
    /// Never on an intact build.
    pub fn shipped() -> Result<Self> {
        let file: File = toml::from_str(include_str!("messages/sentences.toml"))
            .map_err(|e| Error::internal(format!("sentences of the report: {e}")))?;
        let mut all = Self::default();
        for s in file.sentence {
            if s.en.contains("{}") {
                all.holed.push([s.en, s.de, s.fr]);
            } else {
                all.whole.insert(s.en, [s.de, s.fr]);
            }
        }
        Ok(all)
    }

    /// The sentence in another language; `None` where it is in English already or nobody translated it.
    pub fn of(&self, language: Language, english: &str) -> Option<&str> {
        let at = other(language)?;
        self.whole.get(english)?.get(at).map(String::as_str)
    }

    /// A sentence about a node, in `language`; the English one where nobody translated it.
    pub fn about(&self, language: Language, english: &str) -> String {
        let Some(at) = other(language) else { return english.to_owned() };
        let told = self.holed.iter().find_map(|s| {
            let (names, text) = (names(s.first()?, english)?, s.get(at + 1)?);
            let mut names = names.into_iter();
            let mut pieces = text.split("{}");
            let first = pieces.next().unwrap_or_default().to_owned();
            Some(pieces.fold(first, |told, piece| told + names.next().unwrap_or_default() + piece))
        });
        told.or_else(|| self.of(language, english).map(str::to_owned)).unwrap_or_else(|| english.to_owned())
    }
}

fn other(language: Language) -> Option<usize> {
    match language {
        Language::En => None,
        Language::De => Some(0),
        Language::Fr => Some(1),
    }
}

/// What stands in the holes of a pattern, where a sentence fits it. A name that holds a piece of the pattern is taken as far as it goes.
fn names<'a>(pattern: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let pieces: Vec<&str> = pattern.split("{}").collect();
    let (first, last) = (pieces.first()?, pieces.last()?);
    let mut rest = sentence.strip_prefix(first)?;
    let mut found = Vec::new();
    for piece in pieces.get(1..pieces.len() - 1)? {
        let at = rest.rfind(piece)?;
        let (name, after) = rest.split_at(at);
        found.push(name);
        rest = after.strip_prefix(piece)?;
    }
    found.push(rest.strip_suffix(last)?);
    found.iter().all(|n| !n.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_about_a_node_keeps_its_name_as_it_is() {
        let all = Translations::shipped().unwrap();
        let told = all.about(Language::De, "from whom does Mill {} <b> (mill) buy?");
        assert!(told.contains("Mill {} <b>") && !told.starts_with("from whom"), "{told}");
        assert_eq!(all.about(Language::En, "from whom does X buy the rest?"), "from whom does X buy the rest?");
        assert_eq!(all.about(Language::Fr, "a sentence that nobody translated"), "a sentence that nobody translated");
    }

    /// What to do and what never is told in every language: a response that the method words anew asks for its translations.
    #[test]
    fn every_response_of_the_method_is_translated() {
        let all = Translations::shipped().unwrap();
        for (file, text) in crate::pack::MethodPack::embedded().unwrap().write_effective().unwrap() {
            let table: toml::Table = toml::from_str(&text).unwrap();
            for row in table.get("response").and_then(toml::Value::as_array).into_iter().flatten() {
                for field in ["pattern", "first_72h", "days_30_90", "systemic", "never"] {
                    let told = row.get(field).and_then(toml::Value::as_str).unwrap_or_default();
                    assert!(told.is_empty() || all.of(Language::De, told).is_some(), "{file}: {told}");
                }
            }
        }
    }

    #[test]
    fn every_sentence_is_translated_with_as_many_holes() {
        let file: File = toml::from_str(include_str!("messages/sentences.toml")).unwrap();
        for s in file.sentence {
            let holes = |t: &str| t.matches("{}").count();
            assert!(!s.de.is_empty() && !s.fr.is_empty(), "{}", s.en);
            assert!(holes(&s.en) == holes(&s.de) && holes(&s.en) == holes(&s.fr), "{}", s.en);
        }
    }
}
