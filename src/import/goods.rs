//! Commodity words of trade data to headings of the Harmonized System, where the engine's own table of texts has none.
//!
//! A word that covers several headings is given the shortest code that holds them all: nothing is narrowed by guess.
//!
//! # Source
//! World Customs Organization, Harmonized System Nomenclature 2022: headings 0102 live bovine animals, chapter 02 meat, 0202 and 0201 meat of
//! bovine animals, 0203 of swine, 0207 of poultry, 0306 crustaceans, 0901 coffee, 1005 maize, 1006 rice, 1201 soya beans, 1212.93 sugar
//! cane, 1507 soya-bean oil, 1511 palm oil, 1513 palm kernel oil, 1701 cane sugar, 18 cocoa and its preparations, 1801 cocoa beans,
//! 2304 soya-bean oil-cake, 2401 tobacco, 2701 coal, 4001 natural rubber, 41 hides and leather, chapters 44 wood, 47 wood pulp, 4703 sulphate
//! pulp, 5201 cotton not carded, 71 precious metals, 7108 gold, 8541 with solar cells.

use crate::base::ProductCode;
use crate::mapping::fold;
use crate::reference::Reference;

const WORDS: [(&str, &str); 38] = [
    ("beef", "02"),
    ("cattle", "0102"),
    ("chicken", "0207"),
    ("poultry", "0207"),
    ("pork", "0203"),
    ("shrimp", "0306"),
    ("shrimps", "0306"),
    ("fish", "03"),
    ("corn", "1005"),
    ("maize", "1005"),
    ("rice", "1006"),
    ("soy", "1201"),
    ("soybean", "1201"),
    ("soybeans", "1201"),
    ("soya", "1201"),
    ("soybean oil", "1507"),
    ("soybean meal", "2304"),
    ("soybean cake", "2304"),
    ("sugarcane", "121293"),
    ("sugar cane", "121293"),
    ("sugar", "1701"),
    ("palm oil", "1511"),
    ("oil palm", "1511"),
    ("palm kernel oil", "1513"),
    ("cocoa", "1801"),
    ("coffee", "0901"),
    ("tobacco", "2401"),
    ("coal", "2701"),
    ("rubber", "4001"),
    ("natural rubber", "4001"),
    ("leather", "41"),
    ("timber", "44"),
    ("wood", "44"),
    ("wood pulp", "47"),
    ("pulp", "47"),
    ("cotton", "5201"),
    ("gold", "7108"),
    ("solar panels", "8541"),
];

/// The product of a word: a code as it is, the engine's own text, this table; else the word itself.
pub fn product_of(text: &str, reference: &Reference) -> (String, bool) {
    let text = text.trim();
    if let Some(code) = ProductCode::parse(text).filter(|c| reference.product_exists(*c)) {
        return (code.to_string(), true);
    }
    let word = fold(&text.replace(['-', '_'], " "));
    // A text of several products stands for no single one.
    let own = reference.text_code(&word).filter(|c| c.more_products.is_empty()).and_then(|c| c.product);
    if let Some(code) = own {
        return (code.to_string(), true);
    }
    match WORDS.iter().find(|(w, _)| *w == word) {
        Some((_, code)) => ((*code).to_owned(), true),
        None => (text.to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_for_a_heading_that_exists() {
        let reference = Reference::embedded().unwrap();
        for (word, code) in WORDS {
            assert!(ProductCode::parse(code).is_some_and(|c| reference.product_exists(c)), "{word} {code}");
        }
        assert_eq!(product_of("WOOD-PULP", &reference), ("47".to_owned(), true));
        assert_eq!(product_of("Sugarcane", &reference), ("121293".to_owned(), true));
        assert_eq!(product_of("1511.10", &reference), ("151110".to_owned(), true));
        assert_eq!(product_of("assorted goods", &reference), ("assorted goods".to_owned(), false));
    }
}
