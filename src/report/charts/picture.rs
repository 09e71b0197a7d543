//! Severity beside likelihood, never multiplied: one mark a place, or squares that count them where places are many.
//!
//! Across: the probability that any norm is violated, on a scale of log odds, so that 1 % and 99 % have room. Up: severity where the run gives it, else
//! the people at the place. Full marks are places with evidence of their own, rings are context; a mark is hatched where hardly anybody could have
//! heard.

use super::{Box4, CONTEXT, EVIDENCE, at, label, open_picture, rect};
use crate::report::html::Html;

/// Places up to which each has a mark of its own.
const MARKS_MOST: usize = 400;
/// Coverage below which a mark is hatched.
pub const LOW_COVERAGE: f64 = 0.1;
const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 70.0;
const BOTTOM: f64 = 52.0;
const TOP: f64 = 14.0;
const TICKS: [f64; 9] = [0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999];
const CELLS: (usize, usize) = (22, 12);

/// One place.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub title: String,
    pub likelihood: f64,
    /// 0 to 1 up the picture.
    pub height: f64,
    pub on_evidence: bool,
    pub low_coverage: bool,
}

/// A scale up the side: where a tick stands, 0 to 1, and what it says.
pub type Tick = (f64, String);

/// The words of the picture.
pub struct Words<'a> {
    pub says: &'a str,
    pub across: &'a str,
    pub up: &'a str,
    pub share: &'a dyn Fn(f64) -> String,
    pub count: &'a dyn Fn(usize, bool) -> String,
}

fn across(p: f64) -> f64 {
    let p = p.clamp(0.0005, 0.9995);
    let log_odds = (p / (1.0 - p)).ln();
    let most = (0.9995_f64 / 0.0005).ln();
    LEFT + (WIDTH - LEFT - 12.0) * (log_odds + most) / (2.0 * most)
}

fn up(height: f64) -> f64 {
    HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * height.clamp(0.0, 1.0)
}

/// Draws the picture.
pub fn picture(h: &mut Html, marks: &[Mark], ticks: &[Tick], words: &Words<'_>) {
    open_picture(h, "picture", WIDTH, HEIGHT, words.says);
    axes(h, ticks, words);
    if marks.len() > MARKS_MOST {
        squares(h, marks, words);
    } else {
        // Evidence is drawn last, on top.
        let (told, context): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(|m| m.on_evidence);
        for m in context.into_iter().rev().chain(told.into_iter().rev()) {
            mark(h, m);
        }
    }
    h.close("svg");
}

fn mark(h: &mut Html, m: &Mark) {
    let (cx, cy) = (at(across(m.likelihood)), at(up(m.height)));
    let (fill, stroke, radius) = match (m.on_evidence, m.low_coverage) {
        (true, _) => (EVIDENCE, "#fff", "6.5"),
        (false, true) => ("url(#fine)", CONTEXT, "5"),
        (false, false) => ("#fff", CONTEXT, "5"),
    };
    h.open("circle", &[("cx", &cx), ("cy", &cy), ("r", radius), ("fill", fill), ("stroke", stroke), ("stroke-width", "1.4")]);
    h.element("title", &[], &m.title).close("circle");
    if m.on_evidence && m.low_coverage {
        h.open("circle", &[("cx", &cx), ("cy", &cy), ("r", "3"), ("fill", "url(#fine)")]).close("circle");
    }
}

fn axes(h: &mut Html, ticks: &[Tick], words: &Words<'_>) {
    let mut d = String::new();
    for tick in TICKS {
        d.push_str(&format!("M{} {}V{}", at(across(tick)), at(TOP), at(HEIGHT - BOTTOM)));
    }
    for (height, _) in ticks {
        d.push_str(&format!("M{} {}H{}", at(LEFT), at(up(*height)), at(WIDTH - 12.0)));
    }
    h.open("path", &[("d", &d), ("stroke", "#dfe2e7"), ("stroke-width", "1"), ("fill", "none")]).close("path");
    for tick in TICKS {
        label(h, across(tick), HEIGHT - BOTTOM + 18.0, "middle", "tick", &(words.share)(tick));
    }
    for (height, text) in ticks {
        label(h, LEFT - 8.0, up(*height) + 4.0, "end", "tick", text);
    }
    label(h, (LEFT + WIDTH) / 2.0, HEIGHT - 10.0, "middle", "axis", words.across);
    let turned = format!("rotate(-90 14 {})", at((HEIGHT - BOTTOM + TOP) / 2.0));
    let y = at((HEIGHT - BOTTOM + TOP) / 2.0);
    h.element("text", &[("x", "14"), ("y", &y), ("text-anchor", "middle"), ("class", "axis"), ("transform", &turned)], words.up);
}

