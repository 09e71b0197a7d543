//! A compound file (MS-CFB) walked before a parser trusts it: chains of sectors end, and the cells of an `.xls` (MS-XLS) lie where a sheet
//! has cells. A parser that makes room for what a record claims would otherwise ask for all memory there is.

use crate::read::bytes::Limits;
use crate::read::table::Trouble;
use crate::schema::codes::{FILE_TOO_LARGE, FILE_UNREADABLE};

const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
/// First of the sector numbers that mean something else (MS-CFB 2.1).
const RESERVED: u32 = 0xFFFF_FFFA;
/// Bytes below which a stream stands in the mini stream (MS-CFB 2.2).
const MINI_BELOW: u64 = 4096;

/// Refuses what is protected, broken, or would need room for more cells than the limits say.
pub(super) fn inspect(bytes: &[u8], limits: &Limits) -> Result<(), Trouble> {
    let broken = || Trouble::file(&FILE_UNREADABLE, "a broken compound file: its chains of sectors make no sense");
    let file = Compound::open(bytes).ok_or_else(broken)?;
    let entries = file.entries().ok_or_else(broken)?;
    let find = |name: &str| entries.iter().find(|e| e.name.eq_ignore_ascii_case(name));
    if find("EncryptedPackage").is_some() {
        return Err(Trouble::file(&FILE_UNREADABLE, "a workbook under a password: save it without one"));
    }
    let Some(entry) = find("Workbook").or_else(|| find("Book")) else {
        return Err(Trouble::file(&FILE_UNREADABLE, "a compound file that holds no workbook"));
    };
    let stream = file.stream(entry, entries.first()).ok_or_else(broken)?;
    records(&stream, limits)
}

struct Entry {
    name: String,
    start: u32,
    len: u64,
}

struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
    directory: u32,
    mini_fat: u32,
    mini_fat_sectors: u32,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes)
}

fn u32s(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).filter_map(|b| b.try_into().ok()).map(u32::from_le_bytes)
}

impl<'b> Compound<'b> {
    fn open(bytes: &'b [u8]) -> Option<Self> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Self {
            bytes,
            sector,
            fat: Vec::new(),
            directory: u32_at(bytes, 48)?,
            mini_fat: u32_at(bytes, 60)?,
            mini_fat_sectors: u32_at(bytes, 64)?,
        };
        let mut fat_sectors: Vec<u32> = u32s(bytes.get(76..512)?).collect();
        let mut next = u32_at(bytes, 68)?;
        let mut steps = 0;
        while next < RESERVED {
            steps += 1;
            if steps > file.sectors() {
                return None;
            }
            let more: Vec<u32> = u32s(file.sector(next)?).collect();
            let (last, numbers) = more.split_last()?;
            fat_sectors.extend(numbers);
            next = *last;
        }
        let real: Vec<u32> = fat_sectors.into_iter().filter(|s| *s < RESERVED).collect();
        if real.len() > file.sectors() {
            return None;
        }
        for number in real {
            file.fat.extend(u32s(file.sector(number)?));
        }
        Some(file)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector
    }

    /// A sector; the last one of a file may be short.
    fn sector(&self, number: u32) -> Option<&'b [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// The sectors of a chain end to end; `None` where the chain leaves the file or comes back to itself.
    fn chain(&self, start: u32, most: u64) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        let mut next = start;
        let mut steps = 0;
        while next != END_OF_CHAIN && (whole.len() as u64) < most {
            steps += 1;
            if steps > self.sectors() + 1 {
                return None;
            }
            whole.extend_from_slice(self.sector(next)?);
            next = *self.fat.get(next as usize)?;
        }
        whole.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Some(whole)
    }

    fn entries(&self) -> Option<Vec<Entry>> {
        let directory = self.chain(self.directory, u64::MAX)?;
        let mut entries = Vec::new();
        for raw in directory.chunks_exact(128) {
            let name: Vec<u16> = raw.get(..64)?.chunks_exact(2).filter_map(|b| b.try_into().ok()).map(u16::from_le_bytes).collect();
            let name = String::from_utf16_lossy(name.split(|c| *c == 0).next().unwrap_or_default());
            let len = u64::from(u32_at(raw, 120)?);
            let high = if self.sector == 4096 { u64::from(u32_at(raw, 124)?) } else { 0 };
            entries.push(Entry { name, start: u32_at(raw, 116)?, len: high << 32 | len });
        }
        // The stream of small streams and its table are chains as well.
        if self.mini_fat_sectors > 0 {
            let root = entries.first()?;
            self.chain(root.start, root.len)?;
            self.chain(self.mini_fat, u64::from(self.mini_fat_sectors) * self.sector as u64)?;
        }
        (!entries.is_empty()).then_some(entries)
    }

    fn stream(&self, entry: &Entry, root: Option<&Entry>) -> Option<Vec<u8>> {
        if entry.len >= MINI_BELOW {
            return self.chain(entry.start, entry.len);
        }
        let mini = self.chain(root?.start, root?.len)?;
        let fat: Vec<u32> = u32s(&self.chain(self.mini_fat, u64::from(self.mini_fat_sectors) * self.sector as u64)?).collect();
        let mut whole = Vec::new();
        let mut next = entry.start;
        while next != END_OF_CHAIN && (whole.len() as u64) < entry.len {
            let at = (next as usize).checked_mul(64)?;
            whole.extend_from_slice(mini.get(at..at.checked_add(64)?.min(mini.len()))?);
            next = *fat.get(next as usize)?;
        }
        whole.truncate(usize::try_from(entry.len).ok()?);
        Some(whole)
    }
}

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const BOUND_SHEET: u16 = 0x0085;
const FILE_PASS: u16 = 0x002F;
const DIMENSIONS: u16 = 0x0200;
/// Records that begin with row and column of a cell: formula, blank, number, label, error, RK and their runs.
const CELLS: [u16; 8] = [0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00BD, 0x00D6];

