//! One figure as a bar of five parts that sum to 1, with the 5-95 % ranges of what is touched beneath it.

use super::{Box4, Meaning, at, open_picture, rect};
use crate::report::html::Html;

/// The parts of one unit of purchases.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    pub on_evidence: f64,
    pub by_context: f64,
    pub unseen: f64,
    pub exited: f64,
    pub clear: f64,
}

impl Parts {
    pub fn of(&self, meaning: Meaning) -> f64 {
        match meaning {
            Meaning::OnEvidence => self.on_evidence,
            Meaning::ByContext => self.by_context,
            Meaning::Unseen => self.unseen,
            Meaning::Exited => self.exited,
            Meaning::Clear => self.clear,
        }
    }
}

const WIDTH: f64 = 600.0;
const BAR: f64 = 22.0;

/// Draws the bar; `on_evidence` and `touched` are ranges of the ends of the first part and of the first two together.
pub fn bar(h: &mut Html, parts: &Parts, on_evidence: Option<(f64, f64)>, touched: Option<(f64, f64)>, says: &str) {
    let lanes = [(on_evidence, Meaning::OnEvidence), (touched, Meaning::ByContext)];
    let drawn = lanes.iter().filter(|(range, _)| range.is_some()).count();
    let height = BAR + 2.0 + 7.0 * drawn as f64;
    open_picture(h, "bar", WIDTH + 2.0, height, says);
    let mut x = 1.0;
    for meaning in Meaning::ALL {
        let width = parts.of(meaning).clamp(0.0, 1.0) * WIDTH;
        if width > 0.0 {
            rect(h, &Box4 { x, y: 1.0, width, height: BAR }, meaning.fill(), meaning.stroke(), "");
        }
        x += width;
    }
    let ranges = lanes.iter().filter_map(|(range, meaning)| range.map(|r| (r, meaning)));
    for (lane, ((low, high), meaning)) in ranges.enumerate() {
        let y = BAR + 5.5 + 7.0 * lane as f64;
        let (from, to) = (1.0 + low.clamp(0.0, 1.0) * WIDTH, 1.0 + high.clamp(0.0, 1.0) * WIDTH);
        let d = format!(
            "M{} {}V{}M{} {}H{}M{} {}V{}",
            at(from),
            at(y - 2.5),
            at(y + 2.5),
            at(from),
            at(y),
            at(to),
            at(to),
            at(y - 2.5),
            at(y + 2.5)
        );
        let dash = if *meaning == Meaning::ByContext { "3 2" } else { "none" };
        h.open("path", &[("d", &d), ("stroke", meaning.stroke()), ("stroke-width", "1.5"), ("stroke-dasharray", dash), ("fill", "none")])
            .close("path");
    }
    h.close("svg");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_the_bar_and_a_part_of_nothing_is_not_drawn() {
        let mut h = Html::new();
        let parts = Parts { on_evidence: 0.25, by_context: 0.25, unseen: 0.5, exited: 0.0, clear: 0.0 };
        bar(&mut h, &parts, Some((0.1, 0.4)), None, "half unseen");
        assert_eq!(h.as_str().matches("<rect").count(), 3);
        assert!(h.as_str().contains("x=\"301\" y=\"1\" width=\"300\""), "{}", h.as_str());
        assert!(h.as_str().contains("fill=\"url(#unseen)\"") && !h.as_str().contains("#exited"));
        assert!(h.as_str().contains("aria-label=\"half unseen\""));
        assert_eq!(h.as_str().matches("<path").count(), 1, "a range that was not drawn is no line");
    }
}
