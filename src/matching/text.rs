//! Text of any script to plain Latin words: what is left of a name when case, accents, punctuation and spacing of initials are gone.
//!
//! Letters are spelled by the `deunicode` tables (after Sean M. Burke's Text::Unidecode). Dotted or spaced initials become one word
//! (`S.A. de C.V.` is `sa de cv`), letters and digits part (`mill2` is `mill 2`), ordinals lose their ending. Work is bounded: at most
//! [`MAX_CHARS`] characters and [`MAX_WORDS`] words are looked at, whatever comes in.

/// Characters of a text that are looked at.
pub const MAX_CHARS: usize = 600;
/// Words of a text that are kept.
pub const MAX_WORDS: usize = 24;
/// Letters of a word that are kept.
const MAX_LETTERS: usize = 32;

/// One word of a folded text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// Lower-case ASCII letters, or digits only.
    pub text: String,
    /// Which part of the text it stands in: brackets, a slash and a dash between blanks begin another one.
    pub part: u8,
}

impl Word {
    /// The word is a number.
    pub fn is_number(&self) -> bool {
        self.text.as_bytes().first().is_some_and(u8::is_ascii_digit)
    }
}

/// What a character does to the word under way.
enum Sign {
    Letter(u8),
    Dot,
    Silent,
    Open,
    Close,
    Dash,
    Slash,
    Break,
}

fn sign(c: u8) -> Sign {
    match c {
        b'a'..=b'z' | b'0'..=b'9' => Sign::Letter(c),
        b'A'..=b'Z' => Sign::Letter(c.to_ascii_lowercase()),
        b'.' => Sign::Dot,
        b'\'' | b'`' | b'"' => Sign::Silent,
        b'(' | b'[' | b'{' => Sign::Open,
        b')' | b']' | b'}' => Sign::Close,
        b'-' => Sign::Dash,
        b'/' => Sign::Slash,
        _ => Sign::Break,
    }
}

/// Collects letters into words.
struct Collector {
    words: Vec<Word>,
    current: String,
    /// Parts of one letter each, joined by dots so far (`s.a.`).
    dotted: bool,
    part: u8,
    parts: u8,
    /// The part to go back to behind a bracket.
    outer: u8,
}

impl Collector {
    fn flush(&mut self) {
        if !self.current.is_empty() && self.words.len() < MAX_WORDS {
            self.words.push(Word { text: std::mem::take(&mut self.current), part: self.part });
        }
        self.current.clear();
        self.dotted = false;
    }

    fn next_part(&mut self) {
        self.flush();
        self.parts = self.parts.saturating_add(1);
        self.part = self.parts;
    }

    fn letter(&mut self, c: u8) {
        let turns = self.current.as_bytes().last().is_some_and(|l| l.is_ascii_digit() != c.is_ascii_digit());
        if turns {
            self.flush();
        }
        if self.current.len() < MAX_LETTERS {
            self.current.push(char::from(c));
        }
    }

    fn take(&mut self, before: Option<u8>, c: u8, next: Option<u8>) {
        match sign(c) {
            Sign::Letter(c) => {
                // `s.a.de`: after a dotted letter only another single letter goes on with the same word.
                if self.dotted && next.is_some_and(|n| n.is_ascii_alphanumeric()) {
                    self.flush();
                }
                self.letter(c);
            }
            Sign::Dot => {
                let initial = self.current.len() == 1 || self.dotted;
                if initial && self.current.as_bytes().last().is_some_and(u8::is_ascii_alphabetic) {
                    self.dotted = true;
                } else {
                    self.flush();
                }
            }
            Sign::Silent => {}
            Sign::Open => self.next_part(),
            Sign::Close => {
                self.flush();
                self.part = self.outer;
            }
            Sign::Dash if before == Some(b' ') || next == Some(b' ') => {
                self.next_part();
                self.outer = self.part;
            }
            Sign::Slash if self.current.len() > 1 => {
                self.next_part();
                self.outer = self.part;
            }
            Sign::Dash | Sign::Slash | Sign::Break => self.flush(),
        }
    }
}

/// Two or more single letters in a row are one word (`m & v` is `mv`).
fn join_initials(words: Vec<Word>) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    let mut in_run = false;
    for word in words {
        let single = word.text.len() == 1 && word.text.as_bytes()[0].is_ascii_alphabetic();
        match joined.last_mut() {
            Some(last) if single && in_run && last.part == word.part && last.text.len() < MAX_LETTERS => last.text.push_str(&word.text),
            _ => joined.push(word),
        }
        in_run = single;
    }
    joined
}

