//! The two tables of a walk straight to numbers: ids become dense numbers, links go on to whoever takes them, part by part.

use super::Walked;
use crate::base::{Diagnostic, Error, Interner, Level, Locator, Result, Symbol};
use crate::graph::Entry;
use crate::read::{Streamed, Trouble, Unused, Wanted};
use crate::schema::codes::ROWS_REFUSED;
use std::path::Path;

/// A table of which more than this part of the rows is refused stops the walk (data, "Bad rows").
const REFUSED_MOST: f64 = 0.05;
/// Refused rows that are told one by one.
const TOLD_MOST: usize = 10;
/// No purchases are that large; below it no sum of them is too large a number.
const LARGEST_VALUE: f64 = 1e290;

fn trouble(path: &Path) -> impl Fn(Trouble) -> Error {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    move |t: Trouble| Error::settings(name.clone(), format!("{} [{}]", t.found, t.code.code), t.code.remedy)
}

/// Ids and numbers of one piece of the nodes table.
#[derive(Default)]
struct NodePart {
    texts: String,
    ends: Vec<usize>,
    numbers: Vec<f64>,
}

/// The columns mapped, exited (empty without one) and p of each walk, by symbol; and the names of the walks.
pub(super) fn read_nodes(path: &Path, ids: &mut Interner, walked: &mut Walked) -> Result<(Vec<Vec<f64>>, Vec<String>)> {
    let trouble = trouble(path);
    let table = Streamed::open(path).map_err(&trouble)?;
    let id = table.required("node_id").map_err(&trouble)?;
    let (mapped, exited) = (table.column("mapped_share"), table.column("exited_share"));
    let walks: Vec<(usize, String)> = (table.header.iter().enumerate())
        .filter(|(_, h)| *h == "p" || h.starts_with("p_"))
        .map(|(at, h)| (at, h.strip_prefix("p_").unwrap_or("").to_owned()))
        .collect();
    if walks.is_empty() {
        let found = format!("no column p or p_NAME among {}", table.header.join(", "));
        return Err(Error::settings(path.display().to_string(), found, "give every node the probability that the walk stops there"));
    }
    let mut numbers: Vec<usize> = walks.iter().map(|w| w.0).collect();
    numbers.extend(mapped);
    numbers.extend(exited);
    let (of_mapped, of_exited) = (walks.len(), walks.len() + usize::from(mapped.is_some()));
    let width = walks.len() + 2;
    let take = |part: &mut NodePart, texts: &[&[u8]], cells: &[Option<f64>]| {
        let id = texts.first().copied().unwrap_or_default();
        let id = std::str::from_utf8(id).map_err(|_| "an id that is no UTF-8 text".to_owned())?;
        if id.is_empty() {
            return Err("no node_id".to_owned());
        }
        if let Some(out) = cells.iter().flatten().find(|x| !(0.0..=1.0).contains(*x)) {
            return Err(format!("{out} is no share between 0 and 1"));
        }
        let cell = |at: usize| cells.get(at).copied().flatten();
        part.numbers.push(if mapped.is_some() { cell(of_mapped) } else { None }.unwrap_or(f64::NAN));
        part.numbers.push(if exited.is_some() { cell(of_exited).unwrap_or(0.0) } else { 0.0 });
        part.numbers.extend((0..walks.len()).map(|w| cell(w).unwrap_or(0.0)));
        part.texts.push_str(id);
        part.ends.push(part.texts.len());
        Ok(())
    };
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); width];
    let mut blocks = table.blocks(Wanted { texts: vec![id], numbers }).map_err(&trouble)?;
    while let Some((parts, refused)) = blocks.next::<NodePart>(&take).map_err(&trouble)? {
        walked.refused[0].extend(refused);
        for part in parts {
            let mut from = 0;
            for (row, to) in part.ends.iter().enumerate() {
                walked.rows[0] += 1;
                let (text, before) = (part.texts.get(from..*to).unwrap_or(""), ids.len());
                from = *to;
                let (symbol, own) = (ids.intern(text).0 as usize, part.numbers.iter().skip(row * width));
                if symbol == before {
                    columns.iter_mut().zip(own).for_each(|(column, value)| column.push(*value));
                } else if columns
                    .iter()
                    .zip(own)
                    .any(|(column, value)| column.get(symbol).is_none_or(|there| there.to_bits() != value.to_bits()))
                {
                    let found = format!("two rows of node {text} say different things");
                    return Err(Error::settings(path.display().to_string(), found, "keep one of them"));
                }
            }
        }
    }
    walked.rows[0] += walked.refused[0].len() as u64;
    if exited.is_none() {
        columns[1] = Vec::new();
    }
    within_bounds(path, &walked.refused[0], walked.rows[0])?;
    Ok((columns, walks.into_iter().map(|w| w.1).collect()))
}