/// Walks the records of a workbook stream as a parser would: the globals, then every sheet from where it is said to begin.
fn records(stream: &[u8], limits: &Limits) -> Result<(), Trouble> {
    let mut starts = Vec::new();
    walk(stream, |kind, data| {
        match kind {
            FILE_PASS if u16_at(data, 0) != Some(0) => {
                return Err(Trouble::file(&FILE_UNREADABLE, "a workbook under a password: save it without one"));
            }
            BOUND_SHEET => starts.extend(u32_at(data, 0)),
            _ => {}
        }
        Ok(kind != EOF)
    })?;
    if starts.len() > limits.sheets {
        return Err(Trouble::file(&FILE_TOO_LARGE, format!("{} sheets", starts.len())));
    }
    let mut room = 0u64;
    for start in starts {
        let Some(sheet) = stream.get(start as usize..) else {
            return Err(Trouble::file(&FILE_UNREADABLE, "a sheet is said to begin beyond the end of the file"));
        };
        room += room_of_sheet(sheet)?;
        if room > limits.cells {
            return Err(Trouble::file(&FILE_TOO_LARGE, format!("room for more than {} cells", limits.cells)));
        }
    }
    Ok(())
}

/// How many cells a parser makes room for: what the sheet claims, or from its first to its last cell.
fn room_of_sheet(sheet: &[u8]) -> Result<u64, Trouble> {
    let (mut claimed, mut box_of) = (0u64, None::<(u64, u64, u64, u64)>);
    let mut depth = 0u32;
    walk(sheet, |kind, data| {
        depth += u32::from(kind == BOF);
        match kind {
            EOF if depth <= 1 => return Ok(false),
            EOF => depth -= 1,
            DIMENSIONS => {
                let wide = data.len() >= 14;
                let rows = if wide {
                    u32_at(data, 0).zip(u32_at(data, 4))
                } else {
                    u16_at(data, 0).zip(u16_at(data, 2)).map(|(a, b)| (a.into(), b.into()))
                };
                let at = if wide { 8 } else { 4 };
                let columns = u16_at(data, at).zip(u16_at(data, at + 2));
                if let (Some((top, bottom)), Some((_, right))) = (rows, columns) {
                    if bottom > 65_536 || top > bottom {
                        return Err(Trouble::file(&FILE_UNREADABLE, "a sheet claims rows that no .xls has"));
                    }
                    claimed = claimed.max(u64::from(bottom - top + 1).saturating_mul(u64::from(right) + 1));
                }
            }
            _ if CELLS.contains(&kind) => {
                if let Some((row, column)) = u16_at(data, 0).zip(u16_at(data, 2)) {
                    // A run of numbers ends with its last column.
                    let last =
                        if kind == 0x00BD { data.len().checked_sub(2).and_then(|at| u16_at(data, at)).unwrap_or(column) } else { column };
                    let (row, first, last) = (u64::from(row), u64::from(column), u64::from(last.max(column)));
                    box_of = Some(match box_of {
                        None => (row, row, first, last),
                        Some((r0, r1, c0, c1)) => (r0.min(row), r1.max(row), c0.min(first), c1.max(last)),
                    });
                }
            }
            _ => {}
        }
        Ok(true)
    })?;
    let needed = box_of.map_or(0, |(r0, r1, c0, c1)| (r1 - r0 + 1) * (c1 - c0 + 1));
    Ok(claimed.max(needed))
}

