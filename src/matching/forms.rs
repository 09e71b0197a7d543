//! Legal forms of the world, recognised in folded words: data in `legal_forms.csv`, after the Entity Legal Forms of ISO 20275.
//!
//! A form is stripped from a name and kept beside it. Forms whose letters are also a word or an abbreviation (`as`, `co`, `sa`) count only
//! at the begin or the end of a name. A name is never stripped to nothing.

use super::text::{Word, fold};
use std::collections::HashMap;
use std::sync::OnceLock;

/// A legal form: its line in the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LegalForm(pub u16);

struct Spelling {
    words: Vec<String>,
    form: LegalForm,
    anywhere: bool,
}

/// The table, by first and by last word.
pub struct LegalForms {
    names: Vec<String>,
    spellings: Vec<Spelling>,
    by_first: HashMap<String, Vec<usize>>,
}

impl LegalForms {
    /// The embedded table.
    pub fn embedded() -> &'static Self {
        static TABLE: OnceLock<LegalForms> = OnceLock::new();
        TABLE.get_or_init(|| Self::parse(include_str!("legal_forms.csv")))
    }

    fn parse(table: &str) -> Self {
        let mut forms = Self { names: Vec::new(), spellings: Vec::new(), by_first: HashMap::new() };
        for line in table.lines().filter(|l| !l.starts_with('#')).skip(1) {
            let mut cells = line.splitn(4, ',');
            let (Some(name), Some(_), Some(place), Some(spellings)) = (cells.next(), cells.next(), cells.next(), cells.next()) else {
                continue;
            };
            let Ok(at) = u16::try_from(forms.names.len()) else { break };
            forms.names.push(name.to_owned());
            for spelling in spellings.split('|') {
                let words: Vec<String> = fold(spelling).into_iter().map(|w| w.text).collect();
                if !words.is_empty() {
                    forms.spellings.push(Spelling { words, form: LegalForm(at), anywhere: place == "any" });
                }
            }
        }
        for (i, spelling) in forms.spellings.iter().enumerate() {
            forms.by_first.entry(spelling.words[0].clone()).or_default().push(i);
        }
        for list in forms.by_first.values_mut() {
            list.sort_by_key(|&i| (usize::MAX - forms.spellings[i].words.len(), i));
        }
        forms
    }

    /// The short name of a form.
    pub fn name(&self, form: LegalForm) -> &str {
        self.names.get(usize::from(form.0)).map_or("", String::as_str)
    }

    /// The longest form that begins at `at`: its length in words.
    fn at(&self, words: &[Word], at: usize, anywhere: bool, edge: impl Fn(usize) -> bool) -> Option<(usize, LegalForm)> {
        let list = self.by_first.get(&words.get(at)?.text)?;
        list.iter().map(|&i| &self.spellings[i]).find_map(|s| {
            let len = s.words.len();
            let here = words.get(at..at + len)?;
            let same = here.iter().zip(&s.words).all(|(w, f)| w.text == *f);
            (same && ((anywhere && s.anywhere) || edge(at + len))).then_some((len, s.form))
        })
    }

    /// Splits folded words into those of the name proper and the legal forms among them (sorted, each once).
    pub fn strip(&self, words: Vec<Word>) -> (Vec<Word>, Vec<LegalForm>) {
        let mut found = Vec::new();
        let mut kept: Vec<Word> = Vec::with_capacity(words.len());
        let mut at = 0;
        while at < words.len() {
            match self.at(&words, at, true, |_| false) {
                Some((len, form)) => {
                    found.push(form);
                    at += len;
                }
                None => {
                    kept.push(words[at].clone());
                    at += 1;
                }
            }
        }
        while let Some((len, form)) = self.at(&kept, 0, true, |_| true).filter(|(len, _)| *len < kept.len()) {
            found.push(form);
            kept.drain(..len);
        }
        let mut trailing = true;
        while trailing {
            trailing = false;
            // A branch or unit number may stand after the form: `X Co 2`.
            let numbers = kept.iter().rev().take_while(|w| w.is_number()).count();
            let end = kept.len() - numbers;
            for at in end.saturating_sub(6).max(1)..end {
                if let Some((len, form)) = self.at(&kept[..end], at, true, |stop| stop == end) {
                    found.push(form);
                    kept.drain(at..at + len);
                    trailing = true;
                    break;
                }
            }
        }
        if kept.iter().all(Word::is_number) {
            kept = words;
        }
        found.sort_unstable();
        found.dedup();
        (kept, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> (String, String) {
        let table = LegalForms::embedded();
        let (kept, forms) = table.strip(fold(text));
        (
            kept.into_iter().map(|w| w.text).collect::<Vec<_>>().join(" "),
            forms.into_iter().map(|f| table.name(f).to_owned()).collect::<Vec<_>>().join(" "),
        )
    }

    #[test]
    fn forms_of_many_countries_are_stripped_and_kept() {
        for (text, name, form) in [
            ("Chaei Hsin Enterprise Co., Ltd.", "chaei hsin enterprise", "ltd"),
            ("Ace Oil Mill Sdn. Bhd.", "ace oil mill", "sdn-bhd"),
            ("PT. Astra Agro Lestari Tbk", "astra agro lestari", "pt pt-tbk"),
            ("P.T. Multimas Nabati Asahan", "multimas nabati asahan", "pt"),
            ("Textil San José, S.A. de C.V.", "textil san jose", "sa-de-cv"),
            ("CÔNG TY TNHH Đại Phát", "dai phat", "tnhh"),
            ("ООО «Ромашка»", "romashka", "ooo"),
            ("Муром акционерное общество", "murom", "oao"),
            ("上海纺织有限公司", "shang hai fang zhi", "youxian"),
            ("トヨタ株式会社", "toyota", "kk"),
            ("Ozanteks Tekstil San. ve Tic. A.Ş.", "ozanteks tekstil", "anonim"),
            ("AAK AB", "aak", "ab"),
            ("Müller GmbH & Co. KG", "muller", "gmbh-kg"),
            ("Artistic Milliners (Pvt) Limited (Unit No. 14)", "artistic milliners unit no 14", "private-limited"),
        ] {
            assert_eq!(split(text), (name.to_owned(), form.to_owned()), "{text}");
        }
    }

    #[test]
    fn letters_that_are_also_words_count_only_at_the_edges() {
        assert_eq!(split("Known As Good Mill"), ("known as good mill".into(), String::new()));
        assert_eq!(split("Casa SA Norte Mill"), ("casa sa norte mill".into(), String::new()));
    }

    #[test]
    fn a_name_is_never_stripped_to_nothing() {
        assert_eq!(split("Limited").0, "limited");
        assert_eq!(split("PT").0, "pt");
        assert_eq!(split("Co., Ltd. 2").0, "co ltd 2");
    }
}