/// Links of one piece of the table; ids that the nodes do not hold stand aside, by position of the link.
#[derive(Default)]
struct LinkPart {
    links: Vec<Entry>,
    /// Supplier and buyer of the last links, whose numbers are looked up together.
    texts: Vec<u8>,
    ends: Vec<u32>,
    aside: Vec<(usize, bool, String)>,
}

/// Links whose ends are looked up together.
const LOOKED_UP: usize = 512;

impl LinkPart {
    fn push(&mut self, supplier: &[u8], buyer: &[u8], weight: f64) {
        for text in [supplier, buyer] {
            self.texts.extend_from_slice(text);
            self.ends.push(self.texts.len() as u32);
        }
        self.links.push(Entry { buyer: u32::MAX, supplier: u32::MAX, weight });
    }

    fn look_up(&mut self, known: &Interner) {
        let mut from = 0;
        let texts: Vec<&[u8]> =
            self.ends.iter().map(|to| self.texts.get(std::mem::replace(&mut from, *to as usize)..*to as usize).unwrap_or(&[])).collect();
        let mut found = vec![None; texts.len()];
        known.find_all(&texts, &mut found);
        let first = self.links.len() - texts.len() / 2;
        for (i, (text, found)) in texts.iter().zip(found).enumerate() {
            let (at, is_buyer) = (first + i / 2, i % 2 == 1);
            match found {
                Some(Symbol(number)) if is_buyer => self.links[at].buyer = number,
                Some(Symbol(number)) => self.links[at].supplier = number,
                None => self.aside.push((at, is_buyer, String::from_utf8_lossy(text).into_owned())),
            }
        }
        self.texts.clear();
        self.ends.clear();
    }
}

/// Reads the links in blocks of about `block` bytes; buyer and supplier of what `sink` gets are symbols of `ids`.
pub(super) fn read_links(
    path: &Path,
    ids: &mut Interner,
    walked: &mut Walked,
    block: usize,
    sink: &mut dyn FnMut(Vec<Entry>) -> Result<()>,
) -> Result<()> {
    let trouble = trouble(path);
    let table = Streamed::open(path).map_err(&trouble)?;
    let ends = [table.required("supplier_id").map_err(&trouble)?, table.required("buyer_id").map_err(&trouble)?];
    let value = table.column("value");
    let wanted = Wanted { texts: ends.to_vec(), numbers: value.into_iter().collect() };
    let mut blocks = table.blocks_of(wanted, block).map_err(&trouble)?;
    loop {
        let known: &Interner = ids;
        let take = |part: &mut LinkPart, texts: &[&[u8]], cells: &[Option<f64>]| {
            let &[supplier, buyer] = texts else { return Err("a row without two ids".to_owned()) };
            if supplier.is_empty() || buyer.is_empty() {
                return Err("no supplier_id or no buyer_id".to_owned());
            }
            let weight = match cells.first() {
                Some(Some(value)) if *value > 0.0 && *value <= LARGEST_VALUE => *value,
                Some(Some(value)) if *value > 0.0 => return Err(format!("a value of {value}; it must be at most {LARGEST_VALUE:e}")),
                Some(Some(value)) => return Err(format!("a value of {value}; it must be above 0")),
                Some(None) => return Err("no value".to_owned()),
                None => 1.0,
            };
            if !(supplier.is_ascii() && buyer.is_ascii()) && [supplier, buyer].into_iter().any(|t| std::str::from_utf8(t).is_err()) {
                return Err("an id that is no UTF-8 text".to_owned());
            }
            part.push(supplier, buyer, weight);
            if part.ends.len() >= 2 * LOOKED_UP {
                part.look_up(known);
            }
            Ok(())
        };
        let Some((parts, refused)) = blocks.next::<LinkPart>(&take).map_err(&trouble)? else { break };
        walked.refused[1].extend(refused);
        for mut part in parts {
            part.look_up(ids);
            for (at, is_buyer, text) in part.aside {
                let number = ids.intern(&text).0;
                let link = &mut part.links[at];
                *(if is_buyer { &mut link.buyer } else { &mut link.supplier }) = number;
            }
            walked.rows[1] += part.links.len() as u64;
            sink(part.links)?;
        }
    }
    walked.rows[1] += walked.refused[1].len() as u64;
    within_bounds(path, &walked.refused[1], walked.rows[1])
}

/// # Errors
/// More than 5 % of the rows refused.
fn within_bounds(path: &Path, refused: &[Unused], rows: u64) -> Result<()> {
    if refused.len() as f64 <= REFUSED_MOST * rows as f64 {
        return Ok(());
    }
    let name: std::sync::Arc<str> = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default().into();
    let told = refused.iter().take(TOLD_MOST).map(|u| Diagnostic {
        level: Level::Fatal,
        code: ROWS_REFUSED.code,
        at: Locator { file: name.clone(), part: None, line: u.line, column: None },
        found: format!("{} ({} of {rows} rows refused)", u.found, refused.len()),
        expected: ROWS_REFUSED.remedy.to_owned(),
        times: 1,
    });
    Err(Error::Fatal(told.collect()))
}
