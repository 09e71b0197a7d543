//! Rows below a table that are no rows of it: totals and remarks, as spreadsheets end with them.
//!
//! Only the last rows are looked at, from the end upwards, and each that is passed over is named with its line. A total begins with a word
//! for one and holds nothing but numbers beside it, so that a company called Total, with a country beside its name, stays a row.

use super::table::{RawTable, RefusedRow};
use crate::schema::codes::ROW_BELOW;

/// Words for a total, as a cell may hold them alone.
const TOTALS: [&str; 24] = [
    "total",
    "totals",
    "grand total",
    "sub total",
    "subtotal",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "suma",
    "suma total",
    "somme",
    "total général",
    "total general",
    "totale",
    "totaal",
    "jumlah",
    "toplam",
    "tổng",
    "tổng cộng",
    "合计",
    "合計",
    "总计",
];

/// How a remark below a table begins.
const REMARKS: [&str; 22] = [
    "*",
    "†",
    "note:",
    "notes:",
    "note ",
    "source:",
    "sources:",
    "disclaimer",
    "last updated",
    "as of ",
    "stand:",
    "quelle:",
    "hinweis",
    "anmerkung",
    "nota:",
    "notas:",
    "fuente:",
    "fonte:",
    "remarque",
    "bron:",
    "catatan",
    "注",
];

/// Rows that may stand below a table.
const BELOW_MOST: usize = 20;

/// Takes totals and remarks off the end of a table of `width` columns, into `passed`.
pub(super) fn pass_over(raw: &mut RawTable) {
    let read: Vec<usize> = (0..raw.columns.len()).filter(|c| raw.columns.get(*c).is_some_and(Option::is_some)).collect();
    if read.len() < 2 {
        return;
    }
    let mut keep = raw.lines.len();
    while keep > 0 && raw.lines.len() - keep < BELOW_MOST {
        let cells: Vec<&str> = read.iter().map(|c| raw.cell(*c, keep - 1).trim()).filter(|t| !t.is_empty()).collect();
        let Some(what) = below(&cells) else { break };
        let line = raw.lines.get(keep - 1).copied().unwrap_or(0);
        raw.passed.push(RefusedRow { code: &ROW_BELOW, line, found: what.to_owned() });
        keep -= 1;
    }
    if keep < raw.lines.len() {
        raw.lines.truncate(keep);
        raw.columns.iter_mut().flatten().for_each(|c| c.truncate(keep));
        raw.passed.reverse();
    }
}

fn below(cells: &[&str]) -> Option<&'static str> {
    let (first, rest) = cells.split_first()?;
    let word = first.trim_end_matches([':', ' ', '*']).to_lowercase();
    if TOTALS.contains(&word.as_str()) && rest.iter().all(|t| is_figure(t)) {
        return Some("a total below the table");
    }
    let lower = first.to_lowercase();
    (rest.is_empty() && REMARKS.iter().any(|r| lower.starts_with(r))).then_some("a remark below the table")
}

fn is_figure(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || " .,'’%-+€$£¥".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_a_word_with_figures_and_a_company_of_that_name_is_none() {
        assert_eq!(below(&["Total", "1,204", "35 %"]), Some("a total below the table"));
        assert_eq!(below(&["Summe:", "12"]), Some("a total below the table"));
        assert_eq!(below(&["Total", "FRA", "12"]), None);
        assert_eq!(below(&["Total Garments Ltd", "12"]), None);
        assert_eq!(below(&["Source: own survey, 2026"]), Some("a remark below the table"));
        assert_eq!(below(&["Source: own survey, 2026", "x"]), None);
        assert_eq!(below(&["Sunny Garments"]), None);
    }
}
