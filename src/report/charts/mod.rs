//! Pictures of the report as SVG, drawn when the report is written: the same input gives the same bytes, nothing is laid out in the
//! reader's browser.
//!
//! Colours are of the Okabe-Ito palette (M. Okabe, K. Ito, Color Universal Design, 2008), which people with any of the common kinds of colour blindness
//! tell apart; each meaning also has a pattern. On evidence and by context share neither. What is unseen or hardly looked at is hatched
//! grey, never green.

pub mod bars;
pub mod flow;
pub mod map;
pub mod picture;

use super::html::Html;

/// What a part of a figure means. Each has a colour and a pattern of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Meaning {
    OnEvidence,
    ByContext,
    Unseen,
    Exited,
    Clear,
}

impl Meaning {
    pub const ALL: [Meaning; 5] = [Meaning::OnEvidence, Meaning::ByContext, Meaning::Unseen, Meaning::Exited, Meaning::Clear];

    /// The key of its word: `word.part.NAME`.
    pub fn name(self) -> &'static str {
        match self {
            Meaning::OnEvidence => "on_evidence",
            Meaning::ByContext => "by_context",
            Meaning::Unseen => "unseen",
            Meaning::Exited => "exited",
            Meaning::Clear => "clear",
        }
    }

    /// Its fill in a picture.
    pub fn fill(self) -> &'static str {
        match self {
            Meaning::OnEvidence => EVIDENCE,
            Meaning::ByContext => "url(#context)",
            Meaning::Unseen => "url(#unseen)",
            Meaning::Exited => "url(#exited)",
            Meaning::Clear => "#fffdf7",
        }
    }

    /// The line around it.
    pub fn stroke(self) -> &'static str {
        match self {
            Meaning::OnEvidence => "#8f3d00",
            Meaning::ByContext => CONTEXT,
            Meaning::Unseen | Meaning::Clear => "#6b7280",
            Meaning::Exited => "#8a3f6b",
        }
    }
}

/// Vermilion: a site's own reports or findings.
pub const EVIDENCE: &str = "#c24f00";
/// Blue: country, product and stage alone.
pub const CONTEXT: &str = "#0072b2";

/// The patterns that the pictures share, once in a page.
pub fn patterns(h: &mut Html) {
    h.literal(
        "<svg width=\"0\" height=\"0\" class=\"defs\" aria-hidden=\"true\" focusable=\"false\"><defs>\
         <pattern id=\"context\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#d6e8f5\"/>\
         <circle cx=\"1.5\" cy=\"1.5\" r=\"1.2\" fill=\"#0072b2\"/><circle cx=\"4.5\" cy=\"4.5\" r=\"1.2\" fill=\"#0072b2\"/></pattern>\
         <pattern id=\"unseen\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"7\" height=\"7\" fill=\"#eceef1\"/><rect width=\"2\" height=\"7\" fill=\"#7b828c\"/></pattern>\
         <pattern id=\"fine\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"4\" height=\"4\" fill=\"#f3f4f6\"/><rect width=\"1.5\" height=\"4\" fill=\"#6b7280\"/></pattern>\
         <pattern id=\"exited\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" height=\"8\" fill=\"#f6e4ee\"/>\
         <path d=\"M0 0L8 8M8 0L0 8\" stroke=\"#8a3f6b\" stroke-width=\"1.4\"/></pattern></defs></svg>",
    );
}

/// A length in a picture: one decimal, no trailing zero.
pub fn at(x: f64) -> String {
    let x = if x.is_finite() { x } else { 0.0 };
    let text = format!("{x:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Opens a picture with a text for those who do not see it.
pub fn open_picture(h: &mut Html, class: &str, width: f64, height: f64, says: &str) {
    let view = format!("0 0 {} {}", at(width), at(height));
    // A picture with words in it has its own width, so that they stay as large as the page's; a bar takes the width of its cell.
    let own = at(width);
    let sized: &[(&'static str, &str)] = if class == "bar" { &[] } else { &[("width", &own)] };
    let mut attributes = vec![("class", class), ("viewBox", &*view)];
    attributes.extend(sized);
    attributes.extend([("role", "img"), ("aria-label", says)]);
    h.open("svg", &attributes);
}

pub(super) struct Box4 {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

pub(super) fn rect(h: &mut Html, b: &Box4, fill: &str, stroke: &str, title: &str) {
    let attributes =
        [("x", &*at(b.x)), ("y", &*at(b.y)), ("width", &*at(b.width)), ("height", &*at(b.height)), ("fill", fill), ("stroke", stroke)];
    h.open("rect", &attributes);
    if !title.is_empty() {
        h.element("title", &[], title);
    }
    h.close("rect");
}

pub(super) fn label(h: &mut Html, x: f64, y: f64, anchor: &str, class: &str, text: &str) {
    h.element("text", &[("x", &at(x)), ("y", &at(y)), ("text-anchor", anchor), ("class", class)], text);
}

/// A text cut to `most` characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most.saturating_sub(1)).chain(['\u{2026}']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_meaning_has_a_fill_of_its_own_and_what_is_unknown_is_hatched() {
        let fills: BTreeSet<&str> = Meaning::ALL.iter().map(|m| m.fill()).collect();
        assert_eq!(fills.len(), Meaning::ALL.len());
        assert_eq!(Meaning::Unseen.fill(), "url(#unseen)");
        assert_ne!(Meaning::OnEvidence.stroke(), Meaning::ByContext.stroke());
    }

    #[test]
    fn lengths_are_short_and_never_negative_nothing() {
        assert_eq!((at(1.0), at(-0.01), at(2.25), at(f64::NAN)), ("1".into(), "0".into(), "2.2".into(), "0".into()));
    }
}
