//! What every section of the report draws on: the facts, the words, which nodes have a page, and small pieces that look the same everywhere.

use super::facts::Facts;
use super::geography::Countries;
use super::html::{Html, anchor};
use super::messages::{Language, Messages};
use super::method_texts::Method;
use super::select::Selection;
use super::translations::Translations;
use crate::base::{ProductCode, SectorCode};
use crate::reference::Reference;
use std::collections::BTreeMap;

/// The report under way.
pub struct Page<'a> {
    pub facts: &'a Facts,
    pub words: &'a Messages,
    pub translations: &'a Translations,
    pub countries: &'a Countries,
    pub method: &'a Method,
    pub reference: &'a Reference,
    pub selection: &'a Selection<'a>,
    /// Names of all nodes by id.
    pub names: &'a BTreeMap<&'a str, &'a str>,
}

/// A column of a table: its title and whether it holds numbers.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    pub title: &'a str,
    pub is_number: bool,
}

/// A column of texts.
pub fn text_column(title: &str) -> Column<'_> {
    Column { title, is_number: false }
}

/// A column of numbers.
pub fn number_column(title: &str) -> Column<'_> {
    Column { title, is_number: true }
}

impl<'a> Page<'a> {
    pub fn language(&self) -> Language {
        self.words.language
    }

    pub fn say(&self, key: &'a str) -> &'a str {
        self.words.say(key)
    }

    pub fn share(&self, x: f64) -> String {
        self.language().share(x)
    }

    /// A share, or a dash where there is none: missing is not zero.
    pub fn share_or_dash(&self, x: Option<f64>) -> String {
        x.map_or_else(|| DASH.to_owned(), |x| self.share(x))
    }

    pub fn norm(&self, name: &str) -> String {
        self.words.word("norm", name)
    }

    pub fn kind(&self, name: &str) -> String {
        self.words.word("kind", name)
    }

    /// The name of a country; words for none.
    pub fn country(&self, code: Option<&'a str>) -> &'a str {
        match code {
            Some(code) if code != "-" => self.countries.name(self.language(), code),
            _ => self.say("unknown.country"),
        }
    }

    /// `6109 (T-shirts ...)`: code and name of a product.
    pub fn product(&self, code: Option<&str>) -> String {
        let Some(code) = code.filter(|c| *c != "-") else { return self.say("unknown.product").to_owned() };
        match ProductCode::parse(code).and_then(|p| self.reference.product_name(p)) {
            Some(name) => format!("HS {code} ({})", super::charts::shortened(name, 48)),
            None => code.to_owned(),
        }
    }

    pub fn sector(&self, code: Option<&str>) -> String {
        let Some(code) = code.filter(|c| *c != "-") else { return self.say("unknown.sector").to_owned() };
        match SectorCode::parse(code).and_then(|s| self.reference.sector_name(s)) {
            Some(name) => format!("ISIC {code} ({})", super::charts::shortened(name, 60)),
            None => code.to_owned(),
        }
    }

    /// A node's name, and where the report has something on it the way there.
    pub fn node(&self, h: &mut Html, id: &str) {
        let name = self.names.get(id).copied().unwrap_or(id);
        if self.selection.is_shown(id) {
            h.open("a", &[("href", &format!("#{}", anchor(id)))]).name(name).close("a");
        } else {
            h.name(name);
        }
    }

    /// A text of the method, in its own language.
    pub fn method_text(&self, h: &mut Html, text: &str) {
        match self.translations.of(self.language(), text) {
            Some(translated) => {
                h.text(translated);
            }
            None if self.language() == Language::En => {
                h.text(text);
            }
            None => {
                h.element("span", &[("lang", "en")], text);
            }
        }
    }

    /// Opens a section with its heading.
    pub fn section(&self, h: &mut Html, id: &str, title: &str) {
        let heading = format!("{id}-title");
        h.open("section", &[("id", id), ("aria-labelledby", &heading)]);
        h.element("h2", &[("id", &heading), ("tabindex", "-1")], title);
    }

    pub fn note(&self, h: &mut Html, text: &str) {
        h.element("p", &[("class", "note")], text);
    }

    /// Opens a table that scrolls within its frame where the screen is narrow.
    pub fn table(&self, h: &mut Html, class: &str, caption: &str, columns: &[Column<'_>]) {
        h.open("div", &[("class", "frame"), ("role", "region"), ("tabindex", "0"), ("aria-label", caption)]);
        h.open("table", &[("class", class)]).element("caption", &[], caption);
        h.open("thead", &[]).open("tr", &[]);
        for c in columns {
            let class = if c.is_number { "n" } else { "t" };
            h.element("th", &[("scope", "col"), ("class", class)], c.title);
        }
        h.close("tr").close("thead").open("tbody", &[]);
    }

    /// Opens a table whose cells stand beneath one another where the screen is narrow; the roles keep it a table for those who hear it.
    pub fn stacked_table(&self, h: &mut Html, class: &str, caption: &str, columns: &[Column<'_>]) {
        h.open("div", &[("class", "frame"), ("role", "region"), ("tabindex", "0"), ("aria-label", caption)]);
        h.open("table", &[("class", class), ("role", "table")]).element("caption", &[], caption);
        h.open("thead", &[("role", "rowgroup")]).open("tr", &[("role", "row")]);
        for c in columns {
            let class = if c.is_number { "n" } else { "t" };
            h.element("th", &[("scope", "col"), ("class", class), ("role", "columnheader")], c.title);
        }
        h.close("tr").close("thead").open("tbody", &[("role", "rowgroup")]);
    }

    pub fn end_table(&self, h: &mut Html) {
        h.close("tbody").close("table").close("div");
    }

    /// Opens a block that unfolds.
    pub fn fold(&self, h: &mut Html, summary: &str) {
        h.open("details", &[]).element("summary", &[], summary);
    }
}

/// What stands where nothing is known.
pub const DASH: &str = "\u{2013}";

/// A cell of text.
pub fn cell(h: &mut Html, text: &str) {
    h.element("td", &[], text);
}

/// A cell of a number.
pub fn number_cell(h: &mut Html, text: &str) {
    h.element("td", &[("class", "n")], text);
}

/// A number with its range, and the title of its column for where the columns stand beneath one another.
pub fn labelled_cell(h: &mut Html, label: &str, text: &str, range: Option<String>) {
    h.open("td", &[("class", "n"), ("role", "cell"), ("data-l", label)]).text(text);
    if let Some(range) = range {
        h.element("small", &[], &range);
    }
    h.close("td");
}

/// A number with its range beneath.
pub fn ranged_cell(h: &mut Html, text: &str, range: Option<String>) {
    h.open("td", &[("class", "n")]).text(text);
    if let Some(range) = range {
        h.element("small", &[], &range);
    }
    h.close("td");
}