/// Hands over kind and data of each record until told to stop, or the stream ends.
fn walk(stream: &[u8], mut each: impl FnMut(u16, &[u8]) -> Result<bool, Trouble>) -> Result<(), Trouble> {
    let mut at = 0usize;
    while let (Some(kind), Some(len)) = (u16_at(stream, at), u16_at(stream, at + 2)) {
        let Some(data) = stream.get(at + 4..at + 4 + usize::from(len)) else { return Ok(()) };
        if !each(kind, data)? {
            return Ok(());
        }
        at += 4 + usize::from(len);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    fn workbook(sheet: &[u8]) -> Vec<u8> {
        let globals = |start: u32| {
            [record(BOF, &[0, 6, 5, 0]), record(BOUND_SHEET, &[&start.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat()), record(EOF, &[])]
                .concat()
        };
        let start = globals(0).len() as u32;
        [globals(start), sheet.to_vec()].concat()
    }

    fn sheet(rows: (u32, u32), columns: (u16, u16), last_cell: (u16, u16)) -> Vec<u8> {
        let dimensions =
            [&rows.0.to_le_bytes()[..], &rows.1.to_le_bytes(), &columns.0.to_le_bytes(), &columns.1.to_le_bytes(), &[0, 0]].concat();
        let cell = |row: u16, column: u16| record(0x0203, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 10]].concat());
        [record(BOF, &[0, 6, 16, 0]), record(DIMENSIONS, &dimensions), cell(0, 0), cell(last_cell.0, last_cell.1), record(EOF, &[])]
            .concat()
    }

    #[test]
    fn a_sheet_that_claims_room_for_everything_is_refused() {
        let limits = Limits { cells: 1_000_000, ..Limits::default() };
        assert!(records(&workbook(&sheet((0, 10), (0, 3), (9, 2))), &limits).is_ok());
        let code = |r: Result<(), Trouble>| r.unwrap_err().code.code;
        assert_eq!(code(records(&workbook(&sheet((0, u32::MAX), (0, 3), (9, 2))), &limits)), "file-unreadable");
        assert_eq!(code(records(&workbook(&sheet((0, 65_536), (0, 65_535), (9, 2))), &limits)), "file-too-large");
        assert_eq!(code(records(&workbook(&sheet((0, 10), (0, 3), (65_535, 65_535))), &limits)), "file-too-large");
    }

    #[test]
    fn a_password_is_said() {
        let stream = [record(BOF, &[0, 6, 5, 0]), record(FILE_PASS, &[1, 0]), record(EOF, &[])].concat();
        assert!(records(&stream, &Limits::default()).unwrap_err().found.contains("password"));
    }
}
