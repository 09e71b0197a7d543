//! Small fixed-width codes: country (ISO 3166-1 alpha-3), product (HS, 2 to 6 digits), sector (ISIC Rev. 4).

use std::fmt;

/// ISO 3166-1 alpha-3, upper case. Which codes exist is for the reference room to say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 3]);

impl CountryCode {
    /// Takes three upper-case ASCII letters.
    pub fn new(alpha3: &str) -> Option<Self> {
        let bytes: [u8; 3] = alpha3.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

macro_rules! digits {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name { bytes: [u8; 6], len: u8 }

        impl $name {
            /// The code as text, without dots.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.bytes[..self.len as usize]).unwrap_or("")
            }

            /// The first `digits` characters, or the whole code where it is shorter.
            pub fn head(&self, digits: usize) -> &str {
                let text = self.as_str();
                text.get(..digits).unwrap_or(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

digits!(
    /// Harmonized System code, 2 to 6 digits: `HS 1511.10` is kept as `151110`.
    ProductCode
);
digits!(
    /// ISIC Rev. 4 code: a section letter, or 2 to 4 digits.
    SectorCode
);

impl ProductCode {
    /// Reads 2 to 6 digits, dots and blanks between them ignored, `HS` before them allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("HS").or_else(|| text.strip_prefix("hs")).unwrap_or(text);
        let mut code = Self { bytes: [0; 6], len: 0 };
        for b in text.bytes() {
            match b {
                b'0'..=b'9' if code.len < 6 => {
                    code.bytes[code.len as usize] = b;
                    code.len += 1;
                }
                b'.' | b' ' => {}
                _ => return None,
            }
        }
        (code.len >= 2).then_some(code)
    }
}

impl SectorCode {
    /// Reads a section letter (`C`), or a division, group or class (`10`, `104`, `1040`), `ISIC` before it allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("ISIC").unwrap_or(text).trim();
        let ok = match text.as_bytes() {
            [b'A'..=b'U'] => true,
            digits => (2..=4).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        };
        if !ok {
            return None;
        }
        let mut code = Self { bytes: [0; 6], len: text.len() as u8 };
        code.bytes[..text.len()].copy_from_slice(text.as_bytes());
        Some(code)
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_and_prefixed_codes_are_one_code() {
        assert_eq!(ProductCode::parse("1511.10"), ProductCode::parse("HS 151110"));
        assert_eq!(ProductCode::parse("1511.10").map(|p| p.head(4).to_owned()).as_deref(), Some("1511"));
        assert_eq!(ProductCode::parse("1"), None);
        assert_eq!(ProductCode::parse("15111000"), None);
        assert_eq!(ProductCode::parse("cotton"), None);
        assert_eq!(SectorCode::parse("C").map(|s| s.to_string()).as_deref(), Some("C"));
        assert_eq!(SectorCode::parse("X"), None);
        assert_eq!(SectorCode::parse("0126").map(|s| s.to_string()).as_deref(), Some("0126"));
    }
}
