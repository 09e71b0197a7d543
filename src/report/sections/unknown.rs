//! What we do not know, and what the figures take for granted, counted.

use crate::report::html::Html;
use crate::report::page::{Page, cell, number_cell, number_column, text_column};

const COMPANIES_MOST: usize = 8;

/// Writes both.
pub fn unknown(page: &Page<'_>, h: &mut Html) {
    page.section(h, "unknown", page.say("unknown_section.title"));
    h.open("ul", &[]);
    let s = &page.facts.summary;
    let dark =
        page.facts.places().iter().filter(|p| p.coverage().is_none_or(|c| c < crate::report::charts::picture::LOW_COVERAGE)).count() as u64;
    h.element("li", &[], page.say("unknown_section.uncalibrated"));
    h.element(
        "li",
        &[],
        &page
            .words
            .fill("unknown_section.dark", &[("n", &page.language().count(dark)), ("places", &page.words.count("count.place", s.places))]),
    );
    if let Some(whole) = s.ranges.income_whole {
        h.element("li", &[], &page.words.fill("unknown_section.income", &[("x", &page.language().number(whole, 2))]));
    }
    if s.ranges.alerts > 0 {
        let values = [
            ("n", &*page.words.count("count.place", s.ranges.alerts)),
            ("miss", &*page.share(s.ranges.alerts_mean_miss)),
            ("limit", &*page.share(s.ranges.alerts_limit)),
        ];
        h.element("li", &[], &page.words.fill("unknown_section.alerts", &values));
    }
    h.element("li", &[], page.say("unknown_section.victims"));
    h.close("ul");
    where_dark(page, h);
    h.close("section");
    page.section(h, "assumptions", page.say("assumptions.title"));
    h.element("p", &[], page.say("assumptions.what"));
    let columns = [text_column(page.say("assumptions.what_is")), number_column(page.say("assumptions.how_often"))];
    page.table(h, "plain-table", page.say("assumptions.counted"), &columns);
    for (name, n) in page.facts.manifest.assumptions.iter().filter(|(_, n)| **n > 0) {
        h.open("tr", &[]);
        cell(h, &page.words.known_word("assumption", name).map_or_else(|| name.replace('_', " "), str::to_owned));
        number_cell(h, &page.language().count(*n));
        h.close("tr");
    }
    page.end_table(h);
    h.close("section");
}

fn where_dark(page: &Page<'_>, h: &mut Html) {
    let companies: Vec<_> = page.facts.summary.focal.iter().filter(|f| !f.dark.is_empty()).take(COMPANIES_MOST).collect();
    if companies.is_empty() {
        return;
    }
    let columns = [
        text_column(page.say("column.company")),
        text_column(page.say("column.kind")),
        text_column(page.say("column.country")),
        text_column(page.say("column.product")),
        number_column(page.say("unknown_section.share")),
    ];
    page.table(h, "plain-table", page.say("unknown_section.where"), &columns);
    for focal in companies {
        for d in focal.dark.iter().take(5) {
            h.open("tr", &[]).open("th", &[("scope", "row")]);
            page.node(h, &focal.node_id);
            h.close("th");
            cell(h, &page.kind(&d.kind));
            let country = if d.country == "-" { page.say("unknown.country") } else { page.countries.name(page.language(), &d.country) };
            cell(h, country);
            cell(h, &page.product(Some(&d.product)));
            number_cell(h, &page.share(d.share));
            h.close("tr");
        }
    }
    page.end_table(h);
}
