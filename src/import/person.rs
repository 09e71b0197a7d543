//! Names of natural persons to keys, so that a person can be told apart and never be named.
//!
//! The key is BLAKE3 keyed with a secret. Without a secret of the user's own (`--person-key FILE`) it is derived from the bytes of the
//! imported file: whoever has not got the file cannot try names against the keys, equal files give equal keys, and no person is linked
//! across files. With a secret, persons are linked across files that were imported with it, and by nobody without it.

use std::io::Read;
use std::sync::Arc;

const FROM_FILE: &str = "onus 2026 key of natural persons, from a file";
const FROM_SECRET: &str = "onus 2026 key of natural persons, from a secret";

/// The secret that keys are made with.
#[derive(Clone)]
pub struct PersonKey([u8; 32]);

impl PersonKey {
    /// From the bytes of the imported file, however large.
    ///
    /// # Errors
    /// The file cannot be read to its end.
    pub fn of_file(mut bytes: impl Read) -> std::io::Result<Self> {
        let mut hasher = blake3::Hasher::new_derive_key(FROM_FILE);
        std::io::copy(&mut bytes, &mut hasher)?;
        Ok(Self(*hasher.finalize().as_bytes()))
    }

    /// From a secret of the user's own.
    pub fn of_secret(secret: &[u8]) -> Self {
        Self(blake3::derive_key(FROM_SECRET, secret))
    }

    /// 16 hexadecimal digits for whatever tells the person apart: the file's own identifier, else the name without case and blanks.
    pub fn key(&self, person: &str) -> String {
        let folded = crate::mapping::fold(person);
        let hash = blake3::keyed_hash(&self.0, folded.as_bytes());
        hash.as_bytes().iter().take(8).map(|b| format!("{b:02x}")).collect()
    }

    /// Node id and name that stand for a person.
    pub fn shown(&self, person: &str) -> (String, Arc<str>) {
        let key = self.key(person);
        (format!("person:{key}"), format!("natural person {key}").into())
    }
}

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_the_secret_and_tells_nothing() {
        let (a, b) = (PersonKey::of_file(&b"one file"[..]).unwrap(), PersonKey::of_file(&b"another"[..]).unwrap());
        assert_eq!(a.0, blake3::derive_key(FROM_FILE, b"one file"));
        assert_eq!(a.key("Anna  Example"), a.key("anna example"));
        assert_ne!(a.key("Anna Example"), b.key("Anna Example"));
        assert_ne!(a.key("Anna Example"), PersonKey::of_secret(b"one file").key("Anna Example"));
        let (id, name) = a.shown("Anna Example");
        assert!(!id.contains("nna") && !name.contains("nna"));
        assert_eq!(format!("{a:?}"), "PersonKey(..)");
    }
}
