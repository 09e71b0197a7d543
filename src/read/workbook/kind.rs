//! What a file is by its first bytes, whatever its ending says: ERP systems write text and web pages under `.xls`.

/// The kind of a file that is named like a workbook.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// `.xlsx`, `.xlsm`, `.xlsb`, `.ods`: a zip archive.
    Zip,
    /// `.xls`, and every workbook under a password: a compound file (MS-CFB).
    Compound,
    Html,
    /// XML Spreadsheet 2003, or other XML.
    Xml,
    Text,
    Unknown,
}

/// Looks at the first bytes.
pub fn kind_of(bytes: &[u8]) -> FileKind {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return FileKind::Zip;
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return FileKind::Compound;
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return FileKind::Text;
    }
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let head = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head);
    let start = String::from_utf8_lossy(head).trim_start().to_lowercase();
    let is = |words: &[&str]| words.iter().any(|w| start.starts_with(w));
    if is(&["<!doctype html", "<html", "<table", "<head", "<meta", "<style", "<body"]) {
        return FileKind::Html;
    }
    if is(&["<?xml", "<workbook"]) {
        return if start.contains("<html") { FileKind::Html } else { FileKind::Xml };
    }
    if head.is_empty() || head.iter().any(|b| *b < 0x09 || (0x0e..0x20).contains(b)) {
        return FileKind::Unknown;
    }
    FileKind::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_say_what_a_file_is() {
        assert_eq!(kind_of(b"PK\x03\x04rest"), FileKind::Zip);
        assert_eq!(kind_of(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"), FileKind::Compound);
        assert_eq!(kind_of(b"\xef\xbb\xbf <HTML xmlns:x=\"urn:schemas-microsoft-com:office:excel\">"), FileKind::Html);
        assert_eq!(kind_of(b"<?xml version=\"1.0\"?><Workbook>"), FileKind::Xml);
        assert_eq!(kind_of(b"Vendor\tName\r\n1\tA\r\n"), FileKind::Text);
        assert_eq!(kind_of(&[0xff, 0xfe, b'a', 0]), FileKind::Text);
        assert_eq!(kind_of(b"\x00\x01\x02"), FileKind::Unknown);
        assert_eq!(kind_of(b""), FileKind::Unknown);
    }
}
