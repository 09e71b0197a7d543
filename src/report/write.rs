//! Puts the page together: head with its policy, the sections in their order, the data of the script, the script.

use super::charts::patterns;
use super::facts::{Facts, Site};
use super::geography::Countries;
use super::html::Html;
use super::messages::{Language, Messages};
use super::method_texts::Method;
use super::page::Page;
use super::sections::changes::{Changes, changes};
use super::sections::{brief, choke, first, glance, ledger, method, node, origin, pictures, portfolio, register, short_node, unknown};
use super::select::{PAGES_MOST, Selection};
use super::translations::Translations;
use crate::base::{Error, Result};
use crate::reference::Reference;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/script.js");
/// By what a report is known as one, and within how many bytes.
const FIRST_LINE: &str = "<!DOCTYPE html>\n";
const GENERATOR: &str = "<meta name=\"generator\" content=\"onus ";
const HEAD_MOST: u64 = 4096;

/// What the reader asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub language: Language,
    /// The change story since an earlier result, where one was given.
    pub changes: Option<Changes>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub bytes: u64,
    /// Places in the register of the report, and in all.
    pub rows: u64,
    pub places: u64,
    /// Nodes with a page in full.
    pub pages: u64,
}

/// Reads the result at `out` and writes its report to `file`, whole or not at all. An earlier report there is replaced; nothing else is.
///
/// # Errors
/// No result at `out`, a table that cannot be read, a file that is no report, or one that cannot be written.
pub fn write_report(out: &Path, file: &Path, options: &Options) -> Result<Written> {
    may_replace(file)?;
    let (text, written) = render(out, options)?;
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = file.with_file_name(format!(".{name}.part"));
    std::fs::write(&beside, &text).map_err(|e| Error::io(&beside, e))?;
    std::fs::rename(&beside, file).map_err(|e| Error::io(file, e))?;
    Ok(written)
}

/// Whether a report may stand at `file`: nothing is there, or a report of onus, known by its first line and the mark of its generator.
///
/// # Errors
/// Something else stands there, or it cannot be read.
pub fn may_replace(file: &Path) -> Result<()> {
    let foreign = || {
        let expected = "name another file, or move that one away; nothing was written";
        Error::output(file.display().to_string(), "a file that is no report of onus stands there", expected)
    };
    match std::fs::metadata(file) {
        Ok(known) if known.is_file() => {}
        Ok(_) => return Err(foreign()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Error::io(file, e)),
    }
    let mut start = Vec::new();
    let opened = std::fs::File::open(file).map_err(|e| Error::io(file, e))?;
    opened.take(HEAD_MOST).read_to_end(&mut start).map_err(|e| Error::io(file, e))?;
    let start = String::from_utf8_lossy(&start);
    if start.starts_with(FIRST_LINE) && start.contains(GENERATOR) { Ok(()) } else { Err(foreign()) }
}

/// The report of the result at `out` as text.
///
/// # Errors
/// No result at `out`, or a table that cannot be read.
pub fn render(out: &Path, options: &Options) -> Result<(String, Written)> {
    let facts = Facts::read(out)?;
    let (words, translations) = (Messages::of(options.language)?, Translations::shipped()?);
    let (countries, method, reference) = (Countries::shipped()?, Method::read(out)?, Reference::embedded()?);
    let sites: BTreeMap<&str, Site<'_>> = facts.sites.iter().map(|r| (r.text("node_id").unwrap_or_default(), Site(r))).collect();
    let names: BTreeMap<&str, &str> = sites.iter().map(|(id, s)| (*id, s.name())).collect();
    let mut selection = Selection::of(&facts, &sites, PAGES_MOST);
    let (h, pages) = loop {
        let page = Page {
            facts: &facts,
            words: &words,
            translations: &translations,
            countries: &countries,
            method: &method,
            reference: &reference,
            selection: &selection,
            names: &names,
        };
        let (h, pages) = document(out, &page, options.changes.as_ref())?;
        if pages == selection.pages.len() {
            break (h, pages);
        }
        // Pages that do not fit are told in short, and no link leads to one that is not there.
        selection = Selection::of(&facts, &sites, pages);
    };
    let written =
        Written { bytes: h.len() as u64, rows: selection.rows.len() as u64, places: selection.places as u64, pages: pages as u64 };
    Ok((h.into_string(), written))
}

