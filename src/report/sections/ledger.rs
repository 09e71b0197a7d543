//! The coverage ledger: who could have heard, and who did; and what went into the run.

use crate::report::charts::picture::LOW_COVERAGE;
use crate::report::facts::Site;
use crate::report::html::Html;
use crate::report::page::{Page, cell, number_cell, number_column, text_column};
use std::collections::BTreeMap;

/// Writes the section.
pub fn coverage(page: &Page<'_>, h: &mut Html) {
    page.section(h, "coverage", page.say("coverage.title"));
    h.element("p", &[], page.say("coverage.what"));
    let places = page.facts.places();
    bands(page, h, &places);
    by_kind(page, h, &places);
    evidence(page, h);
    tables(page, h);
    h.close("section");
}

fn share_of(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

fn bands(page: &Page<'_>, h: &mut Html, places: &[Site<'_>]) {
    let all = places.len() as u64;
    let mut counts = [0u64; 4];
    for site in places {
        let at = match site.coverage() {
            Some(c) if c >= 0.5 => 3,
            Some(c) if c >= LOW_COVERAGE => 2,
            Some(c) if c > 0.0 => 1,
            _ => 0,
        };
        if let Some(n) = counts.get_mut(at) {
            *n += 1;
        }
    }
    let columns =
        [text_column(page.say("coverage.band")), number_column(page.say("coverage.places")), number_column(page.say("coverage.part"))];
    page.table(h, "plain-table", page.say("coverage.bands"), &columns);
    for (n, key) in counts.into_iter().zip(["coverage.none", "coverage.little", "coverage.some", "coverage.well"]) {
        h.open("tr", &[]).element("th", &[("scope", "row")], page.say(key));
        number_cell(h, &page.language().count(n));
        number_cell(h, &page.share_or_dash(share_of(n, all)));
        h.close("tr");
    }
    page.end_table(h);
    page.note(h, page.say("coverage.not_safe"));
}

fn by_kind(page: &Page<'_>, h: &mut Html, places: &[Site<'_>]) {
    let mut kinds: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for site in places {
        let row = kinds.entry(site.kind()).or_default();
        let heard = ["reports", "looks", "silences"].iter().map(|c| site.whole(c).unwrap_or(0)).sum::<i64>() > 0;
        let facts = [true, heard, site.is_on_evidence(), site.coverage().is_none_or(|c| c < LOW_COVERAGE)];
        for (n, holds) in row.iter_mut().zip(facts) {
            *n += u64::from(holds);
        }
    }
    let columns = [
        text_column(page.say("column.kind")),
        number_column(page.say("coverage.places")),
        number_column(page.say("coverage.heard")),
        number_column(page.say("coverage.told")),
        number_column(page.say("coverage.dark")),
    ];
    page.table(h, "plain-table", page.say("coverage.by_kind"), &columns);
    for (kind, counts) in kinds {
        h.open("tr", &[]).element("th", &[("scope", "row")], &page.kind(kind));
        for n in counts {
            number_cell(h, &page.language().count(n));
        }
        h.close("tr");
    }
    page.end_table(h);
}

fn evidence(page: &Page<'_>, h: &mut Html) {
    let e = &page.facts.summary.evidence;
    let n = |x: u64| page.language().count(x);
    let text = page.words.fill(
        "coverage.evidence",
        &[
            ("reports", &n(e.reports)),
            ("looks", &n(e.looks)),
            ("silences", &n(e.silences)),
            ("places", &n(e.nodes_with_evidence)),
            ("unused", &n(e.unused)),
        ],
    );
    h.element("p", &[], &text);
    if page.facts.manifest.withheld > 0 {
        page.note(h, &page.words.count("coverage.withheld", page.facts.manifest.withheld));
    }
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for row in page.facts.evidence.iter().filter(|r| r.bool("used") == Some(false)) {
        *reasons.entry(row.text("why_not").unwrap_or("?")).or_default() += 1;
    }
    if !reasons.is_empty() {
        let columns = [text_column(page.say("coverage.why_not")), number_column(page.say("coverage.rows"))];
        page.fold(h, page.say("coverage.not_counted"));
        page.table(h, "plain-table", page.say("coverage.not_counted"), &columns);
        for (reason, n) in reasons {
            h.open("tr", &[]).open("th", &[("scope", "row")]);
            page.method_text(h, reason);
            h.close("th");
            number_cell(h, &page.language().count(n));
            h.close("tr");
        }
        page.end_table(h);
        h.close("details");
    }
}

fn tables(page: &Page<'_>, h: &mut Html) {
    let columns = [
        text_column(page.say("coverage.table")),
        number_column(page.say("coverage.rows")),
        number_column(page.say("coverage.refused")),
        number_column(page.say("coverage.cells")),
    ];
    page.fold(h, page.say("coverage.read"));
    page.table(h, "plain-table", page.say("coverage.read"), &columns);
    for t in &page.facts.summary.tables {
        h.open("tr", &[]).element("th", &[("scope", "row")], &t.table);
        for n in [t.rows, t.refused, t.cells_missing] {
            number_cell(h, &page.language().count(n));
        }
        h.close("tr");
    }
    page.end_table(h);
    if !page.facts.summary.problems.is_empty() {
        let columns = [
            text_column(page.say("coverage.level")),
            number_column(page.say("coverage.how_often")),
            text_column(page.say("coverage.example")),
        ];
        page.table(h, "plain-table", page.say("coverage.problems"), &columns);
        for p in &page.facts.summary.problems {
            h.open("tr", &[]);
            cell(h, &page.words.word("level", &p.level));
            number_cell(h, &page.language().count(p.count));
            h.open("td", &[("lang", "en")]).text(&p.example).close("td").close("tr");
        }
        page.end_table(h);
    }
    h.close("details");
}
