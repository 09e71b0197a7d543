//! What a zip-based workbook holds and unpacks to, found out before any of it is parsed: declared sizes may lie, so every entry is unpacked
//! once and counted.

use crate::read::bytes::Limits;
use crate::read::table::Trouble;
use crate::schema::codes::{FILE_TOO_LARGE, FILE_UNREADABLE};
use memchr::memmem;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What kind of workbook an archive is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Xlsx,
    Xlsb,
    Ods,
}

#[derive(Debug)]
pub(super) struct Archive {
    pub kind: Kind,
    /// Unpacked bytes of the largest entry.
    pub largest: u64,
}

/// Unpacks every entry once and keeps none.
pub(super) fn inspect(bytes: &[u8], limits: &Limits) -> Result<Archive, Trouble> {
    let broken = |e: &dyn std::fmt::Display| Trouble::file(&FILE_UNREADABLE, format!("a broken zip archive: {e}"));
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    if zip.len() > limits.entries {
        return Err(Trouble::file(&FILE_TOO_LARGE, format!("{} entries in the archive", zip.len())));
    }
    let most = limits.unpacked_from(bytes.len() as u64);
    let (mut total, mut largest, mut kind) = (0u64, 0u64, None);
    for i in 0..zip.len() {
        let entry = zip.by_index(i).map_err(|e| match e {
            zip::result::ZipError::UnsupportedArchive(_) => {
                Trouble::file(&FILE_UNREADABLE, "an archive under a password, or packed in a way that workbooks are not")
            }
            e => broken(&e),
        })?;
        let name = entry.name().map_err(|e| broken(&e))?.replace('\\', "/").to_lowercase();
        let part = Part::of(&name);
        let counted = count(entry.take(most.saturating_sub(total) + 1), part).map_err(|e| broken(&e))?;
        total += counted.size;
        if total > most {
            return Err(Trouble::file(&FILE_TOO_LARGE, format!("{} bytes unpack to more than {most}", bytes.len())));
        }
        if counted.claims > counted.size {
            return Err(Trouble::file(&FILE_UNREADABLE, format!("{name} claims {} items in {} bytes", counted.claims, counted.size)));
        }
        largest = largest.max(counted.size);
        kind = match (part, kind) {
            (Part::Mimetype, _) if counted.ods => Some(Kind::Ods),
            (Part::XlsxWorkbook, None) => Some(Kind::Xlsx),
            (Part::XlsbWorkbook, None | Some(Kind::Xlsx)) => Some(Kind::Xlsb),
            (_, kind) => kind,
        };
    }
    let kind = kind.ok_or_else(|| Trouble::file(&FILE_UNREADABLE, "a zip archive that holds no workbook"))?;
    Ok(Archive { kind, largest })
}

/// Entries of which something is to be known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Mimetype,
    XlsxWorkbook,
    XlsbWorkbook,
    SharedStrings,
    Sheet,
    Other,
}

impl Part {
    fn of(name: &str) -> Self {
        match name {
            "mimetype" => Part::Mimetype,
            _ if name.ends_with("workbook.bin") => Part::XlsbWorkbook,
            _ if name.ends_with("sharedstrings.xml") => Part::SharedStrings,
            _ if name.ends_with(".xml") && name.contains("sheet") => Part::Sheet,
            // The main part may have another name; the content types name it, and every workbook of this family has them.
            "[content_types].xml" => Part::XlsxWorkbook,
            _ => Part::Other,
        }
    }
}

#[derive(Debug, Default)]
struct Counted {
    size: u64,
    /// Most items that the entry says it has, for which a parser would make room at once.
    claims: u64,
    ods: bool,
}

const MIMETYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

fn count(mut entry: impl Read, part: Part) -> std::io::Result<Counted> {
    let mut counted = Counted::default();
    let mut buffer = vec![0u8; 1 << 16];
    // The end of the last piece, so that a word across two pieces is seen.
    let mut tail: Vec<u8> = Vec::new();
    loop {
        let n = entry.read(&mut buffer)?;
        let piece = buffer.get(..n).unwrap_or_default();
        if part == Part::Mimetype && counted.size == 0 {
            counted.ods = piece.starts_with(MIMETYPE);
        }
        counted.size += n as u64;
        // Numbers for which a parser makes room at once: how many strings, and the index of a shared formula.
        let word: Option<&[u8]> = match part {
            Part::SharedStrings => Some(b"uniqueCount"),
            Part::Sheet => Some(b" si"),
            _ => None,
        };
        if let Some(word) = word {
            tail.extend_from_slice(piece);
            counted.claims = counted.claims.max(stated(&tail, word));
            let keep = tail.len().saturating_sub(if n == 0 { 0 } else { 256 });
            tail.drain(..keep);
        }
        if n == 0 {
            return Ok(counted);
        }
    }
}

/// The largest number that an attribute of that name states.
fn stated(text: &[u8], word: &[u8]) -> u64 {
    memmem::find_iter(text, word)
        .map(|at| {
            let after = text.get(at + word.len()..).unwrap_or_default();
            let digits = after.iter().skip_while(|b| matches!(b, b'=' | b'"' | b'\'' | b'+') || b.is_ascii_whitespace());
            digits.take_while(|b| b.is_ascii_digit()).fold(0u64, |n, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0')))
        })
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claimed_number_is_seen_however_it_is_written() {
        assert_eq!(stated(b"<sst count=\"3\" uniqueCount=\"17\">", b"uniqueCount"), 17);
        assert_eq!(stated(b"<sst uniqueCount = '99999999999999999999999'>", b"uniqueCount"), u64::MAX);
        assert_eq!(stated(b"<sst>", b"uniqueCount"), 0);
    }

    #[test]
    fn a_word_across_two_pieces_is_seen() {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let n = self.0.len().min(3).min(buffer.len());
                buffer[..n].copy_from_slice(&self.0[..n]);
                self.0 = &self.0[n..];
                Ok(n)
            }
        }
        let counted = count(Slow(b"<sst uniqueCount=\"123456\"/>"), Part::SharedStrings).unwrap();
        assert_eq!((counted.size, counted.claims), (27, 123_456));
    }
}
