//! Severity beside likelihood, and where the places are.

use crate::base::Result;
use crate::report::charts::map::{Circle, map};
use crate::report::charts::picture::{LOW_COVERAGE, Mark, Tick, Words, picture};
use crate::report::html::Html;
use crate::report::page::{Page, number_cell, number_column, text_column};
use std::collections::BTreeMap;

/// Writes severity beside likelihood.
pub fn severity(page: &Page<'_>, h: &mut Html) {
    page.section(h, "severity", page.say("severity.title"));
    let mut severities: BTreeMap<&str, f64> = BTreeMap::new();
    for row in page.facts.actions.iter().flat_map(|a| a.iter()) {
        if let (Some(id), Some(s)) = (row.text("node_id"), row.float("severity")) {
            let slot = severities.entry(id).or_insert(s);
            *slot = slot.max(s);
        }
    }
    let told = !severities.is_empty();
    h.element("p", &[], page.say(if told { "severity.what" } else { "severity.what_people" }));
    let places: Vec<_> = page.facts.places();
    // Where severity is not told, the picture ends at the power of ten above the largest number of people.
    let most = places.iter().filter_map(|p| p.people()).fold(10.0, f64::max).log10().ceil().clamp(2.0, 9.0);
    let mut left_out = 0u64;
    let marks: Vec<Mark> = places
        .iter()
        .filter_map(|site| {
            let height = if told { severities.get(site.id()).copied() } else { site.people().map(|p| (1.0 + p).log10() / most) };
            let Some(height) = height else {
                left_out += 1;
                return None;
            };
            let any = site.any()?;
            let state = page.words.word("state", site.state());
            Some(Mark {
                title: format!("{}: {}, {}", site.name(), page.share(any), state),
                likelihood: any,
                height,
                on_evidence: site.is_on_evidence(),
                low_coverage: site.coverage().is_none_or(|c| c < LOW_COVERAGE),
            })
        })
        .collect();
    let ticks: Vec<Tick> = if told {
        [0.2, 0.4, 0.6, 0.8, 1.0].iter().map(|x| (*x, page.language().number(*x, 1))).collect()
    } else {
        (1..=most as u32).map(|x| (f64::from(x) / most, page.language().count(10u64.pow(x)))).collect()
    };
    let low = marks.iter().filter(|m| m.low_coverage).count() as u64;
    let says = page.words.fill("severity.says", &[("n", &page.language().count(marks.len() as u64)), ("low", &page.language().count(low))]);
    let count = |n: usize, on_evidence: bool| {
        let part = page.words.word("part", if on_evidence { "on_evidence" } else { "by_context" });
        format!("{}, {part}", page.words.count("count.place", n as u64))
    };
    let words = Words {
        says: &says,
        across: page.say("severity.across"),
        up: page.say(if told { "severity.up" } else { "severity.up_people" }),
        share: &|x| page.share(x),
        count: &count,
    };
    h.open("figure", &[]).open("div", &[("class", "frame wide"), ("role", "region"), ("tabindex", "0"), ("aria-label", &says)]);
    picture(h, &marks, &ticks, &words);
    h.close("div").element("figcaption", &[], page.say("severity.legend")).close("figure");
    page.note(h, &says);
    if left_out > 0 {
        page.note(h, &page.words.count("severity.left_out", left_out));
    }
    h.close("section");
}

/// Writes the map and its table.
///
/// # Errors
/// Never on an intact build.
pub fn map_section(page: &Page<'_>, h: &mut Html) -> Result<()> {
    page.section(h, "map", page.say("map.title"));
    h.element("p", &[], page.say("map.what"));
    let mut by_country: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let (mut nowhere, mut dots) = (0u64, Vec::new());
    for site in page.facts.places() {
        match site.country() {
            Some(code) => {
                let sum = by_country.entry(code).or_default();
                sum.0 += 1;
                sum.1 += u64::from(site.is_on_evidence());
            }
            None => nowhere += 1,
        }
        if let Some(point) = site.0.float("latitude").zip(site.0.float("longitude")) {
            dots.push(point);
        }
    }
    let says = |code: &str, places: u64, told: u64| {
        let name = page.countries.name(page.language(), code);
        let values = [("country", name), ("places", &*page.words.count("count.place", places)), ("told", &*page.language().count(told))];
        page.words.fill("map.circle", &values)
    };
    let circles: Vec<Circle> = by_country
        .iter()
        .filter_map(|(code, (places, told))| {
            Some(Circle { point: page.countries.point(code)?, places: *places, on_evidence: *told, title: says(code, *places, *told) })
        })
        .collect();
    let all = page.words.fill("map.says", &[("n", &page.language().count(by_country.len() as u64))]);
    h.open("figure", &[]).open("div", &[("class", "frame wide"), ("role", "region"), ("tabindex", "0"), ("aria-label", &all)]);
    map(h, &circles, &dots, &all)?;
    h.close("div").element("figcaption", &[], page.say("map.legend")).close("figure");
    if !dots.is_empty() {
        page.note(h, page.say("map.dots"));
    }
    page.note(h, page.say("map.borders"));
    if nowhere > 0 {
        page.note(h, &page.words.count("map.nowhere", nowhere));
    }
    let columns = [text_column(page.say("column.country")), number_column(page.say("map.places")), number_column(page.say("map.told"))];
    page.fold(h, page.say("map.table"));
    page.table(h, "plain-table", page.say("map.table"), &columns);
    let mut rows: Vec<_> = by_country.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    for (code, (places, told)) in rows {
        h.open("tr", &[]).element("th", &[("scope", "row")], page.countries.name(page.language(), code));
        number_cell(h, &page.language().count(places));
        number_cell(h, &page.language().count(told));
        h.close("tr");
    }
    page.end_table(h);
    h.close("details").close("section");
    Ok(())
}