/// Squares by the number of places in a cell: evidence and context apart, each by area.
fn squares(h: &mut Html, marks: &[Mark], words: &Words<'_>) {
    let (columns, rows) = CELLS;
    let mut counts = vec![[0usize; 3]; columns * rows];
    let (width, height) = ((WIDTH - LEFT - 12.0) / columns as f64, (HEIGHT - BOTTOM - TOP) / rows as f64);
    for m in marks {
        let column = (((across(m.likelihood) - LEFT) / width) as usize).min(columns - 1);
        let row = ((m.height.clamp(0.0, 1.0) * rows as f64) as usize).min(rows - 1);
        let sort = if m.on_evidence { 0 } else { 1 + usize::from(m.low_coverage) };
        if let Some(n) = counts.get_mut(row * columns + column).and_then(|c| c.get_mut(sort)) {
            *n += 1;
        }
    }
    let most = counts.iter().map(|c| c.iter().sum::<usize>()).max().unwrap_or(1).max(1) as f64;
    for (cell, [told, looked, unheard]) in counts.into_iter().enumerate() {
        let (column, row) = (cell % columns, cell / columns);
        let (x, y) = (LEFT + width * column as f64, up((row as f64 + 1.0) / rows as f64));
        let side = |n: usize| (width.min(height) - 2.0) * (n as f64 / most).sqrt().max(0.14);
        let context = looked + unheard;
        if context > 0 {
            let s = side(context);
            let fill = if unheard * 2 > context { "url(#unseen)" } else { "#fff" };
            let place = Box4 { x: x + (width - s) / 2.0, y: y + (height - s) / 2.0, width: s, height: s };
            rect(h, &place, fill, CONTEXT, &(words.count)(context, false));
        }
        if told > 0 {
            let s = side(told).max(5.0);
            let place = Box4 { x: x + (width - s) / 2.0, y: y + (height - s) / 2.0, width: s, height: s };
            rect(h, &place, EVIDENCE, "#fff", &(words.count)(told, true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(n: usize, on_evidence: bool) -> Vec<Mark> {
        let mark = Mark { title: "A".to_owned(), likelihood: 0.3, height: 0.5, on_evidence, low_coverage: true };
        vec![mark; n]
    }

    fn drawn(marks: &[Mark]) -> String {
        let mut h = Html::new();
        let words = Words { says: "s", across: "a", up: "u", share: &|x| x.to_string(), count: &|n, e| format!("{n} {e}") };
        picture(&mut h, marks, &[(0.5, "B".to_owned())], &words);
        h.into_string()
    }

    #[test]
    fn context_is_never_drawn_in_the_colour_of_evidence_and_low_coverage_is_hatched() {
        let context = drawn(&marks(3, false));
        assert!(!context.contains(EVIDENCE) && context.contains("url(#fine)"));
        assert!(drawn(&marks(1, true)).contains(EVIDENCE));
    }

    #[test]
    fn many_places_are_counted_in_squares() {
        let many = drawn(&marks(MARKS_MOST + 1, false));
        assert!(!many.contains("<circle") && many.contains("401 false"));
        assert!(!many.contains(EVIDENCE));
    }

    #[test]
    fn likelihoods_that_round_to_nothing_or_all_stay_on_the_page() {
        assert!(across(0.0) >= LEFT && across(1.0) <= WIDTH - 11.9);
        assert!(across(0.01) < across(0.5) && across(0.5) < across(0.99));
    }
}