/// The hash by which a policy allows a script or style (Content Security Policy Level 3, 2.3.1).
fn allowed(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn head(page: &Page<'_>, h: &mut Html) {
    let policy =
        format!("default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'", allowed(STYLE), allowed(SCRIPT));
    h.literal(FIRST_LINE).open("html", &[("lang", page.language().tag())]).open("head", &[]);
    h.open("meta", &[("charset", "utf-8")]);
    h.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
    h.open("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    h.open("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    h.open("meta", &[("name", "generator"), ("content", &format!("onus {}", page.facts.manifest.stamp.onus_version))]);
    h.element("title", &[], &page.words.fill("title", &[("dataset", &page.facts.summary.dataset)]));
    h.embedded("style", STYLE).close("head");
}

/// Sections by id and the key of their short name, in the order of the page.
const SECTIONS: [(&str, &str); 18] = [
    ("brief", "nav.brief"),
    ("glance", "nav.glance"),
    ("first", "nav.first"),
    ("changes", "nav.changes"),
    ("origin", "nav.origin"),
    ("register", "nav.register"),
    ("nodes", "nav.nodes"),
    ("severity", "nav.severity"),
    ("map", "nav.map"),
    ("choke", "nav.choke"),
    ("people", "nav.people"),
    ("portfolio", "nav.portfolio"),
    ("coverage", "nav.coverage"),
    ("unknown", "nav.unknown"),
    ("assumptions", "nav.assumptions"),
    ("method", "nav.method"),
    ("glossary", "nav.glossary"),
    ("verify", "nav.verify"),
];

fn banner(page: &Page<'_>, h: &mut Html) {
    let s = &page.facts.summary;
    h.open("header", &[]).element("p", &[("class", "over")], page.say("over")).open("h1", &[]).name(&s.dataset).close("h1");
    let day = page.language().day(&s.as_of);
    let period = match page.facts.quarters() {
        Some((from, to)) => {
            page.words.fill("period", &[("day", &day), ("from", &page.language().quarter(from)), ("to", &page.language().quarter(to))])
        }
        None => page.words.fill("period_no_evidence", &[("day", &day)]),
    };
    h.element("p", &[("class", "period")], &period);
    let counts = page.words.fill(
        "counts",
        &[
            ("places", &page.words.count("count.place", s.places)),
            ("nodes", &page.words.count("count.node", s.nodes)),
            ("links", &page.words.count("count.link", s.links_in_use)),
        ],
    );
    h.element("p", &[("class", "note")], &counts);
    if page.facts.is_shared() {
        h.element("p", &[("class", "uncalibrated")], page.say("shared"));
    }
    h.close("header");
}

fn contents(page: &Page<'_>, h: &mut Html) {
    h.open("nav", &[("aria-label", page.say("contents"))]).open("ul", &[]);
    for (id, key) in SECTIONS {
        if id != "portfolio" || !page.facts.portfolio.is_empty() {
            h.open("li", &[]).open("a", &[("href", &format!("#{id}"))]).text(page.say(key)).close("a").close("li");
        }
    }
    h.close("ul").close("nav");
}

fn document(out: &Path, page: &Page<'_>, story: Option<&Changes>) -> Result<(Html, usize)> {
    let mut html = Html::new();
    let h = &mut html;
    head(page, h);
    h.open("body", &[]).open("a", &[("class", "skip"), ("href", "#main")]).text(page.say("skip")).close("a");
    patterns(h);
    h.open("div", &[("class", "page")]);
    contents(page, h);
    h.open("div", &[("class", "sheet")]);
    banner(page, h);
    h.open("main", &[("id", "main")]);
    brief::brief(page, h, story);
    glance::glance(page, h);
    first::first(page, h);
    changes(page, h, story);
    let chains = origin::chains(out, page)?;
    origin::origin(page, h, &chains)?;
    register::register(page, h);
    let pages = node::nodes(page, h, &chains)?;
    pictures::severity(page, h);
    pictures::map_section(page, h)?;
    choke::choke_points(page, h);
    choke::people(page, h);
    portfolio::portfolio(page, h);
    ledger::coverage(page, h);
    unknown::unknown(page, h);
    method::method(page, h);
    h.close("main").open("footer", &[]);
    let stamp = &page.facts.manifest.stamp;
    let values = [
        ("version", stamp.onus_version.as_str()),
        ("pack", stamp.pack.id.as_str()),
        ("hash", stamp.dataset.hash.get(..16).unwrap_or_default()),
    ];
    h.element("p", &[], &page.words.fill("footer", &values)).close("footer").close("div").close("div");
    h.data("short", &short_node::short_data(page));
    h.embedded("script", SCRIPT);
    h.close("body").close("html").text("\n");
    Ok((html, pages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_script_is_small_and_neither_it_nor_the_style_can_end_its_element() {
        assert!(SCRIPT.len() < 30_000, "{} bytes", SCRIPT.len());
        for text in [SCRIPT, STYLE] {
            assert!(!text.contains("</") && !text.contains("<!--"));
            assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("@import") && !text.contains("url("));
        }
    }

    /// The SHA-256 of the empty text, from FIPS 180-4 examples, in base 64.
    #[test]
    fn the_policy_names_hashes_as_the_standard_writes_them() {
        assert_eq!(allowed(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    }
}
