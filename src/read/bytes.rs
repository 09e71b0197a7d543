//! A text file in memory, unpacked within limits and decoded: UTF-8 (with or without a byte order mark), UTF-16 with one, else
//! Windows-1252 as Excel writes it (WHATWG Encoding, `windows-1252`).

use super::table::Trouble;
use crate::schema::codes::{ENCODING_CP1252, ENCODING_UTF16, FILE_TOO_LARGE, FILE_UNREADABLE};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How much a file may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one cell.
    pub cell_bytes: usize,
    /// Bytes of a file once unpacked.
    pub unpacked_bytes: u64,
    /// Unpacked bytes per packed byte, for files that unpack to more than `ratio_from`.
    pub ratio: u64,
    pub ratio_from: u64,
    /// Entries of a zip archive.
    pub entries: usize,
    /// Sheets of a workbook.
    pub sheets: usize,
    /// Cells of all sheets of a workbook, those without a value among them.
    pub cells: u64,
}

impl Limits {
    /// The most bytes that a packed file of this size may unpack to.
    pub fn unpacked_from(&self, packed: u64) -> u64 {
        self.unpacked_bytes.min(self.ratio_from.max(packed.saturating_mul(self.ratio)))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cell_bytes: 1 << 16,
            unpacked_bytes: 16 << 30,
            ratio: 200,
            ratio_from: 8 << 20,
            entries: 10_000,
            sheets: 1_000,
            cells: 50_000_000,
        }
    }
}

/// Loads, unpacks and decodes a file; the warnings say where letters were guessed.
pub(super) fn load_text(path: &Path, packed: bool, encoding: Option<&str>, limits: &Limits) -> Result<(String, Vec<Trouble>), Trouble> {
    let unreadable = |e: std::io::Error| Trouble::file(&FILE_UNREADABLE, e.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let most = if packed { limits.unpacked_from(size) } else { limits.unpacked_bytes };
    let mut bytes = Vec::new();
    let read = if packed {
        flate2::read::MultiGzDecoder::new(std::io::BufReader::new(file)).take(most + 1).read_to_end(&mut bytes)
    } else {
        bytes.reserve_exact(usize::try_from(size.min(most)).unwrap_or(0));
        file.take(most + 1).read_to_end(&mut bytes)
    };
    read.map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(Trouble::file(&FILE_TOO_LARGE, format!("{size} bytes unpack to more than {most}")));
    }
    decode(bytes, encoding)
}

/// Text of bytes: in the encoding that is stated, else as found out.
pub(super) fn decode(bytes: Vec<u8>, encoding: Option<&str>) -> Result<(String, Vec<Trouble>), Trouble> {
    let Some(label) = encoding else { return Ok(found_out(bytes)) };
    let stated = encoding_rs::Encoding::for_label(label.as_bytes())
        .ok_or_else(|| Trouble::file(&FILE_UNREADABLE, format!("the encoding {} is not known", label.escape_default())))?;
    if stated == encoding_rs::UTF_8 {
        // What is not UTF-8 though it is said to be is read, and said, as where nothing is said.
        return Ok(found_out(bytes));
    }
    let (text, _, bad) = stated.decode(&bytes);
    if bad {
        return Err(Trouble::file(&FILE_UNREADABLE, format!("the file is not in the encoding {} that is stated", stated.name())));
    }
    Ok((text.into_owned(), Vec::new()))
}

fn found_out(mut bytes: Vec<u8>) -> (String, Vec<Trouble>) {
    let utf16 = match bytes.as_slice() {
        [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = utf16 {
        let (text, _) = encoding.decode_with_bom_removal(&bytes);
        return (text.into_owned(), vec![Trouble::file(&ENCODING_UTF16, "the file is UTF-16")]);
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, Vec::new()),
        Err(e) => {
            let at = e.utf8_error().valid_up_to();
            let bytes = e.into_bytes();
            let line = 1 + memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or_default()).count() as u64;
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
            (text.into_owned(), vec![Trouble::line(&ENCODING_CP1252, line, "a byte that is not UTF-8")])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_three_encodings_are_the_same_letters() {
        let utf8 = found_out("Pará".as_bytes().to_vec());
        assert_eq!((utf8.0.as_str(), utf8.1.len()), ("Pará", 0));
        let bom = found_out([&[0xef, 0xbb, 0xbf], "Pará".as_bytes()].concat());
        assert_eq!((bom.0.as_str(), bom.1.len()), ("Pará", 0));
        let cp1252 = found_out(b"a\nPar\xe1 \x80".to_vec());
        assert_eq!(cp1252.0, "a\nPará €");
        assert_eq!(cp1252.1.first().map(|t| (t.code.code, t.line)), Some(("encoding-cp1252", 2)));
        let utf16 = found_out(vec![0xff, 0xfe, b'P', 0, 0xe1, 0]);
        assert_eq!(utf16.0, "Pá");
    }
}
