//! The method in short, every number of it with its standing, the words, and how to check this report against its result.

use crate::report::html::Html;
use crate::report::page::{Page, cell, number_cell, number_column, text_column};
use std::collections::BTreeMap;

/// Writes method, glossary and the way to verify.
pub fn method(page: &Page<'_>, h: &mut Html) {
    page.section(h, "method", page.say("method.title"));
    for key in ["method.belief", "method.evidence", "method.rules", "method.walk"] {
        h.element("p", &[], page.say(key));
    }
    let draws = page.language().count(page.facts.summary.ranges.draws);
    h.element("p", &[], &page.words.fill("method.ranges", &[("draws", &draws)]));
    h.element("p", &[], page.say("method.accuse"));
    standings(page, h);
    numbers(page, h);
    citations(page, h);
    h.close("section");
    glossary(page, h);
    verify(page, h);
}

fn standings(page: &Page<'_>, h: &mut Html) {
    let columns =
        [text_column(page.say("method.standing")), text_column(page.say("method.meaning")), number_column(page.say("method.how_many"))];
    page.table(h, "plain-table", page.say("method.standings"), &columns);
    for (standing, n) in page.method.standings() {
        h.open("tr", &[]).element("th", &[("scope", "row")], &page.words.word("standing", standing));
        cell(h, &page.words.word("standing_meaning", standing));
        number_cell(h, &page.language().count(n));
        h.close("tr");
    }
    page.end_table(h);
}

/// Every row of the method that holds numbers.
fn numbers(page: &Page<'_>, h: &mut Html) {
    page.fold(h, &page.words.count("method.numbers", page.method.numbers.len() as u64));
    let columns = [
        text_column(page.say("method.row")),
        text_column(page.say("method.values")),
        text_column(page.say("method.meaning")),
        text_column(page.say("method.source")),
        text_column(page.say("method.standing")),
    ];
    let mut by_table: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for row in &page.method.numbers {
        by_table.entry(&row.table).or_default().push(row);
    }
    for (table, rows) in by_table {
        page.table(h, "plain-table small", &page.words.word("pack_table", table), &columns);
        for row in rows {
            h.open("tr", &[]).element("th", &[("scope", "row")], &row.id);
            let values: Vec<String> = row
                .values
                .iter()
                .map(|(field, x)| if field == "value" { x.clone() } else { format!("{} {x}", field.replace('_', " ")) })
                .collect();
            cell(h, format!("{} {}", values.join("; "), row.unit).trim());
            h.open("td", &[]);
            page.method_text(h, &row.meaning);
            h.close("td");
            cell(h, &row.citation);
            cell(h, &page.words.word("standing", &row.standing));
            h.close("tr");
        }
        page.end_table(h);
    }
    h.close("details");
}

fn citations(page: &Page<'_>, h: &mut Html) {
    page.fold(h, page.say("method.citations"));
    h.open("dl", &[("class", "citations"), ("lang", "en")]);
    for (id, c) in &page.method.citations {
        let year = c.year.map(|y| format!(" ({y})")).unwrap_or_default();
        h.element("dt", &[], id).element("dd", &[], &format!("{}{year}. {}", c.title, c.locator));
    }
    for s in page.reference.sources() {
        h.element("dt", &[], &s.id).element("dd", &[], &format!("{} ({}). {}. {}", s.title, s.year, s.locator, s.licence));
    }
    h.close("dl").close("details");
}

fn glossary(page: &Page<'_>, h: &mut Html) {
    page.section(h, "glossary", page.say("glossary_section.title"));
    h.open("dl", &[("class", "glossary")]);
    let mut terms: Vec<(&str, &str)> =
        page.words.below("glossary").filter_map(|(key, text)| Some((key.strip_suffix(".term")?, text))).collect();
    terms.sort_by(|a, b| a.1.cmp(b.1));
    for (key, term) in terms {
        h.element("dt", &[], term).element("dd", &[], page.words.say(&format!("glossary.{key}.means")));
    }
    h.close("dl").close("section");
}

fn verify(page: &Page<'_>, h: &mut Html) {
    let stamp = &page.facts.manifest.stamp;
    page.section(h, "verify", page.say("verify.title"));
    h.element("p", &[], page.say("verify.what"));
    h.open("pre", &[("tabindex", "0")]).element("code", &[], "onus verify OUT\nonus verify OUT --dataset DATASET").close("pre");
    h.open("dl", &[("class", "stamp")]);
    let pack = format!("{} {} {}", stamp.pack.id, stamp.pack.version, stamp.pack.hash);
    for (key, value) in [
        ("verify.engine", stamp.onus_version.as_str()),
        ("verify.method", &pack),
        ("verify.reference", &page.facts.manifest.reference_hash),
        ("verify.dataset", &stamp.dataset.hash),
        ("verify.as_of", &stamp.as_of),
        ("verify.audience", &page.words.word("audience", stamp.audience.as_str())),
    ] {
        h.element("dt", &[], page.say(key)).open("dd", &[]).element("code", &[], value).close("dd");
    }
    h.close("dl");
    page.fold(h, page.say("verify.files"));
    let columns = [text_column(page.say("verify.file")), text_column("BLAKE3"), number_column(page.say("verify.bytes"))];
    page.table(h, "plain-table small", page.say("verify.files"), &columns);
    for (name, file) in &page.facts.manifest.files {
        h.open("tr", &[]).element("th", &[("scope", "row")], name).open("td", &[]).element("code", &[], &file.blake3).close("td");
        number_cell(h, &page.language().count(file.bytes));
        h.close("tr");
    }
    page.end_table(h);
    h.close("details").close("section");
}
