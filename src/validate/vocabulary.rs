//! What validation must know of the method pack and of the code lists, without importing how they are kept.

use crate::base::{CountryCode, ProductCode, SectorCode, Stage};
use crate::pack::{SignIx, SourceIx};
use std::collections::{BTreeMap, BTreeSet};

/// What a text stands for: product, sector, stage.
pub type TextCode = (Option<ProductCode>, Option<SectorCode>, Option<Stage>);

/// Words that a dataset may use and what they stand for.
pub trait Vocabulary: Sync {
    fn sign(&self, id: &str) -> Option<SignIx>;
    /// Ids of all signs, for suggestions.
    fn sign_ids(&self) -> Vec<&str>;
    fn source(&self, id: &str) -> Option<SourceIx>;
    /// Ids of all source classes, for suggestions.
    fn source_ids(&self) -> Vec<&str>;
    fn scheme_exists(&self, id: &str) -> bool;
    /// A row of the response matrix.
    fn response_exists(&self, _id: &str) -> bool {
        false
    }
    /// By ISO 3166-1 alpha-2 or alpha-3, in capitals.
    fn country(&self, code: &str) -> Option<CountryCode>;
    /// By short name, in any case.
    fn country_by_name(&self, name: &str) -> Option<CountryCode>;
    fn product_exists(&self, code: ProductCode) -> bool;
    fn sector_exists(&self, code: SectorCode) -> bool;
    /// The exact text (folded: lower case, single blanks) of the shipped code table.
    fn text_code(&self, folded: &str) -> Option<TextCode>;
    fn stage_of_sector(&self, code: SectorCode) -> Option<Stage>;
}

/// A vocabulary written out as lists, for tests and small tools. Every HS and ISIC code of the right form exists in it.
#[derive(Clone, Debug, Default)]
pub struct ListedVocabulary {
    /// Sorted; the position is the number of the sign.
    pub signs: Vec<String>,
    /// Sorted; the position is the number of the source class.
    pub sources: Vec<String>,
    pub schemes: BTreeSet<String>,
    /// Alpha-2, alpha-3, short name.
    pub countries: Vec<(String, CountryCode, String)>,
    pub texts: BTreeMap<String, TextCode>,
}

impl ListedVocabulary {
    /// A vocabulary of these signs, source classes, schemes and countries (alpha-2, alpha-3, short name).
    pub fn new(signs: &[&str], sources: &[&str], schemes: &[&str], countries: &[(&str, &str, &str)]) -> Self {
        let sorted = |list: &[&str]| {
            let mut owned: Vec<String> = list.iter().map(|s| (*s).to_owned()).collect();
            owned.sort();
            owned
        };
        Self {
            signs: sorted(signs),
            sources: sorted(sources),
            schemes: schemes.iter().map(|s| (*s).to_owned()).collect(),
            countries: countries
                .iter()
                .filter_map(|(a2, a3, name)| Some(((*a2).to_owned(), CountryCode::new(a3)?, name.to_lowercase())))
                .collect(),
            texts: BTreeMap::new(),
        }
    }
}

impl Vocabulary for ListedVocabulary {
    fn sign(&self, id: &str) -> Option<SignIx> {
        self.signs.binary_search_by(|s| s.as_str().cmp(id)).ok().map(|i| SignIx(i as u16))
    }
    fn sign_ids(&self) -> Vec<&str> {
        self.signs.iter().map(String::as_str).collect()
    }
    fn source(&self, id: &str) -> Option<SourceIx> {
        self.sources.binary_search_by(|s| s.as_str().cmp(id)).ok().map(|i| SourceIx(i as u16))
    }
    fn source_ids(&self) -> Vec<&str> {
        self.sources.iter().map(String::as_str).collect()
    }
    fn scheme_exists(&self, id: &str) -> bool {
        self.schemes.contains(id)
    }
    fn country(&self, code: &str) -> Option<CountryCode> {
        self.countries.iter().find(|c| c.0 == code || c.1.as_str() == code).map(|c| c.1)
    }
    fn country_by_name(&self, name: &str) -> Option<CountryCode> {
        let name = name.to_lowercase();
        self.countries.iter().find(|c| c.2 == name).map(|c| c.1)
    }
    fn product_exists(&self, _: ProductCode) -> bool {
        true
    }
    fn sector_exists(&self, _: SectorCode) -> bool {
        true
    }
    fn text_code(&self, folded: &str) -> Option<TextCode> {
        self.texts.get(folded).copied()
    }
    fn stage_of_sector(&self, code: SectorCode) -> Option<Stage> {
        match code.as_str().get(..2)? {
            "01" | "02" => Some(Stage::Farm),
            "03" => Some(Stage::Fishing),
            "05" | "06" | "07" | "08" | "09" => Some(Stage::Mine),
            "10" | "11" | "12" => Some(Stage::Processing),
            division if ("13".."34").contains(&division) => Some(Stage::Manufacturing),
            _ => None,
        }
    }
}