/// `2nd` is 2, `007` is 7.
fn plain_numbers(words: Vec<Word>) -> Vec<Word> {
    let mut plain: Vec<Word> = Vec::with_capacity(words.len());
    for mut word in words {
        let after_number = plain.last().is_some_and(Word::is_number);
        if after_number && matches!(word.text.as_str(), "st" | "nd" | "rd" | "th") {
            continue;
        }
        if word.is_number() {
            let trimmed = word.text.trim_start_matches('0');
            word.text = if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() };
        }
        plain.push(word);
    }
    plain
}

/// The words of a text, in order.
pub fn fold(text: &str) -> Vec<Word> {
    let mut ascii = String::with_capacity(text.len().min(MAX_CHARS) + 16);
    for c in text.chars().take(MAX_CHARS) {
        if c.is_ascii() {
            ascii.push(c);
        } else if matches!(c, '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{00b4}' | 'ь' | 'ъ' | 'Ь' | 'Ъ') {
            // An apostrophe or a sign without a sound parts no word.
        } else {
            let spelled = deunicode::deunicode_char(c).unwrap_or(" ");
            // A character that is a word of its own (an ideograph) is spelled with a blank behind it; it needs one before it too.
            if spelled.ends_with(' ') {
                ascii.push(' ');
            }
            ascii.extend(spelled.chars().take(12).filter(|s| *s != '\''));
        }
    }
    let bytes = ascii.as_bytes();
    let mut collector = Collector { words: Vec::new(), current: String::new(), dotted: false, part: 0, parts: 0, outer: 0 };
    for (i, &c) in bytes.iter().enumerate() {
        collector.take(i.checked_sub(1).and_then(|b| bytes.get(b)).copied(), c, bytes.get(i + 1).copied());
        if collector.words.len() >= MAX_WORDS {
            break;
        }
    }
    collector.flush();
    plain_numbers(join_initials(collector.words))
}

/// The value of a roman numeral from 1 to 20; `None` for any other word.
pub fn roman(word: &str) -> Option<u8> {
    const NUMERALS: [&str; 20] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx",
    ];
    NUMERALS.iter().position(|n| *n == word).and_then(|at| u8::try_from(at + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        fold(text).into_iter().map(|w| w.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn accents_case_punctuation_and_initials_go() {
        assert_eq!(words("Aceites y Derivados S.A."), "aceites y derivados sa");
        assert_eq!(words("P.T. Müller-Öl & Söhne"), "pt muller ol sohne");
        assert_eq!(words("Textil, S. A. de C. V."), "textil sa de cv");
        assert_eq!(words("S.A.de C.V."), "sa de cv");
        assert_eq!(words("M & V INTL (M&V3)"), "mv intl mv 3");
        assert_eq!(words("Ozanteks Tekstil San. ve Tic. A.Ş."), "ozanteks tekstil san ve tic as");
        assert_eq!(words("O'Neill’s"), "oneills");
    }

    #[test]
    fn other_scripts_are_spelled_in_latin() {
        assert_eq!(words("ООО «Ромашка»"), "ooo romashka");
        assert_eq!(words("上海有限公司"), "shang hai you xian gong si");
        assert_eq!(words("CÔNG TY TNHH ĐẠI PHÁT"), "cong ty tnhh dai phat");
    }

    #[test]
    fn brackets_dashes_and_slashes_begin_parts() {
        let parts = |text: &str| fold(text).into_iter().map(|w| (w.text, w.part)).collect::<Vec<_>>();
        let own = |list: &[(&str, u8)]| list.iter().map(|(t, p)| ((*t).to_owned(), *p)).collect::<Vec<_>>();
        assert_eq!(parts("Supra (Aek Nabara) Mill"), own(&[("supra", 0), ("aek", 1), ("nabara", 1), ("mill", 0)]));
        assert_eq!(parts("Laguna - Betung POM"), own(&[("laguna", 0), ("betung", 1), ("pom", 1)]));
        assert_eq!(parts("Sam-Sam"), own(&[("sam", 0), ("sam", 0)]));
    }

    #[test]
    fn numbers_stand_alone() {
        assert_eq!(words("Mill2"), "mill 2");
        assert_eq!(words("PVT LTDunit14"), "pvt ltdunit 14");
        assert_eq!(words("2nd factory No.007"), "2 factory no 7");
        assert_eq!(roman("iv"), Some(4));
        assert_eq!(roman("mix"), None);
    }

    #[test]
    fn work_is_bounded_on_long_and_odd_text() {
        for long in [
            "x".repeat(65_536),
            "a.".repeat(32_768),
            "有".repeat(20_000),
            "((((".repeat(16_000),
            "1a".repeat(32_768),
            "\u{0}\u{10ffff}\u{202e}".repeat(9000),
        ] {
            let folded = fold(&long);
            assert!(folded.len() <= MAX_WORDS && folded.iter().all(|w| w.text.len() <= MAX_LETTERS && !w.text.is_empty()));
        }
        assert!(fold("").is_empty());
        assert!(fold(" ().-").is_empty());
    }
}
