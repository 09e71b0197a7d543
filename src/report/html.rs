//! Writes HTML in which no text can become markup: every text and attribute is escaped on the way in, tags and attribute names are literals.
//!
//! Names come from files that anybody may have written. `<`, `>`, `&` and both quotes are written as references, marks that turn the
//! direction of text around (Unicode Standard Annex 9: embeddings, overrides, isolates) and control characters become U+FFFD, and a name
//! stands in `<bdi>`, so that a right-to-left one leaves its surroundings alone (HTML Living Standard, 4.5.24).

/// A piece of HTML under way.
#[derive(Clone, Debug, Default)]
pub struct Html {
    out: String,
}

/// An attribute: a literal name and any value.
pub type Attribute<'a> = (&'static str, &'a str);

impl Html {
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens an element.
    pub fn open(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) -> &mut Self {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            if !value.is_empty() {
                self.out.push_str("=\"");
                escape(value, &mut self.out);
                self.out.push('"');
            }
        }
        self.out.push('>');
        self
    }

    /// Closes an element.
    pub fn close(&mut self, tag: &'static str) -> &mut Self {
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        escape(text, &mut self.out);
        self
    }

    /// An element that holds a text.
    pub fn element(&mut self, tag: &'static str, attributes: &[Attribute<'_>], text: &str) -> &mut Self {
        self.open(tag, attributes).text(text).close(tag)
    }

    /// A name of the data, whatever way it is written.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.element("bdi", &[], name)
    }

    /// Markup that stands in the source.
    pub fn literal(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    pub fn append(&mut self, other: &Html) -> &mut Self {
        self.out.push_str(&other.out);
        self
    }

    /// A block of data for the script: JSON in which nothing can end the element.
    pub fn data(&mut self, id: &str, json: &str) -> &mut Self {
        self.open("script", &[("type", "application/json"), ("id", id)]);
        for c in json.chars() {
            match c {
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => self.out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c => self.out.push(tame(c)),
            }
        }
        self.close("script")
    }

    /// The own script and the own style: texts of this room that hold no end of their element.
    pub(super) fn embedded(&mut self, tag: &'static str, text: &str) -> &mut Self {
        self.open(tag, &[]);
        self.out.push_str(text);
        self.close(tag)
    }

    pub fn len(&self) -> usize {
        self.out.len()
    }

    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    pub fn as_str(&self) -> &str {
        &self.out
    }

    pub fn into_string(self) -> String {
        self.out
    }
}

/// Whether a character turns the direction of what stands around it.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A character that may stand in a page: marks of direction, controls and characters that are none become U+FFFD.
pub(super) fn tame(c: char) -> char {
    let is_control = c.is_control() && !matches!(c, '\n' | '\t');
    let is_none = matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' | '\u{FDD0}'..='\u{FDEF}');
    if is_control || is_none || turns_direction(c) { '\u{FFFD}' } else { c }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(tame(c)),
        }
    }
}

/// Longest readable part of an address within the page.
const ANCHOR_MOST: usize = 60;

/// The address of a node's section, `node-` and its id: letters, digits, `.`, `_` and `-` as they are, every other byte as `~` and its
/// two hex digits, so that two ids never share one. A long id ends in its hash.
pub fn anchor(id: &str) -> String {
    let mut out = String::from("node-");
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("~{byte:02x}"));
        }
    }
    if out.len() > ANCHOR_MOST {
        out.truncate(ANCHOR_MOST - 18);
        out.push_str("~~");
        out.push_str(blake3::hash(id.as_bytes()).to_hex().get(..16).unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let mut h = Html::new();
        h.open("a", &[("title", "\"onmouseover=\"alert(1)"), ("href", "#x")]).text("</script><script>alert('1')&amp;").close("a");
        assert_eq!(
            h.as_str(),
            "<a title=\"&quot;onmouseover=&quot;alert(1)\" href=\"#x\">&lt;/script&gt;&lt;script&gt;alert(&#39;1&#39;)&amp;amp;</a>"
        );
    }

    #[test]
    fn marks_of_direction_and_controls_are_shown_as_unknown_characters() {
        let mut h = Html::new();
        h.name("Mill \u{202E}gnp.exe\u{2066}\u{0}");
        assert_eq!(h.as_str(), "<bdi>Mill \u{FFFD}gnp.exe\u{FFFD}\u{FFFD}</bdi>");
        let mut arabic = Html::new();
        arabic.name("\u{0645}\u{0635}\u{0646}\u{0639}");
        assert_eq!(arabic.as_str(), "<bdi>\u{0645}\u{0635}\u{0646}\u{0639}</bdi>");
    }

    #[test]
    fn data_for_the_script_cannot_end_its_element() {
        let mut h = Html::new();
        h.data("d", r#"["</script><!--","&"]"#);
        assert_eq!(h.as_str(), r#"<script type="application/json" id="d">["\u003c/script\u003e\u003c!--","\u0026"]</script>"#);
    }

    #[test]
    fn different_ids_have_different_addresses() {
        let ids = ["a b", "a~20b", "a-b", "A B", "\u{e9}", &"x".repeat(200), &"x".repeat(201), "node:1", "\"><script>"];
        let anchors: std::collections::BTreeSet<String> = ids.iter().map(|id| anchor(id)).collect();
        assert_eq!(anchors.len(), ids.len());
        assert!(anchors.iter().all(|a| a.len() <= ANCHOR_MOST && a.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-~".contains(&b))));
    }
}
